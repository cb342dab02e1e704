/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */

/*
 * State of queues. Whenever a queue register changes, the family passes the
 * queue's complete setup; this file derives the queue's state from it.
 */

#include <string.h>

#include "softnic_engine.h"

/* Discard fetched descriptors, and write-backs that a fault holds. */
static void
rxq_flush(struct sl_softnic *nic, unsigned int q)
{
	nic->rxq[q].fetched = 0;
	nic->rxq[q].taken = 0;
	softnic_set_remove(&nic->rx_held, q);
}

/* Enable state from the register. With SL_FAULT_LYING_QUEUE an enabled queue stays enabled. */
static bool
queue_enabled(const struct sl_softnic *nic, bool enable, bool before, bool tx, unsigned int q)
{
	return enable || (before && softnic_fault_queue(nic, SL_FAULT_LYING_QUEUE, tx, q));
}

static void
usable(struct softnic_set *set, unsigned int q, bool yes)
{
	if (yes)
		softnic_set_add(set, q);
	else
		softnic_set_remove(set, q);
}

void
softnic_rxq_set(struct sl_softnic *nic, unsigned int q, const struct softnic_rxq_setup *s)
{
	struct softnic_rxq *rxq = &nic->rxq[q];
	bool before = rxq->s.enable, enable = queue_enabled(nic, s->enable, before, false, q);
	/* A queue with buffers of size 0 is unusable. */
	uint32_t count = enable && s->buf_size != 0 ? s->count : 0;

	if (s->base != rxq->s.base || count != rxq->s.count)
		rxq_flush(nic, q);
	if (enable && !before) {
		rxq->head = 0;
		__atomic_store_n(&rxq->tail, 0, __ATOMIC_RELAXED);
	}
	rxq->s = *s;
	rxq->s.enable = enable;
	rxq->s.count = count;
	usable(&nic->rx_usable, q, count != 0);
}

void
softnic_txq_set(struct sl_softnic *nic, unsigned int q, const struct softnic_txq_setup *s)
{
	struct softnic_txq *txq = &nic->txq[q];
	bool before = txq->s.enable, enable = queue_enabled(nic, s->enable, before, true, q);

	if (enable && !before) {
		txq->head = 0;
		txq->skipping = false;
		__atomic_store_n(&txq->tail, 0, __ATOMIC_RELAXED);
		memset(txq->ctx, 0, sizeof(txq->ctx));
	}
	txq->s = *s;
	txq->s.enable = enable;
	txq->s.count = enable ? s->count : 0;
	usable(&nic->tx_usable, q, txq->s.count != 0);
}

void
softnic_rxq_head(struct sl_softnic *nic, unsigned int q, uint32_t head)
{
	nic->rxq[q].head = head & UINT16_MAX;
	rxq_flush(nic, q);
}

void
softnic_txq_head(struct sl_softnic *nic, unsigned int q, uint32_t head)
{
	nic->txq[q].head = head & UINT16_MAX;
}

void
softnic_queues_reset(struct sl_softnic *nic)
{
	unsigned int q;

	for (q = 0; q < nic->queues; q++) {
		rxq_flush(nic, q);
		nic->rxq[q].s.enable = false;
		nic->rxq[q].head = 0;
		nic->txq[q].s.enable = false;
		nic->txq[q].head = 0;
		/* Disabling a queue keeps its tail; a reset clears it. */
		__atomic_store_n(&nic->rxq[q].tail, 0, __ATOMIC_RELAXED);
		__atomic_store_n(&nic->txq[q].tail, 0, __ATOMIC_RELAXED);
	}
}
