/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */

/*
 * The process's directory of temporary files. A helper process (the keeper) reads from a pipe until
 * this process ends, for whatever reason, and removes the directory.
 */

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "scratch.h"

/**
 * The keeper's script: it reads until the other end of the pipe is closed, and then removes the
 * directory.
 */
#define KEEPER "read -r end; rm -rf -- \"$1\""

/* Static, since there is one directory per process, and atexit() functions have no argument. */
static struct {
	char dir[SCRATCH_NAME_LEN / 2];
	unsigned int names;
	pid_t keeper;
	int alive; /* the keeper reads the other end */
} scratch;

/* The keeper ignores signals that end this process, since it must then remove the directory. */
static void
keep(int end)
{
	static const int numbers[] = {SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGALRM};
	const int nowhere = open("/dev/null", O_WRONLY | O_CLOEXEC);

	for (unsigned int i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++)
		signal(numbers[i], SIG_IGN);
	dup2(end, STDIN_FILENO);
	dup2(nowhere, STDOUT_FILENO);
	dup2(nowhere, STDERR_FILENO);
	execl("/bin/sh", "sh", "-c", KEEPER, "sh", scratch.dir, (char *)NULL);
	_exit(EXIT_FAILURE);
}

/* At exit, wait for the keeper, so that the directory is removed before the process ends. */
static void
end_keeper(void)
{
	close(scratch.alive);
	while (waitpid(scratch.keeper, NULL, 0) < 0 && errno == EINTR)
		;
}

static int
start_keeper(void)
{
	int ends[2];

	if (pipe2(ends, O_CLOEXEC) != 0)
		return -errno;
	scratch.alive = ends[1];
	scratch.keeper = fork();
	if (scratch.keeper == 0)
		keep(ends[0]);
	close(ends[0]);
	if (scratch.keeper < 0) {
		close(scratch.alive);
		return -EAGAIN;
	}
	return atexit(end_keeper) == 0 ? 0 : -ENOMEM;
}

static int
make_dir(void)
{
	const char *tmp = getenv("TMPDIR");
	int rc;

	if (snprintf(scratch.dir, sizeof(scratch.dir), "%s/sl-perf.XXXXXX",
		    tmp != NULL ? tmp : "/tmp") >= (int)sizeof(scratch.dir))
		return -ENAMETOOLONG;
	if (mkdtemp(scratch.dir) == NULL)
		return -errno;
	rc = start_keeper();
	if (rc != 0)
		rmdir(scratch.dir);
	return rc;
}

int
scratch_name(const char *what, char name[SCRATCH_NAME_LEN])
{
	int rc = scratch.keeper > 0 ? 0 : make_dir();

	snprintf(name, SCRATCH_NAME_LEN, "%s/%u-%s", scratch.dir, scratch.names++, what);
	return rc;
}
