/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */
#ifndef _SL_PROVIDER_H_
#define _SL_PROVIDER_H_

/**
 * @file
 * Providers of extended statistics: parts of a port that count in addition to NIC and queues.
 * sl_stats.c reads each provider in its list and does not depend on them otherwise.
 */

#include <stdbool.h>
#include <stdint.h>

#include <rte_ethdev.h>

struct sl_port;

/** Most figures of one provider. */
#define SL_FIGURES_MAX 64u
/** Number of providers in the list of sl_stats.c. */
#define SL_PROVIDERS 3u

/** One extended statistic. */
struct sl_figure {
	char name[RTE_ETH_XSTATS_NAME_SIZE];
	uint64_t value;
	bool stays; /**< a reset of statistics does not change it; false: it counts from the last
		       reset */
};

/** A provider. Constant. */
struct sl_provider {
	/**
	 * Read the figures of a port, always in the same order. Any thread; the port's stats_lock
	 * is held.
	 * @return number of entries of @p out that are filled, at most SL_FIGURES_MAX; 0: the port
	 * has none
	 */
	unsigned int (*read)(const struct sl_port *port, struct sl_figure *out);
};

#endif /* _SL_PROVIDER_H_ */
