/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */
#ifndef _WIRE_RUN_H_
#define _WIRE_RUN_H_

/**
 * @file
 * What wires that send by themselves (gen, pcap) have in common: start, stop,
 * rate and clear, and how such settings get from control to device thread.
 */

#include <pthread.h>

#include "wire_priv.h"

/** First member of such a wire's settings. The numbers count, to show the device thread news. */
struct wire_run {
	struct wire_rate rate;
	bool run;
	uint32_t rate_no;
	uint32_t start_no;
	uint32_t clear_no;
	uint64_t clear_at; /* wire_clock_now() of the last clear */
};

/* Setters for tables of struct wire_opt: ctx is a struct that begins with a wire_run. */
int wire_run_rate(void *ctx, const char *value);
int wire_run_autostart(void *ctx, const char *value);
int wire_run_start(void *ctx, const char *value);
int wire_run_stop(void *ctx, const char *value);
int wire_run_clear(void *ctx, const char *value);

/**
 * A letter box for settings: control writes them under the lock and posts;
 * the device thread takes a copy when it gets the lock without waiting, which
 * could last a time slice. Readers of figures hold the lock against a clear.
 */
struct wire_box {
	pthread_mutex_t lock;
	_Atomic uint32_t posted;
	_Atomic uint32_t taken; /* stored under lock by the device thread */
};

/** Control, with the lock held: the settings are new. */
static inline void
wire_box_post(struct wire_box *b)
{
	atomic_fetch_add_explicit(&b->posted, 1, memory_order_relaxed);
}

/** Is there what the device thread has not taken? Relaxed: the lock orders the settings. */
static inline bool
wire_box_news(const struct wire_box *b)
{
	return atomic_load_explicit(&b->posted, memory_order_relaxed) !=
	       atomic_load_explicit(&b->taken, memory_order_relaxed);
}

/** Device thread: true with the lock held when there is something to take now. */
static inline bool
wire_box_open(struct wire_box *b)
{
	return __builtin_expect(wire_box_news(b), 0) && pthread_mutex_trylock(&b->lock) == 0;
}

/** Device thread: all is taken; gives the lock back. */
static inline void
wire_box_close(struct wire_box *b)
{
	atomic_store_explicit(&b->taken, atomic_load_explicit(&b->posted, memory_order_relaxed),
			memory_order_relaxed);
	pthread_mutex_unlock(&b->lock);
}

#endif /* _WIRE_RUN_H_ */
