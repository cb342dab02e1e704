/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */
#ifndef _SL_QUIRKS_H_
#define _SL_QUIRKS_H_

/**
 * @file
 * What devices of the family igb do otherwise than the 82576, beyond the rows of their tables:
 * one list, from which bits and names come. facts.def says which device has which; driver and
 * model ask for a quirk, never for a device.
 */

#include "sl_bits.h"

/* SL_QUIRK(NAME, "name for people") */
/* clang-format off: a table */
#define SL_QUIRKS(SL_QUIRK) \
	/* IVAR n has the vectors of queues 2n and 2n + 1; an 82576's those of n and n + 8. */ \
	SL_QUIRK(IVAR_PAIRS, "ivar-pairs") \
	/* RXPBS and TXPBS hold codes for KiB. */ \
	SL_QUIRK(PBS_CODE, "pbs-code") \
	/* RXPBS and TXPBS outlive CTRL.RST, and with it what another driver left there. */ \
	SL_QUIRK(PBS_KEPT, "pbs-kept") \
	/* A write to VFTA may be lost: it is made ten times. */ \
	SL_QUIRK(VFTA_TEN, "vfta-ten") \
	/* The FCS is stripped where DVMOLR.STRCRC of the queue says so, too. */ \
	SL_QUIRK(STRCRC, "strcrc") \
	/* IPv6 extension headers are not looked into: an erratum of the parser. */ \
	SL_QUIRK(IPV6_EX_OFF, "ipv6-ex-off") \
	/* A read does not clear RQDPC: a zero is written. */ \
	SL_QUIRK(RQDPC_KEPT, "rqdpc-kept") \
	/* DMA may be coalesced, which delays it: turned off. */ \
	SL_QUIRK(DMAC_OFF, "dmac-off") \
	/* PHPM.GO_LINKD holds the link down until it is cleared. */ \
	SL_QUIRK(LINK_GO, "link-go") \
	/* Without a flash the PHY's PLL may come up with a wrong clock; seen in a PHY register. \
	 */ \
	SL_QUIRK(PLL, "pll") \
	/* 2.5 Gbit/s on a backplane, told by straps in STATUS. */ \
	SL_QUIRK(2500, "2500")
/* clang-format on */

enum {
#define SL_QUIRK(name, text) SL_QUIRK_AT_##name,
	SL_QUIRKS(SL_QUIRK)
#undef SL_QUIRK
	/* clang-format off: the list above ends with a comma */
	SL_QUIRK_COUNT,
	/* clang-format on */
};
enum sl_quirk {
#define SL_QUIRK(name, text) SL_QUIRK_##name = 1 << SL_QUIRK_AT_##name,
	SL_QUIRKS(SL_QUIRK)
#undef SL_QUIRK
};

#endif /* _SL_QUIRKS_H_ */
