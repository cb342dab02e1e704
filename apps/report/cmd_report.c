/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */

/*
 * sl-perf report: draws the plots of one or more results (plot.c, gnuplot.c)
 * and writes them as an HTML page (page.c) or as pictures.
 */

#include <errno.h>
#include <getopt.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "commands.h"
#include "gnuplot.h"
#include "page.h"
#include "result.h"
#include "say.h"

#define PLOTS_MAX 16

static void
usage(FILE *f)
{
	fprintf(f, "Usage: %s report", program_invocation_short_name);
	fputs(" [FILE...] [--peers PEERS] --out OUT.html [--png FOLDER]\n\n"
	      "One page with plots, of the newest of the results; with three or more also their\n"
	      "history; with what \"./syncline perf peers --json PEERS\" wrote, also that, or that\n"
	      "alone. --png writes each plot as a picture of its own, too.\n",
		f);
}

static int
by_time(const void *a, const void *b)
{
	const json_t *x = json_object_get(*(json_t *const *)a, "environment");
	const json_t *y = json_object_get(*(json_t *const *)b, "environment");
	const char *s = json_string_value(json_object_get(x, "time"));
	const char *t = json_string_value(json_object_get(y, "time"));

	return strcmp(s != NULL ? s : "", t != NULL ? t : "");
}

/* Script of a plot. NULL: no data for it, or out of memory. */
static char *
script_of(const struct plot *p, const struct plot_input *in)
{
	char *script = NULL;
	size_t len;
	FILE *f = open_memstream(&script, &len);
	bool has;

	if (f == NULL)
		return NULL;
	has = p->script(in, f);
	if (fclose(f) == 0 && has)
		return script;
	free(script);
	return NULL;
}

static int
draw_one(const struct plot *p, const char *script, const char *png, char **svg)
{
	char why[GNUPLOT_WHY_LEN], file[1024];

	*svg = gnuplot_svg(script, p->id, why);
	if (*svg == NULL)
		return say_error(EXIT_CODE_SETUP, "report: %s: %s", p->id, why);
	if (png == NULL)
		return 0;
	snprintf(file, sizeof(file), "%s/%s.png", png, p->id);
	if (gnuplot_png(script, file, why) != 0)
		return say_error(EXIT_CODE_SETUP, "report: %s: %s", p->id, why);
	return 0;
}

static int
write_page(const struct plot_input *in, const struct page_plot *drawn, size_t n, const char *out)
{
	char *text = NULL, why[RESULT_WHY_LEN];
	size_t len = 0;
	FILE *f = open_memstream(&text, &len);
	int rc = 0;

	if (f != NULL)
		page_write(in, drawn, n, f);
	if (f == NULL || fclose(f) != 0)
		rc = say_error(EXIT_CODE_SETUP, "report: no memory");
	else if (result_save_text(out, text, len, why) != 0)
		rc = say_error(EXIT_CODE_SETUP, "report: %s", why);
	free(text);
	return rc;
}

static int
report(const struct plot_input *in, const char *out, const char *png)
{
	struct page_plot drawn[PLOTS_MAX];
	char *svgs[PLOTS_MAX] = {NULL};
	char why[RESULT_WHY_LEN];
	size_t n = 0;
	int rc = 0;

	if (result_can_save(out, why) != 0)
		return say_error(EXIT_CODE_SETUP, "report: --out: %s", why);
	if (png != NULL && mkdir(png, 0755) != 0 && errno != EEXIST)
		return say_error(
			EXIT_CODE_SETUP, "report: %s cannot be made (%s)", png, strerror(errno));
	for (size_t i = 0; i < nb_plots && n < PLOTS_MAX && rc == 0; i++) {
		char *script = script_of(&plots[i], in);

		if (script == NULL)
			continue;
		rc = draw_one(&plots[i], script, png, &svgs[n]);
		free(script);
		drawn[n] = (struct page_plot){&plots[i], svgs[n]};
		n += svgs[n] != NULL;
	}
	if (rc == 0)
		rc = write_page(in, drawn, n, out);
	if (rc == 0)
		fprintf(stderr, "%s: %zu plots, %zu results%s\n", out, n, in->n,
			in->peers != NULL ? ", peers" : "");
	for (size_t i = 0; i < PLOTS_MAX; i++)
		free(svgs[i]);
	return rc;
}

/** Command line of report. */
struct report_options {
	const char *out, *png, *peers;
};

/* @return 0; 1: help was printed; negative errno. */
static int
parse(int argc, char **argv, struct report_options *o)
{
	static const struct option longopts[] = {
		{"out", 1, NULL, 'o'},
		{"png", 1, NULL, 'p'},
		{"peers", 1, NULL, 'e'},
		{"help", 0, NULL, 'h'},
		{NULL, 0, NULL, 0},
	};
	int key;

	optind = 0;
	opterr = 0;
	while ((key = getopt_long(argc, argv, ":ho:", longopts, NULL)) != -1) {
		if (key == 'h')
			return 1;
		if (key == 'o')
			o->out = optarg;
		else if (key == 'p')
			o->png = optarg;
		else if (key == 'e')
			o->peers = optarg;
		else
			return say_error(-EINVAL, "report: '%s' %s", argv[optind - 1],
				key == ':' ? "wants a value" : "is not an option");
	}
	if (o->out == NULL || (optind == argc && o->peers == NULL))
		return say_error(-EINVAL, "report: wants --out and at least one file; see --help");
	return 0;
}

static int
load_peers(const char *file, json_t **out)
{
	char why[RESULT_WHY_LEN];
	json_error_t error;

	*out = json_load_file(file, 0, &error);
	if (*out == NULL)
		return say_error(EXIT_CODE_USAGE, "report: %s: %s", file, error.text);
	*out = result_plain(*out);
	if (peers_check(*out, file, why, sizeof(why)) != 0)
		return say_error(EXIT_CODE_USAGE, "report: %s", why);
	return 0;
}

int
cmd_report(int argc, char **argv)
{
	struct report_options o = {0};
	char why[RESULT_WHY_LEN];
	struct plot_input in = {0};
	json_t **results, *peers = NULL;
	int rc = parse(argc, argv, &o);

	if (rc == 1) {
		usage(stdout);
		return EXIT_CODE_OK;
	}
	if (rc != 0)
		return EXIT_CODE_USAGE;
	results = calloc((size_t)(argc - optind) + 1, sizeof(json_t *));
	for (; rc == 0 && results != NULL && optind < argc; optind++) {
		results[in.n] = result_load(argv[optind], why);
		if (results[in.n] == NULL)
			rc = say_error(EXIT_CODE_USAGE, "report: %s", why);
		else
			in.n++;
	}
	in.results = results;
	if (rc == 0 && o.peers != NULL)
		rc = load_peers(o.peers, &peers);
	in.peers = peers;
	if (rc == 0 && (in.n != 0 || peers != NULL)) {
		qsort(results, in.n, sizeof(*results), by_time);
		rc = report(&in, o.out, o.png);
	}
	json_decref(peers);
	for (size_t i = 0; i < in.n; i++)
		json_decref(results[i]);
	free(results);
	return rc;
}
