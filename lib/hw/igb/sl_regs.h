/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */
#ifndef _SL_REGS_H_
#define _SL_REGS_H_

/**
 * @file
 * The family's register tables in C: an enum constant per register, and a table of rows per
 * device. Makes no EAL call; used by the driver, the software NIC, dumps and docs.
 */

#include <stdbool.h>
#include <stdint.h>

#include "sl_reg_set.h"

#ifdef __cplusplus
extern "C" {
#endif

/** Size of the 82576's register BAR (BAR 0), bytes: datasheet 3.1.1.2. */
#define SL_BAR_SIZE 0x20000u

/** Hardware queues per direction. */
#define SL_NIC_QUEUES 16u

/** Index of a register's row: the 82576's registers in table order, then those of later devices. */
enum sl_reg {
#define SL_REG(name, ...) SL_##name,
#include "family.def"
#undef SL_REG
	SL_REG_COUNT, /**< number of rows */
};

/* The 82576's rows come first. */
enum {
#define SL_REG(name, ...) SL_82576_AT_##name,
#define SL_ALIAS(...)
#include "82576.def"
#undef SL_REG
#undef SL_ALIAS
	SL_82576_REG_COUNT, /**< number of rows that the 82576 has */
};

/** Registers of the devices: rows in enum sl_reg order. */
extern const struct sl_reg_set sl_regs_82576, sl_regs_82580, sl_regs_i350, sl_regs_i354,
	sl_regs_i210, sl_regs_i211;
/** The 82576's rows. */
extern const struct sl_reg_row sl_reg_table[SL_REG_COUNT];

/*
 * Offsets as constants, for hot paths without a table look-up: they are the same on all devices.
 */
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

/**
 * Find the register at a byte offset, including aliases. It searches all ranges, for dumps and
 * tests; for frequent look-ups build a map from the ranges.
 * @param offset byte offset in BAR 0
 * @param[out] index element number, if a register is found
 * @return the row's index, or -1 if the device has no register there.
 */
int
sl_reg_find(const struct sl_reg_set *set, uint32_t offset, unsigned int *index);

#ifdef __cplusplus
}
#endif

#endif /* _SL_REGS_H_ */
