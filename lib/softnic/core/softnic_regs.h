/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */
#ifndef _SOFTNIC_REGS_H_
#define _SOFTNIC_REGS_H_

/**
 * @file
 * A device's registers: a table describes each, and registers with more behaviour have a hook of
 * the family. No register is referred to by name here.
 */

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "sl_reg_set.h"

struct sl_softnic;

/** Register at a 4-byte slot of the BAR. */
struct softnic_slot {
	uint16_t reg; /**< index of the row; n_rows: no register */
	uint16_t index;
};

/** Behaviour of a register beyond its access kind. The row applies to what is not set. */
struct softnic_hook {
	uint16_t reg;
	/** Return the value read; unless @p peek, with the side effects of a read. */
	uint32_t (*read)(struct sl_softnic *nic, const struct softnic_slot *at, bool peek);
	/** Replaces the write. */
	void (*write)(struct sl_softnic *nic, const struct softnic_slot *at, uint32_t val);
	/** Called after a write by the row's rules: derive state from the new value. */
	void (*after)(struct sl_softnic *nic, const struct softnic_slot *at);
	uint32_t kept; /**< bits that can be written, the others read as zero; 0: all */
	uint16_t arg;  /**< for the calls above: softnic_regs_arg() */
};

/** Ends a list of hooks. */
#define SOFTNIC_NO_REG UINT16_MAX

/** Index of a row's first value, and its hook. */
struct softnic_row {
	uint32_t first;
	const struct softnic_hook *hook; /**< never NULL */
};

/** The registers of one device. */
struct softnic_regs {
	const struct sl_reg_set *set;
	uint32_t *value; /**< values of all rows, consecutive; each row has its room */
	struct softnic_slot *map;
	struct softnic_row *row;
};

/**
 * Set up a device's registers.
 * @param hooks lists of hooks by subject, each ended by SOFTNIC_NO_REG; NULL ends the lists
 * @param value memory for the values: softnic_regs.value
 * @return 0; -ENOMEM: call softnic_regs_close().
 */
int
softnic_regs_open(struct softnic_regs *regs, const struct sl_reg_set *set,
	const struct softnic_hook *const *hooks, uint32_t *value);
void
softnic_regs_close(struct softnic_regs *regs);
/** Set the elements of a row to their reset value. */
void
softnic_regs_reset(struct softnic_regs *regs, unsigned int reg);
/** Slot at a byte offset; NULL: no register. */
const struct softnic_slot *
softnic_regs_slot(const struct softnic_regs *regs, uint32_t off);
uint32_t
softnic_regs_read(struct sl_softnic *nic, const struct softnic_slot *slot, bool peek);
void
softnic_regs_write(struct sl_softnic *nic, const struct softnic_slot *slot, uint32_t val);
/** The hook's argument for a register. */
static inline uint16_t
softnic_regs_arg(const struct softnic_regs *regs, const struct softnic_slot *at)
{
	return regs->row[at->reg].hook->arg;
}
/** Bits of a register that can be written. */
static inline uint32_t
softnic_regs_mask(const struct softnic_regs *regs, const struct softnic_slot *at)
{
	uint32_t kept = regs->row[at->reg].hook->kept;

	return kept != 0 ? kept : UINT32_MAX;
}
/** The stored value of a register. */
static inline uint32_t *
softnic_regs_cell(const struct softnic_regs *regs, const struct softnic_slot *at)
{
	return &regs->value[regs->row[at->reg].first + at->index];
}
/** Print every register: offset, name, value, meaning. */
void
softnic_regs_dump(struct sl_softnic *nic, FILE *f);

#endif /* _SOFTNIC_REGS_H_ */
