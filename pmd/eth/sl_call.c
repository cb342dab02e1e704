/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */

/*
 * Time, and deadlines of calls. Each ethdev call has one deadline for everything that it waits for,
 * whatever the registers read. Waits in nested calls have the same deadline.
 */

#include <rte_cycles.h>
#include <rte_eal.h>

#include "sl_call.h"
#include "sl_port.h"

uint64_t
sl_time(struct sl_port *port)
{
	return port->dev_ops->time != NULL ? port->dev_ops->time(port) : rte_rdtsc();
}

uint64_t
sl_time_ticks(uint64_t us)
{
	return rte_get_tsc_hz() / MS_PER_S * us / 1000;
}

void
sl_time_nap(struct sl_port *port, unsigned int us)
{
	if (port->dev_ops->nap != NULL)
		port->dev_ops->nap(port, us);
	else
		rte_delay_us_sleep(us);
}

void
sl_time_spin(struct sl_port *port, unsigned int us)
{
	if (port->dev_ops->nap != NULL)
		port->dev_ops->nap(port, us);
	else
		rte_delay_us_block(us);
}

/* Entry of thread @tid; with @tid 0 an unused one. NULL: there is none. The lock is held. */
static struct sl_call *
call_find(struct sl_calls *calls, int tid)
{
	unsigned int i;

	for (i = 0; i < RTE_DIM(calls->by); i++) {
		if (calls->by[i].tid == tid)
			return &calls->by[i];
	}
	return NULL;
}

void
sl_call_begin(struct sl_port *port)
{
	struct sl_calls *calls = &port->calls;
	const uint64_t end = sl_time(port) + sl_time_ticks(SL_CALL_US);
	struct sl_call *call;

	rte_spinlock_lock(&calls->lock);
	calls->running++;
	call = call_find(calls, rte_gettid());
	if (call == NULL) {
		call = call_find(calls, 0);
		if (call != NULL)
			*call = (struct sl_call){.tid = rte_gettid(), .end = end};
	}
	if (call != NULL)
		call->depth++;
	rte_spinlock_unlock(&calls->lock);
}

void
sl_call_end(struct sl_port *port)
{
	struct sl_calls *calls = &port->calls;
	struct sl_call *call;

	rte_spinlock_lock(&calls->lock);
	calls->running--;
	call = call_find(calls, rte_gettid());
	if (call != NULL && --call->depth == 0)
		call->tid = 0;
	rte_spinlock_unlock(&calls->lock);
}

bool
sl_call_running(struct sl_port *port)
{
	struct sl_calls *calls = &port->calls;
	bool running;

	rte_spinlock_lock(&calls->lock);
	running = calls->running != 0;
	rte_spinlock_unlock(&calls->lock);
	return running;
}

uint64_t
sl_time_limit(struct sl_port *port, unsigned int us)
{
	struct sl_calls *calls = &port->calls;
	uint64_t limit = sl_time(port) + sl_time_ticks(us);
	const struct sl_call *call;

	rte_spinlock_lock(&calls->lock);
	call = call_find(calls, rte_gettid());
	if (call != NULL)
		limit = RTE_MIN(limit, call->end);
	rte_spinlock_unlock(&calls->lock);
	return limit;
}

bool
sl_time_wait(struct sl_port *port, unsigned int us, uint64_t limit)
{
	const uint64_t now = sl_time(port);
	uint64_t left;

	if (now >= limit)
		return false;
	if (port->dev_ops->poll != NULL)
		port->dev_ops->poll(port);
	left = (limit - now) * 1000 / (rte_get_tsc_hz() / MS_PER_S) + 1;
	sl_time_nap(port, (unsigned int)RTE_MIN(left, us));
	return true;
}
