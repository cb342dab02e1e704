/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 *
 * The face of an 82599. A register is one of three kinds: the 82576's of
 * another offset (same[]), one that is worked out (hooks[]), or a word that
 * keeps what is written to it, as its row says.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "sl_bits.h"
#include "sl_fields.h"
#include "sl_regs_82599.h"
#include "sl_softnic_82599.h"

/** What a 4-byte slot of the BAR means. */
struct face_slot {
	uint16_t reg; /**< enum sl_82599_reg, or SL_82599_REG_COUNT: none */
	uint16_t index;
};

struct sl_softnic_82599 {
	struct sl_softnic *nic;
	struct sl_bus core; /**< of the nic */
	struct face_slot map[SL_82599_BAR_SIZE / sizeof(uint32_t)];
	uint32_t value[SL_82599_BAR_SIZE / sizeof(uint32_t)]; /**< by the offset of the row */
};

/** What a register does beyond its row. */
struct face_hook {
	uint32_t (*read)(struct sl_softnic_82599 *f, unsigned int i);
	void (*write)(struct sl_softnic_82599 *f, unsigned int i, uint32_t val);
};

/* Registers that the 82576 has too, with the same fields; its row, plus one. */
static const uint16_t same[SL_82599_REG_COUNT] = {
#define SAME(name) [SL_82599_##name] = SL_##name + 1
	SAME(SWSM),
	SAME(MTA),
	SAME(RAL),
	SAME(RAH),
	SAME(RETA),
	SAME(RSSRK),
	SAME(RDBAL),
	SAME(RDBAH),
	SAME(RDLEN),
	SAME(RDH),
	SAME(RDT),
	SAME(RXDCTL),
	SAME(TDBAL),
	SAME(TDBAH),
	SAME(TDLEN),
	SAME(TDH),
	SAME(TDT),
	SAME(TXDCTL),
	SAME(TDWBAL),
	SAME(TDWBAH),
#undef SAME
};

static uint32_t
core_off(unsigned int reg, unsigned int i)
{
	const struct sl_reg_row *row = &sl_reg_table[same[reg] - 1];

	return row->offset + i * row->stride;
}

static uint32_t *
cell(struct sl_softnic_82599 *f, unsigned int reg, unsigned int i)
{
	const struct sl_reg_row *row = &sl_82599_table[reg];

	return &f->value[(row->offset + i * row->stride) / sizeof(uint32_t)];
}

/* --- what the receive and transmit units are told --- */

static void
rx_update(struct sl_softnic_82599 *f)
{
	const uint32_t hlreg0 = *cell(f, SL_82599_HLREG0, 0);
	const uint32_t fctrl = *cell(f, SL_82599_FCTRL, 0);
	uint32_t rctl = 0;

	if ((*cell(f, SL_82599_RXCTRL, 0) & SL_82599_RXCTRL_RXEN) != 0)
		rctl |= SL_RCTL_RXEN;
	if ((fctrl & SL_82599_FCTRL_UPE) != 0)
		rctl |= SL_RCTL_UPE;
	if ((fctrl & SL_82599_FCTRL_MPE) != 0)
		rctl |= SL_RCTL_MPE;
	if ((fctrl & SL_82599_FCTRL_BAM) != 0)
		rctl |= SL_RCTL_BAM;
	if ((hlreg0 & SL_82599_HLREG0_RXCRCSTRP) != 0)
		rctl |= SL_RCTL_SECRC;
	if ((hlreg0 & SL_82599_HLREG0_JUMBOEN) != 0)
		rctl |= SL_RCTL_LPE;
	if ((hlreg0 & SL_82599_HLREG0_LPBK) != 0)
		rctl |= SL_PREP(SL_RCTL_LBM, SL_LBM_MAC);
	SL_WR(&f->core, RLPML, 0, SL_GET(SL_82599_MAXFRS_MFS, *cell(f, SL_82599_MAXFRS, 0)));
	SL_WR(&f->core, RCTL, 0, rctl);
}

static void
tx_update(struct sl_softnic_82599 *f)
{
	uint32_t tctl = 0;

	if ((*cell(f, SL_82599_DMATXCTL, 0) & SL_82599_DMATXCTL_TE) != 0)
		tctl |= SL_TCTL_EN;
	if ((*cell(f, SL_82599_HLREG0, 0) & SL_82599_HLREG0_TXPADEN) != 0)
		tctl |= SL_TCTL_PSP;
	SL_WR(&f->core, TCTL, 0, tctl);
}

#define RX_WRITE(name) \
	static void write_##name(struct sl_softnic_82599 *f, unsigned int i, uint32_t val) \
	{ \
		*cell(f, SL_82599_##name, i) = val; \
		rx_update(f); \
	}
RX_WRITE(FCTRL)
RX_WRITE(RXCTRL)
RX_WRITE(MAXFRS)
#undef RX_WRITE

static void
write_DMATXCTL(struct sl_softnic_82599 *f, unsigned int i, uint32_t val)
{
	*cell(f, SL_82599_DMATXCTL, i) = val;
	tx_update(f);
}

static void
write_HLREG0(struct sl_softnic_82599 *f, unsigned int i, uint32_t val)
{
	*cell(f, SL_82599_HLREG0, i) = val;
	rx_update(f);
	tx_update(f);
}

static void
write_SRRCTL(struct sl_softnic_82599 *f, unsigned int i, uint32_t val)
{
	uint32_t srrctl = val & (SL_82599_SRRCTL_BSIZEPACKET | SL_SRRCTL_DESCTYPE);

	*cell(f, SL_82599_SRRCTL, i) = val;
	if ((val & SL_82599_DROP_EN) != 0)
		srrctl |= SL_SRRCTL_DROP_EN;
	SL_WR(&f->core, SRRCTL, i, srrctl);
}

static void
write_MRQC(struct sl_softnic_82599 *f, unsigned int i, uint32_t val)
{
	uint32_t mrqc = val & SL_82599_MRQC_FIELDS;

	*cell(f, SL_82599_MRQC, i) = val;
	if (SL_GET(SL_82599_MRQC_MODE, val) == SL_82599_MRQC_RSS)
		mrqc |= SL_PREP(SL_MRQC_ENABLE, SL_MRQC_RSS_4Q);
	SL_WR(&f->core, MRQC, 0, mrqc);
}

/* Of the checksums' results this face has none; PCSD puts the hash where they would be. */
static void
write_RXCSUM(struct sl_softnic_82599 *f, unsigned int i, uint32_t val)
{
	*cell(f, SL_82599_RXCSUM, i) = val;
	SL_WR(&f->core, RXCSUM, 0, val & SL_RXCSUM_PCSD);
}

/* --- reset, link, NVM, MDI --- */

/* As after CTRL.RST. The 82576's link needs to be told to be up; here it is so by itself. */
static void
face_reset(struct sl_softnic_82599 *f)
{
	unsigned int reg, i;

	SL_WR(&f->core, CTRL, 0, SL_CTRL_RST);
	for (reg = 0; reg < SL_82599_REG_COUNT; reg++) {
		for (i = 0; i < sl_82599_table[reg].count; i++)
			*cell(f, reg, i) = sl_82599_table[reg].reset;
	}
	SL_WR(&f->core, CTRL, 0, SL_RD(&f->core, CTRL, 0) | SL_CTRL_SLU);
	SL_WR(&f->core, RXDCTL, 0, 0);
	SL_WR(&f->core, TXDCTL, 0, 0);
	write_RXCSUM(f, 0, *cell(f, SL_82599_RXCSUM, 0));
	rx_update(f);
	tx_update(f);
}

static void
write_CTRL(struct sl_softnic_82599 *f, unsigned int i, uint32_t val)
{
	uint32_t core = SL_RD(&f->core, CTRL, 0) & ~SL_CTRL_GIO_MASTER_DISABLE;

	if ((val & (SL_CTRL_RST | SL_82599_CTRL_LNK_RST)) != 0) {
		face_reset(f);
		return;
	}
	*cell(f, SL_82599_CTRL, i) = val;
	SL_WR(&f->core, CTRL, 0, core | (val & SL_CTRL_GIO_MASTER_DISABLE));
}

static uint32_t
read_STATUS(struct sl_softnic_82599 *f, unsigned int i)
{
	(void)i;
	return SL_RD(&f->core, STATUS, 0) & SL_STATUS_GIO_MASTER_ENABLE;
}

static uint32_t
read_LINKS(struct sl_softnic_82599 *f, unsigned int i)
{
	(void)i;
	if ((SL_RD(&f->core, STATUS, 0) & SL_STATUS_LU) == 0)
		return 0;
	return SL_82599_LINKS_UP | SL_PREP(SL_82599_LINKS_SPEED, SL_82599_SPEED_10G);
}

static uint16_t
nvm_word(uint32_t addr)
{
	switch (addr) {
	case SL_82599_NVM_DEVICE_CAPS:
		return SL_82599_NVM_CAPS_NO_CROSSTALK;
	case SL_NVM_CHECKSUM:
		return SL_NVM_SUM - SL_82599_NVM_CAPS_NO_CROSSTALK;
	default:
		return 0;
	}
}

static void
write_EERD(struct sl_softnic_82599 *f, unsigned int i, uint32_t val)
{
	uint32_t addr = SL_GET(SL_EERD_ADDR, val);

	if ((val & SL_EERD_START) != 0)
		val = SL_PREP(SL_EERD_ADDR, addr) | SL_EERD_DONE |
			SL_PREP(SL_EERD_DATA, nvm_word(addr));
	*cell(f, SL_82599_EERD, i) = val;
}

/* Done as soon as written. */
static void
write_MSCA(struct sl_softnic_82599 *f, unsigned int i, uint32_t val)
{
	*cell(f, SL_82599_MSCA, i) = val & ~SL_82599_MSCA_COMMAND;
}

static void
write_EIMC(struct sl_softnic_82599 *f, unsigned int i, uint32_t val)
{
	*cell(f, SL_82599_EIMS, i) &= ~val;
}

static const struct face_hook hooks[SL_82599_REG_COUNT] = {
	[SL_82599_CTRL] = {NULL, write_CTRL},
	[SL_82599_STATUS] = {read_STATUS, NULL},
	[SL_82599_EERD] = {NULL, write_EERD},
	[SL_82599_EIMC] = {NULL, write_EIMC},
	[SL_82599_FCTRL] = {NULL, write_FCTRL},
	[SL_82599_RXCTRL] = {NULL, write_RXCTRL},
	[SL_82599_MAXFRS] = {NULL, write_MAXFRS},
	[SL_82599_HLREG0] = {NULL, write_HLREG0},
	[SL_82599_DMATXCTL] = {NULL, write_DMATXCTL},
	[SL_82599_SRRCTL] = {NULL, write_SRRCTL},
	[SL_82599_MRQC] = {NULL, write_MRQC},
	[SL_82599_RXCSUM] = {NULL, write_RXCSUM},
	[SL_82599_LINKS] = {read_LINKS, NULL},
	[SL_82599_MSCA] = {NULL, write_MSCA},
};

/* --- access --- */

static const struct face_slot *
slot_of(const struct sl_softnic_82599 *f, uint32_t off)
{
	static const struct face_slot none = {SL_82599_REG_COUNT, 0};

	if (off >= SL_82599_BAR_SIZE || off % sizeof(uint32_t) != 0)
		return &none;
	return &f->map[off / sizeof(uint32_t)];
}

static uint32_t
face_read(void *dev, uint32_t off)
{
	struct sl_softnic_82599 *f = dev;
	const struct face_slot *s = slot_of(f, off);
	uint32_t *word, val;

	if (s->reg == SL_82599_REG_COUNT)
		return 0;
	if (same[s->reg] != 0)
		return sl_bus_read(&f->core, core_off(s->reg, s->index));
	if (hooks[s->reg].read != NULL)
		return hooks[s->reg].read(f, s->index);
	word = cell(f, s->reg, s->index);
	val = *word;
	switch (sl_82599_table[s->reg].access) {
	case SL_ACC_WO:
		return 0;
	case SL_ACC_RC:
	case SL_ACC_RCW1C:
		*word = 0;
		return val;
	default:
		return val;
	}
}

static void
face_write(void *dev, uint32_t off, uint32_t val)
{
	struct sl_softnic_82599 *f = dev;
	const struct face_slot *s = slot_of(f, off);
	uint32_t *word;

	if (s->reg == SL_82599_REG_COUNT)
		return;
	if (same[s->reg] != 0) {
		sl_bus_write(&f->core, core_off(s->reg, s->index), val);
		return;
	}
	if (hooks[s->reg].write != NULL) {
		hooks[s->reg].write(f, s->index, val);
		return;
	}
	word = cell(f, s->reg, s->index);
	switch (sl_82599_table[s->reg].access) {
	case SL_ACC_RW:
		*word = val;
		break;
	case SL_ACC_RCW1C:
	case SL_ACC_W1C:
		*word &= ~val;
		break;
	case SL_ACC_W1S:
		*word |= val;
		break;
	default:
		break;
	}
}

static volatile uint32_t *
face_doorbell(void *dev, uint32_t off)
{
	struct sl_softnic_82599 *f = dev;
	const struct face_slot *s = slot_of(f, off);

	if (s->reg != SL_82599_RDT && s->reg != SL_82599_TDT)
		return NULL;
	return sl_softnic_doorbell(f->nic, core_off(s->reg, s->index));
}

struct sl_bus
sl_softnic_82599_bus(struct sl_softnic_82599 *face)
{
	static const struct sl_bus_ops ops = {
		.read = face_read,
		.write = face_write,
		.doorbell = face_doorbell,
	};

	return (struct sl_bus){.ops = &ops, .dev = face};
}

int
sl_softnic_82599_create(struct sl_softnic *nic, struct sl_softnic_82599 **out)
{
	struct sl_softnic_82599 *f;
	unsigned int i, e;

	if (nic == NULL || out == NULL)
		return -EINVAL;
	f = calloc(1, sizeof(*f));
	if (f == NULL)
		return -ENOMEM;
	f->nic = nic;
	f->core = sl_softnic_bus(nic);
	for (i = 0; i < SL_82599_BAR_SIZE / sizeof(uint32_t); i++)
		f->map[i].reg = SL_82599_REG_COUNT;
	for (i = 0; i < sl_82599_range_count; i++) {
		const struct sl_reg_range *r = &sl_82599_ranges[i];

		for (e = 0; e < r->count; e++)
			f->map[(r->offset + e * r->stride) / sizeof(uint32_t)] =
				(struct face_slot){.reg = r->reg, .index = (uint16_t)e};
	}
	face_reset(f);
	*out = f;
	return 0;
}

void
sl_softnic_82599_destroy(struct sl_softnic_82599 *face)
{
	free(face);
}
