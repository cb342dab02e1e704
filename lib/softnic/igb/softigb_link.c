/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 *
 * NVM (chapter 6, 8.4), PHY (3.5.9, 8.25) and the link (8.2.2).
 */
#include <string.h>

#include "softnic_engine.h"

/* --- NVM --- */

void
softnic_nvm_init(struct sl_softnic *nic)
{
	uint16_t sum = 0;
	unsigned int i;

	/* Erased cells read as ones; the first block is written. */
	memset(nic->nvm, UINT8_MAX, sizeof(nic->nvm));
	memset(nic->nvm, 0, SL_NVM_CHECKSUM * sizeof(nic->nvm[0]));
	for (i = 0; i < 3; i++)
		nic->nvm[SL_NVM_MAC0 + i] = (uint16_t)(nic->mac[2 * i] | nic->mac[2 * i + 1] << 8);
	nic->nvm[SL_NVM_SUBSYSTEM] = SL_PCI_DEV_82576;
	nic->nvm[SL_NVM_SUBVENDOR] = SL_PCI_VENDOR_INTEL;
	nic->nvm[SL_NVM_DEVICE] = SL_PCI_DEV_82576;
	for (i = 0; i < SL_NVM_CHECKSUM; i++)
		sum = (uint16_t)(sum + nic->nvm[i]);
	nic->nvm[SL_NVM_CHECKSUM] = (uint16_t)(SL_NVM_SUM - sum);
}

/* 8.10.16: receive address 0 is loaded from the NVM, valid. */
void
softnic_nvm_load_mac(struct sl_softnic *nic)
{
	const uint16_t *mac = &nic->nvm[SL_NVM_MAC0];

	nic->r.RAL[0] = (uint32_t)mac[1] << 16 | mac[0];
	nic->r.RAH[0] = SL_RAH_AV | mac[2];
	softnic_addr_update(nic);
}

/* 8.4.2: a word is there at once. */
uint32_t
softnic_eerd_write(struct sl_softnic *nic, uint32_t val)
{
	uint32_t addr = SL_GET(SL_EERD_ADDR, val);
	uint32_t word = addr < SOFTNIC_NVM_WORDS ? nic->nvm[addr] : UINT16_MAX;

	if ((val & SL_EERD_START) == 0)
		return val & ~SL_EERD_DONE;
	return SL_PREP(SL_EERD_ADDR, addr) | SL_EERD_DONE | SL_PREP(SL_EERD_DATA, word);
}

/* --- PHY --- */

void
softnic_phy_reset(struct sl_softnic *nic)
{
	uint16_t *phy = nic->phy;

	memset(nic->phy, 0, sizeof(nic->phy));
	phy[SL_PHY_CONTROL] =
		SL_PHY_CONTROL_SPEED_1000 | SL_PHY_CONTROL_FD | SL_PHY_CONTROL_AUTONEG_ENABLE;
	phy[SL_PHY_ID1] = SL_PHY_ID_82576 >> 16;
	phy[SL_PHY_ID2] = SL_PHY_ID_82576 & UINT16_MAX;
	phy[SL_PHY_AUTONEG_ADV] = SL_PHY_ABILITY_802_3 | SL_PHY_ABILITY_SPEEDS |
		SL_PHY_ABILITY_PAUSE | SL_PHY_ABILITY_ASM_PAUSE;
	phy[SL_PHY_NEXT_PAGE] = SL_PHY_NEXT_PAGE_NULL;
	phy[SL_PHY_1000T_CTRL] = SL_PHY_1000T_HD | SL_PHY_1000T_FD;
	phy[SL_PHY_EXT_STATUS] = (uint16_t)SL_PHY_EXT_1000T;
}

static bool
phy_link(const struct sl_softnic *nic)
{
	return nic->wire_up && (nic->phy[SL_PHY_CONTROL] & SL_PHY_CONTROL_POWER_DOWN) == 0;
}

/* What depends on the link, worked out when it is read. */
static uint16_t
phy_read(const struct sl_softnic *nic, uint32_t reg)
{
	bool up = phy_link(nic);
	uint32_t val = nic->phy[reg];

	switch (reg) {
	case SL_PHY_STATUS:
		val = SL_PHY_STATUS_EXT_CAP | SL_PHY_STATUS_AUTONEG_CAP | SL_PHY_STATUS_EXT |
			SL_PHY_STATUS_SPEEDS;
		return (uint16_t)(up ? val | SL_PHY_STATUS_LINK | SL_PHY_STATUS_AUTONEG_DONE : val);
	case SL_PHY_LP_ABILITY:
		/* No pause: the other end has no flow control. */
		val = SL_PHY_ABILITY_802_3 | SL_PHY_ABILITY_SPEEDS | SL_PHY_ABILITY_ACK;
		return (uint16_t)(up ? val : 0);
	case SL_PHY_AUTONEG_EXP:
		val = SL_PHY_EXP_NEXT_PAGE;
		return (uint16_t)(up ? val | SL_PHY_EXP_LP_AUTONEG : val);
	case SL_PHY_1000T_STATUS:
		val = SL_PHY_1000T_LP_HD | SL_PHY_1000T_LP_FD | SL_PHY_1000T_RX_OK;
		return (uint16_t)(up ? val : 0);
	case SL_PHY_PORT_STATUS:
		return (uint16_t)(up ? SL_PHY_PORT_1000 | SL_PHY_PORT_FD : 0);
	default:
		return (uint16_t)val;
	}
}

static void
phy_write(struct sl_softnic *nic, uint32_t reg, uint16_t val)
{
	switch (reg) {
	case SL_PHY_STATUS:
	case SL_PHY_ID1:
	case SL_PHY_ID2:
	case SL_PHY_LP_ABILITY:
	case SL_PHY_AUTONEG_EXP:
	case SL_PHY_LP_NEXT_PAGE:
	case SL_PHY_1000T_STATUS:
	case SL_PHY_EXT_STATUS:
	case SL_PHY_PORT_STATUS:
	case SL_PHY_LINK_HEALTH:
		return;
	case SL_PHY_CONTROL:
		if ((val & SL_PHY_CONTROL_RESET) != 0) {
			softnic_phy_reset(nic);
		} else {
			nic->phy[reg] = val & (uint16_t)~SL_PHY_CONTROL_AUTONEG_RESTART;
			/* Negotiated anew at once: the driver hears of its end. */
			if ((val & SL_PHY_CONTROL_AUTONEG_RESTART) != 0 && nic->link_up)
				softnic_irq_cause(nic, SL_ICR_LSC);
		}
		softnic_link_update(nic);
		return;
	default:
		nic->phy[reg] = val;
		return;
	}
}

/* 8.2.4: done as soon as written. */
void
softnic_mdic_write(struct sl_softnic *nic, uint32_t val)
{
	uint32_t reg = SL_GET(SL_MDIC_REGADD, val), op = SL_GET(SL_MDIC_OP, val);

	val &= ~(SL_MDIC_READY | SL_MDIC_ERROR);
	if (SL_GET(SL_MDIC_PHYADD, val) != SL_PHY_ADDRESS)
		val |= SL_MDIC_ERROR;
	else if (op == SL_MDIC_OP_WRITE)
		phy_write(nic, reg, (uint16_t)SL_GET(SL_MDIC_DATA, val));
	else if (op == SL_MDIC_OP_READ)
		val = SL_SET(SL_MDIC_DATA, val, phy_read(nic, reg));
	else
		val |= SL_MDIC_ERROR;
	nic->r.MDIC[0] = val | SL_MDIC_READY;
	if ((val & SL_MDIC_IE) != 0)
		softnic_irq_cause(nic, SL_ICR_MDAC);
}

/* --- link --- */

uint32_t
softnic_status(const struct sl_softnic *nic)
{
	uint32_t val = nic->r.STATUS[0], ctrl = nic->r.CTRL[0];
	uint32_t speed = (ctrl & SL_CTRL_FRCSPD) != 0 ? SL_GET(SL_CTRL_SPEED, ctrl) : SL_SPEED_1000;
	bool full = (ctrl & SL_CTRL_FRCDPLX) == 0 || (ctrl & SL_CTRL_FD) != 0;

	if (nic->link_up)
		val |= SL_STATUS_LU | SL_PREP(SL_STATUS_SPEED, speed) | (full ? SL_STATUS_FD : 0);
	if ((ctrl & SL_CTRL_GIO_MASTER_DISABLE) != 0)
		val &= ~SL_STATUS_GIO_MASTER_ENABLE;
	return val;
}

void
softnic_link_update(struct sl_softnic *nic)
{
	struct sl_wire *wire = nic->wire;
	bool up;

	nic->wire_up = wire != NULL && (wire->ops->link == NULL || wire->ops->link(wire)) &&
		!softnic_fault_on(nic, SL_FAULT_LINK_DOWN);
	/* 8.2.1: the MAC heeds the PHY's link only with SLU set. */
	up = phy_link(nic) && (nic->r.CTRL[0] & SL_CTRL_SLU) != 0;
	if (__builtin_expect(up == nic->link_up, 1))
		return;
	nic->link_up = up;
	softnic_irq_cause(nic, SL_ICR_LSC);
}
