/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */
#ifndef _COMMANDS_H_
#define _COMMANDS_H_

/** @file Commands to sl-softnic while its devices run, one per line. */

#include <stdbool.h>
#include <stddef.h>

#include "served.h"

/** A file from which commands are read. */
struct commands {
	int fd; /**< -1: none, or at its end */
	size_t have;
	bool skips; /**< the rest of a line that is too long is being skipped */
	char line[256];
};

/** @param path "-": standard input. 0 or negative errno, with the reason printed. */
int
commands_open(struct commands *c, const char *path);
void
commands_close(struct commands *c);
/**
 * The file is readable: execute its commands. Results are printed to standard output, errors to
 * standard error.
 */
void
commands_read(struct commands *c, struct served_all *all, const char *stats);

#endif /* _COMMANDS_H_ */
