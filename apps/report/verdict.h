/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */
#ifndef _VERDICT_H_
#define _VERDICT_H_

/**
 * @file
 * Decides if NEW is better, worse or the same as BASE. Each has a list with one sample per process:
 * samples in one process are not independent, since its memory does not move.
 *
 * A change is reported if (1) the description of two groups takes fewer bits than that of one
 * (mdl.h), and (2) the 95 % interval of the ratio of the means clearly excludes 1. For pairs the
 * differences within a pair are judged, so that a drift that both share does not count. The verdict
 * is "same" only if the interval is within the margin; otherwise there are too few samples to
 * decide.
 */

#include <stdbool.h>
#include <stddef.h>

enum verdict { VERDICT_SAME, VERDICT_PROGRESSION, VERDICT_REGRESSION, VERDICT_TOO_FEW };

/** Fewest samples per side for a verdict. */
#define VERDICT_SAMPLES_MIN 5

struct verdict_rules {
	double margin; /**< "same" means within this margin, 0.05 */
	double least;  /**< a smaller change is "same", 0.01 */
	bool paired;   /**< base[i] and new[i] were measured one after the other */
	bool more_is_good;
	bool exact; /**< values do not vary: one sample is enough, and every difference counts */
};

struct comparison {
	enum verdict verdict;
	double base, now;     /**< medians */
	double ratio;	      /**< new / base; NAN if base is 0 */
	double low, high;     /**< 95 % interval of the ratio */
	double bits_saved;    /**< by a description as two groups; above 0: the sides differ */
	size_t n_base, n_now; /**< number of samples */
	size_t strays; /**< outliers: clipped to five deviations from the median of their side */
	bool wild;     /**< more than a fifth of the samples are outliers: no verdict */
	bool paired;   /**< pairs were compared: a drift that both share does not count */
};

/**
 * Compare. Pairs need equal numbers of samples on both sides, all above 0; otherwise the samples
 * are compared as unpaired.
 * @return 0; -ENOMEM.
 */
int
verdict_compare(const double *base, size_t n_base, const double *now, size_t n_now,
	const struct verdict_rules *rules, struct comparison *out);
/** Name of a verdict: "same", "regression"... */
const char *
verdict_name(enum verdict v);

#endif /* _VERDICT_H_ */
