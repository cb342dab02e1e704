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
 *   44  stream           2; lower half of the stream's id
 *   46  sequence         6; sequence number in the stream, from 0, never reset
 *   52  clock            8; wire_clock_now() when the frame was offered to the NIC
 *   60  pattern          the rest: group k of four bytes is k, ~k (16 bits each)
 *
 * A frame of 60 bytes has all fields. Whole groups of the pattern add nothing to a
 * ones' complement sum, so the checksum costs the same for any length.
 *
 * The sink counts each frame as exactly one of: received (the first with its
 * sequence number, in any order), duplicate, late (too old to find out if it is
 * a duplicate), stale (sent before the last clear), corrupt (from a generator,
 * but with a wrong length, pattern or checksum), foreign (not from a generator).
 * So over all gen wires of a run, while no frame is in flight:
 * loss = sum of gen_tx_frames - sum of gen_rx_frames. gen_rx_lost is the loss
 * that one sink sees: gaps before the highest sequence number.
 */

#include "wire_hist.h"
#include "wire_pace.h"
#include "wire_priv.h"
#include "wire_run.h"

#define GEN_MAGIC 0x534cu /* "SL" */
#define GEN_DPORT 9u	  /* UDP discard */
#define GEN_SPORT 49152u  /* first of 16384 ports, by flow */
#define GEN_SPORT_MASK 0x3fffu
#define GEN_FLOWS_MAX 65536u /* a flow is the lower half of the source address */

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

/** Distance between prebuilt frames, bytes: an odd number of lines, to use all cache sets. */
#define GEN_SLOT_BYTES (9728u + 64u)

enum gen_mix { GEN_MIX_FIXED, GEN_MIX_RANGE, GEN_MIX_IMIX };

/** Settings of a user. */
struct gen_config {
	struct wire_run run;
	enum gen_mix mix;
	uint32_t len_min; /* bytes excluding FCS */
	uint32_t len_max;
	uint32_t flows;
	uint32_t burst;
	uint64_t count; /* frames per start; 0: until stopped */
	uint64_t seed;
	uint8_t dst[6];
	uint8_t src[6];
	uint32_t shape_no; /* number of changes that need rebuilt frames */
};

/** Generator. Only the device thread uses it, except for the counters. */
struct gen_tx {
	uint8_t *slots;	  /* WIRE_BURST_MAX prebuilt frames */
	uint32_t key;	  /* the stream's id */
	uint32_t ip_sum;  /* sum of the IP header's words that do not change */
	uint32_t udp_sum; /* sum of such words of pseudo header, UDP header and payload */
	uint32_t flow;
	uint32_t imix_at;
	uint64_t random;
	uint64_t left; /* frames until the generator stops automatically */
	struct wire_pace pace;
	wire_count_t seq; /* sequence number of the next frame */
	wire_count_t frames;
	wire_count_t bytes;
	wire_count_t skipped;
	_Atomic bool running;
	bool reshape; /* the next poll must rebuild the frames; until then the NIC may use the old
			 ones */
};

#define GEN_STREAMS 16u
/** Sequence numbers that the sink records: counts are exact for reordering within this window. */
#define GEN_WINDOW 65536u

/** Frames sent at most this many seconds before a clear are regarded as in flight. */
#define GEN_UNDER_WAY_S 60

/** The sink's state of one generator. Written by the device thread. */
struct gen_stream {
	_Atomic uint32_t key;
	_Atomic bool used;
	uint64_t last_use;
	wire_count_t base; /* first sequence number that is counted */
	wire_count_t next; /* highest received sequence number, plus one */
	wire_count_t received;
	uint64_t seen[GEN_WINDOW /
		64]; /* bit seq % GEN_WINDOW: received; for [next - window, next) */
};

struct gen_rx {
	struct gen_stream *last; /* stream of the previous frame */
	uint64_t use; /* number of stream changes, to find the least recently used stream */
	uint64_t lat; /* latency that the last lat_run frames have, not yet in the histogram */
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
	const uint8_t *pattern; /* bytes of a frame from GEN_OFF_PATTERN on */
	double hz;		/* clock ticks per second */
	uint64_t under_way;	/* GEN_UNDER_WAY_S in ticks */
	struct gen_config now;	/* device thread's copy */
	struct gen_tx tx;
	struct gen_rx rx;

	/* Used by control threads. */
	struct wire_box box; /* guards want, and writes to now */
	struct gen_config want;
};

/** Apply new settings from control. Device thread, with the box open. */
void
gen_apply(struct gen_wire *g);

/** Apply new settings from control, if any; without any it costs two loads. Device thread. */
static inline void
gen_sync(struct gen_wire *g)
{
	if (wire_box_open(&g->box)) {
		gen_apply(g);
		wire_box_close(&g->box);
	}
}

/** Fill @p len bytes of pattern. */
void
gen_fill_pattern(uint8_t *p, size_t len);
/** Frame sizes of the imix in turn, bytes excluding FCS. */
#define GEN_IMIX_LEN 12u
extern const uint16_t gen_imix[GEN_IMIX_LEN];
/** Mean bytes of a frame. */
double
gen_mean_len(const struct gen_config *c);

unsigned int
gen_poll(struct sl_wire *w, struct sl_frame *frames, unsigned int max, unsigned int room);
void
gen_send(struct sl_wire *w, const struct sl_frame *frames, unsigned int n);

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

/** Sum of a pattern of @p len bytes: only an incomplete last group adds to it. */
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
