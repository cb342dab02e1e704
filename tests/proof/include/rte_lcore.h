/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */
#ifndef _RTE_LCORE_H_
#define _RTE_LCORE_H_

/**
 * @file
 * Replaces DPDK's header: a proof has one lcore, number 0.
 */

static inline unsigned int
rte_lcore_id(void)
{
	return 0;
}

#endif /* _RTE_LCORE_H_ */
