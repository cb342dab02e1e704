/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */
#ifndef _SL_RXQ_H_
#define _SL_RXQ_H_

/**
 * @file
 * Receive queues: setup with checked thresholds, release, start, stop. Control path.
 */

#include <stdint.h>

struct rte_eth_dev;
struct rte_eth_rxconf;
struct rte_eth_rxq_info;
struct rte_mempool;
struct sl_hw;
struct sl_qctl_dir;
struct sl_rx_queue;

/** Functions that sl_qctl.c calls for a receive queue. */
extern const struct sl_qctl_dir sl_rxq_dir;

int
sl_rxq_setup(struct rte_eth_dev *eth, uint16_t qid, uint16_t nb_desc, unsigned int socket,
	const struct rte_eth_rxconf *conf, struct rte_mempool *pool);
void
sl_rxq_release(struct rte_eth_dev *eth, uint16_t qid);
int
sl_rxq_start(struct rte_eth_dev *eth, uint16_t qid);
int
sl_rxq_stop(struct rte_eth_dev *eth, uint16_t qid);
/**
 * Disable, drain, program and enable a running queue. Its mbufs are freed. Call it on its datapath
 * thread.
 */
int
sl_rxq_restart(struct sl_rx_queue *q);
/** Set the parts of packet_type that a queue fills, RTE_PTYPE_*_MASK. The port is stopped. Control.
 */
void
sl_rxq_ptypes_set(struct sl_rx_queue *q, uint32_t mask);
/** Configuration of a queue of a port with that NIC. */
void
sl_rxq_info(const struct rte_eth_dev *eth, const struct sl_hw *hw, uint16_t qid,
	struct rte_eth_rxq_info *info);
void
sl_rxq_info_get(struct rte_eth_dev *eth, uint16_t qid, struct rte_eth_rxq_info *info);

#endif /* _SL_RXQ_H_ */
