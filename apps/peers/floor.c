/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */

/*
 * The bare loop: the minimum that any driver of this device must do, with and without cache
 * maintenance. Only the comparison uses it. It has no checks, offloads or statistics.
 */

#include <errno.h>

#include <rte_ether.h>
#include <rte_malloc.h>

#include "floor.h"
#include "sl_bits.h"
#include "sl_bus.h"
#include "sl_desc.h"
#include "sl_fields.h"
#include "sl_regs.h"
#include "sl_shm.h"
#include "sl_sync.h"
#include "stock.h"

#define BUF_UNIT 1024u /* unit of SRRCTL */
/* Maximum number of bytes of a frame that the NIC writes: an Ethernet frame with two VLAN tags. */
#define FRAME_ROOM (RTE_ETHER_MAX_LEN + 2u * RTE_VLAN_HLEN)

struct floor_rxq {
	union sl_rx_desc *ring;
	struct rte_mbuf **sw;
	volatile uint32_t *tail;
	uint32_t next;
	uint32_t posted; /**< with cache maintenance: descriptors before this one are posted */
};

struct floor_txq {
	union sl_tx_desc *ring;
	struct rte_mbuf **sw;
	volatile uint32_t *tail;
	const uint32_t *head; /**< written by the device */
	uint32_t next, clean;
};

struct floor {
	struct sl_adapter *adapter;
	struct sl_softnic *nic;
	struct sl_bus bus;
	struct rte_mempool *pool;
	unsigned int queues, ring, mbufs;
	struct rte_mbuf **stack; /**< grows upwards */
	unsigned int on_stack;
	const struct sl_sync *sync; /**< sync functions of explicit mode, or NULL */
	uint32_t frame_max;	    /**< bytes that the NIC may write to a buffer, in whole lines */
	uint64_t rearm;		    /**< first fields of an mbuf that holds one complete frame */
	struct floor_rxq rxq[FLOOR_QUEUES];
	struct floor_txq txq[FLOOR_QUEUES];
};

void
floor_get(struct floor *f, struct rte_mbuf **m, unsigned int n)
{
	while (n-- > 0)
		m[n] = f->stack[--f->on_stack];
}

void
floor_put(struct floor *f, struct rte_mbuf **m, unsigned int n)
{
	unsigned int i;

	for (i = 0; i < n; i++)
		f->stack[f->on_stack++] = m[i];
}

/* The first fields of an mbuf, which are written as one word. */
static inline uint64_t *
rearm_word(struct rte_mbuf *m)
{
	uintptr_t at = (uintptr_t)&m->rearm_data;

	return (uint64_t *)at;
}

/* --- with cache maintenance: only of lines that need it --- */

static void
clean(const struct floor *f, const volatile void *p, size_t len)
{
	sl_flush(f->sync, SL_COHERENCY_EXPLICIT, (const void *)(uintptr_t)p, len);
}

/* Post descriptors in whole lines, once all descriptors of a line are consumed (rule R4). */
static void
post_lines(struct floor *f, struct floor_rxq *q, uint32_t end)
{
	const uint32_t line = f->sync->line / SL_DESC_SIZE, mask = f->ring - 1;
	const uint32_t n = ((end & ~(line - 1)) - q->posted) & mask;
	uint32_t i;

	if (n == 0)
		return;
	for (i = 0; i < n; i++) {
		const uint32_t at = (q->posted + i) & mask;
		struct rte_mbuf *fresh = f->stack[--f->on_stack];

		/* R1: no line of the buffer is dirty when the NIC writes to it. */
		sl_prepare(f->sync, SL_COHERENCY_EXPLICIT,
			(char *)fresh->buf_addr + RTE_PKTMBUF_HEADROOM, f->frame_max);
		q->sw[at] = fresh;
		q->ring[at].read.pkt_addr = rte_mbuf_data_iova_default(fresh);
		q->ring[at].read.hdr_addr = 0;
		if ((at & (line - 1)) == line - 1)
			/* T2: the line of descriptors is in memory before the doorbell. */
			clean(f, &q->ring[at + 1 - line], f->sync->line);
	}
	q->posted = (q->posted + n) & mask;
	/* T2: all of that is in memory before the doorbell. One line stays unposted. */
	sl_doorbell_barrier(f->sync, SL_COHERENCY_EXPLICIT);
	__atomic_store_n(q->tail, (q->posted - line) & mask, __ATOMIC_RELEASE);
}

static uint16_t
rx_explicit(struct floor *f, struct floor_rxq *q, struct rte_mbuf **m, uint16_t n)
{
	const uint32_t line = f->sync->line / SL_DESC_SIZE, mask = f->ring - 1;
	uint32_t at = q->next;
	uint16_t i, got;

	/* R2: fetch the lines of the burst's descriptors that were not fetched before. */
	for (i = 0; i < n; i++) {
		if (((at + i) & (line - 1)) == 0)
			sl_update_nofence(f->sync, SL_COHERENCY_EXPLICIT, &q->ring[(at + i) & mask],
				f->sync->line);
	}
	sl_update_fence(f->sync, SL_COHERENCY_EXPLICIT);
	for (got = 0; got < n; got++, at = (at + 1) & mask) {
		const union sl_rx_desc *d = &q->ring[at];

		if ((__atomic_load_n(&d->qw[1], __ATOMIC_ACQUIRE) & SL_RXD_STAT_DD) == 0)
			break;
		m[got] = q->sw[at];
		q->sw[at] = NULL;
		*rearm_word(m[got]) = f->rearm;
		m[got]->ol_flags = 0;
		m[got]->packet_type = 0;
		m[got]->data_len = d->wb.length;
		m[got]->pkt_len = d->wb.length;
		/* R3: fetch the frame before it is read. */
		sl_update_nofence(f->sync, SL_COHERENCY_EXPLICIT,
			rte_pktmbuf_mtod(m[got], const void *), d->wb.length);
	}
	sl_update_fence(f->sync, SL_COHERENCY_EXPLICIT);
	q->next = at;
	post_lines(f, q, at);
	return got;
}

static uint16_t
rx_coherent(struct floor *f, struct floor_rxq *q, struct rte_mbuf **m, uint16_t n)
{
	uint32_t at = q->next;
	uint16_t i;

	for (i = 0; i < n; i++) {
		union sl_rx_desc *d = &q->ring[at];
		uint64_t qw1 = __atomic_load_n(&d->qw[1], __ATOMIC_ACQUIRE);
		struct rte_mbuf *got, *fresh;

		if ((qw1 & SL_RXD_STAT_DD) == 0)
			break;
		fresh = f->stack[--f->on_stack];
		got = q->sw[at];
		*rearm_word(got) = f->rearm;
		got->ol_flags = 0;
		got->packet_type = 0;
		got->data_len = d->wb.length;
		got->pkt_len = d->wb.length;
		m[i] = got;
		q->sw[at] = fresh;
		d->read.pkt_addr = rte_mbuf_data_iova_default(fresh);
		d->read.hdr_addr = 0;
		at = (at + 1) & (f->ring - 1);
	}
	if (i != 0) {
		/*
		 * T2: the device sees the descriptors before the tail. One descriptor stays
		 * unposted.
		 */
		__atomic_store_n(q->tail, (at - 1) & (f->ring - 1), __ATOMIC_RELEASE);
		q->next = at;
	}
	return i;
}

uint16_t
floor_rx(struct floor *f, unsigned int queue, struct rte_mbuf **m, uint16_t n)
{
	struct floor_rxq *q = &f->rxq[queue];

	return f->sync != NULL ? rx_explicit(f, q, m, n) : rx_coherent(f, q, m, n);
}

/* Release the mbufs of frames that the device has sent. */
static void
tx_clean(struct floor *f, struct floor_txq *q)
{
	uint32_t head;

	/* R2: the load below sees the head that the device wrote. */
	if (f->sync != NULL)
		sl_update(f->sync, SL_COHERENCY_EXPLICIT, q->head, sizeof(*q->head));
	/* Acquire: the device read the data of the frames before it wrote this head. */
	head = __atomic_load_n(q->head, __ATOMIC_ACQUIRE);
	while (q->clean != head) {
		f->stack[f->on_stack++] = q->sw[q->clean];
		q->clean = (q->clean + 1) & (f->ring - 1);
	}
}

/* T1, T2: flush the frames and descriptors of a burst of @p n, starting at @p from. */
static void
tx_flush(const struct floor *f, const struct floor_txq *q, uint32_t from, uint16_t n)
{
	const uint32_t first = RTE_MIN((uint32_t)n, f->ring - from);
	uint16_t i;

	for (i = 0; i < n; i++) {
		const struct rte_mbuf *m = q->sw[(from + i) & (f->ring - 1)];

		clean(f, rte_pktmbuf_mtod(m, const void *), m->data_len);
	}
	clean(f, &q->ring[from], first * SL_DESC_SIZE);
	if (n > first)
		clean(f, q->ring, (n - first) * SL_DESC_SIZE);
	/* T2: the flushes are complete before the doorbell. */
	sl_doorbell_barrier(f->sync, SL_COHERENCY_EXPLICIT);
}

uint16_t
floor_tx(struct floor *f, unsigned int queue, struct rte_mbuf **m, uint16_t n)
{
	const uint32_t cmd = SL_PREP(SL_TXD_DTYP, SL_TXD_DTYP_DATA) | SL_TXD_DCMD_DEXT |
		SL_TXD_DCMD_EOP | SL_TXD_DCMD_IFCS;
	struct floor_txq *q = &f->txq[queue];
	const uint32_t from = q->next;
	uint32_t at = from;
	uint16_t i;

	/* Read the head rarely if that needs an update of its line, as a driver would. */
	if (f->sync == NULL || ((at - q->clean) & (f->ring - 1)) >= f->ring / 4)
		tx_clean(f, q);
	for (i = 0; i < n; i++) {
		union sl_tx_desc *d = &q->ring[at];
		uint32_t len = m[i]->data_len;

		d->read.addr = rte_mbuf_data_iova(m[i]);
		d->read.cmd = cmd | SL_PREP(SL_TXD_DTALEN, len) | (i == n - 1 ? SL_TXD_DCMD_RS : 0);
		d->read.olinfo = SL_PREP(SL_TXD_PAYLEN, len);
		q->sw[at] = m[i];
		at = (at + 1) & (f->ring - 1);
	}
	q->next = at;
	if (f->sync != NULL)
		tx_flush(f, q, from, n);
	/* T2: the device sees the descriptors before the tail. */
	__atomic_store_n(q->tail, at, __ATOMIC_RELEASE);
	return n;
}

/* --- set-up --- */

static uint32_t
low(const void *p)
{
	return (uint32_t)(uintptr_t)p;
}

static uint32_t
high(const void *p)
{
	return (uint32_t)((uint64_t)(uintptr_t)p >> 32);
}

static int
rxq_start(struct floor *f, unsigned int qi)
{
	struct floor_rxq *q = &f->rxq[qi];
	unsigned int i;

	q->ring = rte_zmalloc(NULL, f->ring * sizeof(q->ring[0]), SL_QUEUE_RING_ALIGN);
	q->sw = rte_zmalloc(NULL, f->ring * sizeof(q->sw[0]), 0);
	if (q->ring == NULL || q->sw == NULL)
		return -ENOMEM;
	floor_get(f, q->sw, f->ring);
	for (i = 0; i < f->ring; i++)
		q->ring[i].read.pkt_addr = rte_mbuf_data_iova_default(q->sw[i]);
	SL_WR(&f->bus, RXDCTL, qi, 0);
	SL_WR(&f->bus, RDBAL, qi, low(q->ring));
	SL_WR(&f->bus, RDBAH, qi, high(q->ring));
	SL_WR(&f->bus, RDLEN, qi, f->ring * SL_DESC_SIZE);
	SL_WR(&f->bus, SRRCTL, qi,
		SL_PREP(SL_SRRCTL_BSIZEPACKET, RTE_MBUF_DEFAULT_DATAROOM / BUF_UNIT) |
			SL_PREP(SL_SRRCTL_DESCTYPE, SL_DESCTYPE_ADV_ONEBUF));
	SL_WR(&f->bus, RXDCTL, qi, SL_XDCTL_ENABLE);
	q->tail = f->bus.ops->doorbell(f->bus.dev, SL_OFF(RDT, qi));
	/* One descriptor stays unposted; with cache maintenance, one line of descriptors. */
	__atomic_store_n(q->tail, f->ring - (f->sync != NULL ? f->sync->line / SL_DESC_SIZE : 1),
		__ATOMIC_RELEASE);
	return 0;
}

static int
txq_start(struct floor *f, unsigned int qi)
{
	struct floor_txq *q = &f->txq[qi];

	q->ring = rte_zmalloc(NULL, f->ring * sizeof(q->ring[0]), SL_QUEUE_RING_ALIGN);
	q->sw = rte_zmalloc(NULL, f->ring * sizeof(q->sw[0]), 0);
	q->head = rte_zmalloc(NULL, RTE_CACHE_LINE_SIZE, 0);
	if (q->ring == NULL || q->sw == NULL || q->head == NULL)
		return -ENOMEM;
	SL_WR(&f->bus, TXDCTL, qi, 0);
	SL_WR(&f->bus, TDBAL, qi, low(q->ring));
	SL_WR(&f->bus, TDBAH, qi, high(q->ring));
	SL_WR(&f->bus, TDLEN, qi, f->ring * SL_DESC_SIZE);
	SL_WR(&f->bus, TDWBAH, qi, high(q->head));
	SL_WR(&f->bus, TDWBAL, qi, low(q->head) | SL_TDWBAL_HEAD_WB_EN);
	SL_WR(&f->bus, TXDCTL, qi, SL_XDCTL_ENABLE);
	q->tail = f->bus.ops->doorbell(f->bus.dev, SL_OFF(TDT, qi));
	return 0;
}

static void
rss_start(struct floor *f, const uint8_t *key)
{
	unsigned int i, b;

	for (i = 0; i < SL_RSS_KEY_BYTES / 4; i++) {
		uint32_t part;

		memcpy(&part, key + 4 * i, sizeof(part));
		SL_WR(&f->bus, RSSRK, i, part);
	}
	for (i = 0; i < SL_RETA_ENTRIES / 4; i++) {
		uint32_t part = 0;

		for (b = 0; b < 4; b++)
			part |= ((4 * i + b) % f->queues) << (8 * b);
		SL_WR(&f->bus, RETA, i, part);
	}
	SL_WR(&f->bus, MRQC, 0, SL_PREP(SL_MRQC_ENABLE, SL_MRQC_RSS_4Q) | SL_MRQC_RSS_IPV4_UDP);
}

static int
start(struct floor *f, const uint8_t *rss_key)
{
	unsigned int q;
	int ret = 0;

	for (q = 0; q < f->queues && ret == 0; q++) {
		ret = rxq_start(f, q);
		if (ret == 0)
			ret = txq_start(f, q);
	}
	if (f->queues > 1)
		rss_start(f, rss_key);
	SL_WR(&f->bus, CTRL, 0, SL_RD(&f->bus, CTRL, 0) | SL_CTRL_SLU);
	SL_WR(&f->bus, RCTL, 0, SL_RCTL_RXEN | SL_RCTL_BAM | SL_RCTL_UPE | SL_RCTL_SECRC);
	SL_WR(&f->bus, TCTL, 0, SL_TCTL_EN | SL_TCTL_PSP);
	return ret;
}

static int
stack_fill(struct floor *f)
{
	f->stack = rte_zmalloc(NULL, f->mbufs * sizeof(f->stack[0]), 0);
	if (f->stack == NULL || rte_pktmbuf_alloc_bulk(f->pool, f->stack, f->mbufs) != 0)
		return -ENOMEM;
	f->on_stack = f->mbufs;
	f->rearm = *rearm_word(f->stack[0]);
	return 0;
}

int
floor_open(struct floor **out, unsigned int queues, unsigned int ring, struct rte_mempool *pool,
	unsigned int mbufs, const uint8_t *rss_key, bool explicit_sync)
{
	struct sl_softnic_params params = {.name = explicit_sync ? "floor_sync" : "floor"};
	struct floor *f;
	int ret;

	if (queues == 0 || queues > FLOOR_QUEUES || mbufs < queues * ring)
		return -EINVAL;
	f = rte_zmalloc(NULL, sizeof(*f), 0);
	if (f == NULL)
		return -ENOMEM;
	f->queues = queues;
	f->ring = ring;
	f->pool = pool;
	f->mbufs = mbufs;
	ret = stock_adapter_open(params.name,
		explicit_sync ? SL_COHERENCY_EXPLICIT : SL_COHERENCY_COHERENT, &f->adapter);
	params.adapter = f->adapter;
	if (ret == 0 && explicit_sync) {
		f->sync = sl_adapter_sync(f->adapter);
		f->frame_max = RTE_ALIGN_CEIL(FRAME_ROOM, f->sync->line);
	}
	if (ret == 0)
		ret = sl_softnic_create(&params, &f->nic);
	if (ret == 0)
		ret = stack_fill(f);
	if (ret == 0) {
		f->bus = sl_softnic_bus(f->nic);
		ret = start(f, rss_key);
	}
	if (ret != 0)
		floor_close(f);
	else
		*out = f;
	return ret;
}

static void
queues_free(struct floor *f)
{
	unsigned int q, i;

	for (q = 0; q < f->queues; q++) {
		for (i = 0; f->rxq[q].sw != NULL && i < f->ring; i++) {
			if (f->rxq[q].sw[i] != NULL)
				floor_put(f, &f->rxq[q].sw[i], 1);
		}
		if (f->txq[q].head != NULL)
			tx_clean(f, &f->txq[q]);
		rte_free(f->rxq[q].ring);
		rte_free(f->rxq[q].sw);
		rte_free(f->txq[q].ring);
		rte_free(f->txq[q].sw);
		rte_free((void *)(uintptr_t)f->txq[q].head);
	}
}

void
floor_close(struct floor *f)
{
	if (f == NULL)
		return;
	sl_softnic_destroy(f->nic);
	queues_free(f);
	if (f->on_stack != 0)
		rte_pktmbuf_free_bulk(f->stack, f->on_stack);
	stock_adapter_close(f->adapter);
	rte_free(f->stack);
	rte_free(f);
}

struct sl_softnic *
floor_nic(const struct floor *f)
{
	return f->nic;
}
