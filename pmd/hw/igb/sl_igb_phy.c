/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */

/*
 * Access to the PHY through MDIC, which driver and firmware share, and the repair of an I210's PHY
 * after power-up. Sections are those of the Intel 82576EB datasheet, revision 2.63.
 */

#include "sl_igb.h"
#include "common/sl_semaphore.h"

#define MDIC_TIMEOUT_US 10000u /* one MDIO frame takes 64 us */
#define PHY_PAGE_US 20u
#define POWER_US 1000u
#define PLL_TRIES 5u

/* 4.6.12, 4.6.13 */
static const struct sl_semaphore semaphore = {
	.swsm = SL_OFF_SWSM,
	.sync = SL_OFF_SW_FW_SYNC,
	.smbi = SL_SWSM_SMBI,
	.swesmbi = SL_SWSM_SWESMBI,
};

/* Resource bit of the port's PHY. A chip has at most four ports. */
static uint32_t
phy_resource(struct sl_port *port)
{
	static const uint32_t bits[] = {
		SL_SW_FW_SW_PHY0, SL_SW_FW_SW_PHY1, SL_SW_FW_SW_PHY2, SL_SW_FW_SW_PHY3};

	return bits[SL_GET(SL_STATUS_FUNC, SL_RD(&port->bus, STATUS, 0))];
}

int
sl_igb_own(struct sl_port *port, uint32_t bits)
{
	return sl_semaphore_own(port, &semaphore, bits, bits << SL_SW_FW_FW_SHIFT);
}

void
sl_igb_disown(struct sl_port *port, uint32_t bits)
{
	sl_semaphore_disown(port, &semaphore, bits);
}

int
sl_igb_phy_get(struct sl_port *port, uint32_t *owned)
{
	*owned = phy_resource(port);
	return sl_igb_own(port, *owned);
}

void
sl_igb_phy_put(struct sl_port *port, uint32_t owned)
{
	sl_igb_disown(port, owned);
}

/* 8.2.4: execute one MDIO transaction. */
static int
mdic(struct sl_port *port, enum sl_mdic_op op, enum sl_phy_reg reg, uint16_t val, uint32_t *out)
{
	int ret;

	SL_WR(&port->bus, MDIC, 0,
		SL_PREP(SL_MDIC_REGADD, reg) | SL_PREP(SL_MDIC_PHYADD, SL_PHY_ADDRESS) |
			SL_PREP(SL_MDIC_OP, op) | SL_PREP(SL_MDIC_DATA, val));
	ret = sl_port_wait(port, SL_OFF_MDIC, SL_MDIC_READY, SL_MDIC_READY, MDIC_TIMEOUT_US);
	if (ret != 0)
		return ret;
	*out = SL_RD(&port->bus, MDIC, 0);
	return (*out & SL_MDIC_ERROR) == 0 ? 0 : -EIO;
}

int
sl_igb_phy_write(struct sl_port *port, enum sl_phy_reg reg, uint16_t val)
{
	uint32_t out;

	return mdic(port, SL_MDIC_OP_WRITE, reg, val, &out);
}

int
sl_igb_phy_read(struct sl_port *port, enum sl_phy_reg reg, uint16_t *val)
{
	uint32_t out = 0;
	int ret = mdic(port, SL_MDIC_OP_READ, reg, 0, &out);

	*val = (uint16_t)SL_GET(SL_MDIC_DATA, out);
	return ret;
}

/* --- the PLL of an I210's PHY --- */

/*
 * A word of the internal NVM, or @p otherwise if it is not there. The table bounds the number of
 * records.
 */
static uint16_t
invm_word(struct sl_port *port, uint32_t addr, uint16_t otherwise)
{
	unsigned int i;

	for (i = 0; i < port->hw->regs->rows[SL_INVM].count; i++) {
		const uint32_t rec = SL_RD(&port->bus, INVM, i);

		switch (SL_GET(SL_INVM_TYPE, rec)) {
		case SL_INVM_NONE:
			return otherwise;
		case SL_INVM_WORD:
			if (SL_GET(SL_INVM_ADDR, rec) == addr)
				return (uint16_t)SL_GET(SL_INVM_DATA, rec);
			break;
		case SL_INVM_CSR:
			i += SL_INVM_CSR_DWORDS;
			break;
		case SL_INVM_RSA:
			i += SL_INVM_RSA_DWORDS;
			break;
		default:
			break;
		}
	}
	return otherwise;
}

/* 0: the PLL is configured; -EAGAIN: it is not. */
static int
pll_look(struct sl_port *port)
{
	uint16_t val = 0;
	int ret = sl_igb_phy_write(port, SL_PHY_PAGE_I210, SL_PHY_PLL_PAGE), back;

	if (ret == 0) {
		sl_time_nap(port, PHY_PAGE_US);
		ret = sl_igb_phy_read(port, SL_PHY_PLL, &val);
		sl_time_nap(port, PHY_PAGE_US);
	}
	back = sl_igb_phy_write(port, SL_PHY_PAGE_I210, 0);
	if (ret != 0 || back != 0)
		return ret != 0 ? ret : back;
	return (val & SL_PHY_PLL_LOST) == SL_PHY_PLL_LOST ? -EAGAIN : 0;
}

/*
 * Restart the PHY with an NVM word that makes it configure its PLL: reset it, and switch the
 * function to D3 and back, which loads the word.
 */
static int
pll_again(struct sl_port *port, uint16_t word)
{
	const uint32_t at = SL_PREP(SL_EEARBC_WORD, SL_NVM_AUTOLOAD);
	const uint32_t wuc = SL_RD(&port->bus, WUC, 0);
	int ret;

	if (port->dev_ops->power == NULL)
		return -ENOTSUP;
	SL_WR(&port->bus, CTRL, 0, sl_igb_ctrl(&port->bus) | SL_CTRL_PHY_RST);
	SL_WR(&port->bus, CTRL_EXT, 0,
		SL_RD(&port->bus, CTRL_EXT, 0) | SL_CTRL_EXT_PHYPDEN | SL_CTRL_EXT_SDLPE);
	SL_WR(&port->bus, WUC, 0, 0);
	SL_WR(&port->bus, EEARBC, 0, at | SL_PREP(SL_EEARBC_DATA, word | SL_NVM_AUTOLOAD_PLL));
	ret = port->dev_ops->power(port, false);
	if (ret == 0) {
		sl_time_nap(port, POWER_US);
		ret = port->dev_ops->power(port, true);
	}
	SL_WR(&port->bus, EEARBC, 0, at | SL_PREP(SL_EEARBC_DATA, word));
	SL_WR(&port->bus, WUC, 0, wuc);
	return ret;
}

static int
pll_mend(struct sl_port *port)
{
	const uint16_t word = invm_word(port, SL_NVM_AUTOLOAD, SL_NVM_AUTOLOAD_I210);
	unsigned int tries;
	int ret = pll_look(port);

	for (tries = 0; ret == -EAGAIN && tries < PLL_TRIES; tries++) {
		ret = pll_again(port, word);
		if (ret == 0)
			ret = pll_look(port);
	}
	return ret;
}

int
sl_igb_phy_pll(struct sl_port *port)
{
	uint32_t mdicnfg, owned;
	int ret;

	if (!sl_igb_has(port, SL_QUIRK_PLL) ||
		(SL_RD(&port->bus, EECD, 0) & SL_EECD_FLASH_DETECTED) != 0)
		return 0;
	ret = sl_igb_phy_get(port, &owned);
	if (ret != 0)
		return ret;
	/* Use the internal PHY, whatever the port is connected to. */
	mdicnfg = SL_RD(&port->bus, MDICNFG, 0);
	SL_WR(&port->bus, MDICNFG, 0, mdicnfg & ~SL_MDICNFG_EXT_MDIO);
	ret = pll_mend(port);
	SL_WR(&port->bus, MDICNFG, 0, mdicnfg);
	sl_igb_phy_put(port, owned);
	if (ret == 0)
		return 0;
	SL_LOG(ERR,
		"port %u: the PHY's PLL has no configuration after %u tries: %s; power the "
		"machine off and on",
		port->eth->data->port_id, PLL_TRIES, rte_strerror(ret == -EAGAIN ? EIO : -ret));
	return ret == -EAGAIN ? -EIO : ret;
}
