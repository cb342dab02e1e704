/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */
#ifndef _FUZZ_ALLOC_H_
#define _FUZZ_ALLOC_H_

/**
 * @file
 * In front of each of the driver's files in a fuzz build. A queue and its software ring come
 * from the C library, so that AddressSanitizer sees where they end. It knows nothing of EAL's heap.
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

/* Memory that EAL gave goes back to it. */
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
 * A target may want a software NIC before the driver reads of it for the first time: it has this
 * function then.
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
