/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */

/* The latency histogram against exact quantiles, and the pacing against exact counts. */

#include <math.h>

#include "wire_hist.h"
#include "wire_pace.h"
#include "wire_test.h"

#define VALUES 5000u

static int
by_value(const void *a, const void *b)
{
	const uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return (x > y) - (x < y);
}

/* Bucket numbers increase with the value, in steps of one, and stay within bounds. */
static void
test_index(void **state)
{
	unsigned int shift, last = 0;

	(void)state;
	for (shift = 0; shift < 64; shift++) {
		const uint64_t edge = UINT64_C(1) << shift;

		assert_true(wire_hist_index(edge) >= last);
		assert_in_range(wire_hist_index(edge) - wire_hist_index(edge - 1), 1, 1);
		assert_in_range(wire_hist_index(edge + edge / 2), wire_hist_index(edge),
			WIRE_HIST_BUCKETS - 1);
		last = wire_hist_index(edge);
	}
	assert_int_equal(wire_hist_index(0), 0);
	assert_int_equal(wire_hist_index(UINT64_MAX), WIRE_HIST_BUCKETS - 1);
}

static void
check_quantiles(const struct wire_hist *h, const uint64_t *sorted, unsigned int n)
{
	static const double qs[] = {0, 0.001, 0.1, 0.5, 0.9, 0.99, 0.999, 0.9999, 1};
	size_t i;

	for (i = 0; i < sizeof(qs) / sizeof(qs[0]); i++) {
		const unsigned int rank = (unsigned int)ceil(qs[i] * n);
		const uint64_t exact = sorted[rank > 0 ? rank - 1 : 0];
		const uint64_t got = wire_hist_quantile(h, qs[i]);

		if (got < exact || got - exact > exact / WIRE_HIST_STEPS || got > sorted[n - 1])
			fail_msg("q=%g of %u: exact %llu, got %llu", qs[i], n,
				(unsigned long long)exact, (unsigned long long)got);
	}
}

static void
test_quantiles(void **state)
{
	static struct wire_hist h;
	static uint64_t values[VALUES];
	uint64_t seed = rng_seed(0);
	unsigned int round, i;

	(void)state;
	for (round = 0; round < 200; round++) {
		const unsigned int n = 1 + rng_below(&seed, VALUES);
		/* Rounds of small, medium, large and all values. */
		const unsigned int shift = rng_below(&seed, 64);

		wire_hist_clear(&h);
		assert_int_equal(wire_hist_quantile(&h, 0.5), 0);
		for (i = 0; i < n; i++) {
			const unsigned int spread = shift + rng_below(&seed, 64 - shift);

			values[i] = rng_next(&seed) >> spread;
			wire_hist_add(&h, values[i], 1);
		}
		qsort(values, n, sizeof(values[0]), by_value);
		check_quantiles(&h, values, n);
		assert_int_equal(wire_count_get(&h.count), n);
		assert_int_equal(wire_count_get(&h.min), values[0]);
		assert_int_equal(wire_count_get(&h.max), values[n - 1]);
	}
}

/* Adding a value with count n equals adding it n times. */
static void
test_repeated(void **state)
{
	static struct wire_hist a, b;
	uint64_t seed = rng_seed(0);
	unsigned int i, k;

	(void)state;
	wire_hist_clear(&a);
	wire_hist_clear(&b);
	for (i = 0; i < 1000; i++) {
		const uint64_t v = rng_next(&seed) >> rng_below(&seed, 64);
		const unsigned int n = 1 + rng_below(&seed, 9);

		wire_hist_add(&a, v, n);
		for (k = 0; k < n; k++)
			wire_hist_add(&b, v, 1);
	}
	assert_memory_equal(&a, &b, sizeof(a));
}

/* The number of due frames always matches the time since the start: no drift. */
static void
test_pace_exact(void **state)
{
	uint64_t seed = rng_seed(0), now, start, skipped = 0, offered = 0;
	struct wire_pace p;
	unsigned int i;

	(void)state;
	start = now = rng_next(&seed) >> 20;
	/* A frame every 250 ticks, polled often enough that none is skipped. */
	wire_pace_start(&p, 4e6, 1e9, 32, now);
	for (i = 0; i < 100000; i++) {
		const uint64_t due = wire_pace_due(&p, now, &skipped);
		const uint64_t take = due < 1 + i % 64 ? due : 1 + i % 64;

		assert_int_equal(offered + due, now > start ? (now - start) / 250 + 1 : 0);
		p.done += take;
		offered += take;
		now += rng_below(&seed, 2000);
	}
	assert_int_equal(skipped, 0);
}

/* If the backlog exceeds the slack, the rest is skipped and counted, and not made up for later. */
static void
test_pace_late(void **state)
{
	uint64_t skipped = 0;
	struct wire_pace p;

	(void)state;
	wire_pace_start(&p, 1e6, 1e9, 32, 1000);
	/* 100 us at 1 million frames/s. */
	assert_int_equal(p.slack, 100);
	assert_int_equal(wire_pace_due(&p, 999, &skipped), 0);
	assert_int_equal(wire_pace_due(&p, 1000 + 99 * 1000, &skipped), 100);
	assert_int_equal(skipped, 0);
	assert_int_equal(wire_pace_due(&p, 1000 + 1000 * 1000, &skipped), 100);
	assert_int_equal(skipped, 901);
	p.done += 100;
	assert_int_equal(wire_pace_due(&p, 1000 + 1000 * 1000, &skipped), 0);
	assert_int_equal(wire_pace_due(&p, 1000 + 1001 * 1000, &skipped), 1);
	assert_int_equal(skipped, 901);
	/* At a low rate, a whole burst may be late. */
	wire_pace_start(&p, 10, 1e9, 32, 0);
	assert_int_equal(p.slack, 32);
}

static void
test_rate_of_line(void **state)
{
	const struct wire_rate line = {0, 1e9}, fixed = {5, 0};

	(void)state;
	/* 64-byte frames at 1 Gbit/s: 1.488 million frames/s. */
	assert_int_equal((int)wire_rate_fps(&line, 60), 1488095);
	assert_int_equal((int)wire_rate_fps(&line, 1514), 81274);
	assert_int_equal((int)wire_rate_fps(&fixed, 60), 5);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_index),
		cmocka_unit_test(test_quantiles),
		cmocka_unit_test(test_repeated),
		cmocka_unit_test(test_pace_exact),
		cmocka_unit_test(test_pace_late),
		cmocka_unit_test(test_rate_of_line),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
