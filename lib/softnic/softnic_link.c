/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 *
 * NVM (chapter 6, 8.4), PHY (3.5.9, 8.25) and the link (8.2.2).
 */
#include <string.h>

#include "softnic_priv.h"

void
softnic_nvm_init(struct sl_softnic *nic)
{
	uint16_t sum = 0;
	unsigned int i;

	memset(nic->nvm, UINT8_MAX, sizeof(nic->nvm));
	for (i = 0; i < SL_NVM_CHECKSUM; i++)
		nic->nvm[i] = 0;
	for (i = 0; i < 3; i++)
		nic->nvm[SL_NVM_MAC0 + i] = (uint16_t)(nic->mac[2 * i] | nic->mac[2 * i + 1] << 8);
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
}

/* 8.4.2 */
uint32_t
softnic_eerd_write(struct sl_softnic *nic, uint32_t val)
{
	uint32_t addr = SL_GET(SL_EERD_ADDR, val);

	if ((val & SL_EERD_START) == 0)
		return val & ~SL_EERD_DONE;
	return SL_PREP(SL_EERD_ADDR, addr) | SL_EERD_DONE |
		SL_PREP(SL_EERD_DATA, addr < SOFTNIC_NVM_WORDS ? nic->nvm[addr] : UINT16_MAX);
}

void
softnic_phy_reset(struct sl_softnic *nic)
{
	memset(nic->phy, 0, sizeof(nic->phy));
}

/* 8.2.4 */
uint32_t
softnic_mdic_write(struct sl_softnic *nic, uint32_t val)
{
	uint32_t reg = SL_GET(SL_MDIC_REGADD, val);

	val &= ~(SL_MDIC_READY | SL_MDIC_ERROR);
	switch (SL_GET(SL_MDIC_OP, val)) {
	case SL_MDIC_OP_WRITE:
		nic->phy[reg] = (uint16_t)SL_GET(SL_MDIC_DATA, val);
		break;
	case SL_MDIC_OP_READ:
		val = SL_SET(SL_MDIC_DATA, val, nic->phy[reg]);
		break;
	default:
		val |= SL_MDIC_ERROR;
		break;
	}
	return val | SL_MDIC_READY;
}

uint32_t
softnic_status(const struct sl_softnic *nic)
{
	uint32_t val = nic->r.STATUS[0] | SL_STATUS_PF_RST_DONE;

	if (nic->link_up)
		val |= SL_STATUS_LU | SL_STATUS_FD | SL_PREP(SL_STATUS_SPEED, SL_SPEED_1000);
	if ((nic->r.CTRL[0] & SL_CTRL_GIO_MASTER_DISABLE) != 0)
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
	up = nic->wire_up && (nic->r.CTRL[0] & SL_CTRL_SLU) != 0;
	if (up == nic->link_up)
		return;
	nic->link_up = up;
	softnic_irq_cause(nic, SL_ICR_LSC);
}
