/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */

/*
 * Interrupt registers: causes, vectors, masks and throttling. Sections are those of the
 * Intel 82576EB datasheet, revision 2.63.
 */

#include "sl_igb.h"

/* Least time between two interrupts of a vector: at most 20 000 interrupts per second. */
#define MODERATION_US 50u

uint32_t
sl_igb_intr_causes(struct sl_port *port)
{
	const uint32_t icr = SL_RD(&port->bus, ICR, 0);

	return ((icr & SL_ICR_RXDW) != 0 ? SL_CAUSE_RX : 0) |
		((icr & SL_ICR_LSC) != 0 ? SL_CAUSE_LINK : 0);
}

static uint32_t
ivar_rx(unsigned int qid, unsigned int nb_queues)
{
	return qid < nb_queues ? SL_IVAR_ENTRY_VALID | (SL_VECTOR_RX + qid) : 0;
}

/* 8.8.13: a register has the vectors of two queues, which are adjacent or eight apart. */
static void
ivar_set(struct sl_port *port, unsigned int nb_rx)
{
	const bool pairs = sl_igb_has(port, SL_QUIRK_IVAR_PAIRS);
	unsigned int i, low, high;

	for (i = 0; i < port->hw->regs->rows[SL_IVAR].count; i++) {
		low = pairs ? 2 * i : i;
		high = pairs ? low + 1 : low + SL_IVAR_QUEUES;
		SL_WR(&port->bus, IVAR, i,
			SL_PREP(SL_IVAR_RX_LOW, ivar_rx(low, nb_rx)) |
				SL_PREP(SL_IVAR_RX_HIGH, ivar_rx(high, nb_rx)));
	}
}

/* 8.8.12: set the interval; the counters are not changed. */
static void
moderate(struct sl_port *port, unsigned int vector)
{
	SL_WR(&port->bus, EITR, vector,
		SL_EITR_CNT_IGNR | SL_PREP(SL_EITR_INTERVAL, MODERATION_US));
}

/* 7.3.3: one vector for each receive queue, and one for all other causes that IMS enables. */
void
sl_igb_intr_set_up(struct sl_port *port, unsigned int nb_rx)
{
	uint32_t all = SL_BIT(SL_VECTOR_OTHER);
	unsigned int q;

	/* 8.8.15: first, since it determines the meaning of the other registers. */
	SL_WR(&port->bus, GPIE, 0, SL_GPIE_MULTIPLE_MSIX | SL_GPIE_PBA | SL_GPIE_NSICR);
	ivar_set(port, nb_rx);
	for (q = 0; q < nb_rx; q++) {
		moderate(port, SL_VECTOR_RX + q);
		all |= SL_BIT(SL_VECTOR_RX + q);
	}
	SL_WR(&port->bus, IVAR_MISC, 0,
		SL_PREP(SL_IVAR_MISC_OTHER, SL_IVAR_ENTRY_VALID | SL_VECTOR_OTHER));
	SL_WR(&port->bus, EIAC, 0, all);
	SL_WR(&port->bus, EIMS, 0, SL_BIT(SL_VECTOR_OTHER));
}

/* GPIE keeps its reset value, which selects one vector: 7.3.2. */
void
sl_igb_intr_set_up_one(struct sl_port *port)
{
	moderate(port, SL_VECTOR_OTHER);
}

/* 8.8.9, 8.8.10: one register sets mask bits, another clears them. */
static void
mask(struct sl_port *port, uint32_t causes, bool on)
{
	if (on)
		SL_WR(&port->bus, IMS, 0, causes);
	else
		SL_WR(&port->bus, IMC, 0, causes);
}

void
sl_igb_intr_link(struct sl_port *port, bool on)
{
	mask(port, SL_ICR_LSC, on);
}

void
sl_igb_intr_rx(struct sl_port *port, bool on)
{
	mask(port, SL_ICR_RXDW, on);
}

void
sl_igb_intr_rxq(struct sl_port *port, unsigned int qid, bool on)
{
	const uint32_t vector = SL_BIT(SL_VECTOR_RX + qid);

	if (!on) {
		SL_WR(&port->bus, EIMC, 0, vector);
		return;
	}
	SL_WR(&port->bus, EICR, 0, vector);
	SL_WR(&port->bus, EIMS, 0, vector);
}

void
sl_igb_intr_off(struct sl_port *port)
{
	SL_WR(&port->bus, EIMC, 0, UINT32_MAX);
	SL_WR(&port->bus, IMC, 0, UINT32_MAX);
}
