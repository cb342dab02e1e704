/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */
#ifndef _SL_EVENT_H_
#define _SL_EVENT_H_

/**
 * @file
 * What the application is told, after the call that caused it.
 */

#include <stdbool.h>
#include <stdint.h>

struct rte_eth_dev;
struct sl_port;

/** What the application is told, most urgent first: sl_event.c. */
enum sl_event {
	SL_EVENT_RMV,
	SL_EVENT_RESET,
	SL_EVENT_LSC,
	SL_EVENTS,
};

struct sl_event_state {
	uint32_t pending; /**< bits of enum sl_event; atomic */
	bool closed;	  /**< none comes any more; atomic */
};

/** Tell of it as soon as no call runs, on EAL's alarm thread. Any thread. */
void
sl_event_raise(struct sl_port *port, enum sl_event event);
/** The link changed: told at once where nothing stands against it. EAL's interrupt thread. */
void
sl_event_link(struct rte_eth_dev *eth);
/** It is of no more use; one that is being told is over when this returns. Control. */
void
sl_event_drop(struct sl_port *port, enum sl_event event);
/** No event comes after this. Control. */
void
sl_event_close(struct sl_port *port);

#endif /* _SL_EVENT_H_ */
