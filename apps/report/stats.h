/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */
#ifndef _STATS_H_
#define _STATS_H_

/**
 * @file
 * Plain statistics of a list of samples. All give 0 for an empty list.
 */

#include <stddef.h>

double
stat_mean(const double *v, size_t n);
/** Standard deviation of the population that the samples are from (n - 1); 0 below two. */
double
stat_stdev(const double *v, size_t n);
double
stat_median(const double *v, size_t n);
/** The @p q quantile (0..1), interpolated between neighbouring samples. */
double
stat_quantile(const double *v, size_t n, double q);
/** Median distance from the median, times 1.4826: the standard deviation without its outliers. */
double
stat_mad(const double *v, size_t n);
/** Half width, in standard errors, of the two-sided 95 % interval of a mean (Student's t). */
double
stat_t95(double degrees);

#endif /* _STATS_H_ */
