/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */
#ifndef _HOTPLUG_H_
#define _HOTPLUG_H_

/**
 * @file
 * Link changes, removed devices and new devices while the program runs. EAL's interrupt thread only
 * queues such events; the main lcore reports and handles them. Main lcore, unless a function says
 * otherwise.
 */

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>
#include <time.h>

#include <rte_ethdev.h>

struct port;
struct run;

#define EVENTS_MAX 64u
#define DEVICE_LEN 64
/** For rte_eth_link_to_str(): RTE_ETH_LINK_MAX_STR_LEN is too short for some connectors. */
#define LINK_LEN 64

/** Type of an event. */
enum event_kind {
	EVENT_LINK,    /**< a port's link changed */
	EVENT_REMOVED, /**< a port's device was removed */
	EVENT_ADDED,   /**< a device was added that has no port yet */
};

struct event {
	enum event_kind kind;
	struct timespec when; /**< CLOCK_REALTIME when the event was queued */
	uint16_t port;	      /**< index in run->ports; not for EVENT_ADDED */
	struct rte_eth_link link;
	char device[DEVICE_LEN]; /**< EVENT_ADDED only */
};

/** Queue of events that were not handled yet. */
struct events {
	pthread_mutex_t lock; /**< guards the fields below, and names in run->ports */
	struct event ring[EVENTS_MAX];
	unsigned int first, n, lost;
	int fd;	      /**< readable while there is an event */
	bool monitor; /**< the kernel's device events are monitored */
};

/** Call it before the first port. @return 0 or negative errno, reason on stderr. */
int
hotplug_open(struct run *run);
/** Call it after the last port. */
void
hotplug_close(struct run *run);

/** Receive events of a port from now on, until hotplug_ignore(). */
void
hotplug_listen(struct run *run, struct port *p);
void
hotplug_ignore(struct run *run, struct port *p);
/** Queue an event, once, that a port's device was removed. Any thread. */
void
hotplug_removed(struct run *run, struct port *p);
/** Report the events since the last call. */
void
hotplug_tell(struct run *run);

/**
 * Probe a device, and add its ports, stopped.
 * @param devargs device and its arguments, as for EAL's -a or --vdev
 * @return 0 or negative errno, reason on stderr
 */
int
hotplug_attach(struct run *run, const char *devargs);
/**
 * Stop, close and detach the device of a port that does not forward. @return see hotplug_attach().
 */
int
hotplug_detach(struct run *run, struct port *p);

#endif /* _HOTPLUG_H_ */
