/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */
#ifndef _WIRE_RING_H_
#define _WIRE_RING_H_

/**
 * @file
 * A bounded queue of frame copies between two device threads, or within one:
 * one producer, one consumer, no lock. Frames are consecutive in a ring of
 * bytes, so short frames use little memory. Popped frames stay valid until the
 * next pop.
 */

#include <stdint.h>

#include "wire_priv.h"

/** Bytes of frames and their headers in a queue: at most 107 of the longest frames. */
#define WIRE_RING_BYTES (1u << 20)
/** Most frames in a queue. */
#define WIRE_RING_FRAMES 4096u

struct wire_ring;

/** Create a queue. Control. NULL: no memory. */
struct wire_ring *
wire_ring_create(void);
/** Free a queue. Control; neither side may be in a call. NULL is allowed. */
void
wire_ring_destroy(struct wire_ring *r);
/** Producer: copy in a frame; false if the queue is full or it exceeds WIRE_FRAME_MAX. */
bool
wire_ring_push(struct wire_ring *r, const struct sl_frame *frame);
/** Consumer: get the next frames, at most @p max. Frees the frames of the last call. */
unsigned int
wire_ring_pop(struct wire_ring *r, struct sl_frame *frames, unsigned int max);
/** Consumer: drop all queued frames. */
void
wire_ring_drain(struct wire_ring *r);

#endif /* _WIRE_RING_H_ */
