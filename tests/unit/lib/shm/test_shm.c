/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */

/*
 * Adapters and regions: open, allocation, quotas, NUMA nodes, frees that do not match, asynchronous
 * allocation, and random sequences after which no memory may be left.
 */

#include <errno.h>
#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "holds.h"
#include "shm_util.h"

#define LINE(f) sl_adapter_dma_alignment((f)->a)

/* Allocate with valid parameters. */
static struct sl_region
take(struct shm_fixture *f, const char *name, size_t len)
{
	struct sl_region_params p = shm_region(name, len);
	struct sl_region r;

	assert_int_equal(sl_region_alloc(f->a, &p, &r), 0);
	return r;
}

/* Allocate with parameters that must be refused. The figures must not change. */
static void
refuse(struct shm_fixture *f, const struct sl_region_params *p, int err, const char *word)
{
	struct sl_region r = {.va = f};

	f->log.text[0] = '\0';
	shm_before(f);
	assert_int_equal(sl_region_alloc(f->a, p, &r), err);
	assert_null(r.va);
	shm_unchanged(f);
	shm_log_has(&f->log, word);
}

/* --- adapters --- */

static void
test_open_bad(void **state)
{
	struct shm_fixture f = {0};
	struct sl_adapter_params p;

	(void)state;
	assert_int_equal(sl_adapter_open(NULL, &f.a), -EINVAL);
	p = shm_params(&f);
	p.name = NULL;
	assert_int_equal(sl_adapter_open(&p, &f.a), -EINVAL);
	assert_null(f.a);
	shm_log_has(&f.log, "name of 1 to 47 bytes");
	p.name = "";
	assert_int_equal(sl_adapter_open(&p, &f.a), -EINVAL);
	p.name = "a name that is much too long to be shown in any table";
	assert_int_equal(sl_adapter_open(&p, &f.a), -EINVAL);
	p = shm_params(&f);
	p.numa_node = 77;
	assert_int_equal(sl_adapter_open(&p, &f.a), -ENODEV);
	shm_log_has(&f.log, "NUMA node 77 is not here; allowed: 0");
	p = shm_params(&f);
	p.coherency = (enum sl_coherency)9;
	assert_int_equal(sl_adapter_open(&p, &f.a), -EINVAL);
	shm_log_has(&f.log, "coherency 9 is none");
	p = shm_params(&f);
	p.async_depth = 100000;
	assert_int_equal(sl_adapter_open(&p, &f.a), -EINVAL);
	shm_log_has(&f.log, "at most 4096");
}

static void
test_checked_needs_checker(void **state)
{
	const struct sl_sync_checker checker = {.sync = shm_no_sync};
	struct shm_fixture f = {0};
	struct sl_adapter_params p = shm_params(&f);

	(void)state;
	p.coherency = SL_COHERENCY_CHECKED;
	assert_int_equal(sl_adapter_open(&p, &f.a), -ENOTSUP);
	shm_log_has(&f.log, "needs a checker");
	p.checker = &checker;
	assert_int_equal(sl_adapter_open(&p, &f.a), 0);
	assert_int_equal(sl_adapter_close(f.a), 0);
	p.coherency = SL_COHERENCY_COHERENT;
	assert_int_equal(sl_adapter_open(&p, &f.a), -EINVAL);
	shm_log_has(&f.log, "only checked calls it");
}

static void
test_auto_mode(void **state)
{
	struct shm_fixture f = {0};
	struct sl_adapter_params p = shm_params(&f);
	struct sl_cache_info info;
	int coherent, ret;

	(void)state;
	for (coherent = -1; coherent <= 1; coherent++) {
		enum sl_coherency want = SL_COHERENCY_COHERENT;

#if !defined(__x86_64__)
		if (coherent != 1)
			want = SL_COHERENCY_EXPLICIT;
#endif
		p.coherency = SL_COHERENCY_AUTO;
		p.platform_coherent = coherent;
		ret = sl_adapter_open(&p, &f.a);
		if (want == SL_COHERENCY_EXPLICIT && sl_cache_probe(&info) != 0) {
			assert_int_equal(ret, -ENOTSUP);
			shm_log_has(&f.log, "no cache maintenance");
			continue;
		}
		assert_int_equal(ret, 0);
		assert_int_equal(sl_adapter_sync(f.a)->mode, want);
		assert_int_equal(sl_adapter_close(f.a), 0);
	}
}

static void
test_names(void **state)
{
	enum sl_coherency mode, i;

	(void)state;
	for (i = SL_COHERENCY_AUTO; i <= SL_COHERENCY_CHECKED; i++) {
		assert_int_equal(sl_coherency_parse(sl_coherency_name(i), &mode), 0);
		assert_int_equal(mode, i);
	}
	assert_int_equal(sl_coherency_parse("Coherent", &mode), -EINVAL);
	assert_int_equal(sl_coherency_parse("", &mode), -EINVAL);
	assert_int_equal(sl_coherency_parse(NULL, &mode), -EINVAL);
	assert_string_equal(sl_coherency_name((enum sl_coherency)9), "unknown");
}

static void
test_close_lists_live(void **state)
{
	struct shm_fixture *f = *state;
	struct sl_region r1 = take(f, "rx ring 0", 4096), r2 = take(f, "tx ring 3", 512);
	static char pool[256];
	char kept[sizeof(f->log.text)];
	struct sl_shm_stats s;
	struct sl_dma *d;

	assert_int_equal(sl_buffer_map(f->a, "pool A", pool, 0x1000, sizeof(pool), 3), 0);
	sl_shm_stats(f->a, &s);
	assert_int_equal(s.buffers, 1);
	assert_int_equal(s.bytes_buffers, sizeof(pool));
	assert_int_equal(sl_adapter_close(f->a), -EBUSY);
	memcpy(kept, f->log.text, sizeof(kept));
	assert_non_null(strstr(kept, "region 'rx ring 0' is live"));
	assert_non_null(strstr(kept, "region 'tx ring 3' is live"));
	assert_non_null(strstr(kept, "buffer 'pool A' is live"));
	/* The adapter stays open and continues to work. */
	assert_int_equal(sl_region_free(f->a, &r1), 0);
	assert_int_equal(sl_region_free(f->a, &r2), 0);
	assert_int_equal(sl_buffer_unmap(f->a, pool, 0x1000, sizeof(pool)), 0);
	sl_shm_stats(f->a, &s);
	assert_int_equal(s.buffers + s.bytes_buffers, 0);
	d = sl_dma_open(f->a);
	assert_non_null(d);
	assert_int_equal(sl_adapter_close(f->a), -EBUSY);
	shm_log_has(&f->log, "still reads the window");
	sl_dma_close(d);
}

static void
test_after_close(void **state)
{
	struct shm_fixture f = {0};
	struct sl_adapter_params p = shm_params(&f);
	static uint8_t page[65536] __attribute__((aligned(65536)));
	struct sl_region_params rp = shm_region("r", 64);
	struct sl_region r, other;
	struct sl_shm_stats s;

	(void)state;
	assert_int_equal(sl_adapter_open(&p, &f.a), 0);
	r = take(&f, "r", 64);
	assert_int_equal(sl_region_free(f.a, &r), 0);
	assert_int_equal(sl_adapter_close(f.a), 0);
	/* Each control call returns an error and accesses no freed memory. */
	assert_int_equal(sl_region_free(f.a, &r), -EBADF);
	assert_int_equal(sl_region_alloc(f.a, &rp, &other), -EBADF);
	assert_int_equal(sl_region_sg(f.a, &r, NULL, 0), -EBADF);
	assert_int_equal(sl_buffer_map(f.a, "b", &f, 0, 64, 3), -EBADF);
	assert_int_equal(sl_buffer_unmap(f.a, &f, 0, 64), -EBADF);
	assert_int_equal(sl_adapter_close(f.a), -EBADF);
	assert_null(sl_dma_open(f.a));
	assert_false(sl_shm_covers(f.a, r.va, 1));
	sl_shm_stats(f.a, &s);
	assert_int_equal(s.quota_noncached, 0);
	sl_shm_dump(f.a, stdout);
	assert_int_equal(sl_region_free(NULL, &r), -EINVAL);
	assert_int_equal(sl_adapter_close(NULL), -EINVAL);
	/* Pointers that never were an adapter. */
	assert_int_equal(sl_adapter_close((struct sl_adapter *)(uintptr_t)page), -EBADF);
	assert_int_equal(sl_adapter_close((struct sl_adapter *)(uintptr_t)&f), -EBADF);
}

/* --- regions --- */

static void
test_alloc(void **state)
{
	struct shm_fixture *f = *state;
	static const size_t lens[] = {1, 63, 64, 65, 4095, 4096, 4097, 100000};
	struct sl_shm_stats s;
	unsigned int i;

	for (i = 0; i < sizeof(lens) / sizeof(lens[0]); i++) {
		struct sl_region r = take(f, "r", lens[i]);
		size_t j, size = (lens[i] + LINE(f) - 1) & ~(size_t)(LINE(f) - 1);

		assert_int_equal((uintptr_t)r.va % LINE(f), 0);
		assert_int_equal(r.len, lens[i]);
		for (j = 0; j < size; j++)
			assert_int_equal(((uint8_t *)r.va)[j], 0);
		memset(r.va, 0xa5, size);
		assert_true(sl_shm_covers(f->a, r.va, r.len));
		assert_false(sl_shm_covers(f->a, r.va, r.len + 1));
		/* Contiguous pages form one segment. */
		assert_int_equal(sl_region_sg(f->a, &r, NULL, 0), 1);
		sl_shm_stats(f->a, &s);
		assert_int_equal(s.regions, 1);
		assert_int_equal(s.bytes_cached, size);
		assert_int_equal(sl_region_free(f->a, &r), 0);
	}
	sl_shm_stats(f->a, &s);
	assert_int_equal(s.regions + s.bytes_cached + s.bytes_noncached, 0);
	assert_int_equal(s.allocs, i);
	assert_int_equal(s.frees, i);
}

static void
test_alignment(void **state)
{
	struct shm_fixture *f = *state;
	struct sl_region_params p = shm_region("r", 100);
	struct sl_region r;

	for (p.align = 1; p.align <= (size_t)4 << 20; p.align *= 2) {
		assert_int_equal(sl_region_alloc(f->a, &p, &r), 0);
		assert_int_equal((uintptr_t)r.va % p.align, 0);
		assert_int_equal((uintptr_t)r.va % LINE(f), 0);
		assert_int_equal(sl_region_free(f->a, &r), 0);
	}
}

static void
test_alloc_bad(void **state)
{
	struct shm_fixture *f = *state;
	struct sl_region_params p = shm_region("r", 0);
	struct sl_region r;
	size_t i;
	static const size_t lens[] = {0, SIZE_MAX, SIZE_MAX - 62, SIZE_MAX / 2, (size_t)1 << 63};
	static const size_t aligns[] = {3, 48, 4097, (size_t)1 << 63, SIZE_MAX};

	for (i = 0; i < sizeof(lens) / sizeof(lens[0]); i++) {
		p.len = lens[i];
		refuse(f, &p, -EINVAL, "allowed: 1 to");
	}
	p.len = 4096;
	for (i = 0; i < sizeof(aligns) / sizeof(aligns[0]); i++) {
		p.align = aligns[i];
		refuse(f, &p, -EINVAL, "not a power of two");
	}
	p.align = 0;
	/* More than any machine has, but without overflow: the system refuses it. */
	p.len = (size_t)1 << 60;
	refuse(f, &p, -ENOMEM, "mmap of");
	p.len = 4096;
	p.name = NULL;
	refuse(f, &p, -EINVAL, "name of 1 to 47");
	p.name = "r";
	p.dir = (enum sl_dma_dir)4;
	refuse(f, &p, -EINVAL, "direction 4");
	p.dir = 0;
	p.node = 1000;
	refuse(f, &p, -ENODEV, "NUMA node 1000 is not here; allowed: 0");
	p.node = -2;
	refuse(f, &p, -ENODEV, "NUMA node -2 is not here");
	assert_int_equal(sl_region_alloc(f->a, NULL, &r), -EINVAL);
	assert_int_equal(sl_region_alloc(f->a, &p, NULL), -EINVAL);
}

static void
test_quota(void **state)
{
	struct shm_fixture f = {0};
	struct sl_adapter_params ap = shm_params(&f);
	struct sl_region_params p = shm_region("r", 4096);
	struct sl_region r[3];
	unsigned int i;

	(void)state;
	ap.quota = 3 * 4096;
	ap.quota_noncached = 4096;
	assert_int_equal(sl_adapter_open(&ap, &f.a), 0);
	p.cached = false;
	assert_int_equal(sl_region_alloc(f.a, &p, &r[0]), 0);
	p.len = 1;
	refuse(&f, &p, -ENOSPC, "non-cached memory: 4096 of 4096 are in use");
	p.cached = true;
	p.len = 4096;
	assert_int_equal(sl_region_alloc(f.a, &p, &r[1]), 0);
	p.len = 4097;
	refuse(&f, &p, -ENOSPC, "8192 of 12288 are in use");
	p.len = (size_t)1 << 62;
	refuse(&f, &p, -ENOSPC, "8192 of 12288 are in use");
	p.len = 4096;
	assert_int_equal(sl_region_alloc(f.a, &p, &r[2]), 0);
	/* Freed memory can be allocated again. */
	assert_int_equal(sl_region_free(f.a, &r[0]), 0);
	p.cached = false;
	assert_int_equal(sl_region_alloc(f.a, &p, &r[0]), 0);
	for (i = 0; i < 3; i++)
		assert_int_equal(sl_region_free(f.a, &r[i]), 0);
	assert_int_equal(sl_adapter_close(f.a), 0);
}

static void
test_free_differs(void **state)
{
	struct shm_fixture *f = *state;
	struct sl_region r = take(f, "ring", 4096), bad[8];
	static const char *const field[] = {
		"va", "iova", "len", "len", "cached", "va", "va", "iova"};
	unsigned int i;

	for (i = 0; i < 8; i++)
		bad[i] = r;
	bad[0].va = (uint8_t *)r.va + 64;
	bad[1].iova += 64;
	bad[2].len -= 1;
	bad[3].len += 1;
	bad[4].cached = false;
	bad[5].va = NULL;
	bad[6].va = f;
	bad[7].iova = 0;
	for (i = 0; i < 8; i++) {
		char word[64];

		shm_before(f);
		assert_int_equal(sl_region_free(f->a, &bad[i]), -EINVAL);
		shm_unchanged(f);
		snprintf(word, sizeof(word), "%s differs from what region 'ring'", field[i]);
		shm_log_has(&f->log, word);
	}
	assert_int_equal(sl_region_free(f->a, &r), 0);
	/* Double free. */
	shm_before(f);
	assert_int_equal(sl_region_free(f->a, &r), -ENOENT);
	shm_unchanged(f);
	shm_log_has(&f->log, "freed already");
	assert_int_equal(sl_region_free(f->a, NULL), -EINVAL);
}

static void
test_other_adapters_region(void **state)
{
	struct shm_fixture *f = *state, g = {0};
	struct sl_adapter_params p = shm_params(&g);
	struct sl_region r;

	assert_int_equal(sl_adapter_open(&p, &g.a), 0);
	r = take(f, "mine", 128);
	assert_int_equal(sl_region_free(g.a, &r), -ENOENT);
	assert_int_equal(sl_region_free(f->a, &r), 0);
	assert_int_equal(sl_adapter_close(g.a), 0);
}

static void
test_dump(void **state)
{
	struct shm_fixture *f = *state;
	struct sl_region_params p = shm_region("tx ring \"7\"", 4096);
	struct sl_region r;
	char *text;
	size_t len;
	FILE *mem;

	p.usage = SL_USAGE_TX_RING;
	p.queue = 7;
	assert_int_equal(sl_region_alloc(f->a, &p, &r), 0);
	mem = open_memstream(&text, &len);
	sl_shm_dump(f->a, mem);
	fclose(mem);
	assert_non_null(strstr(text, "adapter 'nic0': coherency coherent"));
	assert_non_null(strstr(text, "region 'tx ring \"7\"': 4096 bytes"));
	assert_non_null(strstr(text, "tx ring, node"));
	assert_non_null(strstr(text, "queue 7"));
	free(text);
	assert_int_equal(sl_region_free(f->a, &r), 0);
}

/* --- memory that is not contiguous, on other nodes, or missing --- */

/* A memory source on the heap whose behaviour the test sets. */
struct fake {
	struct sl_mem_source source;
	size_t page;	/* page size; pages are in reverse order for the device */
	size_t room[4]; /* bytes that each node has */
	bool fallback;
	int placed; /* node to report; SL_NODE_ANY: the requested one */
	bool no_iova;
	unsigned int live;
	uint8_t *base;
	size_t len;
};

static int
fake_alloc(void *ctx, const char *name, size_t len, size_t align, int node, struct sl_chunk *out,
	char why[128])
{
	struct fake *s = ctx;
	size_t size = (len + align - 1) & ~(align - 1);

	(void)name;
	if (node != SL_NODE_ANY && s->room[node] < len) {
		snprintf(why, 128, "node %d is full", node);
		return -ENOMEM;
	}
	s->base = aligned_alloc(align, size);
	assert_non_null(s->base);
	memset(s->base, 0xa5, size); /* as left by a previous user */
	s->len = size;
	s->live++;
	*out = (struct sl_chunk){
		.va = s->base,
		.len = size,
		.node = s->placed != SL_NODE_ANY ? s->placed : node,
		.page_size = s->page,
		.fallback = s->fallback,
	};
	if (s->fallback)
		snprintf(why, 128, "a reason");
	return 0;
}

static void
fake_free(void *ctx, const struct sl_chunk *chunk)
{
	struct fake *s = ctx;

	s->live--;
	free(chunk->va);
}

/* Device addresses: the pages of a region in reverse order. */
static uint64_t
fake_iova(void *ctx, const void *va)
{
	const struct fake *s = ctx;
	size_t page = s->page == 0 ? s->len : s->page;
	size_t off = (size_t)((const uint8_t *)va - s->base);

	if (s->no_iova)
		return UINT64_MAX;
	return 0x100000000 - (off / page + 1) * page * 2 + off % page;
}

static int
four_count(void *ctx)
{
	(void)ctx;
	return 4;
}

static bool
four_has(void *ctx, int node)
{
	(void)ctx;
	return node >= 0 && node < 4 && node != 1;
}

/* For node 0, node 3 is nearer than node 2. */
static int
four_distance(void *ctx, int from, int to)
{
	(void)ctx;
	return from == to ? 10 : 50 - to * 10;
}

static const struct sl_topology four = {
	.count = four_count,
	.has = four_has,
	.distance = four_distance,
};

static void
fake_open(struct shm_fixture *f, struct fake *s)
{
	struct sl_adapter_params p = shm_params(f);

	memset(f, 0, sizeof(*f));
	*s = (struct fake){.placed = SL_NODE_ANY, .room = {SIZE_MAX, 0, SIZE_MAX, SIZE_MAX}};
	s->source = (struct sl_mem_source){"fake", fake_alloc, fake_free, fake_iova, s};
	p.source = &s->source;
	p.topology = &four;
	p.numa_node = 0;
	assert_int_equal(sl_adapter_open(&p, &f->a), 0);
}

static void
test_pieces(void **state)
{
	struct shm_fixture f;
	struct fake s;
	struct sl_region_params p = shm_region("r", 10000);
	struct sl_sg sg[8] = {{0}};
	struct sl_region r;

	(void)state;
	fake_open(&f, &s);
	s.page = 4096;
	p.align = 4096;
	assert_int_equal(sl_region_alloc(f.a, &p, &r), 0);
	assert_int_equal(sl_region_sg(f.a, &r, NULL, 0), 3);
	assert_int_equal(sl_region_sg(f.a, &r, sg, 2), 3);
	assert_int_equal(sg[1].len, 4096);
	assert_int_equal(sg[2].len, 0);
	assert_int_equal(sl_region_sg(f.a, &r, sg, 8), 3);
	assert_int_equal(sg[0].iova, r.iova);
	assert_int_equal(sg[0].len + sg[1].len + sg[2].len, 10000);
	assert_int_equal(sg[2].len, 10000 - 8192);
	assert_int_equal(sl_region_free(f.a, &r), 0);
	assert_int_equal(sl_region_sg(f.a, &r, sg, 8), -ENOENT);
	/* A single page is contiguous. */
	p.contiguous = true;
	refuse(&f, &p, -ENOTSUP, "contiguous is asked for");
	p.len = 4096;
	assert_int_equal(sl_region_alloc(f.a, &p, &r), 0);
	assert_int_equal(sl_region_free(f.a, &r), 0);
	s.no_iova = true;
	refuse(&f, &p, -ENOTSUP, "has no IOVA");
	assert_int_equal(s.live, 0);
	assert_int_equal(sl_adapter_close(f.a), 0);
}

/* A hook that refuses the third mapping. */
static int
two_map(void *ctx, void *va, uint64_t iova, size_t len, enum sl_dma_dir dir)
{
	unsigned int *mapped = ctx;

	(void)va;
	(void)iova;
	(void)len;
	(void)dir;
	if (*mapped == 2)
		return -ENOBUFS;
	(*mapped)++;
	return 0;
}

static int
two_unmap(void *ctx, void *va, uint64_t iova, size_t len)
{
	unsigned int *mapped = ctx;

	(void)va;
	(void)iova;
	(void)len;
	(*mapped)--;
	return 0;
}

static void
test_pieces_refused(void **state)
{
	static const struct sl_window_ops hooks = {
		.name = "test", .map = two_map, .unmap = two_unmap};
	struct shm_fixture f = {0};
	struct sl_adapter_params ap = shm_params(&f);
	struct sl_region_params p = shm_region("r", 3 * 4096);
	unsigned int mapped = 0;
	struct sl_region r;
	struct fake s;

	(void)state;
	fake_open(&f, &s);
	assert_int_equal(sl_adapter_close(f.a), 0);
	ap.source = &s.source;
	ap.window = &hooks;
	ap.window_ctx = &mapped;
	assert_int_equal(sl_adapter_open(&ap, &f.a), 0);
	s.page = 4096;
	p.align = 4096;
	refuse(&f, &p, -ENOBUFS, "the window's hook refuses");
	assert_int_equal(mapped, 0);
	assert_int_equal(s.live, 0);
	p.len = 2 * 4096;
	assert_int_equal(sl_region_alloc(f.a, &p, &r), 0);
	assert_int_equal(mapped, 2);
	assert_int_equal(sl_region_free(f.a, &r), 0);
	assert_int_equal(mapped, 0);
	assert_int_equal(sl_adapter_close(f.a), 0);
}

static void
test_nearest_node(void **state)
{
	struct shm_fixture f;
	struct fake s;
	struct sl_region_params p = shm_region("r", 4096);
	struct sl_shm_stats st;
	struct sl_region r;

	(void)state;
	fake_open(&f, &s);
	assert_int_equal(sl_region_alloc(f.a, &p, &r), 0);
	assert_int_equal(sl_region_free(f.a, &r), 0);
	sl_shm_stats(f.a, &st);
	assert_int_equal(st.fallback_node, 0);
	/* Node 0 is full, so the nearest node is used: 3, then 2, then none is left. */
	s.room[0] = 0;
	assert_int_equal(sl_region_alloc(f.a, &p, &r), 0);
	shm_log_has(&f.log, "on NUMA node 3, the nearest to 0");
	assert_int_equal(sl_region_free(f.a, &r), 0);
	s.room[3] = 0;
	assert_int_equal(sl_region_alloc(f.a, &p, &r), 0);
	shm_log_has(&f.log, "on NUMA node 2, the nearest to 0");
	assert_int_equal(sl_region_free(f.a, &r), 0);
	sl_shm_stats(f.a, &st);
	assert_int_equal(st.fallback_node, 2);
	s.room[2] = 0;
	refuse(&f, &p, -ENOMEM, "node 2 is full");
	/* strict_node, and a kernel that uses another node than requested. */
	s.room[2] = SIZE_MAX;
	p.node = 0;
	p.strict_node = true;
	refuse(&f, &p, -ENODEV, "strict_node refuses another");
	s.room[0] = SIZE_MAX;
	s.placed = 2;
	refuse(&f, &p, -ENODEV, "node 2 has), and strict_node");
	p.strict_node = false;
	assert_int_equal(sl_region_alloc(f.a, &p, &r), 0);
	sl_shm_stats(f.a, &st);
	assert_int_equal(st.fallback_node, 3);
	assert_int_equal(sl_region_free(f.a, &r), 0);
	p.node = 1;
	refuse(&f, &p, -ENODEV, "allowed: 0, 2, 3");
	assert_int_equal(s.live, 0);
	assert_int_equal(sl_adapter_close(f.a), 0);
}

static unsigned int
times_said(const struct shm_fixture *f, const char *what)
{
	const char *at = f->log.text;
	unsigned int n = 0;

	for (; (at = strstr(at, what)) != NULL; at++)
		n++;
	return n;
}

/* A notice that applies to all rings is logged once per adapter, and counted each time. */
static void
test_notices_once(void **state)
{
	struct sl_region_params p = shm_region("ring", 4096);
	unsigned int i, adapter;

	(void)state;
	for (adapter = 0; adapter < 2; adapter++) {
		struct shm_fixture f;
		struct sl_shm_stats st;
		struct sl_region r;
		struct fake s;

		fake_open(&f, &s);
		s.fallback = true;
		s.room[0] = 0;
		for (i = 0; i < 8; i++) {
			/* The second half is on another node than the first. */
			if (i == 4)
				s.room[3] = 0;
			assert_int_equal(sl_region_alloc(f.a, &p, &r), 0);
			assert_int_equal(sl_region_free(f.a, &r), 0);
		}
		sl_shm_stats(f.a, &st);
		assert_int_equal(st.fallback_pages, 8);
		assert_int_equal(st.fallback_node, 8);
		assert_int_equal(times_said(&f, "4 KiB pages in place of hugepages: a reason"), 1);
		assert_int_equal(times_said(&f, "on NUMA node 3"), 1);
		assert_int_equal(times_said(&f, "on NUMA node 2"), 1);
		assert_int_equal(sl_adapter_close(f.a), 0);
	}
}

/* Memory that was used before is cleared, so that the NIC cannot read old data. */
static void
test_zeroed(void **state)
{
	struct sl_region_params p = shm_region("r", 5000);
	struct shm_fixture f;
	struct sl_region r;
	struct fake s;
	size_t i, size;

	(void)state;
	fake_open(&f, &s);
	assert_int_equal(sl_region_alloc(f.a, &p, &r), 0);
	/* Up to the end of the last line, because the NIC can access all of it. */
	size = (5000 + LINE(&f) - 1) / LINE(&f) * LINE(&f);
	for (i = 0; i < size; i++)
		assert_int_equal(((uint8_t *)r.va)[i], 0);
	assert_int_equal(sl_region_free(f.a, &r), 0);
	assert_int_equal(sl_adapter_close(f.a), 0);
}

/* --- asynchronous allocation --- */

struct done {
	struct shm_fixture *f;
	unsigned int calls, ok;
	struct sl_region region[64];
	int status;
	int close_ret;
};

static void
on_done(void *ctx, int status, const struct sl_region *region)
{
	struct done *d = ctx;

	if (status == 0)
		d->region[d->ok++] = *region;
	d->status = status;
	__atomic_add_fetch(&d->calls, 1, __ATOMIC_RELEASE);
}

static void
on_done_close(void *ctx, int status, const struct sl_region *region)
{
	struct done *d = ctx;

	on_done(ctx, status, region);
	d->close_ret = sl_adapter_close(d->f->a);
}

static void
test_async(void **state)
{
	struct shm_fixture f = {0};
	struct sl_adapter_params ap = shm_params(&f);
	struct done d = {.f = &f};
	unsigned int i, taken = 0, again = 0;
	char name[16];

	(void)state;
	ap.async_depth = 8;
	assert_int_equal(sl_adapter_open(&ap, &f.a), 0);
	for (i = 0; i < 64; i++) {
		struct sl_region_params p = shm_region(name, 4096);
		int ret;

		/* The caller's name and parameters need not stay valid. */
		snprintf(name, sizeof(name), "async %u", i);
		ret = sl_region_alloc_async(f.a, &p, on_done, &d);
		memset(name, 'x', sizeof(name) - 1);
		if (ret == 0)
			taken++;
		else
			assert_int_equal(ret, -EAGAIN);
		again += ret == -EAGAIN;
	}
	assert_true(taken >= 8);
	/* All requests complete before close returns. Their regions are live and listed by name. */
	assert_int_equal(sl_adapter_close(f.a), -EBUSY);
	assert_int_equal(d.calls, taken);
	assert_int_equal(d.ok, taken);
	assert_int_equal(taken + again, 64);
	shm_log_has(&f.log, "region 'async 0' is live");
	/* The adapter is open again and accepts requests. */
	for (i = 0; i < taken; i++)
		assert_int_equal(sl_region_free(f.a, &d.region[i]), 0);
	d.ok = 0;
	assert_int_equal(
		sl_region_alloc_async(f.a, &(struct sl_region_params){.name = "bad"}, on_done, &d),
		0);
	while (__atomic_load_n(&d.calls, __ATOMIC_ACQUIRE) != taken + 1)
		usleep(100);
	assert_int_equal(d.status, -EINVAL);
	assert_int_equal(sl_adapter_close(f.a), 0);
	assert_int_equal(d.calls, taken + 1);
}

static void
test_async_bad(void **state)
{
	struct shm_fixture *f = *state, g = {0};
	struct sl_adapter_params ap = shm_params(&g);
	struct sl_region_params p = shm_region("r", 64);
	struct done d = {.f = &g};

	assert_int_equal(sl_region_alloc_async(f->a, &p, on_done, &d), -ENOTSUP);
	assert_int_equal(sl_region_alloc_async(NULL, &p, on_done, &d), -EINVAL);
	assert_int_equal(sl_region_alloc_async(f->a, NULL, on_done, &d), -EINVAL);
	assert_int_equal(sl_region_alloc_async(f->a, &p, NULL, &d), -EINVAL);
	p.name = "";
	assert_int_equal(sl_region_alloc_async(f->a, &p, on_done, &d), -EINVAL);
	/* Close from a completion handler would wait for itself. */
	p.name = "r";
	ap.async_depth = 1;
	assert_int_equal(sl_adapter_open(&ap, &g.a), 0);
	assert_int_equal(sl_region_alloc_async(g.a, &p, on_done_close, &d), 0);
	assert_int_equal(sl_adapter_close(g.a), -EBUSY);
	assert_int_equal(d.close_ret, -EDEADLK);
	assert_int_equal(sl_region_free(g.a, &d.region[0]), 0);
	assert_int_equal(sl_adapter_close(g.a), 0);
}

/* --- nothing is left --- */

static unsigned int
lines_of(const char *file)
{
	FILE *f = fopen(file, "r");
	unsigned int n = 0;
	int c;

	assert_non_null(f);
	while ((c = fgetc(f)) != EOF)
		n += c == '\n';
	fclose(f);
	return n;
}

struct held {
	size_t heap;
	unsigned int maps, threads;
};

/* The heap first, because the other counts use it. */
static struct held
look(void)
{
	struct held h = {.heap = mallinfo2().uordblks};

	h.maps = lines_of("/proc/self/maps");
	h.threads = holds_threads("");
	return h;
}

/* An adapter with regions and a buffer, and a refusal of each, with or without a thread. */
static void
whole_life(unsigned int async_depth)
{
	static uint8_t memory[8192] __attribute__((aligned(4096)));
	struct sl_region_params p = shm_region("r", 20000);
	struct shm_fixture f = {0};
	struct sl_adapter_params ap = shm_params(&f);
	struct done d = {.f = &f};
	struct sl_region r;

	ap.async_depth = async_depth;
	ap.quota = 50000;
	assert_int_equal(sl_adapter_open(&ap, &f.a), 0);
	if (async_depth != 0)
		assert_int_equal(sl_region_alloc_async(f.a, &p, on_done, &d), 0);
	assert_int_equal(sl_region_alloc(f.a, &p, &r), 0);
	p.len = 50001;
	assert_int_not_equal(sl_region_alloc(f.a, &p, &(struct sl_region){0}), 0);
	assert_int_equal(sl_buffer_map(f.a, "b", memory, 0x10000, 4096, SL_DMA_BIDIRECTIONAL), 0);
	assert_int_not_equal(
		sl_buffer_map(f.a, "c", memory + 64, 0x90000, 4096, SL_DMA_BIDIRECTIONAL), 0);
	assert_int_not_equal(
		sl_buffer_map(f.a, "d", memory + 4096, 0x10800, 4096, SL_DMA_BIDIRECTIONAL), 0);
	sl_dma_close(sl_dma_open(f.a));
	assert_int_equal(sl_buffer_unmap(f.a, memory, 0x10000, 4096), 0);
	assert_int_equal(sl_region_free(f.a, &r), 0);
	while (async_depth != 0 && __atomic_load_n(&d.calls, __ATOMIC_ACQUIRE) != 1)
		usleep(100);
	if (async_depth != 0)
		assert_int_equal(sl_region_free(f.a, &d.region[0]), 0);
	assert_int_equal(sl_adapter_close(f.a), 0);
	/* The last step of the open is refused. */
	ap.async_depth = UINT32_MAX;
	assert_int_not_equal(sl_adapter_open(&ap, &f.a), 0);
}

/*
 * Closed adapters leave no memory, mapping or thread. The C library sometimes keeps memory. A leak
 * grows in each try.
 */
static void
nothing_stays(unsigned int async_depth)
{
	const unsigned int rounds = 50;
	struct held before = look(), after;
	unsigned int try, i;

	for (try = 0; try < 10; try++) {
		for (i = 0; i < rounds; i++)
			whole_life(async_depth);
		after = look();
		if (after.heap < before.heap + rounds * 24 && after.maps < before.maps + rounds &&
			after.threads == before.threads)
			return;
		before = after;
	}
	fail_msg("%u rounds leave memory, mappings (%u now) or threads (%u now), each time", rounds,
		after.maps, after.threads);
}

static void
test_nothing_stays(void **state)
{
	(void)state;
	nothing_stays(0);
	nothing_stays(4);
}

/* Random calls compared with a model. The figures always equal the sum of live memory. */
static void
test_random(void **state)
{
	struct shm_fixture *f = *state;
	uint64_t rng = rng_seed(0);
	struct sl_region live[32];
	bool used[32] = {false};
	size_t bytes = 0, n = 0;
	unsigned int i;

	for (i = 0; i < 3000; i++) {
		unsigned int k = rng_next(&rng) % 32;
		size_t line = LINE(f);
		struct sl_shm_stats s;

		if (!used[k]) {
			live[k] = take(f, "r", 1 + rng_next(&rng) % 20000);
			memset(live[k].va, (int)k, live[k].len);
			bytes += (live[k].len + line - 1) & ~(line - 1);
			n++;
		} else {
			size_t j;

			for (j = 0; j < live[k].len; j++)
				assert_int_equal(((uint8_t *)live[k].va)[j], k);
			assert_int_equal(sl_region_free(f->a, &live[k]), 0);
			bytes -= (live[k].len + line - 1) & ~(line - 1);
			n--;
		}
		used[k] = !used[k];
		sl_shm_stats(f->a, &s);
		assert_int_equal(s.regions, n);
		assert_int_equal(s.bytes_cached, bytes);
	}
	for (i = 0; i < 32; i++)
		if (used[i])
			assert_int_equal(sl_region_free(f->a, &live[i]), 0);
}

#define WITH_ADAPTER(t) cmocka_unit_test_setup_teardown(t, shm_setup, shm_teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_open_bad),
		cmocka_unit_test(test_checked_needs_checker),
		cmocka_unit_test(test_auto_mode),
		cmocka_unit_test(test_names),
		WITH_ADAPTER(test_close_lists_live),
		cmocka_unit_test(test_after_close),
		WITH_ADAPTER(test_alloc),
		WITH_ADAPTER(test_alignment),
		WITH_ADAPTER(test_alloc_bad),
		cmocka_unit_test(test_quota),
		WITH_ADAPTER(test_free_differs),
		WITH_ADAPTER(test_other_adapters_region),
		WITH_ADAPTER(test_dump),
		cmocka_unit_test(test_pieces),
		cmocka_unit_test(test_pieces_refused),
		cmocka_unit_test(test_nearest_node),
		cmocka_unit_test(test_notices_once),
		cmocka_unit_test(test_zeroed),
		cmocka_unit_test(test_nothing_stays),
		cmocka_unit_test(test_async),
		WITH_ADAPTER(test_async_bad),
		WITH_ADAPTER(test_random),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
