/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */
#ifndef _RTE_PREFETCH_H_
#define _RTE_PREFETCH_H_

/**
 * @file
 * Replaces DPDK's header: a prefetch has no effect on a proof.
 */

static inline void
rte_prefetch0(const volatile void *p)
{
	(void)p;
}

static inline void
rte_prefetch1(const volatile void *p)
{
	(void)p;
}

#endif /* _RTE_PREFETCH_H_ */
