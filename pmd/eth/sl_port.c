/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */

/*
 * Ports as other threads see them: found by id, held while a thread reads from them, published
 * when they are complete and withdrawn before they are freed.
 */

#include <pthread.h>

#include "sl_ethdev.h"
#include "sl_port.h"

/*
 * Readers of any thread hold this lock. A thread that ends a port takes it for writing once:
 * afterwards no reader finds the port or still holds it. It belongs to no port, and outlives all.
 */
static pthread_rwlock_t *
looks(void)
{
	/* A thread that ends a port gets the lock before further readers. */
	static pthread_rwlock_t looks_lock = PTHREAD_RWLOCK_WRITER_NONRECURSIVE_INITIALIZER_NP;

	return &looks_lock;
}

struct sl_port *
sl_port_get(uint16_t port)
{
	struct sl_port *p = NULL;

	pthread_rwlock_rdlock(looks());
	if (rte_eth_dev_is_valid_port(port) && rte_eth_devices[port].dev_ops == &sl_eth_dev_ops)
		p = sl_port_of(&rte_eth_devices[port]);
	if (p == NULL)
		pthread_rwlock_unlock(looks());
	return p;
}

void
sl_port_put(struct sl_port *port)
{
	RTE_SET_USED(port);
	pthread_rwlock_unlock(looks());
}

void
sl_port_publish(struct rte_eth_dev *eth)
{
	pthread_rwlock_wrlock(looks());
	eth->dev_ops = &sl_eth_dev_ops;
	pthread_rwlock_unlock(looks());
}

void
sl_port_withdraw(struct rte_eth_dev *eth)
{
	/* A table without a call: ethdev's own look from another thread finds nothing to call. */
	static const struct eth_dev_ops none;

	pthread_rwlock_wrlock(looks());
	if (eth->dev_ops == &sl_eth_dev_ops)
		eth->dev_ops = &none;
	pthread_rwlock_unlock(looks());
}
