/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */
#ifndef _SOFTIGB_H_
#define _SOFTIGB_H_

/**
 * @file
 * The models of the family igb: registers, interrupts, statistics, NVM, PHY and link on the
 * engines of softnic_engine.h. Whenever a register changes, what the engines go by is worked out
 * from it. Sections are those of the 82576EB datasheet, revision 2.63.
 */

#include "sl_fields.h"
#include "sl_quirks.h"
#include "sl_regs.h"
#include "softnic_engine.h"

#define SOFTIGB_NVM_SIZE 4u /**< EECD.EE_SIZE: 1024 words, 16 Kbit */
#define SOFTIGB_NVM_WORDS (SL_NVM_WORDS_MIN << SOFTIGB_NVM_SIZE)
#define SOFTIGB_PHY_REGS 32u

/** Every register's value, one array for each row that any of the devices has. */
struct softigb_regs {
#define SL_REG(name, offset, stride, count, ...) uint32_t name[count];
#include "family.def"
#undef SL_REG
};

/** One device of the family: what it has otherwise than others. */
struct softigb_device {
	struct softnic_model model;
	unsigned int addrs; /**< receive addresses: 8.10.16 */
	uint32_t phy_id;    /**< ID1 and ID2 of the internal PHY; 0: it has none */
	uint32_t quirks;    /**< bits of enum sl_quirk */
};

#define SL_FACTS(device, ...) extern const struct softigb_device softigb_##device;
#include "facts.def"
#undef SL_FACTS

/** Where a statistics register begins to count; by its row. */
struct softigb_stat {
	uint64_t base;	  /**< of the engines' counter, at the last clear */
	uint64_t latched; /**< of a pair: what the low half's read has shown */
	bool latch;
};

struct softigb {
	struct sl_softnic nic; /* first */
	struct softigb_regs r;
	uint16_t nvm[SOFTIGB_NVM_WORDS];
	uint16_t phy[SOFTIGB_PHY_REGS];
	struct softigb_stat stat[SL_REG_COUNT];
	uint64_t dropped[SOFTNIC_QUEUES]; /**< RQDPC's base, by queue */
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

/** Whether the device has a register. */
static inline bool
softigb_has_reg(const struct softigb *d, enum sl_reg reg)
{
	return d->nic.model->regs->rows[reg].count != 0;
}

/* Hooks by subject; SOFTNIC_NO_REG ends each. */
extern const struct softnic_hook softigb_ctrl_hooks[], softigb_irq_hooks[], softigb_mac_hooks[],
	softigb_nvm_hooks[], softigb_phy_hooks[], softigb_queue_hooks[], softigb_stats_hooks[];

/* softigb_ctrl.c */
/** Registers to their values after a reset, then all that follows from them: 4.2.1. */
void
softigb_reset(struct sl_softnic *nic, bool power_up);
/** A reset that hung comes to its end, if there is one. */
void
softigb_unhang(struct sl_softnic *nic);
/** Work out whether frames move, after what they go by has changed; raise LSC when the link did. */
void
softigb_link(struct sl_softnic *nic);

/* softigb_mac.c */
/** What receive and transmit units, filters and RSS are told by all their registers. */
void
softigb_mac_update(struct softigb *d);
/** The receive addresses, after RAL or RAH changed. */
void
softigb_addr_update(struct softigb *d);

/* softigb_queue.c */
void
softigb_queues(struct sl_softnic *nic);
void
softigb_rxq_update(struct softigb *d, unsigned int q);

/* softigb_nvm.c */
/** What the NVM has when the device is made. */
void
softigb_nvm_init(struct softigb *d);
/** The internal NVM's words, where the device has one in use: after its registers were reset. */
void
softigb_invm_fill(struct softigb *d);
/** Receive address 0 from the NVM: 8.10.16. */
void
softigb_nvm_load_mac(struct softigb *d);

/* softigb_phy.c */
void
softigb_phy_reset(struct softigb *d);
/** True while the PHY, or a backplane's lane, sees a link. */
bool
softigb_phy_link(const struct softigb *d);

/* softigb_irq.c */
/** Raise legacy causes (ICR bits) and what they map to. */
void
softigb_irq_cause(struct softigb *d, uint32_t icr);
/** The engines' causes: see struct softnic_ops. */
void
softigb_irq_engine(struct sl_softnic *nic, enum softnic_cause cause);
/** Raise the vectors of queues. */
void
softigb_irq_queues(
	struct sl_softnic *nic, const struct softnic_set *rx, const struct softnic_set *tx);

/* softigb_stats.c */
/** All counters zero. */
void
softigb_stats_reset(struct softigb *d);

#endif /* _SOFTIGB_H_ */
