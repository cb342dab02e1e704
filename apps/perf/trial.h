/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */
#ifndef _TRIAL_H_
#define _TRIAL_H_

/**
 * @file
 * Trials: frames at one rate for one time, on a live rig; or bursts on a
 * stepped one. Main lcore.
 */

#include <stdbool.h>
#include <stdint.h>

#include <jansson.h>

struct progress;
struct rig;

/** What to try. Zero-initialise. */
struct trial_order {
	double pps; /**< frames a second; 0: as fast as the NIC has descriptors */
	double seconds;
	uint64_t frames; /**< stop after so many; 0: none but the time */
	bool latency;	 /**< keep the histogram */
};

/** The result of a trial. */
struct trial {
	double pps;	/**< the ordered rate */
	double seconds; /**< time that the generator worked */
	uint64_t offered, received;
	uint64_t skipped; /**< frames that the generator was too late to offer */
	uint64_t corrupt;
	double rate;	    /**< frames received per second, between two moments within the trial */
	double cycles;	    /**< of the forwarding lcores per frame, without waiting */
	uint64_t preempted; /**< times that a thread here left its CPU to another, or offered to */
	double cpu_wait;    /**< seconds that a thread with frames waited for a CPU, on average */
	json_t *latency;    /**< histogram, or NULL */
	bool broken_off;    /**< by a signal: of no use */
};

/** Do it. @return 0 or negative errno. The caller owns out->latency. */
int
trial_run(struct rig *r, const struct trial_order *o, struct progress *progress, struct trial *out);
/** Share of the frames that did not arrive; frames never offered count too when they are many. */
double
trial_loss(const struct trial *t);
/** The trial as JSON; @p goal names its purpose. New reference; takes the histogram. */
json_t *
trial_json(struct trial *t, const char *goal);

/** Most frames of a burst. */
#define STEP_BURST_MAX 64u

/** Cycles a frame of a stepped rig, or instructions. */
struct stepped {
	double rx, tx;
};

/** Fill the loop with a burst of frames of the rig's size. */
int
stepped_fill(struct rig *r);
/** Let the device send the queued frames and receive them again. @return 0 or negative errno. */
int
stepped_step(const struct rig *r);
/**
 * Measure for @p seconds. The result is the fastest tenth of many short stretches, which other
 * work on the machine did not disturb.
 * @return 0 or negative errno.
 */
int
stepped_run(struct rig *r, double seconds, struct stepped *out);

#endif /* _TRIAL_H_ */
