/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */

/*
 * Registers of the whole device: control, semaphore, NVM, MDI, reset, link.
 */

#include "softixgbe.h"

/* --- link --- */

/* The port is a backplane without negotiation, whose link follows the wire. */
void
softixgbe_link(struct sl_softnic *nic)
{
	const struct softixgbe_regs *r = &softixgbe_of(nic)->r;

	nic->link_up = nic->wire_up;
	nic->loops = (r->HLREG0[0] & SL_82599_HLREG0_LPBK) != 0;
	nic->no_masters = (r->CTRL[0] & SL_82599_CTRL_GIO_DIS) != 0;
}

static uint32_t
read_LINKS(struct sl_softnic *nic, const struct softnic_slot *at, bool peek)
{
	(void)at;
	(void)peek;
	if (!nic->link_up)
		return 0;
	return SL_82599_LINKS_UP | SL_PREP(SL_82599_LINKS_SPEED, SL_82599_SPEED_10G);
}

/* --- reset --- */

void
softixgbe_reset(struct sl_softnic *nic, bool power_up)
{
	struct softixgbe *d = softixgbe_of(nic);
	const uint8_t *mac = nic->mac;
	unsigned int reg;

	(void)power_up;
	for (reg = 0; reg < nic->regs.set->n_rows; reg++)
		softnic_regs_reset(&nic->regs, reg);
	/* Receive address 0 is loaded from the NVM, with AV set. */
	d->r.RAL[0] = mac[0] | mac[1] << 8 | mac[2] << 16 | (uint32_t)mac[3] << 24;
	d->r.RAH[0] = SL_82599_RAH_AV | mac[4] | (uint32_t)mac[5] << 8;
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
	return nic->no_masters ? 0 : SL_82599_STATUS_GIO;
}

/* --- NVM, MDI, semaphore, masks --- */

static uint16_t
nvm_word(uint32_t addr)
{
	switch (addr) {
	case SL_82599_NVM_DEVICE_CAPS:
		return SL_82599_NVM_CAPS_NO_CROSSTALK;
	case SL_82599_NVM_CHECKSUM:
		return SL_82599_NVM_SUM - SL_82599_NVM_CAPS_NO_CROSSTALK;
	default:
		return 0;
	}
}

static void
write_EERD(struct sl_softnic *nic, const struct softnic_slot *at, uint32_t val)
{
	uint32_t addr = SL_GET(SL_82599_EERD_ADDR, val);

	(void)at;
	if ((val & SL_82599_EERD_START) != 0)
		val = SL_PREP(SL_82599_EERD_ADDR, addr) | SL_82599_EERD_DONE |
			SL_PREP(SL_82599_EERD_DATA, nvm_word(addr));
	softixgbe_of(nic)->r.EERD[0] = val;
}

/* A read returns SMBI and sets it: who reads zero holds the semaphore. */
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

/* Software only clears SMBI; it may always take SWESMBI, since there is no firmware. */
static void
write_SWSM(struct sl_softnic *nic, const struct softnic_slot *at, uint32_t val)
{
	struct softixgbe *d = softixgbe_of(nic);

	(void)at;
	d->r.SWSM[0] = (d->r.SWSM[0] & val & SL_82599_SWSM_SMBI) | (val & SL_82599_SWSM_SWESMBI);
}

/* Commands are done as soon as they are written. */
static void
write_MSCA(struct sl_softnic *nic, const struct softnic_slot *at, uint32_t val)
{
	(void)at;
	softixgbe_of(nic)->r.MSCA[0] = val & ~SL_82599_MSCA_COMMAND;
}

static void
write_EIMC(struct sl_softnic *nic, const struct softnic_slot *at, uint32_t val)
{
	(void)at;
	softixgbe_of(nic)->r.EIMS[0] &= ~val;
}

const struct softnic_hook softixgbe_ctrl_hooks[] = {
	{SL_82599_CTRL, .write = write_CTRL},
	{SL_82599_STATUS, .read = read_STATUS},
	{SL_82599_EERD, .write = write_EERD},
	{SL_82599_SWSM, .read = read_SWSM, .write = write_SWSM},
	{SL_82599_EIMC, .write = write_EIMC},
	{SL_82599_LINKS, .read = read_LINKS},
	{SL_82599_MSCA, .write = write_MSCA},
	{.reg = SOFTNIC_NO_REG},
};
