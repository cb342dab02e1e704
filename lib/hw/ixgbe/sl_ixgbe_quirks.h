/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */
#ifndef _SL_IXGBE_QUIRKS_H_
#define _SL_IXGBE_QUIRKS_H_

/**
 * @file
 * Differences of the devices of the ixgbe family from the 82599, beyond the rows of their tables.
 * Bits and names are generated from this list. facts.def assigns the quirks to devices.
 */

#include "sl_bits.h"

/* SL_QUIRK(NAME, "name for people") */
/* clang-format off: a table */
#define SL_IXGBE_QUIRKS(SL_QUIRK) \
	/* A copper PHY on the MDI bus makes the link. A reset waits for it and takes longer. */ \
	SL_QUIRK(COPPER, "copper") \
	/* GSSR has a separate guard, REGSMP. Reads of the NVM need ownership of its GSSR bit. */ \
	SL_QUIRK(REGSMP, "regsmp") \
	/* The firmware reads the NVM and stops receive: commands by HICR and FLEX_MNG. */ \
	SL_QUIRK(FIRMWARE, "firmware") \
	/* The PHY supports 2.5 and 5 Gbit/s. */ \
	SL_QUIRK(MULTIGIG, "multigig")
/* clang-format on */

enum {
#define SL_QUIRK(name, text) SL_IXGBE_QUIRK_AT_##name,
	SL_IXGBE_QUIRKS(SL_QUIRK)
#undef SL_QUIRK
	/* clang-format off: the list above ends with a comma */
	SL_IXGBE_QUIRK_COUNT,
	/* clang-format on */
};
enum sl_ixgbe_quirk {
#define SL_QUIRK(name, text) SL_IXGBE_QUIRK_##name = 1 << SL_IXGBE_QUIRK_AT_##name,
	SL_IXGBE_QUIRKS(SL_QUIRK)
#undef SL_QUIRK
};

#endif /* _SL_IXGBE_QUIRKS_H_ */
