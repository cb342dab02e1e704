/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 *
 * net_syncline: the driver on a real NIC, the 82576 first.
 */
#include <rte_io.h>

#include <bus_pci_driver.h>
#include <ethdev_pci.h>

#include "sl_args.h"
#include "sl_checked.h"
#include "sl_port.h"

#define WHY_LEN 512u

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

static void
pci_release(struct sl_port *port)
{
	port->dev_priv = NULL;
}

static const struct sl_dev_ops pci_dev_ops = {
	.kind = "pci",
	.release = pci_release,
};

static int
pci_port_create(struct rte_eth_dev *eth)
{
	struct rte_pci_device *pci = RTE_ETH_DEV_TO_PCI(eth);
	struct sl_adapter_params params = {
		.name = pci->device.name,
		.numa_node = pci->device.numa_node,
		.source = sl_mem_source_eal(),
		.log = sl_pmd_log_cb,
		.platform_coherent = -1,
	};
	struct sl_port *port = sl_port_of(eth);
	struct sl_args args;
	char why[WHY_LEN];
	int ret;

	ret = sl_args_parse(SL_ARGS_PCI,
		pci->device.devargs != NULL ? pci->device.devargs->args : NULL, &args, why,
		sizeof(why));
	if (ret != 0) {
		SL_LOG(ERR, "%s: %s", pci->device.name, why);
		return ret;
	}
	if (pci->mem_resource[0].addr == NULL || pci->mem_resource[0].len < SL_BAR_SIZE) {
		SL_LOG(ERR, "%s: BAR 0 has %" PRIu64 " bytes mapped, %u are needed",
			pci->device.name,
			pci->mem_resource[0].addr == NULL ? 0 : pci->mem_resource[0].len,
			SL_BAR_SIZE);
		return -ENODEV;
	}
	port->eth = eth;
	port->dev_ops = &pci_dev_ops;
	port->dev_priv = pci;
	port->bus = (struct sl_bus){.ops = &mmio_ops, .dev = pci->mem_resource[0].addr};
	params.coherency = args.coherency;
	ret = sl_checked_open(port, &args, &params);
	if (ret == 0)
		ret = sl_adapter_open(&params, &port->adapter);
	if (ret == 0)
		ret = sl_port_init(eth);
	if (ret != 0)
		sl_port_release(port);
	return ret;
}

static int
pci_probe(struct rte_pci_driver *driver, struct rte_pci_device *pci)
{
	RTE_SET_USED(driver);
	if (rte_eal_process_type() != RTE_PROC_PRIMARY) {
		SL_LOG(ERR, "%s: works in a primary process only", pci->device.name);
		return -ENOTSUP;
	}
	return rte_eth_dev_pci_generic_probe(pci, sizeof(struct sl_port), pci_port_create);
}

static int
pci_remove(struct rte_pci_device *pci)
{
	return rte_eth_dev_pci_generic_remove(pci, sl_port_close);
}

static const struct rte_pci_id pci_ids[] = {
	{RTE_PCI_DEVICE(SL_PCI_VENDOR_INTEL, SL_PCI_DEV_82576)},
	{RTE_PCI_DEVICE(SL_PCI_VENDOR_INTEL, SL_PCI_DEV_82576_FIBER)},
	{RTE_PCI_DEVICE(SL_PCI_VENDOR_INTEL, SL_PCI_DEV_82576_SERDES)},
	{RTE_PCI_DEVICE(SL_PCI_VENDOR_INTEL, SL_PCI_DEV_82576_QUAD_COPPER)},
	{RTE_PCI_DEVICE(SL_PCI_VENDOR_INTEL, SL_PCI_DEV_82576_QUAD_COPPER_ET2)},
	{RTE_PCI_DEVICE(SL_PCI_VENDOR_INTEL, SL_PCI_DEV_82576_NS)},
	{RTE_PCI_DEVICE(SL_PCI_VENDOR_INTEL, SL_PCI_DEV_82576_NS_SERDES)},
	{RTE_PCI_DEVICE(SL_PCI_VENDOR_INTEL, SL_PCI_DEV_82576_SERDES_QUAD)},
	{.vendor_id = 0},
};

static struct rte_pci_driver pci_driver = {
	.id_table = pci_ids,
	.drv_flags = RTE_PCI_DRV_NEED_MAPPING,
	.probe = pci_probe,
	.remove = pci_remove,
};

RTE_PMD_REGISTER_PCI(net_syncline, pci_driver);
RTE_PMD_REGISTER_PCI_TABLE(net_syncline, pci_ids);
RTE_PMD_REGISTER_KMOD_DEP(net_syncline, "* igb_uio | uio_pci_generic | vfio-pci");
RTE_PMD_REGISTER_PARAM_STRING(net_syncline, SL_ARGS_PCI_HELP);
