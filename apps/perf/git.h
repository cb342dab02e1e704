/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */
#ifndef _GIT_H_
#define _GIT_H_

/**
 * @file
 * Get the revisions to compare from git. New objects are added to the user's repository, but its
 * HEAD, index, branches and work trees are not changed. Revisions are checked out in a separate
 * repository, which uses the objects of the user's.
 *
 * Functions return 0, or an exit code with the reason on stderr.
 */

#include <stddef.h>

#define GIT_SHA_LEN 72

/**
 * Remove the environment variables with which git hooks name their repository (GIT_DIR,
 * GIT_INDEX_FILE, GIT_WORK_TREE...), for this process and its children.
 */
void
git_forget_caller(void);

/**
 * Find the work tree of Syncline that contains a directory.
 * @param[out] top its root
 */
int
git_top(const char *folder, char *top, size_t len);

/** Find the commit of revision @p rev. */
int
git_commit_of(const char *top, const char *rev, char sha[GIT_SHA_LEN]);

/**
 * Make a commit of the work tree's current state, or use HEAD if nothing is changed. Untracked
 * files are not included, which is noted on stderr.
 * @param scratch file for a separate index; it is overwritten
 */
int
git_commit_of_work(const char *top, const char *scratch, char sha[GIT_SHA_LEN]);

/**
 * Check out a commit of @p top in @p folder, a separate repository. Only files that differ are
 * written.
 * @param log file for git's output
 */
int
git_check_out(const char *top, const char *folder, const char *sha, const char *log);

#endif /* _GIT_H_ */
