/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */

/*
 * Allocates and frees regions: checks, quota, memory of the nearest NUMA
 * node, IOVA-contiguous pieces, and the exact match that a free needs (rule
 * F1). Memory of others is in sl_buffer.c; the window in sl_window.c.
 */

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "sl_shm_priv.h"

/* Longest region, bytes: more than any machine has, and the sum of two cannot wrap. */
#define LEN_MAX ((size_t)1 << 62)

/* --- checks --- */

static int
check_params(struct sl_adapter *a, const struct sl_region_params *p, struct sl_holding *h)
{
	if (!sl_name_copy(h->name, p->name)) {
		sl_log(a, 3, "a region needs a name of 1 to %d bytes", SL_SHM_NAME_LEN - 1);
		return -EINVAL;
	}
	if (p->len == 0 || p->len > LEN_MAX) {
		sl_log(a, 3, "region '%s': length %zu; allowed: 1 to %zu", h->name, p->len,
			LEN_MAX);
		return -EINVAL;
	}
	if ((p->align & (p->align - 1)) != 0 || p->align > LEN_MAX) {
		sl_log(a, 3, "region '%s': alignment %zu is not a power of two up to %zu", h->name,
			p->align, LEN_MAX);
		return -EINVAL;
	}
	if ((p->dir & ~SL_DMA_BIDIRECTIONAL) != 0) {
		sl_log(a, 3,
			"region '%s': direction %u; allowed: 1 to device, 2 from device, 3 "
			"both",
			h->name, (unsigned int)p->dir);
		return -EINVAL;
	}
	return sl_node_check(a, h->name, p->node);
}

/* Quotas count whole lines or granules: no other region can have the rest of one. */
static int
check_quota(struct sl_adapter *a, const struct sl_holding *h)
{
	const struct sl_shm_stats *s = &a->stats;
	size_t used = s->bytes_cached + s->bytes_noncached;

	if (s->quota != 0 && (h->size > s->quota || used > s->quota - h->size)) {
		sl_log(a, 3,
			"region '%s': %zu bytes pass the adapter's quota: %zu of %zu are "
			"in use; "
			"free regions, ask for less or open with a larger quota",
			h->name, h->size, used, s->quota);
		return -ENOSPC;
	}
	used = s->bytes_noncached;
	if (!h->cached && (h->size > s->quota_noncached || used > s->quota_noncached - h->size)) {
		sl_log(a, 3,
			"region '%s': %zu bytes pass the adapter's quota of non-cached "
			"memory: "
			"%zu of %zu are in use; take cached memory or open with a larger "
			"quota_noncached",
			h->name, h->size, used, s->quota_noncached);
		return -ENOSPC;
	}
	return 0;
}

/* --- memory --- */

/* Split a chunk into IOVA-contiguous pieces. */
static int
find_pieces(struct sl_adapter *a, struct sl_holding *h)
{
	const struct sl_mem_source *src = a->source;
	size_t page = h->chunk.page_size == 0 ? h->len : h->chunk.page_size;
	size_t first = page - ((uintptr_t)h->va & (page - 1)), off, n;
	struct sl_sg *sg;

	if (h->chunk.page_size == 0)
		first = page;
	sg = calloc((h->len - 1) / page + 2, sizeof(*sg));
	if (sg == NULL)
		return -ENOMEM;
	h->sg = sg;
	for (off = 0; off < h->len; off += n) {
		uint64_t iova = src->iova(src->ctx, (uint8_t *)h->va + off);

		n = off == 0 ? first : page;
		if (n > h->len - off)
			n = h->len - off;
		if (iova == UINT64_MAX) {
			sl_log(a, 3,
				"region '%s': its memory has no IOVA; physical addresses "
				"need "
				"privileges, --iova-mode=va does without",
				h->name);
			return -ENOTSUP;
		}
		if (h->nsg > 0 && sg[h->nsg - 1].iova + sg[h->nsg - 1].len == iova)
			sg[h->nsg - 1].len += n;
		else
			sg[h->nsg++] = (struct sl_sg){iova, n};
	}
	return 0;
}

static void
drop_memory(struct sl_adapter *a, struct sl_holding *h)
{
	free(h->sg);
	h->sg = NULL;
	h->nsg = 0;
	a->source->free(a->source->ctx, &h->chunk);
}

/* Take memory of one node; refuse it when it is not as asked for. */
static int
take_memory(struct sl_adapter *a, const struct sl_region_params *p, struct sl_holding *h,
	size_t align, int node)
{
	const struct sl_mem_source *src = a->source;
	char why[128] = "";
	int ret;

	ret = src->alloc(src->ctx, h->name, h->size, align, node, &h->chunk, why);
	if (ret != 0) {
		sl_log(a, 4, "region '%s': %zu bytes on node %d: %s", h->name, h->size, node,
			why[0] != '\0' ? why : strerror(-ret));
		return ret;
	}
	h->va = h->chunk.va;
	ret = find_pieces(a, h);
	if (ret == 0 && p->contiguous && h->nsg > 1) {
		sl_log(a, 4,
			"region '%s': memory comes in %u pieces but contiguous is asked "
			"for; "
			"hugepages or --iova-mode=va mend that%s%s",
			h->name, h->nsg, why[0] != '\0' ? ": " : "", why);
		ret = -ENOTSUP;
	}
	if (ret == 0 && p->strict_node && node != SL_NODE_ANY && h->chunk.node != SL_NODE_ANY &&
		h->chunk.node != node) {
		sl_log(a, 3,
			"region '%s': node %d has no %zu bytes (node %d has), and "
			"strict_node "
			"refuses another",
			h->name, node, h->size, h->chunk.node);
		ret = -ENODEV;
	}
	if (ret != 0) {
		drop_memory(a, h);
		return ret;
	}
	if (h->chunk.fallback && !__atomic_exchange_n(&a->told_pages, true, __ATOMIC_RELAXED))
		sl_log(a, 5,
			"region '%s': 4 KiB pages in place of hugepages: %s. Said once; "
			"fallback_pages counts all",
			h->name, why);
	return 0;
}

/* A region's address and length are multiples of this: a line, or the window's granule. */
static size_t
region_unit(const struct sl_adapter *a)
{
	return a->granule > a->sync.line ? a->granule : a->sync.line;
}

/* The node that follows (dist, node) when nodes are sorted by their distance from @p from. */
static int
next_node(const struct sl_topology *t, int from, int *dist, int node)
{
	int count = t->count(t->ctx), best = -1, best_dist = 0, i;

	for (i = 0; i < count; i++) {
		int d = t->distance(t->ctx, from, i);

		if (i == from || !t->has(t->ctx, i) || d < *dist || (d == *dist && i <= node))
			continue;
		if (best < 0 || d < best_dist) {
			best = i;
			best_dist = d;
		}
	}
	*dist = best_dist;
	return best;
}

/* Say once for each node that it stands in, not for every ring that is placed there. */
static void
tell_far(struct sl_adapter *a, const struct sl_holding *h, int want)
{
	const uint64_t bit = UINT64_C(1) << (h->chunk.node % 64);

	if ((__atomic_fetch_or(&a->told_nodes, bit, __ATOMIC_RELAXED) & bit) == 0)
		sl_log(a, 5,
			"region '%s': on NUMA node %d, the nearest to %d with room. Said once; "
			"fallback_node counts all",
			h->name, h->chunk.node, want);
}

/* Memory of the preferred node, or of the nearest node that has enough. */
static int
find_memory(struct sl_adapter *a, const struct sl_region_params *p, struct sl_holding *h, int want)
{
	size_t align = p->align < region_unit(a) ? region_unit(a) : p->align;
	int dist = 0, node = -1, ret;

	ret = take_memory(a, p, h, align, want);
	if (ret == -ENOMEM && p->strict_node && want != SL_NODE_ANY) {
		sl_log(a, 3,
			"region '%s': node %d has no %zu bytes, and strict_node refuses "
			"another",
			h->name, want, h->size);
		return -ENODEV;
	}
	while ((ret == -ENOMEM || ret == -ENOTSUP) && want != SL_NODE_ANY && !p->strict_node) {
		node = next_node(a->topology, want, &dist, node);
		if (node < 0)
			return ret;
		ret = take_memory(a, p, h, align, node);
	}
	h->far = ret == 0 && want != SL_NODE_ANY && h->chunk.node != SL_NODE_ANY &&
		h->chunk.node != want;
	if (h->far)
		tell_far(a, h, want);
	return ret;
}

/* --- calls --- */

/* Check the parameters and reserve the region's part of the quota. The lock is held. */
static int
reserve(struct sl_adapter *a, const struct sl_region_params *p, struct sl_holding *h)
{
	size_t unit = region_unit(a);
	int ret;

	ret = check_params(a, p, h);
	if (ret != 0)
		return ret;
	h->is_region = true;
	h->len = p->len;
	h->size = (p->len + unit - 1) & ~(unit - 1);
	h->cached = p->cached;
	h->usage = p->usage;
	h->desc_len = p->desc_len;
	h->queue = p->queue;
	h->dir = p->dir == 0 ? SL_DMA_BIDIRECTIONAL : p->dir;
	ret = check_quota(a, h);
	if (ret == 0)
		sl_holding_count(a, h, 1);
	return ret;
}

/* Get zeroed memory from the source. The lock is not held. */
static int
fetch_memory(struct sl_adapter *a, const struct sl_region_params *p, struct sl_holding *h)
{
	int ret = find_memory(a, p, h, p->node == SL_NODE_ANY ? a->node : p->node);

	if (ret != 0)
		return ret;
	memset(h->va, 0, h->size);
	/* R1: zeroes left in the cache would be written back over what the NIC writes later. */
	if (a->sync.mode == SL_COHERENCY_EXPLICIT) {
		sl_sync_lines(&a->sync, SL_SYNC_FLUSH, h->va, h->size);
		sl_cache_fence_clean();
	}
	return 0;
}

/* Bring the region into the window and count it, or return its quota. The lock is held. */
static int
admit(struct sl_adapter *a, struct sl_holding *h, int ret)
{
	if (ret == 0)
		ret = sl_window_add(a, h);
	if (ret != 0) {
		a->stats.refused++;
		if (ret != -ENOTRECOVERABLE)
			sl_holding_count(a, h, -1);
		return ret;
	}
	a->stats.allocs++;
	a->stats.fallback_pages += h->chunk.fallback;
	a->stats.fallback_node += h->far;
	sl_log(a, 7, "region '%s': %zu bytes at %p, IOVA 0x%" PRIx64 ", %u pieces", h->name, h->len,
		h->va, h->sg[0].iova, h->nsg);
	return 0;
}

int
sl_region_alloc(struct sl_adapter *a, const struct sl_region_params *params, struct sl_region *out)
{
	struct sl_holding *h;
	bool have_memory;
	int ret;

	ret = sl_adapter_check(a, "sl_region_alloc");
	if (ret != 0)
		return ret;
	if (params == NULL || out == NULL) {
		sl_log(a, 3, "sl_region_alloc: params and out must not be NULL");
		return -EINVAL;
	}
	*out = (struct sl_region){0};
	h = calloc(1, sizeof(*h));
	if (h == NULL)
		return -ENOMEM;
	pthread_mutex_lock(&a->lock);
	ret = reserve(a, params, h);
	if (ret != 0)
		a->stats.refused++;
	pthread_mutex_unlock(&a->lock);
	if (ret != 0) {
		free(h);
		return ret;
	}
	ret = fetch_memory(a, params, h);
	have_memory = ret == 0;
	pthread_mutex_lock(&a->lock);
	ret = admit(a, h, ret);
	if (ret == 0)
		*out = (struct sl_region){h->va, h->sg[0].iova, h->len, h->cached};
	pthread_mutex_unlock(&a->lock);
	if (ret != 0 && ret != -ENOTRECOVERABLE) {
		if (have_memory)
			drop_memory(a, h);
		free(h);
	}
	return ret;
}

/* The name of the first field of r that differs from the allocation; NULL when none does. */
static const char *
differs(const struct sl_holding *h, const struct sl_region *r)
{
	if (r->va != h->va)
		return "va";
	if (r->iova != h->sg[0].iova)
		return "iova";
	if (r->len != h->len)
		return "len";
	return r->cached != h->cached ? "cached" : NULL;
}

/* The live region at r's address; else one that has this IOVA or contains the address. */
static struct sl_holding *
find_region(const struct sl_adapter *a, const struct sl_region *r)
{
	struct sl_holding *h, *near = NULL;

	for (h = a->holdings; h != NULL; h = h->next) {
		if (!h->is_region)
			continue;
		if (h->va == r->va)
			return h;
		if (h->sg[0].iova == r->iova || (uintptr_t)r->va - (uintptr_t)h->va < h->len)
			near = h;
	}
	return near;
}

/* The live region that equals r in every field (F1). */
static int
match_region(
	struct sl_adapter *a, const char *call, const struct sl_region *r, struct sl_holding **out)
{
	struct sl_holding *h = find_region(a, r);
	const char *field;

	if (h == NULL) {
		sl_log(a, 3,
			"%s: no region is live at %p (IOVA 0x%" PRIx64 "): freed already, or never "
			"this adapter's (F1)",
			call, r->va, r->iova);
		return -ENOENT;
	}
	field = differs(h, r);
	if (field != NULL) {
		sl_log(a, 3,
			"%s: %s differs from what region '%s' was allocated with (F1): "
			"given "
			"{%p, 0x%" PRIx64 ", %zu, %d}, is {%p, 0x%" PRIx64 ", %zu, %d}",
			call, field, h->name, r->va, r->iova, r->len, r->cached, h->va,
			h->sg[0].iova, h->len, h->cached);
		return -EINVAL;
	}
	*out = h;
	return 0;
}

void
sl_region_refuse(struct sl_adapter *a, const char *call, const struct sl_region *region)
{
	struct sl_holding *h;

	pthread_mutex_lock(&a->lock);
	a->stats.refused++;
	if (match_region(a, call, region, &h) == 0)
		sl_log(a, 3,
			"%s: region '%s' at %p was not allocated by this caller in this form: who "
			"allocated it frees it (F1)",
			call, h->name, h->va);
	pthread_mutex_unlock(&a->lock);
}

/*
 * Take the region out of window and figures. The lock is held; the caller frees the
 * memory without it.
 */
static int
free_locked(struct sl_adapter *a, const struct sl_region *r, struct sl_holding **out)
{
	struct sl_holding *h;
	int ret;

	ret = match_region(a, "sl_region_free", r, &h);
	if (ret != 0)
		return ret;
	ret = sl_window_remove(a, h);
	if (ret != 0)
		return ret;
	a->stats.frees++;
	sl_holding_count(a, h, -1);
	*out = h;
	return 0;
}

int
sl_region_free(struct sl_adapter *a, const struct sl_region *region)
{
	struct sl_holding *h = NULL;
	int ret;

	ret = sl_adapter_check(a, "sl_region_free");
	if (ret != 0)
		return ret;
	if (region == NULL) {
		sl_log(a, 3, "sl_region_free: region must not be NULL");
		return -EINVAL;
	}
	pthread_mutex_lock(&a->lock);
	ret = free_locked(a, region, &h);
	if (ret != 0)
		a->stats.refused++;
	pthread_mutex_unlock(&a->lock);
	if (ret == 0) {
		drop_memory(a, h);
		free(h);
	}
	return ret;
}

void
sl_leaving_retry(struct sl_adapter *a)
{
	struct sl_holding *h, *next, *gone = NULL;

	pthread_mutex_lock(&a->lock);
	for (h = a->holdings; h != NULL; h = next) {
		next = h->next;
		if (h->in_table || sl_window_remove(a, h) != 0)
			continue;
		sl_holding_count(a, h, -1);
		h->next = gone;
		gone = h;
	}
	pthread_mutex_unlock(&a->lock);
	for (h = gone; h != NULL; h = next) {
		next = h->next;
		if (h->is_region)
			drop_memory(a, h);
		else
			free(h->sg);
		free(h);
	}
}

int
sl_region_sg(
	struct sl_adapter *a, const struct sl_region *region, struct sl_sg *list, unsigned int max)
{
	struct sl_holding *h;
	int ret;

	ret = sl_adapter_check(a, "sl_region_sg");
	if (ret != 0)
		return ret;
	if (region == NULL || (list == NULL && max > 0)) {
		sl_log(a, 3, "sl_region_sg: region and list must not be NULL");
		return -EINVAL;
	}
	pthread_mutex_lock(&a->lock);
	ret = match_region(a, "sl_region_sg", region, &h);
	if (ret == 0) {
		if (max > 0)
			memcpy(list, h->sg, (max < h->nsg ? max : h->nsg) * sizeof(*list));
		ret = (int)h->nsg;
	}
	pthread_mutex_unlock(&a->lock);
	return ret;
}
