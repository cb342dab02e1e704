/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */
#ifndef _FORWARD_H_
#define _FORWARD_H_

/**
 * @file
 * A forwarding run from start to drained stop, and the main lcore's waiting.
 * Main lcore.
 */

#include <stdbool.h>
#include <stdint.h>

struct port;
struct run;

/** Why forward_wait() returned. */
enum wake {
	WAKE_TIME,   /**< the time is over */
	WAKE_INPUT,  /**< the file descriptor has something to read */
	WAKE_DONE,   /**< the run came to its own end and was stopped */
	WAKE_SIGNAL, /**< SIGINT or SIGTERM */
};

/**
 * Build the streams, send the first bursts, start generators and lcores.
 * @param tx_first bursts to send out of each transmit queue before forwarding
 * @return 0 or negative errno, reason on stderr; then nothing runs.
 */
int
forward_start(struct run *run, uint32_t tx_first);

/** Stop generators, drain, stop lcores, take the last snapshot, print the result. */
void
forward_stop(struct run *run);

/**
 * Wait: meanwhile forward when the main lcore has to, print rate lines, and stop
 * a run whose duration or packet count is reached.
 * @param seconds at most so long; negative: without end
 * @param fd wake when it can be read; -1: none
 */
enum wake
forward_wait(struct run *run, double seconds, int fd);

/** True when a port takes part in the current forwarding. */
bool
forward_uses(const struct run *run, uint16_t port);

/** End the streams of a port whose device is gone, close and detach it; the others go on. */
void
forward_remove(struct run *run, struct port *p);

/** Free the memory of earlier runs; nothing must run. */
void
forward_free(struct run *run);

#endif /* _FORWARD_H_ */
