/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */
#ifndef _ETHDEV_DRIVER_H_
#define _ETHDEV_DRIVER_H_

/**
 * @file
 * Replaces DPDK's header, which is large: the ethdev types that the driver's structs contain.
 */

#include <stdint.h>

#include <rte_ether.h>

struct rte_eth_burst_mode;
struct rte_eth_rss_conf;
struct rte_eth_rss_reta_entry64;
struct rte_eth_rxq_info;
struct rte_eth_txq_info;
struct rte_eth_xstat;
struct rte_eth_xstat_name;

struct rte_eth_stats {
	uint64_t ipackets;
};

struct rte_eth_fc_conf {
	uint32_t high_water, low_water;
};

struct rte_eth_rxconf {
	uint16_t rx_free_thresh;
	uint64_t offloads;
};

struct rte_eth_txconf {
	uint16_t tx_rs_thresh, tx_free_thresh;
	uint64_t offloads;
};

struct rte_eth_dev_data {
	void *dev_private;
	uint16_t mtu;
};

struct rte_eth_dev {
	struct rte_eth_dev_data *data;
};

#define RTE_ETH_TX_DESC_FULL 0
#define RTE_ETH_TX_DESC_DONE 1
#define RTE_ETH_TX_DESC_UNAVAIL 2

typedef uint16_t (*eth_rx_burst_t)(void *rxq, struct rte_mbuf **pkts, uint16_t n);
typedef uint16_t (*eth_tx_burst_t)(void *txq, struct rte_mbuf **pkts, uint16_t n);

#endif /* _ETHDEV_DRIVER_H_ */
