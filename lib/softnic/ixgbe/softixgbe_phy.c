/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */

/*
 * The copper PHY of the X540 and X550, and its MDI bus (IEEE 802.3 clause 45), which MSCA and MSRWD
 * access. Negotiation completes at once. The other end of the wire supports all speeds, but not
 * pause. Without a PHY, a read on the bus returns all ones.
 */

#include <string.h>

#include "softixgbe.h"

#define PHY_ADDRESS 0u
#define NOBODY UINT16_MAX
#define EACH 0u /* phy.def: the register exists in each device */

static const struct {
	uint8_t mmd;
	uint16_t reg, reset, kept;
} phy_regs[] = {
#define SL_PHY(name, mmd, reg, reset, kept, meaning) \
	[SL_82599_PHY_##name] = {mmd, reg, reset, kept},
#include "ixgbe/phy.def"
#undef SL_PHY
};

void
softixgbe_phy_reset(struct softixgbe *d)
{
	unsigned int i;

	for (i = 0; i < SL_82599_PHY_COUNT; i++)
		d->phy.value[i] = phy_regs[i].reset;
	memset(d->phy.at, 0, sizeof(d->phy.at));
}

/* Index of a register, or SL_82599_PHY_COUNT if it is not in phy.def. */
static unsigned int
find(uint32_t mmd, uint16_t reg)
{
	const uint32_t devices = phy_regs[SL_82599_PHY_DEVICES1].reset |
		(uint32_t)phy_regs[SL_82599_PHY_DEVICES2].reset << 16;
	const bool there = (devices >> mmd & 1) != 0;
	unsigned int i;

	for (i = 0; i < SL_82599_PHY_COUNT; i++) {
		if (there && phy_regs[i].reg == reg &&
			(phy_regs[i].mmd == mmd || phy_regs[i].mmd == EACH))
			break;
	}
	return i;
}

/* The highest advertised speed. Without negotiation there is no link. */
enum sl_82599_speed
softixgbe_phy_speed(const struct softixgbe *d)
{
	const uint16_t *v = d->phy.value;

	if (((v[SL_82599_PHY_PMA_CONTROL] | v[SL_82599_PHY_VS_CONTROL]) & SL_82599_PHY_LOW_POWER) !=
			0 ||
		(v[SL_82599_PHY_PMA_TX_OFF] & SL_82599_PHY_TX_OFF) != 0 ||
		(v[SL_82599_PHY_AN_CONTROL] & SL_82599_PHY_AN_ON) == 0)
		return SL_82599_SPEED_NONE;
	if ((v[SL_82599_PHY_AN_10G] & SL_82599_PHY_10G) != 0)
		return SL_82599_SPEED_10G;
	if (softixgbe_device(d)->multigig && (v[SL_82599_PHY_AN_1G] & SL_82599_PHY_5G) != 0)
		return SL_82599_SPEED_5G;
	if (softixgbe_device(d)->multigig && (v[SL_82599_PHY_AN_1G] & SL_82599_PHY_2_5G) != 0)
		return SL_82599_SPEED_2_5G;
	if ((v[SL_82599_PHY_AN_1G] & SL_82599_PHY_1G) != 0)
		return SL_82599_SPEED_1G;
	return (v[SL_82599_PHY_AN_ADVERTISE] & SL_82599_PHY_100M) != 0 ? SL_82599_SPEED_100M :
									 SL_82599_SPEED_NONE;
}

static uint16_t
phy_read(const struct softixgbe *d, unsigned int reg)
{
	const uint32_t id = softixgbe_device(d)->phy_id;
	const bool up = d->nic.link_up;

	switch (reg) {
	case SL_82599_PHY_COUNT:
		return 0;
	case SL_82599_PHY_ID1:
		return (uint16_t)(id >> 16);
	case SL_82599_PHY_ID2:
		return (uint16_t)id;
	case SL_82599_PHY_PMA_STATUS:
		return (uint16_t)(phy_regs[reg].reset | (up ? SL_82599_PHY_PMA_LINK : 0));
	case SL_82599_PHY_AN_STATUS:
		return (uint16_t)(phy_regs[reg].reset |
			(up ? SL_82599_PHY_AN_LINK | SL_82599_PHY_AN_COMPLETE : 0));
	case SL_82599_PHY_AN_PARTNER:
		return (uint16_t)(up ? phy_regs[SL_82599_PHY_AN_ADVERTISE].reset |
					SL_82599_PHY_ACKNOWLEDGED :
				       0);
	case SL_82599_PHY_AN_MODE:
		return (uint16_t)(up ? SL_82599_PHY_MODE_FULL |
					SL_PREP(SL_82599_PHY_MODE_SPEED, d->speed) :
				       0);
	default:
		return d->phy.value[reg];
	}
}

/* A restart of negotiation or a reset takes the link down. It is up again at once. */
static void
phy_write(struct softixgbe *d, unsigned int reg, uint16_t val)
{
	uint16_t *v = d->phy.value;
	bool again = false;

	if (reg == SL_82599_PHY_COUNT)
		return;
	if ((reg == SL_82599_PHY_PMA_CONTROL || reg == SL_82599_PHY_XS_CONTROL) &&
		(val & SL_82599_PHY_RESET) != 0) {
		softixgbe_phy_reset(d);
		again = true;
	} else {
		v[reg] = (uint16_t)((v[reg] & ~phy_regs[reg].kept) | (val & phy_regs[reg].kept));
		again = reg == SL_82599_PHY_AN_CONTROL && (val & SL_82599_PHY_AN_RESTART) != 0;
	}
	if (again && d->nic.link_up) {
		d->fell = true;
		softixgbe_irq_cause(d, SL_82599_EICR_LSC);
	}
	softixgbe_link(&d->nic);
}

static void
command(struct softixgbe *d, uint32_t msca)
{
	const uint32_t mmd = SL_GET(SL_82599_MSCA_MMD, msca);
	uint16_t *at = &d->phy.at[mmd];
	uint32_t *data = &d->r.MSRWD[0];

	switch (SL_GET(SL_82599_MSCA_OP, msca)) {
	case SL_82599_MSCA_ADDRESS:
		*at = (uint16_t)SL_GET(SL_82599_MSCA_REG, msca);
		break;
	case SL_82599_MSCA_WRITE:
		phy_write(d, find(mmd, *at), (uint16_t)SL_GET(SL_82599_MSRWD_WRITE, *data));
		break;
	default:
		*data = SL_SET(SL_82599_MSRWD_READ, *data, phy_read(d, find(mmd, *at)));
		*at = (uint16_t)(*at +
			(SL_GET(SL_82599_MSCA_OP, msca) == SL_82599_MSCA_READ_NEXT ? 1 : 0));
		break;
	}
}

/* A command completes as soon as it is written. */
static void
write_MSCA(struct sl_softnic *nic, const struct softnic_slot *at, uint32_t val)
{
	struct softixgbe *d = softixgbe_of(nic);

	(void)at;
	d->r.MSCA[0] = val & ~SL_82599_MSCA_COMMAND;
	if ((val & SL_82599_MSCA_COMMAND) == 0)
		return;
	if (softixgbe_device(d)->phy_id != 0 && SL_GET(SL_82599_MSCA_PHY, val) == PHY_ADDRESS)
		command(d, val);
	else
		d->r.MSRWD[0] = SL_SET(SL_82599_MSRWD_READ, d->r.MSRWD[0], NOBODY);
}

/* Software can write only the data to write, not the data that was read. */
static void
write_MSRWD(struct sl_softnic *nic, const struct softnic_slot *at, uint32_t val)
{
	struct softixgbe *d = softixgbe_of(nic);

	(void)at;
	if (softixgbe_device(d)->phy_id != 0)
		d->r.MSRWD[0] = SL_SET(SL_82599_MSRWD_WRITE, d->r.MSRWD[0], val);
}

static void
after_MACC(struct sl_softnic *nic, const struct softnic_slot *at)
{
	(void)at;
	softixgbe_link(nic);
}

const struct softnic_hook softixgbe_phy_hooks[] = {
	{SL_82599_MSCA, .write = write_MSCA},
	{SL_82599_MSRWD, .write = write_MSRWD},
	{SL_82599_MACC, .after = after_MACC},
	{.reg = SOFTNIC_NO_REG},
};
