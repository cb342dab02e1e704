/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */

/*
 * Receive queues: setup with checked thresholds, and the receive functions of release, start and
 * stop. Control path.
 */

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <rte_ether.h>
#include <rte_malloc.h>

#include "sl_data_pool.h"
#include "sl_dmamap.h"
#include "sl_log.h"
#include "sl_path.h"
#include "sl_port.h"
#include "sl_qctl.h"
#include "sl_rx.h"
#include "sl_rxq.h"
#include "sl_stats.h"

#define RX_FREE_THRESH 32u

/* --- checks that log the allowed values --- */

/*
 * The limit is the number of descriptors that can be consumed: one line is never posted, so a
 * higher threshold would never be reached.
 */
static int
check_rx_thresh(const struct sl_rx_queue *q, unsigned int thresh)
{
	const unsigned int max = q->nb_desc - 2u * q->line_descs;

	if (thresh >= 1 && thresh <= max)
		return 0;
	SL_LOG(ERR,
		"port %u rx queue %u: rx_free_thresh %u; with %u descriptors, of which lines of "
		"%u are posted whole, allowed are 1 to %u (0: the default)",
		q->port_id, q->queue_id, thresh, q->nb_desc, q->line_descs, max);
	return -EINVAL;
}

/* State of a walk over a mempool's buffers. */
struct line_walk {
	uint32_t line;
	const struct rte_mbuf *bad;
	uintptr_t start; /* address of the bad one's data */
};

static void
line_check(struct rte_mempool *pool, void *arg, void *obj, unsigned int idx __rte_unused)
{
	struct line_walk *w = arg;
	struct rte_mbuf *m = obj;
	const uintptr_t buf = sl_data_pool_is_pinned(pool) ? (uintptr_t)m->buf_addr :
							     (uintptr_t)rte_mbuf_buf_addr(m, pool);

	if (w->bad == NULL && ((buf + RTE_PKTMBUF_HEADROOM) & (w->line - 1)) != 0) {
		w->bad = m;
		w->start = buf + RTE_PKTMBUF_HEADROOM;
	}
}

/*
 * R5: data that the NIC writes starts and ends on lines. If the start is aligned, the end is too:
 * the buffer length is a multiple of 1 KiB.
 */
static int
check_lines(const struct sl_rx_queue *q, struct rte_mempool *pool)
{
	struct line_walk w = {.line = q->sync->line};

	if (q->sync->mode == SL_COHERENCY_COHERENT)
		return 0;
	rte_mempool_obj_iter(pool, line_check, &w);
	if (w.bad == NULL)
		return 0;
	SL_LOG(ERR,
		"port %u rx queue %u: in mempool '%s' the data of mbuf %p starts %zu bytes into a "
		"cache line of %u; in %s mode it must start on one (rule R5): make private area, data "
		"room and headroom (%u) multiples of %u and create the mempool without "
		"RTE_MEMPOOL_F_NO_CACHE_ALIGN",
		q->port_id, q->queue_id, pool->name, (const void *)w.bad,
		(size_t)(w.start & (w.line - 1)), w.line, sl_coherency_name(q->sync->mode),
		(unsigned int)RTE_PKTMBUF_HEADROOM, w.line);
	return -EINVAL;
}

/* Bytes of a mempool's buffer that the NIC may write; 0, logged: the buffer is too small. */
static uint16_t
buffer_room(const struct sl_rx_queue *q, struct rte_mempool *pool)
{
	const struct sl_hw *hw = q->port->hw;
	const unsigned int room = rte_pktmbuf_data_room_size(pool);
	const uint32_t unit = hw->rx_buf_unit;

	if (room < RTE_PKTMBUF_HEADROOM + unit) {
		SL_LOG(ERR,
			"port %u rx queue %u: mempool '%s' has a data room of %u bytes; the NIC "
			"counts buffers in units of %u behind a headroom of %u, so %u is the least",
			q->port_id, q->queue_id, pool->name, room, unit,
			(unsigned int)RTE_PKTMBUF_HEADROOM,
			(unsigned int)RTE_PKTMBUF_HEADROOM + unit);
		return 0;
	}
	/* More than the longest frame needs is not used. */
	return (uint16_t)RTE_MIN(RTE_ALIGN_FLOOR(room - RTE_PKTMBUF_HEADROOM, unit),
		RTE_ALIGN_CEIL(hw->max_frame, unit));
}

/* --- set-up --- */

static struct sl_rx_queue *
rxq_of(const struct sl_qctl *c)
{
	return (struct sl_rx_queue *)(uintptr_t)RTE_PTR_SUB(c, offsetof(struct sl_rx_queue, ctl));
}

static void
rx_free(struct sl_qctl *c)
{
	struct sl_rx_queue *q = rxq_of(c);

	sl_qctl_region_drop(c->port, &c->ring_mem);
	rte_free(q->fetched);
	rte_free(q->sw_ring);
	rte_free(q);
}

static uint64_t
rx_mbuf_init(uint16_t port)
{
	uint64_t word;
	struct rte_mbuf m = {.data_off = RTE_PKTMBUF_HEADROOM, .nb_segs = 1, .port = port};

	rte_mbuf_refcnt_set(&m, 1);
	/* The fields were written with their own types: only a copy may read them as one word. */
	memcpy(&word, &m.rearm_data, sizeof(word));
	return word;
}

static int
rx_queue_check(struct rte_eth_dev *eth, uint16_t qid, uint16_t nb_desc,
	const struct rte_eth_rxconf *conf, struct rte_mempool *pool)
{
	const struct sl_sync *sync = sl_adapter_sync(sl_port_of(eth)->adapter);

	if (pool == NULL) {
		SL_LOG(ERR, "port %u rx queue %u: a mempool is needed", eth->data->port_id, qid);
		return -EINVAL;
	}
	if (conf->rx_nseg > 0 || conf->rx_nmempool > 0) {
		SL_LOG(ERR,
			"port %u rx queue %u: buffer split and several mempools for one queue are "
			"not supported",
			eth->data->port_id, qid);
		return -ENOTSUP;
	}
	return sl_qctl_check_desc(eth, &sl_rxq_dir, qid, nb_desc,
		sl_rx_desc_min(sl_port_of(eth)->hw, sync->line), sl_rx_desc_unit(sync->line));
}

void
sl_rxq_ptypes_set(struct sl_rx_queue *q, uint32_t mask)
{
	q->ptype_mask = mask;
	/* Memo of a descriptor that is all zeros. */
	q->memo = (struct sl_rx_memo){.flags = q->mbuf_flags, .ptype = RTE_PTYPE_L2_ETHER & mask};
}

static void
rx_queue_init(struct sl_rx_queue *q, struct rte_eth_dev *eth, uint16_t qid, uint16_t nb_desc,
	const struct rte_eth_rxconf *conf, struct rte_mempool *pool)
{
	struct sl_port *port = sl_port_of(eth);

	sl_qctl_init(&q->ctl, &sl_rxq_dir, eth, qid);
	q->sync = &port->sync;
	q->nb_desc = nb_desc;
	q->nb_hold = nb_desc;
	q->refill_at = UINT16_MAX;
	q->line_descs = (uint16_t)RTE_MAX(1u, q->sync->line / SL_DESC_SIZE);
	q->pool = pool;
	q->conf = *conf;
	q->max_frame = port->hw->max_frame;
	q->end_mask = SL_RXD_STAT_EOP | port->hw->format->rx_damaged;
	q->mbuf_init = rx_mbuf_init(q->port_id);
	q->mbuf_flags = sl_data_pool_is_pinned(pool) ? RTE_MBUF_F_EXTERNAL : 0;
	q->vlan_flags = RTE_MBUF_F_RX_VLAN | RTE_MBUF_F_RX_VLAN_STRIPPED;
	sl_rxq_ptypes_set(q, port->ptype_mask);
	if (conf->rx_free_thresh == 0)
		q->conf.rx_free_thresh = RTE_MIN(RX_FREE_THRESH, nb_desc / 4u);
	q->free_thresh = q->conf.rx_free_thresh;
	q->tail = port->hw->ops->rxq_tail(port, qid);
}

/* Allocate the CPU's part of a ring. */
static int
rx_sw_alloc(struct sl_rx_queue *q, int node)
{
	q->ring = q->ring_mem.va;
	q->sw_ring = rte_calloc_socket(
		"sl_rx_sw_ring", q->nb_desc, sizeof(*q->sw_ring), RTE_CACHE_LINE_SIZE, node);
	if (q->sw_ring == NULL)
		return -ENOMEM;
	if (q->sync->mode == SL_COHERENCY_COHERENT)
		return 0;
	q->fetched = rte_calloc_socket(
		"sl_rx_fetched", q->nb_desc, sizeof(*q->fetched), RTE_CACHE_LINE_SIZE, node);
	return q->fetched == NULL ? -ENOMEM : 0;
}

int
sl_rxq_setup(struct rte_eth_dev *eth, uint16_t qid, uint16_t nb_desc, unsigned int socket,
	const struct rte_eth_rxconf *conf, struct rte_mempool *pool)
{
	struct sl_port *port = sl_port_of(eth);
	struct sl_rx_queue *q;
	int ret;

	/* Even if this setup fails, the previous queue is released. */
	sl_rxq_release(eth, qid);
	ret = rx_queue_check(eth, qid, nb_desc, conf, pool);
	if (ret != 0)
		return ret;
	q = rte_zmalloc_socket("sl_rx_queue", sizeof(*q), RTE_CACHE_LINE_SIZE, (int)socket);
	if (q == NULL)
		return -ENOMEM;
	rx_queue_init(q, eth, qid, nb_desc, conf, pool);
	q->buf_len = buffer_room(q, pool);
	ret = q->buf_len == 0 ? -EINVAL : check_rx_thresh(q, q->free_thresh);
	if (ret == 0)
		ret = check_lines(q, pool);
	if (ret == 0)
		/* Received frames may be transmitted again: map both directions. */
		ret = sl_dmamap_pool(port, pool, SL_DMA_BIDIRECTIONAL);
	if (ret == 0)
		ret = sl_qctl_ring_alloc(&q->ctl, nb_desc, (int)socket);
	if (ret == 0)
		ret = rx_sw_alloc(q, (int)socket);
	if (ret != 0) {
		rx_free(&q->ctl);
		return ret;
	}
	eth->data->rx_queues[qid] = q;
	return 0;
}

/* --- start and stop --- */

/*
 * Bytes of a buffer that are prepared for the NIC, in whole lines (R5). The NIC drops frames that
 * are longer than the MTU allows. If frames may span several buffers, it fills whole buffers.
 */
static uint16_t
rx_prepare_len(const struct sl_rx_queue *q)
{
	const struct sl_port *port = q->port;
	const uint32_t frame = RTE_ALIGN_CEIL(sl_port_max_frame(port->eth), q->sync->line);

	if (sl_burst_can(port->rx_path, SL_CAN_SCATTER))
		return q->buf_len;
	return (uint16_t)RTE_MIN(q->buf_len, frame);
}

/* Program the queue, enable it and post buffers. */
static int
rx_enable(struct sl_qctl *c)
{
	struct sl_rx_queue *q = rxq_of(c);
	int ret = sl_qctl_enabled(c, q->port->hw->ops->rxq_enable(q));

	if (ret != 0)
		return ret;
	q->prepare_len = rx_prepare_len(q);
	/* The tail may be written only after the queue is enabled, in every family. */
	ret = sl_rx_queue_fill(q);
	if (ret != 0)
		SL_LOG(ERR,
			"port %u rx queue %u: mempool '%s' is short of the %u mbufs that %u "
			"descriptors take: make it larger",
			q->port_id, q->queue_id, q->pool->name, q->nb_desc - q->line_descs,
			q->nb_desc);
	return ret;
}

static int
rx_disable(struct sl_qctl *c)
{
	return c->port->hw->ops->rxq_disable(rxq_of(c));
}

static void
rx_drain(struct sl_qctl *c)
{
	sl_rx_queue_drain(rxq_of(c));
}

/* The ring stays as it is. A burst finds no frame in it. */
static void
rx_keep(struct sl_qctl *c)
{
	struct sl_rx_queue *q = rxq_of(c);

	q->kept_descs = q->nb_desc - q->nb_hold;
	q->nb_hold = q->nb_desc;
	q->refill_at = UINT16_MAX;
}

static void
rx_unkeep(struct sl_qctl *c)
{
	struct sl_rx_queue *q = rxq_of(c);

	q->nb_hold = q->nb_desc - q->kept_descs;
}

static unsigned int
rx_kept_mbufs(const struct sl_qctl *c)
{
	return c->kept_descs;
}

static void
rx_forget(struct sl_qctl *c, const struct rte_mempool *pool)
{
	if (rxq_of(c)->pool == pool)
		c->kept_descs = 0;
}

static void
rx_keep_stats(const struct sl_qctl *c)
{
	sl_stats_keep_rx(rxq_of(c));
}

const struct sl_qctl_dir sl_rxq_dir = {
	.kind = "rx",
	.rx = true,
	.at = offsetof(struct sl_rx_queue, ctl),
	.enable = rx_enable,
	.disable = rx_disable,
	.drain = rx_drain,
	.keep = rx_keep,
	.unkeep = rx_unkeep,
	.kept_mbufs = rx_kept_mbufs,
	.forget = rx_forget,
	.keep_stats = rx_keep_stats,
	.free = rx_free,
};

int
sl_rxq_restart(struct sl_rx_queue *q)
{
	int ret = q->port->hw->ops->rxq_disable(q);

	if (ret != 0)
		return ret; /* the NIC may still write: keep all memory */
	sl_rx_queue_drain(q);
	ret = rx_enable(&q->ctl);
	/* It runs with fewer buffers; later bursts refill. */
	return ret == -ENOMEM ? 0 : ret;
}

void
sl_rxq_release(struct rte_eth_dev *eth, uint16_t qid)
{
	sl_qctl_release(eth, &sl_rxq_dir, qid);
}

int
sl_rxq_start(struct rte_eth_dev *eth, uint16_t qid)
{
	return sl_qctl_start(eth, &sl_rxq_dir, qid);
}

int
sl_rxq_stop(struct rte_eth_dev *eth, uint16_t qid)
{
	return sl_qctl_stop(eth, &sl_rxq_dir, qid);
}

void
sl_rxq_info(const struct rte_eth_dev *eth, const struct sl_hw *hw, uint16_t qid,
	struct rte_eth_rxq_info *info)
{
	const struct sl_rx_queue *q = eth->data->rx_queues[qid];

	info->mp = q->pool;
	info->conf = q->conf;
	info->conf.offloads = sl_path_rx_offloads(eth, q);
	/* Values that the NIC uses, whatever was configured. */
	info->conf.rx_thresh = (struct rte_eth_thresh){.pthresh = hw->rx_thresh.prefetch,
		.hthresh = hw->rx_thresh.host,
		.wthresh = hw->rx_thresh.write_back};
	info->scattered_rx = eth->data->scattered_rx;
	info->queue_state = eth->data->rx_queue_state[qid];
	info->nb_desc = q->nb_desc;
	info->rx_buf_size = q->buf_len;
}

void
sl_rxq_info_get(struct rte_eth_dev *eth, uint16_t qid, struct rte_eth_rxq_info *info)
{
	sl_rxq_info(eth, sl_port_of(eth)->hw, qid, info);
}
