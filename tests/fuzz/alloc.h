/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */
#ifndef _FUZZ_ALLOC_H_
#define _FUZZ_ALLOC_H_

/**
 * @file
 * Included before each of the driver's files in a fuzz build. Queues and software rings are
 * allocated by the C library, so that AddressSanitizer knows their ends. It does not know EAL's
 * heap.
 */

#include <sanitizer/allocator_interface.h>
#include <stdlib.h>
#include <string.h>

#include <rte_malloc.h>

static inline void *
fuzz_zmalloc(size_t len, size_t align)
{
	void *p = NULL;

	if (posix_memalign(&p, align, len) != 0)
		return NULL;
	return memset(p, 0, len);
}

/* Memory that EAL allocated is freed by EAL. */
static inline void
fuzz_free(void *p)
{
	if (p != NULL && __sanitizer_get_ownership(p) != 0)
		free(p);
	else
		rte_free(p);
}

#define rte_zmalloc_socket(type, len, align, socket) ((void)(socket), fuzz_zmalloc(len, align))
#define rte_calloc_socket(type, n, len, align, socket) \
	((void)(socket), fuzz_zmalloc((size_t)(n) * (len), align))
#define rte_free(p) fuzz_free(p)

/*
 * A target that needs the software NIC before the driver first reads from it defines this function.
 */
#include "sl_softnic.h"

__attribute__((weak)) void
fuzz_nic(struct sl_softnic *nic);

static inline int
fuzz_softnic_create(const struct sl_softnic_params *params, struct sl_softnic **out)
{
	const int ret = sl_softnic_create(params, out);

	if (ret == 0 && fuzz_nic != NULL)
		fuzz_nic(*out);
	return ret;
}

#define sl_softnic_create fuzz_softnic_create

#endif /* _FUZZ_ALLOC_H_ */
