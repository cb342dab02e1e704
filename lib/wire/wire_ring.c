/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */

/*
 * A queue of frames with one producer and one consumer, without locks: layout of
 * frames in the ring of bytes, and publication of both positions. The interface
 * is in wire_ring.h.
 */

#include <stdalign.h>
#include <stdlib.h>
#include <string.h>

#include "wire_ring.h"

#define RECORD_ALIGN 8u
#define CACHE_LINE 64

/*
 * Header of each frame. A frame never wraps: a skip record fills the rest of the ring
 * before it.
 */
struct record {
	uint32_t len;
	uint16_t bad_fcs;
	uint16_t skip;
};

_Static_assert(sizeof(struct record) == RECORD_ALIGN, "frames are aligned like records");

/* Positions count bytes and frames and are never reset; uint64_t does not wrap in practice. */
struct wire_ring {
	alignas(CACHE_LINE) _Atomic uint64_t head; /* written by the producer */
	uint64_t pushed;
	uint64_t tail_seen; /* the producer's copy of tail; popped_seen: of popped */
	uint64_t popped_seen;
	alignas(CACHE_LINE) _Atomic uint64_t tail; /* written by the consumer */
	_Atomic uint64_t popped;
	uint64_t read; /* the new tail when the popped frames are freed */
	uint64_t read_frames;
	alignas(CACHE_LINE) uint8_t bytes[WIRE_RING_BYTES];
};

struct wire_ring *
wire_ring_create(void)
{
	struct wire_ring *r = aligned_alloc(CACHE_LINE, sizeof(*r));

	if (r != NULL)
		memset(r, 0, offsetof(struct wire_ring, bytes));
	return r;
}

void
wire_ring_destroy(struct wire_ring *r)
{
	free(r);
}

static uint64_t
record_bytes(uint32_t len)
{
	return sizeof(struct record) + ((len + RECORD_ALIGN - 1) & ~(uint64_t)(RECORD_ALIGN - 1));
}

static struct record *
record_at(struct wire_ring *r, uint64_t pos)
{
	return (struct record *)(void *)&r->bytes[pos % WIRE_RING_BYTES];
}

static bool
has_room(struct wire_ring *r, uint64_t head, uint64_t need)
{
	if (head + need - r->tail_seen <= WIRE_RING_BYTES &&
		r->pushed - r->popped_seen < WIRE_RING_FRAMES)
		return true;
	/* Acquire: the consumer has read the frames before the producer reuses their room. */
	r->tail_seen = atomic_load_explicit(&r->tail, memory_order_acquire);
	r->popped_seen = atomic_load_explicit(&r->popped, memory_order_relaxed);
	return head + need - r->tail_seen <= WIRE_RING_BYTES &&
		r->pushed - r->popped_seen < WIRE_RING_FRAMES;
}

bool
wire_ring_push(struct wire_ring *r, const struct sl_frame *frame)
{
	uint64_t head = atomic_load_explicit(&r->head, memory_order_relaxed);
	uint64_t to_end = WIRE_RING_BYTES - head % WIRE_RING_BYTES;
	uint64_t need, skip;
	struct record *rec;

	if (frame->len > WIRE_FRAME_MAX)
		return false;
	need = record_bytes(frame->len);
	skip = need > to_end ? to_end : 0;
	if (!has_room(r, head, skip + need))
		return false;
	if (skip > 0) {
		record_at(r, head)->skip = 1;
		head += skip;
	}
	rec = record_at(r, head);
	rec->len = frame->len;
	rec->bad_fcs = frame->bad_fcs;
	rec->skip = 0;
	memcpy(rec + 1, frame->data, frame->len);
	r->pushed++;
	/* Release: the frame is complete before the consumer sees the new head. */
	atomic_store_explicit(&r->head, head + need, memory_order_release);
	return true;
}

unsigned int
wire_ring_pop(struct wire_ring *r, struct sl_frame *frames, unsigned int max)
{
	uint64_t head, pos = r->read;
	unsigned int n = 0;

	/* Store only changes, so that an idle consumer does not take this line from the producer.
	 */
	if (atomic_load_explicit(&r->tail, memory_order_relaxed) != pos) {
		atomic_store_explicit(&r->popped, r->read_frames, memory_order_relaxed);
		/* Release: the caller has used the last frames before the producer writes there. */
		atomic_store_explicit(&r->tail, pos, memory_order_release);
	}
	head = atomic_load_explicit(&r->head, memory_order_acquire);
	while (n < max && pos != head) {
		const struct record *rec = record_at(r, pos);

		if (rec->skip != 0) {
			pos += WIRE_RING_BYTES - pos % WIRE_RING_BYTES;
			continue;
		}
		frames[n].data = (const uint8_t *)(rec + 1);
		frames[n].len = rec->len;
		frames[n].bad_fcs = rec->bad_fcs != 0;
		pos += record_bytes(rec->len);
		n++;
	}
	r->read = pos;
	r->read_frames += n;
	return n;
}

void
wire_ring_drain(struct wire_ring *r)
{
	struct sl_frame frames[WIRE_BURST_MAX];

	while (wire_ring_pop(r, frames, WIRE_BURST_MAX) > 0)
		;
}
