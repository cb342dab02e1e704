/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */

/*
 * Parses frames (7.1.6). Lengths in a frame are not trusted; each is checked
 * against the bytes received.
 */

#include "softnic_parse.h"
#include "softnic_sum.h"

#define ETHERTYPE_IPV4 0x0800
#define ETHERTYPE_IPV6 0x86DD
#define IPV4_HDR 20u
#define IPV6_HDR 40u
#define IPV6_ADDR 16u
#define IPV4_FRAGMENT_BITS 0x3FFF /* MF and offset */
#define TCP_HDR 20u
#define UDP_HDR 8u
#define SCTP_HDR 12u
/* Most extension headers that are parsed: more than real packets have. */
#define IPV6_EXT_MAX 8

enum ip_proto {
	PROTO_HOPOPTS = 0,
	PROTO_TCP = 6,
	PROTO_UDP = 17,
	PROTO_IPV6 = 41,
	PROTO_ROUTING = 43,
	PROTO_FRAGMENT = 44,
	PROTO_DSTOPTS = 60,
	PROTO_SCTP = 132,
};

static void
parse_l4(struct softnic_pkt *pkt, uint8_t proto, uint32_t off)
{
	uint32_t room = pkt->l3_end - off;

	if (pkt->fragment)
		return;
	if (proto == PROTO_TCP && room >= TCP_HDR)
		pkt->l4_proto = SOFTNIC_L4_TCP;
	else if (proto == PROTO_UDP && room >= UDP_HDR)
		pkt->l4_proto = SOFTNIC_L4_UDP;
	else if (proto == PROTO_SCTP && room >= SCTP_HDR)
		pkt->l4_proto = SOFTNIC_L4_SCTP;
	pkt->l4 = off;
}

static void
parse_ipv6(struct softnic_pkt *pkt);

/* An IPv6 packet from @off on in an IPv4 packet that is not a fragment. */
static void
parse_inner(struct softnic_pkt *pkt, uint32_t off)
{
	struct softnic_pkt inner = {.data = pkt->data, .len = pkt->l3_end, .l3 = off};

	if (pkt->fragment)
		return;
	parse_ipv6(&inner);
	pkt->inner_ipv6 = inner.ip == 6;
	pkt->inner_ext = inner.ip_ext;
	pkt->inner_l4 = inner.l4_proto;
}

static void
parse_ipv4(struct softnic_pkt *pkt)
{
	const uint8_t *ip = pkt->data + pkt->l3;
	uint32_t room = pkt->len - pkt->l3, hdr, total;

	if (room < IPV4_HDR || ip[0] >> 4 != 4)
		return;
	hdr = (ip[0] & 0xfu) * 4;
	total = softnic_get16(ip + 2);
	if (hdr < IPV4_HDR || total < hdr || total > room)
		return;
	pkt->ip = 4;
	pkt->ip_ext = hdr > IPV4_HDR;
	pkt->fragment = (softnic_get16(ip + 6) & IPV4_FRAGMENT_BITS) != 0;
	pkt->l3_end = pkt->l3 + total;
	if (ip[9] == PROTO_IPV6)
		parse_inner(pkt, pkt->l3 + hdr);
	else
		parse_l4(pkt, ip[9], pkt->l3 + hdr);
}

/* RFC 6275 6.3: the home address option, for the hash of mobile hosts. */
static void
parse_dstopts(struct softnic_pkt *pkt, const uint8_t *opt, const uint8_t *end)
{
	enum { OPT_PAD1 = 0, OPT_HOME = 201 };

	while (opt + 2 <= end) {
		if (opt[0] == OPT_PAD1) {
			opt++;
			continue;
		}
		if (opt[0] == OPT_HOME && opt[1] == IPV6_ADDR && opt + 2 + IPV6_ADDR <= end)
			pkt->home_src = opt + 2;
		opt += 2u + opt[1];
	}
}

static void
parse_ipv6(struct softnic_pkt *pkt)
{
	const uint8_t *ip = pkt->data + pkt->l3;
	uint32_t room = pkt->len - pkt->l3, off, i;
	uint8_t next;

	if (room < IPV6_HDR || ip[0] >> 4 != 6 || softnic_get16(ip + 4) > room - IPV6_HDR)
		return;
	pkt->ip = 6;
	pkt->l3_end = pkt->l3 + IPV6_HDR + softnic_get16(ip + 4);
	next = ip[6];
	off = pkt->l3 + IPV6_HDR;
	for (i = 0; i < IPV6_EXT_MAX; i++) {
		const uint8_t *ext = pkt->data + off;
		uint32_t len;

		if (next != PROTO_HOPOPTS && next != PROTO_ROUTING && next != PROTO_DSTOPTS &&
			next != PROTO_FRAGMENT)
			break;
		if (pkt->l3_end - off < 8)
			return;
		pkt->ip_ext = true;
		len = next == PROTO_FRAGMENT ? 8 : 8 + ext[1] * 8u;
		if (len > pkt->l3_end - off)
			return;
		if (next == PROTO_FRAGMENT)
			pkt->fragment = true;
		/* RFC 6275 6.4: a type 2 routing header has the home address. */
		if (next == PROTO_ROUTING && ext[2] == 2 && len >= 8 + IPV6_ADDR)
			pkt->home_dst = ext + 8;
		if (next == PROTO_DSTOPTS)
			parse_dstopts(pkt, ext + 2, ext + len);
		next = ext[0];
		off += len;
	}
	parse_l4(pkt, next, off);
}

void
softnic_parse(struct softnic_pkt *pkt, const uint8_t *data, uint32_t len, uint16_t vet)
{
	uint16_t type = softnic_get16(data + SOFTNIC_ETH_ADDRS);

	*pkt = (struct softnic_pkt){.data = data, .len = len, .l3 = SOFTNIC_ETH_HDR};
	if (type == vet && len >= SOFTNIC_ETH_HDR + SOFTNIC_VLAN_TAG) {
		pkt->vlan = true;
		pkt->tci = softnic_get16(data + SOFTNIC_ETH_HDR);
		pkt->l3 += SOFTNIC_VLAN_TAG;
		type = softnic_get16(data + SOFTNIC_ETH_HDR + 2);
	}
	if (type == ETHERTYPE_IPV4)
		parse_ipv4(pkt);
	else if (type == ETHERTYPE_IPV6)
		parse_ipv6(pkt);
}

uint64_t
softnic_sum_pseudo(const struct softnic_pkt *pkt)
{
	static const uint8_t proto[] = {
		[SOFTNIC_L4_TCP] = PROTO_TCP,
		[SOFTNIC_L4_UDP] = PROTO_UDP,
		[SOFTNIC_L4_SCTP] = PROTO_SCTP,
	};
	const uint8_t *ip = pkt->data + pkt->l3;
	uint64_t sum = (uint64_t)(pkt->l3_end - pkt->l4) + proto[pkt->l4_proto];

	if (pkt->ip == 4)
		return softnic_sum(ip + 12, 8, sum);
	/* RFC 8200 8.1: in a received packet the IP header has the final destination, also with a
	 * routing header. */
	return softnic_sum(ip + 8, 2 * IPV6_ADDR, sum);
}
