/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */

/*
 * Selection of a path: the vector widths that the burst functions can use on this machine, and the
 * first row of a table that meets a port's needs. Control path.
 */

#include <rte_common.h>
#include <rte_cpuflags.h>
#include <rte_vect.h>

#include "sl_paths.h"
#include "sl_simd.h"

#if defined(__x86_64__)
/* CPU features that the compiler flags of each width in paths.def need. */
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

const struct sl_burst_path *
sl_burst_select(const struct sl_burst_path *paths, unsigned int n, const struct sl_burst_need *need)
{
	unsigned int i;

	for (i = 0; i < n; i++) {
		const struct sl_burst_path *p = &paths[i];

		if (p->mode == need->mode && p->completion == need->completion &&
			p->format == need->format && sl_burst_can(p, need->can) &&
			sl_simd_runs(p->simd))
			return p;
	}
	return NULL;
}
