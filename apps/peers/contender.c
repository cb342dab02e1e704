/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */

/*
 * Opens and starts the contenders: creates their software NIC, port and mempool, and finds flows
 * that reach every receive queue. The timing is in measure.c. DPDK's own drivers are attached in
 * stock.c.
 */

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include <rte_bus_vdev.h>
#include <rte_cpuflags.h>
#include <rte_ip.h>
#include <rte_udp.h>
#include <rte_vect.h>

#include "contender.h"
#include "sl_fields.h"
#include "sl_pmd.h"
#include "sl_regs_82599.h"
#include "sl_unbounded.h"
#include "twin.h"

#define STEP 64u
#define FLOWS 1024u /* maximum number of flows to try until every queue's lane is full */
#define PORT_BASE 1024u

const struct contender_row contender_rows[] = {
	{"igb", "DPDK's net_e1000_igb on the 82576", KIND_STOCK, "net_e1000_igb", SL_PCI_DEV_82576,
		NULL, 1, true, false, false, false, NULL, NULL},
	{"ixgbe", "DPDK's net_ixgbe on the 82599", KIND_STOCK, "net_ixgbe", SL_PCI_DEV_82599_KX4,
		NULL, 4, true, false, false, false, NULL, "ixgbe82599"},
	{"ixgbe+store", "the same, its doorbells stored without MOVDIRI", KIND_STOCK,
		"net_ixgbe+store", SL_PCI_DEV_82599_KX4, NULL, 4, true, false, false, false,
		"net_ixgbe", "ixgbe82599"},
	{"coherent82599", "net_syncline on the 82599, coherency=coherent", KIND_OURS, NULL, 0,
		"device=82599,coherency=coherent", 1, true, false, false, false, NULL,
		"ixgbe82599"},
	{"explicit82599", "net_syncline on the 82599, coherency=explicit", KIND_OURS, NULL, 0,
		"device=82599,coherency=explicit", 1, true, false, false, false, NULL,
		"ixgbe82599"},
	{"coherent", "net_syncline, coherency=coherent", KIND_OURS, NULL, 0, "coherency=coherent",
		1, true, false, false, false, NULL, NULL},
	{"explicit", "net_syncline, coherency=explicit", KIND_OURS, NULL, 0, "coherency=explicit",
		1, true, false, false, false, NULL, NULL},
	{"apart", "as coherent, with a mempool of sl_pktmbuf_pool_create()", KIND_OURS, NULL, 0,
		"coherency=coherent", 1, true, false, true, false, NULL, NULL},
	{"apart+free", "as apart, with MBUF_FAST_FREE", KIND_OURS, NULL, 0, "coherency=coherent", 1,
		true, false, true, true, NULL, NULL},
	{"null", "DPDK's net_null: mbufs without a device", KIND_VDEV, "net_null0", 0, "size=60", 1,
		false, false, false, false, NULL, NULL},
	{"ring", "DPDK's net_ring: a ring in memory", KIND_RING, "net_ring0", 0, "", 1, false,
		false, false, false, NULL, NULL},
	{"unbounded", "as coherent, without the bounds on what a NIC writes", KIND_OURS, NULL, 0,
		"coherency=coherent", 1, false, true, false, false, NULL, NULL},
	{"floor", "a bare loop over descriptors and mbuf headers", KIND_FLOOR, NULL, 0, NULL, 1,
		false, false, false, false, NULL, NULL},
	{"floor+sync", "the same with the cache maintenance that the memory contract needs",
		KIND_FLOOR, NULL, 0, "explicit", 1, false, false, false, false, NULL, NULL},
};
const unsigned int contender_row_count = RTE_DIM(contender_rows);

/* All contenders use the same key, so that a flow reaches the same queue in all of them. */
static const uint8_t rss_key[SL_RSS_KEY_BYTES] = {0x6d, 0x5a, 0x56, 0xda, 0x25, 0x5b, 0x0e, 0xc2,
	0x41, 0x67, 0x25, 0x3d, 0x43, 0xa3, 0x8f, 0xb0, 0xd0, 0xca, 0x2b, 0xcb, 0xae, 0x7b, 0x30,
	0xb4, 0x77, 0xcb, 0x2d, 0xa3, 0x80, 0x30, 0xf2, 0x0c, 0x6a, 0x42, 0xb7, 0x3b, 0xbe, 0xac,
	0x01, 0xfa};

/* --- the device --- */

void
contender_settle(struct contender *c)
{
	switch (c->row->kind) {
	case KIND_STOCK:
		while (stock_step(&c->stock, STEP) != 0)
			;
		break;
	case KIND_OURS:
		while (sl_pmd_step(c->port, STEP) > 0)
			;
		break;
	case KIND_FLOOR:
		while (sl_softnic_step(c->nic, STEP) != 0)
			;
		break;
	default:
		break;
	}
}

/* --- frames --- */

static void
frame_make(uint8_t *bytes, unsigned int len, uint16_t flow)
{
	struct rte_ether_hdr *eth = (struct rte_ether_hdr *)bytes;
	struct rte_ipv4_hdr *ip = (struct rte_ipv4_hdr *)(eth + 1);
	struct rte_udp_hdr *udp = (struct rte_udp_hdr *)(ip + 1);
	const uint16_t l3 = (uint16_t)(len - sizeof(*eth));

	memset(bytes, 0, len);
	*eth = (struct rte_ether_hdr){.dst_addr = {{0x02, 0, 0, 0, 0, 0x02}},
		.src_addr = {{0x02, 0, 0, 0, 0, 0x01}},
		.ether_type = rte_cpu_to_be_16(RTE_ETHER_TYPE_IPV4)};
	*ip = (struct rte_ipv4_hdr){.version_ihl = RTE_IPV4_VHL_DEF,
		.total_length = rte_cpu_to_be_16(l3),
		.time_to_live = 64,
		.next_proto_id = IPPROTO_UDP,
		.src_addr = rte_cpu_to_be_32(RTE_IPV4(10, 0, 0, 1)),
		.dst_addr = rte_cpu_to_be_32(RTE_IPV4(10, 0, 0, 2))};
	ip->hdr_checksum = rte_ipv4_cksum(ip);
	*udp = (struct rte_udp_hdr){.src_port = rte_cpu_to_be_16((uint16_t)(PORT_BASE + flow)),
		.dst_port = rte_cpu_to_be_16(PORT_BASE),
		.dgram_len = rte_cpu_to_be_16((uint16_t)(l3 - sizeof(*ip)))};
}

void
contender_frames(struct contender *c, unsigned int len)
{
	unsigned int q, k;

	c->len = len;
	for (q = 0; q < QUEUES_MAX; q++) {
		for (k = 0; k < FRAME_KINDS; k++) {
			struct rte_ether_hdr *eth = (struct rte_ether_hdr *)c->bytes[q][k];
			struct rte_ipv4_hdr *ip = (struct rte_ipv4_hdr *)(eth + 1);
			struct rte_udp_hdr *udp = (struct rte_udp_hdr *)(ip + 1);
			uint16_t flow = (uint16_t)(rte_be_to_cpu_16(udp->src_port) - PORT_BASE);

			frame_make(c->bytes[q][k], len, flow);
			c->frames[q][k] = (struct sl_frame){.data = c->bytes[q][k], .len = len};
		}
	}
}

static uint16_t
rx_burst(struct contender *c, unsigned int q, struct rte_mbuf **m, uint16_t n)
{
	return c->row->kind == KIND_FLOOR ? floor_rx(c->floor, q, m, n) :
					    rte_eth_rx_burst(c->port, (uint16_t)q, m, n);
}

/* Queue on which a flow arrives, found by sending one frame of it. */
static int
flow_queue(struct contender *c, uint16_t flow)
{
	uint8_t *bytes = c->bytes[0][0];
	struct sl_frame frame = {.data = bytes, .len = FRAME_MIN};
	struct rte_mbuf *m[STEP];
	unsigned int q;

	frame_make(bytes, FRAME_MIN, flow);
	c->wire->lane[0] = (struct lane){.frames = &frame, .n = 1, .due = 1};
	contender_settle(c);
	for (q = 0; q < c->queues; q++) {
		if (rx_burst(c, q, m, STEP) == 1) {
			contender_put(c, m, 1);
			return (int)q;
		}
	}
	return -EIO;
}

/* Fill every queue's lane with flows that arrive on it. */
static int
flows_find(struct contender *c)
{
	unsigned int have[QUEUES_MAX] = {0}, left = c->queues * FRAME_KINDS, q;
	uint16_t flow[QUEUES_MAX][FRAME_KINDS] = {{0}}, f;
	int at;

	for (f = 0; f < FLOWS && left > 0; f++) {
		at = flow_queue(c, f);
		if (at < 0)
			return at;
		if (have[at] == FRAME_KINDS)
			continue;
		flow[at][have[at]++] = f;
		left--;
	}
	if (left > 0)
		return -EIO;
	for (q = 0; q < c->queues; q++) {
		for (f = 0; f < FRAME_KINDS; f++)
			frame_make(c->bytes[q][f], FRAME_MIN, flow[q][f]);
		c->wire->lane[q] = (struct lane){.frames = c->frames[q], .n = FRAME_KINDS};
	}
	return 0;
}

int
contender_get(struct contender *c, struct rte_mbuf **m, unsigned int n)
{
	unsigned int i;

	if (c->row->kind == KIND_FLOOR)
		floor_get(c->floor, m, n);
	else if (rte_pktmbuf_alloc_bulk(c->pool, m, n) != 0)
		return -ENOMEM;
	for (i = 0; i < n; i++) {
		m[i]->data_len = (uint16_t)c->len;
		m[i]->pkt_len = c->len;
		if (c->offloads)
			contender_mark(m[i]);
	}
	return 0;
}

void
contender_put(struct contender *c, struct rte_mbuf **m, unsigned int n)
{
	if (c->row->kind == KIND_FLOOR)
		floor_put(c->floor, m, n);
	else
		rte_pktmbuf_free_bulk(m, n);
}

int
contender_feed(struct contender *c, unsigned int n)
{
	struct rte_mbuf *m[STEP];
	unsigned int q;
	int ret;

	if (c->row->kind == KIND_RING) {
		for (q = 0; q < c->queues && c->in_ring < n; q++) {
			ret = contender_get(c, m, n - c->in_ring);
			if (ret != 0)
				return ret;
			if (rte_eth_tx_burst(c->port, (uint16_t)q, m, (uint16_t)(n - c->in_ring)) !=
				n - c->in_ring)
				return -EIO;
		}
		c->in_ring = n;
	}
	for (q = 0; q < c->queues && c->wire != NULL; q++)
		c->wire->lane[q].due = n;
	return 0;
}

int
contender_drain(struct contender *c)
{
	struct rte_mbuf *m[STEP];
	unsigned int q;
	uint16_t n;

	for (q = 0; q < c->queues && c->row->kind == KIND_RING; q++) {
		while ((n = rte_eth_rx_burst(c->port, (uint16_t)q, m, STEP)) != 0)
			contender_put(c, m, n);
	}
	c->in_ring = 0;
	return 0;
}

/* --- life --- */

/* Burst functions without bounds are compiled for one instruction set. */
#ifdef SL_UNBOUNDED_BITS

static const char *
unbounded_obstacle(void)
{
	if (rte_vect_get_max_simd_bitwidth() != SL_UNBOUNDED_BITS)
		return "it is compiled for vectors of 256 bits alone: --simd 256";
	return rte_cpu_get_flag_enabled(RTE_CPUFLAG_AVX2) ? NULL : "this CPU has no AVX2";
}

static void
unbounded_take(uint16_t port)
{
	rte_eth_fp_ops[port].rx_pkt_burst = sl_rx_unbounded_coherent;
	rte_eth_fp_ops[port].tx_pkt_burst = sl_tx_unbounded_coherent;
}

#else

static const char *
unbounded_obstacle(void)
{
	return "it is compiled for x86-64 alone";
}

static void
unbounded_take(uint16_t port)
{
	(void)port;
}

#endif

const char *
contender_obstacle(const struct contender_row *row)
{
	if (row->unbounded && unbounded_obstacle() != NULL)
		return unbounded_obstacle();
	if (row->kind != KIND_STOCK)
		return NULL;
	if (trap_obstacle() != NULL)
		return trap_obstacle();
	return stock_has(row->twin_of != NULL ? row->twin_of : row->driver) ?
		NULL :
		"this DPDK does not have the driver";
}

const char *
contender_needless(const struct contender_row *row)
{
	if (row->twin_of == NULL || twin_matters())
		return NULL;
	return "this CPU has no MOVDIRI: the driver stores doorbells plainly by itself";
}

static int
vdev_open(struct contender *c, const char *name, const char *args)
{
	int ret = rte_vdev_init(name, args);

	return ret == 0 ? rte_eth_dev_get_port_by_name(name, &c->port) : ret;
}

static int
ours_open(struct contender *c)
{
	char name[RTE_ETH_NAME_MAX_LEN], args[128];
	int ret;

	snprintf(name, sizeof(name), "net_syncline_soft_%s", c->row->name);
	snprintf(args, sizeof(args), "mode=step,wire=none,%s", c->row->args);
	ret = vdev_open(c, name, args);
	if (ret == 0)
		c->nic = sl_pmd_softnic(c->port);
	return ret;
}

static int
device_open(struct contender *c)
{
	const struct contender_row *row = c->row;
	int ret;

	switch (row->kind) {
	case KIND_STOCK:
		ret = row->twin_of != NULL ? twin_load(row->twin_of, row->driver) : 0;
		if (ret != 0)
			return ret;
		ret = stock_open(&c->stock, row->driver, row->pci_device, row->name);
		c->port = c->stock.port;
		c->nic = c->stock.nic;
		return ret;
	case KIND_OURS:
		return ours_open(c);
	case KIND_FLOOR:
		return 0; /* opened when its queues are started */
	default:
		return vdev_open(c, row->driver, row->args);
	}
}

static int
wire_attach(struct contender *c)
{
	int ret;

	c->wire = lanes_new();
	if (c->wire == NULL)
		return -ENOMEM;
	ret = sl_softnic_attach(c->nic, &c->wire->base);
	if (ret != 0) {
		sl_wire_close(&c->wire->base);
		c->wire = NULL;
	}
	return ret;
}

int
contender_open(
	struct contender *c, const struct contender_row *row, uint16_t room, unsigned int mbufs)
{
	char name[RTE_MEMPOOL_NAMESIZE];
	int ret;

	*c = (struct contender){.row = row, .port = RTE_MAX_ETHPORTS, .mbufs = mbufs};
	snprintf(name, sizeof(name), "peer_%s", row->name);
	c->pool = (row->apart ? sl_pktmbuf_pool_create : rte_pktmbuf_pool_create)(
		name, mbufs, MBUF_CACHE, 0, room, SOCKET_ID_ANY);
	if (c->pool == NULL)
		return -ENOMEM;
	ret = device_open(c);
	if (ret == 0 && c->nic != NULL)
		ret = wire_attach(c);
	return ret;
}

static int
port_start(struct contender *c)
{
	const bool rss = c->queues > 1 && c->nic != NULL;
	struct rte_eth_conf conf = {
		.rxmode.mq_mode = rss ? RTE_ETH_MQ_RX_RSS : RTE_ETH_MQ_RX_NONE,
		.rx_adv_conf.rss_conf =
			{
				.rss_key = (uint8_t *)(uintptr_t)rss_key,
				.rss_key_len = sizeof(rss_key),
				.rss_hf = rss ? RTE_ETH_RSS_NONFRAG_IPV4_UDP : 0,
			},
	};
	struct rte_eth_burst_mode mode;
	uint16_t q, nb = (uint16_t)c->queues;
	int ret;

	if (c->offloads) {
		conf.rxmode.offloads = RTE_ETH_RX_OFFLOAD_CHECKSUM;
		conf.txmode.offloads = RTE_ETH_TX_OFFLOAD_IPV4_CKSUM | RTE_ETH_TX_OFFLOAD_UDP_CKSUM;
	}
	if (c->row->fast_free)
		conf.txmode.offloads |= RTE_ETH_TX_OFFLOAD_MBUF_FAST_FREE;
	ret = rte_eth_dev_configure(c->port, nb, nb, &conf);
	for (q = 0; q < nb && ret == 0; q++) {
		ret = rte_eth_rx_queue_setup(c->port, q, RING, 0, NULL, c->pool);
		if (ret == 0)
			ret = rte_eth_tx_queue_setup(c->port, q, RING, 0, NULL);
	}
	/* No contender reads packet types: drivers that need not fill them do not. */
	if (ret == 0)
		(void)rte_eth_dev_set_ptypes(c->port, RTE_PTYPE_UNKNOWN, NULL, 0);
	if (ret == 0)
		ret = rte_eth_dev_start(c->port);
	if (ret == 0 && c->nic != NULL)
		ret = rte_eth_promiscuous_enable(c->port);
	if (ret == 0 && c->row->unbounded)
		unbounded_take(c->port);
	if (ret == 0 && c->row->kind == KIND_STOCK)
		ret = stock_run(&c->stock, c->queues);
	if (ret == 0 && rte_eth_rx_burst_mode_get(c->port, 0, &mode) == 0)
		snprintf(c->rx_path, sizeof(c->rx_path), "%.63s", mode.info);
	if (ret == 0 && rte_eth_tx_burst_mode_get(c->port, 0, &mode) == 0)
		snprintf(c->tx_path, sizeof(c->tx_path), "%.63s", mode.info);
	return ret;
}

static int
floor_start(struct contender *c)
{
	int ret = floor_open(
		&c->floor, c->queues, RING, c->pool, c->mbufs, rss_key, c->row->args != NULL);

	if (ret != 0)
		return ret;
	c->nic = floor_nic(c->floor);
	return wire_attach(c);
}

int
contender_start(struct contender *c, unsigned int queues, bool offloads)
{
	int ret;

	c->queues = queues;
	c->offloads = offloads && c->row->offloads;
	ret = c->row->kind == KIND_FLOOR ? floor_start(c) : port_start(c);
	if (ret != 0)
		return ret;
	/* The link comes up in the first step of the device. */
	contender_settle(c);
	return c->nic != NULL ? flows_find(c) : 0;
}

int
contender_stop(struct contender *c)
{
	int ret = 0;

	(void)contender_drain(c);
	contender_settle(c);
	if (c->row->kind == KIND_FLOOR) {
		floor_close(c->floor);
		c->floor = NULL;
		c->nic = NULL;
		c->wire = NULL;
		return 0;
	}
	if (c->row->kind == KIND_STOCK)
		ret = stock_halt(&c->stock);
	return ret == 0 ? rte_eth_dev_stop(c->port) : ret;
}

static bool
nic_is_clean(const struct contender *c)
{
	struct sl_softnic_stats stats;

	if (c->nic == NULL)
		return true;
	sl_softnic_stats(c->nic, &stats);
	return stats.dma_faults == 0 && stats.bad_desc == 0 && stats.rx_no_desc == 0;
}

int
contender_close(struct contender *c)
{
	const bool clean = nic_is_clean(c);
	int ret = 0;

	if (c->row->kind == KIND_STOCK)
		ret = stock_close(&c->stock);
	else if (c->port != RTE_MAX_ETHPORTS)
		ret = rte_eth_dev_close(c->port);
	if (c->pool != NULL && rte_mempool_avail_count(c->pool) != c->mbufs)
		ret = -EBADMSG;
	rte_mempool_free(c->pool);
	return ret != 0 ? ret : clean ? 0 : -EBADMSG;
}
