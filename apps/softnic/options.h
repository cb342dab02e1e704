/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */
#ifndef _OPTIONS_H_
#define _OPTIONS_H_

/** @file The command line of sl-softnic. */

#include <stdbool.h>
#include <stdint.h>

#include "sl_softnic.h"

#define OPTIONS_DEVICES 32u
#define OPTIONS_FAULTS 16u

struct option_fault {
	enum sl_fault fault;
	uint32_t arg, count;
};

/** Options of one device. Strings point into the command line. */
struct option_device {
	const char *socket;
	const char *device; /**< NULL: the default device */
	const char *wire;
	uint8_t mac[6];
	unsigned int faults;
	struct option_fault fault[OPTIONS_FAULTS];
};

struct options {
	unsigned int n;
	struct option_device device[OPTIONS_DEVICES];
	const char *stats;    /**< NULL: none */
	const char *commands; /**< NULL: none */
	bool once;
};

/**
 * Parse the command line.
 * @return 1: continue; 0: --help or --version was printed; -EINVAL, with the reason printed.
 */
int
options_parse(int argc, char **argv, struct options *o);

#endif /* _OPTIONS_H_ */
