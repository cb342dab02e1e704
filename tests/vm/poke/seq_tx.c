/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */

/* Groups "tx" and "ring": frames that port 0 sends, their reports, and limits of rings. */

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "poke.h"

#define PROMISC (SL_RCTL_RXEN | SL_RCTL_SECRC | SL_RCTL_BAM | SL_RCTL_UPE | SL_RCTL_MPE)

/* Print the DD bits of the descriptors of queue @p q. */
static void
reports(struct poke *p, unsigned int q)
{
	uint64_t dd = 0;
	uint32_t i;

	for (i = 0; i < p->txq[0][q].descs; i++)
		dd |= (uint64_t)(p->txq[0][q].tx[i].wb.status & SL_TXD_STAT_DD) << i;
	poke_fact(p, "dd", "0x%016" PRIx64, dd);
	poke_fact(p, "head-wb", "%" PRIu32, p->head_wb[0][q]);
	(void)POKE_SHOW(p, 0, TDH, q);
	(void)POKE_SHOW(p, 0, TDT, q);
}

static void
tx_reports(struct poke *p, unsigned int q, const char *name)
{
	uint8_t frame[POKE_FRAME];
	struct frame_layout l = poke_build(frame, &(struct frame_spec){.payload = 60});
	union sl_tx_desc d;
	unsigned int i;

	poke_step(p, "%s-one", name);
	poke_tx_frame(p, 0, q, frame, l.len, 0, 0);
	poke_tx_ring(p, 0, q);
	poke_settle(p);
	reports(p, q);
	poke_rx_show(p, 1, 0);
	/* Three frames, of which only the second requests a report. */
	poke_step(p, "%s-second", name);
	for (i = 0; i < 3; i++) {
		struct poke_queue *txq = &p->txq[0][q];
		uint32_t at = txq->next;

		poke_tx_frame(p, 0, q, frame, l.len, 0, 0);
		d.qw[0] = txq->tx[at].qw[0];
		d.qw[1] = txq->tx[at].qw[1];
		if (i != 1)
			d.read.cmd &= ~SL_TXD_DCMD_RS;
		txq->tx[at].qw[1] = d.qw[1];
	}
	poke_tx_ring(p, 0, q);
	poke_settle(p);
	reports(p, q);
	poke_rx_drop(p, 1, 0);
	/* One lap of the ring. */
	poke_step(p, "%s-turn", name);
	for (i = 0; i < POKE_DESCS + 3; i++) {
		poke_tx_frame(p, 0, q, frame, l.len, 0, 0);
		poke_tx_ring(p, 0, q);
		if (i % 8 == 7) {
			poke_settle(p);
			poke_rx_drop(p, 1, 0);
		}
	}
	poke_settle(p);
	poke_rx_drop(p, 1, 0);
	reports(p, q);
}

static void
tx_sums(struct poke *p)
{
	static const uint8_t protos[] = {FRAME_TCP, FRAME_UDP, FRAME_SCTP};
	uint8_t frame[POKE_FRAME];
	unsigned int v, i, tag;

	for (v = 4; v <= 6; v += 2) {
		for (i = 0; i < sizeof(protos); i++) {
			for (tag = 0; tag < 2; tag++) {
				struct frame_spec pkt = {
					.version = (int)v, .proto = protos[i], .payload = 77};
				struct frame_layout l = poke_build(frame, &pkt);
				frame_seed_sums(frame, &l, protos[i], true);
				poke_step(p, "sum-v%u-%u-%u", v, protos[i], tag);
				poke_tx_context(p, 0, &l, 0,
					poke_l4t(protos[i]) | (v == 4 ? SL_TXC_TUCMD_IPV4 : 0), 0,
					0x2003, tag);
				poke_tx_frame(p, 0, 0, frame, l.len, tag != 0 ? SL_TXD_DCMD_VLE : 0,
					SL_TXD_POPTS_TXSM | (v == 4 ? SL_TXD_POPTS_IXSM : 0) |
						SL_PREP(SL_TXD_IDX, tag) | SL_TXD_CC);
				poke_tx_ring(p, 0, 0);
				poke_settle(p);
				poke_rx_show(p, 1, 0);
			}
		}
	}
}

static void
tx_segments(struct poke *p)
{
	uint8_t frame[POKE_FRAME];
	unsigned int v, udp;

	for (v = 4; v <= 6; v += 2) {
		for (udp = 0; udp < 2; udp++) {
			struct frame_spec pkt = {.version = (int)v,
				.proto = udp != 0 ? FRAME_UDP : FRAME_TCP,
				.payload = 1500,
				.tcp_flags = 0x19};
			struct frame_layout l = poke_build(frame, &pkt);

			frame_seed_sums(frame, &l, pkt.proto, false);
			poke_step(p, "segment-v%u-%u", v, pkt.proto);
			poke_tx_context(p, 0, &l, l.payload - l.l4,
				poke_l4t(pkt.proto) | (v == 4 ? SL_TXC_TUCMD_IPV4 : 0), 600, 0, 0);
			poke_tx_frame(p, 0, 0, frame, l.len, SL_TXD_DCMD_TSE,
				SL_TXD_POPTS_TXSM | (v == 4 ? SL_TXD_POPTS_IXSM : 0) |
					SL_PREP(SL_TXD_PAYLEN, pkt.payload));
			poke_tx_ring(p, 0, 0);
			poke_settle(p);
			poke_rx_show(p, 1, 0);
		}
	}
	poke_step(p, "segments");
	poke_stats(p);
}

/* One frame in segments of the given lengths. */
static void
pieces(struct poke *p, const char *step, const uint32_t *len, unsigned int n)
{
	uint8_t frame[POKE_FRAME];
	union sl_tx_desc d = {0};
	uint32_t total = 0, done = 0;
	unsigned int i;

	for (i = 0; i < n; i++)
		total += len[i];
	poke_build(frame, &(struct frame_spec){.payload = total - 14});
	poke_step(p, "%s", step);
	for (i = 0; i < n; i++) {
		struct poke_queue *q = &p->txq[0][0];
		uint8_t *buf = q->buf + (size_t)q->next * q->buf_size;

		memcpy(buf, frame + done, len[i]);
		d.read.addr = (uintptr_t)buf;
		d.read.cmd = SL_PREP(SL_TXD_DTALEN, len[i]) |
			SL_PREP(SL_TXD_DTYP, SL_TXD_DTYP_DATA) | SL_TXD_DCMD_DEXT |
			SL_TXD_DCMD_IFCS | (i + 1 == n ? SL_TXD_DCMD_EOP | SL_TXD_DCMD_RS : 0);
		d.read.olinfo = i == 0 ? SL_PREP(SL_TXD_PAYLEN, total) : 0;
		poke_tx_raw(p, 0, 0, d);
		done += len[i];
	}
	poke_tx_ring(p, 0, 0);
	poke_settle(p);
	reports(p, 0);
	poke_rx_show(p, 1, 0);
}

static void
tx_shapes(struct poke *p)
{
	uint8_t frame[POKE_FRAME];

	pieces(p, "pieces-2", (const uint32_t[]){30, 50}, 2);
	pieces(p, "pieces-5", (const uint32_t[]){14, 1, 20, 700, 300}, 5);
	pieces(p, "pieces-tiny", (const uint32_t[]){14, 3}, 2);
	poke_build(frame, &(struct frame_spec){.payload = 60});
	poke_step(p, "short-padded");
	poke_send(p, 0, frame, 32);
	poke_rx_show(p, 1, 0);
	poke_step(p, "shortest");
	poke_send(p, 0, frame, 17);
	poke_rx_show(p, 1, 0);
	poke_step(p, "tag-from-context");
	poke_tx_context(p, 0, &(struct frame_layout){.l3 = 14, .l4 = 14}, 0, 0, 0, 0xa123, 0);
	poke_tx_frame(p, 0, 0, frame, 74, SL_TXD_DCMD_VLE, 0);
	poke_tx_ring(p, 0, 0);
	poke_settle(p);
	poke_rx_show(p, 1, 0);
	poke_step(p, "tag-kept-context");
	poke_tx_frame(p, 0, 0, frame, 74, SL_TXD_DCMD_VLE, 0);
	poke_tx_ring(p, 0, 0);
	poke_settle(p);
	poke_rx_show(p, 1, 0);
	poke_step(p, "shapes");
	poke_stats(p);
}

static void
tx_gates(struct poke *p)
{
	uint8_t frame[POKE_FRAME];
	struct frame_layout l = poke_build(frame, &(struct frame_spec){.payload = 60});

	poke_step(p, "off");
	POKE_WR(p, 0, TCTL, 0, SL_TCTL_PSP);
	poke_send(p, 0, frame, l.len);
	reports(p, 0);
	poke_rx_show(p, 1, 0);
	poke_step(p, "on-again");
	POKE_WR(p, 0, TCTL, 0, SL_TCTL_EN | SL_TCTL_PSP);
	poke_settle(p);
	reports(p, 0);
	poke_rx_show(p, 1, 0);
	poke_step(p, "on-and-next");
	poke_send(p, 0, frame, l.len);
	reports(p, 0);
	poke_rx_show(p, 1, 0);
	poke_step(p, "queue-off");
	POKE_WR(p, 0, TXDCTL, 0, 0);
	poke_send(p, 0, frame, l.len);
	(void)POKE_SHOW(p, 0, TDH, 0);
	(void)POKE_SHOW(p, 0, TDT, 0);
	poke_rx_show(p, 1, 0);
	poke_tx_start(p, 0, 0, POKE_DESCS, false);
}

void
poke_seq_tx(struct poke *p)
{
	poke_traffic(p);
	POKE_WR(p, 1, RXCSUM, 0, SL_RXCSUM_PCSD | SL_RXCSUM_IPOFLD | SL_RXCSUM_TUOFLD);
	tx_reports(p, 0, "dd");
	poke_tx_start(p, 0, 1, POKE_DESCS, true);
	tx_reports(p, 1, "head");
	poke_step(p, "reports");
	poke_stats(p);
	tx_sums(p);
	tx_segments(p);
	tx_shapes(p);
	tx_gates(p);
}

/* --- group "ring" --- */

static void
heads(struct poke *p)
{
	(void)POKE_SHOW(p, 1, RDH, 0);
	(void)POKE_SHOW(p, 1, RDT, 0);
	/* The group "irq" tests INTA. */
	(void)poke_show(p, 1, SL_ICR, 0, SL_ICR_INTA);
}

static void
burst(struct poke *p, unsigned int n)
{
	uint8_t frame[POKE_FRAME];
	unsigned int i;

	for (i = 0; i < n; i++) {
		struct frame_layout l = poke_build(frame, &(struct frame_spec){.payload = 60 + i});

		poke_tx_frame(p, 0, 0, frame, l.len, 0, 0);
	}
	poke_tx_ring(p, 0, 0);
	poke_settle(p);
}

/* More frames than descriptors: some wait, some are lost. */
static void
ring_overrun(struct poke *p, const char *name, uint32_t srrctl)
{
	poke_rx_start(p, 1, 0, 8, 2, srrctl);
	(void)POKE_RD(p, 1, ICR, 0);
	poke_step(p, "%s-full", name);
	burst(p, 7);
	heads(p);
	poke_rx_show(p, 1, 0);
	poke_settle(p);
	poke_step(p, "%s-over", name);
	burst(p, 12);
	heads(p);
	poke_rx_show(p, 1, 0);
	poke_settle(p);
	poke_step(p, "%s-rest", name);
	heads(p);
	poke_rx_show(p, 1, 0);
	poke_step(p, "%s-counters", name);
	poke_stats(p);
}

/* One of two rings is full. The other has room, but the frames do not go to it. */
static void
ring_one_full(struct poke *p, const char *name, uint32_t srrctl)
{
	poke_rx_start(p, 1, 0, 8, 2, srrctl);
	poke_rx_start(p, 1, 1, 8, 2, srrctl);
	(void)POKE_RD(p, 1, ICR, 0);
	poke_step(p, "one-full-%s", name);
	burst(p, 12);
	heads(p);
	poke_rx_show(p, 1, 0);
	poke_settle(p);
	poke_step(p, "one-full-%s-rest", name);
	poke_rx_show(p, 1, 0);
	poke_rx_show(p, 1, 1);
	(void)POKE_SHOW(p, 1, RQDPC, 0);
	poke_stats(p);
}

static void
ring_tails(struct poke *p)
{
	poke_rx_start(p, 1, 0, 16, 2, 0);
	POKE_WR(p, 1, RDT, 0, 0);
	(void)POKE_RD(p, 1, ICR, 0);
	poke_step(p, "empty");
	burst(p, 3);
	heads(p);
	poke_rx_show(p, 1, 0);
	poke_step(p, "posted");
	POKE_WR(p, 1, RDT, 0, 5);
	poke_settle(p);
	heads(p);
	poke_rx_show(p, 1, 0);
	poke_settle(p);
	poke_step(p, "threshold");
	poke_rx_start(p, 1, 0, POKE_DESCS, 2, SL_PREP(SL_SRRCTL_RDMTS, 2));
	(void)POKE_RD(p, 1, ICR, 0);
	burst(p, 20);
	heads(p);
	poke_step(p, "threshold-hit");
	burst(p, 20);
	heads(p);
	poke_rx_drop(p, 1, 0);
	poke_step(p, "tails");
	poke_stats(p);
}

static void
ring_switches(struct poke *p)
{
	poke_rx_start(p, 1, 0, 16, 2, 0);
	poke_step(p, "before");
	burst(p, 2);
	heads(p);
	poke_rx_show(p, 1, 0);
	poke_step(p, "disabled");
	POKE_WR(p, 1, RXDCTL, 0, 0);
	burst(p, 2);
	heads(p);
	poke_rx_show(p, 1, 0);
	poke_step(p, "enabled");
	POKE_WR(p, 1, RXDCTL, 0, SL_XDCTL_ENABLE);
	poke_settle(p);
	heads(p);
	poke_step(p, "receiver-off");
	poke_rx_start(p, 1, 0, 16, 2, 0);
	POKE_WR(p, 1, RCTL, 0, PROMISC & ~SL_RCTL_RXEN);
	burst(p, 2);
	heads(p);
	poke_rx_show(p, 1, 0);
	poke_step(p, "receiver-on");
	POKE_WR(p, 1, RCTL, 0, PROMISC);
	burst(p, 1);
	heads(p);
	poke_rx_show(p, 1, 0);
	poke_step(p, "small-buffers");
	poke_rx_start(p, 1, 0, 16, 1, 0);
	POKE_WR(p, 1, RCTL, 0, PROMISC | SL_RCTL_LPE);
	poke_send(p, 0, (uint8_t[3000]){2}, 3000);
	heads(p);
	poke_rx_show(p, 1, 0);
	poke_step(p, "too-few");
	poke_rx_start(p, 1, 0, 8, 1, 0);
	poke_send(p, 0, (uint8_t[9000]){2}, 9000);
	heads(p);
	poke_rx_show(p, 1, 0);
	POKE_WR(p, 1, RCTL, 0, PROMISC);
	poke_step(p, "switches");
	poke_stats(p);
}

void
poke_seq_ring(struct poke *p)
{
	poke_traffic(p);
	ring_overrun(p, "wait", 0);
	poke_traffic(p);
	ring_overrun(p, "drop", SL_SRRCTL_DROP_EN);
	poke_traffic(p);
	ring_one_full(p, "wait", 0);
	poke_traffic(p);
	ring_one_full(p, "drop", SL_SRRCTL_DROP_EN);
	poke_traffic(p);
	ring_tails(p);
	poke_traffic(p);
	ring_switches(p);
}
