/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */
#ifndef _SL_IXGBE_H_
#define _SL_IXGBE_H_

/**
 * @file
 * The ixgbe family: implementation of the tasks in sl_hw.h. Its base device is the 82599.
 */

#include "sl_hw.h"
#include "sl_ixgbe_quirks.h"
#include "sl_log.h"
#include "sl_port.h"
#include "sl_regs_82599.h"

/** Devices of the family. */
extern const struct sl_hw_family sl_ixgbe_family;

/** Read and write element @p i of register @p name. */
#define SL_IXGBE_RD(bus, name, i) sl_bus_read((bus), SL_82599_OFF(name, i))
#define SL_IXGBE_WR(bus, name, i, val) sl_bus_write((bus), SL_82599_OFF(name, i), (val))

/** Properties of a device that are found when it is reset. Bits of sl_port.noted. */
enum sl_ixgbe_note {
	SL_IXGBE_PINS_TELL = 1 << 0, /**< ESDP shows whether a module is in the cage */
	SL_IXGBE_NVM_GOOD = 1 << 1,  /**< the sum of the NVM was correct */
};

static inline bool
sl_ixgbe_has(const struct sl_port *port, enum sl_ixgbe_quirk quirk)
{
	return (port->hw->quirks & quirk) != 0;
}

/**
 * Writes to registers are posted. A read completes only after them (PCI Local Bus 3.0, section
 * 3.2.5), so they have taken effect when this returns.
 */
static inline void
sl_ixgbe_wait_for_writes(struct sl_port *port)
{
	(void)SL_IXGBE_RD(&port->bus, STATUS, 0);
}

/**
 * Value of CTRL that can be written back, without the reset bits. A faulty NIC that reads with
 * these bits set would otherwise be reset.
 */
static inline uint32_t
sl_ixgbe_ctrl(const struct sl_bus *bus)
{
	return SL_IXGBE_RD(bus, CTRL, 0) & ~SL_82599_CTRL_RESETS;
}

/* sl_ixgbe_nvm.c: the NVM, and the resources that driver and firmware share */
/**
 * Acquire resources of GSSR. This excludes the firmware and the driver of the chip's other port.
 * @param bits SL_82599_GSSR_*
 * @return 0; -EBUSY; -EIO: the device is gone
 */
int
sl_ixgbe_own(struct sl_port *port, uint32_t bits);
/**
 * As sl_ixgbe_own(), but wait for 0.1 s at most. For tasks that are done even without the resource.
 */
int
sl_ixgbe_ask(struct sl_port *port, uint32_t bits);
void
sl_ixgbe_disown(struct sl_port *port, uint32_t bits);
/** Resource of this port's PHY, or of the bus to its module. */
uint32_t
sl_ixgbe_phy_resource(struct sl_port *port);
/** Read @p n words of the NVM. @return 0, -ETIMEDOUT, -EBUSY or -EIO. */
int
sl_ixgbe_nvm_words(struct sl_port *port, unsigned int word, unsigned int n, uint16_t *val);
/** Number of words of the NVM. */
uint32_t
sl_ixgbe_nvm_size(struct sl_port *port);
int
sl_ixgbe_nvm_version(struct sl_port *port, struct sl_hw_version *version);
/** Read one word of the NVM. */
int
sl_ixgbe_nvm_read(struct sl_port *port, unsigned int word, uint16_t *val);
/**
 * Read a word of the NVM that points to others. @return 0: it points nowhere, or cannot be read.
 */
unsigned int
sl_ixgbe_nvm_pointer(struct sl_port *port, unsigned int word);

/* sl_ixgbe_sum.c */
/** Check the sum of the NVM. @return 0, or -errno, logged. */
int
sl_ixgbe_sum_check(struct sl_port *port);

/* sl_ixgbe_firmware.c: commands to the firmware */
/** Read words of the NVM; acquires the resources. @return 0, -ETIMEDOUT, -EBUSY or -EIO. */
int
sl_ixgbe_firmware_words(struct sl_port *port, unsigned int word, unsigned int n, uint16_t *val);
/** Command the firmware to stop receive. RXCTRL shows whether it did. */
void
sl_ixgbe_firmware_stop(struct sl_port *port);
/** Check that the firmware is not in recovery mode. @return 0, or -EIO, logged. */
int
sl_ixgbe_firmware_check(struct sl_port *port);

/* sl_ixgbe_phy.c: the copper PHY */
/** Advertise the speeds that the port's configuration selects, and negotiate. */
int
sl_ixgbe_phy_up(struct sl_port *port);
int
sl_ixgbe_phy_down(struct sl_port *port);

/* sl_ixgbe_sfp.c */
/** Link that a module requires. */
enum sl_ixgbe_module {
	SL_IXGBE_MODULE_NONE, /**< no module, or one that this NIC does not support; logged */
	SL_IXGBE_MODULE_10G,
	SL_IXGBE_MODULE_1G,
};
/** Identify the module in the cage and configure the NIC for it. */
enum sl_ixgbe_module
sl_ixgbe_sfp_set_up(struct sl_port *port);
/** Read from the module's memories, as sl_hw_ops.module_read. */
int
sl_ixgbe_sfp_read(struct sl_port *port, unsigned int at, unsigned int n, uint8_t *val);

/* sl_ixgbe_reset.c */
bool
sl_ixgbe_answers(struct sl_port *port);
int
sl_ixgbe_quiet(struct sl_port *port);
int
sl_ixgbe_reset(struct sl_port *port);
void
sl_ixgbe_let_go(struct sl_port *port);
void
sl_ixgbe_mac_get(struct sl_port *port, struct rte_ether_addr *mac);
bool
sl_ixgbe_moves_frames(const struct sl_bus *bus);
void
sl_ixgbe_forget(const struct sl_bus *bus);

/* sl_ixgbe_link.c */
void
sl_ixgbe_led_set(struct sl_port *port, bool on);
int
sl_ixgbe_link_set(struct sl_port *port, bool up);
bool
sl_ixgbe_link_get(struct sl_port *port, struct sl_hw_link *link);

/* sl_ixgbe_pause.c */
void
sl_ixgbe_pause_set(struct sl_port *port, const struct sl_hw_pause *pause);
uint32_t
sl_ixgbe_rx_buffer(struct sl_port *port);

/* sl_ixgbe_rxtx.c */
/** Turn the receive unit off. */
void
sl_ixgbe_rx_off(struct sl_port *port);
void
sl_ixgbe_rx_set_up(struct sl_port *port, const struct sl_hw_rx *rx);
void
sl_ixgbe_rx_switch(struct sl_port *port, bool on);
void
sl_ixgbe_tx_switch(struct sl_port *port, bool on);
void
sl_ixgbe_max_frame_set(struct sl_port *port, uint32_t max_frame);

/* sl_ixgbe_queue.c */
int
sl_ixgbe_rxq_enable(struct sl_rx_queue *q);
int
sl_ixgbe_rxq_disable(struct sl_rx_queue *q);
int
sl_ixgbe_txq_enable(struct sl_tx_queue *q);
int
sl_ixgbe_txq_disable(struct sl_tx_queue *q);
void
sl_ixgbe_txq_drain(struct sl_tx_queue *q, unsigned int us);
uint32_t
sl_ixgbe_rxq_head(const struct sl_rx_queue *q);
uint32_t
sl_ixgbe_txq_head(const struct sl_tx_queue *q);
bool
sl_ixgbe_txq_is_set_up(const struct sl_tx_queue *q);
volatile uint32_t *
sl_ixgbe_rxq_tail(struct sl_port *port, unsigned int qid);
volatile uint32_t *
sl_ixgbe_txq_tail(struct sl_port *port, unsigned int qid);

/* sl_ixgbe_filter.c */
void
sl_ixgbe_addr_set(struct sl_port *port, unsigned int i, const struct rte_ether_addr *mac);
void
sl_ixgbe_multicast_set(struct sl_port *port, const uint32_t mta[SL_MTA_WORDS]);
void
sl_ixgbe_promiscuous_set(struct sl_port *port, bool unicast, bool multicast);
void
sl_ixgbe_vfta_set(struct sl_port *port, unsigned int word, uint32_t vlans);
void
sl_ixgbe_vlan_set(struct sl_port *port, bool strip, bool filter);
int
sl_ixgbe_vlan_type_set(struct sl_port *port, uint16_t type);
void
sl_ixgbe_reta_set(struct sl_port *port, const uint8_t *reta);
void
sl_ixgbe_rss_set(struct sl_port *port, const uint8_t *key, uint64_t hf);

/* sl_ixgbe_intr.c */
uint32_t
sl_ixgbe_intr_causes(struct sl_port *port);
void
sl_ixgbe_intr_set_up(struct sl_port *port, unsigned int nb_rx);
void
sl_ixgbe_intr_set_up_one(struct sl_port *port);
void
sl_ixgbe_intr_link(struct sl_port *port, bool on);
void
sl_ixgbe_intr_rx(struct sl_port *port, bool on);
void
sl_ixgbe_intr_rxq(struct sl_port *port, unsigned int qid, bool on);
void
sl_ixgbe_intr_off(struct sl_port *port);

/* sl_ixgbe_stats.c */
/** Number of counters. The 82599 has the first of them. */
#define SL_IXGBE_COUNTERS_82599 49u
#define SL_IXGBE_COUNTERS 53u
extern const struct sl_hw_counter sl_ixgbe_counters[SL_IXGBE_COUNTERS];
void
sl_ixgbe_count(struct sl_port *port, uint64_t *value, uint64_t *dropped);
void
sl_ixgbe_sum(const uint64_t *value, struct sl_hw_sums *sums);
uint32_t
sl_ixgbe_dump(struct sl_port *port, uint32_t *out);

#endif /* _SL_IXGBE_H_ */
