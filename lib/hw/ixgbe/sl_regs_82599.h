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
#include "sl_reg_set.h"

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
/** The registers of the 82599. */
extern const struct sl_reg_set sl_regs_82599;

/** Queues of each direction whose registers are served. */
#define SL_82599_QUEUES 16u

/* CTRL, STATUS */
#define SL_82599_CTRL_GIO_DIS SL_BIT(2)
#define SL_82599_CTRL_LNK_RST SL_BIT(3)
#define SL_82599_CTRL_RST SL_BIT(26)
#define SL_82599_CTRL_RESETS (SL_82599_CTRL_LNK_RST | SL_82599_CTRL_RST)
#define SL_82599_STATUS_GIO SL_BIT(19)

/* EERD, SWSM */
#define SL_82599_EERD_START SL_BIT(0)
#define SL_82599_EERD_DONE SL_BIT(1)
#define SL_82599_EERD_ADDR SL_MASK(2, 14)
#define SL_82599_EERD_DATA SL_MASK(16, 16)
#define SL_82599_SWSM_SMBI SL_BIT(0)
#define SL_82599_SWSM_SWESMBI SL_BIT(1)

/* Filters: FCTRL, MCSTCTRL, RAH */
#define SL_82599_FCTRL_MPE SL_BIT(8)
#define SL_82599_FCTRL_UPE SL_BIT(9)
#define SL_82599_FCTRL_BAM SL_BIT(10)
#define SL_82599_MCSTCTRL_MO SL_MASK(0, 2)
#define SL_82599_MCSTCTRL_MFE SL_BIT(2)
#define SL_82599_RAH_ADDR SL_MASK(0, 16)
#define SL_82599_RAH_AV SL_BIT(31)

/* Receive: SRRCTL, RXCTRL, RXCSUM, RXPBSIZE; RDLEN and TDLEN */
#define SL_82599_SRRCTL_BSIZEPACKET SL_MASK(0, 5) /* KiB */
#define SL_82599_SRRCTL_DESCTYPE SL_MASK(25, 3)
#define SL_82599_DROP_EN SL_BIT(28) /* SRRCTL */
enum sl_82599_desctype { SL_82599_DESCTYPE_ADV_ONEBUF = 1 };
#define SL_82599_XDLEN_UNITS SL_MASK(7, 13) /* 128 bytes each */
#define SL_82599_RXCTRL_RXEN SL_BIT(0)
#define SL_82599_RXCSUM_PCSD SL_BIT(13)
#define SL_82599_RXPBSIZE_KIB SL_MASK(10, 10)

/* RSS: MRQC, RETA */
#define SL_82599_MRQC_MODE SL_MASK(0, 4)
#define SL_82599_MRQC_FIELDS SL_MASK(16, 9)
enum sl_82599_mrqc_mode { SL_82599_MRQC_OFF = 0, SL_82599_MRQC_RSS = 1 };
#define SL_82599_RETA_ENTRIES 128u
#define SL_82599_RETA_QUEUE SL_MASK(0, 4) /* of each of the four bytes of a word */

/* Transmit: DMATXCTL, TDWBAL; TCP flags of segments, as DTXTCPFLGL and DTXTCPFLGH have them */
#define SL_82599_DMATXCTL_TE SL_BIT(0)
#define SL_82599_DMATXCTL_VT SL_MASK(16, 16)
#define SL_82599_TDWBAL_HEAD_WB_EN SL_BIT(0)
#define SL_82599_TDWBAL_ALIGN 4u
#define SL_82599_TCP_FLAGS_FIRST 0xFF6u
#define SL_82599_TCP_FLAGS_LAST 0xF7Fu

/* MAC: HLREG0, MAXFRS, MSCA, LINKS */
#define SL_82599_HLREG0_RXCRCSTRP SL_BIT(1)
#define SL_82599_HLREG0_JUMBOEN SL_BIT(2)
#define SL_82599_HLREG0_TXPADEN SL_BIT(10)
#define SL_82599_HLREG0_LPBK SL_BIT(15)
#define SL_82599_MAXFRS_MFS SL_MASK(16, 16)
#define SL_82599_MSCA_COMMAND SL_BIT(30)
#define SL_82599_LINKS_SPEED SL_MASK(28, 2)
enum sl_82599_speed { SL_82599_SPEED_10G = 3 };
#define SL_82599_LINKS_UP SL_BIT(30)

/** NVM words that are not zero. */
enum sl_82599_nvm_word { SL_82599_NVM_DEVICE_CAPS = 0x2C, SL_82599_NVM_CHECKSUM = 0x3F };
#define SL_82599_NVM_CAPS_NO_CROSSTALK 0x80u /* pins tell nothing of a plugged module */
#define SL_82599_NVM_SUM 0xBABAu	     /* words 0..3Fh add up to this */

#ifdef __cplusplus
}
#endif

#endif /* _SL_REGS_82599_H_ */
