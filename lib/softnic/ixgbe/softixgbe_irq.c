/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */

/*
 * Interrupts (7.3, 8.2.3.5). IVAR assigns a vector to each direction of a queue. Other causes have
 * separate bits in EICR; IVAR_MISC assigns a vector to the TCP timer and one to the rest. Without
 * MSI-X all causes raise vector 0. EICR, EICS, EIMS, EIMC and EIAM have bits for the first 16
 * vectors and for the other causes. EICS_EX and the other registers that end with EX have bits for
 * all vectors only. EITR holds its value but does not throttle: a step raises each vector at most
 * once.
 */

#include "softixgbe.h"

/* Value of a register of vectors, which has two words. */
static uint64_t
both(const uint32_t ex[2])
{
	return (uint64_t)ex[1] << 32 | ex[0];
}

static void
clear(uint32_t ex[2], uint64_t bits)
{
	ex[0] &= ~(uint32_t)bits;
	ex[1] &= ~(uint32_t)(bits >> 32);
}

static bool
msix(const struct softixgbe *d)
{
	return (d->r.GPIE[0] & SL_82599_GPIE_MSIX) != 0;
}

/* Vector in a byte of IVAR or IVAR_MISC, as a bit; 0: none. */
static uint64_t
vector_of(const struct softixgbe *d, uint32_t word, unsigned int byte)
{
	const uint32_t entry = word >> byte * 8;
	const uint32_t vector = SL_GET(SL_82599_IVAR_VECTOR, entry);

	if ((entry & SL_82599_IVAR_VALID) == 0)
		return 0;
	/* Without MSI-X, EICR has 16 bits for queues. */
	return UINT64_C(1) << (msix(d) ? vector : vector % 16);
}

/* Signal vectors. Their causes and masks are cleared as EIAC and EIAM select. */
static void
signal_vectors(struct softixgbe *d, uint64_t vectors)
{
	struct softixgbe_regs *r = &d->r;

	if (!msix(d)) {
		d->nic.irq_pending |= SL_BIT(0);
		return;
	}
	d->nic.irq_pending |= vectors;
	/*
	 * Vectors beyond the first 16 have no auto-clear register. Their causes are always cleared.
	 */
	d->raised &= ~(vectors & (r->EIAC[0] | ~(uint64_t)SL_82599_EICR_RTXQ));
	if ((r->GPIE[0] & SL_82599_GPIE_EIAME) != 0)
		clear(r->EIMS_EX, vectors & both(r->EIAM_EX));
}

static void
raise_vectors(struct softixgbe *d, uint64_t vectors)
{
	/* A cause that is already set was signalled before. */
	const uint64_t edge = vectors & ~d->raised & both(d->r.EIMS_EX);

	d->raised |= vectors;
	if (edge != 0)
		signal_vectors(d, edge);
}

/* Signal other causes. Only their masks count, not the mask of their vector. */
static void
signal_others(struct softixgbe *d, uint32_t causes)
{
	struct softixgbe_regs *r = &d->r;
	const uint32_t timer = causes & SL_82599_EICR_TCP_TIMER;

	if (!msix(d)) {
		d->nic.irq_pending |= SL_BIT(0);
		return;
	}
	if (timer != 0)
		d->nic.irq_pending |= vector_of(d, r->IVAR_MISC[0], 0);
	if (timer != causes)
		d->nic.irq_pending |= vector_of(d, r->IVAR_MISC[0], SL_82599_IVAR_MISC_OTHER);
	r->EICR[0] &= ~(causes & r->EIAC[0]);
	if ((r->GPIE[0] & SL_82599_GPIE_EIAME) != 0)
		r->EIMS[0] &= ~(causes & r->EIAM[0]);
}

void
softixgbe_irq_cause(struct softixgbe *d, uint32_t eicr)
{
	const uint32_t edge = eicr & ~d->r.EICR[0] & d->r.EIMS[0];

	d->r.EICR[0] |= eicr;
	if (edge != 0)
		signal_others(d, edge);
}

void
softixgbe_irq_engine(struct sl_softnic *nic, enum softnic_cause cause)
{
	/* Low descriptors raise no interrupt in this family. */
	if (cause == SOFTNIC_CAUSE_OVERRUN)
		softixgbe_irq_cause(softixgbe_of(nic), SL_82599_EICR_RX_MISS);
}

/* A word of IVAR is for two queues, with one byte for each direction. */
static uint64_t
queues_vectors(const struct softixgbe *d, struct softnic_set queues, unsigned int byte)
{
	uint64_t vectors = 0;
	int q;

	while ((q = softnic_set_take(&queues)) >= 0)
		vectors |= vector_of(d, d->r.IVAR[q / 2], (unsigned int)q % 2 * 2 + byte);
	return vectors;
}

void
softixgbe_irq_queues(
	struct sl_softnic *nic, const struct softnic_set *rx, const struct softnic_set *tx)
{
	struct softixgbe *d = softixgbe_of(nic);
	const uint64_t vectors =
		queues_vectors(d, *rx, 0) | queues_vectors(d, *tx, SL_82599_IVAR_TX);

	if (vectors != 0)
		raise_vectors(d, vectors);
}

bool
softixgbe_intx(const struct sl_softnic *nic)
{
	const struct softixgbe *d = (const struct softixgbe *)nic;

	return !msix(d) &&
		((d->raised & both(d->r.EIMS_EX)) != 0 || (d->r.EICR[0] & d->r.EIMS[0]) != 0);
}

/* --- causes: EICR, EICS --- */

static uint32_t
shown(const struct softixgbe *d)
{
	return d->r.EICR[0] | ((uint32_t)d->raised & SL_82599_EICR_RTXQ);
}

/* Without EIAME, a read or write of EICR masks the causes that EIAM selects. */
static void
auto_mask(struct softixgbe *d)
{
	if ((d->r.GPIE[0] & SL_82599_GPIE_EIAME) != 0)
		return;
	d->r.EIMS[0] &= ~d->r.EIAM[0];
	clear(d->r.EIMS_EX, both(d->r.EIAM_EX));
}

static uint32_t
read_EICR(struct sl_softnic *nic, const struct softnic_slot *at, bool peek)
{
	struct softixgbe *d = softixgbe_of(nic);
	const uint32_t eicr = shown(d);

	(void)at;
	if (peek)
		return eicr;
	d->raised &= ~(uint64_t)SL_82599_EICR_RTXQ;
	if ((d->r.GPIE[0] & SL_82599_GPIE_OCD) == 0)
		d->r.EICR[0] = 0;
	auto_mask(d);
	return eicr;
}

static void
write_EICR(struct sl_softnic *nic, const struct softnic_slot *at, uint32_t val)
{
	struct softixgbe *d = softixgbe_of(nic);

	(void)at;
	d->raised &= ~(uint64_t)(val & SL_82599_EICR_RTXQ);
	d->r.EICR[0] &= ~val;
	auto_mask(d);
}

/* A read returns EICR and changes nothing. */
static uint32_t
read_EICS(struct sl_softnic *nic, const struct softnic_slot *at, bool peek)
{
	(void)at;
	(void)peek;
	return shown(softixgbe_of(nic));
}

static void
write_EICS(struct sl_softnic *nic, const struct softnic_slot *at, uint32_t val)
{
	struct softixgbe *d = softixgbe_of(nic);

	(void)at;
	softixgbe_irq_cause(d, val & SL_82599_EICR_OTHERS);
	raise_vectors(d, val & SL_82599_EICR_RTXQ);
}

/* Bits of one word of a register of vectors, at their place among all vectors. */
static uint64_t
placed(const struct softnic_slot *at, uint32_t val)
{
	return (uint64_t)val << at->index * 32;
}

static void
write_EICS_EX(struct sl_softnic *nic, const struct softnic_slot *at, uint32_t val)
{
	raise_vectors(softixgbe_of(nic), placed(at, val));
}

/* --- masks: EIMS, EIMC, EIAM --- */

/* Unmask causes and vectors. Those that are already pending are signalled. */
static void
unmask(struct softixgbe *d, uint32_t others, uint64_t vectors)
{
	struct softixgbe_regs *r = &d->r;
	const uint32_t edge = r->EICR[0] & others & ~r->EIMS[0];
	const uint64_t vector_edge = d->raised & vectors & ~both(r->EIMS_EX);

	r->EIMS[0] |= others;
	r->EIMS_EX[0] |= (uint32_t)vectors;
	r->EIMS_EX[1] |= (uint32_t)(vectors >> 32);
	if (edge != 0)
		signal_others(d, edge);
	if (vector_edge != 0)
		signal_vectors(d, vector_edge);
}

static uint32_t
read_EIMS(struct sl_softnic *nic, const struct softnic_slot *at, bool peek)
{
	const struct softixgbe_regs *r = &softixgbe_of(nic)->r;

	(void)at;
	(void)peek;
	return r->EIMS[0] | (r->EIMS_EX[0] & SL_82599_EICR_RTXQ);
}

static void
write_EIMS(struct sl_softnic *nic, const struct softnic_slot *at, uint32_t val)
{
	(void)at;
	unmask(softixgbe_of(nic), val & SL_82599_EICR_OTHERS, val & SL_82599_EICR_RTXQ);
}

static void
write_EIMS_EX(struct sl_softnic *nic, const struct softnic_slot *at, uint32_t val)
{
	unmask(softixgbe_of(nic), 0, placed(at, val));
}

static void
write_EIMC(struct sl_softnic *nic, const struct softnic_slot *at, uint32_t val)
{
	struct softixgbe_regs *r = &softixgbe_of(nic)->r;

	(void)at;
	r->EIMS[0] &= ~val;
	clear(r->EIMS_EX, val & SL_82599_EICR_RTXQ);
}

static void
write_EIMC_EX(struct sl_softnic *nic, const struct softnic_slot *at, uint32_t val)
{
	clear(softixgbe_of(nic)->r.EIMS_EX, placed(at, val));
}

static uint32_t
read_EIAM(struct sl_softnic *nic, const struct softnic_slot *at, bool peek)
{
	const struct softixgbe_regs *r = &softixgbe_of(nic)->r;

	(void)at;
	(void)peek;
	return r->EIAM[0] | (r->EIAM_EX[0] & SL_82599_EICR_RTXQ);
}

static void
write_EIAM(struct sl_softnic *nic, const struct softnic_slot *at, uint32_t val)
{
	struct softixgbe_regs *r = &softixgbe_of(nic)->r;

	(void)at;
	r->EIAM[0] = val & SL_82599_EICR_OTHERS;
	r->EIAM_EX[0] = SL_SET(SL_82599_EICR_RTXQ, r->EIAM_EX[0], val);
}

const struct softnic_hook softixgbe_irq_hooks[] = {
	{SL_82599_EICR, .read = read_EICR, .write = write_EICR},
	{SL_82599_EICS, .read = read_EICS, .write = write_EICS},
	{SL_82599_EIMS, .read = read_EIMS, .write = write_EIMS},
	{SL_82599_EIMC, .write = write_EIMC},
	{SL_82599_EIAM, .read = read_EIAM, .write = write_EIAM},
	{SL_82599_EIAC, .kept = SL_82599_EICR_RTXQ | SL_82599_EICR_OTHERS},
	{SL_82599_EICS_EX, .write = write_EICS_EX},
	{SL_82599_EIMS_EX, .write = write_EIMS_EX},
	{SL_82599_EIMC_EX, .write = write_EIMC_EX},
	{SL_82599_EITR, .kept = SL_82599_EITR_BITS},
	{SL_82599_IVAR, .kept = SL_82599_IVAR_BITS},
	{SL_82599_IVAR_MISC, .kept = SL_82599_IVAR_MISC_BITS},
	{.reg = SOFTNIC_NO_REG},
};
