/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */
#ifndef _WIRE_H_
#define _WIRE_H_

/**
 * @file
 * What Syncline's own ports offer beyond ethdev: the wire's generator and
 * sink, the coherency mode, the memory dump. Every call may be made for any
 * port; for ports of other drivers it reports that there is nothing. Main lcore.
 */

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include <jansson.h>

struct port;
struct run;

/** Sums of what the generators and sinks of a run counted. */
struct wire_totals {
	unsigned int nb_gens;
	uint64_t generated; /**< frames given to NICs */
	uint64_t received;  /**< generated frames that arrived intact at a sink, duplicates not
			       counted */
	uint64_t damaged;   /**< frames that arrived corrupt, which received does not count */
	uint64_t repeated;  /**< duplicates */
};

/** The wire's report as JSON; NULL when there is none. New reference. */
json_t *
wire_report(uint16_t port);
/** Sum the reports up. @p reports: array with one element for each port, null without a report. */
void
wire_total(const json_t *reports, struct wire_totals *out);
/**
 * Report an error of a wire, such as a capture on a full disk; once for each port.
 *
 * @param report  of the wire; NULL or null: nothing to say
 * @return        true when frames are missing in the capture
 */
bool
wire_tell_error(struct port *p, const json_t *report);
/** Reports of all ports of a run, in their order. New reference, NULL without memory. */
json_t *
wire_reports(const struct run *run);
/**
 * Stop all generators before a run.
 * Remembers which of them were running: a generator that the user has stopped
 * (autostart=0, "set gen PORT stop") is only used as a sink.
 * @return how many generators there are.
 */
unsigned int
wire_gens_rest(struct run *run);
/** Clear the counters of generators and sinks; no frame may be on its way. */
void
wire_gens_clear(struct run *run);
/** Start the generators that were running before wire_gens_rest(). */
void
wire_gens_start(struct run *run);
/** Stop all generators. @return how many generators there are. */
unsigned int
wire_gens_stop(struct run *run);
/**
 * Give a control word of the user to the wire of port @p p.
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
/** Name of the port's coherency mode; NULL: not our driver. */
const char *
wire_coherency(uint16_t port);

#endif /* _WIRE_H_ */
