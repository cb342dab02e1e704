/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */
#ifndef _AGAINST_H_
#define _AGAINST_H_

/** @file Builds a revision and the work tree's current state, and measures them alternately. */

#include <jansson.h>

#include "commands.h"

/** Build and measure both. See against_fn. */
int
against_measure(const struct against *a, json_t **base, json_t **now);

#endif /* _AGAINST_H_ */
