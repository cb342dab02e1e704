/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */

/*
 * A port in a secondary process, see sl_second.h. Bursts are in sl_guest.c. Statistics, link and
 * registers are the primary's to read, on request. What would change the port is refused: the
 * primary has the state that belongs to it.
 *
 * Configuration and queue set-up have no function here. ethdev takes the queues of the shared port
 * away before it calls one, and refuses with -ENOTSUP before that if there is none.
 */

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <rte_cycles.h>
#include <rte_malloc.h>

#include "sl_ask.h"
#include "sl_ethdev.h"
#include "sl_filter.h"
#include "sl_log.h"
#include "sl_path.h"
#include "sl_port.h"
#include "sl_rx.h"
#include "sl_rxq.h"
#include "sl_second.h"
#include "sl_tx.h"
#include "sl_txq.h"

#define LINK_STEP_US 100000u

static struct sl_guest *
guest_of(const struct rte_eth_dev *eth)
{
	return eth->process_private;
}

/* --- what the primary reads for this process --- */

static int
get_stats(struct rte_eth_dev *eth, struct rte_eth_stats *stats, struct sl_queue_stats *queues)
{
	struct sl_ask_stats *all = malloc(sizeof(*all));
	int ret;

	if (all == NULL)
		return -ENOMEM;
	ret = sl_ask_copy(guest_of(eth), SL_ASK_STATS, 0, all, sizeof(*all));
	if (ret == 0) {
		if (queues != NULL)
			*queues = all->queues;
		stats->ipackets = all->port.ipackets;
		stats->opackets = all->port.opackets;
		stats->ibytes = all->port.ibytes;
		stats->obytes = all->port.obytes;
		stats->imissed = all->port.imissed;
		stats->ierrors = all->port.ierrors;
		stats->oerrors = all->port.oerrors;
		stats->rx_nombuf = all->port.rx_nombuf;
	}
	free(all);
	return ret;
}
SL_STATS_GET(second_stats_get, get_stats)

static int
second_stats_reset(struct rte_eth_dev *eth)
{
	return sl_ask_copy(guest_of(eth), SL_ASK_STATS_RESET, 0, NULL, 0);
}

static int
second_xstats_get(struct rte_eth_dev *eth, struct rte_eth_xstat *xstats, unsigned int n)
{
	return sl_ask_copy(guest_of(eth), SL_ASK_XSTATS, n, xstats, n * sizeof(*xstats));
}

static int
second_xstats_get_names(struct rte_eth_dev *eth, struct rte_eth_xstat_name *names, unsigned int n)
{
	return sl_ask_copy(guest_of(eth), SL_ASK_XSTAT_NAMES, n, names, n * sizeof(*names));
}

static int
second_link_update(struct rte_eth_dev *eth, int wait)
{
	unsigned int us;
	int ret = 0;

	/* ethdev's data of the port, where the primary stores the link, is shared. */
	for (us = 0; us <= SL_CALL_US; us += LINK_STEP_US) {
		ret = sl_ask_copy(guest_of(eth), SL_ASK_LINK, 0, NULL, 0);
		if (wait == 0 || (ret != 0 && ret != -1) || eth->data->dev_link.link_status != 0)
			break;
		rte_delay_us_sleep(LINK_STEP_US);
	}
	return ret;
}

static int
second_get_reg(struct rte_eth_dev *eth, struct rte_dev_reg_info *info)
{
	const uint32_t n = info->data == NULL ? 0 : info->length;
	const int ret =
		sl_ask_copy(guest_of(eth), SL_ASK_REGS, n, info->data, n * sizeof(uint32_t));

	if (ret < 0)
		return ret;
	info->width = sizeof(uint32_t);
	info->length = (uint32_t)ret;
	info->version = guest_of(eth)->hw->device_id;
	return 0;
}

/* --- what this process knows --- */

/* The port; NULL if the primary process has closed it. */
static const struct sl_port *
shared_port(const struct rte_eth_dev *eth)
{
	return eth->data->dev_private;
}

static int
second_infos_get(struct rte_eth_dev *eth, struct rte_eth_dev_info *info)
{
	const struct sl_port *port = shared_port(eth);

	if (port == NULL)
		return -ENODEV;
	sl_ethdev_info(guest_of(eth)->hw, port, info);
	return 0;
}

static const uint32_t *
get_ptypes(struct rte_eth_dev *eth, size_t *n)
{
	*n = 0;
	return shared_port(eth) == NULL ? NULL : sl_ethdev_ptypes(n);
}
SL_PTYPES_GET(second_ptypes_get, get_ptypes)

static int
second_rx_mode_get(
	struct rte_eth_dev *eth, uint16_t qid __rte_unused, struct rte_eth_burst_mode *mode)
{
	const struct sl_port *port = shared_port(eth);

	return port == NULL ? -ENODEV : sl_path_mode(&sl_rx_paths[port->share.rx_path], mode);
}

static int
second_tx_mode_get(
	struct rte_eth_dev *eth, uint16_t qid __rte_unused, struct rte_eth_burst_mode *mode)
{
	const struct sl_port *port = shared_port(eth);

	return port == NULL ? -ENODEV : sl_path_mode(&sl_tx_paths[port->share.tx_path], mode);
}

static void
second_rxq_info_get(struct rte_eth_dev *eth, uint16_t qid, struct rte_eth_rxq_info *info)
{
	sl_rxq_info(eth, guest_of(eth)->hw, qid, info);
}

static void
second_txq_info_get(struct rte_eth_dev *eth, uint16_t qid, struct rte_eth_txq_info *info)
{
	sl_txq_info(eth, guest_of(eth)->hw, qid, info);
}

static int
second_reta_query(struct rte_eth_dev *eth, struct rte_eth_rss_reta_entry64 *conf, uint16_t n)
{
	return shared_port(eth) == NULL ? -ENODEV : sl_reta_read(eth, guest_of(eth)->hw, conf, n);
}

static int
second_rss_hash_conf_get(struct rte_eth_dev *eth, struct rte_eth_rss_conf *conf)
{
	return shared_port(eth) == NULL ? -ENODEV : sl_rss_hash_conf_get(eth, conf);
}

static int
second_is_removed(struct rte_eth_dev *eth)
{
	const struct sl_port *port = shared_port(eth);

	return port != NULL && port->removed;
}

/* --- what is refused --- */

static int
refuse(const struct rte_eth_dev *eth, const char *what)
{
	SL_LOG(ERR,
		"port %u: %s is refused in a secondary process, which may poll queues and read "
		"statistics: do it in the primary process",
		guest_of(eth)->port_id, what);
	return -EPERM;
}

#define NO_PARAMS(...) (struct rte_eth_dev * eth, ##__VA_ARGS__)
#define NO(name, what, params) \
	static int no_##name params \
	{ \
		return refuse(eth, what); \
	}
NO(dev_start, "a start", NO_PARAMS())
NO(dev_reset, "a reset", NO_PARAMS())
NO(link_up, "a change of the link", NO_PARAMS())
NO(link_down, "a change of the link", NO_PARAMS())
NO(mtu_set, "a change of the MTU", NO_PARAMS(uint16_t mtu __rte_unused))
NO(flow_ctrl_set, "a change of flow control", NO_PARAMS(struct rte_eth_fc_conf *conf __rte_unused))
NO(led, "a change of LEDs", NO_PARAMS())
NO(queue_switch, "start or stop of a queue", NO_PARAMS(uint16_t qid __rte_unused))
NO(queue_intr, "an interrupt of a queue", NO_PARAMS(uint16_t qid __rte_unused))
NO(promiscuous, "a change of promiscuous or multicast reception", NO_PARAMS())
NO(mac_addr_set, "a change of MAC addresses", NO_PARAMS(struct rte_ether_addr *mac __rte_unused))
NO(mac_addr_add, "a change of MAC addresses",
	NO_PARAMS(struct rte_ether_addr *mac __rte_unused, uint32_t i __rte_unused,
		uint32_t pool __rte_unused))
NO(mc_addr_list, "a change of multicast addresses",
	NO_PARAMS(struct rte_ether_addr *list __rte_unused, uint32_t n __rte_unused))
NO(vlan_filter_set, "a change of the VLAN filter",
	NO_PARAMS(uint16_t vlan __rte_unused, int on __rte_unused))
NO(vlan_offload_set, "a change of VLAN offloads", NO_PARAMS(int mask __rte_unused))
NO(vlan_tpid_set, "a change of the TPID",
	NO_PARAMS(enum rte_vlan_type which __rte_unused, uint16_t type __rte_unused))
NO(reta_update, "a change of the redirection table",
	NO_PARAMS(struct rte_eth_rss_reta_entry64 *conf __rte_unused, uint16_t n __rte_unused))
NO(rss_hash_update, "a change of RSS", NO_PARAMS(struct rte_eth_rss_conf *conf __rte_unused))
NO(priv_dump, "a dump of shared memory", NO_PARAMS(FILE *f __rte_unused))
#undef NO
#undef NO_PARAMS

static void
no_mac_addr_remove(struct rte_eth_dev *eth, uint32_t i __rte_unused)
{
	refuse(eth, "a change of MAC addresses");
}

static int
no_dev_stop(struct rte_eth_dev *eth)
{
	/* ethdev has taken the bursts of this process away, as if the port stopped. */
	sl_second_publish(eth);
	return refuse(eth, "a stop");
}

static const struct eth_dev_ops second_ops = {
	.dev_start = no_dev_start,
	.dev_stop = no_dev_stop,
	.dev_close = sl_second_detach,
	.dev_reset = no_dev_reset,
	.dev_set_link_up = no_link_up,
	.dev_set_link_down = no_link_down,
	.is_removed = second_is_removed,
	.link_update = second_link_update,
	.dev_infos_get = second_infos_get,
	.dev_supported_ptypes_get = second_ptypes_get,
	.mtu_set = no_mtu_set,
	.flow_ctrl_set = no_flow_ctrl_set,
	.dev_led_on = no_led,
	.dev_led_off = no_led,
	.get_reg = second_get_reg,
	.get_monitor_addr = sl_rx_monitor_addr,
	.eth_dev_priv_dump = no_priv_dump,
	.rx_queue_start = no_queue_switch,
	.rx_queue_stop = no_queue_switch,
	.tx_queue_start = no_queue_switch,
	.tx_queue_stop = no_queue_switch,
	.rx_queue_intr_enable = no_queue_intr,
	.rx_queue_intr_disable = no_queue_intr,
	.rxq_info_get = second_rxq_info_get,
	.txq_info_get = second_txq_info_get,
	.rx_burst_mode_get = second_rx_mode_get,
	.tx_burst_mode_get = second_tx_mode_get,
	.tx_done_cleanup = sl_guest_done_cleanup,
	.stats_get = second_stats_get,
	.stats_reset = second_stats_reset,
	.xstats_get = second_xstats_get,
	.xstats_get_names = second_xstats_get_names,
	.xstats_reset = second_stats_reset,
	.promiscuous_enable = no_promiscuous,
	.promiscuous_disable = no_promiscuous,
	.allmulticast_enable = no_promiscuous,
	.allmulticast_disable = no_promiscuous,
	.mac_addr_set = no_mac_addr_set,
	.mac_addr_add = no_mac_addr_add,
	.mac_addr_remove = no_mac_addr_remove,
	.set_mc_addr_list = no_mc_addr_list,
	.vlan_filter_set = no_vlan_filter_set,
	.vlan_offload_set = no_vlan_offload_set,
	.vlan_tpid_set = no_vlan_tpid_set,
	.reta_update = no_reta_update,
	.reta_query = second_reta_query,
	.rss_hash_update = no_rss_hash_update,
	.rss_hash_conf_get = second_rss_hash_conf_get,
};

/* --- start and end --- */

/* Check that the primary's port is one that this process can read. 0 or negative errno. */
static int
check_layout(const struct rte_eth_dev *eth)
{
	const struct sl_port *port = eth->data->dev_private;
	const uint64_t layout =
		port == NULL ? 0 : __atomic_load_n(&port->share.layout, __ATOMIC_ACQUIRE);

	if (layout == sl_guest_layout())
		return 0;
	if (layout == 0) {
		SL_LOG(ERR, "port %u: the primary process has not finished it", eth->data->port_id);
		return -EAGAIN;
	}
	SL_LOG(ERR,
		"port %u: the primary process runs another build of this driver: give both processes "
		"the same one (option -d)",
		eth->data->port_id);
	return -EPROTO;
}

int
sl_second_attach(struct rte_eth_dev *eth, const char *refusal)
{
	const struct sl_port *port = eth->data->dev_private;
	struct sl_guest *g;
	int ret;

	ret = check_layout(eth);
	if (ret != 0)
		return ret;
	g = calloc(1, sizeof(*g));
	if (g == NULL)
		return -ENOMEM;
	pthread_mutex_init(&g->lock, NULL);
	g->data = eth->data;
	g->port = eth->data->dev_private;
	g->hw = sl_hw_find(port->device_id);
	g->pid = (uint32_t)getpid();
	g->port_id = eth->data->port_id;
	g->refusal = port->mode == SL_COHERENCY_CHECKED ?
		"with coherency=checked the NIC's copy of memory is in the primary process; "
		"coherent and explicit allow it" :
		refusal;
	eth->process_private = g;
	eth->dev_ops = &second_ops;
	sl_guest_functions(eth, g);
	SL_LOG(INFO, "port %u: %s of the primary process, %s", g->port_id, g->hw->name,
		g->refusal == NULL ? "to poll and to read" : "to read only");
	return 0;
}

void
sl_second_publish(struct rte_eth_dev *eth)
{
	sl_guest_publish(eth, guest_of(eth));
}

int
sl_second_detach(struct rte_eth_dev *eth)
{
	struct sl_guest *g = guest_of(eth);

	eth->process_private = NULL;
	if (g == NULL)
		return 0;
	rte_free(g->memory);
	pthread_mutex_destroy(&g->lock);
	free(g);
	return 0;
}
