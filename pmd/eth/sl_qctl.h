/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */
#ifndef _SL_QCTL_H_
#define _SL_QCTL_H_

/**
 * @file
 * The control path's part of a queue of either direction: its port, its ring's memory, and whether
 * it runs. Release, start and stop have one body for both directions, which calls the direction's
 * functions (struct sl_qctl_dir). Control path, except for the stall's state.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "sl_shm.h"

struct rte_eth_dev;
struct rte_mempool;
struct sl_port;
struct sl_qctl;

/** State of the check for a stalled queue. Datapath thread. */
struct sl_stall {
	uint64_t mark; /**< a figure that every progress changes */
	uint64_t since,
		last; /**< TSC of the first check with this mark, 0: none; of the last check */
	bool dead;    /**< could not be restarted: not checked until the next start */
};

/** What differs between the directions. Constant. */
struct sl_qctl_dir {
	const char *kind; /**< "rx" */
	bool rx;
	size_t at; /**< bytes from a queue's start to its struct sl_qctl */
	/** Program an empty ring and enable it; receive hands out buffers, too. 0, or said why. */
	int (*enable)(struct sl_qctl *c);
	/** Disable it, and see it disabled. Its memory stays. 0; -ETIMEDOUT, -EIO: not seen so. */
	int (*disable)(struct sl_qctl *c);
	/** Count what goes unsent or unread at the queue's end; NULL: drain() does. */
	void (*count_given_up)(struct sl_qctl *c);
	/** Free every mbuf that it holds. */
	void (*drain)(struct sl_qctl *c);
	/** The NIC may still use the ring: make bursts find nothing and free nothing. */
	void (*keep)(struct sl_qctl *c);
	/** Undo keep(), so that the queue can be drained. */
	void (*unkeep)(struct sl_qctl *c);
	unsigned int (*kept_mbufs)(const struct sl_qctl *c);
	/** A mempool ends: never free its mbufs that a kept queue holds. */
	void (*forget)(struct sl_qctl *c, const struct rte_mempool *pool);
	/** Add what it counted to the port's totals. */
	void (*keep_stats)(const struct sl_qctl *c);
	/** Free a queue that holds no mbuf and that the NIC does not use. */
	void (*free)(struct sl_qctl *c);
};

/** The fields: a queue has them as its own, and all together as its `ctl`. */
#define SL_QCTL_FIELDS \
	const struct sl_qctl_dir *dir; \
	struct sl_port *port; \
	struct sl_region ring_mem; \
	struct sl_stall stall; \
	struct sl_qctl *kept_next; /* in sl_port.kept */ \
	uint16_t port_id, queue_id; \
	uint16_t kept_descs; /* of a kept queue, those that the NIC may have */ \
	bool started; \
	bool kept; /* off, but ring and mbufs are the NIC's still: sl_stop.c */ \
	bool stuck /* not seen disabled at the port's stop */

struct sl_qctl {
	SL_QCTL_FIELDS;
};

#define SL_QCTL_OF_QUEUE \
	union { \
		struct sl_qctl ctl; \
		struct { \
			SL_QCTL_FIELDS; \
		}; \
	}

extern const struct sl_qctl_dir sl_rxq_dir, sl_txq_dir;

/** Queue @p qid of a direction; NULL: not set up. */
struct sl_qctl *
sl_qctl_at(const struct rte_eth_dev *eth, const struct sl_qctl_dir *dir, uint16_t qid);
/** How many a port is configured with. */
uint16_t
sl_qctl_count(const struct rte_eth_dev *eth, const struct sl_qctl_dir *dir);
/** A new queue's fields; all others are zero. */
void
sl_qctl_init(
	struct sl_qctl *c, const struct sl_qctl_dir *dir, struct rte_eth_dev *eth, uint16_t qid);
/** Whether a ring may have @p nb_desc descriptors; says why not. 0 or -EINVAL. */
int
sl_qctl_check_desc(const struct rte_eth_dev *eth, const struct sl_qctl_dir *dir, uint16_t qid,
	uint16_t nb_desc, unsigned int min, unsigned int unit);
/** The ring's memory. 0 or negative errno. */
int
sl_qctl_ring_alloc(struct sl_qctl *c, uint16_t nb_desc, int node);
/** What does not leave the window stays the adapter's, whose close tries again. */
void
sl_qctl_region_drop(struct sl_port *port, struct sl_region *r);
/** The NIC was told to enable a queue: note it, or say why it did not. @return @p ret */
int
sl_qctl_enabled(struct sl_qctl *c, int ret);

/** Free a queue to which nothing refers; a kept queue is freed later. */
void
sl_qctl_release(struct rte_eth_dev *eth, const struct sl_qctl_dir *dir, uint16_t qid);
int
sl_qctl_start(struct rte_eth_dev *eth, const struct sl_qctl_dir *dir, uint16_t qid);
int
sl_qctl_stop(struct rte_eth_dev *eth, const struct sl_qctl_dir *dir, uint16_t qid);

#endif /* _SL_QCTL_H_ */
