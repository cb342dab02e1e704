/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */

/*
 * The link (8.2.3.22): the speed that AUTOC or the copper PHY selects while the wire is up, and the
 * link state in LINKS.
 */

#include "softixgbe.h"

/* Speed of the link. The other end of the wire supports all speeds. */
static enum sl_82599_speed
agreed(const struct softixgbe *d)
{
	const struct softixgbe_regs *r = &d->r;
	const uint32_t autoc = r->AUTOC[0];

	if (softixgbe_device(d)->phy_id != 0)
		return softixgbe_phy_speed(d);
	if ((r->AUTOC2[0] & SL_82599_AUTOC2_LINK_OFF) != 0)
		return SL_82599_SPEED_NONE;
	switch (SL_GET(SL_82599_AUTOC_LMS, autoc)) {
	case SL_82599_LMS_10G_PARALLEL:
	case SL_82599_LMS_10G_SERIAL:
		return SL_82599_SPEED_10G;
	case SL_82599_LMS_BACKPLANE_AN:
	case SL_82599_LMS_BACKPLANE_AN_1G:
	case SL_82599_LMS_BACKPLANE_AN_SGMII:
		if ((autoc & (SL_82599_AUTOC_KX4 | SL_82599_AUTOC_KR)) != 0)
			return SL_82599_SPEED_10G;
		return (autoc & SL_82599_AUTOC_KX) != 0 ? SL_82599_SPEED_1G : SL_82599_SPEED_NONE;
	default:
		return SL_82599_SPEED_1G;
	}
}

void
softixgbe_link(struct sl_softnic *nic)
{
	struct softixgbe *d = softixgbe_of(nic);
	const enum sl_82599_speed speed = agreed(d);
	const bool up = nic->wire_up && speed != SL_82599_SPEED_NONE;
	const bool changed = up != nic->link_up || (up && speed != d->speed);

	nic->loops = (d->r.HLREG0[0] & SL_82599_HLREG0_LPBK) != 0;
	nic->no_masters = (d->r.CTRL[0] & SL_82599_CTRL_GIO_DIS) != 0;
	d->fell = d->fell || (changed && nic->link_up);
	softixgbe_time_speed(d, speed);
	nic->link_up = up;
	softixgbe_pause_update(d);
	if (!changed)
		return;
	softnic_pause_reset(nic);
	softixgbe_irq_cause(d, SL_82599_EICR_LSC);
}

static bool
negotiates(const struct softixgbe *d)
{
	const uint32_t lms = SL_GET(SL_82599_AUTOC_LMS, d->r.AUTOC[0]);

	return softixgbe_device(d)->phy_id == 0 &&
		(lms == SL_82599_LMS_BACKPLANE_AN || lms == SL_82599_LMS_BACKPLANE_AN_1G ||
			lms == SL_82599_LMS_BACKPLANE_AN_SGMII);
}

static bool
forced_up(const struct softixgbe *d)
{
	return softixgbe_device(d)->phy_id != 0 ? (d->r.MACC[0] & SL_82599_MACC_FLU) != 0 :
						  (d->r.AUTOC[0] & SL_82599_AUTOC_FLU) != 0;
}

static uint32_t
speed_shown(const struct softixgbe *d)
{
	const uint32_t macc = d->r.MACC[0];

	return (macc & SL_82599_MACC_FORCE) != 0 ? SL_GET(SL_82599_MACC_SPEED, macc) : d->speed;
}

/* The first read after the link was down reports it as down, even if it is up again. */
static uint32_t
read_LINKS(struct sl_softnic *nic, const struct softnic_slot *at, bool peek)
{
	struct softixgbe *d = softixgbe_of(nic);
	const bool up = (nic->link_up && !d->fell) || forced_up(d);
	const uint32_t speed = speed_shown(d);
	uint32_t val = 0;

	(void)at;
	if (up)
		val = SL_82599_LINKS_UP | SL_PREP(SL_82599_LINKS_SPEED, speed) |
			((speed & SL_82599_SPEED_OTHER) != 0 ? SL_82599_LINKS_OTHER : 0);
	if (nic->link_up && negotiates(d))
		val |= SL_82599_LINKS_AN_DONE;
	if (!peek)
		d->fell = false;
	return val;
}

/* 8.2.3.22.19: a restart of negotiation takes the link down. It is up again at once. */
static void
write_AUTOC(struct sl_softnic *nic, const struct softnic_slot *at, uint32_t val)
{
	struct softixgbe *d = softixgbe_of(nic);

	(void)at;
	d->r.AUTOC[0] = val & ~SL_82599_AUTOC_AN_RESTART;
	if ((val & SL_82599_AUTOC_AN_RESTART) != 0 && nic->link_up) {
		d->fell = true;
		softixgbe_irq_cause(d, SL_82599_EICR_LSC);
	}
	softixgbe_link(nic);
}

static void
after_AUTOC2(struct sl_softnic *nic, const struct softnic_slot *at)
{
	(void)at;
	softixgbe_link(nic);
}

const struct softnic_hook softixgbe_link_hooks[] = {
	{SL_82599_AUTOC, .write = write_AUTOC},
	{SL_82599_AUTOC2, .after = after_AUTOC2},
	{SL_82599_LINKS, .read = read_LINKS},
	{.reg = SOFTNIC_NO_REG},
};
