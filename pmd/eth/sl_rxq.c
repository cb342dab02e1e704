/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */

/*
 * Queues: set-up with thresholds checked and explained, release, start, stop.
 * Control path.
 */

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <rte_ether.h>
#include <rte_malloc.h>

#include "sl_port.h"

#define DRAIN_TIMEOUT_US 5000u /* for frames still to be sent when a queue is stopped */

#define RX_FREE_THRESH 32u
#define TX_RS_THRESH 32u

#define TX_OFFLOADS_CTX \
	(RTE_ETH_TX_OFFLOAD_VLAN_INSERT | RTE_ETH_TX_OFFLOAD_IPV4_CKSUM | \
		RTE_ETH_TX_OFFLOAD_TCP_CKSUM | RTE_ETH_TX_OFFLOAD_UDP_CKSUM)
#define RX_OFFLOADS_DESC \
	(RTE_ETH_RX_OFFLOAD_VLAN_STRIP | RTE_ETH_RX_OFFLOAD_CHECKSUM | RTE_ETH_RX_OFFLOAD_RSS_HASH)

/* --- checks, explained --- */

static int
check_nb_desc(const struct rte_eth_dev *eth, const char *kind, uint16_t qid, uint16_t nb_desc,
	unsigned int min, unsigned int unit)
{
	const unsigned int max = sl_port_of(eth)->hw->desc_max;

	if (nb_desc >= min && nb_desc <= max && nb_desc % unit == 0)
		return 0;
	SL_LOG(ERR,
		"port %u %s queue %u: %u descriptors; allowed are multiples of %u from %u to %u",
		eth->data->port_id, kind, qid, nb_desc, unit, min, max);
	return -EINVAL;
}

/* At most all that can be consumed: one line is never posted, so more would never be reached. */
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

/*
 * In descriptors. rs_thresh: what free_thresh waits for shall have been reported by then. A
 * frame that needs more than is free is looked after whatever these are: tx_find_room().
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

/* What an iteration over a mempool's buffers looks for. */
struct line_walk {
	uint32_t line;
	const struct rte_mbuf *bad;
	uintptr_t start; /* of the bad one's data */
};

static void
line_check(struct rte_mempool *pool, void *arg, void *obj, unsigned int idx __rte_unused)
{
	struct line_walk *w = arg;
	struct rte_mbuf *m = obj;
	const uintptr_t buf = sl_pool_is_pinned(pool) ? (uintptr_t)m->buf_addr :
							(uintptr_t)rte_mbuf_buf_addr(m, pool);

	if (w->bad == NULL && ((buf + RTE_PKTMBUF_HEADROOM) & (w->line - 1)) != 0) {
		w->bad = m;
		w->start = buf + RTE_PKTMBUF_HEADROOM;
	}
}

/*
 * R5: what the NIC writes starts and ends on lines. The end follows from the
 * start: the length is in KiB.
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

/* Bytes of a mempool's buffer that the NIC may write; 0 when it is too small, said in the log. */
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
	/* More than a longest frame is of no use. */
	return (uint16_t)RTE_MIN(RTE_ALIGN_FLOOR(room - RTE_PKTMBUF_HEADROOM, unit),
		RTE_ALIGN_CEIL(hw->max_frame, unit));
}

/* --- offloads: the port's of the moment, and the queue's own --- */

static uint64_t
rx_offloads(const struct rte_eth_dev *eth, const struct sl_rx_queue *q)
{
	return eth->data->dev_conf.rxmode.offloads | q->conf.offloads;
}

static uint64_t
tx_offloads(const struct rte_eth_dev *eth, const struct sl_tx_queue *q)
{
	return eth->data->dev_conf.txmode.offloads | q->conf.offloads;
}

/* One queue's matter: the others go on, and this one is as it was. */
static void
did_not_stop(uint16_t port, const char *kind, uint16_t qid, int err)
{
	SL_LOG(ERR,
		"port %u %s queue %u: the NIC does not stop it (%s), so it stays started and its "
		"mbufs stay in it; a stop of the port or rte_eth_dev_reset() stops the whole NIC",
		port, kind, qid, rte_strerror(-err));
}

/* --- receive queues --- */

static int
ring_alloc(struct sl_port *port, const char *kind, uint16_t qid, uint16_t nb_desc, int node,
	enum sl_usage usage, struct sl_region *out)
{
	char name[SL_SHM_NAME_LEN];
	const struct sl_region_params params = {
		.name = name,
		.len = (size_t)nb_desc * SL_DESC_SIZE,
		.align = SL_RING_ALIGN,
		.cached = true,
		.contiguous = true,
		.node = node,
		.usage = usage,
		.desc_len = SL_DESC_SIZE,
		.queue = qid,
		.dir = usage == SL_USAGE_RX_RING ? SL_DMA_BIDIRECTIONAL : SL_DMA_TO_DEVICE,
	};

	snprintf(name, sizeof(name), "port %u %s queue %u ring", port->eth->data->port_id, kind,
		qid);
	return sl_region_alloc(port->adapter, &params, out);
}

/* What does not leave the window stays the adapter's, whose close tries again. */
static void
region_drop(struct sl_port *port, struct sl_region *r)
{
	if (r->va != NULL)
		(void)sl_region_free(port->adapter, r);
}

void
sl_rx_queue_free(struct sl_rx_queue *q)
{
	if (q == NULL)
		return;
	region_drop(q->port, &q->ring_mem);
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
	/* The fields were written by types of their own: only a copy may read them as one. */
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
	return check_nb_desc(eth, "rx", qid, nb_desc,
		sl_rx_desc_min(sl_port_of(eth)->hw, sync->line), sl_rx_desc_unit(sync->line));
}

static void
rx_queue_init(struct sl_rx_queue *q, struct rte_eth_dev *eth, uint16_t qid, uint16_t nb_desc,
	const struct rte_eth_rxconf *conf, struct rte_mempool *pool)
{
	struct sl_port *port = sl_port_of(eth);

	q->port = port;
	q->port_id = eth->data->port_id;
	q->queue_id = qid;
	q->sync = sl_adapter_sync(port->adapter);
	q->nb_desc = nb_desc;
	q->nb_hold = nb_desc;
	q->refill_at = UINT16_MAX;
	q->line_descs = (uint16_t)RTE_MAX(1u, q->sync->line / SL_DESC_SIZE);
	q->pool = pool;
	q->conf = *conf;
	q->max_frame = port->hw->max_frame;
	q->mbuf_init = rx_mbuf_init(q->port_id);
	q->mbuf_flags = sl_pool_is_pinned(pool) ? RTE_MBUF_F_EXTERNAL : 0;
	q->vlan_flags = RTE_MBUF_F_RX_VLAN | RTE_MBUF_F_RX_VLAN_STRIPPED;
	/* What a descriptor of zeros says. */
	q->memo = (struct sl_rx_memo){.flags = q->mbuf_flags, .ptype = RTE_PTYPE_L2_ETHER};
	if (conf->rx_free_thresh == 0)
		q->conf.rx_free_thresh = RTE_MIN(RX_FREE_THRESH, nb_desc / 4u);
	q->free_thresh = q->conf.rx_free_thresh;
	q->tail = port->hw->ops->rxq_tail(port, qid);
}

/* The CPU's side of a ring. */
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
sl_rx_queue_setup(struct rte_eth_dev *eth, uint16_t qid, uint16_t nb_desc, unsigned int socket,
	const struct rte_eth_rxconf *conf, struct rte_mempool *pool)
{
	struct sl_port *port = sl_port_of(eth);
	struct sl_rx_queue *q;
	int ret;

	/* Whatever becomes of this set-up, the one before is over. */
	sl_rx_queue_release(eth, qid);
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
		/* What came in may be sent out again: both directions. */
		ret = sl_map_pool(port, pool, SL_DMA_BIDIRECTIONAL);
	if (ret == 0)
		ret = ring_alloc(
			port, "rx", qid, nb_desc, (int)socket, SL_USAGE_RX_RING, &q->ring_mem);
	if (ret == 0)
		ret = rx_sw_alloc(q, (int)socket);
	if (ret != 0) {
		sl_rx_queue_free(q);
		return ret;
	}
	eth->data->rx_queues[qid] = q;
	return 0;
}

void
sl_rx_queue_release(struct rte_eth_dev *eth, uint16_t qid)
{
	struct sl_rx_queue *q = eth->data->rx_queues[qid];

	if (q == NULL)
		return;
	if (q->started && sl_rx_queue_stop(eth, qid) != 0)
		sl_rx_queue_off(q, false);
	sl_stats_keep_rx(q);
	eth->data->rx_queues[qid] = NULL;
	sl_rx_queue_let_go(q);
}

/*
 * How much of a buffer is made ready for the NIC, in whole lines (R5): longer frames
 * than the MTU's it drops, unless they take several buffers, which it then fills.
 */
static uint16_t
rx_prepare_len(const struct sl_rx_queue *q)
{
	const struct sl_port *port = q->port;
	const uint32_t frame = RTE_ALIGN_CEIL(sl_port_max_frame(port->eth), q->sync->line);

	return port->rx_path->scatter ? q->buf_len : (uint16_t)RTE_MIN(q->buf_len, frame);
}

/* Program the queue, enable it and hand it buffers. */
static int
rx_enable(struct sl_rx_queue *q)
{
	int ret = q->port->hw->ops->rxq_enable(q);

	if (ret != 0) {
		SL_LOG(ERR, "port %u rx queue %u did not start: %s", q->port_id, q->queue_id,
			strerror(-ret));
		return ret;
	}
	q->started = true;
	q->stall = (struct sl_stall){0};
	q->prepare_len = rx_prepare_len(q);
	/* The tail moves only once the queue is enabled: 82576, 4.5.9. */
	ret = sl_rx_queue_fill(q);
	if (ret != 0)
		SL_LOG(ERR,
			"port %u rx queue %u: mempool '%s' is short of the %u mbufs that %u "
			"descriptors take: make it larger",
			q->port_id, q->queue_id, q->pool->name, q->nb_desc - q->line_descs,
			q->nb_desc);
	return ret;
}

int
sl_rx_queue_disable(struct sl_rx_queue *q)
{
	return q->port->hw->ops->rxq_disable(q);
}

int
sl_rx_queue_start(struct rte_eth_dev *eth, uint16_t qid)
{
	struct sl_rx_queue *q = eth->data->rx_queues[qid];
	int ret;

	if (q->started)
		return 0;
	ret = rx_enable(q);
	/* With too few mbufs it is stopped again; what will not stop is told to be started. */
	if (ret != 0 && sl_rx_queue_stop(eth, qid) == 0)
		return ret;
	eth->data->rx_queue_state[qid] = RTE_ETH_QUEUE_STATE_STARTED;
	return ret;
}

int
sl_rx_queue_restart(struct sl_rx_queue *q)
{
	int ret = sl_rx_queue_disable(q);

	if (ret != 0)
		return ret; /* the NIC may still write: nothing is given back */
	sl_rx_queue_drain(q);
	ret = rx_enable(q);
	/* With fewer buffers it runs; the next bursts ask for more. */
	return ret == -ENOMEM ? 0 : ret;
}

int
sl_rx_queue_stop(struct rte_eth_dev *eth, uint16_t qid)
{
	struct sl_rx_queue *q = eth->data->rx_queues[qid];
	int ret;

	if (!q->started)
		return 0;
	ret = sl_rx_queue_disable(q);
	if (ret != 0) {
		did_not_stop(q->port_id, "rx", qid, ret);
		return ret;
	}
	sl_rx_queue_off(q, true);
	return 0;
}

void
sl_rxq_info_get(struct rte_eth_dev *eth, uint16_t qid, struct rte_eth_rxq_info *info)
{
	const struct sl_rx_queue *q = eth->data->rx_queues[qid];

	info->mp = q->pool;
	info->conf = q->conf;
	info->conf.offloads = rx_offloads(eth, q);
	/* What the NIC is told, whatever was asked for. */
	info->conf.rx_thresh = (struct rte_eth_thresh){.pthresh = q->port->hw->rx_thresh.prefetch,
		.hthresh = q->port->hw->rx_thresh.host,
		.wthresh = q->port->hw->rx_thresh.write_back};
	info->scattered_rx = eth->data->scattered_rx;
	info->queue_state = eth->data->rx_queue_state[qid];
	info->nb_desc = q->nb_desc;
	info->rx_buf_size = q->buf_len;
}

/* --- transmit queues --- */

void
sl_tx_queue_free(struct sl_tx_queue *q)
{
	if (q == NULL)
		return;
	if (q->head_mem.va != NULL)
		/* The queue is off, and its head line goes (F1, F2). */
		sl_release(q->sync, q->sync->mode, q->head_mem.va, q->head_mem.len);
	region_drop(q->port, &q->ring_mem);
	region_drop(q->port, &q->head_mem);
	sl_window_remove_queue(q);
	rte_free(q->sw_ring);
	rte_free(q);
}

/* Where the user named one threshold alone, the other makes room for it. */
static void
tx_thresh_default(struct rte_eth_txconf *conf, uint16_t nb_desc)
{
	if (conf->tx_rs_thresh == 0) {
		conf->tx_rs_thresh = RTE_MIN(TX_RS_THRESH, nb_desc / 4u);
		if (conf->tx_free_thresh < nb_desc && conf->tx_free_thresh > nb_desc - TX_RS_THRESH)
			conf->tx_rs_thresh = nb_desc - conf->tx_free_thresh;
	}
	/* Early: what was sent last is still in the cache, and is received into next. */
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

	q->port = port;
	q->port_id = eth->data->port_id;
	q->queue_id = qid;
	q->sync = sl_adapter_sync(port->adapter);
	q->nb_desc = nb_desc;
	q->nb_free = 0; /* nothing may be sent before the start */
	q->conf = *conf;
	tx_thresh_default(&q->conf, nb_desc);
	q->free_thresh = q->conf.tx_free_thresh;
	q->rs_thresh = q->conf.tx_rs_thresh;
	q->tail = port->hw->ops->txq_tail(port, qid);
}

/* The line that the NIC writes its head to. */
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

int
sl_tx_queue_setup(struct rte_eth_dev *eth, uint16_t qid, uint16_t nb_desc, unsigned int socket,
	const struct rte_eth_txconf *conf)
{
	struct sl_port *port = sl_port_of(eth);
	struct sl_tx_queue *q;
	int ret;

	/* Whatever becomes of this set-up, the one before is over. */
	sl_tx_queue_release(eth, qid);
	ret = check_nb_desc(eth, "tx", qid, nb_desc, port->hw->desc_min, SL_DESC_UNIT);
	if (ret != 0)
		return ret;
	q = rte_zmalloc_socket("sl_tx_queue", sizeof(*q), RTE_CACHE_LINE_SIZE, (int)socket);
	if (q == NULL)
		return -ENOMEM;
	tx_queue_init(q, eth, qid, nb_desc, conf);
	ret = check_tx_thresh(q, q->rs_thresh, q->free_thresh);
	if (ret == 0)
		ret = ring_alloc(
			port, "tx", qid, nb_desc, (int)socket, SL_USAGE_TX_RING, &q->ring_mem);
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
		sl_tx_queue_free(q);
		return ret;
	}
	sl_window_add_queue(q);
	eth->data->tx_queues[qid] = q;
	return 0;
}

void
sl_tx_queue_release(struct rte_eth_dev *eth, uint16_t qid)
{
	struct sl_tx_queue *q = eth->data->tx_queues[qid];

	if (q == NULL)
		return;
	if (q->started && sl_tx_queue_stop(eth, qid) != 0)
		sl_tx_queue_off(q, false);
	sl_stats_keep_tx(q);
	eth->data->tx_queues[qid] = NULL;
	sl_tx_queue_let_go(q);
}

/* Program an empty queue and enable it. */
static int
tx_enable(struct sl_tx_queue *q)
{
	int ret;

	sl_tx_queue_drain(q);
	ret = q->port->hw->ops->txq_enable(q);
	if (ret != 0) {
		SL_LOG(ERR, "port %u tx queue %u did not start: %s", q->port_id, q->queue_id,
			strerror(-ret));
		return ret;
	}
	q->nb_free = q->nb_desc - 1;
	q->started = true;
	q->stall = (struct sl_stall){0};
	return 0;
}

int
sl_tx_queue_disable(struct sl_tx_queue *q)
{
	/* What was accepted goes out, unless the link is down or the NIC hangs. */
	q->port->hw->ops->txq_drain(q, DRAIN_TIMEOUT_US);
	return q->port->hw->ops->txq_disable(q);
}

int
sl_tx_queue_start(struct rte_eth_dev *eth, uint16_t qid)
{
	struct sl_tx_queue *q = eth->data->tx_queues[qid];
	int ret;

	if (q->started)
		return 0;
	ret = tx_enable(q);
	if (ret != 0)
		return ret;
	eth->data->tx_queue_state[qid] = RTE_ETH_QUEUE_STATE_STARTED;
	return 0;
}

int
sl_tx_queue_restart(struct sl_tx_queue *q)
{
	int ret = q->port->hw->ops->txq_disable(q);

	if (ret != 0)
		return ret; /* a NIC that hangs may still read: nothing is given back */
	sl_tx_count_given_up(q);
	return tx_enable(q);
}

int
sl_tx_queue_stop(struct rte_eth_dev *eth, uint16_t qid)
{
	struct sl_tx_queue *q = eth->data->tx_queues[qid];
	int ret;

	if (!q->started)
		return 0;
	ret = sl_tx_queue_disable(q);
	if (ret != 0) {
		did_not_stop(q->port_id, "tx", qid, ret);
		return ret;
	}
	sl_tx_queue_off(q, true);
	return 0;
}

void
sl_txq_info_get(struct rte_eth_dev *eth, uint16_t qid, struct rte_eth_txq_info *info)
{
	const struct sl_tx_queue *q = eth->data->tx_queues[qid];

	info->conf = q->conf;
	info->conf.offloads = tx_offloads(eth, q);
	info->conf.tx_thresh = (struct rte_eth_thresh){.pthresh = q->port->hw->tx_thresh.prefetch,
		.hthresh = q->port->hw->tx_thresh.host,
		.wthresh = q->port->hw->tx_thresh.write_back};
	info->nb_desc = q->nb_desc;
	info->queue_state = eth->data->tx_queue_state[qid];
}

/* --- paths --- */

/*
 * Whether frames may take several buffers. Only where the application agreed:
 * one that looks at the first segment alone would read half a frame.
 */
static int
scatter_choose(struct rte_eth_dev *eth, bool *scatter)
{
	uint16_t i;

	*scatter = (eth->data->dev_conf.rxmode.offloads & RTE_ETH_RX_OFFLOAD_SCATTER) != 0;
	for (i = 0; i < eth->data->nb_rx_queues; i++) {
		const struct sl_rx_queue *q = eth->data->rx_queues[i];

		if (q == NULL)
			continue;
		*scatter |= (rx_offloads(eth, q) & RTE_ETH_RX_OFFLOAD_SCATTER) != 0;
		if (*scatter || sl_port_max_frame(eth) <= q->buf_len)
			continue;
		SL_LOG(ERR,
			"port %u rx queue %u: MTU %u makes frames of %u bytes, the buffers of mempool "
			"'%s' take %u; allowed: MTU up to %u, larger buffers, or "
			"RTE_ETH_RX_OFFLOAD_SCATTER (testpmd: --enable-scatter)",
			q->port_id, q->queue_id, eth->data->mtu, sl_port_max_frame(eth),
			q->pool->name, q->buf_len, q->buf_len - (unsigned int)SL_L2_OVERHEAD);
		return -EINVAL;
	}
	return 0;
}

/*
 * Offloads of all queues of one direction. What a queue goes by of them it is told
 * here, at each start: the port may have been configured otherwise since its set-up.
 */
static uint64_t
rx_offloads_apply(struct rte_eth_dev *eth)
{
	uint64_t all = eth->data->dev_conf.rxmode.offloads;
	uint16_t i;

	for (i = 0; i < eth->data->nb_rx_queues; i++) {
		struct sl_rx_queue *q = eth->data->rx_queues[i];
		uint64_t own;

		if (q == NULL)
			continue;
		own = rx_offloads(eth, q);
		q->crc_len = (own & RTE_ETH_RX_OFFLOAD_KEEP_CRC) != 0 ? SL_FCS_LEN : 0;
		all |= own;
	}
	return all;
}

static uint64_t
tx_offloads_apply(struct rte_eth_dev *eth)
{
	uint64_t all = eth->data->dev_conf.txmode.offloads;
	uint16_t i;

	for (i = 0; i < eth->data->nb_tx_queues; i++) {
		struct sl_tx_queue *q = eth->data->tx_queues[i];
		uint64_t own;

		if (q == NULL)
			continue;
		own = tx_offloads(eth, q);
		q->fast_free = (own & RTE_ETH_TX_OFFLOAD_MBUF_FAST_FREE) != 0;
		all |= own;
	}
	return all;
}

int
sl_select_paths(struct rte_eth_dev *eth)
{
	struct sl_port *port = sl_port_of(eth);
	const enum sl_coherency mode = sl_adapter_sync(port->adapter)->mode;
	const bool rx_desc = (rx_offloads_apply(eth) & RX_OFFLOADS_DESC) != 0;
	const uint64_t tx = tx_offloads_apply(eth);
	const struct sl_rx_path *rx_path;
	const struct sl_tx_path *tx_path;
	bool scatter;
	int ret;

	ret = scatter_choose(eth, &scatter);
	if (ret != 0)
		return ret;
	rx_path = sl_rx_path_select(mode, scatter, rx_desc);
	tx_path = sl_tx_path_select(
		mode, (tx & RTE_ETH_TX_OFFLOAD_MULTI_SEGS) != 0, (tx & TX_OFFLOADS_CTX) != 0);
	if (rx_path == NULL || tx_path == NULL) {
		SL_LOG(ERR, "port %u: no burst path for coherency mode %s", eth->data->port_id,
			sl_coherency_name(mode));
		return -ENOTSUP;
	}
	eth->data->scattered_rx = rx_path->scatter;
	port->rx_path = rx_path;
	port->tx_path = tx_path;
	eth->rx_pkt_burst = rx_path->burst;
	eth->tx_pkt_burst = tx_path->burst;
	eth->tx_pkt_prepare = sl_tx_prepare;
	return 0;
}

static int
burst_mode(const char *name, struct rte_eth_burst_mode *mode)
{
	mode->flags = 0;
	snprintf(mode->info, sizeof(mode->info), "%s", name);
	return 0;
}

int
sl_rx_burst_mode_get(
	struct rte_eth_dev *eth, uint16_t qid __rte_unused, struct rte_eth_burst_mode *mode)
{
	const struct sl_port *port = sl_port_of(eth);

	return port->rx_path == NULL ? -EINVAL : burst_mode(port->rx_path->name, mode);
}

int
sl_tx_burst_mode_get(
	struct rte_eth_dev *eth, uint16_t qid __rte_unused, struct rte_eth_burst_mode *mode)
{
	const struct sl_port *port = sl_port_of(eth);

	return port->tx_path == NULL ? -EINVAL : burst_mode(port->tx_path->name, mode);
}
