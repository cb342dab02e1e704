/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 *
 * The register table: properties that every row has, and facts of the device
 * that the rows must agree with.
 */
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

static void
test_rows(void **state)
{
	unsigned int reg;

	(void)state;
	for (reg = 0; reg < SL_REG_COUNT; reg++) {
		const struct sl_reg_row *row = &sl_reg_table[reg];

		assert_non_null(row->name);
		assert_true(row->count >= 1);
		assert_int_equal(row->offset % 4, 0);
		assert_int_equal(row->stride % 4, 0);
		assert_true(row->count == 1 || row->stride >= 4);
		assert_true(row->offset + row->count * row->stride <= SL_BAR_SIZE);
		assert_true(row->access <= SL_ACC_W1S);
		assert_true(row->section[0] >= '1' && row->section[0] <= '9');
		assert_true(strlen(row->meaning) > 2);
	}
}

/* No word of the BAR means two things. */
static void
test_no_overlap(void **state)
{
	uint8_t *used = calloc(SL_BAR_SIZE / 4, 1);
	unsigned int i, e;

	(void)state;
	assert_non_null(used);
	for (i = 0; i < sl_reg_range_count; i++) {
		const struct sl_reg_range *r = &sl_reg_ranges[i];

		for (e = 0; e < r->count; e++) {
			uint32_t off = r->offset + e * r->stride;

			assert_true(off < SL_BAR_SIZE);
			if (used[off / 4] != 0)
				fail_msg("offset 0x%05x is twice in the table, now as %s", off,
					sl_reg_table[r->reg].name);
			used[off / 4] = 1;
		}
	}
	free(used);
}

/* Names are unique, aliases name rows and stay within their elements. */
static void
test_names(void **state)
{
	unsigned int i, j;

	(void)state;
	for (i = 0; i < SL_REG_COUNT; i++) {
		for (j = i + 1; j < SL_REG_COUNT; j++)
			assert_string_not_equal(sl_reg_table[i].name, sl_reg_table[j].name);
	}
	for (i = 0; i < sl_reg_range_count; i++)
		assert_true(sl_reg_ranges[i].count <= sl_reg_table[sl_reg_ranges[i].reg].count);
}

/* sl_reg_find inverts the table, and finds nothing where the table has nothing. */
static void
test_find(void **state)
{
	unsigned int i, e, index, words = 0, found = 0;
	uint32_t off;

	(void)state;
	for (i = 0; i < sl_reg_range_count; i++) {
		const struct sl_reg_range *r = &sl_reg_ranges[i];

		for (e = 0; e < r->count; e++, words++) {
			assert_int_equal(sl_reg_find(r->offset + e * r->stride, &index), r->reg);
			assert_int_equal(index, e);
			assert_int_equal(sl_reg_find(r->offset + e * r->stride + 2, &index), -1);
		}
	}
	for (off = 0; off < SL_BAR_SIZE; off += 4)
		found += sl_reg_find(off, &index) >= 0;
	assert_int_equal(found, words);
	assert_int_equal(sl_reg_find(SL_BAR_SIZE, &index), -1);
	assert_int_equal(sl_reg_find(UINT32_MAX, &index), -1);
}

/* Where queue registers are: queues 0 to 3 also at the place the 82575 had them. */
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
			assert_int_equal(sl_reg_find(rows[i].base + q * 0x40 + rows[i].low, &index),
				rows[i].reg);
			assert_int_equal(index, q);
		}
		for (q = 0; q < 4; q++) {
			assert_int_equal(
				sl_reg_find(rows[i].old_base + q * 0x100 + rows[i].low, &index),
				rows[i].reg);
			assert_int_equal(index, q);
		}
	}
	assert_int_equal(SL_OFF(RDT, 5), 0xC158);
	assert_int_equal(SL_OFF(TDT, 15), 0xE3D8);
}

/* Interrupt registers also where older devices had them. */
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
		assert_int_equal(sl_reg_find(rows[i].off, &index), rows[i].reg);
	/* A driver reaches the legacy ones where QEMU's 82576, too, has them. */
	assert_int_equal(SL_OFF(ICR, 0), 0x00C0);
	assert_int_equal(SL_OFF(IMS, 0), 0x00D0);
}

/* A field put and got back is the same, and touches nothing else. */
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
	/* Descriptor fields of one word do not overlap. */
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
		cmocka_unit_test(test_queue_offsets),
		cmocka_unit_test(test_irq_offsets),
		cmocka_unit_test(test_fields),
	};

	return cmocka_run_group_tests_name("nic_regs", tests, NULL, NULL);
}
