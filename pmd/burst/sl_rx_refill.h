/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */
#ifndef _SL_RX_REFILL_H_
#define _SL_RX_REFILL_H_

/**
 * @file
 * Receive's refill: buffers for the NIC, by whole lines of descriptors. Part of
 * every receive path, and of queue start.
 *
 * always_inline: mode is a constant that must fold.
 */

#include <rte_branch_prediction.h>
#include <rte_mbuf.h>
#include <rte_mempool.h>

#include "sl_compat.h"
#include "sl_pool.h"
#include "sl_queue.h"
#include "sl_vec.h"

/* Buffers asked of the mempool in one go, where a line does not have more descriptors. */
#define RX_REFILL_MAX 64u

/* Descriptors of @n mbufs. */
static __rte_always_inline void
rx_post_descs(volatile union sl_rx_desc *d, struct rte_mbuf *const *sw, unsigned int n)
{
	unsigned int i = 0;
#if SL_SIMD > 0
	/* Of buf_addr and buf_iova: pkt_addr, and 0 for hdr_addr. */
	const sl_vec64 addr = sl_vec_each((sl_lane)(sl_lane8){8, 9, 10, 11, 12, 13, 14, 15,
		SL_VEC_ZERO, SL_VEC_ZERO, SL_VEC_ZERO, SL_VEC_ZERO, SL_VEC_ZERO, SL_VEC_ZERO,
		SL_VEC_ZERO, SL_VEC_ZERO});
	const sl_vec64 headroom = sl_vec_each((sl_lane){RTE_PKTMBUF_HEADROOM, 0});
	unsigned int k;

	for (; SL_IOVA_IN_MBUF && i + SL_VEC_LANES <= n; i += SL_VEC_LANES) {
		sl_lane lane[SL_VEC_LANES];

		for (k = 0; k < SL_VEC_LANES; k++)
			lane[k] = sl_lane_load(&sw[i + k]->buf_addr);
		sl_vec_store(&d[i], sl_vec_shuffle(sl_vec_join(lane), addr) + headroom);
	}
#endif
	for (; i < n; i++) {
		d[i].read.pkt_addr = rte_mbuf_iova_get(sw[i]) + RTE_PKTMBUF_HEADROOM;
		d[i].read.hdr_addr = 0;
	}
}

static __rte_always_inline void
rx_post(struct sl_rx_queue *q, unsigned int idx, unsigned int n, const enum sl_coherency mode)
{
	struct rte_mbuf **sw = &q->sw_ring[idx];
	volatile union sl_rx_desc *d = &q->ring[idx];
	unsigned int i;

	/* Whoever had the mbufs before may have left dirty lines in them: out with
	 * them before the NIC writes there (R1).
	 */
	for (i = 0; mode != SL_COHERENCY_COHERENT && i < n; i++)
		sl_prepare(q->sync, mode, (char *)sw[i]->buf_addr + RTE_PKTMBUF_HEADROOM,
			q->prepare_len);
	rx_post_descs(d, sw, n);
	/* Whole lines of descriptors to memory before the doorbell tells of them (T2, R4). */
	sl_flush(q->sync, mode, (const void *)(uintptr_t)d, n * SL_DESC_SIZE);
}

/*
 * Post as many whole lines as are consumed (R4), but never the last one: the
 * tail must not meet the head, which the NIC would take for an empty ring, even
 * when a faulty NIC has announced a descriptor too many.
 */
static __rte_always_inline void
rx_refill(struct sl_rx_queue *q, const enum sl_coherency mode)
{
	const unsigned int line = q->line_descs;
	unsigned int left = RTE_ALIGN_FLOOR((unsigned int)q->nb_hold, line) - line;
	const unsigned int before = left, most = RTE_MAX(RX_REFILL_MAX, line);
	unsigned int idx = q->next_to_use;
	unsigned int n;

	while (left > 0) {
		n = RTE_MIN(left, q->nb_desc - idx);
		n = RTE_MIN(n, most);
		if (sl_pool_get(q->pool, (void **)&q->sw_ring[idx], n) != 0) {
			n = line;
			if (sl_pool_get(q->pool, (void **)&q->sw_ring[idx], n) != 0) {
				q->n.no_mbuf++;
				break;
			}
		}
		rx_post(q, idx, n, mode);
		left -= n;
		idx += n;
		if (idx == q->nb_desc)
			idx = 0;
	}
	if (left == before)
		return;
	q->nb_hold -= before - left;
	q->next_to_use = idx;
	/* Buffers prepared and descriptors flushed before the NIC hears of them (T2). */
	sl_doorbell_barrier(q->sync, mode);
	__atomic_store_n(q->tail, idx, __ATOMIC_RELAXED);
}

#endif /* _SL_RX_REFILL_H_ */
