/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */
/*
 * State after a restart or a close. A restarted queue has no old frames, counters keep their
 * values, and a port that was closed or refused leaves no memory, file or thread.
 */
#include <malloc.h>

#include <rte_bus_vdev.h>
#include <rte_malloc.h>
#include <rte_memzone.h>

#include "harness.h"
#include "holds.h"

static const struct h_cfg scattered = {.nb_rxd = 64,
	.mtu = 9000,
	.data_room = 1024,
	.rx_offloads = RTE_ETH_RX_OFFLOAD_SCATTER,
	.tx_offloads = RTE_ETH_TX_OFFLOAD_MULTI_SEGS};

/* --- a queue that starts again --- */

/* Restart receive queue 0: way 0 restarts only the queue, way 1 the whole port. */
static void
rx_again(struct h_port *p, unsigned int way)
{
	struct rte_mbuf *m[H_MAX_BURST];

	if (way == 0) {
		assert_int_equal(rte_eth_dev_rx_queue_stop(p->id, 0), 0);
		assert_int_equal(rte_mempool_avail_count(p->pool), p->pool->size);
		/* A stopped queue returns no frames and holds no mbufs. */
		assert_int_equal(rte_eth_rx_burst(p->id, 0, m, RTE_DIM(m)), 0);
		assert_int_equal(rte_mempool_avail_count(p->pool), p->pool->size);
		assert_int_equal(rte_eth_dev_rx_queue_start(p->id, 0), 0);
	} else {
		h_stop(p);
		assert_int_equal(rte_eth_dev_start(p->id), 0);
	}
}

static void
tx_again(struct h_port *p, unsigned int way)
{
	if (way == 0) {
		assert_int_equal(rte_eth_dev_tx_queue_stop(p->id, 0), 0);
		assert_int_equal(rte_eth_dev_tx_queue_start(p->id, 0), 0);
	} else {
		h_stop(p);
		assert_int_equal(rte_eth_dev_start(p->id), 0);
	}
}

static void
give(struct h_port *p, unsigned int n, uint32_t len)
{
	uint8_t f[H_FRAME_CAP];

	frame_ether(f, len, &p->mac, n);
	while (n-- > 0)
		h_give(p, f, len);
	h_step(p);
}

/*
 * Restart with frames in the ring, of which @taken were received. The others must not appear later.
 */
static void
ready_frames(void **state)
{
	struct h_port *p = *state;
	struct rte_mbuf *m;
	unsigned int way, taken;

	for (way = 0; way < 2; way++) {
		for (taken = 1; taken < 7; taken++) {
			unsigned int i, n = 0;

			h_start(p, &(struct h_cfg){.nb_rxd = 64, .rx_free_thresh = 4});
			give(p, 20, 100);
			for (i = 0; i < taken; i++) {
				n += rte_eth_rx_burst(p->id, 0, &m, 1);
				rte_pktmbuf_free(m);
			}
			assert_int_equal(n, taken);
			rx_again(p, way);
			/* Two laps of the ring: no old descriptor is used again. */
			for (i = 0; i < 130; i++)
				h_alive(p);
			h_recv_none(p);
			h_stop(p);
		}
	}
}

/*
 * Restart after the first part of a frame, and after a frame that the driver dropped as too long.
 */
static void
half_a_frame(void **state)
{
	struct h_port *p = *state;
	struct rte_mbuf *m[H_MAX_BURST];
	uint8_t f[9000];
	unsigned int way, frames;

	frame_ether(f, sizeof(f), &p->mac, 3);
	p->check_free = true;
	for (way = 0; way < 2; way++) {
		/*
		 * Buffers of 1024 bytes without EOP. With one, the frame continues; with 20, the
		 * driver drops it.
		 */
		for (frames = 1; frames <= 20; frames += 19) {
			h_start(p, &scattered);
			h_fault(p, SL_FAULT_NO_EOP, 0, frames);
			give(p, frames, 1024);
			assert_int_equal(rte_eth_rx_burst(p->id, 0, m, RTE_DIM(m)), 0);
			h_fault(p, SL_FAULT_NO_EOP, 0, 0);
			rx_again(p, way);
			/* A long frame fits, and no older data precedes it. */
			h_expect(p, 0, f, sizeof(f));
			h_alive(p);
			h_stop(p);
		}
	}
}

/* half_a_frame() with frames of one buffer. */
static void
half_a_frame_of_one_buffer(void **state)
{
	struct h_port *p = *state;
	struct rte_mbuf *m;
	unsigned int way;

	p->check_free = true;
	for (way = 0; way < 2; way++) {
		h_start(p, NULL);
		h_fault(p, SL_FAULT_NO_EOP, 0, 1);
		give(p, 1, 300);
		assert_int_equal(rte_eth_rx_burst(p->id, 0, &m, 1), 0);
		rx_again(p, way);
		h_alive(p);
		h_stop(p);
	}
}

/*
 * Restart with sent frames, reported or not. Old reports of the NIC must not count for new frames.
 */
static void
sent_frames(void **state)
{
	struct h_port *p = *state;
	struct rte_mbuf *m[H_MAX_BURST];
	uint8_t f[H_FRAME_CAP];
	unsigned int way, n, i;

	for (way = 0; way < 2; way++) {
		for (n = 1; n < 40; n += 13) {
			h_start(p,
				&(struct h_cfg){
					.nb_txd = 64, .tx_rs_thresh = 1, .tx_free_thresh = 8});
			frame_ether(f, 100, &p->mac, n);
			for (i = 0; i < n; i++)
				h_send(p, 0, h_mbuf(p, f, 100, 1));
			tx_again(p, way);
			while (h_take(p, f) != 0)
				;
			/* Frames that the NIC has not sent yet are not reported as done. */
			frame_ether(f, 100, &p->mac, n);
			for (i = 0; i < 60; i++)
				m[i] = h_mbuf(p, f, 100, 1);
			assert_int_equal(rte_eth_tx_burst(p->id, 0, m, 60), 60);
			assert_int_equal(rte_eth_tx_done_cleanup(p->id, 0, 0), 0);
			h_step(p);
			assert_int_equal(h_sent(p), 60);
			while (h_take(p, f) != 0)
				;
			assert_int_equal(rte_eth_tx_done_cleanup(p->id, 0, 0), 60);
			h_alive(p);
			h_stop(p);
		}
	}
}

static void
fill(struct h_port *p, struct rte_mbuf **m, unsigned int n)
{
	uint8_t f[H_FRAME_CAP];

	frame_ether(f, 100, &p->mac, n);
	while (n-- > 0)
		m[n] = h_mbuf(p, f, 100, 1);
}

/* Restart with frames that were reported and not freed yet. Then the whole ring is free. */
static void
reported_frames(void **state)
{
	struct h_port *p = *state;
	struct rte_mbuf *m[H_MAX_BURST];
	uint8_t f[H_FRAME_CAP];
	unsigned int way, sent;

	for (way = 0; way < 2; way++) {
		h_start(p, &(struct h_cfg){.nb_txd = 64});
		fill(p, m, 40);
		assert_int_equal(rte_eth_tx_burst(p->id, 0, m, 40), 40);
		h_step(p);
		while (h_take(p, f) != 0)
			;
		assert_int_equal(rte_eth_tx_done_cleanup(p->id, 0, 5), 5);
		tx_again(p, way);
		fill(p, m, 60);
		assert_int_equal(rte_eth_tx_burst(p->id, 0, m, 60), 60);
		fill(p, m, 10);
		sent = rte_eth_tx_burst(p->id, 0, m, 10);
		assert_int_equal(sent, 3);
		rte_pktmbuf_free_bulk(m + sent, 10 - sent);
		h_step(p);
		assert_int_equal(h_sent(p), 63);
		while (h_take(p, f) != 0)
			;
		h_alive(p);
		h_stop(p);
	}
}

/* A stopped queue takes no frame. After a restart its whole ring is usable. */
static void
stopped_queue_takes_none(void **state)
{
	struct h_port *p = *state;
	struct rte_mbuf *m[H_MAX_BURST];
	uint8_t f[H_FRAME_CAP];
	unsigned int i, round;

	h_start(p, &(struct h_cfg){.nb_txd = 64});
	for (round = 0; round < 3; round++) {
		frame_ether(f, 100, &p->mac, round);
		for (i = 0; i < 40; i++)
			m[i] = h_mbuf(p, f, 100, 1);
		assert_int_equal(rte_eth_tx_burst(p->id, 0, m, 40), 40);
		assert_int_equal(rte_eth_dev_tx_queue_stop(p->id, 0), 0);
		while (h_take(p, f) != 0)
			;
		frame_ether(f, 100, &p->mac, round);
		for (i = 0; i < 40; i++)
			m[i] = h_mbuf(p, f, 100, 1);
		assert_int_equal(rte_eth_tx_burst(p->id, 0, m, 40), 0);
		assert_int_equal(rte_eth_dev_tx_queue_start(p->id, 0), 0);
		assert_int_equal(rte_eth_tx_burst(p->id, 0, m, 40), 40);
		h_step(p);
		assert_int_equal(h_sent(p), 40);
		while (h_take(p, f) != 0)
			;
		for (i = 0; i < 130; i++)
			h_alive(p);
	}
}

/* A restart clears the NIC's offload contexts, so the queue must write them again. */
static void
offload_contexts(void **state)
{
	struct h_port *p = *state;
	unsigned int way, before, i;
	uint8_t f[200], got[H_FRAME_CAP];

	for (way = 0; way < 2; way++) {
		for (before = 1; before <= 3; before++) {
			h_start(p, &(struct h_cfg){.tx_offloads = RTE_ETH_TX_OFFLOAD_VLAN_INSERT});
			for (i = 0; i <= before; i++) {
				struct rte_mbuf *m;

				if (i == before)
					tx_again(p, way);
				/*
				 * The last frame uses the same context as the one before it, which
				 * the queue wrote before the restart.
				 */
				frame_ether(f, sizeof(f), &p->mac, 7);
				m = h_mbuf(p, f, sizeof(f), 1);
				m->ol_flags |= RTE_MBUF_F_TX_VLAN;
				m->vlan_tci = (uint16_t)(100 + RTE_MIN(i, before - 1));
				h_send(p, 0, m);
				assert_int_equal(h_take(p, got), sizeof(f) + 4);
				assert_int_equal(got[15], 100 + RTE_MIN(i, before - 1));
			}
			/* Contexts that were written before, in turn with others. */
			for (i = 0; i < 6; i++) {
				struct rte_mbuf *m = h_mbuf(p, f, sizeof(f), 1);

				m->ol_flags |= RTE_MBUF_F_TX_VLAN;
				m->vlan_tci = (uint16_t)(100 + i % 3);
				h_send(p, 0, m);
				assert_int_equal(h_take(p, got), sizeof(f) + 4);
				assert_int_equal(got[15], 100 + i % 3);
			}
			h_stop(p);
		}
	}
}

/* --- counters --- */

static void
traffic(struct h_port *p, unsigned int n)
{
	while (n-- > 0)
		h_alive(p);
}

static void
counted(struct h_port *p, unsigned int n)
{
	const struct rte_eth_stats s = h_stats(p);

	assert_int_equal(s.ipackets, n);
	assert_int_equal(s.opackets, n);
	assert_true(s.ibytes >= n * 60ull && s.ibytes < (n + 1) * 2000ull);
	assert_true(s.obytes >= n * 60ull && s.obytes < (n + 1) * 2000ull);
	assert_int_equal(h_xstat(p, "rx_mac_good_packets"), n);
	assert_int_equal(h_xstat(p, "tx_mac_good_packets"), n);
}

/*
 * Counters are kept when queues are set up again, in another number, and at resets of the NIC and
 * of the port. A reset of the counters clears them.
 */
static void
counters_are_kept(void **state)
{
	struct h_port *p = *state;
	unsigned int i, n = 0;

	for (i = 0; i < 4; i++) {
		h_start(p, &(struct h_cfg){.nb_rxq = 1 + i % 2, .nb_txq = 1 + i % 2});
		traffic(p, 5);
		n += 5;
		/* No counter is read before the NIC clears its own. */
		h_stop(p);
		assert_int_equal(rte_eth_dev_start(p->id), 0);
		traffic(p, 2);
		n += 2;
		counted(p, n);
		h_stop(p);
		counted(p, n);
	}
	assert_int_equal(rte_eth_stats_reset(p->id), 0);
	counted(p, 0);
	/* Counts from before the reset are not part of a queue's kept counts. */
	h_start(p, &(struct h_cfg){.nb_rxq = 2, .nb_txq = 2});
	counted(p, 0);
	traffic(p, 4);
	assert_int_equal(rte_eth_stats_reset(p->id), 0);
	traffic(p, 3);
	counted(p, 3);
	h_stop(p);
	h_start(p, NULL);
	counted(p, 3);
	traffic(p, 1);
	counted(p, 4);
	h_stop(p);
	h_start(p, NULL);
	counted(p, 4);
}

/* Error counters are kept too: the port's, the NIC's and the wire's. */
static void
errors_are_kept(void **state)
{
	struct h_port *p = *state;
	uint8_t f[100];
	unsigned int round;

	for (round = 1; round < 4; round++) {
		uint64_t frames;

		h_start(p, NULL);
		p->check_free = true;
		h_fault(p, SL_FAULT_BAD_LENGTH, 9000, 1);
		frame_ether(f, sizeof(f), &p->mac, round);
		h_expect_none(p, f, sizeof(f));
		h_give_bad_fcs(p, f, sizeof(f));
		h_step(p);
		h_recv_none(p);
		assert_int_equal(h_stats(p).ierrors, 2 * round);
		h_stop(p);
		h_start(p, NULL);
		assert_int_equal(h_stats(p).ierrors, 2 * round);
		assert_true(h_xstat(p, "soft_rx_frames") >= round);
		h_stop(p);
		if (round < 3)
			continue;
		assert_int_equal(rte_eth_stats_reset(p->id), 0);
		assert_int_equal(h_stats(p).ierrors, 0);
		assert_int_equal(h_xstat(p, "soft_rx_frames"), 0);
		h_start(p, NULL);
		frames = h_xstat(p, "soft_rx_frames");
		traffic(p, 2);
		assert_int_equal(h_xstat(p, "soft_rx_frames"), frames + 2);
		assert_int_equal(h_stats(p).ierrors, 0);
	}
}

/*
 * A queue's count of frames without a buffer is right after a reset of the counters and of the NIC.
 */
static void
missed_are_kept(void **state)
{
	struct h_port *p = *state;
	struct rte_mbuf *m[H_MAX_BURST];
	uint64_t missed;
	uint16_t n;

	h_start(p, &(struct h_cfg){.nb_rxd = 32});
	give(p, 500, 1514);
	h_stop(p);
	assert_int_equal(rte_eth_dev_start(p->id), 0);
	missed = h_stats(p).imissed;
	assert_true(missed > 0);
	h_stop(p);
	assert_int_equal(h_stats(p).imissed, missed);
	assert_int_equal(rte_eth_stats_reset(p->id), 0);
	assert_int_equal(h_stats(p).imissed, 0);
	assert_int_equal(rte_eth_dev_start(p->id), 0);
	while ((n = h_recv(p, 0, m, RTE_DIM(m))) > 0)
		rte_pktmbuf_free_bulk(m, n);
}

/* --- a port that is gone --- */

/* Resources of a process that may leak. */
struct holdings {
	size_t eal, heap;
	unsigned int files, threads;
};

static struct holdings
held(void)
{
	struct rte_malloc_socket_stats s;
	/* The heap first, because the other counts use it. */
	struct holdings h = {.heap = mallinfo2().uordblks};
	unsigned int i;

	for (i = 0; i < rte_socket_count(); i++)
		if (rte_malloc_get_socket_stats(rte_socket_id_by_idx(i), &s) == 0)
			h.eal += s.heap_allocsz_bytes;
	h.files = holds_files(NULL);
	h.threads = holds_threads("");
	return h;
}

/*
 * Opening and closing ports must not leak. The C library and EAL sometimes keep memory, so one
 * round without growth is enough. A leak grows in each of the ten tries.
 */
static void
nothing_stays(void (*round)(void))
{
	const unsigned int rounds = 20;
	struct holdings before, after;
	unsigned int try, i;

	round();
	before = held();
	for (try = 0; try < 10; try++) {
		for (i = 0; i < rounds; i++)
			round();
		after = held();
		if (after.heap < before.heap + rounds * 24 && after.eal <= before.eal &&
			after.files == before.files && after.threads == before.threads)
			return;
		before = after;
	}
	fail_msg(
		"%u rounds leave memory of EAL or of the C library, files (%u now) or threads (%u now), each time",
		rounds, after.files, after.threads);
}

static void
port_of_many_queues(void)
{
	struct h_port p;

	h_open(&p, NULL);
	h_start(&p,
		&(struct h_cfg){
			.nb_rxq = 2, .nb_txq = 2, .lsc = true, .rx_intr = true, .pool_size = 511});
	h_alive(&p);
	h_stop(&p);
	h_start(&p, &(struct h_cfg){.nb_rxq = 1, .nb_txq = 3, .pool_size = 511});
	h_alive(&p);
	h_close(&p);
}

static void
closed_ports_leave_nothing(void **state)
{
	(void)state;
	nothing_stays(port_of_many_queues);
}

/* A port with a device thread and a separate wire. */
static void
port_on_a_thread(void)
{
	assert_int_equal(rte_vdev_init("net_syncline_soft_t", "wire=loop,cpu=0"), 0);
	assert_int_equal(rte_vdev_uninit("net_syncline_soft_t"), 0);
}

static void
threads_leave_nothing(void **state)
{
	(void)state;
	nothing_stays(port_on_a_thread);
	/* The memory that all software NICs share is freed with the last one. */
	assert_null(rte_memzone_lookup("syncline_soft"));
}

/* A port in checked mode that writes findings to a file. */
static void
port_that_reports(void)
{
	assert_int_equal(rte_vdev_init("net_syncline_soft_c",
				 "mode=step,wire=none,coherency=checked,check_json=/dev/null"),
		0);
	assert_int_equal(rte_vdev_uninit("net_syncline_soft_c"), 0);
}

static void
reports_leave_nothing(void **state)
{
	(void)state;
	nothing_stays(port_that_reports);
}

/* The last step of the probe fails. */
static void
refused_port(void)
{
	assert_int_not_equal(
		rte_vdev_init("net_syncline_soft_r", "mode=step,wire=pcap:in=/nonexistent/file"),
		0);
	assert_int_not_equal(
		rte_vdev_init("net_syncline_soft_r", "mode=step,wire=none,fault=hung_reset"), 0);
}

static void
refused_ports_leave_nothing(void **state)
{
	uint16_t ports = rte_eth_dev_count_avail();

	(void)state;
	nothing_stays(refused_port);
	/* The name can be used again. */
	assert_int_equal(rte_vdev_init("net_syncline_soft_r", "mode=step,wire=none"), 0);
	assert_int_equal(rte_vdev_uninit("net_syncline_soft_r"), 0);
	assert_int_equal(rte_eth_dev_count_avail(), ports);
}

static int
cannot_flush(struct sl_wire *wire, char *why, size_t len)
{
	(void)wire;
	snprintf(why, len, "the last frames are lost");
	return -EIO;
}

/* The write error of a wire is reported when the port closes. */
static void
wires_tell_what_they_lost(void **state)
{
	struct sl_wire_ops ops;
	struct sl_wire *wire;
	struct h_port p;

	(void)state;
	h_open(&p, NULL);
	wire = sl_softnic_wire(p.nic);
	ops = *wire->ops;
	ops.flush = cannot_flush;
	wire->ops = &ops;
	h_log_mark();
	h_close(&p);
	assert_true(h_log_has("wire: the last frames are lost"));
}

static struct h_port *one;

/* If queue setup is refused, the port stays usable and keeps nothing of the refused queue. */
static void
refused_queue(void)
{
	struct rte_eth_rxconf rx = {.rx_free_thresh = 5000};
	struct rte_eth_txconf tx = {.tx_free_thresh = 5000};

	assert_int_not_equal(
		rte_eth_rx_queue_setup(one->id, 0, 128, SOCKET_ID_ANY, &rx, one->pool), 0);
	assert_int_not_equal(rte_eth_tx_queue_setup(one->id, 0, 128, SOCKET_ID_ANY, &tx), 0);
	h_start(one, &(struct h_cfg){.pool_size = 511});
	h_stop(one);
}

static void
refused_queues_leave_nothing(void **state)
{
	one = *state;
	h_start(one, &(struct h_cfg){.pool_size = 511});
	h_stop(one);
	nothing_stays(refused_queue);
	h_start(one, NULL);
	h_alive(one);
}

/* --- a setting that is refused --- */

static void
refused_start(void **state)
{
	struct h_port *p = *state;
	unsigned int i;

	h_start(p, &(struct h_cfg){.lsc = true, .no_start = true});
	for (i = 0; i < 3; i++) {
		h_fault(p, SL_FAULT_HUNG_RESET, 0, 1);
		assert_int_not_equal(rte_eth_dev_start(p->id), 0);
		assert_int_equal(rte_mempool_avail_count(p->pool), p->pool->size);
		h_fault(p, SL_FAULT_HUNG_RESET, 0, 0);
		assert_int_equal(rte_eth_dev_start(p->id), 0);
		h_alive(p);
		h_stop(p);
	}
}

static void
refused_mtu(void **state)
{
	struct h_port *p = *state;
	uint16_t mtu = 0;

	h_start(p, &(struct h_cfg){.mtu = 1500});
	h_alive(p);
	/* Longer than one buffer, without scatter. */
	assert_int_not_equal(rte_eth_dev_set_mtu(p->id, 9000), 0);
	assert_int_equal(rte_eth_dev_get_mtu(p->id, &mtu), 0);
	assert_int_equal(mtu, 1500);
	h_alive(p);
	h_stop(p);
	assert_int_equal(rte_eth_dev_start(p->id), 0);
	h_alive(p);
}

int
main(int argc, char **argv)
{
	static const struct CMUnitTest tests[] = {
		h_test(ready_frames),
		h_test(half_a_frame),
		h_test(half_a_frame_of_one_buffer),
		h_test(sent_frames),
		h_test(reported_frames),
		h_test(stopped_queue_takes_none),
		h_test(offload_contexts),
		h_test(counters_are_kept),
		h_test(errors_are_kept),
		h_test(missed_are_kept),
		cmocka_unit_test(closed_ports_leave_nothing),
		cmocka_unit_test(threads_leave_nothing),
		cmocka_unit_test(reports_leave_nothing),
		cmocka_unit_test(refused_ports_leave_nothing),
		cmocka_unit_test(wires_tell_what_they_lost),
		h_test(refused_queues_leave_nothing),
		h_test(refused_start),
		h_test(refused_mtu),
	};

	return h_main(argc, argv, tests);
}
