/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */
#ifndef _FORWARD_H_
#define _FORWARD_H_

/**
 * @file
 * A forwarding run from start to drained stop, and the waiting of the main lcore. Main lcore.
 */

#include <stdbool.h>
#include <stdint.h>

struct port;
struct run;

/** Reason for which forward_wait() returned. */
enum wake {
	WAKE_TIME,   /**< the time has elapsed */
	WAKE_INPUT,  /**< the file descriptor is readable */
	WAKE_DONE,   /**< the run reached its end and was stopped */
	WAKE_SIGNAL, /**< SIGINT or SIGTERM */
};

/**
 * Build the streams, send the first bursts, start generators and lcores.
 * @param tx_first number of bursts to send on each transmit queue before forwarding
 * @return 0 or negative errno, reason on stderr; after an error nothing runs.
 */
int
forward_start(struct run *run, uint32_t tx_first);

/** Stop generators, drain, stop lcores, take the last snapshot, print the result. */
void
forward_stop(struct run *run);

/**
 * Wait. Meanwhile forward if the main lcore has to, print rate lines, and stop a run that reaches
 * its duration or packet count.
 * @param seconds longest time; negative: unlimited
 * @param fd return if it is readable; -1: none
 */
enum wake
forward_wait(struct run *run, double seconds, int fd);

/** True if a port takes part in the current run. */
bool
forward_uses(const struct run *run, uint16_t port);

/** A port's device is gone: end its streams, close and detach it. The other ports continue. */
void
forward_remove(struct run *run, struct port *p);

/** Free the memory of earlier runs. No run may be active. */
void
forward_free(struct run *run);

#endif /* _FORWARD_H_ */
