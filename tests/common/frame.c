/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */

/*
 * Frames for tests, layer by layer, and their checksums by definition. frame.h lists the headers
 * that they may have. No code of DPDK or of the software NIC is used.
 */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "frame.h"
#include "rng.h"

#define IPV4_HDR 20u
#define IPV6_HDR 40u
#define IPV6_FRAGMENT_HDR 8u
#define NEXT_HOP_BY_HOP 0
#define NEXT_FRAGMENT 44
#define TTL 64

const uint8_t frame_broadcast[6] = {0xff, 0xff, 0xff, 0xff, 0xff, 0xff};

static const uint8_t usual_to[6] = FRAME_TO_BYTES;
static const uint8_t usual_from[6] = {0x02, 0xee, 0xee, 0, 0, 1};

/* --- numbers and sums --- */

uint16_t
frame_get16(const uint8_t *p)
{
	return (uint16_t)(p[0] * 256 + p[1]);
}

void
frame_put16(uint8_t *p, uint32_t v)
{
	p[0] = (uint8_t)(v / 256);
	p[1] = (uint8_t)(v % 256);
}

uint32_t
frame_sum(uint32_t sum, const uint8_t *p, uint32_t len)
{
	uint32_t i;

	for (i = 0; i < len; i++) {
		sum += i % 2 == 0 ? p[i] * 256u : p[i];
		sum = sum % 65536 + sum / 65536;
	}
	return sum;
}

static uint32_t
crc_reflected(const uint8_t *p, uint32_t len, uint32_t polynomial)
{
	uint32_t crc = UINT32_MAX;
	unsigned int bit;

	for (; len != 0; len--) {
		crc ^= *p++;
		for (bit = 0; bit < 8; bit++)
			crc = crc / 2 ^ (crc % 2 != 0 ? polynomial : 0);
	}
	return ~crc;
}

uint32_t
frame_crc32c(const uint8_t *p, uint32_t len)
{
	return crc_reflected(p, len, UINT32_C(0x82f63b78));
}

uint32_t
frame_fcs(const uint8_t *p, uint32_t len)
{
	return crc_reflected(p, len, UINT32_C(0xedb88320));
}

static bool
is_v4(const uint8_t *frame, const struct frame_layout *l)
{
	return frame[l->l3] / 16 == 4;
}

uint16_t
frame_l3_sum(const uint8_t *frame, const struct frame_layout *l)
{
	return (uint16_t)frame_sum(0, frame + l->l3, (frame[l->l3] % 16) * 4u);
}

/* The protocol number of the transport. In IPv6 it is in the last header before the transport. */
static uint8_t
proto_of(const uint8_t *frame, const struct frame_layout *l)
{
	uint32_t at = l->l3 + IPV6_HDR;
	uint8_t next;

	if (is_v4(frame, l))
		return frame[l->l3 + 9];
	for (next = frame[l->l3 + 6]; at < l->l4; at += 8u * (frame[at + 1] + 1u))
		next = frame[at];
	return next;
}

static uint32_t
pseudo_sum(const uint8_t *frame, const struct frame_layout *l, uint8_t proto, uint32_t len)
{
	const uint8_t tail[4] = {(uint8_t)(len / 256), (uint8_t)(len % 256), 0, proto};
	const uint32_t at = is_v4(frame, l) ? 12 : 8, size = is_v4(frame, l) ? 8 : 32;

	return frame_sum(frame_sum(0, frame + l->l3 + at, size), tail, sizeof(tail));
}

uint16_t
frame_l4_sum(const uint8_t *frame, const struct frame_layout *l, uint32_t l4_len)
{
	const uint32_t pseudo = pseudo_sum(frame, l, proto_of(frame, l), l4_len);

	return (uint16_t)frame_sum(pseudo, frame + l->l4, l4_len);
}

/* Offset of the checksum in a transport header. */
static uint32_t
sum_at(uint8_t proto)
{
	switch (proto) {
	case FRAME_TCP:
		return 16;
	case FRAME_UDP:
		return 6;
	case FRAME_SCTP:
		return 8;
	default:
		return 2; /* ICMP */
	}
}

void
frame_seed_l4(uint8_t *frame, const struct frame_layout *l, uint8_t proto, bool with_len)
{
	const uint32_t seed = pseudo_sum(frame, l, proto, with_len ? l->end - l->l4 : 0);

	frame_put16(frame + l->l4 + sum_at(proto), seed);
}

void
frame_seed_sums(uint8_t *frame, const struct frame_layout *l, uint8_t proto, bool with_len)
{
	frame_seed_l4(frame, l, proto, with_len);
	if (is_v4(frame, l))
		frame_put16(frame + l->l3 + 10, 0);
}

/* --- payload --- */

bool
frame_payload_is(const void *p, uint32_t len, uint64_t seed)
{
	const uint8_t *got = p;
	uint8_t want[8];
	uint32_t at, n;

	for (at = 0; at < len; at += n) {
		n = len - at < sizeof(want) ? len - at : sizeof(want);
		/* One word at a time, as rng_fill() writes them. */
		memcpy(want, &(uint64_t){rng_next(&seed)}, sizeof(want));
		if (memcmp(got + at, want, n) != 0)
			return false;
	}
	return true;
}

/* --- headers --- */

static uint32_t
ether_put(uint8_t *frame, const struct frame_spec *s, uint32_t type)
{
	uint32_t at = 12;

	memcpy(frame, s->to != NULL ? s->to : usual_to, 6);
	memcpy(frame + 6, s->from != NULL ? s->from : usual_from, 6);
	if (s->vlan) {
		frame_put16(frame + at, FRAME_TYPE_VLAN);
		frame_put16(frame + at + 2, s->tci);
		at += FRAME_VLAN_TAG;
	}
	frame_put16(frame + at, type);
	return at + 2;
}

void
frame_ether(uint8_t *frame, uint32_t len, const void *to, uint64_t seed)
{
	const struct frame_spec s = {.to = to};
	uint8_t head[FRAME_ETH_HDR];

	ether_put(head, &s, FRAME_TYPE_LOCAL);
	rng_fill(&seed, frame, len);
	memcpy(frame, head, len < sizeof(head) ? len : sizeof(head));
}

static uint8_t
proto_wanted(const struct frame_spec *s)
{
	return s->proto != 0 ? s->proto : FRAME_OTHER;
}

/* Length of the options or extensions between IP's fixed header and the transport. */
static uint32_t
ext_len(const struct frame_spec *s)
{
	if (s->version == 0)
		return 0;
	if (s->version == 6 && s->fragment != 0)
		return IPV6_FRAGMENT_HDR;
	if (s->options)
		return s->version == 4 ? 4 : 8;
	return s->ext != NULL ? s->ext_len : 0;
}

/*
 * Write IPv4 options or IPv6 extension headers.
 * @return for IPv6, the protocol number of the first one.
 */
static uint8_t
ext_put(uint8_t *p, const struct frame_spec *s)
{
	if (s->version == 6 && s->fragment != 0) {
		p[0] = proto_wanted(s);
		frame_put16(p + 2, s->fragment * 8u % 65536 + (s->fragment & FRAME_MORE ? 1 : 0));
		p[7] = 1; /* identification */
		return NEXT_FRAGMENT;
	}
	if (s->options && s->version == 4) {
		p[0] = 1; /* no operation, end */
	} else if (s->options) {
		p[0] = proto_wanted(s);
		p[2] = 1; /* PadN, with four bytes after its two */
		p[3] = 4;
		return NEXT_HOP_BY_HOP;
	} else if (s->ext != NULL) {
		memcpy(p, s->ext, s->ext_len);
		return s->ext_first;
	}
	return proto_wanted(s);
}

static void
ipv4_put(uint8_t *ip, const struct frame_spec *s, uint32_t hdr, uint32_t len)
{
	const uint8_t src[4] = {198, 18, 0, s->host != 0 ? s->host : 1}, dst[4] = {198, 18, 0, 2};
	uint32_t sum;

	ext_put(ip + IPV4_HDR, s);
	ip[0] = (uint8_t)(4 * 16 + hdr / 4);
	frame_put16(ip + 2, len);
	frame_put16(ip + 4, 0x1234);
	frame_put16(ip + 6, (s->fragment & FRAME_MORE ? 0x2000 : 0) + s->fragment % 0x2000u);
	ip[8] = s->ttl != 0 ? s->ttl : TTL;
	ip[9] = proto_wanted(s);
	memcpy(ip + 12, s->src != NULL ? s->src : src, 4);
	memcpy(ip + 16, s->dst != NULL ? s->dst : dst, 4);
	sum = 65535 - frame_sum(0, ip, hdr);
	frame_put16(ip + 10, s->bad_l3 ? sum ^ 0x100 : sum);
}

static void
ipv6_put(uint8_t *ip, const struct frame_spec *s, uint32_t len)
{
	const uint8_t net[16] = {0x20, 0x01, 0x0d, 0xb8};

	ip[0] = 6 * 16;
	frame_put16(ip + 4, len - IPV6_HDR);
	ip[6] = ext_put(ip + IPV6_HDR, s);
	ip[7] = s->ttl != 0 ? s->ttl : TTL;
	memcpy(ip + 8, s->src != NULL ? s->src : net, 16);
	memcpy(ip + 24, s->dst != NULL ? s->dst : net, 16);
	if (s->src == NULL)
		ip[23] = s->host != 0 ? s->host : 1;
	if (s->dst == NULL)
		ip[39] = 2;
}

static uint32_t
l4_header(const struct frame_spec *s)
{
	if (s->version == 0)
		return 0;
	switch (s->proto) {
	case FRAME_TCP:
		return 20;
	case FRAME_SCTP:
		return 12;
	case FRAME_UDP:
	case FRAME_ICMP:
		return 8;
	default:
		return 0;
	}
}

/* Write the checksum of a transport whose header and payload are complete. */
static void
l4_sum_put(uint8_t *frame, const struct frame_spec *s, const struct frame_layout *l)
{
	const uint32_t len = l->end - l->l4;
	uint8_t *at = frame + l->l4 + sum_at(s->proto);
	uint32_t sum;

	if (s->proto == FRAME_SCTP) {
		sum = frame_crc32c(frame + l->l4, len);
		memcpy(at,
			(const uint8_t[]){(uint8_t)sum, (uint8_t)(sum >> 8), (uint8_t)(sum >> 16),
				(uint8_t)(sum >> 24)},
			4);
	} else {
		if (s->proto == FRAME_ICMP)
			sum = frame_sum(0, frame + l->l4, len);
		else
			sum = frame_sum(pseudo_sum(frame, l, s->proto, len), frame + l->l4, len);
		/* In UDP, 0 would mean that there is no checksum. */
		frame_put16(at, sum == 65535 && s->proto == FRAME_UDP ? 65535 : 65535 - sum);
	}
	/* Not to 0, which would mean that there is no checksum. */
	if (s->bad_l4)
		at[0] ^= frame_get16(at) == 0x100 ? 2 : 1;
}

static void
l4_put(uint8_t *frame, const struct frame_spec *s, const struct frame_layout *l)
{
	uint8_t *l4 = frame + l->l4;
	const bool icmp = s->proto == FRAME_ICMP;

	if (l->payload == l->l4)
		return;
	frame_put16(l4 + (icmp ? 4 : 0), s->sport);
	frame_put16(l4 + (icmp ? 6 : 2), s->dport);
	if (s->proto == FRAME_TCP) {
		frame_put16(l4 + 6, 100); /* sequence number */
		l4[12] = 5 * 16;	  /* a header of five words */
		l4[13] = s->tcp_flags != 0 ? s->tcp_flags : 0x10;
		frame_put16(l4 + 14, 4096); /* window */
	} else if (s->proto == FRAME_UDP) {
		frame_put16(l4 + 4, l->end - l->l4);
	} else if (icmp) {
		l4[0] = 8; /* echo request */
	}
	l4_sum_put(frame, s, l);
}

/* --- the frame --- */

static struct frame_layout
layout_of(const struct frame_spec *s)
{
	struct frame_layout l = {.l3 = FRAME_ETH_HDR + (s->vlan ? FRAME_VLAN_TAG : 0)};

	l.l4 = l.l3;
	if (s->version != 0)
		l.l4 += (s->version == 4 ? IPV4_HDR : IPV6_HDR) + ext_len(s);
	l.payload = l.l4 + l4_header(s);
	if (s->len == 0) {
		l.end = l.payload + s->payload;
		l.len = !s->bare && l.end < FRAME_MIN ? FRAME_MIN : l.end;
		return l;
	}
	if (s->len < l.payload) {
		fprintf(stderr, "frame: %u bytes are too few: its headers have %u\n", s->len,
			l.payload);
		abort();
	}
	l.end = s->len;
	l.len = s->len;
	return l;
}

struct frame_layout
frame_build(uint8_t *frame, const struct frame_spec *spec)
{
	const struct frame_layout l = layout_of(spec);
	uint64_t seed = spec->seed;

	memset(frame, 0, l.payload);
	if (spec->data != NULL)
		memcpy(frame + l.payload, spec->data, l.end - l.payload);
	else
		rng_fill(&seed, frame + l.payload, l.end - l.payload);
	memset(frame + l.end, 0, l.len - l.end);
	ether_put(frame, spec,
		spec->version == 4	   ? FRAME_TYPE_IPV4 :
			spec->version == 6 ? FRAME_TYPE_IPV6 :
					     FRAME_TYPE_LOCAL);
	if (spec->version == 4)
		ipv4_put(frame + l.l3, spec, l.l4 - l.l3, l.end - l.l3);
	else if (spec->version == 6)
		ipv6_put(frame + l.l3, spec, l.end - l.l3);
	l4_put(frame, spec, &l);
	return l;
}

uint32_t
frame_ptp(uint8_t *frame, bool udp, uint8_t type)
{
	/* PTP version 2, with a source port identity and a sequence number. */
	const uint8_t message[44] = {
		type, 2, [20] = 0x10, 0x11, 0x12, 0xff, 0xfe, 0x13, 0x14, 0x15, [30] = 0x0a, 0x0b};
	const struct frame_spec s = {.version = udp ? 4 : 0,
		.proto = FRAME_UDP,
		.payload = sizeof(message),
		.data = message,
		.sport = FRAME_PTP_PORT,
		.dport = FRAME_PTP_PORT};
	const struct frame_layout l = frame_build(frame, &s);

	if (!udp)
		frame_put16(frame + 12, FRAME_TYPE_PTP);
	return l.len;
}
