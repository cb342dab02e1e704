/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */
#ifndef _SL_CACHE_H_
#define _SL_CACHE_H_

/**
 * @file
 * Cache maintenance from user space, one line at a time, and the fences that
 * complete it. Makes no EAL call. No architecture gives user space a plain
 * invalidate. docs/explanation/architecture.md, "Cache maintenance", says which
 * instructions user space may run, and why each fence was chosen.
 */

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/** Which instruction cleans or flushes a line; found at run time. */
enum sl_cache_op {
	SL_CACHE_OP_NONE,	/**< no maintenance from user space on this CPU */
	SL_CACHE_OP_CLFLUSH,	/**< x86: write back and drop, for both verbs */
	SL_CACHE_OP_CLFLUSHOPT, /**< x86: like clflush, but weakly ordered */
	SL_CACHE_OP_CLWB,	/**< x86: clean by clwb, flush by clflushopt */
	SL_CACHE_OP_DC,		/**< AArch64: dc cvac, dc civac */
	SL_CACHE_OP_CBO,	/**< RISC-V Zicbom: cbo.clean, cbo.flush */
};

/** What this CPU offers. */
struct sl_cache_info {
	enum sl_cache_op op;
	/** Bytes that one instruction maintains: the step of a loop. Power of two. */
	uint32_t step;
	/** Bytes that two owners must not share (>= step): the alignment of buffers. */
	uint32_t line;
};

/**
 * Find out what this CPU offers (CPUID, CTR_EL0, riscv_hwprobe).
 * Any thread; reads no state that changes.
 * @param[out] info filled always; op is SL_CACHE_OP_NONE where user space may
 *   do no maintenance, line then is the compile-time guess (64, AArch64 128).
 * @return 0, or -ENOTSUP with op SL_CACHE_OP_NONE.
 */
int
sl_cache_probe(struct sl_cache_info *info);

/** Name of an operation for people, "clwb+clflushopt". Never NULL. */
const char *
sl_cache_op_name(enum sl_cache_op op);

/** Write a dirty line back; it may stay in the cache. Complete after sl_cache_fence_clean(). */
static inline void
sl_cache_clean_line(enum sl_cache_op op, const void *p)
{
#if defined(__x86_64__)
	switch (op) {
	case SL_CACHE_OP_CLWB:
		__asm__ volatile(".byte 0x66; xsaveopt %0"
				 : "+m"(*(volatile char *)(uintptr_t)p)
				 :
				 : "memory");
		break;
	case SL_CACHE_OP_CLFLUSHOPT:
		__asm__ volatile(".byte 0x66; clflush %0"
				 : "+m"(*(volatile char *)(uintptr_t)p)
				 :
				 : "memory");
		break;
	case SL_CACHE_OP_CLFLUSH:
		__asm__ volatile("clflush %0" : "+m"(*(volatile char *)(uintptr_t)p) : : "memory");
		break;
	default:
		break;
	}
#elif defined(__aarch64__)
	if (op == SL_CACHE_OP_DC)
		__asm__ volatile("dc cvac, %0" : : "r"(p) : "memory");
#elif defined(__riscv)
	/* cbo.clean (a0): spelled as a word, for assemblers that lack Zicbom. */
	if (op == SL_CACHE_OP_CBO)
		__asm__ volatile(".insn i 0x0F, 2, x0, %0, 1" : : "r"(p) : "memory");
#else
	(void)op;
	(void)p;
#endif
}

/** Write a dirty line back and drop it. A load after sl_cache_fence_flush() reads memory. */
static inline void
sl_cache_flush_line(enum sl_cache_op op, const void *p)
{
#if defined(__x86_64__)
	switch (op) {
	case SL_CACHE_OP_CLWB:
	case SL_CACHE_OP_CLFLUSHOPT:
		__asm__ volatile(".byte 0x66; clflush %0"
				 : "+m"(*(volatile char *)(uintptr_t)p)
				 :
				 : "memory");
		break;
	case SL_CACHE_OP_CLFLUSH:
		__asm__ volatile("clflush %0" : "+m"(*(volatile char *)(uintptr_t)p) : : "memory");
		break;
	default:
		break;
	}
#elif defined(__aarch64__)
	if (op == SL_CACHE_OP_DC)
		__asm__ volatile("dc civac, %0" : : "r"(p) : "memory");
#elif defined(__riscv)
	if (op == SL_CACHE_OP_CBO)
		__asm__ volatile(".insn i 0x0F, 2, x0, %0, 2" : : "r"(p) : "memory");
#else
	(void)op;
	(void)p;
#endif
}

/** Earlier cleans are complete before any later store, a doorbell included. */
static inline void
sl_cache_fence_clean(void)
{
#if defined(__x86_64__)
	__asm__ volatile("sfence" : : : "memory");
#elif defined(__aarch64__)
	/* dmb oshst orders stores, not cache maintenance: only a dsb waits for dc cvac. */
	__asm__ volatile("dsb sy" : : : "memory");
#elif defined(__riscv)
	__asm__ volatile("fence iorw, iorw" : : : "memory");
#else
	__sync_synchronize();
#endif
}

/** Earlier line flushes are complete before any later load of those lines. */
static inline void
sl_cache_fence_flush(void)
{
#if defined(__x86_64__)
	/* sfence would not order the loads. */
	__asm__ volatile("mfence" : : : "memory");
#elif defined(__aarch64__)
	__asm__ volatile("dsb sy" : : : "memory");
#elif defined(__riscv)
	__asm__ volatile("fence iorw, iorw" : : : "memory");
#else
	__sync_synchronize();
#endif
}

/** Earlier stores to shared memory are seen by the NIC before a later doorbell store. */
static inline void
sl_cache_fence_doorbell(void)
{
#if defined(__x86_64__)
	/* x86 keeps stores in order, those to uncached registers too: only the compiler is held. */
	__asm__ volatile("" : : : "memory");
#elif defined(__aarch64__)
	__asm__ volatile("dmb oshst" : : : "memory");
#elif defined(__riscv)
	__asm__ volatile("fence w, ow" : : : "memory");
#else
	__sync_synchronize();
#endif
}

/** An earlier load, which saw what the NIC wrote, is done before any later load. */
static inline void
sl_cache_fence_acquire(void)
{
#if defined(__x86_64__)
	__asm__ volatile("" : : : "memory");
#elif defined(__aarch64__)
	__asm__ volatile("dmb oshld" : : : "memory");
#elif defined(__riscv)
	__asm__ volatile("fence r, r" : : : "memory");
#else
	__sync_synchronize();
#endif
}

#ifdef __cplusplus
}
#endif

#endif /* _SL_CACHE_H_ */
