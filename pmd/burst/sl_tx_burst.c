/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */

/*
 * Transmit. The NIC only reads the ring; it reports progress by writing its head to a separate
 * line. So a partly filled line of descriptors may be flushed, filled further and flushed again (R4
 * holds).
 *
 * RS requests a report. It is set on the last descriptor of a packet once rs_thresh descriptors
 * have none, and on the last packet of every burst, so that all descriptors of an idle queue are
 * reported and can be freed.
 *
 * An mbuf with refcnt 1 keeps it while the NIC has the mbuf, since only its owner may share it. So
 * it is checked once, at enqueue, while its line is in the cache, and the mbuf is freed without
 * being read. `mixed` counts the oldest descriptors whose mbufs must be inspected on free (clones,
 * chains, external buffers, another pool). Clones of mbufs with pinned external buffers
 * (sl_pktmbuf_pool_create) are counted in their shared info, which is checked too, unless
 * MBUF_FAST_FREE promises that there are no clones.
 *
 * Compiled once for each vector width (SL_SIMD, sl_vec.h). Vectors handle quads of plain frames;
 * the scalar code handles all others.
 *
 * always_inline throughout: mode, offload and format are constants that must fold. Rare and long
 * code is noinline, so that the common frame does not pay for its registers and stack.
 */

#include <string.h>

#include <rte_atomic.h>
#include <rte_branch_prediction.h>

#include "sl_compat.h"
#include "sl_data_pool.h"
#include "sl_paths.h"
#include "sl_pool.h"
#include "sl_queue.h"
#include "sl_rare.h"
#include "sl_stall.h"
#include "sl_tx.h"
#include "sl_tx_ring.h"
#include "sl_vec.h"

/* --- reclaim --- */

/* Free @n mbufs of one pool without inspecting them, from index @idx on. They do not wrap. */
static __rte_always_inline void
tx_free_run(const struct sl_tx_queue *q, unsigned int idx, unsigned int n)
{
	struct rte_mbuf **sw = &q->sw_ring[idx];

	if (n > 0)
		sl_pool_put(sw[0]->pool, (void **)sw, n);
}

/* Free the segments of the @n oldest descriptors. @return false: the queue is off. */
static __rte_always_inline bool
tx_free(struct sl_tx_queue *q, unsigned int n)
{
	unsigned int first;

	if (unlikely(q->mixed > 0)) {
		const unsigned int each = RTE_MIN(n, (unsigned int)q->mixed);

		if (!sl_rare_free_each(q, each))
			return false;
		n -= each;
	}
	first = RTE_MIN(n, (unsigned int)q->nb_desc - q->next_to_clean);
	tx_free_run(q, q->next_to_clean, first);
	tx_free_run(q, 0, n - first);
	tx_cleaned(q, n);
	return true;
}

/*
 * Make room for @n descriptors and for the next bursts. The NIC's head is read only when all mbufs
 * that it reported before are freed. At most TX_FREE_BATCH mbufs are freed at a time: more would be
 * moved through the pool's ring and back.
 *
 * A transmitted mbuf is freed here, at the start of a later burst that finds fewer than @n or fewer
 * than free_thresh free descriptors; or by tx_done_cleanup; or when the queue stops.
 */
static __rte_always_inline void
tx_reclaim(struct sl_tx_queue *q, unsigned int n, const enum sl_coherency mode)
{
	const unsigned int room = RTE_MAX(n, (unsigned int)q->free_thresh);

	while (q->nb_free < room) {
		unsigned int part;

		if (q->nb_done == 0)
			q->nb_done = (uint16_t)tx_done_or_register(q, mode);
		if (q->nb_done == 0)
			return;
		part = RTE_MIN(q->nb_done, TX_FREE_BATCH);
		if (unlikely(!tx_free(q, part))) {
			q->nb_done = 0;
			return;
		}
		q->nb_done -= part;
	}
}

/* --- context descriptors --- */

/* A context has three words that matter. The key packs them; a valid key is never 0. */
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

/* Write a context into the less recently written of the two slots. */
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

/* The olinfo word of the data descriptors for the requested offloads. */
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

/* Position of the current burst in the ring. */
struct tx_cursor {
	unsigned int idx;      /* next descriptor to fill */
	unsigned int used;     /* descriptors filled */
	unsigned int last;     /* last data descriptor filled */
	unsigned int reported; /* filled descriptors that are covered by an RS */
	uint32_t cmd; /* command of the last data descriptor; kept here, since reading it back would
			 stall */
};

/* Set more bits in the command of the last descriptor. */
static __rte_always_inline void
tx_set_last(const struct sl_tx_queue *q, struct tx_cursor *c, uint32_t bits)
{
	c->cmd |= bits;
	q->ring[c->last].read.cmd = c->cmd;
}

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

	/* T1: after the CPU's last write to the segment, which is in memory before the doorbell. */
	sl_flush(q->sync, mode, rte_pktmbuf_mtod(m, const void *), m->data_len);
	d->qw[0] = rte_mbuf_data_iova(m);
	cmd |= SL_PREP(SL_TXD_DTALEN, m->data_len);
	d->qw[1] = (uint64_t)olinfo << 32 | cmd;
	q->sw_ring[c->idx] = m;
	c->last = c->idx;
	c->cmd = cmd;
	c->idx = tx_next(q, c->idx);
	c->used++;
}

/* Not inlined, like tx_refuse(): the code that frees an mbuf would be most of a burst's code. */
static __rte_noinline void
tx_free_seg(struct rte_mbuf *m)
{
	rte_pktmbuf_free_seg(m);
}

/* Put a chain. A segment without data gets no descriptor and is freed at once. */
static __rte_always_inline void
tx_put_chain(struct sl_tx_queue *q, struct tx_cursor *c, struct rte_mbuf *m, uint32_t cmd,
	uint32_t olinfo, const enum sl_coherency mode)
{
	unsigned int left = m->nb_segs;
	struct rte_mbuf *next;

	for (; left > 0; left--, m = next) {
		next = m->next;
		if (m->data_len == 0) {
			tx_free_seg(m);
			continue;
		}
		if (q->fast_free) {
			m->next = NULL;
			m->nb_segs = 1;
		}
		tx_put_seg(q, c, m, cmd, olinfo, mode);
	}
	tx_set_last(q, c, SL_TXD_DCMD_EOP);
}

/* Free and count an invalid frame. For the application it counts as sent. */
static __rte_noinline void
tx_refuse(struct rte_mbuf *m, uint64_t *counter)
{
	(*counter)++;
	rte_pktmbuf_free(m);
}

/* Flush the lines of @used descriptors from index @from on, in two calls if they wrap. */
static __rte_always_inline void
tx_flush_ring(
	struct sl_tx_queue *q, unsigned int from, unsigned int used, const enum sl_coherency mode)
{
	const unsigned int first = RTE_MIN(used, q->nb_desc - from);

	/* T2: the descriptors are in memory before the doorbell. */
	sl_flush(q->sync, mode, (const void *)(uintptr_t)&q->ring[from], first * SL_DESC_SIZE);
	if (used > first)
		/* T2: the part at the ring's start is in memory before the doorbell. */
		sl_flush(q->sync, mode, (const void *)(uintptr_t)q->ring,
			(used - first) * SL_DESC_SIZE);
}

/* refcnt and nb_segs are adjacent in rearm_data. This is the value with both 1. */
#define TX_ONE_OF_EACH UINT32_C(0x00010001)
_Static_assert(offsetof(struct rte_mbuf, nb_segs) - offsetof(struct rte_mbuf, refcnt) == 2,
	"one load takes refcnt and nb_segs");

/*
 * Reference count of the data of an mbuf with a pinned external buffer, of pool_seen. Clones are
 * counted there, not in refcnt. Not valid after a burst has met a pool of another kind.
 */
static __rte_always_inline uint16_t
tx_sharers(const struct sl_tx_queue *q, const struct rte_mbuf *m)
{
	return sl_data_pool_shared(q->shared_at, m)->refcnt;
}

/* True if no other mbuf shares the mbuf's data. MBUF_FAST_FREE promises that for all. */
static __rte_always_inline bool
tx_has_own(const struct sl_tx_queue *q, const struct rte_mbuf *m, const bool apart)
{
	return !apart || (q->shared_at != 0 && (q->fast_free || tx_sharers(q, m) == 1));
}

/* True if neither the mbuf nor its data is shared. */
static __rte_noinline bool
tx_is_sole(const struct rte_mbuf *m)
{
	if (rte_mbuf_refcnt_read(m) != 1)
		return false;
	return RTE_MBUF_DIRECT(m) || sl_rare_is_sole(m);
}

/* True if the mbuf is not shared and is a frame of one segment. */
static __rte_always_inline bool
tx_is_single(const struct rte_mbuf *m)
{
	uint32_t both;

	memcpy(&both, (const char *)m + offsetof(struct rte_mbuf, refcnt), sizeof(both));
	return both == TX_ONE_OF_EACH;
}

/* ol_flags that a plain frame does not have, and ol_flags that must equal the memo's. */
#define TX_NOT_PLAIN(offload, apart) (TX_OTHERS(apart) | ((offload) ? TX_CTX_FLAGS : 0))
#define TX_MEMO_FLAGS(apart) (TX_OTHERS(apart) | RTE_MBUF_F_TX_OFFLOAD_MASK)

/*
 * A plain frame, which is the common case: one segment of a pool that is mapped, without offloads.
 */
static __rte_always_inline bool
tx_is_plain(const struct sl_tx_queue *q, const struct rte_mbuf *m, const bool offload,
	const bool apart, const struct sl_desc_format *f)
{
	return tx_is_single(m) && m->pool == q->pool_seen &&
		(m->ol_flags & TX_NOT_PLAIN(offload, apart)) == 0 && m->data_len == m->pkt_len &&
		tx_len_ok(m->data_len, f->tx_span) && tx_has_own(q, m, apart);
}

/* Like tx_is_plain(), for frames whose offloads equal the memo. */
static __rte_always_inline bool
tx_is_noted(const struct sl_tx_queue *q, const struct rte_mbuf *m, const bool apart,
	const struct sl_desc_format *f)
{
	const struct sl_tx_memo *memo = &q->memo;

	return tx_is_single(m) && m->pool == q->pool_seen && memo->flags != 0 &&
		(m->ol_flags & TX_MEMO_FLAGS(apart)) == memo->flags &&
		m->tx_offload == memo->lens &&
		((memo->flags & RTE_MBUF_F_TX_VLAN) == 0 || m->vlan_tci == memo->vlan) &&
		m->data_len == m->pkt_len && m->data_len >= memo->least &&
		tx_len_ok(m->data_len, f->tx_span) && tx_has_own(q, m, apart);
}

/* Store a frame's validated offloads, whose context was written, in the memo. */
static inline void
tx_note(struct sl_tx_memo *memo, const struct rte_mbuf *m, uint32_t cmd, uint32_t olinfo)
{
	*memo = (struct sl_tx_memo){
		.flags = m->ol_flags & RTE_MBUF_F_TX_OFFLOAD_MASK,
		.lens = m->tx_offload,
		.olinfo = olinfo,
		.cmd = cmd,
		.least = (uint16_t)tx_headers(m),
		.vlan = m->vlan_tci,
	};
}

/* Result of putting a frame. */
enum tx_result { TX_SENT, TX_REFUSED, TX_NO_ROOM };

/* Put any frame: check it, map its memory if that is unknown, write its context. */
static __rte_always_inline enum tx_result
tx_put_frame(struct sl_tx_queue *q, struct tx_cursor *c, struct rte_mbuf *m, unsigned int room,
	const enum sl_coherency mode, const bool offload, const bool apart,
	const struct sl_desc_format *f)
{
	const bool ctx = offload && (m->ol_flags & TX_CTX_FLAGS) != 0;
	bool again = m->nb_segs > 1 || !tx_is_sole(m); /* must be inspected on free */
	uint32_t olinfo = 0, cmd = TX_CMD;
	uint64_t strange;

	if (!tx_frame_ok(q, m, &strange, apart, f->tx_span) || (ctx && !tx_offload_ok(m)) ||
		m->nb_segs + 1u > q->nb_desc - 1u) {
		tx_refuse(m, &q->n.errors);
		return TX_REFUSED;
	}
	if (strange != 0 && !sl_rare_map(q, m, c->used)) {
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
			again = true;
		}
		olinfo = tx_offload_olinfo(m->ol_flags, (unsigned int)slot);
		if ((m->ol_flags & RTE_MBUF_F_TX_VLAN) != 0)
			cmd |= SL_TXD_DCMD_VLE;
		tx_note(&q->memo, m, cmd, olinfo);
	}
	olinfo |= SL_PREP(SL_TXD_PAYLEN, m->pkt_len);
	if (m->nb_segs == 1)
		tx_put_seg(q, c, m, cmd | SL_TXD_DCMD_EOP, olinfo, mode);
	else
		tx_put_chain(q, c, m, cmd, olinfo, mode);
	if (again)
		tx_mix(q, c->used);
	return TX_SENT;
}

#if SL_SIMD > 0

/* Constants to check that a quad's frames are plain, and to make their descriptors. */
struct tx_quad {
	sl_vec64 one, one_mask; /* expected rearm_data and ol_flags */
	sl_vec64 length;    /* shuffle: data_len to the place of pkt_len, and to the second word */
	sl_vec64 same_mask; /* places of pkt_len and vlan_tci */
	sl_vec64 vlan;
	sl_vec64 lens;	      /* tx_offload */
	sl_vec64 below, most; /* length in 16 bits: length - below must not exceed most */
	sl_vec64 second;      /* mask: the second word */
	sl_vec64 addr;	      /* shuffle: buf_iova to the first word */
	sl_vec64 data_off;    /* mask of data_off in rearm_data */
	sl_vec64 cmd;
};

/* Bit position of PAYLEN in the second word of a descriptor. */
#define TX_PAYLEN_SHIFT (32 + __builtin_ctz(SL_TXD_PAYLEN))
/* Positions in the lane that starts at packet_type. */
#define TX_DATA_LEN (offsetof(struct rte_mbuf, data_len) - offsetof(struct rte_mbuf, packet_type))
#define TX_VLAN_SHIFT \
	(8 * (offsetof(struct rte_mbuf, vlan_tci) - offsetof(struct rte_mbuf, packet_type) - 8))

/* The lane whose second word is tx_offload. */
#define TX_LENS_LANE (offsetof(struct rte_mbuf, tx_offload) - 8)

/* @noted: for frames whose offloads equal the memo; otherwise for plain frames. */
static __rte_always_inline struct tx_quad
tx_quad(const struct sl_tx_memo *memo, const bool noted, const bool offload, const bool apart,
	const struct sl_desc_format *f)
{
	const uint64_t rearm_one = (uint64_t)TX_ONE_OF_EACH << 16, any = UINT64_MAX;
	const uint64_t least = noted ? RTE_MAX(memo->least, SL_TX_FRAME_MIN) : SL_TX_FRAME_MIN;
	const uint64_t most = f->tx_span + SL_TX_FRAME_MIN - least;
	const bool vlan = noted && (memo->flags & RTE_MBUF_F_TX_VLAN) != 0;
	const unsigned int z = SL_VEC_ZERO;

	return (struct tx_quad){
		.one = sl_vec_each((sl_lane){rearm_one, noted ? memo->flags : 0}),
		.one_mask = sl_vec_each((sl_lane){(uint64_t)UINT32_MAX << 16,
			noted ? TX_MEMO_FLAGS(apart) : TX_NOT_PLAIN(offload, apart)}),
		.length = sl_vec_each((sl_lane)(sl_lane8){z, z, z, z, TX_DATA_LEN, TX_DATA_LEN + 1,
			z, z, TX_DATA_LEN, TX_DATA_LEN + 1, z, z, z, z, z, z}),
		.same_mask = sl_vec_each((sl_lane){(uint64_t)UINT32_MAX << 32,
			vlan ? (uint64_t)UINT16_MAX << TX_VLAN_SHIFT : 0}),
		.vlan = sl_vec_each((sl_lane){0, vlan ? (uint64_t)memo->vlan << TX_VLAN_SHIFT : 0}),
		.lens = sl_vec_each((sl_lane){0, noted ? memo->lens : 0}),
		.below = sl_vec_each((sl_lane){0, least}),
		.most = sl_vec_each((sl_lane){any, any ^ UINT16_MAX ^ most}),
		.second = sl_vec_each((sl_lane){0, any}),
		.addr = sl_vec_each(
			(sl_lane)(sl_lane8){8, 9, 10, 11, 12, 13, 14, 15, z, z, z, z, z, z, z, z}),
		.data_off = sl_vec_each((sl_lane){UINT16_MAX, 0}),
		.cmd = sl_vec_each((sl_lane){0,
			TX_CMD | SL_TXD_DCMD_EOP |
				(noted ? (uint64_t)memo->olinfo << 32 | memo->cmd : 0)}),
	};
}

/* Load the 16-byte lane at offset @at of SL_VEC_LANES mbufs. */
static __rte_always_inline sl_vec64
tx_lanes(struct rte_mbuf *const *m, size_t at)
{
	sl_lane lane[SL_VEC_LANES];
	unsigned int k;

	for (k = 0; k < SL_VEC_LANES; k++)
		lane[k] = sl_lane_load((const char *)m[k] + at);
	return sl_vec_join(lane);
}

/* Not 0: at least one frame is not plain. */
static __rte_always_inline sl_vec64
tx_amiss(sl_vec64 rearm, sl_vec64 rest, sl_vec64 lengths, const struct tx_quad *t)
{
	const sl_vec64 short_or_long =
		sl_vec_above16((sl_vec64)((sl_vec16)lengths - (sl_vec16)t->below), t->most);

	return ((rearm ^ t->one) & t->one_mask) | ((rest ^ lengths ^ t->vlan) & t->same_mask) |
		short_or_long;
}

/* True if no mbuf of a quad of pool_seen shares its data. No count is 0, so all must be 1. */
static __rte_always_inline bool
tx_quad_is_sole(const struct sl_tx_queue *q, struct rte_mbuf *const *m)
{
	unsigned int any = 0, k;

	for (k = 0; k < SL_QUAD; k++)
		any |= tx_sharers(q, m[k]);
	return any == 1;
}

/*
 * Write descriptors of plain frames, or of frames whose offloads equal the memo, in quads: at most
 * @n, up to the ring's end. Their lengths are added to @bytes. @return the number of frames.
 */
static __rte_always_inline unsigned int
tx_put_quads(const struct sl_tx_queue *q, unsigned int idx, struct rte_mbuf **m, unsigned int n,
	uint64_t *bytes, const bool noted, const bool offload, const bool apart,
	const struct sl_desc_format *f)
{
	const struct tx_quad t = tx_quad(&q->memo, noted, offload, apart, f);
	/* After a burst has met a pool of the other kind (pinned or ordinary), no quad matches. */
	const struct rte_mempool *pool = apart && q->shared_at == 0 ? NULL : q->pool_seen;
	const bool look = apart && !q->fast_free;
	volatile union sl_tx_desc *d = &q->ring[idx];
	struct rte_mbuf **sw = &q->sw_ring[idx];
	sl_vec64 sum = {0}, desc[SL_QUAD_VECS], len[SL_QUAD_VECS];
	unsigned int i, p, k;

	n = RTE_MIN(n, q->nb_desc - idx);
	/* Without buf_iova in the mbuf (a DPDK build option) there are no quads. */
	for (i = 0; SL_IOVA_IN_MBUF && i + SL_QUAD <= n; i += SL_QUAD) {
		sl_vec64 amiss = {0};
		uintptr_t other = 0;

		for (k = 0; k < SL_QUAD; k++)
			other |= (uintptr_t)m[i + k]->pool ^ (uintptr_t)pool;
		for (p = 0; p < SL_QUAD_VECS; p++) {
			struct rte_mbuf *const *at = &m[i + p * SL_VEC_LANES];
			const sl_vec64 addr = tx_lanes(at, offsetof(struct rte_mbuf, buf_addr));
			const sl_vec64 rearm = tx_lanes(at, offsetof(struct rte_mbuf, rearm_data));
			const sl_vec64 rest = tx_lanes(at, offsetof(struct rte_mbuf, packet_type));
			const sl_vec64 lengths = sl_vec_shuffle(rest, t.length);

			amiss |= tx_amiss(rearm, rest, lengths, &t);
			if (noted)
				amiss |= (tx_lanes(at, TX_LENS_LANE) ^ t.lens) & t.second;
			len[p] = lengths & t.second;
			desc[p] = sl_vec_shuffle(addr, t.addr) + (rearm & t.data_off) + t.cmd +
				len[p] + (len[p] << TX_PAYLEN_SHIFT);
		}
		if (unlikely(other != 0 || sl_vec_any(amiss)))
			break;
		if (look && unlikely(!tx_quad_is_sole(q, &m[i])))
			break;
		for (p = 0; p < SL_QUAD_VECS; p++) {
			sl_vec_store(&d[i + p * SL_VEC_LANES], desc[p]);
			sum += len[p];
		}
		/*
		 * This is for speed; no memory rule needs it. A quad's descriptors share a cache
		 * line that the device owned. The CPU merges stores to that line only if no other
		 * store is between them.
		 */
		rte_compiler_barrier();
		memcpy(&sw[i], &m[i], SL_QUAD * sizeof(m[0]));
	}
	*bytes += sl_vec_sum(sum, 1);
	return i;
}

#else

static __rte_always_inline unsigned int
tx_put_quads(const struct sl_tx_queue *q __rte_unused, unsigned int idx __rte_unused,
	struct rte_mbuf **m __rte_unused, unsigned int n __rte_unused, uint64_t *bytes __rte_unused,
	const bool noted __rte_unused, const bool offload __rte_unused,
	const bool apart __rte_unused, const struct sl_desc_format *f __rte_unused)
{
	return 0;
}

#endif

/* Request a report if rs_thresh descriptors have none. */
static __rte_always_inline void
tx_report(const struct sl_tx_queue *q, struct tx_cursor *c)
{
	if (likely(c->used - c->reported < q->rs_thresh))
		return;
	tx_set_last(q, c, SL_TXD_DCMD_RS);
	c->reported = c->used;
}

/* Hand over all filled descriptors: request the last report, flush, ring the doorbell. */
static __rte_always_inline void
tx_hand_over(struct sl_tx_queue *q, struct tx_cursor *c, const enum sl_coherency mode)
{
	if (c->used != c->reported)
		tx_set_last(q, c, SL_TXD_DCMD_RS);
	tx_flush_ring(q, q->next_to_use, c->used, mode);
	q->nb_free -= c->used;
	q->next_to_use = (uint16_t)c->idx;
	/* T1, T2: the NIC sees payload and descriptors before the doorbell. */
	sl_doorbell_barrier(q->sync, mode);
	__atomic_store_n(q->tail, c->idx, __ATOMIC_RELAXED);
}

/*
 * A frame of @segs segments does not fit after @used descriptors of a burst of @n frames. The burst
 * began with room for one descriptor per frame, and for free_thresh, but a frame may need more. The
 * thresholds only decide when reading the NIC's head is worth its cost, not which frames may be
 * sent. All frames handed over end with a report, so there will be room for any rs_thresh.
 * @return true if there is more room now.
 */
static __rte_noinline bool
tx_find_room(struct sl_tx_queue *q, unsigned int used, unsigned int segs, unsigned int n)
{
	const unsigned int before = q->nb_free;

	if (before < RTE_MAX(n, (unsigned int)q->free_thresh))
		return false; /* the head was read in this burst and all reported mbufs are freed */
	/* One more descriptor for a context. */
	sl_rare_make_room(q, used + segs + 1);
	return q->nb_free > before;
}

/* The ring was full. If the burst sent no frame at all, the queue may be stalled. */
static __rte_noinline void
tx_cut_short(struct sl_tx_queue *q, unsigned int used)
{
	q->n.ring_full++;
	if (used == 0)
		sl_stall_tx_check(q);
}

/* Put plain frames from @m on, as long as they make quads. @return the number of frames. */
static __rte_always_inline unsigned int
tx_put_plain(struct sl_tx_queue *q, struct tx_cursor *c, struct rte_mbuf **m, unsigned int n,
	uint64_t *bytes, const enum sl_coherency mode, const bool offload, const bool apart,
	const struct sl_desc_format *f)
{
	const uint64_t flags = offload ? m[0]->ol_flags & TX_MEMO_FLAGS(apart) : 0;
	unsigned int done = 0, i;
	uint32_t cmd = TX_CMD | SL_TXD_DCMD_EOP;

	if (!offload || (flags & TX_CTX_FLAGS) == 0) {
		done = tx_put_quads(q, c->idx, m, n, bytes, false, offload, apart, f);
	} else if (flags == q->memo.flags) {
		done = tx_put_quads(q, c->idx, m, n, bytes, true, offload, apart, f);
		cmd |= q->memo.cmd;
	}
	if (done == 0)
		return 0;
	c->cmd = cmd | SL_PREP(SL_TXD_DTALEN, m[done - 1]->data_len);
	for (i = 0; mode != SL_COHERENCY_COHERENT && i < done; i++)
		/*
		 * T1: after the CPU's last write to the frame. The frame is in memory before the
		 * doorbell.
		 */
		sl_flush(q->sync, mode, rte_pktmbuf_mtod(m[i], const void *), m[i]->data_len);
	c->used += done;
	c->idx += done;
	c->last = c->idx - 1;
	if (c->idx == q->nb_desc)
		c->idx = 0;
	return done;
}

/* Put one frame of any kind. */
static __rte_always_inline enum tx_result
tx_put_one(struct sl_tx_queue *q, struct tx_cursor *c, struct rte_mbuf *m, unsigned int room,
	const enum sl_coherency mode, const bool offload, const bool apart,
	const struct sl_desc_format *f)
{
	uint32_t cmd = TX_CMD | SL_TXD_DCMD_EOP, olinfo = SL_PREP(SL_TXD_PAYLEN, m->data_len);

	if (offload && tx_is_noted(q, m, apart, f)) {
		cmd |= q->memo.cmd;
		olinfo |= q->memo.olinfo;
	} else if (unlikely(!tx_is_plain(q, m, offload, apart, f))) {
		return tx_put_frame(q, c, m, room, mode, offload, apart, f);
	}
	if (unlikely(c->used == room))
		return TX_NO_ROOM;
	tx_put_seg(q, c, m, cmd, olinfo, mode);
	return TX_SENT;
}

static __rte_always_inline uint16_t
tx_burst(struct sl_tx_queue *q, struct rte_mbuf **pkts, uint16_t n, const enum sl_coherency mode,
	const bool offload, const bool apart, const struct sl_desc_format *f)
{
	struct tx_cursor c = {.idx = q->next_to_use, .used = 0, .last = q->next_to_use};
	unsigned int room, i, quads_at = 0;
	unsigned int refused = 0;
	uint64_t bytes = 0;

	if (q->nb_free < q->free_thresh || q->nb_free < n)
		tx_reclaim(q, n, mode);
	room = q->nb_free;

	for (i = 0; i < n;) {
		enum tx_result result;
		uint32_t len;

		if (SL_SIMD > 0 && n - i >= SL_QUAD && i >= quads_at) {
			const unsigned int most =
				RTE_MIN(room - c.used, (unsigned int)q->rs_thresh);

			i += tx_put_plain(q, &c, &pkts[i], RTE_MIN(n - i, most), &bytes, mode,
				offload, apart, f);
			tx_report(q, &c);
			/*
			 * Put the next SL_QUAD frames one by one: the frame that ended the quads is
			 * usually among them, so checking them as a quad again would fail again.
			 */
			quads_at = i + SL_QUAD;
			continue;
		}
		len = pkts[i]->pkt_len;
		result = tx_put_one(q, &c, pkts[i], room, mode, offload, apart, f);
		if (unlikely(result == TX_NO_ROOM)) {
			if (!tx_find_room(q, c.used, pkts[i]->nb_segs, n))
				break;
			room = q->nb_free;
			continue;
		}
		i++;
		if (unlikely(result == TX_REFUSED)) {
			refused++;
			continue;
		}
		tx_report(q, &c);
		bytes += len;
	}
	if (unlikely(i < n))
		tx_cut_short(q, c.used);
	if (c.used > 0) {
		q->n.packets += i - refused;
		q->n.bytes += bytes;
		tx_hand_over(q, &c, mode);
	}
	return (uint16_t)i;
}

/* --- paths --- */

/*
 * Each use defines one burst function, such as sl_tx_avx2_coherent_offload(): SL_ISA, then the
 * path's name from paths.def. It only chooses between two bodies that are not inlined: tx_apart_*()
 * for pools with pinned external buffers, tx_beside_*() for ordinary mempools.
 *
 * The bodies read the NIC's progress from the head write-back (tx_done()).
 */
#define TX_PATH(isa, label, bits, what, words, mode, can, completion, format) \
	_Static_assert(SL_COMPLETION_##completion == SL_COMPLETION_HEAD, \
		"tx_burst() looks at the head write-back"); \
	static __rte_noinline uint16_t tx_apart_##what( \
		struct sl_tx_queue *q, struct rte_mbuf **pkts, uint16_t n) \
	{ \
		return tx_burst(q, pkts, n, SL_COHERENCY_##mode, ((can)&SL_CAN_OFFLOAD) != 0, \
			true, &sl_format_of_##format); \
	} \
\
	static __rte_noinline uint16_t tx_beside_##what( \
		struct sl_tx_queue *q, struct rte_mbuf **pkts, uint16_t n) \
	{ \
		return tx_burst(q, pkts, n, SL_COHERENCY_##mode, ((can)&SL_CAN_OFFLOAD) != 0, \
			false, &sl_format_of_##format); \
	} \
\
	uint16_t SL_PATH_NAME(tx, isa, what)(void *txq, struct rte_mbuf **pkts, uint16_t n) \
	{ \
		struct sl_tx_queue *q = txq; \
\
		if (unlikely(q->shared_at != 0)) \
			return tx_apart_##what(q, pkts, n); \
		return tx_beside_##what(q, pkts, n); \
	}

SL_TX_PATHS(TX_PATH, SL_ISA, , SL_SIMD)
