/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */
#ifndef _STREAM_H_
#define _STREAM_H_

/**
 * @file
 * Streams: each connects one receive queue to one transmit queue. The topology functions are pure;
 * this file does not call EAL.
 */

#include <stdbool.h>
#include <stdint.h>

/** Connection of ports. */
enum topology {
	TOPOLOGY_PAIRED,  /**< 0 with 1, 2 with 3...; an odd last port with itself */
	TOPOLOGY_CHAINED, /**< 0 to 1, 1 to 2, last to 0 */
	TOPOLOGY_LOOP,	  /**< each port to itself */
};

/** Name of a topology, "paired"...; NULL past the end. */
const char *
topology_name(enum topology topology);
/** Find a topology by name. @return 0 or -EINVAL. */
int
topology_parse(const char *name, enum topology *out);
/** Index of the port that sends frames received by port @p i of @p n; a permutation of 0..n-1. */
uint16_t
topology_peer(enum topology topology, uint16_t i, uint16_t n);

/** One stream of the map: indices into the list of ports, and queues. */
struct leg {
	uint16_t rx_index, rx_queue;
	uint16_t tx_index, tx_queue;
};

/**
 * Make all legs of @p nb_ports ports with @p nb_queues queues each, port by port. Each transmit
 * queue is in one leg only.
 * @param out room for nb_ports * nb_queues
 * @return number of legs
 */
unsigned int
stream_map(enum topology topology, uint16_t nb_ports, uint16_t nb_queues, struct leg *out);

/**
 * Index of the core, of @p nb_cores, that serves stream @p i of @p n. The numbers of streams per
 * core differ by at most one.
 */
unsigned int
stream_core(unsigned int i, unsigned int n, unsigned int nb_cores);

#endif /* _STREAM_H_ */
