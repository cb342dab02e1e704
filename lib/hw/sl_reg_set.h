/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */
#ifndef _SL_REG_SET_H_
#define _SL_REG_SET_H_

/**
 * @file
 * What a register table consists of, whichever family's it is: rows, and the offsets at which
 * each of them is reached.
 */

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/** How a register behaves when it is read or written. */
enum sl_reg_access {
	SL_ACC_RW,    /**< read and write */
	SL_ACC_RO,    /**< writes are ignored */
	SL_ACC_WO,    /**< reads give zero */
	SL_ACC_RC,    /**< a read clears; writes are ignored */
	SL_ACC_W1C,   /**< a one written clears the bit */
	SL_ACC_RCW1C, /**< a read clears all, a one written clears the bit */
	SL_ACC_W1S,   /**< a one written sets the bit */
};

/** One row of a register table. */
struct sl_reg_row {
	const char *name;    /**< datasheet name */
	uint32_t offset;     /**< byte offset of element 0 in BAR 0 */
	uint16_t stride;     /**< bytes between elements, 0 for a single one */
	uint16_t count;	     /**< elements; 0: the device does not have this register */
	uint8_t access;	     /**< enum sl_reg_access */
	uint32_t reset;	     /**< value after CTRL.RST */
	const char *section; /**< datasheet section, "-" where it is not known */
	const char *meaning; /**< one line for people */
};

/** What a run of offsets means: a row of the table, or an alias of one. */
struct sl_reg_range {
	uint32_t offset; /**< byte offset of element 0 */
	uint16_t reg;	 /**< index of the row */
	uint16_t stride; /**< bytes between elements, 0 for a single one */
	uint16_t count;	 /**< elements; 0: none */
};

/** The registers of one device. */
struct sl_reg_set {
	const char *name;		    /**< of the device: "82576", "I350" */
	const struct sl_reg_row *rows;	    /**< at their own offsets */
	const struct sl_reg_range *aliases; /**< where some are reached, too */
	const uint16_t *room; /**< of each row: most elements that a device of the family has */
	unsigned int n_rows, n_aliases;
	uint32_t bar_size; /**< bytes of the register BAR */
};

/** How many ranges sl_reg_range() knows of: rows, then aliases. */
static inline unsigned int
sl_reg_ranges(const struct sl_reg_set *set)
{
	return set->n_rows + set->n_aliases;
}

/** Range @p n of a device; none of those that are not empty overlaps another. */
static inline struct sl_reg_range
sl_reg_range(const struct sl_reg_set *set, unsigned int n)
{
	const struct sl_reg_row *row;
	struct sl_reg_range r;

	if (n < set->n_rows) {
		row = &set->rows[n];
		return (struct sl_reg_range){row->offset, (uint16_t)n, row->stride, row->count};
	}
	r = set->aliases[n - set->n_rows];
	/* A device with fewer queues has fewer aliases of them. */
	if (r.count > set->rows[r.reg].count)
		r.count = set->rows[r.reg].count;
	return r;
}

#ifdef __cplusplus
}
#endif

#endif /* _SL_REG_SET_H_ */
