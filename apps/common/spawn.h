/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */
#ifndef _SPAWN_H_
#define _SPAWN_H_

/**
 * @file
 * Child processes: parts of a run, builds. They end with this process, for whatever reason it ends.
 * A signal that requests this process to end is passed on as SIGTERM, a second one as SIGKILL.
 */

#include <stddef.h>

#define SPAWN_ARGS_MAX 64
/** Exit code if the program does not exist. */
#define SPAWN_NO_PROGRAM 127

/** An argument list that grows, terminated by NULL. Zero-initialise. */
struct spawn_args {
	size_t n;
	const char *v[SPAWN_ARGS_MAX + 1];
};

/** Add an argument. If there are too many, spawn_run() fails. */
void
spawn_add(struct spawn_args *a, const char *arg);

/**
 * Run a program and wait for it.
 * @param quiet file for its output; NULL: the same output as this process
 * @return its exit code; 128 + number if a signal ended it; negative errno.
 */
int
spawn_run(const char *program, const struct spawn_args *args, const char *quiet);

/**
 * Run a program, wait for it and keep the first line of its output, cut to @p len - 1 bytes; "" for
 * none.
 * @return see spawn_run().
 */
int
spawn_first_lines(
	const char *program, const struct spawn_args *args, char *out, char *err, size_t len);

/**
 * Run two programs in slices: one is stopped while the other works, so that both run on the machine
 * in the same state. For programs whose results a stop does not change.
 * @param slice_us length of a slice
 * @param[out] rc result of each, see spawn_run()
 */
void
spawn_pair(const char *const program[2], const struct spawn_args args[2], unsigned int slice_us,
	int rc[2]);

#endif /* _SPAWN_H_ */
