/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */

/*
 * Receive: one burst from any valid state between two bursts leaves the queue in a valid state and
 * returns valid frames, whatever the NIC writes to the ring before any read of it.
 */

#ifndef RX_DESCS
#define RX_DESCS 4u
#define RX_LINE 1u
#endif
#define RX_MOST (RX_DESCS - RX_LINE) /* maximum number of posted descriptors */
#define RX_CHAIN 2u		     /* instead of SL_RX_MAX_SEGS; RX_MOST at most */
/* Those in the ring, followed by those for a refill or for a frame. */
#define WORLD_MBUFS (RX_DESCS + RX_MOST)

#include "world.h"

#undef SL_RX_MAX_SEGS
#define SL_RX_MAX_SEGS RX_CHAIN

#include "sl_rx_burst.c"

static union sl_rx_desc ring[RX_DESCS], fetched[RX_DESCS];
static struct rte_mbuf *sw_ring[RX_DESCS], *pkts[RX_MOST];
static uint32_t tail;
static struct sl_rx_queue queue;

struct sl_rx_queue
nondet_rx_queue(void);

static bool
world_read(const volatile void *p, size_t len)
{
	PROOF(__CPROVER_r_ok(p, len), "read within its object");
	return __CPROVER_same_object(p, ring);
}

/* --- sync calls --- */

static void
check_sync(void *ctx, enum sl_sync_verb verb, const void *va, size_t len,
	const struct sl_sync_site *site)
{
	unsigned int i;

	if (verb == SL_SYNC_DOORBELL)
		return;
	PROOF(__CPROVER_r_ok(va, len), "synced within its object");
	if (__CPROVER_same_object(va, ring))
		return;
	PROOF(__CPROVER_POINTER_OFFSET(va) == RTE_PKTMBUF_HEADROOM, "synced from the frame on");
	for (i = 0; i < WORLD_MBUFS && mbufs[i] != NULL; i++)
		if (__CPROVER_same_object(va, mbufs[i]->data))
			mbufs[i]->readable = verb == SL_SYNC_UPDATE ? (uint32_t)len : 0;
}

static void
check_release(void *ctx, const void *va, size_t len, const struct sl_sync_site *site)
{
	PROOF(__CPROVER_r_ok(va, len), "released within its object");
}

static const struct sl_sync_checker checker = {.sync = check_sync, .release = check_release};
static const struct sl_sync sync_ctx = {.step = 2 * ROOM, .checker = &checker};

/* --- the queue between two bursts --- */

/* Distance of descriptor @i from the next one to read. */
static unsigned int
rx_behind(const struct sl_rx_queue *q, unsigned int i)
{
	return i >= q->next_to_clean ? i - q->next_to_clean : i + RX_DESCS - q->next_to_clean;
}

static bool
rx_posted(const struct sl_rx_queue *q, unsigned int i)
{
	return rx_behind(q, i) < RX_DESCS - (unsigned int)q->nb_hold;
}

static bool
rx_indices_sound(const struct sl_rx_queue *q, enum sl_coherency mode)
{
	const unsigned int clean = q->next_to_clean, use = q->next_to_use, hold = q->nb_hold;
	const unsigned int ready = q->ready;

	return clean < RX_DESCS && use < RX_DESCS && use % RX_LINE == 0 && hold >= RX_LINE &&
		hold <= RX_DESCS && (use + hold == clean || use + hold == clean + RX_DESCS) &&
		(mode == SL_COHERENCY_COHERENT ?
				ready == 0 :
				ready <= RX_DESCS - hold && clean + ready <= RX_DESCS);
}

/* The stored data of earlier frames does not change who owns an mbuf's memory. */
static bool
rx_memo_sound(const struct sl_rx_queue *q)
{
	return (q->memo.flags & (RTE_MBUF_F_INDIRECT | RTE_MBUF_F_EXTERNAL)) == pool_flags;
}

/* The incomplete frame is valid: full buffers, the right length, within the maximum. */
static bool
rx_chain_sound(const struct sl_rx_queue *q)
{
	const struct rte_mbuf *const first = q->first_seg, *m = first, *last = NULL;
	uint32_t bytes = 0;
	unsigned int segs;

	if (first == NULL)
		return true;
	for (segs = 0; m != NULL && segs < RX_CHAIN; segs++, m = m->next) {
		struct world_mbuf *w = world_of(m);

		if ((w->place != POSTED && w->place != IN_CHAIN) || m->data_len != q->buf_len)
			return false;
		w->place = WITH_USER; /* not twice in the frame, and not also posted */
		bytes += m->data_len;
		last = m;
	}
	return m == NULL && last == q->last_seg && first->nb_segs == segs &&
		first->pkt_len == bytes && bytes <= q->max_frame && first->port == q->port_id;
}

/* An incomplete frame of @segs buffers, which follow those of the ring. */
static void
rx_chain(struct sl_rx_queue *q, unsigned int segs)
{
	unsigned int i;

	for (i = 0; i < segs; i++) {
		struct rte_mbuf *m = &mbufs[RX_DESCS + i]->m;

		m->data_len = q->buf_len;
		if (i == 0)
			q->first_seg = m;
		else
			q->last_seg->next = m;
		q->last_seg = m;
		world_of(m)->place = IN_CHAIN;
		world_of(m)->readable = q->buf_len;
	}
	if (segs > 0) {
		q->first_seg->nb_segs = (uint16_t)segs;
		q->first_seg->port = q->port_id;
		q->first_seg->pkt_len = segs * q->buf_len;
		ASSUME(!q->discard && q->first_seg->pkt_len <= q->max_frame);
	}
}

/* Any valid queue. */
static void
rx_world(enum sl_coherency mode, bool scatter, bool refill)
{
	struct rte_mbuf init = {.data_off = RTE_PKTMBUF_HEADROOM, .nb_segs = 1, .refcnt = 1};
	struct sl_rx_queue *q = &queue;
	const unsigned int segs = nondet_u32();
	unsigned int i;

	world_pool();
	*q = nondet_rx_queue();
	q->ring = ring;
	q->fetched = mode == SL_COHERENCY_COHERENT ? NULL : fetched;
	q->sw_ring = sw_ring;
	q->tail = &tail;
	q->sync = &sync_ctx;
	q->nb_desc = RX_DESCS;
	q->line_descs = RX_LINE;
	q->pool = &pool;
	q->mbuf_flags = pool_flags;
	q->vlan_flags = RTE_MBUF_F_RX_VLAN | RTE_MBUF_F_RX_VLAN_STRIPPED;
	init.port = q->port_id;
	memcpy(&q->mbuf_init, &init.rearm_data, sizeof(q->mbuf_init));
	q->first_seg = NULL;
	q->last_seg = NULL;
	ASSUME(q->buf_len == 1024 || q->buf_len == 2048 || q->buf_len == 3072);
	ASSUME(q->prepare_len <= q->buf_len);
	ASSUME(q->crc_len == 0 || q->crc_len == SL_FCS_LEN);
	ASSUME(q->max_frame <= SL_IXGBE_FRAME_MAX);
	q->end_mask = SL_RXD_STAT_EOP | PROOF_FORMAT.rx_damaged;
	/* The value that is compared with it is never above RX_DESCS. */
	ASSUME(refill ? q->refill_at >= 2 * RX_LINE : q->refill_at > RX_DESCS);
#ifdef RX_CLEAN
	/* Only one position in the ring: values that the prover can compute itself cost little. */
	q->next_to_clean = RX_CLEAN;
	q->nb_hold = RX_HOLD;
	q->next_to_use = (RX_CLEAN + RX_DESCS - RX_HOLD) % RX_DESCS;
#endif
	ASSUME(rx_indices_sound(q, mode));
	ASSUME(rx_memo_sound(q));
	/* No more mbufs than needed, because any pointer may point to each of them. */
	for (i = 0; i < RX_DESCS + (refill ? RX_MOST : scatter ? RX_CHAIN : 0); i++)
		world_mbuf(i, i < RX_DESCS && rx_posted(q, i) ? POSTED : IN_POOL);
	for (i = 0; i < RX_DESCS; i++) {
		sw_ring[i] = rx_posted(q, i) ? &mbufs[i]->m : NULL;
		mbufs[i]->readable = rx_behind(q, i) < q->ready ? fetched[i].wb.length : 0;
	}
	ASSUME(segs <= (scatter ? RX_CHAIN : 0));
	for (i = 0; i <= RX_CHAIN; i++)
		if (i == segs)
			rx_chain(q, i);
	pool_next = RX_DESCS;
}

static void
rx_check_queue(const struct sl_rx_queue *q, enum sl_coherency mode)
{
	unsigned int i;

	PROOF(rx_indices_sound(q, mode), "indices are sound");
	PROOF(rx_memo_sound(q), "the memo is sound");
	PROOF(rx_chain_sound(q), "the frame being put together is sound");
	PROOF(q->first_seg == NULL || !q->discard, "a frame is put together or given up");
	for (i = 0; i < RX_DESCS; i++)
		PROOF(!rx_posted(q, i) || world_of(sw_ring[i])->place == POSTED,
			"behind each posted descriptor is a buffer of its own");
}

/* Check a returned frame. */
static void
rx_check_frame(const struct sl_rx_queue *q, const struct rte_mbuf *first, enum sl_coherency mode,
	bool scatter)
{
	const struct rte_mbuf *m = first;
	uint32_t bytes = 0, segs = 0;

	PROOF(first->nb_segs >= 1 && first->nb_segs <= (scatter ? RX_CHAIN : 1), "nb_segs");
	PROOF((first->ol_flags & (RTE_MBUF_F_INDIRECT | RTE_MBUF_F_EXTERNAL)) == pool_flags,
		"flags that say whose the memory is are the pool's");
	PROOF(first->port == q->port_id, "port");
	for (; m != NULL && segs < RX_CHAIN; m = m->next) {
		struct world_mbuf *w = world_of(m);

		PROOF(w->place == POSTED || w->place == IN_CHAIN, "handed up once");
		w->place = WITH_USER;
		PROOF(m->buf_addr == w->data && m->pool == &pool, "buffer and pool are its own");
		PROOF(m->data_off == RTE_PKTMBUF_HEADROOM && m->refcnt == 1, "as from the pool");
		PROOF(m->data_len >= 1 && m->data_len <= q->buf_len, "data_len");
		PROOF(mode != SL_COHERENCY_CHECKED || m->data_len <= w->readable,
			"all of the payload was updated");
		bytes += m->data_len;
		segs++;
	}
	PROOF(m == NULL, "the chain ends");
	PROOF(segs == first->nb_segs, "the chain has nb_segs segments");
	PROOF(bytes == first->pkt_len, "pkt_len is the sum of data_len");
	PROOF(!scatter || bytes <= q->max_frame, "no longer than a frame may be");
}

/* @n: a constant 0 if only the refill is proven. */
static void
rx_prove(eth_rx_burst_t burst, enum sl_coherency mode, bool scatter, bool refill)
{
	const uint16_t n = refill ? 0 : nondet_u16();
	struct sl_rx_queue *q = &queue;
	uint16_t got, i;

	rx_world(mode, scatter, refill);
	ASSUME(n <= RX_MOST);
	got = burst(q, pkts, n);
	PROOF(got <= n, "no more frames than asked for");
	for (i = 0; i < got; i++)
		rx_check_frame(q, pkts[i], mode, scatter);
	rx_check_queue(q, mode);
}

void
sl_stall_rx_check(struct sl_rx_queue *q)
{
	(void)q;
}

void
sl_bad_value(struct sl_port *port, const char *kind, unsigned int qid, const char *what)
{
}

/* --- proven properties --- */

#define PROVE(what, mode, scatter) \
	void prove_rx_##what(void) \
	{ \
		rx_prove(PROOF_PATH(rx, what), mode, scatter, false); \
	} \
	void prove_rx_##what##_refill(void) \
	{ \
		rx_prove(PROOF_PATH(rx, what), mode, scatter, true); \
	}

PROVE(coherent, SL_COHERENCY_COHERENT, false)
PROVE(coherent_offload, SL_COHERENCY_COHERENT, false)
PROVE(explicit, SL_COHERENCY_EXPLICIT, false)
PROVE(explicit_offload, SL_COHERENCY_EXPLICIT, false)
PROVE(checked, SL_COHERENCY_CHECKED, false)
PROVE(checked_offload, SL_COHERENCY_CHECKED, false)

#if SL_SIMD > 0

/* Vector paths: frames taken from @limit descriptors, two quads at most. */
static void
rx_prove_quads(enum sl_coherency mode, bool offload, const struct sl_desc_format *format)
{
	struct sl_rx_queue *q = &queue;
	const unsigned int limit = nondet_u16();
	unsigned int got, i;

	rx_world(mode, false, true);
	ASSUME(limit >= SL_QUAD && limit <= RX_DESCS - (unsigned int)q->nb_hold &&
		q->next_to_clean + limit <= RX_DESCS);
	ASSUME(mode == SL_COHERENCY_COHERENT || limit <= q->ready);
	got = rx_take_quads(q, pkts, limit, mode, offload, format);
	PROOF(got <= limit && got % SL_QUAD == 0, "quads within the limit");
	for (i = 0; i < got; i++)
		rx_check_frame(q, pkts[i], mode, false);
	PROOF(rx_memo_sound(q), "the memo is sound");
}

#define PROVE_QUADS(what, mode, offload, format) \
	void prove_rx_##what##_quads(void) \
	{ \
		rx_prove_quads(mode, offload, format); \
	}

PROVE_QUADS(coherent, SL_COHERENCY_COHERENT, false, &PROOF_FORMAT)
PROVE_QUADS(coherent_offload, SL_COHERENCY_COHERENT, true, &PROOF_FORMAT)
PROVE_QUADS(explicit, SL_COHERENCY_EXPLICIT, false, &PROOF_FORMAT)
PROVE_QUADS(explicit_offload, SL_COHERENCY_EXPLICIT, true, &PROOF_FORMAT)
PROVE_QUADS(checked, SL_COHERENCY_CHECKED, false, &PROOF_FORMAT)
PROVE_QUADS(checked_offload, SL_COHERENCY_CHECKED, true, &PROOF_FORMAT)
#endif
#if SL_SIMD == 0
PROVE(coherent_scattered, SL_COHERENCY_COHERENT, true)
PROVE(explicit_scattered, SL_COHERENCY_EXPLICIT, true)
PROVE(checked_scattered, SL_COHERENCY_CHECKED, true)
#endif
