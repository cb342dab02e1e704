/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */
#ifndef _SL_IOMMU_H_
#define _SL_IOMMU_H_

/**
 * @file
 * Ranges of bytes on top of an IOMMU that maps pages and unmaps only what was mapped as one. A
 * range is mapped as up to three runs: a first page that it fills partly, the pages that it fills,
 * and a last page that it fills partly. Filled pages belong to this range only: they get its
 * direction, and are unmapped with it. Edge pages may be shared with neighbours: each is one run,
 * mapped for both directions (if strict, for the range's direction), and unmapped when no range
 * needs it. An IOMMU maps at least a page, so the device can access all other data on an edge page.
 *
 * Ranges may overlap when several ports share an IOMMU: a run stays while any range needs it. This
 * code makes no EAL calls. One thread at a time.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "sl_shm.h"

/** Functions that map whole pages: VFIO, or a test. 0 or negative errno. */
struct sl_iommu_io {
	int (*map)(void *ctx, void *va, uint64_t iova, uint64_t len, enum sl_dma_dir dir);
	int (*unmap)(void *ctx, uint64_t iova, uint64_t len);
};

/** Pages that were mapped with one call. */
struct sl_iommu_run {
	uint64_t iova, len;
	uint64_t delta; /**< iova minus address, the same for all of the run */
	enum sl_dma_dir dir;
};

/** A range that is mapped. */
struct sl_iommu_claim {
	uint64_t iova, len; /**< in bytes, as passed to sl_iommu_map() */
};

/** Zero-initialise, then set io, ctx, page and strict. The other fields are private. */
struct sl_iommu {
	const struct sl_iommu_io *io;
	void *ctx;
	uint64_t page; /**< bytes, a power of two */
	bool strict;   /**< edge pages are never writable: writable ranges are whole pages */
	struct sl_iommu_run *runs; /* sorted by iova; they do not overlap */
	unsigned int nb_runs, max_runs;
	struct sl_iommu_claim *claims;
	unsigned int nb_claims, max_claims;
};

/**
 * Allow the device to access [iova, iova + len).
 * @return 0; -EPERM: strict, and a range with write access is not whole pages; -EINVAL: address and
 * IOVA have different offsets in their pages, or wrap; -EEXIST: a page is mapped to other memory;
 * -EBUSY: another range's pages are mapped for one direction, and @p dir needs more; or the error
 * of the io's map. -ENOTRECOVERABLE: failed, and part of it could not be unmapped again;
 * sl_iommu_unmap() tries again.
 */
int
sl_iommu_map(struct sl_iommu *m, void *va, uint64_t iova, size_t len, enum sl_dma_dir dir);
/**
 * Unmap a range with the values with which it was mapped.
 * @return 0: all pages that only this range needed are unmapped; otherwise the error of the io's
 * unmap: call again later.
 */
int
sl_iommu_unmap(struct sl_iommu *m, uint64_t iova, size_t len);
/** Number of mapped bytes and runs. */
void
sl_iommu_usage(const struct sl_iommu *m, struct sl_window_usage *out);
/** Free the lists. Nothing is unmapped. */
void
sl_iommu_fini(struct sl_iommu *m);

#endif /* _SL_IOMMU_H_ */
