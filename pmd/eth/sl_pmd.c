/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */

/* Functions of the driver beyond ethdev, by port id. Each call holds its port until it returns. */

#include <rte_cycles.h>

#include "sl_call.h"
#include "sl_pci.h"
#include "sl_pmd.h"
#include "sl_port.h"
#include "sl_simd.h"
#include "sl_soft.h"
#include "sl_soft_args.h"

bool
sl_pmd_simd_runs(unsigned int bits)
{
	return sl_simd_runs(bits);
}

const char *
sl_pmd_soft_device(unsigned int i)
{
	return sl_soft_args_device(i);
}

bool
sl_pmd_is_ours(uint16_t port)
{
	struct sl_port *p = sl_port_get(port);

	if (p != NULL)
		sl_port_put(p);
	return p != NULL;
}

int
sl_pmd_nic_name(uint16_t port, char *text, size_t len)
{
	struct sl_port *p = sl_port_get(port);
	int n;

	if (p == NULL)
		return -ENODEV;
	n = snprintf(
		text, len, "Intel %s (%04x:%04x)", p->hw->name, SL_PCI_VENDOR_INTEL, p->device_id);
	sl_port_put(p);
	return n >= 0 && (size_t)n < len ? 0 : -ENOSPC;
}

struct sl_adapter *
sl_pmd_adapter(uint16_t port)
{
	struct sl_port *p = sl_port_get(port);
	struct sl_adapter *adapter;

	if (p == NULL)
		return NULL;
	adapter = p->adapter;
	sl_port_put(p);
	return adapter;
}

struct sl_check *
sl_pmd_check(uint16_t port)
{
	struct sl_port *p = sl_port_get(port);
	struct sl_check *check;

	if (p == NULL)
		return NULL;
	check = p->check;
	sl_port_put(p);
	return check;
}

struct sl_softnic *
sl_pmd_softnic(uint16_t port)
{
	struct sl_port *p = sl_port_get(port);
	struct sl_softnic *nic;

	if (p == NULL)
		return NULL;
	nic = sl_soft_nic(p);
	sl_port_put(p);
	return nic;
}

/* Wire of a port's software NIC, or NULL. */
static struct sl_wire *
wire_of(const struct sl_port *p)
{
	struct sl_softnic *nic = sl_soft_nic(p);

	return nic == NULL ? NULL : sl_softnic_wire(nic);
}

int
sl_pmd_wire_control(uint16_t port, const char *word)
{
	struct sl_port *p = sl_port_get(port);
	struct sl_wire *wire;
	int ret = -ENOTSUP;

	if (p == NULL)
		return -ENODEV;
	wire = wire_of(p);
	if (wire != NULL && wire->ops->control != NULL)
		ret = wire->ops->control(wire, word);
	sl_port_put(p);
	return ret;
}

int
sl_pmd_wire_report(uint16_t port, FILE *f)
{
	struct sl_port *p = sl_port_get(port);
	struct sl_wire *wire;

	if (p == NULL)
		return -ENODEV;
	wire = wire_of(p);
	if (wire != NULL && wire->ops->report != NULL)
		wire->ops->report(wire, f);
	else
		fputs("null", f);
	sl_port_put(p);
	return 0;
}

int
sl_pmd_shm_dump(uint16_t port, FILE *f, bool json)
{
	struct sl_port *p = sl_port_get(port);

	if (p == NULL)
		return -ENODEV;
	if (json)
		sl_shm_dump_json(p->adapter, f);
	else
		sl_shm_dump(p->adapter, f);
	sl_port_put(p);
	return 0;
}

int
sl_pmd_step(uint16_t port, unsigned int budget)
{
	struct sl_port *p = sl_port_get(port);
	int ret;

	if (p == NULL)
		return -ENODEV;
	ret = sl_soft_stepped(p) ? (int)sl_softnic_step(sl_soft_nic(p), budget) : -ENOTSUP;
	sl_port_put(p);
	return ret;
}

/*
 * Get a port with a separate clock (time=own); release it with sl_port_put(). NULL: none, the error
 * is in @p ret.
 */
static struct sl_port *
timed_get(uint16_t port, int *ret)
{
	struct sl_port *p = sl_port_get(port);

	*ret = p == NULL ? -ENODEV : sl_soft_timed(p) ? 0 : -ENOTSUP;
	if (p != NULL && *ret != 0)
		sl_port_put(p);
	return *ret == 0 ? p : NULL;
}

int
sl_pmd_time_us(uint16_t port, uint64_t *us)
{
	struct sl_port *p;
	int ret;

	p = timed_get(port, &ret);
	if (p != NULL) {
		*us = sl_time(p) * 1000 / (rte_get_tsc_hz() / MS_PER_S);
		sl_port_put(p);
	}
	return ret;
}

int
sl_pmd_time_pass(uint16_t port, unsigned int us)
{
	struct sl_port *p;
	int ret;

	p = timed_get(port, &ret);
	if (p != NULL) {
		sl_time_nap(p, us);
		sl_port_put(p);
	}
	return ret;
}
