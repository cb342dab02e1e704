/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */

/*
 * Signals that end a measurement: a handler counts them, and a repeated alarm ends system calls in
 * which the process would wait for ever, such as a write to a full pipe.
 */

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <unistd.h>

#include "stop.h"

/** After a signal, seconds between two checks for a full pipe. */
#define LOOK_S 1

static volatile sig_atomic_t came;

/*
 * If the output is a full pipe without a reader, send further text to /dev/null, so that no write
 * waits for a reader. Async-signal-safe.
 */
static void
let_text_go(int fd)
{
	struct pollfd room = {.fd = fd, .events = POLLOUT};
	int nowhere;

	if (poll(&room, 1, 0) != 0)
		return;
	nowhere = open("/dev/null", O_WRONLY | O_CLOEXEC);
	if (nowhere >= 0) {
		dup2(nowhere, fd);
		close(nowhere);
	}
}

/*
 * The alarm repeats, and ends any system call in which the process waits: a write to a full pipe,
 * or a wait for a child that began just after the signal.
 */
static void
on_look(int number)
{
	const int was = errno;

	(void)number;
	let_text_go(STDOUT_FILENO);
	let_text_go(STDERR_FILENO);
	alarm(LOOK_S);
	errno = was;
}

static void
on_signal(int number)
{
	(void)number;
	came = came + 1;
	alarm(LOOK_S);
}

void
stop_take_signals(void)
{
	/* Without SA_RESTART: these signals must end system calls. */
	struct sigaction sa = {.sa_handler = on_signal}, look = {.sa_handler = on_look}, before;

	sigemptyset(&sa.sa_mask);
	sigemptyset(&look.sa_mask);
	sigaction(SIGALRM, &look, NULL);
	sigaction(SIGINT, &sa, NULL);
	sigaction(SIGTERM, &sa, NULL);
	/* SIGHUP: the terminal is gone. Under nohup it stays ignored. */
	sigaction(SIGHUP, NULL, &before);
	if (before.sa_handler != SIG_IGN)
		sigaction(SIGHUP, &sa, NULL);
}

bool
stop_wanted(void)
{
	return came != 0;
}

unsigned int
stop_count(void *unused)
{
	(void)unused;
	return (unsigned int)came;
}
