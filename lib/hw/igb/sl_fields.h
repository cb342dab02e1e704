/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */
#ifndef _SL_FIELDS_H_
#define _SL_FIELDS_H_

/**
 * @file
 * Fields of the family's registers, SL_<REGISTER>_<FIELD>, for SL_GET, SL_PREP
 * and SL_SET. Datasheet: Intel 82576EB, revision 2.63, chapter 8; the section of each register is
 * in its row of 82576.def. If a field is elsewhere on another device, the field's name contains the
 * device.
 */

#include "sl_bits.h"
#include "sl_pci.h"

/* CTRL */
#define SL_CTRL_FD SL_BIT(0)
#define SL_CTRL_GIO_MASTER_DISABLE SL_BIT(2)
#define SL_CTRL_SLU SL_BIT(6)
#define SL_CTRL_ILOS SL_BIT(7)
#define SL_CTRL_SPEED SL_MASK(8, 2)
#define SL_CTRL_FRCSPD SL_BIT(11)
#define SL_CTRL_FRCDPLX SL_BIT(12)
#define SL_CTRL_RST SL_BIT(26)
#define SL_CTRL_RFCE SL_BIT(27)
#define SL_CTRL_TFCE SL_BIT(28)
#define SL_CTRL_DEV_RST SL_BIT(29) /* since the 82580: resets all functions and the PHY */
#define SL_CTRL_VME SL_BIT(30)
#define SL_CTRL_PHY_RST SL_BIT(31)

/* STATUS */
#define SL_STATUS_FD SL_BIT(0)
#define SL_STATUS_LU SL_BIT(1)
#define SL_STATUS_FUNC SL_MASK(2, 2)
#define SL_STATUS_TXOFF SL_BIT(4)
#define SL_STATUS_SPEED SL_MASK(6, 2)
#define SL_STATUS_PHYRA SL_BIT(10)
#define SL_STATUS_2500 SL_BIT(12)      /* I354: strapped for 2.5 Gbit/s */
#define SL_STATUS_2500_OVER SL_BIT(13) /* I354: the strap is overridden */
#define SL_STATUS_GIO_MASTER_ENABLE SL_BIT(19)
#define SL_STATUS_DEV_RST_SET SL_BIT(20) /* since the 82580: cleared by writing one */
enum sl_speed { SL_SPEED_10 = 0, SL_SPEED_100 = 1, SL_SPEED_1000 = 2 };

/* CTRL_EXT */
#define SL_CTRL_EXT_LINK_MODE SL_MASK(22, 2)
enum sl_link_mode {
	SL_LINK_MODE_COPPER = 0,
	SL_LINK_MODE_KX = 1, /* since the 82580 */
	SL_LINK_MODE_SGMII = 2,
	SL_LINK_MODE_SERDES = 3,
};
#define SL_CTRL_EXT_ASDCHK SL_BIT(12)
#define SL_CTRL_EXT_EE_RST SL_BIT(13)
#define SL_CTRL_EXT_PFRSTD SL_BIT(14)
#define SL_CTRL_EXT_SDLPE SL_BIT(18)   /* SerDes low power */
#define SL_CTRL_EXT_PHYPDEN SL_BIT(20) /* PHY power down */
#define SL_CTRL_EXT_EIAME SL_BIT(24)
#define SL_CTRL_EXT_IAME SL_BIT(27)
#define SL_CTRL_EXT_DRV_LOAD SL_BIT(28)

/* LEDCTL: one byte for each of four LEDs */
#define SL_LEDCTL_EACH 0x01010101u
#define SL_LEDCTL_MODES (SL_LEDCTL_EACH * 0x0Fu)
#define SL_LEDCTL_BLINKS (SL_LEDCTL_EACH * 0x80u)
enum sl_led_mode { SL_LED_ON = 0xE, SL_LED_OFF = 0xF };

/* MDIC */
#define SL_MDIC_DATA SL_MASK(0, 16)
#define SL_MDIC_REGADD SL_MASK(16, 5)
#define SL_MDIC_PHYADD SL_MASK(21, 5)
#define SL_MDIC_OP SL_MASK(26, 2)
#define SL_MDIC_READY SL_BIT(28)
#define SL_MDIC_IE SL_BIT(29)
#define SL_MDIC_ERROR SL_BIT(30)
enum sl_mdic_op { SL_MDIC_OP_WRITE = 1, SL_MDIC_OP_READ = 2 };

/* MDICNFG, PHPM: since the 82580 */
#define SL_MDICNFG_PHYADD SL_MASK(21, 5)
#define SL_MDICNFG_EXT_MDIO SL_BIT(31)
#define SL_PHPM_GO_LINKD SL_BIT(5)

/* Flow control: bits that can be written */
#define SL_FCAH_ADDR SL_MASK(0, 16)
#define SL_FCT_TYPE SL_MASK(0, 16)
#define SL_FCTTV_TTV SL_MASK(0, 16)
#define SL_FCRTV_TH SL_MASK(0, 16)
#define SL_FCRTL_RTL SL_MASK(4, 12) /* 16-byte units */
#define SL_FCRTL_XONE SL_BIT(31)
#define SL_FCRTH_RTH SL_MASK(4, 12) /* 16-byte units */
#define SL_PAUSE_UNIT 16u

/* EECD, EERD */
#define SL_EECD_SK SL_BIT(0)
#define SL_EECD_CS SL_BIT(1)
#define SL_EECD_DI SL_BIT(2)
#define SL_EECD_DO SL_BIT(3)
#define SL_EECD_EE_REQ SL_BIT(6)
#define SL_EECD_EE_GNT SL_BIT(7)
#define SL_EECD_EE_PRES SL_BIT(8)
#define SL_EECD_AUTO_RD SL_BIT(9)
#define SL_EECD_EE_SIZE SL_MASK(11, 4)
#define SL_EECD_FLASH_DETECTED SL_BIT(19) /* I210 */
#define SL_EECD_FLUPD SL_BIT(23)	  /* I210: write the shadow RAM to the flash */
#define SL_EECD_FLUDONE SL_BIT(26)	  /* I210 */
#define SL_EERD_START SL_BIT(0)
#define SL_EERD_DONE SL_BIT(1)
#define SL_EERD_ADDR SL_MASK(2, 14)
#define SL_EERD_DATA SL_MASK(16, 16)
#define SL_NVM_WORDS_MIN 64u /* EE_SIZE: log2 of the number of such blocks */
#define SL_EEMNGCTL_CFG_DONE0 SL_BIT(18)
/* EEARBC: overrides an automatically loaded NVM word until the next power-up */
#define SL_EEARBC_WORD SL_MASK(4, 12)
#define SL_EEARBC_DATA SL_MASK(16, 16)
/* INVM: records; a word's record has its address and content */
#define SL_INVM_TYPE SL_MASK(0, 3)
#define SL_INVM_ADDR SL_MASK(9, 7)
#define SL_INVM_DATA SL_MASK(16, 16)
enum sl_invm_type { SL_INVM_NONE = 0, SL_INVM_WORD = 1, SL_INVM_CSR = 2, SL_INVM_RSA = 4 };
#define SL_INVM_CSR_DWORDS 1u /* dwords after the record's first */
#define SL_INVM_RSA_DWORDS 8u
#define SL_INVM_DWORDS 64u

/* SWSM, SW_FW_SYNC, FWSM */
#define SL_SWSM_SMBI SL_BIT(0)
#define SL_SWSM_SWESMBI SL_BIT(1)
#define SL_SW_FW_SW_EEP SL_BIT(0)
#define SL_SW_FW_SW_PHY0 SL_BIT(1)
#define SL_SW_FW_SW_PHY1 SL_BIT(2)
#define SL_SW_FW_SW_PHY2 SL_BIT(5)
#define SL_SW_FW_SW_PHY3 SL_BIT(6)
#define SL_SW_FW_FW_SHIFT 16

/* Interrupt causes: ICR, ICS, IMS, IMC */
#define SL_ICR_TXDW SL_BIT(0)
#define SL_ICR_LSC SL_BIT(2)
#define SL_ICR_RXDMT0 SL_BIT(4)
#define SL_ICR_RXO SL_BIT(6)
#define SL_ICR_RXDW SL_BIT(7)
#define SL_ICR_MDAC SL_BIT(9)
#define SL_ICR_DRSTA SL_BIT(30)
#define SL_ICR_INTA SL_BIT(31)
#define SL_ICR_VMMB SL_BIT(8)
#define SL_ICR_TS SL_BIT(19) /* since the 82580: TSICR has the cause */
/* Existing causes, for ICS and IMS: 82576; since the 82580, plus VMMB if there is a mailbox */
#define SL_ICR_CAUSES UINT32_C(0x77D4FBFD)
#define SL_ICR_CAUSES_82580 UINT32_C(0x77DCFED5)
/* Extended causes, MSI-X off: EICR, EICS, EIMS, EIMC */
#define SL_EICR_MSIX SL_MASK(0, 25) /* MSI-X on: one bit per vector */
#define SL_EICR_TCP_TIMER SL_BIT(30)
#define SL_EICR_OTHER SL_BIT(31)
#define SL_EICR_OTHERS (SL_EICR_TCP_TIMER | SL_EICR_OTHER) /* besides one bit per queue */
#define SL_GPIE_NSICR SL_BIT(0)
#define SL_GPIE_MULTIPLE_MSIX SL_BIT(4)
#define SL_GPIE_EIAME SL_BIT(30)
#define SL_GPIE_PBA SL_BIT(31)
/* EITR: least microseconds between two interrupts of a vector */
#define SL_EITR_INTERVAL SL_MASK(2, 13)
#define SL_EITR_CNT_IGNR SL_BIT(31) /* on a write: do not change the running counters */
/* IVAR: one byte each for RX n, TX n, RX n + 8, TX n + 8 */
#define SL_IVAR_QUEUES 8u
#define SL_IVAR_RX_LOW SL_MASK(0, 8)
#define SL_IVAR_TX_LOW SL_MASK(8, 8)
#define SL_IVAR_RX_HIGH SL_MASK(16, 8)
#define SL_IVAR_TX_HIGH SL_MASK(24, 8)
/* IVAR since the 82580: one byte each for RX 2n, TX 2n, RX 2n + 1, TX 2n + 1 */
#define SL_IVAR_ENTRY_VECTOR SL_MASK(0, 5)
#define SL_IVAR_ENTRY_VALID SL_BIT(7)
#define SL_IVAR_MISC_OTHER SL_MASK(8, 8)

/* RCTL */
#define SL_RCTL_RXEN SL_BIT(1)
#define SL_RCTL_SBP SL_BIT(2)
#define SL_RCTL_UPE SL_BIT(3)
#define SL_RCTL_MPE SL_BIT(4)
#define SL_RCTL_LPE SL_BIT(5)
#define SL_RCTL_LBM SL_MASK(6, 2)
#define SL_RCTL_MO SL_MASK(12, 2)
#define SL_RCTL_BAM SL_BIT(15)
#define SL_RCTL_BSIZE SL_MASK(16, 2)
#define SL_RCTL_VFE SL_BIT(18)
#define SL_RCTL_CFIEN SL_BIT(19)
#define SL_RCTL_CFI SL_BIT(20)
#define SL_RCTL_DPF SL_BIT(22)	/* discard PAUSE frames */
#define SL_RCTL_PMCF SL_BIT(23) /* pass other MAC control frames */
#define SL_RCTL_SECRC SL_BIT(26)
enum sl_rctl_lbm { SL_LBM_NONE = 0, SL_LBM_MAC = 1, SL_LBM_SERDES = 3 };

/* MTA: a hash of 12 bits selects a word and a bit in it. VLAN tags, as in VFTA and frames */
#define SL_MTA_HASH_WORD SL_MASK(5, 7)
#define SL_VLAN_VID SL_MASK(0, 12)
#define SL_VLAN_CFI SL_BIT(12)
/* VET: Ethertypes of the outer tag and of VLANs; the latter can be written on 82576 and 82580 */
#define SL_VET_OUTER SL_MASK(16, 16)
#define SL_VET_VLAN SL_MASK(0, 16)

/* RXPBS: KiB; a code for KiB; KiB again. Values of an I210 after power-up: 34 and 20 KiB */
#define SL_RXPBS_SIZE SL_MASK(0, 7)
#define SL_RXPBS_CODE SL_MASK(0, 4)
#define SL_RXPBS_CODES 11u
/* clang-format off: a list in a line */
#define SL_RXPBS_KIB_OF_CODE \
	{ \
		36, 72, 144, 1, 2, 4, 8, 16, 35, 70, 140 \
	}
/* clang-format on */
#define SL_RXPBS_SIZE_I210 SL_MASK(0, 6)
#define SL_RXPBS_I210 0x000000A2u
#define SL_TXPBS_I210 0x04000014u

/* RFCTL, DMACR */
#define SL_RFCTL_IPV6_EX_DIS SL_BIT(16)
#define SL_DMACR_EN SL_BIT(31)

/* DVMOLR */
#define SL_DVMOLR_STRVLAN SL_BIT(30)
#define SL_DVMOLR_STRCRC SL_BIT(31)

/* SRRCTL */
#define SL_SRRCTL_BSIZEPACKET SL_MASK(0, 7) /* 1 KiB units */
#define SL_SRRCTL_BSIZEHEADER SL_MASK(8, 6) /* 64-byte units */
#define SL_SRRCTL_RDMTS SL_MASK(20, 5)
#define SL_SRRCTL_DESCTYPE SL_MASK(25, 3)
#define SL_SRRCTL_DROP_EN SL_BIT(31)
enum sl_srrctl_desctype { SL_DESCTYPE_LEGACY = 0, SL_DESCTYPE_ADV_ONEBUF = 1 };

/* RDLEN, TDLEN: units of SL_QUEUE_RING_ALIGN bytes; bits that 82576 and 82580 store */
#define SL_XDLEN_UNITS SL_MASK(7, 13)
#define SL_XDLEN_KEPT SL_MASK(4, 16)

/* RXDCTL, TXDCTL */
#define SL_XDCTL_PTHRESH SL_MASK(0, 5)
#define SL_XDCTL_HTHRESH SL_MASK(8, 5)
#define SL_XDCTL_WTHRESH SL_MASK(16, 5)
#define SL_XDCTL_ENABLE SL_BIT(25)
#define SL_XDCTL_SWFLSH SL_BIT(26)

#define SL_SRRCTL_RDMTS_UNIT 16u /* descriptors */
#define SL_QUEUE_RING_ALIGN 128u /* RDBAL, TDBAL, and the unit of RDLEN, TDLEN */

/* RXCSUM */
#define SL_RXCSUM_PCSS SL_MASK(0, 8)
#define SL_RXCSUM_IPOFLD SL_BIT(8)
#define SL_RXCSUM_TUOFLD SL_BIT(9)
#define SL_RXCSUM_CRCOFL SL_BIT(11)
#define SL_RXCSUM_IPPCSE SL_BIT(12)
#define SL_RXCSUM_PCSD SL_BIT(13)

/* RLPML */
#define SL_RLPML_LEN SL_MASK(0, 14)

/* RAH, VFTA, MTA */
#define SL_RAH_ADDR SL_MASK(0, 16)
#define SL_RAH_ASEL SL_MASK(16, 2)
#define SL_RAH_POOL SL_MASK(18, 8)
#define SL_RAH_AV SL_BIT(31)

/* MRQC */
#define SL_MRQC_ENABLE SL_MASK(0, 3)
#define SL_MRQC_RSS_FIELDS SL_MASK(16, 9) /* the following bits */
#define SL_MRQC_RSS_IPV4_TCP SL_BIT(16)
#define SL_MRQC_RSS_IPV4 SL_BIT(17)
#define SL_MRQC_RSS_IPV6_TCP_EX SL_BIT(18)
#define SL_MRQC_RSS_IPV6_EX SL_BIT(19)
#define SL_MRQC_RSS_IPV6 SL_BIT(20)
#define SL_MRQC_RSS_IPV6_TCP SL_BIT(21)
#define SL_MRQC_RSS_IPV4_UDP SL_BIT(22)
#define SL_MRQC_RSS_IPV6_UDP SL_BIT(23)
#define SL_MRQC_RSS_IPV6_UDP_EX SL_BIT(24)
enum sl_mrqc_enable { SL_MRQC_OFF = 0, SL_MRQC_RSS_4Q = 2 };
#define SL_RETA_ENTRIES 128u
#define SL_RETA_PER_WORD 4u	    /* one byte each */
#define SL_RETA_QUEUE SL_MASK(0, 4) /* in each of the four bytes of a word */
#define SL_RSS_KEY_BYTES 40u

/* TCTL, TDWBAL, DTXCTL */
#define SL_TCTL_EN SL_BIT(1)
#define SL_TCTL_PSP SL_BIT(3)
#define SL_TCTL_CT SL_MASK(4, 8)
#define SL_TCTL_COLD SL_MASK(12, 10)
#define SL_TCTL_RTLC SL_BIT(24)
#define SL_DTXTCPFLG_FIRST SL_MASK(0, 12)   /* DTXTCPFLGL */
#define SL_DTXTCPFLG_MIDDLE SL_MASK(16, 12) /* DTXTCPFLGL */
#define SL_DTXTCPFLG_LAST SL_MASK(0, 12)    /* DTXTCPFLGH */
#define SL_TDWBAL_HEAD_WB_EN SL_BIT(0)
#define SL_TDWBAL_WB_ON_EITR SL_BIT(1)
/* TXCTL: with relaxed ordering a head write-back could pass the reads that it reports. */
#define SL_TXCTL_DESC_WB_RO SL_BIT(11)

/* FWSM, MANC */
#define SL_FWSM_FW_MODE SL_MASK(1, 3)

/* PCS_LCTL, PCS_LSTAT */
#define SL_PCS_LSTAT_LINK_OK SL_BIT(0)
#define SL_PCS_LSTAT_SPEED_1000 SL_BIT(2)
#define SL_PCS_LSTAT_FD SL_BIT(3)
#define SL_PCS_LSTAT_SYNC SL_BIT(4)

/* Time sync: TSYNCTXCTL, TSYNCRXCTL, TSYNCRXCFG, SRRCTL, ETQF */
#define SL_TSYNC_VALID SL_BIT(0) /* in TSYNCTXCTL and TSYNCRXCTL: a stamp is stored */
#define SL_TSYNC_EN SL_BIT(4)	 /* in TSYNCTXCTL and TSYNCRXCTL */
#define SL_TSYNCRXCTL_TYPE SL_MASK(1, 3)
enum sl_tsync_type {
	SL_TSYNC_L2_V2 = 0,
	SL_TSYNC_L4_V1 = 1,
	SL_TSYNC_V2 = 2,
	SL_TSYNC_ALL = 4, /* since the 82580 */
	SL_TSYNC_EVENT_V2 = 5,
};
#define SL_TSYNCRXCFG_V1 SL_MASK(0, 8) /* control field */
#define SL_TSYNCRXCFG_V2 SL_MASK(8, 4) /* message type */
#define SL_SRRCTL_TIMESTAMP SL_BIT(30) /* since the 82580: stamps in front of frames */
#define SL_RXPBS_TS_EN_I210 SL_BIT(31) /* I210: reserve room for stamps */
#define SL_ETQF_TYPE SL_MASK(0, 16)
#define SL_ETQF_EN SL_BIT(26)
#define SL_ETQF_1588 SL_BIT(30)
/* TIMINCA: 82576; since the 82580 2^-32 ns added to or subtracted from each tick of 8 ns */
#define SL_TIMINCA_INCREMENT SL_MASK(0, 24)
#define SL_TIMINCA_PERIOD SL_MASK(24, 8) /* units of 16 ns */
#define SL_TIMINCA_RATE SL_MASK(0, 31)
#define SL_TIMINCA_MINUS SL_BIT(31)
#define SL_SYSTIMTM_STM SL_MASK(0, 16)
#define SL_TIMADJ_MINUS SL_BIT(31) /* in TIMADJH; I210: in TIMADJL, the only one used */
#define SL_TIMADJ_NS_I210 SL_MASK(0, 30)
/* TSAUXC: target time 0 and 1, samples 0 and 1 */
#define SL_TSAUXC_EN_TT(i) SL_BIT(i)
#define SL_TSAUXC_SAMP_AUT(i) SL_BIT(3 + 3 * (i))
#define SL_TSAUXC_AUTT(i) SL_BIT(9 + 2 * (i))
#define SL_TSAUXC_DISABLE SL_BIT(31)
/* TSICR, TSIM */
#define SL_TSICR_SYS_WRAP SL_BIT(0) /* I210: the end of a second */
#define SL_TSICR_TXTS SL_BIT(1)
#define SL_TSICR_RXTS SL_BIT(2)
#define SL_TSICR_TT(i) SL_BIT(3 + (i))
#define SL_TSICR_AUTT(i) SL_BIT(5 + (i))
#define SL_TSICR_TADJ SL_BIT(7)
#define SL_TSICR_CAUSES SL_MASK(0, 8)
/* I2CPARAMS: lines pulled up */
#define SL_I2C_CLK_OUT SL_BIT(9)
#define SL_I2C_DATA_OUT SL_BIT(10)
#define SL_I2C_DATA_FREE SL_BIT(11) /* not driven */
#define SL_I2C_DATA_IN SL_BIT(12)
#define SL_I2C_CLK_FREE SL_BIT(13)
#define SL_I2C_CLK_IN SL_BIT(14)

/* PHY registers (IEEE 802.3 clause 22, and registers of the internal PHY: 8.25) */
enum sl_phy_reg {
	SL_PHY_CONTROL = 0,
	SL_PHY_STATUS = 1,
	SL_PHY_ID1 = 2,
	SL_PHY_ID2 = 3,
	SL_PHY_AUTONEG_ADV = 4,
	SL_PHY_LP_ABILITY = 5,
	SL_PHY_AUTONEG_EXP = 6,
	SL_PHY_NEXT_PAGE = 7,
	SL_PHY_LP_NEXT_PAGE = 8,
	SL_PHY_1000T_CTRL = 9,
	SL_PHY_1000T_STATUS = 10,
	SL_PHY_EXT_STATUS = 15,
	/* 82576: registers from 16 on have pages; PAGE_SELECT selects one by a register number */
	SL_PHY_PORT_STATUS = 17,
	SL_PHY_LINK_HEALTH = 19,
	SL_PHY_PAGE_SELECT = 31,
	/* 82580, I350: no pages, but registers accessed through an address register */
	SL_PHY_EMI_ADDR = 16,
	SL_PHY_EMI_DATA = 17,
	SL_PHY_STATUS_2 = 26,
	SL_PHY_DIAG_STATUS = 31,
	/* I210: all registers have pages; clause 45 access (IEEE 802.3 annex 22D) */
	SL_PHY_MMD_CONTROL = 13,
	SL_PHY_MMD_DATA = 14,
	SL_PHY_PLL = 14, /* on a separate page */
	SL_PHY_SPECIFIC_STATUS = 17,
	SL_PHY_PAGE_I210 = 22,
};
#define SL_PHY_STATUS_EXT_CAP SL_BIT(0)
#define SL_PHY_STATUS_LINK SL_BIT(2)
#define SL_PHY_STATUS_AUTONEG_CAP SL_BIT(3)
#define SL_PHY_STATUS_AUTONEG_DONE SL_BIT(5)
#define SL_PHY_STATUS_EXT SL_BIT(8)
#define SL_PHY_STATUS_SPEEDS SL_MASK(11, 4) /* 10 and 100 Mb/s, half and full */
#define SL_PHY_CONTROL_SPEED_1000 SL_BIT(6)
#define SL_PHY_CONTROL_FD SL_BIT(8)
#define SL_PHY_CONTROL_SPEED_100 SL_BIT(13)
#define SL_PHY_CONTROL_AUTONEG_RESTART SL_BIT(9)
#define SL_PHY_CONTROL_POWER_DOWN SL_BIT(11)
#define SL_PHY_CONTROL_AUTONEG_ENABLE SL_BIT(12)
#define SL_PHY_CONTROL_LOOPBACK SL_BIT(14)
#define SL_PHY_CONTROL_RESET SL_BIT(15)
#define SL_PHY_ADDRESS 1u /* the internal PHY on MDIC */
#define SL_PHY_ABILITY_802_3 SL_BIT(0)
#define SL_PHY_ABILITY_SPEEDS SL_MASK(5, 4)
#define SL_PHY_ABILITY_10_HD SL_BIT(5)
#define SL_PHY_ABILITY_10_FD SL_BIT(6)
#define SL_PHY_ABILITY_100_HD SL_BIT(7)
#define SL_PHY_ABILITY_100_FD SL_BIT(8)
#define SL_PHY_ABILITY_PAUSE SL_BIT(10)
#define SL_PHY_ABILITY_ASM_PAUSE SL_BIT(11)
#define SL_PHY_ABILITY_ACK SL_BIT(14)
#define SL_PHY_EXP_LP_AUTONEG SL_BIT(0) /* in AUTONEG_EXP */
#define SL_PHY_EXP_NEXT_PAGE SL_BIT(2)
#define SL_PHY_NEXT_PAGE_NULL 0x2001u /* an empty message page: IEEE 802.3 28.2.3.4 */
#define SL_PHY_1000T_HD SL_BIT(8)     /* in 1000T_CTRL */
#define SL_PHY_1000T_FD SL_BIT(9)
#define SL_PHY_1000T_LP_HD SL_BIT(10) /* in 1000T_STATUS */
#define SL_PHY_1000T_LP_FD SL_BIT(11)
#define SL_PHY_1000T_RX_OK SL_MASK(12, 2)
#define SL_PHY_EXT_1000T SL_MASK(12, 2)
#define SL_PHY_PORT_FD SL_BIT(9)	    /* in PORT_STATUS */
#define SL_PHY_PORT_SPEED SL_MASK(14, 2)    /* enum sl_speed and one */
#define SL_PHY_STATUS_2_SPEED SL_MASK(8, 2) /* enum sl_speed */
#define SL_PHY_SPECIFIC_LINK SL_BIT(10)	    /* in SPECIFIC_STATUS */
#define SL_PHY_SPECIFIC_RESOLVED SL_BIT(11)
#define SL_PHY_SPECIFIC_FD SL_BIT(13)
#define SL_PHY_SPECIFIC_SPEED SL_MASK(14, 2) /* enum sl_speed */
#define SL_PHY_MMD_DEVICE SL_MASK(0, 5)	     /* in MMD_CONTROL */
#define SL_PHY_MMD_FUNCTION SL_MASK(14, 2)   /* 0: DATA is the address */
#define SL_PHY_MMD_REG(device, reg) ((uint32_t)(device) << 16 | (reg))
#define SL_PHY_EEE_CAPABLE SL_PHY_MMD_REG(3, 20)
#define SL_PHY_EEE_ADVERTISED SL_PHY_MMD_REG(7, 60)
#define SL_PHY_EEE_SPEEDS SL_MASK(1, 2) /* 100BASE-TX and 1000BASE-T */
#define SL_PHY_ID_82576 0x02A80391u	/* ID1 and ID2; the last four bits are the revision */
#define SL_PHY_ID_82580 0x015403A0u
#define SL_PHY_ID_I350 0x015403B0u
#define SL_PHY_ID_I210 0x01410C00u
#define SL_PHY_PLL_PAGE 0xFCu
#define SL_PHY_PLL_LOST SL_MASK(0, 8) /* all ones: the PLL has no configuration */

/* NVM words: datasheet 6.2 */
enum sl_nvm_word {
	SL_NVM_MAC0 = 0x00,
	SL_NVM_MAC1 = 0x01,
	SL_NVM_MAC2 = 0x02,
	SL_NVM_VERSION = 0x05,
	SL_NVM_PART = 0x08, /* two words: the number, or PART_IS_TEXT and the text's offset */
	SL_NVM_SUBSYSTEM = 0x0B,
	SL_NVM_SUBVENDOR = 0x0C,
	SL_NVM_AUTOLOAD = 0x0A, /* I210: words that the chip loads automatically */
	SL_NVM_DEVICE = 0x0D,
	SL_NVM_VENDOR = 0x0E,
	SL_NVM_INIT_CONTROL_2 = 0x0F,
	SL_NVM_CHECKSUM = 0x3F,
	SL_NVM_TRACK = 0x42, /* two words, the lower first: number of the image */
};
#define SL_NVM_PART_IS_TEXT 0xFAFAu
#define SL_NVM_INIT_CONTROL_2_PAUSE SL_MASK(12, 2) /* symmetric and asymmetric: advertised */
#define SL_NVM_SUM 0xBABAu			   /* words 0..3Fh add up to this: 6.2.21 */
#define SL_NVM_AUTOLOAD_I210 0x202Fu /* default if the internal NVM has no such word */
#define SL_NVM_AUTOLOAD_PLL SL_BIT(4)
/* A port's part of the NVM, with a separate checksum, since the 82580 */
#define SL_NVM_PORT(port) ((port) == 0 ? 0u : 0x40u + 0x40u * (port))
#define SL_NVM_PORTS 4u

/* PCI identity */
enum sl_pci_device {
#define SL_DEVICE(id, device, optics, number) SL_PCI_DEV_##id = (number),
#include "igb/devices.def"
#undef SL_DEVICE
};

#endif /* _SL_FIELDS_H_ */
