/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */

/*
 * The PHY (3.5.9, 8.25), and the register MDIC through which drivers access it
 * (8.2.4).
 */

#include <string.h>

#include "softigb.h"

/* The PHYs of the family differ from register 13 on. */
enum phy_kind { PHY_82576, PHY_82580, PHY_I210 };

static enum phy_kind
phy_kind(const struct softigb *d)
{
	switch (softigb_device(d)->phy_id) {
	case SL_PHY_ID_82576:
		return PHY_82576;
	case SL_PHY_ID_I210:
		return PHY_I210;
	default:
		return PHY_82580;
	}
}

/* Best common mode; the link partner supports all modes. IEEE 802.3 annex 28B.3. */
static struct softigb_mode
negotiated(uint32_t ability, uint32_t gigabit)
{
	static const struct {
		uint32_t gigabit, ability;
		struct softigb_mode mode;
	} order[] = {
		{SL_PHY_1000T_FD, 0, {true, true, SL_SPEED_1000}},
		{SL_PHY_1000T_HD, 0, {true, false, SL_SPEED_1000}},
		{0, SL_PHY_ABILITY_100_FD, {true, true, SL_SPEED_100}},
		{0, SL_PHY_ABILITY_100_HD, {true, false, SL_SPEED_100}},
		{0, SL_PHY_ABILITY_10_FD, {true, true, SL_SPEED_10}},
		{0, SL_PHY_ABILITY_10_HD, {true, false, SL_SPEED_10}},
	};
	unsigned int i;

	for (i = 0; i < sizeof(order) / sizeof(order[0]); i++) {
		if ((gigabit & order[i].gigabit) != 0 || (ability & order[i].ability) != 0)
			return order[i].mode;
	}
	return (struct softigb_mode){0};
}

/* Negotiation completes immediately. The link partner uses the same forced mode. */
static void
negotiate(struct softigb *d)
{
	const uint32_t control = d->phy[SL_PHY_CONTROL];

	if ((control & SL_PHY_CONTROL_AUTONEG_ENABLE) != 0)
		d->mode = negotiated(d->phy[SL_PHY_AUTONEG_ADV], d->phy[SL_PHY_1000T_CTRL]);
	else
		d->mode = (struct softigb_mode){
			.valid = true,
			.full = (control & SL_PHY_CONTROL_FD) != 0,
			.speed = (control & SL_PHY_CONTROL_SPEED_1000) != 0 ? SL_SPEED_1000 :
				(control & SL_PHY_CONTROL_SPEED_100) != 0   ? SL_SPEED_100 :
									      SL_SPEED_10,
		};
}

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
	d->mmd_addr = 0;
	d->eee_advertised = (uint16_t)SL_PHY_EEE_SPEEDS;
	negotiate(d);
}

void
softigb_phy_wire(struct sl_softnic *nic)
{
	negotiate(softigb_of(nic));
	softigb_link(nic);
}

bool
softigb_phy_link(const struct softigb *d)
{
	if (!d->nic.wire_up)
		return false;
	/* A backplane has no PHY that could be powered down. */
	if (softigb_device(d)->phy_id == 0)
		return true;
	return d->mode.valid && (d->phy[SL_PHY_CONTROL] & SL_PHY_CONTROL_POWER_DOWN) == 0 &&
		(!softigb_has_reg(d, SL_PHPM) || (d->r.PHPM[0] & SL_PHPM_GO_LINKD) == 0);
}

/*
 * True if a page other than 0 is selected for a register. These pages read as zero: the cable
 * length is zero, and the PLL is configured.
 */
static bool
beyond_page_0(const struct softigb *d, uint32_t reg)
{
	switch (phy_kind(d)) {
	case PHY_82576:
		return reg > SL_PHY_EXT_STATUS && reg != SL_PHY_PAGE_SELECT &&
			d->phy[SL_PHY_PAGE_SELECT] / SOFTIGB_PHY_REGS != 0;
	case PHY_I210:
		return reg != SL_PHY_PAGE_I210 && d->phy[SL_PHY_PAGE_I210] != 0;
	default:
		return false;
	}
}

/* Clause 45 registers through MMD_CONTROL and MMD_DATA: energy efficient Ethernet. */
static uint16_t
mmd_read(const struct softigb *d)
{
	const uint32_t control = d->phy[SL_PHY_MMD_CONTROL];

	if (SL_GET(SL_PHY_MMD_FUNCTION, control) == 0)
		return d->mmd_addr;
	switch (SL_PHY_MMD_REG(SL_GET(SL_PHY_MMD_DEVICE, control), d->mmd_addr)) {
	case SL_PHY_EEE_CAPABLE:
		return (uint16_t)SL_PHY_EEE_SPEEDS;
	case SL_PHY_EEE_ADVERTISED:
		return d->eee_advertised;
	default:
		/* The link partner has no EEE, so its ability and the EEE state are zero. */
		return 0;
	}
}

static void
mmd_write(struct softigb *d, uint16_t val)
{
	const uint32_t control = d->phy[SL_PHY_MMD_CONTROL];

	if (SL_GET(SL_PHY_MMD_FUNCTION, control) == 0)
		d->mmd_addr = val;
	else if (SL_PHY_MMD_REG(SL_GET(SL_PHY_MMD_DEVICE, control), d->mmd_addr) ==
		SL_PHY_EEE_ADVERTISED)
		d->eee_advertised = val & (uint16_t)SL_PHY_EEE_SPEEDS;
}

/* Read a register that has no stored value; false: @p reg of this PHY is not such a register. */
static bool
read_specific(const struct softigb *d, uint32_t reg, bool up, uint32_t *val)
{
	const struct softigb_mode *m = &d->mode;

	switch (phy_kind(d)) {
	case PHY_82576:
		if (reg != SL_PHY_PORT_STATUS)
			return false;
		*val = SL_PREP(SL_PHY_PORT_SPEED, m->speed + 1) | (m->full ? SL_PHY_PORT_FD : 0);
		break;
	case PHY_82580:
		if (reg != SL_PHY_STATUS_2 && reg != SL_PHY_DIAG_STATUS && reg != SL_PHY_EMI_DATA)
			return false;
		*val = reg == SL_PHY_STATUS_2 ? SL_PREP(SL_PHY_STATUS_2_SPEED, m->speed) : 0;
		break;
	default:
		if (reg == SL_PHY_MMD_DATA) {
			*val = mmd_read(d);
			return true;
		}
		if (reg != SL_PHY_SPECIFIC_STATUS)
			return false;
		*val = SL_PREP(SL_PHY_SPECIFIC_SPEED, m->speed) |
			(m->full ? SL_PHY_SPECIFIC_FD : 0) | SL_PHY_SPECIFIC_LINK |
			SL_PHY_SPECIFIC_RESOLVED;
		break;
	}
	*val = up ? *val : 0;
	return true;
}

/* Read a PHY register. Values that depend on the link are computed. */
static uint16_t
phy_read(const struct softigb *d, uint32_t reg)
{
	bool up = softigb_phy_link(d);
	bool partner = up && (d->phy[SL_PHY_CONTROL] & SL_PHY_CONTROL_AUTONEG_ENABLE) != 0;
	uint32_t val = d->phy[reg];

	if (beyond_page_0(d, reg))
		return 0;
	switch (reg) {
	case SL_PHY_STATUS:
		val = SL_PHY_STATUS_EXT_CAP | SL_PHY_STATUS_AUTONEG_CAP | SL_PHY_STATUS_EXT |
			SL_PHY_STATUS_SPEEDS | (up ? SL_PHY_STATUS_LINK : 0) |
			(partner ? SL_PHY_STATUS_AUTONEG_DONE : 0);
		return (uint16_t)val;
	case SL_PHY_LP_ABILITY:
		/* No pause bits: the link partner has no flow control. */
		val = SL_PHY_ABILITY_802_3 | SL_PHY_ABILITY_SPEEDS | SL_PHY_ABILITY_ACK;
		return (uint16_t)(partner ? val : 0);
	case SL_PHY_AUTONEG_EXP:
		val = SL_PHY_EXP_NEXT_PAGE;
		return (uint16_t)(partner ? val | SL_PHY_EXP_LP_AUTONEG : val);
	case SL_PHY_1000T_STATUS:
		val = SL_PHY_1000T_LP_HD | SL_PHY_1000T_LP_FD;
		val |= d->mode.speed == SL_SPEED_1000 ? SL_PHY_1000T_RX_OK : 0;
		return (uint16_t)(partner ? val : 0);
	default:
		(void)read_specific(d, reg, up, &val);
		return (uint16_t)val;
	}
}

static void
write_control(struct softigb *d, uint16_t val)
{
	if ((val & SL_PHY_CONTROL_RESET) != 0) {
		softigb_phy_reset(d);
	} else {
		d->phy[SL_PHY_CONTROL] = val & (uint16_t)~SL_PHY_CONTROL_AUTONEG_RESTART;
		if ((val & SL_PHY_CONTROL_AUTONEG_ENABLE) == 0 ||
			(val & SL_PHY_CONTROL_AUTONEG_RESTART) != 0)
			negotiate(d);
		/* Raise the link interrupt even though the link is up before and after. */
		if ((val & SL_PHY_CONTROL_AUTONEG_RESTART) != 0 && d->nic.link_up)
			softigb_irq_cause(d, SL_ICR_LSC);
	}
	softigb_link(&d->nic);
}

static void
phy_write(struct softigb *d, uint32_t reg, uint16_t val)
{
	uint32_t none;

	if (beyond_page_0(d, reg))
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
		return;
	case SL_PHY_CONTROL:
		write_control(d, val);
		return;
	case SL_PHY_LINK_HEALTH:
		if (phy_kind(d) == PHY_82576)
			return;
		break;
	case SL_PHY_MMD_DATA:
		if (phy_kind(d) == PHY_I210)
			mmd_write(d, val);
		break;
	default:
		break;
	}
	if (!read_specific(d, reg, false, &none))
		d->phy[reg] = val;
}

/* Since the 82580 the internal PHY answers any address, unless MDICNFG selects another PHY. */
static bool
phy_answers(const struct softigb *d, uint32_t mdic)
{
	if (softigb_device(d)->phy_id == 0)
		return false;
	if (softigb_has_reg(d, SL_MDICNFG))
		return (d->r.MDICNFG[0] & SL_MDICNFG_EXT_MDIO) == 0;
	return SL_GET(SL_MDIC_PHYADD, mdic) == SL_PHY_ADDRESS;
}

/* 8.2.4: a command completes immediately. */
static void
write_MDIC(struct sl_softnic *nic, const struct softnic_slot *at, uint32_t val)
{
	struct softigb *d = softigb_of(nic);
	uint32_t reg = SL_GET(SL_MDIC_REGADD, val), op = SL_GET(SL_MDIC_OP, val);

	(void)at;
	val &= ~(SL_MDIC_READY | SL_MDIC_ERROR);
	if (!phy_answers(d, val))
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

static void
after_PHPM(struct sl_softnic *nic, const struct softnic_slot *at)
{
	(void)at;
	softigb_link(nic);
}

const struct softnic_hook softigb_phy_hooks[] = {
	{SL_PHPM, .after = after_PHPM},
	{SL_PCS_LSTAT, .read = read_PCS_LSTAT},
	{SL_MDIC, .write = write_MDIC},
	{.reg = SOFTNIC_NO_REG},
};
