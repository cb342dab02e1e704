/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */
#ifndef _FUZZ_ALLOC_H_
#define _FUZZ_ALLOC_H_

/*
 * In front of each of the driver's files in a fuzz build: a queue and its software ring come
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

#endif /* _FUZZ_ALLOC_H_ */
