/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */
#ifndef _WIRE_H_
#define _WIRE_H_

/**
 * @file
 * Functions of Syncline's ports beyond ethdev: generator and sink of the wire, coherency mode,
 * memory dump. Each may be called for any port; for ports of other drivers it reports that there is
 * none. Main lcore.
 */

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include <jansson.h>

struct port;
struct run;

/** Sums of the counters of a run's generators and sinks. */
struct wire_totals {
	unsigned int nb_gens;
	uint64_t generated; /**< frames passed to NICs */
	uint64_t
		received; /**< generated frames that arrived intact at a sink, without duplicates */
	uint64_t damaged; /**< frames that arrived corrupt; not included in received */
	uint64_t repeated; /**< duplicates */
};

/** Report of a port's wire as JSON; NULL: there is none. New reference. */
json_t *
wire_report(uint16_t port);
/**
 * Sum the reports. @p reports: array with one element per port, null for a port without a report.
 */
void
wire_total(const json_t *reports, struct wire_totals *out);
/**
 * Print an error of a wire, such as a capture on a full disk; once per port.
 *
 * @param report report of the wire; NULL or null: print nothing
 * @return true: frames are missing in the capture
 */
bool
wire_tell_error(struct port *p, const json_t *report);
/** Reports of all ports of a run, in their order. New reference; NULL: out of memory. */
json_t *
wire_reports(const struct run *run);
/**
 * Stop all generators before a run. Those that were running are remembered: a generator that the
 * user has stopped (autostart=0, "set gen PORT stop") is only used as a sink.
 * @return number of generators.
 */
unsigned int
wire_gens_rest(struct run *run);
/** Clear the counters of generators and sinks. No frame may be in flight. */
void
wire_gens_clear(struct run *run);
/** Start the generators that were running before wire_gens_rest(). */
void
wire_gens_start(struct run *run);
/** Stop all generators. @return number of generators. */
unsigned int
wire_gens_stop(struct run *run);
/**
 * Send the user's control word to the wire of port @p p.
 * @return 0 or negative errno, reason on stderr.
 */
int
wire_control(struct port *p, const char *word);
/**
 * Request a fault of the port's software NIC: "name[:arg[:count]]".
 * @return 0 or negative errno, reason on stderr.
 */
int
wire_fault(const struct port *p, const char *text);
/** Name of the port's coherency mode; NULL: not a Syncline port. */
const char *
wire_coherency(uint16_t port);

#endif /* _WIRE_H_ */
