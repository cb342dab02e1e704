/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */

/*
 * Commands about ports: start, stop, reset, close, attach, detach, MTU.
 */

#include <errno.h>
#include <string.h>

#include "cmd.h"
#include "forward.h"
#include "say.h"

/**
 * Refuse the command for a port that forwards. A port that was attached after the start of the run
 * may be changed.
 */
static int
need_idle(const struct run *run, const struct port *p)
{
	return forward_uses(run, p->id) ?
		say_error(-EBUSY, "port %u is forwarding; stop first", p->id) :
		0;
}

static int
start_one(struct run *run, struct port *p, const struct args *args)
{
	RTE_SET_USED(args);
	return port_start(run, p);
}

static int
stop_one(struct run *run, struct port *p, const struct args *args)
{
	RTE_SET_USED(args);
	return need_idle(run, p) != 0 ? -EBUSY : port_stop(p);
}

static int
reset_one(struct run *run, struct port *p, const struct args *args)
{
	RTE_SET_USED(args);
	return need_idle(run, p) != 0 ? -EBUSY : port_reset(run, p);
}

static int
close_one(struct run *run, struct port *p, const struct args *args)
{
	RTE_SET_USED(args);
	return need_idle(run, p) != 0 ? -EBUSY : port_close(run, p);
}

static int
port_verb(struct run *run, const struct args *args)
{
	static const struct {
		const char *verb;
		cmd_port_fn fn;
	} rows[] = {
		{"start", start_one},
		{"stop", stop_one},
		{"reset", reset_one},
		{"close", close_one},
	};

	for (size_t i = 0; i < RTE_DIM(rows); i++) {
		if (strcmp(args->word[1], rows[i].verb) == 0)
			return cmd_each_port(run, args->word[2], rows[i].fn, args);
	}
	return -EINVAL;
}

static int
mtu_one(struct run *run, struct port *p, const struct args *args)
{
	uint64_t mtu;

	RTE_SET_USED(run);
	if (cmd_number(args->word[4], "mtu", p->info.min_mtu, p->info.max_mtu, &mtu) != 0)
		return -EINVAL;
	return port_set_mtu(p, (uint16_t)mtu);
}

static int
port_config_mtu(struct run *run, const struct args *args)
{
	if (cmd_need_idle(run) != 0)
		return -EBUSY;
	return cmd_each_port(run, args->word[2], mtu_one, args);
}

static int
port_attach(struct run *run, const struct args *args)
{
	return hotplug_attach(run, args->word[2]);
}

static int
port_detach(struct run *run, const struct args *args)
{
	uint64_t id;
	struct port *p;

	if (cmd_number(args->word[2], "port", 0, RTE_MAX_ETHPORTS - 1, &id) != 0)
		return -EINVAL;
	p = port_by_id(run, (uint16_t)id);
	if (p == NULL || p->gone)
		return say_error(-EINVAL, "port %u is not there", (unsigned int)id);
	return hotplug_detach(run, p);
}

const struct command commands_port[] = {
	{"port start|stop|reset|close PORT", "port life; PORT may be 'all'", port_verb},
	{"port attach DEVICE",
		"make ports of a device: 0000:01:00.0, net_syncline_soft2,wire=loop...",
		port_attach},
	{"port detach N", "close a port and give its device back", port_detach},
	{"port config PORT mtu N", "longest packet, header not counted", port_config_mtu},
	{NULL, NULL, NULL},
};
