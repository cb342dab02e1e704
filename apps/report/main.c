/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */

/*
 * sl-report: reads results of sl-perf on any machine. It has sl-perf's commands that measure
 * nothing, and needs no DPDK.
 */

#include "commands.h"

static int
cmd_compare(int argc, char **argv)
{
	return compare_main(argc, argv, NULL);
}

static const struct command list[] = {
	{"compare", "tell whether one result is worse than another", cmd_compare},
	{"report", "a page with plots", cmd_report},
	{"export", "a result as CSV, for Prometheus or for InfluxDB", cmd_export},
};

int
main(int argc, char **argv)
{
	static const struct commands commands = {
		.program = "sl-report",
		.what = "Reads what sl-perf measured, on any machine.",
		.n = sizeof(list) / sizeof(list[0]),
		.list = list,
	};

	return commands_main(&commands, argc, argv);
}
