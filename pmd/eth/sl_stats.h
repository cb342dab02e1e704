/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */
#ifndef _SL_STATS_H_
#define _SL_STATS_H_

/**
 * @file
 * Statistics, basic and extended.
 */

#include <stdint.h>

#include "sl_compat.h"

struct rte_eth_dev;
struct rte_eth_stats;
struct rte_eth_xstat;
struct rte_eth_xstat_name;
struct sl_port;
struct sl_rx_queue;
struct sl_tx_queue;

int
sl_stats_get(struct rte_eth_dev *eth, struct rte_eth_stats *stats, struct sl_queue_stats *queues);
int
sl_stats_reset(struct rte_eth_dev *eth);
int
sl_xstats_get(struct rte_eth_dev *eth, struct rte_eth_xstat *xstats, unsigned int n);
int
sl_xstats_get_names(struct rte_eth_dev *eth, struct rte_eth_xstat_name *names, unsigned int n);
int
sl_xstats_reset(struct rte_eth_dev *eth);
/**
 * Add the NIC's clear-on-read counters to the totals. Also called before every reset, which clears
 * them.
 */
void
sl_stats_collect(struct sl_port *port);
/** Count of a NIC counter, as last collected. @p i: index in hw->counters; 0 past the last. */
uint64_t
sl_stats_counted(struct sl_port *port, unsigned int i);
uint64_t
sl_stats_dropped(struct sl_port *port, unsigned int qid);
/** Allocate the counters for port->hw. 0 or -ENOMEM; call sl_stats_close() in both cases. */
int
sl_stats_open(struct sl_port *port);
/** Free the counters; call it once. */
void
sl_stats_close(struct sl_port *port);
/** Add a queue's counts to the port's before it is freed or its counters are cleared. */
void
sl_stats_keep_rx(const struct sl_rx_queue *q);
void
sl_stats_keep_tx(const struct sl_tx_queue *q);

#endif /* _SL_STATS_H_ */
