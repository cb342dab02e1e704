/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */
#ifndef _SL_EVENT_H_
#define _SL_EVENT_H_

/**
 * @file
 * Events for the application, raised after the call that caused them.
 */

#include <stdbool.h>
#include <stdint.h>

struct rte_eth_dev;
struct sl_port;

/** Events for the application, most urgent first: sl_event.c. */
enum sl_event {
	SL_EVENT_RMV,
	SL_EVENT_RESET,
	SL_EVENT_LSC,
	SL_EVENTS,
};

struct sl_event_state {
	uint32_t pending; /**< bits of enum sl_event; atomic */
	bool closed;	  /**< no further event is raised; atomic */
};

/** Raise an event on EAL's alarm thread as soon as no call of the port runs. Any thread. */
void
sl_event_raise(struct sl_port *port, enum sl_event event);
/**
 * The link changed: raise the event at once if no call and no pending event prevents it. EAL's
 * interrupt thread.
 */
void
sl_event_link(struct rte_eth_dev *eth);
/** Drop a pending event. If its callback is running, wait until it has ended. Control. */
void
sl_event_drop(struct sl_port *port, enum sl_event event);
/** Raise no further events. Control. */
void
sl_event_close(struct sl_port *port);

#endif /* _SL_EVENT_H_ */
