/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */

/*
 * Takes snapshots of all counters, and computes differences, sums and rates. result.c derives the
 * outcome of a run from them.
 */

#include <assert.h>
#include <errno.h>
#include <inttypes.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "run.h"
#include "stats.h"

#define ROW(f) \
	{ \
#f, offsetof(struct port_counters, f) \
	}
const struct counter_row port_counter_rows[] = {
	ROW(rx),
	ROW(tx),
	ROW(rx_bytes),
	ROW(tx_bytes),
	ROW(missed),
	ROW(rx_errors),
	ROW(tx_errors),
	ROW(no_mbuf),
};
const unsigned int nb_port_counter_rows = RTE_DIM(port_counter_rows);

static_assert(RTE_DIM(port_counter_rows) * sizeof(uint64_t) == sizeof(struct port_counters),
	"every port counter has its row");
static_assert(sizeof(struct stream_counters) % sizeof(uint64_t) == 0, "stream counters are words");

void
port_counters_get(const struct port *p, struct port_counters *out)
{
	struct port_counters past = p->past;
	struct rte_eth_stats s = {0};

	/* A device that is gone cannot be read: use the last values. */
	if (!p->closed && rte_eth_stats_get(p->id, &s) != 0) {
		*out = p->seen;
		return;
	}
	*out = (struct port_counters){
		.rx = past.rx + s.ipackets,
		.tx = past.tx + s.opackets,
		.rx_bytes = past.rx_bytes + s.ibytes,
		.tx_bytes = past.tx_bytes + s.obytes,
		.missed = past.missed + s.imissed,
		.rx_errors = past.rx_errors + s.ierrors,
		.tx_errors = past.tx_errors + s.oerrors,
		.no_mbuf = past.no_mbuf + s.rx_nombuf,
	};
}

/** Copy counters while their owner may be counting: each value is consistent, but not the set. */
static void
stream_counters_get(const struct stream_counters *from, struct stream_counters *out)
{
	const uint64_t *src = (const uint64_t *)from;
	uint64_t *dst = (uint64_t *)out;

	for (size_t i = 0; i < sizeof(*from) / sizeof(*src); i++)
		dst[i] = __atomic_load_n(&src[i], __ATOMIC_RELAXED);
}

static int
snapshot_size(struct snapshot *s, unsigned int nb_streams)
{
	struct stream_counters *mem = calloc(RTE_MAX(nb_streams, 1u), sizeof(*mem));

	if (mem == NULL)
		return -ENOMEM;
	free(s->stream);
	s->stream = mem;
	s->nb_streams = nb_streams;
	return 0;
}

int
snapshot_take(const struct run *run, struct snapshot *out)
{
	if (snapshot_size(out, run->nb_streams) != 0)
		return -ENOMEM;
	out->tsc = rte_rdtsc();
	for (unsigned int i = 0; i < run->nb_streams; i++)
		stream_counters_get(&run->streams[i].n, &out->stream[i]);
	for (unsigned int i = 0; i < run->nb_ports; i++)
		port_counters_get(&run->ports[i], &out->port[i]);
	return 0;
}

int
snapshot_copy(const struct snapshot *from, struct snapshot *out)
{
	if (snapshot_size(out, from->nb_streams) != 0)
		return -ENOMEM;
	out->tsc = from->tsc;
	memcpy(out->port, from->port, sizeof(out->port));
	memcpy(out->stream, from->stream, sizeof(*out->stream) * from->nb_streams);
	return 0;
}

void
snapshot_free(struct snapshot *s)
{
	free(s->stream);
	*s = (struct snapshot){0};
}

static void
diff_words(const void *earlier, const void *later, void *out, size_t len)
{
	const uint64_t *a = earlier, *b = later;
	uint64_t *d = out;

	for (size_t i = 0; i < len / sizeof(*d); i++)
		d[i] = b[i] >= a[i] ? b[i] - a[i] : b[i];
}

int
snapshot_diff(const struct snapshot *earlier, const struct snapshot *later, struct snapshot *out)
{
	const struct stream_counters none = {0};

	if (snapshot_size(out, later->nb_streams) != 0)
		return -ENOMEM;
	out->tsc = later->tsc - earlier->tsc;
	diff_words(earlier->port, later->port, out->port, sizeof(out->port));
	for (unsigned int i = 0; i < later->nb_streams; i++)
		diff_words(i < earlier->nb_streams ? &earlier->stream[i] : &none, &later->stream[i],
			&out->stream[i], sizeof(none));
	return 0;
}

void
snapshot_total(const struct snapshot *diff, unsigned int nb_ports, double hz, struct totals *out)
{
	uint64_t rx_bytes = 0, tx_bytes = 0, moved;

	*out = (struct totals){.seconds = (double)diff->tsc / hz};
	for (unsigned int i = 0; i < diff->nb_streams; i++) {
		const struct stream_counters *n = &diff->stream[i];

		out->rx += n->rx;
		out->tx += n->tx;
		out->generated += n->generated;
		out->consumed += n->consumed;
		out->dropped += n->dropped;
		out->retries += n->retries;
		out->polls += n->polls;
		out->cycles_busy += n->cycles_busy;
		out->cycles_wait += n->cycles_wait;
		out->no_mbuf_tx += n->no_mbuf;
	}
	for (unsigned int i = 0; i < nb_ports; i++) {
		const struct port_counters *n = &diff->port[i];

		rx_bytes += n->rx_bytes;
		tx_bytes += n->tx_bytes;
		out->missed += n->missed;
		out->rx_errors += n->rx_errors;
		out->tx_errors += n->tx_errors;
		out->no_mbuf += n->no_mbuf;
	}
	moved = out->rx + out->generated;
	if (moved != 0)
		out->cycles_per_packet = (double)out->cycles_busy / (double)moved;
	if (out->seconds > 0) {
		out->rx_pps = (double)out->rx / out->seconds;
		out->tx_pps = (double)out->tx / out->seconds;
		out->rx_bps = 8 * (double)rx_bytes / out->seconds;
		out->tx_bps = 8 * (double)tx_bytes / out->seconds;
	}
}

void
meter_free(struct meter *m)
{
	snapshot_free(&m->start);
	snapshot_free(&m->measure);
	snapshot_free(&m->end);
	snapshot_free(&m->final);
	snapshot_free(&m->line);
	json_decref(m->wires);
	*m = (struct meter){0};
}

int64_t
totals_unaccounted(const struct totals *t)
{
	return (int64_t)(t->rx + t->generated - t->tx - t->consumed - t->dropped);
}

uint64_t
totals_lost(const struct totals *t)
{
	return t->dropped + t->missed + t->rx_errors + t->tx_errors +
		(uint64_t)llabs(totals_unaccounted(t));
}

void
stats_print_line(FILE *f, double since_start, const struct totals *t)
{
	fprintf(f,
		"%8.1f s  rx %9.3f Mpps %8.3f Gbit/s  tx %9.3f Mpps %8.3f Gbit/s  dropped %" PRIu64
		"  missed %" PRIu64 "  cycles/packet %.1f\n",
		since_start, t->rx_pps / 1e6, t->rx_bps / 1e9, t->tx_pps / 1e6, t->tx_bps / 1e9,
		t->dropped, t->missed, t->cycles_per_packet);
	fflush(f);
}
