/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */
/*
 * Counters, queues and their states, start, stop and reset of a port, and refused configurations.
 */
#include <pthread.h>
#include <unistd.h>

#include <rte_bus_vdev.h>
#include <rte_errno.h>

#include "compat.h"
#include "harness.h"
#include "sl_hw.h"

/* Give n frames of len bytes to the port, receive and free them. */
static void
receive(struct h_port *p, unsigned int n, uint32_t len)
{
	uint8_t f[H_FRAME_CAP];

	while (n-- > 0) {
		frame_ether(f, len, &p->mac, n);
		h_expect(p, 0, f, len);
	}
}

static void
transmit(struct h_port *p, unsigned int n, uint32_t len)
{
	uint8_t f[H_FRAME_CAP];

	while (n-- > 0) {
		frame_ether(f, len, &p->mac, n);
		h_send(p, 0, h_mbuf(p, f, len, 1));
		assert_int_equal(h_take(p, f), len);
	}
}

/* --- statistics --- */

static void
basic_stats(void **state)
{
	struct h_port *p = *state;
	struct rte_eth_stats s;

	h_start(p, NULL);
	receive(p, 5, 60);
	receive(p, 7, 1000);
	transmit(p, 3, 60);
	transmit(p, 4, 1500);
	s = h_stats(p);
	assert_int_equal(s.ipackets, 12);
	assert_int_equal(s.ibytes, 5 * 60 + 7 * 1000);
	assert_int_equal(s.opackets, 7);
	assert_int_equal(s.obytes, 3 * 60 + 4 * 1500);
	assert_int_equal(s.ierrors, 0);
	assert_int_equal(s.oerrors, 0);
	assert_int_equal(s.imissed, 0);
	assert_int_equal(s.rx_nombuf, 0);
	/* Read twice: the NIC's counters clear on read, the driver's do not. */
	s = h_stats(p);
	assert_int_equal(s.ipackets, 12);
	assert_int_equal(s.obytes, 3 * 60 + 4 * 1500);
	assert_int_equal(rte_eth_stats_reset(p->id), 0);
	s = h_stats(p);
	assert_int_equal(s.ipackets, 0);
	assert_int_equal(s.ibytes, 0);
	assert_int_equal(s.opackets, 0);
	assert_int_equal(s.obytes, 0);
	receive(p, 1, 60);
	assert_int_equal(h_stats(p).ipackets, 1);
}

static void
stats_outlive_a_stop(void **state)
{
	struct h_port *p = *state;

	h_start(p, NULL);
	receive(p, 5, 60);
	transmit(p, 2, 60);
	h_stop(p);
	assert_int_equal(h_stats(p).ipackets, 5);
	assert_int_equal(h_stats(p).opackets, 2);
	assert_int_equal(rte_eth_dev_start(p->id), 0);
	receive(p, 1, 60);
	assert_int_equal(h_stats(p).ipackets, 6);
	assert_int_equal(h_stats(p).opackets, 2);
}

static void
extended_stats(void **state)
{
	struct h_port *p = *state;
	struct rte_eth_xstat_name names[512];
	struct rte_eth_xstat values[512];
	int n, i, k;

	h_start(p, &(struct h_cfg){.nb_rxq = 2, .nb_txq = 2});
	receive(p, 3, 60);
	transmit(p, 4, 124);
	n = rte_eth_xstats_get_names(p->id, names, RTE_DIM(names));
	assert_in_range(n, 1, RTE_DIM(names));
	assert_int_equal(rte_eth_xstats_get(p->id, values, RTE_DIM(values)), n);
	assert_int_equal(rte_eth_xstats_get_names(p->id, NULL, 0), n);
	for (i = 0; i < n; i++) {
		assert_int_equal(values[i].id, i);
		for (k = 0; k < i; k++)
			assert_string_not_equal(names[i].name, names[k].name);
	}
	assert_int_equal(h_xstat(p, "rx_good_packets"), 3);
	assert_int_equal(h_xstat(p, "rx_good_bytes"), 180);
	assert_int_equal(h_xstat(p, "tx_good_packets"), 4);
	assert_int_equal(h_xstat(p, "tx_good_bytes"), 4 * 124);
	assert_int_equal(h_xstat(p, "rx_q0_packets"), 3);
	assert_int_equal(h_xstat(p, "rx_q1_packets"), 0);
	assert_int_equal(h_xstat(p, "tx_q0_packets"), 4);
	assert_int_equal(h_xstat(p, "tx_q0_bytes"), 4 * 124);
	assert_int_equal(rte_eth_xstats_reset(p->id), 0);
	n = rte_eth_xstats_get(p->id, values, RTE_DIM(values));
	for (i = 0; i < n; i++) {
		/* These are current values, not counters. */
		if (values[i].value != 0 && strcmp(names[i].name, "soft_dma_outstanding") != 0 &&
			strncmp(names[i].name, "dma_window_", strlen("dma_window_")) != 0)
			fail_msg("%s is %" PRIu64 " after a reset", names[i].name, values[i].value);
	}
}

static void
missed_frames(void **state)
{
	struct h_port *p = *state;
	struct rte_mbuf *m[H_MAX_BURST];
	struct rte_eth_stats s;
	uint8_t f[1514];
	unsigned int i, got = 0;
	uint16_t n;

	h_start(p, &(struct h_cfg){.nb_rxd = 32});
	frame_ether(f, sizeof(f), &p->mac, 1);
	for (i = 0; i < 500; i++)
		h_give(p, f, sizeof(f));
	h_step(p);
	/* First the ring fills, then the NIC's packet buffer. Later frames are missed. */
	while ((n = h_recv(p, 0, m, RTE_DIM(m))) > 0) {
		rte_pktmbuf_free_bulk(m, n);
		got += n;
	}
	s = h_stats(p);
	assert_in_range(got, 28, 499);
	assert_int_equal(s.ipackets, got);
	assert_int_equal(s.imissed, 500 - got);
	h_alive(p);
}

/* --- queues that drop when they are full --- */

#define DROP_FRAMES 100u /* per queue; more than a ring holds */

/* IP frames go to queue 1, others to queue 0. */
static void
drop_start(struct h_port *p, uint32_t drop_en)
{
	struct rte_eth_rss_reta_entry64 reta[SL_RETA_MAX / RTE_ETH_RETA_GROUP_SIZE];
	const uint16_t size = h_hw(p)->reta_entries;
	unsigned int i;

	h_start(p,
		&(struct h_cfg){.nb_rxq = 2,
			.nb_rxd = 64,
			.rss_hf = RTE_ETH_RSS_NONFRAG_IPV4_UDP,
			.rx_drop_en = drop_en});
	for (i = 0; i < size; i++) {
		reta[i / RTE_ETH_RETA_GROUP_SIZE].mask = UINT64_MAX;
		reta[i / RTE_ETH_RETA_GROUP_SIZE].reta[i % RTE_ETH_RETA_GROUP_SIZE] = 1;
	}
	assert_int_equal(rte_eth_dev_rss_reta_update(p->id, reta, size), 0);
	assert_int_equal(rte_eth_stats_reset(p->id), 0);
	assert_int_equal(rte_eth_xstats_reset(p->id), 0);
}

/* Give frames for both queues in random order. */
static void
drop_give(struct h_port *p, uint64_t *r)
{
	const struct h_flow flow = {.src = 1, .dst = 2, .proto = IPPROTO_UDP};
	unsigned int left[2] = {DROP_FRAMES, DROP_FRAMES}, q;
	uint8_t f[100];

	while (left[0] + left[1] > 0) {
		q = rng_range(r, 1, left[0] + left[1]) > left[0];
		if (q == 0)
			frame_ether(f, sizeof(f), &p->mac, left[0]);
		else
			h_ip(f, sizeof(f), &p->mac, &flow, left[1]);
		h_give(p, f, sizeof(f));
		left[q]--;
	}
}

/* Poll @p queues until the device is idle. @p got: number of frames received per queue. */
static void
drop_poll(struct h_port *p, uint32_t queues, uint64_t got[2])
{
	struct rte_mbuf *m[H_MAX_BURST];
	unsigned int moved;
	uint16_t q, n;

	do {
		moved = sl_softnic_step(p->nic, 4);
		for (q = 0; q < 2; q++) {
			n = (queues >> q & 1) != 0 ? rte_eth_rx_burst(p->id, q, m, RTE_DIM(m)) : 0;
			rte_pktmbuf_free_bulk(m, n);
			got[q] += n;
			moved += n;
		}
	} while (moved != 0);
}

/* One of two queues is polled. The other one fills up, and then drops frames or stops the wire. */
static void
drop_one_polled(struct h_port *p, uint64_t *r, uint32_t drop_en, unsigned int polled)
{
	const unsigned int idle = !polled;
	const bool drops = (drop_en >> idle & 1) != 0;
	uint64_t got[2] = {0, 0}, lost[2];

	drop_start(p, drop_en);
	p->wire->waits = true;
	drop_give(p, r);
	drop_poll(p, 1u << polled, got);
	/* Without drop_en, a full queue makes the wire wait. With drop_en, it does not. */
	assert_int_equal(p->wire->in.count == 0, drops);
	assert_int_equal(got[polled] == DROP_FRAMES, drops);
	drop_poll(p, 3, got);
	lost[0] = h_xstat(p, "rx_q0_dropped");
	lost[1] = h_xstat(p, "rx_q1_dropped");
	assert_int_equal(p->wire->in.count, 0);
	assert_int_equal(got[polled], DROP_FRAMES);
	assert_int_equal(lost[polled], 0);
	assert_int_equal(got[idle] + lost[idle], DROP_FRAMES);
	assert_int_equal(lost[idle] > 0, drops);
	assert_int_equal(h_stats(p).imissed, lost[idle]);
	assert_int_equal(rte_eth_stats_reset(p->id), 0);
	assert_int_equal(h_stats(p).imissed, 0);
	assert_int_equal(h_xstat(p, idle == 0 ? "rx_q0_dropped" : "rx_q1_dropped"), 0);
	h_stop(p);
}

/* Test each combination of queues with drop_en, each with either queue polled. */
static void
drop_en_of_each_queue(void **state)
{
	struct h_port *p = *state;
	uint64_t r = h_rng(7);
	uint32_t drop_en;

	for (drop_en = 0; drop_en < 4; drop_en++) {
		drop_one_polled(p, &r, drop_en, 0);
		drop_one_polled(p, &r, drop_en, 1);
	}
}

/*
 * Types of bad frames. Up to OVERSIZE the MAC detects them, the next two appear in the write-back.
 */
enum bad_frame { RUNT, FRAGMENT, WRONG_CRC, JABBER, OVERSIZE, BAD_LENGTH, LOST, GOOD, KINDS };

static void
give_kind(struct h_port *p, enum bad_frame kind)
{
	uint8_t f[2000];

	frame_ether(f, sizeof(f), &p->mac, kind);
	if (kind == RUNT)
		h_give(p, f, 40);
	else if (kind == FRAGMENT)
		h_give_bad_fcs(p, f, 40);
	else if (kind == WRONG_CRC)
		h_give_bad_fcs(p, f, 400);
	else if (kind == JABBER || kind == OVERSIZE)
		(kind == JABBER ? h_give_bad_fcs : h_give)(p, f, sizeof(f));
	else
		h_give(p, f, 400);
	if (kind == BAD_LENGTH)
		h_fault(p, SL_FAULT_BAD_LENGTH, 9000, 1);
	if (kind == LOST)
		h_fault(p, SL_FAULT_DMA_ERROR, 0, 1);
	p->dma_faults += kind == LOST;
}

/* n bad frames, of one type or of random types, are counted as n errors. */
static void
errors_are_counted_once(void **state)
{
	struct h_port *p = *state;
	uint64_t r = h_rng(0xbad);
	unsigned int kind, i, n, good, bad;
	struct rte_eth_stats s;
	struct rte_mbuf *m[4];

	h_start(p, NULL);
	for (kind = 0; kind <= KINDS; kind++) {
		assert_int_equal(rte_eth_stats_reset(p->id), 0);
		n = rng_range(&r, 1, 60);
		for (i = good = bad = 0; i < n; i++) {
			const enum bad_frame k = kind < KINDS ? kind : rng_range(&r, 0, KINDS - 1);

			give_kind(p, k);
			good += k == GOOD;
			bad += k != GOOD;
			rte_pktmbuf_free_bulk(m, h_recv(p, 0, m, RTE_DIM(m)));
		}
		s = h_stats(p);
		if (s.ierrors != bad || s.ipackets != good || s.imissed != 0 || s.oerrors != 0)
			fail_msg("%u bad frames of kind %u: %" PRIu64 " errors", bad, kind,
				s.ierrors);
	}
}

/* --- queues --- */

static uint8_t
rxq_state(struct h_port *p, uint16_t q)
{
	struct rte_eth_rxq_info info;

	assert_int_equal(rte_eth_rx_queue_info_get(p->id, q, &info), 0);
	return info.queue_state;
}

static uint8_t
txq_state(struct h_port *p, uint16_t q)
{
	struct rte_eth_txq_info info;

	assert_int_equal(rte_eth_tx_queue_info_get(p->id, q, &info), 0);
	return info.queue_state;
}

static void
queue_states(void **state)
{
	struct h_port *p = *state;
	const uint16_t n = h_queues(p, 3);
	uint16_t q;

	h_start(p, &(struct h_cfg){.nb_rxq = n, .nb_txq = 2, .no_start = true});
	for (q = 0; q < n; q++)
		assert_int_equal(rxq_state(p, q), RTE_ETH_QUEUE_STATE_STOPPED);
	assert_int_equal(rte_eth_dev_start(p->id), 0);
	for (q = 0; q < n; q++)
		assert_int_equal(rxq_state(p, q), RTE_ETH_QUEUE_STATE_STARTED);
	for (q = 0; q < 2; q++)
		assert_int_equal(txq_state(p, q), RTE_ETH_QUEUE_STATE_STARTED);
	assert_int_equal(rte_eth_dev_rx_queue_stop(p->id, 1), 0);
	assert_int_equal(rxq_state(p, 0), RTE_ETH_QUEUE_STATE_STARTED);
	assert_int_equal(rxq_state(p, 1), RTE_ETH_QUEUE_STATE_STOPPED);
	h_alive(p);
	h_stop(p);
	for (q = 0; q < n; q++)
		assert_int_equal(rxq_state(p, q), RTE_ETH_QUEUE_STATE_STOPPED);
	for (q = 0; q < 2; q++)
		assert_int_equal(txq_state(p, q), RTE_ETH_QUEUE_STATE_STOPPED);
}

static void
queue_stop_start(void **state)
{
	struct h_port *p = *state;
	uint8_t f[100];
	struct rte_mbuf *m;
	unsigned int i;

	h_start(p, NULL);
	frame_ether(f, sizeof(f), &p->mac, 1);
	for (i = 0; i < 20; i++) {
		h_alive(p);
		assert_int_equal(rte_eth_tx_done_cleanup(p->id, 0, 0), 1);
		assert_int_equal(rte_eth_dev_rx_queue_stop(p->id, 0), 0);
		assert_int_equal(rte_mempool_avail_count(p->pool), p->pool->size);
		h_give(p, f, sizeof(f));
		h_step(p);
		assert_int_equal(rte_eth_rx_burst(p->id, 0, &m, 1), 0);
		assert_int_equal(rte_eth_dev_rx_queue_start(p->id, 0), 0);
		h_alive(p);
		assert_int_equal(rte_eth_dev_tx_queue_stop(p->id, 0), 0);
		assert_int_equal(txq_state(p, 0), RTE_ETH_QUEUE_STATE_STOPPED);
		m = h_mbuf(p, f, sizeof(f), 1);
		assert_int_equal(rte_eth_tx_burst(p->id, 0, &m, 1), 0);
		rte_pktmbuf_free(m);
		assert_int_equal(rte_eth_dev_tx_queue_start(p->id, 0), 0);
	}
	h_alive(p);
}

static void *
restart_queues(void *arg)
{
	const struct h_port *p = arg;
	bool fine = rte_eth_dev_rx_queue_stop(p->id, 0) == 0 &&
		rte_eth_dev_rx_queue_start(p->id, 0) == 0 &&
		rte_eth_dev_tx_queue_stop(p->id, 0) == 0 &&
		rte_eth_dev_tx_queue_start(p->id, 0) == 0;

	return fine ? arg : NULL;
}

/*
 * Queues are restarted by another thread than the one that does the bursts. Start must order its
 * writes before it returns and not rely on the barrier of the next burst. h_alive() receives first,
 * so that no later barrier of this thread hides a missing one.
 */
static void
started_by_another_thread(void **state)
{
	struct h_port *p = *state;
	pthread_t other;
	void *fine = NULL;
	unsigned int i;

	h_start(p, NULL);
	for (i = 0; i < 3; i++) {
		h_alive(p);
		assert_int_equal(pthread_create(&other, NULL, restart_queues, p), 0);
		assert_int_equal(pthread_join(other, &fine), 0);
		assert_non_null(fine);
	}
	h_alive(p);
}

static void
deferred_start(void **state)
{
	struct h_port *p = *state;
	struct rte_mbuf *m;
	uint8_t f[100];

	h_start(p, &(struct h_cfg){.rx_deferred = true, .tx_deferred = true});
	assert_int_equal(rxq_state(p, 0), RTE_ETH_QUEUE_STATE_STOPPED);
	assert_int_equal(txq_state(p, 0), RTE_ETH_QUEUE_STATE_STOPPED);
	frame_ether(f, sizeof(f), &p->mac, 1);
	h_give(p, f, sizeof(f));
	h_step(p);
	assert_int_equal(rte_eth_rx_burst(p->id, 0, &m, 1), 0);
	assert_int_equal(rte_eth_dev_rx_queue_start(p->id, 0), 0);
	assert_int_equal(rte_eth_dev_tx_queue_start(p->id, 0), 0);
	h_alive(p);
}

static void
burst_modes(void **state)
{
	struct h_port *p = *state;
	struct rte_eth_burst_mode mode;

	h_start(p, NULL);
	assert_int_equal(rte_eth_rx_burst_mode_get(p->id, 0, &mode), 0);
	assert_non_null(strstr(mode.info, h_coherency()));
	assert_null(strstr(mode.info, "scatter"));
	assert_int_equal(rte_eth_tx_burst_mode_get(p->id, 0, &mode), 0);
	assert_non_null(strstr(mode.info, h_coherency()));
	h_stop(p);
	h_start(p, &(struct h_cfg){.mtu = 9000, .rx_offloads = RTE_ETH_RX_OFFLOAD_SCATTER});
	assert_int_equal(rte_eth_rx_burst_mode_get(p->id, 0, &mode), 0);
	assert_non_null(strstr(mode.info, "scatter"));
	h_alive(p);
}

static void
queue_info(void **state)
{
	struct h_port *p = *state;
	struct rte_eth_rxq_info rx;
	struct rte_eth_txq_info tx;

	h_start(p, &(struct h_cfg){.nb_rxd = 256, .nb_txd = 512, .rx_free_thresh = 64});
	assert_int_equal(rte_eth_rx_queue_info_get(p->id, 0, &rx), 0);
	assert_int_equal(rx.nb_desc, 256);
	assert_ptr_equal(rx.mp, p->pool);
	assert_int_equal(rx.conf.rx_free_thresh, 64);
	assert_int_equal(rte_eth_tx_queue_info_get(p->id, 0, &tx), 0);
	assert_int_equal(tx.nb_desc, 512);
}

static void
descriptor_status(void **state)
{
	struct h_port *p = *state;
	struct rte_mbuf *m[8];
	uint8_t f[100];
	unsigned int i;

	h_start(p, NULL);
	frame_ether(f, sizeof(f), &p->mac, 1);
	assert_int_equal(rte_eth_rx_queue_count(p->id, 0), 0);
	assert_int_equal(rte_eth_rx_descriptor_status(p->id, 0, 0), RTE_ETH_RX_DESC_AVAIL);
	for (i = 0; i < 5; i++)
		h_give(p, f, sizeof(f));
	h_step(p);
	assert_int_equal(rte_eth_rx_queue_count(p->id, 0), 5);
	assert_int_equal(rte_eth_rx_descriptor_status(p->id, 0, 4), RTE_ETH_RX_DESC_DONE);
	assert_int_equal(rte_eth_rx_descriptor_status(p->id, 0, 5), RTE_ETH_RX_DESC_AVAIL);
	assert_int_equal(rte_eth_rx_descriptor_status(p->id, 0, p->cfg.nb_rxd), -EINVAL);
	assert_int_equal(rte_eth_rx_burst(p->id, 0, m, 8), 5);
	assert_int_equal(rte_eth_tx_burst(p->id, 0, m, 5), 5);
	assert_int_equal(rte_eth_tx_descriptor_status(p->id, 0, p->cfg.nb_txd), -EINVAL);
	h_step(p);
	assert_int_equal(h_sent(p), 5);
}

/* Descriptors in use, in both directions. Those that the NIC has finished do not count. */
static void
queue_counts(void **state)
{
	struct h_port *p = *state;
	struct rte_mbuf *m[32];
	unsigned int lap, i, sent = 0;
	uint8_t f[100];

	h_start(p, &(struct h_cfg){.nb_rxd = 64, .nb_txd = 64});
	frame_ether(f, sizeof(f), &p->mac, 1);
	for (lap = 1; lap < 100; lap++) {
		const uint16_t n = (uint16_t)(lap % 17 + 1);

		for (i = 0; i < n; i++)
			h_give(p, f, sizeof(f));
		h_step(p);
		assert_int_equal(rte_eth_rx_queue_count(p->id, 0), n);
		assert_int_equal(rte_eth_rx_burst(p->id, 0, m, RTE_DIM(m)), n);
		assert_int_equal(rte_eth_rx_queue_count(p->id, 0), 0);
		assert_int_equal(COMPAT_TX_QUEUE_COUNT(p->id, 0, 0), 0);
		assert_int_equal(rte_eth_tx_burst(p->id, 0, m, n), n);
		assert_int_equal(COMPAT_TX_QUEUE_COUNT(p->id, 0, n), n);
		h_step(p);
		assert_int_equal(COMPAT_TX_QUEUE_COUNT(p->id, 0, 0), 0);
		assert_int_equal(h_sent(p), sent += n);
	}
	assert_int_equal(rte_eth_dev_tx_queue_stop(p->id, 0), 0);
	assert_int_equal(COMPAT_TX_QUEUE_COUNT(p->id, 0, 0), 0);
	assert_int_equal(rte_eth_dev_tx_queue_start(p->id, 0), 0);
	assert_int_equal(COMPAT_TX_QUEUE_COUNT(p->id, 0, 0), 0);
}

/* Check the monitored word as rte_power does. @return true if it would sleep. */
static bool
would_sleep(const struct rte_power_monitor_cond *c)
{
	assert_int_equal(c->size, sizeof(uint32_t));
	return c->fn(*(volatile const uint32_t *)c->addr, c->opaque) == 0;
}

/* The monitored word changes when the next frame arrives, at each index of the ring. */
static void
monitor(void **state)
{
	struct h_port *p = *state;
	struct rte_power_monitor_cond c;
	struct rte_mbuf *m[2];
	unsigned int i;
	uint8_t f[100];

	h_start(p, &(struct h_cfg){.nb_rxd = 64});
	if (strcmp(h_coherency(), "coherent") != 0) {
		assert_int_equal(rte_eth_get_monitor_addr(p->id, 0, &c), -ENOTSUP);
		assert_true(h_log_has("no address to monitor"));
		return;
	}
	frame_ether(f, sizeof(f), &p->mac, 1);
	for (i = 0; i < 200; i++) {
		memset(&c, 0, sizeof(c));
		assert_int_equal(rte_eth_get_monitor_addr(p->id, 0, &c), 0);
		assert_true(would_sleep(&c));
		h_give(p, f, sizeof(f));
		h_step(p);
		assert_false(would_sleep(&c));
		/* The result is the same if the frame is already there when the address is read. */
		assert_int_equal(rte_eth_get_monitor_addr(p->id, 0, &c), 0);
		assert_false(would_sleep(&c));
		assert_int_equal(rte_eth_rx_burst(p->id, 0, m, RTE_DIM(m)), 1);
		rte_pktmbuf_free(m[0]);
	}
}

/* Read telemetry's reply to the request @what, which ends with NULL. */
static void
ask(int fd, char *text, size_t len, const char *what)
{
	ssize_t n;

	assert_int_equal(write(fd, what, strlen(what)), strlen(what));
	n = read(fd, text, len - 1);
	assert_true(n > 0);
	text[n] = '\0';
}

static void
says(const char *text, const char *what)
{
	if (strstr(text, what) == NULL)
		fail_msg("no %s in: %s", what, text);
}

/* Check each field of a queue in ethdev's telemetry against the configuration. */
static void
queue_telemetry(void **state)
{
	static const char *const rx[] = {"\"mempool_name\":\"", "\"host_threshold\":8",
		"\"prefetch_threshold\":8", "\"writeback_threshold\":1", "\"free_threshold\":16",
		"\"rx_drop_en\":\"on\"", "\"deferred_start\":\"off\"", "\"VLAN_STRIP\"",
		"\"scattered_rx\":\"off\"", "\"queue_state\":1", "\"nb_desc\":64",
		"\"rx_buf_size\":2048", "\"burst_mode\":\""};
	static const char *const tx[] = {"\"host_threshold\":1", "\"prefetch_threshold\":8",
		"\"writeback_threshold\":0", "\"rs_threshold\":32", "\"free_threshold\":96",
		"\"deferred_start\":\"off\"", "\"UDP_CKSUM\"", "\"queue_state\":1",
		"\"nb_desc\":128", "\"burst_mode\":\""};
	struct h_port *p = *state;
	char what[64], text[16384];
	unsigned int i;
	int fd;

	if (!COMPAT_TELEMETRY_QUEUES)
		h_skip("this DPDK tells telemetry less of a queue");
	h_start(p,
		&(struct h_cfg){.nb_rxd = 64,
			.rx_drop_en = 1,
			.rx_offloads = RTE_ETH_RX_OFFLOAD_VLAN_STRIP,
			.tx_offloads = RTE_ETH_TX_OFFLOAD_UDP_CKSUM});
	fd = h_telemetry();
	assert_true(fd >= 0);
	snprintf(what, sizeof(what), "/ethdev/rx_queue,%u,0", p->id);
	ask(fd, text, sizeof(text), what);
	for (i = 0; i < RTE_DIM(rx); i++)
		says(text, rx[i]);
	snprintf(what, sizeof(what), "/ethdev/tx_queue,%u,0", p->id);
	ask(fd, text, sizeof(text), what);
	for (i = 0; i < RTE_DIM(tx); i++)
		says(text, tx[i]);
	close(fd);
}

/* Information that only applications of newer DPDK releases read. */
static void
told_of_a_port(void **state)
{
	struct h_port *p = *state;
	struct rte_eth_dev_info info;
	char *text = NULL;
	size_t len = 0;
	FILE *f;

	h_start(p, NULL);
	assert_int_equal(rte_eth_dev_info_get(p->id, &info), 0);
	assert_int_equal(info.err_handle_mode, RTE_ETH_ERROR_HANDLE_MODE_PASSIVE);
	f = open_memstream(&text, &len);
	assert_non_null(f);
	assert_int_equal(rte_eth_dev_priv_dump(p->id, f), 0);
	fclose(f);
	says(text, "rx queue 0 ring");
	free(text);
}

static void
tx_cleanup(void **state)
{
	struct h_port *p = *state;
	struct rte_mbuf *m;
	uint8_t f[100];
	unsigned int i;
	unsigned int idle;

	h_start(p, NULL);
	idle = rte_mempool_avail_count(p->pool);
	frame_ether(f, sizeof(f), &p->mac, 1);
	for (i = 0; i < 100; i++) {
		m = h_mbuf(p, f, sizeof(f), 1);
		assert_int_equal(rte_eth_tx_burst(p->id, 0, &m, 1), 1);
	}
	assert_int_equal(rte_eth_tx_done_cleanup(p->id, 0, 0), 0);
	h_step(p);
	assert_true(rte_eth_tx_done_cleanup(p->id, 0, 0) >= 0);
	/* All mbufs are back except those that wait for the NIC's next report. */
	assert_in_range(rte_mempool_avail_count(p->pool), idle - 64, idle);
	assert_int_equal(h_sent(p), 100);
}

/* --- refused set-ups --- */

struct refusal {
	struct h_cfg cfg;
	const char *why; /* text that the log must contain */
};

static void
refused_queues(void **state)
{
	struct h_port *p = *state;
	static const struct refusal all[] = {
		{{.nb_rxd = 8}, "8"},
		{{.nb_rxd = 60}, "60"},
		{{.nb_rxd = 16384}, "16384"},
		{{.nb_txd = 8}, "8"},
		{{.nb_txd = 100}, "100"},
		{{.nb_txd = 16384}, "16384"},
		{{.rx_free_thresh = 128}, "rx_free_thresh"},
		{{.rx_free_thresh = 500}, "rx_free_thresh"},
		{{.tx_rs_thresh = 500}, "tx_rs_thresh"},
		{{.tx_free_thresh = 500}, "tx_free_thresh"},
		{{.data_room = 512}, "640"} /* including headroom */,
	};
	unsigned int i;

	for (i = 0; i < RTE_DIM(all); i++) {
		h_log_mark();
		assert_true(h_try_setup(p, &all[i].cfg) < 0);
		if (!h_log_has(all[i].why))
			fail_msg("refusal %u does not name \"%s\"", i, all[i].why);
	}
	h_start(p, NULL);
	h_alive(p);
}

/* Call each function that takes a queue, for a queue that is not set up. */
static void
call_with_queue(struct h_port *p, uint16_t q, bool rx)
{
	struct rte_eth_burst_mode mode;
	struct rte_eth_rxq_info rx_info;
	struct rte_eth_txq_info tx_info;
	struct rte_mbuf *m;

	if (rx) {
		assert_true(rte_eth_rx_queue_info_get(p->id, q, &rx_info) < 0);
		assert_true(rte_eth_dev_rx_queue_start(p->id, q) < 0);
		assert_true(rte_eth_dev_rx_queue_stop(p->id, q) < 0);
		assert_true(rte_eth_dev_rx_intr_enable(p->id, q) < 0);
		assert_true(rte_eth_dev_rx_intr_disable(p->id, q) < 0);
		if (COMPAT_COUNTS_UNSTARTED) {
			assert_true(rte_eth_rx_queue_count(p->id, q) < 0);
			assert_true(rte_eth_rx_descriptor_status(p->id, q, 0) < 0);
		}
		assert_int_equal(rte_eth_rx_burst(p->id, q, &m, 1), 0);
		rte_eth_rx_burst_mode_get(p->id, q, &mode);
		return;
	}
	assert_true(rte_eth_tx_queue_info_get(p->id, q, &tx_info) < 0);
	assert_true(rte_eth_dev_tx_queue_start(p->id, q) < 0);
	assert_true(rte_eth_dev_tx_queue_stop(p->id, q) < 0);
	assert_true(rte_eth_tx_done_cleanup(p->id, q, 0) < 0);
	if (COMPAT_COUNTS_UNSTARTED)
		assert_true(rte_eth_tx_descriptor_status(p->id, q, 0) < 0);
	rte_eth_tx_burst_mode_get(p->id, q, &mode);
}

/* Call each function that loops over all queues. */
static void
call_over_queues(struct h_port *p)
{
	struct rte_eth_xstat values[512];
	uint32_t ptypes[16];

	h_stats(p);
	assert_int_equal(rte_eth_stats_reset(p->id), 0);
	assert_in_range(rte_eth_xstats_get(p->id, values, RTE_DIM(values)), 1, RTE_DIM(values));
	assert_int_equal(rte_eth_dev_set_mtu(p->id, 1400), 0);
	assert_int_equal(rte_eth_dev_set_mtu(p->id, 1500), 0);
	assert_true(rte_eth_dev_get_supported_ptypes(
			    p->id, RTE_PTYPE_ALL_MASK, ptypes, RTE_DIM(ptypes)) >= 0);
	assert_int_equal(rte_eth_dev_set_vlan_offload(p->id, 0), 0);
	assert_int_equal(rte_eth_dev_reset(p->id), 0);
}

/* Set a queue up again with invalid parameters. The queue then does not exist. */
static void
lose_queue(struct h_port *p, uint16_t q, bool rx)
{
	const struct rte_eth_rxconf rx_bad = {.rx_free_thresh = 500};
	const struct rte_eth_txconf tx_bad = {.tx_free_thresh = 500};

	if (rx)
		assert_int_equal(
			rte_eth_rx_queue_setup(p->id, q, 128, SOCKET_ID_ANY, &rx_bad, p->pool),
			-EINVAL);
	else
		assert_int_equal(
			rte_eth_tx_queue_setup(p->id, q, 128, SOCKET_ID_ANY, &tx_bad), -EINVAL);
}

/* Two queues in each direction. Start is refused unless all are set up. */
static void
start_wants_every_queue(void **state)
{
	struct h_port *p = *state;
	unsigned int lost, i;
	char name[32];

	for (lost = 0; lost < 16; lost++) {
		h_start(p, &(struct h_cfg){.nb_rxq = 2, .nb_txq = 2, .no_start = true});
		for (i = 0; i < 4; i++)
			if ((lost & 1u << i) != 0)
				lose_queue(p, i % 2, i < 2);
		h_log_mark();
		assert_int_equal(rte_eth_dev_start(p->id), lost == 0 ? 0 : -EINVAL);
		if (lost == 0) {
			h_alive(p);
			h_stop(p);
			continue;
		}
		i = (unsigned int)__builtin_ctz(lost);
		snprintf(name, sizeof(name), "%s queue %u of 2", i < 2 ? "rx" : "tx", i % 2);
		assert_true(h_log_has(name));
		for (i = 0; i < 4; i++)
			if ((lost & 1u << i) != 0)
				call_with_queue(p, i % 2, i < 2);
		call_over_queues(p);
	}
}

/* Start is refused after a configure with more queues, if the new ones are not set up. */
static void
start_after_more_queues(void **state)
{
	struct h_port *p = *state;
	const struct rte_eth_conf conf = {0};

	h_start(p, NULL);
	h_stop(p);
	assert_int_equal(rte_eth_dev_configure(p->id, 2, 1, &conf), 0);
	h_log_mark();
	assert_int_equal(rte_eth_dev_start(p->id), -EINVAL);
	assert_true(h_log_has("rx queue 1 of 2"));
	assert_int_equal(rte_eth_dev_configure(p->id, 1, 2, &conf), 0);
	assert_int_equal(rte_eth_dev_start(p->id), -EINVAL);
	assert_true(h_log_has("tx queue 1 of 2"));
	assert_int_equal(rte_eth_dev_configure(p->id, 1, 1, &conf), 0);
	assert_int_equal(rte_eth_dev_start(p->id), 0);
	h_alive(p);
}

static void
refused_configurations(void **state)
{
	struct h_port *p = *state;
	struct rte_eth_dev_info info;

	assert_int_equal(rte_eth_dev_info_get(p->id, &info), 0);
	assert_true(h_try_setup(p, &(struct h_cfg){.nb_rxq = info.max_rx_queues + 1}) < 0);
	assert_true(h_try_setup(p, &(struct h_cfg){.nb_txq = info.max_tx_queues + 1}) < 0);
	assert_true(h_try_setup(p, &(struct h_cfg){.mtu = 20000}) < 0);
	assert_true(h_try_setup(p,
			    &(struct h_cfg){.rx_offloads = RTE_ETH_RX_OFFLOAD_MACSEC_STRIP}) < 0);
	assert_true(h_try_setup(p, &(struct h_cfg){.rss_hf = RTE_ETH_RSS_L2_PAYLOAD}) < 0);
	h_start(p, NULL);
	h_alive(p);
}

static void
pool_too_small(void **state)
{
	struct h_port *p = *state;
	unsigned int i;

	/* 64 buffers for 128 descriptors: start fails with a message and keeps no buffers. */
	for (i = 0; i < 3; i++) {
		h_start(p, &(struct h_cfg){.pool_size = 64, .no_start = true});
		assert_int_equal(rte_eth_dev_start(p->id), -ENOMEM);
		assert_int_equal(rte_mempool_avail_count(p->pool), 64);
	}
	h_start(p, NULL);
	h_alive(p);
}

static void
refused_arguments(void **state)
{
	static const char *const bad[] = {
		"mode=walk",
		"coherency=maybe",
		"wire=string",
		"wire=peer",
		"speed=11",
		"mac=1:2:3",
		"mac=01:00:00:00:00:01",
		"mac=00:00:00:00:00:00",
		"cpu=many",
		"fault=none_such",
		"mode",
		"mode=step,mode=step",
		"quota_noncached=0",
		"node=-7",
		"wire_=1",
	};
	struct h_port p;
	uint16_t id;
	unsigned int i;

	(void)state;
	for (i = 0; i < RTE_DIM(bad); i++) {
		h_log_mark();
		if (rte_vdev_init("net_syncline_soft_bad", bad[i]) == 0)
			fail_msg("\"%s\" is taken", bad[i]);
		assert_true(rte_eth_dev_get_port_by_name("net_syncline_soft_bad", &id) < 0);
		assert_true(h_log_has("net_syncline"));
	}
	/* The name can be used again, and the failed probes left no resources. */
	h_open(&p, "mac=02:00:00:12:34:56");
	assert_int_equal(p.mac.addr_bytes[5], 0x56);
	h_start(&p, NULL);
	h_alive(&p);
	h_close(&p);
}

/* A device's quirks are logged by name, at level debug only. */
static void
quirks_are_told(void **state)
{
	struct h_port p;

	(void)state;
	rte_log_set_level_pattern("pmd.net.syncline", RTE_LOG_INFO);
	h_open(&p, "device=i350");
	assert_false(h_log_has("has the quirk"));
	h_close(&p);
	rte_log_set_level_pattern("pmd.net.syncline", RTE_LOG_DEBUG);
	h_open(&p, "device=i350");
	assert_true(h_log_has("I350 has the quirk vfta-ten"));
	assert_false(h_log_has("has the quirk pll"));
	h_close(&p);
	h_open(&p, "device=82576");
	assert_false(h_log_has("has the quirk"));
	h_close(&p);
}

/* --- the life of a port --- */

static void
cycles(void **state)
{
	struct h_port *p = *state;
	unsigned int i;

	for (i = 0; i < 50; i++) {
		h_start(p,
			&(struct h_cfg){.nb_rxq = 1 + i % h_queues(p, 3),
				.nb_txq = 1 + i % h_queues(p, 4),
				.nb_rxd = (uint16_t)(32 + 32 * (i % 5)),
				.nb_txd = (uint16_t)(32 + 64 * (i % 3))});
		h_alive(p);
		h_stop(p);
		assert_int_equal(rte_eth_dev_start(p->id), 0);
		h_alive(p);
		h_stop(p);
	}
}

static void
open_close(void **state)
{
	struct h_port p;
	unsigned int i;

	(void)state;
	for (i = 0; i < 20; i++) {
		h_open(&p, NULL);
		if (i % 3 != 0)
			h_start(&p, &(struct h_cfg){.no_start = i % 3 == 1});
		if (i % 3 == 2)
			h_alive(&p);
		h_close(&p);
	}
}

static void
stop_with_frames_in_the_rings(void **state)
{
	struct h_port *p = *state;
	struct rte_mbuf *m;
	uint8_t f[3000];
	unsigned int i, k;

	for (k = 0; k < 10; k++) {
		h_start(p,
			&(struct h_cfg){.mtu = 4000,
				.data_room = 1024,
				.rx_offloads = RTE_ETH_RX_OFFLOAD_SCATTER,
				.tx_offloads = RTE_ETH_TX_OFFLOAD_MULTI_SEGS});
		frame_ether(f, sizeof(f), &p->mac, k);
		for (i = 0; i < 3 + k; i++) {
			h_give(p, f, sizeof(f));
			m = h_mbuf(p, f, sizeof(f), 3);
			assert_int_equal(rte_eth_tx_burst(p->id, 0, &m, 1), 1);
			if (i == k)
				assert_true(sl_pmd_step(p->id, 1 + k) >= 0);
		}
		if (rte_eth_rx_burst(p->id, 0, &m, 1) == 1)
			rte_pktmbuf_free(m);
		h_stop(p);
		while (h_take(p, (uint8_t[H_FRAME_CAP]){0}) != 0)
			;
	}
	assert_int_equal(rte_eth_dev_start(p->id), 0);
	h_step(p);
	while (rte_eth_rx_burst(p->id, 0, &m, 1) == 1)
		rte_pktmbuf_free(m);
	h_alive(p);
}

static void
dev_reset(void **state)
{
	struct h_port *p = *state;
	unsigned int i;

	for (i = 0; i < 5; i++) {
		h_start(p, NULL);
		h_alive(p);
		assert_int_equal(rte_eth_dev_reset(p->id), 0);
		assert_int_equal(rte_mempool_avail_count(p->pool), p->pool->size);
	}
	h_start(p, NULL);
	h_alive(p);
}

static void
info(void **state)
{
	struct h_port *p = *state;
	struct rte_eth_dev_info i;

	assert_int_equal(rte_eth_dev_info_get(p->id, &i), 0);
	assert_string_equal(i.driver_name, "net_syncline_soft");
	assert_int_equal(i.max_rx_queues, h_queues(p, UINT16_MAX));
	/* Without traffic classes, an 82599 sends only from its first 64 queues. */
	assert_int_equal(i.max_tx_queues, h_queues(p, 64));
	assert_true(i.rx_desc_lim.nb_max >= 4096);
	assert_true(i.speed_capa & RTE_ETH_LINK_SPEED_1G);
	assert_int_equal(i.reta_size, h_has_reg(p, "ERETA") ? 512 : 128);
	assert_int_equal(i.hash_key_size, 40);
	assert_true(i.max_mtu >= 9000);
	/* All queues at once. */
	h_start(p,
		&(struct h_cfg){.nb_rxq = i.max_rx_queues,
			.nb_txq = i.max_tx_queues,
			.pool_size = 4095 + 128u * i.max_rx_queues});
	h_alive(p);
}

/* --- the board --- */

/* Bytes of the NVM, whatever their place; -ENOTSUP and a message if the device has none. */
static void
eeprom(void **state)
{
	struct h_port *p = *state;
	const int size = rte_eth_dev_get_eeprom_length(p->id);
	struct rte_dev_eeprom_info info = {0};
	static uint8_t all[1 << 16], part[300];
	uint64_t r = h_rng(21);
	unsigned int i;

	info.data = all;
	if (strcmp(h_hw(p)->name, "I211") == 0) {
		assert_int_equal(size, -ENOTSUP);
		assert_int_equal(rte_eth_dev_get_eeprom(p->id, &info), -ENOTSUP);
		return;
	}
	assert_int_equal(size, 2048);
	info.length = (uint32_t)size;
	assert_int_equal(rte_eth_dev_get_eeprom(p->id, &info), 0);
	/* The vendor, and the id of the very device, which with a cage is not its family's first.
	 */
	assert_int_equal(info.magic & UINT16_MAX, 0x8086);
	assert_ptr_equal(sl_hw_find((uint16_t)(info.magic >> 16)), h_hw(p));
	/* The MAC address is at a fixed place, or where word 31h points. */
	i = h_has_reg(p, "PFDTXGSWC") ? 2u * (all[0x12] | all[0x13] << 8) + 2 : 0;
	assert_memory_equal(&all[i], &p->mac, sizeof(p->mac));
	for (i = 0; i < 20; i++) {
		info = (struct rte_dev_eeprom_info){.data = part,
			.offset = (uint32_t)rng_range(&r, 0, 2048 - sizeof(part)),
			.length = (uint32_t)rng_range(&r, 0, sizeof(part) - 1)};
		memset(part, 0xA5, sizeof(part));
		assert_int_equal(rte_eth_dev_get_eeprom(p->id, &info), 0);
		assert_memory_equal(part, &all[info.offset], info.length);
		assert_int_equal(part[info.length], 0xA5);
	}
}

static void
eeprom_out_of_range(void **state)
{
	static const struct rte_dev_eeprom_info rows[] = {{.offset = 2048, .length = 1},
		{.offset = 2049}, {.offset = 0, .length = 2049},
		{.offset = 1, .length = UINT32_MAX}, {.offset = UINT32_MAX, .length = 2}};
	struct h_port *p = *state;
	struct rte_dev_eeprom_info info;
	uint8_t data[4];
	unsigned int i;

	if (rte_eth_dev_get_eeprom_length(p->id) < 0)
		h_skip("no NVM");
	for (i = 0; i < RTE_DIM(rows); i++) {
		info = rows[i];
		info.data = data;
		h_log_mark();
		assert_int_equal(rte_eth_dev_get_eeprom(p->id, &info), -EINVAL);
		assert_true(h_log_has("allowed: within 2048 bytes"));
	}
	info = (struct rte_dev_eeprom_info){.length = 1};
	assert_int_equal(rte_eth_dev_get_eeprom(p->id, &info), -EINVAL);
	info = (struct rte_dev_eeprom_info){.data = data, .offset = 2047, .length = 1};
	assert_int_equal(rte_eth_dev_get_eeprom(p->id, &info), 0);
}

static void
firmware_version(void **state)
{
	struct h_port *p = *state;
	const bool ixgbe = h_has_reg(p, "PFDTXGSWC");
	const char *want = ixgbe ? "0x80000001" : "1.1, 0x80000001";
	const int len = (int)strlen(want) + 1;
	char text[64] = "-";

	if (strcmp(h_hw(p)->name, "I211") == 0) {
		assert_int_equal(rte_eth_dev_fw_version_get(p->id, text, 64), -ENOTSUP);
		return;
	}
	assert_int_equal(rte_eth_dev_fw_version_get(p->id, NULL, 0), len);
	assert_int_equal(rte_eth_dev_fw_version_get(p->id, text, (size_t)len - 1), len);
	assert_int_equal(strlen(text), len - 2);
	assert_int_equal(rte_eth_dev_fw_version_get(p->id, text, (size_t)len), 0);
	assert_string_equal(text, want);
}

/* All LEDs on, then off; the next start returns them to the NVM's modes. */
static void
leds(void **state)
{
	struct h_port *p = *state;
	const uint32_t off = h_off(p, "LEDCTL", 0), modes = 0x0F0F0F0F;
	const uint32_t before = sl_softnic_reg_read(p->nic, off);

	h_start(p, NULL);
	assert_int_equal(rte_eth_led_on(p->id), 0);
	assert_int_equal(
		sl_softnic_reg_read(p->nic, off), (before & ~(modes | 0x80808080)) | 0x0E0E0E0E);
	assert_int_equal(rte_eth_led_off(p->id), 0);
	assert_int_equal(sl_softnic_reg_read(p->nic, off) & modes, modes);
	h_stop(p);
	assert_int_equal(rte_eth_dev_start(p->id), 0);
	assert_int_equal(sl_softnic_reg_read(p->nic, off), before);
}

static void
module(void **state)
{
	struct h_port *p = *state;
	struct rte_eth_dev_module_info info = {0};
	uint8_t all[512], part[300];
	struct rte_dev_eeprom_info want = {.data = all, .length = sizeof(all)};

	h_log_mark();
	if (getenv("SL_DEVICE") == NULL || strcmp(getenv("SL_DEVICE"), "82599-sfp") != 0) {
		assert_int_equal(rte_eth_dev_get_module_info(p->id, &info), -ENOTSUP);
		assert_int_equal(rte_eth_dev_get_module_eeprom(p->id, &want), -ENOTSUP);
		assert_true(h_log_has("no cage"));
		return;
	}
	assert_int_equal(rte_eth_dev_get_module_info(p->id, &info), 0);
	assert_int_equal(info.type, RTE_ETH_MODULE_SFF_8472);
	assert_int_equal(info.eeprom_len, sizeof(all));
	assert_int_equal(rte_eth_dev_get_module_eeprom(p->id, &want), 0);
	assert_memory_equal(&all[20], "Syncline model", 14);
	assert_int_equal(all[256 + 96], 35); /* degrees */
	want = (struct rte_dev_eeprom_info){.data = part, .offset = 111, .length = sizeof(part)};
	assert_int_equal(rte_eth_dev_get_module_eeprom(p->id, &want), 0);
	assert_memory_equal(part, &all[111], sizeof(part));
	want.offset = 512 - sizeof(part) + 1;
	assert_int_equal(rte_eth_dev_get_module_eeprom(p->id, &want), -EINVAL);
}

/* Each number of queues can be configured; receive and transmit do not depend on each other. */
static void
numbers_of_queues(void **state)
{
	struct h_port *p = *state;
	const struct sl_hw *hw = h_hw(p);
	struct rte_eth_conf conf = {0};
	uint16_t rx, tx;

	for (rx = 0; rx <= hw->rx_queues + 1; rx++) {
		for (tx = 0; tx <= hw->tx_queues + 1; tx++) {
			const bool good = rx <= hw->rx_queues && tx <= hw->tx_queues;

			conf.rxmode.mq_mode = rx > 1 ? RTE_ETH_MQ_RX_RSS : RTE_ETH_MQ_RX_NONE;
			/* 0 and 0 request the driver's defaults. */
			if (rx == 0 && tx == 0)
				continue;
			assert_int_equal(
				rte_eth_dev_configure(p->id, rx, tx, &conf), good ? 0 : -EINVAL);
		}
	}
	h_start(p,
		&(struct h_cfg){.nb_rxq = hw->rx_queues,
			.nb_txq = hw->tx_queues,
			.nb_rxd = 32,
			.nb_txd = 32,
			.pool_size = 128 * 64});
	h_alive(p);
	h_stop(p);
	h_start(p, &(struct h_cfg){.nb_rxq = 1, .nb_txq = hw->tx_queues});
	h_alive(p);
}

int
main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		h_test(basic_stats),
		h_test(stats_outlive_a_stop),
		h_test(extended_stats),
		h_test(missed_frames),
		h_test(drop_en_of_each_queue),
		h_test(errors_are_counted_once),
		h_test(queue_states),
		h_test(queue_stop_start),
		h_test(started_by_another_thread),
		h_test(deferred_start),
		h_test(burst_modes),
		h_test(queue_info),
		h_test(descriptor_status),
		h_test(queue_counts),
		h_test(monitor),
		h_test(queue_telemetry),
		h_test(told_of_a_port),
		h_test(tx_cleanup),
		h_test(refused_queues),
		h_test(start_wants_every_queue),
		h_test(start_after_more_queues),
		h_test(refused_configurations),
		h_test(pool_too_small),
		cmocka_unit_test(refused_arguments),
		cmocka_unit_test(quirks_are_told),
		h_test(cycles),
		cmocka_unit_test(open_close),
		h_test(stop_with_frames_in_the_rings),
		h_test(dev_reset),
		h_test(info),
		h_test(eeprom),
		h_test(eeprom_out_of_range),
		h_test(firmware_version),
		h_test(leds),
		h_test(module),
		h_test(numbers_of_queues),
	};

	setenv("SL_TELEMETRY", "1", 1);
	return h_main(argc, argv, tests);
}
