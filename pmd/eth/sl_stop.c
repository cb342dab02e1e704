/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */

/*
 * End of DMA. Memory is freed only if the NIC is proven to have stopped: a queue seen disabled by a
 * device that answers, bus mastering off and read back, or a reset that completed. Registers that
 * read all ones prove nothing. Without proof rings and mbufs are kept and counted. If a later
 * start, reset or close proves that the NIC has stopped, they are freed. Control.
 */

#include "sl_hw.h"
#include "sl_log.h"
#include "sl_port.h"
#include "sl_rxq.h"
#include "sl_qctl.h"
#include "sl_stop.h"
#include "sl_txq.h"

int
sl_master_set(struct sl_port *port, bool on)
{
	return port->dev_ops->master == NULL ? -ENOTSUP : port->dev_ops->master(port, on);
}

/* --- one queue --- */

void
sl_stop_note(struct sl_qctl *c, uint8_t state)
{
	struct rte_eth_dev_data *data = c->port->eth->data;

	(c->dir->rx ? data->rx_queue_state : data->tx_queue_state)[c->queue_id] = state;
}

void
sl_stop_queue(struct sl_qctl *c, bool proven)
{
	if (c->dir->count_given_up != NULL)
		c->dir->count_given_up(c);
	c->started = false;
	sl_stop_note(c, RTE_ETH_QUEUE_STATE_STOPPED);
	if (proven) {
		c->dir->drain(c);
		return;
	}
	c->kept = true;
	c->dir->keep(c);
}

static void
give_back(struct sl_qctl *c)
{
	if (!c->kept)
		return;
	c->kept = false;
	c->dir->unkeep(c);
	c->dir->drain(c);
}

void
sl_stop_let_go(struct sl_qctl *c)
{
	if (!c->kept) {
		c->dir->free(c);
		return;
	}
	c->kept_next = c->port->kept;
	c->port->kept = c;
}

/* --- all queues: those of the port, and released ones that are kept --- */

/* Transmit first, so that accepted frames are sent. */
static const struct sl_qctl_dir *const dirs[] = {&sl_txq_dir, &sl_rxq_dir};

/** Function that is called for each queue. */
typedef void (*queue_fn)(struct sl_qctl *c, void *arg);

/* Call @fn for each queue of the port. */
static void
for_each(const struct rte_eth_dev *eth, queue_fn fn, void *arg)
{
	unsigned int d;
	uint16_t i;

	for (d = 0; d < RTE_DIM(dirs); d++) {
		for (i = 0; i < sl_qctl_count(eth, dirs[d]); i++) {
			struct sl_qctl *c = sl_qctl_at(eth, dirs[d], i);

			if (c != NULL)
				fn(c, arg);
		}
	}
}

/* Call @fn for each queue of the port, and for each kept queue that was released. */
static void
for_each_kept(const struct sl_port *port, queue_fn fn, void *arg)
{
	struct sl_qctl *c;

	for_each(port->eth, fn, arg);
	for (c = port->kept; c != NULL; c = c->kept_next)
		fn(c, arg);
}

static void
count_kept(struct sl_qctl *c, void *arg)
{
	struct sl_kept *k = arg;

	if (!c->kept)
		return;
	k->rings++;
	if (c->dir->rx)
		k->rx_mbufs += c->dir->kept_mbufs(c);
	else
		k->tx_mbufs += c->dir->kept_mbufs(c);
}

struct sl_kept
sl_kept_count(const struct sl_port *port)
{
	struct sl_kept k = {0};

	for_each_kept(port, count_kept, &k);
	return k;
}

static void
give_back_of_port(struct sl_qctl *c, void *arg __rte_unused)
{
	give_back(c);
}

void
sl_kept_give_back(struct sl_port *port)
{
	const struct sl_kept k = sl_kept_count(port);
	struct sl_qctl *c;

	if (k.rings == 0)
		return;
	for_each(port->eth, give_back_of_port, NULL);
	while ((c = port->kept) != NULL) {
		port->kept = c->kept_next;
		give_back(c);
		c->dir->free(c);
	}
	SL_LOG(NOTICE,
		"port %u: the NIC has stopped: %u receive and %u transmit mbufs that were kept from "
		"it are given back",
		port->eth->data->port_id, k.rx_mbufs, k.tx_mbufs);
}

static void
forget_pool(struct sl_qctl *c, void *arg)
{
	if (c->kept)
		c->dir->forget(c, arg);
}

void
sl_kept_forget(struct sl_port *port, const struct rte_mempool *pool)
{
	for_each_kept(port, forget_pool, (void *)(uintptr_t)pool);
}

/* --- stop of a port --- */

static void
disable(struct sl_qctl *c, void *arg)
{
	bool *all = arg;

	if (!c->started)
		return;
	c->stuck = c->dir->disable(c) != 0;
	*all &= !c->stuck;
}

static void
stop(struct sl_qctl *c, void *arg)
{
	const bool *proven = arg;

	if (c->started)
		sl_stop_queue(c, *proven || !c->stuck);
}

void
sl_stop_queues(struct rte_eth_dev *eth)
{
	struct sl_port *port = sl_port_of(eth);
	bool all = true, proven;
	struct sl_kept k;

	for_each(eth, disable, &all);
	proven = sl_master_set(port, false) == 0;
	if (!proven && !all)
		proven = sl_port_reset(port) == 0;
	for_each(eth, stop, &proven);
	k = sl_kept_count(port);
	if (k.rings != 0)
		SL_LOG(ERR,
			"port %u: the NIC is not proven to have stopped: queues stay enabled, bus "
			"mastering stays on, a reset does not end. %u receive and %u transmit mbufs "
			"are kept from their mempools (rx_mbufs_kept, tx_mbufs_kept) until a start, "
			"a reset or the close stops it",
			eth->data->port_id, k.rx_mbufs, k.tx_mbufs);
}
