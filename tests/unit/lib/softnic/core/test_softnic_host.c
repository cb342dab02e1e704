/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */

/*
 * The software NIC with a virtual machine whose memory is accessed only by messages. Each access
 * makes a copy, and the copies of a step need no more memory than one queue's batch.
 */

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "softnic_drv.h"

#define BASE UINT64_C(0x10000000)
#define DESCS 128u
#define RING_LEN (DESCS * SL_DESC_SIZE)
#define PIECE 65000u /* bytes of a data descriptor; must be below 64 KiB */
#define PIECES 4u    /* descriptors of a frame to segment; must be below 256 KiB */
#define BATCH 64u    /* descriptors that a step takes from one queue */
#define FRAMES ((BATCH - 1) / PIECES)
#define MSS 9000u

/**
 * The machine. Its memory is a ring that all queues share, followed by a buffer that all
 * descriptors share.
 */
struct machine {
	uint8_t mem[RING_LEN + PIECE];
	uint64_t gen;
	struct sl_dma_host host;
	struct sl_softnic *nic;
	struct sl_bus bus;
	struct sl_wire wire;
	unsigned int sent;
};

static bool
find(void *ctx, uint64_t iova, struct sl_dma_piece *piece)
{
	*piece = (struct sl_dma_piece){
		.iova = BASE, .len = sizeof(((struct machine *)ctx)->mem), .dir = SL_DMA_TO_DEVICE};
	return iova - BASE < piece->len;
}

static int
host_read(void *ctx, uint64_t iova, void *to, size_t len)
{
	memcpy(to, ((struct machine *)ctx)->mem + (iova - BASE), len);
	return 0;
}

static void
wire_send(struct sl_wire *w, const struct sl_frame *frames, unsigned int n)
{
	struct machine *m = (struct machine *)((uint8_t *)w - offsetof(struct machine, wire));

	(void)frames;
	m->sent += n;
}

static unsigned int
wire_poll(struct sl_wire *w, struct sl_frame *frames, unsigned int max, unsigned int room)
{
	(void)w;
	(void)frames;
	(void)max;
	(void)room;
	return 0;
}

static void
wire_close(struct sl_wire *w)
{
	(void)w;
}

static int
setup(void **state)
{
	static const struct sl_wire_ops ops = {
		.kind = "test", .send = wire_send, .poll = wire_poll, .close = wire_close};
	struct machine *m = calloc(1, sizeof(*m));
	const struct sl_softnic_params np = {.name = "guest", .host = &m->host};

	assert_non_null(m);
	m->gen = 1;
	m->host = (struct sl_dma_host){.ctx = m, .gen = &m->gen, .find = find, .read = host_read};
	m->wire.ops = &ops;
	assert_int_equal(sl_softnic_create(&np, &m->nic), 0);
	m->bus = sl_softnic_bus(m->nic);
	assert_int_equal(sl_softnic_attach(m->nic, &m->wire), 0);
	*state = m;
	return 0;
}

static int
teardown(void **state)
{
	struct machine *m = *state;

	sl_softnic_destroy(m->nic);
	free(m);
	return 0;
}

/*
 * As many frames as a step takes from a queue, each as long as possible, all with the same bytes.
 * They request no report, so that one ring can serve all queues.
 * @return segments of a frame.
 */
static uint32_t
fill_ring(struct machine *m)
{
	const struct frame_spec s = {.version = 4, .proto = FRAME_TCP, .len = PIECE};
	const struct frame_layout l = frame_build(m->mem + RING_LEN, &s);
	union sl_tx_desc *d = (union sl_tx_desc *)(void *)m->mem;
	unsigned int i;

	d->ctx.vlan_macip = SL_PREP(SL_TXC_MACLEN, l.l3) | SL_PREP(SL_TXC_IPLEN, l.l4 - l.l3);
	d->ctx.tucmd = SL_PREP(SL_TXD_DTYP, SL_TXD_DTYP_CTX) | SL_TXD_DCMD_DEXT |
		SL_TXC_TUCMD_IPV4 | SL_PREP(SL_TXC_TUCMD_L4T, SL_L4T_TCP);
	d->ctx.mss_l4 = SL_PREP(SL_TXC_L4LEN, l.payload - l.l4) | SL_PREP(SL_TXC_MSS, MSS);
	for (i = 0; i < FRAMES * PIECES; i++) {
		d++;
		d->read.addr = BASE + RING_LEN;
		d->read.cmd = SL_PREP(SL_TXD_DTALEN, PIECE) |
			SL_PREP(SL_TXD_DTYP, SL_TXD_DTYP_DATA) | SL_TXD_DCMD_DEXT |
			SL_TXD_DCMD_IFCS | SL_TXD_DCMD_TSE |
			(i % PIECES == PIECES - 1 ? SL_TXD_DCMD_EOP : 0);
		d->read.olinfo = SL_TXD_POPTS_TXSM | SL_TXD_POPTS_IXSM |
			SL_PREP(SL_TXD_PAYLEN, PIECES * PIECE - l.payload);
	}
	return (PIECES * PIECE - l.payload + MSS - 1) / MSS;
}

/*
 * In one step each queue sends as much as it can. Together they need twice the memory that is
 * allowed for copies.
 */
static void
test_all_queues(void **state)
{
	struct machine *m = *state;
	const uint32_t segments = fill_ring(m);
	struct sl_softnic_stats stats;
	unsigned int q;

	SL_WR(&m->bus, CTRL, 0, SL_RD(&m->bus, CTRL, 0) | SL_CTRL_SLU);
	SL_WR(&m->bus, TCTL, 0, SL_TCTL_EN | SL_TCTL_PSP);
	for (q = 0; q < SL_NIC_QUEUES; q++) {
		SL_WR(&m->bus, TDBAL, q, (uint32_t)BASE);
		SL_WR(&m->bus, TDBAH, q, (uint32_t)(BASE >> 32));
		SL_WR(&m->bus, TDLEN, q, RING_LEN);
		SL_WR(&m->bus, TXDCTL, q, SL_XDCTL_ENABLE);
		*sl_softnic_tail(m->nic, true, q) = 1 + FRAMES * PIECES;
	}
	sl_softnic_step(m->nic, BATCH);
	sl_softnic_stats(m->nic, &stats);
	assert_int_equal(stats.dma_faults, 0);
	assert_int_equal(stats.bad_desc, 0);
	assert_int_equal(m->sent, SL_NIC_QUEUES * FRAMES * segments);
	for (q = 0; q < SL_NIC_QUEUES; q++)
		assert_int_equal(SL_RD(&m->bus, TDH, q), 1 + FRAMES * PIECES);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_all_queues, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
