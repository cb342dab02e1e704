/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */
#ifndef _COMPARE_H_
#define _COMPARE_H_

/** @file Comparison of two results: all metrics that both have. Pure except for printing. */

#include <stdbool.h>
#include <stdio.h>

#include <jansson.h>

#include "verdict.h"

struct compare_rules {
	struct verdict_rules verdict; /**< more_is_good is set for each metric */
	const char *only;	      /**< part of the names of metrics to compare; NULL: all */
	bool all;		      /**< also judge latencies and loss */
};

#define COMPARE_DIFFERS_LEN 160

/** One metric of both results. */
struct compare_row {
	char name[192];	  /**< names of result and metric */
	const char *unit; /**< unit in the JSON */
	bool judged;	  /**< affects the exit code */
	struct comparison c;
	/** Conditions that differ, as "kernel, hugepages": they may be the cause of a change. */
	char differs[COMPARE_DIFFERS_LEN];
};

struct compare_table {
	size_t n;
	struct compare_row *rows;
	size_t only_base, only_now; /**< number of metrics that only one result has */
	unsigned int verdicts[VERDICT_TOO_FEW + 1]; /**< number of judged rows per verdict */
	unsigned int doubtful; /**< judged regressions whose conditions differ */
};

/** Compare. @return 0 or -ENOMEM. Free with compare_free(); rows refer to the results. */
int
compare_results(const json_t *base, const json_t *now, const struct compare_rules *rules,
	struct compare_table *out);
void
compare_free(struct compare_table *t);
/** Print the differences of the two runs besides the code, one per line. */
void
compare_notes(const json_t *base, const json_t *now, FILE *f);
void
compare_print(const struct compare_table *t, FILE *f);
/** The table as JSON. New reference. */
json_t *
compare_json(const struct compare_table *t, const json_t *base, const json_t *now);
/**
 * Exit code: 0; 3 (a regression under equal conditions); 5 (only regressions whose conditions
 * differ); 4 (no regression, but too few samples for at least one metric).
 */
int
compare_exit_code(const struct compare_table *t);

#endif /* _COMPARE_H_ */
