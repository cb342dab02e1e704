/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */
#ifndef _SHM_UTIL_H_
#define _SHM_UTIL_H_

/**
 * @file
 * What the tests of lib/shm share: a log that is kept, an adapter, a check that nothing changed.
 */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "rng.h"
#include "sl_shm.h"

/** The last messages of the library, one a line. */
struct shm_log {
	char text[4096];
};

void
shm_log_cb(void *ctx, int level, const char *msg);
/** Fails the test when @p word is not in the log; empties the log. */
void
shm_log_has(struct shm_log *log, const char *word);

/** An adapter on 4 KiB pages, with its log. */
struct shm_fixture {
	struct sl_adapter *a;
	struct shm_log log;
	struct sl_shm_stats before;
};

/** Parameters of the fixture's adapter: to change, then open. */
struct sl_adapter_params
shm_params(struct shm_fixture *f);
int
shm_setup(void **state);
/** Closes the adapter: fails the test when anything is live. */
int
shm_teardown(void **state);

/** Parameters of a cached region. */
struct sl_region_params
shm_region(const char *name, size_t len);

/** Remember the adapter's figures. */
void
shm_before(struct shm_fixture *f);
/** Fail unless the figures are those of shm_before() plus one refusal. */
void
shm_unchanged(struct shm_fixture *f);

/** The seed of this run, from the clock when SL_SEED is not set. */
static inline uint64_t
shm_seed(void)
{
	return rng_seed(0);
}

static inline uint64_t
shm_rand(uint64_t *state)
{
	return rng_next(state);
}

/*
 * For programs that make mistakes on purpose: AddressSanitizer would end them at the
 * first access to what the NIC owns, so it leaves these accesses to the checker.
 */
#define SHM_MISTAKES_ON_PURPOSE \
	const char *__asan_default_options(void); \
	const char *__asan_default_options(void) \
	{ \
		return "allow_user_poisoning=0"; \
	}

#endif /* _SHM_UTIL_H_ */
