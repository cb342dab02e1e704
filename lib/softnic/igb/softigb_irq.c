/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 *
 * Interrupts: 7.3, 8.8. One eventfd stands for each vector; without MSI-X
 * all go to vector 0. EITR is kept as written and does not throttle: a step
 * raises each vector once at most.
 */
#include <unistd.h>

#include "softnic_engine.h"

static bool
msix(const struct sl_softnic *nic)
{
	return (nic->r.GPIE[0] & SL_GPIE_MULTIPLE_MSIX) != 0;
}

/* Signal vectors, and clear what is to clear itself: 8.8.5, 8.8.6. */
static void
irq_signal(struct sl_softnic *nic, uint32_t eicr)
{
	struct softnic_regs *r = &nic->r;

	if (!msix(nic)) {
		nic->irq_pending |= SL_BIT(0);
		return;
	}
	nic->irq_pending |= eicr & SL_EICR_MSIX;
	r->EICR[0] &= ~(eicr & r->EIAC[0]);
	if ((r->GPIE[0] & SL_GPIE_EIAME) != 0)
		r->EIMS[0] &= ~(eicr & r->EIAM[0]);
}

void
softnic_irq_raise(struct sl_softnic *nic, uint32_t eicr)
{
	struct softnic_regs *r = &nic->r;
	/* Edges: a cause that stands already has had its message. */
	uint32_t edge = eicr & ~r->EICR[0] & r->EIMS[0];

	r->EICR[0] |= eicr;
	if (edge != 0)
		irq_signal(nic, edge);
}

/* A byte of IVAR as EICR bits: 8.8.13. */
static uint32_t
ivar_eicr(uint32_t entry)
{
	return (entry & SL_IVAR_ENTRY_VALID) != 0 ? SL_BIT(SL_GET(SL_IVAR_ENTRY_VECTOR, entry)) : 0;
}

/* Legacy causes that stand and have just been let through. */
static void
irq_legacy(struct sl_softnic *nic, uint32_t edge)
{
	struct softnic_regs *r = &nic->r;

	if (edge == 0)
		return;
	if (msix(nic)) {
		softnic_irq_raise(nic, ivar_eicr(SL_GET(SL_IVAR_MISC_OTHER, r->IVAR_MISC[0])));
		return;
	}
	r->ICR[0] |= SL_ICR_INTA;
	r->EICR[0] |= SL_EICR_OTHER;
	irq_signal(nic, SL_EICR_OTHER);
}

void
softnic_irq_cause(struct sl_softnic *nic, uint32_t icr)
{
	uint32_t edge = icr & ~nic->r.ICR[0] & nic->r.IMS[0];

	nic->r.ICR[0] |= icr;
	irq_legacy(nic, edge);
}

void
softnic_irq_unmask(struct sl_softnic *nic, uint32_t ims, uint32_t eims)
{
	struct softnic_regs *r = &nic->r;
	uint32_t edge = r->ICR[0] & ims & ~r->IMS[0], eedge = r->EICR[0] & eims & ~r->EIMS[0];

	r->IMS[0] |= ims;
	r->EIMS[0] |= eims;
	irq_legacy(nic, edge);
	if (eedge != 0)
		irq_signal(nic, eedge);
}

void
softnic_irq_queues(struct sl_softnic *nic, uint32_t rx, uint32_t tx)
{
	const uint32_t *ivar = nic->r.IVAR;
	uint32_t eicr = 0, rest;

	for (rest = rx; rest != 0; rest &= rest - 1) {
		unsigned int q = (unsigned int)__builtin_ctz(rest);

		eicr |= ivar_eicr(SL_GET(q < 8 ? SL_IVAR_RX_LOW : SL_IVAR_RX_HIGH, ivar[q % 8]));
	}
	for (rest = tx; rest != 0; rest &= rest - 1) {
		unsigned int q = (unsigned int)__builtin_ctz(rest);

		eicr |= ivar_eicr(SL_GET(q < 8 ? SL_IVAR_TX_LOW : SL_IVAR_TX_HIGH, ivar[q % 8]));
	}
	if (eicr != 0)
		softnic_irq_raise(nic, eicr);
	softnic_irq_cause(nic, (rx != 0 ? SL_ICR_RXDW : 0) | (tx != 0 ? SL_ICR_TXDW : 0));
}

/* 8.8.11: IAM takes causes out of the mask when ICR is read or written. */
static void
icr_auto_mask(struct sl_softnic *nic, uint32_t icr)
{
	struct softnic_regs *r = &nic->r;

	if ((r->GPIE[0] & SL_GPIE_NSICR) != 0 || (r->IMS[0] != 0 && (icr & SL_ICR_INTA) != 0))
		r->IMS[0] &= ~r->IAM[0];
}

/* 8.8.7: a read clears, with NSICR clear only where the interrupt is ours or there is no mask. */
uint32_t
softnic_icr_read(struct sl_softnic *nic)
{
	struct softnic_regs *r = &nic->r;
	uint32_t icr = r->ICR[0];

	if ((r->GPIE[0] & SL_GPIE_NSICR) != 0 || r->IMS[0] == 0 || (icr & SL_ICR_INTA) != 0 ||
		!msix(nic)) {
		r->ICR[0] = 0;
		r->EICR[0] &= msix(nic) ? UINT32_MAX : ~SL_EICR_OTHER;
	}
	icr_auto_mask(nic, icr);
	return icr;
}

void
softnic_icr_write(struct sl_softnic *nic, uint32_t val)
{
	icr_auto_mask(nic, nic->r.ICR[0]);
	nic->r.ICR[0] &= ~val;
	/* 8.8.1: OTHER stands for causes that stand and are let through. */
	if (!msix(nic) && (nic->r.ICR[0] & nic->r.IMS[0]) == 0)
		nic->r.EICR[0] &= ~SL_EICR_OTHER;
}

/* 8.8.6: without EIAME, EIAM masks when EICR is read or written. */
static void
eicr_auto_mask(struct sl_softnic *nic)
{
	if ((nic->r.GPIE[0] & SL_GPIE_EIAME) == 0)
		nic->r.EIMS[0] &= ~nic->r.EIAM[0];
}

uint32_t
softnic_eicr_read(struct sl_softnic *nic)
{
	uint32_t eicr = nic->r.EICR[0];

	nic->r.EICR[0] = 0;
	eicr_auto_mask(nic);
	return eicr;
}

void
softnic_eicr_write(struct sl_softnic *nic, uint32_t val)
{
	nic->r.EICR[0] &= ~val;
	eicr_auto_mask(nic);
}

void
softnic_irq_flush(struct sl_softnic *nic)
{
	static const uint64_t one = 1;
	uint32_t pending = nic->irq_pending;

	nic->irq_pending = 0;
	for (; pending != 0; pending &= pending - 1) {
		ssize_t rc = write(nic->irq_fd[__builtin_ctz(pending)], &one, sizeof(one));

		/* A full counter already tells the reader all there is to tell. */
		(void)rc;
		softnic_count(&nic->r.IAC[0], 1);
	}
}
