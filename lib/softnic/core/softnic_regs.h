/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */
#ifndef _SOFTNIC_REGS_H_
#define _SOFTNIC_REGS_H_

/**
 * @file
 * A device's registers: what its table says of each, and for those that do more, a hook of the
 * family. No register is known here by its name.
 */

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "sl_reg_set.h"

struct sl_softnic;

/** What a 4-byte slot of the BAR means. */
struct softnic_slot {
	uint16_t reg; /**< index of the row, or n_rows: none */
	uint16_t index;
};

/** What a register does beyond its access kind. What is not set is as the row says. */
struct softnic_hook {
	uint16_t reg;
	/** The value read, with the read's side effects unless @p peek. */
	uint32_t (*read)(struct sl_softnic *nic, const struct softnic_slot *at, bool peek);
	/** In place of the write. */
	void (*write)(struct sl_softnic *nic, const struct softnic_slot *at, uint32_t val);
	/** After a write as the row says: work out what follows from the new value. */
	void (*after)(struct sl_softnic *nic, const struct softnic_slot *at);
	uint32_t kept; /**< bits that a write keeps, the others read as zero; 0: all */
	uint16_t arg;  /**< for the calls above: softnic_regs_arg() */
};

/** Ends a list of hooks. */
#define SOFTNIC_NO_REG UINT16_MAX

/** A row's place among the values, and its hook. */
struct softnic_row {
	uint32_t first;
	const struct softnic_hook *hook; /**< never NULL */
};

/** The registers of one device. */
struct softnic_regs {
	const struct sl_reg_set *set;
	uint32_t *value; /**< of all rows one behind the other, each with its room */
	struct softnic_slot *map;
	struct softnic_row *row;
};

/**
 * @param hooks lists of hooks, one for each subject, each ended by SOFTNIC_NO_REG; NULL ends them
 * @param value the values' place; softnic_regs.value
 * @return 0; -ENOMEM: softnic_regs_close() is due.
 */
int
softnic_regs_open(struct softnic_regs *regs, const struct sl_reg_set *set,
	const struct softnic_hook *const *hooks, uint32_t *value);
void
softnic_regs_close(struct softnic_regs *regs);
/** Give the elements of a row their value after a reset. */
void
softnic_regs_reset(struct softnic_regs *regs, unsigned int reg);
/** What is at a byte offset, or NULL: no register. */
const struct softnic_slot *
softnic_regs_slot(const struct softnic_regs *regs, uint32_t off);
uint32_t
softnic_regs_read(struct sl_softnic *nic, const struct softnic_slot *slot, bool peek);
void
softnic_regs_write(struct sl_softnic *nic, const struct softnic_slot *slot, uint32_t val);
/** What the hook of a register has for its calls. */
static inline uint16_t
softnic_regs_arg(const struct softnic_regs *regs, const struct softnic_slot *at)
{
	return regs->row[at->reg].hook->arg;
}
/** Bits of a register that a write keeps. */
static inline uint32_t
softnic_regs_mask(const struct softnic_regs *regs, const struct softnic_slot *at)
{
	uint32_t kept = regs->row[at->reg].hook->kept;

	return kept != 0 ? kept : UINT32_MAX;
}
/** The value of a register as it is kept. */
static inline uint32_t *
softnic_regs_cell(const struct softnic_regs *regs, const struct softnic_slot *at)
{
	return &regs->value[regs->row[at->reg].first + at->index];
}
/** Every register with name, offset, value and meaning. */
void
softnic_regs_dump(struct sl_softnic *nic, FILE *f);

#endif /* _SOFTNIC_REGS_H_ */
