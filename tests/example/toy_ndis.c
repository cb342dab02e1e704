/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */

/*
 * The toy's driver, written with NDIS's calls as a miniport whose host is toy.h.
 * NdisFlushBuffer() completes by itself, so there is no barrier call.
 */

#include <errno.h>
#include <stdlib.h>

#include "ndis.h"
#include "toy.h"

struct toy_memory {
	NDIS_HANDLE Allocation;
	UCHAR *Va;
	NDIS_PHYSICAL_ADDRESS Pa;
};

struct toy {
	NDIS_HANDLE Handle, DmaHandle;
	struct toy_device *Device;
	struct toy_memory TxRing, RxRing, TxHead, Tx, Rx;
	PMDL TxMdl[TOY_SLOTS], TxDescriptor[TOY_SLOTS], RxMdl[TOY_SLOTS], RxLine[TOY_SLOTS];
	PMDL TxHeadMdl;
	ULONG TxNext, TxDone, RxNext, PerLine; /* descriptors in a line */
};

static BOOLEAN
ToyAllocate(struct toy *t, NDIS_SHARED_MEMORY_USAGE Usage, ULONG Length, struct toy_memory *m)
{
	union {
		SCATTER_GATHER_LIST List;
		UCHAR Room[sizeof(SCATTER_GATHER_LIST) + sizeof(SCATTER_GATHER_ELEMENT)];
	} sg;
	NDIS_SHARED_MEMORY_PARAMETERS p = {
		.Header = {NDIS_OBJECT_TYPE_DEFAULT, NDIS_SHARED_MEMORY_PARAMETERS_REVISION_1,
			NDIS_SIZEOF_SHARED_MEMORY_PARAMETERS_REVISION_1},
		.Flags = NDIS_SHARED_MEM_PARAMETERS_CONTIGUOUS,
		.PreferredNode = MM_ANY_NODE_OK,
		.Usage = Usage,
		.Length = Length,
		.SGListBufferLength = sizeof(sg),
		.SGListBuffer = &sg.List,
	};

	if (NdisAllocateSharedMemory(t->DmaHandle, &p, &m->Allocation) != NDIS_STATUS_SUCCESS)
		return FALSE;
	m->Va = p.VirtualAddress;
	m->Pa = sg.List.Elements[0].Address;
	return TRUE;
}

static struct toy_desc *
ToySlot(const struct toy_memory *Ring, ULONG Index)
{
	return (struct toy_desc *)Ring->Va + Index % TOY_SLOTS;
}

/* Give the NIC a whole line of receive descriptors. */
static VOID
ToyPostLine(struct toy *t, ULONG First)
{
	ULONG i;

	for (i = First; i < First + t->PerLine; i++) {
		NdisFlushBuffer(t->RxMdl[i % TOY_SLOTS], FALSE);
		*ToySlot(&t->RxRing, i) = (struct toy_desc){
			.addr = (uint64_t)t->Rx.Pa.QuadPart + i % TOY_SLOTS * TOY_BUFFER,
			.len = TOY_BUFFER};
	}
	NdisFlushBuffer(t->RxLine[First % TOY_SLOTS], TRUE);
	toy_device_write(t->Device, TOY_RX_TAIL, First + t->PerLine);
}

static BOOLEAN
ToyDescribe(struct toy *t)
{
	BOOLEAN all = TRUE;
	ULONG i;

	for (i = 0; i < TOY_SLOTS; i++) {
		t->TxMdl[i] = NdisAllocateMdl(t->Handle, t->Tx.Va + i * TOY_BUFFER, TOY_BUFFER);
		t->RxMdl[i] = NdisAllocateMdl(t->Handle, t->Rx.Va + i * TOY_BUFFER, TOY_BUFFER);
		t->TxDescriptor[i] =
			NdisAllocateMdl(t->Handle, ToySlot(&t->TxRing, i), sizeof(struct toy_desc));
		t->RxLine[i] = NdisAllocateMdl(t->Handle, ToySlot(&t->RxRing, i),
			t->PerLine * (UINT)sizeof(struct toy_desc));
		all = all && t->TxMdl[i] != NULL && t->RxMdl[i] != NULL &&
			t->TxDescriptor[i] != NULL && t->RxLine[i] != NULL;
	}
	t->TxHeadMdl = NdisAllocateMdl(t->Handle, t->TxHead.Va, sizeof(ULONG));
	return all && t->TxHeadMdl != NULL;
}

static BOOLEAN
ToyInitialize(struct toy *t)
{
	const ULONG ring = TOY_SLOTS * sizeof(struct toy_desc), data = TOY_SLOTS * TOY_BUFFER;
	NDIS_SG_DMA_DESCRIPTION dma = {
		.Header = {NDIS_OBJECT_TYPE_SG_DMA_DESCRIPTION, NDIS_SG_DMA_DESCRIPTION_REVISION_1,
			NDIS_SIZEOF_SG_DMA_DESCRIPTION_REVISION_1},
		.Flags = NDIS_SG_DMA_64_BIT_ADDRESS,
		.MaximumPhysicalMapping = TOY_BUFFER,
	};

	if (NdisMRegisterScatterGatherDma(t->Handle, &dma, &t->DmaHandle) != NDIS_STATUS_SUCCESS)
		return FALSE;
	t->PerLine = NdisMGetDmaAlignment(t->Handle) / (ULONG)sizeof(struct toy_desc);
	return t->PerLine <= TOY_SLOTS &&
		ToyAllocate(t, NdisSharedMemoryUsageXmit, ring, &t->TxRing) &&
		ToyAllocate(t, NdisSharedMemoryUsageReceive, ring, &t->RxRing) &&
		ToyAllocate(t, NdisSharedMemoryUsageOther, sizeof(ULONG), &t->TxHead) &&
		ToyAllocate(t, NdisSharedMemoryUsageXmitData, data, &t->Tx) &&
		ToyAllocate(t, NdisSharedMemoryUsageReceiveData, data, &t->Rx) && ToyDescribe(t);
}

int
toy_open(struct sl_adapter *adapter, struct toy_device *dev, struct toy **out)
{
	struct toy *t = calloc(1, sizeof(*t));
	ULONG first;

	if (t == NULL)
		return -ENOMEM;
	t->Device = dev;
	if (sl_ndis_open(adapter, t, &t->Handle) != NDIS_STATUS_SUCCESS || !ToyInitialize(t)) {
		toy_close(t);
		return -ENOMEM;
	}
	toy_device_write(dev, TOY_TX_RING, (uint64_t)t->TxRing.Pa.QuadPart);
	toy_device_write(dev, TOY_RX_RING, (uint64_t)t->RxRing.Pa.QuadPart);
	toy_device_write(dev, TOY_TX_HEAD, (uint64_t)t->TxHead.Pa.QuadPart);
	NdisFlushBuffer(t->TxHeadMdl, FALSE);
	for (first = 0; first < TOY_SLOTS; first += t->PerLine)
		ToyPostLine(t, first);
	*out = t;
	return 0;
}

int
toy_send(struct toy *t, const void *frame, uint32_t len)
{
	ULONG slot = t->TxNext % TOY_SLOTS, done;

	if (len == 0 || len > TOY_BUFFER)
		return -EINVAL;
	NdisMUpdateSharedMemory(t->Handle, sizeof(done), t->TxHead.Va, t->TxHead.Pa);
	done = *(volatile ULONG *)(PVOID)t->TxHead.Va;
	if (done - t->TxDone <= t->TxNext - t->TxDone)
		t->TxDone = done;
	if (t->TxNext - t->TxDone == TOY_SLOTS)
		return -EAGAIN;
	NdisMoveMemory(t->Tx.Va + slot * TOY_BUFFER, frame, len);
	NdisAdjustBufferLength(t->TxMdl[slot], len);
	NdisFlushBuffer(t->TxMdl[slot], TRUE);
	*ToySlot(&t->TxRing, slot) = (struct toy_desc){
		.addr = (uint64_t)t->Tx.Pa.QuadPart + slot * TOY_BUFFER, .len = len};
	NdisFlushBuffer(t->TxDescriptor[slot], TRUE);
	toy_device_write(t->Device, TOY_TX_TAIL, ++t->TxNext);
	return 0;
}

uint32_t
toy_receive(struct toy *t, void *frame, uint32_t room)
{
	ULONG slot = t->RxNext % TOY_SLOTS, len;
	volatile struct toy_desc *d = ToySlot(&t->RxRing, slot);
	UCHAR *va = t->Rx.Va + slot * TOY_BUFFER;

	NdisMUpdateSharedMemory(t->Handle, sizeof(*d), (PVOID)(ULONG_PTR)d, t->RxRing.Pa);
	if ((d->flags & TOY_DONE) == 0)
		return 0;
	len = d->len <= TOY_BUFFER ? d->len : TOY_BUFFER;
	len = len <= room ? len : room;
	NdisMUpdateSharedMemory(t->Handle, len, va, t->Rx.Pa);
	NdisMoveMemory(frame, va, len);
	if (++t->RxNext % t->PerLine == 0)
		ToyPostLine(t, t->RxNext - t->PerLine + TOY_SLOTS);
	return len;
}

void
toy_close(struct toy *t)
{
	struct toy_memory *memory[] = {&t->TxRing, &t->RxRing, &t->TxHead, &t->Tx, &t->Rx};
	ULONG i;

	for (i = 0; i < TOY_SLOTS; i++) {
		NdisFreeMdl(t->TxMdl[i]);
		NdisFreeMdl(t->TxDescriptor[i]);
		NdisFreeMdl(t->RxMdl[i]);
		NdisFreeMdl(t->RxLine[i]);
	}
	NdisFreeMdl(t->TxHeadMdl);
	for (i = 0; i < sizeof(memory) / sizeof(memory[0]); i++)
		if (memory[i]->Allocation != NULL)
			NdisFreeSharedMemory(t->DmaHandle, memory[i]->Allocation);
	if (t->DmaHandle != NULL)
		NdisMDeregisterScatterGatherDma(t->DmaHandle);
	if (t->Handle != NULL)
		sl_ndis_close(t->Handle);
	free(t);
}
