/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */

/* The software NIC: create and destroy, one frame in each direction, rings, write-backs. */

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "softnic_drv.h"

static void
test_params(void **state)
{
	struct nic_drv *r = *state;
	struct sl_softnic_params p = {.name = NULL, .adapter = r->adapter};
	struct sl_softnic *nic;

	assert_int_equal(sl_softnic_create(NULL, &nic), -EINVAL);
	assert_int_equal(sl_softnic_create(&p, &nic), -EINVAL);
	p.name = "x";
	p.adapter = NULL;
	assert_int_equal(sl_softnic_create(&p, &nic), -EINVAL);
	p.adapter = r->adapter;
	p.mac[0] = 1; /* a group address cannot be a port's address */
	assert_int_equal(sl_softnic_create(&p, &nic), -EINVAL);
	assert_int_equal(sl_softnic_attach(r->nic, &r->wire->base), -EBUSY);
	sl_softnic_destroy(NULL);
}

static void
test_mac_from_nvm(void **state)
{
	struct nic_drv *r = *state;
	uint32_t low = SL_RD(&r->bus, RAL, 0), high = SL_RD(&r->bus, RAH, 0);

	assert_memory_equal(&low, drv_mac, 4);
	assert_memory_equal(&high, drv_mac + 4, 2);
	assert_true((high & SL_RAH_AV) != 0);
}

static void
test_tx_one(void **state)
{
	struct nic_drv *r = *state;
	uint64_t seed = rng_seed(0);
	uint8_t frame[60];
	struct drv_frame f;

	drv_start(r);
	frame_ether(frame, sizeof(frame), frame_broadcast, rng_next(&seed));
	drv_tx_one(r, 0, frame, sizeof(frame), 0, 0);
	assert_int_equal(SL_RD(&r->bus, TDH, 0), 0);
	drv_run(r);
	f = drv_wire_out(r);
	assert_int_equal(f.len, sizeof(frame));
	assert_memory_equal(f.data, frame, sizeof(frame));
	assert_int_equal(SL_RD(&r->bus, TDH, 0), 1);
	assert_true((r->txq[0].tx[0].wb.status & SL_TXD_STAT_DD) != 0);
	assert_int_equal(drv_wire_out(r).len, 0);
}

static void
test_tx_head_write_back(void **state)
{
	struct nic_drv *r = *state;
	uint64_t seed = rng_seed(0);
	uint8_t frame[100];
	unsigned int i;

	drv_start(r);
	drv_tx_start(r, 3, true);
	frame_ether(frame, sizeof(frame), frame_broadcast, rng_next(&seed));
	for (i = 1; i <= 3 * DRV_DESCS; i++) {
		union sl_tx_desc before;
		uint32_t at = r->txq[3].next;

		drv_tx_one(r, 3, frame, sizeof(frame), 0, 0);
		before.qw[1] = r->txq[3].tx[at].qw[1];
		drv_run(r);
		assert_int_equal(*r->txq[3].head_wb, i % DRV_DESCS);
		/* 7.2.3: with head write-back, the ring is never written. */
		assert_true(before.qw[1] == r->txq[3].tx[at].qw[1]);
		assert_int_equal(drv_wire_out(r).len, sizeof(frame));
	}
}

static void
test_rx_one(void **state)
{
	struct nic_drv *r = *state;
	uint64_t seed = rng_seed(0);
	volatile union sl_rx_desc *d;
	const uint8_t *data;
	uint8_t frame[60];

	drv_start(r);
	frame_ether(frame, sizeof(frame), drv_mac, rng_next(&seed));
	drv_wire_in(r, frame, sizeof(frame));
	drv_run(r);
	d = drv_rx_next(r, 0, &data);
	assert_non_null(d);
	assert_int_equal(d->wb.length, sizeof(frame));
	assert_int_equal(d->wb.status & (SL_RXD_STAT_DD | SL_RXD_STAT_EOP),
		SL_RXD_STAT_DD | SL_RXD_STAT_EOP);
	assert_memory_equal(data, frame, sizeof(frame));
	assert_int_equal(SL_RD(&r->bus, RDH, 0), 1);
	assert_null(drv_rx_next(r, 0, NULL));
}

/* Frames of random sizes pass the ring many times, and descriptors are returned one by one. */
static void
test_rx_wrap(void **state)
{
	struct nic_drv *r = *state;
	uint64_t seed = rng_seed(0);
	struct drv_queue *q = &r->rxq[0];
	uint8_t frame[1514];
	unsigned int i;

	drv_start(r);
	for (i = 0; i < 5 * DRV_DESCS; i++) {
		uint32_t len = 60 + (uint32_t)(rng_next(&seed) % (sizeof(frame) - 59)),
			 at = q->next;
		volatile union sl_rx_desc *d;
		const uint8_t *data;

		frame_ether(frame, len, drv_mac, rng_next(&seed));
		drv_wire_in(r, frame, len);
		drv_run(r);
		d = drv_rx_next(r, 0, &data);
		assert_non_null(d);
		assert_int_equal(d->wb.length, len);
		assert_memory_equal(data, frame, len);
		q->rx[at].read.hdr_addr = 0;
		q->rx[at].read.pkt_addr = drv_buf_iova(q, at);
		__atomic_store_n(q->tail, at, __ATOMIC_RELEASE);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_params, drv_setup, drv_teardown),
		cmocka_unit_test_setup_teardown(test_mac_from_nvm, drv_setup, drv_teardown),
		cmocka_unit_test_setup_teardown(test_tx_one, drv_setup, drv_teardown),
		cmocka_unit_test_setup_teardown(test_tx_head_write_back, drv_setup, drv_teardown),
		cmocka_unit_test_setup_teardown(test_rx_one, drv_setup, drv_teardown),
		cmocka_unit_test_setup_teardown(test_rx_wrap, drv_setup, drv_teardown),
	};

	return cmocka_run_group_tests_name("softnic", tests, NULL, NULL);
}
