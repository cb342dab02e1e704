/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */

/*
 * The software NIC as an 82599 with an SFP+ module: the module's memories on the I2C bus, its pins,
 * and its words in the NVM.
 */

#include <string.h>

#include "ixgbe_rig.h"

#define SIZE 256u

static int
setup(void **state)
{
	return drv_setup_device(state, "82599-sfp");
}

/* --- an I2C master --- */

/* Set the lines at this end; 1 releases them. */
static void
put(struct nic_drv *r, bool scl, bool sda)
{
	wr(r, SL_82599_I2CCTL, 0,
		(scl ? SL_82599_I2CCTL_CLOCK_OUT : 0) | (sda ? SL_82599_I2CCTL_DATA_OUT : 0));
}

static bool
data(struct nic_drv *r)
{
	return (rd(r, SL_82599_I2CCTL) & SL_82599_I2CCTL_DATA_IN) != 0;
}

static void
start(struct nic_drv *r)
{
	put(r, false, true);
	put(r, true, true);
	put(r, true, false);
	put(r, false, false);
}

static void
stop(struct nic_drv *r)
{
	put(r, false, false);
	put(r, true, false);
	put(r, true, true);
}

static bool
bit(struct nic_drv *r, bool sda)
{
	bool seen;

	put(r, false, sda);
	put(r, true, sda);
	seen = data(r);
	put(r, false, sda);
	return seen;
}

/* @return true if it is acknowledged. */
static bool
send(struct nic_drv *r, uint8_t byte)
{
	unsigned int i;

	for (i = 0; i < 8; i++)
		(void)bit(r, (byte >> (7 - i) & 1) != 0);
	return !bit(r, true);
}

static uint8_t
receive(struct nic_drv *r, bool more)
{
	uint8_t byte = 0;
	unsigned int i;

	for (i = 0; i < 8; i++)
		byte = (uint8_t)(byte << 1 | bit(r, true));
	(void)bit(r, !more);
	return byte;
}

/* Read @p n bytes of a memory in one transfer. */
static void
read_memory(struct nic_drv *r, uint8_t address, uint8_t at, uint8_t *to, unsigned int n)
{
	unsigned int i;

	start(r);
	assert_true(send(r, address));
	assert_true(send(r, at));
	start(r); /* repeated start */
	assert_true(send(r, address | 1));
	for (i = 0; i < n; i++)
		to[i] = receive(r, i + 1 < n);
	stop(r);
}

static uint8_t
sum(const uint8_t *from, unsigned int n)
{
	uint8_t s = 0;

	while (n-- != 0)
		s = (uint8_t)(s + *from++);
	return s;
}

/* Both memories, as SFF-8472 defines them. */
static void
test_memories(void **state)
{
	struct nic_drv *r = *state;
	uint8_t id[SIZE], diag[SIZE], one;

	read_memory(r, 0xA0, 0, id, SIZE);
	assert_int_equal(id[0], 3);
	assert_int_equal(id[3], 0x10); /* 10GBASE-SR */
	assert_int_equal(id[63], sum(id, 63));
	assert_int_equal(id[95], sum(id + 64, 31));
	assert_memory_equal(id + 20, "Syncline model  ", 16);
	read_memory(r, 0xA2, 0, diag, SIZE);
	assert_int_equal(diag[96], 35); /* degrees */
	/* The value is between the thresholds. */
	assert_true(diag[0] > 35 && diag[2] < 35);
	/* One byte from the middle, then the next one without an offset. */
	read_memory(r, 0xA0, 37, &one, 1);
	assert_int_equal(one, id[37]);
	start(r);
	assert_true(send(r, 0xA1));
	assert_int_equal(receive(r, false), id[38]);
	stop(r);
}

/* There are no other devices on the bus, and the memories are read-only. */
static void
test_bus(void **state)
{
	struct nic_drv *r = *state;
	uint8_t before, after;

	start(r);
	assert_false(send(r, 0xA4));
	/* If it is not addressed, it stays silent until the next start. */
	assert_false(send(r, 0x00));
	start(r);
	assert_false(send(r, 0xA5));
	assert_int_equal(receive(r, false), UINT8_MAX);
	stop(r);
	/* A byte without a start has no effect either. */
	start(r);
	stop(r);
	assert_false(send(r, 0xA0));
	read_memory(r, 0xA0, 20, &before, 1);
	start(r);
	assert_true(send(r, 0xA0));
	assert_true(send(r, 20));
	assert_true(send(r, (uint8_t)~before));
	stop(r);
	read_memory(r, 0xA0, 20, &after, 1);
	assert_int_equal(after, before);
	/* A stop within a byte ends it. */
	start(r);
	(void)bit(r, true);
	stop(r);
	assert_true(data(r));
	(void)bit(r, false);
	read_memory(r, 0xA0, 20, &after, 1);
	assert_int_equal(after, before);
	/* A line that this end pulls down reads low. */
	put(r, false, false);
	assert_int_equal(rd(r, SL_82599_I2CCTL), 0);
	put(r, true, true);
	assert_int_equal(rd(r, SL_82599_I2CCTL), 0xF);
}

/* The module is present, and its laser can be switched off. */
static void
test_pins(void **state)
{
	struct nic_drv *r = *state;
	struct queue q;

	tx_start(r, &q, 0);
	assert_true((rd(r, SL_82599_ESDP) & SL_82599_ESDP_MODULE) != 0);
	wr(r, SL_82599_ESDP, 0, SL_82599_ESDP_LASER_OFF);
	tx_one(r, &q, 60);
	assert_int_equal(drv_wire_out(r).len, 0);
	wr(r, SL_82599_ESDP, 0, 0);
	drv_run(r);
	assert_int_equal(drv_wire_out(r).len, 60);
	wr(r, SL_82599_CTRL, 0, SL_82599_CTRL_RST);
	queue_end(r, &q);
}

static uint16_t
nvm(struct nic_drv *r, uint32_t word)
{
	wr(r, SL_82599_EERD, 0, SL_82599_EERD_START | SL_PREP(SL_82599_EERD_ADDR, word));
	return (uint16_t)SL_GET(SL_82599_EERD_DATA, rd(r, SL_82599_EERD));
}

/* Serial link at 10 or 1 Gbit/s. The NVM has a firmware version and the module's sequence. */
static void
test_link_and_nvm(void **state)
{
	const uint32_t up = SL_82599_LINKS_UP | SL_PREP(SL_82599_LINKS_SPEED, SL_82599_SPEED_10G);
	struct nic_drv *r = *state;
	uint16_t at, sum_all = 0;
	unsigned int i;

	assert_int_equal(sl_softnic_device(r->nic)->pci_id, 0x10FB);
	assert_int_equal(
		SL_GET(SL_82599_AUTOC_LMS, rd(r, SL_82599_AUTOC)), SL_82599_LMS_10G_SERIAL);
	assert_int_equal(
		SL_GET(SL_82599_AUTOC2_SERIAL, rd(r, SL_82599_AUTOC2)), SL_82599_SERIAL_SFI);
	assert_int_equal(rd(r, SL_82599_LINKS), up);
	at = nvm(r, SL_82599_NVM_FIRMWARE);
	assert_int_equal(nvm(r, at + SL_82599_NVM_FW_LESM), UINT16_MAX);
	at = nvm(r, at + SL_82599_NVM_FW_PATCH);
	assert_true(nvm(r, at + SL_82599_NVM_FW_PATCH_VERSION) > 5);
	at = nvm(r, SL_82599_NVM_SFP_INIT);
	assert_int_equal(nvm(r, at + 1u), SL_82599_NVM_SFP_SR_LR);
	assert_int_equal(nvm(r, nvm(r, at + 2u) + 1u), UINT16_MAX);
	assert_int_equal(nvm(r, at + 3u), UINT16_MAX);
	for (i = 0; i <= SL_82599_NVM_CHECKSUM; i++)
		sum_all = (uint16_t)(sum_all + nvm(r, i));
	at = nvm(r, SL_82599_NVM_CORE_0);
	for (i = 1; i <= nvm(r, at); i++)
		sum_all = (uint16_t)(sum_all + nvm(r, at + i));
	assert_int_equal(sum_all, SL_82599_NVM_SUM);
}

/* A backplane device has no module on the bus. */
static void
test_backplane(void **state)
{
	struct nic_drv *r = *state;
	struct queue q;

	start(r);
	assert_false(send(r, 0xA0));
	stop(r);
	tx_start(r, &q, 0);
	assert_int_equal(rd(r, SL_82599_ESDP), 0);
	wr(r, SL_82599_ESDP, 0, SL_82599_ESDP_LASER_OFF);
	assert_int_equal(rd(r, SL_82599_ESDP), SL_82599_ESDP_LASER_OFF);
	tx_one(r, &q, 60);
	assert_int_equal(drv_wire_out(r).len, 60);
	wr(r, SL_82599_CTRL, 0, SL_82599_CTRL_RST);
	queue_end(r, &q);
}

int
main(void)
{
#define SFP_TEST(f) cmocka_unit_test_setup_teardown(f, setup, ixgbe_teardown)
	const struct CMUnitTest tests[] = {
		SFP_TEST(test_memories),
		SFP_TEST(test_bus),
		SFP_TEST(test_pins),
		SFP_TEST(test_link_and_nvm),
		cmocka_unit_test_setup_teardown(test_backplane, ixgbe_setup, ixgbe_teardown),
	};

	return cmocka_run_group_tests_name("softixgbe_sfp", tests, NULL, NULL);
}
