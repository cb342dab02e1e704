/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */
#ifndef _TRIAL_H_
#define _TRIAL_H_

/**
 * @file
 * Trials: frames at one rate for some time, on a live rig. Main lcore.
 */

#include <stdbool.h>
#include <stdint.h>

#include <jansson.h>

struct progress;
struct rig;

/** Parameters of a trial. Zero-initialise. */
struct trial_order {
	double pps; /**< frames per second; 0: as fast as the NIC has descriptors */
	double seconds;
	uint64_t frames; /**< stop after this number of frames; 0: only after the time */
	bool latency;	 /**< record the latency histogram */
};

/** The result of a trial. */
struct trial {
	double pps;	/**< the requested rate */
	double seconds; /**< time during which the generator worked */
	uint64_t offered, received;
	uint64_t skipped; /**< frames that the generator did not offer because it was late */
	uint64_t corrupt;
	double rate;	    /**< frames received per second, from the end of the ramp until the
			       generator is stopped */
	double cycles;	    /**< cycles of the forwarding lcores per frame, without waiting */
	uint64_t preempted; /**< number of times that a thread of this process was descheduled or
			       yielded */
	double cpu_wait;    /**< mean time in seconds that a thread with frames waited for a CPU */
	json_t *latency;    /**< histogram, or NULL */
	bool broken_off;    /**< ended by a signal: the result is not usable */
};

/** Execute a trial. @return 0 or negative errno. The caller owns out->latency. */
int
trial_run(struct rig *r, const struct trial_order *o, struct progress *progress, struct trial *out);
/**
 * Share of the frames that did not arrive. Frames that were never offered count too if they are
 * many.
 */
double
trial_loss(const struct trial *t);
/** The trial as JSON; @p goal names its purpose. New reference; consumes the histogram. */
json_t *
trial_json(struct trial *t, const char *goal);

#endif /* _TRIAL_H_ */
