/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */
/*
 * A NIC that misbehaves: each fault of enum sl_fault. The driver counts the faults that it can
 * detect and frees the buffers. Traffic continues, and no memory leaks. docs/explanation/testing.md
 * lists which check of the driver each test covers.
 */
#include <rte_cycles.h>

#include "harness.h"

static const struct h_cfg scatter_cfg = {.mtu = 9000,
	.data_room = 1024,
	.nb_rxd = 256,
	.rx_offloads = RTE_ETH_RX_OFFLOAD_SCATTER,
	.tx_offloads = RTE_ETH_TX_OFFLOAD_MULTI_SEGS};

/* Receive some of @p n frames. Some may be lost, but none may be changed or duplicated. */
static unsigned int
take_in(struct h_port *p, unsigned int n, uint32_t len, uint64_t seed, unsigned int *next)
{
	struct rte_mbuf *m[H_MAX_BURST];
	uint8_t f[H_FRAME_CAP];
	unsigned int got = 0;
	uint16_t k, nb;

	while ((nb = h_recv(p, 0, m, RTE_DIM(m))) > 0) {
		for (k = 0; k < nb; k++, got++) {
			do {
				assert_true(*next < n);
				frame_ether(f, len, &p->mac, seed + (*next)++);
			} while (memcmp(rte_pktmbuf_mtod(m[k], const void *), f, 60) != 0);
			h_same(m[k], f, len);
			rte_pktmbuf_free(m[k]);
		}
	}
	return got;
}

/*
 * Give n frames of one length with different contents, at most as many at once as the NIC's packet
 * buffer holds. @return the number of frames received.
 */
static unsigned int
burst_in(struct h_port *p, unsigned int n, uint32_t len, uint64_t seed)
{
	unsigned int chunk = RTE_MAX(1u, 30000 / len);
	uint8_t f[H_FRAME_CAP];
	unsigned int next = 0;
	unsigned int got = 0;
	unsigned int i;

	for (i = 0; i < n; i++) {
		frame_ether(f, len, &p->mac, seed + i);
		h_give(p, f, len);
		if ((i + 1) % chunk == 0 || i + 1 == n)
			got += take_in(p, n, len, seed, &next);
	}
	return got;
}

static void
bad_length(void **state)
{
	struct h_port *p = *state;
	static const uint16_t lengths[] = {0, 2049, 2112, 4096, 9728, 0x8000, 0xffff};
	unsigned int i, bad = 0;

	h_start(p, NULL);
	for (i = 0; i < RTE_DIM(lengths); i++) {
		h_fault(p, SL_FAULT_BAD_LENGTH, lengths[i], 5);
		assert_int_equal(burst_in(p, 20, 500, i << 8), 15);
		assert_int_equal(h_xstat(p, "rx_q0_bad_length"), bad += 5);
		h_alive(p);
	}
	assert_int_equal(h_stats(p).ierrors, bad);
}

static void
bad_length_scattered(void **state)
{
	struct h_port *p = *state;
	static const uint16_t lengths[] = {0, 1025, 4096, 0xffff};
	unsigned int i;

	h_start(p, &scatter_cfg);
	for (i = 0; i < RTE_DIM(lengths); i++) {
		/* On the last descriptor of several: the earlier ones are freed with it. */
		h_fault(p, SL_FAULT_BAD_LENGTH, lengths[i], 5);
		assert_int_equal(burst_in(p, 20, 3500, i << 8), 15);
		assert_int_equal(h_xstat(p, "rx_q0_bad_length"), 5 * (i + 1));
		h_fault(p, SL_FAULT_NONE, 0, 0);
		h_alive(p);
	}
}

static void
bad_length_and_fcs(void **state)
{
	struct h_port *p = *state;
	unsigned int i;

	/* Less than the length of the FCS, which the driver removes. */
	h_start(p, &(struct h_cfg){.rx_offloads = RTE_ETH_RX_OFFLOAD_KEEP_CRC});
	for (i = 0; i <= 4; i++) {
		h_fault(p, SL_FAULT_BAD_LENGTH, i, 1);
		assert_int_equal(burst_in(p, 5, 200, i << 8), 4);
		assert_int_equal(h_xstat(p, "rx_q0_bad_length"), i + 1);
	}
	h_alive(p);
}

static void
no_end(void **state)
{
	struct h_port *p = *state;
	static const unsigned int counts[] = {1, 2, 5, 63, 64, 65, 300};
	unsigned int i, n;

	h_start(p, NULL);
	for (i = 0; i < RTE_DIM(counts); i++) {
		n = counts[i];
		h_fault(p, SL_FAULT_NO_EOP, 0, n);
		/* Frames without EOP swallow the next one. All later frames are complete. */
		assert_int_equal(burst_in(p, n + 10, 300, i << 16), 9);
		assert_true(h_xstat(p, "rx_q0_unexpected_seg") > i);
		h_alive(p);
	}
}

static void
no_end_scattered(void **state)
{
	struct h_port *p = *state;
	static const uint32_t lengths[] = {1024, 2048, 4096, 8192};
	unsigned int i;

	h_start(p, &scatter_cfg);
	for (i = 0; i < RTE_DIM(lengths); i++) {
		/* Full buffers without EOP: only maximum length and segment count end the frame. */
		h_fault(p, SL_FAULT_NO_EOP, 0, 100);
		assert_int_equal(burst_in(p, 110, lengths[i], i << 16), 9);
		assert_true(h_xstat(p, "rx_q0_bad_chain") > i);
		h_alive(p);
	}
}

static void
no_end_in_a_half_full_buffer(void **state)
{
	struct h_port *p = *state;

	h_start(p, &scatter_cfg);
	/* A frame continues only after a full buffer, so two frames are never merged. */
	h_fault(p, SL_FAULT_NO_EOP, 0, 1);
	assert_int_equal(burst_in(p, 10, 300, 0), 8);
	assert_int_equal(h_xstat(p, "rx_q0_bad_chain"), 1);
	h_alive(p);
}

static void
wild_head(void **state)
{
	struct h_port *p = *state;
	static const uint32_t heads[] = {64, 65, 127, 1u << 16, 0x7fffffff, 0xffffffff};
	uint8_t f[200], got[H_FRAME_CAP];
	unsigned int i, k;

	h_start(p, &(struct h_cfg){.nb_txd = 64});
	for (i = 0; i < RTE_DIM(heads); i++) {
		h_fault(p, SL_FAULT_WILD_INDEX, heads[i], 10);
		for (k = 0; k < 40; k++) {
			frame_ether(f, sizeof(f), &p->mac, i * 100 + k);
			h_send(p, 0, h_mbuf(p, f, sizeof(f), 1));
			(void)rte_eth_tx_done_cleanup(p->id, 0, 0);
			assert_int_equal(h_take(p, got), sizeof(f));
			assert_memory_equal(got, f, sizeof(f));
		}
		assert_true(h_xstat(p, "tx_q0_bad_head") >= 10 * (i + 1));
		h_alive(p);
	}
}

static void
wild_head_in_the_ring(void **state)
{
	struct h_port *p = *state;
	uint64_t r = h_rng(0x41d);
	uint8_t f[200], got[H_FRAME_CAP];
	unsigned int i, idle;

	h_start(p, &(struct h_cfg){.nb_txd = 64});
	idle = rte_mempool_avail_count(p->pool);
	for (i = 0; i < 2000; i++) {
		/*
		 * Some of these heads are within the outstanding descriptors. Then fewer mbufs are
		 * freed, or only those of sent frames.
		 */
		if (i % 3 == 0)
			h_fault(p, SL_FAULT_WILD_INDEX, rng_range(&r, 0, 63), 1);
		frame_ether(f, sizeof(f), &p->mac, i);
		h_send(p, 0, h_mbuf(p, f, sizeof(f), 1));
		(void)rte_eth_tx_done_cleanup(p->id, 0, 0);
		assert_int_equal(h_take(p, got), sizeof(f));
		assert_memory_equal(got, f, sizeof(f));
		assert_in_range(rte_mempool_avail_count(p->pool), idle - 64, idle);
	}
}

static void
held_write_back(void **state)
{
	struct h_port *p = *state;

	h_start(p, NULL);
	h_fault(p, SL_FAULT_HOLD_DD, 0, 1);
	assert_int_equal(burst_in(p, 10, 100, 7), 0);
	h_fault(p, SL_FAULT_HOLD_DD, 0, 0);
	/* The held frames arrive late and unchanged, and new ones follow them. */
	{
		struct rte_mbuf *m[16];
		uint8_t f[100];
		unsigned int i;

		assert_int_equal(h_recv(p, 0, m, RTE_DIM(m)), 10);
		for (i = 0; i < 10; i++) {
			frame_ether(f, sizeof(f), &p->mac, 7 + i);
			h_same(m[i], f, sizeof(f));
			rte_pktmbuf_free(m[i]);
		}
	}
	h_alive(p);
}

static void
dropped_write_back(void **state)
{
	struct h_port *p = *state;
	unsigned int i;

	h_start(p, NULL);
	for (i = 0; i < 10; i++) {
		h_alive(p);
		h_fault(p, SL_FAULT_DROP_DD, 0, 1);
		/* The queue waits for a descriptor that is never done. Only a restart helps. */
		assert_int_equal(burst_in(p, 5, 100, i), 0);
		assert_int_equal(rte_eth_dev_rx_queue_stop(p->id, 0), 0);
		assert_int_equal(rte_eth_dev_rx_queue_start(p->id, 0), 0);
		assert_int_equal(burst_in(p, 5, 100, i), 5);
	}
}

#define POLLS 100000u /* between two reads of the time */

/* Time of the port in microseconds. A port with a clock of its own advances by 100 ms per call. */
static uint64_t
look_at_time(const struct h_port *p)
{
	uint64_t us;

	if (sl_pmd_time_pass(p->id, 100000) != 0)
		return rte_get_timer_cycles() / (rte_get_timer_hz() / US_PER_S);
	assert_int_equal(sl_pmd_time_us(p->id, &us), 0);
	return us;
}

/* Poll until @p name counts one stall, for at most 5 s. */
static void
poll_until_stall(struct h_port *p, const char *name, struct rte_mbuf *to_send)
{
	const uint64_t end = look_at_time(p) + 5 * US_PER_S;
	struct rte_mbuf *m[4];
	unsigned int i;

	while (h_xstat(p, name) == 0 && look_at_time(p) < end) {
		for (i = 0; i < POLLS; i++) {
			assert_int_equal(rte_eth_rx_burst(p->id, 0, m, RTE_DIM(m)), 0);
			if (to_send != NULL && rte_eth_tx_burst(p->id, 0, &to_send, 1) == 1)
				break;
		}
		if (i < POLLS)
			return;
	}
	assert_null(to_send);
	assert_int_equal(h_xstat(p, name), 1);
}

static void
stalled_receive(void **state)
{
	struct h_port *p = *state;

	h_start(p, NULL);
	h_fault(p, SL_FAULT_DROP_DD, 0, 1);
	assert_int_equal(burst_in(p, 5, 100, 1), 0);
	poll_until_stall(p, "rx_q0_stalls", NULL);
	assert_int_equal(burst_in(p, 5, 100, 2), 5);
	h_alive(p);
}

/* Fill the ring without stepping the device. @return the number of frames in the ring. */
static unsigned int
fill_ring(struct h_port *p, struct rte_mbuf **left)
{
	uint8_t f[100];
	unsigned int n;

	frame_ether(f, sizeof(f), &p->mac, 1);
	for (n = 0;; n++) {
		*left = h_mbuf(p, f, sizeof(f), 1);
		if (rte_eth_tx_burst(p->id, 0, left, 1) == 0)
			return n;
	}
}

static void
stalled_transmit_never_sent(void **state)
{
	struct h_port *p = *state;
	struct rte_mbuf *m;
	unsigned int n;

	h_start(p, NULL);
	n = fill_ring(p, &m);
	poll_until_stall(p, "tx_q0_stalls", m);
	assert_int_equal(h_xstat(p, "tx_q0_stalls"), 1);
	assert_int_equal(h_xstat(p, "tx_q0_given_up"), n);
	h_step(p);
	/* Only the frame after the restart was sent, and only it is counted as sent. */
	assert_int_equal(h_stats(p).opackets, 1);
	assert_int_equal(h_stats(p).obytes, 100);
	assert_int_equal(h_stats(p).oerrors, n);
	assert_int_equal(h_sent(p), 1);
}

static void
stalled_transmit_not_reported(void **state)
{
	struct h_port *p = *state;
	struct rte_mbuf *m;
	uint8_t f[H_FRAME_CAP];
	unsigned int n, i;

	h_start(p, NULL);
	p->faults_free = true;
	/* The head is written to an invalid address: frames are sent, reports are lost. */
	sl_softnic_reg_write(p->nic, h_off(p, "TDWBAH", 0), UINT32_MAX);
	n = fill_ring(p, &m);
	h_step(p);
	assert_int_equal(h_sent(p), n);
	poll_until_stall(p, "tx_q0_stalls", m);
	assert_int_equal(h_xstat(p, "tx_q0_stalls"), 1);
	assert_int_equal(h_xstat(p, "tx_q0_given_up"), 0);
	h_step(p);
	for (i = 0; h_take(p, f) != 0; i++)
		;
	assert_int_equal(i, n + 1);
	assert_int_equal(h_stats(p).opackets, n + 1);
	h_alive(p);
}

/* Poll with a full ring for longer than the stall timeout. The ring must stay full. */
static void
nothing_goes(struct h_port *p, struct rte_mbuf *m)
{
	const uint64_t end = look_at_time(p) + 3 * US_PER_S / 2;
	unsigned int i;

	while (look_at_time(p) < end)
		for (i = 0; i < POLLS; i++)
			assert_int_equal(rte_eth_tx_burst(p->id, 0, &m, 1), 0);
	assert_int_equal(h_xstat(p, "tx_q0_stalls"), 0);
}

/* A queue that the application stopped takes no frames, for any time. It is not a stall. */
static void
no_stall_while_stopped(void **state)
{
	struct h_port *p = *state;
	uint8_t f[100];
	struct rte_mbuf *m;

	h_start(p, NULL);
	assert_int_equal(rte_eth_dev_tx_queue_stop(p->id, 0), 0);
	frame_ether(f, sizeof(f), &p->mac, 1);
	m = h_mbuf(p, f, sizeof(f), 1);
	nothing_goes(p, m);
	rte_pktmbuf_free(m);
	assert_int_equal(rte_eth_dev_tx_queue_start(p->id, 0), 0);
	h_alive(p);
}

/* A full ring without a link is not a stall. */
static void
no_stall_without_link(void **state)
{
	struct h_port *p = *state;
	struct rte_mbuf *m;
	unsigned int n;

	h_start(p, NULL);
	h_fault(p, SL_FAULT_LINK_DOWN, 0, 1);
	h_step(p);
	n = fill_ring(p, &m);
	nothing_goes(p, m);
	rte_pktmbuf_free(m);
	h_fault(p, SL_FAULT_NONE, 0, 0);
	h_step(p);
	assert_int_equal(h_stats(p).opackets, n);
}

static void
repeated_write_back(void **state)
{
	struct h_port *p = *state;
	struct rte_mbuf *m[4];
	uint8_t f[100];
	unsigned int i;

	h_start(p, NULL);
	/* Each repeated write-back is followed at once by the right one, which does no harm. */
	h_fault(p, SL_FAULT_REPEAT_WB, 0, 9);
	assert_int_equal(burst_in(p, 10, 100, 7), 10);
	for (i = 0; i < 10; i++) {
		/*
		 * A single repeated write-back makes one frame of stale bytes. No check can
		 * distinguish it from a valid one.
		 */
		h_fault(p, SL_FAULT_REPEAT_WB, 0, 1);
		frame_ether(f, sizeof(f), &p->mac, i);
		h_give(p, f, sizeof(f));
		assert_int_equal(h_recv(p, 0, m, RTE_DIM(m)), 2);
		h_same(m[0], f, sizeof(f));
		rte_pktmbuf_free_bulk(m, 2);
		assert_int_equal(rte_eth_dev_rx_queue_stop(p->id, 0), 0);
		assert_int_equal(rte_eth_dev_rx_queue_start(p->id, 0), 0);
		h_alive(p);
	}
}

static void
dma_error_receive(void **state)
{
	struct h_port *p = *state;

	h_start(p, NULL);
	h_fault(p, SL_FAULT_DMA_ERROR, 0, 4);
	p->dma_faults = 4;
	assert_int_equal(burst_in(p, 20, 100, 7), 16);
	assert_int_equal(h_xstat(p, "rx_q0_frame_errors"), 4);
	h_alive(p);
}

static void
dma_error_scattered(void **state)
{
	struct h_port *p = *state;
	unsigned int got;

	h_start(p, &scatter_cfg);
	h_fault(p, SL_FAULT_DMA_ERROR, 0, 4);
	p->dma_faults = 4;
	got = burst_in(p, 20, 3000, 7);
	assert_in_range(got, 16, 19);
	assert_int_equal(h_xstat(p, "rx_q0_frame_errors"), 20 - got);
	h_alive(p);
}

static void
dma_error_transmit(void **state)
{
	struct h_port *p = *state;
	uint8_t f[100], got[H_FRAME_CAP];
	unsigned int i, idle;

	h_start(p, NULL);
	idle = rte_mempool_avail_count(p->pool);
	h_fault(p, SL_FAULT_DMA_ERROR, 0, 3);
	p->dma_faults = 3;
	frame_ether(f, sizeof(f), &p->mac, 1);
	for (i = 0; i < 10; i++)
		h_send(p, 0, h_mbuf(p, f, sizeof(f), 1));
	assert_int_equal(h_sent(p), 7);
	while (h_take(p, got) != 0)
		assert_memory_equal(got, f, sizeof(f));
	assert_true(rte_eth_tx_done_cleanup(p->id, 0, 0) >= 0);
	assert_int_equal(rte_mempool_avail_count(p->pool), idle);
	h_alive(p);
}

static void
link_flaps(void **state)
{
	struct h_port *p = *state;
	struct rte_eth_link link;
	unsigned int i;

	h_start(p, NULL);
	for (i = 0; i < 10; i++) {
		h_fault(p, SL_FAULT_LINK_DOWN, 0, 1);
		h_step(p);
		assert_int_equal(rte_eth_link_get_nowait(p->id, &link), 0);
		assert_int_equal(link.link_status, RTE_ETH_LINK_DOWN);
		h_fault(p, SL_FAULT_LINK_DOWN, 0, 0);
		h_step(p);
		assert_int_equal(rte_eth_link_get_nowait(p->id, &link), 0);
		assert_int_equal(link.link_status, RTE_ETH_LINK_UP);
		h_alive(p);
	}
}

static void
hung_reset(void **state)
{
	struct h_port *p = *state;

	h_start(p, NULL);
	h_alive(p);
	h_stop(p);
	h_fault(p, SL_FAULT_HUNG_RESET, 0, 1);
	h_log_mark();
	assert_true(rte_eth_dev_start(p->id) < 0);
	assert_true(h_log_has("reset"));
	assert_int_equal(rte_mempool_avail_count(p->pool), p->pool->size);
	h_fault(p, SL_FAULT_HUNG_RESET, 0, 0);
	assert_int_equal(rte_eth_dev_start(p->id), 0);
	h_alive(p);
}

/* Put frames into both rings, then remove the NIC. */
static void
pull_out(struct h_port *p)
{
	struct rte_mbuf *m;
	uint8_t f[3000];
	unsigned int i;

	h_start(p, &scatter_cfg);
	h_alive(p);
	frame_ether(f, sizeof(f), &p->mac, 1);
	for (i = 0; i < 10; i++) {
		h_give(p, f, sizeof(f));
		m = h_mbuf(p, f, sizeof(f), 3);
		assert_int_equal(rte_eth_tx_burst(p->id, 0, &m, 1), 1);
		if (i == 5)
			assert_true(sl_pmd_step(p->id, 2) >= 0);
	}
	h_fault(p, SL_FAULT_REMOVED, 0, 1);
	/* The application does not know yet that the NIC is gone. */
	for (i = 0; i < 300; i++) {
		if (rte_eth_rx_burst(p->id, 0, &m, 1) == 1)
			rte_pktmbuf_free(m);
		m = h_mbuf(p, f, sizeof(f), 3);
		if (rte_eth_tx_burst(p->id, 0, &m, 1) == 0)
			rte_pktmbuf_free(m);
		(void)sl_pmd_step(p->id, 8);
	}
}

static void
removed(void **state)
{
	struct h_port *p = *state;
	struct rte_eth_link link = {.link_status = RTE_ETH_LINK_UP};
	struct rte_eth_stats s;

	pull_out(p);
	assert_int_equal(rte_eth_link_get_nowait(p->id, &link), 0);
	assert_int_equal(link.link_status, RTE_ETH_LINK_DOWN);
	/* Values of all ones must not be counted. */
	if (rte_eth_stats_get(p->id, &s) == 0) {
		assert_true(s.ipackets < 1000 && s.opackets < 1000);
		assert_true(s.imissed < 1000 && s.ierrors < 1000);
	}
	(void)rte_eth_promiscuous_enable(p->id);
	(void)rte_eth_dev_set_mtu(p->id, 2000);
	assert_true(rte_eth_dev_is_removed(p->id) == 1);
	h_stop(p);
	assert_true(rte_eth_dev_start(p->id) < 0);
	assert_int_equal(rte_mempool_avail_count(p->pool), p->pool->size);
}

static void
removed_and_back(void **state)
{
	struct h_port *p = *state;

	pull_out(p);
	h_stop(p);
	/* The reinserted NIC is a new device. The port refuses to start until it is closed. */
	h_fault(p, SL_FAULT_REMOVED, 0, 0);
	assert_true(rte_eth_dev_start(p->id) < 0);
	h_close(p);
	h_open(p, NULL);
	h_start(p, &scatter_cfg);
	h_alive(p);
}

static void
removed_while_running_and_closed(void **state)
{
	pull_out(*state);
}

/* --- all of them, in any order --- */

static void
random_fault(struct h_port *p, uint64_t *r)
{
	static const enum sl_fault kinds[] = {SL_FAULT_BAD_LENGTH, SL_FAULT_NO_EOP,
		SL_FAULT_WILD_INDEX, SL_FAULT_HOLD_DD, SL_FAULT_DROP_DD, SL_FAULT_REPEAT_WB,
		SL_FAULT_DMA_ERROR, SL_FAULT_NONE};
	enum sl_fault kind = kinds[rng_range(r, 0, RTE_DIM(kinds) - 1)];
	uint32_t arg = rng_next(r) & 1 ? rng_range(r, 0, 300) : (uint32_t)rng_next(r);

	h_fault(p, kind, arg, rng_range(r, 0, 3));
}

static void
random_receive(struct h_port *p, uint64_t *r)
{
	struct rte_mbuf *m[H_MAX_BURST];
	uint8_t f[H_FRAME_CAP];
	uint32_t len = rng_range(r, 60, 9014);
	uint16_t i, n;

	frame_ether(f, len, &p->mac, len);
	h_give(p, f, len);
	(void)sl_pmd_step(p->id, rng_range(r, 1, 8));
	n = rte_eth_rx_burst(p->id, 0, m, (uint16_t)rng_range(r, 1, RTE_DIM(m)));
	for (i = 0; i < n; i++) {
		/* Each received mbuf is a valid chain within bounds. */
		rte_mbuf_sanity_check(m[i], 1);
		assert_in_range(m[i]->pkt_len, 1, 9728);
		rte_pktmbuf_free(m[i]);
	}
}

static void
random_faults(void **state)
{
	struct h_port *p = *state;
	uint64_t r = h_rng(0xfa17);
	uint64_t i, frames = h_frames(20000);
	uint8_t f[H_FRAME_CAP];
	struct rte_mbuf *m;
	uint32_t len;

	p->faults_free = true;
	/* Repeated write-backs describe buffers that the NIC fills later. */
	p->check_free = true;
	h_start(p, &scatter_cfg);
	for (i = 0; i < RTE_MIN(frames, 200000u); i++) {
		if (rng_range(&r, 0, 9) == 0)
			random_fault(p, &r);
		random_receive(p, &r);
		len = rng_range(&r, 60, 4000);
		frame_ether(f, len, &p->mac, i);
		m = h_mbuf(p, f, len, rng_range(&r, 1 + len / 1024, 1 + len / 200));
		if (rte_eth_tx_burst(p->id, 0, &m, 1) == 0)
			rte_pktmbuf_free(m);
		while (h_take(p, f) != 0)
			;
		if (rng_range(&r, 0, 999) == 0) {
			h_fault(p, SL_FAULT_NONE, 0, 0);
			h_stop(p);
			assert_int_equal(rte_eth_dev_start(p->id), 0);
		}
	}
	h_fault(p, SL_FAULT_NONE, 0, 0);
	h_stop(p);
	assert_int_equal(rte_eth_dev_start(p->id), 0);
	/* Receive frames that waited in the NIC's packet buffer first. */
	for (i = 0; i < 20; i++) {
		struct rte_mbuf *old[H_MAX_BURST];
		uint16_t n = h_recv(p, 0, old, RTE_DIM(old));

		rte_pktmbuf_free_bulk(old, n);
	}
	while (h_take(p, f) != 0)
		;
	h_alive(p);
}

/* --- too many bad values --- */

#define BAD_VALUES 100u /* limit per second: docs/reference/net_syncline.md */

struct resets {
	unsigned int events; /* atomic */
};

static int
on_reset(uint16_t port, enum rte_eth_event_type type, void *arg, void *ret)
{
	(void)port;
	(void)type;
	(void)ret;
	__atomic_fetch_add(&((struct resets *)arg)->events, 1, __ATOMIC_SEQ_CST);
	return 0;
}

static void
await_resets(struct resets *r, unsigned int n)
{
	unsigned int ms;

	for (ms = 0; __atomic_load_n(&r->events, __ATOMIC_SEQ_CST) < n; ms++) {
		assert_true(ms < 10000);
		rte_delay_us_sleep(1000);
	}
	assert_int_equal(r->events, n);
}

/* Receive @n frames of length 0. */
static void
bad_lengths(struct h_port *p, unsigned int n)
{
	h_fault(p, SL_FAULT_BAD_LENGTH, 0, n);
	assert_int_equal(burst_in(p, n, 100, 1), 0);
}

/* Receive @n frames whose last descriptor holds only FCS bytes. */
static void
bare_fcs(struct h_port *p, unsigned int n)
{
	h_fault(p, SL_FAULT_BAD_LENGTH, 4, n);
	assert_int_equal(burst_in(p, n, 100, 1), 0);
}

/* Send @n frames, each followed by a head write-back with an impossible value. */
static void
bad_heads(struct h_port *p, unsigned int n)
{
	const uint64_t want = h_xstat(p, "tx_q0_bad_head") + n;
	uint8_t f[200], got[H_FRAME_CAP];

	frame_ether(f, sizeof(f), &p->mac, n);
	h_fault(p, SL_FAULT_WILD_INDEX, UINT32_MAX, UINT32_MAX);
	while (h_xstat(p, "tx_q0_bad_head") < want) {
		h_send(p, 0, h_mbuf(p, f, sizeof(f), 1));
		(void)rte_eth_tx_done_cleanup(p->id, 0, 0);
		while (h_take(p, got) != 0)
			;
	}
	h_fault(p, SL_FAULT_NONE, 0, 0);
}

/* One row per kind of bad value. */
static const struct bad_kind {
	void (*give)(struct h_port *p, unsigned int n);
	const char *said;
	struct h_cfg cfg;
} bad_kinds[] = {
	{bad_lengths, "rx_q0_bad_length", {0}},
	{bare_fcs, "rx_q0_bad_length",
		{.data_room = 1024,
			.mtu = 4000,
			.rx_offloads = RTE_ETH_RX_OFFLOAD_SCATTER | RTE_ETH_RX_OFFLOAD_KEEP_CRC}},
	{bad_heads, "tx_q0_bad_head", {0}},
};

static void
too_many_bad_values(void **state)
{
	struct resets r = {0};
	unsigned int i, k, told = 0;
	struct h_port p;

	(void)state;
	h_open(&p, "time=own");
	assert_int_equal(
		rte_eth_dev_callback_register(p.id, RTE_ETH_EVENT_INTR_RESET, on_reset, &r), 0);
	for (k = 0; k < RTE_DIM(bad_kinds); k++) {
		const struct bad_kind *kind = &bad_kinds[k];

		h_start(&p, &kind->cfg);
		/* The allowed number of bad values per second, for several seconds. */
		for (i = 0; i < 5; i++) {
			assert_int_equal(sl_pmd_time_pass(p.id, 1100000), 0);
			kind->give(&p, BAD_VALUES);
		}
		assert_int_equal(h_xstat(&p, "bad_value_resets"), told);
		/* One value more requests a reset. Many more do not request it again. */
		h_log_mark();
		kind->give(&p, 1);
		await_resets(&r, ++told);
		assert_int_equal(h_xstat(&p, "bad_value_resets"), told);
		assert_true(h_log_has(kind->said));
		kind->give(&p, 10 * BAD_VALUES);
		assert_int_equal(h_xstat(&p, "bad_value_resets"), told);
		/* A reset clears the count. The next excess requests a reset again. */
		assert_int_equal(rte_eth_dev_reset(p.id), 0);
		assert_int_equal(rte_eth_dev_start(p.id), 0);
		kind->give(&p, BAD_VALUES);
		assert_int_equal(h_xstat(&p, "bad_value_resets"), told);
		kind->give(&p, 1);
		await_resets(&r, ++told);
		h_alive(&p);
		h_stop(&p);
	}
	assert_int_equal(
		rte_eth_dev_callback_unregister(p.id, RTE_ETH_EVENT_INTR_RESET, on_reset, &r), 0);
	h_close(&p);
}

/* Frames that were damaged on the wire do not count as bad values of the NIC. */
static void
damaged_frames_are_no_bad_values(void **state)
{
	struct h_port *p = *state;
	uint8_t f[100];
	unsigned int i;

	h_start(p, NULL);
	frame_ether(f, sizeof(f), &p->mac, 1);
	for (i = 0; i < 10 * BAD_VALUES; i++)
		h_give_bad_fcs(p, f, sizeof(f));
	h_recv_none(p);
	assert_int_equal(h_xstat(p, "bad_value_resets"), 0);
	h_alive(p);
}

int
main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		h_test(bad_length),
		h_test(bad_length_scattered),
		h_test(bad_length_and_fcs),
		h_test(no_end),
		h_test(no_end_scattered),
		h_test(no_end_in_a_half_full_buffer),
		h_test(wild_head),
		h_test(wild_head_in_the_ring),
		h_test(held_write_back),
		h_test(dropped_write_back),
		h_test(stalled_receive),
		h_test(stalled_transmit_never_sent),
		h_test(stalled_transmit_not_reported),
		h_test(no_stall_while_stopped),
		h_test(no_stall_without_link),
		h_test(repeated_write_back),
		h_test(dma_error_receive),
		h_test(dma_error_scattered),
		h_test(dma_error_transmit),
		h_test(link_flaps),
		h_test(hung_reset),
		h_test(removed),
		h_test(removed_and_back),
		h_test(removed_while_running_and_closed),
		h_test(random_faults),
		cmocka_unit_test(too_many_bad_values),
		h_test(damaged_frames_are_no_bad_values),
	};

	return h_main(argc, argv, tests);
}
