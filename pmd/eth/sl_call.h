/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */
#ifndef _SL_CALL_H_
#define _SL_CALL_H_

/**
 * @file
 * Time, and the deadline of each call of ethdev's.
 */

#include <stdbool.h>
#include <stdint.h>

#include <rte_spinlock.h>

struct sl_port;

/** Longest that a call of ethdev's may take, whatever the registers say. */
#define SL_CALL_US 2000000u
/** Threads that may be in calls of one port and have a deadline each. */
#define SL_CALL_THREADS 16u

/** A thread that is in a call of the port's. */
struct sl_call {
	int tid;	    /**< 0: the place is free */
	unsigned int depth; /**< calls within the call: its deadline counts for them */
	uint64_t end;	    /**< ticks */
};

/** Calls under way: sl_call.c. */
struct sl_calls {
	rte_spinlock_t lock;
	unsigned int running; /**< calls that are running, nested ones included */
	struct sl_call by[SL_CALL_THREADS];
};

/** Now, in ticks of rte_get_tsc_hz(): the CPU's, or a stepped device's own. Any thread. */
uint64_t
sl_time(struct sl_port *port);
uint64_t
sl_time_ticks(uint64_t us);
/** Sleep; for a device with time of its own, let that time pass instead. */
void
sl_time_nap(struct sl_port *port, unsigned int us);
/**
 * When a wait of at most @p us that begins now ends, in ticks: no later than the call that
 * this thread is in. For a seventeenth thread in calls of one port only @p us counts.
 */
uint64_t
sl_time_limit(struct sl_port *port, unsigned int us);
/**
 * One step of a wait: let a stepped device work, then sleep for @p us, or until @p limit.
 * @return false: the limit was reached before; nothing was done.
 */
bool
sl_time_wait(struct sl_port *port, unsigned int us, uint64_t limit);
/**
 * A call of ethdev's on this thread: SL_CALL_US for all of it. Calls within calls share the
 * outer one's deadline. Each begin has its end, on the same thread.
 */
void
sl_call_begin(struct sl_port *port);
void
sl_call_end(struct sl_port *port);
/** Whether any thread is in a call of the port's. */
bool
sl_call_running(struct sl_port *port);

#endif /* _SL_CALL_H_ */
