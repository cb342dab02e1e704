/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */

/* net_syncline: the driver for real NICs. */

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <rte_cycles.h>
#include <rte_errno.h>
#include <rte_io.h>
#include <rte_vfio.h>

#include <bus_pci_driver.h>
#include <ethdev_pci.h>

#include "sl_checked.h"
#include "sl_dmamap.h"
#include "sl_log.h"
#include "sl_pci.h"
#include "sl_pci_args.h"
#include "sl_port.h"
#include "sl_second.h"

#define WHY_LEN 512u
#define RESET_QUIET_US 1000u /* no register access before: 82576, 4.2.1.6.1 */
#define PATH_LEN 256u

static uint32_t
mmio_read(void *dev, uint32_t off)
{
	return rte_read32((const volatile uint8_t *)dev + off);
}

static void
mmio_write(void *dev, uint32_t off, uint32_t val)
{
	rte_write32(val, (volatile uint8_t *)dev + off);
}

static volatile uint32_t *
mmio_doorbell(void *dev, uint32_t off)
{
	return (volatile uint32_t *)((uint8_t *)dev + off);
}

static const struct sl_bus_ops mmio_ops = {
	.read = mmio_read,
	.write = mmio_write,
	.doorbell = mmio_doorbell,
};

/*
 * Set bus mastering. Reading the register back also makes sure that the NIC's earlier writes are in
 * memory.
 */
static int
pci_master(struct sl_port *port, bool on)
{
	struct rte_pci_device *pci = port->dev_priv;
	uint16_t command;
	bool read;

	rte_pci_set_bus_master(pci, on);
	read = rte_pci_read_config(pci, &command, sizeof(command), SL_PCI_COMMAND) ==
		(int)sizeof(command);
	/*
	 * The device is gone: all ones, or neither registers nor configuration space can be read.
	 */
	if (read ? command == UINT16_MAX : port->removed)
		return on ? -EIO : 0;
	return read && ((command & SL_PCI_COMMAND_MASTER) != 0) == on ? 0 : -EIO;
}

static int
pci_power(struct sl_port *port, bool on)
{
	struct rte_pci_device *pci = port->dev_priv;
	uint16_t pmcsr;

	if (rte_pci_read_config(pci, &pmcsr, sizeof(pmcsr), SL_PCI_PMCSR) != (int)sizeof(pmcsr) ||
		pmcsr == UINT16_MAX)
		return -EIO;
	pmcsr = (uint16_t)SL_SET(SL_PCI_PMCSR_STATE, pmcsr, on ? SL_PCI_D0 : SL_PCI_D3);
	return rte_pci_write_config(pci, &pmcsr, sizeof(pmcsr), SL_PCI_PMCSR) ==
			(int)sizeof(pmcsr) ?
		0 :
		-EIO;
}

static void
pci_release(struct sl_port *port)
{
	port->dev_priv = NULL;
}

static const struct sl_dev_ops pci_dev_ops = {
	.kind = "pci",
	.release = pci_release,
	.master = pci_master,
	.power = pci_power,
};

/* --- a NIC that was left running --- */

static int
open_of(const struct rte_pci_device *pci, const char *file)
{
	char path[PATH_LEN];

	snprintf(path, sizeof(path), "%s/%s/%s", rte_pci_get_sysfs_path(), pci->name, file);
	return open(path, O_RDWR | O_CLOEXEC);
}

/* Turn bus mastering off through sysfs. @return true if the register then reads as off. */
static bool
master_off(const struct rte_pci_device *pci)
{
	const int fd = open_of(pci, "config");
	uint16_t command = UINT16_MAX;
	bool off;

	if (fd >= 0 && pread(fd, &command, sizeof(command), SL_PCI_COMMAND) == sizeof(command)) {
		command &= (uint16_t)~SL_PCI_COMMAND_MASTER;
		if (pwrite(fd, &command, sizeof(command), SL_PCI_COMMAND) != sizeof(command) ||
			pread(fd, &command, sizeof(command), SL_PCI_COMMAND) != sizeof(command))
			command = UINT16_MAX;
	}
	off = (command & SL_PCI_COMMAND_MASTER) == 0;
	if (fd >= 0)
		close(fd);
	return off;
}

/*
 * uio leaves a NIC as a killed process left it. With bus mastering, it would receive into memory
 * that other users have now. EAL turns bus mastering on when it maps the device, so the NIC is
 * reset before that. vfio resets a device when it is opened.
 */
static void
stop_left_running(const struct rte_pci_device *pci, const struct sl_hw *hw)
{
	struct sl_bus bus = {.ops = &mmio_ops};
	int fd;

	if (!master_off(pci))
		return;
	fd = open_of(pci, "resource0");
	bus.dev = fd < 0 ? MAP_FAILED :
			   mmap(NULL, hw->bar_size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (fd >= 0)
		close(fd);
	if (bus.dev == MAP_FAILED)
		return;
	if (hw->ops->moves_frames(&bus)) {
		hw->ops->forget(&bus);
		rte_delay_us_sleep(RESET_QUIET_US);
		SL_LOG(NOTICE, "%s: was left running, by a killed process or by firmware: stopped",
			pci->name);
	}
	munmap(bus.dev, hw->bar_size);
}

static bool
is_uio(const struct rte_pci_device *pci)
{
	return pci->kdrv == RTE_PCI_KDRV_IGB_UIO || pci->kdrv == RTE_PCI_KDRV_UIO_GENERIC;
}

/** Parameters for the creation of a port. */
struct pci_probe {
	const struct sl_hw *hw;
	struct rte_pci_device *pci;
	struct sl_pci_args args;
	struct sl_vfio_link link;
};

static int
pci_port_create(struct rte_eth_dev *eth, void *arg)
{
	const struct pci_probe *probe = arg;
	struct rte_pci_device *pci = probe->pci;
	struct sl_adapter_params params = {
		.name = pci->device.name,
		.numa_node = pci->device.numa_node,
		.source = sl_mem_source_eal(),
		.log = sl_pmd_log_cb,
		.coherency = probe->args.shared.coherency,
	};
	struct sl_port *port = sl_port_of(eth);
	char path[PATH_LEN];
	int ret;

	if (pci->mem_resource[0].addr == NULL || pci->mem_resource[0].len < probe->hw->bar_size) {
		SL_LOG(ERR, "%s: BAR 0 has %" PRIu64 " bytes mapped, %u are needed",
			pci->device.name,
			pci->mem_resource[0].addr == NULL ? 0 : pci->mem_resource[0].len,
			probe->hw->bar_size);
		return -ENODEV;
	}
	port->eth = eth;
	port->hw = probe->hw;
	port->dev_ops = &pci_dev_ops;
	port->dev_priv = pci;
	port->bus = (struct sl_bus){.ops = &mmio_ops, .dev = pci->mem_resource[0].addr};
	port->device_id = pci->id.device_id;
	port->fibre = sl_hw_has_optics(pci->id.device_id);
	port->window.link = probe->link;
	port->window.strict = probe->args.shared.window_strict;
	port->pseudo_header = probe->args.shared.pseudo_header;
	sl_vfio_window(&probe->link, &params);
	snprintf(path, sizeof(path), "%s/%s", rte_pci_get_sysfs_path(), pci->name);
	params.platform_coherent = sl_platform_coherent(path);
	ret = sl_checked_open(port, &probe->args.shared, &params);
	if (ret == 0)
		ret = sl_adapter_open(&params, &port->adapter);
	if (ret == 0)
		ret = sl_port_init(eth);
	if (ret != 0)
		sl_port_release(port);
	return ret;
}

/* --- a secondary process --- */

static int
pci_second_create(struct rte_eth_dev *eth, void *arg)
{
	const struct sl_port *port = eth->data->dev_private;
	const struct rte_pci_device *pci = arg;
	const char *refusal = NULL;

	/* Doorbells are stored to at the primary's address of the registers. */
	if (pci->mem_resource[0].addr == NULL || pci->mem_resource[0].addr != port->bus.dev)
		refusal = "its registers cannot be mapped here; with vfio-pci and an IOMMU that "
			  "needs window=all in the primary process, since EAL gives other "
			  "processes only devices of its own VFIO container";
	return sl_second_attach(eth, refusal);
}

/*
 * Bursts need the registers at the primary's address, where EAL maps them, if it can. Statistics do
 * not: the primary reads them. So a port whose registers cannot be mapped may be read.
 */
static int
pci_attach(struct rte_pci_device *pci)
{
	const int mapped = rte_pci_map_device(pci);
	int ret;

	if (mapped != 0)
		pci->mem_resource[0].addr = NULL;
	ret = rte_eth_dev_create(&pci->device, pci->device.name, 0, eth_dev_pci_specific_init, pci,
		pci_second_create, pci);
	if (ret == 0)
		sl_second_publish(rte_eth_dev_allocated(pci->device.name));
	else if (mapped == 0)
		rte_pci_unmap_device(pci);
	return ret;
}

static int
pci_detach(struct rte_pci_device *pci)
{
	const int ret = rte_eth_dev_pci_generic_remove(pci, sl_second_detach);

	if (ret >= 0 && pci->mem_resource[0].addr != NULL)
		rte_pci_unmap_device(pci);
	return ret;
}

static int
pci_probe(struct rte_pci_driver *driver, struct rte_pci_device *pci)
{
	struct pci_probe probe = {.pci = pci, .hw = sl_hw_find(pci->id.device_id)};
	char why[WHY_LEN];
	int ret;

	RTE_SET_USED(driver);
	if (rte_eal_process_type() != RTE_PROC_PRIMARY)
		return pci_attach(pci);
	if (probe.hw == NULL) {
		SL_LOG(ERR, "%s: no driver for device %04x:%04x", pci->device.name,
			pci->id.vendor_id, pci->id.device_id);
		return -ENODEV;
	}
	ret = sl_pci_args_parse(pci->device.devargs != NULL ? pci->device.devargs->args : NULL,
		&probe.args, why, sizeof(why));
	if (ret != 0) {
		SL_LOG(ERR, "%s: %s", pci->device.name, why);
		return ret;
	}
	if (is_uio(pci))
		stop_left_running(pci, probe.hw);
	/* The driver maps the device, not EAL, which would first map all memory. */
	ret = sl_vfio_attach(pci, &probe.args, &probe.link);
	if (ret != 0)
		return ret;
	/*
	 * EAL has turned bus mastering on. It stays off until a start, which resets the NIC first.
	 */
	rte_pci_set_bus_master(pci, false);
	ret = rte_eth_dev_create(&pci->device, pci->device.name, sizeof(struct sl_port),
		eth_dev_pci_specific_init, pci, pci_port_create, &probe);
	if (ret != 0)
		sl_vfio_detach(pci);
	return ret;
}

static int
pci_remove(struct rte_pci_device *pci)
{
	int ret;

	if (rte_eal_process_type() != RTE_PROC_PRIMARY)
		return pci_detach(pci);
	ret = rte_eth_dev_pci_generic_remove(pci, sl_port_close);
	if (ret >= 0)
		sl_vfio_detach(pci);
	return ret;
}

/* Port of a device. NULL with rte_errno: not probed, or closed. */
static struct sl_port *
port_of_device(const struct rte_pci_device *pci)
{
	struct rte_eth_dev *eth = rte_eth_dev_allocated(pci->device.name);

	rte_errno = ENODEV;
	return eth == NULL ? NULL : sl_port_of(eth);
}

/* Result for rte_dev_dma_map(), which returns -1 with rte_errno. */
static int
dma_result(int ret)
{
	if (ret == 0)
		return 0;
	rte_errno = -ret;
	return -1;
}

static int
pci_dma_map(struct rte_pci_device *pci, void *va, uint64_t iova, size_t len)
{
	struct sl_port *port = port_of_device(pci);
	int ret;

	if (port == NULL)
		return -1;
	if (port->window.link.kind == SL_VFIO_ALL &&
		rte_vfio_container_dma_map(
			RTE_VFIO_DEFAULT_CONTAINER_FD, (uintptr_t)va, iova, len) != 0)
		return -1;
	ret = sl_dmamap_area_add(port, va, iova, len);
	if (ret != 0 && port->window.link.kind == SL_VFIO_ALL)
		rte_vfio_container_dma_unmap(
			RTE_VFIO_DEFAULT_CONTAINER_FD, (uintptr_t)va, iova, len);
	return dma_result(ret);
}

static int
pci_dma_unmap(struct rte_pci_device *pci, void *va, uint64_t iova, size_t len)
{
	struct sl_port *port = port_of_device(pci);
	int ret;

	if (port == NULL)
		return -1;
	ret = sl_dmamap_area_remove(port, va, len);
	if (ret == 0 && port->window.link.kind == SL_VFIO_ALL)
		return rte_vfio_container_dma_unmap(
			RTE_VFIO_DEFAULT_CONTAINER_FD, (uintptr_t)va, iova, len);
	return dma_result(ret);
}

static const struct rte_pci_id pci_ids[] = {
#define SL_DEVICE(id, device, optics, number) {RTE_PCI_DEVICE(SL_PCI_VENDOR_INTEL, number)},
#include "families.def"
#undef SL_DEVICE
	{.vendor_id = 0},
};

static struct rte_pci_driver pci_driver = {
	.id_table = pci_ids,
	.probe = pci_probe,
	.remove = pci_remove,
	.dma_map = pci_dma_map,
	.dma_unmap = pci_dma_unmap,
};

RTE_PMD_REGISTER_PCI(net_syncline, pci_driver);
RTE_PMD_REGISTER_PCI_TABLE(net_syncline, pci_ids);
RTE_PMD_REGISTER_KMOD_DEP(net_syncline, "* igb_uio | uio_pci_generic | vfio-pci");
RTE_PMD_REGISTER_PARAM_STRING(net_syncline, SL_PCI_ARGS_HELP);
