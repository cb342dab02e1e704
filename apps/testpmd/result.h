/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */
#ifndef _RESULT_H_
#define _RESULT_H_

/**
 * @file
 * The result of a run, for people and for machines. Main lcore.
 */

#include <stdio.h>

struct run;

/** Version of the JSON form; grows when a field changes its meaning or goes. */
#define RESULT_SCHEMA 1

/** The last run as text. */
void result_print(const struct run *run, FILE *f);

#endif /* _RESULT_H_ */
