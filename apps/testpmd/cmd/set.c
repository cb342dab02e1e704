/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */

/* Commands that change settings: engine, burst size, generators, faults, promiscuous mode, link. */

#include <errno.h>
#include <string.h>

#include "cmd.h"
#include "say.h"
#include "wire.h"

static int
set_fwd(struct run *run, const struct args *args)
{
	const struct engine *e = engine_find(args->word[2]);

	if (cmd_need_idle(run) != 0)
		return -EBUSY;
	/* The same rule as for --fwd. */
	if (e->receives && e->transmits && run->cfg->rxq > run->cfg->txq)
		return say_error(-EINVAL,
			"fwd '%s' is not allowed with %u receive and %u transmit"
			" queues; allowed: rxonly, txonly",
			e->name, run->cfg->rxq, run->cfg->txq);
	run->cfg->engine = e;
	return 0;
}

static int
set_burst(struct run *run, const struct args *args)
{
	uint64_t n;

	if (cmd_need_idle(run) != 0)
		return -EBUSY;
	if (cmd_number(args->word[2], "burst", 1, BURST_MAX, &n) != 0)
		return -EINVAL;
	run->cfg->burst = (uint16_t)n;
	return 0;
}

static int
gen_one(struct run *run, struct port *p, const struct args *args)
{
	RTE_SET_USED(run);
	return wire_control(p, args->word[3]);
}

static int
set_gen(struct run *run, const struct args *args)
{
	return cmd_each_port(run, args->word[2], gen_one, args);
}

static int
fault_one(struct run *run, struct port *p, const struct args *args)
{
	RTE_SET_USED(run);
	return wire_fault(p, args->word[3]);
}

static int
set_fault(struct run *run, const struct args *args)
{
	return cmd_each_port(run, args->word[2], fault_one, args);
}

static int
promisc_one(struct run *run, struct port *p, const struct args *args)
{
	int rc = strcmp(args->word[3], "on") == 0 ? rte_eth_promiscuous_enable(p->id) :
						    rte_eth_promiscuous_disable(p->id);

	RTE_SET_USED(run);
	return rc == 0 ?
		0 :
		say_error(rc, "port %u: promiscuous %s: %s", p->id, args->word[3], strerror(-rc));
}

static int
set_promisc(struct run *run, const struct args *args)
{
	return cmd_each_port(run, args->word[2], promisc_one, args);
}

static int
link_one(struct run *run, struct port *p, const struct args *args)
{
	int rc = strcmp(args->word[3], "up") == 0 ? rte_eth_dev_set_link_up(p->id) :
						    rte_eth_dev_set_link_down(p->id);

	RTE_SET_USED(run);
	return rc == 0 ? 0 :
			 say_error(rc, "port %u: link %s: %s", p->id, args->word[3], strerror(-rc));
}

static int
set_link(struct run *run, const struct args *args)
{
	return cmd_each_port(run, args->word[2], link_one, args);
}

const struct command commands_set[] = {
	{"set fwd MODE", "choose what is done to frames", set_fwd},
	{"set burst N", "frames moved at a time", set_burst},
	{"set gen PORT WORD", "control the wire of a port: start, stop, clear, rate=2M...",
		set_gen},
	{"set fault PORT WORD", "a fault of the software NIC: removed, bad_length:9000:3...",
		set_fault},
	{"set promisc PORT on|off", "receive what is not for the port's address", set_promisc},
	{"set link PORT up|down", "switch a port's link", set_link},
	{NULL, NULL, NULL},
};
