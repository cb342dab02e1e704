/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */

/*
 * Interrupts of the software NIC as an 82599: causes, masks, vectors.
 */

#include "ixgbe_rig.h"

#define MSIX (SL_82599_GPIE_MSIX | SL_82599_GPIE_EIAME | SL_82599_GPIE_OCD)

/* The link came up, which is a cause. */
static int
setup(void **state)
{
	int rc = ixgbe_setup(state);

	if (rc == 0)
		(void)rd(*state, SL_82599_EICR);
	return rc;
}

static uint32_t
ivar(unsigned int byte, uint32_t vector)
{
	return (SL_82599_IVAR_VALID | vector) << byte * 8;
}

/* Receive one frame, which is a cause for the queue's vector. */
static void
receive(struct nic_drv *r, struct queue *q)
{
	static const uint8_t frame[60] = {0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 2};
	union sl_rx_desc wb;

	assert_int_equal(rx_one(r, q, frame, sizeof(frame), &wb), sizeof(frame));
}

/* IVAR maps each direction of each queue to one of 64 vectors. */
static void
test_vectors(void **state)
{
	struct nic_drv *r = *state;
	struct queue rx, tx;

	rx_start(r, &rx, 0, 2);
	tx_start(r, &tx, 101);
	rx_on(r);
	wr(r, SL_82599_GPIE, 0, MSIX);
	wr(r, SL_82599_IVAR, 0, ivar(0, 3));
	wr(r, SL_82599_IVAR, 50, ivar(3, 63));
	wr(r, SL_82599_EIAC, 0, SL_BIT(3));
	wr(r, SL_82599_EIMS_EX, 0, SL_BIT(3));
	wr(r, SL_82599_EIMS_EX, 1, SL_BIT(31));
	/* Vector 3 clears automatically: the frames of each step cause a new interrupt. */
	receive(r, &rx);
	assert_int_equal(drv_irqs(r, 3), 1);
	assert_int_equal(rd(r, SL_82599_EICS), 0);
	receive(r, &rx);
	assert_int_equal(drv_irqs(r, 3), 1);
	/* Without auto clear, there is one message until EICR is cleared. */
	wr(r, SL_82599_EIAC, 0, 0);
	receive(r, &rx);
	receive(r, &rx);
	assert_int_equal(drv_irqs(r, 3), 1);
	assert_int_equal(rd(r, SL_82599_EICS), SL_BIT(3));
	wr(r, SL_82599_EICR, 0, SL_BIT(3));
	receive(r, &rx);
	assert_int_equal(drv_irqs(r, 3), 1);
	wr(r, SL_82599_EICR, 0, SL_BIT(3));
	/* Vectors without a bit in EICR always clear automatically. */
	tx_one(r, &tx, 60);
	tx_one(r, &tx, 60);
	assert_int_equal(drv_irqs(r, 63), 2);
	/* An invalid entry selects no vector. */
	wr(r, SL_82599_IVAR, 50, 63 << 24);
	tx_one(r, &tx, 60);
	assert_int_equal(drv_irqs(r, 63), 0);
	wr(r, SL_82599_CTRL, 0, SL_82599_CTRL_RST);
	queue_end(r, &rx);
	queue_end(r, &tx);
}

/* Masked causes wait. EIAM masks a vector when its message is sent, and EIMS shows it. */
static void
test_masks(void **state)
{
	struct nic_drv *r = *state;

	wr(r, SL_82599_GPIE, 0, MSIX);
	wr(r, SL_82599_EICS_EX, 1, SL_BIT(1));
	assert_int_equal(drv_irqs(r, 33), 0);
	wr(r, SL_82599_EIMS_EX, 1, SL_BIT(1) | SL_BIT(2));
	assert_int_equal(drv_irqs(r, 33), 1);
	wr(r, SL_82599_EIAM_EX, 1, SL_BIT(1));
	wr(r, SL_82599_EICS_EX, 1, SL_BIT(1));
	assert_int_equal(drv_irqs(r, 33), 1);
	assert_int_equal(rdi(r, SL_82599_EIMS_EX, 1), SL_BIT(2));
	/* Causes set while masked give one message when they are unmasked. */
	wr(r, SL_82599_EICS_EX, 1, SL_BIT(1));
	assert_int_equal(drv_irqs(r, 33), 0);
	wr(r, SL_82599_EIMS_EX, 1, SL_BIT(1));
	assert_int_equal(drv_irqs(r, 33), 1);
	wr(r, SL_82599_EIMC_EX, 1, SL_BIT(2));
	assert_int_equal(rdi(r, SL_82599_EIMS_EX, 1), 0);
	/* The first 16 vectors also have bits in the registers of the other causes. */
	wr(r, SL_82599_EIMS_EX, 0, 0x00030003);
	assert_int_equal(rd(r, SL_82599_EIMS), 0x00000003);
	wr(r, SL_82599_EIMS, 0, SL_82599_EICR_LSC | SL_BIT(2));
	assert_int_equal(rdi(r, SL_82599_EIMS_EX, 0), 0x00030007);
	assert_int_equal(rd(r, SL_82599_EIMS), SL_82599_EICR_LSC | 7);
	wr(r, SL_82599_EIMC, 0, UINT32_MAX);
	assert_int_equal(rd(r, SL_82599_EIMS), 0);
	assert_int_equal(rdi(r, SL_82599_EIMS_EX, 0), 0x00030000);
	wr(r, SL_82599_EIAM, 0, UINT32_MAX);
	assert_int_equal(rd(r, SL_82599_EIAM), 0x7FFFFFFF);
	assert_int_equal(rdi(r, SL_82599_EIAM_EX, 0), 0x0000FFFF);
	wr(r, SL_82599_EIAM_EX, 0, 0x00050000);
	assert_int_equal(rd(r, SL_82599_EIAM), 0x7FFF0000);
	assert_int_equal(rd(r, SL_82599_EICR), 0);
}

/* Causes that do not belong to queues: vector by IVAR_MISC, with separate mask bits. */
static void
test_others(void **state)
{
	struct nic_drv *r = *state;

	wr(r, SL_82599_GPIE, 0, MSIX);
	wr(r, SL_82599_IVAR_MISC, 0, ivar(SL_82599_IVAR_MISC_OTHER, 7) | ivar(0, 9));
	r->wire->up = false;
	drv_run(r);
	assert_int_equal(drv_irqs(r, 7), 0);
	wr(r, SL_82599_EIMS, 0, SL_82599_EICR_LSC);
	assert_int_equal(drv_irqs(r, 7), 1);
	/* With OCD a read does not clear it. Writing ones does, and then it can be set again. */
	assert_int_equal(rd(r, SL_82599_EICS), SL_82599_EICR_LSC);
	assert_int_equal(rd(r, SL_82599_EICR), SL_82599_EICR_LSC);
	r->wire->up = true;
	drv_run(r);
	assert_int_equal(drv_irqs(r, 7), 0);
	wr(r, SL_82599_EICR, 0, SL_82599_EICR_LSC);
	r->wire->up = false;
	drv_run(r);
	assert_int_equal(drv_irqs(r, 7), 1);
	/* Auto clear and auto mask apply to these causes too. */
	wr(r, SL_82599_EICR, 0, UINT32_MAX);
	wr(r, SL_82599_EIAC, 0, SL_82599_EICR_LSC);
	wr(r, SL_82599_EIAM, 0, SL_82599_EICR_LSC);
	wr(r, SL_82599_EICS, 0, SL_82599_EICR_LSC);
	assert_int_equal(drv_irqs(r, 7), 1);
	assert_int_equal(rd(r, SL_82599_EICS), 0);
	assert_int_equal(rd(r, SL_82599_EIMS), 0);
	/* The timer's cause has a separate vector. */
	wr(r, SL_82599_EIMS, 0, SL_82599_EICR_TCP_TIMER);
	wr(r, SL_82599_EICS, 0, SL_82599_EICR_TCP_TIMER);
	assert_int_equal(drv_irqs(r, 9), 1);
	assert_int_equal(drv_irqs(r, 7), 0);
	/* Bit 31 is unused. */
	wr(r, SL_82599_EICR, 0, UINT32_MAX);
	wr(r, SL_82599_EICS, 0, SL_BIT(31));
	assert_int_equal(rd(r, SL_82599_EICS), 0);
}

/* A frame that finds no room is a cause. */
static void
test_missed(void **state)
{
	static const uint8_t frame[1000] = {0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 2};
	struct nic_drv *r = *state;
	union sl_rx_desc wb;
	struct queue q;
	unsigned int i;

	rx_start(r, &q, 0, 2);
	wr(r, SL_82599_RXPBSIZE, 0, SL_PREP(SL_82599_RXPBSIZE_KIB, 2));
	rx_on(r);
	wr(r, SL_82599_EIMS, 0, SL_82599_EICR_RX_MISS);
	for (i = 0; i < DESCS + 2; i++)
		(void)rx_one(r, &q, frame, sizeof(frame), &wb);
	assert_int_equal(drv_irqs(r, 0), 1);
	assert_true((rd(r, SL_82599_EICR) & SL_82599_EICR_RX_MISS) != 0);
	wr(r, SL_82599_CTRL, 0, SL_82599_CTRL_RST);
	queue_end(r, &q);
}

/* Without MSI-X all causes use vector 0 and the INTx line, and EICR reports them. */
static void
test_line(void **state)
{
	struct nic_drv *r = *state;
	struct queue q;

	rx_start(r, &q, 0, 2);
	rx_on(r);
	wr(r, SL_82599_IVAR, 0, ivar(0, 17)); /* only four bits of 17 count */
	wr(r, SL_82599_EIMS, 0, SL_82599_EICR_LSC | SL_BIT(1));
	assert_false(sl_softnic_intx(r->nic));
	receive(r, &q);
	assert_int_equal(drv_irqs(r, 0), 1);
	assert_true(sl_softnic_intx(r->nic));
	assert_int_equal(rd(r, SL_82599_EICR), SL_BIT(1));
	assert_false(sl_softnic_intx(r->nic));
	r->wire->up = false;
	drv_run(r);
	assert_int_equal(drv_irqs(r, 0), 1);
	assert_true(sl_softnic_intx(r->nic));
	assert_int_equal(rd(r, SL_82599_EICR), SL_82599_EICR_LSC);
	assert_false(sl_softnic_intx(r->nic));
	/* A read of EICR masks the causes that EIAM selects. */
	wr(r, SL_82599_EIAM, 0, SL_BIT(1));
	wr(r, SL_82599_EICS, 0, SL_BIT(1));
	assert_int_equal(rd(r, SL_82599_EICR), SL_BIT(1));
	assert_int_equal(rd(r, SL_82599_EIMS), SL_82599_EICR_LSC);
	/* With OCD it clears only the bits of the queues. */
	wr(r, SL_82599_GPIE, 0, SL_82599_GPIE_OCD);
	wr(r, SL_82599_EICS, 0, SL_82599_EICR_LSC | SL_BIT(2));
	assert_int_equal(rd(r, SL_82599_EICR), SL_82599_EICR_LSC | SL_BIT(2));
	assert_int_equal(rd(r, SL_82599_EICR), SL_82599_EICR_LSC);
	assert_true(sl_softnic_intx(r->nic));
	wr(r, SL_82599_EIMC, 0, SL_82599_EICR_LSC);
	assert_false(sl_softnic_intx(r->nic));
	/* With MSI-X there is no INTx line. */
	wr(r, SL_82599_EIMS, 0, SL_82599_EICR_LSC);
	wr(r, SL_82599_GPIE, 0, SL_82599_GPIE_MSIX);
	assert_false(sl_softnic_intx(r->nic));
	wr(r, SL_82599_CTRL, 0, SL_82599_CTRL_RST);
	queue_end(r, &q);
}

int
main(void)
{
#define DEVICE_TEST(f) cmocka_unit_test_setup_teardown(f, setup, ixgbe_teardown)
	const struct CMUnitTest tests[] = {
		DEVICE_TEST(test_vectors),
		DEVICE_TEST(test_masks),
		DEVICE_TEST(test_others),
		DEVICE_TEST(test_missed),
		DEVICE_TEST(test_line),
	};

	return cmocka_run_group_tests_name("softixgbe_irq", tests, NULL, NULL);
}
