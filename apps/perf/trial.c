/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */

/*
 * Trials on a live rig: set the generator's rate, wait until frames in flight have arrived, and
 * compute loss, rate, cycles and the time that threads waited for a CPU.
 */

#include <dirent.h>
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#include <rte_ethdev.h>

#include "progress.h"
#include "rig.h"
#include "stop.h"
#include "trial.h"

#define TURN_US 10000
#define THREADS_MAX 128
/** A thread that used a smaller share of its time is not a thread that moves frames. */
#define BUSY_SHARE 0.02
/** The kernel's encoding of a thread's CPU clock. */
#define CPU_CLOCK_SHIFT 3
#define CPU_CLOCK_THREAD 6
/**
 * Missing frames are lost if nothing has arrived for this number of checks, since threads may get
 * no CPU for a while.
 */
#define QUIET_TURNS 30
#define DRAIN_TURNS_MAX 1000
/**
 * Number of iterations that each thread must have completed between two checks for the second one
 * to count.
 */
#define ROUNDS_BETWEEN 4
/** If the generator could not offer this share of the frames, the trial did not reach the rate. */
#define SKIPPED_SHARE 0.005
/** Share of a trial before its rate is measured, in which generator and caches warm up. */
#define RAMP_SHARE 0.1
#define RAMP_MAX_S 0.2

/** Counters of the wires at one time. */
struct moment {
	double at;
	uint64_t offered, skipped, received, corrupt;
	uint64_t missed; /* dropped by the NIC for lack of a descriptor, since its start */
	uint64_t preempted;
	bool running;
	struct rig_counts lanes;
};

static uint64_t
number(const json_t *report, const char *side, const char *name)
{
	return (uint64_t)json_integer_value(json_object_get(json_object_get(report, side), name));
}

/** CPU times of this process's threads at one time. */
struct cpu_times {
	double at;
	size_t n;
	struct {
		pid_t tid;
		double used;
	} thread[THREADS_MAX];
};

/* Clock id of a thread's CPU time for clock_gettime(), see clock_getcpuclockid(3). */
static clockid_t
thread_clock(pid_t tid)
{
	return (clockid_t)(~(unsigned int)tid << CPU_CLOCK_SHIFT | CPU_CLOCK_THREAD);
}

/* The main lcore is not included: it sleeps, and shares a CPU. */
static void
cpu_times_take(struct cpu_times *c)
{
	DIR *dir = opendir("/proc/self/task");
	const struct dirent *e;
	struct timespec ts;

	*c = (struct cpu_times){.at = progress_clock()};
	while (dir != NULL && c->n < THREADS_MAX && (e = readdir(dir)) != NULL) {
		const pid_t tid = (pid_t)strtol(e->d_name, NULL, 10);

		if (tid == 0 || tid == getpid() || clock_gettime(thread_clock(tid), &ts) != 0)
			continue;
		c->thread[c->n].tid = tid;
		c->thread[c->n++].used = (double)ts.tv_sec + (double)ts.tv_nsec * 1e-9;
	}
	if (dir != NULL)
		closedir(dir);
}

/*
 * Mean time in seconds, between the two times, that a thread waited for a CPU. Threads that move
 * frames never sleep, so they waited during the time that they did not use. Other threads are not
 * included.
 */
static double
cpu_waited(const struct cpu_times *from, const struct cpu_times *to)
{
	const double wall = to->at - from->at;
	double waited = 0;
	unsigned int busy = 0;

	for (size_t i = 0; i < to->n; i++) {
		for (size_t k = 0; k < from->n; k++) {
			const double used = to->thread[i].used - from->thread[k].used;

			if (to->thread[i].tid != from->thread[k].tid || used <= BUSY_SHARE * wall)
				continue;
			waited += fmax(0, wall - used);
			busy++;
		}
	}
	return busy != 0 ? waited / busy : wall;
}

static int
moment_take(const struct rig *r, struct moment *m)
{
	json_t *gen = rig_wire_report(r, RIG_GENERATOR), *sink;
	struct rte_eth_stats stats = {0};
	struct rusage usage;

	getrusage(RUSAGE_SELF, &usage);
	m->preempted = (uint64_t)usage.ru_nivcsw;
	m->at = progress_clock();
	m->lanes = rig_counts(r);
	sink = rig_wire_report(r, RIG_SINK);
	m->offered = number(gen, "tx", "frames");
	m->skipped = number(gen, "tx", "skipped");
	m->running = json_is_true(json_object_get(json_object_get(gen, "tx"), "running"));
	m->received = number(sink, "rx", "frames");
	m->corrupt = number(sink, "rx", "corrupt");
	rte_eth_stats_get(r->port[0].id, &stats);
	m->missed = stats.imissed;
	json_decref(gen);
	json_decref(sink);
	return gen != NULL && sink != NULL ? 0 : -EIO;
}

/* Wait until @p end, or until the generator has reached its count. */
static int
wait_until(const struct rig *r, double end, bool counted, struct progress *p)
{
	struct moment m;
	double left;

	while ((left = end - progress_clock()) > 0 && !stop_wanted()) {
		usleep(left * 1e6 < TURN_US ? (useconds_t)(left * 1e6) : TURN_US);
		progress_say(p, "%.1f s", left);
		if (!counted)
			continue;
		if (moment_take(r, &m) != 0)
			return -EIO;
		if (!m.running)
			break;
	}
	return 0;
}

/*
 * Wait until each frame in flight has arrived or was dropped by the NIC. A check counts only if all
 * threads have completed iterations since the last one: a thread without a CPU does not move
 * frames.
 */
static int
drain(struct rig *r, uint64_t missed_before, struct moment *m)
{
	unsigned int quiet = 0;
	uint64_t before;

	for (unsigned int i = 0; i < DRAIN_TURNS_MAX && quiet < QUIET_TURNS; i++) {
		before = m->received;
		usleep(TURN_US);
		if (moment_take(r, m) != 0)
			return -EIO;
		if (m->offered == m->received + m->missed - missed_before)
			return 0;
		if (m->received != before)
			quiet = 0;
		else if (rig_went_round(r, ROUNDS_BETWEEN))
			quiet++;
	}
	return 0;
}

static int
prepare(const struct rig *r, const struct trial_order *o)
{
	char rate[48], count[48];
	int rc;

	snprintf(rate, sizeof(rate), "rate=%.0f", o->pps);
	snprintf(count, sizeof(count), "count=%" PRIu64, o->frames);
	rc = rig_wire(r, RIG_GENERATOR, "clear");
	if (rc == 0)
		rc = rig_wire(r, RIG_SINK, "clear");
	if (rc == 0)
		rc = rig_wire(r, RIG_GENERATOR, rate);
	return rc == 0 ? rig_wire(r, RIG_GENERATOR, count) : rc;
}

static json_t *
take_histogram(const struct rig *r)
{
	json_t *sink = rig_wire_report(r, RIG_SINK);
	json_t *h = json_incref(json_object_get(json_object_get(sink, "rx"), "latency_ns"));

	json_decref(sink);
	return h;
}

int
trial_run(struct rig *r, const struct trial_order *o, struct progress *progress, struct trial *out)
{
	const double ramp = fmin(o->seconds * RAMP_SHARE, RAMP_MAX_S);
	struct moment first = {0}, last = {0}, end;
	struct rte_eth_stats stats = {0};
	struct cpu_times before, after;
	double begun;
	int rc = prepare(r, o);

	*out = (struct trial){.pps = o->pps};
	rte_eth_stats_get(r->port[0].id, &stats);
	cpu_times_take(&before);
	if (rc == 0)
		rc = rig_wire(r, RIG_GENERATOR, "start");
	begun = progress_clock();
	if (rc == 0 && o->frames == 0)
		rc = wait_until(r, begun + ramp, false, progress);
	if (rc == 0)
		rc = moment_take(r, &first);
	if (rc == 0)
		rc = wait_until(r, begun + o->seconds, o->frames != 0, progress);
	if (rc == 0)
		rc = moment_take(r, &last);
	rig_wire(r, RIG_GENERATOR, "stop");
	out->seconds = progress_clock() - begun;
	cpu_times_take(&after);
	out->cpu_wait = cpu_waited(&before, &after);
	end = last;
	if (rc == 0)
		rc = drain(r, stats.imissed, &end);
	if (rc != 0)
		return rc;
	out->offered = end.offered;
	out->received = end.received;
	out->skipped = end.skipped;
	out->corrupt = end.corrupt;
	out->preempted = last.preempted - first.preempted;
	out->rate = (double)(last.received - first.received) / (last.at - first.at);
	if (last.lanes.frames != first.lanes.frames)
		out->cycles = (double)(last.lanes.cycles - first.lanes.cycles) /
			(double)(last.lanes.frames - first.lanes.frames);
	out->broken_off = stop_wanted();
	if (o->latency)
		out->latency = take_histogram(r);
	return 0;
}

double
trial_loss(const struct trial *t)
{
	const double lost = (double)t->offered - (double)t->received;
	const double wanted = (double)(t->offered + t->skipped);

	if (!(wanted > 0))
		return 1;
	if ((double)t->skipped > SKIPPED_SHARE * wanted)
		return (lost + (double)t->skipped) / wanted;
	return lost / (double)t->offered;
}

json_t *
trial_json(struct trial *t, const char *goal)
{
	json_t *j = json_pack("{s:s, s:f, s:f, s:I, s:I, s:I, s:I, s:I, s:f, s:f, s:f}", "goal",
		goal, "intended_pps", t->pps, "seconds", t->seconds, "offered",
		(json_int_t)t->offered, "received", (json_int_t)t->received, "skipped",
		(json_int_t)t->skipped, "corrupt", (json_int_t)t->corrupt, "preempted",
		(json_int_t)t->preempted, "received_pps", t->rate, "cycles_per_packet", t->cycles,
		"cpu_wait_s", t->cpu_wait);

	if (j != NULL && t->latency != NULL)
		json_object_set_new(j, "latency_ns", t->latency);
	else
		json_decref(t->latency);
	t->latency = NULL;
	return j;
}
