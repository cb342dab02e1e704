/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */

/*
 * Memory of others in a port's window, behind an IOMMU that is ours: mempools,
 * external buffers, areas that the application registered. What each page may do is
 * held against who wants it.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <rte_eal.h>
#include <rte_malloc.h>

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
	int fail_map; /* of the calls to come this one fails; -1: none */
	unsigned int fail_unmaps;
};

static int
io_map(void *ctx, void *va, uint64_t iova, uint64_t len, enum sl_dma_dir dir)
{
	struct fake *f = ctx;

	assert_int_equal((uintptr_t)va, iova);
	assert_int_equal((iova | len) % PAGE, 0);
	if (f->fail_map-- == 0)
		return -ENOSPC;
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
	f->port.window.link.kind = SL_WINDOW_OWN;
	assert_int_equal(sl_adapter_open(&params, &f->port.adapter), 0);
	assert_int_equal(sl_window_open(&f->port), 0);
	f->q.port = &f->port;
	sl_window_add_queue(&f->q);
	*state = f;
	return 0;
}

/* Nothing is left at close, whatever there was. */
static int
teardown(void **state)
{
	struct fake *f = *state;

	sl_window_remove_queue(&f->q);
	sl_window_close(&f->port);
	assert_int_equal(f->nb_runs, 0);
	assert_int_equal(f->iommu.nb_claims, 0);
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

/* What the NIC may do with all of [va, va + len); a failed check when it differs within. */
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

/* --- headers are out of reach --- */

static void
test_data_alone(void **state)
{
	struct fake *f = *state;
	struct rte_mempool *pool = apart("apart");
	const struct sl_data_pool *d = sl_data_pool_of(pool);
	const struct rte_mbuf *m = rte_pktmbuf_alloc(pool);

	assert_int_equal(sl_map_pool(&f->port, pool, SL_DMA_BIDIRECTIONAL), 0);
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
	struct rte_pktmbuf_extmem ext = {.buf_len = 64 * 2560, .elt_size = 2560};
	struct rte_mbuf *m = rte_pktmbuf_alloc(other);
	unsigned int i;

	be_strict(f);
	assert_int_equal(sl_map_pool(&f->port, other, SL_DMA_BIDIRECTIONAL), -EPERM);
	ext.buf_ptr = rte_malloc(NULL, ext.buf_len, PAGE);
	ext.buf_iova = (uintptr_t)ext.buf_ptr;
	/* Gaps between buffers are whose? */
	pinned = rte_pktmbuf_pool_create_extbuf("gaps", 63, 0, 0, ROOM, SOCKET_ID_ANY, &ext, 1);
	assert_non_null(pinned);
	assert_int_equal(sl_map_pool(&f->port, pinned, SL_DMA_BIDIRECTIONAL), -EPERM);
	rte_mempool_free(pinned);
	/* 64 buffers of 2560 bytes without gaps are 40 pages. */
	pinned = rte_pktmbuf_pool_create_extbuf("whole", 64, 0, 0, 2560, SOCKET_ID_ANY, &ext, 1);
	assert_non_null(pinned);
	assert_int_equal(f->nb_runs, 0);
	assert_int_equal(sl_map_pool(&f->port, pinned, SL_DMA_BIDIRECTIONAL), 0);
	assert_int_equal(sl_map_pool(&f->port, own, SL_DMA_BIDIRECTIONAL), 0);
	/* Sent from, an ordinary one enters, and no page of it can be written. */
	assert_int_equal(sl_map_tx_mbuf(&f->port, m), 0);
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

/* A pool that lies in a registered area, or is registered too, goes with neither. */
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
			assert_int_equal(sl_map_pool(&f->port, pool, SL_DMA_BIDIRECTIONAL), 0);
		assert_int_equal(sl_window_dma_map(&f->port, area, (uintptr_t)area, len), 0);
		if (order == 1)
			assert_int_equal(sl_map_pool(&f->port, pool, SL_DMA_BIDIRECTIONAL), 0);
		/* Only the data can be written. */
		assert_int_equal(may(f, area, 1), SL_DMA_TO_DEVICE);
		assert_int_equal(may(f, mz->addr, mz->len), SL_DMA_BIDIRECTIONAL);
		assert_int_equal(may(f, area + len - 1, 1), SL_DMA_TO_DEVICE);
		f->q.pool_seen = pool;
		assert_int_equal(sl_window_dma_unmap(&f->port, area, len), 0);
		/* The queue looks again; the pool stays. */
		assert_null(f->q.pool_seen);
		assert_int_equal(may(f, area, 1), 0);
		assert_int_equal(may(f, mz->addr, mz->len), SL_DMA_BIDIRECTIONAL);
		assert_int_equal(may(f, area + len - 1, 1), 0);
		assert_int_equal(sl_window_dma_unmap(&f->port, area, len), -ENOENT);
		if (order == 0) {
			rte_mempool_free(pool);
			assert_int_equal(f->nb_runs, 0);
			pool = apart("apart");
			mz = sl_data_pool_of(pool)->mz;
			area = (uint8_t *)mz->addr - PAGE;
		}
	}
	/* The pool goes first: the area is whole again, and nothing of it can be written. */
	assert_int_equal(sl_window_dma_map(&f->port, area, (uintptr_t)area, len), 0);
	rte_mempool_free(pool);
	assert_int_equal(may(f, area, len), SL_DMA_TO_DEVICE);
	assert_int_equal(sl_window_dma_unmap(&f->port, area, len), 0);
	assert_int_equal(f->nb_runs, 0);
}

/* What is not mapped whole is not mapped at all; what cannot leave is tried again. */
static void
test_area_failures(void **state)
{
	struct fake *f = *state;
	uint8_t *area = rte_malloc(NULL, 16 * PAGE, PAGE);
	int k;

	assert_int_equal(
		sl_window_dma_map(&f->port, area + 4 * PAGE, (uintptr_t)area + 4 * PAGE, PAGE), 0);
	for (k = 0; k < 2; k++) {
		f->fail_map = k;
		assert_int_equal(
			sl_window_dma_map(&f->port, area, (uintptr_t)area, 8 * PAGE), -ENOSPC);
		assert_int_equal(f->nb_runs, 1);
		assert_int_equal(may(f, area + 4 * PAGE, PAGE), SL_DMA_TO_DEVICE);
	}
	f->fail_unmaps = 1;
	assert_int_equal(sl_window_dma_unmap(&f->port, area + 4 * PAGE, PAGE), -EIO);
	assert_int_equal(sl_window_dma_unmap(&f->port, area + 4 * PAGE, PAGE), 0);
	assert_int_equal(f->nb_runs, 0);
	rte_free(area);
}

/* Two areas overlap: one goes, and the other is there, no more and no less. */
static void
test_areas_overlap(void **state)
{
	struct fake *f = *state;
	uint8_t *m = rte_malloc(NULL, 16 * PAGE, PAGE);

	assert_int_equal(sl_window_dma_map(&f->port, m, (uintptr_t)m, 8 * PAGE), 0);
	assert_int_equal(
		sl_window_dma_map(&f->port, m + 12 * PAGE, (uintptr_t)m + 12 * PAGE, PAGE), 0);
	assert_int_equal(sl_window_dma_unmap(&f->port, m, 8 * PAGE), 0);
	assert_int_equal(may(f, m, 8 * PAGE), 0);
	assert_int_equal(may(f, m + 12 * PAGE, PAGE), SL_DMA_TO_DEVICE);
	rte_free(m);
}

/* --- a NIC that writes to all that it reaches --- */

/* Words that the CPU believes: an mbuf's header, with the mempool's before it. */
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

/* Each byte that can be written is, at random; then all is put back as it was. */
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
			va[k] ^= (uint8_t)(1 + shm_rand(rng) % 255);
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
	uint64_t rng = shm_seed();
	struct rte_mempool *pool = apart("apart"), *other = ordinary("ordinary");
	struct rte_mbuf *m = rte_pktmbuf_alloc(other);

	be_strict(f);
	assert_int_equal(sl_map_pool(&f->port, pool, SL_DMA_BIDIRECTIONAL), 0);
	assert_int_equal(sl_map_tx_mbuf(&f->port, m), 0);
	assert_false(headers_change(f, pool, &rng));
	assert_false(headers_change(f, other, &rng));
	rte_pktmbuf_free(m);
	rte_mempool_free(pool);
	rte_mempool_free(other);
	/* It would be seen: with an ordinary mempool and window=own it is. */
	f->port.window.strict = false;
	f->iommu.strict = false;
	pool = ordinary("ordinary");
	assert_int_equal(sl_map_pool(&f->port, pool, SL_DMA_BIDIRECTIONAL), 0);
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
	};
	char *argv[16], *word, *rest = line;
	int argc = 0;

	while ((word = strtok_r(rest, " ", &rest)) != NULL)
		argv[argc++] = word;
	assert_true(rte_eal_init(argc, argv) >= 0);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
