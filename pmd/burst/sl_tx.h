/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */
#ifndef _SL_TX_H_
#define _SL_TX_H_

/**
 * @file
 * Transmit without the bursts: the table of paths, draining a queue, tx_prepare, descriptor status.
 */

#include <stdbool.h>
#include <stdint.h>

#include "sl_paths.h"
#include "sl_queue.h"

/** All transmit paths, cheapest first, for sl_burst_select(). */
extern const struct sl_burst_path sl_tx_paths[];
extern const unsigned int sl_tx_path_count;
uint16_t
sl_tx_prepare(void *txq, struct rte_mbuf **pkts, uint16_t n);
/** sl_tx_prepare() for a queue whose port has that path and NIC. */
uint16_t
sl_tx_prepare_for(const struct sl_tx_queue *q, const struct sl_burst_path *path,
	const struct sl_hw *hw, struct rte_mbuf **pkts, uint16_t n);
/**
 * Prepare the frames of a burst on a port with the argument pseudo_header=driver. A frame that
 * cannot be prepared is left to the path, which counts it as an error. Datapath thread.
 */
void
sl_tx_prepare_each(const struct sl_tx_queue *q, const struct sl_burst_path *path,
	const struct sl_hw *hw, struct rte_mbuf **pkts, uint16_t n);
/** The burst of such a port: sl_tx_prepare_each(), then the port's path. */
uint16_t
sl_tx_burst_prepared(void *txq, struct rte_mbuf **pkts, uint16_t n);
int
sl_tx_done_cleanup(void *txq, uint32_t free_cnt);
int
sl_tx_descriptor_status(void *txq, uint16_t offset);
/** Descriptors that the NIC has not finished, including context descriptors. Datapath thread. */
int
sl_tx_queue_count(void *txq);
/** See sl_rx_queue_drain(). */
void
sl_tx_queue_drain(struct sl_tx_queue *q);
/**
 * Count the frames of the ring that the NIC has not sent: they are moved from opackets to oerrors.
 * Call it once when the queue ends, before its registers are rewritten and before it is drained or
 * kept. Control.
 */
void
sl_tx_count_given_up(struct sl_tx_queue *q);

#endif /* _SL_TX_H_ */
