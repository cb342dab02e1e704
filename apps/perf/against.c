/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */

/*
 * Builds two revisions in a cache directory and measures them alternately, for "compare --against".
 * The revisions are from git.c, the processes from spawn.c.
 */

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "against.h"
#include "commands.h"
#include "git.h"
#include "plan.h"
#include "result.h"
#include "run.h"
#include "say.h"
#include "spawn.h"
#include "stop.h"

#define RUN_ARGS_MAX 40
#define TOP_LEN 512
#define PATH_LEN (TOP_LEN + 64)

/** Paths of a revision's source, build, log and program in the cache directory. */
struct build {
	char sha[GIT_SHA_LEN];
	char source[PATH_LEN];
	char dir[PATH_LEN];
	char log[PATH_LEN];
	char program[PATH_LEN + 32];
};

static int
run_logged(const char *program, struct spawn_args *args, const struct build *b, const char *what)
{
	int rc = spawn_run(program, args, b->log);

	if (rc != 0)
		return say_error(EXIT_CODE_SETUP, "%s of %.12s failed (%d): see %s", what, b->sha,
			rc, b->log);
	return 0;
}

/* True if the build directory was set up for this source directory. */
static bool
is_set_up(const struct build *b)
{
	char file[PATH_LEN + 32];
	json_t *told, *where;
	const char *source, *dir;
	bool same;

	snprintf(file, sizeof(file), "%s/meson-info/meson-info.json", b->dir);
	told = json_load_file(file, 0, NULL);
	where = json_object_get(told, "directories");
	source = json_string_value(json_object_get(where, "source"));
	dir = json_string_value(json_object_get(where, "build"));
	same = source != NULL && dir != NULL && strcmp(source, b->source) == 0 &&
		strcmp(dir, b->dir) == 0;
	json_decref(told);
	snprintf(file, sizeof(file), "%s/build.ninja", b->dir);
	return same && access(file, F_OK) == 0;
}

static int
set_up(const struct build *b)
{
	struct spawn_args rm = {0}, setup = {0};
	const char *const words[] = {
		"meson", "setup", b->dir, b->source, "-Dbuildtype=release", "-Dtests=false"};

	spawn_add(&rm, "rm");
	spawn_add(&rm, "-rf");
	spawn_add(&rm, b->dir);
	if (spawn_run("rm", &rm, b->log) != 0)
		return say_error(EXIT_CODE_SETUP, "%s cannot be removed: see %s", b->dir, b->log);
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		spawn_add(&setup, words[i]);
	if (SL_DRIVER_HEADERS[0] != '\0')
		spawn_add(&setup, "-Ddpdk_driver_headers=" SL_DRIVER_HEADERS);
	return run_logged("meson", &setup, b, "meson setup");
}

static int
build(const struct build *b)
{
	struct spawn_args ninja = {0};
	char file[PATH_LEN + 32];
	int rc = 0;

	snprintf(file, sizeof(file), "%s/apps/perf/meson.build", b->source);
	if (access(file, F_OK) != 0)
		return say_error(EXIT_CODE_SETUP,
			"%.12s has no sl-perf to measure it with; allowed: revisions that have"
			" apps/perf",
			b->sha);
	if (!is_set_up(b))
		rc = set_up(b);
	spawn_add(&ninja, "ninja");
	spawn_add(&ninja, "-C");
	spawn_add(&ninja, b->dir);
	spawn_add(&ninja, "apps/perf/sl-perf");
	return rc == 0 ? run_logged("ninja", &ninja, b, "building") : rc;
}

static int
make(struct build *b, const char *top, const char *cache, const char *which)
{
	int rc;

	snprintf(b->source, sizeof(b->source), "%s/%s", cache, which);
	snprintf(b->dir, sizeof(b->dir), "%s/%s-build", cache, which);
	snprintf(b->log, sizeof(b->log), "%s/%s.log", cache, which);
	snprintf(b->program, sizeof(b->program), "%s/apps/perf/sl-perf", b->dir);
	unlink(b->log);
	fprintf(stderr, "building %s: %.12s\n", which, b->sha);
	rc = git_check_out(top, b->source, b->sha, b->log);
	return rc == 0 ? build(b) : rc;
}

/*
 * Make the cache directory and lock it until this process ends.
 * @return a descriptor that holds the lock; or an exit code, negated.
 */
static int
take_cache(const char *top, char *cache, size_t len)
{
	char file[PATH_LEN];
	int fd;

	snprintf(cache, len, "%s/.cache", top);
	mkdir(cache, 0755);
	strcat(cache, "/perf");
	if (mkdir(cache, 0755) != 0 && errno != EEXIST)
		return say_error(-EXIT_CODE_SETUP, "--against: %s cannot be made (%s)", cache,
			strerror(errno));
	snprintf(file, sizeof(file), "%s/lock", cache);
	fd = open(file, O_RDWR | O_CREAT | O_CLOEXEC, 0644);
	if (fd < 0)
		return say_error(-EXIT_CODE_SETUP, "--against: %s cannot be written (%s)", file,
			strerror(errno));
	if (flock(fd, LOCK_EX | LOCK_NB) == 0)
		return fd;
	close(fd);
	return say_error(-EXIT_CODE_SETUP,
		"--against: another sl-perf builds or measures in %s; wait for it, or end it",
		cache);
}

/* Build both revisions: the named one, and the work tree in its current state. */
static int
make_both(const struct against *a, struct build *base, struct build *now, int *lock)
{
	char top[TOP_LEN], cache[TOP_LEN + 16], scratch[PATH_LEN];
	int rc;

	git_forget_caller();
	rc = git_top(a->source != NULL ? a->source : ".", top, sizeof(top));
	if (rc == 0)
		rc = git_commit_of(top, a->rev, base->sha);
	if (rc != 0)
		return rc;
	*lock = take_cache(top, cache, sizeof(cache));
	if (*lock < 0)
		return -*lock;
	snprintf(scratch, sizeof(scratch), "%s/index", cache);
	rc = git_commit_of_work(top, scratch, now->sha);
	if (rc == 0)
		rc = make(base, top, cache, "base");
	return rc == 0 ? make(now, top, cache, "work") : rc;
}

/* True if the options select only measures with stepped devices. */
static bool
is_stepped(int argc, const char *const *argv)
{
	struct options o;
	struct plan plan;
	char why[OPTIONS_WHY_LEN];
	bool stepped;

	/* Invalid options are reported by the programs that are run with them. */
	if (options_parse(argc, (char *const *)(uintptr_t)argv, &o, why) != OPTIONS_OK ||
		plan_make(&o, 1, &plan, why) != 0)
		return false;
	stepped = plan_stepped(&plan);
	plan_free(&plan);
	return stepped;
}

/*
 * One round: a process of each revision, in slices if possible, otherwise one after the other. The
 * order alternates between rounds.
 */
static int
one_round(const struct against *a, const struct build *base, const struct build *now,
	unsigned int round, json_t *base_result, json_t *now_result)
{
	const bool first = round % 2 == 0;
	const char *const program[2] = {
		first ? base->program : now->program, first ? now->program : base->program};
	json_t *const into[2] = {
		first ? base_result : now_result, first ? now_result : base_result};
	const char *argv[RUN_ARGS_MAX + 2] = {"run"};
	int rc = 0;

	for (int i = 0; i < a->argc; i++)
		argv[i + 1] = a->argv[i];
	if (is_stepped(a->argc + 1, argv))
		return run_pair(program, a->argc + 1, argv, round + 1, a->rounds, into);
	for (unsigned int k = 0; k < 2 && rc == 0 && !stop_wanted(); k++)
		rc = run_part(program[k], a->argc + 1, argv, round + 1, a->rounds, into[k]);
	return rc;
}

int
against_measure(const struct against *a, json_t **base, json_t **now)
{
	struct build b = {.sha = ""}, n = {.sha = ""};
	int rc, lock = -1;

	if (a->argc > RUN_ARGS_MAX)
		return say_error(EXIT_CODE_USAGE, "more than %d options of run", RUN_ARGS_MAX);
	rc = make_both(a, &b, &n, &lock);
	*base = result_new();
	*now = result_new();
	for (unsigned int i = 0; rc == 0 && i < a->rounds && !stop_wanted(); i++) {
		json_t *base_before = json_deep_copy(*base), *now_before = json_deep_copy(*now);

		rc = one_round(a, &b, &n, i, *base, *now);
		/* The sample of an incomplete round has no partner: drop it. */
		if (rc == 0 && !stop_wanted()) {
			json_decref(base_before);
			json_decref(now_before);
			continue;
		}
		json_decref(*base);
		json_decref(*now);
		*base = base_before;
		*now = now_before;
	}
	if (stop_wanted()) {
		json_object_set_new(*base, "interrupted", json_true());
		json_object_set_new(*now, "interrupted", json_true());
	}
	if (lock >= 0)
		close(lock);
	return rc;
}
