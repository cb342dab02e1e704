/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */

/*
 * The PHY (3.5.9, 8.25), and the register MDIC through which drivers reach it
 * (8.2.4).
 */

#include <string.h>

#include "softigb.h"

void
softigb_phy_reset(struct softigb *d)
{
	uint16_t *phy = d->phy;

	memset(d->phy, 0, sizeof(d->phy));
	phy[SL_PHY_CONTROL] =
		SL_PHY_CONTROL_SPEED_1000 | SL_PHY_CONTROL_FD | SL_PHY_CONTROL_AUTONEG_ENABLE;
	phy[SL_PHY_ID1] = (uint16_t)(softigb_device(d)->phy_id >> 16);
	phy[SL_PHY_ID2] = softigb_device(d)->phy_id & UINT16_MAX;
	phy[SL_PHY_AUTONEG_ADV] = SL_PHY_ABILITY_802_3 | SL_PHY_ABILITY_SPEEDS |
		SL_PHY_ABILITY_PAUSE | SL_PHY_ABILITY_ASM_PAUSE;
	phy[SL_PHY_NEXT_PAGE] = SL_PHY_NEXT_PAGE_NULL;
	phy[SL_PHY_1000T_CTRL] = SL_PHY_1000T_HD | SL_PHY_1000T_FD;
	phy[SL_PHY_EXT_STATUS] = (uint16_t)SL_PHY_EXT_1000T;
}

bool
softigb_phy_link(const struct softigb *d)
{
	/* A backplane has no PHY whose power could be off. */
	return d->nic.wire_up &&
		(softigb_device(d)->phy_id == 0 ||
			(d->phy[SL_PHY_CONTROL] & SL_PHY_CONTROL_POWER_DOWN) == 0);
}

/* An I210's PHY has pages; those beyond the first read as zero: the PLL has what it needs. */
static bool
on_page_0(const struct softigb *d, uint32_t reg)
{
	return !softigb_has(d, SL_QUIRK_PLL) || reg == SL_PHY_PAGE_I210 ||
		d->phy[SL_PHY_PAGE_I210] == 0;
}

/* Read a PHY register; those that depend on the link are computed here. */
static uint16_t
phy_read(const struct softigb *d, uint32_t reg)
{
	bool up = softigb_phy_link(d);
	uint32_t val = d->phy[reg];

	if (!on_page_0(d, reg))
		return 0;
	switch (reg) {
	case SL_PHY_STATUS:
		val = SL_PHY_STATUS_EXT_CAP | SL_PHY_STATUS_AUTONEG_CAP | SL_PHY_STATUS_EXT |
			SL_PHY_STATUS_SPEEDS;
		return (uint16_t)(up ? val | SL_PHY_STATUS_LINK | SL_PHY_STATUS_AUTONEG_DONE : val);
	case SL_PHY_LP_ABILITY:
		/* No pause: the other end has no flow control. */
		val = SL_PHY_ABILITY_802_3 | SL_PHY_ABILITY_SPEEDS | SL_PHY_ABILITY_ACK;
		return (uint16_t)(up ? val : 0);
	case SL_PHY_AUTONEG_EXP:
		val = SL_PHY_EXP_NEXT_PAGE;
		return (uint16_t)(up ? val | SL_PHY_EXP_LP_AUTONEG : val);
	case SL_PHY_1000T_STATUS:
		val = SL_PHY_1000T_LP_HD | SL_PHY_1000T_LP_FD | SL_PHY_1000T_RX_OK;
		return (uint16_t)(up ? val : 0);
	case SL_PHY_PORT_STATUS:
		return (uint16_t)(up ? SL_PHY_PORT_1000 | SL_PHY_PORT_FD : 0);
	default:
		return (uint16_t)val;
	}
}

static void
phy_write(struct softigb *d, uint32_t reg, uint16_t val)
{
	if (!on_page_0(d, reg))
		return;
	switch (reg) {
	case SL_PHY_STATUS:
	case SL_PHY_ID1:
	case SL_PHY_ID2:
	case SL_PHY_LP_ABILITY:
	case SL_PHY_AUTONEG_EXP:
	case SL_PHY_LP_NEXT_PAGE:
	case SL_PHY_1000T_STATUS:
	case SL_PHY_EXT_STATUS:
	case SL_PHY_PORT_STATUS:
	case SL_PHY_LINK_HEALTH:
		return;
	case SL_PHY_CONTROL:
		if ((val & SL_PHY_CONTROL_RESET) != 0) {
			softigb_phy_reset(d);
		} else {
			d->phy[reg] = val & (uint16_t)~SL_PHY_CONTROL_AUTONEG_RESTART;
			/* Negotiation ends at once, and the driver gets the link interrupt. */
			if ((val & SL_PHY_CONTROL_AUTONEG_RESTART) != 0 && d->nic.link_up)
				softigb_irq_cause(d, SL_ICR_LSC);
		}
		softigb_link(&d->nic);
		return;
	default:
		d->phy[reg] = val;
		return;
	}
}

/* 8.2.4: a command is done as soon as it is written. */
static void
write_MDIC(struct sl_softnic *nic, const struct softnic_slot *at, uint32_t val)
{
	struct softigb *d = softigb_of(nic);
	uint32_t reg = SL_GET(SL_MDIC_REGADD, val), op = SL_GET(SL_MDIC_OP, val);

	(void)at;
	val &= ~(SL_MDIC_READY | SL_MDIC_ERROR);
	if (SL_GET(SL_MDIC_PHYADD, val) != SL_PHY_ADDRESS || softigb_device(d)->phy_id == 0)
		val |= SL_MDIC_ERROR;
	else if (op == SL_MDIC_OP_WRITE)
		phy_write(d, reg, (uint16_t)SL_GET(SL_MDIC_DATA, val));
	else if (op == SL_MDIC_OP_READ)
		val = SL_SET(SL_MDIC_DATA, val, phy_read(d, reg));
	else
		val |= SL_MDIC_ERROR;
	d->r.MDIC[0] = val | SL_MDIC_READY;
	if ((val & SL_MDIC_IE) != 0)
		softigb_irq_cause(d, SL_ICR_MDAC);
}

/* 8.17.3: the lane of a SerDes or a backplane. */
static uint32_t
read_PCS_LSTAT(struct sl_softnic *nic, const struct softnic_slot *at, bool peek)
{
	const struct softigb *d = softigb_of(nic);

	(void)at;
	(void)peek;
	if (softigb_device(d)->phy_id != 0)
		return d->r.PCS_LSTAT[0];
	return nic->link_up ? SL_PCS_LSTAT_LINK_OK | SL_PCS_LSTAT_SPEED_1000 | SL_PCS_LSTAT_FD |
			SL_PCS_LSTAT_SYNC :
			      0;
}

const struct softnic_hook softigb_phy_hooks[] = {
	{SL_PCS_LSTAT, .read = read_PCS_LSTAT},
	{SL_MDIC, .write = write_MDIC},
	{.reg = SOFTNIC_NO_REG},
};
