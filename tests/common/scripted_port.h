/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */
#ifndef _TEST_SCRIPTED_PORT_H_
#define _TEST_SCRIPTED_PORT_H_

/**
 * @file
 * A port without EAL, for tests whose registers are functions of their own and that control the
 * clock. A program that links this has a tick of one nanosecond: it replaces EAL's
 * rte_get_tsc_hz(), which returns 0 if EAL is not started, so that no wait would ever take time.
 */

#include <stdint.h>

#include "sl_port.h"

struct scripted_port {
	struct sl_port port; /**< first: scripted_time() and scripted_nap() find the clock by it */
	struct rte_eth_dev eth;
	struct rte_eth_dev_data data;
	uint64_t now; /**< ns; starts at 1 */
};

uint64_t
scripted_time(struct sl_port *port);
void
scripted_nap(struct sl_port *port, unsigned int us);

/**
 * Set up a port of the device with PCI id @p id, whose registers are @p ops of @p dev. @p s is all
 * zeros. Fails the test if the driver does not know the device.
 */
void
scripted_port_init(struct scripted_port *s, const struct sl_bus_ops *ops, void *dev, uint16_t id);

#endif /* _TEST_SCRIPTED_PORT_H_ */
