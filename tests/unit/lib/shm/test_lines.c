/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */

/*
 * Cache effects of the sync calls: their real code, with primitives that record calls instead of
 * executing instructions.
 */
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

/* The ranges of this file are in no region. */
#undef SL_SYNC_DEBUG
#define SL_SYNC_DEBUG 0

#include "sl_cache.h"

/* c: clean a line, f: flush a line; C, F: fences after these; D: doorbell fence, A: acquire. */
struct trace {
	char what[4096];
	uintptr_t line[4096];
	unsigned int n;
};

static struct trace trace;

static void
note(char what, const void *p)
{
	if (trace.n < sizeof(trace.what)) {
		trace.what[trace.n] = what;
		trace.line[trace.n++] = (uintptr_t)p;
	}
}

#define sl_cache_clean_line(op, p) note('c', (p))
#define sl_cache_flush_line(op, p) note('f', (p))
#define sl_cache_fence_clean() note('C', NULL)
#define sl_cache_fence_flush() note('F', NULL)
#define sl_cache_fence_doorbell() note('D', NULL)
#define sl_cache_fence_acquire() note('A', NULL)

#include "shm_util.h"

static const struct sl_sync sync64 = {
	.mode = SL_COHERENCY_EXPLICIT, .op = SL_CACHE_OP_NONE, .step = 64, .line = 64};

/* The trace since the last call, as text. */
static const char *
traced(void)
{
	static char text[sizeof(trace.what) + 1];

	memcpy(text, trace.what, trace.n);
	text[trace.n] = '\0';
	trace.n = 0;
	return text;
}

/* Exactly the lines with a byte of the range are visited, once each and in order. */
static void
test_every_line(void **state)
{
	static const enum sl_sync_verb verbs[] = {SL_SYNC_FLUSH, SL_SYNC_PREPARE, SL_SYNC_UPDATE};
	uint64_t rng = rng_seed(0);
	unsigned int i, n;

	(void)state;
	for (i = 0; i < 20000; i++) {
		struct sl_sync s = {.mode = SL_COHERENCY_EXPLICIT, .step = UINT32_C(16) << (i % 5)};
		uintptr_t va = 0x100000 + rng_next(&rng) % 4096, last = 0;
		size_t len = rng_next(&rng) % (i % 2 == 0 ? 2000 : 40), byte;
		enum sl_sync_verb verb = verbs[i % 3];

		trace.n = 0;
		sl_sync_range(&s, SL_COHERENCY_EXPLICIT, verb, (void *)va, len, SL_SYNC_HERE);
		for (byte = 0, n = 0; byte < len; byte++) {
			uintptr_t line = (va + byte) / s.step * s.step;

			if (line == last)
				continue;
			last = line;
			assert_true(n < trace.n);
			assert_int_equal(trace.line[n], line);
			assert_int_equal(trace.what[n], verb == SL_SYNC_UPDATE ? 'f' : 'c');
			n++;
		}
		assert_int_equal(n, trace.n);
	}
}

/* Operations of each call, in each mode, and their order. */
static void
test_order(void **state)
{
	const struct sl_range ranges[3] = {
		{(void *)0x1000, 64}, {(void *)0x1040, 65}, {(void *)0x2000, 1}};
	const struct sl_sync *s = &sync64;

	(void)state;
	trace.n = 0;
	sl_flush(s, SL_COHERENCY_EXPLICIT, (void *)0x1000, 128);
	assert_string_equal(traced(), "cc");
	sl_prepare(s, SL_COHERENCY_EXPLICIT, (void *)0x103f, 2);
	assert_string_equal(traced(), "cc");
	sl_doorbell_barrier(s, SL_COHERENCY_EXPLICIT);
	assert_string_equal(traced(), "CD");
	sl_update(s, SL_COHERENCY_EXPLICIT, (void *)0x1000, 65);
	assert_string_equal(traced(), "ffF");
	sl_update_nofence(s, SL_COHERENCY_EXPLICIT, (void *)0x1000, 65);
	assert_string_equal(traced(), "ff");
	sl_update_fence(s, SL_COHERENCY_EXPLICIT);
	assert_string_equal(traced(), "F");
	sl_acquire();
	assert_string_equal(traced(), "A");
	sl_sync_burst(s, SL_COHERENCY_EXPLICIT, SL_SYNC_UPDATE, ranges, 3);
	assert_string_equal(traced(), "ffffF");
	sl_sync_burst(s, SL_COHERENCY_EXPLICIT, SL_SYNC_FLUSH, ranges, 3);
	assert_string_equal(traced(), "cccc");

	sl_flush(s, SL_COHERENCY_COHERENT, (void *)0x1000, 128);
	sl_prepare(s, SL_COHERENCY_COHERENT, (void *)0x1000, 128);
	sl_update(s, SL_COHERENCY_COHERENT, (void *)0x1000, 128);
	sl_sync_burst(s, SL_COHERENCY_COHERENT, SL_SYNC_UPDATE, ranges, 3);
	assert_string_equal(traced(), "");
	sl_doorbell_barrier(s, SL_COHERENCY_COHERENT);
	assert_string_equal(traced(), "D");
	sl_acquire();
	assert_string_equal(traced(), "A");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_every_line),
		cmocka_unit_test(test_order),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
