/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */
#ifndef _POKE_H_
#define _POKE_H_

/**
 * @file
 * A driver that only accesses registers and rings. It runs the same operations on two 82576 ports
 * that are cabled to each other, either PCI functions or software NICs. It prints what it reads,
 * one fact per line: "group/step.what value". Two traces are compared fact by fact. One thread.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "frame.h"
#include "rng.h"
#include "sl_bits.h"
#include "sl_bus.h"
#include "sl_desc.h"
#include "sl_fields.h"
#include "sl_regs.h"

#define POKE_PORTS 2u
#define POKE_VECTORS 10u
/** Memory of both backends, at the same address, also as IOVA, so that traces are equal. */
#define POKE_MEM_BASE UINT64_C(0x20000000)
#define POKE_MEM_SIZE (UINT64_C(16) << 20)
/** Largest ring and largest frame that a sequence uses. */
#define POKE_DESCS 64u
#define POKE_FRAME 9728u

struct poke;

/** Functions of a backend. @p port: 0 or 1. */
struct poke_ops {
	struct sl_bus (*bus)(struct poke *p, unsigned int port);
	/** Let the devices work. @return true while frames move. */
	bool (*work)(struct poke *p);
	/** Wait @p us microseconds. A device that is stepped need not wait. */
	void (*pause)(struct poke *p, unsigned int us);
	/** Number of interrupts of a vector since the last call. */
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
	uint32_t next; /**< receive: next one to read; transmit: next one to write */
};

/** One run on one backend. */
struct poke {
	const struct poke_ops *ops;
	void *backend;
	struct sl_bus bus[POKE_PORTS];
	uint8_t *mem; /**< POKE_MEM_SIZE bytes at POKE_MEM_BASE, for both ports */
	struct poke_queue rxq[POKE_PORTS][SL_NIC_QUEUES], txq[POKE_PORTS][SL_NIC_QUEUES];
	volatile uint32_t *head_wb[POKE_PORTS]; /**< for queues 0 to 15 */
	const char *group;
	char step[64];
	unsigned int quiet_ms; /**< the devices are idle if no frame moved for so long */
	uint64_t seed;
	bool hash_clear; /**< fuzz: keep MTA zero, because QEMU applies it to unicast too */
};

/** A named group of steps. */
struct poke_seq {
	const char *name;
	void (*run)(struct poke *p);
};

/* --- backends: 0, or an error that was printed --- */

int
poke_soft_open(struct poke *p);
/** @p bdfs "0000:01:00.0,0000:02:00.0": bound to vfio-pci, cabled to each other. */
int
poke_vfio_open(struct poke *p, const char *bdfs);

/* --- trace --- */

/** Begin a step. Its name is printed before each fact until the next step. */
void
poke_step(struct poke *p, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
/** Print a fact. */
void
poke_fact(struct poke *p, const char *what, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));
/** Read a register and print it without the bits of @p ignore. @return the whole value. */
uint32_t
poke_show(struct poke *p, unsigned int port, unsigned int reg, unsigned int i, uint32_t ignore);

#define POKE_WR(p, port, name, i, val) SL_WR(&(p)->bus[port], name, i, val)
#define POKE_RD(p, port, name, i) SL_RD(&(p)->bus[port], name, i)
#define POKE_SHOW(p, port, name, i) poke_show(p, port, SL_##name, i, 0)

/* --- rig --- */

/** CTRL.RST on both ports, without further setup. */
void
poke_reset(struct poke *p);
/** Enable the link on both ports and clear the causes. Fails without a link. */
void
poke_link_up(struct poke *p);
/** Let the devices work until no frame moves. */
void
poke_settle(struct poke *p);

/** Set up ring, buffers and registers of a receive queue, enable it, post all but one. */
void
poke_rx_start(struct poke *p, unsigned int port, unsigned int q, uint32_t descs, uint32_t buf_kib,
	uint32_t srrctl);
void
poke_tx_start(struct poke *p, unsigned int port, unsigned int q, uint32_t descs, bool head_wb);
/** Initial state of the traffic groups: link up, queue 0 of both ports, promiscuous. */
void
poke_traffic(struct poke *p);

/** Write a descriptor to the ring. The tail is not written. */
void
poke_tx_raw(struct poke *p, unsigned int port, unsigned int q, union sl_tx_desc d);
/** Queue a frame of one descriptor. The usual bits are added to cmd and olinfo. */
void
poke_tx_frame(struct poke *p, unsigned int port, unsigned int q, const void *data, uint32_t len,
	uint32_t cmd, uint32_t olinfo);
void
poke_tx_ring(struct poke *p, unsigned int port, unsigned int q);
/** Send a frame on queue 0 unchanged, and wait until it arrives. */
void
poke_send(struct poke *p, unsigned int port, const void *data, uint32_t len);
/**
 * poke_send() that returns as soon as the frame is received. Counters and causes may change later.
 */
void
poke_send_quick(struct poke *p, unsigned int port, const void *data, uint32_t len);
/** Print the descriptors received in a queue and post them again. @return their number. */
unsigned int
poke_rx_show(struct poke *p, unsigned int port, unsigned int q);
/** poke_rx_show() without output. */
unsigned int
poke_rx_drop(struct poke *p, unsigned int port, unsigned int q);
/** Print the counters of both ports that are not zero. The reads clear them. */
void
poke_stats(struct poke *p);

/** Build a frame from port 0 to port 1, unless @p spec has other addresses. It is not padded. */
struct frame_layout
poke_build(uint8_t *frame, const struct frame_spec *spec);
/** TUCMD_L4T for a protocol. */
uint32_t
poke_l4t(uint8_t proto);
/** Write a context for a packet of this layout to a queue of port 0. */
void
poke_tx_context(struct poke *p, unsigned int q, const struct frame_layout *l, uint32_t l4_len,
	uint32_t tucmd, uint32_t mss, uint16_t tci, uint32_t idx);

extern const uint8_t poke_mac[POKE_PORTS][6];

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
/** Run @p rounds of random operations from p->seed. */
void
poke_fuzz(struct poke *p, unsigned int rounds);

/**
 * Compare two traces. @return 0 if they are equal except for known differences; 1: differences,
 * which are printed.
 */
int
poke_compare(const char *theirs, const char *ours, const char *known);

#endif /* _POKE_H_ */
