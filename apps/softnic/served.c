/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */

/*
 * Devices, their wires and their threads; and the handler for guest memory whose file was
 * truncated.
 */

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "say.h"
#include "served.h"

/* The device of this thread, for the handler of SIGBUS, which gets no such argument. */
static __thread struct sl_vfu *served_here;

static void
on_bus_error(int number, siginfo_t *info, void *context)
{
	(void)context;
	if (served_here != NULL && sl_vfu_bus_error(served_here, info->si_addr))
		return;
	/* It is an error of this program: the access is repeated and then ends it. */
	signal(number, SIG_DFL);
}

static void
log_line(void *ctx, int level, const char *msg)
{
	(void)ctx;
	(void)level;
	fprintf(stderr, "sl-softnic: %s\n", msg);
}

/* Name of a device in messages. Its default address is computed from it. */
static const char *
base_name(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash != NULL ? slash + 1 : path;
}

static int
open_one(struct served *s, struct sl_wire_hub *hub)
{
	const struct option_device *o = s->option;
	struct sl_softnic_params params = {
		.name = base_name(o->socket), .device = o->device, .log = log_line};
	struct sl_wire *wire;
	char why[256] = "";
	unsigned int i;
	int rc;

	memcpy(params.mac, o->mac, sizeof(params.mac));
	rc = sl_vfu_open(o->socket, &params, &s->vfu, why, sizeof(why));
	if (rc != 0)
		return say_error(rc, "--socket %s: %s", o->socket, why);
	rc = sl_wire_open(o->wire, hub, &wire, why, sizeof(why));
	if (rc != 0)
		return say_error(rc, "--wire %s: %s", o->wire, why);
	rc = sl_softnic_attach(sl_vfu_nic(s->vfu), wire);
	for (i = 0; i < o->faults && rc == 0; i++)
		rc = sl_softnic_fault(
			sl_vfu_nic(s->vfu), o->fault[i].fault, o->fault[i].arg, o->fault[i].count);
	return rc;
}

int
served_open(struct served_all *all, const struct options *o)
{
	struct sigaction on_bus = {.sa_sigaction = on_bus_error, .sa_flags = SA_SIGINFO};
	unsigned int i;
	int rc = 0;

	*all = (struct served_all){.n = o->n, .signal_fd = -1, .stop_fd = -1, .ended_fd = -1};
	all->hub = sl_wire_hub_create();
	all->stop_fd = eventfd(0, EFD_CLOEXEC);
	all->ended_fd = eventfd(0, EFD_CLOEXEC);
	if (all->hub == NULL || all->stop_fd < 0 || all->ended_fd < 0)
		return say_error(-ENOMEM, "no memory, or no file descriptor is free");
	for (i = 0; i < o->n && rc == 0; i++) {
		all->device[i] = (struct served){.option = &o->device[i],
			.stop_fd = all->stop_fd,
			.ended_fd = all->ended_fd};
		rc = open_one(&all->device[i], all->hub);
	}
	sigaction(SIGBUS, &on_bus, NULL);
	return rc;
}

static void *
serve(void *arg)
{
	static const uint64_t one = 1;
	const struct served *s = arg;

	served_here = s->vfu;
	sl_vfu_serve(s->vfu, s->stop_fd, s->once);
	/* A write to the counter does not fail, since few threads are counted. */
	return write(s->ended_fd, &one, sizeof(one)) == sizeof(one) ? NULL : arg;
}

int
served_start(struct served_all *all, bool once)
{
	unsigned int i;
	int rc;

	for (i = 0; i < all->n; i++) {
		struct served *s = &all->device[i];

		s->once = once;
		rc = -pthread_create(&s->thread, NULL, serve, s);
		if (rc != 0)
			return say_error(rc, "cannot start a thread: %s", strerror(-rc));
		s->runs = true;
		pthread_setname_np(s->thread, "softnic");
	}
	return 0;
}

void
served_stop(struct served_all *all)
{
	static const uint64_t one = 1;
	unsigned int i;

	if (all->stop_fd < 0 || write(all->stop_fd, &one, sizeof(one)) < 0)
		return;
	for (i = 0; i < all->n; i++) {
		if (all->device[i].runs)
			pthread_join(all->device[i].thread, NULL);
		all->device[i].runs = false;
	}
}

void
served_close(struct served_all *all)
{
	unsigned int i;

	signal(SIGBUS, SIG_DFL);
	for (i = 0; i < all->n; i++)
		sl_vfu_close(all->device[i].vfu);
	if (all->hub != NULL)
		sl_wire_hub_destroy(all->hub);
	if (all->stop_fd >= 0)
		close(all->stop_fd);
	if (all->ended_fd >= 0)
		close(all->ended_fd);
}
