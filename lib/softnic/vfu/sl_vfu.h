/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */
#ifndef _SL_VFU_H_
#define _SL_VFU_H_

/**
 * @file
 * A software NIC as a PCI device of a virtual machine: the server of the vfio-user protocol over a
 * UNIX socket. QEMU's device vfio-user-pci is a client. The guest's driver finds an ordinary PCI
 * function. The NIC's DMA can access only the guest memory that the VMM has mapped for it.
 *
 * Protocol: docs/interop/vfio-user.rst of QEMU. Each socket has one device, which serves one client
 * at a time. When a client disconnects, its memory is unmapped and the device is reset.
 *
 * Thread rule: one thread serves a device and steps it. Any thread may call sl_vfu_stats() and,
 * from sl_softnic.h, the calls for faults and statistics. Only the serving thread may access
 * registers and reset the device, because that raises interrupts. Do not call sl_softnic_step().
 *
 * Data from the socket is not trusted: an invalid message is answered with an error, or ends the
 * connection if the stream cannot be parsed any further. DMA outside mapped memory is a DMA fault
 * of the software NIC. If a mapped file is truncated, this is detected only when the device
 * accesses it: see sl_vfu_bus_error().
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "sl_softnic.h"

#ifdef __cplusplus
extern "C" {
#endif

/** A served device. Opaque. */
struct sl_vfu;

/** Statistics of a server since it was opened. */
struct sl_vfu_stats {
	uint64_t clients;      /**< clients that connected */
	uint64_t messages;     /**< messages received */
	uint64_t refused;      /**< messages answered with an error, or that ended the connection */
	uint64_t reads;	       /**< reads of registers */
	uint64_t writes;       /**< writes of registers, including doorbells */
	uint64_t bad_access;   /**< writes to part of a register, which are dropped */
	uint64_t interrupts;   /**< interrupts signalled to the guest */
	uint64_t unsignalled;  /**< interrupts not set up by the guest, which are dropped */
	uint64_t resets;       /**< resets of the function, by the VMM or the guest */
	uint64_t dma_maps;     /**< mappings of guest memory at present */
	uint64_t dma_bytes;    /**< bytes of these mappings */
	uint64_t dma_messages; /**< copies made by messages, because the memory has no file */
};

/**
 * Listen on a UNIX socket. A socket at @p path on which no process listens is replaced.
 * @param path at most 107 bytes
 * @param nic  parameters of the device; adapter and host must be NULL. Its log also gets the
 *   messages of the connection.
 * @param why  on failure the reason, as text
 * @return 0 or negative errno: -EADDRINUSE if another process listens there.
 */
int
sl_vfu_open(const char *path, const struct sl_softnic_params *nic, struct sl_vfu **out, char *why,
	size_t why_len);
/** End the connection, remove the socket, destroy the device. NULL is allowed. */
void
sl_vfu_close(struct sl_vfu *v);

/** The device, for its wire, faults and statistics. It is valid as long as @p v. */
struct sl_softnic *
sl_vfu_nic(struct sl_vfu *v);

/**
 * Serve the client at @p fd, a connected stream socket. Takes ownership of @p fd if it returns 0.
 * -EBUSY: there already is a client.
 */
int
sl_vfu_adopt(struct sl_vfu *v, int fd);

/**
 * One round: accept a waiting client, process received messages, step the device once.
 * @return number of things done; 0: idle.
 */
unsigned int
sl_vfu_round(struct sl_vfu *v);
/** True while a client is connected. */
bool
sl_vfu_connected(const struct sl_vfu *v);

/**
 * Serve until @p stop_fd is readable.
 * @param once also return when the first client that agreed on a version has disconnected
 */
void
sl_vfu_serve(struct sl_vfu *v, int stop_fd, bool once);

void
sl_vfu_stats(const struct sl_vfu *v, struct sl_vfu_stats *out);

/**
 * For a SIGBUS handler. If @p addr is in the client's memory, its file was truncated: this call
 * maps empty memory there, and the connection ends in the next round. Async-signal-safe; call it in
 * the thread that serves @p v. @return false if the address is not in @p v's memory.
 */
bool
sl_vfu_bus_error(struct sl_vfu *v, const void *addr);

#ifdef __cplusplus
}
#endif

#endif /* _SL_VFU_H_ */
