/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */

/* Commands that show or clear ports, statistics, configuration, shared memory, wires. */

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include <rte_cycles.h>
#include <sl_pmd.h>

#include "cmd.h"
#include "result.h"
#include "say.h"
#include "wire.h"

static const char *
or_dash(const char *s)
{
	return s == NULL || s[0] == '\0' ? "-" : s;
}

static int
info_one(struct run *run, struct port *p, const struct args *args)
{
	char mac[RTE_ETHER_ADDR_FMT_SIZE], speed[LINK_LEN] = "link unknown";
	char rx[64], tx[64], nic[40];
	struct rte_eth_link link;

	RTE_SET_USED(args);
	rte_ether_format_addr(mac, sizeof(mac), &p->mac);
	if (rte_eth_link_get_nowait(p->id, &link) == 0)
		rte_eth_link_to_str(speed, sizeof(speed), &link);
	burst_paths(p->id, rx, tx, sizeof(rx));
	printf("port %u  %s  driver %s  coherency %s\n", p->id, p->name, p->info.driver_name,
		or_dash(wire_coherency(p->id)));
	if (sl_pmd_nic_name(p->id, nic, sizeof(nic)) == 0)
		printf("  %s%s\n", nic, sl_pmd_softnic(p->id) != NULL ? ", in software" : "");
	printf("  address %s  MTU %u (%u..%u)  %s%s\n", mac, p->mtu, p->info.min_mtu,
		p->info.max_mtu, speed, p->started ? "" : "  stopped");
	printf("  promiscuous %s  socket %d\n", rte_eth_promiscuous_get(p->id) == 1 ? "on" : "off",
		rte_eth_dev_socket_id(p->id));
	printf("  rx queues %u of %u, %u descriptors, path %s\n", run->cfg->rxq,
		p->info.max_rx_queues, p->rxd, or_dash(rx));
	printf("  tx queues %u of %u, %u descriptors, path %s\n", run->cfg->txq,
		p->info.max_tx_queues, p->txd, or_dash(tx));
	return 0;
}

static int
stats_one(struct run *run, struct port *p, const struct args *args)
{
	struct rte_eth_stats s;
	int rc = rte_eth_stats_get(p->id, &s);

	RTE_SET_USED(run);
	RTE_SET_USED(args);
	if (rc != 0)
		return say_error(rc, "port %u: statistics: %s", p->id, strerror(-rc));
	printf("port %u\n  rx packets %" PRIu64 "  bytes %" PRIu64 "  missed %" PRIu64
	       "  errors %" PRIu64 "  no mbuf %" PRIu64 "\n  tx packets %" PRIu64 "  bytes %" PRIu64
	       "  errors %" PRIu64 "\n",
		p->id, s.ipackets, s.ibytes, s.imissed, s.ierrors, s.rx_nombuf, s.opackets,
		s.obytes, s.oerrors);
	return 0;
}

static int
print_xstats(uint16_t id, struct rte_eth_xstat_name *names, struct rte_eth_xstat *values, int n)
{
	int rc = rte_eth_xstats_get_names(id, names, n);

	if (rc == n)
		rc = rte_eth_xstats_get(id, values, n);
	if (rc != n)
		return rc < 0 ? rc : -EIO;
	printf("port %u\n", id);
	for (int i = 0; i < n; i++)
		printf("  %-40s %" PRIu64 "\n", names[values[i].id].name, values[i].value);
	return 0;
}

static int
xstats_one(struct run *run, struct port *p, const struct args *args)
{
	int n = rte_eth_xstats_get_names(p->id, NULL, 0);
	struct rte_eth_xstat_name *names = calloc(RTE_MAX(n, 1), sizeof(*names));
	struct rte_eth_xstat *values = calloc(RTE_MAX(n, 1), sizeof(*values));
	int rc = n < 0 ? n : -ENOMEM;

	RTE_SET_USED(run);
	RTE_SET_USED(args);
	if (n >= 0 && names != NULL && values != NULL)
		rc = print_xstats(p->id, names, values, n);
	free(names);
	free(values);
	return rc == 0 ? 0 :
			 say_error(rc, "port %u: extended statistics: %s", p->id, strerror(-rc));
}

static int
summary_one(struct run *run, struct port *p, const struct args *args)
{
	struct rte_eth_link link = {0};
	char mac[RTE_ETHER_ADDR_FMT_SIZE];

	RTE_SET_USED(run);
	RTE_SET_USED(args);
	rte_ether_format_addr(mac, sizeof(mac), &p->mac);
	if (rte_eth_link_get_nowait(p->id, &link) != 0)
		link.link_status = RTE_ETH_LINK_DOWN;
	printf("%3u  %-24s %-20s %s  %-8s %s\n", p->id, p->name, p->info.driver_name, mac,
		p->started ? "started" : "stopped",
		link.link_status == RTE_ETH_LINK_UP ? "up" : "down");
	return 0;
}

static int
show_port(struct run *run, const struct args *args)
{
	static const struct {
		const char *what;
		cmd_port_fn fn;
	} rows[] = {
		{"info", info_one},
		{"stats", stats_one},
		{"xstats", xstats_one},
		{"summary", summary_one},
	};

	for (size_t i = 0; i < RTE_DIM(rows); i++) {
		if (strcmp(args->word[2], rows[i].what) == 0)
			return cmd_each_port(run, args->word[3], rows[i].fn, args);
	}
	return -EINVAL;
}

/** Print the counts so far on one line. */
static int
show_progress(const struct run *run)
{
	struct snapshot now = {0}, diff = {0};
	struct totals t;
	int rc = snapshot_take(run, &now);

	if (rc == 0)
		rc = snapshot_diff(&run->meter.start, &now, &diff);
	if (rc == 0) {
		snapshot_total(&diff, run->nb_ports, (double)rte_get_tsc_hz(), &t);
		stats_print_line(stdout, t.seconds, &t);
	}
	snapshot_free(&now);
	snapshot_free(&diff);
	return rc;
}

static int
show_fwd_stats(struct run *run, const struct args *args)
{
	struct outcome o;
	int rc;

	RTE_SET_USED(args);
	if (run->forwarding)
		return show_progress(run);
	rc = result_outcome(run, &o);
	if (rc != 0)
		return say_error(rc == -ENOENT ? 0 : rc, "nothing was forwarded yet");
	result_print(run, &o, stdout);
	outcome_free(&o);
	return 0;
}

static int
show_config(struct run *run, const struct args *args)
{
	RTE_SET_USED(args);
	config_print(run->cfg, stdout);
	return 0;
}

static int
shm_one(struct run *run, struct port *p, const struct args *args)
{
	int rc = sl_pmd_shm_dump(p->id, stdout, false);

	RTE_SET_USED(run);
	RTE_SET_USED(args);
	return rc == 0 ? 0 :
			 say_error(rc, "port %u (%s) has no shared memory to show", p->id,
				 p->info.driver_name);
}

static int
show_shm(struct run *run, const struct args *args)
{
	return cmd_each_port(run, args->word[2], shm_one, args);
}

static int
wire_one(struct run *run, struct port *p, const struct args *args)
{
	json_t *report = wire_report(p->id);

	RTE_SET_USED(run);
	RTE_SET_USED(args);
	if (report == NULL)
		return say_error(-ENOTSUP, "port %u (%s) has no wire that reports", p->id,
			p->info.driver_name);
	json_dumpf(report, stdout, JSON_INDENT(2));
	printf("\n");
	json_decref(report);
	return 0;
}

static int
show_wire(struct run *run, const struct args *args)
{
	return cmd_each_port(run, args->word[2], wire_one, args);
}

static int
clear_one(struct run *run, struct port *p, const struct args *args)
{
	int rc = rte_eth_stats_reset(p->id);

	RTE_SET_USED(run);
	RTE_SET_USED(args);
	p->past = p->seen = (struct port_counters){0};
	return rc == 0 ? 0 : say_error(rc, "port %u: clear: %s", p->id, strerror(-rc));
}

static int
clear_port(struct run *run, const struct args *args)
{
	/* Clearing during a run would remove earlier losses from its result. */
	if (cmd_need_idle(run) != 0)
		return -EBUSY;
	return cmd_each_port(run, args->word[3], clear_one, args);
}

static int
clear_fwd(struct run *run, const struct args *args)
{
	RTE_SET_USED(args);
	if (cmd_need_idle(run) != 0)
		return -EBUSY;
	meter_free(&run->meter);
	return 0;
}

const struct command commands_show[] = {
	{"show port info|stats|xstats|summary PORT", "what a port is, and what it counted",
		show_port},
	{"show fwd stats", "what was forwarded: so far, or by the last run", show_fwd_stats},
	{"show config", "the options in force", show_config},
	{"show shm PORT", "who holds what of a port's shared memory", show_shm},
	{"show wire PORT", "what a port's wire reports: generator, sink, latency", show_wire},
	{"clear port stats PORT", "set a port's counters to zero", clear_port},
	{"clear fwd stats", "forget the last run", clear_fwd},
	{NULL, NULL, NULL},
};
