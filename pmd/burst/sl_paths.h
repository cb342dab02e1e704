/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */
#ifndef _SL_PATHS_H_
#define _SL_PATHS_H_

/**
 * @file
 * Names of the burst functions. sl_rx_burst.c and sl_tx_burst.c are compiled
 * once for each width of vectors; SL_ISA, from the build, is in the names of
 * what comes of it: sl_rx_avx2_coherent_offload().
 */

#include <stdint.h>

#include <rte_common.h>
#include <rte_mbuf.h>

#define SL_PATH_NAME_(dir, isa, what) sl_##dir##_##isa##_##what
#define SL_PATH_NAME(dir, isa, what) SL_PATH_NAME_(dir, isa, what)

#define SL_PATH_DECLARE(dir, isa, what) \
	uint16_t SL_PATH_NAME(dir, isa, what)(void *queue, struct rte_mbuf **pkts, uint16_t n)

/** What every width has, for each direction. */
#define SL_PATHS_DECLARE(isa) \
	SL_PATH_DECLARE(rx, isa, coherent); \
	SL_PATH_DECLARE(rx, isa, coherent_offload); \
	SL_PATH_DECLARE(rx, isa, explicit); \
	SL_PATH_DECLARE(rx, isa, explicit_offload); \
	SL_PATH_DECLARE(rx, isa, checked); \
	SL_PATH_DECLARE(rx, isa, checked_offload); \
	SL_PATH_DECLARE(tx, isa, coherent); \
	SL_PATH_DECLARE(tx, isa, coherent_offload); \
	SL_PATH_DECLARE(tx, isa, explicit); \
	SL_PATH_DECLARE(tx, isa, explicit_offload); \
	SL_PATH_DECLARE(tx, isa, checked); \
	SL_PATH_DECLARE(tx, isa, checked_offload)

SL_PATHS_DECLARE(scalar);
SL_PATH_DECLARE(rx, scalar, coherent_scattered);
SL_PATH_DECLARE(rx, scalar, explicit_scattered);
SL_PATH_DECLARE(rx, scalar, checked_scattered);
#if defined(__x86_64__)
SL_PATHS_DECLARE(sse);
SL_PATHS_DECLARE(avx2);
SL_PATHS_DECLARE(avx512);
#elif defined(__aarch64__)
SL_PATHS_DECLARE(neon);
#endif
#ifdef SL_ISA
SL_PATHS_DECLARE(SL_ISA);
#endif

#endif /* _SL_PATHS_H_ */
