/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */
#ifndef _PEERS_STOCK_H_
#define _PEERS_STOCK_H_

/**
 * @file
 * DPDK's own PCI drivers on our software NIC. This program's rte_pci_register()
 * and rte_pci_unregister() stand before DPDK's, so the drivers that EAL loads as plugins end up
 * here; each is probed on a PCI device whose BAR is trapped (trap.h) and whose DMA goes through an
 * adapter that knows EAL's memory. Interrupts are not wired.
 *
 * All calls: the main thread; EAL runs with IOVA as virtual addresses.
 */

#include <stdbool.h>
#include <stdint.h>

#include "sl_softnic.h"
#include "sl_sync.h"
#include "trap.h"

/**
 * Open an adapter whose window is all of EAL's memory, at its virtual addresses,
 * as DPDK itself maps it to a device; and close it.
 * @param mode coherent or explicit
 */
int
stock_adapter_open(const char *name, enum sl_coherency mode, struct sl_adapter **out);
int
stock_adapter_close(struct sl_adapter *a);

struct stock_pci;

/** A stock driver's port with its adapter, device and BAR. */
struct stock {
	uint16_t port;
	struct sl_softnic *nic;
	struct trap_bar *bar;
	struct sl_adapter *adapter;
	/* private */
	struct stock_pci *pci;
	struct sl_bus bus;
	size_t bar_len;
};

/** True when a driver of that name ("net_e1000_igb") is loaded. */
bool
stock_has(const char *driver);
/**
 * Make a software NIC, its adapter and its BAR, and let @p driver probe it.
 * @param name of the port and the device
 * @return 0; -ENODEV: no such driver, or it knows no such device; -errno. The reason is printed.
 */
int
stock_open(struct stock *s, const char *driver, uint16_t pci_device, const char *name);
/** After the start: doorbells of queues 0..queues-1 become plain stores that do not trap. */
int
stock_run(struct stock *s, unsigned int queues);
/** Before the stop. */
int
stock_halt(struct stock *s);
/** Hand the doorbells over, then let the device work. */
unsigned int
stock_step(struct stock *s, unsigned int budget);
/** Close the port, device and adapter. 0 or the error of closing port or adapter. */
int
stock_close(struct stock *s);

#endif /* _PEERS_STOCK_H_ */
