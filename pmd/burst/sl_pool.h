/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */
#ifndef _SL_POOL_H_
#define _SL_POOL_H_

/**
 * @file
 * Mbufs to and from the lcore's cache of a mempool, where it has room or has
 * enough; the mempool's own calls for everything else. What transmit gives back
 * receive takes again while it is in the CPU's cache.
 *
 * Datapath thread. A mempool built with statistics or debug checks keeps them:
 * then these are its own calls alone.
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

/* Out of line: what the mempool's call inlines would be several times the code around it. */
static __rte_noinline void
pool_put_slow(struct rte_mempool *pool, void **obj, unsigned int n)
{
	rte_mempool_put_bulk(pool, obj, n);
}

/** @p n objects of @p pool. 0 or negative errno, and then none. */
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

/** Give @p n objects back to the @p pool they are of. */
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
