/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */

/*
 * Memory of the application in a port's window, on a simulated IOMMU: mempools, external buffers,
 * registered areas. The access rights of each page are compared with those that its users need.
 */
#include <dlfcn.h>
#include <errno.h>
#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include <rte_eal.h>
#include <rte_errno.h>
#include <rte_log.h>
#include <rte_malloc.h>
#include <rte_memzone.h>

#include "sl_data_pool.h"
#include "sl_iommu.h"
#include "sl_pmd.h"
#include "sl_port.h"
#include "shm_util.h"

#define PAGE 4096u
#define ROOM ((uint16_t)RTE_MBUF_DEFAULT_BUF_SIZE)
#define RUNS 256u

struct fake {
	struct rte_eth_dev eth;
	struct rte_eth_dev_data data;
	struct sl_port port;
	struct sl_iommu iommu;
	struct sl_tx_queue q;
	struct {
		uint64_t iova, len;
		enum sl_dma_dir dir;
	} run[RUNS];
	unsigned int nb_runs;
	int fail_map;		/* index of the next map call that fails; -1: none */
	unsigned int fail_maps; /* number of further calls that fail */
	unsigned int fail_unmaps;
	unsigned int failed; /* number of calls that failed */
};

/* EAL's memory event callbacks. This program's functions are found before EAL's. */
static struct {
	rte_mem_event_callback_t tell;
	void *arg;
	int ret, err; /* results of the next registrations */
	int pool_ret;
} heard;

int
rte_mem_event_callback_register(const char *name, rte_mem_event_callback_t tell, void *arg)
{
	assert_string_equal(name, "syncline_window");
	if (heard.ret != 0) {
		rte_errno = heard.err;
		return heard.ret;
	}
	heard.tell = tell;
	heard.arg = arg;
	return 0;
}

int
rte_mem_event_callback_unregister(const char *name, void *arg)
{
	(void)name;
	if (arg == heard.arg)
		heard.tell = NULL;
	return 0;
}

int
rte_mempool_event_callback_register(rte_mempool_event_callback *tell, void *arg)
{
	int (*next)(rte_mempool_event_callback *, void *);

	if (heard.pool_ret != 0)
		return heard.pool_ret;
	*(void **)&next = dlsym(RTLD_NEXT, "rte_mempool_event_callback_register");
	return next(tell, arg);
}

static int
io_map(void *ctx, void *va, uint64_t iova, uint64_t len, enum sl_dma_dir dir)
{
	struct fake *f = ctx;

	assert_int_equal((uintptr_t)va, iova);
	assert_int_equal((iova | len) % PAGE, 0);
	if (f->fail_map >= 0 && f->fail_map-- == 0) {
		f->failed++;
		if (f->fail_maps > 0) {
			f->fail_maps--;
			f->fail_map = 0;
		}
		return -ENOSPC;
	}
	assert_true(f->nb_runs < RUNS);
	f->run[f->nb_runs].iova = iova;
	f->run[f->nb_runs].len = len;
	f->run[f->nb_runs++].dir = dir;
	return 0;
}

static int
io_unmap(void *ctx, uint64_t iova, uint64_t len)
{
	struct fake *f = ctx;
	unsigned int i;

	if (f->fail_unmaps > 0) {
		f->fail_unmaps--;
		f->failed++;
		return -EIO;
	}
	for (i = 0; i < f->nb_runs && f->run[i].iova != iova; i++)
		;
	assert_true(i < f->nb_runs && f->run[i].len == len);
	f->run[i] = f->run[--f->nb_runs];
	return 0;
}

static const struct sl_iommu_io fake_io = {io_map, io_unmap};

static int
hook_map(void *ctx, void *va, uint64_t iova, size_t len, enum sl_dma_dir dir)
{
	struct fake *f = ctx;

	return sl_iommu_map(&f->iommu, va, iova, len, dir);
}

static int
hook_unmap(void *ctx, void *va, uint64_t iova, size_t len)
{
	struct fake *f = ctx;

	(void)va;
	return sl_iommu_unmap(&f->iommu, iova, len);
}

static const struct sl_window_ops hooks = {"fake", hook_map, hook_unmap, NULL};

static struct rte_mempool *
apart(const char *name)
{
	struct rte_mempool *pool = sl_pktmbuf_pool_create(name, 63, 0, 0, ROOM, SOCKET_ID_ANY);

	assert_non_null(pool);
	return pool;
}

static struct rte_mempool *
ordinary(const char *name)
{
	struct rte_mempool *pool = rte_pktmbuf_pool_create(name, 63, 0, 0, ROOM, SOCKET_ID_ANY);

	assert_non_null(pool);
	return pool;
}

static int
setup(void **state)
{
	struct fake *f = calloc(1, sizeof(*f));
	struct sl_adapter_params params = {.name = "fake",
		.numa_node = SL_NODE_ANY,
		.source = sl_mem_source_pages(),
		.window = &hooks,
		.window_ctx = f,
		.window_granule = PAGE,
		.platform_coherent = 1};

	assert_non_null(f);
	f->fail_map = -1;
	f->iommu = (struct sl_iommu){.io = &fake_io, .ctx = f, .page = PAGE};
	f->eth.data = &f->data;
	f->port.eth = &f->eth;
	f->port.window.link.kind = SL_VFIO_OWN;
	assert_int_equal(sl_adapter_open(&params, &f->port.adapter), 0);
	assert_int_equal(sl_dmamap_open(&f->port), 0);
	f->q.port = &f->port;
	sl_dmamap_queue_add(&f->q);
	*state = f;
	return 0;
}

/* After close no mapping is left, whatever was mapped. */
static int
teardown(void **state)
{
	struct fake *f = *state;

	sl_dmamap_queue_remove(&f->q);
	assert_null(f->port.window.tx_queues);
	sl_dmamap_close(&f->port);
	assert_int_equal(f->nb_runs, 0);
	assert_int_equal(f->iommu.nb_claims, 0);
	assert_null(heard.tell);
	/* No callback is registered: the end of a mempool finds no port. */
	rte_mempool_free(ordinary("last"));
	assert_int_equal(sl_adapter_close(f->port.adapter), 0);
	sl_iommu_fini(&f->iommu);
	free(f);
	return 0;
}

static void
be_strict(struct fake *f)
{
	f->port.window.strict = true;
	f->iommu.strict = true;
}

/* Directions that the NIC may use on all of [va, va + len). Fails if pages differ. */
static unsigned int
may(const struct fake *f, const void *va, size_t len)
{
	uintptr_t p, start = RTE_ALIGN_FLOOR((uintptr_t)va, PAGE);
	unsigned int all = 0, i;

	for (p = start; p < (uintptr_t)va + len; p += PAGE) {
		unsigned int dir = 0;

		for (i = 0; i < f->nb_runs; i++)
			if (p - f->run[i].iova < f->run[i].len)
				dir = f->run[i].dir;
		if (p == start)
			all = dir;
		assert_int_equal(dir, all);
	}
	return all;
}

/* --- headers are not reachable --- */

static void
test_data_alone(void **state)
{
	struct fake *f = *state;
	struct rte_mempool *pool = apart("apart");
	const struct sl_data_pool *d = sl_data_pool_of(pool);
	const struct rte_mbuf *m = rte_pktmbuf_alloc(pool);

	assert_int_equal(sl_dmamap_pool(&f->port, pool, SL_DMA_BIDIRECTIONAL), 0);
	assert_int_equal(may(f, d->mz->addr, d->mz->len), SL_DMA_BIDIRECTIONAL);
	assert_int_equal(f->nb_runs, 1);
	assert_int_equal(f->run[0].len, d->mz->len);
	assert_int_equal(may(f, m, sizeof(*m)), 0);
	assert_int_equal(may(f, m->shinfo, sizeof(*m->shinfo)), 0);
	rte_pktmbuf_free((struct rte_mbuf *)(uintptr_t)m);
	rte_mempool_free(pool);
	assert_int_equal(f->nb_runs, 0);
}

static void
test_strict(void **state)
{
	struct fake *f = *state;
	struct rte_mempool *own = apart("apart"), *other = ordinary("ordinary"), *pinned;
	struct rte_pktmbuf_extmem ext = {.buf_len = 64 * 2560, .elt_size = 2560}, part[2];
	struct rte_mbuf *m = rte_pktmbuf_alloc(other);
	unsigned int i;

	be_strict(f);
	assert_int_equal(sl_dmamap_pool(&f->port, other, SL_DMA_BIDIRECTIONAL), -EPERM);
	ext.buf_ptr = rte_malloc(NULL, ext.buf_len, PAGE);
	ext.buf_iova = (uintptr_t)ext.buf_ptr;
	/* The gaps between buffers may belong to other memory. */
	pinned = rte_pktmbuf_pool_create_extbuf("gaps", 63, 0, 0, ROOM, SOCKET_ID_ANY, &ext, 1);
	assert_non_null(pinned);
	assert_int_equal(sl_dmamap_pool(&f->port, pinned, SL_DMA_BIDIRECTIONAL), -EPERM);
	rte_mempool_free(pinned);
	/* A pool of two parts is refused as a whole if one part may not be mapped. */
	part[0] = (struct rte_pktmbuf_extmem){.buf_ptr = ext.buf_ptr,
		.buf_iova = ext.buf_iova,
		.buf_len = 16 * 2560,
		.elt_size = 2560};
	part[1] = part[0];
	part[1].buf_ptr = (uint8_t *)ext.buf_ptr + 16 * 2560 + 64;
	part[1].buf_iova = (uintptr_t)part[1].buf_ptr;
	pinned = rte_pktmbuf_pool_create_extbuf("parts", 32, 0, 0, 2560, SOCKET_ID_ANY, part, 2);
	assert_non_null(pinned);
	assert_int_equal(sl_dmamap_pool(&f->port, pinned, SL_DMA_BIDIRECTIONAL), -EPERM);
	assert_int_equal(f->nb_runs, 0);
	rte_mempool_free(pinned);
	/* 64 buffers of 2560 bytes without gaps are 40 pages. */
	pinned = rte_pktmbuf_pool_create_extbuf("whole", 64, 0, 0, 2560, SOCKET_ID_ANY, &ext, 1);
	assert_non_null(pinned);
	assert_int_equal(f->nb_runs, 0);
	assert_int_equal(sl_dmamap_pool(&f->port, pinned, SL_DMA_BIDIRECTIONAL), 0);
	assert_int_equal(sl_dmamap_pool(&f->port, own, SL_DMA_BIDIRECTIONAL), 0);
	/* For transmit an ordinary pool is mapped, but none of its pages are writable. */
	assert_int_equal(sl_dmamap_tx_mbuf(&f->port, m), 0);
	assert_int_equal(may(f, m, ROOM), SL_DMA_TO_DEVICE);
	for (i = 0; i < f->nb_runs; i++)
		if ((f->run[i].dir & SL_DMA_FROM_DEVICE) != 0)
			assert_true(f->run[i].iova == (uintptr_t)ext.buf_ptr ||
				f->run[i].iova == (uintptr_t)sl_data_pool_of(own)->mz->addr);
	rte_pktmbuf_free(m);
	rte_mempool_free(pinned);
	rte_mempool_free(other);
	rte_mempool_free(own);
	rte_free(ext.buf_ptr);
	assert_int_equal(f->nb_runs, 0);
}

/* --- registered areas --- */

/* A pool within a registered area, or registered itself, stays mapped when either is removed. */
static void
test_area_and_pool(void **state)
{
	struct fake *f = *state;
	struct rte_mempool *pool = apart("apart");
	const struct rte_memzone *mz = sl_data_pool_of(pool)->mz;
	uint8_t *area = (uint8_t *)mz->addr - PAGE;
	const size_t len = mz->len + 2 * PAGE;
	unsigned int order;

	for (order = 0; order < 2; order++) {
		if (order == 0)
			assert_int_equal(sl_dmamap_pool(&f->port, pool, SL_DMA_BIDIRECTIONAL), 0);
		assert_int_equal(sl_dmamap_area_add(&f->port, area, (uintptr_t)area, len), 0);
		if (order == 1)
			assert_int_equal(sl_dmamap_pool(&f->port, pool, SL_DMA_BIDIRECTIONAL), 0);
		/* Only the data is writable. */
		assert_int_equal(may(f, area, 1), SL_DMA_TO_DEVICE);
		assert_int_equal(may(f, mz->addr, mz->len), SL_DMA_BIDIRECTIONAL);
		assert_int_equal(may(f, area + len - 1, 1), SL_DMA_TO_DEVICE);
		f->q.pool_seen = pool;
		assert_int_equal(sl_dmamap_area_remove(&f->port, area, len), 0);
		/* The queue must check its pools again. The pool stays mapped. */
		assert_null(f->q.pool_seen);
		assert_int_equal(may(f, area, 1), 0);
		assert_int_equal(may(f, mz->addr, mz->len), SL_DMA_BIDIRECTIONAL);
		assert_int_equal(may(f, area + len - 1, 1), 0);
		assert_int_equal(sl_dmamap_area_remove(&f->port, area, len), -ENOENT);
		if (order == 0) {
			rte_mempool_free(pool);
			assert_int_equal(f->nb_runs, 0);
			pool = apart("apart");
			mz = sl_data_pool_of(pool)->mz;
			area = (uint8_t *)mz->addr - PAGE;
		}
	}
	/* The pool is removed first. The area is complete again, and not writable. */
	assert_int_equal(sl_dmamap_area_add(&f->port, area, (uintptr_t)area, len), 0);
	rte_mempool_free(pool);
	assert_int_equal(may(f, area, len), SL_DMA_TO_DEVICE);
	assert_int_equal(sl_dmamap_area_remove(&f->port, area, len), 0);
	assert_int_equal(f->nb_runs, 0);
}

/* An area is mapped completely or not at all. An unmap that fails can be repeated. */
static void
test_area_failures(void **state)
{
	struct fake *f = *state;
	uint8_t *area = rte_malloc(NULL, 16 * PAGE, PAGE);
	int k;

	assert_int_equal(
		sl_dmamap_area_add(&f->port, area + 4 * PAGE, (uintptr_t)area + 4 * PAGE, PAGE), 0);
	for (k = 0; k < 2; k++) {
		f->fail_map = k;
		assert_int_equal(
			sl_dmamap_area_add(&f->port, area, (uintptr_t)area, 8 * PAGE), -ENOSPC);
		assert_int_equal(f->nb_runs, 1);
		assert_int_equal(may(f, area + 4 * PAGE, PAGE), SL_DMA_TO_DEVICE);
	}
	f->fail_unmaps = 1;
	assert_int_equal(sl_dmamap_area_remove(&f->port, area + 4 * PAGE, PAGE), -EIO);
	assert_int_equal(sl_dmamap_area_remove(&f->port, area + 4 * PAGE, PAGE), 0);
	assert_int_equal(f->nb_runs, 0);
	rte_free(area);
}

/* Two areas overlap. When one is removed, exactly the other stays. */
static void
test_areas_overlap(void **state)
{
	struct fake *f = *state;
	uint8_t *m = rte_malloc(NULL, 16 * PAGE, PAGE);

	assert_int_equal(sl_dmamap_area_add(&f->port, m, (uintptr_t)m, 8 * PAGE), 0);
	assert_int_equal(
		sl_dmamap_area_add(&f->port, m + 12 * PAGE, (uintptr_t)m + 12 * PAGE, PAGE), 0);
	assert_int_equal(sl_dmamap_area_remove(&f->port, m, 8 * PAGE), 0);
	assert_int_equal(may(f, m, 8 * PAGE), 0);
	assert_int_equal(may(f, m + 12 * PAGE, PAGE), SL_DMA_TO_DEVICE);
	rte_free(m);
}

/* --- mappings that change --- */

/* More mappings than the list's initial size, removed in another order. */
static void
test_many(void **state)
{
	struct fake *f = *state;
	uint8_t *m = rte_malloc(NULL, 128 * PAGE, PAGE);
	unsigned int i, k;

	for (i = 0; i < 50; i++) {
		uint8_t *at = m + (i * 37 % 64) * 2 * PAGE;

		assert_int_equal(sl_dmamap_area_add(&f->port, at, (uintptr_t)at, PAGE), 0);
	}
	assert_int_equal(f->nb_runs, 50);
	for (i = 0; i < 50; i++) {
		uint8_t *at = m + (i * 41 % 64) * 2 * PAGE;
		int there = may(f, at, PAGE) != 0;

		assert_int_equal(sl_dmamap_area_remove(&f->port, at, PAGE), there ? 0 : -ENOENT);
		assert_int_equal(may(f, at, PAGE), 0);
	}
	for (k = 0; i < 64; i++)
		k += sl_dmamap_area_remove(&f->port, m + (i * 41 % 64) * 2 * PAGE, PAGE) == 0;
	assert_int_equal(f->nb_runs, 0);
	assert_true(k > 0);
	rte_free(m);
}

/* A transmit pool is used for receive too. Each step of the change fails once. */
static void
test_widen(void **state)
{
	struct fake *f = *state;
	struct rte_mempool *pool = apart("apart");
	const struct rte_memzone *mz = sl_data_pool_of(pool)->mz;
	const struct rte_mempool *seen = pool;

	assert_int_equal(sl_dmamap_pool(&f->port, pool, SL_DMA_TO_DEVICE), 0);
	f->q.pool_seen = seen;
	/* The unmap fails: neither the NIC nor the queue may rely on the mapping. */
	f->fail_unmaps = 1;
	assert_int_equal(sl_dmamap_pool(&f->port, pool, SL_DMA_BIDIRECTIONAL), -EIO);
	assert_int_equal(f->port.window.maps[0].dir, 0);
	/* The next attempt maps it. A failed change leaves it as it was. */
	assert_int_equal(sl_dmamap_pool(&f->port, pool, SL_DMA_TO_DEVICE), 0);
	assert_int_equal(may(f, mz->addr, mz->len), SL_DMA_TO_DEVICE);
	f->fail_map = 0;
	assert_int_equal(sl_dmamap_pool(&f->port, pool, SL_DMA_BIDIRECTIONAL), -ENOSPC);
	assert_int_equal(may(f, mz->addr, mz->len), SL_DMA_TO_DEVICE);
	assert_int_equal(f->port.window.maps[0].dir, SL_DMA_TO_DEVICE);
	/* The old mapping cannot be restored either: it is gone, and the queue must check again. */
	f->q.pool_seen = seen;
	f->fail_map = 0;
	f->fail_maps = 1;
	assert_int_equal(sl_dmamap_pool(&f->port, pool, SL_DMA_BIDIRECTIONAL), -ENOSPC);
	assert_int_equal(f->nb_runs, 0);
	assert_int_equal(f->port.window.nb_maps, 0);
	assert_null(f->q.pool_seen);
	f->fail_map = -1;
	f->fail_maps = 0;
	assert_int_equal(sl_dmamap_pool(&f->port, pool, SL_DMA_TO_DEVICE), 0);
	assert_int_equal(sl_dmamap_pool(&f->port, pool, SL_DMA_BIDIRECTIONAL), 0);
	assert_int_equal(may(f, mz->addr, mz->len), SL_DMA_BIDIRECTIONAL);
	/* A request for fewer directions changes nothing. */
	assert_int_equal(sl_dmamap_pool(&f->port, pool, SL_DMA_TO_DEVICE), 0);
	assert_int_equal(may(f, mz->addr, mz->len), SL_DMA_BIDIRECTIONAL);
	rte_mempool_free(pool);
}

static void
no_free(void *addr, void *arg)
{
	(void)addr;
	(void)arg;
}

/* An mbuf attached to an external buffer. */
static struct rte_mbuf *
external(struct rte_mempool *pool, void *va, size_t len)
{
	static struct rte_mbuf_ext_shared_info shared;
	struct rte_mbuf *m = rte_pktmbuf_alloc(pool);

	assert_non_null(m);
	shared = (struct rte_mbuf_ext_shared_info){.free_cb = no_free, .refcnt = 1};
	rte_pktmbuf_attach_extbuf(m, va, (uintptr_t)va, (uint16_t)len, &shared);
	return m;
}

static int
send_from(struct fake *f, struct rte_mempool *pool, void *va, size_t len)
{
	struct rte_mbuf *m = external(pool, va, len);
	int ret = sl_dmamap_tx_mbuf(&f->port, m);

	rte_pktmbuf_free(m);
	return ret;
}

/* An incomplete mapping that cannot be unmapped stays listed, unused, and is removed later. */
static void
test_half_mapped(void **state)
{
	struct fake *f = *state;
	struct rte_mempool *pool = ordinary("headers");
	uint8_t *m = rte_malloc(NULL, 16 * PAGE, PAGE);

	/* Three runs: mapping the second fails, and so does unmapping the first. */
	f->fail_map = 1;
	f->fail_unmaps = 1;
	assert_int_equal(sl_dmamap_area_add(&f->port, m + 100, (uintptr_t)m + 100, 3 * PAGE), -EIO);
	assert_int_equal(f->fail_unmaps, 0);
	assert_int_equal(f->nb_runs, 0);
	/* The clean-up fails too. It is left to the next call. */
	f->fail_map = 1;
	f->fail_unmaps = 3;
	assert_int_equal(sl_dmamap_area_add(&f->port, m + 100, (uintptr_t)m + 100, 3 * PAGE),
		-ENOTRECOVERABLE);
	f->fail_unmaps = 0;
	assert_int_equal(f->port.window.nb_maps, 1);
	assert_int_equal(f->port.window.maps[0].dir, 0);
	/* A transmit buffer that was mapped only in part is mapped when it is sent again. */
	f->fail_map = 1;
	f->fail_unmaps = 2;
	assert_int_equal(send_from(f, pool, m + 8 * PAGE + 100, 3 * PAGE), -ENOTRECOVERABLE);
	f->fail_unmaps = 0;
	assert_int_equal(send_from(f, pool, m + 8 * PAGE + 100, 3 * PAGE), 0);
	assert_int_equal(may(f, m + 9 * PAGE, 2 * PAGE), SL_DMA_TO_DEVICE);
	rte_mempool_free(pool);
	assert_int_equal(sl_dmamap_area_add(&f->port, m + 100, (uintptr_t)m + 100, 3 * PAGE), 0);
	assert_int_equal(may(f, m + PAGE, 2 * PAGE), SL_DMA_TO_DEVICE);
	assert_int_equal(sl_dmamap_area_remove(&f->port, m + 100, 3 * PAGE), 0);
	assert_int_equal(may(f, m, 4 * PAGE), 0);
	rte_free(m);
}

/* Memory whose device address differs from the one in the window. */
static void
test_other_iova(void **state)
{
	struct fake *f = *state;
	uint8_t *m = rte_malloc(NULL, 4 * PAGE, PAGE);

	assert_int_equal(sl_dmamap_area_add(&f->port, m, (uintptr_t)m, 2 * PAGE), 0);
	assert_int_equal(
		sl_dmamap_area_add(&f->port, m + PAGE, (uintptr_t)m + 5 * PAGE, PAGE), -EINVAL);
	assert_int_equal(may(f, m, 2 * PAGE), SL_DMA_TO_DEVICE);
	assert_int_equal(sl_dmamap_area_remove(&f->port, m, 2 * PAGE), 0);
	rte_free(m);
}

/* A mempool whose chunks have no device address cannot be mapped. */
static void
test_no_iova(void **state)
{
	struct fake *f = *state;
	struct rte_mempool *pool = rte_mempool_create("none", 63, sizeof(struct rte_mbuf) + ROOM, 0,
		sizeof(struct rte_pktmbuf_pool_private), rte_pktmbuf_pool_init, NULL,
		rte_pktmbuf_init, NULL, SOCKET_ID_ANY, RTE_MEMPOOL_F_NO_IOVA_CONTIG);

	assert_non_null(pool);
	assert_int_equal(sl_dmamap_pool(&f->port, pool, SL_DMA_TO_DEVICE), -EINVAL);
	assert_int_equal(f->nb_runs, 0);
	rte_mempool_free(pool);
}

/* Free the memzone of that name, which must still exist. */
static void
end_memory(const char *name)
{
	const struct rte_memzone *mz = rte_memzone_lookup(name);

	assert_non_null(mz);
	assert_int_equal(rte_memzone_free(mz), 0);
}

/* Free a mempool that cannot be unmapped, and check the message. */
static void
end_stuck(struct fake *f, struct rte_mempool *pool)
{
	char *said = NULL;
	size_t len;
	FILE *log = open_memstream(&said, &len);

	assert_non_null(log);
	rte_openlog_stream(log);
	f->fail_unmaps = 1;
	rte_mempool_free(pool);
	rte_openlog_stream(NULL);
	fclose(log);
	assert_non_null(strstr(said, "they are kept from EAL until the process ends"));
	free(said);
}

/* A mempool is freed, but its memory cannot be unmapped. The memory must not be reused. */
static void
test_pool_kept(void **state)
{
	struct fake *f = *state;
	char name[RTE_MEMZONE_NAMESIZE], headers[RTE_MEMZONE_NAMESIZE];
	struct rte_mempool *pool = apart("stays");
	const struct sl_data_pool *d = sl_data_pool_of(pool);
	const size_t len = d->mz->len;
	uint64_t kept = len;

	strcpy(name, d->mz->name);
	strcpy(headers, d->headers->name);
	assert_int_equal(sl_dmamap_pool(&f->port, pool, SL_DMA_BIDIRECTIONAL), 0);
	end_stuck(f, pool);
	assert_int_equal(f->port.window.bytes_kept, kept);
	assert_int_equal(f->port.window.nb_maps, 1);
	/* Memory that the NIC cannot reach is freed. */
	assert_null(rte_memzone_lookup(headers));

	pool = ordinary("beside");
	assert_int_equal(sl_dmamap_pool(&f->port, pool, SL_DMA_BIDIRECTIONAL), 0);
	assert_int_equal(pool->nb_mem_chunks, 1);
	kept += STAILQ_FIRST(&pool->mem_list)->len;
	end_stuck(f, pool);
	assert_int_equal(f->port.window.bytes_kept, kept);

	/* Close tries again. */
	sl_dmamap_close(&f->port);
	assert_int_equal(f->nb_runs, 0);
	end_memory(name);
	end_memory("MP_beside_0");
	assert_int_equal(sl_dmamap_open(&f->port), 0);
}

/* Pinned buffers with gaps between them: each run is mapped separately, and nothing else. */
static void
test_pinned_runs(void **state)
{
	struct fake *f = *state;
	struct rte_pktmbuf_extmem ext[2] = {
		{.buf_len = 16 * PAGE, .elt_size = PAGE}, {.buf_len = 16 * PAGE, .elt_size = PAGE}};
	uint8_t *m = rte_malloc(NULL, 64 * PAGE, PAGE);
	struct rte_mempool *pool;
	unsigned int i;

	for (i = 0; i < 2; i++) {
		ext[i].buf_ptr = m + i * 40 * PAGE;
		ext[i].buf_iova = (uintptr_t)ext[i].buf_ptr;
	}
	pool = rte_pktmbuf_pool_create_extbuf("runs", 32, 0, 0, PAGE, SOCKET_ID_ANY, ext, 2);
	assert_non_null(pool);
	/* The second run fails. The first stays mapped until the mempool is freed. */
	f->fail_map = 1;
	assert_int_equal(sl_dmamap_pool(&f->port, pool, SL_DMA_BIDIRECTIONAL), -ENOSPC);
	assert_int_equal(f->nb_runs, 1);
	assert_int_equal(sl_dmamap_pool(&f->port, pool, SL_DMA_BIDIRECTIONAL), 0);
	assert_int_equal(f->nb_runs, 2);
	assert_int_equal(may(f, m, 16 * PAGE), SL_DMA_BIDIRECTIONAL);
	assert_int_equal(may(f, m + 16 * PAGE, 24 * PAGE), 0);
	assert_int_equal(may(f, m + 40 * PAGE, 16 * PAGE), SL_DMA_BIDIRECTIONAL);
	assert_int_equal(may(f, m + 56 * PAGE, 8 * PAGE), 0);
	/* It cannot be unmapped with its mempool, but at close. */
	f->fail_unmaps = 1;
	f->q.pool_seen = pool;
	rte_mempool_free(pool);
	assert_null(f->q.pool_seen);
	assert_int_equal(f->port.window.nb_maps, 1);
	assert_null(f->port.window.maps[0].pool);
	assert_int_equal(f->port.window.maps[0].dir, 0);
	rte_free(m);
}

/* --- external buffers --- */

/* A buffer in EAL's memory may be sent. Other buffers only if the application registered them. */
static void
test_external(void **state)
{
	struct fake *f = *state;
	const size_t len = 16 * PAGE;
	struct rte_mempool *pool = ordinary("headers");
	uint8_t *outside =
		mmap(NULL, len, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	uint8_t *inside = rte_malloc(NULL, len, PAGE);
	enum sl_vfio_bound kind;

	for (kind = SL_VFIO_OWN; kind <= SL_VFIO_ALL; kind++) {
		f->port.window.link.kind = kind;
		f->port.window.refused = false;
		assert_int_equal(send_from(f, pool, outside, PAGE), -EPERM);
		assert_true(f->port.window.refused);
		assert_int_equal(f->nb_runs, 0);
		/* EAL knows the memory, but would not report its end. */
		assert_int_equal(rte_extmem_register(outside, len, NULL, 0, PAGE), 0);
		assert_int_equal(send_from(f, pool, outside, PAGE), -EPERM);
		assert_int_equal(sl_dmamap_area_add(&f->port, outside, (uintptr_t)outside, len), 0);
		assert_int_equal(send_from(f, pool, outside + PAGE, PAGE), 0);
		/* It ends outside of the area. */
		assert_int_equal(send_from(f, pool, outside + len - PAGE, 2 * PAGE), -EPERM);
		assert_int_equal(sl_dmamap_area_remove(&f->port, outside, len), 0);
		assert_int_equal(send_from(f, pool, outside, PAGE), -EPERM);
		assert_int_equal(rte_extmem_unregister(outside, len), 0);
		assert_int_equal(f->nb_runs, 0);
	}
	assert_int_equal(send_from(f, pool, inside, PAGE), 0);
	assert_int_equal(may(f, inside, PAGE), SL_DMA_TO_DEVICE);
	/* A transmit mapping stays when an adjacent area is refused. */
	f->fail_map = 0;
	assert_int_equal(
		sl_dmamap_area_add(&f->port, inside, (uintptr_t)inside, 4 * PAGE), -ENOSPC);
	assert_int_equal(may(f, inside, PAGE), SL_DMA_TO_DEVICE);
	assert_int_equal(f->nb_runs, 1);
	f->port.window.link.kind = SL_VFIO_NONE;
	assert_int_equal(send_from(f, pool, outside, PAGE), 0);
	munmap(outside, len);
	rte_mempool_free(pool);
	rte_free(inside);
}

/* A heap of the application: EAL reports its end. */
static void
test_heap(void **state)
{
	struct fake *f = *state;
	const size_t len = 2u << 20;
	struct rte_mempool *pool = ordinary("headers");
	uint8_t *m = mmap(NULL, len, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	assert_int_equal(rte_malloc_heap_create("heap"), 0);
	assert_int_equal(rte_malloc_heap_memory_add("heap", m, len, NULL, 0, PAGE), 0);
	assert_int_equal(send_from(f, pool, m + 8 * PAGE, PAGE), 0);
	assert_int_equal(send_from(f, pool, m + 10 * PAGE, PAGE), 0);
	assert_int_equal(
		sl_dmamap_area_add(&f->port, m + 16 * PAGE, (uintptr_t)m + 16 * PAGE, 2 * PAGE), 0);
	assert_int_equal(sl_dmamap_area_add(&f->port, m, (uintptr_t)m, PAGE), 0);
	/* A part of it is freed, and only that is unmapped. New memory has no effect. */
	f->q.pool_seen = pool;
	heard.tell(RTE_MEM_EVENT_ALLOC, m, len, heard.arg);
	assert_int_equal(f->nb_runs, 4);
	assert_ptr_equal(f->q.pool_seen, pool);
	f->fail_unmaps = 1;
	heard.tell(RTE_MEM_EVENT_FREE, m + 8 * PAGE, 10 * PAGE, heard.arg);
	assert_null(f->q.pool_seen);
	assert_int_equal(f->nb_runs, 2);
	assert_int_equal(may(f, m, PAGE), SL_DMA_TO_DEVICE);
	assert_int_equal(may(f, m + 10 * PAGE, 8 * PAGE), 0);
	assert_int_equal(sl_dmamap_area_remove(&f->port, m + 16 * PAGE, 2 * PAGE), -ENOENT);
	assert_int_equal(f->port.window.nb_areas, 1);
	heard.tell(RTE_MEM_EVENT_FREE, m, len, heard.arg);
	assert_int_equal(f->nb_runs, 0);
	assert_int_equal(f->port.window.nb_areas, 0);
	assert_int_equal(rte_malloc_heap_memory_remove("heap", m, len), 0);
	assert_int_equal(rte_malloc_heap_destroy("heap"), 0);
	munmap(m, len);
	rte_mempool_free(pool);
}

/* The mempool that contains the data is mapped, completely. */
static void
test_whose_data(void **state)
{
	struct fake *f = *state;
	struct rte_mempool *data = apart("data"), *headers = ordinary("headers");
	const struct rte_memzone *mz = sl_data_pool_of(data)->mz;
	struct rte_mbuf *m = rte_pktmbuf_alloc(data), *clone = rte_pktmbuf_alloc(headers);

	be_strict(f);
	/*
	 * A clone of a pinned buffer looks like an external one. Its whole mempool is mapped, as
	 * for the pool's own mbufs.
	 */
	rte_pktmbuf_attach(clone, m);
	assert_true(RTE_MBUF_HAS_EXTBUF(clone));
	assert_int_equal(sl_dmamap_tx_mbuf(&f->port, clone), 0);
	assert_int_equal(may(f, mz->addr, mz->len), SL_DMA_TO_DEVICE);
	rte_pktmbuf_free(clone);
	assert_int_equal(sl_dmamap_tx_mbuf(&f->port, m), 0);
	assert_int_equal(may(f, mz->addr, mz->len), SL_DMA_TO_DEVICE);
	rte_pktmbuf_free(m);
	rte_mempool_free(data);
	assert_int_equal(f->nb_runs, 0);
	/* An indirect mbuf of an ordinary mempool. */
	data = ordinary("data");
	m = rte_pktmbuf_alloc(data);
	clone = rte_pktmbuf_alloc(headers);
	rte_pktmbuf_attach(clone, m);
	assert_int_equal(sl_dmamap_tx_mbuf(&f->port, clone), 0);
	assert_true(may(f, m->buf_addr, m->buf_len) != 0);
	assert_int_equal(may(f, clone, sizeof(*clone)), 0);
	rte_pktmbuf_free(clone);
	rte_pktmbuf_free(m);
	rte_mempool_free(data);
	rte_mempool_free(headers);
}

/*
 * The software NIC's table requires a buffer to be one segment. If a clone is sent first, its whole
 * mempool is mapped, and the pool's own mbufs can be sent next. Other external buffers are mapped
 * alone, whatever their fcb_opaque is.
 */
static void
test_clone_first(void **state)
{
	struct rte_pktmbuf_extmem ext = {.buf_len = 16 * PAGE, .elt_size = PAGE};
	struct rte_mempool *headers = ordinary("headers");
	struct rte_mbuf_ext_shared_info odd = {.free_cb = no_free};
	struct rte_mbuf *own, *clone;
	struct fake *f = *state;
	struct rte_mempool *pool;
	uint8_t *m = rte_malloc(NULL, 32 * PAGE, PAGE);
	void *const nobody[] = {NULL, (void *)UINTPTR_MAX, &odd, headers};
	unsigned int i;

	f->port.window.link.kind = SL_VFIO_TABLE;
	ext.buf_ptr = m;
	ext.buf_iova = (uintptr_t)m;
	pool = rte_pktmbuf_pool_create_extbuf("pinned", 16, 0, 0, PAGE, SOCKET_ID_ANY, &ext, 1);
	assert_non_null(pool);
	own = rte_pktmbuf_alloc(pool);
	clone = rte_pktmbuf_alloc(headers);
	rte_pktmbuf_attach(clone, own);
	assert_int_equal(sl_dmamap_tx_mbuf(&f->port, clone), 0);
	assert_int_equal(may(f, m, 16 * PAGE), SL_DMA_TO_DEVICE);
	assert_int_equal(f->nb_runs, 1);
	assert_int_equal(sl_dmamap_tx_mbuf(&f->port, own), 0);
	rte_pktmbuf_free(clone);
	rte_pktmbuf_free(own);
	for (i = 0; i < RTE_DIM(nobody); i++) {
		own = rte_pktmbuf_alloc(headers);
		odd.fcb_opaque = nobody[i];
		rte_mbuf_ext_refcnt_set(&odd, 1);
		rte_pktmbuf_attach_extbuf(
			own, m + (16 + i) * PAGE, (uintptr_t)m + (16 + i) * PAGE, PAGE, &odd);
		assert_int_equal(sl_dmamap_tx_mbuf(&f->port, own), 0);
		assert_int_equal(f->nb_runs, 2 + i);
		rte_pktmbuf_free(own);
	}
	rte_mempool_free(pool);
	rte_mempool_free(headers);
	rte_free(m);
}

/* The software NIC's table requires a buffer to be one segment. */
static void
test_one_piece(void **state)
{
	struct fake *f = *state;
	uint8_t *m = rte_malloc(NULL, 16 * PAGE, PAGE);

	f->port.window.link.kind = SL_VFIO_TABLE;
	assert_int_equal(
		sl_dmamap_area_add(&f->port, m + 4 * PAGE, (uintptr_t)m + 4 * PAGE, PAGE), 0);
	assert_int_equal(sl_dmamap_area_add(&f->port, m, (uintptr_t)m, 5 * PAGE), -EEXIST);
	assert_int_equal(f->nb_runs, 1);
	assert_int_equal(
		sl_dmamap_area_add(&f->port, m + 4 * PAGE, (uintptr_t)m + 4 * PAGE, 2 * PAGE),
		-EEXIST);
	assert_int_equal(sl_dmamap_area_add(&f->port, m, (uintptr_t)m, 4 * PAGE), 0);
	assert_int_equal(f->nb_runs, 2);
	assert_int_equal(sl_dmamap_area_remove(&f->port, m, 8 * PAGE), 0);
	assert_int_equal(f->nb_runs, 0);
	rte_free(m);
}

/* --- state of the port --- */

/* Queues are added and removed in any order. Those in the list must check again. */
static void
test_queues(void **state)
{
	struct fake *f = *state;
	struct sl_tx_queue q[3] = {{.port = &f->port}, {.port = &f->port}, {.port = &f->port}};
	uint8_t *m = rte_malloc(NULL, PAGE, PAGE);
	struct rte_mempool *pool = ordinary("seen");
	unsigned int gone, i;

	for (gone = 0; gone < 3; gone++) {
		for (i = 0; i < 3; i++)
			sl_dmamap_queue_add(&q[i]);
		sl_dmamap_queue_remove(&q[gone]);
		sl_dmamap_queue_remove(&q[gone]); /* not in the list: no effect */
		for (i = 0; i < 3; i++)
			q[i].pool_seen = pool;
		f->q.pool_seen = pool;
		assert_int_equal(sl_dmamap_area_add(&f->port, m, (uintptr_t)m, PAGE), 0);
		assert_int_equal(sl_dmamap_area_remove(&f->port, m, PAGE), 0);
		for (i = 0; i < 3; i++)
			assert_ptr_equal(q[i].pool_seen, i == gone ? pool : NULL);
		assert_null(f->q.pool_seen);
		for (i = 0; i < 3; i++)
			sl_dmamap_queue_remove(&q[i]);
		assert_ptr_equal(f->port.window.tx_queues, &f->q);
	}
	rte_mempool_free(pool);
	rte_free(m);
}

/* EAL refuses the callback. With --legacy-mem no callback is needed. */
static void
test_open(void **state)
{
	struct fake *f = *state;
	struct sl_port other = {.eth = &f->eth};

	heard.pool_ret = -ENOMEM;
	assert_int_equal(sl_dmamap_open(&other), -ENOMEM);
	heard.pool_ret = 0;
	heard.ret = -1;
	heard.err = EEXIST;
	assert_int_equal(sl_dmamap_open(&other), -EEXIST);
	sl_dmamap_close(&other);
	heard.err = ENOTSUP;
	assert_int_equal(sl_dmamap_open(&other), 0);
	heard.ret = 0;
	sl_dmamap_close(&other);
	/* A second close, of a port that was opened only in part, has no effect. */
	sl_dmamap_close(&other);
}

/* Memory that cannot be unmapped at close stays mapped, and the NIC may still read it. */
static void
test_close_fails(void **state)
{
	struct fake *f = *state;
	uint8_t *m = rte_malloc(NULL, 4 * PAGE, PAGE);

	assert_int_equal(sl_dmamap_area_add(&f->port, m, (uintptr_t)m, PAGE), 0);
	assert_int_equal(
		sl_dmamap_area_add(&f->port, m + 2 * PAGE, (uintptr_t)m + 2 * PAGE, PAGE), 0);
	f->fail_unmaps = 1;
	sl_dmamap_close(&f->port);
	assert_int_equal(f->nb_runs, 1);
	assert_int_equal(sl_buffer_unmap(f->port.adapter, m, (uintptr_t)m, PAGE), 0);
	assert_int_equal(sl_dmamap_open(&f->port), 0);
	rte_free(m);
}

/* A window that is opened and closed repeatedly leaks no memory. */
static void
test_again(void **state)
{
	struct fake *f = *state;
	uint8_t *m = rte_malloc(NULL, PAGE, PAGE);
	size_t used = 0;
	unsigned int i;

	for (i = 0; i < 20; i++) {
		struct sl_port other = {.eth = &f->eth, .adapter = f->port.adapter};

		assert_int_equal(sl_dmamap_open(&other), 0);
		assert_int_equal(sl_dmamap_area_add(&other, m, (uintptr_t)m, PAGE), 0);
		sl_dmamap_leave(&other);
		assert_int_equal(sl_buffer_unmap(f->port.adapter, m, (uintptr_t)m, PAGE), 0);
		assert_int_equal(sl_dmamap_area_add(&f->port, m, (uintptr_t)m, PAGE), 0);
		sl_dmamap_close(&f->port);
		assert_int_equal(f->nb_runs, 0);
		assert_int_equal(sl_dmamap_open(&f->port), 0);
		assert_int_equal(sl_dmamap_area_remove(&f->port, m, PAGE), -ENOENT);
		if (i == 10)
			used = mallinfo2().uordblks;
	}
	assert_true(mallinfo2().uordblks <= used);
	rte_free(m);
}

/* A port whose NIC may still write: its lists are freed, and mappings stay. */
static void
test_leave(void **state)
{
	struct fake *f = *state;
	struct sl_dmamap *w = &f->port.window;
	uint8_t *m = rte_malloc(NULL, PAGE, PAGE);

	assert_int_equal(sl_dmamap_area_add(&f->port, m, (uintptr_t)m, PAGE), 0);
	sl_dmamap_leave(&f->port);
	assert_int_equal(f->nb_runs, 1);
	assert_null(heard.tell);
	rte_mempool_free(ordinary("not heard"));
	assert_true(w->maps == NULL && w->areas == NULL && w->nb_maps == 0 && w->nb_areas == 0);
	assert_int_equal(sl_buffer_unmap(f->port.adapter, m, (uintptr_t)m, PAGE), 0);
	rte_free(m);
}

/* --- random operations --- */

#define ARENA 32u /* pages */
#define SLOTS 4u
#define AREAS 64u

/* Operations of the application, from which the NIC's access rights follow. */
struct wanted {
	struct rte_mempool *headers;
	uint8_t *arena;
	struct {
		struct rte_mempool *pool; /* pinned buffers in [first, first + n) */
		unsigned int first, n;
		unsigned int dir, tried; /* mapped for; requested, but perhaps failed */
	} slot[SLOTS];
	struct {
		unsigned int first, n;
	} area[AREAS];
	unsigned int nb_areas;
	bool sent[ARENA]; /* sent from, and not certainly unmapped since */
	bool lost[ARENA]; /* a call failed, so there may be fewer rights than requested */
};

static void
mark(bool *page, unsigned int first, unsigned int n, bool value)
{
	while (n-- > 0)
		page[first++] = value;
}

static bool
has(unsigned int first, unsigned int n, unsigned int page)
{
	return page - first < n;
}

static bool
meet(unsigned int first, unsigned int n, unsigned int other, unsigned int m)
{
	return first < other + m && other < first + n;
}

static void
pool_new(struct wanted *w, unsigned int k, uint64_t *rng)
{
	struct rte_pktmbuf_extmem ext = {.elt_size = PAGE};
	const unsigned int n = 1 + rng_next(rng) % (ARENA / SLOTS);
	char name[16];

	snprintf(name, sizeof(name), "slot%u", k);
	w->slot[k].first = k * ARENA / SLOTS;
	w->slot[k].n = n;
	w->slot[k].dir = w->slot[k].tried = 0;
	ext.buf_ptr = w->arena + w->slot[k].first * PAGE;
	ext.buf_iova = (uintptr_t)ext.buf_ptr;
	ext.buf_len = n * PAGE;
	w->slot[k].pool =
		rte_pktmbuf_pool_create_extbuf(name, n, 0, 0, PAGE, SOCKET_ID_ANY, &ext, 1);

	assert_non_null(w->slot[k].pool);
}

static void
pool_step(struct fake *f, struct wanted *w, uint64_t *rng)
{
	const unsigned int k = rng_next(rng) % SLOTS;
	const unsigned int dir = rng_next(rng) % 2 == 0 ? SL_DMA_TO_DEVICE : SL_DMA_BIDIRECTIONAL;

	if (w->slot[k].pool == NULL) {
		pool_new(w, k, rng);
	} else if (rng_next(rng) % 3 != 0) {
		w->slot[k].tried |= dir;
		if (sl_dmamap_pool(&f->port, w->slot[k].pool, dir) == 0) {
			w->slot[k].dir |= dir;
			mark(w->lost, w->slot[k].first, w->slot[k].n, false);
		}
	} else {
		rte_mempool_free(w->slot[k].pool);
		w->slot[k].pool = NULL;
		/* Another pool may get its address. */
		assert_null(f->q.pool_seen);
	}
}

static void
areas_end(struct wanted *w, unsigned int first, unsigned int n)
{
	unsigned int i = 0;

	while (i < w->nb_areas)
		if (meet(w->area[i].first, w->area[i].n, first, n))
			w->area[i] = w->area[--w->nb_areas];
		else
			i++;
}

static void
area_step(struct fake *f, struct wanted *w, unsigned int first, unsigned int n, bool in)
{
	uint8_t *va = w->arena + first * PAGE;
	int ret;

	if (in && w->nb_areas < AREAS) {
		if (sl_dmamap_area_add(&f->port, va, (uintptr_t)va, n * PAGE) != 0)
			return;
		w->area[w->nb_areas].first = first;
		w->area[w->nb_areas++].n = n;
		mark(w->lost, first, n, false);
		return;
	}
	ret = sl_dmamap_area_remove(&f->port, va, n * PAGE);
	if (ret != 0 && ret != -ENOENT)
		return;
	if (ret == 0)
		mark(w->sent, first, n, false);
	areas_end(w, first, n);
}

/* Memory returns to the system after its mempools were freed. */
static void
free_step(struct fake *f, struct wanted *w, unsigned int first, unsigned int n)
{
	unsigned int k;

	(void)f;
	for (k = 0; k < SLOTS; k++)
		if (w->slot[k].pool != NULL && meet(w->slot[k].first, w->slot[k].n, first, n)) {
			rte_mempool_free(w->slot[k].pool);
			w->slot[k].pool = NULL;
		}
	heard.tell(RTE_MEM_EVENT_FREE, w->arena + first * PAGE, n * PAGE, heard.arg);
	areas_end(w, first, n);
	mark(w->sent, first, n, false);
}

static void
any_step(struct fake *f, struct wanted *w, uint64_t *rng)
{
	const unsigned int first = rng_next(rng) % ARENA;
	const unsigned int n = 1 + rng_next(rng) % RTE_MIN(ARENA - first, 6u);

	switch (rng_next(rng) % 8) {
	case 0:
		free_step(f, w, first, n);
		break;
	case 1:
		area_step(f, w, first, n, false);
		break;
	case 2:
	case 3:
		area_step(f, w, first, n, true);
		break;
	case 4:
		mark(w->sent, first, n, true);
		if (send_from(f, w->headers, w->arena + first * PAGE, n * PAGE) == 0)
			mark(w->lost, first, n, false);
		break;
	default:
		pool_step(f, w, rng);
	}
}

/* Directions that the NIC may use on a page: the minimum and the maximum. */
static void
bounds(const struct wanted *w, unsigned int page, unsigned int *least, unsigned int *most)
{
	unsigned int i;

	*least = 0;
	*most = w->sent[page] ? SL_DMA_TO_DEVICE : 0;
	for (i = 0; i < w->nb_areas; i++)
		if (has(w->area[i].first, w->area[i].n, page))
			*least = SL_DMA_TO_DEVICE;
	for (i = 0; i < SLOTS; i++)
		if (w->slot[i].pool != NULL && has(w->slot[i].first, w->slot[i].n, page)) {
			*least |= w->slot[i].dir;
			*most |= w->slot[i].tried;
		}
	*most |= *least;
}

/* If memory of a mempool was unmapped, queues must check that mempool again. */
static void
look_anew(const struct fake *f, struct wanted *w, unsigned int page)
{
	unsigned int i;

	assert_null(f->q.pool_seen);
	for (i = 0; i < SLOTS; i++)
		if (w->slot[i].dir == SL_DMA_TO_DEVICE && has(w->slot[i].first, w->slot[i].n, page))
			w->slot[i].dir = 0;
}

static void
step_and_compare(struct fake *f, struct wanted *w, bool map_fails, bool unmap_fails, uint64_t *rng)
{
	const unsigned int failed = f->failed;
	unsigned int before[ARENA], i, least, most;
	const int fail = map_fails && rng_next(rng) % 3 == 0 ? (int)(rng_next(rng) % 3) : -1;

	for (i = 0; i < ARENA; i++)
		before[i] = may(f, w->arena + i * PAGE, PAGE);
	f->q.pool_seen = w->headers;
	f->fail_map = fail;
	f->fail_maps = fail >= 0 && rng_next(rng) % 2 == 0;
	f->fail_unmaps = unmap_fails && rng_next(rng) % 3 == 0;
	any_step(f, w, rng);
	if (f->failed != failed)
		mark(w->lost, 0, ARENA, true);
	for (i = 0; i < ARENA; i++) {
		const unsigned int now = may(f, w->arena + i * PAGE, PAGE);

		if ((before[i] & ~now) != 0)
			look_anew(f, w, i);
		bounds(w, i, &least, &most);
		if (!w->lost[i])
			assert_int_equal(now & least, least);
		if (!unmap_fails)
			assert_int_equal(now & ~most, 0);
	}
	f->fail_map = -1;
	f->fail_maps = f->fail_unmaps = 0;
}

static void
random_steps(struct fake *f, bool map_fails, bool unmap_fails)
{
	struct wanted w = {
		.headers = ordinary("headers"), .arena = rte_malloc(NULL, ARENA * PAGE, PAGE)};
	uint64_t rng = rng_seed(0);
	unsigned int i;

	assert_non_null(w.arena);
	for (i = 0; i < 1500; i++)
		step_and_compare(f, &w, map_fails, unmap_fails, &rng);
	for (i = 0; i < SLOTS; i++)
		rte_mempool_free(w.slot[i].pool);
	rte_mempool_free(w.headers);
	/* The heap does not reuse an address while it is in the window. */
	sl_dmamap_close(&f->port);
	assert_int_equal(f->nb_runs, 0);
	assert_int_equal(sl_dmamap_open(&f->port), 0);
	rte_free(w.arena);
}

static void
test_random(void **state)
{
	random_steps(*state, false, false);
}

static void
test_random_map_fails(void **state)
{
	random_steps(*state, true, false);
}

static void
test_random_all_fails(void **state)
{
	random_steps(*state, true, true);
}

/* --- a NIC that writes to all memory that it can reach --- */

/* Memory that the CPU trusts: the header of an mbuf, and the mempool's header before it. */
#define HEADER (sizeof(struct rte_mempool_objhdr) + sizeof(struct rte_mbuf))

struct believed {
	const uint8_t *at[63];
	uint8_t copy[63][HEADER];
};

static void
keep_header(struct rte_mempool *pool, void *arg, void *obj, unsigned int idx)
{
	struct believed *b = arg;

	(void)pool;
	b->at[idx] = (const uint8_t *)obj - sizeof(struct rte_mempool_objhdr);
	memcpy(b->copy[idx], b->at[idx], HEADER);
}

/* Overwrite each writable byte at random, then restore all. @return true if a header changed. */
static bool
headers_change(struct fake *f, struct rte_mempool *pool, uint64_t *rng)
{
	static struct believed b;
	uint8_t *old[RUNS] = {NULL};
	bool changed = false;
	unsigned int i;
	uint64_t k;

	assert_int_equal(rte_mempool_obj_iter(pool, keep_header, &b), RTE_DIM(b.at));
	for (i = 0; i < f->nb_runs; i++) {
		uint8_t *va = (uint8_t *)(uintptr_t)f->run[i].iova;

		if ((f->run[i].dir & SL_DMA_FROM_DEVICE) == 0)
			continue;
		old[i] = malloc(f->run[i].len);
		assert_non_null(old[i]);
		memcpy(old[i], va, f->run[i].len);
		for (k = 0; k < f->run[i].len; k++)
			va[k] ^= (uint8_t)(1 + rng_next(rng) % 255);
	}
	for (i = 0; i < RTE_DIM(b.at); i++)
		changed |= memcmp(b.at[i], b.copy[i], HEADER) != 0;
	for (i = 0; i < RUNS; i++) {
		if (old[i] != NULL)
			memcpy((void *)(uintptr_t)f->run[i].iova, old[i], f->run[i].len);
		free(old[i]);
	}
	return changed;
}

static void
test_hostile(void **state)
{
	struct fake *f = *state;
	uint64_t rng = rng_seed(0);
	struct rte_mempool *pool = apart("apart"), *other = ordinary("ordinary");
	struct rte_mbuf *m = rte_pktmbuf_alloc(other);

	be_strict(f);
	assert_int_equal(sl_dmamap_pool(&f->port, pool, SL_DMA_BIDIRECTIONAL), 0);
	assert_int_equal(sl_dmamap_tx_mbuf(&f->port, m), 0);
	assert_false(headers_change(f, pool, &rng));
	assert_false(headers_change(f, other, &rng));
	rte_pktmbuf_free(m);
	rte_mempool_free(pool);
	rte_mempool_free(other);
	/* Such writes are detected: with an ordinary mempool and window=own, headers change. */
	f->port.window.strict = false;
	f->iommu.strict = false;
	pool = ordinary("ordinary");
	assert_int_equal(sl_dmamap_pool(&f->port, pool, SL_DMA_BIDIRECTIONAL), 0);
	assert_true(headers_change(f, pool, &rng));
	rte_mempool_free(pool);
}

#define WITH_FAKE(t) cmocka_unit_test_setup_teardown(t, setup, teardown)

int
main(void)
{
	static char line[] = "port_window --no-huge --no-pci --no-shconf --no-telemetry -m 64 -l 0 "
			     "--iova-mode=va --log-level=lib.eal:4";
	const struct CMUnitTest tests[] = {
		WITH_FAKE(test_data_alone),
		WITH_FAKE(test_strict),
		WITH_FAKE(test_hostile),
		WITH_FAKE(test_area_and_pool),
		WITH_FAKE(test_area_failures),
		WITH_FAKE(test_areas_overlap),
		WITH_FAKE(test_many),
		WITH_FAKE(test_widen),
		WITH_FAKE(test_half_mapped),
		WITH_FAKE(test_other_iova),
		WITH_FAKE(test_no_iova),
		WITH_FAKE(test_pool_kept),
		WITH_FAKE(test_pinned_runs),
		WITH_FAKE(test_external),
		WITH_FAKE(test_heap),
		WITH_FAKE(test_whose_data),
		WITH_FAKE(test_clone_first),
		WITH_FAKE(test_one_piece),
		WITH_FAKE(test_queues),
		WITH_FAKE(test_open),
		WITH_FAKE(test_close_fails),
		WITH_FAKE(test_again),
		WITH_FAKE(test_leave),
		WITH_FAKE(test_random),
		WITH_FAKE(test_random_map_fails),
		WITH_FAKE(test_random_all_fails),
	};
	char *argv[16], *word, *rest = line;
	int argc = 0;

	while ((word = strtok_r(rest, " ", &rest)) != NULL)
		argv[argc++] = word;
	assert_true(rte_eal_init(argc, argv) >= 0);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
