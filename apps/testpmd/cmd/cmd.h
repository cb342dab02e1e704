/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */
#ifndef _CMD_H_
#define _CMD_H_

/**
 * @file
 * Commands. A command is one row: its syntax, which librte_cmdline parses and completes, help shows
 * and messages quote; its help text; its function. There is one table per noun. Main lcore.
 */

#include <stdbool.h>
#include <stdint.h>

#include <rte_common.h>
#include <cmdline_parse_string.h>

#include "run.h"

#define CMD_WORDS_MAX 6

/** The words of a parsed command line; omitted words are "". */
struct args {
	cmdline_fixed_string_t word[CMD_WORDS_MAX];
};

/**
 * One command. In the syntax, "a|b" is a choice and a word in capitals is a value: MODE is
 * completed from the engines; the function checks the others.
 */
struct command {
	const char *syntax;
	const char *help;
	/** @return 0; -EINVAL: an invalid value; another negative errno; reason on stderr. */
	int (*run)(struct run *run, const struct args *args);
};

/** The tables; each is terminated by a row without syntax. */
extern const struct command commands_forward[], commands_port[], commands_set[], commands_show[],
	commands_session[];
extern const struct command *const command_tables[];

/**
 * Run the commands in a file until one fails or quits.
 * @return exit code of the program
 */
enum exit_code
cmd_file(struct run *run, const char *path, bool echo);
/** Run commands from standard input until quit, end of file or a signal. */
enum exit_code
cmd_interact(struct run *run);

/** Function that is called for one port. */
typedef int (*cmd_port_fn)(struct run *run, struct port *p, const struct args *args);

/**
 * Call @p fn for the port with the id @p word, or for all ports if it is "all".
 * @return 0, or the first error; -EINVAL: there is no such port.
 */
int
cmd_each_port(struct run *run, const char *word, cmd_port_fn fn, const struct args *args);
/** Parse a number and check its range. @return 0, or -EINVAL with the reason on stderr. */
int
cmd_number(const char *word, const char *what, uint64_t min, uint64_t max, uint64_t *out);
/** @return 0; while forwarding -EBUSY with the reason on stderr. */
int
cmd_need_idle(const struct run *run);

#endif /* _CMD_H_ */
