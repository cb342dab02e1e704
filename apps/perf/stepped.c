/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */

/*
 * Measures cycles per packet on a stepped rig: the device works only between bursts, and short
 * intervals are timed, so that disturbed ones can be discarded.
 */

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <rte_cycles.h>
#include <rte_ethdev.h>
#include <rte_mbuf.h>

#include <sl_pmd.h>

#include "progress.h"
#include "rig.h"
#include "stats.h"
#include "stepped.h"
#include "stop.h"

#define STEP_BUDGET 64u
#define STEP_TRIES 1000u
/** Frames per interval: enough for refills to have their usual share. */
#define STRETCH_FRAMES 1024u
#define STRETCHES_MAX 65536u
#define STRETCHES_MIN 16u
#define WARM_UP_STRETCHES 16u
#define CLOCK_READS 1000u
/**
 * The reported value: this share of intervals was faster. Other work on the core slows the others.
 */
#define UNDISTURBED 0.1

/* 7 short, 4 medium, 1 long: the same as the generator's imix. Bytes without FCS. */
static const uint16_t imix[] = {60, 590, 60, 60, 590, 60, 60, 590, 60, 590, 60, 1514};

static uint32_t
frame_len(const struct rig *r, unsigned int i)
{
	if (strcmp(r->point->size, "imix") == 0)
		return imix[i % RTE_DIM(imix)];
	return point_size_max(r->point) - RTE_ETHER_CRC_LEN;
}

/* Make a frame of as many segments as it needs. */
static struct rte_mbuf *
make_frame(struct rte_mempool *pool, uint32_t len, unsigned int i)
{
	struct rte_mbuf *head = NULL;

	while (len != 0) {
		struct rte_mbuf *m = rte_pktmbuf_alloc(pool);
		const uint16_t part =
			m != NULL ? (uint16_t)RTE_MIN(len, rte_pktmbuf_tailroom(m)) : 0;

		if (m == NULL) {
			rte_pktmbuf_free(head);
			return NULL;
		}
		memset(rte_pktmbuf_append(m, part), (int)i, part);
		if (head == NULL)
			head = m;
		else if (rte_pktmbuf_chain(head, m) != 0)
			rte_pktmbuf_free(m);
		len -= part;
	}
	return head;
}

int
stepped_fill(struct rig *r)
{
	struct rte_mbuf *pkts[STEP_BURST_MAX];
	const uint16_t n = (uint16_t)r->point->burst;
	uint16_t sent;

	for (uint16_t i = 0; i < n; i++) {
		pkts[i] = make_frame(r->pool, frame_len(r, i), i);
		if (pkts[i] == NULL) {
			rte_pktmbuf_free_bulk(pkts, i);
			return -ENOMEM;
		}
	}
	sent = rte_eth_tx_burst(r->port[0].id, 0, pkts, n);
	rte_pktmbuf_free_bulk(pkts + sent, n - sent);
	return sent == n ? 0 : -EIO;
}

int
stepped_step(const struct rig *r)
{
	const int frames = 2 * (int)r->point->burst;
	int moved = 0;

	for (unsigned int i = 0; moved < frames && i < STEP_TRIES; i++) {
		const int n = sl_pmd_step(r->port[0].id, STEP_BUDGET);

		if (n < 0)
			return n;
		moved += n;
	}
	return moved == frames ? 0 : -EIO;
}

/* One burst through the driver. Its cycles are added to @p rx and @p tx. */
static int
turn(const struct rig *r, uint64_t *rx, uint64_t *tx)
{
	struct rte_mbuf *pkts[STEP_BURST_MAX];
	const uint16_t burst = (uint16_t)r->point->burst;
	const uint64_t from = rte_rdtsc_precise();
	const uint16_t n = rte_eth_rx_burst(r->port[0].id, 0, pkts, burst);
	const uint64_t between = rte_rdtsc_precise();
	const uint16_t sent = rte_eth_tx_burst(r->port[0].id, 0, pkts, n);
	const uint64_t to = rte_rdtsc_precise();

	*rx += between - from;
	*tx += to - between;
	rte_pktmbuf_free_bulk(pkts + sent, n - sent);
	return n == burst && sent == burst ? 0 : -EIO;
}

/* Measure the cost of reading the clock. */
static double
clock_cost(void)
{
	double cost[CLOCK_READS];

	for (unsigned int i = 0; i < CLOCK_READS; i++) {
		const uint64_t from = rte_rdtsc_precise();

		cost[i] = (double)(rte_rdtsc_precise() - from);
	}
	return stat_median(cost, CLOCK_READS);
}

static int
stretch(const struct rig *r, double clock, struct stepped *out)
{
	const unsigned int turns = STRETCH_FRAMES / r->point->burst;
	const double frames = (double)turns * r->point->burst;
	uint64_t rx = 0, tx = 0;

	for (unsigned int i = 0; i < turns; i++) {
		int rc = stepped_step(r);

		if (rc == 0)
			rc = turn(r, &rx, &tx);
		if (rc != 0)
			return rc;
	}
	out->rx = ((double)rx - clock * turns) / frames;
	out->tx = ((double)tx - clock * turns) / frames;
	return 0;
}

int
stepped_run(struct rig *r, double seconds, struct stepped *out)
{
	const double end = progress_clock() + seconds, clock = clock_cost();
	double *rx = calloc(STRETCHES_MAX, sizeof(*rx)), *tx = calloc(STRETCHES_MAX, sizeof(*tx));
	struct stepped s;
	size_t n = 0;
	int rc = rx != NULL && tx != NULL ? 0 : -ENOMEM;

	for (unsigned int i = 0; rc == 0 && i < WARM_UP_STRETCHES; i++)
		rc = stretch(r, clock, &s);
	while (rc == 0 && n < STRETCHES_MAX &&
		(n < STRETCHES_MIN || (progress_clock() < end && !stop_wanted()))) {
		rc = stretch(r, clock, &s);
		rx[n] = s.rx;
		tx[n] = s.tx;
		n += rc == 0;
	}
	*out = (struct stepped){
		stat_quantile(rx, n, UNDISTURBED), stat_quantile(tx, n, UNDISTURBED)};
	free(rx);
	free(tx);
	return rc;
}
