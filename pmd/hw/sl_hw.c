/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */

/*
 * What the control path does alike with every family: look whether the device is there,
 * wait for bits of a register, and the order of a reset.
 */

#include "sl_call.h"
#include "sl_hw.h"
#include "sl_intr.h"
#include "sl_log.h"
#include "sl_port.h"
#include "sl_stats.h"
#include "sl_stop.h"

#define WAIT_STEP_US 50u
/* The longest nap: what takes that long already does not mind one more. */
#define WAIT_STEP_MAX_US 1000u

void
sl_hw_note_down(struct rte_eth_dev *eth)
{
	struct rte_eth_link link;

	/* What the port is plugged into stays. */
	rte_eth_linkstatus_get(eth, &link);
	link.link_status = RTE_ETH_LINK_DOWN;
	link.link_speed = RTE_ETH_SPEED_NUM_NONE;
	link.link_duplex = RTE_ETH_LINK_HALF_DUPLEX;
	link.link_autoneg = RTE_ETH_LINK_AUTONEG;
	rte_eth_linkstatus_set(eth, &link);
}

bool
sl_hw_alive(struct sl_port *port)
{
	if (!port->removed && port->hw->ops->answers(port))
		return true;
	if (__atomic_exchange_n(&port->removed, true, __ATOMIC_SEQ_CST))
		return false; /* told before, or just now by another thread */
	SL_LOG(ERR, "port %u: registers read all ones: the device is gone",
		port->eth->data->port_id);
	/* With link interrupts ethdev tells what is noted down here, and asks nobody. */
	sl_hw_note_down(port->eth);
	sl_intr_tell_removal(port);
	return false;
}

int
sl_hw_wait(
	struct sl_port *port, uint32_t off, uint32_t mask, uint32_t want, unsigned int timeout_us)
{
	const uint64_t limit = sl_time_limit(port, timeout_us);
	unsigned int step = WAIT_STEP_US;
	uint32_t v;

	/* Until the bits are as wanted, or time is up. The register is looked at once in any case.
	 */
	do {
		v = sl_bus_read(&port->bus, off);
		/* No register waited for has all bits in use: all ones is a device that is gone. */
		if (v == SL_REG_GONE && !sl_hw_alive(port))
			return -EIO;
		if ((v & mask) == want)
			return 0;
		step = RTE_MIN(2 * step, WAIT_STEP_MAX_US);
	} while (sl_time_wait(port, step, limit));
	return -ETIMEDOUT;
}

int
sl_hw_reset(struct sl_port *port)
{
	bool stopped;
	int ret = -EIO;

	if (sl_hw_alive(port)) {
		sl_stats_collect(port);
		ret = port->hw->ops->quiet(port);
	}
	/* Whatever the registers say: no DMA from here on, until the next start. */
	stopped = sl_master_set(port, false) == 0;
	if (ret == 0)
		ret = port->hw->ops->reset(port);
	if (ret == 0 || stopped)
		sl_kept_give_back(port);
	return ret;
}
