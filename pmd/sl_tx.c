/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */

/*
 * Transmit. The NIC only reads the ring; it reports progress by writing its
 * head to a line of its own. So a line of descriptors that is flushed half
 * filled may be filled further and flushed again (R4 holds).
 *
 * RS, the request to report: on the last descriptor of a packet once rs_thresh
 * descriptors have gone without, and on the last packet of every burst, so that
 * a queue that falls quiet has everything reported and can be cleaned up whole.
 *
 * always_inline throughout: mode and offload are constants that must fold.
 */

#include <string.h>

#include <limits.h>

#include <rte_branch_prediction.h>
#include <rte_errno.h>
#include <rte_ether.h>
#include <rte_net.h>
#include <rte_tcp.h>
#include <rte_udp.h>

#include "sl_port.h"

/* mbufs handed to a mempool in one go. */
#define TX_FREE_BATCH 64u

/* ol_flags that need a context descriptor, and those that this driver knows. */
#define TX_CTX_FLAGS \
	(RTE_MBUF_F_TX_VLAN | RTE_MBUF_F_TX_IP_CKSUM | RTE_MBUF_F_TX_L4_MASK | \
		RTE_MBUF_F_TX_TCP_SEG)
#define TX_KNOWN_FLAGS \
	(RTE_MBUF_F_TX_VLAN | RTE_MBUF_F_TX_IP_CKSUM | RTE_MBUF_F_TX_L4_MASK | \
		RTE_MBUF_F_TX_IPV4 | RTE_MBUF_F_TX_IPV6)

/* --- reclaim --- */

static void
tx_free_list(struct rte_mbuf **list, unsigned int n)
{
	if (n > 0)
		rte_mempool_put_bulk(list[0]->pool, (void **)list, n);
}

/* Free the segments behind @n descriptors from @idx on, which do not wrap. */
static void
tx_free_run(struct sl_tx_queue *q, unsigned int idx, unsigned int n)
{
	struct rte_mbuf *list[TX_FREE_BATCH];
	unsigned int held = 0;
	unsigned int i;

	for (i = idx; i < idx + n; i++) {
		struct rte_mbuf *m = q->sw_ring[i];

		if (m == NULL)
			continue;
		if (!q->fast_free) {
			m = rte_pktmbuf_prefree_seg(m);
			if (m == NULL)
				continue;
		}
		if (held == TX_FREE_BATCH || (held > 0 && m->pool != list[0]->pool)) {
			tx_free_list(list, held);
			held = 0;
		}
		list[held++] = m;
	}
	tx_free_list(list, held);
}

/* The same where every slot has an mbuf of one pool that nobody else holds. */
static void
tx_free_run_fast(struct sl_tx_queue *q, unsigned int idx, unsigned int n)
{
	struct rte_mbuf **sw = &q->sw_ring[idx];
	unsigned int part;

	/* A stopped queue has no mbuf, whatever its NIC reports. */
	if (n > 0 && sw[0] == NULL)
		return;
	/* In parts that a mempool cache takes without going to the pool behind it. */
	for (; n > 0; n -= part, sw += part) {
		part = RTE_MIN(n, TX_FREE_BATCH);
		rte_mempool_put_bulk(sw[0]->pool, (void **)sw, part);
	}
}

/* Free the segments behind the @n oldest descriptors; @plain: no context among them. */
static __rte_always_inline void
tx_free(struct sl_tx_queue *q, unsigned int n, const bool plain)
{
	const unsigned int first = RTE_MIN(n, (unsigned int)q->nb_desc - q->next_to_clean);

	if (plain && q->fast_free) {
		tx_free_run_fast(q, q->next_to_clean, first);
		tx_free_run_fast(q, 0, n - first);
	} else {
		tx_free_run(q, q->next_to_clean, first);
		tx_free_run(q, 0, n - first);
	}
	q->next_to_clean = n == first ? q->next_to_clean + n : n - first;
	if (q->next_to_clean == q->nb_desc)
		q->next_to_clean = 0;
	q->nb_free += n;
}

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
	if (unlikely(done > tx_outstanding(q))) {
		if (bad_head != NULL)
			(*bad_head)++;
		return 0;
	}
	return done;
}

/*
 * The same by the NIC's own register (TDH: 8.12.11), when the head line holds
 * nonsense. In a full ring no further report would ever mend it.
 */
static __rte_noinline unsigned int
tx_done_by_register(const struct sl_tx_queue *q)
{
	const unsigned int done = tx_before(q, SL_RD(&q->port->bus, TDH, q->queue_id));

	return done > tx_outstanding(q) ? 0 : done;
}

static __rte_always_inline unsigned int
tx_done_or_register(struct sl_tx_queue *q, const enum sl_coherency mode)
{
	const uint64_t bad_head = q->n.bad_head;
	const unsigned int done = tx_done(q, mode, &q->n.bad_head);

	return likely(q->n.bad_head == bad_head) ? done : tx_done_by_register(q);
}

/*
 * Make room for @n descriptors and for the next bursts. The NIC's head is looked at
 * when nothing is left of what it said before; and no more is freed at a time than a
 * mempool cache takes, else mbufs go through the ring behind it, there and back.
 */
static __rte_always_inline void
tx_reclaim(struct sl_tx_queue *q, unsigned int n, const enum sl_coherency mode, const bool plain)
{
	const unsigned int room = RTE_MAX(n, (unsigned int)q->free_thresh);

	while (q->nb_free < room) {
		unsigned int part;

		if (q->nb_done == 0)
			q->nb_done = (uint16_t)tx_done_or_register(q, mode);
		if (q->nb_done == 0)
			return;
		part = RTE_MIN(q->nb_done, TX_FREE_BATCH);
		tx_free(q, part, plain);
		q->nb_done -= part;
	}
}

/* The queue is off: the NIC uses neither frames nor ring nor head line any more. */
static void
tx_release(struct sl_tx_queue *q)
{
	unsigned int left = tx_outstanding(q);
	unsigned int idx = q->next_to_clean;

	for (; left > 0; left--) {
		const struct rte_mbuf *m = q->sw_ring[idx];

		if (m != NULL)
			/* Read no more, before the mbuf's next owner writes to it (F2). */
			sl_release(q->sync, q->sync->mode, rte_pktmbuf_mtod(m, const void *),
				m->data_len);
		idx = idx + 1 == q->nb_desc ? 0 : idx + 1;
	}
	/* The same for the descriptors, before they are filled anew (F2). */
	sl_release(q->sync, q->sync->mode, (const void *)(uintptr_t)q->ring,
		q->nb_desc * SL_DESC_SIZE);
	/* Written no more, before the CPU clears the word (F2). */
	sl_release(q->sync, q->sync->mode, (const void *)(uintptr_t)q->head_wb, q->head_mem.len);
}

void
sl_tx_queue_drain(struct sl_tx_queue *q)
{
	tx_release(q);
	tx_free(q, tx_outstanding(q), false);
	/* No room while stopped: a burst then takes nothing. That counts as all outstanding. */
	memset(q->sw_ring, 0, q->nb_desc * sizeof(q->sw_ring[0]));
	q->next_to_clean = 0;
	q->next_to_use = 0;
	q->nb_free = 0;
	q->nb_done = 0;
	/* A reset queue holds no context. */
	q->ctx_key[0] = 0;
	q->ctx_key[1] = 0;
	q->ctx_next = 0;
	*q->head_wb = 0;
	/* Clean before the NIC writes its head there (R1). */
	sl_prepare(
		q->sync, q->sync->mode, (const void *)(uintptr_t)q->head_wb, sizeof(*q->head_wb));
	/* The word is in memory before the queue is enabled again (T2). */
	sl_doorbell_barrier(q->sync, q->sync->mode);
}

int
sl_tx_done_cleanup(void *txq, uint32_t free_cnt)
{
	struct sl_tx_queue *q = txq;
	const unsigned int done = tx_done(q, q->sync->mode, &q->n.bad_head);
	unsigned int idx = q->next_to_clean;
	unsigned int n, packets = 0;

	if (free_cnt == 0)
		free_cnt = UINT32_MAX;
	for (n = 0; n < done && packets < free_cnt; n++) {
		if (q->sw_ring[idx] != NULL && (q->ring[idx].read.cmd & SL_TXD_DCMD_EOP) != 0)
			packets++;
		idx = idx + 1 == q->nb_desc ? 0 : idx + 1;
	}
	tx_free(q, n, false);
	q->nb_done = (uint16_t)(done - n);
	return (int)packets;
}

/* --- what may be sent --- */

/* Whether a chain is what its first segment says. */
static bool
tx_chain_ok(const struct rte_mbuf *m)
{
	const uint32_t pkt_len = m->pkt_len;
	unsigned int left = m->nb_segs;
	uint32_t sum = 0;

	if (left > SL_TX_MAX_SEGS)
		return false;
	for (; m != NULL && left > 0; m = m->next, left--)
		sum += m->data_len;
	return m == NULL && left == 0 && sum == pkt_len;
}

static inline bool
tx_len_ok(uint32_t len)
{
	return len - SL_TX_FRAME_MIN <= SL_FRAME_MAX - SL_FCS_LEN - SL_TX_FRAME_MIN;
}

static inline bool
tx_frame_ok(const struct rte_mbuf *m)
{
	if (!tx_len_ok(m->pkt_len))
		return false;
	if (likely(m->nb_segs == 1))
		return m->data_len == m->pkt_len;
	return tx_chain_ok(m);
}

/* Whether the headers that an offload asks about are named, and lie in the frame. */
static inline bool
tx_offload_ok(const struct rte_mbuf *m)
{
	const uint64_t flags = m->ol_flags;
	const uint64_t l4 = flags & RTE_MBUF_F_TX_L4_MASK;
	uint32_t headers = m->l2_len + m->l3_len;

	if ((flags & RTE_MBUF_F_TX_OFFLOAD_MASK & ~TX_KNOWN_FLAGS) != 0 ||
		l4 == RTE_MBUF_F_TX_SCTP_CKSUM)
		return false;
	if ((flags & RTE_MBUF_F_TX_IP_CKSUM) == 0 && l4 == 0)
		return true;
	if (l4 == RTE_MBUF_F_TX_TCP_CKSUM)
		headers += sizeof(struct rte_tcp_hdr);
	else if (l4 == RTE_MBUF_F_TX_UDP_CKSUM)
		headers += sizeof(struct rte_udp_hdr);
	return m->l2_len >= RTE_ETHER_HDR_LEN && m->l3_len > 0 && headers <= m->pkt_len;
}

/* Whether the window has the segment's memory; brings unknown memory in. */
static bool
tx_in_window(struct sl_tx_queue *q, const struct rte_mbuf *m)
{
	for (; m != NULL; m = m->next)
		if (sl_map_tx_mbuf(q->port, m) != 0)
			return false;
	return true;
}

/* Direct mbufs of the pool seen last need no look-up; pool_seen is fully mapped. */
static inline bool
tx_segs_known(const struct sl_tx_queue *q, const struct rte_mbuf *m)
{
	unsigned int left = m->nb_segs;

	for (; left > 0; m = m->next, left--)
		if (m->pool != q->pool_seen || !RTE_MBUF_DIRECT(m))
			return false;
	return true;
}

/*
 * Make sure that the NIC may read the frame.
 * @return false: its memory cannot be mapped
 */
static bool
tx_map(struct sl_tx_queue *q, const struct rte_mbuf *m)
{
	const struct rte_mempool *pool = m->pool;

	if (!tx_in_window(q, m))
		return false;
	if (RTE_MBUF_DIRECT(m))
		q->pool_seen = pool;
	return true;
}

uint16_t
sl_tx_prepare(void *txq, struct rte_mbuf **pkts, uint16_t n)
{
	const struct sl_tx_queue *q = txq;
	uint16_t i;
	int ret;

	for (i = 0; i < n; i++) {
		struct rte_mbuf *m = pkts[i];

		if (!tx_frame_ok(m) || m->nb_segs + 1u > q->nb_desc - 1u) {
			rte_errno = EINVAL;
			break;
		}
		if (!tx_offload_ok(m)) {
			rte_errno = ENOTSUP;
			break;
		}
		ret = rte_net_intel_cksum_prepare(m);
		if (ret != 0) {
			rte_errno = -ret;
			break;
		}
	}
	return i;
}

/* --- context descriptors --- */

/* A context is its three meaningful words; the key packs them, never 0. */
#define TX_KEY_VALID UINT64_C(1)
#define TX_KEY_TUCMD(key) ((uint32_t)(key) & (SL_TXC_TUCMD_IPV4 | SL_TXC_TUCMD_L4T))
#define TX_KEY_MACIP(key) ((uint32_t)((key) >> 32))

static inline uint64_t
tx_ctx_key(const struct rte_mbuf *m)
{
	const uint64_t flags = m->ol_flags;
	uint32_t macip = SL_PREP(SL_TXC_MACLEN, m->l2_len) | SL_PREP(SL_TXC_IPLEN, m->l3_len);
	uint32_t tucmd = 0;

	if ((flags & RTE_MBUF_F_TX_VLAN) != 0)
		macip |= SL_PREP(SL_TXC_VLAN, m->vlan_tci);
	if ((flags & (RTE_MBUF_F_TX_IPV4 | RTE_MBUF_F_TX_IP_CKSUM)) != 0)
		tucmd |= SL_TXC_TUCMD_IPV4;
	if ((flags & RTE_MBUF_F_TX_L4_MASK) == RTE_MBUF_F_TX_TCP_CKSUM)
		tucmd |= SL_PREP(SL_TXC_TUCMD_L4T, SL_L4T_TCP);
	return (uint64_t)macip << 32 | tucmd | TX_KEY_VALID;
}

/* Slot of the NIC's context that equals @key, or -1. */
static inline int
tx_ctx_find(const struct sl_tx_queue *q, uint64_t key)
{
	if (q->ctx_key[0] == key)
		return 0;
	if (q->ctx_key[1] == key)
		return 1;
	return -1;
}

/* Put a context into the slot used longest ago. */
static unsigned int
tx_ctx_write(struct sl_tx_queue *q, unsigned int idx, uint64_t key)
{
	volatile union sl_tx_desc *d = &q->ring[idx];
	const unsigned int slot = q->ctx_next;

	d->ctx.vlan_macip = TX_KEY_MACIP(key);
	d->ctx.seqnum = 0;
	d->ctx.tucmd = TX_KEY_TUCMD(key) | SL_TXD_DCMD_DEXT | SL_PREP(SL_TXD_DTYP, SL_TXD_DTYP_CTX);
	d->ctx.mss_l4 = SL_PREP(SL_TXC_IDX, slot);
	q->sw_ring[idx] = NULL;
	q->ctx_key[slot] = key;
	q->ctx_next = (uint8_t)(slot ^ 1u);
	return slot;
}

/* Words of the data descriptors that follow from the offloads asked for. */
static inline uint32_t
tx_offload_olinfo(uint64_t flags, unsigned int slot)
{
	uint32_t olinfo = SL_TXD_CC | SL_PREP(SL_TXD_IDX, slot);

	if ((flags & RTE_MBUF_F_TX_IP_CKSUM) != 0)
		olinfo |= SL_TXD_POPTS_IXSM;
	if ((flags & RTE_MBUF_F_TX_L4_MASK) != 0)
		olinfo |= SL_TXD_POPTS_TXSM;
	return olinfo;
}

/* --- burst --- */

#define TX_CMD (SL_TXD_DCMD_DEXT | SL_TXD_DCMD_IFCS | SL_PREP(SL_TXD_DTYP, SL_TXD_DTYP_DATA))

/* A burst at work: where it is in the ring. */
struct tx_cursor {
	unsigned int idx;  /* next descriptor to fill */
	unsigned int used; /* descriptors filled */
	unsigned int last; /* last data descriptor filled */
};

static __rte_always_inline unsigned int
tx_next(const struct sl_tx_queue *q, unsigned int idx)
{
	return idx + 1 == q->nb_desc ? 0 : idx + 1;
}

static __rte_always_inline void
tx_put_seg(struct sl_tx_queue *q, struct tx_cursor *c, struct rte_mbuf *m, uint32_t cmd,
	uint32_t olinfo, const enum sl_coherency mode)
{
	volatile union sl_tx_desc *d = &q->ring[c->idx];

	/* The segment's last CPU write is past; in memory before the doorbell (T1). */
	sl_flush(q->sync, mode, rte_pktmbuf_mtod(m, const void *), m->data_len);
	d->qw[0] = rte_mbuf_data_iova(m);
	d->qw[1] = (uint64_t)olinfo << 32 | cmd | SL_PREP(SL_TXD_DTALEN, m->data_len);
	q->sw_ring[c->idx] = m;
	c->last = c->idx;
	c->idx = tx_next(q, c->idx);
	c->used++;
}

/* Chains: a segment without data takes no descriptor and is freed at once. */
static __rte_always_inline void
tx_put_chain(struct sl_tx_queue *q, struct tx_cursor *c, struct rte_mbuf *m, uint32_t cmd,
	uint32_t olinfo, const enum sl_coherency mode)
{
	unsigned int left = m->nb_segs;
	struct rte_mbuf *next;

	for (; left > 0; left--, m = next) {
		next = m->next;
		if (m->data_len == 0) {
			rte_pktmbuf_free_seg(m);
			continue;
		}
		if (q->fast_free) {
			m->next = NULL;
			m->nb_segs = 1;
		}
		tx_put_seg(q, c, m, cmd, olinfo, mode);
	}
	q->ring[c->last].read.cmd |= SL_TXD_DCMD_EOP;
}

/* A frame that may not be sent: freed and counted, taken as sent. */
static void
tx_refuse(struct rte_mbuf *m, uint64_t *counter)
{
	(*counter)++;
	rte_pktmbuf_free(m);
}

/* Lines of descriptors from @from up to the cursor, in one piece or two. */
static __rte_always_inline void
tx_flush_ring(
	struct sl_tx_queue *q, unsigned int from, unsigned int used, const enum sl_coherency mode)
{
	const unsigned int first = RTE_MIN(used, q->nb_desc - from);

	/* Descriptors in memory before the doorbell tells of them (T2). */
	sl_flush(q->sync, mode, (const void *)(uintptr_t)&q->ring[from], first * SL_DESC_SIZE);
	if (used > first)
		/* The same for the part at the ring's start (T2). */
		sl_flush(q->sync, mode, (const void *)(uintptr_t)q->ring,
			(used - first) * SL_DESC_SIZE);
}

/* One segment of a pool that is in the window, and nothing to be worked out: the common frame. */
static __rte_always_inline bool
tx_is_plain(const struct rte_mbuf *m, const struct rte_mempool *pool_seen, const bool offload)
{
	const uint64_t no_flags =
		RTE_MBUF_F_INDIRECT | RTE_MBUF_F_EXTERNAL | (offload ? TX_CTX_FLAGS : 0);

	return m->nb_segs == 1 && m->pool == pool_seen && (m->ol_flags & no_flags) == 0 &&
		m->data_len == m->pkt_len && tx_len_ok(m->data_len);
}

/* What became of a frame. */
enum tx_result { TX_SENT, TX_REFUSED, TX_NO_ROOM };

/* Any frame: checked whole, mapped when its memory is unknown, with its context. */
static __rte_always_inline enum tx_result
tx_put_frame(struct sl_tx_queue *q, struct tx_cursor *c, struct rte_mbuf *m, unsigned int room,
	const enum sl_coherency mode, const bool offload)
{
	const bool ctx = offload && (m->ol_flags & TX_CTX_FLAGS) != 0;
	uint32_t olinfo = SL_PREP(SL_TXD_PAYLEN, m->pkt_len);
	uint32_t cmd = TX_CMD;

	if (!tx_frame_ok(m) || (ctx && !tx_offload_ok(m)) || m->nb_segs + 1u > q->nb_desc - 1u) {
		tx_refuse(m, &q->n.errors);
		return TX_REFUSED;
	}
	if (!tx_segs_known(q, m) && !tx_map(q, m)) {
		tx_refuse(m, &q->n.unmapped);
		return TX_REFUSED;
	}
	if (c->used + m->nb_segs + (ctx ? 1u : 0u) > room)
		return TX_NO_ROOM;
	if (ctx) {
		const uint64_t key = tx_ctx_key(m);
		int slot = tx_ctx_find(q, key);

		if (slot < 0) {
			slot = (int)tx_ctx_write(q, c->idx, key);
			c->idx = tx_next(q, c->idx);
			c->used++;
		}
		olinfo |= tx_offload_olinfo(m->ol_flags, (unsigned int)slot);
		if ((m->ol_flags & RTE_MBUF_F_TX_VLAN) != 0)
			cmd |= SL_TXD_DCMD_VLE;
	}
	if (m->nb_segs == 1)
		tx_put_seg(q, c, m, cmd | SL_TXD_DCMD_EOP, olinfo, mode);
	else
		tx_put_chain(q, c, m, cmd, olinfo, mode);
	return TX_SENT;
}

/* Everything filled is handed over: last report, descriptors, doorbell. */
static __rte_always_inline void
tx_hand_over(struct sl_tx_queue *q, const struct tx_cursor *c, unsigned int reported,
	const enum sl_coherency mode)
{
	if (c->used != reported)
		q->ring[c->last].read.cmd |= SL_TXD_DCMD_RS;
	tx_flush_ring(q, q->next_to_use, c->used, mode);
	q->nb_free -= c->used;
	q->next_to_use = (uint16_t)c->idx;
	/* Payload and descriptors reach the NIC before the doorbell does (T1, T2). */
	sl_doorbell_barrier(q->sync, mode);
	*q->tail = c->idx;
}

/* The ring was full; when nothing at all went in, it may be for good. */
static __rte_noinline void
tx_cut_short(struct sl_tx_queue *q, unsigned int used)
{
	q->n.ring_full++;
	if (used == 0)
		sl_tx_stall_check(q);
}

static __rte_always_inline uint16_t
tx_burst(struct sl_tx_queue *q, struct rte_mbuf **pkts, uint16_t n, const enum sl_coherency mode,
	const bool offload)
{
	struct tx_cursor c = {.idx = q->next_to_use, .used = 0, .last = q->next_to_use};
	const unsigned int rs_thresh = q->rs_thresh;
	unsigned int reported = 0; /* of c.used, covered by an RS */
	unsigned int room, i;
	unsigned int refused = 0;
	uint64_t bytes = 0;

	if (q->nb_free < q->free_thresh || q->nb_free < n)
		tx_reclaim(q, n, mode, !offload);
	room = q->nb_free;

	for (i = 0; i < n; i++) {
		struct rte_mbuf *m = pkts[i];
		const uint32_t len = m->pkt_len;
		enum tx_result result = TX_SENT;

		if (unlikely(!tx_is_plain(m, q->pool_seen, offload)))
			result = tx_put_frame(q, &c, m, room, mode, offload);
		else if (unlikely(c.used == room))
			result = TX_NO_ROOM;
		else
			tx_put_seg(q, &c, m, TX_CMD | SL_TXD_DCMD_EOP, SL_PREP(SL_TXD_PAYLEN, len),
				mode);
		if (unlikely(result != TX_SENT)) {
			if (result == TX_NO_ROOM)
				break;
			refused++;
			continue;
		}
		if (unlikely(c.used - reported >= rs_thresh)) {
			q->ring[c.last].read.cmd |= SL_TXD_DCMD_RS;
			reported = c.used;
		}
		bytes += len;
	}
	if (unlikely(i < n))
		tx_cut_short(q, c.used);
	if (c.used > 0) {
		q->n.packets += i - refused;
		q->n.bytes += bytes;
		tx_hand_over(q, &c, reported, mode);
	}
	return (uint16_t)i;
}

/* --- paths --- */

#define TX_PATH(name, mode, offload) \
	static uint16_t name(void *txq, struct rte_mbuf **pkts, uint16_t n) \
	{ \
		return tx_burst(txq, pkts, n, mode, offload); \
	}

TX_PATH(tx_coherent, SL_COHERENCY_COHERENT, false)
TX_PATH(tx_coherent_offload, SL_COHERENCY_COHERENT, true)
TX_PATH(tx_explicit, SL_COHERENCY_EXPLICIT, false)
TX_PATH(tx_explicit_offload, SL_COHERENCY_EXPLICIT, true)
TX_PATH(tx_checked, SL_COHERENCY_CHECKED, false)
TX_PATH(tx_checked_offload, SL_COHERENCY_CHECKED, true)

/* Cheapest first: the selector takes the first row that has everything. */
const struct sl_tx_path sl_tx_paths[] = {
	{tx_coherent, "scalar coherent", SL_COHERENCY_COHERENT, true, false},
	{tx_coherent_offload, "scalar coherent offload", SL_COHERENCY_COHERENT, true, true},
	{tx_explicit, "scalar explicit", SL_COHERENCY_EXPLICIT, true, false},
	{tx_explicit_offload, "scalar explicit offload", SL_COHERENCY_EXPLICIT, true, true},
	{tx_checked, "scalar checked", SL_COHERENCY_CHECKED, true, false},
	{tx_checked_offload, "scalar checked offload", SL_COHERENCY_CHECKED, true, true},
};
const unsigned int sl_tx_path_count = RTE_DIM(sl_tx_paths);

const struct sl_tx_path *
sl_tx_path_select(enum sl_coherency mode, bool multi_seg, bool offload)
{
	unsigned int i;

	for (i = 0; i < sl_tx_path_count; i++) {
		const struct sl_tx_path *p = &sl_tx_paths[i];

		if (p->mode == mode && p->multi_seg >= multi_seg && p->offload >= offload)
			return p;
	}
	return NULL;
}

int
sl_tx_descriptor_status(void *txq, uint16_t offset)
{
	const struct sl_tx_queue *q = txq;
	const unsigned int outstanding = tx_outstanding(q);
	unsigned int from_clean;

	if (offset >= q->nb_desc)
		return -EINVAL;
	/* @offset counts from next_to_use; outstanding ones end there. */
	if (offset == q->nb_free)
		return RTE_ETH_TX_DESC_UNAVAIL;
	if (offset < q->nb_free)
		return RTE_ETH_TX_DESC_DONE;
	from_clean = offset - (q->nb_desc - outstanding);
	return from_clean < tx_done(q, q->sync->mode, NULL) ? RTE_ETH_TX_DESC_DONE :
							      RTE_ETH_TX_DESC_FULL;
}
