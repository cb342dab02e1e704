/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */

/*
 * The model of the 82599: its properties, and the operations that the engines
 * call.
 */

#include "softixgbe.h"

/* What a wire carries, with FCS; the 82599 itself takes 15872 bytes. */
#define MAX_FRAME (SL_WIRE_FRAME_MAX + SL_FCS_LEN)

static void
device_init(struct sl_softnic *nic)
{
	nic->rss.entries = SL_82599_RETA_ENTRIES;
}

/* Interrupt registers hold their values, but no interrupt is raised. */
static void
no_irq_queues(struct sl_softnic *nic, const struct softnic_set *rx, const struct softnic_set *tx)
{
	(void)nic;
	(void)rx;
	(void)tx;
}

static void
no_irq_cause(struct sl_softnic *nic, enum softnic_cause cause)
{
	(void)nic;
	(void)cause;
}

static const struct softnic_hook *const hooks[] = {
	softixgbe_ctrl_hooks,
	softixgbe_mac_hooks,
	softixgbe_queue_hooks,
	NULL,
};

static const struct softnic_ops ops = {
	.init = device_init,
	.reset = softixgbe_reset,
	.queues = softixgbe_queues,
	.unhang = softixgbe_unhang,
	.link = softixgbe_link,
	.irq_queues = no_irq_queues,
	.irq_cause = no_irq_cause,
};

const struct softnic_model softixgbe_82599 = {
	.device =
		{
			.name = "82599",
			.pci_id = SL_PCI_DEV_82599_KX4,
			.queues = SL_82599_QUEUES,
			.vectors = 64,
			.bar_size = SL_82599_BAR_SIZE,
			.max_frame = MAX_FRAME,
		},
	.ops = &ops,
	.regs = &sl_regs_82599,
	.hooks = hooks,
	.rx_tail = SL_82599_RDT,
	.tx_tail = SL_82599_TDT,
	.size = sizeof(struct softixgbe),
	.values = offsetof(struct softixgbe, r),
	.fifo = 512u * 1024,
	.rxd_err = SL_IXGBE_RXD_ERR_RXE,
	.rxd_ip = SL_IXGBE_RXD_ERR_IPE,
	.rxd_l4 = SL_IXGBE_RXD_ERR_L4E,
};
