/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */

/*
 * A device's copies of host memory that is not contiguous here: pages that are contiguous only for
 * the device, and pages that are accessed by messages.
 */

#include <errno.h>
#include <malloc.h>
#include <string.h>

#include "shm_util.h"

#define PAGE 4096u
#define PAGES 8u
/* Pages 0 to 7 of the device, in this order. Page 3 is accessed only by messages. */
#define BASE UINT64_C(0x100000)
#define BY_MESSAGE 3u

struct host {
	uint8_t mem[PAGES][PAGE];
	uint64_t gen;
	uint32_t dir; /* direction of all pages */
	uint64_t base;
	unsigned int reads, writes;
	bool broken; /* messages are not answered */
	struct sl_dma_host host;
	struct sl_dma *dma;
};

/* Host memory of a device page. Adjacent device pages are not adjacent in host memory. */
static uint8_t *
page_of(struct host *h, unsigned int page)
{
	return h->mem[page * 3 % PAGES];
}

static bool
find(void *ctx, uint64_t iova, struct sl_dma_piece *piece)
{
	struct host *h = ctx;
	uint64_t page = (iova - h->base) / PAGE;

	if (page >= PAGES)
		return false;
	*piece = (struct sl_dma_piece){.iova = h->base + page * PAGE,
		.len = PAGE,
		.va = page == BY_MESSAGE ? NULL : page_of(h, (unsigned int)page),
		.dir = h->dir};
	return true;
}

static int
host_read(void *ctx, uint64_t iova, void *to, size_t len)
{
	struct host *h = ctx;

	h->reads++;
	memcpy(to, page_of(h, BY_MESSAGE) + (iova - h->base) % PAGE, len);
	return h->broken ? -EIO : 0;
}

static int
host_write(void *ctx, uint64_t iova, const void *from, size_t len)
{
	struct host *h = ctx;

	h->writes++;
	if (!h->broken)
		memcpy(page_of(h, BY_MESSAGE) + (iova - h->base) % PAGE, from, len);
	return h->broken ? -EIO : 0;
}

static int
setup(void **state)
{
	static struct host h;
	unsigned int page, i;

	h = (struct host){.gen = 1, .dir = SL_DMA_BIDIRECTIONAL, .base = BASE};
	for (page = 0; page < PAGES; page++) {
		for (i = 0; i < PAGE; i++)
			page_of(&h, page)[i] = (uint8_t)(page * 31 + i * 7);
	}
	h.host = (struct sl_dma_host){&h, &h.gen, find, host_read, host_write};
	h.dma = sl_dma_open_host(&h.host);
	assert_non_null(h.dma);
	sl_dma_begin(h.dma);
	*state = &h;
	return 0;
}

static int
teardown(void **state)
{
	struct host *h = *state;

	sl_dma_end(h->dma);
	sl_dma_close(h->dma);
	return 0;
}

/* A byte of host memory, by device address. */
static uint8_t
byte_at(struct host *h, uint64_t iova)
{
	return page_of(h, (unsigned int)((iova - h->base) / PAGE))[(iova - h->base) % PAGE];
}

static void
test_in_place(void **state)
{
	struct host *h = *state;

	assert_ptr_equal(
		sl_dma_translate(h->dma, BASE + 16, 64, SL_DMA_TO_DEVICE), page_of(h, 0) + 16);
	assert_ptr_equal(
		sl_dma_translate(h->dma, BASE + PAGE, PAGE, SL_DMA_FROM_DEVICE), page_of(h, 1));
	assert_int_equal(h->reads + h->writes, 0);
}

/* Each range within the four pages around the one that is accessed by messages. */
static void
test_read(void **state)
{
	struct host *h = *state;
	uint64_t iova;
	size_t len, i;

	for (iova = BASE + PAGE; iova < BASE + 4 * PAGE; iova += 997) {
		for (len = 1; len < 3 * PAGE; len += 1021) {
			const uint8_t *p = sl_dma_translate(h->dma, iova, len, SL_DMA_TO_DEVICE);

			assert_non_null(p);
			for (i = 0; i < len; i++)
				assert_int_equal(p[i], byte_at(h, iova + i));
			sl_dma_release(h->dma);
		}
	}
	assert_true(h->reads != 0);
}

/*
 * Written data reaches host memory at the flush, in order. Bytes next to the range do not change.
 */
static void
test_write(void **state)
{
	const uint64_t iova = BASE + 2 * PAGE + 100;
	const size_t len = 2 * PAGE;
	struct host *h = *state;
	uint8_t before = byte_at(h, iova - 1), behind = byte_at(h, iova + len);
	uint8_t *p = sl_dma_translate(h->dma, iova, len, SL_DMA_FROM_DEVICE), *again;
	size_t i;

	assert_non_null(p);
	memset(p, 0x11, len);
	again = sl_dma_translate(h->dma, iova + PAGE, len - PAGE, SL_DMA_FROM_DEVICE);
	assert_non_null(again);
	memset(again, 0x22, len - PAGE);
	assert_int_equal(h->writes, 0);
	sl_dma_flush(h->dma);
	for (i = 0; i < len; i++)
		assert_int_equal(byte_at(h, iova + i), i < PAGE ? 0x11 : 0x22);
	assert_int_equal(byte_at(h, iova - 1), before);
	assert_int_equal(byte_at(h, iova + len), behind);
	/* A second flush writes nothing. */
	i = h->writes;
	sl_dma_flush(h->dma);
	assert_int_equal(h->writes, i);
}

static void
test_refused(void **state)
{
	struct host *h = *state;
	const uint64_t end = BASE + PAGES * PAGE;

	assert_null(sl_dma_translate(h->dma, end - 8, 16, SL_DMA_TO_DEVICE));
	assert_null(sl_dma_translate(h->dma, BASE - 8, 16, SL_DMA_FROM_DEVICE));
	assert_null(sl_dma_translate(h->dma, BASE + PAGE - 8, 16, SL_DMA_BIDIRECTIONAL));
	h->dir = SL_DMA_TO_DEVICE;
	assert_null(sl_dma_translate(h->dma, BASE + PAGE - 8, 16, SL_DMA_FROM_DEVICE));
	/* A range does not wrap around at the end of the address space. */
	h->base = UINT64_C(0) - 4 * PAGE;
	h->gen++;
	assert_null(sl_dma_translate(h->dma, UINT64_MAX - 7, 16, SL_DMA_TO_DEVICE));
	assert_int_equal(h->dma->faults, 5);
}

static void
test_broken(void **state)
{
	const uint64_t iova = BASE + BY_MESSAGE * PAGE;
	struct host *h = *state;
	void *p;

	h->broken = true;
	assert_null(sl_dma_translate(h->dma, iova, 64, SL_DMA_TO_DEVICE));
	p = sl_dma_translate(h->dma, iova, 64, SL_DMA_FROM_DEVICE);
	assert_non_null(p);
	memset(p, 0, 64);
	assert_int_equal(h->dma->faults, 1);
	sl_dma_flush(h->dma);
	assert_int_equal(h->dma->faults, 2);
}

/* Each queue in turn may use the whole limit of a batch, 64 MiB, if it releases its copies. */
static void
test_released(void **state)
{
	struct host *h = *state;
	unsigned int queue, i;

	for (queue = 0; queue < 8; queue++) {
		for (i = 0; i < 256; i++)
			assert_non_null(sl_dma_translate(
				h->dma, BASE + 1, PAGES * PAGE - 1, SL_DMA_TO_DEVICE));
		sl_dma_release(h->dma);
	}
}

/* The memory for copies is limited. A device that uses all of it gets a DMA fault. */
static void
test_limited(void **state)
{
	struct host *h = *state;
	unsigned int i;

	for (i = 0; i < 100000; i++) {
		if (sl_dma_translate(h->dma, BASE + 1, PAGES * PAGE - 1, SL_DMA_TO_DEVICE) == NULL)
			break;
	}
	assert_in_range(i, 512, 4096);
	assert_int_equal(h->dma->faults, 1);
}

/* Allocated bytes. With AddressSanitizer this is 0; it finds leaks itself. */
static size_t
heap_used(void)
{
	const struct mallinfo2 m = mallinfo2();

	return m.uordblks + m.hblkhd;
}

/* A closed device leaves no copies. The C library sometimes keeps memory. */
static void
test_nothing_stays(void **state)
{
	const unsigned int rounds = 50;
	struct host *h = *state;
	size_t before = 0;
	unsigned int i;

	for (i = 0; i < 2 * rounds; i++) {
		struct sl_dma *dma = sl_dma_open_host(&h->host);

		if (i == rounds)
			before = heap_used();
		assert_non_null(dma);
		sl_dma_begin(dma);
		assert_non_null(sl_dma_translate(dma, BASE, 2 * PAGE, SL_DMA_TO_DEVICE));
		assert_non_null(sl_dma_translate(dma, BASE, 2 * PAGE, SL_DMA_FROM_DEVICE));
		sl_dma_end(dma);
		sl_dma_close(dma);
	}
	assert_true(heap_used() < before + (size_t)rounds * 64);
}

#define host_test(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		host_test(test_in_place),
		host_test(test_read),
		host_test(test_write),
		host_test(test_refused),
		host_test(test_broken),
		host_test(test_released),
		host_test(test_limited),
		host_test(test_nothing_stays),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
