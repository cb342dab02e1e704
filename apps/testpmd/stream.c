/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */

/*
 * The topologies: the port that sends the frames that a port receives, the map from receive queues
 * to transmit queues, and the share of each core. Pure functions.
 */

#include <errno.h>
#include <stddef.h>
#include <string.h>

#include "stream.h"

static const char *const names[] = {
	[TOPOLOGY_PAIRED] = "paired",
	[TOPOLOGY_CHAINED] = "chained",
	[TOPOLOGY_LOOP] = "loop",
};

#define NB_NAMES (sizeof(names) / sizeof(names[0]))

const char *
topology_name(enum topology topology)
{
	return (size_t)topology < NB_NAMES ? names[topology] : NULL;
}

int
topology_parse(const char *name, enum topology *out)
{
	for (size_t i = 0; i < NB_NAMES; i++) {
		if (strcmp(name, names[i]) == 0) {
			*out = (enum topology)i;
			return 0;
		}
	}
	return -EINVAL;
}

uint16_t
topology_peer(enum topology topology, uint16_t i, uint16_t n)
{
	switch (topology) {
	case TOPOLOGY_PAIRED:
		return (uint16_t)(i ^ 1) < n ? (uint16_t)(i ^ 1) : i;
	case TOPOLOGY_CHAINED:
		return (uint16_t)(i + 1) < n ? (uint16_t)(i + 1) : 0;
	case TOPOLOGY_LOOP:
		break;
	}
	return i;
}

unsigned int
stream_map(enum topology topology, uint16_t nb_ports, uint16_t nb_queues, struct leg *out)
{
	unsigned int n = 0;

	for (uint16_t i = 0; i < nb_ports; i++) {
		for (uint16_t q = 0; q < nb_queues; q++) {
			out[n++] = (struct leg){
				.rx_index = i,
				.rx_queue = q,
				.tx_index = topology_peer(topology, i, nb_ports),
				.tx_queue = q,
			};
		}
	}
	return n;
}

unsigned int
stream_core(unsigned int i, unsigned int n, unsigned int nb_cores)
{
	return (unsigned int)((uint64_t)i * nb_cores / n);
}
