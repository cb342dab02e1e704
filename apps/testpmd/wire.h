/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */
#ifndef _WIRE_H_
#define _WIRE_H_

/**
 * @file
 * What Syncline's own ports offer beyond ethdev: the wire's generator and
 * sink, the coherency mode, the memory dump. Every call may be made for any
 * port; for one of another driver it says that there is nothing. Main lcore.
 */

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include <jansson.h>

struct port;
struct run;

/** What generators and sinks of a run counted, as far as there are any. */
struct wire_totals {
	unsigned int nb_gens;
	uint64_t generated; /**< frames given to NICs */
	uint64_t received;  /**< of those, arrived at a sink for the first time and whole */
	uint64_t damaged;   /**< corrupt ones, of those missing in received */
	uint64_t repeated;  /**< duplicates */
};

/** The wire's report as JSON; NULL when there is none. New reference. */
json_t *wire_report(uint16_t port);
/** Sum the reports up. @p reports: array, an element a port, null where there is none. */
void wire_total(const json_t *reports, struct wire_totals *out);
/**
 * Say what a wire could not keep, such as a capture on a full disk; each port once.
 *
 * @param report  of the wire; NULL or null: nothing to say
 * @return        true when something is missing
 */
bool wire_tell_error(struct port *p, const json_t *report);
/** Reports of all ports of a run, in their order. New reference, NULL without memory. */
json_t *wire_reports(const struct run *run);
/**
 * Stop all generators before a run.
 * Remembers which were at work: a generator that the user keeps still
 * (autostart=0, "set gen PORT stop") is a sink only.
 * @return how many generators there are.
 */
unsigned int wire_gens_rest(struct run *run);
/** Forget what generators and sinks counted; no frame may be under way. */
void wire_gens_clear(struct run *run);
/** Set those going that were at work. */
void wire_gens_start(struct run *run);
/** Stop all. @return how many generators there are. */
unsigned int wire_gens_stop(struct run *run);
/**
 * A control word from the user to the wire of port @p p.
 * @return 0 or negative errno, reason on stderr.
 */
int wire_control(struct port *p, const char *word);
/**
 * Request a fault of the port's software NIC: "name[:arg[:count]]".
 * @return 0 or negative errno, reason on stderr.
 */
int wire_fault(const struct port *p, const char *text);
/** Name of the port's coherency mode; NULL: not our driver. */
const char *wire_coherency(uint16_t port);

#endif /* _WIRE_H_ */
