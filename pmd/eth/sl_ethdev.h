/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */
#ifndef _SL_ETHDEV_H_
#define _SL_ETHDEV_H_

/**
 * @file
 * Ethdev's table of operations.
 */

#include "sl_compat.h"

/** Stop a running port. Returns 0. */
int
sl_dev_stop(struct rte_eth_dev *eth);
extern const struct eth_dev_ops sl_eth_dev_ops;

#endif /* _SL_ETHDEV_H_ */
