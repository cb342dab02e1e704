/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */

/*
 * The state of one line: the content of its copies, the owners of its units, and the
 * copying between CPU and device that a sync call or an eviction causes.
 */

#include "sl_check_priv.h"

uint16_t
check_units(
	const struct sl_check *c, const struct check_mapping *m, uint32_t i, size_t lo, size_t n)
{
	uintptr_t line = m->base + ((uintptr_t)i << c->shift);
	uintptr_t from = (uintptr_t)m->va + lo, to = from + n;
	unsigned int first, last;

	from = from < line ? line : from;
	to = to > line + c->line ? line + c->line : to;
	if (from >= to)
		return 0;
	first = (unsigned int)((from - line) / CHECK_UNIT);
	last = (unsigned int)((to - 1 - line) / CHECK_UNIT);
	return (uint16_t)((2u << last) - (1u << first));
}

uint16_t
check_diff(const struct sl_check *c, const struct check_mapping *m, uint32_t i, const uint8_t *a,
	const uint8_t *b)
{
	uintptr_t line = m->base + ((uintptr_t)i << c->shift);
	size_t lo, n = check_span(c, m, i, &lo), step;
	uint16_t mask = 0;

	if (check_equal(a + lo, b + lo, n))
		return 0;
	for (; n > 0; lo += step, n -= step) {
		size_t at = (uintptr_t)m->va + lo - line;

		step = CHECK_UNIT - at % CHECK_UNIT;
		step = step < n ? step : n;
		if (!check_equal(a + lo, b + lo, step))
			mask |= (uint16_t)(1u << at / CHECK_UNIT);
	}
	return mask;
}

uint16_t
check_outstanding(const struct sl_check *c, const struct check_mapping *m, uint32_t i)
{
	const struct check_line *l = &m->line[i];
	uint16_t written = l->written;

	/* In a region of usage OTHER it is unknown which word ends the NIC's ownership. */
	if ((l->owner & NIC_WRITES) == 0 || (m->region && m->usage == SL_USAGE_OTHER))
		return 0;
	/*
	 * NDIS cannot declare that the NIC only reads a ring, so a write of the NIC shows that
	 * it also writes.
	 */
	if (m->usage == SL_USAGE_TX_RING && !m->nic_wrote)
		return 0;
	/* The NIC owns a transfer until the driver takes it back, and writes a head repeatedly. */
	if (m->transfer || m->usage == SL_USAGE_HEAD_WRITEBACK)
		return l->handed;
	/*
	 * While a flush is pending, synced differs from dev because of the flush, not because
	 * of a write of the NIC.
	 */
	if ((l->flags & LINE_CONTENT) == 0)
		written |= check_diff(c, m, i, m->dev, m->synced);
	return l->handed & (uint16_t)~written;
}

uint16_t
check_lost(const struct sl_check *c, const struct check_mapping *m, uint32_t i)
{
	const struct check_line *l = &m->line[i];
	uint16_t nic, cpu;

	if ((l->owner & NIC_WRITES) == 0 || (l->flags & LINE_CONTENT) != 0)
		return 0;
	nic = check_diff(c, m, i, m->dev, m->synced) & l->handed;
	cpu = nic == 0 ? 0 : check_diff(c, m, i, m->va, m->synced);
	return cpu == 0 ? 0 : nic & (uint16_t)~cpu;
}

void
check_cpu_wrote(struct sl_check *c, struct check_mapping *m, uint32_t i)
{
	uint16_t out = check_outstanding(c, m, i), changed;
	size_t lo, n = check_span(c, m, i, &lo);

	if (out == 0) {
		if (check_lost(c, m, i) != 0)
			check_report(c, SL_CHECK_SHARED_LINE, m, lo, n,
				"the CPU wrote next to what the NIC wrote in the same line and "
				"nobody updated: that is lost");
		return;
	}
	changed = check_diff(c, m, i, m->va, m->synced);
	if ((changed & out) != 0)
		check_report(c, SL_CHECK_CPU_WRITE, m, lo, n,
			"the CPU wrote to a line that the NIC owns for writing");
	else
		check_report(c, SL_CHECK_SHARED_LINE, m, lo, n,
			"the CPU wrote next to what the NIC owns in the same line: one of both is "
			"lost");
}

void
check_settle(struct sl_check *c, struct check_mapping *m, uint32_t i)
{
	size_t lo, n;

	if ((m->line[i].flags & LINE_CONTENT) == 0)
		return;
	n = check_span(c, m, i, &lo);
	check_copy(m->dev + lo, m->synced + lo, n);
	m->line[i].flags &= (uint8_t)~LINE_CONTENT;
}

/*
 * Copy from the end to the start, by words, with acquire loads: a device thread
 * may be writing, and stores the word that reports completion (DD) last and at
 * the end. If its new value is read, the new values of all lower words are read too.
 */
static void
copy_from_device(uint8_t *to, const uint8_t *from, size_t n)
{
	while (n > 0 && ((uintptr_t)(from + n) & 7) != 0) {
		n--;
		to[n] = __atomic_load_n(&from[n], __ATOMIC_ACQUIRE);
	}
	for (; n >= 8; n -= 8) {
		uint64_t word = __atomic_load_n(
			(const uint64_t *)(const void *)(from + n - 8), __ATOMIC_ACQUIRE);

		memcpy(to + n - 8, &word, 8);
	}
	while (n > 0) {
		n--;
		to[n] = __atomic_load_n(&from[n], __ATOMIC_ACQUIRE);
	}
}

void
check_fetch(struct sl_check *c, struct check_mapping *m, uint32_t i)
{
	size_t lo, n = check_span(c, m, i, &lo);
	struct check_line *l = &m->line[i];
	uint8_t now[CHECK_LINE_MAX];

	l->flags &= (uint8_t) ~(LINE_FETCH | LINE_FREE | LINE_REFILLED);
	copy_from_device(now, m->dev + lo, n);
	if (memcmp(now, m->synced + lo, n) == 0)
		return;
	check_copy(m->synced + lo, now, n);
	if ((l->owner & NIC_WRITES) != 0)
		l->written |= check_diff(c, m, i, m->va, m->synced);
	m->nic_wrote = true;
	check_copy(m->va + lo, now, n);
}

void
check_apply(struct sl_check *c, struct check_mapping *m, uint32_t i)
{
	struct check_line *l = &m->line[i];

	if ((l->flags & LINE_CONTENT) != 0)
		check_settle(c, m, i);
	if (l->pending == 0)
		return;
	/* Same rights as before: the NIC gets more units of the line. Else: a new hand-over. */
	l->handed = l->owner == l->pending ? l->handed | l->phanded : l->phanded;
	l->read &= (uint16_t)~l->phanded;
	l->written &= (uint16_t)~l->phanded;
	l->owner = l->pending;
	l->pending = 0;
	l->phanded = 0;
	l->flags &= (uint8_t)~LINE_FREE;
	if ((l->owner & NIC_WRITES) != 0)
		check_poison(c, m, i, l->handed);
}

void
check_take_back(struct check_line *l)
{
	l->owner = 0;
	l->handed = 0;
	l->read = 0;
	l->written = 0;
	l->flags |= LINE_FREE;
}
