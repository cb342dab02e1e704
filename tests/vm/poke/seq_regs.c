/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */

/* Groups "reset" and "masks": every register of the table after CTRL.RST, and its writable bits. */

#include <inttypes.h>
#include <stdio.h>

#include "poke.h"

void
poke_seq_reset(struct poke *p)
{
	unsigned int reg, i;

	/* A reset does not change these (4.2.1.6.2), and a previous user may have. */
	for (i = 0; i < sl_reg_table[SL_EITR].count; i++)
		POKE_WR(p, 0, EITR, i, SL_PREP(SL_EITR_INTERVAL, i + 1));
	poke_reset(p);
	poke_step(p, "after");
	for (reg = 0; reg < SL_82576_REG_COUNT; reg++) {
		for (i = 0; i < sl_reg_table[reg].count; i++)
			(void)poke_show(p, 0, reg, i, 0);
	}
	/* Changes by the first reads: SWSM, and registers that a read clears. */
	poke_step(p, "again");
	for (reg = 0; reg < SL_82576_REG_COUNT; reg++)
		(void)poke_show(p, 0, reg, 0, 0);
}

/* Bits that a pattern must not change, because writing them has further effects. */
static uint32_t
untouchable(unsigned int reg)
{
	switch (reg) {
	case SL_CTRL:
		return SL_CTRL_RST | SL_CTRL_PHY_RST | SL_CTRL_GIO_MASTER_DISABLE;
	case SL_CTRL_EXT:
		return SL_CTRL_EXT_LINK_MODE;
	case SL_MDIC: /* group phy */
	case SL_EERD: /* group nvm */
	case SL_EECD:
	case SL_I2CCMD:
	case SL_GCR:
		return UINT32_MAX;
	default:
		return 0;
	}
}

static uint32_t
write_read(struct poke *p, uint32_t off, uint32_t val)
{
	sl_bus_write(&p->bus[0], off, val);
	return sl_bus_read(&p->bus[0], off);
}

/* Write patterns to one register and print the results. */
static void
element(struct poke *p, unsigned int reg, unsigned int i)
{
	static const uint32_t pattern[] = {UINT32_MAX, 0, 0x5a5a5a5a, 0xa5a5a5a5, 0x12345678};
	const struct sl_reg_row *row = &sl_reg_table[reg];
	uint32_t off = row->offset + i * row->stride, keep = untouchable(reg), walk = 0;
	uint32_t before = sl_bus_read(&p->bus[0], off);
	char what[64];
	unsigned int n;

	if (keep == UINT32_MAX)
		return;
	for (n = 0; n < sizeof(pattern) / sizeof(pattern[0]); n++) {
		uint32_t val = (pattern[n] & ~keep) | (before & keep);

		snprintf(what, sizeof(what), "%s:%u.%08" PRIx32, row->name, i, pattern[n]);
		poke_fact(p, what, "0x%08" PRIx32, write_read(p, off, val));
	}
	/* Bits that can be set alone. */
	for (n = 0; n < 32; n++) {
		if ((keep & SL_BIT(n)) == 0)
			walk |= write_read(p, off, SL_BIT(n) | (before & keep)) & SL_BIT(n);
	}
	snprintf(what, sizeof(what), "%s:%u.walk", row->name, i);
	poke_fact(p, what, "0x%08" PRIx32, walk);
	sl_bus_write(&p->bus[0], off, before);
}

void
poke_seq_masks(struct poke *p)
{
	unsigned int reg, i;

	for (reg = 0; reg < SL_82576_REG_COUNT; reg++) {
		const struct sl_reg_row *row = &sl_reg_table[reg];

		/* Causes and masks affect each other, so test each register alone. */
		if (reg == 0 || row->access != sl_reg_table[reg - 1].access || reg == SL_EIMS)
			poke_reset(p);
		poke_step(p, "write");
		for (i = 0; i < row->count; i++) {
			if (i < 2 || i + 1 == row->count)
				element(p, reg, i);
		}
	}
	poke_reset(p);
}
