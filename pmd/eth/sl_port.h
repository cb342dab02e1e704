/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */
#ifndef _SL_PORT_H_
#define _SL_PORT_H_

/**
 * @file
 * The driver's own structs: a port and its queues. Hot fields first, control
 * fields behind them. dev_private is a struct sl_port.
 */

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>

#include <rte_common.h>
#include <rte_mbuf.h>
#include <rte_mempool.h>
#include <rte_spinlock.h>

#include <ethdev_driver.h>

#include "sl_bus.h"
#include "sl_compat.h"
#include "sl_desc.h"
#include "sl_hw.h"
#include "sl_shm.h"
#include "sl_sync.h"
#include "sl_vfio.h"

struct sl_check;
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
	uint64_t errors;        /**< frames with a receive error, dropped */
	uint64_t bad_length;    /**< descriptor claims more than its buffer, or nothing */
	uint64_t bad_chain;     /**< frame without end within SL_RX_MAX_SEGS, or over max length */
	uint64_t unexpected_seg;/**< frame of several descriptors where none may be */
	uint64_t no_mbuf;       /**< refills that found the mempool empty */
	uint64_t stalls;        /**< times the queue was started anew */
	uint64_t given_up;      /**< frames in the ring that nobody had received when the queue ended */
};

/** What a transmit queue counted; written by its datapath thread alone. */
struct sl_tx_counters {
	uint64_t packets, bytes;
	uint64_t errors;        /**< refused frames that the application sent all the same; freed */
	uint64_t bad_head;      /**< head write-backs outside the ring's outstanding part */
	uint64_t unmapped;      /**< frames whose memory could not be mapped; freed */
	uint64_t ring_full;     /**< bursts cut short for want of descriptors */
	uint64_t stalls;        /**< times the queue was started anew */
	uint64_t given_up, given_up_bytes; /**< of packets and bytes: not sent when the queue ended */
};

/**
 * What the frames of the last quads were: ol_flags and packet_type, and the bits of a
 * write-back that these follow from. The next ones are the same, mostly.
 */
struct sl_rx_memo {
	uint64_t wb[2];
	uint64_t flags;
	uint32_t ptype;
};

/** What a queue looked like when it was last found without progress. Datapath thread. */
struct sl_stall {
	uint64_t mark;          /**< a figure that every progress changes */
	uint64_t since, last;   /**< TSC: of the first look that found it so, 0 none; of the last */
	bool dead;              /**< would not start anew: looked at no more until the next start */
};

/** Polls that found nothing, between two looks for a stall. A power of two. */
#define SL_STALL_POLLS 65536u

/**
 * One receive queue. next_to_use and next_to_clean are ring indices, owned by
 * the datapath thread. Refill posts whole lines only (R4).
 */
struct sl_rx_queue {
	/* hot */
	volatile union sl_rx_desc *ring;
	struct rte_mbuf **sw_ring;      /**< mbuf behind each posted descriptor */
	volatile uint32_t *tail;        /**< doorbell word */
	const struct sl_sync *sync;
	union sl_rx_desc *fetched;      /**< of those `ready`, at the ring's places: what the NIC had
					     written when they were seen to be done; NULL in
					     coherent mode */
	uint16_t nb_desc;
	uint16_t next_to_clean;         /**< next descriptor to look at */
	uint16_t next_to_use;           /**< next descriptor to post, at a line's start */
	uint16_t nb_hold;               /**< consumed and not yet posted again */
	uint16_t line_descs;            /**< descriptors in a line, a power of two */
	uint16_t free_thresh;           /**< as configured; refill_at follows from it */
	uint16_t ready;                 /**< from next_to_clean on: done, and their payload updated;
					     stays 0 in coherent mode */
	bool eager;                     /**< the last look at the ring found all it looked for */
	uint16_t refill_at;             /**< refill when this many are held; never while stopped */
	uint16_t buf_len;               /**< bytes of a buffer that the NIC is told of */
	uint16_t prepare_len;           /**< of these, what frames of the MTU at start may fill */
	uint16_t port_id, queue_id;
	uint16_t crc_len;               /**< FCS bytes that the NIC leaves in place */
	uint32_t max_frame;             /**< longest frame to believe, FCS counted */
	uint64_t mbuf_init;             /**< rearm word */
	uint64_t mbuf_flags;            /**< ol_flags that every mbuf of the pool keeps */
	uint64_t vlan_flags;            /**< ol_flags of a frame whose tag was stripped: a constant,
					     at hand where the others are */
	struct sl_rx_memo memo;
	struct rte_mempool *pool;
	struct rte_mbuf *first_seg, *last_seg; /**< frame being put together over bursts */
	bool discard;                   /**< in the rest of a frame that was given up */
	uint32_t idle;                  /**< polls that found nothing */
	struct sl_rx_counters n;
	struct sl_stall stall;
	/* control */
	struct sl_port *port;
	struct sl_region ring_mem;
	struct rte_eth_rxconf conf;
	bool started;
	bool kept;                      /**< off, but ring and mbufs are the NIC's still: sl_stop.c */
	bool stuck;                     /**< not seen disabled at the port's stop */
	uint16_t kept_descs;            /**< of these, posted; from next_to_clean on */
	struct sl_rx_queue *kept_next;  /**< in sl_port.kept_rx */
};

/** Offloads that the last frame with any asked for, found right: the next one wants the same, mostly. */
struct sl_tx_memo {
	uint64_t flags;         /**< RTE_MBUF_F_TX_* of the offloads; 0: none yet */
	uint64_t lens;          /**< tx_offload */
	uint32_t olinfo, cmd;   /**< of its descriptors, PAYLEN apart */
	uint16_t least;         /**< bytes that its headers take */
	uint16_t vlan;
};

/** One transmit queue. The NIC never writes its ring: completion is by head write-back. */
struct sl_tx_queue {
	/* hot */
	volatile union sl_tx_desc *ring;
	struct rte_mbuf **sw_ring;      /**< segment behind each descriptor, NULL for a context */
	volatile uint32_t *tail;        /**< doorbell word */
	volatile uint32_t *head_wb;     /**< head write-back, a line of its own */
	const struct sl_sync *sync;
	uint16_t nb_desc;
	uint16_t next_to_use;           /**< next descriptor to fill */
	uint16_t next_to_clean;         /**< oldest descriptor not yet reclaimed */
	uint16_t nb_free;
	uint16_t nb_done;               /**< of those not yet reclaimed, reported by the NIC */
	uint16_t free_thresh;
	uint16_t rs_thresh;             /**< most descriptors between RS bits */
	uint16_t mixed;                 /**< oldest ones whose mbufs want a look when freed */
	uint16_t port_id, queue_id;
	bool fast_free;                 /**< one pool, no clones: MBUF_FAST_FREE */
	uint64_t ctx_key[2];            /**< what the NIC's two contexts of this queue hold */
	uint8_t ctx_next;
	struct sl_tx_memo memo;         /**< of one of these contexts */
	const struct rte_mempool *pool_seen; /**< last pool found in the DMA window */
	uintptr_t shared_at;            /**< where that counts who shares the data of its mbufs, for
					     sl_data_pool_shared(); 0: in refcnt */
	struct sl_tx_counters n;
	struct sl_stall stall;
	/* control */
	struct sl_port *port;
	struct sl_region ring_mem, head_mem;
	struct rte_eth_txconf conf;
	struct sl_tx_queue *window_next; /**< in sl_port_window.tx_queues */
	bool started;
	bool kept;                      /**< as a receive queue's */
	bool stuck;
	uint16_t kept_descs;
	struct sl_tx_queue *kept_next;
};

/** How a port reaches its device; one const table for PCI, one for the software NIC. */
struct sl_dev_ops {
	const char *kind;
	/** Device-specific part of close: unmap, stop runner... */
	void (*release)(struct sl_port *port);
	/**
	 * Bus mastering on or off. 0: read back so, or off and no device answers there at all;
	 * -EIO: it did not take.
	 */
	int (*master)(struct sl_port *port, bool on);
	/** Power state D0, or D3 where registers lose what they have; NULL: not to be had. */
	int (*power)(struct sl_port *port, bool on);
	/** Let a stepped device work while the control path waits; NULL for real ones. */
	void (*poll)(struct sl_port *port);
	/** The device's own time, in ticks of rte_get_tsc_hz(), and its passing; NULL: the CPU's. */
	uint64_t (*time)(struct sl_port *port);
	void (*nap)(struct sl_port *port, unsigned int us);
	/**
	 * The device's own eventfd of an interrupt vector, -1 past the last one;
	 * NULL: EAL's interrupt handle of the device has what there is.
	 */
	int (*irq_fd)(struct sl_port *port, unsigned int vector);
};

#define SL_SOFT_STATS 16u
#define SL_CHECK_STATS 5u

/** Bytes that a frame may have on top of the MTU: Ethernet header, FCS, two VLAN tags. */
#define SL_L2_OVERHEAD (RTE_ETHER_HDR_LEN + RTE_ETHER_CRC_LEN + 2u * RTE_VLAN_HLEN)

/** Memory of others (a mempool's chunk, an external buffer) that is in the DMA window. */
struct sl_map {
	void *va;
	uint64_t iova;
	size_t len;
	enum sl_dma_dir dir;            /**< what the NIC may do; 0: not usable, to be unmapped */
	bool seen;                      /**< an external buffer that was sent from */
	const struct rte_mempool *pool; /**< whose end takes it out; NULL: none */
};

/** Memory that the application let in by rte_dev_dma_map(). */
struct sl_area {
	void *va;
	uint64_t iova;
	size_t len;
};

/** The part of a port's DMA window that is memory of others. */
struct sl_port_window {
	struct sl_vfio_link link;       /**< what bounds the NIC's DMA; set before open */
	pthread_mutex_t lock;           /**< guards what follows */
	struct sl_map *maps;            /**< sorted by address; they do not overlap */
	unsigned int nb_maps, max_maps;
	struct sl_area *areas;          /**< all of each is in the window, as pieces of any owner */
	unsigned int nb_areas;
	bool strict;                    /**< the NIC writes no page that holds anything but data; set
					     before open */
	struct sl_tx_queue *tx_queues;  /**< which remember a pool they have seen here */
	bool refused;                   /**< an external buffer was refused, and that was logged */
	uint64_t bytes_kept;            /**< of mempools that ended, and did not leave; atomic */
};

/** Longest that a call of ethdev's may take, whatever the registers say. */
#define SL_CALL_US 2000000u
/** Threads that may be in calls of one port and have a deadline each. */
#define SL_CALL_THREADS 16u

/** A thread that is in a call of the port's. */
struct sl_call {
	int tid;                        /**< 0: nobody */
	unsigned int depth;             /**< calls within the call: its deadline counts for them */
	uint64_t end;                   /**< ticks */
};

/** Calls under way: sl_call.c. */
struct sl_calls {
	rte_spinlock_t lock;
	unsigned int running;           /**< those counted in depth too */
	struct sl_call by[SL_CALL_THREADS];
};

/** What the application is told, most urgent first: sl_event.c. */
enum sl_event {
	SL_EVENT_RMV,
	SL_EVENT_RESET,
	SL_EVENT_LSC,
	SL_EVENTS,
};

struct sl_event_state {
	uint32_t pending;               /**< bits of enum sl_event; atomic */
	bool closed;                    /**< none comes any more; atomic */
};

/** Values from the NIC that cannot be, in a second, beyond which it is taken to be broken. */
#define SL_BAD_VALUES 100u

/** Such values, of the port in all; any datapath thread, by atomics: sl_stall.c. */
struct sl_bad {
	uint64_t since;                 /**< ticks: the second that is counted */
	uint32_t count;
	bool told;                      /**< until the next start */
	uint64_t resets;                /**< times told, since the statistics' reset */
};

/** Interrupts of a port: sl_intr.c. */
struct sl_intr {
	unsigned int vectors;           /**< that can be told apart; 0: no interrupts */
	bool started;
	bool relay;                     /**< one vector: the handler wakes the receive queues */
	bool own_wakers;                /**< the receive queues' eventfds are ours to close */
	bool removal_told;              /**< RTE_ETH_EVENT_INTR_RMV is sent once */
	rte_spinlock_t lock;            /**< rx_on and the mask that follows from it */
	uint64_t rx_on[SL_QUEUES_MAX / 64]; /**< with a relay: queues whose interrupt is enabled */
};

/** One port. */
struct sl_port {
	const struct sl_hw *hw;         /**< what NIC it is */
	struct sl_bus bus;
	struct sl_adapter *adapter;
	struct sl_check *check;         /**< NULL but in checked mode */
	char *check_json;               /**< where its findings go at the close; NULL: nowhere */
	const struct sl_dev_ops *dev_ops;
	void *dev_priv;                 /**< struct of the device kind */
	struct rte_eth_dev *eth;
	uint8_t perm_mac[RTE_ETHER_ADDR_LEN];
	bool removed;                   /**< reads gave all ones; stays so until close */
	bool runs;                      /**< as the last start or stop left it; ethdev follows */
	uint16_t device_id;             /**< its own of PCI; a software NIC's is its model's first */
	bool fibre;                     /**< a device that has optics where others have a PHY */
	bool no_auto_rd, no_cfg_done;   /**< not set within their time after the first reset */
	struct sl_calls calls;
	struct sl_event_state events;
	struct sl_bad bad;
	struct sl_intr intr;
	enum sl_coherency mode;
	const struct sl_rx_path *rx_path; /**< chosen rows of the path tables */
	const struct sl_tx_path *tx_path;
	rte_spinlock_t stats_lock;      /**< guards totals and bases of statistics */
	struct sl_port_window window;
	struct sl_rx_queue *kept_rx;    /**< released while their memory was kept: sl_stop.c */
	struct sl_tx_queue *kept_tx;
	uint32_t vfta[SL_VFTA_WORDS];   /**< VLAN filter table, as programmed */
	uint32_t mta[SL_MTA_WORDS];     /**< multicast hash table, as programmed */
	uint8_t reta[SL_RETA_MAX];      /**< RSS: queue of each hash value */
	bool reta_set;                  /**< by the user; else spread over the queues */
	uint8_t rss_key[SL_RSS_KEY_LEN];
	uint64_t rss_hf;                /**< RTE_ETH_RSS_*, 0: no RSS */
	uint64_t *counted;              /**< by the NIC since the reset, as hw->counters has them */
	uint64_t *rx_dropped;           /**< the same of each receive queue: frames without a buffer */
	struct sl_rx_counters *rx_base; /**< of each queue: its counters at the last reset */
	struct sl_tx_counters *tx_base;
	struct sl_rx_counters rx_gone;  /**< of queues released since the last reset */
	struct sl_tx_counters tx_gone;
	uint64_t check_base[SL_CHECK_STATS]; /**< the same of the checker */
	uint64_t soft_base[SL_SOFT_STATS]; /**< figures of the software NIC at the last reset */
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

/** A receive path: what it is called and what it can do. */
struct sl_rx_path {
	eth_rx_burst_t burst;
	const char *name;      /**< "scalar coherent scattered" */
	enum sl_coherency mode;
	bool scatter;
	bool offload;          /**< fills packet type, checksum, VLAN, RSS */
	uint16_t simd;         /**< bits of its vectors; 0: scalar */
};

/** A transmit path. */
struct sl_tx_path {
	eth_tx_burst_t burst;
	const char *name;
	enum sl_coherency mode;
	bool multi_seg;
	bool offload;          /**< may use context descriptors */
	uint16_t simd;
};

/* sl_rx.c, sl_tx.c: hot path, and the tables of what there is to choose from. */
extern const struct sl_rx_path sl_rx_paths[];
extern const unsigned int sl_rx_path_count;
extern const struct sl_tx_path sl_tx_paths[];
extern const unsigned int sl_tx_path_count;
/** First row that has everything needed and runs here; NULL when there is none. */
const struct sl_rx_path *sl_rx_path_select(enum sl_coherency mode, bool scatter, bool offload);
const struct sl_tx_path *sl_tx_path_select(enum sl_coherency mode, bool multi_seg, bool offload);
uint16_t sl_tx_prepare(void *txq, struct rte_mbuf **pkts, uint16_t n);
/** Free the mbufs of the @p n oldest descriptors, each looked at. @return false: the queue is off. */
bool sl_tx_free_each(struct sl_tx_queue *q, unsigned int n);
/** Have @p n descriptors free, as far as the NIC is done with what they hold. Datapath thread. */
void sl_tx_reclaim_for(struct sl_tx_queue *q, unsigned int n);
int sl_tx_done_cleanup(void *txq, uint32_t free_cnt);
int sl_rx_descriptor_status(void *rxq, uint16_t offset);
int sl_tx_descriptor_status(void *txq, uint16_t offset);
sl_queue_count_t sl_rx_queue_count(void *rxq);
/** Descriptors that the NIC is not done with, contexts among them. Datapath thread. */
int sl_tx_queue_count(void *txq);
/**
 * The word that the NIC changes with the next frame, for rte_power_monitor(); good until frames
 * are received. Datapath thread. -ENOTSUP: not in coherent mode, said in the log.
 */
int sl_rx_monitor_addr(void *rxq, struct rte_power_monitor_cond *cond);
/** Fill the whole ring and ring the doorbell. -ENOMEM: the pool is short. Control. */
int sl_rx_queue_fill(struct sl_rx_queue *q);
/** Free every mbuf the queue holds and reset its indices. The NIC must not run it. Control. */
void sl_rx_queue_drain(struct sl_rx_queue *q);
void sl_tx_queue_drain(struct sl_tx_queue *q);
/**
 * Count the frames of the ring that the NIC has not sent: they leave opackets for oerrors. Once,
 * when the queue ends: before its registers are written anew and it is drained or kept. Control.
 */
void sl_tx_count_given_up(struct sl_tx_queue *q);

/* sl_stall.c: queues that the NIC has given up. Datapath thread, rarely. */
/** Look whether the NIC went past descriptors that it never wrote back; start anew if so. */
void sl_rx_stall_check(struct sl_rx_queue *q) __rte_cold;
/** Called whenever the ring is full: starts the queue anew when that lasts for no good reason. */
void sl_tx_stall_check(struct sl_tx_queue *q) __rte_cold;

/**
 * The NIC gave a value that cannot be, @p what by the name of its statistic: beyond
 * SL_BAD_VALUES in a second RTE_ETH_EVENT_INTR_RESET is raised, once until the next start.
 */
void sl_bad_value(struct sl_port *port, const char *kind, unsigned int qid,
	const char *what) __rte_cold;
/** Count from nothing. Control, at start. */
void sl_bad_arm(struct sl_port *port);

/* sl_queue.c: queue set-up, release, start, stop, info; checks and explains thresholds. */
int sl_rx_queue_setup(struct rte_eth_dev *eth, uint16_t qid, uint16_t nb_desc, unsigned int socket,
	const struct rte_eth_rxconf *conf, struct rte_mempool *pool);
int sl_tx_queue_setup(struct rte_eth_dev *eth, uint16_t qid, uint16_t nb_desc, unsigned int socket,
	const struct rte_eth_txconf *conf);
void sl_rx_queue_release(struct rte_eth_dev *eth, uint16_t qid);
void sl_tx_queue_release(struct rte_eth_dev *eth, uint16_t qid);
int sl_rx_queue_start(struct rte_eth_dev *eth, uint16_t qid);
int sl_rx_queue_stop(struct rte_eth_dev *eth, uint16_t qid);
int sl_tx_queue_start(struct rte_eth_dev *eth, uint16_t qid);
int sl_tx_queue_stop(struct rte_eth_dev *eth, uint16_t qid);
/** Disable a queue, and see it disabled. Its memory stays. 0; -ETIMEDOUT, -EIO: not seen so. */
int sl_rx_queue_disable(struct sl_rx_queue *q);
/** The same, after a moment for what is still to be sent. */
int sl_tx_queue_disable(struct sl_tx_queue *q);
/** Free a queue that holds no mbuf and that the NIC does not use; NULL is nothing. */
void sl_rx_queue_free(struct sl_rx_queue *q);
void sl_tx_queue_free(struct sl_tx_queue *q);
/** Disable, empty, program and enable a running queue. Its datapath thread. Its mbufs are freed. */
int sl_rx_queue_restart(struct sl_rx_queue *q);
int sl_tx_queue_restart(struct sl_tx_queue *q);
void sl_rxq_info_get(struct rte_eth_dev *eth, uint16_t qid, struct rte_eth_rxq_info *info);
void sl_txq_info_get(struct rte_eth_dev *eth, uint16_t qid, struct rte_eth_txq_info *info);
int sl_rx_burst_mode_get(struct rte_eth_dev *eth, uint16_t qid, struct rte_eth_burst_mode *mode);
int sl_tx_burst_mode_get(struct rte_eth_dev *eth, uint16_t qid, struct rte_eth_burst_mode *mode);
/**
 * Choose burst functions from configuration and MTU; called at start, mtu_set and
 * vlan_offload_set.
 */
int sl_select_paths(struct rte_eth_dev *eth);

/* sl_window.c: memory of others in the DMA window. Control; sl_map_tx_mbuf: slow path of transmit. */
/** Take part in what EAL tells of memory; the adapter is open. 0 or negative errno. */
int sl_window_open(struct sl_port *port);
/** Take everything out of the window; at close, when no queue is left. */
void sl_window_close(struct sl_port *port);
/** Leave everything in it for good: a NIC that does not stop. EAL tells the port no more. */
void sl_window_leave(struct sl_port *port);
/**
 * Bring a mempool's memory into the adapter's window, once for all queues that
 * use it. For one more direction than before: only while the port is stopped.
 */
int sl_map_pool(struct sl_port *port, struct rte_mempool *pool, enum sl_dma_dir dir);
/** Bring an unknown mbuf's memory into the window, for the NIC to read. */
int sl_map_tx_mbuf(struct sl_port *port, const struct rte_mbuf *m);
/** rte_dev_dma_map(): memory of the application's enters. 0 or negative errno. */
int sl_window_dma_map(struct sl_port *port, void *va, uint64_t iova, size_t len);
/** And leaves. -ENOENT: nothing of it was registered. */
int sl_window_dma_unmap(struct sl_port *port, void *va, size_t len);
/** A transmit queue remembers pools: it must hear when one goes. */
void sl_window_add_queue(struct sl_tx_queue *q);
void sl_window_remove_queue(struct sl_tx_queue *q);
/** Whether a mempool's mbufs have their data in memory that it was given. */
bool sl_pool_is_pinned(struct rte_mempool *pool);

/* sl_stop.c: the end of DMA, and what it gives back. Control. */
/** What the NIC still has though its queues are off. */
struct sl_kept {
	unsigned int rx_mbufs, tx_mbufs, rings;
};
/** Bus mastering on or off: as sl_dev_ops.master says; -ENOTSUP: the device has no such switch. */
int sl_master_set(struct sl_port *port, bool on);
/** Stop all queues of a port and turn bus mastering off; keep what is not proven to be free. */
void sl_queues_stop(struct rte_eth_dev *eth);
/** A queue is disabled, @p proven or not: its mbufs go back, or are kept. */
void sl_rx_queue_off(struct sl_rx_queue *q, bool proven);
void sl_tx_queue_off(struct sl_tx_queue *q, bool proven);
/** Free a queue that nobody refers to any more; one that is kept later, when that ends. */
void sl_rx_queue_let_go(struct sl_rx_queue *q);
void sl_tx_queue_let_go(struct sl_tx_queue *q);
/** The NIC is proven to have stopped, all of it: what was kept goes back. */
void sl_kept_give_back(struct sl_port *port);
/** A mempool goes with mbufs that are kept from it: they are not given back. */
void sl_kept_forget(struct sl_port *port, const struct rte_mempool *pool);
struct sl_kept sl_kept_count(const struct sl_port *port);

/* sl_call.c: time, and the deadline of each call. */
/** Now, in ticks of rte_get_tsc_hz(): the CPU's, or a stepped device's own. Any thread. */
uint64_t sl_time(struct sl_port *port);
uint64_t sl_time_ticks(uint64_t us);
/** Sleep; a device with time of its own lets that pass instead. */
void sl_time_nap(struct sl_port *port, unsigned int us);
/**
 * When a wait of at most @p us that begins now ends, in ticks: no later than the call that
 * this thread is in. The seventeenth thread in calls of one port has no deadline but @p us.
 */
uint64_t sl_time_limit(struct sl_port *port, unsigned int us);
/**
 * One step of a wait: let a stepped device work, then sleep for @p us, or until @p limit.
 * @return false: the limit was reached before; nothing was done.
 */
bool sl_time_wait(struct sl_port *port, unsigned int us, uint64_t limit);
/**
 * A call of ethdev's on this thread: SL_CALL_US for all of it. Calls within calls share the
 * outer one's deadline. Each begin has its end, on the same thread.
 */
void sl_call_begin(struct sl_port *port);
void sl_call_end(struct sl_port *port);
/** Whether any thread is in a call of the port's. */
bool sl_call_running(struct sl_port *port);

/* sl_event.c: what the application is told, after the call that caused it. */
/** Tell of it as soon as no call runs, on EAL's alarm thread. Any thread. */
void sl_event_raise(struct sl_port *port, enum sl_event event);
/** The link changed: told at once where nothing stands against it. EAL's interrupt thread. */
void sl_event_link(struct rte_eth_dev *eth);
/** It is of no more use; one that is being told is over when this returns. Control. */
void sl_event_drop(struct sl_port *port, enum sl_event event);
/** No event comes after this. Control. */
void sl_event_close(struct sl_port *port);

/* sl_intr.c: interrupts and removal. Control, but for enable and disable. */
/** Find out what interrupts the device can give, and listen for its removal. */
int sl_intr_create(struct rte_eth_dev *eth);
/** Undo it, however far it came. Fine from within an event's callback. */
void sl_intr_destroy(struct rte_eth_dev *eth);
/** Whether the configuration's interrupts can be had; says why not. -ENOTSUP, -EINVAL. */
int sl_intr_check(const struct rte_eth_dev *eth);
/**
 * Let in the interrupts that the configuration asks for; and no more. After a reset. What it
 * did before it was refused is sl_intr_stop()'s to undo.
 */
int sl_intr_start(struct rte_eth_dev *eth);
/** From here on link changes are told of: last, when the status at the start is known. */
void sl_intr_let_link(struct rte_eth_dev *eth);
/** Undo a start, however far it came; nothing without one. */
void sl_intr_stop(struct rte_eth_dev *eth);
/** Send RTE_ETH_EVENT_INTR_RMV, unless it was sent before. Any thread. */
void sl_intr_tell_removal(struct sl_port *port);
/**
 * Wake the queue's eventfd for a frame that is there, or for the next one.
 * The queue's datapath thread, or any while nobody polls the queue.
 * @return 0; -ENOTSUP not configured or not started; -EIO device gone.
 */
int sl_rx_queue_intr_enable(struct rte_eth_dev *eth, uint16_t qid);
int sl_rx_queue_intr_disable(struct rte_eth_dev *eth, uint16_t qid);

/* sl_ethdev.c: everything of ethdev that is not queues. */
/** Reset the NIC, read its MAC, fill eth ops. bus, adapter, dev_ops, dev_priv are set by the caller. */
int sl_port_init(struct rte_eth_dev *eth);
int sl_port_close(struct rte_eth_dev *eth);
/** Choose the burst functions anew, on a running port too: for MTU and VLAN changes. */
int sl_port_reselect(struct rte_eth_dev *eth);
/** Free what a port holds, however far its creation came; ethdev's own data stays. */
void sl_port_release(struct sl_port *port);
extern const struct eth_dev_ops sl_eth_dev_ops;

/* sl_stats.c */
int sl_stats_get(
	struct rte_eth_dev *eth, struct rte_eth_stats *stats, struct sl_queue_stats *queues);
int sl_stats_reset(struct rte_eth_dev *eth);
int sl_xstats_get(struct rte_eth_dev *eth, struct rte_eth_xstat *xstats, unsigned int n);
int sl_xstats_get_names(struct rte_eth_dev *eth, struct rte_eth_xstat_name *names, unsigned int n);
int sl_xstats_reset(struct rte_eth_dev *eth);
/** Add the NIC's read-clear counters to the totals: also before every reset, which clears them. */
void sl_stats_collect(struct sl_port *port);
/** What the NIC counted, as last collected, by the index of hw->counters; 0 behind the last. */
uint64_t sl_stats_counted(struct sl_port *port, unsigned int i);
uint64_t sl_stats_dropped(struct sl_port *port, unsigned int qid);
/** Room for all that is counted, as port->hw has it. 0, or -ENOMEM: sl_stats_close() in any case. */
int sl_stats_open(struct sl_port *port);
/** Once. */
void sl_stats_close(struct sl_port *port);
/** A queue goes, or its counters start anew: keep what it counted. */
void sl_stats_keep_rx(const struct sl_rx_queue *q);
void sl_stats_keep_tx(const struct sl_tx_queue *q);

/* sl_filter.c: MAC, promiscuous, multicast, VLAN, RSS. */
int sl_promiscuous_enable(struct rte_eth_dev *eth);
int sl_promiscuous_disable(struct rte_eth_dev *eth);
int sl_allmulticast_enable(struct rte_eth_dev *eth);
int sl_allmulticast_disable(struct rte_eth_dev *eth);
int sl_mac_addr_add(struct rte_eth_dev *eth, struct rte_ether_addr *mac, uint32_t idx, uint32_t pool);
void sl_mac_addr_remove(struct rte_eth_dev *eth, uint32_t idx);
int sl_mac_addr_set(struct rte_eth_dev *eth, struct rte_ether_addr *mac);
int sl_set_mc_addr_list(struct rte_eth_dev *eth, struct rte_ether_addr *list, uint32_t n);
int sl_vlan_filter_set(struct rte_eth_dev *eth, uint16_t vlan, int on);
int sl_vlan_offload_set(struct rte_eth_dev *eth, int mask);
int sl_reta_update(struct rte_eth_dev *eth, struct rte_eth_rss_reta_entry64 *conf, uint16_t n);
int sl_reta_query(struct rte_eth_dev *eth, struct rte_eth_rss_reta_entry64 *conf, uint16_t n);
int sl_rss_hash_update(struct rte_eth_dev *eth, struct rte_eth_rss_conf *conf);
int sl_rss_hash_conf_get(struct rte_eth_dev *eth, struct rte_eth_rss_conf *conf);
/** Take RSS from the device configuration; at configure. */
int sl_rss_configure(struct rte_eth_dev *eth);
/** Program every filter and RSS again after a reset; at start, before RCTL.RXEN. */
void sl_filter_restore(struct rte_eth_dev *eth);

/* sl_pmd.c: ports as other threads see them. */
/**
 * The port's own struct, held until sl_port_put(); NULL: another driver's or nobody's, or not to be
 * seen yet, or any more. Any thread; not to be held over a call of the application's.
 */
struct sl_port *sl_port_get(uint16_t port);
void sl_port_put(struct sl_port *port);
/** The port is complete: ethdev's calls and other threads find it. */
void sl_port_publish(struct rte_eth_dev *eth);
/** None finds it any more, and nobody holds it. Before any of it goes. */
void sl_port_withdraw(struct rte_eth_dev *eth);

/* sl_log.c */
extern int sl_pmd_logtype;
#define SL_LOG(level, fmt, ...)                                                                    \
	rte_log(RTE_LOG_##level, sl_pmd_logtype, "net_syncline: " fmt "\n", ##__VA_ARGS__)
/** sl_log_fn that goes to the driver's log. */
void sl_pmd_log_cb(void *ctx, int level, const char *msg);

#endif /* _SL_PORT_H_ */
