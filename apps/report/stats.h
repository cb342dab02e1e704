/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */
#ifndef _STATS_H_
#define _STATS_H_

/**
 * @file
 * Statistics of a list of samples. All functions return 0 for an empty list.
 */

#include <stddef.h>

double
stat_mean(const double *v, size_t n);
/**
 * Standard deviation of the population from which the samples are (n - 1); 0 for fewer than two.
 */
double
stat_stdev(const double *v, size_t n);
double
stat_median(const double *v, size_t n);
/** The @p q quantile (0..1), interpolated between adjacent samples. */
double
stat_quantile(const double *v, size_t n, double q);
/**
 * Median distance from the median, times 1.4826: an estimate of the standard deviation that
 * outliers hardly affect.
 */
double
stat_mad(const double *v, size_t n);
/** Half width, in standard errors, of the two-sided 95 % interval of a mean (Student's t). */
double
stat_t95(double degrees);

#endif /* _STATS_H_ */
