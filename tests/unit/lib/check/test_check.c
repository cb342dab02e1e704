/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */

/*
 * Tests of the checker with the library only. Each injected mistake gives its own finding. A
 * correct driver gives none, for any seed and line size.
 */
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

/* This file uses ranges outside of regions on purpose. */
#undef SL_SYNC_DEBUG
#define SL_SYNC_DEBUG 0
#include "shm_util.h"

#include "sl_check.h"

SHM_MISTAKES_ON_PURPOSE

#define C SL_COHERENCY_CHECKED
#define DESC 16u

/** An adapter in checked mode, a ring and a buffer in its window, and a device. */
struct lab {
	struct shm_fixture f;
	struct sl_check *check;
	const struct sl_sync *s;
	struct sl_dma *dma;
	struct sl_region ring; /* read and written by the NIC */
	uint8_t *buf;	       /* 4096 bytes, both directions; its IOVA is its address */
	uint32_t line;
	unsigned int told; /* number of messages that begin with "checker: " */
};

static void
log_drop(void *ctx, int level, const char *msg)
{
	struct lab *l = ctx;

	if (level <= 3)
		shm_log_cb(&l->f.log, level, msg);
	l->told += strncmp(msg, "checker: ", strlen("checker: ")) == 0 && level <= 3;
}

static void
lab_open(struct lab *l, const struct sl_check_params *params)
{
	struct sl_check_params cp = *params;
	struct sl_adapter_params ap;
	struct sl_region_params rp = shm_region("ring", 4096);

	memset(l, 0, sizeof(*l));
	cp.log = log_drop;
	cp.log_ctx = l;
	assert_int_equal(sl_check_create(&cp, &l->check), 0);
	ap = shm_params(&l->f);
	ap.coherency = C;
	ap.checker = sl_check_seam(l->check);
	assert_int_equal(sl_adapter_open(&ap, &l->f.a), 0);
	l->s = sl_adapter_sync(l->f.a);
	l->line = l->s->line;
	l->dma = sl_dma_open(l->f.a);
	assert_non_null(l->dma);
	rp.usage = SL_USAGE_RX_RING;
	rp.queue = 3;
	rp.desc_len = DESC;
	assert_int_equal(sl_region_alloc(l->f.a, &rp, &l->ring), 0);
	l->buf = aligned_alloc(4096, 4096);
	assert_non_null(l->buf);
	memset(l->buf, 0xa5, 4096);
	assert_int_equal(sl_buffer_map(l->f.a, "buffer", l->buf, (uintptr_t)l->buf, 4096,
				 SL_DMA_BIDIRECTIONAL),
		0);
}

/* Release all memory first, as a driver does at stop. */
static void
lab_close(struct lab *l)
{
	sl_release(l->s, C, l->buf, 4096);
	assert_int_equal(sl_buffer_unmap(l->f.a, l->buf, (uintptr_t)l->buf, 4096), 0);
	if (l->ring.va != NULL) {
		sl_release(l->s, C, l->ring.va, l->ring.len);
		assert_int_equal(sl_region_free(l->f.a, &l->ring), 0);
	}
	sl_dma_close(l->dma);
	assert_int_equal(sl_adapter_close(l->f.a), 0);
	assert_int_equal(sl_check_destroy(l->check), 0);
	free(l->buf);
}

/* Without adversary, so that findings do not depend on chance. */
static int
setup(void **state)
{
	struct lab *l = malloc(sizeof(*l));

	assert_non_null(l);
	lab_open(l,
		&(struct sl_check_params){
			.seed = 1, .evict = SL_CHECK_NEVER, .refill = SL_CHECK_NEVER});
	*state = l;
	return 0;
}

static int
teardown(void **state)
{
	lab_close(*state);
	free(*state);
	return 0;
}

static void
dev_read(struct lab *l, uint64_t iova, void *to, size_t n, uint32_t desc)
{
	const void *p;

	sl_dma_begin(l->dma);
	p = sl_dma_translate(l->dma, iova, n, SL_DMA_TO_DEVICE);
	sl_dma_note(l->dma, &(struct sl_sync_access){false, p, iova, n, 3, desc});
	if (p != NULL)
		memcpy(to, p, n);
	sl_dma_end(l->dma);
}

static void
dev_write(struct lab *l, uint64_t iova, const void *from, size_t n, uint32_t desc)
{
	void *p;

	sl_dma_begin(l->dma);
	p = sl_dma_translate(l->dma, iova, n, SL_DMA_FROM_DEVICE);
	sl_dma_note(l->dma, &(struct sl_sync_access){true, p, iova, n, 3, desc});
	if (p != NULL)
		memcpy(p, from, n);
	sl_dma_end(l->dma);
}

/* Fails unless exactly these classes were found, once each. Clears the findings. */
static void
expect(struct lab *l, unsigned int n, const enum sl_check_class *want)
{
	struct sl_check_finding f[SL_CHECK_FINDINGS];
	struct sl_check_stats s;
	unsigned int i;

	sl_check_stats(l->check, &s);
	if (s.distinct != n)
		sl_check_dump(l->check, stderr);
	assert_int_equal(sl_check_findings(l->check, f, SL_CHECK_FINDINGS), n);
	for (i = 0; i < n; i++)
		assert_string_equal(sl_check_class_name(f[i].kind), sl_check_class_name(want[i]));
	sl_check_forget(l->check);
}

#define EXPECT(l, ...) \
	expect((l), sizeof((enum sl_check_class[]){__VA_ARGS__}) / sizeof(enum sl_check_class), \
		(enum sl_check_class[]){__VA_ARGS__})
#define EXPECT_NOTHING(l) expect((l), 0, NULL)

static const uint8_t news[4096] = {[0 ... 4095] = 0x77};

/* --- a correct driver --- */

static void
test_transfers(void **state)
{
	struct lab *l = *state;
	uint64_t at = (uintptr_t)l->buf;
	uint8_t got[300];

	memset(l->buf + 5, 0x11, 300);
	sl_flush(l->s, C, l->buf + 5, 300);
	sl_doorbell_barrier(l->s, C);
	dev_read(l, at + 5, got, 300, 0);
	assert_memory_equal(got, l->buf + 5, 300);

	sl_prepare(l->s, C, l->buf, 1024);
	sl_doorbell_barrier(l->s, C);
	dev_write(l, at, news, 300, 0);
	assert_int_equal(l->buf[0], 0xa5);
	sl_update(l->s, C, l->buf, 300);
	assert_memory_equal(l->buf, news, 300);
	/* The update takes back the whole buffer, so its end may also be written and sent. */
	memset(l->buf + 512, 0x22, 256);
	sl_flush(l->s, C, l->buf, 1024);
	sl_doorbell_barrier(l->s, C);
	dev_read(l, at + 512, got, 256, 0);
	assert_int_equal(got[255], 0x22);
	EXPECT_NOTHING(l);
}

/* An update of the end of a buffer takes back only its lines. The NIC keeps those before. */
static void
test_update_of_a_part(void **state)
{
	struct lab *l = *state;

	sl_prepare(l->s, C, l->buf, 1024);
	sl_doorbell_barrier(l->s, C);
	dev_write(l, (uintptr_t)l->buf + 512, news, 512, 0);
	sl_update(l->s, C, l->buf + 512, 512);
	dev_write(l, (uintptr_t)l->buf, news, 256, 0);
	EXPECT_NOTHING(l);
	dev_write(l, (uintptr_t)l->buf + 512, news, 512, 0);
	EXPECT(l, SL_CHECK_NOT_HANDED);
}

/* Memory that is mapped again at the same address has no old state. */
static void
test_mapped_again(void **state)
{
	struct lab *l = *state;
	uint64_t iova = (uintptr_t)l->buf;

	assert_int_equal(sl_buffer_unmap(l->f.a, l->buf, iova, 4096), 0);
	assert_int_equal(
		sl_buffer_map(l->f.a, "again", l->buf, iova, 4096, SL_DMA_BIDIRECTIONAL), 0);
	sl_flush(l->s, C, l->buf, 64);
	sl_doorbell_barrier(l->s, C);
	/* A DMA error: the NIC reads nothing and is done with the buffer. */
	sl_dma_note(l->dma, &(struct sl_sync_access){false, NULL, iova, 64, 3, 0});
	l->buf[0] = 1;
	sl_flush(l->s, C, l->buf, 64);
	EXPECT_NOTHING(l);
}

/* A frame of which the CPU read only the header may be forwarded, because the rest is in memory. */
static void
test_forward_unread(void **state)
{
	struct lab *l = *state;
	uint8_t got[512];

	sl_prepare(l->s, C, l->buf, 512);
	sl_doorbell_barrier(l->s, C);
	dev_write(l, (uintptr_t)l->buf, news, 512, 0);
	sl_update(l->s, C, l->buf, 64);
	sl_flush(l->s, C, l->buf, 512);
	sl_doorbell_barrier(l->s, C);
	dev_read(l, (uintptr_t)l->buf, got, 512, 0);
	assert_memory_equal(got, news, 512);
	EXPECT_NOTHING(l);
}

static void
test_ring(void **state)
{
	struct lab *l = *state;
	uint8_t *d = l->ring.va, got[64];
	unsigned int lap, i;

	for (lap = 0; lap < 3; lap++) {
		memset(d, (int)(lap + 1), 64);
		sl_flush(l->s, C, d, 64);
		sl_doorbell_barrier(l->s, C);
		dev_read(l, l->ring.iova, got, 64, 0);
		for (i = 0; i < 4; i++) {
			sl_update(l->s, C, d, 64);
			assert_int_equal(d[i * DESC], lap + 1);
			dev_write(l, l->ring.iova + i * DESC, news, DESC, i);
			assert_int_equal(d[i * DESC], lap + 1);
			sl_update(l->s, C, d, 64);
			assert_int_equal(d[i * DESC], 0x77);
		}
	}
	/* If the NIC writes a line back unchanged, it is still consumed. */
	memset(d, 0x77, 64);
	sl_flush(l->s, C, d, 64);
	sl_doorbell_barrier(l->s, C);
	dev_write(l, l->ring.iova, news, 64, 0);
	sl_update(l->s, C, d, 64);
	sl_flush(l->s, C, d, 64);
	EXPECT_NOTHING(l);
}

/* --- each mistake --- */

static void
test_missing_sync(void **state)
{
	struct lab *l = *state;
	struct sl_check_finding f;
	uint8_t got[100];

	memset(l->buf + 640, 1, 100);
	sl_doorbell_barrier(l->s, C);
	dev_read(l, (uintptr_t)l->buf + 640, got, 100, 9);
	assert_int_equal(got[0], 0);
	assert_int_equal(sl_check_findings(l->check, &f, 1), 1);
	assert_string_equal(f.memory, "buffer");
	assert_string_equal(f.rule, "T1");
	assert_int_equal(f.offset, 640);
	assert_int_equal(f.queue, 3);
	assert_int_equal(f.desc, 9);
	assert_int_equal(f.count, 2); /* several lines of one mistake are one finding */
	shm_log_has(&l->f.log, "missing_sync");
	EXPECT(l, SL_CHECK_MISSING_SYNC);
	/* Flushed once, read by the NIC, written again. */
	sl_flush(l->s, C, l->buf, 64);
	sl_doorbell_barrier(l->s, C);
	dev_read(l, (uintptr_t)l->buf, got, 64, 0);
	EXPECT_NOTHING(l);
	l->buf[7] = 0;
	sl_doorbell_barrier(l->s, C);
	dev_read(l, (uintptr_t)l->buf, got, 64, 0);
	assert_int_equal(got[7], 0xa5);
	EXPECT(l, SL_CHECK_MISSING_SYNC);
}

static void
test_late_sync(void **state)
{
	struct lab *l = *state;
	struct sl_check_finding f[2];
	uint8_t got[64];
	int line;

	sl_doorbell_barrier(l->s, C);
	dev_read(l, (uintptr_t)l->buf, got, 64, 0);
	line = __LINE__ + 1;
	sl_flush(l->s, C, l->buf, 64);
	assert_int_equal(sl_check_findings(l->check, f, 2), 2);
	assert_int_equal(f[1].line, line);
	assert_non_null(strstr(f[1].file, "test_check.c"));
	EXPECT(l, SL_CHECK_MISSING_SYNC, SL_CHECK_LATE_SYNC);
}

static void
test_no_barrier(void **state)
{
	struct lab *l = *state;
	uint8_t got[64];

	sl_flush(l->s, C, l->buf, 64);
	dev_read(l, (uintptr_t)l->buf, got, 64, 0);
	assert_int_equal(got[0], 0);
	EXPECT(l, SL_CHECK_NO_BARRIER);
	sl_prepare(l->s, C, l->buf + 512, 512);
	dev_write(l, (uintptr_t)l->buf + 512, news, 64, 0);
	EXPECT(l, SL_CHECK_NO_BARRIER);
	/* A line of the ring is already with the NIC. Only the new part is wrong. */
	memset(l->ring.va, 1, DESC);
	sl_flush(l->s, C, l->ring.va, DESC);
	sl_doorbell_barrier(l->s, C);
	memset((uint8_t *)l->ring.va + DESC, 2, DESC);
	sl_flush(l->s, C, (uint8_t *)l->ring.va + DESC, DESC);
	sl_check_forget(l->check);
	dev_read(l, l->ring.iova, got, DESC, 0);
	EXPECT_NOTHING(l);
	dev_read(l, l->ring.iova + DESC, got, DESC, 1);
	EXPECT(l, SL_CHECK_NO_BARRIER);
}

/* A barrier of one thread does not complete flushes of another. */
static void *
other_barrier(void *arg)
{
	struct lab *l = arg;

	sl_doorbell_barrier(l->s, C);
	return NULL;
}

static void
test_other_thread(void **state)
{
	struct lab *l = *state;
	pthread_t t;
	uint8_t got[64];

	sl_flush(l->s, C, l->buf, 64);
	assert_int_equal(pthread_create(&t, NULL, other_barrier, l), 0);
	pthread_join(t, NULL);
	dev_read(l, (uintptr_t)l->buf, got, 64, 0);
	EXPECT(l, SL_CHECK_NO_BARRIER);
}

static void
test_no_fence(void **state)
{
	struct lab *l = *state;

	sl_prepare(l->s, C, l->buf, 512);
	sl_doorbell_barrier(l->s, C);
	dev_write(l, (uintptr_t)l->buf, news, 64, 0);
	sl_update_nofence(l->s, C, l->buf, 64);
	assert_int_equal(l->buf[0], 0xa5);
	sl_flush(l->s, C, l->buf, 64);
	EXPECT(l, SL_CHECK_NO_FENCE);
	sl_update_fence(l->s, C);
	assert_int_equal(l->buf[0], 0x77);
}

static void
test_direction(void **state)
{
	struct lab *l = *state;
	struct sl_region_params p = shm_region("one way", 256);
	struct sl_region r;
	uint8_t got[64];

	sl_flush(l->s, C, l->buf, 64);
	sl_prepare(l->s, C, l->buf + 512, 512);
	sl_doorbell_barrier(l->s, C);
	dev_write(l, (uintptr_t)l->buf, news, 64, 0);
	EXPECT(l, SL_CHECK_DIRECTION);
	dev_read(l, (uintptr_t)l->buf + 512, got, 64, 0);
	EXPECT(l, SL_CHECK_DIRECTION);
	p.dir = SL_DMA_FROM_DEVICE;
	assert_int_equal(sl_region_alloc(l->f.a, &p, &r), 0);
	sl_flush(l->s, C, r.va, 64);
	EXPECT(l, SL_CHECK_DIRECTION);
	sl_release(l->s, C, r.va, 256);
	assert_int_equal(sl_region_free(l->f.a, &r), 0);
	/* Memory that the NIC may only read is neither prepared nor updated. */
	p.dir = SL_DMA_TO_DEVICE;
	assert_int_equal(sl_region_alloc(l->f.a, &p, &r), 0);
	sl_prepare(l->s, C, r.va, 64);
	EXPECT(l, SL_CHECK_DIRECTION);
	sl_update(l->s, C, r.va, 64);
	EXPECT(l, SL_CHECK_DIRECTION);
	sl_release(l->s, C, r.va, 256);
	assert_int_equal(sl_region_free(l->f.a, &r), 0);
}

static void
test_partial_line(void **state)
{
	struct lab *l = *state;
	uint8_t got[64], *two = aligned_alloc(64, 128);

	sl_prepare(l->s, C, l->buf + 16, 512);
	EXPECT(l, SL_CHECK_PARTIAL_LINE);
	sl_prepare(l->s, C, l->buf + 1024, 500);
	EXPECT(l, SL_CHECK_PARTIAL_LINE);
	/* A flush that does not include the end. */
	sl_flush(l->s, C, l->buf + 2048, 32);
	sl_doorbell_barrier(l->s, C);
	dev_read(l, (uintptr_t)l->buf + 2048, got, 60, 0);
	EXPECT(l, SL_CHECK_PARTIAL_LINE);
	/* Two mappings that share a line. */
	assert_non_null(two);
	assert_int_equal(
		sl_buffer_map(l->f.a, "left", two, (uintptr_t)two, 40, SL_DMA_FROM_DEVICE), 0);
	sl_prepare(l->s, C, two, 40);
	EXPECT(l, SL_CHECK_PARTIAL_LINE);
	sl_release(l->s, C, two, 40);
	assert_int_equal(sl_buffer_unmap(l->f.a, two, (uintptr_t)two, 40), 0);
	free(two);
}

static void
test_shared_line(void **state)
{
	struct lab *l = *state;
	struct sl_check_finding f;
	uint8_t *d = l->ring.va;

	sl_flush(l->s, C, d, 64);
	sl_doorbell_barrier(l->s, C);
	dev_write(l, l->ring.iova, news, 2 * DESC, 0);
	sl_update(l->s, C, d, 64);
	/* Two of four descriptors are consumed and posted again. */
	memset(d, 1, 2 * DESC);
	sl_flush(l->s, C, d + DESC, DESC);
	assert_int_equal(sl_check_findings(l->check, &f, 1), 1);
	assert_int_equal(f.queue, 3);
	assert_int_equal(f.desc, 1);
	EXPECT(l, SL_CHECK_SHARED_LINE);
	sl_flush(l->s, C, d, DESC);
	EXPECT(l, SL_CHECK_SHARED_LINE);
	/* The finding is also made when the NIC writes first. */
	sl_doorbell_barrier(l->s, C);
	d[0] = 9;
	dev_write(l, l->ring.iova + 2 * DESC, news, DESC, 2);
	EXPECT(l, SL_CHECK_CPU_WRITE);
	/* Two buffers in one line. */
	sl_prepare(l->s, C, l->buf, l->line / 2);
	sl_prepare(l->s, C, l->buf + l->line / 2, l->line / 2);
	sl_check_forget(l->check);
	sl_doorbell_barrier(l->s, C);
	sl_flush(l->s, C, l->buf, 8);
	EXPECT(l, SL_CHECK_SHARED_LINE);
	/* A line that is still to be sent is posted for receive. */
	sl_flush(l->s, C, l->buf + 1024, 64);
	sl_doorbell_barrier(l->s, C);
	sl_prepare(l->s, C, l->buf + 1024, 512);
	EXPECT(l, SL_CHECK_SHARED_LINE);
}

/* The NIC has written a line, and the CPU writes to a part of it before it has read the rest. */
static void
test_lost_write(void **state)
{
	struct lab *l = *state;
	struct sl_region_params p = shm_region("words", 256);
	uint8_t *d = l->ring.va, got[64];
	struct sl_region r;

	sl_flush(l->s, C, d, 64);
	sl_doorbell_barrier(l->s, C);
	dev_write(l, l->ring.iova, news, 64, 0);
	d[0] = 9;
	sl_flush(l->s, C, d, DESC);
	EXPECT(l, SL_CHECK_SHARED_LINE);
	sl_doorbell_barrier(l->s, C);
	dev_read(l, l->ring.iova, got, 64, 0);
	assert_int_equal(got[0], 9);
	assert_int_equal(got[DESC], 0);
	/* The CPU writes first and then updates, which loses its own write. */
	dev_write(l, l->ring.iova, news, 64, 0);
	d[1] = 9;
	sl_update(l->s, C, d, DESC);
	EXPECT(l, SL_CHECK_SHARED_LINE);
	/* The CPU rewrites each word, so no data of the NIC is needed. */
	sl_flush(l->s, C, d, 64);
	sl_doorbell_barrier(l->s, C);
	dev_write(l, l->ring.iova, news, 64, 0);
	memset(d, 0x44, 64);
	sl_flush(l->s, C, d, 64);
	EXPECT_NOTHING(l);
	/* Regions whose use is not named are checked too. */
	assert_int_equal(sl_region_alloc(l->f.a, &p, &r), 0);
	sl_flush(l->s, C, r.va, 64);
	sl_doorbell_barrier(l->s, C);
	dev_write(l, r.iova, news, DESC, 0);
	*((uint8_t *)r.va + DESC) = 1;
	EXPECT_NOTHING(l);
	sl_flush(l->s, C, (uint8_t *)r.va + DESC, DESC);
	EXPECT(l, SL_CHECK_SHARED_LINE);
	assert_int_equal(sl_region_free(l->f.a, &r), 0);
}

static void
test_cpu_write(void **state)
{
	struct lab *l = *state;
	uint8_t got[64];

	sl_prepare(l->s, C, l->buf, 1024);
	sl_doorbell_barrier(l->s, C);
	l->buf[70] = 1;
	dev_write(l, (uintptr_t)l->buf + 64, news, 64, 0);
	EXPECT(l, SL_CHECK_CPU_WRITE);
	l->buf[3] = 1;
	sl_update(l->s, C, l->buf, 64);
	EXPECT(l, SL_CHECK_CPU_WRITE);
	/* A write between the flush and the read by the NIC. */
	sl_flush(l->s, C, l->buf + 2048, 64);
	sl_doorbell_barrier(l->s, C);
	l->buf[2050] = 9;
	dev_read(l, (uintptr_t)l->buf + 2048, got, 64, 0);
	EXPECT(l, SL_CHECK_CPU_WRITE);
	/* A descriptor is overwritten and flushed before the NIC has read it. */
	sl_flush(l->s, C, l->buf + 2048, 64);
	sl_doorbell_barrier(l->s, C);
	l->buf[2051] = 9;
	sl_check_forget(l->check);
	sl_flush(l->s, C, l->buf + 2048, 64);
	EXPECT(l, SL_CHECK_CPU_WRITE);
}

static void
test_not_handed_over(void **state)
{
	struct lab *l = *state;
	uint8_t got[64];

	dev_write(l, (uintptr_t)l->buf, news, 64, 0);
	EXPECT(l, SL_CHECK_NOT_HANDED);
	/* The NIC reads the right zeroes, but from memory that was not flushed. */
	dev_read(l, l->ring.iova + 1024, got, DESC, 0);
	EXPECT(l, SL_CHECK_NOT_HANDED);
}

static void
test_stale_read(void **state)
{
	struct lab *l = *state;

	sl_prepare(l->s, C, l->buf, 512);
	sl_doorbell_barrier(l->s, C);
	dev_write(l, (uintptr_t)l->buf, news, 64, 0);
	sl_prepare(l->s, C, l->buf, 512);
	EXPECT(l, SL_CHECK_STALE_READ);
	sl_flush(l->s, C, l->buf, 64);
	EXPECT(l, SL_CHECK_STALE_READ);
	/* Released memory may stay unread. */
	sl_release(l->s, C, l->buf, 512);
	sl_prepare(l->s, C, l->buf, 512);
	EXPECT_NOTHING(l);
}

static void
test_use_after_free(void **state)
{
	struct lab *l = *state;
	struct sl_region r = l->ring;
	uint8_t got[DESC];

	sl_flush(l->s, C, r.va, 64);
	sl_doorbell_barrier(l->s, C);
	assert_int_equal(sl_region_free(l->f.a, &r), 0);
	l->ring.va = NULL;
	EXPECT(l, SL_CHECK_USE_AFTER_FREE);
	sl_flush(l->s, C, r.va, 64);
	EXPECT(l, SL_CHECK_USE_AFTER_FREE);
	dev_read(l, r.iova + DESC, got, DESC, 1);
	EXPECT(l, SL_CHECK_USE_AFTER_FREE);
}

/* Whichever line is still the NIC's, and only that one, it is found and told. */
static void
test_use_after_free_anywhere(void **state)
{
	struct lab *l = *state;
	const size_t len = 20480 + 5 * l->line;
	uint8_t *buf = aligned_alloc(4096, 24576);
	struct sl_check_finding f;
	size_t at;

	assert_non_null(buf);
	memset(buf, 0, len);
	for (at = 0; at < len; at += l->line) {
		assert_int_equal(sl_buffer_map(l->f.a, "long", buf, (uintptr_t)buf, len,
					 SL_DMA_BIDIRECTIONAL),
			0);
		sl_prepare(l->s, C, buf + at, l->line);
		if (at % (2 * l->line) == 0)
			sl_doorbell_barrier(l->s, C);
		assert_int_equal(sl_buffer_unmap(l->f.a, buf, (uintptr_t)buf, len), 0);
		assert_int_equal(sl_check_findings(l->check, &f, 1), 1);
		assert_int_equal(f.offset, at);
		EXPECT(l, SL_CHECK_USE_AFTER_FREE);
	}
	free(buf);
}

static void
test_outside(void **state)
{
	struct lab *l = *state;
	const char own[64] = "";

	sl_flush(l->s, C, own, sizeof(own));
	EXPECT(l, SL_CHECK_OUTSIDE);
	sl_update(l->s, C, l->buf + 4000, 97);
	EXPECT(l, SL_CHECK_OUTSIDE);
}

/* --- reports --- */

static void
test_history(void **state)
{
	struct lab *l = *state;
	struct sl_check_finding f;
	uint8_t got[64];
	unsigned int i;
	int line = 0;

	for (i = 0; i < 3; i++) {
		line = __LINE__ + 1;
		sl_flush(l->s, C, l->buf, 64);
		sl_doorbell_barrier(l->s, C);
		dev_read(l, (uintptr_t)l->buf, got, 64, 0);
	}
	sl_prepare(l->s, C, l->buf, 64);
	sl_doorbell_barrier(l->s, C);
	dev_read(l, (uintptr_t)l->buf, got, 64, 0);
	assert_int_equal(sl_check_findings(l->check, &f, 1), 1);
	assert_int_equal(f.events, 2);
	assert_string_equal(f.history[0].verb, "flush");
	assert_int_equal(f.history[0].line, line);
	assert_int_equal(f.history[0].repeats, 2);
	assert_string_equal(f.history[1].verb, "prepare");
	assert_true(f.history[0].ns <= f.history[1].ns && f.history[1].ns <= f.ns);
	assert_string_equal(f.owner, "NIC writes");
	assert_string_equal(f.verb, "device read");
	sl_check_forget(l->check);
}

/* A mistake in a loop is one finding with a count, also in the text report. */
static void
test_repeated(void **state)
{
	struct lab *l = *state;
	struct sl_check_finding f;
	struct sl_check_stats s;
	char *text = NULL;
	size_t len = 0;
	uint8_t got[64];
	unsigned int i;
	FILE *out;

	for (i = 0; i < 1000; i++)
		dev_read(l, (uintptr_t)l->buf + i % 4 * 64, got, 64, i);
	assert_int_equal(l->told, 1);
	sl_check_stats(l->check, &s);
	assert_int_equal(s.found, 1000);
	assert_int_equal(s.by_class[SL_CHECK_MISSING_SYNC], 1000);
	assert_int_equal(sl_check_findings(l->check, &f, 1), 1);
	assert_int_equal(f.count, 1000);
	out = open_memstream(&text, &len);
	assert_non_null(out);
	sl_check_dump(l->check, out);
	fclose(out);
	assert_non_null(strstr(text, "found 1000, distinct 1"));
	assert_non_null(strstr(text, "1000 x missing_sync (T1)"));
	free(text);
	/* The same mistake at another place is another finding. */
	l->buf[7] = 1;
	sl_flush(l->s, C, l->buf, 64);
	dev_read(l, (uintptr_t)l->buf, got, 64, 0);
	assert_int_equal(sl_check_findings(l->check, &f, 1), 3);
	sl_check_forget(l->check);
	assert_int_equal(sl_check_findings(l->check, &f, 1), 0);
}

/* More mistakes than entries: the rest is counted, and the log reports it once. */
static void
test_too_many(void **state)
{
	enum { BUFFERS = SL_CHECK_FINDINGS + 20 };
	struct lab *l = *state;
	struct sl_check_stats s;
	uint8_t *mem = aligned_alloc(64, BUFFERS * 64), got[64];
	unsigned int i;
	char name[16];

	assert_non_null(mem);
	memset(mem, 0, BUFFERS * 64);
	for (i = 0; i < BUFFERS; i++) {
		snprintf(name, sizeof(name), "b%u", i);
		assert_int_equal(sl_buffer_map(l->f.a, name, mem + i * 64, (uintptr_t)mem + i * 64,
					 64, SL_DMA_TO_DEVICE),
			0);
		dev_read(l, (uintptr_t)mem + i * 64, got, 64, 0);
	}
	sl_check_stats(l->check, &s);
	assert_int_equal(s.found, BUFFERS);
	assert_int_equal(s.distinct, SL_CHECK_FINDINGS);
	assert_int_equal(l->told, SL_CHECK_FINDINGS + 1);
	shm_log_has(&l->f.log, "128 findings told apart: what is new from here on is only counted");
	for (i = 0; i < BUFFERS; i++)
		assert_int_equal(
			sl_buffer_unmap(l->f.a, mem + i * 64, (uintptr_t)mem + i * 64, 64), 0);
	free(mem);
	sl_check_forget(l->check);
}

/* In debug builds a finding has a stack trace, starting at the function of the call. */
static void
test_stack(void **state)
{
	struct lab *l = *state;
	struct sl_check_finding f;
	const char own[64] = "";

	sl_flush(l->s, C, own, sizeof(own));
	assert_int_equal(sl_check_findings(l->check, &f, 1), 1);
#if defined(SL_CHECK_BACKTRACE)
	assert_in_range(f.frames, 2, SL_CHECK_FRAMES);
	/* The return address is in this function, which is shorter than 4096 bytes. */
	assert_in_range((uintptr_t)f.frame[0], (uintptr_t)test_stack, (uintptr_t)test_stack + 4096);
	shm_log_has(&l->f.log, "  #0 ");
#else
	assert_int_equal(f.frames, 0);
#endif
	sl_check_forget(l->check);
}

static void
test_policies(void **state)
{
	const struct rlimit no_core = {0, 0};
	struct sl_check_stats s;
	struct lab l;
	uint8_t got[64];
	int status = 0;
	pid_t pid;

	(void)state;
	lab_open(&l, &(struct sl_check_params){.policy = SL_CHECK_COUNT});
	dev_read(&l, (uintptr_t)l.buf, got, 64, 0);
	dev_read(&l, (uintptr_t)l.buf, got, 64, 0);
	sl_check_stats(l.check, &s);
	assert_int_equal(s.found, 2);
	assert_int_equal(s.distinct, 1);
	assert_int_equal(s.by_class[SL_CHECK_MISSING_SYNC], 2);
	assert_null(strstr(l.f.log.text, "checker"));
	lab_close(&l);

	lab_open(&l, &(struct sl_check_params){.policy = SL_CHECK_ABORT});
	pid = fork();
	if (pid == 0) {
		setrlimit(RLIMIT_CORE, &no_core);
		signal(SIGABRT, SIG_DFL);
		dev_read(&l, (uintptr_t)l.buf, got, 64, 0);
		_exit(0);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT);
	lab_close(&l);
}

static void
test_params(void **state)
{
	struct shm_log log = {0};
	struct sl_check_params p = {.log = shm_log_cb, .log_ctx = &log};
	struct sl_check *c;
	enum sl_check_policy policy;
	unsigned int i;

	(void)state;
	for (i = 1; i <= 512; i++) {
		int ok = i == 32 || i == 64 || i == 128 || i == 256;

		p.line = i;
		assert_int_equal(sl_check_create(&p, &c), ok ? 0 : -EINVAL);
		if (ok)
			assert_int_equal(sl_check_destroy(c), 0);
		else
			shm_log_has(&log, "32, 64, 128, 256");
	}
	p.line = 0;
	p.policy = (enum sl_check_policy)9;
	assert_int_equal(sl_check_create(&p, &c), -EINVAL);
	shm_log_has(&log, "report, abort or count");
	for (i = 0; sl_check_policy_name((enum sl_check_policy)i) != NULL; i++) {
		assert_int_equal(sl_check_policy_parse(
					 sl_check_policy_name((enum sl_check_policy)i), &policy),
			0);
		assert_int_equal(policy, i);
	}
	assert_int_equal(sl_check_policy_parse("shout", &policy), -EINVAL);
	for (i = 0; i < SL_CHECK_CLASSES; i++)
		assert_non_null(sl_check_class_name((enum sl_check_class)i));
	assert_null(sl_check_class_name(SL_CHECK_CLASSES));
}

static void
test_destroy_busy(void **state)
{
	struct lab *l = *state;

	assert_int_equal(sl_check_destroy(l->check), -EBUSY);
	shm_log_has(&l->f.log, "2 regions and buffers are live");
}

/* --- the adversary --- */

/* The adversary finds lines of the NIC that the CPU wrote, and evicts them as a cache does. */
static void
test_eviction(void **state)
{
	struct sl_check_stats s;
	struct lab l;
	unsigned int i;

	(void)state;
	lab_open(&l, &(struct sl_check_params){.seed = 7, .evict = 1023, .refill = SL_CHECK_NEVER});
	sl_prepare(l.s, C, l.buf, 64);
	sl_doorbell_barrier(l.s, C);
	dev_write(&l, (uintptr_t)l.buf, news, 64, 0);
	l.buf[0] = 1;
	for (i = 0; i < 2000; i++)
		sl_doorbell_barrier(l.s, C);
	sl_check_stats(l.check, &s);
	assert_true(s.evictions > 0);
	assert_int_equal(s.by_class[SL_CHECK_CPU_WRITE], 1);
	sl_update(l.s, C, l.buf, 64);
	assert_int_equal(l.buf[1], 0xa5); /* the NIC's data is lost */
	/* A line that was evicted by chance does not count as flushed. */
	sl_check_forget(l.check);
	sl_flush(l.s, C, l.buf, 64);
	sl_doorbell_barrier(l.s, C);
	{
		uint8_t got[64];

		dev_read(&l, (uintptr_t)l.buf, got, 64, 0);
		l.buf[1] = 0x33;
		for (i = 0; i < 2000; i++)
			sl_doorbell_barrier(l.s, C);
		dev_read(&l, (uintptr_t)l.buf, got, 64, 0);
		assert_int_equal(got[1], 0x33);
	}
	EXPECT(&l, SL_CHECK_MISSING_SYNC);
	lab_close(&l);
}

static void
test_refill(void **state)
{
	struct sl_check_stats s;
	struct lab l;
	unsigned int i;

	(void)state;
	lab_open(&l, &(struct sl_check_params){.seed = 7, .evict = SL_CHECK_NEVER, .refill = 1023});
	sl_prepare(l.s, C, l.buf, 64);
	sl_doorbell_barrier(l.s, C);
	dev_write(&l, (uintptr_t)l.buf, news, 32, 0);
	for (i = 0; i < 2000; i++)
		sl_doorbell_barrier(l.s, C);
	sl_check_stats(l.check, &s);
	assert_int_equal(s.refills, 1);
	assert_int_equal(l.buf[31], 0x77); /* early */
	/*
	 * The adversary refills a line only once, after which it is stale. After an update it may
	 * be refilled again.
	 */
	dev_write(&l, (uintptr_t)l.buf + 32, news, 32, 0);
	for (i = 0; i < 2000; i++)
		sl_doorbell_barrier(l.s, C);
	assert_int_equal(l.buf[63], 0xa5);
	sl_update(l.s, C, l.buf, 64);
	assert_int_equal(l.buf[63], 0x77);
	/*
	 * A line that the NIC wrote completely is not refilled. A driver may already be writing to
	 * it, and would lose that.
	 */
	sl_flush(l.s, C, l.ring.va, 64);
	sl_doorbell_barrier(l.s, C);
	dev_write(&l, l.ring.iova, news, 64, 0);
	for (i = 0; i < 2000; i++)
		sl_doorbell_barrier(l.s, C);
	assert_int_equal(*(uint8_t *)l.ring.va, 0);
	EXPECT_NOTHING(&l);
	lab_close(&l);
}

/* A driver without mistakes, at random: a ring of descriptors, and buffers in both directions. */
static uint64_t
right_driver(uint32_t line, uint64_t seed, uint64_t what, unsigned int rounds)
{
	const struct sl_check_params p = {.line = line, .seed = seed, .evict = 300, .refill = 300};
	uint64_t rnd = what * 2 + 1;
	struct sl_check_stats s;
	uint8_t data[4096], got[4096];
	unsigned int i, k;
	struct lab l;

	lab_open(&l, &p);
	for (i = 0; i < rounds; i++) {
		size_t len = 1 + rng_next(&rnd) % 1500, off = rng_next(&rnd) % 2000;
		unsigned int descs = line / DESC;
		uint8_t *d = (uint8_t *)l.ring.va + rng_next(&rnd) % (4096 / line) * line;
		uint64_t at = l.ring.iova + (size_t)(d - (uint8_t *)l.ring.va);

		for (k = 0; k < len; k++)
			data[k] = (uint8_t)rng_next(&rnd);
		/* Transmit. */
		memcpy(l.buf + off, data, len);
		sl_flush(l.s, C, l.buf + off, len);
		sl_doorbell_barrier(l.s, C);
		dev_read(&l, (uintptr_t)l.buf + off, got, len, 0);
		assert_memory_equal(got, data, len);
		/* Receive: buffer, descriptors, frame, status. */
		off = off / line * line;
		sl_prepare(l.s, C, l.buf + off, 2048);
		memset(d, (int)i, line);
		sl_flush(l.s, C, d, line);
		sl_doorbell_barrier(l.s, C);
		dev_read(&l, at, got, line, 0);
		assert_int_equal(got[line - 1], (uint8_t)i);
		dev_write(&l, (uintptr_t)l.buf + off, data, len, 0);
		for (k = 0; k < descs; k++) {
			dev_write(&l, at + k * DESC, data, DESC, k);
			sl_update(l.s, C, d, line);
			assert_memory_equal(d + k * DESC, data, DESC);
		}
		sl_update(l.s, C, l.buf + off, len);
		assert_memory_equal(l.buf + off, data, len);
	}
	sl_check_stats(l.check, &s);
	assert_int_equal(s.evictions > 0 && s.refills > 0, 1);
	EXPECT_NOTHING(&l);
	lab_close(&l);
	return s.trace;
}

static void
test_right_driver(void **state)
{
	uint64_t seed = rng_seed(0);
	uint32_t line;

	(void)state;
	for (line = 32; line <= 256; line *= 2)
		right_driver(line, seed, seed, 1000);
}

static void
test_replay(void **state)
{
	uint64_t first = right_driver(64, 42, 1, 200);

	(void)state;
	assert_true(first == right_driver(64, 42, 1, 200));
	assert_true(first != right_driver(64, 43, 1, 200));
}

/* --- injected bugs --- */

/* One send and one receive. The lines of its calls are looked up by verb. */
static void
driver_round(struct lab *l)
{
	uint8_t got[128];

	memset(l->buf, l->buf[0] + 1, 128);
	sl_flush(l->s, C, l->buf, 128);
	sl_doorbell_barrier(l->s, C);
	dev_read(l, (uintptr_t)l->buf, got, 128, 0);
	sl_prepare(l->s, C, l->buf + 1024, 512);
	sl_doorbell_barrier(l->s, C);
	dev_write(l, (uintptr_t)l->buf + 1024, got, 128, 0);
	sl_update(l->s, C, l->buf + 1024, 128);
}

static void
test_plant(void **state)
{
	static const struct {
		enum sl_check_bug bug;
		const char *verb;
		enum sl_check_class want;
	} rows[] = {
		{SL_CHECK_BUG_DROP, "flush", SL_CHECK_MISSING_SYNC},
		{SL_CHECK_BUG_DROP, "prepare", SL_CHECK_NOT_HANDED},
		{SL_CHECK_BUG_DROP, "doorbell barrier", SL_CHECK_NO_BARRIER},
		{SL_CHECK_BUG_LATE, "doorbell barrier", SL_CHECK_NO_BARRIER},
		{SL_CHECK_BUG_LATE, "flush", SL_CHECK_NO_BARRIER},
		{SL_CHECK_BUG_LATE, "prepare", SL_CHECK_NO_BARRIER},
		{SL_CHECK_BUG_HALF, "flush", SL_CHECK_MISSING_SYNC},
		{SL_CHECK_BUG_REVERSE, "flush", SL_CHECK_DIRECTION},
		{SL_CHECK_BUG_REVERSE, "prepare", SL_CHECK_DIRECTION},
		{SL_CHECK_BUG_REVERSE, "update", SL_CHECK_STALE_READ},
	};
	unsigned int i, k, n;

	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct sl_check_site site[16];
		struct sl_check_stats s;
		struct lab *l;

		assert_int_equal(setup(state), 0);
		l = *state;
		driver_round(l);
		EXPECT_NOTHING(l);
		n = sl_check_sites(l->check, site, 16);
		for (k = 0; k < n && strcmp(site[k].verb, rows[i].verb) != 0; k++)
			;
		assert_in_range(k, 0, n - 1);
		assert_int_equal(site[k].calls, 1);
		sl_release(l->s, C, l->buf, 4096);
		assert_int_equal(
			sl_check_plant(l->check, rows[i].bug, "test_check.c", site[k].line), 0);
		driver_round(l);
		sl_check_stats(l->check, &s);
		if (s.by_class[rows[i].want] == 0)
			sl_check_dump(l->check, stderr);
		assert_true(s.by_class[rows[i].want] > 0);
		assert_int_equal(sl_check_plant(l->check, SL_CHECK_BUG_NONE, "", 0), 0);
		assert_int_equal(teardown(state), 0);
	}
}

/* If one call flushes many buffers, all of them are delayed, not only the last one. */
static void
test_plant_late_batch(void **state)
{
	const unsigned int n = 4096 / 64;
	struct lab *l = *state;
	struct sl_check_stats s;
	uint8_t got[16];
	unsigned int i;
	const int flush = __LINE__ + 5;

	assert_int_equal(sl_check_plant(l->check, SL_CHECK_BUG_LATE, "test_check.c", flush), 0);
	for (i = 0; i < n; i++) {
		l->buf[i * 64] = 1;
		sl_flush(l->s, C, l->buf + i * 64, 64);
	}
	sl_doorbell_barrier(l->s, C);
	sl_check_stats(l->check, &s);
	assert_int_equal(s.planted, n);
	EXPECT_NOTHING(l);
	for (i = 0; i < n; i++) {
		dev_read(l, (uintptr_t)l->buf + i * 64, got, sizeof(got), SL_DESC_NONE);
		EXPECT(l, SL_CHECK_NO_BARRIER);
		assert_int_equal(got[0], 0);
	}
}

#define lab_test(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		lab_test(test_transfers),
		lab_test(test_update_of_a_part),
		lab_test(test_mapped_again),
		lab_test(test_forward_unread),
		lab_test(test_ring),
		lab_test(test_missing_sync),
		lab_test(test_late_sync),
		lab_test(test_no_barrier),
		lab_test(test_other_thread),
		lab_test(test_no_fence),
		lab_test(test_direction),
		lab_test(test_partial_line),
		lab_test(test_shared_line),
		lab_test(test_lost_write),
		lab_test(test_cpu_write),
		lab_test(test_not_handed_over),
		lab_test(test_stale_read),
		lab_test(test_use_after_free),
		lab_test(test_use_after_free_anywhere),
		lab_test(test_outside),
		lab_test(test_history),
		lab_test(test_repeated),
		lab_test(test_too_many),
		lab_test(test_stack),
		lab_test(test_destroy_busy),
		cmocka_unit_test(test_policies),
		cmocka_unit_test(test_params),
		cmocka_unit_test(test_eviction),
		cmocka_unit_test(test_refill),
		cmocka_unit_test(test_right_driver),
		cmocka_unit_test(test_replay),
		cmocka_unit_test(test_plant),
		lab_test(test_plant_late_batch),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
