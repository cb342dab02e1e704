/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */
#ifndef _SL_SOFTNIC_H_
#define _SL_SOFTNIC_H_

/**
 * @file
 * The software NIC: a model of one of several devices, with registers, DMA through an adapter's
 * window, and a wire. Either the caller steps it, which makes it deterministic, or a device thread
 * (sl_runner) does.
 *
 * Thread rules. "Control" calls: any thread. The device's lock serialises them with each other
 * and with the device's steps. The lock is fair and is taken once per step, so a control call
 * waits for one step at most. "Device" calls: the thread that steps the device. Register reads
 * and writes are control calls; a doorbell is an atomic store to its word, by any thread.
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
 * Limits of the models. They support only advanced descriptors: a receive queue of
 * another descriptor type is unusable, a legacy transmit descriptor counts in
 * bad_desc. There is no header split and no virtualization. Interrupts are not
 * throttled: a step signals each vector at most once. For errors whose result the
 * datasheet does not define, the model does this:
 * - a tail or head beyond the ring: the queue waits for a valid one;
 * - a receive buffer outside the window: the frame is written back with RXE;
 * - data to send outside the window: the frame is dropped, its descriptors complete;
 * - transmit descriptors outside the window: they are skipped up to the tail.
 * Each is logged once per device.
 */

/** One software NIC. Opaque. */
struct sl_softnic;

/** A device that a software NIC can model; constant. */
struct sl_softnic_device {
	const char *name;   /**< "82576" */
	uint16_t pci_id;    /**< PCI device id; the vendor is 8086h */
	uint16_t queues;    /**< queues per direction */
	uint16_t vectors;   /**< interrupt vectors */
	uint32_t bar_size;  /**< bytes of the register BAR */
	uint32_t max_frame; /**< bytes of the longest frame, including FCS */
};

/** Device @p i of the available ones, the default first; NULL past the end. */
const struct sl_softnic_device *
sl_softnic_device_at(unsigned int i);

/** Memory for the queues with their doorbell words, which other processes may store to. */
struct sl_softnic_memory {
	/** Memory aligned to @p align, a power of two; NULL: there is none. */
	void *(*alloc)(void *ctx, size_t size, size_t align);
	/** @p p may be NULL. */
	void (*free)(void *ctx, void *p);
	void *ctx;
};

/** Parameters of a software NIC. Zero-initialise, then set what differs from the default. */
struct sl_softnic_params {
	const char *name;		/**< required; for messages; copied */
	struct sl_adapter *adapter;	/**< all DMA goes through its window */
	const struct sl_dma_host *host; /**< memory of a virtual machine, instead of an adapter */
	const char *device;		/**< name of the device; NULL: the default */
	const struct sl_softnic_memory *memory; /**< copied; NULL: of this process only */
	uint8_t mac[6]; /**< address in the NVM; all zero: 02:00:00:xx:xx:xx from the name */
	sl_log_fn log;	/**< NULL: standard error */
	void *log_ctx;
};

/**
 * Faults on request, for tests with a NIC that misbehaves. Each occurs @c count times, except
 * for those that last until cleared.
 */
enum sl_fault {
	SL_FAULT_NONE,
	SL_FAULT_BAD_LENGTH, /**< next @c count write-backs report length @c arg */
	SL_FAULT_NO_EOP,     /**< next @c count received frames have EOP in no descriptor */
	SL_FAULT_WILD_INDEX, /**< next @c count head write-backs store @c arg instead */
	SL_FAULT_HOLD_DD,    /**< RX write-backs are held until cleared (count 0 clears) */
	SL_FAULT_DROP_DD,    /**< next @c count RX write-backs never set DD */
	SL_FAULT_REPEAT_WB,  /**< next @c count RX write-backs are repeated over the next descriptor
			      */
	SL_FAULT_DMA_ERROR,  /**< next @c count data DMAs fail as if outside the window */
	SL_FAULT_LINK_DOWN,  /**< link down until cleared (count 0 clears) */
	SL_FAULT_HUNG_RESET, /**< CTRL.RST stays set until cleared (count 0 clears) */
	SL_FAULT_REMOVED,    /**< reads return all ones, writes and DMA stop; count 0 plugs the
				device in again, with a reset */
	SL_FAULT_STUCK_QUEUE, /**< queues in mask @c arg (transmit from bit 16 on) stay enabled
				 until cleared */
	SL_FAULT_LYING_QUEUE, /**< queues in the mask read as disabled but work, until cleared */
	SL_FAULT_DEAF, /**< reads return all ones, writes are lost, DMA works; until cleared */
	SL_FAULT_MASTER_STUCK, /**< bus mastering cannot be turned off, until cleared */
	SL_FAULT_COUNT,
};

/** Statistics of the model that are in no register. */
struct sl_softnic_stats {
	uint64_t rx_frames, rx_bytes; /**< delivered to host memory */
	uint64_t tx_frames, tx_bytes; /**< given to the wire */
	uint64_t rx_no_desc;	      /**< wire frames dropped: no receive descriptor */
	uint64_t rx_filtered;	      /**< wire frames that no filter accepted */
	uint64_t dma_faults;	      /**< accesses outside the window */
	uint64_t bad_desc;	      /**< invalid transmit descriptors, which were skipped */
	uint64_t steps;
	uint32_t dma_outstanding; /**< descriptors fetched and not yet written back */
};

/* --- control --- */

/**
 * Create a software NIC: powered up; the link is up once a wire is attached.
 * @return 0; -EINVAL, -ENOMEM; -ENODEV: unknown device.
 */
int
sl_softnic_create(const struct sl_softnic_params *params, struct sl_softnic **out);
/** Destroy a software NIC; it must not be on a runner. Closes its wire. NULL is allowed. */
void
sl_softnic_destroy(struct sl_softnic *nic);
/** Attach a wire, and take ownership of it. -EBUSY: one is attached already. */
int
sl_softnic_attach(struct sl_softnic *nic, struct sl_wire *wire);
/** The attached wire, or NULL. */
struct sl_wire *
sl_softnic_wire(struct sl_softnic *nic);

/** The device that it models. */
const struct sl_softnic_device *
sl_softnic_device(const struct sl_softnic *nic);

/** The MAC address in its NVM. */
void
sl_softnic_mac(const struct sl_softnic *nic, uint8_t mac[6]);

uint32_t
sl_softnic_reg_read(struct sl_softnic *nic, uint32_t off);
void
sl_softnic_reg_write(struct sl_softnic *nic, uint32_t off, uint32_t val);
/**
 * The command register of PCI configuration space. Only its bus-master bit has an effect: it is
 * set initially, and without it there is no DMA. All ones if the device is removed.
 */
uint16_t
sl_softnic_command(struct sl_softnic *nic);
void
sl_softnic_command_write(struct sl_softnic *nic, uint16_t val);
/** The doorbell word (tail) of a queue; NULL: there is no such queue. */
volatile uint32_t *
sl_softnic_tail(struct sl_softnic *nic, bool tx, unsigned int queue);
/** The doorbell word of RDT or TDT at @p off (aliases too); NULL for another register. */
volatile uint32_t *
sl_softnic_doorbell(struct sl_softnic *nic, uint32_t off);
/** The bus through which a driver accesses this device. */
struct sl_bus
sl_softnic_bus(struct sl_softnic *nic);

/**
 * Return the value that a driver reads from a register whose value is @p val. Called with the
 * device's lock held, so it must not call the device. Doorbell words are read without this call.
 */
typedef uint32_t (*sl_softnic_read_fn)(void *ctx, uint32_t off, uint32_t val);
/** Falsify register reads: each read goes through @p fn; NULL ends that. Control. */
void
sl_softnic_on_read(struct sl_softnic *nic, sl_softnic_read_fn fn, void *ctx);

/** Return nanoseconds since some moment, monotonic. Called like sl_softnic_read_fn. */
typedef uint64_t (*sl_softnic_clock_fn)(void *ctx);
/**
 * Replace the clock for the device's system time and time stamps; NULL: the system's monotonic
 * clock, which is the default. Resets the device as at power-up. Control.
 */
void
sl_softnic_clock(struct sl_softnic *nic, sl_softnic_clock_fn fn, void *ctx);

/** An eventfd that counts interrupts of @p vector; owned by the device. -1: no such vector. */
int
sl_softnic_irq_fd(struct sl_softnic *nic, unsigned int vector);

/**
 * Called for an interrupt of @p vector, with the device's lock held, so it must not call the
 * device.
 */
typedef void (*sl_softnic_irq_fn)(void *ctx, unsigned int vector);
/** Interrupts go to @p fn instead of eventfds; NULL ends that. Control. */
void
sl_softnic_on_irq(struct sl_softnic *nic, sl_softnic_irq_fn fn, void *ctx);
/** True if the device asserts its interrupt line; never while it uses MSI-X. Control. */
bool
sl_softnic_intx(struct sl_softnic *nic);
/**
 * PCI function-level reset: all registers are as after power-up, and bus mastering is off. Has no
 * effect if the device is removed. Control.
 */
void
sl_softnic_function_reset(struct sl_softnic *nic);

/** Request a fault. -EINVAL for an unknown one. */
int
sl_softnic_fault(struct sl_softnic *nic, enum sl_fault fault, uint32_t arg, uint32_t count);
/** Name of a fault, such as "bad_length"; NULL past the end. */
const char *
sl_fault_name(enum sl_fault fault);
/** Parse "name[:arg[:count]]"; count 1 by default. -EINVAL. */
int
sl_fault_parse(const char *text, enum sl_fault *fault, uint32_t *arg, uint32_t *count);

void
sl_softnic_stats(struct sl_softnic *nic, struct sl_softnic_stats *out);
/** Print every register: offset, name, value, meaning. Clear-on-read registers are not cleared. */
void
sl_softnic_dump(struct sl_softnic *nic, FILE *f);

/* --- device --- */

/**
 * Run one step of the device: transmit what doorbells announced, then receive from
 * the wire, at most @p budget frames per queue and direction.
 * @return frames moved; 0: idle.
 */
unsigned int
sl_softnic_step(struct sl_softnic *nic, unsigned int budget);

/* --- a device thread for one or several devices --- */

struct sl_runner;

/**
 * Start a thread that steps devices, pinned to @p cpu (-1: not pinned).
 * Control. @return 0 or negative errno (-EINVAL for a CPU that does not exist, or that the
 * kernel does not allow to this process).
 */
int
sl_runner_start(int cpu, struct sl_runner **out);
/** Add or remove a device; when remove returns, the thread no longer uses it. Control. */
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
