/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */
#ifndef _SL_STOP_H_
#define _SL_STOP_H_

/**
 * @file
 * The end of DMA, and what it gives back. Control path.
 */

#include <stdbool.h>
#include <stdint.h>

struct rte_eth_dev;
struct rte_mempool;
struct sl_port;
struct sl_qctl;

/** What the NIC still has though its queues are off. */
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
/** A queue is disabled, @p proven or not: its mbufs go back, or are kept. */
void
sl_stop_queue(struct sl_qctl *c, bool proven);
/** Free a queue that nobody refers to any more; one that is kept later, when that ends. */
void
sl_stop_let_go(struct sl_qctl *c);
/** The NIC is proven to have stopped, all of it: what was kept goes back. */
void
sl_kept_give_back(struct sl_port *port);
/** A mempool goes with mbufs that are kept from it: they are not given back. */
void
sl_kept_forget(struct sl_port *port, const struct rte_mempool *pool);
struct sl_kept
sl_kept_count(const struct sl_port *port);

#endif /* _SL_STOP_H_ */
