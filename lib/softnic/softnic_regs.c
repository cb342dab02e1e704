/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 *
 * Register reads and writes: what the table says, and for the registers that
 * do more, a hook. Also what CTRL.RST does.
 */
#include <inttypes.h>
#include <string.h>

#include "softnic_priv.h"

/** What a register does beyond its access kind. */
struct reg_hook {
	/** Value read at element @p i; with its side effects unless @p peek. */
	uint32_t (*read)(struct sl_softnic *nic, unsigned int i, bool peek);
	void (*write)(struct sl_softnic *nic, unsigned int i, uint32_t val);
};

static uint32_t *
reg_cell(struct sl_softnic *nic, unsigned int reg, unsigned int i)
{
	static const uint16_t base[SL_REG_COUNT] = {
#define SL_REG(name, ...) [SL_##name] = offsetof(struct softnic_regs, name) / sizeof(uint32_t),
#define SL_ALIAS(...)
#include "sl_regs.def"
#undef SL_REG
#undef SL_ALIAS
	};

	return (uint32_t *)&nic->r + base[reg] + i;
}

void
softnic_map_build(struct sl_softnic *nic)
{
	uint32_t off;

	for (off = 0; off < SL_BAR_SIZE; off += sizeof(uint32_t)) {
		struct softnic_slot *slot = &nic->map[off / sizeof(uint32_t)];
		unsigned int index = 0;
		int reg = sl_reg_find(off, &index);

		slot->reg = reg >= 0 ? (uint16_t)reg : SL_REG_COUNT;
		slot->index = (uint16_t)index;
	}
}

/* --- queues --- */

/* Descriptors of a ring, 0 when its registers make none: 8.10.5, 8.10.7. */
static uint32_t
ring_count(struct sl_softnic *nic, uint64_t base, uint32_t len, bool enabled)
{
	if (len == 0 || !enabled)
		return 0;
	if (base % SL_QUEUE_RING_ALIGN != 0 || len % SL_QUEUE_RING_ALIGN != 0) {
		softnic_complain(nic, SOFTNIC_BAD_RING, base % SL_QUEUE_RING_ALIGN != 0 ? base : len);
		return 0;
	}
	return len / SL_DESC_SIZE;
}

static uint64_t
reg_u64(uint32_t high, uint32_t low)
{
	return (uint64_t)high << 32 | low;
}

/* 8.10.2: SRRCTL.BSIZEPACKET in KiB, where zero RCTL.BSIZE counts: 8.10.1. */
static uint32_t
rx_buf_size(const struct sl_softnic *nic, unsigned int q)
{
	uint32_t kib = SL_GET(SL_SRRCTL_BSIZEPACKET, nic->r.SRRCTL[q]);

	if (kib != 0)
		return kib * 1024;
	return 2048u >> SL_GET(SL_RCTL_BSIZE, nic->r.RCTL[0]);
}

void
softnic_rxq_update(struct sl_softnic *nic, unsigned int q)
{
	struct softnic_rxq *rxq = &nic->rxq[q];
	bool enable = (nic->r.RXDCTL[q] & SL_XDCTL_ENABLE) != 0;

	rxq->base = reg_u64(nic->r.RDBAH[q], nic->r.RDBAL[q]);
	rxq->count = ring_count(nic, rxq->base, nic->r.RDLEN[q], enable);
	rxq->buf_size = rx_buf_size(nic, q);
	rxq->drop_en = (nic->r.SRRCTL[q] & SL_SRRCTL_DROP_EN) != 0;
	/* 8.10.10: setting ENABLE initialises the queue's internal state. */
	if (enable && !rxq->enabled) {
		rxq->head = 0;
		__atomic_store_n(&rxq->tail, 0, __ATOMIC_RELAXED);
	}
	rxq->enabled = enable;
	rxq->fetched = 0;
	rxq->taken = 0;
	if (rxq->count != 0 &&
		SL_GET(SL_SRRCTL_DESCTYPE, nic->r.SRRCTL[q]) != SL_DESCTYPE_ADV_ONEBUF) {
		softnic_complain(nic, SOFTNIC_BAD_DESCTYPE, nic->r.SRRCTL[q]);
		rxq->count = 0;
	}
	nic->rx_mask &= ~SL_BIT(q);
	if (rxq->count != 0)
		nic->rx_mask |= SL_BIT(q);
}

void
softnic_txq_update(struct sl_softnic *nic, unsigned int q)
{
	struct softnic_txq *txq = &nic->txq[q];
	bool enable = (nic->r.TXDCTL[q] & SL_XDCTL_ENABLE) != 0;
	uint32_t wb_low = nic->r.TDWBAL[q];

	txq->base = reg_u64(nic->r.TDBAH[q], nic->r.TDBAL[q]);
	txq->count = ring_count(nic, txq->base, nic->r.TDLEN[q], enable);
	txq->wb_on = (wb_low & SL_TDWBAL_HEAD_WB_EN) != 0;
	txq->wb_addr = reg_u64(nic->r.TDWBAH[q], wb_low & ~(SL_TDWBAL_HEAD_WB_EN | SL_TDWBAL_WB_ON_EITR));
	/* 8.12.13: as for receive. */
	if (enable && !txq->enabled) {
		txq->head = 0;
		txq->skipping = false;
		__atomic_store_n(&txq->tail, 0, __ATOMIC_RELAXED);
		memset(txq->ctx, 0, sizeof(txq->ctx));
	}
	txq->enabled = enable;
	nic->tx_mask &= ~SL_BIT(q);
	if (txq->count != 0)
		nic->tx_mask |= SL_BIT(q);
}

static void
rxq_write(struct sl_softnic *nic, unsigned int reg, unsigned int q, uint32_t val)
{
	*reg_cell(nic, reg, q) = val;
	softnic_rxq_update(nic, q);
}

static void
txq_write(struct sl_softnic *nic, unsigned int reg, unsigned int q, uint32_t val)
{
	*reg_cell(nic, reg, q) = val;
	softnic_txq_update(nic, q);
}

#define QUEUE_WRITE(dir, name)                                                                     \
	static void write_##name(struct sl_softnic *nic, unsigned int i, uint32_t val)             \
	{                                                                                          \
		dir##_write(nic, SL_##name, i, val);                                               \
	}
QUEUE_WRITE(rxq, RDBAL)
QUEUE_WRITE(rxq, RDBAH)
QUEUE_WRITE(rxq, RDLEN)
QUEUE_WRITE(rxq, SRRCTL)
QUEUE_WRITE(rxq, RXDCTL)
QUEUE_WRITE(txq, TDBAL)
QUEUE_WRITE(txq, TDBAH)
QUEUE_WRITE(txq, TDLEN)
QUEUE_WRITE(txq, TXDCTL)
QUEUE_WRITE(txq, TDWBAL)
QUEUE_WRITE(txq, TDWBAH)
#undef QUEUE_WRITE

static uint32_t
read_RDH(struct sl_softnic *nic, unsigned int i, bool peek)
{
	(void)peek;
	return nic->rxq[i].head;
}

static void
write_RDH(struct sl_softnic *nic, unsigned int i, uint32_t val)
{
	nic->rxq[i].head = val & UINT16_MAX;
	softnic_rxq_update(nic, i);
}

static uint32_t
read_RDT(struct sl_softnic *nic, unsigned int i, bool peek)
{
	(void)peek;
	return __atomic_load_n(&nic->rxq[i].tail, __ATOMIC_RELAXED);
}

static void
write_RDT(struct sl_softnic *nic, unsigned int i, uint32_t val)
{
	__atomic_store_n(&nic->rxq[i].tail, val & UINT16_MAX, __ATOMIC_RELEASE);
}

static uint32_t
read_TDH(struct sl_softnic *nic, unsigned int i, bool peek)
{
	(void)peek;
	return nic->txq[i].head;
}

static void
write_TDH(struct sl_softnic *nic, unsigned int i, uint32_t val)
{
	nic->txq[i].head = val & UINT16_MAX;
	softnic_txq_update(nic, i);
}

static uint32_t
read_TDT(struct sl_softnic *nic, unsigned int i, bool peek)
{
	(void)peek;
	return __atomic_load_n(&nic->txq[i].tail, __ATOMIC_RELAXED);
}

static void
write_TDT(struct sl_softnic *nic, unsigned int i, uint32_t val)
{
	__atomic_store_n(&nic->txq[i].tail, val & UINT16_MAX, __ATOMIC_RELEASE);
}

/* --- general --- */

static void
write_CTRL(struct sl_softnic *nic, unsigned int i, uint32_t val)
{
	(void)i;
	if ((val & SL_CTRL_RST) != 0 && !softnic_fault_on(nic, SL_FAULT_HUNG_RESET)) {
		softnic_reset(nic);
		return;
	}
	if ((val & SL_CTRL_PHY_RST) != 0 && (nic->r.CTRL[0] & SL_CTRL_PHY_RST) == 0)
		softnic_phy_reset(nic);
	nic->r.CTRL[0] = val;
	softnic_link_update(nic);
}

static uint32_t
read_STATUS(struct sl_softnic *nic, unsigned int i, bool peek)
{
	(void)i;
	(void)peek;
	return softnic_status(nic);
}

static void
write_MDIC(struct sl_softnic *nic, unsigned int i, uint32_t val)
{
	(void)i;
	nic->r.MDIC[0] = softnic_mdic_write(nic, val);
}

static void
write_EERD(struct sl_softnic *nic, unsigned int i, uint32_t val)
{
	(void)i;
	nic->r.EERD[0] = softnic_eerd_write(nic, val);
}

/* 8.4.1: access is granted as soon as it is asked for: no firmware competes. */
static void
write_EECD(struct sl_softnic *nic, unsigned int i, uint32_t val)
{
	const uint32_t fixed = SL_EECD_EE_PRES | SL_EECD_AUTO_RD | SL_EECD_EE_SIZE | SL_EECD_DO;

	(void)i;
	val = (val & ~(fixed | SL_EECD_EE_GNT)) | (nic->r.EECD[0] & fixed);
	if ((val & SL_EECD_EE_REQ) != 0)
		val |= SL_EECD_EE_GNT;
	nic->r.EECD[0] = val;
}

/* 8.6.10: a read gives SMBI and sets it, so that who read zero holds it. */
static uint32_t
read_SWSM(struct sl_softnic *nic, unsigned int i, bool peek)
{
	uint32_t val = nic->r.SWSM[0];

	(void)i;
	if (!peek)
		nic->r.SWSM[0] |= SL_SWSM_SMBI;
	return val;
}

static void
write_RCTL(struct sl_softnic *nic, unsigned int i, uint32_t val)
{
	unsigned int q;

	(void)i;
	nic->r.RCTL[0] = val;
	for (q = 0; q < SL_NIC_QUEUES; q++)
		nic->rxq[q].buf_size = rx_buf_size(nic, q);
}

static const struct reg_hook hooks[SL_REG_COUNT] = {
	[SL_CTRL] = {NULL, write_CTRL},
	[SL_STATUS] = {read_STATUS, NULL},
	[SL_MDIC] = {NULL, write_MDIC},
	[SL_EERD] = {NULL, write_EERD},
	[SL_EECD] = {NULL, write_EECD},
	[SL_SWSM] = {read_SWSM, NULL},
	[SL_RCTL] = {NULL, write_RCTL},
	[SL_RDBAL] = {NULL, write_RDBAL},
	[SL_RDBAH] = {NULL, write_RDBAH},
	[SL_RDLEN] = {NULL, write_RDLEN},
	[SL_SRRCTL] = {NULL, write_SRRCTL},
	[SL_RXDCTL] = {NULL, write_RXDCTL},
	[SL_RDH] = {read_RDH, write_RDH},
	[SL_RDT] = {read_RDT, write_RDT},
	[SL_TDBAL] = {NULL, write_TDBAL},
	[SL_TDBAH] = {NULL, write_TDBAH},
	[SL_TDLEN] = {NULL, write_TDLEN},
	[SL_TXDCTL] = {NULL, write_TXDCTL},
	[SL_TDWBAL] = {NULL, write_TDWBAL},
	[SL_TDWBAH] = {NULL, write_TDWBAH},
	[SL_TDH] = {read_TDH, write_TDH},
	[SL_TDT] = {read_TDT, write_TDT},
};

void
softnic_reset(struct sl_softnic *nic)
{
	unsigned int reg, i;

	for (reg = 0; reg < SL_REG_COUNT; reg++) {
		for (i = 0; i < sl_reg_table[reg].count; i++)
			*reg_cell(nic, reg, i) = sl_reg_table[reg].reset;
	}
	/* 8.10.10, 8.12.13: queue 0 alone is enabled by a reset. */
	nic->r.RXDCTL[0] |= SL_XDCTL_ENABLE;
	nic->r.TXDCTL[0] |= SL_XDCTL_ENABLE;
	for (i = 0; i < SL_NIC_QUEUES; i++) {
		nic->rxq[i].enabled = false;
		nic->txq[i].enabled = false;
		softnic_rxq_update(nic, i);
		softnic_txq_update(nic, i);
		nic->rxq[i].head = 0;
		nic->txq[i].head = 0;
		__atomic_store_n(&nic->rxq[i].tail, 0, __ATOMIC_RELAXED);
		__atomic_store_n(&nic->txq[i].tail, 0, __ATOMIC_RELAXED);
	}
	nic->good_rx_octets = 0;
	nic->good_tx_octets = 0;
	nic->total_rx_octets = 0;
	nic->total_tx_octets = 0;
	nic->irq_pending = 0;
	softnic_phy_reset(nic);
	softnic_nvm_load_mac(nic);
	softnic_link_update(nic);
}

/* --- access --- */

static const struct softnic_slot *
slot_of(const struct sl_softnic *nic, uint32_t off)
{
	static const struct softnic_slot none = {SL_REG_COUNT, 0};

	if (off >= SL_BAR_SIZE || off % sizeof(uint32_t) != 0)
		return &none;
	return &nic->map[off / sizeof(uint32_t)];
}

static uint32_t
reg_read(struct sl_softnic *nic, unsigned int reg, unsigned int i, bool peek)
{
	uint32_t *cell = reg_cell(nic, reg, i);
	uint32_t val;

	if (hooks[reg].read != NULL)
		return hooks[reg].read(nic, i, peek);
	val = *cell;
	switch (sl_reg_table[reg].access) {
	case SL_ACC_WO:
		return 0;
	case SL_ACC_RC:
	case SL_ACC_RCW1C:
		if (!peek)
			*cell = 0;
		return val;
	default:
		return val;
	}
}

uint32_t
sl_softnic_reg_read(struct sl_softnic *nic, uint32_t off)
{
	const struct softnic_slot *slot = slot_of(nic, off);
	uint32_t val = 0;

	softnic_lock(nic);
	if (softnic_fault_on(nic, SL_FAULT_REMOVED))
		val = SL_REG_GONE;
	else if (slot->reg != SL_REG_COUNT)
		val = reg_read(nic, slot->reg, slot->index, false);
	softnic_unlock(nic);
	return val;
}

static void
reg_write(struct sl_softnic *nic, unsigned int reg, unsigned int i, uint32_t val)
{
	uint32_t *cell = reg_cell(nic, reg, i);

	if (hooks[reg].write != NULL) {
		hooks[reg].write(nic, i, val);
		return;
	}
	switch (sl_reg_table[reg].access) {
	case SL_ACC_RW:
	case SL_ACC_WO:
		*cell = val;
		break;
	case SL_ACC_W1C:
	case SL_ACC_RCW1C:
		*cell &= ~val;
		break;
	case SL_ACC_W1S:
		*cell |= val;
		break;
	default:
		break;
	}
}

void
sl_softnic_reg_write(struct sl_softnic *nic, uint32_t off, uint32_t val)
{
	const struct softnic_slot *slot = slot_of(nic, off);

	softnic_lock(nic);
	if (!softnic_fault_on(nic, SL_FAULT_REMOVED) && slot->reg != SL_REG_COUNT)
		reg_write(nic, slot->reg, slot->index, val);
	if (nic->irq_pending != 0)
		softnic_irq_flush(nic);
	softnic_unlock(nic);
}

volatile uint32_t *
sl_softnic_doorbell(struct sl_softnic *nic, uint32_t off)
{
	const struct softnic_slot *slot = slot_of(nic, off);

	if (slot->reg == SL_RDT)
		return &nic->rxq[slot->index].tail;
	if (slot->reg == SL_TDT)
		return &nic->txq[slot->index].tail;
	return NULL;
}

void
sl_softnic_dump(struct sl_softnic *nic, FILE *f)
{
	unsigned int reg, i;

	softnic_lock(nic);
	for (reg = 0; reg < SL_REG_COUNT; reg++) {
		const struct sl_reg_row *row = &sl_reg_table[reg];

		for (i = 0; i < row->count; i++) {
			fprintf(f, "0x%05" PRIx32 " %-10s", row->offset + i * row->stride, row->name);
			fprintf(f, row->count > 1 ? "[%3u]" : "     ", i);
			fprintf(f, " 0x%08" PRIx32 "  %s\n", reg_read(nic, reg, i, true), row->meaning);
		}
	}
	softnic_unlock(nic);
}

static uint32_t
bus_read(void *dev, uint32_t off)
{
	return sl_softnic_reg_read(dev, off);
}

static void
bus_write(void *dev, uint32_t off, uint32_t val)
{
	sl_softnic_reg_write(dev, off, val);
}

static volatile uint32_t *
bus_doorbell(void *dev, uint32_t off)
{
	return sl_softnic_doorbell(dev, off);
}

struct sl_bus
sl_softnic_bus(struct sl_softnic *nic)
{
	static const struct sl_bus_ops ops = {
		.read = bus_read,
		.write = bus_write,
		.doorbell = bus_doorbell,
	};

	return (struct sl_bus){.ops = &ops, .dev = nic};
}
