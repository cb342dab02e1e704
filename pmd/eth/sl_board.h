/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */
#ifndef _SL_BOARD_H_
#define _SL_BOARD_H_

/**
 * @file
 * What is on the board beside the NIC: its NVM, LEDs, and the module in its cage.
 */

#include <stddef.h>

struct rte_dev_eeprom_info;
struct rte_eth_dev;
struct rte_eth_dev_module_info;

/* ethdev's operations. Control. */
int
sl_get_eeprom_length(struct rte_eth_dev *eth);
int
sl_get_eeprom(struct rte_eth_dev *eth, struct rte_dev_eeprom_info *info);
int
sl_fw_version_get(struct rte_eth_dev *eth, char *text, size_t room);
int
sl_led_on(struct rte_eth_dev *eth);
int
sl_led_off(struct rte_eth_dev *eth);
int
sl_get_module_info(struct rte_eth_dev *eth, struct rte_eth_dev_module_info *info);
int
sl_get_module_eeprom(struct rte_eth_dev *eth, struct rte_dev_eeprom_info *info);

#endif /* _SL_BOARD_H_ */
