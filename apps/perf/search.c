/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */

/*
 * The search for the highest load within a loss goal: the next load to try, and whether trials have
 * decided a load. It only calculates; measure.c makes the trials.
 */

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "search.h"

/* Loads with a smaller relative difference are the same load. */
#define SAME 1e-9
/* First step, in widths, if a bound is searched outside the known ones; steps then double. */
#define REACH_WIDTHS 2.0

int
search_init(struct search *s, const struct search_rules *rules)
{
	*s = (struct search){.rules = *rules};
	if (!(rules->min > 0) || !(rules->max > rules->min) || !(rules->width > 0) ||
		rules->width >= 1 || rules->sum == 0 || rules->nb_goals == 0 ||
		rules->nb_goals > SEARCH_GOALS_MAX || rules->exceed < 0 || rules->exceed >= 1)
		return -EINVAL;
	s->trials = calloc(SEARCH_TRIALS_MAX, sizeof(*s->trials));
	s->loads = calloc(SEARCH_TRIALS_MAX, sizeof(*s->loads));
	if (s->trials == NULL || s->loads == NULL) {
		search_free(s);
		return -ENOMEM;
	}
	return 0;
}

void
search_free(struct search *s)
{
	free(s->trials);
	free(s->loads);
	s->trials = NULL;
	s->loads = NULL;
}

static bool
same(double a, double b)
{
	return fabs(a - b) <= SAME * fmax(a, b);
}

enum search_class
search_class(const struct search *s, unsigned int goal, double load, unsigned int sum)
{
	const double allowed = s->rules.goals[goal].loss;
	unsigned int good = 0, bad = 0, whole;

	for (size_t i = 0; i < s->nb_trials; i++) {
		if (!same(s->trials[i].load, load))
			continue;
		if (s->trials[i].loss > allowed)
			bad++;
		else
			good++;
	}
	whole = good + bad > sum ? good + bad : sum;
	if (bad > s->rules.exceed * whole)
		return SEARCH_UPPER;
	/* A lower bound is certain if it holds even if all remaining trials are lossy. */
	if (whole - good <= s->rules.exceed * whole)
		return SEARCH_LOWER;
	return SEARCH_UNDECIDED;
}

/** Rules of a phase. */
struct phase {
	double width;
	unsigned int sum;
};

static struct phase
phase_of(const struct search *s)
{
	const unsigned int left = s->rules.phases - s->phase;
	const double width = s->rules.width * pow(2, left);

	return (struct phase){
		.width = width < 0.5 ? width : 0.5,
		.sum = s->phase == 0 && left != 0 ? 1 :
						    (unsigned int)ceil(s->rules.sum / pow(3, left)),
	};
}

static struct search_load *
load_entry(struct search *s, double load)
{
	for (size_t i = 0; i < s->nb_loads; i++) {
		if (same(s->loads[i].load, load))
			return &s->loads[i];
	}
	s->loads[s->nb_loads] = (struct search_load){.load = load};
	return &s->loads[s->nb_loads++];
}

/* Find the lowest upper bound, and the highest lower bound below it. 0: none. */
static void
bounds(const struct search *s, unsigned int sum, double *lower, double *upper)
{
	*lower = *upper = 0;
	for (size_t i = 0; i < s->nb_loads; i++) {
		const double load = s->loads[i].load;

		if (search_class(s, s->goal, load, sum) == SEARCH_UPPER &&
			(*upper == 0 || load < *upper))
			*upper = load;
	}
	for (size_t i = 0; i < s->nb_loads; i++) {
		const double load = s->loads[i].load;

		if (search_class(s, s->goal, load, sum) == SEARCH_LOWER && load > *lower &&
			(*upper == 0 || load < *upper))
			*lower = load;
	}
}

/* Find a load between the bounds that was tried but is not decided. */
static bool
begun(const struct search *s, unsigned int sum, double lower, double upper, double *load)
{
	for (size_t i = 0; i < s->nb_loads; i++) {
		const struct search_load *l = &s->loads[i];

		if ((l->active & (1u << s->goal)) == 0 || l->load <= lower ||
			(upper != 0 && l->load >= upper))
			continue;
		if (search_class(s, s->goal, l->load, sum) == SEARCH_UNDECIDED) {
			*load = l->load;
			return true;
		}
	}
	return false;
}

/* Choose a new load. @return false: the phase has reached its goal. */
static bool
choose(struct search *s, const struct phase *p, double lower, double upper, double *load)
{
	const struct search_rules *r = &s->rules;
	double step;

	if (upper == 0 && lower == 0) {
		*load = r->hint > 0 ? fmin(fmax(r->hint, r->min), r->max) : r->max;
		return true;
	}
	step = p->width * REACH_WIDTHS * pow(2, s->reach);
	if (lower == 0) {
		if (same(upper, r->min))
			return false;
		s->reach++;
		*load = step < 1 ? fmax(upper * (1 - step), r->min) : r->min;
		return true;
	}
	if (upper == 0) {
		if (same(lower, r->max))
			return false;
		s->reach++;
		*load = fmin(lower * (1 + step), r->max);
		return true;
	}
	s->reach = 0;
	if ((upper - lower) / upper <= p->width * (1 + SAME))
		return false;
	*load = sqrt(lower * upper);
	return true;
}

/* End a phase: the next one decides this phase's bounds again, with more trials. */
static void
hand_over(struct search *s, double lower, double upper)
{
	for (size_t i = 0; i < s->nb_loads; i++)
		s->loads[i].active &= ~(1u << s->goal);
	if (lower != 0)
		load_entry(s, lower)->active |= 1u << s->goal;
	if (upper != 0)
		load_entry(s, upper)->active |= 1u << s->goal;
	s->reach = 0;
}

static void
conclude(struct search *s, double lower, double upper)
{
	struct search_found *f = &s->found[s->goal];
	double sum = 0;
	unsigned int n = 0;

	*f = (struct search_found){.found = lower != 0,
		.at_max = lower != 0 && upper == 0,
		.lower = lower,
		.upper = upper};
	for (size_t i = 0; i < s->nb_trials; i++) {
		if (lower == 0 || !same(s->trials[i].load, lower) ||
			s->trials[i].loss > s->rules.goals[s->goal].loss)
			continue;
		sum += s->trials[i].pps;
		n++;
	}
	f->pps = n != 0 ? sum / n : lower;
}

bool
search_next(struct search *s, double *load)
{
	while (s->goal < s->rules.nb_goals) {
		const struct phase p = phase_of(s);
		double lower, upper;

		bounds(s, p.sum, &lower, &upper);
		if (!s->full) {
			if (begun(s, p.sum, lower, upper, load))
				return true;
			if (choose(s, &p, lower, upper, load)) {
				load_entry(s, *load)->active |= 1u << s->goal;
				return true;
			}
		}
		if (s->phase < s->rules.phases && !s->full) {
			hand_over(s, lower, upper);
			s->phase++;
			continue;
		}
		conclude(s, lower, upper);
		s->goal++;
		s->phase = 0;
		s->reach = 0;
	}
	return false;
}

void
search_add(struct search *s, double load, double loss, double pps)
{
	s->trials[s->nb_trials++] = (struct search_trial){load, loss, pps};
	if (s->nb_trials == SEARCH_TRIALS_MAX || s->nb_loads == SEARCH_TRIALS_MAX - 2)
		s->full = true;
}
