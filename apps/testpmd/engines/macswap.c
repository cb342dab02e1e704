/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */

/*
 * Engine macswap: forwards frames with source and destination address
 * exchanged.
 */

#include <rte_prefetch.h>

#include "engine.h"

static unsigned int
run(struct stream *s)
{
	struct rte_mbuf *pkts[BURST_MAX];
	uint16_t n = stream_receive(s, pkts);

	for (uint16_t i = 0; i < n; i++) {
		struct rte_ether_hdr *eth = rte_pktmbuf_mtod(pkts[i], struct rte_ether_hdr *);
		struct rte_ether_addr dst;

		if (i + 1 < n)
			rte_prefetch0(rte_pktmbuf_mtod(pkts[i + 1], void *));
		if (unlikely(rte_pktmbuf_data_len(pkts[i]) < sizeof(*eth)))
			continue;
		rte_ether_addr_copy(&eth->dst_addr, &dst);
		rte_ether_addr_copy(&eth->src_addr, &eth->dst_addr);
		rte_ether_addr_copy(&dst, &eth->src_addr);
	}
	if (n != 0)
		stream_transmit(s, pkts, n);
	return n;
}

const struct engine engine_macswap = {
	.name = "macswap",
	.help = "forward with the two addresses exchanged",
	.receives = true,
	.transmits = true,
	.run = run,
};
