/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */
#ifndef _SL_STOP_H_
#define _SL_STOP_H_

/**
 * @file
 * End of DMA: stop queues, and free memory only if the NIC is proven to have stopped. Control path.
 */

#include <stdbool.h>
#include <stdint.h>

struct rte_eth_dev;
struct rte_mempool;
struct sl_port;
struct sl_qctl;

/**
 * Numbers of mbufs and rings that are kept because the NIC may still use them, although their
 * queues are off.
 */
struct sl_kept {
	unsigned int rx_mbufs, tx_mbufs, rings;
};
/**
 * Switch bus mastering on or off, see sl_dev_ops.master. -ENOTSUP: the device has no such switch.
 */
int
sl_master_set(struct sl_port *port, bool on);
/** Stop all queues of a port and turn bus mastering off. Keep memory that the NIC may still use. */
void
sl_stop_queues(struct rte_eth_dev *eth);
/** Store in ethdev's data whether a queue runs: RTE_ETH_QUEUE_STATE_*. */
void
sl_stop_note(struct sl_qctl *c, uint8_t state);
/** A queue was disabled: free its mbufs if that is @p proven, otherwise keep them. */
void
sl_stop_queue(struct sl_qctl *c, bool proven);
/**
 * Free a queue to which nothing refers. A kept queue is freed later, when the NIC is proven to have
 * stopped.
 */
void
sl_stop_let_go(struct sl_qctl *c);
/** The whole NIC is proven to have stopped: free everything that was kept. */
void
sl_kept_give_back(struct sl_port *port);
/** A mempool ends that has kept mbufs: these are never freed. */
void
sl_kept_forget(struct sl_port *port, const struct rte_mempool *pool);
struct sl_kept
sl_kept_count(const struct sl_port *port);

#endif /* _SL_STOP_H_ */
