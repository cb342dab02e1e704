/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 *
 * Receive: 7.1. A batch of frames goes through four phases: judge each frame
 * (filters, queue, offloads), reserve descriptors and warm their buffers,
 * copy, write descriptors back line after line.
 */
#include <string.h>

#include "softnic_priv.h"

/* Fetch descriptors until @p need are there for the taking; false when the ring has fewer. */
static bool
rx_fetch(struct sl_softnic *nic, struct softnic_rxq *rxq, uint32_t need)
{
	uint32_t tail, from, avail, n, i;
	const union sl_rx_desc *d;

	while (rxq->fetched - rxq->taken < need) {
		/* Pairs with the driver's doorbell: descriptors before the tail are seen (T2). */
		tail = __atomic_load_n(&rxq->tail, __ATOMIC_ACQUIRE);
		if (tail >= rxq->count || rxq->head >= rxq->count) {
			softnic_complain(nic, SOFTNIC_BAD_TAIL, tail);
			return false;
		}
		from = rxq->head + rxq->fetched;
		from -= from >= rxq->count ? rxq->count : 0;
		avail = tail >= from ? tail - from : rxq->count - from;
		n = SOFTNIC_FETCH - rxq->fetched;
		n = n < avail ? n : avail;
		if (n == 0)
			return false;
		d = softnic_dma(nic, rxq->base + (uint64_t)from * SL_DESC_SIZE, n * SL_DESC_SIZE,
			SL_DMA_TO_DEVICE, SOFTNIC_DMA_RX_DESC);
		if (d == NULL)
			return false;
		for (i = 0; i < n; i += 4)
			__builtin_prefetch(&d[i]);
		for (i = 0; i < n; i++)
			rxq->addr[rxq->fetched + i] = d[i].read.pkt_addr;
		rxq->fetched += n;
	}
	return true;
}

/* Descriptors a driver has posted and no frame has taken. */
static uint32_t
rx_posted(const struct softnic_rxq *rxq)
{
	uint32_t tail = __atomic_load_n(&rxq->tail, __ATOMIC_RELAXED);

	if (tail >= rxq->count || rxq->head >= rxq->count)
		return 0;
	return tail >= rxq->head ? tail - rxq->head : tail + rxq->count - rxq->head;
}

/* Write back what the batch filled and forget it: 7.1.5. Data before DD, DD in ring order. */
static void
rx_write_back(struct sl_softnic *nic, struct softnic_rxq *rxq)
{
	uint32_t n = rxq->taken, done = 0;

	while (done < n) {
		uint32_t part = rxq->count - rxq->head, i;
		union sl_rx_desc *d;

		part = part < n - done ? part : n - done;
		d = softnic_dma(nic, rxq->base + (uint64_t)rxq->head * SL_DESC_SIZE,
			part * SL_DESC_SIZE, SL_DMA_FROM_DEVICE, SOFTNIC_DMA_RX_DESC);
		for (i = 0; d != NULL && i < part; i++) {
			d[i].qw[0] = rxq->wb[done + i].qw[0];
			/* Frame and first half before DD: the driver reads them after it (R3). */
			__atomic_store_n(&d[i].qw[1], rxq->wb[done + i].qw[1], __ATOMIC_RELEASE);
		}
		rxq->head += part;
		rxq->head -= rxq->head >= rxq->count ? rxq->count : 0;
		done += part;
	}
	rxq->fetched -= n;
	memmove(rxq->addr, rxq->addr + n, rxq->fetched * sizeof(rxq->addr[0]));
	rxq->taken = 0;
}

/* Reserve a frame's descriptors: false when the queue has too few. */
static bool
rx_reserve(struct sl_softnic *nic, struct softnic_rx_meta *m)
{
	struct softnic_rxq *rxq = &nic->rxq[m->queue];

	m->descs = 1;
	if (__builtin_expect(m->len > rxq->buf_size, 0))
		m->descs = (uint16_t)((m->len + rxq->buf_size - 1) / rxq->buf_size);
	if (!rx_fetch(nic, rxq, m->descs))
		return false;
	m->slot = (uint16_t)rxq->taken;
	rxq->taken += m->descs;
	m->to = softnic_dma(nic, rxq->addr[m->slot], rxq->buf_size, SL_DMA_FROM_DEVICE,
		SOFTNIC_DMA_RX_DATA);
	if (m->to != NULL)
		__builtin_prefetch(m->to, 1);
	return true;
}

/* Copy a reserved frame into its buffers and make its write-backs. */
static void
rx_fill(struct sl_softnic *nic, const struct softnic_rx_meta *m)
{
	struct softnic_rxq *rxq = &nic->rxq[m->queue];
	uint32_t done = 0, i;

	for (i = 0; i < m->descs; i++) {
		union sl_rx_desc *wb = &rxq->wb[m->slot + i];
		uint32_t part = m->len - done < rxq->buf_size ? m->len - done : rxq->buf_size;
		uint8_t *to = m->to;

		if (i != 0)
			to = softnic_dma(nic, rxq->addr[m->slot + i], rxq->buf_size,
				SL_DMA_FROM_DEVICE, SOFTNIC_DMA_RX_DATA);
		wb->wb.info = m->info;
		wb->wb.rss = m->rss;
		wb->wb.status = SL_RXD_STAT_DD;
		wb->wb.length = (uint16_t)part;
		wb->wb.vlan = 0;
		if (to != NULL)
			memcpy(to, m->data + done, part);
		else
			wb->wb.status |= SL_RXD_ERR_RXE;
		done += part;
	}
	rxq->wb[m->slot + i - 1].wb.status |= SL_RXD_STAT_EOP | m->status;
	rxq->wb[m->slot + i - 1].wb.vlan = m->vlan;
}

static void
rx_finish(struct sl_softnic *nic, const struct softnic_rx_meta *meta, unsigned int n)
{
	uint32_t queues = 0, rest;
	unsigned int i;

	for (i = 0; i < n; i++) {
		rx_fill(nic, &meta[i]);
		queues |= SL_BIT(meta[i].queue);
		nic->stats.rx_bytes += meta[i].len;
	}
	nic->stats.rx_frames += n;
	for (rest = queues; rest != 0; rest &= rest - 1)
		rx_write_back(nic, &nic->rxq[__builtin_ctz(rest)]);
	if (queues != 0)
		softnic_irq_queues(nic, queues, 0);
}

void
softnic_rx_frames(struct sl_softnic *nic, const struct sl_frame *frames, unsigned int n)
{
	struct softnic_rx_meta meta[SOFTNIC_BATCH];
	unsigned int taken = 0, i;

	for (i = 0; i < n; i++) {
		struct softnic_rx_meta *m = &meta[taken];

		if (!softnic_rx_judge(nic, &frames[i], m))
			continue;
		if (rx_reserve(nic, m)) {
			taken++;
			continue;
		}
		/* On-chip descriptors may be used up by this very batch: once more after it. */
		rx_finish(nic, meta, taken);
		meta[0] = *m;
		taken = 0;
		if (rx_reserve(nic, &meta[0]))
			taken = 1;
		else
			softnic_rx_no_desc(nic, &meta[0]);
	}
	rx_finish(nic, meta, taken);
}

/* Frames that could be stored now, as a hint to the wire. */
static uint32_t
rx_room(const struct sl_softnic *nic)
{
	uint32_t room = UINT32_MAX, mask;

	for (mask = nic->rx_mask; mask != 0; mask &= mask - 1) {
		const struct softnic_rxq *rxq = &nic->rxq[__builtin_ctz(mask)];
		uint32_t posted = rx_posted(rxq);

		/* Frames longer than a buffer take several descriptors. */
		if ((nic->r.RCTL[0] & SL_RCTL_LPE) != 0 && rxq->buf_size != 0)
			posted /= 1 + SL_GET(SL_RLPML_LEN, nic->r.RLPML[0]) / (rxq->buf_size + 1);
		room = posted < room ? posted : room;
	}
	return nic->rx_mask != 0 ? room : 0;
}

unsigned int
softnic_rx(struct sl_softnic *nic, unsigned int budget)
{
	struct sl_frame frames[SOFTNIC_BATCH];
	uint32_t room;
	unsigned int n;

	if (nic->wire == NULL || !softnic_may_run(nic))
		return 0;
	room = (nic->r.RCTL[0] & SL_RCTL_RXEN) != 0 ? rx_room(nic) : 0;
	if (budget > SOFTNIC_BATCH)
		budget = SOFTNIC_BATCH;
	n = nic->wire->ops->poll(nic->wire, frames, budget, room);
	if (n != 0)
		softnic_rx_frames(nic, frames, n);
	return n;
}
