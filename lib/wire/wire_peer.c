/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */

/*
 * peer:NAME: a crossover cable. Two wires of one hub with the same name are its
 * ends; the link is up while both are open.
 */

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/queue.h>

#include "wire_ring.h"

#define CABLE_NAME_LEN 64u

struct cable;

/* One end of a cable. End i pushes into ring i of the cable, and the other end pops from it. */
struct peer_wire {
	struct sl_wire base;
	struct cable *cable;
	unsigned int end;	/* 0 or 1 */
	wire_count_t rx_frames; /* frames from the NIC */
	wire_count_t tx_frames; /* frames to the NIC */
	wire_count_t drops;	/* dropped: the queue to the other end was full */
	wire_count_t unplugged; /* dropped: the other end was not open */
};

struct cable {
	LIST_ENTRY(cable) next;
	struct sl_wire_hub *hub;
	char name[CABLE_NAME_LEN];
	_Atomic bool plugged[2];
	struct wire_ring *ring[2];
};

struct sl_wire_hub {
	pthread_mutex_t lock; /* guards the list and which ends are plugged */
	LIST_HEAD(, cable) cables;
};

struct sl_wire_hub *
sl_wire_hub_create(void)
{
	struct sl_wire_hub *hub = calloc(1, sizeof(*hub));

	if (hub == NULL)
		return NULL;
	pthread_mutex_init(&hub->lock, NULL);
	LIST_INIT(&hub->cables);
	return hub;
}

int
sl_wire_hub_destroy(struct sl_wire_hub *hub)
{
	bool used;

	if (hub == NULL)
		return 0;
	pthread_mutex_lock(&hub->lock);
	used = !LIST_EMPTY(&hub->cables);
	pthread_mutex_unlock(&hub->lock);
	if (used)
		return -EBUSY;
	pthread_mutex_destroy(&hub->lock);
	free(hub);
	return 0;
}

static bool
is_plugged(const struct cable *c, unsigned int end)
{
	/* Acquire: an end that is seen as plugged has emptied its queue (peer_plug). */
	return atomic_load_explicit(&c->plugged[end], memory_order_acquire);
}

static bool
peer_link(struct sl_wire *w)
{
	const struct peer_wire *pw = (const struct peer_wire *)w;

	return is_plugged(pw->cable, !pw->end);
}

static void
peer_send(struct sl_wire *w, const struct sl_frame *frames, unsigned int n)
{
	struct peer_wire *pw = (struct peer_wire *)w;
	unsigned int i, taken = 0;

	if (!peer_link(w)) {
		wire_count_add(&pw->unplugged, n);
		return;
	}
	for (i = 0; i < n; i++)
		taken += wire_ring_push(pw->cable->ring[pw->end], &frames[i]);
	wire_count_add(&pw->rx_frames, taken);
	wire_count_add(&pw->drops, n - taken);
}

static unsigned int
peer_poll(struct sl_wire *w, struct sl_frame *frames, unsigned int max, unsigned int room)
{
	struct peer_wire *pw = (struct peer_wire *)w;
	unsigned int n;

	n = wire_ring_pop(pw->cable->ring[!pw->end], frames, max < room ? max : room);
	wire_count_add(&pw->tx_frames, n);
	return n;
}

static unsigned int
peer_counters(struct sl_wire *w, struct sl_wire_counter *out, unsigned int max)
{
	const struct peer_wire *pw = (const struct peer_wire *)w;
	const struct wire_counter_row rows[] = {
		{"peer_rx_frames", wire_count_get(&pw->rx_frames)},
		{"peer_tx_frames", wire_count_get(&pw->tx_frames)},
		{"peer_drops", wire_count_get(&pw->drops)},
		{"peer_unplugged", wire_count_get(&pw->unplugged)},
	};

	return wire_counters_out(rows, sizeof(rows) / sizeof(rows[0]), out, max);
}

static void
cable_free(struct cable *c)
{
	wire_ring_destroy(c->ring[0]);
	wire_ring_destroy(c->ring[1]);
	free(c);
}

static void
peer_close(struct sl_wire *w)
{
	struct peer_wire *pw = (struct peer_wire *)w;
	struct cable *c = pw->cable;
	struct sl_wire_hub *hub = c->hub;
	bool last;

	pthread_mutex_lock(&hub->lock);
	atomic_store_explicit(&c->plugged[pw->end], false, memory_order_release);
	last = !is_plugged(c, !pw->end);
	if (last)
		LIST_REMOVE(c, next);
	pthread_mutex_unlock(&hub->lock);
	if (last)
		cable_free(c);
	free(pw);
}

static const struct sl_wire_ops peer_ops = {
	.kind = "peer",
	.send = peer_send,
	.poll = peer_poll,
	.link = peer_link,
	.counters = peer_counters,
	.close = peer_close,
};

/* Find the cable with this name, or create it. The hub's lock is held. */
static struct cable *
cable_get(struct sl_wire_hub *hub, const char *name)
{
	struct cable *c;

	LIST_FOREACH (c, &hub->cables, next) {
		if (strcmp(c->name, name) == 0)
			return c;
	}
	c = calloc(1, sizeof(*c));
	if (c == NULL)
		return NULL;
	c->hub = hub;
	snprintf(c->name, sizeof(c->name), "%s", name);
	c->ring[0] = wire_ring_create();
	c->ring[1] = wire_ring_create();
	if (c->ring[0] == NULL || c->ring[1] == NULL) {
		cable_free(c);
		return NULL;
	}
	LIST_INSERT_HEAD(&hub->cables, c, next);
	return c;
}

/* Plug into a free end of the cable. */
static int
peer_plug(struct peer_wire *pw, struct sl_wire_hub *hub, const char *name)
{
	struct cable *c;
	int ret = 0;

	pthread_mutex_lock(&hub->lock);
	c = cable_get(hub, name);
	if (c == NULL) {
		ret = -ENOMEM;
	} else if (is_plugged(c, 0) && is_plugged(c, 1)) {
		ret = -EBUSY;
	} else {
		pw->cable = c;
		pw->end = is_plugged(c, 0);
		/* Drop frames that were sent to the previous wire at this end. */
		wire_ring_drain(c->ring[!pw->end]);
		atomic_store_explicit(&c->plugged[pw->end], true, memory_order_release);
	}
	pthread_mutex_unlock(&hub->lock);
	return ret;
}

int
wire_peer_open(
	const char *args, struct sl_wire_hub *hub, struct sl_wire **out, const struct wire_why *why)
{
	struct peer_wire *pw;
	int ret;

	if (args == NULL || args[0] == '\0' || strlen(args) >= CABLE_NAME_LEN)
		return wire_fail(why, EINVAL, "peer:%s: bad name; allowed: 1..%u characters",
			args != NULL ? args : "", CABLE_NAME_LEN - 1);
	if (hub == NULL)
		return wire_fail(why, EINVAL, "peer:%s: needs a hub where both ends meet", args);
	pw = calloc(1, sizeof(*pw));
	if (pw == NULL)
		return wire_fail(why, ENOMEM, "peer:%s: no memory", args);
	pw->base.ops = &peer_ops;
	ret = peer_plug(pw, hub, args);
	if (ret != 0) {
		free(pw);
		return wire_fail(why, -ret,
			ret == -EBUSY ? "peer:%s: both ends are taken; allowed: two wires "
					"a name" :
					"peer:%s: no memory for the queues",
			args);
	}
	*out = &pw->base;
	return 0;
}
