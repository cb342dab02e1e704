/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */
#ifndef _OPTIONS_H_
#define _OPTIONS_H_

/**
 * @file
 * The options of "sl-perf run", and the plan of jobs that follows from them.
 * Needs no EAL.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#define OPTIONS_WHY_LEN 512
#define OPTIONS_LIST_MAX 16
#define OPTIONS_ITEM_LEN 16
#define POINT_NAME_LEN 96

/** What can be measured. */
enum measure {
	MEASURE_CYCLES,
	MEASURE_INSTRUCTIONS,
	MEASURE_COHERENCY,
	MEASURE_MRR,
	MEASURE_NDRPDR,
	MEASURE_LATENCY,
	MEASURE_LOSS,
	MEASURE_B2B,
	MEASURE_SCALING,
	MEASURE_SOAK,
	MEASURE_COUNT,
};

/** A list of numbers or words, as given: "1,32" */
struct list {
	size_t n;
	char item[OPTIONS_LIST_MAX][OPTIONS_ITEM_LEN];
};

struct options {
	struct list suites;
	struct list sizes, flows, queues, bursts, cores, coherency; /**< empty: the suite's */
	struct list tester, dut; /**< PCI addresses; empty: the software NIC */
	char out[512];		 /**< "": standard output */
	double trial;		 /**< seconds of a trial */
	unsigned int trials;	 /**< of mrr, over all processes */
	unsigned int sum;	 /**< trials that decide a load in a search */
	double soak;		 /**< seconds */
	unsigned int processes;
	unsigned int part, parts; /**< this process among those of one run; parts 0: on its own */
	char counts[300]; /**< this process is under callgrind, which writes files named so; "": it
			     is not */
	char cpus[512];	  /**< "": chosen */
	bool no_huge;
	bool pool_ordinary;  /**< mbuf headers beside the data; else data has pages of its own */
	double nice;	     /**< priority of all threads; 0: as it is */
	unsigned int memory; /**< MiB for EAL */
};

/** One set of conditions. Numbers as plain values, for use; size and mode as text. */
struct point {
	char size[OPTIONS_ITEM_LEN]; /**< "64".."9728" or "imix": bytes with FCS */
	unsigned int flows;
	unsigned int queues;
	unsigned int burst;
	unsigned int cores; /**< lcores that forward */
	bool cabled;	    /**< on real ports */
	bool pool_ordinary;
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

enum options_rc { OPTIONS_OK = 0, OPTIONS_HELP = 1 };

/** Parse run's arguments. @return an options_rc, or -EINVAL with the reason in @p why. */
int
options_parse(int argc, char *const *argv, struct options *out, char *why);
void
options_usage(FILE *f, const char *program);

/**
 * Make the plan. Free with plan_free().
 * @param cores available forwarding lcores: jobs that need more are left out, and on real ports
 * jobs that step a device
 * @return 0; -EINVAL (an unknown suite, reason in @p why); -ENOMEM.
 */
int
plan_make(const struct options *o, unsigned int cores, struct plan *out, char *why);
void
plan_free(struct plan *p);
/** Why a job in plan.left is left out. @p cores as for plan_make(). */
void
plan_why_left(const struct job *job, unsigned int cores, char why[PLAN_WHY_LEN]);
/** True when all jobs step the device: the process may then be stopped for a while. */
bool
plan_stepped(const struct plan *p);
/** Estimated seconds of a job in this process. */
double
plan_seconds(const struct options *o, const struct job *job);
/** Estimated seconds of all jobs of the plan in this process. */
double
plan_total(const struct options *o, const struct plan *p);
/** Name of a job, the key that results are compared by: "mrr/64/f1/q1/c1/b32/coherent". */
void
plan_name(const struct job *job, char name[POINT_NAME_LEN]);
const char *
measure_name(enum measure m);
/** Largest frame of a point, bytes with FCS. */
unsigned int
point_size_max(const struct point *p);

#endif /* _OPTIONS_H_ */
