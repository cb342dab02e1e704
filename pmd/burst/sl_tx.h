/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */
#ifndef _SL_TX_H_
#define _SL_TX_H_

/**
 * @file
 * Transmit beside the bursts: the paths to choose from, what a queue holds given back, frames
 * looked at beforehand, and how far the NIC is.
 */

#include <stdbool.h>
#include <stdint.h>

#include "sl_paths.h"
#include "sl_queue.h"

/** All of them, cheapest first: for sl_burst_select(). */
extern const struct sl_burst_path sl_tx_paths[];
extern const unsigned int sl_tx_path_count;
uint16_t
sl_tx_prepare(void *txq, struct rte_mbuf **pkts, uint16_t n);
/** Free the mbufs of the @p n oldest descriptors, each looked at. @return false: the queue is off.
 */
bool
sl_tx_free_each(struct sl_tx_queue *q, unsigned int n);
/** Have @p n descriptors free, as far as the NIC is done with what they hold. Datapath thread. */
void
sl_tx_reclaim_for(struct sl_tx_queue *q, unsigned int n);
int
sl_tx_done_cleanup(void *txq, uint32_t free_cnt);
int
sl_tx_descriptor_status(void *txq, uint16_t offset);
/** Descriptors that the NIC is not done with, contexts among them. Datapath thread. */
int
sl_tx_queue_count(void *txq);
/** As sl_rx_queue_drain(). */
void
sl_tx_queue_drain(struct sl_tx_queue *q);
/**
 * Count the frames of the ring that the NIC has not sent: they leave opackets for oerrors. Once,
 * when the queue ends: before its registers are written anew and it is drained or kept. Control.
 */
void
sl_tx_count_given_up(struct sl_tx_queue *q);

#endif /* _SL_TX_H_ */
