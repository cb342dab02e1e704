/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */

/* The outcome of a run as JSON: docs/reference/sl-testpmd.md. It is computed in result.c. */

#include <rte_cycles.h>
#include <rte_lcore.h>
#include <rte_version.h>

#include "environment.h"
#include "result.h"
#include "run.h"

static json_t *
text_or_null(const char *s)
{
	return s == NULL || s[0] == '\0' ? json_null() : json_string(s);
}

static json_t *
config_json(const struct run *run)
{
	const struct config *c = run->cfg;
	json_t *segs = json_array();

	for (unsigned int i = 0; i < c->nb_tx_segs; i++)
		json_array_append_new(segs, json_integer(c->tx_segs[i]));
	return json_pack(
		"{s:s, s:s, s:i, s:i, s:i, s:i, s:f, s:f, s:I, s:i, s:i, s:i, s:s, s:o, s:b}",
		"fwd", c->engine->name, "topology", topology_name(c->topology), "burst", c->burst,
		"tx_retry", c->tx_retries, "rxq", c->rxq, "txq", c->txq, "duration", c->duration,
		"warmup", c->warmup, "packets", (json_int_t)c->packets, "mbuf_size", c->mbuf_size,
		"mbufs", run->pool != NULL ? run->pool->size : 0, "mbcache", c->mbcache, "pool",
		config_pool_name(c), "txpkts", segs, "fail_on_loss", c->fail_on_loss);
}

static json_t *
totals_json(const struct totals *t)
{
	return json_pack("{s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I}", "rx",
		(json_int_t)t->rx, "tx", (json_int_t)t->tx, "made", (json_int_t)t->generated,
		"consumed", (json_int_t)t->consumed, "dropped", (json_int_t)t->dropped,
		"tx_retries", (json_int_t)t->retries, "missed", (json_int_t)t->missed, "rx_errors",
		(json_int_t)t->rx_errors, "tx_errors", (json_int_t)t->tx_errors, "no_mbuf",
		(json_int_t)(t->no_mbuf + t->no_mbuf_tx), "unaccounted",
		(json_int_t)totals_unaccounted(t));
}

static json_t *
rates_json(const struct totals *t)
{
	return json_pack("{s:f, s:f, s:f, s:f, s:f}", "rx_pps", t->rx_pps, "tx_pps", t->tx_pps,
		"rx_bps", t->rx_bps, "tx_bps", t->tx_bps, "cycles_per_packet",
		t->cycles_per_packet);
}

static json_t *
port_counters_json(const struct port_counters *n)
{
	json_t *o = json_object();

	for (unsigned int i = 0; i < nb_port_counter_rows; i++) {
		const struct counter_row *row = &port_counter_rows[i];
		uint64_t v = *(const uint64_t *)((const char *)n + row->offset);

		json_object_set_new(o, row->name, json_integer((json_int_t)v));
	}
	return o;
}

static json_t *
port_json(const struct run *run, uint16_t i, const struct outcome *o)
{
	const struct port *p = &run->ports[i];
	const struct port_counters *rate = &o->window.port[i];
	double s = o->rate.seconds > 0 ? o->rate.seconds : 1;
	char mac[RTE_ETHER_ADDR_FMT_SIZE], rx[64], tx[64];
	struct rte_eth_link link;

	rte_ether_format_addr(mac, sizeof(mac), &p->mac);
	burst_paths(p->id, rx, tx, sizeof(rx));
	if (p->closed || rte_eth_link_get_nowait(p->id, &link) != 0)
		link = (struct rte_eth_link){0};
	return json_pack("{s:i, s:s, s:s, s:o, s:s, s:o, s:o, s:o, s:i, s:i, s:i, s:i, s:i, s:b,"
			 " s:b, s:o, s:o, s:O}",
		"id", p->id, "name", p->name, "driver", p->info.driver_name, "device",
		p->closed ? json_null() : text_or_null(rte_dev_name(p->info.device)), "mac", mac,
		"coherency", text_or_null(wire_coherency(p->id)), "rx_path", text_or_null(rx),
		"tx_path", text_or_null(tx), "rxq", run->cfg->rxq, "txq", run->cfg->txq, "rxd",
		p->rxd, "txd", p->txd, "mtu", p->mtu, "link_up",
		link.link_status == RTE_ETH_LINK_UP, "removed", p->removal_told, "counters",
		port_counters_json(&o->all.port[i]), "rates",
		json_pack("{s:f, s:f}", "rx_pps", (double)rate->rx / s, "tx_pps",
			(double)rate->tx / s),
		"wire", json_array_get(run->meter.wires, i));
}

static unsigned int
lcore_of(const struct run *run, unsigned int stream)
{
	return run->lcores[stream_core(stream, run->nb_streams, run->nb_lcores)].id;
}

static json_t *
bursts_json(const struct stream_counters *n)
{
	json_t *list = json_array();

	for (unsigned int i = 0; i <= BURST_MAX; i++) {
		if (n->burst[i] != 0)
			json_array_append_new(
				list, json_pack("[i, I]", i, (json_int_t)n->burst[i]));
	}
	return list;
}

static json_t *
stream_json(const struct run *run, unsigned int i, const struct outcome *o)
{
	const struct stream *s = &run->streams[i];
	const struct stream_counters *n = &o->all.stream[i];
	const struct stream_counters *w = &o->window.stream[i];
	uint64_t moved = w->rx + w->generated;

	return json_pack("{s:i, s:i, s:i, s:i, s:i, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I,"
			 " s:I, s:f, s:o}",
		"rx_port", s->rx_port, "rx_queue", s->rx_queue, "tx_port", s->tx_port, "tx_queue",
		s->tx_queue, "lcore", lcore_of(run, i), "rx", (json_int_t)n->rx, "tx",
		(json_int_t)n->tx, "made", (json_int_t)n->generated, "consumed",
		(json_int_t)n->consumed, "dropped", (json_int_t)n->dropped, "tx_retries",
		(json_int_t)n->retries, "no_mbuf", (json_int_t)n->no_mbuf, "polls",
		(json_int_t)w->polls, "cycles_busy", (json_int_t)w->cycles_busy, "cycles_wait",
		(json_int_t)w->cycles_wait, "cycles_per_packet",
		moved != 0 ? (double)w->cycles_busy / (double)moved : 0.0, "bursts",
		bursts_json(w));
}

/** Latencies that the sinks measured, with the port that sent the frames. */
static json_t *
latency_json(const struct run *run)
{
	json_t *list = json_array();
	json_t *report;
	size_t i;

	json_array_foreach(run->meter.wires, i, report)
	{
		json_t *l = json_object_get(json_object_get(report, "rx"), "latency_ns");

		if (l != NULL)
			json_array_append_new(
				list, json_pack("{s:i, s:O}", "port", run->ports[i].id, "ns", l));
	}
	return list;
}

/* The machine, the lcores in use, and the arguments. */
static json_t *
environment_of(const struct run *run)
{
	json_t *env = environment_json(rte_version(), rte_get_tsc_hz()), *list = json_array();
	unsigned int id;

	RTE_LCORE_FOREACH (id)
		json_array_append_new(list, json_integer(id));
	json_object_set_new(env, "main_lcore", json_integer(rte_get_main_lcore()));
	json_object_set_new(env, "lcores", list);
	json_object_set_new(env, "args", environment_arguments(run->argc - 1, run->argv + 1));
	return env;
}

json_t *
result_json(const struct run *run, const struct outcome *o)
{
	json_t *ports = json_array(), *streams = json_array();

	for (uint16_t i = 0; i < run->nb_ports; i++) {
		if (result_has(&run->ports[i]))
			json_array_append_new(ports, port_json(run, i, o));
	}
	for (unsigned int i = 0; i < run->nb_streams; i++)
		json_array_append_new(streams, stream_json(run, i, o));
	return json_pack(
		"{s:i, s:s, s:s, s:o, s:o, s:f, s:o, s:o, s:{s:s, s:I, s:I, s:I}, s:o, s:o,"
		" s:o, s:b}",
		"schema", RESULT_SCHEMA, "program", "sl-testpmd", "version", SL_VERSION,
		"environment", environment_of(run), "config", config_json(run), "seconds",
		o->rate.seconds, "rates", rates_json(&o->rate), "totals", totals_json(&o->total),
		"loss", "method", o->by_sequence ? "sequence" : "counters", "in", (json_int_t)o->in,
		"out", (json_int_t)o->out, "lost", (json_int_t)o->lost, "latency",
		latency_json(run), "ports", ports, "streams", streams, "passed", o->passed);
}
