/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */

/*
 * sl-peers: our driver and DPDK's own in one process, on the same software NIC,
 * in turn. Cycles a packet of receiving, sending and both.
 */

#include <errno.h>
#include <getopt.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <rte_cycles.h>
#include <rte_eal.h>
#include <rte_errno.h>

#include "report.h"

#define FREE_PAGES "/sys/kernel/mm/hugepages/hugepages-2048kB/free_hugepages"
#define PAGES_WANTED 192 /* of 2 MiB */
#define ROUNDS 11u
#define ROUNDS_QUICK 10u
#define LAPS 12u
#define POINTS_MAX 512u
#define OFFLOAD_BURST 32u

/** What the user asked for. */
struct options {
	bool quick;
	const char *json;
	unsigned int rounds;
};

static const unsigned int all_bursts[] = {1, 4, 8, 16, 32, 64}, some_bursts[] = {1, 4, 32};
static const unsigned int all_sizes[] = {64, 512, 1518}, some_sizes[] = {64, 1518};
static const unsigned int all_queues[] = {1, 4}, one_queue[] = {1};

/** Which points: every combination. */
struct plan {
	const unsigned int *bursts, *sizes, *queues;
	unsigned int nb_bursts, nb_sizes, nb_queues;
};

/* The handler can only leave a word behind. */
static volatile sig_atomic_t interrupted;

static void
on_interrupt(int sig)
{
	(void)sig;
	interrupted = 1;
}

static void
usage(FILE *to)
{
	fprintf(to,
		"Usage: sl-peers [--quick] [--rounds N] [--json FILE]\n\n"
		"DPDK's drivers and ours in one process, on the same software NIC, in turn: cycles a\n"
		"packet. Frames of 64, 512 and 1518 bytes, bursts of 1 to 64, 1 and 4 queues; with the\n"
		"device on the driver's core and on another one. Ctrl-C ends it and keeps what is done.\n\n"
		"  --quick      fewer sizes and bursts, one queue: less than a minute\n"
		"  --rounds N   rounds of each, 3..%u (%u; quick %u)\n"
		"  --json FILE  every sample, for machines\n",
		ROUNDS_MAX, ROUNDS, ROUNDS_QUICK);
}

/* 0; 1: done, as for --help; -EINVAL. */
static int
options_parse(int argc, char **argv, struct options *o)
{
	static const struct option table[] = {{"quick", no_argument, NULL, 'q'},
		{"rounds", required_argument, NULL, 'r'}, {"json", required_argument, NULL, 'j'},
		{"help", no_argument, NULL, 'h'}, {NULL, 0, NULL, 0}};
	char *end;
	int opt;

	while ((opt = getopt_long(argc, argv, "h", table, NULL)) != -1) {
		switch (opt) {
		case 'q':
			o->quick = true;
			break;
		case 'j':
			o->json = optarg;
			break;
		case 'r':
			o->rounds = (unsigned int)strtoul(optarg, &end, 10);
			if (*end != '\0' || o->rounds < 3 || o->rounds > ROUNDS_MAX) {
				fprintf(stderr, "--rounds %s: allowed: 3..%u\n", optarg,
					ROUNDS_MAX);
				return -EINVAL;
			}
			break;
		case 'h':
			usage(stdout);
			return 1;
		default:
			return -EINVAL;
		}
	}
	if (optind != argc) {
		fprintf(stderr, "unknown word '%s'; --help says what there is\n", argv[optind]);
		return -EINVAL;
	}
	if (o->rounds == 0)
		o->rounds = o->quick ? ROUNDS_QUICK : ROUNDS;
	return 0;
}

/* --- EAL --- */

static bool
hugepages_free(void)
{
	FILE *f = fopen(FREE_PAGES, "r");
	int n = 0;

	if (f != NULL) {
		if (fscanf(f, "%d", &n) != 1)
			n = 0;
		fclose(f);
	}
	return n >= PAGES_WANTED;
}

/* The driver on the last CPU we may use, the device's helper on the one before; -1: none. */
static void
cpus_pick(int *driver, int *device)
{
	cpu_set_t set;
	int cpu;

	*driver = *device = -1;
	if (sched_getaffinity(0, sizeof(set), &set) != 0)
		return;
	for (cpu = 0; cpu < CPU_SETSIZE; cpu++) {
		if (!CPU_ISSET(cpu, &set))
			continue;
		*device = *driver;
		*driver = cpu;
	}
}

static int
eal_start(char *program, int cpu, bool huge)
{
	char lcore[32];
	char *args[] = {program, (char[]){"--no-pci"}, (char[]){"--no-shconf"},
		(char[]){"--no-telemetry"}, (char[]){"--iova-mode=va"}, (char[]){"-m"},
		(char[]){"384"}, (char[]){"--log-level=*:4"}, lcore,
		huge ? (char[]){"--in-memory"} : (char[]){"--no-huge"}};

	snprintf(lcore, sizeof(lcore), "-l%d", cpu);
	if (rte_eal_init(RTE_DIM(args), args) < 0) {
		fprintf(stderr, "EAL does not start here: %s\n", rte_strerror(rte_errno));
		return -rte_errno;
	}
	return 0;
}

/* --- the run --- */

static int
each_start(struct measure *m, unsigned int queues, bool offloads)
{
	unsigned int i;
	int ret = 0;

	for (i = 0; i < m->n && ret == 0; i++) {
		ret = contender_start(&m->list[i], queues, offloads);
		if (ret != 0)
			fprintf(stderr, "%s does not start with %u queues: %s\n",
				m->list[i].row->name, queues, strerror(-ret));
	}
	return ret;
}

static int
each_stop(struct measure *m)
{
	unsigned int i;
	int ret = 0, rc;

	for (i = 0; i < m->n; i++) {
		rc = contender_stop(&m->list[i]);
		ret = ret != 0 ? ret : rc;
	}
	return ret;
}

/* All points with so many queues, on this core or the other; with offloads, of one burst. */
static int
points_run(struct measure *m, const struct plan *plan, struct point p, struct report *rep,
	struct result *results)
{
	unsigned int s, b, op;
	int ret = 0;

	for (s = 0; s < plan->nb_sizes; s++) {
		for (b = 0; b < plan->nb_bursts; b++) {
			for (op = 0; op < OP_COUNT && ret == 0; op++) {
				if (interrupted || rep->n == POINTS_MAX)
					return 0;
				p.size = plan->sizes[s];
				p.burst = plan->bursts[b];
				if (p.offloads && p.burst != OFFLOAD_BURST)
					continue;
				p.op = (enum peer_op)op;
				ret = measure_point(m, &p, &results[rep->n]);
				if (ret == 0)
					report_line(m, &results[rep->n++]);
			}
		}
	}
	return ret;
}

/* Start all, measure, stop all. */
static int
config_run(struct measure *m, const struct plan *plan, const struct point *p, int device_cpu,
	struct report *rep, struct result *results)
{
	int ret = each_start(m, p->queues, p->offloads);

	if (ret == 0 && p->other_core)
		ret = helper_start(device_cpu, &m->helper);
	if (ret == 0)
		ret = points_run(m, plan, *p, rep, results);
	helper_stop(m->helper);
	m->helper = NULL;
	return ret == 0 ? each_stop(m) : ret;
}

static int
plan_run(struct measure *m, const struct plan *plan, int device_cpu, struct report *rep,
	struct result *results)
{
	struct point p;
	unsigned int q, other, off;
	int ret = 0;

	for (other = 0; other < 2 && ret == 0; other++) {
		if (other == 1 && device_cpu < 0) {
			rep->why_no_other_core = "one CPU alone may be used";
			break;
		}
		for (q = 0; q < plan->nb_queues; q++) {
			for (off = 0; off < 2 && ret == 0 && !interrupted; off++) {
				p = (struct point){.queues = plan->queues[q],
					.other_core = other == 1,
					.offloads = off == 1};
				ret = config_run(m, plan, &p, device_cpu, rep, results);
			}
		}
	}
	return ret;
}

static int
contenders_open(struct measure *m)
{
	unsigned int i;
	int ret;

	for (i = 0; i < contender_row_count; i++) {
		if (contender_obstacle(&contender_rows[i]) != NULL)
			continue;
		ret = contender_open(&m->list[m->n], &contender_rows[i]);
		m->n++;
		if (ret != 0) {
			fprintf(stderr, "%s cannot be set up: %s\n", contender_rows[i].name,
				strerror(-ret));
			return ret;
		}
	}
	return 0;
}

static int
contenders_close(struct measure *m)
{
	int ret = 0, rc;

	while (m->n > 0) {
		struct contender *c = &m->list[--m->n];

		rc = contender_close(c);
		if (rc != 0)
			fprintf(stderr, "%s: not left as it should be: %s\n", c->row->name,
				strerror(-rc));
		ret = ret != 0 ? ret : rc;
	}
	return ret;
}

static int
run(const struct options *o, int device_cpu, bool huge)
{
	const struct plan quick = {some_bursts, some_sizes, one_queue, RTE_DIM(some_bursts),
		RTE_DIM(some_sizes), RTE_DIM(one_queue)};
	const struct plan full = {all_bursts, all_sizes, all_queues, RTE_DIM(all_bursts),
		RTE_DIM(all_sizes), RTE_DIM(all_queues)};
	struct measure m = {.rounds = o->rounds, .laps = LAPS};
	struct result *results = calloc(POINTS_MAX, sizeof(*results));
	struct report rep = {.measure = &m, .results = results, .hugepages = huge};
	const uint64_t from = rte_get_tsc_cycles();
	int ret = -ENOMEM, rc;

	m.list = calloc(CONTENDERS_MAX, sizeof(*m.list));
	if (m.list != NULL && results != NULL)
		ret = contenders_open(&m);
	if (ret == 0) {
		measure_init(&m);
		report_head(&m);
		ret = plan_run(&m, o->quick ? &quick : &full, device_cpu, &rep, results);
		rep.seconds = (double)(rte_get_tsc_cycles() - from) / (double)rte_get_tsc_hz();
		report_foot(&rep);
		if (o->json != NULL && rep.n != 0) {
			rc = report_json(&rep, o->json);
			ret = ret != 0 ? ret : rc;
		}
	}
	rc = contenders_close(&m);
	free(m.list);
	free(results);
	return ret != 0 ? ret : rc;
}

int
main(int argc, char **argv)
{
	struct options o = {0};
	const bool huge = hugepages_free();
	int driver_cpu, device_cpu, ret;

	ret = options_parse(argc, argv, &o);
	if (ret != 0)
		return ret > 0 ? EXIT_SUCCESS : EXIT_FAILURE;
	cpus_pick(&driver_cpu, &device_cpu);
	if (driver_cpu < 0 || eal_start(argv[0], driver_cpu, huge) != 0)
		return EXIT_FAILURE;
	signal(SIGINT, on_interrupt);
	signal(SIGTERM, on_interrupt);
	ret = run(&o, device_cpu, huge);
	rte_eal_cleanup();
	return ret == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
