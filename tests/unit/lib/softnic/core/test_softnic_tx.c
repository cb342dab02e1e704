/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */

/*
 * The software NIC's transmit side: chains, offloads, segmentation, completion,
 * descriptors that make no sense.
 */

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "softnic_drv.h"

static const uint32_t data_cmd = SL_TXD_DCMD_DEXT | SL_TXD_DCMD_IFCS;

/* A data descriptor of @p len bytes at slot @p slot's buffer. */
static union sl_tx_desc
data_desc(struct rig *r, unsigned int q, uint32_t slot, uint32_t len, uint32_t cmd, uint32_t olinfo)
{
	union sl_tx_desc d;

	d.read.addr = rig_buf_iova(&r->txq[q], slot);
	d.read.cmd = data_cmd | SL_PREP(SL_TXD_DTYP, SL_TXD_DTYP_DATA) |
		SL_PREP(SL_TXD_DTALEN, len) | cmd;
	d.read.olinfo = olinfo;
	return d;
}

/** What a context descriptor says. */
struct ctx {
	uint32_t mac_len, ip_len, l4_len, mss, idx;
	bool ipv4;
	enum sl_txc_l4t l4t;
	uint16_t tci;
};

static void
put_ctx(struct rig *r, unsigned int q, const struct ctx *c)
{
	union sl_tx_desc d;

	d.ctx.vlan_macip = SL_PREP(SL_TXC_MACLEN, c->mac_len) | SL_PREP(SL_TXC_IPLEN, c->ip_len) |
		SL_PREP(SL_TXC_VLAN, c->tci);
	d.ctx.seqnum = 0;
	d.ctx.tucmd = SL_PREP(SL_TXD_DTYP, SL_TXD_DTYP_CTX) | SL_TXD_DCMD_DEXT |
		(c->ipv4 ? SL_TXC_TUCMD_IPV4 : 0) | SL_PREP(SL_TXC_TUCMD_L4T, c->l4t);
	d.ctx.mss_l4 = SL_PREP(SL_TXC_IDX, c->idx) | SL_PREP(SL_TXC_L4LEN, c->l4_len) |
		SL_PREP(SL_TXC_MSS, c->mss);
	rig_tx_raw(r, q, d);
}

/* Put @p len bytes into buffers of @p piece bytes and queue them as one frame. */
static void
put_chain(struct rig *r, unsigned int q, const uint8_t *data, uint32_t len, uint32_t piece,
	uint32_t cmd, uint32_t olinfo)
{
	struct rig_queue *txq = &r->txq[q];
	uint32_t done = 0;

	while (done < len) {
		uint32_t part = len - done < piece ? len - done : piece, slot = txq->next;
		bool last = done + part == len;

		memcpy(txq->buf + (size_t)slot * txq->buf_size, data + done, part);
		rig_tx_raw(r, q,
			data_desc(r, q, slot, part,
				cmd | (last ? SL_TXD_DCMD_EOP | SL_TXD_DCMD_RS : 0), olinfo));
		done += part;
	}
	rig_tx_ring(r, q);
}

static uint64_t
bad_descs(struct rig *r)
{
	struct sl_softnic_stats s;

	sl_softnic_stats(r->nic, &s);
	return s.bad_desc;
}

/* Chains of random pieces begin at every offset of the ring. */
static void
test_chains(void **state)
{
	struct rig *r = *state;
	uint64_t seed = rig_seed();
	uint8_t frame[9700];
	unsigned int i;

	rig_start(r);
	for (i = 0; i < 6 * RIG_DESCS; i++) {
		uint32_t len = 60 + (uint32_t)(rig_random(&seed) % (sizeof(frame) - 60));
		uint32_t piece = 400 + (uint32_t)(rig_random(&seed) % (RIG_BUF - 400));
		struct rig_frame f;

		rig_frame_fill(&seed, frame, len, rig_broadcast);
		put_chain(r, 0, frame, len, piece, 0, SL_PREP(SL_TXD_PAYLEN, len));
		rig_run(r);
		f = rig_wire_out(r);
		assert_int_equal(f.len, len);
		assert_memory_equal(f.data, frame, len);
		assert_int_equal(SL_RD(&r->bus, TDH, 0), r->txq[0].next);
	}
	assert_int_equal(bad_descs(r), 0);
}

/* A frame whose last descriptor is not yet announced waits; it is sent once. */
static void
test_half_a_frame(void **state)
{
	struct rig *r = *state;
	uint8_t frame[300];
	struct rig_frame f;
	uint64_t seed = rig_seed();

	rig_start(r);
	rig_frame_fill(&seed, frame, sizeof(frame), rig_broadcast);
	put_chain(r, 0, frame, sizeof(frame), 100, 0, SL_PREP(SL_TXD_PAYLEN, sizeof(frame)));
	*r->txq[0].tail = 2;
	rig_run(r);
	assert_int_equal(rig_wire_out(r).len, 0);
	*r->txq[0].tail = 3;
	rig_run(r);
	f = rig_wire_out(r);
	assert_int_equal(f.len, sizeof(frame));
	assert_memory_equal(f.data, frame, sizeof(frame));
	assert_int_equal(rig_wire_out(r).len, 0);
}

/* DD comes only where RS asked, and all 16 queues send. */
static void
test_report(void **state)
{
	struct rig *r = *state;
	uint64_t seed = rig_seed();
	uint8_t frame[64];
	unsigned int q, i;

	rig_start(r);
	for (q = 1; q < SL_NIC_QUEUES; q++)
		rig_tx_start(r, q, false);
	rig_frame_fill(&seed, frame, sizeof(frame), rig_broadcast);
	for (q = 0; q < SL_NIC_QUEUES; q++) {
		for (i = 0; i < 8; i++) {
			memcpy(r->txq[q].buf + (size_t)i * RIG_BUF, frame, sizeof(frame));
			rig_tx_raw(r, q,
				data_desc(r, q, i, sizeof(frame),
					SL_TXD_DCMD_EOP | (i % 3 == 0 ? SL_TXD_DCMD_RS : 0),
					SL_PREP(SL_TXD_PAYLEN, sizeof(frame))));
		}
		rig_tx_ring(r, q);
	}
	rig_run(r);
	for (q = 0; q < SL_NIC_QUEUES; q++) {
		for (i = 0; i < 8; i++)
			assert_int_equal(r->txq[q].tx[i].wb.status & SL_TXD_STAT_DD,
				i % 3 == 0 ? SL_TXD_STAT_DD : 0);
	}
	assert_int_equal(r->wire->out.n, 8 * SL_NIC_QUEUES);
}

/* 8.12.1: PSP pads with zeroes up to 60 bytes, without it the runt goes out as it is. */
static void
test_padding(void **state)
{
	static const uint8_t zero[60];
	struct rig *r = *state;
	uint8_t frame[60];
	uint64_t seed = rig_seed();
	uint32_t len;

	rig_start(r);
	rig_frame_fill(&seed, frame, sizeof(frame), rig_broadcast);
	for (len = SL_TX_FRAME_MIN; len < 60; len++) {
		struct rig_frame f;

		SL_WR(&r->bus, TCTL, 0, SL_TCTL_EN | SL_TCTL_PSP);
		rig_tx_one(r, 0, frame, len, 0, 0);
		rig_run(r);
		f = rig_wire_out(r);
		assert_int_equal(f.len, 60);
		assert_memory_equal(f.data, frame, len);
		assert_memory_equal(f.data + len, zero, 60 - len);
		SL_WR(&r->bus, TCTL, 0, SL_TCTL_EN);
		rig_tx_one(r, 0, frame, len, 0, 0);
		rig_run(r);
		assert_int_equal(rig_wire_out(r).len, len);
	}
	/* 7.2.1.1: what is shorter cannot even be padded. */
	SL_WR(&r->bus, TCTL, 0, SL_TCTL_EN | SL_TCTL_PSP);
	rig_tx_one(r, 0, frame, SL_TX_FRAME_MIN - 1, 0, 0);
	rig_run(r);
	assert_int_equal(rig_wire_out(r).len, 0);
	assert_int_equal(bad_descs(r), 1);
}

/* 7.4.3, and the two contexts of a queue: 7.2.2.2. */
static void
test_vlan(void **state)
{
	struct rig *r = *state;
	uint64_t seed = rig_seed();
	uint8_t frame[700];
	struct rig_frame f;
	unsigned int i;

	rig_start(r);
	rig_frame_fill(&seed, frame, sizeof(frame), rig_broadcast);
	put_ctx(r, 0, &(struct ctx){.idx = 0, .tci = 0x2064});
	put_ctx(r, 0, &(struct ctx){.idx = 1, .tci = 0xefff});
	for (i = 0; i < 20; i++) {
		uint32_t idx = (uint32_t)(rig_random(&seed) & 1);

		put_chain(r, 0, frame, sizeof(frame), i % 2 == 0 ? 300 : 700, SL_TXD_DCMD_VLE,
			SL_PREP(SL_TXD_IDX, idx) | SL_PREP(SL_TXD_PAYLEN, sizeof(frame)));
		rig_run(r);
		f = rig_wire_out(r);
		assert_int_equal(f.len, sizeof(frame) + 4);
		assert_memory_equal(f.data, frame, 12);
		assert_int_equal(rig_get16(f.data + 12), 0x8100);
		assert_int_equal(rig_get16(f.data + 14), idx == 0 ? 0x2064 : 0xefff);
		assert_memory_equal(f.data + 16, frame + 12, sizeof(frame) - 12);
	}
	/* Another queue has contexts of its own. */
	rig_tx_start(r, 5, false);
	put_chain(r, 5, frame, sizeof(frame), 700, SL_TXD_DCMD_VLE,
		SL_PREP(SL_TXD_PAYLEN, sizeof(frame)));
	rig_run(r);
	f = rig_wire_out(r);
	assert_int_equal(rig_get16(f.data + 14), 0);
}

static struct ctx
ctx_of(const struct rig_layout *l, const struct rig_ip *p)
{
	return (struct ctx){.mac_len = l->l3,
		.ip_len = l->l4 - l->l3,
		.l4_len = l->payload - l->l4,
		.ipv4 = p->version == 4,
		.l4t = p->proto == RIG_TCP  ? SL_L4T_TCP :
			p->proto == RIG_UDP ? SL_L4T_UDP :
					      SL_L4T_SCTP};
}

/* The seed that software leaves in the checksum field: the pseudo header's sum, without length. */
static void
seed_l4(uint8_t *frame, const struct rig_layout *l, const struct rig_ip *p, uint32_t l4_len)
{
	uint8_t *field = frame + l->l4 + (p->proto == RIG_TCP ? 16 : 6);
	struct rig_layout none = *l;
	uint32_t sum;

	rig_put16(field, 0);
	/* No bytes of the packet itself: just the pseudo header. */
	none.l4 = l->l4;
	sum = rig_l4_sum(frame, &none, 0);
	sum += l4_len;
	sum = sum % 65536 + sum / 65536;
	rig_put16(field, sum);
}

/* 7.2.5: inserted checksums are right by their definition, and nothing else changes. */
static void
test_checksums(void **state)
{
	struct rig *r = *state;
	uint64_t seed = rig_seed();
	unsigned int i;

	rig_start(r);
	for (i = 0; i < 80; i++) {
		struct rig_ip p = {.version = i % 2 == 0 ? 4 : 6,
			.proto = i / 2 % 2 == 0 ? RIG_TCP : RIG_UDP,
			.payload = (uint32_t)(rig_random(&seed) % 1400),
			.sport = (uint16_t)i,
			.dport = 80};
		uint32_t opts = (i / 4 % 2 == 0 ? SL_TXD_POPTS_TXSM : 0) |
			(i / 8 % 2 == 0 ? SL_TXD_POPTS_IXSM : 0);
		uint8_t frame[RIG_BUF], right[RIG_BUF];
		struct rig_layout l = rig_ip_frame(right, &p);
		struct ctx c = ctx_of(&l, &p);
		uint32_t l4_len = l.payload - l.l4 + p.payload;
		struct rig_frame f;

		memcpy(frame, right, sizeof(frame));
		if ((opts & SL_TXD_POPTS_TXSM) != 0)
			seed_l4(frame, &l, &p, l4_len);
		if ((opts & SL_TXD_POPTS_IXSM) != 0 && p.version == 4)
			rig_put16(frame + l.l3 + 10, 0);
		put_ctx(r, 0, &c);
		put_chain(r, 0, frame, l.l4 + l4_len, 500, 0,
			opts | SL_PREP(SL_TXD_PAYLEN, l.l4 + l4_len));
		rig_run(r);
		f = rig_wire_out(r);
		assert_int_equal(f.len, l.len);
		assert_memory_equal(f.data, right, l.len);
	}
	assert_int_equal(bad_descs(r), 0);
}

/* RFC 768: a UDP sum of zero is sent as all ones. */
static void
test_udp_zero(void **state)
{
	struct rig *r = *state;
	struct rig_ip p = {.version = 4, .proto = RIG_UDP, .payload = 64};
	uint8_t frame[RIG_BUF];
	struct rig_layout l = rig_ip_frame(frame, &p);
	struct ctx c = ctx_of(&l, &p);
	struct rig_frame f;
	uint32_t sum;

	/* Make the rest sum up to all ones: the checksum is then zero. */
	rig_put16(frame + l.l4 + 6, 0);
	sum = rig_l4_sum(frame, &l, 72);
	sum = rig_get16(frame + l.payload) + 65535u - sum;
	rig_put16(frame + l.payload, sum % 65536 + sum / 65536);
	assert_int_equal(rig_l4_sum(frame, &l, 72), 65535);
	seed_l4(frame, &l, &p, 72);
	rig_start(r);
	put_ctx(r, 0, &c);
	put_chain(r, 0, frame, l.len, 2000, 0, SL_TXD_POPTS_TXSM | SL_PREP(SL_TXD_PAYLEN, l.len));
	rig_run(r);
	f = rig_wire_out(r);
	assert_int_equal(rig_get16(f.data + l.l4 + 6), 65535);
}

/* SCTP's CRC32c, sent and then received with its check: 7.2.5.3, 8.10.12 CRCOFL. */
static void
test_sctp(void **state)
{
	struct rig *r = *state;
	struct rig_ip p = {.version = 4, .proto = RIG_SCTP, .payload = 333};
	uint8_t frame[RIG_BUF];
	struct rig_layout l = rig_ip_frame(frame, &p);
	struct ctx c = ctx_of(&l, &p);
	volatile union sl_rx_desc *d;
	struct rig_frame f;
	uint32_t crc = UINT32_MAX, i, bit;
	uint8_t byte[4];

	rig_start(r);
	SL_WR(&r->bus, RXCSUM, 0, SL_RXCSUM_TUOFLD | SL_RXCSUM_CRCOFL);
	put_ctx(r, 0, &c);
	put_chain(r, 0, frame, l.len, 2000, 0, SL_TXD_POPTS_TXSM | SL_PREP(SL_TXD_PAYLEN, l.len));
	rig_run(r);
	f = rig_wire_out(r);
	for (i = l.l4; i < l.len; i++) {
		crc ^= frame[i];
		for (bit = 0; bit < 8; bit++)
			crc = crc >> 1 ^ ((crc & 1) != 0 ? 0x82f63b78 : 0);
	}
	crc = ~crc;
	for (i = 0; i < 4; i++)
		byte[i] = (uint8_t)(crc >> 8 * i);
	assert_memory_equal(f.data + l.l4 + 8, byte, 4);
	memcpy(frame, f.data, f.len);
	rig_wire_in(r, frame, l.len);
	frame[l.payload] ^= 1;
	rig_wire_in(r, frame, l.len);
	rig_run(r);
	d = rig_rx_next(r, 0, NULL);
	assert_int_equal(d->wb.status & (SL_RXD_STAT_L4CS | SL_RXD_ERR_L4E), SL_RXD_STAT_L4CS);
	assert_int_equal(
		SL_GET(SL_RXD_INFO_PTYPE, d->wb.info), SL_RXD_PTYPE_IPV4 | SL_RXD_PTYPE_SCTP);
	d = rig_rx_next(r, 0, NULL);
	assert_int_equal(d->wb.status & (SL_RXD_STAT_L4CS | SL_RXD_ERR_L4E),
		SL_RXD_STAT_L4CS | SL_RXD_ERR_L4E);
}

/* One segment of a big TCP or UDP packet as the wire must see it. */
static void
check_segment(const struct rig_frame *f, const uint8_t *whole, const struct rig_layout *l,
	const struct rig_ip *p, uint32_t done, uint32_t part, unsigned int index, uint16_t tci)
{
	uint8_t seg[RIG_BUF];
	uint32_t l4_len = l->payload - l->l4 + part;

	/* Without its tag, for the sums. */
	assert_int_equal(f->len, l->payload + part + 4 < 60 ? 60 : l->payload + part + 4);
	assert_int_equal(rig_get16(f->data + 12), 0x8100);
	assert_int_equal(rig_get16(f->data + 14), tci);
	memcpy(seg, f->data, 12);
	memcpy(seg + 12, f->data + 16, f->len - 16);
	assert_memory_equal(seg + l->payload, whole + l->payload + done, part);
	if (p->version == 4) {
		assert_int_equal(rig_get16(seg + l->l3 + 2), l->payload - l->l3 + part);
		assert_int_equal(rig_get16(seg + l->l3 + 4), (0x1234 + index) % 65536);
		assert_int_equal(rig_l3_sum(seg, l), 65535);
	} else {
		assert_int_equal(rig_get16(seg + l->l3 + 4), l4_len);
	}
	assert_int_equal(rig_l4_sum(seg, l, l4_len), 65535);
	if (p->proto == RIG_UDP)
		assert_int_equal(rig_get16(seg + l->l4 + 4), l4_len);
	else
		assert_int_equal(rig_get16(seg + l->l4 + 6), (0xfff0 + done) % 65536);
}

/* 7.2.4: segmentation of TCP and UDP, IPv4 and IPv6, with a tag. */
static void
test_segmentation(void **state)
{
	static uint8_t whole[60000];
	struct rig *r = *state;
	uint64_t seed = rig_seed();
	unsigned int i;

	rig_start(r);
	for (i = 0; i < 24; i++) {
		struct rig_ip p = {
			.version = i % 2 == 0 ? 4 : 6, .proto = i / 2 % 2 == 0 ? RIG_TCP : RIG_UDP};
		struct rig_layout l = rig_ip_frame(whole, &p);
		uint32_t total = 1 + (uint32_t)(rig_random(&seed) % 50000), done = 0, k;
		struct ctx c = ctx_of(&l, &p);
		unsigned int index = 0;

		c.mss = 500 + (uint32_t)(rig_random(&seed) % 900);
		c.tci = (uint16_t)(i * 3);
		for (k = 0; k < total; k++)
			whole[l.payload + k] = (uint8_t)rig_random(&seed);
		if (p.proto == RIG_TCP) {
			rig_put16(whole + l.l4 + 4, 0xffff);
			rig_put16(whole + l.l4 + 6, 0xfff0); /* the sequence number wraps */
			whole[l.l4 + 13] = 0x19;	     /* ACK, PSH, FIN */
		}
		seed_l4(whole, &l, &p, 0);
		put_ctx(r, 0, &c);
		put_chain(r, 0, whole, l.payload + total, RIG_BUF,
			SL_TXD_DCMD_TSE | SL_TXD_DCMD_VLE,
			SL_TXD_POPTS_TXSM | SL_TXD_POPTS_IXSM | SL_PREP(SL_TXD_PAYLEN, total));
		rig_run(r);
		while (done < total) {
			struct rig_frame f = rig_wire_out(r);
			uint32_t part = total - done < c.mss ? total - done : c.mss;
			bool last = done + part == total;

			check_segment(&f, whole, &l, &p, done, part, index, c.tci);
			/* PSH and FIN stand in the last one alone. */
			if (p.proto == RIG_TCP)
				assert_int_equal(f.data[l.l4 + 4 + 13], last ? 0x19 : 0x10);
			done += part;
			index++;
		}
		assert_int_equal(rig_wire_out(r).len, 0);
		assert_int_equal(SL_RD(&r->bus, TSCTC, 0), 1);
	}
	assert_int_equal(bad_descs(r), 0);
}

/* 7.2.2.3, IFCS off: software's FCS is taken off, and a wrong one is a damaged frame. */
static void
test_own_fcs(void **state)
{
	struct rig *r = *state;
	uint64_t seed = rig_seed();
	uint8_t frame[100];
	uint32_t crc = UINT32_MAX, i, bit;
	struct rig_frame f;

	rig_start(r);
	rig_frame_fill(&seed, frame, sizeof(frame), rig_broadcast);
	for (i = 0; i < 96; i++) {
		crc ^= frame[i];
		for (bit = 0; bit < 8; bit++)
			crc = crc >> 1 ^ ((crc & 1) != 0 ? 0xedb88320 : 0);
	}
	for (i = 0; i < 4; i++)
		frame[96 + i] = (uint8_t)(~crc >> 8 * i);
	for (i = 0; i < 2; i++) {
		union sl_tx_desc d;
		uint32_t slot = r->txq[0].next;

		frame[99] ^= (uint8_t)i;
		memcpy(r->txq[0].buf + (size_t)slot * RIG_BUF, frame, sizeof(frame));
		d = data_desc(r, 0, slot, sizeof(frame), SL_TXD_DCMD_EOP,
			SL_PREP(SL_TXD_PAYLEN, sizeof(frame)));
		d.read.cmd &= ~SL_TXD_DCMD_IFCS;
		rig_tx_raw(r, 0, d);
		rig_tx_ring(r, 0);
		rig_run(r);
		f = rig_wire_out(r);
		assert_int_equal(f.len, 96);
		assert_memory_equal(f.data, frame, 96);
		assert_int_equal(f.bad_fcs, i == 1);
	}
}

static void
put_tso_ctx(struct rig *r, uint8_t l4_len, uint16_t mss)
{
	put_ctx(r, 0,
		&(struct ctx){.mac_len = 14,
			.ip_len = 20,
			.l4_len = l4_len,
			.mss = mss,
			.ipv4 = true,
			.l4t = SL_L4T_TCP});
}

#define BAD_DESCRIPTORS 13u

/* Make a good last descriptor @d wrong in one of BAD_DESCRIPTORS ways; some put others before it.
 */
static void
spoil(struct rig *r, unsigned int which, union sl_tx_desc *d)
{
	const uint32_t eop = SL_TXD_DCMD_EOP | SL_TXD_DCMD_RS, slot = r->txq[0].next;

	switch (which) {
	case 0: /* type that is none */
		d->read.cmd = SL_SET(SL_TXD_DTYP, d->read.cmd, 7);
		break;
	case 1: /* legacy */
		d->read.cmd &= ~SL_TXD_DCMD_DEXT;
		break;
	case 2: /* nothing */
		d->read.cmd = SL_SET(SL_TXD_DTALEN, d->read.cmd, 0);
		d->read.olinfo = 0;
		break;
	case 3: /* lengths disagree */
		d->read.olinfo = SL_PREP(SL_TXD_PAYLEN, 65);
		break;
	case 4: /* longer than any frame */
		d->read.cmd = SL_SET(SL_TXD_DTALEN, d->read.cmd, SL_FRAME_MAX);
		d->read.olinfo = SL_PREP(SL_TXD_PAYLEN, SL_FRAME_MAX);
		break;
	case 5: /* checksum with a context of zeroes */
		d->read.olinfo |= SL_TXD_POPTS_TXSM;
		break;
	case 6: /* segmentation with a context of zeroes */
		d->read.cmd |= SL_TXD_DCMD_TSE;
		break;
	case 7: /* a context inside a chain: its data go with it */
		rig_tx_raw(r, 0, data_desc(r, 0, slot, 64, 0, SL_PREP(SL_TXD_PAYLEN, 128)));
		d->ctx.tucmd = SL_PREP(SL_TXD_DTYP, SL_TXD_DTYP_CTX) | SL_TXD_DCMD_DEXT;
		rig_tx_raw(r, 0, *d);
		*d = data_desc(r, 0, slot, 64, eop, SL_PREP(SL_TXD_PAYLEN, 128));
		break;
	case 8: /* segmentation: nothing behind the headers */
		put_tso_ctx(r, 30, 100);
		d->read.cmd |= SL_TXD_DCMD_TSE;
		d->read.olinfo = 0;
		break;
	case 9: /* segments of nothing */
		put_tso_ctx(r, 20, 0);
		d->read.cmd |= SL_TXD_DCMD_TSE;
		d->read.olinfo = SL_PREP(SL_TXD_PAYLEN, 10);
		break;
	case 10: /* segmentation: PAYLEN is not what lies behind the headers */
		put_tso_ctx(r, 20, 5);
		d->read.cmd |= SL_TXD_DCMD_TSE;
		d->read.olinfo = SL_PREP(SL_TXD_PAYLEN, 64);
		break;
	case 11: /* an empty descriptor in a chain */
		rig_tx_raw(r, 0, data_desc(r, 0, slot, 0, 0, SL_PREP(SL_TXD_PAYLEN, 64)));
		break;
	default: /* a context that reaches beyond the frame */
		put_ctx(r, 0, &(struct ctx){.mac_len = 14, .ip_len = 400, .ipv4 = true});
		d->read.olinfo |= SL_TXD_POPTS_IXSM;
		break;
	}
}

/* Descriptors that make no sense are counted and passed over; the good frame behind them goes out.
 */
static void
test_bad_descriptors(void **state)
{
	struct rig *r = *state;
	uint64_t seed = rig_seed();
	uint8_t frame[64];
	unsigned int i;

	rig_start(r);
	rig_frame_fill(&seed, frame, sizeof(frame), rig_broadcast);
	for (i = 0; i < BAD_DESCRIPTORS; i++) {
		uint32_t eop = SL_TXD_DCMD_EOP | SL_TXD_DCMD_RS, slot = r->txq[0].next;
		union sl_tx_desc d = data_desc(r, 0, slot, 64, eop, SL_PREP(SL_TXD_PAYLEN, 64));
		struct rig_frame f;

		spoil(r, i, &d);
		rig_tx_raw(r, 0, d);
		rig_tx_one(r, 0, frame, sizeof(frame), 0, 0);
		rig_run(r);
		f = rig_wire_out(r);
		assert_int_equal(f.len, sizeof(frame));
		assert_int_equal(rig_wire_out(r).len, 0);
		assert_int_equal(SL_RD(&r->bus, TDH, 0), r->txq[0].next);
		assert_int_equal(bad_descs(r), i + 1);
	}
	assert_int_equal(r->logged, 1); /* once for all of them */
}

/* A chain without end fills the ring: given up, and the queue works again after its end. */
static void
test_no_end(void **state)
{
	struct rig *r = *state;
	uint64_t seed = rig_seed();
	uint8_t frame[64];
	unsigned int i;

	rig_start(r);
	rig_frame_fill(&seed, frame, sizeof(frame), rig_broadcast);
	for (i = 0; i < RIG_DESCS - 1; i++)
		rig_tx_raw(r, 0, data_desc(r, 0, i, 64, 0, SL_PREP(SL_TXD_PAYLEN, 64)));
	rig_tx_ring(r, 0);
	rig_run(r);
	assert_int_equal(SL_RD(&r->bus, TDH, 0), RIG_DESCS - 1);
	assert_int_equal(bad_descs(r), 1);
	rig_tx_one(r, 0, frame, sizeof(frame), 0, 0); /* belongs to the chain still */
	rig_tx_one(r, 0, frame, sizeof(frame), 0, 0);
	rig_run(r);
	assert_int_equal(rig_wire_out(r).len, sizeof(frame));
	assert_int_equal(rig_wire_out(r).len, 0);
}

/* A tail beyond the ring: the queue waits, says so once, and goes on with a valid one. */
static void
test_wild_tail(void **state)
{
	struct rig *r = *state;
	struct sl_softnic_stats s;
	uint64_t seed = rig_seed();
	uint8_t frame[64];

	rig_start(r);
	rig_frame_fill(&seed, frame, sizeof(frame), rig_broadcast);
	*r->txq[0].tail = RIG_DESCS;
	rig_run(r);
	*r->txq[0].tail = UINT32_MAX;
	rig_run(r);
	assert_int_equal(SL_RD(&r->bus, TDH, 0), 0);
	assert_int_equal(r->logged, 1);
	sl_softnic_stats(r->nic, &s);
	assert_int_equal(s.dma_faults + s.bad_desc, 0);
	rig_tx_one(r, 0, frame, sizeof(frame), 0, 0);
	rig_run(r);
	assert_int_equal(rig_wire_out(r).len, sizeof(frame));
}

/* 8.10.1 LBM: what is sent comes back, the wire sees nothing; link or not. */
static void
test_loopback(void **state)
{
	struct rig *r = *state;
	uint64_t seed = rig_seed();
	volatile union sl_rx_desc *d;
	const uint8_t *data;
	uint8_t frame[222];
	unsigned int up;

	rig_start(r);
	SL_WR(&r->bus, RCTL, 0,
		SL_RCTL_RXEN | SL_RCTL_BAM | SL_RCTL_SECRC | SL_PREP(SL_RCTL_LBM, SL_LBM_MAC));
	rig_frame_fill(&seed, frame, sizeof(frame), rig_mac);
	for (up = 0; up < 2; up++) {
		r->wire->up = up != 0;
		rig_tx_one(r, 0, frame, sizeof(frame), 0, 0);
		rig_run(r);
		d = rig_rx_next(r, 0, &data);
		assert_non_null(d);
		assert_int_equal(d->wb.length, sizeof(frame));
		assert_memory_equal(data, frame, sizeof(frame));
		assert_int_equal(rig_wire_out(r).len, 0);
	}
}

/* TCTL.EN off, bus mastering off, link down: nothing moves, nothing is lost. */
static void
test_held(void **state)
{
	struct rig *r = *state;
	uint64_t seed = rig_seed();
	uint8_t frame[64];

	rig_start(r);
	rig_frame_fill(&seed, frame, sizeof(frame), rig_broadcast);
	SL_WR(&r->bus, TCTL, 0, 0);
	rig_tx_one(r, 0, frame, sizeof(frame), 0, 0);
	rig_run(r);
	assert_int_equal(r->wire->out.n, 0);
	SL_WR(&r->bus, TCTL, 0, SL_TCTL_EN);
	SL_WR(&r->bus, CTRL, 0, SL_CTRL_SLU | SL_CTRL_GIO_MASTER_DISABLE);
	rig_run(r);
	assert_int_equal(r->wire->out.n, 0);
	assert_int_equal(SL_RD(&r->bus, STATUS, 0) & SL_STATUS_GIO_MASTER_ENABLE, 0);
	SL_WR(&r->bus, CTRL, 0, SL_CTRL_SLU);
	r->wire->up = false;
	rig_run(r);
	assert_int_equal(r->wire->out.n, 0);
	r->wire->up = true;
	rig_run(r);
	assert_int_equal(r->wire->out.n, 1);
}

int
main(void)
{
#define RIG_TEST(f) cmocka_unit_test_setup_teardown(f, rig_setup, rig_teardown)
	const struct CMUnitTest tests[] = {
		RIG_TEST(test_chains),
		RIG_TEST(test_half_a_frame),
		RIG_TEST(test_report),
		RIG_TEST(test_padding),
		RIG_TEST(test_vlan),
		RIG_TEST(test_checksums),
		RIG_TEST(test_udp_zero),
		RIG_TEST(test_sctp),
		RIG_TEST(test_segmentation),
		RIG_TEST(test_own_fcs),
		RIG_TEST(test_bad_descriptors),
		RIG_TEST(test_no_end),
		RIG_TEST(test_wild_tail),
		RIG_TEST(test_loopback),
		RIG_TEST(test_held),
	};

	return cmocka_run_group_tests_name("softnic_tx", tests, NULL, NULL);
}
