/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */

/*
 * Mempools whose data is in separate pages, so that a NIC that writes anywhere in its window
 * reaches no mbuf header (D1). They use DPDK's pinned external buffers: header and shared info of
 * each mbuf are in the mempool's own memory, its data in memory of this file.
 *
 * Control path.
 */

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <rte_errno.h>
#include <rte_mbuf.h>
#include <rte_mbuf_pool_ops.h>
#include <rte_memory.h>
#include <rte_memzone.h>
#include <rte_random.h>

#include "sl_cache.h"
#include "sl_data_pool.h"
#include "sl_log.h"
#include "sl_pmd.h"
#include "sl_port.h"

/* Layout of the buffers of one mempool. */
struct data_layout {
	size_t first;  /* bytes before the first buffer of a run, to align its data to a line */
	size_t stride; /* distance between buffers, in whole lines */
	unsigned int n;
};

/*
 * The longest cache line of this CPU, of EAL, and of each open port, where the checker may have set
 * a longer one.
 */
static uint32_t
longest_line(void)
{
	struct sl_cache_info info;
	uint32_t line = RTE_CACHE_LINE_SIZE;
	uint16_t port;

	(void)sl_cache_probe(&info);
	line = RTE_MAX(line, info.line);
	RTE_ETH_FOREACH_DEV (port) {
		struct sl_port *p = sl_port_get(port);

		if (p == NULL)
			continue;
		line = RTE_MAX(line, sl_adapter_sync(p->adapter)->line);
		sl_port_put(p);
	}
	return line;
}

/*
 * Compute the layout. 0, or -EINVAL if a buffer is too long for DPDK, which has 16 bits for its
 * length, or if the private area has a wrong size.
 */
static int
layout_choose(
	const char *name, unsigned int n, uint16_t priv, uint16_t room, struct data_layout *out)
{
	const uint32_t line = longest_line();

	out->n = n;
	out->first = RTE_ALIGN_CEIL((size_t)RTE_PKTMBUF_HEADROOM, line) - RTE_PKTMBUF_HEADROOM;
	out->stride = RTE_ALIGN_CEIL((size_t)room, line);
	/* An odd number of lines: then the first lines of the buffers use all sets of a cache. */
	if (out->stride / line % 2 == 0)
		out->stride += line;
	if (priv % RTE_MBUF_PRIV_ALIGN != 0) {
		SL_LOG(ERR, "mempool '%s': a private area of %u bytes; allowed are multiples of %u",
			name, priv, RTE_MBUF_PRIV_ALIGN);
		return -EINVAL;
	}
	if (n > 0 && room > 0 && out->stride <= UINT16_MAX)
		return 0;
	SL_LOG(ERR,
		"mempool '%s': %u mbufs with a data room of %u bytes; allowed are 1 mbuf or more "
		"with 1 to %u bytes",
		name, n, room, UINT16_MAX - 2 * line);
	return -EINVAL;
}

/*
 * Reserve a memzone. Its name must be unique among all processes that share one EAL: a random
 * number makes it unique, the mempool's name makes it readable.
 */
static const struct rte_memzone *
reserve(const char *pool, size_t len, size_t align, int socket, unsigned int flags)
{
	char name[RTE_MEMZONE_NAMESIZE];
	const struct rte_memzone *mz;

	do {
		snprintf(name, sizeof(name), "sl_%016" PRIx64 "_%.11s", rte_rand(), pool);
		mz = rte_memzone_reserve_aligned(name, len, socket, flags, align);
	} while (mz == NULL && rte_errno == EEXIST);
	return mz;
}

/* IOVA of an address of EAL's memory, from its memory segment, in all IOVA modes. */
static rte_iova_t
iova_of(const void *va)
{
	const struct rte_memseg *ms = rte_mem_virt2memseg(va, NULL);

	if (ms == NULL || ms->iova == RTE_BAD_IOVA)
		return RTE_BAD_IOVA;
	return ms->iova + ((uintptr_t)va - (uintptr_t)ms->addr);
}

/* Find the runs of pages of a memzone. @return false: the NIC cannot reach one. */
static bool
find_runs(struct sl_data_pool *d)
{
	const struct rte_memzone *mz = d->mz;
	const size_t step = (size_t)mz->hugepage_sz;
	struct sl_data_run *run = NULL;
	size_t off, end;

	for (off = 0; off < mz->len; off = end) {
		uint8_t *va = (uint8_t *)mz->addr + off;
		const rte_iova_t iova = iova_of(va);

		end = RTE_MIN(
			RTE_ALIGN_FLOOR((uintptr_t)va, step) + step - (uintptr_t)mz->addr, mz->len);
		if (iova == RTE_BAD_IOVA)
			return false;
		if (run == NULL || run->iova + run->len != iova) {
			run = &d->runs[d->nb_runs++];
			*run = (struct sl_data_run){.va = va, .iova = iova};
		}
		run->len += end - off;
	}
	return true;
}

static void
data_destroy(struct sl_data_pool *d)
{
	rte_memzone_free(d->headers);
	rte_memzone_free(d->mz);
	free(d);
}

/* Reserve pages and find their IOVAs. NULL with rte_errno. */
static struct sl_data_pool *
data_reserve(const char *name, size_t len, size_t align, int socket, unsigned int flags)
{
	const struct rte_memzone *mz = reserve(name, len, align, socket, flags);
	struct sl_data_pool *d;

	if (mz == NULL)
		return NULL;
	d = calloc(1, sizeof(*d) + (mz->len / mz->hugepage_sz + 2) * sizeof(d->runs[0]));
	if (d == NULL) {
		rte_memzone_free(mz);
		rte_errno = ENOMEM;
		return NULL;
	}
	d->mz = mz;
	if (find_runs(d))
		return d;
	SL_LOG(ERR,
		"mempool '%s': memory on socket %d has no IOVA, which no device can reach: take "
		"another socket, or let EAL see physical addresses (as root), or --iova-mode=va",
		name, socket);
	data_destroy(d);
	rte_errno = EINVAL;
	return NULL;
}

/* Number of buffers in a run. */
static size_t
run_holds(const struct sl_data_run *run, const struct data_layout *l)
{
	return run->len < l->first ? 0 : (run->len - l->first) / l->stride;
}

static bool
data_holds(const struct sl_data_pool *d, const struct data_layout *l)
{
	size_t n = 0;
	unsigned int i;

	for (i = 0; i < d->nb_runs; i++)
		n += run_holds(&d->runs[i], l);
	return n >= l->n;
}

/*
 * Reserve pages for all buffers, IOVA-contiguous if possible. Otherwise no buffer may cross a
 * page's end, and the largest pages of EAL are used.
 */
static struct sl_data_pool *
data_create(const char *name, const struct data_layout *l, int socket)
{
	const size_t page = (size_t)sysconf(_SC_PAGESIZE);
	const size_t len = RTE_ALIGN_CEIL(l->first + l->n * l->stride, page);
	struct sl_data_pool *d;
	size_t large, each;

	d = data_reserve(name, len, page, socket, RTE_MEMZONE_IOVA_CONTIG);
	if (d == NULL && rte_errno != EINVAL)
		d = data_reserve(name, len, page, socket, 0);
	if (d == NULL || data_holds(d, l))
		return d;
	large = (size_t)d->mz->hugepage_sz;
	each = (large - l->first) / l->stride;
	data_destroy(d);
	if (each == 0) {
		rte_errno = ENOMEM;
		return NULL;
	}
	return data_reserve(name, (l->n + each - 1) / each * large, large, socket, 0);
}

/*
 * Free the data. The mempool calls this when it frees the first chunk of headers. Before that its
 * end was reported to all listeners, and each port has unmapped the data.
 */
static void
data_free(struct rte_mempool_memhdr *chunk __rte_unused, void *opaque)
{
	data_destroy(opaque);
}

/* Free the headers and keep the data. */
static void
data_keep(struct rte_mempool_memhdr *chunk __rte_unused, void *opaque)
{
	struct sl_data_pool *d = opaque;

	rte_memzone_free(d->headers);
	free(d);
}

bool
sl_data_pool_keep(struct rte_mempool *pool)
{
	if (sl_data_pool_of(pool) == NULL)
		return false;
	STAILQ_FIRST(&pool->mem_list)->free_cb = data_keep;
	return true;
}

const struct sl_data_pool *
sl_data_pool_of(const struct rte_mempool *pool)
{
	const struct rte_mempool_memhdr *chunk = STAILQ_FIRST(&pool->mem_list);

	return chunk != NULL && chunk->free_cb == data_free ? chunk->opaque : NULL;
}

static void
data_attach(struct rte_mempool *pool, struct sl_data_pool *d)
{
	struct rte_mempool_memhdr *chunk = STAILQ_FIRST(&pool->mem_list);

	chunk->opaque = d;
	chunk->free_cb = data_free;
}

/* --- mbufs --- */

/* Mbufs are at least eight shared infos apart. */
_Static_assert(sizeof(struct rte_mbuf_ext_shared_info) * 8 <=
		RTE_CACHE_LINE_SIZE + sizeof(struct rte_mbuf),
	"shared info lies eight times as dense");

/* Reserve memory for the mbufs, followed by their shared infos. 0 or negative errno. */
static int
headers_reserve(struct rte_mempool *pool, struct sl_data_pool *d)
{
	const size_t each = pool->header_size + pool->elt_size + pool->trailer_size;
	/* No mbuf crosses a page's end. The smallest page is the system's page. */
	const size_t pages = pool->size * each / (size_t)sysconf(_SC_PAGESIZE) + 2;
	const size_t len = RTE_ALIGN_CEIL((pool->size + pages) * each, RTE_CACHE_LINE_SIZE);
	int ret;

	d->headers = reserve(pool->name, len + sl_data_pool_shared_bytes(len), RTE_CACHE_LINE_SIZE,
		pool->socket_id, 0);
	if (d->headers == NULL)
		return -rte_errno;
	memset(d->headers->addr, 0, d->headers->len);
	d->shared_at = sl_data_pool_shared_at((uintptr_t)d->headers->addr, len);
	ret = rte_mempool_populate_virt(
		pool, d->headers->addr, len, (size_t)d->headers->hugepage_sz, NULL, NULL);
	if (ret < 0)
		return ret;
	return (unsigned int)ret == pool->size ? 0 : -ENOMEM;
}

/* The last clone was freed, after its mbuf: free the mbuf now. */
static void
mbuf_unshare(void *addr __rte_unused, void *opaque)
{
	struct rte_mbuf *m = opaque;

	rte_mbuf_ext_refcnt_set(m->shinfo, 1);
	m->ol_flags = RTE_MBUF_F_EXTERNAL;
	m->next = NULL;
	m->nb_segs = 1;
	rte_mbuf_raw_free(m);
}

/** Position of the next mbuf's buffer. */
struct next_buffer {
	const struct sl_data_pool *d;
	const struct data_layout *l;
	unsigned int run;
	size_t used; /* bytes of the run */
};

static void
mbuf_init(struct rte_mempool *pool, void *arg, void *obj, unsigned int idx __rte_unused)
{
	struct next_buffer *next = arg;
	const struct sl_data_run *run = &next->d->runs[next->run];
	struct rte_mbuf *m = obj;
	size_t off;

	while (next->used == run_holds(run, next->l)) {
		run = &next->d->runs[++next->run];
		next->used = 0;
	}
	off = next->l->first + next->used++ * next->l->stride;
	m->buf_addr = (uint8_t *)run->va + off;
	rte_mbuf_iova_set(m, run->iova + off);
	m->buf_len = rte_pktmbuf_data_room_size(pool);
	m->priv_size = rte_pktmbuf_priv_size(pool);
	m->data_off = RTE_MIN(RTE_PKTMBUF_HEADROOM, m->buf_len);
	m->ol_flags = RTE_MBUF_F_EXTERNAL;
	m->pool = pool;
	m->nb_segs = 1;
	m->port = RTE_MBUF_PORT_INVALID;
	rte_mbuf_refcnt_set(m, 1);
	m->shinfo = sl_data_pool_shared(next->d->shared_at, m);
	m->shinfo->free_cb = mbuf_unshare;
	m->shinfo->fcb_opaque = m;
	rte_mbuf_ext_refcnt_set(m->shinfo, 1);
}

/* Make the mempool for this data. NULL with rte_errno. */
static struct rte_mempool *
pool_on(struct sl_data_pool *d, const struct data_layout *l, const char *name, unsigned int cache,
	uint16_t priv, uint16_t room, int socket)
{
	struct rte_pktmbuf_pool_private own = {.mbuf_data_room_size = room,
		.mbuf_priv_size = priv,
		.flags = RTE_PKTMBUF_POOL_F_PINNED_EXT_BUF};
	struct next_buffer next = {.d = d, .l = l};
	struct rte_mempool *pool = rte_mempool_create_empty(
		name, l->n, sizeof(struct rte_mbuf) + priv, cache, sizeof(own), socket, 0);
	int ret;

	if (pool == NULL)
		return NULL;
	ret = rte_mempool_set_ops_byname(pool, rte_mbuf_best_mempool_ops(), NULL);
	if (ret == 0) {
		rte_pktmbuf_pool_init(pool, &own);
		ret = headers_reserve(pool, d);
	}
	if (ret != 0) {
		rte_mempool_free(pool);
		rte_errno = -ret;
		return NULL;
	}
	rte_mempool_obj_iter(pool, mbuf_init, &next);
	return pool;
}

struct rte_mempool *
sl_pktmbuf_pool_create(const char *name, unsigned int n, unsigned int cache_size,
	uint16_t priv_size, uint16_t data_room_size, int socket_id)
{
	struct rte_mempool *pool;
	struct data_layout l;
	struct sl_data_pool *d;

	if (layout_choose(name, n, priv_size, data_room_size, &l) != 0) {
		rte_errno = EINVAL;
		return NULL;
	}
	d = data_create(name, &l, socket_id);
	if (d == NULL)
		return NULL;
	/* The NIC may read all of the memory: clear what a previous user left there. */
	memset(d->mz->addr, 0, d->mz->len);
	pool = pool_on(d, &l, name, cache_size, priv_size, data_room_size, socket_id);
	if (pool == NULL) {
		const int err = rte_errno;

		if (err == EEXIST)
			SL_LOG(ERR, "mempool '%s': there is one of this name: take another", name);
		data_destroy(d);
		rte_errno = err;
		return NULL;
	}
	data_attach(pool, d);
	return pool;
}
