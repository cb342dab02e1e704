/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */

/*
 * Register tables of the family, generated from the rows of 82599.def and from the differences of
 * the other devices.
 */

#include "sl_regs_82599.h"

/* A row of x540.def or x550.def keeps its place in the table. */
enum {
#define SL_REG(name, offset, stride, count, ...) \
	OFF_##name = (offset), STRIDE_##name = (stride), ROOM_##name = (count),
#define SL_SPLIT SL_REG
#define SL_ALIAS(...)
#include "family.def"
#undef SL_REG
#undef SL_SPLIT
#undef SL_ALIAS
};
#define SL_NEW(...)
#define SL_GONE(...)
#define SL_OTHER(name, offset, stride, count, ...) \
	_Static_assert( \
		(offset) == OFF_##name && (stride) == STRIDE_##name && (count) == ROOM_##name, \
		#name " keeps its place");
#include "x540.def"
#include "x550.def"
#undef SL_NEW
#undef SL_OTHER
#undef SL_GONE

/*
 * A row of x540.def or x550.def follows the row that it replaces. In C the last initializer counts.
 */
#ifdef __clang__
#pragma clang diagnostic ignored "-Winitializer-overrides"
#else
#pragma GCC diagnostic ignored "-Woverride-init"
#endif

#define SL_REG(name, offset, stride, count, access, reset, section, meaning) \
	[SL_82599_##name] = { \
		#name, offset, stride, count, SL_ACC_##access, reset, section, meaning, 0},
#define SL_SPLIT(name, offset, stride, count, first, then, access, reset, section, meaning) \
	[SL_82599_##name] = { \
		#name, offset, stride, count, SL_ACC_##access, reset, section, meaning, first},
#define SL_ALIAS(...)
#define SL_NEW SL_REG
#define SL_OTHER SL_REG
#define SL_GONE(reg) [SL_82599_##reg] = {.name = #reg},

const struct sl_reg_row sl_82599_table[SL_82599_REG_COUNT] = {
#include "82599.def"
};
static const struct sl_reg_row rows_x540[SL_82599_REG_COUNT] = {
#include "82599.def"
#include "x540.def"
};
static const struct sl_reg_row rows_x550[SL_82599_REG_COUNT] = {
#include "82599.def"
#include "x540.def"
#include "x550.def"
};
#undef SL_REG
#undef SL_SPLIT
#undef SL_ALIAS
#undef SL_NEW
#undef SL_OTHER
#undef SL_GONE

static const struct sl_reg_range aliases[] = {
#define SL_REG(...)
#define SL_SPLIT(name, offset, stride, count, first, then, ...) \
	{then, SL_82599_##name, stride, (count) - (first), first},
#define SL_ALIAS(name, offset, stride, count) {offset, SL_82599_##name, stride, count, 0},
#include "82599.def"
#undef SL_REG
#undef SL_SPLIT
#undef SL_ALIAS
};

static const uint16_t room[SL_82599_REG_COUNT] = {
#define SL_REG(name, offset, stride, count, ...) [SL_82599_##name] = (count),
#define SL_SPLIT SL_REG
#define SL_ALIAS(...)
#include "family.def"
#undef SL_REG
#undef SL_SPLIT
#undef SL_ALIAS
};

#define SET(label, table) \
	{ \
		.name = label, .rows = table, .aliases = aliases, .room = room, \
		.n_rows = SL_82599_REG_COUNT, .n_aliases = sizeof(aliases) / sizeof(aliases[0]), \
		.bar_size = SL_82599_BAR_SIZE, \
	}

const struct sl_reg_set sl_regs_82599 = SET("82599", sl_82599_table);
const struct sl_reg_set sl_regs_x540 = SET("X540", rows_x540);
const struct sl_reg_set sl_regs_x550 = SET("X550", rows_x550);
