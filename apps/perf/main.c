/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */

/*
 * sl-perf's entry: its commands are one that measures, and those of sl-report, of which compare
 * can measure, too.
 */

#include <jansson.h>

#include "against.h"
#include "commands.h"
#include "progress.h"
#include "run.h"
#include "stop.h"

static int
measure_both(const struct against *a, json_t **base, json_t **now)
{
	const double started = progress_clock();
	int rc;

	stop_take_signals();
	rc = against_measure(a, base, now);
	if (rc != EXIT_CODE_OK)
		return rc;
	json_object_set_new(*base, "seconds", json_real(progress_clock() - started));
	json_object_set_new(*now, "seconds", json_real(progress_clock() - started));
	return EXIT_CODE_OK;
}

static int
cmd_compare(int argc, char **argv)
{
	return compare_main(argc, argv, measure_both);
}

static const struct command list[] = {
	{"run", "measure, and write the result as JSON", cmd_run},
	{"compare", "tell whether one result is worse than another", cmd_compare},
	{"report", "a page with plots", cmd_report},
	{"export", "a result as CSV, for Prometheus or for InfluxDB", cmd_export},
};

int
main(int argc, char **argv)
{
	static const struct commands commands = {
		.program = "sl-perf",
		.what = "Measures what the driver can do, and tells a change from noise.",
		.n = sizeof(list) / sizeof(list[0]),
		.list = list,
	};

	return commands_main(&commands, argc, argv);
}
