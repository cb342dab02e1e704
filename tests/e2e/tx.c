/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */
/*
 * Frames that an application may pass to transmit. Each valid chain is sent byte for byte. Prepare
 * refuses an invalid frame. If the application sends it anyway, it is freed and counted, never
 * sent.
 */
#include <dlfcn.h>
#include <sys/mman.h>

#include <rte_errno.h>
#include <rte_malloc.h>

#include "harness.h"

static const struct rte_ether_addr other_mac = {{0x02, 0x55, 0x55, 0, 0, 9}};

#define TX_ALL \
	(RTE_ETH_TX_OFFLOAD_MULTI_SEGS | RTE_ETH_TX_OFFLOAD_IPV4_CKSUM | \
		RTE_ETH_TX_OFFLOAD_UDP_CKSUM | RTE_ETH_TX_OFFLOAD_TCP_CKSUM | \
		RTE_ETH_TX_OFFLOAD_VLAN_INSERT)

static const struct h_cfg tx_cfg = {
	.mtu = 9000, .tx_offloads = TX_ALL, .rx_offloads = RTE_ETH_RX_OFFLOAD_SCATTER};

/* Check that the frame is sent unchanged. */
static void
sent_right(struct h_port *p, struct rte_mbuf *m, const uint8_t *f, uint32_t len)
{
	uint8_t got[H_FRAME_CAP];

	assert_int_equal(rte_eth_tx_prepare(p->id, 0, &m, 1), 1);
	h_send(p, 0, m);
	assert_int_equal(h_take(p, got), len);
	assert_memory_equal(got, f, len);
	assert_int_equal(h_sent(p), 0);
}

static void
every_number_of_segments(void **state)
{
	struct h_port *p = *state;
	struct rte_eth_dev_info info;
	uint8_t f[2000];
	unsigned int segs;

	h_start(p, &tx_cfg);
	assert_int_equal(rte_eth_dev_info_get(p->id, &info), 0);
	for (segs = 1; segs <= info.tx_desc_lim.nb_seg_max; segs++) {
		frame_ether(f, sizeof(f), &other_mac, segs);
		sent_right(p, h_mbuf(p, f, sizeof(f), segs), f, sizeof(f));
		/* One byte per segment, except the first. */
		sent_right(p, h_mbuf(p, f, 60 + segs, segs), f, 60 + segs);
	}
}

/*
 * On a short ring the limit is what fits beside a context: that many segments are sent, and one
 * more is refused.
 */
static void
segments_of_short_rings(void **state)
{
	const uint16_t sizes[] = {32, 40, 64};
	struct h_port *p = *state;
	struct rte_eth_dev_info info;
	struct rte_mbuf *m;
	uint8_t f[2000];
	unsigned int i, most;

	for (i = 0; i < RTE_DIM(sizes); i++) {
		struct h_cfg cfg = tx_cfg;

		cfg.nb_txd = sizes[i];
		cfg.tx_offloads |= RTE_ETH_TX_OFFLOAD_VLAN_INSERT;
		h_start(p, &cfg);
		most = RTE_MIN(32u, sizes[i] - 2u);
		assert_int_equal(rte_eth_dev_info_get(p->id, &info), 0);
		assert_int_equal(info.tx_desc_lim.nb_seg_max, most);
		assert_int_equal(info.tx_desc_lim.nb_mtu_seg_max, most);
		frame_ether(f, 1000, &other_mac, i);
		m = h_mbuf(p, f, 1000, most);
		m->ol_flags |= RTE_MBUF_F_TX_VLAN;
		m->vlan_tci = 5;
		memmove(f + 16, f + 12, 988);
		memcpy(f + 12, (const uint8_t[]){0x81, 0, 0, 5}, 4);
		sent_right(p, m, f, 1004);
		m = h_mbuf(p, f, 1000, most + 1);
		assert_int_equal(rte_eth_tx_prepare(p->id, 0, &m, 1), 0);
		assert_int_equal(rte_errno, EINVAL);
		rte_pktmbuf_free(m);
		assert_int_equal(rte_eth_dev_stop(p->id), 0);
	}
	/* A longer ring: the limit is the frame's again. */
	h_start(p, &tx_cfg);
	assert_int_equal(rte_eth_dev_info_get(p->id, &info), 0);
	assert_int_equal(info.tx_desc_lim.nb_seg_max, 32);
}

/* Data begins and ends at any offset of a cache line. Its first and last line must be flushed. */
static void
any_start_any_end(void **state)
{
	struct h_port *p = *state;
	uint64_t r = h_rng(0xa11);
	struct rte_mbuf *m;
	unsigned int at;
	uint8_t f[600];
	uint32_t len;

	h_start(p, &tx_cfg);
	for (at = 0; at < 2 * h_check_line(); at++) {
		m = rte_pktmbuf_alloc(p->pool);
		assert_non_null(m);
		len = rng_range(&r, 60, sizeof(f));
		frame_ether(f, len, &other_mac, rng_next(&r));
		m->data_off = (uint16_t)(m->data_off + at);
		memcpy(rte_pktmbuf_append(m, (uint16_t)len), f, len);
		sent_right(p, m, f, len);
	}
}

static void
empty_segments(void **state)
{
	struct h_port *p = *state;
	unsigned int at, idle;
	uint8_t f[600];

	h_start(p, &tx_cfg);
	idle = rte_mempool_avail_count(p->pool);
	frame_ether(f, sizeof(f), &other_mac, 1);
	for (at = 0; at < 3; at++) {
		struct rte_mbuf *m = h_mbuf(p, f, sizeof(f), 3);
		struct rte_mbuf *s = at == 0 ? m : at == 1 ? m->next : m->next->next;
		struct rte_mbuf *empty = rte_pktmbuf_alloc(p->pool);

		/* After segment at: in the middle or at the end. */
		assert_non_null(empty);
		empty->next = s->next;
		s->next = empty;
		m->nb_segs++;
		if (rte_eth_tx_prepare(p->id, 0, &m, 1) == 1) {
			sent_right(p, m, f, sizeof(f));
		} else {
			assert_int_equal(rte_errno, EINVAL);
			rte_pktmbuf_free(m);
		}
	}
	h_alive(p);
	rte_eth_tx_done_cleanup(p->id, 0, 0);
	/* Except mbufs that either ring still holds. */
	assert_in_range(rte_mempool_avail_count(p->pool), idle - 64, idle + 64);
}

/*
 * Bursts, a device that is stepped at random times, and clean-ups in between. No mbuf returns to
 * its pool before its frame is sent, and all have returned at the end.
 */
static void
cleanup_between_bursts(void **state)
{
	struct h_port *p = *state;
	uint64_t r = h_rng(0xc1ea);
	uint8_t f[64], got[H_FRAME_CAP];
	unsigned int i, idle, out = 0;

	h_start(p, &tx_cfg);
	idle = rte_mempool_avail_count(p->pool);
	frame_ether(f, sizeof(f), &other_mac, 7);
	for (i = 0; i < h_frames(2000); i++) {
		unsigned int n = (unsigned int)rng_range(&r, 1, 32);

		for (; n > 0; n--) {
			struct rte_mbuf *m = h_mbuf(p, f, sizeof(f), 1);

			if (rte_eth_tx_burst(p->id, 0, &m, 1) != 1) {
				rte_pktmbuf_free(m);
				break;
			}
			out++;
		}
		if (rng_range(&r, 0, 2) == 0) {
			h_step(p);
			while (h_take(p, got) != 0)
				out--;
			assert_int_equal(out, 0);
		}
		if (rng_range(&r, 0, 3) == 0)
			assert_true(rte_eth_tx_done_cleanup(
					    p->id, 0, (uint32_t)rng_range(&r, 0, 40)) >= 0);
		assert_in_range(rte_mempool_avail_count(p->pool), 0, idle - out);
	}
	h_step(p);
	while (h_take(p, got) != 0)
		;
	rte_eth_tx_done_cleanup(p->id, 0, 0);
	assert_int_equal(rte_mempool_avail_count(p->pool), idle);
}

static void
indirect_mbufs(void **state)
{
	struct h_port *p = *state;
	struct rte_mbuf *m, *clone;
	uint8_t f[1200], got[H_FRAME_CAP];
	unsigned int i;

	if (h_pinned())
		h_skip("mbufs whose data lies apart take no other buffer");
	h_start(p, &tx_cfg);
	for (i = 0; i < 200; i++) {
		frame_ether(f, sizeof(f), &other_mac, i);
		m = h_mbuf(p, f, sizeof(f), 1 + i % 3);
		clone = rte_pktmbuf_clone(m, p->pool);
		assert_non_null(clone);
		h_send(p, 0, clone);
		assert_int_equal(h_take(p, got), sizeof(f));
		assert_memory_equal(got, f, sizeof(f));
		/* The application still owns the original. */
		h_same(m, f, sizeof(f));
		sent_right(p, m, f, sizeof(f));
	}
}

static void
ext_free(void *addr, void *opaque)
{
	(void)addr;
	(*(unsigned int *)opaque)++;
}

static void
external_mbufs(void **state)
{
	struct h_port *p = *state;
	const uint32_t size = 64 << 10;
	uint16_t len = (uint16_t)(size / 8);
	struct rte_mbuf_ext_shared_info *shared;
	unsigned int i, freed = 0;
	uint8_t *buf;

	if (h_pinned())
		h_skip("mbufs whose data lies apart take no other buffer");
	h_start(p, &tx_cfg);
	/* Memory that belongs to no mempool and no EAL segment. */
	buf = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE,
		-1, 0);
	assert_ptr_not_equal(buf, MAP_FAILED);
	for (i = 0; i < 8; i++) {
		uint8_t *part = buf + (size_t)i * len;
		struct rte_mbuf *m = rte_pktmbuf_alloc(p->pool);
		uint16_t room = len;

		assert_non_null(m);
		frame_ether(part, 1000, &other_mac, i);
		shared = rte_pktmbuf_ext_shinfo_init_helper(part, &room, ext_free, &freed);
		rte_pktmbuf_attach_extbuf(m, part, (rte_iova_t)(uintptr_t)part, room, shared);
		m->data_len = 1000;
		m->pkt_len = 1000;
		if (rte_eth_tx_prepare(p->id, 0, &m, 1) == 1)
			sent_right(p, m, part, 1000);
		else
			rte_pktmbuf_free(m);
	}
	assert_int_equal(h_xstat(p, "tx_q0_unmapped"), 0);
	assert_int_equal(rte_eth_tx_done_cleanup(p->id, 0, 0) >= 0, 1);
	h_stop(p);
	assert_int_equal(freed, 8);
	h_close(p);
	munmap(buf, size);
}

/* An external buffer that is refilled when it is freed, and sent on another queue. */
struct relay {
	struct h_port *p;
	uint8_t *buf;
	uint8_t frame[1000]; /* second frame */
	unsigned int back;
};

static void
relay_back(void *addr, void *opaque);

static void
relay_send(struct relay *r, uint16_t queue)
{
	struct rte_mbuf *m = rte_pktmbuf_alloc(r->p->pool);
	struct rte_mbuf_ext_shared_info *shared;
	uint16_t room = 2048;

	assert_non_null(m);
	shared = rte_pktmbuf_ext_shinfo_init_helper(r->buf, &room, relay_back, r);
	rte_pktmbuf_attach_extbuf(m, r->buf, (rte_iova_t)(uintptr_t)r->buf, room, shared);
	m->data_len = sizeof(r->frame);
	m->pkt_len = sizeof(r->frame);
	assert_int_equal(rte_eth_tx_burst(r->p->id, queue, &m, 1), 1);
}

static void
relay_back(void *addr, void *opaque)
{
	struct relay *r = opaque;

	if (r->back++ > 0)
		return;
	memcpy(addr, r->frame, sizeof(r->frame));
	relay_send(r, 1);
}

/* A frame that the NIC did not read is freed when its queue stops, and not used after that. */
static void
external_used_at_once(void **state)
{
	struct h_port *p = *state;
	struct relay r = {.p = p};
	uint8_t got[H_FRAME_CAP];

	if (h_pinned())
		h_skip("mbufs whose data lies apart take no other buffer");
	h_start(p, &(struct h_cfg){.nb_txq = 2});
	r.buf = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE,
		-1, 0);
	assert_ptr_not_equal(r.buf, MAP_FAILED);
	frame_ether(r.buf, sizeof(r.frame), &other_mac, 1);
	frame_ether(r.frame, sizeof(r.frame), &other_mac, 2);
	h_fault(p, SL_FAULT_LINK_DOWN, 0, 1);
	relay_send(&r, 0);
	assert_int_equal(rte_eth_dev_tx_queue_stop(p->id, 0), 0);
	assert_int_equal(r.back, 1);
	h_fault(p, SL_FAULT_LINK_DOWN, 0, 0);
	h_step(p);
	assert_int_equal(h_take(p, got), sizeof(r.frame));
	assert_memory_equal(got, r.frame, sizeof(r.frame));
	assert_int_equal(h_sent(p), 0);
	h_stop(p);
	assert_int_equal(r.back, 2);
	h_close(p);
	munmap(r.buf, 4096);
}

/* Replaces DPDK's function and counts the walks through mempools. */
static unsigned int walks;

uint32_t
rte_mempool_obj_iter(struct rte_mempool *mp, rte_mempool_obj_cb_t *cb, void *arg)
{
	uint32_t (*real)(struct rte_mempool *, rte_mempool_obj_cb_t *, void *);

	*(void **)&real = dlsym(RTLD_NEXT, "rte_mempool_obj_iter");
	assert_non_null(real);
	walks++;
	return real(mp, cb, arg);
}

/*
 * Mbufs with pinned external buffers. The driver walks through their pool once, not for each mbuf.
 */
static void
pinned_mbufs(void **state)
{
	struct h_port *p = *state;
	const uint16_t each = 2560, count = 255;
	struct rte_pktmbuf_extmem ext = {.buf_len = (size_t)each * count, .elt_size = each};
	struct rte_mempool *mine;
	uint8_t f[1200];
	unsigned int i;

	h_start(p, &tx_cfg);
	ext.buf_ptr = rte_malloc("pinned", ext.buf_len, 4096);
	assert_non_null(ext.buf_ptr);
	ext.buf_iova = (rte_iova_t)(uintptr_t)ext.buf_ptr;
	mine = p->pool;
	p->pool = rte_pktmbuf_pool_create_extbuf(
		"pinned", count, 0, 0, RTE_MBUF_DEFAULT_BUF_SIZE, SOCKET_ID_ANY, &ext, 1);
	assert_non_null(p->pool);
	p->old_pools[p->nb_old_pools++] = p->pool;
	for (i = 0; i < 300; i++) {
		frame_ether(f, sizeof(f), &other_mac, i);
		sent_right(p, h_mbuf(p, f, sizeof(f), 1 + i % 3), f, sizeof(f));
		if (i == 0)
			walks = 0;
	}
	assert_int_equal(walks, 0);
	p->pool = mine;
	h_close(p);
	rte_free(ext.buf_ptr);
}

static void
foreign_pool(void **state)
{
	struct h_port *p = *state;
	struct rte_mempool *mine;
	unsigned int i;
	uint8_t f[1200];

	h_start(p, &tx_cfg);
	mine = p->pool;
	/* Pools that the driver first sees in transmit. */
	for (i = 0; i < 4; i++) {
		p->pool = rte_pktmbuf_pool_create(i == 0 ? "foreign0" :
				i == 1			 ? "foreign1" :
				i == 2			 ? "foreign2" :
							   "foreign3",
			511, 0, 0, RTE_MBUF_DEFAULT_BUF_SIZE, SOCKET_ID_ANY);
		assert_non_null(p->pool);
		p->old_pools[p->nb_old_pools++] = p->pool;
		frame_ether(f, sizeof(f), &other_mac, i);
		sent_right(p, h_mbuf(p, f, sizeof(f), 4), f, sizeof(f));
	}
	/* Chains of mbufs from all pools in turn. */
	for (i = 0; i < 50; i++) {
		struct rte_mbuf *m = NULL;
		unsigned int k;

		frame_ether(f, sizeof(f), &other_mac, i);
		for (k = 0; k < 4; k++) {
			struct rte_mbuf *s;

			p->pool = p->old_pools[(i + k) % 4];
			s = h_mbuf(p, f + k * 300, 300, 1);
			if (m == NULL)
				m = s;
			else
				assert_int_equal(rte_pktmbuf_chain(m, s), 0);
		}
		sent_right(p, m, f, sizeof(f));
	}
	p->pool = mine;
}

/* --- mbufs that are not a valid frame --- */

/* Functions that break a valid frame of three segments. */
static void
no_data(struct rte_mbuf *m)
{
	rte_pktmbuf_free(m->next);
	m->next = NULL;
	m->nb_segs = 1;
	m->data_len = 0;
	m->pkt_len = 0;
}

static void
too_short(struct rte_mbuf *m)
{
	no_data(m);
	m->data_len = 13;
	m->pkt_len = 13;
}

static void
length_differs(struct rte_mbuf *m)
{
	m->pkt_len += 10;
}

static void
length_less(struct rte_mbuf *m)
{
	m->pkt_len -= 10;
}

static void
segments_fewer(struct rte_mbuf *m)
{
	m->nb_segs = 4; /* fewer than nb_segs */
}

/*
 * A burst cannot detect this, because for a plain frame it reads only the first line of the mbuf.
 */
static void
one_of_many(struct rte_mbuf *m)
{
	m->nb_segs = 1;
	m->pkt_len = m->data_len;
}

static void
l3_beyond(struct rte_mbuf *m)
{
	m->ol_flags |= RTE_MBUF_F_TX_IPV4 | RTE_MBUF_F_TX_IP_CKSUM;
	m->l2_len = 14;
	m->l3_len = 511;
	m->pkt_len = m->data_len = 100;
	rte_pktmbuf_free(m->next);
	m->next = NULL;
	m->nb_segs = 1;
}

static void
l2_zero(struct rte_mbuf *m)
{
	m->ol_flags |= RTE_MBUF_F_TX_IPV4 | RTE_MBUF_F_TX_IP_CKSUM;
	m->l2_len = 0;
	m->l3_len = 20;
}

static void
l3_zero(struct rte_mbuf *m)
{
	m->ol_flags |= RTE_MBUF_F_TX_IPV4 | RTE_MBUF_F_TX_UDP_CKSUM;
	m->l2_len = 14;
	m->l3_len = 0;
}

static void
wants_tso(struct rte_mbuf *m)
{
	m->ol_flags |= RTE_MBUF_F_TX_TCP_SEG | RTE_MBUF_F_TX_IPV4;
	m->l2_len = 14;
	m->l3_len = 20;
	m->l4_len = 20;
	m->tso_segsz = 500;
}

static const struct {
	void (*spoil)(struct rte_mbuf *m);
	const char *name;
} bad_frames[] = {
	{no_data, "no data"},
	{too_short, "too short"},
	{length_differs, "length differs"},
	{length_less, "length less"},
	{segments_fewer, "segments fewer"},
	{one_of_many, "one of many"},
	{l3_beyond, "l3 beyond"},
	{l2_zero, "l2 zero"},
	{l3_zero, "l3 zero"},
	{wants_tso, "wants tso"},
};

static void
prepare_refuses(void **state)
{
	struct h_port *p = *state;
	struct rte_mbuf *m[3];
	uint8_t f[600];
	unsigned int i;

	h_start(p, &tx_cfg);
	for (i = 0; i < RTE_DIM(bad_frames); i++) {
		h_ip(f, sizeof(f), &other_mac, &(struct h_flow){.src = 1, .proto = IPPROTO_UDP}, i);
		m[0] = h_mbuf(p, f, sizeof(f), 3);
		m[1] = h_mbuf(p, f, sizeof(f), 3);
		m[2] = h_mbuf(p, f, sizeof(f), 3);
		bad_frames[i].spoil(m[1]);
		rte_errno = 0;
		/* Prepare accepts the good frame before it and returns the index of the bad one. */
		if (rte_eth_tx_prepare(p->id, 0, m, 3) != 1)
			fail_msg("prepare and the frame with \"%s\"", bad_frames[i].name);
		assert_true(rte_errno == EINVAL || rte_errno == ENOTSUP);
		rte_pktmbuf_free_bulk(m, 3);
	}
}

static void
burst_drops_and_counts(void **state)
{
	struct h_port *p = *state;
	struct rte_mbuf *m[3];
	uint8_t f[600], got[H_FRAME_CAP];
	unsigned int i, refused = 0;

	h_start(p, &tx_cfg);
	for (i = 0; i < RTE_DIM(bad_frames); i++) {
		/*
		 * Only prepare checks these. A burst ignores the TSO flag if TSO is not configured.
		 */
		if (bad_frames[i].spoil == wants_tso || bad_frames[i].spoil == one_of_many)
			continue;
		h_ip(f, sizeof(f), &other_mac, &(struct h_flow){.src = 1, .proto = IPPROTO_UDP}, i);
		m[0] = h_mbuf(p, f, sizeof(f), 3);
		m[1] = h_mbuf(p, f, sizeof(f), 3);
		m[2] = h_mbuf(p, f, sizeof(f), 3);
		bad_frames[i].spoil(m[1]);
		assert_int_equal(rte_eth_tx_burst(p->id, 0, m, 3), 3);
		h_step(p);
		if (h_sent(p) != 2)
			fail_msg(
				"%u frames with \"%s\" between two", h_sent(p), bad_frames[i].name);
		assert_int_equal(h_take(p, got), sizeof(f));
		assert_memory_equal(got, f, sizeof(f));
		assert_int_equal(h_take(p, got), sizeof(f));
		assert_memory_equal(got, f, sizeof(f));
		refused++;
		assert_int_equal(h_xstat(p, "tx_q0_refused"), refused);
		assert_int_equal(h_stats(p).oerrors, refused);
	}
	h_alive(p);
}

static void
too_many_segments(void **state)
{
	struct h_port *p = *state;
	struct rte_eth_dev_info info;
	struct rte_mbuf *m;
	uint8_t f[2000];

	h_start(p, &tx_cfg);
	assert_int_equal(rte_eth_dev_info_get(p->id, &info), 0);
	frame_ether(f, sizeof(f), &other_mac, 1);
	m = h_mbuf(p, f, sizeof(f), info.tx_desc_lim.nb_seg_max + 1u);
	rte_errno = 0;
	assert_int_equal(rte_eth_tx_prepare(p->id, 0, &m, 1), 0);
	assert_int_equal(rte_errno, EINVAL);
	h_send(p, 0, m);
	assert_int_equal(h_sent(p), 0);
	assert_int_equal(h_xstat(p, "tx_q0_refused"), 1);
	h_alive(p);
}

/* A frame is one byte longer than the NIC can send. */
static void
too_long(void **state)
{
	struct h_port *p = *state;
	struct rte_eth_dev_info info;
	struct rte_mbuf *m;
	uint8_t f[H_FRAME_CAP];
	uint32_t len;

	h_start(p, &tx_cfg);
	assert_int_equal(rte_eth_dev_info_get(p->id, &info), 0);
	len = info.max_rx_pktlen - RTE_ETHER_CRC_LEN + 1;
	assert_in_range(len, 9019, sizeof(f));
	frame_ether(f, len, &other_mac, 1);
	sent_right(p, h_mbuf(p, f, 9018, 8), f, 9018);
	m = h_mbuf(p, f, len, 8);
	rte_errno = 0;
	assert_int_equal(rte_eth_tx_prepare(p->id, 0, &m, 1), 0);
	assert_int_equal(rte_errno, EINVAL);
	h_send(p, 0, m);
	assert_int_equal(h_sent(p), 0);
	assert_int_equal(h_xstat(p, "tx_q0_refused"), 1);
	h_alive(p);
}

/* --- counted as sent, and really sent --- */

/* Free one segment, whatever number of segments the first one has. @return the next one. */
static struct rte_mbuf *
free_seg(struct rte_mbuf *m)
{
	struct rte_mbuf *next = m->next;

	rte_pktmbuf_free_seg(m);
	return next;
}

/* Send a frame of random shape, with or without a context descriptor, on a random queue. */
static bool
send_some_frame(struct h_port *p, uint64_t *r, uint64_t *bytes)
{
	uint8_t f[1500];
	uint32_t len = rng_range(r, 60, sizeof(f));
	struct rte_mbuf *m;

	h_ip(f, len, &other_mac, &(struct h_flow){.src = 1, .proto = IPPROTO_UDP}, rng_next(r));
	m = h_mbuf(p, f, len, rng_range(r, 1, 4));
	if (rng_range(r, 0, 1) == 0) {
		m->ol_flags |= RTE_MBUF_F_TX_IPV4 | RTE_MBUF_F_TX_IP_CKSUM;
		m->l2_len = 14;
		m->l3_len = rng_range(r, 20, 22);
	}
	if (rte_eth_tx_burst(p->id, (uint16_t)rng_range(r, 0, p->cfg.nb_txq - 1u), &m, 1) == 0) {
		rte_pktmbuf_free(m);
		return false;
	}
	*bytes += len;
	return true;
}

/* Stop the queues in one of three ways. */
static void
end_queues(struct h_port *p, unsigned int how)
{
	uint16_t q;

	if (how == 0) {
		for (q = 0; q < p->cfg.nb_txq; q++)
			assert_int_equal(rte_eth_dev_tx_queue_stop(p->id, q), 0);
		h_stop(p);
	} else if (how == 1) {
		assert_int_equal(rte_eth_dev_reset(p->id), 0);
	} else {
		h_stop(p);
	}
}

/*
 * At whatever frame the NIC was when the queues stopped: opackets counts the frames that left the
 * NIC, the rest are errors.
 */
static void
sent_is_what_went_out(void **state)
{
	struct h_port *p = *state;
	uint64_t r = h_rng(0x5e27);
	struct rte_eth_stats s;
	uint8_t got[H_FRAME_CAP];
	unsigned int round, i, given, out;
	uint64_t bytes, out_bytes;
	uint32_t len;

	for (round = 0; round < 120; round++) {
		h_fault(p, SL_FAULT_LINK_DOWN, 0, 0);
		h_start(p,
			&(struct h_cfg){.nb_txq = (uint16_t)rng_range(&r, 1, h_queues(p, 3)),
				.nb_txd = (uint16_t)(8 * rng_range(&r, 4, 16)),
				.tx_offloads = TX_ALL});
		assert_int_equal(rte_eth_stats_reset(p->id), 0);
		given = out = 0;
		bytes = out_bytes = 0;
		for (i = rng_range(&r, 0, 200); i > 0; i--) {
			given += send_some_frame(p, &r, &bytes);
			if (rng_range(&r, 0, 7) == 0)
				assert_true(sl_pmd_step(p->id, rng_range(&r, 1, 8)) >= 0);
		}
		if (round % 4 == 0)
			h_step(p);
		else
			h_fault(p, SL_FAULT_LINK_DOWN, 0, 1);
		end_queues(p, rng_range(&r, 0, 2));
		for (; (len = h_take(p, got)) != 0; out++)
			out_bytes += len;
		s = h_stats(p);
		assert_int_equal(s.opackets, out);
		assert_int_equal(s.obytes, out_bytes);
		assert_int_equal(s.opackets + s.oerrors, given);
		assert_true(round % 4 != 0 || (out == given && out_bytes == bytes));
	}
	h_fault(p, SL_FAULT_LINK_DOWN, 0, 0);
	h_start(p, NULL);
}

/* Frames in the ring of a stopped queue count as missed, and none is counted twice. */
static void
received_is_what_was_taken(void **state)
{
	struct h_port *p = *state;
	uint64_t r = h_rng(0x5e28);
	struct rte_mbuf *m[H_MAX_BURST];
	struct rte_eth_stats s;
	unsigned int round, i, given, got;
	uint8_t f[1500];
	uint16_t n;

	for (round = 0; round < 60; round++) {
		h_start(p,
			&(struct h_cfg){
				.data_room = 1024, .rx_offloads = RTE_ETH_RX_OFFLOAD_SCATTER});
		assert_int_equal(rte_eth_stats_reset(p->id), 0);
		frame_ether(f, sizeof(f), &p->mac, round);
		given = rng_range(&r, 0, 60);
		for (i = 0; i < given; i++)
			h_give(p, f, rng_range(&r, 60, sizeof(f)));
		h_step(p);
		n = rte_eth_rx_burst(p->id, 0, m, (uint16_t)rng_range(&r, 0, RTE_DIM(m)));
		rte_pktmbuf_free_bulk(m, n);
		got = n;
		if (round % 2 == 0)
			assert_int_equal(rte_eth_dev_rx_queue_stop(p->id, 0), 0);
		h_stop(p);
		s = h_stats(p);
		assert_int_equal(s.ipackets, got);
		assert_int_equal(s.imissed, given - got);
		assert_int_equal(h_xstat(p, "rx_q0_given_up"), given - got);
	}
}

/* An mbuf with random properties, valid or invalid. */
static struct rte_mbuf *
any_mbuf(struct h_port *p, uint64_t *r, const uint8_t *f, uint32_t len)
{
	static const uint64_t flags[] = {RTE_MBUF_F_TX_VLAN, RTE_MBUF_F_TX_IP_CKSUM,
		RTE_MBUF_F_TX_UDP_CKSUM, RTE_MBUF_F_TX_TCP_CKSUM, RTE_MBUF_F_TX_SCTP_CKSUM,
		RTE_MBUF_F_TX_IPV4, RTE_MBUF_F_TX_IPV6, RTE_MBUF_F_TX_TCP_SEG, RTE_MBUF_F_TX_QINQ,
		RTE_MBUF_F_TX_OUTER_IPV4, RTE_MBUF_F_TX_TUNNEL_VXLAN};
	struct rte_mbuf *m =
		h_mbuf(p, f, len, rng_range(r, len / 2000 + 1, 5 + rng_range(r, 0, 29)));
	unsigned int i;

	for (i = rng_range(r, 0, 3); i > 0; i--)
		m->ol_flags |= flags[rng_range(r, 0, RTE_DIM(flags) - 1)];
	m->l2_len = rng_range(r, 0, 3) == 0 ? rng_range(r, 0, 127) : 14;
	m->l3_len =
		rng_range(r, 0, 2) == 0 ? rng_range(r, 0, rng_range(r, 0, 1) == 0 ? 40 : 511) : 20;
	m->l4_len = rng_range(r, 0, 1) == 0 ? rng_range(r, 0, 255) : 8;
	m->vlan_tci = (uint16_t)rng_next(r);
	if (rng_range(r, 0, 15) == 0)
		m->pkt_len += rng_range(r, 0, 2) - 1;
	if (rng_range(r, 0, 15) == 0 && m->nb_segs > 1)
		m->nb_segs--;
	if (rng_range(r, 0, 15) == 0)
		m->next == NULL ? (m->data_len = m->pkt_len = (uint16_t)rng_range(r, 0, 20)) :
				  (m->next->data_len = 0);
	return m;
}

/* Prepare a frame, valid or not. If it is accepted, it must be sent. @return true if sent. */
static bool
prepare_and_send(struct h_port *p, uint64_t *r)
{
	const struct h_flow flow = {.src = 1, .dst = 2, .proto = IPPROTO_UDP};
	const uint64_t errors = h_stats(p).oerrors;
	uint8_t f[9000], got[H_FRAME_CAP];
	uint32_t len = rng_range(r, 60, rng_range(r, 60, sizeof(f))), tag;
	struct rte_mbuf *m, told;

	h_ip(f, len, &other_mac, &flow, len);
	m = any_mbuf(p, r, f, len);
	told = *m;
	tag = (m->ol_flags & RTE_MBUF_F_TX_VLAN) != 0 ? 4 : 0;
	rte_errno = 0;
	if (rte_eth_tx_prepare(p->id, 0, &m, 1) != 1) {
		assert_int_not_equal(rte_errno, 0);
		/* A broken chain cannot be freed by its own fields. */
		while (m != NULL)
			m = free_seg(m);
		return false;
	}
	h_send(p, 0, m);
	if (h_sent(p) != 1 || h_stats(p).oerrors != errors || h_nic_stats(p).bad_desc != 0)
		fail_msg("%u frames came out of one of %u bytes in %u segments, flags %#" PRIx64
			 ", headers of %u, %u and %u bytes",
			h_sent(p), told.pkt_len, told.nb_segs, told.ol_flags, told.l2_len,
			told.l3_len, told.l4_len);
	assert_int_equal(h_take(p, got), RTE_MAX(told.pkt_len + tag, 60u));
	return true;
}

/*
 * Each frame that prepare accepts is sent, so prepare refuses all frames that a burst would drop.
 */
static void
prepared_is_sent(void **state)
{
	static const struct h_cfg cfgs[] = {
		{.mtu = 9000,
			.nb_txd = 32,
			.rx_offloads = RTE_ETH_RX_OFFLOAD_SCATTER,
			.tx_offloads = TX_ALL},
		{.mtu = 9000, .rx_offloads = RTE_ETH_RX_OFFLOAD_SCATTER},
		{.mtu = 9000, .rx_offloads = RTE_ETH_RX_OFFLOAD_SCATTER, .tx_offloads = TX_ALL},
	};
	struct h_port *p = *state;
	uint64_t r = h_rng(0x97e9);
	unsigned int i, k, sent;

	/* With a ring that a long chain fills, without offloads, with all offloads. */
	for (i = 0; i < RTE_DIM(cfgs); i++) {
		h_start(p, &cfgs[i]);
		for (k = 0, sent = 0; k < 2000; k++)
			sent += prepare_and_send(p, &r);
		assert_in_range(sent, 100, 1900);
		h_stop(p);
	}
	h_start(p, NULL);
}

/* --- rings full, pools empty --- */

static void
ring_full(void **state)
{
	struct h_port *p = *state;
	struct rte_mbuf *m[H_MAX_BURST];
	uint8_t f[120], got[H_FRAME_CAP];
	unsigned int round, i;
	uint16_t n;

	h_start(p, &(struct h_cfg){.nb_txd = 32, .tx_offloads = TX_ALL});
	frame_ether(f, sizeof(f), &other_mac, 1);
	for (round = 0; round < 20; round++) {
		for (i = 0; i < RTE_DIM(m); i++)
			m[i] = h_mbuf(p, f, sizeof(f), 1 + (i + round) % 3);
		n = rte_eth_tx_burst(p->id, 0, m, RTE_DIM(m));
		assert_in_range(n, 1, 31);
		assert_int_equal(rte_eth_tx_burst(p->id, 0, m + n, 1), 0);
		rte_pktmbuf_free_bulk(m + n, RTE_DIM(m) - n);
		h_step(p);
		assert_int_equal(h_sent(p), n);
		while (h_take(p, got) != 0)
			assert_memory_equal(got, f, sizeof(f));
	}
}

static void
pool_runs_dry(void **state)
{
	struct h_port *p = *state;
	struct rte_mbuf *m[512], *rest[512];
	unsigned int held = 0;
	unsigned int left, i, round;
	uint8_t f[60];

	/* 160 buffers: the ring takes 124, and the application keeps those that it receives. */
	h_start(p, &(struct h_cfg){.pool_size = 160});
	frame_ether(f, sizeof(f), &p->mac, 1);
	for (round = 0; round < 3; round++) {
		held = 0;
		for (i = 0; i < 200; i++)
			h_give(p, f, sizeof(f));
		held += h_recv(p, 0, m, RTE_DIM(m));
		left = 0;
		while ((rest[left] = rte_pktmbuf_alloc(p->pool)) != NULL)
			left++;
		for (i = 0; i < 200; i++)
			h_give(p, f, sizeof(f));
		held += h_recv(p, 0, m + held, (uint16_t)(RTE_DIM(m) - held));
		assert_in_range(held, 100, 160);
		assert_true(h_stats(p).rx_nombuf > 0);
		assert_true(h_xstat(p, "rx_q0_no_mbuf") > 0);
		rte_pktmbuf_free_bulk(m, held);
		rte_pktmbuf_free_bulk(rest, left);
		/* Receive the frames that waited in the NIC. Then the port works as before. */
		while ((held = h_recv(p, 0, m, RTE_DIM(m))) > 0)
			rte_pktmbuf_free_bulk(m, held);
		h_alive(p);
	}
}

/* With a ring of 64 and tx_free_thresh 4, all chains of 8 segments are sent. */
static void
chains_at_a_low_threshold(void **state)
{
	struct h_port *p = *state;
	uint8_t f[8 * 64], got[H_FRAME_CAP];
	unsigned int i;

	h_start(p, &(struct h_cfg){.nb_txd = 64, .tx_free_thresh = 4, .tx_offloads = TX_ALL});
	for (i = 0; i < 500; i++) {
		frame_ether(f, sizeof(f), &other_mac, i);
		h_send(p, 0, h_mbuf(p, f, sizeof(f), 8));
		assert_int_equal(h_take(p, got), sizeof(f));
		assert_memory_equal(got, f, sizeof(f));
	}
}

static void
transmit_on_every_queue(void **state)
{
	struct h_port *p = *state;
	uint8_t f[300], got[H_FRAME_CAP];
	const uint16_t n = h_queues(p, 16);
	uint16_t q;

	h_start(p, &(struct h_cfg){.nb_txq = n, .tx_offloads = TX_ALL});
	for (q = 0; q < n; q++) {
		frame_ether(f, sizeof(f), &other_mac, q);
		h_send(p, q, h_mbuf(p, f, sizeof(f), 2));
		assert_int_equal(h_take(p, got), sizeof(f));
		assert_memory_equal(got, f, sizeof(f));
	}
}

int
main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		h_test(every_number_of_segments),
		h_test(segments_of_short_rings),
		h_test(any_start_any_end),
		h_test(empty_segments),
		h_test(indirect_mbufs),
		h_test(cleanup_between_bursts),
		h_test(external_mbufs),
		h_test(external_used_at_once),
		h_test(pinned_mbufs),
		h_test(foreign_pool),
		h_test(prepare_refuses),
		h_test(burst_drops_and_counts),
		h_test(too_many_segments),
		h_test(too_long),
		h_test(sent_is_what_went_out),
		h_test(received_is_what_was_taken),
		h_test(prepared_is_sent),
		h_test(ring_full),
		h_test(pool_runs_dry),
		h_test(chains_at_a_low_threshold),
		h_test(transmit_on_every_queue),
	};

	return h_main(argc, argv, tests);
}
