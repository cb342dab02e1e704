/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */
#ifndef _RESULT_H_
#define _RESULT_H_

/**
 * @file
 * The result of a run as JSON (docs/reference/sl-perf.md, docs/reference/sl-perf.schema.json):
 * load, check, merge, save. Pure but for the files.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include <jansson.h>

/** Version of the form; grows when a field changes its meaning or goes. */
#define RESULT_SCHEMA 1
#define RESULT_WHY_LEN 512

/** An empty result: no environment yet, no results. New reference; NULL without memory. */
json_t *
result_new(void);
/**
 * Check that this version can read a result. @return 0; -EINVAL: @p why says what,
 * where, and how to mend it.
 */
int
result_check(const json_t *result, const char *file, char why[RESULT_WHY_LEN]);
/** Load and check. @return new reference, or NULL with the reason. */
json_t *
result_load(const char *file, char why[RESULT_WHY_LEN]);
/**
 * Make a result from an unknown source safe for terminals and pages: control characters in its
 * strings and names become '?'.
 * @param j its reference is taken
 * @return new reference; NULL without memory
 */
json_t *
result_plain(json_t *j);
/**
 * Check that a file of that name can be written later. Nothing is changed.
 * @param file "": standard output
 * @return 0 or negative errno with the reason.
 */
int
result_can_save(const char *file, char why[RESULT_WHY_LEN]);
/** Write a file as outfile_write() does. @return 0 or negative errno with the reason. */
int
result_save_text(const char *file, const char *text, size_t len, char why[RESULT_WHY_LEN]);
/**
 * Save a result as result_save_text() does. "": standard output.
 * @return 0 or negative errno with the reason.
 */
int
result_save(const json_t *result, const char *file, char why[RESULT_WHY_LEN]);
/**
 * Merge the results of another process of the same run: its samples of each
 * metric become one more list, its trials are appended. If @p into has no
 * environment yet, it takes that of @p from.
 * @return 0 or -ENOMEM.
 */
int
result_merge(json_t *into, const json_t *from);

/** The result of that name, or NULL. Borrowed. */
json_t *
result_find(const json_t *result, const char *name);
/**
 * A metric's samples for a comparison: the median of each process. For a run of
 * one process all its samples are used, since there is nothing better.
 * @return how many; @p out is to be freed. 0 without samples or memory.
 */
size_t
result_samples(const json_t *metric, double **out);
/** Four digits, prefix and unit: "14.88 Mpackets/s", "163.2 us" of "ns". */
void
result_value(double v, const char *unit, char *out, size_t len);
/** Print a result for people, one line for each metric. */
void
result_print(const json_t *result, FILE *f);
/** Is more of this metric better? */
bool
result_more_is_good(const json_t *metric);
/** How many processes sampled it. */
size_t
result_processes(const json_t *metric);

#endif /* _RESULT_H_ */
