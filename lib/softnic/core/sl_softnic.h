/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */
#ifndef _SL_SOFTNIC_H_
#define _SL_SOFTNIC_H_

/**
 * @file
 * The software NIC: a model of one of several devices, with registers, DMA through an adapter's
 * window, and a wire. The caller steps it, and it is then deterministic; or a device thread
 * (sl_runner) does.
 *
 * Thread rules. "Control" calls: any thread, serialised by a lock of the
 * device against each other and against the device's step. The lock is fair
 * and taken once for each step, so a control call waits for one step at most. "Device" calls:
 * the thread that steps the device. Register reads and writes are control
 * calls; doorbells are plain atomic stores to their words, by any thread.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "sl_bus.h"
#include "sl_shm.h"
#include "sl_wire.h"

#ifdef __cplusplus
extern "C" {
#endif

/*
 * Limits of the models. They know advanced descriptors only: a receive queue of
 * another descriptor type is unusable, a legacy transmit descriptor counts in
 * bad_desc. No header split, no virtualization, no IEEE 1588. Interrupts are not
 * throttled: a step signals each vector at most once. After mistakes for which
 * the datasheet defines no result, a device does this:
 * - a tail or head beyond the ring: the queue waits for a valid one;
 * - a receive buffer outside the window: the frame is written back with RXE;
 * - data to send outside the window: the frame is dropped, its descriptors complete;
 * - transmit descriptors outside the window: passed over up to the tail.
 * Each is logged once for a device.
 */

/** One software NIC. Opaque. */
struct sl_softnic;

/** A device that a software NIC can be; constant. */
struct sl_softnic_device {
	const char *name;   /**< "82576" */
	uint16_t pci_id;    /**< its device id; the vendor is 8086h */
	uint16_t queues;    /**< of each direction */
	uint16_t vectors;   /**< interrupt vectors */
	uint32_t bar_size;  /**< bytes of the register BAR */
	uint32_t max_frame; /**< bytes of the longest frame, FCS included */
};

/** The available devices, the default one first; NULL past the end. */
const struct sl_softnic_device *
sl_softnic_device_at(unsigned int i);

/** How to make one. Zero-initialise, then set what differs. */
struct sl_softnic_params {
	const char *name;	    /**< required; for messages; copied */
	struct sl_adapter *adapter; /**< required; every DMA goes through its window */
	const char *device;	    /**< name of the device; NULL: the first one */
	uint8_t mac[6];		    /**< stored in the NVM; all zero: 02:00:00:xx from the name */
	sl_log_fn log;		    /**< NULL: standard error */
	void *log_ctx;
};

/**
 * Faults on request, so that tests meet a NIC that misbehaves. Each strikes @c count times, except
 * for those that last until cleared.
 */
enum sl_fault {
	SL_FAULT_NONE,
	SL_FAULT_BAD_LENGTH,  /**< next @c count write-backs claim length @c arg */
	SL_FAULT_NO_EOP,      /**< next @c count received frames never end: EOP withheld on every
				 descriptor */
	SL_FAULT_WILD_INDEX,  /**< next @c count head write-backs store @c arg instead */
	SL_FAULT_HOLD_DD,     /**< RX write-backs are held until cleared (count 0 clears) */
	SL_FAULT_DROP_DD,     /**< next @c count RX write-backs leave DD clear for good */
	SL_FAULT_REPEAT_WB,   /**< next @c count RX write-backs are done twice: also over the next
				 descriptor */
	SL_FAULT_DMA_ERROR,   /**< next @c count data DMAs fail as if outside the window */
	SL_FAULT_LINK_DOWN,   /**< link down until cleared (count 0 clears) */
	SL_FAULT_HUNG_RESET,  /**< CTRL.RST stays set until cleared (count 0 clears) */
	SL_FAULT_REMOVED,     /**< reads give all ones, writes and DMA stop; count 0 plugs in again,
				 after reset */
	SL_FAULT_STUCK_QUEUE, /**< queues of mask @c arg (transmit from bit 16 on) stay enabled,
				 until cleared */
	SL_FAULT_LYING_QUEUE, /**< such queues read as disabled and still work, until cleared */
	SL_FAULT_DEAF, /**< reads give all ones, writes are lost, DMA goes on; until cleared */
	SL_FAULT_MASTER_STUCK, /**< bus mastering cannot be turned off, until cleared */
	SL_FAULT_COUNT,
};

/** Figures of the model that are in no register. */
struct sl_softnic_stats {
	uint64_t rx_frames, rx_bytes; /**< delivered to host memory */
	uint64_t tx_frames, tx_bytes; /**< given to the wire */
	uint64_t rx_no_desc;	      /**< wire frames dropped: no receive descriptor */
	uint64_t rx_filtered;	      /**< wire frames that no filter wanted */
	uint64_t dma_faults;	      /**< accesses outside the window */
	uint64_t bad_desc;	      /**< invalid transmit descriptors, which were skipped */
	uint64_t steps;
	uint32_t dma_outstanding; /**< descriptors fetched and not yet written back */
};

/* --- control --- */

/**
 * Make a software NIC: powered up, link up when a wire is attached.
 * @return 0; -EINVAL, -ENOMEM; -ENODEV: there is no such device.
 */
int
sl_softnic_create(const struct sl_softnic_params *params, struct sl_softnic **out);
/** Destroy a software NIC, which must not be on a runner. Its wire is closed. NULL is allowed. */
void
sl_softnic_destroy(struct sl_softnic *nic);
/** Attach a wire; takes ownership. -EBUSY when there is one. */
int
sl_softnic_attach(struct sl_softnic *nic, struct sl_wire *wire);
/** The attached wire, or NULL. */
struct sl_wire *
sl_softnic_wire(struct sl_softnic *nic);

/** The device that it is. */
const struct sl_softnic_device *
sl_softnic_device(const struct sl_softnic *nic);

uint32_t
sl_softnic_reg_read(struct sl_softnic *nic, uint32_t off);
void
sl_softnic_reg_write(struct sl_softnic *nic, uint32_t off, uint32_t val);
/**
 * The command register of PCI's configuration space. Only its bus-master bit has an effect: it is
 * set at first, and without it there is no DMA. All ones when the device is removed.
 */
uint16_t
sl_softnic_command(struct sl_softnic *nic);
void
sl_softnic_command_write(struct sl_softnic *nic, uint16_t val);
/** The word behind the doorbell of a queue; NULL: there is no such queue. */
volatile uint32_t *
sl_softnic_tail(struct sl_softnic *nic, bool tx, unsigned int queue);
/** The word behind RDT or TDT @p off (aliases too), or NULL for another register. */
volatile uint32_t *
sl_softnic_doorbell(struct sl_softnic *nic, uint32_t off);
/** The bus a driver uses to reach this device. */
struct sl_bus
sl_softnic_bus(struct sl_softnic *nic);

/**
 * Returns what a driver reads from a register that holds @p val. Called with the device's lock
 * held, so it must not call the device. Doorbell words are read without it.
 */
typedef uint32_t (*sl_softnic_read_fn)(void *ctx, uint32_t off, uint32_t val);
/** Make the device lie: each register read goes through @p fn; NULL ends that. Control. */
void
sl_softnic_on_read(struct sl_softnic *nic, sl_softnic_read_fn fn, void *ctx);

/** An eventfd that counts interrupts of @p vector; owned by the device. -1: no such vector. */
int
sl_softnic_irq_fd(struct sl_softnic *nic, unsigned int vector);

/** Request a fault. -EINVAL for an unknown one. */
int
sl_softnic_fault(struct sl_softnic *nic, enum sl_fault fault, uint32_t arg, uint32_t count);
/** "bad_length", ...: name of a fault, NULL past the end. */
const char *
sl_fault_name(enum sl_fault fault);
/** Parse "name[:arg[:count]]"; count 1 by default. -EINVAL. */
int
sl_fault_parse(const char *text, enum sl_fault *fault, uint32_t *arg, uint32_t *count);

void
sl_softnic_stats(struct sl_softnic *nic, struct sl_softnic_stats *out);
/** Every register with name, offset, value and meaning, for people. No read-clear happens. */
void
sl_softnic_dump(struct sl_softnic *nic, FILE *f);

/* --- device --- */

/**
 * Let the device work: transmit what doorbells announced, then receive from
 * the wire, at most @p budget frames a queue and direction.
 * @return frames moved; 0 when idle.
 */
unsigned int
sl_softnic_step(struct sl_softnic *nic, unsigned int budget);

/* --- a device thread for one or several devices --- */

struct sl_runner;

/**
 * Start a thread that steps devices, pinned to @p cpu (-1: not pinned).
 * Control. @return 0 or negative errno (-EINVAL for a CPU that is not there, or that the
 * kernel keeps from this process).
 */
int
sl_runner_start(int cpu, struct sl_runner **out);
/** Add and remove a device; when remove returns, the thread no longer touches it. Control. */
int
sl_runner_add(struct sl_runner *r, struct sl_softnic *nic);
int
sl_runner_remove(struct sl_runner *r, struct sl_softnic *nic);
/** Stop the thread; -EBUSY while devices are on it. Control. */
int
sl_runner_stop(struct sl_runner *r);

#ifdef __cplusplus
}
#endif

#endif /* _SL_SOFTNIC_H_ */
