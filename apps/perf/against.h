/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */
#ifndef _AGAINST_H_
#define _AGAINST_H_

/** @file Builds a revision and the work tree's present state, and measures both in alternation. */

#include <jansson.h>

struct against {
	const char *rev;       /**< revision to compare with: anything that names a commit to git */
	unsigned int rounds;   /**< each measures both once */
	int argc;              /**< run's options */
	const char *const *argv;
	const char *source;    /**< folder in the work tree; NULL: the current one */
};

/**
 * Build and measure both.
 * @param[out] base, now results with one process for each round; new references
 * @return an exit code, reason on stderr; 0 with fewer rounds when a signal came.
 */
int against_measure(const struct against *a, json_t **base, json_t **now);

#endif /* _AGAINST_H_ */
