/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */

/*
 * A wire for measuring: it gives a NIC the requested number of prepared frames for each receive
 * queue, and passes frames that the NIC sends to a callback.
 */

#include <stdlib.h>

#include "lanes.h"

static void
lanes_send(struct sl_wire *base, const struct sl_frame *frames, unsigned int n)
{
	struct lanes *w = (struct lanes *)base;
	unsigned int i;

	for (i = 0; i < n; i++)
		w->sent_bytes += frames[i].len;
	w->sent += n;
	if (w->sink != NULL)
		w->sink(w->ctx, frames, n);
}

static unsigned int
lanes_poll(struct sl_wire *base, struct sl_frame *frames, unsigned int max, unsigned int room)
{
	struct lanes *w = (struct lanes *)base;
	unsigned int n = 0, idle = 0;

	(void)room; /* the caller has checked for descriptors; a lost frame must be noticed */
	while (n < max && idle < LANES) {
		struct lane *l = &w->lane[w->turn++ % LANES];

		if (l->due == 0) {
			idle++;
			continue;
		}
		idle = 0;
		frames[n++] = l->frames[l->next];
		l->next = l->next + 1 == l->n ? 0 : l->next + 1;
		l->due--;
	}
	w->given += n;
	return n;
}

static void
lanes_close(struct sl_wire *base)
{
	free(base);
}

struct lanes *
lanes_new(void)
{
	static const struct sl_wire_ops ops = {
		.kind = "lanes",
		.send = lanes_send,
		.poll = lanes_poll,
		.close = lanes_close,
	};
	struct lanes *w = calloc(1, sizeof(*w));

	if (w != NULL)
		w->base.ops = &ops;
	return w;
}
