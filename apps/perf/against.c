/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */
#include <errno.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "against.h"
#include "commands.h"
#include "options.h"
#include "result.h"
#include "run.h"
#include "say.h"
#include "spawn.h"
#include "stop.h"

#define RUN_ARGS_MAX 40
#define TOP_LEN 512
#define PATH_LEN (TOP_LEN + 64)

/** A revision's place below the cache folder. */
struct build {
	char sha[64];
	char source[PATH_LEN];
	char dir[PATH_LEN];
	char log[PATH_LEN];
	char program[PATH_LEN + 32];
};

/* The first line that a git command prints. @return 0, or -errno when git fails. */
static int __attribute__((format(printf, 3, 4)))
git_line(char *out, size_t len, const char *fmt, ...)
{
	char command[2 * TOP_LEN + 256];
	va_list ap;
	FILE *f;

	va_start(ap, fmt);
	vsnprintf(command, sizeof(command), fmt, ap);
	va_end(ap);
	out[0] = '\0';
	f = popen(command, "r");
	if (f == NULL)
		return -errno;
	if (fgets(out, (int)len, f) != NULL)
		out[strcspn(out, "\n")] = '\0';
	return pclose(f) == 0 ? 0 : -EIO;
}

/* Names go to a shell within quotes: what would end these is refused. */
static bool
is_plain(const char *text)
{
	return strpbrk(text, "'\n") == NULL;
}

static int
run_logged(const char *program, struct spawn_args *args, const struct build *b, const char *what)
{
	int rc = spawn_run(program, args, b->log);

	if (rc != 0)
		return say_error(EXIT_CODE_SETUP, "%s of %.12s failed (%d): see %s", what, b->sha,
			rc, b->log);
	return 0;
}

static int
check_out(const struct build *b, const char *top)
{
	struct spawn_args add = {0}, move = {0};
	const char *const new_tree[] = {
		"git", "-C", top, "worktree", "add", "--force", "--detach", b->source, b->sha};
	const char *const old_tree[] = {
		"git", "-C", b->source, "checkout", "--quiet", "--force", "--detach", b->sha};
	char there[PATH_LEN + 8];

	snprintf(there, sizeof(there), "%s/.git", b->source);
	if (access(there, F_OK) == 0) {
		for (size_t i = 0; i < sizeof(old_tree) / sizeof(old_tree[0]); i++)
			spawn_add(&move, old_tree[i]);
		return run_logged("git", &move, b, "checking out");
	}
	for (size_t i = 0; i < sizeof(new_tree) / sizeof(new_tree[0]); i++)
		spawn_add(&add, new_tree[i]);
	return run_logged("git", &add, b, "checking out");
}

static int
build(const struct build *b)
{
	struct spawn_args setup = {0}, ninja = {0};
	char file[PATH_LEN + 32];
	int rc = 0;

	snprintf(file, sizeof(file), "%s/apps/perf/meson.build", b->source);
	if (access(file, F_OK) != 0)
		return say_error(EXIT_CODE_SETUP,
			"%.12s has no sl-perf to measure it with; allowed: revisions that have"
			" apps/perf",
			b->sha);
	snprintf(file, sizeof(file), "%s/build.ninja", b->dir);
	if (access(file, F_OK) != 0) {
		spawn_add(&setup, "meson");
		spawn_add(&setup, "setup");
		spawn_add(&setup, b->dir);
		spawn_add(&setup, b->source);
		spawn_add(&setup, "-Dbuildtype=release");
		spawn_add(&setup, "-Dtests=false");
		if (SL_DRIVER_HEADERS[0] != '\0')
			spawn_add(&setup, "-Ddpdk_driver_headers=" SL_DRIVER_HEADERS);
		rc = run_logged("meson", &setup, b, "meson setup");
	}
	spawn_add(&ninja, "ninja");
	spawn_add(&ninja, "-C");
	spawn_add(&ninja, b->dir);
	spawn_add(&ninja, "apps/perf/sl-perf");
	return rc == 0 ? run_logged("ninja", &ninja, b, "building") : rc;
}

static int
make(struct build *b, const char *top, const char *which)
{
	char cache[TOP_LEN + 16];
	int rc;

	snprintf(cache, sizeof(cache), "%s/.cache", top);
	mkdir(cache, 0755);
	strcat(cache, "/perf");
	if (mkdir(cache, 0755) != 0 && errno != EEXIST)
		return say_error(EXIT_CODE_SETUP, "%s cannot be made (%s)", cache, strerror(errno));
	snprintf(b->source, sizeof(b->source), "%s/%s", cache, which);
	snprintf(b->dir, sizeof(b->dir), "%s/%s-build", cache, which);
	snprintf(b->log, sizeof(b->log), "%s/%s.log", cache, which);
	snprintf(b->program, sizeof(b->program), "%s/apps/perf/sl-perf", b->dir);
	unlink(b->log);
	fprintf(stderr, "building %s: %.12s\n", which, b->sha);
	rc = check_out(b, top);
	return rc == 0 ? build(b) : rc;
}

/* The commits to build: the one named, and the work tree as it is. */
static int
find_commits(const struct against *a, struct build *base, struct build *now, char *top)
{
	char line[TOP_LEN];

	if (!is_plain(a->rev))
		return say_error(EXIT_CODE_USAGE, "--against: '%s' is no revision", a->rev);
	if (git_line(top, TOP_LEN, "git -C '%s' rev-parse --show-toplevel 2>/dev/null",
		    a->source != NULL ? a->source : ".") != 0 ||
		!is_plain(top))
		return say_error(EXIT_CODE_USAGE,
			"--against works in a git work tree of Syncline; this folder is in none");
	if (git_line(base->sha, sizeof(base->sha),
		    "git -C '%s' rev-parse --verify --quiet '%s^{commit}'", top, a->rev) != 0)
		return say_error(EXIT_CODE_USAGE,
			"--against: '%s' is no revision here; allowed: what git names a commit by",
			a->rev);
	/* A commit of what is changed and not committed; none when nothing is. */
	if (git_line(now->sha, sizeof(now->sha),
		    "git -c user.name=sl-perf -c user.email=sl-perf@localhost -C '%s' stash create",
		    top) != 0)
		return say_error(EXIT_CODE_SETUP, "git cannot record the changes in %s", top);
	if (now->sha[0] == '\0' &&
		git_line(now->sha, sizeof(now->sha), "git -C '%s' rev-parse HEAD", top) != 0)
		return say_error(EXIT_CODE_SETUP, "%s has no commit", top);
	if (git_line(line, sizeof(line),
		    "git -C '%s' ls-files --others --exclude-standard -- lib pmd apps", top) == 0 &&
		line[0] != '\0')
		fprintf(stderr,
			"note: files that git does not know are not built: %s ... (git add)\n",
			line);
	return 0;
}

/* Do the options measure with stepped devices alone? */
static bool
is_stepped(int argc, const char *const *argv)
{
	struct options o;
	struct plan plan;
	char why[OPTIONS_WHY_LEN];
	bool stepped;

	/* What is wrong with them, the programs themselves will say. */
	if (options_parse(argc, (char *const *)(uintptr_t)argv, &o, why) != OPTIONS_OK ||
		plan_make(&o, 1, &plan, why) != 0)
		return false;
	stepped = plan_stepped(&plan);
	plan_free(&plan);
	return stepped;
}

/*
 * A round: one process of each, in slices where that may be, else one after
 * the other. Who goes first changes, so that no one always follows the other.
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
	char top[TOP_LEN];
	int rc;

	if (a->argc > RUN_ARGS_MAX)
		return say_error(EXIT_CODE_USAGE, "more than %d options of run", RUN_ARGS_MAX);
	rc = find_commits(a, &b, &n, top);
	if (rc == 0)
		rc = make(&b, top, "base");
	if (rc == 0)
		rc = make(&n, top, "work");
	*base = result_new();
	*now = result_new();
	for (unsigned int i = 0; rc == 0 && i < a->rounds && !stop_wanted(); i++) {
		json_t *base_before = json_deep_copy(*base), *now_before = json_deep_copy(*now);

		rc = one_round(a, &b, &n, i, *base, *now);
		/* Half a round has no pair. */
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
	return rc;
}
