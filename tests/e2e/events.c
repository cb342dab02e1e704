/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */
/* External events: link changes, surprise removal, a reset that does not complete. */
#include <rte_bus_vdev.h>
#include <rte_cycles.h>
#include <rte_dev.h>

#include "harness.h"
#include "sl_hw.h"

#define EVENT_WAIT_MS 10000u /* longer than any event takes, also on a busy machine */

/* Written by EAL's interrupt thread. */
struct seen {
	unsigned int lsc, rmv;
};

static int
on_event(uint16_t port, enum rte_eth_event_type type, void *arg, void *ret)
{
	struct seen *seen = arg;

	(void)port;
	(void)ret;
	__atomic_fetch_add(
		type == RTE_ETH_EVENT_INTR_LSC ? &seen->lsc : &seen->rmv, 1, __ATOMIC_SEQ_CST);
	return 0;
}

static void
watch(struct h_port *p, struct seen *seen)
{
	assert_int_equal(
		rte_eth_dev_callback_register(p->id, RTE_ETH_EVENT_INTR_LSC, on_event, seen), 0);
	assert_int_equal(
		rte_eth_dev_callback_register(p->id, RTE_ETH_EVENT_INTR_RMV, on_event, seen), 0);
}

static void
unwatch(struct h_port *p, struct seen *seen)
{
	assert_int_equal(
		rte_eth_dev_callback_unregister(p->id, RTE_ETH_EVENT_INTR_LSC, on_event, seen), 0);
	assert_int_equal(
		rte_eth_dev_callback_unregister(p->id, RTE_ETH_EVENT_INTR_RMV, on_event, seen), 0);
}

/* Wait until the counter is at least n. The port's device is stepped meanwhile. */
static void
await(struct h_port *p, const unsigned int *counter, unsigned int n)
{
	unsigned int ms;

	for (ms = 0; ms < EVENT_WAIT_MS; ms++) {
		if (__atomic_load_n(counter, __ATOMIC_SEQ_CST) >= n)
			return;
		if (p != NULL)
			h_step(p);
		rte_delay_us_sleep(1000);
	}
	fail_msg("no event in %u ms", EVENT_WAIT_MS);
}

static uint16_t
link_now(struct h_port *p)
{
	struct rte_eth_link link;

	assert_int_equal(rte_eth_link_get_nowait(p->id, &link), 0);
	return link.link_status;
}

/* --- link --- */

static void
link_interrupt(void **state)
{
	struct h_port *p = *state;
	struct seen seen = {0};
	unsigned int i, before;

	h_start(p, &(struct h_cfg){.lsc = true});
	watch(p, &seen);
	assert_int_equal(link_now(p), RTE_ETH_LINK_UP);
	for (i = 0; i < 3; i++) {
		before = seen.lsc;
		h_fault(p, SL_FAULT_LINK_DOWN, 0, 1);
		await(p, &seen.lsc, before + 1);
		/* With link interrupts enabled, this is the state that the handler stored. */
		assert_int_equal(link_now(p), RTE_ETH_LINK_DOWN);
		before = seen.lsc;
		h_fault(p, SL_FAULT_LINK_DOWN, 0, 0);
		await(p, &seen.lsc, before + 1);
		assert_int_equal(link_now(p), RTE_ETH_LINK_UP);
	}
	assert_int_equal(seen.rmv, 0);
	h_alive(p);
	unwatch(p, &seen);
}

/* Configure the port with these speeds. It must accept them, or refuse them and log the reason. */
static void
ask(struct h_port *p, uint32_t speeds, bool granted)
{
	const struct h_cfg cfg = {.link_speeds = speeds};

	h_log_mark();
	assert_int_equal(h_try_setup(p, &cfg), granted ? 0 : -EINVAL);
	assert_int_equal(h_log_has("link_speeds"), !granted);
}

/* Start with these speeds: the link has @one of them, negotiated or set. */
static void
link_has(struct h_port *p, uint32_t speeds, uint32_t one)
{
	const bool fixed = (speeds & RTE_ETH_LINK_SPEED_FIXED) != 0;
	struct rte_eth_link link;

	ask(p, speeds, true);
	assert_int_equal(rte_eth_dev_start(p->id), 0);
	h_alive(p);
	assert_int_equal(rte_eth_link_get(p->id, &link), 0);
	assert_int_equal(rte_eth_speed_bitflag(link.link_speed, link.link_duplex), one);
	assert_int_equal(link.link_autoneg, fixed ? RTE_ETH_LINK_FIXED : RTE_ETH_LINK_AUTONEG);
	h_stop(p);
}

/*
 * If the device lets the driver select speeds, each offered speed becomes the link's, also when the
 * partner offers faster ones. Speeds that are not available are refused.
 */
static void
offered_speeds(void **state)
{
	struct h_port *p = *state;
	const uint32_t all = h_hw(p)->speeds;
	/* Over copper: not on the two backplanes and the module. */
	const bool chosen = (all & RTE_ETH_LINK_SPEED_100M) != 0 &&
		(all & (RTE_ETH_LINK_SPEED_2_5G | RTE_ETH_LINK_SPEED_10G)) !=
			RTE_ETH_LINK_SPEED_2_5G;
	struct rte_eth_link link;
	unsigned int bit;

	ask(p, all | RTE_ETH_LINK_SPEED_FIXED, false);
	ask(p, RTE_ETH_LINK_SPEED_FIXED, false);
	ask(p, RTE_ETH_LINK_SPEED_56G, false);
	ask(p, RTE_ETH_LINK_SPEED_56G | RTE_ETH_LINK_SPEED_FIXED, false);
	ask(p, all | RTE_ETH_LINK_SPEED_56G, false);
	for (bit = 1; bit < 32; bit++) {
		const uint32_t one = all & RTE_BIT32(bit);

		if (one == 0)
			continue;
		if (chosen) {
			link_has(p, one, one);
			link_has(p, one | RTE_ETH_LINK_SPEED_FIXED, one);
		} else {
			ask(p, one, false);
			ask(p, one | RTE_ETH_LINK_SPEED_FIXED, false);
		}
	}
	ask(p, all, true);
	ask(p, 0, true);
	assert_int_equal(rte_eth_dev_start(p->id), 0);
	assert_int_equal(rte_eth_link_get(p->id, &link), 0);
	assert_int_equal(link.link_speed, h_mbps(p));
	h_alive(p);
}

static void
link_polled(void **state)
{
	struct h_port *p = *state;
	struct rte_eth_link link;
	struct seen seen = {0};

	h_start(p, NULL);
	watch(p, &seen);
	assert_int_equal(rte_eth_link_get(p->id, &link), 0);
	assert_int_equal(link.link_status, RTE_ETH_LINK_UP);
	assert_int_equal(link.link_speed, h_mbps(p));
	assert_int_equal(link.link_duplex, RTE_ETH_LINK_FULL_DUPLEX);
	h_log_mark();
	assert_int_equal(rte_eth_dev_set_link_down(p->id), 0);
	h_step(p);
	assert_int_equal(link_now(p), RTE_ETH_LINK_DOWN);
	assert_int_equal(rte_eth_dev_set_link_up(p->id), 0);
	/* Each user of the PHY's semaphore has released it. */
	assert_false(h_log_has("left behind by a driver"));
	h_step(p);
	assert_int_equal(link_now(p), RTE_ETH_LINK_UP);
	h_alive(p);
	h_stop(p);
	assert_int_equal(rte_eth_dev_start(p->id), 0);
	assert_int_equal(link_now(p), RTE_ETH_LINK_UP);
	assert_int_equal(seen.lsc, 0);
	unwatch(p, &seen);
}

/* --- removal --- */

static void
removal(void **state)
{
	struct h_port *p = *state;
	struct rte_ether_addr mac = {{2, 0, 0, 0, 0, 9}};
	struct rte_eth_xstat values[512];
	struct rte_eth_stats stats;
	struct seen seen = {0};
	struct rte_mbuf *m;
	uint8_t f[100];

	h_start(p, NULL);
	watch(p, &seen);
	h_alive(p);
	assert_int_equal(rte_eth_dev_is_removed(p->id), 0);
	frame_ether(f, sizeof(f), &p->mac, 1);
	m = h_mbuf(p, f, sizeof(f), 1);
	assert_int_equal(rte_eth_tx_burst(p->id, 0, &m, 1), 1);
	h_fault(p, SL_FAULT_REMOVED, 0, 1);
	h_step(p);
	assert_int_equal(rte_eth_rx_burst(p->id, 0, &m, 1), 0);
	assert_int_equal(rte_eth_stats_get(p->id, &stats), -EIO);
	assert_int_equal(rte_eth_xstats_get(p->id, values, RTE_DIM(values)), -EIO);
	assert_int_equal(rte_eth_promiscuous_enable(p->id), -EIO);
	assert_int_equal(rte_eth_dev_mac_addr_add(p->id, &mac, 0), -EIO);
	assert_int_equal(rte_eth_dev_set_mtu(p->id, 1400), -EIO);
	assert_int_equal(rte_eth_dev_set_link_up(p->id), -EIO);
	assert_int_equal(rte_eth_dev_is_removed(p->id), 1);
	assert_int_equal(link_now(p), RTE_ETH_LINK_DOWN);
	await(p, &seen.rmv, 1);
	assert_int_equal(seen.rmv, 1);
	unwatch(p, &seen);
	/* The checks at the end of the test show that stop and close free all resources. */
}

static void
removal_seen_by_stop(void **state)
{
	struct h_port *p = *state;
	struct seen seen = {0};

	h_start(p,
		&(struct h_cfg){.nb_rxq = h_queues(p, 4), .nb_txq = h_queues(p, 4), .lsc = true});
	watch(p, &seen);
	h_fault(p, SL_FAULT_REMOVED, 0, 1);
	h_stop(p);
	await(p, &seen.rmv, 1);
	assert_true(rte_eth_dev_start(p->id) < 0);
	assert_int_equal(seen.rmv, 1);
	unwatch(p, &seen);
}

/* The system requests the device repeatedly, as vfio does, and then removes it. */
static void
removal_requested(void **state)
{
	struct h_port *p = *state;
	struct rte_eth_stats stats;
	struct seen seen = {0};
	unsigned int i;

	h_start(p, &(struct h_cfg){.nb_rxq = h_queues(p, 4), .lsc = true, .rx_intr = true});
	watch(p, &seen);
	rte_dev_event_callback_process("net_syncline_soft", RTE_DEV_EVENT_REMOVE);
	rte_dev_event_callback_process(p->name, RTE_DEV_EVENT_ADD);
	assert_int_equal(seen.rmv, 0);
	for (i = 0; i < 3; i++)
		rte_dev_event_callback_process(p->name, RTE_DEV_EVENT_REMOVE);
	await(p, &seen.rmv, 1);
	/* The port works until it is released. */
	h_alive(p);
	h_fault(p, SL_FAULT_REMOVED, 0, 1);
	assert_int_equal(rte_eth_stats_get(p->id, &stats), -EIO);
	assert_int_equal(seen.rmv, 1);
	unwatch(p, &seen);
}

static int
close_port(uint16_t port, enum rte_eth_event_type type, void *arg, void *ret)
{
	(void)type;
	(void)ret;
	assert_int_equal(rte_eth_dev_close(port), 0);
	__atomic_fetch_add((unsigned int *)arg, 1, __ATOMIC_SEQ_CST);
	return 0;
}

/* A port is closed in its removal event. A new port with that name gets one event, too. */
static void
removal_closes(void **state)
{
	static const char name[] = "net_syncline_soft_rmv";
	unsigned int closed = 0, i;
	uint16_t id;

	(void)state;
	for (i = 0; i < 3; i++) {
		assert_int_equal(rte_vdev_init(name, "mode=step"), 0);
		assert_int_equal(rte_eth_dev_get_port_by_name(name, &id), 0);
		assert_int_equal(rte_eth_dev_callback_register(
					 id, RTE_ETH_EVENT_INTR_RMV, close_port, &closed),
			0);
		rte_dev_event_callback_process(name, RTE_DEV_EVENT_REMOVE);
		await(NULL, &closed, i + 1);
		assert_false(rte_eth_dev_is_valid_port(id));
		rte_dev_event_callback_process(name, RTE_DEV_EVENT_REMOVE);
		assert_int_equal(closed, i + 1);
		assert_int_equal(rte_vdev_uninit(name), 0);
	}
	/* Without an event, no callback may stay registered in EAL. */
	assert_int_equal(rte_vdev_init(name, "mode=step"), 0);
	assert_int_equal(rte_vdev_uninit(name), 0);
	h_log_mark();
	assert_int_equal(rte_vdev_init(name, "mode=step"), 0);
	assert_int_equal(rte_vdev_uninit(name), 0);
	assert_false(h_log_has("already exist"));
}

/* --- reset --- */

static void
reset_hangs(void **state)
{
	struct h_port *p = *state;

	h_start(p, NULL);
	h_alive(p);
	h_stop(p);
	h_fault(p, SL_FAULT_HUNG_RESET, 0, 1);
	h_log_mark();
	assert_int_equal(rte_eth_dev_start(p->id), -EIO);
	assert_true(h_log_has("CTRL.RST"));
	h_fault(p, SL_FAULT_HUNG_RESET, 0, 0);
	assert_int_equal(rte_eth_dev_start(p->id), 0);
	h_alive(p);
}

static void
reset_hangs_at_probe(void **state)
{
	struct h_port p;

	(void)state;
	h_log_mark();
	assert_true(rte_vdev_init("net_syncline_soft_hung", "mode=step,fault=hung_reset") < 0);
	assert_true(h_log_has("CTRL.RST"));
	h_open(&p, NULL);
	h_start(&p, NULL);
	h_alive(&p);
	h_close(&p);
}

/* --- device threads --- */

static void
threads_shared(void **state)
{
	static const char *const names[] = {
		"net_syncline_soft_t0", "net_syncline_soft_t1", "net_syncline_soft_t2"};
	unsigned int i, round;

	(void)state;
	/* Two ports share a thread on one CPU, the third is not pinned. Removal order varies. */
	for (round = 0; round < 6; round++) {
		assert_int_equal(rte_vdev_init(names[0], "wire=peer:x,cpu=0"), 0);
		assert_int_equal(rte_vdev_init(names[1], "wire=peer:x,cpu=0"), 0);
		assert_int_equal(rte_vdev_init(names[2], "wire=gen,wire_size=64,cpu=-1"), 0);
		for (i = 0; i < RTE_DIM(names); i++)
			assert_int_equal(rte_vdev_uninit(names[(i + round) % RTE_DIM(names)]), 0);
	}
}

/* Start a port with a device thread and a wire that generates frames. */
static uint16_t
start_threaded(const char *name, const char *args, struct rte_mempool *pool)
{
	struct rte_eth_conf conf = {0};
	uint16_t id;

	/* DPDK 26's vdev bus keeps hot-removed devices: rte_vdev_init() finds them existing. */
	assert_int_equal(rte_eal_hotplug_add("vdev", name, args), 0);
	assert_int_equal(rte_eth_dev_get_port_by_name(name, &id), 0);
	assert_int_equal(rte_eth_dev_configure(id, 1, 1, &conf), 0);
	assert_int_equal(rte_eth_rx_queue_setup(id, 0, 128, SOCKET_ID_ANY, NULL, pool), 0);
	assert_int_equal(rte_eth_tx_queue_setup(id, 0, 128, SOCKET_ID_ANY, NULL), 0);
	assert_int_equal(rte_eth_dev_start(id), 0);
	assert_int_equal(rte_eth_promiscuous_enable(id), 0);
	assert_int_equal(sl_pmd_wire_control(id, "start"), 0);
	return id;
}

static struct rte_mempool *
pool_of(const char *name)
{
	struct rte_mempool *pool =
		rte_pktmbuf_pool_create(name, 1023, 0, 0, RTE_MBUF_DEFAULT_BUF_SIZE, SOCKET_ID_ANY);

	assert_non_null(pool);
	return pool;
}

/* Wait until frames are received on a port. */
static void
await_frames(uint16_t id)
{
	struct rte_mbuf *m[32];
	unsigned int n = 0, ms;
	uint16_t got;

	for (ms = 0; n < 100; ms++) {
		assert_true(ms < EVENT_WAIT_MS);
		got = rte_eth_rx_burst(id, 0, m, RTE_DIM(m));
		rte_pktmbuf_free_bulk(m, got);
		n += got;
		if (got == 0)
			rte_delay_us_sleep(1000);
	}
}

/* Hot-remove a running port while another one shares its thread and keeps running. */
static void
removed_while_started(void **state)
{
	static const char *const names[] = {"net_syncline_soft_h0", "net_syncline_soft_h1"};
	static const char args[] = "wire=gen,wire_size=64,cpu=0";
	struct rte_mempool *pool = pool_of("pool_h");
	unsigned int round;
	uint16_t id[2];

	(void)state;
	for (round = 0; round < 4; round++) {
		id[0] = start_threaded(names[0], args, pool);
		id[1] = start_threaded(names[1], args, pool);
		await_frames(id[0]);
		assert_int_equal(rte_eal_hotplug_remove("vdev", names[round & 1]), 0);
		assert_false(rte_eth_dev_is_valid_port(id[round & 1]));
		assert_int_equal(rte_eth_dev_close(id[round & 1]), -ENODEV);
		await_frames(id[!(round & 1)]);
		assert_int_equal(h_device_threads(), 1);
		assert_int_equal(rte_vdev_uninit(names[!(round & 1)]), 0);
		assert_int_equal(h_device_threads(), 0);
		assert_int_equal(rte_mempool_avail_count(pool), pool->size);
	}
	rte_mempool_free(pool);
}

/*
 * This test must be the last: h_fini() checks that no device thread exists after rte_eal_cleanup().
 */
static void
left_running(void **state)
{
	(void)state;
	await_frames(start_threaded(
		"net_syncline_soft_l0", "wire=gen,wire_size=64,cpu=0", pool_of("pool_l0")));
	await_frames(start_threaded(
		"net_syncline_soft_l1", "wire=gen,wire_size=64,cpu=-1", pool_of("pool_l1")));
	assert_int_equal(h_device_threads(), 2);
}

int
main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		h_test(link_interrupt),
		h_test(link_polled),
		h_test(offered_speeds),
		h_test(removal),
		h_test(removal_seen_by_stop),
		h_test(removal_requested),
		cmocka_unit_test(removal_closes),
		h_test(reset_hangs),
		cmocka_unit_test(reset_hangs_at_probe),
		cmocka_unit_test(threads_shared),
		cmocka_unit_test(removed_while_started),
		cmocka_unit_test(left_running),
	};

	return h_main(argc, argv, tests);
}
