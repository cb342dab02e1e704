/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */

/*
 * Counts instructions per packet with callgrind: this program starts itself again under valgrind.
 * The inner process runs bursts, and callgrind counts one type at a time.
 */

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <rte_ethdev.h>

#include "commands.h"
#include "counted.h"
#include "counting.h"
#include "result.h"
#include "rig.h"
#include "say.h"
#include "scratch.h"
#include "spawn.h"
#include "stop.h"
#include "stepped.h"

/**
 * Several laps of a ring of 512, so that refills and clean-ups have their usual share of the count.
 */
#define WARM_UP_FRAMES 1024u
#define COUNTED_FRAMES 2048u
#ifdef __SANITIZE_ADDRESS__
#define SANITIZED true
#else
#define SANITIZED false
#endif
/** Output files of callgrind, in the order of counted_end() calls. */
enum count_file { COUNT_NOTHING = 1, COUNT_RX, COUNT_TX, COUNT_FILES };

/* --- inner process --- */

/* One turn of the loop. callgrind counts its receive, its transmit or neither. */
static int
counted_turn(const struct rig *r, enum count_file which)
{
	struct rte_mbuf *pkts[STEP_BURST_MAX];
	const struct rte_eth_fp_ops *ops = &rte_eth_fp_ops[r->port[0].id];
	const uint16_t burst = (uint16_t)r->point->burst;
	uint16_t n, sent;
	int rc = stepped_step(r);

	if (rc != 0)
		return rc;
	if (which == COUNT_RX)
		n = counted_burst(ops->rx_pkt_burst, ops->rxq.data[0], pkts, burst);
	else
		n = rte_eth_rx_burst(r->port[0].id, 0, pkts, burst);
	if (which == COUNT_TX)
		sent = counted_burst(ops->tx_pkt_burst, ops->txq.data[0], pkts, n);
	else
		sent = rte_eth_tx_burst(r->port[0].id, 0, pkts, n);
	rte_pktmbuf_free_bulk(pkts + sent, n - sent);
	return n == burst && sent == burst ? 0 : -EIO;
}

static int
read_count(const char *prefix, enum count_file which, double *out)
{
	char name[600], line[256];
	uint64_t n = 0;
	FILE *f;

	snprintf(name, sizeof(name), "%s.%d", prefix, which);
	f = fopen(name, "r");
	if (f == NULL)
		return say_error(-errno, "callgrind left no %s", name);
	while (n == 0 && fgets(line, sizeof(line), f) != NULL)
		sscanf(line, "totals: %" SCNu64, &n);
	fclose(f);
	*out = (double)n;
	return n != 0 ? 0 : say_error(-EIO, "callgrind counted nothing: is the program stripped?");
}

int
counting_here(struct rig *r, const char *prefix, struct stepped *out)
{
	const unsigned int burst = r->point->burst;
	const unsigned int turns = COUNTED_FRAMES / burst;
	double count[COUNT_FILES] = {0};
	int rc = 0;

	for (unsigned int i = 0; i < WARM_UP_FRAMES / burst && rc == 0; i++)
		rc = counted_turn(r, COUNT_NOTHING);
	for (unsigned int i = 0; i < turns; i++)
		counted_burst(counted_nothing, NULL, NULL, 0);
	counted_end();
	for (enum count_file which = COUNT_RX; which < COUNT_FILES; which++) {
		for (unsigned int i = 0; i < turns && rc == 0; i++)
			rc = counted_turn(r, which);
		counted_end();
	}
	for (enum count_file which = COUNT_NOTHING; which < COUNT_FILES && rc == 0; which++)
		rc = read_count(prefix, which, &count[which]);
	out->rx = (count[COUNT_RX] - count[COUNT_NOTHING]) / (turns * burst);
	out->tx = (count[COUNT_TX] - count[COUNT_NOTHING]) / (turns * burst);
	return rc;
}

/* --- outer process --- */

/** The inner process: its arguments, and its output files. */
struct inner {
	struct spawn_args args;
	char out[SCRATCH_NAME_LEN], log[SCRATCH_NAME_LEN], prefix[SCRATCH_NAME_LEN];
	char callgrind[340];
	char exe[512];
	char flows[12], queues[12], cores[12], burst[12], memory[12];
};

static void
add_all(struct spawn_args *a, const char *const *words, size_t n)
{
	for (size_t i = 0; i < n; i++)
		spawn_add(a, words[i]);
}

/* Resolve the path of this program: under valgrind, /proc/self/exe is valgrind. */
static int
inner_exe(struct inner *in)
{
	const ssize_t n = readlink("/proc/self/exe", in->exe, sizeof(in->exe) - 1);

	if (n <= 0)
		return say_error(-errno, "/proc/self/exe cannot be read (%s)", strerror(errno));
	in->exe[n] = '\0';
	return 0;
}

static void
inner_words(struct inner *in, const struct options *o, const struct job *job)
{
	const struct point *p = &job->point;
	const char *const words[] = {"valgrind", "--tool=callgrind", in->callgrind,
		"--collect-atstart=no", "--toggle-collect=" COUNTED_BURST,
		"--dump-after=" COUNTED_END, in->exe, "run", "--suite", measure_name(job->measure),
		"--sizes", p->size, "--flows", in->flows, "--queues", in->queues, "--cores",
		in->cores, "--bursts", in->burst, "--coherency", p->coherency, "--device",
		p->device, "--processes", "1", "--no-huge", "--memory", in->memory, "--counts",
		in->prefix, "--out", in->out};

	snprintf(in->callgrind, sizeof(in->callgrind), "--callgrind-out-file=%s", in->prefix);
	snprintf(in->flows, sizeof(in->flows), "%u", p->flows);
	snprintf(in->queues, sizeof(in->queues), "%u", p->queues);
	snprintf(in->cores, sizeof(in->cores), "%u", p->cores);
	snprintf(in->burst, sizeof(in->burst), "%u", p->burst);
	snprintf(in->memory, sizeof(in->memory), "%u", o->memory);
	add_all(&in->args, words, sizeof(words) / sizeof(words[0]));
}

static void
inner_clean(const struct inner *in)
{
	char name[320];

	unlink(in->out);
	unlink(in->log);
	unlink(in->prefix);
	for (enum count_file which = COUNT_NOTHING; which < COUNT_FILES; which++) {
		snprintf(name, sizeof(name), "%s.%d", in->prefix, which);
		unlink(name);
	}
}

/* Print the end of the inner process's output. */
static void
show_log(const char *file)
{
	char line[512];
	FILE *f = fopen(file, "r");

	while (f != NULL && fgets(line, sizeof(line), f) != NULL)
		fputs(line, stderr);
	if (f != NULL)
		fclose(f);
}

/* True if the message is from valgrind: it is installed, but something else is missing. */
static bool
is_valgrinds(const char *log)
{
	char line[512] = "";
	FILE *f = fopen(log, "r");

	if (f != NULL && fgets(line, sizeof(line), f) == NULL)
		line[0] = '\0';
	if (f != NULL)
		fclose(f);
	return strncmp(line, "valgrind:", strlen("valgrind:")) == 0;
}

static json_t *
inner_result(const struct inner *in, int *rc)
{
	char why[RESULT_WHY_LEN];
	json_t *whole = result_load(in->out, why);
	json_t *one = json_incref(json_array_get(json_object_get(whole, "results"), 0));

	json_decref(whole);
	if (one == NULL)
		*rc = say_error(-EIO, "instructions: %s",
			whole == NULL ? why : "the process under callgrind counted nothing");
	return one;
}

json_t *
counting_run(const struct options *o, const struct job *job, int *rc)
{
	struct inner in = {.args = {.n = 0}};
	json_t *result = NULL;

	*rc = SANITIZED ? -ENOTSUP : inner_exe(&in);
	if (*rc == -ENOTSUP)
		say_error(0, "instructions: callgrind runs no build with AddressSanitizer");
	if (*rc != 0)
		return NULL;
	*rc = scratch_name("log", in.log);
	if (*rc == 0)
		*rc = scratch_name("result", in.out);
	if (*rc == 0)
		*rc = scratch_name("count", in.prefix);
	if (*rc != 0) {
		say_error(*rc, "%s cannot be made (%s)", in.log, strerror(-*rc));
		return NULL;
	}
	inner_words(&in, o, job);
	setenv("LD_BIND_NOW", "1", 1);
	*rc = spawn_run("valgrind", &in.args, in.log);
	if (*rc == SPAWN_NO_PROGRAM && !is_valgrinds(in.log)) {
		*rc = -ENOTSUP;
		say_error(0,
			"instructions: callgrind is not there; Debian: apt-get install valgrind");
	} else if (stop_wanted()) {
		*rc = -EINTR;
	} else if (*rc != 0) {
		show_log(in.log);
		*rc = say_error(
			-EIO, "instructions: the process under callgrind ended with %d", *rc);
	} else {
		result = inner_result(&in, rc);
	}
	inner_clean(&in);
	return result;
}
