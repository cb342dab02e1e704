/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */

/*
 * Models of the 82599 (with a backplane, and with fibre), the X540 and the X550: their properties,
 * and the operations that the engines call.
 */

#include "softixgbe.h"

/* Longest frame on a wire, including FCS. The 82599 itself accepts 15872 bytes. */
#define MAX_FRAME (SL_WIRE_FRAME_MAX + SL_FCS_LEN)

static void
device_init(struct sl_softnic *nic)
{
	nic->rss.entries = (uint16_t)softixgbe_device(softixgbe_of(nic))->reta;
	softixgbe_nvm_init(softixgbe_of(nic));
	softixgbe_sfp_init(softixgbe_of(nic));
}

static const struct softnic_hook *const hooks[] = {
	softixgbe_ctrl_hooks,
	softixgbe_fdir_hooks,
	softixgbe_firmware_hooks,
	softixgbe_irq_hooks,
	softixgbe_link_hooks,
	softixgbe_mac_hooks,
	softixgbe_nvm_hooks,
	softixgbe_phy_hooks,
	softixgbe_queue_hooks,
	softixgbe_sfp_hooks,
	softixgbe_stats_hooks,
	softixgbe_steer_hooks,
	softixgbe_time_hooks,
	NULL,
};

static const struct softnic_ops ops = {
	.init = device_init,
	.reset = softixgbe_reset,
	.queues = softixgbe_queues,
	.unhang = softixgbe_unhang,
	.link = softixgbe_link,
	.irq_queues = softixgbe_irq_queues,
	.irq_cause = softixgbe_irq_engine,
	.intx = softixgbe_intx,
	.tx_stamp = softixgbe_time_tx,
	.rx_stamp = softixgbe_time_rx,
	.rx_steer = softixgbe_steer,
};

#define DEVICE(label, id, table, buffer) \
	{ \
		.device = \
			{ \
				.name = label, \
				.pci_id = id, \
				.queues = SL_82599_QUEUES, \
				.vectors = SL_82599_VECTORS, \
				.bar_size = SL_82599_BAR_SIZE, \
				.max_frame = MAX_FRAME, \
			}, \
		.ops = &ops, .regs = &(table), .hooks = hooks, .rx_tail = SL_82599_RDT, \
		.tx_tail = SL_82599_TDT, .size = sizeof(struct softixgbe), \
		.values = offsetof(struct softixgbe, r), .fifo = (buffer)*1024u, \
		.rxd_err = SL_IXGBE_RXD_ERR_RXE, .rxd_ip = SL_IXGBE_RXD_ERR_IPE, \
		.rxd_l4 = SL_IXGBE_RXD_ERR_L4E, .tx_frame_min = SL_IXGBE_TX_FRAME_MIN, \
		.pause_is_good = true, \
	}

#define RETA .reta = SL_82599_RETA_ENTRIES, .reta_queue = SL_82599_RETA_QUEUE

const struct softixgbe_device softixgbe_82599 = {
	.model = DEVICE("82599", SL_PCI_DEV_82599_KX4, sl_regs_82599, 512),
	RETA,
};
const struct softixgbe_device softixgbe_82599_sfp = {
	.model = DEVICE("82599-sfp", SL_PCI_DEV_82599_SFP, sl_regs_82599, 512),
	RETA,
	.sfp = true,
};
const struct softixgbe_device softixgbe_x540 = {
	.model = DEVICE("x540", SL_PCI_DEV_X540_T, sl_regs_x540, 384),
	RETA,
	.phy_id = SL_82599_PHY_ID_X540,
	.regsmp = true,
	.whole_increment = true,
};
const struct softixgbe_device softixgbe_x550 = {
	.model = DEVICE("x550", SL_PCI_DEV_X550_T, sl_regs_x550, 384),
	.reta = SL_82599_RETA_ENTRIES_X550,
	.reta_queue = SL_82599_RETA_QUEUE_X550,
	.phy_id = SL_82599_PHY_ID_X550,
	.regsmp = true,
	.firmware = true,
	.multigig = true,
	.seconds = true,
};
