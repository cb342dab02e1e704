/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */

/*
 * Rig for tests of the software NIC: a small driver that writes registers and descriptors, and a
 * wire that the test reads and writes.
 */

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "rng.h"
#include "softnic_drv.h"

#define DRV_STEPS 200u

const uint8_t drv_mac[6] = FRAME_TO_BYTES;

/* --- the wire --- */

static void
list_put(struct drv_list *l, const void *data, uint32_t len, bool bad_fcs)
{
	struct drv_frame *f = &l->f[(l->head + l->n) % DRV_FRAMES];

	assert_true(l->n < DRV_FRAMES);
	/* Exact size, so that a sanitizer detects an access after the end. */
	free(f->data);
	f->data = malloc(len);
	assert_non_null(f->data);
	memcpy(f->data, data, len);
	f->len = len;
	f->bad_fcs = bad_fcs;
	l->n++;
}

static struct drv_frame
list_take(struct drv_list *l)
{
	struct drv_frame f = {0};

	if (l->n != 0) {
		f = l->f[l->head];
		l->head = (l->head + 1) % DRV_FRAMES;
		l->n--;
	}
	return f;
}

static void
list_free(struct drv_list *l)
{
	unsigned int i;

	for (i = 0; i < DRV_FRAMES; i++)
		free(l->f[i].data);
}

static void
wire_send(struct sl_wire *w, const struct sl_frame *frames, unsigned int n)
{
	struct drv_wire *rw = (struct drv_wire *)w;
	unsigned int i;

	for (i = 0; i < n; i++)
		list_put(&rw->out, frames[i].data, frames[i].len, frames[i].bad_fcs);
}

static unsigned int
wire_poll(struct sl_wire *w, struct sl_frame *frames, unsigned int max, unsigned int room)
{
	struct drv_wire *rw = (struct drv_wire *)w;
	unsigned int n = 0;

	rw->last_room = room;
	if (rw->waits && room < max)
		max = room;
	while (n < max && rw->in.n != 0) {
		struct drv_frame f = list_take(&rw->in);

		frames[n++] = (struct sl_frame){.data = f.data, .len = f.len, .bad_fcs = f.bad_fcs};
	}
	return n;
}

static bool
wire_link(struct sl_wire *w)
{
	return ((struct drv_wire *)w)->up;
}

static void
wire_close(struct sl_wire *w)
{
	struct drv_wire *rw = (struct drv_wire *)w;

	list_free(&rw->in);
	list_free(&rw->out);
	free(rw);
}

static const struct sl_wire_ops drv_wire_ops = {
	.kind = "test",
	.send = wire_send,
	.poll = wire_poll,
	.link = wire_link,
	.close = wire_close,
};

void
drv_wire_in(struct nic_drv *r, const void *data, uint32_t len)
{
	list_put(&r->wire->in, data, len, false);
}

struct drv_frame
drv_wire_out(struct nic_drv *r)
{
	return list_take(&r->wire->out);
}

/* --- the device --- */

static void
drv_log(void *ctx, int level, const char *msg)
{
	struct nic_drv *r = ctx;

	(void)level;
	r->logged++;
	snprintf(r->last_log, sizeof(r->last_log), "%s", msg);
}

int
drv_setup(void **state)
{
	return drv_setup_device(state, NULL);
}

void
drv_wire_new(struct nic_drv *r)
{
	r->wire = calloc(1, sizeof(*r->wire));
	assert_non_null(r->wire);
	r->wire->base.ops = &drv_wire_ops;
	r->wire->up = true;
}

int
drv_setup_device(void **state, const char *device)
{
	struct nic_drv *r = calloc(1, sizeof(*r));
	struct sl_adapter_params ap = {
		.name = "rig",
		.numa_node = SL_NODE_ANY,
		.coherency = SL_COHERENCY_COHERENT,
		.source = sl_mem_source_pages(),
		.platform_coherent = 1,
	};
	struct sl_softnic_params np = {.name = "rig", .device = device, .log = drv_log};

	assert_non_null(r);
	assert_int_equal(sl_adapter_open(&ap, &r->adapter), 0);
	np.adapter = r->adapter;
	np.log_ctx = r;
	memcpy(np.mac, drv_mac, sizeof(np.mac));
	assert_int_equal(sl_softnic_create(&np, &r->nic), 0);
	r->bus = sl_softnic_bus(r->nic);
	drv_wire_new(r);
	assert_int_equal(sl_softnic_attach(r->nic, &r->wire->base), 0);
	*state = r;
	return 0;
}

static void
queue_free(struct nic_drv *r, struct drv_queue *q)
{
	if (q->descs == 0)
		return;
	assert_int_equal(sl_region_free(r->adapter, &q->ring_mem), 0);
	assert_int_equal(sl_region_free(r->adapter, &q->buf_mem), 0);
	if (q->head_mem.va != NULL)
		assert_int_equal(sl_region_free(r->adapter, &q->head_mem), 0);
}

int
drv_teardown(void **state)
{
	struct nic_drv *r = *state;
	struct sl_softnic_stats stats;
	unsigned int q;

	/* Disable the queues. After that no DMA may be outstanding. */
	for (q = 0; q < SL_NIC_QUEUES; q++) {
		SL_WR(&r->bus, RXDCTL, q, 0);
		SL_WR(&r->bus, TXDCTL, q, 0);
	}
	sl_softnic_stats(r->nic, &stats);
	assert_int_equal(stats.dma_outstanding, 0);
	for (q = 0; q < SL_NIC_QUEUES; q++) {
		queue_free(r, &r->rxq[q]);
		queue_free(r, &r->txq[q]);
	}
	sl_softnic_destroy(r->nic);
	assert_int_equal(sl_adapter_close(r->adapter), 0);
	free(r);
	return 0;
}

struct sl_region
drv_alloc(struct nic_drv *r, const char *name, size_t len)
{
	struct sl_region_params p = {
		.name = name,
		.len = len,
		.align = SL_QUEUE_RING_ALIGN,
		.cached = true,
		.contiguous = true,
		.node = SL_NODE_ANY,
		.queue = SL_SHM_QUEUE_NONE,
	};
	struct sl_region mem;

	assert_int_equal(sl_region_alloc(r->adapter, &p, &mem), 0);
	return mem;
}

uint64_t
drv_buf_iova(const struct drv_queue *q, uint32_t i)
{
	return q->buf_mem.iova + (uint64_t)(i % q->descs) * q->buf_size;
}

static void
queue_alloc(struct nic_drv *r, struct drv_queue *q, uint32_t buf_size)
{
	q->descs = DRV_DESCS;
	q->buf_size = buf_size;
	q->ring_mem = drv_alloc(r, "ring", q->descs * SL_DESC_SIZE);
	q->buf_mem = drv_alloc(r, "buffers", (size_t)q->descs * buf_size);
	q->buf = q->buf_mem.va;
}

void
drv_rx_start(struct nic_drv *r, unsigned int qi, uint32_t buf_kib, bool post)
{
	struct drv_queue *q = &r->rxq[qi];
	uint32_t i;

	queue_alloc(r, q, buf_kib * 1024);
	q->rx = q->ring_mem.va;
	for (i = 0; i < q->descs; i++) {
		q->rx[i].read.pkt_addr = drv_buf_iova(q, i);
		q->rx[i].read.hdr_addr = 0;
	}
	SL_WR(&r->bus, RXDCTL, qi, 0);
	SL_WR(&r->bus, RDBAL, qi, (uint32_t)q->ring_mem.iova);
	SL_WR(&r->bus, RDBAH, qi, (uint32_t)(q->ring_mem.iova >> 32));
	SL_WR(&r->bus, RDLEN, qi, q->descs * SL_DESC_SIZE);
	SL_WR(&r->bus, SRRCTL, qi,
		SL_PREP(SL_SRRCTL_BSIZEPACKET, buf_kib) |
			SL_PREP(SL_SRRCTL_DESCTYPE, SL_DESCTYPE_ADV_ONEBUF));
	SL_WR(&r->bus, RXDCTL, qi, SL_XDCTL_ENABLE);
	q->tail = r->bus.ops->doorbell(r->bus.dev, SL_OFF(RDT, qi));
	if (post)
		__atomic_store_n(q->tail, q->descs - 1, __ATOMIC_RELEASE);
}

void
drv_tx_start(struct nic_drv *r, unsigned int qi, bool head_wb)
{
	struct drv_queue *q = &r->txq[qi];

	queue_alloc(r, q, DRV_BUF);
	q->tx = q->ring_mem.va;
	SL_WR(&r->bus, TXDCTL, qi, 0);
	SL_WR(&r->bus, TDBAL, qi, (uint32_t)q->ring_mem.iova);
	SL_WR(&r->bus, TDBAH, qi, (uint32_t)(q->ring_mem.iova >> 32));
	SL_WR(&r->bus, TDLEN, qi, q->descs * SL_DESC_SIZE);
	SL_WR(&r->bus, TDWBAL, qi, 0);
	if (head_wb) {
		q->head_mem = drv_alloc(r, "head", sizeof(uint32_t));
		q->head_wb = q->head_mem.va;
		SL_WR(&r->bus, TDWBAH, qi, (uint32_t)(q->head_mem.iova >> 32));
		SL_WR(&r->bus, TDWBAL, qi, (uint32_t)q->head_mem.iova | SL_TDWBAL_HEAD_WB_EN);
	}
	SL_WR(&r->bus, TXDCTL, qi, SL_XDCTL_ENABLE);
	q->tail = r->bus.ops->doorbell(r->bus.dev, SL_OFF(TDT, qi));
}

void
drv_start(struct nic_drv *r)
{
	SL_WR(&r->bus, CTRL, 0, SL_RD(&r->bus, CTRL, 0) | SL_CTRL_SLU);
	drv_rx_start(r, 0, DRV_BUF / 1024, true);
	drv_tx_start(r, 0, false);
	SL_WR(&r->bus, RXCSUM, 0, 0);
	SL_WR(&r->bus, RCTL, 0, SL_RCTL_RXEN | SL_RCTL_BAM | SL_RCTL_UPE | SL_RCTL_SECRC);
	SL_WR(&r->bus, TCTL, 0, SL_TCTL_EN | SL_TCTL_PSP);
}

/* --- descriptors --- */

void
drv_tx_raw(struct nic_drv *r, unsigned int qi, union sl_tx_desc d)
{
	struct drv_queue *q = &r->txq[qi];

	q->tx[q->next].qw[0] = d.qw[0];
	q->tx[q->next].qw[1] = d.qw[1];
	q->next = (q->next + 1) % q->descs;
}

void
drv_tx_ring(struct nic_drv *r, unsigned int qi)
{
	struct drv_queue *q = &r->txq[qi];

	/* T2: the device sees the descriptors before the tail. */
	__atomic_store_n(q->tail, q->next, __ATOMIC_RELEASE);
}

void
drv_tx_one(struct nic_drv *r, unsigned int qi, const void *data, uint32_t len, uint32_t cmd,
	uint32_t olinfo)
{
	struct drv_queue *q = &r->txq[qi];
	union sl_tx_desc d;

	assert_true(len <= q->buf_size);
	memcpy(q->buf + (size_t)q->next * q->buf_size, data, len);
	d.read.addr = drv_buf_iova(q, q->next);
	d.read.cmd = cmd | SL_PREP(SL_TXD_DTALEN, len) | SL_PREP(SL_TXD_DTYP, SL_TXD_DTYP_DATA) |
		SL_TXD_DCMD_DEXT | SL_TXD_DCMD_EOP | SL_TXD_DCMD_IFCS | SL_TXD_DCMD_RS;
	d.read.olinfo = olinfo | SL_PREP(SL_TXD_PAYLEN, len);
	drv_tx_raw(r, qi, d);
	drv_tx_ring(r, qi);
}

volatile union sl_rx_desc *
drv_rx_next(struct nic_drv *r, unsigned int qi, const uint8_t **data)
{
	struct drv_queue *q = &r->rxq[qi];
	volatile union sl_rx_desc *d = &q->rx[q->next];

	if ((d->wb.status & SL_RXD_STAT_DD) == 0)
		return NULL;
	sl_acquire(); /* R3: DD is read before the rest */
	if (data != NULL)
		*data = q->buf + (size_t)q->next * q->buf_size;
	q->next = (q->next + 1) % q->descs;
	return d;
}

uint64_t
drv_irqs(struct nic_drv *r, unsigned int vector)
{
	uint64_t n = 0;

	if (read(sl_softnic_irq_fd(r->nic, vector), &n, sizeof(n)) != sizeof(n))
		return 0;
	return n;
}

uint32_t
drv_mdic(struct nic_drv *r, uint32_t op, uint32_t phy, uint32_t reg, uint32_t data)
{
	SL_WR(&r->bus, MDIC, 0,
		SL_PREP(SL_MDIC_OP, op) | SL_PREP(SL_MDIC_PHYADD, phy) |
			SL_PREP(SL_MDIC_REGADD, reg) | SL_PREP(SL_MDIC_DATA, data));
	assert_true((SL_RD(&r->bus, MDIC, 0) & SL_MDIC_READY) != 0);
	return SL_RD(&r->bus, MDIC, 0);
}

uint16_t
drv_phy_read(struct nic_drv *r, uint32_t reg)
{
	const uint32_t v = drv_mdic(r, SL_MDIC_OP_READ, SL_PHY_ADDRESS, reg, 0);

	assert_int_equal(v & SL_MDIC_ERROR, 0);
	return (uint16_t)SL_GET(SL_MDIC_DATA, v);
}

void
drv_phy_write(struct nic_drv *r, uint32_t reg, uint32_t val)
{
	const uint32_t v = drv_mdic(r, SL_MDIC_OP_WRITE, SL_PHY_ADDRESS, reg, val);

	assert_int_equal(v & SL_MDIC_ERROR, 0);
}

void
drv_run(struct nic_drv *r)
{
	unsigned int i;

	for (i = 0; i < DRV_STEPS; i++) {
		if (sl_softnic_step(r->nic, 32) == 0)
			return;
	}
	fail_msg("the device is still busy after %u steps", DRV_STEPS);
}

static uint64_t
clock_read(void *ctx)
{
	const struct nic_drv *r = ctx;

	return r->clock_ns;
}

void
drv_clock(struct nic_drv *r, uint64_t ns)
{
	r->clock_ns = ns;
	sl_softnic_clock(r->nic, clock_read, r);
}
