/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */

/*
 * Transmit queues: setup with checked thresholds, and the transmit functions of release, start and
 * stop. Control path.
 */

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <rte_malloc.h>

#include "sl_dmamap.h"
#include "sl_log.h"
#include "sl_path.h"
#include "sl_port.h"
#include "sl_qctl.h"
#include "sl_stats.h"
#include "sl_tx.h"
#include "sl_txq.h"

#define DRAIN_TIMEOUT_US 5000u /* time to send remaining frames when a queue is stopped */

#define TX_RS_THRESH 32u

/*
 * Check the thresholds, which are in descriptors. When only free_thresh descriptors are left, at
 * least rs_thresh are in use, so a report was requested. A frame that needs more descriptors than
 * are free does not depend on the thresholds: tx_find_room().
 */
static int
check_tx_thresh(const struct sl_tx_queue *q, unsigned int rs, unsigned int free_thresh)
{
	const unsigned int max = q->nb_desc - SL_DESC_UNIT;

	if (free_thresh < 1 || free_thresh > max) {
		SL_LOG(ERR,
			"port %u tx queue %u: tx_free_thresh %u; with %u descriptors, allowed are "
			"1 to %u (0: the default)",
			q->port_id, q->queue_id, free_thresh, q->nb_desc, max);
		return -EINVAL;
	}
	if (rs < 1 || rs + free_thresh > q->nb_desc) {
		SL_LOG(ERR,
			"port %u tx queue %u: tx_rs_thresh %u; with %u descriptors and "
			"tx_free_thresh %u, allowed are 1 to %u (0: the default): the NIC must report "
			"before the ring is full",
			q->port_id, q->queue_id, rs, q->nb_desc, free_thresh,
			q->nb_desc - free_thresh);
		return -EINVAL;
	}
	return 0;
}

/* --- set-up --- */

static struct sl_tx_queue *
txq_of(const struct sl_qctl *c)
{
	return (struct sl_tx_queue *)(uintptr_t)RTE_PTR_SUB(c, offsetof(struct sl_tx_queue, ctl));
}

static void
tx_free(struct sl_qctl *c)
{
	struct sl_tx_queue *q = txq_of(c);

	/* An unmap on another thread reads the port's queues. */
	sl_dmamap_queue_remove(q);
	if (q->head_mem.va != NULL)
		/*
		 * F1, F2: the queue is off; the NIC gives the head's line back before it is freed.
		 */
		sl_release(q->sync, q->sync->mode, q->head_mem.va, q->head_mem.len);
	sl_qctl_region_drop(c->port, &c->ring_mem);
	sl_qctl_region_drop(c->port, &q->head_mem);
	rte_free(q->sw_ring);
	rte_free(q);
}

/* If the user set only one threshold, the default of the other one leaves room for it. */
static void
tx_thresh_default(struct rte_eth_txconf *conf, uint16_t nb_desc)
{
	if (conf->tx_rs_thresh == 0) {
		conf->tx_rs_thresh = RTE_MIN(TX_RS_THRESH, nb_desc / 4u);
		if (conf->tx_free_thresh < nb_desc && conf->tx_free_thresh > nb_desc - TX_RS_THRESH)
			conf->tx_rs_thresh = nb_desc - conf->tx_free_thresh;
	}
	/*
	 * Free early: mbufs that were just sent are still in the cache, and are used next to
	 * receive.
	 */
	if (conf->tx_free_thresh == 0) {
		conf->tx_free_thresh = nb_desc / 4u * 3u;
		if (conf->tx_rs_thresh < nb_desc && conf->tx_rs_thresh > nb_desc / 4u)
			conf->tx_free_thresh = nb_desc - conf->tx_rs_thresh;
	}
}

static void
tx_queue_init(struct sl_tx_queue *q, struct rte_eth_dev *eth, uint16_t qid, uint16_t nb_desc,
	const struct rte_eth_txconf *conf)
{
	struct sl_port *port = sl_port_of(eth);

	sl_qctl_init(&q->ctl, &sl_txq_dir, eth, qid);
	q->sync = &port->sync;
	q->nb_desc = nb_desc;
	q->nb_free = 0; /* no frame may be sent before the start */
	q->conf = *conf;
	tx_thresh_default(&q->conf, nb_desc);
	q->free_thresh = q->conf.tx_free_thresh;
	q->rs_thresh = q->conf.tx_rs_thresh;
	q->tail = port->hw->ops->txq_tail(port, qid);
}

/* Allocate the line to which the NIC writes its head. */
static int
head_alloc(struct sl_tx_queue *q, int node)
{
	char name[SL_SHM_NAME_LEN];
	const struct sl_region_params params = {
		.name = name,
		.len = q->sync->line,
		.cached = true,
		.contiguous = true,
		.node = node,
		.usage = SL_USAGE_HEAD_WRITEBACK,
		.queue = q->queue_id,
		.dir = SL_DMA_FROM_DEVICE,
	};

	snprintf(name, sizeof(name), "port %u tx queue %u head", q->port_id, q->queue_id);
	return sl_region_alloc(q->port->adapter, &params, &q->head_mem);
}

/* Set what every queue can send, without queue @without, which is being released. */
static void
limit_segs(struct rte_eth_dev *eth, uint16_t without)
{
	struct sl_port *port = sl_port_of(eth);
	unsigned int most = SL_TX_MAX_SEGS;
	uint16_t q;

	for (q = 0; q < eth->data->nb_tx_queues; q++) {
		const struct sl_tx_queue *txq = eth->data->tx_queues[q];

		if (txq != NULL && q != without)
			most = RTE_MIN(most, sl_tx_segs_max(txq->nb_desc));
	}
	port->tx_segs = (uint16_t)most;
}

int
sl_txq_setup(struct rte_eth_dev *eth, uint16_t qid, uint16_t nb_desc, unsigned int socket,
	const struct rte_eth_txconf *conf)
{
	struct sl_port *port = sl_port_of(eth);
	struct sl_tx_queue *q;
	int ret;

	/* Even if this setup fails, the previous queue is released. */
	sl_txq_release(eth, qid);
	ret = sl_qctl_check_desc(eth, &sl_txq_dir, qid, nb_desc, port->hw->desc_min, SL_DESC_UNIT);
	if (ret != 0)
		return ret;
	q = rte_zmalloc_socket("sl_tx_queue", sizeof(*q), RTE_CACHE_LINE_SIZE, (int)socket);
	if (q == NULL)
		return -ENOMEM;
	tx_queue_init(q, eth, qid, nb_desc, conf);
	ret = check_tx_thresh(q, q->rs_thresh, q->free_thresh);
	if (ret == 0)
		ret = sl_qctl_ring_alloc(&q->ctl, nb_desc, (int)socket);
	if (ret == 0)
		ret = head_alloc(q, (int)socket);
	if (ret == 0) {
		q->ring = q->ring_mem.va;
		q->head_wb = q->head_mem.va;
		q->sw_ring = rte_calloc_socket("sl_tx_sw_ring", nb_desc, sizeof(*q->sw_ring),
			RTE_CACHE_LINE_SIZE, (int)socket);
		ret = q->sw_ring == NULL ? -ENOMEM : 0;
	}
	if (ret != 0) {
		tx_free(&q->ctl);
		return ret;
	}
	sl_dmamap_queue_add(q);
	eth->data->tx_queues[qid] = q;
	limit_segs(eth, UINT16_MAX);
	return 0;
}

/* --- start and stop --- */

/* Program an empty queue and enable it. */
static int
tx_enable(struct sl_qctl *c)
{
	struct sl_tx_queue *q = txq_of(c);
	int ret;

	sl_tx_queue_drain(q);
	ret = sl_qctl_enabled(c, q->port->hw->ops->txq_enable(q));
	if (ret == 0)
		q->nb_free = q->nb_desc - 1;
	return ret;
}

static int
tx_disable(struct sl_qctl *c)
{
	struct sl_tx_queue *q = txq_of(c);

	/* Accepted frames are sent, unless the link is down or the NIC hangs. */
	q->port->hw->ops->txq_drain(q, DRAIN_TIMEOUT_US);
	return q->port->hw->ops->txq_disable(q);
}

static void
tx_count_given_up(struct sl_qctl *c)
{
	sl_tx_count_given_up(txq_of(c));
}

static void
tx_drain(struct sl_qctl *c)
{
	sl_tx_queue_drain(txq_of(c));
}

/*
 * A burst finds no free descriptors and may not reclaim any: sl_rare_free_each() finds that the
 * queue is off.
 */
static void
tx_keep(struct sl_qctl *c)
{
	struct sl_tx_queue *q = txq_of(c);

	q->kept_descs = q->nb_desc - 1 - q->nb_free;
	q->nb_free = 0;
	q->mixed = q->nb_desc - 1;
}

static void
tx_unkeep(struct sl_qctl *c)
{
	struct sl_tx_queue *q = txq_of(c);

	q->nb_free = q->nb_desc - 1 - q->kept_descs;
}

/* Context descriptors have no mbuf. */
static unsigned int
tx_kept_mbufs(const struct sl_qctl *c)
{
	const struct sl_tx_queue *q = txq_of(c);
	unsigned int i, n = 0;

	for (i = 0; i < q->kept_descs; i++)
		n += q->sw_ring[(q->next_to_clean + i) % q->nb_desc] != NULL;
	return n;
}

static void
tx_forget(struct sl_qctl *c, const struct rte_mempool *pool)
{
	const struct sl_tx_queue *q = txq_of(c);
	unsigned int i;

	for (i = 0; i < q->nb_desc; i++) {
		if (q->sw_ring[i] != NULL && q->sw_ring[i]->pool == pool)
			q->sw_ring[i] = NULL;
	}
}

static void
tx_keep_stats(const struct sl_qctl *c)
{
	sl_stats_keep_tx(txq_of(c));
}

const struct sl_qctl_dir sl_txq_dir = {
	.kind = "tx",
	.rx = false,
	.at = offsetof(struct sl_tx_queue, ctl),
	.enable = tx_enable,
	.disable = tx_disable,
	.count_given_up = tx_count_given_up,
	.drain = tx_drain,
	.keep = tx_keep,
	.unkeep = tx_unkeep,
	.kept_mbufs = tx_kept_mbufs,
	.forget = tx_forget,
	.keep_stats = tx_keep_stats,
	.free = tx_free,
};

int
sl_txq_restart(struct sl_tx_queue *q)
{
	int ret = q->port->hw->ops->txq_disable(q);

	if (ret != 0)
		return ret; /* a NIC that hangs may still read: keep all memory */
	sl_tx_count_given_up(q);
	return tx_enable(&q->ctl);
}

void
sl_txq_release(struct rte_eth_dev *eth, uint16_t qid)
{
	sl_qctl_release(eth, &sl_txq_dir, qid);
	limit_segs(eth, qid);
}

int
sl_txq_start(struct rte_eth_dev *eth, uint16_t qid)
{
	return sl_qctl_start(eth, &sl_txq_dir, qid);
}

int
sl_txq_stop(struct rte_eth_dev *eth, uint16_t qid)
{
	return sl_qctl_stop(eth, &sl_txq_dir, qid);
}

void
sl_txq_info(const struct rte_eth_dev *eth, const struct sl_hw *hw, uint16_t qid,
	struct rte_eth_txq_info *info)
{
	const struct sl_tx_queue *q = eth->data->tx_queues[qid];

	info->conf = q->conf;
	info->conf.offloads = sl_path_tx_offloads(eth, q);
	info->conf.tx_thresh = (struct rte_eth_thresh){.pthresh = hw->tx_thresh.prefetch,
		.hthresh = hw->tx_thresh.host,
		.wthresh = hw->tx_thresh.write_back};
	info->nb_desc = q->nb_desc;
	info->queue_state = eth->data->tx_queue_state[qid];
}

void
sl_txq_info_get(struct rte_eth_dev *eth, uint16_t qid, struct rte_eth_txq_info *info)
{
	sl_txq_info(eth, sl_port_of(eth)->hw, qid, info);
}
