/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */
#ifndef _SOFTNIC_ENGINE_H_
#define _SOFTNIC_ENGINE_H_

/**
 * @file
 * The engines that all models share: rings, DMA, packet buffer, offloads, RSS, faults. They read
 * the state declared here and access no registers; a family's model writes that state whenever one
 * of its registers changes. Everything runs under the device's lock, except that drivers store to
 * the tail words at any moment. Sections are those of the 82576EB datasheet, revision 2.63.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "sl_bits.h"
#include "sl_desc.h"
#include "sl_format.h"
#include "sl_pci.h"
#include "sl_shm.h"
#include "sl_softnic.h"
#include "sl_wire.h"
#include "softnic_regs.h"
#include "softnic_set.h"

/** Alignment that keeps two words out of one line, and out of one pair that x86 prefetches. */
#define SOFTNIC_APART 128

/** Most frames in one batch. */
#define SOFTNIC_BATCH 64u
/** Most descriptors that a queue has fetched, which the NIC keeps on chip: 7.1.4, 7.2.2. */
#define SOFTNIC_FETCH 128u
/** Most bytes of a frame to segment: PAYLEN has 18 bits, the headers are below 1 KiB. */
#define SOFTNIC_TSO ((1u << 18) + 1024)
/** Limits of all models: interrupt vectors, receive addresses, entries of the RSS table. */
#define SOFTNIC_VECTORS 64u
#define SOFTNIC_ADDRS 128u
#define SOFTNIC_RETA 512u
/** Bytes of an RSS key; words of the multicast hash table and of the VLAN table. All models. */
#define SOFTNIC_RSS_KEY 40u
#define SOFTNIC_FILTER_WORDS 128u
/** Bytes of a time stamp in front of a frame: eight zero bytes, then the stamp. */
#define SOFTNIC_STAMP 16u
/** Number of receive queues in a fault's mask; the bits above are for transmit queues. */
#define SOFTNIC_FAULT_QUEUES 16u

/** Fair lock: a device thread that steps without pause must not starve the control thread. */
struct softnic_lock {
	uint32_t next, owner;
};

/** Setup of a receive queue, from the family's registers. */
struct softnic_rxq_setup {
	uint64_t base;
	uint32_t count;	   /**< descriptors of the ring; 0: unusable */
	uint32_t buf_size; /**< bytes of each buffer */
	uint32_t low_mark; /**< posted descriptors at which the threshold's cause is raised */
	bool enable;
	bool drop;     /**< frames without a descriptor are dropped and do not wait */
	bool strip;    /**< VLAN tags are stripped */
	bool keep_fcs; /**< the FCS is delivered */
};

/** Setup of a transmit queue, from the family's registers. */
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
	uint64_t dropped;	 /**< frames dropped because there was no descriptor */
	uint64_t frames, octets; /**< delivered frames and bytes */
	/* Fetched descriptors; slot 0 is the one at ring index head. */
	uint32_t fetched;
	uint32_t taken; /**< fetched descriptors that frames of the current batch use */
	uint64_t addr[SOFTNIC_FETCH];
	union sl_rx_desc wb[SOFTNIC_FETCH];
};

/** A transmit context: 7.2.2.1. Each queue has two: 7.2.2.2. */
struct softnic_txctx {
	uint32_t vlan_macip, tucmd, mss_l4;
};

/** A transmit queue. */
struct softnic_txq {
	_Alignas(SOFTNIC_APART) uint32_t tail; /**< the doorbell */
	_Alignas(SOFTNIC_APART) uint32_t head; /**< next descriptor to fetch */
	struct softnic_txq_setup s;
	bool skipping;		 /**< skipping the rest of an invalid chain */
	uint64_t frames, octets; /**< sent frames and bytes, excluding FCS */
	struct softnic_txctx ctx[2];
};

/** Receive settings of all queues. Written by the family. */
struct softnic_rx_setup {
	bool on;
	bool shut; /**< frames from the wire are not passed on by the MAC */
	bool hash; /**< write-backs have the RSS hash; else a fragment's IP id: 7.1.5.2 */
	bool check_ip, check_l4, check_sctp; /**< which checksums are checked */
	bool stamp;			     /**< the family's rx_stamp is called for each frame */
	bool steer;			     /**< the family's rx_steer is called for each frame */
	uint16_t vlan_type;		     /**< Ethertype of VLAN tags */
	uint32_t longest, longest_tagged;    /**< most bytes of a frame, including FCS */
	uint32_t fifo; /**< bytes of the packet buffer; at most the model's fifo */
};

/** Transmit settings of all queues. Written by the family. */
struct softnic_tx_setup {
	bool on;
	bool pad; /**< short frames are padded */
	uint16_t vlan_type;
	/** TCP flags that may be set in the first, in a middle and in the last segment. */
	uint16_t tcp_first, tcp_middle, tcp_last;
};

/** Flow control of the link. The family writes the settings, softnic_pause.c the state. */
struct softnic_pause {
	bool obey;		/**< received PAUSE frames hold transmit */
	bool send;		/**< a packet buffer above @p high stops the partner */
	bool xon;		/**< the partner is released when the packet buffer has drained */
	bool pass_control;	/**< other MAC control frames are delivered like any frame */
	bool discard;		/**< PAUSE frames are never delivered */
	uint32_t high, low;	/**< thresholds of the packet buffer, bytes */
	uint16_t time, refresh; /**< quanta of a pause, and when it is renewed; 0: never */
	uint32_t mbps;		/**< speed of the link, which is the unit of pauses */
	/* State. */
	bool held; /**< the partner has paused transmit */
	uint64_t until;
	bool stopped; /**< this NIC has paused the partner */
	uint64_t renew;
};

/** Receive filters: 7.1.1, 7.4.5. Written by the family. */
struct softnic_filter {
	bool all_unicast, all_multicast, broadcast;
	bool hashed;	    /**< the multicast hash table is used */
	uint8_t hash_shift; /**< lowest of the 12 hash bits in the address's last two bytes */
	bool vlan;	    /**< tagged frames are accepted only if their VLAN's bit is set */
	bool cfi_on, cfi;   /**< cfi_on: and only with this CFI value */
	uint32_t n_own;
	uint64_t own[SOFTNIC_ADDRS]; /**< own addresses: see softnic_filter_own() */
	uint32_t multicast[SOFTNIC_FILTER_WORDS];
	uint32_t vlans[SOFTNIC_FILTER_WORDS];
};

/** Receive-side scaling: 7.1.2. Written by the family. */
struct softnic_rss {
	bool on;
	uint32_t types;		      /**< bits of enum sl_rss_type */
	uint32_t entries;	      /**< entries of the table; a power of two */
	uint16_t table[SOFTNIC_RETA]; /**< queue numbers; only existing queues */
	uint8_t key[SOFTNIC_RSS_KEY];
};

/** Counters of the engines for a family's statistics registers; never cleared. */
enum softnic_counter {
	SOFTNIC_RX_CRC_ERRORS,
	SOFTNIC_RX_UNDERSIZE,
	SOFTNIC_RX_FRAGMENTS,
	SOFTNIC_RX_OVERSIZE,
	SOFTNIC_RX_JABBERS,
	SOFTNIC_RX_LENGTH_ERRORS,
	SOFTNIC_RX_MISSED,    /**< no room in the packet buffer */
	SOFTNIC_RX_NO_BUFFER, /**< no descriptor when the frame arrived */
	SOFTNIC_RX_LOW,	      /**< a queue's posted descriptors fell to its threshold */
	SOFTNIC_RX_ALL,	      /**< undamaged frames, accepted or not */
	SOFTNIC_RX_ALL_OCTETS,
	SOFTNIC_RX_GOOD,
	SOFTNIC_RX_OCTETS,
	SOFTNIC_RX_OCTETS_KEPT, /**< SOFTNIC_RX_OCTETS without stripped FCSs */
	SOFTNIC_RX_MULTICAST,
	SOFTNIC_RX_BROADCAST,
	SOFTNIC_RX_XON, /**< PAUSE frames with time 0, and with another */
	SOFTNIC_RX_XOFF,
	SOFTNIC_RX_CONTROL, /**< other MAC control frames */
	SOFTNIC_TX_XON,
	SOFTNIC_TX_XOFF,
	SOFTNIC_RX_SIZE, /**< six counters: up to 64, 127, 255, 511, 1023 bytes, and above */
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

/** Interrupt causes that do not belong to a queue. */
enum softnic_cause {
	SOFTNIC_CAUSE_LOW,     /**< raised with SOFTNIC_RX_LOW */
	SOFTNIC_CAUSE_OVERRUN, /**< raised with SOFTNIC_RX_MISSED */
};

struct softnic_pkt;
struct softnic_rx_meta;

/** Functions of a family; each is called under the device's lock. */
struct softnic_ops {
	/** Called once, before the first reset: set up state that survives resets. */
	void (*init)(struct sl_softnic *nic);
	/**
	 * Called after the engines have been reset: reset registers, then derive all state again.
	 * @param power_up true: power on, or plugged in again; false: a reset by software
	 */
	void (*reset)(struct sl_softnic *nic, bool power_up);
	/** A fault of queues began or ended: derive all queues' state again. */
	void (*queues)(struct sl_softnic *nic);
	/** SL_FAULT_HUNG_RESET ended: complete a pending reset. */
	void (*unhang)(struct sl_softnic *nic);
	/** Called when wire_up has changed. */
	void (*link)(struct sl_softnic *nic);
	/** Raise the vectors of queues whose descriptors are written back in this step. */
	void (*irq_queues)(
		struct sl_softnic *nic, const struct softnic_set *rx, const struct softnic_set *tx);
	/** Raise a cause that does not belong to a queue. */
	void (*irq_cause)(struct sl_softnic *nic, enum softnic_cause cause);
	/** True if the interrupt line is asserted; NULL: the model has no such line. */
	bool (*intx)(const struct sl_softnic *nic);
	/** Called for each frame whose descriptor requests a time stamp. NULL: no time stamps. */
	void (*tx_stamp)(struct sl_softnic *nic);
	/**
	 * Called for each received frame while rx.steer is set. May change the queue that RSS
	 * chose, and the write-back fields of @p m.
	 */
	void (*rx_steer)(
		struct sl_softnic *nic, const struct softnic_pkt *pkt, struct softnic_rx_meta *m);
	/**
	 * Called for each received frame while rx.stamp is set. Fills in status, stamp and
	 * stamp_len of @p m.
	 */
	void (*rx_stamp)(
		struct sl_softnic *nic, const struct softnic_pkt *pkt, struct softnic_rx_meta *m);
	/** Called at the start of each step while watches is set. */
	void (*watch)(struct sl_softnic *nic);
};

/** A device that the software NIC can model. A family's description begins with it. */
struct softnic_model {
	struct sl_softnic_device device;
	const struct softnic_ops *ops;
	const struct sl_reg_set *regs;
	const struct softnic_hook *const *hooks; /**< hooks, for softnic_regs_open() */
	/** Rows of the doorbell registers. */
	uint16_t rx_tail, tx_tail;
	/**
	 * Size of the family's device struct, which begins with a struct sl_softnic, and offset of
	 * the register values in it, bytes.
	 */
	size_t size, values;
	uint32_t fifo;			  /**< most bytes of the packet buffer */
	uint32_t rxd_err, rxd_ip, rxd_l4; /**< error bits of a write-back: 7.1.5.2 */
	uint32_t tx_frame_min;		  /**< shortest frame that it pads, excluding FCS */
	bool pause_is_good;		  /**< sent PAUSE frames also count as good frames */
};

/** Messages that are logged once per device. */
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

/** A received frame, from filtering to write-back. */
struct softnic_rx_meta {
	const uint8_t *data;
	uint32_t wire_len; /**< bytes on the wire, excluding FCS */
	uint32_t len;	   /**< bytes to deliver: without a stripped tag, with a kept FCS */
	uint16_t queue;
	uint16_t vlan;
	bool strip;		    /**< the tag is stripped */
	uint8_t fcs_len;	    /**< 4 when the FCS is delivered, else 0 */
	uint8_t stamp_len;	    /**< SOFTNIC_STAMP if a stamp precedes the frame, else 0 */
	bool edited;		    /**< any of these three: the frame is not delivered unchanged */
	uint8_t cast;		    /**< enum softnic_cast */
	uint32_t info, rss, status; /**< fields of the last write-back; DD and EOP are added */
	uint64_t stamp;		    /**< stamp in front of the frame */
	/* Valid once descriptors are reserved. */
	uint16_t slot, descs; /**< slot of the first descriptor, and number of descriptors */
	uint8_t *to;	      /**< first buffer; NULL: a DMA fault */
};

/** The engines' part of a device. A family's device struct begins with it. */
struct sl_softnic {
	_Alignas(SOFTNIC_APART) struct softnic_lock lock;
	const struct softnic_model *model;
	struct softnic_regs regs;

	struct sl_dma *dma;
	struct sl_wire *wire;
	char name[SL_SHM_NAME_LEN];
	uint8_t mac[6];
	sl_log_fn log;
	void *log_ctx;
	struct sl_softnic_memory memory; /**< of rxq and txq */
	uint32_t complained;		 /**< bits of enum softnic_complaint */

	/* Derived state, written by the family. */
	struct softnic_rx_setup rx;
	struct softnic_tx_setup tx;
	struct softnic_pause pause;
	struct softnic_filter filter;
	struct softnic_rss rss;
	bool link_up;	 /**< link state in the family's registers */
	bool loops;	 /**< loopback: sent frames are received */
	bool no_masters; /**< the driver has disabled DMA */
	bool watches;	 /**< the family's watch is called in each step */

	struct softnic_set rx_usable, tx_usable; /**< queues that are enabled and have a ring */
	struct softnic_set rx_held; /**< queues with filled descriptors that are not written back */
	uint32_t faults;	    /**< bits of enum sl_fault in force */
	struct softnic_fault_state fault[SL_FAULT_COUNT];
	sl_softnic_clock_fn clock; /**< NULL: the system's monotonic clock */
	void *clock_ctx;
	sl_softnic_read_fn on_read; /**< filter of register reads, or NULL */
	void *on_read_ctx;
	uint16_t command; /**< command register of PCI configuration space */
	bool wire_up;	  /**< last known link state of the wire */

	struct sl_softnic_stats stats;
	uint64_t count[SOFTNIC_COUNTERS];

	int irq_fd[SOFTNIC_VECTORS];
	sl_softnic_irq_fn on_irq; /**< called instead of writing eventfds, or NULL */
	void *on_irq_ctx;
	uint64_t irq_pending; /**< bits of the vectors to signal at the end of the step */

	/* Frames of the current transmit batch, and memory for frames not sent in place. */
	struct sl_frame tx_frames[SOFTNIC_BATCH];
	uint32_t tx_n;
	struct softnic_txq *tx_from; /**< queue of the current batch */
	uint8_t *tso;		     /**< payload of a frame to segment: SOFTNIC_TSO bytes */
	uint8_t *tx_arena;
	uint32_t tx_arena_size, tx_arena_used;

	/* Receive packet buffer: frames that wait for descriptors. */
	uint8_t *fifo;
	uint32_t fifo_start, fifo_used;

	unsigned int queues; /**< queues per direction */
	struct softnic_rxq *rxq;
	struct softnic_txq *txq;
};

/* softnic.c */
/** sl_softnic_create() for one model. Checks the parameters. */
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
/** Read the wire's link state, and call the family's link if it changed. */
void
softnic_wire_update(struct sl_softnic *nic);
/** The device's clock: nanoseconds since some moment, monotonic. */
uint64_t
softnic_now(const struct sl_softnic *nic);
/** Load a doorbell word (acquire): what the driver stored before it is visible after this. */
static inline uint32_t
softnic_bell(const uint32_t *word)
{
	return __atomic_load_n(word, __ATOMIC_ACQUIRE);
}

/** Log @p what with @p detail, once per device. */
void
softnic_complain(struct sl_softnic *nic, enum softnic_complaint what, uint64_t detail);
/** The part of softnic_dma() that counts and logs DMA faults, and handles SL_FAULT_DMA_ERROR. */
void *
softnic_dma_slow(struct sl_softnic *nic, uint64_t iova, size_t len, enum sl_dma_dir dir,
	enum softnic_complaint kind);

/** Device view of host memory, or NULL: a DMA fault, which is counted and logged. */
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
/** Report an access to the checker before it is made; @p p: result of softnic_dma(), also NULL. */
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

/** True if the MAC may move frames: it has a link, and DMA is allowed (8.2.1, 8.2.2). */
static inline bool
softnic_may_run(const struct sl_softnic *nic)
{
	return (nic->link_up || nic->loops) && !nic->no_masters &&
		(nic->command & SL_PCI_COMMAND_MASTER) != 0;
}

/* softnic_fault.c */
/** True if a fault occurs now; decrements its count. */
bool
softnic_fault_hit(struct sl_softnic *nic, enum sl_fault fault);
/** True if queue @p q is in the mask of a fault that is in force. */
bool
softnic_fault_queue(const struct sl_softnic *nic, enum sl_fault fault, bool tx, unsigned int q);

static inline bool
softnic_fault_on(const struct sl_softnic *nic, enum sl_fault fault)
{
	return (nic->faults & SL_BIT(fault)) != 0;
}

/* softnic_queue.c */
/** Apply a queue's new setup. Enabling it initialises head and tail: 8.10.10, 8.12.13. */
void
softnic_rxq_set(struct sl_softnic *nic, unsigned int q, const struct softnic_rxq_setup *s);
void
softnic_txq_set(struct sl_softnic *nic, unsigned int q, const struct softnic_txq_setup *s);
/** The head was written: discard fetched descriptors. */
void
softnic_rxq_head(struct sl_softnic *nic, unsigned int q, uint32_t head);
void
softnic_txq_head(struct sl_softnic *nic, unsigned int q, uint32_t head);
/** Disable all queues, clear heads and tails, discard fetched descriptors. */
void
softnic_queues_reset(struct sl_softnic *nic);

/* softnic_irq.c: interrupt vectors */
int
softnic_irq_open(struct sl_softnic *nic);
void
softnic_irq_close(struct sl_softnic *nic);
/** Signal pending vectors: one eventfd write per vector, at the end of a step. */
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
/** Append a frame; false if it does not fit. */
bool
softnic_fifo_put(struct sl_softnic *nic, const struct softnic_rx_meta *m);
/** Read the frame at offset @p at from the first; false: past the last. Data stay in place. */
bool
softnic_fifo_peek(const struct sl_softnic *nic, uint32_t at, struct softnic_rx_meta *m);
void
softnic_fifo_drop(struct sl_softnic *nic, uint32_t bytes);
/** Drop all frames, and count them in rx_no_desc. */
void
softnic_fifo_flush(struct sl_softnic *nic);

/* softnic_tx.c */
unsigned int
softnic_tx(struct sl_softnic *nic, unsigned int budget);
/** Memory for a frame of the current batch, valid until it is sent. */
uint8_t *
softnic_tx_alloc(struct sl_softnic *nic, uint32_t len);
/** Add a frame to the current batch. */
void
softnic_tx_push(struct sl_softnic *nic, const uint8_t *data, uint32_t len, bool bad_fcs);

/* softnic_txoff.c */
/**
 * Send the frame of @p n fetched descriptors, the first at ring index @p at.
 * False: the descriptors are invalid.
 */
bool
softnic_tx_frame(struct sl_softnic *nic, struct softnic_txq *txq, uint32_t at,
	const union sl_tx_desc *d, uint32_t n);

/* softnic_judge.c */
/** Filter a frame, and fill in @p m except for descriptors; false: the frame is not accepted. */
bool
softnic_rx_judge(struct sl_softnic *nic, const struct sl_frame *f, struct softnic_rx_meta *m);
/** Enable or disable receive. Disabling empties the packet buffer. */
void
softnic_rx_switch(struct sl_softnic *nic, bool on);
/**
 * Set the receive addresses: clear them with softnic_filter_none(), then add each valid one.
 * @param low,high bytes 0 to 3 and 4 to 5, the first byte in the lowest bits
 */
void
softnic_filter_none(struct sl_softnic *nic);
void
softnic_filter_own(struct sl_softnic *nic, uint32_t low, uint32_t high);
/**
 * Right shift of the address's last two bytes for the hash, from MO (any family): 8.10.15.
 */
uint8_t
softnic_filter_shift(unsigned int mo);

/* softnic_pause.c */
/**
 * A MAC control frame has arrived: count it, and pause or release transmit. @p f has at least
 * SL_FRAME_MIN bytes. @return true if the frame is not delivered, whatever the filters say.
 */
bool
softnic_pause_take(struct sl_softnic *nic, const struct sl_frame *f);
/** True while the partner's PAUSE frame holds transmit. */
bool
softnic_pause_holds(struct sl_softnic *nic);
/** Send a PAUSE frame if the fill of the packet buffer requires one. Called while pause.send. */
void
softnic_pause_send(struct sl_softnic *nic);
/** Neither side is paused: after a reset, and when the link changes. */
void
softnic_pause_reset(struct sl_softnic *nic);

/* softnic_rss.c */
/** Choose the queue of a frame, and the content of the hash field: 7.1.2, 7.1.5.2. */
void
softnic_rss_judge(
	const struct sl_softnic *nic, const struct softnic_pkt *pkt, struct softnic_rx_meta *m);
/** Convert RSS enable bits, which have the same order in all families, to enum sl_rss_type bits. */
uint32_t
softnic_rss_types(uint32_t enables);

/* softnic_rx.c */
unsigned int
softnic_rx(struct sl_softnic *nic, unsigned int budget);
/** Deliver frames that arrived on the wire or by loopback. */
void
softnic_rx_frames(struct sl_softnic *nic, const struct sl_frame *frames, unsigned int n);

#endif /* _SOFTNIC_ENGINE_H_ */
