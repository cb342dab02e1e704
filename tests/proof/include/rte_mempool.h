/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */
#ifndef _RTE_MEMPOOL_H_
#define _RTE_MEMPOOL_H_

/**
 * @file
 * Replaces DPDK's header: the parts of a mempool that rte_mbuf.h and the driver use, as the prover
 * sees them.
 */

#include <errno.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <rte_common.h>
#include <rte_config.h>

/* Assertions in DPDK's inline functions are proven. */
#define RTE_ASSERT(what) __CPROVER_assert(what, "DPDK: " #what)

struct rte_mempool_cache {
	uint32_t len, flushthresh;
	void *objs[PROOF_CACHE];
};

struct rte_mempool {
	const char *name;
	struct rte_mempool_cache *cache;
	void *priv;
};

struct rte_mempool_memhdr;
typedef void(rte_mempool_memchunk_free_cb_t)(struct rte_mempool_memhdr *chunk, void *opaque);

/** pool.h: mbufs are allocated and freed one at a time, and each is checked. */
int
rte_mempool_get_bulk(struct rte_mempool *mp, void **obj, unsigned int n);
void
rte_mempool_put_bulk(struct rte_mempool *mp, void *const *obj, unsigned int n);

static inline int
rte_mempool_get(struct rte_mempool *mp, void **obj)
{
	return rte_mempool_get_bulk(mp, obj, 1);
}

static inline void
rte_mempool_put(struct rte_mempool *mp, void *obj)
{
	rte_mempool_put_bulk(mp, &obj, 1);
}

static inline struct rte_mempool_cache *
rte_mempool_default_cache(struct rte_mempool *mp, unsigned int lcore)
{
	(void)lcore;
	return mp->cache;
}

static inline void *
rte_mempool_get_priv(struct rte_mempool *mp)
{
	return mp->priv;
}

static inline rte_iova_t
rte_mempool_virt2iova(const void *obj)
{
	return (rte_iova_t)(uintptr_t)obj;
}

#endif /* _RTE_MEMPOOL_H_ */
