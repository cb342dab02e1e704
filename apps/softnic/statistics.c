/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */

/*
 * Statistics as JSON: for each device the counters of the software NIC, of the connection, and of
 * the wire.
 */

#include <errno.h>
#include <inttypes.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "outfile.h"
#include "say.h"
#include "signals.h"
#include "statistics.h"

#define SCHEMA "syncline-softnic-1"
#define WIRE_COUNTERS 64u

struct field {
	const char *name;
	size_t at;
};

static json_t *
numbers(const void *from, const struct field *fields, size_t n)
{
	json_t *j = json_object();
	size_t i;

	for (i = 0; i < n; i++) {
		uint64_t v;

		memcpy(&v, (const char *)from + fields[i].at, sizeof(v));
		json_object_set_new(j, fields[i].name, json_integer((json_int_t)v));
	}
	return j;
}

static json_t *
of_nic(struct sl_softnic *nic)
{
	static const struct field fields[] = {
		{"rx_frames", offsetof(struct sl_softnic_stats, rx_frames)},
		{"rx_bytes", offsetof(struct sl_softnic_stats, rx_bytes)},
		{"tx_frames", offsetof(struct sl_softnic_stats, tx_frames)},
		{"tx_bytes", offsetof(struct sl_softnic_stats, tx_bytes)},
		{"rx_no_desc", offsetof(struct sl_softnic_stats, rx_no_desc)},
		{"rx_filtered", offsetof(struct sl_softnic_stats, rx_filtered)},
		{"dma_faults", offsetof(struct sl_softnic_stats, dma_faults)},
		{"bad_desc", offsetof(struct sl_softnic_stats, bad_desc)},
		{"steps", offsetof(struct sl_softnic_stats, steps)},
	};
	struct sl_softnic_stats s;

	sl_softnic_stats(nic, &s);
	return numbers(&s, fields, sizeof(fields) / sizeof(fields[0]));
}

static json_t *
of_connection(const struct sl_vfu *vfu)
{
	static const struct field fields[] = {
		{"clients", offsetof(struct sl_vfu_stats, clients)},
		{"messages", offsetof(struct sl_vfu_stats, messages)},
		{"refused", offsetof(struct sl_vfu_stats, refused)},
		{"reads", offsetof(struct sl_vfu_stats, reads)},
		{"writes", offsetof(struct sl_vfu_stats, writes)},
		{"bad_access", offsetof(struct sl_vfu_stats, bad_access)},
		{"interrupts", offsetof(struct sl_vfu_stats, interrupts)},
		{"unsignalled", offsetof(struct sl_vfu_stats, unsignalled)},
		{"resets", offsetof(struct sl_vfu_stats, resets)},
		{"dma_maps", offsetof(struct sl_vfu_stats, dma_maps)},
		{"dma_bytes", offsetof(struct sl_vfu_stats, dma_bytes)},
		{"dma_messages", offsetof(struct sl_vfu_stats, dma_messages)},
	};
	struct sl_vfu_stats s;

	sl_vfu_stats(vfu, &s);
	return numbers(&s, fields, sizeof(fields) / sizeof(fields[0]));
}

/* Counters of a wire, at most WIRE_COUNTERS. */
static unsigned int
counters_of(struct sl_wire *wire, struct sl_wire_counter *counters)
{
	unsigned int n = 0;

	if (wire != NULL && wire->ops->counters != NULL)
		n = wire->ops->counters(wire, counters, WIRE_COUNTERS);
	return n < WIRE_COUNTERS ? n : WIRE_COUNTERS;
}

static json_t *
of_wire(struct sl_wire *wire)
{
	struct sl_wire_counter counters[WIRE_COUNTERS];
	json_t *j = json_object();
	unsigned int n, i;

	if (wire == NULL)
		return j;
	json_object_set_new(j, "kind", json_string(wire->ops->kind));
	n = counters_of(wire, counters);
	for (i = 0; i < n; i++)
		json_object_set_new(
			j, counters[i].name, json_integer((json_int_t)counters[i].value));
	return j;
}

static json_t *
of_device(const struct served *s)
{
	struct sl_softnic *nic = sl_vfu_nic(s->vfu);
	uint8_t mac[6];
	char text[18];

	sl_softnic_mac(nic, mac);
	snprintf(text, sizeof(text), "%02x:%02x:%02x:%02x:%02x:%02x", mac[0], mac[1], mac[2],
		mac[3], mac[4], mac[5]);
	return json_pack("{s:s, s:s, s:s, s:o, s:o, s:o}", "socket", s->option->socket, "device",
		sl_softnic_device(nic)->name, "mac", text, "nic", of_nic(nic), "vfio_user",
		of_connection(s->vfu), "wire", of_wire(sl_softnic_wire(nic)));
}

int
statistics_write(struct served_all *all, const char *path)
{
	json_t *list = json_array(), *root;
	unsigned int i;
	char *text;
	int rc = 0;

	for (i = 0; i < all->n; i++)
		json_array_append_new(list, of_device(&all->device[i]));
	root = json_pack("{s:s, s:o}", "schema", SCHEMA, "devices", list);
	text = root != NULL ? json_dumps(root, JSON_INDENT(2)) : NULL;
	json_decref(root);
	if (text == NULL)
		return say_error(-ENOMEM, "no memory for the statistics");
	if (strcmp(path, "-") != 0) {
		rc = outfile_write(path, text, strlen(text), signals_ends, all);
	} else if (puts(text) == EOF || fflush(stdout) != 0) {
		rc = -errno;
	}
	free(text);
	if (rc == -EINTR)
		return say_error(
			rc, "--stats %s: not written: nobody reads it, and a signal came", path);
	if (rc != 0)
		return say_error(rc, "--stats %s: %s", path, strerror(-rc));
	return 0;
}

void
statistics_tell_drops(const struct served_all *all)
{
	static const char end[] = "_drops";
	struct sl_wire_counter counters[WIRE_COUNTERS];
	unsigned int i, j, n;

	for (i = 0; i < all->n; i++) {
		if (all->device[i].vfu == NULL)
			continue;
		n = counters_of(sl_softnic_wire(sl_vfu_nic(all->device[i].vfu)), counters);
		for (j = 0; j < n; j++) {
			const char *name = counters[j].name, *tail = strrchr(name, '_');

			if (tail == NULL || strcmp(tail, end) != 0 || counters[j].value == 0)
				continue;
			fprintf(stderr,
				"sl-softnic: --socket %s: the wire had no room for %" PRIu64
				" frames that were sent (%s)\n",
				all->device[i].option->socket, counters[j].value, name);
		}
	}
}
