/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */
#ifndef _SL_RX_REFILL_H_
#define _SL_RX_REFILL_H_

/**
 * @file
 * Receive refill: posts buffers in whole lines of descriptors. All receive paths and the queue
 * start use it.
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

/* Most buffers per request to the mempool, unless a line has more descriptors. */
#define RX_REFILL_MAX 64u

/* Write the descriptors of @n mbufs. */
static __rte_always_inline void
rx_post_descs(volatile union sl_rx_desc *d, struct rte_mbuf *const *sw, unsigned int n)
{
	unsigned int i = 0;
#if SL_SIMD > 0
	/* Shuffle of buf_addr and buf_iova: buf_iova to pkt_addr, 0 to hdr_addr. */
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

	/*
	 * R1: the previous user of the mbufs may have left dirty lines; they are out of the cache
	 * before the NIC writes to the buffers.
	 */
	for (i = 0; mode != SL_COHERENCY_COHERENT && i < n; i++)
		sl_prepare(q->sync, mode, (char *)sw[i]->buf_addr + RTE_PKTMBUF_HEADROOM,
			q->prepare_len);
	rx_post_descs(d, sw, n);
	/* T2, R4: whole lines of descriptors are in memory before the doorbell. */
	sl_flush(q->sync, mode, (const void *)(uintptr_t)d, n * SL_DESC_SIZE);
}

/*
 * Post as many whole lines as are consumed (R4), but never the last line: if the tail met the head,
 * the NIC would see an empty ring. A whole line is kept in case a faulty NIC reports one descriptor
 * too many.
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
	/* T2: buffers are prepared and descriptors are flushed before the NIC sees the doorbell. */
	sl_doorbell_barrier(q->sync, mode);
	__atomic_store_n(q->tail, idx, __ATOMIC_RELAXED);
}

#endif /* _SL_RX_REFILL_H_ */
