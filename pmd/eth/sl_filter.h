/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */
#ifndef _SL_FILTER_H_
#define _SL_FILTER_H_

/**
 * @file
 * Filters of received frames (addresses, promiscuous mode, multicast, VLANs), and RSS.
 */

#include <stdint.h>

#include <rte_ethdev.h>
#include <rte_ether.h>

struct rte_eth_dev;
struct sl_hw;

int
sl_promiscuous_enable(struct rte_eth_dev *eth);
int
sl_promiscuous_disable(struct rte_eth_dev *eth);
int
sl_allmulticast_enable(struct rte_eth_dev *eth);
int
sl_allmulticast_disable(struct rte_eth_dev *eth);
int
sl_mac_addr_add(struct rte_eth_dev *eth, struct rte_ether_addr *mac, uint32_t idx, uint32_t pool);
void
sl_mac_addr_remove(struct rte_eth_dev *eth, uint32_t idx);
int
sl_mac_addr_set(struct rte_eth_dev *eth, struct rte_ether_addr *mac);
int
sl_set_mc_addr_list(struct rte_eth_dev *eth, struct rte_ether_addr *list, uint32_t n);
int
sl_vlan_filter_set(struct rte_eth_dev *eth, uint16_t vlan, int on);
int
sl_vlan_offload_set(struct rte_eth_dev *eth, int mask);
int
sl_vlan_type_set(struct rte_eth_dev *eth, enum rte_vlan_type which, uint16_t type);
int
sl_reta_update(struct rte_eth_dev *eth, struct rte_eth_rss_reta_entry64 *conf, uint16_t n);
/** sl_reta_query() for a port with that NIC. */
int
sl_reta_read(const struct rte_eth_dev *eth, const struct sl_hw *hw,
	struct rte_eth_rss_reta_entry64 *conf, uint16_t n);
int
sl_reta_query(struct rte_eth_dev *eth, struct rte_eth_rss_reta_entry64 *conf, uint16_t n);
int
sl_rss_hash_update(struct rte_eth_dev *eth, struct rte_eth_rss_conf *conf);
int
sl_rss_hash_conf_get(struct rte_eth_dev *eth, struct rte_eth_rss_conf *conf);
/** Take the RSS settings from the device configuration. Call it at configure. */
int
sl_rss_configure(struct rte_eth_dev *eth);
/** Program all filters and RSS again after a reset. Call it at start, before receive is enabled. */
void
sl_filter_restore(struct rte_eth_dev *eth);

#endif /* _SL_FILTER_H_ */
