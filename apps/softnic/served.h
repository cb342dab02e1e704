/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */
#ifndef _SERVED_H_
#define _SERVED_H_

/** @file Devices that are served, each by a separate thread. */

#include <pthread.h>
#include <stdbool.h>

#include "options.h"
#include "sl_vfu.h"

/** A device and its thread. */
struct served {
	const struct option_device *option;
	struct sl_vfu *vfu;
	pthread_t thread;
	int stop_fd;  /**< shared by all devices: readable when the threads must end */
	int ended_fd; /**< shared by all devices: counts threads that have ended */
	bool once;
	bool runs;
};

struct served_all {
	unsigned int n;
	int signal_fd;	   /**< signals are read from it; -1: none */
	unsigned int ends; /**< number of signals that requested the end */
	struct served device[OPTIONS_DEVICES];
	struct sl_wire_hub *hub;
	int stop_fd, ended_fd;
};

/** Make all devices and listen. @return 0 or negative errno, with the reason printed. */
int
served_open(struct served_all *all, const struct options *o);
/** Start their threads. @return 0 or negative errno, with the reason printed. */
int
served_start(struct served_all *all, bool once);
/** End the threads and destroy the devices; also after a failed open or start. */
void
served_stop(struct served_all *all);
void
served_close(struct served_all *all);

#endif /* _SERVED_H_ */
