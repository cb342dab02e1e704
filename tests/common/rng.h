/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */
#ifndef _RNG_H_
#define _RNG_H_

/**
 * @file
 * Random numbers of all tests. The state of a generator is one number, so each purpose has a
 * separate generator and the order of tests does not matter. Any seed is valid. A program prints
 * its seed and reads it from SL_SEED, so a failure can be reproduced.
 */

#include <inttypes.h>
#include <math.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/** The seed: SL_SEED, else @p usual, or the clock if that is 0. It is printed. */
static inline uint64_t
rng_seed(uint64_t usual)
{
	const char *text = getenv("SL_SEED");
	struct timespec now;
	uint64_t seed = usual;

	if (text != NULL) {
		seed = strtoull(text, NULL, 0);
	} else if (usual == 0) {
		clock_gettime(CLOCK_REALTIME, &now);
		seed = (uint64_t)now.tv_sec * UINT64_C(1000000000) + (uint64_t)now.tv_nsec;
	}
	printf("SL_SEED=%" PRIu64 "\n", seed);
	return seed;
}

/** 64 random bits (splitmix64). */
static inline uint64_t
rng_next(uint64_t *state)
{
	uint64_t z = *state += UINT64_C(0x9e3779b97f4a7c15);

	z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
	return z ^ (z >> 31);
}

/** Fill @p len bytes with random values. */
static inline void
rng_fill(uint64_t *state, void *to, size_t len)
{
	uint8_t *p = to;
	uint64_t word;

	for (; len >= sizeof(word); len -= sizeof(word), p += sizeof(word)) {
		word = rng_next(state);
		memcpy(p, &word, sizeof(word));
	}
	word = rng_next(state);
	memcpy(p, &word, len);
}

/** 0 to @p n - 1. */
static inline uint32_t
rng_below(uint64_t *state, uint32_t n)
{
	return (uint32_t)((rng_next(state) >> 33) % n);
}

/** @p lo to @p hi, both included. */
static inline uint32_t
rng_range(uint64_t *state, uint32_t lo, uint32_t hi)
{
	return lo + (uint32_t)(rng_next(state) % ((uint64_t)hi - lo + 1));
}

/** Uniform in [0, 1). */
static inline double
rng_even(uint64_t *state)
{
	return (double)(rng_next(state) >> 11) / (double)(UINT64_C(1) << 53);
}

/** Normal distribution, mean 0 and deviation 1. */
static inline double
rng_normal(uint64_t *state)
{
	const double u = 1 - rng_even(state), v = rng_even(state);

	return sqrt(-2 * log(u)) * cos(2 * M_PI * v);
}

#endif /* _RNG_H_ */
