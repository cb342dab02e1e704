/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */

/*
 * The loop of a forwarding lcore: it receives bursts from its queues of one port and sends them on
 * the other. rig.c makes and starts lanes.
 */

#include <rte_cycles.h>
#include <rte_ethdev.h>
#include <rte_mbuf.h>

#include "lane.h"

#define LANE_BURST_MAX 64u

static inline bool
lane_stopped(const struct lane *l)
{
	return __atomic_load_n(&l->stop, __ATOMIC_RELAXED);
}

/* Counters with one writer: each load by a reader is atomic. */
static inline void
lane_count(uint64_t *counter, uint64_t n)
{
	__atomic_store_n(counter, *counter + n, __ATOMIC_RELAXED);
}

/*
 * Wait while the ring is full, so that frames are lost only in the NIC, for lack of a descriptor.
 */
static uint64_t
send_rest(struct lane *l, uint16_t queue, struct rte_mbuf **pkts, uint16_t n)
{
	const uint64_t from = rte_rdtsc();
	uint16_t sent = 0;

	while (sent < n && !lane_stopped(l)) {
		rte_pause();
		sent += rte_eth_tx_burst(l->to, queue, pkts + sent, n - sent);
	}
	rte_pktmbuf_free_bulk(pkts + sent, n - sent);
	return rte_rdtsc() - from;
}

static inline void
lane_turn(struct lane *l, uint16_t queue, uint64_t *last)
{
	struct rte_mbuf *pkts[LANE_BURST_MAX];
	uint64_t wait = 0, now;
	uint16_t n, sent;

	n = rte_eth_rx_burst(l->from, queue, pkts, l->burst);
	if (n == 0) {
		*last = rte_rdtsc();
		return;
	}
	sent = rte_eth_tx_burst(l->to, queue, pkts, n);
	if (sent != n)
		wait = send_rest(l, queue, pkts + sent, n - sent);
	now = rte_rdtsc();
	lane_count(&l->frames, n);
	lane_count(&l->cycles, now - *last - wait);
	lane_count(&l->wait, wait);
	*last = now;
}

int
lane_run(void *arg)
{
	struct lane *l = arg;
	uint64_t last = rte_rdtsc();

	while (!lane_stopped(l)) {
		for (uint16_t q = l->first_queue; q < l->queues; q += l->step)
			lane_turn(l, q, &last);
		lane_count(&l->turns, 1);
	}
	return 0;
}
