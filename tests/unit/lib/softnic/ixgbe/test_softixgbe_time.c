/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */

/* Time sync of the software NIC as an 82599, with a clock that the test advances. */

#include "ixgbe_rig.h"

#define NS UINT64_C(1000000000)
#define INCREMENT 0x00CCCCCCu /* 6.4 ns in units of 2^-21 ns */
#define ONE_TICK (SL_PREP(SL_82599_TIMINCA_PERIOD, 1) | INCREMENT)

static int
setup(void **state)
{
	int rc = ixgbe_setup(state);
	struct nic_drv *r = *state;

	if (rc != 0)
		return rc;
	drv_clock(r, 5 * NS + 3);
	wr(r, SL_82599_CTRL, 0, SL_82599_CTRL_RST);
	wr(r, SL_82599_TIMINCA, 0, ONE_TICK);
	return 0;
}

/* Read in the order that latches the time. */
static uint64_t
systim(struct nic_drv *r)
{
	const uint64_t low = rd(r, SL_82599_SYSTIML);

	return (uint64_t)rd(r, SL_82599_SYSTIMH) << 32 | low;
}

/* Ticks of the link's clock: 6.4 ns at 10 Gbit/s and without a link, 64 ns at 1 Gbit/s. */
static void
test_rates(void **state)
{
	const uint64_t second = NS * 10 / 64 * INCREMENT;
	struct nic_drv *r = *state;
	uint64_t before;

	assert_int_equal(systim(r), 0);
	r->clock_ns += NS;
	assert_int_equal(systim(r), second);
	/* Parts of a tick are not lost. */
	r->clock_ns += 32;
	assert_int_equal(systim(r), second + 5 * INCREMENT);
	r->clock_ns += 6;
	assert_int_equal(systim(r), second + 5 * INCREMENT);
	r->clock_ns += 1;
	assert_int_equal(systim(r), second + 6 * INCREMENT);
	r->clock_ns += 25;
	assert_int_equal(systim(r), second + 10 * INCREMENT);
	/* The time before a change of speed counts at the old rate. */
	r->clock_ns += 64;
	wr(r, SL_82599_AUTOC, 0, SL_PREP(SL_82599_AUTOC_LMS, SL_82599_LMS_1G));
	r->clock_ns += 64;
	assert_int_equal(systim(r), second + 21 * INCREMENT);
	r->wire->up = false;
	wr(r, SL_82599_AUTOC, 0, SL_PREP(SL_82599_AUTOC_LMS, SL_82599_LMS_10G_SERIAL));
	r->clock_ns += 64;
	assert_int_equal(systim(r), second + 31 * INCREMENT);
	/* A period of two ticks. With a period of 0 the time stops. */
	r->clock_ns += 64;
	wr(r, SL_82599_TIMINCA, 0, SL_PREP(SL_82599_TIMINCA_PERIOD, 2) | INCREMENT);
	r->clock_ns += 128;
	assert_int_equal(systim(r), second + 51 * INCREMENT);
	wr(r, SL_82599_TIMINCA, 0, INCREMENT);
	r->clock_ns += 128;
	before = systim(r);
	assert_int_equal(before, second + 51 * INCREMENT);
	wr(r, SL_82599_TIMINCA, 0, ONE_TICK);
	r->clock_ns += 64;
	assert_int_equal(systim(r), before + 10 * INCREMENT);
}

/* The time is set in two halves, and adjusted in its own units. */
static void
test_set(void **state)
{
	struct nic_drv *r = *state;
	uint64_t now;

	wr(r, SL_82599_SYSTIMH, 0, 7);
	wr(r, SL_82599_SYSTIML, 0, 9);
	now = (uint64_t)7 << 32 | 9;
	assert_int_equal(systim(r), now);
	r->clock_ns += 32;
	now += 5 * INCREMENT;
	/* The high half is latched by the read of the low half. */
	assert_int_equal(rd(r, SL_82599_SYSTIML), (uint32_t)now);
	r->clock_ns += 1000 * NS;
	assert_int_equal(rd(r, SL_82599_SYSTIMH), 7);
	wr(r, SL_82599_SYSTIMH, 0, 7);
	wr(r, SL_82599_SYSTIML, 0, 9);
	wr(r, SL_82599_TIMADJL, 0, 100);
	wr(r, SL_82599_TIMADJH, 0, 1);
	assert_int_equal(systim(r), (uint64_t)8 << 32 | 109);
	wr(r, SL_82599_TIMADJH, 0, SL_82599_TIMADJ_MINUS | 2);
	assert_int_equal(systim(r), (uint64_t)6 << 32 | 9);
	wr(r, SL_82599_CTRL, 0, SL_82599_CTRL_RST);
	assert_int_equal(systim(r), 0);
}

/* A frame that requests a stamp is stamped. Later frames are not, until the stamp is read. */
static void
test_sent(void **state)
{
	struct nic_drv *r = *state;
	struct queue q;
	uint64_t at;

	tx_start(r, &q, 0);
	tx_cmd(r, &q, 60, SL_TXD_MAC_TSTAMP);
	assert_int_equal(rd(r, SL_82599_TSYNCTXCTL), 0);
	wr(r, SL_82599_TSYNCTXCTL, 0, SL_82599_TSYNC_EN | SL_82599_TSYNC_VALID);
	tx_one(r, &q, 60);
	assert_int_equal(rd(r, SL_82599_TSYNCTXCTL), SL_82599_TSYNC_EN);
	r->clock_ns += 320;
	tx_cmd(r, &q, 60, SL_TXD_MAC_TSTAMP);
	assert_int_equal(rd(r, SL_82599_TSYNCTXCTL), SL_82599_TSYNC_EN | SL_82599_TSYNC_VALID);
	r->clock_ns += NS;
	tx_cmd(r, &q, 60, SL_TXD_MAC_TSTAMP);
	at = rd(r, SL_82599_TXSTMPL);
	assert_int_equal(rd(r, SL_82599_TSYNCTXCTL), SL_82599_TSYNC_EN | SL_82599_TSYNC_VALID);
	at |= (uint64_t)rd(r, SL_82599_TXSTMPH) << 32;
	assert_int_equal(at, 50 * INCREMENT);
	assert_int_equal(rd(r, SL_82599_TSYNCTXCTL), SL_82599_TSYNC_EN);
	wr(r, SL_82599_CTRL, 0, SL_82599_CTRL_RST);
	queue_end(r, &q);
}

static bool
held(struct nic_drv *r, struct queue *q, const uint8_t *frame, uint32_t len)
{
	union sl_rx_desc wb = {0};
	const bool before = (rd(r, SL_82599_TSYNCRXCTL) & SL_82599_TSYNC_VALID) != 0;
	bool now;

	assert_int_equal(rx_one(r, q, frame, len, &wb), len);
	now = (rd(r, SL_82599_TSYNCRXCTL) & SL_82599_TSYNC_VALID) != 0;
	assert_int_equal((wb.wb.status & SL_RXD_STAT_TS) != 0, now && !before);
	rx_again(r, q);
	return (wb.wb.status & SL_RXD_STAT_TS) != 0;
}

static void
receive_by(struct nic_drv *r, uint32_t type, uint32_t mtrl)
{
	wr(r, SL_82599_RXMTRL, 0, mtrl | SL_PREP(SL_82599_RXMTRL_PORT, FRAME_PTP_PORT));
	wr(r, SL_82599_TSYNCRXCTL, 0, SL_82599_TSYNC_EN | SL_PREP(SL_82599_TSYNCRXCTL_TYPE, type));
	(void)rd(r, SL_82599_RXSTMPH);
}

/* Messages selected by RXMTRL and TSYNCRXCTL are stamped. One stamp is kept until it is read. */
static void
test_received(void **state)
{
	enum { L2_V2, L4_V1, V2, EVENT_V2 = 5 };
	struct nic_drv *r = *state;
	uint8_t frame[DRV_BUF];
	struct queue q;
	uint64_t at;

	rx_start(r, &q, 0, 2);
	rx_on(r);
	assert_false(held(r, &q, frame, frame_ptp(frame, true, 0)));
	receive_by(r, EVENT_V2, 0);
	r->clock_ns += 640;
	assert_true(held(r, &q, frame, frame_ptp(frame, true, 0)));
	r->clock_ns += NS;
	assert_false(held(r, &q, frame, frame_ptp(frame, true, 0)));
	assert_int_equal(rd(r, SL_82599_RXSATRL), 0x101112ff);
	assert_int_equal(rd(r, SL_82599_RXSATRH), 0x0a0bfe13);
	at = rd(r, SL_82599_RXSTMPL);
	at |= (uint64_t)rd(r, SL_82599_RXSTMPH) << 32;
	assert_int_equal(at, 100 * INCREMENT);
	/* Over Ethernet, the Ethertype filter must request the stamp. */
	assert_false(held(r, &q, frame, frame_ptp(frame, false, 3)));
	wr(r, SL_82599_ETQF, 3, SL_82599_ETQF_EN | SL_82599_ETQF_1588 | 0x88f7);
	assert_true(held(r, &q, frame, frame_ptp(frame, false, 3)));
	receive_by(r, V2, SL_PREP(SL_82599_RXMTRL_V2, 1));
	assert_false(held(r, &q, frame, frame_ptp(frame, true, 0)));
	assert_true(held(r, &q, frame, frame_ptp(frame, true, 1)));
	receive_by(r, L2_V2, SL_PREP(SL_82599_RXMTRL_V2, 1));
	assert_false(held(r, &q, frame, frame_ptp(frame, true, 1)));
	assert_true(held(r, &q, frame, frame_ptp(frame, false, 1)));
	receive_by(r, L4_V1, 1);
	assert_false(held(r, &q, frame, frame_ptp(frame, true, 1)));
	receive_by(r, L4_V1, 0);
	assert_true(held(r, &q, frame, frame_ptp(frame, true, 1)));
	/* The UDP port is set in RXMTRL. */
	receive_by(r, EVENT_V2, 0);
	wr(r, SL_82599_RXMTRL, 0, SL_PREP(SL_82599_RXMTRL_PORT, 320));
	assert_false(held(r, &q, frame, frame_ptp(frame, true, 0)));
	wr(r, SL_82599_RXMTRL, 0, SL_PREP(SL_82599_RXMTRL_PORT, FRAME_PTP_PORT));
	wr(r, SL_82599_TSYNCRXCTL, 0, 0);
	assert_false(held(r, &q, frame, frame_ptp(frame, true, 0)));
	wr(r, SL_82599_CTRL, 0, SL_82599_CTRL_RST);
	queue_end(r, &q);
}

int
main(void)
{
#define DEVICE_TEST(f) cmocka_unit_test_setup_teardown(f, setup, ixgbe_teardown)
	const struct CMUnitTest tests[] = {
		DEVICE_TEST(test_rates),
		DEVICE_TEST(test_set),
		DEVICE_TEST(test_sent),
		DEVICE_TEST(test_received),
	};

	return cmocka_run_group_tests_name("softixgbe_time", tests, NULL, NULL);
}
