/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */

/*
 * Mempools of sl_pktmbuf_pool_create(): location of data and headers, and no leaks. Run as
 * "no-huge", and as "huge" if hugepages are available.
 */
#include <dlfcn.h>
#include <errno.h>
#include <malloc.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <rte_eal.h>
#include <rte_errno.h>
#include <rte_malloc.h>
#include <rte_mbuf.h>
#include <rte_memzone.h>
#include <rte_random.h>

#include "shm_util.h"
#include "sl_cache.h"
#include "sl_data_pool.h"
#include "sl_pmd.h"

#define SKIPPED 77
#define ROOM ((uint16_t)RTE_MBUF_DEFAULT_BUF_SIZE)
#define HEAP_LEN (8u << 20)
#define HEAP_PAGE (2u << 20)

static size_t
page_size(void)
{
	return (size_t)sysconf(_SC_PAGESIZE);
}

/* index of the driver's next allocation, or memzone, that fails; -1: none */
static int fail_alloc = -1, fail_zone = -1;

/* Called by the driver. Fills the memory, because EAL does not promise zeroed memzones. */
const struct rte_memzone *
rte_memzone_reserve_aligned(
	const char *name, size_t len, int node, unsigned int flags, unsigned int align)
{
	const struct rte_memzone *(*next)(const char *, size_t, int, unsigned int, unsigned int);
	const struct rte_memzone *mz;

	if (fail_zone >= 0 && fail_zone-- == 0) {
		rte_errno = ENOMEM;
		return NULL;
	}
	*(void **)&next = dlsym(RTLD_NEXT, "rte_memzone_reserve_aligned");
	mz = next(name, len, node, flags, align);
	if (mz != NULL)
		memset(mz->addr, 0xa5, mz->len);
	return mz;
}

#ifndef __SANITIZE_ADDRESS__ /* AddressSanitizer replaces calloc() */
void *
__libc_calloc(size_t n, size_t len);

void *
calloc(size_t n, size_t len)
{
	if (fail_alloc >= 0 && fail_alloc-- == 0) {
		errno = ENOMEM;
		return NULL;
	}
	return __libc_calloc(n, len);
}
#endif

/* Bytes and allocations in EAL's heaps, which must be equal before and after. */
static struct rte_malloc_socket_stats
heap_stats(void)
{
	struct rte_malloc_socket_stats s;

	assert_int_equal(rte_malloc_get_socket_stats((int)rte_socket_id_by_idx(0), &s), 0);
	return s;
}

static void
heap_same(const struct rte_malloc_socket_stats *before)
{
	const struct rte_malloc_socket_stats now = heap_stats();

	assert_int_equal(now.alloc_count, before->alloc_count);
	assert_int_equal(now.heap_allocsz_bytes, before->heap_allocsz_bytes);
}

/* --- locations --- */

static const struct sl_data_run *
run_at(const struct sl_data_pool *d, const void *va, size_t len)
{
	unsigned int i;

	for (i = 0; i < d->nb_runs; i++)
		if ((uintptr_t)va - (uintptr_t)d->runs[i].va < d->runs[i].len &&
			len <= d->runs[i].len - ((uintptr_t)va - (uintptr_t)d->runs[i].va))
			return &d->runs[i];
	return NULL;
}

/* True if a byte of the range is within the pool's data. */
static bool
among_data(const struct sl_data_pool *d, const void *va, size_t len)
{
	unsigned int i;

	for (i = 0; i < d->nb_runs; i++)
		if ((uintptr_t)va < (uintptr_t)d->runs[i].va + d->runs[i].len &&
			(uintptr_t)d->runs[i].va < (uintptr_t)va + len)
			return true;
	return false;
}

struct walk {
	const struct sl_data_pool *d;
	uint32_t line;
	uint16_t priv;
	unsigned int n;
	uint8_t *taken; /* one byte per line of the first run */
	const void *first_shared;
	const struct rte_mbuf_ext_shared_info *shared; /* shared info of the previous mbuf */
};

static void
first_shared(struct rte_mempool *pool, void *arg, void *obj, unsigned int idx)
{
	struct walk *w = arg;
	const struct rte_mbuf *m = obj;

	(void)pool;
	(void)idx;
	if (w->first_shared == NULL || (const void *)m->shinfo < w->first_shared)
		w->first_shared = m->shinfo;
}

static void
look_at_mbuf(struct rte_mempool *pool, void *arg, void *obj, unsigned int idx)
{
	struct walk *w = arg;
	const struct rte_mbuf *m = obj;
	const struct sl_data_run *run = run_at(w->d, m->buf_addr, m->buf_len);
	size_t i, off;

	(void)pool;
	(void)idx;
	w->n++;
	/* The data is at the right addresses, for CPU and NIC. */
	assert_non_null(run);
	assert_int_equal(m->buf_iova - run->iova, (uintptr_t)m->buf_addr - (uintptr_t)run->va);
	assert_int_equal(((uintptr_t)m->buf_addr + RTE_PKTMBUF_HEADROOM) % w->line, 0);
	assert_int_equal(m->buf_len, ROOM);
	assert_int_equal(m->ol_flags, RTE_MBUF_F_EXTERNAL);
	/* No other memory is near the data: mempool header, mbuf, private area, shared info. */
	assert_false(among_data(w->d, (const char *)m - sizeof(struct rte_mempool_objhdr),
		sizeof(struct rte_mempool_objhdr) + sizeof(*m) + w->priv));
	assert_false(among_data(w->d, m->shinfo, sizeof(*m->shinfo)));
	/* Shared info is where transmit expects it: after all mbufs, separate for each. */
	assert_ptr_equal(m->shinfo, sl_data_pool_shared(w->d->shared_at, m));
	assert_true((const char *)(m + 1) + w->priv <= (const char *)w->first_shared);
	assert_true((const char *)(m->shinfo + 1) <=
		(const char *)w->d->headers->addr + w->d->headers->len);
	assert_true(w->shared == NULL || m->shinfo >= w->shared + 1 || m->shinfo + 1 <= w->shared);
	w->shared = m->shinfo;
	/* No line of data is used twice. */
	off = (uintptr_t)m->buf_addr - (uintptr_t)w->d->mz->addr;
	for (i = off / w->line; i < (off + m->buf_len + w->line - 1) / w->line; i++)
		assert_int_equal(w->taken[i]++, 0);
}

static void
look_at_memzone(const struct rte_memzone *mz, void *arg)
{
	const struct sl_data_pool *d = arg;

	if (mz != d->mz)
		assert_false(among_data(d, mz->addr, mz->len));
}

static void
look_at_pool(struct rte_mempool *pool, unsigned int n, uint16_t priv)
{
	const struct sl_data_pool *d = sl_data_pool_of(pool);
	struct sl_cache_info info;
	struct walk w = {.d = d, .line = RTE_CACHE_LINE_SIZE, .priv = priv};
	unsigned int i;
	size_t k;

	assert_non_null(d);
	(void)sl_cache_probe(&info);
	w.line = RTE_MAX(w.line, info.line);
	w.taken = calloc(d->mz->len / w.line + 1, 1);
	assert_non_null(w.taken);
	for (i = 0; i < d->nb_runs; i++) {
		assert_int_equal((uintptr_t)d->runs[i].va % page_size(), 0);
		assert_int_equal(d->runs[i].iova % page_size(), 0);
		assert_int_equal(d->runs[i].len % page_size(), 0);
	}
	for (k = 0; k < d->mz->len; k++)
		assert_int_equal(((const uint8_t *)d->mz->addr)[k], 0);
	rte_mempool_obj_iter(pool, first_shared, &w);
	rte_mempool_obj_iter(pool, look_at_mbuf, &w);
	assert_int_equal(w.n, n);
	rte_memzone_walk(look_at_memzone, (void *)(uintptr_t)d);
	free(w.taken);
}

/* Small allocations of other code, which would fill any gap in the pool's memory. */
static void
look_at_heap(struct rte_mempool *pool)
{
	const struct sl_data_pool *d = sl_data_pool_of(pool);
	void *p[512];
	unsigned int i;

	for (i = 0; i < RTE_DIM(p); i++) {
		const size_t len = 1 + i * 7 % 1024;

		p[i] = rte_malloc(NULL, len, 0);
		assert_non_null(p[i]);
		assert_false(among_data(d, p[i], len));
	}
	for (i = 0; i < RTE_DIM(p); i++)
		rte_free(p[i]);
}

static void
dirty(void)
{
	void *p = rte_malloc(NULL, 4u << 20, 0);

	assert_non_null(p);
	memset(p, 0xff, 4u << 20);
	rte_free(p);
}

/* Check that fields of a new mbuf are zero: private area, dynamic fields, chain. */
static void
is_new(struct rte_mempool *pool, void *arg, void *obj, unsigned int idx)
{
	static const uint8_t zeros[64];
	const struct rte_mbuf *m = obj;

	(void)pool;
	(void)arg;
	(void)idx;
	assert_null(m->next);
	assert_int_equal(m->pkt_len + m->data_len + m->tx_offload, 0);
	assert_memory_equal(m->dynfield1, zeros, sizeof(m->dynfield1));
	assert_memory_equal(m + 1, zeros, sizeof(zeros));
}

/* The NIC may read the whole memzone, so it must not contain old data. */
static void
test_zeros(void **state)
{
	struct rte_mempool *pool = sl_pktmbuf_pool_create("zeros", 63, 0, 64, ROOM, SOCKET_ID_ANY);
	const struct rte_memzone *mz;
	size_t i;

	(void)state;
	assert_non_null(pool);
	mz = sl_data_pool_of(pool)->mz;
	for (i = 0; i < mz->len; i++)
		if (((const uint8_t *)mz->addr)[i] != 0)
			fail_msg("byte %zu of the data is of before", i);
	assert_int_equal(rte_mempool_obj_iter(pool, is_new, NULL), 63);
	rte_mempool_free(pool);
}

/* A mempool that is created and freed, or that cannot be created, leaks nothing. */
static void
test_nothing_stays(void **state)
{
	const struct rte_malloc_socket_stats before = heap_stats();
	struct rte_mempool *pool;
	size_t used = 0;
	unsigned int i;

	(void)state;
	for (i = 0; i < 20; i++) {
		bool failed = true;
		int k;

		for (k = 0; k < 16; k++) {
			fail_alloc = k;
			pool = sl_pktmbuf_pool_create("comes", 63, 0, 0, ROOM, SOCKET_ID_ANY);
			fail_alloc = -1;
			if (pool != NULL)
				break;
			assert_int_equal(rte_errno, ENOMEM);
			heap_same(&before);
		}
		assert_non_null(pool);
		rte_mempool_free(pool);
		heap_same(&before);
		for (k = 0; failed; k++) {
			assert_true(k < 16);
			fail_zone = k;
			pool = sl_pktmbuf_pool_create("comes", 63, 0, 0, ROOM, SOCKET_ID_ANY);
			failed = fail_zone < 0;
			fail_zone = -1;
			/* The first allocation may fail: the pool then uses another memory type. */
			assert_int_equal(pool == NULL, failed && k > 0);
			rte_mempool_free(pool);
			heap_same(&before);
		}
		if (i == 10)
			used = mallinfo2().uordblks;
	}
	assert_true(mallinfo2().uordblks <= used);
}

static void
test_layout(void **state)
{
	static const uint16_t privs[] = {0, 8, 64, 4096};
	static const unsigned int sizes[] = {1, 2, 63, 1000};
	unsigned int i, k;

	(void)state;
	for (i = 0; i < RTE_DIM(sizes); i++)
		for (k = 0; k < RTE_DIM(privs); k++) {
			const struct rte_malloc_socket_stats before = heap_stats();
			struct rte_mempool *pool;

			dirty();
			pool = sl_pktmbuf_pool_create(
				"layout", sizes[i], 0, privs[k], ROOM, SOCKET_ID_ANY);
			assert_non_null(pool);
			look_at_pool(pool, sizes[i], privs[k]);
			look_at_heap(pool);
			rte_mempool_free(pool);
			heap_same(&before);
		}
}

/* Random sizes. */
static void
test_random(void **state)
{
	uint64_t rng = rng_seed(0);
	unsigned int i;

	(void)state;
	for (i = 0; i < 200; i++) {
		const struct rte_malloc_socket_stats before = heap_stats();
		const unsigned int n = 1 + (unsigned int)(rng_next(&rng) % 300);
		const uint16_t room = (uint16_t)(1 + rng_next(&rng) % 9000);
		struct rte_mempool *pool =
			sl_pktmbuf_pool_create("random", n, 0, 0, room, SOCKET_ID_ANY);
		struct rte_mbuf *m[300];

		assert_non_null(pool);
		assert_int_equal(rte_pktmbuf_data_room_size(pool), room);
		assert_int_equal(rte_pktmbuf_alloc_bulk(pool, m, n), 0);
		memset(m[n - 1]->buf_addr, 0x5a, room);
		rte_pktmbuf_free_bulk(m, n);
		assert_int_equal(rte_mempool_avail_count(pool), n);
		rte_mempool_free(pool);
		heap_same(&before);
	}
}

/* --- use like any mempool --- */

static void
test_clone(void **state)
{
	struct rte_mempool *pool = sl_pktmbuf_pool_create("own", 31, 0, 0, ROOM, SOCKET_ID_ANY),
			   *clones = rte_pktmbuf_pool_create("clones", 31, 0, 0, 0, SOCKET_ID_ANY);
	struct rte_mbuf *m, *clone;

	(void)state;
	assert_non_null(pool);
	assert_non_null(clones);
	m = rte_pktmbuf_alloc(pool);
	assert_non_null(rte_pktmbuf_append(m, 60));
	clone = rte_pktmbuf_clone(m, clones);
	assert_non_null(clone);
	assert_ptr_equal(clone->buf_addr, m->buf_addr);
	/* The original is freed first. The data is kept until the clone is freed. */
	rte_pktmbuf_free(m);
	assert_int_equal(rte_mempool_avail_count(pool), 30);
	rte_pktmbuf_free(clone);
	assert_int_equal(rte_mempool_avail_count(pool), 31);
	assert_int_equal(rte_mempool_avail_count(clones), 31);
	/* The mbuf is as new. */
	assert_int_equal(rte_mbuf_ext_refcnt_read(m->shinfo), 1);
	assert_int_equal(rte_mbuf_refcnt_read(m), 1);
	assert_int_equal(m->ol_flags, RTE_MBUF_F_EXTERNAL);
	assert_null(m->next);
	assert_int_equal(m->nb_segs, 1);
	rte_mempool_free(pool);
	rte_mempool_free(clones);
}

static void
test_other_pools(void **state)
{
	struct rte_mempool *pool =
		rte_pktmbuf_pool_create("ordinary", 31, 0, 0, ROOM, SOCKET_ID_ANY);
	struct rte_mempool *empty = rte_mempool_create_empty("empty", 31, 64, 0, 0, 0, 0);

	(void)state;
	assert_non_null(pool);
	assert_non_null(empty);
	assert_null(sl_data_pool_of(pool));
	assert_null(sl_data_pool_of(empty));
	rte_mempool_free(pool);
	rte_mempool_free(empty);
}

/* --- refusals leak nothing --- */

static void
refuse(const char *name, unsigned int n, unsigned int cache, uint16_t priv, uint16_t room,
	int socket, int err)
{
	const struct rte_malloc_socket_stats before = heap_stats();

	rte_errno = 0;
	assert_null(sl_pktmbuf_pool_create(name, n, cache, priv, room, socket));
	assert_int_equal(rte_errno, err);
	heap_same(&before);
}

static void
test_refusals(void **state)
{
	struct rte_mempool *own = sl_pktmbuf_pool_create("own", 31, 0, 0, ROOM, SOCKET_ID_ANY);
	struct rte_mempool *ordinary =
		rte_pktmbuf_pool_create("ordinary", 31, 0, 0, ROOM, SOCKET_ID_ANY);

	(void)state;
	assert_non_null(own);
	assert_non_null(ordinary);
	refuse("own", 31, 0, 0, ROOM, SOCKET_ID_ANY, EEXIST);
	refuse("ordinary", 31, 0, 0, ROOM, SOCKET_ID_ANY, EEXIST);
	assert_null(rte_pktmbuf_pool_create("own", 31, 0, 0, ROOM, SOCKET_ID_ANY));
	refuse("none", 0, 0, 0, ROOM, SOCKET_ID_ANY, EINVAL);
	refuse("no room", 31, 0, 0, 0, SOCKET_ID_ANY, EINVAL);
	refuse("much room", 31, 0, 0, UINT16_MAX, SOCKET_ID_ANY, EINVAL);
	refuse("private area", 31, 0, 3, ROOM, SOCKET_ID_ANY, EINVAL);
	refuse("cache", 31, RTE_MEMPOOL_CACHE_MAX_SIZE + 1, 0, ROOM, SOCKET_ID_ANY, EINVAL);
	refuse("many", 1u << 24, 0, 0, ROOM, SOCKET_ID_ANY, ENOMEM);
	refuse("a name that is much longer than any", 31, 0, 0, ROOM, SOCKET_ID_ANY, ENAMETOOLONG);
	rte_mempool_free(own);
	rte_mempool_free(ordinary);
}

/* --- memory that is not contiguous for the NIC --- */

/* A heap of the test, whose pages have the addresses in @iova. */
static int
heap_make(rte_iova_t iova[HEAP_LEN / HEAP_PAGE], void **memory)
{
	*memory = mmap(NULL, HEAP_LEN + HEAP_PAGE, PROT_READ | PROT_WRITE,
		MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	assert_ptr_not_equal(*memory, MAP_FAILED);
	assert_int_equal(rte_malloc_heap_create("apart"), 0);
	assert_int_equal(rte_malloc_heap_memory_add("apart", RTE_PTR_ALIGN_CEIL(*memory, HEAP_PAGE),
				 HEAP_LEN, iova, HEAP_LEN / HEAP_PAGE, HEAP_PAGE),
		0);
	return rte_malloc_heap_get_socket("apart");
}

static void
heap_drop(void *memory)
{
	assert_int_equal(rte_malloc_heap_memory_remove(
				 "apart", RTE_PTR_ALIGN_CEIL(memory, HEAP_PAGE), HEAP_LEN),
		0);
	assert_int_equal(rte_malloc_heap_destroy("apart"), 0);
	munmap(memory, HEAP_LEN + HEAP_PAGE);
}

static void
test_pieces(void **state)
{
	/* Two pages that are contiguous, and two that are not. */
	rte_iova_t iova[HEAP_LEN / HEAP_PAGE] = {
		0x40000000, 0x40000000 + HEAP_PAGE, 0x80000000, 0x60000000};
	struct rte_mempool *pool;
	unsigned int i, n = 2 * HEAP_PAGE / ROOM;
	void *memory;
	const int socket = heap_make(iova, &memory);

	(void)state;
	for (i = 0; i < 3; i++) {
		pool = sl_pktmbuf_pool_create("pieces", n, 0, 0, ROOM, socket);
		assert_non_null(pool);
		assert_true(sl_data_pool_of(pool)->nb_runs > 1);
		look_at_pool(pool, n, 0);
		rte_mempool_free(pool);
	}
	heap_drop(memory);
}

static void
test_no_iova(void **state)
{
	void *memory;
	const int socket = heap_make(NULL, &memory);

	(void)state;
	refuse("no iova", 31, 0, 0, ROOM, socket, EINVAL);
	heap_drop(memory);
}

int
main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_zeros),
		cmocka_unit_test(test_nothing_stays),
		cmocka_unit_test(test_layout),
		cmocka_unit_test(test_random),
		cmocka_unit_test(test_clone),
		cmocka_unit_test(test_other_pools),
		cmocka_unit_test(test_refusals),
		cmocka_unit_test(test_pieces),
		cmocka_unit_test(test_no_iova),
	};
	const bool huge = argc > 1 && strcmp(argv[1], "huge") == 0;
	char *eal[] = {argv[0], huge ? (char[]){"--in-memory"} : (char[]){"--no-huge"},
		(char[]){"--no-shconf"}, (char[]){"--no-pci"}, (char[]){"--no-telemetry"},
		(char[]){"-l"}, (char[]){"0"}, (char[]){"-m"}, (char[]){"64"},
		(char[]){"--log-level=lib.eal:4"}, (char[]){"--iova-mode=va"}};

	if (rte_eal_init((int)RTE_DIM(eal), eal) < 0) {
		if (!huge)
			return 1;
		printf("skipped: no hugepages to be had here\n");
		return SKIPPED;
	}
	return cmocka_run_group_tests(tests, NULL, NULL);
}
