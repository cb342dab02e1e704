/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */
#ifndef _SL_QUEUE_H_
#define _SL_QUEUE_H_

/**
 * @file
 * A receive and a transmit queue, as bursts see them: what each packet needs comes first, what the
 * control path alone needs comes last.
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

/** Longest chain of descriptors that one received frame may take. */
#define SL_RX_MAX_SEGS 64u
/** Most segments of a frame to send. */
#define SL_TX_MAX_SEGS 32u

#define SL_DESC_UNIT 8u /* all families count a ring in 128 bytes */

/** Descriptors that a receive ring's length is a multiple of: it is posted by whole lines (R4). */
static inline unsigned int
sl_rx_desc_unit(uint32_t line)
{
	return RTE_MAX(SL_DESC_UNIT, line / SL_DESC_SIZE);
}

/** Fewest of a receive ring: of its lines one is never posted, and one may be half consumed. */
static inline unsigned int
sl_rx_desc_min(const struct sl_hw *hw, uint32_t line)
{
	return RTE_MAX((unsigned int)hw->desc_min, 3u * (line / SL_DESC_SIZE));
}

/** What a receive queue counted; written by its datapath thread alone. */
struct sl_rx_counters {
	uint64_t packets, bytes;
	uint64_t errors;	 /**< frames with a receive error, dropped */
	uint64_t bad_length;	 /**< descriptor claims more than its buffer, or nothing */
	uint64_t bad_chain;	 /**< frame without end within SL_RX_MAX_SEGS, or over max length */
	uint64_t unexpected_seg; /**< frame of several descriptors where none may be */
	uint64_t no_mbuf;	 /**< refills that found the mempool empty */
	uint64_t stalls;	 /**< times the queue was started anew */
	uint64_t given_up; /**< frames in the ring that were not received when the queue ended */
};

/** What a transmit queue counted; written by its datapath thread alone. */
struct sl_tx_counters {
	uint64_t packets, bytes;
	uint64_t errors;    /**< invalid frames that the application sent; freed */
	uint64_t bad_head;  /**< head write-backs outside the ring's outstanding part */
	uint64_t unmapped;  /**< frames whose memory could not be mapped; freed */
	uint64_t ring_full; /**< bursts cut short for want of descriptors */
	uint64_t stalls;    /**< times the queue was started anew */
	uint64_t given_up,
		given_up_bytes; /**< of packets and bytes: not sent when the queue ended */
};

/**
 * ol_flags and packet_type of the last quads' frames, and the bits of a write-back that
 * they follow from. Reused when the next frames' bits match, as they mostly do.
 */
struct sl_rx_memo {
	uint64_t wb[2];
	uint64_t flags;
	uint32_t ptype;
};

/** Empty polls between two checks for a stall. A power of two. */
#define SL_STALL_POLLS 65536u

/**
 * One receive queue. next_to_use and next_to_clean are ring indices, owned by
 * the datapath thread. Refill posts whole lines only (R4).
 */
struct sl_rx_queue {
	/* hot */
	volatile union sl_rx_desc *ring;
	struct rte_mbuf **sw_ring; /**< mbuf behind each posted descriptor */
	volatile uint32_t *tail;   /**< doorbell word */
	const struct sl_sync *sync;
	union sl_rx_desc *fetched; /**< of those `ready`, at the ring's places: what the NIC had
					written when they were seen to be done; NULL in
					coherent mode */
	uint16_t nb_desc;
	uint16_t next_to_clean; /**< next descriptor to look at */
	uint16_t next_to_use;	/**< next descriptor to post, at a line's start */
	uint16_t nb_hold;	/**< consumed and not yet posted again */
	uint16_t line_descs;	/**< descriptors in a line, a power of two */
	uint16_t free_thresh;	/**< as configured; refill_at follows from it */
	uint16_t ready;		/**< from next_to_clean on: done, and their payload updated;
				     stays 0 in coherent mode */
	bool eager;		/**< the last look at the ring found all that the burst wanted */
	uint16_t refill_at;	/**< refill when this many are held; never while stopped */
	uint16_t buf_len;	/**< bytes of a buffer that the NIC is told of */
	uint16_t prepare_len;	/**< of these, what frames of the MTU at start may fill */
	uint16_t crc_len;	/**< FCS bytes that the NIC leaves in place */
	uint32_t max_frame;	/**< longest frame to believe, FCS counted */
	uint64_t mbuf_init;	/**< rearm word */
	uint64_t mbuf_flags;	/**< ol_flags that every mbuf of the pool keeps */
	uint64_t vlan_flags;	/**< ol_flags of a frame whose tag was stripped: a constant,
				     at hand where the others are */
	struct sl_rx_memo memo;
	struct rte_mempool *pool;
	struct rte_mbuf *first_seg, *last_seg; /**< frame being put together over bursts */
	bool discard;			       /**< in the rest of a frame that was given up */
	uint32_t idle;			       /**< polls that found nothing */
	struct sl_rx_counters n;
	/* control: on lines of its own */
	SL_QCTL_OF_QUEUE __rte_cache_aligned;
	struct rte_eth_rxconf conf;
};

/** Validated offload request of the previous frame; reused when the next frame's matches. */
struct sl_tx_memo {
	uint64_t flags;	      /**< RTE_MBUF_F_TX_* of the offloads; 0: none yet */
	uint64_t lens;	      /**< tx_offload */
	uint32_t olinfo, cmd; /**< of its descriptors, PAYLEN apart */
	uint16_t least;	      /**< bytes that its headers take */
	uint16_t vlan;
};

/** One transmit queue. The NIC never writes its ring: completion is by head write-back. */
struct sl_tx_queue {
	/* hot */
	volatile union sl_tx_desc *ring;
	struct rte_mbuf **sw_ring;  /**< segment behind each descriptor, NULL for a context */
	volatile uint32_t *tail;    /**< doorbell word */
	volatile uint32_t *head_wb; /**< head write-back, a line of its own */
	const struct sl_sync *sync;
	uint16_t nb_desc;
	uint16_t next_to_use;	/**< next descriptor to fill */
	uint16_t next_to_clean; /**< oldest descriptor not yet reclaimed */
	uint16_t nb_free;
	uint16_t nb_done; /**< of those not yet reclaimed, reported by the NIC */
	uint16_t free_thresh;
	uint16_t rs_thresh;  /**< most descriptors between RS bits */
	uint16_t mixed;	     /**< oldest descriptors whose mbufs must be inspected on free */
	bool fast_free;	     /**< one pool, no clones: MBUF_FAST_FREE */
	uint64_t ctx_key[2]; /**< what the NIC's two contexts of this queue hold */
	uint8_t ctx_next;
	struct sl_tx_memo memo;		     /**< of one of these contexts */
	const struct rte_mempool *pool_seen; /**< last pool found in the DMA window */
	uintptr_t shared_at; /**< where that counts who shares the data of its mbufs, for
				  sl_data_pool_shared(); 0: in refcnt */
	struct sl_tx_counters n;
	/* control: on lines of its own */
	SL_QCTL_OF_QUEUE __rte_cache_aligned;
	struct sl_region head_mem;
	struct rte_eth_txconf conf;
	struct sl_tx_queue *map_next; /**< in sl_dmamap.tx_queues */
};

/*
 * What bursts touch lies in as few lines as it takes, in front of what only the control path does.
 * Lines are of 64 bytes here: where they are longer there are fewer.
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

/* Of a burst: the first line. Of each frame: the second. Counters and the pool: the third. */
SL_QUEUE_WITHIN(sl_rx_queue, crc_len, 1);
SL_QUEUE_WITHIN(sl_rx_queue, memo, 2);
SL_QUEUE_WITHIN(sl_rx_queue, pool, 3);
SL_QUEUE_WITHIN(sl_rx_queue, idle, 3);
SL_QUEUE_WITHIN(sl_rx_queue, n.packets, 3);
SL_QUEUE_WITHIN(sl_rx_queue, n.bytes, 3);
SL_QUEUE_HOT_IS_WHOLE(sl_rx_queue);
SL_QUEUE_WITHIN(sl_tx_queue, fast_free, 1);
SL_QUEUE_WITHIN(sl_tx_queue, memo, 2);
SL_QUEUE_WITHIN(sl_tx_queue, pool_seen, 2);
SL_QUEUE_WITHIN(sl_tx_queue, shared_at, 3);
SL_QUEUE_WITHIN(sl_tx_queue, n.packets, 3);
SL_QUEUE_WITHIN(sl_tx_queue, n.bytes, 3);
SL_QUEUE_HOT_IS_WHOLE(sl_tx_queue);

#endif /* _SL_QUEUE_H_ */
