/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */

/*
 * The sync calls: instruction and encoding of each one, no loss of data, and the arguments of the
 * checker's functions.
 */

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

/* Each call in this file checks its range. */
#undef SL_SYNC_DEBUG
#define SL_SYNC_DEBUG 1
#include "shm_util.h"

static void
test_probe(void **state)
{
	struct sl_cache_info info;
	int ret = sl_cache_probe(&info);

	(void)state;
	printf("maintenance %s, step %u, line %u\n", sl_cache_op_name(info.op), info.step,
		info.line);
	assert_int_equal(ret, info.op == SL_CACHE_OP_NONE ? -ENOTSUP : 0);
	assert_true(info.step >= 16 && (info.step & (info.step - 1)) == 0);
	assert_true(info.line >= info.step && (info.line & (info.line - 1)) == 0);
#if defined(__x86_64__)
	assert_int_not_equal(info.op, SL_CACHE_OP_NONE);
	assert_int_equal(info.step, 64);
#elif defined(__aarch64__)
	assert_int_equal(info.op, SL_CACHE_OP_DC);
#endif
}

static void
test_op_names(void **state)
{
	enum sl_cache_op i, j;

	(void)state;
	for (i = SL_CACHE_OP_NONE; i <= SL_CACHE_OP_CBO; i++)
		for (j = SL_CACHE_OP_NONE; j < i; j++)
			assert_string_not_equal(sl_cache_op_name(i), sl_cache_op_name(j));
	assert_string_equal(sl_cache_op_name((enum sl_cache_op)99), "none");
}

/* --- the instructions, including those that this CPU cannot execute --- */

/* A function with one primitive between two labels. */
#define CODE(name, call) \
	extern const uint8_t name##_begin[], name##_end[]; \
	static void __attribute__((noinline, used)) name(void *p) \
	{ \
		__asm__ volatile(".globl " #name "_begin\n" #name "_begin:"); \
		call; \
		__asm__ volatile(".globl " #name "_end\n" #name "_end:"); \
	}

#if defined(__x86_64__)

CODE(clean_clwb, sl_cache_clean_line(SL_CACHE_OP_CLWB, p))
CODE(flush_clwb, sl_cache_flush_line(SL_CACHE_OP_CLWB, p))
CODE(clean_opt, sl_cache_clean_line(SL_CACHE_OP_CLFLUSHOPT, p))
CODE(flush_opt, sl_cache_flush_line(SL_CACHE_OP_CLFLUSHOPT, p))
CODE(clean_old, sl_cache_clean_line(SL_CACHE_OP_CLFLUSH, p))
CODE(flush_old, sl_cache_flush_line(SL_CACHE_OP_CLFLUSH, p))

/* Count instructions 0F AE /reg, with or without prefix 66, which a REX may follow. */
static unsigned int
count_code(const uint8_t *code, const uint8_t *end, bool prefix, unsigned int reg)
{
	const uint8_t *c;
	unsigned int n = 0;

	/* Compared as numbers, because for the compiler the labels are two unrelated arrays. */
	for (c = code; (uintptr_t)c + 2 < (uintptr_t)end; c++) {
		bool has = (c > code && c[-1] == 0x66) ||
			(c > code + 1 && c[-2] == 0x66 && (c[-1] & 0xf0) == 0x40);

		n += c[0] == 0x0f && c[1] == 0xae && (c[2] >> 3 & 7) == reg && has == prefix;
	}
	return n;
}

/* Intel SDM: clwb 66 0F AE /6, clflushopt 66 0F AE /7, clflush 0F AE /7. */
static void
test_encoding(void **state)
{
	(void)state;
	assert_int_equal(count_code(clean_clwb_begin, clean_clwb_end, true, 6), 1);
	assert_int_equal(count_code(flush_clwb_begin, flush_clwb_end, true, 7), 1);
	assert_int_equal(count_code(clean_opt_begin, clean_opt_end, true, 7), 1);
	assert_int_equal(count_code(flush_opt_begin, flush_opt_end, true, 7), 1);
	assert_int_equal(count_code(clean_old_begin, clean_old_end, false, 7), 1);
	assert_int_equal(count_code(flush_old_begin, flush_old_end, false, 7), 1);
}

#elif defined(__aarch64__) || defined(__riscv)

#if defined(__riscv)
/* RISC-V CMO: cbo.clean rs1, cbo.flush rs1 (MISC-MEM, funct3 CBO, immediate 1 and 2). */
#define OP SL_CACHE_OP_CBO
#define CLEAN UINT32_C(0x0010200f)
#define FLUSH UINT32_C(0x0020200f)
#define REGISTER (UINT32_C(31) << 15)
#else
/* Arm ARM: dc cvac, Xt and dc civac, Xt, system instructions. */
#define OP SL_CACHE_OP_DC
#define CLEAN UINT32_C(0xd50b7a20)
#define FLUSH UINT32_C(0xd50b7e20)
#define REGISTER UINT32_C(31)
#endif

CODE(clean, sl_cache_clean_line(OP, p))
CODE(flush, sl_cache_flush_line(OP, p))

static unsigned int
count_code(const uint8_t *code, const uint8_t *end, uint32_t want)
{
	unsigned int n = 0;
	uint32_t word;

	/* Compared as numbers, because for the compiler the labels are two unrelated arrays. */
	for (; (uintptr_t)code + 4 <= (uintptr_t)end; code += 2) {
		memcpy(&word, code, 4);
		n += (word & ~REGISTER) == want;
	}
	return n;
}

static void
test_encoding(void **state)
{
	(void)state;
	assert_int_equal(count_code(clean_begin, clean_end, CLEAN), 1);
	assert_int_equal(count_code(clean_begin, clean_end, FLUSH), 0);
	assert_int_equal(count_code(flush_begin, flush_end, FLUSH), 1);
	assert_int_equal(count_code(flush_begin, flush_end, CLEAN), 0);
}

#endif

/*
 * Real maintenance with each start and end within four lines: no byte of these or of their
 * neighbours changes.
 */
static void
test_explicit_keeps_data(void **state)
{
	struct shm_fixture f = {0};
	struct sl_adapter_params ap = shm_params(&f);
	struct sl_region_params p = shm_region("r", 4096);
	const struct sl_sync *s;
	struct sl_region r;
	uint8_t *b;
	size_t i, from, to;

	(void)state;
	ap.coherency = SL_COHERENCY_EXPLICIT;
	i = (size_t)-sl_adapter_open(&ap, &f.a);
	if (i == ENOTSUP)
		skip();
	assert_int_equal(i, 0);
	assert_int_equal(sl_region_alloc(f.a, &p, &r), 0);
	s = sl_adapter_sync(f.a);
	b = r.va;
	for (from = 0; from < 4 * s->line; from += 7)
		for (to = from + 1; to < 4 * s->line; to += 5) {
			for (i = 0; i < 4 * s->line; i++)
				b[i] = (uint8_t)(i * 31 + from + to);
			sl_flush(s, SL_COHERENCY_EXPLICIT, b + from, to - from);
			sl_prepare(s, SL_COHERENCY_EXPLICIT, b + from, to - from);
			sl_doorbell_barrier(s, SL_COHERENCY_EXPLICIT);
			sl_update(s, SL_COHERENCY_EXPLICIT, b + from, to - from);
			sl_acquire();
			for (i = 0; i < 4 * s->line; i++)
				assert_int_equal(b[i], (uint8_t)(i * 31 + from + to));
		}
	assert_int_equal(sl_region_free(f.a, &r), 0);
	assert_int_equal(sl_adapter_close(f.a), 0);
}

/* --- arguments of the checker --- */

struct call {
	enum sl_sync_verb verb;
	const uint8_t *va;
	size_t len;
	int line;
};

struct record {
	struct call call[16];
	unsigned int n;
	const char *file;
};

static void
on_sync(void *ctx, enum sl_sync_verb verb, const void *va, size_t len,
	const struct sl_sync_site *site)
{
	struct record *rec = ctx;

	assert_true(rec->n < 16);
	rec->call[rec->n++] = (struct call){verb, va, len, site->line};
	rec->file = site->file;
}

static void
test_verbs(void **state)
{
	struct shm_fixture f = {0};
	struct sl_adapter_params ap = shm_params(&f);
	struct sl_region_params p = shm_region("r", 4096);
	struct record rec = {.n = 0};
	const struct sl_sync_checker checker = {.sync = on_sync, .ctx = &rec};
	static const enum sl_sync_verb want[] = {SL_SYNC_FLUSH, SL_SYNC_PREPARE, SL_SYNC_DOORBELL,
		SL_SYNC_UPDATE, SL_SYNC_UPDATE, SL_SYNC_UPDATE, SL_SYNC_UPDATE};
	const struct sl_sync *s;
	struct sl_range ranges[2];
	struct sl_region r;
	uint8_t *b;
	unsigned int i;
	int line;

	(void)state;
	ap.coherency = SL_COHERENCY_CHECKED;
	ap.checker = &checker;
	assert_int_equal(sl_adapter_open(&ap, &f.a), 0);
	assert_int_equal(sl_region_alloc(f.a, &p, &r), 0);
	rec.n = 0;
	s = sl_adapter_sync(f.a);
	b = r.va;
	ranges[0] = (struct sl_range){b + 100, 10};
	ranges[1] = (struct sl_range){b + 200, 20};
	line = __LINE__ + 1;
	sl_flush(s, SL_COHERENCY_CHECKED, b + 1, 2);
	sl_prepare(s, SL_COHERENCY_CHECKED, b + 3, 4);
	sl_doorbell_barrier(s, SL_COHERENCY_CHECKED);
	sl_update(s, SL_COHERENCY_CHECKED, b + 5, 6);
	sl_update_nofence(s, SL_COHERENCY_CHECKED, b + 7, 8);
	sl_sync_burst(s, SL_COHERENCY_CHECKED, SL_SYNC_UPDATE, ranges, 2);
	assert_int_equal(rec.n, 7);
	for (i = 0; i < rec.n; i++) {
		assert_int_equal(rec.call[i].verb, want[i]);
		assert_int_equal(rec.call[i].line, line + (int)(i < 6 ? i : 5));
	}
	assert_ptr_equal(rec.call[0].va, b + 1);
	assert_int_equal(rec.call[1].len, 4);
	assert_ptr_equal(rec.call[6].va, b + 200);
	assert_int_equal(rec.call[6].len, 20);
	assert_non_null(strstr(rec.file, "test_sync.c"));
	assert_int_equal(sl_region_free(f.a, &r), 0);
	assert_int_equal(sl_adapter_close(f.a), 0);
}

/* A1, in each mode: debug builds and the control call refuse and name ranges beyond the end. */
static void
test_beyond_the_end(void **state)
{
	struct shm_fixture *f = *state;
	const struct sl_sync *s = sl_adapter_sync(f->a);
	struct sl_region_params p = shm_region("ring", 1000);
	struct sl_shm_stats st;
	struct sl_range range;
	struct sl_region r;
	uint8_t *b;

	assert_int_equal(sl_region_alloc(f->a, &p, &r), 0);
	b = r.va;
	sl_flush(s, SL_COHERENCY_COHERENT, b, 1000);
	sl_flush(s, SL_COHERENCY_COHERENT, b + 999, 1);
	sl_shm_stats(f->a, &st);
	assert_int_equal(st.sync_faults, 0);
	f->log.text[0] = '\0';
	sl_flush(s, SL_COHERENCY_COHERENT, b + 999, 2);
	shm_log_has(&f->log, "test_sync.c");
	sl_prepare(s, SL_COHERENCY_EXPLICIT, b - 1, 2);
	shm_log_has(&f->log, "prepare of 2 bytes");
	sl_update(s, SL_COHERENCY_COHERENT, b + 1000, 1);
	shm_log_has(&f->log, "(A1)");
	range = (struct sl_range){b + 1, SIZE_MAX};
	sl_sync_burst(s, SL_COHERENCY_COHERENT, SL_SYNC_FLUSH, &range, 1);
	shm_log_has(&f->log, "nearest is ring, 1000 bytes");
	assert_int_equal(sl_sync_verify(s, SL_SYNC_UPDATE, b, 0, SL_SYNC_HERE), -ERANGE);
	assert_int_equal(sl_sync_verify(s, SL_SYNC_UPDATE, b, 1, SL_SYNC_HERE), 0);
	sl_shm_stats(f->a, &st);
	assert_int_equal(st.sync_faults, 5);
	assert_int_equal(sl_region_free(f->a, &r), 0);
	assert_int_equal(sl_sync_verify(s, SL_SYNC_UPDATE, b, 1, SL_SYNC_HERE), -ERANGE);
	shm_log_has(&f->log, "nearest is none");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_probe),
		cmocka_unit_test(test_op_names),
		cmocka_unit_test(test_encoding),
		cmocka_unit_test(test_explicit_keeps_data),
		cmocka_unit_test(test_verbs),
		cmocka_unit_test_setup_teardown(test_beyond_the_end, shm_setup, shm_teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
