/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */

/*
 * Arguments that only a port on the software NIC has: the modelled device, its wire, and how it is
 * run.
 */

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include <rte_common.h>
#include <rte_ether.h>
#include <rte_string_fns.h>

#include "sl_hw.h"
#include "sl_number.h"
#include "sl_soft_args.h"

#define WIRE_PREFIX "wire_"
/** Largest CPU and node number; the table of keys has it in its messages. */
#define NUMBER_LAST 32767

/** Arguments being parsed. */
struct soft_parse {
	struct sl_soft_args args;
	char wire_more[SL_SOFT_ARGS_WIRE_LEN]; /**< text of wire_KEY arguments, joined to the wire's
						  text at the end */
};

static struct sl_soft_args *
soft_args_of(struct sl_args *a)
{
	return container_of(a, struct sl_soft_args, shared);
}

static int
set_wire(struct sl_args *a, const char *value)
{
	struct sl_soft_args *args = soft_args_of(a);
	char *p;

	if (*value == '\0' || strlcpy(args->wire, value, sizeof(args->wire)) >= sizeof(args->wire))
		return -EINVAL;
	for (p = args->wire; *p != '\0'; p++) {
		if (*p == ';')
			*p = ',';
	}
	return 0;
}

/* The i-th device that has a model and that this driver supports; NULL past the end. */
static const struct sl_softnic_device *
device_at(unsigned int i)
{
	const struct sl_softnic_device *d;
	unsigned int at;

	for (at = 0; (d = sl_softnic_device_at(at)) != NULL; at++) {
		if (sl_hw_find(d->pci_id) != NULL && i-- == 0)
			return d;
	}
	return NULL;
}

const char *
sl_soft_args_device(unsigned int i)
{
	const struct sl_softnic_device *d = device_at(i);

	return d != NULL ? d->name : NULL;
}

static void
take_device(struct sl_soft_args *args, const struct sl_softnic_device *d)
{
	args->device = d->name;
	args->device_id = d->pci_id;
}

static int
set_device(struct sl_args *a, const char *value)
{
	const struct sl_softnic_device *d;
	unsigned int i;

	for (i = 0; (d = device_at(i)) != NULL; i++) {
		if (strcmp(d->name, value) == 0) {
			take_device(soft_args_of(a), d);
			return 0;
		}
	}
	return -EINVAL;
}

static int
set_mode(struct sl_args *a, const char *value)
{
	struct sl_soft_args *args = soft_args_of(a);

	args->step = strcmp(value, "step") == 0;
	return args->step || strcmp(value, "thread") == 0 ? 0 : -EINVAL;
}

static int
set_time(struct sl_args *a, const char *value)
{
	struct sl_soft_args *args = soft_args_of(a);

	args->own_time = strcmp(value, "own") == 0;
	return args->own_time || strcmp(value, "real") == 0 ? 0 : -EINVAL;
}

static int
set_cpu(struct sl_args *a, const char *value)
{
	struct sl_soft_args *args = soft_args_of(a);

	return sl_number_int(value, -1, NUMBER_LAST, &args->cpu);
}

static int
set_node(struct sl_args *a, const char *value)
{
	struct sl_soft_args *args = soft_args_of(a);

	return sl_number_int(value, SL_NODE_ANY, NUMBER_LAST, &args->node);
}

static int
set_intr(struct sl_args *a, const char *value)
{
	struct sl_soft_args *args = soft_args_of(a);

	args->msix = strcmp(value, "msix") == 0;
	return args->msix || strcmp(value, "msi") == 0 ? 0 : -EINVAL;
}

static int
set_mac(struct sl_args *a, const char *value)
{
	struct sl_soft_args *args = soft_args_of(a);
	struct rte_ether_addr mac;

	if (rte_ether_unformat_addr(value, &mac) != 0 || !rte_is_valid_assigned_ether_addr(&mac))
		return -EINVAL;
	memcpy(args->mac, mac.addr_bytes, sizeof(args->mac));
	return 0;
}

static int
set_fault(struct sl_args *a, const char *value)
{
	struct sl_soft_args *args = soft_args_of(a);
	struct sl_soft_args_fault *f = &args->faults[args->nb_faults];

	if (args->nb_faults == SL_SOFT_ARGS_MAX_FAULTS)
		return -EINVAL;
	if (sl_fault_parse(value, &f->fault, &f->arg, &f->count) != 0)
		return -EINVAL;
	args->nb_faults++;
	return 0;
}

static const char *
fault_name(unsigned int i)
{
	return sl_fault_name((enum sl_fault)i);
}

static int
set_quota(struct sl_args *a, const char *value)
{
	struct sl_soft_args *args = soft_args_of(a);
	unsigned int shift = 0;
	uint64_t v;

	if (sl_number_digits(&value, 10, &v) != 0)
		return -EINVAL;
	if (*value == 'K' || *value == 'M')
		shift = *value++ == 'K' ? 10 : 20;
	if (*value != '\0' || v == 0 || v > (SIZE_MAX >> shift))
		return -EINVAL;
	args->quota_noncached = (size_t)v << shift;
	return 0;
}

static const struct sl_arg_key soft_keys[] = {
	{"device", set_device, "a NIC that there is a model of:", false, sl_soft_args_device},
	{"wire", set_wire,
		"peer:NAME, loop, gen, pcap:in=FILE, tap:IFNAME, null, none; ';' for ','", false,
		NULL},
	{"mode", set_mode, "thread, step", false, NULL},
	{"time", set_time, "real, own", false, NULL},
	{"cpu", set_cpu, "a CPU number, 0 to 32767, -1 not to pin", false, NULL},
	{"intr", set_intr, "msix, msi", false, NULL},
	{"mac", set_mac, "a unicast address xx:xx:xx:xx:xx:xx, not zero", false, NULL},
	{"fault", set_fault, "name[:arg[:count]], at most 8 of them; names", true, fault_name},
	{"quota_noncached", set_quota, "bytes > 0, with K or M for KiB or MiB", false, NULL},
	/* The software NIC can access only its window: there is no "all". */
	{"window", sl_args_set_window, "own, strict", false, NULL},
	{"node", set_node, "a NUMA node number, 0 to 32767, -1 for any", false, NULL},
};

/* "wire_size=64" adds ":size=64" or ",size=64": no character that needs quoting in a shell. */
static int
add_wire(struct sl_args *a, const char *key, const char *value, char *why, size_t why_len)
{
	struct soft_parse *p = container_of(soft_args_of(a), struct soft_parse, args);
	const size_t n = strlen(p->wire_more), left = sizeof(p->wire_more) - n;

	if (key[strlen(WIRE_PREFIX)] == '\0' ||
		(size_t)snprintf(p->wire_more + n, left, "%s%s=%s", n == 0 ? "" : ",",
			key + strlen(WIRE_PREFIX), value) >= left) {
		snprintf(why, why_len,
			"argument \"%s=%s\": no key of the wire, or over %zu characters", key,
			value, sizeof(p->wire_more) - 1);
		return -EINVAL;
	}
	return 0;
}

static int
join_wire(struct soft_parse *p, char *why, size_t why_len)
{
	struct sl_soft_args *a = &p->args;
	size_t n = strlen(a->wire);

	if (p->wire_more[0] == '\0')
		return 0;
	if ((size_t)snprintf(a->wire + n, sizeof(a->wire) - n, "%c%s",
		    strchr(a->wire, ':') == NULL ? ':' : ',',
		    p->wire_more) >= sizeof(a->wire) - n) {
		snprintf(why, why_len, "the wire's text is longer than %u characters",
			SL_SOFT_ARGS_WIRE_LEN - 1);
		return -EINVAL;
	}
	return 0;
}

const struct sl_args_kind sl_soft_args_kind = {
	.driver = "net_syncline_soft",
	.keys = soft_keys,
	.nb_keys = RTE_DIM(soft_keys),
	.prefix = WIRE_PREFIX,
	.add = add_wire,
};

int
sl_soft_args_parse(const char *text, struct sl_soft_args *out, char *why, size_t why_len)
{
	struct soft_parse p = {
		.args =
			{
				.wire = "null",
				.cpu = SL_SOFT_ARGS_CPU_DEFAULT,
				.msix = true,
				.node = SL_NODE_ANY,
			},
	};
	int ret;

	take_device(&p.args, device_at(0));
	ret = sl_args_parse(&sl_soft_args_kind, text, &p.args.shared, why, why_len);
	if (ret == 0)
		ret = join_wire(&p, why, why_len);
	if (ret == 0)
		*out = p.args;
	return ret;
}
