/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */

/*
 * Signals, which are read from a file descriptor: by the main loop, and while it waits for the
 * reader of a FIFO.
 */

#include <signal.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "served.h"
#include "signals.h"

int
signals_take(void)
{
	sigset_t set;

	signal(SIGPIPE, SIG_IGN);
	sigemptyset(&set);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGHUP);
	sigaddset(&set, SIGUSR1);
	sigprocmask(SIG_BLOCK, &set, NULL);
	return signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
}

bool
signals_read(void *ctx)
{
	struct served_all *all = ctx;
	struct signalfd_siginfo info;
	bool usr1 = false;

	while (read(all->signal_fd, &info, sizeof(info)) == sizeof(info)) {
		if (info.ssi_signo == SIGUSR1)
			usr1 = true;
		else
			all->ends++;
	}
	return usr1;
}

unsigned int
signals_ends(void *ctx)
{
	const struct served_all *all = ctx;

	signals_read(ctx);
	return all->ends;
}
