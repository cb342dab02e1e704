/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */

/*
 * The choice of the burst functions: the cheapest path that does all that the configuration and the
 * MTU ask for. Control path.
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

/* --- offloads: the port's of the moment, and the queue's own --- */

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

/*
 * Choose whether frames may take several buffers. Only if the application agreed: one
 * that reads only the first segment would read half a frame.
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
		*scatter |= (sl_path_rx_offloads(eth, q) & RTE_ETH_RX_OFFLOAD_SCATTER) != 0;
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
 * Offloads of all queues of one direction. At each start the queues get here what they
 * need of them, since the port may have been configured again after their set-up.
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

int
sl_path_choose(struct rte_eth_dev *eth)
{
	struct sl_port *port = sl_port_of(eth);
	const enum sl_coherency mode = sl_adapter_sync(port->adapter)->mode;
	const bool rx_desc = (rx_offloads_apply(eth) & RX_OFFLOADS_DESC) != 0;
	const uint64_t tx = tx_offloads_apply(eth);
	const struct sl_burst_path *rx_path;
	const struct sl_burst_path *tx_path;
	bool scatter;
	int ret;

	ret = scatter_choose(eth, &scatter);
	if (ret != 0)
		return ret;
	rx_path = sl_burst_select(sl_rx_paths, sl_rx_path_count, mode,
		(scatter ? SL_CAN_SCATTER : 0) | (rx_desc ? SL_CAN_OFFLOAD : 0));
	tx_path = sl_burst_select(sl_tx_paths, sl_tx_path_count, mode,
		((tx & RTE_ETH_TX_OFFLOAD_MULTI_SEGS) != 0 ? SL_CAN_SCATTER : 0) |
			((tx & TX_OFFLOADS_CTX) != 0 ? SL_CAN_OFFLOAD : 0));
	if (rx_path == NULL || tx_path == NULL) {
		SL_LOG(ERR, "port %u: no burst path for coherency mode %s", eth->data->port_id,
			sl_coherency_name(mode));
		return -ENOTSUP;
	}
	eth->data->scattered_rx = sl_burst_can(rx_path, SL_CAN_SCATTER);
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
sl_path_rx_mode_get(
	struct rte_eth_dev *eth, uint16_t qid __rte_unused, struct rte_eth_burst_mode *mode)
{
	const struct sl_port *port = sl_port_of(eth);

	return port->rx_path == NULL ? -EINVAL : burst_mode(port->rx_path->name, mode);
}

int
sl_path_tx_mode_get(
	struct rte_eth_dev *eth, uint16_t qid __rte_unused, struct rte_eth_burst_mode *mode)
{
	const struct sl_port *port = sl_port_of(eth);

	return port->tx_path == NULL ? -EINVAL : burst_mode(port->tx_path->name, mode);
}
