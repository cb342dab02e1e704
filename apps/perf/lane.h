/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */
#ifndef _LANE_H_
#define _LANE_H_

/**
 * @file
 * A lane: one lcore's share of the queues, forwarded from one port to the other. Only its lcore
 * writes it; other lcores read its counters.
 */

#include <stdbool.h>
#include <stdint.h>

#include <rte_common.h>

struct lane {
	unsigned int lcore;
	uint16_t from, to;		    /**< ports */
	uint16_t first_queue, queues, step; /**< queues first, first + step... less than queues */
	uint16_t burst;
	bool stop; /**< set by the main lcore, atomically */
	uint64_t frames __rte_cache_aligned;
	uint64_t cycles;
	uint64_t wait;
	uint64_t turns;
	uint64_t mark; /**< turns when the main lcore last checked */
} __rte_cache_aligned;

/** Forward until stop is set; for rte_eal_remote_launch(). @p arg is a lane. */
int
lane_run(void *arg);

#endif /* _LANE_H_ */
