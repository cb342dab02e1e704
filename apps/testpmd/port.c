/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */

/*
 * Finds the ports, chooses their configuration from options and the device's limits, makes the
 * mempools, starts, stops and closes ports. Ports that are added later are in hotplug.c.
 */

#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include <rte_bus.h>
#include <rte_cycles.h>
#include <rte_dev.h>
#include <rte_devargs.h>
#include <rte_errno.h>
#include <rte_lcore.h>
#include <rte_pci.h>
#include <rte_string_fns.h>

#include "diagnose.h"
#include "run.h"
#include "say.h"
#include "sl_pmd.h"
#include "wire.h"

#define DEFAULT_DESC 512
#define LINK_WAIT_MS 3000
#define LINK_POLL_MS 50
/** Mbufs that an lcore holds in addition to those in queues and caches. */
#define MBUFS_IN_HAND (2 * BURST_MAX)

const struct port *
port_by_id_const(const struct run *run, uint16_t id)
{
	for (uint16_t i = 0; i < run->nb_ports; i++) {
		if (run->ports[i].id == id)
			return &run->ports[i];
	}
	return NULL;
}

struct port *
port_by_id(struct run *run, uint16_t id)
{
	/* The cast is safe: the port is part of run, which is not const. */
	return (struct port *)(uintptr_t)port_by_id_const(run, id);
}

bool
port_usable(const struct port *p)
{
	return p->started && !p->closed && !__atomic_load_n(&p->removed, __ATOMIC_RELAXED);
}

void
port_check_removed(struct run *run, struct port *p)
{
	if (p->closed)
		return;
	if (rte_eth_dev_is_removed(p->id) == 1)
		hotplug_removed(run, p);
	else
		port_counters_get(p, &p->seen);
}

/**
 * Choose the number of descriptors: the requested number if the device allows it; with no request,
 * the nearest allowed value to the default.
 */
static int
choose_desc(const struct port *p, const char *option, uint16_t asked,
	const struct rte_eth_desc_lim *lim, uint16_t *out)
{
	uint16_t align = lim->nb_align != 0 ? lim->nb_align : 1;
	uint16_t max = lim->nb_max != 0 ? lim->nb_max : UINT16_MAX;
	uint32_t n = asked;

	if (asked == 0) {
		n = RTE_ALIGN_CEIL((uint32_t)DEFAULT_DESC, align);
		n = RTE_MAX(n, (uint32_t)lim->nb_min);
		n = RTE_MIN(n, (uint32_t)max);
	} else if (n < lim->nb_min || n > max || n % align != 0) {
		return say_error(-EINVAL,
			"--%s: '%u' is not allowed; allowed by port %u (%s): a"
			" multiple of %u from %u to %u",
			option, asked, p->id, p->info.driver_name, align, lim->nb_min, max);
	}
	*out = (uint16_t)n;
	return 0;
}

static int
check_queues(const struct config *cfg, const struct port *p)
{
	if (cfg->rxq > p->info.max_rx_queues)
		return say_error(-EINVAL, "--rxq: '%u' is not allowed; port %u (%s) has up to %u",
			cfg->rxq, p->id, p->info.driver_name, p->info.max_rx_queues);
	if (cfg->txq > p->info.max_tx_queues)
		return say_error(-EINVAL, "--txq: '%u' is not allowed; port %u (%s) has up to %u",
			cfg->txq, p->id, p->info.driver_name, p->info.max_tx_queues);
	return 0;
}

int
port_init(struct run *run, struct port *p, uint16_t id)
{
	struct rte_eth_dev_info info;
	int rc;

	rc = rte_eth_dev_info_get(id, &info);
	if (rc != 0)
		return say_error(rc, "port %u gives no information: %s", id, strerror(-rc));
	json_decref(p->last_wire);
	pthread_mutex_lock(&run->events.lock);
	/* Keep the port's own pool: other ports may still hold mbufs of it. */
	*p = (struct port){
		.id = id,
		.info = info,
		.run = run,
		.gone = true,
		.own_pool = p->own_pool,
		.past = p->past,
		.seen = p->past,
	};
	rte_eth_dev_get_name_by_port(id, p->name);
	rte_strscpy(p->device, rte_dev_name(info.device), sizeof(p->device));
	pthread_mutex_unlock(&run->events.lock);
	rc = rte_eth_macaddr_get(id, &p->mac);
	if (rc != 0)
		return say_error(rc, "port %u gives no address: %s", id, strerror(-rc));
	rc = check_queues(run->cfg, p);
	if (rc == 0)
		rc = choose_desc(p, "rxd", run->cfg->rxd, &p->info.rx_desc_lim, &p->rxd);
	if (rc == 0)
		rc = choose_desc(p, "txd", run->cfg->txd, &p->info.tx_desc_lim, &p->txd);
	return rc;
}

static bool
is_pci(const struct rte_devargs *asked)
{
	return strcmp(rte_bus_name(asked->bus), "pci") == 0;
}

/** True if a driver is bound to the device. */
static bool
is_taken(const struct rte_devargs *asked)
{
	struct rte_dev_iterator it;
	const struct rte_device *dev;
	char bus[64];
	bool taken = false;

	snprintf(bus, sizeof(bus), "bus=%s", rte_bus_name(asked->bus));
	RTE_DEV_FOREACH(dev, bus, &it)
	taken |= strcmp(rte_dev_name(dev), asked->name) == 0 && rte_dev_is_probed(dev) != 0;
	return taken;
}

/**
 * Check devices of buses other than PCI, such as virtual ones: EAL also starts if it could not
 * probe them.
 */
static int
check_taken(struct run *run)
{
	const struct rte_devargs *asked;
	char why[WORDS_LEN];

	RTE_EAL_DEVARGS_FOREACH(NULL, asked)
	{
		if (asked->type == RTE_DEVTYPE_BLOCKED || is_pci(asked) || is_taken(asked))
			continue;
		return say_error(-ENODEV, "%s %s was refused: %s",
			asked->type == RTE_DEVTYPE_VIRTUAL ? "--vdev" : "-a", asked->name,
			words_about(&run->words, asked->name, why, sizeof(why)));
	}
	return 0;
}

/** Check that every requested device exists, and that those on PCI have ports. */
static int
check_asked(struct run *run)
{
	const struct rte_devargs *asked;
	char why[DIAGNOSE_LEN], bdf[PCI_PRI_STR_SIZE];
	struct rte_pci_addr addr;
	uint16_t id;

	RTE_EAL_DEVARGS_FOREACH("pci", asked)
	{
		if (asked->type == RTE_DEVTYPE_BLOCKED ||
			rte_pci_addr_parse(asked->name, &addr) != 0)
			continue;
		rte_pci_device_name(&addr, bdf, sizeof(bdf));
		if (rte_eth_dev_get_port_by_name(bdf, &id) == 0)
			continue;
		diagnose(&(struct diagnose){.what = "port",
				 .device = bdf,
				 .otherwise = "no driver took it, or it refused it; its own words "
					      "are above"},
			why);
		return say_error(-ENODEV, "-a %s is no port: %s", bdf, why);
	}
	return check_taken(run);
}

static int
check_found(const struct run *run)
{
	char why[DIAGNOSE_LEN];

	if (run->nb_ports != 0)
		return 0;
	diagnose(&(struct diagnose){.what = "port",
			 .argc = run->argc,
			 .argv = run->argv,
			 .otherwise = "no NIC is bound to vfio-pci, or no driver took it"},
		why);
	return say_error(-ENODEV, "no port found: %s", why);
}

int
ports_find(struct run *run)
{
	uint64_t mask = run->cfg->portmask;
	uint64_t missing = mask;
	uint16_t id;

	if (check_asked(run) != 0)
		return -ENODEV;
	RTE_ETH_FOREACH_DEV (id) {
		if (mask != 0 && (mask & RTE_BIT64(id)) == 0)
			continue;
		missing &= ~RTE_BIT64(id);
		int rc = port_init(run, &run->ports[run->nb_ports], id);

		if (rc != 0)
			return rc;
		run->ports[run->nb_ports++].gone = false;
		hotplug_listen(run, &run->ports[run->nb_ports - 1]);
	}
	if (missing != 0)
		return say_error(-ENODEV, "--ports: port %d is not there; there are %u ports",
			__builtin_ctzll(missing), rte_eth_dev_count_avail());
	return check_found(run);
}

/** Mbufs that lcores hold in addition to those in queues. */
static uint32_t
mbufs_of_lcores(const struct config *cfg)
{
	return rte_lcore_count() * (cfg->mbcache * 3 / 2 + MBUFS_IN_HAND);
}

static uint32_t
mbufs_of_port(const struct config *cfg, const struct port *p)
{
	return (uint32_t)cfg->rxq * p->rxd + (uint32_t)cfg->txq * p->txd;
}

static int
make_pool(const struct config *cfg, const char *name, uint32_t n, uint16_t port,
	struct rte_mempool **out)
{
	*out = (cfg->pool_ordinary ? rte_pktmbuf_pool_create : sl_pktmbuf_pool_create)(
		name, n, cfg->mbcache, 0, (uint16_t)cfg->mbuf_size, rte_eth_dev_socket_id(port));
	if (*out == NULL)
		return say_error(-rte_errno,
			"no memory for %u mbufs of %u bytes (%s); give EAL more"
			" with -m, or take fewer with --mbufs",
			n, cfg->mbuf_size, rte_strerror(rte_errno));
	return 0;
}

int
ports_make_pool(struct run *run)
{
	const struct config *cfg = run->cfg;
	uint32_t n = mbufs_of_lcores(cfg);
	int rc;

	for (uint16_t i = 0; i < run->nb_ports; i++)
		n += mbufs_of_port(cfg, &run->ports[i]);
	rc = make_pool(
		cfg, "sl-testpmd", cfg->mbufs != 0 ? cfg->mbufs : n, run->ports[0].id, &run->pool);
	for (uint16_t i = 0; i < run->nb_ports; i++)
		run->ports[i].pool = run->pool;
	return rc;
}

int
port_make_pool(struct run *run, struct port *p)
{
	const struct config *cfg = run->cfg;
	uint32_t own = mbufs_of_port(cfg, p), n = mbufs_of_lcores(cfg) + own;
	char name[32];
	int rc;

	for (uint16_t i = 0; i < run->nb_ports; i++) {
		if (&run->ports[i] != p && !run->ports[i].gone)
			n += mbufs_of_port(cfg, &run->ports[i]);
	}
	/* The common pool is used if it is large enough, or if the user chose its size. */
	p->pool = run->pool;
	if (n <= run->pool->size || cfg->mbufs != 0)
		return 0;
	if (p->own_pool == NULL || p->own_pool->size < own + mbufs_of_lcores(cfg)) {
		if (p->own_pool != NULL)
			return say_error(-ENOMEM,
				"port %u: %u mbufs are left of the port before it, %u are"
				" needed; start with --mbufs %u",
				p->id, p->own_pool->size, own + mbufs_of_lcores(cfg), n);
		snprintf(name, sizeof(name), "sl-testpmd-%u", p->id);
		rc = make_pool(cfg, name, own + mbufs_of_lcores(cfg), p->id, &p->own_pool);
		if (rc != 0)
			return rc;
	}
	p->pool = p->own_pool;
	return 0;
}

/** Bytes that the device adds to the MTU for the longest frame. */
static uint32_t
frame_overhead(const struct rte_eth_dev_info *info)
{
	if (info->max_mtu != UINT16_MAX && info->max_rx_pktlen > info->max_mtu)
		return info->max_rx_pktlen - info->max_mtu;
	return RTE_ETHER_HDR_LEN + RTE_ETHER_CRC_LEN;
}

/** Choose the MTU to configure; 0: use the device's. */
static int
choose_mtu(const struct config *cfg, const struct port *p, uint32_t *out)
{
	const struct rte_eth_dev_info *info = &p->info;
	uint32_t overhead = frame_overhead(info);
	const char *option = cfg->mtu != 0 ? "mtu" : "max-pkt-len";
	uint32_t extra = cfg->mtu != 0 ? 0 : overhead;
	uint32_t given = cfg->mtu != 0 ? cfg->mtu : cfg->max_pkt_len;

	*out = 0;
	if (given == 0)
		return 0;
	if (given < extra + info->min_mtu || given > extra + info->max_mtu)
		return say_error(-EINVAL,
			"--%s: '%u' is not allowed; allowed by port %u (%s): from"
			" %u to %u",
			option, given, p->id, info->driver_name, extra + info->min_mtu,
			extra + info->max_mtu);
	*out = given - extra;
	return 0;
}

static int
check_offloads(const struct port *p, const char *option, uint64_t asked, uint64_t capa,
	const char *(*name)(uint64_t))
{
	uint64_t bad = asked & ~capa;

	if (bad == 0)
		return 0;
	bad = RTE_BIT64(__builtin_ctzll(bad));
	return say_error(-EINVAL,
		"--%s: '%s' (0x%" PRIx64 ") is not allowed; port %u (%s) allows 0x%" PRIx64, option,
		name(bad), bad, p->id, p->info.driver_name, capa);
}

static int
choose_conf(const struct config *cfg, const struct port *p, struct rte_eth_conf *conf)
{
	const struct rte_eth_dev_info *info = &p->info;
	uint32_t room = cfg->mbuf_size - RTE_PKTMBUF_HEADROOM;
	uint32_t mtu, frame;
	int rc;

	rc = choose_mtu(cfg, p, &mtu);
	if (rc == 0)
		rc = check_offloads(p, "rx-offloads", cfg->rx_offloads, info->rx_offload_capa,
			rte_eth_dev_rx_offload_name);
	if (rc == 0)
		rc = check_offloads(p, "tx-offloads", cfg->tx_offloads, info->tx_offload_capa,
			rte_eth_dev_tx_offload_name);
	if (rc != 0)
		return rc;
	*conf = (struct rte_eth_conf){
		.rxmode = {.mtu = mtu, .offloads = cfg->rx_offloads},
		.txmode = {.offloads = cfg->tx_offloads},
		.intr_conf = {.lsc = (*info->dev_flags & RTE_ETH_DEV_INTR_LSC) != 0,
			.rmv = (*info->dev_flags & RTE_ETH_DEV_INTR_RMV) != 0},
	};
	frame = (mtu != 0 ? mtu : RTE_MIN(info->max_mtu, (uint16_t)RTE_ETHER_MTU)) +
		frame_overhead(info);
	if (frame > room)
		conf->rxmode.offloads |= info->rx_offload_capa & RTE_ETH_RX_OFFLOAD_SCATTER;
	if ((conf->rxmode.offloads & RTE_ETH_RX_OFFLOAD_SCATTER) != 0 || cfg->nb_tx_segs > 1)
		conf->txmode.offloads |= info->tx_offload_capa & RTE_ETH_TX_OFFLOAD_MULTI_SEGS;
	conf->rx_adv_conf.rss_conf.rss_hf = cfg->rss & info->flow_type_rss_offloads;
	if (cfg->rxq > 1 && conf->rx_adv_conf.rss_conf.rss_hf != 0)
		conf->rxmode.mq_mode = RTE_ETH_MQ_RX_RSS;
	else
		conf->rx_adv_conf.rss_conf.rss_hf = 0;
	return 0;
}

/**
 * Print a queue's error. A limit on locked memory is only reached when the queue's memory is mapped
 * for DMA.
 */
static int
say_queue_error(int rc, const struct port *p, const char *kind, uint16_t q, uint16_t n)
{
	const struct diagnose d = {.what = "memlock", .otherwise = ""};
	char why[DIAGNOSE_LEN];

	if (rc != -ENOMEM || !diagnose(&d, why))
		snprintf(why, sizeof(why), "%s", strerror(-rc));
	return say_error(
		rc, "port %u: %s queue %u with %u descriptors: %s", p->id, kind, q, n, why);
}

static int
setup_queues(const struct run *run, const struct port *p, const struct rte_eth_conf *conf)
{
	struct rte_eth_rxconf rxconf = p->info.default_rxconf;
	struct rte_eth_txconf txconf = p->info.default_txconf;
	unsigned int socket = rte_eth_dev_socket_id(p->id);
	int rc;

	rxconf.offloads = conf->rxmode.offloads;
	txconf.offloads = conf->txmode.offloads;
	for (uint16_t q = 0; q < run->cfg->rxq; q++) {
		rc = rte_eth_rx_queue_setup(p->id, q, p->rxd, socket, &rxconf, p->pool);
		if (rc != 0)
			return say_queue_error(rc, p, "receive", q, p->rxd);
	}
	for (uint16_t q = 0; q < run->cfg->txq; q++) {
		rc = rte_eth_tx_queue_setup(p->id, q, p->txd, socket, &txconf);
		if (rc != 0)
			return say_queue_error(rc, p, "transmit", q, p->txd);
	}
	return 0;
}

static int
port_configure(const struct run *run, struct port *p)
{
	const struct config *cfg = run->cfg;
	struct rte_eth_conf conf;
	int rc;

	rc = choose_conf(cfg, p, &conf);
	if (rc != 0)
		return rc;
	rc = rte_eth_dev_configure(p->id, cfg->rxq, cfg->txq, &conf);
	if (rc != 0)
		return say_error(rc, "port %u: configure: %s", p->id, strerror(-rc));
	rc = setup_queues(run, p, &conf);
	p->configured = rc == 0;
	return rc;
}

int
port_start(struct run *run, struct port *p)
{
	int rc;

	if (p->started)
		return 0;
	if (p->closed)
		return say_error(-ENODEV, "port %u is closed", p->id);
	rc = p->configured ? 0 : port_configure(run, p);
	if (rc != 0)
		return rc;
	/*
	 * Before the start: otherwise the first frames, received right after it, would be filtered.
	 */
	if (run->cfg->promisc) {
		rc = rte_eth_promiscuous_enable(p->id);
		if (rc != 0 && rc != -ENOTSUP)
			return say_error(rc, "port %u: promiscuous mode: %s", p->id, strerror(-rc));
	}
	/* No mode reads packet types, so the port need not fill them; as in dpdk-testpmd. */
	(void)rte_eth_dev_set_ptypes(p->id, RTE_PTYPE_UNKNOWN, NULL, 0);
	rc = rte_eth_dev_start(p->id);
	if (rc != 0)
		return say_error(rc, "port %u: start: %s", p->id, strerror(-rc));
	p->started = true;
	return rte_eth_dev_get_mtu(p->id, &p->mtu);
}

int
port_stop(struct port *p)
{
	int rc;

	if (!p->started)
		return 0;
	rc = rte_eth_dev_stop(p->id);
	if (rc != 0)
		return say_error(rc, "port %u: stop: %s", p->id, strerror(-rc));
	p->started = false;
	return 0;
}

int
port_reset(struct run *run, struct port *p)
{
	bool started = p->started;
	int rc;

	if (p->closed)
		return say_error(-ENODEV, "port %u is closed", p->id);
	rc = port_stop(p);
	if (rc == 0)
		rc = rte_eth_dev_reset(p->id);
	if (rc != 0)
		return say_error(rc, "port %u: reset: %s", p->id, strerror(-rc));
	p->configured = false;
	return started ? port_start(run, p) : 0;
}

int
port_close(struct run *run, struct port *p)
{
	int rc;

	if (p->closed)
		return 0;
	port_counters_get(p, &p->past);
	p->last_wire = wire_report(p->id);
	if (wire_tell_error(p, p->last_wire))
		run->worst = EXIT_CODE_SETUP;
	port_stop(p);
	hotplug_ignore(run, p);
	rc = rte_eth_dev_close(p->id);
	p->closed = true;
	p->started = p->configured = false;
	return rc == 0 ? 0 : say_error(rc, "port %u: close: %s", p->id, strerror(-rc));
}

int
port_set_mtu(struct port *p, uint16_t mtu)
{
	int rc = rte_eth_dev_set_mtu(p->id, mtu);

	if (rc != 0)
		return say_error(rc,
			"port %u: MTU '%u' is not allowed (%s); the device allows %u"
			" to %u",
			p->id, mtu, strerror(-rc), p->info.min_mtu, p->info.max_mtu);
	p->mtu = mtu;
	return 0;
}

static void
wait_for_links(struct run *run)
{
	struct rte_eth_link link;
	unsigned int waited = 0;

	for (uint16_t i = 0; i < run->nb_ports; i++) {
		for (;;) {
			if (rte_eth_link_get_nowait(run->ports[i].id, &link) != 0 ||
				link.link_status == RTE_ETH_LINK_UP || signals_came(&run->signals))
				break;
			if (waited >= LINK_WAIT_MS) {
				say_error(0, "port %u: link is down", run->ports[i].id);
				break;
			}
			rte_delay_us_sleep(LINK_POLL_MS * 1000);
			waited += LINK_POLL_MS;
		}
	}
}

int
ports_start(struct run *run)
{
	for (uint16_t i = 0; i < run->nb_ports; i++) {
		int rc = port_start(run, &run->ports[i]);

		if (rc != 0)
			return rc;
	}
	wait_for_links(run);
	return 0;
}

/**
 * Free a pool. When all ports are closed, all mbufs must be back in it: a driver or an engine has
 * lost the missing ones.
 */
static int
free_pool(struct rte_mempool **pool)
{
	unsigned int lost = *pool == NULL ? 0 : rte_mempool_in_use_count(*pool);
	int rc = 0;

	if (lost != 0)
		rc = say_error(-EFAULT, "%u of %u mbufs did not come back to their pool", lost,
			(*pool)->size);
	rte_mempool_free(*pool);
	*pool = NULL;
	return rc;
}

int
ports_close(struct run *run)
{
	int rc;

	/* Stop all ports before the first is closed: a port may hold another port's frames. */
	for (uint16_t i = 0; i < run->nb_ports; i++)
		port_stop(&run->ports[i]);
	for (uint16_t i = 0; i < run->nb_ports; i++)
		port_close(run, &run->ports[i]);
	rc = free_pool(&run->pool);
	for (uint16_t i = 0; i < RTE_MAX_ETHPORTS; i++) {
		int own = free_pool(&run->ports[i].own_pool);

		rc = rc == 0 ? own : rc;
		json_decref(run->ports[i].last_wire);
	}
	return rc;
}
