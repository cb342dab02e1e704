/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */

/*
 * Sets up the test rig: ports, mempool, forwarding lanes, generator and sink. Generator and sink
 * are the wires of software NICs, or a tester on real ports. The trials are in trial.c and
 * stepped.c.
 */

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <rte_bus_vdev.h>
#include <rte_dev.h>
#include <rte_errno.h>
#include <rte_ethdev.h>
#include <rte_launch.h>
#include <rte_lcore.h>
#include <rte_malloc.h>
#include <rte_string_fns.h>

#include <sl_pmd.h>
#include <sl_softnic.h>

#include "lane.h"
#include "ports.h"
#include "rig.h"
#include "say.h"
#include "tester.h"

#define DESCRIPTORS 512u
#define MBUF_CACHE 256u
#define MBUF_DATA 2048u
/** Ethernet header and FCS: length of a frame in addition to its MTU. */
#define FRAME_OVERHEAD (RTE_ETHER_HDR_LEN + RTE_ETHER_CRC_LEN)

/** A software NIC has no line rate. Bursts are limited to this rate. */
#define SOFT_LINE_BPS 10e9
#define MBIT 1e6

static const char *const vdev_names[RIG_PORTS] = {"net_syncline_soft0", "net_syncline_soft1"};

static int
make_soft_port(struct rig *r, unsigned int i, int cpu)
{
	char args[256];
	int rc;

	if (!r->live)
		snprintf(args, sizeof(args), "device=%s,wire=loop,mode=step,coherency=%s",
			r->point->device, r->point->coherency);
	else
		snprintf(args, sizeof(args),
			"device=%s,wire=gen,wire_autostart=0,wire_size=%s,wire_flows=%u,coherency=%s,cpu=%d",
			r->point->device, r->point->size, r->point->flows, r->point->coherency,
			cpu);
	rc = rte_vdev_init(vdev_names[i], args);
	if (rc != 0)
		return say_error(rc, "%s with '%s' was refused (%s)", vdev_names[i], args,
			rte_strerror(-rc));
	rc = rte_eth_dev_get_port_by_name(vdev_names[i], &r->port[i].id);
	if (rc == 0)
		r->nb_ports++;
	return rc;
}

/* Attach the real ports of one side. */
static int
attach_ports(
	const struct list *bdfs, const char *coherency, struct rig_port *ports, unsigned int *n)
{
	struct rte_eth_dev_info info;
	int rc = 0;

	for (size_t i = 0; i < bdfs->n && rc == 0; i++) {
		struct rig_port *p = &ports[i];

		rc = port_attach(bdfs->item[i], coherency, &p->id);
		if (rc == 0)
			rc = rte_eth_dev_info_get(p->id, &info);
		if (rc != 0)
			return rc;
		p->bdf = bdfs->item[i];
		p->device = info.device;
		(*n)++;
	}
	return rc;
}

static int
make_ports(struct rig *r, const struct rig_place *place)
{
	const unsigned int soft = r->live ? RIG_PORTS : 1;
	int rc = 0;

	r->line_bps = SOFT_LINE_BPS;
	if (r->live && place->dut->n != 0) {
		rc = attach_ports(place->dut, r->point->coherency, r->port, &r->nb_ports);
		/*
		 * The point's coherency mode applies to the ports under test, not to those of the
		 * tester.
		 */
		return rc != 0 ?
			rc :
			attach_ports(place->tester, "auto", r->tester_port, &r->nb_tester_ports);
	}
	for (unsigned int i = 0; i < soft && rc == 0; i++)
		rc = make_soft_port(r, i, place->device_cpu);
	return rc;
}

static struct rte_eth_conf
port_conf(const struct rig *r, uint16_t queues, const struct rte_eth_dev_info *info)
{
	const unsigned int size = point_size_max(r->point);
	struct rte_eth_conf conf = {0};

	if (size > RTE_ETHER_MAX_LEN)
		conf.rxmode.mtu = size - FRAME_OVERHEAD;
	if (size > MBUF_DATA) {
		conf.rxmode.offloads |= RTE_ETH_RX_OFFLOAD_SCATTER;
		conf.txmode.offloads |= RTE_ETH_TX_OFFLOAD_MULTI_SEGS;
	}
	if (queues > 1) {
		conf.rxmode.mq_mode = RTE_ETH_MQ_RX_RSS;
		conf.rx_adv_conf.rss_conf.rss_hf =
			(RTE_ETH_RSS_IP | RTE_ETH_RSS_UDP) & info->flow_type_rss_offloads;
	}
	return conf;
}

static int
start_port(struct rig *r, const struct rig_port *p, uint16_t queues, struct rte_mempool *pool)
{
	struct rte_eth_dev_info info;
	struct rte_eth_conf conf;
	int rc = rte_eth_dev_info_get(p->id, &info);

	if (rc != 0)
		return rc;
	conf = port_conf(r, queues, &info);
	r->rxd = r->txd = DESCRIPTORS;
	rc = rte_eth_dev_configure(p->id, queues, queues, &conf);
	if (rc == 0)
		rc = rte_eth_dev_adjust_nb_rx_tx_desc(p->id, &r->rxd, &r->txd);
	for (uint16_t q = 0; q < queues && rc == 0; q++) {
		rc = rte_eth_rx_queue_setup(p->id, q, r->rxd, SOCKET_ID_ANY, NULL, pool);
		if (rc == 0)
			rc = rte_eth_tx_queue_setup(p->id, q, r->txd, SOCKET_ID_ANY, NULL);
	}
	if (rc == 0)
		rc = rte_eth_promiscuous_enable(p->id);
	/* Nothing here reads packet types, so the port need not fill them; as in dpdk-testpmd. */
	if (rc == 0)
		(void)rte_eth_dev_set_ptypes(p->id, RTE_PTYPE_UNKNOWN, NULL, 0);
	if (rc == 0)
		rc = rte_eth_dev_start(p->id);
	if (rc != 0)
		say_error(rc, "port %u%s%s does not start (%s)", p->id, p->bdf != NULL ? ", " : "",
			p->bdf != NULL ? p->bdf : "", rte_strerror(-rc));
	return rc;
}

static int
start_ports(struct rig *r)
{
	const uint16_t queues = (uint16_t)r->point->queues;
	int rc = 0;

	for (unsigned int i = 0; i < r->nb_tester_ports && rc == 0; i++)
		rc = start_port(r, &r->tester_port[i], 1, r->tester_pool);
	for (unsigned int i = 0; i < r->nb_ports && rc == 0; i++)
		rc = start_port(r, &r->port[i], queues, r->pool);
	return rc;
}

/* Wait for all links, and record their speed. */
static int
wait_links(struct rig *r)
{
	struct rte_eth_link link;
	int rc = 0;

	for (unsigned int i = 0; i < r->nb_tester_ports && rc == 0; i++) {
		const struct rig_port *t = &r->tester_port[i], *d = &r->port[i];

		rc = port_wait_link(t->id, t->bdf, d->bdf);
		if (rc == 0)
			rc = port_wait_link(d->id, d->bdf, t->bdf);
		if (rc == 0 && rte_eth_link_get_nowait(t->id, &link) == 0)
			r->line_bps = link.link_speed * MBIT;
	}
	return rc;
}

static int
make_pool(struct rig *r)
{
	const unsigned int rings = r->nb_ports * r->point->queues * 2 * DESCRIPTORS;
	const unsigned int hands = (rte_lcore_count() + 1) * (MBUF_CACHE * 3 / 2 + 128);
	/* Each frame in a ring or held by an lcore may have several segments. */
	const unsigned int segs = point_size_max(r->point) / MBUF_DATA + 1;

	r->pool = (r->point->pool_ordinary ? rte_pktmbuf_pool_create : sl_pktmbuf_pool_create)(
		"sl-perf", rings + hands * segs, MBUF_CACHE, 0, MBUF_DATA + RTE_PKTMBUF_HEADROOM,
		SOCKET_ID_ANY);
	if (r->pool == NULL)
		return say_error(-rte_errno, "no memory for %u mbufs (%s); give more with --memory",
			rings + hands * segs, rte_strerror(rte_errno));
	return 0;
}

/*
 * Record the NIC of the port under test: a software NIC by device name, a real NIC by model and id.
 */
static void
note_nic(struct rig *r)
{
	if (r->port[0].bdf == NULL)
		rte_strscpy(r->nic, r->point->device, sizeof(r->nic));
	else
		sl_pmd_nic_name(r->port[0].id, r->nic, sizeof(r->nic));
}

static void
note_paths(struct rig *r)
{
	const uint16_t out = r->port[r->nb_ports - 1].id;
	struct rte_eth_burst_mode mode = {0};

	if (rte_eth_rx_burst_mode_get(r->port[0].id, 0, &mode) == 0)
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
			.from = r->port[0].id,
			.to = r->port[r->nb_ports - 1].id,
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

static int
start_tester(struct rig *r, unsigned int lcore)
{
	const struct tester_params params = {.from = r->tester_port[0].id,
		.to = r->tester_port[r->nb_tester_ports - 1].id,
		.lcore = lcore,
		.point = r->point};

	return tester_open(&params, r->tester_pool, &r->tester);
}

int
rig_open(const struct point *p, bool live, const struct rig_place *place, struct rig *out)
{
	struct rig r = {.point = p, .live = live};
	int rc = make_ports(&r, place);

	if (rc == 0)
		rc = make_pool(&r);
	if (rc == 0 && r.nb_tester_ports != 0) {
		r.tester_pool = tester_pool(p);
		rc = r.tester_pool != NULL ? 0 : -ENOMEM;
	}
	if (rc == 0)
		rc = start_ports(&r);
	if (rc == 0)
		rc = wait_links(&r);
	if (rc == 0)
		note_paths(&r);
	if (rc == 0)
		note_nic(&r);
	if (rc == 0 && live)
		rc = start_lanes(&r);
	if (rc == 0 && r.nb_tester_ports != 0)
		rc = start_tester(&r, place->tester_lcore);
	if (rc != 0)
		rig_close(&r);
	*out = r;
	return rc;
}

static void
close_ports(const struct rig_port *ports, unsigned int n)
{
	for (unsigned int i = 0; i < n; i++) {
		rte_eth_dev_stop(ports[i].id);
		rte_eth_dev_close(ports[i].id);
		if (ports[i].bdf != NULL)
			rte_dev_remove(ports[i].device);
		else
			rte_vdev_uninit(vdev_names[i]);
	}
}

static unsigned int
free_pool(struct rte_mempool *pool)
{
	const unsigned int missing = pool != NULL ? rte_mempool_in_use_count(pool) : 0;

	rte_mempool_free(pool);
	return missing;
}

unsigned int
rig_close(struct rig *r)
{
	unsigned int missing;

	tester_close(r->tester);
	for (unsigned int i = 0; i < r->nb_lanes; i++)
		__atomic_store_n(&r->lanes[i].stop, true, __ATOMIC_RELAXED);
	for (unsigned int i = 0; i < r->nb_lanes; i++)
		rte_eal_wait_lcore(r->lanes[i].lcore);
	close_ports(r->port, r->nb_ports);
	close_ports(r->tester_port, r->nb_tester_ports);
	missing = free_pool(r->pool) + free_pool(r->tester_pool);
	rte_free(r->lanes);
	*r = (struct rig){0};
	return missing;
}

/* Least number of steps of the software NICs of a live rig, or iterations of the tester. */
static uint64_t
far_turns(const struct rig *r)
{
	struct sl_softnic_stats stats;
	uint64_t least = UINT64_MAX;

	if (r->tester != NULL)
		return tester_turns(r->tester);
	for (unsigned int i = 0; i < r->nb_ports; i++) {
		sl_softnic_stats(sl_pmd_softnic(r->port[i].id), &stats);
		least = RTE_MIN(least, stats.steps);
	}
	return least;
}

struct rig_counts
rig_counts(const struct rig *r)
{
	struct rig_counts c = {0};

	for (unsigned int i = 0; i < r->nb_lanes; i++) {
		const struct lane *l = &r->lanes[i];

		c.frames += __atomic_load_n(&l->frames, __ATOMIC_RELAXED);
		c.cycles += __atomic_load_n(&l->cycles, __ATOMIC_RELAXED);
		c.wait += __atomic_load_n(&l->wait, __ATOMIC_RELAXED);
	}
	return c;
}

bool
rig_went_round(struct rig *r, uint64_t rounds)
{
	const uint64_t far = far_turns(r);
	bool all = far - r->far_mark >= rounds;

	for (unsigned int i = 0; i < r->nb_lanes; i++) {
		const struct lane *l = &r->lanes[i];

		all &= __atomic_load_n(&l->turns, __ATOMIC_RELAXED) - l->mark >= rounds;
	}
	if (!all)
		return false;
	r->far_mark = far;
	for (unsigned int i = 0; i < r->nb_lanes; i++)
		r->lanes[i].mark = __atomic_load_n(&r->lanes[i].turns, __ATOMIC_RELAXED);
	return true;
}

/*
 * On software NICs, the generator is the wire of the first port, and the sink the wire of the last.
 */
static uint16_t
wire_port(const struct rig *r, enum rig_end end)
{
	return r->port[end == RIG_GENERATOR ? 0 : r->nb_ports - 1].id;
}

int
rig_wire(const struct rig *r, enum rig_end end, const char *word)
{
	if (r->tester != NULL)
		return tester_control(r->tester, word);
	return sl_pmd_wire_control(wire_port(r, end), word);
}

json_t *
rig_wire_report(const struct rig *r, enum rig_end end)
{
	char *text = NULL;
	size_t len = 0;
	json_t *report = NULL;
	FILE *f;
	int rc;

	if (r->tester != NULL)
		return tester_report(r->tester);
	f = open_memstream(&text, &len);
	if (f == NULL)
		return NULL;
	rc = sl_pmd_wire_report(wire_port(r, end), f);
	if (fclose(f) == 0 && rc == 0)
		report = json_loads(text, 0, NULL);
	free(text);
	return report;
}
