/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */
#ifndef _SL_CACHE_H_
#define _SL_CACHE_H_

/**
 * @file
 * Cache maintenance from user space, one line at a time, and the fences that
 * complete it. Makes no EAL call. No architecture lets user space invalidate a
 * line without a write-back. docs/explanation/architecture.md, "Cache
 * maintenance", lists the instructions, and explains each fence.
 */

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/** Instructions that clean and flush a line; detected at run time. */
enum sl_cache_op {
	SL_CACHE_OP_NONE,	/**< this CPU has none for user space */
	SL_CACHE_OP_CLFLUSH,	/**< x86: clflush for both: write back and invalidate */
	SL_CACHE_OP_CLFLUSHOPT, /**< x86: clflushopt for both; weakly ordered */
	SL_CACHE_OP_CLWB,	/**< x86: clwb to clean, clflushopt to flush */
	SL_CACHE_OP_DC,		/**< AArch64: dc cvac, dc civac */
	SL_CACHE_OP_CBO,	/**< RISC-V Zicbom: cbo.clean, cbo.flush */
};

/** Cache maintenance of this CPU. */
struct sl_cache_info {
	enum sl_cache_op op;
	/** Bytes that one instruction covers: the step of a loop. A power of two. */
	uint32_t step;
	/** Unit of ownership and alignment of buffers, bytes, >= step: never shared. */
	uint32_t line;
};

/**
 * Detect this CPU's cache maintenance (CPUID, CTR_EL0, riscv_hwprobe).
 * Any thread; reads no state that changes.
 * @param[out] info always filled in. If user space cannot do maintenance, op is
 *   SL_CACHE_OP_NONE, and line is the compile-time default (64, AArch64 128).
 * @return 0, or -ENOTSUP with op SL_CACHE_OP_NONE.
 */
int
sl_cache_probe(struct sl_cache_info *info);

/** Name of an operation for messages, "clwb+clflushopt". Never NULL. */
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
	/* cbo.clean: written with .insn, for assemblers without Zicbom. */
	if (op == SL_CACHE_OP_CBO)
		__asm__ volatile(".insn i 0x0F, 2, x0, %0, 1" : : "r"(p) : "memory");
#else
	(void)op;
	(void)p;
#endif
}

/** Write a dirty line back and invalidate it. Loads after sl_cache_fence_flush() read memory. */
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
	/* x86 keeps stores in order, including those to uncached registers: compiler barrier. */
	__asm__ volatile("" : : : "memory");
#elif defined(__aarch64__)
	__asm__ volatile("dmb oshst" : : : "memory");
#elif defined(__riscv)
	__asm__ volatile("fence w, ow" : : : "memory");
#else
	__sync_synchronize();
#endif
}

/** An earlier load that saw what the NIC wrote is complete before any later load. */
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
