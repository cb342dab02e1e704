/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */
#ifndef _SL_STALL_H_
#define _SL_STALL_H_

/**
 * @file
 * Stalled queues, and impossible values from the NIC. Datapath thread, called rarely.
 */

#include <stdbool.h>
#include <stdint.h>

#include <rte_common.h>

struct sl_port;
struct sl_rx_queue;
struct sl_tx_queue;

/** With more impossible values than this in a second, the NIC counts as broken. */
#define SL_BAD_VALUES 100u

/** Impossible values of a port. Any datapath thread updates it atomically: sl_stall.c. */
struct sl_bad {
	uint64_t since; /**< ticks: the second that is counted */
	uint32_t count;
	bool told;	 /**< until the next start */
	uint64_t resets; /**< times told, since the statistics' reset */
};

/** Look whether the NIC went past descriptors that it never wrote back; start anew if so. */
void
sl_stall_rx_check(struct sl_rx_queue *q) __rte_cold;
/** Called whenever the ring is full: starts the queue anew when that lasts for no good reason. */
void
sl_stall_tx_check(struct sl_tx_queue *q) __rte_cold;

/**
 * The NIC gave a value that cannot be, @p what by the name of its statistic: beyond
 * SL_BAD_VALUES in a second RTE_ETH_EVENT_INTR_RESET is raised, once until the next start.
 */
void
sl_bad_value(struct sl_port *port, const char *kind, unsigned int qid, const char *what) __rte_cold;
/** Count from nothing. Control, at start. */
void
sl_bad_arm(struct sl_port *port);

#endif /* _SL_STALL_H_ */
