/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */
#ifndef _SCRATCH_H_
#define _SCRATCH_H_

/**
 * @file
 * Temporary files of a process, in a separate directory below TMPDIR. A helper process removes the
 * directory when the process ends, for whatever reason.
 */

#define SCRATCH_NAME_LEN 300

/**
 * Make a unique name in the directory, which contains @p what; the first call makes the directory.
 * No file is made. One thread at a time.
 * @return 0, or negative errno: then @p name is the path that could not be made.
 */
int
scratch_name(const char *what, char name[SCRATCH_NAME_LEN]);

#endif /* _SCRATCH_H_ */
