/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */

/*
 * Memory for regions from EAL memzones in hugepages, or from locked 4 KiB pages
 * (sl_mem_pages.c) when EAL has no hugepages left. The only file of lib/shm that
 * calls EAL.
 */

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>

#include <rte_eal.h>
#include <rte_errno.h>
#include <rte_memory.h>
#include <rte_memzone.h>
#include <rte_random.h>

#include "sl_shm_priv.h"

/*
 * A memzone's name has 32 bytes and must be unique among all processes that
 * share one EAL. A random number makes it unique; the region's name in it is
 * for readers.
 */
static const struct rte_memzone *
reserve(const char *name, size_t len, size_t align, int node, unsigned int flags)
{
	const struct rte_memzone *mz;
	char mz_name[RTE_MEMZONE_NAMESIZE];
	int socket = node == SL_NODE_ANY ? SOCKET_ID_ANY : node;

	do {
		snprintf(mz_name, sizeof(mz_name), "sl_%016" PRIx64 "_%.11s", rte_rand(), name);
		mz = rte_memzone_reserve_aligned(mz_name, len, socket, flags, align);
	} while (mz == NULL && rte_errno == EEXIST);
	return mz;
}

static int
eal_alloc(void *ctx, const char *name, size_t len, size_t align, int node, struct sl_chunk *out,
	char why[128])
{
	const struct rte_memzone *mz = NULL;

	(void)ctx;
	if (rte_eal_has_hugepages() == 0) {
		snprintf(why, 128, "EAL runs without hugepages: give it some and drop --no-huge");
	} else {
		/* Prefer IOVA-contiguous memory: a device then needs one address for it. */
		mz = reserve(name, len, align, node, RTE_MEMZONE_IOVA_CONTIG);
		if (mz == NULL)
			mz = reserve(name, len, align, node, 0);
		if (mz == NULL)
			snprintf(why, 128,
				"no hugepage memory on node %d: %s; raise vm.nr_hugepages "
				"or -m",
				node, rte_strerror(rte_errno));
	}
	if (mz == NULL) {
		char page_why[128] = "";
		int ret = sl_pages_alloc(len, align, node, out, page_why);

		if (ret != 0)
			snprintf(why, 128, "%s", page_why);
		out->fallback = ret == 0;
		return ret;
	}
	*out = (struct sl_chunk){
		.va = mz->addr,
		.len = mz->len,
		.node = mz->socket_id,
		.page_size = (size_t)mz->hugepage_sz,
		.priv = (void *)(uintptr_t)mz,
	};
	return 0;
}

static void
eal_free(void *ctx, const struct sl_chunk *chunk)
{
	(void)ctx;
	if (chunk->priv == NULL)
		sl_pages_free(chunk);
	else
		rte_memzone_free(chunk->priv);
}

static uint64_t
eal_iova(void *ctx, const void *va)
{
	rte_iova_t iova;

	(void)ctx;
	/*
	 * In physical mode rte_mem_virt2iova() reads the addresses of pages that do not belong to
	 * EAL from the kernel.
	 */
	iova = rte_mem_virt2iova(va);
	return iova == RTE_BAD_IOVA ? UINT64_MAX : iova;
}

const struct sl_mem_source *
sl_mem_source_eal(void)
{
	static const struct sl_mem_source eal = {
		.name = "eal",
		.alloc = eal_alloc,
		.free = eal_free,
		.iova = eal_iova,
	};

	return &eal;
}
