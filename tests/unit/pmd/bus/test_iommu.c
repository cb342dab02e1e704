/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */
/*
 * Byte ranges on an IOMMU with pages, compared with a model that stores the allowed directions of
 * each page. The fake IOMMU is as strict as VFIO: whole pages, no overlap, and only complete
 * mappings can be unmapped.
 */
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>

#include "shm_util.h"
#include "sl_iommu.h"

#define PAGE 4096u
#define PAGES 64u
#define BASE 0x100000u
#define MAX_MAPS 256u

/* Memory and device addresses have the same offsets within pages. */
#define VA(off) ((void *)(uintptr_t)(0x7f0000000000u + (off)))

struct fake {
	struct sl_iommu m;
	struct {
		uint64_t iova, len, va;
		enum sl_dma_dir dir;
	} map[MAX_MAPS];
	unsigned int nb_maps;
	int fail_map; /* index of the next map call that fails; -1: none */
	unsigned int fail_unmaps;
};

static int
fake_map(void *ctx, void *va, uint64_t iova, uint64_t len, enum sl_dma_dir dir)
{
	struct fake *f = ctx;
	unsigned int i;

	assert_true(len > 0);
	assert_int_equal((iova | len | (uintptr_t)va) % PAGE, 0);
	assert_in_range(dir, 1, 3);
	if (f->fail_map-- == 0)
		return -ENOMEM;
	for (i = 0; i < f->nb_maps; i++)
		assert_true(f->map[i].iova + f->map[i].len <= iova || iova + len <= f->map[i].iova);
	assert_true(f->nb_maps < MAX_MAPS);
	f->map[f->nb_maps].iova = iova;
	f->map[f->nb_maps].len = len;
	f->map[f->nb_maps].va = (uintptr_t)va;
	f->map[f->nb_maps++].dir = dir;
	return 0;
}

static int
fake_unmap(void *ctx, uint64_t iova, uint64_t len)
{
	struct fake *f = ctx;
	unsigned int i;

	if (f->fail_unmaps > 0) {
		f->fail_unmaps--;
		return -EIO;
	}
	for (i = 0; i < f->nb_maps && f->map[i].iova != iova; i++)
		;
	assert_true(i < f->nb_maps);
	assert_int_equal(f->map[i].len, len);
	f->map[i] = f->map[--f->nb_maps];
	return 0;
}

static const struct sl_iommu_io fake_io = {fake_map, fake_unmap};

static int
setup(void **state)
{
	struct fake *f = calloc(1, sizeof(*f));

	assert_non_null(f);
	f->m = (struct sl_iommu){.io = &fake_io, .ctx = f, .page = PAGE};
	f->fail_map = -1;
	*state = f;
	return 0;
}

static int
teardown(void **state)
{
	struct fake *f = *state;
	struct sl_window_usage u;

	sl_iommu_usage(&f->m, &u);
	assert_int_equal(u.bytes, 0);
	assert_int_equal(u.maps, 0);
	assert_int_equal(f->nb_maps, 0);
	assert_int_equal(f->m.nb_claims, 0);
	sl_iommu_fini(&f->m);
	free(f);
	return 0;
}

/* Directions that the device may use on the page at an offset. */
static unsigned int
may(const struct fake *f, uint64_t off)
{
	unsigned int i;

	for (i = 0; i < f->nb_maps; i++)
		if (BASE + off - f->map[i].iova < f->map[i].len) {
			assert_int_equal(f->map[i].iova - f->map[i].va, BASE - (uintptr_t)VA(0));
			return f->map[i].dir;
		}
	return 0;
}

static int
map(struct fake *f, uint64_t off, size_t len, enum sl_dma_dir dir)
{
	return sl_iommu_map(&f->m, VA(off), BASE + off, len, dir);
}

static int
unmap(struct fake *f, uint64_t off, size_t len)
{
	return sl_iommu_unmap(&f->m, BASE + off, len);
}

static void
test_parts(void **state)
{
	static const struct {
		uint64_t off;
		size_t len;
		unsigned int maps, pages;
	} cases[] = {
		{0, PAGE, 1, 1},
		{0, 4 * PAGE, 1, 4},
		{100, 50, 1, 1},
		{0, 50, 1, 1},
		{100, PAGE - 100, 1, 1},
		{100, PAGE, 2, 2},
		{100, 3 * PAGE, 3, 4},
		{100, 3 * PAGE - 100, 2, 3},
		{0, 2 * PAGE + 1, 2, 3},
		{PAGE - 1, 2, 2, 2},
	};
	struct fake *f = *state;
	struct sl_window_usage u;
	unsigned int i;

	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		assert_int_equal(map(f, cases[i].off, cases[i].len, SL_DMA_TO_DEVICE), 0);
		sl_iommu_usage(&f->m, &u);
		assert_int_equal(u.maps, cases[i].maps);
		assert_int_equal(u.bytes, cases[i].pages * PAGE);
		assert_int_equal(unmap(f, cases[i].off, cases[i].len), 0);
		assert_int_equal(f->nb_maps, 0);
	}
}

/* Whole pages have the range's direction. Pages at the edges have both. */
static void
test_directions(void **state)
{
	struct fake *f = *state;

	assert_int_equal(map(f, 100, 3 * PAGE, SL_DMA_TO_DEVICE), 0);
	assert_int_equal(map(f, 3 * PAGE + 100, 3 * PAGE, SL_DMA_FROM_DEVICE), 0);
	assert_int_equal(may(f, 0), SL_DMA_BIDIRECTIONAL);
	assert_int_equal(may(f, PAGE), SL_DMA_TO_DEVICE);
	assert_int_equal(may(f, 2 * PAGE), SL_DMA_TO_DEVICE);
	assert_int_equal(may(f, 3 * PAGE), SL_DMA_BIDIRECTIONAL);
	assert_int_equal(may(f, 4 * PAGE), SL_DMA_FROM_DEVICE);
	assert_int_equal(may(f, 6 * PAGE), SL_DMA_BIDIRECTIONAL);
	/* The shared page stays mapped until both ranges are unmapped. */
	assert_int_equal(unmap(f, 100, 3 * PAGE), 0);
	assert_int_equal(may(f, 0), 0);
	assert_int_equal(may(f, 2 * PAGE), 0);
	assert_int_equal(may(f, 3 * PAGE), SL_DMA_BIDIRECTIONAL);
	assert_int_equal(unmap(f, 3 * PAGE + 100, 3 * PAGE), 0);
}

static void
test_refusals(void **state)
{
	struct fake *f = *state;

	assert_int_equal(sl_iommu_map(&f->m, VA(1), BASE, 10, 3), -EINVAL);
	assert_int_equal(sl_iommu_map(&f->m, VA(0), BASE, 0, 3), -EINVAL);
	assert_int_equal(sl_iommu_map(&f->m, VA(0), UINT64_MAX - PAGE + 1, PAGE, 3), -EINVAL);
	assert_int_equal(
		sl_iommu_map(&f->m, VA(0), UINT64_MAX - 8 * PAGE + 1, SIZE_MAX, 3), -EINVAL);
	/* The page is already mapped to other memory. */
	assert_int_equal(map(f, 100, 100, SL_DMA_TO_DEVICE), 0);
	assert_int_equal(sl_iommu_map(&f->m, VA(PAGE + 300), BASE + 300, 100, 3), -EEXIST);
	/* The range of another port overlaps, and is mapped for reading only. */
	assert_int_equal(map(f, 8 * PAGE, 4 * PAGE, SL_DMA_TO_DEVICE), 0);
	assert_int_equal(map(f, 7 * PAGE, 3 * PAGE, SL_DMA_BIDIRECTIONAL), -EBUSY);
	assert_int_equal(may(f, 7 * PAGE), 0);
	assert_int_equal(map(f, 7 * PAGE, 3 * PAGE, SL_DMA_TO_DEVICE), 0);
	assert_int_equal(unmap(f, 8 * PAGE, 4 * PAGE), 0);
	/* Pages that the other range needs stay, in the same mappings. */
	assert_int_equal(may(f, 8 * PAGE), SL_DMA_TO_DEVICE);
	assert_int_equal(unmap(f, 7 * PAGE, 3 * PAGE), 0);
	assert_int_equal(unmap(f, 100, 100), 0);
	assert_int_equal(unmap(f, 100, 100), 0);
}

/* Two ports of one group map the same range. */
static void
test_twice(void **state)
{
	struct fake *f = *state;

	assert_int_equal(map(f, 100, 3 * PAGE, SL_DMA_BIDIRECTIONAL), 0);
	assert_int_equal(map(f, 100, 3 * PAGE, SL_DMA_TO_DEVICE), 0);
	assert_int_equal(f->nb_maps, 3);
	assert_int_equal(unmap(f, 100, 3 * PAGE), 0);
	assert_int_equal(f->nb_maps, 3);
	assert_int_equal(unmap(f, 100, 3 * PAGE), 0);
}

static void
test_failures(void **state)
{
	struct fake *f = *state;
	int i;

	for (i = 0; i < 3; i++) {
		f->fail_map = i;
		assert_int_equal(map(f, 100, 3 * PAGE, SL_DMA_TO_DEVICE), -ENOMEM);
		assert_int_equal(f->nb_maps, 0);
	}
	/* A mapping that the rollback cannot unmap can be unmapped later. */
	f->fail_map = 2;
	f->fail_unmaps = 1;
	assert_int_equal(map(f, 100, 3 * PAGE, SL_DMA_TO_DEVICE), -ENOTRECOVERABLE);
	assert_int_equal(f->nb_maps, 1);
	f->fail_unmaps = 1;
	assert_int_equal(unmap(f, 100, 3 * PAGE), -EIO);
	assert_int_equal(unmap(f, 100, 3 * PAGE), 0);
	assert_int_equal(f->nb_maps, 0);
	/* If an unmap is repeated, pages that were already released are not released twice. */
	assert_int_equal(map(f, 100, 3 * PAGE, SL_DMA_TO_DEVICE), 0);
	assert_int_equal(map(f, 100 + 3 * PAGE, 100, SL_DMA_TO_DEVICE), 0);
	f->fail_unmaps = 1;
	assert_int_equal(unmap(f, 100, 3 * PAGE), -EIO);
	assert_int_equal(unmap(f, 100, 3 * PAGE), 0);
	assert_int_equal(may(f, 3 * PAGE), SL_DMA_BIDIRECTIONAL);
	assert_int_equal(unmap(f, 100 + 3 * PAGE, 100), 0);
}

/*
 * Ranges of one adapter, which do not overlap. A page is reachable exactly if a range has a byte on
 * it. A page that lies completely in a range has only that range's direction.
 */
static void
test_random(void **state)
{
	struct fake *f = *state;
	uint64_t rng = rng_seed(0);
	struct {
		uint64_t off;
		size_t len;
		unsigned int dir;
	} r[16] = {{0}};
	unsigned int i, k, p;

	for (i = 0; i < 20000; i++) {
		k = rng_next(&rng) % 16;
		if (r[k].len != 0) {
			f->fail_unmaps = rng_next(&rng) % 8 == 0;
			while (unmap(f, r[k].off, r[k].len) != 0)
				f->fail_unmaps = 0;
			f->fail_unmaps = 0;
			r[k].len = 0;
		} else {
			uint64_t off = rng_next(&rng) % (PAGES * PAGE);
			size_t len = 1 + rng_next(&rng) % (5 * PAGE);
			unsigned int dir = 1 + rng_next(&rng) % 3;
			bool room = off + len <= PAGES * PAGE;

			if (rng_next(&rng) % 4 == 0) {
				off &= ~(uint64_t)(PAGE - 1);
				room = off + len <= PAGES * PAGE;
			}
			for (p = 0; p < 16; p++)
				if (r[p].len != 0 && r[p].off < off + len &&
					off < r[p].off + r[p].len)
					room = false;
			if (!room)
				continue;
			f->fail_map = rng_next(&rng) % 8 == 0 ? (int)(rng_next(&rng) % 3) : -1;
			if (map(f, off, len, (enum sl_dma_dir)dir) == 0) {
				r[k].off = off;
				r[k].len = len;
				r[k].dir = dir;
			}
			f->fail_map = -1;
		}
		for (p = 0; p < PAGES; p++) {
			unsigned int want = 0, touched = 0;

			for (k = 0; k < 16; k++) {
				if (r[k].len == 0 || r[k].off >= (p + 1) * (uint64_t)PAGE ||
					r[k].off + r[k].len <= p * (uint64_t)PAGE)
					continue;
				touched++;
				want = r[k].off <= p * (uint64_t)PAGE &&
						r[k].off + r[k].len >= (p + 1) * (uint64_t)PAGE ?
					r[k].dir :
					SL_DMA_BIDIRECTIONAL;
			}
			if (touched > 1)
				want = SL_DMA_BIDIRECTIONAL;
			assert_int_equal(may(f, p * (uint64_t)PAGE), want);
		}
	}
	for (k = 0; k < 16; k++)
		if (r[k].len != 0)
			assert_int_equal(unmap(f, r[k].off, r[k].len), 0);
}

/* Ranges of several ports. Each page of a range is mapped, and each mapping belongs to a range. */
static void
test_shared(void **state)
{
	struct fake *f = *state;
	uint64_t rng = rng_seed(0);
	struct {
		uint64_t off;
		size_t len;
	} r[16] = {{0}};
	unsigned int i, k, p;

	for (i = 0; i < 3000; i++) {
		k = rng_next(&rng) % 16;
		if (r[k].len != 0) {
			assert_int_equal(unmap(f, r[k].off, r[k].len), 0);
			r[k].len = 0;
		} else {
			r[k].off = rng_next(&rng) % (PAGES * PAGE / 2);
			r[k].len = 1 + rng_next(&rng) % (12 * PAGE);
			assert_int_equal(map(f, r[k].off, r[k].len, SL_DMA_BIDIRECTIONAL), 0);
		}
		for (k = 0; k < 16; k++)
			for (p = r[k].off / PAGE; r[k].len != 0 && p * PAGE < r[k].off + r[k].len;
				p++)
				assert_int_equal(may(f, p * PAGE), SL_DMA_BIDIRECTIONAL);
		for (p = 0; p < f->nb_maps; p++) {
			const uint64_t off = f->map[p].iova - BASE;
			bool wanted = false;

			for (k = 0; k < 16; k++)
				wanted |= r[k].len != 0 &&
					r[k].off / PAGE * PAGE < off + f->map[p].len &&
					off < r[k].off + r[k].len;
			assert_true(wanted);
		}
	}
	for (k = 0; k < 16; k++)
		if (r[k].len != 0)
			assert_int_equal(unmap(f, r[k].off, r[k].len), 0);
}

/* After the end, the state is as new. */
static void
test_fini(void **state)
{
	struct fake *f = *state;
	uint8_t new[sizeof(f->m)];

	memcpy(new, &f->m, sizeof(new));
	assert_int_equal(map(f, 100, 100, SL_DMA_TO_DEVICE), 0);
	f->nb_maps = 0;
	sl_iommu_fini(&f->m);
	assert_memory_equal(&f->m, new, sizeof(new));
	assert_int_equal(map(f, 100, 100, SL_DMA_TO_DEVICE), 0);
	assert_int_equal(unmap(f, 100, 100), 0);
}

#define WITH_FAKE(t) cmocka_unit_test_setup_teardown(t, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		WITH_FAKE(test_parts),
		WITH_FAKE(test_directions),
		WITH_FAKE(test_refusals),
		WITH_FAKE(test_twice),
		WITH_FAKE(test_failures),
		WITH_FAKE(test_random),
		WITH_FAKE(test_shared),
		WITH_FAKE(test_fini),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
