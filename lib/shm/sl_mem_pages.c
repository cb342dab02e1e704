/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */

/*
 * Memory for regions from locked 4 KiB pages of the system, on a preferred NUMA
 * node. It needs no EAL; sl_mem_eal.c uses it when no hugepages are left.
 */

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <unistd.h>

#include "sl_shm_priv.h"

/* Map len bytes at a multiple of align (a power of two, at least a page). */
static void *
map_aligned(size_t len, size_t align, size_t page)
{
	size_t whole = len + (align > page ? align : 0);
	uint8_t *base, *va;

	base = mmap(NULL, whole, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (base == MAP_FAILED)
		return NULL;
	if (whole == len)
		return base;
	va = (uint8_t *)(((uintptr_t)base + align - 1) & ~(uintptr_t)(align - 1));
	if (va > base)
		munmap(base, (size_t)(va - base));
	if (va + len < base + whole)
		munmap(va + len, (size_t)(base + whole - (va + len)));
	return va;
}

/* mlock() does this too, but under some sanitizers it does nothing. */
static void
touch(volatile uint8_t *va, size_t size, size_t page)
{
	size_t off;

	for (off = 0; off < size; off += page)
		va[off] = 0;
}

int
sl_pages_alloc(size_t len, size_t align, int node, struct sl_chunk *out, char why[128])
{
	size_t page = (size_t)sysconf(_SC_PAGESIZE);
	size_t size = (len + page - 1) & ~(page - 1);
	struct rlimit limit = {0};
	void *va;

	va = map_aligned(size, align, page);
	if (va == NULL) {
		snprintf(why, 128, "mmap of %zu bytes: %s", size, strerror(errno));
		return -ENOMEM;
	}
	sl_numa_prefer(va, size, node);
	if (mlock(va, size) != 0) {
		getrlimit(RLIMIT_MEMLOCK, &limit);
		snprintf(why, 128,
			"mlock of %zu bytes: %s; the limit is %zu bytes, raise it: ulimit "
			"-l",
			size, strerror(errno), (size_t)limit.rlim_cur);
		munmap(va, size);
		return -ENOMEM;
	}
	touch(va, size, page);
	/*
	 * After fork(), a write would give this process a copy of the page, while the device
	 * still uses the old page.
	 */
	(void)madvise(va, size, MADV_DONTFORK);
	*out = (struct sl_chunk){
		.va = va,
		.len = size,
		.node = sl_numa_node_of(va),
		.page_size = page,
	};
	return 0;
}

void
sl_pages_free(const struct sl_chunk *chunk)
{
	munmap(chunk->va, chunk->len);
}

static int
pages_alloc(void *ctx, const char *name, size_t len, size_t align, int node, struct sl_chunk *out,
	char why[128])
{
	(void)ctx;
	(void)name;
	return sl_pages_alloc(len, align, node, out, why);
}

static void
pages_free(void *ctx, const struct sl_chunk *chunk)
{
	(void)ctx;
	sl_pages_free(chunk);
}

static uint64_t
pages_iova(void *ctx, const void *va)
{
	(void)ctx;
	return (uintptr_t)va;
}

const struct sl_mem_source *
sl_mem_source_pages(void)
{
	static const struct sl_mem_source pages = {
		.name = "pages",
		.alloc = pages_alloc,
		.free = pages_free,
		.iova = pages_iova,
	};

	return &pages;
}
