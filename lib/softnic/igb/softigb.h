/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */
#ifndef _SOFTIGB_H_
#define _SOFTIGB_H_

/**
 * @file
 * Models of the igb family: registers, interrupts, statistics, NVM, PHY and link, on the engines
 * of softnic_engine.h. Whenever a register changes, the state that the engines read is derived from
 * it. Sections are those of the 82576EB datasheet, revision 2.63.
 */

#include "sl_fields.h"
#include "sl_quirks.h"
#include "sl_regs.h"
#include "softnic_engine.h"

#define SOFTIGB_NVM_SIZE 4u /**< EECD.EE_SIZE: 1024 words, 16 Kbit */
#define SOFTIGB_NVM_WORDS (SL_NVM_WORDS_MIN << SOFTIGB_NVM_SIZE)
#define SOFTIGB_PHY_REGS 32u

/** Values of all registers: one array for each row of any device. */
struct softigb_regs {
#define SL_REG(name, offset, stride, count, ...) uint32_t name[count];
#include "family.def"
#undef SL_REG
};

/** One device of the family, with the properties in which devices differ. */
struct softigb_device {
	struct softnic_model model;
	unsigned int addrs; /**< number of receive addresses: 8.10.16 */
	uint32_t phy_id;    /**< ID1 and ID2 of the internal PHY; 0: it has none */
	uint32_t quirks;    /**< bits of enum sl_quirk */
};

#define SL_FACTS(device, ...) extern const struct softigb_device softigb_##device;
#include "facts.def"
#undef SL_FACTS

/** State of a statistics register; indexed by its row. */
struct softigb_stat {
	uint64_t base;	  /**< value of the engines' counter at the last clear */
	uint64_t latched; /**< register pairs: value when the low half was read */
	bool latch;
};

/** The system time. */
struct softigb_time {
	uint64_t ns;   /**< nanoseconds; on the 82576 its own unit */
	uint32_t part; /**< fraction, in 2^-32 nanoseconds */
	uint64_t at;   /**< value of the device's clock at which ns and part are valid */
	uint64_t held; /**< value that SYSTIML and SYSTIMH return */
};

/** Link mode that both PHYs agreed on. */
struct softigb_mode {
	bool valid; /**< the PHYs have a mode in common */
	bool full;
	enum sl_speed speed;
};

struct softigb {
	struct sl_softnic nic; /* first */
	struct softigb_regs r;
	uint16_t nvm[SOFTIGB_NVM_WORDS];
	uint16_t phy[SOFTIGB_PHY_REGS];
	struct softigb_mode mode;
	uint16_t mmd_addr;	 /**< address of a clause 45 register */
	uint16_t eee_advertised; /**< clause 45 register: advertised EEE modes */
	struct softigb_time time;
	struct softigb_stat stat[SL_REG_COUNT];
	uint64_t dropped[SOFTNIC_QUEUES]; /**< base of RQDPC, by queue */
};

static inline struct softigb *
softigb_of(struct sl_softnic *nic)
{
	return (struct softigb *)nic;
}

static inline const struct softigb_device *
softigb_device(const struct softigb *d)
{
	return (const struct softigb_device *)d->nic.model;
}

static inline bool
softigb_has(const struct softigb *d, enum sl_quirk quirk)
{
	return (softigb_device(d)->quirks & quirk) != 0;
}

/** True if the device has a register. */
static inline bool
softigb_has_reg(const struct softigb *d, enum sl_reg reg)
{
	return d->nic.model->regs->rows[reg].count != 0;
}

/* Lists of hooks by subject, each ended by SOFTNIC_NO_REG. */
extern const struct softnic_hook softigb_ctrl_hooks[], softigb_irq_hooks[], softigb_mac_hooks[],
	softigb_nvm_hooks[], softigb_phy_hooks[], softigb_queue_hooks[], softigb_stats_hooks[],
	softigb_time_hooks[];

/* softigb_ctrl.c */
/** Reset the registers, then the state derived from them: 4.2.1. */
void
softigb_reset(struct sl_softnic *nic, bool power_up);
/** Complete a pending reset, if there is one. */
void
softigb_unhang(struct sl_softnic *nic);
/** Derive link, loopback and bus-master state again. Raises LSC if the link changed. */
void
softigb_link(struct sl_softnic *nic);

/* softigb_mac.c */
/** Derive the state of receive and transmit units, filters and RSS from all their registers. */
void
softigb_mac_update(struct softigb *d);
/** Update the receive addresses, after RAL or RAH changed. */
void
softigb_addr_update(struct softigb *d);

/** Update flow control, after its registers, CTRL or the link's speed changed. */
void
softigb_pause_update(struct softigb *d);

/* softigb_queue.c */
void
softigb_queues(struct sl_softnic *nic);
void
softigb_rxq_update(struct softigb *d, unsigned int q);

/* softigb_nvm.c */
/** Set the NVM's initial content. */
void
softigb_nvm_init(struct softigb *d);
/** Fill the internal NVM, if the device uses it. Call after a reset of its registers. */
void
softigb_invm_fill(struct softigb *d);
/** Load receive address 0 from the NVM: 8.10.16. */
void
softigb_nvm_load_mac(struct softigb *d);

/* softigb_phy.c */
void
softigb_phy_reset(struct softigb *d);
/** Called when the link of the wire has changed. */
void
softigb_phy_wire(struct sl_softnic *nic);
/** True while the PHY, or the lane of a backplane, has a link. */
bool
softigb_phy_link(const struct softigb *d);

/* softigb_irq.c */
/** Raise legacy causes (ICR bits) and the vectors that they map to. */
void
softigb_irq_cause(struct softigb *d, uint32_t icr);
/** Raise a cause of the engines: see struct softnic_ops. */
void
softigb_irq_engine(struct sl_softnic *nic, enum softnic_cause cause);
/** True while an unmasked cause asserts the interrupt line: 7.3.2. */
bool
softigb_intx(const struct sl_softnic *nic);
/** Raise the vectors of queues. */
void
softigb_irq_queues(
	struct sl_softnic *nic, const struct softnic_set *rx, const struct softnic_set *tx);

/* softigb_stats.c */
/** Clear all counters. */
void
softigb_stats_reset(struct softigb *d);

/* softigb_time.c */
/** Clear the time and release stamps. Call after a reset of the registers. */
void
softigb_time_reset(struct softigb *d);
/** Stamps and target times: see struct softnic_ops. */
void
softigb_time_tx(struct sl_softnic *nic);
void
softigb_time_rx(struct sl_softnic *nic, const struct softnic_pkt *pkt, struct softnic_rx_meta *m);
void
softigb_time_watch(struct sl_softnic *nic);

#endif /* _SOFTIGB_H_ */
