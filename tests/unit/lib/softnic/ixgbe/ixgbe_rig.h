/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */
#ifndef _IXGBE_RIG_H_
#define _IXGBE_RIG_H_

/**
 * @file
 * A driver for tests of the 82599 model: registers by their rows, and queues of one type.
 */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "sl_regs_82599.h"
#include "softnic_drv.h"

#define DESCS (SL_QUEUE_RING_ALIGN / SL_DESC_SIZE)

static inline int
ixgbe_setup(void **state)
{
	return drv_setup_device(state, "82599");
}

/* A row has the same offsets in all devices that have it: the X550 has it, or the 82599. */
static inline uint32_t
off(enum sl_82599_reg reg, unsigned int i)
{
	const struct sl_reg_set *set =
		sl_regs_x550.rows[reg].count != 0 ? &sl_regs_x550 : &sl_regs_82599;

	assert_true(i < set->rows[reg].count);
	return sl_reg_offset(set, reg, i);
}

static inline uint32_t
rdi(struct nic_drv *r, enum sl_82599_reg reg, unsigned int i)
{
	return sl_bus_read(&r->bus, off(reg, i));
}

static inline uint32_t
rd(struct nic_drv *r, enum sl_82599_reg reg)
{
	return rdi(r, reg, 0);
}

static inline void
wr(struct nic_drv *r, enum sl_82599_reg reg, unsigned int i, uint32_t val)
{
	sl_bus_write(&r->bus, off(reg, i), val);
}

/* A reset by the device's own register, after which no DMA is outstanding. */
static inline int
ixgbe_teardown(void **state)
{
	wr(*state, SL_82599_CTRL, 0, SL_82599_CTRL_RST);
	return drv_teardown(state);
}

/** A queue of one direction, with memory for all its descriptors. */
struct queue {
	struct sl_region ring, data;
	union sl_rx_desc *rx;
	union sl_tx_desc *tx;
	unsigned int id;
	uint32_t next;
};

static inline void
rx_start(struct nic_drv *r, struct queue *q, unsigned int id, uint32_t kib)
{
	unsigned int i;

	*q = (struct queue){.ring = drv_alloc(r, "ring", SL_QUEUE_RING_ALIGN),
		.data = drv_alloc(r, "data", DESCS * kib * 1024),
		.id = id};
	q->rx = q->ring.va;
	for (i = 0; i < DESCS; i++)
		q->rx[i].read.pkt_addr = q->data.iova + i * kib * 1024;
	wr(r, SL_82599_RDBAL, id, (uint32_t)q->ring.iova);
	wr(r, SL_82599_RDBAH, id, (uint32_t)(q->ring.iova >> 32));
	wr(r, SL_82599_RDLEN, id, SL_QUEUE_RING_ALIGN);
	wr(r, SL_82599_SRRCTL, id,
		kib | SL_PREP(SL_82599_SRRCTL_DESCTYPE, SL_82599_DESCTYPE_ADV_ONEBUF));
	wr(r, SL_82599_RXDCTL, id, SL_XDCTL_ENABLE);
	wr(r, SL_82599_RDT, id, DESCS - 1);
}

static inline void
tx_start(struct nic_drv *r, struct queue *q, unsigned int id)
{
	*q = (struct queue){.ring = drv_alloc(r, "ring", SL_QUEUE_RING_ALIGN),
		.data = drv_alloc(r, "data", DRV_BUF),
		.id = id};
	q->tx = q->ring.va;
	wr(r, SL_82599_TDBAL, id, (uint32_t)q->ring.iova);
	wr(r, SL_82599_TDBAH, id, (uint32_t)(q->ring.iova >> 32));
	wr(r, SL_82599_TDLEN, id, SL_QUEUE_RING_ALIGN);
	wr(r, SL_82599_DMATXCTL, 0, rd(r, SL_82599_DMATXCTL) | SL_82599_DMATXCTL_TE);
	wr(r, SL_82599_TXDCTL, id, SL_XDCTL_ENABLE);
}

static inline void
queue_end(struct nic_drv *r, struct queue *q)
{
	assert_int_equal(sl_region_free(r->adapter, &q->ring), 0);
	assert_int_equal(sl_region_free(r->adapter, &q->data), 0);
}

/* Give a frame to the NIC. @return bytes that queue @p q received, or 0. Uses one descriptor. */
static inline uint32_t
rx_one(struct nic_drv *r, struct queue *q, const void *frame, uint32_t len, union sl_rx_desc *wb)
{
	const union sl_rx_desc *d = &q->rx[q->next % DESCS];

	drv_wire_in(r, frame, len);
	drv_run(r);
	if ((d->wb.status & SL_RXD_STAT_DD) == 0)
		return 0;
	*wb = *d;
	q->next++;
	return wb->wb.length;
}

/* Send a frame from the queue's memory. Requests a write-back and adds the bits of @p cmd. */
static inline void
tx_cmd(struct nic_drv *r, struct queue *q, uint32_t len, uint32_t cmd)
{
	union sl_tx_desc *d = &q->tx[q->next % DESCS];

	d->read.addr = q->data.iova;
	d->read.cmd = SL_PREP(SL_TXD_DTALEN, len) | SL_PREP(SL_TXD_DTYP, SL_TXD_DTYP_DATA) |
		SL_TXD_DCMD_DEXT | SL_TXD_DCMD_EOP | SL_TXD_DCMD_IFCS | SL_TXD_DCMD_RS | cmd;
	d->read.olinfo = SL_PREP(SL_TXD_PAYLEN, len);
	q->next++;
	wr(r, SL_82599_TDT, q->id, q->next % DESCS);
	drv_run(r);
}

static inline void
tx_one(struct nic_drv *r, struct queue *q, uint32_t len)
{
	tx_cmd(r, q, len, 0);
}

/* Return the oldest used descriptor of a receive queue to the NIC. */
static inline void
rx_again(struct nic_drv *r, struct queue *q)
{
	const uint32_t i = (q->next + DESCS - 1) % DESCS;

	q->rx[i] = (union sl_rx_desc){.read.pkt_addr = q->data.iova + i * (q->data.len / DESCS)};
	wr(r, SL_82599_RDT, q->id, i);
}

/* Enable receive with FCS stripping, and accept all addresses. */
static inline void
rx_on(struct nic_drv *r)
{
	wr(r, SL_82599_FCTRL, 0, SL_82599_FCTRL_UPE | SL_82599_FCTRL_MPE | SL_82599_FCTRL_BAM);
	wr(r, SL_82599_RXCTRL, 0, SL_82599_RXCTRL_RXEN);
}

#endif /* _IXGBE_RIG_H_ */
