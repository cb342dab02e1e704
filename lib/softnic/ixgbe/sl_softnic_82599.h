/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */
#ifndef _SL_SOFTNIC_82599_H_
#define _SL_SOFTNIC_82599_H_

/**
 * @file
 * A software NIC with the face of an 82599: enough for a driver of that device
 * to probe, start and move frames, so that its speed can be compared. Both NICs
 * share descriptor formats, so rings, DMA, wire and RSS are the 82576's.
 *
 * It has not: interrupts, receive checksums, VLAN filters and stripping, flow
 * director, DCB, LRO, statistics registers, more than 16 queues of a direction.
 */

#include "sl_bus.h"
#include "sl_softnic.h"

#ifdef __cplusplus
extern "C" {
#endif

/** The face. Opaque. */
struct sl_softnic_82599;

/**
 * Put the face on @p nic, which must outlive it and is reached by no other
 * driver; power on. Control calls all, one thread at a time.
 * @return 0; -EINVAL, -ENOMEM.
 */
int sl_softnic_82599_create(struct sl_softnic *nic, struct sl_softnic_82599 **out);
/** Take it off. NULL is nothing. */
void sl_softnic_82599_destroy(struct sl_softnic_82599 *face);
/** The registers, BAR 0 of SL_82599_BAR_SIZE bytes; doorbells as sl_softnic_doorbell() has them. */
struct sl_bus sl_softnic_82599_bus(struct sl_softnic_82599 *face);

#ifdef __cplusplus
}
#endif

#endif /* _SL_SOFTNIC_82599_H_ */
