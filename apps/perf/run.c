/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */

/*
 * sl-perf run: chooses CPUs, starts EAL and measures the plan's jobs (measure.c) in this process,
 * or starts several processes and merges their results.
 */

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include <rte_cycles.h>
#include <rte_eal.h>
#include <rte_errno.h>
#include <rte_lcore.h>
#include <rte_version.h>

#include <sl_cpus.h>
#include <sl_number.h>
#include <sl_pmd.h>
#include <sl_softnic.h>

#include "measure.h"
#include "commands.h"
#include "environment.h"
#include "huge.h"
#include "outfile.h"
#include "ports.h"
#include "result.h"
#include "run.h"
#include "say.h"
#include "scratch.h"
#include "spawn.h"
#include "stop.h"

/** One lcore per CPU, and one for a tester. */
#define CPUS_MAX (RTE_MAX_LCORE - 2u)
#define EAL_ARGS_MAX 16
/** Length of a pair's slices: shorter than most other activity on a machine. */
#define SLICE_US 40000

/** CPUs to use: the first runs the device, the others forward. */
struct cpus {
	unsigned int n;
	int cpu[CPUS_MAX];
};

/** The next CPU after @p cpu (-1: the first) on which EAL can have an lcore; -1: no more. */
static int
cpu_next(const struct sl_cpus *allowed, int cpu)
{
	cpu = sl_cpus_next(allowed, cpu);
	return cpu < CPU_SETSIZE ? cpu : -1;
}

static int
refuse_cpus(const char *text, const struct sl_cpus *allowed)
{
	const int first = cpu_next(allowed, -1);
	int last = first;

	for (int c = first; c >= 0; c = cpu_next(allowed, c))
		last = c;
	return say_error(-EINVAL,
		"--cpus: '%s' is not allowed; allowed: at most %u CPUs that this process may use,"
		" %d to %d, as a list like %d,%d",
		text, CPUS_MAX, first, last, first, last);
}

static int
cpus_of_option(const char *text, const struct sl_cpus *allowed, struct cpus *out)
{
	while (true) {
		const char *end = text;
		uint64_t v = 0;

		if (sl_number_digits(&end, 10, &v) != 0 || (*end != ',' && *end != '\0') ||
			v >= CPU_SETSIZE || !sl_cpus_has(allowed, (int)v) || out->n == CPUS_MAX)
			return refuse_cpus(text, allowed);
		out->cpu[out->n++] = (int)v;
		if (*end == '\0')
			return 0;
		text = end + 1;
	}
}

/** Use the CPUs of the option, or all that this process may use. @return an exit code. */
static int
cpus_choose(const char *option, struct cpus *out)
{
	struct sl_cpus allowed;
	int rc = sl_cpus_of_thread(&allowed);

	if (rc != 0)
		return say_error(EXIT_CODE_SETUP, "the CPUs of this process are not known (%s)",
			strerror(-rc));
	if (cpu_next(&allowed, -1) < 0)
		rc = say_error(EXIT_CODE_SETUP,
			"this process may use no CPU below %d, where EAL's lcores are",
			CPU_SETSIZE);
	else if (option[0] != '\0')
		rc = cpus_of_option(option, &allowed, out) == 0 ? 0 : EXIT_CODE_USAGE;
	else
		for (int c = cpu_next(&allowed, -1); c >= 0 && out->n < CPUS_MAX;
			c = cpu_next(&allowed, c))
			out->cpu[out->n++] = c;
	sl_cpus_free(&allowed);
	return rc;
}

/** Arguments for EAL, which reorders them and keeps pointers to them while it runs. */
struct eal_args {
	char words[EAL_ARGS_MAX][24];
	char lcores[(CPUS_MAX + 1) * 12];
	char *argv[EAL_ARGS_MAX + 2];
	int argc;
};

static void
eal_add(struct eal_args *e, const char *word)
{
	snprintf(e->words[e->argc], sizeof(e->words[0]), "%s", word);
	e->argv[e->argc] = e->words[e->argc];
	e->argc++;
}

/*
 * With one CPU, all lcores share it, as threads. A tester is the last lcore and shares the main
 * lcore's CPU, which is almost idle.
 */
static void
eal_lcores(struct eal_args *e, const struct cpus *cpus, bool tester)
{
	const unsigned int workers = cpus->n > 1 ? cpus->n - 1 : 1;
	size_t len = (size_t)snprintf(e->lcores, sizeof(e->lcores), "0@%d", cpus->cpu[0]);

	for (unsigned int i = 1; i <= workers; i++)
		len += (size_t)snprintf(e->lcores + len, sizeof(e->lcores) - len, ",%u@%d", i,
			cpus->cpu[i % cpus->n]);
	if (tester)
		snprintf(e->lcores + len, sizeof(e->lcores) - len, ",%u@%d", workers + 1,
			cpus->cpu[0]);
	eal_add(e, "--lcores");
	e->argv[e->argc++] = e->lcores;
}

static int
start_eal(const struct options *o, const struct cpus *cpus, bool huge, struct eal_args *e)
{
	static const char *const always[] = {
		"sl-perf", "--no-shconf", "--no-telemetry", "--log-level=4"};
	char memory[24];

	for (size_t i = 0; i < RTE_DIM(always); i++)
		eal_add(e, always[i]);
	/*
	 * Real ports are attached later, one by one with their arguments: EAL probes none when it
	 * starts.
	 */
	eal_add(e, o->dut.n != 0 ? "-affff:ff:1f.7" : "--no-pci");
	eal_add(e, huge ? "--in-memory" : "--no-huge");
	snprintf(memory, sizeof(memory), "-m%u", o->memory);
	eal_add(e, memory);
	eal_lcores(e, cpus, o->dut.n != 0);
	if (rte_eal_init(e->argc, e->argv) < 0)
		return say_error(-rte_errno,
			"EAL did not start (%s). Mend: what it said above; --no-huge needs no"
			" hugepages, --memory less of them. More: ./syncline doctor",
			rte_strerror(rte_errno));
	return 0;
}

/* Planned seconds of each later process, which omits measures that are made once. */
static double
later_seconds(const struct bench *b)
{
	struct options o = *b->options;
	struct plan plan;
	char why[OPTIONS_WHY_LEN];
	double total;

	o.part = o.part + 1;
	if (plan_make(&o, b->cores, &plan, why) != 0)
		return 0;
	total = plan_total(&o, &plan);
	plan_free(&plan);
	return total;
}

static void
leave_out(json_t *result, const char *name, const char *why)
{
	json_t *list = json_object_get(result, "left_out");

	if (list == NULL) {
		list = json_array();
		json_object_set_new(result, "left_out", list);
	}
	json_array_append_new(list, json_pack("{s:s, s:s}", "name", name, "why", why));
}

/* Add the jobs that the plan leaves out to the result, with the reason. */
static void
note_left(const struct bench *b, const struct plan *plan, json_t *result)
{
	char name[POINT_NAME_LEN], why[PLAN_WHY_LEN];

	for (size_t i = 0; i < plan->nb_left; i++) {
		plan_name(&plan->left[i], name);
		plan_why_left(b->options, &plan->left[i], b->cores, why);
		leave_out(result, name, why);
	}
}

static void
tell_left_out(const json_t *result)
{
	const json_t *entry;
	size_t i;

	json_array_foreach(json_object_get(result, "left_out"), i, entry) fprintf(stderr,
		"left out: %s: %s\n", json_string_value(json_object_get(entry, "name")),
		json_string_value(json_object_get(entry, "why")));
}

/* Measure all jobs of the plan. @return an exit code. */
static int
run_jobs(struct bench *b, const struct plan *plan, json_t *result)
{
	json_t *results = json_object_get(result, "results");
	char name[POINT_NAME_LEN];
	bool lacking = false;
	int rc = 0;

	progress_start(&b->progress, plan_total(b->options, plan), later_seconds(b),
		b->options->part, b->options->parts);
	for (size_t i = 0; i < plan->n && rc == 0 && !stop_wanted(); i++) {
		json_t *r;

		plan_name(&plan->jobs[i], name);
		progress_job(&b->progress, name, plan_seconds(b->options, &plan->jobs[i]));
		r = measure_run(b, &plan->jobs[i], &rc);
		/*
		 * This machine cannot measure the job, which was printed: continue with the others.
		 */
		if (rc == -ENOTSUP) {
			lacking = true;
			leave_out(result, name, "this machine cannot measure it");
			rc = 0;
		}
		if (r != NULL)
			json_array_append_new(results, r);
	}
	progress_end(&b->progress);
	if (stop_wanted())
		json_object_set_new(result, "interrupted", json_true());
	if (rc == 0 && lacking && json_array_size(results) == 0)
		return EXIT_CODE_SETUP;
	if (rc == 0 || rc == -EINTR)
		return EXIT_CODE_OK;
	return say_error(EXIT_CODE_SETUP, "%s failed (%s)", name, strerror(-rc));
}

/* The machine, the parts of it in use, and the arguments. */
static json_t *
environment_of(int argc, char **argv, const struct bench *b, const struct cpus *cpus, bool huge)
{
	json_t *env = environment_json(rte_version(), rte_get_tsc_hz()), *forward = json_array();
	const int *cpu = cpus->cpu + (cpus->n > 1);

	for (unsigned int i = 0; i < b->cores; i++)
		json_array_append_new(forward, json_integer(cpu[i]));
	json_object_set_new(json_object_get(env, "hugepages"), "used", json_boolean(huge));
	json_object_set_new(env, "cpus_used",
		json_pack("{s:i, s:o}", "device", b->place.device_cpu, "forward", forward));
	json_object_set_new(env, "arguments", environment_arguments(argc, argv));
	return env;
}

/* Measure in this process. */
static int
run_here(const struct options *o, int argc, char **argv, json_t *result)
{
	struct cpus cpus = {0};
	struct plan plan;
	char why[OPTIONS_WHY_LEN];
	const bool huge = !o->no_huge && huge_choose(o->memory);
	struct bench b = {.options = o};
	struct eal_args eal = {.argc = 0};
	int rc;

	rc = cpus_choose(o->cpus, &cpus);
	if (rc != EXIT_CODE_OK)
		return rc;
	/* Threads that start later inherit this thread's priority. */
	if (o->nice != 0 && setpriority(PRIO_PROCESS, 0, (int)o->nice) != 0)
		return say_error(EXIT_CODE_SETUP, "--nice %.0f: %s; below 0 is for root", o->nice,
			strerror(errno));
	b.cores = cpus.n > 1 ? cpus.n - 1 : 1;
	b.place = (struct rig_place){.device_cpu = cpus.cpu[0],
		.tester_lcore = b.cores + 1,
		.tester = &o->tester,
		.dut = &o->dut};
	if (plan_make(o, b.cores, &plan, why) != 0)
		return say_error(EXIT_CODE_USAGE, "%s", why);
	/* A later process omits measures that are made once. */
	if (plan.n == 0 && o->part <= 1) {
		const bool queues = plan.nb_left != 0 && plan.left[0].point.cores <= b.cores;

		plan_free(&plan);
		if (queues)
			return say_error(EXIT_CODE_SETUP,
				"nothing that was asked for can be measured: --device %s has %u"
				" queues each way; ask for fewer --queues",
				o->device, o->device_queues);
		return say_error(EXIT_CODE_SETUP,
			"nothing that was asked for can be measured: %u CPUs can forward, each"
			" with a queue of its own; ask for fewer --cores, or for as many --queues",
			b.cores);
	}
	if (ports_check(o) != 0 || start_eal(o, &cpus, huge, &eal) != 0) {
		plan_free(&plan);
		return EXIT_CODE_SETUP;
	}
	json_object_set_new(result, "environment", environment_of(argc, argv, &b, &cpus, huge));
	note_left(&b, &plan, result);
	rc = run_jobs(&b, &plan, result);
	plan_free(&plan);
	rte_eal_cleanup();
	return rc;
}

/** A process of a run: its arguments, and the file for its result. */
struct part {
	struct spawn_args args;
	char file[SCRATCH_NAME_LEN], which[32];
};

static int
part_begin(struct part *p, int argc, const char *const *argv, unsigned int part, unsigned int parts)
{
	int rc;

	*p = (struct part){.args = {.n = 0}};
	rc = scratch_name("part", p->file);
	if (rc != 0)
		return say_error(EXIT_CODE_SETUP, "%s cannot be made (%s)", p->file, strerror(-rc));
	snprintf(p->which, sizeof(p->which), "%u/%u", part, parts);
	spawn_add(&p->args, "sl-perf");
	for (int i = 0; i < argc; i++)
		spawn_add(&p->args, argv[i]);
	/* If an option is given twice, the last one is used. */
	spawn_add(&p->args, "--processes");
	spawn_add(&p->args, "1");
	spawn_add(&p->args, "--part");
	spawn_add(&p->args, p->which);
	spawn_add(&p->args, "--out");
	spawn_add(&p->args, p->file);
	return 0;
}

/* Merge the process's result if it succeeded. @return an exit code. */
static int
part_end(const struct part *p, int rc, json_t *into)
{
	char why[RESULT_WHY_LEN];
	json_t *got = rc == EXIT_CODE_OK ? result_load(p->file, why) : NULL;

	unlink(p->file);
	if (rc < 0 || rc > EXIT_CODE_SETUP)
		return say_error(EXIT_CODE_SETUP, "process %s ended with %d", p->which, rc);
	if (rc != EXIT_CODE_OK)
		return rc;
	if (got == NULL || result_merge(into, got) != 0)
		rc = say_error(EXIT_CODE_SETUP, "process %s: %s", p->which,
			got == NULL ? why : "no memory");
	json_decref(got);
	return rc;
}

int
run_part(const char *program, int argc, const char *const *argv, unsigned int part,
	unsigned int parts, json_t *into)
{
	struct part p;
	int rc = part_begin(&p, argc, argv, part, parts);

	return rc == 0 ? part_end(&p, spawn_run(program, &p.args, NULL), into) : rc;
}

int
run_pair(const char *const program[2], int argc, const char *const *argv, unsigned int part,
	unsigned int parts, json_t *const into[2])
{
	struct part p[2];
	struct spawn_args args[2];
	int got[2], rc;

	rc = part_begin(&p[0], argc, argv, part, parts);
	if (rc == 0)
		rc = part_begin(&p[1], argc, argv, part, parts);
	if (rc != 0)
		return rc;
	for (unsigned int i = 0; i < 2; i++)
		args[i] = p[i].args;
	spawn_pair(program, args, SLICE_US, got);
	rc = part_end(&p[0], got[0], into[0]);
	got[1] = part_end(&p[1], got[1], into[1]);
	return rc != 0 ? rc : got[1];
}

/* Store the arguments of the user, without those about processes. */
static void
note_arguments(json_t *result, int argc, char **argv)
{
	json_t *env = json_object_get(result, "environment"), *args = json_array();

	for (int i = 0; i < argc; i++)
		json_array_append_new(args, json_string(argv[i]));
	if (json_object_size(env) != 0)
		json_object_set(env, "arguments", args);
	json_decref(args);
}

/* Measure in several processes. Each result is saved as soon as it is available. */
static int
run_processes(const struct options *o, int argc, char **argv, json_t *result)
{
	char why[RESULT_WHY_LEN];
	int rc = EXIT_CODE_OK;

	for (unsigned int k = 1; k <= o->processes && rc == EXIT_CODE_OK && !stop_wanted(); k++) {
		rc = run_part(
			"/proc/self/exe", argc, (const char *const *)argv, k, o->processes, result);
		note_arguments(result, argc, argv);
		/* A pipe gets the result once, at the end. */
		if (rc == EXIT_CODE_OK && o->out[0] != '\0' && outfile_is_file(o->out) &&
			result_save(result, o->out, why) != 0)
			rc = say_error(EXIT_CODE_SETUP, "%s", why);
	}
	if (stop_wanted())
		json_object_set_new(result, "interrupted", json_true());
	return rc;
}

/* Queues per direction of a device that the software NIC can model. */
static unsigned int
device_queues(const char *name)
{
	const struct sl_softnic_device *d;

	for (unsigned int i = 0; (d = sl_softnic_device_at(i)) != NULL; i++) {
		if (strcmp(d->name, name) == 0)
			return d->queues;
	}
	return 0;
}

int
cmd_run(int argc, char **argv)
{
	const double started = progress_clock();
	struct options o;
	char why[OPTIONS_WHY_LEN];
	json_t *result;
	int rc = options_parse(argc, argv, &o, why);

	if (rc == OPTIONS_HELP) {
		options_usage(stdout, "sl-perf", sl_pmd_soft_device);
		return EXIT_CODE_OK;
	}
	if (rc == OPTIONS_OK && o.dut.n == 0) {
		rc = options_check_device(&o, sl_pmd_soft_device, why);
		o.device_queues = device_queues(o.device);
	}
	if (rc != OPTIONS_OK)
		return say_error(EXIT_CODE_USAGE, "run: %s", why);
	if (result_can_save(o.out, why) != 0)
		return say_error(EXIT_CODE_SETUP, "--out: %s", why);
	result = result_new();
	if (result == NULL)
		return say_error(EXIT_CODE_SETUP, "no memory");
	stop_take_signals();
	if (o.processes > 1)
		rc = run_processes(&o, argc, argv, result);
	else
		rc = run_here(&o, argc, argv, result);
	json_object_set_new(result, "seconds", json_real(progress_clock() - started));
	/* If nothing was measured, there is no result to save. */
	if (json_object_size(json_object_get(result, "environment")) != 0 &&
		result_save(result, o.out, why) != 0)
		rc = say_error(EXIT_CODE_SETUP, "%s", why);
	/* The table is printed as text unless standard output gets the result itself. */
	if (o.out[0] != '\0' && o.parts == 0)
		result_print(result, stdout);
	if (o.parts == 0)
		tell_left_out(result);
	if (stop_wanted() && o.parts == 0)
		fprintf(stderr, "interrupted: what was done is kept\n");
	json_decref(result);
	return rc;
}
