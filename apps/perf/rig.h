/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */
#ifndef _RIG_H_
#define _RIG_H_

/**
 * @file
 * What is measured on: ports of the driver on software NICs, and the lcores
 * that forward between them. One rig at a time. Main lcore.
 *
 * live: a generator feeds port 0, worker lcores forward to port 1, whose wire
 * counts what arrives. stepped: one port in a loop, whose device works between
 * bursts only, so that no cycle of it is counted.
 */

#include <stdbool.h>
#include <stdint.h>

#include <jansson.h>
#include <rte_mempool.h>

#include "options.h"


struct lane;

struct rig {
	const struct point *point;
	bool live;
	uint16_t nb_ports;
	uint16_t port[2];
	uint32_t buf_size;
	struct rte_mempool *pool;
	unsigned int nb_lanes;
	struct lane *lanes;  /**< one for each forwarding lcore */
	char rx_path[64], tx_path[64];
	uint16_t rxd, txd;
};

/** What the lanes did, summed up. */
struct rig_counts {
	uint64_t frames;  /**< received by the application */
	uint64_t cycles;  /**< in turns that moved frames, but for waiting */
	uint64_t wait;    /**< cycles of waiting for a full transmit ring */
};

/**
 * Make ports, start them and set the lanes going.
 * @return 0 or negative errno, reason on stderr; nothing is left then.
 */
int rig_open(const struct point *p, bool live, int device_cpu, struct rig *out);
/** Stop lanes, close ports. @return mbufs that are not back in the pool. */
unsigned int rig_close(struct rig *r);
struct rig_counts rig_counts(const struct rig *r);
/** A word for the generator (port 0) or the sink (port 1). @return 0 or negative errno. */
int rig_wire(const struct rig *r, unsigned int port, const char *word);
/** Report of the wire of a port. New reference; NULL: there is none. */
json_t *rig_wire_report(const struct rig *r, unsigned int port);

#endif /* _RIG_H_ */
