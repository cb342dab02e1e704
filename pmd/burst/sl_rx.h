/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */
#ifndef _SL_RX_H_
#define _SL_RX_H_

/**
 * @file
 * Receive without the bursts: the paths to choose from, filling and emptying a queue, and
 * descriptor states.
 */

#include <stdbool.h>
#include <stdint.h>

#include "sl_compat.h"
#include "sl_queue.h"

struct rte_power_monitor_cond;

/** A receive path: what it is called and what it can do. */
struct sl_rx_path {
	eth_rx_burst_t burst;
	const char *name; /**< "scalar coherent scattered" */
	enum sl_coherency mode;
	bool scatter;
	bool offload;  /**< fills packet type, checksum, VLAN, RSS */
	uint16_t simd; /**< bits of its vectors; 0: scalar */
};

extern const struct sl_rx_path sl_rx_paths[];
extern const unsigned int sl_rx_path_count;
/** First row that has everything needed and runs here; NULL when there is none. */
const struct sl_rx_path *
sl_rx_path_select(enum sl_coherency mode, bool scatter, bool offload);
/** Fill the whole ring and ring the doorbell. -ENOMEM: the pool is short. Control. */
int
sl_rx_queue_fill(struct sl_rx_queue *q);
/** Free every mbuf the queue holds and reset its indices. The NIC must not run it. Control. */
void
sl_rx_queue_drain(struct sl_rx_queue *q);
int
sl_rx_descriptor_status(void *rxq, uint16_t offset);
sl_queue_count_t
sl_rx_queue_count(void *rxq);
/**
 * The word that the NIC changes with the next frame, for rte_power_monitor(); good until frames
 * are received. Datapath thread. -ENOTSUP: not in coherent mode, said in the log.
 */
int
sl_rx_monitor_addr(void *rxq, struct rte_power_monitor_cond *cond);

#endif /* _SL_RX_H_ */
