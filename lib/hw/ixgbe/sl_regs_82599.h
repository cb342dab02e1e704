/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */
#ifndef _SL_REGS_82599_H_
#define _SL_REGS_82599_H_

/**
 * @file
 * Registers of the 82599 family. Rows and ranges have the types of sl_reg_set.h.
 */

#include <stdint.h>

#include "sl_bits.h"
#include "sl_reg_set.h"

#ifdef __cplusplus
extern "C" {
#endif

/** Size of the register BAR, bytes. */
#define SL_82599_BAR_SIZE 0x20000u

enum {
#define SL_DEVICE(id, device, optics, number) SL_PCI_DEV_##id = (number),
#include "ixgbe/devices.def"
#undef SL_DEVICE
};

/**
 * Index of a register's row: the rows of the 82599 in table order, then those of other devices
 * only.
 */
enum sl_82599_reg {
#define SL_REG(name, ...) SL_82599_##name,
#define SL_SPLIT SL_REG
#define SL_ALIAS(...)
#include "family.def"
#undef SL_REG
#undef SL_SPLIT
#undef SL_ALIAS
	SL_82599_REG_COUNT, /**< number of rows */
};

/** The table of the 82599, in the order of enum sl_82599_reg. */
extern const struct sl_reg_row sl_82599_table[SL_82599_REG_COUNT];
/** Registers of the devices. Rows are in the order of enum sl_82599_reg. */
extern const struct sl_reg_set sl_regs_82599, sl_regs_x540, sl_regs_x550;

/*
 * Offsets of a register's elements, as constants. Elements from the split on have a separate range.
 */
enum {
#define SL_REG(name, offset, stride, count, ...) \
	SL_82599_AT_##name = (offset), SL_82599_STRIDE_##name = (stride), \
	SL_82599_SPLIT_##name = (count), SL_82599_THEN_##name = (offset),
#define SL_SPLIT(name, offset, stride, count, first, then, ...) \
	SL_82599_AT_##name = (offset), SL_82599_STRIDE_##name = (stride), \
	SL_82599_SPLIT_##name = (first), \
	SL_82599_THEN_##name = (then) - (int)(first) * (int)(stride),
#define SL_ALIAS(...)
#include "family.def"
#undef SL_REG
#undef SL_SPLIT
#undef SL_ALIAS
};

/** Byte offset of element @p i of register @p name: SL_82599_OFF(RDT, 3). */
#define SL_82599_OFF(name, i) \
	((uint32_t)(((unsigned int)(i) < (unsigned int)SL_82599_SPLIT_##name ? \
				    (int)SL_82599_AT_##name : \
				    (int)SL_82599_THEN_##name) + \
		(int)(i) * (int)SL_82599_STRIDE_##name))

/** Queues in each direction. RSS can select only the first ones. */
#define SL_82599_QUEUES 128u
#define SL_82599_QUEUES_RSS 16u
#define SL_82599_QUEUES_RSS_X550 64u
#define SL_82599_ADDRS 128u
#define SL_82599_VECTORS 64u

/* CTRL, STATUS */
#define SL_82599_CTRL_GIO_DIS SL_BIT(2)
#define SL_82599_CTRL_LNK_RST SL_BIT(3)
#define SL_82599_CTRL_RST SL_BIT(26)
#define SL_82599_CTRL_RESETS (SL_82599_CTRL_LNK_RST | SL_82599_CTRL_RST)
#define SL_82599_STATUS_LAN SL_MASK(2, 2) /* port of the chip */
#define SL_82599_STATUS_GIO SL_BIT(19)
#define SL_82599_CTRL_EXT_NS_DIS SL_BIT(16) /* no-snoop requests are disabled */
#define SL_82599_CTRL_EXT_DRV_LOAD SL_BIT(28)
#define SL_82599_GCR_EXT_BUFFERS_CLEAR SL_BIT(30)

/* ESDP, I2CCTL; bus addresses of a module's memories */
#define SL_82599_ESDP_MODULE SL_BIT(2)
#define SL_82599_ESDP_LASER_OFF SL_BIT(3)
#define SL_82599_ESDP_SFP (SL_BIT(11) | SL_BIT(13)) /* laser and rate pins are outputs */
#define SL_82599_I2CCTL_CLOCK_IN SL_BIT(0)
#define SL_82599_I2CCTL_CLOCK_OUT SL_BIT(1) /* 1: released */
#define SL_82599_I2CCTL_DATA_IN SL_BIT(2)
#define SL_82599_I2CCTL_DATA_OUT SL_BIT(3)
#define SL_82599_SFP_ADDRESS 0xA0u
#define SL_82599_SFP_DIAGNOSTICS 0x02u
#define SL_82599_SFP_READ 0x01u

/* Serial ID of a module (SFF-8472, table 4-1): offsets, then bits */
enum sl_82599_sfp {
	SL_82599_SFP_KIND = 0,
	SL_82599_SFP_10G = 3,
	SL_82599_SFP_1G = 6,
	SL_82599_SFP_CABLE = 8,
	SL_82599_SFP_VENDOR = 20,
	SL_82599_SFP_PART = 40,
	SL_82599_SFP_CABLE_SPEC = 60,
	SL_82599_SFP_SUM = 63, /* checksum of all bytes before */
};
#define SL_82599_SFP_ID_LEN 64u
#define SL_82599_SFP_TEXT_LEN 16u
#define SL_82599_SFP_KIND_SFP 3u
#define SL_82599_SFP_10G_SR SL_BIT(4)
#define SL_82599_SFP_10G_LR SL_BIT(5)
#define SL_82599_SFP_1G_SX SL_BIT(0)
#define SL_82599_SFP_1G_LX SL_BIT(1)
#define SL_82599_SFP_1G_T SL_BIT(3)
#define SL_82599_SFP_CABLE_PASSIVE SL_BIT(2)
#define SL_82599_SFP_CABLE_ACTIVE SL_BIT(3)
#define SL_82599_SFP_SPEC_LIMITING SL_BIT(2)

/* LEDCTL: one byte for each of four LEDs */
#define SL_82599_LEDCTL_EACH 0x01010101u
#define SL_82599_LEDCTL_MODES (SL_82599_LEDCTL_EACH * 0x0Fu)
#define SL_82599_LEDCTL_BLINKS (SL_82599_LEDCTL_EACH * 0x80u)
enum sl_82599_led_mode { SL_82599_LED_ON = 0xE, SL_82599_LED_OFF = 0xF };

/* EEC, EERD, SWSM */
#define SL_82599_EEC_DO SL_BIT(3)
#define SL_82599_EEC_REQ SL_BIT(6)
#define SL_82599_EEC_GNT SL_BIT(7)
#define SL_82599_EEC_PRES SL_BIT(8)
#define SL_82599_EEC_ARD SL_BIT(9)
#define SL_82599_EEC_SIZE SL_MASK(11, 4) /* number of words: 64, shifted by this */
#define SL_82599_EEC_FLUPD SL_BIT(23)	 /* X540: copy the shadow RAM to the flash... */
#define SL_82599_EEC_FLUDONE SL_BIT(26)	 /* ...and the copy is done */
#define SL_82599_EERD_START SL_BIT(0)	 /* EEWR has these fields too */
#define SL_82599_EERD_DONE SL_BIT(1)
#define SL_82599_EERD_ADDR SL_MASK(2, 14)
#define SL_82599_EERD_DATA SL_MASK(16, 16)
#define SL_82599_SWSM_SMBI SL_BIT(0)
#define SL_82599_SWSM_SWESMBI SL_BIT(1)
#define SL_82599_GSSR_REGSMP SL_BIT(31) /* X540: set by a read, as SMBI is */

/* FWSM, MMNGC: firmware for management over the network */
#define SL_82599_FWSM_PASS_THROUGH SL_BIT(2)
#define SL_82599_FWSM_RECOVERY SL_BIT(5) /* X550: the firmware's image is damaged */
#define SL_82599_MMNGC_VETO SL_BIT(0)	 /* the link must stay as it is */

/* GSSR: bits of the driver. The firmware's bits of the first four resources are FW_SHIFT higher. */
#define SL_82599_GSSR_EEP SL_BIT(0)
#define SL_82599_GSSR_PHY SL_BIT(1) /* PHY of port 0; the next bit is that of port 1 */
#define SL_82599_GSSR_MAC_CSR SL_BIT(3)
#define SL_82599_GSSR_FLASH SL_BIT(4) /* set by the chip while it copies the NVM */
#define SL_82599_GSSR_PAIRED SL_MASK(0, 4)
#define SL_82599_GSSR_SW_MNG SL_BIT(10) /* X550: commands to the firmware */
#define SL_82599_GSSR_FW_SHIFT 5u

/* Interrupts: EICR, EICS, EIMS, EIMC, EIAC, EIAM; GPIE, IVAR, EITR */
#define SL_82599_EICR_RTXQ SL_MASK(0, 16)
#define SL_82599_EICR_OTHERS SL_MASK(16, 15)
#define SL_82599_EICR_FLOW_DIR SL_BIT(16)
#define SL_82599_EICR_RX_MISS SL_BIT(17)
#define SL_82599_EICR_LSC SL_BIT(20)
#define SL_82599_EICR_TCP_TIMER SL_BIT(30)
#define SL_82599_GPIE_MSIX SL_BIT(4)
#define SL_82599_GPIE_OCD SL_BIT(5)
#define SL_82599_GPIE_EIAME SL_BIT(30)
#define SL_82599_GPIE_PBA SL_BIT(31)	   /* support the pending bits of MSI-X */
#define SL_82599_IVAR_VECTOR SL_MASK(0, 6) /* in each of the four bytes of a word */
#define SL_82599_IVAR_VALID SL_BIT(7)
#define SL_82599_IVAR_BITS UINT32_C(0xBFBFBFBF)
#define SL_82599_IVAR_MISC_BITS UINT32_C(0x0000BFBF)
#define SL_82599_IVAR_TX 1u		     /* transmit byte of a queue, after its receive byte */
#define SL_82599_IVAR_MISC_OTHER 1u	     /* byte of IVAR_MISC; byte 0 is the TCP timer's */
#define SL_82599_EITR_INTERVAL SL_MASK(3, 9) /* units of 2 us, or of 20 us at 100 Mbit/s */
#define SL_82599_EITR_CNT_WDIS SL_BIT(31)    /* on a write: keep the counter's value */
#define SL_82599_EITR_BITS (SL_MASK(3, 9) | SL_MASK(15, 13))

/* Filters: FCTRL, VLNCTRL, MCSTCTRL, RAH */
#define SL_82599_FCTRL_MPE SL_BIT(8)
#define SL_82599_FCTRL_UPE SL_BIT(9)
#define SL_82599_FCTRL_BAM SL_BIT(10)
#define SL_82599_VLNCTRL_VET SL_MASK(0, 16)
#define SL_82599_VLNCTRL_CFI SL_BIT(28)
#define SL_82599_VLNCTRL_CFIEN SL_BIT(29)
#define SL_82599_VLNCTRL_VFE SL_BIT(30)
#define SL_82599_MCSTCTRL_MO SL_MASK(0, 2)
#define SL_82599_MCSTCTRL_MFE SL_BIT(2)
#define SL_82599_RAH_ADDR SL_MASK(0, 16)
#define SL_82599_RAH_AV SL_BIT(31)

/* Receive: DCA_RXCTRL, SRRCTL, RXDCTL, RDRXCTL, RXCTRL, RXCSUM, RXPBSIZE, SECRXCTRL; RDLEN and
 * TDLEN */
#define SL_82599_SRRCTL_BSIZEPACKET SL_MASK(0, 5) /* KiB */
#define SL_82599_SRRCTL_DESCTYPE SL_MASK(25, 3)
#define SL_82599_DROP_EN SL_BIT(28) /* SRRCTL */
enum sl_82599_desctype { SL_82599_DESCTYPE_ADV_ONEBUF = 1 };
#define SL_82599_DCA_RXCTRL_SET SL_BIT(12) /* set after a reset; must be cleared */
#define SL_82599_DCA_RXCTRL_RELAXED (SL_BIT(13) | SL_BIT(15)) /* relaxed order of data, headers */
#define SL_82599_DCA_TXCTRL_RELAXED SL_BIT(11)		      /* relaxed order of write-backs */
#define SL_82599_XDCTL_ENABLE SL_BIT(25)
#define SL_82599_TXDCTL_PTHRESH SL_MASK(0, 7)
#define SL_82599_TXDCTL_HTHRESH SL_MASK(8, 7)
#define SL_82599_TXDCTL_WTHRESH SL_MASK(16, 7)
#define SL_82599_XDCTL_SWFLSH SL_BIT(26) /* RXDCTL and TXDCTL; clears itself */
#define SL_82599_RXDCTL_VME SL_BIT(30)
#define SL_82599_XDLEN_UNITS SL_MASK(7, 13) /* units of 128 bytes */
#define SL_82599_RDRXCTL_CRCSTRIP SL_BIT(1) /* must equal HLREG0.RXCRCSTRP */
#define SL_82599_RDRXCTL_DMAIDONE SL_BIT(3)
#define SL_82599_RDRXCTL_RSC_FIRST SL_MASK(17, 5)	/* must be zero */
#define SL_82599_RDRXCTL_ONES (SL_BIT(25) | SL_BIT(26)) /* must be set */
#define SL_82599_RXCTRL_RXEN SL_BIT(0)
#define SL_82599_RXCSUM_IPPCSE SL_BIT(12)
#define SL_82599_RXCSUM_PCSD SL_BIT(13)
#define SL_82599_RFCTL_RSC_DIS SL_BIT(5)
#define SL_82599_RXPBSIZE_KIB SL_MASK(10, 10)
#define SL_82599_SEC_OFF SL_BIT(0)   /* SECRXCTRL, SECTXCTRL: the unit is off... */
#define SL_82599_SEC_DIS SL_BIT(1)   /* ...and the data path through it is stopped */
#define SL_82599_SEC_READY SL_BIT(0) /* SECRXSTAT, SECTXSTAT: the data path is empty */

/* RSS: MRQC, RETA */
#define SL_82599_MRQC_MODE SL_MASK(0, 4)
#define SL_82599_MRQC_FIELDS SL_MASK(16, 9)
enum sl_82599_mrqc_mode { SL_82599_MRQC_OFF = 0, SL_82599_MRQC_RSS = 1 };
enum sl_82599_mrqc_field {
	SL_82599_MRQC_IPV4_TCP = SL_BIT(16),
	SL_82599_MRQC_IPV4 = SL_BIT(17),
	SL_82599_MRQC_IPV6_TCP_EX = SL_BIT(18),
	SL_82599_MRQC_IPV6_EX = SL_BIT(19),
	SL_82599_MRQC_IPV6 = SL_BIT(20),
	SL_82599_MRQC_IPV6_TCP = SL_BIT(21),
	SL_82599_MRQC_IPV4_UDP = SL_BIT(22),
	SL_82599_MRQC_IPV6_UDP = SL_BIT(23),
	SL_82599_MRQC_IPV6_UDP_EX = SL_BIT(24),
};
#define SL_82599_RETA_ENTRIES 128u
#define SL_82599_RETA_QUEUE SL_MASK(0, 4) /* in each of the four bytes of a word */
#define SL_82599_RETA_ENTRIES_X550 512u
#define SL_82599_RETA_QUEUE_X550 SL_MASK(0, 6)

/* Transmit: DTXMXSZRQ, RTTDCS, DMATXCTL, DTXTCPFLGL and DTXTCPFLGH, TDWBAL, TXPBTHRESH */
#define SL_82599_DTXMXSZRQ_MOST SL_MASK(0, 12)
#define SL_82599_RTTDCS_ARBDIS SL_BIT(6)
#define SL_82599_DMATXCTL_TE SL_BIT(0)
#define SL_82599_DMATXCTL_VT SL_MASK(16, 16)
#define SL_82599_DTXTCPFLG_FIRST SL_MASK(0, 12)
#define SL_82599_DTXTCPFLG_MIDDLE SL_MASK(16, 12)
#define SL_82599_DTXTCPFLG_LAST SL_MASK(0, 12)
#define SL_82599_TDWBAL_HEAD_WB_EN SL_BIT(0)
#define SL_82599_TDWBAL_ALIGN 4u
#define SL_82599_TXPBTHRESH_FIRST 0x96u /* of packet buffer 0 after a reset */

/* Flow control: MFLCN, FCCFG, FCTTV, FCRTV, FCRTL and FCRTH, TFCS */
#define SL_82599_MFLCN_PMCF SL_BIT(0) /* pass MAC control frames other than PAUSE */
#define SL_82599_MFLCN_DPF SL_BIT(1)  /* discard received PAUSE frames */
#define SL_82599_MFLCN_RFCE SL_BIT(3) /* obey them */
#define SL_82599_FCCFG_TFCE SL_MASK(3, 2)
#define SL_82599_TFCE_LINK 1u /* PAUSE frames of the link, not of priorities */
#define SL_82599_FCTTV_TIME SL_MASK(0, 16)
#define SL_82599_FCRTV_TIME SL_MASK(0, 16)
#define SL_82599_FCRTL_XONE SL_BIT(31)
#define SL_82599_FCRTH_EN SL_BIT(31)
#define SL_82599_FCRT_LEVEL SL_MASK(5, 14) /* bytes, at their own place */
#define SL_82599_PAUSE_UNIT 32u
#define SL_82599_FCRTH_ROOM 0x6000u /* bytes that must stay free above the threshold */
#define SL_82599_TFCS_XOFF SL_BIT(0)
#define SL_82599_FCRT_BITS (SL_BIT(31) | SL_MASK(4, 15))

/* MAC: HLREG0, MAXFRS, MSCA, AUTOC, AUTOC2, LINKS */
#define SL_82599_HLREG0_RXCRCSTRP SL_BIT(1)
#define SL_82599_HLREG0_JUMBOEN SL_BIT(2)
#define SL_82599_HLREG0_TXPADEN SL_BIT(10)
#define SL_82599_HLREG0_LPBK SL_BIT(15)
#define SL_82599_MAXFRS_MFS SL_MASK(16, 16)
#define SL_82599_MSCA_REG SL_MASK(0, 16)
#define SL_82599_MSCA_MMD SL_MASK(16, 5)
#define SL_82599_MSCA_PHY SL_MASK(21, 5)
#define SL_82599_MSCA_OP SL_MASK(26, 2)
enum sl_82599_msca_op {
	SL_82599_MSCA_ADDRESS,
	SL_82599_MSCA_WRITE,
	SL_82599_MSCA_READ_NEXT, /* read, then increment the address */
	SL_82599_MSCA_READ,
};
#define SL_82599_MSCA_COMMAND SL_BIT(30)
#define SL_82599_MSRWD_WRITE SL_MASK(0, 16)
#define SL_82599_MSRWD_READ SL_MASK(16, 16)
#define SL_82599_MACC_FLU SL_BIT(0)	   /* force the link up */
#define SL_82599_MACC_SPEED SL_MASK(16, 2) /* speed, coded as in LINKS... */
#define SL_82599_MACC_FORCE SL_BIT(18)	   /* ...and used if this is set */
#define SL_82599_AUTOC_FLU SL_BIT(0)
#define SL_82599_AUTOC_AN_RESTART SL_BIT(12)
#define SL_82599_AUTOC_LMS SL_MASK(13, 3)
#define SL_82599_AUTOC_LMS_TOGGLE SL_BIT(15) /* bit of LMS whose change resets the pipeline */
enum sl_82599_lms {
	SL_82599_LMS_1G,
	SL_82599_LMS_10G_PARALLEL,
	SL_82599_LMS_1G_AN,
	SL_82599_LMS_10G_SERIAL,
	SL_82599_LMS_BACKPLANE_AN, /* KX, KX4 or KR, as both ends support */
	SL_82599_LMS_SGMII,
	SL_82599_LMS_BACKPLANE_AN_1G,
	SL_82599_LMS_BACKPLANE_AN_SGMII,
};
#define SL_82599_AUTOC_KR SL_BIT(16)
#define SL_82599_AUTOC_KX SL_BIT(30)
#define SL_82599_AUTOC_KX4 SL_BIT(31)
#define SL_82599_AUTOC2_SERIAL SL_MASK(16, 2)
enum sl_82599_serial { SL_82599_SERIAL_KR, SL_82599_SERIAL_XFI, SL_82599_SERIAL_SFI };
#define SL_82599_AUTOC2_LINK_OFF SL_MASK(28, 3)
#define SL_82599_ANLP1_STATE SL_MASK(16, 4) /* state of the negotiation */
#define SL_82599_LINKS_SPEED SL_MASK(28, 2)
enum sl_82599_speed {
	SL_82599_SPEED_NONE,
	SL_82599_SPEED_100M,
	SL_82599_SPEED_1G,
	SL_82599_SPEED_10G,
	/* X550 only. LINKS has a separate bit for them, LINKS_OTHER. */
	SL_82599_SPEED_5G = SL_82599_SPEED_100M | 4,
	SL_82599_SPEED_2_5G = SL_82599_SPEED_10G | 4,
	SL_82599_SPEED_COUNT,
};
#define SL_82599_LINKS_OTHER SL_BIT(27)
#define SL_82599_SPEED_OTHER 4u /* bit of enum sl_82599_speed for LINKS_OTHER */
#define SL_82599_LINKS_UP SL_BIT(30)
#define SL_82599_LINKS_AN_DONE SL_BIT(31)

/** Registers of the copper PHY of an X540 or X550: phy.def. */
enum sl_82599_phy {
#define SL_PHY(name, ...) SL_82599_PHY_##name,
#include "phy.def"
#undef SL_PHY
	SL_82599_PHY_COUNT,
};
#define SL_82599_PHY_ID_X540 0x01540200u
#define SL_82599_PHY_ID_X550 0x01540221u
/* Fields of the PHY's registers: control, status, advertised and negotiated modes */
#define SL_82599_PHY_RESET SL_BIT(15)
#define SL_82599_PHY_LOW_POWER SL_BIT(11)
#define SL_82599_PHY_PMA_LINK SL_BIT(2)
#define SL_82599_PHY_TX_OFF SL_BIT(0)
#define SL_82599_PHY_AN_RESTART SL_BIT(9)
#define SL_82599_PHY_AN_ON SL_BIT(12)
#define SL_82599_PHY_AN_LINK SL_BIT(2)
#define SL_82599_PHY_AN_COMPLETE SL_BIT(5)
#define SL_82599_PHY_AN_NEXT_PAGES SL_BIT(13)
#define SL_82599_PHY_100M_HALF SL_BIT(7)
#define SL_82599_PHY_100M SL_BIT(8)
#define SL_82599_PHY_PAUSE SL_MASK(10, 2)
#define SL_82599_PHY_ACKNOWLEDGED SL_BIT(14)
#define SL_82599_PHY_1G SL_BIT(15)
#define SL_82599_PHY_2_5G SL_BIT(10) /* X550 */
#define SL_82599_PHY_5G SL_BIT(11)
#define SL_82599_PHY_10G SL_BIT(12)
#define SL_82599_PHY_MODE_FULL SL_BIT(0)
#define SL_82599_PHY_MODE_SPEED SL_MASK(1, 2) /* enum sl_82599_speed */

/* Statistics: high word of a pair; RQSMR, TQSM */
#define SL_82599_PAIR_HIGH SL_MASK(0, 4)
#define SL_82599_STAT_SETS 16u
#define SL_82599_STAT_SET SL_MASK(0, 4) /* in each of the four bytes of a word */
#define SL_82599_STAT_SET_BITS UINT32_C(0x0F0F0F0F)

/* Filters that select queues: ETQF, ETQS, SYNQF, FTQF, SDPQF, L34TIMIR */
#define SL_82599_ETQF_TYPE SL_MASK(0, 16)
#define SL_82599_ETQF_1588 SL_BIT(30)
#define SL_82599_ETQF_EN SL_BIT(31)
#define SL_82599_ETQS_QUEUE SL_MASK(16, 7)
#define SL_82599_ETQS_EN SL_BIT(31)
#define SL_82599_SYNQF_EN SL_BIT(0)
#define SL_82599_SYNQF_QUEUE SL_MASK(1, 7)
#define SL_82599_SYNQF_FIRST SL_BIT(31) /* priority over the 5-tuple filters */
#define SL_82599_FTQF_PROTOCOL SL_MASK(0, 2)
enum sl_82599_protocol {
	SL_82599_PROTOCOL_TCP,
	SL_82599_PROTOCOL_UDP,
	SL_82599_PROTOCOL_SCTP,
	SL_82599_PROTOCOL_OTHER,
};
#define SL_82599_FTQF_PRIORITY SL_MASK(2, 3) /* 7 is the highest */
#define SL_82599_FTQF_ANY_SOURCE SL_BIT(25)  /* set: this field is not compared */
#define SL_82599_FTQF_ANY_DEST SL_BIT(26)
#define SL_82599_FTQF_ANY_SPORT SL_BIT(27)
#define SL_82599_FTQF_ANY_DPORT SL_BIT(28)
#define SL_82599_FTQF_ANY_PROTOCOL SL_BIT(29)
#define SL_82599_FTQF_EN SL_BIT(31)
#define SL_82599_L34TIMIR_QUEUE SL_MASK(21, 7)

/* Flow director: FDIRCTRL, FDIRM, FDIRHASH, FDIRCMD, FDIRLEN, FDIRUSTAT, FDIRFSTAT */
#define SL_82599_FDIRCTRL_PBALLOC SL_MASK(0, 2) /* 64, 128 or 256 KiB of packet buffer */
#define SL_82599_FDIRCTRL_INIT_DONE SL_BIT(3)
#define SL_82599_FDIRCTRL_PERFECT SL_BIT(4)
#define SL_82599_FDIRCTRL_REPORT SL_BIT(5)
#define SL_82599_FDIRCTRL_DROP_QUEUE SL_MASK(8, 7)
#define SL_82599_FDIRCTRL_FLEX SL_MASK(16, 5)	 /* offset of the flexible bytes, words */
#define SL_82599_FDIRCTRL_FULL_AT SL_MASK(28, 4) /* interrupt at so many free, units of 16 */
#define SL_82599_FDIRCTRL_FULL_UNIT 16u
#define SL_82599_FDIRM_VLAN_ID SL_BIT(0) /* set: this field is not compared */
#define SL_82599_FDIRM_VLAN_PRIORITY SL_BIT(1)
#define SL_82599_FDIRM_L4_TYPE SL_BIT(3)
#define SL_82599_FDIRM_FLEX SL_BIT(4)
#define SL_82599_FDIRM_DEST_IPV6 SL_BIT(5)
#define SL_82599_FDIRHASH_BUCKET SL_MASK(0, 15)
#define SL_82599_FDIRHASH_ID SL_MASK(16, 15) /* signature, or filter number from software */
#define SL_82599_FDIRCMD_CMD SL_MASK(0, 2)
enum sl_82599_fdircmd {
	SL_82599_FDIRCMD_NONE,
	SL_82599_FDIRCMD_ADD,
	SL_82599_FDIRCMD_REMOVE,
	SL_82599_FDIRCMD_QUERY,
};
#define SL_82599_FDIRCMD_VALID SL_BIT(2) /* a query found the filter */
#define SL_82599_FDIRCMD_UPDATE SL_BIT(3)
#define SL_82599_FDIRCMD_TYPE SL_MASK(5, 3) /* SL_82599_FLOW_* */
#define SL_82599_FLOW_L4 SL_MASK(0, 2)	    /* enum sl_82599_flow_l4 */
enum sl_82599_flow_l4 {
	SL_82599_FLOW_NONE,
	SL_82599_FLOW_UDP,
	SL_82599_FLOW_TCP,
	SL_82599_FLOW_SCTP,
};
#define SL_82599_FLOW_IPV6 SL_BIT(2)
#define SL_82599_FDIRCMD_CLEAR SL_BIT(8)
#define SL_82599_FDIRCMD_DROP SL_BIT(9)
#define SL_82599_FDIRCMD_QUEUE_EN SL_BIT(15)
#define SL_82599_FDIRCMD_QUEUE SL_MASK(16, 7)
#define SL_82599_FDIRLEN_LENGTH SL_MASK(0, 6)
#define SL_82599_FDIRLEN_HASH SL_MASK(16, 15)
#define SL_82599_FDIRUSTAT_ADDED SL_MASK(0, 16)
#define SL_82599_FDIRUSTAT_REMOVED SL_MASK(16, 16)
#define SL_82599_FDIRFSTAT_ADDED SL_MASK(0, 8)
#define SL_82599_FDIRFSTAT_REMOVED SL_MASK(8, 8)

/* Time sync: TSYNCTXCTL, TSYNCRXCTL, RXMTRL, TIMINCA, TIMADJH */
#define SL_82599_TSYNC_VALID SL_BIT(0) /* TSYNCTXCTL, TSYNCRXCTL: a time stamp is held */
#define SL_82599_TSYNC_EN SL_BIT(4)    /* TSYNCTXCTL, TSYNCRXCTL */
#define SL_82599_TSYNCRXCTL_TYPE SL_MASK(1, 3)
#define SL_82599_RXMTRL_V1 SL_MASK(0, 8) /* control field */
#define SL_82599_RXMTRL_V2 SL_MASK(8, 4) /* message type */
#define SL_82599_RXMTRL_PORT SL_MASK(16, 16)
#define SL_82599_TIMINCA_INCREMENT SL_MASK(0, 24)
#define SL_82599_TIMINCA_PERIOD SL_MASK(24, 8) /* ticks */
#define SL_82599_TIMINCA_WHOLE SL_MASK(0, 31)  /* X540: increment per tick */
#define SL_82599_TIMADJ_MINUS SL_BIT(31)
#define SL_82599_TIMINCA_MINUS SL_BIT(31)  /* X550: SL_82599_TIMINCA_WHOLE is subtracted */
#define SL_82599_TSAUXC_DISABLE SL_BIT(31) /* X550: the clock is stopped */

/* Firmware (X550): HICR; words of FLEX_MNG, fields of the first word */
#define SL_82599_HICR_ENABLED SL_BIT(0)
#define SL_82599_HICR_COMMAND SL_BIT(1)
#define SL_82599_HICR_STATUS_VALID SL_BIT(2)
#define SL_82599_HIC_ADDRESS 1u
#define SL_82599_HIC_LENGTH 2u
#define SL_82599_HIC_DATA 3u
#define SL_82599_FWSTS_RESET SL_BIT(9) /* FWSTS: the firmware was reset; write 1 to clear */
#define SL_82599_HIC_COMMAND SL_MASK(0, 8)
#define SL_82599_HIC_SIZE SL_MASK(8, 8)		/* bytes after the first word */
#define SL_82599_HIC_SIZE_SHADOW SL_MASK(16, 8) /* the same, in commands to the shadow RAM */
#define SL_82599_HIC_SUM SL_MASK(24, 8)		/* all ones: no checksum */
#define SL_82599_HIC_SHADOW_SIZE 6u
#define SL_82599_HIC_SHADOW_MOST 512u /* maximum number of words of one answer */
#define SL_82599_HIC_STOP_SIZE 1u
#define SL_82599_HIC_STATUS SL_MASK(16, 5)
#define SL_82599_HIC_SUCCESS 1u
enum sl_82599_hic {
	SL_82599_HIC_READ_SHADOW = 0x31,
	SL_82599_HIC_WRITE_SHADOW = 0x33,
	SL_82599_HIC_DUMP_SHADOW = 0x36,
	SL_82599_HIC_DRIVER_INFO = 0xDD,
	SL_82599_HIC_STOP_RECEIVE = 0xDE,
};

/** Words of the NVM. A sum covers the first words and the modules to which they point. */
enum sl_82599_nvm_word {
	SL_82599_NVM_FIRST_X550 = 0x02,	  /* X550: first pointer that is in the sum */
	SL_82599_NVM_FIRST_MODULE = 0x03, /* 82599, X540: first pointer that is in the sum */
	SL_82599_NVM_PHY = 0x04,	  /* X540, X550: this module is not in the sum */
	SL_82599_NVM_OPTION_ROM = 0x05,	  /* X540, X550: this module is not in the sum */
	SL_82599_NVM_CORE_0 = 0x09,	  /* core of the first port */
	SL_82599_NVM_LAST_MODULE = 0x0E,  /* last pointer that is in the sum */
	SL_82599_NVM_FIRMWARE = 0x0F,
	SL_82599_NVM_PART = 0x15,
	SL_82599_NVM_SFP_INIT = 0x2B,
	SL_82599_NVM_DEVICE_CAPS = 0x2C,
	SL_82599_NVM_TRACK = 0x2D,
	SL_82599_NVM_CHECKSUM = 0x3F,
	SL_82599_NVM_LAST_X550 = 0x41, /* X550: last word that is in the sum */
};
/** X550: pointers to modules that have no length word, and the sizes of these modules in words. */
enum sl_82599_nvm_plain {
	SL_82599_NVM_PCIE_GENERAL = 0x06,
	SL_82599_NVM_PCIE_0 = 0x07,
	SL_82599_NVM_PCIE_1 = 0x08,
	SL_82599_NVM_PCIE_GENERAL_LEN = 0x24,
	SL_82599_NVM_PCIE_LEN = 0x08,
};
#define SL_82599_NVM_PART_IS_TEXT 0xFAFAu
/** Offsets in the firmware's module: pointers to the LESM module and to the patch module. */
enum sl_82599_nvm_firmware { SL_82599_NVM_FW_LESM = 2, SL_82599_NVM_FW_PATCH = 4 };
#define SL_82599_NVM_FW_PATCH_VERSION 7u
#define SL_82599_NVM_LESM_STATE 1u /* offset in the LESM module */
#define SL_82599_NVM_LESM_ON 0x8000u
#define SL_82599_NVM_FW_VERSION 6u	     /* fibre: drivers require a version above 5 */
#define SL_82599_NVM_SFP_CABLE 3u	     /* passive copper, port 0; port 1: one more */
#define SL_82599_NVM_SFP_SR_LR 5u	     /* SR or LR, port 0; port 1: one more */
#define SL_82599_NVM_CAPS_NO_CROSSTALK 0x80u /* the module pin must not be used */
#define SL_82599_NVM_SUM 0xBABAu	     /* sum of words 0 to 3Fh and of the modules */
#define SL_82599_NVM_WORDS_MIN 64u

#ifdef __cplusplus
}
#endif

#endif /* _SL_REGS_82599_H_ */
