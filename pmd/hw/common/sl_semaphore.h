/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */
#ifndef _SL_SEMAPHORE_H_
#define _SL_SEMAPHORE_H_

/**
 * @file
 * Resources that the drivers of a chip's ports and the firmware share, and the semaphores that
 * guard them. They have the same form in all families: a register with one bit per resource, and a
 * guard that must be held to access that register.
 */

#include <stdint.h>

struct sl_port;

/** The guard of a device: register offsets and bits. Constant. */
struct sl_semaphore {
	uint32_t swsm; /**< offset of the register with the semaphores */
	uint32_t sync; /**< offset of the register with the resources */
	uint32_t
		smbi; /**< bit in swsm that excludes other drivers; a read that returns 0 sets it */
	uint32_t swesmbi; /**< bit in swsm that excludes the firmware; it stays set only for its
			     owner; 0: none */
	uint32_t regsmp;  /**< bit in sync, excludes both; a read that returns 0 sets it; 0: none */
};

/**
 * Acquire resources. A driver that holds the guard for 0.1 s, or a resource for 0.5 s, is assumed
 * to be gone: its bits are taken over, which is logged.
 * @param bits the driver's bits in sl_semaphore.sync
 * @param others bits of the firmware and the chip that must be clear too; these are never taken
 *   over
 * @return 0; -EBUSY: the firmware keeps them, logged; -EIO: the device is gone
 */
int
sl_semaphore_own(
	struct sl_port *port, const struct sl_semaphore *s, uint32_t bits, uint32_t others);
/**
 * As sl_semaphore_own(), for resources that the caller can do without: wait for @p us at most, and
 * take over only the guard.
 * @return as sl_semaphore_own(); -EBUSY: another driver or the firmware holds them, not logged
 */
int
sl_semaphore_ask(struct sl_port *port, const struct sl_semaphore *s, uint32_t bits, uint32_t others,
	unsigned int us);
/** Release resources. */
void
sl_semaphore_disown(struct sl_port *port, const struct sl_semaphore *s, uint32_t bits);

#endif /* _SL_SEMAPHORE_H_ */
