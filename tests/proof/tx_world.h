/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */
#ifndef _PROOF_TX_WORLD_H_
#define _PROOF_TX_WORLD_H_

/**
 * @file
 * Environment of transmit in a proof: a queue of TX_DESCS descriptors, its port, and the driver's
 * source.
 */

#define WORLD_APART 1
#include "world.h"

#include "sl_tx_ring.h"

/* Larger batches than the ring are not possible. */
#undef TX_FREE_BATCH
#define TX_FREE_BATCH 2u

/*
 * Quads are proven separately. A burst uses them in the same way for fewer than four equal frames.
 */
#ifdef TX_QUAD
#undef SL_QUAD
#define SL_QUAD TX_QUAD
#endif

#include "sl_tx_burst.c"

#include "sl_rare.c"

#include "sl_tx.c"

static union sl_tx_desc ring[TX_DESCS];
static volatile uint32_t head;
static uint32_t tail;
static struct rte_mbuf *sw_ring[TX_DESCS];
static struct sl_tx_queue queue;
static struct sl_port port;
static struct rte_pktmbuf_pool_private other_priv;
static struct rte_mempool other_pool = {.priv = &other_priv};

struct sl_tx_queue
nondet_tx_queue(void);

static bool
world_read(const volatile void *p, size_t len)
{
	PROOF(__CPROVER_r_ok(p, len), "read within its object");
	return __CPROVER_same_object(p, ring) || __CPROVER_same_object(p, &head);
}

static uint32_t
any_head(const struct sl_tx_queue *q)
{
	return nondet_u32();
}

static const struct sl_hw_ops hw_ops = {.txq_head = any_head};
static const struct sl_hw hw = {.ops = &hw_ops};

/* --- sync calls --- */

/* Properties that a proof checks in each sync call; defined there. */
static void
check_sync(void *ctx, enum sl_sync_verb verb, const void *va, size_t len,
	const struct sl_sync_site *site);

static void
check_release(void *ctx, const void *va, size_t len, const struct sl_sync_site *site)
{
	PROOF(__CPROVER_r_ok(va, len), "released within its object");
}

static const struct sl_sync_checker checker = {.sync = check_sync, .release = check_release};
static struct sl_sync sync_ctx = {.step = 2 * ROOM, .checker = &checker};

/* --- environment --- */

/*
 * Data of two pools, each of which may have pinned external buffers. shared_at: location of the
 * reference counts.
 */
static const struct sl_data_pool pool_data = {.shared_at = 1}, other_data = {.shared_at = 2};

const struct sl_data_pool *
sl_data_pool_of(const struct rte_mempool *mp)
{
	const struct rte_pktmbuf_pool_private *priv = mp->priv;

	if ((priv->flags & RTE_PKTMBUF_POOL_F_PINNED_EXT_BUF) == 0)
		return NULL;
	return mp == &pool ? &pool_data : &other_data;
}

static uintptr_t
tx_shared_at(const struct rte_mempool *mp)
{
	const struct sl_data_pool *data = mp == NULL ? NULL : sl_data_pool_of(mp);

	return data == NULL ? 0 : data->shared_at;
}

/* Replaces sl_data_pool_shared(), whose address computation the prover cannot follow. */
struct rte_mbuf_ext_shared_info *
shared_of(uintptr_t at, const struct rte_mbuf *m)
{
	PROOF(at != 0 && at == tx_shared_at(m->pool), "looked for where its pool counts");
	return &world_of(m)->shared;
}

int
sl_dmamap_tx_mbuf(struct sl_port *of, const struct rte_mbuf *m)
{
	if (nondet_bool())
		return -EFAULT;
	world_of(m)->readable = UINT32_MAX; /* by the NIC */
	return 0;
}

void
sl_stall_tx_check(struct sl_tx_queue *q)
{
}

void
sl_bad_value(struct sl_port *of, const char *kind, unsigned int qid, const char *what)
{
}

/* --- the queue between two bursts --- */

/*
 * Wrap an index. The ring size is a power of two, because a division is expensive for the prover.
 */
static unsigned int
tx_wrap(unsigned int i)
{
	return i & (TX_DESCS - 1u);
}

/* Distance of descriptor @i from the oldest one. */
static unsigned int
tx_behind(const struct sl_tx_queue *q, unsigned int i)
{
	return i >= q->next_to_clean ? i - q->next_to_clean : i + TX_DESCS - q->next_to_clean;
}

/* Descriptors that a running burst has filled and not handed over yet. */
static unsigned int filled;

static bool
tx_sound(const struct sl_tx_queue *q)
{
	const unsigned int use = q->next_to_use, clean = q->next_to_clean;
	const unsigned int out = TX_DESCS - 1u - q->nb_free;

	if (!q->started)
		return filled == 0 && use == 0 && clean == 0 && q->nb_free == 0 &&
			q->nb_done == 0 && q->mixed == TX_DESCS - 1u;
	return use < TX_DESCS && clean < TX_DESCS && q->nb_free <= TX_DESCS - 1u &&
		tx_wrap(clean + out) == use && q->nb_done <= out && out + filled < TX_DESCS &&
		q->mixed <= out + filled;
}

/* The stored data of the last pool is right, or the pool was forgotten. */
static bool
tx_pool_sound(const struct sl_tx_queue *q)
{
	return q->pool_seen == NULL || q->shared_at == tx_shared_at(q->pool_seen);
}

/* Pools of any type, one of which may be the last one seen. */
static void
tx_any_pools(struct sl_tx_queue *q)
{
	pool_priv.flags = nondet_bool() ? RTE_PKTMBUF_POOL_F_PINNED_EXT_BUF : 0;
	other_priv.flags = nondet_bool() ? RTE_PKTMBUF_POOL_F_PINNED_EXT_BUF : 0;
	q->pool_seen = nondet_bool() ? NULL : nondet_bool() ? &pool : &other_pool;
	q->shared_at = tx_shared_at(nondet_bool() ? NULL : nondet_bool() ? &pool : &other_pool);
	ASSUME(tx_pool_sound(q));
}

/* An mbuf of either pool. It or its data may be shared, except with MBUF_FAST_FREE. */
static void
tx_any_mbuf(const struct sl_tx_queue *q, unsigned int i, enum place place)
{
	struct world_mbuf *w;

	world_mbuf(i, place);
	w = mbufs[i];
	w->m.pool = nondet_bool() ? &pool : &other_pool;
	w->m.shinfo = &w->shared;
	if (sl_data_pool_of(w->m.pool) != NULL)
		w->m.ol_flags |= RTE_MBUF_F_EXTERNAL;
	if (!q->fast_free && nondet_bool())
		w->m.refcnt = 2;
	if (!q->fast_free && nondet_bool() && sl_data_pool_of(w->m.pool) != NULL)
		w->shared.refcnt = 2;
}

/* Any values. Indices are limited to their range, which saves the prover time. */
static void
tx_any_queue(struct sl_tx_queue *q)
{
	*q = nondet_tx_queue();
	q->next_to_use &= TX_DESCS - 1u;
	q->next_to_clean &= TX_DESCS - 1u;
	q->nb_free &= TX_DESCS - 1u;
	q->nb_done &= TX_DESCS - 1u;
	q->mixed &= TX_DESCS - 1u;
}

#endif /* _PROOF_TX_WORLD_H_ */
