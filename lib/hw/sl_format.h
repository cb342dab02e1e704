/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */
#ifndef _SL_FORMAT_H_
#define _SL_FORMAT_H_

/**
 * @file
 * Differences of the families' descriptors: one constant description per family. The layout and
 * all other bits are the same (sl_desc.h). Burst functions are compiled for one description, so
 * its values are constants in their code.
 */

#include <stdbool.h>
#include <stdint.h>

#include "sl_desc.h"

enum sl_format {
	SL_FORMAT_IGB,	 /**< 82576, 82580, I350, I354, I210, I211 */
	SL_FORMAT_IXGBE, /**< 82599 and later */
};

/** How a NIC reports that a descriptor is done. */
enum sl_completion {
	SL_COMPLETION_DD,   /**< it writes the descriptor back with DD set */
	SL_COMPLETION_HEAD, /**< it writes its head to a word outside the ring */
};

/** Longest frames, including FCS: 82576 section 8.10.13 (9.5 KiB); 82599, MAXFRS (15.5 KiB). */
#define SL_IGB_FRAME_MAX 9728u
#define SL_IXGBE_FRAME_MAX 15872u
/** Shortest frames that the MAC can pad, excluding FCS: 82576 section 7.2.1.1; same on 82599. */
#define SL_IGB_TX_FRAME_MIN 17u
#define SL_IXGBE_TX_FRAME_MIN 17u

#define SL_TX_FRAME_MIN SL_IGB_TX_FRAME_MIN
_Static_assert(SL_TX_FRAME_MIN == SL_IXGBE_TX_FRAME_MIN, "the shortest is the same");

/** Values in which the formats differ. */
struct sl_desc_format {
	enum sl_format format;
	uint32_t tx_span;    /**< longest minus shortest frame to send, excluding FCS */
	uint32_t rx_damaged; /**< status: the received frame is damaged */
	uint32_t rx_l4_seen; /**< status: the NIC checked the TCP or UDP checksum */
	uint32_t rx_bad_ip;  /**< status: the IPv4 header checksum is wrong */
	uint32_t rx_bad_l4;  /**< status: the TCP or UDP checksum is wrong */
	uint32_t rx_no_hash; /**< RSS type, besides SL_RSS_NONE, whose word is not a hash */
	bool rx_udp_unsure;  /**< rx_bad_l4 of UDP is unreliable: the frame may have no checksum */
};

static const struct sl_desc_format sl_format_of_IGB = {
	.format = SL_FORMAT_IGB,
	.tx_span = SL_IGB_FRAME_MAX - SL_FCS_LEN - SL_TX_FRAME_MIN,
	.rx_damaged = SL_RXD_ERR_RXE,
	.rx_l4_seen = SL_RXD_STAT_L4CS | SL_RXD_STAT_UDPCS,
	.rx_bad_ip = SL_RXD_ERR_IPE,
	.rx_bad_l4 = SL_RXD_ERR_L4E,
	.rx_no_hash = SL_RSS_NONE,
	.rx_udp_unsure = false,
};

/* The 82599 reports a UDP checksum of 0, which means no checksum, as wrong. */
static const struct sl_desc_format sl_format_of_IXGBE = {
	.format = SL_FORMAT_IXGBE,
	.tx_span = SL_IXGBE_FRAME_MAX - SL_FCS_LEN - SL_TX_FRAME_MIN,
	.rx_damaged = SL_IXGBE_RXD_ERR_MAC,
	.rx_l4_seen = SL_RXD_STAT_L4CS,
	.rx_bad_ip = SL_IXGBE_RXD_ERR_IPE,
	.rx_bad_l4 = SL_IXGBE_RXD_ERR_L4E,
	.rx_no_hash = SL_IXGBE_RXD_RSSTYPE_FDIR,
	.rx_udp_unsure = true,
};

#endif /* _SL_FORMAT_H_ */
