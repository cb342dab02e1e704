/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */

/*
 * Selection of the burst functions: the cheapest path that supports the configuration and the MTU.
 * Control path.
 */

#include <errno.h>
#include <stdio.h>

#include "sl_log.h"
#include "sl_path.h"
#include "sl_port.h"
#include "sl_rx.h"
#include "sl_tx.h"

#define TX_OFFLOADS_CTX \
	(RTE_ETH_TX_OFFLOAD_VLAN_INSERT | RTE_ETH_TX_OFFLOAD_IPV4_CKSUM | \
		RTE_ETH_TX_OFFLOAD_TCP_CKSUM | RTE_ETH_TX_OFFLOAD_UDP_CKSUM)
#define RX_OFFLOADS_DESC \
	(RTE_ETH_RX_OFFLOAD_VLAN_STRIP | RTE_ETH_RX_OFFLOAD_CHECKSUM | RTE_ETH_RX_OFFLOAD_RSS_HASH)

/* --- offloads: those of the port as now configured, and those of the queue --- */

uint64_t
sl_path_rx_offloads(const struct rte_eth_dev *eth, const struct sl_rx_queue *q)
{
	return eth->data->dev_conf.rxmode.offloads | q->conf.offloads;
}

uint64_t
sl_path_tx_offloads(const struct rte_eth_dev *eth, const struct sl_tx_queue *q)
{
	return eth->data->dev_conf.txmode.offloads | q->conf.offloads;
}

/* True if the application enabled scatter for the port or for a queue. */
static bool
scatter_wanted(const struct rte_eth_dev *eth)
{
	uint64_t all = eth->data->dev_conf.rxmode.offloads;
	uint16_t i;

	for (i = 0; i < eth->data->nb_rx_queues; i++) {
		const struct sl_rx_queue *q = eth->data->rx_queues[i];

		all |= q != NULL ? sl_path_rx_offloads(eth, q) : 0;
	}
	return (all & RTE_ETH_RX_OFFLOAD_SCATTER) != 0;
}

/* A queue whose buffers are shorter than the longest frame; NULL: there is none. */
static const struct sl_rx_queue *
short_buffers(const struct rte_eth_dev *eth)
{
	uint16_t i;

	for (i = 0; i < eth->data->nb_rx_queues; i++) {
		const struct sl_rx_queue *q = eth->data->rx_queues[i];

		if (q != NULL && sl_port_max_frame(eth) > q->buf_len)
			return q;
	}
	return NULL;
}

/*
 * Choose whether frames may span several buffers: if the application enabled scatter, or if frames
 * do not fit into one buffer. A running port does not begin with this unless scatter is enabled,
 * since an application that reads only the first segment would read half a frame.
 */
static int
scatter_choose(struct rte_eth_dev *eth, bool *scatter)
{
	const struct sl_rx_queue *q = short_buffers(eth);

	*scatter = scatter_wanted(eth) || q != NULL;
	if (q == NULL || scatter_wanted(eth) || eth->data->dev_started == 0 ||
		eth->data->scattered_rx != 0)
		return 0;
	SL_LOG(ERR,
		"port %u rx queue %u: MTU %u makes frames of %u bytes, the buffers of mempool '%s' take "
		"%u; allowed while the port runs: MTU up to %u; or stop the port first, or configure it "
		"with RTE_ETH_RX_OFFLOAD_SCATTER (testpmd: --enable-scatter)",
		q->port_id, q->queue_id, eth->data->mtu, sl_port_max_frame(eth), q->pool->name,
		q->buf_len, q->buf_len - (unsigned int)SL_L2_OVERHEAD);
	return -EINVAL;
}

void
sl_path_tell_scatter(const struct rte_eth_dev *eth)
{
	const struct sl_rx_queue *q = short_buffers(eth);

	if (q == NULL || scatter_wanted(eth))
		return;
	SL_LOG(NOTICE,
		"port %u rx queue %u: MTU %u makes frames of %u bytes, the buffers of mempool '%s' take "
		"%u: long frames come in several mbufs (path '%s'); in one with MTU up to %u, or with "
		"larger buffers",
		q->port_id, q->queue_id, eth->data->mtu, sl_port_max_frame(eth), q->pool->name,
		q->buf_len, sl_port_of(eth)->rx_path->name,
		q->buf_len - (unsigned int)SL_L2_OVERHEAD);
}

/*
 * Offloads of all queues of one direction. This also sets the fields of the queues that depend on
 * them, since the port may have been configured again after the queues' setup. It is called by
 * sl_path_choose(): at each start, and when the MTU or VLAN offloads change (on a running port
 * too).
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
		own = sl_path_rx_offloads(eth, q);
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
		own = sl_path_tx_offloads(eth, q);
		q->fast_free = (own & RTE_ETH_TX_OFFLOAD_MBUF_FAST_FREE) != 0;
		all |= own;
	}
	return all;
}

static const struct sl_burst_path *
path_rx(const struct sl_port *port, uint32_t can)
{
	const struct sl_burst_need need = {
		.mode = port->mode,
		.completion = port->hw->rx_completion,
		.format = port->hw->format->format,
		.can = can,
	};

	return sl_burst_select(sl_rx_paths, sl_rx_path_count, &need);
}

static const struct sl_burst_path *
path_tx(const struct sl_port *port, uint32_t can)
{
	const struct sl_burst_need need = {
		.mode = port->mode,
		.completion = port->hw->tx_completion,
		.format = port->hw->format->format,
		.can = can,
	};

	return sl_burst_select(sl_tx_paths, sl_tx_path_count, &need);
}

/* Secondary processes know the path by its row. */
static void
set_rx_path(struct sl_port *port, const struct sl_burst_path *path)
{
	port->rx_path = path;
	__atomic_store_n(&port->share.rx_path, (uint16_t)(path - sl_rx_paths), __ATOMIC_RELAXED);
}

int
sl_path_choose(struct rte_eth_dev *eth)
{
	struct sl_port *port = sl_port_of(eth);
	/* Packet types are in the words of a descriptor that the plain paths do not read. */
	const bool rx_desc =
		(rx_offloads_apply(eth) & RX_OFFLOADS_DESC) != 0 || port->ptype_mask != 0;
	const uint64_t tx = tx_offloads_apply(eth);
	const struct sl_burst_path *rx_path;
	const struct sl_burst_path *tx_path;
	bool scatter;
	int ret;

	ret = scatter_choose(eth, &scatter);
	if (ret != 0)
		return ret;
	rx_path = path_rx(port, (scatter ? SL_CAN_SCATTER : 0) | (rx_desc ? SL_CAN_OFFLOAD : 0));
	tx_path = path_tx(port,
		((tx & RTE_ETH_TX_OFFLOAD_MULTI_SEGS) != 0 ? SL_CAN_SCATTER : 0) |
			((tx & TX_OFFLOADS_CTX) != 0 ? SL_CAN_OFFLOAD : 0));
	if (rx_path == NULL || tx_path == NULL) {
		SL_LOG(ERR,
			"port %u: no burst path for coherency mode %s and the descriptors of a %s",
			eth->data->port_id, sl_coherency_name(port->mode), port->hw->name);
		return -ENOTSUP;
	}
	eth->data->scattered_rx = sl_burst_can(rx_path, SL_CAN_SCATTER);
	port->tx_path = tx_path;
	set_rx_path(port, rx_path);
	__atomic_store_n(&port->share.tx_path, (uint16_t)(tx_path - sl_tx_paths), __ATOMIC_RELAXED);
	eth->rx_pkt_burst = rx_path->burst;
	eth->tx_pkt_burst = port->pseudo_header && sl_burst_can(tx_path, SL_CAN_OFFLOAD) ?
		sl_tx_burst_prepared :
		tx_path->burst;
	eth->tx_pkt_prepare = sl_tx_prepare;
	return 0;
}

int
sl_path_reselect(struct rte_eth_dev *eth)
{
	struct sl_port *port = sl_port_of(eth);
	const struct sl_burst_path *old = port->rx_path;
	int ret;

	ret = sl_path_choose(eth);
	if (ret != 0 || eth->data->dev_started == 0 || port->rx_path == old)
		return ret;
	/*
	 * Do not change to a path with fewer capabilities: frames received under the old setting
	 * may still be in the ring.
	 */
	if (old != NULL && old->can != 0) {
		set_rx_path(port, path_rx(port, old->can | port->rx_path->can));
		eth->rx_pkt_burst = port->rx_path->burst;
		eth->data->scattered_rx = sl_burst_can(port->rx_path, SL_CAN_SCATTER);
	}
	/*
	 * All paths use the same queue state, so a concurrent poll may use the old path or the new
	 * one.
	 */
	__atomic_store_n(&rte_eth_fp_ops[eth->data->port_id].rx_pkt_burst, eth->rx_pkt_burst,
		__ATOMIC_RELEASE);
	return 0;
}

int
sl_path_mode(const struct sl_burst_path *path, struct rte_eth_burst_mode *mode)
{
	if (path == NULL)
		return -EINVAL;
	mode->flags = 0;
	snprintf(mode->info, sizeof(mode->info), "%s", path->name);
	return 0;
}

int
sl_path_rx_mode_get(
	struct rte_eth_dev *eth, uint16_t qid __rte_unused, struct rte_eth_burst_mode *mode)
{
	return sl_path_mode(sl_port_of(eth)->rx_path, mode);
}

int
sl_path_tx_mode_get(
	struct rte_eth_dev *eth, uint16_t qid __rte_unused, struct rte_eth_burst_mode *mode)
{
	return sl_path_mode(sl_port_of(eth)->tx_path, mode);
}
