/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */
#ifndef _SL_PORT_H_
#define _SL_PORT_H_

/**
 * @file
 * One port and its parts. dev_private is a struct sl_port.
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
#include "sl_guest.h"
#include "sl_hw.h"
#include "sl_intr.h"
#include "sl_queue.h"
#include "sl_shm.h"
#include "sl_stall.h"

struct sl_check;
struct sl_burst_path;

/** Access of a port to its device: one constant table for PCI, one for the software NIC. */
struct sl_dev_ops {
	const char *kind;
	/** Device-specific part of close: unmap, stop the runner, and so on. */
	void (*release)(struct sl_port *port);
	/**
	 * Switch bus mastering. 0: the register has the requested value, or bus mastering is
	 * switched off and no device answers. -EIO: the register did not change.
	 */
	int (*master)(struct sl_port *port, bool on);
	/**
	 * Set power state D0, or D3, in which registers lose their contents; NULL: not possible.
	 */
	int (*power)(struct sl_port *port, bool on);
	/** Let a stepped device work while the control path waits; NULL for real devices. */
	void (*poll)(struct sl_port *port);
	/**
	 * Read and advance the device's clock, in ticks of rte_get_tsc_hz(); NULL: the CPU's clock.
	 */
	uint64_t (*time)(struct sl_port *port);
	void (*nap)(struct sl_port *port, unsigned int us);
	/**
	 * Eventfd of an interrupt vector of the device; -1 past the last vector. NULL: use the
	 * eventfds of EAL's interrupt handle.
	 */
	int (*irq_fd)(struct sl_port *port, unsigned int vector);
};

/** Bytes that a frame may have in addition to the MTU: Ethernet header, FCS, two VLAN tags. */
#define SL_L2_OVERHEAD (RTE_ETHER_HDR_LEN + RTE_ETHER_CRC_LEN + 2u * RTE_VLAN_HLEN)

/**
 * One port. It lies in memory that all processes share, but only the primary process uses it as a
 * whole: its pointers to constants, functions and libraries' objects, its descriptors of files and
 * its locks of pthread mean nothing elsewhere. A secondary process uses share, sync, mode,
 * device_id, removed and the RSS settings, and has the rest in a struct sl_guest.
 */
struct sl_port {
	struct sl_share share;	/**< first: a secondary process checks the layout before all else */
	struct sl_sync sync;	/**< copy of the adapter's, which is in the primary's own memory */
	const struct sl_hw *hw; /**< NIC type */
	struct sl_bus bus;
	struct sl_adapter *adapter;
	struct sl_check *check; /**< checked mode only, otherwise NULL */
	char *check_json;	/**< file to which the findings are written at close; NULL: none */
	bool pseudo_header;	/**< transmit sums pseudo-headers itself */
	const struct sl_dev_ops *dev_ops;
	void *dev_priv; /**< struct of the device type */
	struct rte_eth_dev *eth;
	uint8_t perm_mac[RTE_ETHER_ADDR_LEN];
	bool removed;	    /**< a read returned all ones; stays true until close */
	bool runs;	    /**< state after the last start or stop, which ethdev stores later */
	uint16_t device_id; /**< PCI device id; for a software NIC, the first id of its model */
	bool fibre;	    /**< the device has optics instead of a PHY */
	bool no_auto_rd, no_cfg_done; /**< bits that were not set in time after the first reset */
	uint32_t noted;		      /**< bits that the family's code stored at the last reset */
	struct sl_calls calls;
	struct sl_event_state events;
	struct sl_bad bad;
	struct sl_intr intr;
	enum sl_coherency mode;
	const struct sl_burst_path *rx_path, *tx_path; /**< selected rows of the path tables */
	rte_spinlock_t stats_lock; /**< guards the totals and bases of statistics */
	struct sl_dmamap window;
	struct sl_qctl
		*kept; /**< queues that were released while their memory was kept: sl_stop.c */
	struct rte_eth_fc_conf pause; /**< flow control, once it is set */
	bool pause_is_set;
	uint16_t tx_segs;    /**< most segments of a frame: what the shortest transmit ring holds */
	uint16_t vlan_type;  /**< Ethertype of VLAN tags; 0: the NIC's own, which is 0x8100 */
	uint32_t ptype_mask; /**< RTE_PTYPE_*_MASK that the application wants; 0: no packet types */
	uint32_t vfta[SL_VFTA_WORDS]; /**< VLAN filter table as programmed */
	uint32_t mta[SL_MTA_WORDS];   /**< multicast hash table as programmed */
	uint8_t reta[SL_RETA_MAX];    /**< RSS redirection table: queue of each hash value */
	bool reta_set; /**< reta was set by the user; otherwise it is spread over the queues */
	uint8_t rss_key[SL_RSS_KEY_LEN];
	uint64_t rss_hf;      /**< RTE_ETH_RSS_*; 0: no RSS */
	uint64_t *counted;    /**< the NIC's counts since the last reset of statistics, indexed like
				 hw->counters */
	uint64_t *rx_dropped; /**< frames dropped for lack of a buffer, per receive queue */
	struct sl_rx_counters
		*rx_base; /**< counters of each queue at the last reset of statistics */
	struct sl_tx_counters *tx_base;
	struct sl_rx_counters
		rx_gone; /**< counts of queues released since the last reset of statistics */
	struct sl_tx_counters tx_gone;
	uint64_t
		*figure_base; /**< providers' figures at the last reset of statistics: sl_stats.c */
};

static inline struct sl_port *
sl_port_of(const struct rte_eth_dev *eth)
{
	return eth->data->dev_private;
}

/** Longest frame, including FCS, that the port's MTU allows. The NIC drops longer frames. */
static inline uint32_t
sl_port_max_frame(const struct rte_eth_dev *eth)
{
	return RTE_MIN(eth->data->mtu + SL_L2_OVERHEAD, sl_port_of(eth)->hw->max_frame);
}

/**
 * Make a port: reset the NIC, read its MAC address, set the ethdev operations, publish. The caller
 * has set bus, adapter, hw, dev_ops and dev_priv. After an error the caller releases the port.
 * @return 0 or negative errno, logged.
 */
int
sl_port_init(struct rte_eth_dev *eth);
/** Stop the port, reset the NIC and release the port. Control. Returns 0. */
int
sl_port_close(struct rte_eth_dev *eth);
/** Free the parts of a port, also of one that is only partly created. ethdev's own data stays. */
void
sl_port_release(struct sl_port *port);

/** Store in ethdev's data that the link is down. Any thread. */
void
sl_port_note_down(struct rte_eth_dev *eth);
/**
 * True if the device answers; otherwise the port is marked removed and the event is raised once.
 */
bool
sl_port_alive(struct sl_port *port);
/**
 * Wait until the bits @p mask of register @p off equal @p want. Lets a stepped device work.
 * @return 0, -ETIMEDOUT, or -EIO if the device is gone.
 */
int
sl_port_wait(
	struct sl_port *port, uint32_t off, uint32_t mask, uint32_t want, unsigned int timeout_us);
/**
 * Mask interrupts, stop DMA, turn bus mastering off, reset, wait until the NVM is loaded. Bus
 * mastering stays off. Kept memory is freed if the NIC is proven to have stopped.
 */
int
sl_port_reset(struct sl_port *port);

/**
 * Get the port's struct; release it with sl_port_put(). NULL: no port, a port of another driver, or
 * one that is not published. Any thread. Do not hold it while application code runs.
 */
struct sl_port *
sl_port_get(uint16_t port);
void
sl_port_put(struct sl_port *port);

#endif /* _SL_PORT_H_ */
