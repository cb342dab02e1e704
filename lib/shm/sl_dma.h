/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */
#ifndef _SL_DMA_H_
#define _SL_DMA_H_

/**
 * @file
 * What the device sees: translation of IOVAs for a software device, on its hot
 * path. Included by sl_shm.h. The window is a sorted table that never changes
 * once published; a reader announces the table it uses between begin and end,
 * and who changes the window waits until nobody uses the table before.
 */

#include <stddef.h>
#include <stdint.h>

#include "sl_sync.h"

#ifdef __cplusplus
extern "C" {
#endif

/** One piece of the window. */
struct sl_dma_map {
	uint64_t iova;
	uint64_t len; /**< 0: an empty cache entry, which no address hits */
	uint8_t *va;  /**< the device's view: its own copy in `checked` mode */
	uint32_t dir;
};

/** Pieces that a reader keeps at hand for each direction: rings, head, mempools of some queues. */
#define SL_DMA_HITS 8

/** A reader of the window: one thread of a software device. Fields are private. */
struct sl_dma {
	/* [0] may be read by the device, [1] written; copies, valid for generation gen. */
	struct sl_dma_map hit[2][SL_DMA_HITS];
	uint64_t gen;
	const void *in_use; /* table between begin and end, or NULL; read by other threads */
	uint64_t faults;    /* written by the device thread alone */
	unsigned int next[2];
	const struct sl_sync_checker *watch; /* told of each access; NULL in most modes */
	struct sl_adapter *adapter;
	struct sl_dma *link;
};

/** Make a reader; control thread. NULL on no memory. */
struct sl_dma *sl_dma_open(struct sl_adapter *a);
/** Destroy it; not within begin/end. */
void sl_dma_close(struct sl_dma *d);
/** Begin using translations; those got before end() stay valid until then. Device thread. */
void sl_dma_begin(struct sl_dma *d);
/** End of use. Keep the section short: who changes the window waits for it. */
void sl_dma_end(struct sl_dma *d);

/** The part of sl_dma_translate() that searches the table; not to be called by itself. */
void *sl_dma_translate_miss(struct sl_dma *d, uint64_t iova, size_t len, enum sl_dma_dir dir);

/**
 * The device's view of [iova, iova + len). Device thread, within begin/end.
 * Never crosses a mapping.
 * @return NULL for anything outside the window or against its direction: a DMA
 *   fault, counted in the adapter's statistics.
 */
static inline void *
sl_dma_translate(struct sl_dma *d, uint64_t iova, size_t len, enum sl_dma_dir dir)
{
	const struct sl_dma_map *hit = d->hit[dir == SL_DMA_FROM_DEVICE];
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
void sl_dma_tell(struct sl_dma *d, const struct sl_sync_access *access);

/**
 * Tell what the device is about to do: before the bytes are read or written,
 * and with va NULL when the translation failed. Costs one test where nobody
 * checks. Device thread, within begin/end.
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
