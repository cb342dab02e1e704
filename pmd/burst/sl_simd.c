/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */

/*
 * Which widths of vectors the burst functions may have here. Control path.
 */

#include <rte_common.h>
#include <rte_cpuflags.h>
#include <rte_vect.h>

#include "sl_simd.h"

#if defined(__x86_64__)
/* What the build compiles each width for: pmd/meson.build. */
static const struct {
	unsigned int bits;
	enum rte_cpu_flag_t flag;
} needed[] = {
	{128, RTE_CPUFLAG_SSE4_2},
	{256, RTE_CPUFLAG_AVX2},
	{512, RTE_CPUFLAG_AVX2},
	{512, RTE_CPUFLAG_AVX512F},
	{512, RTE_CPUFLAG_AVX512BW},
	{512, RTE_CPUFLAG_AVX512DQ},
	{512, RTE_CPUFLAG_AVX512VL},
};
#elif defined(__aarch64__)
static const struct {
	unsigned int bits;
	enum rte_cpu_flag_t flag;
} needed[] = {
	{128, RTE_CPUFLAG_NEON},
};
#endif

bool
sl_simd_runs(unsigned int bits)
{
	if (bits == 0)
		return true;
	if (bits > rte_vect_get_max_simd_bitwidth())
		return false;
#if defined(__x86_64__) || defined(__aarch64__)
	for (unsigned int i = 0; i < RTE_DIM(needed); i++) {
		if (needed[i].bits == bits && rte_cpu_get_flag_enabled(needed[i].flag) <= 0)
			return false;
	}
	return true;
#else
	return false;
#endif
}
