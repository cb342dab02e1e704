/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */
#ifndef _RXTX_RIG_H_
#define _RXTX_RIG_H_

/**
 * @file
 * For the tests of the driver's hot path: a NIC that is a register file and
 * two rings, whose every write-back the test chooses; and in checked mode
 * memory in two copies, which only the sync calls and an adversary (eviction of
 * dirty lines, refill of clean ones) keep equal.
 */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "shm_util.h"
#include "sl_fields.h"
#include "sl_path.h"
#include "sl_port.h"
#include "sl_regs.h"
#include "sl_rx.h"
#include "sl_rxq.h"
#include "sl_stats.h"
#include "sl_stop.h"
#include "sl_tx.h"
#include "sl_txq.h"

#define RIG_COPIES 1024u /* with lines longer than the CPU's each buffer may be one */
#define RIG_FRAME_MAX 16384u

/** One piece of memory in checked mode. */
struct rig_copy {
	uint8_t *cpu, *dev, *synced;
	size_t len;
};

/** What the NIC writes back to one receive descriptor. */
struct rig_wb {
	uint32_t info, rss, status;
	uint16_t length, vlan;
	const uint8_t *data;
	uint32_t data_len; /**< bytes really written: never more than the buffer */
};

/** What the NIC made of one frame to send. */
struct rig_sent {
	uint8_t data[RIG_FRAME_MAX];
	uint32_t len, cmd, olinfo, segs;
	uint32_t ctx[4]; /**< the context it named, words as written */
};

struct rig {
	struct rte_eth_dev eth;
	struct rte_eth_dev_data data;
	struct sl_port port;
	void *rxq[1], *txq[1];
	uint32_t regs[SL_BAR_SIZE / sizeof(uint32_t)];
	struct sl_dma *dma;
	/* Gives the driver another value than the register has; NULL: the register's value. */
	uint32_t (*lie)(void *ctx, uint32_t off, uint32_t val);
	void *lie_ctx;
	struct sl_sync_checker checker;
	uint32_t line; /**< of checked memory, bytes */
	struct rig_copy copy[RIG_COPIES];
	unsigned int copies;
	struct rte_mempool *pool, *other; /**< other: of a quarter as many, for frames to send */
	struct rte_mempool *clones;	  /**< of as many, an ordinary one */
	unsigned int pool_size, other_size;
	bool apart; /**< pool has its data apart from the headers, and other has not; or the reverse
		     */
	uint32_t rx_head, tx_head;
	uint32_t tx_reported; /**< head written last */
	uint32_t ctx[2][4];
	struct rig_sent sent; /**< frame being put together */
	uint64_t rnd;
};

/** EAL without hugepages, devices or files. Once a program. */
void
rig_eal(void);
/** An adapter of @p mode, a port without queues, a mempool of @p mbufs. */
struct rig *
rig_open(enum sl_coherency mode, unsigned int mbufs, uint16_t priv_size);
/** rig_open() with a choice whether the pool has its data apart from the headers. */
struct rig *
rig_open_with(enum sl_coherency mode, unsigned int mbufs, uint16_t priv_size, bool apart);
/**
 * rig_open_with() with another line size of checked memory than 64; longer lines need
 * data apart.
 */
struct rig *
rig_open_lined(
	enum sl_coherency mode, unsigned int mbufs, uint16_t priv_size, bool apart, uint32_t line);
/** Release the queues; fails the test unless all mbufs are back and nothing is live. */
void
rig_close(struct rig *r);

/** Set up and start queue 0; fails the test when that fails. */
struct sl_rx_queue *
rig_rx_start(struct rig *r, uint16_t nb_desc, const struct rte_eth_rxconf *conf);
struct sl_tx_queue *
rig_tx_start(struct rig *r, uint16_t nb_desc, const struct rte_eth_txconf *conf);

/** Receive descriptors that the NIC has. */
unsigned int
rig_rx_room(const struct rig *r);
/** Write back the next receive descriptor; there must be one. */
void
rig_rx_write(struct rig *r, const struct rig_wb *wb);
/**
 * Take one transmit descriptor, if there is one.
 * @return true when it ended a frame: r->sent, which the caller zeroes
 */
bool
rig_tx_take(struct rig *r, bool *empty);
/** Write @p head where head write-back goes. */
void
rig_tx_head(struct rig *r, uint32_t head);
/** Evict dirty lines and refill clean ones, @p n of them; nothing outside checked mode. */
void
rig_adversary(struct rig *r, unsigned int n);
/** 0 .. n - 1. */
unsigned int
rig_rand(struct rig *r, unsigned int n);
void
rig_fill(struct rig *r, uint8_t *p, size_t len);

#endif /* _RXTX_RIG_H_ */
