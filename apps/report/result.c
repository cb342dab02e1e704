/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */

/*
 * The result of a run as JSON: make, load, check, merge, save, and print as text. The schema is
 * docs/reference/sl-perf.schema.json.
 */

#include <errno.h>
#include <math.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "outfile.h"
#include "result.h"
#include "stats.h"
#include "stop.h"

#define PROGRAM "sl-perf"
#define PATH_LEN 192
/** The share of time that threads waited for a CPU is shown from this value on. */
#define CPU_WAIT_MUCH 0.001

static int __attribute__((format(printf, 2, 3))) fail(char *why, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(why, RESULT_WHY_LEN, fmt, ap);
	va_end(ap);
	return -EINVAL;
}

static const char *
type_name(const json_t *j)
{
	if (j == NULL)
		return "missing";
	switch (json_typeof(j)) {
	case JSON_OBJECT:
		return "an object";
	case JSON_ARRAY:
		return "an array";
	case JSON_STRING:
		return "a string";
	case JSON_INTEGER:
	case JSON_REAL:
		return "a number";
	case JSON_TRUE:
	case JSON_FALSE:
		return "a boolean";
	case JSON_NULL:
	default:
		return "null";
	}
}

/** File and position of a check, for messages. */
struct place {
	const char *file;
	char path[PATH_LEN];
	char *why;
};

static int
wrong(const struct place *p, const char *key, const json_t *j, const char *wanted)
{
	return fail(p->why,
		"%s: %s%s%s is %s; wanted: %s. The file was changed, or is not of sl-perf:"
		" measure anew with \"sl-perf run --out FILE\"",
		p->file, p->path, p->path[0] != '\0' && key[0] != '\0' ? "." : "", key,
		type_name(j), wanted);
}

static int
need_text(const struct place *p, const json_t *in, const char *key)
{
	const json_t *j = json_object_get(in, key);

	return json_is_string(j) ? 0 : wrong(p, key, j, "a string");
}

static int
need_number(const struct place *p, const json_t *in, const char *key)
{
	const json_t *j = json_object_get(in, key);

	return json_is_number(j) && json_number_value(j) >= 0 ?
		0 :
		wrong(p, key, j, "a number that is not negative");
}

static int
check_samples(struct place *p, const json_t *samples)
{
	size_t i, k;
	json_t *list, *v;

	if (!json_is_array(samples))
		return wrong(p, "samples", samples, "an array, of an array for each process");
	json_array_foreach(samples, i, list)
	{
		if (!json_is_array(list))
			return wrong(p, "samples", list, "an array of numbers for each process");
		json_array_foreach(list, k, v)
		{
			if (!json_is_number(v) || !isfinite(json_number_value(v)))
				return wrong(p, "samples", v, "numbers");
		}
	}
	return 0;
}

/* True for a metric name that every export format allows. */
static bool
is_metric_name(const char *name)
{
	return name[0] != '\0' &&
		name[strspn(name,
			"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_")] == '\0';
}

static int
check_metrics(struct place *p, json_t *metrics)
{
	const char *name, *better;
	json_t *m;
	const size_t len = strlen(p->path);

	if (!json_is_object(metrics))
		return wrong(p, "metrics", metrics, "an object");
	json_object_foreach(metrics, name, m)
	{
		snprintf(p->path + len, sizeof(p->path) - len, ".metrics.%s", name);
		if (!is_metric_name(name))
			return wrong(p, "", m, "named with letters, digits and underscores alone");
		if (!json_is_object(m))
			return wrong(p, "", m, "an object");
		if (need_text(p, m, "unit") != 0 || need_text(p, m, "better") != 0 ||
			check_samples(p, json_object_get(m, "samples")) != 0)
			return -EINVAL;
		better = json_string_value(json_object_get(m, "better"));
		if (strcmp(better, "more") != 0 && strcmp(better, "less") != 0)
			return fail(p->why, "%s: %s.better is '%s'; allowed: more, less", p->file,
				p->path, better);
	}
	p->path[len] = '\0';
	return 0;
}

static int
check_latency(struct place *p, const json_t *l)
{
	static const char *const numbers[] = {
		"count", "min", "mean", "p50", "p90", "p99", "p999", "max"};
	const json_t *buckets = json_object_get(l, "buckets");
	json_t *b;
	size_t i;

	for (i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++) {
		if (need_number(p, l, numbers[i]) != 0)
			return -EINVAL;
	}
	if (!json_is_array(buckets))
		return wrong(p, "buckets", buckets, "an array");
	json_array_foreach(buckets, i, b)
	{
		if (json_array_size(b) != 2 || !json_is_number(json_array_get(b, 0)) ||
			!json_is_number(json_array_get(b, 1)))
			return wrong(p, "buckets", b, "pairs of numbers");
	}
	return 0;
}

static int
check_trials(struct place *p, const json_t *trials)
{
	static const char *const numbers[] = {"intended_pps", "seconds", "offered", "received",
		"skipped", "corrupt", "preempted", "received_pps", "cycles_per_packet"};
	const size_t len = strlen(p->path);
	const json_t *latency;
	size_t i, k;
	json_t *t;

	if (!json_is_array(trials))
		return wrong(p, "trials", trials, "an array");
	json_array_foreach(trials, i, t)
	{
		snprintf(p->path + len, sizeof(p->path) - len, ".trials[%zu]", i);
		if (!json_is_object(t))
			return wrong(p, "", t, "an object");
		if (need_text(p, t, "goal") != 0)
			return -EINVAL;
		for (k = 0; k < sizeof(numbers) / sizeof(numbers[0]); k++) {
			if (need_number(p, t, numbers[k]) != 0)
				return -EINVAL;
		}
		latency = json_object_get(t, "latency_ns");
		if (latency != NULL && check_latency(p, latency) != 0)
			return -EINVAL;
	}
	p->path[len] = '\0';
	return 0;
}

static int
check_config(struct place *p, const json_t *r)
{
	static const char *const texts[] = {"size", "coherency", "device", "rx_path", "tx_path"};
	static const char *const numbers[] = {"flows", "queues", "cores", "burst", "rxd", "txd"};
	const json_t *c = json_object_get(r, "config");
	const size_t len = strlen(p->path);
	size_t i;

	if (!json_is_object(c))
		return wrong(p, "config", c, "an object");
	snprintf(p->path + len, sizeof(p->path) - len, ".config");
	for (i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		if (need_text(p, c, texts[i]) != 0)
			return -EINVAL;
	}
	for (i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++) {
		if (need_number(p, c, numbers[i]) != 0)
			return -EINVAL;
	}
	if (json_object_get(c, "nic") != NULL && need_text(p, c, "nic") != 0)
		return -EINVAL;
	p->path[len] = '\0';
	return 0;
}

static int
check_head(struct place *p, const json_t *j)
{
	const json_t *schema = json_object_get(j, "schema"), *program;

	if (!json_is_object(j))
		return wrong(p, "the file's content", j, "an object");
	program = json_object_get(j, "program");
	if (!json_is_string(program) || strcmp(json_string_value(program), PROGRAM) != 0)
		return fail(p->why,
			"%s: program is %s%s%s; wanted: \"" PROGRAM
			"\". This is no result of sl-perf:"
			" make one with \"sl-perf run --out FILE\"",
			p->file, json_is_string(program) ? "'" : "",
			json_is_string(program) ? json_string_value(program) : type_name(program),
			json_is_string(program) ? "'" : "");
	if (!json_is_integer(schema))
		return wrong(p, "schema", schema, "a whole number");
	if (json_integer_value(schema) != RESULT_SCHEMA)
		return fail(p->why,
			"%s: schema is %" JSON_INTEGER_FORMAT
			"; this sl-perf (%s) reads %d. Use the"
			" sl-perf that wrote it, or measure anew",
			p->file, json_integer_value(schema), SL_VERSION, RESULT_SCHEMA);
	return 0;
}

int
result_check(const json_t *result, const char *file, char why[RESULT_WHY_LEN])
{
	struct place p = {.file = file, .why = why};
	const json_t *list = json_object_get(result, "results");
	size_t i;
	json_t *r;

	if (check_head(&p, result) != 0)
		return -EINVAL;
	if (!json_is_object(json_object_get(result, "environment")))
		return wrong(
			&p, "environment", json_object_get(result, "environment"), "an object");
	if (!json_is_boolean(json_object_get(result, "interrupted")))
		return wrong(
			&p, "interrupted", json_object_get(result, "interrupted"), "true or false");
	if (!json_is_array(list))
		return wrong(&p, "results", list, "an array");
	json_array_foreach(list, i, r)
	{
		snprintf(p.path, sizeof(p.path), "results[%zu]", i);
		if (!json_is_object(r))
			return wrong(&p, "", r, "an object");
		if (need_text(&p, r, "name") != 0 || need_text(&p, r, "measure") != 0 ||
			check_config(&p, r) != 0 ||
			check_metrics(&p, json_object_get(r, "metrics")) != 0 ||
			check_trials(&p, json_object_get(r, "trials")) != 0)
			return -EINVAL;
	}
	return 0;
}

/* Replace control characters, which terminals interpret; those of C1 are two bytes in UTF-8. */
static json_t *
plain_string(const char *from)
{
	char *text = strdup(from), *c;
	json_t *plain;

	if (text == NULL)
		return NULL;
	for (c = text; *c != '\0'; c++) {
		if ((unsigned char)*c < 0x20 || *c == 0x7f)
			*c = '?';
		else if ((unsigned char)c[0] == 0xc2 && (unsigned char)c[1] < 0xa0)
			c[0] = c[1] = '?';
	}
	plain = json_string(text);
	free(text);
	return plain;
}

/* @return the value without control characters: a new reference; NULL: out of memory. */
static json_t *
plain_value(json_t *j)
{
	json_t *out = NULL, *v, *key;
	const char *name;
	size_t i;

	if (json_is_object(j)) {
		out = json_object();
		json_object_foreach(j, name, v)
		{
			key = plain_string(name);
			json_object_set_new(
				out, key != NULL ? json_string_value(key) : "?", plain_value(v));
			json_decref(key);
		}
	} else if (json_is_array(j)) {
		out = json_array();
		json_array_foreach(j, i, v) json_array_append_new(out, plain_value(v));
	} else if (json_is_string(j)) {
		out = plain_string(json_string_value(j));
	} else {
		out = json_incref(j);
	}
	return out;
}

json_t *
result_plain(json_t *j)
{
	json_t *plain = plain_value(j);

	json_decref(j);
	return plain;
}

/*
 * Old results of the software NIC do not name the device, because only the 82576 existed. Name it,
 * so that they are not compared with results of another device.
 */
static void
name_nic(json_t *result)
{
	json_t *list = json_object_get(result, "results"), *r;
	size_t i;

	json_array_foreach(list, i, r)
	{
		json_t *c = json_object_get(r, "config");

		if (json_object_get(c, "nic") == NULL &&
			strcmp(json_string_value(json_object_get(c, "device")), "cabled") != 0)
			json_object_set_new(c, "nic", json_string(RESULT_FIRST_NIC));
	}
}

json_t *
result_load(const char *file, char why[RESULT_WHY_LEN])
{
	json_error_t error;
	json_t *j;

	if (access(file, R_OK) != 0) {
		fail(why, "%s cannot be read (%s)", file, strerror(errno));
		return NULL;
	}
	j = json_load_file(file, JSON_REJECT_DUPLICATES, &error);
	if (j == NULL) {
		fail(why, "%s is no JSON: line %d, column %d: %s", file, error.line, error.column,
			error.text);
		return NULL;
	}
	j = result_plain(j);
	if (result_check(j, file, why) != 0) {
		json_decref(j);
		return NULL;
	}
	name_nic(j);
	return j;
}

int
result_save_text(const char *file, const char *text, size_t len, char why[RESULT_WHY_LEN])
{
	const int rc = outfile_write(file, text, len, stop_count, NULL);

	return rc == 0 ? 0 : fail(why, "%s cannot be written (%s)", file, strerror(-rc));
}

int
result_can_save(const char *file, char why[RESULT_WHY_LEN])
{
	const int rc = file[0] == '\0' ? 0 : outfile_check(file);

	return rc == 0 ? 0 : fail(why, "%s cannot be written (%s)", file, strerror(-rc));
}

int
result_save(const json_t *result, const char *file, char why[RESULT_WHY_LEN])
{
	const size_t flags = JSON_INDENT(1) | JSON_REAL_PRECISION(10);
	char *text;
	int rc;

	if (file[0] == '\0') {
		rc = json_dumpf(result, stdout, flags);
		putchar('\n');
		if (rc != 0 || fflush(stdout) != 0)
			return fail(why, "standard output cannot be written");
		return 0;
	}
	text = json_dumps(result, flags);
	if (text == NULL)
		return fail(why, "%s: no memory for the result", file);
	rc = result_save_text(file, text, strlen(text), why);
	free(text);
	return rc;
}

json_t *
result_new(void)
{
	return json_pack("{s:i, s:s, s:s, s:b, s:{}, s:[]}", "schema", RESULT_SCHEMA, "program",
		PROGRAM, "version", SL_VERSION, "interrupted", 0, "environment", "results");
}

json_t *
result_find(const json_t *result, const char *name)
{
	json_t *list = json_object_get(result, "results"), *r;
	size_t i;

	json_array_foreach(list, i, r)
	{
		const char *s = json_string_value(json_object_get(r, "name"));

		if (s != NULL && strcmp(s, name) == 0)
			return r;
	}
	return NULL;
}

static int
merge_metrics(json_t *into, json_t *from)
{
	const char *name;
	json_t *m, *mine;

	json_object_foreach(from, name, m)
	{
		mine = json_object_get(into, name);
		if (mine == NULL) {
			if (json_object_set_new(into, name, json_deep_copy(m)) != 0)
				return -ENOMEM;
		} else if (json_array_extend(json_object_get(mine, "samples"),
				   json_object_get(m, "samples")) != 0) {
			return -ENOMEM;
		}
	}
	return 0;
}

int
result_merge(json_t *into, const json_t *from)
{
	json_t *list = json_object_get(from, "results"), *r, *mine;
	size_t i;
	int rc = 0;

	if (json_object_size(json_object_get(into, "environment")) == 0)
		json_object_set(into, "environment", json_object_get(from, "environment"));
	if (json_is_true(json_object_get(from, "interrupted")))
		json_object_set_new(into, "interrupted", json_true());
	/* The first process measures everything; later ones omit measures that are made once. */
	if (json_object_get(from, "left_out") != NULL && json_object_get(into, "left_out") == NULL)
		json_object_set(into, "left_out", json_object_get(from, "left_out"));
	json_array_foreach(list, i, r)
	{
		mine = result_find(into, json_string_value(json_object_get(r, "name")));
		if (mine == NULL) {
			rc |= json_array_append_new(
				json_object_get(into, "results"), json_deep_copy(r));
			continue;
		}
		rc |= merge_metrics(
			json_object_get(mine, "metrics"), json_object_get(r, "metrics"));
		rc |= json_array_extend(
			json_object_get(mine, "trials"), json_object_get(r, "trials"));
	}
	return rc != 0 ? -ENOMEM : 0;
}

size_t
result_processes(const json_t *metric)
{
	const json_t *samples = json_object_get(metric, "samples");
	size_t n = 0, i;
	json_t *list;

	json_array_foreach(samples, i, list) n += json_array_size(list) != 0;
	return n;
}

static size_t
numbers_of(const json_t *list, double *out)
{
	const size_t n = json_array_size(list);

	for (size_t i = 0; i < n; i++)
		out[i] = json_number_value(json_array_get(list, i));
	return n;
}

size_t
result_samples(const json_t *metric, double **out)
{
	json_t *samples = json_object_get(metric, "samples"), *list;
	const size_t processes = result_processes(metric);
	size_t i, n = 0, total = 1;
	double *v, *scratch;

	json_array_foreach(samples, i, list) total += json_array_size(list);
	v = calloc(total, sizeof(*v));
	scratch = calloc(total, sizeof(*scratch));
	json_array_foreach(samples, i, list)
	{
		if (v == NULL || scratch == NULL || json_array_size(list) == 0)
			continue;
		if (processes == 1)
			n = numbers_of(list, v);
		else
			v[n++] = stat_median(scratch, numbers_of(list, scratch));
	}
	free(scratch);
	*out = v;
	return n;
}

bool
result_more_is_good(const json_t *metric)
{
	const char *better = json_string_value(json_object_get(metric, "better"));

	return better != NULL && strcmp(better, "more") == 0;
}

void
result_value(double v, const char *unit, char *out, size_t len)
{
	static const char *const prefixes[] = {"", "k", "M", "G"};
	static const char *const times[] = {"ns", "us", "ms", "s"};
	const bool time = strcmp(unit, "ns") == 0;
	size_t i = 0;

	while (fabs(v) >= 9999.5 && i < sizeof(prefixes) / sizeof(prefixes[0]) - 1) {
		v /= 1000;
		i++;
	}
	snprintf(out, len, "%.4g %s%s", v, time ? times[i] : prefixes[i], time ? "" : unit);
}

/* Print the median of the processes, and their spread. */
static void
print_metric(const char *name, const json_t *metric, FILE *f)
{
	const char *unit = json_string_value(json_object_get(metric, "unit"));
	char median[48], deviation[32] = "";
	double *v;
	const size_t n = result_samples(metric, &v);

	result_value(stat_median(v, n), unit, median, sizeof(median));
	if (n > 1 && stat_median(v, n) > 0)
		snprintf(deviation, sizeof(deviation), "+- %.1f %%",
			100 * stat_stdev(v, n) / stat_median(v, n));
	fprintf(f, "  %-18s %-26s %-10s %zu sample%s\n", name, median, deviation, n,
		n == 1 ? "" : "s");
	free(v);
}

/* Loss is not a metric: print it for each load. */
static void
print_losses(const json_t *r, FILE *f)
{
	json_t *trials = json_object_get(r, "trials"), *t;
	char load[32];
	size_t i;

	json_array_foreach(trials, i, t)
	{
		const double offered = json_number_value(json_object_get(t, "offered"));
		const double received = json_number_value(json_object_get(t, "received"));
		const char *goal = json_string_value(json_object_get(t, "goal"));

		if (goal == NULL || strcmp(goal, "loss") != 0)
			continue;
		result_value(json_number_value(json_object_get(t, "intended_pps")), "packets/s",
			load, sizeof(load));
		fprintf(f, "  at %-18s %8.3f %% lost\n", load,
			offered > 0 ? 100 * (1 - received / offered) : 0);
	}
}

/* On a busy machine frames are lost for reasons other than the driver: print the wait for CPUs. */
static void
print_cpu_wait(const json_t *r, FILE *f)
{
	json_t *trials = json_object_get(r, "trials"), *t;
	double waited = 0, seconds = 0;
	size_t i;

	json_array_foreach(trials, i, t)
	{
		waited += json_number_value(json_object_get(t, "cpu_wait_s"));
		seconds += json_number_value(json_object_get(t, "seconds"));
	}
	if (seconds > 0 && waited / seconds >= CPU_WAIT_MUCH)
		fprintf(f,
			"  note: threads waited for a CPU %.1f %% of the time: rates without loss and"
			" latencies say more of the machine than of the driver\n",
			100 * waited / seconds);
}

void
result_print(const json_t *result, FILE *f)
{
	json_t *list = json_object_get(result, "results"), *r, *m;
	const char *name;
	size_t i;

	json_array_foreach(list, i, r)
	{
		const json_t *c = json_object_get(r, "config");

		fprintf(f, "%s  %s, rx %s, tx %s\n", json_string_value(json_object_get(r, "name")),
			json_string_value(json_object_get(c, "nic")),
			json_string_value(json_object_get(c, "rx_path")),
			json_string_value(json_object_get(c, "tx_path")));
		json_object_foreach(json_object_get(r, "metrics"), name, m)
			print_metric(name, m, f);
		print_losses(r, f);
		print_cpu_wait(r, f);
	}
}
