/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */
#ifndef _SL_REGS_H_
#define _SL_REGS_H_

/**
 * @file
 * The register table as C: one enum constant and one row for each register.
 * Makes no EAL call; used by the driver, the software NIC, dumps and docs.
 */

#include <stdbool.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/** Size of the register BAR (BAR 0) of the 82576, bytes: datasheet 3.1.1.2. */
#define SL_BAR_SIZE 0x20000u

/** Hardware queues of each direction. */
#define SL_NIC_QUEUES 16u

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

/** Index of a register's row, in table order. */
enum sl_reg {
#define SL_REG(name, ...) SL_##name,
#define SL_ALIAS(...)
#include "82576.def"
#undef SL_REG
#undef SL_ALIAS
	SL_REG_COUNT, /**< number of rows */
};

/** One row of the register table. */
struct sl_reg_row {
	const char *name;    /**< datasheet name */
	uint32_t offset;     /**< byte offset of element 0 in BAR 0 */
	uint16_t stride;     /**< bytes between elements, 0 for a single one */
	uint16_t count;      /**< elements */
	uint8_t access;      /**< enum sl_reg_access */
	uint32_t reset;      /**< value after CTRL.RST */
	const char *section; /**< datasheet section */
	const char *meaning; /**< one line for people */
};

/** The table; SL_REG_COUNT rows, in enum sl_reg order. */
extern const struct sl_reg_row sl_reg_table[SL_REG_COUNT];

/** What a run of offsets means: a row of the table, or an alias of one. */
struct sl_reg_range {
	uint32_t offset; /**< byte offset of element 0 */
	uint16_t reg;    /**< enum sl_reg */
	uint16_t stride; /**< bytes between elements, 0 for a single one */
	uint16_t count;  /**< elements */
};

/** Rows and aliases; none overlaps another. */
extern const struct sl_reg_range sl_reg_ranges[];
extern const unsigned int sl_reg_range_count;

/* Offsets as constants, so that a hot path pays no table look-up. */
enum {
#define SL_REG(name, offset, ...) SL_OFF_##name = (offset),
#define SL_ALIAS(...)
#include "82576.def"
#undef SL_REG
#undef SL_ALIAS
};
enum {
#define SL_REG(name, offset, stride, ...) SL_STRIDE_##name = (stride),
#define SL_ALIAS(...)
#include "82576.def"
#undef SL_REG
#undef SL_ALIAS
};

/** Byte offset of element @p i of register @p name: SL_OFF(RDT, 3). */
#define SL_OFF(name, i) ((uint32_t)SL_OFF_##name + (uint32_t)(i) * (uint32_t)SL_STRIDE_##name)

/**
 * Find the register behind a byte offset, aliases included. A search through
 * all ranges: for dumps and tests; who looks up often builds a map of them.
 * @param offset byte offset in BAR 0
 * @param[out] index element number, when a register is found
 * @return the row's index, or -1 where the offset is no register.
 */
int sl_reg_find(uint32_t offset, unsigned int *index);

#ifdef __cplusplus
}
#endif

#endif /* _SL_REGS_H_ */
