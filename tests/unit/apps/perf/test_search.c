/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */

/* The search for rates, on simulated machines. */

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "rng.h"
#include "search.h"

#define RUNS 300
#define WIDTH 0.005

static uint64_t state;

/** A machine that forwards up to a rate and loses the rest. Sometimes it loses frames at random. */
struct machine {
	double rate;
	double stumbles; /* share of trials that lose 1 % at any load */
};

static double
loss_at(const struct machine *m, double load)
{
	const double over = load > m->rate ? 1 - m->rate / load : 0;

	return rng_even(&state) < m->stumbles ? fmax(over, 0.01) : over;
}

static unsigned int
run(const struct machine *m, const struct search_rules *rules, struct search *s)
{
	unsigned int trials = 0;
	double load;

	assert_int_equal(search_init(s, rules), 0);
	while (search_next(s, &load)) {
		const double loss = loss_at(m, load);

		assert_true(load >= rules->min * 0.999999 && load <= rules->max * 1.000001);
		search_add(s, load, loss, load * (1 - loss));
		assert_true(++trials < 2000);
	}
	return trials;
}

static struct search_rules
rules_of(double min, double max)
{
	return (struct search_rules){.min = min,
		.max = max,
		.hint = 0,
		.width = WIDTH,
		.exceed = 0.5,
		.sum = 21,
		.phases = 3,
		.nb_goals = 2,
		.goals = {{0.005}, {0}}};
}

/* For any rate and hint, the result is within the search width of the true rate. */
static void
test_finds(void **unused)
{
	(void)unused;
	for (unsigned int i = 0; i < RUNS; i++) {
		const struct machine m = {.rate = exp(7 + 9 * rng_even(&state))};
		struct search_rules rules = rules_of(m.rate / 100, m.rate * 3);
		struct search s;
		double pdr = m.rate / 0.995;

		if (i % 2)
			rules.hint = m.rate * (0.5 + rng_even(&state));
		run(&m, &rules, &s);
		assert_true(s.found[0].found && s.found[1].found);
		assert_true(s.found[1].lower <= m.rate && s.found[1].upper > m.rate);
		assert_true(s.found[1].lower > m.rate * (1 - 1.01 * WIDTH));
		assert_true(s.found[0].lower <= pdr * 1.000001);
		assert_true(s.found[0].lower > pdr * (1 - 1.01 * WIDTH));
		assert_true(fabs(s.found[1].pps - s.found[1].lower) < 1e-6 * m.rate);
		search_free(&s);
	}
}

/* One trial in five that fails at random does not lower the rate. */
static void
test_stumbles(void **unused)
{
	unsigned int good = 0, most = 0;

	(void)unused;
	for (unsigned int i = 0; i < RUNS; i++) {
		const struct machine m = {.rate = 1e6, .stumbles = 0.2};
		struct search_rules rules = rules_of(1e4, 1.1e6);
		struct search s;
		unsigned int trials;

		rules.hint = 1e6;
		trials = run(&m, &rules, &s);
		most = trials > most ? trials : most;
		good += s.found[1].found && s.found[1].lower > 0.97e6 && s.found[1].lower <= 1e6;
		search_free(&s);
	}
	printf("%u of %d within 3 %%, at most %u trials\n", good, RUNS, most);
	assert_true(good > RUNS * 19 / 20);
}

static void
test_ends(void **unused)
{
	struct search_rules rules = rules_of(1e4, 1e6);
	struct machine m = {.rate = 1e9};
	struct search s;

	(void)unused;
	/* No frame is ever lost: the highest load is the result, and there is no upper bound. */
	run(&m, &rules, &s);
	assert_true(s.found[0].found && s.found[0].at_max && s.found[1].at_max);
	assert_true(fabs(s.found[1].lower - 1e6) < 1);
	search_free(&s);
	/* Every load has loss: no rate is found, which is reported. */
	m.rate = 1;
	run(&m, &rules, &s);
	assert_false(s.found[0].found);
	assert_false(s.found[1].found);
	search_free(&s);
	/* A machine with random loss in each trial. */
	m = (struct machine){.rate = 1e6, .stumbles = 1};
	run(&m, &rules, &s);
	assert_false(s.found[1].found);
	search_free(&s);
}

/* Class of a load: the share of good trials, where missing trials count as lossy. */
static void
test_classes(void **unused)
{
	struct search_rules rules = rules_of(1, 100);
	struct search s;

	(void)unused;
	assert_int_equal(search_init(&s, &rules), 0);
	assert_int_equal(search_class(&s, 1, 10, 4), SEARCH_UNDECIDED);
	search_add(&s, 10, 0, 10);
	assert_int_equal(search_class(&s, 1, 10, 4), SEARCH_UNDECIDED);
	assert_int_equal(search_class(&s, 1, 10, 1), SEARCH_LOWER);
	search_add(&s, 10, 0.001, 10);
	search_add(&s, 10, 0, 10);
	/* For NDR two of four are good, for PDR all three. */
	assert_int_equal(search_class(&s, 1, 10, 4), SEARCH_LOWER);
	assert_int_equal(search_class(&s, 1, 10, 8), SEARCH_UNDECIDED);
	search_add(&s, 10, 0.1, 10);
	search_add(&s, 10, 0.1, 10);
	assert_int_equal(search_class(&s, 1, 10, 4), SEARCH_UPPER);
	assert_int_equal(search_class(&s, 0, 10, 4), SEARCH_LOWER);
	search_free(&s);
}

static void
test_rules(void **unused)
{
	struct search_rules rules = rules_of(1, 100);
	struct search s;

	(void)unused;
	rules.max = 1;
	assert_int_equal(search_init(&s, &rules), -EINVAL);
	rules = rules_of(0, 100);
	assert_int_equal(search_init(&s, &rules), -EINVAL);
	rules = rules_of(1, 100);
	rules.sum = 0;
	assert_int_equal(search_init(&s, &rules), -EINVAL);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rules),
		cmocka_unit_test(test_classes),
		cmocka_unit_test(test_finds),
		cmocka_unit_test(test_stumbles),
		cmocka_unit_test(test_ends),
	};

	state = rng_seed(1);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
