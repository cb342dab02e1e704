/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */
#ifndef _PEERS_STOCK_H_
#define _PEERS_STOCK_H_

/**
 * @file
 * DPDK's own PCI drivers on our software NIC. This program defines rte_pci_register() and
 * rte_pci_unregister(). These definitions take precedence over those of the PCI bus, so drivers
 * that EAL loads as plugins register here. Each driver is probed with a PCI device whose BAR is
 * trapped (trap.h) and whose DMA uses an adapter that maps EAL's memory. Interrupts are not
 * connected.
 *
 * All calls: on the main thread. EAL must run with IOVA as VA.
 */

#include <stdbool.h>
#include <stdint.h>

#include "sl_softnic.h"
#include "sl_sync.h"
#include "trap.h"

/**
 * Open an adapter whose window is all memory of EAL, at its virtual addresses, as DPDK maps it to a
 * device. Close it.
 * @param mode coherent or explicit
 */
int
stock_adapter_open(const char *name, enum sl_coherency mode, struct sl_adapter **out);
int
stock_adapter_close(struct sl_adapter *a);

struct stock_pci;

/** Port of a DPDK driver, with its adapter, device and BAR. */
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

struct rte_pci_driver;

/** The driver of that name that was loaded last, or NULL. */
struct rte_pci_driver *
stock_driver(const char *name);
/** True if a driver of that name ("net_e1000_igb") is loaded. */
bool
stock_has(const char *driver);
/**
 * Create a software NIC with adapter and BAR, and let @p driver probe it.
 * @param name name of the port and the device
 * @return 0; -ENODEV: there is no such driver, or it does not support the device; -errno. The
 * reason is printed.
 */
int
stock_open(struct stock *s, const char *driver, uint16_t pci_device, const char *name);
/**
 * After the start of the port: doorbells of queues 0 to queues-1 become plain stores that do not
 * trap.
 */
int
stock_run(struct stock *s, unsigned int queues);
/** Trap the doorbells again. Call it before the stop of the port. */
int
stock_halt(struct stock *s);
/** Pass stored doorbells to the device, then step it. */
unsigned int
stock_step(struct stock *s, unsigned int budget);
/** Close port, device and adapter. 0 or the error of closing port or adapter. */
int
stock_close(struct stock *s);

#endif /* _PEERS_STOCK_H_ */
