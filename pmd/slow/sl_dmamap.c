/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */

/*
 * Memory in the port's DMA window that is not the driver's own: mempools of its queues, external
 * buffers and registered areas. It is mapped when a receive queue is set up with it, when transmit
 * first meets it, or when the application registers it. It is unmapped when its mempool ends, when
 * EAL frees the memory, or at close. Control path, and transmit's slow path.
 *
 * Lock order: EAL's locks (held by a thread that frees memory), the window's lock, the adapter's
 * lock, the lock of a VFIO container. So no function here allocates or frees EAL memory with the
 * window's lock held.
 */

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <rte_errno.h>

#include "sl_ask.h"
#include "sl_data_pool.h"
#include "sl_dmalist.h"
#include "sl_dmamap.h"
#include "sl_log.h"
#include "sl_port.h"
#include "sl_stop.h"

#define EVENT_NAME "syncline_window"

/* --- mempools --- */

/* State of a walk over a mempool's chunks. */
struct map_walk {
	struct sl_port *port;
	enum sl_dma_dir dir;
	bool check;		    /* only check the rule of window=strict */
	struct sl_dmamap_piece run; /* adjacent pinned buffers */
	int ret;
};

/*
 * Map a part of a pool. Memory that the NIC may write must belong to the pool only: mappings of
 * buffers sent before, and of registered areas, are removed from it. The port is stopped, so they
 * are not in use. When such a buffer is sent again, it is mapped again.
 */
static int
cover_pool(struct sl_port *port, const struct sl_dmamap_piece *piece)
{
	int ret = 0;

	if ((piece->dir & SL_DMA_FROM_DEVICE) != 0)
		ret = sl_dmalist_drop_loose(port, piece->va, piece->len, SL_DMALIST_ALL);
	return ret == 0 ? sl_dmalist_cover(port, piece) : ret;
}

static void
map_chunk(struct rte_mempool *pool, void *arg, struct rte_mempool_memhdr *chunk,
	unsigned int idx __rte_unused)
{
	struct map_walk *w = arg;
	const struct sl_dmamap_piece piece = {.va = chunk->addr,
		.iova = chunk->iova,
		.len = chunk->len,
		.dir = w->dir,
		.pool = pool};

	if (w->ret != 0)
		return;
	if (chunk->iova == RTE_BAD_IOVA) {
		SL_LOG(ERR,
			"mempool '%s' has memory without an IOVA, which no device can reach: "
			"create it without RTE_MEMPOOL_F_NO_IOVA_CONTIG",
			pool->name);
		w->ret = -EINVAL;
		return;
	}
	w->ret = cover_pool(w->port, &piece);
}

/* With window=strict: check that a run of buffers is whole pages. */
static int
check_run(const struct map_walk *w)
{
	const struct sl_dmamap *window = &w->port->window;
	const uint64_t page = sl_vfio_page(&window->link);

	if ((((uintptr_t)w->run.va | w->run.len) & (page - 1)) == 0)
		return 0;
	SL_LOG(ERR,
		"port %u: window=strict: the data of mempool '%s' is not whole pages of %" PRIu64
		" (%zu bytes at %p), so the NIC could write to what else lies on them: take "
		"sl_pktmbuf_pool_create(), or window=own",
		w->port->eth->data->port_id, w->run.pool->name, page, w->run.len, w->run.va);
	return -EPERM;
}

static void
map_run(struct map_walk *w)
{
	if (w->ret == 0 && w->run.len > 0)
		w->ret = w->check ? check_run(w) : cover_pool(w->port, &w->run);
}

static void
map_pinned(struct rte_mempool *pool, void *arg, void *obj, unsigned int idx __rte_unused)
{
	struct map_walk *w = arg;
	const struct rte_mbuf *m = obj;

	if (w->run.len > 0 && sl_dmalist_end(&w->run) == (uintptr_t)m->buf_addr &&
		w->run.iova + w->run.len == m->buf_iova) {
		w->run.len += m->buf_len;
		return;
	}
	map_run(w);
	w->run = (struct sl_dmamap_piece){.va = m->buf_addr,
		.iova = m->buf_iova,
		.len = m->buf_len,
		.dir = w->dir,
		.pool = pool};
}

/* Map the separate data pages of a mempool of sl_pktmbuf_pool_create(). */
static void
map_data(struct map_walk *w, const struct rte_mempool *pool, const struct sl_data_pool *d)
{
	unsigned int i;

	for (i = 0; i < d->nb_runs && w->ret == 0; i++) {
		w->run = (struct sl_dmamap_piece){.va = d->runs[i].va,
			.iova = d->runs[i].iova,
			.len = d->runs[i].len,
			.dir = w->dir,
			.pool = pool};
		map_run(w);
	}
}

static void
walk_pool(struct map_walk *w, struct rte_mempool *pool)
{
	const struct sl_data_pool *data = sl_data_pool_of(pool);

	if (data != NULL) {
		map_data(w, pool, data);
	} else if (sl_data_pool_is_pinned(pool)) {
		rte_mempool_obj_iter(pool, map_pinned, w);
		map_run(w);
	} else {
		rte_mempool_mem_iter(pool, map_chunk, w);
	}
}

/*
 * With window=strict: check that the NIC may write to the pool's data. After an error nothing has
 * changed.
 */
static int
check_strict(struct sl_port *port, struct rte_mempool *pool)
{
	struct map_walk w = {.port = port, .check = true};

	if (sl_data_pool_is_pinned(pool)) {
		walk_pool(&w, pool);
		return w.ret;
	}
	SL_LOG(ERR,
		"port %u: window=strict: mempool '%s' has mbuf headers beside its data, so the NIC "
		"could write to them: take sl_pktmbuf_pool_create(), or window=own",
		port->eth->data->port_id, pool->name);
	return -EPERM;
}

int
sl_dmamap_pool(struct sl_port *port, struct rte_mempool *pool, enum sl_dma_dir dir)
{
	struct map_walk w = {.port = port, .dir = dir};

	if (port->window.strict && (dir & SL_DMA_FROM_DEVICE) != 0)
		w.ret = check_strict(port, pool);
	pthread_mutex_lock(&port->window.lock);
	if (w.ret == 0) {
		walk_pool(&w, pool);
		if ((dir & SL_DMA_FROM_DEVICE) != 0)
			sl_dmalist_areas_restore(port);
	}
	pthread_mutex_unlock(&port->window.lock);
	if (w.ret != 0)
		SL_LOG(ERR, "port %u: cannot bring mempool '%s' into the DMA window: %s",
			port->eth->data->port_id, pool->name, strerror(-w.ret));
	return w.ret;
}

/* --- external buffers --- */

static bool
in_window(const struct sl_dmamap *w, const struct sl_dmamap_piece *want)
{
	uintptr_t pos = (uintptr_t)want->va;
	unsigned int i;

	for (i = sl_dmalist_find(w, pos); pos < sl_dmalist_end(want);
		pos = sl_dmalist_end(&w->maps[i++]))
		if (i == w->nb_maps || (uintptr_t)w->maps[i].va > pos)
			return false;
	return true;
}

/* True for memory whose end EAL reports: its own, and heaps that the application has created. */
static bool
is_eal_memory(const struct sl_dmamap_piece *m)
{
	const struct rte_memseg_list *msl = rte_mem_virt2memseg_list(m->va);

	return msl != NULL && (!msl->external || msl->heap) &&
		rte_mem_virt2memseg_list((void *)(sl_dmalist_end(m) - 1)) == msl;
}

/*
 * True if memory may be mapped when it is first sent. With an IOMMU, memory that is neither EAL's
 * nor registered is refused: no event would report that it is freed.
 */
static bool
may_enter(struct sl_port *port, const struct sl_dmamap_piece *want)
{
	struct sl_dmamap *w = &port->window;

	if ((w->link.kind != SL_VFIO_OWN && w->link.kind != SL_VFIO_ALL) || in_window(w, want) ||
		is_eal_memory(want))
		return true;
	if (!w->refused)
		SL_LOG(ERR,
			"port %u: external buffer of %zu bytes at %p is neither EAL's memory nor "
			"registered, so the NIC must not read it: frames with such are dropped "
			"(tx_qN_unmapped). rte_extmem_register() and rte_dev_dma_map() let it in",
			port->eth->data->port_id, want->len, want->va);
	w->refused = true;
	return false;
}

/** Search for the mempool that owns the pinned buffer that a clone shares. */
struct owner_walk {
	const struct rte_mbuf *clone;
	struct rte_mempool *pool; /* result */
};

/*
 * DPDK stores the owner of a pinned buffer in its shared info. Check whether this is an mbuf of
 * this chunk.
 */
static void
owner_in_chunk(struct rte_mempool *pool, void *arg, struct rte_mempool_memhdr *chunk,
	unsigned int idx __rte_unused)
{
	struct owner_walk *w = arg;
	const struct rte_mbuf *owner = w->clone->shinfo->fcb_opaque;
	const uintptr_t off = (uintptr_t)owner - (uintptr_t)chunk->addr;

	/*
	 * The stored pointer may be anything: it is used only if an mbuf of the pool can be at that
	 * address.
	 */
	if ((uintptr_t)owner % _Alignof(struct rte_mbuf) != 0 || chunk->len < sizeof(*owner) ||
		off > chunk->len - sizeof(*owner))
		return;
	if (owner->pool == pool && owner->shinfo == w->clone->shinfo)
		w->pool = pool;
}

static void
owner_in_pool(struct rte_mempool *pool, void *arg)
{
	if (pool->private_data_size >= sizeof(struct rte_pktmbuf_pool_private) &&
		sl_data_pool_is_pinned(pool))
		rte_mempool_mem_iter(pool, owner_in_chunk, arg);
}

/* Mempool that contains a segment's data; NULL: an external buffer of no mempool. */
static struct rte_mempool *
data_pool(const struct rte_mbuf *m)
{
	struct owner_walk w = {.clone = m};

	if (RTE_MBUF_DIRECT(m) || RTE_MBUF_HAS_PINNED_EXTBUF(m))
		return m->pool;
	if (!RTE_MBUF_HAS_EXTBUF(m))
		return rte_mbuf_from_indirect((struct rte_mbuf *)(uintptr_t)m)->pool;
	if (m->shinfo != NULL)
		rte_mempool_walk(owner_in_pool, &w);
	return w.pool;
}

int
sl_dmamap_tx_mbuf(struct sl_port *port, const struct rte_mbuf *m)
{
	const struct sl_dmamap_piece piece = {.va = m->buf_addr,
		.iova = m->buf_iova,
		.len = m->buf_len,
		.dir = SL_DMA_TO_DEVICE,
		.seen = true};
	struct rte_mempool *pool;
	bool there;
	int ret;

	/* The window is the primary process's. */
	if (sl_guest_here())
		return sl_ask_map(port->share.port_id, m, NULL);
	/*
	 * The queue remembers pools whose mbufs always have their own data: map all of such a pool.
	 */
	if (sl_mbuf_has_data(m))
		return sl_dmamap_pool(port, m->pool, SL_DMA_TO_DEVICE);
	/*
	 * All other mbufs get here for each frame: search for a pool only if the data is not mapped
	 * yet.
	 */
	pthread_mutex_lock(&port->window.lock);
	there = in_window(&port->window, &piece);
	pthread_mutex_unlock(&port->window.lock);
	pool = there ? NULL : data_pool(m);
	if (pool != NULL)
		return sl_dmamap_pool(port, pool, SL_DMA_TO_DEVICE);
	pthread_mutex_lock(&port->window.lock);
	ret = may_enter(port, &piece) ? sl_dmalist_cover(port, &piece) : -EPERM;
	pthread_mutex_unlock(&port->window.lock);
	return ret;
}

/* --- areas registered by the application --- */

int
sl_dmamap_area_add(struct sl_port *port, void *va, uint64_t iova, size_t len)
{
	struct sl_dmamap *w = &port->window;
	const struct sl_dmamap_piece area = {
		.va = va, .iova = iova, .len = len, .dir = SL_DMA_TO_DEVICE};
	int ret;

	pthread_mutex_lock(&w->lock);
	ret = sl_dmalist_cover(port, &area);
	if (ret == 0)
		ret = sl_dmalist_area_add(w, &area);
	if (ret != 0)
		sl_dmalist_drop_loose(port, va, len, SL_DMALIST_UNWANTED);
	pthread_mutex_unlock(&w->lock);
	return ret;
}

int
sl_dmamap_area_remove(struct sl_port *port, void *va, size_t len)
{
	struct sl_dmamap *w = &port->window;
	int ret = -ENOENT;

	pthread_mutex_lock(&w->lock);
	if (sl_dmalist_is_registered(w, va, len)) {
		/* Mappings of mempools stay until their mempools end. */
		ret = sl_dmalist_drop_loose(port, va, len, SL_DMALIST_ALL);
		/* Mappings that could not be removed are found by the next call. */
		if (ret == 0)
			sl_dmalist_areas_end(port, va, len);
	}
	pthread_mutex_unlock(&w->lock);
	return ret;
}

/* --- memory that is freed --- */

/* Free function for a mempool chunk whose memory is kept. */
static void
keep_chunk(struct rte_mempool_memhdr *chunk __rte_unused, void *opaque __rte_unused)
{
}

/*
 * A mempool ends, and a part of it could not be unmapped. Its EAL memory is kept while the process
 * exists: otherwise another user would get it while the NIC may still access it. External buffers
 * belong to the application.
 */
static void
keep_memory(struct sl_port *port, struct rte_mempool *pool, const struct sl_dmamap_piece *piece)
{
	struct rte_mempool_memhdr *chunk;
	bool kept = sl_data_pool_keep(pool);

	STAILQ_FOREACH (chunk, &pool->mem_list, next) {
		if (!sl_dmalist_overlaps(chunk->addr, chunk->len, piece->va, piece->len))
			continue;
		chunk->free_cb = keep_chunk;
		kept = true;
	}
	__atomic_fetch_add(&port->window.bytes_kept, piece->len, __ATOMIC_RELAXED);
	SL_LOG(ERR,
		"port %u: the NIC may still reach %zu bytes of mempool '%s', which ends "
		"(pool_bytes_kept): %s",
		port->eth->data->port_id, piece->len, pool->name,
		kept ? "they are kept from EAL until the process ends" :
		       "do not use them for anything else before the port is closed");
}

static void
pool_event(enum rte_mempool_event event, struct rte_mempool *pool, void *arg)
{
	struct sl_port *port = arg;
	struct sl_dmamap *w = &port->window;
	unsigned int i = 0;

	if (event != RTE_MEMPOOL_EVENT_DESTROY)
		return;
	sl_kept_forget(port, pool);
	pthread_mutex_lock(&w->lock);
	sl_dmalist_forget_pools(w);
	while (i < w->nb_maps) {
		const struct sl_dmamap_piece piece = w->maps[i];

		if (piece.pool == pool && sl_dmalist_drop(port, i) == 0)
			continue;
		if (piece.pool == pool)
			keep_memory(port, pool, &piece);
		i++;
	}
	sl_dmalist_areas_restore(port);
	pthread_mutex_unlock(&w->lock);
}

/* EAL is about to return memory to the system, or the application removes memory from a heap. */
static void
memory_event(enum rte_mem_event event, const void *addr, size_t len, void *arg)
{
	struct sl_port *port = arg;
	struct sl_dmamap *w = &port->window;
	unsigned int i;

	if (event != RTE_MEM_EVENT_FREE)
		return;
	pthread_mutex_lock(&w->lock);
	i = sl_dmalist_find(w, (uintptr_t)addr);
	while (i < w->nb_maps && (uintptr_t)w->maps[i].va < (uintptr_t)addr + len)
		if (sl_dmalist_drop(port, i) != 0)
			i++;
	sl_dmalist_areas_end(port, addr, len);
	pthread_mutex_unlock(&w->lock);
}

void
sl_dmamap_queue_add(struct sl_tx_queue *q)
{
	struct sl_dmamap *w = &q->port->window;

	pthread_mutex_lock(&w->lock);
	q->map_next = w->tx_queues;
	w->tx_queues = q;
	pthread_mutex_unlock(&w->lock);
}

void
sl_dmamap_queue_remove(struct sl_tx_queue *q)
{
	struct sl_dmamap *w = &q->port->window;
	struct sl_tx_queue **link;

	pthread_mutex_lock(&w->lock);
	for (link = &w->tx_queues; *link != NULL && *link != q; link = &(*link)->map_next)
		;
	if (*link != NULL)
		*link = q->map_next;
	pthread_mutex_unlock(&w->lock);
}

int
sl_dmamap_open(struct sl_port *port)
{
	int ret;

	pthread_mutex_init(&port->window.lock, NULL);
	ret = rte_mempool_event_callback_register(pool_event, port);
	if (ret != 0)
		return ret;
	/* With --legacy-mem, memory is never freed. */
	if (rte_mem_event_callback_register(EVENT_NAME, memory_event, port) != 0 &&
		rte_errno != ENOTSUP)
		return -rte_errno;
	return 0;
}

/* Unregister. Called without the lock, since it waits for callbacks that are running. */
static void
hear_no_more(struct sl_port *port)
{
	rte_mem_event_callback_unregister(EVENT_NAME, port);
	rte_mempool_event_callback_unregister(pool_event, port);
}

void
sl_dmamap_leave(struct sl_port *port)
{
	hear_no_more(port);
	/* Free only the lists, which are not used after this. */
	free(port->window.maps);
	free(port->window.areas);
	port->window.maps = NULL;
	port->window.areas = NULL;
	port->window.nb_maps = 0;
	port->window.nb_areas = 0;
}

void
sl_dmamap_close(struct sl_port *port)
{
	struct sl_dmamap *w = &port->window;
	unsigned int i = 0;

	hear_no_more(port);
	pthread_mutex_lock(&w->lock);
	while (i < w->nb_maps)
		if (sl_dmalist_drop(port, i) != 0)
			i++;
	free(w->maps);
	free(w->areas);
	w->areas = NULL;
	w->nb_areas = 0;
	w->maps = NULL;
	w->nb_maps = 0;
	w->max_maps = 0;
	pthread_mutex_unlock(&w->lock);
}
