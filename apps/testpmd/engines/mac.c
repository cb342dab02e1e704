/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */

/* Engine mac: forwards frames with the addresses of the transmitting port and its peer. */

#include <rte_prefetch.h>

#include "engine.h"

static unsigned int
run(struct stream *s)
{
	struct rte_mbuf *pkts[BURST_MAX];
	uint16_t n = stream_receive(s, pkts);

	for (uint16_t i = 0; i < n; i++) {
		struct rte_ether_hdr *eth = rte_pktmbuf_mtod(pkts[i], struct rte_ether_hdr *);

		if (i + 1 < n)
			rte_prefetch0(rte_pktmbuf_mtod(pkts[i + 1], void *));
		if (unlikely(rte_pktmbuf_data_len(pkts[i]) < sizeof(*eth)))
			continue;
		rte_ether_addr_copy(&s->dst, &eth->dst_addr);
		rte_ether_addr_copy(&s->src, &eth->src_addr);
	}
	if (n != 0)
		stream_transmit(s, pkts, n);
	return n;
}

const struct engine engine_mac = {
	.name = "mac",
	.help = "forward from the sending port's address to its peer's",
	.receives = true,
	.transmits = true,
	.run = run,
};
