/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */
#ifndef _SL_PAUSE_H_
#define _SL_PAUSE_H_

/**
 * @file
 * Flow control of the link with PAUSE frames: IEEE 802.3 annex 31B. Control thread.
 */

struct rte_eth_dev;
struct rte_eth_fc_conf;

/** The setting in effect, or the values that the first setting may start from. */
int
sl_flow_ctrl_get(struct rte_eth_dev *eth, struct rte_eth_fc_conf *conf);
/**
 * Set flow control, now and after each start.
 * @return 0; -EINVAL, -ENOTSUP: logged with value and limits; -EIO: the device is gone
 */
int
sl_flow_ctrl_set(struct rte_eth_dev *eth, struct rte_eth_fc_conf *conf);
/** Program the setting again after a reset. Without one the NIC keeps its own. */
void
sl_pause_restore(struct rte_eth_dev *eth);

#endif /* _SL_PAUSE_H_ */
