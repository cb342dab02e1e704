/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */
#ifndef _SL_TX_RING_H_
#define _SL_TX_RING_H_

/**
 * @file
 * What transmit's bursts and the calls beside them share: how far the NIC is,
 * and which frames may be sent.
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
#include "sl_vec.h"

/* mbufs handed to a mempool in one go: as many as its cache takes without help of the pool. */
#define TX_FREE_BATCH 64u

/* ol_flags that need a context descriptor, and those that this driver knows. */
#define TX_CTX_FLAGS \
	(RTE_MBUF_F_TX_VLAN | RTE_MBUF_F_TX_IP_CKSUM | RTE_MBUF_F_TX_L4_MASK | \
		RTE_MBUF_F_TX_TCP_SEG)
#define TX_KNOWN_FLAGS \
	(RTE_MBUF_F_TX_VLAN | RTE_MBUF_F_TX_IP_CKSUM | RTE_MBUF_F_TX_L4_MASK | \
		RTE_MBUF_F_TX_IPV4 | RTE_MBUF_F_TX_IPV6)

/* --- how far the NIC is --- */

static inline unsigned int
tx_outstanding(const struct sl_tx_queue *q)
{
	return q->nb_desc - 1u - q->nb_free;
}

/* How many of the oldest descriptors lie before @head; more than are outstanding: @head is wild. */
static __rte_always_inline unsigned int
tx_before(const struct sl_tx_queue *q, unsigned int head)
{
	if (head >= q->nb_desc)
		return UINT_MAX;
	return head >= q->next_to_clean ? head - q->next_to_clean :
					  head + q->nb_desc - q->next_to_clean;
}

/*
 * How many of the oldest descriptors the NIC is done with. What it wrote is
 * believed only when it lies in the outstanding part of the ring.
 */
static __rte_always_inline unsigned int
tx_done(const struct sl_tx_queue *q, const enum sl_coherency mode, uint64_t *bad_head)
{
	unsigned int done;

	/* The NIC may have written its head since the line was last read (R2). */
	sl_update(q->sync, mode, (const void *)(uintptr_t)q->head_wb, sizeof(*q->head_wb));
	done = tx_before(q, *q->head_wb);
	/* The head is read before anything that it gives back is touched (R3). */
	sl_acquire();
	if (SL_BOUNDS && unlikely(done > tx_outstanding(q))) {
		if (bad_head != NULL)
			(*bad_head)++;
		return 0;
	}
	return done;
}

/*
 * How many of the oldest descriptors are done, by the NIC's head register (TDH: 8.12.11): for a
 * head line that holds an impossible value. In a full ring no further report would replace it.
 */
unsigned int
sl_tx_done_by_register(const struct sl_tx_queue *q);
/** As sl_tx_done_by_register(), and counts an impossible head write-back against the NIC. */
unsigned int
sl_tx_done_bad_head(const struct sl_tx_queue *q);

static __rte_always_inline unsigned int
tx_done_or_register(struct sl_tx_queue *q, const enum sl_coherency mode)
{
	const uint64_t bad_head = q->n.bad_head;
	const unsigned int done = tx_done(q, mode, &q->n.bad_head);

	return likely(q->n.bad_head == bad_head) ? done : sl_tx_done_bad_head(q);
}

/* @n of the oldest descriptors are free again. */
static __rte_always_inline void
tx_cleaned(struct sl_tx_queue *q, unsigned int n)
{
	unsigned int idx = q->next_to_clean + n;

	if (idx >= q->nb_desc)
		idx -= q->nb_desc;
	q->next_to_clean = (uint16_t)idx;
	q->nb_free += n;
}

/* --- what may be sent --- */

/*
 * ol_flags of mbufs with others' data. @apart: they are of a mempool whose mbufs have
 * theirs apart from the headers, pinned.
 */
#define TX_OTHERS(apart) (RTE_MBUF_F_INDIRECT | ((apart) ? 0 : RTE_MBUF_F_EXTERNAL))

/*
 * 0: the segment has data of its own, of the pool seen last. That is mapped whole, so no
 * look-up is needed. @apart: the pool may be one with its data apart; where it may not,
 * mbufs of such a pool are strange, and are looked up.
 */
static __rte_always_inline uint64_t
tx_strange(const struct sl_tx_queue *q, const struct rte_mbuf *m, const bool apart)
{
	const uint64_t others = TX_OTHERS(apart && q->shared_at != 0);

	return ((uintptr_t)m->pool ^ (uintptr_t)q->pool_seen) | (m->ol_flags & others);
}

/* Whether a chain is what its first segment says. @strange: not 0 where one of its segments is. */
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

static inline bool
tx_len_ok(uint32_t len)
{
	return len - SL_TX_FRAME_MIN <= SL_FRAME_MAX - SL_FCS_LEN - SL_TX_FRAME_MIN;
}

/* Whether a frame is well formed; of one that is, @strange is 0 where no segment is strange. */
static __rte_always_inline bool
tx_frame_ok(
	const struct sl_tx_queue *q, const struct rte_mbuf *m, uint64_t *strange, const bool apart)
{
	*strange = 0;
	if (!tx_len_ok(m->pkt_len))
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

/* Bytes that the headers of a frame take whose checksums are wanted; 0 where none are. */
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

/* Whether the headers that an offload asks about are named, and lie in the frame. */
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

/* --- whose memory it is --- */

/* Whether the window has the segment's memory; brings unknown memory in. */
static inline bool
tx_in_window(const struct sl_tx_queue *q, const struct rte_mbuf *m)
{
	for (; m != NULL; m = m->next)
		if (sl_dmamap_tx_mbuf(q->port, m) != 0)
			return false;
	return true;
}

#endif /* _SL_TX_RING_H_ */
