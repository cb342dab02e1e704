/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */

/*
 * Bursts of a secondary process, see sl_guest.h. A guest writes its process id into the queue's
 * seat while it is in a call, so that a stop of the port waits for the call's end, and finds a
 * process that ended within a call.
 */

#include "sl_guest.h"
#include "sl_log.h"
#include "sl_port.h"
#include "sl_rx.h"
#include "sl_tx.h"

/* --- entry to a queue --- */

static bool
runs(const struct sl_guest *g)
{
	return g->data->dev_private == g->port &&
		__atomic_load_n(&g->port->share.state, __ATOMIC_SEQ_CST) == SL_SHARE_RUNS;
}

static void
leave(struct sl_seat *seat)
{
	__atomic_store_n(&seat->pid, 0, __ATOMIC_RELEASE);
}

/* Take a seat. NULL: the port does not run. The port is checked again after the seat is taken. */
static struct sl_seat *
enter(const struct sl_guest *g, unsigned int seat)
{
	struct sl_seat *s;

	if (!runs(g))
		return NULL;
	s = &g->port->share.seats[seat];
	__atomic_store_n(&s->pid, g->pid, __ATOMIC_SEQ_CST);
	if (runs(g))
		return s;
	leave(s);
	return NULL;
}

static struct sl_rx_queue *
rx_enter(const struct sl_guest_queue *h, struct sl_seat **seat)
{
	const struct sl_guest *g = h->guest;
	struct sl_rx_queue *q = NULL;

	*seat = h->id < g->hw->rx_queues ? enter(g, h->id) : NULL;
	if (*seat != NULL && h->id < g->data->nb_rx_queues)
		q = g->data->rx_queues[h->id];
	if (*seat != NULL && q == NULL)
		leave(*seat);
	return q;
}

static struct sl_tx_queue *
tx_enter(const struct sl_guest_queue *h, struct sl_seat **seat)
{
	const struct sl_guest *g = h->guest;
	struct sl_tx_queue *q = NULL;

	*seat = h->id < g->hw->tx_queues ? enter(g, g->hw->rx_queues + h->id) : NULL;
	if (*seat != NULL && h->id < g->data->nb_tx_queues)
		q = g->data->tx_queues[h->id];
	if (*seat != NULL && q == NULL)
		leave(*seat);
	return q;
}

static const struct sl_burst_path *
rx_path(const struct sl_guest *g)
{
	return &sl_rx_paths[__atomic_load_n(&g->port->share.rx_path, __ATOMIC_RELAXED)];
}

static const struct sl_burst_path *
tx_path(const struct sl_guest *g)
{
	return &sl_tx_paths[__atomic_load_n(&g->port->share.tx_path, __ATOMIC_RELAXED)];
}

/* Log once why this process may not poll. */
static void
refuse(void *queue)
{
	struct sl_guest *g = ((struct sl_guest_queue *)queue)->guest;

	if (!__atomic_exchange_n(&g->told, true, __ATOMIC_RELAXED))
		SL_LOG(ERR, "port %u: a secondary process must not poll it: %s", g->port_id,
			g->refusal);
}

/* --- functions of the fast path --- */

static uint16_t
guest_rx(void *queue, struct rte_mbuf **pkts, uint16_t n)
{
	const struct sl_guest_queue *h = queue;
	struct sl_seat *seat;
	struct sl_rx_queue *q = rx_enter(h, &seat);

	if (q == NULL)
		return 0;
	n = rx_path(h->guest)->burst(q, pkts, n);
	leave(seat);
	return n;
}

static uint16_t
guest_tx(void *queue, struct rte_mbuf **pkts, uint16_t n)
{
	const struct sl_guest_queue *h = queue;
	const struct sl_burst_path *path;
	struct sl_seat *seat;
	struct sl_tx_queue *q = tx_enter(h, &seat);

	if (q == NULL)
		return 0;
	path = tx_path(h->guest);
	if (h->guest->port->pseudo_header && sl_burst_can(path, SL_CAN_OFFLOAD))
		sl_tx_prepare_each(q, path, h->guest->hw, pkts, n);
	n = path->burst(q, pkts, n);
	leave(seat);
	return n;
}

static uint16_t
guest_prepare(void *queue, struct rte_mbuf **pkts, uint16_t n)
{
	const struct sl_guest_queue *h = queue;
	struct sl_seat *seat;
	struct sl_tx_queue *q = tx_enter(h, &seat);

	/* Frames of a port that does not run are not sent anyway. */
	if (q == NULL)
		return n;
	n = sl_tx_prepare_for(q, tx_path(h->guest), h->guest->hw, pkts, n);
	leave(seat);
	return n;
}

static sl_queue_count_t
guest_rx_count(void *queue)
{
	struct sl_seat *seat;
	struct sl_rx_queue *q = rx_enter(queue, &seat);
	sl_queue_count_t count;

	if (q == NULL)
		return 0;
	count = sl_rx_queue_count(q);
	leave(seat);
	return count;
}

static int
guest_tx_count(void *queue)
{
	struct sl_seat *seat;
	struct sl_tx_queue *q = tx_enter(queue, &seat);
	int count;

	if (q == NULL)
		return 0;
	count = sl_tx_queue_count(q);
	leave(seat);
	return count;
}

static int
guest_rx_status(void *queue, uint16_t offset)
{
	struct sl_seat *seat;
	struct sl_rx_queue *q = rx_enter(queue, &seat);
	int status;

	if (q == NULL)
		return -EINVAL;
	status = sl_rx_descriptor_status(q, offset);
	leave(seat);
	return status;
}

static int
guest_tx_status(void *queue, uint16_t offset)
{
	struct sl_seat *seat;
	struct sl_tx_queue *q = tx_enter(queue, &seat);
	int status;

	if (q == NULL)
		return -EINVAL;
	status = sl_tx_descriptor_status(q, offset);
	leave(seat);
	return status;
}

int
sl_guest_done_cleanup(void *txq, uint32_t n)
{
	struct sl_tx_queue *q = txq;
	struct sl_guest *g;
	struct sl_seat *seat;
	int freed;

	if (q == NULL)
		return -EINVAL;
	g = rte_eth_devices[q->port_id].process_private;
	if (g->refusal != NULL) {
		refuse(&g->queues[q->queue_id]);
		return -EPERM;
	}
	q = tx_enter(&g->queues[q->queue_id], &seat);
	if (q == NULL)
		return 0;
	freed = sl_tx_done_cleanup(q, n);
	leave(seat);
	return freed;
}

/* --- a process that may not poll --- */

static uint16_t
refuse_burst(void *queue, struct rte_mbuf **pkts __rte_unused, uint16_t n __rte_unused)
{
	refuse(queue);
	return 0;
}

static sl_queue_count_t
refuse_rx_count(void *queue)
{
	refuse(queue);
	return 0;
}

static int
refuse_tx_count(void *queue)
{
	refuse(queue);
	return 0;
}

static int
refuse_status(void *queue, uint16_t offset __rte_unused)
{
	refuse(queue);
	return -EPERM;
}

/* --- a port in a secondary process --- */

/* FNV-1a with 64 bits. */
#define HASH_START UINT64_C(14695981039346656037)
#define HASH_PRIME UINT64_C(1099511628211)

static uint64_t
hash_add(uint64_t hash, const void *data, size_t len)
{
	const uint8_t *byte = data;

	for (; len > 0; len--, byte++)
		hash = (hash ^ *byte) * HASH_PRIME;
	return hash;
}

static uint64_t
hash_paths(uint64_t hash, const struct sl_burst_path *paths, unsigned int n)
{
	for (; n > 0; n--, paths++)
		hash = hash_add(hash, paths->name, strlen(paths->name) + 1);
	return hash;
}

uint64_t
sl_guest_layout(void)
{
	const size_t sizes[] = {sizeof(struct sl_port), sizeof(struct sl_rx_queue),
		sizeof(struct sl_tx_queue), offsetof(struct sl_port, share.seats)};
	uint64_t hash = HASH_START;

	hash = hash_add(hash, sizes, sizeof(sizes));
	hash = hash_paths(hash, sl_rx_paths, sl_rx_path_count);
	return hash_paths(hash, sl_tx_paths, sl_tx_path_count);
}

void
sl_guest_functions(struct rte_eth_dev *eth, const struct sl_guest *g)
{
	const bool polls = g->refusal == NULL;

	eth->rx_pkt_burst = polls ? guest_rx : refuse_burst;
	eth->tx_pkt_burst = polls ? guest_tx : refuse_burst;
	eth->tx_pkt_prepare = polls ? guest_prepare : refuse_burst;
	eth->rx_queue_count = polls ? guest_rx_count : refuse_rx_count;
	SL_TX_QUEUE_COUNT(eth, polls ? guest_tx_count : refuse_tx_count);
	eth->rx_descriptor_status = polls ? guest_rx_status : refuse_status;
	eth->tx_descriptor_status = polls ? guest_tx_status : refuse_status;
}

void
sl_guest_publish(struct rte_eth_dev *eth, struct sl_guest *g)
{
	struct rte_eth_fp_ops *fast = &rte_eth_fp_ops[g->port_id];
	unsigned int i;

	for (i = 0; i < RTE_DIM(g->queues); i++) {
		g->queues[i] = (struct sl_guest_queue){.guest = g, .id = (uint16_t)i};
		g->handles[i] = &g->queues[i];
	}
	fast->rxq.data = g->handles;
	fast->rxq.clbk = (void **)(uintptr_t)eth->post_rx_burst_cbs;
	fast->txq.data = g->handles;
	fast->txq.clbk = (void **)(uintptr_t)eth->pre_tx_burst_cbs;
	fast->tx_pkt_prepare = eth->tx_pkt_prepare;
	fast->rx_queue_count = eth->rx_queue_count;
	SL_TX_QUEUE_COUNT(fast, g->refusal == NULL ? guest_tx_count : refuse_tx_count);
	fast->rx_descriptor_status = eth->rx_descriptor_status;
	fast->tx_descriptor_status = eth->tx_descriptor_status;
	/* Last: the functions expect handles. */
	__atomic_store_n(&fast->rx_pkt_burst, eth->rx_pkt_burst, __ATOMIC_RELEASE);
	__atomic_store_n(&fast->tx_pkt_burst, eth->tx_pkt_burst, __ATOMIC_RELEASE);
}
