/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */

/*
 * DPDK's net_ixgbe on the models of its family, feature by feature: each burst function, RSS,
 * checksums, segmentation, VLAN, filters, time, statistics, restarts. Its reports about frames, and
 * the frames on the wire, are compared with values that this program computes itself. Each register
 * access of the driver is trapped, including doorbells.
 */

#include <limits.h>
#include <unistd.h>

#include <rte_flow.h>
#include <rte_thash.h>
#include <rte_vect.h>

#include "compat.h"
#include "harness.h"
#include "holds.h"
#include "sl_desc.h"
#include "sl_regs_82599.h"
#include "stock.h"

#define DRIVER "net_ixgbe"
#define FRAMES 200u
#define QUEUES 4u
#define NS UINT64_C(1000000000)
#define SLACK 1000u /* ns: the increment is not a multiple of its unit */
#define NVM_SUM 0xBABAu
#define NVM_SUMMED 0x40u /* words */
#define NVM_CORE 9u	 /* the only word in use that points to an NVM module */
#define MAC_LIMIT 8u	 /* addresses that a test adds */
#define ADDRESSES 128u
#define STAT_SET 5u

/** A device and what net_ixgbe must report about it. */
struct kind {
	uint16_t pci_device;
	bool module; /**< it has an SFP+ cage with a module */
	bool copper;
};

static const struct kind kx4 = {.pci_device = SL_PCI_DEV_82599_KX4},
			 sfp = {.pci_device = SL_PCI_DEV_82599_SFP, .module = true},
			 x540 = {.pci_device = SL_PCI_DEV_X540_T, .copper = true},
			 x550 = {.pci_device = SL_PCI_DEV_X550_T, .copper = true};

struct rig {
	const struct kind *kind;
	struct stock s;
	struct h_port p;
	uint64_t rng;
	uint64_t now; /**< time of the device's clock */
};

static uint64_t
clock_read(void *ctx)
{
	return ((const struct rig *)ctx)->now;
}

static int
setup(void **state)
{
	struct rig *r = calloc(1, sizeof(*r));

	assert_non_null(r);
	r->kind = *state;
	r->rng = h_rng(r->kind->pci_device);
	assert_int_equal(stock_open(&r->s, DRIVER, r->kind->pci_device, "witness"), 0);
	h_adopt(&r->p, r->s.port, r->s.nic);
	*state = r;
	/* cmocka installs signal handlers before each test, so arm the traps again. */
	return trap_arm();
}

static int
teardown(void **state)
{
	struct rig *r = *state;
	struct sl_softnic_stats nic;

	assert_int_equal(trap_arm(), 0);
	sl_softnic_stats(r->s.nic, &nic);
	assert_int_equal(nic.dma_faults, 0);
	assert_int_equal(nic.bad_desc, 0);
	assert_int_equal(stock_close(&r->s), 0);
	h_disown(&r->p, COMPAT_IXGBE_LOSES);
	free(r);
	return 0;
}

/* Set up and start, then step until the link is up. */
static struct rig *
start(void **state, const struct h_cfg *cfg)
{
	struct rig *r = *state;
	struct rte_eth_link link;

	assert_int_equal(trap_arm(), 0);
	h_start(&r->p, cfg);
	(void)h_step(&r->p);
	assert_int_equal(rte_eth_link_get(r->p.id, &link), 0);
	assert_int_equal(link.link_status, RTE_ETH_LINK_UP);
	assert_int_equal(link.link_speed, RTE_ETH_SPEED_NUM_10G);
	return r;
}

/*
 * Step, and receive from every queue until the frame that was given is found. @p queue: its queue.
 */
static struct rte_mbuf *
recv_any(struct rig *r, uint16_t *queue)
{
	struct rte_mbuf *m[4] = {NULL}, *got = NULL;
	uint16_t q, n;

	for (q = 0; q < r->p.cfg.nb_rxq; q++) {
		n = h_recv(&r->p, q, m, RTE_DIM(m));
		if (n == 0)
			continue;
		assert_int_equal(n, 1);
		assert_null(got);
		got = m[0];
		*queue = q;
	}
	assert_non_null(got);
	return got;
}

static uint16_t
queue_of(struct rig *r, const void *frame, uint32_t len)
{
	uint16_t q = UINT16_MAX;

	h_give(&r->p, frame, len);
	rte_pktmbuf_free(recv_any(r, &q));
	return q;
}

static struct h_flow
some_flow(uint64_t *rng, uint8_t proto, bool ipv6)
{
	return (struct h_flow){.src = (uint32_t)rng_next(rng),
		.dst = (uint32_t)rng_next(rng),
		.sport = (uint16_t)rng_range(rng, 1024, UINT16_MAX),
		.dport = (uint16_t)rng_range(rng, 1024, UINT16_MAX),
		.proto = proto,
		.ipv6 = ipv6};
}

/* --- probe --- */

static void
check_module(struct rig *r)
{
	struct rte_eth_dev_module_info info;
	struct rte_dev_eeprom_info e;
	uint8_t id[512] = {0}, sum = 0;
	unsigned int i;

	if (!r->kind->module) {
		assert_true(rte_eth_dev_get_module_info(r->p.id, &info) != 0);
		return;
	}
	assert_int_equal(rte_eth_dev_get_module_info(r->p.id, &info), 0);
	assert_int_equal(info.type, RTE_ETH_MODULE_SFF_8472);
	e = (struct rte_dev_eeprom_info){.data = id, .length = info.eeprom_len};
	assert_int_equal(info.eeprom_len, sizeof(id));
	assert_int_equal(rte_eth_dev_get_module_eeprom(r->p.id, &e), 0);
	for (i = 0; i < 63; i++)
		sum = (uint8_t)(sum + id[i]);
	assert_int_equal(sum, id[63]);
	assert_memory_equal(id + 20, "Syncline model", 14);
}

static void
check_nvm(struct rig *r)
{
	const int size = rte_eth_dev_get_eeprom_length(r->p.id);
	struct rte_dev_eeprom_info e = {.length = (uint32_t)size};
	uint16_t *word, total = 0, module;
	unsigned int i;

	assert_in_range(size, 2 * NVM_SUMMED, 65536);
	word = calloc(1, (size_t)size);
	assert_non_null(word);
	e.data = word;
	assert_int_equal(rte_eth_dev_get_eeprom(r->p.id, &e), 0);
	for (i = 0; i < NVM_SUMMED; i++)
		total = (uint16_t)(total + word[i]);
	module = word[NVM_CORE];
	for (i = 1; i <= word[module]; i++)
		total = (uint16_t)(total + word[module + i]);
	free(word);
	assert_int_equal(total, NVM_SUM);
}

static void
probe(void **state)
{
	struct rig *r = *state;
	struct rte_dev_reg_info regs = {0};
	struct rte_eth_dev_info info;
	char version[64];

	assert_int_equal(trap_arm(), 0);
	assert_int_equal(rte_eth_dev_info_get(r->p.id, &info), 0);
	assert_string_equal(info.driver_name, DRIVER);
	assert_int_equal(info.max_rx_queues, sl_softnic_device(r->s.nic)->queues);
	assert_int_equal(info.max_mac_addrs, ADDRESSES);
	assert_true((info.speed_capa & RTE_ETH_LINK_SPEED_10G) != 0);
	assert_int_equal(r->p.mac.addr_bytes[0], 0x02);
	assert_int_equal(rte_eth_dev_fw_version_get(r->p.id, version, sizeof(version)), 0);
	assert_non_null(strstr(version, "80000001"));
	check_nvm(r);
	check_module(r);
	assert_int_equal(rte_eth_led_on(r->p.id), 0);
	assert_int_equal(rte_eth_led_off(r->p.id), 0);
	/* Dump the registers that the driver knows. */
	assert_int_equal(rte_eth_dev_get_reg_info(r->p.id, &regs), 0);
	assert_true(regs.length > 0);
	regs.data = calloc(regs.length, sizeof(uint32_t));
	assert_non_null(regs.data);
	assert_int_equal(rte_eth_dev_get_reg_info(r->p.id, &regs), 0);
	free(regs.data);
}

/* --- burst functions --- */

/* Frames in both directions, in bursts of all lengths, as chains if longer than a buffer. */
static void
both_ways(struct rig *r, uint32_t max_len, unsigned int max_segs)
{
	uint8_t f[H_FRAME_CAP], got[H_FRAME_CAP];
	struct rte_mbuf *m;
	unsigned int i;
	uint32_t len;

	for (i = 0; i < FRAMES; i++) {
		len = rng_range(&r->rng, 60, max_len);
		frame_ether(f, len, &r->p.mac, rng_next(&r->rng));
		h_expect(&r->p, 0, f, len);
		len = rng_range(&r->rng, 60, max_len);
		frame_ether(f, len, &r->p.mac, rng_next(&r->rng));
		m = h_mbuf_random(r->p.pool, &r->rng, f, len, max_segs);
		h_send(&r->p, 0, m);
		assert_int_equal(h_take(&r->p, got), len);
		assert_memory_equal(got, f, len);
	}
}

/** A configuration, and the burst functions that the driver must log for it. */
struct path {
	const char *rx, *tx; /**< words in its log */
	uint64_t rx_offloads, tx_offloads;
	uint16_t rx_free_thresh, tx_rs_thresh, mtu;
	bool vectors;
};

#define SAYS(text) (!COMPAT_IXGBE_PATH_WORDS || h_log_has(text))
#define SCATTER RTE_ETH_RX_OFFLOAD_SCATTER
#define SEGS RTE_ETH_TX_OFFLOAD_MULTI_SEGS
#define VECTOR_TX "Vector tx enabled"
#define SIMPLE_TX "Using simple tx code path"
#define FULL_TX "Using full-featured tx code path"

static void
paths(void **state)
{
	static const struct path path[] = {
		{"Vector rx enabled", VECTOR_TX, 0, 0, 32, 32, 1500, true},
		{"Rx Burst Bulk Alloc Preconditions are satisfied", SIMPLE_TX, 0, 0, 32, 32, 1500,
			false},
		{"Rx Burst Bulk Alloc Preconditions are not", FULL_TX, 0, SEGS, 16, 32, 1500, true},
		{"Using Vector Scattered Rx", FULL_TX, SCATTER, SEGS, 32, 16, 9000, true},
		{"Using a Scattered with bulk", FULL_TX, SCATTER, SEGS, 32, 8, 9000, false},
		{"Using Regular (non-vector", FULL_TX, SCATTER, SEGS, 16, 1, 9000, true},
		{"LRO is requested. Using a bulk", FULL_TX, SCATTER | RTE_ETH_RX_OFFLOAD_TCP_LRO,
			SEGS, 32, 32, 9000, true},
		{"LRO is requested. Using a single", FULL_TX, SCATTER | RTE_ETH_RX_OFFLOAD_TCP_LRO,
			SEGS, 16, 32, 9000, true},
	};
	const uint16_t simd = rte_vect_get_max_simd_bitwidth();
	unsigned int i;

	(void)rte_log_set_level_pattern("pmd.net.ixgbe.init", RTE_LOG_DEBUG);
	for (i = 0; i < RTE_DIM(path); i++) {
		const struct h_cfg cfg = {.mtu = path[i].mtu,
			.rx_offloads = path[i].rx_offloads,
			.tx_offloads = path[i].tx_offloads,
			.rx_free_thresh = path[i].rx_free_thresh,
			.tx_rs_thresh = path[i].tx_rs_thresh};
		struct rig *r;

		assert_int_equal(rte_vect_set_max_simd_bitwidth(
					 path[i].vectors ? simd : RTE_VECT_SIMD_DISABLED),
			0);
		h_log_mark();
		r = start(state, &cfg);
		if (!SAYS(path[i].rx) || !SAYS(path[i].tx))
			fail_msg("set-up %u does not lead to \"%s\" and \"%s\"", i, path[i].rx,
				path[i].tx);
		both_ways(r, path[i].mtu + RTE_ETHER_HDR_LEN, path[i].tx_offloads != 0 ? 6 : 1);
		h_stop(&r->p);
	}
	assert_int_equal(rte_vect_set_max_simd_bitwidth(simd), 0);
	(void)rte_log_set_level_pattern("pmd.net.ixgbe.init", RTE_LOG_NOTICE);
}

/* --- RSS --- */

#define RSS_FIELDS \
	(RTE_ETH_RSS_IPV4 | RTE_ETH_RSS_NONFRAG_IPV4_TCP | RTE_ETH_RSS_NONFRAG_IPV4_UDP | \
		RTE_ETH_RSS_IPV6 | RTE_ETH_RSS_NONFRAG_IPV6_TCP | RTE_ETH_RSS_NONFRAG_IPV6_UDP)

static uint8_t rss_key[40];

/* Hash of a frame by DPDK's software: over the addresses, and the ports if there are any. */
static uint32_t
hash_of(const uint8_t *l3, const struct h_flow *flow)
{
	const unsigned int from = flow->ipv6 ? 8 : 12, addrs = flow->ipv6 ? 8 : 2;
	const unsigned int l4 = flow->ipv6 ? 40 : 20, ports = flow->proto != 0;
	uint32_t tuple[9], be;
	unsigned int i;

	for (i = 0; i < addrs + ports; i++) {
		memcpy(&be, l3 + (i < addrs ? from + 4 * i : l4), sizeof(be));
		tuple[i] = rte_be_to_cpu_32(be);
	}
	return rte_softrss(tuple, addrs + ports, rss_key);
}

static void
check_hashes(struct rig *r, const uint16_t *table, uint16_t entries)
{
	static const uint8_t proto[] = {IPPROTO_UDP, IPPROTO_TCP, 0};
	uint8_t f[128];
	unsigned int i;

	for (i = 0; i < FRAMES; i++) {
		const struct h_flow flow =
			some_flow(&r->rng, proto[i % RTE_DIM(proto)], i / RTE_DIM(proto) % 2 != 0);
		const unsigned int l3 = h_ip(f, sizeof(f), &r->p.mac, &flow, rng_next(&r->rng));
		const uint32_t hash = hash_of(f + l3, &flow);
		uint16_t q = UINT16_MAX;
		struct rte_mbuf *m;

		h_give(&r->p, f, sizeof(f));
		m = recv_any(r, &q);
		assert_true((m->ol_flags & RTE_MBUF_F_RX_RSS_HASH) != 0);
		assert_int_equal(m->hash.rss, hash);
		assert_int_equal(q, table[hash % entries]);
		rte_pktmbuf_free(m);
	}
}

/* Set another table and another key on a running port, and read them back. */
static void
rss(void **state)
{
	const struct h_cfg cfg = {.nb_rxq = QUEUES,
		.rx_offloads = RTE_ETH_RX_OFFLOAD_RSS_HASH,
		.rss_hf = RSS_FIELDS,
		.rss_key = rss_key};
	struct rte_eth_rss_reta_entry64 set[8] = {0}, get[8] = {0};
	struct rte_eth_rss_conf conf = {.rss_key = rss_key, .rss_key_len = sizeof(rss_key)};
	uint8_t back[sizeof(rss_key)];
	struct rte_eth_dev_info info;
	struct rig *r = *state;
	uint16_t table[512];
	unsigned int i;

	for (i = 0; i < sizeof(rss_key); i++)
		rss_key[i] = (uint8_t)rng_next(&r->rng);
	start(state, &cfg);
	assert_int_equal(rte_eth_dev_info_get(r->p.id, &info), 0);
	assert_in_range(info.reta_size, 128, RTE_DIM(table));
	for (i = 0; i < info.reta_size; i++) {
		table[i] = (uint16_t)rng_range(&r->rng, 0, QUEUES - 1);
		set[i / 64].reta[i % 64] = table[i];
		set[i / 64].mask = get[i / 64].mask = UINT64_MAX;
	}
	assert_int_equal(rte_eth_dev_rss_reta_update(r->p.id, set, info.reta_size), 0);
	assert_int_equal(rte_eth_dev_rss_reta_query(r->p.id, get, info.reta_size), 0);
	assert_memory_equal(set, get, info.reta_size / 64 * sizeof(set[0]));
	check_hashes(r, table, info.reta_size);
	for (i = 0; i < sizeof(rss_key); i++)
		rss_key[i] = (uint8_t)rng_next(&r->rng);
	conf.rss_hf = RSS_FIELDS;
	assert_int_equal(rte_eth_dev_rss_hash_update(r->p.id, &conf), 0);
	conf = (struct rte_eth_rss_conf){.rss_key = back, .rss_key_len = sizeof(back)};
	assert_int_equal(rte_eth_dev_rss_hash_conf_get(r->p.id, &conf), 0);
	assert_memory_equal(back, rss_key, sizeof(back));
	check_hashes(r, table, info.reta_size);
	h_stop(&r->p);
}

/* --- checksums, segments, tags --- */

static void
give_sums(struct rig *r, const struct h_flow *flow, bool bad_ip, bool bad_l4)
{
	const unsigned int l4_len = flow->proto == IPPROTO_UDP ? sizeof(struct rte_udp_hdr) :
								 sizeof(struct rte_tcp_hdr);
	uint8_t f[256];
	const unsigned int l3 = h_ip(f, sizeof(f), &r->p.mac, flow, rng_next(&r->rng));
	struct rte_mbuf *m;

	if (bad_ip)
		f[l3 + offsetof(struct rte_ipv4_hdr, time_to_live)] ^= 1;
	if (bad_l4)
		f[l3 + (flow->ipv6 ? 40 : 20) + l4_len] ^= 1;
	h_give(&r->p, f, sizeof(f));
	m = h_recv_one(&r->p, 0);
	if (!flow->ipv6)
		assert_int_equal(m->ol_flags & RTE_MBUF_F_RX_IP_CKSUM_MASK,
			bad_ip ? RTE_MBUF_F_RX_IP_CKSUM_BAD : RTE_MBUF_F_RX_IP_CKSUM_GOOD);
	/*
	 * Some burst functions do not report bad UDP checksums, because the device reports a
	 * checksum of 0 as bad.
	 */
	if (!bad_l4 || flow->proto != IPPROTO_UDP)
		assert_int_equal(m->ol_flags & RTE_MBUF_F_RX_L4_CKSUM_MASK,
			bad_l4 ? RTE_MBUF_F_RX_L4_CKSUM_BAD : RTE_MBUF_F_RX_L4_CKSUM_GOOD);
	rte_pktmbuf_free(m);
}

/* Checksums are inserted in a frame without them. */
static void
send_sums(struct rig *r, const struct h_flow *flow)
{
	uint8_t f[256], got[H_FRAME_CAP];
	const unsigned int l3 = h_ip(f, sizeof(f), &r->p.mac, flow, rng_next(&r->rng));
	struct rte_mbuf *m = h_mbuf(&r->p, f, sizeof(f), 3);

	m->l2_len = l3;
	m->l3_len = flow->ipv6 ? sizeof(struct rte_ipv6_hdr) : sizeof(struct rte_ipv4_hdr);
	m->l4_len = sizeof(struct rte_tcp_hdr);
	m->ol_flags =
		flow->proto == IPPROTO_UDP ? RTE_MBUF_F_TX_UDP_CKSUM : RTE_MBUF_F_TX_TCP_CKSUM;
	m->ol_flags |=
		flow->ipv6 ? RTE_MBUF_F_TX_IPV6 : RTE_MBUF_F_TX_IPV4 | RTE_MBUF_F_TX_IP_CKSUM;
	/* All headers must be in the first segment, because prepare writes to them. */
	assert_true(rte_pktmbuf_data_len(m) >= l3 + m->l3_len + m->l4_len);
	assert_int_equal(rte_eth_tx_prepare(r->p.id, 0, &m, 1), 1);
	h_send(&r->p, 0, m);
	assert_int_equal(h_take(&r->p, got), sizeof(f));
	assert_memory_equal(got, f, sizeof(f));
}

static void
checksums(void **state)
{
	const struct h_cfg cfg = {.rx_offloads = RTE_ETH_RX_OFFLOAD_CHECKSUM,
		.tx_offloads = RTE_ETH_TX_OFFLOAD_IPV4_CKSUM | RTE_ETH_TX_OFFLOAD_UDP_CKSUM |
			RTE_ETH_TX_OFFLOAD_TCP_CKSUM | RTE_ETH_TX_OFFLOAD_MULTI_SEGS};
	struct rig *r = start(state, &cfg);
	unsigned int i;

	for (i = 0; i < FRAMES; i++) {
		const struct h_flow flow =
			some_flow(&r->rng, i % 2 != 0 ? IPPROTO_TCP : IPPROTO_UDP, i / 2 % 2 != 0);
		const bool bad_ip = !flow.ipv6 && rng_range(&r->rng, 0, 2) == 0;

		give_sums(r, &flow, bad_ip, rng_range(&r->rng, 0, 2) == 0);
		send_sums(r, &flow);
	}
	h_stop(&r->p);
}

/* Check one segment: its part of the payload, lengths, sequence numbers, flags and checksums. */
static uint32_t
check_segment(const uint8_t *f, uint32_t len, const uint8_t *whole, uint32_t payload, uint32_t at,
	uint32_t mss)
{
	const unsigned int l3 = sizeof(struct rte_ether_hdr), l4 = l3 + sizeof(struct rte_ipv4_hdr);
	const unsigned int head = l4 + sizeof(struct rte_tcp_hdr);
	const struct rte_ipv4_hdr *ip = (const void *)(f + l3);
	const struct rte_tcp_hdr *tcp = (const void *)(f + l4), *first = (const void *)(whole + l4);
	const uint32_t part = RTE_MIN(mss, payload - at);
	const bool last = at + part == payload;

	assert_int_equal(len, RTE_MAX(head + part, 60u));
	assert_memory_equal(f + head, whole + head + at, part);
	assert_int_equal(rte_be_to_cpu_16(ip->total_length), head - l3 + part);
	assert_int_equal(rte_ipv4_cksum(ip) & UINT16_MAX, 0);
	assert_int_equal(rte_ipv4_udptcp_cksum_verify(ip, tcp), 0);
	assert_int_equal(rte_be_to_cpu_16(ip->packet_id),
		(uint16_t)(rte_be_to_cpu_16(
				   ((const struct rte_ipv4_hdr *)(const void *)(whole + l3))
					   ->packet_id) +
			at / mss));
	assert_int_equal(rte_be_to_cpu_32(tcp->sent_seq), rte_be_to_cpu_32(first->sent_seq) + at);
	assert_int_equal((tcp->tcp_flags & RTE_TCP_PSH_FLAG) != 0, last);
	return part;
}

static void
segments(void **state)
{
	const struct h_cfg cfg = {.tx_offloads = RTE_ETH_TX_OFFLOAD_TCP_TSO |
			RTE_ETH_TX_OFFLOAD_IPV4_CKSUM | RTE_ETH_TX_OFFLOAD_TCP_CKSUM |
			RTE_ETH_TX_OFFLOAD_MULTI_SEGS};
	const unsigned int l3 = sizeof(struct rte_ether_hdr), l4 = l3 + sizeof(struct rte_ipv4_hdr);
	const unsigned int head = l4 + sizeof(struct rte_tcp_hdr);
	struct rig *r = start(state, &cfg);
	uint8_t f[H_FRAME_CAP], got[H_FRAME_CAP];
	unsigned int i;

	for (i = 0; i < FRAMES / 4; i++) {
		const struct h_flow flow = some_flow(&r->rng, IPPROTO_TCP, false);
		const uint32_t payload = rng_range(&r->rng, 2000, 9000);
		const uint32_t mss = rng_range(&r->rng, 300, 1460);
		struct rte_mbuf *m;
		uint32_t at = 0;

		h_ip(f, head + payload, &r->p.mac, &flow, rng_next(&r->rng));
		((struct rte_tcp_hdr *)(void *)(f + l4))->tcp_flags =
			RTE_TCP_ACK_FLAG | RTE_TCP_PSH_FLAG;
		m = h_mbuf(&r->p, f, head + payload, 6);
		m->l2_len = l3;
		m->l3_len = l4 - l3;
		m->l4_len = head - l4;
		m->tso_segsz = (uint16_t)mss;
		m->ol_flags = RTE_MBUF_F_TX_TCP_SEG | RTE_MBUF_F_TX_IPV4 | RTE_MBUF_F_TX_IP_CKSUM;
		assert_int_equal(rte_eth_tx_prepare(r->p.id, 0, &m, 1), 1);
		h_send(&r->p, 0, m);
		while (at < payload) {
			const uint32_t len = h_take(&r->p, got);

			at += check_segment(got, len, f, payload, at, mss);
		}
		assert_int_equal(h_sent(&r->p), 0);
	}
	h_stop(&r->p);
}

/* Give a frame with a VLAN tag. Check how it is received, or that it is not. */
static void
give_tagged(struct rig *r, uint16_t tci, bool wanted, bool stripped)
{
	const struct h_flow flow = {.src = 1, .dst = 2, .vlan = tci};
	uint8_t f[100];
	struct rte_mbuf *m;

	h_ip(f, sizeof(f), &r->p.mac, &flow, rng_next(&r->rng));
	h_give(&r->p, f, sizeof(f));
	if (!wanted) {
		h_recv_none(&r->p);
		return;
	}
	m = h_recv_one(&r->p, 0);
	assert_int_equal((m->ol_flags & RTE_MBUF_F_RX_VLAN_STRIPPED) != 0, stripped);
	if (stripped) {
		assert_int_equal(m->vlan_tci, tci);
		assert_int_equal(m->pkt_len, sizeof(f) - sizeof(struct rte_vlan_hdr));
		memmove(f + sizeof(struct rte_vlan_hdr), f, 2 * RTE_ETHER_ADDR_LEN);
		h_same(m, f + sizeof(struct rte_vlan_hdr), sizeof(f) - sizeof(struct rte_vlan_hdr));
	} else {
		h_same(m, f, sizeof(f));
	}
	rte_pktmbuf_free(m);
}

static void
vlan(void **state)
{
	const struct h_cfg cfg = {
		.rx_offloads = RTE_ETH_RX_OFFLOAD_VLAN_STRIP | RTE_ETH_RX_OFFLOAD_VLAN_FILTER,
		.tx_offloads = RTE_ETH_TX_OFFLOAD_VLAN_INSERT};
	struct rig *r = start(state, &cfg);
	uint8_t f[100], got[H_FRAME_CAP];
	struct rte_mbuf *m;
	unsigned int i;

	assert_int_equal(rte_eth_dev_vlan_filter(r->p.id, 7, 1), 0);
	assert_int_equal(rte_eth_dev_vlan_filter(r->p.id, 4095, 1), 0);
	for (i = 0; i < 20; i++) {
		const uint16_t priority = (uint16_t)(rng_range(&r->rng, 0, 7) << 13);

		give_tagged(r, priority | 7, true, true);
		give_tagged(r, priority | 4095, true, true);
		give_tagged(r, priority | 8, false, false);
	}
	assert_int_equal(rte_eth_dev_vlan_filter(r->p.id, 7, 0), 0);
	give_tagged(r, 7, false, false);
	/* Filter and stripping disabled on a running port. */
	assert_int_equal(rte_eth_dev_set_vlan_offload(r->p.id, 0), 0);
	give_tagged(r, 7, true, false);
	assert_int_equal(rte_eth_dev_set_vlan_offload(r->p.id, RTE_ETH_VLAN_STRIP_OFFLOAD), 0);
	give_tagged(r, 7, true, true);
	/* Tag insertion. */
	frame_ether(f, sizeof(f), &r->p.mac, rng_next(&r->rng));
	m = h_mbuf(&r->p, f, sizeof(f), 1);
	m->ol_flags = RTE_MBUF_F_TX_VLAN;
	m->vlan_tci = 0x6123;
	h_send(&r->p, 0, m);
	assert_int_equal(h_take(&r->p, got), sizeof(f) + sizeof(struct rte_vlan_hdr));
	assert_memory_equal(got, f, 12);
	assert_memory_equal(got + 12, "\x81\x00\x61\x23", 4);
	assert_memory_equal(got + 16, f + 12, sizeof(f) - 12);
	h_stop(&r->p);
}

/* --- addresses --- */

static void
addresses(void **state)
{
	struct rte_ether_addr own[MAC_LIMIT],
		group[2] = {{{0x01, 0, 0x5e, 1, 2, 3}}, {{0x33, 0x33, 0, 0, 0xab, 0xcd}}};
	struct rig *r = start(state, NULL);
	struct rte_ether_addr changed = {{0x02, 9, 9, 9, 9, 9}}, all;
	uint8_t f[100];
	unsigned int i;

	memset(&all, UINT8_MAX, sizeof(all));
	frame_ether(f, sizeof(f), &all, 1);
	h_expect(&r->p, 0, f, sizeof(f));
	for (i = 0; i < MAC_LIMIT; i++) {
		own[i] = (struct rte_ether_addr){{0x02, 0, 0, 0xaa, 0, (uint8_t)i}};
		frame_ether(f, sizeof(f), &own[i], i);
		h_expect_none(&r->p, f, sizeof(f));
		assert_int_equal(rte_eth_dev_mac_addr_add(r->p.id, &own[i], 0), 0);
		h_expect(&r->p, 0, f, sizeof(f));
	}
	assert_int_equal(rte_eth_dev_mac_addr_remove(r->p.id, &own[3]), 0);
	frame_ether(f, sizeof(f), &own[3], 3);
	h_expect_none(&r->p, f, sizeof(f));
	/* Another default address. */
	assert_int_equal(rte_eth_dev_default_mac_addr_set(r->p.id, &changed), 0);
	frame_ether(f, sizeof(f), &r->p.mac, 4);
	h_expect_none(&r->p, f, sizeof(f));
	frame_ether(f, sizeof(f), &changed, 4);
	h_expect(&r->p, 0, f, sizeof(f));
	/* Group addresses: by the hash table, with allmulticast, with promiscuous mode. */
	for (i = 0; i < RTE_DIM(group); i++) {
		frame_ether(f, sizeof(f), &group[i], i);
		h_expect_none(&r->p, f, sizeof(f));
	}
	assert_int_equal(rte_eth_dev_set_mc_addr_list(r->p.id, group, 1), 0);
	frame_ether(f, sizeof(f), &group[1], 5);
	h_expect_none(&r->p, f, sizeof(f));
	frame_ether(f, sizeof(f), &group[0], 5);
	h_expect(&r->p, 0, f, sizeof(f));
	assert_int_equal(rte_eth_allmulticast_enable(r->p.id), 0);
	frame_ether(f, sizeof(f), &group[1], 6);
	h_expect(&r->p, 0, f, sizeof(f));
	frame_ether(f, sizeof(f), &own[3], 6);
	h_expect_none(&r->p, f, sizeof(f));
	assert_int_equal(rte_eth_promiscuous_enable(r->p.id), 0);
	h_expect(&r->p, 0, f, sizeof(f));
	assert_int_equal(rte_eth_promiscuous_disable(r->p.id), 0);
	h_expect_none(&r->p, f, sizeof(f));
	h_stop(&r->p);
}

/* --- filters --- */

static struct rte_flow *
flow_add(struct rig *r, uint32_t priority, const struct rte_flow_item *pattern,
	enum rte_flow_action_type type, uint16_t queue)
{
	const struct rte_flow_attr attr = {.ingress = 1, .priority = priority};
	const struct rte_flow_action_queue to = {.index = queue};
	const struct rte_flow_action actions[] = {
		{.type = type, .conf = type == RTE_FLOW_ACTION_TYPE_QUEUE ? &to : NULL},
		{.type = RTE_FLOW_ACTION_TYPE_END},
	};
	struct rte_flow_error error = {0};
	struct rte_flow *flow = rte_flow_create(r->p.id, &attr, pattern, actions, &error);

	if (flow == NULL)
		fail_msg("no filter: %s", error.message);
	return flow;
}

static void
flow_remove(struct rig *r, struct rte_flow *flow)
{
	struct rte_flow_error error = {0};

	if (rte_flow_destroy(r->p.id, flow, &error) != 0)
		fail_msg("the filter stays: %s", error.message);
}

/* Filters by Ethertype and for the first packet of a TCP connection. */
static void
filters_by_kind(void **state)
{
	const struct h_cfg cfg = {.nb_rxq = QUEUES};
	const struct rte_flow_item_eth type = {.type = rte_cpu_to_be_16(0x88B5)},
				       type_all = {.type = UINT16_MAX};
	const struct rte_flow_item_tcp syn = {.hdr.tcp_flags = RTE_TCP_SYN_FLAG},
				       syn_all = {.hdr.tcp_flags = RTE_TCP_SYN_FLAG};
	const struct rte_flow_item by_type[] = {
		{.type = RTE_FLOW_ITEM_TYPE_ETH, .spec = &type, .mask = &type_all},
		{.type = RTE_FLOW_ITEM_TYPE_END},
	};
	const struct rte_flow_item by_syn[] = {
		{.type = RTE_FLOW_ITEM_TYPE_ETH},
		{.type = RTE_FLOW_ITEM_TYPE_IPV4},
		{.type = RTE_FLOW_ITEM_TYPE_TCP, .spec = &syn, .mask = &syn_all},
		{.type = RTE_FLOW_ITEM_TYPE_END},
	};
	struct rig *r = start(state, &cfg);
	const struct h_flow tcp = some_flow(&r->rng, IPPROTO_TCP, false);
	struct rte_flow_error error;
	struct rte_flow *flow;
	uint8_t f[100];

	frame_ether(f, sizeof(f), &r->p.mac, 1);
	memcpy(f + 12, "\x88\xb5", 2);
	assert_int_equal(queue_of(r, f, sizeof(f)), 0);
	flow = flow_add(r, 0, by_type, RTE_FLOW_ACTION_TYPE_QUEUE, 2);
	assert_int_equal(queue_of(r, f, sizeof(f)), 2);
	flow_remove(r, flow);
	assert_int_equal(queue_of(r, f, sizeof(f)), 0);
	(void)flow_add(r, 0, by_syn, RTE_FLOW_ACTION_TYPE_QUEUE, 3);
	h_ip(f, sizeof(f), &r->p.mac, &tcp, 2);
	assert_int_equal(queue_of(r, f, sizeof(f)), 0);
	f[14 + 20 + offsetof(struct rte_tcp_hdr, tcp_flags)] = RTE_TCP_SYN_FLAG;
	assert_int_equal(queue_of(r, f, sizeof(f)), 3);
	assert_int_equal(rte_flow_flush(r->p.id, &error), 0);
	assert_int_equal(queue_of(r, f, sizeof(f)), 0);
	h_stop(&r->p);
}

static const struct rte_flow_item_ipv4 ip_all = {
	.hdr.src_addr = UINT32_MAX, .hdr.dst_addr = UINT32_MAX, .hdr.next_proto_id = UINT8_MAX};

/* 5-tuple filters. If two match, the one with higher priority is used. */
static void
filters_by_tuple(void **state)
{
	const struct h_cfg cfg = {.nb_rxq = QUEUES};
	struct rig *r = start(state, &cfg);
	const struct h_flow f5 = some_flow(&r->rng, IPPROTO_TCP, false);
	const struct rte_flow_item_ipv4 ip = {.hdr.src_addr = rte_cpu_to_be_32(f5.src),
		.hdr.dst_addr = rte_cpu_to_be_32(f5.dst),
		.hdr.next_proto_id = f5.proto};
	const struct rte_flow_item_tcp tcp = {.hdr.src_port = rte_cpu_to_be_16(f5.sport),
		.hdr.dst_port = rte_cpu_to_be_16(f5.dport)};
	const struct rte_flow_item_tcp both = {
		.hdr.src_port = UINT16_MAX, .hdr.dst_port = UINT16_MAX};
	const struct rte_flow_item_tcp one = {.hdr.dst_port = UINT16_MAX};
	struct rte_flow_item pattern[] = {
		{.type = RTE_FLOW_ITEM_TYPE_ETH},
		{.type = RTE_FLOW_ITEM_TYPE_IPV4, .spec = &ip, .mask = &ip_all},
		{.type = RTE_FLOW_ITEM_TYPE_TCP, .spec = &tcp, .mask = &both},
		{.type = RTE_FLOW_ITEM_TYPE_END},
	};
	struct h_flow other = f5;
	struct rte_flow *narrow;
	uint8_t f[100];

	narrow = flow_add(r, 7, pattern, RTE_FLOW_ACTION_TYPE_QUEUE, 1);
	pattern[2].mask = &one;
	(void)flow_add(r, 2, pattern, RTE_FLOW_ACTION_TYPE_QUEUE, 2);
	h_ip(f, sizeof(f), &r->p.mac, &f5, 3);
	assert_int_equal(queue_of(r, f, sizeof(f)), 1);
	other.sport ^= 1;
	h_ip(f, sizeof(f), &r->p.mac, &other, 3);
	assert_int_equal(queue_of(r, f, sizeof(f)), 2);
	other.dport ^= 1;
	h_ip(f, sizeof(f), &r->p.mac, &other, 3);
	assert_int_equal(queue_of(r, f, sizeof(f)), 0);
	flow_remove(r, narrow);
	h_ip(f, sizeof(f), &r->p.mac, &f5, 3);
	assert_int_equal(queue_of(r, f, sizeof(f)), 2);
	/* The filters are kept over a restart. */
	h_stop(&r->p);
	start(state, &cfg);
	assert_int_equal(queue_of(r, f, sizeof(f)), 2);
	h_stop(&r->p);
}

/*
 * Perfect filters of the flow director: to a queue, drop, removed. net_ixgbe does not enable marks,
 * loses the masks when the port stops, and reads the clear-on-read count of added and removed
 * filters twice, so the second value is 0.
 */
static void
flow_director(void **state)
{
	const struct h_cfg cfg = {.nb_rxq = QUEUES};
	struct rig *r = start(state, &cfg);
	struct rte_flow_item_ipv4 ip,
		ip_mask = {
			.hdr.src_addr = rte_cpu_to_be_32(0xffffff00), .hdr.dst_addr = UINT32_MAX};
	struct rte_flow_item_udp udp, udp_mask = {.hdr.dst_port = UINT16_MAX};
	const struct rte_flow_item pattern[] = {
		{.type = RTE_FLOW_ITEM_TYPE_ETH},
		{.type = RTE_FLOW_ITEM_TYPE_IPV4, .spec = &ip, .mask = &ip_mask},
		{.type = RTE_FLOW_ITEM_TYPE_UDP, .spec = &udp, .mask = &udp_mask},
		{.type = RTE_FLOW_ITEM_TYPE_END},
	};
	struct h_flow flow[QUEUES];
	struct rte_flow *filter[QUEUES];
	uint8_t f[100];
	unsigned int i;

	for (i = 0; i < QUEUES; i++) {
		flow[i] = some_flow(&r->rng, IPPROTO_UDP, false);
		/* net_ixgbe refuses to drop by port, and hashes masked bits too. */
		flow[i].src &= ~UINT32_C(0xff);
		if (i == 0)
			flow[i].dport = 0;
		ip = (struct rte_flow_item_ipv4){.hdr.src_addr = rte_cpu_to_be_32(flow[i].src),
			.hdr.dst_addr = rte_cpu_to_be_32(flow[i].dst)};
		udp = (struct rte_flow_item_udp){.hdr.dst_port = rte_cpu_to_be_16(flow[i].dport)};
		filter[i] = flow_add(r, 0, pattern,
			i == 0 ? RTE_FLOW_ACTION_TYPE_DROP : RTE_FLOW_ACTION_TYPE_QUEUE,
			(uint16_t)i);
	}
	for (i = 0; i < QUEUES; i++) {
		flow[i].src ^= 0xff; /* masked, like the source port */
		flow[i].sport ^= 0x1234;
		h_ip(f, sizeof(f), &r->p.mac, &flow[i], i);
		if (i == 0)
			h_expect_none(&r->p, f, sizeof(f));
		else
			assert_int_equal(queue_of(r, f, sizeof(f)), i);
		flow[i].dport ^= 1;
		h_ip(f, sizeof(f), &r->p.mac, &flow[i], i);
		assert_int_equal(queue_of(r, f, sizeof(f)), 0);
		flow[i].dport ^= 1;
	}
	for (i = 0; i < QUEUES; i++) {
		flow_remove(r, filter[i]);
		h_ip(f, sizeof(f), &r->p.mac, &flow[i], i);
		assert_int_equal(queue_of(r, f, sizeof(f)), 0);
	}
	assert_int_equal(h_xstat(&r->p, "flow_director_matched_filters"), QUEUES);
	assert_int_equal(h_xstat(&r->p, "flow_director_missed_filters"), 2 * QUEUES);
	assert_int_equal(h_xstat(&r->p, "flow_director_added_filters"), QUEUES);
	h_stop(&r->p);
}

/* --- time --- */

static uint64_t
time_ns(const struct timespec *t)
{
	return (uint64_t)t->tv_sec * NS + (uint64_t)t->tv_nsec;
}

static void
time_sync(void **state)
{
	struct rig *r = *state;
	struct timespec t = {.tv_sec = 1000};
	uint8_t f[100];

	assert_int_equal(trap_arm(), 0);
	r->now = 77 * NS;
	sl_softnic_clock(r->s.nic, clock_read, r);
	start(state, NULL);
	assert_int_equal(rte_eth_allmulticast_enable(r->p.id), 0);
	assert_int_equal(rte_eth_timesync_enable(r->p.id), 0);
	assert_int_equal(rte_eth_timesync_write_time(r->p.id, &t), 0);
	r->now += 3 * NS;
	assert_int_equal(rte_eth_timesync_read_time(r->p.id, &t), 0);
	assert_in_range(time_ns(&t), 1003 * NS - SLACK, 1003 * NS + SLACK);
	assert_int_equal(rte_eth_timesync_adjust_time(r->p.id, -(int64_t)NS), 0);
	assert_int_equal(rte_eth_timesync_read_time(r->p.id, &t), 0);
	assert_in_range(time_ns(&t), 1002 * NS - SLACK, 1002 * NS + SLACK);
	/* A Sync message, identified by its Ethertype. One time stamp is held until it is read. */
	frame_ether(f, sizeof(f), &r->p.mac, 1);
	memcpy(f, "\x01\x1b\x19\x00\x00\x00", 6);
	memcpy(f + 12, "\x88\xf7\x00\x02", 4);
	assert_true(rte_eth_timesync_read_rx_timestamp(r->p.id, &t, 0) != 0);
	r->now += NS / 2;
	h_expect(&r->p, 0, f, sizeof(f));
	r->now += NS;
	h_expect(&r->p, 0, f, sizeof(f));
	assert_int_equal(rte_eth_timesync_read_rx_timestamp(r->p.id, &t, 0), 0);
	/* The driver's counters of time and stamps start apart: the value is not checked. */
	assert_true(rte_eth_timesync_read_rx_timestamp(r->p.id, &t, 0) != 0);
	assert_int_equal(rte_eth_timesync_disable(r->p.id), 0);
	h_stop(&r->p);
	sl_softnic_clock(r->s.nic, NULL, NULL);
}

/* --- statistics --- */

static void
statistics(void **state)
{
	static const struct {
		const char *name;
		uint32_t first, last; /**< including FCS */
	} sizes[] = {{"rx_size_64_packets", 64, 64}, {"rx_size_65_to_127_packets", 65, 127},
		{"rx_size_128_to_255_packets", 128, 255}, {"rx_size_256_to_511_packets", 256, 511},
		{"rx_size_512_to_1023_packets", 512, 1023},
		{"rx_size_1024_to_max_packets", 1024, 1522}};
	const struct h_cfg cfg = {.nb_rxq = 2, .nb_txq = 2};
	struct rig *r = start(state, &cfg);
	uint64_t bytes = 0, seen[RTE_DIM(sizes)] = {0};
	uint8_t f[H_FRAME_CAP], got[H_FRAME_CAP];
	struct rte_eth_stats stats;
	unsigned int i, k;

	assert_int_equal(rte_eth_dev_set_rx_queue_stats_mapping(r->p.id, 0, STAT_SET), 0);
	assert_int_equal(rte_eth_dev_set_tx_queue_stats_mapping(r->p.id, 1, STAT_SET + 1), 0);
	assert_int_equal(rte_eth_stats_reset(r->p.id), 0);
	for (i = 0; i < FRAMES; i++) {
		const uint32_t len = rng_range(&r->rng, 60, 1514);

		frame_ether(f, len, &r->p.mac, rng_next(&r->rng));
		h_expect(&r->p, 0, f, len);
		h_send(&r->p, 1, h_mbuf(&r->p, f, len, 1));
		assert_int_equal(h_take(&r->p, got), len);
		bytes += len;
		for (k = 0; k < RTE_DIM(sizes); k++)
			seen[k] += len + 4 >= sizes[k].first && len + 4 <= sizes[k].last;
	}
	memset(f, UINT8_MAX, RTE_ETHER_ADDR_LEN);
	h_expect(&r->p, 0, f, 60);
	seen[0]++;
	bytes += 60;
	h_give_bad_fcs(&r->p, f, 60);
	h_recv_none(&r->p);
	assert_int_equal(rte_eth_stats_get(r->p.id, &stats), 0);
	assert_int_equal(stats.ipackets, FRAMES + 1);
	assert_int_equal(stats.ibytes, bytes);
	assert_int_equal(stats.opackets, FRAMES);
	assert_int_equal(stats.obytes, bytes - 60);
	assert_int_equal(stats.ierrors, 1);
	assert_int_equal(stats.imissed, 0);
	assert_int_equal(stats.q_ipackets[STAT_SET], FRAMES + 1);
	assert_int_equal(stats.q_ibytes[STAT_SET], bytes);
	assert_int_equal(stats.q_opackets[STAT_SET + 1], FRAMES);
	for (k = 0; k < RTE_DIM(sizes); k++)
		assert_int_equal(h_xstat(&r->p, sizes[k].name), seen[k]);
	assert_int_equal(h_xstat(&r->p, "rx_broadcast_packets"), 1);
	assert_int_equal(h_xstat(&r->p, "rx_crc_errors"), 1);
	assert_int_equal(rte_eth_stats_reset(r->p.id), 0);
	assert_int_equal(h_stats(&r->p).ipackets, 0);
	h_stop(&r->p);
}

/* With rx_drop_en, a frame that finds no descriptor is dropped and counted. */
static void
dropped(void **state)
{
	const struct h_cfg cfg = {.nb_rxd = 64, .rx_drop_en = 1};
	struct rig *r = start(state, &cfg);
	struct rte_mbuf *m[H_MAX_BURST];
	struct rte_eth_stats stats;
	unsigned int i, got = 0;
	uint8_t f[60];
	uint16_t n;

	for (i = 0; i < 2 * 64; i++) {
		frame_ether(f, sizeof(f), &r->p.mac, i);
		h_give(&r->p, f, sizeof(f));
	}
	(void)h_step(&r->p);
	while ((n = h_recv(&r->p, 0, m, H_MAX_BURST)) != 0) {
		got += n;
		rte_pktmbuf_free_bulk(m, n);
	}
	assert_in_range(got, 32, 64);
	assert_int_equal(rte_eth_stats_get(r->p.id, &stats), 0);
	assert_int_equal(stats.ipackets, got);
	assert_int_equal(stats.q_errors[0], 2 * 64 - got);
	h_alive(&r->p);
	h_stop(&r->p);
}

/* --- start, stop, link --- */

static void
restarts(void **state)
{
	static const uint16_t queues[] = {1, 16, 2, 8}, mtu[] = {1500, 9000, 68, 1400};
	struct rig *r = *state;
	unsigned int i;

	for (i = 0; i < RTE_DIM(queues); i++) {
		const struct h_cfg cfg = {.nb_rxq = queues[i],
			.nb_txq = queues[i],
			.mtu = mtu[i],
			.nb_rxd = (uint16_t)(32 << i),
			.nb_txd = (uint16_t)(512 >> i),
			.rx_offloads = mtu[i] > 2000 ? SCATTER : 0};

		start(state, &cfg);
		if (mtu[i] >= 1400)
			h_alive(&r->p);
		h_stop(&r->p);
		assert_int_equal(rte_eth_dev_start(r->p.id), 0);
		h_stop(&r->p);
	}
	assert_int_equal(rte_eth_dev_reset(r->p.id), 0);
	start(state, NULL);
	h_alive(&r->p);
	h_stop(&r->p);
}

/* Stop and start single queues. Change the MTU on a running port. */
static void
queue_stops(void **state)
{
	const struct h_cfg cfg = {.nb_rxq = 2, .nb_txq = 2};
	struct rig *r = start(state, &cfg);
	unsigned int i;

	for (i = 0; i < 3; i++) {
		assert_int_equal(rte_eth_dev_rx_queue_stop(r->p.id, 0), 0);
		assert_int_equal(rte_eth_dev_tx_queue_stop(r->p.id, 0), 0);
		assert_int_equal(rte_eth_dev_rx_queue_start(r->p.id, 0), 0);
		assert_int_equal(rte_eth_dev_tx_queue_start(r->p.id, 0), 0);
		h_alive(&r->p);
	}
	assert_int_equal(rte_eth_dev_set_mtu(r->p.id, 1000), 0);
	h_stop(&r->p);
}

/*
 * While a module's link is down, the driver watches it in a thread. Here, only one thread at a time
 * may access registers, so wait until it has ended.
 */
static void
settle(void)
{
	while (holds_threads("ixgbe-link") != 0)
		usleep(1000);
}

static void
link_state(void **state)
{
	struct rig *r = start(state, NULL);
	struct rte_eth_fc_conf fc = {0};
	struct rte_eth_link link;
	uint8_t f[60];

	r->p.wire->down = true;
	(void)h_step(&r->p);
	assert_int_equal(rte_eth_link_get_nowait(r->p.id, &link), 0);
	assert_int_equal(link.link_status, RTE_ETH_LINK_DOWN);
	settle();
	r->p.wire->down = false;
	(void)h_step(&r->p);
	assert_int_equal(rte_eth_link_get(r->p.id, &link), 0);
	assert_int_equal(link.link_status, RTE_ETH_LINK_UP);
	h_alive(&r->p);
	/* The link is set down: frames are not sent. */
	assert_int_equal(rte_eth_dev_set_link_down(r->p.id), 0);
	if (r->kind->module || r->kind->copper) {
		frame_ether(f, sizeof(f), &r->p.mac, 1);
		h_send(&r->p, 0, h_mbuf(&r->p, f, sizeof(f), 1));
		assert_int_equal(h_sent(&r->p), 0);
		assert_int_equal(rte_eth_dev_set_link_up(r->p.id), 0);
		(void)h_step(&r->p);
		assert_int_equal(h_take(&r->p, f), sizeof(f));
	} else {
		assert_int_equal(rte_eth_dev_set_link_up(r->p.id), 0);
	}
	h_alive(&r->p);
	assert_int_equal(rte_eth_dev_flow_ctrl_get(r->p.id, &fc), 0);
	fc.mode = RTE_ETH_FC_FULL;
	fc.autoneg = 0; /* a copper link partner does not support pause frames */
	fc.high_water = 0x80;
	fc.low_water = 0x40;
	fc.pause_time = 0x100;
	assert_int_equal(rte_eth_dev_flow_ctrl_set(r->p.id, &fc), 0);
	assert_int_equal(rte_eth_dev_flow_ctrl_get(r->p.id, &fc), 0);
	assert_int_equal(fc.mode, RTE_ETH_FC_FULL);
	h_stop(&r->p);
}

/* The advertised speeds select the link speed, and the time runs on that speed's clock. */
static void
speeds(void **state)
{
	static const struct {
		uint32_t asked, speed;
	} to[] = {{RTE_ETH_LINK_SPEED_100M, 100}, {RTE_ETH_LINK_SPEED_1G, 1000},
		{RTE_ETH_LINK_SPEED_10G, 10000},
		{RTE_ETH_LINK_SPEED_100M | RTE_ETH_LINK_SPEED_1G, 1000}};
	const struct h_cfg cfg = {.no_start = true};
	struct rig *r = *state;
	struct rte_eth_link link;
	struct timespec t;
	unsigned int i;

	assert_int_equal(trap_arm(), 0);
	sl_softnic_clock(r->s.nic, clock_read, r);
	for (i = 0; i < RTE_DIM(to); i++) {
		const struct rte_eth_conf conf = {.link_speeds = to[i].asked};

		h_start(&r->p, &cfg);
		assert_int_equal(rte_eth_dev_configure(r->p.id, 1, 1, &conf), 0);
		assert_int_equal(
			rte_eth_rx_queue_setup(r->p.id, 0, 128, SOCKET_ID_ANY, NULL, r->p.pool), 0);
		assert_int_equal(rte_eth_tx_queue_setup(r->p.id, 0, 128, SOCKET_ID_ANY, NULL), 0);
		assert_int_equal(rte_eth_dev_start(r->p.id), 0);
		(void)h_step(&r->p);
		assert_int_equal(rte_eth_link_get(r->p.id, &link), 0);
		assert_int_equal(link.link_speed, to[i].speed);
		h_alive(&r->p);
		assert_int_equal(rte_eth_timesync_enable(r->p.id), 0);
		r->now += 2 * NS;
		assert_int_equal(rte_eth_timesync_read_time(r->p.id, &t), 0);
		assert_in_range(time_ns(&t), 2 * NS - SLACK, 2 * NS + SLACK);
		h_stop(&r->p);
	}
	sl_softnic_clock(r->s.nic, NULL, NULL);
}

/* In MAC loopback, the port receives its own frames and no others. */
static void
loopback(void **state)
{
	const struct rte_eth_conf conf = {.lpbk_mode = 1};
	const struct h_cfg cfg = {.no_start = true};
	struct rig *r = *state;
	uint8_t f[200];
	unsigned int i;

	assert_int_equal(trap_arm(), 0);
	h_start(&r->p, &cfg);
	assert_int_equal(rte_eth_dev_configure(r->p.id, 1, 1, &conf), 0);
	assert_int_equal(
		rte_eth_rx_queue_setup(r->p.id, 0, 128, SOCKET_ID_ANY, NULL, r->p.pool), 0);
	assert_int_equal(rte_eth_tx_queue_setup(r->p.id, 0, 128, SOCKET_ID_ANY, NULL), 0);
	assert_int_equal(rte_eth_dev_start(r->p.id), 0);
	for (i = 0; i < 20; i++) {
		struct rte_mbuf *m;

		frame_ether(f, sizeof(f), &r->p.mac, i);
		h_send(&r->p, 0, h_mbuf(&r->p, f, sizeof(f), 1));
		m = h_recv_one(&r->p, 0);
		h_same(m, f, sizeof(f));
		rte_pktmbuf_free(m);
		assert_int_equal(h_sent(&r->p), 0);
	}
	h_stop(&r->p);
}

int
main(int argc, char **argv)
{
#define ON(kind, f) \
	{ \
#kind " " #f, f, setup, teardown, (void *)(uintptr_t)&kind \
	}
#define ALL(kind) \
	ON(kind, probe), ON(kind, paths), ON(kind, rss), ON(kind, checksums), ON(kind, segments), \
		ON(kind, vlan), ON(kind, addresses), ON(kind, filters_by_kind), \
		ON(kind, flow_director), ON(kind, time_sync), ON(kind, statistics), \
		ON(kind, dropped), ON(kind, restarts), ON(kind, queue_stops), \
		ON(kind, link_state), ON(kind, loopback)
	const struct CMUnitTest tests[] = {
		ALL(kx4),
		ON(kx4, filters_by_tuple),
		ALL(sfp),
		ON(sfp, filters_by_tuple),
		ALL(x540),
		ON(x540, filters_by_tuple),
		ON(x540, speeds),
		ALL(x550), /* net_ixgbe does not support 5-tuple filters on these */
		ON(x550, speeds),
	};
	const char *why = trap_obstacle();

	if (why == NULL && h_init(argc, argv) != 0)
		return 1;
	if (why == NULL && !stock_has(DRIVER))
		why = "DPDK here has no " DRIVER;
	if (why != NULL) {
		printf("skipped: %s\n", why);
		return H_SKIP;
	}
	return h_fini(cmocka_run_group_tests(tests, NULL, NULL));
}
