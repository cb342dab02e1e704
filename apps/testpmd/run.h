/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */
#ifndef _RUN_H_
#define _RUN_H_

/**
 * @file
 * State of the running program: the only struct, besides the configuration, that is passed to
 * functions. Main lcore only, unless a field says otherwise.
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

/** State of the program. Zero-initialised, then set by main(). */
struct run {
	struct config *cfg;
	int argc; /**< the command line */
	char *const *argv;
	struct rte_mempool *pool;
	struct port ports[RTE_MAX_ETHPORTS]; /**< ports in use */
	uint16_t nb_ports;
	struct stream *streams; /**< streams of the last run; cache-aligned */
	unsigned int nb_streams;
	struct stream **shares; /**< the streams in the order in which lcores share them */
	struct lcore *lcores;
	unsigned int nb_lcores;
	bool main_forwards; /**< there is one lcore, which alternates between forwarding and
			       everything else */
	bool forwarding;
	bool quit;
	struct signals signals;
	struct events events; /**< events of EAL's interrupt thread */
	struct words words;   /**< reasons of drivers for refusing devices */
	struct meter meter;   /**< snapshots of the last run */
	enum exit_code worst; /**< exit code of the program so far */
};

/** Start the ports, execute the commands or one run, close the ports. EAL must be initialised. */
enum exit_code
run_serve(struct run *run);

#endif /* _RUN_H_ */
