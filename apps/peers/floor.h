/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */
#ifndef _PEERS_FLOOR_H_
#define _PEERS_FLOOR_H_

/**
 * @file
 * The floor: a bare loop over the descriptors and mbuf headers that any driver of this device must
 * access, on a separate software NIC. Receive of a frame: read the written-back descriptor, write
 * the header of the mbuf, post another buffer. Transmit: read the header, write the descriptor,
 * take the mbuf back. There are no checks, offloads, statistics or mempool: the mbufs circulate
 * through a stack.
 */

#include <stdbool.h>
#include <stdint.h>

#include <rte_mbuf.h>

#include "sl_softnic.h"

#define FLOOR_QUEUES 16u

/** A floor. Opaque. */
struct floor;

/**
 * Create a floor that takes @p mbufs mbufs from @p pool, and start @p queues queues of @p ring
 * descriptors (a power of two) in each direction.
 * @param rss_key 40 bytes, for more than one queue
 * @param explicit_sync with the minimum of cache maintenance that the memory contract requires
 * @return 0 or negative errno
 */
int
floor_open(struct floor **out, unsigned int queues, unsigned int ring, struct rte_mempool *pool,
	unsigned int mbufs, const uint8_t *rss_key, bool explicit_sync);
/** Return all mbufs to the pool, and destroy the device and its wire. */
void
floor_close(struct floor *f);
struct sl_softnic *
floor_nic(const struct floor *f);

/** Take mbufs from the floor's stack and put them back. Other contenders use a mempool. */
void
floor_get(struct floor *f, struct rte_mbuf **m, unsigned int n);
void
floor_put(struct floor *f, struct rte_mbuf **m, unsigned int n);
/** Receive and send as a driver's burst functions do. */
uint16_t
floor_rx(struct floor *f, unsigned int queue, struct rte_mbuf **m, uint16_t n);
uint16_t
floor_tx(struct floor *f, unsigned int queue, struct rte_mbuf **m, uint16_t n);

#endif /* _PEERS_FLOOR_H_ */
