/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */

/*
 * Control path of the software NIC: reset, NVM, PHY, semaphores, link, interrupts, statistics,
 * faults, the runner.
 */

#include <errno.h>
#include <poll.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#include "softnic_drv.h"

#define MSIX (SL_GPIE_MULTIPLE_MSIX | SL_GPIE_EIAME | SL_GPIE_PBA | SL_GPIE_NSICR)

/* --- reset: 4.2.1.6 --- */

/* After CTRL.RST, every writable register reads as after power-up. */
static void
test_reset(void **state)
{
	struct nic_drv *r = *state;
	uint32_t *before = calloc(SL_BAR_SIZE / 4, sizeof(*before));
	struct sl_softnic_stats s;
	unsigned int reg, i;

	assert_non_null(before);
	for (reg = 0; reg < SL_REG_COUNT; reg++) {
		const struct sl_reg_row *row = &sl_reg_table[reg];

		if (reg == SL_SWSM)
			continue; /* a read changes it */
		for (i = 0; i < row->count; i++) {
			uint32_t off = row->offset + i * row->stride;

			before[off / 4] = sl_bus_read(&r->bus, off);
		}
	}
	drv_start(r);
	for (reg = 0; reg < SL_REG_COUNT; reg++) {
		const struct sl_reg_row *row = &sl_reg_table[reg];

		if (reg == SL_CTRL || reg == SL_RXPBS || reg == SL_TXPBS || reg == SL_EITR ||
			reg == SL_SWSM || reg == SL_MDIC)
			continue;
		for (i = 0; i < row->count; i++)
			sl_bus_write(&r->bus, row->offset + i * row->stride, 0x5a5a5a00 + i);
	}
	SL_WR(&r->bus, CTRL, 0, SL_CTRL_SLU | SL_CTRL_RST);
	assert_int_equal(SL_RD(&r->bus, CTRL, 0) & SL_CTRL_RST, 0);
	assert_true((SL_RD(&r->bus, EECD, 0) & SL_EECD_AUTO_RD) != 0);
	for (reg = 0; reg < SL_REG_COUNT; reg++) {
		const struct sl_reg_row *row = &sl_reg_table[reg];

		for (i = 0; i < row->count; i++) {
			uint32_t off = row->offset + i * row->stride;
			uint32_t now = reg == SL_SWSM ? 0 : sl_bus_read(&r->bus, off);

			/* The link went down with SLU, which is a cause. */
			if (reg == SL_ICR)
				now &= ~SL_ICR_LSC;
			if (now != before[off / 4])
				fail_msg("%s[%u] is 0x%08x after the reset, was 0x%08x", row->name,
					i, now, before[off / 4]);
		}
	}
	sl_softnic_stats(r->nic, &s);
	assert_int_equal(s.dma_outstanding, 0);
	free(before);
}

/* Reserved bits read as zero, whatever was written. Registers have their reset values. */
static void
test_reserved_bits(void **state)
{
	static const struct {
		enum sl_reg reg;
		unsigned int i;
		uint32_t reset, kept;
	} rows[] = {
		{SL_FCAH, 0, 0x100, 0xffff},
		{SL_FCT, 0, 0x8808, 0xffff},
		{SL_FCTTV, 0, 0, 0xffff},
		{SL_FCRTV, 0, 0, 0xffff},
		{SL_FCRTL0, 0, 0, 0x8000fff0},
		{SL_FCRTH0, 0, 0, 0xfff0},
		{SL_EITR, 3, 0, 0x7fffffff},
		{SL_EIAC, 0, 0, 0x01ffffff},
		{SL_EIAM, 0, 0, 0xc000ffff},
		{SL_EIMS, 0, 0, 0xc000ffff},
		{SL_IMS, 0, 0, 0x77d4fbfd},
		{SL_PBACL, 0, 0, 0},
		{SL_RDBAL, 5, 0, 0xffffff80},
		{SL_RDLEN, 5, 0, 0x000ffff0},
		{SL_TDLEN, 5, 0, 0x000ffff0},
		{SL_SRRCTL, 0, 0x400, 0xffffffff},
		{SL_SRRCTL, 7, 0x80000400, 0xffffffff},
		{SL_STATUS, 0, 0x80080400, 0x80080400},
		{SL_GCR, 0, 0x06850200, 0xffffffff},
		{SL_TIPG, 0, 0x00601008, 0xffffffff},
	};
	struct nic_drv *r = *state;
	unsigned int i;

	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const struct sl_reg_row *row = &sl_reg_table[rows[i].reg];
		uint32_t off = row->offset + rows[i].i * row->stride, v = sl_bus_read(&r->bus, off);

		if (v != rows[i].reset)
			fail_msg("%s[%u] is 0x%08x at first", row->name, rows[i].i, v);
		sl_bus_write(&r->bus, off, UINT32_MAX);
		v = sl_bus_read(&r->bus, off);
		if (v != rows[i].kept)
			fail_msg("%s[%u] keeps 0x%08x of all ones", row->name, rows[i].i, v);
	}
	/* 8.2.3: these bits clear themselves. */
	SL_WR(&r->bus, CTRL_EXT, 0, SL_CTRL_EXT_ASDCHK | SL_CTRL_EXT_EE_RST | SL_CTRL_EXT_DRV_LOAD);
	assert_int_equal(SL_RD(&r->bus, CTRL_EXT, 0), SL_CTRL_EXT_DRV_LOAD);
	/* With MSI-X, each extended cause is a vector. */
	SL_WR(&r->bus, GPIE, 0, SL_GPIE_MULTIPLE_MSIX);
	SL_WR(&r->bus, EIAM, 0, UINT32_MAX);
	assert_int_equal(SL_RD(&r->bus, EIAM, 0), 0x01ffffff);
}

/* 8.8.1: OTHER is set while an enabled legacy cause is set. */
static void
test_eicr_other(void **state)
{
	struct nic_drv *r = *state;

	SL_WR(&r->bus, IMS, 0, SL_ICR_LSC | SL_ICR_RXO);
	SL_WR(&r->bus, ICS, 0, SL_ICR_LSC | SL_ICR_RXO | SL_ICR_MDAC);
	SL_WR(&r->bus, ICR, 0, SL_ICR_RXO);
	assert_int_equal(SL_RD(&r->bus, EICR, 0), SL_EICR_OTHER);
	SL_WR(&r->bus, ICS, 0, SL_ICR_RXO);
	SL_WR(&r->bus, ICR, 0, SL_ICR_RXO | SL_ICR_LSC);
	assert_int_equal(SL_RD(&r->bus, EICR, 0), 0);
}

/* 8.2.2: software clears PHYRA by writing zero. A PHY reset sets it again. */
static void
test_phyra(void **state)
{
	struct nic_drv *r = *state;

	SL_WR(&r->bus, STATUS, 0, UINT32_MAX);
	assert_true((SL_RD(&r->bus, STATUS, 0) & SL_STATUS_PHYRA) != 0);
	SL_WR(&r->bus, STATUS, 0, 0);
	assert_int_equal(SL_RD(&r->bus, STATUS, 0) & SL_STATUS_PHYRA, 0);
	SL_WR(&r->bus, CTRL, 0, SL_CTRL_PHY_RST);
	assert_true((SL_RD(&r->bus, STATUS, 0) & SL_STATUS_PHYRA) != 0);
}

/* 8.10.10, 8.12.13: a queue starts at index 0 when it is enabled. Other queues do not change. */
static void
test_queue_enable(void **state)
{
	struct nic_drv *r = *state;
	uint64_t seed = rng_seed(0);
	uint8_t frame[64];
	unsigned int i;

	drv_start(r);
	drv_tx_start(r, 2, true);
	frame_ether(frame, sizeof(frame), drv_mac, rng_next(&seed));
	for (i = 0; i < 5; i++) {
		drv_wire_in(r, frame, sizeof(frame));
		drv_tx_one(r, 2, frame, sizeof(frame), 0, 0);
	}
	drv_run(r);
	assert_int_equal(SL_RD(&r->bus, RDH, 0), 5);
	assert_int_equal(SL_RD(&r->bus, TDH, 2), 5);
	assert_true((SL_RD(&r->bus, RXDCTL, 0) & SL_XDCTL_ENABLE) != 0);
	SL_WR(&r->bus, RXDCTL, 0, 0);
	SL_WR(&r->bus, TXDCTL, 2, 0);
	assert_int_equal(SL_RD(&r->bus, RXDCTL, 0) & SL_XDCTL_ENABLE, 0);
	/* 8.10.10: the state of a disabled queue can still be read. */
	assert_int_equal(SL_RD(&r->bus, RDH, 0), 5);
	/* A disabled queue receives nothing, and neither blocks nor crashes the device. */
	drv_wire_in(r, frame, sizeof(frame));
	drv_run(r);
	assert_int_equal(SL_RD(&r->bus, RDH, 0), 5);
	SL_WR(&r->bus, RXDCTL, 0, SL_XDCTL_ENABLE);
	SL_WR(&r->bus, TXDCTL, 2, SL_XDCTL_ENABLE);
	assert_int_equal(SL_RD(&r->bus, RDH, 0), 0);
	assert_int_equal(SL_RD(&r->bus, RDT, 0), 0);
	assert_int_equal(SL_RD(&r->bus, TDH, 2), 0);
	assert_int_equal(SL_RD(&r->bus, TDT, 2), 0);
}

/*
 * A register has the same value at its old and its new offset. The doorbell words are RDT and TDT.
 */
static void
test_aliases(void **state)
{
	struct nic_drv *r = *state;
	volatile uint32_t *word;

	sl_bus_write(&r->bus, 0x2910, 0);
	sl_bus_write(&r->bus, 0x2918, 17); /* RDT of queue 1 at the 82575's offset */
	assert_int_equal(SL_RD(&r->bus, RDT, 1), 17);
	word = r->bus.ops->doorbell(r->bus.dev, 0x2918);
	assert_ptr_equal(word, r->bus.ops->doorbell(r->bus.dev, SL_OFF(RDT, 1)));
	*word = 23;
	assert_int_equal(sl_bus_read(&r->bus, 0x2918), 23);
	assert_non_null(r->bus.ops->doorbell(r->bus.dev, SL_OFF(TDT, 15)));
	assert_null(r->bus.ops->doorbell(r->bus.dev, SL_OFF(TDH, 0)));
	assert_null(r->bus.ops->doorbell(r->bus.dev, SL_BAR_SIZE));
	/* Offsets without a register read zero and ignore writes. */
	sl_bus_write(&r->bus, 0x1FFFC, UINT32_MAX);
	assert_int_equal(sl_bus_read(&r->bus, 0x1FFFC), 0);
	assert_int_equal(sl_bus_read(&r->bus, SL_BAR_SIZE + 8), 0);
	assert_int_equal(sl_bus_read(&r->bus, 3), 0);
}

/* --- NVM, PHY, semaphores --- */

static uint16_t
nvm_read(struct nic_drv *r, uint32_t word)
{
	uint32_t v;

	SL_WR(&r->bus, EERD, 0, SL_PREP(SL_EERD_ADDR, word) | SL_EERD_START);
	v = SL_RD(&r->bus, EERD, 0);
	assert_true((v & SL_EERD_DONE) != 0);
	assert_int_equal(SL_GET(SL_EERD_ADDR, v), word);
	return (uint16_t)SL_GET(SL_EERD_DATA, v);
}

static void
test_nvm(void **state)
{
	struct nic_drv *r = *state;
	uint16_t sum = 0, mac[3];
	uint32_t i;

	for (i = 0; i <= SL_NVM_CHECKSUM; i++)
		sum = (uint16_t)(sum + nvm_read(r, i));
	assert_int_equal(sum, SL_NVM_SUM);
	for (i = 0; i < 3; i++)
		mac[i] = nvm_read(r, SL_NVM_MAC0 + i);
	assert_memory_equal(mac, drv_mac, 6);
	(void)nvm_read(r, SL_GET(SL_EERD_ADDR, UINT32_MAX)); /* beyond the end: no crash */
	/* 8.4.1: access is granted on request, and the size matches the range of EERD. */
	SL_WR(&r->bus, EECD, 0, SL_RD(&r->bus, EECD, 0) | SL_EECD_EE_REQ);
	assert_true((SL_RD(&r->bus, EECD, 0) & SL_EECD_EE_GNT) != 0);
	SL_WR(&r->bus, EECD, 0, SL_RD(&r->bus, EECD, 0) & ~SL_EECD_EE_REQ);
	assert_int_equal(SL_RD(&r->bus, EECD, 0) & SL_EECD_EE_GNT, 0);
	assert_int_equal(SL_GET(SL_EECD_EE_SIZE, SL_RD(&r->bus, EECD, 0)), 4);
	/* EE_RST reloads the address. */
	SL_WR(&r->bus, RAL, 0, 0);
	SL_WR(&r->bus, CTRL_EXT, 0, SL_CTRL_EXT_EE_RST);
	assert_int_equal(SL_RD(&r->bus, CTRL_EXT, 0) & SL_CTRL_EXT_EE_RST, 0);
	assert_int_equal(SL_RD(&r->bus, RAL, 0) & 0xffff, mac[0]);
}

static void
test_phy(void **state)
{
	struct nic_drv *r = *state;
	uint16_t control;

	assert_int_equal(drv_phy_read(r, SL_PHY_ID1), 0x02A8);
	assert_int_equal(drv_phy_read(r, SL_PHY_ID2) & 0xfff0, 0x0390);
	assert_int_equal(
		drv_phy_read(r, SL_PHY_AUTONEG_EXP), SL_PHY_EXP_NEXT_PAGE | SL_PHY_EXP_LP_AUTONEG);
	assert_int_equal(drv_phy_read(r, SL_PHY_NEXT_PAGE), SL_PHY_NEXT_PAGE_NULL);
	drv_phy_write(r, SL_PHY_LP_NEXT_PAGE, 0x1111);
	assert_int_equal(drv_phy_read(r, SL_PHY_LP_NEXT_PAGE), 0);
	drv_phy_write(r, SL_PHY_ID1, 0x1111);
	assert_int_equal(drv_phy_read(r, SL_PHY_ID1), 0x02A8);
	assert_true((drv_phy_read(r, SL_PHY_STATUS) & SL_PHY_STATUS_LINK) != 0);
	assert_true((drv_phy_read(r, SL_PHY_STATUS) & SL_PHY_STATUS_AUTONEG_DONE) != 0);
	assert_true((drv_mdic(r, SL_MDIC_OP_READ, 5, SL_PHY_ID1, 0) & SL_MDIC_ERROR) != 0);
	assert_true((drv_mdic(r, 0, SL_PHY_ADDRESS, SL_PHY_ID1, 0) & SL_MDIC_ERROR) != 0);
	/* Power-down disconnects the link. The bits for reset and restart clear themselves. */
	SL_WR(&r->bus, CTRL, 0, SL_CTRL_SLU);
	assert_true((SL_RD(&r->bus, STATUS, 0) & SL_STATUS_LU) != 0);
	control = drv_phy_read(r, SL_PHY_CONTROL);
	drv_phy_write(r, SL_PHY_CONTROL, control | SL_PHY_CONTROL_POWER_DOWN);
	assert_int_equal(drv_phy_read(r, SL_PHY_STATUS) & SL_PHY_STATUS_LINK, 0);
	assert_int_equal(SL_RD(&r->bus, STATUS, 0) & SL_STATUS_LU, 0);
	drv_phy_write(r, SL_PHY_CONTROL, control | SL_PHY_CONTROL_AUTONEG_RESTART);
	assert_int_equal(drv_phy_read(r, SL_PHY_CONTROL), control);
	assert_true((SL_RD(&r->bus, STATUS, 0) & SL_STATUS_LU) != 0);
	drv_phy_write(r, SL_PHY_AUTONEG_ADV, 0);
	drv_phy_write(r, SL_PHY_CONTROL, SL_PHY_CONTROL_RESET);
	assert_int_equal(drv_phy_read(r, SL_PHY_CONTROL), control);
	assert_true(drv_phy_read(r, SL_PHY_AUTONEG_ADV) != 0);
	/* CTRL.RST does not reset the PHY, CTRL.PHY_RST does. */
	drv_phy_write(r, SL_PHY_AUTONEG_ADV, 0x0101);
	SL_WR(&r->bus, CTRL, 0, SL_CTRL_RST);
	assert_int_equal(drv_phy_read(r, SL_PHY_AUTONEG_ADV), 0x0101);
	SL_WR(&r->bus, CTRL, 0, SL_CTRL_PHY_RST);
	assert_int_not_equal(drv_phy_read(r, SL_PHY_AUTONEG_ADV), 0x0101);
}

/* 8.6.10, 8.6.12 */
static void
test_semaphores(void **state)
{
	struct nic_drv *r = *state;

	assert_int_equal(SL_RD(&r->bus, SWSM, 0) & SL_SWSM_SMBI, 0);
	assert_true((SL_RD(&r->bus, SWSM, 0) & SL_SWSM_SMBI) != 0);
	SL_WR(&r->bus, SWSM, 0, SL_SWSM_SMBI | SL_SWSM_SWESMBI);
	assert_int_equal(SL_RD(&r->bus, SWSM, 0), SL_SWSM_SMBI | SL_SWSM_SWESMBI);
	SL_WR(&r->bus, SW_FW_SYNC, 0, SL_SW_FW_SW_PHY0);
	assert_int_equal(SL_RD(&r->bus, SW_FW_SYNC, 0), SL_SW_FW_SW_PHY0);
	SL_WR(&r->bus, SWSM, 0, 0);
	assert_int_equal(SL_RD(&r->bus, SWSM, 0), 0);
	SL_WR(&r->bus, SWSM, 0, 0);
	/* A dump of all registers has no side effects of reads. */
	FILE *f = fopen("/dev/null", "w");
	assert_non_null(f);
	sl_softnic_dump(r->nic, f);
	fclose(f);
	assert_int_equal(SL_RD(&r->bus, SWSM, 0) & SL_SWSM_SMBI, 0);
}

/* --- link and interrupts --- */

static void
test_link(void **state)
{
	struct nic_drv *r = *state;

	/* 8.2.1: no link without SLU. */
	assert_int_equal(SL_RD(&r->bus, STATUS, 0) & SL_STATUS_LU, 0);
	SL_WR(&r->bus, IMS, 0, SL_ICR_LSC);
	SL_WR(&r->bus, CTRL, 0, SL_CTRL_SLU);
	assert_int_equal(SL_RD(&r->bus, STATUS, 0) & (SL_STATUS_LU | SL_STATUS_FD),
		SL_STATUS_LU | SL_STATUS_FD);
	assert_int_equal(SL_GET(SL_STATUS_SPEED, SL_RD(&r->bus, STATUS, 0)), SL_SPEED_1000);
	assert_int_equal(drv_irqs(r, 0), 1);
	assert_true((SL_RD(&r->bus, ICR, 0) & SL_ICR_LSC) != 0);
	assert_int_equal(SL_RD(&r->bus, ICR, 0), 0);
	r->wire->up = false;
	sl_softnic_step(r->nic, 1);
	assert_int_equal(SL_RD(&r->bus, STATUS, 0) & SL_STATUS_LU, 0);
	assert_int_equal(drv_irqs(r, 0), 1);
	assert_true((SL_RD(&r->bus, ICR, 0) & SL_ICR_LSC) != 0);
	r->wire->up = true;
	sl_softnic_step(r->nic, 1);
	assert_true((SL_RD(&r->bus, STATUS, 0) & SL_STATUS_LU) != 0);
	/* STATUS shows a forced speed and duplex mode. */
	SL_WR(&r->bus, CTRL, 0,
		SL_CTRL_SLU | SL_CTRL_FRCSPD | SL_CTRL_FRCDPLX |
			SL_PREP(SL_CTRL_SPEED, SL_SPEED_100));
	assert_int_equal(SL_GET(SL_STATUS_SPEED, SL_RD(&r->bus, STATUS, 0)), SL_SPEED_100);
	assert_int_equal(SL_RD(&r->bus, STATUS, 0) & SL_STATUS_FD, 0);
}

/* MSI-X: IVAR, EIMS, EIAC, EIAM, and separate vectors of queues: 7.3.3, 8.8. */
static void
test_msix(void **state)
{
	struct nic_drv *r = *state;
	uint64_t seed = rng_seed(0);
	uint8_t frame[64];

	drv_start(r);
	drv_tx_start(r, 9, false);
	frame_ether(frame, sizeof(frame), drv_mac, rng_next(&seed));
	SL_WR(&r->bus, GPIE, 0, MSIX);
	SL_WR(&r->bus, IVAR, 0, SL_PREP(SL_IVAR_RX_LOW, SL_IVAR_ENTRY_VALID | 3));
	SL_WR(&r->bus, IVAR, 1, SL_PREP(SL_IVAR_TX_HIGH, SL_IVAR_ENTRY_VALID | 24));
	SL_WR(&r->bus, IVAR_MISC, 0, SL_PREP(SL_IVAR_MISC_OTHER, SL_IVAR_ENTRY_VALID | 7));
	SL_WR(&r->bus, EIAC, 0, SL_BIT(3));
	SL_WR(&r->bus, EIMS, 0, SL_BIT(3) | SL_BIT(24) | SL_BIT(7));

	/* Vector 3 clears automatically: the frames of each step cause a new interrupt. */
	drv_wire_in(r, frame, sizeof(frame));
	drv_run(r);
	assert_int_equal(drv_irqs(r, 3), 1);
	assert_int_equal(SL_RD(&r->bus, EICR, 0) & SL_BIT(3), 0);
	drv_wire_in(r, frame, sizeof(frame));
	drv_run(r);
	assert_int_equal(drv_irqs(r, 3), 1);
	/* Vector 24 does not: one message until EICR is cleared. */
	drv_tx_one(r, 9, frame, sizeof(frame), 0, 0);
	drv_run(r);
	drv_tx_one(r, 9, frame, sizeof(frame), 0, 0);
	drv_run(r);
	assert_int_equal(drv_irqs(r, 24), 1);
	SL_WR(&r->bus, EICR, 0, SL_BIT(24));
	drv_tx_one(r, 9, frame, sizeof(frame), 0, 0);
	drv_run(r);
	assert_int_equal(drv_irqs(r, 24), 1);
	/* If masked, the cause waits and is signalled when it is unmasked. */
	SL_WR(&r->bus, EIMC, 0, SL_BIT(24));
	SL_WR(&r->bus, EICR, 0, SL_BIT(24));
	drv_tx_one(r, 9, frame, sizeof(frame), 0, 0);
	drv_run(r);
	assert_int_equal(drv_irqs(r, 24), 0);
	SL_WR(&r->bus, EIMS, 0, SL_BIT(24));
	assert_int_equal(drv_irqs(r, 24), 1);
	/* EIAM: the vector is masked automatically. */
	SL_WR(&r->bus, EIAM, 0, SL_BIT(3));
	drv_wire_in(r, frame, sizeof(frame));
	drv_run(r);
	assert_int_equal(drv_irqs(r, 3), 1);
	assert_int_equal(SL_RD(&r->bus, EIMS, 0) & SL_BIT(3), 0);
	/* Other causes: the link, on vector 7, if IMS enables it. */
	r->wire->up = false;
	sl_softnic_step(r->nic, 1);
	assert_int_equal(drv_irqs(r, 7), 0);
	SL_WR(&r->bus, IMS, 0, SL_ICR_LSC);
	assert_int_equal(drv_irqs(r, 7), 1);
	/* Set by software. */
	SL_WR(&r->bus, EICR, 0, UINT32_MAX);
	SL_WR(&r->bus, EICS, 0, SL_BIT(7));
	assert_int_equal(drv_irqs(r, 7), 1);
	assert_int_equal(drv_irqs(r, 0), 0);
}

/* Without MSI-X all causes use vector 0, and ICR reports them: 8.8.7 to 8.8.11. */
static void
test_legacy_irq(void **state)
{
	struct nic_drv *r = *state;
	uint64_t seed = rng_seed(0);
	uint8_t frame[64];

	drv_start(r);
	(void)SL_RD(&r->bus, ICR, 0);
	frame_ether(frame, sizeof(frame), drv_mac, rng_next(&seed));
	SL_WR(&r->bus, IMS, 0, SL_ICR_RXDW);
	drv_tx_one(r, 0, frame, sizeof(frame), 0, 0);
	drv_run(r);
	assert_int_equal(drv_irqs(r, 0), 0);
	drv_wire_in(r, frame, sizeof(frame));
	drv_run(r);
	assert_int_equal(drv_irqs(r, 0), 1);
	assert_int_equal(SL_RD(&r->bus, ICR, 0), SL_ICR_RXDW | SL_ICR_TXDW | SL_ICR_INTA);
	assert_int_equal(SL_RD(&r->bus, ICR, 0), 0);
	SL_WR(&r->bus, ICS, 0, SL_ICR_RXO);
	assert_int_equal(drv_irqs(r, 0), 0);
	SL_WR(&r->bus, IMS, 0, SL_ICR_RXO);
	assert_int_equal(drv_irqs(r, 0), 1);
	SL_WR(&r->bus, IAM, 0, SL_ICR_RXO);
	SL_WR(&r->bus, ICR, 0, SL_ICR_RXO);
	assert_int_equal(SL_RD(&r->bus, IMS, 0), SL_ICR_RXDW);
	SL_WR(&r->bus, IMC, 0, SL_ICR_RXDW);
	assert_int_equal(SL_RD(&r->bus, IMS, 0), 0);
	assert_int_equal(sl_softnic_irq_fd(r->nic, 25), -1);
}

/* --- statistics: 8.18 --- */

static uint64_t
octets(struct nic_drv *r, uint32_t low, uint32_t high)
{
	uint64_t v = sl_bus_read(&r->bus, low);

	return v | (uint64_t)sl_bus_read(&r->bus, high) << 32;
}

/* Random frames in both directions. Each counter is right, and a read clears it. */
static void
test_statistics(void **state)
{
	static const uint8_t group[6] = {0x01, 0, 0x5e, 0, 0, 1};
	static const uint32_t rx_size[] = {SL_OFF(PRC64, 0), SL_OFF(PRC127, 0), SL_OFF(PRC255, 0),
		SL_OFF(PRC511, 0), SL_OFF(PRC1023, 0), SL_OFF(PRC1522, 0)};
	static const uint32_t tx_size[] = {SL_OFF(PTC64, 0), SL_OFF(PTC127, 0), SL_OFF(PTC255, 0),
		SL_OFF(PTC511, 0), SL_OFF(PTC1023, 0), SL_OFF(PTC1522, 0)};
	static const uint32_t edges[] = {60, 61, 123, 124, 251, 252, 507, 508, 1019, 1020, 1514};
	struct nic_drv *r = *state;
	uint64_t seed = rng_seed(0), sum = 0, all = 0;
	uint32_t by_size[6] = {0}, multi = 0, broad = 0, n = 0, i;
	uint8_t frame[1514];

	drv_start(r);
	SL_WR(&r->bus, RCTL, 0, SL_RCTL_RXEN | SL_RCTL_BAM | SL_RCTL_MPE | SL_RCTL_SECRC);
	for (i = 0; i < 44; i++) {
		uint32_t len = edges[i % 11], size = len + 4;
		const uint8_t *dst = i % 3 == 0 ? drv_mac : i % 3 == 1 ? group : frame_broadcast;

		frame_ether(frame, len, dst, rng_next(&seed));
		drv_wire_in(r, frame, len);
		drv_tx_one(r, 0, frame, len, 0, 0);
		by_size[size <= 64	     ? 0 :
				size <= 127  ? 1 :
				size <= 255  ? 2 :
				size <= 511  ? 3 :
				size <= 1023 ? 4 :
					       5]++;
		multi += i % 3 == 1;
		broad += i % 3 == 2;
		sum += size;
		n++;
	}
	/* A frame that no filter accepts counts in the total, but not as good. */
	frame_ether(frame, 60, (const uint8_t[6]){2, 9, 9, 9, 9, 9}, rng_next(&seed));
	drv_wire_in(r, frame, 60);
	all = sum + 64;
	drv_run(r);
	for (i = 0; i < 6; i++) {
		assert_int_equal(sl_bus_read(&r->bus, rx_size[i]), by_size[i]);
		assert_int_equal(sl_bus_read(&r->bus, tx_size[i]), by_size[i]);
		assert_int_equal(sl_bus_read(&r->bus, rx_size[i]), 0);
	}
	assert_int_equal(SL_RD(&r->bus, GPRC, 0), n);
	assert_int_equal(SL_RD(&r->bus, GPRC, 0), 0);
	assert_int_equal(SL_RD(&r->bus, GPTC, 0), n);
	assert_int_equal(SL_RD(&r->bus, TPR, 0), n + 1);
	assert_int_equal(SL_RD(&r->bus, TPT, 0), n);
	assert_int_equal(SL_RD(&r->bus, MPRC, 0), multi);
	assert_int_equal(SL_RD(&r->bus, BPRC, 0), broad);
	assert_int_equal(SL_RD(&r->bus, MPTC, 0), multi);
	assert_int_equal(SL_RD(&r->bus, BPTC, 0), broad);
	assert_int_equal(octets(r, SL_OFF(GORCL, 0), SL_OFF(GORCH, 0)), sum);
	assert_int_equal(octets(r, SL_OFF(GORCL, 0), SL_OFF(GORCH, 0)), 0);
	assert_int_equal(octets(r, SL_OFF(GOTCL, 0), SL_OFF(GOTCH, 0)), sum);
	assert_int_equal(octets(r, SL_OFF(TORL, 0), SL_OFF(TORH, 0)), all);
	assert_int_equal(octets(r, SL_OFF(TOTL, 0), SL_OFF(TOTH, 0)), sum);
}

/* Frames between the two reads of a pair are counted in the next pair, and not lost. */
static void
test_octets_pair(void **state)
{
	struct nic_drv *r = *state;
	uint64_t seed = rng_seed(0);
	uint8_t frame[96];
	uint32_t low;

	drv_start(r);
	frame_ether(frame, sizeof(frame), drv_mac, rng_next(&seed));
	drv_wire_in(r, frame, sizeof(frame));
	drv_run(r);
	low = SL_RD(&r->bus, GORCL, 0);
	drv_wire_in(r, frame, sizeof(frame));
	drv_run(r);
	assert_int_equal(low, 100);
	assert_int_equal(SL_RD(&r->bus, GORCH, 0), 0);
	assert_int_equal(octets(r, SL_OFF(GORCL, 0), SL_OFF(GORCH, 0)), 100);
}

/* --- faults --- */

static void
test_fault_words(void **state)
{
	enum sl_fault fault;
	uint32_t arg, count;
	unsigned int i;

	(void)state;
	for (i = 0; i < SL_FAULT_COUNT; i++) {
		char text[64];

		snprintf(text, sizeof(text), "%s:0x10:%u", sl_fault_name((enum sl_fault)i), i);
		assert_int_equal(sl_fault_parse(text, &fault, &arg, &count), 0);
		assert_int_equal(fault, i);
		assert_int_equal(arg, 16);
		assert_int_equal(count, i);
	}
	assert_null(sl_fault_name(SL_FAULT_COUNT));
	assert_int_equal(sl_fault_parse("hold_dd", &fault, &arg, &count), 0);
	assert_int_equal(count, 1);
	assert_int_equal(sl_fault_parse("", &fault, &arg, &count), -EINVAL);
	assert_int_equal(sl_fault_parse("hold", &fault, &arg, &count), -EINVAL);
	assert_int_equal(sl_fault_parse("hold_dd:", &fault, &arg, &count), -EINVAL);
	assert_int_equal(sl_fault_parse("hold_dd:x", &fault, &arg, &count), -EINVAL);
	assert_int_equal(sl_fault_parse("hold_dd:1:-1", &fault, &arg, &count), -EINVAL);
	assert_int_equal(sl_fault_parse("hold_dd:1:2:3", &fault, &arg, &count), -EINVAL);
	assert_int_equal(sl_fault_parse("hold_dd:4294967296", &fault, &arg, &count), -EINVAL);
	assert_int_equal(
		sl_softnic_fault(((struct nic_drv *)*state)->nic, SL_FAULT_COUNT, 0, 1), -EINVAL);
}

/* Receive @p n frames whose 15th byte counts up. */
static void
feed(struct nic_drv *r, unsigned int n)
{
	uint8_t frame[64];
	unsigned int i;

	frame_ether(frame, sizeof(frame), drv_mac, 3);
	for (i = 0; i < n; i++) {
		frame[14] = (uint8_t)i;
		drv_wire_in(r, frame, sizeof(frame));
	}
	drv_run(r);
}

static void
test_fault_rx(void **state)
{
	struct nic_drv *r = *state;
	volatile union sl_rx_desc *d;
	unsigned int i;

	drv_start(r);
	assert_int_equal(sl_softnic_fault(r->nic, SL_FAULT_BAD_LENGTH, 0xffff, 2), 0);
	feed(r, 3);
	for (i = 0; i < 3; i++) {
		d = drv_rx_next(r, 0, NULL);
		assert_int_equal(d->wb.length, i < 2 ? 0xffff : 64);
	}
	assert_int_equal(sl_softnic_fault(r->nic, SL_FAULT_NO_EOP, 0, 1), 0);
	feed(r, 2);
	for (i = 0; i < 2; i++) {
		d = drv_rx_next(r, 0, NULL);
		assert_int_equal((d->wb.status & SL_RXD_STAT_EOP) != 0, i == 1);
	}
	/* DD is never written for one descriptor. The device continues with the next one. */
	assert_int_equal(sl_softnic_fault(r->nic, SL_FAULT_DROP_DD, 0, 1), 0);
	feed(r, 2);
	assert_null(drv_rx_next(r, 0, NULL));
	r->rxq[0].next++;
	assert_non_null(drv_rx_next(r, 0, NULL));
	assert_int_equal(SL_RD(&r->bus, RDH, 0), 7);
	/*
	 * A write-back is repeated: the next descriptor shows the same frame first, then its own.
	 */
	assert_int_equal(sl_softnic_fault(r->nic, SL_FAULT_REPEAT_WB, 0, 1), 0);
	feed(r, 1);
	assert_non_null(drv_rx_next(r, 0, NULL));
	assert_non_null(drv_rx_next(r, 0, NULL));
	assert_int_equal(SL_RD(&r->bus, RDH, 0), 8);
}

static void
test_fault_hold(void **state)
{
	struct nic_drv *r = *state;
	struct sl_softnic_stats s;
	const uint8_t *data;
	unsigned int i;

	drv_start(r);
	assert_int_equal(sl_softnic_fault(r->nic, SL_FAULT_HOLD_DD, 0, 1), 0);
	feed(r, 5);
	feed(r, 5);
	assert_null(drv_rx_next(r, 0, NULL));
	assert_int_equal(SL_RD(&r->bus, RDH, 0), 0);
	sl_softnic_stats(r->nic, &s);
	assert_true(s.dma_outstanding >= 10);
	assert_int_equal(sl_softnic_fault(r->nic, SL_FAULT_HOLD_DD, 0, 0), 0);
	drv_run(r);
	for (i = 0; i < 10; i++) {
		assert_non_null(drv_rx_next(r, 0, &data));
		assert_int_equal(data[14], i % 5);
	}
	/* If the queue is disabled while write-backs are held, they are never written. */
	assert_int_equal(sl_softnic_fault(r->nic, SL_FAULT_HOLD_DD, 0, 1), 0);
	feed(r, 3);
	SL_WR(&r->bus, RXDCTL, 0, 0);
	assert_int_equal(sl_softnic_fault(r->nic, SL_FAULT_HOLD_DD, 0, 0), 0);
	drv_run(r);
	assert_null(drv_rx_next(r, 0, NULL));
}

static void
test_fault_dma(void **state)
{
	struct nic_drv *r = *state;
	volatile union sl_rx_desc *d;
	struct sl_softnic_stats s;
	uint8_t frame[64];

	drv_start(r);
	frame_ether(frame, sizeof(frame), drv_mac, 3);
	assert_int_equal(sl_softnic_fault(r->nic, SL_FAULT_DMA_ERROR, 0, 1), 0);
	feed(r, 2);
	d = drv_rx_next(r, 0, NULL);
	assert_true((d->wb.status & SL_RXD_ERR_RXE) != 0);
	d = drv_rx_next(r, 0, NULL);
	assert_int_equal(d->wb.status & SL_RXD_ERR_RXE, 0);
	assert_int_equal(sl_softnic_fault(r->nic, SL_FAULT_DMA_ERROR, 0, 1), 0);
	drv_tx_one(r, 0, frame, sizeof(frame), 0, 0);
	drv_tx_one(r, 0, frame, sizeof(frame), 0, 0);
	drv_run(r);
	assert_int_equal(r->wire->out.n, 1);
	assert_int_equal(SL_RD(&r->bus, TDH, 0), 2);
	/* Addresses that are really outside: data, descriptors, head. */
	r->rxq[0].rx[r->rxq[0].next].read.pkt_addr = 64;
	SL_WR(&r->bus, RDH, 0, SL_RD(&r->bus, RDH, 0)); /* descriptors fetched before are dropped */
	feed(r, 1);
	(void)drv_rx_next(r, 0, NULL);
	SL_WR(&r->bus, TDBAH, 0, 0x7fffffff);
	drv_tx_one(r, 0, frame, sizeof(frame), 0, 0);
	drv_run(r);
	assert_int_equal(SL_RD(&r->bus, TDH, 0), 3); /* skipped, so that the queue continues */
	sl_softnic_stats(r->nic, &s);
	assert_true(s.dma_faults >= 4);
	assert_true(r->logged >= 3);
}

static void
test_fault_wild_index(void **state)
{
	struct nic_drv *r = *state;
	uint8_t frame[64];

	drv_start(r);
	drv_tx_start(r, 1, true);
	frame_ether(frame, sizeof(frame), drv_mac, 3);
	assert_int_equal(sl_softnic_fault(r->nic, SL_FAULT_WILD_INDEX, 0xdeadbeef, 1), 0);
	drv_tx_one(r, 1, frame, sizeof(frame), 0, 0);
	drv_run(r);
	assert_int_equal(*r->txq[1].head_wb, 0xdeadbeef);
	drv_tx_one(r, 1, frame, sizeof(frame), 0, 0);
	drv_run(r);
	assert_int_equal(*r->txq[1].head_wb, 2);
}

static void
test_fault_link_and_reset(void **state)
{
	struct nic_drv *r = *state;

	SL_WR(&r->bus, CTRL, 0, SL_CTRL_SLU);
	assert_int_equal(sl_softnic_fault(r->nic, SL_FAULT_LINK_DOWN, 0, 1), 0);
	assert_int_equal(SL_RD(&r->bus, STATUS, 0) & SL_STATUS_LU, 0);
	assert_int_equal(sl_softnic_fault(r->nic, SL_FAULT_LINK_DOWN, 0, 0), 0);
	assert_true((SL_RD(&r->bus, STATUS, 0) & SL_STATUS_LU) != 0);

	SL_WR(&r->bus, RLPML, 0, 1600);
	assert_int_equal(sl_softnic_fault(r->nic, SL_FAULT_HUNG_RESET, 0, 1), 0);
	SL_WR(&r->bus, CTRL, 0, SL_CTRL_RST);
	assert_true((SL_RD(&r->bus, CTRL, 0) & SL_CTRL_RST) != 0);
	assert_int_equal(SL_RD(&r->bus, RLPML, 0), 1600);
	assert_int_equal(sl_softnic_fault(r->nic, SL_FAULT_HUNG_RESET, 0, 0), 0);
	assert_int_equal(SL_RD(&r->bus, CTRL, 0) & SL_CTRL_RST, 0);
	assert_int_not_equal(SL_RD(&r->bus, RLPML, 0), 1600);
}

static void
test_fault_removed(void **state)
{
	struct nic_drv *r = *state;
	uint8_t frame[64];
	uint32_t off;

	drv_start(r);
	frame_ether(frame, sizeof(frame), drv_mac, 3);
	assert_int_equal(sl_softnic_fault(r->nic, SL_FAULT_REMOVED, 0, 1), 0);
	for (off = 0; off < SL_BAR_SIZE; off += 4)
		assert_int_equal(sl_bus_read(&r->bus, off), SL_REG_GONE);
	drv_tx_one(r, 0, frame, sizeof(frame), 0, 0);
	drv_wire_in(r, frame, sizeof(frame));
	SL_WR(&r->bus, CTRL, 0, SL_CTRL_RST);
	drv_run(r);
	assert_int_equal(r->wire->out.n, 0);
	assert_null(drv_rx_next(r, 0, NULL));
	assert_int_equal(sl_softnic_fault(r->nic, SL_FAULT_REMOVED, 0, 0), 0);
	assert_int_equal(SL_RD(&r->bus, RCTL, 0), 0);
	assert_true((SL_RD(&r->bus, RAH, 0) & SL_RAH_AV) != 0);
}

/* --- the runner --- */

/* Wait, with a limit, until the device has sent @p n frames. */
static bool
sent(struct nic_drv *r, uint64_t n)
{
	static const struct timespec nap = {.tv_nsec = 1000000};
	struct sl_softnic_stats s;
	unsigned int i;

	for (i = 0; i < 5000; i++) {
		sl_softnic_stats(r->nic, &s);
		if (s.tx_frames >= n)
			return true;
		nanosleep(&nap, NULL);
	}
	return false;
}

/* Wait, with a limit, until the device is stepped. */
static bool
steps(struct sl_softnic *nic)
{
	static const struct timespec nap = {.tv_nsec = 1000000};
	struct sl_softnic_stats first, s;
	unsigned int i;

	sl_softnic_stats(nic, &first);
	for (i = 0; i < 5000; i++) {
		sl_softnic_stats(nic, &s);
		if (s.steps != first.steps)
			return true;
		nanosleep(&nap, NULL);
	}
	return false;
}

static void
test_runner(void **state)
{
	struct nic_drv *r = *state;
	struct sl_softnic_stats s, later;
	struct sl_softnic *other;
	struct sl_runner *run;
	uint8_t frame[64];
	unsigned int i;

	drv_start(r);
	frame_ether(frame, sizeof(frame), drv_mac, 3);
	assert_int_equal(sl_runner_start(-2, &run), -EINVAL);
	assert_int_equal(sl_runner_start(100000, &run), -EINVAL);
	assert_int_equal(sl_runner_start(-1, &run), 0);
	assert_int_equal(sl_runner_remove(run, r->nic), -ENOENT);
	assert_int_equal(sl_runner_add(run, r->nic), 0);
	assert_int_equal(sl_runner_stop(run), -EBUSY);
	for (i = 0; i < 40; i++)
		drv_tx_one(r, 0, frame, sizeof(frame), 0, 0);
	assert_true(sent(r, 40));
	/* Register access meanwhile: the thread does not starve other threads. */
	for (i = 0; i < 1000; i++)
		(void)SL_RD(&r->bus, STATUS, 0);
	/* A second device stays when the first is removed. */
	assert_int_equal(
		sl_softnic_create(
			&(struct sl_softnic_params){.name = "b", .adapter = r->adapter}, &other),
		0);
	assert_int_equal(sl_runner_add(run, other), 0);
	assert_int_equal(sl_runner_remove(run, r->nic), 0);
	sl_softnic_stats(r->nic, &s);
	drv_tx_one(r, 0, frame, sizeof(frame), 0, 0);
	/* After two steps of the second device, one full round had no first device. */
	assert_true(steps(other));
	assert_true(steps(other));
	sl_softnic_stats(r->nic, &later);
	assert_int_equal(s.steps, later.steps);
	assert_int_equal(sl_runner_remove(run, other), 0);
	sl_softnic_destroy(other);
	assert_int_equal(sl_runner_stop(run), 0);
}

int
main(void)
{
#define DRV_TEST(f) cmocka_unit_test_setup_teardown(f, drv_setup, drv_teardown)
	const struct CMUnitTest tests[] = {
		DRV_TEST(test_reset),
		DRV_TEST(test_reserved_bits),
		DRV_TEST(test_phyra),
		DRV_TEST(test_eicr_other),
		DRV_TEST(test_queue_enable),
		DRV_TEST(test_aliases),
		DRV_TEST(test_nvm),
		DRV_TEST(test_phy),
		DRV_TEST(test_semaphores),
		DRV_TEST(test_link),
		DRV_TEST(test_msix),
		DRV_TEST(test_legacy_irq),
		DRV_TEST(test_statistics),
		DRV_TEST(test_octets_pair),
		DRV_TEST(test_fault_words),
		DRV_TEST(test_fault_rx),
		DRV_TEST(test_fault_hold),
		DRV_TEST(test_fault_dma),
		DRV_TEST(test_fault_wild_index),
		DRV_TEST(test_fault_link_and_reset),
		DRV_TEST(test_fault_removed),
		DRV_TEST(test_runner),
	};

	return cmocka_run_group_tests_name("softnic_ctl", tests, NULL, NULL);
}
