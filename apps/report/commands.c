/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */

/*
 * The entry of a program of sub-commands: finds the one that the first word names, and tells
 * which there are.
 */

#include <stdio.h>
#include <string.h>

#include "commands.h"
#include "say.h"
#include "sl_git.h"

static void
usage(const struct commands *c, FILE *f)
{
	fprintf(f, "Usage: %s COMMAND [OPTION...]\n\n%s\n\n", c->program, c->what);
	for (size_t i = 0; i < c->n; i++)
		fprintf(f, "  %-8s %s\n", c->list[i].name, c->list[i].help);
	fprintf(f, "\n\"%s COMMAND --help\" says more.\n", c->program);
}

static int
unknown(const struct commands *c, const char *word)
{
	char names[128] = "";

	for (size_t i = 0; i < c->n; i++)
		snprintf(names + strlen(names), sizeof(names) - strlen(names), "%s%s",
			i != 0 ? ", " : "", c->list[i].name);
	return say_error(EXIT_CODE_USAGE, "'%s' is no command; commands: %s", word, names);
}

int
commands_main(const struct commands *c, int argc, char **argv)
{
	const char *word = argc > 1 ? argv[1] : "--help";

	if (strcmp(word, "--help") == 0 || strcmp(word, "-h") == 0 || strcmp(word, "help") == 0) {
		usage(c, argc > 1 ? stdout : stderr);
		return argc > 1 ? EXIT_CODE_OK : EXIT_CODE_USAGE;
	}
	if (strcmp(word, "--version") == 0) {
		printf("%s %s (%s)\n", c->program, SL_VERSION, SL_GIT);
		return EXIT_CODE_OK;
	}
	for (size_t i = 0; i < c->n; i++) {
		if (strcmp(word, c->list[i].name) == 0)
			return c->list[i].run(argc - 1, argv + 1);
	}
	return unknown(c, word);
}
