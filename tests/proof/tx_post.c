/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */

/*
 * Transmit: what posts. One frame, from any state in which a burst may be, fills no
 * descriptor but the next ones, as far as there is room; and one burst hands over what
 * its frames filled, once all of it is in memory. What a frame does is proven by itself,
 * and so is what gives room back (tx.c); a burst is proven with any of both.
 */

#define TX_DESCS 4u
#define TX_SEGS 3u  /* mbufs of a frame: one more than a ring of four takes */
#define TX_BURST 3u /* frames: as many as the ring takes */
#define ROOM 65536u /* for all that data_len can say */
#define WORLD_MBUFS TX_SEGS

#include "tx_world.h"

/* What is behind a descriptor that was not filled here: nothing looks at it. */
static char others[TX_DESCS];
static union sl_tx_desc before[TX_DESCS];
/* What reached memory by sync calls: of the ring, of each mbuf's buffer. */
static union sl_tx_desc flushed[TX_DESCS];
static uint32_t flushed_len[WORLD_MBUFS];
static struct rte_mbuf *pkts[TX_BURST];
/* Who has what others' data is: only how many is looked at. */
static struct rte_mbuf_ext_shared_info shared;

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

/* --- a queue, and a burst at work --- */

static unsigned int
tx_out(const struct sl_tx_queue *q)
{
	return TX_DESCS - 1u - q->nb_free;
}

/* How far descriptor @i is from @from. */
static unsigned int
tx_from(unsigned int from, unsigned int i)
{
	return i >= from ? i - from : i + TX_DESCS - from;
}

static bool
tx_memo_sound(const struct sl_tx_queue *q)
{
	return q->memo.flags == 0 ||
		((q->memo.cmd & ~SL_TXD_DCMD_VLE) == TX_CMD &&
			(q->memo.olinfo & SL_TXD_PAYLEN) == 0 &&
			(q->memo.flags & ~RTE_MBUF_F_TX_OFFLOAD_MASK) == 0);
}

static bool
tx_cursor_sound(const struct sl_tx_queue *q, const struct tx_cursor *c, unsigned int room)
{
	return room == q->nb_free && c->used <= room && c->reported <= c->used &&
		c->idx == tx_wrap(q->next_to_use + c->used) && c->last < TX_DESCS &&
		(c->used == 0 ? c->last == c->idx : tx_from(q->next_to_use, c->last) < c->used);
}

/* Any queue, with @c a burst at work that has filled some. */
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
	q->shared_at = 0;
	q->pool_seen = nondet_bool() ? NULL : nondet_bool() ? &pool : &other_pool;
	*c = nondet_cursor();
	c->idx &= TX_DESCS - 1u;
	c->used &= TX_DESCS - 1u;
	c->last &= TX_DESCS - 1u;
	c->reported &= TX_DESCS - 1u;
	filled = c->used;
	ASSUME(tx_sound(q) && tx_memo_sound(q) && tx_cursor_sound(q, c, q->nb_free));
	ASSUME(q->rs_thresh > 0 && q->ctx_next <= 1);
	for (i = 0; i < TX_DESCS; i++) {
		/* Whatever it is: a read of it by the driver gives anything. */
		ring[i].qw[0] = i;
		ring[i].qw[1] = i;
		before[i] = ring[i];
		sw_ring[i] = (struct rte_mbuf *)&others[i];
	}
}

/*
 * A frame as the application may give it: lengths, flags and the count of segments may be
 * anything. @return how many it has.
 */
static unsigned int
tx_frame(const struct sl_tx_queue *q)
{
	unsigned int i, linked = 0;

	for (i = 0; i < TX_SEGS; i++) {
		struct rte_mbuf *m;

		world_mbuf(i, GIVEN);
		m = &mbufs[i]->m;
		m->pool = nondet_bool() ? &pool : &other_pool;
		m->nb_segs = nondet_u16();
		m->shinfo = &shared;
		if (!q->fast_free)
			m->ol_flags |= nondet_u64() & (RTE_MBUF_F_INDIRECT | RTE_MBUF_F_EXTERNAL);
		if (!q->fast_free && nondet_bool())
			m->refcnt = 2;
		if (linked < i || (i > 0 && nondet_bool()))
			continue;
		if (i > 0)
			mbufs[i - 1]->m.next = m;
		linked++;
	}
	/* DPDK's rule, which the common frame is believed to keep. */
	ASSUME(mbufs[0]->m.nb_segs != 1 || mbufs[0]->m.next == NULL);
	return linked;
}

/* --- one frame --- */

/* Descriptor @i is one that the frame filled, the @at th. */
static void
check_filled(const struct sl_tx_queue *q, unsigned int i, unsigned int at, enum sl_coherency mode,
	bool look, const struct rte_mempool *seen)
{
	const union sl_tx_desc *d = &ring[i];
	const struct rte_mbuf *m = NULL;
	unsigned int k;

	if (sw_ring[i] == NULL) {
		PROOF(at == 0, "a context is in front of its frame");
		PROOF(SL_GET(SL_TXD_DTYP, d->read.cmd) == SL_TXD_DTYP_CTX, "a context is one");
		PROOF(look, "a context wants a look");
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
		PROOF(d->qw[0] == rte_mbuf_data_iova(m), "the NIC reads from the segment's data");
		PROOF(SL_GET(SL_TXD_DTALEN, d->read.cmd) == m->data_len && m->data_len > 0,
			"the NIC reads no more than the segment's data");
		PROOF(SL_GET(SL_TXD_DTYP, d->read.cmd) == SL_TXD_DTYP_DATA, "data is data");
		PROOF(look ||
				(m->refcnt == 1 && m->nb_segs == 1 && m->next == NULL &&
					m->pool == q->pool_seen),
			"what wants no look is as its pool, the one seen last, had it");
		PROOF(look || RTE_MBUF_DIRECT(m), "others' data wants a look");
		PROOF(mbufs[k]->readable > 0 || (RTE_MBUF_DIRECT(m) && m->pool == seen),
			"the NIC's window has the data");
	}
	PROOF(m != NULL, "behind a descriptor is a segment of its frame");
}

static void
tx_prove_frame(enum sl_coherency mode, bool offload)
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
	result = tx_put_one(q, &c, &mbufs[0]->m, q->nb_free, mode, offload, false);

	filled = c.used;
	PROOF(tx_sound(q) && tx_memo_sound(q), "the queue is sound");
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
			check_filled(q, i, at, mode, tx_out(q) + was.used + at < q->mixed, seen);
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

/* In place of tx_put_one(): anything that is proven of it. */
enum tx_result
any_put_one(struct sl_tx_queue *q, struct tx_cursor *c, struct rte_mbuf *m, unsigned int room,
	const enum sl_coherency mode, const bool offload, const bool apart)
{
	const bool fits = nondet_bool();
	const unsigned int n = fits ? tx_wrap(nondet_u32()) : 0, mixed = tx_wrap(nondet_u32());
	unsigned int i;

	filled = c->used;
	PROOF(tx_sound(q) && tx_cursor_sound(q, c, room), "queue and burst are sound");
	PROOF(m == pkts[taken], "one frame after the other");
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

/* In place of what gives room back: any number of the oldest, and any word of how many more are
 * done. */
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
		tx_prove_frame(mode, offload); \
	} \
	void prove_tx_##what##_burst(void) \
	{ \
		tx_prove_burst(SL_PATH_NAME(tx, SL_ISA, what), mode); \
	}

PROVE(coherent, SL_COHERENCY_COHERENT, false)
PROVE(coherent_offload, SL_COHERENCY_COHERENT, true)
PROVE(checked, SL_COHERENCY_CHECKED, false)
PROVE(checked_offload, SL_COHERENCY_CHECKED, true)
