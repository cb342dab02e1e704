/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */
#ifndef _SL_WIRE_H_
#define _SL_WIRE_H_

/**
 * @file
 * What a software NIC's port is plugged into. Frames have no FCS.
 *
 *   peer:NAME            crossover to the other device that names NAME
 *   loop                 what is sent comes back
 *   gen[:key=val...]     generator and sink: rate, size, flows, sequence numbers
 *   pcap:in=F[,out=F]    replay a capture, record what is sent
 *   tap:IFNAME           the host's kernel
 *   null                 link up, nothing comes, what is sent vanishes
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#ifdef __cplusplus
extern "C" {
#endif

/** One frame on a wire. Memory belongs to who offers it, until the call after. */
struct sl_frame {
	const uint8_t *data;
	uint32_t len;
	bool bad_fcs; /**< arrived damaged: the NIC counts a CRC error */
};

struct sl_wire;

/** A counter of a wire, for xstats. */
struct sl_wire_counter {
	char name[40]; /**< "gen_tx_frames" */
	uint64_t value;
};

/**
 * What a kind of wire does. Device-thread calls but for counters, control and
 * close, which are control-thread calls and may come at any moment: a wire
 * keeps what both touch atomic.
 */
struct sl_wire_ops {
	const char *kind;
	/** The NIC sends @p n frames now; the wire has taken what it wants when it returns. */
	void (*send)(struct sl_wire *w, const struct sl_frame *frames, unsigned int n);
	/**
	 * Frames that arrive at the NIC now: at most @p max, fewer when fewer are due.
	 * @p room: frames that the NIC has descriptors for, a hint with which a
	 * wire that can wait (gen at rate 0, pcap, tap, peer) loses nothing.
	 */
	unsigned int (*poll)(struct sl_wire *w, struct sl_frame *frames, unsigned int max,
		unsigned int room);
	/** NULL: always up. */
	bool (*link)(struct sl_wire *w);
	/** Fill at most @p max counters; returns how many there are. NULL: none. */
	unsigned int (*counters)(struct sl_wire *w, struct sl_wire_counter *out, unsigned int max);
	/** "start", "stop", "rate=2M", "clear"...: 0 or negative errno. NULL: nothing to control. */
	int (*control)(struct sl_wire *w, const char *word);
	/** Latency and loss as JSON object, for results. NULL: none. */
	void (*report)(struct sl_wire *w, FILE *json);
	void (*close)(struct sl_wire *w);
};

/** Base of every wire: first member of its struct. */
struct sl_wire {
	const struct sl_wire_ops *ops;
};

/** Where wires of one process that name each other meet. Opaque; the owner passes it around. */
struct sl_wire_hub;
struct sl_wire_hub *sl_wire_hub_create(void);
/** Frees it; -EBUSY while a peer wire hangs on it. */
int sl_wire_hub_destroy(struct sl_wire_hub *hub);

/**
 * Make a wire from its text (see above).
 * @param hub for `peer`; may be NULL for the others
 * @param[out] why the reason on failure, for people: which part, what is allowed
 * @return 0 or negative errno.
 */
int sl_wire_open(const char *text, struct sl_wire_hub *hub, struct sl_wire **out, char *why,
	size_t why_len);
void sl_wire_close(struct sl_wire *w);

#ifdef __cplusplus
}
#endif

#endif /* _SL_WIRE_H_ */
