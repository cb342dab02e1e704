/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */

/*
 * Shared-memory code of a small miniport, written as for Windows: initialize, send, receive, an
 * asynchronous allocation, halt. test_ndis.c provides its NIC and its host.
 */

#include "ndis_miniport.h"

static struct mp_descriptor *
MpSlot(const struct mp_adapter *Adapter, const struct mp_memory *Ring, ULONG Index)
{
	return (struct mp_descriptor *)((UCHAR *)Ring->Va + Index % MP_SLOTS * Adapter->Stride);
}

static NDIS_STATUS
MpAllocate(struct mp_adapter *Adapter, struct mp_memory *Memory, ULONG Length)
{
	Memory->Length = Length;
	NdisMAllocateSharedMemory(Adapter->Handle, Length, TRUE, &Memory->Va, &Memory->Pa);
	return Memory->Va == NULL ? NDIS_STATUS_RESOURCES : NDIS_STATUS_SUCCESS;
}

static VOID
MpFree(struct mp_adapter *Adapter, struct mp_memory *Memory)
{
	if (Memory->Va != NULL)
		NdisMFreeSharedMemory(
			Adapter->Handle, Memory->Length, TRUE, Memory->Va, Memory->Pa);
	Memory->Va = NULL;
}

static VOID
MpFreeBuffer(PNDIS_BUFFER *Buffer)
{
	if (*Buffer != NULL)
		NdisFreeBuffer(*Buffer);
	*Buffer = NULL;
}

/* Allocate memory and buffer descriptors of one slot. */
static NDIS_STATUS
MpAllocateSlot(struct mp_adapter *Adapter, ULONG i)
{
	struct mp_descriptor *tx = MpSlot(Adapter, &Adapter->TxRing, i);
	struct mp_descriptor *rx = MpSlot(Adapter, &Adapter->RxRing, i);
	NDIS_STATUS status[4];

	if (MpAllocate(Adapter, &Adapter->Tx[i], MP_BUFFER_SIZE) != NDIS_STATUS_SUCCESS ||
		MpAllocate(Adapter, &Adapter->Rx[i], MP_BUFFER_SIZE) != NDIS_STATUS_SUCCESS)
		return NDIS_STATUS_RESOURCES;
	NdisAllocateBuffer(&status[0], &Adapter->TxBuffer[i], Adapter->BufferPool,
		Adapter->Tx[i].Va, MP_BUFFER_SIZE);
	NdisAllocateBuffer(&status[1], &Adapter->RxBuffer[i], Adapter->BufferPool,
		Adapter->Rx[i].Va, MP_BUFFER_SIZE);
	NdisAllocateBuffer(
		&status[2], &Adapter->TxDescriptor[i], Adapter->BufferPool, tx, Adapter->Stride);
	NdisAllocateBuffer(
		&status[3], &Adapter->RxDescriptor[i], Adapter->BufferPool, rx, Adapter->Stride);
	return status[0] | status[1] | status[2] | status[3];
}

/* Post slot i of the receive ring to the NIC. */
static VOID
MpPost(struct mp_adapter *Adapter, ULONG Index)
{
	ULONG i = Index % MP_SLOTS;
	struct mp_descriptor *d = MpSlot(Adapter, &Adapter->RxRing, i);

	d->Address = (uint64_t)Adapter->Rx[i].Pa.QuadPart;
	d->Length = MP_BUFFER_SIZE;
	d->Status = 0;
	NdisFlushBuffer(Adapter->RxBuffer[i], FALSE);
	NdisFlushBuffer(Adapter->RxDescriptor[i], TRUE);
	Adapter->Registers->RxTail = Index + 1;
}

static VOID
MpAllocateComplete(NDIS_HANDLE MiniportAdapterContext, PVOID VirtualAddress,
	PNDIS_PHYSICAL_ADDRESS PhysicalAddress, ULONG Length, PVOID Context)
{
	struct mp_adapter *Adapter = MiniportAdapterContext;
	struct mp_memory *Memory = Context;

	if (VirtualAddress == NULL) {
		__atomic_add_fetch(&Adapter->GrowsFailed, 1, __ATOMIC_RELEASE);
		return;
	}
	Memory->Va = VirtualAddress;
	Memory->Pa = *PhysicalAddress;
	Memory->Length = Length;
	__atomic_add_fetch(&Adapter->GrowsDone, 1, __ATOMIC_RELEASE);
}

NDIS_STATUS
MpInitialize(struct mp_adapter *Adapter)
{
	NDIS_SG_DMA_DESCRIPTION dma = {
		.Header = {NDIS_OBJECT_TYPE_SG_DMA_DESCRIPTION, NDIS_SG_DMA_DESCRIPTION_REVISION_1,
			NDIS_SIZEOF_SG_DMA_DESCRIPTION_REVISION_1},
		.Flags = NDIS_SG_DMA_64_BIT_ADDRESS,
		.MaximumPhysicalMapping = MP_BUFFER_SIZE,
		.SharedMemAllocateCompleteHandler = MpAllocateComplete,
	};
	NDIS_STATUS status;
	ULONG i;

	status = NdisMRegisterScatterGatherDma(Adapter->Handle, &dma, &Adapter->DmaHandle);
	if (status != NDIS_STATUS_SUCCESS)
		return status;
	Adapter->Stride = NdisMGetDmaAlignment(Adapter->Handle);
	NdisAllocateBufferPool(&status, &Adapter->BufferPool, 4 * MP_SLOTS);
	/* The only statement that is not in a Windows version. */
	if (status == NDIS_STATUS_SUCCESS)
		status = sl_ndis_bind_pool(Adapter->BufferPool, Adapter->Handle);
	if (status == NDIS_STATUS_SUCCESS)
		status = MpAllocate(Adapter, &Adapter->TxRing, MP_SLOTS * Adapter->Stride);
	if (status == NDIS_STATUS_SUCCESS)
		status = MpAllocate(Adapter, &Adapter->RxRing, MP_SLOTS * Adapter->Stride);
	for (i = 0; i < MP_SLOTS && status == NDIS_STATUS_SUCCESS; i++)
		status = MpAllocateSlot(Adapter, i);
	if (status != NDIS_STATUS_SUCCESS) {
		MpHalt(Adapter);
		return status;
	}
	Adapter->Registers->Stride = Adapter->Stride;
	Adapter->Registers->TxRing = (uint64_t)Adapter->TxRing.Pa.QuadPart;
	Adapter->Registers->RxRing = (uint64_t)Adapter->RxRing.Pa.QuadPart;
	for (i = 0; i < MP_SLOTS; i++)
		MpPost(Adapter, i);
	return NDIS_STATUS_SUCCESS;
}

NDIS_STATUS
MpSend(struct mp_adapter *Adapter, const void *Data, ULONG Length)
{
	ULONG i = Adapter->TxNext % MP_SLOTS;
	struct mp_descriptor *d = MpSlot(Adapter, &Adapter->TxRing, i);

	if (Length > MP_BUFFER_SIZE)
		return NDIS_STATUS_INVALID_PARAMETER;
	/* The slot is free once the NIC has finished its last use. */
	if (Adapter->TxNext >= MP_SLOTS) {
		NdisMUpdateSharedMemory(Adapter->Handle, Adapter->Stride, d, Adapter->TxRing.Pa);
		if ((d->Status & MP_STATUS_DONE) == 0)
			return NDIS_STATUS_RESOURCES;
	}
	NdisMoveMemory(Adapter->Tx[i].Va, Data, Length);
	NdisAdjustBufferLength(Adapter->TxBuffer[i], Length);
	NdisFlushBuffer(Adapter->TxBuffer[i], TRUE);
	d->Address = (uint64_t)Adapter->Tx[i].Pa.QuadPart;
	d->Length = Length;
	d->Status = 0;
	NdisFlushBuffer(Adapter->TxDescriptor[i], TRUE);
	Adapter->Registers->TxTail = ++Adapter->TxNext;
	return NDIS_STATUS_SUCCESS;
}

ULONG
MpReceive(struct mp_adapter *Adapter, void *Data, ULONG Room)
{
	ULONG i = Adapter->RxNext % MP_SLOTS, length;
	struct mp_descriptor *d = MpSlot(Adapter, &Adapter->RxRing, i);

	NdisMUpdateSharedMemory(Adapter->Handle, Adapter->Stride, d, Adapter->RxRing.Pa);
	if ((d->Status & MP_STATUS_DONE) == 0)
		return 0;
	length = d->Length < Room ? d->Length : Room;
	if (length > MP_BUFFER_SIZE)
		length = MP_BUFFER_SIZE;
	NdisMUpdateSharedMemory(Adapter->Handle, length, Adapter->Rx[i].Va, Adapter->Rx[i].Pa);
	NdisMoveMemory(Data, Adapter->Rx[i].Va, length);
	MpPost(Adapter, MP_SLOTS + Adapter->RxNext++);
	return length;
}

NDIS_STATUS
MpGrow(struct mp_adapter *Adapter, ULONG Length)
{
	return NdisMAllocateSharedMemoryAsyncEx(Adapter->DmaHandle, Length, TRUE, &Adapter->Grown);
}

VOID
MpHalt(struct mp_adapter *Adapter)
{
	ULONG i;

	for (i = 0; i < MP_SLOTS; i++) {
		MpFreeBuffer(&Adapter->TxBuffer[i]);
		MpFreeBuffer(&Adapter->RxBuffer[i]);
		MpFreeBuffer(&Adapter->TxDescriptor[i]);
		MpFreeBuffer(&Adapter->RxDescriptor[i]);
		MpFree(Adapter, &Adapter->Tx[i]);
		MpFree(Adapter, &Adapter->Rx[i]);
	}
	MpFree(Adapter, &Adapter->TxRing);
	MpFree(Adapter, &Adapter->RxRing);
	MpFree(Adapter, &Adapter->Grown);
	NdisFreeBufferPool(Adapter->BufferPool);
	NdisMDeregisterScatterGatherDma(Adapter->DmaHandle);
}
