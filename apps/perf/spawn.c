/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "spawn.h"
#include "stop.h"

#define EXIT_NO_PROGRAM 127

void
spawn_add(struct spawn_args *a, const char *arg)
{
	if (a->n < SPAWN_ARGS_MAX)
		a->v[a->n] = arg;
	a->n++;
}

static void
become(const char *program, const struct spawn_args *args, const char *quiet)
{
	char *argv[SPAWN_ARGS_MAX + 1];
	int fd;

	if (quiet != NULL) {
		fd = open(quiet, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
		if (fd >= 0) {
			dup2(fd, STDOUT_FILENO);
			dup2(fd, STDERR_FILENO);
		}
	}
	/* execvp() takes pointers to what it does not write. */
	memcpy(argv, args->v, sizeof(argv));
	argv[args->n] = NULL;
	execvp(program, argv);
	fprintf(stderr, "sl-perf: %s cannot be run (%s)\n", program, strerror(errno));
	_exit(EXIT_NO_PROGRAM);
}

int
spawn_run(const char *program, const struct spawn_args *args, const char *quiet)
{
	int status, told = 0;
	pid_t pid;

	if (args->n > SPAWN_ARGS_MAX)
		return -E2BIG;
	fflush(NULL);
	pid = fork();
	if (pid < 0)
		return -errno;
	if (pid == 0)
		become(program, args, quiet);
	while (waitpid(pid, &status, 0) != pid) {
		if (errno != EINTR)
			return -errno;
		/* A terminal tells both; another process may have told us alone. */
		if (stop_wanted() && told++ == 0)
			kill(pid, SIGTERM);
	}
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}
