/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */

/*
 * The firmware of an X550, as far as drivers use it. The driver writes a command to FLEX_MNG and
 * starts it with HICR. The answer replaces the command. Supported are the commands of the shadow
 * RAM, the stop of receive, and the driver's version.
 */

#include "softixgbe.h"

#define ANSWER_WORDS (sizeof(((struct softixgbe_regs *)0)->FLEX_MNG) / sizeof(uint32_t))

/* Word @p i of the NVM. Beyond the NVM, all ones as in erased memory. */
static uint16_t
nvm_word(const struct softixgbe *d, uint32_t i)
{
	return i < SOFTIXGBE_NVM_WORDS ? d->nvm[i] : UINT16_MAX;
}

/* Address and length are in bytes, big-endian and even. */
static void
read_shadow(struct softixgbe *d)
{
	uint32_t *m = d->r.FLEX_MNG;
	const uint32_t first = __builtin_bswap32(m[SL_82599_HIC_ADDRESS]) / sizeof(uint16_t);
	uint32_t words = __builtin_bswap16((uint16_t)m[SL_82599_HIC_LENGTH]) / sizeof(uint16_t), i;
	const uint32_t room = (uint32_t)(ANSWER_WORDS - SL_82599_HIC_DATA) * 2;

	words = words < room ? words : room;
	for (i = 0; i < words; i += 2)
		m[SL_82599_HIC_DATA + i / 2] = nvm_word(d, first + i) |
			(i + 1 < words ? (uint32_t)nvm_word(d, first + i + 1) << 16 : 0);
}

static void
write_shadow(struct softixgbe *d)
{
	const uint32_t *m = d->r.FLEX_MNG;
	const uint32_t at = __builtin_bswap32(m[SL_82599_HIC_ADDRESS]) / sizeof(uint16_t);

	if (at < SOFTIXGBE_NVM_WORDS)
		d->nvm[at] = (uint16_t)m[SL_82599_HIC_DATA];
}

static void
stop_receive(struct softixgbe *d)
{
	d->r.RXCTRL[0] &= ~SL_82599_RXCTRL_RXEN;
	softixgbe_mac_update(d);
}

/* Run a command. @return false if it is unknown. */
static bool
run(struct softixgbe *d, uint32_t command)
{
	switch (command) {
	case SL_82599_HIC_READ_SHADOW:
		read_shadow(d);
		return true;
	case SL_82599_HIC_WRITE_SHADOW:
		write_shadow(d);
		return true;
	case SL_82599_HIC_STOP_RECEIVE:
		stop_receive(d);
		return true;
	case SL_82599_HIC_DUMP_SHADOW: /* the flash is not modelled */
	case SL_82599_HIC_DRIVER_INFO:
		return true;
	default:
		return false;
	}
}

/* A command completes as soon as it is written. The header of the answer has the status. */
static void
write_HICR(struct sl_softnic *nic, const struct softnic_slot *at, uint32_t val)
{
	struct softixgbe *d = softixgbe_of(nic);
	uint32_t *head = &d->r.FLEX_MNG[0];
	const uint32_t command = SL_GET(SL_82599_HIC_COMMAND, *head);

	(void)at;
	if (!softixgbe_device(d)->firmware || (val & SL_82599_HICR_COMMAND) == 0)
		return;
	*head = SL_PREP(SL_82599_HIC_COMMAND, command) |
		SL_PREP(SL_82599_HIC_STATUS, run(d, command) ? SL_82599_HIC_SUCCESS : 0);
	d->r.HICR[0] |= SL_82599_HICR_STATUS_VALID;
}

const struct softnic_hook softixgbe_firmware_hooks[] = {
	{SL_82599_HICR, .write = write_HICR},
	{.reg = SOFTNIC_NO_REG},
};
