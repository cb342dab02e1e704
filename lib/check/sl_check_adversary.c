/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */

/*
 * The adversary does at random moments what caches may do at any moment: it
 * writes dirty lines back and fetches clean lines. It uses one random generator
 * under the checker's lock, only at sync calls and reported accesses, and
 * identifies lines by order of mapping. So with one thread the same seed gives
 * the same steps.
 */

#include "sl_check_priv.h"

/* splitmix64 */
static uint64_t
draw(struct sl_check *c)
{
	uint64_t z;

	c->rng += CHECK_MIX_STEP;
	z = c->rng;
	z = (z ^ (z >> 30)) * CHECK_MIX_1;
	z = (z ^ (z >> 27)) * CHECK_MIX_2;
	return z ^ (z >> 31);
}

/* Add a step of the adversary to the run's hash (FNV-1a). */
static void
trace(struct sl_check *c, unsigned int what, const struct check_mapping *m, uint32_t i)
{
	const uint64_t word[] = {what, m->serial, i};
	unsigned int k;

	for (k = 0; k < sizeof(word) / sizeof(word[0]); k++)
		c->stats.trace = (c->stats.trace ^ word[k]) * CHECK_FNV_PRIME;
}

/* Eviction: write a dirty line back before its flush. */
static void
evict(struct sl_check *c, struct check_mapping *m, uint32_t i)
{
	size_t lo, n = check_span(c, m, i, &lo);
	struct check_line *l = &m->line[i];

	if ((l->flags & LINE_CONTENT) == 0 && !check_cpu_changed(m, lo, n))
		return;
	c->stats.evictions++;
	trace(c, 'e', m, i);
	/* A flush may complete before its barrier. */
	check_settle(c, m, i);
	if (!check_cpu_changed(m, lo, n))
		return;
	check_cpu_wrote(c, m, i);
	l->evicted |= check_diff(c, m, i, m->va, m->synced);
	check_copy(m->synced + lo, m->va + lo, n);
	check_copy(m->dev + lo, m->synced + lo, n);
}

/*
 * Speculation: fetch a clean line early; it is stale once the NIC writes more.
 * Only lines that the NIC will still write: a correct driver does not store to
 * them from another thread at the same time, so no store is undone. Only once
 * until the next update, because repeated fetches would replace the driver's
 * updates.
 */
static void
refill(struct sl_check *c, struct check_mapping *m, uint32_t i)
{
	size_t lo, n = check_span(c, m, i, &lo);
	struct check_line *l = &m->line[i];

	if ((l->flags & (LINE_CONTENT | LINE_FETCH | LINE_REFILLED)) != 0 ||
		check_outstanding(c, m, i) == 0 || check_cpu_changed(m, lo, n) ||
		!check_nic_changed(m, lo, n))
		return;
	c->stats.refills++;
	trace(c, 'r', m, i);
	check_fetch(c, m, i);
	l->flags |= LINE_REFILLED;
}

/* Choose a line of the current call or access, or one that was handed over recently. */
static struct check_mapping *
pick(struct sl_check *c, struct check_mapping *m, uint32_t first, uint32_t count, uint32_t *line)
{
	uint64_t r = draw(c);
	const struct check_recent *recent = &c->recent[(r >> 8) % CHECK_RECENT];

	if (m != NULL && (r & 1) != 0) {
		*line = first + (uint32_t)((r >> 32) % count);
		return m;
	}
	*line = recent->line;
	return recent->map;
}

void
check_moment(struct sl_check *c, struct check_mapping *m, uint32_t first, uint32_t count)
{
	uint64_t r;
	struct check_mapping *at;
	uint32_t line;

	if ((c->evict | c->refill) == 0 || c->diff.coherent)
		return;
	r = draw(c);
	if ((r & 1023) < c->evict) {
		at = pick(c, m, first, count, &line);
		if (at != NULL)
			evict(c, at, line);
	}
	if ((r >> 10 & 1023) < c->refill) {
		at = pick(c, m, first, count, &line);
		if (at != NULL)
			refill(c, at, line);
	}
}

void
check_remember(struct sl_check *c, struct check_mapping *m, uint32_t line)
{
	c->recent[c->next_recent++ % CHECK_RECENT] = (struct check_recent){m, line};
}

void
check_forget_map(struct sl_check *c, const struct check_mapping *m)
{
	unsigned int i;

	for (i = 0; i < CHECK_RECENT; i++) {
		if (c->recent[i].map == m)
			c->recent[i].map = NULL;
	}
}
