/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */
#ifndef _SL_HW_H_
#define _SL_HW_H_

/**
 * @file
 * Interface of the NIC families to the control path: facts about a NIC, and its tasks in the
 * datasheet's terms. Control-path code accesses registers only through these calls; bursts do not
 * use them.
 */

#include <stdbool.h>
#include <stdint.h>

#include <rte_ether.h>

#include "sl_bus.h"
#include "sl_format.h"

struct rte_eth_dev;
struct sl_port;
struct sl_reg_set;
struct sl_rx_queue;
struct sl_tx_queue;

/** Most queues of one direction in any family (82599). */
#define SL_QUEUES_MAX 128u
/** Most entries of a redirection table in any family (X550). */
#define SL_RETA_MAX 512u
/** 32-bit words of the multicast hash table and of the VLAN filter table, in all families. */
#define SL_MTA_WORDS 128u
#define SL_VFTA_WORDS 128u

/** Alignment of a ring's start and length in bytes, in all families. */
#define SL_RING_ALIGN 128u
/** Bytes of an RSS key, in all families. */
#define SL_RSS_KEY_LEN 40u

/**
 * Interrupt vectors if there are several: one for the link and all other causes, then one for each
 * receive queue.
 */
#define SL_VECTOR_OTHER 0u
#define SL_VECTOR_RX 1u

/** Causes of an interrupt. */
enum sl_hw_cause {
	SL_CAUSE_RX = 1u << 0,	 /**< frames were received */
	SL_CAUSE_LINK = 1u << 1, /**< the link changed */
};

/** Memories of a module (SFF-8472), one after the other: serial ID, diagnostics. Bytes. */
#define SL_MODULE_ID 0u
#define SL_MODULE_DIAGNOSTICS 256u
#define SL_MODULE_SIZE 512u

/** The MAC's interface to the link. */
enum sl_hw_media {
	SL_MEDIA_COPPER,
	SL_MEDIA_SGMII,
	SL_MEDIA_SERDES,
};

/** State of the link, as reported by the NIC. */
struct sl_hw_link {
	enum sl_hw_media media;
	bool up;
	bool full_duplex;
	bool paused;   /**< transmit is paused by the partner's PAUSE frames */
	uint32_t mbps; /**< speed in Mbit/s; 0: link is down */
};

/** Version of the NVM's image, as its words. */
struct sl_hw_version {
	bool has_number;
	uint16_t number; /**< major version in bits 15:12, minor version below, in BCD */
	uint16_t
		track[2]; /**< number of the image, lower word first if bit 15 of the second is 1 */
};

/** Receive settings for all queues. */
struct sl_hw_rx {
	uint32_t max_frame; /**< bytes, including FCS; longer frames are dropped */
	bool keep_crc;
	bool loopback; /**< loopback in the MAC */
	bool checksums;
};

/** Flow control of the link. */
struct sl_hw_pause {
	bool obey;	    /**< received PAUSE frames hold transmit */
	bool send;	    /**< PAUSE frames are sent when the receive buffer fills up */
	bool xon;	    /**< and one that ends the pause when it has drained */
	bool pass_control;  /**< other MAC control frames are received */
	uint32_t high, low; /**< fill of the receive buffer, bytes: multiples of pause_unit */
	uint16_t time;	    /**< duration of a pause, in units of 512 bits */
};

/** A counter that users see. Its position in sl_hw.counters is its index everywhere. */
struct sl_hw_counter {
	const char *name;
	uint16_t reg; /**< the family's own index of the register */
};

/** Sums of counters for ethdev's statistics. */
struct sl_hw_sums {
	uint64_t missed;    /**< frames that were dropped because the NIC had no room */
	uint64_t rx_errors; /**< bad frames, each counted once */
	uint64_t tx_errors;
};

/**
 * Tasks of the control path, following the datasheet. They are called on control threads. A queue's
 * datapath thread also calls the functions of its queue (rxq_*, txq_*, intr_rx, intr_rxq), answers
 * and link_get, to check and restart a stalled queue. The device may be removed at any time: then
 * reads return all ones, and functions that wait return -EIO.
 */
struct sl_hw_ops {
	/* The whole NIC. */
	/** Read one register. @return false: it read all ones. */
	bool (*answers)(struct sl_port *port);
	/** Mask interrupts, stop receive and transmit, and wait until no DMA is in progress. */
	int (*quiet)(struct sl_port *port);
	/**
	 * Reset, wait until the reset and the NVM load are complete, mask interrupts, and notify
	 * the firmware that a driver is present.
	 */
	int (*reset)(struct sl_port *port);
	/** Notify the firmware that the driver is no longer present. */
	void (*let_go)(struct sl_port *port);
	/** Get the first MAC address, as loaded from the NVM. */
	void (*mac_get)(struct sl_port *port, struct rte_ether_addr *mac);
	/**
	 * For a NIC that has no port yet: true if it transfers frames, or would with bus mastering.
	 */
	bool (*moves_frames)(const struct sl_bus *bus);
	/** For a NIC that has no port yet: reset it without waiting for the end. */
	void (*forget)(const struct sl_bus *bus);
	/** Read all registers for a dump. @param out NULL: only count. @return number of values. */
	uint32_t (*dump)(struct sl_port *port, uint32_t *out);

	/* The board: NVM, LEDs, module. */
	/** Number of 16-bit words of the NVM; 0: the NIC has none that can be read. */
	uint32_t (*nvm_size)(struct sl_port *port);
	/** Read words of the NVM. @return 0, -ETIMEDOUT, -EBUSY or -EIO. */
	int (*nvm_words)(struct sl_port *port, unsigned int word, unsigned int n, uint16_t *val);
	/** Version of the NVM's image; the NVM can be read. @return as nvm_words(). */
	int (*nvm_version)(struct sl_port *port, struct sl_hw_version *version);
	/** Turn all LEDs of the port on or off. A reset returns them to what the NVM selects. */
	void (*led_set)(struct sl_port *port, bool on);
	/**
	 * Read the module in the port's cage. NULL: no device of the family has cages.
	 * @param at,n SL_MODULE_ID or SL_MODULE_DIAGNOSTICS plus an offset; bytes of that memory
	 * @return 0; -ENODEV: no module answers; -EBUSY or -EIO
	 */
	int (*module_read)(struct sl_port *port, unsigned int at, unsigned int n, uint8_t *val);

	/* Link. */
	int (*link_set)(struct sl_port *port, bool up);
	/** @return false: the register read all ones. */
	bool (*link_get)(struct sl_port *port, struct sl_hw_link *link);
	/** Set flow control of the link. A new negotiation of the link keeps it. */
	void (*pause_set)(struct sl_port *port, const struct sl_hw_pause *pause);
	/** @return bytes of the NIC's receive buffer, for frames that wait for descriptors. */
	uint32_t (*rx_buffer)(struct sl_port *port);

	/* Receive and transmit, all queues. */
	void (*rx_set_up)(struct sl_port *port, const struct sl_hw_rx *rx);
	void (*rx_switch)(struct sl_port *port, bool on);
	void (*tx_switch)(struct sl_port *port, bool on);
	void (*max_frame_set)(struct sl_port *port, uint32_t max_frame);

	/*
	 * One queue: program an empty ring and enable it; disable it. 0: the new state was
	 * verified.
	 */
	int (*rxq_enable)(struct sl_rx_queue *q);
	int (*rxq_disable)(struct sl_rx_queue *q);
	int (*txq_enable)(struct sl_tx_queue *q);
	int (*txq_disable)(struct sl_tx_queue *q);
	/** Wait until all posted frames are sent, at most @p us. */
	void (*txq_drain)(struct sl_tx_queue *q, unsigned int us);
	/** Index of the descriptor that the NIC processes next. */
	uint32_t (*rxq_head)(const struct sl_rx_queue *q);
	uint32_t (*txq_head)(const struct sl_tx_queue *q);
	/** True if the registers still have this ring: there was no reset or removal since. */
	bool (*txq_is_set_up)(const struct sl_tx_queue *q);
	/** Address of the tail register, the doorbell. */
	volatile uint32_t *(*rxq_tail)(struct sl_port *port, unsigned int qid);
	volatile uint32_t *(*txq_tail)(struct sl_port *port, unsigned int qid);

	/* Filters. */
	/** @param mac NULL: the entry matches nothing. */
	void (*addr_set)(struct sl_port *port, unsigned int i, const struct rte_ether_addr *mac);
	void (*multicast_set)(struct sl_port *port, const uint32_t mta[SL_MTA_WORDS]);
	/** Accept all unicast frames, and all multicast frames. */
	void (*promiscuous_set)(struct sl_port *port, bool unicast, bool multicast);
	void (*vfta_set)(struct sl_port *port, unsigned int word, uint32_t vlans);
	void (*vlan_set)(struct sl_port *port, bool strip, bool filter);
	/** The Ethertype of VLAN tags, in both directions. @return 0; -ENOTSUP: it is fixed. */
	int (*vlan_type_set)(struct sl_port *port, uint16_t type);
	/** @param reta queue of each hash value, sl_hw.reta_entries entries. */
	void (*reta_set)(struct sl_port *port, const uint8_t *reta);
	/** @param hf RTE_ETH_RSS_*; 0: off. */
	void (*rss_set)(struct sl_port *port, const uint8_t *key, uint64_t hf);

	/* Interrupts; vectors are SL_VECTOR_*. */
	/** Read and clear the causes since the last call: bits of enum sl_hw_cause. */
	uint32_t (*intr_causes)(struct sl_port *port);
	/** One vector for each of @p nb_rx receive queues, and one for all other causes. */
	void (*intr_set_up)(struct sl_port *port, unsigned int nb_rx);
	/** Use one vector for all causes. */
	void (*intr_set_up_one)(struct sl_port *port);
	/** Unmask or mask link changes. */
	void (*intr_link)(struct sl_port *port, bool on);
	/** With one vector for all causes: unmask or mask received frames. */
	void (*intr_rx)(struct sl_port *port, bool on);
	/** Unmask or mask the vector of one queue. A pending interrupt is dropped first. */
	void (*intr_rxq)(struct sl_port *port, unsigned int qid, bool on);
	void (*intr_off)(struct sl_port *port);

	/* Statistics. */
	/**
	 * Add the counts since the last call, which reading clears: to @p value, indexed like
	 * sl_hw.counters, and to @p dropped per receive queue. It ends early if the device is gone.
	 */
	void (*count)(struct sl_port *port, uint64_t *value, uint64_t *dropped);
	void (*sum)(const uint64_t *value, struct sl_hw_sums *sums);
};

/** Descriptor thresholds of a queue: prefetch, host, write-back. */
struct sl_hw_thresh {
	uint8_t prefetch, host, write_back;
};

/** One device of a family. Constant. */
struct sl_hw {
	const char *name;   /**< "82576", "I350" */
	uint16_t device_id; /**< the first of its PCI device ids */
	uint16_t rx_queues, tx_queues;
	uint16_t rss_queues; /**< number of receive queues that RSS can use, from queue 0 on */
	uint16_t mac_addrs;  /**< number of unicast addresses that it can match */
	uint16_t reta_entries;
	uint16_t desc_min, desc_max;
	const struct sl_desc_format *format;
	enum sl_completion rx_completion, tx_completion;
	uint32_t max_frame;   /**< bytes, including FCS */
	uint32_t rx_buf_unit; /**< bytes; a buffer's size is a multiple of it */
	uint32_t pause_unit;  /**< bytes; thresholds of flow control are multiples of it */
	struct sl_hw_thresh rx_thresh, tx_thresh;
	uint32_t bar_size; /**< bytes of registers that the driver uses */
	uint32_t speeds;   /**< RTE_ETH_LINK_SPEED_* */
	/** On copper, link_set() advertises the configured speeds only, or sets the fixed one. */
	bool speeds_chosen;
	uint64_t rx_offloads, tx_offloads; /**< RTE_ETH_*_OFFLOAD_* of port and queues */
	uint64_t rss_hf;		   /**< RTE_ETH_RSS_* */
	const struct sl_reg_set *regs;
	/** Differences from the family's base device: bits of the family's own enum. */
	uint32_t quirks;
	const char *const *quirk_names; /**< name of each quirk bit, nb_quirks entries */
	unsigned int nb_quirks;
	const struct sl_hw_counter *counters;
	unsigned int nb_counters;
	const struct sl_hw_ops *ops;
};

/** A PCI device id of Intel. */
struct sl_hw_id {
	uint16_t id;
	bool optics; /**< fibre, where other devices have a PHY */
	const struct sl_hw *hw;
};

/** The devices of one family. families.def has the list of families. Constant. */
struct sl_hw_family {
	const struct sl_hw_id *ids;
	unsigned int nb_ids;
};

/** Device with a PCI device id of Intel; NULL: unknown. Any thread. */
const struct sl_hw *
sl_hw_find(uint16_t device_id);
/** True if a device with that id has fibre where others have none. Any thread. */
bool
sl_hw_has_optics(uint16_t device_id);

#endif /* _SL_HW_H_ */
