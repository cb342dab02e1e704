/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */
#ifndef _WIRE_PACE_H_
#define _WIRE_PACE_H_

/**
 * @file
 * Schedule of frames at a given rate. A late schedule catches up by a bounded number
 * of frames and skips the rest, so that a delay of the generator does not cause a
 * burst that the configured rate does not have.
 */

#include "wire_priv.h"

/** Frames overdue by more than this are skipped. */
#define WIRE_PACE_SLACK_S 100e-6

/** One schedule; only the device thread uses it. */
struct wire_pace {
	double per_tick; /**< frames per clock tick; 0: not paced */
	uint64_t start;	 /**< tick at which the first frame is due */
	uint64_t done;	 /**< frames that were offered or skipped */
	uint64_t slack;	 /**< most frames that may be overdue */
};

/** Start a schedule of @p fps frames/s (0: not paced); at least @p burst may be overdue. */
static inline void
wire_pace_start(struct wire_pace *p, double fps, double hz, uint64_t burst, uint64_t now)
{
	p->per_tick = fps / hz;
	p->start = now;
	p->done = 0;
	p->slack = (uint64_t)(fps * WIRE_PACE_SLACK_S);
	if (p->slack < burst)
		p->slack = burst;
}

/** Frames due now. Frames overdue beyond the slack are added to @p skipped. */
static inline uint64_t
wire_pace_due(struct wire_pace *p, uint64_t now, uint64_t *skipped)
{
	uint64_t due;

	if (now <= p->start)
		return 0;
	/* The first frame is due at once. */
	due = (uint64_t)((double)(now - p->start) * p->per_tick) + 1 - p->done;
	if (due > p->slack) {
		*skipped += due - p->slack;
		p->done += due - p->slack;
		due = p->slack;
	}
	return due;
}

/** Frames per second of a rate; @p mean_len: mean bytes of a frame, excluding FCS. */
static inline double
wire_rate_fps(const struct wire_rate *r, double mean_len)
{
	/*
	 * 24: bytes of FCS, preamble and inter-frame gap, which are on the line but not in
	 * frames here.
	 */
	return r->bits > 0 ? r->bits / ((mean_len + 24) * 8) : r->fps;
}

#endif /* _WIRE_PACE_H_ */
