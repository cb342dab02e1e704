/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */
#ifndef _SL_ETHDEV_H_
#define _SL_ETHDEV_H_

/**
 * @file
 * A port's life, and ethdev's table of operations.
 */

#include "sl_compat.h"

struct sl_port;

/** Reset the NIC, read its MAC, fill eth ops. bus, adapter, dev_ops, dev_priv are set by the
 * caller. */
int
sl_port_init(struct rte_eth_dev *eth);
int
sl_port_close(struct rte_eth_dev *eth);
/** Choose the burst functions anew, on a running port too: for MTU and VLAN changes. */
int
sl_port_reselect(struct rte_eth_dev *eth);
/** Free what a port holds, however far its creation came; ethdev's own data stays. */
void
sl_port_release(struct sl_port *port);
extern const struct eth_dev_ops sl_eth_dev_ops;

#endif /* _SL_ETHDEV_H_ */
