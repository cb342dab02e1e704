/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */

/*
 * Searches: a small driver with one mistake runs repeatedly until the search ends. The search must
 * name the line of the mistake, or no line if there is no mistake.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
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
#define RING 64u /* descriptors */
#define BUF 512u /* bytes of a buffer */
#define BUFS 64u /* receive buffers; the same number is for transmit */
#define MAX_RUNS 40u
#define FRAMES 200u

enum mistake {
	RIGHT,
	NO_STATUS_UPDATE,  /* R2 */
	NO_PAYLOAD_UPDATE, /* R3 */
	HALF_PAYLOAD,	   /* R3, of a long frame */
	NO_FENCE,	   /* R3 */
	NO_RING_FLUSH,	   /* T2 */
	NO_TX_FLUSH,	   /* T1 */
	HALF_TX_FLUSH,
	HALF_UNREAD, /* R3, but the CPU does not use the data */
	SHARED_WORD, /* R4 in a region whose use is not named */
	BY_CHANCE,   /* not in memory: the run is not reproducible */
};

/* One run: adapter, checker, a ring, buffers, a region for a shared word. */
struct lab {
	struct shm_fixture f;
	struct sl_check *check;
	const struct sl_sync *s;
	struct sl_dma *dma;
	struct sl_region ring, word;
	uint8_t *buf;
	uint64_t rnd;
	enum mistake mistake;
	unsigned int wrong; /* frames that were received or sent wrong */
	unsigned int next;
};

static char path[64];
static unsigned int crash_at; /* number of a frame; 0: never */

static void
lab_open(struct lab *l, enum mistake mistake, uint64_t seed, uint32_t line)
{
	const struct sl_check_params cp = {.line = line,
		.seed = seed,
		.policy = SL_CHECK_COUNT,
		.log = shm_log_cb,
		.log_ctx = &l->f.log,
		.diff = path};
	struct sl_region_params rp = shm_region("ring", RING * DESC);
	struct sl_adapter_params ap;
	const size_t len = 2 * BUFS * BUF;

	memset(l, 0, sizeof(*l));
	l->mistake = mistake;
	l->rnd = seed | 1;
	assert_int_equal(sl_check_create(&cp, &l->check), 0);
	ap = shm_params(&l->f);
	ap.coherency = C;
	ap.checker = sl_check_seam(l->check);
	assert_int_equal(sl_adapter_open(&ap, &l->f.a), 0);
	l->s = sl_adapter_sync(l->f.a);
	l->dma = sl_dma_open(l->f.a);
	assert_non_null(l->dma);
	rp.usage = SL_USAGE_RX_RING;
	rp.queue = 5;
	assert_int_equal(sl_region_alloc(l->f.a, &rp, &l->ring), 0);
	rp = shm_region("word", 4096);
	assert_int_equal(sl_region_alloc(l->f.a, &rp, &l->word), 0);
	l->buf = aligned_alloc(4096, len);
	assert_non_null(l->buf);
	memset(l->buf, 0xa5, len);
	assert_int_equal(sl_buffer_map(l->f.a, "buffers", l->buf, (uintptr_t)l->buf, len,
				 SL_DMA_BIDIRECTIONAL),
		0);
}

static void
lab_close(struct lab *l, struct sl_check_difference *d)
{
	const size_t len = 2 * BUFS * BUF;

	sl_release(l->s, C, l->buf, len);
	assert_int_equal(sl_buffer_unmap(l->f.a, l->buf, (uintptr_t)l->buf, len), 0);
	sl_release(l->s, C, l->ring.va, l->ring.len);
	assert_int_equal(sl_region_free(l->f.a, &l->ring), 0);
	assert_int_equal(sl_region_free(l->f.a, &l->word), 0);
	sl_dma_close(l->dma);
	assert_int_equal(sl_adapter_close(l->f.a), 0);
	if (d != NULL)
		assert_int_equal(sl_check_difference(l->check, d), 0);
	assert_int_equal(sl_check_destroy(l->check), 0);
	free(l->buf);
}

/* --- the device --- */

static void *
dev(struct lab *l, bool write, uint64_t iova, size_t n, uint32_t desc)
{
	void *p = sl_dma_translate(l->dma, iova, n, write ? SL_DMA_FROM_DEVICE : SL_DMA_TO_DEVICE);

	sl_dma_note(l->dma, &(struct sl_sync_access){write, p, iova, n, 5, desc});
	assert_non_null(p);
	return p;
}

/* Mark of a posted descriptor, whose number since the start is @n. The mark 1 means done. */
static uint64_t
posted(unsigned int n)
{
	return 2 + n / RING;
}

/*
 * A descriptor is an address and a mark. Once done, it is a length and the mark 1. If it is not
 * posted, the NIC has no room.
 */
static void
device_receives(struct lab *l, unsigned int n, const uint8_t *data, uint64_t len)
{
	const unsigned int at = n % RING;
	const uint64_t desc = l->ring.iova + at * DESC, done[2] = {len << 32, 1};
	uint64_t got[2];

	sl_dma_begin(l->dma);
	memcpy(got, dev(l, false, desc, DESC, at), DESC);
	if (got[1] == posted(n)) {
		memcpy(dev(l, true, got[0], len, at), data, len);
		memcpy(dev(l, true, desc, DESC, at), done, DESC);
	}
	sl_dma_end(l->dma);
}

static void
device_sends(struct lab *l, const uint8_t *from, uint8_t *to, size_t len)
{
	sl_dma_begin(l->dma);
	memcpy(to, dev(l, false, (uintptr_t)from, len, SL_DESC_NONE), len);
	sl_dma_end(l->dma);
}

/* --- the driver --- */

static uint8_t *
rx_buf(const struct lab *l, unsigned int i)
{
	return l->buf + (size_t)(i % BUFS) * BUF;
}

static uint8_t *
tx_buf(const struct lab *l, unsigned int i)
{
	return rx_buf(l, i) + (size_t)BUFS * BUF;
}

static void
post_line(struct lab *l, unsigned int first)
{
	const unsigned int per = l->s->line / DESC;
	uint64_t *d = (uint64_t *)l->ring.va + 2 * (first % RING);
	unsigned int i;

	for (i = 0; i < per; i++) {
		sl_prepare(l->s, C, rx_buf(l, first + i), BUF);
		d[2 * i] = (uintptr_t)rx_buf(l, first + i);
		d[2 * i + 1] = posted(first + i);
	}
	/*
	 * Several flushes are left out, because a line that the adversary evicted early needs none.
	 */
	if (l->mistake != NO_RING_FLUSH || first == 0)
		sl_flush(l->s, C, d, l->s->line);
	sl_doorbell_barrier(l->s, C);
}

/*
 * True for frames whose call is left out. There are several, because a line that was fetched early,
 * after the NIC wrote it, needs no update, and a short frame is one line if lines are long.
 */
static bool
is_spoilt(unsigned int frame)
{
	return frame >= 29 && frame % 10 == 9;
}

/* Length of the next frame, or 0. */
static size_t
poll(struct lab *l)
{
	volatile uint64_t *d = (uint64_t *)l->ring.va + 2 * (l->next % RING);
	uint8_t *p = rx_buf(l, l->next);
	size_t len;

	if (l->mistake != NO_STATUS_UPDATE || l->next % 7 != 3)
		sl_update(l->s, C, (const void *)(uintptr_t)d, DESC);
	if (d[1] != 1)
		return 0;
	len = d[0] >> 32;
	if ((l->mistake == HALF_PAYLOAD || l->mistake == HALF_UNREAD) && len > 100)
		sl_update_nofence(l->s, C, p, len / 2);
	else if (l->mistake != NO_PAYLOAD_UPDATE || !is_spoilt(l->next))
		sl_update_nofence(l->s, C, p, len);
	if (l->mistake != NO_FENCE || !is_spoilt(l->next))
		sl_update_fence(l->s, C);
	return len;
}

/*
 * Copy the frame with a change and send it. A wrong frame is not sent, so the content decides what
 * the driver does.
 */
static void
forward(struct lab *l, size_t len, const uint8_t *want)
{
	const uint8_t *p = rx_buf(l, l->next);
	uint8_t *to = tx_buf(l, l->next), got[BUF];
	size_t i, flushed = len;
	bool bad = memcmp(p, want, len) != 0;

	l->wrong += bad;
	if (bad && l->mistake != HALF_UNREAD)
		return;
	for (i = 0; i < len; i++)
		to[i] = p[i] ^ 0xff;
	if (l->mistake == HALF_TX_FLUSH && len > 100)
		flushed = len / 2;
	if (l->mistake != NO_TX_FLUSH || l->next % 50 != 40)
		sl_flush(l->s, C, to, flushed);
	sl_doorbell_barrier(l->s, C);
	if (l->mistake == HALF_UNREAD)
		return;
	device_sends(l, to, got, len);
	for (i = 0; i < len && (got[i] ^ want[i]) == 0xff; i++)
		;
	l->wrong += i < len;
}

/* The CPU and the NIC count in adjacent words of one line, so one of the counts is lost. */
static void
shared_word(struct lab *l, unsigned int i)
{
	uint64_t *w = l->word.va, *p;

	sl_flush(l->s, C, w, 16);
	sl_doorbell_barrier(l->s, C);
	w[1] = i;
	sl_dma_begin(l->dma);
	p = dev(l, true, l->word.iova, 8, SL_DESC_NONE);
	*p = i;
	sl_dma_end(l->dma);
	sl_update(l->s, C, w, 8);
	l->wrong += w[0] != i;
}

/* @return number of wrong frames. */
static unsigned int
run(enum mistake mistake, uint64_t seed, uint32_t line, struct sl_check_difference *d)
{
	uint8_t data[BUF];
	unsigned int i, k, idle, wrong;
	size_t len;
	struct lab l;

	lab_open(&l, mistake, seed, line);
	for (i = 0; i < RING - line / DESC; i += line / DESC)
		post_line(&l, i);
	for (i = 0; i < FRAMES; i++) {
		len = 60 + rng_next(&l.rnd) % (BUF - 60);
		for (k = 0; k < len; k++)
			data[k] = (uint8_t)rng_next(&l.rnd);
		device_receives(&l, i, data, len);
		len = 0;
		for (idle = 0; idle < 3 && len == 0; idle++)
			len = poll(&l);
		/* A frame that is never seen ends the run. */
		if (len == 0) {
			l.wrong++;
			break;
		}
		forward(&l, len, data);
		if (crash_at != 0 && i == crash_at)
			_exit(9);
		l.next++;
		if (l.next % (line / DESC) == 0)
			post_line(&l, l.next + RING - 2 * (line / DESC));
		if (mistake == SHARED_WORD)
			shared_word(&l, i);
		if (mistake == BY_CHANCE && d != NULL && d->runs == 2 && i == 50)
			sl_update(l.s, C, l.ring.va, DESC);
	}
	wrong = l.wrong;
	lab_close(&l, d);
	return wrong;
}

static int
setup(void **state)
{
	int fd;

	(void)state;
	snprintf(path, sizeof(path), "/tmp/sl-test-diff-XXXXXX");
	fd = mkstemp(path);
	assert_true(fd >= 0);
	close(fd);
	return 0;
}

static int
teardown(void **state)
{
	(void)state;
	return unlink(path);
}

/* Run the search to its end. @return number of runs. */
static unsigned int
search(enum mistake mistake, uint64_t seed, uint32_t line, struct sl_check_difference *d)
{
	unsigned int runs = 0;

	memset(d, 0, sizeof(*d));
	while (d->next != SL_CHECK_PASS_DONE && runs < MAX_RUNS) {
		const unsigned int wrong = run(mistake, seed, line, d);

		/* The mistake shows in each run that is recorded. */
		if (d->pass == SL_CHECK_PASS_RECORD)
			assert_true((wrong != 0) == (mistake != RIGHT && mistake != BY_CHANCE));
		assert_int_equal(sl_check_difference_read(path, d), 0);
		runs++;
	}
	assert_in_range(runs, 1, MAX_RUNS - 1);
	return runs;
}

static void
show(const struct sl_check_difference *d)
{
	printf("# %s: '%s' + %zu, last sync %s line %d, %u suspects, %u runs; here %s; coherent %s\n",
		sl_check_verdict_name(d->verdict), d->memory, d->offset,
		d->events == 0 ? "none" : d->history[0].verb,
		d->events == 0 ? 0 : d->history[0].line, d->suspects, d->runs, d->here,
		d->coherent);
}

static void
test_mistakes(void **state)
{
	static const struct {
		enum mistake mistake;
		enum sl_check_verdict verdict;
		const char *memory, *last;
	} rows[] = {
		{NO_STATUS_UPDATE, SL_CHECK_CPU_BEHIND, "ring", "update"},
		{NO_PAYLOAD_UPDATE, SL_CHECK_CPU_BEHIND, "buffers", "prepare"},
		{HALF_PAYLOAD, SL_CHECK_CPU_BEHIND, "buffers", "prepare"},
		{NO_FENCE, SL_CHECK_CPU_BEHIND, "buffers", "update"},
		{NO_RING_FLUSH, SL_CHECK_NIC_BEHIND, "ring", NULL},
		{NO_TX_FLUSH, SL_CHECK_NIC_BEHIND, "buffers", NULL},
		{HALF_TX_FLUSH, SL_CHECK_NIC_BEHIND, "buffers", NULL},
		{HALF_UNREAD, SL_CHECK_UNSEEN, "buffers", "prepare"},
		{SHARED_WORD, SL_CHECK_LOST, "word", "update"},
	};
	struct sl_check_difference d;
	unsigned int i;

	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		setup(state);
		search(rows[i].mistake, rng_seed(0), 64, &d);
		show(&d);
		assert_string_equal(
			sl_check_verdict_name(d.verdict), sl_check_verdict_name(rows[i].verdict));
		assert_string_equal(d.memory, rows[i].memory);
		if (rows[i].last != NULL) {
			assert_true(d.events > 0);
			assert_string_equal(d.history[0].verb, rows[i].last);
			assert_non_null(strstr(d.history[0].file, "test_diff.c"));
		}
		teardown(state);
	}
}

static bool
holds_spoilt(size_t buf)
{
	unsigned int i;

	for (i = (unsigned int)buf; i < FRAMES; i += BUFS) {
		if (is_spoilt(i))
			return true;
	}
	return false;
}

/* With any seed and line size: without a mistake no line is named, with a mistake its memory is. */
static void
test_random(void **state)
{
	static const char *const memory[] = {[RIGHT] = "",
		[NO_STATUS_UPDATE] = "ring",
		[NO_PAYLOAD_UPDATE] = "buffers",
		[HALF_PAYLOAD] = "buffers",
		[NO_FENCE] = "buffers",
		[NO_RING_FLUSH] = "ring",
		[NO_TX_FLUSH] = "buffers"};
	uint64_t seed = rng_seed(0);
	struct sl_check_difference d;
	unsigned int i;
	uint32_t line;

	for (i = 0; i < 60; i++) {
		enum mistake m = i % 2 == 0 ? RIGHT : (enum mistake)(1 + i / 2 % NO_TX_FLUSH);

		line = 32u << (rng_next(&seed) % 4);
		setup(state);
		search(m, rng_next(&seed) | 1, line, &d);
		if ((d.verdict == SL_CHECK_SAME) != (m == RIGHT) ||
			strcmp(d.memory, memory[m]) != 0)
			show(&d);
		assert_int_equal(d.verdict == SL_CHECK_SAME, m == RIGHT);
		assert_string_equal(d.memory, memory[m]);
		if (m == NO_PAYLOAD_UPDATE || m == NO_FENCE)
			assert_true(holds_spoilt(d.offset / BUF));
		teardown(state);
	}
}

static void
test_by_chance(void **state)
{
	struct sl_check_difference d;

	setup(state);
	search(BY_CHANCE, 9, 64, &d);
	assert_int_equal(d.verdict, SL_CHECK_NO_REPLAY);
	assert_string_equal(d.memory, "");
	teardown(state);
}

/* The first run crashes. Its record is sufficient. */
static void
test_crash(void **state)
{
	struct sl_check_difference d;
	int status = 0;
	pid_t pid;

	setup(state);
	pid = fork();
	if (pid == 0) {
		crash_at = 60;
		run(NO_PAYLOAD_UPDATE, 77, 64, NULL);
		_exit(0);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 9);
	assert_int_equal(sl_check_difference_read(path, &d), 0);
	assert_int_equal(d.runs, 1);
	search(NO_PAYLOAD_UPDATE, 77, 64, &d);
	show(&d);
	assert_int_equal(d.verdict, SL_CHECK_CPU_BEHIND);
	assert_in_range(d.offset, 29 * BUF, 29 * BUF + 63);
	teardown(state);
}

/* Runs that differ are refused, and so is a file that is not a search. */
static void
test_refused(void **state)
{
	struct shm_log log = {0};
	struct sl_check_params p = {
		.seed = 5, .diff = path, .log = shm_log_cb, .log_ctx = &log, .line = 64};
	struct sl_check_difference d;
	struct sl_check *c;
	FILE *f;

	setup(state);
	run(RIGHT, 5, 64, &d);
	assert_int_equal(d.pass, SL_CHECK_PASS_RECORD);
	p.seed = 6;
	assert_int_equal(sl_check_create(&p, &c), -EINVAL);
	shm_log_has(&log, "of seed 5, lines of 64");
	p.seed = 0;
	p.line = 128;
	assert_int_equal(sl_check_create(&p, &c), -EINVAL);
	p.line = 64;
	p.refill = 7;
	assert_int_equal(sl_check_create(&p, &c), -EINVAL);
	p.refill = 0;
	assert_int_equal(sl_check_create(&p, &c), 0);
	assert_int_equal(sl_check_difference(c, &d), 0);
	assert_int_equal(d.pass, SL_CHECK_PASS_COHERENT);
	assert_int_equal(sl_check_destroy(c), 0);
	/* After the end, the run is like any other, and the result stays. */
	search(RIGHT, 5, 64, &d);
	assert_int_equal(d.next, SL_CHECK_PASS_DONE);
	run(RIGHT, 5, 64, &d);
	assert_int_equal(d.pass, SL_CHECK_PASS_DONE);
	f = fopen(path, "w");
	assert_non_null(f);
	fprintf(f, "something of the user's");
	fclose(f);
	assert_int_equal(sl_check_create(&p, &c), -EINVAL);
	shm_log_has(&log, "is no file of a search");
	assert_int_equal(sl_check_difference_read(path, &d), -EINVAL);
	assert_int_equal(sl_check_difference_read("/nowhere/at/all", &d), -ENOENT);
	p.diff = "/nowhere/at/all";
	assert_int_equal(sl_check_create(&p, &c), -ENOENT);
	p.diff = NULL;
	assert_int_equal(sl_check_create(&p, &c), 0);
	assert_int_equal(sl_check_difference(c, &d), -ENOENT);
	assert_int_equal(sl_check_destroy(c), 0);
	teardown(state);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_mistakes),
		cmocka_unit_test(test_random),
		cmocka_unit_test(test_by_chance),
		cmocka_unit_test(test_crash),
		cmocka_unit_test(test_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
