/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */

/*
 * Random registers, descriptors, frames and faults. Whatever the driver and the wire do, the device
 * does not crash, hang, or write outside of its memory, and it works again after a reset.
 */

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "softnic_drv.h"

/* For all devices together. */
#define ROUNDS 240u
#define DEVICES 16u
#define ACTS 1500u

/* A random value, or one near a valid value. */
static uint32_t
value(uint64_t *seed)
{
	uint64_t v = rng_next(seed);

	switch (rng_next(seed) % 8) {
	case 0:
		return 0;
	case 1:
		return UINT32_MAX;
	case 2:
		return (uint32_t)v % 256;
	case 3:
		return UINT32_C(1) << v % 32;
	case 4:
		return (uint32_t)v % 4096 * 128;
	default:
		return (uint32_t)v;
	}
}

static void
poke(struct nic_drv *r, uint64_t *seed)
{
	/* Queue registers and enable bits are chosen more often. */
	static const uint16_t often[] = {SL_RDT, SL_TDT, SL_RDLEN, SL_TDLEN, SL_RDH, SL_TDH,
		SL_RXDCTL, SL_TXDCTL, SL_SRRCTL, SL_RCTL, SL_TDWBAL, SL_RXCSUM, SL_MRQC, SL_DVMOLR};
	unsigned int reg = (unsigned int)(rng_next(seed) % SL_82576_REG_COUNT);
	const struct sl_reg_row *row;
	uint32_t off;

	if (rng_next(seed) % 4 != 0)
		reg = often[rng_next(seed) % (sizeof(often) / sizeof(often[0]))];
	row = &sl_reg_table[reg];
	off = row->offset + (uint32_t)(rng_next(seed) % row->count) * row->stride;
	switch (rng_next(seed) % 4) {
	case 0:
		(void)sl_bus_read(&r->bus, off);
		break;
	case 1: {
		volatile uint32_t *word = r->bus.ops->doorbell(r->bus.dev, off);

		if (word != NULL)
			*word = value(seed);
		break;
	}
	default:
		sl_bus_write(&r->bus, off, value(seed));
		break;
	}
}

/* A descriptor that is random, or valid except for one field. */
static void
scribble_tx(struct nic_drv *r, unsigned int q, uint64_t *seed)
{
	struct drv_queue *txq = &r->txq[q];
	uint32_t at = (uint32_t)(rng_next(seed) % txq->descs), len = value(seed) % 3000;
	union sl_tx_desc d;

	d.read.addr = rng_next(seed) % 16 == 0 ? rng_next(seed) : drv_buf_iova(txq, at);
	d.read.cmd = SL_TXD_DCMD_DEXT | SL_PREP(SL_TXD_DTYP, SL_TXD_DTYP_DATA) |
		SL_PREP(SL_TXD_DTALEN, len) | (value(seed) & ~SL_TXD_DTALEN & ~SL_TXD_DTYP);
	d.read.olinfo = SL_PREP(SL_TXD_PAYLEN, len) |
		((uint32_t)rng_next(seed) & (SL_TXD_IDX | SL_TXD_POPTS_IXSM | SL_TXD_POPTS_TXSM));
	switch (rng_next(seed) % 6) {
	case 0:
		d.qw[1] = rng_next(seed);
		break;
	case 1: /* contexts with lengths near those of real frames */
		d.ctx.vlan_macip = SL_PREP(SL_TXC_MACLEN, 14 + value(seed) % 8) |
			SL_PREP(SL_TXC_IPLEN, value(seed) % 64);
		d.ctx.tucmd = SL_TXD_DCMD_DEXT | SL_PREP(SL_TXD_DTYP, SL_TXD_DTYP_CTX) |
			((uint32_t)rng_next(seed) & (SL_TXC_TUCMD_IPV4 | SL_TXC_TUCMD_L4T));
		d.ctx.mss_l4 = SL_PREP(SL_TXC_L4LEN, value(seed) % 64) |
			SL_PREP(SL_TXC_MSS, value(seed) % 2000) |
			SL_PREP(SL_TXC_IDX, rng_next(seed) & 1);
		break;
	default:
		break;
	}
	txq->tx[at].qw[0] = d.qw[0];
	txq->tx[at].qw[1] = d.qw[1];
}

static void
scribble_rx(struct nic_drv *r, unsigned int q, uint64_t *seed)
{
	struct drv_queue *rxq = &r->rxq[q];
	uint32_t at = (uint32_t)(rng_next(seed) % rxq->descs);

	rxq->rx[at].read.pkt_addr =
		rng_next(seed) % 8 == 0 ? rng_next(seed) : drv_buf_iova(rxq, at);
	rxq->rx[at].read.hdr_addr = rng_next(seed) % 2 == 0 ? 0 : rng_next(seed);
}

/* Frames from random bytes to a packet with one wrong byte. */
static void
throw_frame(struct nic_drv *r, uint64_t *seed)
{
	struct frame_spec p = {
		.version = rng_next(seed) % 2 == 0 ? 4 : 6,
		.proto = (uint8_t[]){FRAME_TCP, FRAME_UDP, FRAME_SCTP, 0}[rng_next(seed) % 4],
		.vlan = rng_next(seed) % 2 == 0,
		.payload = value(seed) % 1400,
	};
	uint8_t frame[DRV_BUF];
	uint32_t len;

	if (r->wire->in.n == DRV_FRAMES)
		return;
	len = frame_build(frame, &p).len;
	if (rng_next(seed) % 2 == 0)
		frame[12 + rng_next(seed) % 60] = (uint8_t)rng_next(seed);
	if (rng_next(seed) % 4 == 0)
		len = 1 + (uint32_t)(rng_next(seed) % (len - 1));
	drv_wire_in(r, frame, len);
	r->wire->in.f[(r->wire->in.head + r->wire->in.n - 1) % DRV_FRAMES].bad_fcs =
		rng_next(seed) % 16 == 0;
}

static void
drain_wire(struct nic_drv *r)
{
	while (drv_wire_out(r).len != 0)
		;
}

static void
act(struct nic_drv *r, uint64_t *seed)
{
	unsigned int q = (unsigned int)(rng_next(seed) % 2);

	switch (rng_next(seed) % 12) {
	case 0:
	case 1:
	case 2:
		poke(r, seed);
		break;
	case 3:
	case 4:
		scribble_tx(r, q, seed);
		break;
	case 5:
		scribble_rx(r, q, seed);
		break;
	case 6:
	case 7:
		throw_frame(r, seed);
		break;
	case 8:
		(void)sl_softnic_fault(r->nic,
			(enum sl_fault)(rng_next(seed) % (SL_FAULT_COUNT + 4)), value(seed),
			(uint32_t)(rng_next(seed) % 3));
		break;
	case 9: /* like a correct driver, move the tails a little */
		*r->txq[q].tail = (*r->txq[q].tail + 3) % DRV_DESCS;
		*r->rxq[q].tail = (*r->rxq[q].tail + 5) % DRV_DESCS;
		break;
	default:
		(void)sl_softnic_step(r->nic, (unsigned int)(rng_next(seed) % 80));
		break;
	}
	drain_wire(r);
}

/* Rings and buffers as at the start, and the device as after a reset. */
static void
start_again(struct nic_drv *r)
{
	unsigned int q, i;

	assert_int_equal(sl_softnic_fault(r->nic, SL_FAULT_NONE, 0, 0), 0);
	SL_WR(&r->bus, CTRL, 0, SL_CTRL_RST);
	SL_WR(&r->bus, CTRL, 0, SL_CTRL_SLU);
	/* The PHY may be powered down or in loopback: 8.2.1. */
	SL_WR(&r->bus, CTRL, 0, SL_CTRL_SLU | SL_CTRL_PHY_RST);
	SL_WR(&r->bus, CTRL, 0, SL_CTRL_SLU);
	for (q = 0; q < 2; q++) {
		struct drv_queue *rx = &r->rxq[q], *tx = &r->txq[q];

		for (i = 0; i < DRV_DESCS; i++) {
			rx->rx[i].read.pkt_addr = drv_buf_iova(rx, i);
			rx->rx[i].read.hdr_addr = 0;
		}
		rx->next = 0;
		tx->next = 0;
		SL_WR(&r->bus, RXDCTL, q, 0);
		SL_WR(&r->bus, TXDCTL, q, 0);
		SL_WR(&r->bus, RDBAL, q, (uint32_t)rx->ring_mem.iova);
		SL_WR(&r->bus, RDBAH, q, (uint32_t)(rx->ring_mem.iova >> 32));
		SL_WR(&r->bus, RDLEN, q, DRV_DESCS * SL_DESC_SIZE);
		SL_WR(&r->bus, SRRCTL, q,
			SL_PREP(SL_SRRCTL_BSIZEPACKET, 2) |
				SL_PREP(SL_SRRCTL_DESCTYPE, SL_DESCTYPE_ADV_ONEBUF));
		SL_WR(&r->bus, TDBAL, q, (uint32_t)tx->ring_mem.iova);
		SL_WR(&r->bus, TDBAH, q, (uint32_t)(tx->ring_mem.iova >> 32));
		SL_WR(&r->bus, TDLEN, q, DRV_DESCS * SL_DESC_SIZE);
		SL_WR(&r->bus, RXDCTL, q, SL_XDCTL_ENABLE);
		SL_WR(&r->bus, TXDCTL, q, SL_XDCTL_ENABLE);
		SL_WR(&r->bus, RDT, q, DRV_DESCS - 1);
	}
	SL_WR(&r->bus, RXPBS, 0, 64);
	SL_WR(&r->bus, RCTL, 0, SL_RCTL_RXEN | SL_RCTL_UPE | SL_RCTL_SECRC);
	SL_WR(&r->bus, TCTL, 0, SL_TCTL_EN | SL_TCTL_PSP);
}

/* Check that one frame passes in each direction. */
static void
still_works(struct nic_drv *r)
{
	uint64_t seed = 5;
	volatile union sl_rx_desc *d;
	const uint8_t *data;
	uint8_t frame[64];
	struct drv_frame f;

	frame_ether(frame, sizeof(frame), drv_mac, rng_next(&seed));
	r->wire->in.n = 0;
	drain_wire(r);
	drv_wire_in(r, frame, sizeof(frame));
	drv_tx_one(r, 0, frame, sizeof(frame), 0, 0);
	drv_run(r);
	f = drv_wire_out(r);
	assert_int_equal(f.len, sizeof(frame));
	assert_memory_equal(f.data, frame, sizeof(frame));
	d = drv_rx_next(r, 0, &data);
	assert_non_null(d);
	assert_int_equal(d->wb.length, sizeof(frame));
	assert_memory_equal(data, frame, sizeof(frame));
}

/* Devices with the 82576's registers. Devices of other families are excluded. */
static unsigned int
devices(const char *name[DEVICES])
{
	const struct sl_softnic_device *d;
	unsigned int n = 0, i;

	for (i = 0; (d = sl_softnic_device_at(i)) != NULL; i++) {
		if (d->queues > SL_NIC_QUEUES)
			continue;
		assert_true(n < DEVICES);
		name[n++] = d->name;
	}
	return n;
}

static void
fuzz(struct nic_drv *r, unsigned int rounds)
{
	uint64_t seed = rng_seed(0);
	unsigned int round, i;

	drv_start(r);
	drv_rx_start(r, 1, 1, true);
	drv_tx_start(r, 1, true);
	for (round = 0; round < rounds; round++) {
		start_again(r);
		for (i = 0; i < ACTS; i++)
			act(r, &seed);
		start_again(r);
		still_works(r);
	}
}

static void
test_fuzz(void **state)
{
	const char *name[DEVICES];
	unsigned int n = devices(name), i;

	(void)state;
	for (i = 0; i < n; i++) {
		void *rig;

		print_message("%s\n", name[i]);
		assert_int_equal(drv_setup_device(&rig, name[i]), 0);
		fuzz(rig, ROUNDS / n);
		assert_int_equal(drv_teardown(&rig), 0);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_fuzz),
	};

	return cmocka_run_group_tests_name("softnic_fuzz", tests, NULL, NULL);
}
