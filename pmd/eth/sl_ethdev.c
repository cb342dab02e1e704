/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */

/*
 * A port's life (configure, start, stop, close, reset) and its general properties: the ethdev
 * operations that are not about queues, filters, interrupts or statistics.
 */

#include "sl_board.h"
#include "sl_call.h"
#include "sl_compat.h"
#include "sl_ethdev.h"
#include "sl_filter.h"
#include "sl_intr.h"
#include "sl_log.h"
#include "sl_path.h"
#include "sl_pause.h"
#include "sl_pmd.h"
#include "sl_port.h"
#include "sl_rx.h"
#include "sl_rxq.h"
#include "sl_share.h"
#include "sl_stall.h"
#include "sl_stats.h"
#include "sl_stop.h"
#include "sl_tx.h"
#include "sl_txq.h"

#define LINK_STEP_US 100000u
#define DEFAULT_DESC 512u
#define DEFAULT_BURST 32u

/* True if speeds can be chosen: only on copper, and not on all devices. */
static bool
speeds_can_be_chosen(struct sl_port *port)
{
	struct sl_hw_link link;

	return port->hw->speeds_chosen && port->hw->ops->link_get(port, &link) &&
		link.media == SL_MEDIA_COPPER;
}

/* A fixed speed is one of the device's. Those to negotiate are all, or some where they are chosen.
 */
static int
check_speeds(const struct rte_eth_dev *eth)
{
	struct sl_port *port = sl_port_of(eth);
	const uint32_t all = port->hw->speeds, asked = eth->data->dev_conf.link_speeds;
	const uint32_t speeds = asked & ~RTE_ETH_LINK_SPEED_FIXED;
	const bool fixed = speeds != asked, chosen = speeds_can_be_chosen(port);

	if (asked == RTE_ETH_LINK_SPEED_AUTONEG || asked == all)
		return 0;
	if (chosen && (speeds & ~all) == 0 && (!fixed || rte_is_power_of_2(speeds)))
		return 0;
	SL_LOG(ERR,
		"port %u: link_speeds %#x not supported: %s; allowed: 0, auto-negotiation, or %s %#x%s",
		eth->data->port_id, asked,
		!fixed ? "not speeds of this link" : "not one speed of a copper link",
		chosen ? "any of" : "all of", all,
		chosen ? ", or one of them with RTE_ETH_LINK_SPEED_FIXED" : "");
	return -EINVAL;
}

static int
check_configuration(const struct rte_eth_dev *eth)
{
	const struct rte_eth_conf *conf = &eth->data->dev_conf;
	uint16_t id = eth->data->port_id;
	int ret;

	if ((conf->rxmode.mq_mode & ~RTE_ETH_MQ_RX_RSS_FLAG) != 0) {
		SL_LOG(ERR, "port %u: receive mq_mode %#x not supported; allowed: NONE, RSS", id,
			conf->rxmode.mq_mode);
		return -EINVAL;
	}
	if (conf->txmode.mq_mode != RTE_ETH_MQ_TX_NONE) {
		SL_LOG(ERR, "port %u: transmit mq_mode %#x not supported; allowed: NONE", id,
			conf->txmode.mq_mode);
		return -EINVAL;
	}
	if (conf->lpbk_mode > 1) {
		SL_LOG(ERR, "port %u: lpbk_mode %u not supported; allowed: 0 none, 1 in the MAC",
			id, conf->lpbk_mode);
		return -EINVAL;
	}
	ret = check_speeds(eth);
	return ret != 0 ? ret : sl_intr_check(eth);
}

static int
sl_dev_configure(struct rte_eth_dev *eth)
{
	int ret;

	ret = check_configuration(eth);
	return ret != 0 ? ret : sl_rss_configure(eth);
}

/* Enable receive. Filters and RSS are programmed before. */
static void
program_rx(struct rte_eth_dev *eth)
{
	struct sl_port *port = sl_port_of(eth);
	const struct rte_eth_conf *conf = &eth->data->dev_conf;
	const struct sl_hw_rx rx = {
		.max_frame = sl_port_max_frame(eth),
		.keep_crc = (conf->rxmode.offloads & RTE_ETH_RX_OFFLOAD_KEEP_CRC) != 0,
		.loopback = conf->lpbk_mode != 0,
		.checksums = (conf->rxmode.offloads & RTE_ETH_RX_OFFLOAD_CHECKSUM) != 0,
	};

	port->hw->ops->rx_set_up(port, &rx);
	sl_pause_restore(eth);
	sl_filter_restore(eth);
	port->hw->ops->rx_switch(port, true);
}

static void
stop_all(struct rte_eth_dev *eth)
{
	struct sl_port *port = sl_port_of(eth);

	port->hw->ops->rx_switch(port, false);
	sl_stop_queues(eth);
	port->hw->ops->tx_switch(port, false);
}

static int
start_queues(struct rte_eth_dev *eth)
{
	uint16_t q;
	int ret = 0;

	for (q = 0; q < eth->data->nb_tx_queues && ret == 0; q++) {
		struct sl_tx_queue *txq = eth->data->tx_queues[q];

		if (!txq->conf.tx_deferred_start)
			ret = sl_txq_start(eth, q);
	}
	for (q = 0; q < eth->data->nb_rx_queues && ret == 0; q++) {
		struct sl_rx_queue *rxq = eth->data->rx_queues[q];

		if (!rxq->conf.rx_deferred_start)
			ret = sl_rxq_start(eth, q);
	}
	return ret;
}

/* Read the link. With @wait, wait until it is up, at most as long as a call may take. */
static bool
wait_link(struct sl_port *port, bool wait, struct sl_hw_link *link)
{
	const uint64_t limit = sl_time_limit(port, wait ? SL_CALL_US : 0);

	do {
		if (!port->hw->ops->link_get(port, link))
			return false;
	} while (!link->up && sl_time_wait(port, LINK_STEP_US, limit));
	return true;
}

/* The PCI device id determines the connector of a SerDes. */
static void
note_connector(const struct sl_port *port, enum sl_hw_media media, struct rte_eth_link *link)
{
	switch (media) {
	case SL_MEDIA_COPPER:
		SL_LINK_CONNECTOR(link, TP);
		break;
	case SL_MEDIA_SGMII:
		SL_LINK_CONNECTOR(link, SGMII);
		break;
	case SL_MEDIA_SERDES:
		SL_LINK_CONNECTOR(link, OTHER);
		if (port->fibre)
			SL_LINK_CONNECTOR(link, FIBER);
		break;
	}
}

static int
sl_link_update(struct rte_eth_dev *eth, int wait)
{
	struct sl_port *port = sl_port_of(eth);
	const bool fixed = (eth->data->dev_conf.link_speeds & RTE_ETH_LINK_SPEED_FIXED) != 0;
	struct rte_eth_link link = {
		.link_autoneg = fixed ? RTE_ETH_LINK_FIXED : RTE_ETH_LINK_AUTONEG};
	struct sl_hw_link now = {0};
	int ret;

	/* The device may have just been removed: all ones would read as a link at full speed. */
	if (!sl_port_alive(port) || (!wait_link(port, wait != 0, &now) && !sl_port_alive(port))) {
		sl_port_note_down(eth);
		return -EIO;
	}
	note_connector(port, now.media, &link);
	if (now.up) {
		link.link_status = RTE_ETH_LINK_UP;
		link.link_speed = now.mbps;
		link.link_duplex =
			now.full_duplex ? RTE_ETH_LINK_FULL_DUPLEX : RTE_ETH_LINK_HALF_DUPLEX;
	}
	ret = rte_eth_linkstatus_set(eth, &link);
	/*
	 * Another thread may meanwhile have found that the NIC is gone, and have stored link down.
	 */
	if (__atomic_load_n(&port->removed, __ATOMIC_SEQ_CST)) {
		sl_port_note_down(eth);
		return -EIO;
	}
	return ret;
}

/*
 * Check that each of @n configured queues is set up. After a failed setup there is no queue, since
 * ethdev has released the old one.
 */
static int
check_set_up(const struct rte_eth_dev *eth, const char *kind, void *const *queues, uint16_t n)
{
	uint16_t q;

	for (q = 0; q < n; q++) {
		if (queues[q] != NULL)
			continue;
		SL_LOG(ERR,
			"port %u: %s queue %u of %u is not set up, or its last set-up was refused: "
			"rte_eth_%s_queue_setup() for each, or configure fewer",
			eth->data->port_id, kind, q, n, kind);
		return -EINVAL;
	}
	return 0;
}

/*
 * Turn bus mastering on. Call it only after a reset: then the NIC no longer has the addresses of
 * earlier rings.
 */
static int
master_on(struct sl_port *port)
{
	int ret = sl_master_set(port, true);

	if (ret == 0)
		return 0;
	SL_LOG(ERR, "port %u: bus mastering cannot be turned on: %s", port->eth->data->port_id,
		rte_strerror(-ret));
	return ret;
}

static int
sl_dev_start(struct rte_eth_dev *eth)
{
	struct sl_port *port = sl_port_of(eth);
	int ret;

	ret = check_set_up(eth, "rx", eth->data->rx_queues, eth->data->nb_rx_queues);
	if (ret == 0)
		ret = check_set_up(eth, "tx", eth->data->tx_queues, eth->data->nb_tx_queues);
	if (ret == 0)
		ret = sl_port_reset(port);
	if (ret == 0)
		ret = sl_path_choose(eth);
	if (ret != 0)
		return ret;
	sl_path_tell_scatter(eth);
	port->hw->ops->tx_switch(port, true);
	program_rx(eth);
	ret = master_on(port);
	if (ret == 0)
		ret = sl_intr_start(eth);
	if (ret == 0)
		ret = start_queues(eth);
	if (ret == 0)
		ret = port->hw->ops->link_set(port, true);
	if (ret != 0) {
		sl_intr_stop(eth);
		stop_all(eth);
		return ret;
	}
	sl_link_update(eth, 0);
	sl_bad_arm(port);
	port->runs = true;
	sl_share_run(port);
	sl_intr_let_link(eth);
	return 0;
}

int
sl_dev_stop(struct rte_eth_dev *eth)
{
	sl_share_stop(eth);
	sl_intr_stop(eth);
	stop_all(eth);
	sl_port_of(eth)->runs = false;
	sl_port_note_down(eth);
	return 0;
}

/*
 * True if the posted buffers are prepared for frames of this MTU, so that it can be set while
 * queues run. Always true in coherent mode. In the other modes dirty lines after the prepared part
 * would be written back over the received data (R1).
 */
static bool
buffers_are_ready(const struct rte_eth_dev *eth, uint16_t mtu)
{
	const struct sl_port *port = sl_port_of(eth);
	const uint32_t frame = RTE_MIN(mtu + SL_L2_OVERHEAD, port->hw->max_frame);
	uint16_t i;

	for (i = 0; port->mode != SL_COHERENCY_COHERENT && i < eth->data->nb_rx_queues; i++) {
		const struct sl_rx_queue *q = eth->data->rx_queues[i];

		if (q == NULL || !q->started || frame <= q->prepare_len ||
			q->prepare_len == q->buf_len)
			continue;
		SL_LOG(ERR,
			"port %u: MTU %u while receive queue %u runs; in %s mode its buffers are "
			"made ready for frames of %u bytes: MTU up to %u, or stop the port first",
			eth->data->port_id, mtu, i, sl_coherency_name(port->mode), q->prepare_len,
			q->prepare_len - (unsigned int)SL_L2_OVERHEAD);
		return false;
	}
	return true;
}

static int
sl_mtu_set(struct rte_eth_dev *eth, uint16_t mtu)
{
	struct sl_port *port = sl_port_of(eth);
	uint16_t old = eth->data->mtu;
	int ret;

	if (mtu + SL_L2_OVERHEAD > port->hw->max_frame) {
		SL_LOG(ERR, "port %u: MTU %u; allowed: %u..%u", eth->data->port_id, mtu,
			RTE_ETHER_MIN_MTU, port->hw->max_frame - (unsigned int)SL_L2_OVERHEAD);
		return -EINVAL;
	}
	if (!sl_port_alive(port))
		return -EIO;
	if (!buffers_are_ready(eth, mtu))
		return -EBUSY;
	eth->data->mtu = mtu;
	ret = sl_path_reselect(eth);
	if (ret != 0) {
		eth->data->mtu = old;
		return ret;
	}
	/* The size of the NIC's receive buffers does not depend on the MTU. */
	port->hw->ops->max_frame_set(port, sl_port_max_frame(eth));
	return 0;
}

const uint32_t *
sl_ethdev_ptypes(size_t *n)
{
	static const uint32_t ptypes[] = {
		RTE_PTYPE_L2_ETHER,
		RTE_PTYPE_L3_IPV4,
		RTE_PTYPE_L3_IPV4_EXT,
		RTE_PTYPE_L3_IPV6,
		RTE_PTYPE_L3_IPV6_EXT,
		RTE_PTYPE_L4_TCP,
		RTE_PTYPE_L4_UDP,
		RTE_PTYPE_L4_SCTP,
		RTE_PTYPE_TUNNEL_IP,
		RTE_PTYPE_INNER_L3_IPV6,
		RTE_PTYPE_INNER_L3_IPV6_EXT,
		RTE_PTYPE_INNER_L4_TCP,
		RTE_PTYPE_INNER_L4_UDP,
		RTE_PTYPE_INNER_L4_SCTP,
		RTE_PTYPE_UNKNOWN,
	};

	*n = RTE_DIM(ptypes) - 1;
	return ptypes;
}

static const uint32_t *
sl_supported_ptypes(struct rte_eth_dev *eth __rte_unused, size_t *n)
{
	return sl_ethdev_ptypes(n);
}

/* A running port's bursts hold a packet type that they have computed, so its mask stays. */
static int
sl_ptypes_set(struct rte_eth_dev *eth, uint32_t mask)
{
	struct sl_port *port = sl_port_of(eth);
	uint16_t i;

	if (mask == port->ptype_mask)
		return 0;
	if (eth->data->dev_started != 0) {
		SL_LOG(ERR,
			"port %u: packet types of mask %#x instead of %#x are chosen while the port is "
			"stopped",
			eth->data->port_id, mask, port->ptype_mask);
		return -EBUSY;
	}
	port->ptype_mask = mask;
	for (i = 0; i < eth->data->nb_rx_queues; i++)
		if (eth->data->rx_queues[i] != NULL)
			sl_rxq_ptypes_set(eth->data->rx_queues[i], mask);
	return 0;
}

static int
sl_get_reg(struct rte_eth_dev *eth, struct rte_dev_reg_info *info)
{
	struct sl_port *port = sl_port_of(eth);
	uint32_t n;

	if (!sl_port_alive(port))
		return -EIO;
	n = port->hw->ops->dump(port, NULL);
	if (info->data != NULL && info->length != 0 && info->length != n) {
		SL_LOG(ERR, "port %u: dump of %u registers; allowed: 0 or %u", eth->data->port_id,
			info->length, n);
		return -ENOTSUP;
	}
	info->width = sizeof(uint32_t);
	info->length = n;
	info->version = port->hw->device_id;
	if (info->data != NULL)
		port->hw->ops->dump(port, info->data);
	return 0;
}

static int
sl_dev_set_link_up(struct rte_eth_dev *eth)
{
	struct sl_port *port = sl_port_of(eth);

	return port->hw->ops->link_set(port, true);
}

static int
sl_dev_set_link_down(struct rte_eth_dev *eth)
{
	struct sl_port *port = sl_port_of(eth);

	return port->hw->ops->link_set(port, false);
}

static int
sl_priv_dump(struct rte_eth_dev *eth, FILE *f)
{
	return sl_pmd_shm_dump(eth->data->port_id, f, false);
}

void
sl_ethdev_info(const struct sl_hw *hw, const struct sl_port *port, struct rte_eth_dev_info *info)
{
	const uint32_t line = port->sync.line;

	info->min_rx_bufsize = hw->rx_buf_unit;
	SL_INFO_RX_BUF_MAX(info, RTE_ALIGN_CEIL(hw->max_frame, hw->rx_buf_unit));
	info->max_rx_pktlen = hw->max_frame;
	info->min_mtu = RTE_ETHER_MIN_MTU;
	info->max_mtu = (uint16_t)(hw->max_frame - SL_L2_OVERHEAD);
	info->max_rx_queues = hw->rx_queues;
	info->max_tx_queues = hw->tx_queues;
	info->max_mac_addrs = hw->mac_addrs;
	info->rx_offload_capa = hw->rx_offloads;
	info->tx_offload_capa = hw->tx_offloads;
	info->reta_size = hw->reta_entries;
	info->hash_key_size = SL_RSS_KEY_LEN;
	info->flow_type_rss_offloads = hw->rss_hf;
	SL_INFO_TOEPLITZ(info);
	info->rx_desc_lim = (struct rte_eth_desc_lim){.nb_max = hw->desc_max,
		.nb_min = (uint16_t)sl_rx_desc_min(hw, line),
		.nb_align = (uint16_t)sl_rx_desc_unit(line)};
	info->tx_desc_lim = (struct rte_eth_desc_lim){.nb_max = hw->desc_max,
		.nb_min = hw->desc_min,
		.nb_align = SL_DESC_UNIT,
		.nb_seg_max = port->tx_segs,
		.nb_mtu_seg_max = port->tx_segs};
	info->speed_capa = hw->speeds;
	info->err_handle_mode = RTE_ETH_ERROR_HANDLE_MODE_PASSIVE;
	info->dev_capa &= ~RTE_ETH_DEV_CAPA_FLOW_RULE_KEEP;
	info->default_rxportconf = (struct rte_eth_dev_portconf){
		.burst_size = DEFAULT_BURST, .ring_size = DEFAULT_DESC, .nb_queues = 1};
	info->default_txportconf = info->default_rxportconf;
}

static int
sl_dev_infos_get(struct rte_eth_dev *eth, struct rte_eth_dev_info *info)
{
	const struct sl_port *port = sl_port_of(eth);

	sl_ethdev_info(port->hw, port, info);
	return 0;
}

static int
sl_dev_reset(struct rte_eth_dev *eth)
{
	/*
	 * ethdev has stopped the port. The settings that start programs are restored by the next
	 * start.
	 */
	return sl_port_reset(sl_port_of(eth));
}

static int
sl_is_removed(struct rte_eth_dev *eth)
{
	return !sl_port_alive(sl_port_of(eth));
}

/*
 * op_NAME(eth, ...) is sl_NAME(eth, ...) with a deadline: an ethdev call that accesses the device
 * runs between sl_call_begin() and sl_call_end(). Interrupts of one queue are enabled and disabled
 * without a deadline.
 */
#define OP_PARAMS(...) (struct rte_eth_dev * eth, ##__VA_ARGS__)
#define OP_ARGS(...) (eth, ##__VA_ARGS__)
#define OP(name, params, args) \
	static int op_##name params \
	{ \
		struct sl_port *port = sl_port_of(eth); \
		int ret; \
\
		sl_call_begin(port); \
		ret = sl_##name args; \
		sl_call_end(port); \
		return ret; \
	}
#define OP_VOID(name, params, args) \
	static void op_##name params \
	{ \
		struct sl_port *port = sl_port_of(eth); \
\
		sl_call_begin(port); \
		sl_##name args; \
		sl_call_end(port); \
	}
OP(dev_configure, OP_PARAMS(), OP_ARGS())
OP(dev_start, OP_PARAMS(), OP_ARGS())
OP(dev_stop, OP_PARAMS(), OP_ARGS())
OP(dev_reset, OP_PARAMS(), OP_ARGS())
OP(dev_set_link_up, OP_PARAMS(), OP_ARGS())
OP(dev_set_link_down, OP_PARAMS(), OP_ARGS())
OP(is_removed, OP_PARAMS(), OP_ARGS())
OP(link_update, OP_PARAMS(int wait), OP_ARGS(wait))
OP(mtu_set, OP_PARAMS(uint16_t mtu), OP_ARGS(mtu))
OP(flow_ctrl_get, OP_PARAMS(struct rte_eth_fc_conf *conf), OP_ARGS(conf))
OP(flow_ctrl_set, OP_PARAMS(struct rte_eth_fc_conf *conf), OP_ARGS(conf))
OP(ptypes_set, OP_PARAMS(uint32_t mask), OP_ARGS(mask))
OP(get_reg, OP_PARAMS(struct rte_dev_reg_info *info), OP_ARGS(info))
OP(get_eeprom_length, OP_PARAMS(), OP_ARGS())
OP(get_eeprom, OP_PARAMS(struct rte_dev_eeprom_info *info), OP_ARGS(info))
OP(fw_version_get, OP_PARAMS(char *text, size_t room), OP_ARGS(text, room))
OP(led_on, OP_PARAMS(), OP_ARGS())
OP(led_off, OP_PARAMS(), OP_ARGS())
OP(get_module_info, OP_PARAMS(struct rte_eth_dev_module_info *info), OP_ARGS(info))
OP(get_module_eeprom, OP_PARAMS(struct rte_dev_eeprom_info *info), OP_ARGS(info))
OP(rxq_start, OP_PARAMS(uint16_t qid), OP_ARGS(qid))
OP(rxq_stop, OP_PARAMS(uint16_t qid), OP_ARGS(qid))
OP(txq_start, OP_PARAMS(uint16_t qid), OP_ARGS(qid))
OP(txq_stop, OP_PARAMS(uint16_t qid), OP_ARGS(qid))
OP(stats_get, OP_PARAMS(struct rte_eth_stats *stats, struct sl_queue_stats *queues),
	OP_ARGS(stats, queues))
OP(stats_reset, OP_PARAMS(), OP_ARGS())
OP(xstats_get, OP_PARAMS(struct rte_eth_xstat *xstats, unsigned int n), OP_ARGS(xstats, n))
OP(xstats_reset, OP_PARAMS(), OP_ARGS())
OP(promiscuous_enable, OP_PARAMS(), OP_ARGS())
OP(promiscuous_disable, OP_PARAMS(), OP_ARGS())
OP(allmulticast_enable, OP_PARAMS(), OP_ARGS())
OP(allmulticast_disable, OP_PARAMS(), OP_ARGS())
OP(mac_addr_set, OP_PARAMS(struct rte_ether_addr *mac), OP_ARGS(mac))
OP(mac_addr_add, OP_PARAMS(struct rte_ether_addr *mac, uint32_t i, uint32_t pool),
	OP_ARGS(mac, i, pool))
OP(set_mc_addr_list, OP_PARAMS(struct rte_ether_addr *list, uint32_t n), OP_ARGS(list, n))
OP(vlan_filter_set, OP_PARAMS(uint16_t vlan, int on), OP_ARGS(vlan, on))
OP(vlan_offload_set, OP_PARAMS(int mask), OP_ARGS(mask))
OP(vlan_type_set, OP_PARAMS(enum rte_vlan_type which, uint16_t type), OP_ARGS(which, type))
OP(reta_update, OP_PARAMS(struct rte_eth_rss_reta_entry64 *conf, uint16_t n), OP_ARGS(conf, n))
OP(reta_query, OP_PARAMS(struct rte_eth_rss_reta_entry64 *conf, uint16_t n), OP_ARGS(conf, n))
OP(rss_hash_update, OP_PARAMS(struct rte_eth_rss_conf *conf), OP_ARGS(conf))
OP(rss_hash_conf_get, OP_PARAMS(struct rte_eth_rss_conf *conf), OP_ARGS(conf))
OP_VOID(rxq_release, OP_PARAMS(uint16_t qid), OP_ARGS(qid))
OP_VOID(txq_release, OP_PARAMS(uint16_t qid), OP_ARGS(qid))
OP_VOID(mac_addr_remove, OP_PARAMS(uint32_t i), OP_ARGS(i))
OP(rxq_setup,
	OP_PARAMS(uint16_t qid, uint16_t n, unsigned int socket, const struct rte_eth_rxconf *conf,
		struct rte_mempool *pool),
	OP_ARGS(qid, n, socket, conf, pool))
OP(txq_setup,
	OP_PARAMS(uint16_t qid, uint16_t n, unsigned int socket, const struct rte_eth_txconf *conf),
	OP_ARGS(qid, n, socket, conf))
#undef OP
#undef OP_VOID
#undef OP_PARAMS
#undef OP_ARGS
/* With the function types of this DPDK release. */
SL_STATS_GET(eth_stats_get, op_stats_get)
SL_PTYPES_GET(eth_supported_ptypes_get, sl_supported_ptypes)

const struct eth_dev_ops sl_eth_dev_ops = {
	.dev_configure = op_dev_configure,
	.dev_start = op_dev_start,
	.dev_stop = op_dev_stop,
	.dev_close = sl_port_close,
	.dev_reset = op_dev_reset,
	.dev_set_link_up = op_dev_set_link_up,
	.dev_set_link_down = op_dev_set_link_down,
	.is_removed = op_is_removed,
	.link_update = op_link_update,
	.dev_infos_get = sl_dev_infos_get,
	.dev_supported_ptypes_get = eth_supported_ptypes_get,
	.dev_ptypes_set = op_ptypes_set,
	.mtu_set = op_mtu_set,
	.flow_ctrl_get = op_flow_ctrl_get,
	.flow_ctrl_set = op_flow_ctrl_set,
	.get_reg = op_get_reg,
	.get_eeprom_length = op_get_eeprom_length,
	.get_eeprom = op_get_eeprom,
	.fw_version_get = op_fw_version_get,
	.dev_led_on = op_led_on,
	.dev_led_off = op_led_off,
	.get_module_info = op_get_module_info,
	.get_module_eeprom = op_get_module_eeprom,
	.get_monitor_addr = sl_rx_monitor_addr,
	.eth_dev_priv_dump = sl_priv_dump,
	.rx_queue_setup = op_rxq_setup,
	.tx_queue_setup = op_txq_setup,
	.rx_queue_release = op_rxq_release,
	.tx_queue_release = op_txq_release,
	.rx_queue_start = op_rxq_start,
	.rx_queue_stop = op_rxq_stop,
	.tx_queue_start = op_txq_start,
	.tx_queue_stop = op_txq_stop,
	.rx_queue_intr_enable = sl_intr_rxq_enable,
	.rx_queue_intr_disable = sl_intr_rxq_disable,
	.rxq_info_get = sl_rxq_info_get,
	.txq_info_get = sl_txq_info_get,
	.rx_burst_mode_get = sl_path_rx_mode_get,
	.tx_burst_mode_get = sl_path_tx_mode_get,
	.tx_done_cleanup = sl_tx_done_cleanup,
	.stats_get = eth_stats_get,
	.stats_reset = op_stats_reset,
	.xstats_get = op_xstats_get,
	.xstats_get_names = sl_xstats_get_names,
	.xstats_reset = op_xstats_reset,
	.promiscuous_enable = op_promiscuous_enable,
	.promiscuous_disable = op_promiscuous_disable,
	.allmulticast_enable = op_allmulticast_enable,
	.allmulticast_disable = op_allmulticast_disable,
	.mac_addr_set = op_mac_addr_set,
	.mac_addr_add = op_mac_addr_add,
	.mac_addr_remove = op_mac_addr_remove,
	.set_mc_addr_list = op_set_mc_addr_list,
	.vlan_filter_set = op_vlan_filter_set,
	.vlan_offload_set = op_vlan_offload_set,
	.vlan_tpid_set = op_vlan_type_set,
	.reta_update = op_reta_update,
	.reta_query = op_reta_query,
	.rss_hash_update = op_rss_hash_update,
	.rss_hash_conf_get = op_rss_hash_conf_get,
};
