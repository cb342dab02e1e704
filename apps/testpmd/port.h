/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */
#ifndef _PORT_H_
#define _PORT_H_

/**
 * @file
 * Ports: found, configured, started, stopped. Main lcore.
 */

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include <rte_ethdev.h>

#include "hotplug.h"
#include "stats.h"

struct config;
struct run;

/** The state of a port's generator. */
enum gen_state {
	GEN_UNKNOWN, /**< there is none, or it was not asked yet */
	GEN_WORKS,
	GEN_RESTS, /**< only its sink is used */
};

/** One port in use. */
struct port {
	uint16_t id;
	char name[RTE_ETH_NAME_MAX_LEN];
	char device[DEVICE_LEN]; /**< name of its device */
	struct run *run;	 /**< the run it belongs to */
	struct rte_eth_dev_info info;
	struct rte_ether_addr mac;
	uint16_t rxd, txd; /**< descriptors as set up */
	uint16_t mtu;
	struct rte_mempool *pool;     /**< its queues' mbufs: the common one, or own_pool */
	struct rte_mempool *own_pool; /**< made when the common one was too small; or NULL */
	struct port_counters past;    /**< counters of closed ports that had this place before */
	struct port_counters seen;    /**< past and its own counters, when last read */
	json_t *last_wire;	      /**< the wire's report when it was closed; or NULL */
	bool configured, started, closed;
	bool in_run;  /**< it could forward when the last run started */
	bool gone;    /**< the device was detached; the place can be used again */
	bool removed; /**< atomic; set once, by any thread */
	bool removal_told;
	bool wire_error_told; /**< an error of its wire was reported */
	enum gen_state gen;
};

/** Fill run->ports by the configuration. @return 0; -ENODEV, with the reason on stderr. */
int
ports_find(struct run *run);
/** Make the mbuf pool for all queues. @return 0 or negative errno, reason on stderr. */
int
ports_make_pool(struct run *run);
/** Configure and start every port, wait for their links. @return 0 or negative errno. */
int
ports_start(struct run *run);
/** Stop and close every port, free the pool. @return 0, -EFAULT: the pool was not full again. */
int
ports_close(struct run *run);

/** Fill a place in run->ports according to the configuration. @return 0 or negative errno. */
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
 * Ask the driver whether the device is still there, since not every driver reports it.
 * Keep its counters.
 */
void
port_check_removed(struct run *run, struct port *p);
/** Change the MTU. @return 0 or negative errno, reason on stderr. */
int
port_set_mtu(struct port *p, uint16_t mtu);
/** True when the port may be used in streams. */
bool
port_usable(const struct port *p);
/** The port with that id, also one that is gone, or NULL. */
struct port *
port_by_id(struct run *run, uint16_t id);
const struct port *
port_by_id_const(const struct run *run, uint16_t id);

#endif /* _PORT_H_ */
