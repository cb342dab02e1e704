/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 *
 * Which frames the NIC takes in, and to which queue they go. Sections are
 * those of the Intel 82576EB datasheet, revision 2.63.
 */
#include "sl_port.h"

#define RAR_LOW 16u /* entries of RAL/RAH; the others are in RAL2/RAH2 */
#define RETA_PER_WORD 4u
#define WORD_BITS 32u

static void
rctl_update(struct sl_port *port, uint32_t clear, uint32_t set)
{
	SL_WR(&port->bus, RCTL, 0, (SL_RD(&port->bus, RCTL, 0) & ~clear) | set);
}

int
sl_promiscuous_enable(struct rte_eth_dev *eth)
{
	struct sl_port *port = sl_port_of(eth);

	if (!sl_nic_alive(port))
		return -EIO;
	rctl_update(port, 0, SL_RCTL_UPE | SL_RCTL_MPE);
	return 0;
}

int
sl_promiscuous_disable(struct rte_eth_dev *eth)
{
	struct sl_port *port = sl_port_of(eth);

	if (!sl_nic_alive(port))
		return -EIO;
	rctl_update(port, SL_RCTL_UPE | (eth->data->all_multicast != 0 ? 0 : SL_RCTL_MPE), 0);
	return 0;
}

int
sl_allmulticast_enable(struct rte_eth_dev *eth)
{
	struct sl_port *port = sl_port_of(eth);

	if (!sl_nic_alive(port))
		return -EIO;
	rctl_update(port, 0, SL_RCTL_MPE);
	return 0;
}

int
sl_allmulticast_disable(struct rte_eth_dev *eth)
{
	struct sl_port *port = sl_port_of(eth);

	if (!sl_nic_alive(port))
		return -EIO;
	if (eth->data->promiscuous == 0)
		rctl_update(port, SL_RCTL_MPE, 0);
	return 0;
}

/* 8.10.16, 8.10.17: exact-match entry; NULL clears it. */
static void
rar_write(struct sl_port *port, uint32_t idx, const struct rte_ether_addr *mac)
{
	uint32_t ral = idx < RAR_LOW ? SL_OFF(RAL, idx) : SL_OFF(RAL2, idx - RAR_LOW);
	uint32_t rah = idx < RAR_LOW ? SL_OFF(RAH, idx) : SL_OFF(RAH2, idx - RAR_LOW);
	uint32_t lo = 0, hi = 0;

	if (mac != NULL) {
		const uint8_t *b = mac->addr_bytes;

		lo = b[0] | (uint32_t)b[1] << 8 | (uint32_t)b[2] << 16 | (uint32_t)b[3] << 24;
		hi = b[4] | (uint32_t)b[5] << 8 | SL_RAH_AV;
	}
	/* Invalid while its halves differ. */
	sl_bus_write(&port->bus, rah, 0);
	sl_bus_write(&port->bus, ral, lo);
	sl_bus_write(&port->bus, rah, hi);
}

int
sl_mac_addr_add(struct rte_eth_dev *eth, struct rte_ether_addr *mac, uint32_t idx, uint32_t pool)
{
	struct sl_port *port = sl_port_of(eth);

	if (!sl_nic_alive(port))
		return -EIO;
	if (pool != 0) {
		SL_LOG(ERR, "port %u: MAC address for pool %u: no VMDq; allowed: 0",
			eth->data->port_id, pool);
		return -EINVAL;
	}
	if (idx >= SL_MAC_ADDRS) {
		SL_LOG(ERR, "port %u: MAC address entry %u; allowed: 0..%u", eth->data->port_id,
			idx, SL_MAC_ADDRS - 1);
		return -ENOSPC;
	}
	rar_write(port, idx, mac);
	return 0;
}

void
sl_mac_addr_remove(struct rte_eth_dev *eth, uint32_t idx)
{
	struct sl_port *port = sl_port_of(eth);

	if (idx < SL_MAC_ADDRS && sl_nic_alive(port))
		rar_write(port, idx, NULL);
}

int
sl_mac_addr_set(struct rte_eth_dev *eth, struct rte_ether_addr *mac)
{
	return sl_mac_addr_add(eth, mac, 0, 0);
}

static void
mta_write(struct sl_port *port)
{
	unsigned int i;

	for (i = 0; i < SL_MTA_WORDS; i++)
		SL_WR(&port->bus, MTA, i, port->mta[i]);
}

int
sl_set_mc_addr_list(struct rte_eth_dev *eth, struct rte_ether_addr *list, uint32_t n)
{
	struct sl_port *port = sl_port_of(eth);
	uint32_t i;

	if (!sl_nic_alive(port))
		return -EIO;
	memset(port->mta, 0, sizeof(port->mta));
	for (i = 0; i < n; i++) {
		/* 7.1.2.1.3, RCTL.MO 0: the hash is bits 47:36 of the address. */
		uint32_t hash =
			(uint32_t)list[i].addr_bytes[4] >> 4 | (uint32_t)list[i].addr_bytes[5] << 4;

		port->mta[hash / WORD_BITS] |= SL_BIT(hash % WORD_BITS);
	}
	mta_write(port);
	return 0;
}

int
sl_vlan_filter_set(struct rte_eth_dev *eth, uint16_t vlan, int on)
{
	struct sl_port *port = sl_port_of(eth);
	uint32_t *word = &port->vfta[vlan / WORD_BITS];

	if (!sl_nic_alive(port))
		return -EIO;
	if (on != 0)
		*word |= SL_BIT(vlan % WORD_BITS);
	else
		*word &= ~SL_BIT(vlan % WORD_BITS);
	SL_WR(&port->bus, VFTA, vlan / WORD_BITS, *word);
	return 0;
}

/* CTRL.VME strips and RCTL.VFE filters, for the whole port: 7.4.3, 7.4.4. */
static void
vlan_write(struct rte_eth_dev *eth)
{
	struct sl_port *port = sl_port_of(eth);
	uint64_t offloads = eth->data->dev_conf.rxmode.offloads;
	uint32_t ctrl = SL_RD(&port->bus, CTRL, 0) & ~SL_CTRL_VME;

	if ((offloads & RTE_ETH_RX_OFFLOAD_VLAN_STRIP) != 0)
		ctrl |= SL_CTRL_VME;
	SL_WR(&port->bus, CTRL, 0, ctrl);
	rctl_update(port, SL_RCTL_VFE | SL_RCTL_CFIEN,
		(offloads & RTE_ETH_RX_OFFLOAD_VLAN_FILTER) != 0 ? SL_RCTL_VFE : 0);
}

int
sl_vlan_offload_set(struct rte_eth_dev *eth, int mask)
{
	struct sl_port *port = sl_port_of(eth);

	int ret;

	RTE_SET_USED(mask);
	if (!sl_nic_alive(port))
		return -EIO;
	/* The path first: one that does not look at tags would lose those stripped. */
	ret = sl_port_reselect(eth);
	if (ret == 0)
		vlan_write(eth);
	return ret;
}

/* RSS: 7.1.1.7 */

/* The key of Microsoft's RSS verification suite: known hash values for everyone. */
static const uint8_t default_key[SL_RSS_KEY_BYTES] = {0x6d, 0x5a, 0x56, 0xda, 0x25, 0x5b, 0x0e,
	0xc2, 0x41, 0x67, 0x25, 0x3d, 0x43, 0xa3, 0x8f, 0xb0, 0xd0, 0xca, 0x2b, 0xcb, 0xae, 0x7b,
	0x30, 0xb4, 0x77, 0xcb, 0x2d, 0xa3, 0x80, 0x30, 0xf2, 0x0c, 0x6a, 0x42, 0xb7, 0x3b, 0xbe,
	0xac, 0x01, 0xfa};

static const struct {
	uint64_t hf;
	uint32_t mrqc;
} rss_fields[] = {
	{RTE_ETH_RSS_IPV4, SL_MRQC_RSS_IPV4},
	{RTE_ETH_RSS_NONFRAG_IPV4_TCP, SL_MRQC_RSS_IPV4_TCP},
	{RTE_ETH_RSS_NONFRAG_IPV4_UDP, SL_MRQC_RSS_IPV4_UDP},
	{RTE_ETH_RSS_IPV6, SL_MRQC_RSS_IPV6},
	{RTE_ETH_RSS_IPV6_EX, SL_MRQC_RSS_IPV6_EX},
	{RTE_ETH_RSS_NONFRAG_IPV6_TCP, SL_MRQC_RSS_IPV6_TCP},
	{RTE_ETH_RSS_IPV6_TCP_EX, SL_MRQC_RSS_IPV6_TCP_EX},
	{RTE_ETH_RSS_NONFRAG_IPV6_UDP, SL_MRQC_RSS_IPV6_UDP},
	{RTE_ETH_RSS_IPV6_UDP_EX, SL_MRQC_RSS_IPV6_UDP_EX},
};

static void
reta_write(struct sl_port *port)
{
	unsigned int i;

	for (i = 0; i < SL_RETA_ENTRIES; i += RETA_PER_WORD)
		SL_WR(&port->bus, RETA, i / RETA_PER_WORD,
			port->reta[i] | (uint32_t)port->reta[i + 1] << 8 |
				(uint32_t)port->reta[i + 2] << 16 |
				(uint32_t)port->reta[i + 3] << 24);
}

static void
rss_write(struct sl_port *port)
{
	uint32_t mrqc = 0;
	unsigned int i;

	for (i = 0; i < SL_RSS_KEY_BYTES; i += sizeof(uint32_t)) {
		const uint8_t *k = &port->rss_key[i];

		SL_WR(&port->bus, RSSRK, i / sizeof(uint32_t),
			k[0] | (uint32_t)k[1] << 8 | (uint32_t)k[2] << 16 | (uint32_t)k[3] << 24);
	}
	for (i = 0; i < RTE_DIM(rss_fields); i++) {
		if ((port->rss_hf & rss_fields[i].hf) != 0)
			mrqc |= rss_fields[i].mrqc;
	}
	if (mrqc != 0)
		mrqc |= SL_PREP(SL_MRQC_ENABLE, SL_MRQC_RSS_4Q);
	SL_WR(&port->bus, MRQC, 0, mrqc);
}

/* Key and fields of @p conf into the port, when all of it is valid. */
static int
rss_take(struct rte_eth_dev *eth, const struct rte_eth_rss_conf *conf)
{
	struct sl_port *port = sl_port_of(eth);

	if (conf->rss_key != NULL && conf->rss_key_len != 0 &&
		conf->rss_key_len != SL_RSS_KEY_BYTES) {
		SL_LOG(ERR, "port %u: RSS key of %u bytes; allowed: %u", eth->data->port_id,
			conf->rss_key_len, SL_RSS_KEY_BYTES);
		return -EINVAL;
	}
	if ((conf->rss_hf & ~SL_RSS_OFFLOADS) != 0) {
		SL_LOG(ERR, "port %u: RSS over %#" PRIx64 "; allowed: bits of %#" PRIx64,
			eth->data->port_id, conf->rss_hf, (uint64_t)SL_RSS_OFFLOADS);
		return -EINVAL;
	}
	if (conf->rss_key != NULL)
		memcpy(port->rss_key, conf->rss_key, SL_RSS_KEY_BYTES);
	port->rss_hf = conf->rss_hf;
	return 0;
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
	/* No key: the default one, not that of a configuration before. */
	if (rss->rss_key == NULL)
		memcpy(port->rss_key, default_key, sizeof(default_key));
	for (i = 0; i < SL_RETA_ENTRIES && port->reta_set; i++) {
		if (port->reta[i] >= eth->data->nb_rx_queues) {
			SL_LOG(NOTICE, "port %u: redirection table spread anew over %u queues",
				eth->data->port_id, eth->data->nb_rx_queues);
			port->reta_set = false;
		}
	}
	for (i = 0; i < SL_RETA_ENTRIES && !port->reta_set; i++)
		port->reta[i] = (uint8_t)(i % RTE_MAX(eth->data->nb_rx_queues, 1));
	return 0;
}

int
sl_reta_update(struct rte_eth_dev *eth, struct rte_eth_rss_reta_entry64 *conf, uint16_t n)
{
	struct sl_port *port = sl_port_of(eth);
	uint8_t reta[SL_RETA_ENTRIES];
	unsigned int i;

	if (!sl_nic_alive(port))
		return -EIO;
	if (n != SL_RETA_ENTRIES) {
		SL_LOG(ERR, "port %u: redirection table of %u entries; allowed: %u",
			eth->data->port_id, n, SL_RETA_ENTRIES);
		return -EINVAL;
	}
	memcpy(reta, port->reta, sizeof(reta));
	for (i = 0; i < n; i++) {
		const struct rte_eth_rss_reta_entry64 *e = &conf[i / RTE_ETH_RETA_GROUP_SIZE];
		uint16_t queue = e->reta[i % RTE_ETH_RETA_GROUP_SIZE];

		if ((e->mask & RTE_BIT64(i % RTE_ETH_RETA_GROUP_SIZE)) == 0)
			continue;
		if (queue >= eth->data->nb_rx_queues) {
			SL_LOG(ERR, "port %u: redirection entry %u to queue %u; allowed: 0..%u",
				eth->data->port_id, i, queue, eth->data->nb_rx_queues - 1);
			return -EINVAL;
		}
		reta[i] = (uint8_t)queue;
	}
	memcpy(port->reta, reta, sizeof(reta));
	port->reta_set = true;
	reta_write(port);
	return 0;
}

int
sl_reta_query(struct rte_eth_dev *eth, struct rte_eth_rss_reta_entry64 *conf, uint16_t n)
{
	struct sl_port *port = sl_port_of(eth);
	unsigned int i;

	if (n != SL_RETA_ENTRIES) {
		SL_LOG(ERR, "port %u: redirection table of %u entries; allowed: %u",
			eth->data->port_id, n, SL_RETA_ENTRIES);
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
sl_rss_hash_update(struct rte_eth_dev *eth, struct rte_eth_rss_conf *conf)
{
	struct sl_port *port = sl_port_of(eth);
	int ret;

	if (!sl_nic_alive(port))
		return -EIO;
	ret = rss_take(eth, conf);
	if (ret == 0)
		rss_write(port);
	return ret;
}

int
sl_rss_hash_conf_get(struct rte_eth_dev *eth, struct rte_eth_rss_conf *conf)
{
	const struct sl_port *port = sl_port_of(eth);

	if (conf->rss_key != NULL && conf->rss_key_len >= SL_RSS_KEY_BYTES) {
		memcpy(conf->rss_key, port->rss_key, SL_RSS_KEY_BYTES);
		conf->rss_key_len = SL_RSS_KEY_BYTES;
	}
	conf->rss_hf = port->rss_hf;
	SL_RSS_TOEPLITZ(conf);
	return 0;
}

void
sl_filter_restore(struct rte_eth_dev *eth)
{
	struct sl_port *port = sl_port_of(eth);
	uint32_t i;

	for (i = 0; i < SL_MAC_ADDRS; i++) {
		const struct rte_ether_addr *mac = &eth->data->mac_addrs[i];

		rar_write(port, i, rte_is_zero_ether_addr(mac) ? NULL : mac);
	}
	mta_write(port);
	for (i = 0; i < SL_VFTA_WORDS; i++)
		SL_WR(&port->bus, VFTA, i, port->vfta[i]);
	vlan_write(eth);
	if (eth->data->promiscuous != 0)
		rctl_update(port, 0, SL_RCTL_UPE | SL_RCTL_MPE);
	if (eth->data->all_multicast != 0)
		rctl_update(port, 0, SL_RCTL_MPE);
	reta_write(port);
	rss_write(port);
}
