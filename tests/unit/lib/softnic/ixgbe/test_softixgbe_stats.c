/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */

/*
 * Statistics registers of the software NIC as an 82599.
 */

#include <string.h>

#include "ixgbe_rig.h"

#define FCS 4u

/* Check a counter. The read clears it. */
static void
expect(struct nic_drv *r, enum sl_82599_reg reg, unsigned int i, uint32_t want)
{
	const uint32_t got = rdi(r, reg, i), again = rdi(r, reg, i);

	if (got != want || again != 0)
		fail_msg("%s[%u] is %u and then %u, not %u and 0", sl_82599_table[reg].name, i, got,
			again, want);
}

/* Check the two halves in order. The read of the second half clears both. */
static void
expect_pair(struct nic_drv *r, enum sl_82599_reg low, unsigned int i, uint32_t want)
{
	const enum sl_82599_reg high = low + 1;

	assert_int_equal(rdi(r, low, i), want);
	assert_int_equal(rdi(r, high, i), 0);
	assert_int_equal(rdi(r, low, i), 0);
	assert_int_equal(rdi(r, high, i), 0);
}

static void
test_receive(void **state)
{
	static const uint32_t sizes[] = {60, 61, 200, 400, 1000, 1400};
	static const uint8_t multi[6] = {3, 0, 0, 0, 0, 1}, other[6] = {2, 9, 9, 9, 9, 9};
	struct nic_drv *r = *state;
	uint64_t seed = rng_seed(0);
	uint8_t frame[2000];
	union sl_rx_desc wb;
	struct queue q;
	uint32_t octets = 0, i;

	rx_start(r, &q, 0, 2);
	wr(r, SL_82599_FCTRL, 0, SL_82599_FCTRL_BAM | SL_82599_FCTRL_MPE);
	wr(r, SL_82599_RXCTRL, 0, SL_82599_RXCTRL_RXEN);
	for (i = 0; i < 6; i++) {
		frame_ether(frame, sizes[i],
			i == 1	       ? frame_broadcast :
				i == 2 ? multi :
					 drv_mac,
			rng_next(&seed));
		assert_int_equal(rx_one(r, &q, frame, sizes[i], &wb), sizes[i]);
		octets += sizes[i] + FCS;
	}
	/* Not accepted, too long, too short. */
	frame_ether(frame, 100, other, rng_next(&seed));
	assert_int_equal(rx_one(r, &q, frame, 100, &wb), 0);
	frame_ether(frame, 1600, drv_mac, rng_next(&seed));
	assert_int_equal(rx_one(r, &q, frame, 1600, &wb), 0);
	assert_int_equal(rx_one(r, &q, frame, 50, &wb), 0);
	for (i = 0; i < 6; i++)
		expect(r, SL_82599_PRC64 + i, 0, 1);
	expect(r, SL_82599_GPRC, 0, 6);
	expect(r, SL_82599_BPRC, 0, 1);
	expect(r, SL_82599_MPRC, 0, 1);
	expect(r, SL_82599_ROC, 0, 1);
	expect(r, SL_82599_RUC, 0, 1);
	expect(r, SL_82599_RLEC, 0, 2);
	expect(r, SL_82599_TPR, 0, 8);
	/* The FCS is stripped, so only the totals include it. */
	expect_pair(r, SL_82599_GORCL, 0, octets - 6 * FCS);
	expect_pair(r, SL_82599_TORL, 0, octets + 100 + 1600 + 2 * FCS);
	expect(r, SL_82599_QPRC, 0, 6);
	expect_pair(r, SL_82599_QBRC_L, 0, octets - 6 * FCS);
	wr(r, SL_82599_HLREG0, 0, rd(r, SL_82599_HLREG0) & ~SL_82599_HLREG0_RXCRCSTRP);
	assert_int_equal(rx_one(r, &q, frame, 100, &wb), 100 + FCS);
	expect_pair(r, SL_82599_GORCL, 0, 100 + FCS);
	expect_pair(r, SL_82599_QBRC_L, 0, 100 + FCS);
	wr(r, SL_82599_CTRL, 0, SL_82599_CTRL_RST);
	queue_end(r, &q);
}

/* Frames received between the reads of the two halves count in the next pair. */
static void
test_latch(void **state)
{
	struct nic_drv *r = *state;
	struct queue q;

	tx_start(r, &q, 0);
	tx_one(r, &q, 60);
	assert_int_equal(rd(r, SL_82599_GOTCL), 64);
	assert_int_equal(rdi(r, SL_82599_QBTC_L, 0), 60);
	tx_one(r, &q, 100);
	assert_int_equal(rd(r, SL_82599_GOTCH), 0);
	assert_int_equal(rdi(r, SL_82599_QBTC_H, 0), 0);
	expect_pair(r, SL_82599_GOTCL, 0, 104);
	expect_pair(r, SL_82599_QBTC_L, 0, 100);
	wr(r, SL_82599_CTRL, 0, SL_82599_CTRL_RST);
	queue_end(r, &q);
}

static void
test_transmit(void **state)
{
	static const uint32_t sizes[] = {60, 61, 200, 400, 1000, 1400};
	struct nic_drv *r = *state;
	struct queue q;
	uint32_t octets = 0, i;

	tx_start(r, &q, 5);
	for (i = 0; i < 6; i++) {
		memcpy(q.data.va, i < 2 ? frame_broadcast : drv_mac, 6);
		tx_one(r, &q, sizes[i]);
		octets += sizes[i] + FCS;
	}
	for (i = 0; i < 6; i++)
		expect(r, SL_82599_PTC64 + i, 0, 1);
	expect(r, SL_82599_GPTC, 0, 6);
	expect(r, SL_82599_TPT, 0, 6);
	expect(r, SL_82599_BPTC, 0, 2);
	expect(r, SL_82599_MPTC, 0, 0);
	expect_pair(r, SL_82599_GOTCL, 0, octets);
	expect(r, SL_82599_QPTC, 0, 6);
	wr(r, SL_82599_CTRL, 0, SL_82599_CTRL_RST);
	queue_end(r, &q);
}

/* A queue counts in the set that it is mapped to at the time. */
static void
test_sets(void **state)
{
	struct nic_drv *r = *state;
	struct queue q[2];

	tx_start(r, &q[0], 6);
	tx_start(r, &q[1], 127);
	tx_one(r, &q[0], 60);
	tx_one(r, &q[1], 60);
	wr(r, SL_82599_TQSM, 1, 0x00030000);
	wr(r, SL_82599_TQSM, 31, 0x0F000000);
	tx_one(r, &q[0], 60);
	tx_one(r, &q[0], 60);
	tx_one(r, &q[1], 60);
	expect(r, SL_82599_QPTC, 0, 2);
	expect(r, SL_82599_QPTC, 3, 2);
	expect(r, SL_82599_QPTC, 15, 1);
	expect_pair(r, SL_82599_QBTC_L, 3, 120);
	expect(r, SL_82599_QPRC, 3, 0);
	tx_one(r, &q[1], 60);
	/* After a reset all counters are zero. */
	wr(r, SL_82599_CTRL, 0, SL_82599_CTRL_RST);
	expect(r, SL_82599_QPTC, 15, 0);
	expect(r, SL_82599_GPTC, 0, 0);
	expect_pair(r, SL_82599_QBTC_L, 0, 0);
	queue_end(r, &q[0]);
	queue_end(r, &q[1]);
}

/* Frames without a descriptor are dropped, or missed if the packet buffer is full. */
static void
test_lost(void **state)
{
	static const uint8_t frame[1000] = {0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 2};
	struct nic_drv *r = *state;
	union sl_rx_desc wb;
	struct queue q;
	uint32_t missed;
	unsigned int i;

	rx_start(r, &q, 0, 2);
	wr(r, SL_82599_RQSMR, 0, 2);
	wr(r, SL_82599_RXPBSIZE, 0, SL_PREP(SL_82599_RXPBSIZE_KIB, 2));
	rx_on(r);
	for (i = 0; i < DESCS - 1; i++)
		assert_int_equal(rx_one(r, &q, frame, sizeof(frame), &wb), sizeof(frame));
	wr(r, SL_82599_SRRCTL, 0, rd(r, SL_82599_SRRCTL) | SL_82599_DROP_EN);
	assert_int_equal(rx_one(r, &q, frame, sizeof(frame), &wb), 0);
	expect(r, SL_82599_QPRDC, 2, 1);
	expect(r, SL_82599_MPC, 0, 0);
	wr(r, SL_82599_SRRCTL, 0, rd(r, SL_82599_SRRCTL) & ~SL_82599_DROP_EN);
	for (i = 0; i < 3; i++)
		assert_int_equal(rx_one(r, &q, frame, sizeof(frame), &wb), 0);
	expect(r, SL_82599_MPC, 1, 0);
	missed = rdi(r, SL_82599_MPC, 0);
	assert_in_range(missed, 1, 3);
	expect(r, SL_82599_QPRDC, 2, 0);
	/* The MAC counted all frames as good, except those that still wait. */
	expect(r, SL_82599_GPRC, 0, DESCS - 1 + 1 + missed);
	wr(r, SL_82599_CTRL, 0, SL_82599_CTRL_RST);
	queue_end(r, &q);
}

int
main(void)
{
#define DEVICE_TEST(f) cmocka_unit_test_setup_teardown(f, ixgbe_setup, ixgbe_teardown)
	const struct CMUnitTest tests[] = {
		DEVICE_TEST(test_receive),
		DEVICE_TEST(test_latch),
		DEVICE_TEST(test_transmit),
		DEVICE_TEST(test_sets),
		DEVICE_TEST(test_lost),
	};

	return cmocka_run_group_tests_name("softixgbe_stats", tests, NULL, NULL);
}
