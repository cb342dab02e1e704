/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */
#ifndef _SL_DATA_POOL_H_
#define _SL_DATA_POOL_H_

/**
 * @file
 * What the driver knows of a mempool of sl_pktmbuf_pool_create(): where its data
 * is. Any thread, while the mempool lives.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <rte_mbuf.h>
#include <rte_mempool.h>

/** Pages that follow on each other, for the CPU and for the NIC. */
struct sl_data_run {
	void *va;
	uint64_t iova;
	size_t len;
};

/** What one mempool has its memory in. */
struct sl_data_pool {
	const struct rte_memzone *mz;	   /**< data: whole pages with nothing else in them */
	const struct rte_memzone *headers; /**< mbufs, and behind all of them their shared infos */
	uintptr_t shared_at;		   /**< for sl_data_pool_shared() */
	unsigned int nb_runs;
	struct sl_data_run runs[];
};

/**
 * Shared info of an mbuf, which counts the clones of its data. Those of a mempool lie side
 * by side, eight times as dense as the mbufs: who looks at those of many mbufs touches few
 * lines, and finds them without a look at an mbuf's second line. @p at: the mempool's
 * shared_at.
 */
static inline struct rte_mbuf_ext_shared_info *
sl_data_pool_shared(uintptr_t at, const struct rte_mbuf *m)
{
	return (struct rte_mbuf_ext_shared_info *)(at + (uintptr_t)m / 8);
}

/** Whether the mempool's mbufs have their data in memory that it was given. */
static inline bool
sl_data_pool_is_pinned(struct rte_mempool *pool)
{
	return (rte_pktmbuf_priv_flags(pool) & RTE_PKTMBUF_POOL_F_PINNED_EXT_BUF) != 0;
}

/** NULL: the mempool is none of sl_pktmbuf_pool_create(). */
const struct sl_data_pool *
sl_data_pool_of(const struct rte_mempool *pool);

/**
 * Its data stays with the NIC when it ends: its unmap failed, and EAL would give the memory to
 * others. Within the mempool's end. @return false: it is none of sl_pktmbuf_pool_create().
 */
bool
sl_data_pool_keep(struct rte_mempool *pool);

/**
 * Whether an mbuf's data is its own for good: it is direct, or of a mempool of
 * sl_pktmbuf_pool_create(), whose mbufs nothing can be attached to. Such a
 * mempool's data is found without a look at each mbuf.
 */
static inline bool
sl_mbuf_has_data(const struct rte_mbuf *m)
{
	return RTE_MBUF_DIRECT(m) || (!RTE_MBUF_CLONED(m) && sl_data_pool_of(m->pool) != NULL);
}

#endif /* _SL_DATA_POOL_H_ */
