/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */
#ifndef _PORT_H_
#define _PORT_H_

/**
 * @file
 * Find, configure, start and stop ports. Main lcore.
 */

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include <rte_ethdev.h>

#include "hotplug.h"
#include "stats.h"

struct config;
struct run;

/** State of a port's generator. */
enum gen_state {
	GEN_UNKNOWN, /**< there is none, or its state was not read yet */
	GEN_WORKS,
	GEN_RESTS, /**< only its sink is used */
};

/** One port in use. */
struct port {
	uint16_t id;
	char name[RTE_ETH_NAME_MAX_LEN];
	char device[DEVICE_LEN]; /**< name of the device */
	struct run *run;	 /**< run to which the port belongs */
	struct rte_eth_dev_info info;
	struct rte_ether_addr mac;
	uint16_t rxd, txd; /**< configured number of descriptors */
	uint16_t mtu;
	struct rte_mempool *pool;     /**< mbufs of its queues: the common pool, or own_pool */
	struct rte_mempool *own_pool; /**< made if the common pool was too small; or NULL */
	struct port_counters past;    /**< counters of closed ports that used this entry before */
	struct port_counters seen;    /**< sum of past and the port's counters, when last read */
	json_t *last_wire;	      /**< report of its wire when the port was closed; or NULL */
	bool configured, started, closed;
	bool in_run;  /**< it could forward when the last run started */
	bool gone;    /**< the device was detached; the entry can be used again */
	bool removed; /**< atomic; set once, by any thread */
	bool removal_told;
	bool wire_error_told; /**< an error of its wire was reported */
	enum gen_state gen;
};

/** Fill run->ports from the configuration. @return 0; -ENODEV, with the reason on stderr. */
int
ports_find(struct run *run);
/** Make the mbuf pool for all queues. @return 0 or negative errno, reason on stderr. */
int
ports_make_pool(struct run *run);
/** Configure and start every port, wait for their links. @return 0 or negative errno. */
int
ports_start(struct run *run);
/** Stop and close all ports, free the pool. @return 0; -EFAULT: mbufs were missing in the pool. */
int
ports_close(struct run *run);

/** Fill an entry of run->ports from the configuration. @return 0 or negative errno. */
int
port_init(struct run *run, struct port *p, uint16_t id);
/** Choose or make a mempool with enough mbufs for one more port. @return 0 or negative errno. */
int
port_make_pool(struct run *run, struct port *p);
/** Configure if needed, and start. @return 0 or negative errno, reason on stderr. */
int
port_start(struct run *run, struct port *p);
int
port_stop(struct port *p);
int
port_reset(struct run *run, struct port *p);
int
port_close(struct run *run, struct port *p);
/**
 * Check with the driver whether the device still exists, since not every driver raises an event.
 * Store its counters.
 */
void
port_check_removed(struct run *run, struct port *p);
/** Change the MTU. @return 0 or negative errno, reason on stderr. */
int
port_set_mtu(struct port *p, uint16_t mtu);
/** True if the port can be used in streams. */
bool
port_usable(const struct port *p);
/** Port with an id, also one that is gone; NULL: none. */
struct port *
port_by_id(struct run *run, uint16_t id);
const struct port *
port_by_id_const(const struct run *run, uint16_t id);

#endif /* _PORT_H_ */
