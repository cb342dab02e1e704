/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */
#ifndef _SL_DMA_H_
#define _SL_DMA_H_

/**
 * @file
 * Translation of IOVAs on a software device's hot path. Included by sl_shm.h.
 * The window is a sorted table that never changes once published. A reader
 * announces the table that it uses between sl_dma_begin() and sl_dma_end(). A
 * thread that changes the window publishes a new table, and waits until no
 * reader uses the old one.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "sl_sync.h"

#ifdef __cplusplus
extern "C" {
#endif

/** One segment of the window: contiguous in IOVA and in virtual address. */
struct sl_dma_piece {
	uint64_t iova;
	uint64_t len; /**< 0: an empty cache entry, which matches no address */
	uint8_t *va;  /**< address in the device's view: a separate copy in `checked` mode */
	uint32_t dir;
};

/**
 * Memory of a machine without an adapter in this process, such as a virtual machine. All calls
 * are made by the device thread, and the segments change only while it is outside begin/end.
 */
struct sl_dma_host {
	void *ctx;
	/** Number of changes of the segments; starts at 1. */
	const uint64_t *gen;
	/**
	 * Find the segment that contains @p iova; false: there is none. A segment whose va is NULL
	 * can be accessed only by read and write.
	 */
	bool (*find)(void *ctx, uint64_t iova, struct sl_dma_piece *piece);
	/** Copy from a segment whose va is NULL. 0 or negative errno. */
	int (*read)(void *ctx, uint64_t iova, void *to, size_t len);
	/** Copy to a segment whose va is NULL; complete on return. 0 or negative errno. */
	int (*write)(void *ctx, uint64_t iova, const void *from, size_t len);
};

struct sl_dma_bounce;

/** Segments that a reader caches per direction: rings, heads and mempools of some queues. */
#define SL_DMA_HITS 8

/** A reader of the window: one thread of a software device. Fields are private. */
struct sl_dma {
	/*
	 * Cached segments, valid for generation gen: [0] for the device's reads, [1] for its
	 * writes.
	 */
	struct sl_dma_piece hit[2][SL_DMA_HITS];
	uint64_t gen;
	const void *in_use; /* table between begin and end, or NULL; read by other threads */
	uint64_t faults;    /* written by the device thread alone */
	unsigned int next[2];
	const struct sl_sync_checker *watch; /* receives each access; NULL without a checker */
	struct sl_adapter *adapter;	     /* NULL: host is set */
	struct sl_dma *link;
	const struct sl_dma_host *host;
	struct sl_dma_bounce *bounce;
	unsigned int
		unwritten; /* translations for writes whose bytes are not in the host's memory */
};

/** Create a reader; control thread. NULL: no memory. */
struct sl_dma *
sl_dma_open(struct sl_adapter *a);
/** Create a reader of a host's memory; @p host is used until close. NULL: no memory. */
struct sl_dma *
sl_dma_open_host(const struct sl_dma_host *host);
/** Destroy a reader; not within begin/end. */
void
sl_dma_close(struct sl_dma *d);
/** Begin: translations made from now on are valid until sl_dma_end(). Device thread. */
void
sl_dma_begin(struct sl_dma *d);
/** End. Keep the time since begin short: a thread that changes the window waits for it. */
void
sl_dma_end(struct sl_dma *d);

/** The part of sl_dma_flush() that copies; do not call it directly. */
void
sl_dma_flush_bounce(struct sl_dma *d);

/**
 * Bytes written through translations are in the host's memory on return, in the order of the
 * translations. Call it after writing data and before writing what announces that data;
 * sl_dma_end() calls it too. Without copies it costs one test. Device thread, within begin/end.
 */
static inline void
sl_dma_flush(struct sl_dma *d)
{
	if (__builtin_expect(d->unwritten != 0, 0))
		sl_dma_flush_bounce(d);
}

/** The part of sl_dma_release() that copies and frees; do not call it directly. */
void
sl_dma_release_bounce(struct sl_dma *d);

/**
 * Like sl_dma_flush(), and the caller no longer uses the translations made so far, so the memory
 * of their copies is reused. Device thread, within begin/end.
 */
static inline void
sl_dma_release(struct sl_dma *d)
{
	if (__builtin_expect(d->bounce != NULL, 0))
		sl_dma_release_bounce(d);
}

/** The part of sl_dma_translate() that searches the table; do not call it directly. */
void *
sl_dma_translate_miss(struct sl_dma *d, uint64_t iova, size_t len, enum sl_dma_dir dir);

/**
 * Translate [iova, iova + len) to the device's view. Device thread, within begin/end.
 * The range never crosses an adapter's mappings. If a host's memory is not contiguous in this
 * process, the result is a copy: for reads it has the current bytes, and for writes the caller
 * must write the whole range.
 * @return NULL when the range is not in the window, or not for direction @p dir:
 *   a DMA fault, counted in the adapter's statistics.
 */
static inline void *
sl_dma_translate(struct sl_dma *d, uint64_t iova, size_t len, enum sl_dma_dir dir)
{
	const struct sl_dma_piece *hit = d->hit[dir == SL_DMA_FROM_DEVICE];
	unsigned int i;

	/* For an address below the segment the offset wraps to more than any length. */
	for (i = 0; i < SL_DMA_HITS && dir != SL_DMA_BIDIRECTIONAL; i++) {
		uint64_t off = iova - hit[i].iova;

		if (off < hit[i].len && len <= hit[i].len - off)
			return hit[i].va + off;
	}
	return sl_dma_translate_miss(d, iova, len, dir);
}

/** The part of sl_dma_note() that calls the checker; do not call it directly. */
void
sl_dma_tell(struct sl_dma *d, const struct sl_sync_access *access);

/**
 * Report an access to the checker, before the device reads or writes the bytes.
 * va is NULL if the translation failed. Without a checker the call costs one
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
