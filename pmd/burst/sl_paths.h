/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */
#ifndef _SL_PATHS_H_
#define _SL_PATHS_H_

/**
 * @file
 * The burst functions, as paths.def lists them. sl_rx_burst.c and sl_tx_burst.c are compiled once
 * for each width of vectors; SL_ISA, from the build, is in the names of what comes of it:
 * sl_rx_avx2_coherent_offload().
 */

#include <stdbool.h>
#include <stdint.h>

#include <rte_common.h>
#include <rte_mbuf.h>

#include "paths.def"
#include "sl_shm.h"

/** What a path can do, beyond frames of one segment each. */
#define SL_CAN_SCATTER (UINT32_C(1) << 0) /* frames of several segments */
#define SL_CAN_OFFLOAD \
	(UINT32_C(1) << 1) /* receive: packet type, checksums, VLAN, RSS; \
			      transmit: context descriptors */

/** How the NIC tells that it is done with a descriptor. */
enum sl_completion {
	SL_COMPLETION_DD,   /**< it writes the descriptor back, and sets a bit there */
	SL_COMPLETION_HEAD, /**< it writes how far it is to a word beside the ring */
};

/** What a descriptor looks like. */
enum sl_desc_format {
	SL_FORMAT_ADVANCED, /**< the 82575's and all later ones' */
};

/** One path: what it is called and what it can do. */
struct sl_burst_path {
	uint16_t (*burst)(void *queue, struct rte_mbuf **pkts, uint16_t n);
	const char *name; /**< "scalar coherent scattered" */
	enum sl_coherency mode;
	uint32_t can; /**< SL_CAN_* */
	enum sl_completion completion;
	enum sl_desc_format format;
	uint16_t simd; /**< bits of its vectors; 0: scalar */
};

static inline bool
sl_burst_can(const struct sl_burst_path *path, uint32_t what)
{
	return (path->can & what) == what;
}

#define SL_PATH_NAME_(dir, isa, what) sl_##dir##_##isa##_##what
#define SL_PATH_NAME(dir, isa, what) SL_PATH_NAME_(dir, isa, what)

/** A row of a table of paths. */
#define SL_PATH_ROW(dir, isa, label, bits, what, words, mode, can, completion, format) \
	{SL_PATH_NAME(dir, isa, what), label words, SL_COHERENCY_##mode, can, \
		SL_COMPLETION_##completion, SL_FORMAT_##format, bits},
#define SL_RX_PATH_ROW(...) SL_PATH_ROW(rx, __VA_ARGS__)
#define SL_TX_PATH_ROW(...) SL_PATH_ROW(tx, __VA_ARGS__)

/** The prototype of one. */
#define SL_PATH_DECLARE(dir, isa, label, bits, what, ...) \
	uint16_t SL_PATH_NAME(dir, isa, what)(void *queue, struct rte_mbuf **pkts, uint16_t n);
#define SL_RX_PATH_DECLARE(...) SL_PATH_DECLARE(rx, __VA_ARGS__)
#define SL_TX_PATH_DECLARE(...) SL_PATH_DECLARE(tx, __VA_ARGS__)
/** Those of a width. */
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
 * First row of a table that has everything needed and runs here; NULL when there is none.
 * @param paths,n the table, cheapest first
 * @param can SL_CAN_*
 */
const struct sl_burst_path *
sl_burst_select(
	const struct sl_burst_path *paths, unsigned int n, enum sl_coherency mode, uint32_t can);

#endif /* _SL_PATHS_H_ */
