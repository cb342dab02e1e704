/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */

/*
 * Interrupt registers: causes, vectors, masks and throttling. Sections are those of the Intel
 * 82599 10 GbE Controller Datasheet.
 */

#include "sl_ixgbe.h"

/* Least time between two interrupts of a vector: at most 20 000 per second. */
#define MODERATION_US 50u
#define MODERATION_UNIT_US 2u
#define QUEUES_PER_IVAR 2u
/*
 * EICR, EICS, EIMS, EIMC have bits for the first 16 vectors; EIMS_EX, EIMC_EX have bits for all 64.
 */
#define VECTORS_PER_WORD 32u
#define VECTOR_WORDS (SL_82599_VECTORS / VECTORS_PER_WORD)

static bool
many_vectors(struct sl_port *port)
{
	return (SL_IXGBE_RD(&port->bus, GPIE, 0) & SL_82599_GPIE_MSIX) != 0;
}

/*
 * The causes are read from EICS, which reads as EICR but clears nothing on read. Only the causes
 * that are handled here are then cleared, by a write to EICR. With several vectors, the bits of the
 * queues are cleared automatically when the queue's vector is sent (EIAC): 8.2.3.5.
 */
uint32_t
sl_ixgbe_intr_causes(struct sl_port *port)
{
	const uint32_t mine = SL_82599_EICR_OTHERS | (many_vectors(port) ? 0 : SL_82599_EICR_RTXQ);
	const uint32_t eicr = SL_IXGBE_RD(&port->bus, EICS, 0) & mine;

	SL_IXGBE_WR(&port->bus, EICR, 0, eicr);
	sl_ixgbe_wait_for_writes(port);
	return ((eicr & SL_82599_EICR_RTXQ) != 0 ? SL_CAUSE_RX : 0) |
		((eicr & SL_82599_EICR_LSC) != 0 ? SL_CAUSE_LINK : 0);
}

/* 8.2.3.5: a register holds two queues, with one byte for each direction of a queue. */
static void
ivar_set(struct sl_port *port, unsigned int nb_rx, bool one)
{
	const unsigned int n = port->hw->regs->rows[SL_82599_IVAR].count;
	unsigned int i, q;

	for (i = 0; i < n; i++) {
		uint32_t ivar = 0;

		for (q = QUEUES_PER_IVAR * i; q < QUEUES_PER_IVAR * (i + 1) && q < nb_rx; q++)
			ivar |= (SL_82599_IVAR_VALID | (one ? SL_VECTOR_OTHER : SL_VECTOR_RX + q))
				<< (q % QUEUES_PER_IVAR * 16);
		SL_IXGBE_WR(&port->bus, IVAR, i, ivar);
	}
}

/* 8.2.3.5: the counter keeps its value. */
static void
moderate(struct sl_port *port, unsigned int vector)
{
	SL_IXGBE_WR(&port->bus, EITR, vector,
		SL_82599_EITR_CNT_WDIS |
			SL_PREP(SL_82599_EITR_INTERVAL, MODERATION_US / MODERATION_UNIT_US));
}

/*
 * 7.3.1: each receive queue has a separate vector. All other causes that EIMS enables share
 * SL_VECTOR_OTHER. The causes of vectors are cleared when the interrupt is sent. The other causes
 * are cleared by sl_ixgbe_intr_causes().
 */
void
sl_ixgbe_intr_set_up(struct sl_port *port, unsigned int nb_rx)
{
	unsigned int q;

	/* GPIE is first, because it defines the meaning of the other registers. */
	SL_IXGBE_WR(
		&port->bus, GPIE, 0, SL_82599_GPIE_MSIX | SL_82599_GPIE_PBA | SL_82599_GPIE_OCD);
	ivar_set(port, nb_rx, false);
	moderate(port, SL_VECTOR_OTHER);
	for (q = 0; q < nb_rx; q++)
		moderate(port, SL_VECTOR_RX + q);
	SL_IXGBE_WR(&port->bus, IVAR_MISC, 0,
		(SL_82599_IVAR_VALID | SL_VECTOR_OTHER) << 8 * SL_82599_IVAR_MISC_OTHER);
	SL_IXGBE_WR(&port->bus, EIAC, 0, SL_82599_EICR_RTXQ);
}

/*
 * GPIE keeps its reset value, which selects one vector. All receive queues raise the first cause.
 */
void
sl_ixgbe_intr_set_up_one(struct sl_port *port)
{
	ivar_set(port, port->hw->rx_queues, true);
	moderate(port, SL_VECTOR_OTHER);
}

/* EIMS unmasks causes, EIMC masks them. */
static void
mask(struct sl_port *port, uint32_t causes, bool on)
{
	if (on)
		SL_IXGBE_WR(&port->bus, EIMS, 0, causes);
	else
		SL_IXGBE_WR(&port->bus, EIMC, 0, causes);
}

void
sl_ixgbe_intr_link(struct sl_port *port, bool on)
{
	mask(port, SL_82599_EICR_LSC, on);
}

void
sl_ixgbe_intr_rx(struct sl_port *port, bool on)
{
	mask(port, SL_BIT(SL_VECTOR_OTHER), on);
}

void
sl_ixgbe_intr_rxq(struct sl_port *port, unsigned int qid, bool on)
{
	const unsigned int vector = SL_VECTOR_RX + qid, word = vector / VECTORS_PER_WORD;
	const uint32_t bit = SL_BIT(vector % VECTORS_PER_WORD);

	if (!on) {
		SL_IXGBE_WR(&port->bus, EIMC_EX, word, bit);
		return;
	}
	/*
	 * Drop a pending cause. Vectors from 16 on have no bit in EICR; their causes do not stay
	 * pending.
	 */
	if (word == 0 && (bit & SL_82599_EICR_RTXQ) != 0)
		SL_IXGBE_WR(&port->bus, EICR, 0, bit);
	SL_IXGBE_WR(&port->bus, EIMS_EX, word, bit);
}

void
sl_ixgbe_intr_off(struct sl_port *port)
{
	unsigned int i;

	SL_IXGBE_WR(&port->bus, EIMC, 0, SL_82599_EICR_OTHERS | SL_82599_EICR_RTXQ);
	for (i = 0; i < VECTOR_WORDS; i++)
		SL_IXGBE_WR(&port->bus, EIMC_EX, i, UINT32_MAX);
}
