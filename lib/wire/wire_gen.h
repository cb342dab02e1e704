/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */
#ifndef _WIRE_GEN_H_
#define _WIRE_GEN_H_

/**
 * @file
 * gen: generator and sink in one wire, in three files: control (wire_gen.c),
 * generator (wire_gen_tx.c), sink (wire_gen_rx.c).
 *
 * A generated frame, all numbers big-endian:
 *
 *    0  Ethernet        14 bytes
 *   14  IPv4            20; identification: upper half of the stream's id
 *   34  UDP              8; to port GEN_DPORT, with checksum
 *   42  magic            2
 *   44  stream, lower    2
 *   46  sequence         6; of the stream, from 0, without end
 *   52  clock            8; wire_clock_now() when it was offered to the NIC
 *   60  pattern          the rest: group k of four bytes is k, ~k (16 bits each)
 *
 * 60 bytes hold all of it. Whole groups of the pattern add nothing to a ones'
 * complement sum, so the checksum of a frame of any length costs the same.
 *
 * The sink counts each frame as exactly one of: received (the first with its
 * sequence number, in any order), duplicate, late (too far behind to tell
 * whether it is a duplicate), stale (sent before the last clear), corrupt (from
 * a generator, but with a wrong length, pattern or checksum), foreign (not from
 * a generator). So over all gen wires of a run, when no frame is on its way:
 * loss = sum of gen_tx_frames - sum of gen_rx_frames. gen_rx_lost is what one
 * sink sees by itself: gaps before the highest sequence number.
 */

#include "wire_hist.h"
#include "wire_pace.h"
#include "wire_priv.h"
#include "wire_run.h"

#define GEN_MAGIC 0x534cu /* "SL" */
#define GEN_DPORT 9u	  /* discard */
#define GEN_SPORT 49152u  /* and the 16383 after it, by flow */
#define GEN_SPORT_MASK 0x3fffu
#define GEN_FLOWS_MAX 65536u /* the lower half of the source address */

enum gen_offset {
	GEN_OFF_DST = 0,
	GEN_OFF_SRC = 6,
	GEN_OFF_TYPE = 12,
	GEN_OFF_IP = 14,
	GEN_OFF_IP_LEN = 16,
	GEN_OFF_IP_ID = 18,
	GEN_OFF_IP_FRAG = 20,
	GEN_OFF_IP_TTL = 22,
	GEN_OFF_IP_PROTO = 23,
	GEN_OFF_IP_SUM = 24,
	GEN_OFF_IP_SRC = 26,
	GEN_OFF_IP_SRC_FLOW = 28,
	GEN_OFF_IP_DST = 30,
	GEN_OFF_UDP = 34,
	GEN_OFF_UDP_DPORT = 36,
	GEN_OFF_UDP_LEN = 38,
	GEN_OFF_UDP_SUM = 40,
	GEN_OFF_MAGIC = 42,
	GEN_OFF_SEQ = 44, /* eight bytes: the stream's lower half and the sequence */
	GEN_OFF_CLOCK = 52,
	GEN_OFF_PATTERN = 60,
};

#define GEN_SEQ_BITS 48u
#define GEN_SEQ_MASK ((UINT64_C(1) << GEN_SEQ_BITS) - 1)
#define GEN_PROTO_UDP 17u
#define GEN_IPV4_HEAD 0x45u
#define GEN_TYPE_IPV4 0x0800u
#define GEN_TYPE_VLAN 0x8100u
#define GEN_VLAN_LEN 4u

/** Bytes from one prebuilt frame to the next: an odd number of lines, to use all cache sets. */
#define GEN_SLOT_BYTES (9728u + 64u)

enum gen_mix { GEN_MIX_FIXED, GEN_MIX_RANGE, GEN_MIX_IMIX };

/** What a user may set. */
struct gen_config {
	struct wire_run run;
	enum gen_mix mix;
	uint32_t len_min; /* bytes without FCS */
	uint32_t len_max;
	uint32_t flows;
	uint32_t burst;
	uint64_t count; /* frames a start; 0: until stopped */
	uint64_t seed;
	uint8_t dst[6];
	uint8_t src[6];
	uint32_t shape_no; /* counts changes of the frames' form */
};

/** Generator. Only the device thread uses it, except for the counters. */
struct gen_tx {
	uint8_t *slots;	  /* WIRE_BURST_MAX prebuilt frames */
	uint32_t key;	  /* the stream's id */
	uint32_t ip_sum;  /* sum of the IP header's words that do not change */
	uint32_t udp_sum; /* sum of those of pseudo header, UDP header and payload */
	uint32_t flow;
	uint32_t imix_at;
	uint64_t random;
	uint64_t left; /* frames until the generator stops by itself */
	struct wire_pace pace;
	wire_count_t seq; /* of the next frame */
	wire_count_t frames;
	wire_count_t bytes;
	wire_count_t skipped;
	_Atomic bool running;
	bool reshape; /* the next poll must rebuild the frames: the NIC may use the last ones until
			 then */
};

#define GEN_STREAMS 16u
/** Sequence numbers that the sink remembers: counts are exact for any reordering within. */
#define GEN_WINDOW 65536u

/** Frames sent at most so many seconds before a clear are taken for frames on their way. */
#define GEN_UNDER_WAY_S 60

/** What the sink knows of one generator. Written by the device thread. */
struct gen_stream {
	_Atomic uint32_t key;
	_Atomic bool used;
	uint64_t last_use;
	wire_count_t base; /* first sequence number that counts */
	wire_count_t next; /* highest seen, plus one */
	wire_count_t received;
	uint64_t seen[GEN_WINDOW /
		64]; /* bit seq % GEN_WINDOW: received; for [next - window, next) */
};

struct gen_rx {
	struct gen_stream *last; /* stream of the frame before */
	uint64_t use;		 /* counts changes of stream, to find the least recently used one */
	uint64_t lat;		 /* latency of the last lat_run frames, not yet in the histogram */
	uint64_t lat_run;
	wire_count_t frames;
	wire_count_t bytes;
	wire_count_t lost;
	wire_count_t reordered;
	wire_count_t duplicate;
	wire_count_t late;
	wire_count_t stale;
	wire_count_t corrupt;
	wire_count_t foreign;
	wire_count_t streams;
	struct wire_hist hist; /* latency in clock ticks */
	struct gen_stream stream[GEN_STREAMS];
};

struct gen_wire {
	struct sl_wire base;
	const uint8_t *pattern; /* the bytes of a frame from GEN_OFF_PATTERN on */
	double hz;		/* clock ticks a second */
	uint64_t under_way;	/* ticks of GEN_UNDER_WAY_S */
	struct gen_config now;	/* device thread's copy */
	struct gen_tx tx;
	struct gen_rx rx;

	/* Control's side. */
	struct wire_box box; /* guards want, and writes to now */
	struct gen_config want;
};

/** Carry out what control asked for. Device thread, with the box open. */
void
gen_apply(struct gen_wire *g);

/** Take new settings from control, if any; costs two loads when there are none. Device thread. */
static inline void
gen_sync(struct gen_wire *g)
{
	if (wire_box_open(&g->box)) {
		gen_apply(g);
		wire_box_close(&g->box);
	}
}

/** Prebuild frames for g->now. Device thread. */
void
gen_tx_shape(struct gen_wire *g);
/** Fill @p len bytes of pattern. */
void
gen_fill_pattern(uint8_t *p, size_t len);
/** Mean bytes of a frame. */
double
gen_mean_len(const struct gen_config *c);

unsigned int
gen_poll(struct sl_wire *w, struct sl_frame *frames, unsigned int max, unsigned int room);
void
gen_send(struct sl_wire *w, const struct sl_frame *frames, unsigned int n);
/** Zero the sink's figures; streams go on from their last sequence number. Device thread. */
void
gen_rx_clear(struct gen_rx *rx);

/** Ones' complement sum of the 32-bit halves, not yet folded. */
static inline uint64_t
gen_sum64(uint64_t v)
{
	return (v >> 32) + (v & UINT32_MAX);
}

static inline uint16_t
gen_fold(uint64_t sum)
{
	sum = (sum >> 32) + (sum & UINT32_MAX);
	sum = (sum >> 16) + (sum & UINT16_MAX);
	sum = (sum >> 16) + (sum & UINT16_MAX);
	sum = (sum >> 16) + (sum & UINT16_MAX);
	return (uint16_t)sum;
}

/** Sum of a pattern of @p len bytes: whole groups add nothing, an unfinished last group does. */
static inline uint32_t
gen_pattern_sum(uint32_t len)
{
	const uint32_t k = len / 4;
	const uint32_t inverse_high = (~k & 0xff00u);

	switch (len % 4) {
	case 1:
		return k & 0xff00u;
	case 2:
		return k;
	case 3:
		return k + inverse_high;
	default:
		return 0;
	}
}

#endif /* _WIRE_GEN_H_ */
