/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */

/*
 * Opens and closes an adapter: checks its parameters, chooses the coherency
 * mode and returns its statistics. sl_region.c allocates an adapter's memory, and
 * sl_window.c adds it to the DMA window.
 */

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "sl_shm_priv.h"

#define ASYNC_MAX 4096u

static void
log_stderr(void *ctx, int level, const char *msg)
{
	(void)ctx;
	if (level <= 5)
		fprintf(stderr, "syncline: %s\n", msg);
}

/* The mode that `auto` chooses on this platform. */
static enum sl_coherency
auto_mode(struct sl_adapter *a, const struct sl_adapter_params *p)
{
#if defined(__x86_64__)
	(void)a;
	(void)p;
	return SL_COHERENCY_COHERENT;
#else
	if (p->platform_coherent > 0)
		return SL_COHERENCY_COHERENT;
	if (p->platform_coherent < 0)
		sl_log(a, 5,
			"nothing tells whether DMA is coherent here: taking "
			"coherency=explicit; "
			"coherency=coherent is faster where it is");
	return SL_COHERENCY_EXPLICIT;
#endif
}

static int
choose_mode(struct sl_adapter *a, const struct sl_adapter_params *p)
{
	struct sl_sync *s = &a->sync;
	struct sl_cache_info info;
	int ret;

	ret = sl_cache_probe(&info);
	s->op = info.op;
	s->step = info.step;
	s->line = info.line;
	s->adapter = a;
	s->checker = p->checker;
	if (p->checker != NULL && p->checker->line != 0)
		s->line = p->checker->line;
	s->mode = p->coherency == SL_COHERENCY_AUTO ? auto_mode(a, p) : p->coherency;
	if ((unsigned int)s->mode > SL_COHERENCY_CHECKED) {
		sl_log(a, 3, "coherency %u is none: auto, coherent, explicit or checked", s->mode);
		return -EINVAL;
	}
	if (s->mode == SL_COHERENCY_EXPLICIT && ret != 0) {
		sl_log(a, 3,
			"coherency=explicit: this CPU or kernel gives user space no cache "
			"maintenance; coherency=coherent is right only where the "
			"platform's DMA is");
		return -ENOTSUP;
	}
	if (s->mode == SL_COHERENCY_CHECKED && p->checker == NULL) {
		sl_log(a, 3,
			"coherency=checked needs a checker, and none is given; "
			"allowed without one: auto, coherent, explicit");
		return -ENOTSUP;
	}
	if (s->mode != SL_COHERENCY_CHECKED && p->checker != NULL) {
		sl_log(a, 3, "a checker is given, but coherency=%s: only checked calls it",
			sl_coherency_name(s->mode));
		return -EINVAL;
	}
	return 0;
}

static const struct sl_mem_source *
default_source(void)
{
#ifdef SL_HAVE_EAL
	return sl_mem_source_eal();
#else
	return sl_mem_source_pages();
#endif
}

static int
adapter_init(struct sl_adapter *a, const struct sl_adapter_params *p)
{
	int ret;

	a->log = p->log == NULL ? log_stderr : p->log;
	a->log_ctx = p->log_ctx;
	if (!sl_name_copy(a->name, p->name)) {
		snprintf(a->name, sizeof(a->name), "adapter");
		sl_log(a, 3, "an adapter needs a name of 1 to %d bytes", SL_SHM_NAME_LEN - 1);
		return -EINVAL;
	}
	a->source = p->source == NULL ? default_source() : p->source;
	a->topology = p->topology == NULL ? sl_topology_system() : p->topology;
	a->window = p->window;
	a->window_ctx = p->window_ctx;
	a->granule = p->window_granule;
	a->checker = p->checker;
	a->node = p->numa_node;
	a->stats.quota = p->quota;
	a->stats.quota_noncached =
		p->quota_noncached == 0 ? SL_QUOTA_NONCACHED : p->quota_noncached;
	if ((a->granule & (a->granule - 1)) != 0) {
		sl_log(a, 3, "window_granule %zu is not a power of two; 0: none", a->granule);
		return -EINVAL;
	}
	if (p->async_depth > ASYNC_MAX) {
		sl_log(a, 3, "async_depth %u: at most %u", p->async_depth, ASYNC_MAX);
		return -EINVAL;
	}
	ret = sl_node_check(a, "open", a->node);
	if (ret == 0)
		ret = choose_mode(a, p);
	if (ret != 0)
		return ret;
	ret = -pthread_mutex_init(&a->lock, NULL);
	if (ret != 0)
		return ret;
	ret = sl_window_init(a);
	if (ret == 0 && p->async_depth > 0) {
		ret = sl_async_start(a, p->async_depth);
		if (ret != 0)
			sl_window_fini(a);
	}
	if (ret != 0)
		pthread_mutex_destroy(&a->lock);
	return ret;
}

int
sl_adapter_open(const struct sl_adapter_params *params, struct sl_adapter **out)
{
	struct sl_adapter *a;
	int ret;

	if (params == NULL || out == NULL)
		return -EINVAL;
	*out = NULL;
	a = sl_handle_new(sizeof(*a));
	if (a == NULL)
		return -ENOMEM;
	ret = adapter_init(a, params);
	if (ret != 0) {
		sl_handle_free(&a->handle, sizeof(*a));
		return ret;
	}
	sl_handle_open(&a->handle, SL_HANDLE_ADAPTER);
	sl_log(a, 6, "open: coherency %s, %s, line %u, memory from %s, NUMA node %d",
		sl_coherency_name(a->sync.mode), sl_cache_op_name(a->sync.op), a->sync.line,
		a->source->name, a->node);
	*out = a;
	return 0;
}

unsigned int
sl_log_live(struct sl_adapter *a)
{
	const struct sl_mapping *m;
	unsigned int n = 0;

	pthread_mutex_lock(&a->lock);
	for (m = a->mappings; m != NULL; m = m->next, n++)
		sl_log(a, 3, "close: %s '%s' is live%s: %zu bytes at %p",
			m->is_region ? "region" : "buffer", m->name,
			m->in_table ? "" : ", its hook cannot unmap it", m->len, m->va);
	if (a->readers != NULL) {
		sl_log(a, 3, "close: a device still reads the window: sl_dma_close() first");
		n++;
	}
	pthread_mutex_unlock(&a->lock);
	return n;
}

int
sl_adapter_close(struct sl_adapter *a)
{
	int ret;

	ret = sl_adapter_check(a, "sl_adapter_close");
	if (ret != 0)
		return ret;
	ret = sl_async_drain(a);
	if (ret != 0)
		return ret;
	sl_leaving_retry(a);
	if (sl_log_live(a) > 0) {
		sl_async_resume(a);
		return -EBUSY;
	}
	sl_async_stop(a);
	sl_window_fini(a);
	pthread_mutex_destroy(&a->lock);
	sl_handle_free(&a->handle, sizeof(*a));
	return 0;
}

const struct sl_sync *
sl_adapter_sync(const struct sl_adapter *a)
{
	return &a->sync;
}

const char *
sl_adapter_name(const struct sl_adapter *a)
{
	return a->name;
}

uint32_t
sl_adapter_dma_alignment(const struct sl_adapter *a)
{
	return a->sync.line;
}

void
sl_shm_stats(struct sl_adapter *a, struct sl_shm_stats *out)
{
	struct sl_window_usage usage;
	const struct sl_dma *d;

	*out = (struct sl_shm_stats){0};
	if (sl_adapter_check(a, "sl_shm_stats") != 0)
		return;
	pthread_mutex_lock(&a->lock);
	*out = a->stats;
	for (d = a->readers; d != NULL; d = d->link)
		out->dma_faults += __atomic_load_n(&d->faults, __ATOMIC_RELAXED);
	sl_window_usage(a, &usage);
	pthread_mutex_unlock(&a->lock);
	if (a->window != NULL && a->window->usage != NULL)
		a->window->usage(a->window_ctx, &usage);
	out->window_bytes = usage.bytes;
	out->window_maps = usage.maps;
}
