/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */
#ifndef _GIT_H_
#define _GIT_H_

/**
 * @file
 * The revisions to compare, from git. The caller's repository is only read, but for objects
 * that are added to it: its HEAD, index, branches and work trees stay as they are. What is
 * checked out is checked out in a repository of our own, which borrows the objects.
 *
 * Functions return 0 or an exit code, the reason told on stderr.
 */

#include <stddef.h>

#define GIT_SHA_LEN 72

/**
 * Take the variables by which git hooks name their repository out of the environment, for this
 * process and its children: GIT_DIR, GIT_INDEX_FILE, GIT_WORK_TREE and their kind.
 */
void git_forget_caller(void);

/**
 * The work tree of Syncline that a folder is in.
 * @param[out] top its root
 */
int git_top(const char *folder, char *top, size_t len);

/** The commit that @p rev names. */
int git_commit_of(const char *top, const char *rev, char sha[GIT_SHA_LEN]);

/**
 * A commit of the work tree as it is; HEAD when nothing is changed. Files that git does not
 * know are not in it, which is noted on stderr.
 * @param scratch a file for an index of our own; it is overwritten
 */
int git_commit_of_work(const char *top, const char *scratch, char sha[GIT_SHA_LEN]);

/**
 * Have a commit of @p top checked out in @p folder, a repository of its own; only files that
 * differ from what is there are written.
 * @param log what git says goes there
 */
int git_check_out(const char *top, const char *folder, const char *sha, const char *log);

#endif /* _GIT_H_ */
