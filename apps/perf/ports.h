/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */
#ifndef _PORTS_H_
#define _PORTS_H_

/** @file Real ports by PCI address: check them, attach them to DPDK and detach them. Main lcore. */

#include <stdint.h>

#include "options.h"

/**
 * Check before EAL starts that each named port can be used: it exists, is a
 * NIC that the driver drives, and is bound to a driver that gives it to user space.
 * @return 0; -ENODEV with the reason and the cure on stderr.
 */
int
ports_check(const struct options *o);
/**
 * Attach our driver to @p bdf, in the given coherency mode.
 * @return 0, or negative errno with the reason on stderr.
 */
int
port_attach(const char *bdf, const char *coherency, uint16_t *port);
/** Give a closed port back. */
void
port_detach(uint16_t port);
/** Wait until it has a link. @return 0; -ENOLINK with the reason on stderr; -EINTR by a signal. */
int
port_wait_link(uint16_t port, const char *bdf, const char *other);

#endif /* _PORTS_H_ */
