/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */

/*
 * Receive. A burst scans DD words (R2), executes the acquire barrier and updates the payload (R3),
 * makes mbufs from descriptors, and refills by whole lines (R1, R4, T2). All values that the NIC
 * wrote are checked before use.
 *
 * A NIC may rewrite a descriptor at any time. So each word of a descriptor is fetched once after
 * the acquire barrier, and only the fetched value is used (D2).
 *
 * When memory is not coherent, whole lines of descriptors are updated. Descriptors of a line that
 * are done beyond the burst's request stay `ready` for the next burst, with their payload updated,
 * so that no line is updated twice and fences are few. These descriptors are copied to CPU memory
 * (`fetched`): the payload update covers the length in the copy, and the mbuf gets that length. A
 * second fetch could return a greater length than was updated; updating whole buffers instead would
 * cost about 30 lines per frame.
 *
 * Compiled once for each vector width (SL_SIMD, sl_vec.h). Vectors handle quads of single-buffer
 * frames without errors; the scalar code handles all others.
 *
 * always_inline throughout: mode, scatter, offload and format are constants that must fold, so that
 * each row of the path table contains only the code it needs.
 */

#include <string.h>

#include <rte_branch_prediction.h>
#include <rte_ether.h>
#include <rte_prefetch.h>

#include "sl_paths.h"
#include "sl_queue.h"
#include "sl_rx_refill.h"
#include "sl_stall.h"

/* The second 8 bytes of a write-back have status, length and VLAN tag: one load gets all three. */
static inline uint32_t
rx_status(uint64_t wb)
{
	return (uint32_t)wb;
}

static inline uint32_t
rx_length(uint64_t wb)
{
	return (uint16_t)(wb >> 32);
}

static inline uint16_t
rx_vlan(uint64_t wb)
{
	return (uint16_t)(wb >> 48);
}

/* --- scan --- */

/* True if a descriptor does not end a frame, or ends a damaged frame. */
static __rte_always_inline bool
rx_is_spoilt(uint64_t wb, const struct sl_desc_format *f)
{
	return (rx_status(wb) & (SL_RXD_STAT_EOP | f->rx_damaged)) != SL_RXD_STAT_EOP;
}

/* Number of done descriptors from next_to_clean on. Those before @from are known to be done. */
static __rte_always_inline unsigned int
rx_scan(const struct sl_rx_queue *q, unsigned int from, unsigned int to)
{
	const volatile union sl_rx_desc *d = &q->ring[q->next_to_clean];

	while (from < to && (d[from].wb.status & SL_RXD_STAT_DD) != 0)
		from++;
	return from;
}

/* Fetch a done descriptor once and store a copy at @to. @return its second 8 bytes. */
static __rte_always_inline uint64_t
rx_fetch(const volatile union sl_rx_desc *d, union sl_rx_desc *to)
{
#if SL_SIMD > 0
	const sl_lane wb = sl_lane_load(d);

	sl_lane_store(to, wb);
	return wb[1];
#else
	to->qw[0] = d->qw[0];
	to->qw[1] = d->qw[1];
	return to->qw[1];
#endif
}

/*
 * Fetch descriptors @from .. @to - 1 and update their buffers, so that the CPU reads
 * what the NIC wrote (R3).
 */
static __rte_always_inline void
rx_update_payload(
	struct sl_rx_queue *q, unsigned int from, unsigned int to, const enum sl_coherency mode)
{
	struct rte_mbuf *const *sw = &q->sw_ring[q->next_to_clean];
	const volatile union sl_rx_desc *d = &q->ring[q->next_to_clean];
	union sl_rx_desc *fetched = &q->fetched[q->next_to_clean];
	unsigned int i;

	for (i = from; i < to; i++) {
		const uint32_t length =
			RTE_MIN(rx_length(rx_fetch(&d[i], &fetched[i])), q->buf_len);
		const char *data = (const char *)sw[i]->buf_addr + RTE_PKTMBUF_HEADROOM;

		if (length == 0)
			/*
			 * F2: the NIC gives the buffer back; it will be posted again without being
			 * read.
			 */
			sl_release(q->sync, mode, data, q->buf_len);
		else
			/*
			 * R3: after DD was seen and before the payload is read; one fence below
			 * covers all updates.
			 */
			sl_update_nofence(q->sync, mode, data, length);
	}
	/* R3: every payload update is complete before the application reads a byte of it. */
	sl_update_fence(q->sync, mode);
	/* Prefetch the frames' headers: the update has dropped them from the cache. */
	for (i = from; mode == SL_COHERENCY_EXPLICIT && i < to; i++)
		rte_prefetch0((const char *)sw[i]->buf_addr + RTE_PKTMBUF_HEADROOM);
}

/*
 * Make more of the next @want descriptors ready. @most descriptors are posted up to the ring's end.
 * Whole lines are updated. (1) Idle poll: only the first line, and the others if all of the first
 * is done. (2) Busy poll, if the last call found all descriptors that it needed: all lines at once,
 * with one fence.
 */
static __rte_always_inline void
rx_look(struct sl_rx_queue *q, unsigned int want, unsigned int most, const enum sl_coherency mode)
{
	const unsigned int line = q->line_descs, at = q->next_to_clean, ready = q->ready;
	const unsigned int wanted = RTE_MIN(RTE_ALIGN_CEIL(at + want, line) - at, most);
	volatile union sl_rx_desc *d = &q->ring[at];
	unsigned int end = RTE_MIN(RTE_ALIGN_FLOOR(at + ready, line) + line - at, most), done;

	if (q->eager)
		end = RTE_MAX(end, wanted);
	/* R2: the scan below sees the DD bits that the NIC wrote since the lines were last read. */
	sl_update(q->sync, mode, (const void *)(uintptr_t)&d[ready], (end - ready) * SL_DESC_SIZE);
	done = rx_scan(q, ready, end);
	if (done == end && end < wanted) {
		/* R2: the second scan sees the DD bits of the burst's other lines. */
		sl_update(q->sync, mode, (const void *)(uintptr_t)&d[end],
			(wanted - end) * SL_DESC_SIZE);
		done = rx_scan(q, end, wanted);
		end = wanted;
	}
	q->eager = done == end;
	/* R3: DD is read before the rest of the descriptors and the payload. */
	sl_acquire();
	if (done != ready)
		rx_update_payload(q, ready, done, mode);
	q->ready = (uint16_t)done;
}

/* Number of the next @want descriptors that can be received. */
static __rte_always_inline unsigned int
rx_ready(struct sl_rx_queue *q, unsigned int want, unsigned int most, const enum sl_coherency mode)
{
	unsigned int done;

	if (mode != SL_COHERENCY_COHERENT) {
		if (q->ready < want)
			rx_look(q, want, most, mode);
		return RTE_MIN(q->ready, want);
	}
	done = rx_scan(q, 0, want);
	/* R3: DD is read before the rest of the descriptors and the payload. */
	sl_acquire();
	return done;
}

/* --- from descriptors to mbufs --- */

/* The source of the next descriptors: the ring, or the copies that rx_fetch() kept. */
static __rte_always_inline const volatile union sl_rx_desc *
rx_source(const struct sl_rx_queue *q, const enum sl_coherency mode)
{
	return (mode == SL_COHERENCY_COHERENT ? q->ring : q->fetched) + q->next_to_clean;
}

/* Packet types of one kind of IP header: alone, and with each kind of L4 header after it. */
#define RX_TYPES(ip, l3, at_l4) \
	[(ip)] = (l3), [(ip) | SL_RXD_PTYPE_TCP] = (l3) | RTE_PTYPE_##at_l4##_TCP, \
	[(ip) | SL_RXD_PTYPE_UDP] = (l3) | RTE_PTYPE_##at_l4##_UDP, \
	[(ip) | SL_RXD_PTYPE_SCTP] = (l3) | RTE_PTYPE_##at_l4##_SCTP
#define RX_TYPES_IN_IPV4(ip, l3, inner) RX_TYPES(ip, (l3) | RTE_PTYPE_TUNNEL_IP | (inner), INNER_L4)

/* Index: the bits of a packet type from IPV4 to SCTP. IPv4 and IPv6 together: IPv6 in IPv4. */
static const uint32_t rx_types[128] = {
	RX_TYPES(SL_RXD_PTYPE_IPV4, RTE_PTYPE_L3_IPV4, L4),
	RX_TYPES(SL_RXD_PTYPE_IPV4 | SL_RXD_PTYPE_IPV4E, RTE_PTYPE_L3_IPV4_EXT, L4),
	RX_TYPES(SL_RXD_PTYPE_IPV4E, RTE_PTYPE_L3_IPV4_EXT, L4),
	RX_TYPES(SL_RXD_PTYPE_IPV6, RTE_PTYPE_L3_IPV6, L4),
	RX_TYPES(SL_RXD_PTYPE_IPV6 | SL_RXD_PTYPE_IPV6E, RTE_PTYPE_L3_IPV6_EXT, L4),
	RX_TYPES(SL_RXD_PTYPE_IPV6E, RTE_PTYPE_L3_IPV6_EXT, L4),
	RX_TYPES_IN_IPV4(
		SL_RXD_PTYPE_IPV4 | SL_RXD_PTYPE_IPV6, RTE_PTYPE_L3_IPV4, RTE_PTYPE_INNER_L3_IPV6),
	RX_TYPES_IN_IPV4(SL_RXD_PTYPE_IPV4 | SL_RXD_PTYPE_IPV6 | SL_RXD_PTYPE_IPV6E,
		RTE_PTYPE_L3_IPV4, RTE_PTYPE_INNER_L3_IPV6_EXT),
	RX_TYPES_IN_IPV4(SL_RXD_PTYPE_IPV4 | SL_RXD_PTYPE_IPV4E | SL_RXD_PTYPE_IPV6,
		RTE_PTYPE_L3_IPV4_EXT, RTE_PTYPE_INNER_L3_IPV6),
	RX_TYPES_IN_IPV4(
		SL_RXD_PTYPE_IPV4 | SL_RXD_PTYPE_IPV4E | SL_RXD_PTYPE_IPV6 | SL_RXD_PTYPE_IPV6E,
		RTE_PTYPE_L3_IPV4_EXT, RTE_PTYPE_INNER_L3_IPV6_EXT),
};

static __rte_always_inline uint32_t
rx_ptype(const struct sl_rx_queue *q, uint32_t info)
{
	const uint32_t type = SL_GET(SL_RXD_INFO_PTYPE, info);
	const unsigned int known = (type & SL_RXD_PTYPE_L2) != 0 ? 0 : RTE_DIM(rx_types) - 1;

	return (RTE_PTYPE_L2_ETHER | rx_types[type & known]) & q->ptype_mask;
}

/*
 * Result for a checksum that the NIC reports as bad. Some NICs also report this for UDP without a
 * checksum.
 */
static __rte_always_inline uint64_t
rx_bad_l4(uint32_t info, const struct sl_desc_format *f)
{
	const uint32_t mask = SL_PREP(SL_RXD_INFO_PTYPE, SL_RXD_PTYPE_L2 | SL_RXD_PTYPE_UDP);

	if (f->rx_udp_unsure && (info & mask) == SL_PREP(SL_RXD_INFO_PTYPE, SL_RXD_PTYPE_UDP))
		return RTE_MBUF_F_RX_L4_CKSUM_UNKNOWN;
	return RTE_MBUF_F_RX_L4_CKSUM_BAD;
}

static __rte_always_inline uint64_t
rx_checksum_flags(uint32_t info, uint32_t status, const struct sl_desc_format *f)
{
	uint64_t flags = 0;

	if ((status & SL_RXD_STAT_IPCS) != 0)
		flags |= (status & f->rx_bad_ip) != 0 ? RTE_MBUF_F_RX_IP_CKSUM_BAD :
							RTE_MBUF_F_RX_IP_CKSUM_GOOD;
	if ((status & f->rx_l4_seen) != 0)
		flags |= (status & f->rx_bad_l4) != 0 ? rx_bad_l4(info, f) :
							RTE_MBUF_F_RX_L4_CKSUM_GOOD;
	return flags;
}

static __rte_always_inline bool
rx_has_hash(uint32_t info, const struct sl_desc_format *f)
{
	const uint32_t type = SL_GET(SL_RXD_INFO_RSSTYPE, info);

	return type != SL_RSS_NONE && type != f->rx_no_hash;
}

/* ol_flags of a frame, from the descriptor that ends it. */
static __rte_always_inline uint64_t
rx_flags(
	const struct sl_rx_queue *q, uint32_t info, uint32_t status, const struct sl_desc_format *f)
{
	uint64_t flags = q->mbuf_flags | rx_checksum_flags(info, status, f);

	/*
	 * The tag was stripped when the frame arrived, even if stripping has been disabled since
	 * then.
	 */
	if ((status & SL_RXD_STAT_VP) != 0)
		flags |= q->vlan_flags;
	if (rx_has_hash(info, f))
		flags |= RTE_MBUF_F_RX_RSS_HASH;
	return flags;
}

/*
 * Flags, packet type, VLAN tag and hash of a frame, from its last descriptor. @wb is that
 * descriptor's second 8 bytes, already fetched.
 */
static __rte_always_inline void
rx_fill_offload(const struct sl_rx_queue *q, struct rte_mbuf *m, const volatile union sl_rx_desc *d,
	uint64_t wb, const struct sl_desc_format *f)
{
	const uint64_t qw0 = d->qw[0];
	const uint32_t info = (uint32_t)qw0;

	m->ol_flags = rx_flags(q, info, rx_status(wb), f);
	m->packet_type = rx_ptype(q, info);
	m->vlan_tci = rx_vlan(wb);
	m->hash.rss = (uint32_t)(qw0 >> 32);
}

/* Write data_off, refcnt, nb_segs and port with one store. */
static __rte_always_inline void
rx_rearm(const struct sl_rx_queue *q, struct rte_mbuf *m)
{
	memcpy(&m->rearm_data, &q->mbuf_init, sizeof(q->mbuf_init));
}

static __rte_always_inline void
rx_fill(const struct sl_rx_queue *q, struct rte_mbuf *m, const volatile union sl_rx_desc *d,
	uint64_t wb, uint32_t length, const bool offload, const struct sl_desc_format *f)
{
	rx_rearm(q, m);
	m->data_len = (uint16_t)length;
	m->pkt_len = length;
	if (offload) {
		rx_fill_offload(q, m, d, wb, f);
	} else {
		m->ol_flags = q->mbuf_flags;
		m->packet_type = RTE_PTYPE_UNKNOWN;
	}
}

/*
 * Reason for dropping a frame. It is not a pointer to the counter, because a prover would assume
 * that such a pointer can point anywhere in the queue.
 */
enum rx_refusal {
	RX_ERRORS,
	RX_BAD_LENGTH,
	RX_BAD_CHAIN,
	RX_UNEXPECTED_SEG,
};

/* Count a dropped frame. Values that a working NIC never writes also count for sl_bad_value(). */
static void
rx_count(struct sl_rx_queue *q, enum rx_refusal why)
{
	const char *what;

	if (why == RX_ERRORS) {
		q->n.errors++;
		return;
	}
	if (why == RX_BAD_LENGTH) {
		q->n.bad_length++;
		what = "bad_length";
	} else if (why == RX_BAD_CHAIN) {
		q->n.bad_chain++;
		what = "bad_chain";
	} else {
		q->n.unexpected_seg++;
		what = "unexpected_seg";
	}
	sl_bad_value(q->port, "rx", q->queue_id, what);
}

/* Drop the frame that is being assembled and the current buffer. Skip the rest of the frame. */
static __rte_noinline void
rx_give_up(struct sl_rx_queue *q, struct rte_mbuf *m, uint64_t wb, enum rx_refusal why)
{
	if (!q->discard)
		rx_count(q, why);
	rte_mbuf_raw_free(m);
	rte_pktmbuf_free(q->first_seg);
	q->first_seg = NULL;
	q->last_seg = NULL;
	q->discard = (rx_status(wb) & SL_RXD_STAT_EOP) == 0;
}

/* Drop a frame of one descriptor. The descriptor determines the reason. */
static __rte_noinline void
rx_give_up_single(struct sl_rx_queue *q, struct rte_mbuf *m, uint64_t wb)
{
	enum rx_refusal why = RX_BAD_LENGTH;

	if ((rx_status(wb) & SL_RXD_STAT_EOP) == 0)
		why = RX_UNEXPECTED_SEG;
	else if ((rx_status(wb) & q->end_mask) != SL_RXD_STAT_EOP)
		why = RX_ERRORS;
	rx_give_up(q, m, wb, why);
}

/* Receive frames of one descriptor each. */
static __rte_always_inline unsigned int
rx_take_single(struct sl_rx_queue *q, unsigned int n, struct rte_mbuf **pkts,
	const enum sl_coherency mode, const bool offload, const struct sl_desc_format *f)
{
	struct rte_mbuf **sw = &q->sw_ring[q->next_to_clean];
	const volatile union sl_rx_desc *d = rx_source(q, mode);
	const uint32_t crc = q->crc_len;
	const uint32_t room = q->buf_len - crc;
	bool discard = q->discard;
	unsigned int taken = 0;
	uint64_t bytes = 0;
	unsigned int i;

	for (i = 0; i < n; i++) {
		const uint64_t wb = d[i].qw[1];
		const uint32_t length = rx_length(wb) - crc;
		struct rte_mbuf *m = sw[i];

		/* length - 1 wraps for an empty frame, and for one shorter than the FCS */
		if (unlikely(rx_is_spoilt(wb, f) || (SL_BOUNDS && length - 1 >= room) || discard)) {
			rx_give_up_single(q, m, wb);
			discard = q->discard;
			continue;
		}
		rx_fill(q, m, &d[i], wb, length, offload, f);
		bytes += length;
		pkts[taken++] = m;
	}
	q->n.packets += taken;
	q->n.bytes += bytes;
	return taken;
}

/* Remove the FCS from a frame's end; segments that held only FCS bytes are freed. */
static void
rx_trim_crc(struct rte_mbuf *first, uint32_t crc)
{
	const uint32_t keep = first->pkt_len - crc;
	struct rte_mbuf *m = first;
	uint32_t seen = m->data_len;

	first->nb_segs = 1;
	while (seen < keep) {
		m = m->next;
		seen += m->data_len;
		first->nb_segs++;
	}
	m->data_len -= (uint16_t)(seen - keep);
	first->pkt_len = keep;
	rte_pktmbuf_free(m->next);
	m->next = NULL;
}

/* Append a segment to the frame that is being assembled. */
static __rte_always_inline void
rx_append(struct sl_rx_queue *q, struct rte_mbuf *m, uint32_t length)
{
	rx_rearm(q, m);
	m->data_len = (uint16_t)length;
	m->ol_flags = q->mbuf_flags;
	if (q->first_seg == NULL) {
		m->pkt_len = length;
		q->first_seg = m;
	} else {
		q->first_seg->pkt_len += length;
		q->first_seg->nb_segs++;
		q->last_seg->next = m;
	}
	q->last_seg = m;
}

/*
 * True if one more segment can be added to the frame that is being assembled. Only a full buffer
 * may be followed by another: otherwise a lost EOP would join two frames.
 */
static inline bool
rx_chain_fits(const struct sl_rx_queue *q, uint32_t length, bool last)
{
	const struct rte_mbuf *first = q->first_seg;

	if (!last && length != q->buf_len)
		return false;
	if (first == NULL)
		return length <= q->max_frame;
	return first->nb_segs < SL_RX_MAX_SEGS && first->pkt_len + length <= q->max_frame;
}

/* Drop a complete frame. */
static __rte_noinline void
rx_spoilt(struct sl_rx_queue *q, struct rte_mbuf *first, enum rx_refusal why)
{
	rx_count(q, why);
	rte_pktmbuf_free(first);
}

/* The assembled frame, or NULL if its last descriptor shows an error. */
static __rte_always_inline struct rte_mbuf *
rx_finish(struct sl_rx_queue *q, const volatile union sl_rx_desc *d, uint64_t wb,
	const bool offload, const struct sl_desc_format *f)
{
	struct rte_mbuf *first = q->first_seg;

	q->first_seg = NULL;
	q->last_seg = NULL;
	if (unlikely((rx_status(wb) & f->rx_damaged) != 0)) {
		rx_spoilt(q, first, RX_ERRORS);
		return NULL;
	}
	if (unlikely(first->pkt_len <= q->crc_len)) {
		rx_spoilt(q, first, RX_BAD_LENGTH);
		return NULL;
	}
	if (q->crc_len != 0)
		rx_trim_crc(first, q->crc_len);
	if (offload)
		rx_fill_offload(q, first, d, wb, f);
	else
		first->packet_type = RTE_PTYPE_UNKNOWN;
	return first;
}

/* Receive frames of one or more descriptors. A frame may continue in the next burst. */
static __rte_always_inline unsigned int
rx_take_scattered(struct sl_rx_queue *q, unsigned int n, struct rte_mbuf **pkts,
	const enum sl_coherency mode, const bool offload, const struct sl_desc_format *f)
{
	struct rte_mbuf **sw = &q->sw_ring[q->next_to_clean];
	const volatile union sl_rx_desc *d = rx_source(q, mode);
	unsigned int taken = 0;
	uint64_t bytes = 0;
	unsigned int i;

	for (i = 0; i < n; i++) {
		const uint64_t wb = d[i].qw[1];
		const bool last = (rx_status(wb) & SL_RXD_STAT_EOP) != 0;
		const uint32_t length = rx_length(wb);
		struct rte_mbuf *m = sw[i];

		if (unlikely(length - 1 >= q->buf_len || q->discard)) {
			rx_give_up(q, m, wb, RX_BAD_LENGTH);
			continue;
		}
		if (unlikely(!rx_chain_fits(q, length, last))) {
			rx_give_up(q, m, wb, RX_BAD_CHAIN);
			continue;
		}
		rx_append(q, m, length);
		if (!last)
			continue;
		m = rx_finish(q, &d[i], wb, offload, f);
		if (unlikely(m == NULL))
			continue;
		bytes += m->pkt_len;
		pkts[taken++] = m;
	}
	q->n.packets += taken;
	q->n.bytes += bytes;
	return taken;
}

#if SL_SIMD > 0

/* Shuffle from the fields of a write-back to the lane of an mbuf from packet_type to hash.rss. */
#define RX_FIELDS \
	{ \
		SL_VEC_ZERO, SL_VEC_ZERO, SL_VEC_ZERO, SL_VEC_ZERO, RX_LENGTH, RX_LENGTH + 1, \
			SL_VEC_ZERO, SL_VEC_ZERO, RX_LENGTH, RX_LENGTH + 1, RX_VLAN, RX_VLAN + 1, \
			RX_RSS, RX_RSS + 1, RX_RSS + 2, RX_RSS + 3 \
	}
#define RX_LENGTH offsetof(union sl_rx_desc, wb.length)
#define RX_VLAN offsetof(union sl_rx_desc, wb.vlan)
#define RX_RSS offsetof(union sl_rx_desc, wb.rss)
_Static_assert(offsetof(struct rte_mbuf, ol_flags) - offsetof(struct rte_mbuf, rearm_data) == 8 &&
		offsetof(struct rte_mbuf, rearm_data) % sizeof(sl_lane) == 0,
	"one lane has rearm_data and ol_flags");
_Static_assert(offsetof(struct rte_mbuf, packet_type) % sizeof(sl_lane) == 0 &&
		offsetof(struct rte_mbuf, pkt_len) - offsetof(struct rte_mbuf, packet_type) == 4 &&
		offsetof(struct rte_mbuf, data_len) - offsetof(struct rte_mbuf, packet_type) == 8 &&
		offsetof(struct rte_mbuf, vlan_tci) - offsetof(struct rte_mbuf, packet_type) ==
			10 &&
		offsetof(struct rte_mbuf, hash.rss) - offsetof(struct rte_mbuf, packet_type) == 12,
	"the next lane has packet_type, pkt_len, data_len, vlan_tci and hash.rss");

/* Limits with which a quad's descriptors are compared. */
struct rx_limits {
	sl_vec64 ends, end_mask; /* status: done, whole frame, no error */
	sl_vec64 below, room;	 /* length in 16 bits: length - below must not exceed room */
	sl_vec64 crc;		 /* subtracted from pkt_len and data_len */
};

static __rte_always_inline struct rx_limits
rx_limits(const struct sl_rx_queue *q, const struct sl_desc_format *f)
{
	const uint64_t ok = SL_RXD_STAT_DD | SL_RXD_STAT_EOP;
	const uint64_t looked_at = ok | f->rx_damaged;
	const uint64_t any = UINT64_MAX, crc = q->crc_len;
	/* Bit position of the length in the second 8 bytes of a write-back. */
	const unsigned int at = 8 * (RX_LENGTH - sizeof(uint64_t));
	const uint64_t room = any ^ ((uint64_t)UINT16_MAX << at) ^ ((q->buf_len - crc - 1) << at);
	/*
	 * Where each 8-byte word is loaded separately, a lane has the second words of two
	 * descriptors.
	 */
	const bool pairs = !SL_LANE_IS_ATOMIC;

	return (struct rx_limits){
		.ends = sl_vec_each((sl_lane){pairs ? ok : 0, ok}),
		.end_mask = sl_vec_each((sl_lane){pairs ? looked_at : 0, looked_at}),
		.below = sl_vec_each((sl_lane){pairs ? (crc + 1) << at : 0, (crc + 1) << at}),
		.room = sl_vec_each((sl_lane){pairs ? room : any, room}),
		.crc = sl_vec_each((sl_lane){crc << 32, crc}),
	};
}

/*
 * Not 0: a descriptor is not done, or is not a complete frame without errors that fits
 * its buffer.
 */
static __rte_always_inline sl_vec64
rx_amiss(sl_vec64 d, const struct rx_limits *l)
{
	const sl_vec64 length = (sl_vec64)((sl_vec16)d - (sl_vec16)l->below);
	sl_vec64 amiss = (d ^ l->ends) & l->end_mask;

	if (SL_BOUNDS)
		amiss |= sl_vec_above16(length, l->room);
	return amiss;
}

/* Bits of a write-back that determine ol_flags and packet_type. */
#define RX_KIND_INFO (SL_RXD_INFO_RSSTYPE | SL_RXD_INFO_PTYPE)
#define RX_KIND_STATUS(f) \
	(SL_RXD_STAT_VP | SL_RXD_STAT_IPCS | (f)->rx_l4_seen | (f)->rx_bad_ip | (f)->rx_bad_l4)

/* The memo as vectors. */
struct rx_kind {
	sl_vec64 wb;	       /* the memo's write-back */
	sl_lane first, second; /* rearm_data and ol_flags; packet_type */
};

static __rte_always_inline struct rx_kind
rx_kind(const struct sl_rx_queue *q, const struct sl_rx_memo *memo, const bool offload)
{
	if (!offload)
		return (struct rx_kind){.first = {q->mbuf_init, q->mbuf_flags}};
	return (struct rx_kind){
		.wb = sl_vec_each((sl_lane){memo->wb[0], memo->wb[1]}),
		.first = {q->mbuf_init, memo->flags},
		.second = {memo->ptype, 0},
	};
}

/* Make a memo from a fetched descriptor. */
static __rte_always_inline struct sl_rx_memo
rx_memo(const struct sl_rx_queue *q, sl_lane wb, const struct sl_desc_format *f)
{
	const uint32_t info = (uint32_t)wb[0];

	return (struct sl_rx_memo){
		.wb = {wb[0], wb[1]},
		.flags = rx_flags(q, info, rx_status(wb[1]), f),
		.ptype = rx_ptype(q, info),
	};
}

/* True if all descriptors of a quad match the memo. */
static __rte_always_inline bool
rx_is_kind(const struct rx_kind *kind, const sl_vec64 *wb, const struct sl_desc_format *f)
{
	const sl_vec64 mask = sl_vec_each((sl_lane){RX_KIND_INFO, RX_KIND_STATUS(f)});
	sl_vec64 differs = {0};
	unsigned int p;

	for (p = 0; p < SL_QUAD_VECS; p++)
		differs |= (wb[p] ^ kind->wb) & mask;
	return !sl_vec_any(differs);
}

/*
 * Fill SL_VEC_LANES mbufs. @each: compute flags and type for each mbuf, as they differ. @return the
 * fields written from packet_type on.
 */
static __rte_always_inline sl_vec64
rx_fill_vec(const struct sl_rx_queue *q, struct rte_mbuf *const *sw, sl_vec64 wb,
	const struct rx_limits *l, const struct rx_kind *kind, const bool each,
	const struct sl_desc_format *f)
{
	const sl_vec64 fields =
		sl_vec_shuffle(wb, sl_vec_each((sl_lane)(sl_lane8)RX_FIELDS)) - l->crc;
	unsigned int k;

	for (k = 0; k < SL_VEC_LANES; k++) {
		struct rx_kind own = *kind;
		struct rte_mbuf *m = sw[k];

		if (each) {
			const struct sl_rx_memo memo = rx_memo(q, sl_vec_lane(wb, k), f);

			own = rx_kind(q, &memo, true);
		}
		sl_lane_store(&m->rearm_data, own.first);
		sl_lane_store(&m->packet_type, sl_vec_lane(fields, k) | own.second);
	}
	return fields;
}

/* Fill the mbufs of a quad. @return the lengths, in the upper half of each first word. */
static __rte_always_inline sl_vec64
rx_fill_quad(const struct sl_rx_queue *q, struct rte_mbuf *const *sw, const sl_vec64 *wb,
	const struct rx_limits *l, const struct rx_kind *kind, const bool each,
	const struct sl_desc_format *f)
{
	sl_vec64 lengths = {0};
	unsigned int p;

	for (p = 0; p < SL_QUAD_VECS; p++)
		lengths += rx_fill_vec(q, &sw[p * SL_VEC_LANES], wb[p], l, kind, each, f);
	return lengths;
}

#if SL_LANE_IS_ATOMIC

/*
 * Load a quad's write-backs, one load each. @return not 0: they are not four complete
 * frames without errors.
 */
static __rte_always_inline sl_vec64
rx_load_quad(const volatile union sl_rx_desc *d, sl_vec64 *wb, const struct rx_limits *l)
{
	sl_vec64 amiss = {0};
	unsigned int p, k;

	for (p = 0; p < SL_QUAD_VECS; p++) {
		sl_lane lane[SL_VEC_LANES];

		for (k = 0; k < SL_VEC_LANES; k++)
			lane[k] = sl_lane_load(&d[p * SL_VEC_LANES + k]);
		wb[p] = sl_vec_join(lane);
		amiss |= rx_amiss(wb[p], l);
	}
	return amiss;
}

#else

/*
 * Load a quad's write-backs, each 8-byte word once: first the second words, which have all fields
 * that are checked, then the first words. @return not 0: they are not four complete frames without
 * errors.
 */
static __rte_always_inline sl_vec64
rx_load_quad(const volatile union sl_rx_desc *d, sl_vec64 *wb, const struct rx_limits *l)
{
	const sl_vec64 low = {d[0].qw[1], d[1].qw[1]}, high = {d[2].qw[1], d[3].qw[1]};
	const sl_vec64 amiss = rx_amiss(low, l) | rx_amiss(high, l);

	if (sl_vec_any(amiss))
		return amiss;
	/* R3: DD is read before the other word of its descriptor. */
	sl_acquire();
	wb[0] = (sl_vec64){d[0].qw[0], low[0]};
	wb[1] = (sl_vec64){d[1].qw[0], low[1]};
	wb[2] = (sl_vec64){d[2].qw[0], high[0]};
	wb[3] = (sl_vec64){d[3].qw[0], high[1]};
	return amiss;
}

#endif

/*
 * Receive quads from the next @limit descriptors while each is done and a complete frame without
 * errors. These descriptors are posted and do not wrap. @limit is at least a quad.
 */
static __rte_always_inline unsigned int
rx_take_quads(struct sl_rx_queue *q, struct rte_mbuf **pkts, unsigned int limit,
	const enum sl_coherency mode, const bool offload, const struct sl_desc_format *f)
{
	struct rte_mbuf *const *sw = &q->sw_ring[q->next_to_clean];
	const volatile union sl_rx_desc *d = rx_source(q, mode);
	const struct rx_limits l = rx_limits(q, f);
	struct rx_kind kind = rx_kind(q, &q->memo, offload);
	sl_vec64 wb[SL_QUAD_VECS], bytes = {0};
	unsigned int i;

	if (unlikely(q->discard))
		return 0;
	for (i = 0; i + SL_QUAD <= limit; i += SL_QUAD) {
		bool each = false;

		if (unlikely(sl_vec_any(rx_load_quad(&d[i], wb, &l))))
			break;
		if (offload && !rx_is_kind(&kind, wb, f)) {
			q->memo = rx_memo(q, sl_vec_lane(wb[0], 0), f);
			kind = rx_kind(q, &q->memo, true);
			each = !rx_is_kind(&kind, wb, f);
		}
		if (each)
			bytes += rx_fill_quad(q, &sw[i], wb, &l, &kind, true, f);
		else
			bytes += rx_fill_quad(q, &sw[i], wb, &l, &kind, false, f);
		memcpy(&pkts[i], &sw[i], SL_QUAD * sizeof(pkts[0]));
	}
	/* R3: DD is read before the payload. */
	sl_acquire();
	q->n.packets += i;
	q->n.bytes += sl_vec_sum(bytes, 0) >> 32;
	return i;
}

#else

static __rte_always_inline unsigned int
rx_take_quads(struct sl_rx_queue *q __rte_unused, struct rte_mbuf **pkts __rte_unused,
	unsigned int limit __rte_unused, const enum sl_coherency mode __rte_unused,
	const bool offload __rte_unused, const struct sl_desc_format *f __rte_unused)
{
	return 0;
}

#endif

static __rte_always_inline void
rx_advance(struct sl_rx_queue *q, unsigned int n, const enum sl_coherency mode)
{
	q->nb_hold += n;
	q->next_to_clean += n;
	if (q->next_to_clean == q->nb_desc)
		q->next_to_clean = 0;
	if (mode != SL_COHERENCY_COHERENT)
		q->ready -= n;
}

/* Receive frames from @n done descriptors. */
static __rte_always_inline unsigned int
rx_take(struct sl_rx_queue *q, unsigned int n, struct rte_mbuf **pkts, const enum sl_coherency mode,
	const bool scatter, const bool offload, const struct sl_desc_format *f)
{
	unsigned int quads = 0, taken;

	if (scatter) {
		taken = rx_take_scattered(q, n, pkts, mode, offload, f);
		rx_advance(q, n, mode);
		return taken;
	}
	/* In coherent mode rx_burst() has already received the quads. */
	if (mode != SL_COHERENCY_COHERENT && n >= SL_QUAD) {
		quads = rx_take_quads(q, pkts, n, mode, offload, f);
		rx_advance(q, quads, mode);
	}
	taken = rx_take_single(q, n - quads, pkts + quads, mode, offload, f);
	rx_advance(q, n - quads, mode);
	return quads + taken;
}

static __rte_always_inline uint16_t
rx_burst(struct sl_rx_queue *q, struct rte_mbuf **pkts, uint16_t n, const enum sl_coherency mode,
	const bool scatter, const bool offload, const struct sl_desc_format *f)
{
	unsigned int taken = 0;
	unsigned int most, want, done;

	do {
		/* Stop at the ring's end and at the last posted descriptor. */
		most = RTE_MIN((unsigned int)q->nb_desc - q->nb_hold,
			(unsigned int)q->nb_desc - q->next_to_clean);
		want = RTE_MIN(most, n - taken);
		if (unlikely(want == 0))
			break;
		if (mode == SL_COHERENCY_COHERENT && !scatter && want >= SL_QUAD) {
			done = rx_take_quads(q, &pkts[taken], want, mode, offload, f);
			rx_advance(q, done, mode);
			taken += done;
			want -= done;
			if (want == 0)
				continue;
		}
		done = rx_ready(q, want, most, mode);
		if (done == 0) {
			if (unlikely(++q->idle % SL_STALL_POLLS == 0))
				sl_stall_rx_check(q);
			break;
		}
		taken += rx_take(q, done, &pkts[taken], mode, scatter, offload, f);
		want -= done;
	} while (want == 0 && taken < n);

	if (q->nb_hold >= q->refill_at)
		rx_refill(q, mode);
	return (uint16_t)taken;
}

/* --- paths --- */

/*
 * Each use defines one burst function, such as sl_rx_avx2_coherent_offload(): SL_ISA, then the
 * path's name from paths.def. All supported NICs report received frames by DD.
 */
#define RX_PATH(isa, label, bits, what, words, mode, can, completion, format) \
	_Static_assert(SL_COMPLETION_##completion == SL_COMPLETION_DD, "rx_burst() looks at DD"); \
	uint16_t SL_PATH_NAME(rx, isa, what)(void *rxq, struct rte_mbuf **pkts, uint16_t n) \
	{ \
		return rx_burst(rxq, pkts, n, SL_COHERENCY_##mode, ((can)&SL_CAN_SCATTER) != 0, \
			((can)&SL_CAN_OFFLOAD) != 0, &sl_format_of_##format); \
	}

SL_RX_PATHS(RX_PATH, SL_ISA, , SL_SIMD)
#if SL_SIMD == 0
SL_RX_PATHS_SCALAR(RX_PATH, SL_ISA, , SL_SIMD)
#endif
