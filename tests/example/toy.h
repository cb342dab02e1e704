/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */
#ifndef _TOY_H_
#define _TOY_H_

/**
 * @file
 * The toy, a NIC that nobody makes, and its driver: an example for authors of
 * drivers (docs/howto-own-driver.md). It loops what it sends back.
 */

#include <stdbool.h>
#include <stdint.h>

#include "sl_shm.h"

#define TOY_SLOTS 64u	 /* descriptors of a ring */
#define TOY_BUFFER 2048u /* bytes of a buffer; a frame is in one */
#define TOY_DONE 1u	 /* flags: received, by the NIC */

/** In shared memory. The NIC reads those it sends from, and writes back those it received into. */
struct toy_desc {
	uint64_t addr; /**< of the buffer, as the NIC sees it */
	uint32_t len;
	uint32_t flags;
};

enum toy_reg {
	TOY_TX_RING, /**< address of slot 0 */
	TOY_RX_RING,
	TOY_TX_HEAD, /**< address of a 32-bit word: how many frames are sent, by the NIC */
	TOY_TX_TAIL, /**< doorbell: slots given to the NIC so far, ever counting up */
	TOY_RX_TAIL,
	TOY_REGS,
};

/** The device: in place of a BAR and the wire behind it. */
struct toy_device {
	uint64_t reg[TOY_REGS];
	bool busy; /**< set: looks at its doorbells later, in toy_device_step() */
	struct sl_dma *dma;
	uint32_t sent, received;
};

/** 0 or -ENOMEM. */
int
toy_device_open(struct toy_device *dev, struct sl_adapter *adapter);
/** What the driver's register write leads to; a doorbell sets the device to work at once. */
void
toy_device_write(struct toy_device *dev, enum toy_reg reg, uint64_t value);
/** Do what the doorbells say. */
void
toy_device_step(struct toy_device *dev);
void
toy_device_close(struct toy_device *dev);

/** The driver; its callers use one thread. */
struct toy;

/** 0 or negative errno. The device outlives the driver. */
int
toy_open(struct sl_adapter *adapter, struct toy_device *dev, struct toy **out);
/** Send a copy of a frame: 0, -EAGAIN (ring full), -EINVAL (length). */
int
toy_send(struct toy *t, const void *frame, uint32_t len);
/** Take a received frame, cut to @p room bytes. @return its length; 0: none has come. */
uint32_t
toy_receive(struct toy *t, void *frame, uint32_t room);
/** The device is idle. NULL is fine. */
void
toy_close(struct toy *t);

#endif /* _TOY_H_ */
