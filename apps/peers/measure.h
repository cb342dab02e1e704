/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */
#ifndef _PEERS_MEASURE_H_
#define _PEERS_MEASURE_H_

/**
 * @file
 * How long bursts take. What is timed is the driver's calls alone: the device
 * works between them, on this core or on another one.
 */

#include "contender.h"

#define CONTENDERS_MAX 16u
#define ROUNDS_MAX 64u
#define BURST_MAX 64u

enum peer_op { OP_RX, OP_TX, OP_RXTX, OP_COUNT };
extern const char *const op_names[OP_COUNT];

/** One thing to measure, for all contenders. */
struct point {
	enum peer_op op;
	unsigned int queues, size, burst; /**< size in bytes on the wire, FCS counted */
	bool other_core;		  /**< the device works on another core */
	bool offloads;			  /**< IPv4 and UDP checksums, both ways */
};

/** The result of a point, in cycles of the time stamp counter per packet. */
struct result {
	struct point point;
	unsigned int rounds;
	double sample[CONTENDERS_MAX][ROUNDS_MAX];
	double median[CONTENDERS_MAX]; /**< NAN: does not take part */
	double spread[CONTENDERS_MAX]; /**< half the range from the first to the third quartile */
};

/** A thread that lets the device work on another core when told, while we wait. Opaque. */
struct helper;
/** Start it on @p cpu. */
int
helper_start(int cpu, struct helper **out);
void
helper_stop(struct helper *h);

/** How to measure. */
struct measure {
	struct contender *list;
	unsigned int n;
	unsigned int rounds;   /**< of every contender, in alternating order */
	unsigned int laps;     /**< ring laps a round; a round's value is the fastest */
	struct helper *helper; /**< for points on another core */
	double overhead;       /**< cycles of reading the clock, taken off each time */
};

/** Find out what reading the clock costs. */
void
measure_init(struct measure *m);
/** Measure a point. 0; -EIO, with a message, when a frame was lost. */
int
measure_point(struct measure *m, const struct point *p, struct result *out);
/** Middle of @p n values; sorts them. */
double
median(double *v, unsigned int n);

#endif /* _PEERS_MEASURE_H_ */
