/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 *
 * The end of DMA, and what it gives back. Memory returns to the CPU only when the NIC is
 * proven to have stopped: a queue seen disabled by a device that answers, bus mastering off
 * and read back, or a reset that came to its end. Registers that read all ones prove
 * nothing. Until then rings and mbufs are kept, and counted; proof that comes later, by the
 * next start, reset or close, gives them back. Control.
 */
#include "sl_port.h"

int
sl_master_set(struct sl_port *port, bool on)
{
	return port->dev_ops->master == NULL ? -ENOTSUP : port->dev_ops->master(port, on);
}

/* --- keeping --- */

/* The ring stays as it is; a burst finds nothing in it. */
static void
rx_keep(struct sl_rx_queue *q)
{
	q->kept = true;
	q->kept_descs = q->nb_desc - q->nb_hold;
	q->nb_hold = q->nb_desc;
	q->refill_at = UINT16_MAX;
}

/* A burst finds no room, and free it may not: sl_tx_free_each() sees that the queue is off. */
static void
tx_keep(struct sl_tx_queue *q)
{
	q->kept = true;
	q->kept_descs = q->nb_desc - 1 - q->nb_free;
	q->nb_free = 0;
	q->mixed = q->nb_desc - 1;
}

static void
rx_give_back(struct sl_rx_queue *q)
{
	if (!q->kept)
		return;
	q->kept = false;
	q->nb_hold = q->nb_desc - q->kept_descs;
	sl_rx_queue_drain(q);
}

static void
tx_give_back(struct sl_tx_queue *q)
{
	if (!q->kept)
		return;
	q->kept = false;
	q->nb_free = q->nb_desc - 1 - q->kept_descs;
	sl_tx_queue_drain(q);
}

void
sl_rx_queue_off(struct sl_rx_queue *q, bool proven)
{
	q->started = false;
	q->port->eth->data->rx_queue_state[q->queue_id] = RTE_ETH_QUEUE_STATE_STOPPED;
	if (proven)
		sl_rx_queue_drain(q);
	else
		rx_keep(q);
}

void
sl_tx_queue_off(struct sl_tx_queue *q, bool proven)
{
	sl_tx_count_given_up(q);
	q->started = false;
	q->port->eth->data->tx_queue_state[q->queue_id] = RTE_ETH_QUEUE_STATE_STOPPED;
	if (proven)
		sl_tx_queue_drain(q);
	else
		tx_keep(q);
}

void
sl_rx_queue_let_go(struct sl_rx_queue *q)
{
	if (!q->kept) {
		sl_rx_queue_free(q);
		return;
	}
	q->kept_next = q->port->kept_rx;
	q->port->kept_rx = q;
}

void
sl_tx_queue_let_go(struct sl_tx_queue *q)
{
	if (!q->kept) {
		sl_tx_queue_free(q);
		return;
	}
	q->kept_next = q->port->kept_tx;
	q->port->kept_tx = q;
}

/* --- all that is kept: queues of the port, and those that it had --- */

static struct sl_rx_queue *
rx_at(const struct rte_eth_dev *eth, uint16_t i)
{
	return eth->data->rx_queues == NULL ? NULL : eth->data->rx_queues[i];
}

static struct sl_tx_queue *
tx_at(const struct rte_eth_dev *eth, uint16_t i)
{
	return eth->data->tx_queues == NULL ? NULL : eth->data->tx_queues[i];
}

static void
count_rx(struct sl_kept *k, const struct sl_rx_queue *q)
{
	if (q == NULL || !q->kept)
		return;
	k->rings++;
	k->rx_mbufs += q->kept_descs;
}

/* Descriptors of contexts have no mbuf. */
static void
count_tx(struct sl_kept *k, const struct sl_tx_queue *q)
{
	unsigned int i;

	if (q == NULL || !q->kept)
		return;
	k->rings++;
	for (i = 0; i < q->kept_descs; i++)
		k->tx_mbufs += q->sw_ring[(q->next_to_clean + i) % q->nb_desc] != NULL;
}

struct sl_kept
sl_kept_count(const struct sl_port *port)
{
	const struct rte_eth_dev *eth = port->eth;
	const struct sl_rx_queue *rxq;
	const struct sl_tx_queue *txq;
	struct sl_kept k = {0};
	uint16_t i;

	for (i = 0; i < eth->data->nb_rx_queues; i++)
		count_rx(&k, rx_at(eth, i));
	for (i = 0; i < eth->data->nb_tx_queues; i++)
		count_tx(&k, tx_at(eth, i));
	for (rxq = port->kept_rx; rxq != NULL; rxq = rxq->kept_next)
		count_rx(&k, rxq);
	for (txq = port->kept_tx; txq != NULL; txq = txq->kept_next)
		count_tx(&k, txq);
	return k;
}

/* Queues that were released meanwhile. */
static void
give_back_released(struct sl_port *port)
{
	struct sl_rx_queue *rxq;
	struct sl_tx_queue *txq;

	while ((rxq = port->kept_rx) != NULL) {
		port->kept_rx = rxq->kept_next;
		rx_give_back(rxq);
		sl_rx_queue_free(rxq);
	}
	while ((txq = port->kept_tx) != NULL) {
		port->kept_tx = txq->kept_next;
		tx_give_back(txq);
		sl_tx_queue_free(txq);
	}
}

void
sl_kept_give_back(struct sl_port *port)
{
	struct rte_eth_dev *eth = port->eth;
	const struct sl_kept k = sl_kept_count(port);
	uint16_t i;

	if (k.rings == 0)
		return;
	for (i = 0; i < eth->data->nb_rx_queues; i++) {
		if (rx_at(eth, i) != NULL)
			rx_give_back(rx_at(eth, i));
	}
	for (i = 0; i < eth->data->nb_tx_queues; i++) {
		if (tx_at(eth, i) != NULL)
			tx_give_back(tx_at(eth, i));
	}
	give_back_released(port);
	SL_LOG(NOTICE,
		"port %u: the NIC has stopped: %u receive and %u transmit mbufs that were kept from "
		"it are given back",
		eth->data->port_id, k.rx_mbufs, k.tx_mbufs);
}

/* --- a mempool that goes --- */

static void
rx_forget(struct sl_rx_queue *q, const struct rte_mempool *pool)
{
	if (q != NULL && q->kept && q->pool == pool)
		q->kept_descs = 0;
}

static void
tx_forget(struct sl_tx_queue *q, const struct rte_mempool *pool)
{
	unsigned int i;

	if (q == NULL || !q->kept)
		return;
	for (i = 0; i < q->nb_desc; i++) {
		if (q->sw_ring[i] != NULL && q->sw_ring[i]->pool == pool)
			q->sw_ring[i] = NULL;
	}
}

void
sl_kept_forget(struct sl_port *port, const struct rte_mempool *pool)
{
	const struct rte_eth_dev *eth = port->eth;
	struct sl_rx_queue *rxq;
	struct sl_tx_queue *txq;
	uint16_t i;

	for (i = 0; i < eth->data->nb_rx_queues; i++)
		rx_forget(rx_at(eth, i), pool);
	for (i = 0; i < eth->data->nb_tx_queues; i++)
		tx_forget(tx_at(eth, i), pool);
	for (rxq = port->kept_rx; rxq != NULL; rxq = rxq->kept_next)
		rx_forget(rxq, pool);
	for (txq = port->kept_tx; txq != NULL; txq = txq->kept_next)
		tx_forget(txq, pool);
}

/* --- a port that stops --- */

/* Disable all queues. @return whether all were seen disabled; each says by itself. */
static bool
disable_all(struct rte_eth_dev *eth)
{
	bool all = true;
	uint16_t i;

	/* Transmit first, all of it: what was accepted goes out. */
	for (i = 0; i < eth->data->nb_tx_queues; i++) {
		struct sl_tx_queue *q = tx_at(eth, i);

		if (q == NULL || !q->started)
			continue;
		q->stuck = sl_tx_queue_disable(q) != 0;
		all &= !q->stuck;
	}
	for (i = 0; i < eth->data->nb_rx_queues; i++) {
		struct sl_rx_queue *q = rx_at(eth, i);

		if (q == NULL || !q->started)
			continue;
		q->stuck = sl_rx_queue_disable(q) != 0;
		all &= !q->stuck;
	}
	return all;
}

void
sl_queues_stop(struct rte_eth_dev *eth)
{
	struct sl_port *port = sl_port_of(eth);
	const bool all = disable_all(eth);
	bool proven = sl_master_set(port, false) == 0;
	struct sl_kept k;
	uint16_t i;

	if (!proven && !all)
		proven = sl_hw_reset(port) == 0;
	for (i = 0; i < eth->data->nb_tx_queues; i++) {
		struct sl_tx_queue *q = tx_at(eth, i);

		if (q != NULL && q->started)
			sl_tx_queue_off(q, proven || !q->stuck);
	}
	for (i = 0; i < eth->data->nb_rx_queues; i++) {
		struct sl_rx_queue *q = rx_at(eth, i);

		if (q != NULL && q->started)
			sl_rx_queue_off(q, proven || !q->stuck);
	}
	k = sl_kept_count(port);
	if (k.rings != 0)
		SL_LOG(ERR,
			"port %u: the NIC is not proven to have stopped: queues stay enabled, bus "
			"mastering stays on, a reset does not end. %u receive and %u transmit mbufs "
			"are kept from their mempools (rx_mbufs_kept, tx_mbufs_kept) until a start, "
			"a reset or the close stops it",
			eth->data->port_id, k.rx_mbufs, k.tx_mbufs);
}
