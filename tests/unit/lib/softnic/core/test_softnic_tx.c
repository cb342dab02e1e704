/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */

/* The software NIC's transmit: chains, offloads, segmentation, completion, bad descriptors. */

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "softnic_drv.h"

static const uint32_t data_cmd = SL_TXD_DCMD_DEXT | SL_TXD_DCMD_IFCS;

/* A data descriptor for @p len bytes in the buffer of slot @p slot. */
static union sl_tx_desc
data_desc(struct nic_drv *r, unsigned int q, uint32_t slot, uint32_t len, uint32_t cmd,
	uint32_t olinfo)
{
	union sl_tx_desc d;

	d.read.addr = drv_buf_iova(&r->txq[q], slot);
	d.read.cmd = data_cmd | SL_PREP(SL_TXD_DTYP, SL_TXD_DTYP_DATA) |
		SL_PREP(SL_TXD_DTALEN, len) | cmd;
	d.read.olinfo = olinfo;
	return d;
}

/** Fields of a context descriptor. */
struct ctx {
	uint32_t mac_len, ip_len, l4_len, mss, idx;
	bool ipv4;
	enum sl_txc_l4t l4t;
	uint16_t tci;
};

static void
put_ctx(struct nic_drv *r, unsigned int q, const struct ctx *c)
{
	union sl_tx_desc d;

	d.ctx.vlan_macip = SL_PREP(SL_TXC_MACLEN, c->mac_len) | SL_PREP(SL_TXC_IPLEN, c->ip_len) |
		SL_PREP(SL_TXC_VLAN, c->tci);
	d.ctx.seqnum = 0;
	d.ctx.tucmd = SL_PREP(SL_TXD_DTYP, SL_TXD_DTYP_CTX) | SL_TXD_DCMD_DEXT |
		(c->ipv4 ? SL_TXC_TUCMD_IPV4 : 0) | SL_PREP(SL_TXC_TUCMD_L4T, c->l4t);
	d.ctx.mss_l4 = SL_PREP(SL_TXC_IDX, c->idx) | SL_PREP(SL_TXC_L4LEN, c->l4_len) |
		SL_PREP(SL_TXC_MSS, c->mss);
	drv_tx_raw(r, q, d);
}

/* Write @p len bytes to buffers of @p piece bytes and queue them as one frame. */
static void
put_chain(struct nic_drv *r, unsigned int q, const uint8_t *data, uint32_t len, uint32_t piece,
	uint32_t cmd, uint32_t olinfo)
{
	struct drv_queue *txq = &r->txq[q];
	uint32_t done = 0;

	while (done < len) {
		uint32_t part = len - done < piece ? len - done : piece, slot = txq->next;
		bool last = done + part == len;

		memcpy(txq->buf + (size_t)slot * txq->buf_size, data + done, part);
		drv_tx_raw(r, q,
			data_desc(r, q, slot, part,
				cmd | (last ? SL_TXD_DCMD_EOP | SL_TXD_DCMD_RS : 0), olinfo));
		done += part;
	}
	drv_tx_ring(r, q);
}

static uint64_t
bad_descs(struct nic_drv *r)
{
	struct sl_softnic_stats s;

	sl_softnic_stats(r->nic, &s);
	return s.bad_desc;
}

/* Chains of random segments begin at each index of the ring. */
static void
test_chains(void **state)
{
	struct nic_drv *r = *state;
	uint64_t seed = rng_seed(0);
	uint8_t frame[9700];
	unsigned int i;

	drv_start(r);
	for (i = 0; i < 6 * DRV_DESCS; i++) {
		uint32_t len = 60 + (uint32_t)(rng_next(&seed) % (sizeof(frame) - 60));
		uint32_t piece = 400 + (uint32_t)(rng_next(&seed) % (DRV_BUF - 400));
		struct drv_frame f;

		frame_ether(frame, len, frame_broadcast, rng_next(&seed));
		put_chain(r, 0, frame, len, piece, 0, SL_PREP(SL_TXD_PAYLEN, len));
		drv_run(r);
		f = drv_wire_out(r);
		assert_int_equal(f.len, len);
		assert_memory_equal(f.data, frame, len);
		assert_int_equal(SL_RD(&r->bus, TDH, 0), r->txq[0].next);
	}
	assert_int_equal(bad_descs(r), 0);
}

/* A frame waits until the tail passes its last descriptor. It is sent once. */
static void
test_half_a_frame(void **state)
{
	struct nic_drv *r = *state;
	uint8_t frame[300];
	struct drv_frame f;
	uint64_t seed = rng_seed(0);

	drv_start(r);
	frame_ether(frame, sizeof(frame), frame_broadcast, rng_next(&seed));
	put_chain(r, 0, frame, sizeof(frame), 100, 0, SL_PREP(SL_TXD_PAYLEN, sizeof(frame)));
	*r->txq[0].tail = 2;
	drv_run(r);
	assert_int_equal(drv_wire_out(r).len, 0);
	*r->txq[0].tail = 3;
	drv_run(r);
	f = drv_wire_out(r);
	assert_int_equal(f.len, sizeof(frame));
	assert_memory_equal(f.data, frame, sizeof(frame));
	assert_int_equal(drv_wire_out(r).len, 0);
}

/* DD is written only if RS was set. All 16 queues send. */
static void
test_report(void **state)
{
	struct nic_drv *r = *state;
	uint64_t seed = rng_seed(0);
	uint8_t frame[64];
	unsigned int q, i;

	drv_start(r);
	for (q = 1; q < SL_NIC_QUEUES; q++)
		drv_tx_start(r, q, false);
	frame_ether(frame, sizeof(frame), frame_broadcast, rng_next(&seed));
	for (q = 0; q < SL_NIC_QUEUES; q++) {
		for (i = 0; i < 8; i++) {
			memcpy(r->txq[q].buf + (size_t)i * DRV_BUF, frame, sizeof(frame));
			drv_tx_raw(r, q,
				data_desc(r, q, i, sizeof(frame),
					SL_TXD_DCMD_EOP | (i % 3 == 0 ? SL_TXD_DCMD_RS : 0),
					SL_PREP(SL_TXD_PAYLEN, sizeof(frame))));
		}
		drv_tx_ring(r, q);
	}
	drv_run(r);
	for (q = 0; q < SL_NIC_QUEUES; q++) {
		for (i = 0; i < 8; i++)
			assert_int_equal(r->txq[q].tx[i].wb.status & SL_TXD_STAT_DD,
				i % 3 == 0 ? SL_TXD_STAT_DD : 0);
	}
	assert_int_equal(r->wire->out.n, 8 * SL_NIC_QUEUES);
}

/* 8.12.1: with PSP, frames are zero-padded to 60 bytes. Without it, runts are sent. */
static void
test_padding(void **state)
{
	static const uint8_t zero[60];
	struct nic_drv *r = *state;
	uint8_t frame[60];
	uint64_t seed = rng_seed(0);
	uint32_t len;

	drv_start(r);
	frame_ether(frame, sizeof(frame), frame_broadcast, rng_next(&seed));
	for (len = SL_IGB_TX_FRAME_MIN; len < 60; len++) {
		struct drv_frame f;

		SL_WR(&r->bus, TCTL, 0, SL_TCTL_EN | SL_TCTL_PSP);
		drv_tx_one(r, 0, frame, len, 0, 0);
		drv_run(r);
		f = drv_wire_out(r);
		assert_int_equal(f.len, 60);
		assert_memory_equal(f.data, frame, len);
		assert_memory_equal(f.data + len, zero, 60 - len);
		SL_WR(&r->bus, TCTL, 0, SL_TCTL_EN);
		drv_tx_one(r, 0, frame, len, 0, 0);
		drv_run(r);
		assert_int_equal(drv_wire_out(r).len, len);
	}
	/* 7.2.1.1: shorter frames cannot be padded. */
	SL_WR(&r->bus, TCTL, 0, SL_TCTL_EN | SL_TCTL_PSP);
	drv_tx_one(r, 0, frame, SL_IGB_TX_FRAME_MIN - 1, 0, 0);
	drv_run(r);
	assert_int_equal(drv_wire_out(r).len, 0);
	assert_int_equal(bad_descs(r), 1);
}

/* 7.4.3, and the two contexts of a queue: 7.2.2.2. */
static void
test_vlan(void **state)
{
	struct nic_drv *r = *state;
	uint64_t seed = rng_seed(0);
	uint8_t frame[700];
	struct drv_frame f;
	unsigned int i;

	drv_start(r);
	frame_ether(frame, sizeof(frame), frame_broadcast, rng_next(&seed));
	put_ctx(r, 0, &(struct ctx){.idx = 0, .tci = 0x2064});
	put_ctx(r, 0, &(struct ctx){.idx = 1, .tci = 0xefff});
	for (i = 0; i < 20; i++) {
		uint32_t idx = (uint32_t)(rng_next(&seed) & 1);

		put_chain(r, 0, frame, sizeof(frame), i % 2 == 0 ? 300 : 700, SL_TXD_DCMD_VLE,
			SL_PREP(SL_TXD_IDX, idx) | SL_PREP(SL_TXD_PAYLEN, sizeof(frame)));
		drv_run(r);
		f = drv_wire_out(r);
		assert_int_equal(f.len, sizeof(frame) + 4);
		assert_memory_equal(f.data, frame, 12);
		assert_int_equal(frame_get16(f.data + 12), 0x8100);
		assert_int_equal(frame_get16(f.data + 14), idx == 0 ? 0x2064 : 0xefff);
		assert_memory_equal(f.data + 16, frame + 12, sizeof(frame) - 12);
	}
	/* Another queue has separate contexts. */
	drv_tx_start(r, 5, false);
	put_chain(r, 5, frame, sizeof(frame), 700, SL_TXD_DCMD_VLE,
		SL_PREP(SL_TXD_PAYLEN, sizeof(frame)));
	drv_run(r);
	f = drv_wire_out(r);
	assert_int_equal(frame_get16(f.data + 14), 0);
}

static struct ctx
ctx_of(const struct frame_layout *l, const struct frame_spec *p)
{
	return (struct ctx){.mac_len = l->l3,
		.ip_len = l->l4 - l->l3,
		.l4_len = l->payload - l->l4,
		.ipv4 = p->version == 4,
		.l4t = p->proto == FRAME_TCP  ? SL_L4T_TCP :
			p->proto == FRAME_UDP ? SL_L4T_UDP :
						SL_L4T_SCTP};
}

/* 7.2.5: inserted checksums are right by definition, and no other byte changes. */
static void
test_checksums(void **state)
{
	struct nic_drv *r = *state;
	uint64_t seed = rng_seed(0);
	unsigned int i;

	drv_start(r);
	for (i = 0; i < 80; i++) {
		struct frame_spec p = {.version = i % 2 == 0 ? 4 : 6,
			.proto = i / 2 % 2 == 0 ? FRAME_TCP : FRAME_UDP,
			.payload = (uint32_t)(rng_next(&seed) % 1400),
			.sport = (uint16_t)i,
			.dport = 80};
		uint32_t opts = (i / 4 % 2 == 0 ? SL_TXD_POPTS_TXSM : 0) |
			(i / 8 % 2 == 0 ? SL_TXD_POPTS_IXSM : 0);
		uint8_t frame[DRV_BUF], right[DRV_BUF];
		struct frame_layout l = frame_build(right, &p);
		struct ctx c = ctx_of(&l, &p);
		uint32_t l4_len = l.payload - l.l4 + p.payload;
		struct drv_frame f;

		memcpy(frame, right, sizeof(frame));
		if ((opts & SL_TXD_POPTS_TXSM) != 0)
			frame_seed_l4(frame, &l, p.proto, true);
		if ((opts & SL_TXD_POPTS_IXSM) != 0 && p.version == 4)
			frame_put16(frame + l.l3 + 10, 0);
		put_ctx(r, 0, &c);
		put_chain(r, 0, frame, l.l4 + l4_len, 500, 0,
			opts | SL_PREP(SL_TXD_PAYLEN, l.l4 + l4_len));
		drv_run(r);
		f = drv_wire_out(r);
		assert_int_equal(f.len, l.len);
		assert_memory_equal(f.data, right, l.len);
	}
	assert_int_equal(bad_descs(r), 0);
}

/* RFC 768: a UDP checksum of zero is sent as all ones. */
static void
test_udp_zero(void **state)
{
	struct nic_drv *r = *state;
	struct frame_spec p = {.version = 4, .proto = FRAME_UDP, .payload = 64};
	uint8_t frame[DRV_BUF];
	struct frame_layout l = frame_build(frame, &p);
	struct ctx c = ctx_of(&l, &p);
	struct drv_frame f;
	uint32_t sum;

	/* Make the other words sum to all ones, so that the checksum is zero. */
	frame_put16(frame + l.l4 + 6, 0);
	sum = frame_l4_sum(frame, &l, 72);
	sum = frame_get16(frame + l.payload) + 65535u - sum;
	frame_put16(frame + l.payload, sum % 65536 + sum / 65536);
	assert_int_equal(frame_l4_sum(frame, &l, 72), 65535);
	frame_seed_l4(frame, &l, p.proto, true);
	drv_start(r);
	put_ctx(r, 0, &c);
	put_chain(r, 0, frame, l.len, 2000, 0, SL_TXD_POPTS_TXSM | SL_PREP(SL_TXD_PAYLEN, l.len));
	drv_run(r);
	f = drv_wire_out(r);
	assert_int_equal(frame_get16(f.data + l.l4 + 6), 65535);
}

/* The CRC32c of SCTP is inserted at transmit and checked at receive: 7.2.5.3, 8.10.12 CRCOFL. */
static void
test_sctp(void **state)
{
	struct nic_drv *r = *state;
	struct frame_spec p = {.version = 4, .proto = FRAME_SCTP, .payload = 333};
	uint8_t frame[DRV_BUF], right[DRV_BUF];
	struct frame_layout l = frame_build(frame, &p);
	struct ctx c = ctx_of(&l, &p);
	volatile union sl_rx_desc *d;
	struct drv_frame f;

	memcpy(right, frame, l.len);
	memset(frame + l.l4 + 8, 0, 4);
	drv_start(r);
	SL_WR(&r->bus, RXCSUM, 0, SL_RXCSUM_TUOFLD | SL_RXCSUM_CRCOFL);
	put_ctx(r, 0, &c);
	put_chain(r, 0, frame, l.len, 2000, 0, SL_TXD_POPTS_TXSM | SL_PREP(SL_TXD_PAYLEN, l.len));
	drv_run(r);
	f = drv_wire_out(r);
	assert_memory_equal(f.data, right, l.len);
	memcpy(frame, f.data, f.len);
	drv_wire_in(r, frame, l.len);
	frame[l.payload] ^= 1;
	drv_wire_in(r, frame, l.len);
	drv_run(r);
	d = drv_rx_next(r, 0, NULL);
	assert_int_equal(d->wb.status & (SL_RXD_STAT_L4CS | SL_RXD_ERR_L4E), SL_RXD_STAT_L4CS);
	assert_int_equal(
		SL_GET(SL_RXD_INFO_PTYPE, d->wb.info), SL_RXD_PTYPE_IPV4 | SL_RXD_PTYPE_SCTP);
	d = drv_rx_next(r, 0, NULL);
	assert_int_equal(d->wb.status & (SL_RXD_STAT_L4CS | SL_RXD_ERR_L4E),
		SL_RXD_STAT_L4CS | SL_RXD_ERR_L4E);
}

/* Check one segment of a large TCP or UDP packet on the wire. */
static void
check_segment(const struct drv_frame *f, const uint8_t *whole, const struct frame_layout *l,
	const struct frame_spec *p, uint32_t done, uint32_t part, unsigned int index, uint16_t tci)
{
	uint8_t seg[DRV_BUF];
	uint32_t l4_len = l->payload - l->l4 + part;

	/* Without its tag, for the checksums. */
	assert_int_equal(f->len, l->payload + part + 4 < 60 ? 60 : l->payload + part + 4);
	assert_int_equal(frame_get16(f->data + 12), 0x8100);
	assert_int_equal(frame_get16(f->data + 14), tci);
	memcpy(seg, f->data, 12);
	memcpy(seg + 12, f->data + 16, f->len - 16);
	assert_memory_equal(seg + l->payload, whole + l->payload + done, part);
	if (p->version == 4) {
		assert_int_equal(frame_get16(seg + l->l3 + 2), l->payload - l->l3 + part);
		assert_int_equal(frame_get16(seg + l->l3 + 4), (0x1234 + index) % 65536);
		assert_int_equal(frame_l3_sum(seg, l), 65535);
	} else {
		assert_int_equal(frame_get16(seg + l->l3 + 4), l4_len);
	}
	assert_int_equal(frame_l4_sum(seg, l, l4_len), 65535);
	if (p->proto == FRAME_UDP)
		assert_int_equal(frame_get16(seg + l->l4 + 4), l4_len);
	else
		assert_int_equal(frame_get16(seg + l->l4 + 6), (0xfff0 + done) % 65536);
}

/* 7.2.4: segmentation of TCP and UDP, IPv4 and IPv6, with a tag. */
static void
test_segmentation(void **state)
{
	static uint8_t whole[60000];
	struct nic_drv *r = *state;
	uint64_t seed = rng_seed(0);
	unsigned int i;

	drv_start(r);
	for (i = 0; i < 24; i++) {
		struct frame_spec p = {.version = i % 2 == 0 ? 4 : 6,
			.proto = i / 2 % 2 == 0 ? FRAME_TCP : FRAME_UDP};
		struct frame_layout l = frame_build(whole, &p);
		uint32_t total = 1 + (uint32_t)(rng_next(&seed) % 50000), done = 0, k;
		struct ctx c = ctx_of(&l, &p);
		unsigned int index = 0;

		c.mss = 500 + (uint32_t)(rng_next(&seed) % 900);
		c.tci = (uint16_t)(i * 3);
		for (k = 0; k < total; k++)
			whole[l.payload + k] = (uint8_t)rng_next(&seed);
		if (p.proto == FRAME_TCP) {
			frame_put16(whole + l.l4 + 4, 0xffff);
			frame_put16(whole + l.l4 + 6, 0xfff0); /* the sequence number wraps */
			whole[l.l4 + 13] = 0x19;	       /* ACK, PSH, FIN */
		}
		frame_seed_l4(whole, &l, p.proto, false);
		put_ctx(r, 0, &c);
		put_chain(r, 0, whole, l.payload + total, DRV_BUF,
			SL_TXD_DCMD_TSE | SL_TXD_DCMD_VLE,
			SL_TXD_POPTS_TXSM | SL_TXD_POPTS_IXSM | SL_PREP(SL_TXD_PAYLEN, total));
		drv_run(r);
		while (done < total) {
			struct drv_frame f = drv_wire_out(r);
			uint32_t part = total - done < c.mss ? total - done : c.mss;
			bool last = done + part == total;

			check_segment(&f, whole, &l, &p, done, part, index, c.tci);
			/* PSH and FIN are only in the last segment. */
			if (p.proto == FRAME_TCP)
				assert_int_equal(f.data[l.l4 + 4 + 13], last ? 0x19 : 0x10);
			done += part;
			index++;
		}
		assert_int_equal(drv_wire_out(r).len, 0);
		assert_int_equal(SL_RD(&r->bus, TSCTC, 0), 1);
	}
	assert_int_equal(bad_descs(r), 0);
}

/* 7.2.2.3, IFCS off: the software's FCS is removed, and a wrong one makes a damaged frame. */
static void
test_own_fcs(void **state)
{
	struct nic_drv *r = *state;
	uint64_t seed = rng_seed(0);
	uint8_t frame[100];
	uint32_t crc, i;
	struct drv_frame f;

	drv_start(r);
	frame_ether(frame, sizeof(frame), frame_broadcast, rng_next(&seed));
	crc = frame_fcs(frame, 96);
	for (i = 0; i < 4; i++)
		frame[96 + i] = (uint8_t)(crc >> 8 * i);
	for (i = 0; i < 2; i++) {
		union sl_tx_desc d;
		uint32_t slot = r->txq[0].next;

		frame[99] ^= (uint8_t)i;
		memcpy(r->txq[0].buf + (size_t)slot * DRV_BUF, frame, sizeof(frame));
		d = data_desc(r, 0, slot, sizeof(frame), SL_TXD_DCMD_EOP,
			SL_PREP(SL_TXD_PAYLEN, sizeof(frame)));
		d.read.cmd &= ~SL_TXD_DCMD_IFCS;
		drv_tx_raw(r, 0, d);
		drv_tx_ring(r, 0);
		drv_run(r);
		f = drv_wire_out(r);
		assert_int_equal(f.len, 96);
		assert_memory_equal(f.data, frame, 96);
		assert_int_equal(f.bad_fcs, i == 1);
	}
}

static void
put_tso_ctx(struct nic_drv *r, uint8_t l4_len, uint16_t mss)
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

/*
 * Make a valid last descriptor @d invalid in one of BAD_DESCRIPTORS ways. Some of these put other
 * descriptors before it.
 */
static void
spoil(struct nic_drv *r, unsigned int which, union sl_tx_desc *d)
{
	const uint32_t eop = SL_TXD_DCMD_EOP | SL_TXD_DCMD_RS, slot = r->txq[0].next;

	switch (which) {
	case 0: /* a type that does not exist */
		d->read.cmd = SL_SET(SL_TXD_DTYP, d->read.cmd, 7);
		break;
	case 1: /* legacy */
		d->read.cmd &= ~SL_TXD_DCMD_DEXT;
		break;
	case 2: /* all zero */
		d->read.cmd = SL_SET(SL_TXD_DTALEN, d->read.cmd, 0);
		d->read.olinfo = 0;
		break;
	case 3: /* lengths differ */
		d->read.olinfo = SL_PREP(SL_TXD_PAYLEN, 65);
		break;
	case 4: /* longer than any frame */
		d->read.cmd = SL_SET(SL_TXD_DTALEN, d->read.cmd, SL_IGB_FRAME_MAX);
		d->read.olinfo = SL_PREP(SL_TXD_PAYLEN, SL_IGB_FRAME_MAX);
		break;
	case 5: /* checksum with a context of zeroes */
		d->read.olinfo |= SL_TXD_POPTS_TXSM;
		break;
	case 6: /* segmentation with a context of zeroes */
		d->read.cmd |= SL_TXD_DCMD_TSE;
		break;
	case 7: /* a context inside a chain: the chain's data is dropped with it */
		drv_tx_raw(r, 0, data_desc(r, 0, slot, 64, 0, SL_PREP(SL_TXD_PAYLEN, 128)));
		d->ctx.tucmd = SL_PREP(SL_TXD_DTYP, SL_TXD_DTYP_CTX) | SL_TXD_DCMD_DEXT;
		drv_tx_raw(r, 0, *d);
		*d = data_desc(r, 0, slot, 64, eop, SL_PREP(SL_TXD_PAYLEN, 128));
		break;
	case 8: /* segmentation: no payload after the headers */
		put_tso_ctx(r, 30, 100);
		d->read.cmd |= SL_TXD_DCMD_TSE;
		d->read.olinfo = 0;
		break;
	case 9: /* segments of length 0 */
		put_tso_ctx(r, 20, 0);
		d->read.cmd |= SL_TXD_DCMD_TSE;
		d->read.olinfo = SL_PREP(SL_TXD_PAYLEN, 10);
		break;
	case 10: /* segmentation: PAYLEN differs from the length after the headers */
		put_tso_ctx(r, 20, 5);
		d->read.cmd |= SL_TXD_DCMD_TSE;
		d->read.olinfo = SL_PREP(SL_TXD_PAYLEN, 64);
		break;
	case 11: /* an empty descriptor in a chain */
		drv_tx_raw(r, 0, data_desc(r, 0, slot, 0, 0, SL_PREP(SL_TXD_PAYLEN, 64)));
		break;
	default: /* a context that extends beyond the frame */
		put_ctx(r, 0, &(struct ctx){.mac_len = 14, .ip_len = 400, .ipv4 = true});
		d->read.olinfo |= SL_TXD_POPTS_IXSM;
		break;
	}
}

/* Invalid descriptors are counted and skipped. A valid frame after them is sent. */
static void
test_bad_descriptors(void **state)
{
	struct nic_drv *r = *state;
	uint64_t seed = rng_seed(0);
	uint8_t frame[64];
	unsigned int i;

	drv_start(r);
	frame_ether(frame, sizeof(frame), frame_broadcast, rng_next(&seed));
	for (i = 0; i < BAD_DESCRIPTORS; i++) {
		uint32_t eop = SL_TXD_DCMD_EOP | SL_TXD_DCMD_RS, slot = r->txq[0].next;
		union sl_tx_desc d = data_desc(r, 0, slot, 64, eop, SL_PREP(SL_TXD_PAYLEN, 64));
		struct drv_frame f;

		spoil(r, i, &d);
		drv_tx_raw(r, 0, d);
		drv_tx_one(r, 0, frame, sizeof(frame), 0, 0);
		drv_run(r);
		f = drv_wire_out(r);
		assert_int_equal(f.len, sizeof(frame));
		assert_int_equal(drv_wire_out(r).len, 0);
		assert_int_equal(SL_RD(&r->bus, TDH, 0), r->txq[0].next);
		assert_int_equal(bad_descs(r), i + 1);
	}
	assert_int_equal(r->logged, 1); /* logged once for all of them */
}

/* A chain without EOP fills the ring: it is dropped, and the queue works again after its end. */
static void
test_no_end(void **state)
{
	struct nic_drv *r = *state;
	uint64_t seed = rng_seed(0);
	uint8_t frame[64];
	unsigned int i;

	drv_start(r);
	frame_ether(frame, sizeof(frame), frame_broadcast, rng_next(&seed));
	for (i = 0; i < DRV_DESCS - 1; i++)
		drv_tx_raw(r, 0, data_desc(r, 0, i, 64, 0, SL_PREP(SL_TXD_PAYLEN, 64)));
	drv_tx_ring(r, 0);
	drv_run(r);
	assert_int_equal(SL_RD(&r->bus, TDH, 0), DRV_DESCS - 1);
	assert_int_equal(bad_descs(r), 1);
	drv_tx_one(r, 0, frame, sizeof(frame), 0, 0); /* still part of the chain */
	drv_tx_one(r, 0, frame, sizeof(frame), 0, 0);
	drv_run(r);
	assert_int_equal(drv_wire_out(r).len, sizeof(frame));
	assert_int_equal(drv_wire_out(r).len, 0);
}

/* A tail beyond the ring: the queue waits, logs it once, and continues after a valid tail. */
static void
test_wild_tail(void **state)
{
	struct nic_drv *r = *state;
	struct sl_softnic_stats s;
	uint64_t seed = rng_seed(0);
	uint8_t frame[64];

	drv_start(r);
	frame_ether(frame, sizeof(frame), frame_broadcast, rng_next(&seed));
	*r->txq[0].tail = DRV_DESCS;
	drv_run(r);
	*r->txq[0].tail = UINT32_MAX;
	drv_run(r);
	assert_int_equal(SL_RD(&r->bus, TDH, 0), 0);
	assert_int_equal(r->logged, 1);
	sl_softnic_stats(r->nic, &s);
	assert_int_equal(s.dma_faults + s.bad_desc, 0);
	drv_tx_one(r, 0, frame, sizeof(frame), 0, 0);
	drv_run(r);
	assert_int_equal(drv_wire_out(r).len, sizeof(frame));
}

/* 8.10.1 LBM: sent frames are received and do not reach the wire, with or without a link. */
static void
test_loopback(void **state)
{
	struct nic_drv *r = *state;
	uint64_t seed = rng_seed(0);
	volatile union sl_rx_desc *d;
	const uint8_t *data;
	uint8_t frame[222];
	unsigned int up;

	drv_start(r);
	SL_WR(&r->bus, RCTL, 0,
		SL_RCTL_RXEN | SL_RCTL_BAM | SL_RCTL_SECRC | SL_PREP(SL_RCTL_LBM, SL_LBM_MAC));
	frame_ether(frame, sizeof(frame), drv_mac, rng_next(&seed));
	for (up = 0; up < 2; up++) {
		r->wire->up = up != 0;
		drv_tx_one(r, 0, frame, sizeof(frame), 0, 0);
		drv_run(r);
		d = drv_rx_next(r, 0, &data);
		assert_non_null(d);
		assert_int_equal(d->wb.length, sizeof(frame));
		assert_memory_equal(data, frame, sizeof(frame));
		assert_int_equal(drv_wire_out(r).len, 0);
	}
}

/* TCTL.EN off, bus mastering off, or link down: no frame moves, and none is lost. */
static void
test_held(void **state)
{
	struct nic_drv *r = *state;
	uint64_t seed = rng_seed(0);
	uint8_t frame[64];

	drv_start(r);
	frame_ether(frame, sizeof(frame), frame_broadcast, rng_next(&seed));
	SL_WR(&r->bus, TCTL, 0, 0);
	drv_tx_one(r, 0, frame, sizeof(frame), 0, 0);
	drv_run(r);
	assert_int_equal(r->wire->out.n, 0);
	SL_WR(&r->bus, TCTL, 0, SL_TCTL_EN);
	SL_WR(&r->bus, CTRL, 0, SL_CTRL_SLU | SL_CTRL_GIO_MASTER_DISABLE);
	drv_run(r);
	assert_int_equal(r->wire->out.n, 0);
	assert_int_equal(SL_RD(&r->bus, STATUS, 0) & SL_STATUS_GIO_MASTER_ENABLE, 0);
	SL_WR(&r->bus, CTRL, 0, SL_CTRL_SLU);
	r->wire->up = false;
	drv_run(r);
	assert_int_equal(r->wire->out.n, 0);
	r->wire->up = true;
	drv_run(r);
	assert_int_equal(r->wire->out.n, 1);
}

int
main(void)
{
#define DRV_TEST(f) cmocka_unit_test_setup_teardown(f, drv_setup, drv_teardown)
	const struct CMUnitTest tests[] = {
		DRV_TEST(test_chains),
		DRV_TEST(test_half_a_frame),
		DRV_TEST(test_report),
		DRV_TEST(test_padding),
		DRV_TEST(test_vlan),
		DRV_TEST(test_checksums),
		DRV_TEST(test_udp_zero),
		DRV_TEST(test_sctp),
		DRV_TEST(test_segmentation),
		DRV_TEST(test_own_fcs),
		DRV_TEST(test_bad_descriptors),
		DRV_TEST(test_no_end),
		DRV_TEST(test_wild_tail),
		DRV_TEST(test_loopback),
		DRV_TEST(test_held),
	};

	return cmocka_run_group_tests_name("softnic_tx", tests, NULL, NULL);
}
