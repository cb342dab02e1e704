/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 *
 * The devices of the family igb: what each of them has, and its PCI ids.
 */
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
/* Packet fields that RSS may hash: MRQC. */
#define RSS_FIELDS \
	(RTE_ETH_RSS_IPV4 | RTE_ETH_RSS_NONFRAG_IPV4_TCP | RTE_ETH_RSS_NONFRAG_IPV4_UDP | \
		RTE_ETH_RSS_IPV6 | RTE_ETH_RSS_NONFRAG_IPV6_TCP | RTE_ETH_RSS_NONFRAG_IPV6_UDP | \
		RTE_ETH_RSS_IPV6_EX | RTE_ETH_RSS_IPV6_TCP_EX | RTE_ETH_RSS_IPV6_UDP_EX)
#define SPEEDS \
	(RTE_ETH_LINK_SPEED_10M_HD | RTE_ETH_LINK_SPEED_10M | RTE_ETH_LINK_SPEED_100M_HD | \
		RTE_ETH_LINK_SPEED_100M | RTE_ETH_LINK_SPEED_1G)

static const struct sl_hw_ops igb_ops = {
	.answers = sl_igb_answers,
	.quiet = sl_igb_quiet,
	.reset = sl_igb_reset,
	.let_go = sl_igb_let_go,
	.mac_get = sl_igb_mac_get,
	.moves_frames = sl_igb_moves_frames,
	.forget = sl_igb_forget,
	.dump = sl_igb_dump,
	.link_set = sl_igb_link_set,
	.link_get = sl_igb_link_get,
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

static const struct sl_hw hw_82576 = {
	.name = "82576",
	.device_id = SL_PCI_DEV_82576,
	.rx_queues = SL_NIC_QUEUES,
	.tx_queues = SL_NIC_QUEUES,
	.mac_addrs = 24, /* RAL/RAH 0..15 and RAL2/RAH2: 8.10.16 */
	.reta_entries = SL_RETA_ENTRIES,
	.desc_min = 32,
	.desc_max = 4096,
	.max_frame = SL_FRAME_MAX,
	.rx_buf_unit = 1024, /* SRRCTL.BSIZEPACKET: 8.10.2 */
	/* Write-back at once; head write-back wants WTHRESH 0: 7.2.3.2. */
	.rx_thresh = {.prefetch = 8, .host = 8, .write_back = 1},
	.tx_thresh = {.prefetch = 8, .host = 1, .write_back = 0},
	.bar_size = SL_BAR_SIZE,
	.speeds = SPEEDS,
	.rx_offloads = RX_OFFLOADS,
	.tx_offloads = TX_OFFLOADS,
	.rss_hf = RSS_FIELDS,
	.counters = sl_igb_counters,
	.nb_counters = SL_IGB_COUNTERS,
	.ops = &igb_ops,
};

static const struct {
	uint16_t id;
	bool optics;
	const struct sl_hw *hw;
} devices[] = {
#define SL_DEVICE(id, device, optics) {SL_PCI_DEV_##id, optics, &hw_##device},
#include "devices.def"
#undef SL_DEVICE
};

const struct sl_hw *
sl_hw_find(uint16_t device_id)
{
	unsigned int i;

	for (i = 0; i < RTE_DIM(devices); i++) {
		if (devices[i].id == device_id)
			return devices[i].hw;
	}
	return NULL;
}

bool
sl_hw_has_optics(uint16_t device_id)
{
	unsigned int i;

	for (i = 0; i < RTE_DIM(devices); i++) {
		if (devices[i].id == device_id)
			return devices[i].optics;
	}
	return false;
}
