/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */
#ifndef _MDL_H_
#define _MDL_H_

/**
 * @file
 * Grouping of samples by minimum description length, as in FD.io CSIT's jumpavg library. A group is
 * described by its number of samples, their mean, their deviation, and their position on the sphere
 * with this mean and deviation. The length of the description is counted in bits, with a precision
 * of 1/4096 of the largest sample. Samples form two groups if the description of two groups takes
 * fewer bits: no threshold has to be set.
 */

#include <stddef.h>

/** Steps between 0 and the largest sample. */
#define MDL_STEPS 4096.0

/** Sums of a group's samples. Zero-initialise. */
struct mdl_sum {
	size_t n;
	double mean;
	double m2; /**< sum of squared distances from the mean */
};

void
mdl_add(struct mdl_sum *s, double v);
void
mdl_merge(struct mdl_sum *s, const struct mdl_sum *other);

/**
 * Bits of the description of a group.
 * @param unit size of one step: the largest of all samples / MDL_STEPS
 * @param before mean of the previous group, or NULL for the first group
 */
double
mdl_bits(const struct mdl_sum *s, double unit, const double *before);

/**
 * Split a series into the groups whose description takes the fewest bits.
 * @param points one sum for each point in time, none empty
 * @param max largest of all samples; above 0
 * @param[out] start start[i] is true if a group begins at point i
 * @return number of groups; 0: out of memory, or no points.
 */
size_t
mdl_group(const struct mdl_sum *points, size_t n, double max, unsigned char *start);

#endif /* _MDL_H_ */
