/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */
/* First frame, both directions, link, and receive filters. */
#include "harness.h"
#include "compat.h"

static const struct rte_ether_addr other_mac = {{0x02, 0x55, 0x55, 0, 0, 9}};
static const struct rte_ether_addr broadcast = {{0xff, 0xff, 0xff, 0xff, 0xff, 0xff}};
static const struct rte_ether_addr group_a = {{0x01, 0x00, 0x5e, 0x01, 0x02, 0x03}};
static const struct rte_ether_addr group_b = {{0x01, 0x00, 0x5e, 0x11, 0x22, 0x33}};

/* Check that a frame to dst is received, or is not. */
static void
wanted(struct h_port *p, const struct rte_ether_addr *dst, bool want)
{
	uint8_t f[100];

	frame_ether(f, sizeof(f), dst, h_seed() ^ dst->addr_bytes[5]);
	if (want)
		h_expect(p, 0, f, sizeof(f));
	else
		h_expect_none(p, f, sizeof(f));
}

static void
first_frame(void **state)
{
	struct h_port *p = *state;
	uint8_t f[64], got[H_FRAME_CAP];

	h_start(p, NULL);
	frame_ether(f, sizeof(f), &p->mac, 1);
	h_expect(p, 0, f, sizeof(f));
	h_send(p, 0, h_mbuf(p, f, sizeof(f), 1));
	assert_int_equal(h_take(p, got), sizeof(f));
	assert_memory_equal(got, f, sizeof(f));
}

static void
both_directions(void **state)
{
	struct h_port *p = *state;
	struct rte_mbuf *m[H_MAX_BURST];
	uint8_t f[2][1514];
	unsigned int i, d;

	h_start(&p[0], NULL);
	h_start(&p[1], NULL);
	h_join(&p[0], &p[1]);
	for (i = 60; i <= sizeof(f[0]); i++) {
		for (d = 0; d < 2; d++) {
			frame_ether(f[d], i, &p[1 - d].mac, i * 2 + d);
			m[0] = h_mbuf(&p[d], f[d], i, 1);
			assert_int_equal(rte_eth_tx_burst(p[d].id, 0, m, 1), 1);
			h_step(&p[d]);
		}
		for (d = 0; d < 2; d++) {
			struct rte_mbuf *got = h_recv_one(&p[1 - d], 0);

			assert_int_equal(got->port, p[1 - d].id);
			h_same(got, f[d], i);
			rte_pktmbuf_free(got);
		}
	}
}

static void
wire_loop(void **state)
{
	struct h_port p;
	uint8_t f[600];

	(void)state;
	h_open(&p, "wire=loop");
	h_start(&p, NULL);
	frame_ether(f, sizeof(f), &p.mac, 7);
	h_send(&p, 0, h_mbuf(&p, f, sizeof(f), 3));
	for (unsigned int i = 0; i < 2; i++) {
		struct rte_mbuf *m = h_recv_one(&p, 0);

		h_same(m, f, sizeof(f));
		h_send(&p, 0, m);
	}
	rte_pktmbuf_free(h_recv_one(&p, 0));
	h_close(&p);
}

static void
wire_peer(void **state)
{
	struct h_port a, b;
	uint8_t f[600];
	struct rte_mbuf *m;

	(void)state;
	h_open(&a, "wire=peer:cable");
	h_open(&b, "wire=peer:cable");
	h_start(&a, NULL);
	h_start(&b, NULL);
	frame_ether(f, sizeof(f), &b.mac, 7);
	h_send(&a, 0, h_mbuf(&a, f, sizeof(f), 2));
	m = h_recv_one(&b, 0);
	h_same(m, f, sizeof(f));
	rte_pktmbuf_free(m);
	frame_ether(f, sizeof(f), &a.mac, 8);
	h_send(&b, 0, h_mbuf(&b, f, sizeof(f), 1));
	m = h_recv_one(&a, 0);
	h_same(m, f, sizeof(f));
	rte_pktmbuf_free(m);
	h_close(&a);
	h_close(&b);
}

static void
link_is(struct h_port *p, int status)
{
	struct rte_eth_link link;

	h_step(p);
	assert_int_equal(rte_eth_link_get_nowait(p->id, &link), 0);
	assert_int_equal(link.link_status, status);
	if (status == RTE_ETH_LINK_UP) {
		assert_int_equal(link.link_speed, h_mbps(p));
		assert_int_equal(link.link_duplex, RTE_ETH_LINK_FULL_DUPLEX);
	}
}

static void
link_status(void **state)
{
	struct h_port *p = *state;

	h_start(p, NULL);
	link_is(p, RTE_ETH_LINK_UP);
	p->wire->down = true;
	link_is(p, RTE_ETH_LINK_DOWN);
	p->wire->down = false;
	link_is(p, RTE_ETH_LINK_UP);
	h_alive(p);
	assert_int_equal(rte_eth_dev_set_link_down(p->id), 0);
	link_is(p, RTE_ETH_LINK_DOWN);
	assert_int_equal(rte_eth_dev_set_link_up(p->id), 0);
	link_is(p, RTE_ETH_LINK_UP);
	h_alive(p);
}

/* The connector of the port is known also while the link is down and after the NIC is removed. */
static void
connector(void **state)
{
	struct h_port *p = *state;
	struct rte_eth_link link;

	h_start(p, &(struct h_cfg){.lsc = true});
	assert_int_equal(rte_eth_link_get_nowait(p->id, &link), 0);
	assert_true(COMPAT_CONNECTOR_IS(&link, TP));
	assert_int_equal(link.link_autoneg, RTE_ETH_LINK_AUTONEG);
	h_stop(p);
	p->wire->down = true;
	link_is(p, RTE_ETH_LINK_DOWN);
	assert_int_equal(rte_eth_link_get_nowait(p->id, &link), 0);
	assert_true(COMPAT_CONNECTOR_IS(&link, TP));
	assert_int_equal(link.link_autoneg, RTE_ETH_LINK_AUTONEG);
	assert_int_equal(rte_eth_dev_start(p->id), 0);
	p->wire->down = false;
	h_alive(p);
}

static void
unicast_filter(void **state)
{
	struct h_port *p = *state;

	h_start(p, NULL);
	wanted(p, &p->mac, true);
	wanted(p, &other_mac, false);
	wanted(p, &broadcast, true);
	wanted(p, &group_a, false);
}

static void
promiscuous(void **state)
{
	struct h_port *p = *state;

	h_start(p, NULL);
	assert_int_equal(rte_eth_promiscuous_enable(p->id), 0);
	assert_int_equal(rte_eth_promiscuous_get(p->id), 1);
	wanted(p, &other_mac, true);
	wanted(p, &group_a, true);
	assert_int_equal(rte_eth_promiscuous_disable(p->id), 0);
	wanted(p, &other_mac, false);
	wanted(p, &group_a, false);
	/* Allmulticast mode stays on when promiscuous mode ends. */
	assert_int_equal(rte_eth_allmulticast_enable(p->id), 0);
	assert_int_equal(rte_eth_promiscuous_enable(p->id), 0);
	assert_int_equal(rte_eth_promiscuous_disable(p->id), 0);
	wanted(p, &other_mac, false);
	wanted(p, &group_a, true);
}

static void
promiscuous_after_restart(void **state)
{
	struct h_port *p = *state;

	h_start(p, NULL);
	assert_int_equal(rte_eth_promiscuous_enable(p->id), 0);
	h_stop(p);
	assert_int_equal(rte_eth_dev_start(p->id), 0);
	wanted(p, &other_mac, true);
	h_stop(p);
	assert_int_equal(rte_eth_promiscuous_disable(p->id), 0);
	assert_int_equal(rte_eth_dev_start(p->id), 0);
	wanted(p, &other_mac, false);
}

static void
multicast(void **state)
{
	struct h_port *p = *state;
	struct rte_ether_addr list[1] = {group_a};

	h_start(p, NULL);
	assert_int_equal(rte_eth_allmulticast_enable(p->id), 0);
	wanted(p, &group_a, true);
	wanted(p, &other_mac, false);
	assert_int_equal(rte_eth_allmulticast_disable(p->id), 0);
	wanted(p, &group_a, false);
	assert_int_equal(rte_eth_dev_set_mc_addr_list(p->id, list, 1), 0);
	wanted(p, &group_a, true);
	wanted(p, &group_b, false);
	h_stop(p);
	assert_int_equal(rte_eth_dev_start(p->id), 0);
	wanted(p, &group_a, true);
	wanted(p, &group_b, false);
	assert_int_equal(rte_eth_dev_set_mc_addr_list(p->id, NULL, 0), 0);
	wanted(p, &group_a, false);
}

static void
mac_add_remove(void **state)
{
	struct h_port *p = *state;
	struct rte_ether_addr mac = other_mac;
	struct rte_eth_dev_info info;
	unsigned int i;

	h_start(p, NULL);
	assert_int_equal(rte_eth_dev_info_get(p->id, &info), 0);
	for (i = 1; i < info.max_mac_addrs; i++) {
		mac.addr_bytes[4] = (uint8_t)i;
		assert_int_equal(rte_eth_dev_mac_addr_add(p->id, &mac, 0), 0);
	}
	mac.addr_bytes[4] = (uint8_t)i;
	assert_int_equal(rte_eth_dev_mac_addr_add(p->id, &mac, 0), -ENOSPC);
	wanted(p, &mac, false);
	for (i = 1; i < info.max_mac_addrs; i++) {
		mac.addr_bytes[4] = (uint8_t)i;
		wanted(p, &mac, true);
	}
	h_stop(p);
	assert_int_equal(rte_eth_dev_start(p->id), 0);
	for (i = 1; i < info.max_mac_addrs; i++) {
		mac.addr_bytes[4] = (uint8_t)i;
		wanted(p, &mac, true);
		assert_int_equal(rte_eth_dev_mac_addr_remove(p->id, &mac), 0);
		wanted(p, &mac, false);
	}
	wanted(p, &p->mac, true);
}

static void
mac_set(void **state)
{
	struct h_port *p = *state;
	struct rte_ether_addr mac = other_mac, got;

	h_start(p, NULL);
	assert_int_equal(rte_eth_dev_default_mac_addr_set(p->id, &mac), 0);
	wanted(p, &mac, true);
	wanted(p, &p->mac, false);
	h_stop(p);
	assert_int_equal(rte_eth_dev_start(p->id), 0);
	wanted(p, &mac, true);
	wanted(p, &p->mac, false);
	assert_int_equal(rte_eth_macaddr_get(p->id, &got), 0);
	assert_memory_equal(&got, &mac, sizeof(mac));
	/* The port's address cannot be a group address. */
	mac = group_a;
	assert_true(rte_eth_dev_default_mac_addr_set(p->id, &mac) < 0);
	wanted(p, &group_a, false);
}

static void
short_frames_are_padded(void **state)
{
	struct h_port *p = *state;
	static const uint8_t zero[60];
	uint8_t f[60], got[H_FRAME_CAP];
	uint32_t len;

	h_start(p, NULL);
	for (len = 17; len <= 60; len++) {
		frame_ether(f, sizeof(f), &other_mac, len);
		h_send(p, 0, h_mbuf(p, f, len, 1));
		assert_int_equal(h_take(p, got), 60);
		assert_memory_equal(got, f, len);
		assert_memory_equal(got + len, zero, 60 - len);
	}
}

static void
damaged_frames(void **state)
{
	struct h_port *p = *state;
	struct rte_eth_stats s;
	uint8_t f[80];

	h_start(p, NULL);
	frame_ether(f, sizeof(f), &p->mac, 3);
	h_give_bad_fcs(p, f, sizeof(f));
	h_recv_none(p);
	s = h_stats(p);
	assert_int_equal(s.ierrors, 1);
	assert_int_equal(s.ipackets, 0);
	h_alive(p);
}

/* A burst returns all ready frames, up to its limit, also after empty polls and full bursts. */
static void
whole_bursts(void **state)
{
	struct h_port *p = *state;
	uint64_t rng = h_rng(0xb0257);
	struct rte_mbuf *m[H_MAX_BURST];
	unsigned int lap, i, at, given, burst;
	uint8_t f[60];
	uint16_t n;

	h_start(p, NULL);
	for (lap = 0; lap < 200; lap++) {
		given = rng_range(&rng, 1, 40);
		burst = lap % 3 == 0 ? H_MAX_BURST : rng_range(&rng, 1, H_MAX_BURST);
		for (i = 0; i < given; i++) {
			frame_ether(f, sizeof(f), &p->mac, lap * 64 + i);
			h_give(p, f, sizeof(f));
		}
		h_step(p);
		for (at = 0; at < given; at += n) {
			n = rte_eth_rx_burst(p->id, 0, m, (uint16_t)burst);
			assert_int_equal(n, RTE_MIN(burst, given - at));
			for (i = 0; i < n; i++) {
				frame_ether(f, sizeof(f), &p->mac, lap * 64 + at + i);
				h_same(m[i], f, sizeof(f));
			}
			rte_pktmbuf_free_bulk(m, n);
		}
		if (rng_range(&rng, 0, 1) == 0)
			assert_int_equal(rte_eth_rx_burst(p->id, 0, m, (uint16_t)burst), 0);
	}
}

int
main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		h_test(first_frame),
		h_test_pair(both_directions),
		cmocka_unit_test(wire_loop),
		cmocka_unit_test(wire_peer),
		h_test(link_status),
		h_test(connector),
		h_test(unicast_filter),
		h_test(promiscuous),
		h_test(promiscuous_after_restart),
		h_test(multicast),
		h_test(mac_add_remove),
		h_test(mac_set),
		h_test(short_frames_are_padded),
		h_test(damaged_frames),
		h_test(whole_bursts),
	};

	return h_main(argc, argv, tests);
}
