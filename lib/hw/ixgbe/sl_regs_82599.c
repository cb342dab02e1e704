/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */

/*
 * The register table of the 82599, generated from the rows of 82599.def.
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

static const struct sl_reg_range aliases[] = {
#define SL_REG(...)
#define SL_ALIAS(name, offset, stride, count) {offset, SL_82599_##name, stride, count},
#include "82599.def"
#undef SL_REG
#undef SL_ALIAS
};

static const uint16_t room[SL_82599_REG_COUNT] = {
#define SL_REG(name, offset, stride, count, ...) [SL_82599_##name] = (count),
#define SL_ALIAS(...)
#include "82599.def"
#undef SL_REG
#undef SL_ALIAS
};

const struct sl_reg_set sl_regs_82599 = {
	.name = "82599",
	.rows = sl_82599_table,
	.aliases = aliases,
	.room = room,
	.n_rows = SL_82599_REG_COUNT,
	.n_aliases = sizeof(aliases) / sizeof(aliases[0]),
	.bar_size = SL_82599_BAR_SIZE,
};
