/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */

/* Properties of groups and verdicts, with random samples. */

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>

#include <cmocka.h>

#include "mdl.h"
#include "rng.h"
#include "stats.h"
#include "verdict.h"

#define RUNS 400
#define SAMPLES_MAX 64

static uint64_t state;

/** Noise of measurements: normal distribution, with some outliers. */
struct noise {
	double deviation; /* relative */
	double strays;	  /* share of samples that are worse by up to a third */
};

/* @p bad_is_more: for cycles, not for rates. */
static double
sample(double mean, const struct noise *n, bool bad_is_more)
{
	double v = mean * (1 + n->deviation * rng_normal(&state));

	if (rng_even(&state) < n->strays)
		v *= 1 + (bad_is_more ? 1 : -1) * rng_even(&state) / 3;
	return v;
}

static struct comparison
compare(double base_mean, double now_mean, size_t n, const struct noise *noise, bool more_is_good,
	bool paired)
{
	const struct verdict_rules rules = {
		.margin = 0.05, .least = 0.01, .paired = paired, .more_is_good = more_is_good};
	double base[SAMPLES_MAX], now[SAMPLES_MAX], drift = 1;
	struct comparison c;

	for (size_t i = 0; i < n; i++) {
		/* The speed of the machine drifts. Both samples of a pair have the same drift. */
		if (paired)
			drift *= 1 + 0.03 * rng_normal(&state);
		base[i] = drift * sample(base_mean, noise, !more_is_good);
		now[i] = drift * sample(now_mean, noise, !more_is_good);
	}
	assert_int_equal(verdict_compare(base, n, now, n, &rules, &c), 0);
	return c;
}

static unsigned int
count(enum verdict v, double change, size_t n, const struct noise *noise, bool more, bool paired)
{
	unsigned int hits = 0;

	for (unsigned int i = 0; i < RUNS; i++)
		hits += compare(1e6, 1e6 * (1 + change), n, noise, more, paired).verdict == v;
	return hits;
}

/*
 * Twenty comparisons of equal results give no alarm: fewer than one alarm in a hundred, two with
 * the strongest noise.
 */
static void
test_no_false_alarm(void **unused)
{
	static const struct noise noises[] = {
		{0.0002, 0}, {0.002, 0}, {0.01, 0}, {0.03, 0}, {0.1, 0}, {0.005, 0.1}, {0.02, 0.2}};
	static const size_t sizes[] = {4, 5, 6, 10, 20, 60};

	(void)unused;
	for (size_t i = 0; i < sizeof(noises) / sizeof(noises[0]); i++) {
		for (size_t k = 0; k < sizeof(sizes) / sizeof(sizes[0]); k++) {
			for (int paired = 0; paired < 2; paired++) {
				const unsigned int alarms = count(
					VERDICT_REGRESSION, 0, sizes[k], &noises[i], true, paired);

				if (alarms > (noises[i].strays > 0.1 ? RUNS / 50 : RUNS / 100))
					fail_msg("%u of %d false alarms: %zu samples, deviation %g,"
						 " strays %g, paired %d",
						alarms, RUNS, sizes[k], noises[i].deviation,
						noises[i].strays, paired);
			}
		}
	}
}

/*
 * A change of 5 % is found in at least 19 of 20 cases, with as many samples as the noise requires.
 */
static void
test_planted(void **unused)
{
	static const struct {
		struct noise noise;
		size_t n;
		bool paired;
	} cases[] = {
		{{0.007, 0}, 10, false},
		{{0.012, 0}, 20, false},
		{{0.02, 0}, 60, false},
		{{0.01, 0}, 10, true},
		{{0.018, 0}, 20, true},
		{{0.005, 0.05}, 20, true},
		{{0.03, 0}, 40, true},
	};

	(void)unused;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		for (int more = 0; more < 2; more++) {
			const unsigned int found = count(VERDICT_REGRESSION, more ? -0.05 : 0.05,
				cases[i].n, &cases[i].noise, more, cases[i].paired);

			if (found < RUNS * 19 / 20)
				fail_msg("case %zu: %u of %d found", i, found, RUNS);
		}
	}
}

static void
test_directions(void **unused)
{
	const struct noise quiet = {0.002, 0};

	(void)unused;
	assert_true(count(VERDICT_PROGRESSION, 0.05, 10, &quiet, true, false) >= RUNS * 98 / 100);
	assert_true(count(VERDICT_REGRESSION, -0.05, 10, &quiet, true, false) >= RUNS * 98 / 100);
	assert_true(count(VERDICT_PROGRESSION, -0.05, 10, &quiet, false, false) >= RUNS * 98 / 100);
	assert_true(count(VERDICT_SAME, 0, 10, &quiet, false, true) >= RUNS * 98 / 100);
	/* A difference that is significant but too small to report. */
	assert_true(count(VERDICT_SAME, 0.004, 20, &(struct noise){0.0005, 0}, true, false) >=
		RUNS * 98 / 100);
}

/* The verdict is never "same" if a change of the margin could not have been seen. */
static void
test_too_few(void **unused)
{
	unsigned int same = 0;

	(void)unused;
	assert_int_equal(
		count(VERDICT_TOO_FEW, 0, 4, &(struct noise){0.0001, 0}, true, false), RUNS);
	assert_true(
		count(VERDICT_TOO_FEW, 0, 5, &(struct noise){0.1, 0}, true, false) > RUNS * 9 / 10);
	/* Noise may hide a real loss of 5 %, but then the verdict is not "same". */
	for (double d = 0.001; d < 0.2; d *= 2) {
		same = count(VERDICT_SAME, -0.06, 10, &(struct noise){d, 0}, true, false);
		if (same > RUNS / 20)
			fail_msg("deviation %g: %u of %d said same", d, same, RUNS);
	}
}

/* The interval contains the true ratio as often as stated. */
static void
test_interval(void **unused)
{
	unsigned int held = 0;

	(void)unused;
	for (unsigned int i = 0; i < 4 * RUNS; i++) {
		const double ratio = 0.5 + rng_even(&state);
		const struct comparison c = compare(
			1e6, 1e6 * ratio, 4 + i % 20, &(struct noise){0.02, 0}, true, i % 2);

		assert_true(c.low <= c.ratio && c.ratio <= c.high);
		held += c.low <= ratio && ratio <= c.high;
	}
	/* 95 % of 1600 is 1520, plus or minus four standard deviations of 9. */
	assert_in_range(held, 1480, 1560);
}

/* Units have no effect, and neither has the order of unpaired samples. */
static void
test_scale(void **unused)
{
	const struct verdict_rules rules = {.margin = 0.05, .least = 0.01, .more_is_good = true};
	double base[16], now[16], scaled_base[16], scaled_now[16];
	struct comparison a, b;

	(void)unused;
	for (unsigned int i = 0; i < RUNS; i++) {
		const double scale = exp(20 * rng_even(&state) - 10);

		for (size_t k = 0; k < 16; k++) {
			base[k] = 1 + 0.02 * rng_normal(&state);
			now[k] = 0.97 + 0.02 * rng_normal(&state);
			scaled_base[15 - k] = base[k] * scale;
			scaled_now[15 - k] = now[k] * scale;
		}
		verdict_compare(base, 16, now, 16, &rules, &a);
		verdict_compare(scaled_base, 16, scaled_now, 16, &rules, &b);
		assert_int_equal(a.verdict, b.verdict);
		assert_true(fabs(a.ratio - b.ratio) < 1e-9);
		assert_true(fabs(a.bits_saved - b.bits_saved) < 1e-6);
	}
}

static void
test_odd_values(void **unused)
{
	const struct verdict_rules rules = {.margin = 0.05, .least = 0.01, .paired = true};
	const double zero[6] = {0}, some[6] = {0.1, 0.1, 0.11, 0.1, 0.1, 0.1}, one = 1;
	const double same[6] = {7, 7, 7, 7, 7, 7};
	struct comparison c;

	(void)unused;
	verdict_compare(zero, 6, zero, 6, &rules, &c);
	assert_int_equal(c.verdict, VERDICT_SAME);
	verdict_compare(zero, 6, some, 6, &rules, &c);
	assert_int_equal(c.verdict, VERDICT_REGRESSION);
	verdict_compare(same, 6, same, 6, &rules, &c);
	assert_int_equal(c.verdict, VERDICT_SAME);
	verdict_compare(&one, 1, &one, 1, &rules, &c);
	assert_int_equal(c.verdict, VERDICT_TOO_FEW);
	verdict_compare(NULL, 0, same, 6, &rules, &c);
	assert_int_equal(c.verdict, VERDICT_TOO_FEW);
	verdict_compare(same, 6, some, 5, &rules, &c);
	assert_int_equal(c.verdict, VERDICT_PROGRESSION);
}

/* --- groups of a series --- */

static size_t
group_series(const double *level, size_t n, double deviation, unsigned char *start)
{
	struct mdl_sum points[64] = {{0}};
	double max = 0;

	for (size_t i = 0; i < n; i++) {
		for (int k = 0; k < 10; k++) {
			const double v = level[i] * (1 + deviation * rng_normal(&state));

			mdl_add(&points[i], v);
			max = fmax(max, v);
		}
	}
	return mdl_group(points, n, max, start);
}

static void
test_groups(void **unused)
{
	unsigned char start[64];
	double level[40];

	(void)unused;
	for (unsigned int run = 0; run < 50; run++) {
		const size_t jump = 5 + (size_t)(30 * rng_even(&state));

		for (size_t i = 0; i < 40; i++)
			level[i] = 1e6;
		assert_int_equal(group_series(level, 40, 0.01, start), 1);
		for (size_t i = jump; i < 40; i++)
			level[i] = 0.95e6;
		assert_int_equal(group_series(level, 40, 0.01, start), 2);
		assert_true(start[0] && start[jump]);
	}
	/* Repeated changes between two levels. */
	for (size_t i = 0; i < 40; i++)
		level[i] = i / 10 % 2 ? 0.9e6 : 1e6;
	assert_int_equal(group_series(level, 40, 0.01, start), 4);
	assert_true(start[0] && start[10] && start[20] && start[30]);
	assert_int_equal(group_series(level, 1, 0.01, start), 1);
	assert_int_equal(mdl_group(NULL, 0, 1, start), 0);
}

/* Sums of parts equal the sum of all. Mean and deviation equal those of the plain formulas. */
static void
test_sums(void **unused)
{
	double v[40];

	(void)unused;
	for (unsigned int run = 0; run < RUNS; run++) {
		struct mdl_sum a = {0}, b = {0};
		const size_t n = 2 + run % 39, cut = (size_t)(rng_even(&state) * (double)n);

		for (size_t i = 0; i < n; i++) {
			v[i] = 1e9 + rng_normal(&state);
			mdl_add(i < cut ? &a : &b, v[i]);
		}
		mdl_merge(&a, &b);
		assert_int_equal(a.n, n);
		assert_true(fabs(a.mean - stat_mean(v, n)) < 1e-5);
		assert_true(fabs(sqrt(a.m2 / (double)(n - 1)) - stat_stdev(v, n)) < 1e-4);
	}
}

static void
test_stats(void **unused)
{
	const double v[] = {5, 1, 4, 2, 3}, far[] = {1, 2, 3, 4, 1e9};

	(void)unused;
	assert_true(stat_mean(v, 5) == 3);
	assert_true(stat_median(v, 5) == 3);
	assert_true(fabs(stat_stdev(v, 5) - sqrt(2.5)) < 1e-12);
	assert_true(stat_quantile(v, 5, 0) == 1 && stat_quantile(v, 5, 1) == 5);
	assert_true(stat_quantile(v, 5, 0.125) == 1.5);
	assert_true(stat_median(far, 5) == 3 && stat_mad(far, 5) < 2);
	assert_true(stat_mean(v, 0) == 0 && stat_median(v, 0) == 0 && stat_stdev(v, 1) == 0);
	for (double d = 1; d < 200; d += 0.5)
		assert_true(stat_t95(d) >= stat_t95(d + 0.5) && stat_t95(d) > 1.95);
	assert_true(fabs(stat_t95(60) - 2.000) < 0.003);
}

/* Exact values: one sample of each is enough, and only the minimum change matters. */
static void
test_exact(void **unused)
{
	const struct verdict_rules rules = {.margin = 0.05, .least = 0.01, .exact = true};
	const double base = 100, now[] = {100, 100.9, 101.1, 98.9, 99.1};
	const enum verdict expected[] = {
		VERDICT_SAME, VERDICT_SAME, VERDICT_REGRESSION, VERDICT_PROGRESSION, VERDICT_SAME};
	struct comparison c;

	(void)unused;
	for (size_t i = 0; i < sizeof(now) / sizeof(now[0]); i++) {
		assert_int_equal(verdict_compare(&base, 1, &now[i], 1, &rules, &c), 0);
		assert_int_equal(c.verdict, expected[i]);
	}
	assert_int_equal(verdict_compare(&base, 1, &base, 0, &rules, &c), 0);
	assert_int_equal(c.verdict, VERDICT_TOO_FEW);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_stats),
		cmocka_unit_test(test_sums),
		cmocka_unit_test(test_groups),
		cmocka_unit_test(test_directions),
		cmocka_unit_test(test_no_false_alarm),
		cmocka_unit_test(test_planted),
		cmocka_unit_test(test_too_few),
		cmocka_unit_test(test_interval),
		cmocka_unit_test(test_scale),
		cmocka_unit_test(test_odd_values),
		cmocka_unit_test(test_exact),
	};

	state = rng_seed(1);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
