/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */

/*
 * The NVM: its content (chapter 6), and the registers that read it (8.4).
 */

#include <string.h>

#include "softigb.h"

/* A port's part adds up to what it should. */
static void
sum_up(struct softigb *d, unsigned int first)
{
	uint16_t sum = 0;
	unsigned int i;

	for (i = 0; i < SL_NVM_CHECKSUM; i++)
		sum = (uint16_t)(sum + d->nvm[first + i]);
	d->nvm[first + SL_NVM_CHECKSUM] = (uint16_t)(SL_NVM_SUM - sum);
}

void
softigb_nvm_init(struct softigb *d)
{
	const uint16_t id = d->nic.model->device.pci_id;
	const uint8_t *mac = d->nic.mac;
	unsigned int i;

	/* Erased cells read as ones; the first block is written. */
	memset(d->nvm, UINT8_MAX, sizeof(d->nvm));
	memset(d->nvm, 0, SL_NVM_CHECKSUM * sizeof(d->nvm[0]));
	for (i = 0; i < 3; i++)
		d->nvm[SL_NVM_MAC0 + i] = (uint16_t)(mac[2 * i] | mac[2 * i + 1] << 8);
	d->nvm[SL_NVM_SUBSYSTEM] = id;
	d->nvm[SL_NVM_SUBVENDOR] = SL_PCI_VENDOR_INTEL;
	d->nvm[SL_NVM_DEVICE] = id;
	sum_up(d, 0);
	/* Since the 82580 each of four ports has a part with a sum, whether it is there or not. */
	for (i = 1; i < SL_NVM_PORTS && softigb_has_reg(d, SL_MDICNFG); i++)
		sum_up(d, SL_NVM_PORT(i));
}

/* Without a flash the internal NVM has what there is: the address alone, a record for each word. */
void
softigb_invm_fill(struct softigb *d)
{
	unsigned int i;

	if (!softigb_has_reg(d, SL_INVM) || softigb_has_reg(d, SL_SRWR))
		return;
	for (i = SL_NVM_MAC0; i <= SL_NVM_MAC2; i++)
		d->r.INVM[i] = SL_PREP(SL_INVM_TYPE, SL_INVM_WORD) | SL_PREP(SL_INVM_ADDR, i) |
			SL_PREP(SL_INVM_DATA, d->nvm[i]);
}

/* Load receive address 0 from the NVM, with AV set: 8.10.16. */
void
softigb_nvm_load_mac(struct softigb *d)
{
	const uint16_t *mac = &d->nvm[SL_NVM_MAC0];

	d->r.RAL[0] = (uint32_t)mac[1] << 16 | mac[0];
	d->r.RAH[0] = SL_RAH_AV | mac[2];
	softigb_addr_update(d);
}

/* 8.4.2: a read is done as soon as it is requested. */
static void
write_EERD(struct sl_softnic *nic, const struct softnic_slot *at, uint32_t val)
{
	struct softigb *d = softigb_of(nic);
	uint32_t addr = SL_GET(SL_EERD_ADDR, val);
	uint32_t word = addr < SOFTIGB_NVM_WORDS ? d->nvm[addr] : UINT16_MAX;

	(void)at;
	if ((val & SL_EERD_START) == 0)
		d->r.EERD[0] = val & ~SL_EERD_DONE;
	else
		d->r.EERD[0] =
			SL_PREP(SL_EERD_ADDR, addr) | SL_EERD_DONE | SL_PREP(SL_EERD_DATA, word);
}

/* 8.4.1: access is granted as soon as it is asked for: no firmware competes. */
static void
write_EECD(struct sl_softnic *nic, const struct softnic_slot *at, uint32_t val)
{
	uint32_t fixed = SL_EECD_EE_PRES | SL_EECD_AUTO_RD | SL_EECD_EE_SIZE | SL_EECD_DO;
	struct softigb *d = softigb_of(nic);

	(void)at;
	/* The shadow RAM is in the flash as soon as that is asked for. */
	if (softigb_has_reg(d, SL_SRWR)) {
		fixed |= SL_EECD_FLASH_DETECTED | SL_EECD_FLUDONE;
		val &= ~SL_EECD_FLUPD;
	}
	val = (val & ~(fixed | SL_EECD_EE_GNT)) | (d->r.EECD[0] & fixed);
	if ((val & SL_EECD_EE_REQ) != 0)
		val |= SL_EECD_EE_GNT;
	d->r.EECD[0] = val;
}

/* A word of the shadow RAM. */
static void
write_SRWR(struct sl_softnic *nic, const struct softnic_slot *at, uint32_t val)
{
	struct softigb *d = softigb_of(nic);
	const uint32_t addr = SL_GET(SL_EERD_ADDR, val);

	(void)at;
	if ((val & SL_EERD_START) != 0 && addr < SOFTIGB_NVM_WORDS)
		d->nvm[addr] = (uint16_t)SL_GET(SL_EERD_DATA, val);
	d->r.SRWR[0] = (val & ~SL_EERD_START) | SL_EERD_DONE;
}

const struct softnic_hook softigb_nvm_hooks[] = {
	{SL_SRWR, .write = write_SRWR},
	{SL_EERD, .write = write_EERD},
	{SL_EECD, .write = write_EECD},
	{.reg = SOFTNIC_NO_REG},
};
