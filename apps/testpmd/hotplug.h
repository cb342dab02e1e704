/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */
#ifndef _HOTPLUG_H_
#define _HOTPLUG_H_

/**
 * @file
 * Ports that come and go while the program runs: link changes, removals and new
 * devices. EAL's interrupt thread only queues such events; the main lcore reports
 * and handles them. Main lcore, unless a function says otherwise.
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
/** Of rte_eth_link_to_str(): RTE_ETH_LINK_MAX_STR_LEN is too short for some connectors. */
#define LINK_LEN 64

/** What happened. */
enum event_kind {
	EVENT_LINK,    /**< a port's link changed */
	EVENT_REMOVED, /**< a port's device was removed */
	EVENT_ADDED,   /**< a device came that has no port yet */
};

struct event {
	enum event_kind kind;
	struct timespec when; /**< CLOCK_REALTIME at the call */
	uint16_t port;	      /**< index in run->ports; not for EVENT_ADDED */
	struct rte_eth_link link;
	char device[DEVICE_LEN]; /**< of EVENT_ADDED */
};

/** Events that were not handled yet, oldest first. */
struct events {
	pthread_mutex_t lock; /**< for the fields below, and names in run->ports */
	struct event ring[EVENTS_MAX];
	unsigned int first, n, lost;
	int fd;	      /**< readable when there is an event */
	bool monitor; /**< the kernel is asked for devices that come and go */
};

/** Before the first port. @return 0 or negative errno, reason on stderr. */
int
hotplug_open(struct run *run);
/** After the last port. */
void
hotplug_close(struct run *run);

/** Listen to a port from now on, until hotplug_ignore(). */
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
 * @param devargs device and its arguments, as behind EAL's -a or --vdev
 * @return 0 or negative errno, reason on stderr
 */
int
hotplug_attach(struct run *run, const char *devargs);
/**
 * Stop, close and detach the device of a port that does not forward. @return as
 * hotplug_attach().
 */
int
hotplug_detach(struct run *run, struct port *p);

#endif /* _HOTPLUG_H_ */
