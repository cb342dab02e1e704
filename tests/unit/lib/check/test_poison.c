/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */

/*
 * In builds with AddressSanitizer, an access to memory that the NIC may write ends the program with
 * a report of that access. Memory of the CPU is never poisoned. In other builds there is nothing to
 * test.
 */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "shm_util.h"

#include "sl_check.h"

#if defined(__SANITIZE_ADDRESS__)
#define WITH_ASAN 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define WITH_ASAN 1
#endif
#endif

#define C SL_COHERENCY_CHECKED
#define DESC 16u

struct lab {
	struct shm_fixture f;
	struct sl_check *check;
	const struct sl_sync *s;
	struct sl_dma *dma;
	struct sl_region ring, tx_ring, head, other;
	uint8_t *buf; /* 4096 bytes, both directions */
	size_t step;  /* line size */
};

static void
region(struct lab *l, const char *name, enum sl_usage usage, enum sl_dma_dir dir,
	struct sl_region *out)
{
	struct sl_region_params rp = shm_region(name, 4096);

	rp.usage = usage;
	rp.dir = dir;
	assert_int_equal(sl_region_alloc(l->f.a, &rp, out), 0);
}

static int
setup(void **state)
{
	struct lab *l = calloc(1, sizeof(*l));
	const struct sl_check_params cp = {.seed = rng_seed(0) | 1,
		.evict = 300,
		.refill = 300,
		.log = shm_log_cb,
		.log_ctx = &l->f.log};
	struct sl_adapter_params ap;

	assert_int_equal(sl_check_create(&cp, &l->check), 0);
	ap = shm_params(&l->f);
	ap.coherency = C;
	ap.checker = sl_check_seam(l->check);
	assert_int_equal(sl_adapter_open(&ap, &l->f.a), 0);
	l->s = sl_adapter_sync(l->f.a);
	l->step = l->s->line;
	l->dma = sl_dma_open(l->f.a);
	assert_non_null(l->dma);
	region(l, "ring", SL_USAGE_RX_RING, SL_DMA_BIDIRECTIONAL, &l->ring);
	region(l, "tx ring", SL_USAGE_TX_RING, SL_DMA_TO_DEVICE, &l->tx_ring);
	region(l, "head", SL_USAGE_HEAD_WRITEBACK, SL_DMA_FROM_DEVICE, &l->head);
	region(l, "other", SL_USAGE_OTHER, SL_DMA_BIDIRECTIONAL, &l->other);
	l->buf = aligned_alloc(4096, 4096);
	assert_non_null(l->buf);
	memset(l->buf, 0, 4096);
	assert_int_equal(sl_buffer_map(l->f.a, "buffer", l->buf, (uintptr_t)l->buf, 4096,
				 SL_DMA_BIDIRECTIONAL),
		0);
	*state = l;
	return 0;
}

static int
teardown(void **state)
{
	struct lab *l = *state;
	struct sl_region *r[] = {&l->ring, &l->tx_ring, &l->head, &l->other};
	unsigned int i;

	sl_release(l->s, C, l->buf, 4096);
	assert_int_equal(sl_buffer_unmap(l->f.a, l->buf, (uintptr_t)l->buf, 4096), 0);
	for (i = 0; i < sizeof(r) / sizeof(r[0]); i++) {
		sl_release(l->s, C, r[i]->va, r[i]->len);
		assert_int_equal(sl_region_free(l->f.a, r[i]), 0);
	}
	sl_dma_close(l->dma);
	assert_int_equal(sl_adapter_close(l->f.a), 0);
	assert_int_equal(sl_check_destroy(l->check), 0);
	/* No memory stays poisoned. */
	memset(l->buf, 1, 4096);
	free(l->buf);
	free(l);
	return 0;
}

static void
dev_write(struct lab *l, const void *va, uint64_t iova, size_t n)
{
	void *p;

	(void)va;
	sl_dma_begin(l->dma);
	p = sl_dma_translate(l->dma, iova, n, SL_DMA_FROM_DEVICE);
	sl_dma_note(l->dma, &(struct sl_sync_access){true, p, iova, n, 0, 0});
	assert_non_null(p);
	memset(p, 0x77, n);
	sl_dma_end(l->dma);
}

/* --- functions that must crash --- */

/* Loads and stores that a compiler cannot remove. The report must contain the function's name. */
__attribute__((noinline)) static void
looks_too_early(const volatile uint8_t *p)
{
	(void)*p;
}

__attribute__((noinline)) static void
writes_too_early(volatile uint8_t *p)
{
	*p = 1;
}

static void
posted_buffer_read(struct lab *l)
{
	sl_prepare(l->s, C, l->buf, 1024);
	sl_doorbell_barrier(l->s, C);
	looks_too_early(l->buf + 1023);
}

static void
posted_buffer_written(struct lab *l)
{
	sl_prepare(l->s, C, l->buf, 1024);
	sl_doorbell_barrier(l->s, C);
	writes_too_early(l->buf);
}

static void
read_before_the_fence(struct lab *l)
{
	sl_prepare(l->s, C, l->buf, 1024);
	sl_doorbell_barrier(l->s, C);
	dev_write(l, l->buf, (uintptr_t)l->buf, 300);
	sl_update_nofence(l->s, C, l->buf, 300);
	looks_too_early(l->buf + 299);
}

static void
polled_without_update(struct lab *l)
{
	sl_flush(l->s, C, l->ring.va, l->step);
	sl_doorbell_barrier(l->s, C);
	looks_too_early((uint8_t *)l->ring.va + 12);
}

/* The second descriptor of a line that was updated only for the first one. */
static void
polled_without_update_again(struct lab *l)
{
	sl_flush(l->s, C, l->ring.va, l->step);
	sl_doorbell_barrier(l->s, C);
	dev_write(l, l->ring.va, l->ring.iova, DESC);
	sl_update(l->s, C, l->ring.va, DESC);
	(void)*(volatile uint8_t *)l->ring.va;
	dev_write(l, l->ring.va, l->ring.iova + DESC, DESC);
	looks_too_early((uint8_t *)l->ring.va + DESC);
}

static void
head_without_update(struct lab *l)
{
	sl_prepare(l->s, C, l->head.va, 4);
	sl_doorbell_barrier(l->s, C);
	dev_write(l, l->head.va, l->head.iova, 4);
	sl_update(l->s, C, l->head.va, 4);
	(void)*(volatile uint32_t *)l->head.va;
	dev_write(l, l->head.va, l->head.iova, 4);
	looks_too_early(l->head.va);
}

/*
 * Output of a child process before it ends. The child creates its own memory, because shared memory
 * is not inherited.
 */
static int
in_child(void (*fn)(struct lab *l), char *said, size_t cap)
{
	int out[2], status = 0;
	void *state = NULL;
	size_t n = 0;
	ssize_t got;
	pid_t pid;

	assert_int_equal(pipe(out), 0);
	pid = fork();
	assert_true(pid >= 0);
	if (pid == 0) {
		dup2(out[1], STDERR_FILENO);
		close(out[0]);
		/* Not cmocka's handlers, which would continue with the next test. */
		signal(SIGABRT, SIG_DFL);
		signal(SIGSEGV, SIG_DFL);
		setup(&state);
		fn(state);
		_exit(0);
	}
	close(out[1]);
	while ((got = read(out[0], said + n, cap - 1 - n)) > 0)
		n += (size_t)got;
	said[n] = '\0';
	close(out[0]);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	return status;
}

static void
test_dies(void **state)
{
	static const struct {
		void (*fn)(struct lab *l);
		const char *names[3]; /* the access and the function that made it */
	} rows[] = {
		{posted_buffer_read,
			{"READ of size 1", "in looks_too_early", "posted_buffer_read"}},
		{posted_buffer_written,
			{"WRITE of size 1", "in writes_too_early", "posted_buffer_written"}},
		{read_before_the_fence,
			{"READ of size 1", "in looks_too_early", "read_before_the_fence"}},
		{polled_without_update,
			{"READ of size 1", "in looks_too_early", "polled_without_update"}},
		{polled_without_update_again,
			{"READ of size 1", "in looks_too_early", "polled_without_update_again"}},
		{head_without_update,
			{"READ of size 1", "in looks_too_early", "head_without_update"}},
	};
	static char said[65536];
	unsigned int i, k;

	(void)state;
#ifndef WITH_ASAN
	skip();
#endif
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		int status = in_child(rows[i].fn, said, sizeof(said));

		assert_true(WIFEXITED(status) ? WEXITSTATUS(status) != 0 : WIFSIGNALED(status));
		if (strstr(said, "AddressSanitizer: use-after-poison") == NULL)
			fail_msg("row %u, status %d: %s", i, status, said);
		assert_non_null(strstr(said, "test_poison.c"));
		for (k = 0; k < 3; k++) {
			if (strstr(said, rows[i].names[k]) == NULL)
				fail_msg("no '%s' in: %s", rows[i].names[k], said);
		}
	}
}

/* --- valid accesses --- */

static void
test_lives(void **state)
{
	struct lab *l = *state;
	uint8_t *d = l->ring.va, *t = l->tx_ring.va, sum = 0;
	unsigned int lap, i;

	for (lap = 0; lap < 50; lap++) {
		/* A frame is received, read, changed, sent, and read while it is sent. */
		sl_prepare(l->s, C, l->buf, 1024);
		memset(d, (int)lap, l->step);
		sl_flush(l->s, C, d, l->step);
		sl_doorbell_barrier(l->s, C);
		dev_write(l, l->buf, (uintptr_t)l->buf, 300);
		for (i = 0; i < l->step / DESC; i++) {
			dev_write(l, d, l->ring.iova + i * DESC, DESC);
			sl_update(l->s, C, d + i * DESC, DESC);
			sum = (uint8_t)(sum + d[i * DESC]);
		}
		sl_update(l->s, C, l->buf, 300);
		assert_int_equal(l->buf[299], 0x77);
		/* The CPU also owns the rest of the buffer. */
		memset(l->buf, (int)lap, 1024);
		sl_flush(l->s, C, l->buf, 1024);
		memset(t, (int)lap, DESC);
		sl_flush(l->s, C, t, DESC);
		sl_doorbell_barrier(l->s, C);
		sum = (uint8_t)(sum + l->buf[5]);
		/* Another descriptor in a line that the NIC reads. */
		t[DESC] = 1;
		/* In a region whose use is not named, the words that the NIC writes are unknown. */
		sl_flush(l->s, C, l->other.va, 4096);
		sl_doorbell_barrier(l->s, C);
		sum = (uint8_t)(sum + *(uint8_t *)l->other.va);
		sl_release(l->s, C, t, l->step);
		sl_release(l->s, C, l->buf, 1024);
		/* Posted and released: the CPU owns the buffer again. */
		sl_prepare(l->s, C, l->buf, 1024);
		sl_doorbell_barrier(l->s, C);
		sl_release(l->s, C, l->buf, 1024);
		memset(l->buf, (int)sum, 1024);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_dies),
		cmocka_unit_test_setup_teardown(test_lives, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
