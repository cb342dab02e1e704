/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */

/*
 * Computes the outcome of a run from its counters and the wires' reports, and prints it as text.
 * The JSON format is in result_json.c.
 */

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include <rte_cycles.h>
#include <rte_string_fns.h>

#include "outfile.h"
#include "result.h"
#include "run.h"
#include "say.h"
#include "wire.h"

/** True if the sinks receive every frame of the generators. */
static bool
sinks_see_all(const struct run *run, const struct outcome *o)
{
	const struct engine *e = run->cfg->engine;
	bool any = false;

	if (!e->receives || !e->transmits || o->total.consumed != 0)
		return false;
	for (unsigned int i = 0; i < run->nb_streams; i++) {
		enum gen_state from = port_by_id_const(run, run->streams[i].rx_port)->gen;
		enum gen_state to = port_by_id_const(run, run->streams[i].tx_port)->gen;

		if (from == GEN_WORKS && to == GEN_UNKNOWN)
			return false;
		any |= from == GEN_WORKS;
	}
	return any;
}

int
result_outcome(const struct run *run, struct outcome *out)
{
	const struct meter *m = &run->meter;
	double hz = (double)rte_get_tsc_hz();
	struct outcome o = {0};

	if (!m->valid)
		return -ENOENT;
	if (snapshot_diff(&m->start, &m->final, &o.all) != 0 ||
		snapshot_diff(&m->measure, &m->end, &o.window) != 0) {
		outcome_free(&o);
		return -ENOMEM;
	}
	snapshot_total(&o.all, run->nb_ports, hz, &o.total);
	snapshot_total(&o.window, run->nb_ports, hz, &o.rate);
	wire_total(m->wires, &o.wire);
	o.by_sequence = sinks_see_all(run, &o);
	if (o.by_sequence) {
		o.in = o.wire.generated;
		o.out = o.wire.received;
		o.lost = (int64_t)(o.in - o.out);
	} else {
		o.in = o.total.rx + o.total.generated + o.total.missed + o.total.rx_errors;
		o.lost = (int64_t)totals_lost(&o.total);
		o.out = o.in - (uint64_t)o.lost;
	}
	o.passed = o.lost == 0 && o.total.rx_errors == 0 && o.total.tx_errors == 0 &&
		o.wire.damaged == 0 && totals_unaccounted(&o.total) == 0;
	for (uint16_t i = 0; i < run->nb_ports; i++) {
		const struct port *p = &run->ports[i];

		o.passed &= !(p->in_run && (p->removal_told || p->wire_error_told));
	}
	*out = o;
	return 0;
}

void
outcome_free(struct outcome *out)
{
	snapshot_free(&out->all);
	snapshot_free(&out->window);
}

void
burst_paths(uint16_t port, char *rx, char *tx, size_t len)
{
	struct rte_eth_burst_mode mode;

	if (!rte_eth_dev_is_valid_port(port) || rte_eth_rx_burst_mode_get(port, 0, &mode) != 0)
		mode.info[0] = '\0';
	rte_strscpy(rx, mode.info, len);
	if (!rte_eth_dev_is_valid_port(port) || rte_eth_tx_burst_mode_get(port, 0, &mode) != 0)
		mode.info[0] = '\0';
	rte_strscpy(tx, mode.info, len);
}

bool
result_has(const struct port *p)
{
	return p->in_run || !p->gone;
}

static void
print_port(const struct run *run, uint16_t i, const struct outcome *o, FILE *f)
{
	const struct port *p = &run->ports[i];
	const struct port_counters *n = &o->all.port[i];
	const char *coherency = wire_coherency(p->id);
	char rx[64], tx[64];

	burst_paths(p->id, rx, tx, sizeof(rx));
	fprintf(f, "port %u  %s (%s%s%s)", p->id, p->name, p->info.driver_name,
		coherency != NULL ? ", " : "", coherency != NULL ? coherency : "");
	if (rx[0] != '\0' || tx[0] != '\0')
		fprintf(f, "  rx path %s, tx path %s", rx, tx);
	fprintf(f,
		"\n        rx %" PRIu64 "  tx %" PRIu64 "  missed %" PRIu64 "  errors rx %" PRIu64
		" tx %" PRIu64 "  no mbuf %" PRIu64 "\n",
		n->rx, n->tx, n->missed, n->rx_errors, n->tx_errors, n->no_mbuf);
}

/** Print numbers of receive calls by number of frames returned, in groups whose size doubles. */
static void
print_bursts(const struct snapshot *s, FILE *f)
{
	uint64_t sum = 0, group[BURST_MAX + 1] = {0};

	for (unsigned int i = 0; i < s->nb_streams; i++) {
		for (unsigned int n = 1; n <= BURST_MAX; n++) {
			sum += s->stream[i].burst[n];
			group[n] += s->stream[i].burst[n];
		}
	}
	if (sum == 0)
		return;
	fprintf(f, "bursts ");
	for (unsigned int first = 1; first <= BURST_MAX; first *= 2) {
		uint64_t calls = 0;

		for (unsigned int n = first; n < 2 * first && n <= BURST_MAX; n++)
			calls += group[n];
		if (calls != 0)
			fprintf(f, " %s%u: %.1f %%", first == 1 ? "" : ">=", first,
				100 * (double)calls / (double)sum);
	}
	fprintf(f, "\n");
}

static void
print_latency(const struct run *run, FILE *f)
{
	size_t i;
	json_t *report;

	json_array_foreach(run->meter.wires, i, report)
	{
		const json_t *l = json_object_get(json_object_get(report, "rx"), "latency_ns");
		double us[4] = {0};
		const char *const names[] = {"p50", "p99", "p999", "max"};

		if (json_integer_value(json_object_get(l, "count")) == 0)
			continue;
		for (unsigned int k = 0; k < RTE_DIM(names); k++)
			us[k] = json_number_value(json_object_get(l, names[k])) / 1000;
		fprintf(f, "latency out of port %u: p50 %.1f  p99 %.1f  p99.9 %.1f  max %.1f us\n",
			run->ports[i].id, us[0], us[1], us[2], us[3]);
	}
}

void
result_print(const struct run *run, const struct outcome *o, FILE *f)
{
	const struct totals *t = &o->total;

	fprintf(f, "---- %s, %s, %u stream%s on %u lcore%s, %.3f s measured ----\n",
		run->cfg->engine->name, topology_name(run->cfg->topology), run->nb_streams,
		run->nb_streams == 1 ? "" : "s", run->nb_lcores, run->nb_lcores == 1 ? "" : "s",
		o->rate.seconds);
	for (uint16_t i = 0; i < run->nb_ports; i++) {
		if (result_has(&run->ports[i]))
			print_port(run, i, o, f);
	}
	fprintf(f,
		"frames  rx %" PRIu64 "  tx %" PRIu64 "  made %" PRIu64 "  consumed %" PRIu64
		"  dropped %" PRIu64 "  tx retries %" PRIu64 "\n",
		t->rx, t->tx, t->generated, t->consumed, t->dropped, t->retries);
	print_bursts(&o->window, f);
	fprintf(f,
		"rate    rx %.3f Mpps %.3f Gbit/s  tx %.3f Mpps %.3f Gbit/s  %.1f cycles/packet\n",
		o->rate.rx_pps / 1e6, o->rate.rx_bps / 1e9, o->rate.tx_pps / 1e6,
		o->rate.tx_bps / 1e9, o->rate.cycles_per_packet);
	print_latency(run, f);
	fprintf(f, "loss    %" PRId64 " of %" PRIu64 ", by %s\n", o->lost, o->in,
		o->by_sequence ? "sequence number" : "counters");
	fflush(f);
}

/** For outfile_write(): the number of signals is 0 or 1, since a second one ends the program. */
static unsigned int
count_signals(void *arg)
{
	return signals_came(arg) ? 1 : 0;
}

static int
write_json(struct run *run, const struct outcome *o)
{
	json_t *result = result_json(run, o);
	char *text = result != NULL ? json_dumps(result, JSON_INDENT(2)) : NULL;
	int rc;

	json_decref(result);
	if (text == NULL)
		return say_error(-ENOMEM, "no memory for the result");
	rc = outfile_write(run->cfg->json, text, strlen(text), count_signals, &run->signals);
	free(text);
	return rc == 0 ?
		0 :
		say_error(rc, "--json: '%s' cannot be written (%s)", run->cfg->json,
			rc == -EINTR ? "nobody read it when a signal came" : strerror(-rc));
}

void
result_conclude(struct run *run)
{
	struct outcome o;

	for (uint16_t i = 0; i < run->nb_ports; i++) {
		if (wire_tell_error(&run->ports[i], json_array_get(run->meter.wires, i)))
			run->worst = EXIT_CODE_SETUP;
	}
	if (result_outcome(run, &o) != 0) {
		say_error(0, "no memory for the result");
		run->worst = EXIT_CODE_SETUP;
		return;
	}
	result_print(run, &o, stdout);
	if (run->cfg->json != NULL && write_json(run, &o) != 0)
		run->worst = EXIT_CODE_SETUP;
	if (run->cfg->fail_on_loss && !o.passed && run->worst == EXIT_CODE_OK)
		run->worst = EXIT_CODE_LOSS;
	outcome_free(&o);
}
