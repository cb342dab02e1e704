/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */
#ifndef _SHM_UTIL_H_
#define _SHM_UTIL_H_

/**
 * @file
 * Shared by the tests of lib/shm: a log in memory, an adapter, and a check that its figures did not
 * change.
 */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "rng.h"
#include "sl_shm.h"

/** The last messages of the library, one per line. */
struct shm_log {
	char text[4096];
};

void
shm_log_cb(void *ctx, int level, const char *msg);
/** A stream that writes to the log, for messages of DPDK. */
FILE *
shm_log_open(struct shm_log *log);
/** Fails the test if @p word is not in the log. Empties the log. */
void
shm_log_has(struct shm_log *log, const char *word);

/** An adapter on 4 KiB pages, with its log. */
struct shm_fixture {
	struct sl_adapter *a;
	struct shm_log log;
	struct sl_shm_stats before;
};

/** Parameters of the fixture's adapter. The caller changes them, then opens it. */
struct sl_adapter_params
shm_params(struct shm_fixture *f);
int
shm_setup(void **state);
/** Closes the adapter. Fails the test if any memory is live. */
int
shm_teardown(void **state);

/** Parameters of a cached region. */
struct sl_region_params
shm_region(const char *name, size_t len);

/** A sync function that does nothing, for checkers whose other functions are used. */
void
shm_no_sync(void *ctx, enum sl_sync_verb verb, const void *va, size_t len,
	const struct sl_sync_site *site);

/** Store the adapter's figures. */
void
shm_before(struct shm_fixture *f);
/** Fails the test unless the figures are those of shm_before() plus one refusal. */
void
shm_unchanged(struct shm_fixture *f);

/*
 * For programs that make mistakes on purpose. AddressSanitizer would end them at the first access
 * to memory that the NIC owns. This setting leaves these accesses to the checker.
 */
#define SHM_MISTAKES_ON_PURPOSE \
	const char *__asan_default_options(void); \
	const char *__asan_default_options(void) \
	{ \
		return "allow_user_poisoning=0"; \
	}

#endif /* _SHM_UTIL_H_ */
