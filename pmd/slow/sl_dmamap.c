/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */

/*
 * Memory of others in the port's DMA window: mempools that its queues use,
 * external buffers. It enters when a receive queue is set up on it, when it is
 * first met in transmit, or when the application registers it; it leaves with
 * its mempool, with EAL's memory, or at close. Control path, and the slow path
 * of transmit.
 *
 * Lock order: EAL's locks (who frees memory holds them), the window's lock, the
 * adapter's, that of a VFIO container. So nothing here allocates or frees EAL's
 * memory with the lock held.
 */

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <rte_errno.h>

#include "sl_data_pool.h"
#include "sl_port.h"

#define EVENT_NAME "syncline_window"
#define LIST_MIN 16u

/* --- the list --- */

static uintptr_t
map_end(const struct sl_map *m)
{
	return (uintptr_t)m->va + m->len;
}

/* What is to be added to an address on this piece to get its IOVA. */
static uint64_t
map_delta(const struct sl_map *m)
{
	return m->iova - (uintptr_t)m->va;
}

/* Index of the first piece that ends above an address. With the lock, as all below. */
static unsigned int
map_find(const struct sl_port_window *w, uintptr_t va)
{
	unsigned int lo = 0, hi = w->nb_maps;

	while (lo < hi) {
		unsigned int mid = lo + (hi - lo) / 2;

		if (map_end(&w->maps[mid]) <= va)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo;
}

static void
list_remove(struct sl_port_window *w, unsigned int at)
{
	w->nb_maps--;
	memmove(&w->maps[at], &w->maps[at + 1], (w->nb_maps - at) * sizeof(*w->maps));
}

/* Room for one more: 0 or -ENOMEM. */
static int
list_grow(struct sl_port_window *w)
{
	unsigned int want = RTE_MAX(LIST_MIN, w->max_maps * 2);
	struct sl_map *more;

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
map_name(const struct sl_map *m)
{
	return m->pool != NULL ? m->pool->name : "external buffer";
}

static int
map_in(struct sl_port *port, const struct sl_map *m, enum sl_dma_dir dir)
{
	return sl_buffer_map(port->adapter, map_name(m), m->va, m->iova, m->len, dir);
}

/* Bring a new piece in and note it down at its place. */
static int
map_new(struct sl_port *port, unsigned int at, const struct sl_map *piece)
{
	struct sl_port_window *w = &port->window;
	int ret;

	ret = list_grow(w);
	if (ret == 0)
		ret = map_in(port, piece, piece->dir);
	if (ret != 0 && ret != -ENOTRECOVERABLE)
		return ret;
	memmove(&w->maps[at + 1], &w->maps[at], (w->nb_maps - at) * sizeof(*w->maps));
	w->maps[at] = *piece;
	w->nb_maps++;
	/* Not usable, but to be taken out again before its memory may go. */
	if (ret != 0)
		w->maps[at].dir = 0;
	return ret;
}

/*
 * Queues take frames of a pool that they have seen without a look at the list: they look
 * again. A pool's memory may have gone, or another pool may get its address.
 */
static void
forget_pools(struct sl_port_window *w)
{
	struct sl_tx_queue *q;

	for (q = w->tx_queues; q != NULL; q = q->window_next)
		/* The datapath sets it anew when it has looked. */
		__atomic_store_n(&q->pool_seen, NULL, __ATOMIC_RELAXED);
}

/* Take a piece out. What cannot be stays in the list, known to be unusable: tried again. */
static int
map_drop(struct sl_port *port, unsigned int at)
{
	struct sl_port_window *w = &port->window;
	struct sl_map *m = &w->maps[at];
	int ret;

	forget_pools(w);
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
 * Let the NIC use a piece in one more direction. An IOMMU must unmap for that,
 * so only while the port is stopped: when a receive queue is set up.
 */
static int
map_widen(struct sl_port *port, unsigned int at, enum sl_dma_dir dir)
{
	struct sl_port_window *w = &port->window;
	struct sl_map *m = &w->maps[at];
	const enum sl_dma_dir old = m->dir;
	int ret;

	forget_pools(w);
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
refuse_split(struct sl_port *port, const struct sl_map *want)
{
	SL_LOG(ERR,
		"port %u: '%s', %zu bytes at %p, is in the DMA window in part; the software NIC wants "
		"a buffer in one piece",
		port->eth->data->port_id, map_name(want), want->len, want->va);
	return -EEXIST;
}

/* Is the piece as @want says, and for all that it is wanted for? */
static int
map_fit(struct sl_port *port, unsigned int at, const struct sl_map *want)
{
	const struct sl_map *m = &port->window.maps[at];

	if (map_delta(m) != map_delta(want)) {
		SL_LOG(ERR, "port %u: %p is at IOVA 0x%" PRIx64 ", not at 0x%" PRIx64,
			port->eth->data->port_id, want->va, (uintptr_t)want->va + map_delta(m),
			want->iova);
		return -EINVAL;
	}
	return (m->dir & want->dir) == want->dir ? 0 : map_widen(port, at, want->dir);
}

/*
 * All of @want in the window: what is there already, and new pieces in between.
 * Buffers that an application takes from one heap overlap where others were before.
 */
static int
cover(struct sl_port *port, const struct sl_map *want)
{
	struct sl_port_window *w = &port->window;
	const bool one_piece = w->link.kind == SL_WINDOW_TABLE;
	const uintptr_t end = map_end(want);
	uintptr_t pos = (uintptr_t)want->va;
	unsigned int i;
	int ret;

	for (i = map_find(w, pos); pos < end; pos = map_end(&w->maps[i++])) {
		struct sl_map gap = *want;

		if (i < w->nb_maps && (uintptr_t)w->maps[i].va <= pos) {
			ret = one_piece && map_end(&w->maps[i]) < end ? refuse_split(port, want) :
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

/* --- areas that the application registered --- */

static bool
overlaps(const void *va, size_t len, const void *other, size_t other_len)
{
	return (uintptr_t)va < (uintptr_t)other + other_len &&
		(uintptr_t)other < (uintptr_t)va + len;
}

/* Whether any area has bytes of [va, va + len). */
static bool
is_registered(const struct sl_port_window *w, const void *va, size_t len)
{
	unsigned int i;

	for (i = 0; i < w->nb_areas; i++)
		if (overlaps(va, len, w->areas[i].va, w->areas[i].len))
			return true;
	return false;
}

static int
area_add(struct sl_port_window *w, const struct sl_map *m)
{
	struct sl_area *more = realloc(w->areas, (w->nb_areas + 1) * sizeof(*more));

	if (more == NULL)
		return -ENOMEM;
	w->areas = more;
	w->areas[w->nb_areas++] = (struct sl_area){m->va, m->iova, m->len};
	return 0;
}

/* A piece went that an area had too: what is left of it enters again, to be read. */
static void
areas_restore(struct sl_port *port)
{
	struct sl_port_window *w = &port->window;
	unsigned int i;

	for (i = 0; i < w->nb_areas; i++) {
		const struct sl_area *a = &w->areas[i];
		const struct sl_map want = {
			.va = a->va, .iova = a->iova, .len = a->len, .dir = SL_DMA_TO_DEVICE};
		const int ret = cover(port, &want);

		if (ret != 0)
			SL_LOG(ERR,
				"port %u: %zu registered bytes at %p did not come back into the DMA "
				"window: %s; take them out by rte_dev_dma_unmap() and let them in again",
				port->eth->data->port_id, a->len, a->va, strerror(-ret));
	}
}

/** Which pieces of no pool are taken out. */
enum loose {
	LOOSE_ALL,
	LOOSE_UNSENT,	/* those that no buffer was sent from */
	LOOSE_UNWANTED, /* of these, those that have nothing of an area either */
};

/* Take out pieces of no pool in [va, va + len), in part too. */
static int
drop_loose(struct sl_port *port, const void *va, size_t len, enum loose which)
{
	struct sl_port_window *w = &port->window;
	unsigned int i = map_find(w, (uintptr_t)va);
	int ret = 0, err;

	while (i < w->nb_maps && (uintptr_t)w->maps[i].va < (uintptr_t)va + len) {
		const struct sl_map *m = &w->maps[i];

		if (m->pool != NULL || (which != LOOSE_ALL && m->seen) ||
			(which == LOOSE_UNWANTED && is_registered(w, m->va, m->len))) {
			i++;
			continue;
		}
		err = map_drop(port, i);
		if (err != 0) {
			ret = err;
			i++;
		}
	}
	return ret;
}

/*
 * Areas that have bytes of [va, va + len) are none any more, and what they had beside that leaves
 * the window. Pieces of other areas may go with it, and come back.
 */
static void
areas_end(struct sl_port *port, const void *va, size_t len)
{
	struct sl_port_window *w = &port->window;
	unsigned int i = 0;

	while (i < w->nb_areas) {
		const struct sl_area a = w->areas[i];

		if (!overlaps(va, len, a.va, a.len)) {
			i++;
			continue;
		}
		w->areas[i] = w->areas[--w->nb_areas];
		drop_loose(port, a.va, a.len, LOOSE_UNSENT);
	}
	areas_restore(port);
}

/* --- mempools --- */

/* What an iteration over a mempool carries along. */
struct map_walk {
	struct sl_port *port;
	enum sl_dma_dir dir;
	bool check;	   /* of window=strict, and no more */
	struct sl_map run; /* pinned buffers that follow on each other */
	int ret;
};

/*
 * A piece of a pool. What the NIC may write is the pool's alone: pieces that lie there
 * already, of buffers sent before and of registered areas, make room. The port is
 * stopped then, so nobody uses them; sent again they are found again.
 */
static int
cover_pool(struct sl_port *port, const struct sl_map *piece)
{
	int ret = 0;

	if ((piece->dir & SL_DMA_FROM_DEVICE) != 0)
		ret = drop_loose(port, piece->va, piece->len, LOOSE_ALL);
	return ret == 0 ? cover(port, piece) : ret;
}

static void
map_chunk(struct rte_mempool *pool, void *arg, struct rte_mempool_memhdr *chunk,
	unsigned int idx __rte_unused)
{
	struct map_walk *w = arg;
	const struct sl_map piece = {.va = chunk->addr,
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

/* With window=strict: is a run of buffers whole pages? */
static int
check_run(const struct map_walk *w)
{
	const struct sl_port_window *window = &w->port->window;
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

	if (w->run.len > 0 && map_end(&w->run) == (uintptr_t)m->buf_addr &&
		w->run.iova + w->run.len == m->buf_iova) {
		w->run.len += m->buf_len;
		return;
	}
	map_run(w);
	w->run = (struct sl_map){.va = m->buf_addr,
		.iova = m->buf_iova,
		.len = m->buf_len,
		.dir = w->dir,
		.pool = pool};
}

/* Data with pages of its own: these, whole. */
static void
map_data(struct map_walk *w, const struct rte_mempool *pool, const struct sl_data_pool *d)
{
	unsigned int i;

	for (i = 0; i < d->nb_runs && w->ret == 0; i++) {
		w->run = (struct sl_map){.va = d->runs[i].va,
			.iova = d->runs[i].iova,
			.len = d->runs[i].len,
			.dir = w->dir,
			.pool = pool};
		map_run(w);
	}
}

bool
sl_pool_is_pinned(struct rte_mempool *pool)
{
	return (rte_pktmbuf_priv_flags(pool) & RTE_PKTMBUF_POOL_F_PINNED_EXT_BUF) != 0;
}

static void
walk_pool(struct map_walk *w, struct rte_mempool *pool)
{
	const struct sl_data_pool *data = sl_data_pool_of(pool);

	if (data != NULL) {
		map_data(w, pool, data);
	} else if (sl_pool_is_pinned(pool)) {
		rte_mempool_obj_iter(pool, map_pinned, w);
		map_run(w);
	} else {
		rte_mempool_mem_iter(pool, map_chunk, w);
	}
}

/* With window=strict: may the NIC write to the pool's data? Nothing has changed when not. */
static int
check_strict(struct sl_port *port, struct rte_mempool *pool)
{
	struct map_walk w = {.port = port, .check = true};

	if (sl_pool_is_pinned(pool)) {
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
sl_map_pool(struct sl_port *port, struct rte_mempool *pool, enum sl_dma_dir dir)
{
	struct map_walk w = {.port = port, .dir = dir};

	if (port->window.strict && (dir & SL_DMA_FROM_DEVICE) != 0)
		w.ret = check_strict(port, pool);
	pthread_mutex_lock(&port->window.lock);
	if (w.ret == 0) {
		walk_pool(&w, pool);
		if ((dir & SL_DMA_FROM_DEVICE) != 0)
			areas_restore(port);
	}
	pthread_mutex_unlock(&port->window.lock);
	if (w.ret != 0)
		SL_LOG(ERR, "port %u: cannot bring mempool '%s' into the DMA window: %s",
			port->eth->data->port_id, pool->name, strerror(-w.ret));
	return w.ret;
}

/* --- external buffers --- */

static bool
in_window(const struct sl_port_window *w, const struct sl_map *want)
{
	uintptr_t pos = (uintptr_t)want->va;
	unsigned int i;

	for (i = map_find(w, pos); pos < map_end(want); pos = map_end(&w->maps[i++]))
		if (i == w->nb_maps || (uintptr_t)w->maps[i].va > pos)
			return false;
	return true;
}

/* Memory whose end EAL tells of: its own, and that of heaps the application has made. */
static bool
is_eal_memory(const struct sl_map *m)
{
	const struct rte_memseg_list *msl = rte_mem_virt2memseg_list(m->va);

	return msl != NULL && (!msl->external || msl->heap) &&
		rte_mem_virt2memseg_list((void *)(map_end(m) - 1)) == msl;
}

/*
 * Behind an IOMMU memory that neither EAL nor the application has told of is
 * not mapped on first sight: nobody would say when it goes.
 */
static bool
may_enter(struct sl_port *port, const struct sl_map *want)
{
	struct sl_port_window *w = &port->window;

	if ((w->link.kind != SL_WINDOW_OWN && w->link.kind != SL_WINDOW_ALL) ||
		in_window(w, want) || is_eal_memory(want))
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

/** A search for the mempool whose pinned buffer an mbuf without it shares. */
struct owner_walk {
	const struct rte_mbuf *clone;
	struct rte_mempool *pool; /* found */
};

/* DPDK notes the owner of a pinned buffer beside its count: an mbuf of this chunk? */
static void
owner_in_chunk(struct rte_mempool *pool, void *arg, struct rte_mempool_memhdr *chunk,
	unsigned int idx __rte_unused)
{
	struct owner_walk *w = arg;
	const struct rte_mbuf *owner = w->clone->shinfo->fcb_opaque;
	const uintptr_t off = (uintptr_t)owner - (uintptr_t)chunk->addr;

	/* Whose word it is nobody knows, so nothing is read there unless it is an mbuf's place. */
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
		sl_pool_is_pinned(pool))
		rte_mempool_mem_iter(pool, owner_in_chunk, arg);
}

/* The mempool that a segment's data lies in; NULL: an external buffer of none. */
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
sl_map_tx_mbuf(struct sl_port *port, const struct rte_mbuf *m)
{
	const struct sl_map piece = {.va = m->buf_addr,
		.iova = m->buf_iova,
		.len = m->buf_len,
		.dir = SL_DMA_TO_DEVICE,
		.seen = true};
	struct rte_mempool *pool;
	bool there;
	int ret;

	/* The queue remembers pools whose mbufs have their data: all of such a pool has to be
	 * there. */
	if (sl_mbuf_has_data(m))
		return sl_map_pool(port, m->pool, SL_DMA_TO_DEVICE);
	/* All others come here frame by frame: a walk through a pool is for the first one. */
	pthread_mutex_lock(&port->window.lock);
	there = in_window(&port->window, &piece);
	pthread_mutex_unlock(&port->window.lock);
	pool = there ? NULL : data_pool(m);
	if (pool != NULL)
		return sl_map_pool(port, pool, SL_DMA_TO_DEVICE);
	pthread_mutex_lock(&port->window.lock);
	ret = may_enter(port, &piece) ? cover(port, &piece) : -EPERM;
	pthread_mutex_unlock(&port->window.lock);
	return ret;
}

int
sl_window_dma_map(struct sl_port *port, void *va, uint64_t iova, size_t len)
{
	struct sl_port_window *w = &port->window;
	const struct sl_map area = {.va = va, .iova = iova, .len = len, .dir = SL_DMA_TO_DEVICE};
	int ret;

	pthread_mutex_lock(&w->lock);
	ret = cover(port, &area);
	if (ret == 0)
		ret = area_add(w, &area);
	if (ret != 0)
		drop_loose(port, va, len, LOOSE_UNWANTED);
	pthread_mutex_unlock(&w->lock);
	return ret;
}

int
sl_window_dma_unmap(struct sl_port *port, void *va, size_t len)
{
	struct sl_port_window *w = &port->window;
	int ret = -ENOENT;

	pthread_mutex_lock(&w->lock);
	if (is_registered(w, va, len)) {
		/* Pieces of mempools stay: these go with their mempools. */
		ret = drop_loose(port, va, len, LOOSE_ALL);
		/* A second try finds what did not go now. */
		if (ret == 0)
			areas_end(port, va, len);
	}
	pthread_mutex_unlock(&w->lock);
	return ret;
}

/* --- memory that goes --- */

/* Of a mempool's memory, which stays where it is. */
static void
keep_chunk(struct rte_mempool_memhdr *chunk __rte_unused, void *opaque __rte_unused)
{
}

/*
 * A mempool ends, and a piece of it did not leave the window. What is EAL's of that would be
 * somebody else's next: it is kept, as long as the process lives. External buffers are the
 * application's.
 */
static void
keep_memory(struct sl_port *port, struct rte_mempool *pool, const struct sl_map *piece)
{
	struct rte_mempool_memhdr *chunk;
	bool kept = sl_data_pool_keep(pool);

	STAILQ_FOREACH (chunk, &pool->mem_list, next) {
		if (!overlaps(chunk->addr, chunk->len, piece->va, piece->len))
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
	struct sl_port_window *w = &port->window;
	unsigned int i = 0;

	if (event != RTE_MEMPOOL_EVENT_DESTROY)
		return;
	sl_kept_forget(port, pool);
	pthread_mutex_lock(&w->lock);
	forget_pools(w);
	while (i < w->nb_maps) {
		const struct sl_map piece = w->maps[i];

		if (piece.pool == pool && map_drop(port, i) == 0)
			continue;
		if (piece.pool == pool)
			keep_memory(port, pool, &piece);
		i++;
	}
	areas_restore(port);
	pthread_mutex_unlock(&w->lock);
}

/* EAL gives memory back to the system, or the application takes a heap's away. */
static void
memory_event(enum rte_mem_event event, const void *addr, size_t len, void *arg)
{
	struct sl_port *port = arg;
	struct sl_port_window *w = &port->window;
	unsigned int i;

	if (event != RTE_MEM_EVENT_FREE)
		return;
	pthread_mutex_lock(&w->lock);
	i = map_find(w, (uintptr_t)addr);
	while (i < w->nb_maps && (uintptr_t)w->maps[i].va < (uintptr_t)addr + len)
		if (map_drop(port, i) != 0)
			i++;
	areas_end(port, addr, len);
	pthread_mutex_unlock(&w->lock);
}

void
sl_window_add_queue(struct sl_tx_queue *q)
{
	struct sl_port_window *w = &q->port->window;

	pthread_mutex_lock(&w->lock);
	q->window_next = w->tx_queues;
	w->tx_queues = q;
	pthread_mutex_unlock(&w->lock);
}

void
sl_window_remove_queue(struct sl_tx_queue *q)
{
	struct sl_port_window *w = &q->port->window;
	struct sl_tx_queue **link;

	pthread_mutex_lock(&w->lock);
	for (link = &w->tx_queues; *link != NULL && *link != q; link = &(*link)->window_next)
		;
	if (*link != NULL)
		*link = q->window_next;
	pthread_mutex_unlock(&w->lock);
}

int
sl_window_open(struct sl_port *port)
{
	int ret;

	pthread_mutex_init(&port->window.lock, NULL);
	ret = rte_mempool_event_callback_register(pool_event, port);
	if (ret != 0)
		return ret;
	/* Memory of --legacy-mem never goes. */
	if (rte_mem_event_callback_register(EVENT_NAME, memory_event, port) != 0 &&
		rte_errno != ENOTSUP)
		return -rte_errno;
	return 0;
}

/* Outside the lock: it waits for who is being told. */
static void
hear_no_more(struct sl_port *port)
{
	rte_mem_event_callback_unregister(EVENT_NAME, port);
	rte_mempool_event_callback_unregister(pool_event, port);
}

void
sl_window_leave(struct sl_port *port)
{
	hear_no_more(port);
	/* The lists alone: nobody asks for them any more. */
	free(port->window.maps);
	free(port->window.areas);
	port->window.maps = NULL;
	port->window.areas = NULL;
	port->window.nb_maps = 0;
	port->window.nb_areas = 0;
}

void
sl_window_close(struct sl_port *port)
{
	struct sl_port_window *w = &port->window;
	unsigned int i = 0;

	hear_no_more(port);
	pthread_mutex_lock(&w->lock);
	while (i < w->nb_maps)
		if (map_drop(port, i) != 0)
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
