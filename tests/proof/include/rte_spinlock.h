/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */
#ifndef _RTE_SPINLOCK_H_
#define _RTE_SPINLOCK_H_

/**
 * @file
 * Replaces DPDK's header: only the type, because structs contain locks but a proof takes none.
 */

typedef int rte_spinlock_t;

#endif /* _RTE_SPINLOCK_H_ */
