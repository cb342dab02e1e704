/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */

/*
 * Filters of received frames, and their queues. Sections are those of the Intel 82576EB datasheet,
 * revision 2.63.
 */

#include "sl_igb.h"

#define RAR_LOW 16u /* entries of RAL/RAH; the others are in RAL2/RAH2, followed by RAL3/RAH3 */
#define VFTA_TIMES 10u
#define RETA_PER_WORD 4u

static void
rctl_update(struct sl_port *port, uint32_t clear, uint32_t set)
{
	SL_WR(&port->bus, RCTL, 0, (SL_RD(&port->bus, RCTL, 0) & ~clear) | set);
}

/*
 * Register writes are posted: they may reach the NIC after the next frames. A read completes after
 * earlier writes (PCI Local Bus 3.0, section 3.2.5), so the settings are in effect when these
 * functions return.
 */
static void
wait_for_writes(struct sl_port *port)
{
	(void)SL_RD(&port->bus, STATUS, 0);
}

/* Four bytes in the order of a register. */
static uint32_t
word_of(const uint8_t *b)
{
	return b[0] | (uint32_t)b[1] << 8 | (uint32_t)b[2] << 16 | (uint32_t)b[3] << 24;
}

void
sl_igb_promiscuous_set(struct sl_port *port, bool unicast, bool multicast)
{
	rctl_update(port, SL_RCTL_UPE | SL_RCTL_MPE,
		(unicast ? SL_RCTL_UPE : 0) | (multicast ? SL_RCTL_MPE : 0));
	wait_for_writes(port);
}

/* 8.10.16, 8.10.17: set an exact-match entry. */
void
sl_igb_addr_set(struct sl_port *port, unsigned int i, const struct rte_ether_addr *mac)
{
	const uint32_t ral = i < RAR_LOW ? SL_OFF(RAL, i) : SL_OFF(RAL2, i - RAR_LOW);
	const uint32_t rah = i < RAR_LOW ? SL_OFF(RAH, i) : SL_OFF(RAH2, i - RAR_LOW);
	uint32_t lo = 0, hi = 0;

	if (mac != NULL) {
		const uint8_t *b = mac->addr_bytes;

		lo = word_of(b);
		hi = b[4] | (uint32_t)b[5] << 8 | SL_RAH_AV;
	}
	/* Invalidate the entry while its halves differ. */
	sl_bus_write(&port->bus, rah, 0);
	sl_bus_write(&port->bus, ral, lo);
	sl_bus_write(&port->bus, rah, hi);
	wait_for_writes(port);
}

void
sl_igb_multicast_set(struct sl_port *port, const uint32_t mta[SL_MTA_WORDS])
{
	unsigned int i;

	for (i = 0; i < SL_MTA_WORDS; i++)
		SL_WR(&port->bus, MTA, i, mta[i]);
	wait_for_writes(port);
}

void
sl_igb_vfta_set(struct sl_port *port, unsigned int word, uint32_t vlans)
{
	const unsigned int times = sl_igb_has(port, SL_QUIRK_VFTA_TEN) ? VFTA_TIMES : 1;
	unsigned int i;

	for (i = 0; i < times; i++)
		SL_WR(&port->bus, VFTA, word, vlans);
	wait_for_writes(port);
}

/* CTRL.VME enables stripping and RCTL.VFE filtering, for the whole port: 7.4.3, 7.4.4. */
void
sl_igb_vlan_set(struct sl_port *port, bool strip, bool filter)
{
	const uint32_t ctrl = sl_igb_ctrl(&port->bus) & ~SL_CTRL_VME;

	SL_WR(&port->bus, CTRL, 0, strip ? ctrl | SL_CTRL_VME : ctrl);
	rctl_update(port, SL_RCTL_VFE | SL_RCTL_CFIEN, filter ? SL_RCTL_VFE : 0);
	wait_for_writes(port);
}

/*
 * 8.2.7: the low half of VET is the type of a frame's one tag. It is fixed since the I350. The
 * other half is for a second tag: it gets its reset value, so that no register needs to be read.
 */
int
sl_igb_vlan_type_set(struct sl_port *port, uint16_t type)
{
	if (sl_igb_has(port, SL_QUIRK_STRCRC))
		return -ENOTSUP;
	SL_WR(&port->bus, VET, 0,
		SL_PREP(SL_VET_OUTER, RTE_ETHER_TYPE_VLAN) | SL_PREP(SL_VET_VLAN, type));
	wait_for_writes(port);
	return 0;
}

/* --- RSS: 7.1.1.7 --- */

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

_Static_assert(SL_RSS_KEY_LEN == SL_RSS_KEY_BYTES, "RSSRK holds a key");

void
sl_igb_reta_set(struct sl_port *port, const uint8_t *reta)
{
	unsigned int i;

	for (i = 0; i < port->hw->reta_entries; i += RETA_PER_WORD)
		SL_WR(&port->bus, RETA, i / RETA_PER_WORD, word_of(&reta[i]));
	wait_for_writes(port);
}

void
sl_igb_rss_set(struct sl_port *port, const uint8_t *key, uint64_t hf)
{
	uint32_t mrqc = 0;
	unsigned int i;

	for (i = 0; i < SL_RSS_KEY_LEN; i += sizeof(uint32_t))
		SL_WR(&port->bus, RSSRK, i / sizeof(uint32_t), word_of(&key[i]));
	for (i = 0; i < RTE_DIM(rss_fields); i++) {
		if ((hf & rss_fields[i].hf) != 0)
			mrqc |= rss_fields[i].mrqc;
	}
	if (mrqc != 0)
		mrqc |= SL_PREP(SL_MRQC_ENABLE, SL_MRQC_RSS_4Q);
	SL_WR(&port->bus, MRQC, 0, mrqc);
	wait_for_writes(port);
}
