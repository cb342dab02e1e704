/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */
#ifndef _PLAN_H_
#define _PLAN_H_

/**
 * @file
 * The list of jobs for the options of "sl-perf run". Does not use EAL.
 */

#include <stdbool.h>
#include <stddef.h>

#include "options.h"

#define POINT_NAME_LEN 96

/** One set of conditions. Numbers are values; size and mode are text. */
struct point {
	char size[OPTIONS_ITEM_LEN]; /**< "64".."9728" or "imix": bytes including FCS */
	unsigned int flows;
	unsigned int queues;
	unsigned int burst;
	unsigned int cores; /**< number of forwarding lcores */
	bool cabled;	    /**< measured on real ports */
	bool pool_ordinary;
	char device[OPTIONS_ITEM_LEN]; /**< device that the software NIC models */
	char coherency[OPTIONS_ITEM_LEN];
};

/** A measure under one set of conditions. */
struct job {
	enum measure measure;
	struct point point;
};

#define PLAN_WHY_LEN 64

struct plan {
	size_t n, nb_left;
	struct job *jobs;
	struct job *left; /**< jobs that cannot be measured here: plan_why_left() */
};

/**
 * Make the plan. Free it with plan_free().
 * @param cores available forwarding lcores: jobs that need more are left out, as are jobs with more
 *   queues than the device has, and on real ports jobs that step a device
 * @return 0; -EINVAL (an unknown suite, reason in @p why); -ENOMEM.
 */
int
plan_make(const struct options *o, unsigned int cores, struct plan *out, char *why);
void
plan_free(struct plan *p);
/** Reason for which a job in plan.left is left out. @p o and @p cores as for plan_make(). */
void
plan_why_left(
	const struct options *o, const struct job *job, unsigned int cores, char why[PLAN_WHY_LEN]);
/** True if all jobs step the device: the process can then be stopped for a while. */
bool
plan_stepped(const struct plan *p);
/** Estimated seconds of a job in this process. */
double
plan_seconds(const struct options *o, const struct job *job);
/** Estimated seconds of all jobs of the plan in this process. */
double
plan_total(const struct options *o, const struct plan *p);
/** Name of a job, by which results are compared: "mrr/64/f1/q1/c1/b32/coherent". */
void
plan_name(const struct job *job, char name[POINT_NAME_LEN]);
/** Largest frame of a point, in bytes including FCS. */
unsigned int
point_size_max(const struct point *p);

#endif /* _PLAN_H_ */
