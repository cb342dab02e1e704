/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */
#ifndef _SL_IGB_H_
#define _SL_IGB_H_

/**
 * @file
 * The family igb: its functions for the control path, as declared in sl_hw.h. The 82576 is the base
 * device.
 */

#include "sl_fields.h"
#include "sl_hw.h"
#include "sl_log.h"
#include "sl_port.h"
#include "sl_quirks.h"
#include "sl_regs.h"

/** Its devices, see families.def. */
extern const struct sl_hw_family sl_igb_family;

static inline bool
sl_igb_has(const struct sl_port *port, enum sl_quirk quirk)
{
	return (port->hw->quirks & quirk) != 0;
}

/* sl_igb_phy.c: semaphores and the PHY */
/** Acquire resources of SW_FW_SYNC. @return 0; -EBUSY; -EIO: the device is gone */
int
sl_igb_own(struct sl_port *port, uint32_t bits);
void
sl_igb_disown(struct sl_port *port, uint32_t bits);
/** Acquire the PHY of this port and its MDIC register. @param[out] owned for sl_igb_phy_put() */
int
sl_igb_phy_get(struct sl_port *port, uint32_t *owned);
void
sl_igb_phy_put(struct sl_port *port, uint32_t owned);
/** Write a PHY register over MDIO. The PHY must be acquired. */
int
sl_igb_phy_write(struct sl_port *port, enum sl_phy_reg reg, uint16_t val);
/** Read a PHY register over MDIO. The PHY must be acquired. */
int
sl_igb_phy_read(struct sl_port *port, enum sl_phy_reg reg, uint16_t *val);
/** Make sure that the PHY's PLL is configured, on devices that can lose this. */
int
sl_igb_phy_pll(struct sl_port *port);

/* sl_igb_reset.c */
bool
sl_igb_answers(struct sl_port *port);
int
sl_igb_quiet(struct sl_port *port);
int
sl_igb_reset(struct sl_port *port);
void
sl_igb_let_go(struct sl_port *port);
void
sl_igb_mac_get(struct sl_port *port, struct rte_ether_addr *mac);
bool
sl_igb_moves_frames(const struct sl_bus *bus);
void
sl_igb_forget(const struct sl_bus *bus);

/* sl_igb_board.c */
uint32_t
sl_igb_nvm_size(struct sl_port *port);
int
sl_igb_nvm_words(struct sl_port *port, unsigned int word, unsigned int n, uint16_t *val);
int
sl_igb_nvm_version(struct sl_port *port, struct sl_hw_version *version);
void
sl_igb_led_set(struct sl_port *port, bool on);

/* sl_igb_link.c */
int
sl_igb_link_set(struct sl_port *port, bool up);
bool
sl_igb_link_get(struct sl_port *port, struct sl_hw_link *link);

/* sl_igb_pause.c */
void
sl_igb_pause_set(struct sl_port *port, const struct sl_hw_pause *pause);
uint32_t
sl_igb_rx_buffer(struct sl_port *port);

/* sl_igb_queue.c */
void
sl_igb_rx_set_up(struct sl_port *port, const struct sl_hw_rx *rx);
void
sl_igb_rx_switch(struct sl_port *port, bool on);
void
sl_igb_tx_switch(struct sl_port *port, bool on);
void
sl_igb_max_frame_set(struct sl_port *port, uint32_t max_frame);
int
sl_igb_rxq_enable(struct sl_rx_queue *q);
int
sl_igb_rxq_disable(struct sl_rx_queue *q);
int
sl_igb_txq_enable(struct sl_tx_queue *q);
int
sl_igb_txq_disable(struct sl_tx_queue *q);
void
sl_igb_txq_drain(struct sl_tx_queue *q, unsigned int us);
uint32_t
sl_igb_rxq_head(const struct sl_rx_queue *q);
uint32_t
sl_igb_txq_head(const struct sl_tx_queue *q);
bool
sl_igb_txq_is_set_up(const struct sl_tx_queue *q);
volatile uint32_t *
sl_igb_rxq_tail(struct sl_port *port, unsigned int qid);
volatile uint32_t *
sl_igb_txq_tail(struct sl_port *port, unsigned int qid);

/**
 * Read CTRL without its reset bits, so that it can be written back: a faulty NIC that shows them
 * set would otherwise be reset.
 */
static inline uint32_t
sl_igb_ctrl(const struct sl_bus *bus)
{
	return SL_RD(bus, CTRL, 0) & ~(SL_CTRL_RST | SL_CTRL_DEV_RST | SL_CTRL_PHY_RST);
}

/* sl_igb_filter.c */
void
sl_igb_addr_set(struct sl_port *port, unsigned int i, const struct rte_ether_addr *mac);
void
sl_igb_multicast_set(struct sl_port *port, const uint32_t mta[SL_MTA_WORDS]);
void
sl_igb_promiscuous_set(struct sl_port *port, bool unicast, bool multicast);
void
sl_igb_vfta_set(struct sl_port *port, unsigned int word, uint32_t vlans);
void
sl_igb_vlan_set(struct sl_port *port, bool strip, bool filter);
int
sl_igb_vlan_type_set(struct sl_port *port, uint16_t type);
void
sl_igb_reta_set(struct sl_port *port, const uint8_t *reta);
void
sl_igb_rss_set(struct sl_port *port, const uint8_t *key, uint64_t hf);

/* sl_igb_intr.c */
uint32_t
sl_igb_intr_causes(struct sl_port *port);
void
sl_igb_intr_set_up(struct sl_port *port, unsigned int nb_rx);
void
sl_igb_intr_set_up_one(struct sl_port *port);
void
sl_igb_intr_link(struct sl_port *port, bool on);
void
sl_igb_intr_rx(struct sl_port *port, bool on);
void
sl_igb_intr_rxq(struct sl_port *port, unsigned int qid, bool on);
void
sl_igb_intr_off(struct sl_port *port);

/* sl_igb_stats.c */
#define SL_IGB_COUNTERS_82576 60u
#define SL_IGB_COUNTERS_82580 62u
#define SL_IGB_COUNTERS 66u
extern const struct sl_hw_counter sl_igb_counters[SL_IGB_COUNTERS];
void
sl_igb_count(struct sl_port *port, uint64_t *value, uint64_t *dropped);
void
sl_igb_sum(const uint64_t *value, struct sl_hw_sums *sums);
uint32_t
sl_igb_dump(struct sl_port *port, uint32_t *out);

#endif /* _SL_IGB_H_ */
