/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */

/*
 * Registers of each queue: set-up, enable, disable, state. Sections are those of the Intel 82599 10
 * GbE Controller Datasheet.
 */

#include "sl_call.h"
#include "sl_ixgbe.h"

#define QUEUE_TIMEOUT_US 10000u /* for enable and disable: 10 times 1 ms */
#define RX_IDLE_US 100u		/* 4.6.7.1.2: after a receive queue reads as disabled */

/* Wait until the queue reads as enabled or disabled. */
static int
wait_enable(struct sl_port *port, uint32_t off, bool on)
{
	return sl_port_wait(
		port, off, SL_82599_XDCTL_ENABLE, on ? SL_82599_XDCTL_ENABLE : 0, QUEUE_TIMEOUT_US);
}

int
sl_ixgbe_rxq_enable(struct sl_rx_queue *q)
{
	const struct sl_bus *bus = &q->port->bus;
	const unsigned int qid = q->queue_id;
	/* VME selects VLAN stripping. sl_ixgbe_vlan_set() has set it for all queues. */
	const uint32_t vme = SL_IXGBE_RD(bus, RXDCTL, qid) & SL_82599_RXDCTL_VME;
	uint32_t srrctl =
		SL_PREP(SL_82599_SRRCTL_BSIZEPACKET, q->buf_len / q->port->hw->rx_buf_unit) |
		SL_PREP(SL_82599_SRRCTL_DESCTYPE, SL_82599_DESCTYPE_ADV_ONEBUF);
	int ret;

	if (q->conf.rx_drop_en != 0)
		srrctl |= SL_82599_DROP_EN;
	SL_IXGBE_WR(bus, RXDCTL, qid, vme);
	SL_IXGBE_WR(bus, RDBAL, qid, (uint32_t)q->ring_mem.iova);
	SL_IXGBE_WR(bus, RDBAH, qid, (uint32_t)(q->ring_mem.iova >> 32));
	SL_IXGBE_WR(bus, RDLEN, qid, (uint32_t)q->ring_mem.len);
	SL_IXGBE_WR(bus, SRRCTL, qid, srrctl);
	/*
	 * 8.2.3.11.1: no relaxed ordering, so data is written before the descriptor that reports
	 * it.
	 */
	SL_IXGBE_WR(bus, DCA_RXCTRL, qid,
		SL_IXGBE_RD(bus, DCA_RXCTRL, qid) &
			~(SL_82599_DCA_RXCTRL_SET | SL_82599_DCA_RXCTRL_RELAXED));
	SL_IXGBE_WR(bus, RSCCTL, qid, 0);
	SL_IXGBE_WR(bus, RDH, qid, 0);
	SL_IXGBE_WR(bus, RDT, qid, 0);
	SL_IXGBE_WR(bus, RXDCTL, qid, vme | SL_82599_XDCTL_ENABLE);
	ret = wait_enable(q->port, SL_82599_OFF(RXDCTL, qid), true);
	if (ret != 0)
		SL_IXGBE_WR(bus, RXDCTL, qid, vme);
	return ret;
}

/* 4.6.7.1.2 */
int
sl_ixgbe_rxq_disable(struct sl_rx_queue *q)
{
	const struct sl_bus *bus = &q->port->bus;
	const unsigned int qid = q->queue_id;
	const uint32_t vme = SL_IXGBE_RD(bus, RXDCTL, qid) & SL_82599_RXDCTL_VME;
	int ret;

	SL_IXGBE_WR(bus, RXDCTL, qid, vme);
	ret = wait_enable(q->port, SL_82599_OFF(RXDCTL, qid), false);
	if (ret == 0)
		sl_time_nap(q->port, RX_IDLE_US);
	return ret;
}

/* 7.2.3.5.2: with WTHRESH 0, the head is written back at once. */
static uint32_t
tx_enabled(const struct sl_hw_thresh *t)
{
	return SL_82599_XDCTL_ENABLE | SL_PREP(SL_82599_TXDCTL_PTHRESH, t->prefetch) |
		SL_PREP(SL_82599_TXDCTL_HTHRESH, t->host) |
		SL_PREP(SL_82599_TXDCTL_WTHRESH, t->write_back);
}

int
sl_ixgbe_txq_enable(struct sl_tx_queue *q)
{
	const struct sl_bus *bus = &q->port->bus;
	const unsigned int qid = q->queue_id;
	int ret;

	SL_IXGBE_WR(bus, TXDCTL, qid, 0);
	SL_IXGBE_WR(bus, TDBAL, qid, (uint32_t)q->ring_mem.iova);
	SL_IXGBE_WR(bus, TDBAH, qid, (uint32_t)(q->ring_mem.iova >> 32));
	SL_IXGBE_WR(bus, TDLEN, qid, (uint32_t)q->ring_mem.len);
	/* 8.2.3.11.2: no relaxed ordering, so write-backs keep their order. */
	SL_IXGBE_WR(bus, DCA_TXCTRL, qid,
		SL_IXGBE_RD(bus, DCA_TXCTRL, qid) & ~SL_82599_DCA_TXCTRL_RELAXED);
	SL_IXGBE_WR(bus, TDWBAH, qid, (uint32_t)(q->head_mem.iova >> 32));
	SL_IXGBE_WR(bus, TDWBAL, qid, (uint32_t)q->head_mem.iova | SL_82599_TDWBAL_HEAD_WB_EN);
	SL_IXGBE_WR(bus, TDH, qid, 0);
	SL_IXGBE_WR(bus, TDT, qid, 0);
	SL_IXGBE_WR(bus, TXDCTL, qid, tx_enabled(&q->port->hw->tx_thresh));
	ret = wait_enable(q->port, SL_82599_OFF(TXDCTL, qid), true);
	if (ret != 0)
		SL_IXGBE_WR(bus, TXDCTL, qid, 0);
	return ret;
}

int
sl_ixgbe_txq_disable(struct sl_tx_queue *q)
{
	SL_IXGBE_WR(&q->port->bus, TXDCTL, q->queue_id, 0);
	return wait_enable(q->port, SL_82599_OFF(TXDCTL, q->queue_id), false);
}

void
sl_ixgbe_txq_drain(struct sl_tx_queue *q, unsigned int us)
{
	sl_port_wait(q->port, SL_82599_OFF(TDH, q->queue_id), UINT16_MAX, q->next_to_use, us);
}

uint32_t
sl_ixgbe_rxq_head(const struct sl_rx_queue *q)
{
	return SL_IXGBE_RD(&q->port->bus, RDH, q->queue_id);
}

uint32_t
sl_ixgbe_txq_head(const struct sl_tx_queue *q)
{
	return SL_IXGBE_RD(&q->port->bus, TDH, q->queue_id);
}

bool
sl_ixgbe_txq_is_set_up(const struct sl_tx_queue *q)
{
	return SL_IXGBE_RD(&q->port->bus, TDBAL, q->queue_id) == (uint32_t)q->ring_mem.iova;
}

volatile uint32_t *
sl_ixgbe_rxq_tail(struct sl_port *port, unsigned int qid)
{
	return port->bus.ops->doorbell(port->bus.dev, SL_82599_OFF(RDT, qid));
}

volatile uint32_t *
sl_ixgbe_txq_tail(struct sl_port *port, unsigned int qid)
{
	return port->bus.ops->doorbell(port->bus.dev, SL_82599_OFF(TDT, qid));
}
