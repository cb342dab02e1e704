/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */

/*
 * Packets to send. Sums by their definition, independent of the devices'.
 */

#include <string.h>

#include "poke.h"

#define ETH_HDR 14u
#define VLAN_TAG 4u

enum { ETHERTYPE_VLAN = 0x8100, ETHERTYPE_IPV4 = 0x0800, ETHERTYPE_IPV6 = 0x86DD };
/* For experiments: IEEE 802. */
enum { ETHERTYPE_LOCAL = 0x88B5 };

static void
put16(uint8_t *p, uint32_t v)
{
	p[0] = (uint8_t)(v / 256);
	p[1] = (uint8_t)(v % 256);
}

static uint32_t
sum_add(uint32_t sum, const uint8_t *p, uint32_t len)
{
	uint32_t i;

	for (i = 0; i < len; i++) {
		sum += i % 2 == 0 ? p[i] * 256u : p[i];
		sum = sum % 65536 + sum / 65536;
	}
	return sum;
}

static bool
is_v4(const uint8_t *frame, const struct poke_layout *l)
{
	return frame[l->l3] / 16 == 4;
}

static uint8_t
proto_of(const struct poke_pkt *pkt)
{
	if (pkt->proto != 0)
		return pkt->proto;
	return pkt->ip == 4 ? 255 : 59;
}

static uint32_t
pseudo_sum(const uint8_t *frame, const struct poke_layout *l, uint8_t proto, uint32_t len)
{
	uint8_t tail[4] = {(uint8_t)(len / 256), (uint8_t)(len % 256), 0, proto};
	uint32_t off = is_v4(frame, l) ? 12 : 8, size = is_v4(frame, l) ? 8 : 32;

	return sum_add(sum_add(0, frame + l->l3 + off, size), tail, sizeof(tail));
}

void
poke_seed_sums(uint8_t *frame, const struct poke_layout *l, uint8_t proto, bool with_len)
{
	uint32_t seed = pseudo_sum(frame, l, proto, with_len ? l->len - l->l4 : 0);

	put16(frame + l->l4 + (proto == POKE_TCP ? 16 : proto == POKE_UDP ? 6 : 8), seed);
	if (is_v4(frame, l))
		put16(frame + l->l3 + 10, 0);
}

/* CRC32c, bit by bit. */
static uint32_t
crc32c(const uint8_t *p, uint32_t len)
{
	uint32_t crc = UINT32_MAX;
	unsigned int bit;

	for (; len != 0; len--) {
		crc ^= *p++;
		for (bit = 0; bit < 8; bit++)
			crc = crc / 2 ^ (crc % 2 != 0 ? UINT32_C(0x82F63B78) : 0);
	}
	return ~crc;
}

static uint32_t
build_ip(uint8_t *ip, const struct poke_pkt *pkt, uint32_t rest)
{
	uint32_t hdr = pkt->ip == 4 ? (pkt->options ? 24 : 20) : (pkt->options ? 48 : 40);
	uint8_t dst = 2, src = pkt->host != 0 ? pkt->host : 1;

	memset(ip, 0, hdr);
	if (pkt->ip == 4) {
		ip[0] = (uint8_t)(0x40 + hdr / 4);
		put16(ip + 2, hdr + rest);
		put16(ip + 4, 0x1234);
		put16(ip + 6, pkt->fragment ? 0x2000 : 0);
		ip[8] = 64;
		ip[9] = proto_of(pkt);
		memcpy(ip + 12, (const uint8_t[]){198, 18, 0, src, 198, 18, 0, dst}, 8);
		if (pkt->options)
			ip[20] = 1; /* no operation, end */
		put16(ip + 10, 65535 - sum_add(0, ip, hdr));
		if (pkt->bad_l3)
			ip[10]++;
		return hdr;
	}
	ip[0] = 0x60;
	put16(ip + 4, hdr - 40 + rest);
	ip[6] = pkt->options ? 0 : proto_of(pkt);
	ip[7] = 64;
	memcpy(ip + 8, (const uint8_t[]){0x20, 0x01, 0x0d, 0xb8}, 4);
	memcpy(ip + 24, ip + 8, 16);
	ip[23] = src;
	ip[39] = dst;
	if (pkt->options) {
		ip[40] = proto_of(pkt);
		ip[42] = 1; /* padding option of four bytes */
		ip[43] = 4;
	}
	return hdr;
}

static uint32_t
l4_header(uint8_t proto)
{
	return proto == POKE_TCP ? 20 : proto == POKE_UDP ? 8 : proto == POKE_SCTP ? 12 : 0;
}

static void
build_l4(uint8_t *frame, const struct poke_pkt *pkt, const struct poke_layout *l)
{
	uint8_t *l4 = frame + l->l4;
	uint32_t len = l->len - l->l4, off = pkt->proto == POKE_TCP ? 16 : 6, sum;

	memset(l4, 0, l->payload - l->l4);
	if (l->payload == l->l4)
		return;
	put16(l4, pkt->sport != 0 ? pkt->sport : 1000);
	put16(l4 + 2, pkt->dport != 0 ? pkt->dport : 2000);
	if (pkt->proto == POKE_TCP) {
		put16(l4 + 6, 100);
		l4[12] = 0x50;
		l4[13] = pkt->tcp_flags != 0 ? pkt->tcp_flags : 0x10;
		put16(l4 + 14, 4096);
	} else if (pkt->proto == POKE_UDP) {
		put16(l4 + 4, len);
	}
	if (pkt->proto == POKE_SCTP) {
		sum = crc32c(l4, len);
		l4[8] = (uint8_t)sum;
		l4[9] = (uint8_t)(sum >> 8);
		l4[10] = (uint8_t)(sum >> 16);
		l4[11] = (uint8_t)(sum >> 24);
		off = 8;
	} else {
		sum = 65535 - sum_add(pseudo_sum(frame, l, pkt->proto, len), l4, len);
		put16(l4 + off, sum == 0 && pkt->proto == POKE_UDP ? 65535 : sum);
	}
	if (pkt->bad_l4)
		l4[off]++;
}

struct poke_layout
poke_build(uint8_t *frame, const struct poke_pkt *pkt)
{
	struct poke_layout l = {.l3 = ETH_HDR + (pkt->vlan ? VLAN_TAG : 0)};
	uint32_t i;

	memcpy(frame, pkt->dst != NULL ? pkt->dst : poke_mac[1], 6);
	memcpy(frame + 6, poke_mac[0], 6);
	if (pkt->vlan) {
		put16(frame + 12, ETHERTYPE_VLAN);
		put16(frame + ETH_HDR, pkt->tci);
	}
	put16(frame + l.l3 - 2,
		pkt->ip == 4	     ? ETHERTYPE_IPV4 :
			pkt->ip == 6 ? ETHERTYPE_IPV6 :
				       ETHERTYPE_LOCAL);
	l.l4 = l.l3;
	l.payload = l.l3;
	if (pkt->ip != 0) {
		l.l4 += build_ip(frame + l.l3, pkt, l4_header(pkt->proto) + pkt->payload);
		l.payload = l.l4 + l4_header(pkt->proto);
	}
	l.len = l.payload + pkt->payload;
	for (i = 0; i < pkt->payload; i++)
		frame[l.payload + i] = (uint8_t)(i * 7 + pkt->payload);
	if (pkt->ip != 0)
		build_l4(frame, pkt, &l);
	return l;
}
