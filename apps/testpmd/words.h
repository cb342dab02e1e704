/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */
#ifndef _WORDS_H_
#define _WORDS_H_

/**
 * @file
 * Reasons that drivers log when they refuse a device: ethdev returns only an errno. The log is
 * still written to its original destination, and its errors are also stored here.
 */

#include <pthread.h>
#include <stddef.h>
#include <stdio.h>

/** Number of errors that are kept. Of several errors about one device the first is used. */
#define WORDS_LINES 16
#define WORDS_LEN 512

/** Errors of DPDK's log. Zero-initialise. */
struct words {
	FILE *stream;	      /**< DPDK's log stream; NULL: not in use */
	pthread_mutex_t lock; /**< guards the fields below: any thread may log */
	unsigned int n;
	char line[WORDS_LINES][WORDS_LEN];
};

/**
 * Keep errors from now on. Call it before rte_eal_init(). If it is out of memory, no errors are
 * kept. Main lcore.
 */
void
words_listen(struct words *w);
/** Stop keeping errors; call it after rte_eal_cleanup(). Main lcore. */
void
words_end(struct words *w);
/** Discard the kept errors, before a device is probed. Any thread. */
void
words_forget(struct words *w);
/**
 * First error that names a device, without the text before its name.
 *
 * @param[out] out the error, or a hint where to find the log; never empty. @p len bytes
 * @return @p out
 */
const char *
words_about(struct words *w, const char *device, char *out, size_t len);

#endif /* _WORDS_H_ */
