/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */
#ifndef _SOFTNIC_DRV_H_
#define _SOFTNIC_DRV_H_

/**
 * @file
 * Rig for tests of the software NIC: a driver that only writes registers and descriptors, and a
 * wire whose frames the test writes and reads.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "frame.h"
#include "rng.h"
#include "sl_bits.h"
#include "sl_bus.h"
#include "sl_desc.h"
#include "sl_format.h"
#include "sl_fields.h"
#include "sl_regs.h"
#include "sl_shm.h"
#include "sl_softnic.h"

#define DRV_DESCS 64u
#define DRV_BUF 2048u
#define DRV_FRAMES 1024u

/** A frame that the test wire stores. */
struct drv_frame {
	uint8_t *data;
	uint32_t len;
	bool bad_fcs;
};

/** Frames in order. Each is a copy. */
struct drv_list {
	struct drv_frame f[DRV_FRAMES];
	unsigned int head, n;
};

struct drv_wire {
	struct sl_wire base;
	struct drv_list in;  /**< to the NIC */
	struct drv_list out; /**< sent by the NIC */
	bool up;
	bool waits; /**< offers at most @p room frames, as a wire that can wait */
	unsigned int last_room;
};

/** Rings and buffers of one queue pair. */
struct drv_queue {
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
struct nic_drv {
	struct sl_adapter *adapter;
	struct sl_softnic *nic;
	struct sl_bus bus;
	struct drv_wire *wire;
	struct drv_queue rxq[SL_NIC_QUEUES], txq[SL_NIC_QUEUES];
	uint64_t clock_ns;   /**< time of the test's clock: drv_clock() */
	unsigned int logged; /**< number of messages of the device */
	char last_log[256];
};

/** cmocka fixtures: *state is a struct nic_drv. */
int
drv_setup(void **state);
/** drv_setup() with another device of sl_softnic_device_at(). */
int
drv_setup_device(void **state, const char *device);
int
drv_teardown(void **state);

/**
 * Define test_TEST, which calls TEST(r, row) with each device of a table. The rows have its name.
 */
#define DRV_EACH(test, table) DRV_EACH_FROM(DRV_NOTHING, test, table)
#define DRV_NOTHING(r, row) (void)(row)
/** DRV_EACH() that calls FIRST(r, row) before each. */
#define DRV_EACH_FROM(first, test, table) \
	static void test_##test(void **state) \
	{ \
		unsigned int i; \
		for (i = 0; i < sizeof(table) / sizeof((table)[0]); i++) { \
			print_message("%s\n", (table)[i].name); \
			assert_int_equal(drv_setup_device(state, (table)[i].name), 0); \
			first(*state, &(table)[i]); \
			test(*state, &(table)[i]); \
			drv_teardown(state); \
		} \
	}

/** Create a new wire after the old one was closed with its device. It is not attached yet. */
void
drv_wire_new(struct nic_drv *r);

/** Allocate memory in the device's window. Fails the test on error. */
struct sl_region
drv_alloc(struct nic_drv *r, const char *name, size_t len);

/** Set up and enable a queue of DRV_DESCS descriptors. @p post: post all buffers but one. */
void
drv_rx_start(struct nic_drv *r, unsigned int q, uint32_t buf_kib, bool post);
void
drv_tx_start(struct nic_drv *r, unsigned int q, bool head_wb);
/** Enable the link, RCTL.RXEN with BAM and UPE, TCTL.EN, and queue 0 of both directions. */
void
drv_start(struct nic_drv *r);

/** Put a frame on the wire to the NIC. */
void
drv_wire_in(struct nic_drv *r, const void *data, uint32_t len);
/** Take the oldest frame that the NIC sent; len 0: none. The data is valid until the next call. */
struct drv_frame
drv_wire_out(struct nic_drv *r);

/** Address of the buffer of slot @p i. */
uint64_t
drv_buf_iova(const struct drv_queue *q, uint32_t i);
/**
 * Queue a frame of one descriptor and write the tail. The usual bits are added to cmd and olinfo.
 */
void
drv_tx_one(struct nic_drv *r, unsigned int q, const void *data, uint32_t len, uint32_t cmd,
	uint32_t olinfo);
/** Write a raw descriptor to the next slot. The tail is not written. */
void
drv_tx_raw(struct nic_drv *r, unsigned int q, union sl_tx_desc d);
void
drv_tx_ring(struct nic_drv *r, unsigned int q);

/**
 * The next received descriptor, or NULL if DD is not set. @p data: its buffer. Advances the queue.
 */
volatile union sl_rx_desc *
drv_rx_next(struct nic_drv *r, unsigned int q, const uint8_t **data);

/** Interrupts of a vector since the last call. */
uint64_t
drv_irqs(struct nic_drv *r, unsigned int vector);
/**
 * Replace the device's clock by the test's: r->clock_ns, which starts at @p ns and advances only
 * when the test changes it. Resets the device (sl_softnic_clock()).
 */
void
drv_clock(struct nic_drv *r, uint64_t ns);
/** MDIC of family igb, after the operation is done. */
uint32_t
drv_mdic(struct nic_drv *r, uint32_t op, uint32_t phy, uint32_t reg, uint32_t data);
/** Read a register of the device's own PHY. Fails the test on error. */
uint16_t
drv_phy_read(struct nic_drv *r, uint32_t reg);
void
drv_phy_write(struct nic_drv *r, uint32_t reg, uint32_t val);

/** Step until the device is idle, a limited number of times. */
void
drv_run(struct nic_drv *r);

/** MAC address of the device. Frames are sent to it unless they set another. */
extern const uint8_t drv_mac[6];

#endif /* _SOFTNIC_DRV_H_ */
