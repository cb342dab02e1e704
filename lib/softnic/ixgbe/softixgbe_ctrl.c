/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */

/*
 * Registers of the whole device: control and status (8.2.3.1), semaphores (8.2.3.4), switches of
 * the security blocks (8.2.3.12), reset (4.2.1).
 */

#include "softixgbe.h"

/* A reset by software does not change the semaphores that firmware and software share. */
static bool
survives_reset(unsigned int reg)
{
	return reg == SL_82599_SWSM || reg == SL_82599_GSSR;
}

void
softixgbe_reset(struct sl_softnic *nic, bool power_up)
{
	struct softixgbe *d = softixgbe_of(nic);
	unsigned int reg;

	for (reg = 0; reg < nic->regs.set->n_rows; reg++) {
		if (power_up || !survives_reset(reg))
			softnic_regs_reset(&nic->regs, reg);
	}
	d->r.TXPBTHRESH[0] = SL_82599_TXPBTHRESH_FIRST;
	if (softixgbe_device(d)->sfp) {
		d->r.ESDP[0] = SL_82599_ESDP_SFP;
		d->r.AUTOC[0] = SL_PREP(SL_82599_AUTOC_LMS, SL_82599_LMS_10G_SERIAL);
		d->r.AUTOC2[0] = SL_PREP(SL_82599_AUTOC2_SERIAL, SL_82599_SERIAL_SFI);
	}
	if (power_up)
		softixgbe_phy_reset(d);
	d->raised = 0;
	softixgbe_stats_reset(d);
	softixgbe_time_reset(d);
	softixgbe_fdir_reset(d);
	softixgbe_sfp_reset(d);
	softixgbe_steer_update(d);
	softixgbe_nvm_load_mac(d);
	softixgbe_mac_update(d);
	softixgbe_queues(nic);
	softixgbe_link(nic);
}

void
softixgbe_unhang(struct sl_softnic *nic)
{
	if ((softixgbe_of(nic)->r.CTRL[0] & SL_82599_CTRL_RESETS) != 0)
		softnic_reset(nic, false);
}

static void
write_CTRL(struct sl_softnic *nic, const struct softnic_slot *at, uint32_t val)
{
	(void)at;
	if ((val & SL_82599_CTRL_RESETS) != 0 && !softnic_fault_on(nic, SL_FAULT_HUNG_RESET)) {
		softnic_reset(nic, false);
		return;
	}
	softixgbe_of(nic)->r.CTRL[0] = val;
	softixgbe_link(nic);
}

static uint32_t
read_STATUS(struct sl_softnic *nic, const struct softnic_slot *at, bool peek)
{
	(void)at;
	(void)peek;
	return softixgbe_of(nic)->r.STATUS[0] & ~(nic->no_masters ? SL_82599_STATUS_GIO : 0);
}

/* --- semaphore --- */

/* A read returns SMBI and sets it. If it returned zero, the reader owns the semaphore. */
static uint32_t
read_SWSM(struct sl_softnic *nic, const struct softnic_slot *at, bool peek)
{
	struct softixgbe *d = softixgbe_of(nic);
	uint32_t val = d->r.SWSM[0];

	(void)at;
	if (!peek)
		d->r.SWSM[0] |= SL_82599_SWSM_SMBI;
	return val;
}

/*
 * Software can only clear SMBI. It can always set SWESMBI, since there is no firmware; with REGSMP,
 * SWESMBI does not exist.
 */
static void
write_SWSM(struct sl_softnic *nic, const struct softnic_slot *at, uint32_t val)
{
	struct softixgbe *d = softixgbe_of(nic);
	const uint32_t taken = softixgbe_device(d)->regsmp ? 0 : val & SL_82599_SWSM_SWESMBI;

	(void)at;
	d->r.SWSM[0] = (d->r.SWSM[0] & val & SL_82599_SWSM_SMBI) | taken;
}

/* On devices with REGSMP, a read returns it and sets it, as for SMBI. */
static uint32_t
read_GSSR(struct sl_softnic *nic, const struct softnic_slot *at, bool peek)
{
	struct softixgbe *d = softixgbe_of(nic);
	uint32_t val = d->r.GSSR[0];

	(void)at;
	if (!peek && softixgbe_device(d)->regsmp)
		d->r.GSSR[0] |= SL_82599_GSSR_REGSMP;
	return val;
}

static void
write_GSSR(struct sl_softnic *nic, const struct softnic_slot *at, uint32_t val)
{
	struct softixgbe *d = softixgbe_of(nic);
	const uint32_t guard = softixgbe_device(d)->regsmp ? SL_82599_GSSR_REGSMP : 0;

	(void)at;
	d->r.GSSR[0] = (val & ~guard) | (d->r.GSSR[0] & val & guard);
}

/* --- security blocks: 8.2.3.12 --- */

/* The units are permanently off. Only the switch of the data path through each unit works. */
static void
write_sec(struct sl_softnic *nic, const struct softnic_slot *at, uint32_t val)
{
	*softnic_regs_cell(&nic->regs, at) = val | SL_82599_SEC_OFF;
	softixgbe_mac_update(softixgbe_of(nic));
}

/* A stopped data path is empty, because no frame stays in it between steps. */
static uint32_t
sec_status(uint32_t control, uint32_t status)
{
	return status | ((control & SL_82599_SEC_DIS) != 0 ? SL_82599_SEC_READY : 0);
}

static uint32_t
read_SECRXSTAT(struct sl_softnic *nic, const struct softnic_slot *at, bool peek)
{
	const struct softixgbe_regs *r = &softixgbe_of(nic)->r;

	(void)at;
	(void)peek;
	return sec_status(r->SECRXCTRL[0], r->SECRXSTAT[0]);
}

static uint32_t
read_SECTXSTAT(struct sl_softnic *nic, const struct softnic_slot *at, bool peek)
{
	const struct softixgbe_regs *r = &softixgbe_of(nic)->r;

	(void)at;
	(void)peek;
	return sec_status(r->SECTXCTRL[0], r->SECTXSTAT[0]);
}

const struct softnic_hook softixgbe_ctrl_hooks[] = {
	{SL_82599_CTRL, .write = write_CTRL},
	{SL_82599_STATUS, .read = read_STATUS},
	{SL_82599_SWSM, .read = read_SWSM, .write = write_SWSM},
	{SL_82599_GSSR, .read = read_GSSR, .write = write_GSSR},
	{SL_82599_SECRXCTRL, .write = write_sec},
	{SL_82599_SECRXSTAT, .read = read_SECRXSTAT},
	{SL_82599_SECTXCTRL, .write = write_sec},
	{SL_82599_SECTXSTAT, .read = read_SECTXSTAT},
	{.reg = SOFTNIC_NO_REG},
};
