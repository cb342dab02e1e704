/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */
#ifndef _SL_IOMMU_H_
#define _SL_IOMMU_H_

/**
 * @file
 * Ranges of bytes over an IOMMU that maps pages and unmaps only what was mapped
 * as one. A range is mapped as up to three runs: the first page that it has in
 * part, the pages it has whole, the last page in part. The pages it has whole
 * are no neighbour's: they get the range's own direction, and go when it goes.
 * The edge pages belong to neighbours too: one run each, for both directions (for
 * the range's own when strict), which goes when nobody is left on it. A page is the least an IOMMU can grant:
 * what else lies on an edge page the device can reach.
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
 *   -EINVAL: address and IOVA do not lie alike in their pages, or wrap;
 *   -EEXIST: a page is mapped to other memory; -EBUSY: another range's pages
 *   are mapped for one direction, and @p dir asks for more; what the IO's map
 *   returned. -ENOTRECOVERABLE: failed, and part of it could not be unmapped
 *   again; sl_iommu_unmap() tries again.
 */
int sl_iommu_map(struct sl_iommu *m, void *va, uint64_t iova, size_t len, enum sl_dma_dir dir);
/**
 * Take it away again, as mapped.
 * @return 0: no page is left that only it needed; else what the IO's unmap
 *   returned: to be called again.
 */
int sl_iommu_unmap(struct sl_iommu *m, uint64_t iova, size_t len);
/** Bytes and runs that are mapped. */
void sl_iommu_usage(const struct sl_iommu *m, struct sl_window_usage *out);
/** Free the lists; nothing is unmapped. */
void sl_iommu_fini(struct sl_iommu *m);

#endif /* _SL_IOMMU_H_ */
