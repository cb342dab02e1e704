/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */

/* sl-perf export: writes a result as CSV, OpenMetrics or InfluxDB lines (export.c). */

#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "commands.h"
#include "export.h"
#include "result.h"
#include "say.h"

static void
usage(FILE *f)
{
	fprintf(f, "Usage: %s export", program_invocation_short_name);
	fputs(" --format csv|openmetrics|influx [--out OUT] FILE\n\n"
	      "  csv          every sample, a line each\n"
	      "  openmetrics  the median of each metric, as gauges (Prometheus)\n"
	      "  influx       the medians of each process, in InfluxDB's line protocol\n",
		f);
}

static int
write_out(const json_t *result, export_fn form, const char *out)
{
	char *text = NULL, why[RESULT_WHY_LEN];
	size_t len = 0;
	FILE *f = open_memstream(&text, &len);
	int rc = 0;

	if (f != NULL)
		form(result, f);
	if (f == NULL || fclose(f) != 0)
		rc = say_error(EXIT_CODE_SETUP, "export: no memory");
	else if (out != NULL && result_save_text(out, text, len, why) != 0)
		rc = say_error(EXIT_CODE_SETUP, "export: %s", why);
	else if (out == NULL && (fwrite(text, 1, len, stdout) != len || fflush(stdout) != 0))
		rc = say_error(EXIT_CODE_SETUP, "export: standard output cannot be written (%s)",
			strerror(errno));
	free(text);
	return rc;
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
