/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */

/*
 * sl-softnic: software NICs as PCI devices of virtual machines. The main thread waits for signals,
 * commands and the end; each device has a thread.
 */

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "commands.h"
#include "options.h"
#include "say.h"
#include "served.h"
#include "signals.h"
#include "statistics.h"

static void
on_signal(struct served_all *all, const char *stats)
{
	if (!signals_read(all))
		return;
	if (stats == NULL)
		say_error(0, "SIGUSR1: no --stats FILE is given");
	else
		statistics_write(all, stats);
}

/* Run until a signal requests the end, or all threads have ended. */
static void
wait_for_end(struct served_all *all, const struct options *o, struct commands *c)
{
	uint64_t ended = 0, n;

	while (all->ends == 0 && ended < all->n) {
		struct pollfd p[] = {
			{.fd = all->signal_fd, .events = POLLIN},
			{.fd = all->ended_fd, .events = POLLIN},
			{.fd = c->fd, .events = POLLIN},
		};

		if (poll(p, 3, -1) < 0)
			continue;
		if (p[0].revents != 0)
			on_signal(all, o->stats);
		if (p[1].revents != 0 && read(all->ended_fd, &n, sizeof(n)) == sizeof(n))
			ended += n;
		if (p[2].revents != 0)
			commands_read(c, all, o->stats);
	}
}

static int
run(struct served_all *all, const struct options *o)
{
	struct commands c;
	int rc = commands_open(&c, o->commands);

	if (rc == 0)
		rc = served_start(all, o->once);
	if (rc == 0) {
		if (puts("sl-softnic: ready") == EOF || fflush(stdout) != 0)
			say_error(0, "cannot write to standard output: %s", strerror(errno));
		wait_for_end(all, o, &c);
	}
	served_stop(all);
	commands_close(&c);
	statistics_tell_drops(all);
	if (rc == 0 && o->stats != NULL)
		rc = statistics_write(all, o->stats);
	return rc;
}

int
main(int argc, char **argv)
{
	struct served_all all;
	struct options o;
	int rc = options_parse(argc, argv, &o), signal_fd;

	if (rc <= 0)
		return rc == 0 ? 0 : 2;
	signal_fd = signals_take();
	rc = served_open(&all, &o);
	all.signal_fd = signal_fd;
	if (rc == 0)
		rc = run(&all, &o);
	served_close(&all);
	if (signal_fd >= 0)
		close(signal_fd);
	return rc == 0 ? 0 : 1;
}
