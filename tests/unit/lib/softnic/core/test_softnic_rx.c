/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */

/*
 * The software NIC's receive side: filters, offloads, lengths, queues.
 */

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "softnic_drv.h"

#define STD_MAX 1514u /* bytes without FCS */

/* Receive one frame; NULL when the device took none. Buffer and descriptor stay the driver's. */
static volatile union sl_rx_desc *
one_in(struct rig *r, const void *frame, uint32_t len, unsigned int q, const uint8_t **data)
{
	rig_wire_in(r, frame, len);
	rig_run(r);
	return rig_rx_next(r, q, data);
}

static bool
taken(struct rig *r, const uint8_t dst[6])
{
	uint64_t seed = 1;
	uint8_t frame[64];
	struct rig_queue *q = &r->rxq[0];
	uint32_t at = q->next;
	bool yes;

	rig_frame_fill(&seed, frame, sizeof(frame), dst);
	yes = one_in(r, frame, sizeof(frame), 0, NULL) != NULL;
	if (yes) {
		/* Given back at once, so that the ring never runs dry. */
		q->rx[at].read.hdr_addr = 0;
		q->rx[at].read.pkt_addr = rig_buf_iova(q, at);
		__atomic_store_n(q->tail, at, __ATOMIC_RELEASE);
	}
	return yes;
}

static void
set_rctl(struct rig *r, uint32_t bits)
{
	SL_WR(&r->bus, RCTL, 0, SL_RCTL_RXEN | SL_RCTL_SECRC | bits);
}

/* 7.1.1.1: exact addresses in all 24 places, valid or not. */
static void
test_exact(void **state)
{
	struct rig *r = *state;
	uint8_t mac[6] = {0x02, 0xaa, 0, 0, 0, 0};
	unsigned int i;

	rig_start(r);
	set_rctl(r, 0);
	assert_true(taken(r, rig_mac));
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
	assert_false(taken(r, rig_mac));
}

/* 8.10.1: BAM, UPE, MPE, each alone. */
static void
test_promiscuous(void **state)
{
	static const uint8_t other[6] = {0x02, 1, 1, 1, 1, 1}, group[6] = {0x01, 0, 0x5e, 1, 2, 3};
	struct rig *r = *state;

	rig_start(r);
	set_rctl(r, 0);
	assert_false(taken(r, rig_broadcast) || taken(r, other) || taken(r, group));
	set_rctl(r, SL_RCTL_BAM);
	assert_true(taken(r, rig_broadcast));
	assert_false(taken(r, other) || taken(r, group));
	set_rctl(r, SL_RCTL_UPE);
	assert_true(taken(r, other));
	assert_false(taken(r, rig_broadcast) || taken(r, group));
	set_rctl(r, SL_RCTL_MPE);
	assert_true(taken(r, group));
	assert_false(taken(r, rig_broadcast) || taken(r, other));
}

/* 8.10.15: for each RCTL.MO, the one bit that a group's hash names lets it in, no other does. */
static void
test_multicast_hash(void **state)
{
	struct rig *r = *state;
	uint64_t seed = rig_seed();
	unsigned int mo, i, n;

	rig_start(r);
	for (n = 0; n < 40; n++) {
		uint8_t group[6];
		uint32_t word, bit, hash;

		mo = n % 4;
		for (i = 0; i < 6; i++)
			group[i] = (uint8_t)rig_random(&seed);
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

/* 7.4.5: VLAN filter; untagged frames are not its concern. */
static void
test_vlan_filter(void **state)
{
	struct rig *r = *state;
	struct rig_ip p = {.version = 4, .proto = RIG_UDP, .vlan = true};
	struct rig_layout l;
	uint8_t frame[RIG_BUF];

	rig_start(r);
	set_rctl(r, SL_RCTL_VFE);
	assert_true(taken(r, rig_mac));
	p.tci = 0x3000 | 777; /* priority 1 and CFI, which the filter does not look at */
	l = rig_ip_frame(frame, &p);
	assert_null(one_in(r, frame, l.len, 0, NULL));
	SL_WR(&r->bus, VFTA, 777 / 32, UINT32_C(1) << 777 % 32);
	assert_non_null(one_in(r, frame, l.len, 0, NULL));
	SL_WR(&r->bus, VFTA, 777 / 32, ~(UINT32_C(1) << 777 % 32));
	assert_null(one_in(r, frame, l.len, 0, NULL));
	set_rctl(r, SL_RCTL_VFE | SL_RCTL_CFIEN);
	SL_WR(&r->bus, VFTA, 777 / 32, UINT32_MAX);
	assert_null(one_in(r, frame, l.len, 0, NULL)); /* CFI set, RCTL.CFI clear */
	set_rctl(r, 0);
	assert_non_null(one_in(r, frame, l.len, 0, NULL));
}

/* 7.4.2: the tag goes to the descriptor, the rest of the frame closes up. */
static void
test_vlan_strip(void **state)
{
	struct rig *r = *state;
	struct rig_ip p = {
		.version = 4, .proto = RIG_TCP, .vlan = true, .tci = 0xe123, .payload = 900};
	volatile union sl_rx_desc *d;
	struct rig_layout l;
	const uint8_t *data;
	uint8_t frame[RIG_BUF];
	unsigned int way;

	rig_start(r);
	l = rig_ip_frame(frame, &p);
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

/* FCS kept with RCTL.SECRC off: by its definition, bit by bit; also behind a tag taken out. */
static void
test_fcs(void **state)
{
	struct rig *r = *state;
	struct rig_ip p = {.version = 4, .proto = RIG_UDP, .vlan = true, .tci = 5, .payload = 700};
	volatile union sl_rx_desc *d;
	struct rig_layout l;
	const uint8_t *data;
	uint8_t frame[RIG_BUF];
	uint32_t crc = UINT32_MAX, i, bit;

	rig_start(r);
	l = rig_ip_frame(frame, &p);
	for (i = 0; i < l.len; i++) {
		crc ^= frame[i];
		for (bit = 0; bit < 8; bit++)
			crc = crc >> 1 ^ ((crc & 1) != 0 ? 0xedb88320 : 0);
	}
	crc = ~crc;
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

/* Packet types and checksum verdicts of right and damaged packets: 7.1.10, table 7-20. */
static void
test_checksum(void **state)
{
	static const struct {
		int version;
		uint8_t proto;
		uint32_t ptype;
	} kinds[] = {
		{4, RIG_TCP, SL_RXD_PTYPE_IPV4 | SL_RXD_PTYPE_TCP},
		{4, RIG_UDP, SL_RXD_PTYPE_IPV4 | SL_RXD_PTYPE_UDP},
		{6, RIG_TCP, SL_RXD_PTYPE_IPV6 | SL_RXD_PTYPE_TCP},
		{6, RIG_UDP, SL_RXD_PTYPE_IPV6 | SL_RXD_PTYPE_UDP},
		{4, 1, SL_RXD_PTYPE_IPV4},
		{6, 58, SL_RXD_PTYPE_IPV6},
	};
	struct rig *r = *state;
	uint64_t seed = rig_seed();
	unsigned int n;

	rig_start(r);
	SL_WR(&r->bus, RXCSUM, 0, SL_RXCSUM_IPOFLD | SL_RXCSUM_TUOFLD);
	for (n = 0; n < 60; n++) {
		unsigned int k = n % 6;
		struct rig_ip p = {.version = kinds[k].version,
			.proto = kinds[k].proto,
			.payload = (uint32_t)(rig_random(&seed) % 1000),
			.vlan = n % 4 == 1};
		bool l4 = p.proto == RIG_TCP || p.proto == RIG_UDP;
		uint32_t expect = (p.version == 4 ? SL_RXD_STAT_IPCS : 0) |
			(l4 ? SL_RXD_STAT_L4CS : 0) | (p.proto == RIG_UDP ? SL_RXD_STAT_UDPCS : 0);
		const uint32_t mask = SL_RXD_STAT_IPCS | SL_RXD_STAT_L4CS | SL_RXD_STAT_UDPCS |
			SL_RXD_ERR_IPE | SL_RXD_ERR_L4E;
		volatile union sl_rx_desc *d;
		uint8_t frame[RIG_BUF];
		struct rig_layout l = rig_ip_frame(frame, &p);

		/* Damage: none, the IP header, the payload. */
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

/* 7.1.5.2: which packet a fragment belongs to, in the place of the hash. */
static void
test_ip_id(void **state)
{
	struct rig *r = *state;
	struct rig_ip p = {.version = 4, .proto = RIG_UDP, .payload = 100};
	volatile union sl_rx_desc *d;
	uint8_t frame[RIG_BUF];
	struct rig_layout l;
	unsigned int i;

	rig_start(r);
	for (i = 0; i < 4; i++) {
		bool pcsd = i % 2 != 0, said;

		p.fragment = i / 2 != 0;
		said = p.fragment && !pcsd;
		SL_WR(&r->bus, RXCSUM, 0, pcsd ? SL_RXCSUM_PCSD : 0);
		l = rig_ip_frame(frame, &p);
		rig_put16(frame + l.l3 + 4, 0x4321);
		d = one_in(r, frame, l.len, 0, NULL);
		assert_non_null(d);
		assert_int_equal((d->wb.status & SL_RXD_STAT_IPIDV) != 0, said);
		assert_int_equal(d->wb.rss, said ? 0x4321 : 0);
	}
}

/* 8.10.2: RXDMT0 when the posted descriptors sink to RDMTS * 16, also when that is none. */
static void
test_threshold(void **state)
{
	struct rig *r = *state;
	uint64_t seed = 3;
	uint8_t frame[64];
	unsigned int low, i;

	rig_start(r);
	rig_frame_fill(&seed, frame, sizeof(frame), rig_mac);
	for (low = 0; low <= 2; low += 2) {
		unsigned int posted = RIG_DESCS - 1;

		SL_WR(&r->bus, RXDCTL, 0, 0);
		SL_WR(&r->bus, SRRCTL, 0,
			SL_PREP(SL_SRRCTL_BSIZEPACKET, 2) | SL_PREP(SL_SRRCTL_RDMTS, low) |
				SL_PREP(SL_SRRCTL_DESCTYPE, SL_DESCTYPE_ADV_ONEBUF));
		SL_WR(&r->bus, RXDCTL, 0, SL_XDCTL_ENABLE);
		for (i = 0; i < RIG_DESCS; i++) {
			r->rxq[0].rx[i].read.pkt_addr = rig_buf_iova(&r->rxq[0], i);
			r->rxq[0].rx[i].read.hdr_addr = 0;
		}
		SL_WR(&r->bus, RDT, 0, posted);
		(void)SL_RD(&r->bus, ICR, 0);
		while (posted-- != 0) {
			rig_wire_in(r, frame, sizeof(frame));
			rig_run(r);
			assert_int_equal((SL_RD(&r->bus, ICR, 0) & SL_ICR_RXDMT0) != 0,
				posted == low * SL_SRRCTL_RDMTS_UNIT);
		}
	}
	assert_int_equal(SL_RD(&r->bus, RXDMTC, 0), 2);
}

/* What must not be judged: fragments, UDP without checksum, lengths that lie. */
static void
test_checksum_limits(void **state)
{
	struct rig *r = *state;
	struct rig_ip p = {.version = 4, .proto = RIG_UDP, .payload = 100, .fragment = true};
	const uint32_t l4 = SL_RXD_STAT_L4CS | SL_RXD_STAT_UDPCS | SL_RXD_ERR_L4E;
	volatile union sl_rx_desc *d;
	uint8_t frame[RIG_BUF];
	struct rig_layout l;

	rig_start(r);
	SL_WR(&r->bus, RXCSUM, 0, SL_RXCSUM_IPOFLD | SL_RXCSUM_TUOFLD);
	l = rig_ip_frame(frame, &p);
	d = one_in(r, frame, l.len, 0, NULL);
	assert_non_null(d);
	assert_int_equal(d->wb.status & (l4 | SL_RXD_STAT_IPCS), SL_RXD_STAT_IPCS);
	assert_int_equal(SL_GET(SL_RXD_INFO_PTYPE, d->wb.info), SL_RXD_PTYPE_IPV4);

	p.fragment = false;
	l = rig_ip_frame(frame, &p);
	rig_put16(frame + l.l4 + 6, 0);
	d = one_in(r, frame, l.len, 0, NULL);
	assert_non_null(d);
	assert_int_equal(d->wb.status & l4, 0);

	l = rig_ip_frame(frame, &p);
	rig_put16(frame + l.l3 + 2, 2000); /* longer than the frame */
	d = one_in(r, frame, l.len, 0, NULL);
	assert_non_null(d);
	assert_int_equal(d->wb.status & (l4 | SL_RXD_STAT_IPCS), 0);
	assert_int_equal(SL_GET(SL_RXD_INFO_PTYPE, d->wb.info), 0);

	p.version = 6;
	l = rig_ip_frame(frame, &p);
	rig_put16(frame + l.l3 + 4, 2000);
	d = one_in(r, frame, l.len, 0, NULL);
	assert_non_null(d);
	assert_int_equal(SL_GET(SL_RXD_INFO_PTYPE, d->wb.info), 0);
	l = rig_ip_frame(frame, &p);
	frame[l.l3 + 6] = 60;	/* destination options... */
	frame[l.l3 + 41] = 255; /* ...longer than the packet: what is behind them is not known */
	frame[l.l3 + 40] = RIG_UDP;
	d = one_in(r, frame, l.len, 0, NULL);
	assert_non_null(d);
	assert_int_equal(
		SL_GET(SL_RXD_INFO_PTYPE, d->wb.info), SL_RXD_PTYPE_IPV6 | SL_RXD_PTYPE_IPV6E);
	assert_int_equal(d->wb.status & l4, 0);
	p.version = 4;
	l = rig_ip_frame(frame, &p);
	frame[l.l3] = 4 * 16 + 4; /* a header shorter than any */
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
rss_start(struct rig *r, uint32_t fields)
{
	unsigned int i;

	rig_start(r);
	for (i = 1; i < SL_NIC_QUEUES; i++)
		rig_rx_start(r, i, 2, true);
	for (i = 0; i < SL_RSS_KEY_BYTES / 4; i++) {
		uint32_t word;

		memcpy(&word, ms_key + 4 * i, 4);
		SL_WR(&r->bus, RSSRK, i, word);
	}
	/* Entry n goes to queue n mod 16. */
	for (i = 0; i < SL_RETA_ENTRIES / 4; i++)
		SL_WR(&r->bus, RETA, i, 0x03020100 + i % 4 * 0x04040404);
	SL_WR(&r->bus, RXCSUM, 0, SL_RXCSUM_PCSD);
	SL_WR(&r->bus, MRQC, 0, SL_PREP(SL_MRQC_ENABLE, SL_MRQC_RSS_4Q) | fields);
}

/* The published vectors of "Verifying the RSS hash calculation": address, ports, hashes. */
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
expect_rss(struct rig *r, const struct rig_ip *p, enum sl_rss_type type, uint32_t hash)
{
	unsigned int q = type != SL_RSS_NONE ? hash % 128 % 16 : 0;
	volatile union sl_rx_desc *d;
	uint8_t frame[RIG_BUF];
	struct rig_layout l = rig_ip_frame(frame, p);

	d = one_in(r, frame, l.len, q, NULL);
	assert_non_null(d);
	assert_int_equal(SL_GET(SL_RXD_INFO_RSSTYPE, d->wb.info), type);
	if (type != SL_RSS_NONE)
		assert_int_equal(d->wb.rss, hash);
}

/* 7.1.2.8.1 with every kind of packet and every field that may be enabled for it. */
static void
test_rss_vectors(void **state)
{
	struct rig *r = *state;
	unsigned int i;

	rss_start(r, 0);
	for (i = 0; i < sizeof(vectors) / sizeof(vectors[0]); i++) {
		bool v4 = vectors[i].version == 4;
		struct rig_ip p = {.version = vectors[i].version,
			.proto = RIG_TCP,
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
		p.proto = RIG_UDP;
		expect_rss(r, &p, v4 ? SL_RSS_IPV4_UDP : SL_RSS_IPV6_UDP, vectors[i].ports);
		p.proto = 1;
		expect_rss(r, &p, v4 ? SL_RSS_IPV4 : SL_RSS_IPV6, vectors[i].addrs);
		p.proto = RIG_TCP;
		SL_WR(&r->bus, MRQC, 0, on | udp | ip);
		expect_rss(r, &p, v4 ? SL_RSS_IPV4 : SL_RSS_IPV6, vectors[i].addrs);
		SL_WR(&r->bus, MRQC, 0, on | udp);
		expect_rss(r, &p, SL_RSS_NONE, 0);
		SL_WR(&r->bus, MRQC, 0, tcp | udp | ip); /* fields, but RSS off */
		expect_rss(r, &p, SL_RSS_NONE, 0);
		if (v4) {
			SL_WR(&r->bus, MRQC, 0, on | tcp | ip);
			p.fragment = true; /* ports of a fragment say nothing */
			expect_rss(r, &p, SL_RSS_IPV4, vectors[i].addrs);
			continue;
		}
		SL_WR(&r->bus, MRQC, 0, on | SL_MRQC_RSS_IPV6_TCP_EX);
		expect_rss(r, &p, SL_RSS_IPV6_TCP_EX, vectors[i].ports);
		p.proto = RIG_UDP;
		SL_WR(&r->bus, MRQC, 0, on | SL_MRQC_RSS_IPV6_UDP_EX);
		expect_rss(r, &p, SL_RSS_IPV6_UDP_EX, vectors[i].ports);
		SL_WR(&r->bus, MRQC, 0, on | SL_MRQC_RSS_IPV6_EX);
		expect_rss(r, &p, SL_RSS_IPV6_EX, vectors[i].addrs);
	}
}

/* Home addresses of extension headers take the place of those in the IPv6 header. */
static void
test_rss_home(void **state)
{
	struct rig *r = *state;
	uint8_t ext[24 + 24] = {0}, frame[RIG_BUF];
	struct rig_ip p = {.version = 6,
		.proto = RIG_TCP,
		.sport = vectors[5].sport,
		.dport = vectors[5].dport,
		.ext = ext,
		.ext_len = sizeof(ext),
		.first_next = 43};
	const uint32_t on = SL_PREP(SL_MRQC_ENABLE, SL_MRQC_RSS_4Q);

	/* Routing header of type 2, then destination options with padding and the home address. */
	ext[0] = 60;
	ext[1] = 2;
	ext[2] = 2;
	ext[3] = 1;
	memcpy(ext + 8, vectors[5].dst, 16);
	ext[24] = RIG_TCP;
	ext[25] = 2;
	ext[26] = 1; /* two bytes of padding, as an option and as single ones */
	ext[27] = 0;
	ext[30] = 201;
	ext[31] = 16;
	memcpy(ext + 32, vectors[5].src, 16);
	rss_start(r, 0);
	SL_WR(&r->bus, MRQC, 0, on | SL_MRQC_RSS_IPV6_TCP_EX | SL_MRQC_RSS_IPV6_TCP);
	expect_rss(r, &p, SL_RSS_IPV6_TCP_EX, vectors[5].ports);
	SL_WR(&r->bus, MRQC, 0, on | SL_MRQC_RSS_IPV6_EX);
	expect_rss(r, &p, SL_RSS_IPV6_EX, vectors[5].addrs);
	/* Extension headers stand in the packet type. */
	rig_ip_frame(frame, &p);
	assert_int_equal(SL_GET(SL_RXD_INFO_PTYPE, r->rxq[vectors[5].addrs % 16].rx[0].wb.info) &
			SL_RXD_PTYPE_IPV6E,
		SL_RXD_PTYPE_IPV6E);
}

/* --- lengths --- */

static uint32_t
reg_total(struct rig *r, uint32_t off)
{
	return sl_bus_read(&r->bus, off);
}

/* Runts, the standard limits and RLPML: 8.18.14, 8.10.13. */
static void
test_lengths(void **state)
{
	static uint8_t frame[20000];
	struct rig *r = *state;
	uint64_t seed = rig_seed();

	rig_start(r);
	rig_frame_fill(&seed, frame, sizeof(frame), rig_mac);
	assert_null(one_in(r, frame, 59, 0, NULL));
	assert_int_equal(reg_total(r, SL_OFF(RUC, 0)), 1);
	assert_int_equal(reg_total(r, SL_OFF(RLEC, 0)), 1);
	assert_non_null(one_in(r, frame, 60, 0, NULL));
	assert_non_null(one_in(r, frame, STD_MAX, 0, NULL));
	assert_null(one_in(r, frame, STD_MAX + 1, 0, NULL));
	assert_int_equal(reg_total(r, SL_OFF(ROC, 0)), 1);
	assert_int_equal(reg_total(r, SL_OFF(RLEC, 0)), 1);
	/* A tagged frame may be four bytes longer. */
	rig_put16(frame + 12, 0x8100);
	assert_non_null(one_in(r, frame, STD_MAX + 4, 0, NULL));
	assert_null(one_in(r, frame, STD_MAX + 5, 0, NULL));
	set_rctl(r, SL_RCTL_LPE);
	SL_WR(&r->bus, RLPML, 0, 3000);
	assert_non_null(one_in(r, frame, 2996, 0, NULL));
	(void)rig_rx_next(r, 0, NULL); /* its second half */
	assert_null(one_in(r, frame, 2997, 0, NULL));
	/* Beyond the MAC, whatever RLPML says. */
	SL_WR(&r->bus, RLPML, 0, SL_RLPML_LEN);
	assert_null(one_in(r, frame, SL_FRAME_MAX - 3, 0, NULL));
	assert_null(one_in(r, frame, 17000, 0, NULL));
	assert_non_null(one_in(r, frame, SL_FRAME_MAX - 4, 0, NULL));
}

/* Damaged frames end in the MAC: CRCERRS, RFC for short ones, CRCERRS and RJC for long ones. */
static void
test_bad_fcs(void **state)
{
	struct rig *r = *state;
	uint64_t seed = rig_seed();
	static const uint32_t len[] = {64, 40, STD_MAX + 1};
	uint8_t frame[STD_MAX + 1];
	unsigned int i;

	rig_start(r);
	rig_frame_fill(&seed, frame, sizeof(frame), rig_mac);
	for (i = 0; i < 3; i++) {
		rig_wire_in(r, frame, len[i]);
		r->wire->in.f[(r->wire->in.head + r->wire->in.n - 1) % RIG_FRAMES].bad_fcs = true;
	}
	rig_run(r);
	assert_null(rig_rx_next(r, 0, NULL));
	assert_int_equal(reg_total(r, SL_OFF(CRCERRS, 0)), 2);
	assert_int_equal(reg_total(r, SL_OFF(RFC, 0)), 1);
	assert_int_equal(reg_total(r, SL_OFF(RJC, 0)), 1);
	assert_int_equal(reg_total(r, SL_OFF(ROC, 0)), 0);
	assert_int_equal(reg_total(r, SL_OFF(GPRC, 0)), 0);
}

/* --- rings --- */

/* Frames of several descriptors begin at every offset of the ring, so they wrap at every point. */
static void
test_multi_descriptor(void **state)
{
	struct rig *r = *state;
	uint64_t seed = rig_seed();
	struct rig_queue *q = &r->rxq[1];
	uint8_t frame[9000];
	unsigned int i, k;

	rig_start(r);
	rig_rx_start(r, 1, 1, true);
	/* All to queue 1. */
	for (i = 0; i < SL_RETA_ENTRIES / 4; i++)
		SL_WR(&r->bus, RETA, i, 0x01010101);
	SL_WR(&r->bus, MRQC, 0, SL_PREP(SL_MRQC_ENABLE, SL_MRQC_RSS_4Q) | SL_MRQC_RSS_IPV4);
	set_rctl(r, SL_RCTL_LPE);
	SL_WR(&r->bus, RLPML, 0, 9018);
	for (i = 0; i < 3 * RIG_DESCS; i++) {
		uint32_t len = 60 + (uint32_t)(rig_random(&seed) % (sizeof(frame) - 60)), done = 0;
		uint32_t descs = (len + 1023) / 1024;

		rig_frame_fill(&seed, frame, len, rig_mac);
		/* Just enough of an IPv4 header to have a hash. */
		memcpy(frame + 12, "\x08\x00\x45\x00\x00\x1c\0\0\0\0\x40\x01\0\0", 14);
		rig_wire_in(r, frame, len);
		rig_run(r);
		for (k = 0; k < descs; k++) {
			uint32_t at = q->next, part = len - done < 1024 ? len - done : 1024;
			const uint8_t *data;
			volatile union sl_rx_desc *d = rig_rx_next(r, 1, &data);

			assert_non_null(d);
			assert_int_equal(d->wb.length, part);
			assert_int_equal((d->wb.status & SL_RXD_STAT_EOP) != 0, k + 1 == descs);
			assert_memory_equal(data, frame + done, part);
			done += part;
			q->rx[at].read.hdr_addr = 0;
			q->rx[at].read.pkt_addr = rig_buf_iova(q, at);
			__atomic_store_n(q->tail, at, __ATOMIC_RELEASE);
		}
		assert_null(rig_rx_next(r, 1, NULL));
	}
}

/* A queue without descriptors: frames wait in the packet buffer, in order, and the rest is missed.
 */
static void
test_packet_buffer(void **state)
{
	struct rig *r = *state;
	uint64_t seed = rig_seed();
	struct rig_queue *q = &r->rxq[0];
	struct sl_softnic_stats s;
	uint8_t frame[200];
	unsigned int i, n, got;

	rig_start(r);
	rig_frame_fill(&seed, frame, sizeof(frame), rig_mac);
	SL_WR(&r->bus, RXPBS, 0, 16);
	n = 200; /* more than ring and 16 KiB hold */
	for (i = 0; i < n; i++) {
		frame[14] = (uint8_t)i;
		rig_wire_in(r, frame, sizeof(frame));
	}
	rig_run(r);
	sl_softnic_stats(r->nic, &s);
	assert_int_equal(s.rx_frames, RIG_DESCS - 1);
	assert_true(s.rx_no_desc > 0 && s.rx_no_desc < n - RIG_DESCS);
	assert_int_equal(SL_RD(&r->bus, MPC, 0), s.rx_no_desc);
	assert_int_equal(SL_RD(&r->bus, RNBC, 0), n - (RIG_DESCS - 1));
	assert_int_equal(r->wire->last_room, 0);
	for (got = 0; got < n - s.rx_no_desc; got++) {
		uint32_t at = q->next;
		const uint8_t *data;
		volatile union sl_rx_desc *d = rig_rx_next(r, 0, &data);

		assert_non_null(d);
		assert_int_equal(data[14], (uint8_t)got);
		q->rx[at].read.hdr_addr = 0;
		q->rx[at].read.pkt_addr = rig_buf_iova(q, at);
		__atomic_store_n(q->tail, at, __ATOMIC_RELEASE);
		rig_run(r);
	}
	assert_null(rig_rx_next(r, 0, NULL));
}

/* Without DROP_EN a queue that ran dry holds up those behind it, in order; a reset forgets them. */
static void
test_head_of_line(void **state)
{
	struct rig *r = *state;
	struct rig_ip p = {.version = 4, .proto = RIG_TCP};
	struct sl_softnic_stats s;
	uint8_t frame[RIG_BUF];
	struct rig_layout l;
	unsigned int i;

	rss_start(r, SL_MRQC_RSS_IPV4);
	for (i = 0; i < SL_RETA_ENTRIES / 4; i++)
		SL_WR(&r->bus, RETA, i, 0x03030303);
	l = rig_ip_frame(frame, &p);
	for (i = 0; i < RIG_DESCS; i++)
		rig_wire_in(r, frame, l.len);
	rig_frame_fill(&(uint64_t){7}, frame, 60, rig_mac); /* no IP: queue 0 */
	rig_wire_in(r, frame, 60);
	rig_run(r);
	assert_null(rig_rx_next(r, 0, NULL));
	__atomic_store_n(r->rxq[3].tail, 0, __ATOMIC_RELEASE); /* one more descriptor */
	rig_run(r);
	assert_non_null(rig_rx_next(r, 0, NULL));
	rig_ip_frame(frame, &p);
	rig_wire_in(r, frame, l.len);
	rig_run(r);
	SL_WR(&r->bus, CTRL, 0, SL_CTRL_RST);
	sl_softnic_stats(r->nic, &s);
	assert_int_equal(s.rx_no_desc, 1);
	assert_int_equal(s.dma_outstanding, 0);
}

/* A tail that is moved back behind what was fetched brings no descriptor twice. */
static void
test_tail_back(void **state)
{
	struct rig *r = *state;
	struct sl_softnic_stats s;
	uint8_t frame[60];
	unsigned int i;

	rig_start(r);
	/* Held back, so that all that was fetched stays outstanding. */
	assert_int_equal(sl_softnic_fault(r->nic, SL_FAULT_HOLD_DD, 0, 1), 0);
	rig_frame_fill(&(uint64_t){7}, frame, sizeof(frame), rig_mac);
	for (i = 0; i < 3 * RIG_DESCS; i++) {
		__atomic_store_n(r->rxq[0].tail, (i * 37) % RIG_DESCS, __ATOMIC_RELEASE);
		rig_wire_in(r, frame, sizeof(frame));
		sl_softnic_step(r->nic, 32);
		sl_softnic_stats(r->nic, &s);
		assert_true(s.dma_outstanding < RIG_DESCS);
	}
}

/* All IP frames go to queue 3, which has DROP_EN: the length of such a frame. */
static uint32_t
drop_en_start(struct rig *r, uint8_t *frame)
{
	struct rig_ip p = {.version = 4, .proto = RIG_TCP};
	unsigned int i;

	rss_start(r, SL_MRQC_RSS_IPV4);
	for (i = 0; i < SL_RETA_ENTRIES / 4; i++)
		SL_WR(&r->bus, RETA, i, 0x03030303);
	SL_WR(&r->bus, SRRCTL, 3, SL_RD(&r->bus, SRRCTL, 3) | SL_SRRCTL_DROP_EN);
	return rig_ip_frame(frame, &p).len;
}

/* SRRCTL.DROP_EN: such a queue drops, counts, and does not block another: 8.10.2, 8.10.11. */
static void
drop_en(struct rig *r, bool waits)
{
	uint8_t frame[RIG_BUF];
	unsigned int i;
	uint32_t len;

	len = drop_en_start(r, frame);
	r->wire->waits = waits;
	for (i = 0; i < RIG_DESCS + 9; i++)
		rig_wire_in(r, frame, len);
	rig_frame_fill(&(uint64_t){7}, frame, 60, rig_mac); /* no IP: queue 0 */
	rig_wire_in(r, frame, 60);
	rig_run(r);
	assert_int_equal(r->wire->in.n, 0);
	assert_non_null(rig_rx_next(r, 0, NULL));
	assert_int_equal(SL_RD(&r->bus, RQDPC, 3), 10);
	assert_int_equal(SL_RD(&r->bus, RQDPC, 3), 0); /* a read clears */
	assert_int_equal(SL_RD(&r->bus, MPC, 0), 0);
	for (i = 0; i < RIG_DESCS - 1; i++)
		assert_non_null(rig_rx_next(r, 3, NULL));
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

/* In the packet buffer DROP_EN is asked when it is the frame's turn: 7.1.3.3. */
static void
test_drop_en_behind_others(void **state)
{
	struct rig *r = *state;
	struct rig_queue *q = &r->rxq[0];
	uint8_t frame[RIG_BUF], other[60];
	unsigned int i;
	uint32_t len;

	len = drop_en_start(r, frame);
	rig_frame_fill(&(uint64_t){7}, other, sizeof(other), rig_mac);
	for (i = 0; i < RIG_DESCS; i++)
		rig_wire_in(r, other, sizeof(other)); /* the last of them waits */
	for (i = 0; i < RIG_DESCS + 9; i++)
		rig_wire_in(r, frame, len);
	rig_wire_in(r, other, sizeof(other));
	rig_run(r);
	assert_null(rig_rx_next(r, 3, NULL));
	assert_int_equal(SL_RD(&r->bus, RQDPC, 3), 0);
	for (i = 0; i < RIG_DESCS - 1; i++)
		assert_non_null(rig_rx_next(r, 0, NULL));
	q->rx[0].read.hdr_addr = 0;
	q->rx[0].read.pkt_addr = rig_buf_iova(q, 0);
	__atomic_store_n(q->tail, 1, __ATOMIC_RELEASE); /* two more descriptors */
	rig_run(r);
	assert_non_null(rig_rx_next(r, 0, NULL));
	assert_non_null(rig_rx_next(r, 0, NULL));
	for (i = 0; i < RIG_DESCS - 1; i++)
		assert_non_null(rig_rx_next(r, 3, NULL));
	assert_int_equal(SL_RD(&r->bus, RQDPC, 3), 10);
	assert_int_equal(SL_RD(&r->bus, MPC, 0), 0);
}

/* The hint to the wire, in frames; a wire that heeds it loses nothing. */
static void
test_room(void **state)
{
	struct rig *r = *state;
	uint64_t seed = rig_seed();
	struct sl_softnic_stats s;
	uint8_t frame[60];
	unsigned int i;

	rig_start(r);
	r->wire->waits = true;
	rig_frame_fill(&seed, frame, sizeof(frame), rig_mac);
	for (i = 0; i < 2 * RIG_DESCS; i++)
		rig_wire_in(r, frame, sizeof(frame));
	rig_run(r);
	sl_softnic_stats(r->nic, &s);
	assert_int_equal(s.rx_frames, RIG_DESCS - 1);
	assert_int_equal(s.rx_no_desc, 0);
	assert_int_equal(r->wire->in.n, 2 * RIG_DESCS - (RIG_DESCS - 1));
	/* Frames of up to 9000 bytes take five descriptors of 2 KiB. */
	*r->rxq[0].tail = RIG_DESCS - 2;
	set_rctl(r, SL_RCTL_LPE);
	SL_WR(&r->bus, RLPML, 0, 9000);
	r->wire->in.n = 0;
	sl_softnic_step(r->nic, 32);
	assert_true(r->wire->last_room <= (RIG_DESCS - 1) / 5);
}

/* RCTL.BSIZE counts where SRRCTL.BSIZEPACKET is zero: 8.10.1. */
static void
test_small_buffers(void **state)
{
	struct rig *r = *state;
	uint64_t seed = rig_seed();
	volatile union sl_rx_desc *d;
	uint8_t frame[600];
	unsigned int bsize;

	rig_start(r);
	SL_WR(&r->bus, SRRCTL, 0, SL_PREP(SL_SRRCTL_DESCTYPE, SL_DESCTYPE_ADV_ONEBUF));
	rig_frame_fill(&seed, frame, sizeof(frame), rig_mac);
	for (bsize = 0; bsize < 4; bsize++) {
		uint32_t size = 2048u >> bsize, left = sizeof(frame);

		set_rctl(r, SL_PREP(SL_RCTL_BSIZE, bsize));
		rig_wire_in(r, frame, sizeof(frame));
		rig_run(r);
		while (left != 0) {
			uint32_t part = left < size ? left : size;

			d = rig_rx_next(r, 0, NULL);
			assert_non_null(d);
			assert_int_equal(d->wb.length, part);
			left -= part;
		}
	}
}

/*
 * Queue 0 is on after a reset, of a descriptor type the model does not have:
 * fine while receive is off, for a driver writes its ring before SRRCTL.
 */
static void
test_descriptor_type(void **state)
{
	struct rig *r = *state;
	uint64_t seed = rig_seed();
	uint8_t frame[100];

	rig_frame_fill(&seed, frame, sizeof(frame), rig_mac);
	SL_WR(&r->bus, RDLEN, 0, RIG_DESCS * SL_DESC_SIZE);
	SL_WR(&r->bus, RDBAL, 0, SL_QUEUE_RING_ALIGN);
	rig_start(r);
	assert_int_equal(r->logged, 0);
	rig_wire_in(r, frame, sizeof(frame));
	rig_run(r);
	assert_non_null(rig_rx_next(r, 0, NULL));

	/* With receive on, either way round, it is said and the queue is off. */
	SL_WR(&r->bus, RCTL, 0, SL_RD(&r->bus, RCTL, 0) & ~SL_RCTL_RXEN);
	SL_WR(&r->bus, SRRCTL, 0, SL_PREP(SL_SRRCTL_DESCTYPE, SL_DESCTYPE_LEGACY));
	assert_int_equal(r->logged, 0);
	SL_WR(&r->bus, RCTL, 0, SL_RD(&r->bus, RCTL, 0) | SL_RCTL_RXEN);
	assert_int_equal(r->logged, 1);
	rig_wire_in(r, frame, sizeof(frame));
	rig_run(r);
	assert_null(rig_rx_next(r, 0, NULL));
}

int
main(void)
{
#define RIG_TEST(f) cmocka_unit_test_setup_teardown(f, rig_setup, rig_teardown)
	const struct CMUnitTest tests[] = {
		RIG_TEST(test_exact),
		RIG_TEST(test_descriptor_type),
		RIG_TEST(test_promiscuous),
		RIG_TEST(test_multicast_hash),
		RIG_TEST(test_vlan_filter),
		RIG_TEST(test_vlan_strip),
		RIG_TEST(test_fcs),
		RIG_TEST(test_checksum),
		RIG_TEST(test_ip_id),
		RIG_TEST(test_threshold),
		RIG_TEST(test_checksum_limits),
		RIG_TEST(test_rss_vectors),
		RIG_TEST(test_rss_home),
		RIG_TEST(test_lengths),
		RIG_TEST(test_bad_fcs),
		RIG_TEST(test_multi_descriptor),
		RIG_TEST(test_packet_buffer),
		RIG_TEST(test_head_of_line),
		RIG_TEST(test_tail_back),
		RIG_TEST(test_drop_en),
		RIG_TEST(test_drop_en_wire_waits),
		RIG_TEST(test_drop_en_behind_others),
		RIG_TEST(test_room),
		RIG_TEST(test_small_buffers),
	};

	return cmocka_run_group_tests_name("softnic_rx", tests, NULL, NULL);
}
