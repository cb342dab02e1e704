/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */
#ifndef _SCRATCH_H_
#define _SCRATCH_H_

/**
 * @file
 * Files that a process needs while it works, in a folder of its own below TMPDIR. The folder
 * goes with the process, however that ends: a helper process waits for the end, and removes it.
 */

#define SCRATCH_NAME_LEN 300

/**
 * Make a unique name in the folder that contains @p what; the first call makes the folder. No
 * file is made. One thread at a time.
 * @return 0, or negative errno: @p name is then what could not be made.
 */
int
scratch_name(const char *what, char name[SCRATCH_NAME_LEN]);

#endif /* _SCRATCH_H_ */
