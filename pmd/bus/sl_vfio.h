/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */
#ifndef _SL_VFIO_H_
#define _SL_VFIO_H_

/**
 * @file
 * What stands between a NIC and memory. Behind an IOMMU a device gets a VFIO
 * container of its own, in which nothing is mapped but what its adapter maps;
 * EAL maps all of its memory in its default container alone. Devices of one
 * IOMMU group share a container: the hardware cannot tell them apart.
 * Control-thread calls; attach and detach one at a time, as the bus makes them.
 */

#include <stdbool.h>
#include <stddef.h>

#include "sl_shm.h"

struct rte_pci_device;
struct sl_pci_args;
struct sl_vfio;

/** What bounds a NIC's DMA. */
enum sl_vfio_bound {
	SL_VFIO_TABLE, /**< the adapter's table: a software NIC */
	SL_VFIO_OWN,   /**< the IOMMU: regions and buffers of the adapter alone */
	SL_VFIO_ALL,   /**< the IOMMU: all of EAL's memory */
	SL_VFIO_NONE,  /**< nothing */
};

/** How a device was attached; copies are fine. */
struct sl_vfio_link {
	enum sl_vfio_bound kind;
	struct sl_vfio *vfio; /**< NULL unless kind is OWN */
};

/**
 * Take a device: its container, its BARs, its interrupts. Every refusal is
 * logged with the cause and what mends it.
 * @param args window_all: EAL's default container, as other drivers have it; window_strict
 * @return 0; 1 when its kernel driver is none for DPDK; negative errno.
 */
int
sl_vfio_attach(
	struct rte_pci_device *pci, const struct sl_pci_args *args, struct sl_vfio_link *out);
/** Give it back; its adapter must be closed. */
void
sl_vfio_detach(struct rte_pci_device *pci);

/** The least that can be let in behind a link, in bytes: a page. */
uint64_t
sl_vfio_page(const struct sl_vfio_link *link);
/** Set hook, context and granule of the adapter behind a link. */
void
sl_vfio_window(const struct sl_vfio_link *link, struct sl_adapter_params *params);

#endif /* _SL_VFIO_H_ */
