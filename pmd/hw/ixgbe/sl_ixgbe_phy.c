/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */

/*
 * The copper PHY inside X540 and X550, on the MDI bus, which MSCA and MSRWD access (IEEE 802.3
 * clause 45). The PHY negotiates and the MAC follows it: over copper, 1 Gbit/s and more cannot be
 * forced.
 */

#include "sl_call.h"
#include "sl_ixgbe.h"

#define MDI_TIMEOUT_US 10000u /* a frame on the bus takes 64 bits at 2.5 MHz */
#define PHY_ADDRESSES 32u
#define EACH 0u	      /* phy.def: in each device that exists... */
#define ANY_DEVICE 1u /* ...and therefore in this one */

static const struct {
	uint8_t mmd;
	uint16_t reg;
} places[] = {
#define SL_PHY(name, device, address, ...) \
	[SL_82599_PHY_##name] = {(device) == EACH ? ANY_DEVICE : (device), address},
#include "ixgbe/phy.def"
#undef SL_PHY
};

/* Register and bit that advertise a speed. */
static const struct {
	uint32_t speed;
	enum sl_82599_phy reg;
	uint16_t bit;
} offers[] = {
	{RTE_ETH_LINK_SPEED_10G, SL_82599_PHY_AN_10G, SL_82599_PHY_10G},
	{RTE_ETH_LINK_SPEED_5G, SL_82599_PHY_AN_1G, SL_82599_PHY_5G},
	{RTE_ETH_LINK_SPEED_2_5G, SL_82599_PHY_AN_1G, SL_82599_PHY_2_5G},
	{RTE_ETH_LINK_SPEED_1G, SL_82599_PHY_AN_1G, SL_82599_PHY_1G},
	{RTE_ETH_LINK_SPEED_100M, SL_82599_PHY_AN_ADVERTISE, SL_82599_PHY_100M},
};

/* --- the bus --- */

static int
frame(struct sl_port *port, unsigned int phy, enum sl_82599_phy reg, enum sl_82599_msca_op op)
{
	SL_IXGBE_WR(&port->bus, MSCA, 0,
		SL_PREP(SL_82599_MSCA_REG, places[reg].reg) |
			SL_PREP(SL_82599_MSCA_MMD, places[reg].mmd) |
			SL_PREP(SL_82599_MSCA_PHY, phy) | SL_PREP(SL_82599_MSCA_OP, op) |
			SL_82599_MSCA_COMMAND);
	return sl_port_wait(port, SL_82599_OFF(MSCA, 0), SL_82599_MSCA_COMMAND, 0, MDI_TIMEOUT_US);
}

static int
phy_read(struct sl_port *port, unsigned int phy, enum sl_82599_phy reg, uint16_t *val)
{
	int ret = frame(port, phy, reg, SL_82599_MSCA_ADDRESS);

	if (ret == 0)
		ret = frame(port, phy, reg, SL_82599_MSCA_READ);
	if (ret == 0)
		*val = (uint16_t)SL_GET(SL_82599_MSRWD_READ, SL_IXGBE_RD(&port->bus, MSRWD, 0));
	return ret;
}

static int
phy_write(struct sl_port *port, unsigned int phy, enum sl_82599_phy reg, uint16_t val)
{
	int ret = frame(port, phy, reg, SL_82599_MSCA_ADDRESS);

	if (ret != 0)
		return ret;
	SL_IXGBE_WR(&port->bus, MSRWD, 0, SL_PREP(SL_82599_MSRWD_WRITE, val));
	return frame(port, phy, reg, SL_82599_MSCA_WRITE);
}

static int
phy_set(struct sl_port *port, unsigned int phy, enum sl_82599_phy reg, uint16_t clear, uint16_t set)
{
	uint16_t val = 0;
	int ret = phy_read(port, phy, reg, &val);

	return ret != 0 ? ret : phy_write(port, phy, reg, (uint16_t)((val & ~clear) | set));
}

/* Find the PHY on the bus: the first address that has an identifier. */
static int
find(struct sl_port *port, unsigned int *phy)
{
	uint16_t id = 0;
	int ret;

	for (*phy = 0; *phy < PHY_ADDRESSES; (*phy)++) {
		ret = phy_read(port, *phy, SL_82599_PHY_ID1, &id);
		if (ret != 0 || (id != 0 && id != UINT16_MAX))
			return ret;
	}
	return -ENODEV;
}

/* --- the link --- */

/*
 * Speeds to advertise: those of the configuration, or by default all but 2.5 and 5 Gbit/s. Some
 * switches get no link if these are advertised, so the maker's drivers do not advertise them by
 * default either.
 */
static uint32_t
wanted(const struct sl_port *port)
{
	const uint32_t asked = port->eth->data->dev_conf.link_speeds;

	return asked != RTE_ETH_LINK_SPEED_AUTONEG ?
		asked :
		port->hw->speeds & ~(RTE_ETH_LINK_SPEED_2_5G | RTE_ETH_LINK_SPEED_5G);
}

static int
offer(struct sl_port *port, unsigned int phy, enum sl_82599_phy reg, uint16_t clear)
{
	const uint32_t speeds = wanted(port);
	uint16_t set = 0;
	unsigned int i;

	for (i = 0; i < RTE_DIM(offers); i++) {
		/* Do not change bits of speeds that the device does not support. */
		if (offers[i].reg != reg || (port->hw->speeds & offers[i].speed) == 0)
			continue;
		clear |= offers[i].bit;
		if ((speeds & offers[i].speed) != 0)
			set |= offers[i].bit;
	}
	return phy_set(port, phy, reg, clear, set);
}

/* Pause is not advertised, because flow control is not negotiated but set: sl_ixgbe_pause.c. */
static int
offer_all(struct sl_port *port, unsigned int phy)
{
	int ret = offer(port, phy, SL_82599_PHY_AN_10G, 0);

	if (ret == 0)
		ret = offer(port, phy, SL_82599_PHY_AN_1G, 0);
	if (ret == 0)
		ret = offer(port, phy, SL_82599_PHY_AN_ADVERTISE,
			SL_82599_PHY_100M_HALF | SL_82599_PHY_PAUSE);
	return ret;
}

/* True if the link must stay as it is, because it is used to manage the machine. */
static bool
vetoed(struct sl_port *port)
{
	return (SL_IXGBE_RD(&port->bus, MMNGC, 0) & SL_82599_MMNGC_VETO) != 0;
}

/*
 * AN_CONTROL is written as a whole. Otherwise a loopback or reset bit that was read would be
 * written back.
 */
static int
link_up(struct sl_port *port, unsigned int phy)
{
	int ret = offer_all(port, phy);

	if (ret == 0)
		ret = phy_set(port, phy, SL_82599_PHY_VS_CONTROL,
			SL_82599_PHY_RESET | SL_82599_PHY_LOW_POWER, 0);
	if (ret != 0 || vetoed(port))
		return ret;
	return phy_write(port, phy, SL_82599_PHY_AN_CONTROL,
		SL_82599_PHY_AN_NEXT_PAGES | SL_82599_PHY_AN_ON | SL_82599_PHY_AN_RESTART);
}

static int
link_down(struct sl_port *port, unsigned int phy)
{
	return phy_set(
		port, phy, SL_82599_PHY_VS_CONTROL, SL_82599_PHY_RESET, SL_82599_PHY_LOW_POWER);
}

/* Acquire the bus and call @p todo for the PHY that is on it. */
static int
with_phy(struct sl_port *port, int (*todo)(struct sl_port *port, unsigned int phy))
{
	const uint32_t owned = sl_ixgbe_phy_resource(port);
	unsigned int phy = 0;
	int ret = sl_ixgbe_own(port, owned);

	if (ret != 0)
		return ret;
	ret = find(port, &phy);
	if (ret == 0)
		ret = todo(port, phy);
	sl_ixgbe_disown(port, owned);
	if (ret != 0)
		SL_LOG(ERR, "port %u: PHY does not answer: %s", port->eth->data->port_id,
			rte_strerror(-ret));
	return ret;
}

int
sl_ixgbe_phy_up(struct sl_port *port)
{
	return with_phy(port, link_up);
}

int
sl_ixgbe_phy_down(struct sl_port *port)
{
	const uint32_t fwsm = SL_IXGBE_RD(&port->bus, FWSM, 0);

	if ((fwsm & SL_82599_FWSM_PASS_THROUGH) != 0 || vetoed(port)) {
		SL_LOG(ERR,
			"port %u: link not taken down: this machine is managed over it (FWSM %#x); "
			"turn the NIC's manageability off first",
			port->eth->data->port_id, fwsm);
		return -EBUSY;
	}
	return with_phy(port, link_down);
}
