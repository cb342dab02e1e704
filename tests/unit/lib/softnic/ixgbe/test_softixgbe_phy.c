/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */

/* The software NIC as an X540: its copper PHY on the MDI bus, and differences from the 82599. */

#include "ixgbe_rig.h"

#define AN 7u /* the PHY's device for auto-negotiation */
#define PMA 1u
#define VS 30u

static int
setup(void **state)
{
	return drv_setup_device(state, "x540");
}

static void
msca(struct nic_drv *r, enum sl_82599_msca_op op, uint32_t phy, uint32_t mmd, uint32_t reg)
{
	wr(r, SL_82599_MSCA, 0,
		SL_82599_MSCA_COMMAND | SL_PREP(SL_82599_MSCA_OP, op) |
			SL_PREP(SL_82599_MSCA_PHY, phy) | SL_PREP(SL_82599_MSCA_MMD, mmd) |
			SL_PREP(SL_82599_MSCA_REG, reg));
	assert_int_equal(rd(r, SL_82599_MSCA) & SL_82599_MSCA_COMMAND, 0);
}

static uint32_t
phy_at(struct nic_drv *r, uint32_t phy, uint32_t mmd, uint32_t reg)
{
	msca(r, SL_82599_MSCA_ADDRESS, phy, mmd, reg);
	msca(r, SL_82599_MSCA_READ, phy, mmd, reg);
	return SL_GET(SL_82599_MSRWD_READ, rd(r, SL_82599_MSRWD));
}

static uint32_t
phy(struct nic_drv *r, uint32_t mmd, uint32_t reg)
{
	return phy_at(r, 0, mmd, reg);
}

static void
phy_set(struct nic_drv *r, uint32_t mmd, uint32_t reg, uint16_t val)
{
	wr(r, SL_82599_MSRWD, 0, val);
	msca(r, SL_82599_MSCA_ADDRESS, 0, mmd, reg);
	msca(r, SL_82599_MSCA_WRITE, 0, mmd, reg);
}

/*
 * Identifiers, devices and abilities of the PHY. It has one address on the bus, and the other
 * addresses are empty.
 */
static void
test_bus(void **state)
{
	struct nic_drv *r = *state;
	uint32_t i;

	assert_int_equal(sl_softnic_device(r->nic)->pci_id, 0x1528);
	assert_int_equal(phy(r, PMA, 2), 0x0154);
	assert_int_equal(phy(r, AN, 3), 0x0200);
	assert_int_equal(phy(r, PMA, 8) >> 14, 2);
	assert_int_equal(phy(r, PMA, 5) | phy(r, PMA, 6) << 16,
		1u << 1 | 1u << 3 | 1u << 4 | 1u << 7 | 1u << 30);
	assert_int_equal(phy(r, PMA, 4), 0x31);
	assert_int_equal(phy(r, PMA, 11), 0xA4);
	/* A device that is not in the list, and a register that does not exist. */
	assert_int_equal(phy(r, 2, 2), 0);
	assert_int_equal(phy(r, 3, 0xE810), 0);
	for (i = 1; i < 32; i++)
		assert_int_equal(phy_at(r, i, PMA, 2), UINT16_MAX);
	/* Each device has a separate address register, which can increment automatically. */
	msca(r, SL_82599_MSCA_ADDRESS, 0, PMA, 2);
	msca(r, SL_82599_MSCA_ADDRESS, 0, AN, 0x10);
	msca(r, SL_82599_MSCA_READ_NEXT, 0, PMA, 0);
	assert_int_equal(SL_GET(SL_82599_MSRWD_READ, rd(r, SL_82599_MSRWD)), 0x0154);
	msca(r, SL_82599_MSCA_READ, 0, PMA, 0);
	assert_int_equal(SL_GET(SL_82599_MSRWD_READ, rd(r, SL_82599_MSRWD)), 0x0200);
	/* Read data cannot be written, and nothing happens without a command. */
	wr(r, SL_82599_MSRWD, 0, 0xABCD1234);
	assert_int_equal(rd(r, SL_82599_MSRWD), 0x02001234);
	wr(r, SL_82599_MSCA, 0, SL_PREP(SL_82599_MSCA_OP, SL_82599_MSCA_WRITE));
	assert_int_equal(rd(r, SL_82599_MSRWD), 0x02001234);
	/* Identifiers are read-only. */
	phy_set(r, PMA, 2, 0x7777);
	assert_int_equal(phy(r, PMA, 2), 0x0154);
}

static uint32_t
up_at(enum sl_82599_speed speed)
{
	return SL_82599_LINKS_UP | SL_PREP(SL_82599_LINKS_SPEED, speed);
}

/* LINKS and the PHY have the best advertised speed. Without any there is no link. */
static void
test_speeds(void **state)
{
	struct nic_drv *r = *state;

	assert_int_equal(rd(r, SL_82599_LINKS), up_at(SL_82599_SPEED_10G));
	assert_int_equal(phy(r, AN, 0xC800), 7);
	phy_set(r, AN, 0x20, 0);
	assert_int_not_equal(rd(r, SL_82599_EICR) & SL_82599_EICR_LSC, 0);
	assert_int_equal(rd(r, SL_82599_LINKS), 0);
	assert_int_equal(rd(r, SL_82599_LINKS), up_at(SL_82599_SPEED_1G));
	assert_int_equal(phy(r, AN, 0xC800), 5);
	phy_set(r, AN, 0xC400, 0);
	(void)rd(r, SL_82599_LINKS);
	assert_int_equal(rd(r, SL_82599_LINKS), up_at(SL_82599_SPEED_100M));
	assert_int_equal(phy(r, AN, 0xC800), 3);
	assert_int_equal(phy(r, AN, 0x13), 0x4101);
	assert_int_equal(phy(r, AN, 1), 0x2C);
	assert_int_equal(phy(r, PMA, 1), 0x06);
	phy_set(r, AN, 0x10, 0);
	assert_int_equal(rd(r, SL_82599_LINKS), 0);
	assert_int_equal(phy(r, AN, 0x13) | phy(r, AN, 0xC800), 0);
	assert_int_equal(phy(r, AN, 1), 0x08);
	/* Forced in the MAC, with a speed. */
	wr(r, SL_82599_MACC, 0,
		SL_82599_MACC_FLU | SL_82599_MACC_FORCE |
			SL_PREP(SL_82599_MACC_SPEED, SL_82599_SPEED_10G));
	assert_int_equal(rd(r, SL_82599_LINKS), up_at(SL_82599_SPEED_10G));
	wr(r, SL_82599_MACC, 0, 0);
	/* A reset of the MAC does not reset the PHY; the PHY's own reset does. */
	wr(r, SL_82599_CTRL, 0, SL_82599_CTRL_RST);
	assert_int_equal(rd(r, SL_82599_LINKS), 0);
	phy_set(r, 4, 0, SL_82599_PHY_RESET);
	assert_int_equal(phy(r, 4, 0) & SL_82599_PHY_RESET, 0);
	assert_int_equal(rd(r, SL_82599_LINKS), up_at(SL_82599_SPEED_10G));
}

/* A restart is reported once. Without power, or with the transmitter off, there is no link. */
static void
test_restart_and_power(void **state)
{
	struct nic_drv *r = *state;

	(void)rd(r, SL_82599_EICR);
	phy_set(r, AN, 0, SL_82599_PHY_AN_ON | SL_82599_PHY_AN_RESTART);
	assert_int_equal(phy(r, AN, 0) & SL_82599_PHY_AN_RESTART, 0);
	assert_int_not_equal(rd(r, SL_82599_EICR) & SL_82599_EICR_LSC, 0);
	assert_int_equal(rd(r, SL_82599_LINKS), 0);
	assert_int_equal(rd(r, SL_82599_LINKS), up_at(SL_82599_SPEED_10G));
	phy_set(r, AN, 0, 0);
	assert_int_equal(rd(r, SL_82599_LINKS), 0);
	phy_set(r, AN, 0, SL_82599_PHY_AN_ON);
	phy_set(r, VS, 0, SL_82599_PHY_LOW_POWER);
	assert_int_equal(rd(r, SL_82599_LINKS), 0);
	phy_set(r, VS, 0, 0);
	phy_set(r, PMA, 9, SL_82599_PHY_TX_OFF);
	assert_int_equal(rd(r, SL_82599_LINKS), 0);
	phy_set(r, PMA, 9, 0);
	phy_set(r, PMA, 0, SL_82599_PHY_LOW_POWER);
	assert_int_equal(rd(r, SL_82599_LINKS), 0);
	phy_set(r, PMA, 0, 0);
	assert_int_equal(rd(r, SL_82599_LINKS), up_at(SL_82599_SPEED_10G));
}

/* GSSR is protected by a bit that a read acquires. SWSM has only SMBI. */
static void
test_guard(void **state)
{
	struct nic_drv *r = *state;

	assert_int_equal(rd(r, SL_82599_GSSR), 0);
	assert_int_equal(rd(r, SL_82599_GSSR), SL_82599_GSSR_REGSMP);
	wr(r, SL_82599_GSSR, 0, SL_82599_GSSR_REGSMP | 1);
	wr(r, SL_82599_CTRL, 0, SL_82599_CTRL_RST);
	assert_int_equal(rd(r, SL_82599_GSSR), SL_82599_GSSR_REGSMP | 1);
	wr(r, SL_82599_GSSR, 0, 0);
	assert_int_equal(rd(r, SL_82599_GSSR), 0);
	/* A write does not acquire it. */
	wr(r, SL_82599_GSSR, 0, 0);
	wr(r, SL_82599_GSSR, 0, SL_82599_GSSR_REGSMP);
	assert_int_equal(rd(r, SL_82599_GSSR), 0);
	assert_int_equal(rd(r, SL_82599_SWSM), 0);
	wr(r, SL_82599_SWSM, 0, SL_82599_SWSM_SMBI | SL_82599_SWSM_SWESMBI);
	assert_int_equal(rd(r, SL_82599_SWSM), SL_82599_SWSM_SMBI);
}

static uint32_t
nvm(struct nic_drv *r, uint32_t word)
{
	wr(r, SL_82599_EERD, 0, SL_82599_EERD_START | SL_PREP(SL_82599_EERD_ADDR, word));
	return SL_GET(SL_82599_EERD_DATA, rd(r, SL_82599_EERD));
}

/* The shadow RAM can be written, and its copy to flash completes at once. */
static void
test_shadow(void **state)
{
	const uint32_t write =
		SL_PREP(SL_82599_EERD_ADDR, 0x20) | SL_PREP(SL_82599_EERD_DATA, 0x1234);
	struct nic_drv *r = *state;

	assert_int_equal(rd(r, SL_82599_EEWR), SL_82599_EERD_DONE);
	wr(r, SL_82599_EEWR, 0, write);
	assert_int_equal(nvm(r, 0x20), 0);
	wr(r, SL_82599_EEWR, 0, write | SL_82599_EERD_START);
	assert_int_equal(rd(r, SL_82599_EEWR), write | SL_82599_EERD_DONE);
	assert_int_equal(nvm(r, 0x20), 0x1234);
	wr(r, SL_82599_EEWR, 0, SL_82599_EERD_ADDR | SL_82599_EERD_START);
	assert_int_equal(nvm(r, 0x3FFF), UINT16_MAX);
	wr(r, SL_82599_EEC, 0, SL_82599_EEC_FLUPD);
	assert_int_equal(rd(r, SL_82599_EEC) &
			(SL_82599_EEC_FLUPD | SL_82599_EEC_FLUDONE | SL_82599_EEC_PRES),
		SL_82599_EEC_FLUDONE | SL_82599_EEC_PRES);
	wr(r, SL_82599_CTRL, 0, SL_82599_CTRL_RST);
	assert_int_equal(nvm(r, 0x20), 0x1234);
	assert_int_equal(rd(r, SL_82599_RXPBSIZE), 384 << 10);
}

/* The whole of TIMINCA is added each tick: 6.4, 64 or 640 ns. */
static void
test_time(void **state)
{
	const uint32_t increment = 0x66666666;
	struct nic_drv *r = *state;

	drv_clock(r, 0);
	wr(r, SL_82599_TIMINCA, 0, increment);
	r->clock_ns += 640;
	assert_int_equal(rd(r, SL_82599_SYSTIML), (uint32_t)(100ull * increment));
	assert_int_equal(rd(r, SL_82599_SYSTIMH), 100ull * increment >> 32);
	phy_set(r, AN, 0x20, 0);
	r->clock_ns += 640;
	assert_int_equal(rd(r, SL_82599_SYSTIML), (uint32_t)(110ull * increment));
	phy_set(r, AN, 0xC400, 0);
	r->clock_ns += 640;
	assert_int_equal(rd(r, SL_82599_SYSTIML), (uint32_t)(111ull * increment));
	sl_softnic_clock(r->nic, NULL, NULL);
}

/* The 82599 has none of these. */
static void
test_not_on_82599(void **state)
{
	struct nic_drv *r = *state;

	assert_int_equal(phy(r, PMA, 2), UINT16_MAX);
	wr(r, SL_82599_MSRWD, 0, 0x1234);
	assert_int_equal(rd(r, SL_82599_MSRWD), 0xFFFF0000);
	assert_int_equal(rd(r, SL_82599_GSSR) | rd(r, SL_82599_GSSR), 0);
	wr(r, SL_82599_MACC, 0, SL_82599_MACC_FLU);
	assert_int_equal(rd(r, SL_82599_MACC), 0);
	wr(r, SL_82599_EEWR, 0, SL_82599_EERD_START | SL_82599_EERD_DATA);
	assert_int_equal(nvm(r, 0), 0);
}

int
main(void)
{
#define PHY_TEST(f) cmocka_unit_test_setup_teardown(f, setup, ixgbe_teardown)
	const struct CMUnitTest tests[] = {
		PHY_TEST(test_bus),
		PHY_TEST(test_speeds),
		PHY_TEST(test_restart_and_power),
		PHY_TEST(test_guard),
		PHY_TEST(test_shadow),
		PHY_TEST(test_time),
		cmocka_unit_test_setup_teardown(test_not_on_82599, ixgbe_setup, ixgbe_teardown),
	};

	return cmocka_run_group_tests_name("softixgbe_phy", tests, NULL, NULL);
}
