/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */
#ifndef _SOFTNIC_ENGINE_H_
#define _SOFTNIC_ENGINE_H_

/**
 * @file
 * Inside of the software NIC. Sections are of the Intel 82576EB datasheet,
 * revision 2.63. Everything here runs under the device's lock, but for the
 * tail words, which drivers store to at any moment.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "sl_bits.h"
#include "sl_desc.h"
#include "sl_fields.h"
#include "sl_regs.h"
#include "sl_shm.h"
#include "sl_softnic.h"
#include "sl_wire.h"

/** Apart enough that two words never share a line, nor the pair that x86 prefetches. */
#define SOFTNIC_APART 128

/** Frames that one batch moves at most. */
#define SOFTNIC_BATCH 64u
/** Descriptors a queue holds fetched at most: 7.1.4 and 7.2.2 keep them on chip. */
#define SOFTNIC_FETCH 128u
/** Bytes for the frames of a transmit batch that are not sent in place. */
#define SOFTNIC_TX_ARENA (SOFTNIC_BATCH * (SL_FRAME_MAX + 4))
/** Bytes of a frame to segment: PAYLEN has 18 bits, the headers are less than 1 KiB. */
#define SOFTNIC_TSO ((1u << 18) + 1024)
/** Vectors: 25 of MSI-X, 7.3.1. */
#define SOFTNIC_VECTORS 25u
#define SOFTNIC_NVM_WORDS (SL_NVM_WORDS_MIN << SOFTNIC_NVM_SIZE)
#define SOFTNIC_NVM_SIZE 4u /**< EECD.EE_SIZE: 1024 words, 16 Kbit */
/** Largest receive packet buffer, bytes: RXPBS, 8.3.9. */
#define SOFTNIC_FIFO (64u * 1024)
/** Receive addresses: 8.10.16. */
#define SOFTNIC_ADDRS 24u
#define SOFTNIC_PHY_REGS 32u

/** Every register's value, one array for each row of the table. */
struct softnic_regs {
#define SL_REG(name, offset, stride, count, ...) uint32_t name[count];
#include "family.def"
#undef SL_REG
};

/** What a 4-byte slot of the BAR means. */
struct softnic_slot {
	uint16_t reg; /**< enum sl_reg, or SL_REG_COUNT: none */
	uint16_t index;
};

/** Fair lock: a device thread that steps without pause must not starve the control thread. */
struct softnic_lock {
	uint32_t next, owner;
};

/** A receive queue. */
struct softnic_rxq {
	_Alignas(SOFTNIC_APART) uint32_t tail; /**< RDT, the doorbell */
	_Alignas(SOFTNIC_APART) uint32_t head; /**< RDH: next descriptor to write back */
	uint32_t count;			       /**< descriptors of the ring; 0: unusable */
	uint64_t base;
	uint32_t buf_size; /**< bytes of each buffer */
	uint32_t low_mark; /**< RXDMT0 at this many posted */
	bool enabled;
	bool drop_en;
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
	_Alignas(SOFTNIC_APART) uint32_t tail; /**< TDT, the doorbell */
	_Alignas(SOFTNIC_APART) uint32_t head; /**< TDH */
	uint32_t count;
	uint64_t base;
	uint64_t wb_addr;
	bool wb_on; /**< head write-back instead of DD */
	bool enabled;
	bool skipping; /**< in the rest of a chain that was given up */
	struct softnic_txctx ctx[2];
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

/** 64-bit octet counters, read as two registers: 8.18.30 and others. */
enum softnic_oct {
	SOFTNIC_OCT_GORC,
	SOFTNIC_OCT_GOTC,
	SOFTNIC_OCT_TOR,
	SOFTNIC_OCT_TOT,
	SOFTNIC_OCT_HGORC,
	SOFTNIC_OCT_HGOTC,
	SOFTNIC_OCTS,
};

struct softnic_octets {
	uint64_t value, latched; /**< latched: what the low half's read has shown */
	bool latch;
};

struct sl_softnic {
	_Alignas(SOFTNIC_APART) struct softnic_lock lock;
	struct softnic_regs r;
	struct softnic_slot map[SL_BAR_SIZE / 4];

	struct sl_dma *dma;
	struct sl_wire *wire;
	struct sl_adapter *adapter;
	char name[SL_SHM_NAME_LEN];
	uint8_t mac[6];
	sl_log_fn log;
	void *log_ctx;
	uint32_t complained; /**< bits of enum softnic_complaint */

	uint32_t rx_mask, tx_mask; /**< queues that are enabled and usable */
	uint32_t faults;	   /**< bits of enum sl_fault in force */
	struct softnic_fault_state fault[SL_FAULT_COUNT];
	sl_softnic_read_fn on_read; /**< what drivers read instead, or NULL */
	void *on_read_ctx;
	uint16_t command; /**< of PCI's configuration space */
	bool wire_up; /**< as the wire said last */
	bool link_up; /**< as STATUS.LU says */

	uint32_t rx_held; /**< queues with filled, unwritten descriptors */
	struct softnic_octets oct[SOFTNIC_OCTS];
	uint64_t own[SOFTNIC_ADDRS]; /**< valid receive addresses, as a frame's first six bytes */
	uint32_t n_own;
	struct sl_softnic_stats stats;

	int irq_fd[SOFTNIC_VECTORS];
	uint32_t irq_pending; /**< vectors to signal at the end of the step */

	uint16_t nvm[SOFTNIC_NVM_WORDS];
	uint16_t phy[SOFTNIC_PHY_REGS];

	/* Frames of the running transmit batch, and memory for those that are not sent in place. */
	struct sl_frame tx_frames[SOFTNIC_BATCH];
	uint32_t tx_n;
	uint8_t *tso; /**< payload of a frame to segment: SOFTNIC_TSO bytes */
	uint8_t *tx_arena;
	uint32_t tx_arena_used;

	/* Receive packet buffer: frames that wait for descriptors. */
	uint8_t *fifo;
	uint32_t fifo_start, fifo_used;

	struct softnic_rxq rxq[SL_NIC_QUEUES];
	struct softnic_txq txq[SL_NIC_QUEUES];
};

/* softnic.c */
void
softnic_lock(struct sl_softnic *nic);
void
softnic_unlock(struct sl_softnic *nic);
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
	sl_dma_note(nic->dma,
		&(struct sl_sync_access){write, p, iova, len, (uint16_t)queue, desc});
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
/** Take one from the count of a fault: true when it strikes now. */
bool
softnic_fault_hit(struct sl_softnic *nic, enum sl_fault fault);

static inline bool
softnic_fault_on(const struct sl_softnic *nic, enum sl_fault fault)
{
	return (nic->faults & SL_BIT(fault)) != 0;
}

/* softnic_regs.c */
void
softnic_map_build(struct sl_softnic *nic);
/** CTRL.RST: 4.2.1.6. */
void
softnic_reset(struct sl_softnic *nic);
/** Power on, or plugged in again: 4.2.1.1. */
void
softnic_power_up(struct sl_softnic *nic);
/** Work out what the registers of a queue mean, after one changed. */
void
softnic_rxq_update(struct sl_softnic *nic, unsigned int q);
void
softnic_txq_update(struct sl_softnic *nic, unsigned int q);
/** The same for all queues, after what they go by has changed. */
void
softnic_queues_update(struct sl_softnic *nic);

/* softnic_filter.c */
/** Gather the valid receive addresses, after RAL or RAH changed. */
void
softnic_addr_update(struct sl_softnic *nic);

/* softnic_link.c: NVM, PHY, semaphores, link */
void
softnic_nvm_init(struct sl_softnic *nic);
void
softnic_phy_reset(struct sl_softnic *nic);
void
softnic_nvm_load_mac(struct sl_softnic *nic);
void
softnic_mdic_write(struct sl_softnic *nic, uint32_t val);
uint32_t
softnic_eerd_write(struct sl_softnic *nic, uint32_t val);
/** Look at wire, PHY and registers; raise LSC when the link changed. */
void
softnic_link_update(struct sl_softnic *nic);
uint32_t
softnic_status(const struct sl_softnic *nic);

/* softnic_irq.c */
/** Raise extended causes (EICR bits). */
void
softnic_irq_raise(struct sl_softnic *nic, uint32_t eicr);
/** Let causes that wait fire, after a mask was opened. */
void
softnic_irq_unmask(struct sl_softnic *nic, uint32_t ims, uint32_t eims);
uint32_t
softnic_icr_read(struct sl_softnic *nic);
void
softnic_icr_write(struct sl_softnic *nic, uint32_t val);
uint32_t
softnic_eicr_read(struct sl_softnic *nic);
void
softnic_eicr_write(struct sl_softnic *nic, uint32_t val);
/** Raise legacy causes (ICR bits) and what they map to. */
void
softnic_irq_cause(struct sl_softnic *nic, uint32_t icr);
/** Raise the vectors of queues, one bit for each. */
void
softnic_irq_queues(struct sl_softnic *nic, uint32_t rx, uint32_t tx);
/** Signal what is pending: one eventfd write for each vector, at the end of a step. */
void
softnic_irq_flush(struct sl_softnic *nic);

/** True when frames sent come back: in the MAC (8.10.1, LBM) or in the PHY (8.25). */
static inline bool
softnic_loops(const struct sl_softnic *nic)
{
	return SL_GET(SL_RCTL_LBM, nic->r.RCTL[0]) != SL_LBM_NONE ||
	       (nic->phy[SL_PHY_CONTROL] & SL_PHY_CONTROL_LOOPBACK) != 0;
}

/** True when the MAC may move frames: link up, bus mastering on (8.2.1, 8.2.2). */
static inline bool
softnic_may_run(const struct sl_softnic *nic)
{
	return (nic->link_up || softnic_loops(nic)) &&
	       (nic->r.CTRL[0] & SL_CTRL_GIO_MASTER_DISABLE) == 0 &&
	       (nic->command & SL_PCI_COMMAND_MASTER) != 0;
}

/* softnic_stats.c */
void
softnic_count_tx(struct sl_softnic *nic, const struct sl_frame *frames, unsigned int n);
void
softnic_count_rx(struct sl_softnic *nic, const struct softnic_rx_meta *meta, unsigned int n);
uint32_t
softnic_octets_low(struct sl_softnic *nic, enum softnic_oct which, bool peek);
uint32_t
softnic_octets_high(struct sl_softnic *nic, enum softnic_oct which, bool peek);

/** Add to a statistics register; it sticks at its maximum: 8.18. */
static inline void
softnic_count(uint32_t *reg, uint32_t n)
{
	*reg = *reg + n < n ? UINT32_MAX : *reg + n;
}

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

/* softnic_filter.c */
/** Fill @p m up to the reservation; false when nobody wants the frame. */
bool
softnic_rx_judge(struct sl_softnic *nic, const struct sl_frame *f, struct softnic_rx_meta *m);

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
