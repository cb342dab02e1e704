/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 *
 * Interrupts: 7.3, 8.8. One eventfd stands for each vector.
 */
#include <unistd.h>

#include "softnic_priv.h"

void
softnic_irq_cause(struct sl_softnic *nic, uint32_t icr)
{
	nic->r.ICR[0] |= icr;
}

void
softnic_irq_queues(struct sl_softnic *nic, uint32_t rx, uint32_t tx)
{
	nic->r.ICR[0] |= (rx != 0 ? SL_ICR_RXDW : 0) | (tx != 0 ? SL_ICR_TXDW : 0);
}

void
softnic_irq_flush(struct sl_softnic *nic)
{
	static const uint64_t one = 1;
	unsigned int v;

	for (v = 0; v < SOFTNIC_VECTORS; v++) {
		ssize_t rc;

		if ((nic->irq_pending & SL_BIT(v)) == 0)
			continue;
		/* A full counter already tells the reader all there is to tell. */
		rc = write(nic->irq_fd[v], &one, sizeof(one));
		(void)rc;
	}
	nic->irq_pending = 0;
}
