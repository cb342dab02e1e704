/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */

/*
 * Maps and unmaps memory that lib/shm did not allocate: mempool chunks, external
 * buffers. Regions, whose memory lib/shm allocates, are in sl_region.c.
 */

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>

#include "sl_shm_priv.h"

static int
check_params(const struct sl_adapter *a, struct sl_mapping *m, const char *name, uint64_t iova)
{
	if (!sl_name_copy(m->name, name)) {
		sl_log(a, 3, "a buffer needs a name of 1 to %d bytes", SL_SHM_NAME_LEN - 1);
		return -EINVAL;
	}
	if (m->va == NULL || m->len == 0 || m->len - 1 > UINTPTR_MAX - (uintptr_t)m->va ||
		m->len - 1 > UINT64_MAX - iova) {
		sl_log(a, 3,
			"buffer '%s': %zu bytes at %p, IOVA 0x%" PRIx64
			": must not be empty nor wrap "
			"around the end of addresses",
			m->name, m->len, m->va, iova);
		return -EINVAL;
	}
	if (m->dir == 0 || (m->dir & ~SL_DMA_BIDIRECTIONAL) != 0) {
		sl_log(a, 3,
			"buffer '%s': direction %u; allowed: 1 to device, 2 from device, 3 "
			"both",
			m->name, (unsigned int)m->dir);
		return -EINVAL;
	}
	return 0;
}

static int
map_locked(struct sl_adapter *a, struct sl_mapping *m)
{
	const struct sl_mapping *other = sl_mapping_at(a, m->va, m->len, false);
	int ret;

	if (other != NULL) {
		sl_log(a, 3, "buffer '%s': %zu bytes at %p overlap '%s', %zu bytes at %p", m->name,
			m->len, m->va, other->name, other->len, other->va);
		return -EEXIST;
	}
	ret = sl_window_add(a, m);
	if (ret == 0 || ret == -ENOTRECOVERABLE)
		sl_mapping_count(a, m, 1);
	return ret;
}

int
sl_buffer_map(struct sl_adapter *a, const char *name, void *va, uint64_t iova, size_t len,
	enum sl_dma_dir dir)
{
	struct sl_mapping *m;
	int ret;

	ret = sl_adapter_check(a, "sl_buffer_map");
	if (ret != 0)
		return ret;
	m = calloc(1, sizeof(*m));
	if (m == NULL)
		return -ENOMEM;
	m->cached = true;
	m->queue = SL_SHM_QUEUE_NONE;
	m->va = va;
	m->len = len;
	m->dir = dir;
	m->nsg = 1;
	m->sg = malloc(sizeof(*m->sg));
	if (m->sg == NULL) {
		free(m);
		return -ENOMEM;
	}
	m->sg[0] = (struct sl_sg){iova, len};
	pthread_mutex_lock(&a->lock);
	ret = check_params(a, m, name, iova);
	if (ret == 0)
		ret = map_locked(a, m);
	if (ret != 0)
		a->stats.refused++;
	pthread_mutex_unlock(&a->lock);
	if (ret != 0 && ret != -ENOTRECOVERABLE) {
		free(m->sg);
		free(m);
	}
	return ret;
}

static int
unmap_locked(struct sl_adapter *a, void *va, uint64_t iova, size_t len)
{
	struct sl_mapping *m = sl_mapping_at(a, va, 1, true);
	int ret;

	if (m == NULL || m->is_region) {
		sl_log(a, 3, "sl_buffer_unmap: no buffer is mapped at %p%s", va,
			m == NULL ? "" : "; it is a region's memory: sl_region_free()");
		return -ENOENT;
	}
	if (m->va != va || m->sg[0].iova != iova || m->len != len) {
		sl_log(a, 3,
			"sl_buffer_unmap: given {%p, 0x%" PRIx64 ", %zu}, but '%s' was mapped as "
			"{%p, 0x%" PRIx64 ", %zu} (F1)",
			va, iova, len, m->name, m->va, m->sg[0].iova, m->len);
		return -EINVAL;
	}
	ret = sl_window_remove(a, m);
	if (ret != 0)
		return ret;
	sl_mapping_count(a, m, -1);
	free(m->sg);
	free(m);
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
	const struct sl_mapping *m;
	bool covered;

	if (sl_adapter_check(a, "sl_shm_covers") != 0)
		return false;
	pthread_mutex_lock(&a->lock);
	m = sl_mapping_at(a, va, len, true);
	covered = m != NULL && m->in_table;
	pthread_mutex_unlock(&a->lock);
	return covered;
}
