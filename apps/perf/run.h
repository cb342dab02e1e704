/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */
#ifndef _RUN_H_
#define _RUN_H_

/**
 * @file
 * Processes that measure for this one, one at a time or two in slices. For the run and compare
 * commands.
 */

#include <jansson.h>

/** The command run, for struct command. */
int
cmd_run(int argc, char **argv);

/**
 * Start another process that measures, and merge its result.
 * @param program that process's program; @p argc, @p argv the run command and its options
 * @return an exit code, reason on stderr.
 */
int
run_part(const char *program, int argc, const char *const *argv, unsigned int part,
	unsigned int parts, json_t *into);

/**
 * Start two programs that measure in slices: one is stopped while the other measures. Only for
 * stepped measures, whose results a stop does not change.
 */
int
run_pair(const char *const program[2], int argc, const char *const *argv, unsigned int part,
	unsigned int parts, json_t *const into[2]);

#endif /* _RUN_H_ */
