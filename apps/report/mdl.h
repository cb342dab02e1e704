/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */
#ifndef _MDL_H_
#define _MDL_H_

/**
 * @file
 * Grouping of samples by minimum description length, as FD.io CSIT's jumpavg
 * library does it. A group is described by the number of its samples, their
 * mean, their deviation, and the samples' place on the sphere that mean and
 * deviation leave. The length of this description is counted in bits, with a
 * precision of 1/4096 of the largest sample. Samples belong to two groups when
 * describing them as two groups takes fewer bits: there is no threshold to set.
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
 * Bits that describe a group.
 * @param unit size of one step: the largest of all samples / MDL_STEPS
 * @param before mean of the group before, or NULL for the first group
 */
double
mdl_bits(const struct mdl_sum *s, double unit, const double *before);

/**
 * Cut a series into the groups that take the fewest bits.
 * @param points one sum for each point in time, none empty
 * @param max largest sample of all; above 0
 * @param[out] start start[i] is true when a group begins at point i
 * @return number of groups; 0 without memory or points.
 */
size_t
mdl_group(const struct mdl_sum *points, size_t n, double max, unsigned char *start);

#endif /* _MDL_H_ */
