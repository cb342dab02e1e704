/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */
#ifndef _WIRE_PRIV_H_
#define _WIRE_PRIV_H_

/**
 * @file
 * Declarations shared by the wires: kinds and their open functions, the parser of
 * their texts, and relaxed counters. Users of wires include sl_wire.h.
 */

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "sl_wire.h"

/** Bytes of FCS. Sizes given by users include it; frames here exclude it. */
#define WIRE_FCS 4u
/** Longest and shortest frame on a wire, bytes excluding FCS. */
#define WIRE_FRAME_MAX SL_WIRE_FRAME_MAX
#define WIRE_FRAME_MIN 60u

/** Most frames that one poll of any wire returns. */
#define WIRE_BURST_MAX 64u

/** Buffer for the reason of a failure; len 0: none. */
struct wire_why {
	char *text;
	size_t len;
};

/** Write the reason. @return -@p err, for callers to return. */
int
wire_fail(const struct wire_why *why, int err, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

/** One kind of wire. */
struct wire_kind {
	const char *name;
	const char *usage; /**< "pcap:in=F[,out=F]" */
	/** Open a wire. @p args: the text after the colon; NULL: no colon. */
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

/** When a word is allowed. Bit mask. */
enum wire_opt_when {
	WIRE_AT_OPEN = 1,
	WIRE_AT_CONTROL = 2,
	WIRE_BARE = 4, /**< without "=value" */
};

/** One word that a wire understands. A table ends with a NULL key. */
struct wire_opt {
	const char *key;
	unsigned int when;   /**< enum wire_opt_when */
	const char *allowed; /**< for messages: "64..9728, A-B or imix" */
	/** Set a value; NULL for a bare word. 0, or negative errno if it is not allowed. */
	int (*set)(void *ctx, const char *value);
};

/**
 * Parse "key=value,word,key=value" into @p ctx with the table @p opts.
 * @param when WIRE_AT_OPEN or WIRE_AT_CONTROL
 * @return 0; -EINVAL unknown or repeated key, bad value; -ENOMEM. On failure
 *   @p ctx may be partly set: parse into a copy.
 */
int
wire_opts_parse(const char *kind, const char *text, enum wire_opt_when when,
	const struct wire_opt *opts, void *ctx, const struct wire_why *why);

/** Parse the whole text as a decimal number min..max. -EINVAL. */
int
wire_parse_u64(const char *text, uint64_t min, uint64_t max, uint64_t *out);
/** Parse "0" or "1". -EINVAL. */
int
wire_parse_bool(const char *text, bool *out);
/** Parse an address like "02:00:00:00:00:01". -EINVAL. */
int
wire_parse_mac(const char *text, uint8_t mac[6]);

/** A rate in frames per second or in bits per second on the line. Both 0: no pacing. */
struct wire_rate {
	double fps;  /**< frames per second */
	double bits; /**< bits per second on the line, including preamble and inter-frame gap */
};

#define WIRE_RATE_ALLOWED \
	"0 (as fast as taken), 1..1000000000 frames/s (2M, 500k), or a share " \
	"of the line (90% of 1 Gbit/s, 90%10g)"
/** Parse a rate: "0", "2M", "1.5M", "500k", "90%" (of 1 Gbit/s), "90%10g". -EINVAL. */
int
wire_parse_rate(const char *text, struct wire_rate *out);

/**
 * A counter with one writer, the device thread, and any number of readers.
 * Relaxed order is enough: a reader needs a recent value of one counter, and no
 * order between counters.
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

/** Add by load and store: with one writer no locked instruction is needed. */
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

/** Fill in @p out from rows, for sl_wire_ops.counters(). @return @p n. */
unsigned int
wire_counters_out(const struct wire_counter_row *rows, unsigned int n, struct sl_wire_counter *out,
	unsigned int max);

#endif /* _WIRE_PRIV_H_ */
