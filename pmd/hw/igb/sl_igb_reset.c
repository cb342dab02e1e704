/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */

/*
 * Bringing the NIC up and down, and its link. Sections are those of the Intel
 * 82576EB datasheet, revision 2.63.
 */

#include "sl_call.h"
#include "sl_igb.h"

#define MASTER_TIMEOUT_US \
	100000u		     /* 5.2.3.3 gives no figure; PCIe completions are long done by then */
#define RESET_QUIET_US 1000u /* 4.2.1.6.1: no access within 1 ms */
#define RESET_TIMEOUT_US 100000u
#define NVM_TIMEOUT_US 100000u
#define CFG_DONE_TIMEOUT_US 100000u

/*
 * The control register is written whole. A read of it is a NIC's word: loopback or isolation,
 * written back, would outlive each reset of the MAC, which is none of the PHY's.
 */
static int
phy_control_set(struct sl_port *port, uint16_t bits)
{
	uint32_t owned;
	int ret = sl_igb_phy_get(port, &owned);

	if (ret != 0)
		return ret;
	ret = sl_igb_phy_write(port, SL_PHY_CONTROL,
		SL_PHY_CONTROL_SPEED_1000 | SL_PHY_CONTROL_FD | SL_PHY_CONTROL_AUTONEG_ENABLE |
			bits);
	sl_igb_phy_put(port, owned);
	return ret;
}

int
sl_igb_link_set(struct sl_port *port, bool up)
{
	uint32_t ctrl;
	int ret;

	if (!sl_hw_alive(port))
		return -EIO;
	/* 4.5.7.2: the MAC follows the PHY: no forced speed or duplex. */
	ctrl = SL_RD(&port->bus, CTRL, 0);
	if ((ctrl & SL_CTRL_RST) != 0) {
		/* Written back it would reset the NIC anew. */
		SL_LOG(ERR, "port %u: link not set: CTRL %#x: the NIC is in reset",
			port->eth->data->port_id, ctrl);
		return -EIO;
	}
	ctrl &= ~(SL_CTRL_SLU | SL_CTRL_FRCSPD | SL_CTRL_FRCDPLX | SL_CTRL_ILOS);
	SL_WR(&port->bus, CTRL, 0, ctrl | (up ? SL_CTRL_SLU : 0));
	if (up && sl_igb_has(port, SL_QUIRK_LINK_GO))
		SL_WR(&port->bus, PHPM, 0, SL_RD(&port->bus, PHPM, 0) & ~SL_PHPM_GO_LINKD);
	if (SL_GET(SL_CTRL_EXT_LINK_MODE, SL_RD(&port->bus, CTRL_EXT, 0)) != SL_LINK_MODE_COPPER)
		return 0;
	ret = phy_control_set(
		port, up ? SL_PHY_CONTROL_AUTONEG_RESTART : SL_PHY_CONTROL_POWER_DOWN);
	if (ret != 0)
		SL_LOG(ERR, "port %u: PHY does not answer: %s", port->eth->data->port_id,
			rte_strerror(-ret));
	return ret;
}

static void
mask_interrupts(struct sl_port *port)
{
	sl_igb_intr_off(port);
	(void)SL_RD(&port->bus, ICR, 0);
}

/* 5.2.3.3: no DMA may be under way when the reset comes. */
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
	SL_WR(&port->bus, CTRL, 0, SL_RD(&port->bus, CTRL, 0) | SL_CTRL_GIO_MASTER_DISABLE);
	ret = sl_hw_wait(port, SL_OFF_STATUS, SL_STATUS_GIO_MASTER_ENABLE, 0, MASTER_TIMEOUT_US);
	if (ret == -ETIMEDOUT) {
		SL_LOG(WARNING, "port %u: DMA requests still pending before reset",
			port->eth->data->port_id);
		ret = 0;
	}
	return ret;
}

/* A bit that some boards never set: waited for in vain at the first reset alone. */
static int
wait_once(struct sl_port *port, bool *never, uint32_t off, uint32_t bit, unsigned int timeout_us)
{
	int ret = *never ? 0 : sl_hw_wait(port, off, bit, bit, timeout_us);

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

	ret = sl_hw_wait(port, SL_OFF_CTRL, SL_CTRL_RST, 0, RESET_TIMEOUT_US);
	if (ret == -ETIMEDOUT) {
		SL_LOG(ERR, "port %u: reset hangs: CTRL.RST still set after %u ms",
			port->eth->data->port_id, RESET_TIMEOUT_US / 1000);
		return -EIO;
	}
	if (ret != 0)
		return ret;
	/* Boards without an NVM, and QEMU's, never set it; the address is checked when it is read.
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

/* CTRL.RST, and what comes with it; the NIC's DMA has been stopped as far as it can be. */
int
sl_igb_reset(struct sl_port *port)
{
	int ret;

	SL_WR(&port->bus, CTRL, 0, SL_RD(&port->bus, CTRL, 0) | SL_CTRL_RST);
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
	SL_WR(bus, CTRL, 0, SL_RD(bus, CTRL, 0) | SL_CTRL_RST);
}

/* 8.2.3: the MAC's own side of the link. */
static enum sl_hw_media
media(uint32_t ctrl_ext)
{
	switch (SL_GET(SL_CTRL_EXT_LINK_MODE, ctrl_ext)) {
	case SL_LINK_MODE_COPPER:
		return SL_MEDIA_COPPER;
	case SL_LINK_MODE_SGMII:
		return SL_MEDIA_SGMII;
	default:
		return SL_MEDIA_SERDES;
	}
}

bool
sl_igb_link_get(struct sl_port *port, struct sl_hw_link *link)
{
	/* 8.2.2: both last codes mean 1000. */
	static const uint32_t mbps[] = {[SL_SPEED_10] = 10,
		[SL_SPEED_100] = 100,
		[SL_SPEED_1000] = 1000,
		[SL_SPEED_1000 + 1] = 1000};
	const uint32_t status = SL_RD(&port->bus, STATUS, 0);
	const uint32_t ctrl_ext = SL_RD(&port->bus, CTRL_EXT, 0);

	/* Gone before the second read: the first one's link is no more. */
	if (status == SL_REG_GONE || ctrl_ext == SL_REG_GONE)
		return false;
	*link = (struct sl_hw_link){
		.media = media(ctrl_ext),
		.up = (status & SL_STATUS_LU) != 0,
		.full_duplex = (status & SL_STATUS_FD) != 0,
		.paused = (status & SL_STATUS_TXOFF) != 0,
	};
	if (link->up)
		link->mbps = mbps[SL_GET(SL_STATUS_SPEED, status)];
	if (link->up && sl_igb_has(port, SL_QUIRK_2500) && link->media == SL_MEDIA_SERDES &&
		(status & (SL_STATUS_2500 | SL_STATUS_2500_OVER)) == SL_STATUS_2500)
		link->mbps = 2500;
	return true;
}
