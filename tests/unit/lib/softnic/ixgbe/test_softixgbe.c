/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */

/* The software NIC as an 82599. */

#include <stdlib.h>
#include <string.h>

#include "ixgbe_rig.h"

static void
check_table(const struct sl_reg_set *set)
{
	uint8_t *used = calloc(SL_82599_BAR_SIZE, 1);
	unsigned int i, e;

	assert_non_null(used);
	for (i = 0; i < sl_reg_ranges(set); i++) {
		const struct sl_reg_range range = sl_reg_range(set, i);

		for (e = 0; e < range.count; e++) {
			uint32_t at = range.offset + e * range.stride;

			assert_true(at < SL_82599_BAR_SIZE && at % 4 == 0);
			assert_int_equal(used[at % SL_82599_BAR_SIZE], 0);
			used[at % SL_82599_BAR_SIZE] = 1;
		}
	}
	free(used);
}

/* On each device, rows and aliases are inside the BAR, word-aligned, and do not overlap. */
static void
test_table(void **state)
{
	(void)state;
	check_table(&sl_regs_82599);
	check_table(&sl_regs_x540);
	check_table(&sl_regs_x550);
}

/* Offsets without a register read zero and ignore writes. Any offset may be accessed. */
static void
test_everywhere(void **state)
{
	struct nic_drv *r = *state;
	uint64_t seed = rng_seed(0);
	uint8_t frame[1060];
	unsigned int i;

	assert_int_equal(sl_bus_read(&r->bus, 0x0FFFC), 0);
	assert_int_equal(sl_bus_read(&r->bus, SL_82599_BAR_SIZE), 0);
	for (i = 0; i < 200000; i++) {
		uint32_t at = (uint32_t)rng_next(&seed) % (SL_82599_BAR_SIZE + 64);

		/* Sometimes enable receive and transmit, and give a frame. */
		if (rng_next(&seed) % 64 == 0) {
			wr(r, SL_82599_RXCTRL, 0, SL_82599_RXCTRL_RXEN);
			wr(r, SL_82599_DMATXCTL, 0, SL_82599_DMATXCTL_TE);
			wr(r, SL_82599_FCTRL, 0, SL_82599_FCTRL_UPE);
			wr(r, SL_82599_CTRL, 0, 0);
			frame_ether(frame, sizeof(frame), drv_mac, rng_next(&seed));
			r->wire->in.n = 0;
			drv_wire_in(r, frame, 60 + (uint32_t)rng_next(&seed) % 1000);
			(void)sl_softnic_step(r->nic, 32);
			while (drv_wire_out(r).len != 0)
				;
		}
		if (rng_next(&seed) % 2 != 0)
			sl_bus_write(&r->bus, at, (uint32_t)rng_next(&seed));
		else
			(void)sl_bus_read(&r->bus, at);
	}
	/* A reset restores the device, whatever its state. */
	wr(r, SL_82599_CTRL, 0, SL_82599_CTRL_RST);
	assert_int_equal(rd(r, SL_82599_CTRL), 0);
	assert_int_equal(rd(r, SL_82599_RXCTRL), 0);
	assert_int_equal(rd(r, SL_82599_RAL),
		drv_mac[0] | drv_mac[1] << 8 | drv_mac[2] << 16 | (uint32_t)drv_mac[3] << 24);
}

static uint16_t
nvm(struct nic_drv *r, uint32_t word)
{
	wr(r, SL_82599_EERD, 0, SL_82599_EERD_START | SL_PREP(SL_82599_EERD_ADDR, word));
	assert_true((rd(r, SL_82599_EERD) & SL_82599_EERD_DONE) != 0);
	return (uint16_t)SL_GET(SL_82599_EERD_DATA, rd(r, SL_82599_EERD));
}

/* Checksum over the first words and the modules they point to, as drivers compute it. */
static void
test_nvm(void **state)
{
	struct nic_drv *r = *state;
	uint16_t sum = 0, at, modules = 0, mac[3];
	unsigned int i, j;

	for (i = 0; i <= SL_82599_NVM_CHECKSUM; i++)
		sum = (uint16_t)(sum + nvm(r, i));
	for (i = SL_82599_NVM_FIRST_MODULE; i <= SL_82599_NVM_LAST_MODULE; i++) {
		at = nvm(r, i);
		if (at == 0 || at == UINT16_MAX)
			continue;
		modules++;
		for (j = 1; j <= nvm(r, at); j++)
			sum = (uint16_t)(sum + nvm(r, at + j));
	}
	assert_int_equal(sum, SL_82599_NVM_SUM);
	assert_int_equal(modules, 1);
	at = nvm(r, SL_82599_NVM_CORE_0);
	for (i = 0; i < 3; i++)
		mac[i] = nvm(r, at + 1u + i);
	assert_memory_equal(mac, drv_mac, sizeof(mac));
	/* Beyond the image: erased. */
	assert_int_equal(nvm(r, SL_GET(SL_82599_EERD_ADDR, UINT32_MAX)), UINT16_MAX);
	/* Without a request, DONE is not set. */
	wr(r, SL_82599_EERD, 0, SL_82599_EERD_DONE);
	assert_int_equal(rd(r, SL_82599_EERD), 0);
	/* The reported size of the NVM is the range of EERD. Access is granted on request. */
	assert_int_equal(
		SL_82599_NVM_WORDS_MIN << SL_GET(SL_82599_EEC_SIZE, rd(r, SL_82599_EEC)), 1024);
	wr(r, SL_82599_EEC, 0, SL_82599_EEC_REQ);
	assert_int_equal(
		rd(r, SL_82599_EEC) & (SL_82599_EEC_GNT | SL_82599_EEC_PRES | SL_82599_EEC_ARD),
		SL_82599_EEC_GNT | SL_82599_EEC_PRES | SL_82599_EEC_ARD);
	wr(r, SL_82599_EEC, 0, 0);
	assert_int_equal(rd(r, SL_82599_EEC) & SL_82599_EEC_GNT, 0);
}

/* Reset values, and the bits that a write keeps. */
static void
test_values(void **state)
{
	static const struct {
		enum sl_82599_reg reg;
		unsigned int i;
		uint32_t reset, kept;
	} rows[] = {
		{SL_82599_STATUS, 0, SL_82599_STATUS_GIO, SL_82599_STATUS_GIO},
		{SL_82599_HLREG0, 0, 0x08000C03, 0xFFFFFFFF},
		{SL_82599_RDRXCTL, 0, 0x00100008, 0xFFFFFFFF},
		{SL_82599_DCA_RXCTRL, 127, 0x0000B200, 0xFFFFFFFF},
		{SL_82599_DCA_TXCTRL, 127, 0x00002A00, 0xFFFFFFFF},
		{SL_82599_RTTDCS, 0, 0x00C00000, 0xFFFFFFFF},
		{SL_82599_RTTPCS, 0, 0x89000000, 0xFFFFFFFF},
		{SL_82599_RXPBSIZE, 7, 0x00080000, 0xFFFFFFFF},
		{SL_82599_TXPBSIZE, 7, 0x00028000, 0xFFFFFFFF},
		{SL_82599_TXPBTHRESH, 0, 0x96, 0xFFFFFFFF},
		{SL_82599_TXPBTHRESH, 1, 0, 0xFFFFFFFF},
		{SL_82599_FWSM, 0, 0x00008000, 0x00008000},
		{SL_82599_SECRXCTRL, 0, 1, 0xFFFFFFFF},
		{SL_82599_RAH, 127, 0, 0x8000FFFF},
		{SL_82599_RDBAL, 127, 0, 0xFFFFFF80},
		{SL_82599_RDLEN, 127, 0, 0x000FFF80},
		{SL_82599_TDLEN, 127, 0, 0x000FFF80},
		{SL_82599_FCRTL, 7, 0, 0x8007FFF0},
		{SL_82599_FCRTH, 7, 0, 0x8007FFF0},
		{SL_82599_PFCTOP, 0, 0x01018808, 0xFFFFFFFF},
		{SL_82599_MAXFRS, 0, 0x05EE0000, 0xFFFF0000},
		{SL_82599_EITR, 0, 0, 0x0FFF8FF8},
		{SL_82599_EITR, 128, 0, 0x0FFF8FF8},
		{SL_82599_IVAR, 63, 0, 0xBFBFBFBF},
		{SL_82599_EIAC, 0, 0, 0x7FFFFFFF},
		{SL_82599_RQSMR, 31, 0, 0x0F0F0F0F},
		{SL_82599_MTA, 127, 0, 0xFFFFFFFF},
		{SL_82599_PBACL, 1, 0, 0},
		{SL_82599_PFMBMEM, 1023, 0, 0xFFFFFFFF},
	};
	struct nic_drv *r = *state;
	unsigned int i;

	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const char *name = sl_82599_table[rows[i].reg].name;
		uint32_t v = rdi(r, rows[i].reg, rows[i].i);

		if (v != rows[i].reset)
			fail_msg("%s[%u] is 0x%08x at first", name, rows[i].i, v);
		wr(r, rows[i].reg, rows[i].i, UINT32_MAX);
		v = rdi(r, rows[i].reg, rows[i].i);
		if (v != rows[i].kept)
			fail_msg("%s[%u] is 0x%08x after ones", name, rows[i].i, v);
		wr(r, rows[i].reg, rows[i].i, rows[i].reset);
	}
	/* The flush bit of a queue clears itself, and the DMA stays ready. */
	wr(r, SL_82599_RXDCTL, 70, SL_82599_XDCTL_SWFLSH | 1);
	assert_int_equal(rdi(r, SL_82599_RXDCTL, 70), 1);
	wr(r, SL_82599_TXDCTL, 70, SL_82599_XDCTL_SWFLSH | 1);
	assert_int_equal(rdi(r, SL_82599_TXDCTL, 70), 1);
	wr(r, SL_82599_RDRXCTL, 0, 0);
	assert_int_equal(rd(r, SL_82599_RDRXCTL), SL_82599_RDRXCTL_DMAIDONE);
}

/* A software reset restores each register, except the semaphores. */
static void
test_reset(void **state)
{
	struct nic_drv *r = *state;
	uint32_t *before = calloc(SL_82599_BAR_SIZE / 4, sizeof(*before));
	unsigned int reg, i;

	assert_non_null(before);
	(void)rd(r, SL_82599_EICR);
	for (reg = 0; reg < SL_82599_REG_COUNT; reg++) {
		for (i = 0; i < sl_82599_table[reg].count; i++)
			before[off(reg, i) / 4] = rdi(r, reg, i);
	}
	for (reg = 0; reg < SL_82599_REG_COUNT; reg++) {
		if (reg == SL_82599_CTRL)
			continue;
		for (i = 0; i < sl_82599_table[reg].count; i++)
			wr(r, reg, i, 0x5a5a5a00 + i);
	}
	wr(r, SL_82599_GSSR, 0, 0x21);
	wr(r, SL_82599_CTRL, 0, SL_82599_CTRL_RST);
	before[off(SL_82599_GSSR, 0) / 4] = 0x21;
	for (reg = 0; reg < SL_82599_REG_COUNT; reg++) {
		for (i = 0; i < sl_82599_table[reg].count; i++) {
			uint32_t now = rdi(r, reg, i);

			if (reg == SL_82599_SWSM)
				continue; /* a read changes it */
			/* The link was down meanwhile, which is a cause. */
			if (reg == SL_82599_EICR || reg == SL_82599_EICS)
				now &= ~SL_82599_EICR_LSC;
			if (reg == SL_82599_LINKS)
				now = rdi(r, reg, i);
			if (now != before[off(reg, i) / 4])
				fail_msg("%s[%u] is 0x%08x after the reset, was 0x%08x",
					sl_82599_table[reg].name, i, now, before[off(reg, i) / 4]);
		}
	}
	free(before);
}

/* Registers that a driver reads at probe. */
static void
test_probe(void **state)
{
	struct nic_drv *r = *state;

	/* Semaphore: the reader that gets zero holds it. */
	assert_int_equal(rd(r, SL_82599_SWSM) & SL_82599_SWSM_SMBI, 0);
	assert_int_equal(rd(r, SL_82599_SWSM) & SL_82599_SWSM_SMBI, SL_82599_SWSM_SMBI);
	wr(r, SL_82599_SWSM, 0, SL_82599_SWSM_SMBI | SL_82599_SWSM_SWESMBI);
	assert_int_equal(rd(r, SL_82599_SWSM), SL_82599_SWSM_SMBI | SL_82599_SWSM_SWESMBI);
	wr(r, SL_82599_SWSM, 0, 0);
	assert_int_equal(rd(r, SL_82599_SWSM), 0);
	/* Bus mastering ends on request, and is enabled again by a reset. */
	assert_true((rd(r, SL_82599_STATUS) & SL_82599_STATUS_GIO) != 0);
	wr(r, SL_82599_CTRL, 0, SL_82599_CTRL_GIO_DIS);
	assert_int_equal(rd(r, SL_82599_STATUS) & SL_82599_STATUS_GIO, 0);
	wr(r, SL_82599_CTRL, 0, SL_82599_CTRL_LNK_RST);
	assert_true((rd(r, SL_82599_STATUS) & SL_82599_STATUS_GIO) != 0);
	/* No device on the MDI bus; commands still complete. */
	wr(r, SL_82599_MSCA, 0, SL_82599_MSCA_COMMAND);
	assert_int_equal(rd(r, SL_82599_MSCA), 0);
	assert_int_equal(rd(r, SL_82599_MSRWD) >> 16, UINT16_MAX);
}

/* The second read of LINKS. The first one after a change reports link down. */
static uint32_t
links(struct nic_drv *r)
{
	(void)rd(r, SL_82599_LINKS);
	return rd(r, SL_82599_LINKS);
}

static uint32_t
lms(uint32_t mode)
{
	return SL_PREP(SL_82599_AUTOC_LMS, mode);
}

static void
test_link(void **state)
{
	const uint32_t up = SL_82599_LINKS_UP | SL_PREP(SL_82599_LINKS_SPEED, SL_82599_SPEED_10G);
	struct nic_drv *r = *state;

	drv_run(r);
	assert_int_equal(rd(r, SL_82599_LINKS), up);
	r->wire->up = false;
	drv_run(r);
	assert_int_equal(rd(r, SL_82599_LINKS), 0);
	r->wire->up = true;
	drv_run(r);
	assert_int_equal(rd(r, SL_82599_LINKS), up);
	/* If the link went down and up between two reads, the next read reports it. */
	r->wire->up = false;
	drv_run(r);
	r->wire->up = true;
	drv_run(r);
	assert_int_equal(rd(r, SL_82599_LINKS), 0);
	assert_int_equal(rd(r, SL_82599_LINKS), up);
	/* Forced link, without a partner. */
	r->wire->up = false;
	drv_run(r);
	wr(r, SL_82599_AUTOC, 0, lms(SL_82599_LMS_10G_PARALLEL) | SL_82599_AUTOC_FLU);
	assert_int_equal(rd(r, SL_82599_LINKS), up);
}

/* The link runs at the speed that AUTOC allows. */
static void
test_link_modes(void **state)
{
	static const struct {
		uint32_t autoc;
		enum sl_82599_speed speed;
		bool negotiated;
	} modes[] = {
		{SL_82599_LMS_1G, SL_82599_SPEED_1G, false},
		{SL_82599_LMS_10G_PARALLEL, SL_82599_SPEED_10G, false},
		{SL_82599_LMS_1G_AN, SL_82599_SPEED_1G, false},
		{SL_82599_LMS_10G_SERIAL, SL_82599_SPEED_10G, false},
		{SL_82599_LMS_SGMII, SL_82599_SPEED_1G, false},
		{SL_82599_LMS_BACKPLANE_AN, SL_82599_SPEED_NONE, true},
		{SL_82599_LMS_BACKPLANE_AN_1G, SL_82599_SPEED_NONE, true},
		{SL_82599_LMS_BACKPLANE_AN_SGMII, SL_82599_SPEED_NONE, true},
	};
	struct nic_drv *r = *state;
	unsigned int i;

	drv_run(r);
	for (i = 0; i < sizeof(modes) / sizeof(modes[0]); i++) {
		const uint32_t autoc = lms(modes[i].autoc);
		const uint32_t done = modes[i].negotiated ? SL_82599_LINKS_AN_DONE : 0;

		wr(r, SL_82599_AUTOC, 0, autoc);
		if (modes[i].speed != SL_82599_SPEED_NONE) {
			assert_int_equal(links(r),
				SL_82599_LINKS_UP | done |
					SL_PREP(SL_82599_LINKS_SPEED, modes[i].speed));
			continue;
		}
		assert_int_equal(links(r), 0);
		wr(r, SL_82599_AUTOC, 0, autoc | SL_82599_AUTOC_KX);
		assert_int_equal(links(r),
			SL_82599_LINKS_UP | done |
				SL_PREP(SL_82599_LINKS_SPEED, SL_82599_SPEED_1G));
		wr(r, SL_82599_AUTOC, 0, autoc | SL_82599_AUTOC_KX | SL_82599_AUTOC_KX4);
		assert_int_equal(links(r),
			SL_82599_LINKS_UP | done |
				SL_PREP(SL_82599_LINKS_SPEED, SL_82599_SPEED_10G));
		wr(r, SL_82599_AUTOC, 0, autoc | SL_82599_AUTOC_KR);
		assert_int_equal(links(r),
			SL_82599_LINKS_UP | done |
				SL_PREP(SL_82599_LINKS_SPEED, SL_82599_SPEED_10G));
	}
	/* A restart completes at once and counts as link down. */
	wr(r, SL_82599_EIMS, 0, SL_82599_EICR_LSC);
	(void)rd(r, SL_82599_EICR);
	wr(r, SL_82599_AUTOC, 0,
		lms(SL_82599_LMS_BACKPLANE_AN) | SL_82599_AUTOC_KR | SL_82599_AUTOC_AN_RESTART);
	assert_int_equal(rd(r, SL_82599_AUTOC) & SL_82599_AUTOC_AN_RESTART, 0);
	assert_int_equal(rd(r, SL_82599_EICR), SL_82599_EICR_LSC);
	assert_int_equal(rd(r, SL_82599_LINKS) & SL_82599_LINKS_UP, 0);
	assert_int_equal(rd(r, SL_82599_LINKS) & SL_82599_LINKS_UP, SL_82599_LINKS_UP);
	wr(r, SL_82599_AUTOC2, 0, SL_82599_AUTOC2_LINK_OFF);
	assert_int_equal(links(r), 0);
}

/* A register at two addresses is one register. A doorbell is a word of the device. */
static void
test_places(void **state)
{
	struct nic_drv *r = *state;

	wr(r, SL_82599_SRRCTL, 3, SL_82599_DROP_EN | 4);
	assert_int_equal(sl_bus_read(&r->bus, 0x0210C), SL_82599_DROP_EN | 4);
	assert_ptr_equal(sl_softnic_doorbell(r->nic, off(SL_82599_RDT, 5)),
		sl_softnic_tail(r->nic, false, 5));
	assert_ptr_equal(sl_softnic_doorbell(r->nic, 0x0D018 + 63 * 0x40),
		sl_softnic_tail(r->nic, false, 127));
	assert_ptr_equal(sl_softnic_doorbell(r->nic, off(SL_82599_TDT, 127)),
		sl_softnic_tail(r->nic, true, 127));
	assert_int_equal(off(SL_82599_RDT, 63), 0x01018 + 63 * 0x40);
	assert_int_equal(off(SL_82599_RDT, 64), 0x0D018);
	assert_int_equal(off(SL_82599_EITR, 24), 0x12300);
	wr(r, SL_82599_RAL, 15, 15);
	assert_int_equal(sl_bus_read(&r->bus, 0x05400 + 15 * 8), 15);
	assert_null(sl_softnic_doorbell(r->nic, off(SL_82599_RDH, 0)));
	assert_null(sl_softnic_tail(r->nic, false, SL_82599_QUEUES));
	wr(r, SL_82599_RDT, 5, 7);
	assert_int_equal(*sl_softnic_tail(r->nic, false, 5), 7);
}

/* Address filters: FCTRL, MCSTCTRL, RAL and MTA. */
static void
test_filters(void **state)
{
	static const uint8_t other[6] = {2, 9, 9, 9, 9, 9}, multi[6] = {3, 0, 0, 0, 0x20, 0x01};
	/* 7.1.1: twelve bits of the address, from bit 36 to 47, or lower as MO selects. */
	const uint32_t hash = (multi[5] << 8 | multi[4]) >> 4 & UINT16_MAX;
	struct nic_drv *r = *state;
	uint64_t seed = rng_seed(0);
	uint8_t frame[60];
	union sl_rx_desc wb = {0};
	struct queue q;

	rx_start(r, &q, 0, 2);
	wr(r, SL_82599_HLREG0, 0, SL_82599_HLREG0_RXCRCSTRP);
	wr(r, SL_82599_RXCTRL, 0, SL_82599_RXCTRL_RXEN);
	frame_ether(frame, sizeof(frame), other, rng_next(&seed));
	assert_int_equal(rx_one(r, &q, frame, sizeof(frame), &wb), 0);
	wr(r, SL_82599_FCTRL, 0, SL_82599_FCTRL_UPE);
	assert_int_equal(rx_one(r, &q, frame, sizeof(frame), &wb), sizeof(frame));
	assert_true((wb.wb.status & SL_RXD_STAT_PIF) != 0);
	frame_ether(frame, sizeof(frame), frame_broadcast, rng_next(&seed));
	assert_int_equal(rx_one(r, &q, frame, sizeof(frame), &wb), 0);
	wr(r, SL_82599_FCTRL, 0, SL_82599_FCTRL_BAM);
	assert_int_equal(rx_one(r, &q, frame, sizeof(frame), &wb), sizeof(frame));
	assert_int_equal(wb.wb.status & SL_RXD_STAT_PIF, 0);
	frame_ether(frame, sizeof(frame), multi, rng_next(&seed));
	wr(r, SL_82599_MTA, hash / 32, SL_BIT(hash % 32));
	assert_int_equal(rx_one(r, &q, frame, sizeof(frame), &wb), 0);
	wr(r, SL_82599_MCSTCTRL, 0, SL_82599_MCSTCTRL_MFE);
	assert_int_equal(rx_one(r, &q, frame, sizeof(frame), &wb), sizeof(frame));
	wr(r, SL_82599_MCSTCTRL, 0, SL_82599_MCSTCTRL_MFE | SL_PREP(SL_82599_MCSTCTRL_MO, 3));
	assert_int_equal(rx_one(r, &q, frame, sizeof(frame), &wb), 0);
	wr(r, SL_82599_FCTRL, 0, SL_82599_FCTRL_MPE);
	assert_int_equal(rx_one(r, &q, frame, sizeof(frame), &wb), sizeof(frame));
	/* A second address, which has no effect once it is invalid. */
	frame_ether(frame, sizeof(frame), other, rng_next(&seed));
	wr(r, SL_82599_RAL, 127, other[0] | other[1] << 8 | other[2] << 16 | other[3] << 24);
	wr(r, SL_82599_RAH, 127, SL_82599_RAH_AV | other[4] | other[5] << 8);
	assert_int_equal(rx_one(r, &q, frame, sizeof(frame), &wb), sizeof(frame));
	wr(r, SL_82599_RAH, 127, other[4] | other[5] << 8);
	assert_int_equal(rx_one(r, &q, frame, sizeof(frame), &wb), 0);
	wr(r, SL_82599_CTRL, 0, SL_82599_CTRL_RST);
	queue_end(r, &q);
}

/* The longest frame allowed by HLREG0 and MAXFRS, and whether its FCS is delivered. */
static void
test_lengths(void **state)
{
	static uint8_t frame[4096];
	struct nic_drv *r = *state;
	uint64_t seed = rng_seed(0);
	union sl_rx_desc wb = {0};
	struct queue q;

	rx_start(r, &q, 0, 4);
	frame_ether(frame, sizeof(frame), drv_mac, rng_next(&seed));
	wr(r, SL_82599_HLREG0, 0, SL_82599_HLREG0_RXCRCSTRP);
	wr(r, SL_82599_MAXFRS, 0, SL_PREP(SL_82599_MAXFRS_MFS, 2000));
	wr(r, SL_82599_RXCTRL, 0, SL_82599_RXCTRL_RXEN);
	assert_int_equal(rx_one(r, &q, frame, 1514, &wb), 1514);
	assert_int_equal(rx_one(r, &q, frame, 1515, &wb), 0);
	wr(r, SL_82599_HLREG0, 0, SL_82599_HLREG0_RXCRCSTRP | SL_82599_HLREG0_JUMBOEN);
	assert_int_equal(rx_one(r, &q, frame, 1996, &wb), 1996);
	assert_int_equal(rx_one(r, &q, frame, 1997, &wb), 0);
	/* A tag is allowed in addition. */
	frame_put16(frame + 12, 0x8100);
	assert_int_equal(rx_one(r, &q, frame, 2000, &wb), 2000);
	assert_int_equal(rx_one(r, &q, frame, 2001, &wb), 0);
	wr(r, SL_82599_HLREG0, 0, SL_82599_HLREG0_RXCRCSTRP);
	assert_int_equal(rx_one(r, &q, frame, 1518, &wb), 1518);
	assert_int_equal(rx_one(r, &q, frame, 1519, &wb), 0);
	frame_put16(frame + 12, 0);
	wr(r, SL_82599_HLREG0, 0, SL_82599_HLREG0_JUMBOEN);
	assert_int_equal(rx_one(r, &q, frame, 1996, &wb), 2000);
	wr(r, SL_82599_CTRL, 0, SL_82599_CTRL_RST);
	queue_end(r, &q);
}

/* MRQC, RETA and RXCSUM.PCSD: queue of a frame, and content of the hash field. */
static void
test_rss(void **state)
{
	const struct frame_spec ip = {.version = 4, .proto = FRAME_UDP, .payload = 20};
	struct nic_drv *r = *state;
	uint8_t frame[DRV_BUF];
	union sl_rx_desc wb = {0};
	struct queue q[2];
	uint32_t len, i;

	rx_start(r, &q[0], 0, 2);
	rx_start(r, &q[1], 9, 2);
	len = frame_build(frame, &ip).len;
	wr(r, SL_82599_HLREG0, 0, SL_82599_HLREG0_RXCRCSTRP);
	wr(r, SL_82599_FCTRL, 0, SL_82599_FCTRL_UPE | SL_82599_FCTRL_MPE);
	for (i = 0; i < SL_82599_RETA_ENTRIES / 4; i++)
		wr(r, SL_82599_RETA, i, 0x09090909);
	for (i = 0; i < 10; i++)
		wr(r, SL_82599_RSSRK, i, 0x01020304 * (i + 1));
	wr(r, SL_82599_RXCTRL, 0, SL_82599_RXCTRL_RXEN);
	assert_int_equal(rx_one(r, &q[0], frame, len, &wb), len);
	wr(r, SL_82599_MRQC, 0, SL_82599_MRQC_RSS | SL_MRQC_RSS_IPV4_UDP);
	assert_int_equal(rx_one(r, &q[1], frame, len, &wb), len);
	assert_int_equal(SL_GET(SL_RXD_INFO_RSSTYPE, wb.wb.info), SL_RSS_NONE);
	wr(r, SL_82599_RXCSUM, 0, SL_82599_RXCSUM_PCSD);
	assert_int_equal(rx_one(r, &q[1], frame, len, &wb), len);
	assert_int_equal(SL_GET(SL_RXD_INFO_RSSTYPE, wb.wb.info), SL_RSS_IPV4_UDP);
	assert_int_not_equal(wb.wb.rss, 0);
	wr(r, SL_82599_MRQC, 0, SL_82599_MRQC_RSS | SL_MRQC_RSS_IPV6);
	assert_int_equal(rx_one(r, &q[0], frame, len, &wb), len);
	wr(r, SL_82599_CTRL, 0, SL_82599_CTRL_RST);
	queue_end(r, &q[0]);
	queue_end(r, &q[1]);
}

/*
 * With receive enabled, frames are dropped while no queue is enabled, and while the queue's buffer
 * size is 0.
 */
static void
test_no_queue(void **state)
{
	struct nic_drv *r = *state;
	uint64_t seed = rng_seed(0);
	uint8_t frame[60];
	union sl_rx_desc wb = {0};
	struct sl_softnic_stats stats;
	struct queue q;

	frame_ether(frame, sizeof(frame), drv_mac, rng_next(&seed));
	wr(r, SL_82599_RXCTRL, 0, SL_82599_RXCTRL_RXEN);
	drv_wire_in(r, frame, sizeof(frame));
	drv_run(r);
	rx_start(r, &q, 0, 2);
	wr(r, SL_82599_SRRCTL, 0, SL_PREP(SL_82599_SRRCTL_DESCTYPE, SL_82599_DESCTYPE_ADV_ONEBUF));
	assert_int_equal(rx_one(r, &q, frame, sizeof(frame), &wb), 0);
	sl_softnic_stats(r->nic, &stats);
	assert_int_equal(stats.rx_frames, 0);
	assert_int_equal(stats.rx_no_desc, 2);
	wr(r, SL_82599_CTRL, 0, SL_82599_CTRL_RST);
	queue_end(r, &q);
}

/* A buffer outside of the window: this family has the error bit at another place. */
static void
test_error_bit(void **state)
{
	struct nic_drv *r = *state;
	uint64_t seed = rng_seed(0);
	uint8_t frame[60];
	union sl_rx_desc wb = {0};
	struct queue q;

	rx_start(r, &q, 0, 2);
	q.rx[0].read.pkt_addr = UINT64_C(1) << 60;
	frame_ether(frame, sizeof(frame), drv_mac, rng_next(&seed));
	wr(r, SL_82599_HLREG0, 0, SL_82599_HLREG0_RXCRCSTRP);
	wr(r, SL_82599_RXCTRL, 0, SL_82599_RXCTRL_RXEN);
	assert_int_equal(rx_one(r, &q, frame, sizeof(frame), &wb), sizeof(frame));
	assert_int_equal(
		wb.wb.status & (SL_IXGBE_RXD_ERR_RXE | SL_IXGBE_RXD_ERR_IPE), SL_IXGBE_RXD_ERR_RXE);
	wr(r, SL_82599_CTRL, 0, SL_82599_CTRL_RST);
	queue_end(r, &q);
}

/* Faults are supported by this model too: a reset that hangs, a queue that stays enabled. */
static void
test_faults(void **state)
{
	struct nic_drv *r = *state;

	assert_int_equal(sl_softnic_fault(r->nic, SL_FAULT_HUNG_RESET, 0, 1), 0);
	wr(r, SL_82599_FCTRL, 0, SL_82599_FCTRL_BAM);
	wr(r, SL_82599_CTRL, 0, SL_82599_CTRL_RST);
	assert_int_equal(rd(r, SL_82599_CTRL), SL_82599_CTRL_RST);
	assert_int_equal(rd(r, SL_82599_FCTRL), SL_82599_FCTRL_BAM);
	assert_int_equal(sl_softnic_fault(r->nic, SL_FAULT_HUNG_RESET, 0, 0), 0);
	assert_int_equal(rd(r, SL_82599_CTRL), 0);
	assert_int_equal(rd(r, SL_82599_FCTRL), 0);
	assert_int_equal(sl_softnic_fault(r->nic, SL_FAULT_STUCK_QUEUE, SL_BIT(0), 1), 0);
	wr(r, SL_82599_RXDCTL, 0, SL_XDCTL_ENABLE);
	wr(r, SL_82599_RXDCTL, 0, 0);
	assert_int_equal(rd(r, SL_82599_RXDCTL), SL_XDCTL_ENABLE);
	assert_int_equal(sl_softnic_fault(r->nic, SL_FAULT_NONE, 0, 0), 0);
	wr(r, SL_82599_RXDCTL, 0, 0);
	assert_int_equal(rd(r, SL_82599_RXDCTL), 0);
	assert_int_equal(sl_softnic_fault(r->nic, SL_FAULT_REMOVED, 0, 1), 0);
	assert_int_equal(rd(r, SL_82599_LINKS), SL_REG_GONE);
	assert_int_equal(sl_softnic_fault(r->nic, SL_FAULT_REMOVED, 0, 0), 0);
	assert_int_not_equal(rd(r, SL_82599_LINKS), SL_REG_GONE);
}

/* VLNCTRL, VFTA and RXDCTL.VME: accepted tagged frames, and stripping. */
static void
test_vlan(void **state)
{
	const struct frame_spec ip = {
		.version = 4, .proto = FRAME_UDP, .payload = 50, .vlan = true, .tci = 0x5123};
	struct nic_drv *r = *state;
	uint8_t frame[DRV_BUF];
	union sl_rx_desc wb = {0};
	struct queue q;
	uint32_t len = frame_build(frame, &ip).len;

	rx_start(r, &q, 0, 2);
	rx_on(r);
	assert_int_equal(rx_one(r, &q, frame, len, &wb), len);
	assert_int_equal(wb.wb.status & SL_RXD_STAT_VP, 0);
	wr(r, SL_82599_RXDCTL, 0, SL_XDCTL_ENABLE | SL_82599_RXDCTL_VME);
	assert_int_equal(rx_one(r, &q, frame, len, &wb), len - 4);
	assert_true((wb.wb.status & SL_RXD_STAT_VP) != 0);
	assert_int_equal(wb.wb.vlan, 0x5123);
	wr(r, SL_82599_VLNCTRL, 0, SL_82599_VLNCTRL_VFE | 0x8100);
	assert_int_equal(rx_one(r, &q, frame, len, &wb), 0);
	wr(r, SL_82599_VFTA, 0x123 / 32, SL_BIT(0x123 % 32));
	assert_int_equal(rx_one(r, &q, frame, len, &wb), len - 4);
	/* This tag has CFI set. */
	wr(r, SL_82599_VLNCTRL, 0, SL_82599_VLNCTRL_VFE | SL_82599_VLNCTRL_CFIEN | 0x8100);
	assert_int_equal(rx_one(r, &q, frame, len, &wb), 0);
	wr(r, SL_82599_VLNCTRL, 0,
		SL_82599_VLNCTRL_VFE | SL_82599_VLNCTRL_CFIEN | SL_82599_VLNCTRL_CFI | 0x8100);
	assert_int_equal(rx_one(r, &q, frame, len, &wb), len - 4);
	/* With another Ethertype it is not a tag. */
	wr(r, SL_82599_VLNCTRL, 0, SL_82599_VLNCTRL_VFE | 0x88A8);
	assert_int_equal(rx_one(r, &q, frame, len, &wb), len);
	wr(r, SL_82599_CTRL, 0, SL_82599_CTRL_RST);
	queue_end(r, &q);
}

/* Checksums are always checked, and reported at this family's bits. */
static void
test_checksums(void **state)
{
	const struct frame_spec ip = {.version = 4, .proto = FRAME_TCP, .payload = 50};
	const struct frame_spec sctp = {.version = 6, .proto = FRAME_SCTP, .payload = 50};
	const uint32_t looked = SL_RXD_STAT_IPCS | SL_RXD_STAT_L4CS;
	const uint32_t wrong = SL_IXGBE_RXD_ERR_IPE | SL_IXGBE_RXD_ERR_L4E;
	struct nic_drv *r = *state;
	uint8_t frame[DRV_BUF];
	union sl_rx_desc wb = {0};
	struct frame_layout l = frame_build(frame, &ip);
	struct queue q;

	rx_start(r, &q, 0, 2);
	rx_on(r);
	assert_int_equal(rx_one(r, &q, frame, l.len, &wb), l.len);
	assert_int_equal(wb.wb.status & (looked | wrong), looked);
	frame[l.l3 + 8]--; /* time to live: only the IPv4 checksum covers it */
	assert_int_equal(rx_one(r, &q, frame, l.len, &wb), l.len);
	assert_int_equal(wb.wb.status & (looked | wrong), looked | SL_IXGBE_RXD_ERR_IPE);
	frame[l.l3 + 8]++;
	frame[l.payload]++;
	assert_int_equal(rx_one(r, &q, frame, l.len, &wb), l.len);
	assert_int_equal(wb.wb.status & (looked | wrong), looked | SL_IXGBE_RXD_ERR_L4E);
	l = frame_build(frame, &sctp);
	frame[l.payload]++;
	assert_int_equal(rx_one(r, &q, frame, l.len, &wb), l.len);
	assert_int_equal(wb.wb.status & (looked | wrong), SL_RXD_STAT_L4CS | SL_IXGBE_RXD_ERR_L4E);
	wr(r, SL_82599_CTRL, 0, SL_82599_CTRL_RST);
	queue_end(r, &q);
}

/* The data paths through the security blocks, which must be empty before a reset. */
static void
test_security(void **state)
{
	struct nic_drv *r = *state;
	uint64_t seed = rng_seed(0);
	uint8_t frame[60];
	union sl_rx_desc wb = {0};
	struct queue rx, tx;

	rx_start(r, &rx, 0, 2);
	tx_start(r, &tx, 0);
	rx_on(r);
	frame_ether(frame, sizeof(frame), drv_mac, rng_next(&seed));
	assert_int_equal(rd(r, SL_82599_SECRXSTAT) & SL_82599_SEC_READY, 0);
	wr(r, SL_82599_SECRXCTRL, 0, SL_82599_SEC_DIS);
	assert_true((rd(r, SL_82599_SECRXSTAT) & SL_82599_SEC_READY) != 0);
	/* The security unit itself cannot be enabled. */
	assert_int_equal(rd(r, SL_82599_SECRXCTRL), SL_82599_SEC_DIS | SL_82599_SEC_OFF);
	assert_int_equal(rx_one(r, &rx, frame, sizeof(frame), &wb), 0);
	wr(r, SL_82599_SECRXCTRL, 0, 0);
	assert_int_equal(rx_one(r, &rx, frame, sizeof(frame), &wb), sizeof(frame));
	assert_int_equal(rd(r, SL_82599_SECTXSTAT) & SL_82599_SEC_READY, 0);
	wr(r, SL_82599_SECTXCTRL, 0, SL_82599_SEC_DIS);
	assert_true((rd(r, SL_82599_SECTXSTAT) & SL_82599_SEC_READY) != 0);
	tx_one(r, &tx, 60);
	assert_int_equal(drv_wire_out(r).len, 0);
	wr(r, SL_82599_SECTXCTRL, 0, 0);
	drv_run(r);
	assert_int_equal(drv_wire_out(r).len, 60);
	wr(r, SL_82599_CTRL, 0, SL_82599_CTRL_RST);
	queue_end(r, &rx);
	queue_end(r, &tx);
}

/* The last queue of each direction. A queue needs the transmit unit to be enabled. */
static void
test_last_queue(void **state)
{
	struct nic_drv *r = *state;
	struct queue q;

	wr(r, SL_82599_TXDCTL, 127, SL_XDCTL_ENABLE);
	assert_int_equal(rdi(r, SL_82599_TXDCTL, 127), 0);
	wr(r, SL_82599_TXDCTL, 127, 0);
	tx_start(r, &q, 127);
	assert_int_equal(rdi(r, SL_82599_TXDCTL, 127), SL_XDCTL_ENABLE);
	tx_one(r, &q, 60);
	assert_int_equal(drv_wire_out(r).len, 60);
	assert_true((q.tx[0].wb.status & SL_TXD_STAT_DD) != 0);
	wr(r, SL_82599_CTRL, 0, SL_82599_CTRL_RST);
	queue_end(r, &q);
	rx_start(r, &q, 127, 2);
	assert_int_equal(rdi(r, SL_82599_RXDCTL, 127), SL_XDCTL_ENABLE);
	assert_int_equal(rdi(r, SL_82599_RDT, 127), DESCS - 1);
	wr(r, SL_82599_CTRL, 0, SL_82599_CTRL_RST);
	queue_end(r, &q);
}

/*
 * TCP segmentation with the masks of DTXTCPFLGL and DTXTCPFLGH, and tags of the type in DMATXCTL.
 */
static void
test_segments(void **state)
{
	const struct frame_spec ip = {.version = 4, .proto = FRAME_TCP, .payload = 300};
	struct nic_drv *r = *state;
	struct queue q;
	struct drv_frame f;
	struct frame_layout l;
	uint8_t *data;
	unsigned int i;

	tx_start(r, &q, 0);
	data = q.data.va;
	l = frame_build(data, &ip);
	data[l.l4 + 13] = UINT8_MAX; /* all flags */
	wr(r, SL_82599_DTXTCPFLGL, 0, 0x0F020F01);
	wr(r, SL_82599_DTXTCPFLGH, 0, 0x0F04);
	wr(r, SL_82599_DMATXCTL, 0, SL_82599_DMATXCTL_TE | SL_PREP(SL_82599_DMATXCTL_VT, 0x9100));
	q.tx[0].ctx.vlan_macip = SL_PREP(SL_TXC_VLAN, 7) | SL_PREP(SL_TXC_MACLEN, l.l3) |
		SL_PREP(SL_TXC_IPLEN, l.l4 - l.l3);
	q.tx[0].ctx.tucmd = SL_PREP(SL_TXD_DTYP, SL_TXD_DTYP_CTX) | SL_TXD_DCMD_DEXT |
		SL_TXC_TUCMD_IPV4 | SL_PREP(SL_TXC_TUCMD_L4T, SL_L4T_TCP);
	q.tx[0].ctx.mss_l4 = SL_PREP(SL_TXC_MSS, 100) | SL_PREP(SL_TXC_L4LEN, l.payload - l.l4);
	q.tx[1].read.addr = q.data.iova;
	q.tx[1].read.cmd = SL_PREP(SL_TXD_DTALEN, l.len) | SL_PREP(SL_TXD_DTYP, SL_TXD_DTYP_DATA) |
		SL_TXD_DCMD_DEXT | SL_TXD_DCMD_EOP | SL_TXD_DCMD_IFCS | SL_TXD_DCMD_TSE |
		SL_TXD_DCMD_VLE;
	q.tx[1].read.olinfo = SL_PREP(SL_TXD_PAYLEN, 300) | SL_TXD_POPTS_IXSM | SL_TXD_POPTS_TXSM;
	wr(r, SL_82599_TDT, 0, 2);
	drv_run(r);
	for (i = 0; i < 3; i++) {
		static const uint8_t flags[] = {1, 2, 4};

		f = drv_wire_out(r);
		assert_int_equal(f.len, l.payload + 100 + 4);
		assert_int_equal(frame_get16(f.data + 12), 0x9100);
		assert_int_equal(frame_get16(f.data + 14), 7);
		assert_int_equal(f.data[4 + l.l4 + 13], flags[i]);
	}
	assert_int_equal(drv_wire_out(r).len, 0);
	wr(r, SL_82599_CTRL, 0, SL_82599_CTRL_RST);
	queue_end(r, &q);
}

/* One frame in each direction, with register access only. */
static void
test_frames(void **state)
{
	struct nic_drv *r = *state;
	struct sl_region ring = drv_alloc(r, "ring", 2 * SL_QUEUE_RING_ALIGN);
	struct sl_region data = drv_alloc(r, "data", 2 * DRV_BUF);
	union sl_rx_desc *rx = ring.va;
	union sl_tx_desc *tx = (union sl_tx_desc *)((uint8_t *)ring.va + SL_QUEUE_RING_ALIGN);
	uint64_t seed = rng_seed(0);
	struct drv_frame sent;
	uint8_t frame[100];

	frame_ether(frame, sizeof(frame), drv_mac, rng_next(&seed));
	rx[0].read.pkt_addr = data.iova;
	wr(r, SL_82599_RDBAL, 0, (uint32_t)ring.iova);
	wr(r, SL_82599_RDBAH, 0, (uint32_t)(ring.iova >> 32));
	wr(r, SL_82599_RDLEN, 0, SL_QUEUE_RING_ALIGN);
	wr(r, SL_82599_SRRCTL, 0, 2 | SL_PREP(SL_SRRCTL_DESCTYPE, SL_DESCTYPE_ADV_ONEBUF));
	wr(r, SL_82599_HLREG0, 0, SL_82599_HLREG0_RXCRCSTRP);
	wr(r, SL_82599_RXDCTL, 0, SL_XDCTL_ENABLE);
	wr(r, SL_82599_RXCTRL, 0, SL_82599_RXCTRL_RXEN);
	wr(r, SL_82599_RDT, 0, 1);
	drv_wire_in(r, frame, sizeof(frame));
	drv_run(r);
	assert_true((rx[0].wb.status & SL_RXD_STAT_DD) != 0);
	assert_int_equal(rx[0].wb.length, sizeof(frame));
	assert_memory_equal(data.va, frame, sizeof(frame));

	tx[0].read.addr = data.iova;
	tx[0].read.cmd = SL_PREP(SL_TXD_DTALEN, sizeof(frame)) |
		SL_PREP(SL_TXD_DTYP, SL_TXD_DTYP_DATA) | SL_TXD_DCMD_DEXT | SL_TXD_DCMD_EOP |
		SL_TXD_DCMD_IFCS | SL_TXD_DCMD_RS;
	tx[0].read.olinfo = SL_PREP(SL_TXD_PAYLEN, sizeof(frame));
	wr(r, SL_82599_TDBAL, 0, (uint32_t)ring.iova + SL_QUEUE_RING_ALIGN);
	wr(r, SL_82599_TDBAH, 0, (uint32_t)(ring.iova >> 32));
	wr(r, SL_82599_TDLEN, 0, SL_QUEUE_RING_ALIGN);
	wr(r, SL_82599_DMATXCTL, 0, SL_82599_DMATXCTL_TE);
	wr(r, SL_82599_TXDCTL, 0, SL_XDCTL_ENABLE);
	wr(r, SL_82599_TDT, 0, 1);
	drv_run(r);
	sent = drv_wire_out(r);
	assert_int_equal(sent.len, sizeof(frame));
	assert_memory_equal(sent.data, frame, sizeof(frame));
	assert_int_equal(tx[0].wb.status & SL_TXD_STAT_DD, SL_TXD_STAT_DD);
	wr(r, SL_82599_CTRL, 0, SL_82599_CTRL_RST);
	assert_int_equal(sl_region_free(r->adapter, &ring), 0);
	assert_int_equal(sl_region_free(r->adapter, &data), 0);
}

int
main(void)
{
#define DEVICE_TEST(f) cmocka_unit_test_setup_teardown(f, ixgbe_setup, ixgbe_teardown)
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_table),
		DEVICE_TEST(test_everywhere),
		DEVICE_TEST(test_nvm),
		DEVICE_TEST(test_values),
		DEVICE_TEST(test_reset),
		DEVICE_TEST(test_probe),
		DEVICE_TEST(test_link),
		DEVICE_TEST(test_link_modes),
		DEVICE_TEST(test_places),
		DEVICE_TEST(test_filters),
		DEVICE_TEST(test_lengths),
		DEVICE_TEST(test_rss),
		DEVICE_TEST(test_no_queue),
		DEVICE_TEST(test_error_bit),
		DEVICE_TEST(test_faults),
		DEVICE_TEST(test_vlan),
		DEVICE_TEST(test_checksums),
		DEVICE_TEST(test_security),
		DEVICE_TEST(test_last_queue),
		DEVICE_TEST(test_segments),
		DEVICE_TEST(test_frames),
	};

	return cmocka_run_group_tests_name("softixgbe", tests, NULL, NULL);
}
