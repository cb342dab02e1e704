/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */

/*
 * Readers of the DMA window: device threads translate IOVAs while a control
 * thread changes the window. The fast path is inline in sl_dma.h; sl_window.c
 * creates the table.
 */

#include <stdlib.h>
#include <string.h>

#include "sl_shm_priv.h"

static struct sl_dma *
reader_new(void)
{
	/*
	 * In separate lines, because the device thread writes the reader and the control thread
	 * reads in_use.
	 */
	struct sl_dma *d = aligned_alloc(128, (sizeof(*d) + 127) & ~(size_t)127);

	if (d != NULL)
		memset(d, 0, sizeof(*d));
	return d;
}

struct sl_dma *
sl_dma_open(struct sl_adapter *a)
{
	struct sl_dma *d;

	if (sl_adapter_check(a, "sl_dma_open") != 0)
		return NULL;
	d = reader_new();
	if (d == NULL)
		return NULL;
	d->adapter = a;
	if (a->checker != NULL && a->checker->access != NULL)
		d->watch = a->checker;
	pthread_mutex_lock(&a->lock);
	d->link = a->readers;
	a->readers = d;
	pthread_mutex_unlock(&a->lock);
	return d;
}

struct sl_dma *
sl_dma_open_host(const struct sl_dma_host *host)
{
	struct sl_dma *d = reader_new();

	if (d == NULL)
		return NULL;
	d->host = host;
	d->bounce = sl_bounce_new();
	if (d->bounce == NULL) {
		free(d);
		return NULL;
	}
	return d;
}

/* Remove the reader from its adapter's list. */
static void
leave_adapter(struct sl_dma *d)
{
	struct sl_adapter *a = d->adapter;
	struct sl_dma **link;

	pthread_mutex_lock(&a->lock);
	for (link = &a->readers; *link != d; link = &(*link)->link)
		;
	*link = d->link;
	a->stats.dma_faults += d->faults;
	pthread_mutex_unlock(&a->lock);
}

void
sl_dma_close(struct sl_dma *d)
{
	if (d == NULL)
		return;
	if (d->adapter != NULL)
		leave_adapter(d);
	sl_bounce_free(d->bounce);
	free(d);
}

static void
forget_hits(struct sl_dma *d, uint64_t gen)
{
	if (d->gen == gen)
		return;
	memset(d->hit, 0, sizeof(d->hit));
	d->gen = gen;
}

void
sl_dma_begin(struct sl_dma *d)
{
	const struct sl_dma_table *t;

	if (d->host != NULL) {
		sl_bounce_reset(d->bounce);
		forget_hits(d, *d->host->gen);
		return;
	}
	/*
	 * Store the table's address in in_use, then load the adapter's table
	 * again. Both are in one total order with publish(), so either we see the
	 * new table or publish() sees our in_use. An exchange and not a store:
	 * emulators of AArch64 let a load pass an earlier store-release.
	 */
	do {
		t = __atomic_load_n(&d->adapter->table, __ATOMIC_SEQ_CST);
		(void)__atomic_exchange_n(&d->in_use, t, __ATOMIC_SEQ_CST);
	} while (__atomic_load_n(&d->adapter->table, __ATOMIC_SEQ_CST) != t);

	/* Compare generations, not addresses: a new table may have the address of an old one. */
	forget_hits(d, t->gen);
}

void
sl_dma_end(struct sl_dma *d)
{
	sl_dma_flush(d);
	if (d->watch != NULL && d->watch->done != NULL)
		d->watch->done(d->watch->ctx);
	/* Release: our accesses to the memory are done before publish() sees that we left. */
	__atomic_store_n(&d->in_use, NULL, __ATOMIC_RELEASE);
}

static const struct sl_dma_piece *
find_piece(struct sl_dma *d, uint64_t iova, size_t len, struct sl_dma_piece *room)
{
	if (d->host == NULL)
		return sl_window_find(d->in_use, iova, len);
	if (!d->host->find(d->host->ctx, iova, room) || room->va == NULL ||
		len > room->len - (iova - room->iova))
		return NULL;
	return room;
}

void *
sl_dma_translate_miss(struct sl_dma *d, uint64_t iova, size_t len, enum sl_dma_dir dir)
{
	struct sl_dma_piece room;
	const struct sl_dma_piece *p = find_piece(d, iova, len, &room);
	unsigned int side = dir == SL_DMA_FROM_DEVICE;
	void *copy = NULL;

	if (p == NULL && d->host != NULL)
		copy = sl_bounce_take(d, iova, len, dir);
	if (copy != NULL)
		return copy;
	if (p == NULL || (p->dir & dir) != dir) {
		__atomic_store_n(&d->faults, d->faults + 1, __ATOMIC_RELAXED);
		return NULL;
	}
	if (dir != SL_DMA_BIDIRECTIONAL)
		d->hit[side][d->next[side]++ % SL_DMA_HITS] = *p;
	return p->va + (iova - p->iova);
}

void
sl_dma_tell(struct sl_dma *d, const struct sl_sync_access *access)
{
	d->watch->access(d->watch->ctx, access);
}
