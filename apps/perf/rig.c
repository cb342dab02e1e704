/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <rte_bus_vdev.h>
#include <rte_errno.h>
#include <rte_ethdev.h>
#include <rte_launch.h>
#include <rte_lcore.h>
#include <rte_malloc.h>
#include <rte_string_fns.h>

#include <sl_pmd.h>

#include "lane.h"
#include "rig.h"
#include "say.h"

#define DESCRIPTORS 512u
#define MBUF_CACHE 256u
#define MBUF_DATA 2048u
/** Ethernet header and FCS: what a frame has beyond its MTU. */
#define FRAME_OVERHEAD (RTE_ETHER_HDR_LEN + RTE_ETHER_CRC_LEN)

static const char *const vdev_names[2] = {"net_syncline_soft0", "net_syncline_soft1"};

static int
make_port(struct rig *r, unsigned int i, int cpu)
{
	char args[256];
	int rc;

	if (!r->live)
		snprintf(args, sizeof(args), "wire=loop,mode=step,coherency=%s",
			r->point->coherency);
	else
		snprintf(args, sizeof(args),
			"wire=gen,wire_autostart=0,wire_size=%s,wire_flows=%u,coherency=%s,cpu=%d",
			r->point->size, r->point->flows, r->point->coherency, cpu);
	rc = rte_vdev_init(vdev_names[i], args);
	if (rc != 0)
		return say_error(rc, "%s with '%s' was refused (%s)", vdev_names[i], args,
			rte_strerror(-rc));
	rc = rte_eth_dev_get_port_by_name(vdev_names[i], &r->port[i]);
	if (rc == 0)
		r->nb_ports++;
	return rc;
}

static struct rte_eth_conf
port_conf(const struct rig *r, const struct rte_eth_dev_info *info)
{
	const unsigned int size = point_size_max(r->point);
	struct rte_eth_conf conf = {0};

	if (size > RTE_ETHER_MAX_LEN)
		conf.rxmode.mtu = size - FRAME_OVERHEAD;
	if (size > MBUF_DATA) {
		conf.rxmode.offloads |= RTE_ETH_RX_OFFLOAD_SCATTER;
		conf.txmode.offloads |= RTE_ETH_TX_OFFLOAD_MULTI_SEGS;
	}
	if (r->point->queues > 1) {
		conf.rxmode.mq_mode = RTE_ETH_MQ_RX_RSS;
		conf.rx_adv_conf.rss_conf.rss_hf =
			(RTE_ETH_RSS_IP | RTE_ETH_RSS_UDP) & info->flow_type_rss_offloads;
	}
	return conf;
}

static int
start_port(struct rig *r, uint16_t port)
{
	struct rte_eth_dev_info info;
	struct rte_eth_conf conf;
	const uint16_t queues = (uint16_t)r->point->queues;
	int rc = rte_eth_dev_info_get(port, &info);

	if (rc != 0)
		return rc;
	conf = port_conf(r, &info);
	r->rxd = r->txd = DESCRIPTORS;
	rc = rte_eth_dev_configure(port, queues, queues, &conf);
	if (rc == 0)
		rc = rte_eth_dev_adjust_nb_rx_tx_desc(port, &r->rxd, &r->txd);
	for (uint16_t q = 0; q < queues && rc == 0; q++) {
		rc = rte_eth_rx_queue_setup(port, q, r->rxd, SOCKET_ID_ANY, NULL, r->pool);
		if (rc == 0)
			rc = rte_eth_tx_queue_setup(port, q, r->txd, SOCKET_ID_ANY, NULL);
	}
	if (rc == 0)
		rc = rte_eth_promiscuous_enable(port);
	return rc == 0 ? rte_eth_dev_start(port) : rc;
}

static int
make_pool(struct rig *r)
{
	const unsigned int rings = r->nb_ports * r->point->queues * 2 * DESCRIPTORS;
	const unsigned int hands = (rte_lcore_count() + 1) * (MBUF_CACHE * 3 / 2 + 128);
	/* A frame in hand, or on its way through a ring, may have several segments. */
	const unsigned int segs = point_size_max(r->point) / MBUF_DATA + 1;

	r->pool = rte_pktmbuf_pool_create("sl-perf", rings + hands * segs, MBUF_CACHE, 0,
		MBUF_DATA + RTE_PKTMBUF_HEADROOM, SOCKET_ID_ANY);
	if (r->pool == NULL)
		return say_error(-rte_errno, "no memory for %u mbufs (%s); give more with --memory",
			rings + hands * segs, rte_strerror(rte_errno));
	return 0;
}

static void
note_paths(struct rig *r)
{
	const uint16_t out = r->port[r->nb_ports - 1];
	struct rte_eth_burst_mode mode = {0};

	if (rte_eth_rx_burst_mode_get(r->port[0], 0, &mode) == 0)
		rte_strscpy(r->rx_path, mode.info, sizeof(r->rx_path));
	memset(&mode, 0, sizeof(mode));
	if (rte_eth_tx_burst_mode_get(out, 0, &mode) == 0)
		rte_strscpy(r->tx_path, mode.info, sizeof(r->tx_path));
}

static int
start_lanes(struct rig *r)
{
	const unsigned int n = r->point->cores;
	unsigned int lcore;

	r->lanes = rte_zmalloc("lanes", n * sizeof(*r->lanes), RTE_CACHE_LINE_SIZE);
	if (r->lanes == NULL)
		return -ENOMEM;
	RTE_LCORE_FOREACH_WORKER (lcore) {
		struct lane *l = &r->lanes[r->nb_lanes];

		if (r->nb_lanes == n)
			break;
		*l = (struct lane){.lcore = lcore,
			.from = r->port[0],
			.to = r->port[1],
			.first_queue = (uint16_t)r->nb_lanes,
			.queues = (uint16_t)r->point->queues,
			.step = (uint16_t)n,
			.burst = (uint16_t)r->point->burst};
		if (rte_eal_remote_launch(lane_run, l, lcore) != 0)
			return -EBUSY;
		r->nb_lanes++;
	}
	return r->nb_lanes == n ? 0 : -ENOSPC;
}

int
rig_open(const struct point *p, bool live, int device_cpu, struct rig *out)
{
	struct rig r = {.point = p, .live = live};
	const unsigned int ports = live ? 2 : 1;
	int rc = 0;

	for (unsigned int i = 0; i < ports && rc == 0; i++)
		rc = make_port(&r, i, device_cpu);
	if (rc == 0)
		rc = make_pool(&r);
	for (unsigned int i = 0; i < ports && rc == 0; i++) {
		rc = start_port(&r, r.port[i]);
		if (rc != 0)
			say_error(rc, "port %u does not start (%s)", r.port[i], rte_strerror(-rc));
	}
	if (rc == 0)
		note_paths(&r);
	if (rc == 0 && live)
		rc = start_lanes(&r);
	if (rc != 0)
		rig_close(&r);
	*out = r;
	return rc;
}

unsigned int
rig_close(struct rig *r)
{
	unsigned int missing = 0;

	for (unsigned int i = 0; i < r->nb_lanes; i++)
		__atomic_store_n(&r->lanes[i].stop, true, __ATOMIC_RELAXED);
	for (unsigned int i = 0; i < r->nb_lanes; i++)
		rte_eal_wait_lcore(r->lanes[i].lcore);
	for (unsigned int i = 0; i < r->nb_ports; i++) {
		rte_eth_dev_stop(r->port[i]);
		rte_eth_dev_close(r->port[i]);
		rte_vdev_uninit(vdev_names[i]);
	}
	if (r->pool != NULL)
		missing = rte_mempool_in_use_count(r->pool);
	rte_mempool_free(r->pool);
	rte_free(r->lanes);
	*r = (struct rig){0};
	return missing;
}

struct rig_counts
rig_counts(const struct rig *r)
{
	struct rig_counts c = {0};

	for (unsigned int i = 0; i < r->nb_lanes; i++) {
		c.frames += __atomic_load_n(&r->lanes[i].frames, __ATOMIC_RELAXED);
		c.cycles += __atomic_load_n(&r->lanes[i].cycles, __ATOMIC_RELAXED);
		c.wait += __atomic_load_n(&r->lanes[i].wait, __ATOMIC_RELAXED);
	}
	return c;
}

int
rig_wire(const struct rig *r, unsigned int port, const char *word)
{
	return sl_pmd_wire_control(r->port[port], word);
}

json_t *
rig_wire_report(const struct rig *r, unsigned int port)
{
	char *text = NULL;
	size_t len = 0;
	json_t *report = NULL;
	FILE *f = open_memstream(&text, &len);
	int rc;

	if (f == NULL)
		return NULL;
	rc = sl_pmd_wire_report(r->port[port], f);
	if (fclose(f) == 0 && rc == 0)
		report = json_loads(text, 0, NULL);
	free(text);
	return report;
}
