/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */

/*
 * The models of the family igb: their properties, and the operations that the
 * engines call.
 */

#include "softigb.h"

static void
device_init(struct sl_softnic *nic)
{
	softigb_nvm_init(softigb_of(nic));
}

static const struct softnic_hook *const hooks[] = {
	softigb_ctrl_hooks,
	softigb_irq_hooks,
	softigb_mac_hooks,
	softigb_nvm_hooks,
	softigb_phy_hooks,
	softigb_queue_hooks,
	softigb_stats_hooks,
	NULL,
};

static const struct softnic_ops ops = {
	.init = device_init,
	.reset = softigb_reset,
	.queues = softigb_queues,
	.unhang = softigb_unhang,
	.link = softigb_link,
	.irq_queues = softigb_irq_queues,
	.irq_cause = softigb_irq_engine,
};

const struct softigb_device softigb_82576 = {
	.model =
		{
			.device =
				{
					.name = "82576",
					.pci_id = SL_PCI_DEV_82576,
					.queues = SL_NIC_QUEUES,
					.vectors = 25, /* 7.3.1 */
					.bar_size = SL_BAR_SIZE,
					.max_frame = SL_FRAME_MAX,
				},
			.ops = &ops,
			.regs = &sl_regs_82576,
			.hooks = hooks,
			.rx_tail = SL_RDT,
			.tx_tail = SL_TDT,
			.size = sizeof(struct softigb),
			.values = offsetof(struct softigb, r),
			.fifo = 64u * 1024, /* RXPBS at most: 8.3.9 */
			.rxd_err = SL_RXD_ERR_RXE,
			.rxd_ip = SL_RXD_ERR_IPE,
			.rxd_l4 = SL_RXD_ERR_L4E,
		},
	.addrs = 24,
	.phy_id = SL_PHY_ID_82576,
};
