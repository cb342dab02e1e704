/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */

/*
 * Statistics: sums of the NIC's clear-on-read counters, counters of the queues, and figures of
 * providers. Counters that cannot be cleared are reset by storing their value as a base.
 */

#include <stdarg.h>

#include <rte_malloc.h>

#include "sl_port.h"
#include "sl_provider.h"
#include "sl_checked.h"
#include "sl_soft_stats.h"
#include "sl_stats.h"
#include "sl_stop.h"

/*
 * Providers, in the order of the extended statistics. Their figures follow those of NIC and queues.
 */
static const struct sl_provider *const providers[SL_PROVIDERS] = {
	&sl_soft_provider,
	&sl_soft_wire_provider,
	&sl_checked_provider,
};

int
sl_stats_open(struct sl_port *port)
{
	const struct sl_hw *hw = port->hw;

	port->counted = rte_calloc("sl_counted", hw->nb_counters, sizeof(*port->counted), 0);
	port->rx_dropped = rte_calloc("sl_dropped", hw->rx_queues, sizeof(*port->rx_dropped), 0);
	port->rx_base = rte_calloc("sl_rx_base", hw->rx_queues, sizeof(*port->rx_base), 0);
	port->tx_base = rte_calloc("sl_tx_base", hw->tx_queues, sizeof(*port->tx_base), 0);
	port->figure_base = rte_calloc(
		"sl_figures", SL_PROVIDERS * SL_FIGURES_MAX, sizeof(*port->figure_base), 0);
	return port->counted != NULL && port->rx_dropped != NULL && port->rx_base != NULL &&
			port->tx_base != NULL && port->figure_base != NULL ?
		0 :
		-ENOMEM;
}

void
sl_stats_close(struct sl_port *port)
{
	rte_free(port->counted);
	rte_free(port->rx_dropped);
	rte_free(port->rx_base);
	rte_free(port->tx_base);
	rte_free(port->figure_base);
}

void
sl_stats_collect(struct sl_port *port)
{
	rte_spinlock_lock(&port->stats_lock);
	if (!port->removed)
		port->hw->ops->count(port, port->counted, port->rx_dropped);
	rte_spinlock_unlock(&port->stats_lock);
}

uint64_t
sl_stats_counted(struct sl_port *port, unsigned int i)
{
	uint64_t total;

	rte_spinlock_lock(&port->stats_lock);
	total = i < port->hw->nb_counters ? port->counted[i] : 0;
	rte_spinlock_unlock(&port->stats_lock);
	return total;
}

uint64_t
sl_stats_dropped(struct sl_port *port, unsigned int qid)
{
	uint64_t total;

	rte_spinlock_lock(&port->stats_lock);
	total = port->rx_dropped[qid];
	rte_spinlock_unlock(&port->stats_lock);
	return total;
}

/* All counters of one kind are uint64_t: sums and differences are computed field by field. */
_Static_assert(sizeof(struct sl_rx_counters) % sizeof(uint64_t) == 0, "a struct of uint64_t");
_Static_assert(sizeof(struct sl_tx_counters) % sizeof(uint64_t) == 0, "a struct of uint64_t");

/*
 * sum += now - base, for structs of uint64_t. The datapath thread may be counting, so each word is
 * loaded atomically. The port's stats_lock is held; it guards sum and base.
 */
static void
add_counters(void *sum, const void *now, const void *base, size_t len)
{
	const uint64_t *n = now, *b = base;
	uint64_t *s = sum;
	size_t i;

	for (i = 0; i < len / sizeof(uint64_t); i++)
		s[i] += __atomic_load_n(&n[i], __ATOMIC_RELAXED) - b[i];
}

void
sl_stats_keep_rx(const struct sl_rx_queue *q)
{
	struct sl_port *port = q->port;

	rte_spinlock_lock(&port->stats_lock);
	add_counters(&port->rx_gone, &q->n, &port->rx_base[q->queue_id], sizeof(q->n));
	memset(&port->rx_base[q->queue_id], 0, sizeof(q->n));
	rte_spinlock_unlock(&port->stats_lock);
}

void
sl_stats_keep_tx(const struct sl_tx_queue *q)
{
	struct sl_port *port = q->port;

	rte_spinlock_lock(&port->stats_lock);
	add_counters(&port->tx_gone, &q->n, &port->tx_base[q->queue_id], sizeof(q->n));
	memset(&port->tx_base[q->queue_id], 0, sizeof(q->n));
	rte_spinlock_unlock(&port->stats_lock);
}

/* Counts of receive queue @i since the last reset; zero if it is not set up. */
static struct sl_rx_counters
rx_counters(const struct rte_eth_dev *eth, unsigned int i)
{
	const struct sl_rx_queue *q = eth->data->rx_queues[i];
	struct sl_rx_counters c = {0};

	if (q != NULL)
		add_counters(&c, &q->n, &sl_port_of(eth)->rx_base[i], sizeof(c));
	return c;
}

static struct sl_tx_counters
tx_counters(const struct rte_eth_dev *eth, unsigned int i)
{
	const struct sl_tx_queue *q = eth->data->tx_queues[i];
	struct sl_tx_counters c = {0};

	if (q != NULL)
		add_counters(&c, &q->n, &sl_port_of(eth)->tx_base[i], sizeof(c));
	return c;
}

static uint64_t
rx_errors(const struct sl_rx_counters *c)
{
	return c->errors + c->bad_length + c->bad_chain + c->unexpected_seg;
}

static uint64_t
tx_errors(const struct sl_tx_counters *c)
{
	return c->errors + c->unmapped + c->given_up;
}

static void
add_rx(struct rte_eth_stats *stats, const struct sl_rx_counters *c)
{
	stats->ipackets += c->packets;
	stats->ibytes += c->bytes;
	stats->ierrors += rx_errors(c);
	stats->rx_nombuf += c->no_mbuf;
	stats->imissed += c->given_up;
}

static void
add_tx(struct rte_eth_stats *stats, const struct sl_tx_counters *c)
{
	stats->opackets += c->packets - c->given_up;
	stats->obytes += c->bytes - c->given_up_bytes;
	stats->oerrors += tx_errors(c);
}

int
sl_stats_get(struct rte_eth_dev *eth, struct rte_eth_stats *stats, struct sl_queue_stats *queues)
{
	struct sl_port *port = sl_port_of(eth);
	struct sl_hw_sums sums;
	unsigned int i;

	if (!sl_port_alive(port))
		return -EIO;
	sl_stats_collect(port);
	/* Telemetry's thread may also call this, and a reset changes the bases. */
	rte_spinlock_lock(&port->stats_lock);
	port->hw->ops->sum(port->counted, &sums);
	stats->imissed = sums.missed;
	stats->ierrors = sums.rx_errors;
	stats->oerrors = sums.tx_errors;
	stats->rx_nombuf = 0;
	for (i = 0; i < port->hw->rx_queues; i++)
		stats->imissed += port->rx_dropped[i];
	add_rx(stats, &port->rx_gone);
	add_tx(stats, &port->tx_gone);
	for (i = 0; i < eth->data->nb_rx_queues; i++) {
		struct sl_rx_counters c = rx_counters(eth, i);

		add_rx(stats, &c);
		if (queues == NULL || i >= RTE_ETHDEV_QUEUE_STAT_CNTRS)
			continue;
		queues->q_ipackets[i] = c.packets;
		queues->q_ibytes[i] = c.bytes;
		queues->q_errors[i] = rx_errors(&c) + c.given_up + port->rx_dropped[i];
	}
	for (i = 0; i < eth->data->nb_tx_queues; i++) {
		struct sl_tx_counters c = tx_counters(eth, i);

		add_tx(stats, &c);
		if (queues == NULL || i >= RTE_ETHDEV_QUEUE_STAT_CNTRS)
			continue;
		queues->q_opackets[i] = c.packets - c.given_up;
		queues->q_obytes[i] = c.bytes - c.given_up_bytes;
	}
	rte_spinlock_unlock(&port->stats_lock);
	return 0;
}

/* Value of figure @i of provider @p at the last reset. */
static uint64_t *
figure_base(const struct sl_port *port, unsigned int p, unsigned int i)
{
	return &port->figure_base[p * SL_FIGURES_MAX + i];
}

/* Reset the figures of all providers. The port's stats_lock is held. */
static void
reset_figures(struct sl_port *port)
{
	struct sl_figure figures[SL_FIGURES_MAX];
	unsigned int p, i, n;

	for (p = 0; p < SL_PROVIDERS; p++) {
		n = providers[p]->read(port, figures);
		for (i = 0; i < n; i++)
			*figure_base(port, p, i) = figures[i].stays ? 0 : figures[i].value;
	}
}

int
sl_stats_reset(struct rte_eth_dev *eth)
{
	struct sl_port *port = sl_port_of(eth);
	unsigned int i;

	if (!sl_port_alive(port))
		return -EIO;
	sl_stats_collect(port); /* clears the NIC's own counters */
	rte_spinlock_lock(&port->stats_lock);
	memset(port->counted, 0, port->hw->nb_counters * sizeof(port->counted[0]));
	memset(port->rx_dropped, 0, port->hw->rx_queues * sizeof(port->rx_dropped[0]));
	__atomic_store_n(&port->bad.resets, 0, __ATOMIC_RELAXED);
	memset(&port->rx_gone, 0, sizeof(port->rx_gone));
	memset(&port->tx_gone, 0, sizeof(port->tx_gone));
	for (i = 0; i < eth->data->nb_rx_queues; i++) {
		struct sl_rx_counters c = rx_counters(eth, i), zero = {0};

		add_counters(&port->rx_base[i], &c, &zero, sizeof(c));
	}
	for (i = 0; i < eth->data->nb_tx_queues; i++) {
		struct sl_tx_counters c = tx_counters(eth, i), zero = {0};

		add_counters(&port->tx_base[i], &c, &zero, sizeof(c));
	}
	reset_figures(port);
	rte_spinlock_unlock(&port->stats_lock);
	return 0;
}

int
sl_xstats_reset(struct rte_eth_dev *eth)
{
	return sl_stats_reset(eth);
}

/** Destination of names or values in a walk over all xstats: both use the same walk. */
struct sink {
	struct rte_eth_xstat *values;	  /**< NULL: not requested */
	struct rte_eth_xstat_name *names; /**< NULL: not requested */
	unsigned int max, count;
};

static void __rte_format_printf(3, 4) emit(struct sink *s, uint64_t value, const char *fmt, ...)
{
	unsigned int i = s->count++;
	va_list ap;

	if (i >= s->max)
		return;
	if (s->values != NULL) {
		s->values[i].id = i;
		s->values[i].value = value;
	}
	if (s->names != NULL) {
		va_start(ap, fmt);
		vsnprintf(s->names[i].name, sizeof(s->names[i].name), fmt, ap);
		va_end(ap);
	}
}

static void
emit_queues(const struct rte_eth_dev *eth, struct sink *s)
{
	const struct sl_port *port = sl_port_of(eth);
	unsigned int i;

	for (i = 0; i < eth->data->nb_rx_queues; i++) {
		struct sl_rx_counters c = rx_counters(eth, i);

		emit(s, c.bad_length, "rx_q%u_bad_length", i);
		emit(s, c.bad_chain, "rx_q%u_bad_chain", i);
		emit(s, c.unexpected_seg, "rx_q%u_unexpected_seg", i);
		emit(s, c.errors, "rx_q%u_frame_errors", i);
		emit(s, c.no_mbuf, "rx_q%u_no_mbuf", i);
		emit(s, c.stalls, "rx_q%u_stalls", i);
		emit(s, c.given_up, "rx_q%u_given_up", i);
		emit(s, port->rx_dropped[i], "rx_q%u_dropped", i);
	}
	for (i = 0; i < eth->data->nb_tx_queues; i++) {
		struct sl_tx_counters c = tx_counters(eth, i);

		emit(s, c.errors, "tx_q%u_refused", i);
		emit(s, c.unmapped, "tx_q%u_unmapped", i);
		emit(s, c.bad_head, "tx_q%u_bad_head", i);
		emit(s, c.ring_full, "tx_q%u_ring_full", i);
		emit(s, c.stalls, "tx_q%u_stalls", i);
		emit(s, c.given_up, "tx_q%u_given_up", i);
	}
}

/* Add the figures of all providers, relative to their values at the last reset. */
static void
emit_figures(const struct sl_port *port, struct sink *s)
{
	struct sl_figure figures[SL_FIGURES_MAX];
	unsigned int p, i, n;

	for (p = 0; p < SL_PROVIDERS; p++) {
		n = providers[p]->read(port, figures);
		for (i = 0; i < n; i++)
			emit(s, figures[i].value - *figure_base(port, p, i), "%s", figures[i].name);
	}
}

static int
walk(struct rte_eth_dev *eth, struct sink *s)
{
	struct sl_port *port = sl_port_of(eth);
	struct sl_shm_stats shm;
	struct sl_kept kept;
	unsigned int i;

	sl_shm_stats(port->adapter, &shm);
	emit(s, shm.window_bytes, "dma_window_bytes");
	emit(s, shm.window_maps, "dma_window_maps");
	emit(s, __atomic_load_n(&port->bad.resets, __ATOMIC_RELAXED), "bad_value_resets");
	kept = sl_kept_count(port);
	emit(s, kept.rx_mbufs, "rx_mbufs_kept");
	emit(s, kept.tx_mbufs, "tx_mbufs_kept");
	emit(s, __atomic_load_n(&port->window.bytes_kept, __ATOMIC_RELAXED), "pool_bytes_kept");
	/* See sl_stats_get(). */
	rte_spinlock_lock(&port->stats_lock);
	for (i = 0; i < port->hw->nb_counters; i++)
		emit(s, port->counted[i], "%s", port->hw->counters[i].name);
	emit_queues(eth, s);
	emit_figures(port, s);
	rte_spinlock_unlock(&port->stats_lock);
	return (int)s->count;
}

int
sl_xstats_get(struct rte_eth_dev *eth, struct rte_eth_xstat *xstats, unsigned int n)
{
	struct sink s = {.values = xstats, .max = xstats == NULL ? 0 : n};

	if (!sl_port_alive(sl_port_of(eth)))
		return -EIO;
	sl_stats_collect(sl_port_of(eth));
	return walk(eth, &s);
}

int
sl_xstats_get_names(struct rte_eth_dev *eth, struct rte_eth_xstat_name *names, unsigned int n)
{
	struct sink s = {.names = names, .max = names == NULL ? 0 : n};

	return walk(eth, &s);
}
