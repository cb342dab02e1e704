/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */

/*
 * Devices that are added or removed while the program runs: EAL's interrupt thread queues events
 * here, and the main lcore reports them, and attaches or detaches devices.
 */

#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <rte_dev.h>
#include <rte_eal.h>
#include <rte_errno.h>
#include <rte_string_fns.h>

#include "forward.h"
#include "hotplug.h"
#include "run.h"
#include "say.h"

/** Room for "2026-11-22T21:15:03.123456Z". */
#define STAMP_LEN 32

static void
post(struct events *ev, const struct event *e)
{
	const uint64_t one = 1;

	pthread_mutex_lock(&ev->lock);
	if (ev->n == EVENTS_MAX) {
		ev->lost++;
	} else {
		ev->ring[(ev->first + ev->n) % EVENTS_MAX] = *e;
		ev->n++;
	}
	pthread_mutex_unlock(&ev->lock);
	/* Errors are ignored: if the counter is full, it is readable. */
	if (write(ev->fd, &one, sizeof(one)) < 0)
		return;
}

static bool
take(struct events *ev, struct event *out)
{
	bool any;

	pthread_mutex_lock(&ev->lock);
	any = ev->n != 0;
	if (any) {
		*out = ev->ring[ev->first];
		ev->first = (ev->first + 1) % EVENTS_MAX;
		ev->n--;
	}
	pthread_mutex_unlock(&ev->lock);
	return any;
}

void
hotplug_removed(struct run *run, struct port *p)
{
	struct event e = {.kind = EVENT_REMOVED, .port = (uint16_t)(p - run->ports)};

	if (__atomic_exchange_n(&p->removed, true, __ATOMIC_RELAXED))
		return;
	clock_gettime(CLOCK_REALTIME, &e.when);
	post(&run->events, &e);
}

/** Called by EAL's interrupt thread. */
static int
on_removal(uint16_t id, enum rte_eth_event_type type, void *arg, void *ret)
{
	struct port *p = arg;

	RTE_SET_USED(id);
	RTE_SET_USED(type);
	RTE_SET_USED(ret);
	hotplug_removed(p->run, p);
	return 0;
}

/** Called by EAL's interrupt thread, or by the thread that sets the link up or down. */
static int
on_link(uint16_t id, enum rte_eth_event_type type, void *arg, void *ret)
{
	struct port *p = arg;
	struct event e = {.kind = EVENT_LINK, .port = (uint16_t)(p - p->run->ports)};

	RTE_SET_USED(type);
	RTE_SET_USED(ret);
	clock_gettime(CLOCK_REALTIME, &e.when);
	if (rte_eth_link_get_nowait(id, &e.link) == 0)
		post(&p->run->events, &e);
	return 0;
}

/** Called by EAL's interrupt thread: the kernel or vfio reports a device. */
static void
on_device(const char *name, enum rte_dev_event_type type, void *arg)
{
	struct run *run = arg;
	struct event e = {.kind = EVENT_ADDED};
	bool ours[RTE_MAX_ETHPORTS] = {false};
	bool any = false;

	pthread_mutex_lock(&run->events.lock);
	for (uint16_t i = 0; i < run->nb_ports; i++) {
		ours[i] = !run->ports[i].gone && strcmp(run->ports[i].device, name) == 0;
		any |= ours[i];
	}
	pthread_mutex_unlock(&run->events.lock);
	for (uint16_t i = 0; type == RTE_DEV_EVENT_REMOVE && i < RTE_MAX_ETHPORTS; i++) {
		if (ours[i])
			hotplug_removed(run, &run->ports[i]);
	}
	if (type != RTE_DEV_EVENT_ADD || any)
		return;
	clock_gettime(CLOCK_REALTIME, &e.when);
	rte_strscpy(e.device, name, sizeof(e.device));
	post(&run->events, &e);
}

/**
 * An access to the registers of a device that UIO has lost raises SIGBUS: then EAL maps ordinary
 * memory at their address. With vfio the device stays until this program closes it.
 */
static void
survive_sigbus(const struct port *p)
{
	char path[PATH_MAX], link[PATH_MAX];
	ssize_t n;

	snprintf(path, sizeof(path), "/sys/bus/pci/devices/%s/driver", p->device);
	n = readlink(path, link, sizeof(link) - 1);
	if (n < 0)
		return;
	link[n] = '\0';
	if (strstr(link, "uio") != NULL && rte_dev_hotplug_handle_enable() != 0)
		say_error(
			0, "port %u: its removal will end the program (no SIGBUS handler)", p->id);
}

int
hotplug_open(struct run *run)
{
	int rc;

	pthread_mutex_init(&run->events.lock, NULL);
	run->events.fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	if (run->events.fd < 0)
		return say_error(-errno, "no eventfd: %s", strerror(errno));
	rc = rte_dev_event_callback_register(NULL, on_device, run);
	if (rc != 0)
		return say_error(rc, "device events: %s", strerror(-rc));
	/* Only devices of kernel buses raise events, and in a container events may not arrive. */
	run->events.monitor = rte_eal_has_pci() != 0 && rte_dev_event_monitor_start() == 0;
	return 0;
}

void
hotplug_close(struct run *run)
{
	if (run->events.monitor)
		rte_dev_event_monitor_stop();
	while (rte_dev_event_callback_unregister(NULL, on_device, run) == -EAGAIN)
		sched_yield();
	if (run->events.fd >= 0)
		close(run->events.fd);
	pthread_mutex_destroy(&run->events.lock);
}

void
hotplug_listen(struct run *run, struct port *p)
{
	p->run = run;
	rte_eth_dev_callback_register(p->id, RTE_ETH_EVENT_INTR_RMV, on_removal, p);
	rte_eth_dev_callback_register(p->id, RTE_ETH_EVENT_INTR_LSC, on_link, p);
	survive_sigbus(p);
}

void
hotplug_ignore(struct run *run, struct port *p)
{
	RTE_SET_USED(run);
	/* -EAGAIN: the callback is running now. */
	while (rte_eth_dev_callback_unregister(p->id, RTE_ETH_EVENT_INTR_RMV, on_removal, p) ==
		-EAGAIN)
		sched_yield();
	while (rte_eth_dev_callback_unregister(p->id, RTE_ETH_EVENT_INTR_LSC, on_link, p) ==
		-EAGAIN)
		sched_yield();
}

static const char *
stamp(const struct timespec *when, char out[STAMP_LEN])
{
	struct tm tm;
	size_t n;

	gmtime_r(&when->tv_sec, &tm);
	n = strftime(out, STAMP_LEN, "%Y-%m-%dT%H:%M:%S", &tm);
	snprintf(out + n, STAMP_LEN - n, ".%06ldZ", when->tv_nsec / 1000);
	return out;
}

static void
tell(struct run *run, const struct event *e)
{
	const struct port *p = &run->ports[e->port];
	char when[STAMP_LEN], text[LINK_LEN];

	stamp(&e->when, when);
	switch (e->kind) {
	case EVENT_LINK:
		rte_eth_link_to_str(text, sizeof(text), &e->link);
		printf("%s port %u (%s): %s\n", when, p->id, p->name, text);
		break;
	case EVENT_REMOVED:
		say_error(0, "%s port %u (%s) was removed", when, p->id, p->name);
		forward_remove(run, &run->ports[e->port]);
		break;
	case EVENT_ADDED:
		printf("%s device %s has come; once its driver is vfio-pci or uio: port attach %s\n",
			when, e->device, e->device);
		break;
	}
	fflush(stdout);
}

void
hotplug_tell(struct run *run)
{
	struct event e;
	uint64_t count;

	/*
	 * The ring of events shows whether there is an event; the counter is read only to reset it.
	 */
	if (read(run->events.fd, &count, sizeof(count)) < 0)
		count = 0;
	while (take(&run->events, &e))
		tell(run, &e);
	if (__atomic_load_n(&run->events.lost, __ATOMIC_RELAXED) != 0)
		say_error(0, "%u events came too fast to be told",
			__atomic_exchange_n(&run->events.lost, 0, __ATOMIC_RELAXED));
}

/** Entry for a port: that of a gone port with the same id, otherwise the one after the last. */
static struct port *
place_for(struct run *run, uint16_t id)
{
	struct port *p = port_by_id(run, id);

	if (p == NULL)
		p = &run->ports[run->nb_ports];
	return p;
}

static int
adopt(struct run *run, uint16_t id)
{
	struct port *p = place_for(run, id);
	bool grows = p == &run->ports[run->nb_ports];
	int rc;

	rc = port_init(run, p, id);
	if (rc == 0)
		rc = port_make_pool(run, p);
	if (rc != 0)
		return rc;
	pthread_mutex_lock(&run->events.lock);
	p->gone = false;
	if (grows)
		run->nb_ports++;
	pthread_mutex_unlock(&run->events.lock);
	hotplug_listen(run, p);
	printf("port %u is attached: %s, driver %s; 'port start %u' starts it\n", id, p->name,
		p->info.driver_name, id);
	return 0;
}

/** True if the device already has a port. @p devargs: name, and arguments after a comma. */
static bool
is_port(const struct run *run, const char *devargs)
{
	size_t len = strcspn(devargs, ",");

	for (uint16_t i = 0; i < run->nb_ports; i++) {
		const struct port *p = &run->ports[i];

		if (!p->gone && strlen(p->device) == len && strncmp(p->device, devargs, len) == 0)
			return true;
	}
	return false;
}

static int
refuse_attach(struct run *run, const char *devargs, int rc)
{
	char device[RTE_DEV_NAME_MAX_LEN], why[WORDS_LEN];

	snprintf(device, sizeof(device), "%.*s", (int)strcspn(devargs, ","), devargs);
	return say_error(rc == -EINVAL || rc == -EFAULT ? -EINVAL : -ENODEV,
		"port attach '%s': no driver takes it (%s): %s. Allowed: a PCI address bound to"
		" vfio-pci or uio, or a vdev's name; arguments behind commas",
		devargs, rc > 0 ? "none for it" : strerror(-rc),
		words_about(&run->words, device, why, sizeof(why)));
}

int
hotplug_attach(struct run *run, const char *devargs)
{
	bool before[RTE_MAX_ETHPORTS] = {false};
	unsigned int n = 0;
	uint16_t id;
	int rc;

	if (is_port(run, devargs))
		return say_error(-EEXIST, "port attach '%s': it is a port already", devargs);
	RTE_ETH_FOREACH_DEV (id)
		before[id] = true;
	words_forget(&run->words);
	rc = rte_dev_probe(devargs);
	if (rc != 0)
		return refuse_attach(run, devargs, rc);
	RTE_ETH_FOREACH_DEV (id) {
		struct rte_eth_dev_info info;

		if (before[id])
			continue;
		n++;
		rc = adopt(run, id);
		if (rc == 0)
			continue;
		if (rte_eth_dev_info_get(id, &info) == 0)
			rte_dev_remove(info.device);
		return rc;
	}
	return n != 0 ? 0 : say_error(-ENODEV, "port attach '%s': it has no port", devargs);
}

int
hotplug_detach(struct run *run, struct port *p)
{
	struct rte_device *device = p->info.device;
	int rc;

	/* A device may have several ports: all of them are detached with it. */
	for (uint16_t i = 0; i < run->nb_ports; i++) {
		const struct port *other = &run->ports[i];

		if (!other->gone && other->info.device == device && forward_uses(run, other->id))
			return say_error(-EBUSY, "port %u is forwarding; stop first", other->id);
	}
	for (uint16_t i = 0; i < run->nb_ports; i++) {
		struct port *other = &run->ports[i];

		if (other->gone || other->info.device != device)
			continue;
		port_close(run, other);
		pthread_mutex_lock(&run->events.lock);
		other->gone = true;
		pthread_mutex_unlock(&run->events.lock);
	}
	rc = rte_dev_remove(device);
	if (rc != 0)
		return say_error(rc, "port %u (%s): detach: %s", p->id, p->name, strerror(-rc));
	return 0;
}
