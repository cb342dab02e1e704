/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */

/* The primary process's side of a port that secondary processes use, see sl_share.h. */

#include <errno.h>
#include <signal.h>

#include <rte_cycles.h>
#include <rte_malloc.h>

#include "sl_ask.h"
#include "sl_log.h"
#include "sl_port.h"
#include "sl_share.h"
#include "sl_tx_ring.h"

/* A burst takes microseconds, but its process may wait for a CPU. */
#define LEAVE_US 500000u
#define LEAVE_STEP_US 50u

static unsigned int
nb_seats(const struct sl_port *port)
{
	return (unsigned int)port->hw->rx_queues + port->hw->tx_queues;
}

int
sl_share_open(struct sl_port *port)
{
	port->share.seats = rte_calloc(
		"sl_seats", nb_seats(port), sizeof(*port->share.seats), RTE_CACHE_LINE_SIZE);
	if (port->share.seats == NULL)
		return -ENOMEM;
	port->share.port_id = port->eth->data->port_id;
	sl_ask_listen(port->eth->data->port_id);
	return 0;
}

static void
set_state(struct sl_port *port, uint32_t state)
{
	__atomic_store_n(&port->share.state, state, __ATOMIC_SEQ_CST);
}

void
sl_share_publish(struct sl_port *port)
{
	set_state(port, SL_SHARE_STOPPED);
	__atomic_store_n(&port->share.layout, sl_guest_layout(), __ATOMIC_RELEASE);
}

void
sl_share_run(struct sl_port *port)
{
	set_state(port, SL_SHARE_RUNS);
}

/* Wait until a seat is empty. @return 0, or the process that ended or stands still in it. */
static uint32_t
wait_empty(const struct sl_seat *seat)
{
	unsigned int us;
	uint32_t pid;

	for (us = 0; us < LEAVE_US; us += LEAVE_STEP_US) {
		pid = __atomic_load_n(&seat->pid, __ATOMIC_SEQ_CST);
		if (pid == 0 || (kill((pid_t)pid, 0) != 0 && errno == ESRCH))
			return pid;
		rte_delay_us_sleep(LEAVE_STEP_US);
	}
	return __atomic_load_n(&seat->pid, __ATOMIC_SEQ_CST);
}

/*
 * A process ended in a call of a transmit queue. It frees at most TX_FREE_BATCH mbufs before it
 * notes that in the queue: freed a second time they would have two owners.
 */
static unsigned int
give_up_oldest(struct sl_tx_queue *q)
{
	const unsigned int n = RTE_MIN(tx_outstanding(q), TX_FREE_BATCH);

	if (!q->started)
		return 0;
	q->nb_done = 0;
	q->mixed -= RTE_MIN(n, (unsigned int)q->mixed);
	tx_cleaned(q, n);
	return n;
}

static void
clear_seat(struct rte_eth_dev *eth, unsigned int i)
{
	const struct sl_port *port = sl_port_of(eth);
	const unsigned int rx_queues = port->hw->rx_queues;
	const bool rx = i < rx_queues;
	const uint16_t qid = (uint16_t)(rx ? i : i - rx_queues);
	const uint32_t pid = wait_empty(&port->share.seats[i]);
	unsigned int lost = 0;

	if (pid == 0)
		return;
	if (!rx && qid < eth->data->nb_tx_queues && eth->data->tx_queues[qid] != NULL)
		lost = give_up_oldest(eth->data->tx_queues[qid]);
	SL_LOG(ERR,
		"port %u %s queue %u: the secondary process %u ended within a burst, or stands still "
		"in one: mbufs that it had taken are lost, and %u of this queue are kept from their "
		"mempool for good, since it may have freed them",
		eth->data->port_id, rx ? "rx" : "tx", qid, pid, lost);
	__atomic_store_n(&port->share.seats[i].pid, 0, __ATOMIC_RELAXED);
}

void
sl_share_stop(struct rte_eth_dev *eth)
{
	struct sl_port *port = sl_port_of(eth);
	unsigned int i;

	if (port->share.state != SL_SHARE_RUNS)
		return;
	set_state(port, SL_SHARE_STOPPED);
	for (i = 0; i < nb_seats(port); i++)
		clear_seat(eth, i);
}

void
sl_share_close(struct sl_port *port)
{
	__atomic_store_n(&port->share.layout, 0, __ATOMIC_RELAXED);
	set_state(port, SL_SHARE_CLOSED);
}

void
sl_share_free(struct sl_port *port)
{
	rte_free(port->share.seats);
	port->share.seats = NULL;
}
