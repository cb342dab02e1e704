/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */
#ifndef _COMMANDS_H_
#define _COMMANDS_H_

/**
 * @file
 * Programs of sub-commands, sl-report and sl-perf, and the commands that both have. Each command
 * takes its own name as argv[0] and gives the exit code.
 */

#include <stddef.h>

#include <jansson.h>

enum exit_code {
	EXIT_CODE_OK = 0,
	EXIT_CODE_USAGE = 1, /**< an option or a file that is not understood */
	EXIT_CODE_SETUP = 2, /**< EAL, ports, memory, a file that cannot be written, a build */
	EXIT_CODE_REGRESSION = 3,
	EXIT_CODE_TOO_FEW = 4, /**< no regression found, but samples too few to say "same" */
	EXIT_CODE_CONDITIONS =
		5, /**< something is worse, and was measured under other conditions */
};

struct command {
	const char *name;
	const char *help; /**< a line */
	int (*run)(int argc, char **argv);
};

/** A program, which the first word of its command line makes do one of its commands. */
struct commands {
	const char *program;
	const char *what; /**< for people, a sentence or two */
	size_t n;
	const struct command *list;
};

/** What main() does. @return the program's exit code. */
int
commands_main(const struct commands *c, int argc, char **argv);

/** What "compare --against" asks for. */
struct against {
	const char *rev;     /**< revision to compare with: anything that names a commit to git */
	unsigned int rounds; /**< each measures both once */
	int argc;	     /**< run's options */
	const char *const *argv;
	const char *source; /**< folder in the work tree; NULL: the current one */
};

/**
 * Builds a revision and the work tree's present state, and measures both.
 * @param[out] base, now results with one process for each round; new references
 * @return an exit code, reason on stderr; 0 with fewer rounds when a signal came.
 */
typedef int (*against_fn)(const struct against *a, json_t **base, json_t **now);

/** The command compare. @p against NULL: the program reads results and measures none. */
int
compare_main(int argc, char **argv, against_fn against);
int
cmd_export(int argc, char **argv);
int
cmd_report(int argc, char **argv);

#endif /* _COMMANDS_H_ */
