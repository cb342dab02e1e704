/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */
#ifndef _SL_PATHS_H_
#define _SL_PATHS_H_

/**
 * @file
 * The burst functions that paths.def lists. sl_rx_burst.c and sl_tx_burst.c are compiled once for
 * each vector width. Each name contains the width (SL_ISA, set by the build):
 * sl_rx_avx2_coherent_offload().
 */

#include <stdbool.h>
#include <stdint.h>

#include <rte_common.h>
#include <rte_mbuf.h>

#include "paths.def"
#include "sl_format.h"
#include "sl_shm.h"

/** Capabilities of a path beyond single-segment frames. */
#define SL_CAN_SCATTER (UINT32_C(1) << 0) /* frames of several segments */
#define SL_CAN_OFFLOAD \
	(UINT32_C(1) << 1) /* receive: packet type, checksums, VLAN, RSS; \
			      transmit: context descriptors */

/** One path: its function, name and capabilities. */
struct sl_burst_path {
	uint16_t (*burst)(void *queue, struct rte_mbuf **pkts, uint16_t n);
	const char *name; /**< "scalar coherent scattered" */
	enum sl_coherency mode;
	uint32_t can; /**< SL_CAN_* */
	enum sl_completion completion;
	enum sl_format format;
	uint16_t simd; /**< vector width in bits; 0: scalar */
};

/** Requirements of a port for its path. */
struct sl_burst_need {
	enum sl_coherency mode;
	enum sl_completion completion;
	enum sl_format format;
	uint32_t can; /**< required capabilities, SL_CAN_* */
};

static inline bool
sl_burst_can(const struct sl_burst_path *path, uint32_t what)
{
	return (path->can & what) == what;
}

#define SL_PATH_NAME_(dir, isa, what) sl_##dir##_##isa##_##what
#define SL_PATH_NAME(dir, isa, what) SL_PATH_NAME_(dir, isa, what)

/** Initializer of one row of a path table. */
#define SL_PATH_ROW(dir, isa, label, bits, what, words, mode, can, completion, format) \
	{SL_PATH_NAME(dir, isa, what), label words, SL_COHERENCY_##mode, can, \
		SL_COMPLETION_##completion, SL_FORMAT_##format, bits},
#define SL_RX_PATH_ROW(...) SL_PATH_ROW(rx, __VA_ARGS__)
#define SL_TX_PATH_ROW(...) SL_PATH_ROW(tx, __VA_ARGS__)

/** Prototype of one burst function. */
#define SL_PATH_DECLARE(dir, isa, label, bits, what, ...) \
	uint16_t SL_PATH_NAME(dir, isa, what)(void *queue, struct rte_mbuf **pkts, uint16_t n);
#define SL_RX_PATH_DECLARE(...) SL_PATH_DECLARE(rx, __VA_ARGS__)
#define SL_TX_PATH_DECLARE(...) SL_PATH_DECLARE(tx, __VA_ARGS__)
/** Prototypes of all burst functions of a vector width. */
#define SL_WIDTH_DECLARE(isa, label, bits, ...) \
	SL_RX_PATHS(SL_RX_PATH_DECLARE, isa, label, bits) \
	SL_TX_PATHS(SL_TX_PATH_DECLARE, isa, label, bits)

#if defined(__x86_64__)
#define SL_WIDTHS(width) SL_WIDTHS_x86_64(width)
#elif defined(__aarch64__)
#define SL_WIDTHS(width) SL_WIDTHS_aarch64(width)
#else
#define SL_WIDTHS(width) SL_WIDTHS_other(width)
#endif

SL_WIDTHS(SL_WIDTH_DECLARE)
SL_RX_PATHS_SCALAR(SL_RX_PATH_DECLARE, scalar, , )
#ifdef SL_ISA
SL_WIDTH_DECLARE(SL_ISA, , , )
#endif

/**
 * First row of a table that meets @p need and runs on this CPU; NULL: there is none.
 * @param paths,n the table, cheapest path first
 */
const struct sl_burst_path *
sl_burst_select(
	const struct sl_burst_path *paths, unsigned int n, const struct sl_burst_need *need);

#endif /* _SL_PATHS_H_ */
