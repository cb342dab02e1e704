/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */

/*
 * Starts other processes and waits for them: one, one whose first line of output is returned, or
 * two in alternating slices. A child ends when this process ends, and its signals are passed on.
 */

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
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

/*
 * Fork a child that is killed when its parent ends, for whatever reason, also when the child is
 * stopped: otherwise its memory and CPU would stay in use. @return see fork().
 */
static pid_t
fork_mortal(void)
{
	const pid_t parent = getpid();
	pid_t pid;

	fflush(NULL);
	pid = fork();
	if (pid != 0)
		return pid;
	/* The parent may have ended before prctl(). */
	if (prctl(PR_SET_PDEATHSIG, SIGKILL) != 0 || getppid() != parent)
		_exit(SPAWN_NO_PROGRAM);
	return 0;
}

/*
 * Pass a signal on as SIGTERM, a second one as SIGKILL. @param[in,out] told number of signals
 * passed on
 */
static void
pass_on(pid_t pid, unsigned int *told)
{
	const unsigned int came = stop_count(NULL);

	if (came > *told)
		kill(pid, came > 1 ? SIGKILL : SIGTERM);
	*told = came;
}

/* Execute the program. @p out, @p err: its outputs; -1: those of this process. */
static void
become(const char *program, const struct spawn_args *args, int out, int err)
{
	char *argv[SPAWN_ARGS_MAX + 1];

	if (out >= 0)
		dup2(out, STDOUT_FILENO);
	if (err >= 0)
		dup2(err, STDERR_FILENO);
	/*
	 * The child must not inherit descriptors: a NIC that is open twice, for example, would
	 * appear to be used by another process.
	 */
	close_range(STDERR_FILENO + 1, ~0u, 0);
	/* execvp() needs pointers to non-const strings, but does not write to them. */
	memcpy(argv, args->v, sizeof(argv));
	argv[args->n] = NULL;
	execvp(program, argv);
	fprintf(stderr, "%s: %s cannot be run (%s)\n", program_invocation_short_name, program,
		strerror(errno));
	_exit(SPAWN_NO_PROGRAM);
}

static int
run(const char *program, const struct spawn_args *args, int out, int err)
{
	unsigned int told = 0;
	int status;
	pid_t pid;

	if (args->n > SPAWN_ARGS_MAX)
		return -E2BIG;
	pid = fork_mortal();
	if (pid < 0)
		return -errno;
	if (pid == 0)
		become(program, args, out, err);
	while (waitpid(pid, &status, 0) != pid) {
		if (errno != EINTR)
			return -errno;
		/*
		 * A terminal signals both processes, but another process may have signalled only
		 * this one.
		 */
		pass_on(pid, &told);
	}
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

int
spawn_run(const char *program, const struct spawn_args *args, const char *quiet)
{
	int fd = -1, rc;

	if (quiet != NULL)
		fd = open(quiet, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
	rc = run(program, args, fd, fd);
	if (fd >= 0)
		close(fd);
	return rc;
}

static void
first_line(FILE *f, char *out, size_t len)
{
	rewind(f);
	if (fgets(out, (int)len, f) == NULL)
		out[0] = '\0';
	out[strcspn(out, "\n")] = '\0';
}

int
spawn_first_lines(
	const char *program, const struct spawn_args *args, char *out, char *err, size_t len)
{
	FILE *o = fdopen(memfd_create("out", MFD_CLOEXEC), "w+");
	FILE *e = fdopen(memfd_create("err", MFD_CLOEXEC), "w+");
	int rc = -errno;

	out[0] = err[0] = '\0';
	if (o != NULL && e != NULL) {
		rc = run(program, args, fileno(o), fileno(e));
		first_line(o, out, len);
		first_line(e, err, len);
	}
	if (o != NULL)
		fclose(o);
	if (e != NULL)
		fclose(e);
	return rc;
}

static pid_t
start_stopped(const char *program, const struct spawn_args *args)
{
	pid_t pid;

	if (args->n > SPAWN_ARGS_MAX)
		return -E2BIG;
	pid = fork_mortal();
	if (pid < 0)
		return -errno;
	if (pid == 0) {
		raise(SIGSTOP);
		become(program, args, -1, -1);
	}
	return pid;
}

/* True if the process has ended; @p rc is then its result. */
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
	unsigned int turn = 0, told[2] = {0};
	bool ended[2];

	for (unsigned int i = 0; i < 2; i++) {
		pid[i] = start_stopped(program[i], &args[i]);
		ended[i] = pid[i] < 0;
		rc[i] = ended[i] ? (int)pid[i] : 0;
	}
	while (!ended[0] || !ended[1]) {
		const unsigned int i = ended[turn] ? !turn : turn;

		for (unsigned int k = 0; k < 2; k++) {
			if (!ended[k])
				pass_on(pid[k], &told[k]);
		}
		kill(pid[i], SIGCONT);
		usleep(slice_us);
		ended[i] = has_ended(pid[i], &rc[i]);
		if (!ended[i] && !ended[!i])
			kill(pid[i], SIGSTOP);
		turn = !i;
	}
}
