/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */

/*
 * The statistics for "better", "worse" and "same": clip outliers, compute the ratio and its
 * interval, and count the bits that two groups save (mdl.c).
 */

#include <errno.h>
#include <math.h>
#include <stdlib.h>

#include "mdl.h"
#include "stats.h"
#include "verdict.h"

/* An outlier is more than this number of deviations away and is clipped to that distance. */
#define STRAY_DEVIATIONS 5.0
/* If more than a fifth of the samples are outliers, there is no verdict. */
#define STRAY_SHARE 5

/*
 * A change is reported if the ratio differs from 1 by this number of widths of its interval: 3
 * standard errors.
 */
#define CLEAR_WIDTHS 0.75

/** Samples of one side. */
struct side {
	double *v;
	size_t n;
};

const char *
verdict_name(enum verdict v)
{
	static const char *const names[] = {
		[VERDICT_SAME] = "same",
		[VERDICT_PROGRESSION] = "progression",
		[VERDICT_REGRESSION] = "regression",
		[VERDICT_TOO_FEW] = "not enough samples",
	};

	return names[v];
}

/* Clip outliers. @return number of outliers. */
static size_t
rein_in(double *v, size_t n)
{
	const double median = stat_median(v, n), reach = stat_mad(v, n) * STRAY_DEVIATIONS;
	size_t strays = 0;

	for (size_t i = 0; i < n; i++) {
		if (fabs(v[i] - median) <= reach)
			continue;
		v[i] = median + (v[i] > median ? reach : -reach);
		strays++;
	}
	return strays;
}

static bool
all_positive(const struct side *s)
{
	for (size_t i = 0; i < s->n; i++) {
		if (!(s->v[i] > 0))
			return false;
	}
	return true;
}

static double
largest(const struct side *s)
{
	double max = 0;

	for (size_t i = 0; i < s->n; i++)
		max = fmax(max, s->v[i]);
	return max;
}

/* Bits that are saved if the two sides are described as two groups. */
static double
saved(const struct side *base, const struct side *now)
{
	const double unit = fmax(largest(base), largest(now)) / MDL_STEPS;
	struct mdl_sum b = {0}, n = {0}, all = {0};

	if (!(unit > 0))
		return 0;
	for (size_t i = 0; i < base->n; i++)
		mdl_add(&b, base->v[i]);
	for (size_t i = 0; i < now->n; i++)
		mdl_add(&n, now->v[i]);
	mdl_merge(&all, &b);
	mdl_merge(&all, &n);
	return mdl_bits(&all, unit, NULL) - mdl_bits(&b, unit, NULL) - mdl_bits(&n, unit, &b.mean);
}

/* Ratio of two independent sides, and its interval from their relative standard errors. */
static void
ratio_of_means(const struct side *base, const struct side *now, struct comparison *c)
{
	const double b = stat_mean(base->v, base->n), n = stat_mean(now->v, now->n);
	double eb, en, error, degrees;

	if (!(b > 0)) {
		c->ratio = c->low = c->high = n > 0 ? NAN : 1;
		return;
	}
	eb = pow(stat_stdev(base->v, base->n) / b, 2) / (double)base->n;
	en = n > 0 ? pow(stat_stdev(now->v, now->n) / n, 2) / (double)now->n : 0;
	error = sqrt(eb + en);
	/* Welch: degrees of freedom for two different deviations. */
	degrees = eb + en > 0 ? (eb + en) * (eb + en) /
			(eb * eb / (double)(base->n - 1) + en * en / (double)(now->n - 1)) :
				(double)(base->n + now->n - 2);
	c->ratio = n / b;
	c->low = c->ratio * (1 - stat_t95(degrees) * error);
	c->high = c->ratio * (1 + stat_t95(degrees) * error);
}

/* Ratio of pairs, and its interval from the logarithms of the pairs' ratios. */
static void
ratio_of_pairs(const double *delta, size_t n, struct comparison *c)
{
	const double mean = stat_mean(delta, n);
	const double half = stat_t95((double)n - 1) * stat_stdev(delta, n) / sqrt((double)n);

	c->ratio = exp(mean);
	c->low = exp(mean - half);
	c->high = exp(mean + half);
}

/*
 * Bits that are saved if the differences of pairs are described with a mean instead of without one.
 * The mean takes one signed number, in steps of 1 / MDL_STEPS of the whole; each difference then
 * takes fewer bits, since the deviation from the mean is smaller.
 */
static double
saved_by_mean(const double *delta, size_t n)
{
	struct mdl_sum sum = {0};
	double about_mean, about_none;

	for (size_t i = 0; i < n; i++)
		mdl_add(&sum, delta[i]);
	about_mean = sqrt(sum.m2 / (double)n);
	about_none = sqrt(sum.m2 / (double)n + sum.mean * sum.mean);
	return (double)n * log2((about_none * MDL_STEPS + 1) / (about_mean * MDL_STEPS + 1)) -
		log2(2 * MDL_STEPS + 1);
}

static enum verdict
judge(const struct comparison *c, const struct verdict_rules *rules)
{
	/* A few outliers on one side also make two groups, but then the interval is wide. */
	const bool clear = !(fabs(c->ratio - 1) < CLEAR_WIDTHS * (c->high - c->low));

	if (c->n_base < VERDICT_SAMPLES_MIN || c->n_now < VERDICT_SAMPLES_MIN || c->wild)
		return VERDICT_TOO_FEW;
	if (c->bits_saved > 0 && clear) {
		const bool more = isnan(c->ratio) || c->ratio > 1;

		if (!isnan(c->ratio) && fabs(c->ratio - 1) < rules->least)
			return VERDICT_SAME;
		return more == rules->more_is_good ? VERDICT_PROGRESSION : VERDICT_REGRESSION;
	}
	if (isnan(c->ratio) || c->low < 1 - rules->margin || c->high > 1 + rules->margin)
		return VERDICT_TOO_FEW;
	return VERDICT_SAME;
}

/* Values that do not vary between runs: every difference is a change. */
static enum verdict
judge_exact(struct comparison *c, const struct verdict_rules *rules)
{
	if (c->n_base == 0 || c->n_now == 0 || !(c->base > 0))
		return VERDICT_TOO_FEW;
	c->ratio = c->low = c->high = c->now / c->base;
	if (fabs(c->ratio - 1) < rules->least)
		return VERDICT_SAME;
	return (c->ratio > 1) == rules->more_is_good ? VERDICT_PROGRESSION : VERDICT_REGRESSION;
}

static void
compare_pairs(const struct side *base, const struct side *now, double *delta, struct comparison *c)
{
	for (size_t i = 0; i < base->n; i++)
		delta[i] = log(now->v[i] / base->v[i]);
	c->strays = rein_in(delta, base->n);
	c->wild = c->strays > base->n / STRAY_SHARE;
	ratio_of_pairs(delta, base->n, c);
	c->bits_saved = saved_by_mean(delta, base->n);
}

static void
compare_sides(struct side *base, struct side *now, struct comparison *c)
{
	const size_t b = rein_in(base->v, base->n), n = rein_in(now->v, now->n);

	c->strays = b + n;
	c->wild = b > base->n / STRAY_SHARE || n > now->n / STRAY_SHARE;
	if (base->n >= 2 && now->n >= 2)
		ratio_of_means(base, now, c);
	else if (base->n == 1 && now->n == 1 && base->v[0] > 0)
		c->ratio = c->low = c->high = now->v[0] / base->v[0];
	c->bits_saved = saved(base, now);
}

int
verdict_compare(const double *base, size_t n_base, const double *now, size_t n_now,
	const struct verdict_rules *rules, struct comparison *out)
{
	/* Room for copies of both sides and for the differences of pairs. */
	double *copy = calloc(2 * (n_base + n_now) + 1, sizeof(*copy));
	struct side b = {copy, n_base}, n = {copy, n_now};
	struct comparison c = {
		.ratio = NAN, .low = NAN, .high = NAN, .n_base = n_base, .n_now = n_now};

	if (copy == NULL)
		return -ENOMEM;
	n.v += n_base;
	for (size_t i = 0; i < n_base; i++)
		b.v[i] = base[i];
	for (size_t i = 0; i < n_now; i++)
		n.v[i] = now[i];
	c.base = stat_median(base, n_base);
	c.now = stat_median(now, n_now);
	c.paired = rules->paired && n_base == n_now && n_base >= 2 && all_positive(&b) &&
		all_positive(&n);
	if (c.paired)
		compare_pairs(&b, &n, copy + n_base + n_now, &c);
	else
		compare_sides(&b, &n, &c);
	c.verdict = rules->exact ? judge_exact(&c, rules) : judge(&c, rules);
	free(copy);
	*out = c;
	return 0;
}
