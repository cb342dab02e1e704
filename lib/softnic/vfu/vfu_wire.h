/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */
#ifndef _VFU_WIRE_H_
#define _VFU_WIRE_H_

/**
 * @file
 * Layout of vfio-user messages on the socket, in the host's byte order. Names and numbers are as in
 * QEMU's docs/interop/vfio-user.rst.
 */

#include <stdint.h>

enum vfu_command_id {
	VFU_VERSION = 1,
	VFU_DMA_MAP,
	VFU_DMA_UNMAP,
	VFU_DEVICE_GET_INFO,
	VFU_DEVICE_GET_REGION_INFO,
	VFU_DEVICE_GET_REGION_IO_FDS,
	VFU_DEVICE_GET_IRQ_INFO,
	VFU_DEVICE_SET_IRQS,
	VFU_REGION_READ,
	VFU_REGION_WRITE,
	VFU_DMA_READ,
	VFU_DMA_WRITE,
	VFU_DEVICE_RESET,
};

struct vfu_header {
	uint16_t id;
	uint16_t command;
	uint32_t size; /**< bytes of the message, including this header */
	uint32_t flags;
	uint32_t error; /**< errno of an answer */
};

#define VFU_FLAG_TYPE 0xFu
#define VFU_FLAG_REPLY 1u
#define VFU_FLAG_NO_REPLY 0x10u
#define VFU_FLAG_ERROR 0x20u

/** Followed by JSON text and its NUL. */
struct vfu_version {
	uint16_t major, minor;
};

struct vfu_dma_map {
	uint32_t argsz, flags;
	uint64_t offset, iova, size;
};
#define VFU_DMA_READABLE 1u
#define VFU_DMA_WRITABLE 2u

struct vfu_dma_unmap {
	uint32_t argsz, flags;
	uint64_t iova, size;
};
#define VFU_UNMAP_BITMAP 1u
#define VFU_UNMAP_ALL 2u

struct vfu_device_info {
	uint32_t argsz, flags, regions, irqs;
};
#define VFU_DEVICE_RESETS 1u
#define VFU_DEVICE_PCI 2u

struct vfu_region_info {
	uint32_t argsz, flags, index, cap_offset;
	uint64_t size, offset;
};
#define VFU_REGION_READABLE 1u
#define VFU_REGION_WRITABLE 2u
enum vfu_region {
	VFU_REGION_BAR0 = 0,
	VFU_REGION_BAR5 = 5,
	VFU_REGION_ROM,
	VFU_REGION_CONFIG,
	VFU_REGION_VGA,
	VFU_REGIONS,
};

struct vfu_irq_info {
	uint32_t argsz, flags, index, count;
};
#define VFU_IRQ_EVENTFD 1u
#define VFU_IRQ_MASKABLE 2u
#define VFU_IRQ_AUTOMASKED 4u
enum vfu_irq {
	VFU_IRQ_INTX,
	VFU_IRQ_MSI,
	VFU_IRQ_MSIX,
	VFU_IRQ_ERR,
	VFU_IRQ_REQ,
	VFU_IRQS,
};

/** Followed by @c count bytes with VFU_SET_BOOL. */
struct vfu_irq_set {
	uint32_t argsz, flags, index, start, count;
};
#define VFU_SET_NONE 1u
#define VFU_SET_BOOL 2u
#define VFU_SET_EVENTFD 4u
#define VFU_SET_DATA 7u
#define VFU_SET_MASK 8u
#define VFU_SET_UNMASK 0x10u
#define VFU_SET_TRIGGER 0x20u
#define VFU_SET_ACTION 0x38u

/** Followed by @c count bytes in the request of a write and in the answer of a read. */
struct vfu_region_access {
	uint64_t offset;
	uint32_t region, count;
};

struct vfu_dma_access {
	uint64_t iova, count;
};

#endif /* _VFU_WIRE_H_ */
