/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */
#ifndef _PEERS_TRAP_H_
#define _PEERS_TRAP_H_

/**
 * @file
 * A register BAR that a driver loads from and stores to, as it does with real
 * ones, with a device model behind it (x86-64). The memory is mapped twice: the
 * driver's view faults, a handler lets the model answer, opens the page for one
 * instruction and closes it behind. One thread at a time in a device's
 * registers; each bar serves one page at a time.
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
 * Install the handlers of SIGSEGV and SIGTRAP, again where somebody (a test
 * framework) has put others in their place. Faults that are not ours go to
 * who was there before. 0 or negative errno.
 */
int
trap_arm(void);
/**
 * Map a BAR of @p len bytes, a multiple of the page, served by @p bus; arms the trap.
 * @return 0; -ENOTSUP, -ENOSPC, -errno.
 */
int
trap_open(const struct sl_bus *bus, size_t len, struct trap_bar **out);
/** Unmap it; no driver may hold the address any more. NULL is nothing. */
void
trap_close(struct trap_bar *bar);
/** What the driver takes for the BAR. */
void *
trap_address(const struct trap_bar *bar);
/** Accesses served so far. */
uint64_t
trap_count(const struct trap_bar *bar);

/**
 * Let stores to the doorbells @p off[0..n-1] through without a trap, with the
 * pages they are on: for running queues. trap_ring() then tells the device.
 * @return 0, -EINVAL for what is no doorbell, -ENOSPC for too many.
 */
int
trap_let(struct trap_bar *bar, const uint32_t *off, unsigned int n);
/** Hand to the device what was stored since. The thread that steps it, or before it is woken. */
void
trap_ring(struct trap_bar *bar);
/** Trap every access again. */
int
trap_stop(struct trap_bar *bar);

#endif /* _PEERS_TRAP_H_ */
