/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */

/*
 * Receive. A burst is: scan DD words (R2), then the acquire barrier and the
 * payload updates (R3), then mbufs from descriptors, then refill by whole
 * lines (R1, R4, T2). Everything that the NIC wrote is bounded before use.
 *
 * always_inline throughout: mode, scatter and offload are constants that must
 * fold, so that each row of the path table pays for nothing but its own.
 */

#include <string.h>

#include <rte_branch_prediction.h>
#include <rte_ether.h>
#include <rte_prefetch.h>

#include "sl_port.h"

/* Descriptors looked at in one go: what the local arrays of a burst hold. */
#define RX_BATCH 32u
/* Buffers asked of the mempool in one go. */
#define RX_REFILL_MAX 64u

/* The second quad word of a write-back has status, length and VLAN tag: one load takes all. */
static inline uint32_t
rx_status(uint64_t wb)
{
	return (uint32_t)wb;
}

static inline uint32_t
rx_length(uint64_t wb)
{
	return (uint16_t)(wb >> 32);
}

static inline uint16_t
rx_vlan(uint64_t wb)
{
	return (uint16_t)(wb >> 48);
}

/* --- refill --- */

static __rte_always_inline void
rx_post(struct sl_rx_queue *q, unsigned int idx, unsigned int n, const enum sl_coherency mode)
{
	struct rte_mbuf **sw = &q->sw_ring[idx];
	volatile union sl_rx_desc *d = &q->ring[idx];
	unsigned int i;

	for (i = 0; i < n; i++) {
		/* Whoever had the mbuf before may have left dirty lines in it: out
		 * with them before the NIC writes there (R1).
		 */
		sl_prepare(
			q->sync, mode, (char *)sw[i]->buf_addr + RTE_PKTMBUF_HEADROOM, q->buf_len);
		d[i].read.pkt_addr = sw[i]->buf_iova + RTE_PKTMBUF_HEADROOM;
		d[i].read.hdr_addr = 0;
	}
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
	const unsigned int before = left;
	unsigned int idx = q->next_to_use;
	unsigned int n;

	while (left > 0) {
		n = RTE_MIN(left, q->nb_desc - idx);
		n = RTE_MIN(n, RX_REFILL_MAX);
		if (rte_mempool_get_bulk(q->pool, (void **)&q->sw_ring[idx], n) != 0) {
			n = line;
			if (rte_mempool_get_bulk(q->pool, (void **)&q->sw_ring[idx], n) != 0) {
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
	*q->tail = idx;
}

int
sl_rx_queue_fill(struct sl_rx_queue *q)
{
	q->next_to_clean = 0;
	q->next_to_use = 0;
	q->nb_hold = q->nb_desc;
	q->refill_at = q->free_thresh + q->line_descs;
	rx_refill(q, q->sync->mode);
	return q->nb_hold == q->line_descs ? 0 : -ENOMEM;
}

void
sl_rx_queue_drain(struct sl_rx_queue *q)
{
	unsigned int posted = q->nb_desc - q->nb_hold;
	unsigned int idx = q->next_to_clean;

	for (; posted > 0; posted--) {
		/* The queue is off: the NIC writes no more to the buffer, before others do (F2). */
		sl_release(q->sync, q->sync->mode,
			(char *)q->sw_ring[idx]->buf_addr + RTE_PKTMBUF_HEADROOM, q->buf_len);
		rte_mbuf_raw_free(q->sw_ring[idx]);
		idx = idx + 1 == q->nb_desc ? 0 : idx + 1;
	}
	/* The same for its descriptors, before they are filled anew (F2). */
	sl_release(q->sync, q->sync->mode, (const void *)(uintptr_t)q->ring,
		q->nb_desc * SL_DESC_SIZE);
	rte_pktmbuf_free(q->first_seg);
	q->first_seg = NULL;
	q->last_seg = NULL;
	q->discard = false;
	q->next_to_clean = 0;
	q->next_to_use = 0;
	q->nb_hold = q->nb_desc;
	q->refill_at = UINT16_MAX;
}

/* --- scan --- */

static __rte_always_inline unsigned int
rx_scan_run(volatile union sl_rx_desc *d, uint64_t *wb, unsigned int from, unsigned int to)
{
	for (; from < to; from++) {
		wb[from] = d[from].qw[1];
		if ((rx_status(wb[from]) & SL_RXD_STAT_DD) == 0)
			break;
	}
	return from;
}

/*
 * How many of the next @want descriptors, which do not wrap and are posted, are
 * done. An idle poll pays for one line; only when all of that line is done are
 * the other lines updated, under one fence for all.
 */
static __rte_always_inline unsigned int
rx_scan(struct sl_rx_queue *q, uint64_t *wb, unsigned int want, const enum sl_coherency mode)
{
	volatile union sl_rx_desc *d = &q->ring[q->next_to_clean];
	unsigned int first = want;
	unsigned int done;

	if (mode != SL_COHERENCY_COHERENT)
		first = RTE_MIN(want, q->line_descs - (q->next_to_clean & (q->line_descs - 1u)));
	/* The NIC may have written DD since the line was last read (R2). */
	sl_update(q->sync, mode, (const void *)(uintptr_t)d, first * SL_DESC_SIZE);
	done = rx_scan_run(d, wb, 0, first);
	if (mode != SL_COHERENCY_COHERENT && done == first && first < want) {
		/* The same for the other lines of the burst (R2). */
		sl_update(q->sync, mode, (const void *)(uintptr_t)&d[first],
			(want - first) * SL_DESC_SIZE);
		done = rx_scan_run(d, wb, first, want);
	}
	/* DD seen before the rest of the descriptors and the payload are read (R3). */
	sl_acquire();
	return done;
}

/* --- from descriptors to mbufs --- */

static const uint32_t rx_ptype_l3[16] = {
	[SL_RXD_PTYPE_IPV4] = RTE_PTYPE_L3_IPV4,
	[SL_RXD_PTYPE_IPV4 | SL_RXD_PTYPE_IPV4E] = RTE_PTYPE_L3_IPV4_EXT,
	[SL_RXD_PTYPE_IPV4E] = RTE_PTYPE_L3_IPV4_EXT,
	[SL_RXD_PTYPE_IPV6] = RTE_PTYPE_L3_IPV6,
	[SL_RXD_PTYPE_IPV6 | SL_RXD_PTYPE_IPV6E] = RTE_PTYPE_L3_IPV6_EXT,
	[SL_RXD_PTYPE_IPV6E] = RTE_PTYPE_L3_IPV6_EXT,
	[SL_RXD_PTYPE_IPV4 | SL_RXD_PTYPE_IPV6] =
		RTE_PTYPE_L3_IPV4 | RTE_PTYPE_TUNNEL_IP | RTE_PTYPE_INNER_L3_IPV6,
};

static const uint32_t rx_ptype_l4[8] = {
	[1] = RTE_PTYPE_L4_TCP,
	[2] = RTE_PTYPE_L4_UDP,
	[4] = RTE_PTYPE_L4_SCTP,
};

static inline uint32_t
rx_ptype(uint32_t info)
{
	const uint32_t type = SL_GET(SL_RXD_INFO_PTYPE, info);

	if ((type & SL_RXD_PTYPE_L2) != 0)
		return RTE_PTYPE_L2_ETHER;
	return RTE_PTYPE_L2_ETHER | rx_ptype_l3[type & (RTE_DIM(rx_ptype_l3) - 1)] |
		rx_ptype_l4[(type / SL_RXD_PTYPE_TCP) & (RTE_DIM(rx_ptype_l4) - 1)];
}

static inline uint64_t
rx_checksum_flags(uint32_t status)
{
	uint64_t flags = 0;

	if ((status & SL_RXD_STAT_IPCS) != 0)
		flags |= (status & SL_RXD_ERR_IPE) != 0 ? RTE_MBUF_F_RX_IP_CKSUM_BAD :
							  RTE_MBUF_F_RX_IP_CKSUM_GOOD;
	if ((status & (SL_RXD_STAT_L4CS | SL_RXD_STAT_UDPCS)) != 0)
		flags |= (status & SL_RXD_ERR_L4E) != 0 ? RTE_MBUF_F_RX_L4_CKSUM_BAD :
							  RTE_MBUF_F_RX_L4_CKSUM_GOOD;
	return flags;
}

/* Flags, packet type, VLAN tag and hash of a frame, from the descriptor that ends it. */
static __rte_always_inline void
rx_fill_offload(
	const struct sl_rx_queue *q, struct rte_mbuf *m, volatile union sl_rx_desc *d, uint64_t wb)
{
	const uint64_t qw0 = d->qw[0];
	const uint32_t info = (uint32_t)qw0;
	uint64_t flags = q->mbuf_flags | rx_checksum_flags(rx_status(wb));

	if ((rx_status(wb) & SL_RXD_STAT_VP) != 0)
		flags |= q->vlan_flags;
	if (SL_GET(SL_RXD_INFO_RSSTYPE, info) != SL_RSS_NONE)
		flags |= RTE_MBUF_F_RX_RSS_HASH;
	m->ol_flags = flags;
	m->packet_type = rx_ptype(info);
	m->vlan_tci = rx_vlan(wb);
	m->hash.rss = (uint32_t)(qw0 >> 32);
}

/* data_off, refcnt, nb_segs and port in one store. */
static __rte_always_inline void
rx_rearm(const struct sl_rx_queue *q, struct rte_mbuf *m)
{
	memcpy(&m->rearm_data, &q->mbuf_init, sizeof(q->mbuf_init));
}

static __rte_always_inline void
rx_fill(const struct sl_rx_queue *q, struct rte_mbuf *m, volatile union sl_rx_desc *d, uint64_t wb,
	uint32_t length, const bool offload)
{
	rx_rearm(q, m);
	m->data_len = (uint16_t)length;
	m->pkt_len = length;
	if (offload) {
		rx_fill_offload(q, m, d, wb);
	} else {
		m->ol_flags = q->mbuf_flags;
		m->packet_type = RTE_PTYPE_UNKNOWN;
	}
}

/* Give up the frame being put together and the buffer at hand, up to the frame's end. */
static void
rx_give_up(struct sl_rx_queue *q, struct rte_mbuf *m, uint64_t wb, uint64_t *counter)
{
	if (!q->discard)
		(*counter)++;
	rte_mbuf_raw_free(m);
	rte_pktmbuf_free(q->first_seg);
	q->first_seg = NULL;
	q->last_seg = NULL;
	q->discard = (rx_status(wb) & SL_RXD_STAT_EOP) == 0;
}

/* Why a descriptor of a frame in one piece was refused. */
static uint64_t *
rx_refusal(struct sl_rx_queue *q, uint64_t wb)
{
	if ((rx_status(wb) & SL_RXD_STAT_EOP) == 0)
		return &q->n.unexpected_seg;
	if ((rx_status(wb) & SL_RXD_ERR_RXE) != 0)
		return &q->n.errors;
	return &q->n.bad_length;
}

/* One descriptor, one frame. */
static __rte_always_inline unsigned int
rx_take_single(struct sl_rx_queue *q, const uint64_t *wb, unsigned int n, struct rte_mbuf **pkts,
	const bool offload)
{
	struct rte_mbuf **sw = &q->sw_ring[q->next_to_clean];
	volatile union sl_rx_desc *d = &q->ring[q->next_to_clean];
	const uint32_t ok_mask = SL_RXD_STAT_EOP | SL_RXD_ERR_RXE;
	const uint32_t crc = q->crc_len;
	const uint32_t room = q->buf_len - crc;
	bool discard = q->discard;
	unsigned int taken = 0;
	uint64_t bytes = 0;
	unsigned int i;

	for (i = 0; i < n; i++) {
		const uint32_t length = rx_length(wb[i]) - crc;
		struct rte_mbuf *m = sw[i];

		/* length - 1 wraps for nothing, and for less than the FCS */
		if (unlikely((rx_status(wb[i]) & ok_mask) != SL_RXD_STAT_EOP ||
			    length - 1 >= room || discard)) {
			rx_give_up(q, m, wb[i], rx_refusal(q, wb[i]));
			discard = q->discard;
			continue;
		}
		rx_fill(q, m, &d[i], wb[i], length, offload);
		bytes += length;
		pkts[taken++] = m;
	}
	q->n.packets += taken;
	q->n.bytes += bytes;
	return taken;
}

/* Take the FCS off a frame's end; segments that held nothing else go. */
static void
rx_trim_crc(struct rte_mbuf *first, uint32_t crc)
{
	const uint32_t keep = first->pkt_len - crc;
	struct rte_mbuf *m = first;
	uint32_t seen = m->data_len;

	first->nb_segs = 1;
	while (seen < keep) {
		m = m->next;
		seen += m->data_len;
		first->nb_segs++;
	}
	m->data_len -= (uint16_t)(seen - keep);
	first->pkt_len = keep;
	rte_pktmbuf_free(m->next);
	m->next = NULL;
}

/* Append a segment to the frame being put together. */
static __rte_always_inline void
rx_append(struct sl_rx_queue *q, struct rte_mbuf *m, uint32_t length)
{
	rx_rearm(q, m);
	m->data_len = (uint16_t)length;
	m->ol_flags = q->mbuf_flags;
	if (q->first_seg == NULL) {
		m->pkt_len = length;
		q->first_seg = m;
	} else {
		q->first_seg->pkt_len += length;
		q->first_seg->nb_segs++;
		q->last_seg->next = m;
	}
	q->last_seg = m;
}

/*
 * Whether the frame being put together may take one more segment. It goes on
 * only behind a full buffer: else a lost EOP would make one frame of two.
 */
static inline bool
rx_chain_fits(const struct sl_rx_queue *q, uint32_t length, bool last)
{
	const struct rte_mbuf *first = q->first_seg;

	if (!last && length != q->buf_len)
		return false;
	if (first == NULL)
		return length <= q->max_frame;
	return first->nb_segs < SL_RX_MAX_SEGS && first->pkt_len + length <= q->max_frame;
}

/* The frame put together, or NULL when its last descriptor spoils it. */
static __rte_always_inline struct rte_mbuf *
rx_finish(struct sl_rx_queue *q, volatile union sl_rx_desc *d, uint64_t wb, const bool offload)
{
	struct rte_mbuf *first = q->first_seg;
	uint64_t *counter = NULL;

	q->first_seg = NULL;
	q->last_seg = NULL;
	if (unlikely((rx_status(wb) & SL_RXD_ERR_RXE) != 0))
		counter = &q->n.errors;
	else if (unlikely(first->pkt_len <= q->crc_len))
		counter = &q->n.bad_length;
	if (unlikely(counter != NULL)) {
		(*counter)++;
		rte_pktmbuf_free(first);
		return NULL;
	}
	if (q->crc_len != 0)
		rx_trim_crc(first, q->crc_len);
	if (offload)
		rx_fill_offload(q, first, d, wb);
	else
		first->packet_type = RTE_PTYPE_UNKNOWN;
	return first;
}

/* Frames of one or more descriptors; one may go on over bursts. */
static __rte_always_inline unsigned int
rx_take_scattered(struct sl_rx_queue *q, const uint64_t *wb, unsigned int n, struct rte_mbuf **pkts,
	const bool offload)
{
	struct rte_mbuf **sw = &q->sw_ring[q->next_to_clean];
	volatile union sl_rx_desc *d = &q->ring[q->next_to_clean];
	unsigned int taken = 0;
	uint64_t bytes = 0;
	unsigned int i;

	for (i = 0; i < n; i++) {
		const bool last = (rx_status(wb[i]) & SL_RXD_STAT_EOP) != 0;
		const uint32_t length = rx_length(wb[i]);
		struct rte_mbuf *m = sw[i];

		if (unlikely(length - 1 >= q->buf_len || q->discard)) {
			rx_give_up(q, m, wb[i], &q->n.bad_length);
			continue;
		}
		if (unlikely(!rx_chain_fits(q, length, last))) {
			rx_give_up(q, m, wb[i], &q->n.bad_chain);
			continue;
		}
		rx_append(q, m, length);
		if (!last)
			continue;
		m = rx_finish(q, &d[i], wb[i], offload);
		if (unlikely(m == NULL))
			continue;
		bytes += m->pkt_len;
		pkts[taken++] = m;
	}
	q->n.packets += taken;
	q->n.bytes += bytes;
	return taken;
}

/* What the NIC wrote to the buffers is what the CPU will read (R3). */
static __rte_always_inline void
rx_update_payload(
	struct sl_rx_queue *q, const uint64_t *wb, unsigned int n, const enum sl_coherency mode)
{
	struct rte_mbuf **sw = &q->sw_ring[q->next_to_clean];
	unsigned int i;

	if (mode == SL_COHERENCY_COHERENT)
		return;
	for (i = 0; i < n; i++) {
		const uint32_t length = RTE_MIN(rx_length(wb[i]), q->buf_len);

		if (length == 0) {
			/* The NIC is done with the buffer, which goes back unread (F2). */
			sl_release(q->sync, mode,
				(const char *)sw[i]->buf_addr + RTE_PKTMBUF_HEADROOM, q->buf_len);
			continue;
		}
		/* DD seen, payload not read yet; one fence for all below (R3). */
		sl_update_nofence(q->sync, mode,
			(const char *)sw[i]->buf_addr + RTE_PKTMBUF_HEADROOM, length);
	}
	/* Every payload update is complete before anybody reads a byte of it (R3). */
	sl_update_fence(q->sync, mode);
}

static __rte_always_inline uint16_t
rx_burst(struct sl_rx_queue *q, struct rte_mbuf **pkts, uint16_t n, const enum sl_coherency mode,
	const bool scatter, const bool offload)
{
	uint64_t wb[RX_BATCH];
	unsigned int taken = 0;
	unsigned int want, done;

	do {
		/* Never past the end of the ring, never past what is posted. */
		want = RTE_MIN((unsigned int)q->nb_desc - q->nb_hold,
			(unsigned int)q->nb_desc - q->next_to_clean);
		want = RTE_MIN(want, n - taken);
		want = RTE_MIN(want, RX_BATCH);
		if (unlikely(want == 0))
			break;
		done = rx_scan(q, wb, want, mode);
		if (done == 0) {
			if (unlikely(++q->idle % SL_STALL_POLLS == 0))
				sl_rx_stall_check(q);
			break;
		}
		rx_update_payload(q, wb, done, mode);
		if (scatter)
			taken += rx_take_scattered(q, wb, done, &pkts[taken], offload);
		else
			taken += rx_take_single(q, wb, done, &pkts[taken], offload);
		q->nb_hold += done;
		q->next_to_clean += done;
		if (q->next_to_clean == q->nb_desc)
			q->next_to_clean = 0;
	} while (done == want && taken < n);

	if (q->nb_hold >= q->refill_at)
		rx_refill(q, mode);
	return (uint16_t)taken;
}

/* --- paths --- */

#define RX_PATH(name, mode, scatter, offload) \
	static uint16_t name(void *rxq, struct rte_mbuf **pkts, uint16_t n) \
	{ \
		return rx_burst(rxq, pkts, n, mode, scatter, offload); \
	}

RX_PATH(rx_coherent, SL_COHERENCY_COHERENT, false, false)
RX_PATH(rx_coherent_offload, SL_COHERENCY_COHERENT, false, true)
RX_PATH(rx_coherent_scattered, SL_COHERENCY_COHERENT, true, true)
RX_PATH(rx_explicit, SL_COHERENCY_EXPLICIT, false, false)
RX_PATH(rx_explicit_offload, SL_COHERENCY_EXPLICIT, false, true)
RX_PATH(rx_explicit_scattered, SL_COHERENCY_EXPLICIT, true, true)
RX_PATH(rx_checked, SL_COHERENCY_CHECKED, false, false)
RX_PATH(rx_checked_offload, SL_COHERENCY_CHECKED, false, true)
RX_PATH(rx_checked_scattered, SL_COHERENCY_CHECKED, true, true)

/* Cheapest first: the selector takes the first row that has everything. */
const struct sl_rx_path sl_rx_paths[] = {
	{rx_coherent, "scalar coherent", SL_COHERENCY_COHERENT, false, false},
	{rx_coherent_offload, "scalar coherent offload", SL_COHERENCY_COHERENT, false, true},
	{rx_coherent_scattered, "scalar coherent scattered", SL_COHERENCY_COHERENT, true, true},
	{rx_explicit, "scalar explicit", SL_COHERENCY_EXPLICIT, false, false},
	{rx_explicit_offload, "scalar explicit offload", SL_COHERENCY_EXPLICIT, false, true},
	{rx_explicit_scattered, "scalar explicit scattered", SL_COHERENCY_EXPLICIT, true, true},
	{rx_checked, "scalar checked", SL_COHERENCY_CHECKED, false, false},
	{rx_checked_offload, "scalar checked offload", SL_COHERENCY_CHECKED, false, true},
	{rx_checked_scattered, "scalar checked scattered", SL_COHERENCY_CHECKED, true, true},
};
const unsigned int sl_rx_path_count = RTE_DIM(sl_rx_paths);

const struct sl_rx_path *
sl_rx_path_select(enum sl_coherency mode, bool scatter, bool offload)
{
	unsigned int i;

	for (i = 0; i < sl_rx_path_count; i++) {
		const struct sl_rx_path *p = &sl_rx_paths[i];

		if (p->mode == mode && p->scatter >= scatter && p->offload >= offload)
			return p;
	}
	return NULL;
}

/* --- descriptor status --- */

/* DD of one posted descriptor, whatever the mode. */
static bool
rx_desc_done(const struct sl_rx_queue *q, unsigned int idx)
{
	volatile union sl_rx_desc *d = &q->ring[idx];

	/* The NIC may have written DD since the line was last read (R2). */
	sl_update(q->sync, q->sync->mode, (const void *)(uintptr_t)d, SL_DESC_SIZE);
	return (d->wb.status & SL_RXD_STAT_DD) != 0;
}

static inline unsigned int
rx_index(const struct sl_rx_queue *q, unsigned int offset)
{
	const unsigned int idx = q->next_to_clean + offset;

	return idx >= q->nb_desc ? idx - q->nb_desc : idx;
}

int
sl_rx_descriptor_status(void *rxq, uint16_t offset)
{
	const struct sl_rx_queue *q = rxq;

	if (offset >= q->nb_desc)
		return -EINVAL;
	if (offset >= q->nb_desc - q->nb_hold)
		return RTE_ETH_RX_DESC_UNAVAIL;
	return rx_desc_done(q, rx_index(q, offset)) ? RTE_ETH_RX_DESC_DONE : RTE_ETH_RX_DESC_AVAIL;
}

uint32_t
sl_rx_queue_count(void *rxq)
{
	const struct sl_rx_queue *q = rxq;
	const unsigned int posted = q->nb_desc - q->nb_hold;
	unsigned int lo = 0;
	unsigned int hi = posted;

	/* DDs are set in ring order: the first one clear is found by halving. */
	while (lo < hi) {
		const unsigned int mid = lo + (hi - lo) / 2;

		if (rx_desc_done(q, rx_index(q, mid)))
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo;
}
