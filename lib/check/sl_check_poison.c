/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */

/*
 * Poisoning for AddressSanitizer: the CPU's copy of memory that the NIC owns for
 * writing is poisoned, so that AddressSanitizer reports the CPU's access with its
 * stack. Lines that the NIC only reads are not poisoned, because the CPU may read
 * them too, and poison does not distinguish loads from stores.
 */

#include "sl_check_priv.h"

#if CHECK_ASAN
#include <sanitizer/asan_interface.h>

#define NO_ASAN __attribute__((no_sanitize("address")))

/*
 * The empty asm statements keep the compiler from turning these loops into memcpy() and
 * memcmp().
 */
NO_ASAN void
check_copy(uint8_t *to, const uint8_t *from, size_t n)
{
	while (n >= 8 && (((uintptr_t)to | (uintptr_t)from) & 7) == 0) {
		*(uint64_t *)(void *)to = *(const uint64_t *)(const void *)from;
		__asm__ volatile("" : : : "memory");
		to += 8;
		from += 8;
		n -= 8;
	}
	for (; n > 0; n--) {
		*to++ = *from++;
		__asm__ volatile("" : : : "memory");
	}
}

NO_ASAN bool
check_equal(const uint8_t *a, const uint8_t *b, size_t n)
{
	while (n >= 8 && (((uintptr_t)a | (uintptr_t)b) & 7) == 0) {
		if (*(const uint64_t *)(const void *)a != *(const uint64_t *)(const void *)b)
			return false;
		__asm__ volatile("" : : : "memory");
		a += 8;
		b += 8;
		n -= 8;
	}
	for (; n > 0; n--) {
		if (*a++ != *b++)
			return false;
		__asm__ volatile("" : : : "memory");
	}
	return true;
}

void
check_poison(struct sl_check *c, struct check_mapping *m, uint32_t i, uint16_t units)
{
	uintptr_t line = m->base + ((uintptr_t)i << c->shift), from, to;
	uintptr_t start = (uintptr_t)m->va, end = start + m->len;
	unsigned int u;

	/* In a region of usage OTHER it is unknown which word ends the NIC's ownership. */
	if (c->diff.coherent || (m->region && m->usage == SL_USAGE_OTHER))
		return;
	/* A transmit ring that the NIC has not written: it may only read it. */
	if (m->usage == SL_USAGE_TX_RING && !m->nic_wrote)
		return;
	for (u = 0; u < c->line / CHECK_UNIT; u++) {
		from = line + u * CHECK_UNIT;
		to = from + CHECK_UNIT < end ? from + CHECK_UNIT : end;
		from = from < start ? start : from;
		if ((units >> u & 1) != 0 && from < to)
			ASAN_POISON_MEMORY_REGION((void *)from, to - from);
	}
}

void
check_unpoison(struct sl_check *c, struct check_mapping *m, uint32_t i)
{
	size_t lo, n = check_span(c, m, i, &lo);

	ASAN_UNPOISON_MEMORY_REGION(m->va + lo, n);
}

void
check_unpoison_map(struct check_mapping *m)
{
	ASAN_UNPOISON_MEMORY_REGION(m->va, m->len);
}
#endif
