/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */
#ifndef _SL_DESC_H_
#define _SL_DESC_H_

/**
 * @file
 * Advanced receive, transmit and context descriptors. igb and ixgbe share them, except for the
 * error bits of a write-back. Sections and limits are those of the 82576 datasheet.
 * Little-endian in memory; users of this file would have to convert on big-endian hosts, none of
 * which is supported.
 */

#include <stddef.h>
#include <stdint.h>

#include "sl_bits.h"

#ifdef __cplusplus
extern "C" {
#endif

/** Size of any descriptor, bytes. */
#define SL_DESC_SIZE 16u

/** Advanced receive descriptor: 7.1.5.1 (read) and 7.1.5.2 (write-back). */
union sl_rx_desc {
	struct {
		uint64_t pkt_addr; /**< IOVA of the packet buffer */
		uint64_t hdr_addr; /**< IOVA of the header buffer; bit 0 is DD: write zero */
	} read;
	struct {
		uint32_t info;	 /**< SL_RXD_INFO_*: RSS type, packet type, header length */
		uint32_t rss;	 /**< RSS hash, or fragment checksum and IP id */
		uint32_t status; /**< SL_RXD_STAT_* and SL_RXD_ERR_* */
		uint16_t length; /**< bytes in this buffer */
		uint16_t vlan;	 /**< VLAN tag, if STAT_VP is set */
	} wb;
	uint64_t qw[2];
};
_Static_assert(sizeof(union sl_rx_desc) == SL_DESC_SIZE, "advanced RX descriptor is 16 bytes");
_Static_assert(offsetof(union sl_rx_desc, wb.status) == 8, "RX status is the third word");
_Static_assert(offsetof(union sl_rx_desc, wb.length) == 12, "RX length follows the status");

#define SL_RXD_RSS_IP_ID SL_MASK(0, 16) /* field of the rss word, with RXCSUM.PCSD clear */
#define SL_RXD_INFO_RSSTYPE SL_MASK(0, 4)
#define SL_IXGBE_RXD_RSSTYPE_FDIR 15u	  /* the hash field has the flow director's result */
#define SL_IXGBE_RXD_INFO_ETQF SL_BIT(15) /* an Ethertype filter matched */
#define SL_IXGBE_RXD_INFO_ETQF_INDEX SL_MASK(4, 3) /* index of the matching filter */
#define SL_RXD_INFO_PTYPE SL_MASK(4, 13)
#define SL_RXD_INFO_HDRLEN SL_MASK(21, 10)
#define SL_RXD_INFO_SPH SL_BIT(31)
/* Bits within RXD_INFO_PTYPE, non-L2 packets: table 7-20 */
#define SL_RXD_PTYPE_IPV4 SL_BIT(0)
#define SL_RXD_PTYPE_IPV4E SL_BIT(1)
#define SL_RXD_PTYPE_IPV6 SL_BIT(2)
#define SL_RXD_PTYPE_IPV6E SL_BIT(3)
#define SL_RXD_PTYPE_TCP SL_BIT(4)
#define SL_RXD_PTYPE_UDP SL_BIT(5)
#define SL_RXD_PTYPE_SCTP SL_BIT(6)
#define SL_RXD_PTYPE_NFS SL_BIT(7)
#define SL_RXD_PTYPE_L2 SL_BIT(11)

#define SL_RXD_STAT_DD SL_BIT(0)
#define SL_RXD_STAT_EOP SL_BIT(1)
#define SL_IXGBE_RXD_STAT_FLM SL_BIT(2) /* a flow director filter matched */
#define SL_RXD_STAT_VP SL_BIT(3)
#define SL_RXD_STAT_UDPCS SL_BIT(4)
#define SL_RXD_STAT_L4CS SL_BIT(5)
#define SL_RXD_STAT_IPCS SL_BIT(6)
#define SL_RXD_STAT_PIF SL_BIT(7)
#define SL_RXD_STAT_IPIDV SL_BIT(9)
#define SL_RXD_STAT_TSIP SL_BIT(15) /* a time stamp is in front of the frame: I350 */
#define SL_RXD_STAT_TS SL_BIT(16)   /* a time stamp was taken: 7.10 */
#define SL_RXD_STAT_LB SL_BIT(18)
/* Errors: igb, then those that have other bits in ixgbe */
#define SL_RXD_ERR_L4E SL_BIT(29)
#define SL_RXD_ERR_IPE SL_BIT(30)
#define SL_RXD_ERR_RXE SL_BIT(31)
#define SL_IXGBE_RXD_ERR_RXE SL_BIT(29)
#define SL_IXGBE_RXD_ERR_L4E SL_BIT(30)
#define SL_IXGBE_RXD_ERR_IPE SL_BIT(31)
/* Errors found by the MAC: RXE (on later devices: too short), CE, LE, PE, OSE */
#define SL_IXGBE_RXD_ERR_MAC \
	(SL_IXGBE_RXD_ERR_RXE | SL_BIT(24) | SL_BIT(25) | SL_BIT(27) | SL_BIT(28))

enum sl_rss_type {
	SL_RSS_NONE = 0,
	SL_RSS_IPV4_TCP = 1,
	SL_RSS_IPV4 = 2,
	SL_RSS_IPV6_TCP = 3,
	SL_RSS_IPV6_EX = 4,
	SL_RSS_IPV6 = 5,
	SL_RSS_IPV6_TCP_EX = 6,
	SL_RSS_IPV4_UDP = 7,
	SL_RSS_IPV6_UDP = 8,
	SL_RSS_IPV6_UDP_EX = 9,
};

/** Advanced transmit data descriptor: 7.2.2.3 (read) and 7.2.2.4 (write-back). */
union sl_tx_desc {
	struct {
		uint64_t addr;	 /**< IOVA of the data */
		uint32_t cmd;	 /**< SL_TXD_DTALEN, SL_TXD_DTYP, SL_TXD_DCMD_* */
		uint32_t olinfo; /**< SL_TXD_POPTS_*, SL_TXD_IDX, SL_TXD_PAYLEN */
	} read;
	struct {
		uint64_t rsvd;
		uint32_t nxtseq;
		uint32_t status; /**< SL_TXD_STAT_DD */
	} wb;
	struct {		     /* context descriptor: 7.2.2.1 */
		uint32_t vlan_macip; /**< SL_TXC_IPLEN, SL_TXC_MACLEN, SL_TXC_VLAN */
		uint32_t seqnum;     /**< 0 */
		uint32_t tucmd;	     /**< SL_TXC_*, DTYP, DCMD_DEXT */
		uint32_t mss_l4;     /**< SL_TXC_IDX, SL_TXC_L4LEN, SL_TXC_MSS */
	} ctx;
	uint64_t qw[2];
};
_Static_assert(sizeof(union sl_tx_desc) == SL_DESC_SIZE, "advanced TX descriptor is 16 bytes");
_Static_assert(offsetof(union sl_tx_desc, read.cmd) == 8, "TX command is the third word");
_Static_assert(offsetof(union sl_tx_desc, wb.status) == 12, "TX status is the last word");
_Static_assert(offsetof(union sl_tx_desc, ctx.tucmd) == 8, "TX context command is the third word");

#define SL_TXD_DTALEN SL_MASK(0, 16)
#define SL_TXD_MAC_TSTAMP SL_BIT(19) /* take a time stamp: 7.2.2.3 */
#define SL_TXD_DTYP SL_MASK(20, 4)
#define SL_TXD_DCMD_EOP SL_BIT(24)
#define SL_TXD_DCMD_IFCS SL_BIT(25)
#define SL_TXD_DCMD_RS SL_BIT(27)
#define SL_TXD_DCMD_DEXT SL_BIT(29)
#define SL_TXD_DCMD_VLE SL_BIT(30)
#define SL_TXD_DCMD_TSE SL_BIT(31)
enum sl_txd_dtyp { SL_TXD_DTYP_CTX = 2, SL_TXD_DTYP_DATA = 3 };
#define SL_TXD_STAT_DD SL_BIT(0)
#define SL_TXD_CC SL_BIT(7) /* check context */
#define SL_TXD_IDX SL_MASK(4, 3)
#define SL_TXD_POPTS_IXSM SL_BIT(8)
#define SL_TXD_POPTS_TXSM SL_BIT(9)
#define SL_TXD_PAYLEN SL_MASK(14, 18)

#define SL_TXC_IPLEN SL_MASK(0, 9)
#define SL_TXC_MACLEN SL_MASK(9, 7)
#define SL_TXC_VLAN SL_MASK(16, 16)
#define SL_TXC_TUCMD_IPV4 SL_BIT(10)
#define SL_TXC_TUCMD_L4T SL_MASK(11, 2)
#define SL_TXC_IDX SL_MASK(4, 3)
#define SL_TXC_L4LEN SL_MASK(8, 8)
#define SL_TXC_MSS SL_MASK(16, 16)
enum sl_txc_l4t { SL_L4T_UDP = 0, SL_L4T_TCP = 1, SL_L4T_SCTP = 2 };

/** Most bytes of one data descriptor (DTALEN has 16 bits). */
#define SL_TXD_MAX_DATA 65535u

/** Frame limits of the MAC that all families share; the others are in sl_format.h. */
#define SL_FCS_LEN 4u
#define SL_FRAME_MIN 60u       /**< shortest frame excluding FCS; TCTL.PSP pads shorter ones */
#define SL_FRAME_STD_MAX 1518u /**< longest without RCTL.LPE, including FCS; a VLAN tag adds 4 */

#ifdef __cplusplus
}
#endif

#endif /* _SL_DESC_H_ */
