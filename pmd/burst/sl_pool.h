/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */
#ifndef _SL_POOL_H_
#define _SL_POOL_H_

/**
 * @file
 * Get mbufs from a mempool and put them back. The lcore's mempool cache is used directly when it
 * holds enough mbufs, or has enough room; otherwise the mempool's functions are called. So receive
 * reuses mbufs that transmit freed while they are still in the CPU cache.
 *
 * Datapath thread. With a mempool that is built with statistics or debug checks, only the mempool's
 * functions are called, so these keep working.
 */

#include <string.h>

#include <rte_branch_prediction.h>
#include <rte_lcore.h>
#include <rte_mempool.h>

#if defined(RTE_LIBRTE_MEMPOOL_STATS) || defined(RTE_LIBRTE_MEMPOOL_DEBUG)
#define SL_POOL_DIRECT 0
#else
#define SL_POOL_DIRECT 1
#endif

/* Not inlined: the inlined mempool function would be several times as long as its caller. */
static __rte_noinline void
pool_put_slow(struct rte_mempool *pool, void **obj, unsigned int n)
{
	rte_mempool_put_bulk(pool, obj, n);
}

/** Get @p n objects of @p pool. 0 or negative errno; after an error no object was taken. */
static __rte_always_inline int
sl_pool_get(struct rte_mempool *pool, void **obj, unsigned int n)
{
	struct rte_mempool_cache *cache = rte_mempool_default_cache(pool, rte_lcore_id());

	if (SL_POOL_DIRECT && likely(cache != NULL && cache->len >= n)) {
		cache->len -= n;
		memcpy(obj, &cache->objs[cache->len], n * sizeof(*obj));
		return 0;
	}
	return rte_mempool_get_bulk(pool, obj, n);
}

/** Put @p n objects back into their @p pool. */
static __rte_always_inline void
sl_pool_put(struct rte_mempool *pool, void **obj, unsigned int n)
{
	struct rte_mempool_cache *cache = rte_mempool_default_cache(pool, rte_lcore_id());

	if (SL_POOL_DIRECT && likely(cache != NULL && cache->len + n <= cache->flushthresh)) {
		memcpy(&cache->objs[cache->len], obj, n * sizeof(*obj));
		cache->len += n;
		return;
	}
	pool_put_slow(pool, obj, n);
}

#endif /* _SL_POOL_H_ */
