/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */
#ifndef _POKE_H_
#define _POKE_H_

/**
 * @file
 * A driver that only pokes: it runs the same operations on two 82576 ports
 * cabled to each other, real PCI functions or software NICs, and prints what it
 * sees, one fact a line, "group/step.what value". Two traces are compared with
 * each other, fact by fact. One thread.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "sl_bits.h"
#include "sl_bus.h"
#include "sl_desc.h"
#include "sl_fields.h"
#include "sl_regs.h"

#define POKE_PORTS 2u
#define POKE_VECTORS 10u
/** Memory of both backends: at one address, which is the IOVA too, so that traces agree. */
#define POKE_MEM_BASE UINT64_C(0x20000000)
#define POKE_MEM_SIZE (UINT64_C(16) << 20)
/** Largest ring and largest frame that a sequence uses. */
#define POKE_DESCS 64u
#define POKE_FRAME 9728u

struct poke;

/** What a backend does. @p port 0 or 1. */
struct poke_ops {
	struct sl_bus (*bus)(struct poke *p, unsigned int port);
	/** Let the devices work: true while something still moves. */
	bool (*work)(struct poke *p);
	/** Let @p us microseconds pass; a stepped device needs none. */
	void (*pause)(struct poke *p, unsigned int us);
	/** Signals of a vector since last asked. */
	uint64_t (*irqs)(struct poke *p, unsigned int port, unsigned int vector);
	void (*close)(struct poke *p);
};

/** Ring and buffers of one queue of one direction. */
struct poke_queue {
	union {
		volatile union sl_rx_desc *rx;
		volatile union sl_tx_desc *tx;
	};
	uint8_t *buf;
	uint32_t descs, buf_size;
	uint32_t next; /**< receive: next to look at; transmit: next to write */
};

/** One run on one backend. */
struct poke {
	const struct poke_ops *ops;
	void *backend;
	struct sl_bus bus[POKE_PORTS];
	uint8_t *mem; /**< POKE_MEM_SIZE bytes at POKE_MEM_BASE, for both ports */
	struct poke_queue rxq[POKE_PORTS][SL_NIC_QUEUES], txq[POKE_PORTS][SL_NIC_QUEUES];
	volatile uint32_t *head_wb[POKE_PORTS]; /**< of queue 0..15 */
	const char *group;
	char step[64];
	unsigned int quiet_ms; /**< nothing moved for so long: the devices are done */
	uint64_t seed;
	bool hash_clear; /**< fuzz: no bit of MTA is set, which would let in unicast too on QEMU */
};

/** A named group of steps. */
struct poke_seq {
	const char *name;
	void (*run)(struct poke *p);
};

/* --- backends: 0, or the reason was said --- */

int
poke_soft_open(struct poke *p);
/** @p bdfs "0000:01:00.0,0000:02:00.0": bound to vfio-pci, cabled to each other. */
int
poke_vfio_open(struct poke *p, const char *bdfs);

/* --- trace --- */

/** Begin a step; its name stands before every fact until the next. */
void
poke_step(struct poke *p, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
/** State a fact. */
void
poke_fact(struct poke *p, const char *what, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));
/** Read a register and state it, less the bits of @p ignore. Returns all of it. */
uint32_t
poke_show(struct poke *p, unsigned int port, unsigned int reg, unsigned int i, uint32_t ignore);

#define POKE_WR(p, port, name, i, val) SL_WR(&(p)->bus[port], name, i, val)
#define POKE_RD(p, port, name, i) SL_RD(&(p)->bus[port], name, i)
#define POKE_SHOW(p, port, name, i) poke_show(p, port, SL_##name, i, 0)

/* --- rig --- */

/** CTRL.RST on both ports; nothing is set up. */
void
poke_reset(struct poke *p);
/** Link up on both ports, causes cleared; asserted. */
void
poke_link_up(struct poke *p);
/** Let the devices work until nothing moves. */
void
poke_settle(struct poke *p);

/** Ring, buffers and registers of a receive queue; enabled, all but one descriptor posted. */
void
poke_rx_start(struct poke *p, unsigned int port, unsigned int q, uint32_t descs, uint32_t buf_kib,
	uint32_t srrctl);
void
poke_tx_start(struct poke *p, unsigned int port, unsigned int q, uint32_t descs, bool head_wb);
/** Everything as the traffic groups begin: link up, queue 0 of both ports, promiscuous. */
void
poke_traffic(struct poke *p);

/** Put a descriptor into the ring; the tail is not moved. */
void
poke_tx_raw(struct poke *p, unsigned int port, unsigned int q, union sl_tx_desc d);
/** Queue a frame of one descriptor; cmd and olinfo are added to what every frame has. */
void
poke_tx_frame(struct poke *p, unsigned int port, unsigned int q, const void *data, uint32_t len,
	uint32_t cmd, uint32_t olinfo);
void
poke_tx_ring(struct poke *p, unsigned int port, unsigned int q);
/** Send a frame from queue 0 as it is and let it arrive. */
void
poke_send(struct poke *p, unsigned int port, const void *data, uint32_t len);
/** The same, done as soon as it has arrived anywhere: counters and causes may still follow. */
void
poke_send_quick(struct poke *p, unsigned int port, const void *data, uint32_t len);
/** State what arrived in a queue, post the descriptors again. Returns descriptors seen. */
unsigned int
poke_rx_show(struct poke *p, unsigned int port, unsigned int q);
/** The same with nothing stated. */
unsigned int
poke_rx_drop(struct poke *p, unsigned int port, unsigned int q);
/** State the counters of both ports that are not zero, and so clear them. */
void
poke_stats(struct poke *p);

uint64_t
poke_random(struct poke *p);

/** A packet to build. Zero-initialise, then set what differs. */
struct poke_pkt {
	const uint8_t *dst; /**< NULL: the partner's address */
	int ip;		    /**< 4, 6, or 0: an Ethertype for experiments */
	uint8_t proto;	    /**< IP's; 0 counts as 59 or 255: nothing known */
	bool vlan;
	uint16_t tci;
	uint32_t payload; /**< bytes after the last header */
	uint16_t sport, dport;
	uint8_t host; /**< last byte of the source address */
	bool bad_l3, bad_l4;
	bool options; /**< IPv4 options, or an IPv6 hop-by-hop header */
	bool fragment;
	uint8_t tcp_flags; /**< 0: ACK */
};
enum { POKE_TCP = 6, POKE_UDP = 17, POKE_SCTP = 132 };

/** Where things are. */
struct poke_layout {
	uint32_t l3, l4, payload, len;
};

/** Build it into @p frame of POKE_FRAME bytes, with right sums unless damaged; not padded. */
struct poke_layout
poke_build(uint8_t *frame, const struct poke_pkt *pkt);
/**
 * Put what hardware starts from where the sums stand: the pseudo header's, with
 * the length as TXSM wants it or without it as TSE does, and zero for IPv4's.
 */
void
poke_seed_sums(uint8_t *frame, const struct poke_layout *l, uint8_t proto, bool with_len);
/** TUCMD_L4T of a protocol. */
uint32_t
poke_l4t(uint8_t proto);
/** Put a context for a packet of this layout into a queue of port 0. */
void
poke_tx_context(struct poke *p, unsigned int q, const struct poke_layout *l, uint32_t l4_len,
	uint32_t tucmd, uint32_t mss, uint16_t tci, uint32_t idx);

extern const uint8_t poke_mac[POKE_PORTS][6];
extern const uint8_t poke_broadcast[6];

/* --- groups --- */

void
poke_seq_reset(struct poke *p);
void
poke_seq_masks(struct poke *p);
void
poke_seq_phy(struct poke *p);
void
poke_seq_nvm(struct poke *p);
void
poke_seq_irq(struct poke *p);
void
poke_seq_filter(struct poke *p);
void
poke_seq_rx(struct poke *p);
void
poke_seq_tx(struct poke *p);
void
poke_seq_rss(struct poke *p);
void
poke_seq_ring(struct poke *p);
/** @p rounds of random operations from p->seed. */
void
poke_fuzz(struct poke *p, unsigned int rounds);

/** Compare two traces. 0 equal but for what is known; 1 differences, printed. */
int
poke_compare(const char *theirs, const char *ours, const char *known);

#endif /* _POKE_H_ */
