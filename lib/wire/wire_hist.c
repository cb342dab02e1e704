/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */

/*
 * Latency histogram: clear, bucket bounds, quantiles. Adding a value is inline in
 * wire_hist.h.
 */

#include <math.h>

#include "wire_hist.h"

void
wire_hist_clear(struct wire_hist *h)
{
	unsigned int i;

	wire_count_set(&h->count, 0);
	wire_count_set(&h->min, 0);
	wire_count_set(&h->max, 0);
	wire_count_set(&h->sum, 0);
	for (i = 0; i < WIRE_HIST_BUCKETS; i++)
		wire_count_set(&h->bucket[i], 0);
}

uint64_t
wire_hist_top(unsigned int i)
{
	unsigned int octave = i / WIRE_HIST_STEPS;
	uint64_t step = i % WIRE_HIST_STEPS;

	if (octave == 0)
		return step;
	/* For the last bucket the shift wraps to 0, and 0 - 1 is UINT64_MAX. */
	return ((WIRE_HIST_STEPS + step + 1) << (octave - 1)) - 1;
}

uint64_t
wire_hist_quantile(const struct wire_hist *h, double q)
{
	uint64_t total = 0, seen = 0, rank, max = wire_count_get(&h->max);
	unsigned int i;

	/* Sum the buckets: h->count may be too low while the writer is adding a value. */
	for (i = 0; i < WIRE_HIST_BUCKETS; i++)
		total += wire_count_get(&h->bucket[i]);
	if (total == 0)
		return 0;
	rank = (uint64_t)ceil(q * (double)total);
	if (rank == 0)
		rank = 1;
	for (i = 0; i < WIRE_HIST_BUCKETS; i++) {
		seen += wire_count_get(&h->bucket[i]);
		if (seen >= rank)
			break;
	}
	if (i == WIRE_HIST_BUCKETS || wire_hist_top(i) > max)
		return max;
	return wire_hist_top(i);
}
