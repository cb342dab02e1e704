/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */

/*
 * Interrupts (7.3, 8.8): causes, masks, and the vectors they raise; without MSI-X
 * all raise vector 0. EITR stores its value but does not throttle: a step raises
 * each vector at most once.
 */

#include "softigb.h"

static bool
msix(const struct softigb *d)
{
	return (d->r.GPIE[0] & SL_GPIE_MULTIPLE_MSIX) != 0;
}

/* One bit per vector of the device. */
static uint32_t
vector_bits(const struct softigb *d)
{
	return SL_MASK(0, d->nic.model->device.vectors);
}

/* The existing extended causes: 8.8.1. */
static uint32_t
eicr_bits(const struct softigb *d)
{
	return msix(d) ? vector_bits(d) : SL_EICR_OTHERS | SL_MASK(0, d->nic.queues);
}

/* The existing causes: 8.8.7. */
static uint32_t
icr_bits(const struct softigb *d)
{
	if (!softigb_has_reg(d, SL_MDICNFG))
		return SL_ICR_CAUSES;
	return SL_ICR_CAUSES_82580 | (softigb_has_reg(d, SL_P2VMAILBOX) ? SL_ICR_VMMB : 0);
}

/* Signal vectors, and clear causes that clear automatically: 8.8.5, 8.8.6. */
static void
irq_signal(struct softigb *d, uint32_t eicr)
{
	struct softigb_regs *r = &d->r;

	if (!msix(d)) {
		d->nic.irq_pending |= SL_BIT(0);
		return;
	}
	d->nic.irq_pending |= eicr & vector_bits(d);
	r->EICR[0] &= ~(eicr & r->EIAC[0]);
	if ((r->GPIE[0] & SL_GPIE_EIAME) != 0)
		r->EIMS[0] &= ~(eicr & r->EIAM[0]);
}

static void
irq_raise(struct softigb *d, uint32_t eicr)
{
	struct softigb_regs *r = &d->r;
	/* Only new causes: a cause that is already set was signalled before. */
	uint32_t edge = eicr & ~r->EICR[0] & r->EIMS[0];

	r->EICR[0] |= eicr;
	if (edge != 0)
		irq_signal(d, edge);
}

/* A byte of IVAR as EICR bits: 8.8.13. */
static uint32_t
ivar_eicr(uint32_t entry)
{
	return (entry & SL_IVAR_ENTRY_VALID) != 0 ? SL_BIT(SL_GET(SL_IVAR_ENTRY_VECTOR, entry)) : 0;
}

/* Signal legacy causes that are set and newly unmasked. */
static void
irq_legacy(struct softigb *d, uint32_t edge)
{
	struct softigb_regs *r = &d->r;

	if (edge == 0)
		return;
	if (msix(d)) {
		irq_raise(d, ivar_eicr(SL_GET(SL_IVAR_MISC_OTHER, r->IVAR_MISC[0])));
		return;
	}
	r->ICR[0] |= SL_ICR_INTA;
	r->EICR[0] |= SL_EICR_OTHER;
	irq_signal(d, SL_EICR_OTHER);
}

void
softigb_irq_cause(struct softigb *d, uint32_t icr)
{
	uint32_t edge = icr & ~d->r.ICR[0] & d->r.IMS[0];

	d->r.ICR[0] |= icr;
	irq_legacy(d, edge);
}

static void
irq_unmask(struct softigb *d, uint32_t ims, uint32_t eims)
{
	struct softigb_regs *r = &d->r;
	uint32_t edge = r->ICR[0] & ims & ~r->IMS[0], eedge = r->EICR[0] & eims & ~r->EIMS[0];

	r->IMS[0] |= ims;
	r->EIMS[0] |= eims;
	irq_legacy(d, edge);
	if (eedge != 0)
		irq_signal(d, eedge);
}

bool
softigb_intx(const struct sl_softnic *nic)
{
	const struct softigb *d = (const struct softigb *)nic;
	const struct softigb_regs *r = &d->r;

	return !msix(d) && ((r->ICR[0] & r->IMS[0]) != 0 || (r->EICR[0] & r->EIMS[0]) != 0);
}

void
softigb_irq_engine(struct sl_softnic *nic, enum softnic_cause cause)
{
	static const uint32_t icr[] = {
		[SOFTNIC_CAUSE_LOW] = SL_ICR_RXDMT0,
		[SOFTNIC_CAUSE_OVERRUN] = SL_ICR_RXO,
	};

	softigb_irq_cause(softigb_of(nic), icr[cause]);
}

/*
 * Vectors of queues, as EICR bits. A register of IVAR has bytes for a lower and an upper queue:
 * queues n and n + 8 or, with SL_QUIRK_IVAR_PAIRS, queues 2n and 2n + 1.
 */
static uint32_t
queues_eicr(const struct softigb *d, struct softnic_set queues, uint32_t low, uint32_t high)
{
	const bool pairs = softigb_has(d, SL_QUIRK_IVAR_PAIRS);
	uint32_t eicr = 0;
	int q;

	while ((q = softnic_set_take(&queues)) >= 0) {
		const unsigned int i = (unsigned int)q;
		const bool is_high = pairs ? i % 2 != 0 : i >= SL_IVAR_QUEUES;

		eicr |= ivar_eicr(SL_GET(
			is_high ? high : low, d->r.IVAR[pairs ? i / 2 : i % SL_IVAR_QUEUES]));
	}
	return eicr;
}

void
softigb_irq_queues(
	struct sl_softnic *nic, const struct softnic_set *rx, const struct softnic_set *tx)
{
	struct softigb *d = softigb_of(nic);
	uint32_t eicr = queues_eicr(d, *rx, SL_IVAR_RX_LOW, SL_IVAR_RX_HIGH) |
		queues_eicr(d, *tx, SL_IVAR_TX_LOW, SL_IVAR_TX_HIGH);

	if (eicr != 0)
		irq_raise(d, eicr);
	softigb_irq_cause(d,
		(softnic_set_empty(rx) ? 0 : SL_ICR_RXDW) |
			(softnic_set_empty(tx) ? 0 : SL_ICR_TXDW));
}

/* 8.8.11: IAM masks causes when ICR is read or written. */
static void
icr_auto_mask(struct softigb *d, uint32_t icr)
{
	struct softigb_regs *r = &d->r;

	if ((r->GPIE[0] & SL_GPIE_NSICR) != 0 || (r->IMS[0] != 0 && (icr & SL_ICR_INTA) != 0))
		r->IMS[0] &= ~r->IAM[0];
}

/*
 * 8.8.7: a read clears ICR. With MSI-X and NSICR 0 it does so only if an interrupt is asserted or
 * the mask is 0.
 */
static uint32_t
read_ICR(struct sl_softnic *nic, const struct softnic_slot *at, bool peek)
{
	struct softigb *d = softigb_of(nic);
	struct softigb_regs *r = &d->r;
	uint32_t icr = r->ICR[0];

	(void)at;
	if (peek)
		return icr;
	if ((r->GPIE[0] & SL_GPIE_NSICR) != 0 || r->IMS[0] == 0 || (icr & SL_ICR_INTA) != 0 ||
		!msix(d)) {
		r->ICR[0] = 0;
		r->EICR[0] &= msix(d) ? UINT32_MAX : ~SL_EICR_OTHER;
	}
	icr_auto_mask(d, icr);
	return icr;
}

static void
write_ICR(struct sl_softnic *nic, const struct softnic_slot *at, uint32_t val)
{
	struct softigb *d = softigb_of(nic);

	(void)at;
	icr_auto_mask(d, d->r.ICR[0]);
	d->r.ICR[0] &= ~val;
	/* 8.8.1: OTHER is set while an unmasked legacy cause is set. */
	if (!msix(d) && (d->r.ICR[0] & d->r.IMS[0]) == 0)
		d->r.EICR[0] &= ~SL_EICR_OTHER;
}

/* 8.8.6: without EIAME, EIAM masks when EICR is read or written. */
static void
eicr_auto_mask(struct softigb *d)
{
	if ((d->r.GPIE[0] & SL_GPIE_EIAME) == 0)
		d->r.EIMS[0] &= ~d->r.EIAM[0];
}

static uint32_t
read_EICR(struct sl_softnic *nic, const struct softnic_slot *at, bool peek)
{
	struct softigb *d = softigb_of(nic);
	uint32_t eicr = d->r.EICR[0];

	(void)at;
	if (peek)
		return eicr;
	d->r.EICR[0] = 0;
	eicr_auto_mask(d);
	return eicr;
}

static void
write_EICR(struct sl_softnic *nic, const struct softnic_slot *at, uint32_t val)
{
	struct softigb *d = softigb_of(nic);

	(void)at;
	d->r.EICR[0] &= ~(val & eicr_bits(d));
	eicr_auto_mask(d);
}

static void
write_ICS(struct sl_softnic *nic, const struct softnic_slot *at, uint32_t val)
{
	struct softigb *d = softigb_of(nic);

	(void)at;
	softigb_irq_cause(d, val & icr_bits(d));
}

/* Value of ICR, without the side effects of a read. */
static uint32_t
read_ICS(struct sl_softnic *nic, const struct softnic_slot *at, bool peek)
{
	(void)at;
	(void)peek;
	return softigb_of(nic)->r.ICR[0];
}

/* Value of EICR, without the side effects of a read. */
static uint32_t
read_EICS(struct sl_softnic *nic, const struct softnic_slot *at, bool peek)
{
	(void)at;
	(void)peek;
	return softigb_of(nic)->r.EICR[0];
}

static void
write_IMS(struct sl_softnic *nic, const struct softnic_slot *at, uint32_t val)
{
	struct softigb *d = softigb_of(nic);

	(void)at;
	irq_unmask(d, val & icr_bits(d), 0);
}

static void
write_IMC(struct sl_softnic *nic, const struct softnic_slot *at, uint32_t val)
{
	struct softigb *d = softigb_of(nic);

	(void)at;
	d->r.IMS[0] &= ~val;
}

static void
write_EICS(struct sl_softnic *nic, const struct softnic_slot *at, uint32_t val)
{
	struct softigb *d = softigb_of(nic);

	(void)at;
	irq_raise(d, val & eicr_bits(d));
}

static void
write_EIMS(struct sl_softnic *nic, const struct softnic_slot *at, uint32_t val)
{
	struct softigb *d = softigb_of(nic);

	(void)at;
	irq_unmask(d, 0, val & eicr_bits(d));
}

static void
write_EIMC(struct sl_softnic *nic, const struct softnic_slot *at, uint32_t val)
{
	struct softigb *d = softigb_of(nic);

	(void)at;
	d->r.EIMS[0] &= ~(val & eicr_bits(d));
}

static void
write_EIAM(struct sl_softnic *nic, const struct softnic_slot *at, uint32_t val)
{
	struct softigb *d = softigb_of(nic);

	(void)at;
	d->r.EIAM[0] = val & eicr_bits(d);
}

const struct softnic_hook softigb_irq_hooks[] = {
	{SL_ICR, .read = read_ICR, .write = write_ICR},
	{SL_ICS, .read = read_ICS, .write = write_ICS},
	{SL_IMS, .write = write_IMS},
	{SL_IMC, .write = write_IMC},
	{SL_EICR, .read = read_EICR, .write = write_EICR},
	{SL_EICS, .read = read_EICS, .write = write_EICS},
	{SL_EIMS, .write = write_EIMS},
	{SL_EIMC, .write = write_EIMC},
	{SL_EIAC, .kept = SL_EICR_MSIX},
	{SL_EIAM, .write = write_EIAM},
	{SL_EITR, .kept = ~SL_EITR_CNT_IGNR},
	{.reg = SOFTNIC_NO_REG},
};
