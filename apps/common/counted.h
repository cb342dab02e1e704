/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */
#ifndef _COUNTED_H_
#define _COUNTED_H_

/**
 * @file
 * Marks the calls whose instructions are counted. The program runs under a counter. callgrind finds
 * the two functions by their names (--toggle-collect, --dump-after). For AArch64,
 * tests/perf/qemu_count.c finds the hints in them, which any processor executes as no-operations.
 */

#include <stdint.h>

#include <rte_common.h>

#include "counted_hints.h"

struct rte_mbuf;

#define COUNTED_BURST "counted_burst"
#define COUNTED_END "counted_end"

#ifdef __aarch64__
#define COUNTED_MARK(hint) asm volatile("hint #" RTE_STR(hint)::: "memory")
#else
/* Keeps the compiler from making the call before it a tail call. */
#define COUNTED_MARK(hint) asm volatile("" ::: "memory")
#endif

/** A burst function of an ethdev driver: queue, mbufs, number of mbufs. */
typedef uint16_t (*counted_fn)(void *queue, struct rte_mbuf **pkts, uint16_t n);

/* Counters look for these names: the compiler must not make copies with other names. */
#ifdef __clang__
#define COUNTED __attribute__((noinline))
#else
#define COUNTED __attribute__((noinline, noclone))
#endif

/** Call @p fn and count its instructions. */
static COUNTED uint16_t
counted_burst(counted_fn fn, void *queue, struct rte_mbuf **pkts, uint16_t n)
{
	uint16_t done;

	COUNTED_MARK(COUNTED_HINT_ON);
	done = fn(queue, pkts, n);
	COUNTED_MARK(COUNTED_HINT_OFF);
	return done;
}

/** End a count. The next one begins at 0. */
static COUNTED void
counted_end(void)
{
	COUNTED_MARK(COUNTED_HINT_END);
}

/** A burst function that does nothing, to measure the cost of counting. */
static inline uint16_t
counted_nothing(void *queue, struct rte_mbuf **pkts, uint16_t n)
{
	(void)queue;
	(void)pkts;
	return n;
}

#endif /* _COUNTED_H_ */
