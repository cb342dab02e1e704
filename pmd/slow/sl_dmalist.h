/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */
#ifndef _SL_DMALIST_H_
#define _SL_DMALIST_H_

/**
 * @file
 * The list of memory in a port's DMA window that is not the driver's own: mappings that do not
 * overlap, and areas that the application registered. All calls need the window's lock held.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "sl_dmamap.h"

static inline uintptr_t
sl_dmalist_end(const struct sl_dmamap_piece *m)
{
	return (uintptr_t)m->va + m->len;
}

static inline bool
sl_dmalist_overlaps(const void *va, size_t len, const void *other, size_t other_len)
{
	return (uintptr_t)va < (uintptr_t)other + other_len &&
		(uintptr_t)other < (uintptr_t)va + len;
}

/** Which mappings without a mempool are removed. */
enum sl_dmalist_loose {
	SL_DMALIST_ALL,
	SL_DMALIST_UNSENT,   /* mappings from which no buffer was sent */
	SL_DMALIST_UNWANTED, /* of these, mappings without bytes of a registered area */
};

/** Index of the first mapping that ends above an address. */
unsigned int
sl_dmalist_find(const struct sl_dmamap *w, uintptr_t va);
/**
 * Queues send frames of a pool that they have seen without searching the list. Make them search
 * again: a pool's memory may have been freed, or another pool may get its address.
 */
void
sl_dmalist_forget_pools(struct sl_dmamap *w);
/** Unmap a mapping. If that fails, it stays in the list as unusable, and is unmapped later. */
int
sl_dmalist_drop(struct sl_port *port, unsigned int at);
/**
 * Map all of @want: keep what is mapped, and add new mappings for the gaps. Buffers that an
 * application takes from a heap may overlap earlier ones.
 */
int
sl_dmalist_cover(struct sl_port *port, const struct sl_dmamap_piece *want);
/** True if any registered area has bytes of [va, va + len). */
bool
sl_dmalist_is_registered(const struct sl_dmamap *w, const void *va, size_t len);
/** Add an area that is already mapped to the list of areas. 0 or -ENOMEM. */
int
sl_dmalist_area_add(struct sl_dmamap *w, const struct sl_dmamap_piece *m);
/**
 * A mapping that was also part of an area was removed: map the rest of the area again, for reading.
 */
void
sl_dmalist_areas_restore(struct sl_port *port);
/** Remove mappings without a mempool that have bytes of [va, va + len). */
int
sl_dmalist_drop_loose(
	struct sl_port *port, const void *va, size_t len, enum sl_dmalist_loose which);
/**
 * Unregister each area that has bytes of [va, va + len): all of such an area is unmapped. Mappings
 * of other areas that share pages with it may be unmapped for a moment and are mapped again.
 */
void
sl_dmalist_areas_end(struct sl_port *port, const void *va, size_t len);

#endif /* _SL_DMALIST_H_ */
