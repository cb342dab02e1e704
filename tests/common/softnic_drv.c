/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */

/*
 * The rig for tests of the software NIC: a small driver that pokes registers
 * and descriptors, a wire that the test reads and writes, and packets with
 * checksums computed by their definition.
 */

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "rng.h"
#include "softnic_drv.h"

#define RIG_STEPS 200u

const uint8_t rig_mac[6] = {0x02, 0x11, 0x22, 0x33, 0x44, 0x55};
const uint8_t rig_broadcast[6] = {0xff, 0xff, 0xff, 0xff, 0xff, 0xff};

/* --- the wire --- */

static void
list_put(struct rig_list *l, const void *data, uint32_t len, bool bad_fcs)
{
	struct rig_frame *f = &l->f[(l->head + l->n) % RIG_FRAMES];

	assert_true(l->n < RIG_FRAMES);
	/* Exactly sized, so that a sanitizer detects an access behind the end. */
	free(f->data);
	f->data = malloc(len);
	assert_non_null(f->data);
	memcpy(f->data, data, len);
	f->len = len;
	f->bad_fcs = bad_fcs;
	l->n++;
}

static struct rig_frame
list_take(struct rig_list *l)
{
	struct rig_frame f = {0};

	if (l->n != 0) {
		f = l->f[l->head];
		l->head = (l->head + 1) % RIG_FRAMES;
		l->n--;
	}
	return f;
}

static void
list_free(struct rig_list *l)
{
	unsigned int i;

	for (i = 0; i < RIG_FRAMES; i++)
		free(l->f[i].data);
}

static void
wire_send(struct sl_wire *w, const struct sl_frame *frames, unsigned int n)
{
	struct rig_wire *rw = (struct rig_wire *)w;
	unsigned int i;

	for (i = 0; i < n; i++)
		list_put(&rw->out, frames[i].data, frames[i].len, frames[i].bad_fcs);
}

static unsigned int
wire_poll(struct sl_wire *w, struct sl_frame *frames, unsigned int max, unsigned int room)
{
	struct rig_wire *rw = (struct rig_wire *)w;
	unsigned int n = 0;

	rw->last_room = room;
	if (rw->waits && room < max)
		max = room;
	while (n < max && rw->in.n != 0) {
		struct rig_frame f = list_take(&rw->in);

		frames[n++] = (struct sl_frame){.data = f.data, .len = f.len, .bad_fcs = f.bad_fcs};
	}
	return n;
}

static bool
wire_link(struct sl_wire *w)
{
	return ((struct rig_wire *)w)->up;
}

static void
wire_close(struct sl_wire *w)
{
	struct rig_wire *rw = (struct rig_wire *)w;

	list_free(&rw->in);
	list_free(&rw->out);
	free(rw);
}

static const struct sl_wire_ops rig_wire_ops = {
	.kind = "test",
	.send = wire_send,
	.poll = wire_poll,
	.link = wire_link,
	.close = wire_close,
};

void
rig_wire_in(struct rig *r, const void *data, uint32_t len)
{
	list_put(&r->wire->in, data, len, false);
}

struct rig_frame
rig_wire_out(struct rig *r)
{
	return list_take(&r->wire->out);
}

/* --- the rig --- */

static void
rig_log(void *ctx, int level, const char *msg)
{
	struct rig *r = ctx;

	(void)level;
	r->logged++;
	snprintf(r->last_log, sizeof(r->last_log), "%s", msg);
}

int
rig_setup(void **state)
{
	return rig_setup_device(state, NULL);
}

void
rig_wire_new(struct rig *r)
{
	r->wire = calloc(1, sizeof(*r->wire));
	assert_non_null(r->wire);
	r->wire->base.ops = &rig_wire_ops;
	r->wire->up = true;
}

int
rig_setup_device(void **state, const char *device)
{
	struct rig *r = calloc(1, sizeof(*r));
	struct sl_adapter_params ap = {
		.name = "rig",
		.numa_node = SL_NODE_ANY,
		.coherency = SL_COHERENCY_COHERENT,
		.source = sl_mem_source_pages(),
		.platform_coherent = 1,
	};
	struct sl_softnic_params np = {.name = "rig", .device = device, .log = rig_log};

	assert_non_null(r);
	assert_int_equal(sl_adapter_open(&ap, &r->adapter), 0);
	np.adapter = r->adapter;
	np.log_ctx = r;
	memcpy(np.mac, rig_mac, sizeof(np.mac));
	assert_int_equal(sl_softnic_create(&np, &r->nic), 0);
	r->bus = sl_softnic_bus(r->nic);
	rig_wire_new(r);
	assert_int_equal(sl_softnic_attach(r->nic, &r->wire->base), 0);
	*state = r;
	return 0;
}

static void
queue_free(struct rig *r, struct rig_queue *q)
{
	if (q->descs == 0)
		return;
	assert_int_equal(sl_region_free(r->adapter, &q->ring_mem), 0);
	assert_int_equal(sl_region_free(r->adapter, &q->buf_mem), 0);
	if (q->head_mem.va != NULL)
		assert_int_equal(sl_region_free(r->adapter, &q->head_mem), 0);
}

int
rig_teardown(void **state)
{
	struct rig *r = *state;
	struct sl_softnic_stats stats;
	unsigned int q;

	/* Switch the queues off: then no DMA may be outstanding. */
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
rig_alloc(struct rig *r, const char *name, size_t len)
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
rig_buf_iova(const struct rig_queue *q, uint32_t i)
{
	return q->buf_mem.iova + (uint64_t)(i % q->descs) * q->buf_size;
}

static void
queue_alloc(struct rig *r, struct rig_queue *q, uint32_t buf_size)
{
	q->descs = RIG_DESCS;
	q->buf_size = buf_size;
	q->ring_mem = rig_alloc(r, "ring", q->descs * SL_DESC_SIZE);
	q->buf_mem = rig_alloc(r, "buffers", (size_t)q->descs * buf_size);
	q->buf = q->buf_mem.va;
}

void
rig_rx_start(struct rig *r, unsigned int qi, uint32_t buf_kib, bool post)
{
	struct rig_queue *q = &r->rxq[qi];
	uint32_t i;

	queue_alloc(r, q, buf_kib * 1024);
	q->rx = q->ring_mem.va;
	for (i = 0; i < q->descs; i++) {
		q->rx[i].read.pkt_addr = rig_buf_iova(q, i);
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
rig_tx_start(struct rig *r, unsigned int qi, bool head_wb)
{
	struct rig_queue *q = &r->txq[qi];

	queue_alloc(r, q, RIG_BUF);
	q->tx = q->ring_mem.va;
	SL_WR(&r->bus, TXDCTL, qi, 0);
	SL_WR(&r->bus, TDBAL, qi, (uint32_t)q->ring_mem.iova);
	SL_WR(&r->bus, TDBAH, qi, (uint32_t)(q->ring_mem.iova >> 32));
	SL_WR(&r->bus, TDLEN, qi, q->descs * SL_DESC_SIZE);
	SL_WR(&r->bus, TDWBAL, qi, 0);
	if (head_wb) {
		q->head_mem = rig_alloc(r, "head", sizeof(uint32_t));
		q->head_wb = q->head_mem.va;
		SL_WR(&r->bus, TDWBAH, qi, (uint32_t)(q->head_mem.iova >> 32));
		SL_WR(&r->bus, TDWBAL, qi, (uint32_t)q->head_mem.iova | SL_TDWBAL_HEAD_WB_EN);
	}
	SL_WR(&r->bus, TXDCTL, qi, SL_XDCTL_ENABLE);
	q->tail = r->bus.ops->doorbell(r->bus.dev, SL_OFF(TDT, qi));
}

void
rig_start(struct rig *r)
{
	SL_WR(&r->bus, CTRL, 0, SL_RD(&r->bus, CTRL, 0) | SL_CTRL_SLU);
	rig_rx_start(r, 0, RIG_BUF / 1024, true);
	rig_tx_start(r, 0, false);
	SL_WR(&r->bus, RXCSUM, 0, 0);
	SL_WR(&r->bus, RCTL, 0, SL_RCTL_RXEN | SL_RCTL_BAM | SL_RCTL_UPE | SL_RCTL_SECRC);
	SL_WR(&r->bus, TCTL, 0, SL_TCTL_EN | SL_TCTL_PSP);
}

/* --- descriptors --- */

void
rig_tx_raw(struct rig *r, unsigned int qi, union sl_tx_desc d)
{
	struct rig_queue *q = &r->txq[qi];

	q->tx[q->next].qw[0] = d.qw[0];
	q->tx[q->next].qw[1] = d.qw[1];
	q->next = (q->next + 1) % q->descs;
}

void
rig_tx_ring(struct rig *r, unsigned int qi)
{
	struct rig_queue *q = &r->txq[qi];

	/* T2: the device sees the descriptors before the tail. */
	__atomic_store_n(q->tail, q->next, __ATOMIC_RELEASE);
}

void
rig_tx_one(struct rig *r, unsigned int qi, const void *data, uint32_t len, uint32_t cmd,
	uint32_t olinfo)
{
	struct rig_queue *q = &r->txq[qi];
	union sl_tx_desc d;

	assert_true(len <= q->buf_size);
	memcpy(q->buf + (size_t)q->next * q->buf_size, data, len);
	d.read.addr = rig_buf_iova(q, q->next);
	d.read.cmd = cmd | SL_PREP(SL_TXD_DTALEN, len) | SL_PREP(SL_TXD_DTYP, SL_TXD_DTYP_DATA) |
		SL_TXD_DCMD_DEXT | SL_TXD_DCMD_EOP | SL_TXD_DCMD_IFCS | SL_TXD_DCMD_RS;
	d.read.olinfo = olinfo | SL_PREP(SL_TXD_PAYLEN, len);
	rig_tx_raw(r, qi, d);
	rig_tx_ring(r, qi);
}

volatile union sl_rx_desc *
rig_rx_next(struct rig *r, unsigned int qi, const uint8_t **data)
{
	struct rig_queue *q = &r->rxq[qi];
	volatile union sl_rx_desc *d = &q->rx[q->next];

	if ((d->wb.status & SL_RXD_STAT_DD) == 0)
		return NULL;
	sl_acquire(); /* R3: DD is read before the rest */
	if (data != NULL)
		*data = q->buf + (size_t)q->next * q->buf_size;
	q->next = (q->next + 1) % q->descs;
	return d;
}

void
rig_run(struct rig *r)
{
	unsigned int i;

	for (i = 0; i < RIG_STEPS; i++) {
		if (sl_softnic_step(r->nic, 32) == 0)
			return;
	}
	fail_msg("the device is still busy after %u steps", RIG_STEPS);
}

/* --- randomness --- */

uint64_t
rig_seed(void)
{
	return rng_seed(0);
}

uint64_t
rig_random(uint64_t *state)
{
	return rng_next(state);
}

void
rig_frame_fill(uint64_t *seed, uint8_t *frame, uint32_t len, const uint8_t dst[6])
{
	uint32_t i;

	for (i = 0; i < len; i++)
		frame[i] = (uint8_t)rig_random(seed);
	memcpy(frame, dst, 6);
	memcpy(frame + 6, rig_mac, 6);
	frame[6] = 0x02;
	/* An Ethertype for experiments: nothing in the device parses it. */
	frame[12] = 0x88;
	frame[13] = 0xb5;
}

/* --- packets, and sums by their definition, independent of the device's --- */

uint16_t
rig_get16(const uint8_t *p)
{
	return (uint16_t)(p[0] * 256 + p[1]);
}

void
rig_put16(uint8_t *p, uint32_t v)
{
	p[0] = (uint8_t)(v / 256);
	p[1] = (uint8_t)(v % 256);
}

static uint32_t
sum_add(uint32_t sum, const uint8_t *p, uint32_t len)
{
	uint32_t i;

	for (i = 0; i < len; i++) {
		sum += i % 2 == 0 ? p[i] * 256u : p[i];
		sum = sum % 65536 + sum / 65536;
	}
	return sum;
}

uint16_t
rig_l3_sum(const uint8_t *frame, const struct rig_layout *l)
{
	return (uint16_t)sum_add(0, frame + l->l3, (frame[l->l3] % 16) * 4u);
}

uint16_t
rig_l4_sum(const uint8_t *frame, const struct rig_layout *l, uint32_t l4_len)
{
	const uint8_t *ip = frame + l->l3;
	uint8_t tail[4] = {0};
	uint32_t sum;

	rig_put16(tail, l4_len);
	if (ip[0] / 16 == 4) {
		tail[3] = ip[9];
		sum = sum_add(0, ip + 12, 8);
	} else {
		/* The transport's number is that of the last header. */
		tail[3] = l->l4 == l->l3 + 40 ? ip[6] : frame[l->l3 + 40];
		sum = sum_add(0, ip + 8, 32);
	}
	sum = sum_add(sum, tail, 4);
	return (uint16_t)sum_add(sum, frame + l->l4, l4_len);
}

static uint32_t
l4_header(uint8_t *l4, const struct rig_ip *p)
{
	rig_put16(l4, p->sport);
	rig_put16(l4 + 2, p->dport);
	if (p->proto == RIG_TCP) {
		l4[12] = 5 * 16; /* header of five words */
		l4[13] = 0x10;	 /* ACK */
		return 20;
	}
	if (p->proto == RIG_UDP) {
		rig_put16(l4 + 4, 8 + p->payload);
		return 8;
	}
	return p->proto == RIG_SCTP ? 12 : 0;
}

struct rig_layout
rig_ip_frame(uint8_t *frame, const struct rig_ip *p)
{
	static const uint8_t some[2][16] = {{10, 1, 2, 3, 9, 8, 7}, {10, 4, 5, 6, 1, 2, 3}};
	uint32_t addr_len = p->version == 4 ? 4 : 16, i, l4_len;
	struct rig_layout l;
	uint8_t *ip;

	memset(frame, 0, RIG_BUF);
	memcpy(frame, rig_mac, 6);
	frame[6] = 0x02;
	l.l3 = 14;
	if (p->vlan) {
		rig_put16(frame + 12, 0x8100);
		rig_put16(frame + 14, p->tci);
		l.l3 = 18;
	}
	rig_put16(frame + l.l3 - 2, p->version == 4 ? 0x0800 : 0x86dd);
	ip = frame + l.l3;
	l.l4 = l.l3 + (p->version == 4 ? 20 : 40) + p->ext_len;
	if (p->ext != NULL)
		memcpy(frame + l.l4 - p->ext_len, p->ext, p->ext_len);
	l4_len = l4_header(frame + l.l4, p);
	l.payload = l.l4 + l4_len;
	for (i = 0; i < p->payload; i++)
		frame[l.payload + i] = (uint8_t)(i * 7 + 1);
	l4_len += p->payload;
	l.len = l.l4 + l4_len;
	if (p->version == 4) {
		ip[0] = (uint8_t)(4 * 16 + (20 + p->ext_len) / 4);
		rig_put16(ip + 2, l.len - l.l3);
		rig_put16(ip + 4, 0x1234);
		rig_put16(ip + 6, p->fragment ? 0x2000 : 0);
		ip[8] = 64;
		ip[9] = p->proto;
	} else {
		ip[0] = 6 * 16;
		rig_put16(ip + 4, l.len - l.l3 - 40);
		ip[6] = p->ext_len != 0 ? p->first_next : p->proto;
		ip[7] = 64;
	}
	memcpy(ip + (p->version == 4 ? 12 : 8), p->src != NULL ? p->src : some[0], addr_len);
	memcpy(ip + (p->version == 4 ? 16 : 24), p->dst != NULL ? p->dst : some[1], addr_len);
	if (p->version == 4)
		rig_put16(ip + 10, 65535u - rig_l3_sum(frame, &l));
	if (p->proto == RIG_TCP)
		rig_put16(frame + l.l4 + 16, 65535u - rig_l4_sum(frame, &l, l4_len));
	if (p->proto == RIG_UDP)
		rig_put16(frame + l.l4 + 6, 65535u - rig_l4_sum(frame, &l, l4_len));
	if (l.len < 60)
		l.len = 60;
	return l;
}
