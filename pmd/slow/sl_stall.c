/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */

/*
 * Stalled queues are detected, logged and restarted; and a NIC that writes too many invalid values
 * is reported. A NIC stops processing a queue if one of its DMAs fails (for example if a descriptor
 * points outside the IOMMU's window). The driver cannot distinguish a failed write-back from one
 * that did not occur. Called on the datapath thread, which owns the ring, rarely, by sl_rx_burst.c
 * and sl_tx_burst.c.
 */

#include <rte_cycles.h>

#include "sl_call.h"
#include "sl_event.h"
#include "sl_log.h"
#include "sl_port.h"
#include "sl_qctl.h"
#include "sl_rxq.h"
#include "sl_stall.h"
#include "sl_txq.h"

/* A frame's write-back follows its payload within microseconds. */
#define RX_STALL_MS 100u
/* A PAUSE frame stops a sender for 335 ms at 100 Mbit/s. The NIC reports such pauses. */
#define TX_STALL_MS 1000u
/* Longest time between two full bursts of one stall: in a longer time the ring may have moved. */
#define TX_GAP_MS 500u
/* No limit in practice: the mark of a receive queue never returns to an earlier value. */
#define RX_GAP_MS 3600000u

/* The queue could not be restarted: request the application to reset the whole NIC. */
static void
give_up(struct sl_qctl *c, int err)
{
	c->stall.dead = true;
	SL_LOG(ERR,
		"port %u %s queue %u: does not start again: %s; rte_eth_dev_reset() is needed "
		"(RTE_ETH_EVENT_INTR_RESET)",
		c->port_id, c->dir->kind, c->queue_id, rte_strerror(-err));
	sl_event_raise(c->port, SL_EVENT_RESET);
}

/* True if @p mark has not changed for @p ms, with checks at most @p gap ms apart. */
static bool
unchanged_for(struct sl_qctl *c, uint64_t mark, unsigned int ms, unsigned int gap)
{
	struct sl_stall *s = &c->stall;
	const uint64_t now = sl_time(c->port), limit = sl_time_ticks(ms * 1000ull);

	if (s->since == 0 || s->mark != mark || now - s->last > sl_time_ticks(gap * 1000ull)) {
		s->mark = mark;
		s->since = now;
	}
	s->last = now;
	return now - s->since >= limit;
}

void
sl_stall_rx_check(struct sl_rx_queue *q)
{
	const struct sl_rx_counters *n = &q->n;
	struct sl_port *port = q->port;
	uint32_t head;
	int ret;

	/* Only the primary process reads and writes registers. */
	if (sl_guest_here() || q->stall.dead || q->nb_hold == q->nb_desc || !sl_port_alive(port))
		return;
	head = port->hw->ops->rxq_head(q);
	if (head == SL_REG_GONE && !sl_port_alive(port))
		return;
	if (head == q->next_to_clean) {
		q->stall.since = 0; /* no frame has been received */
		return;
	}
	/* The NIC's head is past a descriptor without DD. */
	if (!unchanged_for(&q->ctl,
		    n->packets + n->errors + n->bad_length + n->bad_chain + n->unexpected_seg +
			    q->next_to_clean,
		    RX_STALL_MS, RX_GAP_MS))
		return;
	q->stall.since = 0;
	q->n.stalls++;
	SL_LOG(WARNING,
		"port %u rx queue %u: the NIC's head is at %u, but descriptor %u was not written "
		"back for %u ms: starting the queue anew. Look for IOMMU faults in the kernel's "
		"log (DMAR, AMD-Vi)",
		q->port_id, q->queue_id, head, q->next_to_clean, RX_STALL_MS);
	ret = sl_rxq_restart(q);
	if (ret != 0)
		give_up(&q->ctl, ret);
}

void
sl_stall_tx_check(struct sl_tx_queue *q)
{
	struct sl_port *port = q->port;
	struct sl_hw_link link;
	uint32_t head;
	int ret;

	/* A stopped queue does not send either. */
	if (sl_guest_here() || !q->started || q->stall.dead ||
		!unchanged_for(&q->ctl, q->next_to_clean, TX_STALL_MS, TX_GAP_MS))
		return;
	q->stall.since = 0;
	if (!sl_port_alive(port))
		return;
	/* Without a link, or while the partner sends PAUSE, the queue may stand still. */
	if (!port->hw->ops->link_get(port, &link) || !link.up || link.paused)
		return;
	head = port->hw->ops->txq_head(q);
	if (head == SL_REG_GONE && !sl_port_alive(port))
		return;
	q->n.stalls++;
	SL_LOG(WARNING,
		"port %u tx queue %u: no progress for %u ms (NIC's head %u, driver's tail %u): "
		"starting the queue anew. Look for IOMMU faults in the kernel's log (DMAR, AMD-Vi)",
		q->port_id, q->queue_id, TX_STALL_MS, head, q->next_to_use);
	ret = sl_txq_restart(q);
	if (ret != 0)
		give_up(&q->ctl, ret);
}

/* --- invalid values --- */

/*
 * Count a value in the current second, or begin a new second: if several threads see that the old
 * one is over, one of them begins the new one.
 */
static uint32_t
count_in_second(struct sl_bad *b, uint64_t now)
{
	uint64_t since = __atomic_load_n(&b->since, __ATOMIC_RELAXED);

	if (now - since > sl_time_ticks(US_PER_S) &&
		__atomic_compare_exchange_n(
			&b->since, &since, now, false, __ATOMIC_RELAXED, __ATOMIC_RELAXED))
		__atomic_store_n(&b->count, 0, __ATOMIC_RELAXED);
	return __atomic_add_fetch(&b->count, 1, __ATOMIC_RELAXED);
}

void
sl_bad_value(struct sl_port *port, const char *kind, unsigned int qid, const char *what)
{
	struct sl_bad *b = &port->bad;

	/* The queue has counted it; the event is one of the primary process. */
	if (sl_guest_here())
		return;
	if (count_in_second(b, sl_time(port)) <= SL_BAD_VALUES ||
		__atomic_exchange_n(&b->told, true, __ATOMIC_RELAXED))
		return;
	__atomic_fetch_add(&b->resets, 1, __ATOMIC_RELAXED);
	SL_LOG(ERR,
		"port %u: more than %u values from the NIC within a second that cannot be, the last "
		"one %s_q%u_%s: it is broken, or something writes to its rings; rte_eth_dev_reset() "
		"is needed (RTE_ETH_EVENT_INTR_RESET)",
		port->eth->data->port_id, SL_BAD_VALUES, kind, qid, what);
	sl_event_raise(port, SL_EVENT_RESET);
}

void
sl_bad_arm(struct sl_port *port)
{
	__atomic_store_n(&port->bad.count, 0, __ATOMIC_RELAXED);
	__atomic_store_n(&port->bad.told, false, __ATOMIC_RELAXED);
}
