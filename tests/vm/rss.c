/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */

/*
 * Receive side scaling, compared with the Toeplitz hash. Port 0 sends flows of all types to port 1,
 * which has four queues. Queue and hash of each frame are compared with DPDK's rte_softrss(), with
 * tables, keys and hash fields that change while frames are sent.
 *
 * usage: rss [EAL options]; two ports joined by a cable
 * SL_SEED: seed of addresses, keys and tables
 */

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <rte_cycles.h>
#include <rte_eal.h>
#include <rte_ethdev.h>
#include <rte_malloc.h>
#include <rte_mbuf.h>
#include <rte_thash.h>

#include "frame.h"
#include "rng.h"

#define SENDER 0
#define RECEIVER 1
#define QUEUES 4u
#define RING 256u
#define POOL 4095u
#define KEY_BYTES 40u
#define RETA_ENTRIES 128u
#define BURST 32u
#define FRAME 100u
#define FLOWS_PER_KIND 64u
#define ARRIVE_MS 20000u
#define LINK_MS 40000u
/* IPv6 "no next header": used for packets without TCP and UDP. */
#define PROTO_NONE 59u

enum kind { NON_IP, IPV4, IPV4_FRAGMENT, IPV4_TCP, IPV4_UDP, IPV6, IPV6_TCP, IPV6_UDP, KINDS };

static const char *const kind_names[KINDS] = {
	"non-IP", "IPv4", "IPv4 fragment", "IPv4 TCP", "IPv4 UDP", "IPv6", "IPv6 TCP", "IPv6 UDP"};

#define HF_IP (RTE_ETH_RSS_IPV4 | RTE_ETH_RSS_IPV6 | RTE_ETH_RSS_IPV6_EX)
#define HF_TCP \
	(RTE_ETH_RSS_NONFRAG_IPV4_TCP | RTE_ETH_RSS_NONFRAG_IPV6_TCP | RTE_ETH_RSS_IPV6_TCP_EX)
#define HF_UDP \
	(RTE_ETH_RSS_NONFRAG_IPV4_UDP | RTE_ETH_RSS_NONFRAG_IPV6_UDP | RTE_ETH_RSS_IPV6_UDP_EX)

/** Addresses and ports in host byte order, as rte_softrss() takes them. */
struct flow {
	enum kind kind;
	uint32_t src[4], dst[4];
	uint32_t ports; /* source in the high half */
};

struct test {
	struct rte_mempool *pool;
	uint64_t rng;
	uint8_t key[KEY_BYTES];
	uint8_t reta[RETA_ENTRIES];
	uint64_t hf;
	uint64_t offered; /* hash types of the NIC; not every NIC supports IPv6 extension headers */
	struct flow flows[BURST];
	bool arrived[BURST];
	uint64_t per_queue[QUEUES];
	uint64_t frames, wrong;
};

static bool
is_ipv6(enum kind kind)
{
	return kind >= IPV6;
}

static uint8_t
protocol(enum kind kind)
{
	switch (kind) {
	case IPV4_TCP:
	case IPV6_TCP:
		return IPPROTO_TCP;
	case IPV4_FRAGMENT: /* of UDP: ports of fragments must not be hashed */
	case IPV4_UDP:
	case IPV6_UDP:
		return IPPROTO_UDP;
	default:
		return PROTO_NONE;
	}
}

static struct flow
random_flow(uint64_t *rng, enum kind kind)
{
	struct flow f = {.kind = kind, .ports = (uint32_t)rng_next(rng)};
	unsigned int i, words = is_ipv6(kind) ? 4 : 1;

	for (i = 0; i < words; i++) {
		f.src[i] = (uint32_t)rng_next(rng);
		f.dst[i] = (uint32_t)rng_next(rng);
	}
	/* Private addresses: 10/8, fd00::/8. */
	f.src[0] = (f.src[0] & 0xffffff) | (is_ipv6(kind) ? 0xfd000000 : 0x0a000000);
	f.dst[0] = (f.dst[0] & 0xffffff) | (is_ipv6(kind) ? 0xfd000000 : 0x0a000000);
	return f;
}

/* Write an address in the byte order of frames. */
static void
put_address(uint8_t to[16], const uint32_t words[4])
{
	unsigned int i;

	for (i = 0; i < 4; i++) {
		const rte_be32_t word = rte_cpu_to_be_32(words[i]);

		memcpy(to + i * sizeof(word), &word, sizeof(word));
	}
}

/* Build the frame of a flow. @id is its last byte. */
static void
put_frame(uint8_t *frame, const struct flow *f, uint8_t id)
{
	struct rte_ether_addr to, from;
	uint8_t src[16], dst[16];
	const struct frame_spec spec = {.to = &to,
		.from = &from,
		.version = f->kind == NON_IP ? 0 :
			is_ipv6(f->kind)     ? 6 :
					       4,
		.proto = protocol(f->kind),
		.src = src,
		.dst = dst,
		.sport = (uint16_t)(f->ports >> 16),
		.dport = (uint16_t)f->ports,
		.fragment = f->kind == IPV4_FRAGMENT ? FRAME_MORE | 8 : 0,
		.len = FRAME};

	rte_eth_macaddr_get(RECEIVER, &to);
	rte_eth_macaddr_get(SENDER, &from);
	put_address(src, f->src);
	put_address(dst, f->dst);
	frame_build(frame, &spec);
	frame[FRAME - 1] = id;
}

/* True if the NIC hashes @f. @hash: the expected value: 7.1.1.7. */
static bool
predict(const struct test *t, const struct flow *f, uint32_t *hash)
{
	const uint64_t tcp =
		is_ipv6(f->kind) ? RTE_ETH_RSS_NONFRAG_IPV6_TCP : RTE_ETH_RSS_NONFRAG_IPV4_TCP;
	const uint64_t udp =
		is_ipv6(f->kind) ? RTE_ETH_RSS_NONFRAG_IPV6_UDP : RTE_ETH_RSS_NONFRAG_IPV4_UDP;
	const uint64_t ip = is_ipv6(f->kind) ? RTE_ETH_RSS_IPV6 : RTE_ETH_RSS_IPV4;
	const unsigned int words = is_ipv6(f->kind) ? 4 : 1;
	bool l4 = (protocol(f->kind) == IPPROTO_TCP && (t->hf & tcp) != 0) ||
		(protocol(f->kind) == IPPROTO_UDP && (t->hf & udp) != 0);
	uint32_t tuple[9];

	if (f->kind == IPV4_FRAGMENT)
		l4 = false;
	*hash = 0;
	if (f->kind == NON_IP || (!l4 && (t->hf & ip) == 0))
		return false;
	memcpy(tuple, f->src, words * sizeof(tuple[0]));
	memcpy(&tuple[words], f->dst, words * sizeof(tuple[0]));
	tuple[2 * words] = f->ports;
	*hash = rte_softrss(tuple, 2 * words + (l4 ? 1 : 0), t->key);
	return true;
}

static void
check(struct test *t, const struct rte_mbuf *m, unsigned int queue)
{
	const unsigned int id = *rte_pktmbuf_mtod_offset(m, const uint8_t *, FRAME - 1);
	const bool hashed = (m->ol_flags & RTE_MBUF_F_RX_RSS_HASH) != 0;
	const struct flow *f;
	unsigned int want_queue;
	uint32_t want;
	bool want_hashed;

	if (m->data_len != FRAME || id >= BURST || t->arrived[id]) {
		t->wrong++;
		printf("queue %u: a frame that was not sent, %u bytes\n", queue, m->data_len);
		return;
	}
	t->arrived[id] = true;
	t->per_queue[queue]++;
	f = &t->flows[id];
	want_hashed = predict(t, f, &want);
	want_queue = want_hashed ? t->reta[want % RETA_ENTRIES] : 0;
	if (queue == want_queue && hashed == want_hashed && (!want_hashed || m->hash.rss == want))
		return;
	t->wrong++;
	printf("%s: queue %u, hash %s %08x; predicted: queue %u, hash %s %08x\n",
		kind_names[f->kind], queue, hashed ? "given" : "none", m->hash.rss, want_queue,
		want_hashed ? "given" : "none", want);
}

/* Send the flows and check the received frames. */
static void
run_burst(struct test *t)
{
	struct rte_mbuf *pkts[BURST];
	const uint64_t end = rte_get_timer_cycles() + rte_get_timer_hz() / MS_PER_S * ARRIVE_MS;
	unsigned int i, q, sent = 0, got = 0;

	memset(t->arrived, 0, sizeof(t->arrived));
	if (rte_pktmbuf_alloc_bulk(t->pool, pkts, BURST) != 0)
		rte_exit(EXIT_FAILURE, "rss: mbufs were lost\n");
	for (i = 0; i < BURST; i++)
		put_frame((uint8_t *)rte_pktmbuf_append(pkts[i], FRAME), &t->flows[i], (uint8_t)i);
	while (got < BURST && rte_get_timer_cycles() < end) {
		struct rte_mbuf *in[BURST];

		sent += rte_eth_tx_burst(SENDER, 0, &pkts[sent], (uint16_t)(BURST - sent));
		for (q = 0; q < QUEUES; q++) {
			uint16_t n = rte_eth_rx_burst(RECEIVER, (uint16_t)q, in, BURST);

			for (i = 0; i < n; i++)
				check(t, in[i], q);
			rte_pktmbuf_free_bulk(in, n);
			got += n;
		}
	}
	rte_pktmbuf_free_bulk(&pkts[sent], BURST - sent);
	t->frames += BURST;
	for (i = 0; i < BURST; i++) {
		if (t->arrived[i])
			continue;
		t->wrong++;
		printf("%s: a frame did not arrive\n", kind_names[t->flows[i].kind]);
	}
}

/* Flows of all types in random order. */
static bool
run_phase(struct test *t, const char *name)
{
	unsigned int left = KINDS * FLOWS_PER_KIND, i;
	const uint64_t wrong = t->wrong;

	memset(t->per_queue, 0, sizeof(t->per_queue));
	for (; left > 0; left -= BURST) {
		for (i = 0; i < BURST; i++)
			t->flows[i] = random_flow(&t->rng, (enum kind)rng_below(&t->rng, KINDS));
		run_burst(t);
	}
	printf("%-40s queues %" PRIu64 " %" PRIu64 " %" PRIu64 " %" PRIu64 ", wrong %" PRIu64 "\n",
		name, t->per_queue[0], t->per_queue[1], t->per_queue[2], t->per_queue[3],
		t->wrong - wrong);
	return t->wrong == wrong;
}

static void
random_key(struct test *t)
{
	unsigned int i;

	for (i = 0; i < KEY_BYTES; i++)
		t->key[i] = (uint8_t)rng_next(&t->rng);
}

static void
must(int rc, const char *what)
{
	if (rc < 0)
		rte_exit(EXIT_FAILURE, "rss: %s: %s\n", what, strerror(-rc));
}

static void
set_hash(struct test *t, uint64_t hf)
{
	struct rte_eth_rss_conf conf = {.rss_key = t->key, .rss_key_len = KEY_BYTES};

	t->hf = hf & t->offered;
	conf.rss_hf = t->hf;
	must(rte_eth_dev_rss_hash_update(RECEIVER, &conf), "hash update");
}

static void
set_random_reta(struct test *t)
{
	struct rte_eth_rss_reta_entry64 conf[RETA_ENTRIES / RTE_ETH_RETA_GROUP_SIZE];
	unsigned int i;

	for (i = 0; i < RETA_ENTRIES; i++) {
		t->reta[i] = (uint8_t)rng_below(&t->rng, QUEUES);
		conf[i / RTE_ETH_RETA_GROUP_SIZE].mask = UINT64_MAX;
		conf[i / RTE_ETH_RETA_GROUP_SIZE].reta[i % RTE_ETH_RETA_GROUP_SIZE] = t->reta[i];
	}
	must(rte_eth_dev_rss_reta_update(RECEIVER, conf, RETA_ENTRIES), "redirection table");
}

static void
start_port(struct test *t, uint16_t port, uint16_t rx_queues)
{
	struct rte_eth_conf conf = {0};
	struct rte_eth_dev_info info;
	struct rte_eth_link link;
	unsigned int waited = 0;
	uint16_t q;

	must(rte_eth_dev_info_get(port, &info), "info");
	t->offered = info.flow_type_rss_offloads;
	t->hf &= t->offered;
	if (rx_queues > 1) {
		conf.rxmode.mq_mode = RTE_ETH_MQ_RX_RSS;
		conf.rxmode.offloads = RTE_ETH_RX_OFFLOAD_RSS_HASH;
		conf.rx_adv_conf.rss_conf = (struct rte_eth_rss_conf){
			.rss_key = t->key, .rss_key_len = KEY_BYTES, .rss_hf = t->hf};
	}
	must(rte_eth_dev_configure(port, rx_queues, 1, &conf), "configure");
	for (q = 0; q < rx_queues; q++)
		must(rte_eth_rx_queue_setup(port, q, RING, 0, NULL, t->pool), "receive queue");
	must(rte_eth_tx_queue_setup(port, 0, RING, 0, NULL), "transmit queue");
	must(rte_eth_dev_start(port), "start");
	while (rte_eth_link_get_nowait(port, &link) == 0 && link.link_status == 0) {
		if (waited++ == LINK_MS)
			rte_exit(EXIT_FAILURE, "rss: port %u: no link\n", port);
		rte_delay_us_sleep(US_PER_S / MS_PER_S);
	}
}

static bool
run_phases(struct test *t)
{
	bool ok;

	ok = run_phase(t, "all fields, table as the driver has it");
	set_random_reta(t);
	ok &= run_phase(t, "another table while running");
	random_key(t);
	set_hash(t, t->hf);
	ok &= run_phase(t, "another key while running");
	set_hash(t, HF_IP);
	ok &= run_phase(t, "addresses alone");
	set_hash(t, HF_TCP);
	ok &= run_phase(t, "TCP alone");
	set_hash(t, RTE_ETH_RSS_NONFRAG_IPV4_UDP);
	ok &= run_phase(t, "UDP over IPv4 alone");
	set_hash(t, 0);
	ok &= run_phase(t, "nothing hashed");
	return ok;
}

int
main(int argc, char **argv)
{
	struct test *t;
	unsigned int i;
	bool ok;

	if (rte_eal_init(argc, argv) < 0)
		return EXIT_FAILURE;
	t = rte_zmalloc("test", sizeof(*t), 0);
	if (t == NULL || rte_eth_dev_count_avail() != 2)
		rte_exit(
			EXIT_FAILURE, "rss: %u ports; two are wanted\n", rte_eth_dev_count_avail());
	t->rng = rng_seed(0);
	t->pool = rte_pktmbuf_pool_create(
		"rss", POOL, 0, 0, RTE_MBUF_DEFAULT_BUF_SIZE, SOCKET_ID_ANY);
	if (t->pool == NULL)
		rte_exit(EXIT_FAILURE, "rss: no memory for mbufs\n");
	t->hf = HF_IP | HF_TCP | HF_UDP;
	for (i = 0; i < RETA_ENTRIES; i++)
		t->reta[i] = (uint8_t)(i % QUEUES);
	random_key(t);
	start_port(t, SENDER, 1);
	start_port(t, RECEIVER, QUEUES);
	ok = run_phases(t);
	for (i = 0; i < 2; i++) {
		rte_eth_dev_stop((uint16_t)i);
		rte_eth_dev_close((uint16_t)i);
	}
	if (rte_mempool_in_use_count(t->pool) != 0) {
		printf("%u mbufs were lost\n", rte_mempool_in_use_count(t->pool));
		ok = false;
	}
	printf("%s: %" PRIu64 " frames, %" PRIu64 " not as predicted\n", ok ? "passed" : "failed",
		t->frames, t->wrong);
	rte_mempool_free(t->pool);
	rte_free(t);
	rte_eal_cleanup();
	return ok ? EXIT_SUCCESS : EXIT_FAILURE;
}
