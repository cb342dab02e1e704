/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */
#ifndef _STATS_H_
#define _STATS_H_

/**
 * @file
 * Counters at one time, and differences between two times.
 */

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include <rte_config.h>

#include <jansson.h>

#include "engine.h"

struct run;

/** The ethdev counters of a port that are shown. 64-bit, monotonic. */
struct port_counters {
	uint64_t rx, tx, rx_bytes, tx_bytes;
	uint64_t missed; /**< frames without a descriptor */
	uint64_t rx_errors, tx_errors;
	uint64_t no_mbuf;
};

/** Name and offset of each field of struct port_counters, for all outputs. */
struct counter_row {
	const char *name;
	size_t offset;
};
extern const struct counter_row port_counter_rows[];
extern const unsigned int nb_port_counter_rows;

/** All counters of a run at one time. */
struct snapshot {
	uint64_t tsc;
	struct port_counters port[RTE_MAX_ETHPORTS]; /**< indexed like run->ports */
	struct stream_counters *stream;		     /**< indexed like run->streams; owned */
	unsigned int nb_streams;
};

/** Snapshots of one run. */
struct meter {
	struct snapshot start;	 /**< before the first frame */
	struct snapshot measure; /**< after the warm-up: begin of the rate measurement */
	struct snapshot end;   /**< forwarding was requested to stop: end of the rate measurement */
	struct snapshot final; /**< after draining: losses are counted from start to here */
	struct snapshot line;  /**< at the last rate line */
	json_t *wires;	       /**< reports of the wires after the run, one per port */
	uint64_t asked;	       /**< TSC when drivers were last checked for removed devices */
	bool warm;	       /**< measure was taken */
	bool valid;	       /**< a run was measured from start to final */
};

/** Sums and rates between two snapshots. */
struct totals {
	double seconds;
	uint64_t rx, tx, generated, consumed, dropped, retries, polls, cycles_busy, cycles_wait;
	uint64_t no_mbuf_tx;				/**< runs of txonly without mbufs */
	uint64_t missed, rx_errors, tx_errors, no_mbuf; /**< sum of all ports */
	double rx_pps, tx_pps;
	double rx_bps, tx_bps;	  /**< bits of frames, from the ports' byte counters */
	double cycles_per_packet; /**< busy TSC cycles per packet; 0: no frame was moved */
};

struct port;
/** Counters of a port in ethdev, plus those of ports that used this entry before. */
void
port_counters_get(const struct port *p, struct port_counters *out);
/** Take a snapshot and free the old one in @p out. @return 0 or -ENOMEM. */
int
snapshot_take(const struct run *run, struct snapshot *out);
int
snapshot_copy(const struct snapshot *from, struct snapshot *out);
void
snapshot_free(struct snapshot *s);
/** Subtract field by field; a counter that was cleared in between is counted from zero. */
int
snapshot_diff(const struct snapshot *earlier, const struct snapshot *later, struct snapshot *out);
/** Sums and rates of a difference. @p hz: TSC rate. */
void
snapshot_total(const struct snapshot *diff, unsigned int nb_ports, double hz, struct totals *out);
void
meter_free(struct meter *m);

/** Frames received or made that were not sent, consumed or dropped: must be 0. */
int64_t
totals_unaccounted(const struct totals *t);
/** Frames lost in the NIC, the driver and this program, according to the counters. */
uint64_t
totals_lost(const struct totals *t);

/** Print one line of rates. */
void
stats_print_line(FILE *f, double since_start, const struct totals *t);

#endif /* _STATS_H_ */
