/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */

#ifndef _PERF_RANDOM_H_
#define _PERF_RANDOM_H_

/**
 * @file
 * Seeded random numbers for the tests of sl-perf's pure parts.
 */

#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

/** The seed: SL_SEED, or 1. It is printed, so that a failure can be repeated. */
static inline uint64_t
random_seed(void)
{
	const char *text = getenv("SL_SEED");
	uint64_t seed = text != NULL ? strtoull(text, NULL, 10) : 1;

	printf("SL_SEED=%llu\n", (unsigned long long)seed);
	return seed != 0 ? seed : 1;
}

/** A number from the even distribution in [0, 1). */
static inline double
random_even(uint64_t *state)
{
	*state ^= *state << 13;
	*state ^= *state >> 7;
	*state ^= *state << 17;
	return (double)(*state >> 11) / (double)(UINT64_C(1) << 53);
}

/** A number from the normal distribution with mean 0 and deviation 1. */
static inline double
random_normal(uint64_t *state)
{
	const double u = 1 - random_even(state), v = random_even(state);

	return sqrt(-2 * log(u)) * cos(2 * M_PI * v);
}

#endif /* _PERF_RANDOM_H_ */
