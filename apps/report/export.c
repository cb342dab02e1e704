/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */

/*
 * A result in the formats of other programs: CSV, OpenMetrics, InfluxDB line protocol, quoted as
 * each format requires.
 */

#include <inttypes.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "export.h"
#include "result.h"
#include "stats.h"

#define NS_PER_S INT64_C(1000000000)

export_fn
export_form(const char *name)
{
	static const struct {
		const char *name;
		export_fn fn;
	} forms[] = {
		{"csv", export_csv},
		{"openmetrics", export_openmetrics},
		{"influx", export_influx},
	};

	for (size_t i = 0; i < sizeof(forms) / sizeof(forms[0]); i++) {
		if (strcmp(forms[i].name, name) == 0)
			return forms[i].fn;
	}
	return NULL;
}

static const char *
text_of(const json_t *in, const char *key)
{
	const char *s = json_string_value(json_object_get(in, key));

	return s != NULL ? s : "";
}

/* Time at which the run began, in seconds since 1970; 0: unknown. */
static time_t
time_of(const json_t *result)
{
	struct tm tm = {0};
	const char *text = text_of(json_object_get(result, "environment"), "time");

	return strptime(text, "%Y-%m-%dT%H:%M:%SZ", &tm) != NULL ? timegm(&tm) : 0;
}

/* Conditions that identify a series, in all formats. */
static const char *const labels[] = {"size", "flows", "queues", "cores", "burst", "coherency",
	"device", "nic", "rx_path", "tx_path"};

#define LABELS (sizeof(labels) / sizeof(labels[0]))

#define NUMBER_LEN 32

/* Text of a label. @param number buffer for the text of a number */
static const char *
label_text(const json_t *config, const char *label, char number[NUMBER_LEN])
{
	const json_t *j = json_object_get(config, label);

	if (json_is_string(j))
		return json_string_value(j);
	/* Older results of real ports do not have this condition. */
	if (j == NULL)
		return "unknown";
	snprintf(number, NUMBER_LEN, "%" JSON_INTEGER_FORMAT, json_integer_value(j));
	return number;
}

/* True for control characters, which no format allows. */
static bool
is_control(char c)
{
	return (unsigned char)c < 0x20 || c == 0x7f;
}

/* --- csv (RFC 4180) --- */

/* Text that a spreadsheet would interpret as a formula is prefixed with a quote. */
static void
csv_field(const char *s, FILE *f)
{
	const char *const lead = strchr("=+-@\t\r", s[0]) != NULL && s[0] != '\0' ? "'" : "";

	if (strpbrk(s, ",\"\r\n") == NULL) {
		fprintf(f, "%s%s", lead, s);
		return;
	}
	fprintf(f, "\"%s", lead);
	for (; *s != '\0'; s++) {
		if (*s == '"')
			fputc('"', f);
		fputc(*s, f);
	}
	fputc('"', f);
}

static void
csv_metric(const json_t *result, const json_t *r, const char *name, const json_t *metric, FILE *f)
{
	json_t *samples = json_object_get(metric, "samples"), *list, *v;
	const json_t *env = json_object_get(result, "environment");
	char number[NUMBER_LEN];
	size_t i, k;

	json_array_foreach(samples, i, list)
	{
		json_array_foreach(list, k, v)
		{
			csv_field(text_of(env, "time"), f);
			fputc(',', f);
			csv_field(text_of(env, "git"), f);
			fputc(',', f);
			csv_field(text_of(r, "measure"), f);
			for (size_t l = 0; l < LABELS; l++) {
				fputc(',', f);
				csv_field(
					label_text(json_object_get(r, "config"), labels[l], number),
					f);
			}
			fputc(',', f);
			csv_field(name, f);
			fputc(',', f);
			csv_field(text_of(metric, "unit"), f);
			fprintf(f, ",%zu,%zu,%.10g\r\n", i, k, json_number_value(v));
		}
	}
}

void
export_csv(const json_t *result, FILE *f)
{
	json_t *list = json_object_get(result, "results"), *r, *m;
	const char *name;
	size_t i;

	fputs("time,git,measure", f);
	for (size_t l = 0; l < LABELS; l++)
		fprintf(f, ",%s", labels[l]);
	fputs(",metric,unit,process,sample,value\r\n", f);
	json_array_foreach(list, i, r)
	{
		json_object_foreach(json_object_get(r, "metrics"), name, m)
			csv_metric(result, r, name, m, f);
	}
}

/* --- OpenMetrics --- */

/* Escape a label's value or a HELP text. */
static void
escaped(const char *s, FILE *f)
{
	for (; *s != '\0'; s++) {
		if (*s == '\n') {
			fputs("\\n", f);
			continue;
		}
		if (*s == '"' || *s == '\\')
			fputc('\\', f);
		fputc(is_control(*s) ? ' ' : *s, f);
	}
}

static void
quoted(const char *s, FILE *f)
{
	fputc('"', f);
	escaped(s, f);
	fputc('"', f);
}

/*
 * Replace all characters but letters, digits and underscores, which every format allows in names.
 */
static void
plain_name(const char *s, FILE *f)
{
	for (; *s != '\0'; s++)
		fputc((*s >= 'a' && *s <= 'z') || (*s >= 'A' && *s <= 'Z') ||
					(*s >= '0' && *s <= '9') ?
				*s :
				'_',
			f);
}

static double
median_of(const json_t *metric, size_t *n)
{
	double *v, median;

	*n = result_samples(metric, &v);
	median = stat_median(v, *n);
	free(v);
	return median;
}

static void
gauge(const json_t *result, const json_t *r, const char *name, const json_t *metric, FILE *f)
{
	const json_t *env = json_object_get(result, "environment");
	char number[NUMBER_LEN];
	size_t n;
	const double v = median_of(metric, &n);

	if (n == 0)
		return;
	fputs("sl_perf_", f);
	plain_name(name, f);
	fputs("{measure=", f);
	quoted(text_of(r, "measure"), f);
	for (size_t l = 0; l < LABELS; l++) {
		fprintf(f, ",%s=", labels[l]);
		quoted(label_text(json_object_get(r, "config"), labels[l], number), f);
	}
	fputs(",git=", f);
	quoted(text_of(env, "git"), f);
	fprintf(f, "} %.10g", v);
	if (time_of(result) != 0)
		fprintf(f, " %" PRId64, (int64_t)time_of(result));
	fputc('\n', f);
}

/* Lines of one metric must be adjacent, so all results are searched for each new name. */
void
export_openmetrics(const json_t *result, FILE *f)
{
	json_t *list = json_object_get(result, "results"), *r, *m, *told = json_object();
	json_t *other;
	const char *name;
	size_t i, k;

	json_array_foreach(list, i, r)
	{
		json_object_foreach(json_object_get(r, "metrics"), name, m)
		{
			if (json_object_get(told, name) != NULL)
				continue;
			json_object_set_new(told, name, json_true());
			fputs("# TYPE sl_perf_", f);
			plain_name(name, f);
			fputs(" gauge\n# HELP sl_perf_", f);
			plain_name(name, f);
			fputc(' ', f);
			escaped(text_of(m, "unit"), f);
			fputs(", median of processes\n", f);
			json_array_foreach(list, k, other)
			{
				const json_t *same =
					json_object_get(json_object_get(other, "metrics"), name);

				if (same != NULL)
					gauge(result, other, name, same, f);
			}
		}
	}
	json_decref(told);
	fputs("# EOF\n", f);
}

/* --- InfluxDB line protocol --- */

/* A backslash cannot be written reliably: its meaning depends on the next character. */
static void
tag_text(const char *s, FILE *f)
{
	/* A tag must not be empty. */
	if (s[0] == '\0')
		s = "-";
	for (; *s != '\0'; s++) {
		if (*s == ',' || *s == '=' || *s == ' ')
			fputc('\\', f);
		if (is_control(*s))
			fputs("\\ ", f);
		else
			fputc(*s == '\\' ? '/' : *s, f);
	}
}

static void
influx_tags(const json_t *result, const json_t *r, size_t process, FILE *f)
{
	char number[NUMBER_LEN];

	fputs("sl_perf,measure=", f);
	tag_text(text_of(r, "measure"), f);
	for (size_t l = 0; l < LABELS; l++) {
		fprintf(f, ",%s=", labels[l]);
		tag_text(label_text(json_object_get(r, "config"), labels[l], number), f);
	}
	fputs(",git=", f);
	tag_text(text_of(json_object_get(result, "environment"), "git"), f);
	fprintf(f, ",process=%zu ", process);
}

/* Median of the samples of one process. @return false: it has none. */
static bool
process_median(const json_t *metric, size_t process, double *out)
{
	const json_t *list = json_array_get(json_object_get(metric, "samples"), process);
	const size_t n = json_array_size(list);
	double *v = calloc(n + 1, sizeof(*v));

	for (size_t i = 0; v != NULL && i < n; i++)
		v[i] = json_number_value(json_array_get(list, i));
	if (v != NULL)
		*out = stat_median(v, n);
	free(v);
	return v != NULL && n != 0;
}

static bool
influx_line(const json_t *result, const json_t *r, size_t process, FILE *f)
{
	json_t *metrics = json_object_get(r, "metrics"), *m;
	const int64_t when = time_of(result);
	const char *name, *comma = "";
	bool any = false;
	double v;

	json_object_foreach(metrics, name, m)
	{
		if (!process_median(m, process, &v))
			continue;
		if (!any)
			influx_tags(result, r, process, f);
		any = true;
		fputs(comma, f);
		plain_name(name, f);
		fprintf(f, "=%.10g", v);
		comma = ",";
	}
	if (!any)
		return false;
	/* InfluxDB has nanoseconds in 64 bits: until the year 2262. */
	if (when != 0 && when <= INT64_MAX / NS_PER_S && when >= INT64_MIN / NS_PER_S)
		fprintf(f, " %" PRId64, when * NS_PER_S);
	fputc('\n', f);
	return true;
}

void
export_influx(const json_t *result, FILE *f)
{
	json_t *list = json_object_get(result, "results"), *r;
	size_t i, process;

	json_array_foreach(list, i, r)
	{
		for (process = 0; influx_line(result, r, process, f); process++)
			;
	}
}
