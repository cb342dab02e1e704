/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <rte_common.h>
#include <rte_ether.h>
#include <rte_string_fns.h>

#include "sl_args.h"
#include "sl_number.h"

#define WIRE_PREFIX "wire_"
#define ARGS_LEN 1024u
/** Of CPUs and nodes; the table of keys says it in words. */
#define NUMBER_LAST 32767

/** One key: how its value is read, and what is allowed, for messages. */
struct arg_key {
	const char *key;
	int (*set)(struct sl_args *a, const char *value);
	const char *allowed;
	unsigned int kinds; /**< mask of enum sl_args_kind */
	bool repeats;
};

static int
set_wire(struct sl_args *a, const char *value)
{
	char *p;

	if (*value == '\0' || strlcpy(a->wire, value, sizeof(a->wire)) >= sizeof(a->wire))
		return -EINVAL;
	for (p = a->wire; *p != '\0'; p++) {
		if (*p == ';')
			*p = ',';
	}
	return 0;
}

static int
set_coherency(struct sl_args *a, const char *value)
{
	return sl_coherency_parse(value, &a->coherency);
}

static int
set_mode(struct sl_args *a, const char *value)
{
	a->step = strcmp(value, "step") == 0;
	return a->step || strcmp(value, "thread") == 0 ? 0 : -EINVAL;
}

static int
set_time(struct sl_args *a, const char *value)
{
	a->own_time = strcmp(value, "own") == 0;
	return a->own_time || strcmp(value, "real") == 0 ? 0 : -EINVAL;
}

static int
set_cpu(struct sl_args *a, const char *value)
{
	return sl_number_int(value, -1, NUMBER_LAST, &a->cpu);
}

static int
set_node(struct sl_args *a, const char *value)
{
	return sl_number_int(value, SL_NODE_ANY, NUMBER_LAST, &a->node);
}

static int
set_intr(struct sl_args *a, const char *value)
{
	a->msix = strcmp(value, "msix") == 0;
	return a->msix || strcmp(value, "msi") == 0 ? 0 : -EINVAL;
}

static int
set_window(struct sl_args *a, const char *value)
{
	a->window_all = strcmp(value, "all") == 0;
	a->window_strict = strcmp(value, "strict") == 0;
	return a->window_all || a->window_strict || strcmp(value, "own") == 0 ? 0 : -EINVAL;
}

/* The software NIC never reaches more than its table. */
static int
set_soft_window(struct sl_args *a, const char *value)
{
	return strcmp(value, "all") == 0 ? -EINVAL : set_window(a, value);
}

static int
set_mac(struct sl_args *a, const char *value)
{
	struct rte_ether_addr mac;

	if (rte_ether_unformat_addr(value, &mac) != 0 || !rte_is_valid_assigned_ether_addr(&mac))
		return -EINVAL;
	memcpy(a->mac, mac.addr_bytes, sizeof(a->mac));
	return 0;
}

static int
set_fault(struct sl_args *a, const char *value)
{
	struct sl_args_fault *f = &a->faults[a->nb_faults];

	if (a->nb_faults == SL_ARGS_MAX_FAULTS)
		return -EINVAL;
	if (sl_fault_parse(value, &f->fault, &f->arg, &f->count) != 0)
		return -EINVAL;
	a->nb_faults++;
	return 0;
}

static int
set_quota(struct sl_args *a, const char *value)
{
	unsigned int shift = 0;
	uint64_t v;

	if (sl_number_digits(&value, 10, &v) != 0)
		return -EINVAL;
	if (*value == 'K' || *value == 'M')
		shift = *value++ == 'K' ? 10 : 20;
	if (*value != '\0' || v == 0 || v > (SIZE_MAX >> shift))
		return -EINVAL;
	a->quota_noncached = (size_t)v << shift;
	return 0;
}

static int
set_check_line(struct sl_args *a, const char *value)
{
	int v;

	if (sl_number_int(value, 32, 256, &v) != 0 || (v & (v - 1)) != 0)
		return -EINVAL;
	a->check_line = (uint32_t)v;
	a->check = true;
	return 0;
}

static int
set_check_seed(struct sl_args *a, const char *value)
{
	a->check = true;
	return sl_number_hex(value, 1, UINT64_MAX, &a->check_seed);
}

static int
set_check_policy(struct sl_args *a, const char *value)
{
	a->check = true;
	return sl_check_policy_parse(value, &a->check_policy);
}

/* kind:file:line */
static int
set_check_bug(struct sl_args *a, const char *value)
{
	char word[16];
	const char *file = strchr(value, ':'), *line = strrchr(value, ':');

	/* A file without a name would be every file. */
	if (file == NULL || line <= file + 1 || (size_t)(file - value) >= sizeof(word) ||
		(size_t)(line - file) > sizeof(a->check_file))
		return -EINVAL;
	memcpy(word, value, (size_t)(file - value));
	word[file - value] = '\0';
	file++;
	memcpy(a->check_file, file, (size_t)(line - file));
	a->check_file[line - file] = '\0';
	a->check = true;
	if (sl_check_bug_parse(word, &a->check_bug) != 0)
		return -EINVAL;
	return sl_number_int(line + 1, 1, INT32_MAX, &a->check_at);
}

static int
set_path(char path[SL_ARGS_PATH_LEN], const char *value)
{
	return *value == '\0' || strlcpy(path, value, SL_ARGS_PATH_LEN) >= SL_ARGS_PATH_LEN ?
		-EINVAL :
		0;
}

static int
set_check_json(struct sl_args *a, const char *value)
{
	a->check = true;
	return set_path(a->check_json, value);
}

static int
set_check_diff(struct sl_args *a, const char *value)
{
	a->check = true;
	return set_path(a->check_diff, value);
}

static const struct arg_key arg_keys[] = {
	{"wire", set_wire,
		"peer:NAME, loop, gen, pcap:in=FILE, tap:IFNAME, null, none; ';' for ','",
		SL_ARGS_SOFT, false},
	{"coherency", set_coherency, "auto, coherent, explicit, checked",
		SL_ARGS_SOFT | SL_ARGS_PCI, false},
	{"mode", set_mode, "thread, step", SL_ARGS_SOFT, false},
	{"time", set_time, "real, own", SL_ARGS_SOFT, false},
	{"cpu", set_cpu, "a CPU number, 0 to 32767, -1 not to pin", SL_ARGS_SOFT, false},
	{"intr", set_intr, "msix, msi", SL_ARGS_SOFT, false},
	{"mac", set_mac, "a unicast address xx:xx:xx:xx:xx:xx, not zero", SL_ARGS_SOFT, false},
	{"fault", set_fault, "name[:arg[:count]], at most 8 of them; names", SL_ARGS_SOFT, true},
	{"quota_noncached", set_quota, "bytes > 0, with K or M for KiB or MiB", SL_ARGS_SOFT,
		false},
	{"window", set_window, "own, all, strict", SL_ARGS_PCI, false},
	{"window", set_soft_window, "own, strict", SL_ARGS_SOFT, false},
	{"node", set_node, "a NUMA node number, 0 to 32767, -1 for any", SL_ARGS_SOFT, false},
	{"check_line", set_check_line, "32, 64, 128, 256", SL_ARGS_SOFT | SL_ARGS_PCI, false},
	{"check_seed", set_check_seed, "a number, not 0; decimal, or hexadecimal behind 0x",
		SL_ARGS_SOFT | SL_ARGS_PCI, false},
	{"check_policy", set_check_policy, "report, abort, count", SL_ARGS_SOFT | SL_ARGS_PCI,
		false},
	{"check_bug", set_check_bug, "drop, late, half or reverse, then :FILE:LINE of a sync call",
		SL_ARGS_SOFT | SL_ARGS_PCI, false},
	{"check_json", set_check_json, "a file's path of 1 to 255 characters",
		SL_ARGS_SOFT | SL_ARGS_PCI, false},
	{"check_diff", set_check_diff, "the path of a search's file, 1 to 255 characters",
		SL_ARGS_SOFT | SL_ARGS_PCI, false},
};

static int
refuse_key(enum sl_args_kind kind, const char *key, const char *value, char *why, size_t why_len)
{
	size_t n, i;

	n = (size_t)snprintf(
		why, why_len, "argument \"%s=%s\" is not known; allowed keys:", key, value);
	for (i = 0; i < RTE_DIM(arg_keys) && n < why_len; i++) {
		if ((arg_keys[i].kinds & kind) != 0)
			n += (size_t)snprintf(why + n, why_len - n, " %s", arg_keys[i].key);
	}
	if (kind == SL_ARGS_SOFT && n < why_len)
		snprintf(why + n, why_len - n, " " WIRE_PREFIX "KEY");
	return -EINVAL;
}

static void
refuse_value(const struct arg_key *k, const char *value, char *why, size_t why_len)
{
	size_t n;
	int i;

	n = (size_t)snprintf(why, why_len, "argument \"%s=%s\" is not valid; allowed: %s", k->key,
		value, k->allowed);
	if (k->set != set_fault)
		return;
	for (i = 0; n < why_len && sl_fault_name((enum sl_fault)i) != NULL; i++)
		n += (size_t)snprintf(why + n, why_len - n, "%s%s", i == 0 ? " " : ", ",
			sl_fault_name((enum sl_fault)i));
}

/* "wire_size=64" adds ":size=64" or ",size=64": no character that a shell would take. */
static int
append_wire(char *extra, size_t len, const char *key, const char *value, char *why, size_t why_len)
{
	size_t n = strlen(extra);

	if (key[strlen(WIRE_PREFIX)] == '\0' ||
		(size_t)snprintf(extra + n, len - n, "%s%s=%s", n == 0 ? "" : ",",
			key + strlen(WIRE_PREFIX), value) >= len - n) {
		snprintf(why, why_len,
			"argument \"%s=%s\": no key of the wire, or over %zu characters", key,
			value, len - 1);
		return -EINVAL;
	}
	return 0;
}

static int
join_wire(struct sl_args *a, const char *extra, char *why, size_t why_len)
{
	size_t n = strlen(a->wire);

	if (*extra == '\0')
		return 0;
	if ((size_t)snprintf(a->wire + n, sizeof(a->wire) - n, "%c%s",
		    strchr(a->wire, ':') == NULL ? ':' : ',', extra) >= sizeof(a->wire) - n) {
		snprintf(why, why_len, "the wire's text is longer than %u characters",
			SL_ARGS_WIRE_LEN - 1);
		return -EINVAL;
	}
	return 0;
}

static int
set_one(enum sl_args_kind kind, struct sl_args *a, uint32_t *seen, const char *key,
	const char *value, char *why, size_t why_len)
{
	size_t i;

	for (i = 0; i < RTE_DIM(arg_keys); i++) {
		const struct arg_key *k = &arg_keys[i];

		if (strcmp(k->key, key) != 0 || (k->kinds & kind) == 0)
			continue;
		if ((*seen & RTE_BIT32(i)) != 0 && !k->repeats) {
			snprintf(why, why_len,
				"argument \"%s=%s\": %s was given before; allowed once", key, value,
				key);
			return -EINVAL;
		}
		*seen |= RTE_BIT32(i);
		if (k->set(a, value) == 0)
			return 0;
		refuse_value(k, value, why, why_len);
		return -EINVAL;
	}
	return refuse_key(kind, key, value, why, why_len);
}

int
sl_args_parse(
	enum sl_args_kind kind, const char *text, struct sl_args *out, char *why, size_t why_len)
{
	struct sl_args a = {
		.wire = "null",
		.coherency = SL_COHERENCY_AUTO,
		.cpu = SL_ARGS_CPU_DEFAULT,
		.msix = true,
		.node = SL_NODE_ANY,
	};
	char copy[ARGS_LEN], extra[SL_ARGS_WIRE_LEN] = "", *save = NULL, *pair;
	uint32_t seen = 0;
	int ret = 0;

	if (text == NULL)
		text = "";
	if (strlcpy(copy, text, sizeof(copy)) >= sizeof(copy)) {
		snprintf(why, why_len, "arguments have %zu characters; allowed: %u", strlen(text),
			ARGS_LEN - 1);
		return -EINVAL;
	}
	for (pair = strtok_r(copy, ",", &save); pair != NULL && ret == 0;
		pair = strtok_r(NULL, ",", &save)) {
		char *value = strchr(pair, '=');

		if (value == NULL) {
			snprintf(why, why_len, "argument \"%s\" has no value; allowed: key=value",
				pair);
			return -EINVAL;
		}
		*value++ = '\0';
		if (kind == SL_ARGS_SOFT && strncmp(pair, WIRE_PREFIX, strlen(WIRE_PREFIX)) == 0)
			ret = append_wire(extra, sizeof(extra), pair, value, why, why_len);
		else
			ret = set_one(kind, &a, &seen, pair, value, why, why_len);
	}
	if (ret == 0)
		ret = join_wire(&a, extra, why, why_len);
	if (ret == 0 && a.check && a.coherency != SL_COHERENCY_CHECKED) {
		snprintf(why, why_len,
			"arguments check_* with coherency=%s; allowed with coherency=checked alone",
			sl_coherency_name(a.coherency));
		ret = -EINVAL;
	}
	if (ret == 0)
		*out = a;
	return ret;
}
