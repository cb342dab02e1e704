/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */
#ifndef _WIRE_HIST_H_
#define _WIRE_HIST_H_

/**
 * @file
 * Log-linear histogram of 64-bit values: exact below 64, above that 64 equal
 * steps per octave, so that a quantile is at most 1/64 above the true one.
 * One writer, any number of readers. While the writer adds values, a reader may
 * see buckets of different moments.
 */

#include <stdint.h>

#include "wire_priv.h"

#define WIRE_HIST_BITS 6u
#define WIRE_HIST_STEPS (1u << WIRE_HIST_BITS)
#define WIRE_HIST_BUCKETS ((64u - WIRE_HIST_BITS + 1) * WIRE_HIST_STEPS)

struct wire_hist {
	wire_count_t count;
	wire_count_t min; /* undefined while count is 0 */
	wire_count_t max;
	wire_count_t sum;
	wire_count_t bucket[WIRE_HIST_BUCKETS];
};

/** Bucket of @p v, below WIRE_HIST_BUCKETS. */
static inline unsigned int
wire_hist_index(uint64_t v)
{
	unsigned int octave;

	if (v < WIRE_HIST_STEPS)
		return (unsigned int)v;
	octave = 63u - (unsigned int)__builtin_clzll(v) - WIRE_HIST_BITS;
	return (octave + 1) * WIRE_HIST_STEPS +
		(unsigned int)((v >> octave) & (WIRE_HIST_STEPS - 1));
}

/** Count @p v @p n times. Writer only; call with n > 0. */
static inline void
wire_hist_add(struct wire_hist *h, uint64_t v, uint64_t n)
{
	if (wire_count_get(&h->count) == 0 || v < wire_count_get(&h->min))
		wire_count_set(&h->min, v);
	if (v > wire_count_get(&h->max))
		wire_count_set(&h->max, v);
	wire_count_add(&h->sum, v * n);
	wire_count_add(&h->bucket[wire_hist_index(v)], n);
	wire_count_add(&h->count, n);
}

/** Remove all values. Writer only. */
void
wire_hist_clear(struct wire_hist *h);
/** Largest value of bucket @p i (below WIRE_HIST_BUCKETS). */
uint64_t
wire_hist_top(unsigned int i);
/** The @p q quantile (0..1): at least this share of all values is not above it. 0: empty. */
uint64_t
wire_hist_quantile(const struct wire_hist *h, double q);

#endif /* _WIRE_HIST_H_ */
