/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */

/*
 * Maps and unmaps memory that lib/shm did not allocate: mempool chunks,
 * external buffers. Regions, whose memory lib/shm allocates itself, are in
 * sl_region.c.
 */

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>

#include "sl_shm_priv.h"

static int
check_params(const struct sl_adapter *a, struct sl_holding *h, const char *name, uint64_t iova)
{
	if (!sl_name_copy(h->name, name)) {
		sl_log(a, 3, "a buffer needs a name of 1 to %d bytes", SL_SHM_NAME_LEN - 1);
		return -EINVAL;
	}
	if (h->va == NULL || h->len == 0 || h->len - 1 > UINTPTR_MAX - (uintptr_t)h->va ||
		h->len - 1 > UINT64_MAX - iova) {
		sl_log(a, 3,
			"buffer '%s': %zu bytes at %p, IOVA 0x%" PRIx64
			": must not be empty nor wrap "
			"around the end of addresses",
			h->name, h->len, h->va, iova);
		return -EINVAL;
	}
	if (h->dir == 0 || (h->dir & ~SL_DMA_BIDIRECTIONAL) != 0) {
		sl_log(a, 3,
			"buffer '%s': direction %u; allowed: 1 to device, 2 from device, 3 "
			"both",
			h->name, (unsigned int)h->dir);
		return -EINVAL;
	}
	return 0;
}

static int
map_locked(struct sl_adapter *a, struct sl_holding *h)
{
	const struct sl_holding *other = sl_holding_at(a, h->va, h->len, false);
	int ret;

	if (other != NULL) {
		sl_log(a, 3, "buffer '%s': %zu bytes at %p overlap '%s', %zu bytes at %p", h->name,
			h->len, h->va, other->name, other->len, other->va);
		return -EEXIST;
	}
	ret = sl_window_add(a, h);
	if (ret == 0 || ret == -ENOTRECOVERABLE)
		sl_holding_count(a, h, 1);
	return ret;
}

int
sl_buffer_map(struct sl_adapter *a, const char *name, void *va, uint64_t iova, size_t len,
	enum sl_dma_dir dir)
{
	struct sl_holding *h;
	int ret;

	ret = sl_adapter_check(a, "sl_buffer_map");
	if (ret != 0)
		return ret;
	h = calloc(1, sizeof(*h));
	if (h == NULL)
		return -ENOMEM;
	h->cached = true;
	h->queue = SL_SHM_QUEUE_NONE;
	h->va = va;
	h->len = len;
	h->dir = dir;
	h->nsg = 1;
	h->sg = malloc(sizeof(*h->sg));
	if (h->sg == NULL) {
		free(h);
		return -ENOMEM;
	}
	h->sg[0] = (struct sl_sg){iova, len};
	pthread_mutex_lock(&a->lock);
	ret = check_params(a, h, name, iova);
	if (ret == 0)
		ret = map_locked(a, h);
	if (ret != 0)
		a->stats.refused++;
	pthread_mutex_unlock(&a->lock);
	if (ret != 0 && ret != -ENOTRECOVERABLE) {
		free(h->sg);
		free(h);
	}
	return ret;
}

static int
unmap_locked(struct sl_adapter *a, void *va, uint64_t iova, size_t len)
{
	struct sl_holding *h = sl_holding_at(a, va, 1, true);
	int ret;

	if (h == NULL || h->is_region) {
		sl_log(a, 3, "sl_buffer_unmap: no buffer is mapped at %p%s", va,
			h == NULL ? "" : "; it is a region's memory: sl_region_free()");
		return -ENOENT;
	}
	if (h->va != va || h->sg[0].iova != iova || h->len != len) {
		sl_log(a, 3,
			"sl_buffer_unmap: given {%p, 0x%" PRIx64 ", %zu}, but '%s' was mapped as "
			"{%p, 0x%" PRIx64 ", %zu} (F1)",
			va, iova, len, h->name, h->va, h->sg[0].iova, h->len);
		return -EINVAL;
	}
	ret = sl_window_remove(a, h);
	if (ret != 0)
		return ret;
	sl_holding_count(a, h, -1);
	free(h->sg);
	free(h);
	return 0;
}

int
sl_buffer_unmap(struct sl_adapter *a, void *va, uint64_t iova, size_t len)
{
	int ret;

	ret = sl_adapter_check(a, "sl_buffer_unmap");
	if (ret != 0)
		return ret;
	pthread_mutex_lock(&a->lock);
	ret = unmap_locked(a, va, iova, len);
	if (ret != 0)
		a->stats.refused++;
	pthread_mutex_unlock(&a->lock);
	return ret;
}

bool
sl_shm_covers(struct sl_adapter *a, const void *va, size_t len)
{
	const struct sl_holding *h;
	bool covered;

	if (sl_adapter_check(a, "sl_shm_covers") != 0)
		return false;
	pthread_mutex_lock(&a->lock);
	h = sl_holding_at(a, va, len, true);
	covered = h != NULL && h->in_table;
	pthread_mutex_unlock(&a->lock);
	return covered;
}
