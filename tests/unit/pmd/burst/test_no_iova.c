/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */

/*
 * Bursts with vectors, compiled for a DPDK whose mbufs have no buf_iova (no_iova.h). The field at
 * that offset must never be used as an address for the NIC.
 */
#include <stdlib.h>

#include "rxtx_rig.h"
#include "sl_compat.h"
#include "sl_paths.h"

SL_WIDTH_DECLARE(no_iova, , , )

#define BURST 16u /* quads */
#define RING 64u
#define MBUFS 255u
#define ELSE 0x5ca1ab1e5ca1ab1eu

typedef uint16_t (*burst_fn)(void *queue, struct rte_mbuf **pkts, uint16_t n);

/* Write another value to the field. */
static void
put_else(struct rte_mempool *pool, void *arg, void *obj, unsigned int idx)
{
	const uint64_t other = ELSE;

	(void)pool;
	(void)arg;
	(void)idx;
	memcpy((char *)obj + offsetof(struct rte_mbuf, buf_addr) + sizeof(void *), &other,
		sizeof(other));
}

static struct rte_mbuf *
frame(struct rig *r, bool sums)
{
	struct rte_mbuf *m = rte_pktmbuf_alloc(r->pool);

	assert_non_null(m);
	m->data_len = 100;
	m->pkt_len = 100;
	m->l2_len = RTE_ETHER_HDR_LEN;
	m->l3_len = 20;
	if (sums)
		m->ol_flags |= RTE_MBUF_F_TX_IPV4 | RTE_MBUF_F_TX_IP_CKSUM;
	return m;
}

/* During the first burst, the driver learns the mempool and its context. */
static void
send_all(burst_fn burst, bool sums)
{
	const struct rte_eth_txconf conf = {.tx_free_thresh = 24, .tx_rs_thresh = 8};
	struct rig *r = rig_open_with(SL_COHERENCY_COHERENT, MBUFS, 0, false);
	struct sl_tx_queue *q = rig_tx_start(r, RING, &conf);
	struct rte_mbuf *pkts[BURST];
	unsigned int i, k, first;
	bool empty;

	for (k = 0; k < 2; k++) {
		first = q->next_to_use;
		for (i = 0; i < BURST; i++)
			pkts[i] = frame(r, sums);
		rte_mempool_obj_iter(r->pool, put_else, NULL);
		assert_int_equal(burst(q, pkts, BURST), BURST);
		for (i = first; i < q->next_to_use; i++) {
			const struct rte_mbuf *m = q->sw_ring[i];

			if (m != NULL)
				assert_int_equal(
					q->ring[i].read.addr, (uintptr_t)m->buf_addr + m->data_off);
		}
	}
	do {
		memset(&r->sent, 0, sizeof(r->sent));
		while (!rig_tx_take(r, &empty) && !empty)
			;
	} while (!empty);
	assert_int_equal(sl_txq_stop(&r->eth, 0), 0);
	rig_close(r);
}

static void
test_sent(void **state)
{
	(void)state;
	send_all(sl_tx_no_iova_coherent, false);
	send_all(sl_tx_no_iova_coherent_offload, false);
	send_all(sl_tx_no_iova_coherent_offload, true);
}

/* Check the addresses that are posted after frames were received. */
static void
refill(burst_fn burst)
{
	const uint8_t data[100] = {0};
	const struct rig_wb wb = {.status = SL_RXD_STAT_DD | SL_RXD_STAT_EOP,
		.length = sizeof(data),
		.data = data,
		.data_len = sizeof(data)};
	struct rig *r = rig_open_with(SL_COHERENCY_COHERENT, MBUFS, 0, false);
	struct sl_rx_queue *q = rig_rx_start(r, RING, NULL);
	struct rte_mbuf *pkts[BURST];
	unsigned int i, k, got = 0, posted = 0;

	rte_mempool_obj_iter(r->pool, put_else, NULL);
	for (k = 0; k < 2 * RING / BURST; k++) {
		const unsigned int first = q->next_to_use;
		uint16_t n;

		for (i = 0; i < BURST; i++)
			rig_rx_write(r, &wb);
		n = burst(q, pkts, BURST);
		got += n;
		rte_pktmbuf_free_bulk(pkts, n);
		for (i = first; i != q->next_to_use; i = (i + 1) % RING, posted++)
			assert_int_equal(q->ring[i].read.pkt_addr,
				(uintptr_t)q->sw_ring[i]->buf_addr + RTE_PKTMBUF_HEADROOM);
	}
	assert_int_equal(got, 2 * RING);
	assert_true(posted >= RING);
	assert_int_equal(sl_rxq_stop(&r->eth, 0), 0);
	rig_close(r);
}

static void
test_received(void **state)
{
	(void)state;
	refill(sl_rx_no_iova_coherent);
	refill(sl_rx_no_iova_coherent_offload);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_sent),
		cmocka_unit_test(test_received),
	};

	rig_eal();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
