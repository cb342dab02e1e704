/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */

/* Results are checked, merged, compared, exported and reported, and damaged ones are refused. */

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "compare.h"
#include "export.h"
#include "page.h"
#include "rng.h"
#include "plot.h"
#include "result.h"

#define PROCESSES 6

static uint64_t state;

static json_t *
make_trial(const char *goal, double pps, bool latency)
{
	json_t *t = json_pack("{s:s, s:f, s:f, s:i, s:i, s:i, s:i, s:i, s:f, s:f}", "goal", goal,
		"intended_pps", pps, "seconds", 1.0, "offered", 1000, "received", 990, "skipped", 1,
		"corrupt", 0, "preempted", 3, "received_pps", pps, "cycles_per_packet", 99.5);

	if (latency)
		json_object_set_new(t, "latency_ns",
			json_pack("{s:i, s:i, s:f, s:i, s:i, s:i, s:i, s:i, s:[[f,i],[f,i]]}",
				"count", 990, "min", 900, "mean", 1200.0, "p50", 1000, "p90", 1500,
				"p99", 1900, "p999", 2000, "max", 2000, "buckets", 1000.0, 600,
				2000.0, 390));
	return t;
}

/*
 * Samples around @p mean: six quantiles of a normal distribution in random order, with two samples
 * of each process close together. test_verdict.c tests verdicts about noise; with random samples,
 * two of six would sometimes be outliers.
 */
static json_t *
make_metric(const char *unit, const char *better, double mean)
{
	double bell[PROCESSES] = {-1.27, -0.64, -0.2, 0.2, 0.64, 1.27};
	json_t *samples = json_array();

	for (unsigned int p = 0; p < PROCESSES; p++) {
		const unsigned int k =
			p + (unsigned int)(rng_even(&state) * (double)(PROCESSES - p));
		const double v = mean * (1 + 0.001 * bell[k]);

		bell[k] = bell[p];
		json_array_append_new(samples, json_pack("[f, f]", v * 0.9999, v * 1.0001));
	}
	return json_pack("{s:s, s:s, s:o}", "unit", unit, "better", better, "samples", samples);
}

static json_t *
make_one(const char *measure, const char *size, const char *mode, int burst)
{
	char name[64];

	snprintf(name, sizeof(name), "%s/%s/f1/q1/c1/b%d/%s", measure, size, burst, mode);
	return json_pack("{s:s, s:s, s:{s:s, s:i, s:i, s:i, s:i, s:s, s:s, s:s, s:s, s:i, s:i},"
			 " s:{}, s:[]}",
		"name", name, "measure", measure, "config", "size", size, "flows", 1, "queues", 1,
		"cores", 1, "burst", burst, "coherency", mode, "device", "thread", "rx_path",
		"a, \"b\"", "tx_path", "c d", "rxd", 512, "txd", 512, "metrics", "trials");
}

/* A result with data for each plot. @p speed: factor for all rates. */
static json_t *
make_result(double speed, const char *time)
{
	json_t *r = result_new(), *list = json_object_get(r, "results"), *one;

	json_object_set_new(r, "seconds", json_real(12));
	json_object_set_new(r, "environment",
		json_pack("{s:s, s:s, s:n, s:s}", "time", time, "cpu", "a <cpu> & more", "governor",
			"git", "abc"));
	one = make_one("mrr", "64", "coherent", 32);
	json_object_set_new(json_object_get(one, "metrics"), "pps",
		make_metric("packets/s", "more", 1e6 * speed));
	json_array_append_new(json_object_get(one, "trials"), make_trial("mrr", 0, false));
	json_array_append_new(list, one);
	one = make_one("cycles", "64", "explicit", 32);
	json_object_set_new(json_object_get(one, "metrics"), "cycles",
		make_metric("cycles/packet", "less", 60 / speed));
	json_array_append_new(list, one);
	one = make_one("ndrpdr", "64", "coherent", 32);
	json_object_set_new(
		json_object_get(one, "metrics"), "idle_p50_ns", make_metric("ns", "less", 1000));
	json_array_append_new(json_object_get(one, "trials"), make_trial("idle", 9000, true));
	json_array_append_new(list, one);
	one = make_one("loss", "64", "coherent", 32);
	json_array_append_new(json_object_get(one, "trials"), make_trial("loss", 1e6, false));
	json_array_append_new(list, one);
	one = make_one("coherency", "64", "explicit", 8);
	json_object_set_new(json_object_get(one, "metrics"), "price_cycles",
		make_metric("cycles/packet", "less", 20));
	json_array_append_new(list, one);
	return r;
}

/* Call all readers of results with this one. */
static void
use(json_t *damaged, json_t *whole)
{
	const struct compare_rules rules = {.verdict = {.margin = 0.05, .least = 0.01}};
	json_t *three[3] = {whole, damaged, damaged};
	const struct plot_input in = {.n = 3, .results = three};
	struct compare_table t;
	FILE *f = fopen("/dev/null", "w");

	assert_non_null(f);
	for (int turn = 0; turn < 2; turn++) {
		assert_int_equal(compare_results(turn != 0 ? whole : damaged,
					 turn != 0 ? damaged : whole, &rules, &t),
			0);
		compare_notes(whole, damaged, f);
		compare_print(&t, f);
		json_decref(compare_json(&t, whole, damaged));
		compare_free(&t);
	}
	export_csv(damaged, f);
	export_openmetrics(damaged, f);
	export_influx(damaged, f);
	for (size_t i = 0; i < nb_plots; i++)
		plots[i].script(&in, f);
	page_write(&in, NULL, 0, f);
	fclose(f);
}

/* --- damage --- */

static json_t *
random_value(void)
{
	switch ((int)(10 * rng_even(&state))) {
	case 0:
		return json_null();
	case 1:
		return json_integer(-1);
	case 2:
		return json_real(1e308);
	case 3:
		return json_real(-0.0);
	case 4:
		return json_string("");
	case 5:
		return json_string("x,y=\"z\" <b>\n");
	case 6:
		return json_array();
	case 7:
		return json_object();
	case 8:
		return json_pack("[[f]]", 0.0);
	default:
		return json_true();
	}
}

static size_t
count_values(const json_t *j)
{
	size_t n = 1, i;
	const char *key;
	json_t *v;

	if (json_is_object(j)) {
		json_object_foreach((json_t *)(uintptr_t)j, key, v) n += count_values(v);
	} else if (json_is_array(j)) {
		json_array_foreach(j, i, v) n += count_values(v);
	}
	return n;
}

/* Change value number @p at, counted from here. @return number of values passed, or -1: done. */
static long
damage(json_t *j, long at)
{
	size_t i;
	const char *key;
	json_t *v;
	void *tmp;

	if (json_is_object(j)) {
		json_object_foreach_safe(j, tmp, key, v)
		{
			if (at-- == 0) {
				if (rng_even(&state) < 0.4)
					json_object_del(j, key);
				else
					json_object_set_new(j, key, random_value());
				return -1;
			}
			at = damage(v, at);
			if (at < 0)
				return -1;
		}
	} else if (json_is_array(j)) {
		for (i = 0; i < json_array_size(j); i++) {
			if (at-- == 0) {
				if (rng_even(&state) < 0.4)
					json_array_remove(j, i);
				else
					json_array_set_new(j, i, random_value());
				return -1;
			}
			at = damage(json_array_get(j, i), at);
			if (at < 0)
				return -1;
		}
	}
	return at;
}

/*
 * After any change of one value, the result is refused with a reason that names the file, or all
 * readers can read it.
 */
static void
test_damaged_values(void **unused)
{
	json_t *whole = make_result(1, "2026-01-01T00:00:00Z");
	unsigned int refused = 0, taken = 0;
	char why[RESULT_WHY_LEN];

	(void)unused;
	assert_int_equal(result_check(whole, "whole", why), 0);
	for (unsigned int i = 0; i < 3000; i++) {
		json_t *j = json_deep_copy(whole);

		damage(j, (long)(rng_even(&state) * (double)(count_values(j) - 1)));
		why[0] = '\0';
		if (result_check(j, "damaged.json", why) == 0) {
			use(j, whole);
			taken++;
		} else {
			if (strncmp(why, "damaged.json: ", 14) != 0)
				fail_msg("reason without the file: %s", why);
			refused++;
		}
		json_decref(j);
	}
	printf("%u refused, %u taken\n", refused, taken);
	assert_true(refused > 1000 && taken > 100);
	json_decref(whole);
}

/* Bytes are changed, removed or duplicated anywhere in the file. */
static void
test_damaged_bytes(void **unused)
{
	json_t *whole = make_result(1, "2026-01-01T00:00:00Z"), *got;
	char *text = json_dumps(whole, JSON_COMPACT), why[RESULT_WHY_LEN];
	const size_t len = strlen(text);
	char name[] = "/tmp/sl-perf-test.XXXXXX";
	const int fd = mkstemp(name);

	(void)unused;
	assert_true(fd >= 0);
	for (unsigned int i = 0; i < 1500; i++) {
		char *copy = strdup(text);
		size_t at = (size_t)(rng_even(&state) * (double)len), n = len;

		if (i % 3 == 0)
			n = at;
		else
			copy[at] = (char)(256 * rng_even(&state));
		assert_int_equal(ftruncate(fd, 0), 0);
		assert_int_equal(pwrite(fd, copy, n, 0), n);
		got = result_load(name, why);
		if (got != NULL)
			use(got, whole);
		else
			assert_non_null(strstr(why, name));
		json_decref(got);
		free(copy);
	}
	close(fd);
	unlink(name);
	free(text);
	json_decref(whole);
}

/* Messages name the error, its place and the expected value. */
static void
test_messages(void **unused)
{
	static const struct {
		const char *key;
		const char *says;
	} cases[] = {
		{"schema", "schema is missing; wanted: a whole number"},
		{"program", "program is missing; wanted: \"sl-perf\""},
		{"environment", "environment is missing; wanted: an object"},
		{"results", "results is missing; wanted: an array"},
	};
	json_t *j, *metric;
	char why[RESULT_WHY_LEN];

	(void)unused;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		j = make_result(1, "");
		json_object_del(j, cases[i].key);
		assert_true(result_check(j, "f", why) < 0);
		if (strstr(why, cases[i].says) == NULL)
			fail_msg("'%s' where '%s' was wanted", why, cases[i].says);
		json_decref(j);
	}
	j = make_result(1, "");
	json_object_set_new(j, "schema", json_integer(7));
	assert_true(result_check(j, "f", why) < 0);
	assert_non_null(strstr(why, "schema is 7; this sl-perf (" SL_VERSION ") reads 1"));
	json_object_set_new(j, "schema", json_integer(1));
	metric = json_object_get(
		json_object_get(result_find(j, "mrr/64/f1/q1/c1/b32/coherent"), "metrics"), "pps");
	json_object_set_new(metric, "better", json_string("bigger"));
	assert_true(result_check(j, "f", why) < 0);
	assert_non_null(
		strstr(why, "results[0].metrics.pps.better is 'bigger'; allowed: more, less"));
	json_object_set_new(metric, "better", json_string("more"));
	json_array_append_new(json_object_get(metric, "samples"), json_integer(4));
	assert_true(result_check(j, "f", why) < 0);
	assert_non_null(strstr(why, "results[0].metrics.pps.samples is a number"));
	json_decref(j);
	assert_null(result_load("/nonexistent/file", why));
	assert_non_null(strstr(why, "/nonexistent/file cannot be read"));
}

/* --- contents of results --- */

static void
test_merge(void **unused)
{
	json_t *a = make_result(1, "2026-01-01T00:00:00Z"), *all = result_new();
	json_t *metric;
	double *v;

	(void)unused;
	for (int i = 0; i < 3; i++)
		assert_int_equal(result_merge(all, a), 0);
	metric = json_object_get(
		json_object_get(result_find(all, "mrr/64/f1/q1/c1/b32/coherent"), "metrics"),
		"pps");
	assert_int_equal(result_processes(metric), 3 * PROCESSES);
	assert_int_equal(result_samples(metric, &v), 3 * PROCESSES);
	/* The same samples are merged three times. */
	assert_true(v[0] == v[PROCESSES] && v[1] == v[2 * PROCESSES + 1]);
	free(v);
	assert_int_equal(json_array_size(json_object_get(all, "results")), 5);
	/* The merge does not change the source. */
	metric = json_object_get(
		json_object_get(result_find(a, "mrr/64/f1/q1/c1/b32/coherent"), "metrics"), "pps");
	assert_int_equal(result_processes(metric), PROCESSES);
	json_decref(a);
	json_decref(all);
}

static unsigned int
compare_speeds(double before, double after, int *exit_code, const char *only)
{
	const struct compare_rules rules = {
		.verdict = {.margin = 0.05, .least = 0.01}, .only = only};
	json_t *base = make_result(before, ""), *now = make_result(after, "");
	struct compare_table t;
	unsigned int regressions;

	assert_int_equal(compare_results(base, now, &rules, &t), 0);
	regressions = t.verdicts[VERDICT_REGRESSION];
	*exit_code = compare_exit_code(&t);
	compare_free(&t);
	json_decref(base);
	json_decref(now);
	return regressions;
}

static void
test_compare(void **unused)
{
	json_t *base = make_result(1, ""), *less = make_result(1, "");
	const struct compare_rules rules = {.verdict = {.margin = 0.05, .least = 0.01}};
	struct compare_table t;
	int rc;

	(void)unused;
	assert_int_equal(compare_speeds(1, 1, &rc, NULL), 0);
	assert_int_equal(rc, 0);
	/* Lower rates and more cycles are both worse. */
	assert_int_equal(compare_speeds(1, 0.95, &rc, NULL), 2);
	assert_int_equal(rc, 3);
	assert_int_equal(compare_speeds(1, 0.95, &rc, " cycles"), 1);
	assert_int_equal(compare_speeds(1, 1.05, &rc, NULL), 0);
	assert_int_equal(rc, 0);
	assert_int_equal(compare_speeds(1, 1, &rc, "no such metric"), 0);
	assert_int_equal(rc, 4);
	/* Points that only one result has are counted. */
	json_array_remove(json_object_get(less, "results"), 0);
	assert_int_equal(compare_results(base, less, &rules, &t), 0);
	assert_int_equal(t.only_base, 1);
	assert_int_equal(t.only_now, 0);
	compare_free(&t);
	json_decref(base);
	json_decref(less);
}

/* Compare with a regression while a condition has the given values. @return the exit code. */
static int
compare_under(const char *key, json_t *before, json_t *after, const char *only, char *differs)
{
	const struct compare_rules rules = {
		.verdict = {.margin = 0.05, .least = 0.01}, .only = only};
	json_t *base = make_result(1, ""), *now = make_result(0.95, "");
	struct compare_table t;
	int rc;

	json_object_set_new(json_object_get(base, "environment"), key, before);
	json_object_set_new(json_object_get(now, "environment"), key, after);
	assert_int_equal(compare_results(base, now, &rules, &t), 0);
	rc = compare_exit_code(&t);
	strcpy(differs, t.rows[0].differs);
	compare_free(&t);
	json_decref(base);
	json_decref(now);
	return rc;
}

static json_t *
hugepages(bool used, int total)
{
	return json_pack("{s:b, s:i}", "used", used, "total", total);
}

static void
test_conditions(void **unused)
{
	char differs[COMPARE_DIFFERS_LEN];

	(void)unused;
	assert_int_equal(compare_under("hugepages", hugepages(true, 512), hugepages(false, 512),
				 " pps", differs),
		5);
	assert_string_equal(differs, "hugepages");
	/* The number of unused hugepages is not a condition. */
	assert_int_equal(compare_under("hugepages", hugepages(true, 512), hugepages(true, 9),
				 " pps", differs),
		3);
	assert_string_equal(differs, "");
	assert_int_equal(
		compare_under("governor", json_string("a"), json_string("b"), " cycles", differs),
		5);
	assert_string_equal(differs, "governor");
	/* A condition that only one result has is not a difference. */
	assert_int_equal(compare_under("kernel", NULL, json_string("b"), " cycles", differs), 3);
	assert_int_equal(
		compare_under("kernel", json_null(), json_string("b"), " cycles", differs), 3);
}

static char *
exported(const json_t *r, export_fn form)
{
	char *text = NULL;
	size_t len;
	FILE *f = open_memstream(&text, &len);

	form(r, f);
	fclose(f);
	return text;
}

static size_t
lines(const char *text)
{
	size_t n = 0;

	for (; *text != '\0'; text++)
		n += *text == '\n';
	return n;
}

static void
test_export(void **unused)
{
	json_t *r = make_result(1, "2026-01-01T00:00:00Z");
	char *text;

	(void)unused;
	assert_null(export_form("xml"));
	text = exported(r, export_form("csv"));
	/* A header, and two samples per process of four metrics. */
	assert_int_equal(lines(text), 1 + 4 * PROCESSES * 2);
	assert_non_null(strstr(text, ",\"a, \"\"b\"\"\",c d,pps,packets/s,0,0,"));
	free(text);
	text = exported(r, export_form("openmetrics"));
	assert_non_null(strstr(text, "# TYPE sl_perf_pps gauge\n"));
	assert_non_null(strstr(text, "rx_path=\"a, \\\"b\\\"\""));
	assert_non_null(strstr(text, " 1767225600\n"));
	assert_string_equal(text + strlen(text) - 6, "# EOF\n");
	free(text);
	text = exported(r, export_form("influx"));
	assert_int_equal(lines(text), 4 * PROCESSES);
	assert_non_null(strstr(text, "rx_path=a\\,\\ \"b\","));
	assert_non_null(strstr(text, " 1767225600000000000\n"));
	free(text);
	json_decref(r);
	/* Too late for 64 bits of nanoseconds: no time stamp. */
	r = make_result(1, "2263-01-01T00:00:00Z");
	text = exported(r, export_form("influx"));
	assert_int_equal(lines(text), 4 * PROCESSES);
	assert_null(strstr(text, "000000000\n"));
	free(text);
	json_decref(r);
}

/* A history with one drop has two groups, which are separated at the drop. */
static void
test_history(void **unused)
{
	json_t *results[8];
	const struct plot_input in = {.n = 8, .results = results};
	double mean[8];
	char *text = NULL;
	size_t len;
	FILE *f;

	(void)unused;
	for (int i = 0; i < 8; i++)
		results[i] = make_result(i < 5 ? 1 : 0.9, "");
	assert_int_equal(plot_groups(&in, "mrr/64/f1/q1/c1/b32/coherent", "pps", mean), 2);
	assert_true(mean[0] == mean[4] && mean[5] == mean[7] && mean[4] > 1.05 * mean[5]);
	assert_int_equal(plot_groups(&in, "no such", "pps", mean), 0);
	f = open_memstream(&text, &len);
	page_write(&in, NULL, 0, f);
	fclose(f);
	assert_non_null(strstr(text, "class=\"worse\">-10.0 % since result 6"));
	assert_non_null(strstr(text, "a &lt;cpu&gt; &amp; more"));
	assert_null(strstr(text, "<cpu>"));
	free(text);
	for (int i = 0; i < 8; i++)
		json_decref(results[i]);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_messages),
		cmocka_unit_test(test_merge),
		cmocka_unit_test(test_compare),
		cmocka_unit_test(test_conditions),
		cmocka_unit_test(test_export),
		cmocka_unit_test(test_history),
		cmocka_unit_test(test_damaged_values),
		cmocka_unit_test(test_damaged_bytes),
	};

	state = rng_seed(1);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
