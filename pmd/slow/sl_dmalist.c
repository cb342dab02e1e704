/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */

/*
 * The list of memory in a port's DMA window that is not the driver's own. Memory is mapped once,
 * even if several users need it. Memory that users partly share is split into several mappings.
 */

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "sl_dmalist.h"
#include "sl_log.h"
#include "sl_port.h"

#define LIST_MIN 16u

/* --- mappings --- */

/* Difference between IOVA and address, which is the same for all bytes of the mapping. */
static uint64_t
map_delta(const struct sl_dmamap_piece *m)
{
	return m->iova - (uintptr_t)m->va;
}

unsigned int
sl_dmalist_find(const struct sl_dmamap *w, uintptr_t va)
{
	unsigned int lo = 0, hi = w->nb_maps;

	while (lo < hi) {
		unsigned int mid = lo + (hi - lo) / 2;

		if (sl_dmalist_end(&w->maps[mid]) <= va)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo;
}

static void
list_remove(struct sl_dmamap *w, unsigned int at)
{
	w->nb_maps--;
	memmove(&w->maps[at], &w->maps[at + 1], (w->nb_maps - at) * sizeof(*w->maps));
}

/* Make room for one more entry. 0 or -ENOMEM. */
static int
list_grow(struct sl_dmamap *w)
{
	unsigned int want = RTE_MAX(LIST_MIN, w->max_maps * 2);
	struct sl_dmamap_piece *more;

	if (w->nb_maps < w->max_maps)
		return 0;
	more = realloc(w->maps, want * sizeof(*more));
	if (more == NULL)
		return -ENOMEM;
	w->maps = more;
	w->max_maps = want;
	return 0;
}

static const char *
map_name(const struct sl_dmamap_piece *m)
{
	return m->pool != NULL ? m->pool->name : "external buffer";
}

static int
map_in(struct sl_port *port, const struct sl_dmamap_piece *m, enum sl_dma_dir dir)
{
	return sl_buffer_map(port->adapter, map_name(m), m->va, m->iova, m->len, dir);
}

/* Map memory and insert the mapping into the list. */
static int
map_new(struct sl_port *port, unsigned int at, const struct sl_dmamap_piece *piece)
{
	struct sl_dmamap *w = &port->window;
	int ret;

	ret = list_grow(w);
	if (ret == 0)
		ret = map_in(port, piece, piece->dir);
	if (ret != 0 && ret != -ENOTRECOVERABLE)
		return ret;
	memmove(&w->maps[at + 1], &w->maps[at], (w->nb_maps - at) * sizeof(*w->maps));
	w->maps[at] = *piece;
	w->nb_maps++;
	/* It is not usable, but must be unmapped before its memory may be freed. */
	if (ret != 0)
		w->maps[at].dir = 0;
	return ret;
}

void
sl_dmalist_forget_pools(struct sl_dmamap *w)
{
	struct sl_tx_queue *q;

	for (q = w->tx_queues; q != NULL; q = q->map_next)
		/* The datapath sets it again after a look-up. */
		__atomic_store_n(&q->pool_seen, NULL, __ATOMIC_RELAXED);
}

int
sl_dmalist_drop(struct sl_port *port, unsigned int at)
{
	struct sl_dmamap *w = &port->window;
	struct sl_dmamap_piece *m = &w->maps[at];
	int ret;

	sl_dmalist_forget_pools(w);
	ret = sl_buffer_unmap(port->adapter, m->va, m->iova, m->len);
	if (ret != 0) {
		SL_LOG(ERR, "port %u: '%s', %zu bytes at %p, did not leave the DMA window: %s",
			port->eth->data->port_id, map_name(m), m->len, m->va, strerror(-ret));
		m->dir = 0;
		m->pool = NULL;
		return ret;
	}
	list_remove(w, at);
	return 0;
}

/*
 * Allow the NIC one more direction for a mapping. This unmaps it in the IOMMU for a moment, so it
 * is done only while the port is stopped: when a receive queue is set up.
 */
static int
map_widen(struct sl_port *port, unsigned int at, enum sl_dma_dir dir)
{
	struct sl_dmamap *w = &port->window;
	struct sl_dmamap_piece *m = &w->maps[at];
	const enum sl_dma_dir old = m->dir;
	int ret;

	sl_dmalist_forget_pools(w);
	m->dir = 0;
	ret = sl_buffer_unmap(port->adapter, m->va, m->iova, m->len);
	if (ret != 0)
		return ret;
	ret = map_in(port, m, old | dir);
	if (ret == 0) {
		m->dir = old | dir;
		return 0;
	}
	if (ret == -ENOTRECOVERABLE)
		return ret;
	if (old != 0 && map_in(port, m, old) == 0) {
		m->dir = old;
		return ret;
	}
	list_remove(w, at);
	return ret;
}

static int
refuse_split(struct sl_port *port, const struct sl_dmamap_piece *want)
{
	SL_LOG(ERR,
		"port %u: '%s', %zu bytes at %p, is in the DMA window in part; the software NIC wants "
		"a buffer in one piece",
		port->eth->data->port_id, map_name(want), want->len, want->va);
	return -EEXIST;
}

/* Check that the mapping has the IOVA of @want, and make it usable for the directions of @want. */
static int
map_fit(struct sl_port *port, unsigned int at, const struct sl_dmamap_piece *want)
{
	const struct sl_dmamap_piece *m = &port->window.maps[at];

	if (map_delta(m) != map_delta(want)) {
		SL_LOG(ERR, "port %u: %p is at IOVA 0x%" PRIx64 ", not at 0x%" PRIx64,
			port->eth->data->port_id, want->va, (uintptr_t)want->va + map_delta(m),
			want->iova);
		return -EINVAL;
	}
	return (m->dir & want->dir) == want->dir ? 0 : map_widen(port, at, want->dir);
}

int
sl_dmalist_cover(struct sl_port *port, const struct sl_dmamap_piece *want)
{
	struct sl_dmamap *w = &port->window;
	const bool one_piece = w->link.kind == SL_VFIO_TABLE;
	const uintptr_t end = sl_dmalist_end(want);
	uintptr_t pos = (uintptr_t)want->va;
	unsigned int i;
	int ret;

	for (i = sl_dmalist_find(w, pos); pos < end; pos = sl_dmalist_end(&w->maps[i++])) {
		struct sl_dmamap_piece gap = *want;

		if (i < w->nb_maps && (uintptr_t)w->maps[i].va <= pos) {
			ret = one_piece && sl_dmalist_end(&w->maps[i]) < end ?
				refuse_split(port, want) :
				map_fit(port, i, want);
			if (ret != 0)
				return ret;
			continue;
		}
		gap.va = (void *)pos;
		gap.iova = pos + map_delta(want);
		gap.len =
			RTE_MIN(end, i < w->nb_maps ? (uintptr_t)w->maps[i].va : UINTPTR_MAX) - pos;
		if (one_piece && gap.len != want->len)
			return refuse_split(port, want);
		ret = map_new(port, i, &gap);
		if (ret != 0)
			return ret;
	}
	return 0;
}

/* --- areas registered by the application --- */

bool
sl_dmalist_is_registered(const struct sl_dmamap *w, const void *va, size_t len)
{
	unsigned int i;

	for (i = 0; i < w->nb_areas; i++)
		if (sl_dmalist_overlaps(va, len, w->areas[i].va, w->areas[i].len))
			return true;
	return false;
}

int
sl_dmalist_area_add(struct sl_dmamap *w, const struct sl_dmamap_piece *m)
{
	struct sl_dmamap_area *more = realloc(w->areas, (w->nb_areas + 1) * sizeof(*more));

	if (more == NULL)
		return -ENOMEM;
	w->areas = more;
	w->areas[w->nb_areas++] = (struct sl_dmamap_area){m->va, m->iova, m->len};
	return 0;
}

void
sl_dmalist_areas_restore(struct sl_port *port)
{
	struct sl_dmamap *w = &port->window;
	unsigned int i;

	for (i = 0; i < w->nb_areas; i++) {
		const struct sl_dmamap_area *a = &w->areas[i];
		const struct sl_dmamap_piece want = {
			.va = a->va, .iova = a->iova, .len = a->len, .dir = SL_DMA_TO_DEVICE};
		const int ret = sl_dmalist_cover(port, &want);

		if (ret != 0)
			SL_LOG(ERR,
				"port %u: %zu registered bytes at %p did not come back into the DMA "
				"window: %s; take them out by rte_dev_dma_unmap() and let them in again",
				port->eth->data->port_id, a->len, a->va, strerror(-ret));
	}
}

int
sl_dmalist_drop_loose(struct sl_port *port, const void *va, size_t len, enum sl_dmalist_loose which)
{
	struct sl_dmamap *w = &port->window;
	unsigned int i = sl_dmalist_find(w, (uintptr_t)va);
	int ret = 0, err;

	while (i < w->nb_maps && (uintptr_t)w->maps[i].va < (uintptr_t)va + len) {
		const struct sl_dmamap_piece *m = &w->maps[i];

		if (m->pool != NULL || (which != SL_DMALIST_ALL && m->seen) ||
			(which == SL_DMALIST_UNWANTED &&
				sl_dmalist_is_registered(w, m->va, m->len))) {
			i++;
			continue;
		}
		err = sl_dmalist_drop(port, i);
		if (err != 0) {
			ret = err;
			i++;
		}
	}
	return ret;
}

void
sl_dmalist_areas_end(struct sl_port *port, const void *va, size_t len)
{
	struct sl_dmamap *w = &port->window;
	unsigned int i = 0;

	while (i < w->nb_areas) {
		const struct sl_dmamap_area a = w->areas[i];

		if (!sl_dmalist_overlaps(va, len, a.va, a.len)) {
			i++;
			continue;
		}
		w->areas[i] = w->areas[--w->nb_areas];
		sl_dmalist_drop_loose(port, a.va, a.len, SL_DMALIST_UNSENT);
	}
	sl_dmalist_areas_restore(port);
}
