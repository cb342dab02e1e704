/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */

/*
 * Engines of sl-testpmd with mbufs made by the test. Each segment is a separate allocation of its
 * exact length, so that AddressSanitizer finds an access beyond it.
 */

#include <netinet/ip_icmp.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#include <rte_arp.h>
#include <rte_byteorder.h>
#include <rte_icmp.h>
#include <rte_ip.h>
#include <rte_udp.h>

#include "engine.h"
#include "frame.h"
#include "rng.h"

#define FRAME_MAX 512

static uint64_t rng = 1;
static const struct rte_ether_addr own = {{2, 0, 0, 0, 0, 9}};

static struct rte_mbuf *
segment(const uint8_t *bytes, uint16_t len)
{
	struct rte_mbuf *m = aligned_alloc(RTE_CACHE_LINE_SIZE, sizeof(*m));

	assert_non_null(m);
	memset(m, 0, sizeof(*m));
	m->buf_addr = malloc(len);
	m->data_len = m->buf_len = len;
	m->nb_segs = 1;
	if (len != 0)
		memcpy(m->buf_addr, bytes, len);
	return m;
}

/** Build a chain of segments of at most @p seg bytes. */
static struct rte_mbuf *
chain(const uint8_t *bytes, uint32_t len, uint32_t seg)
{
	struct rte_mbuf *first = NULL, **link = &first;
	uint32_t done = 0;

	do {
		uint32_t n = RTE_MIN(seg, len - done);

		*link = segment(bytes + done, (uint16_t)n);
		link = &(*link)->next;
		done += n;
	} while (done < len);
	first->pkt_len = len;
	return first;
}

/** Copy a chain to @p bytes and free it. @return its length. */
static uint32_t
unchain(struct rte_mbuf *m, uint8_t *bytes)
{
	uint32_t len = 0;

	while (m != NULL) {
		struct rte_mbuf *next = m->next;

		memcpy(bytes + len, m->buf_addr, m->data_len);
		len += m->data_len;
		free(m->buf_addr);
		free(m);
		m = next;
	}
	return len;
}

/** Write an Ethernet header with @p tags VLAN tags. @return its length. */
static uint32_t
put_ether(uint8_t *p, unsigned int tags, uint16_t type)
{
	uint32_t at = 12;

	memcpy(p, "\xff\xff\xff\xff\xff\xff\x02\x00\x00\x00\x00\x05", 12);
	for (unsigned int i = 0; i < tags; i++, at += 4)
		memcpy(p + at, i + 1 < tags ? "\x88\xa8\x20\x07" : "\x81\x00\x20\x05", 4);
	p[at] = type >> 8;
	p[at + 1] = type & 0xff;
	return at + 2;
}

static uint32_t
make_arp(uint8_t *p, unsigned int tags)
{
	static const uint8_t body[] = {0, 1, 8, 0, 6, 4, 0, 1, 2, 0, 0, 0, 0, 5, 10, 0, 0, 1, 0, 0,
		0, 0, 0, 0, 10, 0, 0, 2};
	uint32_t at = put_ether(p, tags, RTE_ETHER_TYPE_ARP);

	memcpy(p + at, body, sizeof(body));
	memset(p + at + sizeof(body), 0, 18);
	return at + sizeof(body) + 18;
}

static uint32_t
make_echo(uint8_t *p, unsigned int tags, unsigned int options, uint16_t payload)
{
	static const uint8_t src[] = {10, 0, 0, 1}, dst[] = {10, 0, 0, 2};
	uint8_t ext[40], frame[FRAME_MAX];
	const struct frame_spec spec = {.version = 4,
		.proto = FRAME_ICMP,
		.src = src,
		.dst = dst,
		.ttl = 3,
		.sport = 7,
		.ext = ext,
		.ext_len = options,
		.payload = payload,
		.bare = true,
		.seed = rng_next(&rng)};
	const uint32_t at = put_ether(p, tags, FRAME_TYPE_IPV4);
	struct frame_layout l;

	memset(ext, 1, sizeof(ext)); /* option 1: no operation */
	l = frame_build(frame, &spec);
	memcpy(p + at, frame + l.l3, l.len - l.l3);
	return at + l.len - l.l3;
}

static void
test_arp(void **state)
{
	(void)state;
	for (unsigned int tags = 0; tags <= 2; tags++) {
		for (uint32_t seg = 1; seg <= 80; seg++) {
			uint8_t in[FRAME_MAX], out[FRAME_MAX];
			uint32_t len = make_arp(in, tags), at = 14 + 4 * tags;
			struct rte_mbuf *m = chain(in, len, seg);

			assert_true(icmpecho_answer(m, &own));
			assert_int_equal(unchain(m, out), len);
			assert_memory_equal(out, in + 6, 6);
			assert_memory_equal(out + 6, &own, 6);
			assert_memory_equal(out + 12, in + 12, at - 12 + 6); /* tags are kept */
			assert_int_equal(out[at + 7], RTE_ARP_OP_REPLY);
			assert_memory_equal(out + at + 8, &own, 6);
			assert_memory_equal(out + at + 14, in + at + 24, 4);
			assert_memory_equal(out + at + 18, in + at + 8, 10);
			assert_memory_equal(out + at + 28, in + at + 28, len - at - 28);
		}
	}
}

static void
test_echo(void **state)
{
	(void)state;
	for (unsigned int tags = 0; tags <= 2; tags++) {
		for (unsigned int options = 0; options <= 40; options += 20) {
			for (uint32_t seg = 1; seg <= 120; seg += 3) {
				uint8_t in[FRAME_MAX], out[FRAME_MAX];
				uint16_t payload = (uint16_t)rng_below(&rng, 200);
				uint32_t len = make_echo(in, tags, options, payload);
				uint32_t at = 14 + 4 * tags, header = 20 + options;
				struct rte_mbuf *m = chain(in, len, seg);

				assert_true(icmpecho_answer(m, &own));
				assert_int_equal(unchain(m, out), len);
				assert_int_equal(rte_raw_cksum(out + at, header), UINT16_MAX);
				assert_int_equal(
					rte_raw_cksum(out + at + header, 8 + payload), UINT16_MAX);
				assert_int_equal(out[at + header], ICMP_ECHOREPLY);
				assert_memory_equal(out + at + 12, in + at + 16, 4);
				assert_memory_equal(out + at + 16, in + at + 12, 4);
				assert_memory_equal(
					out + at + header + 4, in + at + header + 4, 4 + payload);
			}
		}
	}
}

/** Frames that are truncated within their headers are not answered and do not change. */
static void
test_truncated(void **state)
{
	(void)state;
	for (int arp = 0; arp <= 1; arp++) {
		uint8_t in[FRAME_MAX], out[FRAME_MAX];
		uint32_t len = arp ? make_arp(in, 1) - 18 : make_echo(in, 1, 8, 20);

		for (uint32_t cut = 0; cut < len; cut++) {
			struct rte_mbuf *m = chain(in, cut, 1 + rng_below(&rng, 40));

			assert_false(icmpecho_answer(m, &own));
			assert_int_equal(unchain(m, out), cut);
			assert_memory_equal(out, in, cut);
		}
	}
}

/** Frames with one wrong field are not answered. */
static void
test_not_for_us(void **state)
{
	static const struct {
		uint32_t at;
		uint8_t value;
		bool sum; /* correct the IPv4 checksum afterwards */
	} rows[] = {
		{6, 0x03, false},	/* from a group address */
		{12, 0x86, false},	/* not IPv4 */
		{14, 0x65, false},	/* version 6 */
		{14, 0x44, false},	/* header of 16 bytes */
		{14 + 3, 200, true},	/* longer than the frame */
		{14 + 3, 27, true},	/* no room for ICMP */
		{14 + 6, 0x20, true},	/* a fragment */
		{14 + 7, 1, true},	/* a later fragment */
		{14 + 9, 17, true},	/* UDP */
		{14 + 10, 0x12, false}, /* bad checksum */
		{14 + 12, 224, true},	/* from a group */
		{14 + 16, 239, true},	/* to a group */
		{34, 0, false},		/* a reply */
		{34, 13, false},	/* another ICMP */
		{35, 1, false},		/* another code */
	};

	(void)state;
	for (size_t i = 0; i < RTE_DIM(rows); i++) {
		uint8_t in[FRAME_MAX], out[FRAME_MAX];
		uint32_t len = make_echo(in, 0, 0, 40);
		struct rte_ipv4_hdr *ip = (void *)(in + 14);
		struct rte_mbuf *m;

		assert_int_not_equal(in[rows[i].at], rows[i].value);
		in[rows[i].at] = rows[i].value;
		if (rows[i].sum) {
			ip->hdr_checksum = 0;
			ip->hdr_checksum = (uint16_t)~rte_raw_cksum(ip, sizeof(*ip));
		}
		m = chain(in, len, 30);
		if (icmpecho_answer(m, &own))
			fail_msg("answered with byte %u = %u", rows[i].at, rows[i].value);
		unchain(m, out);
		assert_memory_equal(out, in, len);
	}
}

/** Random bytes, and valid frames with random damage: no access beyond the end. */
static void
test_random(void **state)
{
	unsigned int answered = 0;

	(void)state;
	rng = rng_seed(0);
	for (int round = 0; round < 50000; round++) {
		uint8_t in[FRAME_MAX], out[FRAME_MAX];
		uint32_t len = rng_below(&rng, 200);
		struct rte_mbuf *m;

		for (uint32_t i = 0; i < sizeof(in); i++)
			in[i] = (uint8_t)rng_next(&rng);
		if (round % 4 == 1)
			len = make_arp(in, rng_below(&rng, 3));
		else if (round % 4 == 2)
			len = make_echo(in, rng_below(&rng, 3), 4 * rng_below(&rng, 11),
				(uint16_t)rng_below(&rng, 100));
		for (int hits = round % 4 == 0 ? 0 : (int)rng_below(&rng, 3); hits > 0 && len > 0;
			hits--)
			in[rng_below(&rng, len)] = (uint8_t)rng_next(&rng);
		m = chain(in, len, 1 + rng_below(&rng, 100));
		answered += icmpecho_answer(m, &own);
		assert_int_equal(unchain(m, out), len);
	}
	assert_in_range(answered, 5000, 30000);
}

/** UDP frames have right lengths and checksums in each split, and a payload of zeroes. */
static void
test_txonly(void **state)
{
	static const uint16_t cuts[][TX_SEGS_MAX] = {
		{42},
		{43},
		{64},
		{1514},
		{64, 1},
		{42, 1, 2, 3},
		{60, 60, 60, 60, 60, 60, 60, 61},
	};

	(void)state;
	for (size_t i = 0; i < RTE_DIM(cuts); i++) {
		struct stream s = {.tx_port = 3, .src = own};
		struct rte_mbuf *m = NULL, **link = &m;
		uint8_t dirt[1514], out[2048];
		uint32_t len = 0;

		memset(dirt, 0xa5, sizeof(dirt));
		while (s.nb_tx_segs < TX_SEGS_MAX && cuts[i][s.nb_tx_segs] != 0) {
			*link = segment(dirt, cuts[i][s.nb_tx_segs]);
			(*link)->data_len = 0;
			link = &(*link)->next;
			len += cuts[i][s.nb_tx_segs];
			s.tx_segs[s.nb_tx_segs] = cuts[i][s.nb_tx_segs];
			s.nb_tx_segs++;
		}
		txonly_begin(&s);
		for (uint32_t flow = 0; flow < 300; flow++) {
			struct rte_ipv4_hdr *ip = (void *)(out + 14);
			struct rte_udp_hdr *udp = (void *)(ip + 1);
			uint32_t at = 0;

			txonly_fill(&s, m, flow);
			assert_int_equal(m->pkt_len, len);
			assert_int_equal(m->nb_segs, s.nb_tx_segs);
			for (struct rte_mbuf *seg = m; seg != NULL; seg = seg->next) {
				memcpy(out + at, seg->buf_addr, seg->data_len);
				at += seg->data_len;
			}
			assert_int_equal(at, len);
			assert_int_equal(rte_be_to_cpu_16(ip->total_length), len - 14);
			assert_int_equal(rte_be_to_cpu_16(udp->dgram_len), len - 34);
			assert_int_equal(rte_raw_cksum(ip, sizeof(*ip)), UINT16_MAX);
			assert_int_equal(rte_ipv4_udptcp_cksum_verify(ip, udp), 0);
			assert_int_not_equal(udp->dgram_cksum, 0);
			for (uint32_t k = TX_HEADERS; k < len; k++)
				assert_int_equal(out[k], 0);
		}
		unchain(m, out);
	}
}

static void
test_registry(void **state)
{
	char names[128], tiny[8];

	(void)state;
	engine_names(names, sizeof(names));
	assert_string_equal(names, "io|mac|macswap|rxonly|txonly|icmpecho");
	for (const struct engine *const *e = engines; *e != NULL; e++) {
		assert_ptr_equal(engine_find((*e)->name), *e);
		assert_non_null((*e)->help);
		assert_true((*e)->receives || (*e)->transmits);
	}
	assert_null(engine_find("nonsense"));
	assert_null(engine_find(""));
	assert_true(strlen(engine_names(tiny, sizeof(tiny))) < sizeof(tiny));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_registry),
		cmocka_unit_test(test_arp),
		cmocka_unit_test(test_echo),
		cmocka_unit_test(test_truncated),
		cmocka_unit_test(test_not_for_us),
		cmocka_unit_test(test_random),
		cmocka_unit_test(test_txonly),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
