/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */

/*
 * Registers of the whole device: control and status (8.2), semaphores (8.6), reset
 * (4.2.1), and the MAC's link state.
 */

#include "softigb.h"

/* --- link --- */

/* True when sent frames are looped back: in the MAC (8.10.1, LBM) or in the PHY (8.25). */
static bool
loops(const struct softigb *d)
{
	return SL_GET(SL_RCTL_LBM, d->r.RCTL[0]) != SL_LBM_NONE ||
		(d->phy[SL_PHY_CONTROL] & SL_PHY_CONTROL_LOOPBACK) != 0;
}

void
softigb_link(struct sl_softnic *nic)
{
	struct softigb *d = softigb_of(nic);
	/* 8.2.1: the MAC follows the PHY's link only while SLU is set. */
	bool up = softigb_phy_link(d) && (d->r.CTRL[0] & SL_CTRL_SLU) != 0;

	nic->loops = loops(d);
	nic->no_masters = (d->r.CTRL[0] & SL_CTRL_GIO_MASTER_DISABLE) != 0;
	if (up == nic->link_up)
		return;
	nic->link_up = up;
	softnic_pause_reset(nic);
	softigb_pause_update(d);
	softigb_irq_cause(d, SL_ICR_LSC);
}

/* --- general --- */

/* Bits of CTRL that cause a reset. DEV_RST exists since the 82580. */
static uint32_t
reset_bits(const struct softigb *d)
{
	return SL_CTRL_RST | (softigb_has_reg(d, SL_MDICNFG) ? SL_CTRL_DEV_RST : 0);
}

/* DEV_RST also resets the PHY, sets DEV_RST_SET in STATUS, and raises an interrupt cause. */
static void
reset_by(struct softigb *d, uint32_t ctrl)
{
	softnic_reset(&d->nic, false);
	if ((ctrl & reset_bits(d) & SL_CTRL_DEV_RST) == 0)
		return;
	softigb_phy_reset(d);
	d->r.STATUS[0] |= SL_STATUS_DEV_RST_SET;
	softigb_link(&d->nic);
	softigb_irq_cause(d, SL_ICR_DRSTA);
}

/* 8.2.1 */
static void
write_CTRL(struct sl_softnic *nic, const struct softnic_slot *at, uint32_t val)
{
	struct softigb *d = softigb_of(nic);

	(void)at;
	if ((val & reset_bits(d)) != 0 && !softnic_fault_on(nic, SL_FAULT_HUNG_RESET)) {
		reset_by(d, val);
		return;
	}
	if ((val & SL_CTRL_PHY_RST) != 0 && (d->r.CTRL[0] & SL_CTRL_PHY_RST) == 0) {
		softigb_phy_reset(d);
		d->r.STATUS[0] |= SL_STATUS_PHYRA;
	}
	d->r.CTRL[0] = val;
	softigb_queues(nic); /* VME */
	softigb_pause_update(d);
	softigb_link(nic);
}

/* 8.2.3: EE_RST reloads words of the NVM. EE_RST and ASDCHK clear automatically. */
static void
write_CTRL_EXT(struct sl_softnic *nic, const struct softnic_slot *at, uint32_t val)
{
	struct softigb *d = softigb_of(nic);

	(void)at;
	if ((val & SL_CTRL_EXT_EE_RST) != 0)
		softigb_nvm_load_mac(d);
	d->r.CTRL_EXT[0] = val & ~(SL_CTRL_EXT_EE_RST | SL_CTRL_EXT_ASDCHK);
}

static uint32_t
read_STATUS(struct sl_softnic *nic, const struct softnic_slot *at, bool peek)
{
	const struct softigb *d = softigb_of(nic);
	uint32_t val = d->r.STATUS[0], ctrl = d->r.CTRL[0];
	uint32_t speed = (ctrl & SL_CTRL_FRCSPD) != 0 ? SL_GET(SL_CTRL_SPEED, ctrl) : d->mode.speed;
	bool full = (ctrl & SL_CTRL_FRCDPLX) != 0 ? (ctrl & SL_CTRL_FD) != 0 : d->mode.full;

	(void)at;
	(void)peek;
	if (nic->link_up)
		val |= SL_STATUS_LU | SL_PREP(SL_STATUS_SPEED, speed) | (full ? SL_STATUS_FD : 0);
	if (softnic_pause_holds(nic))
		val |= SL_STATUS_TXOFF;
	if ((ctrl & SL_CTRL_GIO_MASTER_DISABLE) != 0)
		val &= ~SL_STATUS_GIO_MASTER_ENABLE;
	return val;
}

/* 8.2.2: software can only clear PHYRA, by writing zero, and DEV_RST_SET, by writing one. */
static void
write_STATUS(struct sl_softnic *nic, const struct softnic_slot *at, uint32_t val)
{
	(void)at;
	softigb_of(nic)->r.STATUS[0] &= ~(val & SL_STATUS_DEV_RST_SET);
	if ((val & SL_STATUS_PHYRA) == 0)
		softigb_of(nic)->r.STATUS[0] &= ~SL_STATUS_PHYRA;
}

/* Lines that are not driven are pulled up. Only software drives them. */
static uint32_t
read_I2CPARAMS(struct sl_softnic *nic, const struct softnic_slot *at, bool peek)
{
	uint32_t val = softigb_of(nic)->r.I2CPARAMS[0] & ~(SL_I2C_CLK_IN | SL_I2C_DATA_IN);

	(void)at;
	(void)peek;
	if ((val & (SL_I2C_CLK_FREE | SL_I2C_CLK_OUT)) != 0)
		val |= SL_I2C_CLK_IN;
	if ((val & (SL_I2C_DATA_FREE | SL_I2C_DATA_OUT)) != 0)
		val |= SL_I2C_DATA_IN;
	return val;
}

/* 8.6.10: a read returns SMBI and sets it. A reader that gets zero owns the semaphore. */
static uint32_t
read_SWSM(struct sl_softnic *nic, const struct softnic_slot *at, bool peek)
{
	struct softigb *d = softigb_of(nic);
	uint32_t val = d->r.SWSM[0];

	(void)at;
	if (!peek)
		d->r.SWSM[0] |= SL_SWSM_SMBI;
	return val;
}

/* 8.6.10: software only clears SMBI. It always gets SWESMBI, because there is no firmware. */
static void
write_SWSM(struct sl_softnic *nic, const struct softnic_slot *at, uint32_t val)
{
	struct softigb *d = softigb_of(nic);

	(void)at;
	d->r.SWSM[0] = (d->r.SWSM[0] & val & SL_SWSM_SMBI) | (val & SL_SWSM_SWESMBI);
}

const struct softnic_hook softigb_ctrl_hooks[] = {
	{SL_CTRL, .write = write_CTRL},
	{SL_STATUS, .read = read_STATUS, .write = write_STATUS},
	{SL_CTRL_EXT, .write = write_CTRL_EXT},
	{SL_I2CPARAMS, .read = read_I2CPARAMS},
	{SL_SWSM, .read = read_SWSM, .write = write_SWSM},
	{.reg = SOFTNIC_NO_REG},
};

/* --- reset --- */

/* 4.2.1.6.2: registers that a software reset does not change. */
static bool
survives_reset(unsigned int reg)
{
	return reg == SL_RXPBS || reg == SL_TXPBS || reg == SL_EITR;
}

static void
regs_reset(struct softigb *d, bool power_up)
{
	unsigned int reg, i;

	for (reg = 0; reg < d->nic.regs.set->n_rows; reg++) {
		if (power_up || !survives_reset(reg))
			softnic_regs_reset(&d->nic.regs, reg);
	}
	d->r.EECD[0] = SL_SET(SL_EECD_EE_SIZE, d->r.EECD[0], SOFTIGB_NVM_SIZE);
	/* 8.10.10, 8.12.13: a reset enables only queue 0. 8.10.2: only queue 0 does not drop. */
	d->r.RXDCTL[0] |= SL_XDCTL_ENABLE;
	d->r.TXDCTL[0] |= SL_XDCTL_ENABLE;
	for (i = 1; i < d->nic.queues; i++)
		d->r.SRRCTL[i] |= SL_SRRCTL_DROP_EN;
}

void
softigb_reset(struct sl_softnic *nic, bool power_up)
{
	struct softigb *d = softigb_of(nic);

	regs_reset(d, power_up);
	softigb_invm_fill(d);
	softigb_stats_reset(d);
	softigb_time_reset(d);
	if (power_up)
		softigb_phy_reset(d);
	softigb_nvm_load_mac(d);
	softigb_mac_update(d);
	softigb_queues(nic);
	softigb_link(nic);
}

void
softigb_unhang(struct sl_softnic *nic)
{
	struct softigb *d = softigb_of(nic);

	if ((d->r.CTRL[0] & reset_bits(d)) != 0)
		reset_by(d, d->r.CTRL[0]);
}
