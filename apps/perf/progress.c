/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */

/*
 * Prints on standard error which job is running and how long the run will take: one line that is
 * updated on a terminal, otherwise one line per job.
 */

#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "progress.h"

#define SHOW_EVERY_S 0.2

double
progress_clock(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (double)ts.tv_sec + (double)ts.tv_nsec * 1e-9;
}

void
progress_start(
	struct progress *p, double total, double later, unsigned int part, unsigned int parts)
{
	*p = (struct progress){
		.live = isatty(STDERR_FILENO) == 1,
		.part = part,
		.parts = parts,
		.total = total,
		.later = later,
		.started = progress_clock(),
	};
}

/* The remaining planned time, scaled by the ratio of actual to planned time of finished jobs. */
static double
seconds_left(const struct progress *p)
{
	const double spent = p->job_started - p->started;
	const double pace = p->done > 0 && spent > 0 ? spent / p->done : 1;
	double left = pace * (p->total - p->done) - (progress_clock() - p->job_started);

	return (left > 0 ? left : 0) + pace * p->later * (p->parts - p->part);
}

static void
show(struct progress *p, const char *text)
{
	const unsigned int left = (unsigned int)seconds_left(p);
	char line[256];
	int n = 0;

	if (p->parts > 1)
		n = snprintf(line, sizeof(line), "[%u/%u] ", p->part, p->parts);
	n += snprintf(line + n, sizeof(line) - (size_t)n, "%u:%02u left  %s  %s%s%s", left / 60,
		left % 60, p->job, p->doing, p->doing[0] != '\0' ? "  " : "", text);
	if (p->live) {
		fprintf(stderr, "\r%-*s", (int)p->width, line);
		p->width = (unsigned int)n;
	} else {
		fprintf(stderr, "%s\n", line);
	}
	p->shown = progress_clock();
}

void
progress_job(struct progress *p, const char *name, double seconds)
{
	p->done += p->job_seconds;
	p->job_seconds = seconds;
	p->job_started = progress_clock();
	snprintf(p->job, sizeof(p->job), "%s", name);
	p->doing[0] = '\0';
	show(p, "");
}

void
progress_doing(struct progress *p, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(p->doing, sizeof(p->doing), fmt, ap);
	va_end(ap);
}

void
progress_say(struct progress *p, const char *fmt, ...)
{
	char text[96];
	va_list ap;

	if (!p->live || progress_clock() - p->shown < SHOW_EVERY_S)
		return;
	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	show(p, text);
}

void
progress_end(struct progress *p)
{
	if (p->live)
		fprintf(stderr, "\r%-*s\r", (int)p->width, "");
	p->width = 0;
}
