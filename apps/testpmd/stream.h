/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */
#ifndef _STREAM_H_
#define _STREAM_H_

/**
 * @file
 * Streams: one receive queue joined to one transmit queue. The topology
 * functions are pure; nothing here calls EAL.
 */

#include <stdbool.h>
#include <stdint.h>

/** How ports are joined. */
enum topology {
	TOPOLOGY_PAIRED,  /**< 0 with 1, 2 with 3...; the last of an odd number with itself */
	TOPOLOGY_CHAINED, /**< 0 to 1, 1 to 2, last to 0 */
	TOPOLOGY_LOOP,	  /**< each to itself */
};

/** "paired"...: name of a topology; NULL past the end. */
const char *
topology_name(enum topology topology);
/** By name. @return 0 or -EINVAL. */
int
topology_parse(const char *name, enum topology *out);
/** Index of the port that sends what port @p i of @p n receives; a permutation of 0..n-1. */
uint16_t
topology_peer(enum topology topology, uint16_t i, uint16_t n);

/** One stream of the map: indices into the list of ports, and queues. */
struct leg {
	uint16_t rx_index, rx_queue;
	uint16_t tx_index, tx_queue;
};

/**
 * All legs of @p nb_ports ports with @p nb_queues queues each, port by port.
 * No transmit queue stands in two legs.
 * @param out room for nb_ports * nb_queues
 * @return legs written
 */
unsigned int
stream_map(enum topology topology, uint16_t nb_ports, uint16_t nb_queues, struct leg *out);

/** Which of @p nb_cores cores serves stream @p i of @p n; their shares differ by at most one. */
unsigned int
stream_core(unsigned int i, unsigned int n, unsigned int nb_cores);

#endif /* _STREAM_H_ */
