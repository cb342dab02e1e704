/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */
#ifndef _SL_GUEST_H_
#define _SL_GUEST_H_

/**
 * @file
 * Bursts of a secondary process on a port of the primary process. Function pointers of the primary
 * mean nothing in another process, and the primary may start, stop and close the port at any time.
 * So the guest's functions look at the shared state of the port first, and take the burst from the
 * row of the guest's own path table that the primary has chosen.
 */

#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <rte_common.h>
#include <rte_eal.h>
#include <rte_ethdev.h>

#include "sl_compat.h"

struct rte_eth_dev;
struct rte_eth_dev_data;
struct sl_hw;
struct sl_port;

/** sl_share.state. Values that memory of something else is unlikely to have. */
#define SL_SHARE_CLOSED UINT32_C(0)
#define SL_SHARE_STOPPED UINT32_C(0x51e57095)
#define SL_SHARE_RUNS UINT32_C(0x51e5a1f2)

/** A queue's place for a secondary process, on a line of its own. */
struct sl_seat {
	uint32_t pid; /**< the process that is in a call of the queue; 0: none; atomic */
} __rte_cache_aligned;

/** The part of a port that secondary processes read. The primary writes it. */
struct sl_share {
	uint64_t layout; /**< sl_guest_layout() of the primary's driver; 0: no port yet */
	uint32_t state;	 /**< SL_SHARE_*; atomic */
	uint16_t port_id;
	uint16_t rx_path, tx_path; /**< rows of the path tables; atomic */
	struct sl_seat *seats;	   /**< of the NIC's receive queues, then of its transmit queues */
};

/** Handle of a queue in a secondary process: the queue itself may come and go. */
struct sl_guest_queue {
	struct sl_guest *guest;
	uint16_t id;
};

/** A port as a secondary process has it. In that process's own memory. */
struct sl_guest {
	const struct rte_eth_dev_data *data;
	struct sl_port *port; /**< shared */
	const struct sl_hw *hw;
	uint32_t pid;
	uint16_t port_id;
	const char *refusal;  /**< why this process may not poll; NULL: it may */
	bool told;	      /**< the refusal was logged */
	pthread_mutex_t lock; /**< guards requests to the primary, and the five fields below */
	bool ended;	      /**< the primary process has ended, and it was logged */
	uint32_t serial;      /**< of the last request */
	unsigned int lost;    /**< requests that were given up: their answers may still come */
	void *memory;	      /**< shared memory for answers of the primary; NULL: none yet */
	size_t memory_len;    /**< bytes */
	void *handles[RTE_MAX_QUEUES_PER_PORT]; /**< of both directions */
	struct sl_guest_queue queues[RTE_MAX_QUEUES_PER_PORT];
};

static inline bool
sl_guest_here(void)
{
	return rte_eal_process_type() == RTE_PROC_SECONDARY;
}

/** Number that is equal in two processes only if they share the layout of ports and the paths. */
uint64_t
sl_guest_layout(void);
/** Set the functions of the fast path in @p eth. Secondary process. */
void
sl_guest_functions(struct rte_eth_dev *eth, const struct sl_guest *g);
/** Set what ethdev's inline functions use, with the handles of @p g. Secondary process. */
void
sl_guest_publish(struct rte_eth_dev *eth, struct sl_guest *g);
/** ethdev's tx_done_cleanup; @p txq is a queue of the primary, or NULL. Secondary process. */
int
sl_guest_done_cleanup(void *txq, uint32_t n);

#endif /* _SL_GUEST_H_ */
