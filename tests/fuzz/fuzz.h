/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */
#ifndef _FUZZ_H_
#define _FUZZ_H_

/**
 * @file
 * Common code of the fuzz targets: numbers from the input, registers whose wrong values the input
 * selects, a separate clock, and figures that are printed at the end.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <rte_mbuf.h>

#define FUZZ_LIES 8u

/* Aborts if a property does not hold. libFuzzer then keeps the input. */
#define FUZZ_CHECK(cond) \
	do { \
		if (!(cond)) { \
			fprintf(stderr, "%s:%d: does not hold: %s\n", __FILE__, __LINE__, #cond); \
			abort(); \
		} \
	} while (0)

/* Bytes still to be read. After the end, all bytes are 0. */
struct fuzz_in {
	const uint8_t *p;
	size_t left;
};

uint8_t
fuzz_8(struct fuzz_in *in);
uint16_t
fuzz_16(struct fuzz_in *in);
uint32_t
fuzz_32(struct fuzz_in *in);
/* A number from 0 to n - 1. */
unsigned int
fuzz_below(struct fuzz_in *in, unsigned int n);

/* After @skip reads, the register that is read next has the given value for @reads reads. */
struct fuzz_lie {
	bool armed, stuck;
	uint8_t skip, reads;
	uint32_t off, value;
};

struct fuzz_lies {
	struct fuzz_lie lie[FUZZ_LIES];
	unsigned int next;
};

/* Add a lie from the input. The oldest one is removed if there are too many. */
void
fuzz_lie(struct fuzz_lies *l, struct fuzz_in *in);
/* Value read from register @off, which holds @val. Counts reads. @l: struct fuzz_lies. */
uint32_t
fuzz_read(void *l, uint32_t off, uint32_t val);

/* Check that a received chain is valid and that each segment has at most @room bytes. */
void
fuzz_check_mbuf(const struct rte_mbuf *m, uint32_t room, unsigned int max_segs);

/* Figures, printed at exit with rates. */
void
fuzz_count_inputs(void);
void
fuzz_count_descs(unsigned int n);
/* Call before the first input. */
void
fuzz_begin(void);

#endif /* _FUZZ_H_ */
