/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */
#ifndef _SOFTNIC_QREGS_H_
#define _SOFTNIC_QREGS_H_

/**
 * @file
 * Hooks for the queue registers that are alike in all families: ring base and length, head,
 * tail, and the control word with the queue's enable bit.
 */

#include "softnic_engine.h"

/** Bases and lengths of rings are multiples of this. */
#define SOFTNIC_RING_ALIGN 128u
/** Enable bit in a queue's control word. */
#define SOFTNIC_QUEUE_ENABLE SL_BIT(25)

/** Descriptors of a ring of @p len bytes. */
static inline uint32_t
softnic_ring_count(uint32_t len)
{
	return len / SL_DESC_SIZE;
}

/**
 * Write the low half of the ring's base, or its length; the low bits are ignored. Then call the
 * hook's after.
 */
void
softnic_ring_write(struct sl_softnic *nic, const struct softnic_slot *at, uint32_t val);
/** Write the control word; a fault may keep the enable bit set. Then call the hook's after. */
void
softnic_rx_enable_write(struct sl_softnic *nic, const struct softnic_slot *at, uint32_t val);
void
softnic_tx_enable_write(struct sl_softnic *nic, const struct softnic_slot *at, uint32_t val);

uint32_t
softnic_rx_head_read(struct sl_softnic *nic, const struct softnic_slot *at, bool peek);
void
softnic_rx_head_write(struct sl_softnic *nic, const struct softnic_slot *at, uint32_t val);
uint32_t
softnic_rx_tail_read(struct sl_softnic *nic, const struct softnic_slot *at, bool peek);
void
softnic_rx_tail_write(struct sl_softnic *nic, const struct softnic_slot *at, uint32_t val);
uint32_t
softnic_tx_head_read(struct sl_softnic *nic, const struct softnic_slot *at, bool peek);
void
softnic_tx_head_write(struct sl_softnic *nic, const struct softnic_slot *at, uint32_t val);
uint32_t
softnic_tx_tail_read(struct sl_softnic *nic, const struct softnic_slot *at, bool peek);
void
softnic_tx_tail_write(struct sl_softnic *nic, const struct softnic_slot *at, uint32_t val);

#endif /* _SOFTNIC_QREGS_H_ */
