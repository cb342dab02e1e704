/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */
#ifndef _SL_IOMMU_H_
#define _SL_IOMMU_H_

/**
 * @file
 * Ranges of bytes over an IOMMU that maps pages and unmaps only what was mapped
 * as one. A range is mapped as up to three runs: a first page that it fills in
 * part, the pages that it fills, a last page that it fills in part. Filled pages
 * belong to this range only: they get its direction, and are unmapped with it. Edge
 * pages may be shared with neighbours: each is one run, mapped for both directions
 * (when strict, for the range's own), and unmapped when no range needs it. An IOMMU
 * maps at least a page, so the device can reach whatever else lies on an edge page.
 *
 * Ranges may overlap where several ports share an IOMMU: a run stays as long
 * as any range needs it. Makes no EAL call. One thread at a time.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "sl_shm.h"

/** What maps whole pages: VFIO, or a test. 0 or negative errno. */
struct sl_iommu_io {
	int (*map)(void *ctx, void *va, uint64_t iova, uint64_t len, enum sl_dma_dir dir);
	int (*unmap)(void *ctx, uint64_t iova, uint64_t len);
};

/** Pages that were mapped as one. */
struct sl_iommu_run {
	uint64_t iova, len;
	uint64_t delta; /**< iova minus address: the same on all of it */
	enum sl_dma_dir dir;
};

/** The pages that a range touches. */
struct sl_iommu_claim {
	uint64_t iova, len; /**< as given, in bytes */
};

/** Zero-initialise, then set io, ctx and page. The rest is private. */
struct sl_iommu {
	const struct sl_iommu_io *io;
	void *ctx;
	uint64_t page; /**< bytes, a power of two */
	bool strict;   /**< no edge page may be written: a range to be written is whole pages */
	struct sl_iommu_run *runs; /* sorted by iova; they do not overlap */
	unsigned int nb_runs, max_runs;
	struct sl_iommu_claim *claims;
	unsigned int nb_claims, max_claims;
};

/**
 * Let the device reach [iova, iova + len).
 * @return 0; -EPERM: strict, and a range to be written is not whole pages;
 *   -EINVAL: address and IOVA have different offsets in their pages, or wrap;
 *   -EEXIST: a page is mapped to other memory; -EBUSY: another range's pages
 *   are mapped for one direction, and @p dir asks for more; what the IO's map
 *   returned. -ENOTRECOVERABLE: failed, and part of it could not be unmapped
 *   again; sl_iommu_unmap() tries again.
 */
int
sl_iommu_map(struct sl_iommu *m, void *va, uint64_t iova, size_t len, enum sl_dma_dir dir);
/**
 * Unmap a range, as it was mapped.
 * @return 0: all pages that only this range needed are unmapped; else the error of
 *   the IO's unmap: call again later.
 */
int
sl_iommu_unmap(struct sl_iommu *m, uint64_t iova, size_t len);
/** Bytes and runs that are mapped. */
void
sl_iommu_usage(const struct sl_iommu *m, struct sl_window_usage *out);
/** Free the lists; nothing is unmapped. */
void
sl_iommu_fini(struct sl_iommu *m);

#endif /* _SL_IOMMU_H_ */
