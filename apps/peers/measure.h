/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */
#ifndef _PEERS_MEASURE_H_
#define _PEERS_MEASURE_H_

/**
 * @file
 * Duration of bursts. Only the driver's calls are timed. The device works between them, on this
 * core or on another one.
 */

#include "contender.h"

#define CONTENDERS_MAX 16u
#define ROUNDS_MAX 64u
#define BURST_MAX 64u

enum peer_op { OP_RX, OP_TX, OP_RXTX, OP_COUNT };
extern const char *const op_names[OP_COUNT];

/** One point to measure, for all contenders. */
struct point {
	enum peer_op op;
	unsigned int queues, size, burst; /**< size in bytes, including FCS */
	bool other_core;		  /**< the device works on another core */
	bool offloads;			  /**< IPv4 and UDP checksums in both directions */
};

/** Result of a point, in cycles of the time stamp counter per packet. */
struct result {
	struct point point;
	unsigned int rounds;
	double sample[CONTENDERS_MAX][ROUNDS_MAX];
	double median[CONTENDERS_MAX]; /**< NAN: does not take part */
	double spread[CONTENDERS_MAX]; /**< half of the interquartile range */
};

/** A thread that runs the device on another core. The caller requests one run and waits. Opaque. */
struct helper;
/** Start the thread on @p cpu. */
int
helper_start(int cpu, struct helper **out);
void
helper_stop(struct helper *h);

/** Settings of a measurement. */
struct measure {
	struct contender *list;
	unsigned int n;
	unsigned int rounds;   /**< rounds per contender, in alternating order */
	unsigned int laps;     /**< ring laps per round; the fastest is the round's value */
	struct helper *helper; /**< for points with the device on another core */
	double overhead;       /**< cycles of reading the clock, subtracted from each time */
};

/** Measure the cost of reading the clock. */
void
measure_init(struct measure *m);
/** Measure a point. 0; -EIO: a frame was lost, message printed. */
int
measure_point(struct measure *m, const struct point *p, struct result *out);
/** Median of @p n values; sorts them. */
double
median(double *v, unsigned int n);

#endif /* _PEERS_MEASURE_H_ */
