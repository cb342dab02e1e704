/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */

/*
 * Filters of received frames, and their queues. The application's settings are checked and stored
 * here, so that they are restored after a reset.
 */

#include "sl_compat.h"
#include "sl_filter.h"
#include "sl_log.h"
#include "sl_path.h"
#include "sl_port.h"

#define WORD_BITS 32u

int
sl_promiscuous_enable(struct rte_eth_dev *eth)
{
	struct sl_port *port = sl_port_of(eth);

	if (!sl_port_alive(port))
		return -EIO;
	port->hw->ops->promiscuous_set(port, true, true);
	return 0;
}

int
sl_promiscuous_disable(struct rte_eth_dev *eth)
{
	struct sl_port *port = sl_port_of(eth);

	if (!sl_port_alive(port))
		return -EIO;
	port->hw->ops->promiscuous_set(port, false, eth->data->all_multicast != 0);
	return 0;
}

int
sl_allmulticast_enable(struct rte_eth_dev *eth)
{
	struct sl_port *port = sl_port_of(eth);

	if (!sl_port_alive(port))
		return -EIO;
	port->hw->ops->promiscuous_set(port, eth->data->promiscuous != 0, true);
	return 0;
}

int
sl_allmulticast_disable(struct rte_eth_dev *eth)
{
	struct sl_port *port = sl_port_of(eth);

	if (!sl_port_alive(port))
		return -EIO;
	if (eth->data->promiscuous == 0)
		port->hw->ops->promiscuous_set(port, false, false);
	return 0;
}

int
sl_mac_addr_add(struct rte_eth_dev *eth, struct rte_ether_addr *mac, uint32_t idx, uint32_t pool)
{
	struct sl_port *port = sl_port_of(eth);

	if (!sl_port_alive(port))
		return -EIO;
	if (pool != 0) {
		SL_LOG(ERR, "port %u: MAC address for pool %u: no VMDq; allowed: 0",
			eth->data->port_id, pool);
		return -EINVAL;
	}
	if (idx >= port->hw->mac_addrs) {
		SL_LOG(ERR, "port %u: MAC address entry %u; allowed: 0..%u", eth->data->port_id,
			idx, port->hw->mac_addrs - 1u);
		return -ENOSPC;
	}
	port->hw->ops->addr_set(port, idx, mac);
	return 0;
}

void
sl_mac_addr_remove(struct rte_eth_dev *eth, uint32_t idx)
{
	struct sl_port *port = sl_port_of(eth);

	if (idx < port->hw->mac_addrs && sl_port_alive(port))
		port->hw->ops->addr_set(port, idx, NULL);
}

int
sl_mac_addr_set(struct rte_eth_dev *eth, struct rte_ether_addr *mac)
{
	return sl_mac_addr_add(eth, mac, 0, 0);
}

int
sl_set_mc_addr_list(struct rte_eth_dev *eth, struct rte_ether_addr *list, uint32_t n)
{
	struct sl_port *port = sl_port_of(eth);
	uint32_t i;

	if (!sl_port_alive(port))
		return -EIO;
	memset(port->mta, 0, sizeof(port->mta));
	for (i = 0; i < n; i++) {
		/* The hash that all families use after a reset: bits 47:36 of the address. */
		uint32_t hash =
			(uint32_t)list[i].addr_bytes[4] >> 4 | (uint32_t)list[i].addr_bytes[5] << 4;

		port->mta[hash / WORD_BITS] |= SL_BIT(hash % WORD_BITS);
	}
	port->hw->ops->multicast_set(port, port->mta);
	return 0;
}

int
sl_vlan_filter_set(struct rte_eth_dev *eth, uint16_t vlan, int on)
{
	struct sl_port *port = sl_port_of(eth);
	uint32_t *word = &port->vfta[vlan / WORD_BITS];

	if (!sl_port_alive(port))
		return -EIO;
	if (on != 0)
		*word |= SL_BIT(vlan % WORD_BITS);
	else
		*word &= ~SL_BIT(vlan % WORD_BITS);
	port->hw->ops->vfta_set(port, vlan / WORD_BITS, *word);
	return 0;
}

static void
vlan_write(struct rte_eth_dev *eth)
{
	struct sl_port *port = sl_port_of(eth);
	const uint64_t offloads = eth->data->dev_conf.rxmode.offloads;

	port->hw->ops->vlan_set(port, (offloads & RTE_ETH_RX_OFFLOAD_VLAN_STRIP) != 0,
		(offloads & RTE_ETH_RX_OFFLOAD_VLAN_FILTER) != 0);
}

int
sl_vlan_offload_set(struct rte_eth_dev *eth, int mask)
{
	struct sl_port *port = sl_port_of(eth);

	int ret;

	RTE_SET_USED(mask);
	if (!sl_port_alive(port))
		return -EIO;
	/*
	 * Change the path first: a path that does not read tags would lose those that the NIC
	 * strips.
	 */
	ret = sl_path_reselect(eth);
	if (ret == 0)
		vlan_write(eth);
	return ret;
}

/* Ethertypes begin here; smaller numbers are lengths of IEEE 802.3 frames. */
#define ETHERTYPE_MIN 0x600u

/* Without QinQ a frame has one tag for the NIC, which ethdev calls the outer one. */
int
sl_vlan_type_set(struct rte_eth_dev *eth, enum rte_vlan_type which, uint16_t type)
{
	struct sl_port *port = sl_port_of(eth);
	int ret;

	if (!sl_port_alive(port))
		return -EIO;
	if (which != RTE_ETH_VLAN_TYPE_OUTER) {
		SL_LOG(ERR,
			"port %u: a TPID of inner VLAN tags is for QinQ, which is not supported: set "
			"that of the outer tag",
			eth->data->port_id);
		return -ENOTSUP;
	}
	if (type < ETHERTYPE_MIN) {
		SL_LOG(ERR, "port %u: %#x is no TPID: 0x600 to 0xffff are Ethertypes",
			eth->data->port_id, type);
		return -EINVAL;
	}
	ret = port->hw->ops->vlan_type_set(port, type);
	if (ret == 0)
		port->vlan_type = type;
	else
		SL_LOG(ERR, "port %u: the TPID of this NIC is fixed: 0x8100", eth->data->port_id);
	return ret;
}

/* --- RSS --- */

/* The key of Microsoft's RSS verification suite, whose hash values are published. */
static const uint8_t default_key[SL_RSS_KEY_LEN] = {0x6d, 0x5a, 0x56, 0xda, 0x25, 0x5b, 0x0e, 0xc2,
	0x41, 0x67, 0x25, 0x3d, 0x43, 0xa3, 0x8f, 0xb0, 0xd0, 0xca, 0x2b, 0xcb, 0xae, 0x7b, 0x30,
	0xb4, 0x77, 0xcb, 0x2d, 0xa3, 0x80, 0x30, 0xf2, 0x0c, 0x6a, 0x42, 0xb7, 0x3b, 0xbe, 0xac,
	0x01, 0xfa};

/* Store key and hash fields of @conf in the port if all of them are valid. */
static int
rss_take(struct rte_eth_dev *eth, const struct rte_eth_rss_conf *conf)
{
	struct sl_port *port = sl_port_of(eth);

	if (conf->rss_key != NULL && conf->rss_key_len != 0 &&
		conf->rss_key_len != SL_RSS_KEY_LEN) {
		SL_LOG(ERR, "port %u: RSS key of %u bytes; allowed: %u", eth->data->port_id,
			conf->rss_key_len, SL_RSS_KEY_LEN);
		return -EINVAL;
	}
	if ((conf->rss_hf & ~port->hw->rss_hf) != 0) {
		SL_LOG(ERR, "port %u: RSS over %#" PRIx64 "; allowed: bits of %#" PRIx64,
			eth->data->port_id, conf->rss_hf, port->hw->rss_hf);
		return -EINVAL;
	}
	if (conf->rss_key != NULL)
		memcpy(port->rss_key, conf->rss_key, SL_RSS_KEY_LEN);
	port->rss_hf = conf->rss_hf;
	return 0;
}

/* Number of queues that a redirection table can contain. */
static unsigned int
rss_queues(const struct rte_eth_dev *eth)
{
	return RTE_MIN(eth->data->nb_rx_queues, sl_port_of(eth)->hw->rss_queues);
}

int
sl_rss_configure(struct rte_eth_dev *eth)
{
	const struct rte_eth_conf *conf = &eth->data->dev_conf;
	const struct rte_eth_rss_conf *rss = &conf->rx_adv_conf.rss_conf;
	struct sl_port *port = sl_port_of(eth);
	unsigned int i;
	int ret;

	if ((conf->rxmode.mq_mode & RTE_ETH_MQ_RX_RSS_FLAG) == 0) {
		port->rss_hf = 0;
		return 0;
	}
	ret = rss_take(eth, rss);
	if (ret != 0)
		return ret;
	/* Without a key: the default one, not that of a previous configuration. */
	if (rss->rss_key == NULL)
		memcpy(port->rss_key, default_key, sizeof(default_key));
	for (i = 0; i < port->hw->reta_entries && port->reta_set; i++) {
		if (port->reta[i] >= rss_queues(eth)) {
			SL_LOG(NOTICE, "port %u: redirection table spread anew over %u queues",
				eth->data->port_id, rss_queues(eth));
			port->reta_set = false;
		}
	}
	for (i = 0; i < port->hw->reta_entries && !port->reta_set; i++)
		port->reta[i] = (uint8_t)(i % RTE_MAX(rss_queues(eth), 1u));
	return 0;
}

int
sl_reta_update(struct rte_eth_dev *eth, struct rte_eth_rss_reta_entry64 *conf, uint16_t n)
{
	struct sl_port *port = sl_port_of(eth);
	uint8_t reta[SL_RETA_MAX];
	unsigned int i;

	if (!sl_port_alive(port))
		return -EIO;
	if (n != port->hw->reta_entries) {
		SL_LOG(ERR, "port %u: redirection table of %u entries; allowed: %u",
			eth->data->port_id, n, port->hw->reta_entries);
		return -EINVAL;
	}
	memcpy(reta, port->reta, sizeof(reta));
	for (i = 0; i < n; i++) {
		const struct rte_eth_rss_reta_entry64 *e = &conf[i / RTE_ETH_RETA_GROUP_SIZE];
		uint16_t queue = e->reta[i % RTE_ETH_RETA_GROUP_SIZE];

		if ((e->mask & RTE_BIT64(i % RTE_ETH_RETA_GROUP_SIZE)) == 0)
			continue;
		if (queue >= rss_queues(eth)) {
			SL_LOG(ERR, "port %u: redirection entry %u to queue %u; allowed: 0..%u",
				eth->data->port_id, i, queue, rss_queues(eth) - 1);
			return -EINVAL;
		}
		reta[i] = (uint8_t)queue;
	}
	memcpy(port->reta, reta, sizeof(reta));
	port->reta_set = true;
	port->hw->ops->reta_set(port, port->reta);
	return 0;
}

int
sl_reta_read(const struct rte_eth_dev *eth, const struct sl_hw *hw,
	struct rte_eth_rss_reta_entry64 *conf, uint16_t n)
{
	const struct sl_port *port = sl_port_of(eth);
	unsigned int i;

	if (n != hw->reta_entries) {
		SL_LOG(ERR, "port %u: redirection table of %u entries; allowed: %u",
			eth->data->port_id, n, hw->reta_entries);
		return -EINVAL;
	}
	for (i = 0; i < n; i++) {
		struct rte_eth_rss_reta_entry64 *e = &conf[i / RTE_ETH_RETA_GROUP_SIZE];

		if ((e->mask & RTE_BIT64(i % RTE_ETH_RETA_GROUP_SIZE)) != 0)
			e->reta[i % RTE_ETH_RETA_GROUP_SIZE] = port->reta[i];
	}
	return 0;
}

int
sl_reta_query(struct rte_eth_dev *eth, struct rte_eth_rss_reta_entry64 *conf, uint16_t n)
{
	return sl_reta_read(eth, sl_port_of(eth)->hw, conf, n);
}

int
sl_rss_hash_update(struct rte_eth_dev *eth, struct rte_eth_rss_conf *conf)
{
	struct sl_port *port = sl_port_of(eth);
	int ret;

	if (!sl_port_alive(port))
		return -EIO;
	ret = rss_take(eth, conf);
	if (ret == 0)
		port->hw->ops->rss_set(port, port->rss_key, port->rss_hf);
	return ret;
}

int
sl_rss_hash_conf_get(struct rte_eth_dev *eth, struct rte_eth_rss_conf *conf)
{
	const struct sl_port *port = sl_port_of(eth);

	if (conf->rss_key != NULL && conf->rss_key_len >= SL_RSS_KEY_LEN) {
		memcpy(conf->rss_key, port->rss_key, SL_RSS_KEY_LEN);
		conf->rss_key_len = SL_RSS_KEY_LEN;
	}
	conf->rss_hf = port->rss_hf;
	SL_RSS_TOEPLITZ(conf);
	return 0;
}

void
sl_filter_restore(struct rte_eth_dev *eth)
{
	const bool promiscuous = eth->data->promiscuous != 0;
	struct sl_port *port = sl_port_of(eth);
	const struct sl_hw_ops *ops = port->hw->ops;
	uint32_t i;

	for (i = 0; i < port->hw->mac_addrs; i++) {
		const struct rte_ether_addr *mac = &eth->data->mac_addrs[i];

		ops->addr_set(port, i, rte_is_zero_ether_addr(mac) ? NULL : mac);
	}
	ops->multicast_set(port, port->mta);
	for (i = 0; i < SL_VFTA_WORDS; i++)
		ops->vfta_set(port, i, port->vfta[i]);
	vlan_write(eth);
	if (port->vlan_type != 0)
		ops->vlan_type_set(port, port->vlan_type);
	ops->promiscuous_set(port, promiscuous, promiscuous || eth->data->all_multicast != 0);
	ops->reta_set(port, port->reta);
	ops->rss_set(port, port->rss_key, port->rss_hf);
}
