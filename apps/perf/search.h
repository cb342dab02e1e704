/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */
#ifndef _SEARCH_H_
#define _SEARCH_H_

/**
 * @file
 * Search for the highest load that loses no more than a goal allows, after
 * MLRsearch (draft-ietf-bmwg-mlrsearch): a load is decided by the total time of
 * its trials, not by one trial. It is a lower bound when at most the exceed ratio
 * of that time was lossy, an upper bound when more was, and undecided while
 * further trials could change that. The first phase looks for wide bounds and
 * decides by one trial; later phases narrow the bounds and decide by more
 * trials. Several goals share the trials. Pure.
 *
 *   search_init(); while (search_next(&s, &load)) search_add(&s, load, loss, pps);
 */

#include <stdbool.h>
#include <stddef.h>

#define SEARCH_GOALS_MAX 4
#define SEARCH_TRIALS_MAX 4096

/** One goal of a search. */
struct search_goal {
	double loss; /**< loss ratio that is allowed; 0 or above */
};

struct search_rules {
	double min, max;     /**< loads to look between, frames a second */
	double hint;	     /**< a load near the expected result; 0: unknown */
	double width;	     /**< goal width: (upper - lower) / upper at the end, 0.005 */
	double exceed;	     /**< share of the time that may be lossy, 0.5 */
	unsigned int sum;    /**< trials that decide a load in the last phase */
	unsigned int phases; /**< before the last one, each twice as wide as the next */
	unsigned int nb_goals;
	struct search_goal goals[SEARCH_GOALS_MAX];
};

struct search_trial {
	double load, loss, pps;
};

struct search_load {
	double load;
	unsigned int active; /**< bit mask of goals whose phase looks at it */
};

struct search_found {
	bool found;   /**< false: even the lowest load loses more */
	bool at_max;  /**< even the highest load loses no more: there is no upper bound */
	double lower; /**< highest load found good */
	double upper; /**< lowest load found lossy; 0: none */
	double pps;   /**< mean rate forwarded at the lower bound */
};

struct search {
	struct search_rules rules;
	unsigned int goal, phase; /**< the current ones */
	unsigned int reach;	  /**< steps of the search for a bound outside, doubling */
	size_t nb_trials;
	struct search_trial *trials;
	size_t nb_loads;
	struct search_load *loads;
	bool full; /**< SEARCH_TRIALS_MAX reached: what was found so far counts */
	struct search_found found[SEARCH_GOALS_MAX];
};

/** What a load is for a goal. */
enum search_class { SEARCH_UNDECIDED, SEARCH_LOWER, SEARCH_UPPER };

/** @return 0; -EINVAL for rules that make no sense; -ENOMEM. */
int
search_init(struct search *s, const struct search_rules *rules);
/** The next load to try. @return false: done, s->found says what. */
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
