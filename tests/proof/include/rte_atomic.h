/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */
#ifndef _PROOF_RTE_ATOMIC_H_
#define _PROOF_RTE_ATOMIC_H_

/**
 * @file
 * Replaces DPDK's header, which includes the intrinsics of x86. The prover keeps the order of
 * the source, so a barrier for the compiler is empty.
 */

#define rte_compiler_barrier() \
	do { \
	} while (0)

#endif
