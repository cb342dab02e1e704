/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */

/*
 * The link: a backplane, a module in a cage, or a copper PHY. Sections are those of the Intel 82599
 * 10 GbE Controller Datasheet.
 */

#include "sl_call.h"
#include "sl_ixgbe.h"

#define LASER_US 100u	       /* until the laser is on or off */
#define PIPELINE_STEP_US 4000u /* 10 times */
#define PIPELINE_TIMEOUT_US 40000u

/* True if firmware manages the link. It then shares AUTOC with the driver. */
static bool
firmware_has_link(struct sl_port *port)
{
	const unsigned int fw = sl_ixgbe_nvm_pointer(port, SL_82599_NVM_FIRMWARE);
	const unsigned int lesm =
		fw != 0 ? sl_ixgbe_nvm_pointer(port, fw + SL_82599_NVM_FW_LESM) : 0;
	uint16_t state = 0;

	return lesm != 0 && sl_ixgbe_nvm_read(port, lesm + SL_82599_NVM_LESM_STATE, &state) == 0 &&
		(state & SL_82599_NVM_LESM_ON) != 0;
}

/*
 * 4.6.4.4: to reset the pipeline that AUTOC controls, change the link mode, wait until negotiation
 * starts, and restore the mode.
 */
static void
pipeline_reset(struct sl_port *port, uint32_t autoc)
{
	const uint64_t limit = sl_time_limit(port, PIPELINE_TIMEOUT_US);

	SL_IXGBE_WR(&port->bus, AUTOC, 0,
		(autoc ^ SL_82599_AUTOC_LMS_TOGGLE) | SL_82599_AUTOC_AN_RESTART);
	while ((SL_IXGBE_RD(&port->bus, ANLP1, 0) & SL_82599_ANLP1_STATE) == 0) {
		if (!sl_time_wait(port, PIPELINE_STEP_US, limit))
			break;
	}
	SL_IXGBE_WR(&port->bus, AUTOC, 0, autoc);
	sl_ixgbe_wait_for_writes(port);
}

/* Value of AUTOC that can be written back. A link is never forced up, whatever was read. */
static uint32_t
autoc_read(struct sl_port *port)
{
	return SL_IXGBE_RD(&port->bus, AUTOC, 0) &
		~(SL_82599_AUTOC_FLU | SL_82599_AUTOC_AN_RESTART);
}

static int
autoc_write(struct sl_port *port, uint32_t autoc)
{
	const bool shared = firmware_has_link(port);
	int ret = shared ? sl_ixgbe_own(port, SL_82599_GSSR_MAC_CSR) : 0;

	if (ret != 0)
		return ret;
	SL_IXGBE_WR(&port->bus, AUTOC, 0, autoc | SL_82599_AUTOC_AN_RESTART);
	if (shared) {
		pipeline_reset(port, autoc);
		sl_ixgbe_disown(port, SL_82599_GSSR_MAC_CSR);
	}
	return 0;
}

/*
 * 4.6.4: 10 Gbit/s use one serial lane to the module. 1 Gbit/s are negotiated with the other end.
 */
static uint32_t
module_mode(struct sl_port *port, enum sl_ixgbe_module module)
{
	return SL_SET(SL_82599_AUTOC_LMS, autoc_read(port),
		module == SL_IXGBE_MODULE_1G ? SL_82599_LMS_1G_AN : SL_82599_LMS_10G_SERIAL);
}

static void
laser(struct sl_port *port, bool on)
{
	const uint32_t esdp = SL_IXGBE_RD(&port->bus, ESDP, 0) & ~SL_82599_ESDP_LASER_OFF;

	SL_IXGBE_WR(&port->bus, ESDP, 0, on ? esdp : esdp | SL_82599_ESDP_LASER_OFF);
	sl_ixgbe_wait_for_writes(port);
	sl_time_nap(port, LASER_US);
}

static int
up_module(struct sl_port *port)
{
	const enum sl_ixgbe_module module = sl_ixgbe_sfp_set_up(port);

	/* Without a module, the port runs and its link is down. */
	if (module == SL_IXGBE_MODULE_NONE)
		return 0;
	laser(port, true);
	SL_IXGBE_WR(&port->bus, AUTOC2, 0,
		SL_SET(SL_82599_AUTOC2_SERIAL,
			SL_IXGBE_RD(&port->bus, AUTOC2, 0) & ~SL_82599_AUTOC2_LINK_OFF,
			SL_82599_SERIAL_SFI));
	return autoc_write(port, module_mode(port, module));
}

/* Enable the link and keep the backplane mode that the NVM selected. */
static int
up_backplane(struct sl_port *port)
{
	SL_IXGBE_WR(&port->bus, AUTOC2, 0,
		SL_IXGBE_RD(&port->bus, AUTOC2, 0) & ~SL_82599_AUTOC2_LINK_OFF);
	return autoc_write(port, autoc_read(port));
}

int
sl_ixgbe_link_set(struct sl_port *port, bool up)
{
	if (!sl_port_alive(port))
		return -EIO;
	if (sl_ixgbe_has(port, SL_IXGBE_QUIRK_COPPER))
		return up ? sl_ixgbe_phy_up(port) : sl_ixgbe_phy_down(port);
	if (up)
		return port->fibre ? up_module(port) : up_backplane(port);
	if (port->fibre)
		laser(port, false);
	SL_IXGBE_WR(&port->bus, AUTOC2, 0,
		SL_IXGBE_RD(&port->bus, AUTOC2, 0) | SL_82599_AUTOC2_LINK_OFF);
	sl_ixgbe_wait_for_writes(port);
	return 0;
}

/* Each LED shows what its mode says, or is always on or off. Its polarity stays. */
void
sl_ixgbe_led_set(struct sl_port *port, bool on)
{
	uint32_t ledctl = SL_IXGBE_RD(&port->bus, LEDCTL, 0) &
		~(SL_82599_LEDCTL_MODES | SL_82599_LEDCTL_BLINKS);

	ledctl |= SL_82599_LEDCTL_EACH * (on ? SL_82599_LED_ON : SL_82599_LED_OFF);
	SL_IXGBE_WR(&port->bus, LEDCTL, 0, ledctl);
}

/* False if the cage is known to be empty: its link signals may be crosstalk from the next cage. */
static bool
is_believed(struct sl_port *port)
{
	return (port->noted & SL_IXGBE_PINS_TELL) == 0 ||
		(SL_IXGBE_RD(&port->bus, ESDP, 0) & SL_82599_ESDP_MODULE) != 0;
}

/* enum sl_82599_speed: two bits of LINKS, and a third one on devices with 2.5 and 5 Gbit/s. */
static unsigned int
speed_code(const struct sl_port *port, uint32_t links)
{
	const bool other =
		sl_ixgbe_has(port, SL_IXGBE_QUIRK_MULTIGIG) && (links & SL_82599_LINKS_OTHER) != 0;

	return SL_GET(SL_82599_LINKS_SPEED, links) | (other ? SL_82599_SPEED_OTHER : 0);
}

bool
sl_ixgbe_link_get(struct sl_port *port, struct sl_hw_link *link)
{
	static const uint32_t mbps[] = {[SL_82599_SPEED_NONE] = 0,
		[SL_82599_SPEED_100M] = 100,
		[SL_82599_SPEED_1G] = 1000,
		[SL_82599_SPEED_10G] = 10000,
		[SL_82599_SPEED_OTHER | SL_82599_SPEED_1G] = 1000,
		[SL_82599_SPEED_5G] = 5000,
		[SL_82599_SPEED_2_5G] = 2500};
	/*
	 * The first read reports a link loss since the last read; the second one reports the
	 * current state.
	 */
	const uint32_t lost = SL_IXGBE_RD(&port->bus, LINKS, 0);
	const uint32_t links = SL_IXGBE_RD(&port->bus, LINKS, 0);
	const uint32_t tfcs = SL_IXGBE_RD(&port->bus, TFCS, 0);

	/*
	 * If the device was removed before the last read, the earlier values are not valid either.
	 */
	if (lost == SL_REG_GONE || links == SL_REG_GONE || tfcs == SL_REG_GONE)
		return false;
	*link = (struct sl_hw_link){
		.media = sl_ixgbe_has(port, SL_IXGBE_QUIRK_COPPER) ? SL_MEDIA_COPPER :
								     SL_MEDIA_SERDES,
		.up = (links & SL_82599_LINKS_UP) != 0 && is_believed(port),
		.full_duplex = true,
		.paused = (tfcs & SL_82599_TFCS_XOFF) != 0,
	};
	if (link->up)
		link->mbps = mbps[speed_code(port, links)];
	return true;
}
