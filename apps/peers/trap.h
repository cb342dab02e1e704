/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */
#ifndef _PEERS_TRAP_H_
#define _PEERS_TRAP_H_

/**
 * @file
 * A register BAR with a device model behind it (x86-64): a driver loads from it
 * and stores to it as with a real one. The memory is mapped twice. The driver's
 * mapping faults; a handler lets the model answer, opens the page for one
 * instruction and closes it again. Only one thread at a time may access a
 * device's registers; each BAR serves one page at a time.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "sl_bus.h"

/** A trapped BAR. Opaque. */
struct trap_bar;

/** Why this machine cannot trap, or NULL. */
const char *
trap_obstacle(void);
/**
 * Install the handlers of SIGSEGV and SIGTRAP, also again when other code (a test
 * framework) has replaced them. Other faults go to the handlers that were
 * installed before. 0 or negative errno.
 */
int
trap_arm(void);
/**
 * Map a BAR of @p len bytes, a multiple of the page, served by @p bus; arms the trap.
 * @return 0; -ENOTSUP, -ENOSPC, -errno.
 */
int
trap_open(const struct sl_bus *bus, size_t len, struct trap_bar **out);
/** Unmap a BAR; no driver may use the address afterwards. NULL is allowed. */
void
trap_close(struct trap_bar *bar);
/** The address that the driver uses as the BAR. */
void *
trap_address(const struct trap_bar *bar);
/** Accesses served so far. */
uint64_t
trap_count(const struct trap_bar *bar);

/**
 * Let stores to the doorbells @p off[0..n-1], and to their pages, pass without a
 * trap: for running queues. trap_ring() then tells the device.
 * @return 0, -EINVAL for an offset that is no doorbell, -ENOSPC for too many.
 */
int
trap_let(struct trap_bar *bar, const uint32_t *off, unsigned int n);
/**
 * Pass stored doorbells to the device. Call it on the thread that steps the device, or
 * before waking it.
 */
void
trap_ring(struct trap_bar *bar);
/** Trap every access again. */
int
trap_stop(struct trap_bar *bar);

#endif /* _PEERS_TRAP_H_ */
