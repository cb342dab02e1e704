/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */
#include <signal.h>

#include "stop.h"

static volatile sig_atomic_t came;

static void
on_signal(int number)
{
	(void)number;
	came = came + 1;
}

void
stop_take_signals(void)
{
	struct sigaction sa = {.sa_handler = on_signal}, before;

	sigemptyset(&sa.sa_mask);
	sigaction(SIGINT, &sa, NULL);
	sigaction(SIGTERM, &sa, NULL);
	/* The terminal is gone; with nohup that is to mean nothing. */
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
