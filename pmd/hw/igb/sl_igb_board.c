/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */

/*
 * What is on the board beside the NIC: the NVM and the LEDs. Sections are those of the Intel
 * 82576EB datasheet, revision 2.63.
 */

#include "sl_igb.h"

#define NVM_TIMEOUT_US 100000u

/*
 * An I210 without a flash, and an I211, have words that are fused into the chip: records of a few
 * words, and no image.
 */
uint32_t
sl_igb_nvm_size(struct sl_port *port)
{
	const uint32_t eecd = SL_RD(&port->bus, EECD, 0);

	if (sl_igb_has(port, SL_QUIRK_PLL) && (eecd & SL_EECD_FLASH_DETECTED) == 0)
		return 0;
	return SL_NVM_WORDS_MIN << SL_GET(SL_EECD_EE_SIZE, eecd);
}

/* 8.4.2 */
static int
eerd(struct sl_port *port, unsigned int word, uint16_t *val)
{
	int ret;

	SL_WR(&port->bus, EERD, 0, SL_PREP(SL_EERD_ADDR, word) | SL_EERD_START);
	ret = sl_port_wait(port, SL_OFF_EERD, SL_EERD_DONE, SL_EERD_DONE, NVM_TIMEOUT_US);
	if (ret == 0)
		*val = (uint16_t)SL_GET(SL_EERD_DATA, SL_RD(&port->bus, EERD, 0));
	return ret;
}

int
sl_igb_nvm_words(struct sl_port *port, unsigned int word, unsigned int n, uint16_t *val)
{
	unsigned int i;
	int ret = sl_igb_own(port, SL_SW_FW_SW_EEP);

	if (ret != 0)
		return ret;
	for (i = 0; i < n && ret == 0; i++)
		ret = eerd(port, word + i, &val[i]);
	sl_igb_disown(port, SL_SW_FW_SW_EEP);
	return ret;
}

int
sl_igb_nvm_version(struct sl_port *port, struct sl_hw_version *version)
{
	int ret = sl_igb_nvm_words(port, SL_NVM_VERSION, 1, &version->number);

	version->has_number = true;
	return ret != 0 ? ret : sl_igb_nvm_words(port, SL_NVM_TRACK, 2, version->track);
}

/* 8.2.9: each LED shows what its mode says, or is always on or off. Its polarity stays. */
void
sl_igb_led_set(struct sl_port *port, bool on)
{
	uint32_t ledctl = SL_RD(&port->bus, LEDCTL, 0) & ~(SL_LEDCTL_MODES | SL_LEDCTL_BLINKS);

	ledctl |= SL_LEDCTL_EACH * (on ? SL_LED_ON : SL_LED_OFF);
	SL_WR(&port->bus, LEDCTL, 0, ledctl);
}
