/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */

/*
 * Transmit to a NIC that reads at any time and reports arbitrary values: each path, each byte in
 * order, and no mbuf is freed before it was sent.
 */

#include <stdlib.h>
#include <string.h>

#include <rte_errno.h>
#include <rte_ip.h>

#include "rxtx_rig.h"
#include "sl_pmd.h"
#include "sl_vec.h"
#include "split_paths.h"

#define QUEUED_MAX 8192u
#define FRAMES 3000u
#define MAX_BURST 64u

/* Expected frame on the wire. */
struct frame {
	uint8_t *data;
	uint32_t len;
	uint64_t ol_flags;
	uint16_t l2_len, l3_len, vlan;
};

struct model {
	struct frame queued[QUEUED_MAX];
	unsigned int head, count;
	uint64_t packets, bytes, errors;
	bool offload;
};

#define HELD_MAX 64u
#define HEADERS 64u

/* Memory of the application: an external buffer, and references to frames that it sent. */
struct ext {
	struct rte_mbuf_ext_shared_info shinfo;
	uint8_t data[2048];
	struct {
		struct rte_mbuf *m;
		uint8_t data[2048];
		uint16_t len;
	} held[HELD_MAX];
	unsigned int nb_held;
};

static void
ext_free(void *addr, void *opaque)
{
	struct ext *e = opaque;

	(void)addr;
	/* Overwrite it at once, so that a NIC that still reads it would send wrong data. */
	memset(e->data, 0xEE, sizeof(e->data));
	rte_mbuf_ext_refcnt_set(&e->shinfo, 0);
}

/*
 * Keep another reference or a clone. With pinned external buffers, the clone has a separate
 * reference count.
 */
static void
hold(struct rig *r, struct ext *ext, struct rte_mbuf *m)
{
	const bool clone = rng_below(&r->rnd, 2) == 0 && rte_mempool_avail_count(r->clones) > 0;

	if (ext->nb_held == HELD_MAX || m->data_len <= HEADERS)
		return;
	if (!clone)
		rte_mbuf_refcnt_update(m, 1);
	ext->held[ext->nb_held].m = clone ? rte_pktmbuf_clone(m, r->clones) : m;
	ext->held[ext->nb_held].len = m->data_len;
	memcpy(ext->held[ext->nb_held].data, rte_pktmbuf_mtod(m, void *), m->data_len);
	ext->nb_held++;
}

/* Release references, the oldest first, until @keep are left. Their data must be unchanged. */
static void
let_go(struct ext *ext, unsigned int keep)
{
	unsigned int i, n = ext->nb_held - RTE_MIN(ext->nb_held, keep);

	for (i = 0; i < n; i++) {
		/* Prepare writes checksums to the headers. */
		assert_memory_equal(rte_pktmbuf_mtod_offset(ext->held[i].m, void *, HEADERS),
			ext->held[i].data + HEADERS, ext->held[i].len - HEADERS);
		rte_pktmbuf_free_seg(ext->held[i].m);
	}
	ext->nb_held -= n;
	memmove(ext->held, ext->held + n, ext->nb_held * sizeof(ext->held[0]));
}

/*
 * A direct mbuf; an external buffer of the test; a clone; an mbuf of the other pool; one that the
 * test also holds.
 */
enum segment_kind { DIRECT, EXTERNAL, CLONE, OTHER_POOL, HELD, SEGMENT_KINDS };

/* A segment of @len random bytes. */
static struct rte_mbuf *
segment(struct rig *r, struct ext *ext, uint32_t len, enum segment_kind kind)
{
	const bool other = kind == OTHER_POOL && rte_mempool_avail_count(r->other) > 0;
	const bool clones = (kind == CLONE || (kind == EXTERNAL && r->apart)) &&
		rte_mempool_avail_count(r->clones) > 0;
	struct rte_mempool *pool = kind == EXTERNAL && clones ? r->clones :
		other					      ? r->other :
								r->pool;
	struct rte_mbuf *m = rte_pktmbuf_alloc(pool);
	struct rte_mbuf *clone;

	assert_non_null(m);
	memset(m->buf_addr, 0xDD, m->buf_len);
	if (kind == EXTERNAL && RTE_MBUF_DIRECT(m) && rte_mbuf_ext_refcnt_read(&ext->shinfo) == 0) {
		ext->shinfo.free_cb = ext_free;
		ext->shinfo.fcb_opaque = ext;
		rte_mbuf_ext_refcnt_set(&ext->shinfo, 1);
		rte_pktmbuf_attach_extbuf(
			m, ext->data, (uintptr_t)ext->data, sizeof(ext->data), &ext->shinfo);
	} else {
		m->data_off = (uint16_t)rng_below(&r->rnd, RTE_PKTMBUF_HEADROOM + 1);
	}
	m->data_len = (uint16_t)len;
	m->pkt_len = len;
	rng_fill(&r->rnd, rte_pktmbuf_mtod(m, uint8_t *), len);
	if (kind == HELD)
		hold(r, ext, m);
	if (kind != CLONE || !clones)
		return m;
	clone = rte_pktmbuf_clone(m, r->clones);
	assert_non_null(clone);
	rte_pktmbuf_free(m);
	return clone;
}

static struct rte_mbuf *
random_frame(struct rig *r, struct ext *ext, bool simple)
{
	const unsigned int segs =
		simple || rng_below(&r->rnd, 2) == 0 ? 1 : 1 + rng_below(&r->rnd, 6);
	struct rte_mbuf *first = NULL, *m;
	unsigned int i, len;

	for (i = 0; i < segs; i++) {
		len = rng_below(&r->rnd, 8) == 0 && segs > 1 ? 0 : 1 + rng_below(&r->rnd, 1500);
		/* The first segment holds all headers that an offload needs. */
		if (i == 0 && len < 60)
			len = 60;
		m = segment(r, ext, len,
			simple || rng_below(&r->rnd, 4) != 0 ? DIRECT :
							       rng_below(&r->rnd, SEGMENT_KINDS));
		if (first == NULL)
			first = m;
		else
			assert_int_equal(rte_pktmbuf_chain(first, m), 0);
	}
	return first;
}

/* Break a frame in one of the ways that must be refused. */
static void
spoil(struct rig *r, struct rte_mbuf *m)
{
	const bool sums = (m->ol_flags & (RTE_MBUF_F_TX_IP_CKSUM | RTE_MBUF_F_TX_L4_MASK)) != 0;

	switch (rng_below(&r->rnd, m->nb_segs == 1 && sums ? 6 : 5)) {
	case 5: /* shorter than the headers of its offloads */
		m->data_len = SL_TX_FRAME_MIN + 1;
		m->pkt_len = m->data_len;
		break;
	case 0:
		m->pkt_len++;
		break;
	case 1:
		m->pkt_len = r->hw.max_frame - RTE_ETHER_CRC_LEN + 1;
		if (m->nb_segs == 1)
			m->data_len = (uint16_t)m->pkt_len;
		break;
	case 2:
		m->pkt_len = SL_TX_FRAME_MIN - 1;
		if (m->nb_segs == 1)
			m->data_len = (uint16_t)m->pkt_len;
		break;
	case 3:
		m->data_len = (uint16_t)(m->data_len - 1);
		break;
	default:
		m->nb_segs++;
		break;
	}
}

/* Write the headers that the offloads describe, because prepare checks them. */
static void
write_ipv4(struct rte_mbuf *m)
{
	struct rte_ipv4_hdr *ip = rte_pktmbuf_mtod_offset(m, struct rte_ipv4_hdr *, m->l2_len);
	struct rte_udp_hdr *udp =
		rte_pktmbuf_mtod_offset(m, struct rte_udp_hdr *, m->l2_len + m->l3_len);
	const bool tcp = (m->ol_flags & RTE_MBUF_F_TX_L4_MASK) == RTE_MBUF_F_TX_TCP_CKSUM;

	ip->version_ihl = (uint8_t)(0x40 | m->l3_len / 4);
	ip->fragment_offset = 0;
	ip->total_length = rte_cpu_to_be_16((uint16_t)(m->pkt_len - m->l2_len));
	ip->next_proto_id = tcp ? IPPROTO_TCP : IPPROTO_UDP;
	if (!tcp)
		udp->dgram_len = rte_cpu_to_be_16((uint16_t)(m->pkt_len - m->l2_len - m->l3_len));
}

static void
random_offload(struct rig *r, struct rte_mbuf *m)
{
	static const uint64_t l4[] = {0, RTE_MBUF_F_TX_TCP_CKSUM, RTE_MBUF_F_TX_UDP_CKSUM};

	if (rng_below(&r->rnd, 2) == 0)
		return;
	m->ol_flags |= l4[rng_below(&r->rnd, RTE_DIM(l4))] | RTE_MBUF_F_TX_IPV4;
	if (rng_below(&r->rnd, 2) == 0)
		m->ol_flags |= RTE_MBUF_F_TX_IP_CKSUM;
	if (rng_below(&r->rnd, 3) == 0) {
		m->ol_flags |= RTE_MBUF_F_TX_VLAN;
		m->vlan_tci = (uint16_t)(1 + rng_below(&r->rnd, 3));
	}
	m->l2_len = RTE_ETHER_HDR_LEN;
	m->l3_len = sizeof(struct rte_ipv4_hdr) + (rng_below(&r->rnd, 3) == 0 ? 4 : 0);
	write_ipv4(m);
}

/* Request mostly the same offloads as the first frame of a run. */
static void
same_offload(struct rig *r, struct rte_mbuf *m, const struct rte_mbuf *first)
{
	m->ol_flags |= first->ol_flags & RTE_MBUF_F_TX_OFFLOAD_MASK;
	m->tx_offload = first->tx_offload;
	m->vlan_tci = first->vlan_tci;
	if (rng_below(&r->rnd, 30) == 0)
		m->vlan_tci++;
	if (rng_below(&r->rnd, 30) == 0)
		m->ol_flags ^= RTE_MBUF_F_TX_IP_CKSUM;
	m->l2_len = RTE_ETHER_HDR_LEN;
	if (m->l3_len == 0 || rng_below(&r->rnd, 30) == 0)
		m->l3_len = sizeof(struct rte_ipv4_hdr);
	m->ol_flags |= RTE_MBUF_F_TX_IPV4;
	write_ipv4(m);
}

static void
queue_frame(struct model *model, const struct rte_mbuf *m)
{
	struct frame *f = &model->queued[(model->head + model->count) % QUEUED_MAX];
	uint32_t at = 0;

	assert_true(model->count < QUEUED_MAX);
	*f = (struct frame){.len = m->pkt_len,
		.ol_flags = m->ol_flags,
		.l2_len = m->l2_len,
		.l3_len = m->l3_len,
		.vlan = m->vlan_tci,
		.data = malloc(m->pkt_len)};
	assert_non_null(f->data);
	for (; m != NULL; m = m->next) {
		memcpy(f->data + at, rte_pktmbuf_mtod(m, const void *), m->data_len);
		at += m->data_len;
	}
	model->count++;
	model->packets++;
	model->bytes += f->len;
}

/* Check that the NIC was given exactly the offloads that the frame requested. */
static void
check_offload(const struct frame *f, const struct rig_sent *s)
{
	const uint64_t l4 = f->ol_flags & RTE_MBUF_F_TX_L4_MASK;
	const bool vlan = (f->ol_flags & RTE_MBUF_F_TX_VLAN) != 0;
	const bool ip = (f->ol_flags & RTE_MBUF_F_TX_IP_CKSUM) != 0;

	assert_int_equal((s->cmd & SL_TXD_DCMD_VLE) != 0, vlan);
	assert_int_equal((s->olinfo & SL_TXD_POPTS_IXSM) != 0, ip);
	assert_int_equal((s->olinfo & SL_TXD_POPTS_TXSM) != 0, l4 != 0);
	if (vlan)
		assert_int_equal(SL_GET(SL_TXC_VLAN, s->ctx[0]), f->vlan);
	assert_int_equal((s->olinfo & SL_TXD_CC) != 0, vlan || ip || l4 != 0);
	if (ip || l4 != 0) {
		assert_int_equal(SL_GET(SL_TXC_MACLEN, s->ctx[0]), f->l2_len);
		assert_int_equal(SL_GET(SL_TXC_IPLEN, s->ctx[0]), f->l3_len);
		assert_true((s->ctx[2] & SL_TXC_TUCMD_IPV4) != 0);
	}
	if (l4 != 0)
		assert_int_equal(SL_GET(SL_TXC_TUCMD_L4T, s->ctx[2]),
			l4 == RTE_MBUF_F_TX_TCP_CKSUM ? SL_L4T_TCP : SL_L4T_UDP);
}

/* The NIC takes up to @n descriptors. */
static bool
nic_sends(struct rig *r, struct model *model, unsigned int n)
{
	bool empty = false;

	while (n-- > 0 && !empty) {
		struct frame *f = &model->queued[model->head];

		rig_adversary(r, 2);
		if (!rig_tx_take(r, &empty))
			continue;
		assert_true(model->count > 0);
		assert_int_equal(r->sent.len, f->len);
		assert_memory_equal(r->sent.data, f->data, f->len);
		assert_int_equal(SL_GET(SL_TXD_PAYLEN, r->sent.olinfo), f->len);
		if (model->offload)
			check_offload(f, &r->sent);
		r->sent.len = 0;
		r->sent.segs = 0;
		free(f->data);
		model->head = (model->head + 1) % QUEUED_MAX;
		model->count--;
	}
	return !empty;
}

/* Give the driver a burst with some broken frames. Frames that it does not take are freed. */
static void
give_burst(struct rig *r, struct model *model, const struct sl_burst_path *path, struct ext *ext,
	bool simple)
{
	struct rte_mbuf *pkts[MAX_BURST];
	bool bad[MAX_BURST];
	unsigned int n = 1 + rng_below(&r->rnd, MAX_BURST);
	/* Runs of equal frames, which form quads, or mixed frames. */
	const bool alike = rng_below(&r->rnd, 2) == 0;
	uint16_t i, sent;
	const unsigned int before = model->count;

	let_go(ext, rng_below(&r->rnd, HELD_MAX));
	n = RTE_MIN(n, rte_mempool_avail_count(r->pool) / 12);
	for (i = 0; i < n; i++) {
		pkts[i] = random_frame(r, ext, simple || (alike && rng_below(&r->rnd, 12) != 0));
		if (model->offload && alike && i > 0)
			same_offload(r, pkts[i], pkts[0]);
		else if (model->offload)
			random_offload(r, pkts[i]);
		bad[i] = rng_below(&r->rnd, alike ? 40 : 16) == 0 && !simple;
		if (bad[i])
			spoil(r, pkts[i]);
		assert_int_equal(sl_tx_prepare(r->txq[0], &pkts[i], 1), bad[i] ? 0 : 1);
		if (!bad[i])
			queue_frame(model, pkts[i]);
	}
	sent = path->burst(r->txq[0], pkts, (uint16_t)n);
	assert_true(sent <= n);
	for (i = 0; i < sent; i++)
		model->errors += bad[i];
	/* Not taken, so the application still owns them. */
	for (i = (uint16_t)n; i > sent; i--) {
		rte_pktmbuf_free(pkts[i - 1]);
		if (!bad[i - 1]) {
			struct frame *f =
				&model->queued[(model->head + --model->count) % QUEUED_MAX];

			model->packets--;
			model->bytes -= f->len;
			free(f->data);
		}
	}
	assert_true(model->count >= before);
}

/* The NIC reports an impossible head. No mbuf is freed, and it is counted. */
static void
lie(struct rig *r, struct sl_tx_queue *q)
{
	const uint32_t honest = r->tx_reported;
	const uint64_t bad_head = q->n.bad_head;
	const unsigned int nb_free = q->nb_free;

	if (nb_free > 0 && rng_below(&r->rnd, 2) == 0)
		rig_tx_head(r, (q->next_to_use + 1u + rng_below(&r->rnd, nb_free)) % q->nb_desc);
	else
		rig_tx_head(r, q->nb_desc + rng_below(&r->rnd, 3) * q->nb_desc);
	assert_int_equal(sl_tx_done_cleanup(q, 0), 0);
	assert_int_equal(q->nb_free, nb_free);
	assert_int_equal(q->n.bad_head, bad_head + 1);
	rig_tx_head(r, honest);
}

static void
run_path(const struct sl_burst_path *path, const struct sl_desc_format *format, uint16_t nb_desc,
	bool fast_free, bool apart)
{
	struct rig *r = rig_open_with(path->mode, 2047, apart ? 64 : 0, apart);
	struct model *model = calloc(1, sizeof(*model));
	static struct ext ext __rte_aligned(64);
	unsigned int i;
	struct sl_tx_queue *q;

	assert_non_null(model);
	memset(&ext, 0, sizeof(ext));
	model->offload = sl_burst_can(path, SL_CAN_OFFLOAD);
	rig_format(r, format);
	r->data.dev_conf.txmode.offloads = fast_free ? RTE_ETH_TX_OFFLOAD_MBUF_FAST_FREE : 0;
	q = rig_tx_start(r, nb_desc, NULL);
	r->port.tx_path = path;
	while (model->packets < FRAMES) {
		give_burst(r, model, path, &ext, fast_free);
		rig_adversary(r, 64);
		if (rng_below(&r->rnd, 20) == 0)
			lie(r, q);
		nic_sends(r, model, rng_below(&r->rnd, 2 * MAX_BURST));
	}
	while (nic_sends(r, model, 1))
		;
	assert_int_equal(model->count, 0);
	assert_int_equal(q->n.packets, model->packets);
	assert_int_equal(q->n.bytes, model->bytes);
	assert_int_equal(q->n.errors, model->errors);
	assert_int_equal(q->n.unmapped, 0);
	/* The last burst requested a report, so all of it can be cleaned up. */
	for (i = 0; i < nb_desc && sl_tx_done_cleanup(q, 1) > 0; i++)
		;
	assert_int_equal(q->nb_free, nb_desc - 1);
	let_go(&ext, 0);
	assert_int_equal(rte_mempool_avail_count(r->pool), r->pool_size);
	assert_int_equal(rte_mbuf_ext_refcnt_read(&ext.shinfo), 0);
	free(model);
	rig_close(r);
}

static void
test_paths(void **state)
{
	static const uint16_t rings[] = {32, 72, 512};
	const struct sl_burst_path *p;
	unsigned int i, k;

	(void)state;
	for (i = 0; (p = all_tx_paths(i)) != NULL; i++) {
		if (!sl_pmd_simd_runs(p->simd)) {
			printf("skipped, not on this CPU: %s\n", p->name);
			continue;
		}
		for (k = 0; k < RTE_DIM(rings); k++) {
			const struct sl_desc_format *f = rig_format_of(p);

			run_path(p, f, rings[k], false, false);
			run_path(p, f, rings[k], true, false);
			run_path(p, f, rings[k], false, true);
			run_path(p, f, rings[k], true, true);
		}
	}
}

#define LONG_FRAMES 8u

/* Frames of one length are all sent, or none of them. */
static void
send_long(struct rig *r, const struct sl_burst_path *path, struct rte_mempool *pool, uint32_t len)
{
	const bool fits = len + SL_FCS_LEN <= r->hw.max_frame;
	struct sl_tx_queue *q = r->txq[0];
	struct rte_mbuf *pkts[LONG_FRAMES];
	const uint64_t errors = q->n.errors;
	unsigned int i, sent = 0;
	bool empty;

	assert_int_equal(rte_pktmbuf_alloc_bulk(pool, pkts, LONG_FRAMES), 0);
	for (i = 0; i < LONG_FRAMES; i++) {
		assert_non_null(rte_pktmbuf_append(pkts[i], (uint16_t)len));
		memset(rte_pktmbuf_mtod(pkts[i], void *), (int)i, len);
	}
	assert_int_equal(path->burst(q, pkts, LONG_FRAMES), LONG_FRAMES);
	do {
		if (!rig_tx_take(r, &empty))
			continue;
		assert_int_equal(r->sent.len, len);
		assert_int_equal(r->sent.data[len - 1], sent);
		r->sent.len = 0;
		sent++;
	} while (!empty);
	assert_int_equal(sent, fits ? LONG_FRAMES : 0);
	assert_int_equal(q->n.errors - errors, LONG_FRAMES - sent);
	assert_int_equal(sl_tx_done_cleanup(q, 0), sent);
}

/* The NIC's maximum frame length: lengths that all devices send, also in quads, and more. */
static void
test_longest(void **state)
{
	static const uint32_t lens[] = {9723, 9724, 9725, 9728, 15867, 15868, 15869};
	const struct sl_burst_path *p;
	unsigned int i, k;

	(void)state;
	for (i = 0; (p = all_tx_paths(i)) != NULL; i++) {
		struct rte_mempool *pool;
		struct rig *r;

		if (!sl_pmd_simd_runs(p->simd))
			continue;
		r = rig_open(p->mode, 63, 0);
		pool = rte_pktmbuf_pool_create("long", 2 * LONG_FRAMES, 0, 0,
			RIG_FRAME_MAX + RTE_PKTMBUF_HEADROOM, SOCKET_ID_ANY);
		assert_non_null(pool);
		rig_format(r, rig_format_of(p));
		rig_tx_start(r, 64, NULL);
		for (k = 0; k < RTE_DIM(lens); k++) {
			send_long(r, p, pool, lens[k]);
			send_long(r, p, pool, lens[k]); /* mbufs of the last pool seen: quads */
		}
		rig_close(r);
		rte_mempool_free(pool);
	}
}

/* Stop with frames that were never sent: all mbufs return. */
static void
test_stop(void **state)
{
	struct rig *r = rig_open(SL_COHERENCY_COHERENT, 255, 0);
	static struct ext ext;
	struct sl_tx_queue *q = rig_tx_start(r, 32, NULL);
	struct rte_mbuf *m;
	unsigned int i;

	(void)state;
	for (i = 0; i < 40; i++) {
		m = segment(r, &ext, 60, DIRECT);
		if (r->port.tx_path->burst(q, &m, 1) == 0)
			rte_pktmbuf_free(m);
	}
	assert_int_equal(q->n.packets, 31);
	assert_int_equal(q->n.ring_full, 9);
	assert_int_equal(sl_tx_descriptor_status(q, 0), RTE_ETH_TX_DESC_UNAVAIL);
	assert_int_equal(sl_tx_descriptor_status(q, 1), RTE_ETH_TX_DESC_FULL);
	assert_int_equal(sl_tx_descriptor_status(q, 32), -EINVAL);
	rig_tx_head(r, 4);
	assert_int_equal(sl_tx_descriptor_status(q, 4), RTE_ETH_TX_DESC_DONE);
	assert_int_equal(sl_tx_descriptor_status(q, 5), RTE_ETH_TX_DESC_FULL);
	assert_int_equal(sl_tx_done_cleanup(q, 3), 3);
	assert_int_equal(sl_tx_done_cleanup(q, 0), 1);
	assert_int_equal(sl_tx_descriptor_status(q, 0), RTE_ETH_TX_DESC_DONE);
	assert_int_equal(sl_txq_stop(&r->eth, 0), 0);
	/* Whatever its NIC reports, a stopped queue frees nothing and takes no frames. */
	rig_tx_head(r, 7);
	m = segment(r, &ext, 60, DIRECT);
	assert_int_equal(r->port.tx_path->burst(q, &m, 1), 0);
	rte_pktmbuf_free(m);
	assert_int_equal(rte_mempool_avail_count(r->pool), r->pool_size);
	rig_close(r);
}

static struct sl_tx_queue *
tx_start_again(struct rig *r)
{
	assert_int_equal(sl_txq_start(&r->eth, 0), 0);
	r->tx_head = 0;
	return r->txq[0];
}

/* A restarted queue has no old context, and its head line is not dirty. */
static void
test_restart(void **state)
{
	struct rig *r = rig_open(SL_COHERENCY_CHECKED, 255, 0);
	struct model *model = calloc(1, sizeof(*model));
	struct sl_tx_queue *q;
	static struct ext ext;
	struct rte_mbuf *m;
	unsigned int lap;

	(void)state;
	assert_non_null(model);
	model->offload = true;
	r->data.dev_conf.txmode.offloads = RTE_ETH_TX_OFFLOAD_IPV4_CKSUM;
	for (lap = 0; lap < 3; lap++) {
		q = lap == 1 ? tx_start_again(r) : rig_tx_start(r, 32, NULL);
		memset(r->ctx, 0, sizeof(r->ctx));
		m = segment(r, &ext, 100, DIRECT);
		m->ol_flags |= RTE_MBUF_F_TX_IP_CKSUM | RTE_MBUF_F_TX_IPV4;
		m->l2_len = RTE_ETHER_HDR_LEN;
		m->l3_len = sizeof(struct rte_ipv4_hdr);
		queue_frame(model, m);
		assert_int_equal(r->port.tx_path->burst(q, &m, 1), 1);
		nic_sends(r, model, 8);
		assert_int_equal(model->count, 0);
		assert_int_equal(sl_tx_done_cleanup(q, 0), 1);
		assert_int_equal(sl_txq_stop(&r->eth, 0), 0);
		if (lap == 1)
			sl_txq_release(&r->eth, 0);
	}
	free(model);
	rig_close(r);
}

/* The last report of a full ring is invalid, and no other follows. Transmit continues. */
static void
test_wild_head_in_full_ring(void **state)
{
	struct rig *r = rig_open(SL_COHERENCY_COHERENT, 511, 0);
	struct sl_tx_queue *q = rig_tx_start(r, 64, NULL);
	const eth_tx_burst_t burst = r->port.tx_path->burst;
	struct rte_mbuf *m;
	static struct ext ext;
	bool empty;

	(void)state;
	for (m = segment(r, &ext, 60, DIRECT); burst(q, &m, 1) == 1;
		m = segment(r, &ext, 60, DIRECT))
		;
	do {
		if (rig_tx_take(r, &empty))
			r->sent.len = 0;
	} while (!empty);
	rig_tx_head(r, 64);
	assert_int_equal(burst(q, &m, 1), 1);
	assert_int_equal(q->n.bad_head, 1);
	/* An equally invalid register frees nothing. */
	rig_tx_head(r, UINT32_MAX);
	r->regs[SL_OFF(TDH, 0) / sizeof(uint32_t)] = UINT32_MAX;
	for (m = segment(r, &ext, 60, DIRECT); burst(q, &m, 1) == 1;
		m = segment(r, &ext, 60, DIRECT))
		;
	assert_int_equal(q->nb_free, 0);
	rte_pktmbuf_free(m);
	rig_close(r);
}

/* A frame with one segment more than allowed is refused, and completely freed. */
static void
test_too_many_segs(void **state)
{
	struct rig *r = rig_open(SL_COHERENCY_COHERENT, 255, 0);
	struct sl_tx_queue *q = rig_tx_start(r, 64, NULL);
	struct rte_mbuf *m;
	static struct ext ext;
	unsigned int segs, i;

	(void)state;
	for (segs = SL_TX_MAX_SEGS; segs <= SL_TX_MAX_SEGS + 1; segs++) {
		m = segment(r, &ext, 60, DIRECT);
		for (i = 1; i < segs; i++)
			assert_int_equal(rte_pktmbuf_chain(m, segment(r, &ext, 10, DIRECT)), 0);
		assert_int_equal(sl_tx_prepare(q, &m, 1), segs <= SL_TX_MAX_SEGS);
		assert_int_equal(r->port.tx_path->burst(q, &m, 1), 1);
	}
	assert_int_equal(q->n.packets, 1);
	assert_int_equal(q->n.errors, 1);
	rig_close(r);
}

/* Offloads that the driver does not support, or whose headers are missing. */
static void
test_refused_offload(void **state)
{
	struct rig *r = rig_open(SL_COHERENCY_COHERENT, 255, 0);
	const uint64_t flags[] = {RTE_MBUF_F_TX_SCTP_CKSUM, RTE_MBUF_F_TX_QINQ,
		RTE_MBUF_F_TX_IP_CKSUM | RTE_MBUF_F_TX_IPV4};
	struct sl_tx_queue *q;
	static struct ext ext;
	struct rte_mbuf *m;
	unsigned int i;

	(void)state;
	r->data.dev_conf.txmode.offloads = RTE_ETH_TX_OFFLOAD_IPV4_CKSUM;
	q = rig_tx_start(r, 32, NULL);
	for (i = 0; i < RTE_DIM(flags); i++) {
		m = segment(r, &ext, 100, DIRECT);
		m->ol_flags |= flags[i];
		rte_errno = 0;
		assert_int_equal(sl_tx_prepare(q, &m, 1), 0);
		assert_true(rte_errno == ENOTSUP || rte_errno == EINVAL);
		rte_pktmbuf_free(m);
	}
	rig_close(r);
}

/*
 * With pinned external buffers, the first frame to send is a clone. Its whole mempool is mapped, so
 * the pool's own mbufs can be sent next.
 */
static void
test_clone_first(void **state)
{
	struct rig *r = rig_open_with(SL_COHERENCY_COHERENT, 255, 0, true);
	struct sl_tx_queue *q = rig_tx_start(r, 32, NULL);
	struct rte_mbuf *own = rte_pktmbuf_alloc(r->pool), *m = rte_pktmbuf_alloc(r->pool);
	struct rte_mbuf *clone;
	bool empty;

	(void)state;
	assert_non_null(rte_pktmbuf_append(own, 60));
	assert_non_null(rte_pktmbuf_append(m, 60));
	clone = rte_pktmbuf_clone(own, r->clones);
	assert_non_null(clone);
	assert_true(RTE_MBUF_HAS_EXTBUF(clone));
	assert_int_equal(sl_tx_prepare(q, &clone, 1), 1);
	assert_int_equal(r->port.tx_path->burst(q, &clone, 1), 1);
	assert_int_equal(sl_tx_prepare(q, &m, 1), 1);
	assert_int_equal(r->port.tx_path->burst(q, &m, 1), 1);
	assert_int_equal(q->n.unmapped, 0);
	assert_int_equal(q->n.packets, 2);
	do {
		if (rig_tx_take(r, &empty))
			r->sent.len = 0;
	} while (!empty);
	rte_pktmbuf_free(own);
	rig_close(r);
}

/* Memory outside of the window: prepare refuses it, and a burst drops and counts it. */
static void
test_refused_memory(void **state)
{
	struct rig *r = rig_open(SL_COHERENCY_COHERENT, 255, 0);
	struct sl_tx_queue *q = rig_tx_start(r, 32, NULL);
	static struct ext ext;
	struct rte_eth_stats stats = {0};
	struct sl_queue_stats queues;
	struct rte_mbuf *m;

	(void)state;
	r->port.window.link.kind = SL_VFIO_OWN;
	m = segment(r, &ext, 100, EXTERNAL);
	assert_true(RTE_MBUF_HAS_EXTBUF(m));
	rte_errno = 0;
	assert_int_equal(sl_tx_prepare(q, &m, 1), 0);
	assert_int_equal(rte_errno, EFAULT);
	assert_int_equal(r->port.tx_path->burst(q, &m, 1), 1);
	assert_int_equal(q->n.unmapped, 1);
	assert_int_equal(q->n.packets, 0);
	/* Frames that the MAC drops are errors too. */
	r->regs[sl_reg_table[SL_HTDPMC].offset / sizeof(uint32_t)] = 5;
	assert_int_equal(sl_stats_get(&r->eth, &stats, &queues), 0);
	assert_int_equal(stats.oerrors, 6);
	r->regs[sl_reg_table[SL_HTDPMC].offset / sizeof(uint32_t)] = 0;
	r->port.window.link.kind = SL_VFIO_TABLE;
	rig_close(r);
}

static int
try_setup(struct rig *r, uint16_t nb_desc, uint16_t rs, uint16_t free_thresh)
{
	const struct rte_eth_txconf conf = {.tx_rs_thresh = rs, .tx_free_thresh = free_thresh};

	return sl_txq_setup(&r->eth, 0, nb_desc, 0, &conf);
}

static void
test_setup(void **state)
{
	struct rig *r = rig_open(SL_COHERENCY_EXPLICIT, 127, 0);

	(void)state;
	assert_int_equal(try_setup(r, 0, 0, 0), -EINVAL);
	assert_int_equal(try_setup(r, 36, 0, 0), -EINVAL);
	assert_int_equal(try_setup(r, 64, 0, 57), -EINVAL);
	assert_int_equal(try_setup(r, 64, 33, 32), -EINVAL);
	assert_int_equal(try_setup(r, 64, 32, 32), 0);
	assert_int_equal(try_setup(r, 32, 0, 0), 0);
	/* If only one threshold is given, the default of the other one fits. */
	assert_int_equal(try_setup(r, 512, 300, 0), 0);
	assert_int_equal(try_setup(r, 512, 0, 504), 0);
	assert_int_equal(try_setup(r, 64, 0, 56), 0);
	rig_close(r);
}

/* --- pinned external buffers --- */

#define APART_BURST 8u /* quads */

static void
nic_takes_all(struct rig *r)
{
	bool empty;

	do {
		memset(&r->sent, 0, sizeof(r->sent));
		while (!rig_tx_take(r, &empty) && !empty)
			;
	} while (!empty);
}

/*
 * Send @n frames with equal offloads. If @clones is not NULL, keep a clone of the frame at index
 * @nth of each quad.
 */
static void
send_apart(struct rig *r, const struct sl_burst_path *path, struct ext *ext,
	struct rte_mbuf **clones, unsigned int n, unsigned int nth)
{
	struct rte_mbuf *pkts[APART_BURST];
	unsigned int i;

	for (i = 0; i < n; i++) {
		pkts[i] = segment(r, ext, 100, DIRECT);
		if (sl_burst_can(path, SL_CAN_OFFLOAD)) {
			pkts[i]->l2_len = RTE_ETHER_HDR_LEN;
			pkts[i]->l3_len = 20;
			pkts[i]->ol_flags |= RTE_MBUF_F_TX_IPV4 | RTE_MBUF_F_TX_IP_CKSUM;
		}
		if (clones == NULL || i % SL_QUAD != nth)
			continue;
		memset(rte_pktmbuf_mtod(pkts[i], void *), 0x41 + (int)i, 100);
		clones[i] = rte_pktmbuf_clone(pkts[i], r->clones);
		assert_non_null(clones[i]);
	}
	assert_int_equal(path->burst(r->txq[0], pkts, (uint16_t)n), n);
	nic_takes_all(r);
}

/* Overwrite the free buffers of the pool. The data of the clones must not be among them. */
static void
scribble(struct rig *r)
{
	struct rte_mbuf *all[64];
	unsigned int i, n = rte_mempool_avail_count(r->pool);

	assert_true(n <= RTE_DIM(all));
	assert_int_equal(rte_pktmbuf_alloc_bulk(r->pool, all, n), 0);
	for (i = 0; i < n; i++)
		memset(all[i]->buf_addr, 0xEE, all[i]->buf_len);
	rte_pktmbuf_free_bulk(all, n);
}

static void
clones_of_path(const struct sl_burst_path *path, unsigned int burst, unsigned int nth)
{
	const struct rte_eth_txconf conf = {.tx_free_thresh = 24, .tx_rs_thresh = 8};
	struct rig *r = rig_open_with(path->mode, 63, 0, true);
	struct sl_tx_queue *q = rig_tx_start(r, 32, &conf);
	static struct ext ext __rte_aligned(64);
	struct rte_mbuf *clones[APART_BURST];
	unsigned int i, k;

	memset(&ext, 0, sizeof(ext));
	/*
	 * The pool is known and no mbuf must be inspected on free, so freeing takes the fast path.
	 */
	for (i = 0; i < 64 / burst; i++)
		send_apart(r, path, &ext, NULL, burst, 0);
	assert_int_equal(q->mixed, 0);
	send_apart(r, path, &ext, clones, burst, nth);
	/* These bursts free the frames with clones. */
	for (i = 0; i < 64 / burst; i++)
		send_apart(r, path, &ext, NULL, burst, 0);
	scribble(r);
	for (i = nth; i < burst; i += SL_QUAD) {
		const uint8_t *data = rte_pktmbuf_mtod(clones[i], const uint8_t *);

		for (k = 0; k < 100; k++)
			assert_int_equal(data[k], 0x41 + i);
		rte_pktmbuf_free(clones[i]);
	}
	assert_int_equal(sl_txq_stop(&r->eth, 0), 0);
	assert_int_equal(rte_mempool_avail_count(r->pool), r->pool_size);
	rig_close(r);
}

static void
test_cloned_data(void **state)
{
	unsigned int i, nth;

	(void)state;
	for (i = 0; i < sl_tx_path_count; i++)
		if (sl_pmd_simd_runs(sl_tx_paths[i].simd)) {
			clones_of_path(&sl_tx_paths[i], 1, 0);
			for (nth = 0; nth < SL_QUAD; nth++)
				clones_of_path(&sl_tx_paths[i], APART_BURST, nth);
		}
}

/* The NIC does not disable the queue. */
static uint32_t
queue_stays(void *ctx, uint32_t off, uint32_t val)
{
	(void)ctx;
	return off == SL_OFF(TXDCTL, 0) ? val | SL_XDCTL_ENABLE : val;
}

/* A queue is released while the NIC has a frame. Its mbuf is kept until the NIC has stopped. */
static void
test_release_of_a_stuck_queue(void **state)
{
	struct rig *r = rig_open(SL_COHERENCY_COHERENT, 127, 0);
	struct sl_tx_queue *q = rig_tx_start(r, 64, NULL);
	struct rte_mbuf *m = rte_pktmbuf_alloc(r->pool);

	(void)state;
	assert_non_null(m);
	m->data_len = m->pkt_len = 100;
	assert_int_equal(r->port.tx_path->burst(q, &m, 1), 1);
	r->lie = queue_stays;
	sl_txq_release(&r->eth, 0);
	assert_int_equal(r->data.tx_queue_state[0], RTE_ETH_QUEUE_STATE_STOPPED);
	assert_int_equal(sl_kept_count(&r->port).tx_mbufs, 1);
	assert_int_equal(rte_mempool_avail_count(r->pool), r->pool_size - 1);
	r->lie = NULL;
	sl_kept_give_back(&r->port);
	assert_int_equal(sl_kept_count(&r->port).rings, 0);
	rig_close(r);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_release_of_a_stuck_queue),
		cmocka_unit_test(test_paths),
		cmocka_unit_test(test_longest),
		cmocka_unit_test(test_cloned_data),
		cmocka_unit_test(test_stop),
		cmocka_unit_test(test_restart),
		cmocka_unit_test(test_wild_head_in_full_ring),
		cmocka_unit_test(test_too_many_segs),
		cmocka_unit_test(test_refused_offload),
		cmocka_unit_test(test_clone_first),
		cmocka_unit_test(test_refused_memory),
		cmocka_unit_test(test_setup),
	};

	rig_eal();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
