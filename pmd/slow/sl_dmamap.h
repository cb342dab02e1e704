/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */
#ifndef _SL_DMAMAP_H_
#define _SL_DMAMAP_H_

/**
 * @file
 * Memory in a port's DMA window that is not the driver's own: mempools that its queues use,
 * external buffers and registered areas. Control path; sl_dmamap_tx_mbuf() is transmit's slow path.
 */

#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "sl_shm.h"
#include "sl_vfio.h"

struct rte_mbuf;
struct rte_mempool;
struct sl_port;
struct sl_tx_queue;

/** A piece of such memory (a mempool's chunk, an external buffer) that is in the DMA window. */
struct sl_dmamap_piece {
	void *va;
	uint64_t iova;
	size_t len;
	enum sl_dma_dir dir;		/**< what the NIC may do; 0: not usable, to be unmapped */
	bool seen;			/**< an external buffer that was sent from */
	const struct rte_mempool *pool; /**< whose end takes it out; NULL: none */
};

/** Memory that the application let in by rte_dev_dma_map(). */
struct sl_dmamap_area {
	void *va;
	uint64_t iova;
	size_t len;
};

/** The part of a port's DMA window that is memory of others. */
struct sl_dmamap {
	struct sl_vfio_link link;     /**< what bounds the NIC's DMA; set before open */
	pthread_mutex_t lock;	      /**< guards what follows */
	struct sl_dmamap_piece *maps; /**< sorted by address; they do not overlap */
	unsigned int nb_maps, max_maps;
	struct sl_dmamap_area *areas; /**< all of each is in the window, as pieces of any owner */
	unsigned int nb_areas;
	bool strict;		       /**< the NIC writes no page that holds anything but data; set
					    before open */
	struct sl_tx_queue *tx_queues; /**< which remember a pool they have seen here */
	bool refused;		       /**< an external buffer was refused, and that was logged */
	uint64_t bytes_kept;	       /**< of mempools that ended, and did not leave; atomic */
};

/** Take part in what EAL tells of memory; the adapter is open. 0 or negative errno. */
int
sl_dmamap_open(struct sl_port *port);
/** Take everything out of the window; at close, when no queue is left. */
void
sl_dmamap_close(struct sl_port *port);
/** Leave everything in it for good: a NIC that does not stop. EAL tells the port no more. */
void
sl_dmamap_leave(struct sl_port *port);
/**
 * Bring a mempool's memory into the adapter's window, once for all queues that
 * use it. For one more direction than before: only while the port is stopped.
 */
int
sl_dmamap_pool(struct sl_port *port, struct rte_mempool *pool, enum sl_dma_dir dir);
/** Bring an unknown mbuf's memory into the window, for the NIC to read. */
int
sl_dmamap_tx_mbuf(struct sl_port *port, const struct rte_mbuf *m);
/** rte_dev_dma_map(): memory of the application's enters. 0 or negative errno. */
int
sl_dmamap_area_add(struct sl_port *port, void *va, uint64_t iova, size_t len);
/** And leaves. -ENOENT: nothing of it was registered. */
int
sl_dmamap_area_remove(struct sl_port *port, void *va, size_t len);
/** A transmit queue remembers pools: it must hear when one goes. */
void
sl_dmamap_queue_add(struct sl_tx_queue *q);
void
sl_dmamap_queue_remove(struct sl_tx_queue *q);

#endif /* _SL_DMAMAP_H_ */
