/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */
#ifndef _ENGINE_H_
#define _ENGINE_H_

/**
 * @file
 * Forwarding engines, and the streams that they process. A new engine is one file in engines/ and
 * one row in engine.c.
 */

#include <stdbool.h>
#include <stdint.h>

#include <rte_branch_prediction.h>
#include <rte_common.h>
#include <rte_cycles.h>
#include <rte_ethdev.h>
#include <rte_ether.h>
#include <rte_mbuf.h>

/** Largest burst. */
#define BURST_MAX 512
/** Most segments of a frame of txonly. */
#define TX_SEGS_MAX 8
/** Minimum size of the first segment of a frame of txonly: the Ethernet, IPv4 and UDP headers. */
#define TX_HEADERS 42u

/** Counters of a stream. Its lcore writes them, the main lcore reads them. */
struct stream_counters {
	uint64_t rx;	      /**< frames received */
	uint64_t tx;	      /**< frames that the driver accepted */
	uint64_t generated;   /**< frames made by this stream (txonly) */
	uint64_t consumed;    /**< frames that are not forwarded by design (rxonly, not an echo
				 request...) */
	uint64_t dropped;     /**< frames freed because the driver did not accept them */
	uint64_t retries;     /**< repeated transmit calls */
	uint64_t no_mbuf;     /**< runs of txonly that found the pool empty */
	uint64_t polls;	      /**< runs of the engine */
	uint64_t cycles_busy; /**< TSC cycles of runs that moved a frame, without waiting */
	uint64_t cycles_wait; /**< TSC cycles of waiting for a full transmit queue */
	uint64_t burst[BURST_MAX + 1]; /**< number of receive calls by number of frames returned */
};

struct engine;

/**
 * One stream. The fields that the hot loop reads are set when forwarding starts, and do not change
 * until it stops.
 */
struct stream {
	/* hot, read-only while forwarding */
	uint16_t rx_port, rx_queue;
	uint16_t tx_port, tx_queue;
	uint16_t burst; /**< frames per run, 1..BURST_MAX */
	uint16_t
		tx_retries; /**< most repetitions of a transmit call that did not send all frames */
	uint8_t nb_tx_segs;
	const struct engine *engine;
	struct rte_mempool *pool;      /**< mbufs of generated frames */
	struct rte_ether_addr src;     /**< address of the transmitting port */
	struct rte_ether_addr dst;     /**< address of the peer of the transmitting port */
	uint16_t tx_segs[TX_SEGS_MAX]; /**< bytes of each segment of a frame that is made */
	uint8_t tx_head[TX_HEADERS];   /**< txonly: headers of a frame; source port and checksum are
					  filled in for each frame */
	uint32_t tx_sum; /**< txonly: sum for the UDP checksum, without the source port */
	/* written by the lcore */
	uint64_t tx_left; /**< txonly: frames still to make; UINT64_MAX: unlimited */
	bool tx_stuck;	  /**< the driver did not accept the whole last burst within the retries */
	uint32_t tx_flow; /**< txonly: flow of the next frame */
	struct stream_counters n __rte_cache_aligned;
};

/** An engine: the processing of one run of a stream. */
struct engine {
	const char *name;
	const char *help;
	bool receives; /**< it polls the receive queue, so each receive queue must have a stream */
	bool transmits;
	/** Prepare a stream before its first run. Main lcore. NULL: nothing to prepare. */
	void (*begin)(struct stream *s);
	/** Move at most one burst. @return frames moved; 0: idle. */
	unsigned int (*run)(struct stream *s);
};

/** All engines, terminated by NULL. */
extern const struct engine *const engines[];
/** Engine with a name; NULL: none. */
const struct engine *
engine_find(const char *name);
/** "io|mac|...": names of all engines for messages. @return @p buf */
const char *
engine_names(char *buf, size_t len);

extern const struct engine engine_io, engine_mac, engine_macswap, engine_rxonly, engine_txonly,
	engine_icmpecho;

/** Add to a counter that another thread may read at any time. One writer. */
static inline void
count(uint64_t *counter, uint64_t n)
{
	__atomic_store_n(counter, *counter + n, __ATOMIC_RELAXED);
}

/** Receive a burst and count it. */
static inline uint16_t
stream_receive(struct stream *s, struct rte_mbuf **pkts)
{
	uint16_t n = rte_eth_rx_burst(s->rx_port, s->rx_queue, pkts, s->burst);

	count(&s->n.burst[n], 1);
	count(&s->n.rx, n);
	return n;
}

/**
 * Send the rest of a burst that a full queue did not accept: repeat up to s->tx_retries times. A
 * queue that then has not accepted all is stuck: later bursts are not retried until it accepts a
 * frame again. @return frames the driver accepted.
 */
uint16_t
stream_send_again(struct stream *s, struct rte_mbuf **pkts, uint16_t n);

/** Send a burst. @return frames the driver accepted. */
static inline uint16_t
stream_send(struct stream *s, struct rte_mbuf **pkts, uint16_t n)
{
	uint16_t sent = rte_eth_tx_burst(s->tx_port, s->tx_queue, pkts, n);

	s->tx_stuck &= sent == 0;
	if (unlikely(sent < n))
		sent += stream_send_again(s, pkts + sent, n - sent);
	count(&s->n.tx, sent);
	return sent;
}

/** Send a burst; free and count the frames that the driver does not accept. */
static inline void
stream_transmit(struct stream *s, struct rte_mbuf **pkts, uint16_t n)
{
	uint16_t sent = stream_send(s, pkts, n);

	if (unlikely(sent < n)) {
		count(&s->n.dropped, n - sent);
		rte_pktmbuf_free_bulk(pkts + sent, n - sent);
	}
}

/** Free frames that are not forwarded by design. */
static inline void
stream_consume(struct stream *s, struct rte_mbuf **pkts, uint16_t n)
{
	count(&s->n.consumed, n);
	rte_pktmbuf_free_bulk(pkts, n);
}

/**
 * Change an ARP or ICMP echo request into its reply, in place.
 * @param own address that replies
 * @return false: it is another frame, or a damaged one, and was not changed.
 */
bool
icmpecho_answer(struct rte_mbuf *m, const struct rte_ether_addr *own);

/** Make the headers in s->tx_head from addresses and segment lengths. */
void
txonly_begin(struct stream *s);
/** Write a frame of a flow to an allocated chain of s->nb_tx_segs segments. */
void
txonly_fill(const struct stream *s, struct rte_mbuf *m, uint32_t flow);
/** Make and send at most @p n frames, n <= BURST_MAX. @return frames sent. */
uint16_t
txonly_burst(struct stream *s, uint16_t n);

#endif /* _ENGINE_H_ */
