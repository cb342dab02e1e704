/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */

/*
 * The thread that waits for SIGINT and SIGTERM, and the signal with which it
 * ends system calls of the main lcore. The rules are in signals.h.
 */

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/eventfd.h>
#include <sys/signalfd.h>
#include <time.h>
#include <unistd.h>

#include <rte_common.h>

#include "signals.h"

/** Signal that ends a system call of the main thread. It has no other use in the program. */
#define NUDGE SIGURG

/**
 * A write of text was interrupted because the output has no reader: send further text to /dev/null,
 * so that no write waits. ferror(stdout) still shows that text was lost. Async-signal-safe.
 */
static void
let_text_go(void)
{
	const int was = errno, nowhere = open("/dev/null", O_WRONLY | O_CLOEXEC);

	if (nowhere >= 0) {
		dup2(nowhere, STDOUT_FILENO);
		close(nowhere);
	}
	errno = was;
}

/*
 * ferror_unlocked() is correct here: this is the main thread, the only one that can hold stdout's
 * lock.
 */
static void
on_nudge(int number)
{
	RTE_SET_USED(number);
	if (ferror_unlocked(stdout))
		let_text_go();
}

static uint64_t
now_ms(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (uint64_t)ts.tv_sec * 1000 + (uint64_t)ts.tv_nsec / 1000000;
}

static void
set_ready(int fd)
{
	const uint64_t one = 1;

	/* Errors are ignored: if the counter is full, it is readable. */
	if (write(fd, &one, sizeof(one)) < 0)
		return;
}

/** Restore the terminal, and end the program as the signal would by default. */
static void
die(const struct signals *s, int number)
{
	sigset_t set;

	if (s->is_terminal)
		tcsetattr(STDIN_FILENO, TCSANOW, &s->terminal);
	signal(number, SIG_DFL);
	sigemptyset(&set);
	sigaddset(&set, number);
	pthread_sigmask(SIG_UNBLOCK, &set, NULL);
	raise(number);
}

/** Handle a signal. @p first: time of the first one. */
static void
take(struct signals *s, uint64_t *first)
{
	struct signalfd_siginfo info;

	if (read(s->fd, &info, sizeof(info)) != sizeof(info))
		return;
	if (!s->came) {
		*first = now_ms();
		__atomic_store_n(&s->came, true, __ATOMIC_RELAXED);
		set_ready(s->wake);
	} else if (now_ms() - *first >= SIGNALS_AGAIN_MS) {
		die(s, (int)info.ssi_signo);
	}
}

static void *
wait_for_signals(void *arg)
{
	struct signals *s = arg;
	struct pollfd fds[] = {
		{.fd = s->fd, .events = POLLIN},
		{.fd = s->end, .events = POLLIN},
	};
	uint64_t first = 0;

	for (;;) {
		const bool unseen = s->came && !__atomic_load_n(&s->seen, __ATOMIC_RELAXED);
		const int n = poll(fds, RTE_DIM(fds), unseen ? SIGNALS_NUDGE_MS : -1);

		if (n > 0 && fds[1].revents != 0)
			return NULL;
		if (n > 0)
			take(s, &first);
		else if (unseen && !__atomic_load_n(&s->seen, __ATOMIC_RELAXED))
			pthread_kill(s->main_thread, NUDGE);
	}
}

int
signals_open(struct signals *s)
{
	/* Without SA_RESTART: this signal must end system calls. */
	const struct sigaction nudge = {.sa_handler = on_nudge};
	sigset_t set;
	int rc;

	s->main_thread = pthread_self();
	s->is_terminal = tcgetattr(STDIN_FILENO, &s->terminal) == 0;
	sigaction(NUDGE, &nudge, NULL);
	sigemptyset(&set);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGTERM);
	pthread_sigmask(SIG_BLOCK, &set, NULL);
	s->fd = signalfd(-1, &set, SFD_CLOEXEC);
	s->wake = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	s->end = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	rc = s->fd < 0 || s->wake < 0 || s->end < 0 ?
		-errno :
		-pthread_create(&s->thread, NULL, wait_for_signals, s);
	s->open = rc == 0;
	return rc;
}

void
signals_close(struct signals *s)
{
	sigset_t set;

	if (!s->open)
		return;
	set_ready(s->end);
	pthread_join(s->thread, NULL);
	close(s->fd);
	close(s->wake);
	close(s->end);
	sigemptyset(&set);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGTERM);
	pthread_sigmask(SIG_UNBLOCK, &set, NULL);
}

bool
signals_came(struct signals *s)
{
	const bool came = __atomic_load_n(&s->came, __ATOMIC_RELAXED);

	if (came && !s->seen) {
		if (ferror(stdout))
			let_text_go();
		__atomic_store_n(&s->seen, true, __ATOMIC_RELAXED);
	}
	return came;
}
