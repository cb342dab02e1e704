/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */

/*
 * Queue registers (8.10.2 to 8.10.11, 8.12.8 to 8.12.15): after a write, the
 * queue's complete setup is built from them and passed to the engines.
 */

#include "softigb.h"
#include "softnic_qregs.h"

static uint64_t
reg_u64(uint32_t high, uint32_t low)
{
	return (uint64_t)high << 32 | low;
}

/* Buffer size: SRRCTL.BSIZEPACKET in KiB (8.10.2); when it is 0, RCTL.BSIZE (8.10.1). */
static uint32_t
buf_size(const struct softigb *d, unsigned int q)
{
	uint32_t kib = SL_GET(SL_SRRCTL_BSIZEPACKET, d->r.SRRCTL[q]);

	if (kib != 0)
		return kib * 1024;
	return 2048u >> SL_GET(SL_RCTL_BSIZE, d->r.RCTL[0]);
}

/* True for the only descriptor type that the engines support: advanced, one buffer. */
static bool
usable_type(struct softigb *d, unsigned int q)
{
	uint32_t srrctl = d->r.SRRCTL[q];

	if (SL_GET(SL_SRRCTL_DESCTYPE, srrctl) == SL_DESCTYPE_ADV_ONEBUF)
		return true;
	/*
	 * Log this only while receive is enabled: before, the driver may still write SRRCTL of
	 * queue 0.
	 */
	if ((d->r.RCTL[0] & SL_RCTL_RXEN) != 0)
		softnic_complain(&d->nic, SOFTNIC_BAD_DESCTYPE, srrctl);
	return false;
}

void
softigb_rxq_update(struct softigb *d, unsigned int q)
{
	const struct softigb_regs *r = &d->r;
	uint32_t dvmolr = r->DVMOLR[q];
	struct softnic_rxq_setup s = {
		.base = reg_u64(r->RDBAH[q], r->RDBAL[q]),
		.count = softnic_ring_count(r->RDLEN[q] & SL_XDLEN_UNITS),
		.buf_size = buf_size(d, q),
		.low_mark = SL_GET(SL_SRRCTL_RDMTS, r->SRRCTL[q]) * SL_SRRCTL_RDMTS_UNIT,
		.enable = (r->RXDCTL[q] & SOFTNIC_QUEUE_ENABLE) != 0,
		.drop = (r->SRRCTL[q] & SL_SRRCTL_DROP_EN) != 0,
		/* 7.4.2, and DVMOLR per queue. */
		.strip = (r->CTRL[0] & SL_CTRL_VME) != 0 || (dvmolr & SL_DVMOLR_STRVLAN) != 0,
		.keep_fcs = (r->RCTL[0] & SL_RCTL_SECRC) == 0 && (dvmolr & SL_DVMOLR_STRCRC) == 0,
	};

	if (s.enable && s.count != 0 && !usable_type(d, q))
		s.count = 0;
	softnic_rxq_set(&d->nic, q, &s);
}

static void
txq_update(struct softigb *d, unsigned int q)
{
	const struct softigb_regs *r = &d->r;
	uint32_t wb_low = r->TDWBAL[q];
	struct softnic_txq_setup s = {
		.base = reg_u64(r->TDBAH[q], r->TDBAL[q]),
		.count = softnic_ring_count(r->TDLEN[q] & SL_XDLEN_UNITS),
		.enable = (r->TXDCTL[q] & SOFTNIC_QUEUE_ENABLE) != 0,
		.wb_on = (wb_low & SL_TDWBAL_HEAD_WB_EN) != 0,
		.wb_addr = reg_u64(
			r->TDWBAH[q], wb_low & ~(SL_TDWBAL_HEAD_WB_EN | SL_TDWBAL_WB_ON_EITR)),
	};

	softnic_txq_set(&d->nic, q, &s);
}

void
softigb_queues(struct sl_softnic *nic)
{
	unsigned int q;

	for (q = 0; q < nic->queues; q++) {
		softigb_rxq_update(softigb_of(nic), q);
		txq_update(softigb_of(nic), q);
	}
}

static void
after_rxq(struct sl_softnic *nic, const struct softnic_slot *at)
{
	softigb_rxq_update(softigb_of(nic), at->index);
}

static void
after_txq(struct sl_softnic *nic, const struct softnic_slot *at)
{
	txq_update(softigb_of(nic), at->index);
}

/* 8.10.7: lengths are multiples of 128. Some devices store lower bits, which have no effect. */
static void
len_write(struct sl_softnic *nic, const struct softnic_slot *at, uint32_t val)
{
	struct softigb *d = softigb_of(nic);

	if (val % SOFTNIC_RING_ALIGN != 0)
		softnic_complain(nic, SOFTNIC_BAD_RING, val);
	val &= softigb_has(d, SL_QUIRK_LEN_128) ? SL_XDLEN_UNITS : SL_XDLEN_KEPT;
	*softnic_regs_cell(&nic->regs, at) = val;
	nic->regs.row[at->reg].hook->after(nic, at);
}

const struct softnic_hook softigb_queue_hooks[] = {
	{SL_RDBAL, .write = softnic_ring_write, .after = after_rxq},
	{SL_RDBAH, .after = after_rxq},
	{SL_RDLEN, .write = len_write, .after = after_rxq},
	{SL_SRRCTL, .after = after_rxq},
	{SL_DVMOLR, .after = after_rxq},
	{SL_RXDCTL, .write = softnic_rx_enable_write, .after = after_rxq},
	{SL_RDH, .read = softnic_rx_head_read, .write = softnic_rx_head_write},
	{SL_RDT, .read = softnic_rx_tail_read, .write = softnic_rx_tail_write},
	{SL_TDBAL, .write = softnic_ring_write, .after = after_txq},
	{SL_TDBAH, .after = after_txq},
	{SL_TDLEN, .write = len_write, .after = after_txq},
	{SL_TXDCTL, .write = softnic_tx_enable_write, .after = after_txq},
	{SL_TDWBAL, .after = after_txq},
	{SL_TDWBAH, .after = after_txq},
	{SL_TDH, .read = softnic_tx_head_read, .write = softnic_tx_head_write},
	{SL_TDT, .read = softnic_tx_tail_read, .write = softnic_tx_tail_write},
	{.reg = SOFTNIC_NO_REG},
};
