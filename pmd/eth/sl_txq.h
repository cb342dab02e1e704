/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */
#ifndef _SL_TXQ_H_
#define _SL_TXQ_H_

/**
 * @file
 * Transmit queues: setup with checked thresholds, release, start, stop. Control path.
 */

#include <stdint.h>

struct rte_eth_dev;
struct rte_eth_txconf;
struct rte_eth_txq_info;
struct sl_hw;
struct sl_qctl_dir;
struct sl_tx_queue;

/** Functions that sl_qctl.c calls for a transmit queue. */
extern const struct sl_qctl_dir sl_txq_dir;

int
sl_txq_setup(struct rte_eth_dev *eth, uint16_t qid, uint16_t nb_desc, unsigned int socket,
	const struct rte_eth_txconf *conf);
void
sl_txq_release(struct rte_eth_dev *eth, uint16_t qid);
int
sl_txq_start(struct rte_eth_dev *eth, uint16_t qid);
int
sl_txq_stop(struct rte_eth_dev *eth, uint16_t qid);
/** Disable, program and enable a running queue; see sl_rxq_restart(). */
int
sl_txq_restart(struct sl_tx_queue *q);
/** Configuration of a queue of a port with that NIC. */
void
sl_txq_info(const struct rte_eth_dev *eth, const struct sl_hw *hw, uint16_t qid,
	struct rte_eth_txq_info *info);
void
sl_txq_info_get(struct rte_eth_dev *eth, uint16_t qid, struct rte_eth_txq_info *info);

#endif /* _SL_TXQ_H_ */
