/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */

/*
 * Events for the application. No event is raised before the call that caused it returns: a callback
 * may stop or close the port, and ethdev refuses that, or fails, while a start or a stop is not
 * finished. So an event waits, on EAL's alarm thread, until no call of the port runs and ethdev's
 * own state is up to date.
 */

#include <rte_alarm.h>
#include <rte_interrupts.h>

#include "sl_call.h"
#include "sl_event.h"
#include "sl_port.h"

#define NOW_US 1u
#define AGAIN_US 1000u

static const enum rte_eth_event_type event_types[SL_EVENTS] = {
	[SL_EVENT_RMV] = RTE_ETH_EVENT_INTR_RMV,
	[SL_EVENT_RESET] = RTE_ETH_EVENT_INTR_RESET,
	[SL_EVENT_LSC] = RTE_ETH_EVENT_INTR_LSC,
};

/*
 * True if the last start or stop has also finished in ethdev, which marks the port after the
 * driver's part. At a start it sets the pointers of the fast path last.
 */
static bool
settled(struct rte_eth_dev *eth)
{
	struct sl_port *port = sl_port_of(eth);
	const struct rte_eth_fp_ops *fast = &rte_eth_fp_ops[eth->data->port_id];

	if (sl_call_running(port) || (eth->data->dev_started != 0) != port->runs)
		return false;
	return !port->runs ||
		(__atomic_load_n(&fast->rxq.data, __ATOMIC_ACQUIRE) == eth->data->rx_queues &&
			__atomic_load_n(&fast->txq.data, __ATOMIC_ACQUIRE) == eth->data->tx_queues);
}

static void
pump(void *arg)
{
	struct rte_eth_dev *eth = arg;
	struct sl_port *port = sl_port_of(eth);
	uint32_t pending = __atomic_load_n(&port->events.pending, __ATOMIC_ACQUIRE);
	uint32_t bit = pending & -pending;

	if (pending == 0)
		return;
	if (!settled(eth)) {
		rte_eal_alarm_set(AGAIN_US, pump, eth);
		return;
	}
	/* Another thread may meanwhile have dropped the event. */
	if ((__atomic_fetch_and(&port->events.pending, ~bit, __ATOMIC_ACQ_REL) & bit) == 0)
		bit = 0;
	if (pending != bit)
		rte_eal_alarm_set(NOW_US, pump, eth);
	/* Last, since the callback may close the port. An unused port has no listener. */
	if (bit != 0 && eth->state != RTE_ETH_DEV_UNUSED)
		rte_eth_dev_callback_process(eth, event_types[__builtin_ctz(bit)], NULL);
}

void
sl_event_raise(struct sl_port *port, enum sl_event event)
{
	if (__atomic_load_n(&port->events.closed, __ATOMIC_ACQUIRE))
		return;
	__atomic_fetch_or(&port->events.pending, SL_BIT(event), __ATOMIC_ACQ_REL);
	rte_eal_alarm_set(NOW_US, pump, port->eth);
}

void
sl_event_link(struct rte_eth_dev *eth)
{
	struct sl_port *port = sl_port_of(eth);

	/* Each change is a separate event, unless it has to wait. */
	if (__atomic_load_n(&port->events.pending, __ATOMIC_ACQUIRE) == 0 && settled(eth))
		rte_eth_dev_callback_process(eth, RTE_ETH_EVENT_INTR_LSC, NULL);
	else
		sl_event_raise(port, SL_EVENT_LSC);
}

void
sl_event_drop(struct sl_port *port, enum sl_event event)
{
	__atomic_fetch_and(&port->events.pending, ~SL_BIT(event), __ATOMIC_ACQ_REL);
	/* This waits for an event that another thread is delivering. Other events stay pending. */
	rte_eal_alarm_cancel(pump, port->eth);
	if (__atomic_load_n(&port->events.pending, __ATOMIC_ACQUIRE) != 0)
		rte_eal_alarm_set(NOW_US, pump, port->eth);
}

void
sl_event_close(struct sl_port *port)
{
	__atomic_store_n(&port->events.closed, true, __ATOMIC_RELEASE);
	rte_eal_alarm_cancel(pump, port->eth);
}
