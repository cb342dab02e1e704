/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */

/*
 * NVM: its content (chapter 6), and the registers that access it (8.4).
 */

#include <string.h>

#include "softigb.h"

/* Set the checksum of a port's part. */
static void
sum_up(struct softigb *d, unsigned int first)
{
	uint16_t sum = 0;
	unsigned int i;

	for (i = 0; i < SL_NVM_CHECKSUM; i++)
		sum = (uint16_t)(sum + d->nvm[first + i]);
	d->nvm[first + SL_NVM_CHECKSUM] = (uint16_t)(SL_NVM_SUM - sum);
}

/* Version fields of the image: major and minor version, and the build number. */
#define NVM_VERSION UINT16_C(0x1001)
#define NVM_TRACK UINT32_C(0x80000001)
/* Word offset of the part number, after the parts of the four ports. */
#define NVM_PART 0x180u

/* Store the part number: a length in words, including itself, and two letters per word, the first
 * in the high byte. */
static void
part_number(struct softigb *d)
{
	static const char text[] = "SL0001-000";
	const uint16_t words = (uint16_t)((sizeof(text) - 1) / 2);
	unsigned int i;

	d->nvm[SL_NVM_PART] = SL_NVM_PART_IS_TEXT;
	d->nvm[SL_NVM_PART + 1] = NVM_PART;
	d->nvm[NVM_PART] = (uint16_t)(words + 1);
	for (i = 0; i < words; i++)
		d->nvm[NVM_PART + 1 + i] = (uint16_t)(text[2 * i] << 8 | text[2 * i + 1]);
}

void
softigb_nvm_init(struct softigb *d)
{
	const uint16_t id = d->nic.model->device.pci_id;
	const uint8_t *mac = d->nic.mac;
	unsigned int i;

	/* Erased cells read as ones; the first block is programmed. */
	memset(d->nvm, UINT8_MAX, sizeof(d->nvm));
	memset(d->nvm, 0, SL_NVM_CHECKSUM * sizeof(d->nvm[0]));
	for (i = 0; i < 3; i++)
		d->nvm[SL_NVM_MAC0 + i] = (uint16_t)(mac[2 * i] | mac[2 * i + 1] << 8);
	d->nvm[SL_NVM_SUBSYSTEM] = id;
	d->nvm[SL_NVM_SUBVENDOR] = SL_PCI_VENDOR_INTEL;
	d->nvm[SL_NVM_DEVICE] = id;
	d->nvm[SL_NVM_VENDOR] = SL_PCI_VENDOR_INTEL;
	d->nvm[SL_NVM_VERSION] = NVM_VERSION;
	/* By default a driver advertises flow control in both directions. */
	d->nvm[SL_NVM_INIT_CONTROL_2] = (uint16_t)SL_NVM_INIT_CONTROL_2_PAUSE;
	d->nvm[SL_NVM_TRACK] = NVM_TRACK & UINT16_MAX;
	d->nvm[SL_NVM_TRACK + 1] = NVM_TRACK >> 16;
	part_number(d);
	sum_up(d, 0);
	/* Since the 82580 four ports each have a part with a checksum, even ports that do not
	 * exist. */
	for (i = 1; i < SL_NVM_PORTS && softigb_has_reg(d, SL_MDICNFG); i++)
		sum_up(d, SL_NVM_PORT(i));
}

/* Without a flash the internal NVM is used. It has only the MAC address, one record per word. */
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

/* 8.4.2: a read completes immediately. */
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

/* 8.4.1: access is granted immediately, because there is no firmware. */
static void
write_EECD(struct sl_softnic *nic, const struct softnic_slot *at, uint32_t val)
{
	uint32_t fixed = SL_EECD_EE_PRES | SL_EECD_AUTO_RD | SL_EECD_EE_SIZE | SL_EECD_DO;
	struct softigb *d = softigb_of(nic);

	(void)at;
	/* The shadow RAM is written to the flash immediately. */
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
