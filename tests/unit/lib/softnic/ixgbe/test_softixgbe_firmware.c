/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */

/* The software NIC as an X550: firmware commands, and differences from the X540. */

#include "ixgbe_rig.h"

#define OK (SL_PREP(SL_82599_HIC_STATUS, SL_82599_HIC_SUCCESS))

static int
setup(void **state)
{
	return drv_setup_device(state, "x550");
}

/* Run a firmware command. @return the header of the answer. */
static uint32_t
command(struct nic_drv *r, uint32_t head, uint32_t address, uint16_t length, uint32_t data)
{
	wr(r, SL_82599_FLEX_MNG, 0, head);
	wr(r, SL_82599_FLEX_MNG, SL_82599_HIC_ADDRESS, __builtin_bswap32(address));
	wr(r, SL_82599_FLEX_MNG, SL_82599_HIC_LENGTH, __builtin_bswap16(length));
	wr(r, SL_82599_FLEX_MNG, SL_82599_HIC_DATA, data);
	wr(r, SL_82599_HICR, 0, rd(r, SL_82599_HICR) | SL_82599_HICR_COMMAND);
	assert_int_equal(rd(r, SL_82599_HICR), 1 | SL_82599_HICR_STATUS_VALID);
	return rdi(r, SL_82599_FLEX_MNG, 0);
}

static uint32_t
answer(struct nic_drv *r, uint32_t i)
{
	return rdi(r, SL_82599_FLEX_MNG, SL_82599_HIC_DATA + i);
}

static uint32_t
eerd(struct nic_drv *r, uint32_t word)
{
	wr(r, SL_82599_EERD, 0, SL_82599_EERD_START | SL_PREP(SL_82599_EERD_ADDR, word));
	return SL_GET(SL_82599_EERD_DATA, rd(r, SL_82599_EERD));
}

/*
 * Words of the NVM, also an odd number, equal those of EERD. Words after the end read as all ones.
 */
static void
test_read(void **state)
{
	struct nic_drv *r = *state;
	uint32_t i, sum = 0;

	assert_int_equal(sl_softnic_device(r->nic)->pci_id, 0x1563);
	assert_int_equal(rd(r, SL_82599_HICR), 1);
	assert_int_equal(command(r, 0xFF060031, 0, 0x84, 0), 0x31 | OK);
	for (i = 0; i < 0x42; i++) {
		const uint32_t word = answer(r, i / 2) >> i % 2 * 16 & UINT16_MAX;

		assert_int_equal(word, eerd(r, i));
		sum += word;
	}
	for (i = 1; i <= eerd(r, eerd(r, SL_82599_NVM_CORE_0)); i++)
		sum += eerd(r, eerd(r, SL_82599_NVM_CORE_0) + i);
	assert_int_equal(sum & UINT16_MAX, SL_82599_NVM_SUM);
	assert_int_equal(command(r, 0x31, 2 * SL_82599_NVM_CORE_0, 2, UINT32_MAX), 0x31 | OK);
	assert_int_equal(answer(r, 0), eerd(r, SL_82599_NVM_CORE_0));
	assert_int_equal(command(r, 0x31, 0x10000, 4, 0), 0x31 | OK);
	assert_int_equal(answer(r, 0), UINT32_MAX);
	/* More than fits. */
	assert_int_equal(command(r, 0x31, 0, UINT16_MAX, 0), 0x31 | OK);
	/* Without the start bit nothing happens, and neither on a device without firmware. */
	wr(r, SL_82599_FLEX_MNG, 0, 0x31);
	wr(r, SL_82599_HICR, 0, 0);
	assert_int_equal(rdi(r, SL_82599_FLEX_MNG, 0), 0x31);
}

static void
test_others(void **state)
{
	struct nic_drv *r = *state;

	assert_int_equal(command(r, 0x33, 0x40, 2, 0x1234), 0x33 | OK);
	assert_int_equal(eerd(r, 0x20), 0x1234);
	assert_int_equal(command(r, 0x33, 0x10000, 2, 0x1234), 0x33 | OK);
	assert_int_equal(command(r, 0x36, 0, 0, 0), 0x36 | OK);
	assert_int_equal(command(r, 0xDD, 0, 0, 0), 0xDD | OK);
	wr(r, SL_82599_RXCTRL, 0, SL_82599_RXCTRL_RXEN);
	assert_int_equal(command(r, 0xDE, 0, 0, 0), 0xDE | OK);
	assert_int_equal(rd(r, SL_82599_RXCTRL), 0);
	assert_int_equal(command(r, 0x99, 0, 0, 0), 0x99);
}

/*
 * Seconds and nanoseconds, with a period of 12.5 ns that TIMINCA makes longer or shorter. The time
 * is stopped at first.
 */
static void
test_time(void **state)
{
	struct nic_drv *r = *state;

	drv_clock(r, 0);
	r->clock_ns += 1000;
	assert_int_equal(rd(r, SL_82599_SYSTIML), 0);
	wr(r, SL_82599_TSAUXC, 0, 0);
	r->clock_ns += 3000000025;
	assert_int_equal(rd(r, SL_82599_SYSTIML), 25);
	assert_int_equal(rd(r, SL_82599_SYSTIMH), 3);
	/* Half a nanosecond more in each period, for ten minutes; then as much less. */
	wr(r, SL_82599_TIMINCA, 0, 0x7FFFFFFF);
	r->clock_ns += 600000000000;
	assert_in_range(rd(r, SL_82599_SYSTIML), 0, 200);
	assert_int_equal(rd(r, SL_82599_SYSTIMH), 627);
	wr(r, SL_82599_TIMINCA, 0, UINT32_MAX);
	r->clock_ns += 600000000000;
	assert_in_range(rd(r, SL_82599_SYSTIML), 0, 200);
	assert_int_equal(rd(r, SL_82599_SYSTIMH), 1203);
	wr(r, SL_82599_TIMINCA, 0, 0);
	wr(r, SL_82599_SYSTIML, 0, 7);
	wr(r, SL_82599_SYSTIMH, 0, 9);
	r->clock_ns += 50;
	assert_int_equal(rd(r, SL_82599_SYSTIML), 57);
	assert_int_equal(rd(r, SL_82599_SYSTIMH), 9);
	wr(r, SL_82599_TIMINCA, 0, 1);
	r->clock_ns += 25;
	assert_int_not_equal(rd(r, SL_82599_SYSTIMR), 0);
	sl_softnic_clock(r->nic, NULL, NULL);
}

/* 2.5 and 5 Gbit/s, if they are the best advertised speeds. */
static void
test_speeds(void **state)
{
	const uint32_t up = SL_82599_LINKS_UP | SL_82599_LINKS_OTHER;
	static const struct {
		uint16_t reg, val;
	} set[] = {{0x20, 0}, {0xC400, 0x8C00}};
	struct nic_drv *r = *state;
	unsigned int i;

	for (i = 0; i < 2; i++) {
		wr(r, SL_82599_MSRWD, 0, set[i].val);
		wr(r, SL_82599_MSCA, 0, SL_82599_MSCA_COMMAND | 7 << 16 | set[i].reg);
		wr(r, SL_82599_MSCA, 0, SL_82599_MSCA_COMMAND | 1 << 26 | 7 << 16);
	}
	(void)rd(r, SL_82599_LINKS);
	assert_int_equal(rd(r, SL_82599_LINKS), up | 1 << 28);
	wr(r, SL_82599_MSRWD, 0, 0x8400);
	wr(r, SL_82599_MSCA, 0, SL_82599_MSCA_COMMAND | 1 << 26 | 7 << 16);
	(void)rd(r, SL_82599_LINKS);
	assert_int_equal(rd(r, SL_82599_LINKS), up | 3 << 28);
}

int
main(void)
{
#define X550_TEST(f) cmocka_unit_test_setup_teardown(f, setup, ixgbe_teardown)
	const struct CMUnitTest tests[] = {
		X550_TEST(test_read),
		X550_TEST(test_others),
		X550_TEST(test_time),
		X550_TEST(test_speeds),
	};

	return cmocka_run_group_tests_name("softixgbe_firmware", tests, NULL, NULL);
}
