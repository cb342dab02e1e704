/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */

/*
 * Grouping by minimum description length: the number of bits of a group of samples, and the
 * division of a series that needs the fewest. For verdict.c and plot.c.
 */

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "mdl.h"

void
mdl_add(struct mdl_sum *s, double v)
{
	const struct mdl_sum one = {.n = 1, .mean = v};

	mdl_merge(s, &one);
}

void
mdl_merge(struct mdl_sum *s, const struct mdl_sum *other)
{
	const double n = (double)(s->n + other->n);
	const double away = other->mean - s->mean;

	if (other->n == 0)
		return;
	s->m2 += other->m2 + away * away * (double)s->n * (double)other->n / n;
	s->mean += away * (double)other->n / n;
	s->n += other->n;
}

double
mdl_bits(const struct mdl_sum *s, double unit, const double *before)
{
	const double n = (double)s->n;
	const double top = MDL_STEPS;
	double bits, area;

	if (s->n == 0)
		return 0;
	/* The number of samples: k has the probability 1 / (k (k + 1)); these add up to 1. */
	bits = log2(n * (n + 1));
	/*
	 * The mean is uniform up to the top; after another group, a more distant one is more
	 * likely.
	 */
	if (before == NULL)
		bits += log2(top + 1);
	else
		bits += log2(top * (top + 1) / (fabs(s->mean - *before) / unit + 1));
	if (s->n < 2)
		return bits;
	/* The deviation is uniform up to the top. */
	bits += log2(top + 1);
	/*
	 * The samples are a point on a sphere of n - 1 dimensions, whose surface has this number of
	 * steps.
	 */
	area = log(2) + log(M_PI) * (n - 1) / 2 - lgamma((n - 1) / 2) +
		log(sqrt(s->m2 / n) / unit + 1) * (n - 2) + log(n) * (n - 2) / 2;
	return bits + area / log(2);
}

/** The best grouping up to a point, for one start of its last group. */
struct mdl_cell {
	struct mdl_sum sum; /* sum of the last group */
	double bits;
	size_t before; /* start of the previous group */
};

/* Find the best grouping of [0, from) before a last group [from, end). */
static void
best_before(struct mdl_cell *cells, size_t n, size_t from, size_t end, double unit)
{
	struct mdl_cell *c = &cells[from * n + end - 1];

	c->bits = INFINITY;
	for (size_t k = 0; k < from; k++) {
		const struct mdl_cell *prev = &cells[k * n + from - 1];
		double bits = prev->bits + mdl_bits(&c->sum, unit, &prev->sum.mean);

		if (bits < c->bits) {
			c->bits = bits;
			c->before = k;
		}
	}
}

size_t
mdl_group(const struct mdl_sum *points, size_t n, double max, unsigned char *start)
{
	const double unit = max / MDL_STEPS;
	struct mdl_cell *cells;
	size_t groups = 1, end = n, last = 0;

	if (n == 0)
		return 0;
	cells = calloc(n * n, sizeof(*cells));
	if (cells == NULL)
		return 0;
	for (size_t to = 1; to <= n; to++) {
		for (size_t from = 0; from < to; from++) {
			struct mdl_cell *c = &cells[from * n + to - 1];

			if (to - 1 > from)
				c->sum = cells[from * n + to - 2].sum;
			mdl_merge(&c->sum, &points[to - 1]);
			if (from == 0)
				c->bits = mdl_bits(&c->sum, unit, NULL);
			else
				best_before(cells, n, from, to, unit);
		}
	}
	for (size_t from = 1; from < n; from++) {
		if (cells[from * n + n - 1].bits < cells[last * n + n - 1].bits)
			last = from;
	}
	memset(start, 0, n);
	start[0] = 1;
	while (last != 0) {
		const size_t before = cells[last * n + end - 1].before;

		start[last] = 1;
		groups++;
		end = last;
		last = before;
	}
	free(cells);
	return groups;
}
