/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */
#ifndef _WIRE_CLOCK_H_
#define _WIRE_CLOCK_H_

/**
 * @file
 * A cheap clock, synchronous on all CPUs, for pacing and timestamps.
 */

#include <stdint.h>
#include <time.h>

/** Current time in ticks: the TSC, the generic timer's count, or nanoseconds. */
static inline uint64_t
wire_clock_now(void)
{
#if defined(__x86_64__)
	return __builtin_ia32_rdtsc();
#elif defined(__aarch64__)
	uint64_t v;

	__asm__ volatile("mrs %0, cntvct_el0" : "=r"(v));
	return v;
#else
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (uint64_t)ts.tv_sec * UINT64_C(1000000000) + (uint64_t)ts.tv_nsec;
#endif
}

/** Ticks per second. Measures for 5 ms on x86. Control. */
double
wire_clock_hz(void);

#endif /* _WIRE_CLOCK_H_ */
