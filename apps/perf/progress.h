/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */
#ifndef _PROGRESS_H_
#define _PROGRESS_H_

/** @file Progress and estimated time, on standard error. */

#include <stdbool.h>

struct progress {
	bool live; /**< a terminal: one line is updated; otherwise one line is printed per job */
	unsigned int part, parts;
	double total, done; /**< planned seconds: all of this process, and finished jobs */
	double later;	    /**< planned seconds of each later process */
	double started;	    /**< time of the monotonic clock */
	double job_started, shown;
	unsigned int width; /**< length of the current line in characters */
	char job[128];
	char doing[48]; /**< the current part of the job; "": none */
	double job_seconds;
};

/** Seconds of the monotonic clock. */
double
progress_clock(void);
/**
 * @p total: planned seconds of this process, @p later: of each later process. This is process @p
 * part of @p parts; 0 of 0: there is only one.
 */
void
progress_start(
	struct progress *p, double total, double later, unsigned int part, unsigned int parts);
/** Begin the next job; the previous one is finished. */
void
progress_job(struct progress *p, const char *name, double seconds);
/** Set the part of the job that is done now. */
void
progress_doing(struct progress *p, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
/** Print the state of the job, at most a few times per second. */
void
progress_say(struct progress *p, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
/** The run has finished or was ended: remove the line. */
void
progress_end(struct progress *p);

#endif /* _PROGRESS_H_ */
