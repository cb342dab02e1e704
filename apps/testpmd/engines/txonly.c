/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */

/* Engine txonly: makes UDP frames of many flows and sends them. It does not receive. */

#include <assert.h>
#include <string.h>

#include <rte_byteorder.h>
#include <rte_ip.h>
#include <rte_udp.h>

#include "engine.h"

#define FLOWS 256u
#define FLOW_PORT 1024u /* UDP source port of flow 0 */
#define SINK_PORT 9	/* discard, RFC 863 */
#define TTL 64

/** The headers of a frame, in their order. */
struct headers {
	struct rte_ether_hdr eth;
	struct rte_ipv4_hdr ip;
	struct rte_udp_hdr udp;
};

static_assert(sizeof(struct headers) == TX_HEADERS, "config checks segments by TX_HEADERS");

void
txonly_begin(struct stream *s)
{
	struct headers h = {0};
	uint32_t len = 0;

	for (unsigned int i = 0; i < s->nb_tx_segs; i++)
		len += s->tx_segs[i];
	rte_ether_addr_copy(&s->dst, &h.eth.dst_addr);
	rte_ether_addr_copy(&s->src, &h.eth.src_addr);
	h.eth.ether_type = rte_cpu_to_be_16(RTE_ETHER_TYPE_IPV4);
	h.ip.version_ihl = RTE_IPV4_VHL_DEF;
	h.ip.total_length = rte_cpu_to_be_16(len - sizeof(h.eth));
	h.ip.time_to_live = TTL;
	h.ip.next_proto_id = IPPROTO_UDP;
	/*
	 * The network that RFC 2544 reserves for benchmarks, so that no other host receives such
	 * frames.
	 */
	h.ip.src_addr = rte_cpu_to_be_32(RTE_IPV4(198u, 18, s->tx_port & UINT8_MAX, 1));
	h.ip.dst_addr = rte_cpu_to_be_32(RTE_IPV4(198u, 19, s->tx_port & UINT8_MAX, 1));
	h.ip.hdr_checksum = rte_ipv4_cksum(&h.ip);
	h.udp.dst_port = rte_cpu_to_be_16(SINK_PORT);
	h.udp.dgram_len = rte_cpu_to_be_16(len - sizeof(h.eth) - sizeof(h.ip));
	/* The payload is zero, so it adds nothing to the sum. */
	s->tx_sum = (uint32_t)rte_ipv4_phdr_cksum(&h.ip, 0) + rte_raw_cksum(&h.udp, sizeof(h.udp));
	memcpy(s->tx_head, &h, sizeof(h));
}

void
txonly_fill(const struct stream *s, struct rte_mbuf *m, uint32_t flow)
{
	struct headers *h = rte_pktmbuf_mtod(m, struct headers *);
	rte_be16_t port = rte_cpu_to_be_16(FLOW_PORT + flow % FLOWS);
	uint32_t sum = s->tx_sum + port;
	unsigned int i = 0;

	m->nb_segs = s->nb_tx_segs;
	m->pkt_len = 0;
	for (struct rte_mbuf *seg = m; seg != NULL; seg = seg->next, i++) {
		seg->data_len = s->tx_segs[i];
		m->pkt_len += seg->data_len;
		if (seg != m)
			memset(rte_pktmbuf_mtod(seg, void *), 0, seg->data_len);
	}
	memset(h + 1, 0, m->data_len - sizeof(*h));
	memcpy(h, s->tx_head, sizeof(*h));
	h->udp.src_port = port;
	sum = (sum & UINT16_MAX) + (sum >> 16);
	sum = (sum & UINT16_MAX) + (sum >> 16);
	/* 0 would mean "no checksum". */
	h->udp.dgram_cksum = sum == UINT16_MAX ? UINT16_MAX : (uint16_t)~sum;
}

/** Allocate @p n chains of mbufs, or none. @return false: none. */
static bool
alloc_chains(struct stream *s, struct rte_mbuf **pkts, uint16_t n)
{
	struct rte_mbuf *last[BURST_MAX], *more[BURST_MAX];

	if (rte_pktmbuf_alloc_bulk(s->pool, pkts, n) != 0)
		return false;
	memcpy(last, pkts, n * sizeof(*pkts));
	for (unsigned int seg = 1; seg < s->nb_tx_segs; seg++) {
		if (rte_pktmbuf_alloc_bulk(s->pool, more, n) != 0) {
			rte_pktmbuf_free_bulk(pkts, n);
			return false;
		}
		for (uint16_t i = 0; i < n; i++)
			last[i]->next = more[i];
		memcpy(last, more, n * sizeof(*more));
		for (uint16_t i = 0; i < n; i++)
			pkts[i]->nb_segs++;
	}
	return true;
}

uint16_t
txonly_burst(struct stream *s, uint16_t n)
{
	struct rte_mbuf *pkts[BURST_MAX];
	uint16_t sent;

	if (!alloc_chains(s, pkts, n)) {
		count(&s->n.no_mbuf, 1);
		return 0;
	}
	for (uint16_t i = 0; i < n; i++)
		txonly_fill(s, pkts[i], s->tx_flow + i);
	sent = stream_send(s, pkts, n);
	/* Frames that the driver did not accept are freed and made again in the next run. */
	if (unlikely(sent < n))
		rte_pktmbuf_free_bulk(pkts + sent, n - sent);
	s->tx_flow += sent;
	count(&s->n.generated, sent);
	return sent;
}

static unsigned int
run(struct stream *s)
{
	uint16_t n = (uint16_t)RTE_MIN((uint64_t)s->burst, s->tx_left);

	if (n == 0)
		return 0;
	n = txonly_burst(s, n);
	if (s->tx_left != UINT64_MAX)
		s->tx_left -= n;
	return n;
}

const struct engine engine_txonly = {
	.name = "txonly",
	.help = "make UDP frames of --txpkts bytes and send them",
	.transmits = true,
	.begin = txonly_begin,
	.run = run,
};
