/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */

/*
 * Transmit: reclaiming descriptors, from any valid state between two bursts, leaves the queue in a
 * valid state and frees completed mbufs once, whatever the NIC writes to its head line, its
 * register and the ring before any read of them.
 */

#define TX_DESCS 4u
#define WORLD_MBUFS TX_DESCS

#include "tx_world.h"

static void
check_sync(void *ctx, enum sl_sync_verb verb, const void *va, size_t len,
	const struct sl_sync_site *site)
{
	PROOF(verb == SL_SYNC_DOORBELL || __CPROVER_r_ok(va, len), "synced within its object");
}

/* Mbuf of an outstanding descriptor. @run: pool of those that need no inspection on free. */
static void
tx_in_flight(const struct sl_tx_queue *q, unsigned int i, struct rte_mempool *run)
{
	struct rte_mbuf *m;

	tx_any_mbuf(q, i, IN_FLIGHT);
	m = &mbufs[i]->m;
	sw_ring[i] = m;
	if (tx_behind(q, i) >= TX_DESCS - 1u - q->nb_free || !q->started) {
		mbufs[i]->place = IN_POOL;
		sw_ring[i] = NULL;
	} else if (tx_behind(q, i) >= q->mixed) {
		m->pool = run;
		m->refcnt = 1;
		mbufs[i]->shared.refcnt = 1;
	} else if (nondet_bool()) {
		mbufs[i]->place = IN_POOL;
		sw_ring[i] = NULL; /* a context */
	} else if (!q->fast_free && nondet_bool()) {
		m->nb_segs = nondet_u16();
		m->next = &mbufs[tx_wrap(i + 1)]->m;
	}
}

/* Any valid queue. */
static void
tx_world(enum sl_coherency mode)
{
	struct rte_mempool *const run = nondet_bool() ? &pool : &other_pool;
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
	ASSUME(tx_sound(q));
	ASSUME(q->rs_thresh > 0 && q->ctx_next <= 1);
	tx_any_pools(q);
	for (i = 0; i < TX_DESCS; i++)
		tx_in_flight(q, i, run);
	/* Mbufs that need not be inspected are from the pool seen last, if there is one. */
	ASSUME(q->pool_seen == NULL || q->pool_seen == run ||
		TX_DESCS - 1u - q->nb_free <= q->mixed);
}

/* Check the queue afterwards: each outstanding descriptor has a separate mbuf, or is a context. */
static void
tx_check_queue(const struct sl_tx_queue *q)
{
	struct rte_mempool *run = NULL;
	unsigned int i;

	PROOF(tx_sound(q) && tx_pool_sound(q), "the queue is sound");
	PROOF(q->ctx_next <= 1, "the NIC has two contexts");
	for (i = 0; i < TX_DESCS; i++) {
		struct rte_mbuf *m = sw_ring[i];

		if (!q->started || tx_behind(q, i) >= TX_DESCS - 1u - q->nb_free)
			continue;
		if (m == NULL) {
			PROOF(tx_behind(q, i) < q->mixed, "a context wants a look");
			continue;
		}
		PROOF(world_of(m)->place == IN_FLIGHT,
			"behind each outstanding descriptor is an mbuf of its own");
		world_of(m)->place = POSTED;
		if (tx_behind(q, i) < q->mixed)
			continue;
		PROOF(m->refcnt == 1 && m->nb_segs == 1 && m->next == NULL &&
				world_of(m)->shared.refcnt == 1,
			"what wants no look is as its pool had it");
		PROOF(run == NULL || m->pool == run, "what wants no look is of one pool");
		PROOF(q->pool_seen == NULL || m->pool == q->pool_seen,
			"what wants no look is of the pool seen last");
		run = m->pool;
	}
}

/* --- reclaim --- */

/* Index of the oldest descriptor, and number outstanding. */
static unsigned int clean_before, out_before;

/* Of the outstanding descriptors, the oldest are free, and all others are unchanged. */
static void
tx_check_reclaimed(const struct sl_tx_queue *q, unsigned int free_before)
{
	const unsigned int freed = q->nb_free - free_before;

	PROOF(q->nb_free >= free_before && freed <= out_before, "no more freed than was out");
	PROOF(q->next_to_clean == tx_wrap(clean_before + freed), "the oldest ones were freed");
	tx_check_queue(q);
}

static unsigned int
tx_start(struct sl_tx_queue *q, enum sl_coherency mode)
{
	tx_world(mode);
	clean_before = q->next_to_clean;
	out_before = TX_DESCS - 1u - q->nb_free;
	return q->nb_free;
}

#define PROVE_RECLAIM(what, mode) \
	void prove_tx_##what##_reclaim(void) \
	{ \
		const unsigned int before = tx_start(&queue, mode), use = queue.next_to_use; \
\
		tx_reclaim(&queue, nondet_u16(), mode); \
		PROOF(queue.next_to_use == use, "nothing was filled"); \
		tx_check_reclaimed(&queue, before); \
	}

PROVE_RECLAIM(coherent, SL_COHERENCY_COHERENT)
PROVE_RECLAIM(checked, SL_COHERENCY_CHECKED)

void
prove_tx_reclaim_for(void)
{
	unsigned int before, use;

	/* Also during a burst. */
	filled = nondet_u16();
	before = tx_start(&queue, SL_COHERENCY_CHECKED);
	use = queue.next_to_use;
	sl_rare_make_room(&queue, nondet_u16());
	PROOF(queue.next_to_use == use, "nothing was filled");
	tx_check_reclaimed(&queue, before);
}

void
prove_tx_done_cleanup(void)
{
	const unsigned int before = tx_start(&queue, SL_COHERENCY_CHECKED);
	const int packets = sl_tx_done_cleanup(&queue, nondet_u32());

	PROOF(packets >= 0 && (unsigned int)packets <= out_before, "no more packets than were out");
	tx_check_reclaimed(&queue, before);
}

void
prove_tx_descriptor_status(void)
{
	const unsigned int before = tx_start(&queue, SL_COHERENCY_CHECKED);
	const uint16_t at = nondet_u16();
	const int status = sl_tx_descriptor_status(&queue, at);

	PROOF(status == -EINVAL ?
			at >= TX_DESCS :
			status >= RTE_ETH_TX_DESC_FULL && status <= RTE_ETH_TX_DESC_UNAVAIL,
		"one of ethdev's values");
	tx_check_reclaimed(&queue, before);
}
