/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */
#ifndef _SL_REGS_82599_H_
#define _SL_REGS_82599_H_

/**
 * @file
 * The registers of an 82599 that the software NIC can show to a driver of that
 * device. Rows and ranges are of the same kind as those of sl_regs.h.
 */

#include <stdint.h>

#include "sl_bits.h"
#include "sl_regs.h"

#ifdef __cplusplus
extern "C" {
#endif

/** Size of the register BAR that is served, bytes. */
#define SL_82599_BAR_SIZE 0x20000u
#define SL_PCI_DEV_82599_KX4 0x10F7u

/** Index of a register's row, in table order. */
enum sl_82599_reg {
#define SL_REG(name, ...) SL_82599_##name,
#define SL_ALIAS(...)
#include "82599.def"
#undef SL_REG
#undef SL_ALIAS
	SL_82599_REG_COUNT, /**< number of rows */
};

/** The table, in enum sl_82599_reg order. */
extern const struct sl_reg_row sl_82599_table[SL_82599_REG_COUNT];
/** Rows and aliases; none overlaps another. */
extern const struct sl_reg_range sl_82599_ranges[];
extern const unsigned int sl_82599_range_count;

/* Fields: those whose place differs from the 82576's register of the same name. */
#define SL_82599_CTRL_LNK_RST SL_BIT(3)
#define SL_82599_DROP_EN SL_BIT(28) /* SRRCTL */
#define SL_82599_SRRCTL_BSIZEPACKET SL_MASK(0, 5)
#define SL_82599_FCTRL_MPE SL_BIT(8)
#define SL_82599_FCTRL_UPE SL_BIT(9)
#define SL_82599_FCTRL_BAM SL_BIT(10)
#define SL_82599_HLREG0_RXCRCSTRP SL_BIT(1)
#define SL_82599_HLREG0_JUMBOEN SL_BIT(2)
#define SL_82599_HLREG0_TXPADEN SL_BIT(10)
#define SL_82599_HLREG0_LPBK SL_BIT(15)
#define SL_82599_MAXFRS_MFS SL_MASK(16, 16)
#define SL_82599_RXCTRL_RXEN SL_BIT(0)
#define SL_82599_DMATXCTL_TE SL_BIT(0)
#define SL_82599_MRQC_MODE SL_MASK(0, 4)
#define SL_82599_MRQC_FIELDS SL_MASK(16, 9) /* as the 82576's */
enum sl_82599_mrqc_mode { SL_82599_MRQC_OFF = 0, SL_82599_MRQC_RSS = 1 };
#define SL_82599_MSCA_COMMAND SL_BIT(30)
#define SL_82599_LINKS_SPEED SL_MASK(28, 2)
enum sl_82599_speed { SL_82599_SPEED_10G = 3 };
#define SL_82599_LINKS_UP SL_BIT(30)
/** NVM words that are not zero. */
enum sl_82599_nvm_word { SL_82599_NVM_DEVICE_CAPS = 0x2C };
#define SL_82599_NVM_CAPS_NO_CROSSTALK 0x80u /* pins tell nothing of a plugged module */

#ifdef __cplusplus
}
#endif

#endif /* _SL_REGS_82599_H_ */
