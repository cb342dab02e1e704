/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */

/*
 * Allocates and frees regions: checks, quota, memory of the nearest NUMA node,
 * IOVA-contiguous segments, and the exact match that a free needs (rule F1).
 * Callers' memory is mapped in sl_buffer.c; the window is in sl_window.c.
 */

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "sl_shm_priv.h"

/* Longest region, bytes: more memory than any machine has, and a sum of two does not wrap. */
#define LEN_MAX ((size_t)1 << 62)

/* --- checks --- */

static int
check_params(struct sl_adapter *a, const struct sl_region_params *p, struct sl_mapping *m)
{
	if (!sl_name_copy(m->name, p->name)) {
		sl_log(a, 3, "a region needs a name of 1 to %d bytes", SL_SHM_NAME_LEN - 1);
		return -EINVAL;
	}
	if (p->len == 0 || p->len > LEN_MAX) {
		sl_log(a, 3, "region '%s': length %zu; allowed: 1 to %zu", m->name, p->len,
			LEN_MAX);
		return -EINVAL;
	}
	if ((p->align & (p->align - 1)) != 0 || p->align > LEN_MAX) {
		sl_log(a, 3, "region '%s': alignment %zu is not a power of two up to %zu", m->name,
			p->align, LEN_MAX);
		return -EINVAL;
	}
	if ((p->dir & ~SL_DMA_BIDIRECTIONAL) != 0) {
		sl_log(a, 3,
			"region '%s': direction %u; allowed: 1 to device, 2 from device, 3 "
			"both",
			m->name, (unsigned int)p->dir);
		return -EINVAL;
	}
	return sl_node_check(a, m->name, p->node);
}

/* Quotas count whole lines or granules, because no other region can use the rest of one. */
static int
check_quota(struct sl_adapter *a, const struct sl_mapping *m)
{
	const struct sl_shm_stats *s = &a->stats;
	size_t used = s->bytes_cached + s->bytes_noncached;

	if (s->quota != 0 && (m->size > s->quota || used > s->quota - m->size)) {
		sl_log(a, 3,
			"region '%s': %zu bytes pass the adapter's quota: %zu of %zu are "
			"in use; "
			"free regions, ask for less or open with a larger quota",
			m->name, m->size, used, s->quota);
		return -ENOSPC;
	}
	used = s->bytes_noncached;
	if (!m->cached && (m->size > s->quota_noncached || used > s->quota_noncached - m->size)) {
		sl_log(a, 3,
			"region '%s': %zu bytes pass the adapter's quota of non-cached "
			"memory: "
			"%zu of %zu are in use; take cached memory or open with a larger "
			"quota_noncached",
			m->name, m->size, used, s->quota_noncached);
		return -ENOSPC;
	}
	return 0;
}

/* --- memory --- */

/* Split a chunk into IOVA-contiguous segments. */
static int
find_pieces(struct sl_adapter *a, struct sl_mapping *m)
{
	const struct sl_mem_source *src = a->source;
	size_t page = m->chunk.page_size == 0 ? m->len : m->chunk.page_size;
	size_t first = page - ((uintptr_t)m->va & (page - 1)), off, n;
	struct sl_sg *sg;

	if (m->chunk.page_size == 0)
		first = page;
	sg = calloc((m->len - 1) / page + 2, sizeof(*sg));
	if (sg == NULL)
		return -ENOMEM;
	m->sg = sg;
	for (off = 0; off < m->len; off += n) {
		uint64_t iova = src->iova(src->ctx, (uint8_t *)m->va + off);

		n = off == 0 ? first : page;
		if (n > m->len - off)
			n = m->len - off;
		if (iova == UINT64_MAX) {
			sl_log(a, 3,
				"region '%s': its memory has no IOVA; physical addresses "
				"need "
				"privileges, --iova-mode=va does without",
				m->name);
			return -ENOTSUP;
		}
		if (m->nsg > 0 && sg[m->nsg - 1].iova + sg[m->nsg - 1].len == iova)
			sg[m->nsg - 1].len += n;
		else
			sg[m->nsg++] = (struct sl_sg){iova, n};
	}
	return 0;
}

static void
drop_memory(struct sl_adapter *a, struct sl_mapping *m)
{
	free(m->sg);
	m->sg = NULL;
	m->nsg = 0;
	a->source->free(a->source->ctx, &m->chunk);
}

/* Allocate memory on one node; refuse it if it does not meet the request. */
static int
take_memory(struct sl_adapter *a, const struct sl_region_params *p, struct sl_mapping *m,
	size_t align, int node)
{
	const struct sl_mem_source *src = a->source;
	char why[128] = "";
	int ret;

	ret = src->alloc(src->ctx, m->name, m->size, align, node, &m->chunk, why);
	if (ret != 0) {
		sl_log(a, 4, "region '%s': %zu bytes on node %d: %s", m->name, m->size, node,
			why[0] != '\0' ? why : strerror(-ret));
		return ret;
	}
	m->va = m->chunk.va;
	ret = find_pieces(a, m);
	if (ret == 0 && p->contiguous && m->nsg > 1) {
		sl_log(a, 4,
			"region '%s': memory comes in %u pieces but contiguous is asked "
			"for; "
			"hugepages or --iova-mode=va mend that%s%s",
			m->name, m->nsg, why[0] != '\0' ? ": " : "", why);
		ret = -ENOTSUP;
	}
	if (ret == 0 && p->strict_node && node != SL_NODE_ANY && m->chunk.node != SL_NODE_ANY &&
		m->chunk.node != node) {
		sl_log(a, 3,
			"region '%s': node %d has no %zu bytes (node %d has), and "
			"strict_node "
			"refuses another",
			m->name, node, m->size, m->chunk.node);
		ret = -ENODEV;
	}
	if (ret != 0) {
		drop_memory(a, m);
		return ret;
	}
	if (m->chunk.fallback && !__atomic_exchange_n(&a->told_pages, true, __ATOMIC_RELAXED))
		sl_log(a, 5,
			"region '%s': 4 KiB pages in place of hugepages: %s. Said once; "
			"fallback_pages counts all",
			m->name, why);
	return 0;
}

/* Unit of a region's address and length: a line, or the window's granule. */
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

/* Log once per node that it replaces the requested node, not for every ring placed there. */
static void
tell_far(struct sl_adapter *a, const struct sl_mapping *m, int want)
{
	const uint64_t bit = UINT64_C(1) << (m->chunk.node % 64);

	if ((__atomic_fetch_or(&a->told_nodes, bit, __ATOMIC_RELAXED) & bit) == 0)
		sl_log(a, 5,
			"region '%s': on NUMA node %d, the nearest to %d with room. Said once; "
			"fallback_node counts all",
			m->name, m->chunk.node, want);
}

/* Allocate memory on the preferred node, or on the nearest node that has enough. */
static int
find_memory(struct sl_adapter *a, const struct sl_region_params *p, struct sl_mapping *m, int want)
{
	size_t align = p->align < region_unit(a) ? region_unit(a) : p->align;
	int dist = 0, node = -1, ret;

	ret = take_memory(a, p, m, align, want);
	if (ret == -ENOMEM && p->strict_node && want != SL_NODE_ANY) {
		sl_log(a, 3,
			"region '%s': node %d has no %zu bytes, and strict_node refuses "
			"another",
			m->name, want, m->size);
		return -ENODEV;
	}
	while ((ret == -ENOMEM || ret == -ENOTSUP) && want != SL_NODE_ANY && !p->strict_node) {
		node = next_node(a->topology, want, &dist, node);
		if (node < 0)
			return ret;
		ret = take_memory(a, p, m, align, node);
	}
	m->far = ret == 0 && want != SL_NODE_ANY && m->chunk.node != SL_NODE_ANY &&
		m->chunk.node != want;
	if (m->far)
		tell_far(a, m, want);
	return ret;
}

/* --- calls --- */

/* Check the parameters and reserve the region's part of the quota. The lock is held. */
static int
reserve(struct sl_adapter *a, const struct sl_region_params *p, struct sl_mapping *m)
{
	size_t unit = region_unit(a);
	int ret;

	ret = check_params(a, p, m);
	if (ret != 0)
		return ret;
	m->is_region = true;
	m->len = p->len;
	m->size = (p->len + unit - 1) & ~(unit - 1);
	m->cached = p->cached;
	m->usage = p->usage;
	m->desc_len = p->desc_len;
	m->queue = p->queue;
	m->dir = p->dir == 0 ? SL_DMA_BIDIRECTIONAL : p->dir;
	ret = check_quota(a, m);
	if (ret == 0)
		sl_mapping_count(a, m, 1);
	return ret;
}

/* Get zeroed memory from the source. The lock is not held. */
static int
fetch_memory(struct sl_adapter *a, const struct sl_region_params *p, struct sl_mapping *m)
{
	int ret = find_memory(a, p, m, p->node == SL_NODE_ANY ? a->node : p->node);

	if (ret != 0)
		return ret;
	memset(m->va, 0, m->size);
	/* R1: zeroes left in the cache would be written back over what the NIC writes later. */
	if (a->sync.mode == SL_COHERENCY_EXPLICIT) {
		sl_sync_lines(&a->sync, SL_SYNC_FLUSH, m->va, m->size);
		sl_cache_fence_clean();
	}
	return 0;
}

/* Add the region to the window and count it, or give back its quota. The lock is held. */
static int
admit(struct sl_adapter *a, struct sl_mapping *m, int ret)
{
	if (ret == 0)
		ret = sl_window_add(a, m);
	if (ret != 0) {
		a->stats.refused++;
		if (ret != -ENOTRECOVERABLE)
			sl_mapping_count(a, m, -1);
		return ret;
	}
	a->stats.allocs++;
	a->stats.fallback_pages += m->chunk.fallback;
	a->stats.fallback_node += m->far;
	sl_log(a, 7, "region '%s': %zu bytes at %p, IOVA 0x%" PRIx64 ", %u pieces", m->name, m->len,
		m->va, m->sg[0].iova, m->nsg);
	return 0;
}

int
sl_region_alloc(struct sl_adapter *a, const struct sl_region_params *params, struct sl_region *out)
{
	struct sl_mapping *m;
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
	m = calloc(1, sizeof(*m));
	if (m == NULL)
		return -ENOMEM;
	pthread_mutex_lock(&a->lock);
	ret = reserve(a, params, m);
	if (ret != 0)
		a->stats.refused++;
	pthread_mutex_unlock(&a->lock);
	if (ret != 0) {
		free(m);
		return ret;
	}
	ret = fetch_memory(a, params, m);
	have_memory = ret == 0;
	pthread_mutex_lock(&a->lock);
	ret = admit(a, m, ret);
	if (ret == 0)
		*out = (struct sl_region){m->va, m->sg[0].iova, m->len, m->cached};
	pthread_mutex_unlock(&a->lock);
	if (ret != 0 && ret != -ENOTRECOVERABLE) {
		if (have_memory)
			drop_memory(a, m);
		free(m);
	}
	return ret;
}

/* Name of the first field of r that differs from the allocation; NULL: all fields match. */
static const char *
differs(const struct sl_mapping *m, const struct sl_region *r)
{
	if (r->va != m->va)
		return "va";
	if (r->iova != m->sg[0].iova)
		return "iova";
	if (r->len != m->len)
		return "len";
	return r->cached != m->cached ? "cached" : NULL;
}

/* Find the live region at r's address, or else one with this IOVA or containing the address. */
static struct sl_mapping *
find_region(const struct sl_adapter *a, const struct sl_region *r)
{
	struct sl_mapping *m, *near = NULL;

	for (m = a->mappings; m != NULL; m = m->next) {
		if (!m->is_region)
			continue;
		if (m->va == r->va)
			return m;
		if (m->sg[0].iova == r->iova || (uintptr_t)r->va - (uintptr_t)m->va < m->len)
			near = m;
	}
	return near;
}

/* Find the live region that equals r in every field (F1); errors are logged. */
static int
match_region(
	struct sl_adapter *a, const char *call, const struct sl_region *r, struct sl_mapping **out)
{
	struct sl_mapping *m = find_region(a, r);
	const char *field;

	if (m == NULL) {
		sl_log(a, 3,
			"%s: no region is live at %p (IOVA 0x%" PRIx64 "): freed already, or never "
			"this adapter's (F1)",
			call, r->va, r->iova);
		return -ENOENT;
	}
	field = differs(m, r);
	if (field != NULL) {
		sl_log(a, 3,
			"%s: %s differs from what region '%s' was allocated with (F1): "
			"given "
			"{%p, 0x%" PRIx64 ", %zu, %d}, is {%p, 0x%" PRIx64 ", %zu, %d}",
			call, field, m->name, r->va, r->iova, r->len, r->cached, m->va,
			m->sg[0].iova, m->len, m->cached);
		return -EINVAL;
	}
	*out = m;
	return 0;
}

void
sl_region_refuse(struct sl_adapter *a, const char *call, const struct sl_region *region)
{
	struct sl_mapping *m;

	pthread_mutex_lock(&a->lock);
	a->stats.refused++;
	if (match_region(a, call, region, &m) == 0)
		sl_log(a, 3,
			"%s: region '%s' at %p was not allocated by this caller in this form: who "
			"allocated it frees it (F1)",
			call, m->name, m->va);
	pthread_mutex_unlock(&a->lock);
}

/*
 * Remove the region from the window and the statistics. The lock is held; the caller frees
 * the memory without it.
 */
static int
free_locked(struct sl_adapter *a, const struct sl_region *r, struct sl_mapping **out)
{
	struct sl_mapping *m;
	int ret;

	ret = match_region(a, "sl_region_free", r, &m);
	if (ret != 0)
		return ret;
	ret = sl_window_remove(a, m);
	if (ret != 0)
		return ret;
	a->stats.frees++;
	sl_mapping_count(a, m, -1);
	*out = m;
	return 0;
}

int
sl_region_free(struct sl_adapter *a, const struct sl_region *region)
{
	struct sl_mapping *m = NULL;
	int ret;

	ret = sl_adapter_check(a, "sl_region_free");
	if (ret != 0)
		return ret;
	if (region == NULL) {
		sl_log(a, 3, "sl_region_free: region must not be NULL");
		return -EINVAL;
	}
	pthread_mutex_lock(&a->lock);
	ret = free_locked(a, region, &m);
	if (ret != 0)
		a->stats.refused++;
	pthread_mutex_unlock(&a->lock);
	if (ret == 0) {
		drop_memory(a, m);
		free(m);
	}
	return ret;
}

void
sl_leaving_retry(struct sl_adapter *a)
{
	struct sl_mapping *m, *next, *gone = NULL;

	pthread_mutex_lock(&a->lock);
	for (m = a->mappings; m != NULL; m = next) {
		next = m->next;
		if (m->in_table || sl_window_remove(a, m) != 0)
			continue;
		sl_mapping_count(a, m, -1);
		m->next = gone;
		gone = m;
	}
	pthread_mutex_unlock(&a->lock);
	for (m = gone; m != NULL; m = next) {
		next = m->next;
		if (m->is_region)
			drop_memory(a, m);
		else
			free(m->sg);
		free(m);
	}
}

int
sl_region_sg(
	struct sl_adapter *a, const struct sl_region *region, struct sl_sg *list, unsigned int max)
{
	struct sl_mapping *m;
	int ret;

	ret = sl_adapter_check(a, "sl_region_sg");
	if (ret != 0)
		return ret;
	if (region == NULL || (list == NULL && max > 0)) {
		sl_log(a, 3, "sl_region_sg: region and list must not be NULL");
		return -EINVAL;
	}
	pthread_mutex_lock(&a->lock);
	ret = match_region(a, "sl_region_sg", region, &m);
	if (ret == 0) {
		if (max > 0)
			memcpy(list, m->sg, (max < m->nsg ? max : m->nsg) * sizeof(*list));
		ret = (int)m->nsg;
	}
	pthread_mutex_unlock(&a->lock);
	return ret;
}
