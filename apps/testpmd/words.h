/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */
#ifndef _WORDS_H_
#define _WORDS_H_

/**
 * @file
 * What drivers say while they refuse a device: ethdev hands up an errno alone, and
 * the reason goes to DPDK's log. The log goes where it went before, and its errors are
 * kept here as well.
 */

#include <pthread.h>
#include <stddef.h>
#include <stdio.h>

/** Errors kept; a driver that says more about one device is known by the first. */
#define WORDS_LINES 16
#define WORDS_LEN 512

/** Errors of DPDK's log. Zero-initialise. */
struct words {
	FILE *stream;	      /**< what DPDK logs to; NULL: not listening */
	pthread_mutex_t lock; /**< guards what follows: any thread may log */
	unsigned int n;
	char line[WORDS_LINES][WORDS_LEN];
};

/** Listen, from before rte_eal_init() on. Without memory for it nothing is kept. Main lcore. */
void
words_listen(struct words *w);
/** Listen no more; behind rte_eal_cleanup(). Main lcore. */
void
words_end(struct words *w);
/** Forget what was said, before a device is tried. Any thread. */
void
words_forget(struct words *w);
/**
 * The first error that names a device, without what stands before its name.
 *
 * @param[out] out  what was said, or where it can be read; never empty. @p len bytes
 * @return @p out
 */
const char *
words_about(struct words *w, const char *device, char *out, size_t len);

#endif /* _WORDS_H_ */
