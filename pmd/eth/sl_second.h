/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */
#ifndef _SL_SECOND_H_
#define _SL_SECOND_H_

/**
 * @file
 * A port of the primary process in a secondary process: what it may do there. Control path of the
 * secondary.
 */

struct rte_eth_dev;

/**
 * Make a port usable in this process, before rte_eth_dev_probing_finish().
 * @param refusal why this process may not poll its queues, a constant text; NULL: it may, if the
 * port's coherency mode allows it
 * @return 0 or negative errno, logged.
 */
int
sl_second_attach(struct rte_eth_dev *eth, const char *refusal);
/** After rte_eth_dev_probing_finish(): let bursts find the queues. */
void
sl_second_publish(struct rte_eth_dev *eth);
/** Free this process's part of a port. The primary's port is unchanged. Returns 0. */
int
sl_second_detach(struct rte_eth_dev *eth);

#endif /* _SL_SECOND_H_ */
