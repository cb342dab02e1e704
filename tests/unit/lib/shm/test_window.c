/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */

/*
 * Mapped buffers and the DMA window: refused mappings, translation, hooks, the device's copies, and
 * translation while another thread changes the window. test_window_hook.c tests hooks that fail.
 */

#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

#include "shm_util.h"

static uint8_t memory[65536];

/* Translate one access of the device. */
static void *
look(struct sl_dma *d, uint64_t iova, size_t len, enum sl_dma_dir dir)
{
	void *p;

	sl_dma_begin(d);
	p = sl_dma_translate(d, iova, len, dir);
	sl_dma_end(d);
	return p;
}

static void
test_map_bad(void **state)
{
	struct shm_fixture *f = *state;
	static const struct {
		const char *name;
		uint8_t *va;
		uint64_t iova;
		size_t len;
		unsigned int dir;
		int err;
		const char *word;
	} bad[] = {
		{NULL, memory, 0x1000, 64, 3, -EINVAL, "name of 1 to 47"},
		{"b", NULL, 0x1000, 64, 3, -EINVAL, "must not be empty nor wrap"},
		{"b", memory, 0x1000, 0, 3, -EINVAL, "must not be empty nor wrap"},
		{"b", memory, 0x1000, SIZE_MAX, 3, -EINVAL, "must not be empty nor wrap"},
		{"b", memory, UINT64_MAX, 2, 3, -EINVAL, "must not be empty nor wrap"},
		{"b", memory, 0x1000, 64, 0, -EINVAL, "direction 0"},
		{"b", memory, 0x1000, 64, 4, -EINVAL, "direction 4"},
		/*
		 * For the mapping [4096, 8192) at IOVA 0x10000: overlaps by address, then by IOVA.
		 */
		{"b", memory + 8191, 0x90000, 64, 3, -EEXIST, "overlap 'first'"},
		{"b", memory + 4000, 0x90000, 97, 3, -EEXIST, "overlap 'first'"},
		{"b", memory, 0x90000, 20000, 3, -EEXIST, "overlap 'first'"},
		{"b", memory + 5000, 0x90000, 1, 3, -EEXIST, "overlap 'first'"},
		{"b", memory + 9000, 0x10fff, 1, 3, -EEXIST, "in the window already"},
		{"b", memory + 9000, 0xffff, 2, 3, -EEXIST, "in the window already"},
		{"b", memory + 9000, 0x8000, 0x10000 - 1, 3, -EEXIST, "in the window already"},
	};
	unsigned int i;

	assert_int_equal(sl_buffer_map(f->a, "first", memory + 4096, 0x10000, 4096, 3), 0);
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		f->log.text[0] = '\0';
		shm_before(f);
		assert_int_equal(sl_buffer_map(f->a, bad[i].name, bad[i].va, bad[i].iova,
					 bad[i].len, (enum sl_dma_dir)bad[i].dir),
			bad[i].err);
		shm_unchanged(f);
		shm_log_has(&f->log, bad[i].word);
	}
	/* Adjacent mappings do not overlap. */
	assert_int_equal(sl_buffer_map(f->a, "below", memory, 0xf000, 4096, 3), 0);
	assert_int_equal(sl_buffer_map(f->a, "above", memory + 8192, 0x11000, 4096, 3), 0);
	assert_int_equal(sl_buffer_unmap(f->a, memory, 0xf000, 4096), 0);
	assert_int_equal(sl_buffer_unmap(f->a, memory + 8192, 0x11000, 4096), 0);
	assert_int_equal(sl_buffer_unmap(f->a, memory + 4096, 0x10000, 4096), 0);
}

static void
test_unmap_bad(void **state)
{
	struct shm_fixture *f = *state;
	struct sl_region_params p = shm_region("ring", 4096);
	struct sl_region r;

	assert_int_equal(sl_region_alloc(f->a, &p, &r), 0);
	assert_int_equal(sl_buffer_map(f->a, "pool", memory, 0x10000, 4096, 3), 0);
	shm_before(f);
	assert_int_equal(sl_buffer_unmap(f->a, memory + 1, 0x10000, 4096), -EINVAL);
	assert_int_equal(sl_buffer_unmap(f->a, memory, 0x10001, 4096), -EINVAL);
	assert_int_equal(sl_buffer_unmap(f->a, memory, 0x10000, 4095), -EINVAL);
	shm_log_has(&f->log, "but 'pool' was mapped as");
	assert_int_equal(sl_buffer_unmap(f->a, memory + 4096, 0x10000, 4096), -ENOENT);
	assert_int_equal(sl_buffer_unmap(f->a, r.va, r.iova, r.len), -ENOENT);
	f->before.refused += 4;
	shm_unchanged(f);
	shm_log_has(&f->log, "sl_region_free()");
	/* A buffer is not a region. */
	assert_int_equal(
		sl_region_free(f->a, &(struct sl_region){memory, 0x10000, 4096, true}), -ENOENT);
	assert_int_equal(sl_buffer_unmap(f->a, memory, 0x10000, 4096), 0);
	assert_int_equal(sl_buffer_unmap(f->a, memory, 0x10000, 4096), -ENOENT);
	assert_int_equal(sl_region_free(f->a, &r), 0);
}

static void
test_translate(void **state)
{
	struct shm_fixture *f = *state;
	struct sl_dma *d = sl_dma_open(f->a);
	struct sl_shm_stats s;
	unsigned int round;

	assert_int_equal(sl_buffer_map(f->a, "to", memory, 0x10000, 4096, SL_DMA_TO_DEVICE), 0);
	assert_int_equal(
		sl_buffer_map(f->a, "from", memory + 4096, 0x11000, 4096, SL_DMA_FROM_DEVICE), 0);
	assert_int_equal(sl_buffer_map(f->a, "both", memory + 8192, UINT64_MAX - 4095, 4096, 3), 0);
	/* Twice: first by search, then from the reader's cached entries. */
	for (round = 0; round < 2; round++) {
		unsigned int faults = 0;

		assert_ptr_equal(look(d, 0x10000, 4096, SL_DMA_TO_DEVICE), memory);
		assert_ptr_equal(look(d, 0x10fff, 1, SL_DMA_TO_DEVICE), memory + 4095);
		assert_ptr_equal(look(d, 0x11004, 8, SL_DMA_FROM_DEVICE), memory + 4100);
		assert_ptr_equal(look(d, UINT64_MAX, 1, SL_DMA_BIDIRECTIONAL), memory + 12287);
		assert_ptr_equal(look(d, UINT64_MAX, 1, SL_DMA_TO_DEVICE), memory + 12287);
		/* Wrong direction, completely or partly. */
		faults += look(d, 0x10000, 8, SL_DMA_FROM_DEVICE) == NULL;
		faults += look(d, 0x11000, 8, SL_DMA_TO_DEVICE) == NULL;
		faults += look(d, 0x10000, 8, SL_DMA_BIDIRECTIONAL) == NULL;
		/* Across two mappings; before, after, and around the end. */
		faults += look(d, 0x10fff, 2, SL_DMA_TO_DEVICE) == NULL;
		faults += look(d, 0xffff, 2, SL_DMA_TO_DEVICE) == NULL;
		faults += look(d, 0x12000, 1, SL_DMA_FROM_DEVICE) == NULL;
		faults += look(d, 0, 1, SL_DMA_TO_DEVICE) == NULL;
		faults += look(d, UINT64_MAX, 2, SL_DMA_TO_DEVICE) == NULL;
		faults += look(d, 0x10001, SIZE_MAX, SL_DMA_TO_DEVICE) == NULL;
		faults += look(d, 0x10001, SIZE_MAX - 0x10000, SL_DMA_TO_DEVICE) == NULL;
		assert_int_equal(faults, 10);
	}
	sl_shm_stats(f->a, &s);
	assert_int_equal(s.dma_faults, 20);
	/* An unmapped range is gone, also from the reader's cached entries. */
	assert_int_equal(sl_buffer_unmap(f->a, memory, 0x10000, 4096), 0);
	assert_null(look(d, 0x10000, 8, SL_DMA_TO_DEVICE));
	assert_ptr_equal(look(d, 0x11000, 8, SL_DMA_FROM_DEVICE), memory + 4096);
	sl_dma_close(d);
	sl_shm_stats(f->a, &s);
	assert_int_equal(s.dma_faults, 21);
	assert_int_equal(sl_buffer_unmap(f->a, memory + 4096, 0x11000, 4096), 0);
	assert_int_equal(sl_buffer_unmap(f->a, memory + 8192, UINT64_MAX - 4095, 4096), 0);
	sl_dma_close(NULL);
}

/* Random mappings and accesses, compared with a byte map of the device's address space. */
static void
test_translate_random(void **state)
{
	struct shm_fixture *f = *state;
	struct sl_dma *d = sl_dma_open(f->a);
	uint64_t rng = rng_seed(0);
	struct {
		size_t off, len;
		unsigned int dir;
	} map[24] = {{0}};
	static uint8_t owner[sizeof(memory)];
	unsigned int i;

	memset(owner, 0, sizeof(owner));
	for (i = 0; i < 20000; i++) {
		size_t off = rng_next(&rng) % sizeof(memory), len = 1 + rng_next(&rng) % 5000,
		       n = 0;
		unsigned int k = rng_next(&rng) % 24, dir = 1 + rng_next(&rng) % 3;
		void *p, *want = NULL;

		if (rng_next(&rng) % 16 == 0 && map[k].len != 0) {
			assert_int_equal(sl_buffer_unmap(f->a, memory + map[k].off,
						 0x40000 + map[k].off, map[k].len),
				0);
			memset(owner + map[k].off, 0, map[k].len);
			map[k].len = 0;
		} else if (rng_next(&rng) % 16 == 0 && off + len <= sizeof(memory)) {
			while (n < len && owner[off + n] == 0)
				n++;
			if (map[k].len != 0)
				continue;
			assert_int_equal(sl_buffer_map(f->a, "b", memory + off, 0x40000 + off, len,
						 (enum sl_dma_dir)dir),
				n == len ? 0 : -EEXIST);
			if (n < len)
				continue;
			memset(owner + off, (int)k + 1, len);
			map[k].off = off;
			map[k].len = len;
			map[k].dir = dir;
		}
		off = rng_next(&rng) % sizeof(memory);
		len = 1 + rng_next(&rng) % 300;
		for (n = 0; n < len && off + n < sizeof(memory) && owner[off + n] == owner[off];
			n++)
			;
		if (owner[off] != 0 && n == len && (map[owner[off] - 1].dir & dir) == dir)
			want = memory + off;
		p = look(d, 0x40000 + off, len, (enum sl_dma_dir)dir);
		assert_ptr_equal(p, want);
	}
	for (i = 0; i < 24; i++)
		if (map[i].len != 0)
			assert_int_equal(sl_buffer_unmap(f->a, memory + map[i].off,
						 0x40000 + map[i].off, map[i].len),
				0);
	sl_dma_close(d);
}

/* --- hooks and copies --- */

struct hook {
	unsigned int mapped, calls, fail_at;
};

static int
hook_map(void *ctx, void *va, uint64_t iova, size_t len, enum sl_dma_dir dir)
{
	struct hook *h = ctx;

	(void)va;
	(void)iova;
	(void)len;
	(void)dir;
	if (h->calls++ == h->fail_at)
		return -EPERM;
	h->mapped++;
	return 0;
}

static int
hook_unmap(void *ctx, void *va, uint64_t iova, size_t len)
{
	struct hook *h = ctx;

	(void)va;
	(void)iova;
	(void)len;
	h->mapped--;
	return 0;
}

static const struct sl_window_ops hooks = {.name = "test", .map = hook_map, .unmap = hook_unmap};

static void
test_hooks(void **state)
{
	struct shm_fixture f = {0};
	struct sl_adapter_params ap = shm_params(&f);
	struct sl_region_params p = shm_region("ring", 4096);
	struct hook h = {.fail_at = 2};
	struct sl_region r;

	(void)state;
	ap.window = &hooks;
	ap.window_ctx = &h;
	assert_int_equal(sl_adapter_open(&ap, &f.a), 0);
	assert_int_equal(sl_region_alloc(f.a, &p, &r), 0);
	assert_int_equal(sl_buffer_map(f.a, "pool", memory, 0x10000, 4096, 3), 0);
	assert_int_equal(h.mapped, 2);
	/* An error of the hook is returned, and nothing stays mapped. */
	shm_before(&f);
	assert_int_equal(sl_buffer_map(f.a, "more", memory + 4096, 0x20000, 4096, 3), -EPERM);
	shm_unchanged(&f);
	shm_log_has(&f.log, "'more': the window's hook refuses IOVA 0x20000");
	h.fail_at = h.calls;
	shm_before(&f);
	assert_int_equal(sl_region_alloc(f.a, &p, &(struct sl_region){0}), -EPERM);
	shm_unchanged(&f);
	assert_int_equal(h.mapped, 2);
	assert_int_equal(sl_buffer_map(f.a, "more", memory + 4096, 0x20000, 4096, 3), 0);
	assert_int_equal(sl_buffer_unmap(f.a, memory + 4096, 0x20000, 4096), 0);
	assert_int_equal(sl_buffer_unmap(f.a, memory, 0x10000, 4096), 0);
	assert_int_equal(sl_region_free(f.a, &r), 0);
	assert_int_equal(h.mapped, 0);
	assert_int_equal(sl_adapter_close(f.a), 0);
}

/* The checker's copy of memory, which the device accesses. */
static void *
copy_map(void *ctx, const struct sl_sync_mapping *m)
{
	unsigned int *live = ctx;

	if (strcmp(m->name, "no copy") == 0)
		return NULL;
	(*live)++;
	return memory + (m->len == 100 ? 0 : 32768);
}

static void
copy_unmap(void *ctx, void *va, size_t len)
{
	unsigned int *live = ctx;

	(void)va;
	(void)len;
	(*live)--;
}

static void
test_device_copy(void **state)
{
	unsigned int live = 0;
	const struct sl_sync_checker checker = {
		.sync = shm_no_sync, .map = copy_map, .unmap = copy_unmap, .ctx = &live};
	struct shm_fixture f = {0};
	struct sl_adapter_params ap = shm_params(&f);
	struct sl_region_params p = shm_region("ring", 100);
	struct sl_region r;
	struct sl_dma *d;

	(void)state;
	ap.coherency = SL_COHERENCY_CHECKED;
	ap.checker = &checker;
	assert_int_equal(sl_adapter_open(&ap, &f.a), 0);
	d = sl_dma_open(f.a);
	assert_int_equal(sl_region_alloc(f.a, &p, &r), 0);
	assert_ptr_equal(look(d, r.iova + 5, 9, SL_DMA_TO_DEVICE), memory + 5);
	assert_int_equal(live, 1);
	shm_before(&f);
	p.name = "no copy";
	assert_int_equal(sl_region_alloc(f.a, &p, &(struct sl_region){0}), -ENOMEM);
	shm_unchanged(&f);
	assert_int_equal(sl_region_free(f.a, &r), 0);
	assert_null(look(d, r.iova + 5, 9, SL_DMA_TO_DEVICE));
	assert_int_equal(live, 0);
	sl_dma_close(d);
	assert_int_equal(sl_adapter_close(f.a), 0);
}

/* --- map and unmap while a device translates --- */

#define SLOTS 8u
#define SLOT_LEN 256u

struct shared {
	struct sl_adapter *a;
	bool stop;
	bool hit;	      /* a device has reached memory */
	uint8_t *slot[SLOTS]; /* memory at each slot's IOVA; freed right after unmap */
};

/*
 * A device that writes and reads all memory that it is given. If unmap returned during an access,
 * the device would use freed memory. This is found by ASan, TSan, and by the pattern that the
 * control thread writes to unmapped memory.
 */
static void *
device(void *arg)
{
	struct shared *s = arg;
	struct sl_dma *d = sl_dma_open(s->a);
	uint64_t rng = 88172645463325252ull, hits = 0;
	unsigned int i;

	while (!__atomic_load_n(&s->stop, __ATOMIC_RELAXED)) {
		sl_dma_begin(d);
		for (i = 0; i < 16; i++) {
			uint64_t slot = rng_next(&rng) % SLOTS;
			uint8_t *p = sl_dma_translate(
				d, 0x1000 + slot * SLOT_LEN, SLOT_LEN, SL_DMA_FROM_DEVICE);

			if (p == NULL)
				continue;
			hits++;
			__atomic_store_n(&s->hit, true, __ATOMIC_RELAXED);
			memset(p, (int)slot, SLOT_LEN);
		}
		sl_dma_end(d);
	}
	sl_dma_close(d);
	return (void *)(uintptr_t)hits;
}

static void
test_concurrent(void **state)
{
	struct shm_fixture *f = *state;
	struct shared s = {.a = f->a};
	pthread_t thread[2];
	uint64_t rng = rng_seed(0), hits = 0;
	unsigned int i, j;

	for (i = 0; i < 2; i++)
		assert_int_equal(pthread_create(&thread[i], NULL, device, &s), 0);
	/* On a busy machine the device threads may get no CPU in this time. Then continue. */
	for (i = 0; i < 2000 || (i < 20000000 && !__atomic_load_n(&s.hit, __ATOMIC_RELAXED)); i++) {
		unsigned int k = rng_next(&rng) % SLOTS;
		uint64_t iova = 0x1000 + k * SLOT_LEN;

		if (s.slot[k] == NULL) {
			s.slot[k] = malloc(SLOT_LEN);
			memset(s.slot[k], 0xee, SLOT_LEN);
			assert_int_equal(sl_buffer_map(f->a, "slot", s.slot[k], iova, SLOT_LEN,
						 SL_DMA_FROM_DEVICE),
				0);
			continue;
		}
		assert_int_equal(sl_buffer_unmap(f->a, s.slot[k], iova, SLOT_LEN), 0);
		memset(s.slot[k], 0xdd, SLOT_LEN);
		for (j = 0; j < SLOT_LEN; j++)
			assert_int_equal(s.slot[k][j], 0xdd);
		free(s.slot[k]);
		s.slot[k] = NULL;
	}
	__atomic_store_n(&s.stop, true, __ATOMIC_RELAXED);
	for (i = 0; i < 2; i++) {
		void *ret;

		pthread_join(thread[i], &ret);
		hits += (uintptr_t)ret;
	}
	for (i = 0; i < SLOTS; i++)
		if (s.slot[i] != NULL) {
			assert_int_equal(
				sl_buffer_unmap(f->a, s.slot[i], 0x1000 + i * SLOT_LEN, SLOT_LEN),
				0);
			free(s.slot[i]);
		}
	/* The devices did reach memory. */
	assert_true(hits > 0);
}

#define WITH_ADAPTER(t) cmocka_unit_test_setup_teardown(t, shm_setup, shm_teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		WITH_ADAPTER(test_map_bad),
		WITH_ADAPTER(test_unmap_bad),
		WITH_ADAPTER(test_translate),
		WITH_ADAPTER(test_translate_random),
		cmocka_unit_test(test_hooks),
		cmocka_unit_test(test_device_copy),
		WITH_ADAPTER(test_concurrent),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
