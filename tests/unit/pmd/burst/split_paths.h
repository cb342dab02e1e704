/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */
#ifndef _SPLIT_PATHS_H_
#define _SPLIT_PATHS_H_

/**
 * @file
 * Rows beside those of the driver's tables: vectors of one lane that are loaded in two
 * accesses, as AArch64 has them, compiled for x86 (SL_LANE_IS_ATOMIC 0).
 */

#include "sl_paths.h"
#include "sl_port.h"
#include "sl_rx.h"
#include "sl_tx.h"

#if defined(__x86_64__)

SL_PATHS_DECLARE(split);

#define SPLIT_ROWS(dir, ...) \
	{sl_##dir##_split_coherent, "split coherent", SL_COHERENCY_COHERENT, __VA_ARGS__, false, \
		128}, \
		{sl_##dir##_split_coherent_offload, "split coherent offload", \
			SL_COHERENCY_COHERENT, __VA_ARGS__, true, 128}, \
		{sl_##dir##_split_explicit, "split explicit", SL_COHERENCY_EXPLICIT, __VA_ARGS__, \
			false, 128}, \
		{sl_##dir##_split_explicit_offload, "split explicit offload", \
			SL_COHERENCY_EXPLICIT, __VA_ARGS__, true, 128}, \
		{sl_##dir##_split_checked, "split checked", SL_COHERENCY_CHECKED, __VA_ARGS__, \
			false, 128}, \
	{ \
		sl_##dir##_split_checked_offload, "split checked offload", SL_COHERENCY_CHECKED, \
			__VA_ARGS__, true, 128 \
	}

static const struct sl_rx_path split_rx_paths[] = {SPLIT_ROWS(rx, false)};
static const struct sl_tx_path split_tx_paths[] = {SPLIT_ROWS(tx, true)};
#define SPLIT_PATHS RTE_DIM(split_rx_paths)

#else

static const struct sl_rx_path split_rx_paths[1];
static const struct sl_tx_path split_tx_paths[1];
#define SPLIT_PATHS 0u

#endif

/* Row @i of the driver's table and these; NULL past the last one. */
static inline const struct sl_rx_path *
all_rx_paths(unsigned int i)
{
	if (i < sl_rx_path_count)
		return &sl_rx_paths[i];
	return i - sl_rx_path_count < SPLIT_PATHS ? &split_rx_paths[i - sl_rx_path_count] : NULL;
}

static inline const struct sl_tx_path *
all_tx_paths(unsigned int i)
{
	if (i < sl_tx_path_count)
		return &sl_tx_paths[i];
	return i - sl_tx_path_count < SPLIT_PATHS ? &split_tx_paths[i - sl_tx_path_count] : NULL;
}

#endif /* _SPLIT_PATHS_H_ */
