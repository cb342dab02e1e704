/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */
#ifndef _PEERS_LANES_H_
#define _PEERS_LANES_H_

/**
 * @file
 * A wire that gives a NIC exactly the frames that it is told to give, lane by lane
 * (the frames of a lane all go to one receive queue), and passes frames that the
 * NIC sends to a callback.
 */

#include <stdint.h>

#include "sl_wire.h"

#define LANES 4u

/** One lane: frames given round and round. */
struct lane {
	const struct sl_frame *frames; /**< belong to the caller */
	unsigned int n;
	unsigned int next; /**< the one given next */
	unsigned int due;  /**< still to be given */
};

struct lanes {
	struct sl_wire base; /**< first: what is attached; belongs to the device from then on */
	struct lane lane[LANES];
	unsigned int turn;
	uint64_t given, sent, sent_bytes;
	/** Called with frames that the NIC sends; may be NULL. */
	void (*sink)(void *ctx, const struct sl_frame *frames, unsigned int n);
	void *ctx;
};

/** A wire with no frames; NULL for want of memory. */
struct lanes *
lanes_new(void);

#endif /* _PEERS_LANES_H_ */
