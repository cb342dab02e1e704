/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */
/*
 * The window's hook, as used for an IOMMU: its arguments, and that memory which the hook still maps
 * never returns to its owner, whichever of its calls fails.
 */
#include <errno.h>
#include <malloc.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

#include "shm_util.h"

#define GRANULE 4096u
#define MAX_MAPS 256u

/* Number of allocations of the library that succeed before one fails; -1: none fails. */
static int fail_alloc = -1;

static bool fail_threads;

void *
__real_calloc(size_t n, size_t len);
void *
__real_malloc(size_t len);
void *
__wrap_calloc(size_t n, size_t len);
void *
__wrap_malloc(size_t len);
int
__real_pthread_create(
	pthread_t *thread, const pthread_attr_t *attr, void *(*body)(void *), void *arg);
int
__wrap_pthread_create(
	pthread_t *thread, const pthread_attr_t *attr, void *(*body)(void *), void *arg);

int
__wrap_pthread_create(
	pthread_t *thread, const pthread_attr_t *attr, void *(*body)(void *), void *arg)
{
	return fail_threads ? EAGAIN : __real_pthread_create(thread, attr, body, arg);
}

void *
__wrap_calloc(size_t n, size_t len)
{
	return fail_alloc >= 0 && fail_alloc-- == 0 ? NULL : __real_calloc(n, len);
}

void *
__wrap_malloc(size_t len)
{
	return fail_alloc >= 0 && fail_alloc-- == 0 ? NULL : __real_malloc(len);
}

/* A fake IOMMU and a memory source. */
struct rig {
	struct shm_fixture f;
	struct sl_mem_source source;
	struct {
		uint8_t *va;
		uint64_t iova;
		size_t len;
		enum sl_dma_dir dir;
	} map[MAX_MAPS];
	unsigned int nb_maps;
	size_t page;	     /* page size for the device, not contiguous; 0: all contiguous */
	unsigned int chunks; /* number of chunks allocated from the source */
	int fail_map;	     /* index of the next map call that fails, from 0; -1: none */
	int map_errno;
	unsigned int fail_unmaps; /* number of unmap calls that fail */
	/* Called on each free, like EAL's callback for freed memory. */
	void (*on_free)(struct rig *r);
	unsigned int frees;
};

static uint8_t memory[16 * GRANULE] __attribute__((aligned(4096)));

static int
iommu_map(void *ctx, void *va, uint64_t iova, size_t len, enum sl_dma_dir dir)
{
	struct rig *r = ctx;

	assert_true(len > 0);
	if (r->fail_map-- == 0)
		return r->map_errno;
	assert_true(r->nb_maps < MAX_MAPS);
	r->map[r->nb_maps].va = va;
	r->map[r->nb_maps].iova = iova;
	r->map[r->nb_maps].len = len;
	r->map[r->nb_maps++].dir = dir;
	return 0;
}

static int
iommu_unmap(void *ctx, void *va, uint64_t iova, size_t len)
{
	struct rig *r = ctx;
	unsigned int i;

	if (r->fail_unmaps > 0) {
		r->fail_unmaps--;
		return -EIO;
	}
	for (i = 0; i < r->nb_maps && r->map[i].iova != iova; i++)
		;
	/* A mapping that failed half-way is not in the list. */
	if (i == r->nb_maps) {
		assert_int_equal(r->map_errno, -ENOTRECOVERABLE);
		return 0;
	}
	assert_ptr_equal(r->map[i].va, va);
	assert_int_equal(r->map[i].len, len);
	r->map[i] = r->map[--r->nb_maps];
	return 0;
}

static void
iommu_usage(void *ctx, struct sl_window_usage *out)
{
	const struct rig *r = ctx;
	unsigned int i;

	/* Called without the adapter's lock, so the lock can be taken here. */
	(void)sl_shm_covers(r->f.a, memory, 1);
	*out = (struct sl_window_usage){.maps = r->nb_maps};
	for (i = 0; i < r->nb_maps; i++)
		out->bytes += r->map[i].len;
}

static const struct sl_window_ops iommu = {"rig", iommu_map, iommu_unmap, iommu_usage};

static int
source_alloc(void *ctx, const char *name, size_t len, size_t align, int node, struct sl_chunk *out,
	char why[128])
{
	struct rig *r = ctx;

	(void)name;
	(void)why;
	assert_int_equal(len % GRANULE, 0);
	assert_int_equal(align % GRANULE, 0);
	*out = (struct sl_chunk){
		.va = aligned_alloc(align, len), .len = len, .node = node, .page_size = r->page};
	assert_non_null(out->va);
	r->chunks++;
	return 0;
}

/* The property: memory that the IOMMU still maps never returns to the source. */
static void
source_free(void *ctx, const struct sl_chunk *chunk)
{
	struct rig *r = ctx;
	unsigned int i;

	for (i = 0; i < r->nb_maps; i++)
		if (r->map[i].va + r->map[i].len > (uint8_t *)chunk->va &&
			r->map[i].va < (uint8_t *)chunk->va + chunk->len)
			fail_msg("memory of %zu bytes is freed, IOVA 0x%lx is still mapped",
				chunk->len, (unsigned long)r->map[i].iova);
	if (r->on_free != NULL)
		r->on_free(r);
	r->chunks--;
	r->frees++;
	free(chunk->va);
}

/* Pages of a region are not contiguous for the device. */
static uint64_t
source_iova(void *ctx, const void *va)
{
	const struct rig *r = ctx;
	uintptr_t p = (uintptr_t)va;

	return r->page == 0 ? p : p / r->page * r->page * 2 + p % r->page;
}

static int
rig_setup(void **state)
{
	struct rig *r = calloc(1, sizeof(*r));
	struct sl_adapter_params p;

	assert_non_null(r);
	r->fail_map = -1;
	r->map_errno = -EPERM;
	r->source = (struct sl_mem_source){"rig", source_alloc, source_free, source_iova, r};
	p = shm_params(&r->f);
	p.source = &r->source;
	p.window = &iommu;
	p.window_ctx = r;
	p.window_granule = GRANULE;
	assert_int_equal(sl_adapter_open(&p, &r->f.a), 0);
	*state = r;
	return 0;
}

static int
rig_teardown(void **state)
{
	struct rig *r = *state;
	int ret = sl_adapter_close(r->f.a);

	if (ret != 0)
		fprintf(stderr, "close gave %d:\n%s", ret, r->f.log.text);
	assert_int_equal(r->nb_maps, 0);
	assert_int_equal(r->chunks, 0);
	free(r);
	return ret;
}

static void
test_granule(void **state)
{
	struct rig *r = *state;
	struct sl_adapter_params ap = shm_params(&r->f);
	struct sl_region_params p = shm_region("ring", 100);
	struct sl_shm_stats s;
	struct sl_region a, b;
	struct sl_adapter *bad;

	p.dir = SL_DMA_TO_DEVICE;
	assert_int_equal(sl_region_alloc(r->f.a, &p, &a), 0);
	p.len = GRANULE + 1;
	p.dir = SL_DMA_FROM_DEVICE;
	assert_int_equal(sl_region_alloc(r->f.a, &p, &b), 0);
	/* The length is as requested. The device gets whole granules of the region. */
	assert_int_equal(a.len, 100);
	assert_int_equal(r->map[0].len, GRANULE);
	assert_int_equal(r->map[0].iova % GRANULE, 0);
	assert_int_equal(r->map[0].dir, SL_DMA_TO_DEVICE);
	assert_int_equal(r->map[1].len, 2 * GRANULE);
	assert_int_equal(r->map[1].dir, SL_DMA_FROM_DEVICE);
	/* The mapping of a buffer is not rounded. */
	assert_int_equal(sl_buffer_map(r->f.a, "b", memory + 5, 0x10005, 77, SL_DMA_TO_DEVICE), 0);
	assert_int_equal(r->map[2].len, 77);
	sl_shm_stats(r->f.a, &s);
	assert_int_equal(s.bytes_cached, 3 * GRANULE);
	assert_int_equal(s.window_bytes, 3 * GRANULE + 77);
	assert_int_equal(s.window_maps, 3);
	assert_int_equal(sl_buffer_unmap(r->f.a, memory + 5, 0x10005, 77), 0);
	assert_int_equal(sl_region_free(r->f.a, &a), 0);
	assert_int_equal(sl_region_free(r->f.a, &b), 0);
	sl_shm_stats(r->f.a, &s);
	assert_int_equal(s.window_bytes + s.window_maps + s.bytes_cached, 0);
	ap.window_granule = 4095;
	assert_int_equal(sl_adapter_open(&ap, &bad), -EINVAL);
	shm_log_has(&r->f.log, "window_granule 4095 is not a power of two");
}

/* Without a hook, the figures are those of the table. */
static void
test_usage_without_hook(void **state)
{
	struct shm_fixture *f = *state;
	struct sl_region_params p = shm_region("ring", 100);
	struct sl_shm_stats s;
	struct sl_region r;

	assert_int_equal(sl_region_alloc(f->a, &p, &r), 0);
	assert_int_equal(sl_buffer_map(f->a, "b", memory, 0x10000, 77, 3), 0);
	sl_shm_stats(f->a, &s);
	assert_int_equal(s.window_bytes, 177);
	assert_int_equal(s.window_maps, 2);
	assert_int_equal(sl_buffer_unmap(f->a, memory, 0x10000, 77), 0);
	assert_int_equal(sl_region_free(f->a, &r), 0);
}

static void
test_unmap_fails(void **state)
{
	struct rig *r = *state;
	struct sl_region_params p = shm_region("ring", 3 * GRANULE);
	struct sl_dma *d = sl_dma_open(r->f.a);
	struct sl_shm_stats before, now;
	struct sl_region reg;

	r->page = GRANULE;
	p.align = GRANULE;
	assert_int_equal(sl_region_alloc(r->f.a, &p, &reg), 0);
	assert_int_equal(sl_buffer_map(r->f.a, "pool", memory, 0x10000, 77, 3), 0);
	assert_int_equal(r->nb_maps, 4);
	sl_shm_stats(r->f.a, &before);
	r->fail_unmaps = 1;
	assert_int_equal(sl_region_free(r->f.a, &reg), -EIO);
	shm_log_has(&r->f.log, "a device may still reach the memory");
	r->fail_unmaps = 1;
	assert_int_equal(sl_buffer_unmap(r->f.a, memory, 0x10000, 77), -EIO);
	/* Still live and listed, but device threads cannot reach it. */
	sl_shm_stats(r->f.a, &now);
	assert_int_equal(now.regions + now.buffers, 2);
	assert_int_equal(now.bytes_cached, before.bytes_cached);
	assert_int_equal(now.frees, before.frees);
	assert_int_equal(now.refused, before.refused + 2);
	sl_dma_begin(d);
	assert_null(sl_dma_translate(d, reg.iova, 8, SL_DMA_TO_DEVICE));
	assert_null(sl_dma_translate(d, 0x10000, 8, SL_DMA_TO_DEVICE));
	sl_dma_end(d);
	assert_false(sl_shm_covers(r->f.a, reg.va, 8));
	/* Its place cannot be used for another mapping. */
	assert_int_equal(sl_buffer_map(r->f.a, "again", memory, 0x10000, 77, 3), -EEXIST);
	/* When the hook unmaps again, both calls succeed, once. */
	r->fail_unmaps = 0;
	assert_int_equal(sl_buffer_unmap(r->f.a, memory, 0x10000, 77), 0);
	assert_int_equal(sl_buffer_unmap(r->f.a, memory, 0x10000, 77), -ENOENT);
	assert_int_equal(r->nb_maps, 3);
	assert_int_equal(sl_region_free(r->f.a, &reg), 0);
	assert_int_equal(sl_region_free(r->f.a, &reg), -ENOENT);
	assert_int_equal(r->nb_maps, 0);
	sl_dma_close(d);
}

/* Close tries again, and reports what it cannot unmap. */
static void
test_close_tries_again(void **state)
{
	struct rig *r = *state;
	struct sl_region_params p = shm_region("ring", 100);
	struct sl_region reg;

	assert_int_equal(sl_region_alloc(r->f.a, &p, &reg), 0);
	assert_int_equal(sl_buffer_map(r->f.a, "pool", memory, 0x10000, 77, 3), 0);
	r->fail_unmaps = 4;
	assert_int_equal(sl_region_free(r->f.a, &reg), -EIO);
	assert_int_equal(sl_buffer_unmap(r->f.a, memory, 0x10000, 77), -EIO);
	assert_int_equal(sl_adapter_close(r->f.a), -EBUSY);
	shm_log_has(&r->f.log, "'pool' is live, its hook cannot unmap it");
	/* The teardown's close frees both. */
	assert_int_equal(r->chunks, 1);
}

static void
test_map_rollback(void **state)
{
	struct rig *r = *state;
	struct sl_region_params p = shm_region("ring", 3 * GRANULE);
	struct sl_shm_stats s;
	struct sl_region reg;

	r->page = GRANULE;
	p.align = GRANULE;
	r->fail_map = 2;
	shm_before(&r->f);
	assert_int_equal(sl_region_alloc(r->f.a, &p, &reg), -EPERM);
	shm_unchanged(&r->f);
	assert_int_equal(r->nb_maps, 0);
	assert_int_equal(r->chunks, 0);
	/* The mapped part cannot be unmapped, so the memory stays and is counted. */
	r->fail_map = 2;
	r->fail_unmaps = 1;
	assert_int_equal(sl_region_alloc(r->f.a, &p, &reg), -ENOTRECOVERABLE);
	assert_null(reg.va);
	assert_int_equal(r->chunks, 1);
	sl_shm_stats(r->f.a, &s);
	assert_int_equal(s.regions, 1);
	assert_int_equal(s.bytes_cached, 3 * GRANULE);
	/* The teardown's close frees it. */
}

/* The hook could not undo a mapping that it had begun. */
static void
test_hook_cannot_take_back(void **state)
{
	struct rig *r = *state;

	r->map_errno = -ENOTRECOVERABLE;
	r->fail_map = 0;
	shm_before(&r->f);
	assert_int_equal(sl_buffer_map(r->f.a, "pool", memory, 0x10000, 77, 3), -EIO);
	shm_unchanged(&r->f);
	r->fail_map = 0;
	r->fail_unmaps = 2;
	assert_int_equal(sl_buffer_map(r->f.a, "pool", memory, 0x10000, 77, 3), -ENOTRECOVERABLE);
	assert_int_equal(sl_buffer_unmap(r->f.a, memory, 0x10000, 77), -EIO);
	assert_int_equal(sl_buffer_unmap(r->f.a, memory, 0x10000, 77), 0);
	assert_int_equal(sl_buffer_unmap(r->f.a, memory, 0x10000, 77), -ENOENT);
}

/* A callback for freed memory while the adapter frees memory: no lock is held. */
static void
let_go(struct rig *r)
{
	assert_true(sl_shm_covers(r->f.a, memory, 77));
	assert_int_equal(sl_buffer_unmap(r->f.a, memory, 0x10000, 77), 0);
	assert_int_equal(sl_buffer_map(r->f.a, "pool", memory, 0x10000, 77, 3), 0);
}

static void
test_free_without_lock(void **state)
{
	struct rig *r = *state;
	struct sl_region_params p = shm_region("ring", 100);
	struct sl_shm_stats s;
	struct sl_region reg;

	assert_int_equal(sl_buffer_map(r->f.a, "pool", memory, 0x10000, 77, 3), 0);
	r->on_free = let_go;
	assert_int_equal(sl_region_alloc(r->f.a, &p, &reg), 0);
	assert_int_equal(sl_region_free(r->f.a, &reg), 0);
	r->fail_map = 0;
	assert_int_equal(sl_region_alloc(r->f.a, &p, &reg), -EPERM);
	sl_shm_stats(r->f.a, &s);
	assert_int_equal(s.window_maps, 1);
	assert_int_equal(r->frees, 2);
	r->on_free = NULL;
	assert_int_equal(sl_buffer_unmap(r->f.a, memory, 0x10000, 77), 0);
}

/*
 * Each page of a region is reached by its IOVA, although pages are not contiguous for the device.
 */
static void
test_pieces(void **state)
{
	struct rig *r = *state;
	struct sl_region_params p = shm_region("ring", 4 * GRANULE);
	struct sl_dma *d = sl_dma_open(r->f.a);
	struct sl_region reg;
	unsigned int i;

	r->page = GRANULE;
	p.align = GRANULE;
	assert_int_equal(sl_region_alloc(r->f.a, &p, &reg), 0);
	sl_dma_begin(d);
	for (i = 0; i < 4; i++) {
		uint8_t *va = (uint8_t *)reg.va + i * GRANULE;

		assert_ptr_equal(
			sl_dma_translate(d, source_iova(r, va) + 8, 16, SL_DMA_TO_DEVICE), va + 8);
		assert_null(sl_dma_translate(
			d, source_iova(r, va) + GRANULE - 8, 16, SL_DMA_TO_DEVICE));
	}
	sl_dma_end(d);
	assert_int_equal(sl_region_free(r->f.a, &reg), 0);
	sl_dma_close(d);
}

/* Each allocation fails in turn. No state changes, and no memory is lost. */
static void
test_no_memory(void **state)
{
	struct rig *r = *state;
	struct sl_region_params p = shm_region("ring", 3 * GRANULE);
	struct sl_region reg;
	size_t used;
	int k, ret;

	r->page = GRANULE;
	p.align = GRANULE;
	for (k = 0, ret = -1; ret != 0; k++) {
		used = mallinfo2().uordblks;
		fail_alloc = k;
		ret = sl_region_alloc(r->f.a, &p, &reg);
		if (ret != 0) {
			assert_int_equal(ret, -ENOMEM);
			assert_int_equal(r->nb_maps + r->chunks, 0);
			assert_int_equal(mallinfo2().uordblks, used);
		}
	}
	assert_true(k > 2);
	for (k = 0, ret = -1; ret != 0; k++) {
		used = mallinfo2().uordblks;
		fail_alloc = k;
		ret = sl_buffer_map(r->f.a, "pool", memory, 0x10000, 77, 3);
		if (ret != 0) {
			assert_int_equal(ret, -ENOMEM);
			assert_int_equal(r->nb_maps, 3);
			assert_int_equal(mallinfo2().uordblks, used);
		}
	}
	assert_true(k > 2);
	/* If the removal fails, the memory stays mapped as before. */
	fail_alloc = 0;
	assert_int_equal(sl_region_free(r->f.a, &reg), -ENOMEM);
	assert_true(sl_shm_covers(r->f.a, reg.va, reg.len));
	assert_int_equal(r->nb_maps, 4);
	fail_alloc = 0;
	assert_int_equal(sl_buffer_unmap(r->f.a, memory, 0x10000, 77), -ENOMEM);
	fail_alloc = -1;
	assert_int_equal(sl_buffer_unmap(r->f.a, memory, 0x10000, 77), 0);
	assert_int_equal(sl_region_free(r->f.a, &reg), 0);
}

/*
 * Bytes that the process has mapped. Read from this file because CPU emulators support it too.
 * AddressSanitizer keeps freed memory, and finds leaks itself.
 */
static unsigned long
mapped(void)
{
	FILE *f = fopen("/proc/self/maps", "r");
	unsigned long from, to, n = 0;

	assert_non_null(f);
	while (fscanf(f, "%lx-%lx%*[^\n]", &from, &to) == 2)
		n += to - from;
	fclose(f);
#ifdef __SANITIZE_ADDRESS__
	n = 0;
#endif
	return n;
}

/* A failed open of an adapter leaks nothing, whatever the reason. */
static void
test_not_opened(void **state)
{
	struct rig *r = *state;
	struct sl_adapter_params p = shm_params(&r->f);
	struct sl_adapter *a;
	unsigned long before = 0;
	size_t used = 0;
	unsigned int i;
	int k, ret = 0;

	p.async_depth = 8;
	for (i = 0; i < 40; i++) {
		for (k = 0; k < 3; k++) {
			fail_alloc = k;
			assert_int_equal(sl_adapter_open(&p, &a), -ENOMEM);
			assert_null(a);
		}
		fail_alloc = -1;
		fail_threads = true;
		ret = sl_adapter_open(&p, &a);
		fail_threads = false;
		assert_int_equal(ret, -EAGAIN);
		assert_int_equal(sl_adapter_open(&p, &a), 0);
		ret = sl_adapter_close(a);
		assert_int_equal(ret, 0);
		if (i == 5) {
			used = mallinfo2().uordblks;
			before = mapped();
		}
	}
	/* Each round would lose at least 32 bytes. The system keeps some memory for itself. */
	assert_true(mallinfo2().uordblks < used + (size_t)(i - 6) * 32);
	assert_true(mapped() < before + 20ul * 4096);
	shm_log_has(&r->f.log, "no thread for asynchronous allocation");
}

/* A mapping that the hook refuses costs no memory. */
static void
test_refused_costs_nothing(void **state)
{
	struct rig *r = *state;
	size_t used = 0;
	unsigned int i;

	for (i = 0; i < 20; i++) {
		r->fail_map = 0;
		assert_int_equal(sl_buffer_map(r->f.a, "pool", memory, 0x10000, 77, 3), -EPERM);
		assert_int_equal(sl_buffer_map(r->f.a, "pool", memory, 0x10000, 77, 3), 0);
		assert_int_equal(
			sl_buffer_map(r->f.a, "other", memory + 100, 0x10000, 77, 3), -EEXIST);
		assert_int_equal(sl_buffer_unmap(r->f.a, memory, 0x10000, 77), 0);
		if (i == 10)
			used = mallinfo2().uordblks;
	}
	assert_true(mallinfo2().uordblks <= used);
}

/* In `checked` mode the IOMMU maps the copy, because the device accesses it. */
static uint8_t copies[GRANULE] __attribute__((aligned(4096)));

static void *
copy_map(void *ctx, const struct sl_sync_mapping *m)
{
	(void)ctx;
	(void)m;
	return copies;
}

static void
copy_unmap(void *ctx, void *va, size_t len)
{
	const struct rig *r = ctx;

	(void)va;
	(void)len;
	/* The copy is freed after its mapping. */
	assert_int_equal(r->nb_maps, 0);
}

static void
test_device_view(void **state)
{
	struct rig *r = *state;
	const struct sl_sync_checker checker = {
		.sync = shm_no_sync, .map = copy_map, .unmap = copy_unmap, .ctx = r};
	struct sl_adapter_params ap = shm_params(&r->f);
	struct sl_region_params p = shm_region("ring", 100);
	struct sl_adapter *a;
	struct sl_region reg;

	ap.window = &iommu;
	ap.window_ctx = r;
	ap.source = &r->source;
	ap.window_granule = GRANULE;
	ap.coherency = SL_COHERENCY_CHECKED;
	ap.checker = &checker;
	assert_int_equal(sl_adapter_open(&ap, &a), 0);
	assert_int_equal(sl_region_alloc(a, &p, &reg), 0);
	assert_ptr_equal(r->map[0].va, copies);
	assert_int_equal(r->map[0].iova, reg.iova);
	assert_int_equal(sl_region_free(a, &reg), 0);
	assert_int_equal(sl_adapter_close(a), 0);
}

/* Random calls and failures. source_free() checks the property. */
static void
test_random_failures(void **state)
{
	struct rig *r = *state;
	uint64_t rng = rng_seed(0);
	struct sl_region reg[8] = {{0}};
	bool mapped[8] = {false};
	unsigned int i, k;
	int ret;

	r->page = GRANULE;
	for (i = 0; i < 20000; i++) {
		struct sl_region_params p = shm_region("ring", 1 + rng_next(&rng) % (4 * GRANULE));

		p.align = GRANULE;
		k = rng_next(&rng) % 8;
		r->fail_map = rng_next(&rng) % 4 == 0 ? (int)(rng_next(&rng) % 4) : -1;
		r->fail_unmaps = rng_next(&rng) % 4 == 0 ? rng_next(&rng) % 3 : 0;
		/* Memory that can no longer be freed stays until the close, so limit it. */
		if (r->chunks > 24)
			r->fail_unmaps = 0;
		if (rng_next(&rng) % 2 == 0) {
			ret = reg[k].va == NULL ? sl_region_alloc(r->f.a, &p, &reg[k]) :
						  sl_region_free(r->f.a, &reg[k]);
			if (ret == 0 && r->frees > 0 && reg[k].va != NULL &&
				!sl_shm_covers(r->f.a, reg[k].va, 1))
				reg[k].va = NULL;
			continue;
		}
		ret = mapped[k] ?
			sl_buffer_unmap(r->f.a, memory + k * 2000, 0x1000 + k * 2000, 2000) :
			sl_buffer_map(r->f.a, "b", memory + k * 2000, 0x1000 + k * 2000, 2000, 3);
		if (mapped[k])
			mapped[k] = ret != 0;
		else
			mapped[k] = ret == 0 || ret == -ENOTRECOVERABLE;
	}
	r->fail_map = -1;
	r->fail_unmaps = 0;
	for (k = 0; k < 8; k++) {
		if (reg[k].va != NULL)
			assert_int_equal(sl_region_free(r->f.a, &reg[k]), 0);
		if (mapped[k])
			assert_int_equal(
				sl_buffer_unmap(r->f.a, memory + k * 2000, 0x1000 + k * 2000, 2000),
				0);
	}
}

#define WITH_RIG(t) cmocka_unit_test_setup_teardown(t, rig_setup, rig_teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		WITH_RIG(test_granule),
		cmocka_unit_test_setup_teardown(test_usage_without_hook, shm_setup, shm_teardown),
		WITH_RIG(test_unmap_fails),
		WITH_RIG(test_close_tries_again),
		WITH_RIG(test_map_rollback),
		WITH_RIG(test_hook_cannot_take_back),
		WITH_RIG(test_free_without_lock),
		WITH_RIG(test_pieces),
		WITH_RIG(test_no_memory),
		WITH_RIG(test_not_opened),
		WITH_RIG(test_refused_costs_nothing),
		WITH_RIG(test_device_view),
		WITH_RIG(test_random_failures),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
