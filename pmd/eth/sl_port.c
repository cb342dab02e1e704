/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */

/*
 * A port's life: it is made and published, found and held by other threads, reset, withdrawn and
 * freed. Functions that wait for the device, or check that it is still there, are here too.
 */

#include <pthread.h>

#include <rte_malloc.h>

#include "sl_checked.h"
#include "sl_compat.h"
#include "sl_ethdev.h"
#include "sl_log.h"
#include "sl_port.h"
#include "sl_rx.h"
#include "sl_rxq.h"
#include "sl_share.h"
#include "sl_stats.h"
#include "sl_stop.h"
#include "sl_tx.h"
#include "sl_txq.h"

#define WAIT_STEP_US 50u
/* The longest sleep between two reads: a wait that takes this long already may take 1 ms more. */
#define WAIT_STEP_MAX_US 1000u

/* --- access to a port from other threads --- */

/*
 * The lock of sl_port_get(). A thread that uses a port holds the lock for reading. A thread that
 * ends a port acquires it for writing once: after that no reader finds the port or still uses it.
 * The lock belongs to no port and is never destroyed.
 */
static pthread_rwlock_t *
looks(void)
{
	/* Prefers writers: a thread that ends a port gets the lock before further readers. */
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

/* Publish a complete port: ethdev calls and other threads can find it from now on. */
static void
publish(struct rte_eth_dev *eth)
{
	pthread_rwlock_wrlock(looks());
	eth->dev_ops = &sl_eth_dev_ops;
	pthread_rwlock_unlock(looks());
}

/*
 * Withdraw a port: when this returns, no thread finds or holds it. Call it before any part of it is
 * freed.
 */
static void
withdraw(struct rte_eth_dev *eth)
{
	/*
	 * A table without operations: if ethdev uses it on another thread, it finds nothing to
	 * call.
	 */
	static const struct eth_dev_ops none;

	pthread_rwlock_wrlock(looks());
	if (eth->dev_ops == &sl_eth_dev_ops)
		eth->dev_ops = &none;
	pthread_rwlock_unlock(looks());
}

/* --- the device, by its registers --- */

void
sl_port_note_down(struct rte_eth_dev *eth)
{
	struct rte_eth_link link;

	/* Keep the other fields, such as the connector. */
	rte_eth_linkstatus_get(eth, &link);
	link.link_status = RTE_ETH_LINK_DOWN;
	link.link_speed = RTE_ETH_SPEED_NUM_NONE;
	link.link_duplex = RTE_ETH_LINK_HALF_DUPLEX;
	link.link_autoneg = RTE_ETH_LINK_AUTONEG;
	rte_eth_linkstatus_set(eth, &link);
}

bool
sl_port_alive(struct sl_port *port)
{
	if (!port->removed && port->hw->ops->answers(port))
		return true;
	if (__atomic_exchange_n(&port->removed, true, __ATOMIC_SEQ_CST))
		return false; /* raised before, or just now by another thread */
	SL_LOG(ERR, "port %u: registers read all ones: the device is gone",
		port->eth->data->port_id);
	/*
	 * With link interrupts ethdev returns the link state stored here without calling the
	 * driver.
	 */
	sl_port_note_down(port->eth);
	sl_intr_tell_removal(port);
	return false;
}

int
sl_port_wait(
	struct sl_port *port, uint32_t off, uint32_t mask, uint32_t want, unsigned int timeout_us)
{
	const uint64_t limit = sl_time_limit(port, timeout_us);
	unsigned int step = WAIT_STEP_US;
	uint32_t v;

	/*
	 * Wait until the bits have the requested value, or time is up. The register is read at
	 * least once.
	 */
	do {
		v = sl_bus_read(&port->bus, off);
		/*
		 * No register that is waited for has all bits in use: all ones means that the
		 * device is gone.
		 */
		if (v == SL_REG_GONE && !sl_port_alive(port))
			return -EIO;
		if ((v & mask) == want)
			return 0;
		step = RTE_MIN(2 * step, WAIT_STEP_MAX_US);
	} while (sl_time_wait(port, step, limit));
	return -ETIMEDOUT;
}

int
sl_port_reset(struct sl_port *port)
{
	bool stopped;
	int ret = -EIO;

	if (sl_port_alive(port)) {
		sl_stats_collect(port);
		ret = port->hw->ops->quiet(port);
	}
	/* Whatever the registers read: no DMA from here until the next start. */
	stopped = sl_master_set(port, false) == 0;
	if (ret == 0)
		ret = port->hw->ops->reset(port);
	if (ret == 0 || stopped)
		sl_kept_give_back(port);
	return ret;
}

/* --- start and end of a port --- */

/*
 * True if the NIC could not be stopped by any means: memory that it may still access is never used
 * again.
 */
static bool
kept_for_good(struct sl_port *port)
{
	const struct sl_kept k = sl_kept_count(port);
	struct sl_shm_stats shm;

	if (k.rings == 0)
		return false;
	sl_shm_stats(port->adapter, &shm);
	SL_LOG(ERR,
		"port %u: closed, but the NIC is not proven to have stopped: %u receive and %u "
		"transmit mbufs, %u rings and the DMA window's %" PRIu64
		" bytes stay with it for good: do not use them before the device's power has been "
		"off",
		port->eth->data->port_id, k.rx_mbufs, k.tx_mbufs, k.rings,
		(uint64_t)shm.window_bytes);
	sl_dmamap_leave(port);
	return true;
}

void
sl_port_release(struct sl_port *port)
{
	struct rte_eth_dev *eth = port->eth;
	uint16_t q;

	withdraw(eth);
	sl_share_close(port);
	sl_event_close(port);
	/* Turn bus mastering off before any ring is freed. */
	if (port->dev_priv != NULL && sl_master_set(port, false) == 0)
		sl_kept_give_back(port);
	for (q = 0; q < eth->data->nb_rx_queues && eth->data->rx_queues != NULL; q++) {
		sl_rxq_release(eth, q);
		eth->data->rx_queues[q] = NULL;
	}
	for (q = 0; q < eth->data->nb_tx_queues && eth->data->tx_queues != NULL; q++) {
		sl_txq_release(eth, q);
		eth->data->tx_queues[q] = NULL;
	}
	sl_intr_destroy(eth);
	/* Release the device first: until then it may still read the window. */
	if (port->dev_priv != NULL)
		port->dev_ops->release(port);
	if (!kept_for_good(port) && port->adapter != NULL) {
		sl_dmamap_close(port);
		/*
		 * If the close is refused, it has logged what is still in use: that is a bug of
		 * this driver.
		 */
		if (sl_adapter_close(port->adapter) == 0)
			port->adapter = NULL;
	}
	if (port->adapter == NULL)
		sl_checked_close(port);
	sl_share_free(port);
	sl_stats_close(port);
}

int
sl_port_close(struct rte_eth_dev *eth)
{
	struct sl_port *port = sl_port_of(eth);

	if (rte_eal_process_type() != RTE_PROC_PRIMARY)
		return 0;
	sl_call_begin(port); /* here, since the PCI bus calls this without ethdev */
	/* The bus may remove a device whose port was not stopped. */
	if (eth->data->dev_started != 0)
		sl_dev_stop(eth);
	/* Leave the device as after a reset: no link, no DMA, no interrupts. */
	if (!port->removed && sl_port_reset(port) == 0)
		port->hw->ops->let_go(port);
	sl_port_release(port);
	sl_call_end(port);
	return 0;
}

static int
read_mac(struct rte_eth_dev *eth)
{
	struct sl_port *port = sl_port_of(eth);
	struct rte_ether_addr mac;

	port->hw->ops->mac_get(port, &mac);
	if (!rte_is_valid_assigned_ether_addr(&mac)) {
		SL_LOG(ERR, "the NVM's MAC address " RTE_ETHER_ADDR_PRT_FMT " is not a unicast one",
			RTE_ETHER_ADDR_BYTES(&mac));
		return -EIO;
	}
	memcpy(port->perm_mac, mac.addr_bytes, sizeof(port->perm_mac));
	eth->data->mac_addrs = rte_zmalloc("syncline_mac", port->hw->mac_addrs * sizeof(mac), 0);
	if (eth->data->mac_addrs == NULL)
		return -ENOMEM;
	eth->data->mac_addrs[0] = mac;
	return 0;
}

/*
 * Log which quirks apply, to explain why a register is written differently from other devices of
 * the family.
 */
static void
log_quirks(const struct sl_port *port)
{
	const struct sl_hw *hw = port->hw;

	for (unsigned int i = 0; i < hw->nb_quirks; i++) {
		if ((hw->quirks & RTE_BIT32(i)) != 0)
			SL_LOG(DEBUG, "port %u: %s has the quirk %s", port->eth->data->port_id,
				hw->name, hw->quirk_names[i]);
	}
}

int
sl_port_init(struct rte_eth_dev *eth)
{
	struct sl_port *port = sl_port_of(eth);
	int ret;

	port->sync = *sl_adapter_sync(port->adapter);
	port->mode = port->sync.mode;
	port->tx_segs = SL_TX_MAX_SEGS;
	port->ptype_mask = RTE_PTYPE_ALL_MASK;
	rte_spinlock_init(&port->stats_lock);
	rte_spinlock_init(&port->calls.lock);
	ret = sl_stats_open(port);
	if (ret == 0)
		ret = sl_share_open(port);
	if (ret == 0)
		ret = sl_dmamap_open(port);
	sl_call_begin(port);
	if (ret == 0)
		ret = sl_port_reset(port);
	sl_call_end(port);
	if (ret == 0)
		ret = sl_stats_reset(eth); /* drop counts from before this driver */
	if (ret == 0)
		ret = read_mac(eth);
	if (ret != 0)
		return ret;
	eth->rx_queue_count = sl_rx_queue_count;
	SL_TX_QUEUE_COUNT(eth, sl_tx_queue_count);
	eth->rx_descriptor_status = sl_rx_descriptor_status;
	eth->tx_descriptor_status = sl_tx_descriptor_status;
	eth->tx_pkt_prepare = sl_tx_prepare;
	eth->data->dev_flags |= RTE_ETH_DEV_AUTOFILL_QUEUE_XSTATS;
	ret = sl_intr_create(eth);
	if (ret != 0)
		return ret;
	publish(eth);
	sl_share_publish(port);
	log_quirks(port);
	SL_LOG(INFO, "port %u: %s, %s, " RTE_ETHER_ADDR_PRT_FMT ", coherency %s",
		eth->data->port_id, port->hw->name, port->dev_ops->kind,
		RTE_ETHER_ADDR_BYTES(eth->data->mac_addrs), sl_coherency_name(port->mode));
	return 0;
}
