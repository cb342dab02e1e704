/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */
#ifndef _OPTIONS_H_
#define _OPTIONS_H_

/**
 * @file
 * The options of "sl-perf run". Needs no EAL.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#define OPTIONS_WHY_LEN 512
#define OPTIONS_LIST_MAX 16
#define OPTIONS_ITEM_LEN 16

/** Quantities that can be measured. */
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

/** List of numbers or words, as given: "1,32" */
struct list {
	size_t n;
	char item[OPTIONS_LIST_MAX][OPTIONS_ITEM_LEN];
};

struct options {
	struct list suites;
	struct list sizes, flows, queues, bursts, cores, coherency; /**< empty: from the suite */
	struct list tester, dut;       /**< PCI addresses; empty: the software NIC */
	char device[OPTIONS_ITEM_LEN]; /**< device of the software NIC; "": the default one */
	unsigned int device_queues;    /**< its queues in each direction; 0: not known */
	char out[512];		       /**< "": standard output */
	double trial;		       /**< length of a trial in seconds */
	unsigned int trials;	       /**< trials of mrr, over all processes */
	unsigned int sum;	       /**< trials that decide on a load in a search */
	double soak;		       /**< length of soak in seconds */
	unsigned int processes;
	unsigned int part, parts; /**< this process, from 1, of so many; parts 0: no others */
	char counts[300];	  /**< prefix of callgrind's files; "": not under callgrind */
	char cpus[512];		  /**< "": CPUs are selected automatically */
	bool no_huge;
	bool pool_ordinary;  /**< ordinary mempool; false: pinned external buffers */
	double nice;	     /**< priority of all threads; 0: unchanged */
	unsigned int memory; /**< memory for EAL in MiB */
};

enum options_rc { OPTIONS_OK = 0, OPTIONS_HELP = 1 };

/** Name of device @p i that a software NIC can model, the default one first; NULL past the end. */
typedef const char *(*options_device_fn)(unsigned int i);

/** Parse the arguments of run. @return an options_rc; -EINVAL: the reason is in @p why. */
int
options_parse(int argc, char *const *argv, struct options *out, char *why);
/**
 * Check that the requested device exists. If none was requested, set the default one.
 * @return 0; -EINVAL: the reason is in @p why
 */
int
options_check_device(struct options *o, options_device_fn device, char *why);
void
options_usage(FILE *f, const char *program, options_device_fn device);

const char *
measure_name(enum measure m);

#endif /* _OPTIONS_H_ */
