/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */

/*
 * Functions of Syncline's ports beyond ethdev (rte_pmd_syncline.h): generators and sinks of wires
 * are stopped, cleared and started around a run, and their reports are summed.
 */

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <sl_pmd.h>
#include <sl_shm.h>
#include <sl_softnic.h>

#include "run.h"
#include "say.h"
#include "wire.h"

json_t *
wire_report(uint16_t port)
{
	char *text = NULL;
	size_t len = 0;
	json_t *report = NULL;
	FILE *f;
	int rc;

	if (!sl_pmd_is_ours(port))
		return NULL;
	f = open_memstream(&text, &len);
	if (f == NULL)
		return NULL;
	rc = sl_pmd_wire_report(port, f);
	if (fclose(f) == 0 && rc == 0)
		report = json_loads(text, JSON_DECODE_ANY, NULL);
	free(text);
	/*
	 * Remove the histogram's buckets, which are thousands of numbers that this program does not
	 * use.
	 */
	json_object_del(json_object_get(json_object_get(report, "rx"), "latency_ns"), "buckets");
	if (json_is_null(report)) {
		json_decref(report);
		return NULL;
	}
	return report;
}

static bool
is_gen(const json_t *report)
{
	const char *kind = json_string_value(json_object_get(report, "kind"));

	return kind != NULL && strcmp(kind, "gen") == 0;
}

static uint64_t
number(const json_t *report, const char *side, const char *name)
{
	return (uint64_t)json_integer_value(json_object_get(json_object_get(report, side), name));
}

void
wire_total(const json_t *reports, struct wire_totals *out)
{
	size_t i;
	json_t *report;

	*out = (struct wire_totals){0};
	json_array_foreach(reports, i, report)
	{
		if (!is_gen(report))
			continue;
		out->nb_gens++;
		out->generated += number(report, "tx", "frames");
		out->received += number(report, "rx", "frames");
		out->damaged += number(report, "rx", "corrupt");
		out->repeated += number(report, "rx", "duplicate");
	}
}

bool
wire_tell_error(struct port *p, const json_t *report)
{
	const char *error = json_string_value(json_object_get(report, "error"));

	if (error == NULL)
		return false;
	if (!p->wire_error_told)
		say_error(0, "port %u (%s): %s", p->id, p->name, error);
	p->wire_error_told = true;
	return true;
}

json_t *
wire_reports(const struct run *run)
{
	json_t *all = json_array();

	for (uint16_t i = 0; all != NULL && i < run->nb_ports; i++) {
		const struct port *p = &run->ports[i];
		json_t *report = p->closed ? json_incref(p->last_wire) : wire_report(p->id);

		json_array_append_new(all, report != NULL ? report : json_null());
	}
	return all;
}

unsigned int
wire_gens_rest(struct run *run)
{
	unsigned int n = 0;

	for (uint16_t i = 0; i < run->nb_ports; i++) {
		struct port *p = &run->ports[i];
		json_t *report = p->closed ? NULL : wire_report(p->id);

		if (is_gen(report)) {
			/* A generator that has already reached its count was also running. */
			if (p->gen == GEN_UNKNOWN)
				p->gen = json_is_true(json_object_get(
						 json_object_get(report, "tx"), "running")) ||
						number(report, "tx", "frames") != 0 ?
					GEN_WORKS :
					GEN_RESTS;
			sl_pmd_wire_control(p->id, "stop");
			n++;
		}
		json_decref(report);
	}
	return n;
}

void
wire_gens_clear(struct run *run)
{
	for (uint16_t i = 0; i < run->nb_ports; i++) {
		if (port_usable(&run->ports[i]) && run->ports[i].gen != GEN_UNKNOWN)
			sl_pmd_wire_control(run->ports[i].id, "clear");
	}
}

void
wire_gens_start(struct run *run)
{
	for (uint16_t i = 0; i < run->nb_ports; i++) {
		if (port_usable(&run->ports[i]) && run->ports[i].gen == GEN_WORKS)
			sl_pmd_wire_control(run->ports[i].id, "start");
	}
}

unsigned int
wire_gens_stop(struct run *run)
{
	unsigned int n = 0;

	for (uint16_t i = 0; i < run->nb_ports; i++) {
		if (!port_usable(&run->ports[i]) || run->ports[i].gen == GEN_UNKNOWN)
			continue;
		sl_pmd_wire_control(run->ports[i].id, "stop");
		n++;
	}
	return n;
}

int
wire_control(struct port *p, const char *word)
{
	int rc = p->closed ? -ENODEV : sl_pmd_wire_control(p->id, word);

	if (rc == -ENODEV || rc == -ENOTSUP)
		return say_error(rc, "port %u (%s) has no wire that can be controlled", p->id,
			p->info.driver_name);
	if (rc != 0)
		return say_error(rc, "port %u: '%s' is not allowed by its wire (%s)", p->id, word,
			strerror(-rc));
	if (strcmp(word, "start") == 0)
		p->gen = GEN_WORKS;
	else if (strcmp(word, "stop") == 0)
		p->gen = GEN_RESTS;
	return 0;
}

int
wire_fault(const struct port *p, const char *text)
{
	struct sl_softnic *nic = sl_pmd_softnic(p->id);
	enum sl_fault fault;
	uint32_t arg, n;
	char names[256] = "";

	if (nic == NULL)
		return say_error(
			-ENOTSUP, "port %u (%s) is no software NIC", p->id, p->info.driver_name);
	if (sl_fault_parse(text, &fault, &arg, &n) == 0)
		return sl_softnic_fault(nic, fault, arg, n);
	for (fault = SL_FAULT_NONE; sl_fault_name(fault) != NULL; fault++)
		snprintf(names + strlen(names), sizeof(names) - strlen(names), "%s%s",
			names[0] == '\0' ? "" : ", ", sl_fault_name(fault));
	return say_error(-EINVAL, "fault '%s' is not allowed; allowed: name[:arg[:count]] with %s",
		text, names);
}

const char *
wire_coherency(uint16_t port)
{
	const struct sl_adapter *a = sl_pmd_is_ours(port) ? sl_pmd_adapter(port) : NULL;

	return a == NULL ? NULL : sl_coherency_name(sl_adapter_sync(a)->mode);
}
