/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */
#ifndef _FILE_H_
#define _FILE_H_

/**
 * @file
 * Files that may be FIFOs: neither their partner nor their room is waited for past a
 * signal. Main lcore.
 */

#include <stdbool.h>
#include <stddef.h>

struct run;

/** Longest line of a file of commands, its end counted. */
#define FILE_LINE_LEN 1024

/** A file that is read line by line. */
struct lines {
	int fd;
	size_t n; /**< bytes in @c text */
	bool end; /**< the file has no more */
	char text[FILE_LINE_LEN];
};

/** @return 0 or negative errno. */
int
lines_open(struct lines *l, const char *path);
/**
 * The next line. While there is none, time passes as in forward_wait().
 * @param[out] line  FILE_LINE_LEN bytes and one more: the line with "\n" at its end
 * @return 1; 0 at the end, or when a signal came; -EMSGSIZE: too long; another negative errno.
 */
int
lines_next(struct lines *l, struct run *run, char line[FILE_LINE_LEN + 1]);
void
lines_close(struct lines *l);

/**
 * Can a file be written when the time comes? Changes nothing.
 * @return 0 or negative errno.
 */
int
file_check(const char *path);
/**
 * Write a file whole.
 * @return 0; -EINTR: a signal came while it was waited for; another negative errno.
 */
int
file_write(struct run *run, const char *path, const char *text, size_t len);

#endif /* _FILE_H_ */
