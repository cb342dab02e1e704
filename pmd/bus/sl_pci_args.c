/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */

/* Arguments that only a NIC on PCI has: the part of the process's memory that it may access. */

#include <string.h>

#include <rte_common.h>

#include "sl_pci_args.h"

static int
set_window(struct sl_args *a, const char *value)
{
	struct sl_pci_args *args = container_of(a, struct sl_pci_args, shared);

	args->window_all = strcmp(value, "all") == 0;
	return args->window_all ? 0 : sl_args_set_window(a, value);
}

static const struct sl_arg_key pci_keys[] = {
	{"window", set_window, "own, all, strict", false, NULL},
};

const struct sl_args_kind sl_pci_args_kind = {
	.driver = "net_syncline",
	.keys = pci_keys,
	.nb_keys = RTE_DIM(pci_keys),
};

int
sl_pci_args_parse(const char *text, struct sl_pci_args *out, char *why, size_t why_len)
{
	struct sl_pci_args args = {.window_all = false};
	int ret;

	ret = sl_args_parse(&sl_pci_args_kind, text, &args.shared, why, why_len);
	if (ret == 0)
		*out = args;
	return ret;
}
