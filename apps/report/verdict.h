/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */
#ifndef _VERDICT_H_
#define _VERDICT_H_

/**
 * @file
 * Is NEW better, worse or the same as BASE? Each has a list with one sample per
 * process: samples within a process are no repetitions, since its memory stays
 * in one place.
 *
 * A change is reported when (1) two groups describe the samples in fewer bits
 * than one (mdl.h), and (2) the 95 % interval of the ratio of the means is well
 * clear of 1. For pairs the differences within a pair are judged, so that drift
 * which both share does not count. "Same" is said only when the interval lies
 * within the margin; otherwise the samples are too few to decide.
 */

#include <stdbool.h>
#include <stddef.h>

enum verdict { VERDICT_SAME, VERDICT_PROGRESSION, VERDICT_REGRESSION, VERDICT_TOO_FEW };

/** Fewest samples of each side for a verdict. */
#define VERDICT_SAMPLES_MIN 5

struct verdict_rules {
	double margin; /**< "same" is within this, 0.05 */
	double least;  /**< a smaller change counts as "same", 0.01 */
	bool paired;   /**< base[i] and new[i] were measured one after the other */
	bool more_is_good;
	bool exact; /**< values do not vary: one sample is enough, every difference counts */
};

struct comparison {
	enum verdict verdict;
	double base, now;     /**< medians */
	double ratio;	      /**< new over base; NAN when base is 0 */
	double low, high;     /**< its 95 % interval */
	double bits_saved;    /**< by describing two groups; above 0: the sides differ */
	size_t n_base, n_now; /**< samples */
	size_t strays;	      /**< outliers: clipped to five deviations from their side's median */
	bool wild;	      /**< more than a fifth are outliers: no verdict */
	bool paired;	      /**< pairs were compared: drift that both share does not count */
};

/**
 * Compare. Pairs need equally many samples on both sides, all above 0; otherwise
 * the samples are compared as not paired.
 * @return 0; -ENOMEM.
 */
int
verdict_compare(const double *base, size_t n_base, const double *now, size_t n_now,
	const struct verdict_rules *rules, struct comparison *out);
/** "same", "regression"... */
const char *
verdict_name(enum verdict v);

#endif /* _VERDICT_H_ */
