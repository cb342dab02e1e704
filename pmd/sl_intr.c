/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 *
 * Interrupts: link changes alone. With GPIE left at its reset value every
 * cause that IMS lets through comes on vector 0: 7.3.2.
 */
#include <unistd.h>

#include <rte_interrupts.h>

#include "sl_port.h"

/* On EAL's interrupt thread. */
static void
intr_handler(void *arg)
{
	struct rte_eth_dev *eth = arg;
	struct sl_port *port = sl_port_of(eth);
	struct rte_eth_link before;
	uint64_t count;
	uint32_t icr;

	/* Empty when another thread was faster; the cause register decides in any case. */
	if (read(rte_intr_fd_get(eth->intr_handle), &count, sizeof(count)) < 0)
		count = 0;
	if (!sl_nic_alive(port))
		return;
	icr = SL_RD(&port->bus, ICR, 0);
	if ((icr & SL_ICR_LSC) == 0)
		return;
	rte_eth_linkstatus_get(eth, &before);
	if (eth->dev_ops->link_update(eth, 0) == 0)
		SL_LOG(INFO, "port %u: link is %s", eth->data->port_id,
			before.link_status == RTE_ETH_LINK_UP ? "down" : "up");
	rte_eth_dev_callback_process(eth, RTE_ETH_EVENT_INTR_LSC, NULL);
}

int
sl_intr_create(struct rte_eth_dev *eth, int fd)
{
	eth->intr_handle = rte_intr_instance_alloc(RTE_INTR_INSTANCE_F_PRIVATE);
	if (eth->intr_handle == NULL)
		return -ENOMEM;
	if (rte_intr_fd_set(eth->intr_handle, fd) != 0 ||
		rte_intr_type_set(eth->intr_handle, RTE_INTR_HANDLE_VDEV) != 0) {
		sl_intr_destroy(eth);
		return -EINVAL;
	}
	eth->data->dev_flags |= RTE_ETH_DEV_INTR_LSC;
	return 0;
}

void
sl_intr_destroy(struct rte_eth_dev *eth)
{
	rte_intr_instance_free(eth->intr_handle);
	eth->intr_handle = NULL;
}

int
sl_intr_start(struct rte_eth_dev *eth)
{
	struct sl_port *port = sl_port_of(eth);
	int ret;

	if (eth->data->dev_conf.intr_conf.lsc == 0)
		return 0;
	ret = rte_intr_callback_register(eth->intr_handle, intr_handler, eth);
	if (ret != 0) {
		SL_LOG(ERR, "port %u: no link interrupt: %s; allowed without: intr_conf.lsc = 0",
			eth->data->port_id, rte_strerror(-ret));
		return ret;
	}
	SL_WR(&port->bus, IMS, 0, SL_ICR_LSC);
	return 0;
}

void
sl_intr_stop(struct rte_eth_dev *eth)
{
	struct sl_port *port = sl_port_of(eth);

	if (eth->data->dev_conf.intr_conf.lsc == 0)
		return;
	SL_WR(&port->bus, IMC, 0, UINT32_MAX);
	/* Waits for a handler that is running. */
	rte_intr_callback_unregister_sync(eth->intr_handle, intr_handler, eth);
}
