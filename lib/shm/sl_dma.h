/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */
#ifndef _SL_DMA_H_
#define _SL_DMA_H_

/**
 * @file
 * Translation of IOVAs for a software device, on its hot path. Included by
 * sl_shm.h. The window is a sorted table that never changes once published. A
 * reader announces the table that it uses between sl_dma_begin() and
 * sl_dma_end(); a thread that changes the window publishes a new table, and
 * waits until no reader uses the old one.
 */

#include <stddef.h>
#include <stdint.h>

#include "sl_sync.h"

#ifdef __cplusplus
extern "C" {
#endif

/** One piece of the window. */
struct sl_dma_piece {
	uint64_t iova;
	uint64_t len; /**< 0: an empty cache entry, which no address hits */
	uint8_t *va;  /**< the device's view: its own copy in `checked` mode */
	uint32_t dir;
};

/** Pieces that a reader caches for each direction: rings, heads and mempools of some queues. */
#define SL_DMA_HITS 8

/** A reader of the window: one thread of a software device. Fields are private. */
struct sl_dma {
	/*
	 * Copies of pieces, valid for generation gen: [0] for reads of the device, [1] for
	 * writes.
	 */
	struct sl_dma_piece hit[2][SL_DMA_HITS];
	uint64_t gen;
	const void *in_use; /* table between begin and end, or NULL; read by other threads */
	uint64_t faults;    /* written by the device thread alone */
	unsigned int next[2];
	const struct sl_sync_checker *watch; /* is told of each access; NULL in most modes */
	struct sl_adapter *adapter;
	struct sl_dma *link;
};

/** Make a reader; control thread. NULL on no memory. */
struct sl_dma *
sl_dma_open(struct sl_adapter *a);
/** Destroy it; not within begin/end. */
void
sl_dma_close(struct sl_dma *d);
/** Translations made from here to sl_dma_end() stay valid until then. Device thread. */
void
sl_dma_begin(struct sl_dma *d);
/** Keep the time from begin to end short: a thread that changes the window waits for it. */
void
sl_dma_end(struct sl_dma *d);

/** The part of sl_dma_translate() that searches the table; not to be called by itself. */
void *
sl_dma_translate_miss(struct sl_dma *d, uint64_t iova, size_t len, enum sl_dma_dir dir);

/**
 * The device's view of [iova, iova + len). Device thread, within begin/end.
 * Never crosses a mapping.
 * @return NULL when the range is not in the window, or not for direction @p dir:
 *   a DMA fault, counted in the adapter's statistics.
 */
static inline void *
sl_dma_translate(struct sl_dma *d, uint64_t iova, size_t len, enum sl_dma_dir dir)
{
	const struct sl_dma_piece *hit = d->hit[dir == SL_DMA_FROM_DEVICE];
	unsigned int i;

	/* An address below the piece wraps to an offset beyond any length. */
	for (i = 0; i < SL_DMA_HITS && dir != SL_DMA_BIDIRECTIONAL; i++) {
		uint64_t off = iova - hit[i].iova;

		if (off < hit[i].len && len <= hit[i].len - off)
			return hit[i].va + off;
	}
	return sl_dma_translate_miss(d, iova, len, dir);
}

/** The part of sl_dma_note() that tells the checker; not to be called by itself. */
void
sl_dma_tell(struct sl_dma *d, const struct sl_sync_access *access);

/**
 * Tell the checker of an access, before the device reads or writes the bytes;
 * va is NULL when the translation failed. Without a checker the call costs one
 * test. Device thread, within begin/end.
 */
static inline void
sl_dma_note(struct sl_dma *d, const struct sl_sync_access *access)
{
	if (__builtin_expect(d->watch != NULL, 0))
		sl_dma_tell(d, access);
}

#ifdef __cplusplus
}
#endif

#endif /* _SL_DMA_H_ */
