/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */
#include <rte_cycles.h>

#include "sl_pmd.h"
#include "sl_port.h"
#include "sl_soft.h"

/* The port's own struct, or NULL when another driver's or nobody's. */
static struct sl_port *
port_get(uint16_t port)
{
	if (!rte_eth_dev_is_valid_port(port) || rte_eth_devices[port].dev_ops != &sl_eth_dev_ops)
		return NULL;
	return sl_port_of(&rte_eth_devices[port]);
}

bool
sl_pmd_is_ours(uint16_t port)
{
	return port_get(port) != NULL;
}

struct sl_adapter *
sl_pmd_adapter(uint16_t port)
{
	struct sl_port *p = port_get(port);

	return p == NULL ? NULL : p->adapter;
}

struct sl_check *
sl_pmd_check(uint16_t port)
{
	const struct sl_port *p = port_get(port);

	return p == NULL ? NULL : p->check;
}

struct sl_softnic *
sl_pmd_softnic(uint16_t port)
{
	struct sl_port *p = port_get(port);

	return p == NULL ? NULL : sl_soft_nic(p);
}

/* The wire of a port's software NIC: 0, -ENODEV or -ENOTSUP. */
static int
wire_get(uint16_t port, struct sl_wire **wire)
{
	struct sl_softnic *nic = sl_pmd_softnic(port);

	if (!sl_pmd_is_ours(port))
		return -ENODEV;
	if (nic == NULL)
		return -ENOTSUP;
	*wire = sl_softnic_wire(nic);
	return *wire == NULL ? -ENOTSUP : 0;
}

int
sl_pmd_wire_control(uint16_t port, const char *word)
{
	struct sl_wire *wire;
	int ret;

	ret = wire_get(port, &wire);
	if (ret != 0)
		return ret;
	return wire->ops->control == NULL ? -ENOTSUP : wire->ops->control(wire, word);
}

int
sl_pmd_wire_report(uint16_t port, FILE *f)
{
	struct sl_wire *wire;
	int ret;

	ret = wire_get(port, &wire);
	if (ret == -ENODEV)
		return ret;
	if (ret == 0 && wire->ops->report != NULL)
		wire->ops->report(wire, f);
	else
		fputs("null", f);
	return 0;
}

int
sl_pmd_shm_dump(uint16_t port, FILE *f, bool json)
{
	struct sl_adapter *adapter = sl_pmd_adapter(port);

	if (adapter == NULL)
		return -ENODEV;
	if (json)
		sl_shm_dump_json(adapter, f);
	else
		sl_shm_dump(adapter, f);
	return 0;
}

int
sl_pmd_step(uint16_t port, unsigned int budget)
{
	struct sl_port *p = port_get(port);

	if (p == NULL)
		return -ENODEV;
	if (!sl_soft_stepped(p))
		return -ENOTSUP;
	return (int)sl_softnic_step(sl_soft_nic(p), budget);
}

/* A port that has time of its own, or NULL with why in @p ret. */
static struct sl_port *
timed_get(uint16_t port, int *ret)
{
	struct sl_port *p = port_get(port);

	*ret = p == NULL ? -ENODEV : sl_soft_timed(p) ? 0 : -ENOTSUP;
	return *ret == 0 ? p : NULL;
}

int
sl_pmd_time_us(uint16_t port, uint64_t *us)
{
	struct sl_port *p;
	int ret;

	p = timed_get(port, &ret);
	if (p != NULL)
		*us = sl_time(p) * 1000 / (rte_get_tsc_hz() / MS_PER_S);
	return ret;
}

int
sl_pmd_time_pass(uint16_t port, unsigned int us)
{
	struct sl_port *p;
	int ret;

	p = timed_get(port, &ret);
	if (p != NULL)
		sl_time_nap(p, us);
	return ret;
}
