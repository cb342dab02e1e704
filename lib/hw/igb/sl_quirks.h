/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */
#ifndef _SL_QUIRKS_H_
#define _SL_QUIRKS_H_

/**
 * @file
 * Differences of igb devices from the 82576, beyond their register tables: one list, which
 * defines the bits and the names. facts.def lists each device's quirks; driver and model test
 * for a quirk, never for a device.
 */

#include "sl_bits.h"

/* SL_QUIRK(NAME, "name for people") */
/* clang-format off: a table */
#define SL_QUIRKS(SL_QUIRK) \
	/* IVAR n has the vectors of queues 2n and 2n + 1; on the 82576, of queues n and n + 8. */ \
	SL_QUIRK(IVAR_PAIRS, "ivar-pairs") \
	/* RDLEN and TDLEN are multiples of 128; on the 82576 they keep all bits from 16 on. */ \
	SL_QUIRK(LEN_128, "len-128") \
	/* RXPBS and TXPBS hold codes for KiB. */ \
	SL_QUIRK(PBS_CODE, "pbs-code") \
	/* RXPBS and TXPBS survive CTRL.RST, so another driver's values may remain. */ \
	SL_QUIRK(PBS_KEPT, "pbs-kept") \
	/* A write to VFTA may be lost, so it is repeated ten times. */ \
	SL_QUIRK(VFTA_TEN, "vfta-ten") \
	/* The FCS is also stripped if DVMOLR.STRCRC of the queue is set. */ \
	SL_QUIRK(STRCRC, "strcrc") \
	/* Parsing of IPv6 extension headers is off, because of an erratum. */ \
	SL_QUIRK(IPV6_EX_OFF, "ipv6-ex-off") \
	/* A read does not clear RQDPC; software writes zero. */ \
	SL_QUIRK(RQDPC_KEPT, "rqdpc-kept") \
	/* DMA coalescing exists, and delays DMA: it is disabled. */ \
	SL_QUIRK(DMAC_OFF, "dmac-off") \
	/* PHPM.GO_LINKD holds the link down until it is cleared. */ \
	SL_QUIRK(LINK_GO, "link-go") \
	/* SYSTIMH counts seconds, SYSTIML nanoseconds, and software sets both. */ \
	SL_QUIRK(SYSTIM_SECONDS, "systim-seconds") \
	/* Without a flash the PHY's PLL may start with a wrong clock; a PHY register shows it. */ \
	SL_QUIRK(PLL, "pll") \
	/* 2.5 Gbit/s on a backplane; STATUS shows the straps. */ \
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
