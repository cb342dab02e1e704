/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */

/* The devices of the family igb: their properties and PCI ids. */

#include "sl_desc.h"
#include "sl_igb.h"

#define RX_OFFLOADS \
	(RTE_ETH_RX_OFFLOAD_VLAN_STRIP | RTE_ETH_RX_OFFLOAD_VLAN_FILTER | \
		RTE_ETH_RX_OFFLOAD_IPV4_CKSUM | RTE_ETH_RX_OFFLOAD_UDP_CKSUM | \
		RTE_ETH_RX_OFFLOAD_TCP_CKSUM | RTE_ETH_RX_OFFLOAD_KEEP_CRC | \
		RTE_ETH_RX_OFFLOAD_SCATTER | RTE_ETH_RX_OFFLOAD_RSS_HASH)
#define TX_OFFLOADS \
	(RTE_ETH_TX_OFFLOAD_VLAN_INSERT | RTE_ETH_TX_OFFLOAD_IPV4_CKSUM | \
		RTE_ETH_TX_OFFLOAD_UDP_CKSUM | RTE_ETH_TX_OFFLOAD_TCP_CKSUM | \
		RTE_ETH_TX_OFFLOAD_MULTI_SEGS | RTE_ETH_TX_OFFLOAD_MBUF_FAST_FREE)
/* Packet fields that RSS can hash: MRQC. Home addresses are in extension headers. */
#define RSS_FIELDS(quirks) \
	(RTE_ETH_RSS_IPV4 | RTE_ETH_RSS_NONFRAG_IPV4_TCP | RTE_ETH_RSS_NONFRAG_IPV4_UDP | \
		RTE_ETH_RSS_IPV6 | RTE_ETH_RSS_NONFRAG_IPV6_TCP | RTE_ETH_RSS_NONFRAG_IPV6_UDP | \
		(((quirks)&SL_QUIRK_IPV6_EX_OFF) != 0 ? 0 : \
							RTE_ETH_RSS_IPV6_EX | \
					RTE_ETH_RSS_IPV6_TCP_EX | RTE_ETH_RSS_IPV6_UDP_EX))
#define SPEEDS \
	(RTE_ETH_LINK_SPEED_10M_HD | RTE_ETH_LINK_SPEED_10M | RTE_ETH_LINK_SPEED_100M_HD | \
		RTE_ETH_LINK_SPEED_100M | RTE_ETH_LINK_SPEED_1G)
#define SPEED_2500(quirks) (((quirks)&SL_QUIRK_2500) != 0 ? RTE_ETH_LINK_SPEED_2_5G : 0)
/* Each device has the first counters of the list, up to its number. */
#define COUNTERS_82576 SL_IGB_COUNTERS_82576
#define COUNTERS_82580 SL_IGB_COUNTERS_82580
#define COUNTERS_i350 SL_IGB_COUNTERS
#define COUNTERS_i354 SL_IGB_COUNTERS
#define COUNTERS_i210 SL_IGB_COUNTERS
#define COUNTERS_i211 SL_IGB_COUNTERS

static const struct sl_hw_ops igb_ops = {
	.answers = sl_igb_answers,
	.quiet = sl_igb_quiet,
	.reset = sl_igb_reset,
	.let_go = sl_igb_let_go,
	.mac_get = sl_igb_mac_get,
	.moves_frames = sl_igb_moves_frames,
	.forget = sl_igb_forget,
	.dump = sl_igb_dump,
	.nvm_size = sl_igb_nvm_size,
	.nvm_words = sl_igb_nvm_words,
	.nvm_version = sl_igb_nvm_version,
	.led_set = sl_igb_led_set,
	.link_set = sl_igb_link_set,
	.link_get = sl_igb_link_get,
	.pause_set = sl_igb_pause_set,
	.rx_buffer = sl_igb_rx_buffer,
	.rx_set_up = sl_igb_rx_set_up,
	.rx_switch = sl_igb_rx_switch,
	.tx_switch = sl_igb_tx_switch,
	.max_frame_set = sl_igb_max_frame_set,
	.rxq_enable = sl_igb_rxq_enable,
	.rxq_disable = sl_igb_rxq_disable,
	.txq_enable = sl_igb_txq_enable,
	.txq_disable = sl_igb_txq_disable,
	.txq_drain = sl_igb_txq_drain,
	.rxq_head = sl_igb_rxq_head,
	.txq_head = sl_igb_txq_head,
	.txq_is_set_up = sl_igb_txq_is_set_up,
	.rxq_tail = sl_igb_rxq_tail,
	.txq_tail = sl_igb_txq_tail,
	.addr_set = sl_igb_addr_set,
	.multicast_set = sl_igb_multicast_set,
	.promiscuous_set = sl_igb_promiscuous_set,
	.vfta_set = sl_igb_vfta_set,
	.vlan_set = sl_igb_vlan_set,
	.vlan_type_set = sl_igb_vlan_type_set,
	.reta_set = sl_igb_reta_set,
	.rss_set = sl_igb_rss_set,
	.intr_causes = sl_igb_intr_causes,
	.intr_set_up = sl_igb_intr_set_up,
	.intr_set_up_one = sl_igb_intr_set_up_one,
	.intr_link = sl_igb_intr_link,
	.intr_rx = sl_igb_intr_rx,
	.intr_rxq = sl_igb_intr_rxq,
	.intr_off = sl_igb_intr_off,
	.count = sl_igb_count,
	.sum = sl_igb_sum,
};

static const char *const quirk_names[] = {
#define SL_QUIRK(name, text) text,
	SL_QUIRKS(SL_QUIRK)
#undef SL_QUIRK
};

/*
 * Write-back is immediate. Head write-back requires WTHRESH 0: 7.2.3.2. SRRCTL.BSIZEPACKET: 8.10.2.
 */
#define SL_FACTS(device, first, queues, addrs, phy, rx_prefetch, tx_prefetch, quirk_bits) \
	static const struct sl_hw hw_##device = { \
		.name = #first, \
		.device_id = SL_PCI_DEV_##first, \
		.rx_queues = queues, \
		.tx_queues = queues, \
		.rss_queues = queues, \
		.mac_addrs = addrs, \
		.reta_entries = SL_RETA_ENTRIES, \
		.desc_min = 32, \
		.desc_max = 4096, \
		.format = &sl_format_of_IGB, \
		.rx_completion = SL_COMPLETION_DD, \
		.tx_completion = SL_COMPLETION_HEAD, \
		.max_frame = SL_IGB_FRAME_MAX, \
		.rx_buf_unit = 1024, \
		.pause_unit = SL_PAUSE_UNIT, \
		.rx_thresh = {.prefetch = rx_prefetch, .host = 8, .write_back = 1}, \
		.tx_thresh = {.prefetch = tx_prefetch, .host = 1, .write_back = 0}, \
		.bar_size = SL_BAR_SIZE, \
		.speeds = SPEEDS | SPEED_2500(quirk_bits), \
		.speeds_chosen = true, \
		.rx_offloads = RX_OFFLOADS, \
		.tx_offloads = TX_OFFLOADS, \
		.rss_hf = RSS_FIELDS(quirk_bits), \
		.regs = &sl_regs_##device, \
		.quirks = quirk_bits, \
		.quirk_names = quirk_names, \
		.nb_quirks = SL_QUIRK_COUNT, \
		.counters = sl_igb_counters, \
		.nb_counters = COUNTERS_##device, \
		.ops = &igb_ops, \
	};
#include "igb/facts.def"
#undef SL_FACTS

static const struct sl_hw_id ids[] = {
#define SL_DEVICE(id, device, optics, number) {number, optics, &hw_##device},
#include "igb/devices.def"
#undef SL_DEVICE
};

const struct sl_hw_family sl_igb_family = {.ids = ids, .nb_ids = RTE_DIM(ids)};
