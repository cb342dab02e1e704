/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */
#include <stddef.h>

#include "sl_regs.h"

const struct sl_reg_row sl_reg_table[SL_REG_COUNT] = {
#define SL_REG(name, offset, stride, count, access, reset, section, meaning) \
	[SL_##name] = {#name, offset, stride, count, SL_ACC_##access, reset, section, meaning},
#define SL_ALIAS(...)
#include "sl_regs.def"
#undef SL_REG
#undef SL_ALIAS
};

struct range {
	uint16_t reg;
	uint16_t stride;
	uint16_t count;
	uint32_t offset;
};

/* Primary rows and aliases alike: what an offset can mean. */
static const struct range ranges[] = {
#define SL_REG(name, offset, stride, count, ...) {SL_##name, stride, count, offset},
#define SL_ALIAS(name, offset, stride, count) {SL_##name, stride, count, offset},
#include "sl_regs.def"
#undef SL_REG
#undef SL_ALIAS
};

int
sl_reg_find(uint32_t offset, unsigned int *index)
{
	size_t i;

	for (i = 0; i < sizeof(ranges) / sizeof(ranges[0]); i++) {
		const struct range *r = &ranges[i];
		uint32_t delta;

		if (offset < r->offset)
			continue;
		delta = offset - r->offset;
		if (r->count == 1) {
			if (delta != 0)
				continue;
			*index = 0;
			return r->reg;
		}
		if (delta % r->stride != 0 || delta / r->stride >= r->count)
			continue;
		*index = delta / r->stride;
		return r->reg;
	}
	return -1;
}
