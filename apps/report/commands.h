/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */
#ifndef _COMMANDS_H_
#define _COMMANDS_H_

/**
 * @file
 * Programs with subcommands, sl-report and sl-perf, and the commands that both have. Each command
 * gets its own name as argv[0] and returns the exit code.
 */

#include <stddef.h>

#include <jansson.h>

enum exit_code {
	EXIT_CODE_OK = 0,
	EXIT_CODE_USAGE = 1, /**< invalid option or file */
	EXIT_CODE_SETUP =
		2, /**< EAL, ports, memory, a file that cannot be written, a failed build */
	EXIT_CODE_REGRESSION = 3,
	EXIT_CODE_TOO_FEW = 4, /**< no regression found, but too few samples for "same" */
	EXIT_CODE_CONDITIONS =
		5, /**< only regressions that were measured under different conditions */
};

struct command {
	const char *name;
	const char *help; /**< one line */
	int (*run)(int argc, char **argv);
};

/** Options of "compare --against". */
struct against {
	const char *rev; /**< revision to compare with: any name that git resolves to a commit */
	unsigned int rounds; /**< each round measures both once */
	int argc;	     /**< options of the run command */
	const char *const *argv;
	const char *source; /**< directory in the work tree; NULL: the current one */
};

/**
 * Build a revision and the work tree's current state, and measure both.
 * @param[out] base, now results with one process per round; new references
 * @return an exit code, reason on stderr; 0 with fewer rounds if a signal was received.
 */
typedef int (*against_fn)(const struct against *a, json_t **base, json_t **now);

/**
 * A program whose first argument selects a command: one of its own commands, or a command that
 * reads results.
 */
struct commands {
	const char *program;
	const char *what;	   /**< description for users, one or two sentences */
	const struct command *own; /**< NULL: none */
	against_fn against;	   /**< for compare; NULL: the program cannot measure */
};

/** Body of main(). @return the program's exit code. */
int
commands_main(const struct commands *c, int argc, char **argv);

/** The command compare. @p against NULL: the program reads results and cannot measure. */
int
compare_main(int argc, char **argv, against_fn against);
int
cmd_export(int argc, char **argv);
int
cmd_report(int argc, char **argv);

#endif /* _COMMANDS_H_ */
