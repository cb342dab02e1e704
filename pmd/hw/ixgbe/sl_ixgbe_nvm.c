/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */

/* Semaphores that the drivers of a chip's ports and the firmware share, and reads of the NVM. */

#include "sl_ixgbe.h"
#include "common/sl_semaphore.h"

#define ASK_US 100000u
#define NVM_TIMEOUT_US 500000u

/* SWESMBI excludes the firmware. On devices with REGSMP in GSSR, that bit does. */
static const struct sl_semaphore with_swesmbi = {
	.swsm = SL_82599_OFF(SWSM, 0),
	.sync = SL_82599_OFF(GSSR, 0),
	.smbi = SL_82599_SWSM_SMBI,
	.swesmbi = SL_82599_SWSM_SWESMBI,
};
static const struct sl_semaphore with_regsmp = {
	.swsm = SL_82599_OFF(SWSM, 0),
	.sync = SL_82599_OFF(GSSR, 0),
	.smbi = SL_82599_SWSM_SMBI,
	.regsmp = SL_82599_GSSR_REGSMP,
};

static const struct sl_semaphore *
semaphore_of(const struct sl_port *port)
{
	return sl_ixgbe_has(port, SL_IXGBE_QUIRK_REGSMP) ? &with_regsmp : &with_swesmbi;
}

/*
 * Bits of others that must be clear: those of the firmware, and for the NVM that of the chip, which
 * copies it.
 */
static uint32_t
others(uint32_t bits)
{
	return (bits & SL_82599_GSSR_PAIRED) << SL_82599_GSSR_FW_SHIFT |
		((bits & SL_82599_GSSR_EEP) != 0 ? SL_82599_GSSR_FLASH : 0);
}

int
sl_ixgbe_own(struct sl_port *port, uint32_t bits)
{
	return sl_semaphore_own(port, semaphore_of(port), bits, others(bits));
}

int
sl_ixgbe_ask(struct sl_port *port, uint32_t bits)
{
	return sl_semaphore_ask(port, semaphore_of(port), bits, others(bits), ASK_US);
}

void
sl_ixgbe_disown(struct sl_port *port, uint32_t bits)
{
	sl_semaphore_disown(port, semaphore_of(port), bits);
}

uint32_t
sl_ixgbe_phy_resource(struct sl_port *port)
{
	/* A chip has two ports. Other values of the register are not used. */
	return SL_82599_GSSR_PHY << (SL_GET(SL_82599_STATUS_LAN,
					     SL_IXGBE_RD(&port->bus, STATUS, 0)) &
		       1);
}

static int
eerd(struct sl_port *port, unsigned int word, uint16_t *val)
{
	int ret;

	SL_IXGBE_WR(&port->bus, EERD, 0, SL_PREP(SL_82599_EERD_ADDR, word) | SL_82599_EERD_START);
	ret = sl_port_wait(port, SL_82599_OFF(EERD, 0), SL_82599_EERD_DONE, SL_82599_EERD_DONE,
		NVM_TIMEOUT_US);
	if (ret == 0)
		*val = (uint16_t)SL_GET(SL_82599_EERD_DATA, SL_IXGBE_RD(&port->bus, EERD, 0));
	return ret;
}

/* On an X540, EERD reads the shadow RAM of the flash, which is shared. */
int
sl_ixgbe_nvm_words(struct sl_port *port, unsigned int word, unsigned int n, uint16_t *val)
{
	const bool shared = sl_ixgbe_has(port, SL_IXGBE_QUIRK_REGSMP);
	unsigned int i;
	int ret;

	if (sl_ixgbe_has(port, SL_IXGBE_QUIRK_FIRMWARE))
		return sl_ixgbe_firmware_words(port, word, n, val);
	ret = shared ? sl_ixgbe_own(port, SL_82599_GSSR_EEP) : 0;
	if (ret != 0)
		return ret;
	for (i = 0; i < n && ret == 0; i++)
		ret = eerd(port, word + i, &val[i]);
	if (shared)
		sl_ixgbe_disown(port, SL_82599_GSSR_EEP);
	return ret;
}

int
sl_ixgbe_nvm_read(struct sl_port *port, unsigned int word, uint16_t *val)
{
	return sl_ixgbe_nvm_words(port, word, 1, val);
}

uint32_t
sl_ixgbe_nvm_size(struct sl_port *port)
{
	return SL_82599_NVM_WORDS_MIN << SL_GET(SL_82599_EEC_SIZE, SL_IXGBE_RD(&port->bus, EEC, 0));
}

/* The image has no number, except for its track. */
int
sl_ixgbe_nvm_version(struct sl_port *port, struct sl_hw_version *version)
{
	version->has_number = false;
	return sl_ixgbe_nvm_words(port, SL_82599_NVM_TRACK, 2, version->track);
}

/* A word of 0 or FFFFh was never written. */
unsigned int
sl_ixgbe_nvm_pointer(struct sl_port *port, unsigned int word)
{
	uint16_t at = 0;

	return sl_ixgbe_nvm_read(port, word, &at) == 0 && at != UINT16_MAX ? at : 0;
}
