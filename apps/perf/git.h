/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */
#ifndef _GIT_H_
#define _GIT_H_

/**
 * @file
 * The revisions to compare, from git. The caller's repository gets new objects, but its HEAD,
 * index, branches and work trees are not changed. Revisions are checked out in a repository of
 * our own, which uses the caller's objects.
 *
 * Functions return 0, or an exit code with the reason on stderr.
 */

#include <stddef.h>

#define GIT_SHA_LEN 72

/**
 * Take the variables by which git hooks name their repository out of the environment, for this
 * process and its children: GIT_DIR, GIT_INDEX_FILE, GIT_WORK_TREE and their kind.
 */
void
git_forget_caller(void);

/**
 * The work tree of Syncline that a folder is in.
 * @param[out] top its root
 */
int
git_top(const char *folder, char *top, size_t len);

/** Find the commit that @p rev names. */
int
git_commit_of(const char *top, const char *rev, char sha[GIT_SHA_LEN]);

/**
 * Make a commit of the work tree's present state, or give HEAD when nothing is changed. Untracked
 * files are not in it; a note on stderr says so.
 * @param scratch a file for an index of our own; it is overwritten
 */
int
git_commit_of_work(const char *top, const char *scratch, char sha[GIT_SHA_LEN]);

/**
 * Check out a commit of @p top in @p folder, a repository of its own; only files that differ are
 * written.
 * @param log file for git's output
 */
int
git_check_out(const char *top, const char *folder, const char *sha, const char *log);

#endif /* _GIT_H_ */
