/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */

/* Devices of the ixgbe family: their properties and PCI ids. */

#include "sl_ixgbe.h"

#define RX_OFFLOADS \
	(RTE_ETH_RX_OFFLOAD_VLAN_STRIP | RTE_ETH_RX_OFFLOAD_VLAN_FILTER | \
		RTE_ETH_RX_OFFLOAD_IPV4_CKSUM | RTE_ETH_RX_OFFLOAD_UDP_CKSUM | \
		RTE_ETH_RX_OFFLOAD_TCP_CKSUM | RTE_ETH_RX_OFFLOAD_KEEP_CRC | \
		RTE_ETH_RX_OFFLOAD_SCATTER | RTE_ETH_RX_OFFLOAD_RSS_HASH)
#define TX_OFFLOADS \
	(RTE_ETH_TX_OFFLOAD_VLAN_INSERT | RTE_ETH_TX_OFFLOAD_IPV4_CKSUM | \
		RTE_ETH_TX_OFFLOAD_UDP_CKSUM | RTE_ETH_TX_OFFLOAD_TCP_CKSUM | \
		RTE_ETH_TX_OFFLOAD_MULTI_SEGS | RTE_ETH_TX_OFFLOAD_MBUF_FAST_FREE)
/* Packet fields that RSS may hash: MRQC. */
#define RSS_FIELDS \
	(RTE_ETH_RSS_IPV4 | RTE_ETH_RSS_NONFRAG_IPV4_TCP | RTE_ETH_RSS_NONFRAG_IPV4_UDP | \
		RTE_ETH_RSS_IPV6 | RTE_ETH_RSS_NONFRAG_IPV6_TCP | RTE_ETH_RSS_NONFRAG_IPV6_UDP | \
		RTE_ETH_RSS_IPV6_EX | RTE_ETH_RSS_IPV6_TCP_EX | RTE_ETH_RSS_IPV6_UDP_EX)

/* Transmit queues without traffic classes and pools (MTQC is 0): 8.2.3.9.15. */
#define TX_QUEUES 64u

static const struct sl_hw_ops ixgbe_ops = {
	.answers = sl_ixgbe_answers,
	.quiet = sl_ixgbe_quiet,
	.reset = sl_ixgbe_reset,
	.let_go = sl_ixgbe_let_go,
	.mac_get = sl_ixgbe_mac_get,
	.moves_frames = sl_ixgbe_moves_frames,
	.forget = sl_ixgbe_forget,
	.dump = sl_ixgbe_dump,
	.nvm_size = sl_ixgbe_nvm_size,
	.nvm_words = sl_ixgbe_nvm_words,
	.nvm_version = sl_ixgbe_nvm_version,
	.led_set = sl_ixgbe_led_set,
	.module_read = sl_ixgbe_sfp_read,
	.link_set = sl_ixgbe_link_set,
	.link_get = sl_ixgbe_link_get,
	.pause_set = sl_ixgbe_pause_set,
	.rx_buffer = sl_ixgbe_rx_buffer,
	.rx_set_up = sl_ixgbe_rx_set_up,
	.rx_switch = sl_ixgbe_rx_switch,
	.tx_switch = sl_ixgbe_tx_switch,
	.max_frame_set = sl_ixgbe_max_frame_set,
	.rxq_enable = sl_ixgbe_rxq_enable,
	.rxq_disable = sl_ixgbe_rxq_disable,
	.txq_enable = sl_ixgbe_txq_enable,
	.txq_disable = sl_ixgbe_txq_disable,
	.txq_drain = sl_ixgbe_txq_drain,
	.rxq_head = sl_ixgbe_rxq_head,
	.txq_head = sl_ixgbe_txq_head,
	.txq_is_set_up = sl_ixgbe_txq_is_set_up,
	.rxq_tail = sl_ixgbe_rxq_tail,
	.txq_tail = sl_ixgbe_txq_tail,
	.addr_set = sl_ixgbe_addr_set,
	.multicast_set = sl_ixgbe_multicast_set,
	.promiscuous_set = sl_ixgbe_promiscuous_set,
	.vfta_set = sl_ixgbe_vfta_set,
	.vlan_set = sl_ixgbe_vlan_set,
	.vlan_type_set = sl_ixgbe_vlan_type_set,
	.reta_set = sl_ixgbe_reta_set,
	.rss_set = sl_ixgbe_rss_set,
	.intr_causes = sl_ixgbe_intr_causes,
	.intr_set_up = sl_ixgbe_intr_set_up,
	.intr_set_up_one = sl_ixgbe_intr_set_up_one,
	.intr_link = sl_ixgbe_intr_link,
	.intr_rx = sl_ixgbe_intr_rx,
	.intr_rxq = sl_ixgbe_intr_rxq,
	.intr_off = sl_ixgbe_intr_off,
	.count = sl_ixgbe_count,
	.sum = sl_ixgbe_sum,
};

#define SPEEDS(quirks) \
	(RTE_ETH_LINK_SPEED_1G | RTE_ETH_LINK_SPEED_10G | \
		(((quirks)&SL_IXGBE_QUIRK_COPPER) != 0 ? RTE_ETH_LINK_SPEED_100M : 0) | \
		(((quirks)&SL_IXGBE_QUIRK_MULTIGIG) != 0 ? \
				RTE_ETH_LINK_SPEED_2_5G | RTE_ETH_LINK_SPEED_5G : \
				0))
/* A device has the first counters of the list. */
#define COUNTERS_82599 SL_IXGBE_COUNTERS_82599
#define COUNTERS_x540 SL_IXGBE_COUNTERS
#define COUNTERS_x550 SL_IXGBE_COUNTERS

static const char *const quirk_names[] = {
#define SL_QUIRK(name, text) text,
	SL_IXGBE_QUIRKS(SL_QUIRK)
#undef SL_QUIRK
};

/*
 * WTHRESH is 0, as head write-back requires; the head is then written back at once. Receive queues
 * have no thresholds.
 */
#define SL_FACTS(device, label, first, rss, reta, quirk_bits) \
	static const struct sl_hw hw_##device = { \
		.name = label, \
		.device_id = SL_PCI_DEV_##first, \
		.rx_queues = SL_82599_QUEUES, \
		.tx_queues = TX_QUEUES, \
		.rss_queues = rss, \
		.mac_addrs = SL_82599_ADDRS, \
		.reta_entries = reta, \
		.desc_min = 32, \
		.desc_max = 8192, \
		.format = &sl_format_of_IXGBE, \
		.rx_completion = SL_COMPLETION_DD, \
		.tx_completion = SL_COMPLETION_HEAD, \
		.max_frame = SL_IXGBE_FRAME_MAX, \
		.rx_buf_unit = 1024, \
		.pause_unit = SL_82599_PAUSE_UNIT, \
		.tx_thresh = {.prefetch = 32, .host = 1, .write_back = 0}, \
		.bar_size = SL_82599_BAR_SIZE, \
		.speeds = SPEEDS(quirk_bits), \
		.speeds_chosen = ((quirk_bits)&SL_IXGBE_QUIRK_COPPER) != 0, \
		.rx_offloads = RX_OFFLOADS, \
		.tx_offloads = TX_OFFLOADS, \
		.rss_hf = RSS_FIELDS, \
		.regs = &sl_regs_##device, \
		.quirks = quirk_bits, \
		.quirk_names = quirk_names, \
		.nb_quirks = SL_IXGBE_QUIRK_COUNT, \
		.counters = sl_ixgbe_counters, \
		.nb_counters = COUNTERS_##device, \
		.ops = &ixgbe_ops, \
	};
#include "ixgbe/facts.def"
#undef SL_FACTS

static const struct sl_hw_id ids[] = {
#define SL_DEVICE(id, device, optics, number) {number, optics, &hw_##device},
#include "ixgbe/devices.def"
#undef SL_DEVICE
};

const struct sl_hw_family sl_ixgbe_family = {.ids = ids, .nb_ids = RTE_DIM(ids)};
