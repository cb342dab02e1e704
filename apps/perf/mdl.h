/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */
#ifndef _MDL_H_
#define _MDL_H_

/**
 * @file
 * Grouping of samples by minimum description length, as FD.io CSIT's jumpavg
 * library does it: a group is told by how many samples it has, its mean, its
 * deviation, and where its samples lie on the sphere that these two leave. All
 * is counted in bits, to a precision of 1/4096 of the largest sample. Samples
 * belong to different groups when telling them as two groups takes fewer bits:
 * there is no threshold to set.
 */

#include <stddef.h>

/** Steps that the largest sample is told in. */
#define MDL_STEPS 4096.0

/** Samples, summed up. Zero-initialise. */
struct mdl_sum {
	size_t n;
	double mean;
	double m2; /**< sum of squared distances from the mean */
};

void mdl_add(struct mdl_sum *s, double v);
void mdl_merge(struct mdl_sum *s, const struct mdl_sum *other);

/**
 * Bits to tell a group.
 * @param unit what counts as one step: the largest of all samples / MDL_STEPS
 * @param before mean of the group before, or NULL for the first
 */
double mdl_bits(const struct mdl_sum *s, double unit, const double *before);

/**
 * Cut a series into the groups that take the fewest bits.
 * @param points one sum for each point in time, none empty
 * @param max largest sample of all; above 0
 * @param[out] start start[i] is true when a group begins at point i
 * @return number of groups; 0 without memory or points.
 */
size_t mdl_group(const struct mdl_sum *points, size_t n, double max, unsigned char *start);

#endif /* _MDL_H_ */
