/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */

/* Groups "phy", "nvm" and "irq": PHY and link, NVM and semaphores, interrupt causes. */

#include <inttypes.h>
#include <stdio.h>

#include "poke.h"

/* A valid IVAR entry for a vector. */
#define ENTRY(vector) (SL_IVAR_ENTRY_VALID | SL_PREP(SL_IVAR_ENTRY_VECTOR, vector))

/* --- group "phy" --- */

static uint32_t
mdic(struct poke *p, uint32_t op, uint32_t phy, uint32_t reg, uint32_t data)
{
	POKE_WR(p, 0, MDIC, 0,
		SL_PREP(SL_MDIC_OP, op) | SL_PREP(SL_MDIC_PHYADD, phy) |
			SL_PREP(SL_MDIC_REGADD, reg) | SL_PREP(SL_MDIC_DATA, data));
	p->ops->pause(p, 100);
	return POKE_RD(p, 0, MDIC, 0);
}

static uint32_t
phy_read(struct poke *p, uint32_t reg)
{
	return mdic(p, SL_MDIC_OP_READ, SL_PHY_ADDRESS, reg, 0);
}

static void
phy_facts(struct poke *p)
{
	char what[16];
	uint32_t reg;

	for (reg = 0; reg < 32; reg++) {
		snprintf(what, sizeof(what), "phy%u", reg);
		poke_fact(p, what, "0x%08" PRIx32, phy_read(p, reg));
	}
}

void
poke_seq_phy(struct poke *p)
{
	static const uint32_t writable[] = {
		SL_PHY_AUTONEG_ADV, 7, 8, SL_PHY_1000T_CTRL, 16, 18, 19, 20, 25, 26};
	char what[16];
	unsigned int i;

	poke_reset(p);
	/* After the reset, the PHY is no longer busy. */
	mdic(p, SL_MDIC_OP_WRITE, SL_PHY_ADDRESS, SL_PHY_CONTROL, SL_PHY_CONTROL_RESET);
	p->ops->pause(p, 10000);
	poke_link_up(p);
	poke_step(p, "up");
	phy_facts(p);
	(void)POKE_SHOW(p, 0, STATUS, 0);
	poke_step(p, "write");
	for (i = 0; i < sizeof(writable) / sizeof(writable[0]); i++) {
		uint32_t before = phy_read(p, writable[i]);

		mdic(p, SL_MDIC_OP_WRITE, SL_PHY_ADDRESS, writable[i], UINT16_MAX);
		snprintf(what, sizeof(what), "phy%" PRIu32, writable[i]);
		poke_fact(p, what, "0x%08" PRIx32, phy_read(p, writable[i]));
		mdic(p, SL_MDIC_OP_WRITE, SL_PHY_ADDRESS, writable[i],
			SL_GET(SL_MDIC_DATA, before));
	}
	poke_step(p, "read-only");
	for (i = SL_PHY_STATUS; i <= SL_PHY_ID2; i++) {
		mdic(p, SL_MDIC_OP_WRITE, SL_PHY_ADDRESS, i, UINT16_MAX);
		snprintf(what, sizeof(what), "phy%u", i);
		poke_fact(p, what, "0x%08" PRIx32, phy_read(p, i) & SL_MDIC_DATA);
	}
	poke_step(p, "stranger");
	poke_fact(p, "read", "0x%08" PRIx32, mdic(p, SL_MDIC_OP_READ, 5, SL_PHY_ID1, 0));
	poke_fact(p, "write", "0x%08" PRIx32, mdic(p, SL_MDIC_OP_WRITE, 5, SL_PHY_ID1, 0x1234));
	poke_step(p, "no-operation");
	poke_fact(p, "mdic", "0x%08" PRIx32, mdic(p, 0, SL_PHY_ADDRESS, SL_PHY_ID1, 0x1234));
	/* The cause of a completed access. */
	poke_step(p, "cause");
	(void)POKE_RD(p, 0, ICR, 0);
	POKE_WR(p, 0, MDIC, 0,
		SL_PREP(SL_MDIC_OP, SL_MDIC_OP_READ) | SL_PREP(SL_MDIC_PHYADD, SL_PHY_ADDRESS) |
			SL_PREP(SL_MDIC_REGADD, SL_PHY_ID1) | SL_MDIC_IE);
	p->ops->pause(p, 100);
	(void)POKE_SHOW(p, 0, ICR, 0);
	poke_step(p, "negotiate");
	mdic(p, SL_MDIC_OP_WRITE, SL_PHY_ADDRESS, SL_PHY_CONTROL,
		SL_PHY_CONTROL_SPEED_1000 | SL_PHY_CONTROL_FD | SL_PHY_CONTROL_AUTONEG_ENABLE |
			SL_PHY_CONTROL_AUTONEG_RESTART);
	for (i = 0; i < 200 && (POKE_RD(p, 0, STATUS, 0) & SL_STATUS_LU) == 0; i++)
		p->ops->pause(p, 10000);
	poke_fact(p, "control", "0x%04" PRIx32, phy_read(p, SL_PHY_CONTROL) & SL_MDIC_DATA);
	poke_fact(p, "status", "0x%04" PRIx32, phy_read(p, SL_PHY_STATUS) & SL_MDIC_DATA);
	(void)POKE_SHOW(p, 0, ICR, 0);
	(void)POKE_SHOW(p, 0, STATUS, 0);
	/* Effect of CTRL.RST on the PHY. */
	poke_step(p, "after-reset");
	mdic(p, SL_MDIC_OP_WRITE, SL_PHY_ADDRESS, SL_PHY_AUTONEG_ADV, 0x0101);
	poke_reset(p);
	poke_fact(p, "advertised", "0x%04" PRIx32, phy_read(p, SL_PHY_AUTONEG_ADV) & SL_MDIC_DATA);
	POKE_WR(p, 0, CTRL, 0, POKE_RD(p, 0, CTRL, 0) | SL_CTRL_PHY_RST);
	p->ops->pause(p, 10000);
	POKE_WR(p, 0, CTRL, 0, POKE_RD(p, 0, CTRL, 0) & ~SL_CTRL_PHY_RST);
	p->ops->pause(p, 10000);
	poke_step(p, "after-phy-reset");
	poke_fact(p, "advertised", "0x%04" PRIx32, phy_read(p, SL_PHY_AUTONEG_ADV) & SL_MDIC_DATA);
	(void)poke_show(p, 0, SL_STATUS, 0, ~SL_STATUS_PHYRA);
	poke_step(p, "phyra-cleared");
	POKE_WR(p, 0, STATUS, 0, 0);
	(void)poke_show(p, 0, SL_STATUS, 0, ~SL_STATUS_PHYRA);
}

/* --- group "nvm" --- */

static void
nvm_facts(struct poke *p)
{
	uint32_t word, v, sum = 0;
	char what[24];

	poke_step(p, "words");
	for (word = 0; word <= SL_NVM_CHECKSUM; word++) {
		POKE_WR(p, 0, EERD, 0, SL_PREP(SL_EERD_ADDR, word) | SL_EERD_START);
		p->ops->pause(p, 100);
		v = POKE_RD(p, 0, EERD, 0);
		sum += SL_GET(SL_EERD_DATA, v);
		snprintf(what, sizeof(what), "word%02" PRIu32, word);
		poke_fact(p, what, "0x%04" PRIx32, SL_GET(SL_EERD_DATA, v));
		snprintf(what, sizeof(what), "flags%02" PRIu32, word);
		poke_fact(p, what, "0x%04" PRIx32, v & UINT16_MAX);
	}
	poke_fact(p, "sum", "0x%04" PRIx32, sum & UINT16_MAX);
	poke_step(p, "beyond");
	POKE_WR(p, 0, EERD, 0, SL_EERD_ADDR | SL_EERD_START);
	p->ops->pause(p, 1000);
	poke_fact(p, "flags", "0x%04" PRIx32, POKE_RD(p, 0, EERD, 0) & UINT16_MAX);
	poke_step(p, "no-start");
	POKE_WR(p, 0, EERD, 0, SL_PREP(SL_EERD_ADDR, 1));
	poke_fact(p, "flags", "0x%04" PRIx32, POKE_RD(p, 0, EERD, 0) & UINT16_MAX);
}

/* Write, then read twice, because reading changes a semaphore. */
static void
semaphore(struct poke *p, const char *step, unsigned int reg, uint32_t val)
{
	poke_step(p, "%s", step);
	sl_bus_write(&p->bus[0], sl_reg_table[reg].offset, val);
	(void)poke_show(p, 0, reg, 0, 0);
	poke_step(p, "%s-again", step);
	(void)poke_show(p, 0, reg, 0, 0);
}

void
poke_seq_nvm(struct poke *p)
{
	poke_reset(p);
	nvm_facts(p);
	semaphore(p, "swsm-0", SL_SWSM, 0);
	semaphore(p, "swsm-take", SL_SWSM, SL_SWSM_SMBI | SL_SWSM_SWESMBI);
	semaphore(p, "swsm-release", SL_SWSM, 0);
	semaphore(p, "sync-take", SL_SW_FW_SYNC, SL_SW_FW_SW_PHY0 | SL_SW_FW_SW_EEP);
	semaphore(p, "sync-release", SL_SW_FW_SYNC, 0);
	semaphore(p, "eecd-ask", SL_EECD, SL_EECD_EE_REQ);
	semaphore(p, "eecd-release", SL_EECD, 0);
	poke_step(p, "address");
	POKE_WR(p, 0, RAL, 0, 0);
	POKE_WR(p, 0, RAH, 0, 0);
	(void)POKE_SHOW(p, 0, RAL, 0);
	(void)POKE_SHOW(p, 0, RAH, 0);
	POKE_WR(p, 0, CTRL_EXT, 0, POKE_RD(p, 0, CTRL_EXT, 0) | SL_CTRL_EXT_EE_RST);
	p->ops->pause(p, 20000);
	poke_step(p, "address-loaded");
	(void)POKE_SHOW(p, 0, RAL, 0);
	(void)POKE_SHOW(p, 0, RAH, 0);
	(void)poke_show(p, 0, SL_CTRL_EXT, 0, ~SL_CTRL_EXT_EE_RST);
	poke_reset(p);
	poke_step(p, "address-reset");
	(void)POKE_SHOW(p, 0, RAL, 0);
	(void)POKE_SHOW(p, 0, RAH, 0);
}

/* --- group "irq" --- */

static void
irq_facts(struct poke *p)
{
	unsigned int v;
	char what[16];

	p->ops->pause(p, 2000);
	for (v = 0; v < POKE_VECTORS; v++) {
		uint64_t n = p->ops->irqs(p, 0, v);

		snprintf(what, sizeof(what), "vector%u", v);
		if (n != 0)
			poke_fact(p, what, "%" PRIu64, n);
	}
	(void)POKE_SHOW(p, 0, EIMS, 0);
	(void)POKE_SHOW(p, 0, IMS, 0);
}

/* Set causes, count the interrupts of the vectors, and read the cause registers twice. */
static void
causes(struct poke *p, const char *step, uint32_t ics, uint32_t eics)
{
	poke_step(p, "%s", step);
	if (ics != 0)
		POKE_WR(p, 0, ICS, 0, ics);
	if (eics != 0)
		POKE_WR(p, 0, EICS, 0, eics);
	irq_facts(p);
	(void)POKE_SHOW(p, 0, EICR, 0);
	(void)POKE_SHOW(p, 0, ICR, 0);
	poke_step(p, "%s-again", step);
	irq_facts(p);
	(void)POKE_SHOW(p, 0, EICR, 0);
	(void)POKE_SHOW(p, 0, ICR, 0);
}

/* Mask all causes and clear them by a read. */
static void
irq_clean(struct poke *p, uint32_t gpie)
{
	unsigned int v;

	poke_reset(p);
	POKE_WR(p, 0, EIMC, 0, UINT32_MAX);
	POKE_WR(p, 0, IMC, 0, UINT32_MAX);
	POKE_WR(p, 0, GPIE, 0, gpie);
	for (v = 0; v < 25; v++)
		POKE_WR(p, 0, EITR, v, 0);
	(void)POKE_RD(p, 0, EICR, 0);
	(void)POKE_RD(p, 0, ICR, 0);
	p->ops->pause(p, 1000);
	for (v = 0; v < POKE_VECTORS; v++)
		(void)p->ops->irqs(p, 0, v);
}

static void
irq_legacy(struct poke *p, const char *name, uint32_t gpie)
{
	char step[32];

	irq_clean(p, gpie);
	snprintf(step, sizeof(step), "%s-masked", name);
	causes(p, step, SL_ICR_LSC | SL_ICR_RXDW, 0);
	POKE_WR(p, 0, IMS, 0, SL_ICR_LSC);
	snprintf(step, sizeof(step), "%s-one", name);
	causes(p, step, SL_ICR_LSC, 0);
	snprintf(step, sizeof(step), "%s-other", name);
	causes(p, step, SL_ICR_RXDW, 0);
	/* The same cause again while it is set. */
	snprintf(step, sizeof(step), "%s-twice", name);
	POKE_WR(p, 0, ICS, 0, SL_ICR_LSC);
	causes(p, step, SL_ICR_LSC, 0);
	/* A cause that is set while masked, and then unmasked. */
	POKE_WR(p, 0, IMC, 0, SL_ICR_LSC);
	POKE_WR(p, 0, ICS, 0, SL_ICR_LSC);
	POKE_WR(p, 0, IMS, 0, SL_ICR_LSC);
	snprintf(step, sizeof(step), "%s-unmasked", name);
	causes(p, step, 0, 0);
	/* Writing ones clears causes. IAM masks them. */
	POKE_WR(p, 0, ICS, 0, SL_ICR_LSC | SL_ICR_RXDW);
	POKE_WR(p, 0, ICR, 0, SL_ICR_LSC);
	snprintf(step, sizeof(step), "%s-written", name);
	causes(p, step, 0, 0);
	POKE_WR(p, 0, IMS, 0, SL_ICR_LSC | SL_ICR_RXDW);
	POKE_WR(p, 0, IAM, 0, SL_ICR_RXDW);
	snprintf(step, sizeof(step), "%s-auto", name);
	causes(p, step, SL_ICR_RXDW, 0);
	POKE_WR(p, 0, IMC, 0, UINT32_MAX);
	snprintf(step, sizeof(step), "%s-closed", name);
	causes(p, step, UINT32_MAX, 0);
}

static void
irq_msix(struct poke *p, const char *name, uint32_t gpie)
{
	char step[32];

	irq_clean(p, gpie);
	POKE_WR(p, 0, IVAR_MISC, 0, SL_PREP(SL_IVAR_MISC_OTHER, ENTRY(1)));
	snprintf(step, sizeof(step), "%s-masked", name);
	causes(p, step, SL_ICR_LSC, SL_BIT(2));
	POKE_WR(p, 0, EIMS, 0, SL_BIT(1) | SL_BIT(2) | SL_BIT(3));
	snprintf(step, sizeof(step), "%s-one", name);
	causes(p, step, 0, SL_BIT(2));
	snprintf(step, sizeof(step), "%s-two", name);
	causes(p, step, 0, SL_BIT(2) | SL_BIT(3));
	POKE_WR(p, 0, IMS, 0, SL_ICR_LSC);
	snprintf(step, sizeof(step), "%s-lsc", name);
	causes(p, step, SL_ICR_LSC, 0);
	POKE_WR(p, 0, EIAC, 0, SL_BIT(2));
	snprintf(step, sizeof(step), "%s-eiac", name);
	causes(p, step, 0, SL_BIT(2) | SL_BIT(3));
	POKE_WR(p, 0, EICS, 0, SL_BIT(3));
	POKE_WR(p, 0, EICR, 0, SL_BIT(3));
	snprintf(step, sizeof(step), "%s-written", name);
	causes(p, step, 0, 0);
	POKE_WR(p, 0, EIMC, 0, SL_BIT(2));
	snprintf(step, sizeof(step), "%s-closed", name);
	causes(p, step, 0, SL_BIT(2) | SL_BIT(3));
	POKE_WR(p, 0, EIMS, 0, SL_BIT(2));
	snprintf(step, sizeof(step), "%s-opened", name);
	causes(p, step, 0, 0);
	POKE_WR(p, 0, EIAM, 0, SL_BIT(3));
	snprintf(step, sizeof(step), "%s-eiam", name);
	causes(p, step, 0, SL_BIT(3));
}

void
poke_seq_irq(struct poke *p)
{
	const uint32_t msix = SL_GPIE_MULTIPLE_MSIX | SL_GPIE_PBA;

	irq_legacy(p, "legacy", 0);
	irq_legacy(p, "nsicr", SL_GPIE_NSICR);
	irq_msix(p, "msix", msix);
	irq_msix(p, "msix-nsicr", msix | SL_GPIE_NSICR);
	irq_msix(p, "msix-eiame", msix | SL_GPIE_NSICR | SL_GPIE_EIAME);
	irq_clean(p, 0);
}
