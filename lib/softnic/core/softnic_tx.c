/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */

/*
 * Transmit (7.2): descriptors are fetched and completed in batches. A frame
 * with one descriptor and without offloads is sent in place from host memory;
 * softnic_txoff.c sends all others.
 */

#include <string.h>

#include "softnic_engine.h"

/* Pass the frames of the batch to the wire, or in loopback to this device's receiver. */
static void
tx_flush(struct sl_softnic *nic)
{
	if (nic->tx_n == 0)
		return;
	softnic_count_tx(nic, nic->tx_frames, nic->tx_n);
	if (nic->loops)
		softnic_rx_frames(nic, nic->tx_frames, nic->tx_n);
	else if (nic->wire != NULL)
		nic->wire->ops->send(nic->wire, nic->tx_frames, nic->tx_n);
	nic->tx_n = 0;
	nic->tx_arena_used = 0;
}

uint8_t *
softnic_tx_alloc(struct sl_softnic *nic, uint32_t len)
{
	uint8_t *p;

	if (nic->tx_arena_used + len > nic->tx_arena_size)
		tx_flush(nic);
	p = nic->tx_arena + nic->tx_arena_used;
	nic->tx_arena_used += len;
	return p;
}

void
softnic_tx_push(struct sl_softnic *nic, const uint8_t *data, uint32_t len, bool bad_fcs)
{
	nic->tx_frames[nic->tx_n++] =
		(struct sl_frame){.data = data, .len = len, .bad_fcs = bad_fcs};
	if (nic->tx_n == SOFTNIC_BATCH)
		tx_flush(nic);
}

/* Copy @p n descriptors from ring index head on; false on a DMA fault. */
static bool
tx_fetch(struct sl_softnic *nic, const struct softnic_txq *txq, union sl_tx_desc *desc, uint32_t n)
{
	uint32_t first = txq->s.count - txq->head, i;
	const uint8_t *p;

	if (first > n)
		first = n;
	p = softnic_dma(nic, txq->s.base + (uint64_t)txq->head * SL_DESC_SIZE, first * SL_DESC_SIZE,
		SL_DMA_TO_DEVICE, SOFTNIC_DMA_TX_DESC);
	softnic_tell(nic, false, p, txq->s.base + (uint64_t)txq->head * SL_DESC_SIZE,
		first * SL_DESC_SIZE, softnic_txq_id(nic, txq), txq->head);
	if (p == NULL)
		return false;
	for (i = 0; i < first * SL_DESC_SIZE; i += 64)
		__builtin_prefetch(p + i);
	memcpy(desc, p, first * SL_DESC_SIZE);
	if (first == n)
		return true;
	p = softnic_dma(nic, txq->s.base, (n - first) * SL_DESC_SIZE, SL_DMA_TO_DEVICE,
		SOFTNIC_DMA_TX_DESC);
	softnic_tell(nic, false, p, txq->s.base, (n - first) * SL_DESC_SIZE,
		softnic_txq_id(nic, txq), 0);
	if (p == NULL)
		return false;
	memcpy(desc + first, p, (n - first) * SL_DESC_SIZE);
	return true;
}

static void
tx_bad(struct sl_softnic *nic, const union sl_tx_desc *d)
{
	nic->stats.bad_desc++;
	softnic_complain(nic, SOFTNIC_BAD_TXD, d->read.cmd);
}

/* Number of descriptors up to EOP; 0: none of the @p n has EOP. */
static uint32_t
tx_chain(const union sl_tx_desc *d, uint32_t n)
{
	uint32_t i;

	for (i = 0; i < n; i++) {
		if ((d[i].read.cmd & SL_TXD_DCMD_EOP) != 0)
			return i + 1;
	}
	return 0;
}

/* Send a frame of one descriptor that needs no change. */
static bool
tx_plain(struct sl_softnic *nic, const union sl_tx_desc *d, uint32_t q, uint32_t at)
{
	uint32_t len = SL_GET(SL_TXD_DTALEN, d->read.cmd);
	const uint8_t *data;

	data = softnic_dma(nic, d->read.addr, len, SL_DMA_TO_DEVICE, SOFTNIC_DMA_TX_DATA);
	softnic_tell(nic, false, data, d->read.addr, len, q, at);
	if (data == NULL)
		return false;
	__builtin_prefetch(data);
	softnic_tx_push(nic, data, len, false);
	return true;
}

/* True for a descriptor that is a complete frame and needs no change. */
static bool
tx_is_plain(const struct sl_softnic *nic, const union sl_tx_desc *d)
{
	const uint32_t cmd_mask = SL_TXD_DTYP | SL_TXD_DCMD_DEXT | SL_TXD_DCMD_EOP |
		SL_TXD_DCMD_IFCS | SL_TXD_DCMD_VLE | SL_TXD_DCMD_TSE | SL_TXD_MAC_TSTAMP;
	const uint32_t cmd = SL_PREP(SL_TXD_DTYP, SL_TXD_DTYP_DATA) | SL_TXD_DCMD_DEXT |
		SL_TXD_DCMD_EOP | SL_TXD_DCMD_IFCS;
	uint32_t len = SL_GET(SL_TXD_DTALEN, d->read.cmd);

	return (d->read.cmd & cmd_mask) == cmd &&
		(d->read.olinfo & (SL_TXD_POPTS_IXSM | SL_TXD_POPTS_TXSM)) == 0 &&
		len >= SL_FRAME_MIN && len <= nic->model->device.max_frame - SL_FCS_LEN &&
		SL_GET(SL_TXD_PAYLEN, d->read.olinfo) == len;
}

/* Process fetched descriptors, up to @p budget frames. @return number of descriptors used. */
static uint32_t
tx_work(struct sl_softnic *nic, struct softnic_txq *txq, const union sl_tx_desc *desc, uint32_t n,
	unsigned int budget, unsigned int *frames)
{
	uint32_t i = 0;

	while (i < n && *frames < budget) {
		const union sl_tx_desc *d = &desc[i];
		uint32_t chain;

		if (__builtin_expect(!txq->skipping && tx_is_plain(nic, d), 1)) {
			tx_plain(nic, d, softnic_txq_id(nic, txq), (txq->head + i) % txq->s.count);
			(*frames)++;
			i++;
			continue;
		}
		if (txq->skipping) {
			txq->skipping = (d->read.cmd & SL_TXD_DCMD_EOP) == 0;
			i++;
			continue;
		}
		if ((d->read.cmd & SL_TXD_DCMD_DEXT) != 0 &&
			SL_GET(SL_TXD_DTYP, d->read.cmd) == SL_TXD_DTYP_CTX) {
			txq->ctx[SL_GET(SL_TXC_IDX, d->ctx.mss_l4) & 1] =
				(struct softnic_txctx){.vlan_macip = d->ctx.vlan_macip,
					.tucmd = d->ctx.tucmd,
					.mss_l4 = d->ctx.mss_l4};
			i++;
			continue;
		}
		chain = tx_chain(d, n - i);
		if (chain == 0)
			break;
		if (!softnic_tx_frame(nic, txq, (txq->head + i) % txq->s.count, d, chain))
			tx_bad(nic, d);
		(*frames)++;
		i += chain;
	}
	return i;
}

/* Write DD to each descriptor that requests a report: 7.2.3. */
static void
tx_report_dd(struct sl_softnic *nic, const struct softnic_txq *txq, const union sl_tx_desc *desc,
	uint32_t n)
{
	uint32_t i;

	for (i = 0; i < n; i++) {
		uint32_t at = txq->head + i, *status;
		uint64_t iova;

		if ((desc[i].read.cmd & SL_TXD_DCMD_RS) == 0)
			continue;
		at -= at >= txq->s.count ? txq->s.count : 0;
		iova = txq->s.base + (uint64_t)at * SL_DESC_SIZE +
			offsetof(union sl_tx_desc, wb.status);
		status = softnic_dma(
			nic, iova, sizeof(*status), SL_DMA_FROM_DEVICE, SOFTNIC_DMA_TX_DESC);
		softnic_tell(
			nic, true, status, iova, sizeof(*status), softnic_txq_id(nic, txq), at);
		/* Release: the data was read before the driver sees DD and reuses the buffer. */
		if (status != NULL)
			__atomic_store_n(status, SL_TXD_STAT_DD, __ATOMIC_RELEASE);
	}
}

/* Write the head to host memory (7.2.3); the ring is not written. */
static void
tx_report_head(struct sl_softnic *nic, const struct softnic_txq *txq, uint32_t head)
{
	uint32_t *word = softnic_dma(
		nic, txq->s.wb_addr, sizeof(*word), SL_DMA_FROM_DEVICE, SOFTNIC_DMA_TX_HEAD);

	softnic_tell(nic, true, word, txq->s.wb_addr, sizeof(*word), softnic_txq_id(nic, txq),
		SL_DESC_NONE);
	if (word == NULL)
		return;
	if (softnic_fault_hit(nic, SL_FAULT_WILD_INDEX))
		head = nic->fault[SL_FAULT_WILD_INDEX].arg;
	/* Release: the data was read before the driver sees the head and reuses the buffers. */
	__atomic_store_n(word, head, __ATOMIC_RELEASE);
}

static void
tx_complete(struct sl_softnic *nic, unsigned int q, const union sl_tx_desc *desc, uint32_t n)
{
	struct softnic_txq *txq = &nic->txq[q];
	struct softnic_set none = {0}, own = {0};
	uint32_t last_rs = 0, i;

	for (i = n; i > 0 && last_rs == 0; i--) {
		if ((desc[i - 1].read.cmd & SL_TXD_DCMD_RS) != 0)
			last_rs = i;
	}
	if (last_rs != 0) {
		uint32_t head = txq->head + last_rs;

		if (txq->s.wb_on)
			tx_report_head(nic, txq, head >= txq->s.count ? head - txq->s.count : head);
		else
			tx_report_dd(nic, txq, desc, last_rs);
		softnic_set_add(&own, q);
		nic->model->ops->irq_queues(nic, &none, &own);
	}
	txq->head += n;
	if (txq->head >= txq->s.count)
		txq->head -= txq->s.count;
}

static unsigned int
tx_queue(struct sl_softnic *nic, unsigned int q, unsigned int budget)
{
	struct softnic_txq *txq = &nic->txq[q];
	union sl_tx_desc desc[SOFTNIC_FETCH];
	/* T2: pairs with the driver's doorbell; we see the descriptors before the tail. */
	uint32_t tail = softnic_bell(&txq->tail);
	uint32_t avail, n, used;
	unsigned int frames = 0;

	if (tail == txq->head)
		return 0;
	nic->tx_from = txq;
	if (tail >= txq->s.count || txq->head >= txq->s.count) {
		softnic_complain(nic, SOFTNIC_BAD_TAIL, tail);
		return 0;
	}
	avail = tail > txq->head ? tail - txq->head : tail + txq->s.count - txq->head;
	n = avail < budget ? avail : budget;
	if (!tx_fetch(nic, txq, desc, n))
		goto lost;
	used = tx_work(nic, txq, desc, n, budget, &frames);
	if (used == 0 && n < avail) {
		/* The frame has more descriptors than the budget: fetch as many as possible. */
		n = avail < SOFTNIC_FETCH ? avail : SOFTNIC_FETCH;
		if (!tx_fetch(nic, txq, desc, n))
			goto lost;
		used = tx_work(nic, txq, desc, n, budget, &frames);
	}
	if (used == 0 && (n == SOFTNIC_FETCH || avail == txq->s.count - 1)) {
		/* No descriptor has EOP, and no more fit: skip the chain. */
		tx_bad(nic, desc);
		txq->skipping = true;
		used = n;
	}
	tx_flush(nic);
	tx_complete(nic, q, desc, used);
	/* The wire has taken the frames: translations for this queue are no longer used. */
	sl_dma_release(nic->dma);
	return used != 0 && frames == 0 ? 1 : frames;
lost:
	/* Skip descriptors that cannot be fetched, so that the queue continues. */
	txq->head = tail;
	return 1;
}

unsigned int
softnic_tx(struct sl_softnic *nic, unsigned int budget)
{
	struct softnic_set queues = nic->tx_usable;
	unsigned int moved = 0;
	int q;

	/* Without bus mastering or without a link the MAC sends nothing. */
	if (!nic->tx.on || !softnic_may_run(nic))
		return 0;
	if (__builtin_expect(nic->pause.held, 0) && softnic_pause_holds(nic))
		return 0;
	if (budget > SOFTNIC_BATCH)
		budget = SOFTNIC_BATCH;
	while ((q = softnic_set_take(&queues)) >= 0)
		moved += tx_queue(nic, (unsigned int)q, budget);
	return moved;
}
