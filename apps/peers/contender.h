/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */
#ifndef _PEERS_CONTENDER_H_
#define _PEERS_CONTENDER_H_

/**
 * @file
 * The contenders: drivers on a software NIC each, drivers without a device, and
 * the floor. All have rings and mempools of the same sizes, and the same frames
 * arrive on every queue.
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
#define FRAME_KINDS 8u /* distinct flows of each queue */
#define FRAME_MIN 60u  /* bytes without FCS */
#define FRAME_MAX 1514u
#define MBUFS 8191u /* of each contender's mempool */
#define MBUF_CACHE 256u

enum contender_kind {
	KIND_STOCK, /**< a PCI driver of DPDK's on a trapped BAR */
	KIND_OURS,
	KIND_VDEV, /**< no device: sent frames are dropped, or received frames are made up */
	KIND_RING, /**< no device: sent frames are received again */
	KIND_FLOOR,
};

/** Row of the table of all contenders. */
struct contender_row {
	const char *name; /**< in tables and results: "igb" */
	const char *what; /**< for people, a line */
	enum contender_kind kind;
	const char *driver; /**< of KIND_STOCK */
	uint16_t pci_device;
	const char *args;	/**< of virtual devices */
	unsigned int min_burst; /**< its fast path does not serve shorter bursts */
	bool offloads;		/**< has checksum offloads to measure */
	bool unbounded;		/**< of KIND_OURS: with burst functions that lack bounds */
	bool apart;		/**< its mempool has the data in pages of its own */
	bool fast_free;		/**< started with MBUF_FAST_FREE */
};

extern const struct contender_row contender_rows[];
extern const unsigned int contender_row_count;

/** A contender, open. */
struct contender {
	const struct contender_row *row;
	uint16_t port;
	struct rte_mempool *pool;
	struct stock stock;
	struct floor *floor;
	struct sl_softnic *nic; /**< NULL without a device */
	struct lanes *wire;	/**< of the nic */
	unsigned int queues;	/**< started with */
	bool offloads;		/**< started with: checksums of IPv4 and UDP, both ways */
	unsigned int in_ring;	/**< KIND_RING: frames on each queue */
	unsigned int len;	/**< of frames, bytes without FCS */
	struct sl_frame frames[QUEUES_MAX][FRAME_KINDS];
	uint8_t bytes[QUEUES_MAX][FRAME_KINDS][FRAME_MAX];
	char rx_path[64], tx_path[64];
	const char *why_not; /**< why it cannot take part; if set, no other field is */
};

/** Why a contender cannot take part on this machine, or NULL. */
const char *
contender_obstacle(const struct contender_row *row);
/** Make device and port; mbufs with a data room of @p room bytes. 0 or negative errno. */
int
contender_open(struct contender *c, const struct contender_row *row, uint16_t room);
/** Configure and start with @p queues each way, and find out which flows come to which queue. */
int
contender_start(struct contender *c, unsigned int queues, bool offloads);
/** Length of frames from now on, bytes without FCS. */
void
contender_frames(struct contender *c, unsigned int len);
int
contender_stop(struct contender *c);
/** Close. 0, or -EBADMSG when an mbuf is missing or the device counted an error. */
int
contender_close(struct contender *c);

/** Let the device work until it has nothing to do. */
void
contender_settle(struct contender *c);
/** Make @p n frames ready to be received on each queue; device work apart. */
int
contender_feed(struct contender *c, unsigned int n);
/** Mbufs with a frame in each, to be sent. -ENOMEM. */
int
contender_get(struct contender *c, struct rte_mbuf **m, unsigned int n);
/** Ask for the checksums of a frame to be sent. */
static inline void
contender_mark(struct rte_mbuf *m)
{
	m->ol_flags |= RTE_MBUF_F_TX_IPV4 | RTE_MBUF_F_TX_IP_CKSUM | RTE_MBUF_F_TX_UDP_CKSUM;
	m->l2_len = sizeof(struct rte_ether_hdr);
	m->l3_len = sizeof(struct rte_ipv4_hdr);
}

/** Give received mbufs back. */
void
contender_put(struct contender *c, struct rte_mbuf **m, unsigned int n);
/** Remove sent frames from a ring (KIND_RING). */
int
contender_drain(struct contender *c);

#endif /* _PEERS_CONTENDER_H_ */
