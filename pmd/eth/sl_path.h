/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */
#ifndef _SL_PATH_H_
#define _SL_PATH_H_

/**
 * @file
 * The choice of the burst functions. Control path.
 */

#include <stdint.h>

struct rte_eth_dev;
struct rte_eth_burst_mode;
struct sl_rx_queue;
struct sl_tx_queue;

/**
 * Choose burst functions from configuration and MTU: at a start, when MTU or VLAN offload change,
 * and on a stopped port before packet types are told, which depend on the choice.
 */
int
sl_path_choose(struct rte_eth_dev *eth);
int
sl_path_rx_mode_get(struct rte_eth_dev *eth, uint16_t qid, struct rte_eth_burst_mode *mode);
int
sl_path_tx_mode_get(struct rte_eth_dev *eth, uint16_t qid, struct rte_eth_burst_mode *mode);

/** RTE_ETH_*_OFFLOAD_* of a queue: the port's of the moment, and the queue's own. */
uint64_t
sl_path_rx_offloads(const struct rte_eth_dev *eth, const struct sl_rx_queue *q);
uint64_t
sl_path_tx_offloads(const struct rte_eth_dev *eth, const struct sl_tx_queue *q);

#endif /* _SL_PATH_H_ */
