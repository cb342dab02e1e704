/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */

/*
 * A port that secondary processes use, as its primary sees them. The secondary is this process too:
 * it attaches to a copy of the ethdev, and its bursts are called by their handles. Processes that
 * end within a burst are seats that a test fills in.
 */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>
#include <malloc.h>
#include <sys/wait.h>
#include <unistd.h>

#include <rte_bus_vdev.h>
#include <rte_eal.h>
#include <rte_ethdev.h>
#include <rte_malloc.h>

#include "sl_port.h"
#include "sl_second.h"

#define NAME "net_syncline_soft0"
#define FRAMES 10u
#define ATTACHES 50u

struct rig {
	struct rte_eth_dev *eth;
	struct sl_port *port;
	struct rte_eth_dev second; /* the secondary's ethdev of the port */
	struct sl_guest *guest;
	struct rte_mempool *pool;
};

static void
attach(struct rig *r)
{
	unsigned int i;

	r->second = *r->eth;
	assert_int_equal(sl_second_attach(&r->second, NULL), 0);
	r->guest = r->second.process_private;
	for (i = 0; i < RTE_DIM(r->guest->queues); i++)
		r->guest->queues[i] = (struct sl_guest_queue){.guest = r->guest, .id = (uint16_t)i};
}

static int
setup(void **state)
{
	const struct rte_eth_conf conf = {0};
	struct rig *r = calloc(1, sizeof(*r));

	*state = r;
	assert_int_equal(rte_vdev_init(NAME, "mode=step,coherency=coherent,wire=null"), 0);
	r->eth = &rte_eth_devices[0];
	r->port = sl_port_of(r->eth);
	r->pool = rte_pktmbuf_pool_create("share", 255, 0, 0, RTE_MBUF_DEFAULT_BUF_SIZE, 0);
	assert_non_null(r->pool);
	assert_int_equal(rte_eth_dev_configure(0, 1, 1, &conf), 0);
	assert_int_equal(rte_eth_rx_queue_setup(0, 0, 64, 0, NULL, r->pool), 0);
	assert_int_equal(rte_eth_tx_queue_setup(0, 0, 64, 0, NULL), 0);
	assert_int_equal(rte_eth_dev_start(0), 0);
	attach(r);
	return 0;
}

static int
teardown(void **state)
{
	struct rig *r = *state;

	sl_second_detach(&r->second);
	rte_eth_dev_stop(0);
	assert_int_equal(rte_vdev_uninit(NAME), 0);
	rte_mempool_free(r->pool);
	free(r);
	return 0;
}

static struct sl_seat *
rx_seat(const struct rig *r, unsigned int queue)
{
	return &r->port->share.seats[queue];
}

static struct sl_seat *
tx_seat(const struct rig *r, unsigned int queue)
{
	return &r->port->share.seats[r->port->hw->rx_queues + queue];
}

/* Send frames that the device, which nobody steps, does not take. */
static void
send_frames(struct rig *r)
{
	struct rte_mbuf *m[FRAMES];
	unsigned int i;

	assert_int_equal(rte_pktmbuf_alloc_bulk(r->pool, m, FRAMES), 0);
	for (i = 0; i < FRAMES; i++)
		assert_non_null(rte_pktmbuf_append(m[i], 60));
	assert_int_equal(r->second.tx_pkt_burst(&r->guest->queues[0], m, FRAMES), FRAMES);
}

static uint32_t
ended_process(void)
{
	const pid_t pid = fork();

	if (pid == 0)
		_exit(0);
	assert_int_equal(waitpid(pid, NULL, 0), pid);
	return (uint32_t)pid;
}

/* --- tests --- */

/* A burst leaves its seat, also that of a queue which was not set up. */
static void
test_seats_are_left(void **state)
{
	struct rig *r = *state;
	struct rte_mbuf *m[4];
	unsigned int i;

	send_frames(r);
	for (i = 0; i < 2; i++) {
		assert_int_equal(r->second.rx_pkt_burst(&r->guest->queues[i], m, 4), 0);
		assert_int_equal(r->second.rx_descriptor_status(&r->guest->queues[i], 0),
			i == 0 ? RTE_ETH_RX_DESC_AVAIL : -EINVAL);
		assert_int_equal(rx_seat(r, i)->pid, 0);
		assert_int_equal(tx_seat(r, i)->pid, 0);
	}
	assert_int_equal(r->second.tx_pkt_burst(&r->guest->queues[1], m, 0), 0);
	assert_int_equal(tx_seat(r, 1)->pid, 0);
}

/* After a stop no burst begins. Nothing that was sent is lost. */
static void
test_stop(void **state)
{
	struct rig *r = *state;
	struct rte_mbuf *m[4];

	assert_int_equal(r->port->share.state, SL_SHARE_RUNS);
	send_frames(r);
	assert_int_equal(rte_eth_dev_stop(0), 0);
	assert_int_equal(r->port->share.state, SL_SHARE_STOPPED);
	assert_int_equal(r->second.rx_pkt_burst(&r->guest->queues[0], m, 4), 0);
	assert_int_equal(rte_mempool_in_use_count(r->pool), 0);
	assert_int_equal(rte_eth_dev_start(0), 0);
	assert_int_equal(r->port->share.state, SL_SHARE_RUNS);
	send_frames(r);
}

/*
 * A process ended within a burst of each queue: it may have freed the frames, so the stop keeps
 * them from their mempool. The seats are empty again.
 */
static void
test_stop_after_an_end(void **state)
{
	struct rig *r = *state;

	send_frames(r);
	rx_seat(r, 0)->pid = ended_process();
	tx_seat(r, 0)->pid = ended_process();
	assert_int_equal(rte_eth_dev_stop(0), 0);
	assert_int_equal(rx_seat(r, 0)->pid, 0);
	assert_int_equal(tx_seat(r, 0)->pid, 0);
	assert_int_equal(rte_mempool_in_use_count(r->pool), FRAMES);
}

static size_t
eal_memory(void)
{
	struct rte_malloc_socket_stats stats;

	assert_int_equal(rte_malloc_get_socket_stats((int)rte_socket_id(), &stats), 0);
	return stats.heap_allocsz_bytes;
}

static const struct sl_dev_ops *soft_ops;

/* When the device is released, no secondary process can attach or begin a burst. */
static void
release_after_close(struct sl_port *port)
{
	assert_int_equal(port->share.layout, 0);
	assert_int_equal(port->share.state, SL_SHARE_CLOSED);
	soft_ops->release(port);
}

static void
test_close(void **state)
{
	struct rig *r = *state;
	struct sl_dev_ops ops = *r->port->dev_ops;
	struct rte_mbuf *m[4];
	size_t eal;

	assert_true(r->port->share.layout != 0);
	soft_ops = r->port->dev_ops;
	ops.release = release_after_close;
	r->port->dev_ops = &ops;
	assert_int_equal(rte_eth_dev_stop(0), 0);
	assert_int_equal(rte_eth_dev_close(0), 0);
	/* The shared data of the port is gone. */
	assert_int_equal(r->second.rx_pkt_burst(&r->guest->queues[0], m, 4), 0);
	/* A port leaves no memory behind. The last one is for the clean-up. */
	assert_int_equal(rte_vdev_uninit(NAME), 0);
	eal = eal_memory();
	assert_int_equal(rte_vdev_init(NAME, "mode=step,wire=null"), 0);
	assert_int_equal(rte_vdev_uninit(NAME), 0);
	assert_int_equal(eal_memory(), eal);
	assert_int_equal(rte_vdev_init(NAME, "mode=step,wire=null"), 0);
}

/* All memory of a secondary's port is freed. It asks once, so memory for answers is part of it. */
static void
test_detach(void **state)
{
	const size_t each = sizeof(struct sl_guest);
	struct rig *r = *state;
	struct rte_eth_xstat one;
	size_t eal, own;
	unsigned int i;

	eal = eal_memory();
	r->second.dev_ops->xstats_get(&r->second, &one, 1);
	assert_true(eal_memory() > eal);
	sl_second_detach(&r->second);
	assert_int_equal(eal_memory(), eal);
	own = mallinfo2().uordblks + mallinfo2().hblkhd;
	for (i = 0; i < ATTACHES; i++) {
		attach(r);
		sl_second_detach(&r->second);
	}
	assert_true(mallinfo2().uordblks + mallinfo2().hblkhd < own + ATTACHES / 2 * each);
	attach(r);
}

int
main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_seats_are_left, setup, teardown),
		cmocka_unit_test_setup_teardown(test_stop, setup, teardown),
		cmocka_unit_test_setup_teardown(test_stop_after_an_end, setup, teardown),
		cmocka_unit_test_setup_teardown(test_close, setup, teardown),
		cmocka_unit_test_setup_teardown(test_detach, setup, teardown),
	};
	char *eal[] = {argv[0], (char[]){"--no-huge"}, (char[]){"--no-pci"},
		(char[]){"--no-shconf"}, (char[]){"--no-telemetry"}, (char[]){"-m"}, (char[]){"64"},
		(char[]){"-l"}, (char[]){"0"}};

	if (rte_eal_init((int)RTE_DIM(eal), eal) < 0)
		return 1;
	if (argc > 1)
		cmocka_set_test_filter(argv[1]);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
