/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */

/*
 * Register tables of the igb family: each device's table is the base's rows,
 * changed by the deltas up to this device. Also the search for the register at an
 * offset.
 */

#include "sl_regs.h"

/* A row of a delta keeps its index, and has no more elements than the base's row. */
enum {
#define SL_REG(name, offset, stride, count, ...) SL_ROOM_##name = (count),
#include "family.def"
#undef SL_REG
};
#define SL_ALIAS(...)
#define SL_NEW(...)
#define SL_OTHER(name, offset, stride, count, ...) \
	_Static_assert((offset) == SL_OFF_##name && (stride) == SL_STRIDE_##name && \
			(count) <= SL_ROOM_##name, \
		#name " keeps its place");
#define SL_GONE(...)
#include "82580.def"
#include "i210.def"
#include "i211.def"
#include "i350.def"
#include "i354.def"
#undef SL_ALIAS
#undef SL_NEW
#undef SL_OTHER
#undef SL_GONE

/* A row of a delta follows the row that it replaces: in C, the later initialiser is used. */
#ifdef __clang__
#pragma clang diagnostic ignored "-Winitializer-overrides"
#else
#pragma GCC diagnostic ignored "-Woverride-init"
#endif

#define SL_ALIAS(...)
#define SL_REG(name, offset, stride, count, access, reset, section, meaning) \
	[SL_##name] = {#name, offset, stride, count, SL_ACC_##access, reset, section, meaning, 0},
#define SL_NEW SL_REG
#define SL_OTHER SL_REG
#define SL_GONE(reg) [SL_##reg] = {.name = #reg},

const struct sl_reg_row sl_reg_table[SL_REG_COUNT] = {
#include "82576.def"
};
static const struct sl_reg_row rows_82580[SL_REG_COUNT] = {
#include "82576.def"
#include "82580.def"
};
static const struct sl_reg_row rows_i350[SL_REG_COUNT] = {
#include "82576.def"
#include "82580.def"
#include "i350.def"
};
static const struct sl_reg_row rows_i354[SL_REG_COUNT] = {
#include "82576.def"
#include "82580.def"
#include "i350.def"
#include "i354.def"
};
static const struct sl_reg_row rows_i210[SL_REG_COUNT] = {
#include "82576.def"
#include "82580.def"
#include "i350.def"
#include "i210.def"
};
static const struct sl_reg_row rows_i211[SL_REG_COUNT] = {
#include "82576.def"
#include "82580.def"
#include "i350.def"
#include "i210.def"
#include "i211.def"
};

#undef SL_ALIAS
#undef SL_REG
#undef SL_NEW
#undef SL_OTHER
#undef SL_GONE

#define SL_ALIAS(name, offset, stride, count) {offset, SL_##name, stride, count, 0},
#define SL_REG(...)
#define SL_NEW(...)
#define SL_OTHER(...)
#define SL_GONE(...)

static const struct sl_reg_range aliases[] = {
#include "82576.def"
};
static const struct sl_reg_range aliases_i210[] = {
#include "82576.def"
#include "i210.def"
};

static const uint16_t room[SL_REG_COUNT] = {
#undef SL_REG
#define SL_REG(name, ...) [SL_##name] = SL_ROOM_##name,
#undef SL_ALIAS
#undef SL_NEW
#undef SL_OTHER
#undef SL_GONE
#include "family.def"
};

#define SET(label, table, other) \
	{ \
		.name = label, .rows = table, .aliases = other, .room = room, \
		.n_rows = SL_REG_COUNT, .n_aliases = sizeof(other) / sizeof((other)[0]), \
		.bar_size = SL_BAR_SIZE, \
	}

const struct sl_reg_set sl_regs_82576 = SET("82576", sl_reg_table, aliases);
const struct sl_reg_set sl_regs_82580 = SET("82580", rows_82580, aliases);
const struct sl_reg_set sl_regs_i350 = SET("I350", rows_i350, aliases);
const struct sl_reg_set sl_regs_i354 = SET("I354", rows_i354, aliases);
const struct sl_reg_set sl_regs_i210 = SET("I210", rows_i210, aliases_i210);
const struct sl_reg_set sl_regs_i211 = SET("I211", rows_i211, aliases_i210);

int
sl_reg_find(const struct sl_reg_set *set, uint32_t offset, unsigned int *index)
{
	unsigned int i;

	for (i = 0; i < sl_reg_ranges(set); i++) {
		const struct sl_reg_range r = sl_reg_range(set, i);
		uint32_t delta = offset - r.offset;
		uint32_t stride = r.stride != 0 ? r.stride : sizeof(uint32_t);

		/* An offset below the range wraps to a delta beyond it. */
		if (delta / stride >= r.count || delta % stride != 0)
			continue;
		*index = r.first + delta / stride;
		return r.reg;
	}
	return -1;
}
