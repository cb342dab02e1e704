/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */
#ifndef _WIRE_RUN_H_
#define _WIRE_RUN_H_

/**
 * @file
 * Shared by the wires that generate frames (gen, pcap): start, stop, rate and
 * clear, and the transfer of settings from a control thread to the device thread.
 */

#include <pthread.h>

#include "wire_priv.h"

/** First member of gen's and pcap's settings. The _no members count changes. */
struct wire_run {
	struct wire_rate rate;
	bool run;
	uint32_t rate_no;
	uint32_t start_no;
	uint32_t clear_no;
	uint64_t clear_at; /* wire_clock_now() of the last clear */
};

/* Setters for tables of struct wire_opt: ctx points to a struct that begins with a wire_run. */
int
wire_run_rate(void *ctx, const char *value);
int
wire_run_autostart(void *ctx, const char *value);
int
wire_run_start(void *ctx, const char *value);
int
wire_run_stop(void *ctx, const char *value);
int
wire_run_clear(void *ctx, const char *value);

/**
 * A mailbox for settings: a control thread writes them under the lock and posts
 * them. The device thread only tries the lock, because waiting for it could take
 * a time slice, and copies them if it gets the lock. Readers of counters hold the
 * lock, so that no clear occurs meanwhile.
 */
struct wire_box {
	pthread_mutex_t lock;
	_Atomic uint32_t posted;
	_Atomic uint32_t taken; /* last posted number that the device thread has applied; stored
				   under lock */
};

/** Announce new settings. Control, with the lock held. */
static inline void
wire_box_post(struct wire_box *b)
{
	atomic_fetch_add_explicit(&b->posted, 1, memory_order_relaxed);
}

/**
 * True if settings were posted that the device thread has not applied. Relaxed, because
 * the lock orders the settings.
 */
static inline bool
wire_box_news(const struct wire_box *b)
{
	return atomic_load_explicit(&b->posted, memory_order_relaxed) !=
		atomic_load_explicit(&b->taken, memory_order_relaxed);
}

/** Device thread: true if there are new settings and the lock was free. It is then held. */
static inline bool
wire_box_open(struct wire_box *b)
{
	return __builtin_expect(wire_box_news(b), 0) && pthread_mutex_trylock(&b->lock) == 0;
}

/** Device thread: mark the settings as applied, and release the lock. */
static inline void
wire_box_close(struct wire_box *b)
{
	atomic_store_explicit(&b->taken, atomic_load_explicit(&b->posted, memory_order_relaxed),
		memory_order_relaxed);
	pthread_mutex_unlock(&b->lock);
}

#endif /* _WIRE_RUN_H_ */
