/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */

/*
 * Handles that a caller may use after their object was freed. Each object has
 * separate pages, so such a use is detected and does not read other data.
 * Adapters and the objects of lib/ndis begin with a handle.
 */

#include <sys/mman.h>
#include <unistd.h>

#include "sl_shm_priv.h"

static size_t
page_size(void)
{
	return (size_t)sysconf(_SC_PAGESIZE);
}

static size_t
whole_pages(size_t size)
{
	return (size + page_size() - 1) & ~(page_size() - 1);
}

/* The mark depends on the address, so that a copy of the object is not a valid handle. */
static uint64_t
mark_of(const void *p, enum sl_handle_kind kind)
{
	return ~(uint64_t)(uintptr_t)p ^ kind;
}

void *
sl_handle_new(size_t size)
{
	void *p = mmap(NULL, whole_pages(size), PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS,
		-1, 0);

	return p == MAP_FAILED ? NULL : p;
}

void
sl_handle_open(struct sl_handle *h, enum sl_handle_kind kind)
{
	h->mark = mark_of(h, kind);
}

bool
sl_handle_there(const void *p)
{
	unsigned char resident;

	/* mincore() reports whether memory is mapped, without an access to it. */
	return mincore((void *)((uintptr_t)p & ~(page_size() - 1)), page_size(), &resident) == 0;
}

bool
sl_handle_live(const struct sl_handle *h, enum sl_handle_kind kind)
{
	return ((uintptr_t)h & (page_size() - 1)) == 0 && sl_handle_there(h) &&
		h->mark == mark_of(h, kind);
}

void
sl_handle_free(struct sl_handle *h, size_t size)
{
	h->mark = 0;
	munmap(h, whole_pages(size));
}
