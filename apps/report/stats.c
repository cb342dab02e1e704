/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */

/*
 * Mean, deviation, quantiles and median of a list of samples, and Student's t. verdict.c compares
 * two lists.
 */

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "stats.h"

/* Ratio of standard deviation to median deviation in a normal distribution. */
#define MAD_TO_STDEV 1.4826

double
stat_mean(const double *v, size_t n)
{
	double sum = 0;

	for (size_t i = 0; i < n; i++)
		sum += v[i];
	return n != 0 ? sum / (double)n : 0;
}

double
stat_stdev(const double *v, size_t n)
{
	double mean = stat_mean(v, n), sum = 0;

	if (n < 2)
		return 0;
	for (size_t i = 0; i < n; i++)
		sum += (v[i] - mean) * (v[i] - mean);
	return sqrt(sum / (double)(n - 1));
}

static int
by_value(const void *a, const void *b)
{
	const double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

double
stat_quantile(const double *v, size_t n, double q)
{
	double *sorted, at, value;
	size_t i;

	if (n == 0)
		return 0;
	sorted = malloc(n * sizeof(*sorted));
	if (sorted == NULL)
		return v[0];
	memcpy(sorted, v, n * sizeof(*sorted));
	qsort(sorted, n, sizeof(*sorted), by_value);
	at = q * (double)(n - 1);
	i = (size_t)at;
	value = i + 1 < n ? sorted[i] + (at - (double)i) * (sorted[i + 1] - sorted[i]) :
			    sorted[n - 1];
	free(sorted);
	return value;
}

double
stat_median(const double *v, size_t n)
{
	return stat_quantile(v, n, 0.5);
}

double
stat_mad(const double *v, size_t n)
{
	double *away = malloc((n != 0 ? n : 1) * sizeof(*away));
	double median = stat_median(v, n), mad;

	if (away == NULL)
		return stat_stdev(v, n);
	for (size_t i = 0; i < n; i++)
		away[i] = fabs(v[i] - median);
	mad = stat_median(away, n) * MAD_TO_STDEV;
	free(away);
	return mad;
}

double
stat_t95(double degrees)
{
	static const double t[] = {12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262,
		2.228, 2.201, 2.179, 2.160, 2.145, 2.131, 2.120, 2.110, 2.101, 2.093, 2.086};
	const size_t n = sizeof(t) / sizeof(t[0]);
	size_t i;

	if (degrees < 1)
		return t[0];
	i = (size_t)degrees;
	/*
	 * After the table, the first term of the series around the normal quantile is exact enough.
	 */
	if (i >= n)
		return 1.960 + 2.46 / degrees;
	return t[i - 1] + (degrees - (double)i) * (t[i] - t[i - 1]);
}
