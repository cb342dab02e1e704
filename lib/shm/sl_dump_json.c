/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */

/*
 * Writes an adapter's statistics, regions and buffers as one JSON object. The
 * text form is in sl_dump.c.
 */

#include <inttypes.h>

#include <jansson.h>

#include "sl_shm_priv.h"

/* IOVAs and addresses are written as text, because many JSON readers keep 53 bits of a number. */
static json_t *
hex(uint64_t v)
{
	return json_sprintf("0x%" PRIx64, v);
}

static json_t *
pieces_json(const struct sl_mapping *m)
{
	json_t *list = json_array();
	unsigned int i;

	for (i = 0; i < m->nsg; i++)
		json_array_append_new(list,
			json_pack("{s:o, s:I}", "iova", hex(m->sg[i].iova), "len",
				(json_int_t)m->sg[i].len));
	return list;
}

static json_t *
mapping_json(const struct sl_mapping *m)
{
	/* Callers choose names. A name that is not valid UTF-8 is written in another form. */
	json_t *name = json_string(m->name);
	json_t *o;

	o = json_pack("{s:o, s:o, s:I, s:s, s:o, s:b}", "name",
		name == NULL ? json_string("(not UTF-8)") : name, "va", hex((uintptr_t)m->va),
		"len", (json_int_t)m->len, "direction", sl_dma_dir_name(m->dir), "pieces",
		pieces_json(m), "leaving", !m->in_table);
	if (!m->is_region)
		return o;
	json_object_set_new(o, "cached", json_boolean(m->cached));
	json_object_set_new(o, "usage", json_string(sl_usage_name(m->usage)));
	json_object_set_new(o, "node", json_integer(m->chunk.node));
	json_object_set_new(o, "page_size", json_integer((json_int_t)m->chunk.page_size));
	json_object_set_new(
		o, "queue", m->queue == SL_SHM_QUEUE_NONE ? json_null() : json_integer(m->queue));
	return o;
}

static json_t *
stats_json(const struct sl_shm_stats *s)
{
	return json_pack("{s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I, "
			 "s:I, s:I}",
		"regions", (json_int_t)s->regions, "buffers", (json_int_t)s->buffers,
		"bytes_cached", (json_int_t)s->bytes_cached, "bytes_noncached",
		(json_int_t)s->bytes_noncached, "bytes_buffers", (json_int_t)s->bytes_buffers,
		"quota", (json_int_t)s->quota, "quota_noncached", (json_int_t)s->quota_noncached,
		"allocs", (json_int_t)s->allocs, "frees", (json_int_t)s->frees, "refused",
		(json_int_t)s->refused, "fallback_pages", (json_int_t)s->fallback_pages,
		"fallback_node", (json_int_t)s->fallback_node, "dma_faults",
		(json_int_t)s->dma_faults, "sync_faults", (json_int_t)s->sync_faults,
		"window_bytes", (json_int_t)s->window_bytes, "window_maps",
		(json_int_t)s->window_maps);
}

void
sl_shm_dump_json(struct sl_adapter *a, FILE *f)
{
	json_t *regions, *buffers, *o, *name;
	const struct sl_mapping *m;
	struct sl_shm_stats s;

	if (sl_adapter_check(a, "sl_shm_dump_json") != 0)
		return;
	sl_shm_stats(a, &s);
	regions = json_array();
	buffers = json_array();
	pthread_mutex_lock(&a->lock);
	for (m = a->mappings; m != NULL; m = m->next)
		json_array_append_new(m->is_region ? regions : buffers, mapping_json(m));
	pthread_mutex_unlock(&a->lock);
	name = json_string(a->name);
	o = json_pack("{s:o, s:s, s:s, s:i, s:s, s:i, s:s, s:o, s:o, s:o}", "adapter",
		name == NULL ? json_string("(not UTF-8)") : name, "coherency",
		sl_coherency_name(a->sync.mode), "maintenance", sl_cache_op_name(a->sync.op),
		"line", (int)a->sync.line, "source", a->source->name, "node", a->node, "window",
		a->window == NULL ? "table" : a->window->name, "stats", stats_json(&s), "regions",
		regions, "buffers", buffers);
	json_dumpf(o, f, JSON_INDENT(2));
	fprintf(f, "\n");
	json_decref(o);
}
