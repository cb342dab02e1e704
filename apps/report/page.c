/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */

/*
 * Writes a report as one HTML page: the plots, tables of metrics and of the comparison with other
 * drivers, and the environment. It needs no other file.
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
	".plots{display:grid;gap:1rem;grid-template-columns:repeat(auto-fill,minmax(min(100%,24rem),"
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
	"tr.of th{padding-top:.9rem;font-weight:600;color:var(--soft);background:none}\n"
	".dense{font-size:.8rem}.dense th,.dense td{padding:.2rem .45rem}.dense th{white-space:normal}\n"
	"small{color:var(--soft)}dl.who{margin-top:.8rem}\n"
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

	fputs("<h2>Environment</h2>\n<dl>\n", f);
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

/*
 * The last change in a metric's history: the newest group's mean relative to that of the previous
 * group.
 */
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
	char shown[64];
	double *v;
	const size_t n = result_samples(metric, &v);
	const double median = stat_median(v, n);

	if (n != 0) {
		result_value(median, text_of(metric, "unit"), shown, sizeof(shown));
		fputs("<tr><td>", f);
		text(name, f);
		fputs("</td><td class=\"n\">", f);
		text(shown, f);
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
	      "<tr><th>metric</th><th class=\"n\">median</th>"
	      "<th class=\"n\">deviation</th><th class=\"n\">samples</th>",
		f);
	fputs(in->n > 1 ? "<th>last jump</th></tr>\n" : "</tr>\n", f);
	json_array_foreach(list, i, r)
	{
		if (json_object_size(json_object_get(r, "metrics")) == 0)
			continue;
		fprintf(f, "<tr class=\"of\"><th colspan=\"%d\">", in->n > 1 ? 5 : 4);
		text(text_of(r, "name"), f);
		fputs("</th></tr>\n", f);
		json_object_foreach(json_object_get(r, "metrics"), name, m)
			metric_row(in, r, name, m, f);
	}
	fputs("</table></div>\n", f);
}

/* --- peers --- */

/* The table's header: the names in a point's object, in their order. */
static void
peers_head(const json_t *point, FILE *f)
{
	const char *name;
	json_t *j, *cycles = json_object_get(point, "cycles_per_packet");
	json_t *ratios = json_object_get(point, "ratios");

	fputs("<tr><th>device</th><th class=\"n\">queues</th><th>offloads</th>"
	      "<th class=\"n\">bytes</th><th class=\"n\">burst</th><th>what</th>",
		f);
	json_object_foreach(cycles, name, j)
	{
		fputs("<th class=\"n\">", f);
		text(name, f);
		fputs("</th>", f);
	}
	json_object_foreach(ratios, name, j)
	{
		fputs("<th class=\"n\">", f);
		text(name, f);
		fputs("</th>", f);
	}
	fputs("</tr>\n", f);
}

static void
peers_row(const json_t *point, const json_t *columns, FILE *f)
{
	static const char *const numbers[] = {"size", "burst"};
	const json_t *cycles = json_object_get(point, "cycles_per_packet");
	const json_t *ratios = json_object_get(point, "ratios");
	const char *name;
	json_t *j;

	fputs("<tr><td>", f);
	text(text_of(point, "device"), f);
	fputs("</td><td class=\"n\">", f);
	value(json_object_get(point, "queues"), f);
	fprintf(f, "</td><td>%s</td>",
		json_is_true(json_object_get(point, "offloads")) ? "checksums" : "");
	for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++) {
		fputs("<td class=\"n\">", f);
		value(json_object_get(point, numbers[i]), f);
		fputs("</td>", f);
	}
	fputs("<td>", f);
	text(text_of(point, "op"), f);
	fputs("</td>", f);
	json_object_foreach(json_object_get(columns, "cycles_per_packet"), name, j)
	{
		const json_t *c = json_object_get(cycles, name);
		const double median = json_number_value(json_object_get(c, "median"));

		fputs("<td class=\"n\">", f);
		if (c != NULL)
			fprintf(f, "%.1f <small>&plusmn;%.1f</small>", median,
				json_number_value(json_object_get(c, "spread")));
		fputs("</td>", f);
	}
	json_object_foreach(json_object_get(columns, "ratios"), name, j)
	{
		const json_t *v = json_object_get(ratios, name);

		fputs("<td class=\"n\">", f);
		if (json_is_number(v))
			fprintf(f, "<b>%.2f</b>", json_number_value(v));
		fputs("</td>", f);
	}
	fputs("</tr>\n", f);
}

/* The point with the most columns: some contenders are not measured with every burst size. */
static const json_t *
peers_columns(json_t *points)
{
	const json_t *best = NULL;
	size_t i, most = 0;
	json_t *p;

	json_array_foreach(points, i, p)
	{
		const size_t n = json_object_size(json_object_get(p, "cycles_per_packet"));

		if (n <= most)
			continue;
		most = n;
		best = p;
	}
	return best;
}

static void
peers(const json_t *all, FILE *f)
{
	json_t *points = peers_points(all), *who = json_object_get(all, "contenders"), *j;
	const json_t *columns = peers_columns(points);
	size_t i;

	fputs("<h2>Beside DPDK's drivers: cycles a packet, and ratios</h2>\n"
	      "<p class=\"sub\">Medians, and half of the distance between the quartiles.</p>\n"
	      "<div class=\"scroll\"><table class=\"dense\">\n",
		f);
	peers_head(columns, f);
	json_array_foreach(points, i, j) peers_row(j, columns, f);
	fputs("</table></div>\n<dl class=\"who\">\n", f);
	json_array_foreach(who, i, j)
	{
		fputs("<dt>", f);
		text(text_of(j, "name"), f);
		fputs("</dt><dd>", f);
		text(text_of(j, "what"), f);
		fputs("</dd>\n", f);
	}
	fputs("</dl>\n", f);
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
	const json_t *newest = in->n != 0 ? in->results[in->n - 1] : in->peers;
	const json_t *env = json_object_get(newest, "environment");

	fputs(head, f);
	fputs("<h1>Syncline performance</h1>\n<p class=\"sub\">", f);
	if (in->n != 0) {
		text(text_of(env, "git"), f);
		fputs(", ", f);
		text(text_of(env, "time"), f);
		fputs(", ", f);
	}
	text(text_of(env, "cpu"), f);
	fputs("</p>\n<div class=\"plots\">\n", f);
	for (size_t i = 0; i < nb_drawn; i++) {
		fprintf(f, "<figure id=\"%s\"><figcaption><h2>%s</h2><p>%s</p></figcaption>\n",
			drawn[i].plot->id, drawn[i].plot->title, drawn[i].plot->caption);
		fputs(drawn[i].svg, f);
		fputs("</figure>\n", f);
	}
	fputs("</div>\n", f);
	if (in->n != 0)
		files(in, f);
	environment(newest, f);
	if (in->peers != NULL)
		peers(in->peers, f);
	/* The longest table is last. */
	if (in->n != 0)
		metrics(in, f);
	fputs("</main>\n</body>\n</html>\n", f);
}
