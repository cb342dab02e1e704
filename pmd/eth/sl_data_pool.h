/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */
#ifndef _SL_DATA_POOL_H_
#define _SL_DATA_POOL_H_

/**
 * @file
 * The data areas of mempools that sl_pktmbuf_pool_create() makes. Any thread, while the mempool
 * exists.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <rte_mbuf.h>
#include <rte_mempool.h>

/** Pages that are contiguous for the CPU and for the NIC. */
struct sl_data_run {
	void *va;
	uint64_t iova;
	size_t len;
};

/** Memory of one mempool. */
struct sl_data_pool {
	const struct rte_memzone *mz;	   /**< data: whole pages that contain nothing else */
	const struct rte_memzone *headers; /**< mbufs, followed by their shared infos */
	uintptr_t shared_at;		   /**< for sl_data_pool_shared() */
	unsigned int nb_runs;
	struct sl_data_run runs[];
};

/**
 * Size of the shared infos that follow @p len bytes of mbufs. This is an eighth, since mbufs are at
 * least eight shared infos apart, plus room for the last one.
 */
static inline size_t
sl_data_pool_shared_bytes(size_t len)
{
	return len / 8 + sizeof(struct rte_mbuf_ext_shared_info);
}

/**
 * A mempool's shared_at. @p headers: address of its mbufs; @p len: their size in bytes. Both are
 * multiples of a cache line.
 */
static inline uintptr_t
sl_data_pool_shared_at(uintptr_t headers, size_t len)
{
	return headers + len - headers / 8;
}

/**
 * Shared info of an mbuf, which counts the clones of its data. A mempool's shared infos are in one
 * array, eight times as dense as the mbufs: reading many of them touches few lines, and not the
 * mbufs' second lines. @p at: the mempool's shared_at.
 */
static inline struct rte_mbuf_ext_shared_info *
sl_data_pool_shared(uintptr_t at, const struct rte_mbuf *m)
{
	return (struct rte_mbuf_ext_shared_info *)(at + (uintptr_t)m / 8);
}

/** True if the mempool's mbufs have pinned external buffers. */
static inline bool
sl_data_pool_is_pinned(struct rte_mempool *pool)
{
	return (rte_pktmbuf_priv_flags(pool) & RTE_PKTMBUF_POOL_F_PINNED_EXT_BUF) != 0;
}

/** The data of a mempool; NULL when sl_pktmbuf_pool_create() did not make it. */
const struct sl_data_pool *
sl_data_pool_of(const struct rte_mempool *pool);

/**
 * Keep a mempool's data when the mempool ends: its unmap failed, so the NIC may still access it,
 * and EAL would give the memory to another user. Call it while the mempool's end is reported.
 * @return false if sl_pktmbuf_pool_create() did not make the mempool.
 */
bool
sl_data_pool_keep(struct rte_mempool *pool);

/**
 * True if the mbuf always has its own data: it is direct, or of a mempool of
 * sl_pktmbuf_pool_create(), to whose mbufs no buffer can be attached. The data of such a mempool is
 * found without reading each mbuf.
 */
static inline bool
sl_mbuf_has_data(const struct rte_mbuf *m)
{
	return RTE_MBUF_DIRECT(m) || (!RTE_MBUF_CLONED(m) && sl_data_pool_of(m->pool) != NULL);
}

#endif /* _SL_DATA_POOL_H_ */
