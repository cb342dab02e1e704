/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */

/*
 * Base functions, which all files of lib/shm may call and which call none of them: log lines,
 * checks of handles, names and NUMA nodes, and the names of the coherency modes.
 */

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "sl_shm_priv.h"

static const char *const mode_names[] = {
	[SL_COHERENCY_AUTO] = "auto",
	[SL_COHERENCY_COHERENT] = "coherent",
	[SL_COHERENCY_EXPLICIT] = "explicit",
	[SL_COHERENCY_CHECKED] = "checked",
};

#define MODES (sizeof(mode_names) / sizeof(mode_names[0]))

void
sl_log(const struct sl_adapter *a, int level, const char *fmt, ...)
{
	char text[512];
	int n = snprintf(text, sizeof(text), "%s: ", a->name);
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text + n, sizeof(text) - (size_t)n, fmt, ap);
	va_end(ap);
	a->log(a->log_ctx, level, text);
}

int
sl_adapter_check(const struct sl_adapter *a, const char *call)
{
	if (a == NULL) {
		fprintf(stderr, "syncline: %s: adapter is NULL: open one first\n", call);
		return -EINVAL;
	}
	if (!sl_handle_live(&a->handle, SL_HANDLE_ADAPTER)) {
		fprintf(stderr, "syncline: %s: adapter %p is closed, or never was one\n", call,
			(const void *)a);
		return -EBADF;
	}
	return 0;
}

bool
sl_name_copy(char dst[SL_SHM_NAME_LEN], const char *src)
{
	size_t n = src == NULL ? 0 : strnlen(src, SL_SHM_NAME_LEN);

	if (n == 0 || n == SL_SHM_NAME_LEN)
		return false;
	memcpy(dst, src, n + 1);
	return true;
}

const char *
sl_coherency_name(enum sl_coherency mode)
{
	return (unsigned int)mode < MODES ? mode_names[mode] : "unknown";
}

int
sl_coherency_parse(const char *word, enum sl_coherency *out)
{
	unsigned int i;

	for (i = 0; word != NULL && i < MODES; i++) {
		if (strcmp(word, mode_names[i]) == 0) {
			*out = (enum sl_coherency)i;
			return 0;
		}
	}
	return -EINVAL;
}

/* Write the numbers of the existing nodes as a list for a message. */
static void
list_nodes(const struct sl_topology *t, char *text, size_t len)
{
	int count = t->count(t->ctx);
	size_t n = 0;
	int i;

	text[0] = '\0';
	for (i = 0; i < count && n < len; i++) {
		if (t->has(t->ctx, i))
			n += (size_t)snprintf(text + n, len - n, "%s%d", n == 0 ? "" : ", ", i);
	}
}

int
sl_node_check(const struct sl_adapter *a, const char *what, int node)
{
	char nodes[128];

	if (node == SL_NODE_ANY || a->topology->has(a->topology->ctx, node))
		return 0;
	list_nodes(a->topology, nodes, sizeof(nodes));
	sl_log(a, 3, "%s: NUMA node %d is not here; allowed: %s, or %d for any", what, node, nodes,
		SL_NODE_ANY);
	return -ENODEV;
}
