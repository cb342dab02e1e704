/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */

/*
 * Attaches DPDK's own PCI drivers to the software NIC: it receives their registration instead of
 * the PCI bus, and gives them a device whose BAR is trapped (trap.c).
 */

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <rte_eal.h>
#include <rte_ethdev.h>
#include <rte_interrupts.h>
#include <rte_memory.h>

#include <bus_pci_driver.h>
#include <ethdev_driver.h>

#include "sl_compat.h"
#include "sl_pci.h"
#include "sl_softnic.h"
#include "stock.h"

#define DRIVERS 512u
#define BELLS 512u     /* doorbell addresses: 128 queues each way, two addresses each */
#define DOMAIN 0xbeefu /* a PCI domain that no machine has */

struct stock_pci {
	struct rte_pci_device dev;
	int irq_fd;
};

/* Filled by constructors of drivers, which run before main(). */
static struct {
	struct rte_pci_driver *list[DRIVERS];
	unsigned int n;
	unsigned int serial;
} drivers;

/* These replace the functions of the PCI bus. Drivers that EAL loads call them. */
void
rte_pci_register(struct rte_pci_driver *driver)
{
	if (drivers.n < DRIVERS)
		drivers.list[drivers.n++] = driver;
}

/* Some drivers unregister when the process ends. */
void
rte_pci_unregister(struct rte_pci_driver *driver)
{
	unsigned int i;

	for (i = 0; i < drivers.n; i++) {
		if (drivers.list[i] == driver)
			drivers.list[i] = drivers.list[--drivers.n];
	}
}

struct rte_pci_driver *
stock_driver(const char *name)
{
	unsigned int i;

	for (i = drivers.n; i-- > 0;) {
		if (strcmp(drivers.list[i]->driver.name, name) == 0)
			return drivers.list[i];
	}
	return NULL;
}

bool
stock_has(const char *driver)
{
	return stock_driver(driver) != NULL;
}

static const struct rte_pci_id *
id_find(const struct rte_pci_driver *drv, uint16_t device)
{
	const struct rte_pci_id *id;

	for (id = drv->id_table; id->vendor_id != 0; id++) {
		if (id->vendor_id == SL_PCI_VENDOR_INTEL && id->device_id == device)
			return id;
	}
	return NULL;
}

/* --- the adapter: all memory of EAL, as DPDK maps it to a device --- */

static int
map_list(const struct rte_memseg_list *list, void *arg)
{
	struct sl_adapter *a = arg;

	if (list->external != 0 || list->len == 0)
		return 0;
	return sl_buffer_map(a, "EAL memory", list->base_va, (uint64_t)(uintptr_t)list->base_va,
		list->len, SL_DMA_BIDIRECTIONAL);
}

static int
unmap_list(const struct rte_memseg_list *list, void *arg)
{
	struct sl_adapter *a = arg;
	int ret;

	if (list->external != 0 || list->len == 0)
		return 0;
	ret = sl_buffer_unmap(a, list->base_va, (uint64_t)(uintptr_t)list->base_va, list->len);
	/* -ENOENT: the adapter was not opened completely, and this memory was not mapped. */
	return ret == -ENOENT ? 0 : ret;
}

int
stock_adapter_open(const char *name, enum sl_coherency mode, struct sl_adapter **out)
{
	struct sl_adapter_params params = {
		.name = name,
		.numa_node = SL_NODE_ANY,
		.coherency = mode,
		.platform_coherent = 1,
	};
	int ret;

	*out = NULL;
	if (rte_eal_iova_mode() != RTE_IOVA_VA)
		return -ENOTSUP;
	ret = sl_adapter_open(&params, out);
	return ret == 0 ? rte_memseg_list_walk(map_list, *out) : ret;
}

int
stock_adapter_close(struct sl_adapter *a)
{
	int ret;

	if (a == NULL)
		return 0;
	ret = rte_memseg_list_walk(unmap_list, a);
	return ret == 0 ? sl_adapter_close(a) : ret;
}

/* Name of the software NIC's device with a PCI id, or NULL, which selects the default device. */
static const char *
device_of(uint16_t pci_device)
{
	const struct sl_softnic_device *d;
	unsigned int i;

	for (i = 0; (d = sl_softnic_device_at(i)) != NULL; i++) {
		if (d->pci_id == pci_device)
			return d->name;
	}
	return NULL;
}

static int
device_open(struct stock *s, uint16_t pci_device, const char *name)
{
	struct sl_softnic_params params = {.name = name, .device = device_of(pci_device)};
	int ret = stock_adapter_open(name, SL_COHERENCY_COHERENT, &s->adapter);

	if (ret != 0)
		return ret;
	params.adapter = s->adapter;
	ret = sl_softnic_create(&params, &s->nic);
	if (ret != 0)
		return ret;
	s->bus = sl_softnic_bus(s->nic);
	s->bar_len = sl_softnic_device(s->nic)->bar_size;
	return trap_open(&s->bus, s->bar_len, &s->bar);
}

/* --- the PCI device --- */

static void
pci_free(struct stock_pci *p)
{
	if (p == NULL)
		return;
	if (p->irq_fd >= 0)
		close(p->irq_fd);
	rte_intr_instance_free(p->dev.intr_handle);
	free(p);
}

static struct stock_pci *
pci_new(struct rte_pci_driver *drv, const struct rte_pci_id *id, const struct stock *s,
	const char *name)
{
	struct stock_pci *p = calloc(1, sizeof(*p));

	if (p == NULL)
		return NULL;
	p->irq_fd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
	p->dev.intr_handle = rte_intr_instance_alloc(RTE_INTR_INSTANCE_F_PRIVATE);
	if (p->irq_fd < 0 || p->dev.intr_handle == NULL) {
		pci_free(p);
		return NULL;
	}
	/* An interrupt handle that can be enabled but never fires. */
	rte_intr_fd_set(p->dev.intr_handle, p->irq_fd);
	rte_intr_type_set(p->dev.intr_handle, RTE_INTR_HANDLE_VDEV);
	snprintf(p->dev.name, sizeof(p->dev.name), "%s", name);
	p->dev.device.name = p->dev.name;
	p->dev.device.numa_node = SOCKET_ID_ANY;
	SL_PCI_SET_DRIVER(&p->dev, drv);
	p->dev.id = *id;
	p->dev.addr = (struct rte_pci_addr){.domain = DOMAIN, .devid = (uint8_t)drivers.serial++};
	p->dev.kdrv = RTE_PCI_KDRV_VFIO;
	p->dev.mem_resource[0].addr = trap_address(s->bar);
	p->dev.mem_resource[0].len = s->bar_len;
	return p;
}

static int
probe(struct stock *s, struct rte_pci_driver *drv, const struct rte_pci_id *id, const char *name)
{
	int ret;

	s->pci = pci_new(drv, id, s, name);
	if (s->pci == NULL)
		return -ENOMEM;
	ret = drv->probe(drv, &s->pci->dev);
	if (ret != 0)
		return ret < 0 ? ret : -EIO;
	return rte_eth_dev_get_port_by_name(s->pci->dev.name, &s->port);
}

static void
release(struct stock *s)
{
	pci_free(s->pci);
	trap_close(s->bar);
	sl_softnic_destroy(s->nic);
	*s = (struct stock){.port = RTE_MAX_ETHPORTS, .adapter = s->adapter};
}

int
stock_open(struct stock *s, const char *driver, uint16_t pci_device, const char *name)
{
	struct rte_pci_driver *drv = stock_driver(driver);
	const struct rte_pci_id *id = drv != NULL ? id_find(drv, pci_device) : NULL;
	int ret;

	*s = (struct stock){.port = RTE_MAX_ETHPORTS};
	if (id == NULL) {
		fprintf(stderr, "%s: DPDK here has no driver %s for 8086:%04x\n", name, driver,
			pci_device);
		return -ENODEV;
	}
	ret = device_open(s, pci_device, name);
	if (ret == 0)
		ret = probe(s, drv, id, name);
	if (ret != 0) {
		fprintf(stderr, "%s: %s did not take the device: %s\n", name, driver,
			strerror(-ret));
		(void)stock_close(s);
	}
	return ret;
}

/* True if @p word is the doorbell of a queue below @p queues. */
static bool
is_bell(const struct stock *s, const volatile uint32_t *word, unsigned int queues)
{
	unsigned int q;

	for (q = 0; q < queues; q++) {
		if (word == sl_softnic_tail(s->nic, false, q) ||
			word == sl_softnic_tail(s->nic, true, q))
			return true;
	}
	return false;
}

int
stock_run(struct stock *s, unsigned int queues)
{
	uint32_t off[BELLS], at;
	unsigned int n = 0;

	/* If a queue's doorbell has two addresses, the driver may use either. */
	for (at = 0; at < s->bar_len; at += sizeof(uint32_t)) {
		const volatile uint32_t *word = s->bus.ops->doorbell(s->bus.dev, at);

		if (word == NULL || !is_bell(s, word, queues))
			continue;
		if (n == RTE_DIM(off))
			return -ENOSPC;
		off[n++] = at;
	}
	return trap_let(s->bar, off, n);
}

int
stock_halt(struct stock *s)
{
	return trap_stop(s->bar);
}

unsigned int
stock_step(struct stock *s, unsigned int budget)
{
	trap_ring(s->bar);
	return sl_softnic_step(s->nic, budget);
}

int
stock_close(struct stock *s)
{
	int ret = 0, adapter;

	if (s->port != RTE_MAX_ETHPORTS) {
		(void)stock_halt(s);
		if (rte_eth_devices[s->port].data->dev_started != 0)
			(void)rte_eth_dev_stop(s->port);
		ret = rte_eth_dev_close(s->port);
		/* Some drivers return the number of callbacks that they removed. */
		ret = ret > 0 ? 0 : ret;
	}
	release(s);
	adapter = stock_adapter_close(s->adapter);
	s->adapter = NULL;
	return ret != 0 ? ret : adapter;
}
