/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */
#ifndef _PORTS_H_
#define _PORTS_H_

/** @file Real ports by PCI address: check them, attach them to DPDK and detach them. Main lcore. */

#include <stdint.h>

#include "options.h"

/**
 * Check before EAL starts that each port can be used: it exists, is a NIC that Syncline supports,
 * and is bound to a kernel driver for user-space access.
 * @return 0; -ENODEV with the reason and a remedy on stderr.
 */
int
ports_check(const struct options *o);
/**
 * Attach Syncline's driver to @p bdf, in the given coherency mode.
 * @return 0, or negative errno with the reason on stderr.
 */
int
port_attach(const char *bdf, const char *coherency, uint16_t *port);
/**
 * Wait until a port has a link. @return 0; -ENOLINK with the reason on stderr; -EINTR: a signal.
 */
int
port_wait_link(uint16_t port, const char *bdf, const char *other);

#endif /* _PORTS_H_ */
