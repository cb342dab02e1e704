/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */

/*
 * Queues of either direction: memory of the ring, release, start and stop. The differences between
 * the directions are in sl_rxq.c and sl_txq.c.
 */

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <rte_errno.h>

#include "sl_desc.h"
#include "sl_log.h"
#include "sl_port.h"
#include "sl_qctl.h"
#include "sl_stop.h"

static void **
queues_of(const struct rte_eth_dev *eth, const struct sl_qctl_dir *dir)
{
	return dir->rx ? eth->data->rx_queues : eth->data->tx_queues;
}

struct sl_qctl *
sl_qctl_at(const struct rte_eth_dev *eth, const struct sl_qctl_dir *dir, uint16_t qid)
{
	void **queues = queues_of(eth, dir);

	return queues == NULL || queues[qid] == NULL ? NULL : RTE_PTR_ADD(queues[qid], dir->at);
}

uint16_t
sl_qctl_count(const struct rte_eth_dev *eth, const struct sl_qctl_dir *dir)
{
	return dir->rx ? eth->data->nb_rx_queues : eth->data->nb_tx_queues;
}

void
sl_qctl_init(
	struct sl_qctl *c, const struct sl_qctl_dir *dir, struct rte_eth_dev *eth, uint16_t qid)
{
	c->dir = dir;
	c->port = sl_port_of(eth);
	c->port_id = eth->data->port_id;
	c->queue_id = qid;
}

int
sl_qctl_check_desc(const struct rte_eth_dev *eth, const struct sl_qctl_dir *dir, uint16_t qid,
	uint16_t nb_desc, unsigned int min, unsigned int unit)
{
	const unsigned int max = sl_port_of(eth)->hw->desc_max;

	if (nb_desc >= min && nb_desc <= max && nb_desc % unit == 0)
		return 0;
	SL_LOG(ERR,
		"port %u %s queue %u: %u descriptors; allowed are multiples of %u from %u to %u",
		eth->data->port_id, dir->kind, qid, nb_desc, unit, min, max);
	return -EINVAL;
}

int
sl_qctl_ring_alloc(struct sl_qctl *c, uint16_t nb_desc, int node)
{
	char name[SL_SHM_NAME_LEN];
	const struct sl_region_params params = {
		.name = name,
		.len = (size_t)nb_desc * SL_DESC_SIZE,
		.align = SL_RING_ALIGN,
		.cached = true,
		.contiguous = true,
		.node = node,
		.usage = c->dir->rx ? SL_USAGE_RX_RING : SL_USAGE_TX_RING,
		.desc_len = SL_DESC_SIZE,
		.queue = c->queue_id,
		.dir = c->dir->rx ? SL_DMA_BIDIRECTIONAL : SL_DMA_TO_DEVICE,
	};

	snprintf(name, sizeof(name), "port %u %s queue %u ring", c->port_id, c->dir->kind,
		c->queue_id);
	return sl_region_alloc(c->port->adapter, &params, &c->ring_mem);
}

void
sl_qctl_region_drop(struct sl_port *port, struct sl_region *r)
{
	if (r->va != NULL)
		(void)sl_region_free(port->adapter, r);
}

int
sl_qctl_enabled(struct sl_qctl *c, int ret)
{
	if (ret != 0) {
		SL_LOG(ERR, "port %u %s queue %u did not start: %s", c->port_id, c->dir->kind,
			c->queue_id, strerror(-ret));
		return ret;
	}
	c->started = true;
	c->stall = (struct sl_stall){0};
	return 0;
}

int
sl_qctl_start(struct rte_eth_dev *eth, const struct sl_qctl_dir *dir, uint16_t qid)
{
	struct sl_qctl *c = sl_qctl_at(eth, dir, qid);
	int ret;

	if (c->started)
		return 0;
	ret = dir->enable(c);
	/* If it has too few mbufs it is stopped again. If that fails, ethdev sees it as started. */
	if (ret != 0 && sl_qctl_stop(eth, dir, qid) == 0)
		return ret;
	sl_stop_note(c, RTE_ETH_QUEUE_STATE_STARTED);
	return ret;
}

int
sl_qctl_stop(struct rte_eth_dev *eth, const struct sl_qctl_dir *dir, uint16_t qid)
{
	struct sl_qctl *c = sl_qctl_at(eth, dir, qid);
	int ret;

	if (!c->started)
		return 0;
	ret = dir->disable(c);
	if (ret == 0) {
		sl_stop_queue(c, true);
		return 0;
	}
	/* This concerns one queue: the others continue, and this one is unchanged. */
	SL_LOG(ERR,
		"port %u %s queue %u: the NIC does not stop it (%s), so it stays started and its "
		"mbufs stay in it; a stop of the port or rte_eth_dev_reset() stops the whole NIC",
		c->port_id, dir->kind, qid, rte_strerror(-ret));
	return ret;
}

void
sl_qctl_release(struct rte_eth_dev *eth, const struct sl_qctl_dir *dir, uint16_t qid)
{
	struct sl_qctl *c = sl_qctl_at(eth, dir, qid);

	if (c == NULL)
		return;
	if (c->started && sl_qctl_stop(eth, dir, qid) != 0)
		sl_stop_queue(c, false);
	dir->keep_stats(c);
	queues_of(eth, dir)[qid] = NULL;
	sl_stop_let_go(c);
}
