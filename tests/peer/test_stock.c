/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */

/*
 * DPDK's own drivers on the device models: net_e1000_igb on the 82576, net_ixgbe on the 82599.
 * These drivers were written for the real devices. They must probe, start and pass frames; if they
 * fail, the model is wrong. Contents, order and counters are compared. No time is measured.
 */

#include <rte_flow.h>

#include "compat.h"
#include "harness.h"
#include "lanes.h"
#include "sl_fields.h"
#include "sl_regs_82599.h"
#include "stock.h"

#define FLOWS 4u    /* one per lane of the wire */
#define FRAMES 256u /* different frames, repeated in a loop */
#define RING 256u
#define STEP 64u
#define POOL 4095u
#define EMPTY_MAX 4u
#define SPORT 1000u /* source port of the first lane */

/** A driver and its device. */
struct kind {
	const char *driver;
	uint16_t pci_device;
	uint32_t speed;
	uint16_t min_burst; /**< smallest burst with which its receive function returns frames */
	bool counters;	    /**< the device has statistics and reports checksums */
	uint16_t loses;	    /**< mbufs that the driver may lose */
	uint16_t queues;    /**< queues in tests with several */
};

#define IGB(id, queues) \
	{ \
		"net_e1000_igb", SL_PCI_DEV_##id, RTE_ETH_SPEED_NUM_1G, 1, true, 0, queues \
	}
static const struct kind igb_82576 = IGB(82576, 4), igb_82580 = IGB(82580, 4),
			 igb_i350 = IGB(I350, 4), igb_i354 = IGB(I354, 4), igb_i210 = IGB(I210, 4),
			 igb_i211 = IGB(I211, 2);
static const struct kind ixgbe = {
	"net_ixgbe", SL_PCI_DEV_82599_KX4, RTE_ETH_SPEED_NUM_10G, 4, true, COMPAT_IXGBE_LOSES, 4};

/** One port of the stock driver, its wire, and the expected results. */
struct rig {
	const struct kind *kind;
	struct stock s;
	struct lanes *wire;
	struct rte_mempool *pool;
	struct sl_frame frames[FLOWS][FRAMES];
	unsigned int flow_queue[FLOWS];
	uint64_t moved, bytes;
	uint16_t queues; /**< number of running queues */
	bool checksums;	 /**< forwarding clears the checksums, and the device inserts them */
	bool filters;	 /**< each lane has a separate queue: steered_to() */
	/* For the sink: frames of each lane received so far, and number of wrong frames. */
	uint64_t seen[FLOWS];
	uint64_t wrong;
};

/* --- frames: the source port is different for each lane, so that each lane is one flow --- */

static struct h_flow
lane_flow(unsigned int l)
{
	return (struct h_flow){.src = 0x0a000001 + l * 77,
		.dst = 0x0a010001,
		.sport = (uint16_t)(SPORT + l),
		.dport = 2000,
		.proto = IPPROTO_UDP};
}

static void
frames_make(struct rig *r, uint64_t *rng, uint32_t min, uint32_t max)
{
	const struct rte_ether_addr dst = {{0x02, 0, 0, 0, 0, 0x77}};
	unsigned int l, i;

	for (l = 0; l < FLOWS; l++) {
		for (i = 0; i < FRAMES; i++) {
			struct h_flow flow = lane_flow(l);
			uint32_t len = rng_range(rng, min, max);
			uint8_t *data = malloc(len);

			assert_non_null(data);
			h_ip(data, len, &dst, &flow, rng_next(rng));
			r->frames[l][i] = (struct sl_frame){.data = data, .len = len};
		}
		r->wire->lane[l].frames = r->frames[l];
		r->wire->lane[l].n = FRAMES;
	}
}

static void
frames_free(struct rig *r)
{
	unsigned int l, i;

	for (l = 0; l < FLOWS; l++)
		for (i = 0; i < FRAMES; i++)
			free((void *)(uintptr_t)r->frames[l][i].data);
}

/* Check that each flow arrives as it was sent: same bytes, same order. */
static void
sink(void *ctx, const struct sl_frame *frames, unsigned int n)
{
	struct rig *r = ctx;
	unsigned int i, l;

	for (i = 0; i < n; i++) {
		const struct sl_frame *want;

		for (l = 0; l < FLOWS; l++) {
			want = &r->frames[l][r->seen[l] % FRAMES];
			if (frames[i].len == want->len &&
				memcmp(frames[i].data, want->data, want->len) == 0)
				break;
		}
		if (l == FLOWS)
			r->wrong++;
		else
			r->seen[l]++;
	}
}

/* --- the port --- */

static int
rig_setup(void **state)
{
	struct rig *r = calloc(1, sizeof(*r));

	assert_non_null(r);
	r->kind = *state;
	assert_int_equal(stock_open(&r->s, r->kind->driver, r->kind->pci_device, "stock"), 0);
	r->wire = lanes_new();
	assert_non_null(r->wire);
	r->wire->sink = sink;
	r->wire->ctx = r;
	assert_int_equal(sl_softnic_attach(r->s.nic, &r->wire->base), 0);
	r->pool = rte_pktmbuf_pool_create(
		"stock", POOL, 128, 0, RTE_MBUF_DEFAULT_BUF_SIZE, SOCKET_ID_ANY);
	assert_non_null(r->pool);
	*state = r;
	return 0;
}

static int
rig_teardown(void **state)
{
	struct rig *r = *state;

	/* cmocka installed its own signal handlers before this fixture. */
	assert_int_equal(trap_arm(), 0);
	frames_free(r);
	assert_int_equal(stock_close(&r->s), 0);
	assert_in_range(rte_mempool_avail_count(r->pool), POOL - r->kind->loses, POOL);
	rte_mempool_free(r->pool);
	free(r);
	return 0;
}

static void
port_start(struct rig *r, uint16_t queues, const struct rte_eth_conf *conf)
{
	uint16_t port = r->s.port, q;
	struct rte_eth_link link;

	assert_int_equal(rte_eth_dev_configure(port, queues, queues, conf), 0);
	for (q = 0; q < queues; q++) {
		assert_int_equal(rte_eth_rx_queue_setup(port, q, RING, 0, NULL, r->pool), 0);
		assert_int_equal(rte_eth_tx_queue_setup(port, q, RING, 0, NULL), 0);
	}
	assert_int_equal(rte_eth_dev_start(port), 0);
	assert_int_equal(rte_eth_promiscuous_enable(port), 0);
	/* The link comes up after the device has read the state of its wire. */
	stock_step(&r->s, STEP);
	assert_int_equal(rte_eth_link_get(port, &link), 0);
	assert_int_equal(link.link_status, RTE_ETH_LINK_UP);
	assert_int_equal(link.link_speed, r->kind->speed);
	assert_int_equal(link.link_duplex, RTE_ETH_LINK_FULL_DUPLEX);
	assert_int_equal(stock_run(&r->s, queues), 0);
	r->queues = queues;
}

static void
port_stop(struct rig *r)
{
	assert_int_equal(stock_halt(&r->s), 0);
	assert_int_equal(rte_eth_dev_stop(r->s.port), 0);
}

/*
 * Clear the checksums of a valid frame and request them from the device. The sent frame must equal
 * the received one.
 */
static void
checksums_out(const struct rig *r, struct rte_mbuf *m)
{
	struct rte_ipv4_hdr *ip =
		rte_pktmbuf_mtod_offset(m, struct rte_ipv4_hdr *, sizeof(struct rte_ether_hdr));
	struct rte_udp_hdr *udp = (struct rte_udp_hdr *)(ip + 1);

	if (r->kind->counters) {
		assert_int_equal(
			m->ol_flags & RTE_MBUF_F_RX_IP_CKSUM_MASK, RTE_MBUF_F_RX_IP_CKSUM_GOOD);
		assert_int_equal(
			m->ol_flags & RTE_MBUF_F_RX_L4_CKSUM_MASK, RTE_MBUF_F_RX_L4_CKSUM_GOOD);
	}
	m->ol_flags = RTE_MBUF_F_TX_IPV4 | RTE_MBUF_F_TX_IP_CKSUM | RTE_MBUF_F_TX_UDP_CKSUM;
	m->l2_len = sizeof(struct rte_ether_hdr);
	m->l3_len = sizeof(*ip);
	ip->hdr_checksum = 0;
	udp->dgram_cksum = rte_ipv4_phdr_cksum(ip, m->ol_flags);
}

/* Queue of the filter for a lane. */
static uint16_t
steered_to(const struct rig *r, unsigned int l)
{
	return (uint16_t)((l + 1) % r->kind->queues);
}

static void
check_queue(const struct rig *r, const struct rte_mbuf *m, uint16_t q)
{
	const struct rte_udp_hdr *udp = rte_pktmbuf_mtod_offset(m, const struct rte_udp_hdr *,
		sizeof(struct rte_ether_hdr) + sizeof(struct rte_ipv4_hdr));

	assert_int_equal(q, steered_to(r, rte_be_to_cpu_16(udp->src_port) - SPORT));
}

/* Send all frames. A ring full of long chains drains while the device is stepped. */
static void
send_all(struct rig *r, uint16_t q, struct rte_mbuf **m, uint16_t n)
{
	uint16_t sent = 0;
	unsigned int tries;

	for (tries = 0; tries < H_STEPS && sent < n; tries++) {
		sent += rte_eth_tx_burst(r->s.port, q, m + sent, n - sent);
		if (sent < n)
			stock_step(&r->s, STEP);
	}
	assert_int_equal(sent, n);
}

/* Receive all frames of each queue and send them on the same queue. */
static unsigned int
forward(struct rig *r, uint16_t queues, uint16_t burst)
{
	struct rte_mbuf *m[H_MAX_BURST];
	unsigned int moved = 0, empty, i;
	uint16_t q, n;

	for (q = 0; q < queues; q++) {
		/* A burst may be empty because the end of a frame was not in it. */
		for (empty = 0; empty < EMPTY_MAX; empty += n == 0) {
			n = rte_eth_rx_burst(r->s.port, q, m, burst);
			for (i = 0; i < n; i++) {
				r->bytes += rte_pktmbuf_pkt_len(m[i]);
				if (r->checksums)
					checksums_out(r, m[i]);
				if (r->filters)
					check_queue(r, m[i], q);
			}
			send_all(r, q, m, n);
			moved += n;
		}
	}
	return moved;
}

/* Pass @p each frames of each lane, in rounds of random size. */
static void
pass(struct rig *r, uint64_t *rng, uint16_t queues, unsigned int each)
{
	unsigned int l, left = each, round;
	uint64_t want = (uint64_t)each * FLOWS, before = r->moved;

	while (r->moved - before < want) {
		uint64_t was = r->moved;

		round = rng_range(rng, 1, 32);
		round = round < left ? round : left;
		for (l = 0; l < FLOWS; l++)
			r->wire->lane[l].due = round;
		left -= round;
		while (stock_step(&r->s, STEP) != 0)
			r->moved += forward(r, queues,
				(uint16_t)rng_range(rng, r->kind->min_burst, H_MAX_BURST));
		assert_int_equal(r->moved - was, round * FLOWS);
	}
	while (stock_step(&r->s, STEP) != 0)
		;
}

/* Check the driver's statistics. Some of their registers share pages with doorbells. */
static void
check_registers(struct rig *r)
{
	struct rte_eth_stats eth;

	assert_int_equal(stock_halt(&r->s), 0);
	assert_int_equal(rte_eth_stats_get(r->s.port, &eth), 0);
	assert_int_equal(stock_run(&r->s, r->queues), 0);
	assert_int_equal(eth.ipackets, r->moved);
	assert_int_equal(eth.opackets, r->moved);
	assert_int_equal(eth.ibytes, r->bytes);
	assert_int_equal(eth.obytes, r->bytes);
	assert_int_equal(eth.imissed, 0);
	assert_int_equal(eth.ierrors, 0);
	assert_int_equal(eth.oerrors, 0);
}

static void
check_counters(struct rig *r)
{
	struct sl_softnic_stats nic;

	assert_int_equal(r->wrong, 0);
	assert_int_equal(r->wire->sent, r->moved);
	assert_int_equal(r->wire->sent_bytes, r->bytes);
	if (r->kind->counters)
		check_registers(r);
	sl_softnic_stats(r->s.nic, &nic);
	assert_int_equal(nic.rx_frames, r->moved);
	assert_int_equal(nic.tx_frames, r->moved);
	assert_int_equal(nic.dma_faults, 0);
	assert_int_equal(nic.bad_desc, 0);
}

/* --- tests --- */

static void
one_queue(void **state)
{
	const struct rte_eth_conf conf = {0};
	uint64_t rng = h_rng(1);
	struct rig *r = *state;

	assert_int_equal(trap_arm(), 0);
	frames_make(r, &rng, 60, 1514);
	port_start(r, 1, &conf);
	pass(r, &rng, 1, 2000);
	check_counters(r);
	port_stop(r);
}

/* RSS: each flow stays on one queue, so its order is kept. */
static void
some_queues(void **state)
{
	const struct rte_eth_conf conf = {
		.rxmode.mq_mode = RTE_ETH_MQ_RX_RSS,
		.rx_adv_conf.rss_conf.rss_hf = RTE_ETH_RSS_IPV4 | RTE_ETH_RSS_NONFRAG_IPV4_UDP,
	};
	uint64_t rng = h_rng(2);
	struct rig *r = *state;

	assert_int_equal(trap_arm(), 0);
	frames_make(r, &rng, 60, 1514);
	port_start(r, r->kind->queues, &conf);
	pass(r, &rng, r->kind->queues, 2000);
	check_counters(r);
	port_stop(r);
}

/* Add a filter for addresses, protocol and ports, with the driver's lowest priority. */
static void
filter_add(const struct rig *r, unsigned int l)
{
	const struct h_flow f = lane_flow(l);
	const struct rte_flow_attr attr = {.ingress = 1, .priority = 1};
	const struct rte_flow_item_ipv4 ip = {.hdr.src_addr = rte_cpu_to_be_32(f.src),
		.hdr.dst_addr = rte_cpu_to_be_32(f.dst),
		.hdr.next_proto_id = f.proto};
	const struct rte_flow_item_ipv4 ip_all = {.hdr.src_addr = UINT32_MAX,
		.hdr.dst_addr = UINT32_MAX,
		.hdr.next_proto_id = UINT8_MAX};
	const struct rte_flow_item_udp udp = {.hdr.src_port = rte_cpu_to_be_16(f.sport),
		.hdr.dst_port = rte_cpu_to_be_16(f.dport)};
	const struct rte_flow_item_udp udp_all = {
		.hdr.src_port = UINT16_MAX, .hdr.dst_port = UINT16_MAX};
	const struct rte_flow_item pattern[] = {
		{.type = RTE_FLOW_ITEM_TYPE_ETH},
		{.type = RTE_FLOW_ITEM_TYPE_IPV4, .spec = &ip, .mask = &ip_all},
		{.type = RTE_FLOW_ITEM_TYPE_UDP, .spec = &udp, .mask = &udp_all},
		{.type = RTE_FLOW_ITEM_TYPE_END},
	};
	const struct rte_flow_action_queue queue = {.index = steered_to(r, l)};
	const struct rte_flow_action actions[] = {
		{.type = RTE_FLOW_ACTION_TYPE_QUEUE, .conf = &queue},
		{.type = RTE_FLOW_ACTION_TYPE_END},
	};
	struct rte_flow_error error = {0};

	if (rte_flow_create(r->s.port, &attr, pattern, actions, &error) == NULL)
		fail_msg("no filter for lane %u: %s", l, error.message);
}

/* Filters select queues: the frames of each lane arrive on the queue of its filter. */
static void
filters(void **state)
{
	const struct rte_eth_conf conf = {0};
	uint64_t rng = h_rng(6);
	struct rig *r = *state;
	unsigned int l;

	assert_int_equal(trap_arm(), 0);
	r->filters = true;
	frames_make(r, &rng, 60, 1514);
	port_start(r, r->kind->queues, &conf);
	for (l = 0; l < FLOWS; l++)
		filter_add(r, l);
	pass(r, &rng, r->kind->queues, 1000);
	check_counters(r);
	port_stop(r);
}

/* Frames longer than a buffer, as chains in both directions. */
static void
jumbo(void **state)
{
	const struct rte_eth_conf conf = {
		.rxmode = {.mtu = 9000, .offloads = RTE_ETH_RX_OFFLOAD_SCATTER},
		.txmode.offloads = RTE_ETH_TX_OFFLOAD_MULTI_SEGS,
	};
	uint64_t rng = h_rng(3);
	struct rig *r = *state;

	assert_int_equal(trap_arm(), 0);
	frames_make(r, &rng, 60, 9014);
	port_start(r, 1, &conf);
	pass(r, &rng, 1, 500);
	check_counters(r);
	port_stop(r);
}

static void
checksums(void **state)
{
	const struct rte_eth_conf conf = {
		.rxmode.offloads = RTE_ETH_RX_OFFLOAD_CHECKSUM,
		.txmode.offloads = RTE_ETH_TX_OFFLOAD_IPV4_CKSUM | RTE_ETH_TX_OFFLOAD_UDP_CKSUM,
	};
	uint64_t rng = h_rng(5);
	struct rig *r = *state;

	assert_int_equal(trap_arm(), 0);
	r->checksums = true;
	frames_make(r, &rng, 60, 1514);
	port_start(r, 1, &conf);
	pass(r, &rng, 1, 1000);
	check_counters(r);
	port_stop(r);
}

/* After a stop and start, the port works and its counters continue. */
static void
again(void **state)
{
	const struct rte_eth_conf conf = {0};
	uint64_t rng = h_rng(4);
	struct rig *r = *state;
	unsigned int i;

	assert_int_equal(trap_arm(), 0);
	frames_make(r, &rng, 60, 300);
	port_start(r, 1, &conf);
	for (i = 0; i < 3; i++) {
		pass(r, &rng, 1, 100);
		check_counters(r);
		port_stop(r);
		assert_int_equal(rte_eth_dev_start(r->s.port), 0);
		stock_step(&r->s, STEP);
		assert_int_equal(stock_run(&r->s, 1), 0);
	}
	port_stop(r);
}

static void
identity(void **state)
{
	struct rig *r = *state;
	struct rte_ether_addr mac;
	struct rte_eth_dev_info info;
	uint64_t traps;

	assert_int_equal(trap_arm(), 0);
	assert_int_equal(rte_eth_dev_info_get(r->s.port, &info), 0);
	assert_string_equal(info.driver_name, r->kind->driver);
	assert_int_equal(rte_eth_macaddr_get(r->s.port, &mac), 0);
	/* The MAC address of the model's NVM is locally administered. */
	assert_int_equal(mac.addr_bytes[0], 0x02);
	/* The driver identifies the device correctly. */
	assert_int_equal(info.max_rx_queues, sl_softnic_device(r->s.nic)->queues);
	traps = trap_count(r->s.bar);
	assert_true(traps > 0);
	print_message("%s: %" PRIu64 " register accesses to probe\n", r->kind->driver, traps);
}

/*
 * Reason why the tests cannot run on this machine, or NULL. EAL has loaded all available drivers.
 */
static const char *
obstacle(void)
{
	if (!stock_has(igb_82576.driver))
		return "DPDK here has no net_e1000_igb";
	return stock_has(ixgbe.driver) ? NULL : "DPDK here has no net_ixgbe";
}

int
main(int argc, char **argv)
{
#define STOCK_TEST(f, kind) \
	{ \
#kind " " #f, f, rig_setup, rig_teardown, (void *)(uintptr_t)&kind \
	}
#define STOCK_TESTS(kind) \
	STOCK_TEST(identity, kind), STOCK_TEST(one_queue, kind), STOCK_TEST(some_queues, kind), \
		STOCK_TEST(jumbo, kind), STOCK_TEST(checksums, kind), STOCK_TEST(again, kind)
	const struct CMUnitTest tests[] = {
		STOCK_TESTS(igb_82576),
		STOCK_TESTS(igb_82580),
		STOCK_TESTS(igb_i350),
		STOCK_TESTS(igb_i354),
		STOCK_TESTS(igb_i210),
		STOCK_TESTS(igb_i211),
		STOCK_TESTS(ixgbe),
		STOCK_TEST(filters, ixgbe),
	};
	const char *why = trap_obstacle();

	if (why == NULL && h_init(argc, argv) != 0)
		return 1;
	if (why == NULL)
		why = obstacle();
	if (why != NULL) {
		printf("skipped: %s\n", why);
		return 77;
	}
	return h_fini(cmocka_run_group_tests(tests, NULL, NULL));
}
