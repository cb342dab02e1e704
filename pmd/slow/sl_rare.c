/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */

/*
 * Rare tasks of a transmit burst, outside its fast path: mbufs that are freed one by one, room for
 * a frame of many segments, the NIC's head register, and memory that the NIC has not used before.
 * Called on the datapath thread, which owns the ring.
 */

#include <rte_mbuf.h>

#include "sl_ask.h"
#include "sl_data_pool.h"
#include "sl_port.h"
#include "sl_rare.h"
#include "sl_stall.h"
#include "sl_tx_ring.h"

/* --- free --- */

static void
tx_free_list(struct rte_mbuf **list, unsigned int n)
{
	if (n > 0)
		rte_mempool_put_bulk(list[0]->pool, (void **)list, n);
}

/* Free the segments of @n descriptors from index @idx on, which do not wrap. */
static void
tx_inspect_run(const struct sl_tx_queue *q, unsigned int idx, unsigned int n)
{
	struct rte_mbuf *list[TX_FREE_BATCH];
	unsigned int held = 0;
	unsigned int i;

	for (i = idx; i < idx + n; i++) {
		struct rte_mbuf *m = q->sw_ring[i];

		if (m == NULL)
			continue;
		if (!q->fast_free) {
			m = rte_pktmbuf_prefree_seg(m);
			if (m == NULL)
				continue;
		}
		if (held == TX_FREE_BATCH || (held > 0 && m->pool != list[0]->pool)) {
			tx_free_list(list, held);
			held = 0;
		}
		list[held++] = m;
	}
	tx_free_list(list, held);
}

static void
tx_free_each(struct sl_tx_queue *q, unsigned int n)
{
	const unsigned int first = RTE_MIN(n, (unsigned int)q->nb_desc - q->next_to_clean);

	tx_inspect_run(q, q->next_to_clean, first);
	tx_inspect_run(q, 0, n - first);
	q->mixed -= RTE_MIN(n, (unsigned int)q->mixed);
	tx_cleaned(q, n);
}

bool
sl_rare_free_each(struct sl_tx_queue *q, unsigned int n)
{
	if (!q->started)
		return false;
	tx_free_each(q, n);
	return true;
}

void
sl_rare_free_stopped(struct sl_tx_queue *q)
{
	tx_free_each(q, tx_outstanding(q));
}

/* --- progress of the NIC --- */

unsigned int
sl_rare_done_by_register(const struct sl_tx_queue *q)
{
	unsigned int done;

	/* Only the primary process reads registers. The next report replaces an invalid one. */
	if (sl_guest_here())
		return 0;
	done = tx_before(q, q->port->hw->ops->txq_head(q));
	return done > tx_outstanding(q) ? 0 : done;
}

unsigned int
sl_rare_done_bad_head(const struct sl_tx_queue *q)
{
	sl_bad_value(q->port, "tx", q->queue_id, "bad_head");
	return sl_rare_done_by_register(q);
}

void
sl_rare_make_room(struct sl_tx_queue *q, unsigned int n)
{
	while (q->nb_free < n) {
		unsigned int part;

		if (q->nb_done == 0)
			q->nb_done = (uint16_t)tx_done_or_register(q, q->sync->mode);
		part = RTE_MIN(q->nb_done, TX_FREE_BATCH);
		if (part == 0)
			return;
		if (!sl_rare_free_each(q, part)) {
			q->nb_done = 0;
			return;
		}
		q->nb_done -= part;
	}
}

/* --- owner of the data --- */

bool
sl_rare_is_sole(const struct rte_mbuf *m)
{
	return sl_mbuf_has_data(m) && rte_mbuf_ext_refcnt_read(m->shinfo) == 1;
}

/*
 * shared_at of a mempool. The primary process knows it, since it has the list of its mempools with
 * data of their own.
 */
static uintptr_t
pool_shared_at(const struct sl_tx_queue *q, const struct rte_mbuf *m)
{
	const struct sl_data_pool *apart;
	uint64_t at = 0;

	if (sl_guest_here())
		return sl_ask_map(q->port_id, m, &at) == 0 ? (uintptr_t)at : 0;
	apart = sl_data_pool_of(m->pool);
	return apart != NULL ? apart->shared_at : 0;
}

bool
sl_rare_map(struct sl_tx_queue *q, const struct rte_mbuf *m, unsigned int used)
{
	if (!tx_in_window(q, m))
		return false;
	if (sl_mbuf_has_data(m)) {
		q->pool_seen = m->pool;
		q->shared_at = pool_shared_at(q, m);
		/* Mbufs of earlier descriptors may be of another pool. */
		tx_mix(q, used);
	}
	return true;
}
