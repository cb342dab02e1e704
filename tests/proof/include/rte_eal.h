/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */
#ifndef _PROOF_RTE_EAL_H_
#define _PROOF_RTE_EAL_H_

/**
 * @file
 * Replaces DPDK's header: the proofs are of bursts in the primary process. A secondary process runs
 * the same bursts, and leaves what only the primary may do.
 */

enum rte_proc_type_t { RTE_PROC_PRIMARY, RTE_PROC_SECONDARY };

static inline enum rte_proc_type_t
rte_eal_process_type(void)
{
	return RTE_PROC_PRIMARY;
}

#endif /* _PROOF_RTE_EAL_H_ */
