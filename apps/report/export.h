/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */
#ifndef _EXPORT_H_
#define _EXPORT_H_

/**
 * @file Export of a result to formats in which other programs keep history. Pure, except for the
 * stream.
 */

#include <stdio.h>

#include <jansson.h>

/** Find a format by name: "csv", "openmetrics", "influx". NULL: unknown. */
typedef void (*export_fn)(const json_t *result, FILE *f);
export_fn
export_form(const char *name);

/** Every sample, one per line. */
void
export_csv(const json_t *result, FILE *f);
/** The median of each metric, as gauges. */
void
export_openmetrics(const json_t *result, FILE *f);
/** The medians of each process, in InfluxDB's line protocol. */
void
export_influx(const json_t *result, FILE *f);

#endif /* _EXPORT_H_ */
