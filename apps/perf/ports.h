/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */
#ifndef _PORTS_H_
#define _PORTS_H_

/** @file Real ports, by PCI address: are they fit for use, and to and from DPDK. Main lcore. */

#include <stdint.h>

#include "options.h"

/**
 * Look whether each port that is named can be used, before EAL starts: there, an
 * 82576, bound to a driver that hands it out.
 * @return 0; -ENODEV with the reason and the cure on stderr.
 */
int ports_check(const struct options *o);
/**
 * Have our driver take @p bdf, in the coherency mode named.
 * @return 0, or negative errno with the reason on stderr.
 */
int port_attach(const char *bdf, const char *coherency, uint16_t *port);
/** Give a closed port back. */
void port_detach(uint16_t port);
/** Wait until it has a link. @return 0; -ENOLINK with the reason on stderr; -EINTR by a signal. */
int port_wait_link(uint16_t port, const char *bdf, const char *other);

#endif /* _PORTS_H_ */
