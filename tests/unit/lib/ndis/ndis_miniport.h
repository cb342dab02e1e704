/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */
#ifndef _NDIS_MINIPORT_H_
#define _NDIS_MINIPORT_H_

/**
 * @file
 * The shared-memory part of a small NDIS miniport, as written for Windows; only the include
 * differs. Its NIC has one doorbell register per direction and descriptors of one line each in
 * shared memory.
 */

#include "ndis.h"

#define MP_SLOTS 8u
#define MP_BUFFER_SIZE 2048u
#define MP_STATUS_DONE 0x1u

/** A descriptor, which the NIC reads and writes in shared memory. Slots are one line apart. */
struct mp_descriptor {
	uint64_t Address;
	ULONG Length;
	volatile ULONG Status;
};

/** Registers of the NIC. */
struct mp_registers {
	volatile uint64_t TxRing, RxRing; /* logical addresses of slot 0 */
	volatile ULONG Stride;		  /* bytes between slots */
	volatile ULONG TxTail, RxTail;	  /* doorbells: number of slots given, always increasing */
};

/** One allocation of shared memory. */
struct mp_memory {
	PVOID Va;
	NDIS_PHYSICAL_ADDRESS Pa;
	ULONG Length;
};

struct mp_adapter {
	NDIS_HANDLE Handle, DmaHandle, BufferPool;
	struct mp_registers *Registers;
	ULONG Stride;
	struct mp_memory TxRing, RxRing, Tx[MP_SLOTS], Rx[MP_SLOTS];
	PNDIS_BUFFER TxBuffer[MP_SLOTS], RxBuffer[MP_SLOTS];
	PNDIS_BUFFER TxDescriptor[MP_SLOTS], RxDescriptor[MP_SLOTS];
	ULONG TxNext, RxNext;
	/* Results of MpGrow() in the completion handler. */
	volatile ULONG GrowsDone, GrowsFailed;
	struct mp_memory Grown;
};

NDIS_STATUS
MpInitialize(struct mp_adapter *Adapter);
/** Send a copy of a frame of at most MP_BUFFER_SIZE bytes. RESOURCES if all slots are in use. */
NDIS_STATUS
MpSend(struct mp_adapter *Adapter, const void *Data, ULONG Length);
/** Take a received frame. @return its length, or 0 if there is none. */
ULONG
MpReceive(struct mp_adapter *Adapter, void *Data, ULONG Room);
/** Request more receive memory from the datapath. */
NDIS_STATUS
MpGrow(struct mp_adapter *Adapter, ULONG Length);
VOID
MpHalt(struct mp_adapter *Adapter);

#endif /* _NDIS_MINIPORT_H_ */
