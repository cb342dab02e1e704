/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */

/*
 * Makes the plan of a run: the suites' jobs with all combinations of sizes, queues and modes, the
 * jobs that this machine and this process can measure, and their estimated time.
 */

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <sl_number.h>

#include "plan.h"

/* A row of a suite: all combinations of its lists are measured. */
struct suite_row {
	const char *suite;
	enum measure measure;
	const char *sizes, *flows, *queues, *cores, *bursts, *coherency;
};

#define ALL_SIZES "64,128,256,512,1024,1280,1518,imix,9000"
#define BOTH "coherent,explicit"

static const struct suite_row suite_rows[] = {
	{"quick", MEASURE_CYCLES, "64,1518", "1", "1", "1", "32", BOTH},
	{"quick", MEASURE_INSTRUCTIONS, "64,1518", "1", "1", "1", "32", BOTH},
	{"quick", MEASURE_MRR, "64,imix,1518", "1", "1", "1", "32", "coherent"},
	{"quick", MEASURE_NDRPDR, "64", "1", "1", "1", "32", "coherent"},

	{"full", MEASURE_CYCLES, ALL_SIZES, "1", "1", "1", "32", BOTH},
	{"full", MEASURE_CYCLES, "64", "1", "1", "1", "1,4,8,16,64", BOTH},
	{"full", MEASURE_INSTRUCTIONS, ALL_SIZES, "1", "1", "1", "32", BOTH},
	{"full", MEASURE_INSTRUCTIONS, "64", "1", "1", "1", "1,4,8,16,64", BOTH},
	{"full", MEASURE_COHERENCY, "64,512,1518", "1", "1", "1", "1,8,32", "explicit"},
	{"full", MEASURE_MRR, ALL_SIZES, "1,1000", "1", "1", "32", "coherent"},
	{"full", MEASURE_MRR, "64,1518", "1", "1", "1", "32", "explicit"},
	{"full", MEASURE_NDRPDR, "64,imix,1518,9000", "1", "1", "1", "32", "coherent"},
	{"full", MEASURE_LOSS, "64,1518", "1", "1", "1", "32", "coherent"},
	{"full", MEASURE_B2B, "64,1518", "1", "1", "1", "32", "coherent"},
	{"full", MEASURE_SCALING, "64", "1000", "1,2,4", "1,2,4", "32", "coherent"},
	{"full", MEASURE_SOAK, "64", "1", "1", "1", "32", "coherent"},

	{"cycles", MEASURE_CYCLES, "64,512,1518", "1", "1", "1", "32", BOTH},
	{"instructions", MEASURE_INSTRUCTIONS, "64,512,1518", "1", "1", "1", "32", BOTH},
	{"coherency", MEASURE_COHERENCY, "64,512,1518", "1", "1", "1", "1,4,8,16,32,64",
		"explicit"},
	{"mrr", MEASURE_MRR, "64,imix,1518", "1", "1", "1", "32", "coherent"},
	{"ndrpdr", MEASURE_NDRPDR, "64,1518", "1", "1", "1", "32", "coherent"},
	{"latency", MEASURE_LATENCY, "64,1518", "1", "1", "1", "32", "coherent"},
	{"loss", MEASURE_LOSS, "64,1518", "1", "1", "1", "32", "coherent"},
	{"b2b", MEASURE_B2B, "64,1518", "1", "1", "1", "32", "coherent"},
	{"scaling", MEASURE_SCALING, "64", "1000", "1,2,4", "1,2,4", "32", "coherent"},
	{"soak", MEASURE_SOAK, "64", "1", "1", "1", "32", "coherent"},
};

#define ROWS (sizeof(suite_rows) / sizeof(suite_rows[0]))
#define DIMENSIONS 6
/** Seconds of a program under callgrind, most of them for its startup. */
#define COUNTING_SECONDS 4.0

static void
split(const char *text, struct list *out)
{
	out->n = 0;
	while (*text != '\0' && out->n < OPTIONS_LIST_MAX) {
		const size_t len = strcspn(text, ",");

		snprintf(out->item[out->n++], sizeof(out->item[0]), "%.*s", (int)len, text);
		text += len + (text[len] == ',');
	}
}

/* Number in a list's item, which was already checked. */
static unsigned int
number(const char *text)
{
	uint64_t v = 0;

	sl_number(text, 0, UINT32_MAX, &v);
	return (unsigned int)v;
}

unsigned int
point_size_max(const struct point *p)
{
	return strcmp(p->size, "imix") == 0 ? 1518 : number(p->size);
}

void
plan_name(const struct job *job, char name[POINT_NAME_LEN])
{
	const struct point *p = &job->point;

	snprintf(name, POINT_NAME_LEN, "%s/%s/f%u/q%u/c%u/b%u/%s%s", measure_name(job->measure),
		p->size, p->flows, p->queues, p->cores, p->burst, p->coherency,
		p->cabled ? "/cabled" : "");
}

static int
add_job(struct job **list, size_t *n, const struct job *job)
{
	struct job *jobs;
	char name[POINT_NAME_LEN], other[POINT_NAME_LEN];

	plan_name(job, name);
	for (size_t i = 0; i < *n; i++) {
		plan_name(&(*list)[i], other);
		if (strcmp(name, other) == 0)
			return 0;
	}
	jobs = realloc(*list, (*n + 1) * sizeof(*jobs));
	if (jobs == NULL)
		return -ENOMEM;
	*list = jobs;
	jobs[(*n)++] = *job;
	return 0;
}

/* True if the device is known to have fewer queues than the job needs. */
static bool
lacks_queues(const struct options *o, const struct job *job)
{
	return o->device_queues != 0 && job->point.queues > o->device_queues;
}

static int
plan_add(const struct options *o, struct plan *p, const struct job *job, unsigned int cores)
{
	if (job->point.cores > cores || lacks_queues(o, job))
		return add_job(&p->left, &p->nb_left, job);
	return add_job(&p->jobs, &p->n, job);
}

/* Add all combinations of a row's lists; lists in the options replace those of the row. */
static int
add_row(const struct suite_row *r, const struct options *o, unsigned int cores, struct plan *p)
{
	const struct list *given[DIMENSIONS] = {
		&o->coherency, &o->cores, &o->queues, &o->flows, &o->sizes, &o->bursts};
	const char *own[DIMENSIONS] = {
		r->coherency, r->cores, r->queues, r->flows, r->sizes, r->bursts};
	struct list lists[DIMENSIONS];
	size_t total = 1;

	for (size_t d = 0; d < DIMENSIONS; d++) {
		lists[d] = *given[d];
		if (given[d]->n == 0)
			split(own[d], &lists[d]);
		total *= lists[d].n;
	}
	for (size_t i = 0; i < total; i++) {
		const char *v[DIMENSIONS];
		struct job job = {.measure = r->measure};
		size_t rest = i;

		for (size_t d = DIMENSIONS; d-- > 0;) {
			v[d] = lists[d].item[rest % lists[d].n];
			rest /= lists[d].n;
		}
		job.point = (struct point){.cabled = o->dut.n != 0,
			.pool_ordinary = o->pool_ordinary,
			.cores = number(v[1]),
			.queues = number(v[2]),
			.flows = number(v[3]),
			.burst = number(v[5])};
		strcpy(job.point.device, o->device);
		strcpy(job.point.coherency, v[0]);
		strcpy(job.point.size, v[4]);
		/* An lcore without a queue would be idle. */
		if (job.point.cores > job.point.queues)
			continue;
		if (plan_add(o, p, &job, cores) != 0)
			return -ENOMEM;
	}
	return 0;
}

static int
unknown_suite(const char *name, char *why)
{
	size_t len = (size_t)snprintf(
		why, OPTIONS_WHY_LEN, "--suite: '%s' is not allowed; allowed:", name);

	for (size_t i = 0; i < ROWS; i++) {
		if (i != 0 && strcmp(suite_rows[i].suite, suite_rows[i - 1].suite) == 0)
			continue;
		len += (size_t)snprintf(
			why + len, OPTIONS_WHY_LEN - len, " %s", suite_rows[i].suite);
	}
	return -EINVAL;
}

/* True for measures that step a software NIC between bursts; a real NIC cannot be stepped. */
static bool
is_stepped(enum measure m)
{
	return m == MEASURE_CYCLES || m == MEASURE_COHERENCY || m == MEASURE_INSTRUCTIONS;
}

/* True if this process of the run makes the measure: some measures are made by one process only. */
static bool
is_for_part(const struct options *o, enum measure m)
{
	const bool once = m == MEASURE_SOAK || m == MEASURE_LOSS || m == MEASURE_INSTRUCTIONS;

	return !once || o->part <= 1;
}

/* Keep the jobs of this process, and move jobs that cannot be measured here to p->left. */
static int
sort_out(const struct options *o, struct plan *p)
{
	size_t kept = 0;

	for (size_t i = 0; i < p->n; i++) {
		const struct job *job = &p->jobs[i];

		if (o->dut.n != 0 && is_stepped(job->measure)) {
			if (add_job(&p->left, &p->nb_left, job) != 0)
				return -ENOMEM;
		} else if (is_for_part(o, job->measure)) {
			p->jobs[kept++] = *job;
		}
	}
	p->n = kept;
	return 0;
}

static int
add_suite(const char *name, const struct options *o, unsigned int cores, struct plan *p, char *why)
{
	bool known = false;

	for (size_t i = 0; i < ROWS; i++) {
		if (strcmp(suite_rows[i].suite, name) != 0)
			continue;
		known = true;
		if (add_row(&suite_rows[i], o, cores, p) != 0)
			return -ENOMEM;
	}
	return known ? 0 : unknown_suite(name, why);
}

int
plan_make(const struct options *o, unsigned int cores, struct plan *out, char *why)
{
	struct plan p = {0};
	bool stepped;
	int rc = 0;

	for (size_t s = 0; s < o->suites.n && rc == 0; s++)
		rc = add_suite(o->suites.item[s], o, cores, &p, why);
	stepped = p.n != 0 && is_stepped(p.jobs[0].measure);
	if (rc == 0)
		rc = sort_out(o, &p);
	if (rc == -ENOMEM)
		snprintf(why, OPTIONS_WHY_LEN, "no memory");
	if (rc == 0 && p.n == 0 && stepped && o->dut.n != 0) {
		snprintf(why, OPTIONS_WHY_LEN,
			"--suite: cycles, instructions and coherency step a software NIC; on real"
			" ports, allowed: quick full mrr ndrpdr latency loss b2b scaling soak");
		rc = -EINVAL;
	}
	if (rc == 0)
		*out = p;
	else
		plan_free(&p);
	return rc;
}

void
plan_why_left(
	const struct options *o, const struct job *job, unsigned int cores, char why[PLAN_WHY_LEN])
{
	if (job->point.cores > cores)
		snprintf(
			why, PLAN_WHY_LEN, "more lcores than the CPUs that can forward, %u", cores);
	else if (lacks_queues(o, job))
		snprintf(
			why, PLAN_WHY_LEN, "more queues than the device has, %u", o->device_queues);
	else
		snprintf(why, PLAN_WHY_LEN, "it steps a software NIC, which no real port can do");
}

void
plan_free(struct plan *p)
{
	free(p->jobs);
	free(p->left);
	*p = (struct plan){0};
}

bool
plan_stepped(const struct plan *p)
{
	for (size_t i = 0; i < p->n; i++) {
		if (!is_stepped(p->jobs[i].measure))
			return false;
	}
	return true;
}

double
plan_seconds(const struct options *o, const struct job *job)
{
	/* Seconds to set ports up, and for the pause in which frames in flight arrive. */
	const double setup = 0.4, pause = 0.05;
	const double trial = o->trial + pause;
	const unsigned int parts = o->parts != 0 ? o->parts : 1;

	switch (job->measure) {
	case MEASURE_CYCLES:
		return setup + 0.5 * o->trial;
	case MEASURE_INSTRUCTIONS:
		return COUNTING_SECONDS;
	case MEASURE_COHERENCY:
		return 2 * setup + o->trial;
	case MEASURE_MRR:
	case MEASURE_SCALING:
		return setup + ((o->trials + parts - 1) / parts) * trial;
	case MEASURE_NDRPDR:
		/*
		 * A search tries about this number of loads; half of them are decided after half of
		 * the trials.
		 */
		return setup + trial * (14.0 + 6.0 * o->sum);
	case MEASURE_LATENCY:
		return setup + trial * 14;
	case MEASURE_LOSS:
		return setup + trial * 12;
	case MEASURE_B2B:
		return setup + trial * 20;
	case MEASURE_SOAK:
		return setup + trial + o->soak;
	case MEASURE_COUNT:
	default:
		return 0;
	}
}

double
plan_total(const struct options *o, const struct plan *p)
{
	double total = 0;

	for (size_t i = 0; i < p->n; i++)
		total += plan_seconds(o, &p->jobs[i]);
	return total;
}
