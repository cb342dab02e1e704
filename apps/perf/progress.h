/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */
#ifndef _PROGRESS_H_
#define _PROGRESS_H_

/** @file What is being done and how long it will take, on standard error. */

#include <stdbool.h>

struct progress {
	bool live; /**< a terminal: one line that changes; else a line for each job */
	unsigned int part, parts;
	double total, done; /**< seconds as planned: all of this process, and jobs finished */
	double later;	    /**< of each process after it */
	double started;	    /**< monotonic clock */
	double job_started, shown;
	unsigned int width; /**< characters of the line shown */
	char job[128];
	char doing[48]; /**< a part of the job; "": not told */
	double job_seconds;
};

/** Seconds of the monotonic clock. */
double
progress_clock(void);
/**
 * @p total planned seconds of this process, @p later of each one after it; it is @p part of
 * @p parts, 0 of 0 when alone.
 */
void
progress_start(
	struct progress *p, double total, double later, unsigned int part, unsigned int parts);
/** The next job begins; the one before is done. */
void
progress_job(struct progress *p, const char *name, double seconds);
/** What part of the job is done now. */
void
progress_doing(struct progress *p, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
/** Say what the job is at; shown at most some times a second. */
void
progress_say(struct progress *p, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
/** All is done, or ended before its time: the line goes. */
void
progress_end(struct progress *p);

#endif /* _PROGRESS_H_ */
