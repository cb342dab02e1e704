/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */
#ifndef _PEERS_LANES_H_
#define _PEERS_LANES_H_

/**
 * @file
 * A wire that gives a NIC exactly the requested frames, lane by lane, and passes frames that the
 * NIC sends to a callback. All frames of a lane go to one receive queue.
 */

#include <stdint.h>

#include "sl_wire.h"

#define LANES 16u

/** A lane: frames that are given in a cycle. */
struct lane {
	const struct sl_frame *frames; /**< owned by the caller */
	unsigned int n;
	unsigned int next; /**< index of the next frame to give */
	unsigned int due;  /**< number of frames still to give */
};

struct lanes {
	struct sl_wire base; /**< first; attached to a device, which then owns it */
	struct lane lane[LANES];
	unsigned int turn;
	uint64_t given, sent, sent_bytes;
	/** Called with frames that the NIC sends; may be NULL. */
	void (*sink)(void *ctx, const struct sl_frame *frames, unsigned int n);
	void *ctx;
};

/** Create a wire with no frames. NULL: out of memory. */
struct lanes *
lanes_new(void);

#endif /* _PEERS_LANES_H_ */
