/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */

/*
 * Compares two results metric by metric (verdict.c), notes conditions that differ, and prints the
 * table as text or JSON.
 */

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/param.h>

#include "commands.h"
#include "compare.h"
#include "result.h"

/* Counts of instructions do not vary from run to run. */
static bool
is_exact(const char *unit)
{
	return strcmp(unit, "instructions/packet") == 0;
}

/*
 * Units that are judged by default. Other metrics are only shown, since on most machines they vary
 * too much.
 */
static bool
is_judged(const char *unit)
{
	return strcmp(unit, "packets/s") == 0 || strcmp(unit, "cycles/packet") == 0 ||
		is_exact(unit);
}

/** Conditions of a run other than the code. */
static const struct {
	const char *name;
	const char *key;    /**< key in the environment */
	const char *within; /**< key in that object; NULL: the whole object */
	bool counts;	    /**< it changes the number of instructions */
} conditions[] = {
	{"hugepages", "hugepages", "used", false},
	{"cpu", "cpu", NULL, true},
	{"machine", "machine", NULL, true},
	{"dpdk", "dpdk", NULL, true},
	{"cpus", "cpus", NULL, false},
	{"governor", "governor", NULL, false},
	{"microcode", "microcode", NULL, false},
	{"kernel", "kernel", NULL, false},
	{"numa_nodes", "numa_nodes", NULL, false},
	{"cpus_isolated", "cpus_isolated", NULL, false},
	{"cpus_used", "cpus_used", NULL, false},
	{"nice", "nice", NULL, false},
};

#define CONDITIONS (sizeof(conditions) / sizeof(conditions[0]))

static const json_t *
condition_of(const json_t *result, size_t i)
{
	const json_t *j =
		json_object_get(json_object_get(result, "environment"), conditions[i].key);

	return conditions[i].within != NULL ? json_object_get(j, conditions[i].within) : j;
}

/* True if both values are known and differ. null: the machine does not report the value. */
static bool
differ(const json_t *base, const json_t *now)
{
	return base != NULL && now != NULL && !json_is_null(base) && !json_is_null(now) &&
		!json_equal(base, now);
}

static void
add_word(char *list, const char *word)
{
	const size_t at = strlen(list);

	snprintf(list + at, COMPARE_DIFFERS_LEN - at, "%s%s", at != 0 ? ", " : "", word);
}

/*
 * List the conditions that differ between two results of the same name. A condition that one of
 * them does not have counts as equal. Burst paths are not compared: the driver chooses them.
 */
static void
list_differing(const json_t *base, const json_t *now, json_t *base_config, const json_t *now_config,
	bool exact, char *out)
{
	const char *key;
	json_t *v;

	out[0] = '\0';
	for (size_t i = 0; i < CONDITIONS; i++) {
		if ((!exact || conditions[i].counts) &&
			differ(condition_of(base, i), condition_of(now, i)))
			add_word(out, conditions[i].name);
	}
	json_object_foreach(base_config, key, v)
	{
		if (differ(v, json_object_get(now_config, key)) && strcmp(key, "rx_path") != 0 &&
			strcmp(key, "tx_path") != 0)
			add_word(out, key);
	}
}

static int
add_row(struct compare_table *t, const struct compare_row *row)
{
	struct compare_row *rows = realloc(t->rows, (t->n + 1) * sizeof(*rows));

	if (rows == NULL)
		return -ENOMEM;
	t->rows = rows;
	t->rows[t->n++] = *row;
	if (row->judged)
		t->verdicts[row->c.verdict]++;
	t->doubtful +=
		row->judged && row->c.verdict == VERDICT_REGRESSION && row->differs[0] != '\0';
	return 0;
}

static int
compare_metric(struct compare_row row, const json_t *base, const json_t *now,
	const struct compare_rules *rules, struct compare_table *t)
{
	struct verdict_rules v = rules->verdict;
	double *b = NULL, *n = NULL;
	size_t nb, nn;
	int rc;

	if (rules->only != NULL && strstr(row.name, rules->only) == NULL)
		return 0;
	row.judged = rules->all || is_judged(row.unit);
	v.more_is_good = result_more_is_good(base);
	v.exact = is_exact(row.unit);
	/* All samples of one process count as one sample. */
	nb = result_samples(base, &b);
	nn = result_samples(now, &n);
	rc = b == NULL || n == NULL ? -ENOMEM : verdict_compare(b, nb, n, nn, &v, &row.c);
	if (rc == 0 && !v.exact && (result_processes(base) < 2 || result_processes(now) < 2))
		row.c.verdict = VERDICT_TOO_FEW;
	free(b);
	free(n);
	return rc == 0 ? add_row(t, &row) : rc;
}

/** Two runs, and one result of each with the same name. */
struct both {
	const json_t *base, *now;
	const json_t *base_result, *now_result;
};

static int
compare_result(const struct both *both, const struct compare_rules *rules, struct compare_table *t)
{
	json_t *metrics = json_object_get(both->base_result, "metrics"), *m;
	json_t *others = json_object_get(both->now_result, "metrics");
	struct compare_row row = {.name = ""};
	const char *metric;
	int rc = 0;

	json_object_foreach(metrics, metric, m)
	{
		const json_t *other = json_object_get(others, metric);

		snprintf(row.name, sizeof(row.name), "%s %s",
			json_string_value(json_object_get(both->base_result, "name")), metric);
		row.unit = json_string_value(json_object_get(m, "unit"));
		list_differing(both->base, both->now, json_object_get(both->base_result, "config"),
			json_object_get(both->now_result, "config"), is_exact(row.unit),
			row.differs);
		if (other == NULL)
			t->only_base++;
		else if (rc == 0)
			rc = compare_metric(row, m, other, rules, t);
	}
	json_object_foreach(others, metric, m) t->only_now +=
		json_object_get(metrics, metric) == NULL;
	return rc;
}

int
compare_results(const json_t *base, const json_t *now, const struct compare_rules *rules,
	struct compare_table *out)
{
	json_t *list = json_object_get(base, "results"), *r;
	struct compare_table t = {0};
	size_t i;
	int rc = 0;

	json_array_foreach(list, i, r)
	{
		const char *name = json_string_value(json_object_get(r, "name"));
		const json_t *other = result_find(now, name);

		if (other == NULL)
			t.only_base += json_object_size(json_object_get(r, "metrics"));
		else if (rc == 0)
			rc = compare_result(&(struct both){base, now, r, other}, rules, &t);
	}
	list = json_object_get(now, "results");
	json_array_foreach(list, i, r)
	{
		if (result_find(base, json_string_value(json_object_get(r, "name"))) == NULL)
			t.only_now += json_object_size(json_object_get(r, "metrics"));
	}
	if (rc != 0)
		compare_free(&t);
	*out = t;
	return rc;
}

void
compare_free(struct compare_table *t)
{
	free(t->rows);
	*t = (struct compare_table){0};
}

static void
note(FILE *f, const char *what, const json_t *base, const json_t *now)
{
	char *b = base != NULL ? json_dumps(base, JSON_ENCODE_ANY) : NULL;
	char *n = now != NULL ? json_dumps(now, JSON_ENCODE_ANY) : NULL;

	if (!json_equal(base, now))
		fprintf(f, "note: %s differs: %s, then %s\n", what, b != NULL ? b : "none",
			n != NULL ? n : "none");
	free(b);
	free(n);
}

void
compare_notes(const json_t *base, const json_t *now, FILE *f)
{
	json_t *list = json_object_get(base, "results"), *r;
	size_t i;

	for (i = 0; i < CONDITIONS; i++)
		note(f, conditions[i].name, condition_of(base, i), condition_of(now, i));
	json_array_foreach(list, i, r)
	{
		const char *name = json_string_value(json_object_get(r, "name"));
		const json_t *other = result_find(now, name);

		if (other != NULL &&
			!json_equal(json_object_get(r, "config"), json_object_get(other, "config")))
			note(f, name, json_object_get(r, "config"),
				json_object_get(other, "config"));
	}
	if (json_is_true(json_object_get(base, "interrupted")))
		fprintf(f, "note: BASE was interrupted\n");
	if (json_is_true(json_object_get(now, "interrupted")))
		fprintf(f, "note: NEW was interrupted\n");
}

static bool
changed(const struct comparison *c)
{
	return c->verdict == VERDICT_REGRESSION || c->verdict == VERDICT_PROGRESSION;
}

static void
print_row(const struct compare_row *r, int width, FILE *f)
{
	/* The metric's name already contains the counted unit. */
	const char *unit = strcmp(r->unit, "ns") == 0 ? r->unit : "";
	const struct comparison *c = &r->c;
	char base[32], now[32], interval[48] = "";

	result_value(c->base, unit, base, sizeof(base));
	result_value(c->now, unit, now, sizeof(now));
	if (!isnan(c->low))
		snprintf(interval, sizeof(interval), "%.3f..%.3f", c->low, c->high);
	fprintf(f, "%-*s %10s %10s  %6.3f  %-14s %2zu/%-2zu  %s%s%s", width, r->name, base, now,
		c->ratio, interval, c->n_base, c->n_now, r->judged ? "" : "(",
		verdict_name(c->verdict), r->judged ? "" : ")");
	if (c->strays != 0)
		fprintf(f, ", %zu stray", c->strays);
	if (r->differs[0] != '\0' && changed(c))
		fprintf(f, ", under other conditions: %s", r->differs);
	fputc('\n', f);
}

void
compare_print(const struct compare_table *t, FILE *f)
{
	int width = 0;

	for (size_t i = 0; i < t->n; i++)
		width = MAX(width, (int)strlen(t->rows[i].name));
	fprintf(f, "%-*s %10s %10s  %6s  %-14s %-5s  %s\n", width, "", "base", "new", "ratio",
		"95 %", "n", "verdict");
	for (size_t i = 0; i < t->n; i++)
		print_row(&t->rows[i], width, f);
	if (t->only_base + t->only_now != 0)
		fprintf(f, "metrics that only one has: base %zu, new %zu\n", t->only_base,
			t->only_now);
	fprintf(f, "%u regression, %u progression, %u same, %u with not enough samples\n",
		t->verdicts[VERDICT_REGRESSION], t->verdicts[VERDICT_PROGRESSION],
		t->verdicts[VERDICT_SAME], t->verdicts[VERDICT_TOO_FEW]);
	if (t->doubtful != 0)
		fprintf(f,
			"%u of the regressions may be of the conditions that differ (notes above), and"
			" not of the code: measure both under the same, or with --against\n",
			t->doubtful);
}

static json_t *
real_or_null(double v)
{
	return isfinite(v) ? json_real(v) : json_null();
}

json_t *
compare_json(const struct compare_table *t, const json_t *base, const json_t *now)
{
	json_t *rows = json_array();

	for (size_t i = 0; i < t->n; i++) {
		const struct compare_row *r = &t->rows[i];

		json_array_append_new(rows,
			json_pack(
				"{s:s, s:s, s:b, s:s, s:f, s:f, s:o, s:o, s:o, s:f, s:I, s:I, s:I,"
				" s:b, s:s}",
				"name", r->name, "unit", r->unit, "judged", r->judged, "verdict",
				verdict_name(r->c.verdict), "base", r->c.base, "new", r->c.now,
				"ratio", real_or_null(r->c.ratio), "low", real_or_null(r->c.low),
				"high", real_or_null(r->c.high), "bits_saved", r->c.bits_saved,
				"samples_base", (json_int_t)r->c.n_base, "samples_new",
				(json_int_t)r->c.n_now, "strays", (json_int_t)r->c.strays, "paired",
				r->c.paired, "conditions_differ", r->differs));
	}
	return json_pack("{s:i, s:s, s:s, s:O, s:O, s:i, s:o}", "schema", RESULT_SCHEMA, "program",
		"sl-perf compare", "version", SL_VERSION, "base",
		json_object_get(base, "environment"), "new", json_object_get(now, "environment"),
		"exit_code", compare_exit_code(t), "rows", rows);
}

int
compare_exit_code(const struct compare_table *t)
{
	if (t->verdicts[VERDICT_REGRESSION] > t->doubtful)
		return EXIT_CODE_REGRESSION;
	if (t->doubtful != 0)
		return EXIT_CODE_CONDITIONS;
	/* Without any comparison, no metric was shown to be the same. */
	if (t->verdicts[VERDICT_TOO_FEW] != 0 ||
		t->verdicts[VERDICT_SAME] + t->verdicts[VERDICT_PROGRESSION] == 0)
		return EXIT_CODE_TOO_FEW;
	return EXIT_CODE_OK;
}
