/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */
/* Offloads: VLAN, RSS, checksums and frame lengths. */
#include <rte_errno.h>
#include <rte_net.h>
#include <rte_thash.h>

#include "compat.h"
#include "harness.h"
#include "sl_hw.h"

static const struct rte_ether_addr other_mac = {{0x02, 0x55, 0x55, 0, 0, 9}};

#define CKSUM_FLAGS (RTE_MBUF_F_RX_IP_CKSUM_MASK | RTE_MBUF_F_RX_L4_CKSUM_MASK)

static void
put_be16(uint8_t *at, uint32_t v)
{
	at[0] = (uint8_t)(v >> 8);
	at[1] = (uint8_t)v;
}

/* --- VLAN --- */

static void
vlan_strip(void **state)
{
	struct h_port *p = *state;
	struct h_flow flow = {.src = 1, .dst = 2, .proto = IPPROTO_UDP, .vlan = 0x6123};
	struct rte_mbuf *m;
	uint8_t f[128];

	h_start(p, &(struct h_cfg){.rx_offloads = RTE_ETH_RX_OFFLOAD_VLAN_STRIP});
	h_ip(f, sizeof(f), &p->mac, &flow, 1);
	h_give(p, f, sizeof(f));
	m = h_recv_one(p, 0);
	assert_int_equal(m->ol_flags & (RTE_MBUF_F_RX_VLAN | RTE_MBUF_F_RX_VLAN_STRIPPED),
		RTE_MBUF_F_RX_VLAN | RTE_MBUF_F_RX_VLAN_STRIPPED);
	assert_int_equal(m->vlan_tci, 0x6123);
	memmove(f + 12, f + 16, sizeof(f) - 16);
	h_same(m, f, sizeof(f) - 4);
	rte_pktmbuf_free(m);
	/* A frame without a tag is unchanged and has no VLAN flags. */
	flow.vlan = 0;
	h_ip(f, sizeof(f), &p->mac, &flow, 2);
	h_give(p, f, sizeof(f));
	m = h_recv_one(p, 0);
	assert_int_equal(m->ol_flags & (RTE_MBUF_F_RX_VLAN | RTE_MBUF_F_RX_VLAN_STRIPPED), 0);
	h_same(m, f, sizeof(f));
	rte_pktmbuf_free(m);
}

static void
vlan_strip_switched(void **state)
{
	struct h_port *p = *state;
	struct h_flow flow = {.src = 1, .dst = 2, .proto = IPPROTO_UDP, .vlan = 7};
	struct rte_mbuf *m;
	uint8_t f[128];

	h_start(p, NULL);
	h_ip(f, sizeof(f), &p->mac, &flow, 1);
	h_expect(p, 0, f, sizeof(f));
	assert_int_equal(rte_eth_dev_set_vlan_offload(p->id, RTE_ETH_VLAN_STRIP_OFFLOAD), 0);
	assert_int_equal(rte_eth_dev_get_vlan_offload(p->id), RTE_ETH_VLAN_STRIP_OFFLOAD);
	h_give(p, f, sizeof(f));
	m = h_recv_one(p, 0);
	assert_int_equal(m->pkt_len, sizeof(f) - 4);
	assert_int_equal(m->vlan_tci, 7);
	rte_pktmbuf_free(m);
	assert_int_equal(rte_eth_dev_set_vlan_offload(p->id, 0), 0);
	h_expect(p, 0, f, sizeof(f));
}

/*
 * Stripping is switched while frames wait in the ring. The flags of each mbuf match its own frame.
 */
static void
vlan_strip_switched_behind(void **state)
{
	struct h_port *p = *state;
	struct h_flow flow = {.src = 1, .dst = 2, .proto = IPPROTO_UDP};
	uint64_t rng = h_rng(0x7a6);
	struct rte_mbuf *m[64];
	uint8_t f[64][128];
	bool strip[64];
	unsigned int i;

	h_start(p, &(struct h_cfg){.rx_offloads = RTE_ETH_RX_OFFLOAD_VLAN_STRIP});
	for (i = 0; i < RTE_DIM(m); i++) {
		strip[i] = i == 0		   ? true :
			rng_range(&rng, 0, 5) == 0 ? !strip[i - 1] :
						     strip[i - 1];
		/* Stripping is off at the end. */
		strip[i] &= i + 4 < RTE_DIM(m);
		assert_int_equal(rte_eth_dev_set_vlan_offload(
					 p->id, strip[i] ? RTE_ETH_VLAN_STRIP_OFFLOAD : 0),
			0);
		flow.vlan = (uint16_t)(i % 8 == 7 ? 0 : 100 + i);
		h_ip(f[i], sizeof(f[i]), &p->mac, &flow, i);
		h_give(p, f[i], sizeof(f[i]));
		h_step(p);
	}
	assert_int_equal(h_recv(p, 0, m, RTE_DIM(m)), RTE_DIM(m));
	for (i = 0; i < RTE_DIM(m); i++) {
		const bool stripped = strip[i] && i % 8 != 7;

		assert_int_equal(
			m[i]->ol_flags & (RTE_MBUF_F_RX_VLAN | RTE_MBUF_F_RX_VLAN_STRIPPED),
			stripped ? RTE_MBUF_F_RX_VLAN | RTE_MBUF_F_RX_VLAN_STRIPPED : 0);
		if (stripped) {
			assert_int_equal(m[i]->vlan_tci, 100 + i);
			memmove(f[i] + 12, f[i] + 16, sizeof(f[i]) - 16);
		}
		h_same(m[i], f[i], sizeof(f[i]) - (stripped ? 4 : 0));
		rte_pktmbuf_free(m[i]);
	}
}

static void
vlan_insert(void **state)
{
	struct h_port *p = *state;
	struct h_flow flow = {.src = 1, .dst = 2, .proto = IPPROTO_UDP};
	uint8_t f[128], got[H_FRAME_CAP];
	struct rte_mbuf *m;
	uint16_t tci;

	h_start(p,
		&(struct h_cfg){.tx_offloads = RTE_ETH_TX_OFFLOAD_VLAN_INSERT |
				RTE_ETH_TX_OFFLOAD_MULTI_SEGS});
	for (tci = 1; tci < 0xf000; tci += 0x777) {
		unsigned int segs = 1 + tci % 3;

		flow.vlan = 0;
		h_ip(f, sizeof(f) - 4, &other_mac, &flow, tci);
		m = h_mbuf(p, f, sizeof(f) - 4, segs);
		m->ol_flags |= RTE_MBUF_F_TX_VLAN;
		m->vlan_tci = tci;
		h_send(p, 0, m);
		/* The expected frame: the tag follows the addresses. */
		memmove(f + 16, f + 12, sizeof(f) - 16);
		f[12] = 0x81;
		f[13] = 0x00;
		f[14] = (uint8_t)(tci >> 8);
		f[15] = (uint8_t)tci;
		assert_int_equal(h_take(p, got), sizeof(f));
		assert_memory_equal(got, f, sizeof(f));
	}
	/* A frame without the flag, between frames with it, is sent unchanged. */
	h_ip(f, sizeof(f), &other_mac, &(struct h_flow){.src = 5, .proto = IPPROTO_UDP}, 4);
	h_send(p, 0, h_mbuf(p, f, sizeof(f), 1));
	assert_int_equal(h_take(p, got), sizeof(f));
	assert_memory_equal(got, f, sizeof(f));
}

/* Put a tag between the addresses and the Ethertype of the frame of @len bytes, which has room. */
static void
put_tag(uint8_t *f, size_t len, uint16_t type, uint16_t tci)
{
	memmove(f + 16, f + 12, len - 12);
	put_be16(f + 12, type);
	put_be16(f + 14, tci);
}

/* A tag of @type is stripped, and is what is inserted. A tag of @other stays in its frame. */
static void
check_vlan_type(struct h_port *p, uint16_t type, uint16_t other)
{
	uint8_t f[128], plain[124], got[H_FRAME_CAP];
	struct rte_mbuf *m;

	h_ip(plain, sizeof(plain), &p->mac, &(struct h_flow){.src = 1, .proto = IPPROTO_UDP}, 1);
	memcpy(f, plain, sizeof(plain));
	put_tag(f, sizeof(plain), type, 0x2123);
	h_give(p, f, sizeof(f));
	m = h_recv_one(p, 0);
	assert_int_equal(m->vlan_tci, 0x2123);
	h_same(m, plain, sizeof(plain));
	rte_pktmbuf_free(m);
	m = h_mbuf(p, plain, sizeof(plain), 1);
	m->ol_flags |= RTE_MBUF_F_TX_VLAN;
	m->vlan_tci = 0x2123;
	h_send(p, 0, m);
	assert_int_equal(h_take(p, got), sizeof(f));
	assert_memory_equal(got, f, sizeof(f));
	put_be16(f + 12, other);
	h_expect(p, 0, f, sizeof(f));
}

static void
vlan_type(void **state)
{
	const struct h_cfg cfg = {.rx_offloads = RTE_ETH_RX_OFFLOAD_VLAN_STRIP,
		.tx_offloads = RTE_ETH_TX_OFFLOAD_VLAN_INSERT};
	const enum rte_vlan_type outer = RTE_ETH_VLAN_TYPE_OUTER;
	const char *device = getenv("SL_DEVICE");
	struct h_port *p = *state;

	h_start(p, &cfg);
	check_vlan_type(p, 0x8100, 0x88a8);
	assert_int_equal(
		rte_eth_dev_set_vlan_ether_type(p->id, RTE_ETH_VLAN_TYPE_INNER, 0x88a8), -ENOTSUP);
	assert_int_equal(rte_eth_dev_set_vlan_ether_type(p->id, outer, 0x5ff), -EINVAL);
	/* I350, I354, I210, I211: the type is fixed. */
	if (device != NULL && (strncmp(device, "i3", 2) == 0 || strncmp(device, "i2", 2) == 0)) {
		assert_int_equal(rte_eth_dev_set_vlan_ether_type(p->id, outer, 0x88a8), -ENOTSUP);
		check_vlan_type(p, 0x8100, 0x88a8);
		return;
	}
	assert_int_equal(rte_eth_dev_set_vlan_ether_type(p->id, outer, 0x88a8), 0);
	check_vlan_type(p, 0x88a8, 0x8100);
	/* It outlives the reset that a start is. */
	assert_int_equal(rte_eth_dev_stop(p->id), 0);
	assert_int_equal(rte_eth_dev_start(p->id), 0);
	check_vlan_type(p, 0x88a8, 0x8100);
	assert_int_equal(rte_eth_dev_set_vlan_ether_type(p->id, outer, 0x8100), 0);
	check_vlan_type(p, 0x8100, 0x88a8);
}

static void
vlan_filter(void **state)
{
	struct h_port *p = *state;
	struct h_flow flow = {.src = 1, .dst = 2, .proto = IPPROTO_UDP};
	static const uint16_t on[] = {1, 31, 32, 100, 4095};
	uint8_t f[128];
	unsigned int i, round;

	h_start(p, &(struct h_cfg){.rx_offloads = RTE_ETH_RX_OFFLOAD_VLAN_FILTER});
	for (i = 0; i < RTE_DIM(on); i++)
		assert_int_equal(rte_eth_dev_vlan_filter(p->id, on[i], 1), 0);
	for (round = 0; round < 2; round++) {
		for (i = 0; i < RTE_DIM(on); i++) {
			flow.vlan = on[i];
			h_ip(f, sizeof(f), &p->mac, &flow, i);
			h_expect(p, 0, f, sizeof(f));
			flow.vlan = (uint16_t)(on[i] ^ 2);
			h_ip(f, sizeof(f), &p->mac, &flow, i);
			h_expect_none(p, f, sizeof(f));
		}
		flow.vlan = 0;
		h_ip(f, sizeof(f), &p->mac, &flow, i);
		h_expect(p, 0, f, sizeof(f));
		/* A restart keeps the table. */
		h_stop(p);
		assert_int_equal(rte_eth_dev_start(p->id), 0);
	}
	assert_int_equal(rte_eth_dev_vlan_filter(p->id, 100, 0), 0);
	flow.vlan = 100;
	h_ip(f, sizeof(f), &p->mac, &flow, i);
	h_expect_none(p, f, sizeof(f));
}

/* --- RSS --- */

static const uint8_t rss_key[40] = {0x6d, 0x5a, 0x56, 0xda, 0x25, 0x5b, 0x0e, 0xc2, 0x41, 0x67,
	0x25, 0x3d, 0x43, 0xa3, 0x8f, 0xb0, 0xd0, 0xca, 0x2b, 0xcb, 0xae, 0x7b, 0x30, 0xb4, 0x77,
	0xcb, 0x2d, 0xa3, 0x80, 0x30, 0xf2, 0x0c, 0x6a, 0x42, 0xb7, 0x3b, 0xbe, 0xac, 0x01, 0xfa};

/* Toeplitz hash of a flow: the input words in the order of the IP packet. */
static uint32_t
flow_hash(const struct h_flow *flow, const uint8_t *key)
{
	uint32_t w[9] = {0};
	unsigned int n = 0;

	if (flow->ipv6) {
		w[0] = w[4] = 0xfd000000;
		w[3] = flow->src;
		w[7] = flow->dst;
		n = 8;
	} else {
		w[0] = flow->src;
		w[1] = flow->dst;
		n = 2;
	}
	if (flow->proto != 0)
		w[n++] = (uint32_t)flow->sport << 16 | flow->dport;
	return rte_softrss(w, n, key);
}

static void
reta_set(struct h_port *p, uint64_t *r, uint16_t *reta, uint16_t size, uint16_t nb_rxq)
{
	struct rte_eth_rss_reta_entry64 conf[8], back[8];
	uint16_t i;

	memset(conf, 0, sizeof(conf));
	for (i = 0; i < size; i++) {
		conf[i / 64].mask |= UINT64_C(1) << (i % 64);
		conf[i / 64].reta[i % 64] = reta[i] = (uint16_t)rng_range(r, 0, nb_rxq - 1);
	}
	memcpy(back, conf, sizeof(back));
	assert_int_equal(rte_eth_dev_rss_reta_update(p->id, conf, size), 0);
	for (i = 0; i < size; i++)
		back[i / 64].reta[i % 64] = 0xffff;
	assert_int_equal(rte_eth_dev_rss_reta_query(p->id, back, size), 0);
	for (i = 0; i < size; i++)
		assert_int_equal(back[i / 64].reta[i % 64], reta[i]);
}

static struct h_flow
random_flow(uint64_t *r)
{
	static const uint8_t protos[] = {IPPROTO_UDP, IPPROTO_TCP, 0};

	return (struct h_flow){.src = (uint32_t)rng_next(r),
		.dst = (uint32_t)rng_next(r),
		.sport = (uint16_t)rng_next(r),
		.dport = (uint16_t)rng_next(r),
		.proto = protos[rng_range(r, 0, 2)],
		.ipv6 = rng_next(r) & 1};
}

static void
rss_flow(struct h_port *p, uint64_t *r, const uint16_t *reta, uint16_t size)
{
	struct h_flow flow = random_flow(r);
	uint32_t hash = flow_hash(&flow, rss_key);
	struct rte_mbuf *m;
	uint8_t f[128];

	h_ip(f, sizeof(f), &p->mac, &flow, hash);
	h_give(p, f, sizeof(f));
	m = h_recv_one(p, reta[hash % size]);
	h_same(m, f, sizeof(f));
	assert_true(m->ol_flags & RTE_MBUF_F_RX_RSS_HASH);
	assert_int_equal(m->hash.rss, hash);
	rte_pktmbuf_free(m);
}

static void
rss_queues(void **state)
{
	struct h_port *p = *state;
	uint64_t r = h_rng(0x55);
	struct rte_eth_dev_info info;
	uint16_t reta[512];
	uint8_t f[64], key[40];
	struct rte_mbuf *m;
	const uint16_t queues = h_hw(p)->rss_queues;
	unsigned int i;

	memcpy(key, rss_key, sizeof(key));
	assert_int_equal(rte_eth_dev_info_get(p->id, &info), 0);
	h_start(p,
		&(struct h_cfg){.nb_rxq = queues,
			.pool_size = 4095 + 128u * queues,
			.rss_key = key,
			.rx_offloads = RTE_ETH_RX_OFFLOAD_RSS_HASH,
			.rss_hf = RTE_ETH_RSS_IPV4 | RTE_ETH_RSS_IPV6 |
				RTE_ETH_RSS_NONFRAG_IPV4_TCP | RTE_ETH_RSS_NONFRAG_IPV6_TCP |
				RTE_ETH_RSS_NONFRAG_IPV4_UDP | RTE_ETH_RSS_NONFRAG_IPV6_UDP});
	reta_set(p, &r, reta, info.reta_size, queues);
	for (i = 0; i < 500; i++)
		rss_flow(p, &r, reta, info.reta_size);
	/* A restart keeps the table and the key. */
	h_stop(p);
	assert_int_equal(rte_eth_dev_start(p->id), 0);
	for (i = 0; i < 100; i++)
		rss_flow(p, &r, reta, info.reta_size);
	/* A frame without IP goes to queue 0 and has no hash. */
	frame_ether(f, sizeof(f), &p->mac, 9);
	h_give(p, f, sizeof(f));
	m = h_recv_one(p, 0);
	assert_int_equal(m->ol_flags & RTE_MBUF_F_RX_RSS_HASH, 0);
	rte_pktmbuf_free(m);
}

static void
rss_configuration(void **state)
{
	struct h_port *p = *state;
	uint8_t key[40], back[40];
	struct rte_eth_rss_conf conf = {
		.rss_key = key, .rss_key_len = 40, .rss_hf = RTE_ETH_RSS_NONFRAG_IPV4_TCP};
	struct h_flow flow = {
		.src = 0x0a000001, .dst = 0x0a000002, .sport = 1, .dport = 2, .proto = IPPROTO_UDP};
	struct rte_eth_dev_info info;
	struct rte_mbuf *m;
	uint8_t f[64];

	memcpy(key, rss_key, sizeof(key));
	h_start(p,
		&(struct h_cfg){.nb_rxq = 2,
			.rss_hf = RTE_ETH_RSS_NONFRAG_IPV4_UDP,
			.rx_offloads = RTE_ETH_RX_OFFLOAD_RSS_HASH});
	assert_int_equal(rte_eth_dev_rss_hash_update(p->id, &conf), 0);
	conf = (struct rte_eth_rss_conf){.rss_key = back, .rss_key_len = 40};
	assert_int_equal(rte_eth_dev_rss_hash_conf_get(p->id, &conf), 0);
	assert_memory_equal(back, rss_key, sizeof(back));
	assert_int_equal(conf.rss_hf, RTE_ETH_RSS_NONFRAG_IPV4_TCP);
	assert_int_equal(rte_eth_dev_info_get(p->id, &info), 0);
	assert_true(COMPAT_TELLS_TOEPLITZ(&info, &conf));
	assert_true(COMPAT_TELLS_BUF_MAX(&info, 10240));
	/* A configuration that was read can be set. */
	assert_int_equal(rte_eth_dev_rss_hash_update(p->id, &conf), 0);
	/* UDP is no longer hashed. */
	h_ip(f, sizeof(f), &p->mac, &flow, 1);
	h_give(p, f, sizeof(f));
	m = h_recv_one(p, 0);
	assert_int_equal(m->ol_flags & RTE_MBUF_F_RX_RSS_HASH, 0);
	rte_pktmbuf_free(m);
	conf = (struct rte_eth_rss_conf){
		.rss_key = key, .rss_key_len = 16, .rss_hf = RTE_ETH_RSS_IPV4};
	assert_true(rte_eth_dev_rss_hash_update(p->id, &conf) < 0);
}

/* --- checksums --- */

static uint64_t
rx_cksum_flags(struct h_port *p, const uint8_t *f, uint32_t len)
{
	struct rte_mbuf *m;
	uint64_t flags;

	h_give(p, f, len);
	m = h_recv_one(p, 0);
	h_same(m, f, len);
	flags = m->ol_flags & CKSUM_FLAGS;
	rte_pktmbuf_free(m);
	return flags;
}

static void
rx_checksum(void **state)
{
	struct h_port *p = *state;
	uint64_t r = h_rng(0xc5);
	uint8_t f[H_FRAME_CAP];
	unsigned int i;

	h_start(p, &(struct h_cfg){.rx_offloads = RTE_ETH_RX_OFFLOAD_CHECKSUM});
	for (i = 0; i < 300; i++) {
		struct h_flow flow = random_flow(&r);
		uint32_t len = rng_range(&r, 80, 1514);
		uint64_t ip_good = flow.ipv6 ? 0 : RTE_MBUF_F_RX_IP_CKSUM_GOOD;
		uint64_t ip_bad = RTE_MBUF_F_RX_IP_CKSUM_BAD;
		uint64_t l4_good = flow.proto == 0 ? 0 : RTE_MBUF_F_RX_L4_CKSUM_GOOD;
		/* An 82599's UDP checksum error is not reliable. */
		uint64_t l4_bad = flow.proto == IPPROTO_UDP && h_has_reg(p, "RXCTRL") ?
			RTE_MBUF_F_RX_L4_CKSUM_UNKNOWN :
			RTE_MBUF_F_RX_L4_CKSUM_BAD;
		unsigned int l3 = h_ip(f, len, &p->mac, &flow, i);

		assert_int_equal(rx_cksum_flags(p, f, len), ip_good | l4_good);
		if (flow.proto != 0) {
			f[len - 1] ^= 0x40;
			assert_int_equal(rx_cksum_flags(p, f, len), ip_good | l4_bad);
			f[len - 1] ^= 0x40;
		}
		if (!flow.ipv6) {
			f[l3 + 10] ^= 0x01;
			assert_int_equal(
				rx_cksum_flags(p, f, len) & RTE_MBUF_F_RX_IP_CKSUM_MASK, ip_bad);
		}
	}
	frame_ether(f, 64, &p->mac, 5);
	assert_int_equal(rx_cksum_flags(p, f, 64), 0);
}

static void
rx_checksum_udp_zero(void **state)
{
	struct h_port *p = *state;
	struct h_flow flow = {.src = 1, .dst = 2, .proto = IPPROTO_UDP};
	uint8_t f[128];
	unsigned int l3;

	h_start(p, &(struct h_cfg){.rx_offloads = RTE_ETH_RX_OFFLOAD_CHECKSUM});
	l3 = h_ip(f, sizeof(f), &p->mac, &flow, 1);
	/* RFC 768: a zero checksum means that there is none. It is not bad. */
	f[l3 + 20 + 6] = f[l3 + 20 + 7] = 0;
	assert_int_not_equal(rx_cksum_flags(p, f, sizeof(f)) & RTE_MBUF_F_RX_L4_CKSUM_MASK,
		RTE_MBUF_F_RX_L4_CKSUM_BAD);
}

static struct rte_mbuf *
tx_offload_mbuf(struct h_port *p, const uint8_t *f, uint32_t len, const struct h_flow *flow,
	unsigned int segs)
{
	struct rte_mbuf *m = h_mbuf(p, f, len, segs);

	m->l2_len = sizeof(struct rte_ether_hdr);
	m->l3_len = flow->ipv6 ? sizeof(struct rte_ipv6_hdr) : sizeof(struct rte_ipv4_hdr);
	m->ol_flags |=
		flow->ipv6 ? RTE_MBUF_F_TX_IPV6 : RTE_MBUF_F_TX_IPV4 | RTE_MBUF_F_TX_IP_CKSUM;
	if (flow->proto == IPPROTO_UDP) {
		m->l4_len = sizeof(struct rte_udp_hdr);
		m->ol_flags |= RTE_MBUF_F_TX_UDP_CKSUM;
	} else if (flow->proto == IPPROTO_TCP) {
		m->l4_len = sizeof(struct rte_tcp_hdr);
		m->ol_flags |= RTE_MBUF_F_TX_TCP_CKSUM;
	}
	return m;
}

/* Fill the checksum fields with random values, or with those that DPDK requires. */
static void
spoil_sums(uint8_t *f, unsigned int l3, const struct h_flow *flow)
{
	uint8_t *l4 = f + l3 + (flow->ipv6 ? 40 : 20);

	if (!flow->ipv6)
		f[l3 + 10] = f[l3 + 11] = 0;
	if (flow->proto == IPPROTO_UDP)
		l4[6] = l4[7] = 0;
	if (flow->proto == IPPROTO_TCP)
		l4[16] = l4[17] = 0;
}

/* Checksums of random frames, prepared by the test or left to the driver's burst. */
static void
send_checksums(struct h_port *p, bool prepare)
{
	uint64_t r = h_rng(0x7c);
	uint8_t f[H_FRAME_CAP], want[H_FRAME_CAP], got[H_FRAME_CAP];
	unsigned int i;

	h_start(p,
		&(struct h_cfg){.tx_offloads = RTE_ETH_TX_OFFLOAD_IPV4_CKSUM |
				RTE_ETH_TX_OFFLOAD_UDP_CKSUM | RTE_ETH_TX_OFFLOAD_TCP_CKSUM |
				RTE_ETH_TX_OFFLOAD_MULTI_SEGS});
	for (i = 0; i < 500; i++) {
		struct h_flow flow = random_flow(&r);
		uint32_t len = rng_range(&r, 80, 1514);
		unsigned int l3 = h_ip(want, len, &other_mac, &flow, i);
		struct rte_mbuf *m;

		memcpy(f, want, len);
		spoil_sums(f, l3, &flow);
		/* The first segment holds all headers, at most 74 bytes. */
		m = tx_offload_mbuf(p, f, len, &flow, rng_range(&r, 1, RTE_MIN(4u, len / 80)));
		if (prepare)
			assert_int_equal(rte_eth_tx_prepare(p->id, 0, &m, 1), 1);
		h_send(p, 0, m);
		assert_int_equal(h_take(p, got), len);
		if (flow.ipv6 && flow.proto == 0)
			assert_memory_equal(got, f, len);
		if (!flow.ipv6)
			assert_int_equal(rte_ipv4_cksum((struct rte_ipv4_hdr *)(want + l3)), 0);
		assert_memory_equal(got, want, len);
		if (!flow.ipv6 && flow.proto != 0)
			assert_int_equal(
				rte_ipv4_udptcp_cksum_verify(
					(const struct rte_ipv4_hdr *)(got + l3), got + l3 + 20),
				0);
		if (flow.ipv6 && flow.proto != 0)
			assert_int_equal(
				rte_ipv6_udptcp_cksum_verify(
					(const struct rte_ipv6_hdr *)(got + l3), got + l3 + 40),
				0);
	}
}

static void
tx_checksum(void **state)
{
	send_checksums(*state, true);
}

/*
 * Frames that the application did not prepare. One that cannot be prepared is counted as an error,
 * and the others of its burst are sent.
 */
static void
tx_checksum_prepared_by_the_driver(void **state __rte_unused)
{
	const struct h_flow flow = {.proto = IPPROTO_UDP};
	struct rte_eth_stats stats;
	struct h_port p = {0};
	struct rte_mbuf *m[3];
	uint8_t f[100], got[H_FRAME_CAP];
	unsigned int i;

	h_open(&p, "pseudo_header=driver");
	send_checksums(&p, false);
	assert_int_equal(rte_eth_stats_reset(p.id), 0);
	for (i = 0; i < RTE_DIM(m); i++) {
		h_ip(f, sizeof(f), &other_mac, &flow, i);
		m[i] = tx_offload_mbuf(&p, f, sizeof(f), &flow, 1);
	}
	/* Headers are longer than the frame. */
	m[1]->l3_len = 300;
	assert_int_equal(rte_eth_tx_burst(p.id, 0, m, RTE_DIM(m)), RTE_DIM(m));
	h_step(&p);
	for (i = 0; i < RTE_DIM(m); i += 2) {
		assert_int_equal(h_take(&p, got), sizeof(f));
		h_ip(f, sizeof(f), &other_mac, &flow, i);
		assert_memory_equal(got, f, sizeof(f));
	}
	assert_int_equal(rte_eth_stats_get(p.id, &stats), 0);
	assert_int_equal(stats.opackets, 2);
	assert_int_equal(stats.oerrors, 1);
	h_close(&p);
}

/* --- frame lengths --- */

static void
mtu_limits(void **state)
{
	struct h_port *p = *state;
	static const uint16_t mtus[] = {68, 576, 1500, 2000, 4000, 9000};
	struct h_flow flow = {.src = 1, .dst = 2, .proto = IPPROTO_UDP};
	uint8_t f[H_FRAME_CAP], got[H_FRAME_CAP];
	uint32_t longest;
	unsigned int i;

	for (i = 0; i < RTE_DIM(mtus); i++) {
		h_start(p,
			&(struct h_cfg){.mtu = mtus[i],
				.rx_offloads = RTE_ETH_RX_OFFLOAD_SCATTER,
				.tx_offloads = RTE_ETH_TX_OFFLOAD_MULTI_SEGS});
		longest = RTE_MAX(mtus[i] + 14u, 60u);
		h_ip(f, longest, &p->mac, &flow, i);
		h_expect(p, 0, f, longest);
		h_send(p, 0, h_mbuf(p, f, longest, 1 + longest / 2048));
		assert_int_equal(h_take(p, got), longest);
		assert_memory_equal(got, f, longest);
		/* The MTU does not include one VLAN tag. */
		if (longest == mtus[i] + 14u) {
			flow.vlan = 5;
			h_ip(f, longest + 4, &p->mac, &flow, i);
			h_expect(p, 0, f, longest + 4);
			flow.vlan = 0;
		}
		h_ip(f, longest + 64, &p->mac, &flow, i);
		h_expect_none(p, f, longest + 64);
		h_ip(f, longest, &p->mac, &flow, i);
		h_expect(p, 0, f, longest);
		h_stop(p);
	}
}

static void
mtu_set_running(void **state)
{
	struct h_port *p = *state;
	uint8_t f[9014];
	uint16_t mtu;

	h_start(p, &(struct h_cfg){.rx_offloads = RTE_ETH_RX_OFFLOAD_SCATTER});
	frame_ether(f, sizeof(f), &p->mac, 1);
	h_expect_none(p, f, sizeof(f));
	assert_int_equal(rte_eth_dev_set_mtu(p->id, 9000), 0);
	assert_int_equal(rte_eth_dev_get_mtu(p->id, &mtu), 0);
	assert_int_equal(mtu, 9000);
	h_expect(p, 0, f, sizeof(f));
	assert_int_equal(rte_eth_dev_set_mtu(p->id, 1500), 0);
	h_expect_none(p, f, sizeof(f));
	h_expect(p, 0, f, 1514);
	assert_true(rte_eth_dev_set_mtu(p->id, 20000) < 0);
	assert_true(rte_eth_dev_set_mtu(p->id, 60) < 0);
	h_expect(p, 0, f, 1514);
}

/*
 * In modes other than coherent, buffers are prepared for the MTU. A larger MTU is refused until the
 * port is stopped.
 */
static void
mtu_while_buffers_are_posted(void **state)
{
	struct h_port *p = *state;
	const bool coherent = strcmp(h_coherency(), "coherent") == 0;
	uint8_t f[1814];

	h_start(p, NULL);
	frame_ether(f, sizeof(f), &p->mac, 1);
	assert_int_equal(rte_eth_dev_set_mtu(p->id, 1400), 0);
	assert_int_equal(rte_eth_dev_set_mtu(p->id, 1500), 0);
	h_log_mark();
	assert_int_equal(rte_eth_dev_set_mtu(p->id, 1800), coherent ? 0 : -EBUSY);
	assert_true(coherent || h_log_has("stop the port first"));
	h_stop(p);
	assert_int_equal(rte_eth_dev_set_mtu(p->id, 1800), 0);
	assert_int_equal(rte_eth_dev_start(p->id), 0);
	h_step(p);
	h_expect(p, 0, f, sizeof(f));
}

/* If frames are longer than a buffer and scatter was not requested, a start enables it anyway. */
static void
mtu_without_scatter(void **state)
{
	struct h_port *p = *state;
	struct rte_eth_burst_mode mode;
	uint8_t f[3014];

	frame_ether(f, sizeof(f), &p->mac, 1);
	h_start(p, NULL);
	h_log_mark();
	/* Not on a running port, because the current receive path returns single mbufs. */
	assert_true(rte_eth_dev_set_mtu(p->id, 3000) < 0);
	assert_true(h_log_has("or stop the port first"));
	h_expect(p, 0, f, 1514);
	h_expect_none(p, f, sizeof(f));
	h_stop(p);
	assert_int_equal(rte_eth_dev_set_mtu(p->id, 3000), 0);
	h_log_mark();
	assert_int_equal(rte_eth_dev_start(p->id), 0);
	assert_true(h_log_has("long frames come in several mbufs"));
	assert_int_equal(rte_eth_rx_burst_mode_get(p->id, 0, &mode), 0);
	assert_non_null(strstr(mode.info, "scattered"));
	h_step(p);
	h_expect(p, 0, f, sizeof(f));
	/* The receive path is scattered now, so other MTUs are accepted. */
	assert_int_equal(rte_eth_dev_set_mtu(p->id, 1500), 0);
	assert_int_equal(rte_eth_dev_set_mtu(p->id, 2900), 0);
	h_expect(p, 0, f, 2914);
	h_stop(p);
	/*
	 * Back to a small MTU: frames fit, the single-mbuf path is used, and no message is logged.
	 */
	assert_int_equal(rte_eth_dev_set_mtu(p->id, 1500), 0);
	h_log_mark();
	assert_int_equal(rte_eth_dev_start(p->id), 0);
	assert_false(h_log_has("several mbufs"));
	assert_int_equal(rte_eth_rx_burst_mode_get(p->id, 0, &mode), 0);
	assert_null(strstr(mode.info, "scattered"));
	h_step(p);
	h_expect(p, 0, f, 1514);
}

static void
scattered(void **state)
{
	struct h_port *p = *state;
	static const uint16_t rooms[] = {1024, 2048, 3072, 4096};
	uint64_t r = h_rng(0x5ca);
	uint8_t f[9014];
	unsigned int i, k;

	for (i = 0; i < RTE_DIM(rooms); i++) {
		h_start(p,
			&(struct h_cfg){.mtu = 9000,
				.data_room = rooms[i],
				.rx_offloads = RTE_ETH_RX_OFFLOAD_SCATTER});
		for (k = 1; k * rooms[i] <= sizeof(f); k++) {
			/* Lengths around the end of each buffer. */
			frame_ether(f, sizeof(f), &p->mac, rng_next(&r));
			h_expect(p, 0, f, k * rooms[i] - 1);
			h_expect(p, 0, f, k * rooms[i]);
			if (k * rooms[i] < sizeof(f))
				h_expect(p, 0, f, k * rooms[i] + 1);
		}
		for (k = 0; k < 200; k++)
			h_expect(p, 0, f, rng_range(&r, 60, sizeof(f)));
		h_stop(p);
	}
}

#define OPTIONS_MAX 64u
#define UDP_LEN_AT 4u

/* An IPv6 frame with random extension headers before @proto. @return length of L3. */
static uint32_t
options_frame(uint64_t *r, uint8_t *f, uint32_t len, uint8_t proto, uint32_t options)
{
	static const uint8_t kinds[] = {IPPROTO_HOPOPTS, IPPROTO_DSTOPTS, IPPROTO_DSTOPTS,
		IPPROTO_DSTOPTS, IPPROTO_DSTOPTS, IPPROTO_ROUTING, IPPROTO_FRAGMENT};
	struct rte_ipv6_hdr *ip = (struct rte_ipv6_hdr *)(f + RTE_ETHER_HDR_LEN);
	uint8_t *next = &ip->proto, *at = (uint8_t *)(ip + 1);
	uint32_t left = options, part;

	for (part = 0; part < len; part++)
		f[part] = (uint8_t)rng_next(r);
	f[12] = 0x86;
	f[13] = 0xdd;
	ip->vtc_flow = rte_cpu_to_be_32(6u << 28);
	ip->payload_len = rte_cpu_to_be_16((uint16_t)(len - RTE_ETHER_HDR_LEN - sizeof(*ip)));
	put_be16(f + RTE_ETHER_HDR_LEN + sizeof(*ip) + options + UDP_LEN_AT,
		len - RTE_ETHER_HDR_LEN - sizeof(*ip) - options);
	for (; left > 0; left -= part, at += part) {
		part = 8 * rng_range(r, 1, left / 8);
		*next = options <= 16 ? IPPROTO_DSTOPTS :
					kinds[rng_range(r, 0, RTE_DIM(kinds) - 1)];
		next = at;
		memset(at, 0, part);
		at[1] = (uint8_t)(part / 8 - 1);
		if (rng_range(r, 0, 9) == 0)
			at[2] = 0xc9;
	}
	*next = proto;
	return sizeof(*ip) + options;
}

/* True if a sent frame has the right checksum, with a pseudo header of its own addresses. */
static bool
options_sum_ok(const uint8_t *f, uint32_t len, uint8_t proto, uint32_t l3_len)
{
	struct rte_ipv6_hdr upper;
	const uint8_t *l4 = f + RTE_ETHER_HDR_LEN + l3_len;
	uint32_t sum;

	memcpy(&upper, f + RTE_ETHER_HDR_LEN, sizeof(upper));
	upper.proto = proto;
	upper.payload_len = rte_cpu_to_be_16((uint16_t)(f + len - l4));
	sum = (uint32_t)rte_ipv6_phdr_cksum(&upper, 0) + rte_raw_cksum(l4, (size_t)(f + len - l4));
	return (sum & 0xffff) + (sum >> 16) == 0xffff;
}

/*
 * Frames that prepare accepts are sent with right checksums, whatever headers precede UDP or TCP.
 */
static void
tx_sums_behind_options(void **state)
{
	struct h_port *p = *state;
	uint64_t r = h_rng(0x0b7);
	uint8_t f[256], got[H_FRAME_CAP];
	unsigned int i, sent = 0, refused = 0;

	h_start(p,
		&(struct h_cfg){.tx_offloads = RTE_ETH_TX_OFFLOAD_UDP_CKSUM |
				RTE_ETH_TX_OFFLOAD_TCP_CKSUM});
	for (i = 0; i < 2000; i++) {
		const uint8_t proto = i % 2 == 0 ? IPPROTO_UDP : IPPROTO_TCP;
		/* First 8 bytes of options with UDP, then 16 with TCP. */
		const uint32_t options =
			i < 2 ? 8 * (i + 1) : 8 * rng_range(&r, 0, OPTIONS_MAX / 8);
		const uint32_t l3_len = options_frame(&r, f, sizeof(f), proto, options);
		struct rte_mbuf *m = h_mbuf(p, f, sizeof(f), 1);

		m->l2_len = RTE_ETHER_HDR_LEN;
		m->l3_len = l3_len + (i > 10 && rng_range(&r, 0, 9) == 0 ? 8 : 0);
		m->ol_flags |= RTE_MBUF_F_TX_IPV6 |
			(proto == IPPROTO_UDP ? RTE_MBUF_F_TX_UDP_CKSUM : RTE_MBUF_F_TX_TCP_CKSUM);
		if (rte_eth_tx_prepare(p->id, 0, &m, 1) != 1) {
			rte_pktmbuf_free(m);
			refused++;
			continue;
		}
		h_send(p, 0, m);
		assert_int_equal(h_take(p, got), sizeof(f));
		assert_true(options_sum_ok(got, sizeof(f), proto, l3_len));
		sent++;
	}
	assert_true(sent > 200 && refused > 200);
}

/* A datagram in a frame, and its possible errors. */
struct datagram {
	uint32_t l2, l3, len, rest; /* bytes: L2, L3, after the IP header, after the datagram */
	uint8_t proto;
	bool fragment, rest_is_zero, udp_len_wrong;
};

/* IPv4 header with options that are allowed anywhere: no operation, end of list. */
static void
ipv4_header(uint8_t *ip, const struct datagram *d)
{
	memset(ip, 0, 12);
	ip[0] = (uint8_t)(0x40 | d->l3 / 4);
	put_be16(ip + 2, d->l3 + d->len);
	put_be16(ip + 6, d->fragment ? RTE_IPV4_HDR_MF_FLAG : RTE_IPV4_HDR_DF_FLAG);
	ip[8] = 64;
	ip[9] = d->proto;
	memset(ip + 20, 1, d->l3 - 20);
}

/* Build a frame with a random datagram. @return the frame's length. */
static uint32_t
datagram_frame(uint64_t *r, uint8_t *f, struct datagram *d)
{
	uint8_t *l4;
	uint32_t i;

	*d = (struct datagram){.l2 = rng_range(r, 0, 1) == 0 ? 14 : 18,
		.l3 = 4 * rng_range(r, 5, 15),
		.proto = rng_range(r, 0, 1) == 0 ? IPPROTO_UDP : IPPROTO_TCP,
		.fragment = rng_range(r, 0, 9) == 0,
		.rest = rng_range(r, 0, 1) == 0 ? 0 : rng_range(r, 1, 200),
		.rest_is_zero = rng_range(r, 0, 1) == 0};
	d->len = rng_range(r, d->proto == IPPROTO_UDP ? 8 : 20, 600);
	d->udp_len_wrong = d->proto == IPPROTO_UDP && rng_range(r, 0, 9) == 0;
	for (i = 0; i < d->l2 + d->l3 + d->len + d->rest; i++)
		f[i] = (uint8_t)rng_next(r);
	put_be16(f + d->l2 - 2, RTE_ETHER_TYPE_IPV4);
	if (d->l2 > 14)
		put_be16(f + 12, RTE_ETHER_TYPE_VLAN);
	ipv4_header(f + d->l2, d);
	l4 = f + d->l2 + d->l3;
	if (d->proto == IPPROTO_UDP)
		put_be16(l4 + UDP_LEN_AT, d->udp_len_wrong ? rng_range(r, 0, d->len - 1) : d->len);
	if (d->rest_is_zero)
		memset(l4 + d->len, 0, d->rest);
	else if (d->rest > 0)
		l4[d->len + rng_range(r, 0, d->rest - 1)] |= 1;
	return d->l2 + d->l3 + d->len + d->rest;
}

/* True if the checksum is right for a receiver, which uses the length in the IP header. */
static bool
datagram_sum_ok(const uint8_t *f, const struct datagram *d)
{
	uint8_t pseudo[12] = {0};
	uint32_t sum;

	memcpy(pseudo, f + d->l2 + 12, 8);
	pseudo[9] = d->proto;
	put_be16(pseudo + 10, d->len);
	sum = (uint32_t)rte_raw_cksum(pseudo, sizeof(pseudo)) +
		rte_raw_cksum(f + d->l2 + d->l3, d->len);
	return (sum & 0xffff) + (sum >> 16) == 0xffff && rte_raw_cksum(f + d->l2, d->l3) == 0xffff;
}

/*
 * Frames with tags, options and padding are sent with right checksums. Prepare refuses those that
 * the NIC would checksum wrongly.
 */
static void
tx_sums_of_any_frame(void **state)
{
	struct h_port *p = *state;
	uint64_t r = h_rng(0x5c5);
	uint8_t f[1024], got[H_FRAME_CAP];
	unsigned int i, sent = 0, refused = 0;
	struct datagram d;

	h_start(p,
		&(struct h_cfg){.tx_offloads = RTE_ETH_TX_OFFLOAD_UDP_CKSUM |
				RTE_ETH_TX_OFFLOAD_TCP_CKSUM | RTE_ETH_TX_OFFLOAD_IPV4_CKSUM |
				RTE_ETH_TX_OFFLOAD_MULTI_SEGS});
	for (i = 0; i < 2000; i++) {
		const uint32_t len = datagram_frame(&r, f, &d);
		/* The first segment holds all headers. */
		struct rte_mbuf *m = h_mbuf(p, f, len, rng_range(&r, 1, 1 + len / 200));
		const bool right =
			!d.fragment && !d.udp_len_wrong && (d.rest == 0 || d.rest_is_zero);

		m->l2_len = d.l2;
		m->l3_len = d.l3;
		m->ol_flags |= RTE_MBUF_F_TX_IPV4 | RTE_MBUF_F_TX_IP_CKSUM |
			(d.proto == IPPROTO_UDP ? RTE_MBUF_F_TX_UDP_CKSUM :
						  RTE_MBUF_F_TX_TCP_CKSUM);
		assert_int_equal(rte_eth_tx_prepare(p->id, 0, &m, 1), right ? 1 : 0);
		if (!right) {
			rte_pktmbuf_free(m);
			refused++;
			continue;
		}
		h_send(p, 0, m);
		assert_int_equal(h_take(p, got), RTE_MAX(len, 60u));
		assert_true(datagram_sum_ok(got, &d));
		sent++;
	}
	assert_true(sent > 200 && refused > 200);
}

/* A long frame fits after any number of short ones, although refill may be delayed. */
static void
scattered_at_a_high_threshold(void **state)
{
	struct h_port *p = *state;
	uint8_t f[9014];
	unsigned int shorts, i;

	h_start(p,
		&(struct h_cfg){.mtu = 9000,
			.nb_rxd = 64,
			.rx_free_thresh = 56,
			.data_room = 1024,
			.rx_offloads = RTE_ETH_RX_OFFLOAD_SCATTER});
	for (shorts = 0; shorts < 64; shorts++) {
		frame_ether(f, sizeof(f), &p->mac, shorts);
		for (i = 0; i < shorts; i++)
			h_expect(p, 0, f, 60);
		h_expect(p, 0, f, sizeof(f));
	}
}

static void
keep_crc(void **state)
{
	struct h_port *p = *state;
	struct rte_eth_dev_info info;
	struct rte_mbuf *m, *last;
	uint8_t f[4000];
	uint32_t len, fcs, i;

	assert_int_equal(rte_eth_dev_info_get(p->id, &info), 0);
	if ((info.rx_offload_capa & RTE_ETH_RX_OFFLOAD_KEEP_CRC) == 0)
		h_skip("the driver offers no KEEP_CRC on this NIC");
	h_start(p,
		&(struct h_cfg){.mtu = 3500,
			.data_room = 1024,
			.rx_offloads = RTE_ETH_RX_OFFLOAD_KEEP_CRC | RTE_ETH_RX_OFFLOAD_SCATTER});
	/*
	 * The length of the frame excludes the FCS, which follows the data completely. Here it is
	 * in the same buffer as the data, in the next one, or across both.
	 */
	for (i = 0; i < 4 * 16; i++) {
		len = RTE_MAX(60u, 1024u * (i / 16)) + i % 16;
		len -= i / 16 == 0 ? 0 : 10;
		frame_ether(f, len, &p->mac, len);
		fcs = compat_crc32(f, len);
		memcpy(f + len, &fcs, 4);
		h_give(p, f, len);
		m = h_recv_one(p, 0);
		h_same(m, f, len);
		last = rte_pktmbuf_lastseg(m);
		if (last->data_len + sizeof(fcs) <= p->cfg.data_room)
			assert_memory_equal(rte_pktmbuf_mtod_offset(last, char *, last->data_len),
				&fcs, sizeof(fcs));
		rte_pktmbuf_free(m);
	}
}

/* --- packet types --- */

/* A frame of a kind and its packet type, as DPDK defines types. */
struct typed_frame {
	struct frame_spec spec;
	bool in_ipv4; /* the packet is the payload of an IPv4 packet */
	uint32_t ptype;
};

static const struct typed_frame typed_frames[] = {
	{{.version = 4, .proto = FRAME_UDP}, false, RTE_PTYPE_L3_IPV4 | RTE_PTYPE_L4_UDP},
	{{.version = 4, .proto = FRAME_TCP, .vlan = true, .tci = 9}, false,
		RTE_PTYPE_L3_IPV4 | RTE_PTYPE_L4_TCP},
	{{.version = 4, .proto = FRAME_SCTP, .options = true}, false,
		RTE_PTYPE_L3_IPV4_EXT | RTE_PTYPE_L4_SCTP},
	{{.version = 4}, false, RTE_PTYPE_L3_IPV4},
	{{.version = 6, .proto = FRAME_TCP}, false, RTE_PTYPE_L3_IPV6 | RTE_PTYPE_L4_TCP},
	{{.version = 6, .proto = FRAME_UDP, .options = true}, false,
		RTE_PTYPE_L3_IPV6_EXT | RTE_PTYPE_L4_UDP},
	{{.version = 6, .proto = FRAME_TCP}, true,
		RTE_PTYPE_L3_IPV4 | RTE_PTYPE_TUNNEL_IP | RTE_PTYPE_INNER_L3_IPV6 |
			RTE_PTYPE_INNER_L4_TCP},
	{{.version = 6, .proto = FRAME_UDP, .options = true}, true,
		RTE_PTYPE_L3_IPV4 | RTE_PTYPE_TUNNEL_IP | RTE_PTYPE_INNER_L3_IPV6_EXT |
			RTE_PTYPE_INNER_L4_UDP},
	{{.version = 0}, false, 0},
};

static uint32_t
typed_build(uint8_t *f, const struct h_port *p, const struct typed_frame *t, uint64_t seed)
{
	struct frame_spec spec = t->spec, outer = {.to = &p->mac, .version = 4, .proto = 41};
	uint8_t inner[H_FRAME_CAP];
	struct frame_layout l;

	spec.to = &p->mac;
	spec.seed = seed;
	spec.payload = 40;
	if (!t->in_ipv4)
		return frame_build(f, &spec).len;
	l = frame_build(inner, &spec);
	outer.data = inner + l.l3;
	outer.payload = l.end - l.l3;
	return frame_build(f, &outer).len;
}

/* Receive @n random frames. Their packet types have the parts of @mask. */
static void
types_expect(struct h_port *p, uint64_t *r, uint32_t mask, unsigned int n)
{
	uint8_t f[H_FRAME_CAP];
	unsigned int i;

	for (i = 0; i < n; i++) {
		const struct typed_frame *t =
			&typed_frames[rng_range(r, 0, RTE_DIM(typed_frames) - 1)];
		/* Runs of frames of one kind, too: vectors reuse what they computed. */
		unsigned int run = rng_range(r, 1, 9), k;
		struct rte_mbuf *m[9];

		for (k = 0; k < run; k++)
			h_give(p, f, typed_build(f, p, t, k));
		assert_int_equal(h_recv(p, 0, m, (uint16_t)run), run);
		for (k = 0; k < run; k++)
			assert_int_equal(m[k]->packet_type, (t->ptype | RTE_PTYPE_L2_ETHER) & mask);
		rte_pktmbuf_free_bulk(m, run);
	}
}

static void
packet_type(void **state)
{
	static const uint32_t masks[] = {0, RTE_PTYPE_L3_MASK,
		RTE_PTYPE_L2_MASK | RTE_PTYPE_L4_MASK, RTE_PTYPE_INNER_L4_MASK, RTE_PTYPE_ALL_MASK};
	struct h_port *p = *state;
	uint64_t r = h_rng(0x97);
	unsigned int i, k;

	for (k = 0; k < 3; k++) {
		h_start(p,
			&(struct h_cfg){.types = true,
				.rx_offloads = k == 0 ? 0 :
					k == 1	      ? RTE_ETH_RX_OFFLOAD_CHECKSUM :
							RTE_ETH_RX_OFFLOAD_SCATTER});
		types_expect(p, &r, RTE_PTYPE_ALL_MASK, 50);
		/* A running port keeps its mask, and a stopped one takes any. */
		assert_int_equal(rte_eth_dev_set_ptypes(p->id, RTE_PTYPE_L2_MASK, NULL, 0), -EBUSY);
		assert_int_equal(rte_eth_dev_set_ptypes(p->id, RTE_PTYPE_ALL_MASK, NULL, 0), 0);
		for (i = 0; i < RTE_DIM(masks); i++) {
			h_stop(p);
			assert_int_equal(rte_eth_dev_set_ptypes(p->id, masks[i], NULL, 0), 0);
			assert_int_equal(rte_eth_dev_start(p->id), 0);
			types_expect(p, &r, masks[i], 20);
		}
		h_stop(p);
	}
}

/* An application that says nothing about packet types gets all that the port reports. */
static void
packet_type_unasked(void **state)
{
	struct h_port *p = *state;
	const struct rte_eth_conf conf = {0};
	uint64_t r = h_rng(0x98);
	uint32_t all[32];
	unsigned int i;
	int n;

	h_start(p, &(struct h_cfg){.types = true});
	h_stop(p);
	h_close(p);
	h_open(p, NULL);
	p->cfg = (struct h_cfg){.nb_rxq = 1, .nb_txq = 1};
	assert_int_equal(rte_eth_dev_configure(p->id, 1, 1, &conf), 0);
	p->pool = rte_pktmbuf_pool_create("types", 1023, 0, 0, RTE_MBUF_DEFAULT_BUF_SIZE, 0);
	assert_non_null(p->pool);
	assert_int_equal(rte_eth_rx_queue_setup(p->id, 0, 128, SOCKET_ID_ANY, NULL, p->pool), 0);
	assert_int_equal(rte_eth_tx_queue_setup(p->id, 0, 128, SOCKET_ID_ANY, NULL), 0);
	assert_int_equal(rte_eth_dev_start(p->id), 0);
	types_expect(p, &r, RTE_PTYPE_ALL_MASK, 50);
	n = rte_eth_dev_get_supported_ptypes(p->id, RTE_PTYPE_ALL_MASK, all, RTE_DIM(all));
	assert_in_range(n, 1, RTE_DIM(all));
	for (i = 0; i < RTE_DIM(typed_frames); i++) {
		uint32_t left = typed_frames[i].ptype;
		int k;

		for (k = 0; k < n; k++) {
			static const uint32_t part[] = {RTE_PTYPE_L2_MASK, RTE_PTYPE_L3_MASK,
				RTE_PTYPE_L4_MASK, RTE_PTYPE_TUNNEL_MASK, RTE_PTYPE_INNER_L3_MASK,
				RTE_PTYPE_INNER_L4_MASK};
			unsigned int at;

			for (at = 0; at < RTE_DIM(part); at++)
				if ((all[k] & part[at]) != 0 && (left & part[at]) == all[k])
					left &= ~part[at];
		}
		assert_int_equal(left, 0);
	}
}

/* --- new configuration without new queue setup --- */

#define SETS 16u
#define RX_ANY \
	(RTE_ETH_RX_OFFLOAD_VLAN_STRIP | RTE_ETH_RX_OFFLOAD_VLAN_FILTER | \
		RTE_ETH_RX_OFFLOAD_CHECKSUM | RTE_ETH_RX_OFFLOAD_KEEP_CRC | \
		RTE_ETH_RX_OFFLOAD_SCATTER | RTE_ETH_RX_OFFLOAD_RSS_HASH)
#define TX_ANY \
	(RTE_ETH_TX_OFFLOAD_VLAN_INSERT | RTE_ETH_TX_OFFLOAD_IPV4_CKSUM | \
		RTE_ETH_TX_OFFLOAD_UDP_CKSUM | RTE_ETH_TX_OFFLOAD_TCP_CKSUM | \
		RTE_ETH_TX_OFFLOAD_MULTI_SEGS | RTE_ETH_TX_OFFLOAD_MBUF_FAST_FREE)

/* Set 0: no offloads. Then one offload per direction at a time. The rest are random. */
static struct h_cfg
offload_set(uint64_t *r, unsigned int n, uint8_t *key)
{
	static const uint16_t mtus[] = {1500, 9000, 600};
	struct h_cfg c = {.mtu = mtus[n % 4 % RTE_DIM(mtus)], .no_start = true};
	uint64_t rx = RX_ANY, tx = TX_ANY;

	for (; n > 1; n--) {
		rx &= rx - 1;
		tx &= tx - 1;
	}
	if (rx == 0)
		c.mtu = mtus[rng_range(r, 0, RTE_DIM(mtus) - 1)];
	c.rx_offloads = n == 0 ? 0 : rx == 0 ? rng_next(r) & RX_ANY : rx & -rx;
	c.tx_offloads = n == 0 ? 0 : rx == 0 ? rng_next(r) & TX_ANY : tx & -tx;
	if ((c.rx_offloads & RTE_ETH_RX_OFFLOAD_RSS_HASH) != 0) {
		c.rss_hf = RTE_ETH_RSS_IPV4 | RTE_ETH_RSS_NONFRAG_IPV4_UDP;
		c.rss_key = rng_range(r, 0, 1) == 0 ? NULL : key;
	}
	return c;
}

static void
tell_frame(FILE *out, const struct rte_mbuf *m)
{
	const struct rte_mbuf *s;

	fprintf(out, " [%u in %u flags %#" PRIx64 " type %#x", m->pkt_len, m->nb_segs, m->ol_flags,
		m->packet_type);
	if ((m->ol_flags & RTE_MBUF_F_RX_VLAN) != 0)
		fprintf(out, " vlan %u", m->vlan_tci);
	if ((m->ol_flags & RTE_MBUF_F_RX_RSS_HASH) != 0)
		fprintf(out, " hash %#x", m->hash.rss);
	for (s = m; s != NULL; s = s->next)
		fprintf(out, " %u/%#x", s->data_len,
			compat_crc32(rte_pktmbuf_mtod(s, const void *), s->data_len));
	fputs("]", out);
}

/* Write to @out the driver's reports about received frames of many types. */
static void
tell_receive(FILE *out, struct h_port *p)
{
	static const struct {
		struct h_flow flow;
		uint32_t len;
		bool spoilt;
	} in[] = {
		{{.src = 1, .dst = 2, .proto = IPPROTO_UDP, .vlan = 5}, 128, false},
		{{.src = 1, .dst = 3, .proto = IPPROTO_UDP}, 300, true},
		{{.src = 4, .dst = 2, .proto = IPPROTO_TCP, .ipv6 = true}, 200, false},
		{{.src = 4, .dst = 2}, 60, false},
		{{.src = 4, .dst = 2, .proto = IPPROTO_TCP}, 1514, false},
		{{.src = 4, .dst = 2, .proto = IPPROTO_TCP}, 1900, false},
		{{.src = 4, .dst = 2, .vlan = 9}, 3000, false},
	};
	struct rte_mbuf *m[4];
	uint8_t f[3000];
	unsigned int i;
	uint16_t n, k;

	for (i = 0; i < RTE_DIM(in); i++) {
		h_ip(f, in[i].len, &other_mac, &in[i].flow, i);
		if (in[i].spoilt)
			f[14 + 10] ^= 1; /* header checksum */
		h_give(p, f, in[i].len);
		n = h_recv(p, 0, m, RTE_DIM(m));
		fprintf(out, "\nreceived %u:", i);
		for (k = 0; k < n; k++)
			tell_frame(out, m[k]);
		rte_pktmbuf_free_bulk(m, n);
	}
}

/* Send the frame if prepare accepts it, and write the sent frame to @out. */
static void
tell_sent(FILE *out, struct h_port *p, const char *what, struct rte_mbuf *m)
{
	uint8_t got[H_FRAME_CAP];
	uint32_t len;

	fprintf(out, "\nsent %s:", what);
	if (rte_eth_tx_prepare(p->id, 0, &m, 1) != 1) {
		fprintf(out, " refused, %s", rte_strerror(rte_errno));
		rte_pktmbuf_free(m);
		return;
	}
	h_send(p, 0, m);
	while ((len = h_take(p, got)) != 0)
		fprintf(out, " %u/%#x", len, compat_crc32(got, len));
}

static void
tell_transmit(FILE *out, struct h_port *p, bool fast_free)
{
	const struct h_flow flow = {.src = 1, .dst = 2, .proto = IPPROTO_UDP};
	struct rte_mbuf *m;
	uint8_t f[600];

	h_ip(f, sizeof(f), &other_mac, &flow, 1);
	tell_sent(out, p, "plain", h_mbuf(p, f, sizeof(f), 1));
	tell_sent(out, p, "chain", h_mbuf(p, f, sizeof(f), 3));
	m = h_mbuf(p, f, sizeof(f), 1);
	m->ol_flags |= RTE_MBUF_F_TX_VLAN;
	m->vlan_tci = 77;
	tell_sent(out, p, "tag", m);
	m = h_mbuf(p, f, sizeof(f), 1);
	m->ol_flags |= RTE_MBUF_F_TX_IPV4 | RTE_MBUF_F_TX_IP_CKSUM | RTE_MBUF_F_TX_UDP_CKSUM;
	m->l2_len = 14;
	m->l3_len = 20;
	tell_sent(out, p, "sums", m);
	if (fast_free)
		return;
	/* Two references: sending releases one of them. */
	m = h_mbuf(p, f, sizeof(f), 1);
	rte_mbuf_refcnt_update(m, 1);
	tell_sent(out, p, "shared", m);
	rte_eth_tx_done_cleanup(p->id, 0, 0);
	fprintf(out, " refcnt %u", rte_mbuf_refcnt_read(m));
	rte_pktmbuf_free(m);
}

/*
 * Describe the whole behaviour of a port with this configuration, from start to stop. The caller
 * frees the text.
 */
static char *
tell_port(struct h_port *p)
{
	struct rte_eth_burst_mode mode;
	struct rte_eth_rxq_info rx;
	struct rte_eth_txq_info tx;
	uint32_t ptypes[16];
	char *text = NULL;
	size_t len;
	FILE *out = open_memstream(&text, &len);

	assert_non_null(out);
	assert_int_equal(rte_eth_promiscuous_enable(p->id), 0);
	if (rte_eth_dev_start(p->id) != 0) {
		fputs("start refused", out);
		fclose(out);
		return text;
	}
	assert_int_equal(rte_eth_rx_queue_info_get(p->id, 0, &rx), 0);
	assert_int_equal(rte_eth_tx_queue_info_get(p->id, 0, &tx), 0);
	assert_int_equal(rx.conf.offloads, p->cfg.rx_offloads);
	assert_int_equal(tx.conf.offloads, p->cfg.tx_offloads);
	fprintf(out, "scattered %u, types %d", rx.scattered_rx,
		rte_eth_dev_get_supported_ptypes(
			p->id, RTE_PTYPE_ALL_MASK, ptypes, RTE_DIM(ptypes)));
	assert_int_equal(rte_eth_rx_burst_mode_get(p->id, 0, &mode), 0);
	fprintf(out, "\nreceive: %s", mode.info);
	assert_int_equal(rte_eth_tx_burst_mode_get(p->id, 0, &mode), 0);
	fprintf(out, "\ntransmit: %s", mode.info);
	tell_receive(out, p);
	tell_transmit(out, p, (p->cfg.tx_offloads & RTE_ETH_TX_OFFLOAD_MBUF_FAST_FREE) != 0);
	fclose(out);
	h_stop(p);
	return text;
}

/* For each pair of configurations: A then B, without new queue setup, behaves as B alone. */
static void
configured_anew(void **state)
{
	struct h_port *p = *state, fresh;
	uint64_t r = h_rng(0x2e7);
	uint8_t key[40];
	struct h_cfg set[SETS];
	char *want[SETS], *got;
	unsigned int a, b, i;

	for (i = 0; i < sizeof(key); i++)
		key[i] = (uint8_t)rng_next(&r);
	for (i = 0; i < SETS; i++) {
		set[i] = offload_set(&r, i, key);
		h_open(&fresh, NULL);
		h_start(&fresh, &set[i]);
		want[i] = tell_port(&fresh);
		h_close(&fresh);
	}
	for (a = 0; a < SETS; a++) {
		for (b = 0; b < SETS; b++) {
			h_start(p, &set[a]);
			free(tell_port(p));
			assert_int_equal(h_configure(p, &set[b]), 0);
			got = tell_port(p);
			if (strcmp(got, want[b]) != 0)
				fail_msg("rx %#" PRIx64 " tx %#" PRIx64 " mtu %u, then rx %#" PRIx64
					 " tx %#" PRIx64 " mtu %u:\n%s\nand from the start:\n%s",
					set[a].rx_offloads, set[a].tx_offloads, set[a].mtu,
					set[b].rx_offloads, set[b].tx_offloads, set[b].mtu, got,
					want[b]);
			free(got);
		}
	}
	for (i = 0; i < SETS; i++)
		free(want[i]);
	h_start(p, NULL);
}

int
main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		h_test(vlan_strip),
		h_test(vlan_strip_switched),
		h_test(vlan_strip_switched_behind),
		h_test(vlan_insert),
		h_test(vlan_type),
		h_test(vlan_filter),
		h_test(rss_queues),
		h_test(rss_configuration),
		h_test(rx_checksum),
		h_test(rx_checksum_udp_zero),
		h_test(tx_checksum),
		cmocka_unit_test(tx_checksum_prepared_by_the_driver),
		h_test(mtu_limits),
		h_test(mtu_set_running),
		h_test(mtu_while_buffers_are_posted),
		h_test(mtu_without_scatter),
		h_test(scattered),
		h_test(scattered_at_a_high_threshold),
		h_test(tx_sums_behind_options),
		h_test(tx_sums_of_any_frame),
		h_test(keep_crc),
		h_test(packet_type),
		h_test(packet_type_unasked),
		h_test(configured_anew),
	};

	return h_main(argc, argv, tests);
}
