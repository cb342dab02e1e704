/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */
#ifndef _SL_DMAMAP_H_
#define _SL_DMAMAP_H_

/**
 * @file
 * Memory in a port's DMA window that is not the driver's own: mempools of its queues, external
 * buffers and registered areas. Control path; sl_dmamap_tx_mbuf() is transmit's slow path.
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

/** One mapping of such memory (a mempool's chunk, an external buffer) in the DMA window. */
struct sl_dmamap_piece {
	void *va;
	uint64_t iova;
	size_t len;
	enum sl_dma_dir dir; /**< allowed directions; 0: unusable, still to be unmapped */
	bool seen;	     /**< it is an external buffer from which a frame was sent */
	const struct rte_mempool *pool; /**< mempool whose end removes it; NULL: none */
};

/** Memory that the application mapped with rte_dev_dma_map(). */
struct sl_dmamap_area {
	void *va;
	uint64_t iova;
	size_t len;
};

/** The part of a port's DMA window that is not the driver's own memory. */
struct sl_dmamap {
	struct sl_vfio_link link; /**< attachment, which limits the NIC's DMA; set before open */
	pthread_mutex_t lock;	  /**< guards the fields below */
	struct sl_dmamap_piece *maps; /**< sorted by address; they do not overlap */
	unsigned int nb_maps, max_maps;
	struct sl_dmamap_area
		*areas; /**< each is mapped completely, by one or more entries of maps */
	unsigned int nb_areas;
	bool strict; /**< window=strict: the NIC can write only to pages that contain nothing but
			data; set before open */
	struct sl_tx_queue *tx_queues; /**< queues that remember a pool they found here */
	bool refused;		       /**< an external buffer was refused, and this was logged */
	uint64_t bytes_kept; /**< bytes of ended mempools that could not be unmapped; atomic */
};

/** Register for EAL's memory and mempool events. The adapter is open. 0 or negative errno. */
int
sl_dmamap_open(struct sl_port *port);
/** Unmap everything. At close, when there are no queues. */
void
sl_dmamap_close(struct sl_port *port);
/** Leave everything mapped for good, for a NIC that does not stop. Unregister from EAL's events. */
void
sl_dmamap_leave(struct sl_port *port);
/**
 * Map a mempool's memory in the adapter's window, once for all queues that use it. A further
 * direction can only be added while the port is stopped.
 */
int
sl_dmamap_pool(struct sl_port *port, struct rte_mempool *pool, enum sl_dma_dir dir);
/** Map an unknown mbuf's memory for the NIC to read. */
int
sl_dmamap_tx_mbuf(struct sl_port *port, const struct rte_mbuf *m);
/** rte_dev_dma_map(): map the application's memory. 0 or negative errno. */
int
sl_dmamap_area_add(struct sl_port *port, void *va, uint64_t iova, size_t len);
/** rte_dev_dma_unmap(): unmap it. -ENOENT: no part of it was registered. */
int
sl_dmamap_area_remove(struct sl_port *port, void *va, size_t len);
/** Add a transmit queue to those that remember pools, so that it is notified when one ends. */
void
sl_dmamap_queue_add(struct sl_tx_queue *q);
void
sl_dmamap_queue_remove(struct sl_tx_queue *q);

#endif /* _SL_DMAMAP_H_ */
