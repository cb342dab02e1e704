/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */
#ifndef _SL_CALL_H_
#define _SL_CALL_H_

/**
 * @file
 * Time, and the deadline of each ethdev call.
 */

#include <stdbool.h>
#include <stdint.h>

#include <rte_spinlock.h>

struct sl_port;

/** Longest time that an ethdev call may take, whatever the registers read. */
#define SL_CALL_US 2000000u
/** Number of threads that can be in calls of one port with a deadline each. */
#define SL_CALL_THREADS 16u

/** A thread that is in a call of the port. */
struct sl_call {
	int tid;	    /**< 0: unused entry */
	unsigned int depth; /**< nesting depth; nested calls use the outermost call's deadline */
	uint64_t end;	    /**< deadline in ticks */
};

/** Calls in progress, see sl_call.c. */
struct sl_calls {
	rte_spinlock_t lock;
	unsigned int running; /**< calls in progress, including nested ones */
	struct sl_call by[SL_CALL_THREADS];
};

/** Current time in ticks of rte_get_tsc_hz(): the CPU's time, or a stepped device's. Any thread. */
uint64_t
sl_time(struct sl_port *port);
uint64_t
sl_time_ticks(uint64_t us);
/** Sleep. For a device with a separate clock, advance that clock instead. */
void
sl_time_nap(struct sl_port *port, unsigned int us);
/** Busy-wait. Unlike sl_time_nap() it is exact for a few microseconds. */
void
sl_time_spin(struct sl_port *port, unsigned int us);
/**
 * Deadline in ticks of a wait of at most @p us that begins now: not later than the deadline of the
 * call that this thread is in. If SL_CALL_THREADS other threads are in calls of the port, only @p
 * us limits the wait.
 */
uint64_t
sl_time_limit(struct sl_port *port, unsigned int us);
/**
 * One step of a wait: let a stepped device work, then sleep for @p us, or until @p limit.
 * @return false: the limit was already reached; nothing was done.
 */
bool
sl_time_wait(struct sl_port *port, unsigned int us, uint64_t limit);
/**
 * Begin and end an ethdev call on this thread; its deadline is SL_CALL_US after the begin. Nested
 * calls use the outer call's deadline. Each begin needs its end on the same thread.
 */
void
sl_call_begin(struct sl_port *port);
void
sl_call_end(struct sl_port *port);
/** True if any thread is in a call of the port. */
bool
sl_call_running(struct sl_port *port);

#endif /* _SL_CALL_H_ */
