/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */
#ifndef _RIG_H_
#define _RIG_H_

/**
 * @file
 * A rig: ports of the driver, and the lcores that forward between them. One rig
 * at a time. Main lcore.
 *
 * live: a generator feeds the first port, worker lcores forward to the last port
 * (on real ports it may be the same), and a sink behind it counts. On software
 * NICs the wires are generator and sink, on real ports a tester with ports of its
 * own is. stepped: one port in a loop, whose device works only between bursts, so
 * that its cycles are not counted.
 */

#include <stdbool.h>
#include <stdint.h>

#include <jansson.h>
#include <rte_mempool.h>

#include "options.h"

#define RIG_PORTS 2

struct lane;
struct rte_device;
struct tester;

/** A port of a rig. */
struct rig_port {
	uint16_t id;
	struct rte_device *device; /**< of a real port: what to give back */
	const char *bdf;	   /**< NULL: a software NIC */
};

/** CPUs and ports that a rig uses. */
struct rig_place {
	int device_cpu; /**< of the software NIC's thread */
	unsigned int tester_lcore;
	const struct list *tester, *dut; /**< PCI addresses; empty: software NICs */
};

struct rig {
	const struct point *point;
	bool live;
	unsigned int nb_ports;
	struct rig_port port[RIG_PORTS]; /**< that forward */
	unsigned int nb_tester_ports;
	struct rig_port tester_port[RIG_PORTS]; /**< cabled to these, one to one */
	struct tester *tester;			/**< NULL: software NICs */
	double line_bps;			/**< bits a second of the link */
	struct rte_mempool *pool, *tester_pool;
	unsigned int nb_lanes;
	struct lane *lanes; /**< one for each forwarding lcore */
	uint64_t far_mark;  /**< turns of the far end at the last look */
	char rx_path[64], tx_path[64];
	uint16_t rxd, txd;
};

/** What the lanes did, summed up. */
struct rig_counts {
	uint64_t frames; /**< received by the application */
	uint64_t cycles; /**< in turns that moved frames, but for waiting */
	uint64_t wait;	 /**< cycles of waiting for a full transmit ring */
};

/**
 * Make ports, start them and set the lanes going.
 * @return 0 or negative errno, reason on stderr; nothing is left then.
 */
int
rig_open(const struct point *p, bool live, const struct rig_place *place, struct rig *out);
/** Stop lanes, close ports. @return mbufs that are not back in the pool. */
unsigned int
rig_close(struct rig *r);
struct rig_counts
rig_counts(const struct rig *r);
/**
 * True when each thread that carries frames, also the device's or the tester's, has
 * gone round @p rounds times since the call that was last true.
 */
bool
rig_went_round(struct rig *r, uint64_t rounds);
/** The two ends of a rig. */
enum rig_end { RIG_GENERATOR, RIG_SINK };
/** Give a control word to an end's wire. @return 0 or negative errno. */
int
rig_wire(const struct rig *r, enum rig_end end, const char *word);
/** Report of an end's wire. New reference; NULL: there is none. */
json_t *
rig_wire_report(const struct rig *r, enum rig_end end);

#endif /* _RIG_H_ */
