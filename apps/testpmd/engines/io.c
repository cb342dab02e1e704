/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */

/*
 * Engine io: forwards frames without changing them.
 */

#include "engine.h"

static unsigned int
run(struct stream *s)
{
	struct rte_mbuf *pkts[BURST_MAX];
	uint16_t n = stream_receive(s, pkts);

	if (n != 0)
		stream_transmit(s, pkts, n);
	return n;
}

const struct engine engine_io = {
	.name = "io",
	.help = "forward frames as they are",
	.receives = true,
	.transmits = true,
	.run = run,
};
