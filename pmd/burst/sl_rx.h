/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */
#ifndef _SL_RX_H_
#define _SL_RX_H_

/**
 * @file
 * Receive without the bursts: the table of paths, filling and draining a queue, descriptor status.
 */

#include <stdbool.h>
#include <stdint.h>

#include "sl_compat.h"
#include "sl_paths.h"
#include "sl_queue.h"

struct rte_power_monitor_cond;

/** All receive paths, cheapest first, for sl_burst_select(). */
extern const struct sl_burst_path sl_rx_paths[];
extern const unsigned int sl_rx_path_count;
/** Fill the whole ring and ring the doorbell. -ENOMEM: the pool has too few mbufs. Control. */
int
sl_rx_queue_fill(struct sl_rx_queue *q);
/** Free all mbufs of the queue and reset its indices. The NIC must not run the queue. Control. */
void
sl_rx_queue_drain(struct sl_rx_queue *q);
int
sl_rx_descriptor_status(void *rxq, uint16_t offset);
sl_queue_count_t
sl_rx_queue_count(void *rxq);
/**
 * Address of the word that the NIC writes when the next frame is received, for rte_power_monitor().
 * Valid until a burst receives frames. Datapath thread. -ENOTSUP, logged: not in coherent mode.
 */
int
sl_rx_monitor_addr(void *rxq, struct rte_power_monitor_cond *cond);

#endif /* _SL_RX_H_ */
