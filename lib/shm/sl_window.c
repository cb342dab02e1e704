/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */

/*
 * The DMA window of an adapter: a sorted table of IOVAs, replaced as a whole
 * when memory enters or leaves. sl_region.c and sl_buffer.c decide what enters;
 * devices read the table through sl_dma.h.
 */

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "sl_shm_priv.h"

/* Spins of a waiter before it sleeps, and sleeps of 50 us before it logs that it waits. */
#define WAIT_SPINS 1000u
#define WAIT_SLEEPS 20000u

static struct sl_dma_table *
table_new(unsigned int n)
{
	return calloc(1, sizeof(struct sl_dma_table) + n * sizeof(struct sl_dma_piece));
}

int
sl_window_init(struct sl_adapter *a)
{
	struct sl_dma_table *t = table_new(0);

	if (t == NULL)
		return -ENOMEM;
	t->gen = 1;
	a->table = t;
	return 0;
}

void
sl_window_fini(struct sl_adapter *a)
{
	free((void *)(uintptr_t)a->table);
}

/* Wait until d no longer uses the old table: it uses it for one device step, microseconds. */
static void
wait_reader(struct sl_adapter *a, const struct sl_dma *d, const struct sl_dma_table *old)
{
	const struct timespec nap = {.tv_nsec = 50000};
	unsigned int i;

	/*
	 * The new table was stored before this load; sl_dma_begin() stores in_use before its
	 * load.
	 */
	for (i = 0; __atomic_load_n(&d->in_use, __ATOMIC_SEQ_CST) == old; i++) {
		/* The reader may need this core: sleep. */
		if (i >= WAIT_SPINS)
			nanosleep(&nap, NULL);
		if (i == WAIT_SPINS + WAIT_SLEEPS)
			sl_log(a, 4,
				"a device has not left its step for a second: still "
				"waiting for it");
	}
}

/* Make t the adapter's table. On return no reader uses the old table. */
static void
publish(struct sl_adapter *a, struct sl_dma_table *t)
{
	const struct sl_dma_table *old = a->table;
	const struct sl_dma *d;

	t->gen = old->gen + 1;
	/*
	 * An exchange and not a store: on AArch64 emulators the load in wait_reader() could
	 * pass a store.
	 */
	(void)__atomic_exchange_n(&a->table, t, __ATOMIC_SEQ_CST);
	for (d = a->readers; d != NULL; d = d->link)
		wait_reader(a, d, old);
	free((void *)(uintptr_t)old);
}

/* Index of the first segment that ends above iova. */
static unsigned int
table_find(const struct sl_dma_table *t, uint64_t iova)
{
	unsigned int lo = 0, hi = t->n;

	while (lo < hi) {
		unsigned int mid = lo + (hi - lo) / 2;

		if (t->piece[mid].iova + (t->piece[mid].len - 1) < iova)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo;
}

const struct sl_dma_piece *
sl_window_find(const struct sl_dma_table *t, uint64_t iova, size_t len)
{
	unsigned int i = table_find(t, iova);

	if (i == t->n || iova < t->piece[i].iova ||
		len > t->piece[i].len - (iova - t->piece[i].iova))
		return NULL;
	return &t->piece[i];
}

static int
table_insert(struct sl_dma_table *t, const struct sl_dma_piece *p)
{
	unsigned int i = table_find(t, p->iova);

	if (i < t->n && t->piece[i].iova <= p->iova + (p->len - 1))
		return -EEXIST;
	memmove(&t->piece[i + 1], &t->piece[i], (t->n - i) * sizeof(*p));
	t->piece[i] = *p;
	t->n++;
	return 0;
}

/* A copy of the adapter's table with the segments of m added. NULL: the error is in *err. */
static struct sl_dma_table *
table_with(const struct sl_adapter *a, const struct sl_mapping *m, int *err)
{
	const struct sl_dma_table *old = a->table;
	struct sl_dma_table *t = table_new(old->n + m->nsg);
	uint8_t *va = m->device_va;
	unsigned int i;

	*err = -ENOMEM;
	if (t == NULL)
		return NULL;
	t->n = old->n;
	memcpy(t->piece, old->piece, old->n * sizeof(t->piece[0]));
	for (i = 0; i < m->nsg; i++) {
		struct sl_dma_piece p = {m->sg[i].iova, m->sg[i].len, va, m->dir};

		*err = table_insert(t, &p);
		if (*err != 0) {
			sl_log(a, 3,
				"'%s': IOVA 0x%" PRIx64 " of %zu bytes is in the window already",
				m->name, m->sg[i].iova, m->sg[i].len);
			free(t);
			return NULL;
		}
		va += m->sg[i].len;
	}
	return t;
}

static struct sl_dma_table *
table_without(const struct sl_adapter *a, const struct sl_mapping *m)
{
	const struct sl_dma_table *old = a->table;
	struct sl_dma_table *t = table_new(old->n);
	unsigned int i;

	if (t == NULL)
		return NULL;
	for (i = 0; i < old->n; i++) {
		const uint8_t *va = old->piece[i].va, *base = m->device_va;

		if (va < base || va >= base + m->len)
			t->piece[t->n++] = old->piece[i];
	}
	return t;
}

/* Bytes of segment i for the hook. A region's last one is mapped to the end of its granule. */
static size_t
hook_len(const struct sl_adapter *a, const struct sl_mapping *m, unsigned int i)
{
	size_t len = m->sg[i].len;

	return a->granule != 0 && m->is_region && i == m->nsg - 1 ? len + (m->size - m->len) : len;
}

/* Unmap from the last segment to the first. After an error the next call retries that segment. */
static int
hook_unmap(struct sl_adapter *a, struct sl_mapping *m)
{
	uint8_t *va = m->device_va;
	unsigned int i;
	int ret;

	for (i = 0; i < m->hooked; i++)
		va += m->sg[i].len;
	for (; m->hooked > 0; m->hooked--) {
		i = m->hooked - 1;
		va -= m->sg[i].len;
		ret = a->window->unmap(a->window_ctx, va, m->sg[i].iova, hook_len(a, m, i));
		if (ret != 0) {
			sl_log(a, 3,
				"'%s': the window's hook cannot unmap IOVA 0x%" PRIx64
				": %s; a device may still reach the memory, so it is kept",
				m->name, m->sg[i].iova, strerror(-ret));
			return ret;
		}
	}
	return 0;
}

static int
hook_map(struct sl_adapter *a, struct sl_mapping *m)
{
	uint8_t *va = m->device_va;
	unsigned int i;
	int ret;

	for (i = 0; i < m->nsg && a->window != NULL; i++) {
		ret = a->window->map(a->window_ctx, va, m->sg[i].iova, hook_len(a, m, i), m->dir);
		if (ret == 0 || ret == -ENOTRECOVERABLE)
			m->hooked = i + 1;
		if (ret != 0) {
			sl_log(a, 3,
				"'%s': the window's hook refuses IOVA 0x%" PRIx64
				" of %zu bytes: %s",
				m->name, m->sg[i].iova, m->sg[i].len, strerror(-ret));
			if (hook_unmap(a, m) != 0)
				return -ENOTRECOVERABLE;
			return ret == -ENOTRECOVERABLE ? -EIO : ret;
		}
		va += m->sg[i].len;
	}
	return 0;
}

static void
list_add(struct sl_adapter *a, struct sl_mapping *m)
{
	m->next = a->mappings;
	a->mappings = m;
}

int
sl_window_add(struct sl_adapter *a, struct sl_mapping *m)
{
	const struct sl_sync_checker *c = a->checker;
	struct sl_dma_table *t;
	int ret;

	m->device_va = m->va;
	if (c != NULL && c->map != NULL)
		m->device_va = c->map(c->ctx,
			&(struct sl_sync_mapping){.name = m->name,
				.va = m->va,
				.iova = m->sg[0].iova,
				.len = m->len,
				.dir = m->dir,
				.usage = m->usage,
				.desc_len = m->desc_len,
				.queue = m->queue,
				.region = m->is_region});
	if (m->device_va == NULL) {
		sl_log(a, 3, "'%s': the checker has no memory for a copy of %zu bytes", m->name,
			m->len);
		return -ENOMEM;
	}
	t = table_with(a, m, &ret);
	if (t != NULL) {
		ret = hook_map(a, m);
		if (ret == 0) {
			publish(a, t);
			m->in_table = true;
			list_add(a, m);
			return 0;
		}
		free(t);
	}
	if (ret == -ENOTRECOVERABLE) {
		list_add(a, m);
		return ret;
	}
	if (c != NULL && c->unmap != NULL)
		c->unmap(c->ctx, m->va, m->len);
	return ret;
}

int
sl_window_remove(struct sl_adapter *a, struct sl_mapping *m)
{
	const struct sl_sync_checker *c = a->checker;
	struct sl_mapping **link = &a->mappings;
	struct sl_dma_table *t;
	int ret;

	/*
	 * Remove it from the table first: no device thread may reach it while the hook unmaps
	 * it.
	 */
	if (m->in_table) {
		t = table_without(a, m);
		if (t == NULL) {
			sl_log(a, 3, "'%s': no memory for the window's table", m->name);
			return -ENOMEM;
		}
		publish(a, t);
		m->in_table = false;
	}
	ret = hook_unmap(a, m);
	if (ret != 0)
		return ret;
	if (c != NULL && c->unmap != NULL)
		c->unmap(c->ctx, m->va, m->len);
	while (*link != m)
		link = &(*link)->next;
	*link = m->next;
	return 0;
}

void
sl_window_usage(const struct sl_adapter *a, struct sl_window_usage *out)
{
	unsigned int i;

	*out = (struct sl_window_usage){.maps = a->table->n};
	for (i = 0; i < a->table->n; i++)
		out->bytes += a->table->piece[i].len;
}

void
sl_mapping_count(struct sl_adapter *a, const struct sl_mapping *m, int sign)
{
	struct sl_shm_stats *s = &a->stats;

	if (!m->is_region) {
		s->buffers += (size_t)sign;
		s->bytes_buffers += (size_t)sign * m->len;
		return;
	}
	s->regions += (size_t)sign;
	*(m->cached ? &s->bytes_cached : &s->bytes_noncached) += (size_t)sign * m->size;
}

struct sl_mapping *
sl_mapping_at(const struct sl_adapter *a, const void *va, size_t len, bool whole)
{
	uintptr_t p = (uintptr_t)va;
	struct sl_mapping *m;

	for (m = a->mappings; m != NULL; m = m->next) {
		uintptr_t base = (uintptr_t)m->va, off = p - base;

		if (off < m->len && (!whole || len <= m->len - off))
			return m;
		if (!whole && base - p < len)
			return m;
	}
	return NULL;
}
