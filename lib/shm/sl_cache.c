/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */

/*
 * Detects at run time which cache maintenance this CPU allows in user space, and
 * the size of its lines. The instructions are inline in sl_cache.h.
 */

#include <errno.h>
#include <stddef.h>

#include "sl_cache.h"

#if defined(__x86_64__)
#include <cpuid.h>
#elif defined(__riscv)
#include <sys/syscall.h>
#include <unistd.h>
#endif

#if defined(__x86_64__)

/* CPUID leaf 1: EDX has the clflush flag, EBX the line size in units of 8 bytes. */
#define CPUID_EDX_CLFSH (1u << 19)
#define CPUID_EBX_CLFLUSH_SHIFT 8

static void
probe(struct sl_cache_info *info)
{
	unsigned int eax, ebx, ecx, edx;

	if (__get_cpuid(1, &eax, &ebx, &ecx, &edx) == 0 || (edx & CPUID_EDX_CLFSH) == 0)
		return;
	info->op = SL_CACHE_OP_CLFLUSH;
	info->step = ((ebx >> CPUID_EBX_CLFLUSH_SHIFT) & UINT8_MAX) * 8;
	if (__get_cpuid_count(7, 0, &eax, &ebx, &ecx, &edx) == 0)
		return;
	if ((ebx & bit_CLFLUSHOPT) != 0)
		info->op = (ebx & bit_CLWB) != 0 ? SL_CACHE_OP_CLWB : SL_CACHE_OP_CLFLUSHOPT;
}

#elif defined(__aarch64__)

/*
 * CTR_EL0: DminLine [19:16] and CWG [27:24], both log2 of words. Linux lets
 * user space read it and run dc cvac and dc civac, or emulates them.
 */
static void
probe(struct sl_cache_info *info)
{
	uint64_t ctr;
	unsigned int cwg;

	__asm__ volatile("mrs %0, ctr_el0" : "=r"(ctr));
	info->op = SL_CACHE_OP_DC;
	info->step = UINT32_C(4) << ((ctr >> 16) & 15);
	cwg = (ctr >> 24) & 15;
	if (cwg != 0)
		info->line = UINT32_C(4) << cwg;
}

#elif defined(__riscv)

/* From asm/hwprobe.h of Linux 6.15: these numbers are kernel ABI, and older headers lack them. */
#define HWPROBE_SYSCALL 258
#define HWPROBE_KEY_IMA_EXT_0 4
#define HWPROBE_EXT_ZICBOM (UINT64_C(1) << 55)
#define HWPROBE_KEY_ZICBOM_BLOCK_SIZE 12

struct hwprobe_pair {
	int64_t key;
	uint64_t value;
};

/* The kernel reports Zicbom only when user space may run cbo.clean and cbo.flush. */
static void
probe(struct sl_cache_info *info)
{
	struct hwprobe_pair pair[2] = {
		{.key = HWPROBE_KEY_IMA_EXT_0}, {.key = HWPROBE_KEY_ZICBOM_BLOCK_SIZE}};

	if (syscall(HWPROBE_SYSCALL, pair, 2, 0, NULL, 0) != 0)
		return;
	if (pair[0].key < 0 || (pair[0].value & HWPROBE_EXT_ZICBOM) == 0 || pair[1].key < 0)
		return;
	info->op = SL_CACHE_OP_CBO;
	info->step = (uint32_t)pair[1].value;
}

#else

static void
probe(struct sl_cache_info *info)
{
	(void)info;
}

#endif

int
sl_cache_probe(struct sl_cache_info *info)
{
#if defined(__aarch64__)
	*info = (struct sl_cache_info){.op = SL_CACHE_OP_NONE, .step = 64, .line = 128};
#else
	*info = (struct sl_cache_info){.op = SL_CACHE_OP_NONE, .step = 64, .line = 64};
#endif
	probe(info);
	/* Firmware reports these values. Do not use an impossible value as the step of a loop. */
	if (info->step < 16 || info->step > 4096 || (info->step & (info->step - 1)) != 0) {
		info->op = SL_CACHE_OP_NONE;
		info->step = info->line;
	}
	if (info->line < info->step)
		info->line = info->step;
	return info->op == SL_CACHE_OP_NONE ? -ENOTSUP : 0;
}

const char *
sl_cache_op_name(enum sl_cache_op op)
{
	switch (op) {
	case SL_CACHE_OP_CLFLUSH:
		return "clflush";
	case SL_CACHE_OP_CLFLUSHOPT:
		return "clflushopt";
	case SL_CACHE_OP_CLWB:
		return "clwb+clflushopt";
	case SL_CACHE_OP_DC:
		return "dc cvac+civac";
	case SL_CACHE_OP_CBO:
		return "cbo.clean+cbo.flush";
	default:
		return "none";
	}
}
