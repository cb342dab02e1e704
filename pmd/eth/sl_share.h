/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */
#ifndef _SL_SHARE_H_
#define _SL_SHARE_H_

/**
 * @file
 * The primary process's side of a port that secondary processes use: what they may see of it, and
 * when their bursts must end. Control path of the primary.
 */

struct rte_eth_dev;
struct sl_port;

/** Allocate the seats, and answer requests of secondary processes from now on. 0 or -ENOMEM. */
int
sl_share_open(struct sl_port *port);
/** Let secondary processes attach to a complete port. */
void
sl_share_publish(struct sl_port *port);
/** The port has started: bursts of secondary processes may run. */
void
sl_share_run(struct sl_port *port);
/**
 * Before the port's queues are stopped: let no burst of a secondary process begin, and wait until
 * those that run have ended. A process that has ended within a burst of transmit may have freed
 * mbufs without noting it, so the oldest ones of that queue are given up, which is logged.
 */
void
sl_share_stop(struct rte_eth_dev *eth);
/** The port ends: no secondary process uses it after that. */
void
sl_share_close(struct sl_port *port);
void
sl_share_free(struct sl_port *port);

#endif /* _SL_SHARE_H_ */
