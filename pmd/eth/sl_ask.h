/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */
#ifndef _SL_ASK_H_
#define _SL_ASK_H_

/**
 * @file
 * Requests of a secondary process to the primary process, which alone reads and writes registers
 * and the DMA window. They go over EAL's channel between processes; long answers are written to
 * shared memory of the asking process.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <rte_ethdev.h>

#include "sl_compat.h"

struct rte_mbuf;
struct sl_guest;
struct sl_port;

/** What a request is about, and the answer's memory. */
enum sl_ask_what {
	SL_ASK_STATS,	    /**< struct sl_ask_stats */
	SL_ASK_XSTATS,	    /**< n of struct rte_eth_xstat */
	SL_ASK_XSTAT_NAMES, /**< n of struct rte_eth_xstat_name */
	SL_ASK_STATS_RESET,
	SL_ASK_LINK, /**< ethdev's own shared data then has the link */
	SL_ASK_REGS, /**< n words of a register dump; n is 0: only their number */
	SL_ASK_MAP,  /**< map the data of the mbuf at memory; value: its pool's shared infos */
};

/** Basic statistics of a port and of its queues. */
struct sl_ask_stats {
	struct rte_eth_stats port;
	struct sl_queue_stats queues;
};

/** A request, and its answer. */
struct sl_ask {
	enum sl_ask_what what;
	uint16_t port_id;
	uint32_t serial; /**< of the asking process: the answer to it has the same */
	uint32_t n;
	void *memory;	/**< in shared memory */
	uint64_t value; /**< answer */
	int32_t ret;	/**< answer: 0 or more, or negative errno */
};

/**
 * Answer requests for a port from now on, after its close with -ENODEV. Further calls for the same
 * number do nothing. Primary process.
 */
void
sl_ask_listen(uint16_t port_id);
/**
 * Ask the primary for an answer of @p len bytes, wait for it, and copy it to @p out. Any thread of
 * a secondary process.
 * @return sl_ask.ret; -ENOMEM; -ENOTCONN: the primary process has ended; -ETIMEDOUT: no answer
 * within seconds.
 */
int
sl_ask_copy(struct sl_guest *g, enum sl_ask_what what, uint32_t n, void *out, size_t len);
/**
 * Ask the primary to let the NIC read the data of an mbuf. Datapath thread of a secondary process.
 * @param[out] shared_at see sl_tx_queue.shared_at; may be NULL
 * @return 0 or negative errno.
 */
int
sl_ask_map(uint16_t port_id, const struct rte_mbuf *m, uint64_t *shared_at);

#endif /* _SL_ASK_H_ */
