/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */
#include <inttypes.h>

#include <rte_cycles.h>

#include "result.h"
#include "run.h"

static void
print_ports(const struct run *run, const struct snapshot *all, FILE *f)
{
	for (uint16_t i = 0; i < run->nb_ports; i++) {
		const struct port_counters *n = &all->port[i];

		fprintf(f, "port %u %-22s rx %12" PRIu64 "  tx %12" PRIu64 "  missed %" PRIu64
			"  errors rx %" PRIu64 " tx %" PRIu64 "  no mbuf %" PRIu64 "\n",
			run->ports[i].id, run->ports[i].name, n->rx, n->tx, n->missed,
			n->rx_errors, n->tx_errors, n->no_mbuf);
	}
}

void
result_print(const struct run *run, FILE *f)
{
	const struct meter *m = &run->meter;
	double hz = (double)rte_get_tsc_hz();
	struct snapshot all = { 0 }, window = { 0 };
	struct totals t, rate;

	if (!m->valid || snapshot_diff(&m->start, &m->final, &all) != 0)
		return;
	if (snapshot_diff(&m->measure, &m->end, &window) == 0) {
		snapshot_total(&all, run->nb_ports, hz, &t);
		snapshot_total(&window, run->nb_ports, hz, &rate);
		fprintf(f, "---- result: %s, %u streams, %.3f s measured\n",
			run->cfg->engine->name, run->nb_streams, rate.seconds);
		print_ports(run, &all, f);
		fprintf(f, "received %" PRIu64 "  sent %" PRIu64 "  consumed %" PRIu64 "  dropped %"
			PRIu64 "\n", t.rx, t.tx, t.consumed, t.dropped);
		fprintf(f, "rate rx %.3f Mpps  tx %.3f Mpps  cycles/packet %.1f\n",
			rate.rx_pps / 1e6, rate.tx_pps / 1e6, rate.cycles_per_packet);
	}
	snapshot_free(&all);
	snapshot_free(&window);
}
