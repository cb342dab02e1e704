/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */

/*
 * Models of the igb family: their properties, and the operations that the engines
 * call.
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
	softigb_time_hooks,
	NULL,
};

static const struct softnic_ops ops = {
	.init = device_init,
	.reset = softigb_reset,
	.queues = softigb_queues,
	.unhang = softigb_unhang,
	.link = softigb_phy_wire,
	.irq_queues = softigb_irq_queues,
	.irq_cause = softigb_irq_engine,
	.intx = softigb_intx,
	.tx_stamp = softigb_time_tx,
	.rx_stamp = softigb_time_rx,
	.watch = softigb_time_watch,
};

/* Most bytes of the packet buffer: the largest code, or the largest value of RXPBS. */
#define FIFO_MAX(quirk_bits) (((quirk_bits)&SL_QUIRK_PBS_CODE) != 0 ? 144u * 1024 : 64u * 1024)

/* Number of vectors: elements of EITR, which is per vector: 7.3.1. */
enum { VECTORS = 25, VECTORS_I210 = 5 };

#define SL_FACTS(dev, first, n_queues, n_addrs, phy, rx_prefetch, tx_prefetch, quirk_bits) \
	const struct softigb_device softigb_##dev = { \
		.model = \
			{ \
				.device = \
					{ \
						.name = #dev, \
						.pci_id = SL_PCI_DEV_##first, \
						.queues = n_queues, \
						.vectors = ((quirk_bits)&SL_QUIRK_PLL) != 0 ? \
							VECTORS_I210 : \
							VECTORS, \
						.bar_size = SL_BAR_SIZE, \
						.max_frame = SL_IGB_FRAME_MAX, \
					}, \
				.ops = &ops, \
				.regs = &sl_regs_##dev, \
				.hooks = hooks, \
				.rx_tail = SL_RDT, \
				.tx_tail = SL_TDT, \
				.size = sizeof(struct softigb), \
				.values = offsetof(struct softigb, r), \
				.fifo = FIFO_MAX(quirk_bits), \
				.rxd_err = SL_RXD_ERR_RXE, \
				.rxd_ip = SL_RXD_ERR_IPE, \
				.rxd_l4 = SL_RXD_ERR_L4E, \
				.tx_frame_min = SL_IGB_TX_FRAME_MIN, \
			}, \
		.addrs = n_addrs, \
		.phy_id = phy, \
		.quirks = quirk_bits, \
	};
/* clang-format off */
#include "facts.def"
/* clang-format on */
#undef SL_FACTS
