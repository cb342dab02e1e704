/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */
#ifndef _VERDICT_H_
#define _VERDICT_H_

/**
 * @file
 * Is NEW better, worse or the same as BASE? Two lists of samples, one for each
 * process that measured: what is within a process is no repetition, as where
 * its memory lies stays the same.
 *
 * Whether they differ is told by minimum description length (mdl.h): one group
 * or two. By how much is told by the ratio of the means with its 95 % interval:
 * a change is one when there are two groups and the interval is well clear of 1.
 * Of pairs the differences are told, with a mean or without: what both of a
 * pair share is not in them. "Same" is said only when it stays within the margin: else the samples are
 * too few to say it.
 */

#include <stdbool.h>
#include <stddef.h>

enum verdict { VERDICT_SAME, VERDICT_PROGRESSION, VERDICT_REGRESSION, VERDICT_TOO_FEW };

/** Fewest samples of each side from which anything is said. */
#define VERDICT_SAMPLES_MIN 5

struct verdict_rules {
	double margin;     /**< "same" is within this, 0.05 */
	double least;      /**< a smaller change is nobody's: "same", 0.01 */
	bool paired;       /**< base[i] and new[i] were measured one after the other */
	bool more_is_good;
	bool exact;        /**< repeats give the same: one sample will do, and no chance is in it */
};

struct comparison {
	enum verdict verdict;
	double base, now;      /**< medians */
	double ratio;          /**< new over base; NAN when base is 0 */
	double low, high;      /**< its 95 % interval */
	double bits_saved;     /**< by telling two groups; above 0: they differ */
	size_t n_base, n_now;  /**< samples */
	size_t strays;         /**< beyond five deviations from their side's median: count as at five */
	bool wild;             /**< more than a fifth are strays: nothing can be said */
	bool paired;           /**< drift that both of a pair share was taken out */
};

/**
 * Compare. Pairs need as many of one as of the other, all above 0; else they
 * are compared as if not paired.
 * @return 0; -ENOMEM.
 */
int verdict_compare(const double *base, size_t n_base, const double *now, size_t n_now,
	const struct verdict_rules *rules, struct comparison *out);
/** "same", "regression"... */
const char *verdict_name(enum verdict v);

#endif /* _VERDICT_H_ */
