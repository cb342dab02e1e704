/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */
#ifndef _SL_INTR_H_
#define _SL_INTR_H_

/**
 * @file
 * Interrupts, and removal of the device. Control path, except for enable and disable.
 */

#include <stdbool.h>
#include <stdint.h>

#include <rte_spinlock.h>

#include "sl_hw.h"

struct rte_eth_dev;
struct sl_port;

/** Interrupts of a port: sl_intr.c. */
struct sl_intr {
	unsigned int vectors; /**< vectors that can be used separately; 0: no interrupts */
	bool started;
	bool relay;	     /**< one vector: the handler wakes the receive queues */
	bool own_wakers;     /**< the driver created the receive queues' eventfds and closes them */
	bool removal_told;   /**< RTE_ETH_EVENT_INTR_RMV was raised */
	rte_spinlock_t lock; /**< guards rx_on and the interrupt mask that it determines */
	uint64_t rx_on[SL_QUEUES_MAX / 64]; /**< with relay: queues whose interrupt is enabled */
};

/** Find out which interrupts the device has, and register for its removal event. */
int
sl_intr_create(struct rte_eth_dev *eth);
/** Undo sl_intr_create(), also after a partial failure. Allowed in an event's callback. */
void
sl_intr_destroy(struct rte_eth_dev *eth);
/**
 * Check that the device has the interrupts that the configuration needs. 0; -ENOTSUP, -EINVAL:
 * logged.
 */
int
sl_intr_check(const struct rte_eth_dev *eth);
/**
 * Enable exactly the interrupts that are configured. Call it after a reset. After an error
 * sl_intr_stop() undoes the part that was done.
 */
int
sl_intr_start(struct rte_eth_dev *eth);
/** Enable link interrupts: the last step of a start, after the link status was read. */
void
sl_intr_let_link(struct rte_eth_dev *eth);
/** Undo sl_intr_start(), also after a partial failure. Without a start it does nothing. */
void
sl_intr_stop(struct rte_eth_dev *eth);
/** Raise RTE_ETH_EVENT_INTR_RMV unless it was raised before. Any thread. */
void
sl_intr_tell_removal(struct sl_port *port);
/**
 * Signal the queue's eventfd if a frame is in the ring, otherwise when the next one is received.
 * Called by the queue's datapath thread, or by any thread while the queue is not polled.
 * @return 0; -ENOTSUP: not configured or not started; -EIO: the device is gone.
 */
int
sl_intr_rxq_enable(struct rte_eth_dev *eth, uint16_t qid);
int
sl_intr_rxq_disable(struct rte_eth_dev *eth, uint16_t qid);

#endif /* _SL_INTR_H_ */
