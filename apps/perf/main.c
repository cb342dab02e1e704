/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */

/*
 * sl-perf's entry: finds the sub-command that the first word names.
 */

#include <stdio.h>
#include <string.h>

#include "commands.h"
#include "say.h"
#include "sl_git.h"

struct command {
	const char *name;
	const char *help;
	int (*run)(int argc, char **argv);
};

static const struct command commands[] = {
	{"run", "measure, and write the result as JSON", cmd_run},
	{"compare", "tell whether one result is worse than another", cmd_compare},
	{"report", "a page with plots", cmd_report},
	{"export", "a result as CSV, for Prometheus or for InfluxDB", cmd_export},
};

#define COMMANDS (sizeof(commands) / sizeof(commands[0]))

static void
usage(FILE *f)
{
	fprintf(f,
		"Usage: sl-perf COMMAND [OPTION...]\n\nMeasures what the driver can do, and tells a"
		" change from noise.\n\n");
	for (size_t i = 0; i < COMMANDS; i++)
		fprintf(f, "  %-8s %s\n", commands[i].name, commands[i].help);
	fprintf(f, "\n\"sl-perf COMMAND --help\" says more.\n");
}

static int
unknown(const char *word)
{
	char names[128] = "";

	for (size_t i = 0; i < COMMANDS; i++)
		snprintf(names + strlen(names), sizeof(names) - strlen(names), "%s%s",
			i != 0 ? ", " : "", commands[i].name);
	return say_error(EXIT_CODE_USAGE, "'%s' is no command; commands: %s", word, names);
}

int
main(int argc, char **argv)
{
	const char *word = argc > 1 ? argv[1] : "--help";

	if (strcmp(word, "--help") == 0 || strcmp(word, "-h") == 0 || strcmp(word, "help") == 0) {
		usage(argc > 1 ? stdout : stderr);
		return argc > 1 ? EXIT_CODE_OK : EXIT_CODE_USAGE;
	}
	if (strcmp(word, "--version") == 0) {
		printf("sl-perf %s (%s)\n", SL_VERSION, SL_GIT);
		return EXIT_CODE_OK;
	}
	for (size_t i = 0; i < COMMANDS; i++) {
		if (strcmp(word, commands[i].name) == 0)
			return commands[i].run(argc - 1, argv + 1);
	}
	return unknown(word);
}
