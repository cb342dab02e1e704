/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
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

/** Ends a system call of the main thread: a signal that means nothing by itself. */
#define NUDGE SIGURG

/**
 * What nobody took of our text, nobody takes at the next line: the rest goes nowhere, and waits
 * for nobody. That the text is cut stays known: ferror(stdout). Fit for a signal's handler.
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

/* The main lcore has its lock, if anybody: it is this thread. */
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

	/* A full counter is readable as well. */
	if (write(fd, &one, sizeof(one)) < 0)
		return;
}

/** End as the signal would have ended the program, with the terminal as it was. */
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

/** A signal came, at @p first the first one. */
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
	/* Without SA_RESTART: ending system calls is what it is for. */
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
