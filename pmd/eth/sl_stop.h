/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */
#ifndef _SL_STOP_H_
#define _SL_STOP_H_

/**
 * @file
 * The end of DMA: stopping queues, and freeing memory only when the NIC is proven to have
 * stopped. Control path.
 */

#include <stdbool.h>
#include <stdint.h>

struct rte_eth_dev;
struct rte_mempool;
struct sl_port;
struct sl_qctl;

/** What is kept because the NIC may still use it, although its queues are off. */
struct sl_kept {
	unsigned int rx_mbufs, tx_mbufs, rings;
};
/** Bus mastering on or off: as sl_dev_ops.master says; -ENOTSUP: the device has no such switch. */
int
sl_master_set(struct sl_port *port, bool on);
/** Stop all queues of a port and turn bus mastering off; keep what is not proven to be free. */
void
sl_stop_queues(struct rte_eth_dev *eth);
/** Tell ethdev's table whether a queue runs: RTE_ETH_QUEUE_STATE_*. */
void
sl_stop_note(struct sl_qctl *c, uint8_t state);
/** A queue was disabled: free its mbufs when that is @p proven, else keep them. */
void
sl_stop_queue(struct sl_qctl *c, bool proven);
/**
 * Free a queue to which nothing refers; a kept queue is freed when it need not be kept
 * any more.
 */
void
sl_stop_let_go(struct sl_qctl *c);
/** The whole NIC is proven to have stopped: free what was kept. */
void
sl_kept_give_back(struct sl_port *port);
/** A mempool ends of which mbufs are kept: they are never freed. */
void
sl_kept_forget(struct sl_port *port, const struct rte_mempool *pool);
struct sl_kept
sl_kept_count(const struct sl_port *port);

#endif /* _SL_STOP_H_ */
