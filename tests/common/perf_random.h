/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */

/* Shared by the tests of sl-perf's pure parts: seeded random numbers. */
#ifndef _PERF_RANDOM_H_
#define _PERF_RANDOM_H_

#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

/** SL_SEED, or 1; printed, so that a failure can be run again. */
static inline uint64_t
random_seed(void)
{
	const char *text = getenv("SL_SEED");
	uint64_t seed = text != NULL ? strtoull(text, NULL, 10) : 1;

	printf("SL_SEED=%llu\n", (unsigned long long)seed);
	return seed != 0 ? seed : 1;
}

/** Evenly in [0, 1). */
static inline double
random_even(uint64_t *state)
{
	*state ^= *state << 13;
	*state ^= *state >> 7;
	*state ^= *state << 17;
	return (double)(*state >> 11) / (double)(UINT64_C(1) << 53);
}

/** Normal, mean 0 and deviation 1. */
static inline double
random_normal(uint64_t *state)
{
	const double u = 1 - random_even(state), v = random_even(state);

	return sqrt(-2 * log(u)) * cos(2 * M_PI * v);
}

#endif /* _PERF_RANDOM_H_ */
