/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */
#ifndef _SL_RARE_H_
#define _SL_RARE_H_

/**
 * @file
 * Rare tasks of a transmit burst: free mbufs that must be inspected one by one, make room for a
 * frame of many segments, read the NIC's head register, and map memory that it has not seen before.
 */

#include <stdbool.h>

struct rte_mbuf;
struct sl_tx_queue;

/**
 * Free the mbufs of the @p n oldest descriptors, inspecting each. Datapath thread.
 * @return false: the queue is off, and nothing was freed.
 */
bool
sl_rare_free_each(struct sl_tx_queue *q, unsigned int n);

/** Free the mbufs of all outstanding descriptors of a queue that is off. Control. */
void
sl_rare_free_stopped(struct sl_tx_queue *q);

/** Make @p n descriptors free, as far as the NIC has finished them. Datapath thread. */
void
sl_rare_make_room(struct sl_tx_queue *q, unsigned int n);

/** Number of the oldest descriptors that the NIC has finished, by its head register. */
unsigned int
sl_rare_done_by_register(const struct sl_tx_queue *q);

/**
 * Same as sl_rare_done_by_register(), called because the head write-back has an invalid value: in a
 * full ring no later report would replace it. The invalid value is counted with sl_bad_value().
 * Datapath thread.
 */
unsigned int
sl_rare_done_bad_head(const struct sl_tx_queue *q);

/**
 * True if no other mbuf shares the data of an mbuf that is not direct: it is of a mempool of
 * sl_pktmbuf_pool_create() and its data has one reference. Datapath thread.
 */
bool
sl_rare_is_sole(const struct rte_mbuf *m);

/**
 * Map a frame's memory for the NIC to read. The frame will follow @p used descriptors of the burst.
 * Datapath thread.
 * @return false: its memory cannot be mapped.
 */
bool
sl_rare_map(struct sl_tx_queue *q, const struct rte_mbuf *m, unsigned int used);

#endif /* _SL_RARE_H_ */
