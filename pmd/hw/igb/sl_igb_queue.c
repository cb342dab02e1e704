/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */

/*
 * Receive and transmit of the whole port, and the registers of each queue: program, enable,
 * disable, read. Sections are those of the Intel 82576EB datasheet, revision 2.63.
 */

#include "sl_igb.h"

#define QUEUE_TIMEOUT_US 10000u /* for enable and disable; the NIC needs microseconds */

/* IEEE 802.3 values: 8.12.1. */
#define TX_COLLISION_THRESHOLD 0xF
#define TX_COLLISION_DISTANCE 0x40

void
sl_igb_max_frame_set(struct sl_port *port, uint32_t max_frame)
{
	SL_WR(&port->bus, RLPML, 0, SL_PREP(SL_RLPML_LEN, max_frame));
}

/* On devices where each queue strips the FCS separately, program the same setting as in RCTL. */
static void
strip_crc(struct sl_port *port, bool strip)
{
	uint32_t dvmolr;
	unsigned int q;

	for (q = 0; q < port->hw->rx_queues; q++) {
		dvmolr = SL_RD(&port->bus, DVMOLR, q) & ~SL_DVMOLR_STRCRC;
		SL_WR(&port->bus, DVMOLR, q, strip ? dvmolr | SL_DVMOLR_STRCRC : dvmolr);
	}
}

/* 8.10.1, 8.10.12, 8.10.13 */
void
sl_igb_rx_set_up(struct sl_port *port, const struct sl_hw_rx *rx)
{
	/* LPE is always set, so that RLPML is the only limit, for all frame sizes. */
	uint32_t rctl = SL_RCTL_BAM | SL_RCTL_LPE;
	/* PCSD: the descriptor has the RSS hash, not a fragment checksum. */
	uint32_t rxcsum = SL_RXCSUM_PCSD;

	if (!rx->keep_crc)
		rctl |= SL_RCTL_SECRC;
	if (rx->loopback)
		rctl |= SL_PREP(SL_RCTL_LBM, SL_LBM_MAC);
	if (rx->checksums)
		rxcsum |= SL_RXCSUM_IPOFLD | SL_RXCSUM_TUOFLD;
	if (sl_igb_has(port, SL_QUIRK_STRCRC))
		strip_crc(port, !rx->keep_crc);
	if (sl_igb_has(port, SL_QUIRK_IPV6_EX_OFF))
		SL_WR(&port->bus, RFCTL, 0, SL_RD(&port->bus, RFCTL, 0) | SL_RFCTL_IPV6_EX_DIS);
	sl_igb_max_frame_set(port, rx->max_frame);
	SL_WR(&port->bus, RXCSUM, 0, rxcsum);
	SL_WR(&port->bus, RCTL, 0, rctl);
}

void
sl_igb_rx_switch(struct sl_port *port, bool on)
{
	const uint32_t rctl = SL_RD(&port->bus, RCTL, 0) & ~SL_RCTL_RXEN;

	SL_WR(&port->bus, RCTL, 0, on ? rctl | SL_RCTL_RXEN : rctl);
}

void
sl_igb_tx_switch(struct sl_port *port, bool on)
{
	const uint32_t run = SL_TCTL_EN | SL_TCTL_RTLC |
		SL_PREP(SL_TCTL_CT, TX_COLLISION_THRESHOLD) |
		SL_PREP(SL_TCTL_COLD, TX_COLLISION_DISTANCE);

	SL_WR(&port->bus, TCTL, 0, SL_TCTL_PSP | (on ? run : 0));
}

/* Wait until the queue reads as enabled or disabled. */
static int
wait_enable(struct sl_port *port, uint32_t off, bool on)
{
	return sl_port_wait(port, off, SL_XDCTL_ENABLE, on ? SL_XDCTL_ENABLE : 0, QUEUE_TIMEOUT_US);
}

_Static_assert(SL_RING_ALIGN == SL_QUEUE_RING_ALIGN, "the unit of RDLEN and TDLEN");

static uint32_t
enabled(const struct sl_hw_thresh *t)
{
	return SL_XDCTL_ENABLE | SL_PREP(SL_XDCTL_PTHRESH, t->prefetch) |
		SL_PREP(SL_XDCTL_HTHRESH, t->host) | SL_PREP(SL_XDCTL_WTHRESH, t->write_back);
}

int
sl_igb_rxq_enable(struct sl_rx_queue *q)
{
	const struct sl_bus *bus = &q->port->bus;
	const unsigned int qid = q->queue_id;
	const uint32_t ctl = enabled(&q->port->hw->rx_thresh);
	uint32_t srrctl = SL_PREP(SL_SRRCTL_BSIZEPACKET, q->buf_len / q->port->hw->rx_buf_unit) |
		SL_PREP(SL_SRRCTL_DESCTYPE, SL_DESCTYPE_ADV_ONEBUF);
	int ret;

	if (q->conf.rx_drop_en != 0)
		srrctl |= SL_SRRCTL_DROP_EN;
	/* Queue 0 is enabled after a reset. */
	SL_WR(bus, RXDCTL, qid, 0);
	SL_WR(bus, RDBAL, qid, (uint32_t)q->ring_mem.iova);
	SL_WR(bus, RDBAH, qid, (uint32_t)(q->ring_mem.iova >> 32));
	SL_WR(bus, RDLEN, qid, (uint32_t)q->ring_mem.len);
	SL_WR(bus, SRRCTL, qid, srrctl);
	SL_WR(bus, RDH, qid, 0);
	SL_WR(bus, RDT, qid, 0);
	SL_WR(bus, RXDCTL, qid, ctl);
	ret = wait_enable(q->port, SL_OFF(RXDCTL, qid), true);
	if (ret != 0)
		SL_WR(bus, RXDCTL, qid, 0);
	return ret;
}

int
sl_igb_rxq_disable(struct sl_rx_queue *q)
{
	SL_WR(&q->port->bus, RXDCTL, q->queue_id, 0);
	return wait_enable(q->port, SL_OFF(RXDCTL, q->queue_id), false);
}

int
sl_igb_txq_enable(struct sl_tx_queue *q)
{
	const struct sl_bus *bus = &q->port->bus;
	const unsigned int qid = q->queue_id;
	const uint32_t ctl = enabled(&q->port->hw->tx_thresh);
	int ret;

	/* Queue 0 is enabled after a reset. */
	SL_WR(bus, TXDCTL, qid, 0);
	SL_WR(bus, TDBAL, qid, (uint32_t)q->ring_mem.iova);
	SL_WR(bus, TDBAH, qid, (uint32_t)(q->ring_mem.iova >> 32));
	SL_WR(bus, TDLEN, qid, (uint32_t)q->ring_mem.len);
	SL_WR(bus, TXCTL, qid, SL_RD(bus, TXCTL, qid) & ~SL_TXCTL_DESC_WB_RO);
	SL_WR(bus, TDWBAH, qid, (uint32_t)(q->head_mem.iova >> 32));
	SL_WR(bus, TDWBAL, qid, (uint32_t)q->head_mem.iova | SL_TDWBAL_HEAD_WB_EN);
	SL_WR(bus, TDH, qid, 0);
	SL_WR(bus, TDT, qid, 0);
	SL_WR(bus, TXDCTL, qid, ctl);
	ret = wait_enable(q->port, SL_OFF(TXDCTL, qid), true);
	if (ret != 0)
		SL_WR(bus, TXDCTL, qid, 0);
	return ret;
}

int
sl_igb_txq_disable(struct sl_tx_queue *q)
{
	SL_WR(&q->port->bus, TXDCTL, q->queue_id, 0);
	return wait_enable(q->port, SL_OFF(TXDCTL, q->queue_id), false);
}

void
sl_igb_txq_drain(struct sl_tx_queue *q, unsigned int us)
{
	sl_port_wait(q->port, SL_OFF(TDH, q->queue_id), UINT16_MAX, q->next_to_use, us);
}

uint32_t
sl_igb_rxq_head(const struct sl_rx_queue *q)
{
	return SL_RD(&q->port->bus, RDH, q->queue_id);
}

uint32_t
sl_igb_txq_head(const struct sl_tx_queue *q)
{
	return SL_RD(&q->port->bus, TDH, q->queue_id);
}

bool
sl_igb_txq_is_set_up(const struct sl_tx_queue *q)
{
	return SL_RD(&q->port->bus, TDBAL, q->queue_id) == (uint32_t)q->ring_mem.iova;
}

volatile uint32_t *
sl_igb_rxq_tail(struct sl_port *port, unsigned int qid)
{
	return port->bus.ops->doorbell(port->bus.dev, SL_OFF(RDT, qid));
}

volatile uint32_t *
sl_igb_txq_tail(struct sl_port *port, unsigned int qid)
{
	return port->bus.ops->doorbell(port->bus.dev, SL_OFF(TDT, qid));
}
