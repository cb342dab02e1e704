/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */

/*
 * Receive without the bursts: filling and draining a queue, the table of paths, descriptor status.
 * The bursts are in sl_rx_burst.c.
 */

#include "sl_log.h"
#include "sl_paths.h"
#include "sl_port.h"
#include "sl_rx.h"
#include "sl_rx_refill.h"

/*
 * Number of held descriptors at which to refill: free_thresh plus the line that is never posted,
 * but early enough that the NIC keeps enough descriptors for the longest frame. A NIC may wait to
 * begin a frame until it has all of them; then nothing more would be consumed.
 */
static uint16_t
rx_refill_at(const struct sl_rx_queue *q)
{
	const unsigned int frame = (q->max_frame + q->buf_len - 1) / q->buf_len;
	const unsigned int most = q->nb_desc + 1u - frame;
	const unsigned int at = RTE_MIN((unsigned int)q->free_thresh + q->line_descs, most);

	/* With fewer than two lines held, no line would be posted. */
	return (uint16_t)RTE_MAX(at, 2u * q->line_descs);
}

int
sl_rx_queue_fill(struct sl_rx_queue *q)
{
	/* The ring is empty and starts at index 0: after setup, or after sl_rx_queue_drain(). */
	q->refill_at = rx_refill_at(q);
	rx_refill(q, q->sync->mode);
	return q->nb_hold == q->line_descs ? 0 : -ENOMEM;
}

/* Count complete frames in the ring that were not received. */
static void
rx_count_given_up(struct sl_rx_queue *q)
{
	unsigned int posted = q->nb_desc - q->nb_hold;
	unsigned int idx = q->next_to_clean;

	/* R2: the loads below see what the NIC wrote since the last poll. */
	sl_update(q->sync, q->sync->mode, (const void *)(uintptr_t)q->ring,
		q->nb_desc * SL_DESC_SIZE);
	for (; posted > 0; posted--) {
		const uint32_t status = q->ring[idx].wb.status;

		if ((status & SL_RXD_STAT_DD) != 0 && (status & SL_RXD_STAT_EOP) != 0)
			q->n.given_up++;
		idx = idx + 1 == q->nb_desc ? 0 : idx + 1;
	}
}

void
sl_rx_queue_drain(struct sl_rx_queue *q)
{
	unsigned int posted = q->nb_desc - q->nb_hold;
	unsigned int idx = q->next_to_clean;

	rx_count_given_up(q);
	for (; posted > 0; posted--) {
		/*
		 * F2: the queue is off; the NIC gives the buffer back before another user writes
		 * to it.
		 */
		sl_release(q->sync, q->sync->mode,
			(char *)q->sw_ring[idx]->buf_addr + RTE_PKTMBUF_HEADROOM, q->buf_len);
		rte_mbuf_raw_free(q->sw_ring[idx]);
		idx = idx + 1 == q->nb_desc ? 0 : idx + 1;
	}
	/* F2: the NIC gives the descriptors back before they are filled again. */
	sl_release(q->sync, q->sync->mode, (const void *)(uintptr_t)q->ring,
		q->nb_desc * SL_DESC_SIZE);
	rte_pktmbuf_free(q->first_seg);
	q->first_seg = NULL;
	q->last_seg = NULL;
	q->discard = false;
	q->next_to_clean = 0;
	q->next_to_use = 0;
	q->nb_hold = q->nb_desc;
	q->refill_at = UINT16_MAX;
	q->ready = 0;
	q->eager = false;
}

/* --- paths --- */

#define RX_WIDTH_ROWS(isa, label, bits, ...) SL_RX_PATHS(SL_RX_PATH_ROW, isa, label, bits)

/* clang-format off */
const struct sl_burst_path sl_rx_paths[] = {
	SL_WIDTHS(RX_WIDTH_ROWS)
	SL_RX_PATHS_SCALAR(SL_RX_PATH_ROW, scalar, "scalar", 0)
};
/* clang-format on */
const unsigned int sl_rx_path_count = RTE_DIM(sl_rx_paths);

/* --- descriptor status --- */

/* DD of one posted descriptor, in any mode. */
static bool
rx_desc_done(const struct sl_rx_queue *q, unsigned int idx)
{
	volatile union sl_rx_desc *d = &q->ring[idx];

	/* R2: the load below sees the DD that the NIC wrote since the line was last read. */
	sl_update(q->sync, q->sync->mode, (const void *)(uintptr_t)d, SL_DESC_SIZE);
	return (d->wb.status & SL_RXD_STAT_DD) != 0;
}

static inline unsigned int
rx_index(const struct sl_rx_queue *q, unsigned int offset)
{
	const unsigned int idx = q->next_to_clean + offset;

	return idx >= q->nb_desc ? idx - q->nb_desc : idx;
}

int
sl_rx_descriptor_status(void *rxq, uint16_t offset)
{
	const struct sl_rx_queue *q = rxq;

	if (offset >= q->nb_desc)
		return -EINVAL;
	if (offset >= q->nb_desc - q->nb_hold)
		return RTE_ETH_RX_DESC_UNAVAIL;
	if (offset < q->ready)
		return RTE_ETH_RX_DESC_DONE;
	return rx_desc_done(q, rx_index(q, offset)) ? RTE_ETH_RX_DESC_DONE : RTE_ETH_RX_DESC_AVAIL;
}

/*
 * Callback of rte_power_monitor(): nonzero means do not sleep, since the descriptor is already
 * written back.
 */
static int
rx_monitor_done(const uint64_t value, const uint64_t opaque[RTE_POWER_MONITOR_OPAQUE_SZ])
{
	RTE_SET_USED(opaque);
	return (value & SL_RXD_STAT_DD) != 0 ? -1 : 0;
}

int
sl_rx_monitor_addr(void *rxq, struct rte_power_monitor_cond *cond)
{
	const struct sl_rx_queue *q = rxq;

	if (q->sync->mode != SL_COHERENCY_COHERENT) {
		SL_LOG(ERR,
			"port %u rx queue %u: no address to monitor in %s mode: what the NIC writes does "
			"not reach the CPU by itself, which would not wake; use receive interrupts, or "
			"coherency=coherent where the platform is",
			q->port_id, q->queue_id, sl_coherency_name(q->sync->mode));
		return -ENOTSUP;
	}
	cond->addr = &q->ring[q->next_to_clean].wb.status;
	cond->size = sizeof(q->ring->wb.status);
	cond->fn = rx_monitor_done;
	return 0;
}

sl_queue_count_t
sl_rx_queue_count(void *rxq)
{
	const struct sl_rx_queue *q = rxq;
	const unsigned int posted = q->nb_desc - q->nb_hold;
	unsigned int lo = q->ready;
	unsigned int hi = posted;

	/* DD bits are set in ring order: find the first clear one by bisection. */
	while (lo < hi) {
		const unsigned int mid = lo + (hi - lo) / 2;

		if (rx_desc_done(q, rx_index(q, mid)))
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo;
}
