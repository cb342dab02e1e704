/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */

/*
 * Link: set up and down, and read from the MAC's registers. Sections are those of the Intel 82576EB
 * datasheet, revision 2.63.
 */

#include "sl_igb.h"

/*
 * Write the whole PHY control register, without reading it. If a faulty read returned the loopback
 * or isolate bit and it was written back, it would persist: a reset of the MAC does not reset the
 * PHY.
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

	if (!sl_port_alive(port))
		return -EIO;
	/* 4.5.7.2: the MAC uses the PHY's speed and duplex; none is forced. */
	ctrl = SL_RD(&port->bus, CTRL, 0);
	if ((ctrl & SL_CTRL_RST) != 0) {
		/* Writing the bit back would reset the NIC again. */
		SL_LOG(ERR, "port %u: link not set: CTRL %#x: the NIC is in reset",
			port->eth->data->port_id, ctrl);
		return -EIO;
	}
	ctrl &= ~(SL_CTRL_SLU | SL_CTRL_FRCSPD | SL_CTRL_FRCDPLX | SL_CTRL_ILOS | SL_CTRL_DEV_RST |
		SL_CTRL_PHY_RST);
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

/* 8.2.3: the MAC's interface to the link. */
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
	/* 8.2.2: the last two codes both mean 1000 Mbit/s. */
	static const uint32_t mbps[] = {[SL_SPEED_10] = 10,
		[SL_SPEED_100] = 100,
		[SL_SPEED_1000] = 1000,
		[SL_SPEED_1000 + 1] = 1000};
	const uint32_t status = SL_RD(&port->bus, STATUS, 0);
	const uint32_t ctrl_ext = SL_RD(&port->bus, CTRL_EXT, 0);

	/*
	 * The device was removed before the second read, so the link of the first read is not
	 * valid.
	 */
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
