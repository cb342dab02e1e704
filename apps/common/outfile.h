/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */
#ifndef _OUTFILE_H_
#define _OUTFILE_H_

/**
 * @file
 * Result files that users name. A regular file of the user is replaced atomically. Anything else is
 * written in place: a FIFO, a device, the target of a link, a mounted file, a file with several
 * names, /proc/self/fd/3.
 */

#include <stdbool.h>
#include <stddef.h>

/**
 * Check that the file can be written later. Changes and opens nothing.
 * @return 0 or negative errno: of the file, or of its directory if the file does not exist.
 */
int
outfile_check(const char *path);

/** True for a file that can be written repeatedly; false for a pipe, which gets the text once. */
bool
outfile_is_file(const char *path);

/**
 * Write the file.
 * @param signals returns the number of signals that requested this process to end; NULL: no signals
 *   are handled. One more signal ends the wait for a reader of a FIFO, which is checked every 50
 *   ms.
 * @param arg argument of @p signals
 * @return 0: all of it is written; -EINTR; another negative errno.
 */
int
outfile_write(const char *path, const char *text, size_t len, unsigned int (*signals)(void *arg),
	void *arg);

#endif /* _OUTFILE_H_ */
