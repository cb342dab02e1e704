/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */

/*
 * NDIS's shared-memory calls on lib/shm: checks of handles and thread levels, the
 * list of allocations that the free calls search, and pools of buffer descriptors.
 * sl_region.c allocates the memory.
 */

#include <errno.h>
#include <stddef.h>
#include <stdlib.h>
#include <time.h>

#include "ndis.h"
#include "sl_shm_priv.h"

#define REQUESTS 64u

/* The calls that may free an allocation. */
enum form {
	BY_ADDRESS, /* NDIS 5 and 6.0: NdisMFreeSharedMemory() */
	BY_HANDLE,  /* NDIS 6.20: NdisFreeSharedMemory() */
	LEFT,	    /* unmapping failed before the miniport got it: sl_ndis_close() tries again */
};

/* One allocation of any form. A SharedMemoryHandle of NDIS 6.20 points to one. */
struct allocation {
	struct allocation *next;
	struct sl_region region;
	enum form form;
};

/* An asynchronous allocation that is not complete yet. */
struct request {
	struct miniport *m; /* atomic; NULL: the request is free */
	struct allocation *alloc;
	ULONG length;
	PVOID context;
};

/* A miniport; both MiniportAdapterHandle and MiniportDmaHandle point to it. */
struct miniport {
	struct sl_handle handle;
	struct sl_adapter *adapter;
	NDIS_HANDLE context;
	pthread_mutex_t lock; /* guards allocations */
	struct allocation *allocations;
	bool registered;
	unsigned int live;    /* atomic: allocations of all forms */
	unsigned int telling; /* atomic: completion handlers that have not returned yet */
	MINIPORT_ALLOCATE_SHARED_MEM_COMPLETE_HANDLER done;
	struct request requests[REQUESTS];
};

/* --- thread rules --- */

#ifndef NDEBUG

/* The IRQL is stored per thread, because NDIS's calls to read and set it take no object. */
static KIRQL *
irql(void)
{
	static _Thread_local KIRQL level = PASSIVE_LEVEL;

	return &level;
}

KIRQL
KeGetCurrentIrql(void)
{
	return *irql();
}

KIRQL
sl_ndis_set_irql(KIRQL level)
{
	KIRQL old = *irql();

	*irql() = level;
	return old;
}

#else

KIRQL
KeGetCurrentIrql(void)
{
	return PASSIVE_LEVEL;
}

KIRQL
sl_ndis_set_irql(KIRQL level)
{
	(void)level;
	return PASSIVE_LEVEL;
}

#endif

/* Miniport of a handle. NULL: the handle is closed or invalid, and this is logged. */
static struct miniport *
miniport_of(NDIS_HANDLE handle, const char *call)
{
	struct miniport *m = handle;

	if (m != NULL && sl_handle_live(&m->handle, SL_HANDLE_MINIPORT))
		return m;
	fprintf(stderr, "syncline: %s: handle %p is closed, or never was one\n", call, handle);
	return NULL;
}

/* Like miniport_of(), for calls that only control threads may make. */
static struct miniport *
passive(NDIS_HANDLE handle, const char *call)
{
	struct miniport *m = miniport_of(handle, call);

	if (m == NULL || KeGetCurrentIrql() == PASSIVE_LEVEL)
		return m;
	sl_log(m->adapter, 3,
		"%s: called by a datapath thread (DISPATCH_LEVEL); allowed: control "
		"threads (PASSIVE_LEVEL)",
		call);
	return NULL;
}

/* Like passive(), for calls that allocate: the miniport must be registered. */
static struct miniport *
passive_registered(NDIS_HANDLE handle, const char *call)
{
	struct miniport *m = passive(handle, call);

	if (m == NULL || m->registered)
		return m;
	sl_log(m->adapter, 3,
		"%s: called before NdisMRegisterScatterGatherDma "
		"(NDIS 5.1: NdisMInitializeScatterGatherDma)",
		call);
	return NULL;
}

/* --- allocations --- */

static void
link_allocation(struct miniport *m, struct allocation *alloc)
{
	pthread_mutex_lock(&m->lock);
	alloc->next = m->allocations;
	m->allocations = alloc;
	pthread_mutex_unlock(&m->lock);
}

static bool
same_region(const struct sl_region *a, const struct sl_region *b)
{
	return a->va == b->va && a->iova == b->iova && a->len == b->len && a->cached == b->cached;
}

/*
 * Remove an allocation of this form from the list: the one with this handle, or with exactly this
 * region, or any if both are NULL. NULL: there is none; a handle may be stale.
 */
static struct allocation *
unlink_allocation(
	struct miniport *m, enum form form, const void *handle, const struct sl_region *region)
{
	struct allocation **link, *found = NULL;

	pthread_mutex_lock(&m->lock);
	for (link = &m->allocations; *link != NULL; link = &(*link)->next) {
		if ((*link)->form != form || (handle != NULL && *link != handle) ||
			(region != NULL && !same_region(&(*link)->region, region)))
			continue;
		found = *link;
		*link = found->next;
		break;
	}
	pthread_mutex_unlock(&m->lock);
	return found;
}

/* Free an allocation removed from the list. If it cannot be unmapped, it is listed again. */
static bool
free_allocation(struct miniport *m, struct allocation *alloc)
{
	if (sl_region_free(m->adapter, &alloc->region) != 0) {
		link_allocation(m, alloc);
		return false;
	}
	__atomic_sub_fetch(&m->live, 1, __ATOMIC_RELEASE);
	free(alloc);
	return true;
}

/* --- the miniport's handle --- */

NDIS_STATUS
sl_ndis_open(struct sl_adapter *adapter, NDIS_HANDLE context, PNDIS_HANDLE handle)
{
	struct miniport *m;

	if (handle == NULL || sl_adapter_check(adapter, "sl_ndis_open") != 0)
		return NDIS_STATUS_INVALID_PARAMETER;
	*handle = NULL;
	m = sl_handle_new(sizeof(*m));
	if (m == NULL)
		return NDIS_STATUS_RESOURCES;
	m->adapter = adapter;
	m->context = context;
	pthread_mutex_init(&m->lock, NULL);
	sl_handle_open(&m->handle, SL_HANDLE_MINIPORT);
	*handle = m;
	return NDIS_STATUS_SUCCESS;
}

/* Number of allocations, including incomplete ones; logged if it is not 0. */
static unsigned int
in_use(struct miniport *m, const char *call)
{
	unsigned int live = __atomic_load_n(&m->live, __ATOMIC_ACQUIRE);

	if (live > 0)
		sl_log(m->adapter, 3,
			"%s: %u allocations of shared memory are live: free them first", call,
			live);
	return live;
}

/* Wait until no completion handler is running. */
static void
wait_told(struct miniport *m)
{
	const struct timespec nap = {.tv_nsec = 50000};

	while (__atomic_load_n(&m->telling, __ATOMIC_ACQUIRE) > 0)
		nanosleep(&nap, NULL);
}

NDIS_STATUS
sl_ndis_close(NDIS_HANDLE MiniportAdapterHandle)
{
	struct miniport *m = passive(MiniportAdapterHandle, "sl_ndis_close");
	struct allocation *left;

	if (m == NULL)
		return NDIS_STATUS_INVALID_PARAMETER;
	do
		left = unlink_allocation(m, LEFT, NULL, NULL);
	while (left != NULL && free_allocation(m, left));
	if (in_use(m, "sl_ndis_close") > 0) {
		sl_log_live(m->adapter);
		return NDIS_STATUS_FAILURE;
	}
	/*
	 * Read live first, then telling: a completion increments telling before it or the
	 * miniport decrements live.
	 */
	wait_told(m);
	pthread_mutex_destroy(&m->lock);
	sl_handle_free(&m->handle, sizeof(*m));
	return NDIS_STATUS_SUCCESS;
}

static NDIS_STATUS
register_dma(struct miniport *m, ULONG max_mapping)
{
	if (max_mapping == 0) {
		sl_log(m->adapter, 3, "scatter/gather DMA: MaximumPhysicalMapping must not be 0");
		return NDIS_STATUS_INVALID_PARAMETER;
	}
	if (m->registered) {
		sl_log(m->adapter, 3, "scatter/gather DMA is registered already");
		return NDIS_STATUS_FAILURE;
	}
	m->registered = true;
	return NDIS_STATUS_SUCCESS;
}

NDIS_STATUS
NdisMRegisterScatterGatherDma(NDIS_HANDLE MiniportAdapterHandle,
	PNDIS_SG_DMA_DESCRIPTION DmaDescription, PNDIS_HANDLE NdisMiniportDmaHandle)
{
	struct miniport *m = passive(MiniportAdapterHandle, "NdisMRegisterScatterGatherDma");
	NDIS_STATUS status;

	if (NdisMiniportDmaHandle != NULL)
		*NdisMiniportDmaHandle = NULL;
	if (m == NULL || DmaDescription == NULL || NdisMiniportDmaHandle == NULL)
		return NDIS_STATUS_INVALID_PARAMETER;
	if (DmaDescription->Header.Type != NDIS_OBJECT_TYPE_SG_DMA_DESCRIPTION ||
		DmaDescription->Header.Revision < NDIS_SG_DMA_DESCRIPTION_REVISION_1 ||
		DmaDescription->Header.Size < NDIS_SIZEOF_SG_DMA_DESCRIPTION_REVISION_1)
		return NDIS_STATUS_BAD_VERSION;
	status = register_dma(m, DmaDescription->MaximumPhysicalMapping);
	if (status != NDIS_STATUS_SUCCESS)
		return status;
	m->done = DmaDescription->SharedMemAllocateCompleteHandler;
	DmaDescription->ScatterGatherListSize =
		sizeof(SCATTER_GATHER_LIST) + sizeof(SCATTER_GATHER_ELEMENT);
	*NdisMiniportDmaHandle = m;
	return NDIS_STATUS_SUCCESS;
}

NDIS_STATUS
NdisMInitializeScatterGatherDma(
	NDIS_HANDLE MiniportAdapterHandle, BOOLEAN Dma64BitAddresses, ULONG MaximumPhysicalMapping)
{
	struct miniport *m = passive(MiniportAdapterHandle, "NdisMInitializeScatterGatherDma");

	(void)Dma64BitAddresses;
	return m == NULL ? NDIS_STATUS_INVALID_PARAMETER : register_dma(m, MaximumPhysicalMapping);
}

NDIS_STATUS
sl_ndis_set_complete_handler(
	NDIS_HANDLE MiniportAdapterHandle, MINIPORT_ALLOCATE_SHARED_MEM_COMPLETE_HANDLER Handler)
{
	struct miniport *m = passive(MiniportAdapterHandle, "sl_ndis_set_complete_handler");

	if (m == NULL)
		return NDIS_STATUS_INVALID_PARAMETER;
	m->done = Handler;
	return NDIS_STATUS_SUCCESS;
}

VOID
NdisMDeregisterScatterGatherDma(NDIS_HANDLE NdisMiniportDmaHandle)
{
	struct miniport *m = passive(NdisMiniportDmaHandle, "NdisMDeregisterScatterGatherDma");

	if (m != NULL && in_use(m, "NdisMDeregisterScatterGatherDma") == 0)
		m->registered = false;
}

ULONG
NdisMGetDmaAlignment(NDIS_HANDLE MiniportAdapterHandle)
{
	struct miniport *m = passive(MiniportAdapterHandle, "NdisMGetDmaAlignment");

	return m == NULL ? NdisGetCacheFillSize() : sl_adapter_dma_alignment(m->adapter);
}

ULONG
NdisGetCacheFillSize(void)
{
	struct sl_cache_info info;

	/* The probe fills in a line size even if the CPU has no maintenance in user space. */
	(void)sl_cache_probe(&info);
	return info.line;
}

/* --- NDIS 5 and 6.0 --- */

static struct sl_region_params
params_of(ULONG length, BOOLEAN cached)
{
	return (struct sl_region_params){
		.name = "NDIS shared memory",
		.len = length,
		.cached = cached != FALSE,
		.node = SL_NODE_ANY,
		.queue = SL_SHM_QUEUE_NONE,
		.contiguous = true, /* the caller gets a single address */
	};
}

VOID
NdisMAllocateSharedMemory(NDIS_HANDLE MiniportAdapterHandle, ULONG Length, BOOLEAN Cached,
	PVOID *VirtualAddress, PNDIS_PHYSICAL_ADDRESS PhysicalAddress)
{
	struct miniport *m = passive_registered(MiniportAdapterHandle, "NdisMAllocateSharedMemory");
	struct sl_region_params p = params_of(Length, Cached);
	struct allocation *alloc;

	if (VirtualAddress == NULL || PhysicalAddress == NULL)
		return;
	*VirtualAddress = NULL;
	PhysicalAddress->QuadPart = 0;
	alloc = m == NULL ? NULL : calloc(1, sizeof(*alloc));
	if (alloc == NULL)
		return;
	if (sl_region_alloc(m->adapter, &p, &alloc->region) != 0) {
		free(alloc);
		return;
	}
	__atomic_add_fetch(&m->live, 1, __ATOMIC_RELAXED);
	*VirtualAddress = alloc->region.va;
	PhysicalAddress->QuadPart = (int64_t)alloc->region.iova;
	link_allocation(m, alloc);
}

static void
alloc_done(void *ctx, int status, const struct sl_region *region)
{
	struct request *r = ctx;
	struct allocation *alloc = r->alloc;
	struct miniport *m = r->m;
	PVOID context = r->context;
	ULONG length = r->length;
	NDIS_PHYSICAL_ADDRESS pa = {.QuadPart = status == 0 ? (int64_t)region->iova : 0};

	__atomic_add_fetch(&m->telling, 1, __ATOMIC_RELAXED);
	/* Release the request for the next caller: its needed fields were copied. */
	__atomic_store_n(&r->m, NULL, __ATOMIC_RELEASE);
	/* List the allocation before the handler runs, because the handler may free it. */
	if (status == 0) {
		alloc->region = *region;
		link_allocation(m, alloc);
	} else {
		free(alloc);
		__atomic_sub_fetch(&m->live, 1, __ATOMIC_RELEASE);
	}
	m->done(m->context, status == 0 ? region->va : NULL, &pa, length, context);
	/* This is the last access to m: sl_ndis_close() waits for it. */
	__atomic_sub_fetch(&m->telling, 1, __ATOMIC_RELEASE);
}

/* Take a free request for m; NULL when all are in use. */
static struct request *
take_request(struct miniport *m)
{
	unsigned int i;

	for (i = 0; i < REQUESTS; i++) {
		struct miniport *none = NULL;

		if (__atomic_compare_exchange_n(
			    &m->requests[i].m, &none, m, false, __ATOMIC_ACQUIRE, __ATOMIC_RELAXED))
			return &m->requests[i];
	}
	return NULL;
}

NDIS_STATUS
NdisMAllocateSharedMemoryAsync(
	NDIS_HANDLE MiniportAdapterHandle, ULONG Length, BOOLEAN Cached, PVOID Context)
{
	struct miniport *m = miniport_of(MiniportAdapterHandle, "NdisMAllocateSharedMemoryAsync");
	struct sl_region_params p = params_of(Length, Cached);
	struct request *r;

	if (m == NULL || !m->registered || m->done == NULL)
		return NDIS_STATUS_FAILURE;
	r = take_request(m);
	if (r == NULL)
		return NDIS_STATUS_FAILURE;
	r->length = Length;
	r->context = Context;
	r->alloc = calloc(1, sizeof(*r->alloc));
	if (r->alloc == NULL) {
		__atomic_store_n(&r->m, NULL, __ATOMIC_RELEASE);
		return NDIS_STATUS_FAILURE;
	}
	/* Count the allocation before it exists, so that a close meanwhile is refused. */
	__atomic_add_fetch(&m->live, 1, __ATOMIC_RELAXED);
	if (sl_region_alloc_async(m->adapter, &p, alloc_done, r) == 0)
		return NDIS_STATUS_PENDING;
	__atomic_sub_fetch(&m->live, 1, __ATOMIC_RELAXED);
	free(r->alloc);
	__atomic_store_n(&r->m, NULL, __ATOMIC_RELEASE);
	return NDIS_STATUS_FAILURE;
}

NDIS_STATUS
NdisMAllocateSharedMemoryAsyncEx(
	NDIS_HANDLE MiniportDmaHandle, ULONG Length, BOOLEAN Cached, PVOID Context)
{
	return NdisMAllocateSharedMemoryAsync(MiniportDmaHandle, Length, Cached, Context);
}

VOID
NdisMFreeSharedMemory(NDIS_HANDLE MiniportAdapterHandle, ULONG Length, BOOLEAN Cached,
	PVOID VirtualAddress, NDIS_PHYSICAL_ADDRESS PhysicalAddress)
{
	struct miniport *m = miniport_of(MiniportAdapterHandle, "NdisMFreeSharedMemory");
	struct sl_region r = {
		VirtualAddress, (uint64_t)PhysicalAddress.QuadPart, Length, Cached != FALSE};
	struct allocation *alloc;

	if (m == NULL)
		return;
	alloc = unlink_allocation(m, BY_ADDRESS, NULL, &r);
	/* sl_region_refuse() logs the difference (F1), because this NDIS call returns no status. */
	if (alloc == NULL)
		sl_region_refuse(m->adapter, "NdisMFreeSharedMemory", &r);
	else
		free_allocation(m, alloc);
}

VOID
sl_ndis_update_at(NDIS_HANDLE MiniportAdapterHandle, ULONG Length, PVOID VirtualAddress,
	NDIS_PHYSICAL_ADDRESS PhysicalAddress, const struct sl_sync_site *site)
{
	/* Datapath: the handle is not checked, as in NDIS. */
	const struct miniport *m = MiniportAdapterHandle;
	const struct sl_sync *s = &m->adapter->sync;

	(void)PhysicalAddress;
	/* R2, R3: the NIC's data is visible to any load after this. */
	sl_sync_range(s, s->mode, SL_SYNC_UPDATE, VirtualAddress, Length, site);
	sl_update_fence_at(s, s->mode, site);
	/* R3: a load that saw the NIC's status is complete before the loads of the data. */
	sl_acquire();
}

/* A function with the NDIS name, for callers that take its address. */
#undef NdisMUpdateSharedMemory
VOID
NdisMUpdateSharedMemory(NDIS_HANDLE MiniportAdapterHandle, ULONG Length, PVOID VirtualAddress,
	NDIS_PHYSICAL_ADDRESS PhysicalAddress)
{
	sl_ndis_update_at(
		MiniportAdapterHandle, Length, VirtualAddress, PhysicalAddress, SL_SYNC_HERE);
}

/* --- buffers --- */

struct sl_ndis_pool {
	struct sl_handle handle;
	struct sl_sync sync; /* sync context of the adapter, once bound */
	PNDIS_BUFFER free;
	UINT count, used;
	NDIS_BUFFER buffers[];
};

static size_t
pool_size(UINT count)
{
	return sizeof(struct sl_ndis_pool) + count * sizeof(NDIS_BUFFER);
}

/* Pool of a handle. NULL: the handle is freed or invalid, and this is logged. */
static struct sl_ndis_pool *
pool_of(NDIS_HANDLE handle, const char *call)
{
	struct sl_ndis_pool *pool = handle;

	if (pool != NULL && sl_handle_live(&pool->handle, SL_HANDLE_POOL))
		return pool;
	fprintf(stderr, "syncline: %s: pool %p is freed already, or never was one\n", call, handle);
	return NULL;
}

VOID
NdisAllocateBufferPool(PNDIS_STATUS Status, PNDIS_HANDLE PoolHandle, UINT NumberOfDescriptors)
{
	struct sl_ndis_pool *pool;
	struct sl_cache_info info;
	UINT i;

	*PoolHandle = NULL;
	*Status = NDIS_STATUS_RESOURCES;
	pool = sl_handle_new(pool_size(NumberOfDescriptors));
	if (pool == NULL)
		return;
	/* Without an adapter it is unknown if maintenance is needed, so do it. */
	(void)sl_cache_probe(&info);
	pool->sync = (struct sl_sync){
		.mode = SL_COHERENCY_EXPLICIT, .op = info.op, .step = info.step, .line = info.line};
	pool->count = NumberOfDescriptors;
	for (i = 0; i < NumberOfDescriptors; i++) {
		pool->buffers[i].Next = pool->free;
		pool->free = &pool->buffers[i];
	}
	sl_handle_open(&pool->handle, SL_HANDLE_POOL);
	*PoolHandle = pool;
	*Status = NDIS_STATUS_SUCCESS;
}

NDIS_STATUS
sl_ndis_bind_pool(NDIS_HANDLE PoolHandle, NDIS_HANDLE MiniportAdapterHandle)
{
	struct miniport *m = passive(MiniportAdapterHandle, "sl_ndis_bind_pool");
	struct sl_ndis_pool *pool = pool_of(PoolHandle, "sl_ndis_bind_pool");

	if (m == NULL || pool == NULL)
		return NDIS_STATUS_INVALID_PARAMETER;
	pool->sync = m->adapter->sync;
	return NDIS_STATUS_SUCCESS;
}

VOID
NdisFreeBufferPool(NDIS_HANDLE PoolHandle)
{
	struct sl_ndis_pool *pool = pool_of(PoolHandle, "NdisFreeBufferPool");

	if (pool == NULL)
		return;
	if (pool->used > 0) {
		fprintf(stderr, "syncline: NdisFreeBufferPool: %u of %u buffers are not back\n",
			pool->used, pool->count);
		return;
	}
	sl_handle_free(&pool->handle, pool_size(pool->count));
}

VOID
NdisAllocateBuffer(PNDIS_STATUS Status, PNDIS_BUFFER *Buffer, NDIS_HANDLE PoolHandle,
	PVOID VirtualAddress, UINT Length)
{
	struct sl_ndis_pool *pool = pool_of(PoolHandle, "NdisAllocateBuffer");
	PNDIS_BUFFER b = pool == NULL ? NULL : pool->free;

	*Buffer = NULL;
	*Status = NDIS_STATUS_RESOURCES;
	if (b == NULL)
		return;
	pool->free = b->Next;
	pool->used++;
	*b = (NDIS_BUFFER){NULL, VirtualAddress, Length, &pool->sync, pool};
	*Buffer = b;
	*Status = NDIS_STATUS_SUCCESS;
}

VOID
NdisFreeBuffer(PNDIS_BUFFER Buffer)
{
	/* A buffer's memory is freed with its pool: read it only if it is mapped. */
	struct sl_ndis_pool *pool = sl_handle_there(Buffer) ? Buffer->Pool : NULL;

	/* Only an allocated buffer points to its pool's sync. */
	if (pool == NULL || !sl_handle_live(&pool->handle, SL_HANDLE_POOL) ||
		Buffer->Sync != &pool->sync) {
		fprintf(stderr,
			"syncline: NdisFreeBuffer: buffer %p is freed already, or of no pool, or its "
			"pool is freed\n",
			(void *)Buffer);
		return;
	}
	Buffer->Sync = NULL;
	Buffer->Next = pool->free;
	pool->free = Buffer;
	pool->used--;
}

/* An MDL without a pool. It begins with a handle, so that a double free is detected. */
struct mdl {
	struct sl_handle handle;
	MDL mdl;
};

PMDL
NdisAllocateMdl(NDIS_HANDLE NdisHandle, PVOID VirtualAddress, UINT Length)
{
	struct miniport *m = miniport_of(NdisHandle, "NdisAllocateMdl");
	struct mdl *mdl = m == NULL ? NULL : sl_handle_new(sizeof(*mdl));

	if (mdl == NULL)
		return NULL;
	mdl->mdl = (MDL){NULL, VirtualAddress, Length, &m->adapter->sync, NULL};
	sl_handle_open(&mdl->handle, SL_HANDLE_MDL);
	return &mdl->mdl;
}

VOID
NdisFreeMdl(PMDL Mdl)
{
	struct mdl *mdl;

	if (Mdl == NULL)
		return;
	/* Computed with integers: if Mdl is invalid, the result may be outside any object. */
	mdl = (struct mdl *)((uintptr_t)Mdl - offsetof(struct mdl, mdl));
	if (!sl_handle_live(&mdl->handle, SL_HANDLE_MDL)) {
		fprintf(stderr,
			"syncline: NdisFreeMdl: MDL %p is freed already, or never was one\n",
			(void *)Mdl);
		return;
	}
	sl_handle_free(&mdl->handle, sizeof(*mdl));
}

VOID
NdisAdjustBufferLength(PNDIS_BUFFER Buffer, UINT Length)
{
	Buffer->Length = Length;
}

VOID
NdisQueryBuffer(PNDIS_BUFFER Buffer, PVOID *VirtualAddress, PUINT Length)
{
	if (VirtualAddress != NULL)
		*VirtualAddress = Buffer->VirtualAddress;
	*Length = Buffer->Length;
}

VOID
sl_ndis_flush_at(PNDIS_BUFFER Buffer, BOOLEAN WriteToDevice, const struct sl_sync_site *site)
{
	const struct sl_sync *s = Buffer->Sync;
	PVOID va = Buffer->VirtualAddress;

	if (WriteToDevice != FALSE) {
		/* T1: the data is in memory before the register write that follows. */
		sl_sync_range(s, s->mode, SL_SYNC_FLUSH, va, Buffer->Length, site);
	} else {
		/*
		 * R1: no line stays dirty, because a dirty line would be written back over the
		 * NIC's data.
		 */
		sl_sync_range(s, s->mode, SL_SYNC_PREPARE, va, Buffer->Length, site);
		/*
		 * R3, for miniports that flush only after the transfer: invalidate lines that
		 * were fetched too early.
		 */
		if (s->mode == SL_COHERENCY_EXPLICIT)
			sl_update(s, SL_COHERENCY_EXPLICIT, va, Buffer->Length);
	}
	/* T2: the flush is complete before any register write after this call. */
	sl_doorbell_barrier_at(s, s->mode, site);
}

/* A function with the NDIS name, for callers that take its address. */
#undef NdisFlushBuffer
VOID
NdisFlushBuffer(PNDIS_BUFFER Buffer, BOOLEAN WriteToDevice)
{
	sl_ndis_flush_at(Buffer, WriteToDevice, SL_SYNC_HERE);
}

/* --- NDIS 6.20 --- */

static enum sl_usage
usage_of(NDIS_SHARED_MEMORY_USAGE usage)
{
	switch (usage) {
	case NdisSharedMemoryUsageXmit:
		return SL_USAGE_TX_RING;
	case NdisSharedMemoryUsageXmitHeader:
	case NdisSharedMemoryUsageXmitData:
		return SL_USAGE_TX_DATA;
	case NdisSharedMemoryUsageReceive:
		return SL_USAGE_RX_RING;
	case NdisSharedMemoryUsageReceiveLookahead:
	case NdisSharedMemoryUsageReceivePostLookahead:
	case NdisSharedMemoryUsageReceiveHeader:
	case NdisSharedMemoryUsageReceiveData:
		return SL_USAGE_RX_DATA;
	default:
		return SL_USAGE_OTHER;
	}
}

/* Name of a region in messages and reports. */
static const char *
name_of(NDIS_SHARED_MEMORY_USAGE usage)
{
	static const char *const names[NdisSharedMemoryUsageMax] = {
		[NdisSharedMemoryUsageXmit] = "NDIS transmit ring",
		[NdisSharedMemoryUsageXmitHeader] = "NDIS transmit headers",
		[NdisSharedMemoryUsageXmitData] = "NDIS transmit data",
		[NdisSharedMemoryUsageReceive] = "NDIS receive ring",
		[NdisSharedMemoryUsageReceiveLookahead] = "NDIS receive lookahead",
		[NdisSharedMemoryUsageReceivePostLookahead] = "NDIS receive post-lookahead",
		[NdisSharedMemoryUsageReceiveHeader] = "NDIS receive headers",
		[NdisSharedMemoryUsageReceiveData] = "NDIS receive data",
	};
	bool named = (unsigned int)usage < NdisSharedMemoryUsageMax && names[usage] != NULL;

	return named ? names[usage] : "NDIS shared memory";
}

static NDIS_STATUS
status_of(int err)
{
	switch (err) {
	case 0:
		return NDIS_STATUS_SUCCESS;
	case -EINVAL:
	case -ENODEV:
		return NDIS_STATUS_INVALID_PARAMETER;
	default:
		return NDIS_STATUS_RESOURCES;
	}
}

/* Fill in the caller's list with the segments of a region; false: it is too short. */
static bool
fill_list(struct miniport *m, const struct sl_region *r, PNDIS_SHARED_MEMORY_PARAMETERS p)
{
	size_t room = p->SGListBufferLength < sizeof(SCATTER_GATHER_LIST) ?
		0 :
		(p->SGListBufferLength - sizeof(SCATTER_GATHER_LIST)) /
			sizeof(SCATTER_GATHER_ELEMENT);
	int n = sl_region_sg(m->adapter, r, NULL, 0), i;
	struct sl_sg *sg;

	if ((size_t)n > room || p->SGListBuffer == NULL) {
		sl_log(m->adapter, 3,
			"NdisAllocateSharedMemory: SGListBufferLength %u holds %zu "
			"elements, "
			"the memory has %d: give %zu bytes",
			p->SGListBufferLength, room, n,
			sizeof(SCATTER_GATHER_LIST) + (size_t)n * sizeof(SCATTER_GATHER_ELEMENT));
		return false;
	}
	sg = calloc((size_t)n, sizeof(*sg));
	if (sg == NULL)
		return false;
	sl_region_sg(m->adapter, r, sg, (unsigned int)n);
	p->SGListBuffer->NumberOfElements = (ULONG)n;
	p->SGListBuffer->Reserved = 0;
	for (i = 0; i < n; i++)
		p->SGListBuffer->Elements[i] = (SCATTER_GATHER_ELEMENT){
			.Address.QuadPart = (int64_t)sg[i].iova, .Length = (ULONG)sg[i].len};
	free(sg);
	return true;
}

/* Allocate memory for alloc, and list it. On failure alloc is freed. */
static NDIS_STATUS
allocate(struct miniport *m, PNDIS_SHARED_MEMORY_PARAMETERS p, struct allocation *alloc)
{
	struct sl_region_params rp = params_of(p->Length, TRUE);
	int ret;

	rp.contiguous = (p->Flags & NDIS_SHARED_MEM_PARAMETERS_CONTIGUOUS) != 0;
	rp.usage = usage_of(p->Usage);
	rp.name = name_of(p->Usage);
	rp.queue = (uint16_t)p->QueueId;
	if (p->PreferredNode != MM_ANY_NODE_OK)
		rp.node = (int)p->PreferredNode;
	ret = sl_region_alloc(m->adapter, &rp, &alloc->region);
	if (ret != 0) {
		free(alloc);
		return status_of(ret);
	}
	__atomic_add_fetch(&m->live, 1, __ATOMIC_RELAXED);
	alloc->form = fill_list(m, &alloc->region, p) ? BY_HANDLE : LEFT;
	if (alloc->form == BY_HANDLE) {
		link_allocation(m, alloc);
		return NDIS_STATUS_SUCCESS;
	}
	free_allocation(m, alloc);
	return NDIS_STATUS_INVALID_PARAMETER;
}

NDIS_STATUS
NdisAllocateSharedMemory(NDIS_HANDLE NdisHandle,
	PNDIS_SHARED_MEMORY_PARAMETERS SharedMemoryParameters, PNDIS_HANDLE pAllocationHandle)
{
	struct miniport *m = passive_registered(NdisHandle, "NdisAllocateSharedMemory");
	PNDIS_SHARED_MEMORY_PARAMETERS p = SharedMemoryParameters;
	struct allocation *alloc;
	NDIS_STATUS status;

	if (p == NULL || pAllocationHandle == NULL)
		return NDIS_STATUS_INVALID_PARAMETER;
	*pAllocationHandle = NULL;
	if (p->Header.Type != NDIS_OBJECT_TYPE_DEFAULT ||
		p->Header.Revision < NDIS_SHARED_MEMORY_PARAMETERS_REVISION_1 ||
		p->Header.Size < NDIS_SIZEOF_SHARED_MEMORY_PARAMETERS_REVISION_1)
		return NDIS_STATUS_BAD_VERSION;
	p->VirtualAddress = NULL;
	p->SharedMemoryHandle = NULL;
	if (m == NULL)
		return NDIS_STATUS_FAILURE;
	alloc = calloc(1, sizeof(*alloc));
	if (alloc == NULL)
		return NDIS_STATUS_RESOURCES;
	status = allocate(m, p, alloc);
	if (status != NDIS_STATUS_SUCCESS)
		return status;
	p->VirtualAddress = alloc->region.va;
	p->SharedMemoryHandle = alloc;
	*pAllocationHandle = alloc;
	return NDIS_STATUS_SUCCESS;
}

VOID
NdisFreeSharedMemory(NDIS_HANDLE NdisHandle, NDIS_HANDLE AllocationHandle)
{
	struct miniport *m = passive(NdisHandle, "NdisFreeSharedMemory");
	struct allocation *alloc;

	if (m == NULL)
		return;
	alloc = AllocationHandle == NULL ? NULL :
					   unlink_allocation(m, BY_HANDLE, AllocationHandle, NULL);
	if (alloc == NULL) {
		sl_log(m->adapter, 3,
			"NdisFreeSharedMemory: no allocation has the handle %p: freed "
			"already, "
			"or never this miniport's (F1)",
			AllocationHandle);
		return;
	}
	/*
	 * A miniport frees memory after it halted the NIC. NDIS has no call that returns memory
	 * to the CPU (F2), so the free does it.
	 */
	sl_release(&m->adapter->sync, m->adapter->sync.mode, alloc->region.va, alloc->region.len);
	free_allocation(m, alloc);
}
