/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */
#ifndef _NDIS_MINIPORT_H_
#define _NDIS_MINIPORT_H_

/**
 * @file
 * The shared-memory half of a small NDIS miniport, as one is written for
 * Windows; only the include differs. Its NIC: a doorbell register for each
 * direction, descriptors of one line each in shared memory.
 */

#include "ndis.h"

#define MP_SLOTS 8u
#define MP_BUFFER_SIZE 2048u
#define MP_STATUS_DONE 0x1u

/** What the NIC reads and writes in shared memory. Slots stand a line apart. */
struct mp_descriptor {
	uint64_t Address;
	ULONG Length;
	volatile ULONG Status;
};

/** The NIC's registers. */
struct mp_registers {
	volatile uint64_t TxRing, RxRing; /* logical addresses of slot 0 */
	volatile ULONG Stride;		  /* bytes between slots */
	volatile ULONG TxTail, RxTail;	  /* doorbells: slots given, ever counting up */
};

/** One piece of shared memory. */
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
	/* What MpGrow asked for and the completion handler received. */
	volatile ULONG GrowsDone, GrowsFailed;
	struct mp_memory Grown;
};

NDIS_STATUS
MpInitialize(struct mp_adapter *Adapter);
/** Send a copy of a frame of at most MP_BUFFER_SIZE bytes. RESOURCES when all slots are busy. */
NDIS_STATUS
MpSend(struct mp_adapter *Adapter, const void *Data, ULONG Length);
/** Take a received frame. @return its length, 0 when none has come. */
ULONG
MpReceive(struct mp_adapter *Adapter, void *Data, ULONG Room);
/** From the datapath: ask for more receive memory. */
NDIS_STATUS
MpGrow(struct mp_adapter *Adapter, ULONG Length);
VOID
MpHalt(struct mp_adapter *Adapter);

#endif /* _NDIS_MINIPORT_H_ */
