/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */
#ifndef _PEERS_CONTENDER_H_
#define _PEERS_CONTENDER_H_

/**
 * @file
 * The contenders: drivers that each have a software NIC, drivers without a device, and the floor.
 * All use rings and mempools of the same sizes, and the same frames arrive on every queue.
 */

#include <stdbool.h>
#include <stdint.h>

#include <rte_ethdev.h>
#include <rte_ip.h>
#include <rte_mbuf.h>

#include "floor.h"
#include "lanes.h"
#include "stock.h"

#define QUEUES_MAX LANES
#define RING 512u
#define FRAME_KINDS 8u /* different flows per queue */
#define FRAME_MIN 60u  /* bytes, excluding FCS */
#define FRAME_MAX 1514u
#define MBUF_CACHE 256u

/**
 * Mbufs of each contender's mempool: enough for full rings of @p queues queues in both directions,
 * and as many again.
 */
static inline unsigned int
contender_mbufs(unsigned int queues)
{
	return queues <= 4 ? 8191 : queues * RING * 3 - 1;
}

enum contender_kind {
	KIND_STOCK, /**< a PCI driver of DPDK on a trapped BAR */
	KIND_OURS,
	KIND_VDEV, /**< no device: sent frames are dropped, or received frames are generated */
	KIND_RING, /**< no device: sent frames are received again */
	KIND_FLOOR,
};

/** Row of the table of all contenders. */
struct contender_row {
	const char *name; /**< name in tables and results: "igb" */
	const char *what; /**< one line of description */
	enum contender_kind kind;
	const char *driver; /**< KIND_STOCK: name of the driver */
	uint16_t pci_device;
	const char *args;	/**< arguments of virtual devices */
	unsigned int min_burst; /**< shortest burst that its fast path serves */
	bool offloads;		/**< it has checksum offloads that can be measured */
	bool unbounded;		/**< KIND_OURS: use burst functions without bounds */
	bool apart;		/**< its mempool has pinned external buffers */
	bool fast_free;		/**< started with MBUF_FAST_FREE */
	const char *twin_of;	/**< KIND_STOCK: driver of which it is a copy (twin.h), or NULL */
	const char *group;	/**< name of its group, or NULL */
};

extern const struct contender_row contender_rows[];
extern const unsigned int contender_row_count;

/** An open contender. */
struct contender {
	const struct contender_row *row;
	uint16_t port;
	struct rte_mempool *pool;
	unsigned int mbufs; /**< mbufs in the pool */
	struct stock stock;
	struct floor *floor;
	struct sl_softnic *nic; /**< NULL without a device */
	struct lanes *wire;	/**< wire of the nic */
	unsigned int queues;	/**< number of queues that are started */
	bool offloads;		/**< started with IPv4 and UDP checksum offloads */
	unsigned int in_ring;	/**< KIND_RING: frames on each queue */
	unsigned int len;	/**< length of frames, bytes excluding FCS */
	struct sl_frame frames[QUEUES_MAX][FRAME_KINDS];
	uint8_t bytes[QUEUES_MAX][FRAME_KINDS][FRAME_MAX];
	char rx_path[64], tx_path[64];
};

/** Reason why a contender cannot take part on this machine, or NULL. */
const char *
contender_obstacle(const struct contender_row *row);
/** Reason why a contender takes part only if it is named, or NULL. */
const char *
contender_needless(const struct contender_row *row);
/**
 * Create device and port, and @p mbufs mbufs with a data room of @p room bytes. 0 or negative
 * errno.
 */
int
contender_open(
	struct contender *c, const struct contender_row *row, uint16_t room, unsigned int mbufs);
/** Configure and start with @p queues in each direction, and find flows for each queue. */
int
contender_start(struct contender *c, unsigned int queues, bool offloads);
/** Set the length of frames, bytes excluding FCS. */
void
contender_frames(struct contender *c, unsigned int len);
int
contender_stop(struct contender *c);
/** Close. 0; -EBADMSG: an mbuf is missing, or the device counted an error. */
int
contender_close(struct contender *c);

/** Step the device until it is idle. */
void
contender_settle(struct contender *c);
/** Make @p n frames ready to be received on each queue. Does not step the device. */
int
contender_feed(struct contender *c, unsigned int n);
/** Allocate mbufs with a frame in each. 0 or -ENOMEM. */
int
contender_get(struct contender *c, struct rte_mbuf **m, unsigned int n);
/** Request checksum offloads for a frame to be sent. */
static inline void
contender_mark(struct rte_mbuf *m)
{
	m->ol_flags |= RTE_MBUF_F_TX_IPV4 | RTE_MBUF_F_TX_IP_CKSUM | RTE_MBUF_F_TX_UDP_CKSUM;
	m->l2_len = sizeof(struct rte_ether_hdr);
	m->l3_len = sizeof(struct rte_ipv4_hdr);
}

/** Free received mbufs. */
void
contender_put(struct contender *c, struct rte_mbuf **m, unsigned int n);
/** Remove sent frames from a ring (KIND_RING). */
int
contender_drain(struct contender *c);

#endif /* _PEERS_CONTENDER_H_ */
