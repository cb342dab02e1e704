/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */
#ifndef _SL_PROVIDER_H_
#define _SL_PROVIDER_H_

/**
 * @file
 * Providers of extended statistics: parts of a port that count beside NIC and queues. sl_stats.c
 * asks each provider of its list, and knows nothing else of them.
 */

#include <stdbool.h>
#include <stdint.h>

#include <rte_ethdev.h>

struct sl_port;

/** Most figures that one provider has. */
#define SL_FIGURES_MAX 64u
/** Providers in the list of sl_stats.c. */
#define SL_PROVIDERS 3u

/** One extended statistic. */
struct sl_figure {
	char name[RTE_ETH_XSTATS_NAME_SIZE];
	uint64_t value;
	bool stays; /**< a reset of the statistics leaves it; else it counts from the last reset */
};

/** Who counts. Const. */
struct sl_provider {
	/**
	 * The figures of a port, always in the same order. Any thread; the port's stats_lock is
	 * held.
	 * @return how many of @p out are filled, SL_FIGURES_MAX at most; 0: the port has none
	 */
	unsigned int (*read)(const struct sl_port *port, struct sl_figure *out);
};

/** What the software NIC counts beside its registers, "soft_*". */
extern const struct sl_provider sl_soft_provider;
/** What the software NIC's wire counts, "wire_*". */
extern const struct sl_provider sl_soft_wire_provider;
/** What the checker of coherency=checked found and looked at, "check_*". */
extern const struct sl_provider sl_checked_provider;

#endif /* _SL_PROVIDER_H_ */
