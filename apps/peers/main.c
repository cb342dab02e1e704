/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */

/*
 * sl-peers: our driver and DPDK's drivers in one process, each on the same software NIC, measured
 * in turn. Cycles per packet of receive, transmit and both.
 */

#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <rte_cycles.h>
#include <rte_eal.h>
#include <rte_errno.h>
#include <rte_vect.h>
#include <rte_version.h>

#include <sl_cpus.h>
#include <sl_number.h>

#include "huge.h"
#include "outfile.h"
#include "report.h"
#include "stop.h"

/*
 * Memory for EAL: for the drivers, and for each queue; and per mbuf its header and its share of the
 * mempool.
 */
#define EAL_MIB_BASE 320u
#define EAL_MIB_QUEUE 8u
#define MBUF_EXTRA 512u
#define ROUNDS 11u
#define ROUNDS_QUICK 10u
#define LAPS 12u
#define POINTS_MAX 512u
#define OFFLOAD_BURST 32u
#define ROOM_MAX 8192u

#define LIST_MAX 8u

/** Values of one option: sizes, bursts. */
struct list {
	unsigned int n, v[LIST_MAX];
};

/** Points to measure: every combination. */
struct plan {
	struct list bursts, sizes, queues;
	bool same, other; /**< device on the driver's core, on another core */
};

/** Options of the user. */
struct options {
	struct plan plan;
	const char *json, *who;
	unsigned int rounds, bits, room;
};

static const struct plan plan_full = {.bursts = {6, {1, 4, 8, 16, 32, 64}},
	.sizes = {3, {64, 512, 1518}},
	.queues = {2, {1, 4}},
	.same = true,
	.other = true};
static const struct plan plan_quick = {.bursts = {3, {1, 4, 32}},
	.sizes = {2, {64, 1518}},
	.queues = {1, {1}},
	.same = true,
	.other = true};

static void
usage(FILE *to)
{
	fprintf(to,
		"Usage: sl-peers [OPTION...]\n\n"
		"DPDK's drivers and ours in one process, on the same software NIC, in turn: cycles a\n"
		"packet. Frames of 64, 512 and 1518 bytes, bursts of 1 to 64, 1 and 4 queues; with the\n"
		"device on the driver's core and on another one. Ctrl-C ends it and keeps what is done.\n\n"
		"  --quick         fewer sizes and bursts, one queue: less than a minute\n"
		"  --sizes LIST    bytes with FCS, %u..%u: --sizes 64,1518\n"
		"  --bursts LIST   1..%u\n"
		"  --queues LIST   1 to %u\n"
		"  --device WHERE  same, other or both (both)\n"
		"  --who LIST      contenders by their name: --who igb,coherent,floor; ixgbe82599 are all\n"
		"                  that are on an 82599\n"
		"  --simd BITS     widest vectors of all drivers: 64 (none), 128, 256, 512 (what EAL\n"
		"                  chooses, 256 mostly)\n"
		"  --room BYTES    data room of an mbuf, headroom included, %u..%u (%u)\n"
		"  --rounds N      rounds of each, 3..%u (%u; quick %u)\n"
		"  --json FILE     every sample, for machines\n"
		"  --help, --version\n",
		FRAME_MIN + RTE_ETHER_CRC_LEN, FRAME_MAX + RTE_ETHER_CRC_LEN, BURST_MAX, QUEUES_MAX,
		RTE_MBUF_DEFAULT_BUF_SIZE, ROOM_MAX, RTE_MBUF_DEFAULT_BUF_SIZE, ROUNDS_MAX, ROUNDS,
		ROUNDS_QUICK);
}

/* Parse a number of an option, from @p least to @p most. */
static int
number_parse(const char *option, const char *text, unsigned int least, unsigned int most,
	const char **end, unsigned int *out)
{
	const char *p = text;
	uint64_t v = 0;

	if (sl_number_digits(&p, 10, &v) != 0)
		p = text;
	*end = p;
	if (p == text || (**end != '\0' && **end != ',') || v < least || v > most) {
		fprintf(stderr, "--%s %s: allowed: numbers from %u to %u\n", option, text, least,
			most);
		return -EINVAL;
	}
	*out = (unsigned int)v;
	return 0;
}

static int
one_parse(const char *option, const char *text, unsigned int least, unsigned int most,
	unsigned int *out)
{
	const char *end;
	int ret = number_parse(option, text, least, most, &end, out);

	if (ret == 0 && *end != '\0') {
		fprintf(stderr, "--%s %s: allowed: one number\n", option, text);
		ret = -EINVAL;
	}
	return ret;
}

static int
list_parse(const char *option, const char *text, unsigned int least, unsigned int most,
	struct list *out)
{
	const char *end;
	int ret;

	for (out->n = 0; out->n < LIST_MAX; text = end + 1) {
		ret = number_parse(option, text, least, most, &end, &out->v[out->n]);
		if (ret != 0)
			return ret;
		out->n++;
		if (*end == '\0')
			return 0;
	}
	fprintf(stderr, "--%s: more than %u numbers\n", option, LIST_MAX);
	return -EINVAL;
}

static int
device_parse(const char *text, struct plan *plan)
{
	const bool both = strcmp(text, "both") == 0;

	plan->same = both || strcmp(text, "same") == 0;
	plan->other = both || strcmp(text, "other") == 0;
	if (plan->same || plan->other)
		return 0;
	fprintf(stderr, "--device %s: allowed: same, other, both\n", text);
	return -EINVAL;
}

static bool
in_list(const char *list, const char *name)
{
	const size_t n = strlen(name);
	const char *at;

	for (at = list; at != NULL; at = strchr(at, ',')) {
		at += *at == ',';
		if (strncmp(at, name, n) == 0 && (at[n] == '\0' || at[n] == ','))
			return true;
	}
	return false;
}

/* True if a list names the contender or its group. */
static bool
is_named(const char *list, const struct contender_row *row)
{
	return in_list(list, row->name) || (row->group != NULL && in_list(list, row->group));
}

/* True for the first row of a group. */
static bool
heads_group(unsigned int at)
{
	const char *group = contender_rows[at].group;

	return group != NULL &&
		(at == 0 || contender_rows[at - 1].group == NULL ||
			strcmp(contender_rows[at - 1].group, group) != 0);
}

/* Check that each word of the list is the name of a contender or a group. */
static int
who_parse(const char *list)
{
	unsigned int i, words = 1, known = 0;

	for (i = 0; list[i] != '\0'; i++)
		words += list[i] == ',';
	for (i = 0; i < contender_row_count; i++) {
		known += in_list(list, contender_rows[i].name);
		known += heads_group(i) && in_list(list, contender_rows[i].group);
	}
	if (known == words)
		return 0;
	fprintf(stderr, "--who %s: allowed, each once:", list);
	for (i = 0; i < contender_row_count; i++) {
		if (heads_group(i))
			fprintf(stderr, " %s", contender_rows[i].group);
		fprintf(stderr, " %s", contender_rows[i].name);
	}
	fprintf(stderr, "\n");
	return -EINVAL;
}

static int
option_take(int opt, const char *arg, struct options *o)
{
	switch (opt) {
	case 's':
		return list_parse("sizes", arg, FRAME_MIN + RTE_ETHER_CRC_LEN,
			FRAME_MAX + RTE_ETHER_CRC_LEN, &o->plan.sizes);
	case 'b':
		return list_parse("bursts", arg, 1, BURST_MAX, &o->plan.bursts);
	case 'n':
		return list_parse("queues", arg, 1, QUEUES_MAX, &o->plan.queues);
	case 'd':
		return device_parse(arg, &o->plan);
	case 'w':
		o->who = arg;
		return who_parse(arg);
	case 'v':
		return one_parse("simd", arg, RTE_VECT_SIMD_DISABLED, RTE_VECT_SIMD_512, &o->bits);
	case 'm':
		return one_parse("room", arg, RTE_MBUF_DEFAULT_BUF_SIZE, ROOM_MAX, &o->room);
	case 'r':
		return one_parse("rounds", arg, 3, ROUNDS_MAX, &o->rounds);
	case 'j':
		o->json = arg;
		return 0;
	default:
		return -EINVAL;
	}
}

/* 0; 1: done, as for --help; -EINVAL. */
static int
options_parse(int argc, char **argv, struct options *o)
{
	static const struct option table[] = {{"quick", no_argument, NULL, 'q'},
		{"sizes", required_argument, NULL, 's'}, {"bursts", required_argument, NULL, 'b'},
		{"queues", required_argument, NULL, 'n'}, {"device", required_argument, NULL, 'd'},
		{"who", required_argument, NULL, 'w'}, {"simd", required_argument, NULL, 'v'},
		{"room", required_argument, NULL, 'm'}, {"rounds", required_argument, NULL, 'r'},
		{"json", required_argument, NULL, 'j'}, {"help", no_argument, NULL, 'h'},
		{"version", no_argument, NULL, 'V'}, {NULL, 0, NULL, 0}};
	bool quick = false;
	int opt, ret;

	while ((opt = getopt_long(argc, argv, "h", table, NULL)) != -1) {
		if (opt == 'h') {
			usage(stdout);
			return 1;
		}
		if (opt == 'V') {
			printf("sl-peers %s, %s\n", SL_VERSION, rte_version());
			return 1;
		}
		quick |= opt == 'q';
	}
	o->plan = quick ? plan_quick : plan_full;
	o->rounds = quick ? ROUNDS_QUICK : ROUNDS;
	o->room = RTE_MBUF_DEFAULT_BUF_SIZE;
	optind = 1;
	while ((opt = getopt_long(argc, argv, "h", table, NULL)) != -1) {
		ret = opt == 'q' ? 0 : option_take(opt, optarg, o);
		if (ret != 0)
			return ret;
	}
	if (optind != argc) {
		fprintf(stderr, "unknown word '%s'; --help says what there is\n", argv[optind]);
		return -EINVAL;
	}
	return 0;
}

/* --- EAL --- */

/* The driver gets the last allowed CPU, the device's helper the one before; -1: none. */
static void
cpus_pick(int *driver, int *device)
{
	struct sl_cpus cpus;
	int cpu = -1;

	*driver = *device = -1;
	if (sl_cpus_of_thread(&cpus) != 0)
		return;
	/* EAL has no lcores on CPUs from CPU_SETSIZE on. */
	while ((cpu = sl_cpus_next(&cpus, cpu)) >= 0 && cpu < CPU_SETSIZE) {
		*device = *driver;
		*driver = cpu;
	}
	sl_cpus_free(&cpus);
}

/* Maximum number of queues of any point. */
static unsigned int
queues_most(const struct plan *plan)
{
	unsigned int i, most = 1;

	for (i = 0; i < plan->queues.n; i++)
		most = RTE_MAX(most, plan->queues.v[i]);
	return most;
}

/* True if the options select the contender. */
static bool
is_wanted(const struct options *o, const struct contender_row *row)
{
	return o->who != NULL ? is_named(o->who, row) : contender_needless(row) == NULL;
}

/* Memory for all contenders that take part, in MiB. */
static unsigned int
eal_mib(const struct options *o)
{
	const uint64_t mbufs = contender_mbufs(queues_most(&o->plan));
	unsigned int i, n = 1;

	for (i = 0; i < contender_row_count; i++)
		n += is_wanted(o, &contender_rows[i]);
	return EAL_MIB_BASE + EAL_MIB_QUEUE * queues_most(&o->plan) +
		(unsigned int)((n * mbufs * (o->room + MBUF_EXTRA)) >> 20);
}

static int
eal_start(char *program, int cpu, bool huge, unsigned int mib)
{
	char lcore[32], memory[16];
	char *args[] = {program, (char[]){"--no-pci"}, (char[]){"--no-shconf"},
		(char[]){"--no-telemetry"}, (char[]){"--iova-mode=va"}, (char[]){"-m"}, memory,
		(char[]){"--log-level=*:4"}, lcore,
		huge ? (char[]){"--in-memory"} : (char[]){"--no-huge"}};

	/* lcore 0, because lcore numbers have a lower limit than CPU numbers. */
	snprintf(lcore, sizeof(lcore), "--lcores=0@%d", cpu);
	snprintf(memory, sizeof(memory), "%u", mib);
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

/*
 * Measure all points with this number of queues, on this or another core; with offloads, only those
 * of one burst size.
 */
static int
points_run(struct measure *m, const struct plan *plan, struct point p, struct report *rep,
	struct result *results)
{
	unsigned int s, b, op;
	int ret = 0;

	for (s = 0; s < plan->sizes.n; s++) {
		for (b = 0; b < plan->bursts.n; b++) {
			for (op = 0; op < OP_COUNT && ret == 0; op++) {
				if (stop_wanted() || rep->n == POINTS_MAX)
					return 0;
				p.size = plan->sizes.v[s];
				p.burst = plan->bursts.v[b];
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

/* Start all contenders, measure, stop all. */
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
		if (!(other == 1 ? plan->other : plan->same))
			continue;
		if (other == 1 && device_cpu < 0) {
			rep->why_no_other_core = "one CPU alone may be used";
			break;
		}
		for (q = 0; q < plan->queues.n; q++) {
			for (off = 0; off < 2 && ret == 0 && !stop_wanted(); off++) {
				p = (struct point){.queues = plan->queues.v[q],
					.other_core = other == 1,
					.offloads = off == 1};
				ret = config_run(m, plan, &p, device_cpu, rep, results);
			}
		}
	}
	return ret;
}

static int
contenders_open(struct measure *m, const struct options *o)
{
	unsigned int i;
	int ret;

	for (i = 0; i < contender_row_count; i++) {
		if (contender_obstacle(&contender_rows[i]) != NULL ||
			!is_wanted(o, &contender_rows[i]))
			continue;
		ret = contender_open(&m->list[m->n], &contender_rows[i], (uint16_t)o->room,
			contender_mbufs(queues_most(&o->plan)));
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

/* Count the lines of explicit mode for each size and burst. */
static int
lines_run(const struct plan *plan, struct report *rep)
{
	struct contender *c;
	unsigned int s, b;
	int ret = lines_open(&c), rc;

	for (s = 0; s < plan->sizes.n; s++) {
		for (b = 0; b < plan->bursts.n && ret == 0 && !stop_wanted(); b++) {
			if (rep->nb_lines == LINES_MAX)
				break;
			ret = lines_count(c, plan->sizes.v[s], plan->bursts.v[b],
				&rep->lines[rep->nb_lines++]);
		}
	}
	rc = lines_close(c);
	ret = ret != 0 ? ret : rc;
	if (ret != 0)
		fprintf(stderr, "lines of explicit mode: %s\n", strerror(-ret));
	return ret;
}

static int
run(const struct options *o, int device_cpu, bool huge)
{
	struct measure m = {.rounds = o->rounds, .laps = LAPS};
	struct result *results = calloc(POINTS_MAX, sizeof(*results));
	struct report rep = {.measure = &m, .results = results, .hugepages = huge};
	const uint64_t from = rte_get_tsc_cycles();
	int ret = -ENOMEM, rc;

	m.list = calloc(CONTENDERS_MAX, sizeof(*m.list));
	if (m.list != NULL && results != NULL)
		ret = contenders_open(&m, o);
	if (ret == 0) {
		measure_init(&m);
		report_head(&m);
		ret = plan_run(&m, &o->plan, device_cpu, &rep, results);
		if (ret == 0 && (o->who == NULL || in_list(o->who, "explicit")))
			ret = lines_run(&o->plan, &rep);
		rep.seconds = (double)(rte_get_tsc_cycles() - from) / (double)rte_get_tsc_hz();
		report_foot(&rep);
		/* Show the table before the file is written, which may wait for a reader. */
		fflush(stdout);
		if (ret == 0 && rep.n == 0) {
			fprintf(stderr, "ended before the first point: nothing was measured%s\n",
				o->json != NULL ? ", and --json is not written" : "");
			ret = -EINTR;
		}
		if (o->json != NULL && rep.n != 0) {
			rc = report_json(&rep, o->json, stop_count);
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
	int driver_cpu, device_cpu, ret;
	bool huge;

	ret = options_parse(argc, argv, &o);
	if (ret != 0)
		return ret > 0 ? EXIT_SUCCESS : EXIT_FAILURE;
	ret = o.json != NULL ? outfile_check(o.json) : 0;
	if (ret != 0) {
		fprintf(stderr, "--json: '%s' cannot be written (%s)\n", o.json, strerror(-ret));
		return EXIT_FAILURE;
	}
	cpus_pick(&driver_cpu, &device_cpu);
	huge = huge_choose(eal_mib(&o));
	if (driver_cpu < 0 || eal_start(argv[0], driver_cpu, huge, eal_mib(&o)) != 0)
		return EXIT_FAILURE;
	if (o.bits != 0 && rte_vect_set_max_simd_bitwidth((uint16_t)o.bits) != 0)
		return EXIT_FAILURE;
	stop_take_signals();
	ret = run(&o, device_cpu, huge);
	rte_eal_cleanup();
	return ret == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
