/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */
#ifndef _RESULT_H_
#define _RESULT_H_

/**
 * @file
 * The result of a run, as text and as JSON. Main lcore.
 */

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include <jansson.h>

#include "stats.h"
#include "wire.h"

struct run;

/** Version of the JSON format; incremented when a field changes its meaning or is removed. */
#define RESULT_SCHEMA 1

/** The outcome of a run. */
struct outcome {
	struct snapshot all;	/**< from start to drained end: counts */
	struct snapshot window; /**< the measured part: rates */
	struct totals total, rate;
	struct wire_totals wire;
	bool by_sequence; /**< in, out and lost are counted by sequence numbers of the gen wires */
	uint64_t in, out;
	int64_t lost;
	bool passed; /**< no loss, no errors, no port gone, all captures complete */
};

/** Compute the outcome of the last run. @return 0; -ENOENT: no run; -ENOMEM. */
int
result_outcome(const struct run *run, struct outcome *out);
/** True if the result has a part about this port. */
bool
result_has(const struct port *p);
void
outcome_free(struct outcome *out);

/** Print the last run, write the JSON file, set the exit code. */
void
result_conclude(struct run *run);
/** Print an outcome as text. */
void
result_print(const struct run *run, const struct outcome *o, FILE *f);
/** An outcome as JSON. New reference; NULL: out of memory. */
json_t *
result_json(const struct run *run, const struct outcome *o);

/** Names of the burst paths of a port's first queues; "" if the driver does not report them. */
void
burst_paths(uint16_t port, char *rx, char *tx, size_t len);

#endif /* _RESULT_H_ */
