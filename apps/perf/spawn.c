/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "spawn.h"
#include "stop.h"

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
	_exit(SPAWN_NO_PROGRAM);
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

static pid_t
start_stopped(const char *program, const struct spawn_args *args)
{
	pid_t pid;

	if (args->n > SPAWN_ARGS_MAX)
		return -E2BIG;
	fflush(NULL);
	pid = fork();
	if (pid < 0)
		return -errno;
	if (pid == 0) {
		raise(SIGSTOP);
		become(program, args, NULL);
	}
	return pid;
}

/* Has it ended? Then with what. */
static bool
has_ended(pid_t pid, int *rc)
{
	int status;
	const pid_t got = waitpid(pid, &status, WNOHANG);

	if (got == 0 || (got < 0 && errno == EINTR))
		return false;
	if (got < 0)
		*rc = -errno;
	else
		*rc = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
	return true;
}

void
spawn_pair(const char *const program[2], const struct spawn_args args[2], unsigned int slice_us,
	int rc[2])
{
	pid_t pid[2];
	bool ended[2], told = false;
	unsigned int turn = 0;

	for (unsigned int i = 0; i < 2; i++) {
		pid[i] = start_stopped(program[i], &args[i]);
		ended[i] = pid[i] < 0;
		rc[i] = ended[i] ? (int)pid[i] : 0;
	}
	while (!ended[0] || !ended[1]) {
		const unsigned int i = ended[turn] ? !turn : turn;

		if (stop_wanted() && !told) {
			told = true;
			for (unsigned int k = 0; k < 2; k++) {
				if (!ended[k])
					kill(pid[k], SIGTERM);
			}
		}
		kill(pid[i], SIGCONT);
		usleep(slice_us);
		ended[i] = has_ended(pid[i], &rc[i]);
		if (!ended[i] && !ended[!i])
			kill(pid[i], SIGSTOP);
		turn = !i;
	}
}
