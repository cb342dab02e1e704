/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */
#ifndef _MEASURE_H_
#define _MEASURE_H_

/** @file State and functions of all measures of a run. Main lcore. */

#include <jansson.h>

#include "plan.h"
#include "progress.h"
#include "rig.h"

struct bench {
	const struct options *options;
	struct progress progress;
	struct rig_place place;
	unsigned int cores; /**< lcores that can forward */
};

/** Output of a measure. */
struct record {
	json_t *metrics; /**< JSON object */
	json_t *trials;	 /**< JSON array */
};

/**
 * Measure one job.
 * @return its result as JSON; NULL: not measured because of a signal, or of an error with its
 * reason on stderr and negative errno in @p rc.
 */
json_t *
measure_run(struct bench *b, const struct job *job, int *rc);

#endif /* _MEASURE_H_ */
