/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */

/*
 * A forwarding run: build the streams, distribute them to lcores, start and drain, and the main
 * lcore's tasks meanwhile. The loop of an lcore is in lcore.c, the result of a run in result.c.
 */

#include <errno.h>
#include <inttypes.h>
#include <poll.h>
#include <stdlib.h>
#include <unistd.h>

#include <rte_cycles.h>
#include <rte_lcore.h>
#include <rte_malloc.h>

#include "forward.h"
#include "result.h"
#include "run.h"
#include "say.h"
#include "wire.h"

/** Time that the main lcore forwards before it checks input and clock. */
#define TURN_US 1000
/** Time that the main lcore sleeps while other lcores forward, and while none does. */
#define WATCH_MS 1
#define IDLE_MS 100
/**
 * Drained: all frames have arrived and no counter changed for QUIET_MS, or no counter changed for
 * QUIET_LONG_MS.
 */
#define QUIET_MS 30
#define QUIET_LONG_MS 500
#define DRAIN_MAX_MS 2000
#define DRAIN_POLL_MS 5
/** Number of file descriptors that end a sleep: signals, input, events. */
#define WAKERS 3
/** Interval at which drivers are checked for removed devices. */
#define ASK_MS 100
#define US_PER_MS (US_PER_S / MS_PER_S)

static double
seconds_since(uint64_t tsc)
{
	return (double)(rte_rdtsc() - tsc) / (double)rte_get_tsc_hz();
}

static void
fill_stream(const struct run *run, struct stream *s, const struct port *rx, const struct port *tx,
	const struct leg *leg)
{
	const struct config *cfg = run->cfg;

	*s = (struct stream){
		.rx_port = rx->id,
		.rx_queue = leg->rx_queue,
		.tx_port = tx->id,
		.tx_queue = leg->tx_queue,
		.burst = cfg->burst,
		.tx_retries = cfg->tx_retries,
		.nb_tx_segs = cfg->nb_tx_segs,
		.engine = cfg->engine,
		.pool = tx->pool,
		.src = tx->mac,
		.tx_left = UINT64_MAX,
	};
	/*
	 * Same as in DPDK's testpmd: without --peer each port has a separate local address as its
	 * peer.
	 */
	s->dst = (struct rte_ether_addr){.addr_bytes = {0x02, 0, 0, 0, 0, (uint8_t)tx->id}};
	if (cfg->peer_set[tx->id])
		s->dst = cfg->peer[tx->id];
	for (unsigned int i = 0; i < cfg->nb_tx_segs; i++)
		s->tx_segs[i] = cfg->tx_segs[i];
	if (cfg->engine->begin != NULL)
		cfg->engine->begin(s);
}

/** Divide --packets among the streams, so that txonly sends exactly that number. */
static void
share_packets(struct run *run)
{
	uint64_t packets = run->cfg->packets;

	for (unsigned int i = 0; packets != 0 && i < run->nb_streams; i++)
		run->streams[i].tx_left =
			packets / run->nb_streams + (i < packets % run->nb_streams);
}

/** Make the streams between the usable ports. */
static int
make_streams(struct run *run)
{
	const struct config *cfg = run->cfg;
	const struct port *ports[RTE_MAX_ETHPORTS];
	uint16_t nb_queues = cfg->engine->receives ? cfg->rxq : cfg->txq;
	struct leg *legs;
	uint16_t n = 0;

	for (uint16_t i = 0; i < run->nb_ports; i++) {
		struct port *p = &run->ports[i];

		p->in_run = port_usable(p);
		if (p->in_run)
			ports[n++] = p;
		/* Discard a wire's report of an earlier run. */
		json_decref(p->last_wire);
		p->last_wire = NULL;
	}
	if (n == 0)
		return say_error(-ENODEV, "no port is started");
	legs = calloc((size_t)n * nb_queues, sizeof(*legs));
	rte_free(run->streams);
	run->nb_streams = 0;
	run->streams =
		rte_zmalloc("streams", sizeof(*run->streams) * n * nb_queues, RTE_CACHE_LINE_SIZE);
	if (legs == NULL || run->streams == NULL) {
		free(legs);
		return say_error(-ENOMEM, "no memory for %u streams", n * nb_queues);
	}
	run->nb_streams = stream_map(cfg->topology, n, nb_queues, legs);
	for (unsigned int i = 0; i < run->nb_streams; i++)
		fill_stream(run, &run->streams[i], ports[legs[i].rx_index], ports[legs[i].tx_index],
			&legs[i]);
	free(legs);
	share_packets(run);
	return 0;
}

/** Distribute the streams to worker lcores, or to the main lcore if it is the only one. */
static int
make_lcores(struct run *run)
{
	unsigned int workers = rte_lcore_count() - 1;
	unsigned int max = RTE_MAX(workers, 1u);
	unsigned int n = RTE_MIN(max, run->nb_streams);
	unsigned int id = rte_get_main_lcore();

	if (run->cfg->nb_cores > max)
		return say_error(-EINVAL,
			"--nb-cores: '%u' is not allowed; allowed: up to %u, as EAL"
			" has %u lcores and the main one watches",
			run->cfg->nb_cores, max, workers + 1);
	if (run->cfg->nb_cores != 0)
		n = RTE_MIN(n, run->cfg->nb_cores);
	free(run->lcores);
	free(run->shares);
	run->lcores = calloc(n, sizeof(*run->lcores));
	run->shares = calloc(run->nb_streams, sizeof(struct stream *));
	run->nb_lcores = 0;
	if (run->lcores == NULL || run->shares == NULL)
		return say_error(-ENOMEM, "no memory for %u lcores", n);
	run->nb_lcores = n;
	run->main_forwards = workers == 0;
	for (unsigned int i = 0; i < n; i++) {
		if (!run->main_forwards)
			id = rte_get_next_lcore(i == 0 ? (unsigned int)-1 : id, 1, 0);
		run->lcores[i].id = id;
	}
	for (unsigned int i = 0; i < run->nb_streams; i++) {
		struct lcore *lc = &run->lcores[stream_core(i, run->nb_streams, n)];

		run->shares[i] = &run->streams[i];
		if (lc->nb_streams++ == 0)
			lc->streams = &run->shares[i];
	}
	return 0;
}

static int
launch(struct run *run)
{
	if (run->main_forwards)
		return 0;
	for (unsigned int i = 0; i < run->nb_lcores; i++) {
		int rc = lcore_launch(&run->lcores[i]);

		if (rc != 0) {
			while (i-- > 0)
				lcore_stop(&run->lcores[i]);
			return say_error(rc, "lcore is busy");
		}
	}
	return 0;
}

static void
join(struct run *run)
{
	if (run->main_forwards)
		return;
	for (unsigned int i = 0; i < run->nb_lcores; i++)
		lcore_stop(&run->lcores[i]);
}

/**
 * Send the first bursts, which start a closed loop. Frames that a queue does not accept are not
 * sent.
 */
static void
send_first(struct run *run, uint32_t bursts)
{
	for (unsigned int i = 0; i < run->nb_streams; i++) {
		struct stream *s = &run->streams[i];

		if (bursts != 0)
			txonly_begin(s);
		for (uint32_t j = 0; j < bursts && !signals_came(&run->signals); j++)
			txonly_burst(s, s->burst);
	}
}

/**
 * Drop frames that generators sent before this run: they would count as received in it, with a
 * wrong latency. Frames of other wires belong to this run.
 */
static void
flush(struct run *run)
{
	uint64_t hz = rte_get_tsc_hz();
	uint64_t begin = rte_rdtsc(), quiet = begin;

	while (!signals_came(&run->signals) && rte_rdtsc() - quiet < hz / MS_PER_S * QUIET_MS &&
		rte_rdtsc() - begin < hz / MS_PER_S * DRAIN_MAX_MS) {
		for (unsigned int i = 0; i < run->nb_streams; i++) {
			const struct stream *s = &run->streams[i];
			struct rte_mbuf *pkts[BURST_MAX];
			uint16_t n = 0;

			if (s->engine->receives &&
				port_by_id_const(run, s->rx_port)->gen != GEN_UNKNOWN)
				n = rte_eth_rx_burst(s->rx_port, s->rx_queue, pkts, s->burst);
			if (n != 0)
				quiet = rte_rdtsc();
			rte_pktmbuf_free_bulk(pkts, n);
		}
	}
}

int
forward_start(struct run *run, uint32_t tx_first)
{
	int rc;

	if (run->forwarding)
		return say_error(-EBUSY, "forwarding already; stop first");
	meter_free(&run->meter);
	rc = make_streams(run);
	if (rc == 0)
		rc = make_lcores(run);
	if (rc != 0)
		return rc;
	if (wire_gens_rest(run) != 0) {
		flush(run);
		wire_gens_clear(run);
	}
	rc = snapshot_take(run, &run->meter.start);
	if (rc == 0)
		rc = snapshot_take(run, &run->meter.line);
	if (rc != 0)
		return say_error(rc, "no memory for counters");
	send_first(run, tx_first);
	rc = launch(run);
	run->forwarding = rc == 0;
	if (rc == 0)
		wire_gens_start(run);
	return rc;
}

/** The sum of all counters that change while frames are in flight. */
static uint64_t
activity(const struct run *run, struct snapshot *now)
{
	struct totals t;
	uint64_t sum;

	if (snapshot_take(run, now) != 0)
		return 0;
	snapshot_total(now, run->nb_ports, 1, &t);
	sum = t.rx + t.tx + t.consumed + t.missed;
	for (uint16_t i = 0; i < run->nb_ports; i++)
		sum += now->port[i].rx + now->port[i].tx;
	return sum;
}

/** True if all frames of the generators have arrived. */
static bool
all_arrived(const struct run *run)
{
	json_t *reports = wire_reports(run);
	struct wire_totals t;

	wire_total(reports, &t);
	json_decref(reports);
	return t.generated == t.received;
}

/**
 * Forward the frames in flight, until all have arrived and no counter changes, or no counter has
 * changed for a long time: the device's thread may have no CPU meanwhile.
 */
static void
drain(struct run *run)
{
	struct snapshot now = {0};
	uint64_t ms = rte_get_tsc_hz() / MS_PER_S;
	uint64_t begin = rte_rdtsc(), quiet = begin, last = 0;

	while (rte_rdtsc() - begin < ms * DRAIN_MAX_MS) {
		uint64_t sum;

		/* Record a signal, but continue to drain: this takes two seconds at most. */
		signals_came(&run->signals);
		if (run->main_forwards)
			lcore_turns(&run->lcores[0], rte_rdtsc() + ms * DRAIN_POLL_MS);
		else
			rte_delay_us_sleep(DRAIN_POLL_MS * US_PER_MS);
		sum = activity(run, &now);
		if (sum != last)
			quiet = rte_rdtsc();
		last = sum;
		if (rte_rdtsc() - quiet > ms * (all_arrived(run) ? QUIET_MS : QUIET_LONG_MS))
			break;
	}
	snapshot_free(&now);
}

void
forward_stop(struct run *run)
{
	struct meter *m = &run->meter;
	int rc;

	if (!run->forwarding)
		return;
	rc = snapshot_take(run, &m->end);
	if (wire_gens_stop(run) != 0)
		drain(run);
	join(run);
	run->forwarding = false;
	if (rc == 0)
		rc = snapshot_take(run, &m->final);
	if (rc == 0 && !m->warm) {
		/* Stopped during the warm-up: rates are measured from the start. */
		snapshot_free(&m->measure);
		rc = snapshot_copy(&m->start, &m->measure);
	}
	m->wires = wire_reports(run);
	m->valid = rc == 0 && m->wires != NULL;
	if (m->valid)
		result_conclude(run);
	else
		say_error(0, "no memory for the counters of this run");
}

bool
forward_uses(const struct run *run, uint16_t port)
{
	for (unsigned int i = 0; run->forwarding && i < run->nb_lcores; i++) {
		const struct lcore *lc = &run->lcores[i];

		for (unsigned int j = 0; j < lc->nb_streams; j++) {
			if (lc->streams[j]->rx_port == port || lc->streams[j]->tx_port == port)
				return true;
		}
	}
	return false;
}

void
forward_remove(struct run *run, struct port *p)
{
	const struct rte_device *device = p->info.device;

	p->removal_told = true;
	if (p->gone)
		return;
	if (run->forwarding)
		join(run);
	for (uint16_t i = 0; i < run->nb_ports; i++) {
		const struct port *other = &run->ports[i];

		for (unsigned int j = 0; run->forwarding && !other->gone &&
			other->info.device == device && j < run->nb_lcores;
			j++)
			lcore_drop_port(&run->lcores[j], other->id);
	}
	hotplug_detach(run, p);
	if (run->forwarding && launch(run) != 0)
		run->worst = EXIT_CODE_SETUP;
}

static void
print_line(struct run *run)
{
	struct snapshot now = {0}, diff = {0};
	struct totals t;

	if (snapshot_take(run, &now) != 0 || snapshot_diff(&run->meter.line, &now, &diff) != 0) {
		snapshot_free(&now);
		return;
	}
	snapshot_total(&diff, run->nb_ports, (double)rte_get_tsc_hz(), &t);
	stats_print_line(stdout, seconds_since(run->meter.start.tsc), &t);
	snapshot_free(&diff);
	snapshot_free(&run->meter.line);
	run->meter.line = now;
}

/** True if a packet limit is reached. */
static bool
enough_packets(const struct run *run)
{
	uint64_t n = 0;

	if (run->cfg->packets == 0)
		return false;
	for (unsigned int i = 0; i < run->nb_streams; i++) {
		const struct stream_counters *c = &run->streams[i].n;

		n += __atomic_load_n(&c->rx, __ATOMIC_RELAXED);
		n += __atomic_load_n(&c->generated, __ATOMIC_RELAXED);
	}
	return n >= run->cfg->packets;
}

/**
 * Periodic tasks while forwarding: rate lines, limits, removed devices. @return true at the run's
 * end.
 */
static bool
watch(struct run *run)
{
	const struct config *cfg = run->cfg;
	struct meter *m = &run->meter;
	double elapsed = seconds_since(m->start.tsc);

	if (seconds_since(m->asked) * MS_PER_S >= ASK_MS) {
		for (uint16_t i = 0; i < run->nb_ports; i++)
			port_check_removed(run, &run->ports[i]);
		m->asked = rte_rdtsc();
	}
	if (!m->warm && elapsed >= cfg->warmup)
		m->warm = snapshot_take(run, &m->measure) == 0;
	if (cfg->stats_period > 0 && seconds_since(m->line.tsc) >= cfg->stats_period)
		print_line(run);
	if (cfg->duration > 0 && elapsed >= cfg->warmup + cfg->duration)
		return true;
	return enough_packets(run);
}

/** Forward or sleep for a short time, then poll the file descriptors. @return see poll(). */
static int
pass_time(struct run *run, double left, struct pollfd *fds)
{
	int timeout = run->forwarding ? WATCH_MS : IDLE_MS;

	if (run->forwarding && run->main_forwards && run->lcores[0].nb_streams != 0) {
		uint64_t until = rte_rdtsc() + rte_get_tsc_hz() / US_PER_S * TURN_US;

		lcore_turns(&run->lcores[0], until);
		timeout = 0;
	} else if (left >= 0 && left * 1000 < timeout) {
		timeout = (int)(left * 1000) + (left > 0);
	}
	return poll(fds, WAKERS, timeout);
}

enum wake
forward_wait(struct run *run, double seconds, int fd)
{
	struct pollfd fds[WAKERS] = {
		{.fd = run->signals.wake, .events = POLLIN},
		{.fd = fd, .events = POLLIN},
		{.fd = run->events.fd, .events = POLLIN},
	};
	uint64_t since = rte_rdtsc();

	for (;;) {
		double left = seconds < 0 ? -1 : RTE_MAX(seconds - seconds_since(since), 0.0);
		const bool any = pass_time(run, left, fds) > 0;

		if (signals_came(&run->signals))
			return WAKE_SIGNAL;
		if (any && fds[1].revents != 0)
			return WAKE_INPUT;
		hotplug_tell(run);
		if (run->forwarding && watch(run)) {
			forward_stop(run);
			return WAKE_DONE;
		}
		if (seconds >= 0 && seconds_since(since) >= seconds)
			return WAKE_TIME;
	}
}

void
forward_free(struct run *run)
{
	rte_free(run->streams);
	meter_free(&run->meter);
	free(run->shares);
	free(run->lcores);
}
