/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */
#ifndef _SL_DMALIST_H_
#define _SL_DMALIST_H_

/**
 * @file
 * The list of memory in a port's DMA window that is not the driver's own: pieces that do not
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

/** Which pieces of no pool are taken out. */
enum sl_dmalist_loose {
	SL_DMALIST_ALL,
	SL_DMALIST_UNSENT,   /* those that no buffer was sent from */
	SL_DMALIST_UNWANTED, /* of these, those that have nothing of an area either */
};

/** Index of the first piece that ends above an address. */
unsigned int
sl_dmalist_find(const struct sl_dmamap *w, uintptr_t va);
/**
 * Queues send frames of a pool that they have seen without searching the list. Make them
 * search again: a pool's memory may have been freed, or another pool may get its address.
 */
void
sl_dmalist_forget_pools(struct sl_dmamap *w);
/** Unmap a piece. If that fails, it stays in the list as unusable, and is tried again later. */
int
sl_dmalist_drop(struct sl_port *port, unsigned int at);
/**
 * All of @want in the window: what is there already, and new pieces in between.
 * Buffers that an application takes from one heap overlap where others were before.
 */
int
sl_dmalist_cover(struct sl_port *port, const struct sl_dmamap_piece *want);
/** Whether any area has bytes of [va, va + len). */
bool
sl_dmalist_is_registered(const struct sl_dmamap *w, const void *va, size_t len);
/** Note an area that is in the window by now. 0 or -ENOMEM. */
int
sl_dmalist_area_add(struct sl_dmamap *w, const struct sl_dmamap_piece *m);
/** A piece that an area shared was removed: map the rest of the area again, for reading. */
void
sl_dmalist_areas_restore(struct sl_port *port);
/** Take out pieces of no pool in [va, va + len), in part too. */
int
sl_dmalist_drop_loose(
	struct sl_port *port, const void *va, size_t len, enum sl_dmalist_loose which);
/**
 * End every area that has bytes of [va, va + len): all of such an area leaves the window. Pieces
 * of other areas that share pages with it may leave for a moment and are mapped again.
 */
void
sl_dmalist_areas_end(struct sl_port *port, const void *va, size_t len);

#endif /* _SL_DMALIST_H_ */
