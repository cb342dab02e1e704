/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */
#ifndef _WIRE_PRIV_H_
#define _WIRE_PRIV_H_

/**
 * @file
 * What the wires share: the kinds and how each is opened, the parser of their
 * texts, and relaxed counters. Users of wires include sl_wire.h.
 */

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "sl_wire.h"

/** Bytes of FCS: sizes that users give include it, frames here do not have it. */
#define WIRE_FCS 4u
/** Longest frame on a wire and shortest, in bytes without FCS. */
#define WIRE_FRAME_MAX SL_WIRE_FRAME_MAX
#define WIRE_FRAME_MIN 60u

/** Most frames that one poll of any wire returns. */
#define WIRE_BURST_MAX 64u

/** Where a failure writes its reason; len 0: nowhere. */
struct wire_why {
	char *text;
	size_t len;
};

/** Write the reason; returns -@p err, so that callers return it at once. */
int
wire_fail(const struct wire_why *why, int err, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

/** One kind of wire. */
struct wire_kind {
	const char *name;
	const char *usage; /**< "pcap:in=F[,out=F]" */
	/** @p args: the text behind the colon; NULL without a colon. */
	int (*open)(const char *args, struct sl_wire_hub *hub, struct sl_wire **out,
		const struct wire_why *why);
};

int
wire_peer_open(const char *args, struct sl_wire_hub *hub, struct sl_wire **out,
	const struct wire_why *why);
int
wire_loop_open(const char *args, struct sl_wire_hub *hub, struct sl_wire **out,
	const struct wire_why *why);
int
wire_gen_open(const char *args, struct sl_wire_hub *hub, struct sl_wire **out,
	const struct wire_why *why);
int
wire_pcap_open(const char *args, struct sl_wire_hub *hub, struct sl_wire **out,
	const struct wire_why *why);
int
wire_tap_open(const char *args, struct sl_wire_hub *hub, struct sl_wire **out,
	const struct wire_why *why);
int
wire_null_open(const char *args, struct sl_wire_hub *hub, struct sl_wire **out,
	const struct wire_why *why);

/** When a word may be given. Bit mask. */
enum wire_opt_when {
	WIRE_AT_OPEN = 1,
	WIRE_AT_CONTROL = 2,
	WIRE_BARE = 4, /**< stands alone, without "=value" */
};

/** One word that a wire understands. A table ends with a NULL key. */
struct wire_opt {
	const char *key;
	unsigned int when;   /**< enum wire_opt_when */
	const char *allowed; /**< for messages: "64..9728, A-B or imix" */
	/** @p value NULL for a bare word. 0, or negative errno when it is not allowed. */
	int (*set)(void *ctx, const char *value);
};

/**
 * Parse "key=value,word,key=value" into @p ctx by table @p opts.
 * @param when WIRE_AT_OPEN or WIRE_AT_CONTROL
 * @return 0; -EINVAL unknown or repeated key, bad value; -ENOMEM. On failure
 *   @p ctx may be half set: parse into a copy.
 */
int
wire_opts_parse(const char *kind, const char *text, enum wire_opt_when when,
	const struct wire_opt *opts, void *ctx, const struct wire_why *why);

/** Decimal number min..max, the whole text. -EINVAL. */
int
wire_parse_u64(const char *text, uint64_t min, uint64_t max, uint64_t *out);
/** "0" or "1". -EINVAL. */
int
wire_parse_bool(const char *text, bool *out);
/** "02:00:00:00:00:01". -EINVAL. */
int
wire_parse_mac(const char *text, uint8_t mac[6]);

/** A rate in frames a second or in a line's bits a second. Both 0: no pacing. */
struct wire_rate {
	double fps;  /**< frames a second */
	double bits; /**< bits a second on the line, preamble and gap counted */
};

#define WIRE_RATE_ALLOWED \
	"0 (as fast as taken), 1..1000000000 frames/s (2M, 500k), or a share " \
	"of the line (90% of 1 Gbit/s, 90%10g)"
/** "0", "2M", "1.5M", "500k", "90%" (of 1 Gbit/s), "90%10g". -EINVAL. */
int
wire_parse_rate(const char *text, struct wire_rate *out);

/**
 * A counter with one writer, the device thread, and any number of readers.
 * Relaxed is enough: a reader needs a recent value of one counter, and no order
 * between counters.
 */
typedef _Atomic uint64_t wire_count_t;

static inline uint64_t
wire_count_get(const wire_count_t *c)
{
	return atomic_load_explicit(c, memory_order_relaxed);
}

static inline void
wire_count_set(wire_count_t *c, uint64_t v)
{
	atomic_store_explicit(c, v, memory_order_relaxed);
}

/** Plain load, add and store: with one writer no locked instruction is needed. */
static inline void
wire_count_add(wire_count_t *c, uint64_t n)
{
	wire_count_set(c, wire_count_get(c) + n);
}

/** One row of a wire's counters. */
struct wire_counter_row {
	const char *name;
	uint64_t value;
};

/** Write a text as a JSON string. Bytes that are not ASCII are written as Latin-1 characters. */
void
wire_json_text(FILE *json, const char *text);

/** Fill @p out from rows, for sl_wire_ops.counters(); returns @p n. */
unsigned int
wire_counters_out(const struct wire_counter_row *rows, unsigned int n, struct sl_wire_counter *out,
	unsigned int max);

#endif /* _WIRE_PRIV_H_ */
