/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */

/*
 * The device thread applies control requests to gen: clear counters, new shape of
 * frames, start, new rate.
 */

#include "wire_clock.h"
#include "wire_gen.h"

/* The common mix of 7 short, 4 middle and 1 long frames, interleaved. Bytes excluding FCS. */
const uint16_t gen_imix[GEN_IMIX_LEN] = {60, 590, 60, 60, 590, 60, 60, 590, 60, 590, 60, 1514};

double
gen_mean_len(const struct gen_config *c)
{
	unsigned int i, sum = 0;

	if (c->mix != GEN_MIX_IMIX)
		return ((double)c->len_min + c->len_max) / 2;
	for (i = 0; i < GEN_IMIX_LEN; i++)
		sum += gen_imix[i];
	return (double)sum / GEN_IMIX_LEN;
}

/* Clear the sink's counters; streams continue after their last sequence number. Device thread. */
static void
gen_rx_clear(struct gen_rx *rx)
{
	wire_count_t *const zeroed[] = {
		&rx->frames,
		&rx->bytes,
		&rx->lost,
		&rx->reordered,
		&rx->duplicate,
		&rx->late,
		&rx->stale,
		&rx->corrupt,
		&rx->foreign,
	};
	unsigned int i;

	for (i = 0; i < sizeof(zeroed) / sizeof(zeroed[0]); i++)
		wire_count_set(zeroed[i], 0);
	wire_hist_clear(&rx->hist);
	for (i = 0; i < GEN_STREAMS; i++) {
		wire_count_set(&rx->stream[i].base, wire_count_get(&rx->stream[i].next));
		wire_count_set(&rx->stream[i].received, 0);
	}
}

static void
start_pace(struct gen_wire *g)
{
	const double fps = wire_rate_fps(&g->now.run.rate, gen_mean_len(&g->now));

	wire_pace_start(&g->tx.pace, fps, g->hz, g->now.burst, wire_clock_now());
}

static void
apply(struct gen_wire *g, const struct gen_config *old)
{
	const struct gen_config *c = &g->now;
	bool running = atomic_load_explicit(&g->tx.running, memory_order_relaxed);

	if (c->run.clear_no != old->run.clear_no) {
		wire_count_set(&g->tx.frames, 0);
		wire_count_set(&g->tx.bytes, 0);
		wire_count_set(&g->tx.skipped, 0);
		gen_rx_clear(&g->rx);
	}
	if (c->shape_no != old->shape_no)
		g->tx.reshape = true;
	if (c->run.start_no != old->run.start_no) {
		running = c->run.run;
		g->tx.left = c->count != 0 ? c->count : UINT64_MAX;
	}
	if (c->run.start_no != old->run.start_no || c->run.rate_no != old->run.rate_no)
		start_pace(g);
	/* A generator that stopped at its count stays stopped until the next start. */
	atomic_store_explicit(&g->tx.running, running && c->run.run, memory_order_relaxed);
}

void
gen_apply(struct gen_wire *g)
{
	const struct gen_config old = g->now;

	g->now = g->want;
	apply(g, &old);
}
