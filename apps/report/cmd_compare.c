/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */

/*
 * sl-perf compare: reads two results, or measures both with --against, compares them, and makes an
 * exit code from the verdict. The comparison is in compare.c.
 */

#include <errno.h>
#include <getopt.h>
#include <stdlib.h>
#include <string.h>

#include <sl_number.h>

#include "commands.h"
#include "compare.h"
#include "result.h"
#include "say.h"

#define DEFAULT_ROUNDS 20
#define ROUNDS_MAX 1000

/** Command line of compare. */
struct compare_options {
	struct compare_rules rules;
	struct against against;
	const char *json, *keep;
	const char *files[2];
};

/* @measures: --against is available. */
static void
usage(FILE *f, bool measures)
{
	const char *program = program_invocation_short_name;

	fprintf(f, "Usage: %s compare [OPTION...] BASE NEW\n", program);
	if (measures)
		fprintf(f, "       %s compare [OPTION...] --against REV [-- RUN-OPTION...]\n",
			program);
	fprintf(f,
		"\nTells whether NEW is better, worse or the same, metric by metric.\n\n"
		"  --margin P       \"same\" means within P %%; default 5\n"
		"  --least P        a change below P %% is none; default 1\n"
		"  --only TEXT      metrics with TEXT in their name\n"
		"  --all            judge latency and loss as well as rates and cycles\n"
		"  --paired         the K-th processes of both ran one after the other\n"
		"  --json FILE      the comparison as JSON too\n");
	if (measures)
		fprintf(f,
			"  --against REV    build REV and the work tree as it is, measure them in alternation\n"
			"  --rounds N       of --against: processes of each; default %d\n"
			"  --keep PREFIX    of --against: write PREFIX-base.json and PREFIX-new.json\n"
			"  --source FOLDER  of --against: in this work tree; default: the current folder\n\n"
			"RUN-OPTIONs are those of \"sl-perf run\"; default: --suite cycles --sizes 64\n"
			"--coherency coherent --trial 0.2, some 30 s once both are built.\n",
			DEFAULT_ROUNDS);
	fprintf(f,
		"\nExit code 0: nothing got worse; 3: something did; 4: nothing is known to have got\n"
		"worse, but samples are too few to say \"same\"; 5: something is worse, but conditions\n"
		"differ (hugepages, kernel, CPUs...), so that it may be these; 1 a bad option or file;\n"
		"2 a build, EAL.\n");
}

static int
parse_percent(const char *option, const char *text, double *out)
{
	const char *end = text;
	double v = 0;

	if (sl_number_fraction(&end, &v) != 0 || (*end != '\0' && strcmp(end, "%") != 0) ||
		v >= 100)
		return say_error(-EINVAL,
			"compare: --%s: '%s' is not allowed; allowed: percent, from 0 to below 100",
			option, text);
	*out = v / 100;
	return 0;
}

static int
parse_rounds(const char *text, unsigned int *out)
{
	uint64_t v;

	if (sl_number(text, 1, ROUNDS_MAX, &v) != 0)
		return say_error(-EINVAL,
			"compare: --rounds: '%s' is not allowed; allowed: 1 to %d", text,
			ROUNDS_MAX);
	*out = (unsigned int)v;
	return 0;
}

static int
parse_one(int key, char *arg, struct compare_options *o)
{
	switch (key) {
	case 'm':
		return parse_percent("margin", arg, &o->rules.verdict.margin);
	case 'l':
		return parse_percent("least", arg, &o->rules.verdict.least);
	case 'o':
		o->rules.only = arg;
		return 0;
	case 'a':
		o->rules.all = true;
		return 0;
	case 'p':
		o->rules.verdict.paired = true;
		return 0;
	case 'j':
		o->json = arg;
		return 0;
	case 'g':
		o->against.rev = arg;
		return 0;
	case 'r':
		return parse_rounds(arg, &o->against.rounds);
	case 'k':
		o->keep = arg;
		return 0;
	default:
		o->against.source = arg;
		return 0;
	}
}

/* @return 0; 1: help was printed; negative errno. */
static int
parse(int argc, char **argv, struct compare_options *o, bool measures)
{
	static const struct option longopts[] = {
		{"margin", 1, NULL, 'm'},
		{"least", 1, NULL, 'l'},
		{"only", 1, NULL, 'o'},
		{"all", 0, NULL, 'a'},
		{"paired", 0, NULL, 'p'},
		{"json", 1, NULL, 'j'},
		{"against", 1, NULL, 'g'},
		{"rounds", 1, NULL, 'r'},
		{"keep", 1, NULL, 'k'},
		{"source", 1, NULL, 's'},
		{"help", 0, NULL, 'h'},
		{NULL, 0, NULL, 0},
	};
	int key, n = 0;

	optind = 0;
	opterr = 0;
	while ((key = getopt_long(argc, argv, ":h", longopts, NULL)) != -1) {
		if (key == 'h')
			return 1;
		if (key == ':')
			return say_error(-EINVAL, "compare: %s wants a value", argv[optind - 1]);
		if (key == '?')
			return say_error(-EINVAL,
				"compare: '%s' is not an option; --help lists them",
				argv[optind - 1]);
		if (parse_one(key, optarg, o) != 0)
			return -EINVAL;
	}
	if (o->against.rev != NULL && !measures)
		return say_error(-EINVAL,
			"compare: --against builds and measures, and %s only reads results; use"
			" \"sl-perf compare\"",
			program_invocation_short_name);
	if (o->against.rev != NULL) {
		o->against.argc = argc - optind;
		o->against.argv = (const char *const *)argv + optind;
		return 0;
	}
	for (; optind < argc; optind++) {
		if (n < 2)
			o->files[n] = argv[optind];
		n++;
	}
	if (n != 2)
		return say_error(-EINVAL, "compare: wants two files, BASE and NEW; %d given", n);
	return 0;
}

static int
load_both(const struct compare_options *o, json_t **base, json_t **now)
{
	char why[RESULT_WHY_LEN];

	*base = result_load(o->files[0], why);
	*now = *base != NULL ? result_load(o->files[1], why) : NULL;
	return *now != NULL ? 0 : say_error(EXIT_CODE_USAGE, "compare: %s", why);
}

static int
keep(const char *prefix, const char *which, const json_t *result)
{
	char file[1024], why[RESULT_WHY_LEN];

	snprintf(file, sizeof(file), "%s-%s.json", prefix, which);
	return result_save(result, file, why) == 0 ? 0 :
						     say_error(EXIT_CODE_SETUP, "compare: %s", why);
}

static int
measure_both(struct compare_options *o, against_fn against, json_t **base, json_t **now)
{
	static const char *const usual[] = {
		"--suite", "cycles", "--sizes", "64", "--coherency", "coherent", "--trial", "0.2"};
	int rc;

	if (o->against.argc == 0) {
		o->against.argc = sizeof(usual) / sizeof(usual[0]);
		o->against.argv = usual;
	}
	o->rules.verdict.paired = true;
	rc = against(&o->against, base, now);
	if (rc == 0 && o->keep != NULL)
		rc = keep(o->keep, "base", *base);
	return rc == 0 && o->keep != NULL ? keep(o->keep, "new", *now) : rc;
}

static int
conclude(const struct compare_options *o, const json_t *base, const json_t *now)
{
	struct compare_table t;
	char why[RESULT_WHY_LEN];
	json_t *j;
	int rc;

	if (compare_results(base, now, &o->rules, &t) != 0)
		return say_error(EXIT_CODE_SETUP, "compare: no memory");
	compare_notes(base, now, stdout);
	compare_print(&t, stdout);
	rc = compare_exit_code(&t);
	if (o->json != NULL) {
		j = compare_json(&t, base, now);
		if (result_save(j, o->json, why) != 0)
			rc = say_error(EXIT_CODE_SETUP, "compare: %s", why);
		json_decref(j);
	}
	compare_free(&t);
	return rc;
}

/* Check that the result can be written, before a measurement of hours. */
static int
can_write(const struct compare_options *o)
{
	static const char *const which[] = {"base", "new"};
	char file[1024], why[RESULT_WHY_LEN];

	if (o->json != NULL && result_can_save(o->json, why) != 0)
		return say_error(EXIT_CODE_SETUP, "compare: --json: %s", why);
	for (size_t i = 0; o->keep != NULL && i < sizeof(which) / sizeof(which[0]); i++) {
		snprintf(file, sizeof(file), "%s-%s.json", o->keep, which[i]);
		if (result_can_save(file, why) != 0)
			return say_error(EXIT_CODE_SETUP, "compare: --keep: %s", why);
	}
	return 0;
}

int
compare_main(int argc, char **argv, against_fn against)
{
	struct compare_options o = {
		.rules = {.verdict = {.margin = 0.05, .least = 0.01}},
		.against = {.rounds = DEFAULT_ROUNDS},
	};
	json_t *base = NULL, *now = NULL;
	int rc = parse(argc, argv, &o, against != NULL);

	if (rc == 1) {
		usage(stdout, against != NULL);
		return EXIT_CODE_OK;
	}
	if (rc != 0)
		return EXIT_CODE_USAGE;
	rc = can_write(&o);
	if (rc != 0)
		return rc;
	rc = o.against.rev != NULL ? measure_both(&o, against, &base, &now) :
				     load_both(&o, &base, &now);
	if (rc == 0)
		rc = conclude(&o, base, now);
	json_decref(base);
	json_decref(now);
	return rc;
}
