/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */

/*
 * Entry of a program with subcommands: finds the command that the first argument names, and lists
 * the commands.
 */

#include <stdio.h>
#include <string.h>

#include "commands.h"
#include "say.h"
#include "sl_git.h"

#define COMMANDS_MAX 4u

/*
 * Commands of a program, its own first. compare is handled separately, as its function has another
 * type.
 */
static size_t
all_commands(const struct commands *c, struct command list[COMMANDS_MAX])
{
	size_t n = 0;

	if (c->own != NULL)
		list[n++] = *c->own;
	list[n++] =
		(struct command){"compare", "tell whether one result is worse than another", NULL};
	list[n++] = (struct command){"report", "a page with plots", cmd_report};
	list[n++] = (struct command){
		"export", "a result as CSV, for Prometheus or for InfluxDB", cmd_export};
	return n;
}

static void
usage(const struct commands *c, FILE *f)
{
	struct command list[COMMANDS_MAX];
	const size_t n = all_commands(c, list);

	fprintf(f, "Usage: %s COMMAND [OPTION...]\n\n%s\n\n", c->program, c->what);
	for (size_t i = 0; i < n; i++)
		fprintf(f, "  %-8s %s\n", list[i].name, list[i].help);
	fprintf(f, "\n\"%s COMMAND --help\" says more.\n", c->program);
}

static int
unknown(const struct commands *c, const char *word)
{
	struct command list[COMMANDS_MAX];
	const size_t n = all_commands(c, list);
	char names[128] = "";

	for (size_t i = 0; i < n; i++)
		snprintf(names + strlen(names), sizeof(names) - strlen(names), "%s%s",
			i != 0 ? ", " : "", list[i].name);
	return say_error(EXIT_CODE_USAGE, "'%s' is no command; commands: %s", word, names);
}

int
commands_main(const struct commands *c, int argc, char **argv)
{
	const char *word = argc > 1 ? argv[1] : "--help";
	struct command list[COMMANDS_MAX];
	const size_t n = all_commands(c, list);

	if (strcmp(word, "--help") == 0 || strcmp(word, "-h") == 0 || strcmp(word, "help") == 0) {
		usage(c, argc > 1 ? stdout : stderr);
		return argc > 1 ? EXIT_CODE_OK : EXIT_CODE_USAGE;
	}
	if (strcmp(word, "--version") == 0) {
		printf("%s %s (%s)\n", c->program, SL_VERSION, SL_GIT);
		return EXIT_CODE_OK;
	}
	for (size_t i = 0; i < n; i++) {
		if (strcmp(word, list[i].name) != 0)
			continue;
		if (list[i].run == NULL)
			return compare_main(argc - 1, argv + 1, c->against);
		return list[i].run(argc - 1, argv + 1);
	}
	return unknown(c, word);
}
