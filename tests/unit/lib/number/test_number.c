/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */

/* sl_number.h: the parser accepts exactly the texts that are numbers in the allowed form. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <inttypes.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>

#include "rng.h"
#include "sl_number.h"

#define ROUNDS 200000

/** Texts that are not a number. */
static const char *const bad[] = {"", " ", "-", "+", "x", "0x", "010", "00", "-1", "+1", " 1", "1 ",
	"\t1", "1\n", "1.5", "1.", ".5", "1e3", "1k", "1,2", "1-2", "one", "nan", "inf", "0b1",
	"18446744073709551616", "99999999999999999999999999", "184467440737095516150"};

/** Numbers of every length, and those next to a power of two. */
static uint64_t
any_number(uint64_t *seed)
{
	const uint64_t r = rng_next(seed) >> (rng_next(seed) % 64);

	return rng_next(seed) % 4 != 0 ? r : (UINT64_C(1) << (r % 64)) + rng_next(seed) % 3 - 1;
}

static void
test_refused(void **state)
{
	uint64_t v = 77;
	int n = 77;

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		if (sl_number(bad[i], 0, UINT64_MAX, &v) == 0 ||
			sl_number_hex(bad[i], 0, UINT64_MAX, &v) == 0)
			fail_msg("'%s' was taken", bad[i]);
		if (strcmp(bad[i], "-1") != 0 && sl_number_int(bad[i], INT_MIN, INT_MAX, &n) == 0)
			fail_msg("'%s' was taken", bad[i]);
	}
	assert_true(v == 77 && n == 77);
	assert_int_not_equal(sl_number("0x10", 0, UINT64_MAX, &v), 0);
	assert_int_not_equal(sl_number_hex("0x10000000000000000", 0, UINT64_MAX, &v), 0);
	assert_int_not_equal(sl_number_hex("0x1g", 0, UINT64_MAX, &v), 0);
	assert_int_not_equal(sl_number_hex("-0x1", 0, UINT64_MAX, &v), 0);
}

/* A number that was written can be read. With any other character in it, it cannot. */
static void
test_round_trip(void **state)
{
	uint64_t seed = rng_seed(0);

	(void)state;
	for (unsigned int round = 0; round < ROUNDS; round++) {
		const uint64_t want = any_number(&seed);
		char text[32], spoilt[40];
		uint64_t v = 0;
		size_t at;

		snprintf(text, sizeof(text), "%" PRIu64, want);
		assert_int_equal(sl_number(text, 0, UINT64_MAX, &v), 0);
		assert_true(v == want);
		snprintf(spoilt, sizeof(spoilt), "0%s", text);
		assert_int_not_equal(sl_number_hex(spoilt, 0, UINT64_MAX, &v), 0);
		/* Insert any character except a digit. */
		at = rng_next(&seed) % (strlen(text) + 1);
		snprintf(spoilt, sizeof(spoilt), "%.*s%c%s", (int)at, text,
			(char)(1 + rng_next(&seed) % 255), text + at);
		if (strspn(spoilt, "0123456789") != strlen(spoilt))
			assert_int_not_equal(sl_number(spoilt, 0, UINT64_MAX, &v), 0);
		snprintf(text, sizeof(text), rng_next(&seed) % 2 != 0 ? "0x%" PRIx64 : "0X%" PRIX64,
			want);
		assert_int_equal(sl_number_hex(text, 0, UINT64_MAX, &v), 0);
		assert_true(v == want);
	}
}

/* The ends of a range are accepted, and their neighbours are not. */
static void
test_range(void **state)
{
	uint64_t seed = rng_seed(0);

	(void)state;
	for (unsigned int round = 0; round < ROUNDS; round++) {
		const uint64_t a = any_number(&seed), b = any_number(&seed), x = any_number(&seed);
		const uint64_t min = a < b ? a : b, max = a < b ? b : a;
		const uint64_t tries[] = {min, max, min - 1, max + 1, x};

		for (unsigned int i = 0; i < 5; i++) {
			char text[32];
			uint64_t v = 0;
			const bool in = tries[i] >= min && tries[i] <= max;

			snprintf(text, sizeof(text), "%" PRIu64, tries[i]);
			assert_int_equal(sl_number(text, min, max, &v), in ? 0 : -ERANGE);
			assert_true(v == (in ? tries[i] : 0));
		}
	}
}

/* Texts of twenty digits and more are exact up to the largest value. */
static void
test_overflow(void **state)
{
	uint64_t seed = rng_seed(0);

	(void)state;
	for (unsigned int round = 0; round < ROUNDS; round++) {
		char text[32] = {(char)('1' + rng_next(&seed) % 9)};
		const size_t len = 17 + rng_next(&seed) % 6;
		unsigned __int128 want = (unsigned int)(text[0] - '0');
		uint64_t v = 0;

		for (size_t i = 1; i < len; i++) {
			text[i] = (char)('0' + rng_next(&seed) % 10);
			want = want * 10 + (unsigned int)(text[i] - '0');
		}
		assert_int_equal(
			sl_number(text, 0, UINT64_MAX, &v), want > UINT64_MAX ? -ERANGE : 0);
		assert_true(want > UINT64_MAX || v == want);
	}
}

static void
test_signed(void **state)
{
	uint64_t seed = rng_seed(0);
	int v = 0;

	(void)state;
	for (unsigned int round = 0; round < ROUNDS; round++) {
		const int want = (int)(uint32_t)any_number(&seed);
		char text[32];

		snprintf(text, sizeof(text), "%d", want);
		assert_int_equal(sl_number_int(text, INT_MIN, INT_MAX, &v), 0);
		assert_int_equal(v, want);
		assert_int_equal(sl_number_int(text, want, want, &v), 0);
		if (want != INT_MIN)
			assert_int_not_equal(sl_number_int(text, INT_MIN, want - 1, &v), 0);
	}
	assert_int_not_equal(sl_number_int("2147483648", INT_MIN, INT_MAX, &v), 0);
	assert_int_not_equal(sl_number_int("-2147483649", INT_MIN, INT_MAX, &v), 0);
	assert_int_not_equal(sl_number_int("4294967295", -1, INT_MAX, &v), 0);
	assert_int_not_equal(sl_number_int("-0", -1, INT_MAX, &v), 0);
	assert_int_not_equal(sl_number_int("--1", -1, INT_MAX, &v), 0);
	assert_int_not_equal(sl_number_int("-01", -1, INT_MAX, &v), 0);
}

static void
test_fractions(void **state)
{
	static const struct {
		const char *text;
		double value;
	} good[] = {{"0", 0}, {"1", 1}, {"0.5", 0.5}, {"10.25", 10.25}, {"1e3", 1000},
		{"2.5E-1", 0.25}, {"1e+06", 1e6}};
	static const char *const wrong[] = {"", "-1", "+1", " 1", "1 ", ".5", "1.", "1.e3", "1e",
		"1e+", "0x10", "0x1p3", "01", "00.5", "nan", "inf", "infinity", "1e999", "1,5",
		"1.2.3", "1k"};
	double v = 0;

	(void)state;
	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
		assert_int_equal(sl_number_real(good[i].text, 0, 1e6, &v), 0);
		assert_true(v == good[i].value);
	}
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		if (sl_number_real(wrong[i], 0, 1e300, &v) == 0)
			fail_msg("'%s' was taken", wrong[i]);
	}
	assert_int_not_equal(sl_number_real("1.1", 0, 1, &v), 0);
	assert_int_not_equal(sl_number_real("0.9", 1, 2, &v), 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_round_trip),
		cmocka_unit_test(test_range),
		cmocka_unit_test(test_overflow),
		cmocka_unit_test(test_signed),
		cmocka_unit_test(test_fractions),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
