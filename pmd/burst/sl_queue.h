/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */
#ifndef _SL_QUEUE_H_
#define _SL_QUEUE_H_

/**
 * @file
 * A receive and a transmit queue. The fields that a burst uses are first; the fields that only the
 * control path uses are last.
 */

#include <stdbool.h>
#include <stdint.h>

#include <rte_common.h>
#include <rte_mbuf.h>
#include <rte_mempool.h>

#include <ethdev_driver.h>

#include "sl_desc.h"
#include "sl_hw.h"
#include "sl_qctl.h"
#include "sl_shm.h"
#include "sl_sync.h"

struct sl_port;

/** Most descriptors of one received frame. */
#define SL_RX_MAX_SEGS 64u
/** Most segments of a transmitted frame. */
#define SL_TX_MAX_SEGS 32u

/** The same on a ring of that length: a frame may need a context, and one descriptor stays free. */
static inline unsigned int
sl_tx_segs_max(unsigned int nb_desc)
{
	return nb_desc - 2u < SL_TX_MAX_SEGS ? nb_desc - 2u : SL_TX_MAX_SEGS;
}

#define SL_DESC_UNIT 8u /* all families count ring lengths in units of 128 bytes */

/** A receive ring's length is a multiple of this, because whole lines are posted (R4). */
static inline unsigned int
sl_rx_desc_unit(uint32_t line)
{
	return RTE_MAX(SL_DESC_UNIT, line / SL_DESC_SIZE);
}

/**
 * Fewest descriptors of a receive ring: one line is never posted, and one may be partly consumed.
 */
static inline unsigned int
sl_rx_desc_min(const struct sl_hw *hw, uint32_t line)
{
	return RTE_MAX((unsigned int)hw->desc_min, 3u * (line / SL_DESC_SIZE));
}

/** Counters of a receive queue. Only its datapath thread writes them. */
struct sl_rx_counters {
	uint64_t packets, bytes;
	uint64_t errors;	 /**< dropped frames that have a receive error */
	uint64_t bad_length;	 /**< descriptors whose length is 0 or exceeds the buffer */
	uint64_t bad_chain;	 /**< frames without an end within SL_RX_MAX_SEGS, or longer than
				    max_frame */
	uint64_t unexpected_seg; /**< frames of several descriptors on a path for one only */
	uint64_t no_mbuf;	 /**< refills that failed because the mempool was empty */
	uint64_t stalls;	 /**< restarts after a stall */
	uint64_t given_up;	 /**< frames that were still in the ring when the queue ended */
};

/** Counters of a transmit queue. Only its datapath thread writes them. */
struct sl_tx_counters {
	uint64_t packets, bytes;
	uint64_t errors;    /**< invalid frames from the application; they are freed */
	uint64_t bad_head;  /**< head write-backs outside the outstanding part of the ring */
	uint64_t unmapped;  /**< frames whose memory could not be mapped; they are freed */
	uint64_t ring_full; /**< bursts that ended early because descriptors ran out */
	uint64_t stalls;    /**< restarts after a stall */
	uint64_t given_up,
		given_up_bytes; /**< packets and bytes that were not sent when the queue ended */
};

/**
 * ol_flags and packet_type of the last quad's frames, and the write-back from which they were
 * computed. They are reused while the relevant bits of later write-backs are equal, which is the
 * usual case.
 */
struct sl_rx_memo {
	uint64_t wb[2];
	uint64_t flags;
	uint32_t ptype;
};

/** Empty polls between two checks for a stall. A power of two. */
#define SL_STALL_POLLS 65536u

/**
 * One receive queue. The datapath thread owns next_to_use and next_to_clean, which are ring
 * indices. Refill posts whole lines only (R4).
 */
struct sl_rx_queue {
	/* fields that bursts use */
	volatile union sl_rx_desc *ring;
	struct rte_mbuf **sw_ring; /**< mbuf of each posted descriptor */
	volatile uint32_t *tail;   /**< doorbell register */
	const struct sl_sync *sync;
	union sl_rx_desc *fetched; /**< copies of the `ready` descriptors, at the ring's indices;
				      NULL in coherent mode */
	uint16_t nb_desc;
	uint16_t next_to_clean; /**< next descriptor to check */
	uint16_t next_to_use;	/**< next descriptor to post; the first of a line */
	uint16_t nb_hold;     /**< descriptors that are not posted, including the line that is never
				 posted; nb_desc before the first refill */
	uint16_t line_descs;  /**< descriptors per line, a power of two */
	uint16_t free_thresh; /**< as configured; determines refill_at */
	uint16_t ready; /**< descriptors from next_to_clean on that are done and whose payload is
			   updated; always 0 in coherent mode */
	bool eager;	/**< the last check of the ring found as many as the burst needed */
	uint16_t refill_at;   /**< value of nb_hold at which to refill; UINT16_MAX while stopped */
	uint16_t buf_len;     /**< buffer size that is programmed into the NIC */
	uint16_t prepare_len; /**< bytes of a buffer that a frame of the MTU at start can fill */
	uint16_t crc_len;     /**< FCS bytes that the NIC leaves at the end of a frame */
	uint32_t max_frame;   /**< longest frame that is accepted, including FCS */
	uint32_t end_mask; /**< status bits to test: EOP, and the error bits of the NIC's descriptor
			      format */
	uint64_t mbuf_init;  /**< rearm_data of each received mbuf */
	uint64_t mbuf_flags; /**< ol_flags that all mbufs of the pool have */
	uint64_t vlan_flags; /**< ol_flags of a frame whose VLAN tag was stripped: a constant, kept
				here because this line is in the cache */
	struct sl_rx_memo memo;
	struct rte_mempool *pool;
	struct rte_mbuf *first_seg, *last_seg; /**< frame that continues in the next burst */
	bool discard;			       /**< the rest of a dropped frame is being skipped */
	uint32_t idle;			       /**< polls without a frame */
	uint32_t ptype_mask; /**< parts of packet_type that the application wants */
	struct sl_rx_counters n;
	/* fields that only the control path uses, on separate cache lines */
	SL_QCTL_OF_QUEUE __rte_cache_aligned;
	struct rte_eth_rxconf conf;
};

/** Validated offload request of the previous frame; reused when the next frame's matches. */
struct sl_tx_memo {
	uint64_t flags;	      /**< RTE_MBUF_F_TX_* of the offloads; 0: none yet */
	uint64_t lens;	      /**< tx_offload of the frame */
	uint32_t olinfo, cmd; /**< fields of its data descriptors, without PAYLEN */
	uint16_t least;	      /**< length of its headers in bytes */
	uint16_t vlan;
};

/**
 * One transmit queue. The NIC does not write the ring: it reports completion by head write-back.
 */
struct sl_tx_queue {
	/* fields that bursts use */
	volatile union sl_tx_desc *ring;
	struct rte_mbuf **sw_ring; /**< segment of each descriptor, NULL for a context descriptor */
	volatile uint32_t *tail;   /**< doorbell register */
	volatile uint32_t *head_wb; /**< head write-back, on a separate line */
	const struct sl_sync *sync;
	uint16_t nb_desc;
	uint16_t next_to_use;	/**< next descriptor to fill */
	uint16_t next_to_clean; /**< oldest descriptor not yet reclaimed */
	uint16_t nb_free;
	uint16_t nb_done; /**< reported descriptors that are not yet reclaimed */
	uint16_t free_thresh;
	uint16_t rs_thresh;  /**< most descriptors between two RS bits */
	uint16_t mixed;	     /**< number of oldest descriptors to inspect when freed */
	bool fast_free;	     /**< MBUF_FAST_FREE is set: one pool, no clones */
	uint64_t ctx_key[2]; /**< contents of the queue's two contexts in the NIC */
	uint8_t ctx_next;
	struct sl_tx_memo memo;		     /**< offloads that match one of these contexts */
	const struct rte_mempool *pool_seen; /**< the last pool that was found in the DMA window */
	uintptr_t shared_at; /**< pool_seen's shared_at, for sl_data_pool_shared(), when its mbufs
				have pinned external buffers; 0: clones are counted in refcnt */
	struct sl_tx_counters n;
	/* fields that only the control path uses, on separate cache lines */
	SL_QCTL_OF_QUEUE __rte_cache_aligned;
	struct sl_region head_mem;
	struct rte_eth_txconf conf;
	struct sl_tx_queue *map_next; /**< link of the list sl_dmamap.tx_queues */
};

/*
 * The fields that bursts use take as few cache lines as possible, before the fields of the control
 * path. The checks assume lines of 64 bytes; longer lines mean fewer lines.
 */
#define SL_QUEUE_LINE 64u
#define SL_QUEUE_WITHIN(type, field, lines) \
	_Static_assert(offsetof(struct type, field) + sizeof(((struct type *)0)->field) <= \
			(lines)*SL_QUEUE_LINE, \
		#type "." #field " is hot: within line " #lines)
#define SL_QUEUE_HOT_IS_WHOLE(type) \
	_Static_assert(offsetof(struct type, ctl) % RTE_CACHE_LINE_SIZE == 0 && \
			offsetof(struct type, ctl) >= \
				offsetof(struct type, n) + sizeof(((struct type *)0)->n), \
		#type ": the hot part is whole lines")

/*
 * First line: fields used once per burst. Second: fields used per frame. Third: counters and pool.
 */
SL_QUEUE_WITHIN(sl_rx_queue, crc_len, 1);
SL_QUEUE_WITHIN(sl_rx_queue, end_mask, 2);
SL_QUEUE_WITHIN(sl_rx_queue, memo, 2);
SL_QUEUE_WITHIN(sl_rx_queue, pool, 3);
SL_QUEUE_WITHIN(sl_rx_queue, idle, 3);
SL_QUEUE_WITHIN(sl_rx_queue, n.packets, 3);
SL_QUEUE_WITHIN(sl_rx_queue, n.bytes, 3);
SL_QUEUE_HOT_IS_WHOLE(sl_rx_queue);
SL_QUEUE_WITHIN(sl_tx_queue, memo, 2);
SL_QUEUE_WITHIN(sl_tx_queue, pool_seen, 2);
SL_QUEUE_WITHIN(sl_tx_queue, shared_at, 3);
SL_QUEUE_WITHIN(sl_tx_queue, n.packets, 3);
SL_QUEUE_WITHIN(sl_tx_queue, n.bytes, 3);
SL_QUEUE_HOT_IS_WHOLE(sl_tx_queue);

#endif /* _SL_QUEUE_H_ */
