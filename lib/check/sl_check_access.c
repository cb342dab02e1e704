/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */

/*
 * Checks the accesses that a software device reports: does the NIC have the right
 * to read or write these bytes? The driver's sync calls are in sl_check_sync.c.
 */

#include "sl_check_priv.h"

/* The NIC has no right to these units: report the driver's mistake that caused it. */
static void
report_no_right(struct sl_check *c, struct check_mapping *m, uint32_t i, size_t lo, size_t n,
	uint16_t units, bool write)
{
	const char *does = write ? "writes to" : "reads";
	struct check_line *l = &m->line[i];
	uint8_t right = write ? NIC_WRITES : NIC_READS;

	l->flags |= LINE_MISUSED;
	if ((l->pending & right) != 0 &&
		(units & ~(l->phanded | ((l->owner & right) != 0 ? l->handed : 0))) == 0)
		check_report(c, SL_CHECK_NO_BARRIER, m, lo, n,
			"the NIC %s a line whose hand-over no sl_doorbell_barrier() completed: "
			"it is missing, or the sync came after it",
			does);
	else if ((l->owner & right) != 0 && (l->handed & units) != 0)
		check_report(c, SL_CHECK_PARTIAL_LINE, m, lo, n,
			"the NIC %s more of a line than was handed over", does);
	else if (l->owner != 0 && (l->owner & right) == 0)
		check_report(c, SL_CHECK_DIRECTION, m, lo, n,
			"the NIC %s a line that was handed over for %s", does,
			write ? "reading" : "writing");
	else if (!write && (check_cpu_changed(m, lo, n) || (l->evicted & units) != 0))
		check_report(c, SL_CHECK_MISSING_SYNC, m, lo, n,
			"the NIC reads what the CPU wrote and did not flush");
	else
		check_report(c, SL_CHECK_NOT_HANDED, m, lo, n,
			"the NIC %s memory that was not handed over", does);
}

static void
read_line(struct sl_check *c, struct check_mapping *m, uint32_t i, size_t lo, size_t n)
{
	uint16_t units = check_units(c, m, i, lo, n);
	struct check_line *l = &m->line[i];

	if ((l->owner & NIC_READS) == 0 || (units & ~l->handed) != 0) {
		report_no_right(c, m, i, lo, n, units, false);
		return;
	}
	if ((l->flags & LINE_CONTENT) != 0 && memcmp(m->dev + lo, m->synced + lo, n) != 0) {
		l->flags |= LINE_MISUSED;
		check_report(c, SL_CHECK_NO_BARRIER, m, lo, n,
			"the NIC reads a line whose flush no sl_doorbell_barrier() completed: it "
			"is missing, or the flush came after it");
	} else if (check_cpu_changed(m, lo, n) || (l->evicted & units) != 0) {
		l->flags |= LINE_MISUSED;
		if ((units & ~l->read) == 0)
			check_report(c, SL_CHECK_MISSING_SYNC, m, lo, n,
				"the NIC reads what the CPU wrote after the last flush");
		else
			check_report(c, SL_CHECK_CPU_WRITE, m, lo, n,
				"the CPU wrote between the flush and the NIC's read");
	}
	l->read |= units;
}

static void
write_line(struct sl_check *c, struct check_mapping *m, uint32_t i, size_t lo, size_t n)
{
	uint16_t units = check_units(c, m, i, lo, n);
	struct check_line *l = &m->line[i];
	size_t line_lo, line_n = check_span(c, m, i, &line_lo);
	uint16_t fresh = units & (uint16_t)~l->written;

	m->nic_wrote = true;
	if ((l->owner & NIC_WRITES) == 0 || (units & ~l->handed) != 0) {
		report_no_right(c, m, i, lo, n, units, true);
		return;
	}
	if (check_cpu_changed(m, line_lo, line_n))
		check_cpu_wrote(c, m, i);
	/*
	 * The data that the CPU fetched is stale: poison it until the next update. Not if the
	 * device has a separate thread, because the CPU may be reading the line now.
	 */
	if (m->usage == SL_USAGE_HEAD_WRITEBACK)
		fresh = units;
	if (!m->transfer && pthread_equal(c->cpu, pthread_self()))
		check_poison(c, m, i, fresh);
	l->written |= units;
}

/* The device's access failed: the memory has left the window, or a fault was injected. */
static void
access_fault(struct sl_check *c, const struct sl_sync_access *a)
{
	unsigned int i;
	uint32_t k, last;
	size_t off;

	for (i = 0; i < CHECK_TOMBS; i++) {
		const struct check_tomb *t = &c->tomb[i];

		if (a->iova - t->iova < t->len) {
			c->now.tomb = t;
			check_report(c, SL_CHECK_USE_AFTER_FREE, NULL, (size_t)(a->iova - t->iova),
				a->len,
				"the NIC %s memory that left the window %.6f s after the start",
				a->write ? "writes to" : "reads", (double)t->ns / 1e9);
			c->now.tomb = NULL;
			return;
		}
	}
	for (i = 0; i < c->nb_maps; i++) {
		struct check_mapping *m = c->maps[i];

		off = (size_t)(a->iova - m->iova);
		if (off >= m->len || a->len > m->len - off || a->len == 0)
			continue;
		/* An injected fault: the NIC will not read these units again. */
		last = check_line_of(c, m, off + a->len - 1);
		for (k = check_line_of(c, m, off); k <= last && !a->write; k++)
			m->line[k].read |= check_units(c, m, k, off, a->len);
		return;
	}
}

void
check_access(void *ctx, const struct sl_sync_access *a)
{
	struct sl_check *c = ctx;
	struct check_mapping *m;
	uint32_t i, first, last;
	size_t off, lo, n, end;

	if (a->len == 0)
		return;
	pthread_mutex_lock(&c->lock);
	c->device_tells = true;
	c->stats.accesses++;
	c->now.ns = check_ns(c);
	c->now.verb = a->write ? "device write" : "device read";
	c->now.site = NULL;
	c->now.caller = __builtin_return_address(0);
	c->now.queue = a->queue;
	c->now.desc = a->desc;
	m = a->va == NULL ? NULL : check_find_device(c, a->va);
	off = m == NULL ? 0 : (size_t)((const uint8_t *)a->va - m->dev);
	check_diff_access(c, a, m, off);
	if (m == NULL || c->diff.coherent) {
		if (m == NULL)
			access_fault(c, a);
		pthread_mutex_unlock(&c->lock);
		return;
	}
	first = check_line_of(c, m, off);
	last = check_line_of(c, m, off + a->len - 1);
	check_moment(c, m, first, last - first + 1);
	for (i = first; i <= last; i++) {
		n = check_span(c, m, i, &lo);
		end = lo + n;
		lo = lo < off ? off : lo;
		end = end > off + a->len ? off + a->len : end;
		if (a->write)
			write_line(c, m, i, lo, end - lo);
		else
			read_line(c, m, i, lo, end - lo);
	}
	pthread_mutex_unlock(&c->lock);
}
