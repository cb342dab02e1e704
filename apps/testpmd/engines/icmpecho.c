/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */

/* Engine icmpecho: replies to ARP and ICMP echo requests, and drops all other frames. */

#include <netinet/ip_icmp.h>
#include <string.h>

#include <rte_arp.h>
#include <rte_byteorder.h>
#include <rte_icmp.h>
#include <rte_ip.h>

#include "engine.h"

#define VLAN_TAGS_MAX 2
#define IP_HEADER_MAX 60
#define HEAD_MAX \
	(sizeof(struct rte_ether_hdr) + VLAN_TAGS_MAX * sizeof(struct rte_vlan_hdr) + \
		IP_HEADER_MAX + sizeof(struct rte_icmp_hdr))
#define ICMP_REQUEST_WORD RTE_BE16(ICMP_ECHO << 8) /* type and code */
#define TTL 64

/**
 * Copy of a frame's first bytes. The headers may be spread over any number of segments; no access
 * exceeds a segment.
 */
struct head {
	uint8_t bytes[HEAD_MAX];
	uint32_t len;	/**< number of valid bytes */
	uint32_t total; /**< length of the whole chain in bytes */
	uint32_t l3;	/**< offset of the network header */
};

static void
head_read(const struct rte_mbuf *m, struct head *h)
{
	h->len = h->total = 0;
	for (const struct rte_mbuf *seg = m; seg != NULL; seg = seg->next) {
		uint32_t n = RTE_MIN((uint32_t)seg->data_len, (uint32_t)HEAD_MAX - h->len);

		memcpy(h->bytes + h->len, rte_pktmbuf_mtod(seg, const void *), n);
		h->len += n;
		h->total += seg->data_len;
	}
}

static void
head_write(struct rte_mbuf *m, const struct head *h)
{
	uint32_t done = 0;

	for (struct rte_mbuf *seg = m; done < h->len; seg = seg->next) {
		uint32_t n = RTE_MIN((uint32_t)seg->data_len, h->len - done);

		memcpy(rte_pktmbuf_mtod(seg, void *), h->bytes + done, n);
		done += n;
	}
}

/** Find the network header. @return its EtherType; 0: there is none. */
static uint16_t
find_l3(struct head *h)
{
	const struct rte_ether_hdr *eth = (const void *)h->bytes;
	rte_be16_t type;

	if (h->len < sizeof(*eth))
		return 0;
	type = eth->ether_type;
	h->l3 = sizeof(*eth);
	for (int tag = 0; tag < VLAN_TAGS_MAX; tag++) {
		const struct rte_vlan_hdr *vlan = (const void *)(h->bytes + h->l3);

		if (type != RTE_BE16(RTE_ETHER_TYPE_VLAN) && type != RTE_BE16(RTE_ETHER_TYPE_QINQ))
			break;
		if (h->len < h->l3 + sizeof(*vlan))
			return 0;
		type = vlan->eth_proto;
		h->l3 += sizeof(*vlan);
	}
	return rte_be_to_cpu_16(type);
}

static bool
answer_arp(struct head *h, const struct rte_ether_addr *own)
{
	struct rte_arp_hdr *arp = (void *)(h->bytes + h->l3);
	rte_be32_t asked;

	if (h->len < h->l3 + sizeof(*arp) || arp->arp_hardware != RTE_BE16(RTE_ARP_HRD_ETHER) ||
		arp->arp_protocol != RTE_BE16(RTE_ETHER_TYPE_IPV4) ||
		arp->arp_hlen != RTE_ETHER_ADDR_LEN || arp->arp_plen != sizeof(asked) ||
		arp->arp_opcode != RTE_BE16(RTE_ARP_OP_REQUEST))
		return false;
	arp->arp_opcode = RTE_BE16(RTE_ARP_OP_REPLY);
	asked = arp->arp_data.arp_tip;
	arp->arp_data.arp_tip = arp->arp_data.arp_sip;
	arp->arp_data.arp_tha = arp->arp_data.arp_sha;
	arp->arp_data.arp_sip = asked;
	arp->arp_data.arp_sha = *own;
	return true;
}

/** True for a complete, unfragmented ICMP packet between two unicast addresses. */
static bool
good_ip(const struct head *h, const struct rte_ipv4_hdr *ip)
{
	uint32_t header = rte_ipv4_hdr_len(ip);
	uint32_t total = rte_be_to_cpu_16(ip->total_length);
	uint32_t src = rte_be_to_cpu_32(ip->src_addr);
	uint32_t dst = rte_be_to_cpu_32(ip->dst_addr);

	return ip->version_ihl >> 4 == IPVERSION && header >= sizeof(*ip) &&
		total >= header + sizeof(struct rte_icmp_hdr) && total <= h->total - h->l3 &&
		h->len >= h->l3 + header + sizeof(struct rte_icmp_hdr) &&
		(ip->fragment_offset & RTE_BE16(RTE_IPV4_HDR_OFFSET_MASK | RTE_IPV4_HDR_MF_FLAG)) ==
		0 &&
		ip->next_proto_id == IPPROTO_ICMP && rte_raw_cksum(ip, header) == UINT16_MAX &&
		src != 0 && src < RTE_IPV4(224u, 0, 0, 0) && dst < RTE_IPV4(224u, 0, 0, 0);
}

static bool
answer_echo(struct head *h)
{
	struct rte_ipv4_hdr *ip = (void *)(h->bytes + h->l3);
	struct rte_icmp_hdr *icmp;
	uint32_t sum;
	rte_be32_t asked;

	if (h->len < h->l3 + sizeof(*ip) || !good_ip(h, ip))
		return false;
	icmp = (void *)((uint8_t *)ip + rte_ipv4_hdr_len(ip));
	if (icmp->icmp_type != ICMP_ECHO || icmp->icmp_code != 0)
		return false;
	asked = ip->dst_addr;
	ip->dst_addr = ip->src_addr;
	ip->src_addr = asked;
	ip->time_to_live = TTL;
	ip->hdr_checksum = 0;
	ip->hdr_checksum = (uint16_t)~rte_raw_cksum(ip, rte_ipv4_hdr_len(ip));
	/*
	 * Update the checksum incrementally (RFC 1624): that of a damaged packet stays wrong, so
	 * that the sender detects it.
	 */
	icmp->icmp_type = ICMP_ECHOREPLY;
	sum = (uint16_t)~icmp->icmp_cksum + (uint32_t)(uint16_t)~ICMP_REQUEST_WORD;
	sum = (sum & UINT16_MAX) + (sum >> 16);
	sum = (sum & UINT16_MAX) + (sum >> 16);
	icmp->icmp_cksum = (uint16_t)~sum;
	return true;
}

bool
icmpecho_answer(struct rte_mbuf *m, const struct rte_ether_addr *own)
{
	struct head h;
	struct rte_ether_hdr *eth = (void *)h.bytes;
	uint16_t type;
	bool answered = false;

	head_read(m, &h);
	type = find_l3(&h);
	if (type == 0 || !rte_is_unicast_ether_addr(&eth->src_addr))
		return false;
	if (type == RTE_ETHER_TYPE_ARP)
		answered = answer_arp(&h, own);
	else if (type == RTE_ETHER_TYPE_IPV4)
		answered = answer_echo(&h);
	if (!answered)
		return false;
	eth->dst_addr = eth->src_addr;
	eth->src_addr = *own;
	head_write(m, &h);
	return true;
}

/** Insert a VLAN tag that the NIC stripped into the reply. @return false: no room for it. */
static bool
put_tag_back(struct rte_mbuf **m)
{
	return ((*m)->ol_flags & RTE_MBUF_F_RX_VLAN_STRIPPED) == 0 || rte_vlan_insert(m) == 0;
}

static unsigned int
run(struct stream *s)
{
	struct rte_mbuf *pkts[BURST_MAX], *others[BURST_MAX];
	uint16_t n = stream_receive(s, pkts);
	uint16_t nb_answers = 0, nb_others = 0;

	for (uint16_t i = 0; i < n; i++) {
		struct rte_mbuf *m = pkts[i];

		if (icmpecho_answer(m, &s->src) && put_tag_back(&m))
			pkts[nb_answers++] = m;
		else
			others[nb_others++] = m;
	}
	if (nb_others != 0)
		stream_consume(s, others, nb_others);
	if (nb_answers != 0)
		stream_transmit(s, pkts, nb_answers);
	return n;
}

const struct engine engine_icmpecho = {
	.name = "icmpecho",
	.help = "answer ARP and ICMP echo requests to any address",
	.receives = true,
	.transmits = true,
	.run = run,
};
