/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */
#include "sl_regs.h"

const struct sl_reg_row sl_reg_table[SL_REG_COUNT] = {
#define SL_REG(name, offset, stride, count, access, reset, section, meaning) \
	[SL_##name] = {#name, offset, stride, count, SL_ACC_##access, reset, section, meaning},
#define SL_ALIAS(...)
#include "82576.def"
#undef SL_REG
#undef SL_ALIAS
};

const struct sl_reg_range sl_reg_ranges[] = {
#define SL_REG(name, offset, stride, count, ...) {offset, SL_##name, stride, count},
#define SL_ALIAS(name, offset, stride, count) {offset, SL_##name, stride, count},
#include "82576.def"
#undef SL_REG
#undef SL_ALIAS
};

const unsigned int sl_reg_range_count = sizeof(sl_reg_ranges) / sizeof(sl_reg_ranges[0]);

int
sl_reg_find(uint32_t offset, unsigned int *index)
{
	unsigned int i;

	for (i = 0; i < sl_reg_range_count; i++) {
		const struct sl_reg_range *r = &sl_reg_ranges[i];
		uint32_t delta = offset - r->offset;
		uint32_t stride = r->stride != 0 ? r->stride : sizeof(uint32_t);

		/* An offset below the range wraps to a delta beyond it. */
		if (delta / stride >= r->count || delta % stride != 0)
			continue;
		*index = delta / stride;
		return r->reg;
	}
	return -1;
}
