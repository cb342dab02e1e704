/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */
#ifndef _SL_PATH_H_
#define _SL_PATH_H_

/**
 * @file
 * Selection of the burst functions. Control path.
 */

#include <stdint.h>

struct rte_eth_dev;
struct rte_eth_burst_mode;
struct sl_burst_path;
struct sl_rx_queue;
struct sl_tx_queue;

/**
 * Choose burst functions for the configuration and MTU: at a start, when the MTU or a VLAN offload
 * changes, and on a stopped port before its packet types are reported, since these depend on the
 * choice.
 */
int
sl_path_choose(struct rte_eth_dev *eth);
/** Choose them again, also on a running port, after an MTU or VLAN change. 0 or negative errno. */
int
sl_path_reselect(struct rte_eth_dev *eth);
/**
 * At a start: log if frames may span several mbufs although the application did not configure
 * scatter.
 */
void
sl_path_tell_scatter(const struct rte_eth_dev *eth);
/** Name of a path, for ethdev. NULL: none is chosen yet, -EINVAL. */
int
sl_path_mode(const struct sl_burst_path *path, struct rte_eth_burst_mode *mode);
int
sl_path_rx_mode_get(struct rte_eth_dev *eth, uint16_t qid, struct rte_eth_burst_mode *mode);
int
sl_path_tx_mode_get(struct rte_eth_dev *eth, uint16_t qid, struct rte_eth_burst_mode *mode);

/** RTE_ETH_*_OFFLOAD_* of a queue: those of the port as now configured, and those of the queue. */
uint64_t
sl_path_rx_offloads(const struct rte_eth_dev *eth, const struct sl_rx_queue *q);
uint64_t
sl_path_tx_offloads(const struct rte_eth_dev *eth, const struct sl_tx_queue *q);

#endif /* _SL_PATH_H_ */
