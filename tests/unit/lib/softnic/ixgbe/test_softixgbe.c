/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */

/*
 * The software NIC as an 82599.
 */

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "sl_regs_82599.h"
#include "softnic_drv.h"

#define DESCS (SL_QUEUE_RING_ALIGN / SL_DESC_SIZE)

static int
setup(void **state)
{
	return rig_setup_device(state, "82599");
}

/* By its own registers: then nothing is outstanding. */
static int
teardown(void **state)
{
	struct rig *r = *state;

	sl_bus_write(&r->bus, sl_82599_table[SL_82599_CTRL].offset, SL_82599_CTRL_RST);
	return rig_teardown(state);
}

static uint32_t
off(enum sl_82599_reg reg, unsigned int i)
{
	assert_true(i < sl_82599_table[reg].count);
	return sl_82599_table[reg].offset + i * sl_82599_table[reg].stride;
}

static uint32_t
rd(struct rig *r, enum sl_82599_reg reg)
{
	return sl_bus_read(&r->bus, off(reg, 0));
}

static void
wr(struct rig *r, enum sl_82599_reg reg, unsigned int i, uint32_t val)
{
	sl_bus_write(&r->bus, off(reg, i), val);
}

/* Rows and aliases lie in the BAR, on words, and none on another. */
static void
test_table(void **state)
{
	uint8_t *used = calloc(SL_82599_BAR_SIZE, 1);
	unsigned int i, e;

	(void)state;
	assert_non_null(used);
	for (i = 0; i < sl_reg_ranges(&sl_regs_82599); i++) {
		const struct sl_reg_range range = sl_reg_range(&sl_regs_82599, i);

		for (e = 0; e < range.count; e++) {
			uint32_t at = range.offset + e * range.stride;

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
	struct rig *r = *state;
	uint64_t seed = rig_seed();
	uint8_t frame[1060];
	unsigned int i;

	assert_int_equal(sl_bus_read(&r->bus, 0x0FFFC), 0);
	assert_int_equal(sl_bus_read(&r->bus, SL_82599_BAR_SIZE), 0);
	for (i = 0; i < 200000; i++) {
		uint32_t at = (uint32_t)rig_random(&seed) % (SL_82599_BAR_SIZE + 64);

		/* Now and then the switches of receive and transmit, and a frame. */
		if (rig_random(&seed) % 64 == 0) {
			wr(r, SL_82599_RXCTRL, 0, SL_82599_RXCTRL_RXEN);
			wr(r, SL_82599_DMATXCTL, 0, SL_82599_DMATXCTL_TE);
			wr(r, SL_82599_FCTRL, 0, SL_82599_FCTRL_UPE);
			wr(r, SL_82599_CTRL, 0, 0);
			rig_frame_fill(&seed, frame, sizeof(frame), rig_mac);
			r->wire->in.n = 0;
			rig_wire_in(r, frame, 60 + (uint32_t)rig_random(&seed) % 1000);
			(void)sl_softnic_step(r->nic, 32);
			while (rig_wire_out(r).len != 0)
				;
		}
		if (rig_random(&seed) % 2 != 0)
			sl_bus_write(&r->bus, at, (uint32_t)rig_random(&seed));
		else
			(void)sl_bus_read(&r->bus, at);
	}
	/* Whatever that left behind, a reset mends. */
	wr(r, SL_82599_CTRL, 0, SL_82599_CTRL_RST);
	assert_int_equal(rd(r, SL_82599_CTRL), 0);
	assert_int_equal(rd(r, SL_82599_RXCTRL), 0);
	assert_int_equal(rd(r, SL_82599_RAL),
		rig_mac[0] | rig_mac[1] << 8 | rig_mac[2] << 16 | (uint32_t)rig_mac[3] << 24);
}

static uint16_t
nvm(struct rig *r, uint32_t word)
{
	wr(r, SL_82599_EERD, 0, SL_82599_EERD_START | SL_PREP(SL_82599_EERD_ADDR, word));
	assert_true((rd(r, SL_82599_EERD) & SL_82599_EERD_DONE) != 0);
	return (uint16_t)SL_GET(SL_82599_EERD_DATA, rd(r, SL_82599_EERD));
}

/* What a driver asks before it believes in the device. */
static void
test_probe(void **state)
{
	struct rig *r = *state;
	uint16_t sum = 0;
	unsigned int i;

	for (i = 0; i <= SL_82599_NVM_CHECKSUM; i++)
		sum = (uint16_t)(sum + nvm(r, i));
	assert_int_equal(sum, SL_82599_NVM_SUM);
	/* The semaphore: who reads zero holds it. */
	assert_int_equal(rd(r, SL_82599_SWSM) & SL_82599_SWSM_SMBI, 0);
	assert_int_equal(rd(r, SL_82599_SWSM) & SL_82599_SWSM_SMBI, SL_82599_SWSM_SMBI);
	wr(r, SL_82599_SWSM, 0, 0);
	assert_int_equal(rd(r, SL_82599_SWSM) & SL_82599_SWSM_SMBI, 0);
	/* Masters go when they are told to, and come back with a reset. */
	assert_true((rd(r, SL_82599_STATUS) & SL_82599_STATUS_GIO) != 0);
	wr(r, SL_82599_CTRL, 0, SL_82599_CTRL_GIO_DIS);
	assert_int_equal(rd(r, SL_82599_STATUS) & SL_82599_STATUS_GIO, 0);
	wr(r, SL_82599_CTRL, 0, SL_82599_CTRL_LNK_RST);
	assert_true((rd(r, SL_82599_STATUS) & SL_82599_STATUS_GIO) != 0);
	/* Nobody on the MDI bus; commands end. */
	wr(r, SL_82599_MSCA, 0, SL_82599_MSCA_COMMAND);
	assert_int_equal(rd(r, SL_82599_MSCA), 0);
	assert_int_equal(rd(r, SL_82599_MSRWD) >> 16, UINT16_MAX);
	/* Masks: set by one register, cleared by another. */
	wr(r, SL_82599_EIMS, 0, 6);
	wr(r, SL_82599_EIMC, 0, 2);
	assert_int_equal(rd(r, SL_82599_EIMS), 4);
}

static void
test_link(void **state)
{
	const uint32_t up = SL_82599_LINKS_UP | SL_PREP(SL_82599_LINKS_SPEED, SL_82599_SPEED_10G);
	struct rig *r = *state;

	rig_run(r);
	assert_int_equal(rd(r, SL_82599_LINKS), up);
	r->wire->up = false;
	rig_run(r);
	assert_int_equal(rd(r, SL_82599_LINKS), 0);
	r->wire->up = true;
	rig_run(r);
	assert_int_equal(rd(r, SL_82599_LINKS), up);
}

/* Two addresses, one register; a doorbell is the device's own word. */
static void
test_places(void **state)
{
	struct rig *r = *state;

	wr(r, SL_82599_SRRCTL, 3, SL_82599_DROP_EN | 4);
	assert_int_equal(sl_bus_read(&r->bus, 0x0210C), SL_82599_DROP_EN | 4);
	assert_ptr_equal(sl_softnic_doorbell(r->nic, off(SL_82599_RDT, 5)),
		sl_softnic_tail(r->nic, false, 5));
	assert_ptr_equal(sl_softnic_doorbell(r->nic, off(SL_82599_TDT, 15)),
		sl_softnic_tail(r->nic, true, 15));
	assert_null(sl_softnic_doorbell(r->nic, off(SL_82599_RDH, 0)));
	assert_null(sl_softnic_tail(r->nic, false, SL_82599_QUEUES));
	wr(r, SL_82599_RDT, 5, 7);
	assert_int_equal(*sl_softnic_tail(r->nic, false, 5), 7);
}

/* Memory of a receive queue. */
struct queue {
	struct sl_region ring, data;
	union sl_rx_desc *rx;
	uint32_t next;
};

static void
rx_start(struct rig *r, struct queue *q, unsigned int id, uint32_t kib)
{
	unsigned int i;

	*q = (struct queue){.ring = rig_alloc(r, "ring", SL_QUEUE_RING_ALIGN),
		.data = rig_alloc(r, "data", DESCS * kib * 1024)};
	q->rx = q->ring.va;
	for (i = 0; i < DESCS; i++)
		q->rx[i].read.pkt_addr = q->data.iova + i * kib * 1024;
	wr(r, SL_82599_RDBAL, id, (uint32_t)q->ring.iova);
	wr(r, SL_82599_RDBAH, id, (uint32_t)(q->ring.iova >> 32));
	wr(r, SL_82599_RDLEN, id, SL_QUEUE_RING_ALIGN);
	wr(r, SL_82599_SRRCTL, id,
		kib | SL_PREP(SL_82599_SRRCTL_DESCTYPE, SL_82599_DESCTYPE_ADV_ONEBUF));
	wr(r, SL_82599_RXDCTL, id, SL_XDCTL_ENABLE);
	wr(r, SL_82599_RDT, id, DESCS - 1);
}

static void
rx_end(struct rig *r, struct queue *q)
{
	assert_int_equal(sl_region_free(r->adapter, &q->ring), 0);
	assert_int_equal(sl_region_free(r->adapter, &q->data), 0);
}

/* Send a frame in: bytes that queue @p q got of it, 0 for none. Its descriptor is used up. */
static uint32_t
rx_one(struct rig *r, struct queue *q, const void *frame, uint32_t len, union sl_rx_desc *wb)
{
	const union sl_rx_desc *d = &q->rx[q->next % DESCS];

	rig_wire_in(r, frame, len);
	rig_run(r);
	if ((d->wb.status & SL_RXD_STAT_DD) == 0)
		return 0;
	*wb = *d;
	q->next++;
	return wb->wb.length;
}

/* What FCTRL, MCSTCTRL, RAL and MTA say of a frame's address. */
static void
test_filters(void **state)
{
	static const uint8_t other[6] = {2, 9, 9, 9, 9, 9}, multi[6] = {3, 0, 0, 0, 0x20, 0x01};
	/* 7.1.1: twelve bits of the address from its bit 36, 47, and so on down by MO. */
	const uint32_t hash = (multi[5] << 8 | multi[4]) >> 4 & UINT16_MAX;
	struct rig *r = *state;
	uint64_t seed = rig_seed();
	uint8_t frame[60];
	union sl_rx_desc wb = {0};
	struct queue q;

	rx_start(r, &q, 0, 2);
	wr(r, SL_82599_HLREG0, 0, SL_82599_HLREG0_RXCRCSTRP);
	wr(r, SL_82599_RXCTRL, 0, SL_82599_RXCTRL_RXEN);
	rig_frame_fill(&seed, frame, sizeof(frame), other);
	assert_int_equal(rx_one(r, &q, frame, sizeof(frame), &wb), 0);
	wr(r, SL_82599_FCTRL, 0, SL_82599_FCTRL_UPE);
	assert_int_equal(rx_one(r, &q, frame, sizeof(frame), &wb), sizeof(frame));
	assert_true((wb.wb.status & SL_RXD_STAT_PIF) != 0);
	rig_frame_fill(&seed, frame, sizeof(frame), rig_broadcast);
	assert_int_equal(rx_one(r, &q, frame, sizeof(frame), &wb), 0);
	wr(r, SL_82599_FCTRL, 0, SL_82599_FCTRL_BAM);
	assert_int_equal(rx_one(r, &q, frame, sizeof(frame), &wb), sizeof(frame));
	assert_int_equal(wb.wb.status & SL_RXD_STAT_PIF, 0);
	rig_frame_fill(&seed, frame, sizeof(frame), multi);
	wr(r, SL_82599_MTA, hash / 32, SL_BIT(hash % 32));
	assert_int_equal(rx_one(r, &q, frame, sizeof(frame), &wb), 0);
	wr(r, SL_82599_MCSTCTRL, 0, SL_82599_MCSTCTRL_MFE);
	assert_int_equal(rx_one(r, &q, frame, sizeof(frame), &wb), sizeof(frame));
	wr(r, SL_82599_MCSTCTRL, 0, SL_82599_MCSTCTRL_MFE | SL_PREP(SL_82599_MCSTCTRL_MO, 3));
	assert_int_equal(rx_one(r, &q, frame, sizeof(frame), &wb), 0);
	wr(r, SL_82599_FCTRL, 0, SL_82599_FCTRL_MPE);
	assert_int_equal(rx_one(r, &q, frame, sizeof(frame), &wb), sizeof(frame));
	/* A second address, and none once it is not valid. */
	rig_frame_fill(&seed, frame, sizeof(frame), other);
	wr(r, SL_82599_RAL, 15, other[0] | other[1] << 8 | other[2] << 16 | other[3] << 24);
	wr(r, SL_82599_RAH, 15, SL_82599_RAH_AV | other[4] | other[5] << 8);
	assert_int_equal(rx_one(r, &q, frame, sizeof(frame), &wb), sizeof(frame));
	wr(r, SL_82599_RAH, 15, other[4] | other[5] << 8);
	assert_int_equal(rx_one(r, &q, frame, sizeof(frame), &wb), 0);
	wr(r, SL_82599_CTRL, 0, SL_82599_CTRL_RST);
	rx_end(r, &q);
}

/* The longest frame by HLREG0 and MAXFRS, and whether its FCS is delivered. */
static void
test_lengths(void **state)
{
	static uint8_t frame[4096];
	struct rig *r = *state;
	uint64_t seed = rig_seed();
	union sl_rx_desc wb = {0};
	struct queue q;

	rx_start(r, &q, 0, 4);
	rig_frame_fill(&seed, frame, sizeof(frame), rig_mac);
	wr(r, SL_82599_HLREG0, 0, SL_82599_HLREG0_RXCRCSTRP);
	wr(r, SL_82599_MAXFRS, 0, SL_PREP(SL_82599_MAXFRS_MFS, 2000));
	wr(r, SL_82599_RXCTRL, 0, SL_82599_RXCTRL_RXEN);
	assert_int_equal(rx_one(r, &q, frame, 1514, &wb), 1514);
	assert_int_equal(rx_one(r, &q, frame, 1515, &wb), 0);
	wr(r, SL_82599_HLREG0, 0, SL_82599_HLREG0_RXCRCSTRP | SL_82599_HLREG0_JUMBOEN);
	assert_int_equal(rx_one(r, &q, frame, 1996, &wb), 1996);
	assert_int_equal(rx_one(r, &q, frame, 1997, &wb), 0);
	wr(r, SL_82599_HLREG0, 0, SL_82599_HLREG0_JUMBOEN);
	assert_int_equal(rx_one(r, &q, frame, 1996, &wb), 2000);
	wr(r, SL_82599_CTRL, 0, SL_82599_CTRL_RST);
	rx_end(r, &q);
}

/* MRQC, RETA and RXCSUM.PCSD: which queue, and what stands in the hash's field. */
static void
test_rss(void **state)
{
	const struct rig_ip ip = {.version = 4, .proto = RIG_UDP, .payload = 20};
	struct rig *r = *state;
	uint8_t frame[RIG_BUF];
	union sl_rx_desc wb = {0};
	struct queue q[2];
	uint32_t len, i;

	rx_start(r, &q[0], 0, 2);
	rx_start(r, &q[1], 9, 2);
	len = rig_ip_frame(frame, &ip).len;
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
	rx_end(r, &q[0]);
	rx_end(r, &q[1]);
}

/* Receive is on and no queue is: frames go nowhere, nor into buffers of no bytes. */
static void
test_no_queue(void **state)
{
	struct rig *r = *state;
	uint64_t seed = rig_seed();
	uint8_t frame[60];
	union sl_rx_desc wb = {0};
	struct sl_softnic_stats stats;
	struct queue q;

	rig_frame_fill(&seed, frame, sizeof(frame), rig_mac);
	wr(r, SL_82599_RXCTRL, 0, SL_82599_RXCTRL_RXEN);
	rig_wire_in(r, frame, sizeof(frame));
	rig_run(r);
	rx_start(r, &q, 0, 2);
	wr(r, SL_82599_SRRCTL, 0, SL_PREP(SL_82599_SRRCTL_DESCTYPE, SL_82599_DESCTYPE_ADV_ONEBUF));
	assert_int_equal(rx_one(r, &q, frame, sizeof(frame), &wb), 0);
	sl_softnic_stats(r->nic, &stats);
	assert_int_equal(stats.rx_frames, 0);
	assert_int_equal(stats.rx_no_desc, 2);
	wr(r, SL_82599_CTRL, 0, SL_82599_CTRL_RST);
	rx_end(r, &q);
}

/* A buffer outside the window: the error bit is where this family has it. */
static void
test_error_bit(void **state)
{
	struct rig *r = *state;
	uint64_t seed = rig_seed();
	uint8_t frame[60];
	union sl_rx_desc wb = {0};
	struct queue q;

	rx_start(r, &q, 0, 2);
	q.rx[0].read.pkt_addr = UINT64_C(1) << 60;
	rig_frame_fill(&seed, frame, sizeof(frame), rig_mac);
	wr(r, SL_82599_HLREG0, 0, SL_82599_HLREG0_RXCRCSTRP);
	wr(r, SL_82599_RXCTRL, 0, SL_82599_RXCTRL_RXEN);
	assert_int_equal(rx_one(r, &q, frame, sizeof(frame), &wb), sizeof(frame));
	assert_int_equal(
		wb.wb.status & (SL_IXGBE_RXD_ERR_RXE | SL_IXGBE_RXD_ERR_IPE), SL_IXGBE_RXD_ERR_RXE);
	wr(r, SL_82599_CTRL, 0, SL_82599_CTRL_RST);
	rx_end(r, &q);
}

/* Faults of the device are this model's too: a reset that hangs, a queue that stays. */
static void
test_faults(void **state)
{
	struct rig *r = *state;

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

/* A frame each way, through nothing but these registers. */
static void
test_frames(void **state)
{
	struct rig *r = *state;
	struct sl_region ring = rig_alloc(r, "ring", 2 * SL_QUEUE_RING_ALIGN);
	struct sl_region data = rig_alloc(r, "data", 2 * RIG_BUF);
	union sl_rx_desc *rx = ring.va;
	union sl_tx_desc *tx = (union sl_tx_desc *)((uint8_t *)ring.va + SL_QUEUE_RING_ALIGN);
	uint64_t seed = rig_seed();
	struct rig_frame sent;
	uint8_t frame[100];

	rig_frame_fill(&seed, frame, sizeof(frame), rig_mac);
	rx[0].read.pkt_addr = data.iova;
	wr(r, SL_82599_RDBAL, 0, (uint32_t)ring.iova);
	wr(r, SL_82599_RDBAH, 0, (uint32_t)(ring.iova >> 32));
	wr(r, SL_82599_RDLEN, 0, SL_QUEUE_RING_ALIGN);
	wr(r, SL_82599_SRRCTL, 0, 2 | SL_PREP(SL_SRRCTL_DESCTYPE, SL_DESCTYPE_ADV_ONEBUF));
	wr(r, SL_82599_HLREG0, 0, SL_82599_HLREG0_RXCRCSTRP);
	wr(r, SL_82599_RXDCTL, 0, SL_XDCTL_ENABLE);
	wr(r, SL_82599_RXCTRL, 0, SL_82599_RXCTRL_RXEN);
	wr(r, SL_82599_RDT, 0, 1);
	rig_wire_in(r, frame, sizeof(frame));
	rig_run(r);
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
	rig_run(r);
	sent = rig_wire_out(r);
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
#define DEVICE_TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_table),
		DEVICE_TEST(test_everywhere),
		DEVICE_TEST(test_probe),
		DEVICE_TEST(test_link),
		DEVICE_TEST(test_places),
		DEVICE_TEST(test_filters),
		DEVICE_TEST(test_lengths),
		DEVICE_TEST(test_rss),
		DEVICE_TEST(test_no_queue),
		DEVICE_TEST(test_error_bit),
		DEVICE_TEST(test_faults),
		DEVICE_TEST(test_frames),
	};

	return cmocka_run_group_tests_name("softixgbe", tests, NULL, NULL);
}
