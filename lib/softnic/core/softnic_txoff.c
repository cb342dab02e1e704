/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */

/*
 * Transmitted frames that are not sent in place: frames of several descriptors,
 * short frames, and frames with offloads: checksums (7.2.5), VLAN tags (7.4.3),
 * TCP and UDP segmentation (7.2.4).
 */

#include <string.h>

#include "softnic_parse.h"
#include "softnic_sum.h"
#include "softnic_engine.h"

#define IPV4_HDR 20u
#define IPV6_HDR 40u
#define TCP_HDR 20u
#define UDP_HDR 8u
#define UDP_LEN 4u /* offset of the length field */
#define TCP_SEQ 4u
#define TCP_FLAGS 12u /* with the data offset in the upper four bits */
#define TCP_FLAGS_MASK SL_MASK(0, 12)
#define IPV4_LEN 2u
#define IPV6_LEN 4u

/** Offload request of a frame, from its first data descriptor and its context. */
struct tx_ask {
	bool ixsm, txsm, vlan, tse, fcs_given, ipv4;
	uint32_t l3, l4, payload; /**< offsets of the headers and of the payload */
	uint32_t l4_len, mss;
	enum sl_txc_l4t l4t;
	uint16_t tci;
};

static void
ask_read(const struct softnic_txq *txq, const union sl_tx_desc *d, struct tx_ask *a)
{
	/* 7.2.2.2: a queue has two contexts; IDX chooses. */
	const struct softnic_txctx *ctx = &txq->ctx[SL_GET(SL_TXD_IDX, d->read.olinfo) & 1];

	a->ixsm = (d->read.olinfo & SL_TXD_POPTS_IXSM) != 0;
	a->txsm = (d->read.olinfo & SL_TXD_POPTS_TXSM) != 0;
	a->vlan = (d->read.cmd & SL_TXD_DCMD_VLE) != 0;
	a->tse = (d->read.cmd & SL_TXD_DCMD_TSE) != 0;
	a->fcs_given = (d->read.cmd & SL_TXD_DCMD_IFCS) == 0;
	a->ipv4 = (ctx->tucmd & SL_TXC_TUCMD_IPV4) != 0;
	a->l3 = SL_GET(SL_TXC_MACLEN, ctx->vlan_macip);
	a->l4 = a->l3 + SL_GET(SL_TXC_IPLEN, ctx->vlan_macip);
	a->l4_len = SL_GET(SL_TXC_L4LEN, ctx->mss_l4);
	a->payload = a->l4 + a->l4_len;
	a->mss = SL_GET(SL_TXC_MSS, ctx->mss_l4);
	a->l4t = (enum sl_txc_l4t)SL_GET(SL_TXC_TUCMD_L4T, ctx->tucmd);
	a->tci = (uint16_t)SL_GET(SL_TXC_VLAN, ctx->vlan_macip);
}

/* Bytes of a chain; 0: the chain is invalid: 7.2.2.3. */
static uint32_t
chain_length(const union sl_tx_desc *d, uint32_t n)
{
	uint32_t len = 0, i;

	for (i = 0; i < n; i++) {
		uint32_t part = SL_GET(SL_TXD_DTALEN, d[i].read.cmd);

		if ((d[i].read.cmd & SL_TXD_DCMD_DEXT) == 0 || part == 0 ||
			SL_GET(SL_TXD_DTYP, d[i].read.cmd) != SL_TXD_DTYP_DATA)
			return 0;
		len += part;
	}
	return len;
}

static bool
gather(struct sl_softnic *nic, const struct softnic_txq *txq, uint32_t at,
	const union sl_tx_desc *d, uint32_t n, uint8_t *to)
{
	bool whole = true;
	uint32_t i;

	for (i = 0; i < n; i++) {
		uint32_t part = SL_GET(SL_TXD_DTALEN, d[i].read.cmd);
		const uint8_t *from = softnic_dma(
			nic, d[i].read.addr, part, SL_DMA_TO_DEVICE, SOFTNIC_DMA_TX_DATA);

		softnic_tell(nic, false, from, d[i].read.addr, part, softnic_txq_id(nic, txq),
			(at + i) % txq->s.count);
		if (from == NULL) {
			whole = false;
			continue;
		}
		memcpy(to, from, part);
		to += part;
	}
	return whole;
}

/* 7.2.5.2: software has stored the sum of the pseudo header in the field. */
static void
insert_l4(uint8_t *frame, uint32_t len, const struct tx_ask *a, uint64_t extra)
{
	uint32_t off = a->l4 + (a->l4t == SL_L4T_TCP ? SOFTNIC_TCP_CSUM : SOFTNIC_UDP_CSUM);
	uint16_t sum;

	if (a->l4t == SL_L4T_SCTP) {
		/* The CRC is stored little-endian. */
		softnic_put32(frame + a->l4 + SOFTNIC_SCTP_CSUM,
			__builtin_bswap32(softnic_crc32c_sctp(frame + a->l4, len - a->l4)));
		return;
	}
	sum = (uint16_t)~softnic_sum_fold(softnic_sum(frame + a->l4, len - a->l4, extra));
	/* RFC 768: zero means "no checksum". */
	softnic_put16(frame + off, sum == 0 && a->l4t == SL_L4T_UDP ? UINT16_MAX : sum);
}

static void
insert_ipv4(uint8_t *frame, const struct tx_ask *a)
{
	uint8_t *field = frame + a->l3 + SOFTNIC_IPV4_CSUM;

	softnic_put16(field, 0);
	softnic_put16(
		field, (uint16_t)~softnic_sum_fold(softnic_sum(frame + a->l3, a->l4 - a->l3, 0)));
}

/* True if the context's lengths fit a frame of @p len bytes. */
static bool
ask_fits(const struct tx_ask *a, uint32_t len)
{
	static const uint32_t need[] = {
		[SL_L4T_UDP] = SOFTNIC_UDP_CSUM + 2,
		[SL_L4T_TCP] = SOFTNIC_TCP_CSUM + 2,
		[SL_L4T_SCTP] = SOFTNIC_SCTP_CSUM + 4,
	};

	if (!a->ixsm && !a->txsm && !a->tse)
		return true;
	if (a->l4t > SL_L4T_SCTP || a->l3 < SOFTNIC_ETH_HDR || a->l4 > len)
		return false;
	if (a->ixsm && a->ipv4 && a->l4 - a->l3 < IPV4_HDR)
		return false;
	return (!a->txsm && !a->tse) || len - a->l4 >= need[a->l4t];
}

/* Insert the tag, using SOFTNIC_VLAN_TAG bytes of headroom: 7.4.3. @return the new start. */
static uint8_t *
insert_vlan(const struct sl_softnic *nic, uint8_t *frame, uint16_t tci)
{
	uint8_t *start = frame - SOFTNIC_VLAN_TAG;

	memmove(start, frame, SOFTNIC_ETH_ADDRS);
	softnic_put16(start + SOFTNIC_ETH_ADDRS, nic->tx.vlan_type);
	softnic_put16(start + SOFTNIC_ETH_HDR, tci);
	return start;
}

/* Add tag and padding, check an FCS from software, and send. @p frame has headroom for a tag. */
static void
send_frame(struct sl_softnic *nic, uint8_t *frame, uint32_t len, const struct tx_ask *a)
{
	bool bad_fcs = false;

	if (a->vlan) {
		frame = insert_vlan(nic, frame, a->tci);
		len += SOFTNIC_VLAN_TAG;
	}
	if (a->fcs_given) {
		uint32_t fcs;

		/* 7.2.2.3, IFCS off: the last four bytes are the FCS, and a wrong one is sent. */
		len -= SL_FCS_LEN;
		fcs = softnic_crc32(frame, len);
		bad_fcs = fcs != __builtin_bswap32(softnic_get32(frame + len));
	} else if (len < SL_FRAME_MIN) {
		/* Without padding a runt is sent, which the receiver counts. */
		if (nic->tx.pad) {
			memset(frame + len, 0, SL_FRAME_MIN - len);
			len = SL_FRAME_MIN;
		}
	}
	softnic_tx_push(nic, frame, len, bad_fcs);
}

/* Memory for a frame of @p len bytes with headroom for a tag and room for padding. */
static uint8_t *
frame_alloc(struct sl_softnic *nic, uint32_t len)
{
	return softnic_tx_alloc(nic, SOFTNIC_VLAN_TAG + (len < SL_FRAME_MIN ? SL_FRAME_MIN : len)) +
		SOFTNIC_VLAN_TAG;
}

/* --- segmentation: 7.2.4 --- */

/* 8.12.6, 8.12.7: mask the flags by those allowed in the first, a middle or the last segment. */
static void
mask_tcp_flags(const struct sl_softnic *nic, uint8_t *tcp, bool first, bool last)
{
	uint32_t mask = last ? nic->tx.tcp_last : first ? nic->tx.tcp_first : nic->tx.tcp_middle;

	if (first && last)
		return;
	softnic_put16(tcp + TCP_FLAGS,
		softnic_get16(tcp + TCP_FLAGS) & (mask | (UINT16_MAX & ~TCP_FLAGS_MASK)));
}

/* Headers of segment @p index, whose payload begins at @p done and has @p part bytes. */
static void
segment_headers(const struct sl_softnic *nic, uint8_t *seg, const struct tx_ask *a, uint32_t index,
	uint32_t done, uint32_t part, bool last)
{
	uint32_t l4_total = a->l4_len + part, ip_total = a->l4 - a->l3 + l4_total;
	uint8_t *ip = seg + a->l3, *l4 = seg + a->l4;

	if (a->ipv4) {
		softnic_put16(ip + IPV4_LEN, ip_total);
		softnic_put16(ip + SOFTNIC_IPV4_ID, softnic_get16(ip + SOFTNIC_IPV4_ID) + index);
		insert_ipv4(seg, a);
	} else {
		softnic_put16(ip + IPV6_LEN, ip_total - IPV6_HDR);
	}
	if (a->l4t == SL_L4T_TCP) {
		softnic_put32(l4 + TCP_SEQ, softnic_get32(l4 + TCP_SEQ) + done);
		mask_tcp_flags(nic, l4, index == 0, last);
	} else {
		softnic_put16(l4 + UDP_LEN, l4_total);
	}
	/* The sum from software excludes the length, which differs between segments. */
	insert_l4(seg, a->l4 + l4_total, a, l4_total);
}

static bool
segment_fits(const struct sl_softnic *nic, const struct tx_ask *a, uint32_t len)
{
	uint32_t ip_min = a->ipv4 ? IPV4_HDR : IPV6_HDR;
	uint32_t l4_min = a->l4t == SL_L4T_TCP ? TCP_HDR : UDP_HDR;

	return a->l4t <= SL_L4T_TCP && !a->fcs_given && a->mss != 0 && a->l4 - a->l3 >= ip_min &&
		a->l4_len >= l4_min && a->payload < len &&
		a->payload + a->mss + SOFTNIC_VLAN_TAG + SL_FCS_LEN <= nic->model->device.max_frame;
}

static void
segment(struct sl_softnic *nic, uint32_t len, const struct tx_ask *a)
{
	const uint8_t *whole = nic->tso;
	uint32_t total = len - a->payload, done, index = 0;

	for (done = 0; done < total; done += a->mss, index++) {
		uint32_t part = total - done < a->mss ? total - done : a->mss;
		uint8_t *seg = frame_alloc(nic, a->payload + part);

		memcpy(seg, whole, a->payload);
		memcpy(seg + a->payload, whole + a->payload + done, part);
		segment_headers(nic, seg, a, index, done, part, done + part == total);
		send_frame(nic, seg, a->payload + part, a);
	}
	nic->count[SOFTNIC_TX_TSO]++;
}

bool
softnic_tx_frame(struct sl_softnic *nic, struct softnic_txq *txq, uint32_t at,
	const union sl_tx_desc *d, uint32_t n)
{
	uint32_t len = chain_length(d, n), claim = SL_GET(SL_TXD_PAYLEN, d->read.olinfo), fcs;
	struct tx_ask a;
	uint8_t *frame;

	ask_read(txq, d, &a);
	fcs = a.fcs_given ? SL_FCS_LEN : 0;
	if (len < nic->model->tx_frame_min + fcs || !ask_fits(&a, len - fcs))
		return false;
	if (a.tse) {
		/* 7.2.2.3: PAYLEN excludes the headers. */
		if (len > SOFTNIC_TSO || !segment_fits(nic, &a, len) || claim != len - a.payload)
			return false;
		if (gather(nic, txq, at, d, n, nic->tso))
			segment(nic, len, &a);
		return true;
	}
	if (claim != len ||
		len - fcs + SL_FCS_LEN + (a.vlan ? SOFTNIC_VLAN_TAG : 0) >
			nic->model->device.max_frame)
		return false;
	frame = frame_alloc(nic, len);
	if (!gather(nic, txq, at, d, n, frame))
		return true;
	if (a.txsm)
		insert_l4(frame, len - fcs, &a, 0);
	if (a.ixsm && a.ipv4)
		insert_ipv4(frame, &a);
	if ((d->read.cmd & SL_TXD_MAC_TSTAMP) != 0 && nic->model->ops->tx_stamp != NULL)
		nic->model->ops->tx_stamp(nic);
	send_frame(nic, frame, len, &a);
	return true;
}
