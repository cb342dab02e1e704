/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 *
 * Register reads and writes: what the table says, and for the registers that
 * do more, a hook. Also what CTRL.RST does.
 */
#include <inttypes.h>
#include <string.h>

#include "softnic_engine.h"

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
#include "family.def"
#undef SL_REG
	};

	return (uint32_t *)&nic->r + base[reg] + i;
}

void
softnic_map_build(struct sl_softnic *nic)
{
	unsigned int i, e;

	for (i = 0; i < SL_BAR_SIZE / sizeof(uint32_t); i++)
		nic->map[i].reg = SL_REG_COUNT;
	for (i = 0; i < sl_reg_ranges(&sl_regs_82576); i++) {
		const struct sl_reg_range r = sl_reg_range(&sl_regs_82576, i);

		for (e = 0; e < r.count; e++) {
			uint32_t off = r.offset + e * r.stride;

			nic->map[off / sizeof(uint32_t)] =
				(struct softnic_slot){.reg = r.reg, .index = (uint16_t)e};
		}
	}
}

/* --- queues --- */

/* 8.10.5, 8.10.7: the low bits of base and length are not kept; most likely a mistake. */
static uint32_t
ring_reg(struct sl_softnic *nic, uint32_t val)
{
	if (val % SL_QUEUE_RING_ALIGN != 0)
		softnic_complain(nic, SOFTNIC_BAD_RING, val);
	return val & ~(SL_QUEUE_RING_ALIGN - 1);
}

/* 8.10.7, 8.12.10 */
static uint32_t
ring_len(struct sl_softnic *nic, uint32_t val)
{
	return ring_reg(nic, val) & SL_XDLEN_UNITS;
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

/* Forget what was fetched, and what a fault holds back. */
static void
rxq_flush(struct sl_softnic *nic, unsigned int q)
{
	nic->rxq[q].fetched = 0;
	nic->rxq[q].taken = 0;
	nic->rx_held &= ~SL_BIT(q);
}

static uint32_t
ring_count(uint32_t len)
{
	return SL_GET(SL_XDLEN_UNITS, len) * (SL_QUEUE_RING_ALIGN / SL_DESC_SIZE);
}

/* Whether a fault has the queue in its mask. */
static bool
queue_fault(const struct sl_softnic *nic, enum sl_fault fault, unsigned int bit)
{
	return softnic_fault_on(nic, fault) && (nic->fault[fault].arg & SL_BIT(bit)) != 0;
}

/* Enabled as its register says, and a queue that lies for as long as it has been. */
static bool
queue_enabled(const struct sl_softnic *nic, uint32_t xdctl, bool before, unsigned int bit)
{
	return (xdctl & SL_XDCTL_ENABLE) != 0 ||
		(before && queue_fault(nic, SL_FAULT_LYING_QUEUE, bit));
}

void
softnic_rxq_update(struct sl_softnic *nic, unsigned int q)
{
	struct softnic_rxq *rxq = &nic->rxq[q];
	uint64_t base = reg_u64(nic->r.RDBAH[q], nic->r.RDBAL[q]);
	bool enable = queue_enabled(nic, nic->r.RXDCTL[q], rxq->enabled, q);
	uint32_t count = enable ? ring_count(nic->r.RDLEN[q]) : 0;

	if (count != 0 && SL_GET(SL_SRRCTL_DESCTYPE, nic->r.SRRCTL[q]) != SL_DESCTYPE_ADV_ONEBUF) {
		/* While receive is off the driver may be about to write SRRCTL: queue 0 is born on.
		 */
		if ((nic->r.RCTL[0] & SL_RCTL_RXEN) != 0)
			softnic_complain(nic, SOFTNIC_BAD_DESCTYPE, nic->r.SRRCTL[q]);
		count = 0;
	}
	if (base != rxq->base || count != rxq->count)
		rxq_flush(nic, q);
	/* 8.10.10: setting ENABLE initialises the queue's internal state. */
	if (enable && !rxq->enabled) {
		rxq->head = 0;
		__atomic_store_n(&rxq->tail, 0, __ATOMIC_RELAXED);
	}
	rxq->base = base;
	rxq->count = count;
	rxq->enabled = enable;
	rxq->buf_size = rx_buf_size(nic, q);
	rxq->low_mark = SL_GET(SL_SRRCTL_RDMTS, nic->r.SRRCTL[q]) * SL_SRRCTL_RDMTS_UNIT;
	rxq->drop_en = (nic->r.SRRCTL[q] & SL_SRRCTL_DROP_EN) != 0;
	nic->rx_mask &= ~SL_BIT(q);
	if (count != 0)
		nic->rx_mask |= SL_BIT(q);
}

void
softnic_txq_update(struct sl_softnic *nic, unsigned int q)
{
	struct softnic_txq *txq = &nic->txq[q];
	bool enable = queue_enabled(nic, nic->r.TXDCTL[q], txq->enabled, q + SL_NIC_QUEUES);
	uint32_t wb_low = nic->r.TDWBAL[q];

	txq->base = reg_u64(nic->r.TDBAH[q], nic->r.TDBAL[q]);
	txq->count = enable ? ring_count(nic->r.TDLEN[q]) : 0;
	txq->wb_on = (wb_low & SL_TDWBAL_HEAD_WB_EN) != 0;
	txq->wb_addr =
		reg_u64(nic->r.TDWBAH[q], wb_low & ~(SL_TDWBAL_HEAD_WB_EN | SL_TDWBAL_WB_ON_EITR));
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

void
softnic_queues_update(struct sl_softnic *nic)
{
	unsigned int q;

	for (q = 0; q < SL_NIC_QUEUES; q++) {
		softnic_rxq_update(nic, q);
		softnic_txq_update(nic, q);
	}
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

/* ENABLE that a fault keeps set. */
static uint32_t
stuck(const struct sl_softnic *nic, uint32_t xdctl, unsigned int bit)
{
	return queue_fault(nic, SL_FAULT_STUCK_QUEUE, bit) ? xdctl & SL_XDCTL_ENABLE : 0;
}

#define QUEUE_WRITE(dir, name, kept) \
	static void write_##name(struct sl_softnic *nic, unsigned int i, uint32_t val) \
	{ \
		dir##_write(nic, SL_##name, i, kept); \
	}
QUEUE_WRITE(rxq, RDBAL, ring_reg(nic, val))
QUEUE_WRITE(rxq, RDBAH, val)
QUEUE_WRITE(rxq, RDLEN, ring_len(nic, val))
QUEUE_WRITE(rxq, SRRCTL, val)
QUEUE_WRITE(rxq, RXDCTL, val | stuck(nic, nic->r.RXDCTL[i], i))
QUEUE_WRITE(txq, TDBAL, ring_reg(nic, val))
QUEUE_WRITE(txq, TDBAH, val)
QUEUE_WRITE(txq, TDLEN, ring_len(nic, val))
QUEUE_WRITE(txq, TXDCTL, val | stuck(nic, nic->r.TXDCTL[i], i + SL_NIC_QUEUES))
QUEUE_WRITE(txq, TDWBAL, val)
QUEUE_WRITE(txq, TDWBAH, val)
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
	rxq_flush(nic, i);
}

static uint32_t
read_RDT(struct sl_softnic *nic, unsigned int i, bool peek)
{
	(void)peek;
	return softnic_bell(&nic->rxq[i].tail);
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
}

static uint32_t
read_TDT(struct sl_softnic *nic, unsigned int i, bool peek)
{
	(void)peek;
	return softnic_bell(&nic->txq[i].tail);
}

static void
write_TDT(struct sl_softnic *nic, unsigned int i, uint32_t val)
{
	__atomic_store_n(&nic->txq[i].tail, val & UINT16_MAX, __ATOMIC_RELEASE);
}

/* --- general --- */

/* 8.2.1 */
static void
write_CTRL(struct sl_softnic *nic, unsigned int i, uint32_t val)
{
	(void)i;
	if ((val & SL_CTRL_RST) != 0 && !softnic_fault_on(nic, SL_FAULT_HUNG_RESET)) {
		softnic_reset(nic);
		return;
	}
	if ((val & SL_CTRL_PHY_RST) != 0 && (nic->r.CTRL[0] & SL_CTRL_PHY_RST) == 0) {
		softnic_phy_reset(nic);
		nic->r.STATUS[0] |= SL_STATUS_PHYRA;
	}
	nic->r.CTRL[0] = val;
	softnic_link_update(nic);
}

/* 8.2.3: EE_RST loads the NVM's words again; it and ASDCHK clear themselves. */
static void
write_CTRL_EXT(struct sl_softnic *nic, unsigned int i, uint32_t val)
{
	(void)i;
	if ((val & SL_CTRL_EXT_EE_RST) != 0)
		softnic_nvm_load_mac(nic);
	nic->r.CTRL_EXT[0] = val & ~(SL_CTRL_EXT_EE_RST | SL_CTRL_EXT_ASDCHK);
}

static uint32_t
read_STATUS(struct sl_softnic *nic, unsigned int i, bool peek)
{
	(void)i;
	(void)peek;
	return softnic_status(nic);
}

/* 8.2.2: of all its bits software may clear PHYRA alone, by a zero. */
static void
write_STATUS(struct sl_softnic *nic, unsigned int i, uint32_t val)
{
	(void)i;
	if ((val & SL_STATUS_PHYRA) == 0)
		nic->r.STATUS[0] &= ~SL_STATUS_PHYRA;
}

static void
write_MDIC(struct sl_softnic *nic, unsigned int i, uint32_t val)
{
	(void)i;
	softnic_mdic_write(nic, val);
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

/* 8.6.10: SMBI is only ever cleared by software; SWESMBI it may take: no firmware competes. */
static void
write_SWSM(struct sl_softnic *nic, unsigned int i, uint32_t val)
{
	(void)i;
	nic->r.SWSM[0] = (nic->r.SWSM[0] & val & SL_SWSM_SMBI) | (val & SL_SWSM_SWESMBI);
}

static void
write_RCTL(struct sl_softnic *nic, unsigned int i, uint32_t val)
{
	unsigned int q;

	(void)i;
	nic->r.RCTL[0] = val;
	if ((val & SL_RCTL_RXEN) == 0)
		softnic_fifo_flush(nic);
	/* BSIZE counts for the queues, and RXEN for what is said of them. */
	for (q = 0; q < SL_NIC_QUEUES; q++)
		softnic_rxq_update(nic, q);
}

#define ADDR_WRITE(name) \
	static void write_##name(struct sl_softnic *nic, unsigned int i, uint32_t val) \
	{ \
		nic->r.name[i] = val; \
		softnic_addr_update(nic); \
	}
ADDR_WRITE(RAL)
ADDR_WRITE(RAH)
ADDR_WRITE(RAL2)
ADDR_WRITE(RAH2)
#undef ADDR_WRITE

/* --- interrupts: 8.8 --- */

/* Extended causes that there are: 8.8.1. */
static uint32_t
eicr_bits(const struct sl_softnic *nic)
{
	return (nic->r.GPIE[0] & SL_GPIE_MULTIPLE_MSIX) != 0 ? SL_EICR_MSIX : SL_EICR_NO_MSIX;
}

static uint32_t
read_ICR(struct sl_softnic *nic, unsigned int i, bool peek)
{
	(void)i;
	return peek ? nic->r.ICR[0] : softnic_icr_read(nic);
}

static void
write_ICR(struct sl_softnic *nic, unsigned int i, uint32_t val)
{
	(void)i;
	softnic_icr_write(nic, val);
}

static void
write_ICS(struct sl_softnic *nic, unsigned int i, uint32_t val)
{
	(void)i;
	softnic_irq_cause(nic, val);
}

static void
write_IMS(struct sl_softnic *nic, unsigned int i, uint32_t val)
{
	(void)i;
	softnic_irq_unmask(nic, val & SL_ICR_CAUSES, 0);
}

static void
write_IMC(struct sl_softnic *nic, unsigned int i, uint32_t val)
{
	(void)i;
	nic->r.IMS[0] &= ~val;
}

static uint32_t
read_EICR(struct sl_softnic *nic, unsigned int i, bool peek)
{
	(void)i;
	return peek ? nic->r.EICR[0] : softnic_eicr_read(nic);
}

static void
write_EICR(struct sl_softnic *nic, unsigned int i, uint32_t val)
{
	(void)i;
	softnic_eicr_write(nic, val & eicr_bits(nic));
}

static void
write_EICS(struct sl_softnic *nic, unsigned int i, uint32_t val)
{
	(void)i;
	softnic_irq_raise(nic, val & eicr_bits(nic));
}

static void
write_EIMS(struct sl_softnic *nic, unsigned int i, uint32_t val)
{
	(void)i;
	softnic_irq_unmask(nic, 0, val & eicr_bits(nic));
}

static void
write_EIMC(struct sl_softnic *nic, unsigned int i, uint32_t val)
{
	(void)i;
	nic->r.EIMS[0] &= ~(val & eicr_bits(nic));
}

static void
write_EIAM(struct sl_softnic *nic, unsigned int i, uint32_t val)
{
	(void)i;
	nic->r.EIAM[0] = val & eicr_bits(nic);
}

/* --- octet counters: 8.18.30 --- */

#define OCTETS_READ(low, high, which) \
	static uint32_t read_##low(struct sl_softnic *nic, unsigned int i, bool peek) \
	{ \
		(void)i; \
		return softnic_octets_low(nic, which, peek); \
	} \
	static uint32_t read_##high(struct sl_softnic *nic, unsigned int i, bool peek) \
	{ \
		(void)i; \
		return softnic_octets_high(nic, which, peek); \
	}
OCTETS_READ(GORCL, GORCH, SOFTNIC_OCT_GORC)
OCTETS_READ(GOTCL, GOTCH, SOFTNIC_OCT_GOTC)
OCTETS_READ(TORL, TORH, SOFTNIC_OCT_TOR)
OCTETS_READ(TOTL, TOTH, SOFTNIC_OCT_TOT)
OCTETS_READ(HGORCL, HGORCH, SOFTNIC_OCT_HGORC)
OCTETS_READ(HGOTCL, HGOTCH, SOFTNIC_OCT_HGOTC)
#undef OCTETS_READ

static const struct reg_hook hooks[SL_REG_COUNT] = {
	[SL_CTRL] = {NULL, write_CTRL},
	[SL_STATUS] = {read_STATUS, write_STATUS},
	[SL_CTRL_EXT] = {NULL, write_CTRL_EXT},
	[SL_MDIC] = {NULL, write_MDIC},
	[SL_EERD] = {NULL, write_EERD},
	[SL_EECD] = {NULL, write_EECD},
	[SL_SWSM] = {read_SWSM, write_SWSM},
	[SL_ICR] = {read_ICR, write_ICR},
	[SL_ICS] = {NULL, write_ICS},
	[SL_IMS] = {NULL, write_IMS},
	[SL_IMC] = {NULL, write_IMC},
	[SL_EICR] = {read_EICR, write_EICR},
	[SL_EICS] = {NULL, write_EICS},
	[SL_EIMS] = {NULL, write_EIMS},
	[SL_EIMC] = {NULL, write_EIMC},
	[SL_EIAM] = {NULL, write_EIAM},
	[SL_RCTL] = {NULL, write_RCTL},
	[SL_RAL] = {NULL, write_RAL},
	[SL_RAH] = {NULL, write_RAH},
	[SL_RAL2] = {NULL, write_RAL2},
	[SL_RAH2] = {NULL, write_RAH2},
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
	[SL_GORCL] = {read_GORCL, NULL},
	[SL_GORCH] = {read_GORCH, NULL},
	[SL_GOTCL] = {read_GOTCL, NULL},
	[SL_GOTCH] = {read_GOTCH, NULL},
	[SL_TORL] = {read_TORL, NULL},
	[SL_TORH] = {read_TORH, NULL},
	[SL_TOTL] = {read_TOTL, NULL},
	[SL_TOTH] = {read_TOTH, NULL},
	[SL_HGORCL] = {read_HGORCL, NULL},
	[SL_HGORCH] = {read_HGORCH, NULL},
	[SL_HGOTCL] = {read_HGOTCL, NULL},
	[SL_HGOTCH] = {read_HGOTCH, NULL},
};

/* 4.2.1.6.2: registers that a software reset leaves alone. */
static bool
survives_reset(unsigned int reg)
{
	return reg == SL_RXPBS || reg == SL_TXPBS || reg == SL_EITR;
}

static void
regs_reset(struct sl_softnic *nic, bool power_up)
{
	unsigned int reg, i;

	for (reg = 0; reg < SL_REG_COUNT; reg++) {
		if (survives_reset(reg) && !power_up)
			continue;
		for (i = 0; i < sl_reg_table[reg].count; i++)
			*reg_cell(nic, reg, i) = sl_reg_table[reg].reset;
	}
	nic->r.EECD[0] = SL_SET(SL_EECD_EE_SIZE, nic->r.EECD[0], SOFTNIC_NVM_SIZE);
	/* 8.10.10, 8.12.13: queue 0 alone is enabled by a reset. 8.10.2: it alone does not drop. */
	nic->r.RXDCTL[0] |= SL_XDCTL_ENABLE;
	nic->r.TXDCTL[0] |= SL_XDCTL_ENABLE;
	for (i = 1; i < SL_NIC_QUEUES; i++)
		nic->r.SRRCTL[i] |= SL_SRRCTL_DROP_EN;
}

static void
device_reset(struct sl_softnic *nic, bool power_up)
{
	unsigned int q;

	softnic_fifo_flush(nic);
	regs_reset(nic, power_up);
	for (q = 0; q < SL_NIC_QUEUES; q++) {
		rxq_flush(nic, q);
		nic->rxq[q].enabled = false;
		nic->rxq[q].head = 0;
		nic->txq[q].enabled = false;
		nic->txq[q].head = 0;
		/* A queue that is off keeps its tail; after a reset there is none. */
		__atomic_store_n(&nic->rxq[q].tail, 0, __ATOMIC_RELAXED);
		__atomic_store_n(&nic->txq[q].tail, 0, __ATOMIC_RELAXED);
		softnic_rxq_update(nic, q);
		softnic_txq_update(nic, q);
	}
	memset(nic->oct, 0, sizeof(nic->oct));
	nic->irq_pending = 0;
	if (power_up)
		softnic_phy_reset(nic);
	softnic_nvm_load_mac(nic);
	softnic_link_update(nic);
}

void
softnic_reset(struct sl_softnic *nic)
{
	device_reset(nic, false);
}

void
softnic_power_up(struct sl_softnic *nic)
{
	device_reset(nic, true);
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
	if (softnic_fault_on(nic, SL_FAULT_REMOVED) || softnic_fault_on(nic, SL_FAULT_DEAF))
		val = SL_REG_GONE;
	else if (slot->reg != SL_REG_COUNT)
		val = reg_read(nic, slot->reg, slot->index, false);
	if (__builtin_expect(nic->on_read != NULL, 0))
		val = nic->on_read(nic->on_read_ctx, off, val);
	softnic_unlock(nic);
	return val;
}

void
sl_softnic_on_read(struct sl_softnic *nic, sl_softnic_read_fn fn, void *ctx)
{
	softnic_lock(nic);
	nic->on_read = fn;
	nic->on_read_ctx = ctx;
	softnic_unlock(nic);
}

/* What is kept of a write to a register that has reserved bits, which read as zero. */
static uint32_t
kept(unsigned int reg)
{
	static const uint32_t bits[SL_REG_COUNT] = {
		[SL_FCAH] = SL_FCAH_ADDR,
		[SL_FCT] = SL_FCT_TYPE,
		[SL_FCTTV] = SL_FCTTV_TTV,
		[SL_FCRTV] = SL_FCRTV_TH,
		[SL_FCRTL0] = SL_FCRTL_RTL | SL_FCRTL_XONE,
		[SL_FCRTH0] = SL_FCRTH_RTH,
		[SL_EITR] = ~SL_EITR_CNT_IGNR,
		[SL_EIAC] = SL_EICR_MSIX,
	};

	return bits[reg] != 0 ? bits[reg] : UINT32_MAX;
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
		*cell = val & kept(reg);
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
	if (!softnic_fault_on(nic, SL_FAULT_REMOVED) && !softnic_fault_on(nic, SL_FAULT_DEAF) &&
		slot->reg != SL_REG_COUNT)
		reg_write(nic, slot->reg, slot->index, val);
	if (nic->irq_pending != 0)
		softnic_irq_flush(nic);
	softnic_unlock(nic);
}

uint16_t
sl_softnic_command(struct sl_softnic *nic)
{
	uint16_t val;

	softnic_lock(nic);
	val = softnic_fault_on(nic, SL_FAULT_REMOVED) ? UINT16_MAX : nic->command;
	softnic_unlock(nic);
	return val;
}

void
sl_softnic_command_write(struct sl_softnic *nic, uint16_t val)
{
	softnic_lock(nic);
	if (!softnic_fault_on(nic, SL_FAULT_MASTER_STUCK) &&
		!softnic_fault_on(nic, SL_FAULT_REMOVED))
		nic->command = val & SL_PCI_COMMAND_MASTER;
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
			fprintf(f, "0x%05" PRIx32 " %-10s", row->offset + i * row->stride,
				row->name);
			fprintf(f, row->count > 1 ? "[%3u]" : "     ", i);
			fprintf(f, " 0x%08" PRIx32 "  %s\n", reg_read(nic, reg, i, true),
				row->meaning);
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
