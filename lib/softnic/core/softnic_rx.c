/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */

/*
 * Receive: 7.1. A batch of frames goes through four phases: judge each frame
 * (filters, queue, offloads), reserve descriptors and prefetch their buffers,
 * copy, write back the descriptors. Frames whose queue has no descriptors wait
 * in the packet buffer (7.1.3.3), or are dropped if the queue is configured to
 * drop them (8.10.2).
 */

#include <string.h>

#include "softnic_parse.h"
#include "softnic_sum.h"
#include "softnic_engine.h"

#define DESCS_IN_LINE 4u

/*
 * Prefetch a line for writing. A line that was fetched for reading would need a second
 * transfer for ownership.
 */
static inline void
prefetch_write(const void *p)
{
#if defined(__x86_64__)
	__asm__ volatile("prefetchw %0" : : "m"(*(const char *)p));
#else
	__builtin_prefetch(p, 1);
#endif
}

/* Fetch descriptors until at least @p need are available; false: the ring has fewer. */
static bool
rx_fetch(struct sl_softnic *nic, struct softnic_rxq *rxq, uint32_t need)
{
	uint32_t tail, from, avail, n, i;
	const union sl_rx_desc *d;

	while (rxq->fetched - rxq->taken < need) {
		/* T2: pairs with the driver's doorbell; we see the descriptors before the tail. */
		tail = softnic_bell(&rxq->tail);
		if (tail >= rxq->s.count || rxq->head >= rxq->s.count) {
			softnic_complain(nic, SOFTNIC_BAD_TAIL, tail);
			return false;
		}
		from = rxq->head + rxq->fetched;
		from -= from >= rxq->s.count ? rxq->s.count : 0;
		avail = tail >= from ? tail - from : rxq->s.count - from;
		n = SOFTNIC_FETCH - rxq->fetched;
		n = n < avail ? n : avail;
		/*
		 * If the tail moves back over fetched descriptors, none of them must be fetched
		 * twice.
		 */
		if (n == 0 || rxq->fetched + n >= rxq->s.count)
			return false;
		d = softnic_dma(nic, rxq->s.base + (uint64_t)from * SL_DESC_SIZE, n * SL_DESC_SIZE,
			SL_DMA_TO_DEVICE, SOFTNIC_DMA_RX_DESC);
		softnic_tell(nic, false, d, rxq->s.base + (uint64_t)from * SL_DESC_SIZE,
			n * SL_DESC_SIZE, softnic_rxq_id(nic, rxq), from);
		if (d == NULL)
			return false;
		for (i = 0; i < n; i += DESCS_IN_LINE)
			__builtin_prefetch(&d[i]);
		for (i = 0; i < n; i++)
			rxq->addr[rxq->fetched + i] = d[i].read.pkt_addr;
		rxq->fetched += n;
	}
	return true;
}

/* Number of descriptors that the driver has posted and that are not written back yet. */
static uint32_t
rx_posted(const struct softnic_rxq *rxq)
{
	uint32_t tail = softnic_bell(&rxq->tail);

	if (tail >= rxq->s.count || rxq->head >= rxq->s.count)
		return 0;
	return tail >= rxq->head ? tail - rxq->head : tail + rxq->s.count - rxq->head;
}

/* Store one write-back: 7.1.5.2. */
static void
rx_store(volatile union sl_rx_desc *d, const union sl_rx_desc *wb)
{
	d->qw[0] = wb->qw[0];
	/* R3: frame and first half are stored before DD, after which the driver reads them. */
	__atomic_store_n(&d->qw[1], wb->qw[1], __ATOMIC_RELEASE);
}

/* Store a write-back while faults are requested: each write-back may be affected. */
static void
rx_store_faulty(struct sl_softnic *nic, const struct softnic_rxq *rxq, uint32_t at,
	const union sl_rx_desc *src)
{
	union sl_rx_desc wb = *src, *d;
	uint32_t copies = softnic_fault_hit(nic, SL_FAULT_REPEAT_WB) ? 2 : 1;

	if (softnic_fault_hit(nic, SL_FAULT_DROP_DD))
		wb.wb.status &= ~SL_RXD_STAT_DD;
	for (; copies != 0; copies--, at++) {
		at -= at >= rxq->s.count ? rxq->s.count : 0;
		d = softnic_dma(nic, rxq->s.base + (uint64_t)at * SL_DESC_SIZE, SL_DESC_SIZE,
			SL_DMA_FROM_DEVICE, SOFTNIC_DMA_RX_DESC);
		softnic_tell(nic, true, d, rxq->s.base + (uint64_t)at * SL_DESC_SIZE, SL_DESC_SIZE,
			softnic_rxq_id(nic, rxq), at);
		if (d != NULL)
			rx_store(d, &wb);
	}
}

/*
 * Raise the low-descriptors cause when the posted descriptors fall to the queue's
 * threshold, also to a threshold of 0: 8.10.2.
 */
static void
rx_threshold(struct sl_softnic *nic, const struct softnic_rxq *rxq, uint32_t written)
{
	uint32_t left = rx_posted(rxq);

	if (left <= rxq->s.low_mark && left + written > rxq->s.low_mark) {
		nic->count[SOFTNIC_RX_LOW]++;
		nic->model->ops->irq_cause(nic, SOFTNIC_CAUSE_LOW);
	}
}

/* Write back the batch's descriptors: data before DD, and DD in the order of the ring. */
static void
rx_write_back(struct sl_softnic *nic, struct softnic_rxq *rxq)
{
	const uint32_t fault_mask = SL_BIT(SL_FAULT_DROP_DD) | SL_BIT(SL_FAULT_REPEAT_WB);
	uint32_t n = rxq->taken, done = 0;

	/* R3: the frames are in the host's memory before the DD that announces them. */
	sl_dma_flush(nic->dma);
	while (done < n) {
		uint32_t part = rxq->s.count - rxq->head, i;
		union sl_rx_desc *d;

		part = part < n - done ? part : n - done;
		if (__builtin_expect((nic->faults & fault_mask) != 0, 0)) {
			part = 1;
			rx_store_faulty(nic, rxq, rxq->head, &rxq->wb[done]);
		} else {
			d = softnic_dma(nic, rxq->s.base + (uint64_t)rxq->head * SL_DESC_SIZE,
				part * SL_DESC_SIZE, SL_DMA_FROM_DEVICE, SOFTNIC_DMA_RX_DESC);
			softnic_tell(nic, true, d, rxq->s.base + (uint64_t)rxq->head * SL_DESC_SIZE,
				part * SL_DESC_SIZE, softnic_rxq_id(nic, rxq), rxq->head);
			for (i = 0; d != NULL && i < part; i++)
				rx_store(&d[i], &rxq->wb[done + i]);
		}
		rxq->head += part;
		rxq->head -= rxq->head >= rxq->s.count ? rxq->s.count : 0;
		done += part;
	}
	rxq->fetched -= n;
	memmove(rxq->addr, rxq->addr + n, rxq->fetched * sizeof(rxq->addr[0]));
	rxq->taken = 0;
	rx_threshold(nic, rxq, n);
}

/*
 * Write back filled descriptors after each batch, unless a fault holds them. The interrupt is
 * raised first, which is correct because eventfds are written at the end of the step.
 */
static void
rx_release(struct sl_softnic *nic)
{
	static const struct softnic_set none;
	struct softnic_set queues = nic->rx_held;
	int q;

	if (softnic_set_empty(&queues) || softnic_fault_on(nic, SL_FAULT_HOLD_DD))
		return;
	nic->rx_held = none;
	nic->model->ops->irq_queues(nic, &queues, &none);
	while ((q = softnic_set_take(&queues)) >= 0)
		rx_write_back(nic, &nic->rxq[q]);
}

/* Bytes of the frame from @p done on that go into one buffer. */
static inline uint32_t
rx_part(const struct softnic_rxq *rxq, const struct softnic_rx_meta *m, uint32_t done)
{
	return m->len - done < rxq->s.buf_size ? m->len - done : rxq->s.buf_size;
}

/* Reserve a frame's descriptors: false when the queue has too few. */
static bool
rx_reserve(struct sl_softnic *nic, struct softnic_rx_meta *m)
{
	struct softnic_rxq *rxq = &nic->rxq[m->queue];

	/* The setup of a disabled queue is unknown, even its buffer size. */
	if (!softnic_set_has(&nic->rx_usable, m->queue))
		return false;
	m->descs = 1;
	if (__builtin_expect(m->len > rxq->s.buf_size, 0))
		m->descs = (uint16_t)((m->len + rxq->s.buf_size - 1) / rxq->s.buf_size);
	if (!rx_fetch(nic, rxq, m->descs))
		return false;
	m->slot = (uint16_t)rxq->taken;
	rxq->taken += m->descs;
	m->to = softnic_dma(nic, rxq->addr[m->slot], rx_part(rxq, m, 0), SL_DMA_FROM_DEVICE,
		SOFTNIC_DMA_RX_DATA);
	if (m->to != NULL)
		prefetch_write(m->to);
	return true;
}

/* Store a time stamp in bytes 8 to 15, little-endian. */
static void
put_stamp(uint8_t *to, uint64_t stamp)
{
	unsigned int i;

	for (i = 0; i < sizeof(stamp); i++)
		to[sizeof(stamp) + i] = (uint8_t)(stamp >> 8 * i);
}

/*
 * Copy bytes [off, off + n) of the delivered data: a time stamp if there is one, then the frame
 * without a stripped tag, then the FCS if it is kept.
 */
static void
rx_copy_edited(const struct softnic_rx_meta *m, uint32_t off, uint8_t *to, uint32_t n)
{
	uint32_t body = m->len - m->stamp_len - m->fcs_len, fcs, part, i;

	if (off < m->stamp_len) {
		uint8_t stamp[SOFTNIC_STAMP] = {0};

		put_stamp(stamp, m->stamp);
		part = m->stamp_len - off < n ? m->stamp_len - off : n;
		memcpy(to, stamp + off, part);
		to += part;
		off += part;
		n -= part;
	}
	off -= m->stamp_len;
	if (m->strip && off < SOFTNIC_ETH_ADDRS) {
		part = SOFTNIC_ETH_ADDRS - off < n ? SOFTNIC_ETH_ADDRS - off : n;
		memmove(to, m->data + off, part);
		to += part;
		off += part;
		n -= part;
	}
	part = off < body ? body - off : 0;
	part = part < n ? part : n;
	memmove(to, m->data + off + (m->strip ? SOFTNIC_VLAN_TAG : 0), part);
	if (part == n)
		return;
	/* FCS of the frame on the wire, before a tag was stripped. */
	fcs = softnic_crc32(m->data, m->wire_len);
	for (i = part; i < n; i++)
		to[i] = (uint8_t)(fcs >> (off + i - body) * 8);
}

/* Apply faults to a frame's write-backs. */
static void
rx_fill_faults(struct sl_softnic *nic, struct softnic_rxq *rxq, const struct softnic_rx_meta *m)
{
	union sl_rx_desc *last = &rxq->wb[m->slot + m->descs - 1];

	if (softnic_fault_hit(nic, SL_FAULT_BAD_LENGTH))
		last->wb.length = (uint16_t)nic->fault[SL_FAULT_BAD_LENGTH].arg;
	if (softnic_fault_hit(nic, SL_FAULT_NO_EOP))
		last->wb.status &= ~SL_RXD_STAT_EOP;
}

/*
 * Copy a frame to its reserved buffers and fill in its write-backs. The data of a looped-back frame
 * is in the memory that it is sent from, and a faulty driver may have posted a buffer in that
 * memory: hence memmove().
 */
static void
rx_fill(struct sl_softnic *nic, const struct softnic_rx_meta *m)
{
	struct softnic_rxq *rxq = &nic->rxq[m->queue];
	union sl_rx_desc *wb = &rxq->wb[m->slot];
	uint32_t done = 0, lost = 0, i;

	for (i = 0; i < m->descs; i++, wb++) {
		uint32_t part = rx_part(rxq, m, done);
		uint8_t *to = m->to;

		if (i != 0)
			to = softnic_dma(nic, rxq->addr[m->slot + i], part, SL_DMA_FROM_DEVICE,
				SOFTNIC_DMA_RX_DATA);
		softnic_tell(nic, true, to, rxq->addr[m->slot + i], part, m->queue,
			(rxq->head + m->slot + i) % rxq->s.count);
		wb->qw[0] = 0;
		wb->wb.status = SL_RXD_STAT_DD;
		wb->wb.length = (uint16_t)part;
		wb->wb.vlan = 0;
		if (to == NULL)
			lost = nic->model->rxd_err;
		else if (__builtin_expect(m->edited, 0))
			rx_copy_edited(m, done, to, part);
		else
			memmove(to, m->data + done, part);
		done += part;
	}
	/* 7.1.5.2: the frame's last descriptor has its type, hash and status. */
	wb--;
	wb->wb.info = m->info;
	wb->wb.rss = m->rss;
	wb->wb.status |= SL_RXD_STAT_EOP | m->status | lost;
	wb->wb.vlan = m->vlan;
	if (__builtin_expect(nic->faults != 0, 0))
		rx_fill_faults(nic, rxq, m);
}

static void
rx_finish(struct sl_softnic *nic, const struct softnic_rx_meta *meta, unsigned int n)
{
	unsigned int i;

	if (n == 0)
		return;
	for (i = 0; i < n; i++) {
		rx_fill(nic, &meta[i]);
		softnic_set_add(&nic->rx_held, meta[i].queue);
	}
	softnic_count_rx(nic, meta, n);
	rx_release(nic);
}

/* The current batch. */
struct rx_batch {
	struct softnic_rx_meta meta[SOFTNIC_BATCH];
	unsigned int n;
};

/* Record of the next frame. */
static struct softnic_rx_meta *
rx_batch_next(struct rx_batch *b)
{
	return &b->meta[b->n];
}

/*
 * Add the judged frame to the batch. False: its queue has no descriptors, and the frame
 * stays the next one. always_inline: it runs once per frame, and compilers do not inline it.
 */
static inline __attribute__((always_inline)) bool
rx_batch_add(struct sl_softnic *nic, struct rx_batch *b)
{
	struct softnic_rx_meta *m = rx_batch_next(b);

	if (__builtin_expect(rx_reserve(nic, m), 1)) {
		if (++b->n < SOFTNIC_BATCH)
			return true;
		rx_finish(nic, b->meta, b->n);
		b->n = 0;
		return true;
	}
	if (b->n == 0)
		return false;
	/* The batch may have used all fetched descriptors: finish it and try again. */
	rx_finish(nic, b->meta, b->n);
	b->meta[0] = *m;
	b->n = 0;
	if (!rx_reserve(nic, &b->meta[0]))
		return false;
	b->n = 1;
	return true;
}

/* True if the frame's queue drops frames, or is disabled, which would block other queues. */
static bool
rx_drops(const struct sl_softnic *nic, const struct softnic_rx_meta *m)
{
	return nic->rxq[m->queue].s.drop || !softnic_set_has(&nic->rx_usable, m->queue);
}

/* Drop a frame because its queue has no descriptors: 8.10.11. */
static void
rx_drop(struct sl_softnic *nic, const struct softnic_rx_meta *m)
{
	nic->rxq[m->queue].dropped++;
	nic->stats.rx_no_desc++;
}

/* Put a frame into the packet buffer, where it waits for descriptors: 7.1.3.3. */
static void
rx_wait(struct sl_softnic *nic, const struct softnic_rx_meta *m)
{
	if (!softnic_fifo_put(nic, m)) {
		nic->count[SOFTNIC_RX_MISSED]++;
		nic->model->ops->irq_cause(nic, SOFTNIC_CAUSE_OVERRUN);
		nic->stats.rx_no_desc++;
	}
}

void
softnic_rx_frames(struct sl_softnic *nic, const struct sl_frame *frames, unsigned int n)
{
	struct rx_batch b; /* large, so it is not initialised as a whole */
	unsigned int i;

	b.n = 0;
	if (!nic->rx.on || nic->rx.shut)
		return;
	for (i = 0; i < n; i++) {
		if (!softnic_rx_judge(nic, &frames[i], rx_batch_next(&b)))
			continue;
		/* A frame must not overtake frames that wait. */
		if (nic->fifo_used == 0 && rx_batch_add(nic, &b))
			continue;
		nic->count[SOFTNIC_RX_NO_BUFFER]++;
		/*
		 * A frame that waits after other frames is not dropped here, because its queue
		 * may have descriptors later.
		 */
		if (nic->fifo_used == 0 && rx_drops(nic, rx_batch_next(&b)))
			rx_drop(nic, rx_batch_next(&b));
		else
			rx_wait(nic, rx_batch_next(&b));
	}
	rx_finish(nic, b.meta, b.n);
}

/* Deliver frames of the packet buffer in order, while there are descriptors. */
static unsigned int
rx_drain(struct sl_softnic *nic, unsigned int budget)
{
	struct rx_batch b; /* large, so it is not initialised as a whole */
	uint32_t at = 0, size;
	unsigned int moved = 0;

	b.n = 0;
	while (moved < budget && softnic_fifo_peek(nic, at, rx_batch_next(&b))) {
		size = softnic_fifo_size(rx_batch_next(&b));
		if (!rx_batch_add(nic, &b)) {
			if (!rx_drops(nic, rx_batch_next(&b)))
				break;
			rx_drop(nic, rx_batch_next(&b));
		}
		at += size;
		moved++;
	}
	/* The batch points into the packet buffer: finish it before the space is freed. */
	rx_finish(nic, b.meta, b.n);
	softnic_fifo_drop(nic, at);
	return moved;
}

/*
 * Number of frames for which there are descriptors, for the wire. Queues that drop
 * frames are ignored, because they do not block other frames when they are full.
 */
static uint32_t
rx_room(const struct sl_softnic *nic)
{
	struct softnic_set queues = nic->rx_usable;
	uint32_t room = UINT32_MAX;
	int q;

	if (!nic->rx.on || nic->rx.shut || softnic_set_empty(&queues) || nic->fifo_used != 0)
		return 0;
	while ((q = softnic_set_take(&queues)) >= 0) {
		const struct softnic_rxq *rxq = &nic->rxq[q];
		uint32_t posted = rx_posted(rxq);

		if (rxq->s.drop)
			continue;
		/* Frames longer than a buffer need several descriptors. */
		if (nic->rx.longest > rxq->s.buf_size)
			posted /= 1 + nic->rx.longest / (rxq->s.buf_size + 1);
		room = posted < room ? posted : room;
	}
	return room;
}

/* Drop frames while the link is up and receive is disabled. Makes no DMA. */
static unsigned int
rx_pass(struct sl_softnic *nic, unsigned int budget)
{
	struct sl_frame frames[SOFTNIC_BATCH];

	if (!nic->link_up || nic->loops || nic->rx.on)
		return 0;
	return nic->wire->ops->poll(nic->wire, frames, budget, 0);
}

unsigned int
softnic_rx(struct sl_softnic *nic, unsigned int budget)
{
	struct sl_frame frames[SOFTNIC_BATCH];
	unsigned int n = 0, polled;

	if (budget > SOFTNIC_BATCH)
		budget = SOFTNIC_BATCH;
	if (!softnic_may_run(nic))
		return rx_pass(nic, budget);
	rx_release(nic);
	if (__builtin_expect(nic->fifo_used != 0, 0))
		n = rx_drain(nic, budget);
	if (!nic->link_up || nic->loops)
		return n;
	polled = nic->wire->ops->poll(nic->wire, frames, budget, rx_room(nic));
	if (polled != 0)
		softnic_rx_frames(nic, frames, polled);
	return n + polled;
}
