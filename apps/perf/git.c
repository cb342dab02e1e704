/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */

/*
 * Runs git to find and check out the revisions to compare, without changing the user's index,
 * branches or work tree.
 */

#include <errno.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "commands.h"
#include "git.h"
#include "say.h"
#include "spawn.h"

#define LINE_LEN 1024

extern char **environ;

/** Output of a git command: the first line of each stream. */
struct said {
	char out[LINE_LEN], err[LINE_LEN];
};

/* True for variables that git sets for hooks. Other GIT_ variables are the user's settings. */
static bool
is_callers(const char *entry)
{
	static const char *const users[] = {
		"GIT_CONFIG_", "GIT_SSL_", "GIT_SSH", "GIT_EXEC_PATH", "GIT_TRACE"};

	if (strncmp(entry, "GIT_", 4) != 0)
		return false;
	for (size_t i = 0; i < sizeof(users) / sizeof(users[0]); i++) {
		if (strncmp(entry, users[i], strlen(users[i])) == 0)
			return false;
	}
	return true;
}

void
git_forget_caller(void)
{
	char name[128];
	char **e = environ;

	while (*e != NULL) {
		const size_t len = strcspn(*e, "=");

		if (!is_callers(*e) || len >= sizeof(name)) {
			e++;
			continue;
		}
		memcpy(name, *e, len);
		name[len] = '\0';
		/* unsetenv() has moved the entries: start again. */
		unsetenv(name);
		e = environ;
	}
}

/*
 * Run git in a directory without hooks, without optional locks, and with messages in English. The
 * arguments are terminated by NULL. @return its exit status.
 */
static int
git(const char *folder, const char *const *words, struct said *s)
{
	struct spawn_args args = {0};
	const char *const always[] = {"git", "--no-optional-locks", "-c",
		"core.hooksPath=/dev/null", "-c", "core.fsmonitor=false", "-c", "user.name=sl-perf",
		"-c", "user.email=sl-perf@localhost", "-C", folder};
	struct said mine;

	for (size_t i = 0; i < sizeof(always) / sizeof(always[0]); i++)
		spawn_add(&args, always[i]);
	for (; *words != NULL; words++)
		spawn_add(&args, *words);
	if (s == NULL)
		s = &mine;
	return spawn_first_lines("git", &args, s->out, s->err, LINE_LEN);
}

#define GIT(folder, s, ...) git(folder, (const char *const[]){__VA_ARGS__, NULL}, s)

static int
not_there(const char *folder, int rc, const struct said *s)
{
	if (rc == SPAWN_NO_PROGRAM)
		return say_error(EXIT_CODE_SETUP,
			"--against: git is not there; Debian: apt-get install git");
	if (strstr(s->err, "dubious ownership") != NULL)
		return say_error(EXIT_CODE_SETUP,
			"--against: git does not work in %s, which belongs to another user (dubious"
			" ownership). Mend: git config --global --add safe.directory FOLDER, with"
			" the root of that work tree; or run this as its owner",
			folder);
	if (strstr(s->err, "not a git repository") != NULL)
		return say_error(EXIT_CODE_USAGE,
			"--against works in a git work tree of Syncline; %s is in none. Mend: a clone"
			" in place of unpacked files, or --source with the folder of one",
			folder);
	return say_error(EXIT_CODE_SETUP, "--against: git does not work in %s: %s", folder,
		s->err[0] != '\0' ? s->err : "it gave no reason");
}

int
git_top(const char *folder, char *top, size_t len)
{
	char path[PATH_MAX];
	struct said s;
	int rc;

	if (access(folder, X_OK) != 0)
		return say_error(EXIT_CODE_USAGE, "--against: %s cannot be entered (%s)", folder,
			strerror(errno));
	setenv("LC_ALL", "C", 1);
	rc = GIT(folder, &s, "rev-parse", "--show-toplevel");
	if (rc != 0)
		return not_there(folder, rc, &s);
	if (s.out[0] == '\0' || strlen(s.out) >= len)
		return say_error(EXIT_CODE_USAGE,
			"--against: %s is in a repository without a work tree, or with a path of more"
			" than %zu bytes",
			folder, len - 1);
	strcpy(top, s.out);
	snprintf(path, sizeof(path), "%s/apps/perf/meson.build", top);
	if (access(path, F_OK) != 0)
		return say_error(EXIT_CODE_USAGE,
			"--against: the repository that git finds from %s is not Syncline's: its work"
			" tree is %s. Mend: a clone of Syncline in place of files unpacked into"
			" another repository, or --source with the folder of one",
			folder, top);
	return 0;
}

int
git_commit_of(const char *top, const char *rev, char sha[GIT_SHA_LEN])
{
	char commit[LINE_LEN];
	struct said s;

	snprintf(commit, sizeof(commit), "%s^{commit}", rev);
	if (GIT(top, &s, "rev-parse", "--verify", "--quiet", "--end-of-options", commit) != 0 ||
		strlen(s.out) >= GIT_SHA_LEN)
		return say_error(EXIT_CODE_USAGE,
			"--against: '%s' is no revision here; allowed: what git names a commit by",
			rev);
	strcpy(sha, s.out);
	return 0;
}

static int
copy_file(const char *from, const char *to)
{
	char chunk[16384];
	FILE *in = fopen(from, "r"), *out = fopen(to, "w");
	size_t n;
	bool bad = in == NULL || out == NULL;

	while (!bad && (n = fread(chunk, 1, sizeof(chunk), in)) != 0)
		bad = fwrite(chunk, 1, n, out) != n;
	bad |= in != NULL && ferror(in) != 0;
	if (in != NULL)
		fclose(in);
	if (out != NULL)
		bad |= fclose(out) != 0;
	return bad ? -EIO : 0;
}

static void
note_unknown(const char *top)
{
	struct said s;

	if (GIT(top, &s, "ls-files", "--others", "--exclude-standard", "--", "lib", "pmd",
		    "apps") == 0 &&
		s.out[0] != '\0')
		fprintf(stderr,
			"note: files that git does not know are not built: %s ... (git add)\n",
			s.out);
}

int
git_commit_of_work(const char *top, const char *scratch, char sha[GIT_SHA_LEN])
{
	struct said head, index, tree, head_tree, commit = {.out = ""};
	int rc;

	rc = GIT(top, &head, "rev-parse", "--verify", "HEAD");
	if (rc != 0 || GIT(top, &head_tree, "rev-parse", "HEAD^{tree}") != 0)
		return say_error(EXIT_CODE_SETUP, "--against: %s has no commit: %s", top, head.err);
	rc = GIT(top, &index, "rev-parse", "--path-format=absolute", "--git-path", "index");
	if (rc == 0)
		rc = copy_file(index.out, scratch);
	if (rc != 0)
		return say_error(EXIT_CODE_SETUP,
			"--against: the index of %s cannot be copied to %s", top, scratch);
	/* The changes are added to this copy of the index; the user's index is not changed. */
	setenv("GIT_INDEX_FILE", scratch, 1);
	rc = GIT(top, &tree, "add", "--update", ":/");
	if (rc == 0)
		rc = GIT(top, &tree, "write-tree");
	unsetenv("GIT_INDEX_FILE");
	if (rc == 0 && strcmp(tree.out, head_tree.out) != 0)
		rc = GIT(
			top, &commit, "commit-tree", "-p", head.out, "-m", "as measured", tree.out);
	unlink(scratch);
	if (rc != 0 || strlen(head.out) >= GIT_SHA_LEN || strlen(commit.out) >= GIT_SHA_LEN)
		return say_error(EXIT_CODE_SETUP,
			"--against: git cannot record the changes in %s: %s", top,
			commit.out[0] == '\0' && tree.err[0] != '\0' ? tree.err : commit.err);
	strcpy(sha, commit.out[0] != '\0' ? commit.out : head.out);
	note_unknown(top);
	return 0;
}

/* Point the checkout to the objects of the repository of @p top, which may have moved. */
static int
borrow_objects(const char *top, const char *folder)
{
	char file[PATH_MAX];
	struct said s;
	FILE *f;
	int n;

	snprintf(file, sizeof(file), "%s/.git/objects/info/alternates", folder);
	if (GIT(top, &s, "rev-parse", "--path-format=absolute", "--git-path", "objects") != 0)
		return -EIO;
	f = fopen(file, "w");
	if (f == NULL)
		return -errno;
	n = fprintf(f, "%s\n", s.out);
	return fclose(f) == 0 && n > 0 ? 0 : -EIO;
}

int
git_check_out(const char *top, const char *folder, const char *sha, const char *log)
{
	struct spawn_args rm = {0};
	char path[PATH_MAX];
	struct stat st;
	struct said s;

	snprintf(path, sizeof(path), "%s/.git", folder);
	/* The directory may be a work tree of the user's repository, or incomplete. */
	if (lstat(path, &st) != 0 || !S_ISDIR(st.st_mode)) {
		spawn_add(&rm, "rm");
		spawn_add(&rm, "-rf");
		spawn_add(&rm, folder);
		if (spawn_run("rm", &rm, log) != 0 || mkdir(folder, 0755) != 0 ||
			GIT(folder, &s, "init", "--quiet") != 0)
			return say_error(EXIT_CODE_SETUP, "--against: %s cannot be made: see %s",
				folder, log);
	}
	/* Left by a git process that was killed. No other process works in this repository. */
	snprintf(path, sizeof(path), "%s/.git/index.lock", folder);
	unlink(path);
	if (borrow_objects(top, folder) != 0)
		return say_error(EXIT_CODE_SETUP,
			"--against: %s cannot be given the objects of %s (%s)", folder, top,
			strerror(errno));
	if (GIT(folder, &s, "checkout", "--quiet", "--force", "--detach", sha) != 0)
		return say_error(EXIT_CODE_SETUP,
			"--against: %.12s cannot be checked out in %s: %s", sha, folder, s.err);
	return 0;
}
