/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */

/*
 * Register reads and writes: by the table's rows, and by hooks for registers
 * that do more than hold a value.
 */

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>

#include "softnic_engine.h"

static void
map_fill(struct softnic_regs *regs)
{
	const struct sl_reg_set *set = regs->set;
	unsigned int i, e;

	for (i = 0; i < set->bar_size / sizeof(uint32_t); i++)
		regs->map[i].reg = (uint16_t)set->n_rows;
	for (i = 0; i < sl_reg_ranges(set); i++) {
		const struct sl_reg_range r = sl_reg_range(set, i);

		for (e = 0; e < r.count; e++)
			regs->map[(r.offset + e * r.stride) / sizeof(uint32_t)] =
				(struct softnic_slot){
					.reg = r.reg, .index = (uint16_t)(r.first + e)};
	}
}

int
softnic_regs_open(struct softnic_regs *regs, const struct sl_reg_set *set,
	const struct softnic_hook *const *hooks, uint32_t *value)
{
	static const struct softnic_hook none;
	const struct softnic_hook *hook;
	uint32_t first = 0;
	unsigned int i;

	*regs = (struct softnic_regs){.set = set, .value = value};
	regs->map = calloc(set->bar_size / sizeof(uint32_t), sizeof(regs->map[0]));
	regs->row = calloc(set->n_rows, sizeof(regs->row[0]));
	if (regs->map == NULL || regs->row == NULL)
		return -ENOMEM;
	map_fill(regs);
	for (i = 0; i < set->n_rows; i++) {
		regs->row[i] = (struct softnic_row){.first = first, .hook = &none};
		first += set->room[i];
	}
	for (; *hooks != NULL; hooks++) {
		for (hook = *hooks; hook->reg != SOFTNIC_NO_REG; hook++)
			regs->row[hook->reg].hook = hook;
	}
	return 0;
}

void
softnic_regs_close(struct softnic_regs *regs)
{
	free(regs->map);
	free(regs->row);
}

void
softnic_regs_reset(struct softnic_regs *regs, unsigned int reg)
{
	const struct sl_reg_row *row = &regs->set->rows[reg];
	unsigned int i;

	for (i = 0; i < row->count; i++)
		regs->value[regs->row[reg].first + i] = row->reset;
}

const struct softnic_slot *
softnic_regs_slot(const struct softnic_regs *regs, uint32_t off)
{
	const struct softnic_slot *slot;

	if (off >= regs->set->bar_size || off % sizeof(uint32_t) != 0)
		return NULL;
	slot = &regs->map[off / sizeof(uint32_t)];
	return slot->reg < regs->set->n_rows ? slot : NULL;
}

uint32_t
softnic_regs_read(struct sl_softnic *nic, const struct softnic_slot *slot, bool peek)
{
	const struct softnic_hook *hook = nic->regs.row[slot->reg].hook;
	uint32_t *cell = softnic_regs_cell(&nic->regs, slot);
	uint32_t val;

	if (hook->read != NULL)
		return hook->read(nic, slot, peek);
	val = *cell;
	switch (nic->regs.set->rows[slot->reg].access) {
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

void
softnic_regs_write(struct sl_softnic *nic, const struct softnic_slot *slot, uint32_t val)
{
	const struct softnic_hook *hook = nic->regs.row[slot->reg].hook;
	uint32_t *cell = softnic_regs_cell(&nic->regs, slot);

	if (hook->write != NULL) {
		hook->write(nic, slot, val);
		return;
	}
	switch (nic->regs.set->rows[slot->reg].access) {
	case SL_ACC_RW:
	case SL_ACC_WO:
		*cell = val & softnic_regs_mask(&nic->regs, slot);
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
	if (hook->after != NULL)
		hook->after(nic, slot);
}

void
softnic_regs_dump(struct sl_softnic *nic, FILE *f)
{
	const struct sl_reg_set *set = nic->regs.set;
	struct softnic_slot at;

	for (at.reg = 0; at.reg < set->n_rows; at.reg++) {
		const struct sl_reg_row *row = &set->rows[at.reg];

		for (at.index = 0; at.index < row->count; at.index++) {
			fprintf(f, "0x%05" PRIx32 " %-10s", sl_reg_offset(set, at.reg, at.index),
				row->name);
			fprintf(f, row->count > 1 ? "[%3u]" : "     ", at.index);
			fprintf(f, " 0x%08" PRIx32 "  %s\n", softnic_regs_read(nic, &at, true),
				row->meaning);
		}
	}
}
