/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */

/*
 * Makes the gnuplot scripts of a report's plots: rates, latency, loss, cycles, cost of coherency,
 * history and scaling. gnuplot.c draws them; plots of the comparison with other drivers are in
 * plot_peers.c.
 */

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "mdl.h"
#include "plot.h"
#include "result.h"
#include "stats.h"

/* Colours that are distinguishable on white and on black. */
static const char *const colours[] = {
	"#3b82c4", "#d9772b", "#3f9b5c", "#b0529a", "#9a8a2f", "#6a6fd0", "#c0504d", "#4aa3a2"};

#define COLOURS (sizeof(colours) / sizeof(colours[0]))
#define SERIES_MAX 8
#define POINTS_MAX 512
#define USUAL_BURST 32
/** With more sizes than this, their labels are slanted. */
#define SIZES_LEVEL 6
#define SLANTED "set xtics rotate by -45 left\n"

static const json_t *
newest(const struct plot_input *in)
{
	return in->n != 0 ? in->results[in->n - 1] : NULL;
}

static const char *
text_of(const json_t *in, const char *key)
{
	const char *s = json_string_value(json_object_get(in, key));

	return s != NULL ? s : "";
}

static json_int_t
number_of(const json_t *in, const char *key)
{
	return json_integer_value(json_object_get(in, key));
}

static double
median_of(const json_t *result, const char *metric)
{
	double *v, median = NAN;
	const size_t n =
		result_samples(json_object_get(json_object_get(result, "metrics"), metric), &v);

	if (n != 0)
		median = stat_median(v, n);
	free(v);
	return median;
}

void
plot_styles(FILE *f)
{
	for (size_t i = 0; i < COLOURS; i++)
		fprintf(f, "set linetype %zu lc rgb '%s' lw 2 pt 7 ps 0.6\n", i + 1, colours[i]);
	fprintf(f,
		"set grid ytics lc rgb '#888888' lw 0.5 dt 3\nset border 3\nset xtics nomirror\n"
		"set ytics nomirror\nset key outside top center horizontal noenhanced samplen 1.5"
		" font ',11' maxrows 4\n");
}

/*
 * Write text of a result inside quotes of a script. Characters that are special for gnuplot there
 * (quotes, backquotes, line ends, marks of its enhanced text) are written as '?'.
 */
static void
plot_text(const char *s, FILE *f)
{
	for (; *s != '\0'; s++) {
		const bool plain = (*s >= 'a' && *s <= 'z') || (*s >= 'A' && *s <= 'Z') ||
			(*s >= '0' && *s <= '9') || strchr(" ./,+-_:=()%", *s) != NULL;

		fputc(plain ? *s : '?', f);
	}
}

/* Order sizes by bytes; imix is after all numbers. */
static int
by_size(const void *a, const void *b)
{
	const json_t *x = *(json_t *const *)a, *y = *(json_t *const *)b;
	const char *s = text_of(json_object_get(x, "config"), "size");
	const char *t = text_of(json_object_get(y, "config"), "size");
	const long v = strcmp(s, "imix") == 0 ? 99999 : strtol(s, NULL, 10);
	const long w = strcmp(t, "imix") == 0 ? 99999 : strtol(t, NULL, 10);

	return (v > w) - (v < w);
}

/** Conditions of the results for a plot; 0 or NULL: any. */
struct filter {
	const char *measure, *coherency;
	int flows, burst;
};

/* Results that match, by size. @return number of results, at most @p max. */
static size_t
pick(const json_t *result, const struct filter *w, json_t **out, size_t max)
{
	json_t *list = json_object_get(result, "results"), *r;
	size_t n = 0, i;

	json_array_foreach(list, i, r)
	{
		const json_t *c = json_object_get(r, "config");

		if (n == max || strcmp(text_of(r, "measure"), w->measure) != 0 ||
			(w->coherency != NULL &&
				strcmp(text_of(c, "coherency"), w->coherency) != 0) ||
			(w->flows != 0 && number_of(c, "flows") != w->flows) ||
			(w->burst != 0 && number_of(c, "burst") != w->burst))
			continue;
		out[n++] = r;
	}
	qsort(out, n, sizeof(*out), by_size);
	return n;
}

/* --- bars over sizes --- */

/* Write a value, or gnuplot's word for a missing value. */
static void
value(double v, FILE *f)
{
	if (isnan(v))
		fputs(" NaN", f);
	else
		fprintf(f, " %.6g", v);
}

/** Data of one colour: a metric of results that differ only in size. */
struct series {
	const char *measure, *metric, *word;
	char title[96];
	json_t *of[POINTS_MAX];
	size_t n;
};

/* Title: "full rate", and the conditions that differ from the defaults. */
static void
series_title(const json_t *r, const char *word, char *out, size_t len)
{
	const json_t *c = json_object_get(r, "config");
	const char *mode = text_of(c, "coherency");
	const char *nic = text_of(c, "nic");
	char flows[32] = "", queues[32] = "";

	if (number_of(c, "flows") > 1)
		snprintf(flows, sizeof(flows), ", %d flows", (int)number_of(c, "flows"));
	if (number_of(c, "queues") > 1)
		snprintf(queues, sizeof(queues), ", %d queues", (int)number_of(c, "queues"));
	snprintf(out, len, "%s%s%s%s%.16s%s%.32s%s", word, flows, queues,
		nic[0] != '\0' && strcmp(nic, RESULT_FIRST_NIC) != 0 ? ", " : "",
		strcmp(nic, RESULT_FIRST_NIC) != 0 ? nic : "",
		strcmp(mode, "coherent") != 0 ? ", " : "",
		strcmp(mode, "coherent") != 0 ? mode : "",
		strcmp(text_of(c, "device"), "cabled") == 0 ? ", cabled" : "");
}

/* Add a result to the series with its title, or begin a series. */
static void
series_add(struct series *list, size_t *n, json_t *r, const struct series *kind)
{
	char title[96];
	size_t i;

	series_title(r, kind->word, title, sizeof(title));
	for (i = 0; i < *n && strcmp(list[i].title, title) != 0; i++)
		;
	if (i == *n) {
		if (*n == SERIES_MAX)
			return;
		list[i] = *kind;
		strcpy(list[i].title, title);
		(*n)++;
	}
	if (list[i].n < POINTS_MAX)
		list[i].of[list[i].n++] = r;
}

/* All series of some kinds: a kind is a measure, one of its metrics, and a word for it. */
static size_t
series_of(const json_t *result, const struct series *kinds, size_t nb_kinds, struct series *list)
{
	json_t *r[POINTS_MAX];
	size_t n = 0;

	for (size_t k = 0; k < nb_kinds; k++) {
		const struct filter w = {kinds[k].measure, NULL, 0, USUAL_BURST};
		const size_t found = pick(result, &w, r, POINTS_MAX);

		for (size_t i = 0; i < found; i++)
			series_add(list, &n, r[i], &kinds[k]);
	}
	return n;
}

static double
series_value(const struct series *s, const char *size)
{
	for (size_t i = 0; i < s->n; i++) {
		if (strcmp(text_of(json_object_get(s->of[i], "config"), "size"), size) == 0)
			return median_of(s->of[i], s->metric);
	}
	return NAN;
}

/* Sizes that any of the series has, smallest first. */
static size_t
series_sizes(const struct series *list, size_t n, const char **sizes)
{
	json_t *all[POINTS_MAX];
	size_t nb_all = 0, nb_sizes = 0;

	for (size_t s = 0; s < n; s++) {
		for (size_t i = 0; i < list[s].n && nb_all < POINTS_MAX; i++)
			all[nb_all++] = list[s].of[i];
	}
	qsort(all, nb_all, sizeof(all[0]), by_size);
	for (size_t i = 0; i < nb_all; i++) {
		const char *size = text_of(json_object_get(all[i], "config"), "size");

		if (nb_sizes == 0 || strcmp(sizes[nb_sizes - 1], size) != 0)
			sizes[nb_sizes++] = size;
	}
	return nb_sizes;
}

/* A group of bars for each size, with one bar per series. */
static bool
bars(const json_t *result, const struct series *kinds, size_t nb_kinds, double unit,
	const char *label, FILE *f)
{
	struct series *list = calloc(SERIES_MAX, sizeof(*list));
	const size_t n = list != NULL ? series_of(result, kinds, nb_kinds, list) : 0;
	const char *sizes[POINTS_MAX];
	const size_t nb_sizes = series_sizes(list, n, sizes);

	plot_styles(f);
	fprintf(f, "$d << E\n");
	for (size_t i = 0; i < nb_sizes; i++) {
		fputc('"', f);
		plot_text(sizes[i], f);
		fputc('"', f);
		for (size_t s = 0; s < n; s++)
			value(series_value(&list[s], sizes[i]) / unit, f);
		fputc('\n', f);
	}
	fprintf(f,
		"E\nset style data histograms\nset style histogram clustered gap 1\n"
		"set style fill solid 0.85 noborder\nset yrange [0:*]\nset ylabel '%s'\n"
		"set xlabel 'frame size, bytes with FCS'\n%splot ",
		label, nb_sizes > SIZES_LEVEL ? SLANTED : "");
	for (size_t s = 0; s < n; s++) {
		fprintf(f, "$d using %zu:xtic(1) title '", s + 2);
		plot_text(list[s].title, f);
		fprintf(f, "' lt %zu%s", s + 1, s + 1 < n ? ", " : "\n");
	}
	free(list);
	return n != 0;
}

static bool
script_rate(const struct plot_input *in, FILE *f)
{
	static const struct series kinds[] = {
		{.measure = "mrr", .metric = "pps", .word = "full rate"},
		{.measure = "ndrpdr", .metric = "pdr_pps", .word = "0.5 % loss (PDR)"},
		{.measure = "ndrpdr", .metric = "ndr_pps", .word = "no loss (NDR)"},
	};

	return bars(newest(in), kinds, sizeof(kinds) / sizeof(kinds[0]), 1e6, "Mpps", f);
}

static bool
script_instructions(const struct plot_input *in, FILE *f)
{
	static const struct series kinds[] = {
		{.measure = "instructions", .metric = "rx_instructions", .word = "receive"},
		{.measure = "instructions", .metric = "tx_instructions", .word = "transmit"},
	};

	return bars(
		newest(in), kinds, sizeof(kinds) / sizeof(kinds[0]), 1, "instructions a packet", f);
}

/* --- latency --- */

static int
by_first(const void *a, const void *b)
{
	const double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

/*
 * The histograms of all trials of one goal, as pairs of latency and number of frames, in ascending
 * order of latency.
 */
static size_t
merged_buckets(const json_t *result, const char *goal, double (**out)[2])
{
	json_t *trials = json_object_get(result, "trials"), *t, *b;
	double(*pairs)[2] = NULL;
	size_t n = 0, i, k;

	json_array_foreach(trials, i, t)
	{
		json_t *list = json_object_get(json_object_get(t, "latency_ns"), "buckets");
		double(*more)[2];

		if (strcmp(text_of(t, "goal"), goal) != 0 || json_array_size(list) == 0)
			continue;
		more = realloc(pairs, (n + json_array_size(list)) * sizeof(*pairs));
		if (more == NULL)
			break;
		pairs = more;
		json_array_foreach(list, k, b)
		{
			pairs[n][0] = json_number_value(json_array_get(b, 0));
			pairs[n++][1] = json_number_value(json_array_get(b, 1));
		}
	}
	if (n != 0)
		qsort(pairs, n, sizeof(*pairs), by_first);
	*out = pairs;
	return n;
}

/* One line per latency: the reciprocal of the share of frames with at least that latency. */
static bool
latency_data(const json_t *result, const char *goal, FILE *f)
{
	double(*pairs)[2], total = 0, seen = 0;
	const size_t n = merged_buckets(result, goal, &pairs);

	for (size_t i = 0; i < n; i++)
		total += pairs[i][1];
	fprintf(f, "$%s << E\n", goal);
	for (size_t i = 0; i < n; i++) {
		const double x = total / (total - seen);

		fprintf(f, "%.8g %.8g\n", x, pairs[i][0] / 1e3);
		seen += pairs[i][1];
	}
	if (n != 0)
		fprintf(f, "%.8g %.8g\n", total, pairs[n - 1][0] / 1e3);
	fprintf(f, "E\n");
	free(pairs);
	return total > 0;
}

static bool
script_latency(const struct plot_input *in, FILE *f)
{
	static const char *const goals[] = {"idle", "pdr10", "pdr50", "pdr90"};
	static const char *const titles[] = {
		"nearly idle", "10 % of PDR", "50 % of PDR", "90 % of PDR"};
	const struct filter search = {"ndrpdr", "coherent", 1, 0}, coarse = {"latency", NULL, 0, 0};
	json_t *r[POINTS_MAX];
	size_t n = pick(newest(in), &search, r, POINTS_MAX);
	bool any = false, has[4];

	if (n == 0)
		n = pick(newest(in), &coarse, r, POINTS_MAX);
	if (n == 0)
		return false;
	plot_styles(f);
	for (size_t i = 0; i < 4; i++) {
		has[i] = latency_data(r[0], goals[i], f);
		any |= has[i];
	}
	fprintf(f, "set logscale xy\nset ylabel 'us'\nset xlabel 'percentile of frames, ");
	plot_text(text_of(json_object_get(r[0], "config"), "size"), f);
	fprintf(f,
		" bytes'\nset xtics ('50' 2, '90' 10, '99' 100, '99.9' 1e3, '99.99' 1e4, '99.999' 1e5,"
		" '99.9999' 1e6)\nset xrange [1:*]\nplot ");
	for (size_t i = 0; i < 4; i++) {
		if (has[i])
			fprintf(f, "$%s using 1:2 with steps title '%s' lt %zu, ", goals[i],
				titles[i], i + 1);
	}
	/* The plot command needs an item after its last comma. */
	fprintf(f, "NaN notitle\n");
	return any;
}

/* --- loss --- */

static int
by_load(const void *a, const void *b)
{
	const double x = json_number_value(json_object_get(*(json_t *const *)a, "intended_pps"));
	const double y = json_number_value(json_object_get(*(json_t *const *)b, "intended_pps"));

	return (x > y) - (x < y);
}

static void
loss_data(const json_t *r, size_t series, FILE *f)
{
	json_t *trials = json_object_get(r, "trials"), *t, *list[POINTS_MAX];
	size_t n = 0, i;

	json_array_foreach(trials, i, t)
	{
		if (n < POINTS_MAX && strcmp(text_of(t, "goal"), "loss") == 0)
			list[n++] = t;
	}
	qsort(list, n, sizeof(*list), by_load);
	fprintf(f, "$d%zu << E\n", series);
	for (i = 0; i < n; i++) {
		const double offered = json_number_value(json_object_get(list[i], "offered"));
		const double received = json_number_value(json_object_get(list[i], "received"));

		if (offered > 0)
			fprintf(f, "%.6g %.6g\n",
				json_number_value(json_object_get(list[i], "intended_pps")) / 1e6,
				100 * (1 - received / offered));
	}
	fprintf(f, "E\n");
}

static bool
script_loss(const struct plot_input *in, FILE *f)
{
	const struct filter w = {"loss", NULL, 0, 0};
	json_t *r[SERIES_MAX];
	const size_t n = pick(newest(in), &w, r, SERIES_MAX);

	if (n == 0)
		return false;
	plot_styles(f);
	for (size_t i = 0; i < n; i++)
		loss_data(r[i], i, f);
	fprintf(f,
		"set ylabel 'frames lost, %%'\nset xlabel 'Mpps ordered'\nset yrange [0:*]\n"
		"set xrange [0:*]\nplot ");
	for (size_t i = 0; i < n; i++) {
		fprintf(f, "$d%zu using 1:2 with linespoints title '", i);
		plot_text(text_of(json_object_get(r[i], "config"), "size"), f);
		fprintf(f, " bytes' lt %zu%s", i + 1, i + 1 < n ? ", " : "\n");
	}
	return true;
}

/* --- cycles --- */

static bool
cycles_of(const struct plot_input *in, const char *mode, FILE *f)
{
	const struct filter w = {"cycles", mode, 1, 32};
	json_t *r[POINTS_MAX];
	const size_t n = pick(newest(in), &w, r, POINTS_MAX);

	fprintf(f, "$d << E\n");
	for (size_t i = 0; i < n; i++) {
		fputc('"', f);
		plot_text(text_of(json_object_get(r[i], "config"), "size"), f);
		fputc('"', f);
		value(median_of(r[i], "rx_cycles"), f);
		value(median_of(r[i], "tx_cycles"), f);
		fputc('\n', f);
	}
	fprintf(f, "E\n");
	plot_styles(f);
	fprintf(f,
		"set style data histograms\nset style histogram rowstacked\nset boxwidth 0.7\n"
		"set style fill solid 0.85 noborder\nset yrange [0:*]\n"
		"set ylabel 'cycles a packet'\nset xlabel 'frame size, bytes with FCS'\n%s"
		"plot $d using 2:xtic(1) title 'receive' lt 1, $d using 3 title 'transmit' lt 2\n",
		n > SIZES_LEVEL ? SLANTED : "");
	return n != 0;
}

static bool
script_coherent(const struct plot_input *in, FILE *f)
{
	return cycles_of(in, "coherent", f);
}

static bool
script_explicit(const struct plot_input *in, FILE *f)
{
	return cycles_of(in, "explicit", f);
}

/* --- cost of coherency --- */

static bool
script_price(const struct plot_input *in, FILE *f)
{
	static const struct series kind = {
		.measure = "coherency", .metric = "price_cycles", .word = ""};
	struct series all = kind;
	const struct filter w = {"coherency", NULL, 0, 0};
	const char *sizes[POINTS_MAX];
	size_t n;

	all.n = pick(newest(in), &w, all.of, POINTS_MAX);
	n = series_sizes(&all, 1, sizes);
	n = n < SERIES_MAX ? n : SERIES_MAX;
	if (n == 0)
		return false;
	plot_styles(f);
	for (size_t s = 0; s < n; s++) {
		fprintf(f, "$d%zu << E\n", s);
		for (size_t i = 0; i < all.n; i++) {
			const json_t *c = json_object_get(all.of[i], "config");

			if (strcmp(text_of(c, "size"), sizes[s]) == 0)
				fprintf(f, "%d %.6g\n", (int)number_of(c, "burst"),
					median_of(all.of[i], kind.metric));
		}
		fprintf(f, "E\n");
	}
	fprintf(f,
		"set logscale x 2\nset xlabel 'frames a burst'\nset yrange [0:*]\n"
		"set ylabel 'cycles a packet, explicit less coherent'\nplot ");
	for (size_t s = 0; s < n; s++) {
		fprintf(f, "$d%zu using 1:2 smooth unique with linespoints title '", s);
		plot_text(sizes[s], f);
		fprintf(f, " bytes' lt %zu%s", s + 1, s + 1 < n ? ", " : "\n");
	}
	return true;
}

/* --- history --- */

/*
 * The result with a name in the i-th file. NULL: there is none, or it is of another NIC than the
 * newest one. A result without a NIC's name counts as the same NIC.
 */
static const json_t *
history_result(const struct plot_input *in, size_t i, const char *name)
{
	const json_t *r = result_find(in->results[i], name), *last = result_find(newest(in), name);
	const json_t *nic = json_object_get(json_object_get(r, "config"), "nic");
	const json_t *wanted = json_object_get(json_object_get(last, "config"), "nic");

	return nic == NULL || wanted == NULL || json_equal(nic, wanted) ? r : NULL;
}

/*
 * Sum the samples of one metric in each result that has it, and store the indices of these results.
 */
static size_t
history_points(const struct plot_input *in, const char *result, const char *metric,
	struct mdl_sum *points, size_t *at, double *max)
{
	size_t n = 0;

	*max = 0;
	for (size_t i = 0; i < in->n; i++) {
		const json_t *r = history_result(in, i, result);
		double *v;
		const size_t samples =
			result_samples(json_object_get(json_object_get(r, "metrics"), metric), &v);

		if (samples != 0)
			points[n] = (struct mdl_sum){0};
		for (size_t k = 0; k < samples; k++) {
			mdl_add(&points[n], v[k]);
			*max = fmax(*max, v[k]);
		}
		free(v);
		if (samples != 0)
			at[n++] = i;
	}
	return n;
}

size_t
plot_groups(const struct plot_input *in, const char *result, const char *metric, double *mean)
{
	struct mdl_sum *points = calloc(in->n, sizeof(*points));
	unsigned char *start = calloc(in->n, 1);
	size_t *at = calloc(in->n, sizeof(*at)), n = 0, groups = 0;
	double max = 0;

	for (size_t i = 0; i < in->n; i++)
		mean[i] = NAN;
	if (points != NULL && start != NULL && at != NULL)
		n = history_points(in, result, metric, points, at, &max);
	if (n != 0 && max > 0)
		groups = mdl_group(points, n, max, start);
	for (size_t from = 0; groups != 0 && from < n;) {
		struct mdl_sum sum = {0};
		size_t to = from;

		do
			mdl_merge(&sum, &points[to++]);
		while (to < n && start[to] == 0);
		for (; from < to; from++)
			mean[at[from]] = sum.mean;
	}
	free(points);
	free(start);
	free(at);
	return groups;
}

static bool
in_history(const struct plot_input *in, const char *name, const char *metric)
{
	size_t n = 0;

	for (size_t i = 0; i < in->n; i++) {
		const json_t *r = history_result(in, i, name);

		n += json_object_get(json_object_get(r, "metrics"), metric) != NULL;
	}
	return n >= PLOT_HISTORY_MIN;
}

/* Data of one metric: medians as points, group means as lines, all relative to the first mean. */
static bool
history_data(
	const struct plot_input *in, const char *name, const char *metric, size_t series, FILE *f)
{
	double *mean = calloc(in->n, sizeof(*mean)), first = NAN;
	const size_t groups = mean != NULL ? plot_groups(in, name, metric, mean) : 0;

	fprintf(f, "$d%zu << E\n", series);
	for (size_t i = 0; groups != 0 && i < in->n; i++) {
		const json_t *r = result_find(in->results[i], name);

		if (isnan(mean[i]))
			continue;
		if (isnan(first))
			first = mean[i];
		/* A blank line ends a group's line. */
		if (i != 0 && !isnan(mean[i - 1]) && mean[i - 1] != mean[i])
			fputc('\n', f);
		fprintf(f, "%zu %.6g %.6g\n", i + 1, 100 * median_of(r, metric) / first,
			100 * mean[i] / first);
	}
	fprintf(f, "E\n");
	free(mean);
	return groups != 0;
}

/* True for metrics whose history is drawn: rates, and cycles per packet in total. */
static bool
is_drawn(const char *metric)
{
	return strcmp(metric, "pps") == 0 || strcmp(metric, "pdr_pps") == 0 ||
		strcmp(metric, "cycles") == 0;
}

static bool
script_history(const struct plot_input *in, FILE *f)
{
	json_t *list = json_object_get(newest(in), "results"), *r, *m;
	char titles[PLOT_HISTORY_MAX][160];
	const char *metric;
	size_t n = 0, i;

	plot_styles(f);
	json_array_foreach(list, i, r)
	{
		json_object_foreach(json_object_get(r, "metrics"), metric, m)
		{
			const char *name = text_of(r, "name");

			if (n == PLOT_HISTORY_MAX || !is_drawn(metric) ||
				!in_history(in, name, metric))
				continue;
			if (!history_data(in, name, metric, n, f))
				continue;
			snprintf(titles[n++], sizeof(titles[0]), "%s %s", name, metric);
		}
	}
	fprintf(f,
		"set ylabel '%% of the first group'\nset xlabel 'result, in the order of time'\n"
		"set xrange [0.5:%zu.5]\nset key outside top center vertical maxrows 6 Left reverse\n"
		"set xtics 1\nplot ",
		in->n);
	for (i = 0; i < n; i++) {
		fprintf(f, "$d%zu using 1:2 with points title '", i);
		plot_text(titles[i], f);
		fprintf(f, "' lt %zu, $d%zu using 1:3 with lines notitle lt %zu%s", i + 1, i, i + 1,
			i + 1 < n ? ", " : "\n");
	}
	return n != 0;
}

/* --- scaling --- */

static bool
script_scaling(const struct plot_input *in, FILE *f)
{
	const struct filter w = {"scaling", NULL, 0, 0};
	json_t *r[POINTS_MAX];
	const size_t n = pick(newest(in), &w, r, POINTS_MAX);

	if (n == 0)
		return false;
	plot_styles(f);
	fprintf(f, "$d << E\n");
	for (size_t i = 0; i < n; i++) {
		const json_t *c = json_object_get(r[i], "config");

		fprintf(f, "\"%d queue%s\\n%d lcore%s\" %.6g\n", (int)number_of(c, "queues"),
			number_of(c, "queues") == 1 ? "" : "s", (int)number_of(c, "cores"),
			number_of(c, "cores") == 1 ? "" : "s", median_of(r[i], "pps") / 1e6);
	}
	fprintf(f,
		"E\nset style data histograms\nset style fill solid 0.85 noborder\n"
		"set yrange [0:*]\nset bmargin 4\nset ylabel 'Mpps'\nplot $d using 2:xtic(1) notitle lt 1\n");
	return true;
}

const struct plot plots[] = {
	{"rate", "Rate over frame size",
		"Received at full speed, and the highest rates that a search finds.", script_rate},
	{"latency", "Latency",
		"How long the slowest frames took: at 99, one in a hundred took longer than that.",
		script_latency},
	{"loss", "Loss over rate", "Frames that did not arrive, of those offered.", script_loss},
	{"cycles", "Cycles a packet, coherent",
		"The driver alone, by phase, bursts of 32; the device's own work is not in it.",
		script_coherent},
	{"explicit", "Cycles a packet, explicit", "The same with cache maintenance.",
		script_explicit},
	{"instructions", "Instructions a packet",
		"Counted by callgrind: the same in every run, on every machine of this kind.",
		script_instructions},
	{"price", "Price of coherency", "What cache maintenance adds, by size and burst.",
		script_price},
	{"scaling", "Queues and lcores", "Received at full speed.", script_scaling},
	{"peers", "Beside DPDK's drivers",
		"Cycles a packet, received and sent, bursts of 32, one queue, the device on the same core:"
		" less is better. floor: a bare loop over the same memory.",
		plot_script_peers},
	{"ratios", "Ratios to DPDK's drivers",
		"Our coherent mode over each, 64 bytes received and sent, by burst: below 1 ours takes"
		" less.",
		plot_script_ratios},
	{"history", "History",
		"Points are results, lines the groups that take the fewest bits to tell: where a"
		" line ends and another begins, something changed.",
		script_history},
};

const size_t nb_plots = sizeof(plots) / sizeof(plots[0]);
