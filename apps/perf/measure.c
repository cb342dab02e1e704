/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */

/*
 * The measures of sl-perf run: each makes trials on a rig (trial.c, stepped.c, search.c) and
 * records samples of metrics. plan.c selects the jobs.
 */

#include <errno.h>
#include <math.h>
#include <string.h>

#include <rte_string_fns.h>

#include "counting.h"
#include "measure.h"
#include "result.h"
#include "rig.h"
#include "say.h"
#include "search.h"
#include "stats.h"
#include "stepped.h"
#include "stop.h"
#include "trial.h"

#define PDR_LOSS 0.005
#define GOAL_WIDTH 0.005
#define COARSE_WIDTH 0.05
#define GOAL_EXCEED 0.5
#define IDLE_PPS 9000.0
#define IDLE_SHARE 0.02
/** Range of a search, relative to the receive rate at full speed. */
#define SEARCH_ABOVE 1.1
#define SEARCH_BELOW 0.001
#define LOSS_STEPS 10
#define SOAK_SHARE 0.8
#define B2B_TRIES 5
#define FULL_TRIES 5
/** Longest burst that is tried, in seconds at full rate. RFC 9004 requires at least 2 s. */
#define B2B_SECONDS 2.0
/** Preamble and inter-frame gap in bytes. */
#define LINE_OVERHEAD 20.0

/** Parameters and state of a measure. */
struct work {
	struct bench *b;
	const struct job *job;
	struct rig *rig;
	struct record *rec;
};

/* Add a sample of a metric; @better is "more" or "less". */
static void
record_sample(
	struct record *rec, const char *metric, const char *unit, const char *better, double value)
{
	json_t *m = json_object_get(rec->metrics, metric);

	if (m == NULL) {
		m = json_pack("{s:s, s:s, s:[[]]}", "unit", unit, "better", better, "samples");
		json_object_set_new(rec->metrics, metric, m);
	}
	json_array_append_new(json_array_get(json_object_get(m, "samples"), 0), json_real(value));
}

/* Make a trial and record it. @return 0; -EINTR: ended by a signal; another negative errno. */
static int
try(struct work *w, const struct trial_order *o, const char *goal, struct trial *t)
{
	char load[32] = "full speed";
	int rc;

	if (o->pps > 0)
		result_value(o->pps, "packets/s", load, sizeof(load));
	progress_doing(&w->b->progress, "%s at %s", goal, load);
	rc = trial_run(w->rig, o, &w->b->progress, t);

	if (rc == 0 && t->broken_off) {
		json_decref(t->latency);
		return -EINTR;
	}
	if (rc == 0)
		json_array_append_new(w->rec->trials, trial_json(t, goal));
	return rc;
}

static unsigned int
mrr_trials(const struct options *o)
{
	const unsigned int parts = o->parts != 0 ? o->parts : 1;

	return (o->trials + parts - 1) / parts;
}

static int
measure_mrr(struct work *w)
{
	const struct trial_order o = {.seconds = w->b->options->trial};
	struct trial t;
	int rc = 0;

	for (unsigned int i = 0; i < mrr_trials(w->b->options) && rc == 0; i++) {
		rc = try(w, &o, "mrr", &t);
		if (rc != 0)
			break;
		record_sample(w->rec, "pps", "packets/s", "more", t.rate);
		record_sample(w->rec, "live_cycles", "cycles/packet", "less", t.cycles);
	}
	return rc;
}

static int
measure_cycles(struct work *w)
{
	struct stepped s;
	int rc = stepped_fill(w->rig);

	if (rc == 0)
		rc = stepped_run(w->rig, w->b->options->trial / 2, &s);
	if (rc == 0 && stop_wanted())
		return -EINTR;
	if (rc != 0)
		return rc;
	record_sample(w->rec, "rx_cycles", "cycles/packet", "less", s.rx);
	record_sample(w->rec, "tx_cycles", "cycles/packet", "less", s.tx);
	record_sample(w->rec, "cycles", "cycles/packet", "less", s.rx + s.tx);
	return 0;
}

/* This process runs under callgrind, started by the outer process. */
static int
measure_instructions(struct work *w)
{
	struct stepped s;
	int rc = stepped_fill(w->rig);

	if (rc == 0)
		rc = counting_here(w->rig, w->b->options->counts, &s);
	if (rc != 0)
		return rc;
	record_sample(w->rec, "rx_instructions", "instructions/packet", "less", s.rx);
	record_sample(w->rec, "tx_instructions", "instructions/packet", "less", s.tx);
	record_sample(w->rec, "instructions", "instructions/packet", "less", s.rx + s.tx);
	return 0;
}

/* The caller has opened a rig in the job's mode; this opens one in the other mode. */
static int
measure_coherency(struct work *w)
{
	struct stepped s, other;
	struct point coherent = w->job->point;
	char rx_path[sizeof(w->rig->rx_path)], tx_path[sizeof(w->rig->tx_path)];
	int rc = stepped_fill(w->rig);

	if (rc == 0)
		rc = stepped_run(w->rig, w->b->options->trial / 2, &s);
	if (rc != 0)
		return rc;
	/* The result contains the burst paths of the job's mode: keep them. */
	rte_strscpy(rx_path, w->rig->rx_path, sizeof(rx_path));
	rte_strscpy(tx_path, w->rig->tx_path, sizeof(tx_path));
	rig_close(w->rig);
	strcpy(coherent.coherency, "coherent");
	rc = rig_open(&coherent, false, &w->b->place, w->rig);
	rte_strscpy(w->rig->rx_path, rx_path, sizeof(rx_path));
	rte_strscpy(w->rig->tx_path, tx_path, sizeof(tx_path));
	if (rc == 0)
		rc = stepped_fill(w->rig);
	if (rc == 0)
		rc = stepped_run(w->rig, w->b->options->trial / 2, &other);
	if (rc == 0 && stop_wanted())
		return -EINTR;
	if (rc != 0)
		return rc;
	record_sample(w->rec, "explicit_cycles", "cycles/packet", "less", s.rx + s.tx);
	record_sample(w->rec, "coherent_cycles", "cycles/packet", "less", other.rx + other.tx);
	record_sample(
		w->rec, "price_cycles", "cycles/packet", "less", s.rx + s.tx - other.rx - other.tx);
	return 0;
}

/* Measure the rate at full speed, which is the start of searches. */
static int
full_rate(struct work *w, double *pps)
{
	const struct trial_order o = {.seconds = w->b->options->trial};
	struct trial t;
	int rc = 0;

	*pps = 0;
	/* On a busy machine a thread may get no CPU during a whole short trial: try again. */
	for (unsigned int i = 0; i < FULL_TRIES && rc == 0 && !(*pps > 0); i++) {
		rc = try(w, &o, "full", &t);
		if (rc == 0)
			*pps = t.rate > 0 ? t.rate : (double)t.received / t.seconds;
	}
	if (rc == 0 && !(*pps > 0))
		return say_error(-EIO, "nothing arrived at full speed");
	return rc;
}

static int
search(struct work *w, double full, double width, unsigned int sum, struct search *s)
{
	const struct search_rules rules = {
		.min = full * SEARCH_BELOW,
		.max = full * SEARCH_ABOVE,
		.hint = full,
		.width = width,
		.exceed = GOAL_EXCEED,
		.sum = sum,
		.phases = sum > 1 ? 3 : 0,
		.nb_goals = 2,
		.goals = {{.loss = PDR_LOSS}, {.loss = 0}},
	};
	struct trial_order o = {.seconds = w->b->options->trial};
	struct trial t;
	int rc = search_init(s, &rules);

	while (rc == 0 && search_next(s, &o.pps)) {
		/* The generator's rates are whole frames per second. */
		rc = try(w, &o, s->goal == 0 ? "pdr" : "ndr", &t);
		if (rc == 0)
			search_add(s, o.pps, trial_loss(&t), t.rate);
	}
	return rc;
}

static void
record_latency(struct record *rec, const char *load, const json_t *trial)
{
	const json_t *l = json_object_get(trial, "latency_ns");
	const char *const names[] = {"p50", "p99", "p999"};
	char metric[32];

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		snprintf(metric, sizeof(metric), "%s_%s_ns", load, names[i]);
		record_sample(
			rec, metric, "ns", "less", json_number_value(json_object_get(l, names[i])));
	}
}

static int
latency_at(struct work *w, const char *load, double pps)
{
	const struct trial_order o = {.pps = pps, .seconds = w->b->options->trial, .latency = true};
	struct trial t;
	int rc;

	rc = try(w, &o, load, &t);
	if (rc == 0)
		record_latency(w->rec, load,
			json_array_get(w->rec->trials, json_array_size(w->rec->trials) - 1));
	return rc;
}

/* Search NDR and PDR, then measure latency at shares of PDR and with almost no load. */
static int
search_and_latency(struct work *w, double width, unsigned int sum)
{
	struct search s = {0};
	double full, pdr = 0;
	int rc = full_rate(w, &full);

	if (rc == 0)
		rc = search(w, full, width, sum, &s);
	if (rc == 0) {
		/* If no load was within the goal, the result is 0. */
		pdr = s.found[0].found ? s.found[0].pps : 0;
		record_sample(w->rec, "pdr_pps", "packets/s", "more", pdr);
		record_sample(w->rec, "ndr_pps", "packets/s", "more",
			s.found[1].found ? s.found[1].pps : 0);
	}
	search_free(&s);
	if (rc == 0)
		rc = latency_at(w, "idle", fmin(IDLE_PPS, IDLE_SHARE * full));
	if (rc == 0 && pdr > 0)
		rc = latency_at(w, "pdr10", pdr * 0.1);
	if (rc == 0 && pdr > 0)
		rc = latency_at(w, "pdr50", pdr * 0.5);
	if (rc == 0 && pdr > 0)
		rc = latency_at(w, "pdr90", pdr * 0.9);
	return rc;
}

static int
measure_ndrpdr(struct work *w)
{
	return search_and_latency(w, GOAL_WIDTH, w->b->options->sum);
}

static int
measure_latency(struct work *w)
{
	return search_and_latency(w, COARSE_WIDTH, 1);
}

static int
measure_loss(struct work *w)
{
	struct trial_order o = {.seconds = w->b->options->trial};
	struct trial t;
	double full;
	int rc = full_rate(w, &full);

	for (int i = LOSS_STEPS; i > 0 && rc == 0; i--) {
		o.pps = full * SEARCH_ABOVE * i / LOSS_STEPS;
		rc = try(w, &o, "loss", &t);
	}
	return rc;
}

/*
 * Find the longest burst, at most @p most frames, without loss at @p pps, with a precision of 1/64.
 */
static int
longest_burst(struct work *w, double pps, uint64_t most, uint64_t *longest)
{
	uint64_t good = 0, bad = most + 1, n = most;
	struct trial t;
	int rc = 0;

	while (rc == 0 && bad - good > 1 + good / 64) {
		const struct trial_order o = {.pps = pps,
			.frames = n,
			/* Twice the time of the burst, since the generator may start late. */
			.seconds = 2 * (double)n / pps + 0.05};

		rc = try(w, &o, "burst", &t);
		if (rc == 0 && t.received == t.offered && t.offered == n)
			good = n;
		else
			bad = n;
		n = (good + bad) / 2;
	}
	*longest = good;
	return rc;
}

static double
line_rate(const struct rig *r)
{
	const struct point *p = r->point;
	const double size = strcmp(p->size, "imix") == 0 ? 361.83 : (double)point_size_max(p);

	return r->line_bps / 8 / (size + LINE_OVERHEAD);
}

/*
 * RFC 9004: the mean of several longest bursts. Divided by the rate of the burst it is the buffer
 * time; without the frames that were forwarded meanwhile, it is the corrected buffer time.
 */
static int
measure_b2b(struct work *w)
{
	const double line = line_rate(w->rig);
	const struct trial_order flood = {.pps = line, .seconds = w->b->options->trial};
	double full, pps, sum = 0, seconds = fmin(B2B_SECONDS, 2 * w->b->options->trial);
	uint64_t frames = 0;
	struct trial t;
	int rc = full_rate(w, &full);

	/* The generator may be slower than the line. */
	if (rc == 0)
		rc = try(w, &flood, "flood", &t);
	if (rc != 0)
		return rc;
	pps = fmin(line, (double)t.offered / t.seconds);
	for (int i = 0; i < B2B_TRIES && rc == 0; i++) {
		rc = longest_burst(w, pps, (uint64_t)(pps * seconds), &frames);
		sum += (double)frames;
	}
	if (rc != 0)
		return rc;
	record_sample(w->rec, "burst_frames", "packets", "more", sum / B2B_TRIES);
	record_sample(w->rec, "burst_pps", "packets/s", "more", pps);
	record_sample(w->rec, "buffer_us", "us", "more",
		1e6 * sum / B2B_TRIES / pps * fmax(0, 1 - full / pps));
	return 0;
}

static int
measure_soak(struct work *w)
{
	struct trial_order o = {.seconds = w->b->options->soak, .latency = true};
	struct trial t;
	double full;
	int rc = full_rate(w, &full);

	o.pps = full * SOAK_SHARE;
	if (rc == 0)
		rc = try(w, &o, "soak", &t);
	if (rc != 0)
		return rc;
	record_sample(w->rec, "soak_loss", "ratio", "less",
		t.offered != 0 ? 1 - (double)t.received / (double)t.offered : 1);
	return 0;
}

/** Properties of a measure. */
struct measure_row {
	bool live;
	int (*run)(struct work *w);
};

static const struct measure_row measure_rows[] = {
	[MEASURE_CYCLES] = {false, measure_cycles},
	[MEASURE_INSTRUCTIONS] = {false, measure_instructions},
	[MEASURE_COHERENCY] = {false, measure_coherency},
	[MEASURE_MRR] = {true, measure_mrr},
	[MEASURE_NDRPDR] = {true, measure_ndrpdr},
	[MEASURE_LATENCY] = {true, measure_latency},
	[MEASURE_LOSS] = {true, measure_loss},
	[MEASURE_B2B] = {true, measure_b2b},
	[MEASURE_SCALING] = {true, measure_mrr},
	[MEASURE_SOAK] = {true, measure_soak},
};

static const char *
device_name(const struct job *job, const struct rig *rig)
{
	if (rig->tester != NULL)
		return "cabled";
	return measure_rows[job->measure].live ? "thread" : "step";
}

static json_t *
bdfs_json(const struct rig_port *ports, unsigned int n)
{
	json_t *list = json_array();

	for (unsigned int i = 0; i < n; i++)
		json_array_append_new(list, json_string(ports[i].bdf));
	return list;
}

static json_t *
result_json(const struct job *job, const struct rig *rig, const struct record *rec)
{
	const struct point *p = &job->point;
	char name[POINT_NAME_LEN];
	json_t *j, *c;

	plan_name(job, name);
	j = json_pack(
		"{s:s, s:s, s:{s:s, s:i, s:i, s:i, s:i, s:s, s:s, s:s, s:s, s:s, s:s, s:i, s:i},"
		" s:O, s:O}",
		"name", name, "measure", measure_name(job->measure), "config", "size", p->size,
		"flows", (int)p->flows, "queues", (int)p->queues, "cores", (int)p->cores, "burst",
		(int)p->burst, "coherency", p->coherency, "device", device_name(job, rig), "nic",
		rig->nic, "pool", p->pool_ordinary ? "ordinary" : "apart", "rx_path", rig->rx_path,
		"tx_path", rig->tx_path, "rxd", rig->rxd, "txd", rig->txd, "metrics", rec->metrics,
		"trials", rec->trials);
	c = json_object_get(j, "config");
	if (rig->tester != NULL) {
		json_object_set_new(c, "tester", bdfs_json(rig->tester_port, rig->nb_tester_ports));
		json_object_set_new(c, "dut", bdfs_json(rig->port, rig->nb_ports));
	}
	return j;
}

json_t *
measure_run(struct bench *b, const struct job *job, int *rc)
{
	const struct measure_row *row = &measure_rows[job->measure];
	struct record rec = {.metrics = json_object(), .trials = json_array()};
	struct rig rig;
	struct work w = {b, job, &rig, &rec};
	json_t *result = NULL;
	unsigned int missing;

	if (job->measure == MEASURE_INSTRUCTIONS && b->options->counts[0] == '\0') {
		json_decref(rec.metrics);
		json_decref(rec.trials);
		return counting_run(b->options, job, rc);
	}
	*rc = rig_open(&job->point, row->live, &b->place, &rig);
	if (*rc == 0) {
		*rc = row->run(&w);
		/* Samples from before a signal are kept. */
		if (*rc == 0 || (*rc == -EINTR && json_object_size(rec.metrics) != 0))
			result = result_json(job, &rig, &rec);
		missing = rig_close(&rig);
		if (missing != 0)
			*rc = say_error(-EIO, "%u mbufs are not back in the pool", missing);
	}
	json_decref(rec.metrics);
	json_decref(rec.trials);
	return result;
}
