/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */

/*
 * Parses the options of sl-perf run and checks them against each other. plan.c derives the jobs
 * from them.
 */

#include <errno.h>
#include <getopt.h>
#include <stdint.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <sl_number.h>

#include "options.h"

#define SIZE_MIN 64u
#define SIZE_MAX_FRAME 9728u
#define FLOWS_MAX 65536u
#define QUEUES_MAX 16u
#define BURST_MAX 64u
#define CORES_MAX 64u
#define RIG_PORTS_MAX 2u
#define PCI_DEVICE_MAX 31u
#define PCI_FUNCTION_MAX 7u
#define NICE_MIN (-20)
#define NICE_MAX 19

static int __attribute__((format(printf, 2, 3))) fail(char *why, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(why, OPTIONS_WHY_LEN, fmt, ap);
	va_end(ap);
	return -EINVAL;
}

static int
parse_number(const char *option, const char *text, double min, double max, double *out, char *why)
{
	if (sl_number_real(text, min, max, out) == 0)
		return 0;
	return fail(why, "--%s: '%s' is not allowed; allowed: a number from %.9g to %.9g", option,
		text, min, max);
}

static int
parse_count(const char *option, const char *text, unsigned int min, unsigned int max,
	unsigned int *out, char *why)
{
	uint64_t v = 0;

	if (sl_number(text, min, max, &v) != 0)
		return fail(why, "--%s: '%s' is not allowed; allowed: a whole number from %u to %u",
			option, text, min, max);
	*out = (unsigned int)v;
	return 0;
}

static int
parse_nice(const char *text, double *out, char *why)
{
	int v = 0;

	if (sl_number_int(text, NICE_MIN, NICE_MAX, &v) != 0)
		return fail(why,
			"--nice: '%s' is not allowed; allowed: a whole number from %d to %d", text,
			NICE_MIN, NICE_MAX);
	*out = v;
	return 0;
}

/** Rule for one item of a list. */
struct item_rule {
	unsigned int min, max; /* a number in this range... */
	const char *words;     /* ...or one of these words, separated by blanks */
};

static bool
is_word(const char *words, const char *text)
{
	const size_t len = strlen(text);

	for (const char *w = words; w != NULL && *w != '\0'; w += strcspn(w, " ")) {
		w += strspn(w, " ");
		if (strcspn(w, " ") == len && strncmp(w, text, len) == 0)
			return true;
	}
	return false;
}

static int
check_item(const char *option, const char *text, const struct item_rule *r, char *why)
{
	uint64_t v;

	if (is_word(r->words, text))
		return 0;
	if (r->max != 0 && sl_number(text, r->min, r->max, &v) == 0)
		return 0;
	if (r->max == 0)
		return fail(why, "--%s: '%s' is not allowed; allowed: %s", option, text, r->words);
	return fail(why, "--%s: '%s' is not allowed; allowed: whole numbers from %u to %u%s%s",
		option, text, r->min, r->max, r->words != NULL ? ", or " : "",
		r->words != NULL ? r->words : "");
}

static int
parse_list(const char *option, const char *text, const struct item_rule *r, struct list *out,
	char *why)
{
	out->n = 0;
	while (true) {
		const size_t len = strcspn(text, ",");

		if (out->n == OPTIONS_LIST_MAX)
			return fail(why, "--%s: more than %d items", option, OPTIONS_LIST_MAX);
		if (len == 0 || len >= sizeof(out->item[0]))
			return fail(why, "--%s: '%.*s' is not allowed as an item of a list", option,
				(int)len, text);
		memcpy(out->item[out->n], text, len);
		out->item[out->n][len] = '\0';
		if (r != NULL && check_item(option, out->item[out->n], r, why) != 0)
			return -EINVAL;
		out->n++;
		if (text[len] == '\0')
			return 0;
		text += len + 1;
	}
}

enum option_key {
	KEY_SUITE = 256,
	KEY_OUT,
	KEY_SIZES,
	KEY_FLOWS,
	KEY_QUEUES,
	KEY_BURSTS,
	KEY_CORES,
	KEY_COHERENCY,
	KEY_DEVICE,
	KEY_TRIAL,
	KEY_TRIALS,
	KEY_SUM,
	KEY_SOAK,
	KEY_PROCESSES,
	KEY_PART,
	KEY_TESTER,
	KEY_DUT,
	KEY_COUNTS,
	KEY_CPUS,
	KEY_NO_HUGE,
	KEY_POOL,
	KEY_MEMORY,
	KEY_NICE,
	KEY_HELP,
};

/** An option and its line of help. */
struct option_row {
	const char *name;
	int has_arg;
	int key;
	const char *arg;
	const char *help;
};

static const struct option_row rows[] = {
	{"suite", 1, KEY_SUITE, "NAME,...", "quick (default), full, or measures by name: below"},
	{"out", 1, KEY_OUT, "FILE", "the result, JSON; standard output if not given"},
	{"sizes", 1, KEY_SIZES, "LIST",
		"bytes with FCS, 64..9728, or imix; instead of the suite's"},
	{"flows", 1, KEY_FLOWS, "LIST", "1..65536 source addresses and ports"},
	{"queues", 1, KEY_QUEUES, "LIST", "1..16 queues of a port"},
	{"cores", 1, KEY_CORES, "LIST",
		"1..64 lcores that forward; more than there are is left out"},
	{"bursts", 1, KEY_BURSTS, "LIST", "1..64 frames a burst"},
	{"coherency", 1, KEY_COHERENCY, "LIST", "coherent, explicit"},
	{"device", 1, KEY_DEVICE, "NAME", "which NIC the software NIC is: below"},
	{"tester", 1, KEY_TESTER, "BDF[,BDF]",
		"real ports that send and receive, instead of the software NIC..."},
	{"dut", 1, KEY_DUT, "BDF[,BDF]", "...and those that forward, cabled to them in this order"},
	{"trial", 1, KEY_TRIAL, "SECONDS", "length of a trial; default 1"},
	{"trials", 1, KEY_TRIALS, "N", "trials of mrr, over all processes; default 10"},
	{"sum", 1, KEY_SUM, "N",
		"trials that decide a load of ndrpdr; default 3, with --suite full 21"},
	{"soak", 1, KEY_SOAK, "SECONDS", "length of soak; default 60"},
	{"processes", 1, KEY_PROCESSES, "N",
		"measure in so many processes, one after the other; default 5. Each is one\n"
		"                        sample of a comparison: where memory lies differs between them"},
	{"cpus", 1, KEY_CPUS, "LIST",
		"CPUs: the first for the software NIC or the tester, the others forward"},
	{"pool", 1, KEY_POOL, "KIND",
		"apart (default): data in pages apart from mbuf headers; ordinary: beside them"},
	{"memory", 1, KEY_MEMORY, "MIB", "memory for EAL; default 256"},
	{"nice", 1, KEY_NICE, "N",
		"priority, -20 (before all others; root) to 19; for a machine that is not idle"},
	{"no-huge", 0, KEY_NO_HUGE, NULL, "without hugepages; by itself where there are none"},
	{"part", 1, KEY_PART, "K/N", "this process is the K-th of N; for programs that start it"},
	{"counts", 1, KEY_COUNTS, "PREFIX", "this process is under callgrind; for sl-perf itself"},
	{"help", 0, KEY_HELP, NULL, "this text"},
};

#define ROWS (sizeof(rows) / sizeof(rows[0]))

static const char *const measure_names[] = {
	[MEASURE_CYCLES] = "cycles",
	[MEASURE_INSTRUCTIONS] = "instructions",
	[MEASURE_COHERENCY] = "coherency",
	[MEASURE_MRR] = "mrr",
	[MEASURE_NDRPDR] = "ndrpdr",
	[MEASURE_LATENCY] = "latency",
	[MEASURE_LOSS] = "loss",
	[MEASURE_B2B] = "b2b",
	[MEASURE_SCALING] = "scaling",
	[MEASURE_SOAK] = "soak",
};

static const char *const measure_help[] = {
	[MEASURE_CYCLES] = "cycles a packet in receive and transmit, device stepped, not counted",
	[MEASURE_INSTRUCTIONS] = "instructions a packet, by callgrind: the same in every run",
	[MEASURE_COHERENCY] = "what explicit coherency costs: both modes in turn",
	[MEASURE_MRR] = "received rate when frames come as fast as the NIC has descriptors",
	[MEASURE_NDRPDR] =
		"highest rate without loss and with 0.5 %, by search; latency at shares of it",
	[MEASURE_LATENCY] = "the same with a coarse search",
	[MEASURE_LOSS] = "frame loss over the rate (RFC 2544)",
	[MEASURE_B2B] = "longest burst without loss, and the buffer time (RFC 9004)",
	[MEASURE_SCALING] = "mrr over queues and lcores",
	[MEASURE_SOAK] = "a long trial at 80 % of the rate that mrr finds",
};

const char *
measure_name(enum measure m)
{
	return measure_names[m];
}

static void
print_devices(FILE *f, options_device_fn device)
{
	for (unsigned int i = 0; device(i) != NULL; i++)
		fprintf(f, " %s", device(i));
	fputc('\n', f);
}

void
options_usage(FILE *f, const char *program, options_device_fn device)
{
	fprintf(f,
		"Usage: %s run [OPTION...]\n\nMeasures the driver on the software NIC, or on real ports that are"
		" cabled to a tester's.\n\n",
		program);
	for (size_t i = 0; i < ROWS; i++) {
		char left[32];

		snprintf(left, sizeof(left), "--%s%s%s", rows[i].name,
			rows[i].arg != NULL ? " " : "", rows[i].arg != NULL ? rows[i].arg : "");
		fprintf(f, "  %-21s %s\n", left, rows[i].help);
	}
	fprintf(f, "\nMeasures:\n");
	for (int m = 0; m < MEASURE_COUNT; m++)
		fprintf(f, "  %-21s %s\n", measure_names[m], measure_help[m]);
	fprintf(f, "\nDevices, the first when none is named:");
	print_devices(f, device);
	fprintf(f,
		"\nCtrl-C keeps what is done. Exit code 0; 1 a bad option; 2 EAL, memory or the"
		" file.\n");
}

static int
parse_part(const char *text, struct options *o, char *why)
{
	const char *p = text;
	uint64_t part = 0, parts = 0;

	if (sl_number_digits(&p, 10, &part) != 0 || *p != '/' ||
		sl_number(p + 1, 1, UINT32_MAX, &parts) != 0 || part == 0 || part > parts)
		return fail(why, "--part: '%s' is not allowed; allowed: K/N, K from 1 to N", text);
	o->part = (unsigned int)part;
	o->parts = (unsigned int)parts;
	return 0;
}

static int
parse_text(const char *option, const char *text, char *out, size_t len, char *why)
{
	if (text[0] == '\0' || strlen(text) >= len)
		return fail(why, "--%s: '%s' is not allowed; allowed: 1 to %zu characters", option,
			text, len - 1);
	strcpy(out, text);
	return 0;
}

static int
parse_pool(const char *text, struct options *o, char *why)
{
	o->pool_ordinary = strcmp(text, "ordinary") == 0;
	if (!o->pool_ordinary && strcmp(text, "apart") != 0)
		return fail(why, "--pool: '%s' is not allowed; allowed: apart ordinary", text);
	return 0;
}

static int
parse_lists(int key, const char *arg, struct options *o, char *why)
{
	static const struct item_rule sizes = {SIZE_MIN, SIZE_MAX_FRAME, "imix"};
	static const struct item_rule flows = {1, FLOWS_MAX, NULL};
	static const struct item_rule queues = {1, QUEUES_MAX, NULL};
	static const struct item_rule cores = {1, CORES_MAX, NULL};
	static const struct item_rule bursts = {1, BURST_MAX, NULL};
	static const struct item_rule modes = {0, 0, "coherent explicit"};

	switch (key) {
	case KEY_SUITE:
		return parse_list("suite", arg, NULL, &o->suites, why);
	case KEY_SIZES:
		return parse_list("sizes", arg, &sizes, &o->sizes, why);
	case KEY_FLOWS:
		return parse_list("flows", arg, &flows, &o->flows, why);
	case KEY_QUEUES:
		return parse_list("queues", arg, &queues, &o->queues, why);
	case KEY_CORES:
		return parse_list("cores", arg, &cores, &o->cores, why);
	case KEY_BURSTS:
		return parse_list("bursts", arg, &bursts, &o->bursts, why);
	default:
		return parse_list("coherency", arg, &modes, &o->coherency, why);
	}
}

/* Parse at most @p most hexadecimal digits that are followed by the character @p behind. */
static bool
is_hex(const char **text, size_t most, char behind, unsigned int *out)
{
	uint64_t v;

	if (strspn(*text, "0123456789abcdefABCDEF") > most || sl_number_digits(text, 16, &v) != 0 ||
		*(*text)++ != behind)
		return false;
	*out = (unsigned int)v;
	return true;
}

/* True if @p text is a PCI address: "0000:01:00.0", or without the domain. */
static bool
is_bdf(const char *text, char out[OPTIONS_ITEM_LEN])
{
	unsigned int domain = 0, bus, device, function;

	if (strchr(text, ':') != strrchr(text, ':') && !is_hex(&text, 4, ':', &domain))
		return false;
	if (!is_hex(&text, 2, ':', &bus) || !is_hex(&text, 2, '.', &device) ||
		!is_hex(&text, 1, '\0', &function) || device > PCI_DEVICE_MAX ||
		function > PCI_FUNCTION_MAX)
		return false;
	snprintf(out, OPTIONS_ITEM_LEN, "%04x:%02x:%02x.%u", domain & UINT16_MAX, bus & UINT8_MAX,
		device, function);
	return true;
}

static int
parse_bdfs(const char *option, const char *arg, struct list *out, char *why)
{
	int rc = parse_list(option, arg, NULL, out, why);

	if (rc == 0 && out->n > RIG_PORTS_MAX)
		return fail(why, "--%s: %zu ports; allowed: one or two", option, out->n);
	for (size_t i = 0; i < out->n && rc == 0; i++) {
		char text[OPTIONS_ITEM_LEN];

		memcpy(text, out->item[i], sizeof(text));
		if (!is_bdf(text, out->item[i]))
			return fail(why,
				"--%s: '%s' is not allowed; allowed: PCI addresses as"
				" 0000:01:00.0 (lspci -D lists them)",
				option, text);
	}
	return rc;
}

int
options_check_device(struct options *o, options_device_fn device, char *why)
{
	size_t len;

	if (o->device[0] == '\0')
		snprintf(o->device, sizeof(o->device), "%s", device(0));
	for (unsigned int i = 0; device(i) != NULL; i++) {
		if (strcmp(device(i), o->device) == 0)
			return 0;
	}
	fail(why, "--device: '%s' is not allowed; allowed:", o->device);
	for (unsigned int i = 0; device(i) != NULL; i++) {
		len = strlen(why);
		snprintf(why + len, OPTIONS_WHY_LEN - len, " %s", device(i));
	}
	return -EINVAL;
}

/* Tester and device under test need the same number of ports, and each port only once. */
static int
check_ports(const struct options *o, char *why)
{
	const struct list *const sides[] = {&o->tester, &o->dut};
	const char *seen[2 * RIG_PORTS_MAX];
	size_t n = 0;

	if (o->device[0] != '\0' && o->dut.n != 0)
		return fail(why,
			"--device says which NIC the software NIC is, and --tester and --dut name real"
			" ports: give the one or the others");
	if (o->tester.n != o->dut.n)
		return fail(why,
			"--tester names %zu ports and --dut %zu; each port of the one is cabled to a"
			" port of the other: name as many of both",
			o->tester.n, o->dut.n);
	for (size_t s = 0; s < 2; s++) {
		for (size_t i = 0; i < sides[s]->n; i++) {
			seen[n] = sides[s]->item[i];
			for (size_t k = 0; k < n; k++) {
				if (strcmp(seen[k], seen[n]) == 0)
					return fail(why,
						"--tester and --dut: %s stands there twice",
						seen[n]);
			}
			n++;
		}
	}
	return 0;
}

static int
parse_one(int key, const char *arg, struct options *o, char *why)
{
	switch (key) {
	case KEY_OUT:
		return parse_text("out", arg, o->out, sizeof(o->out), why);
	case KEY_TRIAL:
		return parse_number("trial", arg, 0.005, 600, &o->trial, why);
	case KEY_TRIALS:
		return parse_count("trials", arg, 1, 10000, &o->trials, why);
	case KEY_SUM:
		return parse_count("sum", arg, 1, 1000, &o->sum, why);
	case KEY_SOAK:
		return parse_number("soak", arg, 0.01, 1e6, &o->soak, why);
	case KEY_PROCESSES:
		return parse_count("processes", arg, 1, 1000, &o->processes, why);
	case KEY_PART:
		return parse_part(arg, o, why);
	case KEY_TESTER:
		return parse_bdfs("tester", arg, &o->tester, why);
	case KEY_DUT:
		return parse_bdfs("dut", arg, &o->dut, why);
	case KEY_DEVICE:
		return parse_text("device", arg, o->device, sizeof(o->device), why);
	case KEY_COUNTS:
		return parse_text("counts", arg, o->counts, sizeof(o->counts), why);
	case KEY_CPUS:
		return parse_text("cpus", arg, o->cpus, sizeof(o->cpus), why);
	case KEY_MEMORY:
		return parse_count("memory", arg, 64, 1048576, &o->memory, why);
	case KEY_NICE:
		return parse_nice(arg, &o->nice, why);
	case KEY_POOL:
		return parse_pool(arg, o, why);
	case KEY_NO_HUGE:
		o->no_huge = true;
		return 0;
	default:
		return parse_lists(key, arg, o, why);
	}
}

static bool
has_suite(const struct options *o, const char *name)
{
	for (size_t i = 0; i < o->suites.n; i++) {
		if (strcmp(o->suites.item[i], name) == 0)
			return true;
	}
	return false;
}

int
options_parse(int argc, char *const *argv, struct options *out, char *why)
{
	struct option longopts[ROWS + 1] = {{0}};
	struct options o = {.trial = 1, .trials = 10, .soak = 60, .processes = 5, .memory = 256};
	int key;

	for (size_t i = 0; i < ROWS; i++)
		longopts[i] = (struct option){rows[i].name, rows[i].has_arg, NULL, rows[i].key};
	optind = 0;
	opterr = 0;
	/*
	 * The first argument is the name of the sub-command. getopt takes it for the program's
	 * name.
	 */
	while ((key = getopt_long(argc, argv, ":h", longopts, NULL)) != -1) {
		if (key == KEY_HELP || key == 'h')
			return OPTIONS_HELP;
		if (key == ':')
			return fail(why, "%s wants a value", argv[optind - 1]);
		if (key == '?')
			return fail(
				why, "'%s' is not an option; --help lists them", argv[optind - 1]);
		if (parse_one(key, optarg, &o, why) != 0)
			return -EINVAL;
	}
	if (optind < argc)
		return fail(why, "'%s' is no option; run takes options only", argv[optind]);
	if (check_ports(&o, why) != 0)
		return -EINVAL;
	if (o.suites.n == 0)
		parse_list("suite", "quick", NULL, &o.suites, why);
	if (o.sum == 0)
		o.sum = has_suite(&o, "full") ? 21 : 3;
	*out = o;
	return OPTIONS_OK;
}
