/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */

/*
 * Registers of queues (8.2.3.8, 8.2.3.9). After a write, the queue's complete set-up is derived
 * from them and passed to the engines.
 */

#include "softixgbe.h"
#include "softnic_qregs.h"

/* True if the type is the only one that the engines support: advanced, one buffer. */
static bool
usable_type(struct softixgbe *d, unsigned int q)
{
	uint32_t srrctl = d->r.SRRCTL[q];

	if (SL_GET(SL_82599_SRRCTL_DESCTYPE, srrctl) == SL_82599_DESCTYPE_ADV_ONEBUF)
		return true;
	/* Complain only while receive is on: before, the driver may still write SRRCTL. */
	if ((d->r.RXCTRL[0] & SL_82599_RXCTRL_RXEN) != 0)
		softnic_complain(&d->nic, SOFTNIC_BAD_DESCTYPE, srrctl);
	return false;
}

static void
rxq_update(struct softixgbe *d, unsigned int q)
{
	const struct softixgbe_regs *r = &d->r;
	uint32_t kib = SL_GET(SL_82599_SRRCTL_BSIZEPACKET, r->SRRCTL[q]);
	struct softnic_rxq_setup s = {
		.base = (uint64_t)r->RDBAH[q] << 32 | r->RDBAL[q],
		.count = softnic_ring_count(r->RDLEN[q]),
		.buf_size = kib * 1024,
		.enable = (r->RXDCTL[q] & SOFTNIC_QUEUE_ENABLE) != 0,
		.drop = (r->SRRCTL[q] & SL_82599_DROP_EN) != 0,
		.strip = (r->RXDCTL[q] & SL_82599_RXDCTL_VME) != 0,
		.keep_fcs = (r->HLREG0[0] & SL_82599_HLREG0_RXCRCSTRP) == 0,
	};

	if (s.enable && s.count != 0 && !usable_type(d, q))
		s.count = 0;
	softnic_rxq_set(&d->nic, q, &s);
}

static void
txq_update(struct softixgbe *d, unsigned int q)
{
	const struct softixgbe_regs *r = &d->r;
	struct softnic_txq_setup s = {
		.base = (uint64_t)r->TDBAH[q] << 32 | r->TDBAL[q],
		.count = softnic_ring_count(r->TDLEN[q]),
		.enable = (r->TXDCTL[q] & SOFTNIC_QUEUE_ENABLE) != 0,
		.wb_on = (r->TDWBAL[q] & SL_82599_TDWBAL_HEAD_WB_EN) != 0,
		.wb_addr = (uint64_t)r->TDWBAH[q] << 32 |
			(r->TDWBAL[q] & ~(SL_82599_TDWBAL_ALIGN - 1)),
	};

	softnic_txq_set(&d->nic, q, &s);
}

void
softixgbe_queues(struct sl_softnic *nic)
{
	unsigned int q;

	for (q = 0; q < nic->queues; q++) {
		rxq_update(softixgbe_of(nic), q);
		txq_update(softixgbe_of(nic), q);
	}
}

static void
after_rxq(struct sl_softnic *nic, const struct softnic_slot *at)
{
	rxq_update(softixgbe_of(nic), at->index);
}

static void
after_txq(struct sl_softnic *nic, const struct softnic_slot *at)
{
	txq_update(softixgbe_of(nic), at->index);
}

/* 8.2.3.9.10: a queue reads as disabled while the transmit unit is off. */
static uint32_t
read_TXDCTL(struct sl_softnic *nic, const struct softnic_slot *at, bool peek)
{
	const struct softixgbe_regs *r = &softixgbe_of(nic)->r;
	const bool on = (r->DMATXCTL[0] & SL_82599_DMATXCTL_TE) != 0;

	(void)peek;
	return r->TXDCTL[at->index] & ~(on ? 0 : SOFTNIC_QUEUE_ENABLE);
}

/* The DMA is always ready. Software cannot clear DMAIDONE. */
static void
write_RDRXCTL(struct sl_softnic *nic, const struct softnic_slot *at, uint32_t val)
{
	(void)at;
	softixgbe_of(nic)->r.RDRXCTL[0] = val | SL_82599_RDRXCTL_DMAIDONE;
}

const struct softnic_hook softixgbe_queue_hooks[] = {
	{SL_82599_RDBAL, .write = softnic_ring_write, .after = after_rxq},
	{SL_82599_RDBAH, .after = after_rxq},
	{SL_82599_RDLEN, .write = softnic_ring_write, .after = after_rxq,
		.kept = SL_82599_XDLEN_UNITS},
	{SL_82599_SRRCTL, .after = after_rxq},
	{SL_82599_RXDCTL, .write = softnic_rx_enable_write, .after = after_rxq,
		.kept = ~SL_82599_XDCTL_SWFLSH},
	{SL_82599_RDH, .read = softnic_rx_head_read, .write = softnic_rx_head_write},
	{SL_82599_RDT, .read = softnic_rx_tail_read, .write = softnic_rx_tail_write},
	{SL_82599_TDBAL, .write = softnic_ring_write, .after = after_txq},
	{SL_82599_TDBAH, .after = after_txq},
	{SL_82599_TDLEN, .write = softnic_ring_write, .after = after_txq,
		.kept = SL_82599_XDLEN_UNITS},
	{SL_82599_TXDCTL, .read = read_TXDCTL, .write = softnic_tx_enable_write, .after = after_txq,
		.kept = ~SL_82599_XDCTL_SWFLSH},
	{SL_82599_TDWBAL, .after = after_txq},
	{SL_82599_TDWBAH, .after = after_txq},
	{SL_82599_TDH, .read = softnic_tx_head_read, .write = softnic_tx_head_write},
	{SL_82599_TDT, .read = softnic_tx_tail_read, .write = softnic_tx_tail_write},
	{SL_82599_RDRXCTL, .write = write_RDRXCTL},
	{.reg = SOFTNIC_NO_REG},
};
