/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "page.h"
#include "result.h"
#include "stats.h"

static const char head[] =
	"<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
	"<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
	"<meta name=\"color-scheme\" content=\"light dark\">\n<title>sl-perf report</title>\n"
	"<style>\n"
	":root{color-scheme:light dark;--paper:#fff;--ink:#1c1f24;--soft:#5b6470;--line:#d9dde3;"
	"--card:#f6f7f9;--bad:#b3261e;--good:#1d7a3e}\n"
	"@media (prefers-color-scheme:dark){:root{--paper:#14171b;--ink:#e6e9ee;--soft:#9aa4b1;"
	"--line:#333a44;--card:#1c2127;--bad:#ff8a80;--good:#7fd69b}}\n"
	"body{margin:0;background:var(--paper);color:var(--ink);"
	"font:16px/1.5 system-ui,sans-serif}\n"
	"main{max-width:84rem;margin:0 auto;padding:1.25rem}\n"
	"h1{font-size:1.5rem;margin:0}h2{font-size:1.1rem;margin:2rem 0 .5rem}\n"
	".sub{color:var(--soft);margin:.2rem 0 1rem}\n"
	".plots{display:grid;gap:1rem;grid-template-columns:repeat(auto-fit,minmax(min(100%,30rem),"
	"1fr))}\n"
	"figure{margin:0;padding:1rem;background:var(--card);border:1px solid var(--line);"
	"border-radius:.5rem;min-width:0}\n"
	"figcaption h2{margin:0}figcaption p{margin:.1rem 0 .6rem;color:var(--soft);font-size:.9rem}"
	"\nsvg{width:100%;height:auto;display:block;color:var(--ink)}\n"
	".scroll{overflow-x:auto;border:1px solid var(--line);border-radius:.5rem}\n"
	"table{border-collapse:collapse;width:100%;font-size:.9rem;"
	"font-variant-numeric:tabular-nums}\n"
	"th,td{padding:.3rem .7rem;text-align:left;border-bottom:1px solid var(--line);"
	"white-space:nowrap}\n"
	"th{background:var(--card)}tr:last-child td{border-bottom:0}\n"
	"td.n,th.n{text-align:right}.worse{color:var(--bad)}.better{color:var(--good)}\n"
	"dl{display:grid;grid-template-columns:max-content minmax(0,1fr);gap:.2rem 1rem;"
	"font-size:.9rem;margin:0}dt{color:var(--soft)}"
	"dd{margin:0;overflow-wrap:anywhere}\n"
	"</style>\n</head>\n<body>\n<main>\n";

static void
text(const char *s, FILE *f)
{
	for (; *s != '\0'; s++) {
		switch (*s) {
		case '<':
			fputs("&lt;", f);
			break;
		case '>':
			fputs("&gt;", f);
			break;
		case '&':
			fputs("&amp;", f);
			break;
		case '"':
			fputs("&quot;", f);
			break;
		default:
			fputc(*s, f);
		}
	}
}

static const char *
text_of(const json_t *in, const char *key)
{
	const char *s = json_string_value(json_object_get(in, key));

	return s != NULL ? s : "";
}

static void
value(const json_t *j, FILE *f)
{
	char *dump;

	if (json_is_string(j) && json_string_length(j) == 0) {
		fputs("none", f);
		return;
	}
	if (json_is_string(j)) {
		text(json_string_value(j), f);
		return;
	}
	if (j == NULL || json_is_null(j)) {
		fputs("not told", f);
		return;
	}
	dump = json_dumps(j, JSON_ENCODE_ANY | JSON_REAL_PRECISION(6));
	text(dump != NULL ? dump : "", f);
	free(dump);
}

static void
environment(const json_t *result, FILE *f)
{
	json_t *env = json_object_get(result, "environment"), *j;
	const char *key;

	fputs("<h2>Environment of the newest result</h2>\n<dl>\n", f);
	json_object_foreach(env, key, j)
	{
		fputs("<dt>", f);
		text(key, f);
		fputs("</dt><dd>", f);
		value(j, f);
		fputs("</dd>\n", f);
	}
	fputs("</dl>\n", f);
}

static void
number(double v, FILE *f)
{
	static const char *const prefixes[] = {"", " k", " M", " G"};
	size_t i = 0;

	while (fabs(v) >= 9999.5 && i < 3) {
		v /= 1000;
		i++;
	}
	fprintf(f, "%.4g%s", v, prefixes[i]);
}

/* The last step of a metric's history: how far the newest group is from the one before. */
static void
step_cell(const struct plot_input *in, const char *name, const char *metric, bool more_is_good,
	FILE *f)
{
	double *mean = calloc(in->n, sizeof(*mean)), before = NAN;
	size_t i = in->n - 1;

	if (mean != NULL && plot_groups(in, name, metric, mean) > 1) {
		while (i > 0 && (isnan(mean[i]) || mean[i] == mean[in->n - 1]))
			i--;
		before = mean[i];
	}
	if (isnan(before) || !(before > 0) || before == mean[in->n - 1]) {
		fputs("<td></td>", f);
	} else {
		const double ratio = mean[in->n - 1] / before;

		fprintf(f, "<td class=\"%s\">%+.1f %% since result %zu</td>",
			(ratio > 1) == more_is_good ? "better" : "worse", 100 * (ratio - 1), i + 2);
	}
	free(mean);
}

static void
metric_row(const struct plot_input *in, const json_t *r, const char *name, const json_t *metric,
	FILE *f)
{
	double *v;
	const size_t n = result_samples(metric, &v);
	const double median = stat_median(v, n);

	if (n != 0) {
		fputs("<tr><td>", f);
		text(text_of(r, "name"), f);
		fputs("</td><td>", f);
		text(name, f);
		fputs("</td><td class=\"n\">", f);
		number(median, f);
		fputs("</td><td>", f);
		text(text_of(metric, "unit"), f);
		fputs("</td><td class=\"n\">", f);
		if (n > 1 && median > 0)
			fprintf(f, "%.1f %%", 100 * stat_stdev(v, n) / median);
		fprintf(f, "</td><td class=\"n\">%zu</td>", n);
		if (in->n > 1)
			step_cell(in, text_of(r, "name"), name, result_more_is_good(metric), f);
		fputs("</tr>\n", f);
	}
	free(v);
}

static void
metrics(const struct plot_input *in, FILE *f)
{
	json_t *list = json_object_get(in->results[in->n - 1], "results"), *r, *m;
	const char *name;
	size_t i;

	fputs("<h2>All metrics of the newest result</h2>\n<div class=\"scroll\"><table>\n"
	      "<tr><th>conditions</th><th>metric</th><th class=\"n\">median</th><th>unit</th>"
	      "<th class=\"n\">deviation</th><th class=\"n\">samples</th>",
		f);
	fputs(in->n > 1 ? "<th>last jump</th></tr>\n" : "</tr>\n", f);
	json_array_foreach(list, i, r)
	{
		json_object_foreach(json_object_get(r, "metrics"), name, m)
			metric_row(in, r, name, m, f);
	}
	fputs("</table></div>\n", f);
}

static void
files(const struct plot_input *in, FILE *f)
{
	fputs("<h2>Results</h2>\n<div class=\"scroll\"><table>\n<tr><th class=\"n\">no.</th>"
	      "<th>time</th><th>revision</th><th>DPDK</th><th>note</th></tr>\n",
		f);
	for (size_t i = 0; i < in->n; i++) {
		const json_t *env = json_object_get(in->results[i], "environment");

		fprintf(f, "<tr><td class=\"n\">%zu</td><td>", i + 1);
		text(text_of(env, "time"), f);
		fputs("</td><td>", f);
		text(text_of(env, "git"), f);
		fputs("</td><td>", f);
		text(text_of(env, "dpdk"), f);
		fprintf(f, "</td><td>%s</td></tr>\n",
			json_is_true(json_object_get(in->results[i], "interrupted")) ?
				"interrupted" :
				"");
	}
	fputs("</table></div>\n", f);
}

void
page_write(const struct plot_input *in, const struct page_plot *drawn, size_t nb_drawn, FILE *f)
{
	const json_t *env = json_object_get(in->results[in->n - 1], "environment");

	fputs(head, f);
	fputs("<h1>Syncline performance</h1>\n<p class=\"sub\">", f);
	text(text_of(env, "git"), f);
	fputs(", ", f);
	text(text_of(env, "time"), f);
	fputs(", ", f);
	text(text_of(env, "cpu"), f);
	fputs("</p>\n<div class=\"plots\">\n", f);
	for (size_t i = 0; i < nb_drawn; i++) {
		fprintf(f, "<figure id=\"%s\"><figcaption><h2>%s</h2><p>%s</p></figcaption>\n",
			drawn[i].plot->id, drawn[i].plot->title, drawn[i].plot->caption);
		fputs(drawn[i].svg, f);
		fputs("</figure>\n", f);
	}
	fputs("</div>\n", f);
	metrics(in, f);
	files(in, f);
	environment(in->results[in->n - 1], f);
	fputs("</main>\n</body>\n</html>\n", f);
}
