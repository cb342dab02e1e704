/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */
#ifndef _FUZZ_H_
#define _FUZZ_H_

/**
 * @file
 * What the fuzz targets share: the input as numbers, registers that lie by it, a time of their
 * own, and figures that are told at the end.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <rte_mbuf.h>

#define FUZZ_LIES 8u

/* A broken promise: libFuzzer keeps the input. */
#define FUZZ_CHECK(cond) \
	do { \
		if (!(cond)) { \
			fprintf(stderr, "%s:%d: does not hold: %s\n", __FILE__, __LINE__, #cond); \
			abort(); \
		} \
	} while (0)

/* Bytes still to be read; past the end all are 0. */
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
/* 0 .. n - 1. */
unsigned int
fuzz_below(struct fuzz_in *in, unsigned int n);

/* From the skip-th read on, the register that is read then shows a value, for so many reads. */
struct fuzz_lie {
	bool armed, stuck;
	uint8_t skip, reads;
	uint32_t off, value;
};

struct fuzz_lies {
	struct fuzz_lie lie[FUZZ_LIES];
	unsigned int next;
};

/* One more lie, from the input; the oldest makes room. */
void
fuzz_lie(struct fuzz_lies *l, struct fuzz_in *in);
/* What a driver reads of register @off, which holds @val; counts the read. @l: struct fuzz_lies. */
uint32_t
fuzz_read(void *l, uint32_t off, uint32_t val);

/* A chain that was handed up is sound; each piece has at most @room bytes. */
void
fuzz_check_mbuf(const struct rte_mbuf *m, uint32_t room, unsigned int max_segs);

/* Figures: told at exit, with rates. */
void
fuzz_count_inputs(void);
void
fuzz_count_descs(unsigned int n);
/* Before the first input. */
void
fuzz_begin(void);

#endif /* _FUZZ_H_ */
