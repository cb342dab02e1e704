/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */

/*
 * Measures the ticks per second of wire_clock_now(). The clock is inline in
 * wire_clock.h.
 */

#include "wire_clock.h"

#if defined(__x86_64__)

#define NS_PER_S 1e9
#define MEASURE_NS 5e6
#define TRIES 16

/* Read both clocks at one moment: use the shortest of several tries. */
static void
read_both(double *ns, uint64_t *ticks)
{
	uint64_t best = UINT64_MAX;
	int i;

	for (i = 0; i < TRIES; i++) {
		uint64_t before, after;
		struct timespec ts;

		before = wire_clock_now();
		clock_gettime(CLOCK_MONOTONIC, &ts);
		after = wire_clock_now();
		if (after - before >= best)
			continue;
		best = after - before;
		*ticks = before + best / 2;
		*ns = (double)ts.tv_sec * NS_PER_S + (double)ts.tv_nsec;
	}
}

double
wire_clock_hz(void)
{
	uint64_t t0 = 0, t1 = 0;
	double ns0 = 0, ns1 = 0;

	read_both(&ns0, &t0);
	do
		read_both(&ns1, &t1);
	while (ns1 - ns0 < MEASURE_NS);
	return (double)(t1 - t0) * NS_PER_S / (ns1 - ns0);
}

#elif defined(__aarch64__)

double
wire_clock_hz(void)
{
	uint64_t hz;

	__asm__ volatile("mrs %0, cntfrq_el0" : "=r"(hz));
	return (double)hz;
}

#else

double
wire_clock_hz(void)
{
	return 1e9;
}

#endif
