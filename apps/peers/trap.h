/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */
#ifndef _PEERS_TRAP_H_
#define _PEERS_TRAP_H_

/**
 * @file
 * A register BAR that is served by a device model (x86-64). A driver loads and stores as with a
 * real BAR. The memory is mapped twice. Accesses to the driver's mapping fault; the handlers pass
 * them to the model, open the page for one instruction and close it again. Only one thread at a
 * time may access a device's registers, and each BAR serves one page at a time.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "sl_bus.h"

/** A trapped BAR. Opaque. */
struct trap_bar;

/** Reason why this machine cannot trap, or NULL. */
const char *
trap_obstacle(void);
/**
 * Install the handlers of SIGSEGV and SIGTRAP. Call it again if other code (a test framework) has
 * replaced them. Other faults go to the handlers that were installed before. 0 or negative errno.
 */
int
trap_arm(void);
/**
 * Map a BAR of @p len bytes, a multiple of the page size, that @p bus serves. Installs the
 * handlers.
 * @return 0; -ENOTSUP, -ENOSPC, -errno
 */
int
trap_open(const struct sl_bus *bus, size_t len, struct trap_bar **out);
/** Unmap a BAR. Drivers must not use its address any more. NULL is allowed. */
void
trap_close(struct trap_bar *bar);
/** Address that the driver uses as the BAR. */
void *
trap_address(const struct trap_bar *bar);
/** Number of accesses served so far. */
uint64_t
trap_count(const struct trap_bar *bar);

/**
 * Let stores to the doorbells @p off[0..n-1], and all accesses to their pages, pass without a trap
 * while queues run. trap_ring() then passes the values to the device.
 * @return 0; -EINVAL: an offset is not a doorbell; -ENOSPC: too many
 */
int
trap_let(struct trap_bar *bar, const uint32_t *off, unsigned int n);
/**
 * Pass stored doorbells to the device. Call it on the thread that steps the device, or before
 * waking that thread.
 */
void
trap_ring(struct trap_bar *bar);
/** Trap every access again. */
int
trap_stop(struct trap_bar *bar);

#endif /* _PEERS_TRAP_H_ */
