/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */
#ifndef _SL_VFIO_H_
#define _SL_VFIO_H_

/**
 * @file
 * Access of a NIC to memory. With an IOMMU a device gets a separate VFIO container, in which only
 * its adapter's memory is mapped; EAL maps all of its memory only in its default container. Devices
 * of one IOMMU group share a container, since the hardware cannot distinguish them. Control-thread
 * calls. Attach and detach are not called concurrently, because the bus serialises them.
 */

#include <stdbool.h>
#include <stddef.h>

#include "sl_shm.h"

struct rte_pci_device;
struct sl_pci_args;
struct sl_vfio;

/** Limit of a NIC's DMA. */
enum sl_vfio_bound {
	SL_VFIO_TABLE, /**< the adapter's table: a software NIC */
	SL_VFIO_OWN,   /**< the IOMMU: only regions and buffers of the adapter */
	SL_VFIO_ALL,   /**< the IOMMU: all of EAL's memory */
	SL_VFIO_NONE,  /**< no limit */
};

/** Attachment of a device. It may be copied. */
struct sl_vfio_link {
	enum sl_vfio_bound kind;
	struct sl_vfio *vfio; /**< NULL unless kind is SL_VFIO_OWN */
};

/**
 * Attach a device: its container, its BARs, its interrupts. Each error is logged with its cause and
 * a remedy.
 * @param args window_all: use EAL's default container, as other drivers do; window_strict
 * @return 0; 1: it is not bound to a kernel driver for DPDK; negative errno.
 */
int
sl_vfio_attach(
	struct rte_pci_device *pci, const struct sl_pci_args *args, struct sl_vfio_link *out);
/** Detach it. Its adapter must be closed. */
void
sl_vfio_detach(struct rte_pci_device *pci);

/** Smallest amount of memory that can be mapped for a link: a page, in bytes. */
uint64_t
sl_vfio_page(const struct sl_vfio_link *link);
/** Set hook, context and granule for the adapter of a link. */
void
sl_vfio_window(const struct sl_vfio_link *link, struct sl_adapter_params *params);

#endif /* _SL_VFIO_H_ */
