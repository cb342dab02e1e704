/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */

/*
 * Devices of the igb family, as drivers and their self-tests use them: bits that registers keep,
 * each interrupt cause, loopback in the PHY, registers of the PHY, the NVM image.
 */

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "softnic_drv.h"

#define ALL(a) (sizeof(a) / sizeof((a)[0]))
#define LOOP_LEN 256u
#define LOOP_FRAMES 48u

/** Expected properties of a device. */
struct device {
	const char *name;
	const struct sl_reg_set *regs;
	unsigned int queues, addrs;
	uint32_t causes;   /**< bits of ICR that software can set */
	uint32_t len_kept; /**< bits of RDLEN and TDLEN that are kept */
	uint32_t vet_kept;
	bool since_82580, copper;
};

static const struct device devices[] = {
	{"82576", &sl_regs_82576, 16, 24, 0x77d4fbfd, 0xffff0, 0xffffffff, false, true},
	{"82580", &sl_regs_82580, 8, 24, 0x77dcfed5, 0xffff0, 0xffffffff, true, true},
	{"i350", &sl_regs_i350, 8, 32, 0x77dcffd5, 0xfff80, 0xffff0000, true, true},
	{"i354", &sl_regs_i354, 8, 32, 0x77dcfed5, 0xfff80, 0xffff0000, true, false},
	{"i210", &sl_regs_i210, 4, 16, 0x77dcfed5, 0xfff80, 0xffff0000, true, true},
	{"i211", &sl_regs_i211, 2, 16, 0x77dcfed5, 0xfff80, 0xffff0000, true, true},
};

#define EACH(name) DRV_EACH(name, devices)

/* --- bits that registers keep --- */

static void
patterns(struct nic_drv *r, const struct device *d, uint32_t off, uint32_t kept, uint32_t fixed)
{
	static const uint32_t pattern[] = {0x5a5a5a5a, 0xa5a5a5a5, 0, UINT32_MAX};
	unsigned int i;

	for (i = 0; i < ALL(pattern); i++) {
		uint32_t want = (pattern[i] & kept) | fixed, have;

		sl_bus_write(&r->bus, off, pattern[i]);
		have = sl_bus_read(&r->bus, off);
		if (have != want)
			fail_msg("%s: 0x%05x is 0x%08x after 0x%08x, not 0x%08x", d->name, off,
				have, pattern[i], want);
	}
}

/* Registers of the first four queues are also at the offsets of the 82575. */
static void
queue_patterns(
	struct nic_drv *r, const struct device *d, enum sl_reg reg, uint32_t old, uint32_t kept)
{
	const struct sl_reg_row *row = &d->regs->rows[reg];
	unsigned int q;

	assert_int_equal(row->count, d->queues);
	for (q = 0; q < row->count; q++) {
		patterns(r, d, row->offset + q * row->stride, kept, 0);
		if (q < 4)
			patterns(r, d, old + q * 0x100, kept, 0);
	}
}

/* 8.3, 8.10, 8.12: with receive and transmit off, writes only change the values. */
static void
kept(struct nic_drv *r, const struct device *d)
{
	unsigned int i;

	patterns(r, d, SL_OFF(FCAL, 0), UINT32_MAX, 0);
	patterns(r, d, SL_OFF(FCAH, 0), 0xffff, 0);
	patterns(r, d, SL_OFF(FCT, 0), 0xffff, 0);
	patterns(r, d, SL_OFF(VET, 0), d->vet_kept, 0x8100 & ~d->vet_kept);
	queue_patterns(r, d, SL_RDBAL, 0x2800, 0xffffff80);
	queue_patterns(r, d, SL_RDBAH, 0x2804, UINT32_MAX);
	queue_patterns(r, d, SL_RDLEN, 0x2808, d->len_kept);
	queue_patterns(r, d, SL_RDT, 0x2818, 0xffff);
	patterns(r, d, SL_OFF(FCRTH0, 0), 0xfff0, 0);
	patterns(r, d, SL_OFF(FCTTV, 0), 0xffff, 0);
	patterns(r, d, SL_OFF(TIPG, 0), UINT32_MAX, 0);
	queue_patterns(r, d, SL_TDBAL, 0x3800, 0xffffff80);
	queue_patterns(r, d, SL_TDBAH, 0x3804, UINT32_MAX);
	queue_patterns(r, d, SL_TDLEN, 0x3808, d->len_kept);
	queue_patterns(r, d, SL_TDT, 0x3818, 0xffff);
	for (i = 0; i < d->addrs; i++) {
		const uint32_t at = i < 16 ? 0x5400 + 8 * i : 0x54e0 + 8 * (i - 16);

		patterns(r, d, at, UINT32_MAX, 0);
		patterns(r, d, at + 4, UINT32_MAX, 0);
	}
	for (i = 0; i < 128; i++)
		patterns(r, d, SL_OFF(MTA, i), UINT32_MAX, 0);
	SL_WR(&r->bus, RCTL, 0, 0x04cfb0fe);
	assert_int_equal(SL_RD(&r->bus, RCTL, 0), 0x04cfb0fe);
	SL_WR(&r->bus, RCTL, 0, 0);
	assert_int_equal(SL_RD(&r->bus, RCTL, 0), 0);
	SL_WR(&r->bus, TCTL, 0, 0);
	assert_int_equal(SL_RD(&r->bus, TCTL, 0), 0);
}
EACH(kept)

/* A length is rounded down to 128 bytes. */
static void
test_length(void **state)
{
	struct nic_drv *r = *state;
	uint8_t frame[64];

	drv_start(r);
	drv_tx_start(r, 1, false);
	SL_WR(&r->bus, TDLEN, 1, SL_RD(&r->bus, TDLEN, 1) | 0x70);
	frame_ether(frame, sizeof(frame), drv_mac, 3);
	drv_tx_one(r, 1, frame, sizeof(frame), 0, 0);
	*r->txq[1].tail = DRV_DESCS + 1;
	drv_run(r);
	assert_int_equal(r->wire->out.n, 0);
	assert_true(r->logged > 0);
}

/* --- interrupts --- */

/* One cause: masked, enabled, and the only one that is enabled. */
static void
one_cause(struct nic_drv *r, const struct device *d, uint32_t cause)
{
	SL_WR(&r->bus, ICR, 0, UINT32_MAX);
	SL_WR(&r->bus, IMC, 0, cause);
	SL_WR(&r->bus, ICS, 0, cause);
	assert_int_equal(drv_irqs(r, 0), 0);
	assert_int_equal(SL_RD(&r->bus, ICS, 0) & SL_ICR_INTA, 0);

	SL_WR(&r->bus, ICR, 0, UINT32_MAX);
	SL_WR(&r->bus, IMS, 0, cause);
	assert_int_equal(SL_RD(&r->bus, IMS, 0), cause);
	SL_WR(&r->bus, ICS, 0, cause);
	assert_int_equal(drv_irqs(r, 0), 1);
	/* ICS shows the value of ICR, and EICS that of EICR. Reading them clears nothing. */
	assert_int_equal(SL_RD(&r->bus, ICS, 0) & d->causes, cause);
	assert_int_equal(SL_RD(&r->bus, ICR, 0) & d->causes, cause);
	assert_int_equal(SL_RD(&r->bus, ICS, 0), 0);

	SL_WR(&r->bus, IMC, 0, ~cause);
	SL_WR(&r->bus, ICS, 0, ~cause);
	assert_int_equal(drv_irqs(r, 0), 0);
	assert_int_equal(SL_RD(&r->bus, ICR, 0) & cause, 0);
	SL_WR(&r->bus, IMC, 0, cause);
}

/* 8.8.7 to 8.8.10: each cause that the device has, and no other. */
static void
causes(struct nic_drv *r, const struct device *d)
{
	unsigned int msix, bit;

	for (msix = 0; msix < 2; msix++) {
		/* With MSI-X, the cause needs a vector, and that vector must be enabled. */
		SL_WR(&r->bus, GPIE, 0, msix != 0 ? SL_GPIE_MULTIPLE_MSIX | SL_GPIE_NSICR : 0);
		SL_WR(&r->bus, IVAR_MISC, 0, SL_PREP(SL_IVAR_MISC_OTHER, SL_IVAR_ENTRY_VALID));
		SL_WR(&r->bus, EIAC, 0, SL_BIT(0));
		SL_WR(&r->bus, EIMS, 0, SL_BIT(0));
		SL_WR(&r->bus, IMC, 0, UINT32_MAX);
		for (bit = 0; bit < 31; bit++) {
			if ((d->causes & SL_BIT(bit)) != 0) {
				one_cause(r, d, SL_BIT(bit));
				continue;
			}
			SL_WR(&r->bus, IMS, 0, SL_BIT(bit));
			SL_WR(&r->bus, ICS, 0, SL_BIT(bit));
			assert_int_equal(SL_RD(&r->bus, IMS, 0), 0);
			assert_int_equal(SL_RD(&r->bus, ICR, 0), 0);
			assert_int_equal(drv_irqs(r, 0), 0);
		}
	}
	/* Extended causes: one bit per vector, or without MSI-X one per queue. */
	SL_WR(&r->bus, EIAC, 0, 0);
	SL_WR(&r->bus, EIMS, 0, UINT32_MAX);
	assert_int_equal(SL_RD(&r->bus, EIMS, 0), SL_MASK(0, sl_softnic_device(r->nic)->vectors));
	SL_WR(&r->bus, EIMC, 0, UINT32_MAX);
	SL_WR(&r->bus, GPIE, 0, 0);
	SL_WR(&r->bus, EIMS, 0, UINT32_MAX);
	assert_int_equal(
		SL_RD(&r->bus, EIMS, 0), SL_EICR_TCP_TIMER | SL_EICR_OTHER | SL_MASK(0, d->queues));
	SL_WR(&r->bus, EIMC, 0, UINT32_MAX);
	SL_WR(&r->bus, GPIE, 0, SL_GPIE_MULTIPLE_MSIX);
	SL_WR(&r->bus, EICS, 0, SL_BIT(3));
	assert_int_equal(SL_RD(&r->bus, EICS, 0), SL_BIT(3));
	assert_int_equal(SL_RD(&r->bus, EICS, 0), SL_BIT(3));
	assert_int_equal(SL_RD(&r->bus, EICR, 0), SL_BIT(3));
	assert_int_equal(SL_RD(&r->bus, EICS, 0), 0);
}
EACH(causes)

/* --- PHY --- */

/* Mode that the PHY reports in registers beyond IEEE 802.3's. */
static void
check_mode(struct nic_drv *r, const struct device *d, enum sl_speed speed, bool full)
{
	const uint32_t status = SL_RD(&r->bus, STATUS, 0);
	uint16_t v;

	assert_true((status & SL_STATUS_LU) != 0);
	assert_int_equal(SL_GET(SL_STATUS_SPEED, status), speed);
	assert_int_equal((status & SL_STATUS_FD) != 0, full);
	if (!d->since_82580) {
		v = drv_phy_read(r, 17);
		assert_int_equal(v >> 14, speed + 1);
		assert_int_equal((v & 0x200) != 0, full);
	} else if (d->queues == 8) {
		assert_int_equal(drv_phy_read(r, 26) >> 8, speed);
	} else {
		v = drv_phy_read(r, 17);
		assert_int_equal(v >> 14, speed);
		assert_int_equal((v & 0x2000) != 0, full);
		assert_int_equal(v & 0x0c00, 0x0c00);
		assert_int_equal(v & 0x0020, 0); /* no downshift */
	}
}

/* Negotiation selects the best mode that both ends have. A forced mode is used as it is. */
static void
modes(struct nic_drv *r, const struct device *d)
{
	static const struct {
		uint16_t control, ability, gigabit;
		enum sl_speed speed;
		bool full;
	} rows[] = {
		{0x1200, 0x01e1, 0x0300, SL_SPEED_1000, true},
		{0x1200, 0x01e1, 0x0100, SL_SPEED_1000, false},
		{0x1200, 0x01e1, 0, SL_SPEED_100, true},
		{0x1200, 0x00e1, 0, SL_SPEED_100, false},
		{0x1200, 0x0061, 0, SL_SPEED_10, true},
		{0x1200, 0x0021, 0, SL_SPEED_10, false},
		{0x2100, 0x01e1, 0x0300, SL_SPEED_100, true},
		{0x0000, 0x01e1, 0x0300, SL_SPEED_10, false},
		{0x0140, 0x01e1, 0x0300, SL_SPEED_1000, true},
	};
	unsigned int i;

	SL_WR(&r->bus, CTRL, 0, SL_CTRL_SLU);
	for (i = 0; i < ALL(rows) && d->copper; i++) {
		drv_phy_write(r, SL_PHY_AUTONEG_ADV, rows[i].ability);
		drv_phy_write(r, SL_PHY_1000T_CTRL, rows[i].gigabit);
		drv_phy_write(r, SL_PHY_CONTROL, rows[i].control);
		check_mode(r, d, rows[i].speed, rows[i].full);
		assert_int_equal(drv_phy_read(r, SL_PHY_STATUS) & 0x24,
			(rows[i].control & 0x1000) != 0 ? 0x24 : 0x04);
		assert_int_equal((drv_phy_read(r, SL_PHY_1000T_STATUS) & 0x3000) != 0,
			rows[i].speed == SL_SPEED_1000 && (rows[i].control & 0x1000) != 0);
	}
	if (!d->copper)
		return;
	/* No common mode: no link until a mode is advertised and negotiated. */
	drv_phy_write(r, SL_PHY_AUTONEG_ADV, 1);
	drv_phy_write(r, SL_PHY_1000T_CTRL, 0);
	drv_phy_write(r, SL_PHY_CONTROL, 0x1200);
	assert_int_equal(SL_RD(&r->bus, STATUS, 0) & SL_STATUS_LU, 0);
	assert_int_equal(drv_phy_read(r, SL_PHY_STATUS) & 0x24, 0);
	drv_phy_write(r, SL_PHY_1000T_CTRL, 0x0200);
	assert_int_equal(SL_RD(&r->bus, STATUS, 0) & SL_STATUS_LU, 0);
	drv_phy_write(r, SL_PHY_CONTROL, 0x1200);
	check_mode(r, d, SL_SPEED_1000, true);
	/* When a cable is plugged in again, negotiation starts automatically. */
	drv_phy_write(r, SL_PHY_AUTONEG_ADV, 0x0101);
	drv_phy_write(r, SL_PHY_1000T_CTRL, 0);
	r->wire->up = false;
	sl_softnic_step(r->nic, 1);
	r->wire->up = true;
	sl_softnic_step(r->nic, 1);
	check_mode(r, d, SL_SPEED_100, true);
}
EACH(modes)

/* Read a clause 45 register: IEEE 802.3 annex 22D. */
static uint16_t
mmd_read(struct nic_drv *r, uint16_t device, uint16_t reg)
{
	uint16_t v;

	drv_phy_write(r, 13, device);
	drv_phy_write(r, 14, reg);
	drv_phy_write(r, 13, 0x4000u | device);
	v = drv_phy_read(r, 14);
	drv_phy_write(r, 13, 0);
	return v;
}

static void
registers_82576(struct nic_drv *r)
{
	/* Register 31 pages registers from 16 on. It holds 0 or the register's number. */
	drv_phy_write(r, 31, 0x19);
	drv_phy_write(r, 25, 0x008d);
	drv_phy_write(r, 31, 0x11b1);
	assert_int_equal(drv_phy_read(r, 17), 0);
	assert_int_equal(drv_phy_read(r, SL_PHY_ID1), SL_PHY_ID_82576 >> 16);
	drv_phy_write(r, 25, 0x5555);
	drv_phy_write(r, 31, 0);
	assert_int_equal(drv_phy_read(r, 25), 0x008d);
	assert_int_not_equal(drv_phy_read(r, 17), 0);
	drv_phy_write(r, 19, UINT16_MAX);
	assert_int_equal(drv_phy_read(r, 19), 0);
}

static void
registers_82580(struct nic_drv *r)
{
	/* Loopback control is kept. Registers after 16 and 17 do not exist. */
	drv_phy_write(r, 19, 0x8041);
	assert_int_equal(drv_phy_read(r, 19), 0x8041);
	drv_phy_write(r, 16, 0x040f);
	assert_int_equal(drv_phy_read(r, 17), 0);
	drv_phy_write(r, 26, UINT16_MAX);
	assert_int_equal(drv_phy_read(r, 26), 0x0200);
	drv_phy_write(r, 31, UINT16_MAX);
	assert_int_equal(drv_phy_read(r, 31), 0);
	assert_int_equal(drv_phy_read(r, SL_PHY_ID1), SL_PHY_ID_82580 >> 16);
}

static void
registers_i210(struct nic_drv *r)
{
	assert_int_equal(mmd_read(r, 3, 20), 6);
	assert_int_equal(mmd_read(r, 7, 60), 6);
	assert_int_equal(mmd_read(r, 7, 61), 0);
	assert_int_equal(mmd_read(r, 3, 1), 0);
	drv_phy_write(r, 13, 7);
	drv_phy_write(r, 14, 60);
	drv_phy_write(r, 13, 0x4007);
	drv_phy_write(r, 14, UINT16_MAX);
	assert_int_equal(mmd_read(r, 7, 60), 6);
	drv_phy_write(r, 13, 7);
	drv_phy_write(r, 14, 60);
	drv_phy_write(r, 13, 0x4007);
	drv_phy_write(r, 14, 2);
	assert_int_equal(mmd_read(r, 7, 60), 2);
	/* On another page all registers are different, except 22, which is on every page. */
	drv_phy_write(r, 22, 7);
	assert_int_equal(drv_phy_read(r, 22), 7);
	assert_int_equal(drv_phy_read(r, 17), 0);
	drv_phy_write(r, 22, 0);
	assert_int_not_equal(drv_phy_read(r, 17), 0);
	/* The register that reports when the PHY is configured is at two offsets. */
	assert_true((sl_bus_read(&r->bus, 0x12030) & SL_EEMNGCTL_CFG_DONE0) != 0);
}

static void
phy_registers(struct nic_drv *r, const struct device *d)
{
	const uint32_t other =
		d->copper ? drv_mdic(r, SL_MDIC_OP_READ, 5, SL_PHY_ID1, 0) : SL_MDIC_ERROR;

	/* Since the 82580 the PHY address in MDIC is ignored: MDICNFG selects the PHY. */
	assert_int_equal((other & SL_MDIC_ERROR) != 0, !d->since_82580 || !d->copper);
	if (!d->copper)
		return;
	if (!d->since_82580)
		registers_82576(r);
	else if (d->queues == 8)
		registers_82580(r);
	else
		registers_i210(r);
	if (!d->since_82580)
		return;
	SL_WR(&r->bus, MDICNFG, 0, SL_MDICNFG_EXT_MDIO);
	assert_true((drv_mdic(r, SL_MDIC_OP_READ, 1, SL_PHY_ID1, 0) & SL_MDIC_ERROR) != 0);
	SL_WR(&r->bus, MDICNFG, 0, 0);
	/* Go Link Disconnect keeps the link down. */
	SL_WR(&r->bus, CTRL, 0, SL_CTRL_SLU);
	assert_true((SL_RD(&r->bus, STATUS, 0) & SL_STATUS_LU) != 0);
	SL_WR(&r->bus, PHPM, 0, SL_PHPM_GO_LINKD);
	assert_int_equal(SL_RD(&r->bus, STATUS, 0) & SL_STATUS_LU, 0);
	SL_WR(&r->bus, PHPM, 0, 0);
	assert_true((SL_RD(&r->bus, STATUS, 0) & SL_STATUS_LU) != 0);
}
EACH(phy_registers)

/* --- loopback --- */

/* Frames sent while the PHY is in loopback are received and do not reach the wire. */
static void
loopback(struct nic_drv *r, const struct device *d)
{
	uint8_t frame[LOOP_LEN];
	unsigned int i;

	if (!d->copper)
		return;
	drv_start(r);
	if (d->since_82580 && d->queues == 8)
		drv_phy_write(r, 19, 0x8041);
	drv_phy_write(r, SL_PHY_CONTROL, 0x4140);
	SL_WR(&r->bus, CTRL, 0,
		SL_RD(&r->bus, CTRL, 0) | SL_CTRL_FRCSPD | SL_CTRL_FRCDPLX | SL_CTRL_FD |
			SL_CTRL_SLU | SL_CTRL_ILOS | SL_PREP(SL_CTRL_SPEED, SL_SPEED_1000));
	/* Frames from the wire are not received, and removing the cable has no effect. */
	memset(frame, 0xff, sizeof(frame));
	drv_wire_in(r, frame, 60);
	r->wire->up = false;
	memset(frame + LOOP_LEN / 2, 0xaa, LOOP_LEN / 2 - 1);
	frame[LOOP_LEN / 2 + 10] = 0xbe;
	frame[LOOP_LEN / 2 + 12] = 0xaf;
	for (i = 0; i < LOOP_FRAMES; i++)
		drv_tx_one(r, 0, frame, sizeof(frame), 0, 0);
	drv_run(r);
	for (i = 0; i < LOOP_FRAMES; i++) {
		volatile union sl_rx_desc *wb;
		const uint8_t *data;

		wb = drv_rx_next(r, 0, &data);
		assert_non_null((const void *)wb);
		assert_int_equal(wb->wb.length, LOOP_LEN);
		assert_memory_equal(data, frame, LOOP_LEN);
	}
	assert_null((const void *)drv_rx_next(r, 0, NULL));
	assert_int_equal(r->wire->out.n, 0);
	/* Afterwards, the wire works again. */
	r->wire->up = true;
	drv_phy_write(r, SL_PHY_CONTROL, drv_phy_read(r, SL_PHY_CONTROL) & ~0x4000u);
	drv_phy_write(r, SL_PHY_CONTROL, drv_phy_read(r, SL_PHY_CONTROL) | 0x8000u);
	drv_run(r);
	assert_true((SL_RD(&r->bus, STATUS, 0) & SL_STATUS_LU) != 0);
	drv_tx_one(r, 0, frame, sizeof(frame), 0, 0);
	drv_run(r);
	assert_int_equal(r->wire->out.n, 1);
}
EACH(loopback)

/* --- NVM, reset --- */

static uint16_t
word(struct nic_drv *r, uint32_t at)
{
	SL_WR(&r->bus, EERD, 0, SL_PREP(SL_EERD_ADDR, at) | SL_EERD_START);
	return (uint16_t)SL_GET(SL_EERD_DATA, SL_RD(&r->bus, EERD, 0));
}

/* Words of the image that drivers read besides the address: manufacturer, board, version. */
static void
image(struct nic_drv *r, const struct device *d)
{
	const unsigned int ports = d->since_82580 ? 4 : 1;
	char part[16] = "";
	unsigned int i, port, at, n;

	for (port = 0; port < ports; port++) {
		const uint32_t first = port == 0 ? 0 : 0x40 + 0x40 * port;
		uint16_t sum = 0;

		for (i = 0; i <= 0x3f; i++)
			sum = (uint16_t)(sum + word(r, first + i));
		assert_int_equal(sum, 0xbaba);
	}
	assert_int_equal(word(r, 0x0e), 0x8086);
	assert_int_equal(word(r, 0x0d), sl_softnic_device(r->nic)->pci_id);
	assert_int_equal(word(r, 0x05) >> 12, 1);
	assert_int_equal(word(r, 0x43) & 0xf000, 0x8000);
	assert_int_equal(word(r, 0x0f) & 0x3000, 0x3000);
	/* No other address, no external sensors, no option ROM. */
	assert_int_equal(word(r, 0x37), 0);
	assert_int_equal(word(r, 0x3e), 0);
	assert_int_equal(word(r, 0x3d), 0);
	assert_int_equal(word(r, 8), 0xfafa);
	at = word(r, 9);
	n = word(r, at) - 1u;
	assert_true(n >= 3 && n <= 5);
	for (i = 0; i < n; i++) {
		part[2 * i] = (char)(word(r, at + 1 + i) >> 8);
		part[2 * i + 1] = (char)word(r, at + 1 + i);
	}
	assert_string_equal(part, "SL0001-000");
}
EACH(image)

/* Since the 82580 one bit resets the whole device, including the PHY, and STATUS reports it. */
static void
device_reset(struct nic_drv *r, const struct device *d)
{
	const uint32_t bit = d->since_82580 ? SL_CTRL_DEV_RST : SL_CTRL_RST;
	const uint32_t told = d->since_82580 ? SL_STATUS_DEV_RST_SET : 0;

	if (d->copper)
		drv_phy_write(r, SL_PHY_AUTONEG_ADV, 0x0101);
	SL_WR(&r->bus, RLPML, 0, 1600);
	SL_WR(&r->bus, CTRL, 0, SL_RD(&r->bus, CTRL, 0) | bit);
	assert_int_equal(SL_RD(&r->bus, CTRL, 0) & bit, 0);
	assert_int_not_equal(SL_RD(&r->bus, RLPML, 0), 1600);
	assert_int_equal(SL_RD(&r->bus, STATUS, 0) & SL_STATUS_DEV_RST_SET, told);
	assert_int_equal((SL_RD(&r->bus, ICR, 0) & SL_ICR_DRSTA) != 0, told != 0);
	SL_WR(&r->bus, STATUS, 0, SL_STATUS_DEV_RST_SET);
	assert_int_equal(SL_RD(&r->bus, STATUS, 0) & SL_STATUS_DEV_RST_SET, 0);
	if (d->copper)
		assert_int_equal(drv_phy_read(r, SL_PHY_AUTONEG_ADV) == 0x0101, !d->since_82580);
	/* On an 82576 the bit has no effect. */
	SL_WR(&r->bus, RLPML, 0, 1600);
	SL_WR(&r->bus, CTRL, 0, SL_CTRL_DEV_RST);
	assert_int_equal(SL_RD(&r->bus, RLPML, 0) == 1600, !d->since_82580);
}
EACH(device_reset)

int
main(void)
{
#define DRV_TEST(f) cmocka_unit_test_setup_teardown(f, drv_setup, drv_teardown)
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_kept),
		DRV_TEST(test_length),
		cmocka_unit_test(test_causes),
		cmocka_unit_test(test_modes),
		cmocka_unit_test(test_phy_registers),
		cmocka_unit_test(test_loopback),
		cmocka_unit_test(test_image),
		cmocka_unit_test(test_device_reset),
	};

	return cmocka_run_group_tests_name("softigb", tests, NULL, NULL);
}
