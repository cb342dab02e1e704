/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */

/*
 * gen's sink: recognises and checks frames of gen wires, and counts them as
 * received, lost, duplicate, late and so on. The generator is in wire_gen_tx.c.
 */

#include <string.h>

#include "wire_bytes.h"
#include "wire_clock.h"
#include "wire_gen.h"

enum verdict { FOREIGN, CORRUPT, INTACT };

/* Eight bytes in memory order: a ones' complement sum is the same in either byte order. */
static inline uint64_t
raw64(const uint8_t *p)
{
	uint64_t v;

	memcpy(&v, p, sizeof(v));
	return v;
}

static inline uint16_t
raw16(const uint8_t *p)
{
	uint16_t v;

	memcpy(&v, p, sizeof(v));
	return v;
}

static inline uint32_t
raw32(const uint8_t *p)
{
	uint32_t v;

	memcpy(&v, p, sizeof(v));
	return v;
}

/* IPv4 header checksum: protects the stream's upper half, which the UDP checksum excludes. */
static inline bool
ip_checksum_ok(const uint8_t *p)
{
	return gen_fold(gen_sum64(raw64(p + GEN_OFF_IP)) + gen_sum64(raw64(p + GEN_OFF_IP_TTL)) +
		       raw32(p + GEN_OFF_IP_DST)) == UINT16_MAX;
}

/* UDP checksum over pseudo header, header, payload; the pattern was compared already. */
static inline bool
udp_checksum_ok(const uint8_t *p, uint32_t pattern_len)
{
	uint64_t sum;

	/* Addresses; ports, length, checksum; magic; stream, sequence; clock. */
	sum = gen_sum64(raw64(p + GEN_OFF_IP_SRC)) + gen_sum64(raw64(p + GEN_OFF_UDP)) +
		raw16(p + GEN_OFF_MAGIC) + gen_sum64(raw64(p + GEN_OFF_SEQ)) +
		gen_sum64(raw64(p + GEN_OFF_CLOCK));
	sum += raw16(p + GEN_OFF_UDP_LEN) + (uint64_t)htobe16(GEN_PROTO_UDP) +
		htobe16((uint16_t)gen_fold(gen_pattern_sum(pattern_len)));
	return raw16(p + GEN_OFF_UDP_SUM) != 0 && gen_fold(sum) == UINT16_MAX;
}

/* Find out if the frame is from a generator and intact. @p len is at least 60: no bounds checks. */
static inline enum verdict
judge(const struct gen_wire *g, const uint8_t *p, uint32_t len)
{
	const uint32_t pattern_len = len - GEN_OFF_PATTERN;

	if (wire_get16(p + GEN_OFF_TYPE) != GEN_TYPE_IPV4 || p[GEN_OFF_IP] != GEN_IPV4_HEAD ||
		p[GEN_OFF_IP_PROTO] != GEN_PROTO_UDP ||
		wire_get16(p + GEN_OFF_UDP_DPORT) != GEN_DPORT ||
		wire_get16(p + GEN_OFF_MAGIC) != GEN_MAGIC)
		return FOREIGN;
	if (wire_get16(p + GEN_OFF_IP_LEN) != len - GEN_OFF_IP ||
		wire_get16(p + GEN_OFF_UDP_LEN) != len - GEN_OFF_UDP ||
		/* The shortest frame has no pattern: skip the call. */
		(pattern_len != 0 && memcmp(p + GEN_OFF_PATTERN, g->pattern, pattern_len) != 0) ||
		!ip_checksum_ok(p) || !udp_checksum_ok(p, pattern_len))
		return CORRUPT;
	return INTACT;
}

/* Begin a stream in a free entry, or in the entry of the least recently used stream. */
static struct gen_stream *
stream_new(struct gen_rx *rx, uint32_t key, uint64_t seq)
{
	struct gen_stream *s, *best = &rx->stream[0];
	/* Count from 0, unless this number is beyond the window: then the sink started later. */
	const uint64_t base = seq < GEN_WINDOW ? 0 : seq;

	for (s = rx->stream; s < rx->stream + GEN_STREAMS; s++) {
		if (!s->used) {
			best = s;
			break;
		}
		if (s->last_use < best->last_use)
			best = s;
	}
	memset(best->seen, 0, sizeof(best->seen));
	wire_count_set(&best->base, base);
	wire_count_set(&best->next, base);
	wire_count_set(&best->received, 0);
	atomic_store_explicit(&best->key, key, memory_order_relaxed);
	atomic_store_explicit(&best->used, true, memory_order_relaxed);
	wire_count_add(&rx->streams, 1);
	return best;
}

static struct gen_stream *
stream_find(struct gen_rx *rx, uint32_t key, uint64_t seq)
{
	struct gen_stream *s;

	for (s = rx->stream; s < rx->stream + GEN_STREAMS; s++) {
		if (s->used && s->key == key)
			break;
	}
	if (s == rx->stream + GEN_STREAMS)
		s = stream_new(rx, key, seq);
	s->last_use = ++rx->use;
	rx->last = s;
	return s;
}

/* Sequence numbers [from, to) were not received: count them as lost until they are. */
static void
skip(struct gen_rx *rx, struct gen_stream *s, uint64_t from, uint64_t to)
{
	wire_count_add(&rx->lost, to - from);
	if (to - from >= GEN_WINDOW) {
		memset(s->seen, 0, sizeof(s->seen));
		return;
	}
	for (; from < to; from++)
		s->seen[from % GEN_WINDOW / 64] &= ~(UINT64_C(1) << from % 64);
}

/* Count an intact frame; true if its sequence number is received for the first time. */
static inline bool
account(struct gen_rx *rx, struct gen_stream *s, uint64_t seq)
{
	uint64_t *word = &s->seen[seq % GEN_WINDOW / 64];
	const uint64_t bit = UINT64_C(1) << seq % 64;
	const uint64_t next = wire_count_get(&s->next);

	if (seq >= next) {
		if (seq > next)
			skip(rx, s, next, seq);
		wire_count_set(&s->next, seq + 1);
	} else if (seq < wire_count_get(&s->base)) {
		wire_count_add(&rx->stale, 1);
		return false;
	} else if (next - seq > GEN_WINDOW) {
		wire_count_add(&rx->late, 1);
		return false;
	} else if ((*word & bit) != 0) {
		wire_count_add(&rx->duplicate, 1);
		return false;
	} else {
		wire_count_add(&rx->reordered, 1);
		wire_count_set(&rx->lost, wire_count_get(&rx->lost) - 1);
	}
	*word |= bit;
	wire_count_add(&s->received, 1);
	return true;
}

/*
 * True for a frame that was in flight when the sink was cleared, according to its send
 * time. A frame of another machine does not match, because its clock differs by more
 * than a minute.
 */
static inline bool
was_under_way(const struct gen_wire *g, uint64_t sent)
{
	const uint64_t age = g->now.run.clear_at - sent;

	return age - 1 < g->under_way;
}

/* Count a stale frame. Lower sequence numbers and duplicates of it are stale too. */
static void
pass_by(struct gen_rx *rx, struct gen_stream *s, uint64_t seq)
{
	wire_count_add(&rx->stale, 1);
	if (seq < wire_count_get(&s->next))
		return;
	wire_count_set(&s->next, seq + 1);
	wire_count_set(&s->base, seq + 1);
}

static void
flush_latency(struct gen_rx *rx)
{
	if (rx->lat_run > 0)
		wire_hist_add(&rx->hist, rx->lat, rx->lat_run);
	rx->lat_run = 0;
}

/* Frames of one burst often have equal latencies: add them to the histogram in one step. */
static inline void
add_latency(struct gen_rx *rx, uint64_t lat)
{
	if (lat != rx->lat) {
		flush_latency(rx);
		rx->lat = lat;
	}
	rx->lat_run++;
}

/* Process an intact frame. @p p: its bytes after a VLAN tag that was added in transit. */
static inline void
receive(struct gen_wire *g, const uint8_t *p, uint32_t len, uint64_t clock)
{
	struct gen_rx *rx = &g->rx;
	const uint64_t id = wire_get64(p + GEN_OFF_SEQ);
	const uint32_t key =
		(uint32_t)wire_get16(p + GEN_OFF_IP_ID) << 16 | (uint32_t)(id >> GEN_SEQ_BITS);
	const uint64_t sent = wire_get64(p + GEN_OFF_CLOCK);
	struct gen_stream *s = rx->last;

	if (s == NULL || s->key != key)
		s = stream_find(rx, key, id & GEN_SEQ_MASK);
	if (__builtin_expect(was_under_way(g, sent), 0)) {
		pass_by(rx, s, id & GEN_SEQ_MASK);
		return;
	}
	if (!account(rx, s, id & GEN_SEQ_MASK))
		return;
	wire_count_add(&rx->frames, 1);
	wire_count_add(&rx->bytes, len);
	/* Clocks of two CPUs may differ by a tick. */
	add_latency(rx, clock > sent ? clock - sent : 0);
}

void
gen_send(struct sl_wire *w, const struct sl_frame *frames, unsigned int n)
{
	struct gen_wire *g = (struct gen_wire *)w;
	struct gen_rx *rx = &g->rx;
	const uint64_t clock = wire_clock_now();
	unsigned int i;

	gen_sync(g);
	for (i = 0; i < n; i++) {
		const uint8_t *p = frames[i].data;
		uint32_t len = frames[i].len;
		enum verdict v = FOREIGN;

		/* Skip a VLAN tag that was added in transit. */
		if (len >= GEN_OFF_PATTERN && wire_get16(p + GEN_OFF_TYPE) == GEN_TYPE_VLAN) {
			p += GEN_VLAN_LEN;
			len -= GEN_VLAN_LEN;
		}
		if (len >= GEN_OFF_PATTERN && len <= WIRE_FRAME_MAX)
			v = judge(g, p, len);
		if (v == INTACT)
			receive(g, p, len, clock);
		else
			wire_count_add(v == CORRUPT ? &rx->corrupt : &rx->foreign, 1);
	}
	flush_latency(rx);
}
