/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */

/*
 * The toy's device, in place of hardware. It reaches memory only through sl_dma,
 * and tells the checker of each access before making it.
 */

#include <errno.h>
#include <string.h>

#include "toy.h"

int
toy_device_open(struct toy_device *dev, struct sl_adapter *adapter)
{
	*dev = (struct toy_device){.dma = sl_dma_open(adapter)};
	return dev->dma == NULL ? -ENOMEM : 0;
}

void
toy_device_close(struct toy_device *dev)
{
	sl_dma_close(dev->dma);
}

/* The device's view of memory, for one access of it. NULL: a DMA fault. */
static void *
dma(struct toy_device *dev, bool write, uint64_t addr, size_t len, uint32_t desc)
{
	void *p = sl_dma_translate(
		dev->dma, addr, len, write ? SL_DMA_FROM_DEVICE : SL_DMA_TO_DEVICE);

	sl_dma_note(dev->dma, &(struct sl_sync_access){write, p, addr, len, 0, desc});
	return p;
}

static bool
dma_read(struct toy_device *dev, uint64_t addr, void *to, size_t len, uint32_t desc)
{
	const void *p = dma(dev, false, addr, len, desc);

	if (p != NULL)
		memcpy(to, p, len);
	return p != NULL;
}

static void
dma_write(struct toy_device *dev, uint64_t addr, const void *from, size_t len, uint32_t desc)
{
	void *p = dma(dev, true, addr, len, desc);

	if (p != NULL)
		memcpy(p, from, len);
}

/* The frame comes in again: into the next receive buffer, when there is one. */
static void
loop_back(struct toy_device *dev, const void *frame, uint32_t len)
{
	uint32_t slot = dev->received % TOY_SLOTS;
	uint64_t at = dev->reg[TOY_RX_RING] + slot * sizeof(struct toy_desc);
	struct toy_desc d;

	if (dev->received == (uint32_t)dev->reg[TOY_RX_TAIL] ||
		!dma_read(dev, at, &d, sizeof(d), slot))
		return;
	dma_write(dev, d.addr, frame, len, slot);
	d.len = len;
	d.flags |= TOY_DONE;
	dma_write(dev, at, &d, sizeof(d), slot);
	dev->received++;
}

void
toy_device_step(struct toy_device *dev)
{
	uint8_t frame[TOY_BUFFER];
	struct toy_desc d;
	uint32_t slot;

	sl_dma_begin(dev->dma);
	while (dev->sent != (uint32_t)dev->reg[TOY_TX_TAIL]) {
		slot = dev->sent++ % TOY_SLOTS;
		if (dma_read(dev, dev->reg[TOY_TX_RING] + slot * sizeof(d), &d, sizeof(d), slot) &&
			d.len <= sizeof(frame) && dma_read(dev, d.addr, frame, d.len, slot))
			loop_back(dev, frame, d.len);
		dma_write(dev, dev->reg[TOY_TX_HEAD], &dev->sent, sizeof(dev->sent), SL_DESC_NONE);
	}
	sl_dma_end(dev->dma);
}

void
toy_device_write(struct toy_device *dev, enum toy_reg reg, uint64_t value)
{
	dev->reg[reg] = value;
	if (reg == TOY_TX_TAIL && !dev->busy)
		toy_device_step(dev);
}
