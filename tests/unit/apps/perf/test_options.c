/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */

/* Options of "sl-perf run", and the plan that results from them. */

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "plan.h"

#define ARGS_MAX 16

/* Parse arguments separated by spaces. */
static int
parse(const char *text, struct options *o, char *why)
{
	char copy[512], *argv[ARGS_MAX] = {(char *)(uintptr_t) "run"}, *save = NULL;
	int argc = 1;

	snprintf(copy, sizeof(copy), "%s", text);
	for (char *word = strtok_r(copy, " ", &save); word != NULL && argc < ARGS_MAX;
		word = strtok_r(NULL, " ", &save))
		argv[argc++] = word;
	return options_parse(argc, argv, o, why);
}

static void
test_refused(void **unused)
{
	static const struct {
		const char *args;
		const char *says;
	} cases[] = {
		{"--sizes 63",
			"--sizes: '63' is not allowed; allowed: whole numbers from 64 to 9728, or imix"},
		{"--sizes 9729", "'9729'"},
		{"--sizes 64,,128", "''"},
		{"--sizes 64.5", "'64.5'"},
		{"--sizes -64", "'-64'"},
		{"--sizes ix", "'ix'"},
		{"--sizes im", "'im'"},
		{"--flows 65537", "from 1 to 65536"},
		{"--bursts 65", "from 1 to 64"},
		{"--coherency checked", "allowed: coherent explicit"},
		{"--pool own", "allowed: apart ordinary"},
		{"--trial nan", "'nan'"},
		{"--trial 1s", "'1s'"},
		{"--trials 0", "from 1 to 10000"},
		{"--trials 1.5", "a whole number from 1 to 10000"},
		{"--trials 010", "'010'"},
		{"--trials +1", "'+1'"},
		{"--trials 99999999999999999999", "from 1 to 10000"},
		{"--sizes 0128", "'0128'"},
		{"--trial 0x1", "'0x1'"},
		{"--soak 1e999", "a number from 0.01 to 1000000"},
		{"--nice 1.5", "from -20 to 19"},
		{"--part 1/02", "K/N"},
		{"--part -1/2", "K/N"},
		{"--part 3/2", "K from 1 to N"},
		{"--part 1/2/3", "K/N"},
		{"--nice -21", "from -20 to 19"},
		{"--bogus", "'--bogus' is not an option"},
		{"--out", "--out wants a value"},
		{"word", "'word' is no option"},
		{"--flows 1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17", "more than 16 items"},
		{"--tester 01:00.0", "--tester names 1 ports and --dut 0"},
		{"--tester 1:0.0 --dut 1:0.0,2:0.0", "1 ports and --dut 2"},
		{"--tester 1:0.0,2:0.0,3:0.0 --dut 1:0.0",
			"--tester: 3 ports; allowed: one or two"},
		{"--tester 01:00 --dut 02:00.0", "--tester: '01:00' is not allowed"},
		{"--tester 01:00.8 --dut 02:00.0", "'01:00.8'"},
		{"--tester 01:20.0 --dut 02:00.0", "'01:20.0'"},
		{"--tester 01:00.0x --dut 02:00.0", "'01:00.0x'"},
		{"--tester 1:0.0 --dut 0000:01:00.0", "0000:01:00.0 stands there twice"},
		{"--device 82599x4567890123", "--device: '82599x4567890123' is not allowed"},
		{"--device", "--device wants a value"},
		{"--device 82599 --tester 1:0.0 --dut 2:0.0", "give the one or the others"},
		{"--suite aaaaaaaaaaaaaaaaaaaaaaa", "as an item of a list"},
	};
	struct options o;
	char why[OPTIONS_WHY_LEN];

	(void)unused;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		assert_int_equal(parse(cases[i].args, &o, why), -EINVAL);
		if (strstr(why, cases[i].says) == NULL)
			fail_msg("%s: '%s' where '%s' was wanted", cases[i].args, why,
				cases[i].says);
	}
}

static void
test_taken(void **unused)
{
	struct options o;
	char why[OPTIONS_WHY_LEN];

	(void)unused;
	assert_int_equal(parse("", &o, why), OPTIONS_OK);
	assert_string_equal(o.suites.item[0], "quick");
	assert_int_equal(o.sum, 3);
	assert_int_equal(o.processes, 5);
	assert_int_equal(
		parse("--suite full --sizes imix,64 --processes 1 --part 2/7 --out x", &o, why),
		OPTIONS_OK);
	assert_int_equal(o.sum, 21);
	assert_int_equal(o.part, 2);
	assert_int_equal(o.parts, 7);
	assert_string_equal(o.sizes.item[0], "imix");
	assert_string_equal(o.out, "x");
	assert_int_equal(parse("--sum 9 --suite full", &o, why), OPTIONS_OK);
	assert_int_equal(o.sum, 9);
	/* If an option is repeated, the last one counts. */
	assert_int_equal(parse("--trial 2 --trial 3 --flows 1,2 --flows 5", &o, why), OPTIONS_OK);
	assert_true(o.trial == 3);
	assert_int_equal(o.flows.n, 1);
	assert_int_equal(parse("--tester 1:0.0,a:1f.7 --dut 0002:02:00.0,0000:03:00.1", &o, why),
		OPTIONS_OK);
	assert_string_equal(o.tester.item[1], "0000:0a:1f.7");
	assert_string_equal(o.dut.item[0], "0002:02:00.0");
	assert_int_equal(parse("--help", &o, why), OPTIONS_HELP);
}

static const char *
device_at(unsigned int i)
{
	static const char *const names[] = {"first", "second", NULL};

	return names[i];
}

static void
test_device(void **unused)
{
	struct options o;
	char why[OPTIONS_WHY_LEN];

	(void)unused;
	assert_int_equal(parse("--device second", &o, why), OPTIONS_OK);
	assert_int_equal(options_check_device(&o, device_at, why), 0);
	assert_string_equal(o.device, "second");
	assert_int_equal(parse("", &o, why), OPTIONS_OK);
	assert_int_equal(options_check_device(&o, device_at, why), 0);
	assert_string_equal(o.device, "first");
	assert_int_equal(parse("--device sec", &o, why), OPTIONS_OK);
	assert_int_equal(options_check_device(&o, device_at, why), -EINVAL);
	assert_string_equal(why, "--device: 'sec' is not allowed; allowed: first second");
}

static size_t
plan_of(const char *args, unsigned int cores, struct plan *p)
{
	struct options o;
	char why[OPTIONS_WHY_LEN];

	assert_int_equal(parse(args, &o, why), OPTIONS_OK);
	assert_int_equal(plan_make(&o, cores, p, why), 0);
	for (size_t i = 0; i < p->n; i++) {
		char name[POINT_NAME_LEN], other[POINT_NAME_LEN];

		assert_true(plan_seconds(&o, &p->jobs[i]) > 0);
		assert_true(p->jobs[i].point.cores <= cores);
		plan_name(&p->jobs[i], name);
		/* Names are unique. */
		for (size_t k = 0; k < i; k++) {
			plan_name(&p->jobs[k], other);
			assert_string_not_equal(name, other);
		}
	}
	return p->n;
}

static void
test_plans(void **unused)
{
	struct plan p;
	struct options o = {0};
	char why[OPTIONS_WHY_LEN], name[POINT_NAME_LEN];

	(void)unused;
	assert_int_equal(plan_of("", 1, &p), 12);
	plan_name(&p.jobs[0], name);
	assert_string_equal(name, "cycles/64/f1/q1/c1/b32/coherent");
	plan_free(&p);
	/* A suite that is named twice is measured once. */
	assert_int_equal(plan_of("--suite quick,quick,mrr", 1, &p), 12);
	plan_free(&p);
	assert_int_equal(
		plan_of("--suite mrr --sizes 64,9000 --flows 1,2,3 --bursts 1,32", 1, &p), 12);
	assert_int_equal(point_size_max(&p.jobs[11].point), 9000);
	plan_free(&p);
	/* Points with more lcores than the machine has, or lcores without a queue, are left out. */
	assert_int_equal(plan_of("--suite scaling", 1, &p), 3);
	plan_free(&p);
	assert_int_equal(plan_of("--suite scaling", 4, &p), 6);
	plan_free(&p);
	assert_true(plan_of("--suite full", 8, &p) > 40);
	plan_free(&p);
	/* Points that are measured once belong to the first process. */
	assert_int_equal(plan_of("--suite soak,loss,mrr --part 1/5", 1, &p), 6);
	plan_free(&p);
	assert_int_equal(plan_of("--suite soak,loss,mrr --part 2/5", 1, &p), 3);
	plan_free(&p);
	assert_int_equal(plan_of("--suite instructions,mrr --part 2/5", 1, &p), 3);
	plan_free(&p);
	/* Real ports are not stepped, and their points have different names. */
	assert_int_equal(plan_of("--tester 1:0.0 --dut 2:0.0", 1, &p), 4);
	plan_name(&p.jobs[0], name);
	assert_string_equal(name, "mrr/64/f1/q1/c1/b32/coherent/cabled");
	/*
	 * Points that are left out are reported: cycles and instructions of two sizes in two modes.
	 */
	assert_int_equal(p.nb_left, 8);
	plan_name(&p.left[0], name);
	assert_string_equal(name, "cycles/64/f1/q1/c1/b32/coherent/cabled");
	plan_why_left(&o, &p.left[0], 1, why);
	assert_non_null(strstr(why, "steps a software NIC"));
	plan_free(&p);
	/* In each process of a run. */
	assert_int_equal(plan_of("--tester 1:0.0 --dut 2:0.0 --part 2/5", 1, &p), 4);
	assert_int_equal(p.nb_left, 8);
	plan_free(&p);
	assert_int_equal(plan_of("--suite scaling", 1, &p), 3);
	assert_true(p.nb_left > 0);
	plan_why_left(&o, &p.left[0], 1, why);
	assert_string_equal(why, "more lcores than the CPUs that can forward, 1");
	plan_free(&p);
	/* Points with more queues than the device has are left out too. */
	parse("--suite scaling --cores 1 --device few", &o, why);
	o.device_queues = 2;
	assert_int_equal(plan_make(&o, 4, &p, why), 0);
	assert_int_equal(p.n, 2);
	assert_string_equal(p.jobs[0].point.device, "few");
	assert_int_equal(p.nb_left, 1);
	plan_why_left(&o, &p.left[0], 4, why);
	assert_string_equal(why, "more queues than the device has, 2");
	plan_free(&p);
	parse("--tester 1:0.0 --dut 2:0.0 --suite cycles,coherency", &o, why);
	assert_int_equal(plan_make(&o, 1, &p, why), -EINVAL);
	assert_non_null(strstr(why, "step a software NIC"));
	parse("--suite quick,fast", &o, why);
	assert_int_equal(plan_make(&o, 1, &p, why), -EINVAL);
	assert_string_equal(why,
		"--suite: 'fast' is not allowed; allowed: quick full cycles instructions"
		" coherency mrr ndrpdr latency loss b2b scaling soak");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_taken),
		cmocka_unit_test(test_device),
		cmocka_unit_test(test_plans),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
