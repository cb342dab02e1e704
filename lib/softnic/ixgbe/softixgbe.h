/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */
#ifndef _SOFTIXGBE_H_
#define _SOFTIXGBE_H_

/**
 * @file
 * The model of an 82599, on the engines of softnic_engine.h: enough for a driver of that device
 * to probe, start and move frames, so that its speed can be compared.
 *
 * It has not: interrupts, receive checksums, VLAN filters and stripping, flow
 * director, DCB, LRO, statistics registers, more than 16 queues of a direction.
 */

#include "sl_regs_82599.h"
#include "softnic_engine.h"

/** Every register's value, one array for each row of the table. */
struct softixgbe_regs {
#define SL_REG(name, offset, stride, count, ...) uint32_t name[count];
#define SL_ALIAS(...)
#include "82599.def"
#undef SL_REG
#undef SL_ALIAS
};

extern const struct softnic_model softixgbe_82599;

struct softixgbe {
	struct sl_softnic nic; /* first */
	struct softixgbe_regs r;
};

static inline struct softixgbe *
softixgbe_of(struct sl_softnic *nic)
{
	return (struct softixgbe *)nic;
}

/* Hooks by subject; SOFTNIC_NO_REG ends each. */
extern const struct softnic_hook softixgbe_ctrl_hooks[], softixgbe_mac_hooks[],
	softixgbe_queue_hooks[];

/* softixgbe_ctrl.c */
void
softixgbe_reset(struct sl_softnic *nic, bool power_up);
/** The end of a reset that hung. */
void
softixgbe_unhang(struct sl_softnic *nic);
/** Work out whether frames move, after what they go by has changed. */
void
softixgbe_link(struct sl_softnic *nic);

/* softixgbe_mac.c */
/** What receive and transmit units, filters and RSS are told by all their registers. */
void
softixgbe_mac_update(struct softixgbe *d);

/* softixgbe_queue.c */
void
softixgbe_queues(struct sl_softnic *nic);

#endif /* _SOFTIXGBE_H_ */
