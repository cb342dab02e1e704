/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "ndis_miniport.h"
#include "sl_check.h"
#include "shm_util.h"

/* --- a platform whose CPU and NIC see different copies of memory --- */

#define COPIES 32u

struct copies {
	struct {
		uint8_t *cpu, *device;
		size_t len;
	} at[COPIES];
	unsigned int ignore;	   /* call to leave out, counted from 1; 0: none */
	enum sl_sync_verb ignored; /* which it was */
	unsigned int calls;
};

static void *
copies_map(void *ctx, const struct sl_sync_memory *m)
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

/* --- the miniport's NIC: what is sent comes back --- */

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
		/* With a sync left out there may be nothing where a frame should be. */
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

/* --- a miniport from init to halt --- */

struct bench {
	struct shm_fixture f;
	struct nic nic;
	struct mp_adapter mp;
	struct copies copies;
	struct sl_sync_checker checker;
	struct sl_check *check; /* the library's own, in place of the copies above */
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

/* Frames of many lengths through the miniport and back: how many came back as they went. */
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
	/* Nothing came: nothing is received. */
	assert_int_equal(MpReceive(&b->mp, &old, sizeof(old)), 0);
	/* A NIC that does not move: as many sends as there are slots. */
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

/* The same names under the checker: a miniport that keeps NDIS's rules gives no finding. */
static void
test_miniport_checked(void **state)
{
	const uint64_t seed = shm_seed();
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

/* Reports name the miniport's lines, and each of its calls left out is found there. */
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
	/* Run 0 is right, and collects the calls. */
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

/* Where CPU and NIC see different copies, leaving out any one sync shows in the data. */
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
		/* A missed prepare needs a dirty line and an unlucky moment to show. */
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

/* MpInitialize frees all it has when memory ends half-way. */
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
	/* The quota is used up: the handler is told by NULL. */
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
	/* Registration itself. */
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
	/* No handler, no asynchronous allocation. */
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
	/* Neither close nor deregistration go on with memory allocated. */
	assert_int_equal(sl_ndis_close(b->mp.Handle), NDIS_STATUS_FAILURE);
	shm_log_has(&b->f.log, "region 'NDIS shared memory' is live: 1000 bytes");
	NdisMDeregisterScatterGatherDma(dma);
	shm_log_has(&b->f.log, "1 allocations of shared memory are live");
	NdisMFreeSharedMemory(b->mp.Handle, 1000, FALSE, va, pa);
	NdisMFreeSharedMemory(b->mp.Handle, 1000, FALSE, va, pa);
	shm_log_has(&b->f.log, "freed already");
	sl_shm_stats(b->f.a, &s);
	assert_int_equal(s.regions, 0);
	/* Lengths that cannot be. */
	NdisMAllocateSharedMemory(b->mp.Handle, 0, TRUE, &again, &pa);
	assert_null(again);
	NdisMAllocateSharedMemory(b->mp.Handle, UINT32_MAX, TRUE, &again, &pa);
	assert_null(again);
	shm_log_has(&b->f.log, "quota");
	bench_close(b);
}

/* Buffers taken and freed at random, some twice: no two that are out are one. */
static void
test_free_buffer_twice(void **state)
{
	uint64_t seed = shm_seed();
	PNDIS_BUFFER out[8], again;
	unsigned int n = 0, i, k;
	NDIS_STATUS status;
	NDIS_HANDLE pool;

	(void)state;
	NdisAllocateBufferPool(&status, &pool, 8);
	assert_int_equal(status, NDIS_STATUS_SUCCESS);
	for (i = 0; i < 2000; i++) {
		seed = seed * 6364136223846793005u + 1442695040888963407u;
		k = (unsigned int)(seed >> 33);
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

/* The forms of NDIS 5.1: no description, the handler comes with the miniport. */
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

/* Calls of control threads, made by a datapath thread: refused and named. */
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
	/* These may be called there. */
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
	/* Of no adapter: flushed all the same. */
	memory[0] = 7;
	NdisFlushBuffer(one, TRUE);
	NdisFlushBuffer(one, FALSE);
	assert_int_equal(memory[0], 7);
	assert_int_equal(sl_ndis_bind_pool(pool, NULL), NDIS_STATUS_INVALID_PARAMETER);
	/* Refused while a buffer is out. */
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
		cmocka_unit_test(test_closed_handle),
		cmocka_unit_test(test_ndis5),
		cmocka_unit_test(test_irql),
		cmocka_unit_test(test_parameters),
		cmocka_unit_test(test_buffers),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
