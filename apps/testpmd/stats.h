/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */
#ifndef _STATS_H_
#define _STATS_H_

/**
 * @file
 * Counters at one moment, and differences between two moments.
 */

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include <rte_config.h>

#include <jansson.h>

#include "engine.h"

struct run;

/** What ethdev counts for a port, as far as we show it. All 64-bit, all ever-growing. */
struct port_counters {
	uint64_t rx, tx, rx_bytes, tx_bytes;
	uint64_t missed; /**< no descriptor */
	uint64_t rx_errors, tx_errors;
	uint64_t no_mbuf;
};

/** Names and places of the fields of struct port_counters, for every output. */
struct counter_row {
	const char *name;
	size_t offset;
};
extern const struct counter_row port_counter_rows[];
extern const unsigned int nb_port_counter_rows;

/** All counters of a run at one moment. */
struct snapshot {
	uint64_t tsc;
	struct port_counters port[RTE_MAX_ETHPORTS]; /**< index as in run->ports */
	struct stream_counters *stream;		     /**< index as in run->streams; owned */
	unsigned int nb_streams;
};

/** The moments of one run. */
struct meter {
	struct snapshot start;	 /**< before the first frame */
	struct snapshot measure; /**< after the warm-up: rates count from here */
	struct snapshot end;	 /**< forwarding told to stop: rates count to here */
	struct snapshot final;	 /**< drained: losses count from start to here */
	struct snapshot line;	 /**< the last rate line */
	json_t *wires;		 /**< the wires' reports after the run, one for each port */
	uint64_t asked;		 /**< TSC when drivers were last asked for removed devices */
	bool warm;		 /**< measure was taken */
	bool valid;		 /**< a run was measured from start to final */
};

/** Sums and rates between two snapshots. */
struct totals {
	double seconds;
	uint64_t rx, tx, generated, consumed, dropped, retries, polls, cycles_busy, cycles_wait;
	uint64_t no_mbuf_tx;				/**< turns of txonly without mbufs */
	uint64_t missed, rx_errors, tx_errors, no_mbuf; /**< of all ports */
	double rx_pps, tx_pps;
	double rx_bps, tx_bps;	  /**< bits of frames, by the ports' byte counters */
	double cycles_per_packet; /**< busy TSC cycles; 0: nothing moved */
};

struct port;
/** A port's counters in ethdev, plus those of ports that had this place before. */
void
port_counters_get(const struct port *p, struct port_counters *out);
/** Take a snapshot; frees the old one in @p out. @return 0 or -ENOMEM. */
int
snapshot_take(const struct run *run, struct snapshot *out);
int
snapshot_copy(const struct snapshot *from, struct snapshot *out);
void
snapshot_free(struct snapshot *s);
/** later - earlier, field by field; a counter that was cleared in between counts from zero. */
int
snapshot_diff(const struct snapshot *earlier, const struct snapshot *later, struct snapshot *out);
/** Sum a difference up. @p hz: TSC rate. */
void
snapshot_total(const struct snapshot *diff, unsigned int nb_ports, double hz, struct totals *out);
void
meter_free(struct meter *m);

/** Frames received or made that were neither sent, nor consumed, nor dropped: must be 0. */
int64_t
totals_unaccounted(const struct totals *t);
/** Frames lost in the NIC, in the driver and here, according to the counters. */
uint64_t
totals_lost(const struct totals *t);

/** One line of rates. */
void
stats_print_line(FILE *f, double since_start, const struct totals *t);

#endif /* _STATS_H_ */
