/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */

/*
 * The toy's driver, written with the sl_ calls. toy_ndis.c does the same with
 * NDIS's calls.
 */

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "toy.h"

struct toy {
	struct sl_adapter *adapter;
	const struct sl_sync *sync;
	struct toy_device *dev;
	struct sl_region tx_ring, rx_ring, tx_head; /* shared for good */
	uint8_t *tx_buf, *rx_buf; /* shared for transfers: a buffer for each slot */
	uint32_t tx_next, tx_done, rx_next;
	uint32_t rx_line; /* receive descriptors in a line */
};

static int
region(struct toy *t, const char *name, size_t len, enum sl_usage usage, enum sl_dma_dir dir,
	struct sl_region *out)
{
	const struct sl_region_params params = {.name = name,
		.len = len,
		.cached = true,
		.node = SL_NODE_ANY,
		.usage = usage,
		.desc_len = sizeof(struct toy_desc),
		.queue = 0,
		.dir = dir};

	return sl_region_alloc(t->adapter, &params, out);
}

static uint8_t *
buffers(struct toy *t, const char *name, enum sl_dma_dir dir)
{
	uint8_t *buf = aligned_alloc(4096, TOY_SLOTS * TOY_BUFFER);

	if (buf == NULL)
		return NULL;
	memset(buf, 0, TOY_SLOTS * TOY_BUFFER);
	if (sl_buffer_map(t->adapter, name, buf, (uintptr_t)buf, TOY_SLOTS * TOY_BUFFER, dir) == 0)
		return buf;
	free(buf);
	return NULL;
}

/* Give the NIC a whole line of receive descriptors: it will write to each of them (R4). */
static void
post_line(struct toy *t, uint32_t first)
{
	const enum sl_coherency mode = t->sync->mode;
	uint32_t slot = first % TOY_SLOTS, i;
	struct toy_desc *line = (struct toy_desc *)t->rx_ring.va + slot;

	for (i = 0; i < t->rx_line; i++) {
		uint8_t *buf = t->rx_buf + (slot + i) * TOY_BUFFER;

		/* R1: before the doorbell, no dirty line is left that could hit the frame later. */
		sl_prepare(t->sync, mode, buf, TOY_BUFFER);
		line[i] = (struct toy_desc){.addr = (uintptr_t)buf, .len = TOY_BUFFER};
	}
	/* T2: descriptors in memory before the NIC reads them... */
	sl_flush(t->sync, mode, line, t->rx_line * sizeof(*line));
	/* T2: ... and all of it before the doorbell. */
	sl_doorbell_barrier(t->sync, mode);
	toy_device_write(t->dev, TOY_RX_TAIL, first + t->rx_line);
}

int
toy_open(struct sl_adapter *adapter, struct toy_device *dev, struct toy **out)
{
	const size_t ring = TOY_SLOTS * sizeof(struct toy_desc);
	struct toy *t = calloc(1, sizeof(*t));
	uint32_t first;

	if (t == NULL)
		return -ENOMEM;
	t->adapter = adapter;
	t->sync = sl_adapter_sync(adapter);
	t->dev = dev;
	t->rx_line = t->sync->line / sizeof(struct toy_desc);
	t->tx_buf = buffers(t, "toy tx buffers", SL_DMA_TO_DEVICE);
	t->rx_buf = buffers(t, "toy rx buffers", SL_DMA_FROM_DEVICE);
	if (t->tx_buf == NULL || t->rx_buf == NULL || t->rx_line > TOY_SLOTS ||
		region(t, "toy tx ring", ring, SL_USAGE_TX_RING, SL_DMA_TO_DEVICE, &t->tx_ring) ||
		region(t, "toy rx ring", ring, SL_USAGE_RX_RING, SL_DMA_BIDIRECTIONAL,
			&t->rx_ring) ||
		region(t, "toy tx head", sizeof(uint32_t), SL_USAGE_HEAD_WRITEBACK,
			SL_DMA_FROM_DEVICE, &t->tx_head)) {
		toy_close(t);
		return -ENOMEM;
	}
	toy_device_write(dev, TOY_TX_RING, t->tx_ring.iova);
	toy_device_write(dev, TOY_RX_RING, t->rx_ring.iova);
	toy_device_write(dev, TOY_TX_HEAD, t->tx_head.iova);
	/* R1: the NIC's from now on; the next doorbell barrier completes it. */
	sl_prepare(t->sync, t->sync->mode, t->tx_head.va, t->tx_head.len);
	for (first = 0; first < TOY_SLOTS; first += t->rx_line)
		post_line(t, first);
	*out = t;
	return 0;
}

/* Slots that are free again. */
static uint32_t
reclaim(struct toy *t)
{
	uint32_t done;

	/* R2: what the NIC counted by now, not what a cache kept. */
	sl_update(t->sync, t->sync->mode, t->tx_head.va, sizeof(done));
	done = *(volatile uint32_t *)t->tx_head.va;
	/* R3: the count is read before the slots are used anew. */
	sl_acquire();
	/* A count that cannot be is not believed. */
	if (done - t->tx_done <= t->tx_next - t->tx_done)
		t->tx_done = done;
	return TOY_SLOTS - (t->tx_next - t->tx_done);
}

int
toy_send(struct toy *t, const void *frame, uint32_t len)
{
	const enum sl_coherency mode = t->sync->mode;
	uint32_t slot = t->tx_next % TOY_SLOTS;
	struct toy_desc *d = (struct toy_desc *)t->tx_ring.va + slot;
	uint8_t *buf = t->tx_buf + slot * TOY_BUFFER;

	if (len == 0 || len > TOY_BUFFER)
		return -EINVAL;
	if (reclaim(t) == 0)
		return -EAGAIN;
	memcpy(buf, frame, len);
	*d = (struct toy_desc){.addr = (uintptr_t)buf, .len = len};
	/* T1: the frame in memory before the doorbell. */
	sl_flush(t->sync, mode, buf, len);
	/* T2: the descriptor in memory... */
	sl_flush(t->sync, mode, d, sizeof(*d));
	/* T2: ... and both before the doorbell. */
	sl_doorbell_barrier(t->sync, mode);
	toy_device_write(t->dev, TOY_TX_TAIL, ++t->tx_next);
	return 0;
}

uint32_t
toy_receive(struct toy *t, void *frame, uint32_t room)
{
	const enum sl_coherency mode = t->sync->mode;
	uint32_t slot = t->rx_next % TOY_SLOTS, len;
	volatile struct toy_desc *d = (struct toy_desc *)t->rx_ring.va + slot;
	const uint8_t *buf = t->rx_buf + slot * TOY_BUFFER;

	/* R2: the descriptor as the NIC left it. */
	sl_update(t->sync, mode, (const void *)(uintptr_t)d, sizeof(*d));
	if ((d->flags & TOY_DONE) == 0)
		return 0;
	/* R3: DONE is seen before the rest is read. */
	sl_acquire();
	len = d->len <= TOY_BUFFER ? d->len : TOY_BUFFER;
	len = len <= room ? len : room;
	/* R3: the frame as the NIC wrote it. */
	sl_update(t->sync, mode, buf, len);
	memcpy(frame, buf, len);
	/* R4: a line goes back when all of it is consumed. */
	if (++t->rx_next % t->rx_line == 0)
		post_line(t, t->rx_next - t->rx_line + TOY_SLOTS);
	return len;
}

static void
give_back(struct toy *t, struct sl_region *r)
{
	if (r->va == NULL)
		return;
	/* F1: the NIC is idle; what it had is ours. */
	sl_release(t->sync, t->sync->mode, r->va, r->len);
	sl_region_free(t->adapter, r);
}

static void
give_back_buffers(struct toy *t, uint8_t *buf)
{
	if (buf == NULL)
		return;
	/* F1: the NIC is idle; what it had is ours. */
	sl_release(t->sync, t->sync->mode, buf, TOY_SLOTS * TOY_BUFFER);
	sl_buffer_unmap(t->adapter, buf, (uintptr_t)buf, TOY_SLOTS * TOY_BUFFER);
	free(buf);
}

void
toy_close(struct toy *t)
{
	if (t == NULL)
		return;
	give_back(t, &t->tx_ring);
	give_back(t, &t->rx_ring);
	give_back(t, &t->tx_head);
	give_back_buffers(t, t->tx_buf);
	give_back_buffers(t, t->rx_buf);
	free(t);
}
