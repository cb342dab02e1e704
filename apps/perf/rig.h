/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */
#ifndef _RIG_H_
#define _RIG_H_

/**
 * @file
 * A rig: ports of the driver, and the lcores that forward between them. One rig at a time. Main
 * lcore.
 *
 * live: a generator feeds the first port, worker lcores forward to the last port (which may be the
 * same on real ports), and a sink counts the frames that it sends. On software NICs, generator and
 * sink are the wires; on real ports, a tester with separate ports. stepped: one port in a loop,
 * whose device works only between bursts, so that its cycles are not counted.
 */

#include <stdbool.h>
#include <stdint.h>

#include <jansson.h>
#include <rte_mempool.h>

#include "plan.h"

#define RIG_PORTS 2

struct lane;
struct rte_device;
struct tester;

/** A port of a rig. */
struct rig_port {
	uint16_t id;
	struct rte_device *device; /**< device of a real port, to be detached */
	const char *bdf;	   /**< NULL: a software NIC */
};

/** CPUs and ports that a rig uses. */
struct rig_place {
	int device_cpu; /**< CPU of the software NIC's thread */
	unsigned int tester_lcore;
	const struct list *tester, *dut; /**< PCI addresses; empty: software NICs */
};

struct rig {
	const struct point *point;
	bool live;
	unsigned int nb_ports;
	struct rig_port port[RIG_PORTS]; /**< ports that forward */
	unsigned int nb_tester_ports;
	struct rig_port tester_port[RIG_PORTS]; /**< tester ports, each cabled to the forwarding
						   port with the same index */
	struct tester *tester;			/**< NULL: software NICs */
	double line_bps;			/**< bits per second of the link */
	struct rte_mempool *pool, *tester_pool;
	unsigned int nb_lanes;
	struct lane *lanes; /**< one per forwarding lcore */
	uint64_t far_mark;  /**< turns of the far end when last checked */
	char rx_path[64], tx_path[64];
	char nic[48];
	uint16_t rxd, txd;
};

/** Sums of the lanes' counters. */
struct rig_counts {
	uint64_t frames; /**< frames received by the application */
	uint64_t cycles; /**< cycles of turns that moved frames, without waiting */
	uint64_t wait;	 /**< cycles of waiting for a full transmit ring */
};

/**
 * Make ports, start them and start the lanes.
 * @return 0 or negative errno, reason on stderr; after an error nothing is left.
 */
int
rig_open(const struct point *p, bool live, const struct rig_place *place, struct rig *out);
/** Stop lanes, close ports. @return number of mbufs that are missing in the pool. */
unsigned int
rig_close(struct rig *r);
struct rig_counts
rig_counts(const struct rig *r);
/**
 * True if each thread that moves frames, also the device's or the tester's, has completed @p rounds
 * iterations since the last call that returned true.
 */
bool
rig_went_round(struct rig *r, uint64_t rounds);
/** The two ends of a rig. */
enum rig_end { RIG_GENERATOR, RIG_SINK };
/** Send a control word to the wire of an end. @return 0 or negative errno. */
int
rig_wire(const struct rig *r, enum rig_end end, const char *word);
/** Report of the wire of an end. New reference; NULL: there is none. */
json_t *
rig_wire_report(const struct rig *r, enum rig_end end);

#endif /* _RIG_H_ */
