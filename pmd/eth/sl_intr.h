/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */
#ifndef _SL_INTR_H_
#define _SL_INTR_H_

/**
 * @file
 * Interrupts, and the removal of the device. Control path, but for enable and disable.
 */

#include <stdbool.h>
#include <stdint.h>

#include <rte_spinlock.h>

#include "sl_hw.h"

struct rte_eth_dev;
struct sl_port;

/** Interrupts of a port: sl_intr.c. */
struct sl_intr {
	unsigned int vectors; /**< that can be told apart; 0: no interrupts */
	bool started;
	bool relay;			    /**< one vector: the handler wakes the receive queues */
	bool own_wakers;		    /**< the receive queues' eventfds are ours to close */
	bool removal_told;		    /**< RTE_ETH_EVENT_INTR_RMV is sent once */
	rte_spinlock_t lock;		    /**< rx_on and the mask that follows from it */
	uint64_t rx_on[SL_QUEUES_MAX / 64]; /**< with a relay: queues whose interrupt is enabled */
};

/** Find out what interrupts the device can give, and listen for its removal. */
int
sl_intr_create(struct rte_eth_dev *eth);
/** Undo sl_intr_create(), also when it failed half-way. Allowed in an event's callback. */
void
sl_intr_destroy(struct rte_eth_dev *eth);
/**
 * Check that the device has the interrupts that the configuration asks for. 0;
 * -ENOTSUP, -EINVAL: logged.
 */
int
sl_intr_check(const struct rte_eth_dev *eth);
/**
 * Enable exactly the interrupts that the configuration asks for. Call it after a reset. When it
 * fails, sl_intr_stop() undoes what it has done.
 */
int
sl_intr_start(struct rte_eth_dev *eth);
/** Enable link interrupts: the last step of a start, after the link's status was read. */
void
sl_intr_let_link(struct rte_eth_dev *eth);
/** Undo sl_intr_start(), also when it failed half-way; without a start it does nothing. */
void
sl_intr_stop(struct rte_eth_dev *eth);
/** Send RTE_ETH_EVENT_INTR_RMV, unless it was sent before. Any thread. */
void
sl_intr_tell_removal(struct sl_port *port);
/**
 * Signal the queue's eventfd for a frame that is there, or for the next one.
 * The queue's datapath thread, or any thread while the queue is not polled.
 * @return 0; -ENOTSUP not configured or not started; -EIO device gone.
 */
int
sl_intr_rxq_enable(struct rte_eth_dev *eth, uint16_t qid);
int
sl_intr_rxq_disable(struct rte_eth_dev *eth, uint16_t qid);

#endif /* _SL_INTR_H_ */
