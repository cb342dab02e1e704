/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */

/*
 * Link: set up and down, and read from the MAC's registers. Sections are those of the Intel 82576EB
 * datasheet, revision 2.63.
 */

#include "sl_igb.h"

/* Bits that advertise a speed, and those that set it without negotiation. */
static const struct {
	uint32_t speed;
	enum sl_phy_reg reg;
	uint16_t offer, fixed;
} speeds[] = {
	{RTE_ETH_LINK_SPEED_10M_HD, SL_PHY_AUTONEG_ADV, SL_PHY_ABILITY_10_HD, 0},
	{RTE_ETH_LINK_SPEED_10M, SL_PHY_AUTONEG_ADV, SL_PHY_ABILITY_10_FD, SL_PHY_CONTROL_FD},
	{RTE_ETH_LINK_SPEED_100M_HD, SL_PHY_AUTONEG_ADV, SL_PHY_ABILITY_100_HD,
		SL_PHY_CONTROL_SPEED_100},
	{RTE_ETH_LINK_SPEED_100M, SL_PHY_AUTONEG_ADV, SL_PHY_ABILITY_100_FD,
		SL_PHY_CONTROL_SPEED_100 | SL_PHY_CONTROL_FD},
	{RTE_ETH_LINK_SPEED_1G, SL_PHY_1000T_CTRL, SL_PHY_1000T_FD, 0},
};

/* Advertise the configured speeds in one register. Pause bits stay as they are. */
static int
offer(struct sl_port *port, enum sl_phy_reg reg, uint16_t clear)
{
	const uint32_t asked = port->eth->data->dev_conf.link_speeds;
	uint16_t val = 0;
	unsigned int i;
	int ret = sl_igb_phy_read(port, reg, &val);

	val &= (uint16_t)~clear;
	for (i = 0; i < RTE_DIM(speeds); i++) {
		if (speeds[i].reg == reg &&
			(asked == RTE_ETH_LINK_SPEED_AUTONEG || (asked & speeds[i].speed) != 0))
			val |= speeds[i].offer;
	}
	return ret != 0 ? ret : sl_igb_phy_write(port, reg, val);
}

/* Bits of the PHY's control register. Over copper, 1 Gbit/s are always negotiated: 802.3 40.5.1. */
static uint16_t
control_bits(const struct sl_port *port)
{
	const uint32_t asked = port->eth->data->dev_conf.link_speeds;
	unsigned int i;

	for (i = 0; i < RTE_DIM(speeds); i++) {
		if (speeds[i].reg == SL_PHY_AUTONEG_ADV &&
			asked == (RTE_ETH_LINK_SPEED_FIXED | speeds[i].speed))
			return speeds[i].fixed;
	}
	return SL_PHY_CONTROL_SPEED_1000 | SL_PHY_CONTROL_FD | SL_PHY_CONTROL_AUTONEG_ENABLE |
		SL_PHY_CONTROL_AUTONEG_RESTART;
}

/*
 * Write the whole PHY control register, without reading it. If a faulty read returned the loopback
 * or isolate bit and it was written back, it would persist: a reset of the MAC does not reset the
 * PHY.
 */
static int
phy_set(struct sl_port *port, bool up)
{
	uint32_t owned;
	int ret = sl_igb_phy_get(port, &owned);

	if (ret != 0)
		return ret;
	if (up) {
		ret = offer(port, SL_PHY_AUTONEG_ADV, SL_PHY_ABILITY_SPEEDS);
		if (ret == 0)
			ret = offer(port, SL_PHY_1000T_CTRL, SL_PHY_1000T_HD | SL_PHY_1000T_FD);
	}
	if (ret == 0)
		ret = sl_igb_phy_write(
			port, SL_PHY_CONTROL, up ? control_bits(port) : SL_PHY_CONTROL_POWER_DOWN);
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
	ret = phy_set(port, up);
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
