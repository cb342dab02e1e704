/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */
#ifndef _RUN_H_
#define _RUN_H_

/**
 * @file
 * The state of the running program: the one struct, besides the configuration,
 * that is passed down. Main lcore only, unless a field says otherwise.
 */

#include <stdbool.h>
#include <stdint.h>

#include "config.h"
#include "hotplug.h"
#include "lcore.h"
#include "port.h"
#include "signals.h"
#include "stats.h"
#include "words.h"

/** The program. Zero-initialised, then filled in by main(). */
struct run {
	struct config *cfg;
	int argc; /**< the command line, as given */
	char *const *argv;
	struct rte_mempool *pool;
	struct port ports[RTE_MAX_ETHPORTS]; /**< those in use */
	uint16_t nb_ports;
	struct stream *streams; /**< streams of the last start; cache-aligned */
	unsigned int nb_streams;
	struct stream **shares; /**< the streams in the order that lcores share them */
	struct lcore *lcores;
	unsigned int nb_lcores;
	bool main_forwards; /**< there is one lcore, which forwards and does all else in turns */
	bool forwarding;
	bool quit;
	struct signals signals;
	struct events events; /**< events of EAL's interrupt thread */
	struct words words;   /**< why drivers refused devices */
	struct meter meter;   /**< snapshots of the last run */
	enum exit_code worst; /**< what the program will exit with */
};

/** Start the ports, execute the commands or one run, close the ports. EAL must run. */
enum exit_code
run_serve(struct run *run);

#endif /* _RUN_H_ */
