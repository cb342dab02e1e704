/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */
#ifndef _SL_STALL_H_
#define _SL_STALL_H_

/**
 * @file
 * Stalled queues, and invalid values from the NIC. Datapath thread, called rarely.
 */

#include <stdbool.h>
#include <stdint.h>

#include <rte_common.h>

struct sl_port;
struct sl_rx_queue;
struct sl_tx_queue;

/** More invalid values per second than this mean that the NIC is broken. */
#define SL_BAD_VALUES 100u

/** Invalid values of a port. Any datapath thread updates it atomically: sl_stall.c. */
struct sl_bad {
	uint64_t since; /**< start of the second that is counted, in ticks */
	uint32_t count;
	bool told;	 /**< the event was raised; cleared at the next start */
	uint64_t resets; /**< number of events raised since the last reset of statistics */
};

/**
 * Check whether the NIC skipped descriptors without writing them back. If so, restart the queue.
 */
void
sl_stall_rx_check(struct sl_rx_queue *q) __rte_cold;
/** Called whenever the ring is full. Restarts the queue if that lasts without a valid reason. */
void
sl_stall_tx_check(struct sl_tx_queue *q) __rte_cold;

/**
 * Count an invalid value from the NIC; @p what is the name of its statistic. After more than
 * SL_BAD_VALUES in a second RTE_ETH_EVENT_INTR_RESET is raised, once until the next start.
 */
void
sl_bad_value(struct sl_port *port, const char *kind, unsigned int qid, const char *what) __rte_cold;
/** Clear the count. Control, at start. */
void
sl_bad_arm(struct sl_port *port);

#endif /* _SL_STALL_H_ */
