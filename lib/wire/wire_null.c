/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */

/* null: the link is up, no frames are received, and frames from the NIC are only counted. */

#include <errno.h>
#include <stdlib.h>

#include "wire_priv.h"

struct null_wire {
	struct sl_wire base;
	wire_count_t rx_frames; /* frames from the NIC */
	wire_count_t rx_bytes;
};

static void
null_send(struct sl_wire *w, const struct sl_frame *frames, unsigned int n)
{
	struct null_wire *nw = (struct null_wire *)w;
	uint64_t bytes = 0;
	unsigned int i;

	for (i = 0; i < n; i++)
		bytes += frames[i].len;
	wire_count_add(&nw->rx_frames, n);
	wire_count_add(&nw->rx_bytes, bytes);
}

static unsigned int
null_poll(struct sl_wire *w, struct sl_frame *frames, unsigned int max, unsigned int room)
{
	(void)w;
	(void)frames;
	(void)max;
	(void)room;
	return 0;
}

static unsigned int
null_counters(struct sl_wire *w, struct sl_wire_counter *out, unsigned int max)
{
	const struct null_wire *nw = (const struct null_wire *)w;
	const struct wire_counter_row rows[] = {
		{"null_rx_frames", wire_count_get(&nw->rx_frames)},
		{"null_rx_bytes", wire_count_get(&nw->rx_bytes)},
	};

	return wire_counters_out(rows, sizeof(rows) / sizeof(rows[0]), out, max);
}

static void
null_close(struct sl_wire *w)
{
	free(w);
}

static const struct sl_wire_ops null_ops = {
	.kind = "null",
	.send = null_send,
	.poll = null_poll,
	.counters = null_counters,
	.close = null_close,
};

int
wire_null_open(
	const char *args, struct sl_wire_hub *hub, struct sl_wire **out, const struct wire_why *why)
{
	struct null_wire *nw;

	(void)hub;
	if (args != NULL && args[0] != '\0')
		return wire_fail(why, EINVAL, "null: unknown word \"%s\"; allowed: none", args);
	nw = calloc(1, sizeof(*nw));
	if (nw == NULL)
		return wire_fail(why, ENOMEM, "null: no memory");
	nw->base.ops = &null_ops;
	*out = &nw->base;
	return 0;
}
