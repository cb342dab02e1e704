/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */
#ifndef _WORDS_H_
#define _WORDS_H_

/**
 * @file
 * The reasons that drivers log when they refuse a device: ethdev returns only an errno.
 * The log is written to the same place as before, and its errors are also kept here.
 */

#include <pthread.h>
#include <stddef.h>
#include <stdio.h>

/** Most errors kept. Of several errors about one device the first is used. */
#define WORDS_LINES 16
#define WORDS_LEN 512

/** Errors of DPDK's log. Zero-initialise. */
struct words {
	FILE *stream;	      /**< what DPDK logs to; NULL: not listening */
	pthread_mutex_t lock; /**< guards what follows: any thread may log */
	unsigned int n;
	char line[WORDS_LINES][WORDS_LEN];
};

/**
 * Keep errors from now on; call it before rte_eal_init(). Without memory none is kept.
 * Main lcore.
 */
void
words_listen(struct words *w);
/** Stop keeping errors; call it after rte_eal_cleanup(). Main lcore. */
void
words_end(struct words *w);
/** Forget the kept errors, before a device is probed. Any thread. */
void
words_forget(struct words *w);
/**
 * The first error that names a device, without the text before its name.
 *
 * @param[out] out  the error, or where the log can be read; never empty. @p len bytes
 * @return @p out
 */
const char *
words_about(struct words *w, const char *device, char *out, size_t len);

#endif /* _WORDS_H_ */
