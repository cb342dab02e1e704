/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */
#ifndef _SPLIT_PATHS_H_
#define _SPLIT_PATHS_H_

/**
 * @file
 * Rows in addition to the driver's tables: vectors of one lane that are loaded with two accesses,
 * as on AArch64, compiled for x86 (SL_LANE_IS_ATOMIC 0).
 */

#include "sl_paths.h"
#include "sl_port.h"
#include "sl_rx.h"
#include "sl_tx.h"

#if defined(__x86_64__)

SL_WIDTH_DECLARE(split, , , )

/* clang-format off */
static const struct sl_burst_path split_rx_paths[] = {SL_RX_PATHS(SL_RX_PATH_ROW, split, "split", 128)};
static const struct sl_burst_path split_tx_paths[] = {SL_TX_PATHS(SL_TX_PATH_ROW, split, "split", 128)};
/* clang-format on */
#define SPLIT_RX_PATHS RTE_DIM(split_rx_paths)
#define SPLIT_TX_PATHS RTE_DIM(split_tx_paths)

#else

static const struct sl_burst_path split_rx_paths[1];
static const struct sl_burst_path split_tx_paths[1];
#define SPLIT_RX_PATHS 0u
#define SPLIT_TX_PATHS 0u

#endif

/* Row @i of the driver's table followed by these rows; NULL after the last one. */
static inline const struct sl_burst_path *
all_rx_paths(unsigned int i)
{
	if (i < sl_rx_path_count)
		return &sl_rx_paths[i];
	return i - sl_rx_path_count < SPLIT_RX_PATHS ? &split_rx_paths[i - sl_rx_path_count] : NULL;
}

static inline const struct sl_burst_path *
all_tx_paths(unsigned int i)
{
	if (i < sl_tx_path_count)
		return &sl_tx_paths[i];
	return i - sl_tx_path_count < SPLIT_TX_PATHS ? &split_tx_paths[i - sl_tx_path_count] : NULL;
}

#endif /* _SPLIT_PATHS_H_ */
