/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */

/*
 * Real ports by PCI address: check before EAL starts that each can be used, attach and detach them,
 * and wait for links.
 */

#include <errno.h>
#include <libgen.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <rte_dev.h>
#include <rte_errno.h>
#include <rte_ethdev.h>

#include <sl_pmd.h>

#include "diagnose.h"
#include "ports.h"
#include "say.h"
#include "stop.h"

#define PCI_DEVICES "/sys/bus/pci/devices/"
/** 1000BASE-T needs some seconds for autonegotiation. */
#define LINK_WAIT_US 10000000
#define LINK_LOOK_US 50000

/* The name of the kernel driver bound to a device; "" for none. */
static void
driver_of(const char *bdf, char *out, size_t len)
{
	char path[PATH_MAX], target[PATH_MAX];
	ssize_t n;

	snprintf(path, sizeof(path), PCI_DEVICES "%s/driver", bdf);
	n = readlink(path, target, sizeof(target) - 1);
	target[n > 0 ? n : 0] = '\0';
	snprintf(out, len, "%s", n > 0 ? basename(target) : "");
}

/* Kernel drivers that give user space access to a device. */
static bool
is_handed_out(const char *driver)
{
	static const char *const names[] = {"vfio-pci", "uio_pci_generic", "igb_uio"};

	for (size_t i = 0; i < RTE_DIM(names); i++) {
		if (strcmp(driver, names[i]) == 0)
			return true;
	}
	return false;
}

static int
port_check(const char *option, const char *bdf)
{
	char path[PATH_MAX], driver[64];

	snprintf(path, sizeof(path), PCI_DEVICES "%s", bdf);
	if (access(path, F_OK) != 0)
		return say_error(-ENODEV,
			"--%s: there is no PCI device %s. Those there are: lspci -D | grep Ethernet",
			option, bdf);
	driver_of(bdf, driver, sizeof(driver));
	if (!is_handed_out(driver))
		return say_error(-ENODEV,
			"--%s: %s is bound to %s; allowed: vfio-pci, uio_pci_generic, igb_uio. To"
			" bind it (Linux loses the port): dpdk-devbind.py -b vfio-pci %s",
			option, bdf, driver[0] != '\0' ? driver : "no driver", bdf);
	return 0;
}

int
ports_check(const struct options *o)
{
	int rc = 0;

	for (size_t i = 0; i < o->tester.n && rc == 0; i++)
		rc = port_check("tester", o->tester.item[i]);
	for (size_t i = 0; i < o->dut.n && rc == 0; i++)
		rc = port_check("dut", o->dut.item[i]);
	return rc;
}

/* Print the reason why a device that EAL knows has no port. */
static int
explain(const char *bdf, int err)
{
	char why[DIAGNOSE_LEN];

	diagnose(&(struct diagnose){.what = "port",
			 .device = bdf,
			 .otherwise = rte_strerror(err < 0 ? -err : ENODEV)},
		why);
	return say_error(-ENODEV, "%s: %s", bdf, why);
}

/* Detach the device of a closed port. */
static void
port_detach(uint16_t port)
{
	struct rte_eth_dev_info info;

	if (rte_eth_dev_info_get(port, &info) == 0)
		rte_dev_remove(info.device);
}

int
port_attach(const char *bdf, const char *coherency, uint16_t *port)
{
	char devargs[96];
	int rc;

	snprintf(devargs, sizeof(devargs), "%s,coherency=%s", bdf, coherency);
	rc = rte_dev_probe(devargs);
	if (rc != 0 || rte_eth_dev_get_port_by_name(bdf, port) != 0)
		return explain(bdf, rc);
	if (sl_pmd_is_ours(*port))
		return 0;
	port_detach(*port);
	return say_error(-ENODEV,
		"%s: net_syncline does not drive it; docs/reference/net_syncline.md lists what it drives",
		bdf);
}

int
port_wait_link(uint16_t port, const char *bdf, const char *other)
{
	struct rte_eth_link link = {0};

	for (int waited = 0; waited < LINK_WAIT_US && !stop_wanted(); waited += LINK_LOOK_US) {
		if (rte_eth_link_get_nowait(port, &link) == 0 &&
			link.link_status == RTE_ETH_LINK_UP)
			return 0;
		usleep(LINK_LOOK_US);
	}
	if (stop_wanted())
		return -EINTR;
	return say_error(-ENOLINK, "%s has no link after %d s: is there a cable between it and %s?",
		bdf, LINK_WAIT_US / 1000000, other);
}
