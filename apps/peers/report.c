/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */

/* Output of the comparison: the table with ratios of contenders, and the JSON file. */

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <jansson.h>

#include <rte_cycles.h>
#include <rte_version.h>

#include "environment.h"
#include "outfile.h"
#include "report.h"

#define FORMAT_VERSION 1

/** Ratios in the table: cycles(of) / (cycles(to) + cycles(plus) - cycles(minus)). */
static const struct {
	const char *name, *of, *to;
	const char *plus, *minus; /**< NULL: no term */
} ratios[] = {
	{"coherent/igb", "coherent", "igb", NULL, NULL},
	{"coherent/ixgbe", "coherent", "ixgbe", NULL, NULL},
	{"coherent82599/ixgbe", "coherent82599", "ixgbe", NULL, NULL},
	{"coherent82599/ixgbe+store", "coherent82599", "ixgbe+store", NULL, NULL},
	{"coherent82599/coherent", "coherent82599", "coherent", NULL, NULL},
	{"coherent/floor", "coherent", "floor", NULL, NULL},
	{"apart/coherent", "apart", "coherent", NULL, NULL},
	{"free/coherent", "apart+free", "coherent", NULL, NULL},
	{"bounds", "coherent", "unbounded", NULL, NULL},
	{"explicit/coherent", "explicit", "coherent", NULL, NULL},
	{"explicit/need", "explicit", "coherent", "floor+sync", "floor"},
};

/* Index of a contender that takes part, or -1. */
static int
find(const struct measure *m, const char *name)
{
	unsigned int i;

	for (i = 0; i < m->n; i++) {
		if (strcmp(m->list[i].row->name, name) == 0)
			return (int)i;
	}
	return -1;
}

/* True if all contenders of the ratio take part in the run. */
static bool
ratio_shown(const struct measure *m, unsigned int which)
{
	return find(m, ratios[which].of) >= 0 && find(m, ratios[which].to) >= 0 &&
		(ratios[which].plus == NULL ||
			(find(m, ratios[which].plus) >= 0 && find(m, ratios[which].minus) >= 0));
}

/*
 * Cycles of a contender in a round. 0 if @p name is NULL; NAN if it does not take part in the
 * point.
 */
static double
cycles_of(const struct measure *m, const struct result *r, const char *name, unsigned int round)
{
	const int i = name == NULL ? -1 : find(m, name);

	if (name == NULL)
		return 0;
	return i < 0 || isnan(r->median[i]) ? NAN : r->sample[i][round];
}

/*
 * Median of the ratios of all rounds. In a round, contenders are measured within milliseconds of
 * each other, so a slow machine cancels out. @return false if one of them does not take part.
 */
static bool
ratio(const struct measure *m, const struct result *r, unsigned int which, double *out)
{
	double v[ROUNDS_MAX];
	unsigned int i;

	for (i = 0; i < r->rounds; i++) {
		v[i] = cycles_of(m, r, ratios[which].of, i) /
			(cycles_of(m, r, ratios[which].to, i) +
				cycles_of(m, r, ratios[which].plus, i) -
				cycles_of(m, r, ratios[which].minus, i));
		if (isnan(v[i]))
			return false;
	}
	*out = median(v, r->rounds);
	return true;
}

void
report_head(const struct measure *m)
{
	unsigned int i;

	printf("Cycles of the time stamp counter a packet: median of %u rounds, +- half the range of\n"
	       "the middle half; ratios are medians of the rounds' ratios. Frames in bytes with FCS;\n"
	       "%u descriptors; the device works between the bursts and is not timed.\n\n",
		m->rounds, RING);
	printf("%-6s %6s %-5s %5s %5s %6s", "device", "queues", "offl", "bytes", "burst", "what");
	for (i = 0; i < m->n; i++)
		printf(" %13s", m->list[i].row->name);
	for (i = 0; i < RTE_DIM(ratios); i++) {
		if (ratio_shown(m, i))
			printf("  %s", ratios[i].name);
	}
	printf("\n");
}

void
report_line(const struct measure *m, const struct result *r)
{
	const struct point *p = &r->point;
	unsigned int i;
	double v;

	printf("%-6s %6u %-5s %5u %5u %6s", p->other_core ? "other" : "same", p->queues,
		p->offloads ? "csum" : "none", p->size, p->burst, op_names[p->op]);
	for (i = 0; i < m->n; i++) {
		char cell[32] = "-";

		if (!isnan(r->median[i]))
			snprintf(cell, sizeof(cell), "%.1f +-%.1f", r->median[i], r->spread[i]);
		printf(" %13s", cell);
	}
	for (i = 0; i < RTE_DIM(ratios); i++) {
		const int width = (int)strlen(ratios[i].name);

		if (ratio(m, r, i, &v))
			printf("  %*.2f", width, v);
		else if (ratio_shown(m, i))
			printf("  %*s", width, "-");
	}
	printf("\n");
	fflush(stdout);
}

/* Lines per packet in explicit mode: those of the driver, and those that the contract requires. */
static void
lines_print(const struct report *rep)
{
	unsigned int i, k;

	if (rep->nb_lines == 0)
		return;
	printf("\nLines of memory a packet that explicit mode reaches; in brackets what the contract needs.\n"
	       "%5s %5s",
		"bytes", "burst");
	for (k = 0; k < LINES_KINDS; k++)
		printf(" %16s", line_kind_names[k]);
	printf("\n");
	for (i = 0; i < rep->nb_lines; i++) {
		const struct lines *l = &rep->lines[i];

		printf("%5u %5u", l->size, l->burst);
		for (k = 0; k < LINES_KINDS; k++)
			printf("   %6.2f (%5.2f)", l->got[k], l->need[k]);
		printf("\n");
	}
}

void
report_foot(const struct report *rep)
{
	const struct measure *m = rep->measure;
	unsigned int i;

	lines_print(rep);
	printf("\n");
	for (i = 0; i < m->n; i++) {
		const struct contender *c = &m->list[i];

		printf("%-9s %s%s%s%s%s", c->row->name, c->row->what,
			c->rx_path[0] != '\0' ? "; rx " : "", c->rx_path,
			c->tx_path[0] != '\0' ? ", tx " : "", c->tx_path);
		if (c->row->min_burst > 1)
			printf("; bursts of %u and more", c->row->min_burst);
		printf("\n");
	}
	for (i = 0; i < contender_row_count; i++) {
		const char *why = contender_obstacle(&contender_rows[i]);

		if (why == NULL && find(m, contender_rows[i].name) < 0)
			why = contender_needless(&contender_rows[i]);
		if (why != NULL)
			printf("%-9s left out: %s\n", contender_rows[i].name, why);
	}
	if (rep->why_no_other_core != NULL)
		printf("device on the other core: left out: %s\n", rep->why_no_other_core);
	printf("bounds: coherent/unbounded; explicit/need: explicit over coherent and what floor+sync "
	       "costs more than floor\n");
	printf("%u points, %u rounds, %s, time stamp counter %.3f GHz, %.0f s\n", rep->n, m->rounds,
		rep->hugepages ? "hugepages" : "4 KiB pages (no hugepages were free)",
		(double)rte_get_tsc_hz() / 1e9, rep->seconds);
}

/* --- JSON --- */

static json_t *
environment_of(const struct report *rep)
{
	json_t *env = environment_json(rte_version(), rte_get_tsc_hz());

	json_object_set_new(env, "syncline", json_string(SL_VERSION));
	json_object_set_new(env, "hugepages", json_boolean(rep->hugepages));
	return env;
}

static json_t *
contenders_json(const struct measure *m)
{
	json_t *list = json_array();
	unsigned int i;

	for (i = 0; i < m->n; i++) {
		const struct contender *c = &m->list[i];

		json_array_append_new(list,
			json_pack("{s:s, s:s, s:s, s:s}", "name", c->row->name, "what",
				c->row->what, "rx_path", c->rx_path, "tx_path", c->tx_path));
	}
	return list;
}

static json_t *
cycles_json(const struct measure *m, const struct result *r)
{
	json_t *all = json_object();
	unsigned int i, k;

	for (i = 0; i < m->n; i++) {
		json_t *samples;

		if (isnan(r->median[i]))
			continue;
		samples = json_array();
		for (k = 0; k < r->rounds; k++)
			json_array_append_new(samples, json_real(r->sample[i][k]));
		json_object_set_new(all, m->list[i].row->name,
			json_pack("{s:f, s:f, s:o}", "median", r->median[i], "spread", r->spread[i],
				"samples", samples));
	}
	return all;
}

static json_t *
point_json(const struct measure *m, const struct result *r)
{
	const struct point *p = &r->point;
	json_t *over = json_object();
	unsigned int i;
	double v;

	for (i = 0; i < RTE_DIM(ratios); i++) {
		if (ratio(m, r, i, &v))
			json_object_set_new(over, ratios[i].name, json_real(v));
	}
	return json_pack("{s:s, s:i, s:b, s:i, s:i, s:s, s:o, s:o}", "device",
		p->other_core ? "other core" : "same core", "queues", p->queues, "offloads",
		p->offloads, "size", p->size, "burst", p->burst, "op", op_names[p->op],
		"cycles_per_packet", cycles_json(m, r), "ratios", over);
}

static json_t *
lines_json(const struct report *rep)
{
	json_t *list = json_array();
	unsigned int i, k;

	for (i = 0; i < rep->nb_lines; i++) {
		const struct lines *l = &rep->lines[i];
		json_t *got = json_object(), *need = json_object();

		for (k = 0; k < LINES_KINDS; k++) {
			json_object_set_new(got, line_kind_names[k], json_real(l->got[k]));
			json_object_set_new(need, line_kind_names[k], json_real(l->need[k]));
		}
		json_array_append_new(list,
			json_pack("{s:i, s:i, s:o, s:o}", "size", l->size, "burst", l->burst,
				"reached", got, "needed", need));
	}
	return list;
}

int
report_json(const struct report *rep, const char *path, unsigned int (*signals)(void *arg))
{
	json_t *points = json_array(), *root;
	unsigned int i;
	char *text;
	int ret;

	for (i = 0; i < rep->n; i++)
		json_array_append_new(points, point_json(rep->measure, &rep->results[i]));
	root = json_pack("{s:s, s:i, s:o, s:o, s:i, s:i, s:o, s:o}", "kind", "syncline-peers",
		"format", FORMAT_VERSION, "environment", environment_of(rep), "contenders",
		contenders_json(rep->measure), "rounds", rep->measure->rounds, "descriptors", RING,
		"points", points, "explicit_lines", lines_json(rep));
	text = root != NULL ? json_dumps(root, JSON_INDENT(1)) : NULL;
	json_decref(root);
	ret = text != NULL ? outfile_write(path, text, strlen(text), signals, NULL) : -ENOMEM;
	free(text);
	if (ret != 0)
		fprintf(stderr, "--json: '%s' cannot be written (%s)\n", path, strerror(-ret));
	return ret;
}
