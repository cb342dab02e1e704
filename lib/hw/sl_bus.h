/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */
#ifndef _SL_BUS_H_
#define _SL_BUS_H_

/**
 * @file
 * A driver's access to a NIC's registers: the interface between driver and device.
 * Registers are accessed by read and write. A burst stores to the word that doorbell() returned at
 * queue setup, for any device. It reads registers only of a queue that makes no progress, or whose
 * head write-back has an impossible value.
 */

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/** Result of a read from a removed device. */
#define SL_REG_GONE UINT32_C(0xFFFFFFFF)

/** Register accessors of one device; constant for the life of the device. */
struct sl_bus_ops {
	/** Read the 32-bit register at byte offset @p off of BAR 0. All ones: device gone. */
	uint32_t (*read)(void *dev, uint32_t off);
	/** Write the 32-bit register at byte offset @p off of BAR 0. */
	void (*write)(void *dev, uint32_t off, uint32_t val);
	/**
	 * The word of a doorbell register (RDT, TDT). A store to it is the
	 * device's new tail; the driver never reads it.
	 */
	volatile uint32_t *(*doorbell)(void *dev, uint32_t off);
};

/** One device's registers. Any thread, unless the register has a rule for callers. */
struct sl_bus {
	const struct sl_bus_ops *ops;
	void *dev;
};

static inline uint32_t
sl_bus_read(const struct sl_bus *bus, uint32_t off)
{
	return bus->ops->read(bus->dev, off);
}

static inline void
sl_bus_write(const struct sl_bus *bus, uint32_t off, uint32_t val)
{
	bus->ops->write(bus->dev, off, val);
}

/** Write element @p i of register @p name: SL_WR(bus, RDLEN, 3, bytes). */
#define SL_WR(bus, name, i, val) sl_bus_write((bus), SL_OFF(name, i), (val))
/** Read element @p i of register @p name. */
#define SL_RD(bus, name, i) sl_bus_read((bus), SL_OFF(name, i))

#ifdef __cplusplus
}
#endif

#endif /* _SL_BUS_H_ */
