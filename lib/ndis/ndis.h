/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */
#ifndef _SL_NDIS_H_
#define _SL_NDIS_H_

/**
 * @file
 * NDIS's shared-memory calls on lib/shm. Names, parameter order and failure
 * behaviour are as in NDIS, so a miniport's shared-memory code is ported by
 * including this header. It has the calls of NDIS 5.1 and the forms that 6.0
 * and 6.20 added. Source: the Windows driver DDI reference of each call.
 *
 * IRQLs are thread rules here. PASSIVE_LEVEL: control threads only.
 * DISPATCH_LEVEL: datapath threads too. As in NDIS, a thread becomes a datapath
 * thread by NDIS_RAISE_IRQL_TO_DISPATCH; debug builds (NDEBUG not defined)
 * refuse and log PASSIVE_LEVEL calls from such a thread.
 *
 * Ownership on a send: write the data, NdisFlushBuffer(TRUE), write the
 * register. On a receive: NdisFlushBuffer(FALSE) before the buffer is given to
 * the NIC, NdisMUpdateSharedMemory before what it wrote is read.
 *
 * Behaviour that NDIS leaves undefined and this library defines: memory is
 * zeroed; a free that does not match its allocation, a double free and a call
 * with a closed handle do nothing and are logged; Cached = FALSE counts against
 * the adapter's quota of non-cached memory.
 */

#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "sl_shm.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Names are as in NDIS, including typedefs of structs. */
typedef int32_t NDIS_STATUS;
typedef NDIS_STATUS *PNDIS_STATUS;
typedef uint32_t ULONG;
typedef ULONG *PULONG;
typedef unsigned int UINT;
typedef UINT *PUINT;
typedef uint16_t USHORT;
typedef uint8_t UCHAR;
typedef uint8_t BOOLEAN;
typedef uintptr_t ULONG_PTR;
typedef void VOID;
typedef void *PVOID;
typedef PVOID NDIS_HANDLE;
typedef NDIS_HANDLE *PNDIS_HANDLE;
typedef UCHAR KIRQL;
typedef KIRQL *PKIRQL;

#ifndef TRUE
#define TRUE 1
#define FALSE 0
#endif

/** An address for the NIC: an IOVA. */
typedef union _LARGE_INTEGER {
	struct {
		uint32_t LowPart;
		int32_t HighPart;
	};
	int64_t QuadPart;
} PHYSICAL_ADDRESS, NDIS_PHYSICAL_ADDRESS, *PNDIS_PHYSICAL_ADDRESS;

#define NdisGetPhysicalAddressLow(a) ((a).LowPart)
#define NdisGetPhysicalAddressHigh(a) ((a).HighPart)

#define NDIS_STATUS_SUCCESS ((NDIS_STATUS)0)
#define NDIS_STATUS_PENDING ((NDIS_STATUS)0x00000103)
#define NDIS_STATUS_FAILURE ((NDIS_STATUS)0xC0000001)
#define NDIS_STATUS_INVALID_PARAMETER ((NDIS_STATUS)0xC000000D)
#define NDIS_STATUS_RESOURCES ((NDIS_STATUS)0xC000009A)
#define NDIS_STATUS_NOT_SUPPORTED ((NDIS_STATUS)0xC00000BB)
#define NDIS_STATUS_BAD_VERSION ((NDIS_STATUS)0xC0010004)

#define NdisZeroMemory(p, n) memset((p), 0, (n))
#define NdisMoveMemory(d, s, n) memmove((d), (s), (n))

/* --- IRQL: control thread or datapath thread --- */

#define PASSIVE_LEVEL 0
#define DISPATCH_LEVEL 2

/**
 * PASSIVE_LEVEL on control threads, DISPATCH_LEVEL on datapath threads. Kept in debug
 * builds only.
 */
KIRQL
KeGetCurrentIrql(void);
/** Set this thread's level. @return the level before. */
KIRQL
sl_ndis_set_irql(KIRQL level);

#define NDIS_CURRENT_IRQL() KeGetCurrentIrql()
#define NDIS_RAISE_IRQL_TO_DISPATCH(old) (*(old) = sl_ndis_set_irql(DISPATCH_LEVEL))
#define NDIS_LOWER_IRQL(old, cur) ((void)(cur), (void)sl_ndis_set_irql(old))

/* --- the miniport's handle: calls for the host of a miniport --- */

/**
 * Create the MiniportAdapterHandle of a miniport. The adapter must outlive it.
 * The ...Async calls need an adapter opened with async_depth > 0. PASSIVE_LEVEL.
 * @param context the MiniportAdapterContext that is passed to handlers
 */
NDIS_STATUS
sl_ndis_open(struct sl_adapter *adapter, NDIS_HANDLE context, PNDIS_HANDLE handle);
/**
 * Close the handle. PASSIVE_LEVEL, after MiniportHalt. It waits until completion handlers
 * have returned, so a handler must not call it.
 * @return NDIS_STATUS_FAILURE while memory is allocated: the log lists it, and the handle stays
 *   open.
 */
NDIS_STATUS
sl_ndis_close(NDIS_HANDLE MiniportAdapterHandle);

/* --- scatter/gather registration, before any allocation. PASSIVE_LEVEL --- */

typedef struct _NDIS_OBJECT_HEADER {
	UCHAR Type;
	UCHAR Revision;
	USHORT Size;
} NDIS_OBJECT_HEADER;

#define NDIS_OBJECT_TYPE_DEFAULT 0x80
#define NDIS_OBJECT_TYPE_SG_DMA_DESCRIPTION 0x83
#define NDIS_SG_DMA_DESCRIPTION_REVISION_1 1
#define NDIS_SG_DMA_64_BIT_ADDRESS 0x00000001

typedef struct _SCATTER_GATHER_ELEMENT {
	PHYSICAL_ADDRESS Address;
	ULONG Length;
	ULONG_PTR Reserved;
} SCATTER_GATHER_ELEMENT, *PSCATTER_GATHER_ELEMENT;

typedef struct _SCATTER_GATHER_LIST {
	ULONG NumberOfElements;
	ULONG_PTR Reserved;
	SCATTER_GATHER_ELEMENT Elements[];
} SCATTER_GATHER_LIST, *PSCATTER_GATHER_LIST;

/** PASSIVE_LEVEL. VirtualAddress is NULL when the allocation failed. */
typedef VOID (*MINIPORT_ALLOCATE_SHARED_MEM_COMPLETE_HANDLER)(NDIS_HANDLE MiniportAdapterContext,
	PVOID VirtualAddress, PNDIS_PHYSICAL_ADDRESS PhysicalAddress, ULONG Length, PVOID Context);
/** Declared for compatibility and never called, because IOVAs of mapped buffers are known. */
typedef VOID (*MINIPORT_PROCESS_SG_LIST_HANDLER)(
	PVOID DeviceObject, PVOID Reserved, PSCATTER_GATHER_LIST SGListBuffer, PVOID Context);

typedef struct _NDIS_SG_DMA_DESCRIPTION {
	NDIS_OBJECT_HEADER Header;
	ULONG Flags;
	ULONG MaximumPhysicalMapping; /**< must not be 0 */
	MINIPORT_PROCESS_SG_LIST_HANDLER ProcessSGListHandler;
	MINIPORT_ALLOCATE_SHARED_MEM_COMPLETE_HANDLER SharedMemAllocateCompleteHandler;
	ULONG ScatterGatherListSize; /**< out: bytes of a list of one element */
} NDIS_SG_DMA_DESCRIPTION, *PNDIS_SG_DMA_DESCRIPTION;

#define NDIS_SIZEOF_SG_DMA_DESCRIPTION_REVISION_1 sizeof(NDIS_SG_DMA_DESCRIPTION)

/** SUCCESS; BAD_VERSION (header), INVALID_PARAMETER, FAILURE (registered already). */
NDIS_STATUS
NdisMRegisterScatterGatherDma(NDIS_HANDLE MiniportAdapterHandle,
	PNDIS_SG_DMA_DESCRIPTION DmaDescription, PNDIS_HANDLE NdisMiniportDmaHandle);
/**
 * Register as in NDIS 5.1; addresses always have 64 bits. SUCCESS,
 * INVALID_PARAMETER, FAILURE.
 */
NDIS_STATUS
NdisMInitializeScatterGatherDma(
	NDIS_HANDLE MiniportAdapterHandle, BOOLEAN Dma64BitAddresses, ULONG MaximumPhysicalMapping);
/**
 * Set AllocateCompleteHandler, which NDIS 5.1 has in NDIS_MINIPORT_CHARACTERISTICS. PASSIVE_LEVEL.
 */
NDIS_STATUS
sl_ndis_set_complete_handler(
	NDIS_HANDLE MiniportAdapterHandle, MINIPORT_ALLOCATE_SHARED_MEM_COMPLETE_HANDLER Handler);
/** Deregister. Refused and logged while memory is allocated. */
VOID
NdisMDeregisterScatterGatherDma(NDIS_HANDLE NdisMiniportDmaHandle);

/** Alignment of buffers in shared memory, bytes. PASSIVE_LEVEL. */
ULONG
NdisMGetDmaAlignment(NDIS_HANDLE MiniportAdapterHandle);
/** The CPU's cache line size, bytes. Any level. */
ULONG
NdisGetCacheFillSize(void);

/* --- NDIS 5 and 6.0 --- */

/** PASSIVE_LEVEL. On failure *VirtualAddress is NULL; the caller may request less. */
VOID
NdisMAllocateSharedMemory(NDIS_HANDLE MiniportAdapterHandle, ULONG Length, BOOLEAN Cached,
	PVOID *VirtualAddress, PNDIS_PHYSICAL_ADDRESS PhysicalAddress);

/**
 * DISPATCH_LEVEL. The registered handler is called on a control thread.
 * @return PENDING, or FAILURE: the handler is then not called, and a later try may succeed.
 */
NDIS_STATUS
NdisMAllocateSharedMemoryAsync(
	NDIS_HANDLE MiniportAdapterHandle, ULONG Length, BOOLEAN Cached, PVOID Context);
NDIS_STATUS
NdisMAllocateSharedMemoryAsyncEx(
	NDIS_HANDLE MiniportDmaHandle, ULONG Length, BOOLEAN Cached, PVOID Context);

/**
 * DISPATCH_LEVEL; waits until the device has ended its current step. Every parameter must equal
 * that of the allocation; part of an allocation cannot be freed. Memory of another miniport or of
 * NdisAllocateSharedMemory() is refused, and the refusal is logged.
 */
VOID
NdisMFreeSharedMemory(NDIS_HANDLE MiniportAdapterHandle, ULONG Length, BOOLEAN Cached,
	PVOID VirtualAddress, NDIS_PHYSICAL_ADDRESS PhysicalAddress);

/** DISPATCH_LEVEL. Later loads from this part of an allocation see what the NIC wrote. */
VOID
NdisMUpdateSharedMemory(NDIS_HANDLE MiniportAdapterHandle, ULONG Length, PVOID VirtualAddress,
	NDIS_PHYSICAL_ADDRESS PhysicalAddress);
#define NdisMUpdateSharedMemory(handle, length, va, pa) \
	sl_ndis_update_at((handle), (length), (va), (pa), SL_SYNC_HERE)
/** NdisMUpdateSharedMemory() with the place of the call, for reports of `checked` mode. */
VOID
sl_ndis_update_at(NDIS_HANDLE MiniportAdapterHandle, ULONG Length, PVOID VirtualAddress,
	NDIS_PHYSICAL_ADDRESS PhysicalAddress, const struct sl_sync_site *site);

/* --- buffers --- */

/** A descriptor of memory (MDL). Fields are private. */
typedef struct _NDIS_BUFFER {
	struct _NDIS_BUFFER *Next;
	PVOID VirtualAddress;
	UINT Length;
	const struct sl_sync *Sync;
	struct sl_ndis_pool *Pool; /* NULL: from NdisAllocateMdl */
} NDIS_BUFFER, *PNDIS_BUFFER, MDL, *PMDL;

/**
 * Allocate a pool of buffer descriptors. As in NDIS it belongs to no adapter;
 * until sl_ndis_bind_pool() flushes of its buffers use the CPU's cache
 * maintenance, if it has any.
 */
VOID
NdisAllocateBufferPool(PNDIS_STATUS Status, PNDIS_HANDLE PoolHandle, UINT NumberOfDescriptors);
/** Refused and logged while buffers of the pool are allocated, and for a freed pool. */
VOID
NdisFreeBufferPool(NDIS_HANDLE PoolHandle);
/** Bind a pool to an adapter: flushes of its buffers then follow the adapter's coherency mode. */
NDIS_STATUS
sl_ndis_bind_pool(NDIS_HANDLE PoolHandle, NDIS_HANDLE MiniportAdapterHandle);
/** DISPATCH_LEVEL, one thread at a time per pool. RESOURCES when the pool is empty. */
VOID
NdisAllocateBuffer(PNDIS_STATUS Status, PNDIS_BUFFER *Buffer, NDIS_HANDLE PoolHandle,
	PVOID VirtualAddress, UINT Length);
VOID
NdisFreeBuffer(PNDIS_BUFFER Buffer);
/** Allocate a buffer without a pool, bound to the adapter. NULL on failure. */
PMDL
NdisAllocateMdl(NDIS_HANDLE NdisHandle, PVOID VirtualAddress, UINT Length);
VOID
NdisFreeMdl(PMDL Mdl);
VOID
NdisAdjustBufferLength(PNDIS_BUFFER Buffer, UINT Length);
VOID
NdisQueryBuffer(PNDIS_BUFFER Buffer, PVOID *VirtualAddress, PUINT Length);

/**
 * DISPATCH_LEVEL. TRUE: the CPU wrote, the NIC will read; complete before any
 * register write after it. FALSE: the NIC will write; the buffer must begin
 * and end at line boundaries (NdisMGetDmaAlignment), and the CPU must not touch it until
 * the transfer is done. As with KeFlushIoBuffers, FALSE also invalidates the lines,
 * so after a flush that follows the transfer the CPU sees what the NIC wrote.
 */
VOID
NdisFlushBuffer(PNDIS_BUFFER Buffer, BOOLEAN WriteToDevice);
#define NdisFlushBuffer(buffer, to_device) sl_ndis_flush_at((buffer), (to_device), SL_SYNC_HERE)
/** NdisFlushBuffer() with the place of the call, for reports of `checked` mode. */
VOID
sl_ndis_flush_at(PNDIS_BUFFER Buffer, BOOLEAN WriteToDevice, const struct sl_sync_site *site);

/* --- NDIS 6.20 --- */

typedef enum _NDIS_SHARED_MEMORY_USAGE {
	NdisSharedMemoryUsageUndefined,
	NdisSharedMemoryUsageXmit,
	NdisSharedMemoryUsageXmitHeader,
	NdisSharedMemoryUsageXmitData,
	NdisSharedMemoryUsageReceive,
	NdisSharedMemoryUsageReceiveLookahead,
	NdisSharedMemoryUsageReceivePostLookahead,
	NdisSharedMemoryUsageReceiveHeader,
	NdisSharedMemoryUsageReceiveData,
	NdisSharedMemoryUsageOther,
	NdisSharedMemoryUsageMax,
} NDIS_SHARED_MEMORY_USAGE;

typedef ULONG NODE_REQUIREMENT;
typedef ULONG NDIS_NIC_SWITCH_VPORT_ID;
#define MM_ANY_NODE_OK ((NODE_REQUIREMENT)0x80000000)

#define NDIS_SHARED_MEM_PARAMETERS_CONTIGUOUS 0x00000001
/* As misspelled in NDIS: */
#define NDIS_SHARED_MEM_PARAMETERS_CONTIGOUS NDIS_SHARED_MEM_PARAMETERS_CONTIGUOUS
#define NDIS_SHARED_MEMORY_PARAMETERS_REVISION_1 1
#define NDIS_SHARED_MEMORY_PARAMETERS_REVISION_2 2

typedef struct _NDIS_SHARED_MEMORY_PARAMETERS {
	NDIS_OBJECT_HEADER Header;
	ULONG Flags;
	ULONG QueueId;			/**< shown in dumps; only 16 bits are used */
	NDIS_HANDLE SharedMemoryHandle; /**< out */
	NODE_REQUIREMENT PreferredNode; /**< the nearest node is used if this one has no memory */
	NDIS_SHARED_MEMORY_USAGE Usage;
	ULONG Length;
	PVOID VirtualAddress;		   /**< out */
	ULONG SGListBufferLength;	   /**< bytes at SGListBuffer */
	PSCATTER_GATHER_LIST SGListBuffer; /**< list in the caller's memory, filled in */
	NDIS_NIC_SWITCH_VPORT_ID VPortId;  /**< revision 2; not used */
} NDIS_SHARED_MEMORY_PARAMETERS, *PNDIS_SHARED_MEMORY_PARAMETERS;

#define NDIS_SIZEOF_SHARED_MEMORY_PARAMETERS_REVISION_1 \
	offsetof(NDIS_SHARED_MEMORY_PARAMETERS, VPortId)
#define NDIS_SIZEOF_SHARED_MEMORY_PARAMETERS_REVISION_2 sizeof(NDIS_SHARED_MEMORY_PARAMETERS)

/**
 * Allocate cached memory. PASSIVE_LEVEL. On failure the handle and VirtualAddress
 * are NULL: RESOURCES, INVALID_PARAMETER (also if the list is too short for the
 * memory's segments), BAD_VERSION, FAILURE (not registered).
 */
NDIS_STATUS
NdisAllocateSharedMemory(NDIS_HANDLE NdisHandle,
	PNDIS_SHARED_MEMORY_PARAMETERS SharedMemoryParameters, PNDIS_HANDLE pAllocationHandle);
/** PASSIVE_LEVEL. */
VOID
NdisFreeSharedMemory(NDIS_HANDLE NdisHandle, NDIS_HANDLE AllocationHandle);

#ifdef __cplusplus
}
#endif

#endif /* _SL_NDIS_H_ */
