/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */

/*
 * Engine rxonly: receives frames and frees them.
 */

#include "engine.h"

static unsigned int
run(struct stream *s)
{
	struct rte_mbuf *pkts[BURST_MAX];
	uint16_t n = stream_receive(s, pkts);

	if (n != 0)
		stream_consume(s, pkts, n);
	return n;
}

const struct engine engine_rxonly = {
	.name = "rxonly",
	.help = "receive and free",
	.receives = true,
	.run = run,
};
