/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */
#ifndef _SL_QCTL_H_
#define _SL_QCTL_H_

/**
 * @file
 * The control path's part of a receive or transmit queue: its port, its ring's memory, and whether
 * it runs. Release, start and stop have common code for both directions, which calls the functions
 * of the direction (struct sl_qctl_dir). Control path, except for the stall's state.
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
	uint64_t mark; /**< a value that changes with any progress */
	uint64_t since,
		last; /**< TSC of the first check with this mark (0: none), and of the last check */
	bool dead;    /**< restart failed: not checked again until the next start */
};

/** Differences between the directions. Constant. */
struct sl_qctl_dir {
	const char *kind; /**< "rx" */
	bool rx;
	size_t at; /**< offset of struct sl_qctl in a queue */
	/**
	 * Program an empty ring and enable it; receive also posts buffers. 0, or an error, logged.
	 */
	int (*enable)(struct sl_qctl *c);
	/** Disable it and verify that. Its memory stays. 0; -ETIMEDOUT, -EIO: not seen disabled. */
	int (*disable)(struct sl_qctl *c);
	/**
	 * Count frames that are not sent or not received at the queue's end; NULL: drain() does.
	 */
	void (*count_given_up)(struct sl_qctl *c);
	/** Free all mbufs of the queue. */
	void (*drain)(struct sl_qctl *c);
	/** The NIC may still use the ring: make bursts find nothing and free nothing. */
	void (*keep)(struct sl_qctl *c);
	/** Undo keep(), so that the queue can be drained. */
	void (*unkeep)(struct sl_qctl *c);
	unsigned int (*kept_mbufs)(const struct sl_qctl *c);
	/** A mempool ends: never free its mbufs that are in a kept queue. */
	void (*forget)(struct sl_qctl *c, const struct rte_mempool *pool);
	/** Add the queue's counters to the port's totals. */
	void (*keep_stats)(const struct sl_qctl *c);
	/** Free a queue that has no mbufs and that the NIC does not use. */
	void (*free)(struct sl_qctl *c);
};

/** Fields of struct sl_qctl. A queue has them as its own members, and all together as `ctl`. */
#define SL_QCTL_FIELDS \
	const struct sl_qctl_dir *dir; \
	struct sl_port *port; \
	struct sl_region ring_mem; \
	struct sl_stall stall; \
	struct sl_qctl *kept_next; /* link of the list sl_port.kept */ \
	uint16_t port_id, queue_id; \
	uint16_t kept_descs; /* descriptors of a kept queue that the NIC may have */ \
	bool started; \
	bool kept; /* disabled, but the NIC may still use ring and mbufs: sl_stop.c */ \
	bool stuck /* not seen disabled when the port stopped */

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

/** Queue @p qid of a direction; NULL: not set up. */
struct sl_qctl *
sl_qctl_at(const struct rte_eth_dev *eth, const struct sl_qctl_dir *dir, uint16_t qid);
/** Number of configured queues of a direction. */
uint16_t
sl_qctl_count(const struct rte_eth_dev *eth, const struct sl_qctl_dir *dir);
/** Set the fields of a new queue; all others are zero. */
void
sl_qctl_init(
	struct sl_qctl *c, const struct sl_qctl_dir *dir, struct rte_eth_dev *eth, uint16_t qid);
/** Check a ring's number of descriptors; log an error. 0 or -EINVAL. */
int
sl_qctl_check_desc(const struct rte_eth_dev *eth, const struct sl_qctl_dir *dir, uint16_t qid,
	uint16_t nb_desc, unsigned int min, unsigned int unit);
/** Allocate the ring's memory. 0 or negative errno. */
int
sl_qctl_ring_alloc(struct sl_qctl *c, uint16_t nb_desc, int node);
/** Free a region. If it cannot be unmapped it stays with the adapter, whose close tries again. */
void
sl_qctl_region_drop(struct sl_port *port, struct sl_region *r);
/**
 * After the NIC was requested to enable a queue: mark it started, or log the error. @return @p ret
 */
int
sl_qctl_enabled(struct sl_qctl *c, int ret);

/** Free a queue to which nothing refers. A kept queue is freed later. */
void
sl_qctl_release(struct rte_eth_dev *eth, const struct sl_qctl_dir *dir, uint16_t qid);
int
sl_qctl_start(struct rte_eth_dev *eth, const struct sl_qctl_dir *dir, uint16_t qid);
int
sl_qctl_stop(struct rte_eth_dev *eth, const struct sl_qctl_dir *dir, uint16_t qid);

#endif /* _SL_QCTL_H_ */
