/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 *
 * The software NIC's face of an 82599.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "sl_regs_82599.h"
#include "sl_softnic_82599.h"
#include "softnic_drv.h"

/** A rig, and the face on its device. */
struct face {
	struct rig *r;
	struct sl_softnic_82599 *x;
	struct sl_bus bus;
};

static int
face_setup(void **state)
{
	struct face *f = calloc(1, sizeof(*f));
	void *rig;

	assert_non_null(f);
	assert_int_equal(rig_setup(&rig), 0);
	f->r = rig;
	assert_int_equal(sl_softnic_82599_create(f->r->nic, &f->x), 0);
	f->bus = sl_softnic_82599_bus(f->x);
	*state = f;
	return 0;
}

static int
face_teardown(void **state)
{
	struct face *f = *state;
	void *rig = f->r;

	sl_softnic_82599_destroy(f->x);
	assert_int_equal(rig_teardown(&rig), 0);
	free(f);
	return 0;
}

static uint32_t
off(enum sl_82599_reg reg, unsigned int i)
{
	assert_true(i < sl_82599_table[reg].count);
	return sl_82599_table[reg].offset + i * sl_82599_table[reg].stride;
}

static uint32_t
rd(struct face *f, enum sl_82599_reg reg)
{
	return sl_bus_read(&f->bus, off(reg, 0));
}

static void
wr(struct face *f, enum sl_82599_reg reg, unsigned int i, uint32_t val)
{
	sl_bus_write(&f->bus, off(reg, i), val);
}

/* Rows and aliases lie in the BAR, on words, and none on another. */
static void
test_table(void **state)
{
	uint8_t *used = calloc(SL_82599_BAR_SIZE, 1);
	unsigned int i, e;

	(void)state;
	assert_non_null(used);
	for (i = 0; i < sl_82599_range_count; i++) {
		const struct sl_reg_range *r = &sl_82599_ranges[i];

		for (e = 0; e < r->count; e++) {
			uint32_t at = r->offset + e * r->stride;

			assert_true(at < SL_82599_BAR_SIZE && at % 4 == 0);
			assert_int_equal(used[at % SL_82599_BAR_SIZE], 0);
			used[at % SL_82599_BAR_SIZE] = 1;
		}
	}
	free(used);
}

/* What is nobody's reads zero and takes anything; every offset can be asked for. */
static void
test_everywhere(void **state)
{
	struct face *f = *state;
	uint64_t seed = rig_seed();
	unsigned int i;

	assert_int_equal(sl_bus_read(&f->bus, 0x0FFFC), 0);
	assert_int_equal(sl_bus_read(&f->bus, SL_82599_BAR_SIZE), 0);
	for (i = 0; i < 200000; i++) {
		uint32_t at = (uint32_t)rig_random(&seed) % (SL_82599_BAR_SIZE + 64);

		if (rig_random(&seed) % 2 != 0)
			sl_bus_write(&f->bus, at, (uint32_t)rig_random(&seed));
		else
			(void)sl_bus_read(&f->bus, at);
	}
	/* Whatever that left behind, a reset mends. */
	wr(f, SL_82599_CTRL, 0, SL_CTRL_RST);
	assert_int_equal(rd(f, SL_82599_CTRL), 0);
	assert_int_equal(rd(f, SL_82599_RXCTRL), 0);
	assert_int_equal(rd(f, SL_82599_RAL),
		rig_mac[0] | rig_mac[1] << 8 | rig_mac[2] << 16 | (uint32_t)rig_mac[3] << 24);
}

static uint16_t
nvm(struct face *f, uint32_t word)
{
	wr(f, SL_82599_EERD, 0, SL_EERD_START | SL_PREP(SL_EERD_ADDR, word));
	assert_true((rd(f, SL_82599_EERD) & SL_EERD_DONE) != 0);
	return (uint16_t)SL_GET(SL_EERD_DATA, rd(f, SL_82599_EERD));
}

/* What a driver asks before it believes in the device. */
static void
test_probe(void **state)
{
	struct face *f = *state;
	uint16_t sum = 0;
	unsigned int i;

	for (i = 0; i <= SL_NVM_CHECKSUM; i++)
		sum = (uint16_t)(sum + nvm(f, i));
	assert_int_equal(sum, SL_NVM_SUM);
	/* The semaphore: who reads zero holds it. */
	assert_int_equal(rd(f, SL_82599_SWSM) & SL_SWSM_SMBI, 0);
	assert_int_equal(rd(f, SL_82599_SWSM) & SL_SWSM_SMBI, SL_SWSM_SMBI);
	wr(f, SL_82599_SWSM, 0, 0);
	assert_int_equal(rd(f, SL_82599_SWSM) & SL_SWSM_SMBI, 0);
	/* Masters go when they are told to, and come back with a reset. */
	assert_true((rd(f, SL_82599_STATUS) & SL_STATUS_GIO_MASTER_ENABLE) != 0);
	wr(f, SL_82599_CTRL, 0, SL_CTRL_GIO_MASTER_DISABLE);
	assert_int_equal(rd(f, SL_82599_STATUS) & SL_STATUS_GIO_MASTER_ENABLE, 0);
	wr(f, SL_82599_CTRL, 0, SL_82599_CTRL_LNK_RST);
	assert_true((rd(f, SL_82599_STATUS) & SL_STATUS_GIO_MASTER_ENABLE) != 0);
	/* Nobody on the MDI bus; commands end. */
	wr(f, SL_82599_MSCA, 0, SL_82599_MSCA_COMMAND);
	assert_int_equal(rd(f, SL_82599_MSCA), 0);
	assert_int_equal(rd(f, SL_82599_MSRWD) >> 16, UINT16_MAX);
	/* Masks: set by one register, cleared by another. */
	wr(f, SL_82599_EIMS, 0, 6);
	wr(f, SL_82599_EIMC, 0, 2);
	assert_int_equal(rd(f, SL_82599_EIMS), 4);
}

static void
test_link(void **state)
{
	const uint32_t up = SL_82599_LINKS_UP | SL_PREP(SL_82599_LINKS_SPEED, SL_82599_SPEED_10G);
	struct face *f = *state;

	rig_run(f->r);
	assert_int_equal(rd(f, SL_82599_LINKS), up);
	f->r->wire->up = false;
	rig_run(f->r);
	assert_int_equal(rd(f, SL_82599_LINKS), 0);
	f->r->wire->up = true;
	rig_run(f->r);
	assert_int_equal(rd(f, SL_82599_LINKS), up);
}

/* Registers whose fields lie elsewhere, as the 82576 underneath has them then. */
static void
test_translated(void **state)
{
	struct face *f = *state;
	const struct sl_bus *core = &f->r->bus;

	wr(f, SL_82599_SRRCTL, 3, SL_82599_DROP_EN | 4);
	assert_int_equal(SL_RD(core, SRRCTL, 3), SL_SRRCTL_DROP_EN | 4);
	/* Two addresses, one register. */
	assert_int_equal(sl_bus_read(&f->bus, 0x0210C), SL_82599_DROP_EN | 4);
	wr(f, SL_82599_MRQC, 0, SL_82599_MRQC_RSS | SL_MRQC_RSS_IPV4_UDP);
	assert_int_equal(SL_RD(core, MRQC, 0),
		SL_PREP(SL_MRQC_ENABLE, SL_MRQC_RSS_4Q) | SL_MRQC_RSS_IPV4_UDP);
	wr(f, SL_82599_MRQC, 0, 0);
	assert_int_equal(SL_RD(core, MRQC, 0), 0);
	wr(f, SL_82599_FCTRL, 0, SL_82599_FCTRL_UPE | SL_82599_FCTRL_BAM);
	wr(f, SL_82599_HLREG0, 0, SL_82599_HLREG0_RXCRCSTRP | SL_82599_HLREG0_JUMBOEN);
	wr(f, SL_82599_MAXFRS, 0, SL_PREP(SL_82599_MAXFRS_MFS, 9018));
	assert_int_equal(
		SL_RD(core, RCTL, 0), SL_RCTL_UPE | SL_RCTL_BAM | SL_RCTL_SECRC | SL_RCTL_LPE);
	assert_int_equal(SL_RD(core, RLPML, 0), 9018);
	wr(f, SL_82599_RXCTRL, 0, SL_82599_RXCTRL_RXEN);
	assert_true((SL_RD(core, RCTL, 0) & SL_RCTL_RXEN) != 0);
	wr(f, SL_82599_DMATXCTL, 0, SL_82599_DMATXCTL_TE);
	assert_int_equal(SL_RD(core, TCTL, 0), SL_TCTL_EN);
	/* Doorbells are the device's own words. */
	assert_ptr_equal(f->bus.ops->doorbell(f->bus.dev, off(SL_82599_RDT, 5)),
		sl_softnic_doorbell(f->r->nic, SL_OFF(RDT, 5)));
	assert_ptr_equal(f->bus.ops->doorbell(f->bus.dev, off(SL_82599_TDT, 15)),
		sl_softnic_doorbell(f->r->nic, SL_OFF(TDT, 15)));
	assert_null(f->bus.ops->doorbell(f->bus.dev, off(SL_82599_RDH, 0)));
}

/* A frame each way, through nothing but this face. */
static void
test_frames(void **state)
{
	struct face *f = *state;
	struct sl_region ring = rig_alloc(f->r, "ring", 2 * SL_QUEUE_RING_ALIGN);
	struct sl_region data = rig_alloc(f->r, "data", 2 * RIG_BUF);
	union sl_rx_desc *rx = ring.va;
	union sl_tx_desc *tx = (union sl_tx_desc *)((uint8_t *)ring.va + SL_QUEUE_RING_ALIGN);
	uint64_t seed = rig_seed();
	struct rig_frame sent;
	uint8_t frame[100];

	rig_frame_fill(&seed, frame, sizeof(frame), rig_mac);
	rx[0].read.pkt_addr = data.iova;
	wr(f, SL_82599_RDBAL, 0, (uint32_t)ring.iova);
	wr(f, SL_82599_RDBAH, 0, (uint32_t)(ring.iova >> 32));
	wr(f, SL_82599_RDLEN, 0, SL_QUEUE_RING_ALIGN);
	wr(f, SL_82599_SRRCTL, 0, 2 | SL_PREP(SL_SRRCTL_DESCTYPE, SL_DESCTYPE_ADV_ONEBUF));
	wr(f, SL_82599_HLREG0, 0, SL_82599_HLREG0_RXCRCSTRP);
	wr(f, SL_82599_RXDCTL, 0, SL_XDCTL_ENABLE);
	wr(f, SL_82599_RXCTRL, 0, SL_82599_RXCTRL_RXEN);
	wr(f, SL_82599_RDT, 0, 1);
	rig_wire_in(f->r, frame, sizeof(frame));
	rig_run(f->r);
	assert_true((rx[0].wb.status & SL_RXD_STAT_DD) != 0);
	assert_int_equal(rx[0].wb.length, sizeof(frame));
	assert_memory_equal(data.va, frame, sizeof(frame));

	tx[0].read.addr = data.iova;
	tx[0].read.cmd = SL_PREP(SL_TXD_DTALEN, sizeof(frame)) |
		SL_PREP(SL_TXD_DTYP, SL_TXD_DTYP_DATA) | SL_TXD_DCMD_DEXT | SL_TXD_DCMD_EOP |
		SL_TXD_DCMD_IFCS | SL_TXD_DCMD_RS;
	tx[0].read.olinfo = SL_PREP(SL_TXD_PAYLEN, sizeof(frame));
	wr(f, SL_82599_TDBAL, 0, (uint32_t)ring.iova + SL_QUEUE_RING_ALIGN);
	wr(f, SL_82599_TDBAH, 0, (uint32_t)(ring.iova >> 32));
	wr(f, SL_82599_TDLEN, 0, SL_QUEUE_RING_ALIGN);
	wr(f, SL_82599_DMATXCTL, 0, SL_82599_DMATXCTL_TE);
	wr(f, SL_82599_TXDCTL, 0, SL_XDCTL_ENABLE);
	wr(f, SL_82599_TDT, 0, 1);
	rig_run(f->r);
	sent = rig_wire_out(f->r);
	assert_int_equal(sent.len, sizeof(frame));
	assert_memory_equal(sent.data, frame, sizeof(frame));
	assert_int_equal(tx[0].wb.status & SL_TXD_STAT_DD, SL_TXD_STAT_DD);
	wr(f, SL_82599_CTRL, 0, SL_CTRL_RST);
	assert_int_equal(sl_region_free(f->r->adapter, &ring), 0);
	assert_int_equal(sl_region_free(f->r->adapter, &data), 0);
}

int
main(void)
{
#define FACE_TEST(f) cmocka_unit_test_setup_teardown(f, face_setup, face_teardown)
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_table),
		FACE_TEST(test_everywhere),
		FACE_TEST(test_probe),
		FACE_TEST(test_link),
		FACE_TEST(test_translated),
		FACE_TEST(test_frames),
	};

	return cmocka_run_group_tests_name("softnic_82599", tests, NULL, NULL);
}
