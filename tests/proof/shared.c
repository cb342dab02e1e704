/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */

/*
 * Location of the shared infos of a mempool with pinned external buffers. For any address and size
 * of its mbufs, each has a separate shared info, after all mbufs and within the reserved memory.
 * The proof uses only integers. In the other proofs, each mbuf's shared info is a separate object.
 */

#define WORLD_MBUFS 1u

#include "world.h"

#include "sl_data_pool.h"

#define LINE 64u

static bool
world_read(const volatile void *p, size_t len)
{
	(void)p;
	(void)len;
	return false;
}

static void
check_sync(void *ctx, enum sl_sync_verb verb, const void *va, size_t len,
	const struct sl_sync_site *site)
{
	(void)ctx;
	(void)verb;
	(void)va;
	(void)len;
	(void)site;
}

/*
 * All values are in lines, because all are multiples of a line. Mbufs of up to 4 MiB are anywhere
 * in the low 47 bits. Two of them are at least three lines apart, including the mempool's header.
 */
void
prove_shared_places(void)
{
	const uint64_t place = nondet_u64(), lines = nondet_u16();
	const uint64_t first = nondet_u16(), second = nondet_u16();
	const uint64_t headers = place * LINE, len = lines * LINE;
	const size_t info = sizeof(struct rte_mbuf_ext_shared_info);
	uint64_t at, of_first, of_second;

	ASSUME(place > 0 && place < UINT64_C(1) << 41);
	ASSUME(second >= first + 3 && second + 2 <= lines);
	at = sl_data_pool_shared_at(headers, len);
	of_first = (uintptr_t)sl_data_pool_shared(
		at, (const struct rte_mbuf *)(uintptr_t)(headers + first * LINE));
	of_second = (uintptr_t)sl_data_pool_shared(
		at, (const struct rte_mbuf *)(uintptr_t)(headers + second * LINE));
	PROOF(of_first >= headers + len, "behind all mbufs");
	PROOF(of_second + info <= headers + len + sl_data_pool_shared_bytes(len),
		"within what is reserved");
	PROOF(of_second >= of_first + info, "no two mbufs share one");
	PROOF(of_first % sizeof(void *) == 0, "aligned");
}
