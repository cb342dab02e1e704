/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */

/*
 * NDIS's shared-memory calls. A miniport runs in each coherency mode, and each of its sync calls is
 * left out once. All forms of allocation and free, correct and wrong, and closed handles.
 */

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "ndis_miniport.h"
#include "sl_check.h"
#include "shm_util.h"

/* --- a platform on which CPU and NIC have separate copies of memory --- */

#define COPIES 32u

struct copies {
	struct {
		uint8_t *cpu, *device;
		size_t len;
	} at[COPIES];
	unsigned int ignore;	   /* number of the call to leave out, from 1; 0: none */
	enum sl_sync_verb ignored; /* verb of that call */
	unsigned int calls;
};

static void *
copies_map(void *ctx, const struct sl_sync_mapping *m)
{
	struct copies *c = ctx;
	unsigned int i;

	for (i = 0; i < COPIES; i++) {
		if (c->at[i].cpu != NULL)
			continue;
		c->at[i].cpu = m->va;
		c->at[i].len = m->len;
		c->at[i].device = calloc(1, m->len);
		return c->at[i].device;
	}
	return NULL;
}

static void
copies_unmap(void *ctx, void *va, size_t len)
{
	struct copies *c = ctx;
	unsigned int i;

	for (i = 0; i < COPIES; i++) {
		if (c->at[i].cpu != va)
			continue;
		assert_int_equal(c->at[i].len, len);
		free(c->at[i].device);
		c->at[i].cpu = NULL;
	}
}

static void
copies_sync(void *ctx, enum sl_sync_verb verb, const void *va, size_t len,
	const struct sl_sync_site *site)
{
	struct copies *c = ctx;
	unsigned int i;

	(void)site;
	if (verb == SL_SYNC_DOORBELL)
		return;
	if (++c->calls == c->ignore) {
		c->ignored = verb;
		return;
	}
	for (i = 0; i < COPIES; i++) {
		size_t off = (size_t)((const uint8_t *)va - c->at[i].cpu);

		if (c->at[i].cpu == NULL || off >= c->at[i].len)
			continue;
		assert_true(len <= c->at[i].len - off);
		if (verb == SL_SYNC_UPDATE)
			memcpy(c->at[i].cpu + off, c->at[i].device + off, len);
		else
			memcpy(c->at[i].device + off, c->at[i].cpu + off, len);
		return;
	}
	fail_msg("sync of %zu bytes at %p, which is nobody's", len, va);
}

/* --- the miniport's NIC: it loops sent frames back --- */

struct nic {
	struct mp_registers reg;
	struct sl_dma *dma;
	ULONG tx, rx;
};

static void
nic_step(struct nic *n)
{
	sl_dma_begin(n->dma);
	while (n->tx != n->reg.TxTail && n->rx != n->reg.RxTail) {
		struct mp_descriptor *t =
			sl_dma_translate(n->dma, n->reg.TxRing + n->tx % MP_SLOTS * n->reg.Stride,
				sizeof(*t), SL_DMA_BIDIRECTIONAL);
		struct mp_descriptor *r =
			sl_dma_translate(n->dma, n->reg.RxRing + n->rx % MP_SLOTS * n->reg.Stride,
				sizeof(*r), SL_DMA_BIDIRECTIONAL);
		const void *from;
		void *to;

		assert_non_null(t);
		assert_non_null(r);
		from = sl_dma_translate(n->dma, t->Address, t->Length, SL_DMA_TO_DEVICE);
		to = sl_dma_translate(n->dma, r->Address, r->Length, SL_DMA_FROM_DEVICE);
		/* If a sync call is left out, the address of a frame may be invalid. */
		if (from == NULL || to == NULL || t->Length > r->Length)
			break;
		memcpy(to, from, t->Length);
		r->Length = t->Length;
		r->Status = MP_STATUS_DONE;
		t->Status = MP_STATUS_DONE;
		n->tx++;
		n->rx++;
	}
	sl_dma_end(n->dma);
}

/* --- a miniport from initialize to halt --- */

struct bench {
	struct shm_fixture f;
	struct nic nic;
	struct mp_adapter mp;
	struct copies copies;
	struct sl_sync_checker checker;
	struct sl_check *check; /* the library's checker instead of the copies above */
};

static struct bench *
bench_open_checked(enum sl_coherency mode, struct sl_check *check)
{
	struct bench *b = calloc(1, sizeof(*b));
	struct sl_adapter_params p;
	int ret;

	assert_non_null(b);
	b->check = check;
	p = shm_params(&b->f);
	b->checker = (struct sl_sync_checker){
		.sync = copies_sync, .map = copies_map, .unmap = copies_unmap, .ctx = &b->copies};
	p.coherency = mode;
	p.checker = mode == SL_COHERENCY_CHECKED ? &b->checker : NULL;
	if (check != NULL)
		p.checker = sl_check_seam(check);
	p.async_depth = 4;
	p.quota = 256 * 1024;
	ret = sl_adapter_open(&p, &b->f.a);
	if (ret == -ENOTSUP) {
		free(b);
		return NULL;
	}
	assert_int_equal(ret, 0);
	assert_int_equal(sl_ndis_open(b->f.a, &b->mp, &b->mp.Handle), NDIS_STATUS_SUCCESS);
	b->nic.dma = sl_dma_open(b->f.a);
	b->mp.Registers = &b->nic.reg;
	return b;
}

static struct bench *
bench_open(enum sl_coherency mode)
{
	return bench_open_checked(mode, NULL);
}

static void
bench_close(struct bench *b)
{
	sl_dma_close(b->nic.dma);
	assert_int_equal(sl_ndis_close(b->mp.Handle), NDIS_STATUS_SUCCESS);
	assert_int_equal(sl_adapter_close(b->f.a), 0);
	free(b);
}

/* Loop frames of many lengths through the miniport. @return number of frames that are unchanged. */
static unsigned int
loop_frames(struct bench *b, unsigned int count)
{
	uint8_t sent[MP_BUFFER_SIZE], got[MP_BUFFER_SIZE];
	unsigned int i, good = 0;

	for (i = 0; i < count; i++) {
		ULONG len = 1 + i * 131 % MP_BUFFER_SIZE, j;

		for (j = 0; j < len; j++)
			sent[j] = (uint8_t)(i * 7 + j);
		if (MpSend(&b->mp, sent, len) != NDIS_STATUS_SUCCESS)
			continue;
		nic_step(&b->nic);
		memset(got, 0, sizeof(got));
		if (MpReceive(&b->mp, got, sizeof(got)) == len && memcmp(sent, got, len) == 0)
			good++;
	}
	return good;
}

static void
run_miniport(enum sl_coherency mode)
{
	struct bench *b = bench_open(mode);
	unsigned int i;
	KIRQL old;

	if (b == NULL)
		skip();
	assert_int_equal(MpInitialize(&b->mp), NDIS_STATUS_SUCCESS);
	NDIS_RAISE_IRQL_TO_DISPATCH(&old);
	assert_int_equal(loop_frames(b, 100), 100);
	/* Without frames, nothing is received. */
	assert_int_equal(MpReceive(&b->mp, &old, sizeof(old)), 0);
	/* A stopped NIC: only as many sends as there are slots. */
	for (i = 0; i < MP_SLOTS; i++)
		assert_int_equal(MpSend(&b->mp, "frame", 5), NDIS_STATUS_SUCCESS);
	assert_int_equal(MpSend(&b->mp, "frame", 5), NDIS_STATUS_RESOURCES);
	NDIS_LOWER_IRQL(PASSIVE_LEVEL, DISPATCH_LEVEL);
	MpHalt(&b->mp);
	bench_close(b);
}

static void
test_miniport_coherent(void **state)
{
	(void)state;
	run_miniport(SL_COHERENCY_COHERENT);
}

static void
test_miniport_explicit(void **state)
{
	(void)state;
	run_miniport(SL_COHERENCY_EXPLICIT);
}

static void
test_miniport_copies(void **state)
{
	(void)state;
	run_miniport(SL_COHERENCY_CHECKED);
}

/* The same calls under the checker. A miniport that follows NDIS's rules gives no finding. */
static void
test_miniport_checked(void **state)
{
	const uint64_t seed = rng_seed(0);
	struct sl_check_stats s;
	struct sl_check *check;
	struct bench *b;

	(void)state;
	assert_int_equal(
		sl_check_create(
			&(struct sl_check_params){.seed = seed, .evict = 400, .refill = 400},
			&check),
		0);
	b = bench_open_checked(SL_COHERENCY_CHECKED, check);
	assert_int_equal(MpInitialize(&b->mp), NDIS_STATUS_SUCCESS);
	assert_int_equal(loop_frames(b, 500), 500);
	MpHalt(&b->mp);
	bench_close(b);
	sl_check_stats(check, &s);
	if (s.found != 0)
		sl_check_dump(check, stderr);
	assert_int_equal(s.found, 0);
	assert_true(s.evictions > 0);
	assert_int_equal(sl_check_destroy(check), 0);
}

/*
 * Reports name source lines of the miniport. Each sync call that is left out is found and reported
 * at its own line.
 */
static void
test_miniport_bugs(void **state)
{
	const struct sl_check_params p = {.seed = 1, .policy = SL_CHECK_COUNT};
	struct sl_check_site site[16];
	unsigned int i, n = 1, good;
	struct sl_check_stats s;
	struct sl_check *check;
	struct bench *b;

	(void)state;
	/* Run 0 is correct and collects the calls. */
	for (i = 0; i <= n; i++) {
		assert_int_equal(sl_check_create(&p, &check), 0);
		if (i > 0)
			assert_int_equal(sl_check_plant(check, SL_CHECK_BUG_DROP, "ndis_miniport.c",
						 site[i - 1].line),
				0);
		b = bench_open_checked(SL_COHERENCY_CHECKED, check);
		assert_int_equal(MpInitialize(&b->mp), NDIS_STATUS_SUCCESS);
		good = loop_frames(b, 50);
		sl_check_stats(check, &s);
		if (i == 0) {
			n = sl_check_sites(check, site, 16);
			assert_in_range(n, 7, 16);
			assert_int_equal(good, 50);
		} else if (strcmp(site[i - 1].verb, "release") != 0 && s.found == 0 && good == 50) {
			fail_msg("%s at line %d left out: not found", site[i - 1].verb,
				site[i - 1].line);
		}
		if (i > 0 && strcmp(site[i - 1].verb, "release") != 0)
			assert_non_null(strstr(site[i - 1].file, "ndis_miniport.c"));
		MpHalt(&b->mp);
		bench_close(b);
		assert_int_equal(sl_check_destroy(check), 0);
	}
}

/* On a platform where CPU and NIC have separate copies, a missing flush or update corrupts data. */
static void
test_each_sync_counts(void **state)
{
	unsigned int k, seen = 0;

	(void)state;
	for (k = 1; k <= 12; k++) {
		struct bench *b = bench_open(SL_COHERENCY_CHECKED);
		unsigned int good;

		assert_int_equal(MpInitialize(&b->mp), NDIS_STATUS_SUCCESS);
		assert_int_equal(loop_frames(b, 20), 20);
		b->copies.calls = 0;
		b->copies.ignore = k;
		good = loop_frames(b, 20);
		/* A missing prepare shows only if a dirty line is evicted at the wrong time. */
		if (b->copies.ignored == SL_SYNC_PREPARE)
			assert_int_equal(good, 20);
		else
			assert_true(good < 20);
		seen |= 1u << b->copies.ignored;
		MpHalt(&b->mp);
		bench_close(b);
	}
	assert_int_equal(seen, 1u << SL_SYNC_FLUSH | 1u << SL_SYNC_PREPARE | 1u << SL_SYNC_UPDATE);
}

/* MpInitialize() frees everything if an allocation fails half-way. */
static void
test_miniport_quota(void **state)
{
	struct bench *b = bench_open(SL_COHERENCY_COHERENT);
	struct sl_region_params p = shm_region("hog", 240 * 1024);
	struct sl_region r;
	struct sl_shm_stats s;

	(void)state;
	assert_int_equal(sl_region_alloc(b->f.a, &p, &r), 0);
	assert_int_equal(MpInitialize(&b->mp), NDIS_STATUS_RESOURCES);
	sl_shm_stats(b->f.a, &s);
	assert_int_equal(s.regions, 1);
	assert_int_equal(sl_region_free(b->f.a, &r), 0);
	bench_close(b);
}

static void
test_miniport_async(void **state)
{
	struct bench *b = bench_open(SL_COHERENCY_COHERENT);
	KIRQL old;

	(void)state;
	assert_int_equal(MpInitialize(&b->mp), NDIS_STATUS_SUCCESS);
	NDIS_RAISE_IRQL_TO_DISPATCH(&old);
	assert_int_equal(MpGrow(&b->mp, 65536), NDIS_STATUS_PENDING);
	NDIS_LOWER_IRQL(old, DISPATCH_LEVEL);
	while (__atomic_load_n(&b->mp.GrowsDone, __ATOMIC_ACQUIRE) == 0)
		usleep(100);
	assert_int_equal(b->mp.Grown.Length, 65536);
	assert_true(sl_shm_covers(b->f.a, b->mp.Grown.Va, 65536));
	/* The quota is used up: the handler gets NULL. */
	assert_int_equal(MpGrow(&b->mp, 1 << 20), NDIS_STATUS_PENDING);
	while (__atomic_load_n(&b->mp.GrowsFailed, __ATOMIC_ACQUIRE) == 0)
		usleep(100);
	MpHalt(&b->mp);
	bench_close(b);
}

/* --- bad use --- */

static NDIS_HANDLE
registered(struct bench *b)
{
	NDIS_SG_DMA_DESCRIPTION d = {
		.Header = {NDIS_OBJECT_TYPE_SG_DMA_DESCRIPTION, NDIS_SG_DMA_DESCRIPTION_REVISION_1,
			NDIS_SIZEOF_SG_DMA_DESCRIPTION_REVISION_1},
		.MaximumPhysicalMapping = 1,
	};
	NDIS_HANDLE dma;

	assert_int_equal(
		NdisMRegisterScatterGatherDma(b->mp.Handle, &d, &dma), NDIS_STATUS_SUCCESS);
	return dma;
}

static void
test_register(void **state)
{
	struct bench *b = bench_open(SL_COHERENCY_COHERENT);
	NDIS_SG_DMA_DESCRIPTION d = {
		.Header = {NDIS_OBJECT_TYPE_DEFAULT, NDIS_SG_DMA_DESCRIPTION_REVISION_1,
			NDIS_SIZEOF_SG_DMA_DESCRIPTION_REVISION_1},
	};
	NDIS_SHARED_MEMORY_PARAMETERS p = {
		.Header = {NDIS_OBJECT_TYPE_DEFAULT, NDIS_SHARED_MEMORY_PARAMETERS_REVISION_1,
			NDIS_SIZEOF_SHARED_MEMORY_PARAMETERS_REVISION_1},
		.Length = 64,
		.PreferredNode = MM_ANY_NODE_OK,
	};
	NDIS_PHYSICAL_ADDRESS pa = {.QuadPart = 1};
	NDIS_HANDLE dma = b, alloc = b;
	PVOID va = b;

	(void)state;
	shm_before(&b->f);
	/* Allocation before registration. */
	NdisMAllocateSharedMemory(b->mp.Handle, 64, TRUE, &va, &pa);
	assert_null(va);
	assert_int_equal(pa.QuadPart, 0);
	shm_log_has(&b->f.log, "before NdisMRegisterScatterGatherDma");
	assert_int_equal(
		NdisMAllocateSharedMemoryAsync(b->mp.Handle, 64, TRUE, NULL), NDIS_STATUS_FAILURE);
	assert_int_equal(NdisAllocateSharedMemory(b->mp.Handle, &p, &alloc), NDIS_STATUS_FAILURE);
	assert_null(alloc);
	shm_log_has(&b->f.log, "before NdisMRegisterScatterGatherDma");
	/* Registration errors. */
	assert_int_equal(
		NdisMRegisterScatterGatherDma(b->mp.Handle, &d, &dma), NDIS_STATUS_BAD_VERSION);
	assert_null(dma);
	d.Header.Type = NDIS_OBJECT_TYPE_SG_DMA_DESCRIPTION;
	assert_int_equal(NdisMRegisterScatterGatherDma(b->mp.Handle, &d, &dma),
		NDIS_STATUS_INVALID_PARAMETER);
	assert_int_equal(NdisMRegisterScatterGatherDma(b->mp.Handle, NULL, &dma),
		NDIS_STATUS_INVALID_PARAMETER);
	assert_int_equal(
		NdisMRegisterScatterGatherDma(NULL, &d, &dma), NDIS_STATUS_INVALID_PARAMETER);
	dma = registered(b);
	d.MaximumPhysicalMapping = 1;
	assert_int_equal(
		NdisMRegisterScatterGatherDma(b->mp.Handle, &d, &alloc), NDIS_STATUS_FAILURE);
	shm_log_has(&b->f.log, "registered already");
	/* Asynchronous allocation without a handler. */
	assert_int_equal(
		NdisMAllocateSharedMemoryAsyncEx(dma, 64, TRUE, NULL), NDIS_STATUS_FAILURE);
	NdisMDeregisterScatterGatherDma(dma);
	NdisMAllocateSharedMemory(b->mp.Handle, 64, TRUE, &va, &pa);
	assert_null(va);
	b->f.before.refused--;
	shm_unchanged(&b->f);
	bench_close(b);
}

static void
test_free_bad(void **state)
{
	struct bench *b = bench_open(SL_COHERENCY_COHERENT);
	NDIS_HANDLE dma = registered(b);
	NDIS_PHYSICAL_ADDRESS pa, off;
	struct sl_shm_stats s;
	PVOID va, again;

	(void)state;
	NdisMAllocateSharedMemory(b->mp.Handle, 1000, FALSE, &va, &pa);
	assert_non_null(va);
	off.QuadPart = pa.QuadPart + 64;
	shm_before(&b->f);
	NdisMFreeSharedMemory(b->mp.Handle, 999, FALSE, va, pa);
	shm_log_has(&b->f.log, "len differs");
	NdisMFreeSharedMemory(b->mp.Handle, 1000, TRUE, va, pa);
	shm_log_has(&b->f.log, "cached differs");
	NdisMFreeSharedMemory(b->mp.Handle, 1000, FALSE, (UCHAR *)va + 64, pa);
	shm_log_has(&b->f.log, "va differs");
	NdisMFreeSharedMemory(b->mp.Handle, 1000, FALSE, va, off);
	shm_log_has(&b->f.log, "iova differs");
	b->f.before.refused += 3;
	shm_unchanged(&b->f);
	/* Neither close nor deregistration succeed while memory is allocated. */
	assert_int_equal(sl_ndis_close(b->mp.Handle), NDIS_STATUS_FAILURE);
	shm_log_has(&b->f.log, "region 'NDIS shared memory' is live: 1000 bytes");
	NdisMDeregisterScatterGatherDma(dma);
	shm_log_has(&b->f.log, "1 allocations of shared memory are live");
	NdisMFreeSharedMemory(b->mp.Handle, 1000, FALSE, va, pa);
	NdisMFreeSharedMemory(b->mp.Handle, 1000, FALSE, va, pa);
	shm_log_has(&b->f.log, "freed already");
	sl_shm_stats(b->f.a, &s);
	assert_int_equal(s.regions, 0);
	/* Invalid lengths. */
	NdisMAllocateSharedMemory(b->mp.Handle, 0, TRUE, &again, &pa);
	assert_null(again);
	NdisMAllocateSharedMemory(b->mp.Handle, UINT32_MAX, TRUE, &again, &pa);
	assert_null(again);
	shm_log_has(&b->f.log, "quota");
	bench_close(b);
}

/* Buffers are taken and freed at random, some twice. No buffer is ever given out twice. */
static void
test_free_buffer_twice(void **state)
{
	uint64_t seed = rng_seed(0);
	PNDIS_BUFFER out[8], again;
	unsigned int n = 0, i, k;
	NDIS_STATUS status;
	NDIS_HANDLE pool;

	(void)state;
	NdisAllocateBufferPool(&status, &pool, 8);
	assert_int_equal(status, NDIS_STATUS_SUCCESS);
	for (i = 0; i < 2000; i++) {
		k = (unsigned int)(rng_next(&seed) >> 33);
		if (n == 0 || (n < 8 && k % 2 == 0)) {
			NdisAllocateBuffer(&status, &out[n], pool, &seed, 8);
			assert_int_equal(status, NDIS_STATUS_SUCCESS);
			for (k = 0; k < n; k++)
				assert_ptr_not_equal(out[k], out[n]);
			n++;
			continue;
		}
		k %= n;
		again = out[k];
		out[k] = out[--n];
		NdisFreeBuffer(again);
		NdisFreeBuffer(again);
	}
	while (n > 0)
		NdisFreeBuffer(out[--n]);
	NdisFreeBufferPool(pool);
}

/* Pools, MDLs and buffers freed twice, and buffers of a freed pool: only a message. */
static void
test_free_gone(void **state)
{
	struct bench *b = bench_open(SL_COHERENCY_COHERENT);
	uint8_t memory[64];
	PNDIS_BUFFER buffer, none;
	NDIS_STATUS status;
	NDIS_HANDLE pool;
	PMDL mdl;

	(void)state;
	mdl = NdisAllocateMdl(b->mp.Handle, memory, sizeof(memory));
	assert_non_null(mdl);
	NdisFreeBuffer(mdl); /* belongs to no pool */
	NdisFreeMdl(mdl);
	NdisFreeMdl(mdl);
	NdisFreeMdl(NULL);
	NdisFreeMdl((PMDL)(void *)memory);
	NdisAllocateBufferPool(&status, &pool, 4);
	assert_int_equal(status, NDIS_STATUS_SUCCESS);
	NdisAllocateBuffer(&status, &buffer, pool, memory, sizeof(memory));
	assert_int_equal(status, NDIS_STATUS_SUCCESS);
	NdisFreeMdl(buffer);	  /* not allocated as an MDL */
	NdisFreeBufferPool(pool); /* a buffer is still in use */
	NdisFreeBuffer(buffer);
	NdisFreeBufferPool(pool);
	NdisFreeBufferPool(pool);
	NdisFreeBuffer(buffer);
	NdisAllocateBuffer(&status, &none, pool, memory, sizeof(memory));
	assert_int_equal(status, NDIS_STATUS_RESOURCES);
	assert_null(none);
	assert_int_equal(sl_ndis_bind_pool(pool, b->mp.Handle), NDIS_STATUS_INVALID_PARAMETER);
	bench_close(b);
}

static void
test_closed_handle(void **state)
{
	struct bench *b = bench_open(SL_COHERENCY_COHERENT);
	NDIS_HANDLE closed = b->mp.Handle;
	NDIS_PHYSICAL_ADDRESS pa;
	PVOID va = b;

	(void)state;
	assert_int_equal(sl_ndis_open(NULL, b, &closed), NDIS_STATUS_INVALID_PARAMETER);
	assert_int_equal(sl_ndis_open(b->f.a, b, NULL), NDIS_STATUS_INVALID_PARAMETER);
	assert_int_equal(sl_ndis_open(b->f.a, b, &closed), NDIS_STATUS_SUCCESS);
	assert_int_equal(sl_ndis_close(closed), NDIS_STATUS_SUCCESS);
	assert_int_equal(sl_ndis_close(closed), NDIS_STATUS_INVALID_PARAMETER);
	NdisMAllocateSharedMemory(closed, 64, TRUE, &va, &pa);
	assert_null(va);
	NdisMFreeSharedMemory(closed, 64, TRUE, va, pa);
	NdisFreeSharedMemory(closed, va);
	assert_null(NdisAllocateMdl(closed, b, 64));
	bench_close(b);
}

static void
on_complete(NDIS_HANDLE MiniportAdapterContext, PVOID VirtualAddress,
	PNDIS_PHYSICAL_ADDRESS PhysicalAddress, ULONG Length, PVOID Context)
{
	struct mp_memory *memory = Context;

	assert_non_null(MiniportAdapterContext);
	memory->Va = VirtualAddress;
	memory->Pa = *PhysicalAddress;
	__atomic_store_n(&memory->Length, Length, __ATOMIC_RELEASE);
}

/* The forms of NDIS 5.1: no description, and the handler belongs to the miniport. */
static void
test_ndis5(void **state)
{
	struct bench *b = bench_open(SL_COHERENCY_COHERENT);
	struct mp_memory memory = {.Length = 0};
	NDIS_HANDLE h = b->mp.Handle;

	(void)state;
	assert_int_equal(
		NdisMInitializeScatterGatherDma(h, TRUE, 0), NDIS_STATUS_INVALID_PARAMETER);
	shm_log_has(&b->f.log, "must not be 0");
	assert_int_equal(NdisMInitializeScatterGatherDma(h, TRUE, 2048), NDIS_STATUS_SUCCESS);
	assert_int_equal(NdisMInitializeScatterGatherDma(h, TRUE, 2048), NDIS_STATUS_FAILURE);
	assert_int_equal(
		NdisMAllocateSharedMemoryAsync(h, 4096, TRUE, &memory), NDIS_STATUS_FAILURE);
	assert_int_equal(sl_ndis_set_complete_handler(h, on_complete), NDIS_STATUS_SUCCESS);
	assert_int_equal(
		NdisMAllocateSharedMemoryAsync(h, 4096, TRUE, &memory), NDIS_STATUS_PENDING);
	while (__atomic_load_n(&memory.Length, __ATOMIC_ACQUIRE) == 0)
		usleep(100);
	assert_int_equal(memory.Length, 4096);
	assert_true(sl_shm_covers(b->f.a, memory.Va, 4096));
	NdisMFreeSharedMemory(h, 4096, TRUE, memory.Va, memory.Pa);
	bench_close(b);
}

/* Control calls on a datapath thread are refused and named in the log. */
static void
test_irql(void **state)
{
	struct bench *b = bench_open(SL_COHERENCY_COHERENT);
	NDIS_PHYSICAL_ADDRESS pa;
	PVOID va, other = b;
	KIRQL old;

	(void)state;
#ifdef NDEBUG
	skip();
#endif
	registered(b);
	NdisMAllocateSharedMemory(b->mp.Handle, 64, TRUE, &va, &pa);
	NDIS_RAISE_IRQL_TO_DISPATCH(&old);
	assert_int_equal(NDIS_CURRENT_IRQL(), DISPATCH_LEVEL);
	NdisMAllocateSharedMemory(b->mp.Handle, 64, TRUE, &other, &pa);
	assert_null(other);
	shm_log_has(&b->f.log, "NdisMAllocateSharedMemory: called by a datapath thread");
	assert_int_equal(sl_ndis_close(b->mp.Handle), NDIS_STATUS_INVALID_PARAMETER);
	shm_log_has(&b->f.log, "allowed: control threads");
	/* These calls are allowed there. */
	pa.QuadPart = (int64_t)(uintptr_t)va;
	NdisMUpdateSharedMemory(b->mp.Handle, 64, va, pa);
	NdisMFreeSharedMemory(b->mp.Handle, 64, TRUE, va, pa);
	NDIS_LOWER_IRQL(old, DISPATCH_LEVEL);
	assert_int_equal(NDIS_CURRENT_IRQL(), PASSIVE_LEVEL);
	assert_int_equal(b->f.log.text[0], '\0');
	bench_close(b);
}

/* --- the 6.20 form --- */

static void
test_parameters(void **state)
{
	struct bench *b = bench_open(SL_COHERENCY_COHERENT);
	union {
		SCATTER_GATHER_LIST list;
		uint8_t bytes[sizeof(SCATTER_GATHER_LIST) + sizeof(SCATTER_GATHER_ELEMENT)];
	} sg;
	NDIS_SHARED_MEMORY_PARAMETERS p = {
		.Header = {NDIS_OBJECT_TYPE_DEFAULT, NDIS_SHARED_MEMORY_PARAMETERS_REVISION_2,
			NDIS_SIZEOF_SHARED_MEMORY_PARAMETERS_REVISION_2},
		.Flags = NDIS_SHARED_MEM_PARAMETERS_CONTIGUOUS,
		.QueueId = 5,
		.PreferredNode = 0,
		.Usage = NdisSharedMemoryUsageReceiveData,
		.Length = 10000,
		.SGListBufferLength = sizeof(sg),
		.SGListBuffer = &sg.list,
	};
	NDIS_HANDLE alloc, other;
	struct sl_shm_stats s;
	char *text;
	size_t len;
	FILE *f;

	(void)state;
	registered(b);
	assert_int_equal(NdisAllocateSharedMemory(b->mp.Handle, &p, &alloc), NDIS_STATUS_SUCCESS);
	assert_ptr_equal(p.SharedMemoryHandle, alloc);
	assert_true(sl_shm_covers(b->f.a, p.VirtualAddress, 10000));
	assert_int_equal(sg.list.NumberOfElements, 1);
	assert_int_equal(sg.list.Elements[0].Length, 10000);
	assert_int_equal(sg.list.Elements[0].Address.QuadPart, (uintptr_t)p.VirtualAddress);
	f = open_memstream(&text, &len);
	sl_shm_dump(b->f.a, f);
	fclose(f);
	assert_non_null(strstr(text, "rx data"));
	assert_non_null(strstr(text, "queue 5"));
	free(text);

	sl_shm_stats(b->f.a, &s);
	p.SGListBufferLength = sizeof(SCATTER_GATHER_LIST);
	assert_int_equal(
		NdisAllocateSharedMemory(b->mp.Handle, &p, &other), NDIS_STATUS_INVALID_PARAMETER);
	assert_null(other);
	assert_null(p.VirtualAddress);
	shm_log_has(&b->f.log, "SGListBufferLength 16 holds 0 elements, the memory has 1");
	p.SGListBufferLength = sizeof(sg);
	p.PreferredNode = 99;
	assert_int_equal(
		NdisAllocateSharedMemory(b->mp.Handle, &p, &other), NDIS_STATUS_INVALID_PARAMETER);
	shm_log_has(&b->f.log, "NUMA node 99");
	p.PreferredNode = MM_ANY_NODE_OK;
	p.Length = 1 << 30;
	assert_int_equal(NdisAllocateSharedMemory(b->mp.Handle, &p, &other), NDIS_STATUS_RESOURCES);
	p.Header.Size = 8;
	assert_int_equal(
		NdisAllocateSharedMemory(b->mp.Handle, &p, &other), NDIS_STATUS_BAD_VERSION);
	assert_int_equal(NdisAllocateSharedMemory(b->mp.Handle, NULL, &other),
		NDIS_STATUS_INVALID_PARAMETER);
	NdisFreeSharedMemory(b->mp.Handle, &s);
	shm_log_has(&b->f.log, "no allocation has the handle");
	NdisFreeSharedMemory(b->mp.Handle, alloc);
	NdisFreeSharedMemory(b->mp.Handle, alloc);
	shm_log_has(&b->f.log, "freed already");
	sl_shm_stats(b->f.a, &s);
	assert_int_equal(s.regions, 0);
	bench_close(b);
}

/* --- all forms at random, with a window that sometimes cannot unmap --- */

#define FORMS_MAX 24u
#define FORMS_STEPS 3000u

struct forms {
	struct shm_fixture f;
	NDIS_HANDLE mp[2];	       /* two miniports of one adapter */
	unsigned int live[2], left[2]; /* left: live allocations that only a close can free */
	uint64_t rng;
	bool stuck;	   /* the hook cannot unmap */
	unsigned int done; /* completions; atomic */
	struct forms_memory {
		unsigned int owner;
		NDIS_HANDLE handle; /* NULL: by address */
		PVOID va;
		NDIS_PHYSICAL_ADDRESS pa;
		ULONG len;
		BOOLEAN cached;
	} at[FORMS_MAX];
	unsigned int n;
};

static int
forms_map(void *ctx, void *va, uint64_t iova, size_t len, enum sl_dma_dir dir)
{
	(void)ctx;
	(void)va;
	(void)iova;
	(void)len;
	(void)dir;
	return 0;
}

static int
forms_unmap(void *ctx, void *va, uint64_t iova, size_t len)
{
	const struct forms *fs = ctx;

	(void)va;
	(void)iova;
	(void)len;
	return fs->stuck ? -EIO : 0;
}

static VOID
forms_complete(NDIS_HANDLE MiniportAdapterContext, PVOID VirtualAddress,
	PNDIS_PHYSICAL_ADDRESS PhysicalAddress, ULONG Length, PVOID Context)
{
	struct forms_memory *memory = Context;
	struct forms *fs = MiniportAdapterContext;

	memory->va = VirtualAddress;
	memory->pa = *PhysicalAddress;
	assert_int_equal(memory->len, Length);
	__atomic_add_fetch(&fs->done, 1, __ATOMIC_RELEASE);
}

static void
forms_open(struct forms *fs)
{
	static const struct sl_window_ops hooks = {
		.name = "test", .map = forms_map, .unmap = forms_unmap};
	struct sl_adapter_params p = shm_params(&fs->f);
	unsigned int i;

	p.window = &hooks;
	p.window_ctx = fs;
	p.async_depth = 4;
	p.quota = 256 * 1024;
	assert_int_equal(sl_adapter_open(&p, &fs->f.a), 0);
	for (i = 0; i < 2; i++) {
		assert_int_equal(sl_ndis_open(fs->f.a, fs, &fs->mp[i]), NDIS_STATUS_SUCCESS);
		assert_int_equal(
			NdisMInitializeScatterGatherDma(fs->mp[i], TRUE, 1), NDIS_STATUS_SUCCESS);
		assert_int_equal(sl_ndis_set_complete_handler(fs->mp[i], forms_complete),
			NDIS_STATUS_SUCCESS);
	}
}

/* The 6.20 form. Sometimes the list is too short, and the allocation is undone. */
static void
forms_alloc_handle(struct forms *fs, struct forms_memory *memory)
{
	union {
		SCATTER_GATHER_LIST list;
		uint8_t bytes[sizeof(SCATTER_GATHER_LIST) + sizeof(SCATTER_GATHER_ELEMENT)];
	} sg;
	const bool too_short = rng_next(&fs->rng) % 4 == 0;
	NDIS_SHARED_MEMORY_PARAMETERS p = {
		.Header = {NDIS_OBJECT_TYPE_DEFAULT, NDIS_SHARED_MEMORY_PARAMETERS_REVISION_1,
			NDIS_SIZEOF_SHARED_MEMORY_PARAMETERS_REVISION_1},
		.Flags = NDIS_SHARED_MEM_PARAMETERS_CONTIGUOUS,
		.PreferredNode = MM_ANY_NODE_OK,
		.Length = memory->len,
		.SGListBufferLength = too_short ? sizeof(sg.list) : sizeof(sg),
		.SGListBuffer = &sg.list,
	};
	NDIS_STATUS status;

	memory->cached = TRUE;
	status = NdisAllocateSharedMemory(fs->mp[memory->owner], &p, &memory->handle);
	memory->va = p.VirtualAddress;
	assert_int_equal(status == NDIS_STATUS_SUCCESS, memory->va != NULL);
	assert_int_equal(memory->handle != NULL, memory->va != NULL);
	if (memory->va != NULL) {
		memory->pa = sg.list.Elements[0].Address;
	} else if (too_short && fs->stuck && status == NDIS_STATUS_INVALID_PARAMETER) {
		fs->live[memory->owner]++;
		fs->left[memory->owner]++;
	}
}

static void
forms_alloc_async(struct forms *fs, struct forms_memory *memory)
{
	const unsigned int before = fs->done;

	if (NdisMAllocateSharedMemoryAsync(fs->mp[memory->owner], memory->len, memory->cached,
		    memory) != NDIS_STATUS_PENDING)
		return;
	while (__atomic_load_n(&fs->done, __ATOMIC_ACQUIRE) == before)
		usleep(50);
}

static void
forms_alloc(struct forms *fs)
{
	struct forms_memory *memory = &fs->at[fs->n];
	unsigned int i;

	*memory = (struct forms_memory){.owner = rng_next(&fs->rng) % 2,
		.len = 1 + (ULONG)(rng_next(&fs->rng) % 20000),
		.cached = rng_next(&fs->rng) % 2 == 0};
	switch (rng_next(&fs->rng) % 3) {
	case 0:
		NdisMAllocateSharedMemory(fs->mp[memory->owner], memory->len, memory->cached,
			&memory->va, &memory->pa);
		break;
	case 1:
		forms_alloc_async(fs, memory);
		break;
	default:
		forms_alloc_handle(fs, memory);
	}
	if (memory->va == NULL)
		return;
	/* No two allocations overlap. */
	for (i = 0; i < fs->n; i++)
		assert_true((UCHAR *)fs->at[i].va + fs->at[i].len <= (UCHAR *)memory->va ||
			(UCHAR *)memory->va + memory->len <= (UCHAR *)fs->at[i].va);
	fs->live[memory->owner]++;
	fs->n++;
}

static void
forms_free_by(struct forms *fs, unsigned int owner, const struct forms_memory *m)
{
	if (m->handle != NULL)
		NdisFreeSharedMemory(fs->mp[owner], m->handle);
	else
		NdisMFreeSharedMemory(fs->mp[owner], m->len, m->cached, m->va, m->pa);
}

/* A free with one wrong argument frees nothing. */
static void
forms_free_wrong(struct forms *fs, const struct forms_memory *m)
{
	struct forms_memory wrong = *m;

	switch (rng_next(&fs->rng) % 4) {
	case 0: /* by the other miniport */
		forms_free_by(fs, !m->owner, m);
		break;
	case 1: /* by the other form */
		wrong.handle = m->handle != NULL ? NULL : m->va;
		forms_free_by(fs, m->owner, &wrong);
		break;
	case 2:
		wrong.handle = NULL;
		wrong.len++;
		forms_free_by(fs, m->owner, &wrong);
		break;
	default:
		NdisFreeSharedMemory(fs->mp[m->owner], NULL);
	}
}

static void
forms_free(struct forms *fs)
{
	const unsigned int i = rng_next(&fs->rng) % fs->n;
	struct forms_memory m = fs->at[i];

	if (rng_next(&fs->rng) % 3 == 0) {
		forms_free_wrong(fs, &m);
		return;
	}
	forms_free_by(fs, m.owner, &m);
	if (fs->stuck)
		return; /* still allocated, to be freed later */
	fs->live[m.owner]--;
	fs->at[i] = fs->at[--fs->n];
	if (rng_next(&fs->rng) % 2 == 0)
		forms_free_by(fs, m.owner, &m); /* twice */
}

/* The library's count is right, in the adapter's figures and in the message of a refused close. */
static void
forms_check(struct forms *fs, unsigned int owner)
{
	struct sl_shm_stats s;
	char text[64];

	sl_shm_stats(fs->f.a, &s);
	assert_int_equal(s.regions, fs->live[0] + fs->live[1]);
	if (fs->live[owner] == fs->left[owner])
		return; /* a close could succeed */
	if (!fs->stuck) {
		fs->live[owner] -= fs->left[owner];
		fs->left[owner] = 0;
	}
	fs->f.log.text[0] = '\0';
	assert_int_equal(sl_ndis_close(fs->mp[owner]), NDIS_STATUS_FAILURE);
	snprintf(text, sizeof(text), "sl_ndis_close: %u allocations", fs->live[owner]);
	shm_log_has(&fs->f.log, text);
}

/* Allocations and frees of all forms, correct and wrong. The live count is always right. */
static void
test_all_forms(void **state)
{
	struct forms *fs = calloc(1, sizeof(*fs));
	unsigned int i;

	(void)state;
	assert_non_null(fs);
	fs->rng = rng_seed(0);
	forms_open(fs);
	for (i = 0; i < FORMS_STEPS; i++) {
		fs->stuck = rng_next(&fs->rng) % 4 == 0;
		if (fs->n == 0 || (fs->n < FORMS_MAX && rng_next(&fs->rng) % 2 == 0))
			forms_alloc(fs);
		else
			forms_free(fs);
		forms_check(fs, i % 2);
	}
	fs->stuck = false;
	while (fs->n > 0) {
		fs->n--;
		assert_int_equal(sl_ndis_close(fs->mp[fs->at[fs->n].owner]), NDIS_STATUS_FAILURE);
		forms_free_by(fs, fs->at[fs->n].owner, &fs->at[fs->n]);
	}
	assert_int_equal(sl_ndis_close(fs->mp[0]), NDIS_STATUS_SUCCESS);
	assert_int_equal(sl_ndis_close(fs->mp[1]), NDIS_STATUS_SUCCESS);
	assert_int_equal(sl_adapter_close(fs->f.a), 0);
	free(fs);
}

/*
 * The miniport frees in its completion handler while another thread tries to close. The close must
 * wait for the handler.
 */
struct closing {
	struct bench *b;
	unsigned int closed; /* atomic: a close has succeeded */
	unsigned int left;   /* atomic: the handler has reached its end */
};

/* Atomic: the closing thread sleeps in the library, so it waits. */
static unsigned int close_waits;

int
__real_nanosleep(const struct timespec *nap, struct timespec *left);
int
__wrap_nanosleep(const struct timespec *nap, struct timespec *left);

int
__wrap_nanosleep(const struct timespec *nap, struct timespec *left)
{
	__atomic_store_n(&close_waits, 1, __ATOMIC_RELEASE);
	return __real_nanosleep(nap, left);
}

static VOID
closing_complete(NDIS_HANDLE MiniportAdapterContext, PVOID VirtualAddress,
	PNDIS_PHYSICAL_ADDRESS PhysicalAddress, ULONG Length, PVOID Context)
{
	struct closing *c = Context;

	(void)MiniportAdapterContext;
	if (VirtualAddress != NULL)
		NdisMFreeSharedMemory(
			c->b->mp.Handle, Length, TRUE, VirtualAddress, *PhysicalAddress);
	/* No memory is live, but the handler runs. Wait until a close waits or wrongly succeeds. */
	while (__atomic_load_n(&close_waits, __ATOMIC_ACQUIRE) == 0 &&
		__atomic_load_n(&c->closed, __ATOMIC_ACQUIRE) == 0)
		usleep(20);
	__atomic_store_n(&c->left, 1, __ATOMIC_RELEASE);
}

static void
close_in_completion(ULONG length)
{
	struct closing c = {.b = bench_open(SL_COHERENCY_COHERENT)};
	NDIS_HANDLE h = c.b->mp.Handle;
	unsigned int left;

	__atomic_store_n(&close_waits, 0, __ATOMIC_RELEASE);
	assert_int_equal(NdisMInitializeScatterGatherDma(h, TRUE, 1), NDIS_STATUS_SUCCESS);
	assert_int_equal(sl_ndis_set_complete_handler(h, closing_complete), NDIS_STATUS_SUCCESS);
	assert_int_equal(NdisMAllocateSharedMemoryAsync(h, length, TRUE, &c), NDIS_STATUS_PENDING);
	/* A close can succeed once the memory is freed or the allocation has failed. */
	while (sl_ndis_close(h) != NDIS_STATUS_SUCCESS)
		usleep(20);
	left = __atomic_load_n(&c.left, __ATOMIC_ACQUIRE);
	__atomic_store_n(&c.closed, 1, __ATOMIC_RELEASE);
	assert_int_equal(left, 1);
	sl_dma_close(c.b->nic.dma);
	assert_int_equal(sl_adapter_close(c.b->f.a), 0);
	free(c.b);
}

static void
test_close_waits_for_handlers(void **state)
{
	unsigned int i;

	(void)state;
	for (i = 0; i < 20; i++) {
		close_in_completion(4096);
		close_in_completion(1 << 20); /* more than the quota */
	}
}

static void
test_buffers(void **state)
{
	static uint8_t memory[64];
	NDIS_HANDLE pool;
	NDIS_STATUS status;
	PNDIS_BUFFER one, two;
	PVOID va;
	UINT len;

	(void)state;
	NdisAllocateBufferPool(&status, &pool, 1);
	assert_int_equal(status, NDIS_STATUS_SUCCESS);
	NdisAllocateBuffer(&status, &one, pool, memory, 64);
	assert_int_equal(status, NDIS_STATUS_SUCCESS);
	NdisAllocateBuffer(&status, &two, pool, memory, 64);
	assert_int_equal(status, NDIS_STATUS_RESOURCES);
	assert_null(two);
	NdisAdjustBufferLength(one, 32);
	NdisQueryBuffer(one, &va, &len);
	assert_ptr_equal(va, memory);
	assert_int_equal(len, 32);
	/* Buffers of a pool without an adapter can be flushed too. */
	memory[0] = 7;
	NdisFlushBuffer(one, TRUE);
	NdisFlushBuffer(one, FALSE);
	assert_int_equal(memory[0], 7);
	assert_int_equal(sl_ndis_bind_pool(pool, NULL), NDIS_STATUS_INVALID_PARAMETER);
	/* Refused while a buffer is in use. */
	NdisFreeBufferPool(pool);
	NdisFreeBuffer(one);
	NdisFreeBufferPool(pool);
	assert_true(NdisGetCacheFillSize() >= 16);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_miniport_coherent),
		cmocka_unit_test(test_miniport_explicit),
		cmocka_unit_test(test_miniport_copies),
		cmocka_unit_test(test_miniport_checked),
		cmocka_unit_test(test_miniport_bugs),
		cmocka_unit_test(test_each_sync_counts),
		cmocka_unit_test(test_miniport_quota),
		cmocka_unit_test(test_miniport_async),
		cmocka_unit_test(test_register),
		cmocka_unit_test(test_free_bad),
		cmocka_unit_test(test_free_buffer_twice),
		cmocka_unit_test(test_free_gone),
		cmocka_unit_test(test_closed_handle),
		cmocka_unit_test(test_ndis5),
		cmocka_unit_test(test_irql),
		cmocka_unit_test(test_parameters),
		cmocka_unit_test(test_all_forms),
		cmocka_unit_test(test_close_waits_for_handlers),
		cmocka_unit_test(test_buffers),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
