/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */
#ifndef _PEERS_FLOOR_H_
#define _PEERS_FLOOR_H_

/**
 * @file
 * The floor: a bare loop over the descriptors and mbuf headers that any driver
 * of this device must touch, on a software NIC of its own. Each frame: read the
 * written-back descriptor, write the mbuf's header, post another buffer; to
 * send, read the header, write the descriptor, get the mbuf back. No checks, no
 * offloads, no statistics, no mempool: mbufs circulate on a stack of its own.
 */

#include <stdbool.h>
#include <stdint.h>

#include <rte_mbuf.h>

#include "sl_softnic.h"

#define FLOOR_QUEUES 4u

/** A floor. Opaque. */
struct floor;

/**
 * Make one with @p mbufs of @p pool for its own, started with @p queues of
 * @p ring descriptors (a power of two) each way.
 * @param rss_key 40 bytes, for more than one queue
 * @param explicit_sync with the cache maintenance that the memory contract needs, and no more
 * @return 0 or negative errno.
 */
int
floor_open(struct floor **out, unsigned int queues, unsigned int ring, struct rte_mempool *pool,
	unsigned int mbufs, const uint8_t *rss_key, bool explicit_sync);
/** Give all mbufs back to the pool, and destroy the device and its wire. */
void
floor_close(struct floor *f);
struct sl_softnic *
floor_nic(const struct floor *f);

/** Take mbufs from the floor's stack and put them back: what a mempool does for others. */
void
floor_get(struct floor *f, struct rte_mbuf **m, unsigned int n);
void
floor_put(struct floor *f, struct rte_mbuf **m, unsigned int n);
/** Receive and send like a driver's burst functions. */
uint16_t
floor_rx(struct floor *f, unsigned int queue, struct rte_mbuf **m, uint16_t n);
uint16_t
floor_tx(struct floor *f, unsigned int queue, struct rte_mbuf **m, uint16_t n);

#endif /* _PEERS_FLOOR_H_ */
