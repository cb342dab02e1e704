/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */

/* The register tables: properties of every row, and facts of the device. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "sl_bits.h"
#include "sl_bus.h"
#include "sl_desc.h"
#include "sl_fields.h"
#include "sl_regs.h"

/* All devices. The base is first, and each delta follows the set that it is based on. */
static const struct {
	const struct sl_reg_set *set, *of;
	unsigned int queues, addrs, vectors;
} devices[] = {
	{&sl_regs_82576, NULL, 16, 24, 25},
	{&sl_regs_82580, &sl_regs_82576, 8, 24, 25},
	{&sl_regs_i350, &sl_regs_82580, 8, 32, 25},
	{&sl_regs_i354, &sl_regs_i350, 8, 32, 25},
	{&sl_regs_i210, &sl_regs_i350, 4, 16, 5},
	{&sl_regs_i211, &sl_regs_i210, 2, 16, 5},
};
#define DEVICES (sizeof(devices) / sizeof(devices[0]))

static void
check_row(const struct sl_reg_set *set, const struct sl_reg_row *row)
{
	const bool section = row->section[0] >= '1' && row->section[0] <= '9';

	assert_non_null(row->name);
	assert_int_equal(row->offset % 4, 0);
	assert_int_equal(row->stride % 4, 0);
	assert_true(row->count == 1 || row->stride >= 4);
	assert_true(row->offset + row->count * row->stride <= SL_BAR_SIZE);
	assert_true(row->access <= SL_ACC_W1S);
	assert_true(section || (set != &sl_regs_82576 && strcmp(row->section, "-") == 0));
	assert_true(strlen(row->meaning) > 2);
}

static void
test_rows(void **state)
{
	unsigned int d, reg;

	(void)state;
	for (d = 0; d < DEVICES; d++) {
		for (reg = 0; reg < SL_REG_COUNT; reg++) {
			if (devices[d].set->rows[reg].count != 0)
				check_row(devices[d].set, &devices[d].set->rows[reg]);
		}
	}
	for (reg = 0; reg < SL_REG_COUNT; reg++)
		assert_int_equal(sl_reg_table[reg].count != 0, reg < SL_82576_REG_COUNT);
}

static void
check_overlap(const struct sl_reg_set *set)
{
	uint8_t *used = calloc(SL_BAR_SIZE / 4, 1);
	unsigned int i, e;

	assert_non_null(used);
	for (i = 0; i < sl_reg_ranges(set); i++) {
		const struct sl_reg_range r = sl_reg_range(set, i);

		for (e = 0; e < r.count; e++) {
			uint32_t off = r.offset + e * r.stride;

			assert_true(off < SL_BAR_SIZE);
			if (used[off / 4] != 0)
				fail_msg("%s: offset 0x%05x is twice in the table, now as %s",
					set->name, off, set->rows[r.reg].name);
			used[off / 4] = 1;
		}
	}
	free(used);
}

/* On each device, no word of the BAR has two rows. */
static void
test_no_overlap(void **state)
{
	unsigned int d;

	(void)state;
	for (d = 0; d < DEVICES; d++)
		check_overlap(devices[d].set);
}

/* Names are unique. Aliases name rows and stay within their elements. */
static void
test_names(void **state)
{
	unsigned int d, i, j;

	(void)state;
	for (d = 0; d < DEVICES; d++) {
		const struct sl_reg_set *set = devices[d].set;

		for (i = 0; i < SL_REG_COUNT; i++) {
			for (j = i + 1; j < SL_REG_COUNT && set->rows[i].name != NULL; j++) {
				if (set->rows[j].name != NULL)
					assert_string_not_equal(
						set->rows[i].name, set->rows[j].name);
			}
		}
		for (i = 0; i < sl_reg_ranges(set); i++)
			assert_true(sl_reg_range(set, i).count <=
				set->rows[sl_reg_range(set, i).reg].count);
	}
}

/* sl_reg_find() inverts the tables, and returns no register for other offsets. */
static void
test_find(void **state)
{
	unsigned int d, i, e, index, words, found;
	uint32_t off;

	(void)state;
	for (d = 0; d < DEVICES; d++) {
		const struct sl_reg_set *set = devices[d].set;

		words = 0;
		found = 0;
		for (i = 0; i < sl_reg_ranges(set); i++) {
			const struct sl_reg_range r = sl_reg_range(set, i);

			for (e = 0; e < r.count; e++, words++) {
				off = r.offset + e * r.stride;
				assert_int_equal(sl_reg_find(set, off, &index), r.reg);
				assert_int_equal(index, e);
				assert_int_equal(sl_reg_find(set, off + 2, &index), -1);
			}
		}
		for (off = 0; off < SL_BAR_SIZE; off += 4)
			found += sl_reg_find(set, off, &index) >= 0;
		assert_int_equal(found, words);
		assert_int_equal(sl_reg_find(set, SL_BAR_SIZE, &index), -1);
		assert_int_equal(sl_reg_find(set, UINT32_MAX, &index), -1);
	}
}

/* --- deltas --- */

static bool
rows_differ(const struct sl_reg_row *a, const struct sl_reg_row *b)
{
	return a->count != b->count || a->access != b->access || a->reset != b->reset ||
		strcmp(a->meaning, b->meaning) != 0;
}

/* Rows of a delta as listed in its file: new, other, or gone. */
#define DELTA_NEW 1
#define DELTA_OTHER 2
#define DELTA_GONE 3
struct delta_row {
	uint16_t reg;
	uint8_t kind;
};
#define SL_ALIAS(...)
#define SL_NEW(name, ...) {SL_##name, DELTA_NEW},
#define SL_OTHER(name, ...) {SL_##name, DELTA_OTHER},
#define SL_GONE(name) {SL_##name, DELTA_GONE},
static const struct delta_row delta_82580[] = {
#include "82580.def"
};
static const struct delta_row delta_i350[] = {
#include "i350.def"
};
static const struct delta_row delta_i354[] = {
#include "i354.def"
};
static const struct delta_row delta_i210[] = {
#include "i210.def"
};
static const struct delta_row delta_i211[] = {
#include "i211.def"
};
#undef SL_ALIAS
#undef SL_NEW
#undef SL_OTHER
#undef SL_GONE

static void
check_delta(const struct sl_reg_set *set, const struct sl_reg_set *of, const struct delta_row *rows,
	unsigned int n)
{
	bool listed[SL_REG_COUNT] = {false};
	unsigned int i, reg;

	for (i = 0; i < n; i++) {
		const struct sl_reg_row *now = &set->rows[rows[i].reg];
		const struct sl_reg_row *was = &of->rows[rows[i].reg];

		assert_false(listed[rows[i].reg]);
		listed[rows[i].reg] = true;
		assert_int_equal(now->count == 0, rows[i].kind == DELTA_GONE);
		if (rows[i].kind == DELTA_NEW || was->count == 0)
			assert_true(was->count == 0 && now->count != 0);
		else if (rows[i].kind == DELTA_OTHER && !rows_differ(now, was))
			fail_msg("%s: %s is as the %s's", set->name, now->name, of->name);
	}
	for (reg = 0; reg < SL_REG_COUNT; reg++) {
		if (!listed[reg])
			assert_memory_equal(
				&set->rows[reg], &of->rows[reg], sizeof(struct sl_reg_row));
	}
}

/* Each row of a delta is a change. All other rows equal those of the set that it is based on. */
static void
test_deltas(void **state)
{
#define ROWS(d) (d), sizeof(d) / sizeof((d)[0])
	(void)state;
	check_delta(&sl_regs_82580, &sl_regs_82576, ROWS(delta_82580));
	check_delta(&sl_regs_i350, &sl_regs_82580, ROWS(delta_i350));
	check_delta(&sl_regs_i354, &sl_regs_i350, ROWS(delta_i354));
	check_delta(&sl_regs_i210, &sl_regs_i350, ROWS(delta_i210));
	check_delta(&sl_regs_i211, &sl_regs_i210, ROWS(delta_i211));
#undef ROWS
}

/* The number of queues, addresses and vectors of a device equals the count of the rows. */
static void
test_counts(void **state)
{
	static const enum sl_reg per_queue[] = {SL_RDBAL, SL_RDBAH, SL_RDLEN, SL_SRRCTL, SL_RDH,
		SL_RXCTL, SL_RDT, SL_RXDCTL, SL_RQDPC, SL_DVMOLR, SL_TDBAL, SL_TDBAH, SL_TDLEN,
		SL_TDH, SL_TXCTL, SL_TDT, SL_TXDCTL, SL_TDWBAL, SL_TDWBAH};
	unsigned int d, i, index;

	(void)state;
	for (d = 0; d < DEVICES; d++) {
		const struct sl_reg_row *rows = devices[d].set->rows;

		for (i = 0; i < sizeof(per_queue) / sizeof(per_queue[0]); i++)
			assert_int_equal(rows[per_queue[i]].count, devices[d].queues);
		assert_int_equal(rows[SL_IVAR].count, devices[d].queues / 2);
		assert_int_equal(rows[SL_RAL].count + rows[SL_RAL2].count + rows[SL_RAL3].count,
			devices[d].addrs);
		assert_int_equal(rows[SL_RAH].count + rows[SL_RAH2].count + rows[SL_RAH3].count,
			devices[d].addrs);
		assert_int_equal(rows[SL_EITR].count, devices[d].vectors);
		/* Offsets of the 82575: the first four queues, or as many as the device has. */
		assert_int_equal(sl_reg_find(devices[d].set, 0x2A18, &index),
			devices[d].queues > 2 ? SL_RDT : -1);
		assert_int_equal(sl_reg_find(devices[d].set, 0x3918, &index), SL_TDT);
	}
	/* Entries from 16 on are contiguous. */
	assert_int_equal(SL_OFF(RAL2, 8), SL_OFF(RAL3, 0));
	assert_int_equal(SL_OFF(RAH2, 8), SL_OFF(RAH3, 0));
}

/* Offsets of queue registers. Queues 0 to 3 also have those of the 82575. */
static void
test_queue_offsets(void **state)
{
	static const struct {
		enum sl_reg reg;
		uint32_t base, old_base, low;
	} rows[] = {
		{SL_RDBAL, 0xC000, 0x2800, 0x00},
		{SL_RDBAH, 0xC000, 0x2800, 0x04},
		{SL_RDLEN, 0xC000, 0x2800, 0x08},
		{SL_SRRCTL, 0xC000, 0x2800, 0x0C},
		{SL_RDH, 0xC000, 0x2800, 0x10},
		{SL_RXCTL, 0xC000, 0x2800, 0x14},
		{SL_RDT, 0xC000, 0x2800, 0x18},
		{SL_RXDCTL, 0xC000, 0x2800, 0x28},
		{SL_RQDPC, 0xC000, 0x2800, 0x30},
		{SL_TDBAL, 0xE000, 0x3800, 0x00},
		{SL_TDBAH, 0xE000, 0x3800, 0x04},
		{SL_TDLEN, 0xE000, 0x3800, 0x08},
		{SL_TDH, 0xE000, 0x3800, 0x10},
		{SL_TXCTL, 0xE000, 0x3800, 0x14},
		{SL_TDT, 0xE000, 0x3800, 0x18},
		{SL_TXDCTL, 0xE000, 0x3800, 0x28},
		{SL_TDWBAL, 0xE000, 0x3800, 0x38},
		{SL_TDWBAH, 0xE000, 0x3800, 0x3C},
	};
	unsigned int i, q, index;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		for (q = 0; q < SL_NIC_QUEUES; q++) {
			assert_int_equal(sl_reg_find(&sl_regs_82576,
						 rows[i].base + q * 0x40 + rows[i].low, &index),
				rows[i].reg);
			assert_int_equal(index, q);
		}
		for (q = 0; q < 4; q++) {
			assert_int_equal(
				sl_reg_find(&sl_regs_82576,
					rows[i].old_base + q * 0x100 + rows[i].low, &index),
				rows[i].reg);
			assert_int_equal(index, q);
		}
	}
	assert_int_equal(SL_OFF(RDT, 5), 0xC158);
	assert_int_equal(SL_OFF(TDT, 15), 0xE3D8);
}

/* Interrupt registers are also at the offsets of older devices. */
static void
test_irq_offsets(void **state)
{
	static const struct {
		uint32_t off;
		enum sl_reg reg;
	} rows[] = {
		{0x00C0, SL_ICR},
		{0x00C8, SL_ICS},
		{0x00D0, SL_IMS},
		{0x00D8, SL_IMC},
		{0x00E0, SL_IAM},
		{0x1500, SL_ICR},
		{0x1504, SL_ICS},
		{0x1508, SL_IMS},
		{0x150C, SL_IMC},
		{0x1510, SL_IAM},
		{0x1520, SL_EICS},
		{0x1524, SL_EIMS},
		{0x1528, SL_EIMC},
		{0x152C, SL_EIAC},
		{0x1530, SL_EIAM},
		{0x1580, SL_EICR},
		{0x1680, SL_EITR},
		{0x1700, SL_IVAR},
		{0x1740, SL_IVAR_MISC},
	};
	unsigned int i, index;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		assert_int_equal(sl_reg_find(&sl_regs_82576, rows[i].off, &index), rows[i].reg);
	/*
	 * The driver uses the old offsets, because QEMU's 82576 has only these for legacy causes.
	 */
	assert_int_equal(SL_OFF(ICR, 0), 0x00C0);
	assert_int_equal(SL_OFF(IMS, 0), 0x00D0);
}

/* A field that was set reads back the same, and no other bit changes. */
static void
test_fields(void **state)
{
	static const uint32_t masks[] = {
		SL_MDIC_DATA,
		SL_MDIC_REGADD,
		SL_MDIC_PHYADD,
		SL_MDIC_OP,
		SL_EERD_ADDR,
		SL_EERD_DATA,
		SL_SRRCTL_BSIZEPACKET,
		SL_SRRCTL_DESCTYPE,
		SL_RAH_ADDR,
		SL_TXD_DTALEN,
		SL_TXD_DTYP,
		SL_TXD_PAYLEN,
		SL_TXC_IPLEN,
		SL_TXC_MACLEN,
		SL_TXC_VLAN,
		SL_TXC_L4LEN,
		SL_TXC_MSS,
		SL_RXD_INFO_RSSTYPE,
		SL_RXD_INFO_PTYPE,
		SL_RLPML_LEN,
		SL_XDLEN_UNITS,
	};
	unsigned int i;
	uint32_t v;

	(void)state;
	for (i = 0; i < sizeof(masks) / sizeof(masks[0]); i++) {
		uint32_t top = SL_GET(masks[i], UINT32_MAX);

		for (v = 1; v != 0 && v <= top; v <<= 1) {
			assert_int_equal(SL_GET(masks[i], SL_SET(masks[i], 0xA5A5A5A5, v)), v);
			assert_int_equal(SL_SET(masks[i], 0xA5A5A5A5, v) & ~masks[i],
				0xA5A5A5A5 & ~masks[i]);
		}
	}
	/* Descriptor fields in one word do not overlap. */
	assert_int_equal(SL_TXD_DTALEN & SL_TXD_DTYP, 0);
	assert_int_equal(SL_TXD_PAYLEN & (SL_TXD_POPTS_IXSM | SL_TXD_POPTS_TXSM | SL_TXD_IDX), 0);
	assert_int_equal(SL_TXC_IPLEN & SL_TXC_MACLEN, 0);
	assert_int_equal(SL_TXC_MACLEN & SL_TXC_VLAN, 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rows),
		cmocka_unit_test(test_no_overlap),
		cmocka_unit_test(test_names),
		cmocka_unit_test(test_find),
		cmocka_unit_test(test_deltas),
		cmocka_unit_test(test_counts),
		cmocka_unit_test(test_queue_offsets),
		cmocka_unit_test(test_irq_offsets),
		cmocka_unit_test(test_fields),
	};

	return cmocka_run_group_tests_name("nic_regs", tests, NULL, NULL);
}
