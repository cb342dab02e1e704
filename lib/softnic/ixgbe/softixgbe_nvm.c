/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */

/*
 * The NVM: its content (chapter 6), and the registers that read it (8.2.3.2).
 */

#include <string.h>

#include "softixgbe.h"

/* Track ID of the image. */
#define NVM_TRACK_ID UINT32_C(0x80000001)
/* Addresses of modules. They follow the words with a fixed meaning. */
#define CORE_AT 0x80u
#define CORE_LEN 4u
#define PART_AT 0x100u
#define FIRMWARE_AT 0x120u
#define PATCH_AT 0x140u
#define SFP_INIT_AT 0x160u
#define SFP_SEQUENCE_AT 0x170u
#define NONE UINT16_MAX

/*
 * Part number: its length in words, including the length word, then two characters per word, the
 * first in the upper byte.
 */
static void
part_number(struct softixgbe *d)
{
	static const char text[] = "SL0002-000";
	const uint16_t words = (uint16_t)((sizeof(text) - 1) / 2);
	unsigned int i;

	d->nvm[SL_82599_NVM_PART] = SL_82599_NVM_PART_IS_TEXT;
	d->nvm[SL_82599_NVM_PART + 1] = PART_AT;
	d->nvm[PART_AT] = (uint16_t)(words + 1);
	for (i = 0; i < words; i++)
		d->nvm[PART_AT + 1 + i] = (uint16_t)(text[2 * i] << 8 | text[2 * i + 1]);
}

/* Core module of the first port: its length, then the MAC address. */
static void
core(struct softixgbe *d)
{
	const uint8_t *mac = d->nic.mac;
	unsigned int i;

	d->nvm[SL_82599_NVM_CORE_0] = CORE_AT;
	d->nvm[CORE_AT] = CORE_LEN;
	for (i = 0; i < 3; i++)
		d->nvm[CORE_AT + 1 + i] = (uint16_t)(mac[2 * i] | mac[2 * i + 1] << 8);
	d->nvm[CORE_AT + CORE_LEN] = 0;
}

/*
 * Words that drivers of a fibre port check: firmware with a sufficient version that does not manage
 * the link, and an init sequence for the module, which is empty.
 */
static void
fibre(struct softixgbe *d)
{
	uint16_t *fw = &d->nvm[FIRMWARE_AT], *list = &d->nvm[SFP_INIT_AT];

	d->nvm[SL_82599_NVM_FIRMWARE] = FIRMWARE_AT;
	fw[SL_82599_NVM_FW_PATCH] = PATCH_AT;
	d->nvm[PATCH_AT + SL_82599_NVM_FW_PATCH_VERSION] = SL_82599_NVM_FW_VERSION;
	/* A length, pairs of a kind and the address of its sequence, and an end mark. */
	d->nvm[SL_82599_NVM_SFP_INIT] = SFP_INIT_AT;
	list[0] = 2;
	list[1] = SL_82599_NVM_SFP_SR_LR;
	list[2] = SFP_SEQUENCE_AT;
	d->nvm[SFP_SEQUENCE_AT] = 0;
}

/*
 * Set the checksum so that the first words and the modules add up to SL_82599_NVM_SUM. Each module
 * starts with its length.
 */
static void
sum_up(struct softixgbe *d)
{
	uint16_t sum = 0;
	unsigned int i, at;

	/* Words after the checksum are part of the sum on the X550 only, so they are zero. */
	for (i = SL_82599_NVM_CHECKSUM; i <= SL_82599_NVM_LAST_X550; i++)
		d->nvm[i] = 0;
	for (i = 0; i < SL_82599_NVM_CHECKSUM; i++)
		sum = (uint16_t)(sum + d->nvm[i]);
	for (i = SL_82599_NVM_FIRST_MODULE; i <= SL_82599_NVM_LAST_MODULE; i++) {
		at = d->nvm[i];
		for (; at != NONE && at <= d->nvm[i] + (unsigned int)d->nvm[d->nvm[i]]; at++)
			sum = (uint16_t)(sum + (at != d->nvm[i] ? d->nvm[at] : 0));
	}
	d->nvm[SL_82599_NVM_CHECKSUM] = (uint16_t)(SL_82599_NVM_SUM - sum);
}

void
softixgbe_nvm_init(struct softixgbe *d)
{
	unsigned int i;

	/* Erased cells read as ones. The first words are written and point to few modules. */
	memset(d->nvm, UINT8_MAX, sizeof(d->nvm));
	memset(d->nvm, 0, SL_82599_NVM_CHECKSUM * sizeof(d->nvm[0]));
	for (i = SL_82599_NVM_FIRST_MODULE; i <= SL_82599_NVM_FIRMWARE; i++)
		d->nvm[i] = NONE;
	d->nvm[SL_82599_NVM_DEVICE_CAPS] = SL_82599_NVM_CAPS_NO_CROSSTALK;
	d->nvm[SL_82599_NVM_TRACK] = NVM_TRACK_ID & UINT16_MAX;
	d->nvm[SL_82599_NVM_TRACK + 1] = NVM_TRACK_ID >> 16;
	core(d);
	part_number(d);
	if (softixgbe_device(d)->sfp)
		fibre(d);
	sum_up(d);
}

/* 8.2.3.7.9: a reset loads the address and sets AV. */
void
softixgbe_nvm_load_mac(struct softixgbe *d)
{
	const uint16_t *mac = &d->nvm[CORE_AT + 1];

	d->r.RAL[0] = (uint32_t)mac[1] << 16 | mac[0];
	d->r.RAH[0] = SL_82599_RAH_AV | mac[2];
}

/* A read completes as soon as it is requested. */
static void
write_EERD(struct sl_softnic *nic, const struct softnic_slot *at, uint32_t val)
{
	struct softixgbe *d = softixgbe_of(nic);
	uint32_t addr = SL_GET(SL_82599_EERD_ADDR, val);
	uint32_t word = addr < SOFTIXGBE_NVM_WORDS ? d->nvm[addr] : NONE;

	(void)at;
	if ((val & SL_82599_EERD_START) != 0)
		val = SL_PREP(SL_82599_EERD_ADDR, addr) | SL_82599_EERD_DONE |
			SL_PREP(SL_82599_EERD_DATA, word);
	else
		val &= ~SL_82599_EERD_DONE;
	d->r.EERD[0] = val;
}

/* A write to the shadow RAM also completes at once. Its copy in the flash is not modelled. */
static void
write_EEWR(struct sl_softnic *nic, const struct softnic_slot *at, uint32_t val)
{
	struct softixgbe *d = softixgbe_of(nic);
	const uint32_t addr = SL_GET(SL_82599_EERD_ADDR, val);

	(void)at;
	if ((val & SL_82599_EERD_START) != 0 && addr < SOFTIXGBE_NVM_WORDS)
		d->nvm[addr] = (uint16_t)SL_GET(SL_82599_EERD_DATA, val);
	d->r.EEWR[0] = (val & ~SL_82599_EERD_START) | SL_82599_EERD_DONE;
}

/*
 * 8.2.3.2.1: access is granted as soon as it is requested, since no firmware competes. A flash
 * update also completes at once.
 */
static void
write_EEC(struct sl_softnic *nic, const struct softnic_slot *at, uint32_t val)
{
	const uint32_t fixed = SL_82599_EEC_PRES | SL_82599_EEC_ARD | SL_82599_EEC_SIZE |
		SL_82599_EEC_DO | SL_82599_EEC_FLUPD | SL_82599_EEC_FLUDONE;
	struct softixgbe *d = softixgbe_of(nic);

	(void)at;
	val = (val & ~(fixed | SL_82599_EEC_GNT)) | (d->r.EEC[0] & fixed);
	if ((val & SL_82599_EEC_REQ) != 0)
		val |= SL_82599_EEC_GNT;
	d->r.EEC[0] = val;
}

const struct softnic_hook softixgbe_nvm_hooks[] = {
	{SL_82599_EEC, .write = write_EEC},
	{SL_82599_EERD, .write = write_EERD},
	{SL_82599_EEWR, .write = write_EEWR},
	{.reg = SOFTNIC_NO_REG},
};
