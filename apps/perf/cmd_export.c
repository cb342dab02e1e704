/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */
#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <string.h>

#include "commands.h"
#include "export.h"
#include "result.h"
#include "say.h"

static void
usage(FILE *f)
{
	fputs("Usage: sl-perf export --format csv|openmetrics|influx [--out OUT] FILE\n\n"
	      "  csv          every sample, a line each\n"
	      "  openmetrics  the median of each metric, as gauges (Prometheus)\n"
	      "  influx       the medians of each process, in InfluxDB's line protocol\n",
		f);
}

static int
write_out(const json_t *result, export_fn form, const char *out)
{
	FILE *f = out != NULL ? fopen(out, "w") : stdout;
	bool bad;

	if (f == NULL)
		return say_error(
			EXIT_CODE_SETUP, "export: %s cannot be written (%s)", out, strerror(errno));
	form(result, f);
	bad = ferror(f) != 0;
	if (out != NULL)
		bad |= fclose(f) != 0;
	else
		bad |= fflush(f) != 0;
	return bad ? say_error(EXIT_CODE_SETUP, "export: %s cannot be written (%s)",
			     out != NULL ? out : "standard output", strerror(errno)) :
		     EXIT_CODE_OK;
}

int
cmd_export(int argc, char **argv)
{
	static const struct option longopts[] = {
		{"format", 1, NULL, 'f'},
		{"out", 1, NULL, 'o'},
		{"help", 0, NULL, 'h'},
		{NULL, 0, NULL, 0},
	};
	const char *out = NULL;
	export_fn form = NULL;
	char why[RESULT_WHY_LEN];
	json_t *result;
	int key, rc;

	optind = 0;
	opterr = 0;
	while ((key = getopt_long(argc, argv, ":ho:", longopts, NULL)) != -1) {
		if (key == 'h') {
			usage(stdout);
			return EXIT_CODE_OK;
		}
		if (key == 'o') {
			out = optarg;
		} else if (key == 'f') {
			form = export_form(optarg);
			if (form == NULL)
				return say_error(EXIT_CODE_USAGE,
					"export: --format: '%s' is not allowed; allowed: csv,"
					" openmetrics, influx",
					optarg);
		} else {
			return say_error(EXIT_CODE_USAGE, "export: '%s' %s", argv[optind - 1],
				key == ':' ? "wants a value" : "is not an option");
		}
	}
	if (form == NULL || optind + 1 != argc)
		return say_error(
			EXIT_CODE_USAGE, "export: wants --format and one file; see --help");
	result = result_load(argv[optind], why);
	if (result == NULL)
		return say_error(EXIT_CODE_USAGE, "export: %s", why);
	rc = write_out(result, form, out);
	json_decref(result);
	return rc;
}
