/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */
#ifndef _SOFTNIC_DRV_H_
#define _SOFTNIC_DRV_H_

/**
 * @file
 * For the tests of the software NIC: a driver that only pokes registers and
 * descriptors, and a wire whose frames the test writes and reads.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "sl_bits.h"
#include "sl_bus.h"
#include "sl_desc.h"
#include "sl_fields.h"
#include "sl_regs.h"
#include "sl_shm.h"
#include "sl_softnic.h"

#define RIG_DESCS 64u
#define RIG_BUF 2048u
#define RIG_FRAMES 1024u

/** A frame kept by the test wire. */
struct rig_frame {
	uint8_t *data;
	uint32_t len;
	bool bad_fcs;
};

/** Frames in order, each a copy of its own. */
struct rig_list {
	struct rig_frame f[RIG_FRAMES];
	unsigned int head, n;
};

struct rig_wire {
	struct sl_wire base;
	struct rig_list in;  /**< on their way to the NIC */
	struct rig_list out; /**< sent by the NIC */
	bool up;
	bool waits; /**< heeds @p room, as a wire that can wait */
	unsigned int last_room;
};

/** Rings and buffers of one queue pair. */
struct rig_queue {
	struct sl_region ring_mem, buf_mem, head_mem;
	volatile union sl_rx_desc *rx;
	volatile union sl_tx_desc *tx;
	volatile uint32_t *tail;
	volatile uint32_t *head_wb;
	uint8_t *buf;
	uint32_t descs, buf_size;
	uint32_t next;
};

/** One device under test, with its adapter and wire. */
struct rig {
	struct sl_adapter *adapter;
	struct sl_softnic *nic;
	struct sl_bus bus;
	struct rig_wire *wire;
	struct rig_queue rxq[SL_NIC_QUEUES], txq[SL_NIC_QUEUES];
	unsigned int logged; /**< messages of the device */
	char last_log[256];
};

/** cmocka fixtures: *state is a struct rig. */
int
rig_setup(void **state);
/** As rig_setup(), with another device of sl_softnic_device_at(). */
int
rig_setup_device(void **state, const char *device);
int
rig_teardown(void **state);

/** Another wire in place of one that went with its device; not attached yet. */
void
rig_wire_new(struct rig *r);

/** Memory in the device's window; asserted to be had. */
struct sl_region
rig_alloc(struct rig *r, const char *name, size_t len);

/** Set up and enable a queue with RIG_DESCS descriptors. @p post: give all RX buffers but one. */
void
rig_rx_start(struct rig *r, unsigned int q, uint32_t buf_kib, bool post);
void
rig_tx_start(struct rig *r, unsigned int q, bool head_wb);
/** Link up, RCTL.RXEN with BAM and UPE, TCTL.EN; queue 0 of both directions. */
void
rig_start(struct rig *r);

/** Put a frame on the wire to the NIC. */
void
rig_wire_in(struct rig *r, const void *data, uint32_t len);
/** Take the oldest frame the NIC sent; len 0 when there is none. Data valid until the next call. */
struct rig_frame
rig_wire_out(struct rig *r);

/** The descriptor of slot @p i, address of its buffer. */
uint64_t
rig_buf_iova(const struct rig_queue *q, uint32_t i);
/**
 * Queue one frame of one descriptor; the tail is moved. cmd and olinfo get the usual bits added.
 */
void
rig_tx_one(struct rig *r, unsigned int q, const void *data, uint32_t len, uint32_t cmd,
	uint32_t olinfo);
/** Write a raw descriptor at the next slot; the tail is not moved. */
void
rig_tx_raw(struct rig *r, unsigned int q, union sl_tx_desc d);
void
rig_tx_ring(struct rig *r, unsigned int q);

/** The next received descriptor when DD is set, or NULL; moves on. @p data: its buffer. */
volatile union sl_rx_desc *
rig_rx_next(struct rig *r, unsigned int q, const uint8_t **data);

/** Step until the device is idle, bounded. */
void
rig_run(struct rig *r);

/** Seed of this run: SL_SEED or the clock; printed. */
uint64_t
rig_seed(void);
uint64_t
rig_random(uint64_t *state);
/** A frame of @p len random bytes with the given destination, locally administered source. */
void
rig_frame_fill(uint64_t *seed, uint8_t *frame, uint32_t len, const uint8_t dst[6]);

/** An IP packet to build. Zero-initialise, then set what differs. */
struct rig_ip {
	int version;   /**< 4 or 6 */
	uint8_t proto; /**< RIG_TCP, RIG_UDP, RIG_SCTP, or any other */
	bool vlan;
	uint16_t tci;
	uint32_t payload;	  /**< bytes after the transport header */
	const uint8_t *src, *dst; /**< 4 or 16 bytes; NULL: some */
	uint16_t sport, dport;
	const uint8_t *ext; /**< IPv4 options or IPv6 extension headers, or NULL */
	uint32_t ext_len;   /**< a multiple of 4 or 8 */
	uint8_t first_next; /**< IPv6 with ext: the first extension's number */
	bool fragment;	    /**< the first of several (IPv4) */
};
enum { RIG_TCP = 6, RIG_UDP = 17, RIG_SCTP = 132 };

/** Where things are in a packet that was built. */
struct rig_layout {
	uint32_t l3, l4, payload, len;
};

/** Build it with right checksums into @p frame of RIG_BUF bytes; padded to 60 bytes. */
struct rig_layout
rig_ip_frame(uint8_t *frame, const struct rig_ip *p);
/** One's complement sum of the transport part with its pseudo header: FFFFh when it is right. */
uint16_t
rig_l4_sum(const uint8_t *frame, const struct rig_layout *l, uint32_t l4_len);
/** One's complement sum of the IPv4 header. */
uint16_t
rig_l3_sum(const uint8_t *frame, const struct rig_layout *l);
uint16_t
rig_get16(const uint8_t *p);
void
rig_put16(uint8_t *p, uint32_t v);

extern const uint8_t rig_mac[6];
extern const uint8_t rig_broadcast[6];

#endif /* _SOFTNIC_DRV_H_ */
