/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */

/*
 * sl-report: reads results of sl-perf on any machine. It has the commands of sl-perf that do not
 * measure, and does not need DPDK.
 */

#include "commands.h"

int
main(int argc, char **argv)
{
	static const struct commands commands = {
		.program = "sl-report",
		.what = "Reads what sl-perf measured, on any machine.",
	};

	return commands_main(&commands, argc, argv);
}
