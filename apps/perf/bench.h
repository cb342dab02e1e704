/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */
#ifndef _BENCH_H_
#define _BENCH_H_

/** @file What the measures of a run share. Main lcore. */

#include <jansson.h>

#include "options.h"
#include "progress.h"
#include "rig.h"

struct bench {
	const struct options *options;
	struct progress progress;
	struct rig_place place;
	unsigned int cores; /**< lcores that can forward */
};

/** What a measure writes to. */
struct record {
	json_t *metrics; /**< object */
	json_t *trials;	 /**< array */
};

/** A sample of a metric; @p better "more" or "less". */
void
record_sample(
	struct record *rec, const char *metric, const char *unit, const char *better, double value);

/**
 * Measure one job.
 * @return its result as JSON; NULL: nothing was measured, by a signal or an
 * error with its reason on stderr and negative errno in @p rc.
 */
json_t *
measure_run(struct bench *b, const struct job *job, int *rc);

#endif /* _BENCH_H_ */
