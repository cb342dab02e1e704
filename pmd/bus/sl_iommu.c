/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */

/*
 * IOMMU mappings of a port, in whole pages. Several ranges may share a page, which is unmapped with
 * the last of them.
 */

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "sl_iommu.h"

#define LIST_MIN 16u

static uint64_t
page_floor(const struct sl_iommu *m, uint64_t v)
{
	return v & ~(m->page - 1);
}

static uint64_t
page_ceil(const struct sl_iommu *m, uint64_t v)
{
	return page_floor(m, v + m->page - 1);
}

/* Make room for one more entry. 0 or -ENOMEM. */
static int
grow(void **list, unsigned int n, unsigned int *max, size_t size)
{
	unsigned int want = *max == 0 ? LIST_MIN : *max * 2;
	void *more;

	if (n < *max)
		return 0;
	more = realloc(*list, want * size);
	if (more == NULL)
		return -ENOMEM;
	*list = more;
	*max = want;
	return 0;
}

/* Index of the first run that ends above iova. */
static unsigned int
run_find(const struct sl_iommu *m, uint64_t iova)
{
	unsigned int lo = 0, hi = m->nb_runs;

	while (lo < hi) {
		unsigned int mid = lo + (hi - lo) / 2;

		if (m->runs[mid].iova + m->runs[mid].len <= iova)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo;
}

static int
run_map(struct sl_iommu *m, unsigned int at, const struct sl_iommu_run *run)
{
	int ret;

	ret = grow((void **)&m->runs, m->nb_runs, &m->max_runs, sizeof(*m->runs));
	if (ret == 0)
		ret = m->io->map(m->ctx, (void *)(uintptr_t)(run->iova - run->delta), run->iova,
			run->len, run->dir);
	if (ret != 0)
		return ret;
	memmove(&m->runs[at + 1], &m->runs[at], (m->nb_runs - at) * sizeof(*m->runs));
	m->runs[at] = *run;
	m->nb_runs++;
	return 0;
}

/*
 * Make sure that every page of @want is mapped at least for @need, by existing runs, and by new
 * ones in the gaps.
 */
static int
cover(struct sl_iommu *m, const struct sl_iommu_run *want, enum sl_dma_dir need)
{
	const uint64_t end = want->iova + want->len;
	uint64_t pos = want->iova;
	unsigned int i;
	int ret;

	for (i = run_find(m, pos); pos < end; i++) {
		struct sl_iommu_run gap = *want;

		if (i == m->nb_runs || m->runs[i].iova > pos) {
			gap.iova = pos;
			gap.len = end - pos;
			if (i < m->nb_runs && m->runs[i].iova < end)
				gap.len = m->runs[i].iova - pos;
			ret = run_map(m, i, &gap);
			if (ret != 0)
				return ret;
		}
		if (m->runs[i].delta != want->delta)
			return -EEXIST;
		if ((m->runs[i].dir & need) != need)
			return -EBUSY;
		pos = m->runs[i].iova + m->runs[i].len;
	}
	return 0;
}

static bool
is_claimed(const struct sl_iommu *m, const struct sl_iommu_run *run)
{
	unsigned int i;

	for (i = 0; i < m->nb_claims; i++) {
		const struct sl_iommu_claim *c = &m->claims[i];

		if (page_floor(m, c->iova) < run->iova + run->len &&
			run->iova < page_ceil(m, c->iova + c->len))
			return true;
	}
	return false;
}

/* Unmap the runs on these pages that no range needs. */
static int
sweep(struct sl_iommu *m, uint64_t iova, uint64_t len)
{
	const uint64_t start = page_floor(m, iova), end = page_ceil(m, iova + len);
	unsigned int i = run_find(m, start);
	int ret = 0, err;

	while (i < m->nb_runs && m->runs[i].iova < end) {
		if (is_claimed(m, &m->runs[i])) {
			i++;
			continue;
		}
		err = m->io->unmap(m->ctx, m->runs[i].iova, m->runs[i].len);
		if (err != 0) {
			ret = err;
			i++;
			continue;
		}
		m->nb_runs--;
		memmove(&m->runs[i], &m->runs[i + 1], (m->nb_runs - i) * sizeof(*m->runs));
	}
	return ret;
}

/* Map the first partial page, the whole pages, and the last partial page. */
static int
map_parts(struct sl_iommu *m, uint64_t delta, uint64_t iova, uint64_t len, enum sl_dma_dir dir)
{
	const uint64_t start = page_floor(m, iova), end = page_ceil(m, iova + len);
	uint64_t first = page_ceil(m, iova), last = page_floor(m, iova + len);
	struct sl_iommu_run edge = {
		.delta = delta, .len = m->page, .dir = m->strict ? dir : SL_DMA_BIDIRECTIONAL};
	struct sl_iommu_run whole = {.delta = delta, .dir = dir};
	int ret = 0;

	/* A range within one page is mapped as a first page. */
	if (first > last)
		last = first;
	whole.iova = first;
	whole.len = last - first;
	edge.iova = start;
	if (start < first)
		ret = cover(m, &edge, dir);
	if (ret == 0)
		ret = cover(m, &whole, dir);
	edge.iova = last;
	if (ret == 0 && last < end)
		ret = cover(m, &edge, dir);
	return ret;
}

int
sl_iommu_map(struct sl_iommu *m, void *va, uint64_t iova, size_t len, enum sl_dma_dir dir)
{
	const uint64_t delta = iova - (uintptr_t)va;
	int ret;

	if ((delta & (m->page - 1)) != 0 || len == 0 || iova + len < iova ||
		page_ceil(m, iova + len) < iova)
		return -EINVAL;
	if (m->strict && (dir & SL_DMA_FROM_DEVICE) != 0 && ((iova | len) & (m->page - 1)) != 0)
		return -EPERM;
	ret = grow((void **)&m->claims, m->nb_claims, &m->max_claims, sizeof(*m->claims));
	if (ret != 0)
		return ret;
	ret = map_parts(m, delta, iova, len, dir);
	if (ret != 0)
		return sweep(m, iova, len) == 0 ? ret : -ENOTRECOVERABLE;
	m->claims[m->nb_claims++] = (struct sl_iommu_claim){iova, len};
	return 0;
}

int
sl_iommu_unmap(struct sl_iommu *m, uint64_t iova, size_t len)
{
	unsigned int i;

	for (i = 0; i < m->nb_claims; i++) {
		if (m->claims[i].iova != iova || m->claims[i].len != len)
			continue;
		m->claims[i] = m->claims[--m->nb_claims];
		break;
	}
	return sweep(m, iova, len);
}

void
sl_iommu_usage(const struct sl_iommu *m, struct sl_window_usage *out)
{
	unsigned int i;

	*out = (struct sl_window_usage){.maps = m->nb_runs};
	for (i = 0; i < m->nb_runs; i++)
		out->bytes += m->runs[i].len;
}

void
sl_iommu_fini(struct sl_iommu *m)
{
	free(m->runs);
	free(m->claims);
	m->runs = NULL;
	m->claims = NULL;
	m->nb_runs = m->max_runs = 0;
	m->nb_claims = m->max_claims = 0;
}
