/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */

/*
 * Filters of received frames, and the selection of their queue. Sections are those of the Intel
 * 82599 10 GbE Controller Datasheet.
 */

#include "sl_ixgbe.h"

#define RETA_PER_WORD 4u
#define POOL_WORDS 2u /* words of each address: pools that receive its frames */

/* Four bytes as registers hold them. */
static uint32_t
word_of(const uint8_t *b)
{
	return b[0] | (uint32_t)b[1] << 8 | (uint32_t)b[2] << 16 | (uint32_t)b[3] << 24;
}

void
sl_ixgbe_promiscuous_set(struct sl_port *port, bool unicast, bool multicast)
{
	uint32_t fctrl =
		SL_IXGBE_RD(&port->bus, FCTRL, 0) & ~(SL_82599_FCTRL_UPE | SL_82599_FCTRL_MPE);

	if (unicast)
		fctrl |= SL_82599_FCTRL_UPE;
	if (multicast)
		fctrl |= SL_82599_FCTRL_MPE;
	SL_IXGBE_WR(&port->bus, FCTRL, 0, fctrl);
	sl_ixgbe_wait_for_writes(port);
}

/* 8.2.3.7.8 to 8.2.3.7.10: exact-match entry. Without virtualization, only pool 0 exists. */
void
sl_ixgbe_addr_set(struct sl_port *port, unsigned int i, const struct rte_ether_addr *mac)
{
	uint32_t lo = 0, hi = 0;

	if (mac != NULL) {
		const uint8_t *b = mac->addr_bytes;

		lo = word_of(b);
		hi = b[4] | (uint32_t)b[5] << 8 | SL_82599_RAH_AV;
	}
	/* The entry is invalid while its halves do not match. */
	SL_IXGBE_WR(&port->bus, RAH, i, 0);
	SL_IXGBE_WR(&port->bus, RAL, i, lo);
	SL_IXGBE_WR(&port->bus, MPSAR, POOL_WORDS * i, mac != NULL ? SL_BIT(0) : 0);
	SL_IXGBE_WR(&port->bus, MPSAR, POOL_WORDS * i + 1, 0);
	SL_IXGBE_WR(&port->bus, RAH, i, hi);
	sl_ixgbe_wait_for_writes(port);
}

/* 8.2.3.7.7: the table has no effect until MFE is set. */
void
sl_ixgbe_multicast_set(struct sl_port *port, const uint32_t mta[SL_MTA_WORDS])
{
	unsigned int i;

	for (i = 0; i < SL_MTA_WORDS; i++)
		SL_IXGBE_WR(&port->bus, MTA, i, mta[i]);
	SL_IXGBE_WR(&port->bus, MCSTCTRL, 0, SL_82599_MCSTCTRL_MFE);
	sl_ixgbe_wait_for_writes(port);
}

void
sl_ixgbe_vfta_set(struct sl_port *port, unsigned int word, uint32_t vlans)
{
	SL_IXGBE_WR(&port->bus, VFTA, word, vlans);
	sl_ixgbe_wait_for_writes(port);
}

/*
 * VLNCTRL.VFE enables the filter of the port, RXDCTL.VME stripping of a queue: 8.2.3.7.2,
 * 8.2.3.8.6.
 */
void
sl_ixgbe_vlan_set(struct sl_port *port, bool strip, bool filter)
{
	const uint32_t vlnctrl = SL_IXGBE_RD(&port->bus, VLNCTRL, 0) &
		~(SL_82599_VLNCTRL_VFE | SL_82599_VLNCTRL_CFIEN);
	unsigned int q;

	for (q = 0; q < port->hw->rx_queues; q++) {
		const uint32_t rxdctl = SL_IXGBE_RD(&port->bus, RXDCTL, q) & ~SL_82599_RXDCTL_VME;

		SL_IXGBE_WR(&port->bus, RXDCTL, q, strip ? rxdctl | SL_82599_RXDCTL_VME : rxdctl);
	}
	SL_IXGBE_WR(&port->bus, VLNCTRL, 0, filter ? vlnctrl | SL_82599_VLNCTRL_VFE : vlnctrl);
	sl_ixgbe_wait_for_writes(port);
}

/* 8.2.3.7.2, 8.2.3.9.2: VLNCTRL.VET is for received tags, DMATXCTL.VT for inserted ones. */
int
sl_ixgbe_vlan_type_set(struct sl_port *port, uint16_t type)
{
	const uint32_t vlnctrl = SL_IXGBE_RD(&port->bus, VLNCTRL, 0) & ~SL_82599_VLNCTRL_VET;
	const uint32_t dmatxctl = SL_IXGBE_RD(&port->bus, DMATXCTL, 0) & ~SL_82599_DMATXCTL_VT;

	SL_IXGBE_WR(&port->bus, VLNCTRL, 0, vlnctrl | SL_PREP(SL_82599_VLNCTRL_VET, type));
	SL_IXGBE_WR(&port->bus, DMATXCTL, 0, dmatxctl | SL_PREP(SL_82599_DMATXCTL_VT, type));
	sl_ixgbe_wait_for_writes(port);
	return 0;
}

/* --- RSS: 7.1.2.8 --- */

static const struct {
	uint64_t hf;
	uint32_t mrqc;
} rss_fields[] = {
	{RTE_ETH_RSS_IPV4, SL_82599_MRQC_IPV4},
	{RTE_ETH_RSS_NONFRAG_IPV4_TCP, SL_82599_MRQC_IPV4_TCP},
	{RTE_ETH_RSS_NONFRAG_IPV4_UDP, SL_82599_MRQC_IPV4_UDP},
	{RTE_ETH_RSS_IPV6, SL_82599_MRQC_IPV6},
	{RTE_ETH_RSS_IPV6_EX, SL_82599_MRQC_IPV6_EX},
	{RTE_ETH_RSS_NONFRAG_IPV6_TCP, SL_82599_MRQC_IPV6_TCP},
	{RTE_ETH_RSS_IPV6_TCP_EX, SL_82599_MRQC_IPV6_TCP_EX},
	{RTE_ETH_RSS_NONFRAG_IPV6_UDP, SL_82599_MRQC_IPV6_UDP},
	{RTE_ETH_RSS_IPV6_UDP_EX, SL_82599_MRQC_IPV6_UDP_EX},
};

void
sl_ixgbe_reta_set(struct sl_port *port, const uint8_t *reta)
{
	unsigned int i;

	for (i = 0; i < SL_82599_RETA_ENTRIES; i += RETA_PER_WORD)
		SL_IXGBE_WR(&port->bus, RETA, i / RETA_PER_WORD, word_of(&reta[i]));
	/* Further entries, on an X550, are in other registers. */
	for (; i < port->hw->reta_entries; i += RETA_PER_WORD)
		SL_IXGBE_WR(&port->bus, ERETA, (i - SL_82599_RETA_ENTRIES) / RETA_PER_WORD,
			word_of(&reta[i]));
	sl_ixgbe_wait_for_writes(port);
}

void
sl_ixgbe_rss_set(struct sl_port *port, const uint8_t *key, uint64_t hf)
{
	uint32_t mrqc = 0;
	unsigned int i;

	for (i = 0; i < SL_RSS_KEY_LEN; i += sizeof(uint32_t))
		SL_IXGBE_WR(&port->bus, RSSRK, i / sizeof(uint32_t), word_of(&key[i]));
	for (i = 0; i < RTE_DIM(rss_fields); i++) {
		if ((hf & rss_fields[i].hf) != 0)
			mrqc |= rss_fields[i].mrqc;
	}
	if (mrqc != 0)
		mrqc |= SL_PREP(SL_82599_MRQC_MODE, SL_82599_MRQC_RSS);
	SL_IXGBE_WR(&port->bus, MRQC, 0, mrqc);
	sl_ixgbe_wait_for_writes(port);
}
