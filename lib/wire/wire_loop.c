/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */

/* loop: frames that the NIC sends are received by the same NIC, through a bounded queue. */

#include <errno.h>
#include <stdlib.h>

#include "wire_ring.h"

struct loop_wire {
	struct sl_wire base;
	struct wire_ring *ring;
	wire_count_t rx_frames; /* frames from the NIC */
	wire_count_t tx_frames; /* frames to the NIC */
	wire_count_t drops;	/* dropped: the queue was full */
};

static void
loop_send(struct sl_wire *w, const struct sl_frame *frames, unsigned int n)
{
	struct loop_wire *lw = (struct loop_wire *)w;
	unsigned int i, taken = 0;

	for (i = 0; i < n; i++)
		taken += wire_ring_push(lw->ring, &frames[i]);
	wire_count_add(&lw->rx_frames, taken);
	wire_count_add(&lw->drops, n - taken);
}

static unsigned int
loop_poll(struct sl_wire *w, struct sl_frame *frames, unsigned int max, unsigned int room)
{
	struct loop_wire *lw = (struct loop_wire *)w;
	unsigned int n = wire_ring_pop(lw->ring, frames, max < room ? max : room);

	wire_count_add(&lw->tx_frames, n);
	return n;
}

static unsigned int
loop_counters(struct sl_wire *w, struct sl_wire_counter *out, unsigned int max)
{
	const struct loop_wire *lw = (const struct loop_wire *)w;
	const struct wire_counter_row rows[] = {
		{"loop_rx_frames", wire_count_get(&lw->rx_frames)},
		{"loop_tx_frames", wire_count_get(&lw->tx_frames)},
		{"loop_drops", wire_count_get(&lw->drops)},
	};

	return wire_counters_out(rows, sizeof(rows) / sizeof(rows[0]), out, max);
}

static void
loop_close(struct sl_wire *w)
{
	struct loop_wire *lw = (struct loop_wire *)w;

	wire_ring_destroy(lw->ring);
	free(lw);
}

static const struct sl_wire_ops loop_ops = {
	.kind = "loop",
	.send = loop_send,
	.poll = loop_poll,
	.counters = loop_counters,
	.close = loop_close,
};

int
wire_loop_open(
	const char *args, struct sl_wire_hub *hub, struct sl_wire **out, const struct wire_why *why)
{
	struct loop_wire *lw;

	(void)hub;
	if (args != NULL && args[0] != '\0')
		return wire_fail(why, EINVAL, "loop: unknown word \"%s\"; allowed: none", args);
	lw = calloc(1, sizeof(*lw));
	if (lw == NULL)
		return wire_fail(why, ENOMEM, "loop: no memory");
	lw->ring = wire_ring_create();
	if (lw->ring == NULL) {
		free(lw);
		return wire_fail(why, ENOMEM, "loop: no memory for the queue");
	}
	lw->base.ops = &loop_ops;
	*out = &lw->base;
	return 0;
}
