/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */
#ifndef _SL_HW_H_
#define _SL_HW_H_

/**
 * @file
 * The family seam: what the control path has to know of a NIC, and its tasks in the
 * datasheet's terms. Ethdev's side reaches registers by these calls alone; bursts never look here.
 */

#include <stdbool.h>
#include <stdint.h>

#include <rte_ether.h>

#include "sl_bus.h"

struct rte_eth_dev;
struct sl_port;
struct sl_reg_set;
struct sl_rx_queue;
struct sl_tx_queue;

/** Most queues of one direction that any family has: the 82599's. */
#define SL_QUEUES_MAX 128u
/** Most entries of a redirection table: the X550's. */
#define SL_RETA_MAX 512u
/** Words of 32 bits of the multicast hash table and of the VLAN filter table: all families. */
#define SL_MTA_WORDS 128u
#define SL_VFTA_WORDS 128u

/** Bytes at whose multiples a ring starts and ends: all families. */
#define SL_RING_ALIGN 128u
/** Bytes of an RSS key: all families. */
#define SL_RSS_KEY_LEN 40u

/** Interrupt vectors where there are several: link and all else, then one for each receive queue.
 */
#define SL_VECTOR_OTHER 0u
#define SL_VECTOR_RX 1u

/** What an interrupt was raised for. */
enum sl_hw_cause {
	SL_CAUSE_RX = 1u << 0,	 /**< frames were received */
	SL_CAUSE_LINK = 1u << 1, /**< the link changed */
};

/** What the MAC's side of the link is. */
enum sl_hw_media {
	SL_MEDIA_COPPER,
	SL_MEDIA_SGMII,
	SL_MEDIA_SERDES,
};

/** The link as the NIC tells of it. */
struct sl_hw_link {
	enum sl_hw_media media;
	bool up;
	bool full_duplex;
	bool paused;   /**< the partner's PAUSE frames hold transmit back */
	uint32_t mbps; /**< Mbit/s; 0 while down */
};

/** How the NIC is to receive, all queues alike. */
struct sl_hw_rx {
	uint32_t max_frame; /**< bytes, FCS counted: longer ones are dropped */
	bool keep_crc;
	bool loopback; /**< in the MAC */
	bool checksums;
};

/** A counter that users see; its place in sl_hw.counters is its index everywhere. */
struct sl_hw_counter {
	const char *name;
	uint16_t reg; /**< the family's own index of it */
};

/** What ethdev's totals take from the counters. */
struct sl_hw_sums {
	uint64_t missed;    /**< frames that found no room in the NIC */
	uint64_t rx_errors; /**< bad frames, each once */
	uint64_t tx_errors;
};

/**
 * Tasks of the control path, by the datasheet. They are called from control threads. A queue's
 * datapath thread may call what is of its own queue (rxq_*, txq_*, intr_rx, intr_rxq), answers and
 * link_get, too: when the queue stands still it is looked at and started anew there. The device
 * may have gone at any time: then reads give all ones, and what waits gives -EIO.
 */
struct sl_hw_ops {
	/* The NIC as a whole. */
	/** One register read: false when it gives all ones. */
	bool (*answers)(struct sl_port *port);
	/** Mask interrupts, stop receive and transmit, and wait until no DMA is under way. */
	int (*quiet)(struct sl_port *port);
	/** Reset, wait for the end of it and for the NVM, mask interrupts, tell firmware of a
	 * driver. */
	int (*reset)(struct sl_port *port);
	/** Tell firmware that the driver goes. */
	void (*let_go)(struct sl_port *port);
	/** The first address, as the NVM's load left it. */
	void (*mac_get)(struct sl_port *port, struct rte_ether_addr *mac);
	/** Of a NIC that is no port yet: whether it moves frames, or would with bus mastering. */
	bool (*moves_frames)(const struct sl_bus *bus);
	/** And its reset, without a look at how it ends. */
	void (*forget)(const struct sl_bus *bus);
	/** Every register as a dump shows it. @param out NULL: only count. @return how many. */
	uint32_t (*dump)(struct sl_port *port, uint32_t *out);

	/* Link. */
	int (*link_set)(struct sl_port *port, bool up);
	/** @return false: the register read all ones. */
	bool (*link_get)(struct sl_port *port, struct sl_hw_link *link);

	/* Receive and transmit, all queues. */
	void (*rx_set_up)(struct sl_port *port, const struct sl_hw_rx *rx);
	void (*rx_switch)(struct sl_port *port, bool on);
	void (*tx_switch)(struct sl_port *port, bool on);
	void (*max_frame_set)(struct sl_port *port, uint32_t max_frame);

	/* A queue: program an empty ring and enable it; disable it. 0 when it is seen to be so. */
	int (*rxq_enable)(struct sl_rx_queue *q);
	int (*rxq_disable)(struct sl_rx_queue *q);
	int (*txq_enable)(struct sl_tx_queue *q);
	int (*txq_disable)(struct sl_tx_queue *q);
	/** Wait until all that was posted is sent, or @p us are over. */
	void (*txq_drain)(struct sl_tx_queue *q, unsigned int us);
	/** Index of the descriptor that the NIC looks at next. */
	uint32_t (*rxq_head)(const struct sl_rx_queue *q);
	uint32_t (*txq_head)(const struct sl_tx_queue *q);
	/** Whether the registers are of this ring still: no reset or removal has come since. */
	bool (*txq_is_set_up)(const struct sl_tx_queue *q);
	/** The doorbell's word. */
	volatile uint32_t *(*rxq_tail)(struct sl_port *port, unsigned int qid);
	volatile uint32_t *(*txq_tail)(struct sl_port *port, unsigned int qid);

	/* Filters. */
	/** @param mac NULL: the entry matches nothing. */
	void (*addr_set)(struct sl_port *port, unsigned int i, const struct rte_ether_addr *mac);
	void (*multicast_set)(struct sl_port *port, const uint32_t mta[SL_MTA_WORDS]);
	/** All frames to other stations, and all multicast ones. */
	void (*promiscuous_set)(struct sl_port *port, bool unicast, bool multicast);
	void (*vfta_set)(struct sl_port *port, unsigned int word, uint32_t vlans);
	void (*vlan_set)(struct sl_port *port, bool strip, bool filter);
	/** @param reta queue of each hash value; sl_hw.reta_entries of them. */
	void (*reta_set)(struct sl_port *port, const uint8_t *reta);
	/** @param hf RTE_ETH_RSS_*; 0: off. */
	void (*rss_set)(struct sl_port *port, const uint8_t *key, uint64_t hf);

	/* Interrupts; vectors are SL_VECTOR_*. */
	/** Causes since the last call, which this takes: bits of enum sl_hw_cause. */
	uint32_t (*intr_causes)(struct sl_port *port);
	/** A vector for each of @p nb_rx receive queues; all other causes have one more vector. */
	void (*intr_set_up)(struct sl_port *port, unsigned int nb_rx);
	/** One vector for everything. */
	void (*intr_set_up_one)(struct sl_port *port);
	/** Unmask or mask link changes; and received frames, when one vector serves all. */
	void (*intr_link)(struct sl_port *port, bool on);
	void (*intr_rx)(struct sl_port *port, bool on);
	/** Unmask or mask the own vector of one queue; what it has pending is dropped first. */
	void (*intr_rxq)(struct sl_port *port, unsigned int qid, bool on);
	void (*intr_off)(struct sl_port *port);

	/* Statistics. */
	/**
	 * Add what was counted since the last time, which reading clears: to @p value by the
	 * indices of sl_hw.counters, to @p dropped by receive queue. Ends where the device has
	 * gone.
	 */
	void (*count)(struct sl_port *port, uint64_t *value, uint64_t *dropped);
	void (*sum)(const uint64_t *value, struct sl_hw_sums *sums);
};

/** How a queue moves descriptors: fetched ahead, left in host memory, written back together. */
struct sl_hw_thresh {
	uint8_t prefetch, host, write_back;
};

/** One device of a family. Const. */
struct sl_hw {
	const char *name;   /**< "82576", "I350" */
	uint16_t device_id; /**< of PCI, the first of its ids */
	uint16_t rx_queues, tx_queues;
	uint16_t mac_addrs; /**< unicast addresses that it can match */
	uint16_t reta_entries;
	uint16_t desc_min, desc_max;
	uint32_t max_frame;   /**< bytes, FCS counted */
	uint32_t rx_buf_unit; /**< bytes; buffers are a multiple of it */
	struct sl_hw_thresh rx_thresh, tx_thresh;
	uint32_t bar_size;		   /**< bytes of registers that the driver needs */
	uint32_t speeds;		   /**< RTE_ETH_LINK_SPEED_* */
	uint64_t rx_offloads, tx_offloads; /**< RTE_ETH_*_OFFLOAD_*, of port and queues together */
	uint64_t rss_hf;		   /**< RTE_ETH_RSS_* */
	const struct sl_reg_set *regs;
	/** What it does otherwise than the family's base device: bits of the family's own list. */
	uint32_t quirks;
	const char *const *quirk_names; /**< by bit; nb_quirks of them */
	unsigned int nb_quirks;
	const struct sl_hw_counter *counters;
	unsigned int nb_counters;
	const struct sl_hw_ops *ops;
};

/** The device behind a PCI device id of Intel's; NULL: none that is known. Any thread. */
const struct sl_hw *
sl_hw_find(uint16_t device_id);
/** Whether a device of that id has fibre where others have a PHY. Any thread. */
bool
sl_hw_has_optics(uint16_t device_id);

/* sl_hw.c: what is the same for all families. Control. */
/** Note for ethdev that the link is down. Any thread. */
void
sl_hw_note_down(struct rte_eth_dev *eth);
/** True when the device answers; else the port is marked removed and the event is sent once. */
bool
sl_hw_alive(struct sl_port *port);
/**
 * Wait until the bits @p mask of register @p off are @p want; lets a stepped device work.
 * @return 0, -ETIMEDOUT, or -EIO when the device is gone.
 */
int
sl_hw_wait(
	struct sl_port *port, uint32_t off, uint32_t mask, uint32_t want, unsigned int timeout_us);
/**
 * Mask interrupts, stop DMA, turn bus mastering off, reset, wait until the NVM is loaded.
 * Bus mastering stays off. What was kept is given back.
 */
int
sl_hw_reset(struct sl_port *port);

#endif /* _SL_HW_H_ */
