/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */
/*
 * Heavy traffic: seeded random rounds with each byte compared, and bursts that cross the end of the
 * ring at each index. No frame is lost, duplicated, reordered or leaked.
 *
 * SL_FRAMES is the number of frames in all random rounds (1 million). SL_SEED selects the frames.
 */
#include "harness.h"

#define FLOWS 32u
#define HEADERS 42u /* Ethernet, IPv4, UDP */
#define FRAME_LONGEST 9018u
#define TABLE_LEN (64u << 10)
#define ROUND_FRAMES 25000u

static const struct rte_ether_addr any_mac = {{0x02, 0x55, 0x55, 0, 0, 9}};

/* Origin of a frame, after its headers. */
struct tag {
	uint32_t flow;
	uint32_t seq;
	uint32_t at; /* offset of its payload in the table */
	uint32_t len;
};

/* One direction of a round: sender, receiver, and expected frames. */
struct lane {
	struct h_port *from, *to;
	uint32_t sent[FLOWS], due[FLOWS]; /* next sequence number of each flow */
	uint64_t in_flight;
};

struct traffic {
	uint64_t rng;
	uint8_t *table;			 /* random bytes; payloads are parts of it */
	uint8_t headers[FLOWS][HEADERS]; /* headers of a frame of each flow */
	struct lane lane[2];
	uint32_t longest;
	uint64_t left, compared, bytes;
};

static uint32_t
random_length(struct traffic *t)
{
	switch (rng_range(&t->rng, 0, 9)) {
	case 0:
	case 1:
	case 2:
	case 3:
		return rng_range(&t->rng, 60, 128);
	case 4:
	case 5:
	case 6:
		return rng_range(&t->rng, 60, RTE_MIN(t->longest, 1518u));
	case 7:
	case 8:
		return 60 + rng_range(&t->rng, 0, 3) * 4;
	default:
		return rng_range(&t->rng, 60, t->longest);
	}
}

/* Write a frame's headers with its lengths. With wrong lengths, RSS might compute another hash. */
static void
put_headers(const struct traffic *t, const struct tag *tag, uint8_t *buf)
{
	rte_be16_t ip_len = rte_cpu_to_be_16((uint16_t)(tag->len - 14));
	rte_be16_t udp_len = rte_cpu_to_be_16((uint16_t)(tag->len - 34));

	memcpy(buf, t->headers[tag->flow], HEADERS);
	memcpy(buf + 16, &ip_len, sizeof(ip_len));
	memcpy(buf + 38, &udp_len, sizeof(udp_len));
}

/* Build a frame of a random flow in buf. Its payload is a tag and a part of the table. */
static uint32_t
make_frame(struct traffic *t, struct lane *l, uint8_t *buf)
{
	struct tag tag = {.flow = rng_range(&t->rng, 0, FLOWS - 1),
		.len = random_length(t),
		.at = rng_range(&t->rng, 0, TABLE_LEN - FRAME_LONGEST)};

	/* A flow uses one transmit queue, so that its frames stay in order. */
	tag.seq = l->sent[tag.flow];
	put_headers(t, &tag, buf);
	memcpy(buf + HEADERS, &tag, sizeof(tag));
	if (tag.len > HEADERS + sizeof(tag))
		memcpy(buf + HEADERS + sizeof(tag), t->table + tag.at,
			tag.len - HEADERS - sizeof(tag));
	return tag.len;
}

/* Compare a received frame with the one that its tag describes. */
static void
check_frame(struct traffic *t, struct lane *l, struct rte_mbuf *m)
{
	uint8_t want[FRAME_LONGEST];
	struct tag tag;

	rte_mbuf_sanity_check(m, 1);
	assert_true(rte_pktmbuf_data_len(m) >= HEADERS + sizeof(tag));
	memcpy(&tag, rte_pktmbuf_mtod_offset(m, const void *, HEADERS), sizeof(tag));
	assert_in_range(tag.flow, 0, FLOWS - 1);
	assert_int_equal(tag.seq, l->due[tag.flow]);
	assert_in_range(tag.len, HEADERS + sizeof(tag), FRAME_LONGEST);
	assert_in_range(tag.at, 0, TABLE_LEN - FRAME_LONGEST);
	put_headers(t, &tag, want);
	memcpy(want + HEADERS, &tag, sizeof(tag));
	memcpy(want + HEADERS + sizeof(tag), t->table + tag.at, tag.len - HEADERS - sizeof(tag));
	h_same(m, want, tag.len);
	l->due[tag.flow]++;
	l->in_flight--;
	t->compared++;
	t->bytes += tag.len;
	rte_pktmbuf_free(m);
}

static void
receive_all(struct traffic *t, struct lane *l)
{
	struct rte_mbuf *m[H_MAX_BURST];
	uint16_t q, n, i;

	for (q = 0; q < l->to->cfg.nb_rxq; q++) {
		while ((n = rte_eth_rx_burst(
				l->to->id, q, m, (uint16_t)rng_range(&t->rng, 1, H_MAX_BURST))) > 0)
			for (i = 0; i < n; i++)
				check_frame(t, l, m[i]);
	}
}

/* Send a burst of random length on one queue. Frames that the ring does not take are not sent. */
static void
send_burst(struct traffic *t, struct lane *l)
{
	uint16_t q = (uint16_t)rng_range(&t->rng, 0, l->from->cfg.nb_txq - 1);
	uint16_t want = (uint16_t)rng_range(&t->rng, 1, H_MAX_BURST);
	uint32_t room = l->to->cfg.nb_rxd / 2;
	struct rte_mbuf *m[H_MAX_BURST];
	struct tag tag[H_MAX_BURST];
	uint8_t buf[FRAME_LONGEST];
	uint16_t n = 0, sent;
	uint32_t len;

	for (; n < want && n < t->left; n++) {
		len = make_frame(t, l, buf);
		memcpy(&tag[n], buf + HEADERS, sizeof(tag[n]));
		/* At most half a ring: the NIC may drop frames that find no descriptor. */
		if (room < 1 + len / l->to->cfg.data_room || tag[n].flow % l->from->cfg.nb_txq != q)
			break;
		room -= 1 + len / l->to->cfg.data_room;
		m[n] = h_mbuf_random(l->from->pool, &t->rng, buf, len,
			1 + len / l->from->cfg.data_room +
				rng_range(&t->rng, 0, RTE_MIN(len / 20, 16u)));
		if (m[n] == NULL)
			break;
		l->sent[tag[n].flow]++;
	}
	sent = n == 0 ? 0 : rte_eth_tx_burst(l->from->id, q, m, n);
	/* In reverse order, each of them is the last frame of its flow. */
	while (n > sent) {
		l->sent[tag[--n].flow]--;
		rte_pktmbuf_free(m[n]);
	}
	l->in_flight += sent;
	t->left -= sent;
}

static void
move(struct traffic *t, struct lane *l)
{
	/* The device is stepped in random amounts, in no fixed order with the driver. */
	assert_true(sl_pmd_step(l->from->id, rng_range(&t->rng, 1, H_MAX_BURST)) >= 0);
	assert_true(sl_pmd_step(l->to->id, rng_range(&t->rng, 1, H_MAX_BURST)) >= 0);
	receive_all(t, l);
}

static void
run_round(struct traffic *t, uint64_t frames)
{
	unsigned int idle = 0;

	t->left = frames;
	while (t->left > 0) {
		struct lane *l = &t->lane[rng_next(&t->rng) & 1];

		send_burst(t, l);
		while (l->in_flight > 0)
			move(t, l);
	}
	while (t->lane[0].in_flight + t->lane[1].in_flight > 0 && idle++ < H_STEPS) {
		move(t, &t->lane[0]);
		move(t, &t->lane[1]);
	}
	assert_int_equal(t->lane[0].in_flight, 0);
	assert_int_equal(t->lane[1].in_flight, 0);
}

static struct h_cfg
random_cfg(struct traffic *t, const struct h_port *p)
{
	static const uint16_t rooms[] = {1024, 2048, 4096, 10240};
	uint64_t *r = &t->rng;
	struct h_cfg c = {
		.nb_rxq = (uint16_t)rng_range(r, 1, h_queues(p, 4)),
		.nb_txq = (uint16_t)rng_range(r, 1, h_queues(p, 4)),
		.nb_rxd = (uint16_t)(8 * rng_range(r, 8, 128)),
		.nb_txd = (uint16_t)(8 * rng_range(r, 8, 128)),
		.mtu = 9000,
		.data_room = rooms[rng_range(r, 0, 3)],
		.pool_size = 12287,
		.rx_offloads = RTE_ETH_RX_OFFLOAD_SCATTER,
		.tx_offloads = RTE_ETH_TX_OFFLOAD_MULTI_SEGS,
		.rss_hf = RTE_ETH_RSS_NONFRAG_IPV4_UDP | RTE_ETH_RSS_IPV4,
	};

	if (rng_next(r) & 1)
		c.rx_offloads |= RTE_ETH_RX_OFFLOAD_CHECKSUM | RTE_ETH_RX_OFFLOAD_RSS_HASH;
	if (rng_next(r) & 1)
		c.rx_free_thresh = (uint16_t)rng_range(r, 1, c.nb_rxd / 4);
	if (rng_next(r) & 1) {
		c.tx_free_thresh = (uint16_t)rng_range(r, 1, c.nb_txd / 2);
		c.tx_rs_thresh = (uint16_t)rng_range(r, 1, c.nb_txd - c.tx_free_thresh);
	}
	return c;
}

static void
random_rounds(void **state)
{
	struct h_port *p = *state;
	struct traffic *t = calloc(1, sizeof(*t));
	uint64_t frames = h_frames(1000000);
	unsigned int i;

	assert_non_null(t);
	t->rng = h_rng(0x7aff1c);
	t->table = malloc(TABLE_LEN);
	assert_non_null(t->table);
	t->longest = FRAME_LONGEST;
	for (i = 0; i < TABLE_LEN; i++)
		t->table[i] = (uint8_t)rng_next(&t->rng);
	for (i = 0; i < FLOWS; i++) {
		struct h_flow flow = {.src = 0x0a000000 + i,
			.dst = 0x0a010000 + i * 7,
			.sport = (uint16_t)(1000 + i),
			.dport = 9,
			.proto = IPPROTO_UDP};
		uint8_t f[HEADERS + 32];

		h_ip(f, sizeof(f), &any_mac, &flow, i);
		memcpy(t->headers[i], f, HEADERS);
	}
	t->lane[0] = (struct lane){.from = &p[0], .to = &p[1]};
	t->lane[1] = (struct lane){.from = &p[1], .to = &p[0]};
	h_join(&p[0], &p[1]);
	while (t->compared < frames) {
		struct h_cfg cfg[2] = {random_cfg(t, p), random_cfg(t, p)};

		for (i = 0; i < 2; i++) {
			h_start(&p[i], &cfg[i]);
			assert_int_equal(rte_eth_promiscuous_enable(p[i].id), 0);
			assert_int_equal(rte_eth_stats_reset(p[i].id), 0);
		}
		run_round(t, RTE_MIN(frames - t->compared, ROUND_FRAMES));
		for (i = 0; i < 2; i++) {
			struct rte_eth_stats s = h_stats(&p[i]);

			assert_int_equal(s.ipackets, h_stats(&p[1 - i]).opackets);
			assert_int_equal(s.ibytes, h_stats(&p[1 - i]).obytes);
			assert_int_equal(s.imissed + s.ierrors + s.oerrors + s.rx_nombuf, 0);
		}
		assert_int_equal(rte_eth_dev_stop(p[0].id), 0);
		assert_int_equal(rte_eth_dev_stop(p[1].id), 0);
		for (i = 0; i < 2; i++)
			assert_int_equal(rte_mempool_avail_count(p[i].pool), p[i].pool->size);
	}
	printf("# %" PRIu64 " frames, %" PRIu64 " bytes compared\n", t->compared, t->bytes);
	free(t->table);
	free(t);
}

/* --- the ring's end --- */

/* Pass n frames at once through both rings, each of segs segments. */
static void
pass(struct h_port *p, unsigned int n, uint32_t len, unsigned int segs, uint64_t seed)
{
	uint8_t f[2048], got[H_FRAME_CAP];
	struct rte_mbuf *m[H_MAX_BURST];
	unsigned int i;

	for (i = 0; i < n; i++) {
		frame_ether(f, len, &p->mac, seed + i);
		h_give(p, f, len);
	}
	assert_int_equal(h_recv(p, 0, m, RTE_DIM(m)), n);
	for (i = 0; i < n; i++) {
		frame_ether(f, len, &p->mac, seed + i);
		h_same(m[i], f, len);
		rte_pktmbuf_free(m[i]);
		m[i] = h_mbuf(p, f, len, segs);
	}
	assert_int_equal(rte_eth_tx_burst(p->id, 0, m, (uint16_t)n), n);
	h_step(p);
	for (i = 0; i < n; i++) {
		frame_ether(f, len, &p->mac, seed + i);
		assert_int_equal(h_take(p, got), len);
		assert_memory_equal(got, f, len);
	}
}

static void
wrap_single(void **state)
{
	struct h_port *p = *state;
	static const uint16_t sizes[] = {32, 40, 64};
	unsigned int i, at, n;

	for (i = 0; i < RTE_DIM(sizes); i++) {
		for (n = 1; n <= 16; n += n < 4 ? 1 : 6) {
			h_start(p,
				&(struct h_cfg){.nb_rxd = sizes[i],
					.nb_txd = sizes[i],
					.rx_free_thresh = 4,
					.tx_free_thresh = sizes[i] / 2});
			/*
			 * Advance by one each time, so that bursts start at each index. Then a
			 * burst of n crosses the end.
			 */
			for (at = 0; at < 2u * sizes[i]; at++) {
				pass(p, 1, 64, 1, at);
				pass(p, n, 64, 1, at << 8);
			}
			h_stop(p);
		}
	}
}

static void
wrap_chains(void **state)
{
	struct h_port *p = *state;
	static const uint16_t sizes[] = {32, 40, 64};
	unsigned int i, at;

	for (i = 0; i < RTE_DIM(sizes); i++) {
		h_start(p,
			&(struct h_cfg){.nb_rxd = sizes[i],
				.nb_txd = sizes[i],
				.mtu = 4000,
				.rx_free_thresh = 4,
				.tx_free_thresh = sizes[i] / 2,
				.data_room = 1024,
				.rx_offloads = RTE_ETH_RX_OFFLOAD_SCATTER,
				.tx_offloads = RTE_ETH_TX_OFFLOAD_MULTI_SEGS});
		for (at = 0; at < 4u * sizes[i]; at++) {
			pass(p, 1, 64, 1, at);
			pass(p, 3, 2000, 2 + at % 3, at << 8);
		}
		h_stop(p);
	}
}

/*
 * For each first index: the queue restarts and advances to it frame by frame, then a burst wraps.
 */
static void
wrap_from_every_offset(void **state)
{
	struct h_port *p = *state;
	unsigned int at;

	for (at = 0; at < 32; at++) {
		h_start(p,
			&(struct h_cfg){.nb_rxd = 32,
				.nb_txd = 32,
				.rx_free_thresh = 4,
				.tx_free_thresh = 16});
		if (at % 16 != 0)
			pass(p, at % 16, 64, 1, at);
		if (at >= 16)
			pass(p, 16, 64, 1, at << 4);
		pass(p, 20, 64, 1, at << 8);
		pass(p, 20, 64, 1, at << 9);
		h_stop(p);
	}
}

int
main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		h_test(wrap_single),
		h_test(wrap_chains),
		h_test(wrap_from_every_offset),
		h_test_pair(random_rounds),
	};

	return h_main(argc, argv, tests);
}
