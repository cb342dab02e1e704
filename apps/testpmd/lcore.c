/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */

/*
 * The loop of a forwarding lcore: it processes its streams until it is requested to stop. The
 * streams are assigned in forward.c.
 */

#include <rte_launch.h>
#include <rte_lcore.h>

#include "lcore.h"

/**
 * Run the engine once for every stream. The TSC is read once per stream: the end of a run is the
 * start of the next one.
 */
static inline uint64_t
turn(struct lcore *lc, uint64_t now)
{
	for (unsigned int i = 0; i < lc->nb_streams; i++) {
		struct stream *s = lc->streams[i];
		uint64_t waited = s->n.cycles_wait;
		unsigned int moved = s->engine->run(s);
		uint64_t then = now;

		now = rte_rdtsc();
		count(&s->n.polls, 1);
		if (moved != 0)
			count(&s->n.cycles_busy, now - then - (s->n.cycles_wait - waited));
	}
	return now;
}

/* Loop until requested to stop; for rte_eal_remote_launch(). @p arg is a struct lcore. */
static int
lcore_main(void *arg)
{
	struct lcore *lc = arg;
	uint64_t now = rte_rdtsc();

	/* Relaxed: no data is passed with the flag, and joining the lcore orders its counters. */
	while (!__atomic_load_n(&lc->stop, __ATOMIC_RELAXED))
		now = turn(lc, now);
	return 0;
}

void
lcore_turns(struct lcore *lc, uint64_t until)
{
	uint64_t now;

	/* Stop if there is no stream: then turn() would not read the clock. */
	for (now = rte_rdtsc(); now < until && lc->nb_streams != 0;)
		now = turn(lc, now);
}

int
lcore_launch(struct lcore *lc)
{
	__atomic_store_n(&lc->stop, false, __ATOMIC_RELAXED);
	return rte_eal_remote_launch(lcore_main, lc, lc->id);
}

void
lcore_stop(struct lcore *lc)
{
	__atomic_store_n(&lc->stop, true, __ATOMIC_RELAXED);
	rte_eal_wait_lcore(lc->id);
}

void
lcore_drop_port(struct lcore *lc, uint16_t port)
{
	unsigned int n = 0;

	for (unsigned int i = 0; i < lc->nb_streams; i++) {
		struct stream *s = lc->streams[i];

		if (s->rx_port != port && s->tx_port != port)
			lc->streams[n++] = s;
	}
	lc->nb_streams = n;
}
