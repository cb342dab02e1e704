/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */
#ifndef _SL_REGS_H_
#define _SL_REGS_H_

/**
 * @file
 * The family's register tables as C: one enum constant for each register, and for each device one
 * row of it.
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

/** Index of a register's row: the 82576's in table order, then those that only others have. */
enum sl_reg {
#define SL_REG(name, ...) SL_##name,
#include "family.def"
#undef SL_REG
	SL_REG_COUNT, /**< number of rows */
};

/* The 82576's rows are the first of them. */
enum {
#define SL_REG(name, ...) SL_82576_AT_##name,
#define SL_ALIAS(...)
#include "82576.def"
#undef SL_REG
#undef SL_ALIAS
	SL_82576_REG_COUNT, /**< number of rows that the 82576 has */
};

/** One row of a register table. */
struct sl_reg_row {
	const char *name;    /**< datasheet name */
	uint32_t offset;     /**< byte offset of element 0 in BAR 0 */
	uint16_t stride;     /**< bytes between elements, 0 for a single one */
	uint16_t count;      /**< elements; 0: the device does not have this register */
	uint8_t access;      /**< enum sl_reg_access */
	uint32_t reset;      /**< value after CTRL.RST */
	const char *section; /**< datasheet section, "-" where it is not known */
	const char *meaning; /**< one line for people */
};

/** What a run of offsets means: a row of the table, or an alias of one. */
struct sl_reg_range {
	uint32_t offset; /**< byte offset of element 0 */
	uint16_t reg;    /**< enum sl_reg */
	uint16_t stride; /**< bytes between elements, 0 for a single one */
	uint16_t count;  /**< elements; 0: none */
};

/** The registers of one device. */
struct sl_reg_set {
	const char *name;             /**< of the device: "82576", "I350" */
	const struct sl_reg_row *rows; /**< SL_REG_COUNT of them, in enum sl_reg order */
	const struct sl_reg_range *aliases;
	unsigned int nb_aliases;
};

extern const struct sl_reg_set sl_regs_82576, sl_regs_82580, sl_regs_i350, sl_regs_i354,
	sl_regs_i210, sl_regs_i211;
/** The 82576's rows. */
extern const struct sl_reg_row sl_reg_table[SL_REG_COUNT];

/* Offsets as constants, so that a hot path pays no table look-up: they are the same on all devices. */
enum {
#define SL_REG(name, offset, ...) SL_OFF_##name = (offset),
#include "family.def"
#undef SL_REG
};
enum {
#define SL_REG(name, offset, stride, ...) SL_STRIDE_##name = (stride),
#include "family.def"
#undef SL_REG
};

/** Byte offset of element @p i of register @p name: SL_OFF(RDT, 3). */
#define SL_OFF(name, i) ((uint32_t)SL_OFF_##name + (uint32_t)(i) * (uint32_t)SL_STRIDE_##name)

/** How many ranges sl_reg_range() knows of: rows, then aliases. */
unsigned int sl_reg_ranges(const struct sl_reg_set *set);
/** Range @p n of a device; none of those that are not empty overlaps another. */
struct sl_reg_range sl_reg_range(const struct sl_reg_set *set, unsigned int n);

/**
 * Find the register behind a byte offset, aliases included. A search through
 * all ranges: for dumps and tests; who looks up often builds a map of them.
 * @param offset byte offset in BAR 0
 * @param[out] index element number, when a register is found
 * @return the row's index, or -1 where the offset is no register of the device.
 */
int sl_reg_find(const struct sl_reg_set *set, uint32_t offset, unsigned int *index);

#ifdef __cplusplus
}
#endif

#endif /* _SL_REGS_H_ */
