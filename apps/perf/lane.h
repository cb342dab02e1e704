/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */
#ifndef _LANE_H_
#define _LANE_H_

/**
 * @file
 * A lane: one lcore's share of the queues, forwarded from one port to the
 * other. Written by its lcore alone; others read its counters.
 */

#include <stdbool.h>
#include <stdint.h>

#include <rte_common.h>

struct lane {
	unsigned int lcore;
	uint16_t from, to;		    /**< ports */
	uint16_t first_queue, queues, step; /**< queues first, first + step... below queues */
	uint16_t burst;
	bool stop; /**< set by the main lcore, atomically */
	uint64_t frames __rte_cache_aligned;
	uint64_t cycles;
	uint64_t wait;
	uint64_t turns;
	uint64_t mark; /**< turns at the main lcore's last look */
} __rte_cache_aligned;

/** Forward until stop; the function that a lcore is launched on. @p arg a lane. */
int
lane_run(void *arg);

#endif /* _LANE_H_ */
