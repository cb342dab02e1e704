/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */

/* Reset of the NIC. Sections are those of the Intel 82576EB datasheet, revision 2.63. */

#include "sl_call.h"
#include "sl_igb.h"

#define MASTER_TIMEOUT_US 100000u /* 5.2.3.3 gives none; PCIe completions are faster */
#define RESET_QUIET_US 1000u	  /* 4.2.1.6.1: no access within 1 ms */
#define RESET_TIMEOUT_US 100000u
#define NVM_TIMEOUT_US 100000u
#define CFG_DONE_TIMEOUT_US 100000u

static void
mask_interrupts(struct sl_port *port)
{
	sl_igb_intr_off(port);
	(void)SL_RD(&port->bus, ICR, 0);
}

/* 5.2.3.3: no DMA may be in progress when the NIC is reset. */
static int
stop_dma(struct sl_port *port)
{
	unsigned int q;
	int ret;

	SL_WR(&port->bus, RCTL, 0, 0);
	SL_WR(&port->bus, TCTL, 0, SL_TCTL_PSP);
	for (q = 0; q < port->hw->rx_queues; q++)
		SL_WR(&port->bus, RXDCTL, q, 0);
	for (q = 0; q < port->hw->tx_queues; q++)
		SL_WR(&port->bus, TXDCTL, q, 0);
	SL_WR(&port->bus, CTRL, 0, sl_igb_ctrl(&port->bus) | SL_CTRL_GIO_MASTER_DISABLE);
	ret = sl_port_wait(port, SL_OFF_STATUS, SL_STATUS_GIO_MASTER_ENABLE, 0, MASTER_TIMEOUT_US);
	if (ret == -ETIMEDOUT) {
		SL_LOG(WARNING, "port %u: DMA requests still pending before reset",
			port->eth->data->port_id);
		ret = 0;
	}
	return ret;
}

/*
 * Wait for a bit that some boards never set: after a timeout at the first reset it is not waited
 * for again.
 */
static int
wait_once(struct sl_port *port, bool *never, uint32_t off, uint32_t bit, unsigned int timeout_us)
{
	int ret = *never ? 0 : sl_port_wait(port, off, bit, bit, timeout_us);

	if (ret != -ETIMEDOUT)
		return ret;
	*never = true;
	return 0;
}

/* 4.2.1.6.1: wait for CTRL.RST, the NVM and the firmware's configuration. */
static int
wait_reset_done(struct sl_port *port)
{
	uint32_t cfg_done;
	int ret;

	ret = sl_port_wait(port, SL_OFF_CTRL, SL_CTRL_RST, 0, RESET_TIMEOUT_US);
	if (ret == -ETIMEDOUT) {
		SL_LOG(ERR, "port %u: reset hangs: CTRL.RST still set after %u ms",
			port->eth->data->port_id, RESET_TIMEOUT_US / 1000);
		return -EIO;
	}
	if (ret != 0)
		return ret;
	/*
	 * Boards without an NVM, and QEMU's, never set it. The MAC address is checked when it is
	 * read.
	 */
	ret = wait_once(port, &port->no_auto_rd, SL_OFF_EECD, SL_EECD_AUTO_RD, NVM_TIMEOUT_US);
	if (ret != 0)
		return ret;
	cfg_done = SL_EEMNGCTL_CFG_DONE0 << SL_GET(SL_STATUS_FUNC, SL_RD(&port->bus, STATUS, 0));
	/* Boards without manageability firmware never set it. */
	return wait_once(port, &port->no_cfg_done, SL_OFF_EEMNGCTL, cfg_done, CFG_DONE_TIMEOUT_US);
}

int
sl_igb_quiet(struct sl_port *port)
{
	mask_interrupts(port); /* 4.5.3 */
	return stop_dma(port);
}

/*
 * Reset with CTRL.RST, and the steps around it. The NIC's DMA has already been stopped as far as
 * possible.
 */
int
sl_igb_reset(struct sl_port *port)
{
	int ret;

	SL_WR(&port->bus, CTRL, 0, sl_igb_ctrl(&port->bus) | SL_CTRL_RST);
	sl_time_nap(port, RESET_QUIET_US);
	ret = wait_reset_done(port);
	if (ret != 0)
		return ret;
	mask_interrupts(port); /* the reset may have set causes */
	ret = sl_igb_phy_pll(port);
	if (ret != 0)
		return ret;
	if (sl_igb_has(port, SL_QUIRK_PBS_KEPT)) {
		SL_WR(&port->bus, RXPBS, 0, SL_RXPBS_I210);
		SL_WR(&port->bus, TXPBS, 0, SL_TXPBS_I210);
	}
	if (sl_igb_has(port, SL_QUIRK_DMAC_OFF))
		SL_WR(&port->bus, DMACR, 0, 0);
	SL_WR(&port->bus, CTRL_EXT, 0, SL_RD(&port->bus, CTRL_EXT, 0) | SL_CTRL_EXT_DRV_LOAD);
	return 0;
}

void
sl_igb_let_go(struct sl_port *port)
{
	SL_WR(&port->bus, CTRL_EXT, 0, SL_RD(&port->bus, CTRL_EXT, 0) & ~SL_CTRL_EXT_DRV_LOAD);
}

bool
sl_igb_answers(struct sl_port *port)
{
	return SL_RD(&port->bus, STATUS, 0) != SL_REG_GONE;
}

void
sl_igb_mac_get(struct sl_port *port, struct rte_ether_addr *mac)
{
	const uint32_t lo = SL_RD(&port->bus, RAL, 0), hi = SL_RD(&port->bus, RAH, 0);

	*mac = (struct rte_ether_addr){
		.addr_bytes = {(uint8_t)lo, (uint8_t)(lo >> 8), (uint8_t)(lo >> 16),
			(uint8_t)(lo >> 24), (uint8_t)hi, (uint8_t)(hi >> 8)}};
}

bool
sl_igb_moves_frames(const struct sl_bus *bus)
{
	return SL_RD(bus, STATUS, 0) != SL_REG_GONE &&
		((SL_RD(bus, RCTL, 0) & SL_RCTL_RXEN) != 0 ||
			(SL_RD(bus, TCTL, 0) & SL_TCTL_EN) != 0);
}

void
sl_igb_forget(const struct sl_bus *bus)
{
	SL_WR(bus, CTRL, 0, sl_igb_ctrl(bus) | SL_CTRL_RST);
}
