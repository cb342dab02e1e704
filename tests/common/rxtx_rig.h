/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */
#ifndef _RXTX_RIG_H_
#define _RXTX_RIG_H_

/**
 * @file
 * Rig for tests of the driver's hot path. The NIC is a register file and two rings, and the test
 * chooses each write-back. In checked mode memory exists twice, and only the sync calls and an
 * adversary (eviction of dirty lines, refill of clean ones) keep the two copies equal.
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

#define RIG_COPIES 1024u /* with lines longer than the CPU's, each buffer may be one copy */
#define RIG_FRAME_MAX 16384u

/** One range of memory in checked mode. */
struct rig_copy {
	uint8_t *cpu, *dev, *synced;
	size_t len;
};

/** Values that the NIC writes back to one receive descriptor. */
struct rig_wb {
	uint32_t info, rss, status;
	uint16_t length, vlan;
	const uint8_t *data;
	uint32_t data_len; /**< bytes written to memory, at most the size of the buffer */
};

/** A frame as the NIC sent it. */
struct rig_sent {
	uint8_t data[RIG_FRAME_MAX];
	uint32_t len, cmd, olinfo, segs;
	uint32_t ctx[4]; /**< context that the frame used, as written */
};

struct rig {
	struct rte_eth_dev eth;
	struct rte_eth_dev_data data;
	struct sl_port port;
	void *rxq[1], *txq[1];
	uint32_t regs[SL_BAR_SIZE / sizeof(uint32_t)];
	struct sl_hw hw; /**< the rig's device, except for the changes of rig_format() */
	struct sl_dma *dma;
	/* Returns the value that the driver reads instead of the register's value. NULL: none. */
	uint32_t (*lie)(void *ctx, uint32_t off, uint32_t val);
	void *lie_ctx;
	struct sl_sync_checker checker;
	uint32_t line; /**< line size of checked memory in bytes */
	struct rig_copy copy[RIG_COPIES];
	unsigned int copies;
	struct rte_mempool *pool, *other; /**< other: a quarter of the size, for frames to send */
	struct rte_mempool *clones;	  /**< ordinary mempool of the same size */
	unsigned int pool_size, other_size;
	bool apart; /**< pool has pinned external buffers and other has not; or the reverse */
	uint32_t rx_head, tx_head;
	uint32_t tx_reported; /**< last head written */
	uint32_t ctx[2][4];
	struct rig_sent sent; /**< frame being assembled */
	uint64_t rnd;
};

/** Start EAL without hugepages, devices or files. Once per program. */
void
rig_eal(void);
/** Open an adapter of @p mode, a port without queues and a mempool of @p mbufs. */
struct rig *
rig_open(enum sl_coherency mode, unsigned int mbufs, uint16_t priv_size);
/** rig_open() that selects whether the pool has pinned external buffers. */
struct rig *
rig_open_with(enum sl_coherency mode, unsigned int mbufs, uint16_t priv_size, bool apart);
/**
 * rig_open_with() with another line size of checked memory than 64. Longer lines need pinned
 * external buffers.
 */
struct rig *
rig_open_lined(
	enum sl_coherency mode, unsigned int mbufs, uint16_t priv_size, bool apart, uint32_t line);
/**
 * rig_open_lined() with another device than the 82576. Its registers and family are those of the
 * device. The NIC functions of the rig (rig_rx_write() and those below) follow the 82576.
 */
struct rig *
rig_open_device(enum sl_coherency mode, unsigned int mbufs, uint16_t priv_size, bool apart,
	uint32_t line, uint16_t pci_id);
/**
 * Call before queue setup. Sets the format of the NIC's descriptors, and the maximum frame length
 * of the family that uses it.
 */
void
rig_format(struct rig *r, const struct sl_desc_format *format);
/** The first format that a path supports. */
const struct sl_desc_format *
rig_format_of(const struct sl_burst_path *path);
/** Release the queues. Fails the test unless all mbufs are back and no memory is live. */
void
rig_close(struct rig *r);

/** Set up and start queue 0. Fails the test on error. */
struct sl_rx_queue *
rig_rx_start(struct rig *r, uint16_t nb_desc, const struct rte_eth_rxconf *conf);
struct sl_tx_queue *
rig_tx_start(struct rig *r, uint16_t nb_desc, const struct rte_eth_txconf *conf);

/** Number of receive descriptors that the NIC has. */
unsigned int
rig_rx_room(const struct rig *r);
/** Write back the next receive descriptor. The NIC must have one. */
void
rig_rx_write(struct rig *r, const struct rig_wb *wb);
/**
 * Take one transmit descriptor, if there is one.
 * @return true if it ended a frame. The frame is in r->sent, which the caller clears.
 */
bool
rig_tx_take(struct rig *r, bool *empty);
/** Write @p head to the address of the head write-back. */
void
rig_tx_head(struct rig *r, uint32_t head);
/** In checked mode: write back @p n random lines if they are dirty, and reload some. */
void
rig_adversary(struct rig *r, unsigned int n);

#endif /* _RXTX_RIG_H_ */
