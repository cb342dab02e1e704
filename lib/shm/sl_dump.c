/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */

/*
 * Prints an adapter's statistics, regions and buffers as text. The JSON form is
 * in sl_dump_json.c.
 */

#include <inttypes.h>

#include "sl_shm_priv.h"

const char *
sl_usage_name(enum sl_usage usage)
{
	static const char *const names[] = {
		[SL_USAGE_OTHER] = "other",
		[SL_USAGE_TX_RING] = "tx ring",
		[SL_USAGE_RX_RING] = "rx ring",
		[SL_USAGE_TX_DATA] = "tx data",
		[SL_USAGE_RX_DATA] = "rx data",
		[SL_USAGE_HEAD_WRITEBACK] = "head write-back",
	};

	return (unsigned int)usage < sizeof(names) / sizeof(names[0]) ? names[usage] : "unknown";
}

const char *
sl_dma_dir_name(enum sl_dma_dir dir)
{
	static const char *const names[] = {"none", "to device", "from device", "bidirectional"};

	return (unsigned int)dir < sizeof(names) / sizeof(names[0]) ? names[dir] : "unknown";
}

static void
dump_mapping(const struct sl_mapping *m, FILE *f)
{
	fprintf(f, "  %s '%s': %zu bytes at %p, IOVA 0x%" PRIx64 ", %s",
		m->is_region ? "region" : "buffer", m->name, m->len, m->va, m->sg[0].iova,
		sl_dma_dir_name(m->dir));
	if (m->nsg > 1)
		fprintf(f, ", %u pieces", m->nsg);
	if (!m->in_table)
		fprintf(f, ", leaving: its hook cannot unmap it");
	if (m->is_region) {
		fprintf(f, ", %s, %s, node %d, pages of %zu", m->cached ? "cached" : "non-cached",
			sl_usage_name(m->usage), m->chunk.node, m->chunk.page_size);
		if (m->queue != SL_SHM_QUEUE_NONE)
			fprintf(f, ", queue %u", m->queue);
	}
	fprintf(f, "\n");
}

void
sl_shm_dump(struct sl_adapter *a, FILE *f)
{
	const struct sl_mapping *m;
	struct sl_shm_stats s;

	if (sl_adapter_check(a, "sl_shm_dump") != 0)
		return;
	sl_shm_stats(a, &s);
	fprintf(f, "adapter '%s': coherency %s (%s, line %u), memory from %s, node %d\n", a->name,
		sl_coherency_name(a->sync.mode), sl_cache_op_name(a->sync.op), a->sync.line,
		a->source->name, a->node);
	fprintf(f, "  regions %zu: cached %zu, non-cached %zu of %zu bytes; quota %zu%s\n",
		s.regions, s.bytes_cached, s.bytes_noncached, s.quota_noncached, s.quota,
		s.quota == 0 ? " (none)" : " bytes");
	fprintf(f, "  buffers %zu: %zu bytes\n", s.buffers, s.bytes_buffers);
	fprintf(f, "  DMA window (%s): %zu bytes in %zu maps\n",
		a->window == NULL ? "table" : a->window->name, s.window_bytes, s.window_maps);
	fprintf(f, "  allocs %" PRIu64 ", frees %" PRIu64 ", refused %" PRIu64 "\n", s.allocs,
		s.frees, s.refused);
	fprintf(f, "  fell back to 4 KiB pages %" PRIu64 ", to another node %" PRIu64 "\n",
		s.fallback_pages, s.fallback_node);
	fprintf(f, "  DMA faults %" PRIu64 ", sync faults %" PRIu64 "\n", s.dma_faults,
		s.sync_faults);
	pthread_mutex_lock(&a->lock);
	for (m = a->mappings; m != NULL; m = m->next)
		dump_mapping(m, f);
	pthread_mutex_unlock(&a->lock);
}
