/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */

/*
 * Common code of the fuzz targets: reads numbers from the input, changes register values, checks
 * received mbufs, and prints figures at the end.
 */

#include <inttypes.h>
#include <time.h>

#include "fuzz.h"

static struct {
	uint64_t inputs, descs, reads;
	struct timespec begin;
} told;

uint8_t
fuzz_8(struct fuzz_in *in)
{
	if (in->left == 0)
		return 0;
	in->left--;
	return *in->p++;
}

uint16_t
fuzz_16(struct fuzz_in *in)
{
	const uint16_t low = fuzz_8(in);

	return (uint16_t)(low | fuzz_8(in) << 8);
}

uint32_t
fuzz_32(struct fuzz_in *in)
{
	const uint32_t low = fuzz_16(in);

	return low | (uint32_t)fuzz_16(in) << 16;
}

unsigned int
fuzz_below(struct fuzz_in *in, unsigned int n)
{
	return fuzz_8(in) % n;
}

/* --- registers with wrong values --- */

void
fuzz_lie(struct fuzz_lies *l, struct fuzz_in *in)
{
	struct fuzz_lie *lie = &l->lie[l->next++ % FUZZ_LIES];

	*lie = (struct fuzz_lie){.armed = true, .skip = fuzz_8(in), .reads = fuzz_8(in)};
	lie->value = fuzz_32(in);
}

uint32_t
fuzz_read(void *lies, uint32_t off, uint32_t val)
{
	struct fuzz_lies *l = lies;
	unsigned int i;

	told.reads++;
	for (i = 0; i < FUZZ_LIES; i++) {
		struct fuzz_lie *lie = &l->lie[i];

		if (!lie->armed)
			continue;
		if (!lie->stuck && lie->skip > 0) {
			lie->skip--;
			continue;
		}
		if (!lie->stuck) {
			lie->stuck = true;
			lie->off = off;
		}
		if (lie->off != off)
			continue;
		if (lie->reads <= INT8_MAX) /* else permanently */
			lie->armed = lie->reads-- > 0;
		val = lie->value;
	}
	return val;
}

/* --- properties --- */

void
fuzz_check_mbuf(const struct rte_mbuf *m, uint32_t room, unsigned int max_segs)
{
	const struct rte_mbuf *s;
	uint64_t sum = 0;
	unsigned int n = 0;

	for (s = m; s != NULL; s = s->next) {
		FUZZ_CHECK(rte_mbuf_refcnt_read(s) == 1);
		FUZZ_CHECK(s->data_len <= room);
		FUZZ_CHECK((uint32_t)s->data_off + s->data_len <= s->buf_len);
		sum += s->data_len;
		n++;
		FUZZ_CHECK(n <= m->nb_segs);
	}
	FUZZ_CHECK(n == m->nb_segs && n <= max_segs);
	FUZZ_CHECK(sum == m->pkt_len && sum > 0);
}

/* --- figures --- */

void
fuzz_count_inputs(void)
{
	told.inputs++;
}

void
fuzz_count_descs(unsigned int n)
{
	told.descs += n;
}

static void
tell(void)
{
	struct timespec now;
	double s;

	clock_gettime(CLOCK_MONOTONIC, &now);
	s = (double)(now.tv_sec - told.begin.tv_sec) +
		(double)(now.tv_nsec - told.begin.tv_nsec) / 1e9;
	printf("told: %" PRIu64 " inputs, %" PRIu64 " descriptors, %" PRIu64
	       " register reads in %.1f s; a second: %.0f, %.0f, %.0f\n",
		told.inputs, told.descs, told.reads, s, (double)told.inputs / s,
		(double)told.descs / s, (double)told.reads / s);
	fflush(stdout);
}

void
fuzz_begin(void)
{
	/* A failed cmocka check outside of its runner aborts, like FUZZ_CHECK(). */
	setenv("CMOCKA_TEST_ABORT", "1", 1);
	setenv("SL_SEED", "1", 1);
	clock_gettime(CLOCK_MONOTONIC, &told.begin);
	atexit(tell);
}
