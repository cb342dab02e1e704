/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */
#ifndef _SL_TX_RING_H_
#define _SL_TX_RING_H_

/**
 * @file
 * Code that the transmit bursts and the other transmit functions share: the NIC's progress, and the
 * checks of frames.
 *
 * always_inline: mode is a constant that must fold.
 */

#include <limits.h>

#include <rte_branch_prediction.h>
#include <rte_ether.h>
#include <rte_ip.h>
#include <rte_mbuf.h>
#include <rte_tcp.h>
#include <rte_udp.h>

#include "sl_data_pool.h"
#include "sl_dmamap.h"
#include "sl_queue.h"
#include "sl_rare.h"
#include "sl_vec.h"

/* Most mbufs per put into a mempool: as many as its cache accepts without using the pool's ring. */
#define TX_FREE_BATCH 64u

/* ol_flags that need a context descriptor, and ol_flags that this driver supports. */
#define TX_CTX_FLAGS \
	(RTE_MBUF_F_TX_VLAN | RTE_MBUF_F_TX_IP_CKSUM | RTE_MBUF_F_TX_L4_MASK | \
		RTE_MBUF_F_TX_TCP_SEG)
#define TX_KNOWN_FLAGS \
	(RTE_MBUF_F_TX_VLAN | RTE_MBUF_F_TX_IP_CKSUM | RTE_MBUF_F_TX_L4_MASK | \
		RTE_MBUF_F_TX_IPV4 | RTE_MBUF_F_TX_IPV6)

/* --- progress of the NIC --- */

static inline unsigned int
tx_outstanding(const struct sl_tx_queue *q)
{
	return q->nb_desc - 1u - q->nb_free;
}

/* Number of outstanding descriptors before @head. More than are outstanding: @head is invalid. */
static __rte_always_inline unsigned int
tx_before(const struct sl_tx_queue *q, unsigned int head)
{
	if (head >= q->nb_desc)
		return UINT_MAX;
	return head >= q->next_to_clean ? head - q->next_to_clean :
					  head + q->nb_desc - q->next_to_clean;
}

/*
 * Number of the oldest descriptors that the NIC has finished. The value that it wrote is used only
 * if it is in the outstanding part of the ring; otherwise it is counted and the result is 0.
 */
static __rte_always_inline unsigned int
tx_done(const struct sl_tx_queue *q, const enum sl_coherency mode, uint64_t *bad_head)
{
	unsigned int done;

	/* R2: the load below sees the head that the NIC wrote since the line was last read. */
	sl_update(q->sync, mode, (const void *)(uintptr_t)q->head_wb, sizeof(*q->head_wb));
	done = tx_before(q, *q->head_wb);
	/* R3: the head is read before the CPU touches what the NIC has finished. */
	sl_acquire();
	if (SL_BOUNDS && unlikely(done > tx_outstanding(q))) {
		if (bad_head != NULL)
			(*bad_head)++;
		return 0;
	}
	return done;
}

static __rte_always_inline unsigned int
tx_done_or_register(struct sl_tx_queue *q, const enum sl_coherency mode)
{
	const uint64_t bad_head = q->n.bad_head;
	const unsigned int done = tx_done(q, mode, &q->n.bad_head);

	return likely(q->n.bad_head == bad_head) ? done : sl_rare_done_bad_head(q);
}

/* Make the @n oldest descriptors free. */
static __rte_always_inline void
tx_cleaned(struct sl_tx_queue *q, unsigned int n)
{
	unsigned int idx = q->next_to_clean + n;

	if (idx >= q->nb_desc)
		idx -= q->nb_desc;
	q->next_to_clean = (uint16_t)idx;
	q->nb_free += n;
}

/* Mark the mbufs from the oldest to the last of @used new ones: they must be inspected on free. */
static __rte_always_inline void
tx_mix(struct sl_tx_queue *q, unsigned int used)
{
	q->mixed = (uint16_t)(tx_outstanding(q) + used);
}

/* --- checks of frames --- */

/*
 * ol_flags of mbufs that use another mbuf's data or an external buffer. @apart: mbufs of the
 * mempool have pinned external buffers, so that flag is expected.
 */
#define TX_OTHERS(apart) (RTE_MBUF_F_INDIRECT | ((apart) ? 0 : RTE_MBUF_F_EXTERNAL))

/*
 * 0: the segment is of pool_seen and has its own data. That pool is mapped as a whole, so no
 * look-up is needed. @apart: the pool may be one with pinned external buffers; without @apart,
 * mbufs of such a pool are looked up.
 */
static __rte_always_inline uint64_t
tx_strange(const struct sl_tx_queue *q, const struct rte_mbuf *m, const bool apart)
{
	const uint64_t others = TX_OTHERS(apart && q->shared_at != 0);

	return ((uintptr_t)m->pool ^ (uintptr_t)q->pool_seen) | (m->ol_flags & others);
}

/*
 * True if a chain matches nb_segs and pkt_len of its first segment. @strange: not 0 if a segment
 * needs a look-up.
 */
static __rte_always_inline bool
tx_chain_ok(
	const struct sl_tx_queue *q, const struct rte_mbuf *m, uint64_t *strange, const bool apart)
{
	const uint32_t pkt_len = m->pkt_len;
	unsigned int left = m->nb_segs;
	uint32_t sum = 0;

	if (left > SL_TX_MAX_SEGS)
		return false;
	for (; m != NULL && left > 0; m = m->next, left--) {
		sum += m->data_len;
		*strange |= tx_strange(q, m, apart);
	}
	return m == NULL && left == 0 && sum == pkt_len;
}

/* @span: longest frame of the NIC's format minus the shortest. */
static inline bool
tx_len_ok(uint32_t len, const uint32_t span)
{
	return len - SL_TX_FRAME_MIN <= span;
}

/* True if a frame is well formed. Then @strange is 0 if no segment needs a look-up. */
static __rte_always_inline bool
tx_frame_ok(const struct sl_tx_queue *q, const struct rte_mbuf *m, uint64_t *strange,
	const bool apart, const uint32_t span)
{
	*strange = 0;
	if (!tx_len_ok(m->pkt_len, span))
		return false;
	if (unlikely(m->nb_segs != 1))
		return tx_chain_ok(q, m, strange, apart);
	*strange = tx_strange(q, m, apart);
	return m->data_len == m->pkt_len && m->next == NULL;
}

static inline bool
tx_wants_sums(const struct rte_mbuf *m)
{
	return (m->ol_flags & (RTE_MBUF_F_TX_IP_CKSUM | RTE_MBUF_F_TX_L4_MASK)) != 0;
}

/* Length of the headers of a frame with checksum offloads; 0: it has none. */
static inline uint32_t
tx_headers(const struct rte_mbuf *m)
{
	const uint64_t l4 = m->ol_flags & RTE_MBUF_F_TX_L4_MASK;
	const uint32_t headers = m->l2_len + m->l3_len;

	if (!tx_wants_sums(m))
		return 0;
	if (l4 == RTE_MBUF_F_TX_TCP_CKSUM)
		return headers + sizeof(struct rte_tcp_hdr);
	if (l4 == RTE_MBUF_F_TX_UDP_CKSUM)
		return headers + sizeof(struct rte_udp_hdr);
	return headers;
}

/*
 * True if the requested offloads are supported, and their headers have lengths and are within the
 * frame.
 */
static inline bool
tx_offload_ok(const struct rte_mbuf *m)
{
	if ((m->ol_flags & RTE_MBUF_F_TX_OFFLOAD_MASK & ~TX_KNOWN_FLAGS) != 0 ||
		(m->ol_flags & RTE_MBUF_F_TX_L4_MASK) == RTE_MBUF_F_TX_SCTP_CKSUM)
		return false;
	if (!tx_wants_sums(m))
		return true;
	if ((m->ol_flags & (RTE_MBUF_F_TX_IPV4 | RTE_MBUF_F_TX_IP_CKSUM)) != 0 &&
		m->l3_len < sizeof(struct rte_ipv4_hdr))
		return false;
	return m->l2_len >= RTE_ETHER_HDR_LEN && m->l3_len > 0 && tx_headers(m) <= m->pkt_len;
}

/* --- memory of a frame --- */

/* True if all segments are mapped in the window. Unknown memory is mapped first. */
static inline bool
tx_in_window(const struct sl_tx_queue *q, const struct rte_mbuf *m)
{
	for (; m != NULL; m = m->next)
		if (sl_dmamap_tx_mbuf(q->port, m) != 0)
			return false;
	return true;
}

#endif /* _SL_TX_RING_H_ */
