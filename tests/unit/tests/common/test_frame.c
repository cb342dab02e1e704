/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */

/* The tests' frame builder, compared with the independent parser and checksums of DPDK. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <rte_byteorder.h>
#include <rte_ether.h>
#include <rte_ip.h>
#include <rte_mbuf.h>
#include <rte_net.h>
#include <rte_tcp.h>
#include <rte_udp.h>

#include "compat.h"
#include "frame.h"
#include "rng.h"

#define ROOM 2048u
#define GUARD 0xa5

static const uint8_t protos[] = {FRAME_ICMP, FRAME_TCP, FRAME_UDP, FRAME_SCTP, FRAME_OTHER};

/* Build a frame, and check that no byte after it was written. */
static struct frame_layout
made(uint8_t *frame, const struct frame_spec *s)
{
	struct frame_layout l;
	uint32_t i;

	memset(frame, GUARD, ROOM);
	l = frame_build(frame, s);
	assert_true(l.l3 <= l.l4 && l.l4 <= l.payload && l.payload <= l.end && l.end <= l.len);
	for (i = l.end; i < l.len; i++)
		assert_int_equal(frame[i], 0);
	for (i = l.len; i < ROOM; i++)
		assert_int_equal(frame[i], GUARD);
	return l;
}

/* Packet type according to DPDK. */
static uint32_t
ptype_of(uint8_t *frame, const struct frame_layout *l, struct rte_net_hdr_lens *lens)
{
	struct rte_mbuf m = {
		.buf_addr = frame, .data_len = (uint16_t)l->len, .pkt_len = l->len, .nb_segs = 1};

	return rte_net_get_ptype(&m, lens, RTE_PTYPE_ALL_MASK);
}

/* True if DPDK finds a right checksum in the IPv4 header. */
static bool
l3_right(const uint8_t *frame, const struct frame_layout *l)
{
	const struct rte_ipv4_hdr *ip = (const void *)(frame + l->l3);

	return rte_raw_cksum(ip, rte_ipv4_hdr_len(ip)) == UINT16_MAX;
}

static bool
l4_right(const uint8_t *frame, const struct frame_layout *l, const struct frame_spec *s)
{
	const uint8_t *l4 = frame + l->l4;
	const uint32_t len = l->end - l->l4;
	struct rte_ipv6_hdr upper;

	if (s->proto == FRAME_ICMP)
		return rte_raw_cksum(l4, len) == UINT16_MAX;
	if (s->proto == FRAME_SCTP) {
		uint8_t zero[ROOM];
		uint32_t sum;

		memcpy(zero, l4, len);
		memset(zero + 8, 0, sizeof(sum));
		memcpy(&sum, l4 + 8, sizeof(sum));
		return rte_le_to_cpu_32(sum) == frame_crc32c(zero, len);
	}
	if (s->version == 4)
		return rte_ipv4_udptcp_cksum_verify((const void *)(frame + l->l3), l4) == 0;
	/* DPDK requires the transport to follow the IPv6 header directly. */
	memcpy(&upper, frame + l->l3, sizeof(upper));
	upper.proto = s->proto;
	upper.payload_len = rte_cpu_to_be_16((uint16_t)len);
	return rte_ipv6_udptcp_cksum_verify(&upper, l4) == 0;
}

static uint32_t
l4_ptype(uint8_t proto)
{
	switch (proto) {
	case FRAME_TCP:
		return RTE_PTYPE_L4_TCP;
	case FRAME_UDP:
		return RTE_PTYPE_L4_UDP;
	case FRAME_SCTP:
		return RTE_PTYPE_L4_SCTP;
	default:
		return 0;
	}
}

/*
 * For all types of frames, the headers are at the offsets of the layout, the types are right for
 * DPDK, and so are the checksums.
 */
static void
test_kinds(void **state)
{
	uint64_t seed = rng_seed(0);
	uint8_t frame[ROOM];
	unsigned int i;

	(void)state;
	for (i = 0; i < 2000; i++) {
		const struct frame_spec s = {.version = i % 2 == 0 ? 4 : 6,
			.proto = protos[i / 2 % RTE_DIM(protos)],
			.vlan = i / 10 % 2 != 0,
			.tci = (uint16_t)rng_next(&seed),
			.options = i / 20 % 2 != 0,
			.sport = (uint16_t)rng_next(&seed),
			.dport = (uint16_t)rng_next(&seed),
			.host = (uint8_t)rng_next(&seed),
			.payload = rng_below(&seed, 1400),
			.seed = rng_next(&seed)};
		const struct frame_layout l = made(frame, &s);
		struct rte_net_hdr_lens lens = {0};
		const uint32_t type = ptype_of(frame, &l, &lens);
		const bool known = l4_ptype(s.proto) != 0;

		assert_int_equal(type & RTE_PTYPE_L2_MASK,
			s.vlan ? RTE_PTYPE_L2_ETHER_VLAN : RTE_PTYPE_L2_ETHER);
		if (s.vlan)
			assert_int_equal(frame_get16(frame + FRAME_ETH_HDR), s.tci);
		assert_int_equal(type & RTE_PTYPE_L3_MASK,
			s.version == 4 ? (s.options ? RTE_PTYPE_L3_IPV4_EXT : RTE_PTYPE_L3_IPV4) :
					 (s.options ? RTE_PTYPE_L3_IPV6_EXT : RTE_PTYPE_L3_IPV6));
		assert_int_equal(type & RTE_PTYPE_L4_MASK, l4_ptype(s.proto));
		assert_int_equal(lens.l2_len, l.l3);
		assert_int_equal(lens.l3_len, l.l4 - l.l3);
		if (known)
			assert_int_equal(lens.l4_len, l.payload - l.l4);
		assert_int_equal(l.end, l.payload + s.payload);
		assert_int_equal(l.len, RTE_MAX(l.end, FRAME_MIN));
		assert_true(s.version == 6 || l3_right(frame, &l));
		assert_true(s.proto == FRAME_OTHER || l4_right(frame, &l, &s));
		assert_true(frame_payload_is(frame + l.payload, s.payload, s.seed));
		if (s.version == 4)
			assert_int_equal(frame_l3_sum(frame, &l), UINT16_MAX);
		if (s.proto == FRAME_TCP || s.proto == FRAME_UDP)
			assert_int_equal(frame_l4_sum(frame, &l, l.end - l.l4), UINT16_MAX);
	}
}

/* Fields that are requested to be wrong are wrong, and no others. */
static void
test_wrong_on_purpose(void **state)
{
	uint64_t seed = rng_seed(0);
	uint8_t frame[ROOM], right[ROOM];
	unsigned int i, k;

	(void)state;
	for (i = 0; i < 4000; i++) {
		struct frame_spec s = {.version = i % 2 == 0 ? 4 : 6,
			.proto = protos[i / 2 % 4],
			.payload = rng_below(&seed, 300),
			.seed = rng_next(&seed)};
		const struct frame_layout l = made(right, &s);
		unsigned int differ = 0;

		s.bad_l3 = s.version == 4 && i / 8 % 2 == 0;
		s.bad_l4 = !s.bad_l3;
		made(frame, &s);
		assert_true(s.version == 6 || l3_right(frame, &l) == !s.bad_l3);
		assert_int_equal(l4_right(frame, &l, &s), !s.bad_l4);
		for (k = 0; k < l.len; k++)
			differ += frame[k] != right[k];
		assert_int_equal(differ, 1);
		if (s.proto == FRAME_UDP)
			assert_int_not_equal(frame_get16(frame + l.l4 + 6), 0);
	}
}

static void
test_fragments(void **state)
{
	struct frame_spec s = {.proto = FRAME_UDP, .payload = 100};
	struct rte_net_hdr_lens lens;
	struct frame_layout l;
	uint8_t frame[ROOM];

	(void)state;
	for (s.version = 4; s.version <= 6; s.version += 2) {
		const uint32_t where = s.version == 4 ? 14 + 6 : 14 + 40 + 2;

		s.fragment = FRAME_MORE;
		l = made(frame, &s);
		assert_int_equal(ptype_of(frame, &l, &lens) & RTE_PTYPE_L4_MASK, RTE_PTYPE_L4_FRAG);
		assert_int_equal(frame_get16(frame + where), s.version == 4 ? 0x2000 : 0x0001);
		s.fragment = FRAME_MORE | 0x123;
		l = made(frame, &s);
		assert_int_equal(ptype_of(frame, &l, &lens) & RTE_PTYPE_L4_MASK, RTE_PTYPE_L4_FRAG);
		assert_int_equal(frame_get16(frame + where), s.version == 4 ? 0x2123 : 0x0919);
		s.fragment = 0x123;
		l = made(frame, &s);
		assert_int_equal(frame_get16(frame + where), s.version == 4 ? 0x0123 : 0x0918);
		assert_true(s.version == 6 || l3_right(frame, &l));
		assert_int_equal(l.l4 - l.l3, s.version == 4 ? 20 : 48);
	}
}

/* The frame has the given addresses, extensions and lengths. */
static void
test_as_given(void **state)
{
	static const uint8_t to[6] = {2, 0, 0, 0, 0, 7}, from[6] = {2, 0, 0, 0, 0, 9};
	static const uint8_t src[16] = {1, 2, 3, 4, [15] = 5}, dst[16] = {6, 7, 8, 9, [15] = 1};
	uint8_t ext[24] = {FRAME_UDP, 2, 1, 20}, frame[ROOM], want[ROOM];
	struct frame_spec s = {.to = to,
		.from = from,
		.version = 6,
		.proto = FRAME_UDP,
		.src = src,
		.dst = dst,
		.ttl = 3,
		.ext = ext,
		.ext_len = sizeof(ext),
		.ext_first = 60,
		.len = 400};
	struct frame_layout l = made(frame, &s);

	(void)state;
	assert_int_equal(l.len, 400);
	assert_memory_equal(frame, to, 6);
	assert_memory_equal(frame + 6, from, 6);
	assert_int_equal(frame_get16(frame + 14 + 4), 400 - 14 - 40);
	assert_int_equal(frame[14 + 6], 60);
	assert_int_equal(frame[14 + 7], 3);
	assert_memory_equal(frame + 14 + 8, src, 16);
	assert_memory_equal(frame + 14 + 24, dst, 16);
	assert_memory_equal(frame + 14 + 40, ext, sizeof(ext));
	assert_true(l4_right(frame, &l, &s));
	/* No IP; short, with and without padding. */
	l = made(frame, &(struct frame_spec){.payload = 3});
	assert_int_equal(l.len, FRAME_MIN);
	assert_int_equal(frame_get16(frame + 12), FRAME_TYPE_LOCAL);
	l = made(frame, &(struct frame_spec){.payload = 3, .bare = true});
	assert_int_equal(l.len, 17);
	frame_ether(want, 100, to, 77);
	l = made(frame, &(struct frame_spec){.to = to, .len = 100});
	assert_memory_equal(frame, want, 14);
}

/* A PTP message is the same after a UDP header and after an Ethernet header. */
static void
test_ptp(void **state)
{
	const struct frame_spec s = {.version = 4, .proto = FRAME_UDP, .payload = 44};
	uint8_t frame[ROOM], alone[ROOM];
	const struct frame_layout l = made(frame, &s);

	(void)state;
	assert_int_equal(frame_ptp(frame, true, 9), l.len);
	assert_true(l3_right(frame, &l));
	assert_true(l4_right(frame, &l, &s));
	assert_int_equal(frame_get16(frame + l.l4 + 2), FRAME_PTP_PORT);
	assert_int_equal(frame[l.payload], 9);
	assert_int_equal(frame_ptp(alone, false, 9), FRAME_MIN);
	assert_int_equal(frame_get16(alone + 12), FRAME_TYPE_PTP);
	assert_memory_equal(alone + FRAME_ETH_HDR, frame + l.payload, 44);
}

/* A payload matches only its seed, and does not match if a byte changes. */
static void
test_payload(void **state)
{
	uint64_t seed = rng_seed(0);
	uint8_t p[100];
	uint32_t len, i;

	(void)state;
	for (len = 0; len <= sizeof(p); len++) {
		const uint64_t own = rng_next(&seed);
		uint64_t at = own;

		rng_fill(&at, p, len);
		assert_true(frame_payload_is(p, len, own));
		assert_true(len < 8 || !frame_payload_is(p, len, own + 1));
		for (i = 0; i < len; i++) {
			p[i] ^= 1;
			assert_false(frame_payload_is(p, len, own));
			p[i] ^= 1;
		}
	}
}

/* The seed for the NIC plus the sum of the transport gives the right checksum. */
static void
test_seeds(void **state)
{
	const struct frame_spec s = {.version = 4, .proto = FRAME_TCP, .payload = 77};
	uint8_t frame[ROOM], right[ROOM];
	struct frame_layout l = made(right, &s);
	const uint32_t len = l.end - l.l4;

	(void)state;
	memcpy(frame, right, sizeof(frame));
	frame_seed_sums(frame, &l, s.proto, true);
	assert_int_equal(frame_get16(frame + l.l3 + 10), 0);
	frame_put16(frame + l.l4 + 16, 65535 - frame_sum(0, frame + l.l4, len));
	assert_memory_equal(frame + l.l4, right + l.l4, len);
	frame_seed_l4(frame, &l, s.proto, false);
	frame_put16(frame + l.l4 + 16, 65535 - frame_sum(len, frame + l.l4, len));
	assert_memory_equal(frame + l.l4, right + l.l4, len);
	/* Well-known check values of these CRCs. */
	assert_int_equal(frame_crc32c((const uint8_t *)"123456789", 9), 0xe3069283);
	assert_int_equal(frame_fcs((const uint8_t *)"123456789", 9), 0xcbf43926);
	assert_int_equal(frame_fcs(right, l.len), compat_crc32(right, l.len));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_kinds),
		cmocka_unit_test(test_wrong_on_purpose),
		cmocka_unit_test(test_fragments),
		cmocka_unit_test(test_as_given),
		cmocka_unit_test(test_ptp),
		cmocka_unit_test(test_payload),
		cmocka_unit_test(test_seeds),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
