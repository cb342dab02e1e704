/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */

/*
 * gen's generator: frames are prebuilt, and only fields that differ between
 * frames are stored when a frame is sent. The sink is in wire_gen_rx.c.
 */

#include <string.h>

#include "wire_bytes.h"
#include "wire_clock.h"
#include "wire_gen.h"

/* 198.18.0.0/15 is for benchmarks (RFC 2544): sources in one half, destination in the other. */
#define GEN_IP_SRC_HIGH 0xc612u
#define GEN_IP_DST_HIGH 0xc613u
#define GEN_IP_DST_LOW 1u
#define GEN_IP_DONT_FRAGMENT 0x4000u
#define GEN_IP_TTL 64u

void
gen_fill_pattern(uint8_t *p, size_t len)
{
	size_t i;

	for (i = 0; i < len; i++) {
		const uint32_t k = (uint32_t)(i / 4);
		const uint32_t word = (i % 4) < 2 ? k : ~k;

		p[i] = (uint8_t)(i % 2 == 0 ? word >> 8 : word);
	}
}

/* Build a frame of the current shape; the fields that differ between frames are zero. */
static void
build_frame(const struct gen_wire *g, uint8_t *p)
{
	const struct gen_config *c = &g->now;

	memset(p, 0, GEN_OFF_PATTERN);
	memcpy(p + GEN_OFF_DST, c->dst, sizeof(c->dst));
	memcpy(p + GEN_OFF_SRC, c->src, sizeof(c->src));
	wire_put16(p + GEN_OFF_TYPE, GEN_TYPE_IPV4);
	p[GEN_OFF_IP] = GEN_IPV4_HEAD;
	wire_put16(p + GEN_OFF_IP_ID, g->tx.key >> 16);
	wire_put16(p + GEN_OFF_IP_FRAG, GEN_IP_DONT_FRAGMENT);
	p[GEN_OFF_IP_TTL] = GEN_IP_TTL;
	p[GEN_OFF_IP_PROTO] = GEN_PROTO_UDP;
	wire_put16(p + GEN_OFF_IP_SRC, GEN_IP_SRC_HIGH);
	wire_put16(p + GEN_OFF_IP_DST, GEN_IP_DST_HIGH);
	wire_put16(p + GEN_OFF_IP_DST + 2, GEN_IP_DST_LOW);
	wire_put16(p + GEN_OFF_UDP_DPORT, GEN_DPORT);
	wire_put16(p + GEN_OFF_MAGIC, GEN_MAGIC);
	memcpy(p + GEN_OFF_PATTERN, g->pattern, c->len_max - GEN_OFF_PATTERN);
}

static uint32_t
sum_words(const uint8_t *p, size_t from, size_t to)
{
	uint32_t sum = 0;

	for (; from < to; from += 2)
		sum += wire_get16(p + from);
	return sum;
}

/* Prebuild frames for g->now. Device thread. */
static void
gen_tx_shape(struct gen_wire *g)
{
	const uint8_t *first = g->tx.slots;
	unsigned int i;

	for (i = 0; i < WIRE_BURST_MAX; i++)
		build_frame(g, g->tx.slots + (size_t)i * GEN_SLOT_BYTES);
	g->tx.ip_sum = sum_words(first, GEN_OFF_IP, GEN_OFF_UDP);
	g->tx.udp_sum = GEN_PROTO_UDP + sum_words(first, GEN_OFF_IP_SRC, GEN_OFF_PATTERN);
	g->tx.flow = 0;
	g->tx.imix_at = 0;
	g->tx.reshape = false;
	/* xorshift never leaves the state 0. */
	g->tx.random = g->now.seed != 0 ? g->now.seed : 1;
}

static uint32_t
next_len(struct gen_tx *tx, const struct gen_config *c)
{
	uint32_t len;

	switch (c->mix) {
	case GEN_MIX_RANGE:
		tx->random ^= tx->random << 13;
		tx->random ^= tx->random >> 7;
		tx->random ^= tx->random << 17;
		len = (uint32_t)(tx->random >> 32);
		/* Scale the random number to the range: a division would be slower. */
		return c->len_min +
			(uint32_t)(((uint64_t)len * (c->len_max - c->len_min + 1)) >> 32);
	case GEN_MIX_IMIX:
		len = gen_imix[tx->imix_at];
		tx->imix_at = tx->imix_at + 1 < GEN_IMIX_LEN ? tx->imix_at + 1 : 0;
		return len;
	case GEN_MIX_FIXED:
	default:
		return c->len_min;
	}
}

/* Set the fields of frame @p p: @p len, @p flow, @p id (stream and sequence), @p clock. */
static inline void
patch_frame(uint8_t *p, const struct gen_tx *tx, uint32_t len, uint32_t flow, uint64_t id,
	uint64_t clock)
{
	const uint32_t ip_len = len - GEN_OFF_IP;
	const uint32_t udp_len = len - GEN_OFF_UDP;
	const uint32_t sport = GEN_SPORT | (flow & GEN_SPORT_MASK);
	uint16_t sum;

	wire_put16(p + GEN_OFF_IP_LEN, ip_len);
	wire_put16(p + GEN_OFF_IP_SUM, (uint16_t)~gen_fold((uint64_t)tx->ip_sum + ip_len + flow));
	wire_put16(p + GEN_OFF_IP_SRC_FLOW, flow);
	wire_put16(p + GEN_OFF_UDP, sport);
	wire_put16(p + GEN_OFF_UDP_LEN, udp_len);
	wire_put64(p + GEN_OFF_SEQ, id);
	wire_put64(p + GEN_OFF_CLOCK, clock);
	/* The length is added twice: it is in the UDP header and in the pseudo header. */
	sum = (uint16_t)~gen_fold(tx->udp_sum + flow + sport + 2 * (uint64_t)udp_len +
		gen_sum64(id) + gen_sum64(clock) + gen_pattern_sum(len - GEN_OFF_PATTERN));
	/* 0 would mean "no checksum" (RFC 768). */
	wire_put16(p + GEN_OFF_UDP_SUM, sum != 0 ? sum : UINT16_MAX);
}

static void
fill(struct gen_wire *g, struct sl_frame *frames, unsigned int n, uint64_t clock)
{
	struct gen_tx *tx = &g->tx;
	const uint64_t stream = (uint64_t)(tx->key & UINT16_MAX) << GEN_SEQ_BITS;
	uint64_t seq = wire_count_get(&tx->seq), bytes = 0;
	unsigned int i;

	for (i = 0; i < n; i++) {
		uint8_t *p = tx->slots + (size_t)i * GEN_SLOT_BYTES;
		const uint32_t len = next_len(tx, &g->now);

		patch_frame(p, tx, len, tx->flow, stream | (seq & GEN_SEQ_MASK), clock);
		tx->flow = tx->flow + 1 < g->now.flows ? tx->flow + 1 : 0;
		seq++;
		bytes += len;
		frames[i].data = p;
		frames[i].len = len;
		frames[i].bad_fcs = false;
	}
	wire_count_set(&tx->seq, seq);
	wire_count_add(&tx->frames, n);
	wire_count_add(&tx->bytes, bytes);
}

/* Number of frames to send now, at most @p max. */
static unsigned int
due(struct gen_tx *tx, unsigned int max, unsigned int room, uint64_t clock)
{
	uint64_t n = room, skipped = 0;

	if (tx->pace.per_tick > 0) {
		n = wire_pace_due(&tx->pace, clock, &skipped);
		if (skipped > 0)
			wire_count_add(&tx->skipped, skipped);
	}
	if (n > tx->left)
		n = tx->left;
	return n < max ? (unsigned int)n : max;
}

unsigned int
gen_poll(struct sl_wire *w, struct sl_frame *frames, unsigned int max, unsigned int room)
{
	struct gen_wire *g = (struct gen_wire *)w;
	struct gen_tx *tx = &g->tx;
	uint64_t clock;
	unsigned int n;

	gen_sync(g);
	if (!atomic_load_explicit(&tx->running, memory_order_relaxed))
		return 0;
	if (__builtin_expect(tx->reshape, 0))
		gen_tx_shape(g);
	clock = wire_clock_now();
	n = due(tx, max < g->now.burst ? max : g->now.burst, room, clock);
	if (n == 0)
		return 0;
	fill(g, frames, n, clock);
	tx->pace.done += n;
	tx->left -= n;
	if (tx->left == 0)
		atomic_store_explicit(&tx->running, false, memory_order_relaxed);
	return n;
}
