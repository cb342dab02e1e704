/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */
#include "sl_regs_82599.h"

const struct sl_reg_row sl_82599_table[SL_82599_REG_COUNT] = {
#define SL_REG(name, offset, stride, count, access, reset, section, meaning) \
	[SL_82599_##name] = { \
		#name, offset, stride, count, SL_ACC_##access, reset, section, meaning},
#define SL_ALIAS(...)
#include "82599.def"
#undef SL_REG
#undef SL_ALIAS
};

const struct sl_reg_range sl_82599_ranges[] = {
#define SL_REG(name, offset, stride, count, ...) {offset, SL_82599_##name, stride, count},
#define SL_ALIAS(name, offset, stride, count) {offset, SL_82599_##name, stride, count},
#include "82599.def"
#undef SL_REG
#undef SL_ALIAS
};

const unsigned int sl_82599_range_count = sizeof(sl_82599_ranges) / sizeof(sl_82599_ranges[0]);
