/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */
#ifndef _SEARCH_H_
#define _SEARCH_H_

/**
 * @file
 * Search for the highest load with at most a given loss, following MLRsearch
 * (draft-ietf-bmwg-mlrsearch): a load is classified by the total time of its trials, not by one
 * trial. It is a lower bound if at most the exceed ratio of that time was lossy, an upper bound if
 * more was, and undecided while further trials could change that. The first phase finds wide bounds
 * with one trial per load; later phases narrow the bounds with more trials per load. Several goals
 * share the trials. Pure.
 *
 *  search_init(); while (search_next(&s, &load)) search_add(&s, load, loss, pps);
 */

#include <stdbool.h>
#include <stddef.h>

#define SEARCH_GOALS_MAX 4
#define SEARCH_TRIALS_MAX 4096

/** One goal of a search. */
struct search_goal {
	double loss; /**< allowed loss ratio; 0 or above */
};

struct search_rules {
	double min, max;  /**< range of loads, frames per second */
	double hint;	  /**< a load near the expected result; 0: unknown */
	double width;	  /**< goal width: final (upper - lower) / upper, 0.005 */
	double exceed;	  /**< share of the time that may be lossy, 0.5 */
	unsigned int sum; /**< number of trials that decide a load in the last phase */
	unsigned int
		phases; /**< phases before the last one; each has twice the width of the next */
	unsigned int nb_goals;
	struct search_goal goals[SEARCH_GOALS_MAX];
};

struct search_trial {
	double load, loss, pps;
};

struct search_load {
	double load;
	unsigned int active; /**< bit mask of goals whose current phase needs it */
};

struct search_found {
	bool found;   /**< false: even the lowest load loses more than allowed */
	bool at_max;  /**< even the highest load is within the goal: there is no upper bound */
	double lower; /**< highest load within the goal */
	double upper; /**< lowest load that loses more; 0: none */
	double pps;   /**< mean forwarding rate at the lower bound */
};

struct search {
	struct search_rules rules;
	unsigned int goal, phase; /**< the current goal and phase */
	unsigned int reach;	  /**< steps of the search for a bound outside; it doubles */
	size_t nb_trials;
	struct search_trial *trials;
	size_t nb_loads;
	struct search_load *loads;
	bool full; /**< SEARCH_TRIALS_MAX was reached: the bounds found so far are the result */
	struct search_found found[SEARCH_GOALS_MAX];
};

/** Classification of a load for a goal. */
enum search_class { SEARCH_UNDECIDED, SEARCH_LOWER, SEARCH_UPPER };

/** @return 0; -EINVAL: invalid rules; -ENOMEM. */
int
search_init(struct search *s, const struct search_rules *rules);
/** Get the next load to try. @return false: finished, the result is in s->found. */
bool
search_next(struct search *s, double *load);
/** Add the result of a trial at @p load. */
void
search_add(struct search *s, double load, double loss, double pps);
void
search_free(struct search *s);
enum search_class
search_class(const struct search *s, unsigned int goal, double load, unsigned int sum);

#endif /* _SEARCH_H_ */
