/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */
#ifndef _FILE_H_
#define _FILE_H_

/**
 * @file
 * Files of commands. They may be FIFOs: a signal ends the wait for the other end. Main lcore.
 */

#include <stdbool.h>
#include <stddef.h>

struct run;

/** Longest line of a file of commands, including its newline. */
#define FILE_LINE_LEN 1024

/** A file that is read line by line. */
struct lines {
	int fd;
	size_t n; /**< bytes in @c text */
	bool end; /**< the end of the file was reached */
	char text[FILE_LINE_LEN];
};

/** Open a file. @return 0 or negative errno. */
int
lines_open(struct lines *l, const char *path);
/**
 * Read the next line. While there is none, forward_wait() runs.
 * @param[out] line FILE_LINE_LEN + 1 bytes: the line with "\n" at its end
 * @return 1; 0: the end, or a signal was received; -EMSGSIZE: too long; another negative errno.
 */
int
lines_next(struct lines *l, struct run *run, char line[FILE_LINE_LEN + 1]);
void
lines_close(struct lines *l);

#endif /* _FILE_H_ */
