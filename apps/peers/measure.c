/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */

/*
 * Times bursts of each contender. The device works between the bursts and is not timed. Rounds
 * alternate between contenders, so that a slowdown of the machine affects all of them.
 */

#include <errno.h>
#include <math.h>
#include <pthread.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <rte_cycles.h>
#include <rte_pause.h>

#include "measure.h"
#include "sl_cpus.h"

#define BATCH 32u    /* frames per queue between two runs of the device */
#define EMPTY_MAX 4u /* empty bursts after which frames count as lost */
#define CLOCK_READS 1001u
#define SPINS 20000u /* iterations after which a waiting thread yields its core */

const char *const op_names[OP_COUNT] = {"rx", "tx", "rx+tx"};

/* --- the device on another core --- */

struct helper {
	pthread_t thread;
	_Alignas(128) uint32_t asked;
	_Alignas(128) uint32_t done;
	struct contender *c; /**< contender whose device is stepped; written before asked */
	bool stop;
};

static void
wait_for(const uint32_t *word, uint32_t value, bool equal)
{
	unsigned int spins = 0;

	while ((__atomic_load_n(word, __ATOMIC_ACQUIRE) == value) != equal) {
		rte_pause();
		if (++spins % SPINS == 0)
			sched_yield();
	}
}

static void *
helper_main(void *arg)
{
	struct helper *h = arg;
	uint32_t turn = 0;

	for (;;) {
		wait_for(&h->asked, turn, false);
		if (h->stop)
			return NULL;
		contender_settle(h->c);
		/* Release: a thread that sees done also sees what the device wrote. */
		__atomic_store_n(&h->done, ++turn, __ATOMIC_RELEASE);
	}
}

int
helper_start(int cpu, struct helper **out)
{
	struct helper *h = aligned_alloc(128, sizeof(*h));
	pthread_attr_t attr;
	struct sl_cpus one;
	int ret;

	if (h == NULL)
		return -ENOMEM;
	memset(h, 0, sizeof(*h));
	ret = sl_cpus_one(&one, cpu);
	pthread_attr_init(&attr);
	if (ret == 0)
		ret = -pthread_attr_setaffinity_np(&attr, one.size, one.set);
	if (ret == 0)
		ret = -pthread_create(&h->thread, &attr, helper_main, h);
	pthread_attr_destroy(&attr);
	sl_cpus_free(&one);
	if (ret != 0) {
		free(h);
		return ret;
	}
	*out = h;
	return 0;
}

/* Start one more run of the device on the other core. */
static uint32_t
helper_ask(struct helper *h)
{
	uint32_t turn = h->asked + 1;

	/* Release: a helper that sees the turn also sees c and what was written for the device. */
	__atomic_store_n(&h->asked, turn, __ATOMIC_RELEASE);
	return turn;
}

void
helper_stop(struct helper *h)
{
	if (h == NULL)
		return;
	h->stop = true;
	(void)helper_ask(h);
	pthread_join(h->thread, NULL);
	free(h);
}

static void
settle(struct helper *h, struct contender *c)
{
	if (h == NULL || c->nic == NULL) {
		contender_settle(c);
		return;
	}
	h->c = c;
	wait_for(&h->done, helper_ask(h), true);
}

/* --- timed region --- */

/** Frames of all queues in one region, and the number that have passed. */
struct hand {
	struct rte_mbuf *m[(QUEUES_MAX + 1) * BURST_MAX];
	unsigned int n;
};

static __rte_always_inline uint16_t
burst_rx(struct contender *c, bool bare, unsigned int q, struct rte_mbuf **m, uint16_t n)
{
	return bare ? floor_rx(c->floor, q, m, n) : rte_eth_rx_burst(c->port, (uint16_t)q, m, n);
}

static __rte_always_inline uint16_t
burst_tx(struct contender *c, bool bare, unsigned int q, struct rte_mbuf **m, uint16_t n)
{
	return bare ? floor_tx(c->floor, q, m, n) : rte_eth_tx_burst(c->port, (uint16_t)q, m, n);
}

/* Request checksums as an application does. This is timed, for all contenders alike. */
static __rte_always_inline void
mark_all(struct rte_mbuf **m, unsigned int n)
{
	unsigned int i;

	for (i = 0; i < n; i++)
		contender_mark(m[i]);
}

/*
 * Time @p batch frames of every queue, burst by burst. A burst may be short, for example if a
 * driver stops at the end of the ring. Missing frames show in hand->n. @return cycles.
 */
static __rte_always_inline uint64_t
region(struct contender *c, const struct point *p, bool bare, enum peer_op op, unsigned int batch,
	struct hand *hand)
{
	const uint16_t burst = (uint16_t)p->burst;
	const unsigned int queues = p->queues;
	uint64_t from = rte_rdtsc_precise();
	unsigned int q, done, empty, n = 0;

	for (q = 0; q < queues; q++) {
		for (done = 0, empty = 0; done < batch && empty < EMPTY_MAX;) {
			struct rte_mbuf **m = &hand->m[op == OP_RXTX ? 0 : q * batch + done];
			uint16_t got = burst;

			if (op != OP_TX)
				got = burst_rx(c, bare, q, m, burst);
			if (op == OP_RXTX && p->offloads)
				mark_all(m, got);
			if (op != OP_RX)
				got = burst_tx(c, bare, q, m, got);
			done += got;
			empty += got == 0;
		}
		n += done;
	}
	from = rte_rdtsc_precise() - from;
	hand->n = n;
	return from;
}

/* A separate body for each operation, with and without ethdev. */
static uint64_t
region_run(struct contender *c, const struct point *p, unsigned int batch, struct hand *hand)
{
	const bool bare = c->row->kind == KIND_FLOOR;

	switch (p->op) {
	case OP_RX:
		return bare ? region(c, p, true, OP_RX, batch, hand) :
			      region(c, p, false, OP_RX, batch, hand);
	case OP_TX:
		return bare ? region(c, p, true, OP_TX, batch, hand) :
			      region(c, p, false, OP_TX, batch, hand);
	default:
		return bare ? region(c, p, true, OP_RXTX, batch, hand) :
			      region(c, p, false, OP_RXTX, batch, hand);
	}
}

/* --- rounds --- */

static bool
takes_part(const struct contender *c, const struct point *p)
{
	return p->burst >= c->row->min_burst && (!p->offloads || c->row->offloads);
}

/* One batch on every queue. The device works before and after, the driver in between. */
static int
batch_run(struct helper *h, struct contender *c, const struct point *p, uint64_t *cycles)
{
	const unsigned int batch = RTE_MAX(BATCH, p->burst), all = batch * p->queues;
	struct hand hand;
	int ret;

	ret = p->op == OP_TX ? contender_get(c, hand.m, all) : contender_feed(c, batch);
	if (ret != 0)
		return ret;
	if (p->op != OP_TX)
		settle(h, c);
	*cycles += region_run(c, p, batch, &hand);
	if (hand.n != all) {
		fprintf(stderr, "%s: %u frames of %u passed\n", c->row->name, hand.n, all);
		return -EIO;
	}
	if (p->op == OP_RX) {
		contender_put(c, hand.m, all);
		c->in_ring = 0;
	} else if (p->op == OP_TX) {
		settle(h, c);
		return contender_drain(c);
	}
	return 0;
}

/*
 * A lap of the ring. It includes everything that a driver does only occasionally. @p out: cycles
 * per packet.
 */
static int
lap_run(struct measure *m, struct contender *c, const struct point *p, double *out)
{
	const unsigned int batch = RTE_MAX(BATCH, p->burst), times = RING / batch;
	uint64_t cycles = 0;
	unsigned int i;
	int ret = 0;

	for (i = 0; i < times && ret == 0; i++)
		ret = batch_run(p->other_core ? m->helper : NULL, c, p, &cycles);
	*out = ((double)cycles - m->overhead * times) / ((double)RING * p->queues);
	return ret;
}

/*
 * @p out: the fastest lap. Other processes on the core, or on its sibling thread, can only make a
 * lap slower.
 */
static int
round_run(struct measure *m, struct contender *c, const struct point *p, double *out)
{
	double lap;
	unsigned int i;
	int ret;

	/* The first lap warms the caches and is not counted. */
	ret = lap_run(m, c, p, &lap);
	*out = INFINITY;
	for (i = 0; i < m->laps && ret == 0; i++) {
		ret = lap_run(m, c, p, &lap);
		*out = RTE_MIN(*out, lap);
	}
	if (ret != 0)
		return ret;
	(void)contender_drain(c);
	contender_settle(c);
	return 0;
}

static int
by_value(const void *a, const void *b)
{
	const double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

double
median(double *v, unsigned int n)
{
	qsort(v, n, sizeof(*v), by_value);
	return n % 2 != 0 ? v[n / 2] : (v[n / 2 - 1] + v[n / 2]) / 2;
}

void
measure_init(struct measure *m)
{
	double v[CLOCK_READS];
	unsigned int i;

	for (i = 0; i < CLOCK_READS; i++) {
		uint64_t from = rte_rdtsc_precise();

		v[i] = (double)(rte_rdtsc_precise() - from);
	}
	m->overhead = median(v, CLOCK_READS);
}

int
measure_point(struct measure *m, const struct point *p, struct result *out)
{
	double sorted[ROUNDS_MAX];
	unsigned int r, i;
	int ret;

	*out = (struct result){.point = *p, .rounds = m->rounds};
	for (i = 0; i < m->n; i++)
		contender_frames(&m->list[i], p->size - RTE_ETHER_CRC_LEN);
	for (r = 0; r < m->rounds; r++) {
		for (i = 0; i < m->n; i++) {
			/*
			 * Forwards, then backwards, so that no contender always follows the same
			 * one.
			 */
			unsigned int k = r % 2 == 0 ? i : m->n - 1 - i;

			if (!takes_part(&m->list[k], p))
				continue;
			ret = round_run(m, &m->list[k], p, &out->sample[k][r]);
			if (ret != 0)
				return ret;
		}
	}
	for (i = 0; i < m->n; i++) {
		out->median[i] = NAN;
		if (!takes_part(&m->list[i], p))
			continue;
		memcpy(sorted, out->sample[i], m->rounds * sizeof(sorted[0]));
		out->median[i] = median(sorted, m->rounds);
		out->spread[i] = (sorted[m->rounds * 3 / 4] - sorted[m->rounds / 4]) / 2;
	}
	return 0;
}
