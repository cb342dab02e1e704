/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */

/*
 * Transmit: posting. One frame, from any valid state of a burst, fills only the next descriptors,
 * as far as there is room. One burst hands over the descriptors that its frames filled, after all
 * of their data is in memory. Single frames and reclaim (tx.c) are proven separately. The proof of
 * a burst replaces both by anything that is proven of them.
 */

#ifndef TX_DESCS
#define TX_DESCS 4u
#define TX_BURST 3u /* frames: as many as fit into the ring */
#endif
#define TX_SEGS 3u  /* mbufs of a frame: one more than fit into a ring of four; TX_BURST at most */
#define ROOM 65536u /* maximum of data_len */
#define WORLD_MBUFS TX_BURST

#include "tx_world.h"

/* Mbufs of descriptors that were not filled here. They are never accessed. */
static char others[TX_DESCS];
static union sl_tx_desc before[TX_DESCS];
/* Data that sync calls wrote to memory: of the ring, and of each mbuf's buffer. */
static union sl_tx_desc flushed[TX_DESCS];
static uint32_t flushed_len[WORLD_MBUFS];
static struct rte_mbuf *pkts[TX_BURST];
/* Shared info of external data. Only its reference count is read. */
static struct rte_mbuf_ext_shared_info others_data;

struct tx_cursor
nondet_cursor(void);

static void
check_doorbell(void);

static void
check_sync(void *ctx, enum sl_sync_verb verb, const void *va, size_t len,
	const struct sl_sync_site *site)
{
	unsigned int i;

	if (verb == SL_SYNC_DOORBELL) {
		check_doorbell();
		return;
	}
	PROOF(__CPROVER_r_ok(va, len), "synced within its object");
	if (__CPROVER_same_object(va, ring)) {
		const size_t at = __CPROVER_POINTER_OFFSET(va);

		for (i = 0; i < TX_DESCS; i++)
			if (at <= i * SL_DESC_SIZE && (i + 1) * SL_DESC_SIZE <= at + len)
				flushed[i] = ring[i];
		return;
	}
	for (i = 0; i < WORLD_MBUFS && mbufs[i] != NULL; i++)
		if (__CPROVER_same_object(va, mbufs[i]->data) &&
			va == rte_pktmbuf_mtod(&mbufs[i]->m, const void *))
			flushed_len[i] = (uint32_t)len;
}

/* --- a queue, and a running burst --- */

static unsigned int
tx_out(const struct sl_tx_queue *q)
{
	return TX_DESCS - 1u - q->nb_free;
}

/* Distance of descriptor @i from @from. */
static unsigned int
tx_from(unsigned int from, unsigned int i)
{
	return i >= from ? i - from : i + TX_DESCS - from;
}

static uint32_t
tx_vlan_cmd(uint64_t flags)
{
	return TX_CMD | ((flags & RTE_MBUF_F_TX_VLAN) != 0 ? SL_TXD_DCMD_VLE : 0);
}

/* The memo is valid: it equals a frame's request, and the NIC has its context. */
static bool
tx_memo_sound(const struct sl_tx_queue *q)
{
	const struct sl_tx_memo *memo = &q->memo;
	const unsigned int slot = SL_GET(SL_TXD_IDX, memo->olinfo);
	struct rte_mbuf like;

	if (memo->flags == 0)
		return true;
	like.ol_flags = memo->flags;
	like.tx_offload = memo->lens;
	like.vlan_tci = memo->vlan;
	return (memo->flags & ~RTE_MBUF_F_TX_OFFLOAD_MASK) == 0 &&
		(memo->flags & TX_CTX_FLAGS) != 0 && memo->cmd == tx_vlan_cmd(memo->flags) &&
		slot <= 1 && memo->olinfo == tx_offload_olinfo(memo->flags, slot) &&
		q->ctx_key[slot] == tx_ctx_key(&like) && memo->least == tx_headers(&like);
}

static bool
tx_cursor_sound(const struct sl_tx_queue *q, const struct tx_cursor *c, unsigned int room)
{
	return room == q->nb_free && c->used <= room && c->reported <= c->used &&
		c->idx == tx_wrap(q->next_to_use + c->used) && c->last < TX_DESCS &&
		(c->used == 0 ? c->last == c->idx : tx_from(q->next_to_use, c->last) < c->used);
}

/* Any valid queue, with a running burst @c that has filled some descriptors. */
static void
tx_world(enum sl_coherency mode, struct tx_cursor *c)
{
	struct sl_tx_queue *q = &queue;
	unsigned int i;

	pool_flags = 0;
	sync_ctx.mode = mode;
	port.hw = &hw;
	tx_any_queue(q);
	q->ring = ring;
	q->sw_ring = sw_ring;
	q->tail = &tail;
	q->head_wb = &head;
	q->sync = &sync_ctx;
	q->port = &port;
	q->nb_desc = TX_DESCS;
	tx_any_pools(q);
	*c = nondet_cursor();
	c->idx &= TX_DESCS - 1u;
	c->used &= TX_DESCS - 1u;
	c->last &= TX_DESCS - 1u;
	c->reported &= TX_DESCS - 1u;
	filled = c->used;
	ASSUME(tx_sound(q) && tx_memo_sound(q) && tx_cursor_sound(q, c, q->nb_free));
	ASSUME(q->rs_thresh > 0 && q->ctx_next <= 1);
	for (i = 0; i < TX_DESCS; i++) {
		/* The value does not matter, because reads by the driver return anything. */
		ring[i].qw[0] = i;
		ring[i].qw[1] = i;
		before[i] = ring[i];
		sw_ring[i] = (struct rte_mbuf *)&others[i];
	}
}

/* Attach the mbuf to external data with any reference count. */
static void
tx_attach(struct rte_mbuf *m)
{
	m->ol_flags |= nondet_bool() ? RTE_MBUF_F_INDIRECT : RTE_MBUF_F_EXTERNAL;
	m->shinfo = &others_data;
}

/* A frame with any lengths, flags and nb_segs. @return the real number of segments. */
static unsigned int
tx_frame(const struct sl_tx_queue *q)
{
	unsigned int i, linked = 0;

	for (i = 0; i < TX_SEGS; i++) {
		struct rte_mbuf *m;

		tx_any_mbuf(q, i, GIVEN);
		m = &mbufs[i]->m;
		m->nb_segs = nondet_u16();
		if (!q->fast_free && sl_data_pool_of(m->pool) == NULL && nondet_bool())
			tx_attach(m);
		if (linked < i || (i > 0 && nondet_bool()))
			continue;
		if (i > 0)
			mbufs[i - 1]->m.next = m;
		linked++;
	}
	/* DPDK requires this, and the path for plain frames relies on it. */
	ASSUME(mbufs[0]->m.nb_segs != 1 || mbufs[0]->m.next == NULL);
	return linked;
}

/* --- one frame --- */

/* Check that the descriptor of a segment of @frame matches the frame's request. */
static void
check_words(const struct sl_tx_queue *q, const union sl_tx_desc *d, const struct rte_mbuf *m,
	const struct rte_mbuf *frame, bool offload)
{
	const bool asks = offload && (frame->ol_flags & TX_CTX_FLAGS) != 0;
	const uint32_t olinfo = d->read.olinfo & ~SL_TXD_PAYLEN;
	const unsigned int slot = SL_GET(SL_TXD_IDX, olinfo);

	PROOF(d->qw[0] == rte_mbuf_data_iova(m), "the NIC reads from the segment's data");
	PROOF(SL_GET(SL_TXD_DTALEN, d->read.cmd) == m->data_len && m->data_len > 0,
		"the NIC reads no more than the segment's data");
	PROOF((d->read.cmd & ~(SL_TXD_DTALEN | SL_TXD_DCMD_EOP)) ==
			tx_vlan_cmd(asks ? frame->ol_flags : 0),
		"a segment's command is right");
	PROOF(SL_GET(SL_TXD_PAYLEN, d->read.olinfo) == frame->pkt_len,
		"a segment tells of its frame's length");
	PROOF(frame->pkt_len >= PROOF_FRAME_MIN && frame->pkt_len <= PROOF_FRAME_MAX - SL_FCS_LEN,
		"a frame is as long as the NIC takes");
	PROOF(olinfo == (asks ? tx_offload_olinfo(frame->ol_flags, slot) : 0),
		"the NIC does what the frame asks for");
	PROOF(!asks || (slot <= 1 && q->ctx_key[slot] == tx_ctx_key(frame)),
		"the NIC's context is what the frame asks for");
}

/* Check descriptor @i, which the frame filled as number @at. */
static void
check_filled(const struct sl_tx_queue *q, unsigned int i, unsigned int at, enum sl_coherency mode,
	bool offload, bool look, const struct rte_mempool *seen)
{
	const union sl_tx_desc *d = &ring[i];
	const struct rte_mbuf *m = NULL;
	unsigned int k;

	if (sw_ring[i] == NULL) {
		PROOF(at == 0, "a context is in front of its frame");
		PROOF(SL_GET(SL_TXD_DTYP, d->read.cmd) == SL_TXD_DTYP_CTX, "a context is one");
		PROOF(look, "a context wants a look");
		PROOF(d->ctx.vlan_macip == TX_KEY_MACIP(tx_ctx_key(&mbufs[0]->m)) &&
				(d->ctx.tucmd & (SL_TXC_TUCMD_IPV4 | SL_TXC_TUCMD_L4T)) ==
					TX_KEY_TUCMD(tx_ctx_key(&mbufs[0]->m)) &&
				q->ctx_key[SL_GET(SL_TXC_IDX, d->ctx.mss_l4) & 1] ==
					tx_ctx_key(&mbufs[0]->m),
			"a context is what the frame asks for");
		return;
	}
	for (k = 0; k < TX_SEGS; k++) {
		if (sw_ring[i] != &mbufs[k]->m)
			continue;
		m = &mbufs[k]->m;
		PROOF(mbufs[k]->place == GIVEN, "a segment is behind one descriptor");
		mbufs[k]->place = IN_FLIGHT;
		PROOF(mode == SL_COHERENCY_COHERENT || flushed_len[k] == m->data_len,
			"all of the payload is in memory");
		check_words(q, d, m, &mbufs[0]->m, offload);
		PROOF(look ||
				(m->refcnt == 1 && m->nb_segs == 1 && m->next == NULL &&
					m->pool == q->pool_seen),
			"what wants no look is as its pool, the one seen last, had it");
		PROOF(look || (sl_mbuf_has_data(m) && mbufs[k]->shared.refcnt == 1),
			"others' data wants a look, and so does what others have");
		PROOF(mbufs[k]->readable > 0 || (sl_mbuf_has_data(m) && m->pool == seen),
			"the NIC's window has the data");
	}
	PROOF(m != NULL, "behind a descriptor is a segment of its frame");
}

static void
tx_prove_frame(enum sl_coherency mode, bool offload, bool apart)
{
	struct sl_tx_queue *q = &queue;
	struct tx_cursor c, was;
	const struct rte_mempool *seen;
	unsigned int i, mixed, linked;
	enum tx_result result;

	tx_world(mode, &c);
	linked = tx_frame(q);
	was = c;
	seen = q->pool_seen;
	mixed = q->mixed;
	result = tx_put_one(q, &c, &mbufs[0]->m, q->nb_free, mode, offload, apart, &PROOF_FORMAT);

	filled = c.used;
	PROOF(tx_sound(q) && tx_memo_sound(q) && tx_pool_sound(q), "the queue is sound");
	PROOF(tx_cursor_sound(q, &c, q->nb_free),
		"the burst is sound, and filled no more than there is room");
	PROOF(q->ctx_next <= 1, "the NIC has two contexts");
	PROOF(c.reported == was.reported, "what was reported stays so");
	PROOF(q->mixed >= mixed && (q->pool_seen == seen || q->mixed >= tx_out(q) + was.used),
		"what wanted a look does, and so does all if the pool is another");
	PROOF(result == TX_SENT ? c.used > was.used : c.used == was.used && c.last == was.last,
		"what is sent fills descriptors, and nothing else does");
	for (i = 0; i < TX_DESCS; i++) {
		const unsigned int at = tx_from(was.idx, i);

		if (at < c.used - was.used) {
			check_filled(q, i, at, mode, offload, tx_out(q) + was.used + at < q->mixed,
				seen);
			continue;
		}
		PROOF(sw_ring[i] == (struct rte_mbuf *)&others[i], "other segments are left alone");
		PROOF(ring[i].qw[0] == before[i].qw[0] && ring[i].qw[1] == before[i].qw[1],
			"other descriptors are left alone");
	}
	PROOF(result != TX_SENT || (ring[c.last].read.cmd & SL_TXD_DCMD_EOP) != 0, "a frame ends");
	PROOF(result != TX_SENT || ring[c.last].read.cmd == c.cmd, "the last command is known");
	for (i = 0; i < TX_SEGS; i++)
		PROOF((mbufs[i]->place == GIVEN) == (result == TX_NO_ROOM || i >= linked),
			"what was not taken is left alone, and what was is not lost");
}

#if SL_SIMD > 0

/* --- quads --- */

/* Check frame @i, which a quad wrote to descriptor @d. */
static void
check_plain(const struct sl_tx_queue *q, const union sl_tx_desc *d, unsigned int i,
	enum sl_coherency mode, bool offload)
{
	const struct rte_mbuf *m = &mbufs[i]->m;

	check_words(q, d, m, m, offload);
	PROOF((d->read.cmd & SL_TXD_DCMD_EOP) != 0, "a frame ends");
	PROOF(m->data_len == m->pkt_len && tx_len_ok(m->pkt_len, PROOF_FORMAT.tx_span),
		"a frame is one segment");
	PROOF(!offload || (m->ol_flags & TX_CTX_FLAGS) == 0 || tx_headers(m) <= m->pkt_len,
		"what the frame asks for lies in it");
	PROOF(m->refcnt == 1 && m->nb_segs == 1 && mbufs[i]->shared.refcnt == 1,
		"others have neither the frame nor its data");
	PROOF(sl_mbuf_has_data(m) && m->pool == q->pool_seen, "the NIC's window has the data");
	PROOF(mode == SL_COHERENCY_COHERENT || flushed_len[i] == m->data_len,
		"all of the payload is in memory");
}

static void
tx_prove_quads(enum sl_coherency mode, bool offload, bool apart)
{
	struct sl_tx_queue *q = &queue;
	const unsigned int n = nondet_u32();
	struct tx_cursor c, was;
	uint64_t bytes = 0, sum = 0;
	unsigned int i, done;

	tx_world(mode, &c);
	for (i = 0; i < TX_BURST; i++) {
		tx_any_mbuf(q, i, GIVEN);
		mbufs[i]->m.nb_segs = nondet_u16();
		if (!q->fast_free && sl_data_pool_of(mbufs[i]->m.pool) == NULL && nondet_bool())
			tx_attach(&mbufs[i]->m);
		pkts[i] = &mbufs[i]->m;
	}
	ASSUME(n <= TX_BURST && n <= q->nb_free - c.used);
	was = c;
	done = tx_put_plain(q, &c, pkts, n, &bytes, mode, offload, apart, &PROOF_FORMAT);
	PROOF(done <= n && done % SL_QUAD == 0 && was.idx + done <= TX_DESCS,
		"quads within the limit");
	PROOF(c.used == was.used + done && c.reported == was.reported &&
			c.idx == tx_wrap(was.idx + done) &&
			c.last == (done > 0 ? was.idx + done - 1 : was.last),
		"the burst goes on behind them");
	PROOF(done == 0 || c.cmd == ring[c.last].read.cmd, "the last command is known");
	for (i = 0; i < TX_DESCS; i++) {
		if (i < was.idx || i >= was.idx + done)
			PROOF(sw_ring[i] == (struct rte_mbuf *)&others[i] &&
					ring[i].qw[0] == before[i].qw[0] &&
					ring[i].qw[1] == before[i].qw[1],
				"other descriptors are left alone");
	}
	for (i = 0; i < TX_BURST; i++)
		if (i < done) {
			PROOF(sw_ring[was.idx + i] == pkts[i], "behind a descriptor is its frame");
			check_plain(q, &ring[was.idx + i], i, mode, offload);
			sum += pkts[i]->pkt_len;
		}
	PROOF(bytes == sum, "bytes are counted");
}

#define PROVE_QUADS(what, mode, offload) \
	void prove_tx_##what##_quads(void) \
	{ \
		tx_prove_quads(mode, offload, false); \
	} \
	void prove_tx_##what##_quads_apart(void) \
	{ \
		tx_prove_quads(mode, offload, true); \
	}

PROVE_QUADS(coherent, SL_COHERENCY_COHERENT, false)
PROVE_QUADS(coherent_offload, SL_COHERENCY_COHERENT, true)
PROVE_QUADS(checked, SL_COHERENCY_CHECKED, false)
PROVE_QUADS(checked_offload, SL_COHERENCY_CHECKED, true)

#endif

/* --- one burst --- */

static unsigned int use_before, taken, reclaimed;

static void
check_doorbell(void)
{
	const struct sl_tx_queue *q = &queue;
	unsigned int i;

	for (i = 0; i < TX_DESCS; i++)
		PROOF(tx_from(use_before, i) >= tx_from(use_before, q->next_to_use) ||
				(flushed[i].qw[0] == ring[i].qw[0] &&
					flushed[i].qw[1] == ring[i].qw[1]),
			"descriptors are in memory, as they are to be, before the doorbell");
}

/* Replaces tx_put_one() by anything that is proven of it. */
enum tx_result
any_put_one(struct sl_tx_queue *q, struct tx_cursor *c, struct rte_mbuf *m, unsigned int room,
	const enum sl_coherency mode, const bool offload, const bool apart,
	const struct sl_desc_format *f)
{
	const bool fits = nondet_bool();
	const unsigned int n = fits ? tx_wrap(nondet_u32()) : 0, mixed = tx_wrap(nondet_u32());
	unsigned int i;

	filled = c->used;
	PROOF(tx_sound(q) && tx_cursor_sound(q, c, room), "queue and burst are sound");
	PROOF(taken < TX_BURST && m == pkts[taken], "one frame after the other");
	ASSUME(n <= room - c->used);
	taken += fits;
	for (i = 0; i < TX_DESCS; i++)
		if (tx_from(c->idx, i) < n) {
			ring[i].qw[0] = UINT64_MAX;
			ring[i].qw[1] = nondet_u64();
		}
	if (n > 0) {
		c->last = tx_wrap(c->idx + n - 1);
		c->cmd = ring[c->last].read.cmd;
		c->idx = tx_wrap(c->idx + n);
		c->used += n;
	}
	ASSUME(mixed >= q->mixed && mixed <= tx_out(q) + c->used);
	q->mixed = (uint16_t)mixed;
	return !fits ? TX_NO_ROOM : n > 0 ? TX_SENT : TX_REFUSED;
}

/* Replaces tx_put_plain() by anything that is proven of it. */
unsigned int
any_put_plain(struct sl_tx_queue *q, struct tx_cursor *c, struct rte_mbuf **m, unsigned int n,
	uint64_t *bytes, const enum sl_coherency mode, const bool offload, const bool apart,
	const struct sl_desc_format *f)
{
	const unsigned int done = tx_wrap(nondet_u32()) & ~(SL_QUAD - 1);
	unsigned int i;

	filled = c->used;
	PROOF(tx_sound(q) && tx_cursor_sound(q, c, q->nb_free), "queue and burst are sound");
	PROOF(m == &pkts[taken] && taken < TX_BURST, "one frame after the other");
	PROOF(n <= TX_BURST - taken && n <= q->nb_free - c->used,
		"no more than there are, and than there is room");
	ASSUME(done <= n && done <= q->nb_desc - c->idx);
	if (done == 0)
		return 0;
	taken += done;
	for (i = 0; i < TX_DESCS; i++)
		if (i >= c->idx && i < c->idx + done) {
			ring[i].qw[0] = UINT64_MAX;
			ring[i].qw[1] = nondet_u64();
		}
	c->last = tx_wrap(c->idx + done - 1);
	c->cmd = ring[c->last].read.cmd;
	c->idx = tx_wrap(c->idx + done);
	c->used += done;
	return done;
}

/*
 * Replaces reclaim: frees any number of the oldest, and reports any number of further ones as done.
 */
static void
any_reclaim(struct sl_tx_queue *q)
{
	const unsigned int n = tx_wrap(nondet_u32()), done = tx_wrap(nondet_u32());
	const unsigned int out = tx_out(q);

	PROOF(tx_sound(q), "the queue is sound");
	ASSUME(n <= out && done <= out - n && (q->started || (n == 0 && done == 0)));
	q->next_to_clean = (uint16_t)(tx_wrap(q->next_to_clean + n));
	q->nb_free += n;
	q->mixed -= RTE_MIN(n, (unsigned int)q->mixed);
	q->nb_done = (uint16_t)done;
	reclaimed += n;
}

void
any_reclaim_burst(struct sl_tx_queue *q, unsigned int n, const enum sl_coherency mode)
{
	any_reclaim(q);
}

void
any_reclaim_for(struct sl_tx_queue *q, unsigned int n)
{
	any_reclaim(q);
}

static void
tx_prove_burst(eth_tx_burst_t burst, enum sl_coherency mode)
{
	struct sl_tx_queue *q = &queue;
	const uint16_t n = nondet_u16();
	unsigned int i, out, done;
	struct tx_cursor c;
	uint16_t got;

	tx_world(mode, &c);
	ASSUME(c.used == 0 && n <= TX_BURST);
	for (i = 0; i < TX_BURST; i++) {
		world_mbuf(i, GIVEN);
		pkts[i] = &mbufs[i]->m;
	}
	use_before = q->next_to_use;
	out = tx_out(q);
	got = burst(q, pkts, n);
	filled = 0;
	PROOF(tx_sound(q), "the queue is sound");
	PROOF(got <= n && got == taken, "frames that were taken are told of, and no others");
	done = tx_from(use_before, q->next_to_use);
	PROOF(tx_out(q) == out - reclaimed + done && tx_out(q) < TX_DESCS,
		"the tail never reaches the oldest outstanding descriptor");
	PROOF(done == 0 || tail == q->next_to_use, "the doorbell tells of all");
	PROOF(done == 0 ||
			(ring[tx_wrap(q->next_to_use + TX_DESCS - 1)].read.cmd & SL_TXD_DCMD_RS) !=
				0,
		"the last descriptor of a burst is reported");
	for (i = 0; i < TX_DESCS; i++)
		PROOF(tx_from(use_before, i) < done ||
				(ring[i].qw[0] == before[i].qw[0] &&
					ring[i].qw[1] == before[i].qw[1]),
			"other descriptors are left alone");
}

#define PROVE(what, mode, offload) \
	void prove_tx_##what##_frame(void) \
	{ \
		tx_prove_frame(mode, offload, false); \
	} \
	void prove_tx_##what##_frame_apart(void) \
	{ \
		tx_prove_frame(mode, offload, true); \
	} \
	void prove_tx_##what##_burst(void) \
	{ \
		tx_prove_burst(PROOF_PATH(tx, what), mode); \
	}

PROVE(coherent, SL_COHERENCY_COHERENT, false)
PROVE(coherent_offload, SL_COHERENCY_COHERENT, true)
PROVE(checked, SL_COHERENCY_CHECKED, false)
PROVE(checked_offload, SL_COHERENCY_CHECKED, true)
