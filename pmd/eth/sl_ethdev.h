/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */
#ifndef _SL_ETHDEV_H_
#define _SL_ETHDEV_H_

/**
 * @file
 * Ethdev's table of operations.
 */

#include <ethdev_driver.h>

#include "sl_compat.h"

struct sl_hw;
struct sl_port;

/** Stop a running port. Returns 0. */
int
sl_dev_stop(struct rte_eth_dev *eth);
/** Properties of a port, whose NIC is @p hw, which is a process's own. */
void
sl_ethdev_info(const struct sl_hw *hw, const struct sl_port *port, struct rte_eth_dev_info *info);
/** Packet types that a port fills if its mask has them, followed by RTE_PTYPE_UNKNOWN. */
const uint32_t *
sl_ethdev_ptypes(size_t *n);
extern const struct eth_dev_ops sl_eth_dev_ops;

#endif /* _SL_ETHDEV_H_ */
