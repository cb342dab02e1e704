/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright (c) 2026 The Syncline authors
 */

/*
 * Interrupt vectors, each with an eventfd. The family maps causes to vectors;
 * this file signals the vectors of a step, each once.
 */

#include <errno.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "softnic_engine.h"

int
softnic_irq_open(struct sl_softnic *nic)
{
	unsigned int i;

	for (i = 0; i < nic->model->device.vectors; i++) {
		nic->irq_fd[i] = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
		if (nic->irq_fd[i] < 0)
			return -errno;
	}
	return 0;
}

void
softnic_irq_close(struct sl_softnic *nic)
{
	unsigned int i;

	for (i = 0; i < nic->model->device.vectors; i++) {
		if (nic->irq_fd[i] >= 0)
			close(nic->irq_fd[i]);
	}
}

int
sl_softnic_irq_fd(struct sl_softnic *nic, unsigned int vector)
{
	return vector < nic->model->device.vectors ? nic->irq_fd[vector] : -1;
}

void
softnic_irq_flush(struct sl_softnic *nic)
{
	static const uint64_t one = 1;
	uint64_t pending = nic->irq_pending;

	nic->irq_pending = 0;
	for (; pending != 0; pending &= pending - 1) {
		unsigned int vector = (unsigned int)__builtin_ctzll(pending);

		nic->count[SOFTNIC_INTERRUPTS]++;
		if (nic->on_irq != NULL) {
			nic->on_irq(nic->on_irq_ctx, vector);
			continue;
		}
		/*
		 * Errors are ignored: if the counter is full, the reader is already signalled.
		 */
		if (write(nic->irq_fd[vector], &one, sizeof(one)) < 0)
			continue;
	}
}

void
sl_softnic_on_irq(struct sl_softnic *nic, sl_softnic_irq_fn fn, void *ctx)
{
	softnic_lock(nic);
	nic->on_irq = fn;
	nic->on_irq_ctx = ctx;
	softnic_unlock(nic);
}

bool
sl_softnic_intx(struct sl_softnic *nic)
{
	bool on = false;

	softnic_lock(nic);
	if (nic->model->ops->intx != NULL && !softnic_fault_on(nic, SL_FAULT_REMOVED))
		on = nic->model->ops->intx(nic);
	softnic_unlock(nic);
	return on;
}
