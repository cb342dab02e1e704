/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */
#ifndef _SL_PORT_H_
#define _SL_PORT_H_

/**
 * @file
 * One port with all its parts. dev_private is a struct sl_port.
 */

#include <stdbool.h>
#include <stdint.h>

#include <rte_common.h>
#include <rte_ether.h>
#include <rte_spinlock.h>

#include <ethdev_driver.h>

#include "sl_bus.h"
#include "sl_call.h"
#include "sl_dmamap.h"
#include "sl_event.h"
#include "sl_hw.h"
#include "sl_intr.h"
#include "sl_queue.h"
#include "sl_shm.h"
#include "sl_stall.h"

struct sl_check;
struct sl_burst_path;

/** How a port reaches its device; one const table for PCI, one for the software NIC. */
struct sl_dev_ops {
	const char *kind;
	/** Device-specific part of close: unmap, stop runner... */
	void (*release)(struct sl_port *port);
	/**
	 * Switch bus mastering. 0: the register reads as wanted, or it is switched off and no
	 * device answers any more. -EIO: the register did not change.
	 */
	int (*master)(struct sl_port *port, bool on);
	/** Power state D0, or D3, in which registers lose their content; NULL: not possible. */
	int (*power)(struct sl_port *port, bool on);
	/** Let a stepped device work while the control path waits; NULL for real ones. */
	void (*poll)(struct sl_port *port);
	/** The device's own time, in ticks of rte_get_tsc_hz(), and its passing; NULL: the CPU's.
	 */
	uint64_t (*time)(struct sl_port *port);
	void (*nap)(struct sl_port *port, unsigned int us);
	/**
	 * The device's own eventfd of an interrupt vector, -1 past the last one;
	 * NULL: EAL's interrupt handle of the device has what there is.
	 */
	int (*irq_fd)(struct sl_port *port, unsigned int vector);
};

/** Bytes that a frame may have on top of the MTU: Ethernet header, FCS, two VLAN tags. */
#define SL_L2_OVERHEAD (RTE_ETHER_HDR_LEN + RTE_ETHER_CRC_LEN + 2u * RTE_VLAN_HLEN)

/** One port. */
struct sl_port {
	const struct sl_hw *hw; /**< what NIC it is */
	struct sl_bus bus;
	struct sl_adapter *adapter;
	struct sl_check *check; /**< set in checked mode only */
	char *check_json;	/**< file for its findings at the close; NULL: none */
	const struct sl_dev_ops *dev_ops;
	void *dev_priv; /**< struct of the device kind */
	struct rte_eth_dev *eth;
	uint8_t perm_mac[RTE_ETHER_ADDR_LEN];
	bool removed;	    /**< reads gave all ones; stays true until close */
	bool runs;	    /**< state after the last start or stop, before ethdev notes it */
	uint16_t device_id; /**< its own of PCI; a software NIC's is its model's first */
	bool fibre;	    /**< a device that has optics where others have a PHY */
	bool no_auto_rd, no_cfg_done; /**< not set within their time after the first reset */
	struct sl_calls calls;
	struct sl_event_state events;
	struct sl_bad bad;
	struct sl_intr intr;
	enum sl_coherency mode;
	const struct sl_burst_path *rx_path, *tx_path; /**< chosen rows of the path tables */
	rte_spinlock_t stats_lock;		       /**< guards totals and bases of statistics */
	struct sl_dmamap window;
	struct sl_qctl *kept;	      /**< queues released while their memory was kept: sl_stop.c */
	uint32_t vfta[SL_VFTA_WORDS]; /**< VLAN filter table, as programmed */
	uint32_t mta[SL_MTA_WORDS];   /**< multicast hash table, as programmed */
	uint8_t reta[SL_RETA_MAX];    /**< RSS: queue of each hash value */
	bool reta_set;		      /**< by the user; else spread over the queues */
	uint8_t rss_key[SL_RSS_KEY_LEN];
	uint64_t rss_hf;		/**< RTE_ETH_RSS_*, 0: no RSS */
	uint64_t *counted;		/**< by the NIC since the reset, as hw->counters has them */
	uint64_t *rx_dropped;		/**< frames without a buffer, of each receive queue */
	struct sl_rx_counters *rx_base; /**< of each queue: its counters at the last reset */
	struct sl_tx_counters *tx_base;
	struct sl_rx_counters rx_gone; /**< of queues released since the last reset */
	struct sl_tx_counters tx_gone;
	uint64_t *figure_base; /**< of providers' figures, at the last reset: sl_stats.c */
};

static inline struct sl_port *
sl_port_of(const struct rte_eth_dev *eth)
{
	return eth->data->dev_private;
}

/** Longest frame, FCS counted, that the port's MTU lets in: longer ones the NIC drops. */
static inline uint32_t
sl_port_max_frame(const struct rte_eth_dev *eth)
{
	return RTE_MIN(eth->data->mtu + SL_L2_OVERHEAD, sl_port_of(eth)->hw->max_frame);
}

/**
 * The port's own struct, held until sl_port_put(). NULL: no port, another driver's, or one that is
 * not yet or no longer published. Any thread; not to be held while the application's code runs.
 */
struct sl_port *
sl_port_get(uint16_t port);
void
sl_port_put(struct sl_port *port);
/** Publish a complete port: ethdev's calls and other threads can find it now. */
void
sl_port_publish(struct rte_eth_dev *eth);
/**
 * Withdraw a port: on return no thread finds or holds it. Call it before freeing any
 * part of it.
 */
void
sl_port_withdraw(struct rte_eth_dev *eth);

#endif /* _SL_PORT_H_ */
