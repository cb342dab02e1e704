/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */
/*
 * A NIC that does not stop. No mbuf is freed before the NIC is proven to have stopped, a stuck
 * queue does not affect others, and kept mbufs are freed after the proof.
 */
#include <rte_bus_vdev.h>
#include <rte_cycles.h>

#ifdef __SANITIZE_ADDRESS__
#include <sanitizer/lsan_interface.h>
#endif

#include "harness.h"
#include "sl_bus.h"
#include "sl_fields.h"
#include "sl_regs.h"

#define ALL_QUEUES UINT32_MAX
#define FILL 0x5a
#define FRAMES 20u
#define EVENT_WAIT_MS 10000u

static const struct h_cfg cfg = {.nb_rxd = 64, .nb_txd = 64, .pool_size = 511};

static void
open_timed(struct h_port *p)
{
	h_open(p, "time=own");
	h_start(p, &cfg);
}

static void
give_frames(struct h_port *p, unsigned int n)
{
	uint8_t f[200];

	frame_ether(f, sizeof(f), &p->mac, n);
	while (n-- > 0)
		h_give(p, f, sizeof(f));
}

/* Send frames that the NIC does not read yet. @return the number of frames in the ring. */
static unsigned int
queue_frames(struct h_port *p, uint16_t q, unsigned int n)
{
	struct rte_mbuf *m;
	uint8_t f[200];
	unsigned int i;

	frame_ether(f, sizeof(f), &p->mac, n);
	for (i = 0; i < n; i++) {
		m = h_mbuf(p, f, sizeof(f), 1);
		assert_int_equal(rte_eth_tx_burst(p->id, q, &m, 1), 1);
	}
	return n;
}

static unsigned int
in_pool(struct h_port *p)
{
	return rte_mempool_avail_count(p->pool);
}

/*
 * Frames arrive while the application holds all free mbufs. The NIC must not change any of these.
 */
static void
assert_untouched(struct h_port *p)
{
	struct rte_mbuf *m[511];
	unsigned int n = in_pool(p), i, k;

	assert_int_equal(rte_mempool_get_bulk(p->pool, (void **)m, n), 0);
	for (i = 0; i < n; i++)
		memset(m[i]->buf_addr, FILL, m[i]->buf_len);
	give_frames(p, FRAMES);
	h_step(p);
	for (i = 0; i < n; i++) {
		for (k = 0; k < m[i]->buf_len; k++)
			if (((const uint8_t *)m[i]->buf_addr)[k] != FILL)
				fail_msg("byte %u of the application's mbuf was written", k);
	}
	rte_mempool_put_bulk(p->pool, (void **)m, n);
}

static void
assert_full(struct h_port *p)
{
	assert_int_equal(in_pool(p), p->pool->size);
}

/* The NIC has recovered. The kept mbufs return to the pool, and the port works. */
static void
assert_recovers(struct h_port *p)
{
	struct rte_mbuf *m;
	uint8_t f[H_FRAME_CAP];

	h_fault(p, SL_FAULT_NONE, 0, 0);
	assert_int_equal(rte_eth_dev_start(p->id), 0);
	h_step(p);
	while (rte_eth_rx_burst(p->id, 0, &m, 1) == 1)
		rte_pktmbuf_free(m);
	while (h_take(p, f) != 0)
		;
	h_alive(p);
	assert_int_equal(h_xstat(p, "rx_mbufs_kept"), 0);
	assert_int_equal(h_xstat(p, "tx_mbufs_kept"), 0);
	h_stop(p);
}

/* --- one queue --- */

static void
receive_queue_stays(void **state)
{
	struct h_port p;
	unsigned int idle;

	(void)state;
	h_open(&p, "time=own");
	h_start(&p, &(struct h_cfg){.nb_rxq = 2, .nb_rxd = 64, .nb_txd = 64, .pool_size = 511});
	idle = in_pool(&p);
	h_fault(&p, SL_FAULT_STUCK_QUEUE, RTE_BIT32(1), 1);
	h_log_mark();
	assert_int_equal(rte_eth_dev_rx_queue_stop(p.id, 1), -ETIMEDOUT);
	assert_true(h_log_has("rx queue 1: the NIC does not stop it"));
	assert_int_equal(in_pool(&p), idle);
	/* The other queue is not affected. */
	h_alive(&p);
	assert_int_equal(rte_eth_dev_rx_queue_stop(p.id, 0), 0);
	assert_untouched(&p);
	assert_int_equal(rte_eth_dev_rx_queue_start(p.id, 0), 0);
	h_alive(&p);
	/* The stop can be repeated. */
	h_fault(&p, SL_FAULT_NONE, 0, 0);
	assert_int_equal(rte_eth_dev_rx_queue_stop(p.id, 1), 0);
	assert_untouched(&p);
	h_close(&p);
}

static void
transmit_queue_stays(void **state)
{
	struct h_port p;
	unsigned int idle;
	uint8_t f[H_FRAME_CAP];

	(void)state;
	h_open(&p, "time=own");
	h_start(&p, &(struct h_cfg){.nb_txq = 2, .nb_rxd = 64, .nb_txd = 64, .pool_size = 511});
	idle = in_pool(&p);
	h_fault(&p, SL_FAULT_LINK_DOWN, 0, 1);
	h_fault(&p, SL_FAULT_STUCK_QUEUE, RTE_BIT32(16 + 1), 1);
	queue_frames(&p, 1, FRAMES);
	h_log_mark();
	assert_int_equal(rte_eth_dev_tx_queue_stop(p.id, 1), -ETIMEDOUT);
	assert_true(h_log_has("tx queue 1: the NIC does not stop it"));
	assert_int_equal(in_pool(&p), idle - FRAMES);
	assert_int_equal(rte_eth_dev_tx_queue_stop(p.id, 0), 0);
	assert_int_equal(rte_eth_dev_tx_queue_start(p.id, 0), 0);
	/* The NIC sends the frames that it was given, unchanged. */
	h_fault(&p, SL_FAULT_NONE, 0, 0);
	h_step(&p);
	assert_int_equal(h_sent(&p), FRAMES);
	while (h_take(&p, f) != 0)
		;
	h_alive(&p);
	assert_int_equal(rte_eth_dev_tx_queue_stop(p.id, 1), 0);
	h_close(&p);
}

static int
on_reset(uint16_t port, enum rte_eth_event_type type, void *arg, void *ret)
{
	(void)port;
	(void)type;
	(void)ret;
	__atomic_fetch_add((unsigned int *)arg, 1, __ATOMIC_SEQ_CST);
	return 0;
}

/* Poll until queue 0 has stalled @n times, with a frame to send if @tx. */
static void
until_stalled(struct h_port *p, bool tx, unsigned int n)
{
	const char *name = tx ? "tx_q0_stalls" : "rx_q0_stalls";
	struct rte_mbuf *m = NULL;
	uint8_t f[100];
	unsigned int i;

	frame_ether(f, sizeof(f), &p->mac, n);
	/* Read the counter only sometimes, because that takes longer than a burst. */
	for (i = 0; i % 1000 != 0 || h_xstat(p, name) < n; i++) {
		assert_true(i < 1000000);
		assert_int_equal(sl_pmd_time_pass(p->id, 10), 0);
		if (!tx) {
			assert_int_equal(rte_eth_rx_burst(p->id, 0, &m, 1), 0);
			continue;
		}
		m = h_mbuf(p, f, sizeof(f), 1);
		if (rte_eth_tx_burst(p->id, 0, &m, 1) == 0)
			rte_pktmbuf_free(m);
	}
}

/* A stalled queue cannot be restarted. Its mbufs are kept, and a reset event is sent. */
static void
stalled_queue_stays(bool tx)
{
	struct h_port p;
	unsigned int idle, events = 0, i;

	open_timed(&p);
	assert_int_equal(
		rte_eth_dev_callback_register(p.id, RTE_ETH_EVENT_INTR_RESET, on_reset, &events),
		0);
	h_fault(&p, SL_FAULT_STUCK_QUEUE, ALL_QUEUES, 1);
	if (!tx) {
		h_fault(&p, SL_FAULT_DROP_DD, 0, 1);
		give_frames(&p, 1);
		h_step(&p);
	}
	idle = in_pool(&p);
	until_stalled(&p, tx, 1);
	/*
	 * The mbufs of a full transmit ring are in use, or for receive only those that were before.
	 */
	assert_int_equal(in_pool(&p), idle - (tx ? cfg.nb_txd - 1u : 0));
	for (i = 0; __atomic_load_n(&events, __ATOMIC_SEQ_CST) == 0; i++) {
		assert_true(i < EVENT_WAIT_MS);
		rte_delay_us_sleep(1000);
	}
	assert_int_equal(
		rte_eth_dev_callback_unregister(p.id, RTE_ETH_EVENT_INTR_RESET, on_reset, &events),
		0);
	h_close(&p);
}

static void
stalled_receive_queue_stays(void **state)
{
	(void)state;
	stalled_queue_stays(false);
}

static void
stalled_transmit_queue_stays(void **state)
{
	(void)state;
	stalled_queue_stays(true);
}

/* A queue that was given up is watched again after a restart. */
static void
dead_queue_is_watched_again(void **state)
{
	struct h_port p;
	unsigned int tx, n;
	uint8_t f[H_FRAME_CAP];

	(void)state;
	for (tx = 0; tx < 2; tx++) {
		open_timed(&p);
		for (n = 1; n <= 2; n++) {
			if (n == 1)
				h_fault(&p, SL_FAULT_STUCK_QUEUE, ALL_QUEUES, 1);
			if (tx == 0) {
				h_fault(&p, SL_FAULT_DROP_DD, 0, 1);
				give_frames(&p, 1);
				h_step(&p);
			}
			until_stalled(&p, tx != 0, n);
			h_fault(&p, SL_FAULT_NONE, 0, 0);
			h_stop(&p);
			assert_int_equal(rte_eth_dev_start(p.id), 0);
			while (h_take(&p, f) != 0)
				;
		}
		h_close(&p);
	}
}

/* --- the whole port --- */

/* With one proof left that the NIC has stopped, all mbufs return, and none changes later. */
static void
proven(const enum sl_fault *faults, unsigned int n)
{
	struct h_port p;
	unsigned int i;

	open_timed(&p);
	p.check_free = true;
	queue_frames(&p, 0, FRAMES);
	for (i = 0; i < n; i++)
		h_fault(&p, faults[i], ALL_QUEUES, 1);
	give_frames(&p, FRAMES);
	h_step(&p);
	h_stop(&p);
	assert_untouched(&p);
	h_fault(&p, SL_FAULT_NONE, 0, 0);
	assert_untouched(&p);
	h_close(&p);
}

static void
proof_by_the_queues(void **state)
{
	(void)state;
	proven((enum sl_fault[]){SL_FAULT_MASTER_STUCK, SL_FAULT_HUNG_RESET}, 2);
}

static void
proof_by_bus_mastering(void **state)
{
	(void)state;
	proven((enum sl_fault[]){SL_FAULT_STUCK_QUEUE, SL_FAULT_HUNG_RESET}, 2);
	proven((enum sl_fault[]){SL_FAULT_LYING_QUEUE, SL_FAULT_HUNG_RESET}, 2);
	proven((enum sl_fault[]){SL_FAULT_DEAF}, 1);
}

static void
proof_by_reset(void **state)
{
	(void)state;
	proven((enum sl_fault[]){SL_FAULT_STUCK_QUEUE, SL_FAULT_MASTER_STUCK}, 2);
}

static void
proof_by_absence(void **state)
{
	(void)state;
	proven((enum sl_fault[]){SL_FAULT_REMOVED}, 1);
}

/* Stop the port although no proof works. The mbufs in the rings are kept. */
static void
stop_in_vain(struct h_port *p, bool deaf)
{
	const unsigned int held = 511 - FRAMES - in_pool(p);

	queue_frames(p, 0, FRAMES);
	h_fault(p, SL_FAULT_LINK_DOWN, 0, 1);
	h_fault(p, SL_FAULT_MASTER_STUCK, 0, 1);
	h_fault(p, SL_FAULT_STUCK_QUEUE, ALL_QUEUES, 1);
	h_fault(p, deaf ? SL_FAULT_DEAF : SL_FAULT_HUNG_RESET, 0, 1);
	h_log_mark();
	assert_int_equal(rte_eth_dev_stop(p->id), 0);
	assert_true(h_log_has("not proven to have stopped"));
	assert_int_equal(in_pool(p), 511 - FRAMES - (held + FRAMES));
	h_fault(p, SL_FAULT_LINK_DOWN, 0, 0);
}

static unsigned int
kept(struct h_port *p)
{
	return (unsigned int)(h_xstat(p, "rx_mbufs_kept") + h_xstat(p, "tx_mbufs_kept"));
}

static void
kept_until_the_start(void **state)
{
	struct h_port p;

	(void)state;
	open_timed(&p);
	stop_in_vain(&p, false);
	assert_int_equal(kept(&p), p.pool->size - in_pool(&p));
	assert_int_equal(h_xstat(&p, "tx_mbufs_kept"), FRAMES);
	/* Start fails until the reset has completed. */
	assert_int_equal(rte_eth_dev_start(p.id), -EIO);
	assert_int_equal(kept(&p), p.pool->size - in_pool(&p));
	assert_untouched(&p);
	assert_recovers(&p);
	h_close(&p);
}

static void
kept_until_the_reset(void **state)
{
	struct h_port p;

	(void)state;
	open_timed(&p);
	stop_in_vain(&p, false);
	assert_int_equal(rte_eth_dev_reset(p.id), -EIO);
	assert_true(kept(&p) != 0);
	h_fault(&p, SL_FAULT_HUNG_RESET, 0, 0);
	assert_int_equal(rte_eth_dev_reset(p.id), 0);
	assert_int_equal(kept(&p), 0);
	assert_full(&p);
	assert_recovers(&p);
	h_close(&p);
}

/* Set queues up again, with another size, while the old ones are kept. */
static void
kept_over_a_set_up(void **state)
{
	struct h_port p;
	unsigned int n;

	(void)state;
	open_timed(&p);
	stop_in_vain(&p, false);
	n = kept(&p);
	assert_int_equal(h_try_setup(&p,
				 &(struct h_cfg){.nb_rxq = 2,
					 .nb_txq = h_queues(&p, 3),
					 .nb_rxd = 128,
					 .nb_txd = 128,
					 .pool_size = 511}),
		0);
	assert_int_equal(kept(&p), n);
	assert_int_equal(kept(&p), p.pool->size - in_pool(&p));
	assert_untouched(&p);
	assert_recovers(&p);
	h_close(&p);
}

/* Several queues with wrapped rings are kept. Each mbuf returns exactly once. */
static void
kept_queues_of_several(void **state)
{
	struct h_port p;
	unsigned int i, n;

	(void)state;
	h_open(&p, "time=own");
	h_start(&p,
		&(struct h_cfg){
			.nb_rxq = 2, .nb_txq = 2, .nb_rxd = 64, .nb_txd = 64, .pool_size = 511});
	for (i = 0; i < 100; i++)
		h_alive(&p);
	rte_eth_tx_done_cleanup(p.id, 0, 0);
	stop_in_vain(&p, false);
	n = kept(&p);
	assert_int_equal(h_try_setup(&p, &cfg), 0);
	assert_int_equal(kept(&p), n);
	assert_int_equal(kept(&p), p.pool->size - in_pool(&p));
	h_fault(&p, SL_FAULT_HUNG_RESET, 0, 0);
	assert_int_equal(rte_eth_dev_reset(p.id), 0);
	assert_int_equal(kept(&p), 0);
	assert_full(&p);
	assert_recovers(&p);
	h_close(&p);
}

/* The NIC writes only to the buffers that it was given, however long it runs. */
static void
kept_from_a_deaf_nic(void **state)
{
	struct h_port p;

	(void)state;
	open_timed(&p);
	p.check_free = true;
	stop_in_vain(&p, true);
	assert_untouched(&p);
	/* Close succeeds because bus mastering can be disabled. */
	h_fault(&p, SL_FAULT_MASTER_STUCK, 0, 0);
	assert_int_equal(rte_eth_dev_close(p.id), 0);
	assert_full(&p);
	assert_int_equal(rte_vdev_uninit(p.name), 0);
	rte_mempool_free(p.pool);
}

static void
kept_pool_is_freed(void **state)
{
	struct h_port p;

	(void)state;
	open_timed(&p);
	stop_in_vain(&p, false);
	p.check_free = true; /* memory is freed while the NIC owns it */
	rte_mempool_free(p.pool);
	p.pool = NULL;
	assert_int_equal(kept(&p), 0);
	h_fault(&p, SL_FAULT_NONE, 0, 0);
	h_close(&p);
}

static void
leaks_off(bool off)
{
#ifdef __SANITIZE_ADDRESS__
	if (off)
		__lsan_disable();
	else
		__lsan_enable();
#else
	(void)off;
#endif
}

/* The NIC cannot be stopped. The log lists what is kept, and it is never used again. */
static void
kept_for_good(void **state)
{
	struct h_port p;
	unsigned int n;
	char want[128];

	(void)state;
	/*
	 * The leak is intended, so leak detection is off for what the port allocates from here on.
	 */
	leaks_off(true);
	open_timed(&p);
	stop_in_vain(&p, false);
	n = in_pool(&p);
	snprintf(want, sizeof(want), "%u receive and %u transmit mbufs, 2 rings",
		(unsigned int)h_xstat(&p, "rx_mbufs_kept"), FRAMES);
	h_log_mark();
	assert_int_equal(rte_eth_dev_close(p.id), 0);
	assert_true(h_log_has("stay with it for good"));
	assert_true(h_log_has(want));
	assert_int_equal(in_pool(&p), n);
	/* The mempool stays too, because the NIC keeps some of its mbufs for good. */
	assert_int_equal(rte_vdev_uninit(p.name), 0);
	leaks_off(false);
}

/* Bus mastering is enabled only between a completed reset and the stop. */
static void
bus_mastering(void **state)
{
	struct h_port *p = *state;

	assert_int_equal(sl_softnic_command(p->nic) & SL_PCI_COMMAND_MASTER, 0);
	h_start(p, NULL);
	assert_int_not_equal(sl_softnic_command(p->nic) & SL_PCI_COMMAND_MASTER, 0);
	h_stop(p);
	assert_int_equal(sl_softnic_command(p->nic) & SL_PCI_COMMAND_MASTER, 0);
	h_fault(p, SL_FAULT_HUNG_RESET, 0, 1);
	assert_int_equal(rte_eth_dev_start(p->id), -EIO);
	assert_int_equal(sl_softnic_command(p->nic) & SL_PCI_COMMAND_MASTER, 0);
	h_fault(p, SL_FAULT_HUNG_RESET, 0, 0);
	/* A start that fails after the reset also disables it. */
	h_fault(p, SL_FAULT_STUCK_QUEUE, 0, 0);
	h_start(p, &(struct h_cfg){.pool_size = 64, .no_start = true});
	assert_int_equal(rte_eth_dev_start(p->id), -ENOMEM);
	assert_int_equal(sl_softnic_command(p->nic) & SL_PCI_COMMAND_MASTER, 0);
}

int
main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(receive_queue_stays),
		cmocka_unit_test(transmit_queue_stays),
		cmocka_unit_test(stalled_receive_queue_stays),
		cmocka_unit_test(stalled_transmit_queue_stays),
		cmocka_unit_test(dead_queue_is_watched_again),
		cmocka_unit_test(proof_by_the_queues),
		cmocka_unit_test(proof_by_bus_mastering),
		cmocka_unit_test(proof_by_reset),
		cmocka_unit_test(proof_by_absence),
		cmocka_unit_test(kept_until_the_start),
		cmocka_unit_test(kept_until_the_reset),
		cmocka_unit_test(kept_over_a_set_up),
		cmocka_unit_test(kept_queues_of_several),
		cmocka_unit_test(kept_from_a_deaf_nic),
		cmocka_unit_test(kept_pool_is_freed),
		cmocka_unit_test(kept_for_good),
		h_test(bus_mastering),
	};

	return h_main(argc, argv, tests);
}
