/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */

/*
 * This machine's NUMA nodes, by libnuma: distances, and the node of a page. In
 * builds without libnuma there is one node, 0.
 */

#include "sl_shm_priv.h"

#ifdef SL_HAVE_NUMA

#include <numa.h>
#include <numaif.h>

static int
system_count(void *ctx)
{
	(void)ctx;
	return numa_available() < 0 ? 1 : numa_max_node() + 1;
}

static bool
system_has(void *ctx, int node)
{
	(void)ctx;
	if (numa_available() < 0)
		return node == 0;
	return node >= 0 && node <= numa_max_node() &&
		numa_bitmask_isbitset(numa_all_nodes_ptr, (unsigned int)node) != 0;
}

static int
system_distance(void *ctx, int from, int to)
{
	(void)ctx;
	return numa_available() < 0 ? 0 : numa_distance(from, to);
}

void
sl_numa_prefer(void *va, size_t len, int node)
{
	struct bitmask *mask;

	if (node < 0 || numa_available() < 0)
		return;
	mask = numa_allocate_nodemask();
	if (mask == NULL)
		return;
	numa_bitmask_setbit(mask, (unsigned int)node);
	/* Errors are ignored: sl_numa_node_of() later reports the node of the pages. */
	(void)mbind(va, len, MPOL_PREFERRED, mask->maskp, mask->size + 1, 0);
	numa_free_nodemask(mask);
}

int
sl_numa_node_of(const void *va)
{
	int node;

	if (numa_available() < 0)
		return SL_NODE_ANY;
	if (get_mempolicy(&node, NULL, 0, (void *)(uintptr_t)va, MPOL_F_NODE | MPOL_F_ADDR) != 0)
		return SL_NODE_ANY;
	return node;
}

#else

static int
system_count(void *ctx)
{
	(void)ctx;
	return 1;
}

static bool
system_has(void *ctx, int node)
{
	(void)ctx;
	return node == 0;
}

static int
system_distance(void *ctx, int from, int to)
{
	(void)ctx;
	(void)from;
	(void)to;
	return 0;
}

void
sl_numa_prefer(void *va, size_t len, int node)
{
	(void)va;
	(void)len;
	(void)node;
}

int
sl_numa_node_of(const void *va)
{
	(void)va;
	return SL_NODE_ANY;
}

#endif

const struct sl_topology *
sl_topology_system(void)
{
	static const struct sl_topology system_nodes = {
		.count = system_count,
		.has = system_has,
		.distance = system_distance,
	};

	return &system_nodes;
}
