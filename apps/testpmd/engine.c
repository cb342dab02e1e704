/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */
#include <stdio.h>
#include <string.h>

#include "engine.h"

const struct engine *const engines[] = {
	&engine_io,
	&engine_mac,
	&engine_macswap,
	&engine_rxonly,
	&engine_txonly,
	&engine_icmpecho,
	NULL,
};

const struct engine *
engine_find(const char *name)
{
	for (const struct engine *const *e = engines; *e != NULL; e++) {
		if (strcmp((*e)->name, name) == 0)
			return *e;
	}
	return NULL;
}

const char *
engine_names(char *buf, size_t len)
{
	size_t used = 0;

	buf[0] = '\0';
	for (const struct engine *const *e = engines; *e != NULL && used < len; e++)
		used += snprintf(buf + used, len - used, "%s%s", used == 0 ? "" : "|",
			(*e)->name);
	return buf;
}
