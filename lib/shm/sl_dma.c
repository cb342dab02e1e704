/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */

/*
 * Readers of the DMA window: how the threads of a software device translate
 * IOVAs while a control thread changes the window. The fast path is inline in
 * sl_dma.h; the window's table is made in sl_window.c.
 */

#include <stdlib.h>
#include <string.h>

#include "sl_shm_priv.h"

struct sl_dma *
sl_dma_open(struct sl_adapter *a)
{
	struct sl_dma *d;

	if (sl_adapter_check(a, "sl_dma_open") != 0)
		return NULL;
	/*
	 * Lines of its own: the device thread writes the reader, the control thread reads
	 * in_use.
	 */
	d = aligned_alloc(128, (sizeof(*d) + 127) & ~(size_t)127);
	if (d == NULL)
		return NULL;
	memset(d, 0, sizeof(*d));
	d->adapter = a;
	if (a->checker != NULL && a->checker->access != NULL)
		d->watch = a->checker;
	pthread_mutex_lock(&a->lock);
	d->link = a->readers;
	a->readers = d;
	pthread_mutex_unlock(&a->lock);
	return d;
}

void
sl_dma_close(struct sl_dma *d)
{
	struct sl_adapter *a;
	struct sl_dma **link;

	if (d == NULL)
		return;
	a = d->adapter;
	pthread_mutex_lock(&a->lock);
	for (link = &a->readers; *link != d; link = &(*link)->link)
		;
	*link = d->link;
	a->stats.dma_faults += d->faults;
	pthread_mutex_unlock(&a->lock);
	free(d);
}

void
sl_dma_begin(struct sl_dma *d)
{
	const struct sl_dma_table *t;

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

	/* Compare generations, not addresses: a new table may lie where an older one lay. */
	if (d->gen != t->gen) {
		memset(d->hit, 0, sizeof(d->hit));
		d->gen = t->gen;
	}
}

void
sl_dma_end(struct sl_dma *d)
{
	if (d->watch != NULL && d->watch->done != NULL)
		d->watch->done(d->watch->ctx);
	/* Release: our accesses to the memory are done before publish() sees that we left. */
	__atomic_store_n(&d->in_use, NULL, __ATOMIC_RELEASE);
}

void *
sl_dma_translate_miss(struct sl_dma *d, uint64_t iova, size_t len, enum sl_dma_dir dir)
{
	const struct sl_dma_piece *p = sl_window_find(d->in_use, iova, len);
	unsigned int side = dir == SL_DMA_FROM_DEVICE;

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
