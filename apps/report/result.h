/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */
#ifndef _RESULT_H_
#define _RESULT_H_

/**
 * @file
 * The result of a run as JSON (docs/reference/sl-perf.md, docs/reference/sl-perf.schema.json):
 * load, check, merge, save. Pure except for files.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include <jansson.h>

/** Version of the format; incremented when a field changes its meaning or is removed. */
#define RESULT_SCHEMA 1
/** NIC of results without a NIC's name: then there was only this software NIC. */
#define RESULT_FIRST_NIC "82576"
#define RESULT_WHY_LEN 512

/** An empty result, without environment and results. New reference; NULL: out of memory. */
json_t *
result_new(void);
/**
 * Check that this version can read a result. @return 0; -EINVAL: @p why has the error, its place,
 * and a remedy.
 */
int
result_check(const json_t *result, const char *file, char why[RESULT_WHY_LEN]);
/** Load and check a file. @return new reference, or NULL with the reason. */
json_t *
result_load(const char *file, char why[RESULT_WHY_LEN]);
/**
 * Make a result from an unknown source safe for terminals and pages: control characters in its
 * strings and names become '?'.
 * @param j its reference is consumed
 * @return new reference; NULL: out of memory
 */
json_t *
result_plain(json_t *j);
/**
 * Check that a file with that name can be written later. Nothing is changed.
 * @param file "": standard output
 * @return 0 or negative errno with the reason.
 */
int
result_can_save(const char *file, char why[RESULT_WHY_LEN]);
/** Write a file with outfile_write(). @return 0 or negative errno with the reason. */
int
result_save_text(const char *file, const char *text, size_t len, char why[RESULT_WHY_LEN]);
/**
 * Save a result with result_save_text(). "": standard output.
 * @return 0 or negative errno with the reason.
 */
int
result_save(const json_t *result, const char *file, char why[RESULT_WHY_LEN]);
/**
 * Merge the results of another process of the same run: its samples of each metric become one more
 * list, its trials are appended. If @p into has no environment yet, it gets that of @p from.
 * @return 0 or -ENOMEM.
 */
int
result_merge(json_t *into, const json_t *from);

/** The result with a name, or NULL. Borrowed. */
json_t *
result_find(const json_t *result, const char *name);
/**
 * Samples of a metric for a comparison: the median of each process; for a run of one process, all
 * its samples.
 * @return number of samples; @p out must be freed. 0: no samples, or out of memory.
 */
size_t
result_samples(const json_t *metric, double **out);
/** Format a value with four digits, prefix and unit: "14.88 Mpackets/s", "163.2 us" from "ns". */
void
result_value(double v, const char *unit, char *out, size_t len);
/** Print a result as text, one line per metric. */
void
result_print(const json_t *result, FILE *f);
/** True if a larger value of this metric is better. */
bool
result_more_is_good(const json_t *metric);
/** Number of processes that sampled a metric. */
size_t
result_processes(const json_t *metric);

#endif /* _RESULT_H_ */
