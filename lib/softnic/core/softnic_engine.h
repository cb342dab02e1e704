/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */
#ifndef _SOFTNIC_ENGINE_H_
#define _SOFTNIC_ENGINE_H_

/**
 * @file
 * The engines that all models share: rings, DMA, packet buffer, offloads, RSS, faults. They read
 * the state declared here and know no register; a family's model writes that state whenever one
 * of its registers changes. Everything runs under the device's lock, but for the tail words,
 * which drivers store to at any moment. Sections are those of the 82576EB datasheet, revision 2.63.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "sl_bits.h"
#include "sl_desc.h"
#include "sl_pci.h"
#include "sl_shm.h"
#include "sl_softnic.h"
#include "sl_wire.h"
#include "softnic_regs.h"
#include "softnic_set.h"

/** Apart enough that two words never share a line, nor the pair that x86 prefetches. */
#define SOFTNIC_APART 128

/** Frames that one batch moves at most. */
#define SOFTNIC_BATCH 64u
/** Descriptors a queue holds fetched at most: 7.1.4 and 7.2.2 keep them on chip. */
#define SOFTNIC_FETCH 128u
/** Bytes of a frame to segment: PAYLEN has 18 bits, the headers are less than 1 KiB. */
#define SOFTNIC_TSO ((1u << 18) + 1024)
/** Most of each that a model may have. */
#define SOFTNIC_VECTORS 64u
#define SOFTNIC_ADDRS 128u
#define SOFTNIC_RETA 512u
/** Bytes of an RSS key; words of the multicast hash table and of the VLAN table. All models. */
#define SOFTNIC_RSS_KEY 40u
#define SOFTNIC_FILTER_WORDS 128u
/** Receive queues that a fault's mask has bits for; transmit queues have those above. */
#define SOFTNIC_FAULT_QUEUES 16u

/** Fair lock: a device thread that steps without pause must not starve the control thread. */
struct softnic_lock {
	uint32_t next, owner;
};

/** What a family's registers say of a receive queue. */
struct softnic_rxq_setup {
	uint64_t base;
	uint32_t count;	   /**< descriptors of the ring; 0: unusable */
	uint32_t buf_size; /**< bytes of each buffer */
	uint32_t low_mark; /**< the threshold's cause at this many posted */
	bool enable;
	bool drop;     /**< frames without a descriptor are dropped: none waits for one */
	bool strip;    /**< VLAN tags are taken out */
	bool keep_fcs; /**< the FCS is delivered */
};

/** And of a transmit queue. */
struct softnic_txq_setup {
	uint64_t base;
	uint64_t wb_addr;
	uint32_t count; /**< descriptors of the ring; 0: unusable */
	bool enable;
	bool wb_on; /**< head write-back instead of DD */
};

/** A receive queue. */
struct softnic_rxq {
	_Alignas(SOFTNIC_APART) uint32_t tail; /**< the doorbell */
	_Alignas(SOFTNIC_APART) uint32_t head; /**< next descriptor to write back */
	struct softnic_rxq_setup s;
	uint64_t dropped; /**< frames, for the lack of descriptors */
	/* Fetched descriptors, slot 0 is that of ring index head. */
	uint32_t fetched;
	uint32_t taken; /**< of these, given to frames of the running batch */
	uint64_t addr[SOFTNIC_FETCH];
	union sl_rx_desc wb[SOFTNIC_FETCH];
};

/** A context: 7.2.2.1. Two for each queue: 7.2.2.2. */
struct softnic_txctx {
	uint32_t vlan_macip, tucmd, mss_l4;
};

/** A transmit queue. */
struct softnic_txq {
	_Alignas(SOFTNIC_APART) uint32_t tail; /**< the doorbell */
	_Alignas(SOFTNIC_APART) uint32_t head; /**< next descriptor to fetch */
	struct softnic_txq_setup s;
	bool skipping; /**< in the rest of a chain that was given up */
	struct softnic_txctx ctx[2];
};

/** How frames are received, whatever their queue. Written by the family. */
struct softnic_rx_setup {
	bool on;
	bool hash; /**< write-backs carry the hash; else a fragment's identification: 7.1.5.2 */
	bool check_ip, check_l4, check_sctp; /**< checksums that are looked at */
	uint16_t vlan_type;		     /**< Ethertype of a tag */
	uint32_t longest, longest_tagged;    /**< bytes of a frame, FCS counted */
	uint32_t fifo;			     /**< bytes of the packet buffer; at most the model's */
};

/** How frames are sent, whatever their queue. Written by the family. */
struct softnic_tx_setup {
	bool on;
	bool pad; /**< short frames are padded */
	uint16_t vlan_type;
	/** TCP flags that may stand in the first, in a middle and in the last segment. */
	uint16_t tcp_first, tcp_middle, tcp_last;
};

/** Which frames are wanted: 7.1.1, 7.4.5. Written by the family. */
struct softnic_filter {
	bool all_unicast, all_multicast, broadcast;
	bool hashed;	    /**< the multicast hash table counts */
	uint8_t hash_shift; /**< of the address's last two bytes: 12 bits from here */
	bool vlan;	    /**< tagged frames need their VLAN's bit */
	bool cfi_on, cfi;   /**< and this value of the CFI */
	uint32_t n_own;
	uint64_t own[SOFTNIC_ADDRS]; /**< own addresses: see softnic_filter_own() */
	uint32_t multicast[SOFTNIC_FILTER_WORDS];
	uint32_t vlans[SOFTNIC_FILTER_WORDS];
};

/** Receive-side scaling: 7.1.2. Written by the family. */
struct softnic_rss {
	bool on;
	uint32_t types;		      /**< bits of enum sl_rss_type */
	uint32_t entries;	      /**< of the table; a power of two */
	uint16_t table[SOFTNIC_RETA]; /**< queues that there are */
	uint8_t key[SOFTNIC_RSS_KEY];
};

/** What the engines count for a family's statistics registers; never cleared. */
enum softnic_counter {
	SOFTNIC_RX_CRC_ERRORS,
	SOFTNIC_RX_UNDERSIZE,
	SOFTNIC_RX_FRAGMENTS,
	SOFTNIC_RX_OVERSIZE,
	SOFTNIC_RX_JABBERS,
	SOFTNIC_RX_LENGTH_ERRORS,
	SOFTNIC_RX_MISSED,    /**< no room in the packet buffer */
	SOFTNIC_RX_NO_BUFFER, /**< no descriptor when the frame came */
	SOFTNIC_RX_LOW,	      /**< the posted descriptors sank to a queue's threshold */
	SOFTNIC_RX_ALL,	      /**< undamaged frames, wanted or not */
	SOFTNIC_RX_ALL_OCTETS,
	SOFTNIC_RX_GOOD,
	SOFTNIC_RX_OCTETS,
	SOFTNIC_RX_MULTICAST,
	SOFTNIC_RX_BROADCAST,
	SOFTNIC_RX_SIZE, /**< six: to 64, 127, 255, 511, 1023 bytes, and above */
	SOFTNIC_RX_SIZE_LAST = SOFTNIC_RX_SIZE + 5,
	SOFTNIC_TX_GOOD,
	SOFTNIC_TX_OCTETS,
	SOFTNIC_TX_MULTICAST,
	SOFTNIC_TX_BROADCAST,
	SOFTNIC_TX_SIZE,
	SOFTNIC_TX_SIZE_LAST = SOFTNIC_TX_SIZE + 5,
	SOFTNIC_TX_TSO, /**< frames that were cut into segments */
	SOFTNIC_INTERRUPTS,
	SOFTNIC_COUNTERS,
};

/** Causes of interrupts that are no queue's. */
enum softnic_cause {
	SOFTNIC_CAUSE_LOW,     /**< as SOFTNIC_RX_LOW */
	SOFTNIC_CAUSE_OVERRUN, /**< as SOFTNIC_RX_MISSED */
};

/** What a family does; each call under the device's lock. */
struct softnic_ops {
	/** Once, before the first reset: what outlives resets. */
	void (*init)(struct sl_softnic *nic);
	/**
	 * After the engines have been reset: registers, then all derived state anew.
	 * @param power_up power on, or plugged in again; else a reset by software
	 */
	void (*reset)(struct sl_softnic *nic, bool power_up);
	/** A fault of queues began or ended: all queues' state anew. */
	void (*queues)(struct sl_softnic *nic);
	/** SL_FAULT_HUNG_RESET ended: come to the end of a reset that waits. */
	void (*unhang)(struct sl_softnic *nic);
	/** wire_up has changed. */
	void (*link)(struct sl_softnic *nic);
	/** Descriptors of these queues were written back. */
	void (*irq_queues)(
		struct sl_softnic *nic, const struct softnic_set *rx, const struct softnic_set *tx);
	void (*irq_cause)(struct sl_softnic *nic, enum softnic_cause cause);
};

/** A device that the software NIC can be. A family's own description begins with it. */
struct softnic_model {
	struct sl_softnic_device device;
	const struct softnic_ops *ops;
	const struct sl_reg_set *regs;
	const struct softnic_hook *const *hooks; /**< as softnic_regs_open() has them */
	/** Rows of the doorbells. */
	uint16_t rx_tail, tx_tail;
	/** Bytes of the family's device, which begins with a struct sl_softnic; where its values
	 * are. */
	size_t size, values;
	uint32_t fifo;			  /**< bytes of the packet buffer at most */
	uint32_t rxd_err, rxd_ip, rxd_l4; /**< error bits of a write-back: 7.1.5.2 */
};

/** What is logged once for each device. */
enum softnic_complaint {
	SOFTNIC_DMA_RX_DESC,
	SOFTNIC_DMA_RX_DATA,
	SOFTNIC_DMA_TX_DESC,
	SOFTNIC_DMA_TX_DATA,
	SOFTNIC_DMA_TX_HEAD,
	SOFTNIC_BAD_TAIL,
	SOFTNIC_BAD_RING,
	SOFTNIC_BAD_DESCTYPE,
	SOFTNIC_BAD_TXD,
	SOFTNIC_COMPLAINTS,
};

/** A fault in force. */
struct softnic_fault_state {
	uint32_t arg, count;
};

enum softnic_cast { SOFTNIC_UNICAST, SOFTNIC_MULTICAST, SOFTNIC_BROADCAST };

/** A received frame between its judgement and its write-back. */
struct softnic_rx_meta {
	const uint8_t *data;
	uint32_t wire_len; /**< bytes on the wire, without FCS */
	uint32_t len;	   /**< bytes to deliver: without tag, with FCS if it is kept */
	uint16_t queue;
	uint16_t vlan;
	bool strip;		    /**< the tag is taken out */
	uint8_t fcs_len;	    /**< 4 when the FCS is delivered, else 0 */
	uint8_t cast;		    /**< enum softnic_cast */
	uint32_t info, rss, status; /**< of the last write-back; DD and EOP are added */
	/* Since the reservation of its descriptors. */
	uint16_t slot, descs; /**< first of the queue's fetched ones, and how many */
	uint8_t *to;	      /**< its first buffer, NULL on a DMA fault */
};

/** The device, as far as the engines know it: the beginning of a family's own struct. */
struct sl_softnic {
	_Alignas(SOFTNIC_APART) struct softnic_lock lock;
	const struct softnic_model *model;
	struct softnic_regs regs;

	struct sl_dma *dma;
	struct sl_wire *wire;
	struct sl_adapter *adapter;
	char name[SL_SHM_NAME_LEN];
	uint8_t mac[6];
	sl_log_fn log;
	void *log_ctx;
	uint32_t complained; /**< bits of enum softnic_complaint */

	/* Derived state: what a family writes. */
	struct softnic_rx_setup rx;
	struct softnic_tx_setup tx;
	struct softnic_filter filter;
	struct softnic_rss rss;
	bool link_up;	 /**< as the family's registers say */
	bool loops;	 /**< frames sent come back */
	bool no_masters; /**< the driver has forbidden DMA */

	struct softnic_set rx_usable, tx_usable; /**< queues that are enabled and have a ring */
	struct softnic_set rx_held;		 /**< queues with filled, unwritten descriptors */
	uint32_t faults;			 /**< bits of enum sl_fault in force */
	struct softnic_fault_state fault[SL_FAULT_COUNT];
	sl_softnic_read_fn on_read; /**< what drivers read instead, or NULL */
	void *on_read_ctx;
	uint16_t command; /**< of PCI's configuration space */
	bool wire_up;	  /**< as the wire said last */

	struct sl_softnic_stats stats;
	uint64_t count[SOFTNIC_COUNTERS];

	int irq_fd[SOFTNIC_VECTORS];
	uint64_t irq_pending; /**< vectors to signal at the end of the step */

	/* Frames of the running transmit batch, and memory for those that are not sent in place. */
	struct sl_frame tx_frames[SOFTNIC_BATCH];
	uint32_t tx_n;
	uint8_t *tso; /**< payload of a frame to segment: SOFTNIC_TSO bytes */
	uint8_t *tx_arena;
	uint32_t tx_arena_size, tx_arena_used;

	/* Receive packet buffer: frames that wait for descriptors. */
	uint8_t *fifo;
	uint32_t fifo_start, fifo_used;

	unsigned int queues; /**< of each direction */
	struct softnic_rxq *rxq;
	struct softnic_txq *txq;
};

/* softnic.c */
/** sl_softnic_create() of a model: the device's parameters are checked here. */
int
softnic_create(const struct softnic_model *model, const struct sl_softnic_params *params,
	struct sl_softnic **out);
void
softnic_lock(struct sl_softnic *nic);
void
softnic_unlock(struct sl_softnic *nic);
/** Reset engines and family: 4.2.1. */
void
softnic_reset(struct sl_softnic *nic, bool power_up);
/** Look at the wire; tell the family when its link changed. */
void
softnic_wire_update(struct sl_softnic *nic);
/** A doorbell's word, which a driver stores to at any moment, and what it wrote before that. */
static inline uint32_t
softnic_bell(const uint32_t *word)
{
	return __atomic_load_n(word, __ATOMIC_ACQUIRE);
}

/** Log @p what with @p detail, once for each device. */
void
softnic_complain(struct sl_softnic *nic, enum softnic_complaint what, uint64_t detail);
/** The part of softnic_dma() that counts and complains, and that knows of faults on request. */
void *
softnic_dma_slow(struct sl_softnic *nic, uint64_t iova, size_t len, enum sl_dma_dir dir,
	enum softnic_complaint kind);

/** Device view of host memory, or NULL: a DMA fault, counted and complained of. */
static inline void *
softnic_dma(struct sl_softnic *nic, uint64_t iova, size_t len, enum sl_dma_dir dir,
	enum softnic_complaint kind)
{
	void *p = NULL;

	if (__builtin_expect((nic->faults & SL_BIT(SL_FAULT_DMA_ERROR)) == 0, 1))
		p = sl_dma_translate(nic->dma, iova, len, dir);
	if (__builtin_expect(p == NULL, 0))
		p = softnic_dma_slow(nic, iova, len, dir, kind);
	return p;
}
/** Tell who checks, before the bytes are touched; @p p as softnic_dma() gave it, NULL too. */
static inline void
softnic_tell(struct sl_softnic *nic, bool write, const void *p, uint64_t iova, size_t len,
	uint32_t queue, uint32_t desc)
{
	sl_dma_note(nic->dma, &(struct sl_sync_access){write, p, iova, len, (uint16_t)queue, desc});
}

static inline uint32_t
softnic_rxq_id(const struct sl_softnic *nic, const struct softnic_rxq *rxq)
{
	return (uint32_t)(rxq - nic->rxq);
}

static inline uint32_t
softnic_txq_id(const struct sl_softnic *nic, const struct softnic_txq *txq)
{
	return (uint32_t)(txq - nic->txq);
}

/** True when the MAC may move frames: a link, and DMA allowed (8.2.1, 8.2.2). */
static inline bool
softnic_may_run(const struct sl_softnic *nic)
{
	return (nic->link_up || nic->loops) && !nic->no_masters &&
		(nic->command & SL_PCI_COMMAND_MASTER) != 0;
}

/* softnic_fault.c */
/** Take one from the count of a fault: true when it strikes now. */
bool
softnic_fault_hit(struct sl_softnic *nic, enum sl_fault fault);
/** Whether a fault of queues has this one in its mask. */
bool
softnic_fault_queue(const struct sl_softnic *nic, enum sl_fault fault, bool tx, unsigned int q);

static inline bool
softnic_fault_on(const struct sl_softnic *nic, enum sl_fault fault)
{
	return (nic->faults & SL_BIT(fault)) != 0;
}

/* softnic_queue.c */
/** Registers of a queue have changed. Enabling initialises its head and tail: 8.10.10, 8.12.13. */
void
softnic_rxq_set(struct sl_softnic *nic, unsigned int q, const struct softnic_rxq_setup *s);
void
softnic_txq_set(struct sl_softnic *nic, unsigned int q, const struct softnic_txq_setup *s);
/** The head is written: what was fetched is forgotten. */
void
softnic_rxq_head(struct sl_softnic *nic, unsigned int q, uint32_t head);
void
softnic_txq_head(struct sl_softnic *nic, unsigned int q, uint32_t head);
/** All off, heads and tails zero, nothing fetched. */
void
softnic_queues_reset(struct sl_softnic *nic);

/* softnic_irq.c: vectors, and what signals them */
int
softnic_irq_open(struct sl_softnic *nic);
void
softnic_irq_close(struct sl_softnic *nic);
/** Signal what is pending: one eventfd write for each vector, at the end of a step. */
void
softnic_irq_flush(struct sl_softnic *nic);

/* softnic_count.c */
void
softnic_count_tx(struct sl_softnic *nic, const struct sl_frame *frames, unsigned int n);
void
softnic_count_rx(struct sl_softnic *nic, const struct softnic_rx_meta *meta, unsigned int n);

/* softnic_fifo.c */
/** Bytes that a frame takes in the packet buffer. */
uint32_t
softnic_fifo_size(const struct softnic_rx_meta *m);
/** Put a frame behind the others; false when it does not fit. */
bool
softnic_fifo_put(struct sl_softnic *nic, const struct softnic_rx_meta *m);
/** The frame @p at bytes behind the first; false past the last. Its data stay in the buffer. */
bool
softnic_fifo_peek(const struct sl_softnic *nic, uint32_t at, struct softnic_rx_meta *m);
void
softnic_fifo_drop(struct sl_softnic *nic, uint32_t bytes);
/** Throw all frames away: counted in rx_no_desc. */
void
softnic_fifo_flush(struct sl_softnic *nic);

/* softnic_tx.c */
unsigned int
softnic_tx(struct sl_softnic *nic, unsigned int budget);
/** Memory for a frame of the running batch, valid until it is sent. */
uint8_t *
softnic_tx_alloc(struct sl_softnic *nic, uint32_t len);
/** Add a frame to the running batch. */
void
softnic_tx_push(struct sl_softnic *nic, const uint8_t *data, uint32_t len, bool bad_fcs);

/* softnic_txoff.c */
/**
 * Send the frame of @p n fetched descriptors, the first of them at ring index
 * @p at; false for descriptors that make no sense.
 */
bool
softnic_tx_frame(struct sl_softnic *nic, struct softnic_txq *txq, uint32_t at,
	const union sl_tx_desc *d, uint32_t n);

/* softnic_judge.c */
/** Fill @p m up to the reservation; false when nobody wants the frame. */
bool
softnic_rx_judge(struct sl_softnic *nic, const struct sl_frame *f, struct softnic_rx_meta *m);
/** Switch receive on or off: off empties the packet buffer. */
void
softnic_rx_switch(struct sl_softnic *nic, bool on);
/**
 * The receive addresses, anew: first none, then each valid one.
 * @param low,high bytes 0 to 3 and 4 to 5, the first in the lowest bits
 */
void
softnic_filter_none(struct sl_softnic *nic);
void
softnic_filter_own(struct sl_softnic *nic, uint32_t low, uint32_t high);
/**
 * How far the address's last two bytes are shifted for the hash, by MO of all families: 8.10.15.
 */
uint8_t
softnic_filter_shift(unsigned int mo);

/* softnic_rss.c */
struct softnic_pkt;
/** Choose the queue of a frame, and what stands in the hash's field: 7.1.2, 7.1.5.2. */
void
softnic_rss_judge(
	const struct sl_softnic *nic, const struct softnic_pkt *pkt, struct softnic_rx_meta *m);
/** Bits of enum sl_rss_type from enable bits, which stand in the same order in all families. */
uint32_t
softnic_rss_types(uint32_t enables);

/* softnic_rx.c */
unsigned int
softnic_rx(struct sl_softnic *nic, unsigned int budget);
/** Write back what waits: after each batch, unless a fault holds it. */
void
softnic_rx_release(struct sl_softnic *nic);
/** Deliver frames that arrived on the wire or by loopback. */
void
softnic_rx_frames(struct sl_softnic *nic, const struct sl_frame *frames, unsigned int n);

#endif /* _SOFTNIC_ENGINE_H_ */
