/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */

/*
 * Entry of sl-perf: its commands are one that measures, and those of sl-report, of which compare
 * can also measure.
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

int
main(int argc, char **argv)
{
	static const struct command own = {"run", "measure, and write the result as JSON", cmd_run};
	static const struct commands commands = {
		.program = "sl-perf",
		.what = "Measures what the driver can do, and tells a change from noise.",
		.own = &own,
		.against = measure_both,
	};

	return commands_main(&commands, argc, argv);
}
