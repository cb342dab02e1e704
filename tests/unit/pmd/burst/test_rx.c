/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */

/*
 * Receive from a NIC that writes back arbitrary values: each path, byte and counter is compared
 * with a model of the expected result.
 */

#include <stdlib.h>
#include <string.h>

#include "rxtx_rig.h"
#include "sl_pmd.h"
#include "split_paths.h"

#define EXPECTED_MAX 1024u
#define DESCRIPTORS 4000u
#define MAX_BURST 64u

struct frame {
	uint8_t *data;
	uint32_t len;
};

/* Expected result of the write-backs. */
struct model {
	bool scatter, discard;
	uint32_t crc, buf_len, max_frame;
	uint32_t damaged; /* error bits with which a frame is dropped, in the NIC's format */
	uint8_t part[RIG_FRAME_MAX]; /* frame being assembled */
	uint32_t part_len, part_segs;
	unsigned int endless; /* descriptors to come of a frame that does not end */
	uint16_t endless_max;
	bool calm; /* valid frames only */
	struct frame expected[EXPECTED_MAX];
	unsigned int head, count;
	struct sl_rx_counters n;
};

static void
model_drop(struct model *m, uint32_t status, uint64_t *counter)
{
	if (!m->discard)
		(*counter)++;
	m->discard = (status & SL_RXD_STAT_EOP) == 0;
	m->part_len = 0;
	m->part_segs = 0;
}

static void
model_deliver(struct model *m)
{
	struct frame *f = &m->expected[(m->head + m->count) % EXPECTED_MAX];

	assert_true(m->count < EXPECTED_MAX);
	f->len = m->part_len - m->crc;
	f->data = malloc(f->len);
	assert_non_null(f->data);
	memcpy(f->data, m->part, f->len);
	m->count++;
	m->n.packets++;
	m->n.bytes += f->len;
}

static void
model_descriptor(struct model *m, const struct rig_wb *wb)
{
	const bool eop = (wb->status & SL_RXD_STAT_EOP) != 0;
	const bool bad_len = wb->length == 0 || wb->length > m->buf_len;
	const bool damaged = (wb->status & m->damaged) != 0;

	if (!m->scatter && (!eop || m->discard)) {
		model_drop(m, wb->status, &m->n.unexpected_seg);
		return;
	}
	if (!m->scatter && damaged) {
		model_drop(m, wb->status, &m->n.errors);
		return;
	}
	if (bad_len || m->discard) {
		model_drop(m, wb->status, &m->n.bad_length);
		return;
	}
	if ((!eop && wb->length != m->buf_len) || m->part_len + wb->length > m->max_frame ||
		m->part_segs == SL_RX_MAX_SEGS) {
		model_drop(m, wb->status, &m->n.bad_chain);
		return;
	}
	memcpy(m->part + m->part_len, wb->data, wb->length);
	m->part_len += wb->length;
	m->part_segs++;
	if (!eop)
		return;
	if (damaged)
		model_drop(m, wb->status, &m->n.errors);
	else if (m->part_len <= m->crc)
		model_drop(m, wb->status, &m->n.bad_length);
	else
		model_deliver(m);
	m->part_len = 0;
	m->part_segs = 0;
}

/* Fill one descriptor as a NIC might write it: mostly valid, sometimes random. */
static void
random_wb(struct rig *r, struct model *m, struct rig_wb *wb, uint8_t *data)
{
	static const uint16_t odd[] = {0, 1, 2, 3, 4, 5, 2047, 2048, 2049, 9000, 65535};

	memset(wb, 0, sizeof(*wb));
	wb->status = SL_RXD_STAT_DD;
	wb->length = (uint16_t)(60 + rng_below(&r->rnd, 1455));
	if (m->calm && m->endless == 0) {
		wb->status |= SL_RXD_STAT_EOP;
		wb->data = data;
		wb->data_len = wb->length;
		rng_fill(&r->rnd, data, wb->data_len);
		return;
	}
	if (rng_below(&r->rnd, 8) == 0)
		wb->length = odd[rng_below(&r->rnd, RTE_DIM(odd))];
	if (rng_below(&r->rnd, m->scatter ? 3 : 32) != 0)
		wb->status |= SL_RXD_STAT_EOP;
	/* An error bit of any format: damage in one format, a bad checksum in another. */
	if (rng_below(&r->rnd, 16) == 0)
		wb->status |= UINT32_C(1) << (24 + rng_below(&r->rnd, 8));
	/* Usually a frame continues only after a full buffer. */
	if ((wb->status & SL_RXD_STAT_EOP) == 0 && rng_below(&r->rnd, 8) != 0)
		wb->length = m->buf_len;
	/* Frames that do not end, with small or full segments. */
	if (m->endless == 0 && rng_below(&r->rnd, 100) == 0) {
		m->endless = 1 + rng_below(&r->rnd, 2 * SL_RX_MAX_SEGS);
		m->endless_max = (uint16_t)(rng_below(&r->rnd, 2) == 0 ? 100 : m->buf_len);
	}
	if (m->endless > 0) {
		m->endless--;
		wb->length = m->endless_max == m->buf_len ?
			m->buf_len :
			(uint16_t)(1 + rng_below(&r->rnd, m->endless_max));
		wb->status = SL_RXD_STAT_DD;
	}
	wb->data = data;
	wb->data_len = RTE_MIN((uint32_t)wb->length, m->buf_len);
	rng_fill(&r->rnd, data, wb->data_len);
}

/* An application that reads all data and then changes each byte of the buffers (R1). */
static void
consume(struct rig *r, struct model *m, struct rte_mbuf *pkt)
{
	struct frame *f = &m->expected[m->head];
	uint8_t got[RIG_FRAME_MAX];
	struct rte_mbuf *seg;
	uint32_t at = 0;

	assert_true(m->count > 0);
	assert_int_equal(rte_pktmbuf_pkt_len(pkt), f->len);
	assert_int_equal(pkt->port, r->data.port_id);
	assert_ptr_equal(
		rte_pktmbuf_mtod(pkt, char *), (char *)pkt->buf_addr + RTE_PKTMBUF_HEADROOM);
	assert_true(m->scatter || pkt->nb_segs == 1);
	assert_int_equal(rte_mbuf_check(pkt, 1, &(const char *){NULL}), 0);
	for (seg = pkt; seg != NULL; seg = seg->next) {
		memcpy(got + at, rte_pktmbuf_mtod(seg, void *), seg->data_len);
		at += seg->data_len;
		memset(seg->buf_addr, (int)rng_below(&r->rnd, 256), seg->buf_len);
	}
	assert_memory_equal(got, f->data, f->len);
	free(f->data);
	m->head = (m->head + 1) % EXPECTED_MAX;
	m->count--;
	rte_pktmbuf_free(pkt);
}

static void
check_counters(const struct sl_rx_counters *got, const struct sl_rx_counters *want)
{
	assert_int_equal(got->packets, want->packets);
	assert_int_equal(got->bytes, want->bytes);
	assert_int_equal(got->errors, want->errors);
	assert_int_equal(got->bad_length, want->bad_length);
	assert_int_equal(got->bad_chain, want->bad_chain);
	assert_int_equal(got->unexpected_seg, want->unexpected_seg);
}

static void
nic_receives(struct rig *r, struct model *m, const struct sl_rx_queue *q, unsigned int n)
{
	uint8_t data[65536];
	struct rig_wb wb;

	/* Descriptors of the NIC and descriptors to consume leave at least one line free. */
	assert_true(rig_rx_room(r) + (r->rx_head + q->nb_desc - q->next_to_clean) % q->nb_desc <=
		(unsigned int)q->nb_desc - q->line_descs);
	m->calm = rng_below(&r->rnd, 2) == 0;
	while (n-- > 0 && rig_rx_room(r) > 0 && m->count < EXPECTED_MAX - 1) {
		/* One of few invalid descriptors, anywhere in a quad. */
		m->calm ^= rng_below(&r->rnd, 32) == 0;
		random_wb(r, m, &wb, data);
		model_descriptor(m, &wb);
		rig_rx_write(r, &wb);
		rig_adversary(r, 4);
	}
}

static void
receive(struct rig *r, struct model *m, const struct sl_burst_path *path, unsigned int burst)
{
	struct rte_mbuf *pkts[MAX_BURST];
	unsigned int n, i;

	n = path->burst(r->rxq[0], pkts, (uint16_t)burst);
	assert_true(n <= burst);
	for (i = 0; i < n; i++)
		consume(r, m, pkts[i]);
}

/* From the datasheets: RXE of the 82576; CE, LE, PE, OSE and USE (RXE on the 82599) of ixgbe. */
static uint32_t
damaged_of(const struct sl_desc_format *format)
{
	return format->format == SL_FORMAT_IGB ? UINT32_C(0x80000000) : UINT32_C(0x3b000000);
}

/* Each check has found a frame. */
static bool
each_met(const struct model *m)
{
	return m->n.packets > 0 && m->n.errors > 0 && m->n.bad_length > 0 &&
		(m->scatter ? m->n.bad_chain > 0 : m->n.unexpected_seg > 0);
}

static void
run_path(const struct sl_burst_path *path, const struct sl_desc_format *format, uint16_t nb_desc,
	bool keep_crc, bool apart)
{
	struct rig *r = rig_open_with(path->mode, 1023, 0, apart);
	struct model *m = calloc(1, sizeof(*m));
	struct sl_rx_queue *q;
	unsigned int done, n;

	assert_non_null(m);
	if (keep_crc)
		r->data.dev_conf.rxmode.offloads |= RTE_ETH_RX_OFFLOAD_KEEP_CRC;
	rig_format(r, format);
	q = rig_rx_start(r, nb_desc, NULL);
	m->damaged = damaged_of(format);
	m->max_frame = r->hw.max_frame;
	m->scatter = sl_burst_can(path, SL_CAN_SCATTER);
	m->crc = keep_crc ? RTE_ETHER_CRC_LEN : 0;
	m->buf_len = q->buf_len;
	assert_int_equal(q->buf_len, 2048);
	/* Continue until the random frames have triggered each check. */
	for (done = 0; done < DESCRIPTORS || (!each_met(m) && done < 100 * DESCRIPTORS);
		done += n) {
		n = 1 + rng_below(&r->rnd, 40);
		nic_receives(r, m, q, n);
		rig_adversary(r, 64);
		receive(r, m, path, 1 + rng_below(&r->rnd, MAX_BURST));
	}
	/* The remaining frames, in bursts of three. */
	for (done = 0; done < 2u * nb_desc; done++)
		receive(r, m, path, 3);
	assert_int_equal(m->count, 0);
	check_counters(&q->n, &m->n);
	assert_true(each_met(m));
	free(m);
	rig_close(r);
}

static void
test_paths(void **state)
{
	static const uint16_t rings[] = {32, 40, 512};
	const struct sl_burst_path *p;
	unsigned int i, k;

	(void)state;
	for (i = 0; (p = all_rx_paths(i)) != NULL; i++) {
		const struct sl_desc_format *f = rig_format_of(p);

		if (!sl_pmd_simd_runs(p->simd)) {
			printf("skipped, not on this CPU: %s\n", p->name);
			continue;
		}
		for (k = 0; k < RTE_DIM(rings); k++) {
			run_path(p, f, rings[k], false, k % 3 == 1);
			run_path(p, f, rings[k], true, k % 3 != 1);
		}
	}
}

static void
test_selector(void **state)
{
	static const enum sl_coherency modes[] = {
		SL_COHERENCY_COHERENT, SL_COHERENCY_EXPLICIT, SL_COHERENCY_CHECKED};
	struct sl_burst_need want = {
		.mode = SL_COHERENCY_AUTO, .completion = SL_COMPLETION_DD, .format = SL_FORMAT_IGB};
	unsigned int i, need;

	(void)state;
	assert_null(sl_burst_select(sl_rx_paths, sl_rx_path_count, &want));
	for (i = 0; i < RTE_DIM(modes); i++) {
		for (need = 0; need < 8; need++) {
			const bool scatter = (need & 1) != 0;
			const bool offload = (need & 2) != 0;
			const struct sl_burst_path *p;

			want.mode = modes[i];
			want.format = (need & 4) != 0 ? SL_FORMAT_IXGBE : SL_FORMAT_IGB;
			want.can = (scatter ? SL_CAN_SCATTER : 0) | (offload ? SL_CAN_OFFLOAD : 0);
			p = sl_burst_select(sl_rx_paths, sl_rx_path_count, &want);
			assert_non_null(p);
			assert_int_equal(p->mode, modes[i]);
			assert_int_equal(p->completion, SL_COMPLETION_DD);
			assert_int_equal(p->format, want.format);
			assert_true(sl_burst_can(p, SL_CAN_SCATTER) >= scatter &&
				sl_burst_can(p, SL_CAN_OFFLOAD) >= offload);
			/* If no feature is requested, the path has none. */
			assert_true(want.can != 0 ||
				(!sl_burst_can(p, SL_CAN_SCATTER) &&
					!sl_burst_can(p, SL_CAN_OFFLOAD)));
			assert_non_null(strstr(p->name, sl_coherency_name(modes[i])));
		}
	}
	/* Received frames are never reported by head write-back. */
	want.completion = SL_COMPLETION_HEAD;
	want.can = 0;
	assert_null(sl_burst_select(sl_rx_paths, sl_rx_path_count, &want));
	assert_non_null(sl_burst_select(sl_tx_paths, sl_tx_path_count, &want));
}

/* One row: contents of the descriptor, in igb's bits, and of the mbuf. */
struct offload_row {
	uint32_t ptype, status, rss_type;
	uint32_t packet_type;
	uint64_t flags;
};

static const struct offload_row offload_rows[] = {
	{SL_RXD_PTYPE_L2, 0, 0, RTE_PTYPE_L2_ETHER, 0},
	{SL_RXD_PTYPE_IPV4, SL_RXD_STAT_IPCS, SL_RSS_IPV4, RTE_PTYPE_L2_ETHER | RTE_PTYPE_L3_IPV4,
		RTE_MBUF_F_RX_IP_CKSUM_GOOD | RTE_MBUF_F_RX_RSS_HASH},
	{SL_RXD_PTYPE_IPV4, SL_RXD_STAT_IPCS | SL_RXD_ERR_IPE, 0,
		RTE_PTYPE_L2_ETHER | RTE_PTYPE_L3_IPV4, RTE_MBUF_F_RX_IP_CKSUM_BAD},
	{SL_RXD_PTYPE_IPV4 | SL_RXD_PTYPE_TCP, SL_RXD_STAT_IPCS | SL_RXD_STAT_L4CS, SL_RSS_IPV4_TCP,
		RTE_PTYPE_L2_ETHER | RTE_PTYPE_L3_IPV4 | RTE_PTYPE_L4_TCP,
		RTE_MBUF_F_RX_IP_CKSUM_GOOD | RTE_MBUF_F_RX_L4_CKSUM_GOOD | RTE_MBUF_F_RX_RSS_HASH},
	{SL_RXD_PTYPE_IPV6 | SL_RXD_PTYPE_UDP,
		SL_RXD_STAT_UDPCS | SL_RXD_STAT_L4CS | SL_RXD_ERR_L4E, 0,
		RTE_PTYPE_L2_ETHER | RTE_PTYPE_L3_IPV6 | RTE_PTYPE_L4_UDP,
		RTE_MBUF_F_RX_L4_CKSUM_BAD},
	{SL_RXD_PTYPE_IPV4 | SL_RXD_PTYPE_UDP, SL_RXD_STAT_IPCS | SL_RXD_STAT_UDPCS, 0,
		RTE_PTYPE_L2_ETHER | RTE_PTYPE_L3_IPV4 | RTE_PTYPE_L4_UDP,
		RTE_MBUF_F_RX_IP_CKSUM_GOOD | RTE_MBUF_F_RX_L4_CKSUM_GOOD},
	/* The flow director of ixgbe writes its result to the field of the hash. */
	{SL_RXD_PTYPE_IPV4 | SL_RXD_PTYPE_TCP, SL_RXD_STAT_L4CS | SL_RXD_ERR_L4E, 15,
		RTE_PTYPE_L2_ETHER | RTE_PTYPE_L3_IPV4 | RTE_PTYPE_L4_TCP,
		RTE_MBUF_F_RX_L4_CKSUM_BAD | RTE_MBUF_F_RX_RSS_HASH},
	{SL_RXD_PTYPE_IPV6 | SL_RXD_PTYPE_IPV6E | SL_RXD_PTYPE_SCTP, SL_RXD_STAT_VP, 0,
		RTE_PTYPE_L2_ETHER | RTE_PTYPE_L3_IPV6_EXT | RTE_PTYPE_L4_SCTP,
		RTE_MBUF_F_RX_VLAN | RTE_MBUF_F_RX_VLAN_STRIPPED},
	/* IPv6 in IPv4: what follows is the inner packet's. */
	{SL_RXD_PTYPE_IPV4 | SL_RXD_PTYPE_IPV6 | SL_RXD_PTYPE_TCP, SL_RXD_STAT_IPCS, 0,
		RTE_PTYPE_L2_ETHER | RTE_PTYPE_L3_IPV4 | RTE_PTYPE_TUNNEL_IP |
			RTE_PTYPE_INNER_L3_IPV6 | RTE_PTYPE_INNER_L4_TCP,
		RTE_MBUF_F_RX_IP_CKSUM_GOOD},
	{SL_RXD_PTYPE_IPV4 | SL_RXD_PTYPE_IPV4E | SL_RXD_PTYPE_IPV6 | SL_RXD_PTYPE_IPV6E |
			SL_RXD_PTYPE_SCTP,
		0, 0,
		RTE_PTYPE_L2_ETHER | RTE_PTYPE_L3_IPV4_EXT | RTE_PTYPE_TUNNEL_IP |
			RTE_PTYPE_INNER_L3_IPV6_EXT | RTE_PTYPE_INNER_L4_SCTP,
		0},
	/* The matching filter's number is no packet type, nor are two transports at once. */
	{SL_RXD_PTYPE_L2 | SL_RXD_PTYPE_IPV4 | SL_RXD_PTYPE_TCP, 0, 0, RTE_PTYPE_L2_ETHER, 0},
	{SL_RXD_PTYPE_IPV4 | SL_RXD_PTYPE_TCP | SL_RXD_PTYPE_SCTP, 0, 0, RTE_PTYPE_L2_ETHER, 0},
	/* An error bit without its status bit is ignored. */
	{SL_RXD_PTYPE_IPV4, SL_RXD_ERR_IPE | SL_RXD_ERR_L4E, 0,
		RTE_PTYPE_L2_ETHER | RTE_PTYPE_L3_IPV4, 0},
};

/* Contents of a frame: packet type and hash type from one row, checksum status from another. */
struct offload_kind {
	unsigned int type, sums;
};

/* A row's status in the bits of the format, from the datasheets: igb 29 and 30, ixgbe 30 and 31. */
static uint32_t
status_of(const struct rig *r, const struct offload_row *row)
{
	const uint32_t errors = row->status & UINT32_C(0x60000000);

	return r->hw.format->format == SL_FORMAT_IGB ? row->status :
						       (row->status ^ errors) | errors << 1;
}

/* Expected flags of an mbuf, for the NIC of a format. */
static uint64_t
flags_of(const struct rig *r, const struct offload_row *type, const struct offload_row *sums)
{
	const uint64_t l4 = RTE_MBUF_F_RX_L4_CKSUM_GOOD | RTE_MBUF_F_RX_L4_CKSUM_BAD;
	const bool udp = (type->packet_type & RTE_PTYPE_L4_MASK) == RTE_PTYPE_L4_UDP;
	uint64_t flags = sums->flags & ~RTE_MBUF_F_RX_RSS_HASH;
	bool hash = type->rss_type != 0;

	if (r->hw.format->format == SL_FORMAT_IXGBE) {
		hash &= type->rss_type != 15;
		/* A UDP checksum of 0 is reported as bad, and UDPCS alone has no meaning. */
		if ((sums->status & SL_RXD_STAT_L4CS) == 0 ||
			(udp && (flags & l4) == RTE_MBUF_F_RX_L4_CKSUM_BAD))
			flags &= ~l4;
	}
	return flags | (hash ? RTE_MBUF_F_RX_RSS_HASH : 0);
}

static void
write_offload(struct rig *r, struct offload_kind kind, uint32_t rss)
{
	static const uint8_t data[64];
	const struct offload_row *type = &offload_rows[kind.type];
	const struct rig_wb wb = {.info = SL_PREP(SL_RXD_INFO_PTYPE, type->ptype) |
			SL_PREP(SL_RXD_INFO_RSSTYPE, type->rss_type),
		.rss = rss,
		.status = SL_RXD_STAT_DD | SL_RXD_STAT_EOP | status_of(r, &offload_rows[kind.sums]),
		.length = sizeof(data),
		.data = data,
		.data_len = sizeof(data),
		.vlan = (uint16_t)(100 + kind.sums)};

	rig_rx_write(r, &wb);
}

static void
check_offload(const struct rig *r, struct rte_mbuf *m, struct offload_kind kind, uint32_t rss)
{
	const struct offload_row *type = &offload_rows[kind.type];

	assert_int_equal(m->packet_type, type->packet_type & r->port.ptype_mask);
	assert_int_equal(m->ol_flags, flags_of(r, type, &offload_rows[kind.sums]));
	assert_int_equal(m->hash.rss, rss);
	assert_int_equal(m->vlan_tci, 100 + kind.sums);
	rte_pktmbuf_free(m);
}

/* Runs of equal frames and of mixed ones. Each mbuf reports the contents of its descriptor. */
static void
run_offload(const struct sl_burst_path *path, uint32_t ptype_mask, unsigned int laps)
{
	struct rig *r = rig_open(path->mode, 127, 0);
	struct offload_kind kinds[MAX_BURST] = {0};
	struct rte_mbuf *pkts[MAX_BURST];
	unsigned int lap, i, n;
	struct sl_rx_queue *q;
	uint32_t rss = 0;

	r->data.dev_conf.rxmode.offloads =
		RTE_ETH_RX_OFFLOAD_VLAN_STRIP | RTE_ETH_RX_OFFLOAD_CHECKSUM;
	r->port.ptype_mask = ptype_mask;
	rig_format(r, rig_format_of(path));
	q = rig_rx_start(r, 64, NULL);
	assert_true(r->port.rx_path->can == SL_CAN_OFFLOAD);
	assert_int_equal(r->port.rx_path->format, path->format);
	for (lap = 0; lap < laps; lap++) {
		const unsigned int change = 1 + rng_below(&r->rnd, 12);

		n = RTE_MIN(1 + rng_below(&r->rnd, 40), rig_rx_room(r));
		for (i = 0; i < n; i++) {
			kinds[i] = kinds[i == 0 ? 0 : i - 1];
			if (i == 0 || rng_below(&r->rnd, change) == 0)
				kinds[i].type = rng_below(&r->rnd, RTE_DIM(offload_rows));
			if (i == 0 || rng_below(&r->rnd, change) == 0)
				kinds[i].sums = rng_below(&r->rnd, RTE_DIM(offload_rows));
			write_offload(r, kinds[i], rss + i);
		}
		assert_int_equal(path->burst(q, pkts, MAX_BURST), n);
		for (i = 0; i < n; i++)
			check_offload(r, pkts[i], kinds[i], rss + i);
		rss += n;
	}
	rig_close(r);
}

static void
test_offload(void **state)
{
	const struct sl_burst_path *p;
	unsigned int i;

	(void)state;
	for (i = 0; (p = all_rx_paths(i)) != NULL; i++)
		if (sl_burst_can(p, SL_CAN_OFFLOAD) && !sl_burst_can(p, SL_CAN_SCATTER) &&
			sl_pmd_simd_runs(p->simd)) {
			run_offload(p, RTE_PTYPE_ALL_MASK, 300);
			run_offload(p, RTE_PTYPE_L3_MASK | RTE_PTYPE_INNER_L4_MASK, 50);
			run_offload(p, 0, 20);
		}
}

/* The pool becomes empty and is refilled. No frame is lost. */
static void
test_no_mbuf(void **state)
{
	struct rig *r = rig_open(SL_COHERENCY_COHERENT, 63, 0);
	uint8_t data[60] = {0};
	const struct rig_wb wb = {.status = SL_RXD_STAT_DD | SL_RXD_STAT_EOP,
		.length = sizeof(data),
		.data = data,
		.data_len = sizeof(data)};
	struct rte_mbuf *held[64], *pkts[32];
	struct sl_rx_queue *q = rig_rx_start(r, 32, NULL);
	unsigned int n_held, n, i;

	(void)state;
	n_held = rte_mempool_avail_count(r->pool);
	assert_int_equal(rte_pktmbuf_alloc_bulk(r->pool, held, n_held), 0);
	while (rig_rx_room(r) > 0) {
		while (rig_rx_room(r) > 0)
			rig_rx_write(r, &wb);
		n = r->port.rx_path->burst(q, pkts, 32);
		rte_pktmbuf_free_bulk(pkts, RTE_MIN(n, 2u));
		for (i = 2; i < n; i++)
			held[n_held++ % RTE_DIM(held)] = pkts[i];
		if (n_held >= RTE_DIM(held))
			break;
	}
	assert_true(q->n.no_mbuf > 0);
	rte_pktmbuf_free_bulk(held, n_held);
	assert_int_equal(r->port.rx_path->burst(q, pkts, 32), 0);
	assert_int_equal(rig_rx_room(r), 32 - q->line_descs);
	rig_close(r);
}

static int
try_setup(struct rig *r, uint16_t nb_desc, uint16_t free_thresh)
{
	const struct rte_eth_rxconf conf = {.rx_free_thresh = free_thresh};

	return sl_rxq_setup(&r->eth, 0, nb_desc, 0, &conf, r->pool);
}

/* Line sizes of all processors, with a pool that has too few mbufs: only whole lines are posted. */
static void
test_short_refill(void **state)
{
	uint8_t data[60] = {0};
	const struct rig_wb wb = {.status = SL_RXD_STAT_DD | SL_RXD_STAT_EOP,
		.length = sizeof(data),
		.data = data,
		.data_len = sizeof(data)};
	struct rte_mbuf *held[1023], *pkts[512];
	unsigned int line, left, n, nb_held;
	struct sl_rx_queue *q;
	struct rig *r;

	(void)state;
	for (line = 4; line <= 128; line *= 2) {
		for (left = 0; left < 3 * line; left += RTE_MAX(1u, line / 8) + (left % 2)) {
			r = rig_open(SL_COHERENCY_COHERENT, 1023, 0);
			assert_int_equal(try_setup(r, 512, 0), 0);
			assert_int_equal(sl_path_choose(&r->eth), 0);
			q = r->rxq[0];
			q->line_descs = (uint16_t)line;
			assert_int_equal(sl_rxq_start(&r->eth, 0), 0);
			r->rx_head = 0;
			assert_int_equal(rig_rx_room(r), 512 - line);
			/* The ring is posted except for one line, and the pool has @left mbufs. */
			nb_held = rte_mempool_avail_count(r->pool) - left;
			assert_int_equal(rte_mempool_get_bulk(r->pool, (void **)held, nb_held), 0);
			while (rig_rx_room(r) > 0)
				rig_rx_write(r, &wb);
			n = r->port.rx_path->burst(q, pkts, 512);
			assert_int_equal(n, 512 - line);
			assert_int_equal(rig_rx_room(r) % line, 0);
			assert_true(rig_rx_room(r) <= left);
			assert_int_equal(q->nb_hold + rig_rx_room(r), 512);
			rte_pktmbuf_free_bulk(pkts, n);
			assert_int_equal(r->port.rx_path->burst(q, pkts, 512), 0);
			assert_int_equal(rig_rx_room(r), 512 - line);
			rte_mempool_put_bulk(r->pool, (void **)held, nb_held);
			rig_close(r);
		}
	}
}

static void
test_status(void **state)
{
	struct rig *r = rig_open(SL_COHERENCY_CHECKED, 127, 0);
	struct sl_rx_queue *q = rig_rx_start(r, 32, NULL);
	uint8_t data[60] = {0};
	const struct rig_wb wb = {.status = SL_RXD_STAT_DD | SL_RXD_STAT_EOP,
		.length = sizeof(data),
		.data = data,
		.data_len = sizeof(data)};
	unsigned int i;

	(void)state;
	for (i = 0; i < 9; i++) {
		assert_int_equal(sl_rx_queue_count(q), i);
		rig_rx_write(r, &wb);
	}
	assert_int_equal(sl_rx_descriptor_status(q, 8), RTE_ETH_RX_DESC_DONE);
	assert_int_equal(sl_rx_descriptor_status(q, 9), RTE_ETH_RX_DESC_AVAIL);
	assert_int_equal(sl_rx_descriptor_status(q, 31), RTE_ETH_RX_DESC_UNAVAIL);
	assert_int_equal(sl_rx_descriptor_status(q, 32), -EINVAL);
	rig_close(r);
}

static void
test_setup(void **state)
{
	struct rig *r = rig_open(SL_COHERENCY_EXPLICIT, 127, 0);

	(void)state;
	assert_int_equal(try_setup(r, 24, 0), -EINVAL);
	assert_int_equal(try_setup(r, 33, 0), -EINVAL);
	assert_int_equal(try_setup(r, 4104, 0), -EINVAL);
	assert_int_equal(try_setup(r, 64, 57), -EINVAL);
	assert_int_equal(try_setup(r, 64, 56), 0);
	assert_int_equal(try_setup(r, 64, 1), 0);
	assert_int_equal(
		sl_rxq_setup(&r->eth, 0, 64, 0, &(struct rte_eth_rxconf){0}, NULL), -EINVAL);
	rig_close(r);

	/* R5: buffers that do not start at a line. */
	r = rig_open(SL_COHERENCY_EXPLICIT, 127, 8);
	assert_int_equal(try_setup(r, 64, 0), -EINVAL);
	rig_close(r);
	r = rig_open(SL_COHERENCY_COHERENT, 127, 8);
	assert_int_equal(try_setup(r, 64, 0), 0);
	rig_close(r);
}

/* A pool has fewer mbufs than the ring needs: start is refused, and no mbuf is lost. */
static void
test_start_short(void **state)
{
	struct rig *r = rig_open(SL_COHERENCY_COHERENT, 31, 0);

	(void)state;
	assert_int_equal(try_setup(r, 64, 0), 0);
	assert_int_equal(sl_path_choose(&r->eth), 0);
	assert_int_equal(sl_rxq_start(&r->eth, 0), -ENOMEM);
	assert_int_equal(r->data.rx_queue_state[0], RTE_ETH_QUEUE_STATE_STOPPED);
	rig_close(r);
}

/* The NIC does not disable the queue. */
static uint32_t
queue_stays(void *ctx, uint32_t off, uint32_t val)
{
	(void)ctx;
	return off == SL_OFF(RXDCTL, 0) ? val | SL_XDCTL_ENABLE : val;
}

/* A queue is released while the NIC has its buffers. They are kept until the NIC has stopped. */
static void
test_release_of_a_stuck_queue(void **state)
{
	struct rig *r = rig_open(SL_COHERENCY_COHERENT, 127, 0);
	unsigned int idle;

	(void)state;
	rig_rx_start(r, 64, NULL);
	idle = rte_mempool_avail_count(r->pool);
	assert_true(idle < r->pool_size);
	r->lie = queue_stays;
	sl_rxq_release(&r->eth, 0);
	assert_int_equal(r->data.rx_queue_state[0], RTE_ETH_QUEUE_STATE_STOPPED);
	assert_int_equal(sl_kept_count(&r->port).rx_mbufs, r->pool_size - idle);
	assert_int_equal(rte_mempool_avail_count(r->pool), idle);
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
		cmocka_unit_test(test_selector),
		cmocka_unit_test(test_offload),
		cmocka_unit_test(test_no_mbuf),
		cmocka_unit_test(test_short_refill),
		cmocka_unit_test(test_status),
		cmocka_unit_test(test_setup),
		cmocka_unit_test(test_start_short),
	};

	rig_eal();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
