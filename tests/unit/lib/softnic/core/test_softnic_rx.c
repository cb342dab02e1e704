/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */

/* Receive path of the software NIC: filters, offloads, lengths, queues. */

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "softnic_drv.h"

#define STD_MAX 1514u /* bytes, excluding FCS */

/* Receive one frame; NULL if the device did not. The driver keeps the buffer and the descriptor. */
static volatile union sl_rx_desc *
one_in(struct nic_drv *r, const void *frame, uint32_t len, unsigned int q, const uint8_t **data)
{
	drv_wire_in(r, frame, len);
	drv_run(r);
	return drv_rx_next(r, q, data);
}

static bool
taken(struct nic_drv *r, const uint8_t dst[6])
{
	uint64_t seed = 1;
	uint8_t frame[64];
	struct drv_queue *q = &r->rxq[0];
	uint32_t at = q->next;
	bool yes;

	frame_ether(frame, sizeof(frame), dst, rng_next(&seed));
	yes = one_in(r, frame, sizeof(frame), 0, NULL) != NULL;
	if (yes) {
		/* Returned at once, so that the ring always has descriptors. */
		q->rx[at].read.hdr_addr = 0;
		q->rx[at].read.pkt_addr = drv_buf_iova(q, at);
		__atomic_store_n(q->tail, at, __ATOMIC_RELEASE);
	}
	return yes;
}

static void
set_rctl(struct nic_drv *r, uint32_t bits)
{
	SL_WR(&r->bus, RCTL, 0, SL_RCTL_RXEN | SL_RCTL_SECRC | bits);
}

/* 7.1.1.1: exact addresses in each of the 24 entries, valid or not. */
static void
test_exact(void **state)
{
	struct nic_drv *r = *state;
	uint8_t mac[6] = {0x02, 0xaa, 0, 0, 0, 0};
	unsigned int i;

	drv_start(r);
	set_rctl(r, 0);
	assert_true(taken(r, drv_mac));
	assert_false(taken(r, mac));
	for (i = 1; i < 24; i++) {
		uint32_t low = 0xaa02, high;

		mac[5] = (uint8_t)i;
		high = (uint32_t)i << 8;
		assert_false(taken(r, mac));
		if (i < 16) {
			SL_WR(&r->bus, RAL, i, low);
			SL_WR(&r->bus, RAH, i, high);
		} else {
			SL_WR(&r->bus, RAL2, i - 16, low);
			SL_WR(&r->bus, RAH2, i - 16, high);
		}
		assert_false(taken(r, mac)); /* not valid yet */
		if (i < 16)
			SL_WR(&r->bus, RAH, i, high | SL_RAH_AV);
		else
			SL_WR(&r->bus, RAH2, i - 16, high | SL_RAH_AV);
		assert_true(taken(r, mac));
	}
	SL_WR(&r->bus, RAH, 0, 0);
	assert_false(taken(r, drv_mac));
}

/* 8.10.1: BAM, UPE and MPE, each alone. */
static void
test_promiscuous(void **state)
{
	static const uint8_t other[6] = {0x02, 1, 1, 1, 1, 1}, group[6] = {0x01, 0, 0x5e, 1, 2, 3};
	struct nic_drv *r = *state;

	drv_start(r);
	set_rctl(r, 0);
	assert_false(taken(r, frame_broadcast) || taken(r, other) || taken(r, group));
	set_rctl(r, SL_RCTL_BAM);
	assert_true(taken(r, frame_broadcast));
	assert_false(taken(r, other) || taken(r, group));
	set_rctl(r, SL_RCTL_UPE);
	assert_true(taken(r, other));
	assert_false(taken(r, frame_broadcast) || taken(r, group));
	set_rctl(r, SL_RCTL_MPE);
	assert_true(taken(r, group));
	assert_false(taken(r, frame_broadcast) || taken(r, other));
}

/* 8.10.15: for each RCTL.MO, a group address passes only if its hash bit is set. */
static void
test_multicast_hash(void **state)
{
	struct nic_drv *r = *state;
	uint64_t seed = rng_seed(0);
	unsigned int mo, i, n;

	drv_start(r);
	for (n = 0; n < 40; n++) {
		uint8_t group[6];
		uint32_t word, bit, hash;

		mo = n % 4;
		for (i = 0; i < 6; i++)
			group[i] = (uint8_t)rng_next(&seed);
		group[0] |= 1;
		/* Bits 47:36, 46:35, 45:34 or 43:32 of the address. */
		hash = (group[5] * 256u + group[4]) >> (mo == 3 ? 0 : 4 - mo) & 4095;
		word = hash / 32;
		bit = hash % 32;
		set_rctl(r, SL_PREP(SL_RCTL_MO, mo));
		assert_false(taken(r, group));
		SL_WR(&r->bus, MTA, word, UINT32_C(1) << bit);
		assert_true(taken(r, group));
		SL_WR(&r->bus, MTA, word, ~(UINT32_C(1) << bit));
		assert_false(taken(r, group));
		SL_WR(&r->bus, MTA, word, 0);
	}
}

/* 7.4.5: VLAN filter. It does not apply to untagged frames. */
static void
test_vlan_filter(void **state)
{
	struct nic_drv *r = *state;
	struct frame_spec p = {.version = 4, .proto = FRAME_UDP, .vlan = true};
	struct frame_layout l;
	uint8_t frame[DRV_BUF];

	drv_start(r);
	set_rctl(r, SL_RCTL_VFE);
	assert_true(taken(r, drv_mac));
	p.tci = 0x3000 | 777; /* priority 1 and CFI, which the filter ignores */
	l = frame_build(frame, &p);
	assert_null(one_in(r, frame, l.len, 0, NULL));
	SL_WR(&r->bus, VFTA, 777 / 32, UINT32_C(1) << 777 % 32);
	assert_non_null(one_in(r, frame, l.len, 0, NULL));
	SL_WR(&r->bus, VFTA, 777 / 32, ~(UINT32_C(1) << 777 % 32));
	assert_null(one_in(r, frame, l.len, 0, NULL));
	set_rctl(r, SL_RCTL_VFE | SL_RCTL_CFIEN);
	SL_WR(&r->bus, VFTA, 777 / 32, UINT32_MAX);
	assert_null(one_in(r, frame, l.len, 0, NULL)); /* CFI set, but RCTL.CFI clear */
	set_rctl(r, 0);
	assert_non_null(one_in(r, frame, l.len, 0, NULL));
}

/* 7.4.2: the tag is moved to the descriptor and removed from the frame. */
static void
test_vlan_strip(void **state)
{
	struct nic_drv *r = *state;
	struct frame_spec p = {
		.version = 4, .proto = FRAME_TCP, .vlan = true, .tci = 0xe123, .payload = 900};
	volatile union sl_rx_desc *d;
	struct frame_layout l;
	const uint8_t *data;
	uint8_t frame[DRV_BUF];
	unsigned int way;

	drv_start(r);
	l = frame_build(frame, &p);
	d = one_in(r, frame, l.len, 0, &data);
	assert_non_null(d);
	assert_int_equal(d->wb.length, l.len);
	assert_int_equal(d->wb.status & SL_RXD_STAT_VP, 0);
	for (way = 0; way < 2; way++) {
		SL_WR(&r->bus, CTRL, 0, SL_CTRL_SLU | (way == 0 ? SL_CTRL_VME : 0));
		SL_WR(&r->bus, DVMOLR, 0, way == 0 ? 0 : SL_DVMOLR_STRVLAN);
		d = one_in(r, frame, l.len, 0, &data);
		assert_non_null(d);
		assert_int_equal(d->wb.length, l.len - 4);
		assert_true((d->wb.status & SL_RXD_STAT_VP) != 0);
		assert_int_equal(d->wb.vlan, 0xe123);
		assert_memory_equal(data, frame, 12);
		assert_memory_equal(data + 12, frame + 16, l.len - 16);
	}
}

/* The FCS is kept if RCTL.SECRC is off, also when a tag is removed. */
static void
test_fcs(void **state)
{
	struct nic_drv *r = *state;
	struct frame_spec p = {
		.version = 4, .proto = FRAME_UDP, .vlan = true, .tci = 5, .payload = 700};
	volatile union sl_rx_desc *d;
	struct frame_layout l;
	const uint8_t *data;
	uint8_t frame[DRV_BUF];
	uint32_t crc;

	drv_start(r);
	l = frame_build(frame, &p);
	crc = frame_fcs(frame, l.len);
	SL_WR(&r->bus, RCTL, 0, SL_RCTL_RXEN | SL_RCTL_UPE);
	d = one_in(r, frame, l.len, 0, &data);
	assert_non_null(d);
	assert_int_equal(d->wb.length, l.len + 4);
	assert_memory_equal(data, frame, l.len);
	assert_memory_equal(data + l.len, &crc, 4);
	SL_WR(&r->bus, CTRL, 0, SL_CTRL_SLU | SL_CTRL_VME);
	d = one_in(r, frame, l.len, 0, &data);
	assert_non_null(d);
	assert_int_equal(d->wb.length, l.len);
	assert_memory_equal(data + 12, frame + 16, l.len - 16);
	assert_memory_equal(data + l.len - 4, &crc, 4);
}

/* Packet types and checksum status of valid and damaged packets: 7.1.10, table 7-20. */
static void
test_checksum(void **state)
{
	static const struct {
		int version;
		uint8_t proto;
		uint32_t ptype;
	} kinds[] = {
		{4, FRAME_TCP, SL_RXD_PTYPE_IPV4 | SL_RXD_PTYPE_TCP},
		{4, FRAME_UDP, SL_RXD_PTYPE_IPV4 | SL_RXD_PTYPE_UDP},
		{6, FRAME_TCP, SL_RXD_PTYPE_IPV6 | SL_RXD_PTYPE_TCP},
		{6, FRAME_UDP, SL_RXD_PTYPE_IPV6 | SL_RXD_PTYPE_UDP},
		{4, 1, SL_RXD_PTYPE_IPV4},
		{6, 58, SL_RXD_PTYPE_IPV6},
	};
	struct nic_drv *r = *state;
	uint64_t seed = rng_seed(0);
	unsigned int n;

	drv_start(r);
	SL_WR(&r->bus, RXCSUM, 0, SL_RXCSUM_IPOFLD | SL_RXCSUM_TUOFLD);
	for (n = 0; n < 60; n++) {
		unsigned int k = n % 6;
		struct frame_spec p = {.version = kinds[k].version,
			.proto = kinds[k].proto,
			.payload = (uint32_t)(rng_next(&seed) % 1000),
			.vlan = n % 4 == 1};
		bool l4 = p.proto == FRAME_TCP || p.proto == FRAME_UDP;
		uint32_t expect = (p.version == 4 ? SL_RXD_STAT_IPCS : 0) |
			(l4 ? SL_RXD_STAT_L4CS : 0) |
			(p.proto == FRAME_UDP ? SL_RXD_STAT_UDPCS : 0);
		const uint32_t mask = SL_RXD_STAT_IPCS | SL_RXD_STAT_L4CS | SL_RXD_STAT_UDPCS |
			SL_RXD_ERR_IPE | SL_RXD_ERR_L4E;
		volatile union sl_rx_desc *d;
		uint8_t frame[DRV_BUF];
		struct frame_layout l = frame_build(frame, &p);

		/* Damage: none, the IP header, the L4 header. */
		if (n / 6 % 3 == 1 && p.version == 4) {
			frame[l.l3 + 8] ^= 1;
			expect |= SL_RXD_ERR_IPE;
		} else if (n / 6 % 3 == 2 && l4) {
			frame[l.l4 + 1] ^= 4;
			expect |= SL_RXD_ERR_L4E;
		}
		d = one_in(r, frame, l.len, 0, NULL);
		assert_non_null(d);
		assert_int_equal(d->wb.status & mask, expect);
		assert_int_equal(SL_GET(SL_RXD_INFO_PTYPE, d->wb.info), kinds[k].ptype);
	}
}

/* 7.1.5.2: the packet type of IPv6 in IPv4 has the bits of both, and the inner packet's transport.
 */
static void
test_inner_type(void **state)
{
	static const struct {
		struct frame_spec inner;
		uint32_t cut; /* bytes that the inner packet's end is short of */
		uint16_t fragment;
		uint32_t ptype;
	} kinds[] = {
		{{.version = 6, .proto = FRAME_TCP, .len = 200}, 0, 0,
			SL_RXD_PTYPE_IPV4 | SL_RXD_PTYPE_IPV6 | SL_RXD_PTYPE_TCP},
		{{.version = 6, .proto = FRAME_UDP, .options = true, .len = 200}, 0, 0,
			SL_RXD_PTYPE_IPV4 | SL_RXD_PTYPE_IPV6 | SL_RXD_PTYPE_IPV6E |
				SL_RXD_PTYPE_UDP},
		{{.version = 6, .proto = FRAME_ICMP, .len = 100}, 0, 0,
			SL_RXD_PTYPE_IPV4 | SL_RXD_PTYPE_IPV6},
		/* Not an IPv6 packet, a truncated one, and a fragment: IPv4 alone. */
		{{.version = 4, .proto = FRAME_TCP, .len = 200}, 0, 0, SL_RXD_PTYPE_IPV4},
		{{.version = 6, .proto = FRAME_TCP, .len = 200}, 1, 0, SL_RXD_PTYPE_IPV4},
		{{.version = 6, .proto = FRAME_TCP, .len = 200}, 0, FRAME_MORE, SL_RXD_PTYPE_IPV4},
	};
	struct nic_drv *r = *state;
	uint8_t frame[DRV_BUF], inner[DRV_BUF];
	volatile union sl_rx_desc *d;
	unsigned int k;

	drv_start(r);
	for (k = 0; k < sizeof(kinds) / sizeof(kinds[0]); k++) {
		const struct frame_layout in = frame_build(inner, &kinds[k].inner);
		const struct frame_spec p = {.version = 4,
			.proto = 41,
			.data = inner + in.l3,
			.payload = in.end - in.l3 - kinds[k].cut,
			.fragment = kinds[k].fragment};
		const struct frame_layout l = frame_build(frame, &p);

		d = one_in(r, frame, l.len, 0, NULL);
		assert_non_null(d);
		assert_int_equal(SL_GET(SL_RXD_INFO_PTYPE, d->wb.info), kinds[k].ptype);
	}
}

/* 7.1.5.2: the IP identification of a fragment, in the field of the hash. */
static void
test_ip_id(void **state)
{
	struct nic_drv *r = *state;
	struct frame_spec p = {.version = 4, .proto = FRAME_UDP, .payload = 100};
	volatile union sl_rx_desc *d;
	uint8_t frame[DRV_BUF];
	struct frame_layout l;
	unsigned int i;

	drv_start(r);
	for (i = 0; i < 4; i++) {
		bool pcsd = i % 2 != 0, said;

		p.fragment = i / 2 != 0;
		said = p.fragment && !pcsd;
		SL_WR(&r->bus, RXCSUM, 0, pcsd ? SL_RXCSUM_PCSD : 0);
		l = frame_build(frame, &p);
		frame_put16(frame + l.l3 + 4, 0x4321);
		d = one_in(r, frame, l.len, 0, NULL);
		assert_non_null(d);
		assert_int_equal((d->wb.status & SL_RXD_STAT_IPIDV) != 0, said);
		assert_int_equal(d->wb.rss, said ? 0x4321 : 0);
	}
}

/* 8.10.2: RXDMT0 occurs when the posted descriptors drop to RDMTS * 16, also when that is 0. */
static void
test_threshold(void **state)
{
	struct nic_drv *r = *state;
	uint64_t seed = 3;
	uint8_t frame[64];
	unsigned int low, i;

	drv_start(r);
	frame_ether(frame, sizeof(frame), drv_mac, rng_next(&seed));
	for (low = 0; low <= 2; low += 2) {
		unsigned int posted = DRV_DESCS - 1;

		SL_WR(&r->bus, RXDCTL, 0, 0);
		SL_WR(&r->bus, SRRCTL, 0,
			SL_PREP(SL_SRRCTL_BSIZEPACKET, 2) | SL_PREP(SL_SRRCTL_RDMTS, low) |
				SL_PREP(SL_SRRCTL_DESCTYPE, SL_DESCTYPE_ADV_ONEBUF));
		SL_WR(&r->bus, RXDCTL, 0, SL_XDCTL_ENABLE);
		for (i = 0; i < DRV_DESCS; i++) {
			r->rxq[0].rx[i].read.pkt_addr = drv_buf_iova(&r->rxq[0], i);
			r->rxq[0].rx[i].read.hdr_addr = 0;
		}
		SL_WR(&r->bus, RDT, 0, posted);
		(void)SL_RD(&r->bus, ICR, 0);
		while (posted-- != 0) {
			drv_wire_in(r, frame, sizeof(frame));
			drv_run(r);
			assert_int_equal((SL_RD(&r->bus, ICR, 0) & SL_ICR_RXDMT0) != 0,
				posted == low * SL_SRRCTL_RDMTS_UNIT);
		}
	}
	assert_int_equal(SL_RD(&r->bus, RXDMTC, 0), 2);
}

/* Checksums that must not be reported: fragments, UDP without checksum, wrong length fields. */
static void
test_checksum_limits(void **state)
{
	struct nic_drv *r = *state;
	struct frame_spec p = {
		.version = 4, .proto = FRAME_UDP, .payload = 100, .fragment = FRAME_MORE};
	const uint32_t l4 = SL_RXD_STAT_L4CS | SL_RXD_STAT_UDPCS | SL_RXD_ERR_L4E;
	volatile union sl_rx_desc *d;
	uint8_t frame[DRV_BUF];
	struct frame_layout l;

	drv_start(r);
	SL_WR(&r->bus, RXCSUM, 0, SL_RXCSUM_IPOFLD | SL_RXCSUM_TUOFLD);
	l = frame_build(frame, &p);
	d = one_in(r, frame, l.len, 0, NULL);
	assert_non_null(d);
	assert_int_equal(d->wb.status & (l4 | SL_RXD_STAT_IPCS), SL_RXD_STAT_IPCS);
	assert_int_equal(SL_GET(SL_RXD_INFO_PTYPE, d->wb.info), SL_RXD_PTYPE_IPV4);

	p.fragment = false;
	l = frame_build(frame, &p);
	frame_put16(frame + l.l4 + 6, 0);
	d = one_in(r, frame, l.len, 0, NULL);
	assert_non_null(d);
	assert_int_equal(d->wb.status & l4, 0);

	l = frame_build(frame, &p);
	frame_put16(frame + l.l3 + 2, 2000); /* longer than the frame */
	d = one_in(r, frame, l.len, 0, NULL);
	assert_non_null(d);
	assert_int_equal(d->wb.status & (l4 | SL_RXD_STAT_IPCS), 0);
	assert_int_equal(SL_GET(SL_RXD_INFO_PTYPE, d->wb.info), 0);

	p.version = 6;
	l = frame_build(frame, &p);
	frame_put16(frame + l.l3 + 4, 2000);
	d = one_in(r, frame, l.len, 0, NULL);
	assert_non_null(d);
	assert_int_equal(SL_GET(SL_RXD_INFO_PTYPE, d->wb.info), 0);
	l = frame_build(frame, &p);
	frame[l.l3 + 6] = 60;	/* destination options... */
	frame[l.l3 + 41] = 255; /* ...longer than the packet: the next header is unknown */
	frame[l.l3 + 40] = FRAME_UDP;
	d = one_in(r, frame, l.len, 0, NULL);
	assert_non_null(d);
	assert_int_equal(
		SL_GET(SL_RXD_INFO_PTYPE, d->wb.info), SL_RXD_PTYPE_IPV6 | SL_RXD_PTYPE_IPV6E);
	assert_int_equal(d->wb.status & l4, 0);
	p.version = 4;
	l = frame_build(frame, &p);
	frame[l.l3] = 4 * 16 + 4; /* a header shorter than the minimum */
	d = one_in(r, frame, l.len, 0, NULL);
	assert_non_null(d);
	assert_int_equal(SL_GET(SL_RXD_INFO_PTYPE, d->wb.info), 0);
}

/* --- RSS --- */

static const uint8_t ms_key[SL_RSS_KEY_BYTES] = {0x6d, 0x5a, 0x56, 0xda, 0x25, 0x5b, 0x0e, 0xc2,
	0x41, 0x67, 0x25, 0x3d, 0x43, 0xa3, 0x8f, 0xb0, 0xd0, 0xca, 0x2b, 0xcb, 0xae, 0x7b, 0x30,
	0xb4, 0x77, 0xcb, 0x2d, 0xa3, 0x80, 0x30, 0xf2, 0x0c, 0x6a, 0x42, 0xb7, 0x3b, 0xbe, 0xac,
	0x01, 0xfa};

static void
rss_start(struct nic_drv *r, uint32_t fields)
{
	unsigned int i;

	drv_start(r);
	for (i = 1; i < SL_NIC_QUEUES; i++)
		drv_rx_start(r, i, 2, true);
	for (i = 0; i < SL_RSS_KEY_BYTES / 4; i++) {
		uint32_t word;

		memcpy(&word, ms_key + 4 * i, 4);
		SL_WR(&r->bus, RSSRK, i, word);
	}
	/* Entry n selects queue n mod 16. */
	for (i = 0; i < SL_RETA_ENTRIES / 4; i++)
		SL_WR(&r->bus, RETA, i, 0x03020100 + i % 4 * 0x04040404);
	SL_WR(&r->bus, RXCSUM, 0, SL_RXCSUM_PCSD);
	SL_WR(&r->bus, MRQC, 0, SL_PREP(SL_MRQC_ENABLE, SL_MRQC_RSS_4Q) | fields);
}

/* The published test vectors of "Verifying the RSS hash calculation": addresses, ports, hashes. */
static const struct {
	int version;
	uint8_t src[16], dst[16];
	uint16_t sport, dport;
	uint32_t addrs, ports;
} vectors[] = {
	{4, {66, 9, 149, 187}, {161, 142, 100, 80}, 2794, 1766, 0x323e8fc2, 0x51ccc178},
	{4, {199, 92, 111, 2}, {65, 69, 140, 83}, 14230, 4739, 0xd718262a, 0xc626b0ea},
	{4, {24, 19, 198, 95}, {12, 22, 207, 184}, 12898, 38024, 0xd2d0a5de, 0x5c2b394a},
	{4, {38, 27, 205, 30}, {209, 142, 163, 6}, 48228, 2217, 0x82989176, 0xafc7327f},
	{4, {153, 39, 163, 191}, {202, 188, 127, 2}, 44251, 1303, 0x5d1809c5, 0x10e828a2},
	{6, {0x3f, 0xfe, 0x25, 0x01, 0x02, 0x00, 0x1f, 0xff, 0, 0, 0, 0, 0, 0, 0, 7},
		{0x3f, 0xfe, 0x25, 0x01, 0x02, 0x00, 0x00, 0x03, 0, 0, 0, 0, 0, 0, 0, 1}, 2794,
		1766, 0x2cc18cd5, 0x40207d3d},
	{6, {0x3f, 0xfe, 0x05, 0x01, 0, 8, 0, 0, 0x02, 0x60, 0x97, 0xff, 0xfe, 0x40, 0xef, 0xab},
		{0xff, 0x02, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1}, 14230, 4739, 0x0f0c461c,
		0xdde51bbf},
	{6,
		{0x3f, 0xfe, 0x19, 0x00, 0x45, 0x45, 0, 3, 0x02, 0x00, 0xf8, 0xff, 0xfe, 0x21, 0x67,
			0xcf},
		{0xfe, 0x80, 0, 0, 0, 0, 0, 0, 0x02, 0x00, 0xf8, 0xff, 0xfe, 0x21, 0x67, 0xcf},
		44251, 38024, 0x4b61e985, 0x02d1feef},
};

static void
expect_rss(struct nic_drv *r, const struct frame_spec *p, enum sl_rss_type type, uint32_t hash)
{
	unsigned int q = type != SL_RSS_NONE ? hash % 128 % 16 : 0;
	volatile union sl_rx_desc *d;
	uint8_t frame[DRV_BUF];
	struct frame_layout l = frame_build(frame, p);

	d = one_in(r, frame, l.len, q, NULL);
	assert_non_null(d);
	assert_int_equal(SL_GET(SL_RXD_INFO_RSSTYPE, d->wb.info), type);
	if (type != SL_RSS_NONE)
		assert_int_equal(d->wb.rss, hash);
}

/* 7.1.2.8.1 with every packet type and every field that may be enabled for it. */
static void
test_rss_vectors(void **state)
{
	struct nic_drv *r = *state;
	unsigned int i;

	rss_start(r, 0);
	for (i = 0; i < sizeof(vectors) / sizeof(vectors[0]); i++) {
		bool v4 = vectors[i].version == 4;
		struct frame_spec p = {.version = vectors[i].version,
			.proto = FRAME_TCP,
			.src = vectors[i].src,
			.dst = vectors[i].dst,
			.sport = vectors[i].sport,
			.dport = vectors[i].dport};
		const uint32_t on = SL_PREP(SL_MRQC_ENABLE, SL_MRQC_RSS_4Q);
		const uint32_t tcp = v4 ? SL_MRQC_RSS_IPV4_TCP : SL_MRQC_RSS_IPV6_TCP;
		const uint32_t udp = v4 ? SL_MRQC_RSS_IPV4_UDP : SL_MRQC_RSS_IPV6_UDP;
		const uint32_t ip = v4 ? SL_MRQC_RSS_IPV4 : SL_MRQC_RSS_IPV6;

		SL_WR(&r->bus, MRQC, 0, on | tcp | udp | ip);
		expect_rss(r, &p, v4 ? SL_RSS_IPV4_TCP : SL_RSS_IPV6_TCP, vectors[i].ports);
		p.proto = FRAME_UDP;
		expect_rss(r, &p, v4 ? SL_RSS_IPV4_UDP : SL_RSS_IPV6_UDP, vectors[i].ports);
		p.proto = 1;
		expect_rss(r, &p, v4 ? SL_RSS_IPV4 : SL_RSS_IPV6, vectors[i].addrs);
		p.proto = FRAME_TCP;
		SL_WR(&r->bus, MRQC, 0, on | udp | ip);
		expect_rss(r, &p, v4 ? SL_RSS_IPV4 : SL_RSS_IPV6, vectors[i].addrs);
		SL_WR(&r->bus, MRQC, 0, on | udp);
		expect_rss(r, &p, SL_RSS_NONE, 0);
		SL_WR(&r->bus, MRQC, 0, tcp | udp | ip); /* fields enabled, but RSS off */
		expect_rss(r, &p, SL_RSS_NONE, 0);
		if (v4) {
			SL_WR(&r->bus, MRQC, 0, on | tcp | ip);
			p.fragment = FRAME_MORE; /* the ports of a fragment are not hashed */
			expect_rss(r, &p, SL_RSS_IPV4, vectors[i].addrs);
			continue;
		}
		SL_WR(&r->bus, MRQC, 0, on | SL_MRQC_RSS_IPV6_TCP_EX);
		expect_rss(r, &p, SL_RSS_IPV6_TCP_EX, vectors[i].ports);
		p.proto = FRAME_UDP;
		SL_WR(&r->bus, MRQC, 0, on | SL_MRQC_RSS_IPV6_UDP_EX);
		expect_rss(r, &p, SL_RSS_IPV6_UDP_EX, vectors[i].ports);
		SL_WR(&r->bus, MRQC, 0, on | SL_MRQC_RSS_IPV6_EX);
		expect_rss(r, &p, SL_RSS_IPV6_EX, vectors[i].addrs);
	}
}

/* Home addresses in extension headers replace those of the IPv6 header. */
static void
test_rss_home(void **state)
{
	struct nic_drv *r = *state;
	uint8_t ext[24 + 24] = {0}, frame[DRV_BUF];
	struct frame_spec p = {.version = 6,
		.proto = FRAME_TCP,
		.sport = vectors[5].sport,
		.dport = vectors[5].dport,
		.ext = ext,
		.ext_len = sizeof(ext),
		.ext_first = 43};
	const uint32_t on = SL_PREP(SL_MRQC_ENABLE, SL_MRQC_RSS_4Q);

	/*
	 * A routing header of type 2, then destination options with padding and the home address.
	 */
	ext[0] = 60;
	ext[1] = 2;
	ext[2] = 2;
	ext[3] = 1;
	memcpy(ext + 8, vectors[5].dst, 16);
	ext[24] = FRAME_TCP;
	ext[25] = 2;
	ext[26] = 1; /* two bytes of padding, as one option and as single bytes */
	ext[27] = 0;
	ext[30] = 201;
	ext[31] = 16;
	memcpy(ext + 32, vectors[5].src, 16);
	rss_start(r, 0);
	SL_WR(&r->bus, MRQC, 0, on | SL_MRQC_RSS_IPV6_TCP_EX | SL_MRQC_RSS_IPV6_TCP);
	expect_rss(r, &p, SL_RSS_IPV6_TCP_EX, vectors[5].ports);
	SL_WR(&r->bus, MRQC, 0, on | SL_MRQC_RSS_IPV6_EX);
	expect_rss(r, &p, SL_RSS_IPV6_EX, vectors[5].addrs);
	/* The packet type reports extension headers. */
	frame_build(frame, &p);
	assert_int_equal(SL_GET(SL_RXD_INFO_PTYPE, r->rxq[vectors[5].addrs % 16].rx[0].wb.info) &
			SL_RXD_PTYPE_IPV6E,
		SL_RXD_PTYPE_IPV6E);
}

/* --- lengths --- */

static uint32_t
reg_total(struct nic_drv *r, uint32_t off)
{
	return sl_bus_read(&r->bus, off);
}

/* Runts, the standard limits, and RLPML: 8.18.14, 8.10.13. */
static void
test_lengths(void **state)
{
	static uint8_t frame[20000];
	struct nic_drv *r = *state;
	uint64_t seed = rng_seed(0);

	drv_start(r);
	frame_ether(frame, sizeof(frame), drv_mac, rng_next(&seed));
	assert_null(one_in(r, frame, 59, 0, NULL));
	assert_int_equal(reg_total(r, SL_OFF(RUC, 0)), 1);
	assert_int_equal(reg_total(r, SL_OFF(RLEC, 0)), 1);
	assert_non_null(one_in(r, frame, 60, 0, NULL));
	assert_non_null(one_in(r, frame, STD_MAX, 0, NULL));
	assert_null(one_in(r, frame, STD_MAX + 1, 0, NULL));
	assert_int_equal(reg_total(r, SL_OFF(ROC, 0)), 1);
	assert_int_equal(reg_total(r, SL_OFF(RLEC, 0)), 1);
	/* A tagged frame may be four bytes longer. */
	frame_put16(frame + 12, 0x8100);
	assert_non_null(one_in(r, frame, STD_MAX + 4, 0, NULL));
	assert_null(one_in(r, frame, STD_MAX + 5, 0, NULL));
	set_rctl(r, SL_RCTL_LPE);
	SL_WR(&r->bus, RLPML, 0, 3000);
	assert_non_null(one_in(r, frame, 2996, 0, NULL));
	(void)drv_rx_next(r, 0, NULL); /* second descriptor of the frame */
	assert_null(one_in(r, frame, 2997, 0, NULL));
	/* Longer than the MAC supports, whatever RLPML is. */
	SL_WR(&r->bus, RLPML, 0, SL_RLPML_LEN);
	assert_null(one_in(r, frame, SL_IGB_FRAME_MAX - 3, 0, NULL));
	assert_null(one_in(r, frame, 17000, 0, NULL));
	assert_non_null(one_in(r, frame, SL_IGB_FRAME_MAX - 4, 0, NULL));
}

/* The MAC counts and drops bad frames: CRCERRS; RFC if short; CRCERRS and RJC if long. */
static void
test_bad_fcs(void **state)
{
	struct nic_drv *r = *state;
	uint64_t seed = rng_seed(0);
	static const uint32_t len[] = {64, 40, STD_MAX + 1};
	uint8_t frame[STD_MAX + 1];
	unsigned int i;

	drv_start(r);
	frame_ether(frame, sizeof(frame), drv_mac, rng_next(&seed));
	for (i = 0; i < 3; i++) {
		drv_wire_in(r, frame, len[i]);
		r->wire->in.f[(r->wire->in.head + r->wire->in.n - 1) % DRV_FRAMES].bad_fcs = true;
	}
	drv_run(r);
	assert_null(drv_rx_next(r, 0, NULL));
	assert_int_equal(reg_total(r, SL_OFF(CRCERRS, 0)), 2);
	assert_int_equal(reg_total(r, SL_OFF(RFC, 0)), 1);
	assert_int_equal(reg_total(r, SL_OFF(RJC, 0)), 1);
	assert_int_equal(reg_total(r, SL_OFF(ROC, 0)), 0);
	assert_int_equal(reg_total(r, SL_OFF(GPRC, 0)), 0);
}

/* --- rings --- */

/* Frames of several descriptors begin at each index of the ring, so they wrap at each point. */
static void
test_multi_descriptor(void **state)
{
	struct nic_drv *r = *state;
	uint64_t seed = rng_seed(0);
	struct drv_queue *q = &r->rxq[1];
	uint8_t frame[9000];
	unsigned int i, k;

	drv_start(r);
	drv_rx_start(r, 1, 1, true);
	/* All frames go to queue 1. */
	for (i = 0; i < SL_RETA_ENTRIES / 4; i++)
		SL_WR(&r->bus, RETA, i, 0x01010101);
	SL_WR(&r->bus, MRQC, 0, SL_PREP(SL_MRQC_ENABLE, SL_MRQC_RSS_4Q) | SL_MRQC_RSS_IPV4);
	set_rctl(r, SL_RCTL_LPE);
	SL_WR(&r->bus, RLPML, 0, 9018);
	for (i = 0; i < 3 * DRV_DESCS; i++) {
		uint32_t len = 60 + (uint32_t)(rng_next(&seed) % (sizeof(frame) - 60)), done = 0;
		uint32_t descs = (len + 1023) / 1024;

		frame_ether(frame, len, drv_mac, rng_next(&seed));
		/* The minimum of an IPv4 header that has a hash. */
		memcpy(frame + 12, "\x08\x00\x45\x00\x00\x1c\0\0\0\0\x40\x01\0\0", 14);
		drv_wire_in(r, frame, len);
		drv_run(r);
		for (k = 0; k < descs; k++) {
			uint32_t at = q->next, part = len - done < 1024 ? len - done : 1024;
			const uint8_t *data;
			volatile union sl_rx_desc *d = drv_rx_next(r, 1, &data);

			assert_non_null(d);
			assert_int_equal(d->wb.length, part);
			assert_int_equal((d->wb.status & SL_RXD_STAT_EOP) != 0, k + 1 == descs);
			assert_memory_equal(data, frame + done, part);
			done += part;
			q->rx[at].read.hdr_addr = 0;
			q->rx[at].read.pkt_addr = drv_buf_iova(q, at);
			__atomic_store_n(q->tail, at, __ATOMIC_RELEASE);
		}
		assert_null(drv_rx_next(r, 1, NULL));
	}
}

/* Without descriptors, frames wait in the packet buffer in order. The rest are missed. */
static void
test_packet_buffer(void **state)
{
	struct nic_drv *r = *state;
	uint64_t seed = rng_seed(0);
	struct drv_queue *q = &r->rxq[0];
	struct sl_softnic_stats s;
	uint8_t frame[200];
	unsigned int i, n, got;

	drv_start(r);
	frame_ether(frame, sizeof(frame), drv_mac, rng_next(&seed));
	SL_WR(&r->bus, RXPBS, 0, 16);
	n = 200; /* more than the ring and 16 KiB hold */
	for (i = 0; i < n; i++) {
		frame[14] = (uint8_t)i;
		drv_wire_in(r, frame, sizeof(frame));
	}
	drv_run(r);
	sl_softnic_stats(r->nic, &s);
	assert_int_equal(s.rx_frames, DRV_DESCS - 1);
	assert_true(s.rx_no_desc > 0 && s.rx_no_desc < n - DRV_DESCS);
	assert_int_equal(SL_RD(&r->bus, MPC, 0), s.rx_no_desc);
	assert_int_equal(SL_RD(&r->bus, RNBC, 0), n - (DRV_DESCS - 1));
	assert_int_equal(r->wire->last_room, 0);
	for (got = 0; got < n - s.rx_no_desc; got++) {
		uint32_t at = q->next;
		const uint8_t *data;
		volatile union sl_rx_desc *d = drv_rx_next(r, 0, &data);

		assert_non_null(d);
		assert_int_equal(data[14], (uint8_t)got);
		q->rx[at].read.hdr_addr = 0;
		q->rx[at].read.pkt_addr = drv_buf_iova(q, at);
		__atomic_store_n(q->tail, at, __ATOMIC_RELEASE);
		drv_run(r);
	}
	assert_null(drv_rx_next(r, 0, NULL));
}

/*
 * Without DROP_EN, a queue without descriptors blocks frames for other queues. They stay in order,
 * and a reset drops them.
 */
static void
test_head_of_line(void **state)
{
	struct nic_drv *r = *state;
	struct frame_spec p = {.version = 4, .proto = FRAME_TCP};
	struct sl_softnic_stats s;
	uint8_t frame[DRV_BUF];
	struct frame_layout l;
	unsigned int i;

	rss_start(r, SL_MRQC_RSS_IPV4);
	for (i = 0; i < SL_RETA_ENTRIES / 4; i++)
		SL_WR(&r->bus, RETA, i, 0x03030303);
	l = frame_build(frame, &p);
	for (i = 0; i < DRV_DESCS; i++)
		drv_wire_in(r, frame, l.len);
	frame_ether(frame, 60, drv_mac, 7); /* no IP: queue 0 */
	drv_wire_in(r, frame, 60);
	drv_run(r);
	assert_null(drv_rx_next(r, 0, NULL));
	__atomic_store_n(r->rxq[3].tail, 0, __ATOMIC_RELEASE); /* one more descriptor */
	drv_run(r);
	assert_non_null(drv_rx_next(r, 0, NULL));
	frame_build(frame, &p);
	drv_wire_in(r, frame, l.len);
	drv_run(r);
	SL_WR(&r->bus, CTRL, 0, SL_CTRL_RST);
	sl_softnic_stats(r->nic, &s);
	assert_int_equal(s.rx_no_desc, 1);
	assert_int_equal(s.dma_outstanding, 0);
}

/* If the tail moves back over fetched descriptors, no descriptor is used twice. */
static void
test_tail_back(void **state)
{
	struct nic_drv *r = *state;
	struct sl_softnic_stats s;
	uint8_t frame[60];
	unsigned int i;

	drv_start(r);
	/* Write-backs are held, so that all fetched descriptors stay outstanding. */
	assert_int_equal(sl_softnic_fault(r->nic, SL_FAULT_HOLD_DD, 0, 1), 0);
	frame_ether(frame, sizeof(frame), drv_mac, 7);
	for (i = 0; i < 3 * DRV_DESCS; i++) {
		__atomic_store_n(r->rxq[0].tail, (i * 37) % DRV_DESCS, __ATOMIC_RELEASE);
		drv_wire_in(r, frame, sizeof(frame));
		sl_softnic_step(r->nic, 32);
		sl_softnic_stats(r->nic, &s);
		assert_true(s.dma_outstanding < DRV_DESCS);
	}
}

/* All IP frames go to queue 3, which has DROP_EN. @return length of such a frame. */
static uint32_t
drop_en_start(struct nic_drv *r, uint8_t *frame)
{
	struct frame_spec p = {.version = 4, .proto = FRAME_TCP};
	unsigned int i;

	rss_start(r, SL_MRQC_RSS_IPV4);
	for (i = 0; i < SL_RETA_ENTRIES / 4; i++)
		SL_WR(&r->bus, RETA, i, 0x03030303);
	SL_WR(&r->bus, SRRCTL, 3, SL_RD(&r->bus, SRRCTL, 3) | SL_SRRCTL_DROP_EN);
	return frame_build(frame, &p).len;
}

/* SRRCTL.DROP_EN: the queue drops and counts frames, and does not block others: 8.10.2, 8.10.11. */
static void
drop_en(struct nic_drv *r, bool waits)
{
	uint8_t frame[DRV_BUF];
	unsigned int i;
	uint32_t len;

	len = drop_en_start(r, frame);
	r->wire->waits = waits;
	for (i = 0; i < DRV_DESCS + 9; i++)
		drv_wire_in(r, frame, len);
	frame_ether(frame, 60, drv_mac, 7); /* no IP: queue 0 */
	drv_wire_in(r, frame, 60);
	drv_run(r);
	assert_int_equal(r->wire->in.n, 0);
	assert_non_null(drv_rx_next(r, 0, NULL));
	assert_int_equal(SL_RD(&r->bus, RQDPC, 3), 10);
	assert_int_equal(SL_RD(&r->bus, RQDPC, 3), 0); /* cleared by the read */
	assert_int_equal(SL_RD(&r->bus, MPC, 0), 0);
	for (i = 0; i < DRV_DESCS - 1; i++)
		assert_non_null(drv_rx_next(r, 3, NULL));
}

static void
test_drop_en(void **state)
{
	drop_en(*state, false);
}

static void
test_drop_en_wire_waits(void **state)
{
	drop_en(*state, true);
}

/* DROP_EN is applied when the frame leaves the packet buffer: 7.1.3.3. */
static void
test_drop_en_behind_others(void **state)
{
	struct nic_drv *r = *state;
	struct drv_queue *q = &r->rxq[0];
	uint8_t frame[DRV_BUF], other[60];
	unsigned int i;
	uint32_t len;

	len = drop_en_start(r, frame);
	frame_ether(other, sizeof(other), drv_mac, 7);
	for (i = 0; i < DRV_DESCS; i++)
		drv_wire_in(r, other, sizeof(other)); /* the last one waits */
	for (i = 0; i < DRV_DESCS + 9; i++)
		drv_wire_in(r, frame, len);
	drv_wire_in(r, other, sizeof(other));
	drv_run(r);
	assert_null(drv_rx_next(r, 3, NULL));
	assert_int_equal(SL_RD(&r->bus, RQDPC, 3), 0);
	for (i = 0; i < DRV_DESCS - 1; i++)
		assert_non_null(drv_rx_next(r, 0, NULL));
	q->rx[0].read.hdr_addr = 0;
	q->rx[0].read.pkt_addr = drv_buf_iova(q, 0);
	__atomic_store_n(q->tail, 1, __ATOMIC_RELEASE); /* two more descriptors */
	drv_run(r);
	assert_non_null(drv_rx_next(r, 0, NULL));
	assert_non_null(drv_rx_next(r, 0, NULL));
	for (i = 0; i < DRV_DESCS - 1; i++)
		assert_non_null(drv_rx_next(r, 3, NULL));
	assert_int_equal(SL_RD(&r->bus, RQDPC, 3), 10);
	assert_int_equal(SL_RD(&r->bus, MPC, 0), 0);
}

/* The room that the NIC reports to the wire, in frames. A wire that follows it loses no frames. */
static void
test_room(void **state)
{
	struct nic_drv *r = *state;
	uint64_t seed = rng_seed(0);
	struct sl_softnic_stats s;
	uint8_t frame[60];
	unsigned int i;

	drv_start(r);
	r->wire->waits = true;
	frame_ether(frame, sizeof(frame), drv_mac, rng_next(&seed));
	for (i = 0; i < 2 * DRV_DESCS; i++)
		drv_wire_in(r, frame, sizeof(frame));
	drv_run(r);
	sl_softnic_stats(r->nic, &s);
	assert_int_equal(s.rx_frames, DRV_DESCS - 1);
	assert_int_equal(s.rx_no_desc, 0);
	assert_int_equal(r->wire->in.n, 2 * DRV_DESCS - (DRV_DESCS - 1));
	/* Frames of up to 9000 bytes take five descriptors of 2 KiB. */
	*r->rxq[0].tail = DRV_DESCS - 2;
	set_rctl(r, SL_RCTL_LPE);
	SL_WR(&r->bus, RLPML, 0, 9000);
	r->wire->in.n = 0;
	sl_softnic_step(r->nic, 32);
	assert_true(r->wire->last_room <= (DRV_DESCS - 1) / 5);
}

/* RCTL.BSIZE applies if SRRCTL.BSIZEPACKET is zero: 8.10.1. */
static void
test_small_buffers(void **state)
{
	struct nic_drv *r = *state;
	uint64_t seed = rng_seed(0);
	volatile union sl_rx_desc *d;
	uint8_t frame[600];
	unsigned int bsize;

	drv_start(r);
	SL_WR(&r->bus, SRRCTL, 0, SL_PREP(SL_SRRCTL_DESCTYPE, SL_DESCTYPE_ADV_ONEBUF));
	frame_ether(frame, sizeof(frame), drv_mac, rng_next(&seed));
	for (bsize = 0; bsize < 4; bsize++) {
		uint32_t size = 2048u >> bsize, left = sizeof(frame);

		set_rctl(r, SL_PREP(SL_RCTL_BSIZE, bsize));
		drv_wire_in(r, frame, sizeof(frame));
		drv_run(r);
		while (left != 0) {
			uint32_t part = left < size ? left : size;

			d = drv_rx_next(r, 0, NULL);
			assert_non_null(d);
			assert_int_equal(d->wb.length, part);
			left -= part;
		}
	}
}

/*
 * After a reset queue 0 is enabled with a descriptor type that the model does not support. This is
 * no error while receive is off, because a driver writes its ring before SRRCTL.
 */
static void
test_descriptor_type(void **state)
{
	struct nic_drv *r = *state;
	uint64_t seed = rng_seed(0);
	uint8_t frame[100];

	frame_ether(frame, sizeof(frame), drv_mac, rng_next(&seed));
	SL_WR(&r->bus, RDLEN, 0, DRV_DESCS * SL_DESC_SIZE);
	SL_WR(&r->bus, RDBAL, 0, SL_QUEUE_RING_ALIGN);
	drv_start(r);
	assert_int_equal(r->logged, 0);
	drv_wire_in(r, frame, sizeof(frame));
	drv_run(r);
	assert_non_null(drv_rx_next(r, 0, NULL));

	/* With receive on, in either order, it is logged and the queue is disabled. */
	SL_WR(&r->bus, RCTL, 0, SL_RD(&r->bus, RCTL, 0) & ~SL_RCTL_RXEN);
	SL_WR(&r->bus, SRRCTL, 0, SL_PREP(SL_SRRCTL_DESCTYPE, SL_DESCTYPE_LEGACY));
	assert_int_equal(r->logged, 0);
	SL_WR(&r->bus, RCTL, 0, SL_RD(&r->bus, RCTL, 0) | SL_RCTL_RXEN);
	assert_int_equal(r->logged, 1);
	drv_wire_in(r, frame, sizeof(frame));
	drv_run(r);
	assert_null(drv_rx_next(r, 0, NULL));
}

int
main(void)
{
#define DRV_TEST(f) cmocka_unit_test_setup_teardown(f, drv_setup, drv_teardown)
	const struct CMUnitTest tests[] = {
		DRV_TEST(test_exact),
		DRV_TEST(test_descriptor_type),
		DRV_TEST(test_promiscuous),
		DRV_TEST(test_multicast_hash),
		DRV_TEST(test_vlan_filter),
		DRV_TEST(test_vlan_strip),
		DRV_TEST(test_fcs),
		DRV_TEST(test_checksum),
		DRV_TEST(test_inner_type),
		DRV_TEST(test_ip_id),
		DRV_TEST(test_threshold),
		DRV_TEST(test_checksum_limits),
		DRV_TEST(test_rss_vectors),
		DRV_TEST(test_rss_home),
		DRV_TEST(test_lengths),
		DRV_TEST(test_bad_fcs),
		DRV_TEST(test_multi_descriptor),
		DRV_TEST(test_packet_buffer),
		DRV_TEST(test_head_of_line),
		DRV_TEST(test_tail_back),
		DRV_TEST(test_drop_en),
		DRV_TEST(test_drop_en_wire_waits),
		DRV_TEST(test_drop_en_behind_others),
		DRV_TEST(test_room),
		DRV_TEST(test_small_buffers),
	};

	return cmocka_run_group_tests_name("softnic_rx", tests, NULL, NULL);
}
