/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */

/*
 * No valid configuration stalls. For ring sizes, thresholds, segments, contexts and bursts: a NIC
 * that has processed everything gets more work, and a driver that has all buffers gives the NIC
 * enough for its next frame.
 */

#include <stdlib.h>
#include <string.h>

#include <rte_ip.h>

#include "rxtx_rig.h"
#include "sl_pmd.h"

#define POOL 2047u
#define MAX_BURST 32u
#define SEGMENT 64u
#define TX_LAPS 4u /* laps of the ring, counted in descriptors */
#define RX_FRAMES 60u

static const enum sl_coherency modes[] = {
	SL_COHERENCY_COHERENT, SL_COHERENCY_EXPLICIT, SL_COHERENCY_CHECKED};
static const uint16_t rings[] = {32, 40, 64, 136, 512};

/* --- transmit --- */

struct tx_case {
	uint16_t nb_desc, rs, free_thresh;
	unsigned int segs, burst;
	bool contexts; /* each frame needs another context */
};

static const struct sl_burst_path *
any_tx_path(struct rig *r, enum sl_coherency mode)
{
	const struct sl_burst_path *p;

	do {
		p = &sl_tx_paths[rng_below(&r->rnd, sl_tx_path_count)];
	} while (p->mode != mode || !sl_burst_can(p, SL_CAN_OFFLOAD) || !sl_pmd_simd_runs(p->simd));
	return p;
}

static struct rte_mbuf *
make_chain(struct rig *r, const struct tx_case *c, unsigned int frame)
{
	struct rte_mbuf *first = NULL, *m;
	unsigned int i;

	for (i = 0; i < c->segs; i++) {
		m = rte_pktmbuf_alloc(r->pool);
		assert_non_null(m);
		assert_non_null(rte_pktmbuf_append(m, SEGMENT));
		if (first == NULL)
			first = m;
		else
			assert_int_equal(rte_pktmbuf_chain(first, m), 0);
	}
	if (c->contexts) {
		first->ol_flags |= RTE_MBUF_F_TX_VLAN;
		first->vlan_tci = (uint16_t)(1 + frame % 7);
	}
	return first;
}

/* The NIC sends all frames that it has, and reports where requested. */
static unsigned int
nic_sends_all(struct rig *r)
{
	unsigned int frames = 0;
	bool empty;

	do {
		if (rig_tx_take(r, &empty)) {
			r->sent.len = 0;
			frames++;
		}
	} while (!empty);
	return frames;
}

static void
tx_stands(const struct tx_case *c, const char *path)
{
	fail_msg("%s: %u descriptors, tx_rs_thresh %u, tx_free_thresh %u, %u segments, bursts of "
		 "%u%s: all was sent, and nothing more is taken",
		path, c->nb_desc, c->rs, c->free_thresh, c->segs, c->burst,
		c->contexts ? ", a context a frame" : "");
}

static void
tx_run(struct rig *r, const struct tx_case *c)
{
	const struct rte_eth_txconf conf = {
		.tx_rs_thresh = c->rs, .tx_free_thresh = c->free_thresh};
	struct sl_tx_queue *q = rig_tx_start(r, c->nb_desc, &conf);
	const struct sl_burst_path *path = any_tx_path(r, r->port.mode);
	const unsigned int frames = TX_LAPS * c->nb_desc / (c->segs + c->contexts) + 1;
	struct rte_mbuf *pkts[MAX_BURST];
	unsigned int given = 0, sent = 0, had = 0, n, i;

	while (given < frames) {
		for (; had < RTE_MIN(c->burst, frames - given); had++)
			pkts[had] = make_chain(r, c, given + had);
		n = path->burst(q, pkts, (uint16_t)had);
		if (n == 0 && sent == given)
			tx_stands(c, path->name);
		given += n;
		had -= n;
		memmove(pkts, &pkts[n], had * sizeof(pkts[0]));
		/* Sometimes the NIC is slow and the ring fills. */
		if (n < had || rng_below(&r->rnd, 4) != 0)
			sent += nic_sends_all(r);
	}
	sent += nic_sends_all(r);
	for (i = 0; i < had; i++)
		rte_pktmbuf_free(pkts[i]);
	assert_int_equal(sent, given);
	assert_int_equal(q->n.packets, given);
	sl_tx_done_cleanup(q, 0);
	assert_int_equal(q->nb_free, c->nb_desc - 1);
	assert_int_equal(rte_mempool_avail_count(r->pool), POOL);
	assert_int_equal(sl_txq_stop(&r->eth, 0), 0);
}

/* Thresholds that setup allows for the ring, from the smallest to the largest; 0: the default. */
static void
tx_thresholds(struct rig *r, struct tx_case *c)
{
	const uint16_t n = c->nb_desc;
	const uint16_t some[] = {0, 1, 2, 4, 7, (uint16_t)(n / 4), (uint16_t)(n / 2),
		(uint16_t)(n - 8), (uint16_t)(n - 1)};
	unsigned int i, k;

	for (i = 0; i < RTE_DIM(some); i++) {
		for (k = 0; k < RTE_DIM(some); k++) {
			const unsigned int rs = some[i], freed = some[k];

			c->rs = some[i];
			c->free_thresh = some[k];
			if (freed > n - 8u || rs > n - 1u || (rs != 0 && rs + freed > n))
				continue;
			c->burst =
				rng_below(&r->rnd, 3) == 0 ? 1 : 1 + rng_below(&r->rnd, MAX_BURST);
			tx_run(r, c);
		}
	}
}

static void
test_transmit(void **state)
{
	static const unsigned int segs[] = {1, 2, 3, 8, 13, 29, SL_TX_MAX_SEGS};
	unsigned int m, i, k;

	(void)state;
	for (m = 0; m < RTE_DIM(modes); m++) {
		struct rig *r = rig_open(modes[m], POOL, 0);

		r->data.dev_conf.txmode.offloads = RTE_ETH_TX_OFFLOAD_VLAN_INSERT;
		for (i = 0; i < RTE_DIM(rings); i++) {
			for (k = 0; k < RTE_DIM(segs); k++) {
				struct tx_case c = {.nb_desc = rings[i], .segs = segs[k]};

				/* Chains that the ring can never hold are refused: test_tx.c. */
				if (c.segs + 1 > c.nb_desc - 1u)
					continue;
				c.contexts = rng_below(&r->rnd, 2) == 0;
				tx_thresholds(r, &c);
			}
		}
		rig_close(r);
	}
}

/* With the smallest ring and bursts of one frame: each number of segments and each threshold. */
static void
test_transmit_singly(void **state)
{
	struct rig *r = rig_open(SL_COHERENCY_COHERENT, POOL, 0);
	struct tx_case c = {.nb_desc = 64, .burst = 1};

	(void)state;
	r->data.dev_conf.txmode.offloads = RTE_ETH_TX_OFFLOAD_VLAN_INSERT;
	for (c.segs = 1; c.segs <= SL_TX_MAX_SEGS; c.segs++) {
		for (c.free_thresh = 1; c.free_thresh <= 56; c.free_thresh++) {
			c.contexts = !c.contexts;
			tx_run(r, &c);
		}
	}
	rig_close(r);
}

/* --- receive --- */

struct rx_case {
	uint16_t nb_desc, free_thresh, buf_len;
	unsigned int line; /* descriptors per line */
	unsigned int burst;
};

/* A NIC that starts a frame only if it has descriptors for all of it. */
static bool
nic_receives(struct rig *r, const struct rx_case *c, uint32_t len)
{
	static const uint8_t data[4096];
	const unsigned int need = (len + c->buf_len - 1) / c->buf_len;
	unsigned int i;

	if (rig_rx_room(r) < need)
		return false;
	for (i = 0; i < need; i++) {
		const bool last = i + 1 == need;
		const uint32_t part = last ? len - i * c->buf_len : c->buf_len;

		rig_rx_write(r,
			&(struct rig_wb){.status = SL_RXD_STAT_DD | (last ? SL_RXD_STAT_EOP : 0),
				.length = (uint16_t)part,
				.data = data,
				.data_len = part});
	}
	return true;
}

static void
rx_run(struct rig *r, const struct rx_case *c)
{
	const struct rte_eth_rxconf conf = {.rx_free_thresh = c->free_thresh};
	struct rte_mbuf *pkts[MAX_BURST];
	unsigned int given = 0, got = 0, idle = 0, n, i;
	struct sl_rx_queue *q;
	uint32_t len = 64;

	assert_int_equal(sl_rxq_setup(&r->eth, 0, c->nb_desc, 0, &conf, r->pool), 0);
	assert_int_equal(sl_path_choose(&r->eth), 0);
	q = r->rxq[0];
	assert_int_equal(q->buf_len, c->buf_len);
	if (r->port.mode == SL_COHERENCY_COHERENT)
		q->line_descs = (uint16_t)c->line;
	assert_int_equal(sl_rxq_start(&r->eth, 0), 0);
	r->rx_head = 0;
	while (got < RX_FRAMES) {
		/* Short frames, then a long one that needs more descriptors than were consumed. */
		while (given < RX_FRAMES && nic_receives(r, c, len)) {
			given++;
			idle = 0;
			len = rng_below(&r->rnd, 8) != 0 ? 64 :
							   1 + rng_below(&r->rnd, SL_IGB_FRAME_MAX);
			if (rng_below(&r->rnd, 3) == 0)
				break;
		}
		n = r->port.rx_path->burst(q, pkts, (uint16_t)c->burst);
		for (i = 0; i < n; i++)
			rte_pktmbuf_free(pkts[i]);
		got += n;
		if (n > 0 || given > got)
			idle = 0;
		if (++idle > 3)
			fail_msg(
				"%s: %u descriptors, %u a line, rx_free_thresh %u, buffers of %u, "
				"bursts of %u: no room for a frame of %u, %u descriptors are posted",
				r->port.rx_path->name, c->nb_desc, q->line_descs, c->free_thresh,
				c->buf_len, c->burst, len, rig_rx_room(r));
	}
	assert_int_equal(q->n.packets, RX_FRAMES);
	assert_int_equal(q->n.errors + q->n.bad_length + q->n.bad_chain + q->n.unexpected_seg, 0);
	assert_int_equal(sl_rxq_stop(&r->eth, 0), 0);
	assert_int_equal(rte_mempool_avail_count(r->pool), POOL);
}

static void
rx_thresholds(struct rig *r, struct rx_case *c)
{
	const unsigned int max = c->nb_desc - 2 * c->line;
	const unsigned int some[] = {0, 1, c->line, max / 4, max / 2, max - 8, max - 1, max};
	unsigned int i;

	for (i = 0; i < RTE_DIM(some); i++) {
		if (some[i] > max)
			continue;
		c->free_thresh = (uint16_t)some[i];
		c->burst = rng_below(&r->rnd, 3) == 0 ? 1 : 1 + rng_below(&r->rnd, MAX_BURST);
		rx_run(r, c);
	}
}

static struct rig *
rx_rig(enum sl_coherency mode, uint16_t buf_len)
{
	struct rig *r = rig_open(mode, POOL, 0);
	char name[RTE_MEMPOOL_NAMESIZE];

	/* Names are unique per rig, so that a rig left over by a failed test does not collide. */
	strcpy(name, r->pool->name);
	rte_mempool_free(r->pool);
	r->pool = rte_pktmbuf_pool_create(
		name, POOL, 0, 0, (uint16_t)(buf_len + RTE_PKTMBUF_HEADROOM), SOCKET_ID_ANY);
	assert_non_null(r->pool);
	r->data.dev_conf.rxmode.offloads = RTE_ETH_RX_OFFLOAD_SCATTER;
	r->data.mtu = SL_IGB_FRAME_MAX - SL_L2_OVERHEAD;
	return r;
}

static void
test_receive(void **state)
{
	static const uint16_t buffers[] = {1024, 2048, 3072};
	/* Lines of 64 bytes, and of other processors, up to 2 KiB. */
	static const unsigned int lines[] = {4, 8, 16, 128};
	unsigned int m, b, i, k;

	(void)state;
	for (m = 0; m < RTE_DIM(modes); m++) {
		for (b = 0; b < RTE_DIM(buffers); b++) {
			struct rig *r = rx_rig(modes[m], buffers[b]);

			for (i = 0; i < RTE_DIM(rings); i++) {
				for (k = 0; k < RTE_DIM(lines); k++) {
					const uint32_t line = lines[k] * SL_DESC_SIZE;
					struct rx_case c = {.nb_desc = rings[i],
						.buf_len = buffers[b],
						.line = lines[k]};

					if (modes[m] != SL_COHERENCY_COHERENT && k > 0)
						continue;
					if (c.nb_desc < sl_rx_desc_min(r->port.hw, line) ||
						c.nb_desc % sl_rx_desc_unit(line) != 0)
						continue;
					rx_thresholds(r, &c);
				}
			}
			rig_close(r);
		}
	}
}

/* A rig that a failed test left over does not affect other rigs. */
static void
test_rigs_beside(void **state)
{
	struct rig *left = rx_rig(SL_COHERENCY_COHERENT, 2048);

	(void)state;
	rig_close(rx_rig(SL_COHERENCY_COHERENT, 2048));
	rig_close(left);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_transmit),
		cmocka_unit_test(test_transmit_singly),
		cmocka_unit_test(test_receive),
		cmocka_unit_test(test_rigs_beside),
	};

	rig_eal();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
