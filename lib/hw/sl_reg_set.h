/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */
#ifndef _SL_REG_SET_H_
#define _SL_REG_SET_H_

/**
 * @file
 * Register tables of all families: rows, and the offsets at which each row is accessed.
 */

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/** Behaviour of a register on reads and writes. */
enum sl_reg_access {
	SL_ACC_RW,    /**< read and write */
	SL_ACC_RO,    /**< writes are ignored */
	SL_ACC_WO,    /**< reads return zero */
	SL_ACC_RC,    /**< a read clears; writes are ignored */
	SL_ACC_W1C,   /**< writing a one clears the bit */
	SL_ACC_RCW1C, /**< a read clears all bits, writing a one clears the bit */
	SL_ACC_W1S,   /**< writing a one sets the bit */
};

/** One row of a register table. */
struct sl_reg_row {
	const char *name;    /**< datasheet name */
	uint32_t offset;     /**< byte offset of element 0 in BAR 0 */
	uint16_t stride;     /**< bytes between elements; 0: one element */
	uint16_t count;	     /**< elements; 0: the device does not have this register */
	uint8_t access;	     /**< enum sl_reg_access */
	uint32_t reset;	     /**< value after CTRL.RST */
	const char *section; /**< datasheet section; "-": unknown */
	const char *meaning; /**< description in one line */
	uint16_t split;	     /**< elements from this one on are in a separate range; 0: none */
};

/** A range of offsets: a row of the table, or part or an alias of a row. */
struct sl_reg_range {
	uint32_t offset; /**< byte offset of the first element */
	uint16_t reg;	 /**< index of the row */
	uint16_t stride; /**< bytes between elements; 0: one element */
	uint16_t count;	 /**< elements; 0: none */
	uint16_t first;	 /**< first element: its index in the row */
};

/** The registers of one device. */
struct sl_reg_set {
	const char *name;		    /**< name of the device: "82576", "I350" */
	const struct sl_reg_row *rows;	    /**< rows, at their main offsets */
	const struct sl_reg_range *aliases; /**< further offsets of some rows */
	const uint16_t *room; /**< per row: most elements on any device of the family */
	unsigned int n_rows, n_aliases;
	uint32_t bar_size; /**< bytes of the register BAR */
};

/** Number of ranges of sl_reg_range(): rows, then aliases. */
static inline unsigned int
sl_reg_ranges(const struct sl_reg_set *set)
{
	return set->n_rows + set->n_aliases;
}

/** Range @p n of a device. Ranges that are not empty do not overlap. */
static inline struct sl_reg_range
sl_reg_range(const struct sl_reg_set *set, unsigned int n)
{
	const struct sl_reg_row *row;
	struct sl_reg_range r;

	if (n < set->n_rows) {
		row = &set->rows[n];
		return (struct sl_reg_range){row->offset, (uint16_t)n, row->stride,
			row->split != 0 ? row->split : row->count, 0};
	}
	r = set->aliases[n - set->n_rows];
	/* A device with fewer queues has fewer aliases of their registers. */
	if (r.first + r.count > set->rows[r.reg].count)
		r.count = (uint16_t)(set->rows[r.reg].count - r.first);
	return r;
}

/** The byte offset of element @p i of row @p reg. */
static inline uint32_t
sl_reg_offset(const struct sl_reg_set *set, unsigned int reg, unsigned int i)
{
	const struct sl_reg_row *row = &set->rows[reg];
	const struct sl_reg_range *r = set->aliases;

	if (row->split == 0 || i < row->split)
		return row->offset + i * row->stride;
	while (r->reg != reg || r->first != row->split)
		r++;
	return r->offset + (i - r->first) * r->stride;
}

#ifdef __cplusplus
}
#endif

#endif /* _SL_REG_SET_H_ */
