/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */
#ifndef _OUTFILE_H_
#define _OUTFILE_H_

/**
 * @file
 * Files that users name for results. A regular file of the user's own is replaced as a whole or
 * not at all. Anything else is written in place: a FIFO, a device, the target of a link, a
 * mounted file, a file with several names, /proc/self/fd/3.
 */

#include <stdbool.h>
#include <stddef.h>

/**
 * Can it be written when the time comes? Changes and opens nothing.
 * @return 0 or negative errno: of the file, or of its folder when there is no file yet.
 */
int
outfile_check(const char *path);

/**
 * True for a file that may be written again and again, false for a pipe, which gets the
 * text once.
 */
bool
outfile_is_file(const char *path);

/**
 * Write the file.
 * @param signals how many signals asked this process to end; NULL: none is caught. A further one
 * ends the wait for a reader of a FIFO, which looks every 50 ms.
 * @param arg what @p signals is called with
 * @return 0 when all of it is written; -EINTR; another negative errno.
 */
int
outfile_write(const char *path, const char *text, size_t len, unsigned int (*signals)(void *arg),
	void *arg);

#endif /* _OUTFILE_H_ */
