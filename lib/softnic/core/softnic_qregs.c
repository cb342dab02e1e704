/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */

/*
 * Queue registers that are alike in all families: 8.10.5 to 8.10.10, 8.12.8 to
 * 8.12.13.
 */

#include "softnic_qregs.h"

/* 8.10.5, 8.10.7: base and length are multiples of 128. Others are logged and rounded down. */
void
softnic_ring_write(struct sl_softnic *nic, const struct softnic_slot *at, uint32_t val)
{
	const struct softnic_hook *hook = nic->regs.row[at->reg].hook;

	if (val % SOFTNIC_RING_ALIGN != 0)
		softnic_complain(nic, SOFTNIC_BAD_RING, val);
	val &= ~(SOFTNIC_RING_ALIGN - 1);
	*softnic_regs_cell(&nic->regs, at) = val & softnic_regs_mask(&nic->regs, at);
	hook->after(nic, at);
}

static void
enable_write(struct sl_softnic *nic, const struct softnic_slot *at, uint32_t val, bool tx)
{
	uint32_t *cell = softnic_regs_cell(&nic->regs, at);

	val &= softnic_regs_mask(&nic->regs, at);
	if (softnic_fault_queue(nic, SL_FAULT_STUCK_QUEUE, tx, at->index))
		val |= *cell & SOFTNIC_QUEUE_ENABLE;
	*cell = val;
	nic->regs.row[at->reg].hook->after(nic, at);
}

void
softnic_rx_enable_write(struct sl_softnic *nic, const struct softnic_slot *at, uint32_t val)
{
	enable_write(nic, at, val, false);
}

void
softnic_tx_enable_write(struct sl_softnic *nic, const struct softnic_slot *at, uint32_t val)
{
	enable_write(nic, at, val, true);
}

uint32_t
softnic_rx_head_read(struct sl_softnic *nic, const struct softnic_slot *at, bool peek)
{
	(void)peek;
	return nic->rxq[at->index].head;
}

void
softnic_rx_head_write(struct sl_softnic *nic, const struct softnic_slot *at, uint32_t val)
{
	softnic_rxq_head(nic, at->index, val);
}

uint32_t
softnic_rx_tail_read(struct sl_softnic *nic, const struct softnic_slot *at, bool peek)
{
	(void)peek;
	return softnic_bell(&nic->rxq[at->index].tail);
}

void
softnic_rx_tail_write(struct sl_softnic *nic, const struct softnic_slot *at, uint32_t val)
{
	__atomic_store_n(&nic->rxq[at->index].tail, val & UINT16_MAX, __ATOMIC_RELEASE);
}

uint32_t
softnic_tx_head_read(struct sl_softnic *nic, const struct softnic_slot *at, bool peek)
{
	(void)peek;
	return nic->txq[at->index].head;
}

void
softnic_tx_head_write(struct sl_softnic *nic, const struct softnic_slot *at, uint32_t val)
{
	softnic_txq_head(nic, at->index, val);
}

uint32_t
softnic_tx_tail_read(struct sl_softnic *nic, const struct softnic_slot *at, bool peek)
{
	(void)peek;
	return softnic_bell(&nic->txq[at->index].tail);
}

void
softnic_tx_tail_write(struct sl_softnic *nic, const struct softnic_slot *at, uint32_t val)
{
	__atomic_store_n(&nic->txq[at->index].tail, val & UINT16_MAX, __ATOMIC_RELEASE);
}
