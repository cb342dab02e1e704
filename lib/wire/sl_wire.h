/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */
#ifndef _SL_WIRE_H_
#define _SL_WIRE_H_

/**
 * @file
 * Wires, to which a software NIC's port is connected. Frames have no FCS. The NIC
 * counts and drops frames below 60 bytes, so a wire pads short frames whose source
 * does not.
 *
 *   peer:NAME            crossover cable to the other device with the same NAME
 *   loop                 loopback: sent frames are received
 *   gen[:key=val...]     generator and sink: rate, size, flows, sequence numbers
 *   pcap:in=F[,out=F]    replay a capture, record sent frames
 *   tap:IFNAME           the host's kernel
 *   null                 link up, no frames are received, sent frames are dropped
 *
 * Counters are named from the wire's side: rx counts frames from the NIC, tx frames
 * to the NIC.
 *
 * peer and loop hold up to 4096 frames or 1 MiB; further frames are dropped and
 * counted. A peer's link is up while both ends are open; a third end of the same
 * name is refused (-EBUSY).
 *
 * gen, at open and by control, separated by commas:
 *   size=N | A-B | imix  bytes including FCS, 64..9728: one size, a random size of a
 *                        range, or 7 of 64, 4 of 594, 1 of 1518 in turn; default 64
 *   rate=R               0: a frame whenever the NIC has a free descriptor (default).
 *                        Else frames per second (2M, 1.5M, 500k) or a share of the
 *                        line rate (90% of 1 Gbit/s, 90%10g): frames are offered when
 *                        they are due, and the NIC drops a frame that finds no
 *                        descriptor. Frames overdue by more than 100 us and a burst are
 *                        skipped.
 *   flows=N              1..65536 source addresses and ports in turn; default 1
 *   burst=N              most frames per poll, 1..64; default 32
 *   count=N              stop automatically after N frames; 0: never (default)
 *   seed=N               seed of random sizes; default 1
 *   dst=MAC, src=MAC     default 02:53:4c:00:00:02 and 02:53:4c:00:00:01
 *   autostart=0|1        only at open; default 1
 *   start, stop, clear   only by control; start restarts "count"
 * gen's sink recognises frames of any gen wire, also of another process, by their
 * content. Once all gen wires of a run have stopped and no frame is in flight,
 * loss = sum of gen_tx_frames - sum of gen_rx_frames, exactly. gen_rx_lost is the loss
 * that one sink sees: gaps before the highest sequence number. Clear only while no
 * frame is in flight, because such a frame would be counted on one side only.
 *
 * pcap: in=F is read into memory at open, at most 256 MiB; frames below 60 bytes are
 * padded. out=F is a file that no other wire reads or writes, or a FIFO; it is complete
 * after close. The first failed write ends the record, and flush reports it. loop=N: send
 * the capture N times; 0: endlessly; default 1. rate=, autostart=, start, stop, clear as
 * for gen; start begins at the first frame.
 *
 * tap: IFNAME is created, or used if it already is a tap, and brought up; it may then be
 * moved to another network namespace. mac=MAC and mtu=68..9710 configure the interface.
 * The link goes down when the interface is deleted.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#ifdef __cplusplus
extern "C" {
#endif

/**
 * Longest frame that any wire gives to a NIC, and that peer and loop carry, bytes excluding FCS.
 */
#define SL_WIRE_FRAME_MAX 9724u

/**
 * One frame on a wire. The side that offers it owns the bytes; they are valid until its
 * next call.
 */
struct sl_frame {
	const uint8_t *data;
	uint32_t len;
	bool bad_fcs; /**< damaged on the wire: the NIC counts a CRC error */
};

struct sl_wire;

/** A counter of a wire, for xstats. */
struct sl_wire_counter {
	char name[40]; /**< "gen_tx_frames" */
	uint64_t value;
};

/**
 * Operations of one kind of wire. The device thread calls send, poll and link. Control
 * threads call the others at any moment, so data that both use must be atomic.
 */
struct sl_wire_ops {
	const char *kind;
	/** Send @p n frames of the NIC. The wire copies what it needs before it returns. */
	void (*send)(struct sl_wire *w, const struct sl_frame *frames, unsigned int n);
	/**
	 * Get the frames that arrive at the NIC now: at most @p max, fewer if fewer are due.
	 * @p room: number of frames for which the NIC has descriptors. A wire that can wait (gen
	 * at rate 0, pcap, tap, peer) offers no more than that, and so loses only frames for
	 * queues with SRRCTL.DROP_EN, which @p room does not include.
	 */
	unsigned int (*poll)(
		struct sl_wire *w, struct sl_frame *frames, unsigned int max, unsigned int room);
	/** True if the link is up. NULL: always up. */
	bool (*link)(struct sl_wire *w);
	/** Fill in at most @p max counters; return the number of all counters. NULL: none. */
	unsigned int (*counters)(struct sl_wire *w, struct sl_wire_counter *out, unsigned int max);
	/** "start", "stop", "rate=2M", "clear"...: 0 or negative errno. NULL: no controls. */
	int (*control)(struct sl_wire *w, const char *word);
	/** Write latency and loss as a JSON object, for results. NULL: none. */
	void (*report)(struct sl_wire *w, FILE *json);
	/**
	 * Write out frames of the NIC that are still buffered. 0, or the negative errno of the
	 * first write that failed since open, with the reason as text. NULL: the wire buffers
	 * no frames.
	 */
	int (*flush)(struct sl_wire *w, char *why, size_t why_len);
	void (*close)(struct sl_wire *w);
};

/** Base of every wire: first member of its struct. */
struct sl_wire {
	const struct sl_wire_ops *ops;
};

/** Registry in which the peer wires of a process find each other by name. Opaque. */
struct sl_wire_hub;
struct sl_wire_hub *
sl_wire_hub_create(void);
/** Free the hub; -EBUSY while a peer wire uses it. */
int
sl_wire_hub_destroy(struct sl_wire_hub *hub);

/**
 * Create a wire from its text (see above).
 * @param hub for `peer`; may be NULL for the others
 * @param[out] why on failure the reason as text: the invalid part, and the allowed values
 * @return 0 or negative errno.
 */
int
sl_wire_open(
	const char *text, struct sl_wire_hub *hub, struct sl_wire **out, char *why, size_t why_len);
void
sl_wire_close(struct sl_wire *w);

#ifdef __cplusplus
}
#endif

#endif /* _SL_WIRE_H_ */
